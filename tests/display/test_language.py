"""Numbers, units, times and adjectives in words, in English and in Arabic."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.whens import whens
from timeline import Quantity, When, about, at_least, between, exactly, unspecified, up_to
from timeline.display.language.amounts import amount
from timeline.display.language.dates import since, spoken
from timeline.display.language.forms import forms, with_unit
from timeline.display.words import Words
from timeline.events.facility import Status
from timeline.projections.agreements import AGREEMENT, COMMITMENT
from timeline.projections.operations import OPERATION
from timeline.testing.strategies import quantities

LATIN = re.compile("[A-Za-z]")
UNITS = sorted(forms()["units"]["ar"])


class TestArabicNumbers:
    """The noun takes the form that its number asks for."""

    @pytest.mark.parametrize(
        ("unit", "expected"),
        [
            ("people", "0 شخص|شخص واحد|شخصان|3 أشخاص|10 أشخاص|11 شخصا|100 شخص"),
            ("days", "0 يوم|يوم واحد|يومان|3 أيام|10 أيام|11 يوما|100 يوم"),
            ("families", "0 عائلة|عائلة واحدة|عائلتان|3 عائلات|10 عائلات|11 عائلة|100 عائلة"),
            ("months", "0 شهر|شهر واحد|شهران|3 أشهر|10 أشهر|11 شهرا|100 شهر"),
            ("clauses", "0 بند|بند واحد|بندان|3 بنود|10 بنود|11 بندا|100 بند"),
            ("drones", "0 طائرة مسيرة|طائرة مسيرة واحدة|طائرتان مسيرتان|3 طائرات مسيرة|10 طائرات مسيرة|11 طائرة مسيرة|100 طائرة مسيرة"),
            ("km-of-wall", "0 كيلومتر من الجدار|كيلومتر واحد من الجدار|كيلومتران من الجدار|3 كيلومترات من الجدار|10 كيلومترات من الجدار|11 كيلومترا من الجدار|100 كيلومتر من الجدار"),
        ],
    )  # fmt: skip
    def test_forms_of_a_unit(self, unit, expected):
        """Of 0, 1, 2, 3, 10, 11 and 100."""
        assert [with_unit(n, unit, "ar") for n in (0, 1, 2, 3, 10, 11, 100)] == expected.split("|")

    @pytest.mark.parametrize("unit", UNITS)
    def test_every_unit_has_every_form(self, unit):
        """A dual has a form after prepositions, no form is in Latin letters, and digits stand where they belong."""
        table = forms()["units"]["ar"][unit]
        assert {"one", "two", "few", "many", "other"} <= set(table)
        assert "two_genitive" in table or "{n}" in table["two"]
        assert not any(LATIN.search(text.replace("{n}", "")) for text in table.values())
        assert all("{n}" in table[category] for category in ("few", "many", "other"))
        assert unit in forms()["units"]["en"]

    def test_the_genitive_dual_follows_a_preposition(self):
        """The noun changes after *about*, and stands as it is alone and before *at least*."""
        assert amount(exactly(2, unit="days"), "ar") == "يومان"
        assert amount(about(2, unit="days"), "ar") == "نحو يومين"
        assert amount(at_least(2, unit="days"), "ar") == "يومان على الأقل"
        assert amount(between(1, 2, unit="days"), "ar") == "من 1 إلى يومين"
        assert amount(between(2, 10), "ar", genitive=True) == "ما بين 2 و10 أشخاص"


class TestAmounts:
    """Words say what the numbers say."""

    @pytest.mark.parametrize(
        ("quantity", "english", "arabic"),
        [
            (exactly(150), "150 people", "150 شخصا"),
            (about(1500), "about 1,500 people", "نحو 1,500 شخص"),
            (at_least(5700), "at least 5,700 people", "5,700 شخص على الأقل"),
            (up_to(7000), "up to 7,000 people", "7,000 شخص على الأكثر"),
            (between(120, 1500, best=200), "120 to 1,500 people, most likely 200", "من 120 إلى 1,500 شخص، والأرجح 200"),
            (Quantity(100, 250, None), "at least 100 people, most likely 250", "100 شخص على الأقل، والأرجح 250"),
            (unspecified("آلاف"), "an unknown number of people", "عدد غير معروف"),
            (unspecified(unit="days"), "an unknown number of days", "عدد غير معروف (أيام)"),
            (exactly(3, unit="grain-silos"), "3 grain silos", "3 grain silos"),
        ],
    )
    def test_table(self, quantity, english, arabic):
        """Exact, about, bounds, ranges, unknown; a unit that nobody translated stays the source's own word."""
        assert (amount(quantity), amount(quantity, "ar")) == (english, arabic)

    @given(quantities())
    def test_numbers_in_the_words_are_those_of_the_quantity(self, quantity):
        """Every number in the text is a bound or the best, and every one of these is in the text."""
        known = {n for n in (quantity.low or None, quantity.best, quantity.high) if n is not None}
        found = {int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", amount(quantity))}
        assert known <= found <= known | {quantity.low}


class TestTimes:
    """EDTF in words."""

    @pytest.mark.parametrize(
        ("text", "english", "arabic"),
        [
            ("2026-01-21", "21 January 2026", "21 كانون الثاني 2026"),
            ("2026-02", "February 2026", "شباط 2026"),
            ("2026", "2026", "2026"),
            ("../2021", "by 2021", "حتى 2021"),
            ("2026-01-21/..", "from 21 January 2026 on", "ابتداء من 21 كانون الثاني 2026"),
            ("2026-01-20~", "about 20 January 2026", "نحو 20 كانون الثاني 2026"),
            ("2026-01?", "January 2026 (uncertain)", "كانون الثاني 2026 (غير مؤكد)"),
            ("2026-01%", "about January 2026 (uncertain)", "نحو كانون الثاني 2026 (غير مؤكد)"),
            ("2026-03/2026-04~", "between March 2026 and about April 2026", "بين آذار 2026 ونحو نيسان 2026"),
            ("2026-21", "spring 2026", "ربيع 2026"),
            ("202X", "the 2020s", "العقد الذي يبدأ عام 2020"),
            ("2026-01-XX", "some day in January 2026", "يوم ما من كانون الثاني 2026"),
            ("[2026-01-20,2026-01-21]", "20 January 2026 or 21 January 2026", "20 كانون الثاني 2026 أو 21 كانون الثاني 2026"),
            ("2026-01-21T09:30:00+03:00", "21 January 2026, 09:30 (+03:00)", "21 كانون الثاني 2026، 09:30 (+03:00)"),
            ("2026-01-21T09:00:05Z", "21 January 2026, 09:00:05 (UTC)", "21 كانون الثاني 2026، 09:00:05 (+00:00)"),
        ],
    )  # fmt: skip
    def test_table(self, text, english, arabic):
        """Days, months, bounds, doubts, seasons, sets and instants."""
        assert (spoken(When(text)), spoken(When(text), "ar")) == (english, arabic)

    @pytest.mark.parametrize(
        ("text", "english", "arabic"),
        [
            ("2026-01-21", "since 21 January 2026", "منذ 21 كانون الثاني 2026"),
            ("../2021", "since 2021 or before", "منذ 2021 أو قبله"),
            ("2026-01/2026-02", "since some time between January 2026 and February 2026", "منذ وقت ما بين كانون الثاني 2026 وشباط 2026"),
        ],
    )  # fmt: skip
    def test_beginnings(self, text, english, arabic):
        """A state that was first seen on a day began on that day or before."""
        assert (since(When(text)), since(When(text), "ar")) == (english, arabic)

    @given(whens)
    def test_every_time_has_words(self, when):
        """In both languages; the Arabic ones have no Latin letter, and the years are those of the bounds."""
        years = {str(bound.year) for bound in (when.earliest, when.latest) if bound is not None}
        english, arabic = spoken(when), spoken(when, "ar")
        assert not LATIN.search(arabic)
        if "X" not in when.text and "-2" not in when.text:
            assert all(year in english and year in arabic for year in years)


class TestGender:
    """An adjective agrees with its noun."""

    def test_agreement(self):
        """The same status of a camp, a base, an operation and an agreement."""
        words = Words("ar")
        assert [words("closed", of=noun) for noun in ("camp", "base")] == ["مغلق", "مغلقة"]
        assert [words("suspended", of=noun) for noun in ("agreement", "operation")] == ["معلَّق", "معلَّقة"]

    def test_every_status_has_both_genders(self):
        """Those of facilities, operations, agreements and commitments, unless one form serves both."""
        tables = (AGREEMENT, COMMITMENT, OPERATION)
        statuses = {status for table in tables for _, _, status in table.arrows() if status} | set(get_args(Status))
        assert statuses - {"evacuating", "other"} <= set(forms()["feminine"])

    def test_english_has_one_form(self):
        """Words are the same beside any noun."""
        assert Words("en")("in_force", of="operation") == "in force"

    def test_a_name_in_another_language_is_better_than_a_slug(self):
        """A name in any language serves where the reader's own has none."""
        names = {"sdf": {"ar": "قسد"}, "un": {"fr": "Nations unies"}}
        assert [Words("en", names).name(slug) for slug in ("sdf", "un", "nobody-knows")] == [
            "قسد",
            "Nations unies",
            "nobody-knows",
        ]

    def test_a_blank_name_is_none(self):
        """Another language or the slug takes the place of a name that shows nothing."""
        names = {"sdf": {"ar": "", "en": "SDF"}, "un": {"fr": " ", "en": "\u200f"}}
        assert [Words("ar", names).name(slug) for slug in ("sdf", "un")] == ["SDF", "un"]

    @given(st.integers(0, 2000))
    def test_numbers_are_written_or_spoken(self, number):
        """One and two are words, all others digits."""
        said = with_unit(number, "people", "ar")
        assert (f"{number:,}" in said) == (number not in (1, 2))
