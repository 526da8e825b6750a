"""Values out of the texts of cells: names, counts, lists. What could be read in two ways is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from unicodedata import category, normalize

from attrs import frozen

from timeline.values.numerals import without_marks
from timeline.values.quantity import Quantity, exactly

_APOSTROPHES = frozenset("'’‘ʼʻ`")
_STRETCH = "ـ"
"""The tatweel, which makes an Arabic word longer and says nothing."""
_GROUPED = re.compile(r"-?\d{1,3}(?:([,٬\u00a0\u2009\u202f])\d{3})(?:\1\d{3})*")
"""Thousands set apart by commas, Arabic ones too, or by spaces that hold a number together."""
_WHOLE = re.compile(r"(-?\d+)(?:\.0)?")
"""Tables that know no whole numbers write 150.0."""


def slugged(text: str) -> str:
    """Make a slug of a name: its letters, their marks and digits in lower case, joined by hyphens.

    Two names that look alike give one slug: apostrophes, invisible characters and stretched letters are left out.
    Vowel signs distinguish words, and stay.

    >>> slugged("St. Johns County Sheriff’s Office"), slugged("İdlib")
    ('st-johns-county-sheriffs-office', 'idlib')
    """
    letters = normalize("NFKC", without_marks(text)).replace("İ", "i").lower()
    kept: list[str] = []
    for character in letters:
        if character in _APOSTROPHES or character == _STRETCH:
            continue
        inside = character.isalnum() or (category(character)[0] == "M" and kept and kept[-1] != "-")
        if inside or (kept and kept[-1] != "-"):
            kept.append(character if inside else "-")
    return normalize("NFKC", "".join(kept).strip("-"))


def counted(text: str) -> Quantity:
    """Read an exact count of people, with or without thousands separators.

    >>> print(counted("1,234"))
    1,234
    """
    return exactly(whole(text))


def whole(text: str) -> int:
    """Read a whole number in the digits of any script, with or without thousands separators.

    Raises: ValueError.

    >>> whole("1,500"), whole("١٬٥٠٠")
    (1500, 1500)
    """
    seen = without_marks(text)
    if _GROUPED.fullmatch(seen):
        return int("".join(c for c in seen if c == "-" or c.isdecimal()))
    if found := _WHOLE.fullmatch(seen):
        return int(found[1])
    raise ValueError(f"{text!r} is not a whole number: expected digits, such as 150 or 1,500{_hint(seen)}")


def split(separator: str, read: Callable[[str], Any] = str) -> Callable[[str], tuple[Any, ...]]:
    """Return a reader of cells that hold several values: `split(";")`, `split(";", slugged)`.

    Blank values are left out.

    In a report, each value is a report of its own, and a blank one keeps its place: it says nothing of that report.

    >>> split(";", slugged)("SDF; Syrian government;")
    ('sdf', 'syrian-government')
    """
    return Split(separator, read)


@frozen
class Split:
    """A reader of several values."""

    separator: str
    read: Callable[[str], Any]

    def __call__(self, text: str) -> tuple[Any, ...]:
        return tuple(self.read(part) for part in self._parts(text) if part)

    def places(self, text: str) -> tuple[Any, ...]:
        """Return the values, with None for each blank."""
        return tuple(self.read(part) if part else None for part in self._parts(text))

    def _parts(self, text: str) -> list[str]:
        return [part.strip() for part in text.split(self.separator)]


def _hint(text: str) -> str:
    """Guess what a person meant by a number that cannot be read, in words."""
    if re.fullmatch(r"\d{1,3}([.'’ ]\d{3})+", text):
        return ". Set thousands apart by commas, or not at all"
    if re.search(r"\d\s*[%٪]", text):
        return ". A percentage is not a count"
    if re.search(r"\d", text) and re.search(r"[^\W\d_]|\d\s*[-–+]|[~≈<>≤≥]", text):
        return ". Write bounds as >=150, ~150 or 120-150, and read the column by Quantity.parse"
    return ""
