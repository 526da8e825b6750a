"""Clocks that are wrong: nobody stamps the entries of others, and a stamp from the future is an error."""

import datetime as dt
import secrets

import pytest

from support.postgres_server import new_schema
from timeline import Timeline
from timeline.entry import Draft
from timeline.errors import LogError
from timeline.events import border
from timeline.log import MemoryLog, SqliteLog, clocks
from timeline.log.clocks import utc_now
from timeline.log.jetstream import JetStreamLog
from timeline.log.postgres import PostgresLog

YEARS = dt.timedelta(days=3653)


def opened(name="rabia"):
    """Make a draft of a crossing that opened."""
    return Draft(border.CrossingOpened(crossing=name), id=name)


@pytest.fixture(params=["postgres", "jetstream"])
def make(request):
    """Open a log on a server, the same each time."""
    if request.param == "postgres":
        url, schema = request.getfixturevalue("postgres").url, new_schema()
        return lambda **options: PostgresLog(url, schema=schema, **options)
    url, stream = request.getfixturevalue("nats_server").url, f"clock-{secrets.token_hex(8)}"
    return lambda **options: JetStreamLog(url, stream=stream, **options)


def test_a_clock_ahead_of_the_server_s_stamps_nothing(make):
    """The error says how far, and others append as before; so does it, once its clock is right."""
    wrong = YEARS
    with make() as log, make(clock=lambda: utc_now() + wrong) as ahead:
        log.append(opened("a"))
        with pytest.raises(LogError, match=r"clock here says 20\d\d-.*, 365[23] days, .* ahead of the server's"):
            ahead.append(opened("b"))
        (entry,) = log.append(opened("c"))
        assert entry.recorded_at < utc_now() + dt.timedelta(minutes=1)
        wrong = dt.timedelta(minutes=4)
        assert ahead.append(opened("b"))[0].position == 3
        wrong = -YEARS
        with pytest.warns(RuntimeWarning, match="the last entry was recorded at"):
            assert ahead.append(opened("d"))[0].position == 4


def test_a_server_s_clock_is_asked_again_before_anybody_is_refused(make, monkeypatch):
    """The earlier answer may be out of date: this machine may have slept."""
    with make() as log:
        log.append(opened("a"))
        there = log._link.clock if isinstance(log, PostgresLog) else log._stream.clock
        there.said(there.now() - 3600 * 10**6)
        monkeypatch.setattr("timeline.log.jetstream.stream._FRESH", 1e9)
        assert log.append(opened("b"))[0].position == 2


@pytest.mark.parametrize("kind", [MemoryLog, SqliteLog])
def test_whoever_meets_a_stamp_from_the_future_is_told(kind, tmp_path):
    """Once, with how far ahead it lies, and what comes of it."""
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    clock = lambda: now  # noqa: E731
    with SqliteLog(tmp_path / "a.db", clock=clock) if kind is SqliteLog else MemoryLog(clock=clock) as log:
        line = Timeline(log)
        line.record(border.CrossingOpened(crossing="a"))
        now += YEARS
        line.record(border.CrossingOpened(crossing="b"))
        now -= YEARS
        with pytest.warns(RuntimeWarning, match=r"recorded at 2036-01-02.*, 3653 days.* cuts before it leave them out"):
            entry = line.record(border.CrossingOpened(crossing="c"))
        assert entry.recorded_at.year == 2036
        line.record(border.CrossingOpened(crossing="d"))


def test_a_few_minutes_are_nothing():
    """Clocks of machines are never quite the same."""
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    log = MemoryLog(clock=lambda: now)
    log.append(opened("a"))
    now -= dt.timedelta(microseconds=clocks.LEEWAY)
    assert log.append(opened("b"))[0].recorded_at.year == 2026
