"""A log inside a program that runs an event loop, and under several threads, as notebooks and web servers do."""

import asyncio
import secrets
import threading

import pytest

from support.postgres_server import new_schema
from timeline import Timeline
from timeline.events import border
from timeline.log import MemoryLog, SqliteLog
from timeline.log.jetstream import JetStreamLog
from timeline.log.postgres import PostgresLog


@pytest.fixture(params=["memory", "sqlite", "postgres", "jetstream"])
def make(request, tmp_path):
    """Open an empty log."""
    match request.param:
        case "memory":
            return MemoryLog
        case "sqlite":
            return lambda: SqliteLog(tmp_path / "incidents.db")
        case "postgres":
            url = request.getfixturevalue("postgres").url
            return lambda: PostgresLog(url, schema=new_schema())
        case _:
            url = request.getfixturevalue("nats_server").url
            return lambda: JetStreamLog(url, stream=f"loop-{secrets.token_hex(8)}")


def test_a_running_event_loop_is_no_matter(make):
    """Opened, appended to, asked and closed within one; and tasks beside it, in threads."""

    async def main():
        with Timeline(make()) as line:
            line.record(border.CrossingOpened(crossing="a"))
            calls = [asyncio.to_thread(line.record, border.CrossingOpened(crossing=f"c{n}")) for n in range(8)]
            await asyncio.gather(*calls)
            return line.verify().position, line.at().border.crossings["a"].status

    assert asyncio.run(main()) == (9, "open")


def test_threads_share_one_timeline(make):
    """Each appends and asks for what it appended."""
    failed = []

    def work(number):
        try:
            for _ in range(5):
                line.record(border.CrossingOpened(crossing=f"c{number}"))
                assert line.at().border.crossings[f"c{number}"].status == "open"
        except BaseException as error:  # noqa: BLE001
            failed.append(error)

    with Timeline(make()) as line:
        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        assert line.verify().position == 30
