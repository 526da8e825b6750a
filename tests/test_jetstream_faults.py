"""What was acknowledged is kept: writers, servers and connections fail under load, and the history is checked.

Each fault strikes once by default; `make faults` lets it strike twenty times.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import nats
import pytest

from nats_proxy import Proxy
from nats_servers import Cluster, Node, until
from nats_writer import batch
from timeline.log.jetstream import JetStreamLog
from timeline.log.message import Message, pack

ROUNDS = int(os.environ.get("FAULTS", "1"))
WRITER = Path(__file__).parent / "nats_writer.py"
MORE = 5
"""How many further acknowledgements show that a writer goes on."""


WRONG = ("lost", "duplicated", "elsewhere", "torn", "out of order")


class Load:
    """Some writers on a stream, and what they say happened."""

    def __init__(self, servers: Cluster, folder: Path, names: list[str], url: str = "") -> None:
        self.url = url or servers.url
        self.servers, self.folder, self.names = servers, folder, names
        self.stream = f"load-{secrets.token_hex(6)}"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        with JetStreamLog(servers.url, stream=self.stream, replicas=len(servers.nodes)) as log:
            assert log.head().position == 0

    def start(self, name: str, *more: str) -> None:
        errors = (self.folder / f"{name}.errors").open("ab")
        self.processes[name] = subprocess.Popen(
            [sys.executable, WRITER, self.url, self.stream, name, self.folder, *more], stderr=errors
        )
        errors.close()

    def acknowledged(self, name: str) -> list[dict]:
        path = self.folder / f"{name}.history"
        lines = path.read_text().splitlines(keepends=True) if path.exists() else []
        return [ack for line in lines if line.endswith("\n") and "positions" in (ack := json.loads(line))]

    def go_on(self) -> None:
        """Wait until every writer has had some more batches acknowledged."""
        before = {name: len(self.acknowledged(name)) for name in self.names}

        def all_more() -> bool:
            for name in self.names:
                assert self.processes[name].poll() is None, (self.folder / f"{name}.errors").read_text()
            return all(len(self.acknowledged(name)) >= before[name] + MORE for name in self.names)

        until(all_more, "going on", 120)

    def finish(self) -> None:
        (self.folder / "stop").touch()
        for name, process in self.processes.items():
            assert process.wait(120) == 0, (self.folder / f"{name}.errors").read_text()

    def __enter__(self) -> Self:
        for name in self.names:
            self.start(name)
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait()

    def check(self) -> Counter[str]:
        """Compare the log with the histories.

        Nothing acknowledged is lost, doubled or elsewhere; batches are whole; a writer's are in its order.
        """
        with JetStreamLog(self.servers.url, stream=self.stream) as log:
            head = log.verify()
            entries = list(log.read())
        assert [entry.position for entry in entries] == list(range(1, head.position + 1))
        there = {entry.id: entry.position for entry in entries}
        found = Counter(entries=len(entries), duplicated=len(entries) - len(there))
        for name in self.names:
            numbers = []
            for ack in self.acknowledged(name):
                ids = [f"{name}.{ack['number']}.{part}" for part in range(len(ack["positions"]))]
                found["acknowledged"] += len(ids)
                found["lost"] += sum(id not in there for id in ids)
                found["elsewhere"] += [there.get(id) for id in ids] != ack["positions"]
                found["slowest"] = max(found["slowest"], round(ack["took"]))
            own = [entry.id.split(".") for entry in entries if entry.id.startswith(f"{name}.")]
            numbers = [(int(number), int(part)) for _, number, part in own]
            found["out of order"] += numbers != sorted(numbers)
            sizes = Counter(number for number, _ in numbers)
            found["torn"] += sum(size != 1 + number % 3 for number, size in sizes.items())
        return found


@contextlib.contextmanager
def load(servers: Cluster, folder: Path, *names: str) -> Iterator[Load]:
    with Load(servers, folder, list(names)) as running:
        running.go_on()
        yield running


def kill_writer(running: Load) -> None:
    """The process of a writer is killed, and a new one repeats what it had tried last."""
    running.processes["a"].kill()
    running.processes["a"].wait()
    running.start("a")


def restarted(pick: Callable[[Load], Node]) -> Callable[[Load], None]:
    def strike(running: Load) -> None:
        node = pick(running)
        node.kill()
        running.go_on()
        node.start()
        running.servers.ready()

    return strike


def paused(pick: Callable[[Load], Node]) -> Callable[[Load], None]:
    def strike(running: Load) -> None:
        node = pick(running)
        node.send(signal.SIGSTOP)
        try:
            running.go_on()
        finally:
            node.send(signal.SIGCONT)
        running.servers.ready()

    return strike


def leader(running: Load) -> Node:
    return running.servers.leader(running.stream)


def follower(running: Load) -> Node:
    return next(node for node in running.servers.nodes if node is not leader(running))


FAULTS = {
    "a writer is killed": kill_writer,
    "a follower is killed": restarted(follower),
    "the leader is killed": restarted(leader),
    "a follower is paused": paused(follower),
    "the leader is paused": paused(leader),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_acknowledged_is_kept(nats_cluster: Cluster, tmp_path: Path, fault: str) -> None:
    """Nothing is lost, doubled, torn or out of order, and writers go on while a server is away."""
    with load(nats_cluster, tmp_path, "a", "b", "c") as running:
        for _ in range(ROUNDS):
            FAULTS[fault](running)
            running.go_on()
        running.finish()
        found = running.check()
    print(f"{fault}, {ROUNDS} times: {dict(found)}")
    assert not any(found[name] for name in WRONG), found
    assert found["slowest"] < 60


def test_connections_are_cut_before_the_answer(nats_cluster: Cluster, tmp_path: Path) -> None:
    """Every seventh acknowledgement of one server is lost with its connection, while three writers are at work."""
    proxy = Proxy(nats_cluster.nodes[0].port, every=7)
    with Load(nats_cluster, tmp_path, ["a", "b", "c"], url=proxy.url) as running:
        until(lambda: proxy.cut >= 3 * ROUNDS, "cutting connections", 60 * ROUNDS)
        running.go_on()
        running.finish()
        found = running.check()
    proxy.close()
    print(f"{proxy.cut} connections cut: {dict(found)}")
    assert not any(found[name] for name in WRONG), found


def test_readers_see_one_log_while_writers_write(nats_cluster: Cluster, tmp_path: Path) -> None:
    """Eight writers, and two readers that follow: each reader is given every entry once, in order."""
    with Load(nats_cluster, tmp_path, list("abcdefgh")) as running:
        for name in ("reader1", "reader2"):
            running.start(name)
        running.go_on()
        (tmp_path / "stop").touch()
        for name in running.names:
            assert running.processes[name].wait(120) == 0
        found = running.check()
        for name in ("reader1", "reader2"):
            seen = tmp_path / f"{name}.followed"
            until(lambda seen=seen: len(seen.read_text().splitlines()) >= found["entries"], "reading", 60)
            followed = [json.loads(line) for line in seen.read_text().splitlines()]
            assert [position for position, _ in followed] == list(range(1, found["entries"] + 1))
    print(f"8 writers, 2 readers: {dict(found)}")
    assert not any(found[name] for name in WRONG), found


def test_no_update_is_lost_under_contention(nats_cluster: Cluster, tmp_path: Path) -> None:
    """Eight processes count on one log, each step under a condition: every number is taken by exactly one."""
    each = 250 if ROUNDS > 1 else 15
    running = Load(nats_cluster, tmp_path, [])
    with running:
        begun = time.monotonic()
        for name in "abcdefgh":
            running.start(name, str(each))
        for process in running.processes.values():
            assert process.wait(600) == 0
        took = time.monotonic() - begun
    counted = [json.loads(path.read_text()) for path in tmp_path.glob("*.counted")]
    taken = sorted(number for one in counted for number in one["taken"])
    conflicts = sum(one["conflicts"] for one in counted)
    with JetStreamLog(nats_cluster.url, stream=running.stream) as log:
        numbers = [entry.event.quantity.low for entry in log.read()]
        log.verify()
    print(f"{len(taken)} conditional appends by 8 processes in {took:.0f} s, {conflicts} conflicts")
    assert taken == numbers == list(range(8 * each))


@pytest.mark.parametrize("size", [1, 100])
def test_appending_costs_a_small_multiple_of_publishing(nats_cluster: Cluster, size: int) -> None:
    """The same bytes, published bare and acknowledged one by one, are the floor."""
    stream, total = f"speed-{secrets.token_hex(6)}", 300
    with JetStreamLog(nats_cluster.url, stream=stream, replicas=3) as log:
        log.head()
        begun = time.monotonic()
        for number in range(total // size):
            log.append([draft for part in range(size) for draft in batch("a", 3 * (number * size + part))])
        ours = time.monotonic() - begun
        payloads = [pack(Message(row, row.position)) for row in log.stored()]
    floor = asyncio.run(published(nats_cluster.url.split(","), f"floor-{secrets.token_hex(6)}", payloads))
    print(
        f"batches of {size}: {total / ours:.0f} entries/s, bare {total / floor:.0f}/s, {ours / floor:.2f} times the floor"
    )
    assert ours < 5 * floor


async def published(servers: list[str], stream: str, payloads: list[bytes]) -> float:
    """Seconds for which publishing them takes."""
    client = await nats.connect(servers)
    jetstream = client.jetstream()
    await jetstream.add_stream(name=stream, subjects=[stream], num_replicas=3)
    begun = time.monotonic()
    for payload in payloads:
        await jetstream.publish(stream, payload)
    took = time.monotonic() - begun
    await client.close()
    return took
