"""Stories of facilities: what they are, who holds them since when, and in what state they are."""

from datetime import datetime, timezone

import pytest

from timeline import NOBODY, Timeline, When, about, exactly, unspecified
from timeline.errors import InvalidEvent
from timeline.events.entity import EntityRegistered
from timeline.events.facility import (
    CapacityReported,
    ControlChanged,
    ControlContested,
    FacilityRegistered,
    FacilityStatusChanged,
)
from timeline.projections.facilities import STATUS

HOL, SINAA = "al-hol-camp", "al-sinaa-prison"


@pytest.fixture
def line():
    """An empty timeline that takes everything in on 1 March 2026."""
    return Timeline(clock=lambda: datetime(2026, 3, 1, tzinfo=timezone.utc))


def passes(line, authority, occurred, *, facility=HOL, **more):
    """Control of a facility passes to an authority."""
    return line.record(ControlChanged(facility=facility, authority=authority, **more), occurred=occurred)


def turns(line, status, occurred, *, facility=HOL):
    """Record a status of a facility."""
    return line.record(FacilityStatusChanged(facility=facility, status=status), occurred=occurred)


def kinds(situation):
    """Return the kinds of the findings, in order."""
    return [finding.kind for finding in situation.findings]


# -- what it is ------------------------------------------------------------------------------------


def test_a_registered_facility_is_known_at_every_date(line):
    """A registration bears no date, so the facility is there long before and after it is recorded."""
    line.record(FacilityRegistered(facility=HOL, kind="camp", names={"en": "al-Hol"}, place="hasakah"))
    for day in ("1990-01-01", "2026-01-20", "2040-01-01"):
        facility = line.at(day).facilities[HOL]
        assert (facility.kind, facility.place, facility.names) == ("camp", "hasakah", {"en": "al-Hol"})


def test_names_in_several_languages_come_together(line):
    """A second registration adds its language, and keeps what it does not mention."""
    line.record(
        FacilityRegistered(
            facility=HOL, kind="camp", names={"en": "al-Hol"}, place="hasakah", capacity=exactly(9), members=("annex",)
        )
    )
    line.record(FacilityRegistered(facility=HOL, kind="camp", names={"ar": "مخيم الهول"}))
    facility = line.at().facilities[HOL]
    assert facility.names == {"en": "al-Hol", "ar": "مخيم الهول"}
    assert (facility.place, facility.capacity, facility.members) == ("hasakah", exactly(9), ("annex",))


def test_an_empty_cell_is_no_name(line):
    """A name that shows nothing takes no other away, and neither does an alias."""
    said = {"names": {"en": "", "ar": "\u200f"}, "aliases": ("", " ")}
    line.record(FacilityRegistered(facility=HOL, names={"en": "al-Hol", "ku": " "}, aliases=("al-Hawl",)))
    line.record(FacilityRegistered(facility=HOL, **said))
    line.record(EntityRegistered(entity="authority:sdf", **said))
    now = line.at()
    for known in (now.facilities[HOL], now.entities[f"facility:{HOL}"]):
        assert (known.names, known.aliases) == ({"en": "al-Hol"}, ("al-Hawl",))
    assert (now.entities["authority:sdf"].name(), now.entities["authority:sdf"].aliases) == ("sdf", ())


def test_why_of_the_names_is_every_registration_that_gave_one(line):
    """Names come together from several entries, so all of those are the reason."""
    english = line.record(FacilityRegistered(facility=HOL, names={"en": "al-Hol"}))
    arabic = line.record(FacilityRegistered(facility=HOL, names={"ar": "مخيم الهول"}))
    line.record(CapacityReported(facility=HOL, capacity=exactly(5)), occurred="2026-01-10")
    assert line.at().why("facilities", HOL, "names") == (english, arabic)


def test_capacity_is_what_was_reported_last(line):
    """A capacity given at registration gives way to a later report of it."""
    line.record(FacilityRegistered(facility=HOL, capacity=about(40_000)))
    line.record(CapacityReported(facility=HOL, capacity=exactly(10_000)), occurred="2026-01-10")
    assert line.at("2026-01-09").facilities[HOL].capacity == about(40_000)
    assert line.at("2026-01-10").facilities[HOL].capacity == exactly(10_000)


def test_a_capacity_without_a_number_takes_none_away(line):
    """Neither in a report of it nor in a registration."""
    line.record(FacilityRegistered(facility=HOL, capacity=about(40_000)))
    line.record(CapacityReported(facility=HOL, capacity=unspecified("overcrowded")), occurred="2026-01-10")
    line.record(FacilityRegistered(facility=HOL, capacity=unspecified("large")))
    assert line.at().facilities[HOL].capacity == about(40_000)


@pytest.mark.parametrize("members", [(), (HOL, SINAA)])
def test_a_collective_may_or_may_not_name_its_members(line, members):
    """ "A number of prisons and camps" is one facility, whether its members are known or not."""
    line.record(FacilityRegistered(facility="hasakah-prisons", kind="collective", members=members))
    assert line.at().facilities["hasakah-prisons"].members == members


def test_a_name_registered_later_takes_no_kind_away(line):
    """A registration without a kind gives a prison another name; one with a kind changes the kind."""
    first = line.record(FacilityRegistered(facility=SINAA, kind="prison", names={"en": "Sinaa"}))
    line.record(FacilityRegistered(facility=SINAA, names={"ar": "الصناعة"}))
    assert line.at().facilities[SINAA].kind == "prison"
    assert line.at().why("facilities", SINAA, "kind") == (first,)
    line.record(FacilityRegistered(facility=SINAA, kind="base"))
    assert line.at().facilities[SINAA].kind == "base"


def test_claimants_once_named_stay_named(line):
    """A second report of the fight does not say who fights."""
    line.record(ControlContested(facility=HOL, claimants=("sdf", "syria-gov")), occurred="2026-01-18")
    line.record(ControlContested(facility=HOL), occurred="2026-01-19")
    assert line.at().facilities[HOL].claimants() == ("sdf", "syria-gov")


def test_a_facility_nobody_registered_is_known_all_the_same(line):
    """An event about a facility is enough; what nobody said about it is None."""
    turns(line, "damaged", "2026-01-10")
    facility = line.at().facilities[HOL]
    assert (facility.status, facility.kind, facility.place, facility.capacity) == ("damaged", None, None, None)
    assert (facility.names, facility.members, facility.holder(), facility.since()) == ({}, (), None, None)


def test_a_facility_not_known_yet_is_a_key_error_that_names_its_neighbours(line):
    """Asking for what is not there says what was asked and what is near it."""
    line.record(FacilityRegistered(facility=HOL))
    line.record(FacilityRegistered(facility=SINAA))
    with pytest.raises(KeyError, match=r"no facility 'al-houl-camp' in this situation, which knows 2; near it: al-hol"):
        line.at().facilities["al-houl-camp"]


def test_facilities_are_a_mapping_by_slug(line):
    """They iterate by slug in alphabetical order, have a length, and know what they hold."""
    for slug in (SINAA, HOL):
        line.record(FacilityRegistered(facility=slug))
    facilities = line.at().facilities
    assert (list(facilities), len(facilities), HOL in facilities, "x" in facilities) == ([HOL, SINAA], 2, True, False)
    assert repr(facilities) == "<Facilities: 2>"
    assert [row.split()[0] for row in str(facilities).splitlines()[-2:]] == [HOL, SINAA]


# -- who holds it ------------------------------------------------------------------------------------


@pytest.mark.parametrize("manner", ["seized", "handed_over", "unknown"])
def test_who_took_it_holds_it_from_that_day(line, manner):
    """The authority that seizes it, or receives it, holds it since then, and not before."""
    passes(line, "sdf", "2025-12-01")
    passes(line, "syria-gov", "2026-01-21", manner=manner)
    assert line.at("2026-01-20").facilities[HOL].holder("control") == "sdf"
    after = line.at("2026-01-21").facilities[HOL]
    assert (after.holder("control"), after.since("control")) == ("syria-gov", When("2026-01-21"))


def test_a_fuzzy_handover_is_kept_as_fuzzy_as_it_was(line):
    """Handed over *in January*: held since *in January*, and only definitely by its end."""
    passes(line, "syria-gov", "2026-01", manner="handed_over")
    assert HOL not in line.at("2026-01-30").facilities
    assert line.at("2026-01-31").facilities[HOL].since() == When("2026-01")


def test_what_was_vacated_is_held_by_nobody_and_the_gap_is_found(line):
    """Those who left leave nobody behind, which is known, and is a finding."""
    passes(line, "sdf", "2025-12-01")
    left = passes(line, None, "2026-01-20", previous="sdf", manner="vacated")
    situation = line.at()
    assert situation.facilities[HOL].holder() is NOBODY
    (gap,) = situation.findings
    assert (gap.kind, gap.path, gap.entries) == ("control_gap", ("facilities", HOL, "control"), (left,))
    assert gap.message == f"{HOL}: nobody in control since 20 January 2026"
    assert "control_gap" not in kinds(line.at("2026-01-19"))


def test_a_gap_may_have_begun_at_an_unknown_time():
    """The finding says so."""
    line = Timeline()
    line.record(ControlChanged(facility=HOL, manner="vacated"))
    (gap,) = line.at().findings
    assert gap.message == f"{HOL}: nobody in control since an unknown time"


def test_who_took_a_vacated_facility_holds_it(line):
    """After a gap somebody came: the gap stays a finding, of its time."""
    passes(line, None, "2026-01-20", manner="vacated")
    passes(line, "syria-gov", "2026-01-21", manner="seized")
    situation = line.at()
    assert situation.facilities[HOL].holder() == "syria-gov"
    assert kinds(situation) == ["control_gap"]


def test_a_vacated_facility_cannot_be_given_to_somebody(line):
    """Vacated means that nobody holds it: an authority beside it is refused, with what to do."""
    with pytest.raises(InvalidEvent, match="was vacated, yet authority is 'sdf'"):
        ControlChanged(facility=HOL, authority="sdf", manner="vacated")


def test_taken_by_nobody_knows_whom(line):
    """A new holder the source does not name is not known: None, neither NOBODY nor the old one."""
    passes(line, "sdf", "2025-12-01")
    passes(line, None, "2026-01-21", manner="seized")
    facility = line.at().facilities[HOL]
    assert (facility.holder(), facility.since()) == (None, When("2026-01-21"))


@pytest.mark.parametrize(
    ("seen", "since"),
    [
        ("2026-01-19", "../2026-01-19"),
        ("2026-01", "../2026-01"),
        ("2026-01-19~", "../2026-01-19~"),
        ("2026-01-19T09:00:00+03:00", "../2026-01-19T09:00:00+03:00"),
        ("2026-01-10/2026-01-12", "../2026-01-12"),
        ("[2026-01-10..2026-01-12]", "../2026-01-12"),
        ("../2026-01-19", "../2026-01-19"),
        ("2026-01-10/..", None),
        (None, None),
    ],
)
def test_a_holder_first_seen_holds_it_since_some_time_before(line, seen, since):
    """Seen holding it by then: since when is open, and no date is made up."""
    passes(line, "sdf", seen, manner="observed")
    facility = line.at().facilities[HOL]
    assert (facility.holder(), facility.since()) == ("sdf", None if since is None else When(since))


def test_being_seen_again_does_not_move_since(line):
    """An observation that agrees with what is known moves nothing."""
    passes(line, "sdf", "2025-12-01", manner="seized")
    passes(line, "sdf", "2026-01-19", manner="observed")
    assert line.at().facilities[HOL].since() == When("2025-12-01")


def test_an_earlier_sighting_learnt_late_moves_since_back(line):
    """Two sightings: the earlier one counts as the first, whichever was recorded first."""
    passes(line, "sdf", "2026-01-19", manner="observed")
    passes(line, "sdf", "2026-01-05", manner="observed")
    assert line.at().facilities[HOL].since() == When("../2026-01-05")


def test_somebody_else_seen_there_holds_it(line):
    """An observation that differs from what was known changes the holder."""
    passes(line, "sdf", "2025-12-01", manner="seized")
    passes(line, "syria-gov", "2026-01-19", manner="observed")
    facility = line.at().facilities[HOL]
    assert (facility.holder(), facility.since()) == ("syria-gov", When("../2026-01-19"))


def test_roles_are_held_independently(line):
    """Control, administration and guarding each have their own holder and date."""
    passes(line, "syria-gov", "2026-01-21")
    passes(line, "unhcr", "2025-06-01", role="administration")
    passes(line, None, "2026-01-22", role="guarding", manner="vacated")
    facility = line.at().facilities[HOL]
    assert [facility.holder(role) for role in ("control", "administration", "guarding")] == [
        "syria-gov",
        "unhcr",
        NOBODY,
    ]
    assert [facility.since(role) for role in ("control", "administration")] == [When("2026-01-21"), When("2025-06-01")]


def test_held_by_lists_what_an_authority_holds_in_a_role(line):
    """Asking the other way round: which facilities does an authority hold?"""
    for slug in (SINAA, HOL):
        passes(line, "sdf", "2026-01-01", facility=slug)
    passes(line, "unhcr", "2026-01-01", role="administration")
    passes(line, "syria-gov", "2026-01-21", facility=SINAA)
    facilities = line.at().facilities
    assert facilities.held_by("sdf") == (HOL,)
    assert facilities.held_by("unhcr", role="administration") == (HOL,)
    assert facilities.held_by("unhcr") == ()


@pytest.mark.parametrize(
    ("first", "previous", "found"),
    [
        (dict(authority="sdf"), "iraq-gov", ["unexpected_previous"]),
        (dict(authority="sdf"), "sdf", []),
        (dict(authority="sdf"), None, []),
        (dict(authority=None), "sdf", []),
        (dict(authority=None, manner="vacated"), "sdf", ["control_gap", "unexpected_previous"]),
    ],
)
def test_taking_it_from_somebody_not_known_to_hold_it_is_a_finding(line, first, previous, found):
    """The named loser and the known holder differ: found, and taken as reported."""
    line.record(ControlChanged(facility=HOL, **first), occurred="2025-12-01")
    passes(line, "syria-gov", "2026-01-21", previous=previous)
    situation = line.at()
    assert kinds(situation) == found
    assert situation.facilities[HOL].holder() == "syria-gov"


def test_who_was_said_to_lose_it_and_who_held_it_are_named(line):
    """With the entry that says so."""
    passes(line, "sdf", "2025-12-01")
    passes(line, "syria-gov", "2026-01-21", previous="iraq-gov")
    (finding,) = line.at().findings
    said = "control is said to pass from iraq-gov, but sdf was known to hold it"
    assert (finding.message, finding.entries) == (f"{HOL}: {said}", line.entries()[-1:])


def test_what_nobody_was_known_to_hold_may_be_taken_from_anybody(line):
    """Without a known holder, the previous one is news and no contradiction."""
    passes(line, "syria-gov", "2026-01-21", previous="sdf")
    assert line.at().findings == ()


# -- contested ---------------------------------------------------------------------------------------


def test_a_contested_facility_has_claimants_and_keeps_its_holder(line):
    """Fighting over it does not change control."""
    passes(line, "sdf", "2025-12-01")
    line.record(ControlContested(facility=HOL, claimants=("sdf", "syria-gov")), occurred="2026-01-19")
    facility = line.at().facilities[HOL]
    assert facility.contested
    assert facility.claimants() == ("sdf", "syria-gov")
    assert (facility.holder(), facility.since()) == ("sdf", When("2025-12-01"))


def test_claimants_nobody_names(line):
    """It may be contested without a word about by whom."""
    line.record(ControlContested(facility=HOL), occurred="2026-01-19")
    facility = line.at().facilities[HOL]
    assert (facility.contested, facility.claimants(), facility.holder()) == (True, (), None)


@pytest.mark.parametrize("manner", ["seized", "handed_over", "observed"])
def test_a_change_of_control_ends_the_contest(line, manner):
    """Once somebody holds it, it is contested no more; before that it was."""
    passes(line, "sdf", "2025-12-01")
    line.record(ControlContested(facility=HOL, claimants=("sdf", "syria-gov")), occurred="2026-01-19")
    passes(line, "sdf", "2026-01-20", manner=manner)
    assert line.at("2026-01-19").facilities[HOL].contested
    assert not line.at("2026-01-20").facilities[HOL].contested
    assert line.at("2026-01-20").facilities[HOL].claimants() == ()


def test_a_contest_in_one_role_is_not_ended_in_another(line):
    """The administration may be contested while nobody doubts the control."""
    line.record(ControlContested(facility=HOL, role="administration", claimants=("a", "b")), occurred="2026-01-19")
    passes(line, "sdf", "2026-01-20")
    facility = line.at().facilities[HOL]
    assert (facility.contested, facility.claimants("administration"), facility.claimants()) == (True, ("a", "b"), ())


def test_rival_reports_are_a_dispute_and_no_contest(line):
    """*Contested* is what happened on the ground; *disputed* is that reports differ."""
    held = passes(line, "sdf", "2026-01-19")
    line.dispute(held, rival=ControlChanged(facility=HOL, authority="syria-gov"))
    situation = line.at()
    assert not situation.facilities[HOL].contested
    assert kinds(situation) == ["disputed"]


# -- status ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "status"),
    [
        ("closed", "evacuating"),
        ("closed", "besieged"),
        ("evacuated", "evacuating"),
        ("evacuated", "besieged"),
        ("evacuated", "restricted"),
    ],
)
def test_where_nobody_is_left_nobody_can_be_besieged_or_evacuated(before, status):
    """The forbidden steps make sense on the ground."""
    assert not STATUS.allows(before, status)


def test_an_illegal_step_says_what_was_found_and_expected(line):
    """The finding names the step, the state it met, and the states it fits."""
    turns(line, "closed", "2026-01-10")
    turns(line, "evacuating", "2026-01-20")
    (finding,) = line.at().findings
    assert finding.message == (
        "al-hol-camp: evacuating on 20 January 2026 while closed; "
        "expected besieged, damaged, evacuating, operational, other, restricted"
    )
    assert str(finding).endswith("[#2]")


# -- why and how it came to be -----------------------------------------------------------------------


def test_why_of_control_is_the_entry_that_brought_the_holder(line):
    """The reason is the change of control in force, not older ones and not other news."""
    passes(line, "sdf", "2025-12-01")
    taken = passes(line, "syria-gov", "2026-01-21", manner="seized")
    turns(line, "damaged", "2026-01-22")
    situation = line.at()
    assert situation.why("facilities", HOL, "control") == (taken,)
    assert situation.why("facilities", HOL) == (taken,)
    assert situation.why("facilities", HOL, "since") == (taken,)
    assert situation.why("facilities", HOL, "since", "control") == (taken,)


def test_why_stays_within_the_situation(line):
    """The reasons for yesterday's holder are yesterday's."""
    first = passes(line, "sdf", "2025-12-01")
    passes(line, "syria-gov", "2026-01-21")
    assert line.at("2026-01-20").why("facilities", HOL, "control") == (first,)
    assert line.at("2025-11-30").why("facilities", HOL, "control") == ()


def test_history_of_control_and_of_since(line):
    """Every holder in order, each from when on and by which entry; agreeing sightings add nothing."""
    first = passes(line, "sdf", "2025-12-01")
    passes(line, "sdf", "2026-01-05", manner="observed")
    gap = passes(line, None, "2026-01-20", manner="vacated")
    last = passes(line, "syria-gov", "2026-01-21")
    situation = line.at()
    assert [value[:3] for value in situation.history("facilities", HOL, "control")] == [
        (When("2025-12-01"), "sdf", first),
        (When("2026-01-20"), NOBODY, gap),
        (When("2026-01-21"), "syria-gov", last),
    ]
    dates = [When("2025-12-01"), When("2026-01-20"), When("2026-01-21")]
    assert [value.value for value in situation.history("facilities", HOL, "since")] == dates
    assert len(line.at("2026-01-20").history("facilities", HOL, "control")) == 2


def test_history_of_the_claimants_and_of_the_status(line):
    """Every value has a past, not only control."""
    line.record(ControlContested(facility=HOL, claimants=("a", "b")), occurred="2026-01-19")
    turns(line, "besieged", "2026-01-19")
    passes(line, "a", "2026-01-21")
    turns(line, "operational", "2026-01-22")
    situation = line.at()
    assert [v.value for v in situation.history("facilities", HOL, "claimants", "control")] == [("a", "b"), ()]
    assert [v.value for v in situation.history("facilities", HOL, "contested")] == [True, False]
    assert [v.value for v in situation.history("facilities", HOL, "status")] == ["besieged", "operational"]
