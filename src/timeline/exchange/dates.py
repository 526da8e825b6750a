"""Times out of the texts of cells, written otherwise than in EDTF: no more than the text says is read.

    dated("%d/%m/%Y")                                  21/01/2026 · 1/1/2026
    dated("%B %Y")                                     January 2026, a month
    dated("%d/%m/%Y %H:%M", tz="Asia/Baghdad")         21/01/2026 09:00, an instant
    dated("%d/%m/%Y", "%Y")                            a column written in two ways

Months and days of the week are read by their English and Arabic names, whatever the program's locale.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, time, timezone, tzinfo
from typing import Final

from timeline.errors import InvalidValue
from timeline.exchange.dateformats import DateFormat
from timeline.exchange.readers import whole
from timeline.values.instants import FIRST, LAST, instant, zone
from timeline.values.numerals import without_marks
from timeline.values.quantity import whole_number
from timeline.values.when import When

_MONTHS: Final = (
    "january jan يناير كانون_الثاني كانون_ثاني",
    "february feb فبراير شباط",
    "march mar مارس آذار",
    "april apr أبريل نيسان",
    "may مايو أيار",
    "june jun يونيو حزيران",
    "july jul يوليو تموز",
    "august aug أغسطس آب",
    "september sep sept سبتمبر أيلول",
    "october oct أكتوبر تشرين_الأول تشرين_أول",
    "november nov نوفمبر تشرين_الثاني تشرين_ثاني",
    "december dec ديسمبر كانون_الأول كانون_أول",
)
_DAYS: Final = (
    "monday mon الاثنين", "tuesday tue tues الثلاثاء", "wednesday wed الأربعاء", "thursday thu thurs الخميس",
    "friday fri الجمعة", "saturday sat السبت", "sunday sun الأحد",
)  # fmt: skip


def dated(*formats: str, tz: str | tzinfo | None = None) -> Callable[[str], When]:
    """Read times written by one of several formats, in the directives of `strptime`.

    1. A format without a day gives a month, one without a month a year.
    2. A clock needs a zone: `%z` in the text, or `tz`, by whose clock it was read off.
    3. A text that two formats read differently is refused.

    Raises: InvalidValue for a format without a year, with a year of two digits, or that leaves a gap.

    >>> dated("%m/%d/%Y")("01/21/2026"), dated("%B %Y")("January 2026")
    (When('2026-01-21'), When('2026-01'))
    >>> dated("%d/%m/%Y %H:%M", tz="Asia/Baghdad")("21/01/2026 09:00")
    When('2026-01-21T09:00:00+03:00')
    """
    known = [DateFormat.of(text) for text in formats]
    if not known:
        raise InvalidValue("dated() has no format: expected one such as '%d/%m/%Y'.")
    if tz is not None and not any("M" in format.parts for format in known):
        raise InvalidValue(f"tz is {tz!r}, but {_listed(formats)} has no clock: leave it out.", value=tz)
    place = None if tz is None else zone(tz)

    def read(text: str) -> When:
        seen, found, wrong = without_marks(text), [], ""
        for format in known:
            try:
                if (when := _read(format, seen, place)) is not None:
                    found.append(when)
            except ValueError as error:
                wrong = wrong or f": {error}"
        if not found:
            raise ValueError(f"{text!r} is not a date written as {_listed(formats)}{wrong or _no_year(seen)}")
        if len(set(found)) > 1:
            raise ValueError(f"{text!r} is {' or '.join(map(str, found))}: expected a text that one format reads.")
        return found[0]

    return read


def epoch(per_second: int) -> Callable[[str], When]:
    """Read instants given as units since 1970 UTC, of which a second has `per_second`.

    >>> epoch(1_000_000)("1437764461000000")
    When('2015-07-24T19:01:01Z')
    """
    if (whole_number(per_second) or 0) < 1:
        raise InvalidValue(
            f"epoch({per_second!r}): expected the units in a second, such as 1 or 1000.", value=per_second
        )

    def read(text: str) -> When:
        number = whole(text) * 1_000_000 // per_second
        if not FIRST <= number <= LAST:
            raise ValueError(
                f"{text!r} lies outside the years 0001 to 9999 in units of 1/{per_second} second. Is the unit another?"
            )
        return When.of(instant(number))

    return read


def _read(format: DateFormat, text: str, tz: tzinfo | None) -> When | None:
    """Return the time that a text says; None if it is not written in the format.

    Raises: ValueError.
    """
    match = format.pattern.fullmatch(text)
    return _when(match.groupdict(), tz) if match else None


def _when(said: Mapping[str, str], tz: tzinfo | None) -> When:
    """Return the day, month or year that the parts of a text say, or the moment that its clock says."""
    parts = ((said["Y"], 4), (_month(said), 2), (said.get("d"), 2))
    when = When.parse("-".join(f"{int(part):0{digits}}" for part, digits in parts if part))
    day = when.earliest
    assert day is not None, "a format has a year"
    if "A" in said and _named(said["A"], _DAYS, "day") != day.isoweekday():
        raise ValueError(f"{when} is not a {said['A']}.")
    if "M" not in said:
        return when
    local = datetime.combine(day, _clock(said))
    if "z" in said:
        return When.parse(f"{local.isoformat()}{_offset(said['z'])}")
    if tz is None:
        raise ValueError(_no_zone(local))
    return When.of(_placed(local, tz))


def _no_zone(local: datetime) -> str:
    wanted = "a clock without a zone. Name the zone it was read off in, such as tz='Asia/Baghdad'."
    midnight = " If midnight only means the day, write 00:00 into the format as plain text."
    return wanted if local.time() != time.min else wanted + midnight


def _no_year(text: str) -> str:
    """Say what a text without a year lacks."""
    lacks = re.search(r"\d", text) and not re.search(r"\d{4}", text)
    return ": it has no year of four digits. Write the year in full." if lacks else "."


def _listed(formats: tuple[str, ...]) -> str:
    return " or ".join(formats)


def _plain(name: str) -> str:
    """Normalize a name for comparison: Arabic is often typed without its hamza."""
    return re.sub(r"\s+", "_", re.sub("[أإآ]", "ا", name.lower().rstrip(".")))


def _named(name: str, names: tuple[str, ...], what: str) -> int:
    """Return the number of a month, or of a day of the week, from 1."""
    for number, known in enumerate(names, 1):
        if _plain(name) in _plain(known.replace(" ", "|")).split("|"):
            return number
    raise ValueError(f"{name!r} is not the name of a {what} in English or Arabic.")


def _month(said: Mapping[str, str]) -> str | None:
    return str(_named(said["B"], _MONTHS, "month")) if "B" in said else said.get("m")


def _clock(said: Mapping[str, str]) -> time:
    """Return the time of day.

    Raises: ValueError.
    """
    hour = int(said.get("H") or said["I"])
    if "I" in said:
        if not 1 <= hour <= 12:
            raise ValueError(f"{hour} is not an hour before or after noon.")
        hour = hour % 12 + (12 if said["p"][0].lower() in "pم" else 0)
    return time(hour, int(said["M"]), int(said.get("S") or 0), int((said.get("f") or "0").ljust(6, "0")))


def _offset(text: str) -> str:
    digits = text[1:].replace(":", "").ljust(4, "0")
    return "Z" if text in "Zz" else f"{text[0]}{digits[:2]}:{digits[2:]}"


def _placed(local: datetime, tz: tzinfo) -> datetime:
    """Return the moment at which a zone's clocks show a time of day.

    Raises: ValueError for a time that they show twice, or never.
    """
    early, late = local.replace(tzinfo=tz), local.replace(tzinfo=tz, fold=1)
    if early.utcoffset() != late.utcoffset():
        skipped = early.astimezone(timezone.utc).astimezone(tz).replace(tzinfo=None) != local
        raise ValueError(
            f"{tz} {'skipped' if skipped else 'had two moments of'} {local.time()} on that day. Write the offset, and "
            "read it by %z."
        )
    return early
