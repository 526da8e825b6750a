"""The evidence that a question requires, by the best credibility of the reports."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline import Draft, Report, Timeline, credible
from timeline.events.custody import DetaineesEscaped
from timeline.events.facility import FacilityRegistered
from timeline.history.cases import cases
from timeline.history.evidence import credibility, is_admitted, worst_accepted
from timeline.live.entries import EntryCache
from timeline.testing.strategies import Chronicle, messy_histories
from timeline.values.quantity import exactly


@given(messy_histories(), st.integers(1, 5))
def test_the_best_credibility_decides_as_the_predicate_does(told: Chronicle, worst: int) -> None:
    """An entry is admitted exactly if its best credibility is good enough."""
    accept = credible(worst)
    for entry in told.timeline().entries():
        claim = next(iter(told.timeline().at().claims(entry)), None)
        if claim is not None and claim.entry.id == entry.id and claim.event == entry.event:
            assert (credibility(claim.event, claim.reports) <= worst) == is_admitted(claim, accept, None)


@pytest.mark.parametrize(
    ("reports", "found"),
    [([], 7), ([Report("a")], 7), ([Report("a", credibility=6)], 6), ([Report("a"), Report("b", credibility=2)], 2)],
)
def test_unrated_reports_never_rank_above_rated_ones(reports: list[Report], found: int) -> None:
    """The best rating counts; no rating is worse than any."""
    assert credibility(DetaineesEscaped(facility="a", quantity=exactly(1)), reports) == found


def test_a_registration_without_a_report_needs_no_evidence() -> None:
    """It is accepted, and one with an unrated report is not."""
    line = Timeline()
    line.record(FacilityRegistered(facility="a", kind="camp"))
    line.record(FacilityRegistered(facility="b", kind="camp"), reports=[Report("x")])
    assert list(line.at(accept=credible(1)).facilities) == ["a"]


def test_only_credibility_alone_can_be_looked_up() -> None:
    """A predicate of one's own, or what is withheld, needs the claim itself."""
    assert worst_accepted(credible(3), None) == 3
    assert worst_accepted(lambda claim: True, None) is None
    assert worst_accepted(credible(3), lambda claim: False) is None
    assert worst_accepted(None, None) is None


def test_what_is_withheld_leaves_no_trace_on_another_case() -> None:
    """Neither the reports of a corroboration, nor those of a duplicate, nor a rival."""
    line = Timeline()
    event = DetaineesEscaped(facility="a", quantity=exactly(1))
    open_, secret = (line.record(event, occurred="2026-01-01", reports=[Report(name)]) for name in ("AP", "x"))
    hidden = {
        line.corroborate(open_, reports=[Report("y")]).id,
        line.dispute(open_, rival=event, occurred="2026-01-02", reports=[Report("z")]).id,
        line.merge(open_, [secret]).id,
        secret.id,
    }

    def sources(withheld: set[str]) -> list[list[str]]:
        found = cases(line.entries(), hides=lambda e: getattr(e, "entry", e).id in withheld, tz=line.tz)
        return [[report.source for report in claim.reports] for claim in found.by_id[open_.id].claims]

    assert sources(hidden) == [["AP"]]
    assert sources(set()) == [["AP", "y", "x"], ["z"]]


def test_print_decodes_nothing_that_lacks_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Print counts the entries that are left out, and looks none of them up."""
    line = Timeline()
    told = [Report("x", published="2026-01-02", credibility=4)]
    event = DetaineesEscaped(facility="a", quantity=exactly(1))
    line.record_all(Draft(event, occurred="2026-01-01", reports=told) for _ in range(20))
    situation = line.at(accept=credible(2))
    found: list[int] = []
    get = EntryCache.get
    monkeypatch.setattr(EntryCache, "get", lambda self, positions: found.extend(positions) or get(self, positions))
    assert "20 entries" in str(situation)
    assert found == []
    assert len(situation.left_out) == len(found) == 20
