"""Replaying a timeline entry by entry: as it happened, as it was made public, or as it was recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple, get_args

from timeline.answers.results import Clocks, Diff
from timeline.answers.situation import Situation
from timeline.entry import Entry
from timeline.errors import InvalidValue
from timeline.index.asof import AsOf
from timeline.index.complete import NEVER
from timeline.index.views import ViewCache
from timeline.values.instants import PAST

ClockName = Literal["occurred", "reported", "recorded"]
_Situations = Iterator[tuple[Entry | None, Situation]]
"""The situation before anything, then the one after each entry."""


class Step(NamedTuple):
    """One step of a replay: the entry, and the situations before and after it."""

    entry: Entry
    before: Situation
    after: Situation

    @property
    def changed(self) -> Diff:
        """What the entry changed."""
        return self.before.diff(self.after)

    def __str__(self) -> str:
        return "\n    ".join([str(self.entry), *map(str, self.changed)])


def replay(by: ClockName, views: ViewCache, fresh: Callable[[], ViewCache]) -> Iterator[Step]:
    """The steps by one clock; `fresh` makes a view cache that has yet to take anything in.

    Raises: InvalidValue for a clock there is not.
    """
    if by not in get_args(ClockName):
        raise InvalidValue(f"by is {by!r}: expected {', '.join(map(repr, get_args(ClockName)))}.", value=by)
    if by == "recorded":
        return _pairs(_recorded(views, fresh()))
    return _pairs(_occurred(views) if by == "occurred" else _reported(views))


def _pairs(steps: _Situations) -> Iterator[Step]:
    _, before = next(steps)
    for entry, after in steps:
        assert entry is not None, "only the first step has none"
        yield Step(entry, before, after)
        before = after


def _occurred(views: ViewCache) -> _Situations:
    with views.lock:
        complete = views.complete
        as_of, readings = AsOf(complete.count), complete.readings()
    yield None, Situation(views, as_of, Clocks(readings[0].start) if readings else Clocks(), (PAST, PAST, 0))
    for reading in readings:
        yield reading.entry, Situation(views, as_of, Clocks(reading.end), reading.point)


def _recorded(views: ViewCache, learning: ViewCache) -> _Situations:
    yield None, Situation(learning, AsOf(0))
    for position in range(1, views.complete.count + 1):
        with views.lock:
            (entry,) = views.complete.source.get((position,))
        with learning.lock:
            learning.add((entry,))
        yield entry, Situation(learning, AsOf(position), Clocks(recorded=entry.recorded_micros + 1))


def _reported(views: ViewCache) -> _Situations:
    with views.lock:
        complete = views.complete
        published = sorted((end, p) for p, end in enumerate(complete.publications) if PAST < end < NEVER)
        as_of = AsOf(complete.count)
    yield None, Situation(views, as_of._replace(reported=(PAST, 0)), Clocks(reported=0))
    for end, position in published:
        with views.lock:
            (entry,) = complete.source.get((position,))
        yield entry, Situation(views, as_of._replace(reported=(end, position)), Clocks(reported=end))
