"""A parser of EDTF, the Extended Date/Time Format of ISO 8601-2:2019, that refuses to guess.

    level 0   2026 · 2026-01 · 2026-01-21 · 2026-01-21T09:00Z (or +03, +03:00) · 2026-01-21/2026-02-12
    level 1   2026-01~ ? %  (also on the ends of an interval) · 2026-01-XX · 2026-XX · 202X ·
              ../2026-01 · 2026-01/.. · /2026-01 · 2026-01/ · 2026-21 (spring) … 2026-24 (winter)
    sets      [2026-01..2026-03] · [2026-01-21,2026-01-26]   one of these

Seasons are the meteorological ones of the northern hemisphere: spring is March to May, and the
winter of 2026 begins in December 2026. This module computes bounds; `When` says what they mean.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from timeline.errors import InvalidWhen
from timeline.values.instants import microseconds, midnight
from timeline.values.misdated import explain

if TYPE_CHECKING:  # takes a tenth of a second to import
    import pendulum
    from pendulum.tz.timezone import FixedTimezone


class Parsed(NamedTuple):
    """The content of an EDTF text: bounds (the last day included, None open), qualifiers, canonical text."""

    text: str
    earliest: pendulum.Date | None
    latest: pendulum.Date | None
    approximate: bool = False
    uncertain: bool = False


_LONGEST = 1000
"""The longest text, in characters: a set of some eighty days."""
_DATE = re.compile(r"(\d{4}|\d{3}X|\d{2}XX)(?:-(\d\d|XX)(?:-(\d\d|XX))?)?", re.ASCII)
_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6})0*)?)?(Z|[+-]\d\d(?::\d\d)?)", re.ASCII
)
_SLASHED = re.compile(r"(\d\d?/\d\d?/\d{4}|\d{4}/\d\d/\d\d)(\s.*)?|\d\d?/\d\d?/\d\d|\d\d?/\d{4}|[nN]/[aA]", re.ASCII)
"""Dates that have slashes but are not intervals."""
_OLD_ENDS = {"open": "..", "unknown": ""}
_QUALIFIERS = {"": (False, False), "~": (True, False), "?": (False, True), "%": (True, True)}
_SEASONS = {"21": 3, "22": 6, "23": 9, "24": 12}


def read(text: str) -> Parsed:
    """Parse one EDTF text.

    Raises: InvalidWhen, saying what to write instead.

    >>> read("2026-01-XX").latest
    Date(2026, 1, 31)
    """
    if not isinstance(text, str):
        _refuse(text, "is not text", "YYYY-MM-DD, in quotes")
    text = text.strip()
    if len(text) > _LONGEST:
        _refuse(f"{text[:40]}…", f"goes on for {len(text):,} characters, of at most {_LONGEST:,}", "YYYY-MM-DD")
    if text.startswith("["):
        return _set(text)
    if "/" in text:
        return _interval(text)
    return _single(text)


def _refuse(text: object, problem: str, write: str) -> NoReturn:
    raise InvalidWhen(f"{text!r} {problem}. Write {write}.", value=text)


def _set(text: str) -> Parsed:
    body = text[1:-1]
    if not text.endswith("]") or not body.strip(". "):
        _refuse(text, "is not a set of dates", "'[a..b]' or '[a,b]'")
    members: list[str] = []
    earliest: list[pendulum.Date | None] = []
    latest: list[pendulum.Date | None] = []
    inexact = [False, False]
    for member in body.split(","):
        ends = [end.strip() for end in member.split("..")]
        if len(ends) > 2 or not any(ends):
            _refuse(text, "has an empty or repeated member", "'[a..b]'")
        readings = [_within(text, end) if end else None for end in ends]
        first, last = readings[0], readings[-1]
        if first and last and _later(first.earliest, last.latest):
            _refuse(text, "runs backwards", f"'[{ends[-1]}..{ends[0]}]' if its ends are exchanged")
        members.append("..".join(r.text if r else "" for r in readings))
        earliest.append(first.earliest if first else None)
        latest.append(last.latest if last else None)
        for reading in filter(None, readings):
            inexact = [inexact[0] or reading.approximate, inexact[1] or reading.uncertain]
    return Parsed(f"[{','.join(members)}]", _extreme(earliest, 1), _extreme(latest, -1), *inexact)


def _extreme(bounds: list[pendulum.Date | None], sign: int) -> pendulum.Date | None:
    """Return the first bound (`sign` 1) or the last (-1); None if any bound is open."""
    known = [bound for bound in bounds if bound is not None]
    return min(known, key=lambda bound: sign * _moment(bound)) if len(known) == len(bounds) else None


def _interval(text: str) -> Parsed:
    ends = text.split("/")
    if _SLASHED.fullmatch(text):
        raise InvalidWhen(f"{text!r} {explain(text)}", value=text)
    if len(ends) != 2:
        _refuse(text, "has more than one '/'", "a date as YYYY-MM-DD, an interval as 'a/b'")
    if old := _OLD_ENDS.keys() & ends:
        _refuse(text, f"has the end {min(old)!r}", f"{'/'.join(_OLD_ENDS.get(end, end) for end in ends)!r}")
    if not any(end.strip(".") for end in ends):
        _refuse(text, "says nothing", "None (leave the time out) where the source gives none")
    first, last = (None if end in ("", "..") else _within(text, end) for end in ends)
    if first and last and _later(first.earliest, last.latest):
        _refuse(text, "runs backwards", f"'{ends[1]}/{ends[0]}' if its ends are exchanged")
    return Parsed(
        "/".join(reading.text if reading else end for reading, end in zip((first, last), ends, strict=True)),
        first.earliest if first else None,
        last.latest if last else None,
        any(r.approximate for r in (first, last) if r),
        any(r.uncertain for r in (first, last) if r),
    )


def _within(whole: str, part: str) -> Parsed:
    """Parse a part of a text. An error names the whole text."""
    try:
        return _single(part)
    except InvalidWhen as error:
        raise InvalidWhen(f"In {whole!r}, {error}", value=whole) from error


def _moment(bound: pendulum.Date) -> int:
    return microseconds(bound) if isinstance(bound, datetime) else midnight(bound)


def _later(a: pendulum.Date | None, b: pendulum.Date | None) -> bool:
    """Tell whether a is certainly after b. A date and an instant are compared with a day to spare."""
    if a is None or b is None:
        return False
    mixed = isinstance(a, datetime) != isinstance(b, datetime)
    return a.toordinal() > b.toordinal() + 1 if mixed else _moment(a) > _moment(b)


def _single(text: str) -> Parsed:
    if instant := _INSTANT.fullmatch(text):
        return _instant(text, instant)
    bare, qualifier = (text[:-1], text[-1]) if text[-1:] in ("~", "?", "%") else (text, "")
    if qualifier in ("~", "?") and bare[-1:] == {"~": "?", "?": "~"}[qualifier]:
        bare, qualifier = bare[:-1], "%"
    parts = _DATE.fullmatch(bare)
    if not parts:
        raise InvalidWhen(f"{text!r} {explain(text)}", value=text)
    bounds = _bounds(text, parts[1], parts[2], parts[3])
    return Parsed(bare + qualifier, *bounds, *_QUALIFIERS[qualifier])


def _bounds(text: str, year: str, month: str | None, day: str | None) -> tuple[pendulum.Date, pendulum.Date]:
    if ("X" in year and month) or (month == "XX" and day not in (None, "XX")):
        _refuse(text, "leaves out a larger unit than it gives", "the unknown digits last: YYYY-XX or YYYX")
    first_year, last_year = int(year.replace("X", "0")), int(year.replace("X", "9"))
    if not first_year:
        raise InvalidWhen(f"{text!r} {explain(text)}", value=text)
    if month is None or month == "XX":
        return _day(first_year, 1, 1), _day(last_year, 12, 31)
    if month in _SEASONS and day is None:
        return _season(text, first_year, _SEASONS[month])
    from calendar import monthrange

    number = int(month)
    if 25 <= number <= 41 and day is None:
        raise InvalidWhen(f"{text!r} {explain(text)}", value=text)
    if not 1 <= number <= 12:
        _refuse(text, f"has no month {month}", "a month 01 to 12, or a season 21 to 24")
    days = monthrange(first_year, number)[1]
    if day is None or day == "XX":
        return _day(first_year, number, 1), _day(first_year, number, days)
    if not 1 <= int(day) <= days:
        _refuse(text, f"is impossible: {year}-{month} has {days} days", f"'{year}-{month}' if the day is not known")
    exact = _day(first_year, number, int(day))
    return exact, exact


def _season(text: str, year: int, month: int) -> tuple[pendulum.Date, pendulum.Date]:
    from calendar import monthrange

    end_year, end_month = (year + 1, 2) if month == 12 else (year, month + 2)
    if end_year > 9999:
        _refuse(text, "ends outside the years 0001 to 9999", "'9999-12/..'")
    last = monthrange(end_year, end_month)[1]
    return _day(year, month, 1), _day(end_year, end_month, last)


def _day(year: int, month: int, day: int) -> pendulum.Date:
    import pendulum

    return pendulum.Date(year, month, day)


def _instant(text: str, parts: re.Match[str]) -> Parsed:
    import pendulum

    day, hour, minute, second, fraction, offset = parts.groups()
    date = _within(text, day).earliest
    assert date is not None
    try:
        moment = pendulum.DateTime(
            date.year, date.month, date.day, int(hour), int(minute), int(second or 0),
            int((fraction or "0").ljust(6, "0")), tzinfo=_offset(offset),
        )  # fmt: skip
    except ValueError:
        _refuse(text, "is an impossible time of day", "hours 00–23, minutes and seconds 00–59, an offset to ±23:59")
    digits = (fraction or "").rstrip("0")
    zone = "Z" if offset[1:] in ("", "00", "00:00") else f"{offset}:00"[:6]
    canonical = f"{day}T{hour}:{minute}:{second or '00'}{'.' + digits if digits else ''}{zone}"
    return Parsed(canonical, moment, moment)


def _offset(text: str) -> FixedTimezone | pendulum.Timezone:
    import pendulum

    if text[1:] in ("", "00", "00:00"):
        return pendulum.UTC
    hours, minutes = int(text[1:3]), int(text[4:6] or 0)
    if hours > 23 or minutes > 59:
        raise ValueError(text)
    seconds = (hours * 60 + minutes) * 60
    return pendulum.FixedTimezone(-seconds if text[0] == "-" else seconds)
