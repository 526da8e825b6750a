"""A clock that stands still until a test sets it."""

from __future__ import annotations

from datetime import timedelta, timezone, tzinfo

import pendulum

from timeline.errors import InvalidValue
from timeline.values.instants import FUTURE, instant
from timeline.values.when import When, WhenLike

_SECOND = 1_000_000


class FrozenClock:
    """The clock of a timeline under test: `Timeline(clock=FrozenClock())`.

    It starts on the last day of 2099, so that a test records nothing before it happened. Set it where the
    recorded clock matters. A date is read as the last second of that day (UTC).

    Raises: InvalidWhen, or InvalidValue for a time without an end.

    >>> clock = FrozenClock("2026-01-21")
    >>> clock.advance(timedelta(days=1))
    >>> str(clock)
    '2026-01-22T23:59:59Z'
    """

    def __init__(self, moment: WhenLike = "2099-12-31") -> None:
        self.set(moment)

    def set(self, moment: WhenLike) -> None:
        """Set the clock to a moment. A log never goes back with it."""
        self._now = instant(last_second(moment))

    def advance(self, duration: timedelta) -> None:
        """Advance the clock by a duration.

        Raises: InvalidValue for what is no duration, or leads out of the years 0001 to 9999.
        """
        try:
            self._now += duration
        except (TypeError, OverflowError):
            raise InvalidValue(
                f"duration is {duration!r}: expected a timedelta within the years 0001 to 9999, such as "
                "timedelta(days=1).",
                value=duration,
            ) from None

    def __call__(self) -> pendulum.DateTime:
        return self._now

    def __str__(self) -> str:
        return self._now.to_iso8601_string()


def last_second(moment: WhenLike, tz: tzinfo = timezone.utc) -> int:
    """Return the last second of a date in a zone, or the instant itself, in microseconds since 1970.

    Raises: InvalidWhen, or InvalidValue for a time without an end.
    """
    start, end = When.of(moment).span(tz)
    if end >= FUTURE:
        raise InvalidValue(f"{moment} has no end, so no clock can stand there: expected a date or an instant.")
    return max(start, end - _SECOND)
