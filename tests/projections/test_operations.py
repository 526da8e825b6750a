"""Transfer operations: whose numbers are theirs."""

from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline import Timeline, about, at_least, exactly, unspecified, up_to
from timeline.events.custody import TransferPlanned
from timeline.history.policies import POLICIES

OP = "transfer-2026"
UNKNOWN = unspecified()


@pytest.fixture
def line():
    """An empty timeline that takes everything in on 1 March 2026."""
    return Timeline(clock=lambda: datetime(2026, 3, 1, tzinfo=timezone.utc))


FIGHTERS = TransferPlanned(operation=OP, quantity=UNKNOWN, cohort="isis-fighters")
TUNISIANS = TransferPlanned(operation=OP, quantity=about(240), cohort="tunisian")


@pytest.mark.parametrize("late", [FIGHTERS, TUNISIANS])
def test_an_operation_moves_those_of_its_earliest_plan(line, late):
    """*Thousands* of fighters, later 240 Tunisians: the numbers are those of the fighters, in either order of reports."""
    first = TUNISIANS if late is FIGHTERS else FIGHTERS
    line.record(late, occurred="2026-01-22")
    line.record(first, occurred="2026-01-21")
    operation = line.at().custody.operations[OP]
    assert (operation.cohort, operation.planned) == (first.cohort, first.quantity)
    assert operation.planned_of(late.cohort) == late.quantity


def test_a_plan_for_some_that_is_a_part_is_not_the_first(line):
    """Of those whom another plan is for: that plan is the operation's, though it came later."""
    line.record(FIGHTERS, occurred="2026-01-22", id="all")
    line.record(TUNISIANS, occurred="2026-01-21", part_of="all")
    assert line.at().custody.operations[OP].cohort == "isis-fighters"


def test_a_plan_that_was_retracted_names_nobody(line):
    """The next one does."""
    line.record(TUNISIANS, occurred="2026-01-21", id="first")
    line.record(FIGHTERS, occurred="2026-01-22")
    line.retract("first")
    assert line.at().custody.operations[OP].cohort == "isis-fighters"


QUANTITIES = st.sampled_from([exactly(5), about(240), up_to(7000), at_least(30), UNKNOWN])
COHORTS = st.sampled_from([None, "isis-fighters", "tunisian"])
PLANS = st.builds(TransferPlanned, operation=st.just(OP), quantity=QUANTITIES, cohort=COHORTS)


@given(st.lists(PLANS, min_size=1, max_size=4), st.lists(st.tuples(st.integers(0, 3), PLANS), max_size=4))
def test_no_policy_changes_whom_an_operation_moves(plans, rivals):
    """For any rival that a policy picks, the earliest plan as it stands says whose numbers are asked for."""
    line = Timeline(clock=lambda: datetime(2026, 3, 1, tzinfo=timezone.utc))
    entries = [line.record(plan, occurred=f"2026-01-{day:02}") for day, plan in enumerate(plans, 1)]
    for number, rival in rivals:
        line.dispute(entries[number % len(entries)], rival=rival)
    for policy in POLICIES:
        operation = line.at(policy=policy).custody.operations[OP]
        assert operation.cohort == plans[0].cohort
        assert operation.planned == operation.plans.get(plans[0].cohort)
