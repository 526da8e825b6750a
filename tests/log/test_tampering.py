"""A thousand changes of a stored log: each is found, and the honest log passes. `make faults` tries streams as often."""

import datetime as dt
import os
import random
import secrets
from collections import Counter
from contextlib import suppress

import pytest

from support.nats_servers import replace_stream
from support.postgres_server import new_schema
from support.tampering import CHANGES, PostgresRows, SqliteRows, drafts, one_bit_off
from timeline import Timeline
from timeline.errors import TimelineError
from timeline.log import SqliteLog, sqlite_index
from timeline.log.jetstream import JetStreamLog
from timeline.log.jetstream.message import batch
from timeline.log.postgres import PostgresLog

SAMPLE = 1000
TRIES = 1000 if "FAULTS" in os.environ else 60


@pytest.fixture(params=["sqlite", "postgres"])
def log(request, tmp_path, monkeypatch):
    """An empty log of each kind that keeps rows."""
    ticks = iter(range(10**6))
    clock = lambda: dt.datetime(2026, 3, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=next(ticks))  # noqa: E731
    if request.param == "sqlite":
        monkeypatch.setattr(sqlite_index, "BLOCK", 4)  # so that there are posting lists
        made = SqliteLog(tmp_path / "a.db", clock=clock)
    else:
        made = PostgresLog(request.getfixturevalue("postgres").url, schema=new_schema(), clock=clock)
    with made:
        yield made


def test_every_change_of_a_stored_row_is_found(log):
    """Flipped bits, rows deleted or reordered, the tail cut off below a seal; the honest log passes."""
    chance, line = random.Random(6962), Timeline(log)
    for draft in drafts(20):
        line.record_all([draft])
    line.redact("e8")
    rows = SqliteRows(log) if isinstance(log, SqliteLog) else PostgresRows(log)
    seal, missed, made = line.seal(), [], Counter()
    for number in range(SAMPLE):
        change = chance.choice(CHANGES)
        made[change] += 1
        with rows.undone():
            change(rows, chance)
            with suppress(TimelineError):
                line.verify(seal=seal)
                missed.append((number, change.__name__))
        if number % 100 == 0:
            assert line.verify(seal=seal) == line.head()
    assert missed == []
    assert set(made) == set(CHANGES)


def changed(messages, chance):
    """Yield messages with one bit flipped, one missing, two exchanged, or the last ones cut off."""
    at, other = sorted(chance.sample(range(len(messages)), 2))
    match chance.choice(["bit", "bit", "gone", "swapped", "cut"]):
        case "bit":
            messages[at] = one_bit_off(messages[at], chance)
        case "gone":
            del messages[at]
        case "swapped":
            messages[at], messages[other] = messages[other], messages[at]
        case _:
            del messages[at:]
    return messages


def test_every_change_of_a_stream_is_found(nats_server):
    """Some of each kind, by a log that opens the stream afterwards; the honest stream passes."""
    chance, stream = random.Random(6962), f"tampered-{secrets.token_hex(6)}"
    with JetStreamLog(nats_server.url, stream=stream) as log:
        log.append(drafts(12))
        seal, honest = Timeline(log).seal(), batch(log.stored(), ())
    missed = []
    for number in range(TRIES):
        replace_stream(log.address, changed(list(honest), chance) if number else honest)
        with JetStreamLog(nats_server.url, stream=stream) as found, suppress(TimelineError):
            Timeline(found).verify(seal=seal)
            missed.append(number)
    assert missed == [0], "all but the honest one"
