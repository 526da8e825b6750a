"""Edges: refusals that name the allowed values, and findings with the path of their value."""

import pytest

from support.custody import HOL, OP, SINAA, counted, kinds, transferred
from timeline import Report, Timeline, about, at_least, between, exactly, up_to
from timeline.errors import InvalidValue
from timeline.events.custody import (
    DetaineesRecaptured,
    HeadcountReported,
    TransferPlanned,
    TransferProgressReported,
)
from timeline.events.facility import ControlChanged
from timeline.projections.accounts import NEW
from timeline.projections.building import ByClass
from timeline.projections.flows import MOVING
from timeline.values.containers import PersistentList


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"kind": "party"}, "kind is 'party': expected infiltration, arms_smuggling, people_smuggling, attack"),
        ({"outcome": "party"}, "outcome is 'party': expected attempted, foiled, succeeded, unknown"),
    ],
)
def test_incidents_of_no_such_kind_or_outcome_are_refused(line, asked, message):
    with pytest.raises(InvalidValue, match=message):
        line.at().border.incidents_of(**asked)


def test_a_role_that_there_is_not_is_refused_with_those_there_are(line):
    line.record(ControlChanged(facility=HOL, authority="sdf"), occurred="2026-01-01")
    with pytest.raises(InvalidValue, match="role is 'king': expected control, administration, guarding"):
        line.at().facilities[HOL].holder("king")


def test_cohorts_of_a_count_by_an_authority_that_exceed_it_are_found_at_the_count(line):
    event = HeadcountReported(
        authority="sdf", quantity=exactly(5), breakdown={"iraqi": exactly(4), "syrian": exactly(3)}
    )
    line.record(event, occurred="2026-01-01")
    (finding,) = line.at().findings
    assert (finding.kind, finding.path) == ("parts_exceed_whole", ("custody", "counted", "sdf"))


def test_those_caught_again_stay_of_their_cohort(line):
    counted(line, exactly(10), cohort="iraqi")
    line.record(DetaineesRecaptured(facility=SINAA, quantity=exactly(5), cohort="iraqi"), occurred="2026-01-02")
    custody = line.at().custody
    assert str(custody.held(facility=SINAA, cohort="iraqi")) == "15"
    assert str(custody.recaptured(facility=SINAA, cohort="iraqi")) == "5"


def test_a_running_total_that_falls_is_found(line):
    line.record(TransferPlanned(operation=OP, quantity=exactly(300)), occurred="2026-01-01")
    for day, moved in (("2026-01-02", 150), ("2026-01-03", 120)):
        line.record(TransferProgressReported(operation=OP, moved=exactly(moved)), occurred=day)
    assert kinds(line.at()) == ["total_fell"]


def test_a_finding_of_a_total_says_who_claims_it(line):
    """The one whose number does not fit is named, and the cohort that the operation moves is counted."""
    line.record(TransferPlanned(operation=OP, quantity=exactly(300), cohort="iraqi"), occurred="2026-01-01")
    transferred(line, exactly(150), "2026-01-02", operation=OP, cohort="iraqi")
    for day, source, moved in (("2026-01-03", "AP", 150), ("2026-01-04", "SANA", 120)):
        claim = TransferProgressReported(operation=OP, moved=exactly(moved), cohort="iraqi")
        line.record(claim, occurred=day, reports=[Report(source)])
    assert {finding.kind: finding.message for finding in line.at().findings} == {
        "total_fell": f"{OP} (iraqi): 120 are claimed (SANA), after 150",
        "claimed_vs_moved": f"{OP}: 120 are claimed (SANA), but batches add up to 150",
    }


def test_an_event_derived_from_one_that_moves_people_moves_them_too():
    """For every event that does, and asked again."""
    bases = ByClass({base: base for base in MOVING})
    for base in MOVING:
        derived = type("Derived", (base,), {})
        for _ in range(2):
            assert (bases[derived], bases[object]) == (base, None)


def test_a_share_of_unknown_size_is_at_most_its_whole():
    """*At least 50* of 200 are between 50 and 200; a bound that cannot be is left aside."""
    for told, limit, share in (
        (at_least(50), 200, between(50, 200)),
        (about(50), 200, between(0, 200, 50)),
        (up_to(60), 200, up_to(60)),
        (at_least(50), None, at_least(50)),
        (about(250), 200, about(250)),
    ):
        for sign, side in ((1, "came_apart"), (-1, "went_apart")):
            apart = getattr(NEW.exclude(sign, told, limit), side).quantity()
            assert (apart.low, apart.best, apart.high) == (share.low, share.best, share.high)


def test_what_is_no_draft_is_named(line):
    with pytest.raises(Exception, match="is not a draft: expected Draft") as refused:
        line.record_all(["a draft"])
    assert refused.value.value == "a draft"


def test_a_durability_that_there_is_not_is_refused_with_those_there_are(tmp_path):
    with pytest.raises(InvalidValue, match="durability is 'none': expected"):
        Timeline.open(tmp_path / "log.db", durability="none")


def test_a_persistent_list_is_read_from_its_end():
    """The last item comes first, and the list can be abandoned before its first."""
    grown = PersistentList().append("a").append("b").append("c")
    assert list(reversed(grown)) == ["c", "b", "a"]
    assert next(reversed(grown)) == "c"
