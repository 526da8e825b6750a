"""The clocks of logs. A wrong time cannot be mended: no later entry may have an earlier one."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from timeline.errors import InvalidWhen, LogError
from timeline.values.instants import microseconds, stamp

Clock = Callable[[], datetime]
LEEWAY = 5 * 60 * 1_000_000
"""The difference of two clocks, in microseconds, that is accepted in silence."""


def utc_now() -> datetime:
    """Read the system's clock; every log takes another one as `clock=`."""
    return datetime.now(timezone.utc)


def read_clock(clock: Clock) -> int:
    """Read a clock, in microseconds since 1970 UTC.

    Raises: InvalidWhen when the clock gives anything but an instant.
    """
    if clock is utc_now:
        return time.time_ns() // 1000
    moment = clock()
    if not isinstance(moment, datetime) or moment.utcoffset() is None:
        raise InvalidWhen(
            f"the clock gave {moment!r}: expected an aware datetime, as datetime.now(timezone.utc) gives.", value=moment
        )
    return microseconds(moment)


class ServerClock:
    """The clock of a server, estimated from the last time it reported and how long ago that was."""

    def __init__(self) -> None:
        self._said = 0
        self._at = 0.0

    def said(self, moment: int) -> None:
        """Note the time that the server reports, in microseconds since 1970 UTC."""
        self._said, self._at = moment, time.monotonic()

    def now(self) -> int:
        """Return the server's time, in microseconds since 1970 UTC."""
        return self._said + round((time.monotonic() - self._at) * 1_000_000)


def refuse_ahead(moment: int, server: ServerClock, ask: Callable[[], object]) -> None:
    """Refuse a moment that lies ahead of a server's clock, after asking the server once more.

    Raises: LogError.
    """
    if moment - server.now() > LEEWAY:
        ask()
    if (ahead := moment - server.now()) > LEEWAY:
        raise LogError(
            f"the clock here says {stamp(moment)}, {_shown(ahead)} ahead of the server's: expected at most "
            f"{_shown(LEEWAY)}. Nothing was recorded, as no later entry could have an earlier time. Set this clock, or "
            "the server's, right."
        )


def tell_behind(moment: int, last: int) -> bool:
    """Warn if the last entry was recorded later than a moment; the next entries then get its time."""
    behind = last - moment > LEEWAY
    if behind:
        warnings.warn(
            f"the last entry was recorded at {stamp(last)}, {_shown(last - moment)} ahead of the clock here: one of "
            "the two clocks is wrong. Set this clock, if it is the one. Until it reaches that time, new entries are "
            "recorded at that time too, and recorded= cuts before it leave them out.",
            RuntimeWarning,
            stacklevel=2,
        )
    return behind


def _shown(microseconds: int) -> str:
    return str(timedelta(seconds=round(microseconds / 1_000_000)))
