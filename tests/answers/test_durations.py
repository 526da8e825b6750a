"""Durations in words: never longer at least, nor shorter at most, than they are."""

from datetime import timedelta

import pytest

from timeline import Timeline
from timeline.answers.durations import Duration
from timeline.events.facility import ControlChanged


@pytest.mark.parametrize(
    ("lowest", "highest", "words"),
    [
        ({"hours": 23}, {"hours": 71}, "23 hours to 3 days"),
        ({"hours": 47}, {"days": 2}, "1 day to 2 days"),
        ({"minutes": 59}, {"hours": 23, "minutes": 30}, "59 minutes to 1 day"),
        ({"seconds": 59}, {"minutes": 59, "seconds": 30}, "none to 1 hour"),
        ({}, {"seconds": 1}, "none to 1 minute"),
        ({}, None, "none to ?"),
        ({}, {}, "none"),
        ({"hours": 3, "minutes": 30}, {"hours": 3, "minutes": 30}, "3 hours 30 minutes"),
        ({"days": 1, "seconds": 5}, {"days": 1, "seconds": 5}, "1 day 5 seconds"),
        ({"seconds": 30}, {"seconds": 30}, "30 seconds"),
    ],
)
def test_bounds_are_rounded_outward(lowest: dict[str, int], highest: dict[str, int] | None, words: str) -> None:
    """At most 71 hours is not at most 2 days; what is exact is written in full."""
    assert str(Duration(timedelta(**lowest), None if highest is None else timedelta(**highest))) == words


def test_from_instant_to_instant_the_length_is_exact() -> None:
    """A moment without width gives no range in words."""
    line = Timeline()
    for authority, instant in (("sdf", "2026-03-07T10:00:00Z"), ("syria-gov", "2026-03-07T13:30:00Z")):
        line.record(ControlChanged(facility="camp", authority=authority), occurred=instant)
    assert str(line.at().history("facilities", "camp", "control")[0].duration) == "3 hours 30 minutes"


def test_a_day_of_23_hours_is_no_day() -> None:
    """From 7 to 9 March 2026, when the clocks of New York went forward on the 8th."""
    line = Timeline(tz="America/New_York")
    for authority, day in (("sdf", "2026-03-07"), ("syria-gov", "2026-03-09")):
        line.record(ControlChanged(facility="camp", authority=authority), occurred=day)
    assert str(line.at().history("facilities", "camp", "control")[0].duration) == "23 hours to 3 days"
