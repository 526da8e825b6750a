"""Grammatical forms: the noun that a number takes, and the gender that an adjective takes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

import orjson

from timeline.display.web import static
from timeline.values.visible import visible

Language = Literal["en", "ar"]


@cache
def forms() -> Mapping[str, Any]:
    """Return the table of months, seasons, units, genders and feminine adjectives."""
    found: Mapping[str, Any] = orjson.loads(static("forms.json"))
    return found


def plural(number: int, language: str) -> str:
    """Return the plural category of a number: one, two, few, many or other.

    Source: Unicode CLDR, plural rules. Arabic has zero as well, which takes the noun of *other*.

    >>> [plural(n, "ar") for n in (0, 1, 2, 3, 10, 11, 99, 100, 103)]
    ['other', 'one', 'two', 'few', 'few', 'many', 'many', 'other', 'few']
    """
    if number == 1:
        return "one"
    if language != "ar":
        return "other"
    if number == 2:
        return "two"
    rest = number % 100
    return "few" if 3 <= rest <= 10 else "many" if rest >= 11 else "other"


def with_unit(number: int, unit: str, language: str, *, genitive: bool = False) -> str:
    """Write a number with its unit. A unit that the table lacks stands as the source writes it.

    `genitive` gives the Arabic dual its form after a preposition.

    >>> with_unit(1200, "people", "en"), with_unit(1, "days", "en"), with_unit(2, "days", "ar")
    ('1,200 people', '1 day', 'يومان')
    """
    patterns = forms()["units"][language].get(unit)
    if patterns is None:
        return f"{number:,} {visible(unit.replace('-', ' '))}"
    category = plural(number, language)
    if category == "two" and genitive:
        category = "two_genitive"
    pattern: str = patterns.get(category) or patterns["other"]
    return pattern.replace("{n}", f"{number:,}")


def several(unit: str, language: str) -> str:
    """Write a unit in the plural, without a number.

    >>> several("days", "en"), several("days", "ar")
    ('days', 'أيام')
    """
    patterns = forms()["units"][language].get(unit)
    if patterns is None:
        return visible(unit.replace("-", " "))
    pattern: str = patterns.get("few") or patterns["other"]
    return pattern.replace("{n}", "").strip()


def is_unit(unit: str) -> bool:
    """Tell whether the table has a unit.

    >>> is_unit("km-of-wall")
    True
    """
    return unit in forms()["units"]["en"]


def is_feminine(noun: str) -> bool:
    """Tell whether the Arabic word for a noun of the vocabulary is feminine.

    >>> is_feminine("operation"), is_feminine("agreement")
    (True, False)
    """
    return noun in forms()["feminine_nouns"]


def of_party(stage: str) -> str | None:
    """Return the Arabic word for the stage of a party, who acts: it signs, and is not signed; None for any other.

    >>> of_party("signed") != feminine("signed")
    True
    """
    found: str | None = forms()["parties"].get(stage)
    return found


def agreement_noun(name: str) -> str:
    """Return the noun that an Arabic adjective on an agreement agrees with: a truce (هدنة) is feminine.

    >>> agreement_noun("هدنة 20 كانون الثاني"), agreement_noun("اتفاق 10 آذار")
    ('truce', 'agreement')
    """
    return "truce" if name.startswith("هدنة") else "agreement"


def feminine(word: str) -> str | None:
    """Return the feminine form of an Arabic adjective, by its key; None if it has only one form."""
    found: str | None = forms()["feminine"].get(word)
    return found
