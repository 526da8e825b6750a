"""Times: what they are made of, and what they mean in a zone."""

import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.whens import BAGHDAD, BERLIN, DAMASCUS, HOUR, instants, whens
from timeline.errors import InvalidWhen
from timeline.values.instants import FUTURE, PAST, microseconds, stamp
from timeline.values.when import When, when_or_none


def test_a_when_never_changes():
    """Its attributes can be neither set nor deleted."""
    when = When("2026")
    with pytest.raises(AttributeError, match="never changes"):
        when.text = "2027"
    with pytest.raises((AttributeError, TypeError)):
        del when.text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (When("2026-01"), "2026-01"),
        ("2026-01", "2026-01"),
        (date(2026, 1, 21), "2026-01-21"),
        (pendulum.Date(2026, 1, 21), "2026-01-21"),
        (datetime(2026, 1, 21, 9, tzinfo=UTC), "2026-01-21T09:00:00Z"),
        (datetime(2026, 1, 21, 9, 0, 0, 5, tzinfo=UTC), "2026-01-21T09:00:00.000005Z"),
        (datetime(2026, 1, 21, 9, tzinfo=BAGHDAD), "2026-01-21T09:00:00+03:00"),
        (pendulum.datetime(2026, 1, 21, 9, tz="Asia/Baghdad"), "2026-01-21T09:00:00+03:00"),
        (datetime(1900, 1, 1, tzinfo=timezone(timedelta(hours=2, minutes=57, seconds=36))), "1899-12-31T21:02:24Z"),
    ],
)
def test_of_takes_what_people_have(value, text):
    """Texts, Whens, dates and aware datetimes, of the standard library or pendulum, are all taken."""
    assert str(When.of(value)) == text


@pytest.mark.parametrize("value", [datetime(2026, 1, 21, 9), pendulum.naive(2026, 1, 21, 9)])
def test_naive_datetimes_are_refused_with_what_to_write(value):
    """A datetime without an offset is not an instant; the message names the two ways on."""
    with pytest.raises(InvalidWhen, match=r"2026-01-21T09:00:00 has no offset.*tzinfo.*2026-01-21 alone"):
        When.of(value)


def test_an_instant_outside_the_calendar_is_refused():
    """An offset with seconds is brought to UTC, which at the end of the calendar is impossible."""
    with pytest.raises(InvalidWhen, match="0001 to 9999"):
        When.of(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1, seconds=5))))


@pytest.mark.parametrize("value", [5, 2026.0, None, ["2026"], object()])
def test_what_is_no_time_is_refused(value):
    """Numbers and other objects are no times."""
    with pytest.raises(InvalidWhen, match="is not a time"):
        When.of(value)


def test_pandas_not_a_time_is_none():
    """It calls itself a datetime, and can do nothing that one can."""
    pandas = pytest.importorskip("pandas")
    with pytest.raises(InvalidWhen, match="NaT says that there is no time. Give None."):
        When.of(pandas.NaT)
    assert str(When.of(pandas.Timestamp("2026-01-21T09:00:00.5Z"))) == "2026-01-21T09:00:00.5Z"


def test_none_stands_for_no_time():
    """`when_or_none` keeps None and reads everything else."""
    assert when_or_none(None) is None
    assert when_or_none("2026") == When("2026")


def test_equality_is_sameness_of_text():
    """Two texts of the same moment are different values, with the same span."""
    a, b = When("2026-01-21T09:00:00+03:00"), When("2026-01-21T06:00:00Z")
    assert a != b
    assert a.span() == b.span()
    assert When("2026-01-21~") != When("2026-01-21")
    assert When("2026") != "2026"


def test_equal_values_hash_alike():
    """A When can be a key."""
    assert {When("2026-01-21T09:00Z"): 1}[When.parse("2026-01-21T09:00:00Z")] == 1


# a, b, a definitely before b, a possibly before b, overlaps
RELATIONS = [
    ("2026-01-21", "2026-01-22", True, True, False),
    ("2026-01-22", "2026-01-21", False, False, False),
    ("2026-01-21", "2026-01-21", False, True, True),
    ("2026-01", "2026-01-21", False, True, True),
    ("2026-01-21", "2026-01", False, True, True),
    ("2026-02", "2026-01-21", False, False, False),
    ("../2026-01-21", "2026-01-25", True, True, False),
    ("2026-01-21/..", "2026-01-25", False, True, True),
    ("2026-01-26/..", "2026-01-25", False, False, False),
    ("2026-01-25", "2026-01-21/..", False, True, True),
    ("2026-01-21T09:00Z", "2026-01-21T09:00Z", False, False, True),
    ("2026-01-21T09:00Z", "2026-01-21T12:00+03:00", False, False, True),
    ("2026-01-21T09:00Z", "2026-01-21T09:00:00.000001Z", True, True, False),
    ("2026-01-21T00:00Z", "2026-01-21", False, True, True),
    ("2026-01-22T00:00Z", "2026-01-21", False, False, False),
    ("2026-01-21", "2026-01-22T00:00Z", True, True, False),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b", "definitely", "possibly", "overlaps"), RELATIONS)
def test_sameness_in_time_has_named_relations(a, b, definitely, possibly, overlaps):
    """Days are half-open and open ends reach to infinity."""
    assert When(a).definitely_before(b) is definitely
    assert When(a).possibly_before(b) is possibly
    assert When(a).overlaps(b) is overlaps
    assert When(b).overlaps(a) is overlaps


def test_relations_are_asked_in_a_zone():
    """An instant late in the evening in UTC is the next day in Baghdad."""
    night = When("2026-01-21T22:00Z")
    assert night.overlaps("2026-01-21")
    assert not night.overlaps("2026-01-21", BAGHDAD)
    assert not night.definitely_before("2026-01-22", BAGHDAD)
    assert night.possibly_before("2026-01-22", BAGHDAD)
    assert night.definitely_before("2026-01-22")


@pytest.mark.parametrize(
    ("text", "tz", "start", "end"),
    [
        ("2026-01-21", UTC, "2026-01-21T00:00:00.000000Z", "2026-01-22T00:00:00.000000Z"),
        ("2026-01-21", BAGHDAD, "2026-01-20T21:00:00.000000Z", "2026-01-21T21:00:00.000000Z"),
        ("2026-01", BAGHDAD, "2025-12-31T21:00:00.000000Z", "2026-01-31T21:00:00.000000Z"),
        ("2026-03-29", BERLIN, "2026-03-28T23:00:00.000000Z", "2026-03-29T22:00:00.000000Z"),
        ("2026-10-25", BERLIN, "2026-10-24T22:00:00.000000Z", "2026-10-25T23:00:00.000000Z"),
        ("2022-03-25", DAMASCUS, "2022-03-24T22:00:00.000000Z", "2022-03-25T21:00:00.000000Z"),
        ("2026-01-21T09:00+03:00", BERLIN, "2026-01-21T06:00:00.000000Z", "2026-01-21T06:00:00.000001Z"),
    ],
)
def test_a_span_is_read_in_the_zone_of_whoever_asks(text, tz, start, end):
    """A day begins and ends at that zone's midnights, also when clocks change; an instant does not move."""
    assert tuple(map(stamp, When(text).span(tz))) == (start, end)


@pytest.mark.parametrize(("text", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)])
def test_a_day_has_the_hours_its_zone_gives_it(text, hours):
    """Days on which clocks change are shorter or longer."""
    span = When(text).span(BERLIN)
    assert span.end - span.start == hours * HOUR


def test_open_ends_reach_past_everything():
    """An open bound is before, or after, every instant."""
    assert When("../2026").span().start == PAST
    assert When("2026/..").span(BAGHDAD).end == FUTURE


def test_the_last_day_of_the_calendar_has_an_end():
    """The day after the last one has a number, though no date."""
    assert When("9999-12-31").span(BAGHDAD).end > When("9999-12-31").span(BAGHDAD).start


def test_a_span_is_never_empty():
    """An interval from an instant to a day that may have ended before it, in some zone, keeps the instant."""
    when = When("2026-01-22T12:00Z/2026-01-21")
    assert when.span().end > when.span().start
    assert not when.definitely_before(when)
    assert when.overlaps(when)


@given(whens, st.sampled_from([UTC, BAGHDAD, BERLIN]))
def test_earliest_comes_before_latest(when, tz):
    """In any zone a span has room for at least one moment."""
    span = when.span(tz)
    assert PAST <= span.start < span.end <= FUTURE


@given(whens, whens)
def test_relations_agree_with_one_another(a, b):
    """Times definitely before are possibly before and do not overlap; two times overlap or are in order."""
    if a.definitely_before(b):
        assert not a.overlaps(b)
        assert not b.definitely_before(a)
    assert a.overlaps(b) == (not a.definitely_before(b) and not b.definitely_before(a))


@given(whens)
def test_a_when_equals_itself(when):
    """Equality is reflexive, and so is overlap."""
    assert when == pickle.loads(pickle.dumps(when))
    assert hash(when) == hash(When(str(when)))
    assert when.overlaps(when)
    assert not when.definitely_before(when)


@given(instants)
def test_instants_round_trip(moment):
    """An aware datetime comes back as the same instant, with its offset."""
    when = When.of(moment)
    assert when.earliest == when.latest == moment
    assert when.earliest.utcoffset() == moment.utcoffset()
    assert when.span() == (microseconds(moment), microseconds(moment) + 1)


@given(st.datetimes(datetime(1901, 1, 1), datetime(2100, 1, 1), timezones=st.timezones()))
def test_instants_of_any_zone_are_the_same_moment(moment):
    """Also in zones whose old offsets had seconds, where the text is in UTC."""
    assert When.of(moment).earliest.timestamp() == moment.timestamp()


RIMS = ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00",
        "0001-01-01", "9999-12-31", "0001", "9999", "0001-01-01/9999-12-31", "999X", "9999-23", "[0001..9999]"]  # fmt: skip


@pytest.mark.parametrize("text", RIMS)
@pytest.mark.parametrize("tz", ["UTC", "Asia/Baghdad", "America/New_York", "Pacific/Kiritimati"])
def test_the_rims_of_the_calendar_are_times_like_others(text, tz):
    """They are read, written, placed in any zone, compared and pickled; and pendulum's own values are taken."""
    when = When(text)
    assert When(str(when)) == pickle.loads(pickle.dumps(when)) == when
    start, end = when.span(tz)
    assert start < end
    assert when.overlaps(when, tz)
    for bound in (when.earliest, when.latest):
        assert When.of(bound).overlaps(when, tz)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=ZoneInfo("America/New_York")),
        datetime(9999, 12, 31, 23, 59, tzinfo=BAGHDAD),
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        pendulum.datetime(9999, 12, 31, 23, 59, 59),
        pendulum.datetime(1, 1, 1),
    ],
)
def test_moments_at_the_rims_are_taken(moment):
    """Also where the year in UTC is another."""
    assert When.of(moment).earliest == moment
