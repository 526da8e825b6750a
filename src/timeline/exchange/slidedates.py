"""The dates of slides in TimelineJS: written from EDTF, and read back into it."""

from __future__ import annotations

import re
from datetime import date, tzinfo
from typing import Any

from timeline.exchange.dates import dated
from timeline.values.when import When

_ENDS = ("start_date", "end_date")
_PARTS = ("year", "month", "day", "hour", "minute", "second", "millisecond")
_DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>0\d|1[012])(?:-(?P<day>\d\d))?)?", re.ASCII)
_QUALIFIED = re.compile(r"(-XX)*[~?%]*$")
"""What a date says beyond its digits; an unknown day is a date without one."""


def slide_dates(text: str, placed: tuple[date, date]) -> dict[str, Any]:
    """Return the dates of a slide; what they cannot express becomes text."""
    dates = [_parts(_QUALIFIED.sub("", end)) for end in text.split("/")]
    if not all(dates):
        dates = [_parts(day) for day in dict.fromkeys(bound.isoformat()[:10] for bound in placed)]
    elif not set("~?%") & set(text):
        return dict(zip(_ENDS, dates, strict=False))
    return {**dict(zip(_ENDS, dates, strict=False)), "display_date": text}


def _parts(text: str) -> dict[str, int] | None:
    """Return a date as year, month and day, as far as it goes; None for other texts."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    return {name: int(number) for name, number in found.groupdict().items() if number is not None}


def date_and_clock(told: Any) -> tuple[str, str]:
    """Read the date of either version into EDTF, and its time of day; each blank where there is none.

    Raises: ValueError.
    """
    if isinstance(told, str) and not re.fullmatch(r"[\d,\s]*", told):
        return str(When.parse(told)), ""
    parts = re.split(r"[,\s]+", told.strip()) if isinstance(told, str) else [(told or {}).get(n) for n in _PARTS]
    given = ["" if part is None else str(part).strip() for part in parts]
    year, month, day, *clock = [*given, *[""] * len(_PARTS)][: len(_PARTS)]
    return day_of(year, month, day), _clock(*clock)


def day_of(year: str, month: str, day: str) -> str:
    """Write a date in EDTF, as far as it goes; blank where there is none.

    Raises: ValueError.
    """
    if not year and not month and not day:
        return ""
    if not re.fullmatch(r"\d{1,4}", year, re.ASCII):
        found = "lies outside the years 0001 to 9999" if re.fullmatch(r"-?\d+", year) else "is not a year"
        raise ValueError(f"{year!r} {found}")
    if day and not month:
        raise ValueError(f"the day {day!r} has no month")
    return "-".join([year.zfill(4), *(part.zfill(2) for part in (month, day) if part)])


def _clock(hour: str, minute: str, second: str, millisecond: str) -> str:
    """Read a time of day; blank where there is none."""
    if not any((hour, minute, second, millisecond)):
        return ""
    parts = [part.zfill(2) for part in (hour, minute or "0", second) if part]
    if not hour or not all(map(str.isdecimal, parts)):
        raise ValueError(f"{':'.join(filter(None, (hour, minute, second)))!r} is not a time of day")
    return ":".join(parts) + (f".{millisecond.zfill(3)}" if second and millisecond.strip("0") else "")


def with_clock(day: str, clock: str, tz: tzinfo | None) -> str:
    """Return the instant of a time of day in a zone; else the day.

    Raises: ValueError.
    """
    if not clock or tz is None:
        return day
    written = "%Y-%m-%d %H:%M" + (":%S" if clock.count(":") > 1 else "") + (".%f" if "." in clock else "")
    return str(dated(written, tz=tz)(f"{day} {clock}"))


def interval(start: str, end: str) -> str | None:
    """Join the ends of a time in EDTF; None where both are blank."""
    return (f"{start}/{end}" if end and end != start else start) or None
