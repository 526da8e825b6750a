"""The clocks of logs. A stamp of one that is wrong stays, and nothing later gets an earlier time."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from timeline.errors import InvalidWhen, LogError
from timeline.values.instants import microseconds, stamp

Clock = Callable[[], datetime]
LEEWAY = 5 * 60 * 1_000_000
"""By how many microseconds clocks may differ before that is told."""


def utc_now() -> datetime:
    """The system's clock; every log takes another as `clock=`."""
    return datetime.now(timezone.utc)


def read_clock(clock: Clock) -> int:
    """Read a clock, in microseconds since 1970 UTC.

    Raises: InvalidWhen when that is no instant.
    """
    moment = clock()
    if not isinstance(moment, datetime) or moment.utcoffset() is None:
        raise InvalidWhen(
            f"the clock gave {moment!r}: expected an aware datetime, as datetime.now(timezone.utc) gives.", value=moment
        )
    return microseconds(moment)


class ServerClock:
    """The clock of a server, told from what it said last and how long ago that was."""

    def __init__(self) -> None:
        self._said = 0
        self._at = 0.0

    def said(self, moment: int) -> None:
        """Take down what the server says now, in microseconds since 1970 UTC."""
        self._said, self._at = moment, time.monotonic()

    def now(self) -> int:
        """Tell its time by now, in microseconds since 1970 UTC."""
        return self._said + round((time.monotonic() - self._at) * 1_000_000)


def refuse_ahead(moment: int, server: ServerClock, ask: Callable[[], object]) -> None:
    """Refuse a moment that lies ahead of a server's clock; the server is asked once more before that.

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
    """Warn if the last entry was recorded later than a moment: the next ones will bear its time."""
    behind = last - moment > LEEWAY
    if behind:
        warnings.warn(
            f"the last entry was recorded at {stamp(last)}, {_shown(last - moment)} ahead of the clock here. One of "
            "the two clocks is wrong. Until this one gets there, entries are recorded at that time, too, and "
            "recorded= cuts before it miss them.",
            RuntimeWarning,
            stacklevel=2,
        )
    return behind


def _shown(microseconds: int) -> str:
    return str(timedelta(seconds=round(microseconds / 1_000_000)))
