"""The contestants: this library, the peer `eventsourcing`, and a floor of `sqlite3` with `orjson` and nothing else."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, NamedTuple

import orjson
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from bench.fair import Everything
from bench.workload import DAYS, PLACES, START, drafts, plain
from timeline import Timeline


class Spent(NamedTuple):
    """Seconds by the clock, and of the processor: other programs lengthen the first, the disk does not the second."""

    clock: float
    processor: float

    def per(self, many: float) -> Spent:
        return Spent(self.clock / many, self.processor / many)


Timings = dict[str, Spent]
"""The time an entry, by what was done."""


def timed(work: Callable[[], Any]) -> Spent:
    clock, processor = perf_counter(), process_time()
    work()
    return Spent(perf_counter() - clock, process_time() - processor)


class Place(Aggregate):
    """The peer's aggregate: one stream of events, folded into a count."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        self.count = 0

    class Told(Aggregate.Event):
        what: dict[str, Any]

    @event(Told)
    def told(self, what: dict[str, Any]) -> None:
        self.count += 1


def peer(folder: Path, many: int, single: int, kind: Callable[[str], Any] = Place) -> Timings:
    """Measure `eventsourcing` on SQLite, in its default JSON, with an aggregate of some kind."""
    told = plain(list(drafts(many)))
    app: Application = Application(
        env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(folder / "peer.db")}
    )
    place = kind("all")
    app.save(place)

    def one_by_one() -> None:
        for what in told[:single]:
            place.told(what)
            app.save(place)

    def by_the_thousand() -> None:
        for start in range(0, many, 1000):
            for what in told[start : start + 1000]:
                place.told(what)
            app.save(place)

    def load() -> None:
        start = 1
        while page := app.recorder.select_notifications(start=start, limit=1000):
            loaded = [app.mapper.to_domain_event(stored) for stored in page]
            start = page[-1].id + 1
            del loaded

    timings = {"append 1": timed(one_by_one).per(single), "append 1,000": timed(by_the_thousand).per(many)}
    timings["load"] = timed(load).per(many + single)
    timings["fold"] = timings["fair"] = timed(lambda: app.repository.get(place.id)).per(many + single)
    timings["100 dates"] = timings["fold"].per(1 / 100)
    app.close()
    return timings


def fair_peer(folder: Path, many: int, single: int) -> Timings:
    """Measure `eventsourcing` where it folds what our four projections say, with findings."""
    return peer(folder, many, single, Everything)


def floor(folder: Path, many: int, single: int) -> Timings:
    """Measure JSON texts in a table."""
    told = plain(list(drafts(many)))
    connection = sqlite3.connect(folder / "floor.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE entries (position INTEGER PRIMARY KEY, content BLOB)")
    insert = "INSERT INTO entries (content) VALUES (?)"

    def one_by_one() -> None:
        for what in told[:single]:
            connection.execute(insert, (orjson.dumps(what),))

    def by_the_thousand() -> None:
        for start in range(0, many, 1000):
            connection.execute("BEGIN")
            connection.executemany(insert, [(orjson.dumps(what),) for what in told[start : start + 1000]])
            connection.execute("COMMIT")

    def load() -> None:
        for _, content in connection.execute("SELECT * FROM entries"):
            orjson.loads(content)

    timings = {"append 1": timed(one_by_one).per(single), "append 1,000": timed(by_the_thousand).per(many)}
    timings["load"] = timings["fold"] = timed(load).per(many + single)
    connection.close()
    return timings


def ours(folder: Path, many: int, single: int) -> Timings:
    """Measure this library: append entries, load them, and fold them by all four projections with all findings."""
    path = folder / "ours.db"
    told = list(drafts(many))
    with Timeline.open(path) as line:

        def one_by_one() -> None:
            for what in told[:single]:
                line.record_all([what])

        def by_the_thousand() -> None:
            for start in range(0, many, 1000):
                line.record_all(told[start : start + 1000])

        timings = {"append 1": timed(one_by_one).per(single), "append 1,000": timed(by_the_thousand).per(many)}
        timings["load"] = timed(lambda: [None for _ in line.log.read()]).per(many + single)
        timings["fold"] = timings["fair"] = timed(lambda: line.at().findings).per(many + single)
        rng = random.Random(7)
        asked = [(START + timedelta(days=rng.randrange(DAYS))).isoformat() for _ in range(100)]
        hundred = timed(lambda: [line.at(when).facilities.get(PLACES[17]) for when in asked])
        timings["100 dates"] = hundred.per(many + single)
    return timings
