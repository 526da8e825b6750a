"""Stories of parts: a whole broken down by cohort, by place or by authority."""

from datetime import datetime, timezone

import pytest

from support.custody import HOL, KARKH, OP, SINAA, UNKNOWN, counted, held, kinds, transferred
from timeline import Timeline, about, at_least, exactly, up_to
from timeline.events.custody import DetaineesEscaped, DetaineesTransferred, HeadcountReported
from timeline.events.facility import FacilityRegistered

WHOLES = [exactly(150), about(150), at_least(150), UNKNOWN]


def part(line, quantity, whole, occurred="2026-01-10", **more):
    """Record a share of a transfer already on the log."""
    return transferred(line, quantity, occurred, operation=OP, links={"part_of": whole}, **more)


@pytest.mark.parametrize("share", [exactly(85), about(85), UNKNOWN])
@pytest.mark.parametrize("whole", WHOLES)
@pytest.mark.parametrize("day", ["2026-01-09", "2026-01-10", "2026-01-11"])
def test_a_part_by_cohort_adds_nothing(line, whole, share, day):
    """A part before, with or after its whole leaves every total that of the whole alone."""
    alone = Timeline(clock=lambda: datetime(2026, 3, 1, tzinfo=timezone.utc))
    for one in (alone, line):
        counted(one, exactly(1000))
        entry = transferred(one, whole, operation=OP)
    part(line, share, entry, day, cohort="iraqi")
    mine, its = line.at().custody, alone.at().custody
    assert mine.operations[OP].moved == its.operations[OP].moved
    assert mine.sent(facility=SINAA) == its.sent(facility=SINAA)
    assert mine.received() == its.received()
    assert mine.sent(cohort="iraqi") == share
    assert mine.held(facility=SINAA) == its.held(facility=SINAA)


def test_several_parts_by_cohort_break_the_whole_down(line):
    """85 Iraqis and 65 others of 150: each cohort is counted, and the total stays 150."""
    counted(line, exactly(1000), breakdown={"iraqi": exactly(400), "foreign": exactly(600)})
    whole = transferred(line, exactly(150), operation=OP)
    part(line, exactly(85), whole, cohort="iraqi")
    part(line, exactly(65), whole, cohort="foreign")
    custody = line.at().custody
    assert custody.operations[OP].moved == custody.sent(facility=SINAA) == custody.sent() == exactly(150)
    assert (custody.sent(cohort="iraqi"), custody.sent(cohort="foreign")) == (exactly(85), exactly(65))
    assert [held(line), held(line, cohort="iraqi"), held(line, cohort="foreign")] == ["850", "315", "535"]
    assert line.at().findings == ()


def test_parts_by_place_say_where_they_came_from(line):
    """The whole left *a number of prisons*; its parts say which."""
    counted(line, exactly(100))
    counted(line, exactly(100), facility=HOL)
    whole = transferred(line, exactly(150), origin="hasakah-prisons", operation=OP)
    part(line, exactly(80), whole)
    part(line, exactly(70), whole, origin=HOL)
    custody = line.at().custody
    assert custody.operations[OP].moved == custody.sent() == custody.received(facility=KARKH) == exactly(150)
    assert (custody.sent(facility=SINAA), custody.sent(facility=HOL)) == (exactly(80), exactly(70))
    assert custody.sent(facility="hasakah-prisons") == exactly(0)
    assert [held(line), held(line, facility=HOL)] == ["20", "30"]


def test_parts_by_authority_keep_the_sum(line):
    """The parts say how many each authority received, and the total is not doubled."""
    whole = transferred(line, exactly(150), destination=None)
    part(line, exactly(100), whole, destination=None, received_by="iraq-gov")
    custody = line.at().custody
    assert (custody.received(authority="iraq-gov"), custody.received()) == (exactly(100), exactly(150))


def test_parts_that_came_before_the_whole_count_until_it_comes(line):
    """Batches of the 10th and the 11th, their total reported for the 12th: they are in it."""
    whole = transferred(line, exactly(150), "2026-01-12", operation=OP)
    part(line, exactly(80), whole, "2026-01-10", batch="1")
    part(line, exactly(70), whole, "2026-01-11", batch="2")
    moved = [str(line.at(day).custody.operations[OP].moved) for day in ("2026-01-10", "2026-01-11", "2026-01-12")]
    assert moved == ["80", "150", "150"]
    assert line.at().custody.operations[OP].batches == 1


def test_parts_of_an_escape_add_nothing(line):
    """Other flows are broken down like transfers."""
    counted(line, exactly(1000))
    whole = line.record(DetaineesEscaped(facility=SINAA, quantity=about(120)), occurred="2026-01-19")
    line.record(
        DetaineesEscaped(facility=SINAA, quantity=exactly(20), cohort="iraqi"), occurred="2026-01-19", part_of=whole
    )
    custody = line.at().custody
    assert (custody.escaped(), custody.escaped(cohort="iraqi")) == (about(120), exactly(20))
    assert held(line) == "0–1,000 (880)"


def test_a_headcount_by_cohort_may_be_part_of_one_of_all(line):
    """A share of a count anchors its cohort, and leaves the total as counted."""
    whole = counted(line, exactly(1000))
    line.record(
        HeadcountReported(facility=SINAA, quantity=exactly(100), cohort="iraqi"), occurred="2026-01-02", part_of=whole
    )
    line.record(HeadcountReported(facility=SINAA, quantity=exactly(300)), occurred="2026-01-03", part_of=whole)
    assert [held(line), held(line, cohort="iraqi")] == ["1,000", "100"]
    assert line.at().custody.counted(facility=SINAA) == exactly(1000)


def test_a_headcount_of_one_place_in_a_count_of_an_authority_anchors_the_place(line):
    """Of the 9,000 they hold, 1,000 are in this prison: that is a count of the prison."""
    whole = line.record(HeadcountReported(authority="sdf", quantity=about(9000)), occurred="2026-01-01")
    line.record(HeadcountReported(facility=SINAA, quantity=exactly(1000)), occurred="2026-01-02", part_of=whole)
    assert held(line) == "1,000"


@pytest.mark.parametrize(
    ("whole", "shares", "found"),
    [
        (exactly(150), (exactly(85), exactly(65)), False),
        (exactly(150), (exactly(85), exactly(66)), True),
        (up_to(150), (exactly(85), at_least(66)), True),
        (exactly(150), (about(100), about(100)), False),
        (about(150), (exactly(100), exactly(100)), False),
        (at_least(150), (exactly(100), exactly(100)), False),
    ],
)
def test_parts_that_must_exceed_their_whole_are_a_finding(line, whole, shares, found):
    """Only what cannot be true is found; the whole still counts as reported."""
    entry = transferred(line, whole, operation=OP)
    for cohort, share in zip(("iraqi", "foreign"), shares, strict=True):
        part(line, share, entry, cohort=cohort)
    assert kinds(line.at()) == (["parts_exceed_whole"] if found else [])
    assert line.at().custody.operations[OP].moved == whole


def test_two_ways_of_breaking_down_are_not_added_together(line):
    """150 by cohort and the same 150 by place are 150, not 300."""
    whole = transferred(line, exactly(150), origin="hasakah-prisons", operation=OP)
    part(line, exactly(150), whole, origin="hasakah-prisons", cohort="iraqi")
    part(line, exactly(150), whole)
    assert "parts_exceed_whole" not in kinds(line.at())


@pytest.mark.parametrize("share", [{"cohort": "iraqi"}, {"cohort": None, "part": True}, {"unknown": True}])
@pytest.mark.parametrize("whose", [{"facility": "hasakah-prisons"}, {"authority": "sdf"}, {"facility": SINAA}])
def test_a_count_of_some_of_them_or_without_a_number_does_not_replace_the_count_of_all(line, whose, share):
    """500 Iraqis, 500 in one wing, or *many*: the 9,000 claimed for all still are."""
    line.record(FacilityRegistered(facility="hasakah-prisons", kind="collective"))
    whole = line.record(HeadcountReported(quantity=exactly(9000), **whose), occurred="2026-01-01")
    quantity = UNKNOWN if share.get("unknown") else exactly(500)
    line.record(
        HeadcountReported(quantity=quantity, cohort=share.get("cohort"), **whose),
        occurred="2026-01-02",
        part_of=whole if share.get("part") else None,
    )
    assert line.at().custody.counted(**whose) == exactly(9000)
    assert set(line.at().findings.counts()) <= {"unregistered_entity"}


def test_a_part_that_names_no_place_is_of_the_places_of_its_whole(line):
    """Twenty of the fifty who left were Iraqis: they left from where the fifty did. The thirty may have been, too."""
    counted(line, exactly(100), breakdown={"iraqi": exactly(60)})
    whole = transferred(line, exactly(50))
    line.record(DetaineesTransferred(quantity=exactly(20), cohort="iraqi"), occurred="2026-01-10", part_of=whole)
    custody = line.at().custody
    assert (custody.sent(facility=SINAA), custody.sent(facility=SINAA, cohort="iraqi")) == (exactly(50), exactly(20))
    assert custody.received(facility=KARKH, cohort="iraqi") == exactly(20)
    assert [held(line), held(line, cohort="iraqi")] == ["50", "10–40"]


def test_a_part_of_a_part_adds_nothing_either(line):
    """150, of them 85 Iraqis, of those 40 in the first batch: 150."""
    counted(line, exactly(1000))
    whole = transferred(line, exactly(150), operation=OP)
    iraqis = part(line, exactly(85), whole, cohort="iraqi")
    part(line, exactly(40), iraqis, cohort="iraqi", batch="1")
    custody = line.at().custody
    assert custody.operations[OP].moved == custody.sent() == custody.received() == exactly(150)
    assert (custody.sent(cohort="iraqi"), held(line)) == (exactly(85), "850")


def test_a_count_between_a_part_and_its_whole_is_kept(line):
    """The part had left when they were counted; only the rest of the whole leaves after."""
    counted(line, exactly(1000))
    early = DetaineesTransferred(quantity=exactly(85), origin=SINAA, cohort="iraqi")
    line.record(DetaineesTransferred(quantity=exactly(150), origin=SINAA), occurred="2026-01-04", id="whole")
    line.record(early, occurred="2026-01-02", part_of="whole")
    counted(line, exactly(915), "2026-01-03")
    assert [held(line, day) for day in ("2026-01-02", "2026-01-03", "2026-01-04")] == ["915", "915", "850"]
    assert line.at().findings == ()


def test_a_part_that_comes_late_counts_before_its_whole(line):
    """It is taken from the number of the whole, whether somebody asked before it came or not."""

    def moved(number, origin, destination):
        return DetaineesTransferred(origin=origin, destination=destination, quantity=exactly(number))

    earlier = line.record(moved(9, "c", "d"), occurred="2026-01-02")
    whole = line.record(moved(3, "b", "c"), occurred="2026-01-06", after=[earlier])
    assert line.at().custody.sent(facility="b") == exactly(3)
    line.record(moved(3, "a", "d"), occurred="2026-01-03", part_of=whole)
    assert line.at().custody.sent(facility="b") == exactly(0)
