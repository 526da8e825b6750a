"""Quantities in words."""

from __future__ import annotations

from collections.abc import Callable

from timeline.display.language.forms import several, with_unit
from timeline.values.quantity import PEOPLE, Quantity


def amount(quantity: Quantity, language: str = "en", *, genitive: bool = False) -> str:
    """Write a quantity in words, with its unit; with `genitive`, as it stands in Arabic behind a noun.

    >>> from timeline.values.quantity import about, at_least, between, exactly, unspecified
    >>> amount(about(1500)), amount(at_least(230, unit="families")), amount(exactly(1, unit="days"))
    ('about 1,500 people', 'at least 230 families', '1 day')
    >>> amount(between(120, 1500, best=200)), amount(unspecified())
    ('120 to 1,500 people, most likely 200', 'an unknown number of people')
    >>> amount(about(2, unit="days"), "ar"), amount(exactly(11, unit="days"), "ar")
    ('نحو يومين', '11 يوما')
    """
    low, best, high, unit = quantity.low, quantity.best, quantity.high, quantity.unit
    things = several(unit, language)
    arabic = language == "ar"

    def number(count: int, *, genitive: bool = genitive) -> str:
        return with_unit(count, unit, language, genitive=genitive)

    if low == high:
        return number(low)
    if not quantity.known:
        in_arabic = "عدد غير معروف" if unit == PEOPLE else f"عدد غير معروف ({things})"
        return in_arabic if arabic else f"an unknown number of {things}"
    if high is None and not low and best is not None:
        return f"نحو {number(best, genitive=True)}" if arabic else f"about {number(best)}"
    if genitive and arabic and high is not None and (low or best is not None):  # "on from 2 to 10" says nothing
        return f"ما بين {low:,} و{number(high)}" + _likely(best, arabic=arabic)
    return _bounds(quantity, number, arabic=arabic) + _likely(best, arabic=arabic)


def _bounds(quantity: Quantity, number: Callable[..., str], *, arabic: bool) -> str:
    low, high = quantity.low, quantity.high
    if high is None:
        return f"{number(low)} على الأقل" if arabic else f"at least {number(low)}"
    if not low and quantity.best is None:
        return f"{number(high)} على الأكثر" if arabic else f"up to {number(high)}"
    return f"من {low:,} إلى {number(high, genitive=True)}" if arabic else f"{low:,} to {number(high)}"


def _likely(best: int | None, *, arabic: bool) -> str:
    if best is None:
        return ""
    return f"، والأرجح {best:,}" if arabic else f", most likely {best:,}"
