"""The words of the page: its own, and those of the vocabulary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from functools import cache

import orjson

from timeline.display.language.forms import forms
from timeline.display.web import static
from timeline.display.words import arabic
from timeline.values.instants import local

Wording = str | Sequence[str]
"""A word; two where an adjective agrees with its noun: masculine and feminine."""
_MONTHS = {
    "en": ("January", "February", "March", "April", "May", "June", "July",
           "August", "September", "October", "November", "December"),
    "ar": ("كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران", "تموز",
           "آب", "أيلول", "تشرين الأول", "تشرين الثاني", "كانون الأول"),
}  # fmt: skip
"""The names of months, the Arabic ones as in the Levant."""


@cache
def page_words() -> Mapping[str, Mapping[str, Wording]]:
    """Return the words of each language; English ones of the vocabulary are their keys."""
    own: dict[str, dict[str, Wording]] = orjson.loads(static("page/words.json"))
    return {"en": own["en"], "ar": {**arabic(), **own["ar"]}}


def page_units() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Return the forms of each noun that is counted, in each language."""
    return forms()["units"]  # type: ignore[no-any-return]  # a table of the package


class Speech:
    """The words of a page in one language, for what is drawn in Python.

    >>> Speech("en")("table_custody"), Speech("en")("in_force")
    ('People in custody', 'in force')
    """

    def __init__(self, language: str) -> None:
        self._language = language
        self._words = page_words()[language]

    def __call__(self, key: str, other: str | None = None) -> str:
        """Return a word; `other` is the key where this one has none."""
        found = self._words.get(key) or self._words.get(other or key) or (other or key).replace("_", " ")
        return found if isinstance(found, str) else found[0]

    def day(self, moment: int, tz: tzinfo) -> str:
        """Return the day before a moment, in words."""
        shown = local(moment - 1, tz)
        return f"{shown.day} {_MONTHS[self._language][shown.month - 1]} {shown.year}"
