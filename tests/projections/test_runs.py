"""Folding several moves at once: the value and the findings are those of the moves one by one."""

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from timeline import Draft, Timeline, about, exactly, unspecified
from timeline.events import custody, facility
from timeline.history.history import history
from timeline.log.memory import MemoryLog
from timeline.projections.custody import CUSTODY
from timeline.projections.projection import step_by_step
from timeline.testing.strategies import START

NUMBERS = st.one_of(st.integers(0, 30).map(exactly), st.just(about(10)), st.just(unspecified()))
COHORTS = st.sampled_from((None, None, None, "women", "boys"))
PLACES = st.sampled_from(("a", "a", "b"))
MOVES = st.one_of(
    st.builds(
        custody.DetaineesTransferred, origin=PLACES, destination=PLACES, quantity=NUMBERS, cohort=COHORTS,
        surrendered_by=st.sampled_from((None, "sdf")),
    ),
    st.builds(custody.DetaineesEscaped, facility=st.just("a"), quantity=NUMBERS, cohort=COHORTS),
    st.builds(custody.DetaineesRecaptured, facility=st.just("a"), quantity=NUMBERS, cohort=COHORTS),
    st.builds(custody.DetaineesReclassified, facility=st.just("a"), quantity=NUMBERS, to_cohort=st.just("women")),
)  # fmt: skip
OTHERS = st.one_of(
    st.builds(custody.HeadcountReported, facility=PLACES, quantity=NUMBERS, cohort=COHORTS),
    st.builds(facility.ControlChanged, facility=st.just("a"), authority=st.sampled_from(("sdf", "syria-gov"))),
)
STRETCHES = st.one_of(st.lists(MOVES, min_size=1, max_size=8), OTHERS.map(lambda event: [event]))


def situation(run, told):
    """Return the situation in which custody is folded with a `run`."""
    line = Timeline(MemoryLog(clock=lambda: START), projections=[attrs.evolve(CUSTODY, name="watched", run=run)])
    line.record_all(told)
    return line.at()


@settings(max_examples=300)
@given(st.lists(STRETCHES, min_size=1, max_size=8), st.data())
def test_a_run_equals_its_steps(stretches, data):
    """Among shares, counts, cohorts and changes of control, wherever a run begins and ends."""
    told = [Draft(event, id=f"e{number}") for number, event in enumerate(sum(stretches, []))]
    whole = data.draw(st.integers(0, len(told) - 1))
    if isinstance(told[whole].event, custody.DetaineesTransferred) and data.draw(st.booleans()):
        share = Draft(attrs.evolve(told[whole].event, quantity=exactly(1), cohort="women"), part_of=f"e{whole}")
        told.insert(data.draw(st.integers(whole + 1, len(told))), share)
    ran, stepped = situation(CUSTODY.run, told), situation(step_by_step, told)
    assert dict(CUSTODY.flat(ran["watched"])) == dict(CUSTODY.flat(stepped["watched"]))
    assert ran["watched"]._places == stepped["watched"]._places
    assert list(ran.findings) == list(stepped.findings)


@pytest.mark.parametrize(
    ("counts", "taken"),
    [({None: 100}, 5), ({None: 10}, 4), ({}, 5), ({"women": 10}, 0), ({None: 100, "women": 10}, 4)],
)
def test_a_run_ends_where_a_balance_may_fall_below_zero(counts, taken):
    """For then a step may make a finding. Of a place that was never counted, any number may leave."""
    cohort = "women" if "women" in counts else None
    told = [custody.HeadcountReported(facility="a", quantity=exactly(n), cohort=name) for name, n in counts.items()]
    told += [custody.DetaineesEscaped(facility="a", quantity=exactly(n), cohort=cohort) for n in (1, 2, 3, 4, 5)]
    line = Timeline()
    line.record_all(map(Draft, told))
    key, before, readings = ("place", "a"), None, history(line.entries()).readings
    for reading in readings[: len(counts)]:
        before = CUSTODY.evolve(before, reading, key)
    assert CUSTODY.run(before, readings[len(counts) :], key)[1] == taken
