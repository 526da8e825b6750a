"""Replaying a timeline entry by entry: as it happened, as it was made public, or as it was recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import dropwhile
from typing import Literal, NamedTuple, get_args

from attrs import evolve

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
        """The changes that the entry made."""
        return self.before.diff(self.after)

    def __str__(self) -> str:
        return "\n    ".join([str(self.entry), *map(str, self.changed)])


def replay(
    by: ClockName,
    views: ViewCache,
    *,
    fresh: Callable[[], ViewCache],
    as_of: AsOf,
    clocks: Clocks,
    since: int | None = None,
) -> Iterator[Step]:
    """Return the steps along one clock within the cuts, from the first that ends after a moment on.

    `fresh` makes an empty cache for the same log.

    Raises: InvalidValue if there is no such clock.
    """
    if by not in get_args(ClockName):
        raise InvalidValue(f"by is {by!r}: expected {', '.join(map(repr, get_args(ClockName)))}.", value=by)
    if by == "recorded":
        steps = _recorded(views, fresh(), as_of, clocks)
    else:
        steps = (_occurred if by == "occurred" else _reported)(views, as_of, clocks)
    found = _pairs(steps)
    return found if since is None else dropwhile(lambda step: getattr(step.after.clocks, by) <= since, found)


def _pairs(steps: _Situations) -> Iterator[Step]:
    _, before = next(steps)
    for entry, after in steps:
        assert entry is not None, "only the first step has none"
        yield Step(entry, before, after)
        before = after


def _occurred(views: ViewCache, as_of: AsOf, clocks: Clocks) -> _Situations:
    with views.lock:
        views.fold_all()
        readings = [reading for reading in views.view(as_of).readings() if reading.end <= clocks.end]
    begins = evolve(clocks, occurred=readings[0].start) if readings else clocks
    yield None, Situation(views, as_of, begins, (PAST, PAST, 0))
    for reading in readings:
        yield reading.entry, Situation(views, as_of, evolve(clocks, occurred=reading.end), reading.point)


def _recorded(views: ViewCache, learning: ViewCache, as_of: AsOf, clocks: Clocks) -> _Situations:
    yield None, Situation(learning, as_of._replace(upto=0), clocks)
    for position in range(1, as_of.upto + 1):
        with views.lock:
            (entry,) = views.complete.source.get((position,))
        with learning.lock:
            learning.add((entry,))
        known = as_of._replace(upto=position)
        yield entry, Situation(learning, known, evolve(clocks, recorded=entry.recorded_micros + 1))


def _reported(views: ViewCache, as_of: AsOf, clocks: Clocks) -> _Situations:
    until = NEVER if clocks.reported is None else clocks.reported
    with views.lock:
        views.fold_all()
        complete = views.complete
        known = enumerate(complete.publications[: as_of.upto + 1])
        published = sorted((end, position) for position, end in known if PAST < end < NEVER and end <= until)
    yield None, Situation(views, as_of._replace(reported=(PAST, 0)), evolve(clocks, reported=0))
    for end, position in published:
        with views.lock:
            (entry,) = complete.source.get((position,))
        yield entry, Situation(views, as_of._replace(reported=(end, position)), evolve(clocks, reported=end))
