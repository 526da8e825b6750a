"""Appends on each server, as a share of what the same bytes reach there bare, in the same run: `make servers`."""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import nats
import psycopg

from support.nats_servers import Cluster
from support.postgres_server import Server, new_schema
from timeline import Draft, exactly
from timeline.events import custody
from timeline.log import BaseLog
from timeline.log.jetstream import JetStreamLog
from timeline.log.jetstream.background import Background
from timeline.log.jetstream.message import batch
from timeline.log.postgres import PostgresLog
from timeline.log.stored import Stored

SIZES = (1, 100, 1000)
Bare = Callable[[Sequence[Stored]], object]
"""Stores the bytes of some rows as durably as the log does, and nothing else."""


@contextmanager
def on_postgres(server: Server) -> Iterator[tuple[BaseLog, Bare]]:
    """Yield a log, and bare INSERTs in one transaction."""
    with PostgresLog(server.url, schema=new_schema()) as log, psycopg.connect(server.url, autocommit=True) as bare:
        bare.execute("CREATE TABLE IF NOT EXISTS floor (position bigserial PRIMARY KEY, content bytea)")

        def insert(rows: Sequence[Stored]) -> None:
            with bare.transaction(), bare.cursor() as cursor:
                cursor.executemany(
                    "INSERT INTO floor (content) VALUES (%b)",
                    [(row.salt + row.content + row.leaf + row.digest,) for row in rows],
                )

        yield log, insert


@contextmanager
def on_jetstream(servers: Cluster) -> Iterator[tuple[BaseLog, Bare]]:
    """Yield a log, and bare messages: one that is acknowledged, or an atomic batch of them."""
    loop, name, replicas = Background("floor"), f"floor-{secrets.token_hex(6)}", len(servers.nodes)

    async def connected() -> Any:
        client = await nats.connect(servers.url.split(","))
        await client.jetstream().add_stream(name=name, subjects=[name], num_replicas=replicas, allow_atomic=True)
        return client

    async def publish(rows: Sequence[Stored]) -> None:
        *first, last = batch(rows, ())
        if not first:
            await client.request(name, last, timeout=60)
            return
        id = secrets.token_hex(16)
        for number, payload in enumerate(first, 1):
            await client.publish(name, payload, headers={"Nats-Batch-Id": id, "Nats-Batch-Sequence": str(number)})
        headers = {"Nats-Batch-Id": id, "Nats-Batch-Sequence": str(len(rows)), "Nats-Batch-Commit": "1"}
        await client.request(name, last, timeout=60, headers=headers)

    client = loop.run(connected())
    try:
        with JetStreamLog(servers.url, stream=f"bench-{secrets.token_hex(6)}", replicas=replicas) as log:
            yield log, lambda rows: loop.run(publish(rows))
    finally:
        loop.run(client.close())
        loop.close()


def compared(log: BaseLog, bare: Bare, size: int, rounds: int) -> tuple[float, float]:
    """Return entries per second, ours and bare: medians of rounds, in turn."""
    ours, floor = [], []
    for turn in range(rounds + 1):
        drafts = [Draft(custody.HeadcountReported(facility=f"f{n}", quantity=exactly(n))) for n in range(size)]
        start = perf_counter()
        entries = log.append(drafts)
        middle = perf_counter()
        rows = log.rows_at([entry.position for entry in entries])
        begun = perf_counter()
        bare(rows)
        if turn:  # the first one warms both up
            ours.append(middle - start)
            floor.append(perf_counter() - begun)
    return size / median(ours), size / median(floor)


def main() -> None:
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, medians, in turn\n")
    print("| append | entries a second | bare | share |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        with closing(Server(durable=True)) as server, on_postgres(server) as (log, bare):
            show("PostgreSQL", log, bare)
        with Cluster(Path(folder) / "nats", 3) as servers, on_jetstream(servers) as (log, bare):
            show("JetStream, 3 servers", log, bare)


def show(name: str, log: BaseLog, bare: Bare) -> None:
    for size in SIZES:
        ours, floor = compared(log, bare, size, 200 if size == 1 else 20)
        print(f"| {name}, {size:,} at a time | {ours:,.0f} | {floor:,.0f} | {ours / floor:.0%} |", flush=True)


if __name__ == "__main__":
    main()
