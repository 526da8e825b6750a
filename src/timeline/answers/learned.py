"""The answer for one date, as it changed with each publication."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any, ClassVar, NamedTuple

from timeline.answers.behind import explaining
from timeline.answers.moments import as_when
from timeline.answers.situation import Situation
from timeline.answers.spans import Spans
from timeline.answers.tabular import Kind, Tabular
from timeline.answers.text import short
from timeline.entry import Entry
from timeline.projections.projection import Path
from timeline.values.names import EntityNames
from timeline.values.when import When


class Lesson(NamedTuple):
    """A new answer: from which publication on, what it was, and the entries that came with it."""

    published: When
    value: Any
    entries: tuple[Entry, ...]

    def __str__(self) -> str:
        came = ", ".join(f"#{entry.position}" for entry in self.entries)
        return f"{self.published}  {short(self.value)}" + (f" [{came}]" if came else "")


class Learned(Tabular, tuple[Lesson, ...]):
    """An answer, as it changed with each publication."""

    __slots__ = ()
    columns: ClassVar[Mapping[str, Kind]] = {"published": "when", "value": "value", "entries": "texts"}

    def rows(self) -> Iterator[Mapping[str, Any]]:
        """Yield a row for each answer; `entries` are ids."""
        for published, value, entries in self:
            yield {"published": published, "value": value, "entries": tuple(entry.id for entry in entries)}

    def entity_names(self) -> EntityNames:
        """Return what people call the entities on its log, by tag and language."""
        return next((entry.entity_names() for lesson in self for entry in lesson.entries), {})

    def __str__(self) -> str:
        return "\n".join(map(str, self)) or "nothing was ever reported of it"

    def __repr__(self) -> str:
        return f"<Learned: {'; '.join(map(str, self)) or 'nothing'}>"


Ask = Callable[[When], Situation]
"""Gives the situation by a moment of the reported clock."""


def learned(
    ends: Sequence[int],
    came: Callable[[int], Sequence[Entry]],
    values: Iterable[tuple[int, Any]],
    *,
    at: Ask,
    path: Path,
    tz: tzinfo,
    rest: Any,
    bearing: Collection[int] | None,
) -> Learned:
    """Return each of the values by publication that differs from the one before, with the entries that came.

    `ends` are all publications, and `came` gives the entries of one. The first value is compared with `rest`: what
    the view answers where nothing is there. `bearing` has the positions of the entries that may change the value; None:
    all may.
    """
    found: list[Lesson] = []
    said = rest
    for end, value in values:
        if value != said:
            around = [as_when(e, tz) for e in ends[max(0, bisect_left(ends, end) - 1) : bisect_right(ends, end)]]
            new = came(end)
            near = [entry for entry in new if bearing is None or entry.position in bearing]
            with_it = _explaining(near, list(map(at, around)), path) if near else ()
            found.append(Lesson(as_when(end, tz), value, tuple(with_it or new)))
        said = value
    return Learned(found)


def from_cuts(ends: Iterable[int], at: Ask, path: Path, tz: tzinfo) -> Iterator[tuple[int, Any]]:
    """Yield each publication with the value as of it, from a cut of its own."""
    return ((end, at(as_when(end, tz)).value(*path)) for end in ends)


def from_spans(ends: Sequence[int], spans: Spans, occurred: int | None) -> Iterator[tuple[int, Any]]:
    """Yield each publication by which the value may have changed, with the value as of it."""
    changing = {span.published for span in spans}
    moments = [end for end in ends if end == ends[0] or end in changing]
    return zip(moments, spans.course(occurred, moments), strict=True)


def _explaining(came: Sequence[Entry], asked: Sequence[Situation], path: Path) -> list[Entry]:
    """Return those of the new entries on which the value depends, or depended."""
    why = {id for situation in asked for id in _reasons(situation, path, came)}
    return [entry for entry in came if entry.id in why or why & {*entry.references}]


def _reasons(asked: Situation, path: Path, came: Sequence[Entry]) -> Collection[str]:
    try:
        return explaining(asked, path, came)
    except KeyError:
        return ()
