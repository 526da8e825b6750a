"""Stories of holders: in whose custody people are, and who moved them."""

import pytest

from support.custody import HEADINGS, HOL, KARKH, SINAA, UNKNOWN, controls, counted, held, kinds, spoken_of, transferred
from timeline import NOBODY, Timeline, about, at_least, between, exactly
from timeline.events.custody import (
    DetaineesAdmitted,
    DetaineesDied,
    DetaineesEscaped,
    DetaineesRecaptured,
    DetaineesReleased,
    HeadcountReported,
)
from timeline.events.facility import ControlChanged, FacilityRegistered

BY_NOBODY_NAMED = [
    ("escaped", DetaineesEscaped),
    ("died", DetaineesDied),
    ("released", DetaineesReleased),
    ("received", DetaineesAdmitted),
    ("recaptured", DetaineesRecaptured),
]


@pytest.mark.parametrize(("heading", "kind"), BY_NOBODY_NAMED)
def test_a_flow_is_counted_for_whoever_holds_the_place_then(line, heading, kind):
    """Before the handover it is on the old holder, after it on the new one, and by cohort too."""
    controls(line, "sdf", "2025-12-01")
    controls(line, "syria-gov", "2026-01-15")
    line.record(kind(facility=SINAA, quantity=exactly(10), cohort="iraqi"), occurred="2026-01-10")
    line.record(kind(facility=SINAA, quantity=exactly(5)), occurred="2026-01-20")
    spoken_of(line, "authority:x", "cohort:syrian")
    ask = getattr(line.at().custody, heading)
    assert (ask(authority="sdf"), ask(authority="syria-gov"), ask(authority="x")) == (
        exactly(10),
        exactly(5),
        exactly(0),
    )
    assert (ask(cohort="iraqi"), ask(cohort="syrian"), ask()) == (exactly(10), exactly(0), exactly(15))
    assert ask(facility=SINAA, authority="syria-gov", cohort="iraqi") == exactly(0)
    assert ask(facility=SINAA, authority="sdf", cohort="iraqi") == exactly(10)


@pytest.mark.parametrize(
    ("heading", "kind"), [row for row in BY_NOBODY_NAMED if row[0] in ("released", "received", "recaptured")]
)
def test_whoever_is_named_did_it(line, heading, kind):
    """`by` counts for the one named, though another holds the place, or none is given."""
    controls(line, "sdf")
    line.record(kind(facility=SINAA, quantity=exactly(10), by="us-centcom"), occurred="2026-01-10")
    line.record(kind(quantity=exactly(3), by="us-centcom"), occurred="2026-01-11")
    ask = getattr(line.at().custody, heading)
    assert (ask(authority="us-centcom"), ask(authority="sdf")) == (exactly(13), exactly(0))


def test_sent_and_received_are_on_the_holders_of_the_two_ends(line):
    """If the source names nobody, the holder of the origin surrendered, and that of the destination received."""
    controls(line, "sdf")
    controls(line, "iraq-gov", facility=KARKH)
    transferred(line, exactly(150))
    custody = line.at().custody
    assert (custody.sent(authority="sdf"), custody.received(authority="iraq-gov")) == (exactly(150), exactly(150))
    assert (custody.sent(authority="iraq-gov"), custody.received(authority="sdf")) == (exactly(0), exactly(0))


def test_surrendered_by_and_received_by_are_taken_at_their_word(line):
    """Those named gave and took, whoever holds the ends, and also where an end is not named."""
    controls(line, "sdf")
    transferred(line, exactly(150), destination=None, surrendered_by="us-centcom", received_by="iraq-gov")
    custody = line.at().custody
    assert (custody.sent(authority="us-centcom"), custody.received(authority="iraq-gov")) == (
        exactly(150),
        exactly(150),
    )
    assert custody.sent(authority="sdf") == exactly(0)


def test_a_change_of_control_moves_the_stock_without_a_flow(line):
    """The old holder then has exactly nobody, the new one everybody; nobody was sent or received."""
    controls(line, "sdf", "2025-12-01")
    counted(line, exactly(1000))
    controls(line, "syria-gov", "2026-01-19")
    before, after = line.at("2026-01-18").custody, line.at("2026-01-19").custody
    assert (before.held(authority="sdf"), before.held(authority="syria-gov")) == (exactly(1000), UNKNOWN)
    assert (after.held(authority="sdf"), after.held(authority="syria-gov")) == (exactly(0), exactly(1000))
    assert after.held() == exactly(1000)
    assert all(getattr(after, name)() == exactly(0) for name in HEADINGS)


def test_the_previous_holder_named_by_the_new_ones_event_holds_nobody_then(line):
    """It is enough that the handover names who lost the place."""
    counted(line, exactly(1000))
    controls(line, "syria-gov", "2026-01-19", previous="sdf")
    assert line.at().custody.held(authority="sdf") == exactly(0)


def test_a_vacated_prison_is_in_nobodys_custody(line):
    """An authority that left holds nobody; the people counted are still there."""
    controls(line, "sdf", "2025-12-01")
    counted(line, exactly(1000))
    line.record(ControlChanged(facility=SINAA, manner="vacated"), occurred="2026-01-19")
    assert line.at().custody.held(authority="sdf") == exactly(0)
    assert held(line) == "1,000"


def test_those_left_in_a_vacated_prison_are_held_by_nobody(line):
    """`NOBODY`, as `holder` answers it, can be asked about, also for what happened under it."""
    counted(line, exactly(1000))
    line.record(ControlChanged(facility=SINAA, manner="vacated", previous="sdf"), occurred="2026-01-19")
    line.record(DetaineesEscaped(facility=SINAA, quantity=exactly(120)), occurred="2026-01-19")
    custody = line.at().custody
    assert (custody.held(authority=NOBODY), custody.escaped(authority=NOBODY)) == (exactly(880), exactly(120))
    controls(line, "syria-gov", "2026-01-21")
    assert line.at().custody.held(authority=NOBODY) == exactly(0)


def test_administration_is_no_custody(line):
    """Only control says who holds the people."""
    controls(line, "sdf", "2025-12-01")
    counted(line, exactly(1000))
    controls(line, "unhcr", "2026-01-05", role="administration")
    assert line.at().custody.held(authority="unhcr") == UNKNOWN
    assert line.at().custody.held(authority="sdf") == exactly(1000)


def test_an_authority_holds_the_sum_of_its_places(line):
    """Places are added; one never counted leaves the sum open above; crossings hold nobody."""
    for place, kind in ((SINAA, "prison"), (HOL, "camp"), ("rabia-crossing", "crossing")):
        line.record(FacilityRegistered(facility=place, kind=kind))
        controls(line, "sdf", facility=place)
    counted(line, exactly(1000))
    assert line.at().custody.held(authority="sdf") == at_least(1000)
    counted(line, exactly(24_000), "2026-01-02", facility=HOL)
    assert line.at().custody.held(authority="sdf") == exactly(25_000)
    assert line.at().custody.held(authority="sdf", facility=HOL) == exactly(24_000)
    spoken_of(line, "authority:iraq-gov")
    assert line.at().custody.held(authority="iraq-gov", facility=HOL) == UNKNOWN


def test_an_authority_holds_what_nobody_counted_in_its_collectives(line):
    """*A number of prisons* in their hands leave the sum open above, unless each member has a holder of its own."""
    line.record(FacilityRegistered(facility="hasakah-prisons", kind="collective"))
    controls(line, "sdf", facility="hasakah-prisons")
    assert line.at().custody.held(authority="sdf") == UNKNOWN
    controls(line, "sdf")
    counted(line, exactly(1000))
    assert line.at().custody.held(authority="sdf") == at_least(1000)
    line.record(FacilityRegistered(facility="hasakah-prisons", kind="collective", members=(SINAA,)))
    assert line.at().custody.held(authority="sdf") == exactly(1000)
    line.record(FacilityRegistered(facility="hasakah-prisons", kind="collective", members=(SINAA, HOL)))
    counted(line, exactly(24_000), facility=HOL)
    assert line.at().custody.held(authority="sdf") == at_least(1000)
    controls(line, "unhcr", facility=HOL)
    assert line.at().custody.held(authority="sdf") == exactly(1000)


def test_all_held_anywhere_include_members_nobody_counted(line):
    """The sum over all places is open above while a collective has members that are no places of their own."""
    counted(line, exactly(1000))
    line.record(FacilityRegistered(facility="hasakah-prisons", kind="collective", members=(SINAA, HOL)))
    assert line.at().custody.held() == at_least(1000)
    counted(line, exactly(24_000), facility=HOL)
    assert line.at().custody.held() == exactly(25_000)


def test_an_authority_holds_a_cohort_of_its_places(line):
    """The sum may be asked of one cohort."""
    controls(line, "sdf")
    counted(line, exactly(1000), breakdown={"iraqi": exactly(100)})
    assert line.at().custody.held(authority="sdf", cohort="iraqi") == exactly(100)


def test_a_headcount_of_an_authority_stands_beside_the_sum(line):
    """*They hold 9,000*, says somebody: shown as counted, and anchoring nothing."""
    controls(line, "sdf")
    counted(line, exactly(1000))
    line.record(HeadcountReported(authority="sdf", quantity=about(9000)), occurred="2026-01-10")
    spoken_of(line, "authority:iraq-gov")
    custody = line.at().custody
    assert (custody.counted(authority="sdf"), custody.held(authority="sdf")) == (about(9000), exactly(1000))
    assert custody.counted(authority="iraq-gov") is None
    assert line.at("2026-01-09").custody.counted(authority="sdf") is None
    assert line.at().findings == ()


@pytest.mark.parametrize("of", [{"facility": SINAA}, {"authority": "sdf"}])
def test_a_breakdown_that_exceeds_its_headcount_is_a_finding(line, of):
    """Cohorts that must be more than all counted cannot be right; fewer, or perhaps more, may be."""
    for iraqi in (exactly(40), about(60)):
        shares = {"iraqi": iraqi, "syrian": exactly(50)}
        line.record(HeadcountReported(quantity=exactly(100), breakdown=shares, **of), occurred="2026-01-10")
    assert "parts_exceed_whole" not in kinds(line.at())
    shares = {"iraqi": exactly(60), "syrian": exactly(50)}
    entry = line.record(HeadcountReported(quantity=exactly(100), breakdown=shares, **of), occurred="2026-01-20")
    [found] = [f for f in line.at().findings if f.kind == "parts_exceed_whole"]
    assert (found.entries, found.message.partition(": ")[2]) == (
        (entry,),
        "cohorts add up to 110, more than the whole, 100",
    )


def test_a_headcount_of_a_collective_stands_beside_what_flowed(line):
    """*A number of prisons* hold 9,000: a claim, never an anchor, and never a drift."""
    line.record(FacilityRegistered(facility="hasakah-prisons", kind="collective"))
    counted(line, exactly(9000), "2026-01-01", facility="hasakah-prisons", breakdown={"iraqi": exactly(500)})
    counted(line, exactly(5000), "2026-01-20", facility="hasakah-prisons")
    custody = line.at().custody
    assert (custody.counted(facility="hasakah-prisons"), custody.held(facility="hasakah-prisons")) == (
        exactly(5000),
        UNKNOWN,
    )
    assert custody.held(facility="hasakah-prisons", cohort="iraqi") == UNKNOWN
    assert line.at().findings == ()


def test_a_collective_holds_what_its_members_hold(line):
    """Each member once, though it be named twice; the claim made for all of them stands beside the sum."""
    line.record(FacilityRegistered(facility="all", kind="collective", members=(HOL, "hasakah-prisons")))
    line.record(FacilityRegistered(facility="hasakah-prisons", kind="collective", members=(HOL, SINAA, "all")))
    counted(line, exactly(100), facility=HOL, breakdown={"iraqi": exactly(40)})
    assert line.at().custody.held(facility="all") == at_least(100)
    counted(line, exactly(50), facility=SINAA, breakdown={"iraqi": exactly(2)})
    counted(line, exactly(9000), facility="all")
    custody = line.at().custody
    assert (custody.held(facility="all"), custody.counted(facility="all")) == (exactly(150), exactly(9000))
    assert (custody.held(facility="all", cohort="iraqi"), custody.held()) == (exactly(42), exactly(150))
    assert "held 150  (counted 9,000)" in str(line.at())


def test_who_left_a_collective_may_have_left_its_members(line):
    """They may be missing from what the members held, or the members were counted without them."""
    line.record(FacilityRegistered(facility="all", kind="collective", members=(HOL, SINAA)))
    counted(line, exactly(100), facility=HOL)
    counted(line, exactly(50), facility=SINAA)
    transferred(line, exactly(30), origin="all")
    assert line.at().custody.held(facility="all") == between(120, 150)
    transferred(line, exactly(10), origin="all", cohort="iraqi")
    assert line.at().custody.held(facility="all") == between(110, 150)


def test_what_one_facility_saw_is_found_without_looking_at_the_others(line, monkeypatch):
    """Else a page on a thousand facilities would look at a million."""
    transferred(line, exactly(30), origin=SINAA)
    spoken_of(line, f"facility:{HOL}")
    custody = line.at().custody
    monkeypatch.setattr(custody, "_places", None)
    assert (custody.sent(facility=SINAA), custody.sent(facility=HOL)) == (exactly(30), exactly(0))


def test_the_headcount_of_an_authority_is_shown_beside_the_computed_sum():
    """The headcount by the SDF stands next to the sum of their facilities."""
    line = Timeline()
    line.record(ControlChanged(facility="x", authority="sdf"), occurred="2026-01-01")
    line.record(HeadcountReported(facility="x", quantity=exactly(1000)), occurred="2026-01-01")
    line.record(HeadcountReported(authority="sdf", quantity=at_least(9000)), occurred="2026-01-02")
    assert line.at().custody.authorities == ("sdf",)
    assert "  sdf  held 1,000  (counted ≥9,000)" in str(line.at())


def test_a_headcount_of_a_cohort_of_an_authority_is_shown_beside(line):
    """496 prisoners of war in its hands: a claim about nobody's prison, shown beside what is held."""
    days = ((371, "2022-03-10"), (496, "2022-04-27"))
    for number, day in days:
        counted(line, exactly(number), day, facility=None, authority="ukraine", cohort="prisoners-of-war")
    counted(line, about(600), "2022-04-28", facility=None, authority="ukraine", breakdown={"civilian": exactly(90)})
    custody = line.at().custody
    assert custody.counted(authority="ukraine", cohort="prisoners-of-war") == exactly(496)
    assert custody.counted(authority="ukraine", cohort="civilian") == exactly(90)
    assert custody.counted(authority="ukraine") == about(600)
    assert line.at("2022-04-27").custody.counted(authority="ukraine") is None
    assert not custody.held(authority="ukraine").known
    path = ("custody", "counted", "ukraine", "prisoners-of-war")
    assert [str(since) for since, *_ in line.at().history(*path)] == [day for _, day in days]
    assert [str(entry.occurred) for entry in line.at().why(*path)] == ["2022-04-27"]
    assert "496 prisoners-of-war" in str(line.at("2022-04-27"))
    assert dict(line.at().custody.flat())[path[1:]] == exactly(496)


def test_a_headcount_of_a_cohort_of_a_collective_is_shown_beside(line):
    """Two camps under one name hold 28,000, of whom 9,000 are Iraqi: neither number anchors a stock."""
    line.record(FacilityRegistered(facility="both-camps", kind="collective"))
    counted(line, about(9000), facility="both-camps", cohort="iraqi")
    custody = line.at().custody
    assert custody.counted(facility="both-camps", cohort="iraqi") == about(9000)
    assert custody.counted(facility="both-camps") is None
    assert not custody.held(facility="both-camps", cohort="iraqi").known
    assert line.at().why("custody", "both-camps", "counted", "iraqi")
