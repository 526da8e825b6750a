"""Durations between fuzzy times: an interval of lengths."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from timeline.values.counting import how_many
from timeline.values.instants import FUTURE, PAST, Span


class Duration(NamedTuple):
    """A length of time, at least `lowest` and at most `highest`; None: nobody can say how long at most.

    >>> print(Duration(timedelta(days=2), timedelta(days=3)))
    2 days to 3 days
    """

    lowest: timedelta
    highest: timedelta | None

    def __str__(self) -> str:
        low = _words(self.lowest)
        high = "?" if self.highest is None else _words(self.highest)
        return low if low == high else f"{low} to {high}"


def duration_between(begins: Span, ends: Span) -> Duration:
    """Return how long it is from one fuzzy moment to another, never less than nothing."""
    lowest = timedelta(0)
    if ends.start > begins.end and begins.end > PAST and ends.start < FUTURE:
        lowest = timedelta(microseconds=ends.start - begins.end)
    if begins.start <= PAST or ends.end >= FUTURE:
        return Duration(lowest, None)
    return Duration(lowest, timedelta(microseconds=max(0, ends.end - begins.start)))


def _words(length: timedelta) -> str:
    if length.days:
        return how_many(length.days, "day")
    hours, rest = divmod(length.seconds, 3600)
    return how_many(hours, "hour") if hours else how_many(rest // 60, "minute") if rest else "none"
