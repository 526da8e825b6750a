"""Moments and values that a page holds once each, named by where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from typing import Any

import orjson

from timeline.values.instants import FUTURE, PAST, local
from timeline.values.when import When

ALWAYS, FREE, NEVER_ENDS = -1, -2, -3
"""The numbers for what lies before all moments, for a clock left free, and for what lies after all moments."""
_DAY = 86_400_000_000
_FIRST, _LAST = 0, 4_102_444_800_000_000
"""The years in which a page follows the changes of a zone's clocks: 1970 to 2100."""


class Numbering:
    """Things by number, in the order in which they were first asked for."""

    def __init__(self) -> None:
        self.found: list[Any] = []
        self._numbers: dict[Any, int] = {}

    def moment(self, moment: int) -> int:
        """Return the number of a moment in microseconds; a negative one before or after all of them."""
        if moment <= PAST:
            return ALWAYS
        if moment >= FUTURE:
            return FREE if moment == FUTURE else NEVER_ENDS
        return self._number(moment, moment)

    def value(self, value: Any) -> int:
        """Return the number of a value, which is JSON already."""
        return self._number(orjson.dumps(value), value)

    def _number(self, key: Any, value: Any) -> int:
        if key not in self._numbers:
            self._numbers[key] = len(self.found)
            self.found.append(value)
        return self._numbers[key]


def span_of(when: When | None, tz: tzinfo) -> list[Any] | None:
    """Return a time as its first moment, the moment after its last (None: open), and its text."""
    if when is None:
        return None
    start, end = when.span(tz)
    return [start if start > PAST else None, end if end < FUTURE else None, str(when)]


def offsets(tz: tzinfo, moments: list[int]) -> Iterator[list[int]]:
    """Yield each change of a zone's clocks around some moments: from when on, how many seconds ahead of UTC.

    The first one holds before as well. Clocks are looked at once a day; a change is found to the second.
    """
    inside = [moment for moment in moments if _FIRST < moment < _LAST] or [_FIRST]
    before = _offset(min(inside) - 400 * _DAY, tz)
    yield [min(inside) - 400 * _DAY, before]
    for day in range(min(inside) - 400 * _DAY, max(inside) + 400 * _DAY, _DAY):
        after = _offset(day + _DAY, tz)
        if after != before:
            yield [_changed(day, day + _DAY, tz), after]
            before = after


def _changed(early: int, late: int, tz: tzinfo) -> int:
    """Return the moment between two at which the clocks change."""
    before = _offset(early, tz)
    while late - early > 1_000_000:
        middle = (early + late) // 2_000_000 * 1_000_000
        if middle <= early:
            break
        early, late = (middle, late) if _offset(middle, tz) == before else (early, middle)
    return late


def _offset(moment: int, tz: tzinfo) -> int:
    found = local(moment, tz).utcoffset()
    return round(found.total_seconds()) if found is not None else 0
