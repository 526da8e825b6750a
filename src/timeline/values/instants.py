"""Instants as numbers: microseconds since 1970 UTC, which sort, compare and store fast."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from timeline.errors import InvalidWhen

if TYPE_CHECKING:  # takes a tenth of a second to import
    import pendulum

PAST = -(1 << 62)
"""Before everything: the start of a span whose beginning is open."""
FUTURE = 1 << 62
"""After everything: the end of a span whose end is open."""

FIRST = -62_135_596_800_000_000
"""The first moment of the year 0001, UTC."""
LAST = 253_402_300_799_999_999
"""The last moment of the year 9999, UTC."""

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_SECOND = 1_000_000
_DAY = 86_400 * _SECOND


class Span(NamedTuple):
    """A half-open stretch of time, `[start, end)`, in microseconds since 1970 UTC."""

    start: int
    end: int


def microseconds(moment: datetime) -> int:
    """Return an aware instant as microseconds since 1970 UTC.

    >>> microseconds(datetime(1970, 1, 2, tzinfo=timezone.utc))
    86400000000
    """
    offset = moment.utcoffset()
    assert offset is not None, "only aware instants get this far"
    day = (moment.toordinal() - _EPOCH_DAY) * _DAY
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return day + seconds * _SECOND + moment.microsecond - round(offset.total_seconds() * _SECOND)


def midnight(day: date, tz: tzinfo = timezone.utc, *, later: int = 0) -> int:
    """Return the first moment of a day in a zone, or of the day `later` days after it.

    >>> midnight(date(1970, 1, 1), later=1)
    86400000000
    """
    ordinal = day.toordinal() + later
    if tz is timezone.utc or ordinal > date.max.toordinal():
        return (ordinal - _EPOCH_DAY) * _DAY
    return microseconds(datetime.fromordinal(ordinal).replace(tzinfo=tz))


def instant(number: int) -> pendulum.DateTime:
    """Return the UTC instant a number of microseconds after 1970.

    Beyond the calendar (0001 to 9999), return its first or last instant.

    >>> instant(86_400_000_000).to_iso8601_string()
    '1970-01-02T00:00:00Z'
    """
    import pendulum

    m = _EPOCH + timedelta(microseconds=min(max(number, FIRST), LAST))
    return pendulum.DateTime(m.year, m.month, m.day, m.hour, m.minute, m.second, m.microsecond, tzinfo=pendulum.UTC)


def local(number: int, tz: tzinfo) -> datetime:
    """Return the instant a number of microseconds after 1970, in a zone.

    Return the instant in UTC where the zone's clocks leave the calendar.

    >>> local(0, zone("Asia/Baghdad")).isoformat()
    '1970-01-01T03:00:00+03:00'
    """
    found = instant(number)
    try:
        return found.astimezone(tz)
    except OverflowError:
        return found


@lru_cache(maxsize=64)
def stamp(number: int) -> str:
    """Return the text under which an instant is stored: UTC, always six digits.

    >>> stamp(0)
    '1970-01-01T00:00:00.000000Z'
    """
    second, micros = divmod(number if FIRST <= number <= LAST else min(max(number, FIRST), LAST), _SECOND)
    return f"{_second_text(second)}.{micros:06}Z"


@lru_cache(maxsize=64)
def _second_text(second: int) -> str:
    return (_EPOCH + timedelta(seconds=second)).replace(tzinfo=None).isoformat()


def zone(name: str | tzinfo) -> tzinfo:
    """Return the time zone of an IANA name. UTC is the plain `timezone.utc`, which is fastest.

    Raises: InvalidWhen for a name that the zone database does not have.

    >>> zone("UTC") is timezone.utc
    True
    """
    if name is timezone.utc:
        return timezone.utc
    if isinstance(name, tzinfo):
        import pendulum

        return timezone.utc if name in (timezone.utc, pendulum.UTC) else name
    try:
        return timezone.utc if name.upper() == "UTC" else ZoneInfo(name)
    except (KeyError, ValueError, OSError, AttributeError, TypeError) as error:
        raise InvalidWhen(
            f"{name!r} is not a time zone: expected an IANA name such as 'Asia/Baghdad' or 'UTC'.", value=name
        ) from error
