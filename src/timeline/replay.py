"""Replaying a timeline entry by entry: as it happened, as it was made public, or as it was recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import tzinfo
from typing import Any, Literal, NamedTuple

from timeline.cases import first_published
from timeline.entry import Entry
from timeline.errors import InvalidValue
from timeline.situation import Asked, Diff, Past, Situation

ClockName = Literal["occurred", "reported", "recorded"]
Fold = Callable[..., Past]
"""`fold(entries, reported=..., hidden=...)`: the past that some entries make."""
Steps = Iterator[tuple[Entry | None, Situation]]
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


def replay(by: ClockName, entries: Sequence[Entry], fold: Fold, tz: tzinfo) -> Iterator[Step]:
    """The steps by one clock.

    Raises: InvalidValue for a clock there is not.
    """
    clocks: dict[Any, Callable[[Sequence[Entry], Fold, tzinfo], Steps]] = {
        "occurred": _occurred,
        "reported": _reported,
        "recorded": _recorded,
    }
    if by not in clocks:
        raise InvalidValue(f"by is {by!r}: expected {', '.join(map(repr, clocks))}.", value=by)
    return _pairs(clocks[by](entries, fold, tz))


def _pairs(steps: Steps) -> Iterator[Step]:
    _, before = next(steps)
    for entry, after in steps:
        assert entry is not None, "only the first step has none"
        yield Step(entry, before, after)
        before = after


def _occurred(entries: Sequence[Entry], fold: Fold, tz: tzinfo) -> Steps:
    past = fold(entries)
    readings = past.history.readings
    yield None, Situation(past, 0, Asked(readings[0].start) if readings else Asked())
    for number, reading in enumerate(readings, 1):
        yield reading.entry, Situation(past, number, Asked(reading.end))


def _recorded(entries: Sequence[Entry], fold: Fold, tz: tzinfo) -> Steps:
    yield None, Situation.of(fold(()), Asked())
    for count, entry in enumerate(entries, 1):
        yield entry, Situation.of(fold(entries[:count]), Asked(recorded=entry.recorded + 1))


def _reported(entries: Sequence[Entry], fold: Fold, tz: tzinfo) -> Steps:
    dated = ((first_published(entry.reports, tz), entry.position, entry) for entry in entries)
    published = sorted((end, position, entry) for end, position, entry in dated if end is not None)
    hidden = {entry.id for _, _, entry in published}
    yield None, Situation.of(fold(entries, reported=0, hidden=hidden), Asked(reported=0))
    for end, _, entry in published:
        hidden.remove(entry.id)
        yield entry, Situation.of(fold(entries, reported=end, hidden=hidden), Asked(reported=end))
