"""Quantities as sources give them: a range with an optional point estimate.

Sources say *about 150*, *more than 5,700*, *up to 7,000*, *thousands*. A `Quantity` keeps exactly
the bounds that the source gave: `about(150)` has none.

Source: the fields follow the low / best / high fatality estimates of UCDP GED. As in ACLED, the
reported wording is stored beside the number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property
from operator import index
from typing import Any, NamedTuple, Self

from attrs import field, frozen

from timeline.errors import InvalidQuantity
from timeline.values.containers import named_tuple
from timeline.values.discovery import Discoverable
from timeline.values.numerals import ascii_digits, fault, misread

PEOPLE = "people"
_NUMBER = r"[0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,15}"
_WRITTEN = (
    rf"(?:(?P<sign>[≈~≥≤]|[<>]=)?\s*(?P<number>{_NUMBER})(?:\.0)?|(?P<low>{_NUMBER})\s*[–-]\s*(?P<high>{_NUMBER})|\?)"
    rf"(?:\s*\((?P<best>{_NUMBER})\))?(?:\s+(?P<unit>[^\W\d_][^,;:+=<>%٪،؛]*))?"
)


def whole_number(value: Any) -> int | None:
    """Return a whole number of any type (numpy has its own) as an int; None for any other value.

    >>> whole_number(150), whole_number(True), whole_number(1.5)
    (150, None, None)
    """
    with suppress(TypeError):
        return None if isinstance(value, bool) else index(value)
    return None


def _bound(instance: Any, attribute: Any, value: Any) -> None:
    if value is None and attribute.name != "low":
        return
    number = value if type(value) is int else whole_number(value)
    if number is None:
        raise InvalidQuantity(
            f"{attribute.name} is {value!r}: expected a whole number"
            f"{'' if attribute.name == 'low' else ' or None'}. Write about(150), at_least(100) or between(120, 200).",
            value=value,
        )
    if number < 0:
        raise InvalidQuantity(f"{attribute.name} is {value}: a count cannot be negative. Write 0 or more.", value=value)
    if number is not value:
        object.__setattr__(instance, attribute.name, number)


def _word(instance: Any, attribute: Any, value: Any) -> None:
    if not isinstance(value, str) or (attribute.name == "unit" and not value.strip()):
        raise InvalidQuantity(f"{attribute.name} is {value!r}: expected a word such as 'people'.", value=value)


@frozen(slots=False)
class Quantity(Discoverable):
    """A number of people (or of another `unit`) as a range.

    `low <= best <= high` holds always. `high=None` is unbounded, `best=None` means there is no
    point estimate, and `text` keeps the source's own wording in any language.

    Raises: InvalidQuantity for negative, fractional or disordered numbers.

    >>> print(Quantity(120, 200, 1500), about(150), at_least(5700), unspecified("آلاف"))
    120–1,500 (200) ≈150 ≥5,700 ?
    >>> print(exactly(85) + exactly(65), exactly(85) + unspecified())
    150 ≥85
    """

    low: int = field(validator=_bound)
    best: int | None = field(validator=_bound)
    high: int | None = field(validator=_bound)
    unit: str = field(default=PEOPLE, validator=_word, kw_only=True)
    text: str = field(default="", validator=_word, kw_only=True)

    def __attrs_post_init__(self) -> None:
        shown = [n for n in (self.low, self.best, self.high) if n is not None]
        if shown != sorted(shown):
            raise InvalidQuantity(
                f"low={self.low}, best={self.best}, high={self.high}: expected low <= best <= high.",
                value=(self.low, self.best, self.high),
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the text of a quantity, written as quantities are shown; `~`, `>=`, `<=` and `-` serve as well.

        Digits may be of any script. Numbers and bounds in words ("5 thousand", "150 or more") are refused.

        Raises: InvalidQuantity.

        >>> Quantity.parse("~1,500") == about(1500), Quantity.parse("120-1500 (200)") == between(120, 1500, best=200)
        (True, True)
        >>> print(Quantity.parse(">=230 families"))
        ≥230 families
        """
        if not isinstance(text, str):
            raise _unread(text, "says no number")
        found = re.fullmatch(_WRITTEN, ascii_digits(text))
        bounds = _bounds(**found.groupdict()) if found else None
        unit = (found and found["unit"]) or PEOPLE
        if bounds is None or misread(unit):
            raise _unread(text, fault(text))
        return cls(*bounds, unit=unit)

    def __add__(self, other: object) -> Quantity:
        if not isinstance(other, Quantity):
            return NotImplemented
        if other.unit != self.unit:
            raise InvalidQuantity(
                f"{self.unit} and {other.unit} cannot be added. Sum each unit by itself.", value=other
            )
        return Balance.of(self).plus(Balance.of(other)).shown(self.unit)

    def overlaps(self, other: Quantity) -> bool:
        """Tell whether both could be true at once. The caller compares units.

        Raises: InvalidQuantity for a value that is not a quantity.
        """
        if not isinstance(other, Quantity):
            raise InvalidQuantity(f"{other!r} is not a quantity: expected one, such as exactly(150).", value=other)
        return Balance.of(self).overlaps(Balance.of(other))

    @property
    def known(self) -> bool:
        """True if any bound or estimate is known: False only for *unspecified*."""
        return (self.low, self.best, self.high) != (0, None, None)

    @cached_property
    def _summand(self) -> tuple[int, int, int, int, int]:
        """The numbers that a `Total` adds."""
        low, best, high = self.low, self.best, self.high
        return low, best or 0, high or 0, int(best is None), int(high is None)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ARG002, FBT001  # as IPython calls it
        printer.text(str(self))

    def __str__(self) -> str:
        number = _show(self.low, self.best, self.high)
        return number if self.unit == PEOPLE else f"{number} {self.unit}"


def _unread(text: object, fault: str) -> InvalidQuantity:
    return InvalidQuantity(
        f"{text!r} {fault}: expected 150, ~150 (about), >=150, <=150, 120-1500, 120-1500 (200) or ?, and after it the "
        "unit where that is not people.",
        value=text,
    )


def _bounds(
    *, sign: str | None, number: str | None, low: str | None, high: str | None, best: str | None, unit: str | None
) -> tuple[int, int | None, int | None] | None:
    """Return low, best and high as written; None if a best estimate stands beside a number that cannot have one."""
    count, least, most, likely = (None if n is None else int(n.replace(",", "")) for n in (number, low, high, best))
    if sign in ("≥", ">=") and count is not None:
        return count, likely, None
    if least is not None:
        return least, least if least == most else likely, most
    if likely is not None:
        return None
    if count is None:
        return 0, None, None
    if sign in ("≈", "~"):
        return 0, count, None
    return (0, None, count) if sign else (count, count, count)


def _show(low: int, best: int | None, high: int | None) -> str:
    if low == high:
        return f"{low:,}"
    if low == 0 and best is not None and high is None:
        return f"≈{best:,}"
    if high is None:
        bounds = f"≥{low:,}" if low else "?"
    else:
        bounds = f"{low:,}–{high:,}" if low or best is not None else f"≤{high:,}"
    return bounds if best is None else f"{bounds} ({best:,})"


def _given(number: int) -> int:
    """Check that there is a number: a missing one is never read as *some* in silence."""
    if number is None:
        raise InvalidQuantity(
            "the number is None: expected a whole number. Write unspecified() where the source gives none, "
            "or at_least(100) for a range without an end.",
            value=number,
        )
    return number


def exactly(number: int, *, unit: str = PEOPLE, text: str = "") -> Quantity:
    """Return this number exactly, for a source that gives it without qualification.

    >>> exactly(150)
    Quantity(low=150, best=150, high=150, unit='people', text='')
    """
    return Quantity(number, number, number, unit=unit, text=text)


def about(number: int, *, unit: str = PEOPLE, text: str = "") -> Quantity:
    """Return a point estimate without bounds, for *about*, *some*, *nearly*.

    >>> about(150, text="نحو 150").low, about(150).high
    (0, None)
    """
    return Quantity(0, _given(number), None, unit=unit, text=text)


def at_least(number: int, *, unit: str = PEOPLE, text: str = "") -> Quantity:
    """Return a lower bound, for *more than*, *over*, *at least*.

    >>> str(at_least(5700))
    '≥5,700'
    """
    return Quantity(number, None, None, unit=unit, text=text)


def up_to(number: int, *, unit: str = PEOPLE, text: str = "") -> Quantity:
    """Return an upper bound, for *up to*, *under*, *no more than*.

    >>> str(up_to(7000))
    '≤7,000'
    """
    return Quantity(0, None, _given(number), unit=unit, text=text)


def between(low: int, high: int, best: int | None = None, *, unit: str = PEOPLE, text: str = "") -> Quantity:
    """Return a range, with the most likely number where the source gives one.

    >>> str(between(120, 1500, best=200))
    '120–1,500 (200)'
    """
    return Quantity(low, best, _given(high), unit=unit, text=text)


def unspecified(text: str = "", *, unit: str = PEOPLE) -> Quantity:
    """Return a quantity without a number, for *a number of*, *many*, *thousands*.

    >>> unspecified("آلاف").known
    False
    """
    return Quantity(0, None, None, unit=unit, text=text)


class Balance(NamedTuple):
    """A signed range, for sums and differences; None is unbounded on its side, or no best.

    >>> Balance.of(exactly(1000)).minus(Balance.of(about(150))).shown()
    Quantity(low=0, best=850, high=1000, unit='people', text='')
    """

    low: int | None
    best: int | None
    high: int | None

    @classmethod
    def of(cls, quantity: Quantity) -> Balance:
        return cls(quantity.low, quantity.best, quantity.high)

    def plus(self, other: Balance) -> Balance:
        return Balance(_add(self.low, other.low), _add(self.best, other.best), _add(self.high, other.high))

    def minus(self, other: Balance) -> Balance:
        return Balance(_less(self.low, other.high), _less(self.best, other.best), _less(self.high, other.low))

    def overlaps(self, other: Balance) -> bool:
        above = self.low is not None and other.high is not None and self.low > other.high
        below = self.high is not None and other.low is not None and self.high < other.low
        return not (above or below)

    def shown(self, unit: str = PEOPLE) -> Quantity:
        """Return the balance as a count of real things: clipped at zero, after summing."""
        low = max(self.low or 0, 0)
        return Quantity(low, _clip(self.best, low), _clip(self.high, low), unit=unit)


def _add(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a + b


def _less(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a - b


def _clip(number: int | None, low: int) -> int | None:
    return None if number is None else max(number, low)


class Total(NamedTuple):
    """A sum of quantities from which each can be subtracted again exactly.

    An interval sum cannot be undone once a bound is unknown (`?` minus `?` is not zero). A `Total`
    therefore counts the unknown bounds beside the numbers.

    >>> (Total() + exactly(5) + unspecified() - unspecified()).quantity()
    Quantity(low=5, best=5, high=5, unit='people', text='')
    """

    low: int = 0
    best: int = 0
    high: int = 0
    no_best: int = 0
    no_high: int = 0

    def __add__(self, other: Quantity | Total) -> Total:  # type: ignore[override]
        low, best, high, no_best, no_high = self
        a, b, c, d, e = other if isinstance(other, Total) else other._summand
        return named_tuple(Total, (low + a, best + b, high + c, no_best + d, no_high + e))

    def __sub__(self, other: Quantity | Total) -> Total:
        low, best, high, no_best, no_high = self
        a, b, c, d, e = other if isinstance(other, Total) else other._summand
        return named_tuple(Total, (low - a, best - b, high - c, no_best - d, no_high - e))

    def less(self, other: Quantity) -> Total:
        """Subtract a part that is known not to be in the sum; the result is never below zero.

        >>> (Total() + exactly(5)).less(exactly(7)) == Total()
        True
        """
        return Total(*(max(number, 0) for number in self - other))

    def balance(self) -> Balance:
        return Balance(self.low, None if self.no_best else self.best, None if self.no_high else self.high)

    def quantity(self) -> Quantity:
        return self.balance().shown()


def total(quantities: Iterable[Quantity | Total]) -> Total:
    """Add up quantities; the sum of none is zero."""
    result = Total()
    for quantity in quantities:
        result = result + quantity
    return result
