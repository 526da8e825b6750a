"""Stories of custody, explained: why a number is so, its history, and what differs."""

import pytest

from support.custody import HOL, KARKH, OP, SINAA, controls, counted, spoken_of, transferred
from timeline import Quantity, about, exactly
from timeline.events.custody import DetaineesEscaped, HeadcountReported
from timeline.events.facility import ControlChanged


def test_why_of_a_stock_is_its_last_count_and_what_flowed_since(line):
    """Nothing from before the count, and nothing from other places."""
    counted(line, exactly(2000), "2025-12-01")
    transferred(line, exactly(5), "2025-12-05")
    anchor = counted(line, exactly(1000))
    flows = (
        transferred(line, exactly(100)),
        line.record(DetaineesEscaped(facility=SINAA, quantity=exactly(1)), occurred="2026-01-20"),
    )
    counted(line, exactly(7), "2026-01-21", facility=HOL)
    assert line.at().why("custody", SINAA, "held") == (anchor, *flows)
    assert line.at().why("custody", SINAA) == (anchor, *flows)
    assert line.at().why("custody", "held", SINAA) == (anchor, *flows)


def test_why_of_a_cohort_and_of_a_heading(line):
    """Each value has its own reasons."""
    anchor = counted(line, exactly(100), breakdown={"iraqi": exactly(50)})
    iraqi = transferred(line, exactly(10), cohort="iraqi")
    other = transferred(line, exactly(20), "2026-01-11")
    situation = line.at()
    assert situation.why("custody", SINAA, "held", "iraqi") == (anchor, iraqi, other)
    assert situation.why("custody", SINAA, "sent") == (iraqi, other)
    assert situation.why("custody", SINAA, "sent", "iraqi") == (iraqi,)
    assert situation.why("custody", "sent", SINAA, "iraqi") == (iraqi,)
    assert situation.why("custody", SINAA, "counted") == (anchor,)


def test_nothing_is_a_reason_for_a_cohort_nobody_spoke_of(line):
    """A change of control makes the place known, and says nothing of who is held there."""
    line.record(ControlChanged(facility=SINAA, authority="sdf"), occurred="2026-01-01")
    spoken_of(line, "cohort:iraqi")
    assert line.at().why("custody", SINAA, "held", "iraqi") == ()


def test_why_of_what_an_authority_is_said_to_hold(line):
    """The claim is the reason."""
    entry = line.record(HeadcountReported(authority="sdf", quantity=about(9000)), occurred="2026-01-10")
    assert line.at().why("custody", "counted", "sdf") == (entry,)


def test_history_of_a_stock(line):
    """The numbers over time, each from when on."""
    counted(line, exactly(1000))
    transferred(line, exactly(100))
    controls(line, "sdf", "2026-01-15")
    counted(line, exactly(950), "2026-01-20")
    values = line.at().history("custody", SINAA, "held")
    assert [(str(v.since), str(v.value)) for v in values] == [
        ("2026-01-01", "1,000"),
        ("2026-01-10", "900"),
        ("2026-01-20", "950"),
    ]


def test_a_difference_names_every_number_that_changed(line):
    """Stocks by facility and cohort, headings, operations and claims."""
    counted(line, exactly(100), breakdown={"iraqi": exactly(50)})
    transferred(line, exactly(10), cohort="iraqi", operation=OP)
    line.record(HeadcountReported(authority="sdf", quantity=about(90)), occurred="2026-01-10")
    changes = {
        change.path[1:]: (str(change.before), str(change.after)) for change in line.diff("2026-01-09", "2026-01-10")
    }
    assert changes == {
        (SINAA, "held"): ("100", "90"),
        (SINAA, "held", "iraqi"): ("50", "40"),
        (SINAA, "sent"): ("None", "10"),
        (KARKH, "held"): ("None", "≥10"),
        (KARKH, "held", "iraqi"): ("None", "≥10"),
        (KARKH, "received"): ("None", "10"),
        ("operations", OP, "status"): ("None", "underway"),
        ("operations", OP, "moved"): ("None", "10"),
        ("counted", "sdf"): ("None", "≈90"),
    }


def test_custody_is_a_mapping_of_facilities(line):
    """It iterates over facilities, has their number, and knows no reserved place."""
    line.record(DetaineesEscaped(facility=SINAA, quantity=Quantity(1, 1, 1)), occurred="2026-01-10")
    custody = line.at().custody
    assert (list(custody), len(custody), custody[SINAA].slug) == ([SINAA], 1, SINAA)
    with pytest.raises(KeyError, match="no place 'al-sina-prison'"):
        custody["al-sina-prison"]


def test_why_names_a_count_that_found_as_many_as_were_computed(line):
    """It changed no number, and is what the stock rests on from then on."""
    counted(line, exactly(100))
    transferred(line, exactly(20))
    confirmed = counted(line, exactly(80), "2026-01-20")
    left = transferred(line, exactly(5), "2026-01-25")
    assert line.at().why("custody", SINAA, "held") == (confirmed, left)


def test_why_of_a_sum_over_cohorts_is_the_count_of_each(line):
    """If nobody counted the whole, every cohort's count is a reason, and for one cohort its own."""
    iraqi = counted(line, exactly(100), cohort="iraqi")
    syrian = counted(line, exactly(50), cohort="syrian")
    situation = line.at()
    assert situation.why("custody", SINAA, "held") == (iraqi, syrian)
    assert situation.why("custody", SINAA, "held", "iraqi") == (iraqi,)


def test_nothing_explains_a_stock_of_which_nothing_is_known(line):
    """The holder of the prison says nothing about the number of people in it."""
    controls(line, "sdf")
    assert line.at().why("custody", SINAA, "held") == ()
