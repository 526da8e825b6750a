"""The values of strategies for histories: drafts in the order of recording, printed as code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from timeline.entry import Draft
from timeline.testing.clock import FrozenClock
from timeline.testing.code import as_code, print_lines
from timeline.timeline import Timeline

START = datetime(2026, 3, 1, tzinfo=timezone.utc)
"""When recording begins."""


class Chronicle:
    """Drafts in the order of recording, one a minute from `START` on; `minutes` may say otherwise.

    Its repr is Python that builds it again.

    >>> from timeline.events import border
    >>> chronicle = Chronicle([Draft(border.CrossingOpened(crossing="rabia"), occurred="2026-01-02", id="e0")])
    >>> chronicle
    Chronicle([
        Draft(border.CrossingOpened(crossing='rabia'), occurred='2026-01-02', id='e0'),
    ])
    >>> chronicle.timeline().at().border.crossings["rabia"].status
    'open'
    """

    __slots__ = ("drafts", "minutes")

    def __init__(self, drafts: Iterable[Draft], *, minutes: Iterable[int] | None = None) -> None:
        self.drafts = tuple(drafts)
        self.minutes = tuple(range(len(self.drafts)) if minutes is None else minutes)

    def then(self, *drafts: Draft) -> Chronicle:
        """Return the same with more drafts recorded later, one a minute."""
        following = self.minutes[-1] + 1 if self.minutes else 0
        return Chronicle((*self.drafts, *drafts), minutes=(*self.minutes, *range(following, following + len(drafts))))

    def only(self, keep: Callable[[Draft], bool]) -> Chronicle:
        """Return the drafts that pass, each at its own minute."""
        kept = [pair for pair in zip(self.drafts, self.minutes, strict=True) if keep(pair[0])]
        return Chronicle([draft for draft, _ in kept], minutes=[minute for _, minute in kept])

    def timeline(self, **options: Any) -> Timeline:
        """Return a timeline in memory with all drafts recorded; `options` are those of `Timeline`."""
        return [*self.growing(**options)][-1]

    def growing(self, **options: Any) -> Iterator[Timeline]:
        """Give the same timeline in memory: before anything is recorded, and after each draft."""
        clock = FrozenClock(START)
        line = Timeline(clock=clock, **options)
        yield line
        for draft, minute in zip(self.drafts, self.minutes, strict=True):
            clock.set(START + timedelta(minutes=minute))
            line.record_all([draft])
            yield line

    def __iter__(self) -> Iterator[Draft]:
        return iter(self.drafts)

    def __len__(self) -> int:
        return len(self.drafts)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Chronicle):
            return NotImplemented
        return (self.drafts, self.minutes) == (other.drafts, other.minutes)

    def __hash__(self) -> int:
        return hash((self.drafts, self.minutes))

    def __repr__(self) -> str:
        lines = "".join(f"    {as_code(draft, indent=4)},\n" for draft in self.drafts)
        even = self.minutes == tuple(range(len(self.drafts)))
        return f"Chronicle([\n{lines}]{'' if even else f', minutes={list(self.minutes)}'})"

    def _repr_pretty_(self, printer: Any, _cycle: Any) -> None:
        """Print the code, for Hypothesis and notebooks."""
        print_lines(repr(self), printer)
