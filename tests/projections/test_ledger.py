"""The ledger keeps sums of accounts current instead of adding them up at each step."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from timeline import Draft, Timeline, exactly
from timeline.events.custody import DetaineesAdmitted, DetaineesReleased, DetaineesTransferred, HeadcountReported
from timeline.history.history import history
from timeline.projections import stocks
from timeline.projections.accounts import Together
from timeline.projections.ledger import Stock

cohorts = st.sampled_from((None, "iraqis", "women", "children"))
quantities = st.integers(0, 9).map(exactly)
drafts = st.lists(
    st.builds(
        Draft,
        st.one_of(
            st.builds(HeadcountReported, facility=st.just("a"), quantity=quantities, cohort=cohorts),
            st.builds(DetaineesAdmitted, facility=st.just("a"), quantity=quantities, cohort=cohorts),
            st.builds(DetaineesReleased, facility=st.just("a"), quantity=quantities, cohort=cohorts),
            st.builds(
                DetaineesTransferred,
                origin=st.just("a"),
                destination=st.just("b"),
                quantity=quantities,
                cohort=cohorts,
            ),
        ),
        occurred=st.sampled_from(("2026-01-01", "2026-01-02", "2026-01-03")),
    ),
    min_size=1,
    max_size=12,
)


@given(drafts, st.data())
def test_the_sum_of_cohorts_is_that_of_their_accounts(made: list[Draft], data: st.DataObject) -> None:
    """At each step, the sum that a place keeps is the sum of the accounts of its cohorts."""
    line = Timeline()
    whole = None
    for draft in made:
        part = whole is not None and isinstance(draft.event, DetaineesTransferred) and data.draw(st.booleans())
        entry = line.record(draft.event, occurred=draft.occurred, part_of=whole if part else None)
        if isinstance(draft.event, DetaineesTransferred) and whole is None:
            whole = entry
    place = Stock("a")
    for reading in history(line.entries()).readings:
        if ("place", "a") in stocks.keys(reading):
            place = stocks.evolve(place, reading, ("place", "a"))
            single = place.whole.counted is None and any(one.counted for one in place.cohorts.values())
            assert (place.together is not None) == single
            if place.together is not None:
                assert place.together == Together.of(place.cohorts.values())
                assert place.balance() == Together.of(place.accounts()).balance()
