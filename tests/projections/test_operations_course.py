"""Stories of operations: from the plan to the end, and what was claimed on the way."""

import pytest

from support.custody import HOL, OP, kinds, transferred
from timeline import Report, Timeline, about, at_least, credible, exactly, unspecified, up_to
from timeline.events.agreement import StatementMade
from timeline.events.custody import (
    DetaineesRepatriated,
    DetaineesTransferred,
    TransferCancelled,
    TransferCompleted,
    TransferPlanned,
    TransferPlanRevised,
    TransferProgressReported,
    TransferResumed,
    TransferSuspended,
)
from timeline.projections.operations import OPERATION
from timeline.testing import finds, finds_nothing, given, on, the

# -- operations --------------------------------------------------------------------------------------


def test_an_operation_from_the_plan_to_the_end(line):
    """Planned, moved, claimed, remaining and status, step by step."""
    line.record(TransferPlanned(operation=OP, quantity=exactly(7000)), occurred="2026-01-20")
    transferred(line, exactly(150), "2026-01-21", operation=OP)
    line.record(TransferProgressReported(operation=OP, moved=exactly(450)), occurred="2026-01-23")
    line.record(TransferSuspended(operation=OP), occurred="2026-01-24")
    line.record(TransferResumed(operation=OP), occurred="2026-01-26")
    transferred(line, exactly(850), "2026-01-27", operation=OP)
    line.record(TransferCompleted(operation=OP, total=exactly(5700)), occurred="2026-02-12")
    told = {
        day: (o.status, str(o.planned), str(o.moved), str(o.claimed), str(o.remaining))
        for day in ("2026-01-20", "2026-01-21", "2026-01-23", "2026-01-24", "2026-01-26", "2026-01-27", "2026-02-12")
        for o in [line.at(day).custody.operations[OP]]
    }
    assert told == {
        "2026-01-20": ("planned", "7,000", "0", "None", "7,000"),
        "2026-01-21": ("underway", "7,000", "150", "None", "6,850"),
        "2026-01-23": ("underway", "7,000", "150", "450", "6,850"),
        "2026-01-24": ("suspended", "7,000", "150", "450", "6,850"),
        "2026-01-26": ("underway", "7,000", "150", "450", "6,850"),
        "2026-01-27": ("underway", "7,000", "1,000", "450", "6,000"),
        "2026-02-12": ("completed", "7,000", "1,000", "5,700", "6,000"),
    }
    assert line.at().findings == ()


def test_an_operation_without_a_number_has_none(line):
    """Nobody gave a number: None, and nothing remaining can be said."""
    line.record(TransferPlanned(operation=OP), occurred="2026-01-20")
    operation = line.at().custody.operations[OP]
    assert (operation.planned, operation.claimed, operation.remaining) == (None, None, None)
    assert (operation.moved, operation.batches) == (exactly(0), 0)


def test_a_repeated_plan_without_a_number_keeps_the_number(line):
    """Unless the operation was cancelled in between, or the plan was revised to an unknown number."""
    line.record(TransferPlanned(operation=OP, quantity=exactly(700)), occurred="2026-01-20")
    line.record(TransferPlanned(operation=OP), occurred="2026-01-21")
    assert line.at().custody.operations[OP].planned == exactly(700)
    line.record(TransferPlanRevised(operation=OP), occurred="2026-01-22")
    assert line.at().custody.operations[OP].planned is None
    line.record(TransferPlanRevised(operation=OP, quantity=exactly(800)), occurred="2026-01-23")
    line.record(TransferCancelled(operation=OP), occurred="2026-01-24")
    line.record(TransferPlanned(operation=OP), occurred="2026-01-25")
    assert line.at().custody.operations[OP].planned is None


def test_a_total_or_plan_without_a_number_takes_none_away(line):
    """The total before stands, and nobody is said to have claimed it again."""
    first = line.record(TransferProgressReported(operation=OP, moved=unspecified("some")), occurred="2026-01-20")
    assert line.at().custody.operations[OP].claimed == first.event.moved
    plan = line.record(TransferPlanned(operation=OP, quantity=exactly(700)), occurred="2026-01-21")
    total = line.record(TransferProgressReported(operation=OP, moved=exactly(450)), occurred="2026-01-22")
    line.record(TransferPlanned(operation=OP, quantity=unspecified("many")), occurred="2026-01-23")
    transferred(line, exactly(500), "2026-01-24", operation=OP)
    line.record(TransferProgressReported(operation=OP, moved=unspecified("hundreds")), occurred="2026-01-25")
    operation = line.at().custody.operations[OP]
    assert (operation.planned, operation.claimed) == (exactly(700), exactly(450))
    assert line.at().why("custody", "operations", OP, "planned") == (plan,)
    assert line.at().why("custody", "operations", OP, "claimed") == (total,)
    assert line.at().findings == ()


def test_what_remains_is_as_fuzzy_as_what_it_follows_from(line):
    """Up to 7,000 planned, about 150 moved."""
    line.record(TransferPlanned(operation=OP, quantity=up_to(7000)), occurred="2026-01-20")
    transferred(line, about(150), "2026-01-21", operation=OP)
    assert line.at().custody.operations[OP].remaining == up_to(7000)


def test_more_moved_than_planned_leaves_none_remaining(line):
    """The remaining number is never shown below zero, and exceeding a plan contradicts nobody."""
    line.record(TransferPlanned(operation=OP, quantity=exactly(100)), occurred="2026-01-20")
    transferred(line, exactly(150), "2026-01-21", operation=OP)
    assert line.at().custody.operations[OP].remaining == exactly(0)
    assert line.at().findings == ()


def test_a_revised_plan_is_the_plan(line):
    """The number foreseen was changed: from then on it is the new one."""
    line.record(TransferPlanned(operation=OP, quantity=up_to(7000)), occurred="2026-01-20")
    line.record(TransferPlanRevised(operation=OP, quantity=exactly(5700)), occurred="2026-02-01")
    planned = [line.at(day).custody.operations[OP].planned for day in ("2026-01-31", "2026-02-01")]
    assert planned == [up_to(7000), exactly(5700)]


def test_a_batch_may_be_a_repatriation(line):
    """Repatriations under an operation are batches of it."""
    line.record(DetaineesRepatriated(quantity=exactly(10), origin=HOL, operation=OP), occurred="2026-01-20")
    operation = line.at().custody.operations[OP]
    assert (operation.moved, operation.status, operation.batches) == (exactly(10), "underway", 1)


OVER = on("2026-02-12").told(TransferCompleted(operation=OP, total=exactly(5700)))
STATUS = the("custody", "operations", OP, "status")
MOVED = the("custody", "operations", OP, "moved")


def batch(number, day):
    return on(day).told(DetaineesTransferred(quantity=exactly(number), operation=OP))


def test_a_late_batch_counts_where_it_belongs():
    """Learnt after the end, it happened before: no illegal step."""
    given(OVER).when(batch(150, "2026-01-21")).then(STATUS.is_("completed"), MOVED.is_(exactly(150)), finds_nothing())


def test_a_batch_after_the_end_is_found_and_counted():
    """It contradicts the end, and is taken as reported all the same."""
    late = batch(150, "2026-02-20")
    given(OVER).when(late).then(
        finds("illegal_transition", "custody", "operations", OP, "status", of=late),
        STATUS.is_("underway"),
        MOVED.is_(exactly(150)),
    )


def test_completed_below_plan_is_legal():
    """5,700 of 7,000 and done: nothing contradicts anything."""
    planned = on("2026-01-20").told(TransferPlanned(operation=OP, quantity=up_to(7000)))
    given(planned, batch(5700, "2026-01-21")).when(OVER).then(STATUS.is_("completed"), finds_nothing())


@pytest.mark.parametrize(
    ("before", "verb"),
    [
        ("completed", "DetaineesTransferred"),
        ("cancelled", "DetaineesTransferred"),
        ("suspended", "DetaineesTransferred"),
        ("completed", "TransferSuspended"),
        ("completed", "TransferCancelled"),
        ("planned", "TransferResumed"),
        ("cancelled", "TransferCompleted"),
    ],
)
def test_the_table_forbids_what_makes_no_sense(before, verb):
    """An operation that ended, or stands still, does not go on without a word."""
    assert not OPERATION.allows(before, verb)


# -- claims of progress ------------------------------------------------------------------------------


def test_the_latest_running_total_is_the_claim(line):
    """Claims are never added, neither to one another nor to the batches."""
    for day, number in (("2026-01-23", 450), ("2026-02-01", 2250)):
        line.record(TransferProgressReported(operation=OP, moved=exactly(number)), occurred=day)
    operation = line.at().custody.operations[OP]
    assert (operation.claimed, operation.moved) == (exactly(2250), exactly(0))
    assert line.at("2026-01-31").custody.operations[OP].claimed == exactly(450)


def test_claims_for_cohorts_stand_beside_the_total(line):
    """275 Syrians among 5,700: the claim for all is 5,700."""
    line.record(TransferPlanned(operation=OP, quantity=up_to(7000)), occurred="2026-01-20")
    line.record(TransferProgressReported(operation=OP, moved=exactly(275), cohort="syrian"), occurred="2026-02-01")
    assert line.at().custody.operations[OP].claimed is None
    line.record(TransferProgressReported(operation=OP, moved=exactly(5700)), occurred="2026-02-02")
    line.record(TransferProgressReported(operation=OP, moved=exactly(300), cohort="syrian"), occurred="2026-02-03")
    operation = line.at().custody.operations[OP]
    assert operation.claimed == exactly(5700)
    assert (operation.claimed_of("syrian"), operation.claimed_of("iraqi")) == (exactly(300), None)


def test_plans_for_cohorts_stand_beside_the_total(line):
    """A plan for some of them is not a plan for all."""
    line.record(TransferPlanned(operation=OP, quantity=up_to(7000)), occurred="2026-01-20")
    line.record(TransferPlanned(operation=OP, quantity=exactly(500), cohort="iraqi"), occurred="2026-01-21")
    assert line.at().custody.operations[OP].planned == up_to(7000)


def test_an_operation_for_one_cohort_counts_that_cohort(line):
    """Planned, claimed and remaining are of those it is about."""
    line.record(TransferPlanned(operation=OP, quantity=exactly(500), cohort="iraqi"), occurred="2026-01-20")
    line.record(TransferProgressReported(operation=OP, moved=exactly(100), cohort="iraqi"), occurred="2026-01-21")
    operation = line.at().custody.operations[OP]
    assert (operation.cohort, operation.planned, operation.claimed) == ("iraqi", exactly(500), exactly(100))


def test_without_a_plan_a_claim_for_a_cohort_is_the_claim(line):
    """Nobody ever spoke of the operation but of these: that is what is claimed."""
    line.record(TransferProgressReported(operation=OP, moved=exactly(100), cohort="iraqi"), occurred="2026-01-21")
    assert line.at().custody.operations[OP].claimed == exactly(100)


@pytest.mark.parametrize(
    ("moved", "claimed", "found"),
    [
        (exactly(450), exactly(449), True),
        (exactly(450), exactly(450), False),
        (exactly(450), exactly(5700), False),
        (exactly(450), about(400), False),
        (about(450), exactly(400), False),
        (at_least(450), up_to(400), True),
    ],
)
@pytest.mark.parametrize("final", [False, True])
def test_a_claim_of_fewer_than_were_moved_is_a_finding(line, moved, claimed, found, final):
    """Fewer claimed than the batches add up to cannot be; more can, for batches go unreported."""
    transferred(line, moved, "2026-01-21", operation=OP)
    claim = (
        TransferCompleted(operation=OP, total=claimed)
        if final
        else TransferProgressReported(operation=OP, moved=claimed)
    )
    entry = line.record(claim, occurred="2026-01-23")
    paths = [(f.kind, f.path, f.entries) for f in line.at().findings]
    assert paths == ([("claimed_vs_moved", ("custody", "operations", OP, "claimed"), (entry,))] if found else [])


def test_a_batch_after_a_claim_does_not_contradict_it(line):
    """450 by the 23rd and another 850 on the 27th are both true."""
    transferred(line, exactly(450), "2026-01-21", operation=OP)
    line.record(TransferProgressReported(operation=OP, moved=exactly(450)), occurred="2026-01-23")
    transferred(line, exactly(850), "2026-01-27", operation=OP)
    assert line.at().findings == ()


def test_each_impossible_claim_is_found(line):
    """A second claim that is too low is a second finding, though the first was outrun by then."""
    transferred(line, exactly(450), "2026-01-21", operation=OP)
    for day in ("2026-01-23", "2026-01-24"):
        line.record(TransferProgressReported(operation=OP, moved=exactly(400)), occurred=day)
    assert kinds(line.at()) == ["claimed_vs_moved", "claimed_vs_moved"]
    assert {f.message for f in line.at().findings} == {f"{OP}: 400 are claimed, but batches add up to 450"}


def test_a_batch_beyond_the_final_total_contradicts_it(line):
    """The total of what was completed holds for good."""
    transferred(line, exactly(450), "2026-01-21", operation=OP)
    line.record(TransferCompleted(operation=OP, total=exactly(450)), occurred="2026-01-23")
    transferred(line, exactly(10), "2026-01-27", operation=OP)
    assert set(kinds(line.at())) == {"illegal_transition", "claimed_vs_moved"}


def test_a_claim_for_a_cohort_says_nothing_against_the_batches_of_all(line):
    """100 Iraqis moved, 450 moved in all."""
    transferred(line, exactly(450), "2026-01-21", operation=OP)
    line.record(TransferProgressReported(operation=OP, moved=exactly(100), cohort="iraqi"), occurred="2026-01-23")
    assert line.at().findings == ()


def test_a_part_of_a_claim_claims_nothing_for_the_whole(line):
    """A claim by province, part of the claim for all, does not take its place."""
    whole = line.record(TransferProgressReported(operation=OP, moved=exactly(5700)), occurred="2026-02-01")
    line.record(TransferProgressReported(operation=OP, moved=exactly(300)), occurred="2026-02-01", part_of=whole)
    assert line.at().custody.operations[OP].claimed == exactly(5700)


def test_why_of_an_operation(line):
    """Moved follows from every batch; planned and claimed from the latest word; remaining from both."""
    batches = (
        transferred(line, exactly(150), "2026-01-21", operation=OP),
        transferred(line, exactly(5), "2026-01-22", operation=OP),
    )
    line.record(TransferProgressReported(operation=OP, moved=exactly(150)), occurred="2026-01-21")
    claimed = line.record(TransferProgressReported(operation=OP, moved=exactly(450)), occurred="2026-01-23")
    planned = line.record(TransferPlanned(operation=OP, quantity=exactly(7000)), occurred="2026-01-24")
    situation = line.at()
    assert situation.why("custody", "operations", OP, "moved") == batches
    assert situation.why("custody", "operations", OP) == batches
    assert situation.why("custody", "operations", OP, "planned") == (planned,)
    assert situation.why("custody", "operations", OP, "claimed") == (claimed,)
    late = transferred(line, exactly(1), "2026-01-25", operation=OP)
    assert {planned, late} <= set(line.at().why("custody", "operations", OP, "remaining"))


def test_a_plan_is_no_reason_for_what_was_moved_and_batches_before_it_are_for_what_remains(line):
    """Moved follows from batches alone, remaining from all of them and the plan."""
    before = transferred(line, exactly(5), "2026-01-19", operation=OP)
    plan = line.record(TransferPlanned(operation=OP, quantity=exactly(10)), occurred="2026-01-20")
    assert line.at().why("custody", "operations", OP, "remaining") == (before, plan)
    line.record(TransferPlanned(operation="another", quantity=exactly(10)), occurred="2026-01-20")
    assert line.at().why("custody", "operations", "another", "moved") == ()


def test_a_share_told_as_part_is_never_the_plan_of_the_whole():
    """The Turkish 2,000 of the 7,000 stay a share where the evidence asked for turns the 7,000 away."""
    line = Timeline()
    whole = TransferPlanned(operation=OP, quantity=up_to(7000))
    line.record(whole, id="all", occurred="2026-01-21", reports=[Report("CENTCOM", credibility=4)])
    share = TransferPlanned(operation=OP, quantity=about(2000), cohort="turkish")
    line.record(share, part_of="all", occurred="2026-01-20", reports=[Report("ministry", credibility=2)])
    claim = TransferProgressReported(operation=OP, moved=exactly(66), cohort="turkish")
    line.record(claim, part_of="all", occurred="2026-01-25", reports=[Report("ministry", credibility=2)])
    seen = [line.at(accept=credible(3)), line.at("2026-01-20"), line.at()]
    assert [s.custody.operations[OP].planned for s in seen] == [None, None, up_to(7000)]
    assert [s.custody.operations[OP].claimed for s in seen] == [None, None, None]
    assert seen[-1].custody.operations[OP].planned_of("turkish") == about(2000)
    assert seen[-1].custody.operations[OP].claimed_of("turkish") == exactly(66)
    transferred(line, exactly(150), "2026-01-26", operation=OP)
    assert line.at().custody.operations[OP].planned_of("turkish") == about(2000)
    line.retract("all")
    assert line.at().custody.operations[OP].planned == about(2000)


def test_a_claim_that_is_part_of_another_kind_of_event_is_the_claim(line):
    """Only a part of a plan, a claim or a batch is a share of it."""
    said = line.record(StatementMade(about=(f"operation:{OP}",)), occurred="2026-01-20")
    line.record(TransferProgressReported(operation=OP, moved=exactly(66)), part_of=said, occurred="2026-01-25")
    assert line.at().custody.operations[OP].claimed == exactly(66)
