"""Durations between fuzzy times: an interval of lengths."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from timeline.values.counting import how_many
from timeline.values.instants import FUTURE, PAST, Span


class Duration(NamedTuple):
    """A length of time, at least `lowest` and at most `highest`; None: nobody can say how long at most.

    In words, to the second, bounds that differ are rounded outward: at most 71 hours are "3 days".

    >>> print(Duration(timedelta(days=2), timedelta(days=3)))
    2 days to 3 days
    >>> print(Duration(timedelta(hours=23), timedelta(hours=71)))
    23 hours to 3 days
    """

    lowest: timedelta
    highest: timedelta | None

    def __str__(self) -> str:
        low, high = _to_the_second(self.lowest), self.highest and _to_the_second(self.highest)
        if low == high:
            return _exactly(low)
        return f"{_down(low)} to {'?' if high is None else _up(high)}"


def duration_between(begins: Span, ends: Span) -> Duration:
    """Return how long it is from one fuzzy moment to another, never less than nothing."""
    lowest = timedelta(0)
    if ends.start > begins.end and begins.end > PAST and ends.start < FUTURE:
        lowest = timedelta(microseconds=ends.start - begins.end)
    if begins.start <= PAST or ends.end >= FUTURE:
        return Duration(lowest, None)
    return Duration(lowest, timedelta(microseconds=max(0, ends.end - begins.start)))


_UNITS = {"day": timedelta(days=1), "hour": timedelta(hours=1), "minute": timedelta(minutes=1)}


def _to_the_second(length: timedelta) -> timedelta:
    """Round a length to the second: even instants leave a microsecond of doubt."""
    return timedelta(seconds=round(length.total_seconds()))


def _down(length: timedelta) -> str:
    """Write a length in its largest unit, rounded down."""
    name = next((name for name, unit in _UNITS.items() if length >= unit), None)
    return "none" if name is None else how_many(length // _UNITS[name], name)


def _up(length: timedelta) -> str:
    """Write a length in its largest unit, rounded up."""
    unit = next((unit for unit in _UNITS.values() if length >= unit), _UNITS["minute"])
    return _down(-(-length // unit) * unit)


def _exactly(length: timedelta) -> str:
    """Write a length in all its units."""
    parts = []
    for name, unit in {**_UNITS, "second": timedelta(seconds=1)}.items():
        number, length = divmod(length, unit)
        parts += [how_many(number, name)] if number else []
    return " ".join(parts) or "none"
