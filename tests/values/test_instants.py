"""Instants: microseconds since 1970, midnights and zones."""

from datetime import UTC, datetime, timedelta

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.whens import BAGHDAD, BERLIN, HOUR, dates
from timeline.errors import InvalidWhen
from timeline.values.instants import FIRST, LAST, instant, microseconds, midnight, stamp, zone


@pytest.mark.parametrize("name", ["UTC", "utc", UTC, pendulum.UTC])
def test_utc_has_one_form(name):
    """All spellings of UTC give the standard library's object, which is the fast one."""
    assert zone(name) is UTC


def test_a_zone_is_found_by_name():
    """An IANA name gives its zone, and a zone itself."""
    assert zone("Asia/Baghdad") is BAGHDAD
    assert zone(BERLIN) is BERLIN


@pytest.mark.parametrize("name", ["Asia/Nowhere", "", "../etc", 5, None])
def test_an_unknown_zone_is_refused(name):
    """A zone the database does not know is refused with an example."""
    with pytest.raises(InvalidWhen, match="Asia/Baghdad"):
        zone(name)


@given(st.datetimes(datetime(1600, 1, 1), datetime(2400, 1, 1), timezones=st.just(UTC)))
def test_instants_are_numbers_and_back(moment):
    """Microseconds since 1970 lose nothing."""
    number = microseconds(moment)
    assert instant(number) == moment
    assert datetime.fromisoformat(stamp(number)) == moment


@given(dates)
def test_midnights_follow_one_another(date_):
    """The end of a day is the start of the next."""
    assert midnight(date_, later=1) - midnight(date_) == 24 * HOUR


@given(st.integers(FIRST, LAST))
def test_a_stamp_is_what_the_standard_library_writes(number):
    """UTC with six digits, whatever second was written before."""
    moment = datetime(1970, 1, 1) + timedelta(microseconds=number)
    assert stamp(number) == moment.isoformat(timespec="microseconds") + "Z"
