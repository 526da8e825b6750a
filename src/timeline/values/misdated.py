"""Advice for texts that are not EDTF dates: what is wrong, and how to write what the text says.

The advice adds nothing to the text: no zone, no century, no order of day and month.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Final
from unicodedata import category, name

from timeline.values.numerals import ascii_digits, without_marks

_FORMS: Final = (
    "Write YYYY, YYYY-MM or YYYY-MM-DD, an instant as YYYY-MM-DDThh:mm:ss with Z or an offset, an interval as a/b."
)
_OUTSIDE: Final = "lies outside the years 0001 to 9999"
_PARTS: Final = {
    "25": (3, 3), "26": (6, 3), "27": (9, 3), "28": (12, 3), "29": (9, 3), "30": (12, 3), "31": (3, 3), "32": (6, 3),
    "33": (1, 3), "34": (4, 3), "35": (7, 3), "36": (10, 3), "37": (1, 4), "38": (5, 4), "39": (9, 4), "40": (1, 6),
    "41": (7, 6),
}  # fmt: skip
"""Seasons by hemisphere, quarters, thirds and halves of a year in EDTF level 2: first month, number of months."""
_CLOCK: Final = r"(?P<day>\d{4}-\d\d-\d\d)[Tt ]"
_MIDNIGHT: Final = "has a clock without a zone. If midnight only means the day, write '\\g<day>'; else add the offset."
_FIVE: Final = (
    "has five digits: a year that lies outside the years 0001 to 9999, or the day number of a spreadsheet (Excel). "
    "Format the column as YYYY-MM-DD."
)
_JOINED: Final = "lacks separators. Write '\\1-\\2-\\3' if these are year, month and day."
_LAST: Final = "has its year last: which is the day and which the month depends on the country. Write YYYY-MM-DD."
_NO_ZONE: Final = (
    "has no offset: a clock without a zone is not an instant. Add the offset it was read off in, or write "
)


def explain(text: str) -> str:
    """Say what is wrong with a text, and what to write, to follow the text in a message.

    >>> explain("2026-01-21T09:00:00+0300")
    "has an offset without a colon. Write '2026-01-21T09:00:00+03:00'."
    """
    if hidden := next((c for c in text if category(c) == "Cf"), None):
        return f"has an invisible character (U+{ord(hidden):04X} {name(hidden)}). Write {without_marks(text)!r}."
    if any(c.isdecimal() and not c.isascii() for c in text):
        return f"has digits other than 0 to 9. Write {ascii_digits(text)!r}."
    for pattern, say in _FAULTS:
        if match := re.fullmatch(pattern, text, re.ASCII | re.IGNORECASE):
            return match.expand(say) if isinstance(say, str) else say(match)
    return f"is not an EDTF date. {_FORMS}"


def _hyphened(match: re.Match[str]) -> str:
    text = re.sub("[‐‑‒–—−]", "-", match[0])
    text = re.sub(r"^(\d{4}(?:-\d\d){0,2})\s*-\s*(\d{4}(?:-\d\d){0,2})$", r"\1/\2", text)
    return f"has a dash that is not a hyphen. Write {text!r}."


def _padded(match: re.Match[str]) -> str:
    return f"has a month or a day of one digit. Write {'-'.join(part.zfill(2) for part in match[0].split('-'))!r}."


def _week(match: re.Match[str]) -> str:
    try:
        days = [date.fromisocalendar(int(match[1]), int(match[2]), int(day)) for day in match[3] or "17"]
    except ValueError:
        return f"is not a week. {_FORMS}"
    return f"counts weeks. Write '{'/'.join(map(str, days))}'."


def _day_of_year(match: re.Match[str]) -> str:
    try:
        day = date.fromordinal(date(int(match[1]), 1, 1).toordinal() + int(match[2]) - 1)
    except (ValueError, OverflowError):
        day = date.min
    if day.year != int(match[1]):
        return f"is not a day of a year. {_FORMS}"
    return f"counts the days of a year. Write '{day}'."


def _part_of_year(match: re.Match[str]) -> str:
    year, (month, length) = int(match[1]), _PARTS[match[2]]
    year_after, last = divmod(month + length - 2, 12)
    end = f"{year + year_after:04}-{last + 1:02}" if year + year_after <= 9999 else ".."
    return f"is a season, quarter, third or half of a year of EDTF level 2. Write '{year:04}-{month:02}/{end}'."


def _quarter(match: re.Match[str]) -> str:
    year, last = match["year"], 3 * int(match["quarter"])
    return f"is a quarter of a year. Write '{year}-{last - 2:02}/{year}-{last:02}'."


_SEASON: Final = (
    "names a season. Write YYYY-21 for spring, YYYY-22 for summer, YYYY-23 for autumn or YYYY-24 for winter."
)
_BOUND: Final = "bounds a time in words. Write '../b' for by b, 'a/..' for from a on."
_OTHER_X = r"(?:\d{4}|\d{3}[xu]|\d\d[xu]{2})(?:-(?:\d\d|[xu]{2})){0,2}"
"""A date whose unknown digits stand in the right places, but are not written X."""
_FAULTS: Final[tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...]] = (
    ("", "is empty. Write None where the source gives no time."),
    ("na[tn]|n/?a|null|none|unknown|-+", "says that there is no time. Write None, or leave it out."),
    ("now|today|yesterday|tomorrow", "means another moment each time it is read. Write the date itself."),
    (r"\d{1,2}:\d\d.*", "is a time without a date. Write YYYY-MM-DDThh:mm:ss, and the offset of its zone."),
    (r"\d{5}(\.\d+)?", _FIVE),
    (r"\d{10}(\.\d+)?|\d{13}|\d{16}|\d{19}", "looks like seconds, or parts of them, since 1970. Read it by epoch()."),
    (r"-\d+.*|y-?\d.*|\d{5,}-.*|0000.*|000X.*", f"{_OUTSIDE}, the only ones that can be written."),
    (r"(\d{4})(0[1-9]|1[0-2])([0-2]\d|3[01])(?:T.*|\d{4}|\d{6})?", _JOINED),
    (r"\d{6,}", f"is a row of digits. {_FORMS}"),
    (r"\d{1,3}([./-]\d\d?)*[~?%]?", "has no four-digit year. Write the year in full."),
    (r"\d{4}-\d(-\d\d?)?|\d{4}-\d\d-\d", _padded),
    (r"(?:c|ca|circa|about|around|approx)\.?\s*(\d{4}(?:-\d\d){0,2})", "is approximate in words. Write '\\1~'."),
    (r"(\d{3})0'?s", "is a decade in words. Write '\\1X'."),
    (r"(\d{4})-?W(\d\d)(?:-?(\d))?", _week),
    (r"(\d{4})-(\d{3})", _day_of_year),
    (r"(\d{4})-(2[5-9]|3\d|4[01])", _part_of_year),
    (r"(?P<year>\d{4})[- ]?Q(?P<quarter>[1-4])", _quarter),
    (r"Q(?P<quarter>[1-4])[- /]?(?P<year>\d{4})", _quarter),
    (r"[\d\s‐‑‒–—−-]*\d\s*[‐‑‒–—−].*", _hyphened),
    (r"(\d{4})\s*-\s*(\d{4})", "has two years. Write '\\1/\\2'."),
    (r"(\d{4})[./](\d\d)[./](\d\d)(?: .*)?", "has separators other than hyphens. Write '\\1-\\2-\\3'."),
    (r"0?([1-9])[./-](\d{4})", "has its month first. Write '\\2-0\\1'."),
    (r"(1[0-2])[./-](\d{4})", "has its month first. Write '\\2-\\1'."),
    (r"\d\d?[./-]\d\d?[./-]\d{4}.*", _LAST),
    (r"\{.*", "is a set of several dates; an event happens once. Write '[a,b]' for one of them, or two entries."),
    (rf"{_CLOCK}0?0:00(:00(\.0+)?)?", _MIDNIGHT),
    (rf"{_CLOCK}\d\d?(:\d\d){{0,2}}([.,]\d+)?", _NO_ZONE + "'\\g<day>'."),
    (rf"{_CLOCK}.*[ap]\.?m\.?", "has a clock of twelve hours. Write 00 to 23, and the offset of its zone."),
    (rf"({_CLOCK}\d\d:\d\d\S*?)\s*(?:utc|gmt)", "names its zone in letters. Write '\\1Z'."),
    (rf"{_CLOCK}\d\d:\d\d\S*?\s*[a-z]{{2,}}.*", "names its zone in letters, which may be several offsets. Write one."),
    (rf"({_CLOCK}\d\d:\d\d.*?)\s*([+-]\d\d)(\d\d)", "has an offset without a colon. Write '\\1\\3:\\4'."),
    (rf"({_CLOCK}\d\d:\d\d.*?)\s*([+-])(\d)(:\d\d)?", "has an offset of one digit. Write '\\1\\g<3>0\\4\\5'."),
    (rf"({_CLOCK}\d\d:\d\d(?::\d\d)?(?:\.\d+)?)\s+(Z|[+-]\d\d(?::\d\d)?)", "has a space too many. Write '\\1\\3'."),
    (rf"({_CLOCK}\d\d:\d\d:\d\d),(\d+\S*)", "has a comma in its seconds. Write '\\1.\\3'."),
    (rf"{_CLOCK}\d\d:\d\d:\d\d\.\d{{7,}}(Z|[+-].*)?", "has more than six digits of a second, which is too fine."),
    (rf"({_CLOCK}\d\d:\d\d.*)[~?%]", "qualifies an instant. Write it without, or the day with it: '\\g<day>~'."),
    (rf"{_CLOCK}.*", "has a time of day that is not written hh:mm or hh:mm:ss, with Z or an offset such as +03:00."),
    (r".*[~?%].+", "qualifies a part of the date. Write the qualifier last, as in YYYY-MM-DD~."),
    (_OTHER_X, lambda match: f"has unknown digits other than X. Write {re.sub('[xuU]', 'X', match[0])!r}."),
    (r".*\b(?:spring|summer|autumn|fall|winter)\b.*", _SEASON),
    (r"(?:before|until|till|by|after|since|from)\s+\d{4}[^a-z]*", _BOUND),
    (r".*(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec).*", "spells its month. Write YYYY-MM or YYYY-MM-DD."),
)  # fmt: skip
"""Patterns of texts that are often written instead of a date. The first match says what is wrong."""
