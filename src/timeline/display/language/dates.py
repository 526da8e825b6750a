"""Times in words: *by 2021*, *about 20 January 2026*. The EDTF text itself says the same, for those who can read it."""

from __future__ import annotations

import re
from typing import Any

from timeline.display.language.forms import forms
from timeline.values.when import When

_DATE = re.compile(r"(\d{3}[\dX]|\d{2}XX|\d[X]{3}|X{4})(?:-(\d\d|XX)(?:-(\d\d|XX))?)?")
_EXACT = re.compile(r"\d{4}-\d\d-\d\d(T[^/]*)?")
_QUALIFIERS = {"~": ("about",), "?": ("uncertain",), "%": ("about", "uncertain")}


def spoken(when: When, language: str = "en") -> str:
    """Write a time in words.

    >>> spoken(When("../2021")), spoken(When("2026-01-20~")), spoken(When("2026-01"))
    ('by 2021', 'about 20 January 2026', 'January 2026')
    >>> spoken(When("2026-01-20/2026-02-12")), spoken(When("2026-01-20T09:30:00+03:00"))
    ('between 20 January 2026 and 12 February 2026', '20 January 2026, 09:30 (+03:00)')
    >>> spoken(When("2026-01-20~"), "ar")
    'نحو 20 كانون الثاني 2026'
    """
    text = when.text
    if text.startswith("["):
        members = text[1:-1].split(",")
        return f" {_phrase('or', language)} ".join(_spoken_range(member, "..", language) for member in members)
    return _spoken_range(text, "/", language)


def is_exact(when: When) -> bool:
    """Tell whether a time is a day or an instant, and nothing about it is in doubt.

    >>> is_exact(When("2026-01-21")), is_exact(When("2026-01")), is_exact(When("2026-01-21~"))
    (True, False, False)
    """
    return _EXACT.fullmatch(when.text) is not None


def since(when: When, language: str = "en") -> str:
    """Write a beginning in words; one with an open start lies at its end or before.

    >>> since(When("2026-01-21")), since(When("../2021"))
    ('since 21 January 2026', 'since 2021 or before')
    """
    start, slash, _ = when.text.partition("/")
    key = "since_some_time" if slash and start not in ("", "..") else "since"
    return _phrase(key, language).format(beginning(when, language))


def beginning(when: When, language: str = "en") -> str:
    """Write a beginning in words, to stand behind *since*.

    >>> beginning(When("../2021")), beginning(When("2026-01~"))
    ('2021 or before', 'about January 2026')
    """
    start, slash, end = when.text.partition("/")
    if slash and start in ("", ".."):
        return _phrase("or_before", language).format(_single(end, language))
    return spoken(when, language)


def _spoken_range(text: str, between: str, language: str) -> str:
    start, found, end = text.partition(between)
    if not found:
        return _single(text, language)
    if start in ("", ".."):
        return _phrase("by", language).format(_single(end, language))
    if end in ("", ".."):
        return _phrase("from_on", language).format(_single(start, language))
    return _phrase("between", language).format(_single(start, language), _single(end, language))


def _single(text: str, language: str) -> str:
    """Write one date or instant, with its qualifiers."""
    bare, qualifiers = (text[:-1], _QUALIFIERS[text[-1]]) if text[-1:] in _QUALIFIERS else (text, ())
    said = _instant(bare, language) if "T" in bare else _date(bare, language)
    for qualifier in qualifiers:
        said = _phrase(qualifier, language).format(said)
    return said


def _date(text: str, language: str) -> str:
    parts = _DATE.fullmatch(text)
    assert parts is not None, "a When holds only such dates"
    year, month, day = parts.groups()
    if "X" in year:
        kind = "decade" if year.count("X") == 1 else "century" if year.count("X") == 2 else "age"
        return _phrase(kind, language).format(year.replace("X", "0"))
    year = year.lstrip("0")
    if month is None or month == "XX":
        return year if month is None else _phrase("some_month", language).format(year)
    if month in _table(language)["seasons"]:
        return f"{_table(language)['seasons'][month]} {year}"
    named = f"{_table(language)['months'][int(month) - 1]} {year}"
    if day == "XX":
        return _phrase("some_day", language).format(named)
    return named if day is None else f"{int(day)} {named}"


def _instant(text: str, language: str) -> str:
    day, _, clock = text.partition("T")
    time, zone = re.fullmatch(r"([\d:.]+)(.*)", clock).groups()  # type: ignore[union-attr]  # a When holds only these
    time = time.removesuffix(":00") if time.count(":") == 2 else time
    zone = zone if zone != "Z" else "+00:00" if language == "ar" else "UTC"
    return f"{_date(day, language)}{'،' if language == 'ar' else ','} {time} ({zone})"


def month_names(language: str = "en") -> list[str]:
    """Return the names of the months, from January on."""
    return list(_table(language)["months"])


def _table(language: str) -> Any:
    return forms()["dates"][language]


def _phrase(key: str, language: str) -> str:
    found: str = _table(language)[key]
    return found
