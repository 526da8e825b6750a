"""Quantities: what is written, what is shown, what is refused, and the laws of their sums."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.errors import InvalidQuantity
from timeline.values.quantity import (
    Balance,
    Quantity,
    Total,
    about,
    at_least,
    between,
    exactly,
    total,
    unspecified,
    up_to,
)

CONSTRUCTED = [
    (exactly(150), (150, 150, 150), "150"),
    (exactly(0), (0, 0, 0), "0"),
    (about(150), (0, 150, None), "≈150"),
    (about(0), (0, 0, None), "≈0"),
    (at_least(5700), (5700, None, None), "≥5,700"),
    (at_least(0), (0, None, None), "?"),
    (up_to(7000), (0, None, 7000), "≤7,000"),
    (between(120, 1500, best=200), (120, 200, 1500), "120–1,500 (200)"),
    (between(120, 1500), (120, None, 1500), "120–1,500"),
    (between(0, 1500, 200), (0, 200, 1500), "0–1,500 (200)"),
    (between(7, 7), (7, None, 7), "7"),
    (Quantity(100, 250, None), (100, 250, None), "≥100 (250)"),
    (unspecified("آلاف"), (0, None, None), "?"),
    (unspecified(), (0, None, None), "?"),
    (exactly(3, unit="drones"), (3, 3, 3), "3 drones"),
    (about(1200, unit="kilometres"), (0, 1200, None), "≈1,200 kilometres"),
    (unspecified(unit="families"), (0, None, None), "? families"),
]


@pytest.mark.parametrize(("quantity", "numbers", "shown"), CONSTRUCTED)
def test_each_wording_fixes_its_numbers_and_is_shown(quantity, numbers, shown):
    """A constructor sets exactly the bounds its wording gives, and each shape has one short form."""
    assert (quantity.low, quantity.best, quantity.high) == numbers
    assert str(quantity) == shown


@pytest.mark.parametrize("make", [exactly, about, at_least, up_to])
def test_the_source_wording_is_kept(make):
    """`text` and `unit` pass through every constructor."""
    quantity = make(5, unit="families", text="خمس عائلات")
    assert (quantity.unit, quantity.text) == ("families", "خمس عائلات")


def test_a_number_out_of_an_array_is_kept_as_a_plain_one():
    """Whole numbers are whole numbers, whoever's type they have."""
    counted = between(np.int64(120), np.uint8(200))
    assert counted == between(120, 200)
    assert {type(counted.low), type(counted.high)} == {int}


def test_only_unspecified_is_unknown():
    """`known` is False where nothing at all is known."""
    assert not unspecified().known
    assert all(q.known for q in (exactly(0), about(1), at_least(1), up_to(1)))


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ((-1, None, None), "low is -1: a count cannot be negative"),
        ((0, -5, None), "best is -5: a count cannot be negative"),
        ((0, None, -5), "high is -5: a count cannot be negative"),
        ((5, 4, None), "low=5, best=4, high=None: expected low <= best <= high"),
        ((5, None, 4), "low=5, best=None, high=4: expected low <= best <= high"),
        ((1, 9, 4), "low=1, best=9, high=4: expected low <= best <= high"),
        ((1.5, None, None), "low is 1.5: expected a whole number. Write about"),
        ((None, None, None), "low is None: expected a whole number. Write about"),
        ((0, 1.0, None), "best is 1.0: expected a whole number or None"),
        ((0, None, "7000"), "high is '7000': expected a whole number or None"),
        ((True, None, None), "low is True: expected a whole number"),
    ],
)
def test_impossible_numbers_are_refused(numbers, message):
    """Negative, fractional and disordered numbers are refused, with what to write."""
    with pytest.raises(InvalidQuantity) as caught:
        Quantity(*numbers)
    assert message in str(caught.value)


@pytest.mark.parametrize("make", [exactly, about, at_least, up_to, lambda number: between(5, number)])
def test_a_missing_number_is_refused(make):
    """As an empty cell gives it: nobody said *about* anything, and the entry would say *some*."""
    with pytest.raises(InvalidQuantity, match="is None: expected a whole number"):
        make(None)


@pytest.mark.parametrize("words", [{"unit": ""}, {"unit": "  "}, {"unit": None}, {"text": None}, {"text": 5}])
def test_units_and_wording_are_words(words):
    """A unit is a word; the wording is text."""
    with pytest.raises(InvalidQuantity, match="expected a word"):
        exactly(1, **words)


def test_mixed_units_are_refused():
    """Families are not people."""
    with pytest.raises(InvalidQuantity, match="people and families cannot be added"):
        exactly(5) + exactly(2, unit="families")


def test_only_quantities_are_added():
    """A bare number has no bounds and no unit."""
    with pytest.raises(TypeError):
        exactly(5) + 5


def test_a_sum_keeps_its_unit():
    """Drones and drones are drones."""
    assert exactly(2, unit="drones") + exactly(3, unit="drones") == exactly(5, unit="drones")


def test_the_best_of_a_sum_needs_every_best():
    """One missing point estimate leaves the sum without one."""
    assert exactly(5) + at_least(3) == at_least(8)
    assert about(5) + about(3) == about(8)
    assert up_to(5) + exactly(2) == between(2, 7)


@pytest.mark.parametrize(
    ("a", "b", "overlap"),
    [
        (exactly(5), exactly(5), True),
        (exactly(5), exactly(6), False),
        (at_least(5), up_to(4), False),
        (at_least(5), up_to(5), True),
        (about(5), exactly(900), True),
        (between(1, 3), between(3, 9), True),
    ],
)
def test_quantities_overlap_when_both_can_be_true(a, b, overlap):
    """Two ranges that share a number do not contradict one another."""
    assert a.overlaps(b) is overlap
    assert b.overlaps(a) is overlap


def test_quantities_are_values():
    """They are frozen, equal by content, hashable, and survive pickling."""
    quantity = between(1, 9, 4, unit="families", text="٤")
    assert pickle.loads(pickle.dumps(quantity)) == quantity
    assert {quantity: 1}[between(1, 9, 4, unit="families", text="٤")] == 1
    with pytest.raises(AttributeError):
        quantity.low = 2


def test_a_balance_is_clipped_only_when_shown():
    """A difference may be negative; what is shown is not."""
    balance = Balance.of(exactly(5)).minus(Balance.of(between(7, 9, 8)))
    assert balance == (-4, -3, -2)
    assert balance.shown() == exactly(0)
    assert balance.shown("drones").unit == "drones"


def test_an_unbounded_balance_is_shown_from_zero():
    """Taking away an unknown number leaves no lower bound."""
    balance = Balance.of(exactly(100)).minus(Balance.of(unspecified()))
    assert balance == (None, None, 100)
    assert balance.shown() == up_to(100)


def test_balances_overlap_as_ranges_do():
    """A missing bound never separates."""
    assert Balance(None, None, 4).overlaps(Balance(4, None, None))
    assert not Balance(None, None, 4).overlaps(Balance(5, None, None))
    assert not Balance(5, None, None).overlaps(Balance(None, None, 4))
    assert Balance(None, None, None).overlaps(Balance(5, 5, 5))


counts = st.integers(0, 10**6)
quantities = st.one_of(
    counts.map(exactly),
    counts.map(about),
    counts.map(at_least),
    counts.map(up_to),
    st.just(unspecified()),
    st.lists(counts, min_size=3, max_size=3).map(sorted).map(lambda n: Quantity(*n)),
    st.lists(counts, min_size=2, max_size=2).map(sorted).map(lambda n: between(*n)),
    st.lists(counts, min_size=2, max_size=2).map(sorted).map(lambda n: Quantity(*n, None)),
)


def ordered(low, best, high):
    shown = [n for n in (low, best, high) if n is not None]
    return shown == sorted(shown)


@given(quantities, quantities)
def test_sums_commute_and_stay_ordered(a, b):
    """The order of adding does not matter, and low <= best <= high holds of every sum."""
    assert a + b == b + a
    both = a + b
    assert ordered(both.low, both.best, both.high)


@given(quantities, quantities, quantities)
def test_sums_associate(a, b, c):
    """Nor is the grouping."""
    assert (a + b) + c == a + (b + c)


@given(quantities)
def test_zero_changes_nothing(a):
    """Exactly none is the unit of addition (of everything but the wording)."""
    assert a + exactly(0) == a


@given(quantities, quantities)
def test_differences_stay_ordered(a, b):
    """A balance keeps low <= best <= high, and so does what is shown of it."""
    balance = Balance.of(a).minus(Balance.of(b))
    assert ordered(*balance)
    shown = balance.shown()
    assert ordered(shown.low, shown.best, shown.high)


@given(quantities, quantities)
def test_a_sum_minus_a_part_contains_the_rest(a, b):
    """Subtraction widens, and never contradicts."""
    assert Balance.of(a).plus(Balance.of(b)).minus(Balance.of(b)).overlaps(Balance.of(a))


@given(st.lists(quantities), quantities)
def test_a_total_forgets_nothing(many, one):
    """A number added to a total can be taken out again exactly, unknowns included."""
    before = total(many)
    assert before + one - one == before
    assert before - one + one == before


@given(st.lists(quantities, min_size=1))
def test_a_total_is_the_sum(many):
    """Totals and interval sums agree, in any order and in parts."""
    added = many[0]
    for quantity in many[1:]:
        added += quantity
    assert total(many).quantity() == added
    assert total(reversed(many)) == total(many)
    half = len(many) // 2
    assert total([total(many[:half]), total(many[half:])]) == total(many)


def test_an_empty_total_is_none_of_them():
    """The sum of nothing is exactly nothing."""
    assert total([]).quantity() == exactly(0)


def test_a_total_can_go_negative_and_say_so():
    """More taken out than was put in is a signed balance, clipped only when shown."""
    short = Total() + exactly(5) - exactly(8)
    assert short.balance() == (-3, -3, -3)
    assert short.quantity() == exactly(0)


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("١٬٥٠٠", exactly(1500)),
        ("\u200f150\u200e", exactly(150)),
        ("≥ ۵۷۰۰", at_least(5700)),
        ("24\u00a0000", exactly(24000)),
        ("~1\u202f500\u202f000 barrels", about(1500000, unit="barrels")),
        ("120–1\u2009500 (1\u2009000)", between(120, 1500, best=1000)),
        ("150.0", exactly(150)),
        ("120–150 men and women", between(120, 150, unit="men and women")),
        ("12 km2 (northern part)", exactly(12, unit="km2 (northern part)")),
        ("? عائلات", unspecified(unit="عائلات")),
    ],
)
def test_numbers_of_any_script_are_read(text, quantity):
    """Digits, thousands and direction marks as Arabic and Persian tables have them; units of several words."""
    assert Quantity.parse(text) == quantity


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("120 to 1500", "says a bound in words (to)"),
        ("150 or more", "says a bound in words (more, or)"),
        ("150 أو أكثر", "says a bound in words (أكثر, أو)"),
        ("نحو 150", "says a bound in words (نحو)"),
        ("ca. 150", "says a bound in words (ca)"),
        ("150 (approx.)", "says a bound in words (approx)"),
        ("5 thousand", "says a number in words (thousand), to be written in digits"),
        ("5 آلاف", "says a number in words (آلاف)"),
        ("1.5k", "says a number in words (k)"),
        ("2 dozen", "says a number in words (dozen)"),
        ("5 m", "says a number in words (m)"),
        ("12%", "is a share, not a count"),
        ("12 per cent", "is a share"),
        ("١٢٪", "is a share"),
        ("1.500", "sets thousands apart otherwise than by commas"),
        ("1 500 people", "sets thousands apart"),
        ("1'500", "sets thousands apart"),
        ("1,500\u00a0000", "says several numbers"),
        ("12\u00a034", "says several numbers"),
        ("150 killed, 20 wounded", "says several numbers"),
        ("1,50", "says several numbers, or one in parts"),
        ("3/4", "says several numbers"),
        ("150 (120-200)", "says several numbers"),
        ("120—1500", "says several numbers"),
        ("150+", "is not written as a quantity"),
        (">150", "is not written as a quantity"),
        ("150 ½", "is not written as a quantity"),
        ("150 +- people", "is not written as a quantity"),
        ("150, about", "says a bound in words (about)"),
        ("dozens", "says no number"),
        ("", "says no number"),
    ],
)
def test_words_beside_a_number_are_no_unit(text, fault):
    """Bounds, multiples and second numbers are not taken for what is counted; the message holds the text."""
    with pytest.raises(InvalidQuantity) as caught:
        Quantity.parse(text)
    assert str(caught.value).startswith(f"{text!r} {fault}")
