"""Texts of times: every form that is read, and every one that is refused."""

import pickle
import re

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.whens import texts, whens
from timeline.errors import InvalidWhen
from timeline.values.edtf import read
from timeline.values.numerals import without_marks
from timeline.values.when import When


def day(year: int, month: int, number: int) -> pendulum.Date:
    return pendulum.Date(year, month, number)


def utc(*parts: int) -> pendulum.DateTime:
    return pendulum.DateTime(*parts, tzinfo=pendulum.UTC)


# text, canonical text, earliest, latest, approximate, uncertain
FORMS = [
    ("2026", "2026", day(2026, 1, 1), day(2026, 12, 31), False, False),
    ("2026-01", "2026-01", day(2026, 1, 1), day(2026, 1, 31), False, False),
    ("2024-02", "2024-02", day(2024, 2, 1), day(2024, 2, 29), False, False),
    ("2026-02", "2026-02", day(2026, 2, 1), day(2026, 2, 28), False, False),
    ("2026-01-21", "2026-01-21", day(2026, 1, 21), day(2026, 1, 21), False, False),
    ("  2026-01-21 ", "2026-01-21", day(2026, 1, 21), day(2026, 1, 21), False, False),
    ("0001-01-01", "0001-01-01", day(1, 1, 1), day(1, 1, 1), False, False),
    ("9999", "9999", day(9999, 1, 1), day(9999, 12, 31), False, False),
    ("2026-01-21/2026-02-12", "2026-01-21/2026-02-12", day(2026, 1, 21), day(2026, 2, 12), False, False),
    ("2026/2026-03", "2026/2026-03", day(2026, 1, 1), day(2026, 3, 31), False, False),
    ("2026-01-21/2026-01", "2026-01-21/2026-01", day(2026, 1, 21), day(2026, 1, 31), False, False),
    ("2026~", "2026~", day(2026, 1, 1), day(2026, 12, 31), True, False),
    ("2026-01?", "2026-01?", day(2026, 1, 1), day(2026, 1, 31), False, True),
    ("2026-01-21~", "2026-01-21~", day(2026, 1, 21), day(2026, 1, 21), True, False),
    ("2026-01-21%", "2026-01-21%", day(2026, 1, 21), day(2026, 1, 21), True, True),
    ("2026-01-21~?", "2026-01-21%", day(2026, 1, 21), day(2026, 1, 21), True, True),
    ("2026-01-21?~", "2026-01-21%", day(2026, 1, 21), day(2026, 1, 21), True, True),
    ("2026-01-21~/2026-02", "2026-01-21~/2026-02", day(2026, 1, 21), day(2026, 2, 28), True, False),
    ("2026-01-21/2026-02?", "2026-01-21/2026-02?", day(2026, 1, 21), day(2026, 2, 28), False, True),
    ("2026-01~/2026-02?", "2026-01~/2026-02?", day(2026, 1, 1), day(2026, 2, 28), True, True),
    ("2026-01-XX", "2026-01-XX", day(2026, 1, 1), day(2026, 1, 31), False, False),
    ("2026-XX", "2026-XX", day(2026, 1, 1), day(2026, 12, 31), False, False),
    ("2026-XX-XX", "2026-XX-XX", day(2026, 1, 1), day(2026, 12, 31), False, False),
    ("202X", "202X", day(2020, 1, 1), day(2029, 12, 31), False, False),
    ("20XX~", "20XX~", day(2000, 1, 1), day(2099, 12, 31), True, False),
    ("../2026-01", "../2026-01", None, day(2026, 1, 31), False, False),
    ("2026-01/..", "2026-01/..", day(2026, 1, 1), None, False, False),
    ("/2026-01", "/2026-01", None, day(2026, 1, 31), False, False),
    ("2026-01/", "2026-01/", day(2026, 1, 1), None, False, False),
    ("2026-21", "2026-21", day(2026, 3, 1), day(2026, 5, 31), False, False),
    ("2026-22?", "2026-22?", day(2026, 6, 1), day(2026, 8, 31), False, True),
    ("2026-23", "2026-23", day(2026, 9, 1), day(2026, 11, 30), False, False),
    ("2026-24", "2026-24", day(2026, 12, 1), day(2027, 2, 28), False, False),
    ("2027-24", "2027-24", day(2027, 12, 1), day(2028, 2, 29), False, False),
    ("[2026-01..2026-03]", "[2026-01..2026-03]", day(2026, 1, 1), day(2026, 3, 31), False, False),
    ("[2026-01-26, 2026-01-21]", "[2026-01-26,2026-01-21]", day(2026, 1, 21), day(2026, 1, 26), False, False),
    ("[2026-01-21]", "[2026-01-21]", day(2026, 1, 21), day(2026, 1, 21), False, False),
    ("[2026-01..]", "[2026-01..]", day(2026, 1, 1), None, False, False),
    ("[..2026-01]", "[..2026-01]", None, day(2026, 1, 31), False, False),
    ("[2025-11,2026-01..]", "[2025-11,2026-01..]", day(2025, 11, 1), None, False, False),
    ("[2025~,2026-01?]", "[2025~,2026-01?]", day(2025, 1, 1), day(2026, 1, 31), True, True),
    ("2026-01-21T09:00Z", "2026-01-21T09:00:00Z", utc(2026, 1, 21, 9), utc(2026, 1, 21, 9), False, False),
    ("2026-01-21T09:00:00-00:00", "2026-01-21T09:00:00Z", utc(2026, 1, 21, 9), utc(2026, 1, 21, 9), False, False),
    ("2026-01-21T09:00:05.250Z", "2026-01-21T09:00:05.25Z", utc(2026, 1, 21, 9, 0, 5, 250000),
     utc(2026, 1, 21, 9, 0, 5, 250000), False, False),
    ("2026-01-21T09:00:05.000Z", "2026-01-21T09:00:05Z", utc(2026, 1, 21, 9, 0, 5),
     utc(2026, 1, 21, 9, 0, 5), False, False),
    ("2026-01-21T09:00+03:00", "2026-01-21T09:00:00+03:00", utc(2026, 1, 21, 6), utc(2026, 1, 21, 6), False, False),
    ("2026-01-21 09:00:00+03", "2026-01-21T09:00:00+03:00", utc(2026, 1, 21, 6), utc(2026, 1, 21, 6), False, False),
    ("1985-04-12T23:20:30-04", "1985-04-12T23:20:30-04:00", utc(1985, 4, 13, 3, 20, 30), utc(1985, 4, 13, 3, 20, 30),
     False, False),
    ("2026-01-21T09:00:00+00", "2026-01-21T09:00:00Z", utc(2026, 1, 21, 9), utc(2026, 1, 21, 9), False, False),
    ("2026-01-21T09:00:00.120000000Z", "2026-01-21T09:00:00.12Z", utc(2026, 1, 21, 9, 0, 0, 120000),
     utc(2026, 1, 21, 9, 0, 0, 120000), False, False),
    ("2026-01-21T09:00-05:30", "2026-01-21T09:00:00-05:30", utc(2026, 1, 21, 14, 30), utc(2026, 1, 21, 14, 30),
     False, False),
    ("2026-01-21T09:00Z/2026-01-22", "2026-01-21T09:00:00Z/2026-01-22", utc(2026, 1, 21, 9), day(2026, 1, 22),
     False, False),
    ("2026-01-20/2026-01-21T09:00Z", "2026-01-20/2026-01-21T09:00:00Z", day(2026, 1, 20), utc(2026, 1, 21, 9),
     False, False),
    ("[2026-01-21T09:00Z,2026-01-22]", "[2026-01-21T09:00:00Z,2026-01-22]", utc(2026, 1, 21, 9), day(2026, 1, 22),
     False, False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "canonical", "earliest", "latest", "approximate", "uncertain"), FORMS)
def test_every_form_has_its_bounds_flags_and_text(text, canonical, earliest, latest, approximate, uncertain):
    """Each EDTF form gives exactly its bounds, its qualifiers, and one canonical text."""
    when = When.parse(text)
    assert (when.text, when.earliest, when.latest, when.approximate, when.uncertain) == (
        canonical, earliest, latest, approximate, uncertain,
    )  # fmt: skip


@pytest.mark.parametrize("text", [form[0] for form in FORMS])
def test_the_canonical_text_reads_back_as_the_same(text):
    """`parse` is the inverse of `str`, `format` and `repr`'s text, for every form."""
    when = When.parse(text)
    again = When.parse(str(when))
    assert again == when
    assert (again.earliest, again.latest) == (when.earliest, when.latest)
    assert when.format() == str(when)
    assert repr(when) == f"When({str(when)!r})"


# text, part of the problem, part of the advice
REFUSED = [
    ("", "is empty", "None where the source gives no time"),
    ("   ", "is empty", "None where"),
    ("NaT", "says that there is no time", "None"),
    ("n/a", "says that there is no time", "None"),
    ("now", "another moment each time", "the date itself"),
    ("Today", "another moment each time", "the date itself"),
    ("yesterday", "another moment each time", "the date itself"),
    ("tomorrow", "another moment each time", "the date itself"),
    ("09:00", "a time without a date", "the offset of its zone"),
    ("9:00:00Z", "a time without a date", "the offset of its zone"),
    ("2026-01-21T09:00", "has no offset", "Add the offset it was read off in, or write '2026-01-21'"),
    ("2026-01-21T09", "has no offset", "'2026-01-21'"),
    ("2026-01-21 09:00:07", "has no offset", "'2026-01-21'"),
    ("2026-01-21 00:00:00", "If midnight only means the day", "'2026-01-21'"),
    ("2026-01-21T24:00Z", "impossible time of day", "hours 00–23"),
    ("2026-01-21T09:60Z", "impossible time of day", "minutes"),
    ("2026-01-21T09:00:60Z", "impossible time of day", "seconds 00–59"),
    ("2026-01-21T09:00+24:00", "impossible time of day", "offset"),
    ("2026-01-21T09:00+03:60", "impossible time of day", "offset"),
    ("2026-01-21T09:00+0300", "an offset without a colon", "'2026-01-21T09:00+03:00'"),
    ("2026-01-21T09:00+3", "an offset of one digit", "'2026-01-21T09:00+03'"),
    ("2026-01-21T09:00-3:30", "an offset of one digit", "'2026-01-21T09:00-03:30'"),
    ("2026-01-21 09:00 +03:00", "a space too many", "'2026-01-21 09:00+03:00'"),
    ("2026-01-21 09:00 UTC", "its zone in letters", "'2026-01-21 09:00Z'"),
    ("2026-01-21 09:00 AST", "several offsets", "Write one"),
    ("2026-01-21 09:00 a.m.", "a clock of twelve hours", "00 to 23"),
    ("2026-01-21T09:00:05,25Z", "a comma in its seconds", "'2026-01-21T09:00:05.25Z'"),
    ("2026-01-21T9:00Z", "not written hh:mm", "an offset such as +03:00"),
    ("2026-01-21t09:00z", "not written hh:mm", "Z or an offset"),
    ("2026-01-21T09:00Z~", "qualifies an instant", "'2026-01-21~'"),
    ("2026-01-21T09:00:00.1234567Z", "more than six digits of a second", "too fine"),
    ("2026-02-30T09:00Z", "2026-02 has 28 days", "'2026-02'"),
    ("2026-02-29", "2026-02 has 28 days", "'2026-02' if the day is not known"),
    ("2026-04-31", "2026-04 has 30 days", "'2026-04'"),
    ("2026-01-00", "2026-01 has 31 days", "'2026-01'"),
    ("2026-13", "has no month 13", "01 to 12"),
    ("2026-00", "has no month 00", "01 to 12"),
    ("2026-42", "has no month 42", "season 21 to 24"),
    ("2026-21-05", "has no month 21", "01 to 12"),
    ("2026-33-05", "has no month 33", "01 to 12"),
    ("2019-33", "is a season, quarter", "'2019-01/2019-03'"),
    ("2019-28", "is a season, quarter", "'2019-12/2020-02'"),
    ("2019-41", "is a season, quarter", "'2019-07/2019-12'"),
    ("9999-30", "is a season, quarter", "'9999-12/..'"),
    ("2026-Q1", "is a quarter", "'2026-01/2026-03'"),
    ("Q4 2026", "is a quarter", "'2026-10/2026-12'"),
    ("2026-W04", "counts weeks", "'2026-01-19/2026-01-25'"),
    ("2026-W04-3", "counts weeks", "'2026-01-21'"),
    ("2026-W60", "is not a week", "YYYY-MM-DD"),
    ("2026-021", "counts the days of a year", "'2026-01-21'"),
    ("2025-366", "is not a day of a year", "YYYY-MM-DD"),
    ("9999-366", "is not a day of a year", "YYYY-MM-DD"),
    ("0000", "outside the years 0001 to 9999", ""),
    ("0000-02-29", "outside the years 0001 to 9999", ""),
    ("000X", "outside the years 0001 to 9999", ""),
    ("-1985", "outside the years 0001 to 9999", ""),
    ("Y-17E7", "outside the years 0001 to 9999", ""),
    ("10000-01-01", "outside the years 0001 to 9999", ""),
    ("9999-24", "outside the years", "'9999-12/..'"),
    ("46043", "the day number of a spreadsheet (Excel)", "YYYY-MM-DD"),
    ("46043.375", "the day number of a spreadsheet (Excel)", "YYYY-MM-DD"),
    ("1769000000", "since 1970", "epoch"),
    ("1769000000000", "since 1970", "epoch"),
    ("26-01-21", "no four-digit year", "the year in full"),
    ("21/01/26", "no four-digit year", "the year in full"),
    ("26", "no four-digit year", "the year in full"),
    ("199", "no four-digit year", "the year in full"),
    ("20260121", "lacks separators", "'2026-01-21' if these are"),
    ("20260121T0900Z", "lacks separators", "'2026-01-21'"),
    ("20262101", "is a row of digits", "YYYY-MM-DD"),
    ("{2026-01,2026-02}", "a set of several dates", "'[a,b]'"),
    ("~2026-01", "qualifies a part", "the qualifier last"),
    ("2026-~01-21", "qualifies a part", "the qualifier last"),
    ("2026~~", "qualifies a part", "the qualifier last"),
    ("2026-01-xx", "unknown digits", "'2026-01-XX'"),
    ("199u", "unknown digits", "'199X'"),
    ("X", "is not an EDTF date", "YYYY-MM-DD"),
    ("20X6", "is not an EDTF date", "YYYY-MM-DD"),
    ("1990s", "a decade in words", "'199X'"),
    ("ca. 2026-01", "approximate in words", "'2026-01~'"),
    ("2026-XX-21", "leaves out a larger unit", "YYYY-XX or YYYX"),
    ("202X-01", "leaves out a larger unit", "YYYX"),
    ("2026-1-21", "one digit", "'2026-01-21'"),
    ("2026-01-2", "one digit", "'2026-01-02'"),
    ("21/01/2026", "depends on the country", "YYYY-MM-DD"),
    ("1/21/2026 9:00", "depends on the country", "YYYY-MM-DD"),
    ("21.01.2026", "depends on the country", "YYYY-MM-DD"),
    ("2026/01/21", "separators other than hyphens", "'2026-01-21'"),
    ("2026.01.21", "separators other than hyphens", "'2026-01-21'"),
    ("1/2026", "its month first", "'2026-01'"),
    ("12/2026", "its month first", "'2026-12'"),
    ("2026–01–21", "a dash that is not a hyphen", "'2026-01-21'"),
    ("2026-01-21 – 2026-02-12", "a dash that is not a hyphen", "'2026-01-21/2026-02-12'"),
    ("2025-2026", "has two years", "'2025/2026'"),
    ("January 2026", "spells its month", "YYYY-MM"),
    ("spring 2026", "names a season", "YYYY-21 for spring"),
    ("2026, Winter", "names a season", "24 for winter"),
    ("before 2026-01-20", "bounds a time in words", "../b"),
    ("since 2026-01", "bounds a time in words", "a/.."),
    ("٢٠٢٦-٠١-٢١", "digits other than 0 to 9", "'2026-01-21'"),
    ("\u200f2026-01-21", "(U+200F RIGHT-TO-LEFT MARK)", "'2026-01-21'"),
    ("soon", "is not an EDTF date", "YYYY-MM-DD"),
    ("/", "says nothing", "None (leave the time out)"),
    ("../..", "says nothing", "None (leave the time out)"),
    ("2026-01/2026-02/2026-03", "more than one '/'", "an interval as"),
    ("2004/open", "has the end 'open'", "'2004/..'"),
    ("unknown/2004", "has the end 'unknown'", "'/2004'"),
    ("2026-02/2026-01", "runs backwards", "'2026-01/2026-02' if its ends are exchanged"),
    ("2026-01-24T00:00Z/2026-01-22", "runs backwards", "'2026-01-22/2026-01-24T00:00Z'"),
    ("2026-01-21/now", "another moment each time", "the date itself"),
    ("[]", "is not a set", "'[a..b]'"),
    ("[..]", "is not a set", "'[a..b]'"),
    ("[2026-01", "is not a set", "'[a..b]'"),
    ("[2026-01,]", "empty or repeated member", "'[a..b]'"),
    ("[2026-01..2026-02..2026-03]", "empty or repeated member", "'[a..b]'"),
    ("[2026-03..2026-01]", "runs backwards", "'[2026-01..2026-03]'"),
    ("[2026-01/2026-02]", "is not an EDTF date", "a/b"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "problem", "advice"), REFUSED)
def test_what_would_have_to_be_guessed_is_refused_with_advice(text, problem, advice):
    """A refusal says what was found and what to write instead, and carries the value."""
    with pytest.raises(InvalidWhen) as caught:
        When.parse(text)
    assert repr(text.strip()) in str(caught.value)
    assert problem in str(caught.value)
    assert advice in str(caught.value).partition(problem)[2]
    assert caught.value.value is not None


def test_text_only_is_read():
    """A value that is not text is refused as such."""
    with pytest.raises(InvalidWhen, match="is not text"):
        read(5)


@pytest.mark.parametrize("text", [form[0] for form in FORMS])
def test_pickling_keeps_everything(text):
    """A When survives pickling, bounds and flags included."""
    when = When(text)
    again = pickle.loads(pickle.dumps(when))
    assert again == when
    assert (again.earliest, again.latest, again.approximate, again.uncertain, again.span()) == (
        when.earliest, when.latest, when.approximate, when.uncertain, when.span(),
    )  # fmt: skip


@given(whens)
def test_parse_is_the_inverse_of_str(when):
    """`parse(str(w)) == w`, for any text that is read."""
    again = When(str(when))
    assert again == when
    assert (again.earliest, again.latest, again.approximate, again.uncertain) == (
        when.earliest, when.latest, when.approximate, when.uncertain,
    )  # fmt: skip


@given(
    st.one_of(
        st.text("0123456789-/:.,TZtzXxu~?%+[]{} \u200f\u0662\u2013", max_size=30),
        st.builds(lambda text, at, new: text[:at] + new + text[at + 1 :], texts, st.integers(0, 20), st.text(max_size=2)),
    )
)  # fmt: skip
def test_a_refusal_holds_the_text_and_invents_no_year(text):
    """Each refusal quotes the text, and advice names no year that it does not; a week may begin in the year before."""
    try:
        when = When(text)
    except InvalidWhen as error:
        assert repr(text.strip()) in str(error)
        said = re.sub(r"U\+\w+|\\[uUx]\w+", "", str(error))
        digits = "".join(str(int(c)) if c.isdecimal() else c for c in without_marks(text))
        invented = (
            set(re.findall(r"[0-9]{4}", said)) - {"0001", "9999"} - {digits[at : at + 4] for at in range(len(digits))}
        )
        assert not invented or "counts weeks" in said or "level 2" in said or "lacks separators" in said
    else:
        assert When(str(when)) == when
