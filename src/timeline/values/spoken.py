"""Times in words, such as *about 20 January 2026*. The words are in a table: the English one, or one of a display."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from timeline.values.when import When

Table = Mapping[str, Any]
"""Names of months and seasons, and patterns with `{}` for a date."""
ENGLISH: Table = {
    "months": [
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ],
    "seasons": {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"},
    "about": "about {}",
    "uncertain": "{} (uncertain)",
    "by": "by {}",
    "from_on": "from {} on",
    "between": "between {} and {}",
    "or": "or",
    "since": "since {}",
    "or_before": "{} or before",
    "since_some_time": "since some time {}",
    "decade": "the {}s",
    "century": "the {}s",
    "age": "the {}s",
    "some_month": "some month of {}",
    "some_day": "some day in {}",
    "instant": "{}, {} ({})",
    "utc": "UTC",
}  # fmt: skip
_DATE = re.compile(r"(\d{3}[\dX]|\d{2}XX|\d[X]{3}|X{4})(?:-(\d\d|XX)(?:-(\d\d|XX))?)?")
_QUALIFIERS = {"~": ("about",), "?": ("uncertain",), "%": ("about", "uncertain")}


def in_words(when: When, table: Table = ENGLISH) -> str:
    """Write a time in words.

    >>> in_words(When("../2021")), in_words(When("2026-01-20~")), in_words(When("2026-01"))
    ('by 2021', 'about 20 January 2026', 'January 2026')
    """
    text = when.text
    if text.startswith("["):
        members = text[1:-1].split(",")
        return f" {table['or']} ".join(_range(member, "..", table) for member in members)
    return _range(text, "/", table)


def since_in_words(when: When | None, table: Table = ENGLISH) -> str:
    """Write a beginning in words; one with an open start lies at its end or before. None: it is not known.

    >>> since_in_words(When("2026-01-21")), since_in_words(When("../2021"))
    ('since 21 January 2026', 'since 2021 or before')
    """
    if when is None:
        return "since an unknown time"
    start, slash, _ = when.text.partition("/")
    key = "since_some_time" if slash and start not in ("", "..") else "since"
    said: str = table[key].format(beginning_in_words(when, table))
    return said


def beginning_in_words(when: When, table: Table = ENGLISH) -> str:
    """Write a beginning in words, to stand behind *since*.

    >>> beginning_in_words(When("../2021")), beginning_in_words(When("2026-01~"))
    ('2021 or before', 'about January 2026')
    """
    start, slash, end = when.text.partition("/")
    if slash and start in ("", ".."):
        said: str = table["or_before"].format(_single(end, table))
        return said
    return in_words(when, table)


def with_preposition(when: When | None) -> str:
    """Say in English when something happened, to go on in a sentence. None: nobody says when.

    >>> with_preposition(When("2026-01-20")), with_preposition(When("2026-01")), with_preposition(When("0025"))
    ('on 20 January 2026', 'in January 2026', 'in 0025')
    >>> with_preposition(When("../2021")), with_preposition(When("2026-01-20~")), with_preposition(None)
    ('by 2021', 'about 20 January 2026', 'at an unknown time')
    """
    if when is None:
        return "at an unknown time"
    first = when.text.removeprefix("[").removesuffix("]").partition(",")[0]
    if first[-1] in "~%" or "/" in first or ".." in first:
        return in_words(when)
    if "T" in first:
        return f"at {in_words(when)}"
    return f"{'on' if first.count('-') == 2 else 'in'} {in_words(when)}"


def _range(text: str, between: str, table: Table) -> str:
    start, found, end = text.partition(between)
    if not found:
        return _single(text, table)
    said: str
    if start in ("", ".."):
        said = table["by"].format(_single(end, table))
    elif end in ("", ".."):
        said = table["from_on"].format(_single(start, table))
    else:
        said = table["between"].format(_single(start, table), _single(end, table))
    return said


def _single(text: str, table: Table) -> str:
    """Write one date or instant, with its qualifiers."""
    bare, qualifiers = (text[:-1], _QUALIFIERS[text[-1]]) if text[-1:] in _QUALIFIERS else (text, ())
    said = _instant(bare, table) if "T" in bare else _date(bare, table)
    for qualifier in qualifiers:
        said = table[qualifier].format(said)
    return said


def _date(text: str, table: Table) -> str:
    parts = _DATE.fullmatch(text)
    assert parts is not None, "a When holds only such dates"
    year, month, day = parts.groups()
    if "X" in year:
        kind = "decade" if year.count("X") == 1 else "century" if year.count("X") == 2 else "age"
        return str(table[kind].format(year.replace("X", "0")))
    year = year if year.startswith("00") else year.lstrip("0")  # 25 would be read as 2025
    if month is None or month == "XX":
        return year if month is None else str(table["some_month"].format(year))
    if month in table["seasons"]:
        return f"{table['seasons'][month]} {year}"
    named = f"{table['months'][int(month) - 1]} {year}"
    if day == "XX":
        return str(table["some_day"].format(named))
    return named if day is None else f"{int(day)} {named}"


def _instant(text: str, table: Table) -> str:
    day, _, clock = text.partition("T")
    time, zone = re.fullmatch(r"([\d:.]+)(.*)", clock).groups()  # type: ignore[union-attr]  # a When holds only these
    time = time.removesuffix(":00") if time.count(":") == 2 else time
    return str(table["instant"].format(_date(day, table), time, table["utc"] if zone == "Z" else zone))
