"""The findings of a view, in fold order, kept in columns.

Most findings show from the place of one entry, and the view knows that place. So only the position of the entry is
kept, and the rest is made when somebody asks.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable

from timeline.history.contradictions import DatedFinding
from timeline.history.reading import Point
from timeline.index.tracks import POSITION


class PlacedFindings:
    """Findings in fold order. `point` gives the place of the entry at a position, which must not change."""

    def __init__(self, found: Iterable[DatedFinding], point: Callable[[int], Point]) -> None:
        ordered = sorted(found, key=lambda placed: placed.point)
        self._point = point
        self._findings = [placed.finding for placed in ordered]
        self._positions = array(POSITION, [placed.point[2] for placed in ordered])
        self._own = bytearray(bool(placed.positions) for placed in ordered)
        """By number: whether the finding is about the entry at its position."""
        self._others = {number: placed for number, placed in enumerate(ordered) if not self._follows(placed)}
        """By number: the findings about several entries, or with a place of their own."""

    def upto(self, by: Point) -> list[DatedFinding]:
        """Return the findings that show by a point, in fold order."""
        numbers = range(len(self._findings))
        return [self._placed(number) for number in numbers[: bisect_right(numbers, by, key=self._shows)]]

    def _follows(self, placed: DatedFinding) -> bool:
        """Tell whether a finding follows from its position."""
        position = placed.point[2]
        return placed.positions in ((), (position,)) and self._point(position) == placed.point

    def _shows(self, number: int) -> Point:
        other = self._others.get(number)
        return self._point(self._positions[number]) if other is None else other.point

    def _placed(self, number: int) -> DatedFinding:
        other = self._others.get(number)
        if other is not None:
            return other
        position = self._positions[number]
        return DatedFinding(self._point(position), self._findings[number], (position,) if self._own[number] else ())
