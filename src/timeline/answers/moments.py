"""The moments at which an answer can change, by each clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import tzinfo
from typing import Any, ClassVar, NamedTuple

import attrs

from timeline.answers.situation import Situation
from timeline.answers.tabular import Kind, Tabular
from timeline.answers.text import last_moment
from timeline.errors import UnknownName
from timeline.values.instants import FIRST, LAST, instant, local, midnight
from timeline.values.when import When


def occurrences(asked: Situation) -> list[int]:
    """Return each moment by which something more may have happened, had been announced, or was due."""
    spans = [(reading.start, reading.end) for reading in asked.readings]
    dates = [date.span(asked.tz) for reading in asked.readings for date in _dates(reading.event)]
    return within(moment for start, end in (*spans, *dates) for moment in (start + 1, end))


def _dates(event: Any) -> Iterator[When]:
    fields = getattr(event, "__attrs_attrs__", ())
    return (found for field in fields if isinstance(found := getattr(event, field.name), When))


def within(moments: Iterable[int]) -> list[int]:
    """Return the moments that a clock can show, each once, in order."""
    return sorted({moment for moment in moments if FIRST < moment <= LAST + 1})


def as_when(end: int, tz: tzinfo) -> When:
    """Return the last moment before an end as a time by which to ask: a day, where it ends one."""
    day = When(last_moment(end, tz))
    return day if day.span(tz).end == end else When.of(instant(end - 1))


class Flip(NamedTuple):
    """Two neighbouring moments of a clock between which a predicate changes."""

    before: When
    after: When
    now: bool
    """The answer of the predicate at `after`."""

    def __str__(self) -> str:
        return f"{'true' if self.now else 'false'} by {self.after}, and not yet by {self.before}"


class Flips(Tabular, tuple[Flip, ...]):
    """Every flip of a predicate, in order; falsy when it never changes."""

    __slots__ = ()
    columns: ClassVar[dict[str, Kind]] = {"before": "when", "after": "when", "now": "flag"}

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield a row for each flip."""
        return (flip._asdict() for flip in self)

    def __str__(self) -> str:
        return "\n".join(map(str, self)) or "no flip"


@attrs.frozen
class Search:
    """A predicate, and the situations to ask by a moment of one clock."""

    predicate: Callable[[Situation], Any]
    at: Callable[[When], Situation]
    tz: tzinfo

    def says(self, moment: int) -> bool:
        """Ask by a moment; what is not there yet (a KeyError) is False.

        Raises: UnknownName.
        """
        try:
            return bool(self.predicate(self.at(as_when(moment, self.tz))))
        except UnknownName:
            raise
        except KeyError:
            return False

    def first(self, moments: Sequence[int]) -> Flip | None:
        """Return two neighbouring moments between which the predicate differs; None if both ends agree."""
        moments = _with_start(moments, self.tz)
        if not moments:
            return None
        low, high = 0, len(moments) - 1
        begins = self.says(moments[low])
        if self.says(moments[high]) == begins:
            return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.says(moments[middle]) == begins else (low, middle)
        return self._flip(moments[low], moments[high], now=not begins)

    def every(self, moments: Sequence[int]) -> Flips:
        """Ask by each moment."""
        moments = _with_start(moments, self.tz)
        said = [self.says(moment) for moment in moments]
        return Flips(
            self._flip(moments[i], moments[i + 1], now=said[i + 1])
            for i in range(len(moments) - 1)
            if said[i] != said[i + 1]
        )

    def _flip(self, before: int, after: int, *, now: bool) -> Flip:
        return Flip(as_when(before, self.tz), as_when(after, self.tz), now)


def _with_start(moments: Sequence[int], tz: tzinfo) -> Sequence[int]:
    """Return the moments, and before them all the day before the first."""
    if not moments or moments[0] - 1 <= FIRST:
        return moments
    before = midnight(local(moments[0] - 1, tz), tz)
    return [before if before > FIRST else moments[0] - 1, *moments]
