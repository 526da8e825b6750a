"""The answer for one date, as it changed with each publication."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any, ClassVar, NamedTuple

from timeline.answers.moments import as_when, publications
from timeline.answers.situation import Situation
from timeline.answers.tabular import Kind, Tabular
from timeline.answers.text import short
from timeline.entry import Entry
from timeline.projections.projection import Path
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

    def __str__(self) -> str:
        return "\n".join(map(str, self)) or "nothing was ever reported of it"

    def __repr__(self) -> str:
        return f"<Learned: {'; '.join(map(str, self)) or 'nothing'}>"


def learned(entries: Sequence[Entry], at: Callable[[When], Situation], path: Path, tz: tzinfo) -> Learned:
    """Return each answer that differs from the one before, over all publications."""
    found: list[Lesson] = []
    last, said = None, None
    for end in publications(entries, tz):
        published = as_when(end, tz)
        now = at(published)
        value = now.value(*path)
        if value != said:
            came = [entry for entry in entries if _came(entry, end, tz)]
            found.append(Lesson(published, value, tuple(_bearing(came, [last, now], path))))
        last, said = now, value
    return Learned(found)


def _came(entry: Entry, end: int, tz: tzinfo) -> bool:
    return any(r.published is not None and r.published.span(tz).end == end for r in entry.reports)


def _bearing(came: Sequence[Entry], asked: Sequence[Situation | None], path: Path) -> list[Entry]:
    """Return those of the new entries on which the value depends, or depended; all if there are none."""
    why = {entry.id for situation in asked if situation is not None for entry in _reasons(situation, path)}
    found = [entry for entry in came if entry.id in why or why & {*entry.references}]
    return found or list(came)


def _reasons(asked: Situation, path: Path) -> Sequence[Entry]:
    try:
        return asked.why(*path)
    except KeyError:
        return ()
