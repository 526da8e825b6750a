"""Acts upon entries can be repeated: with an id, a second run of a script changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from timeline import Draft, Expect, Report, Timeline, about
from timeline.errors import ConcurrencyConflict, IdConflict, InvalidDraft, UnknownName
from timeline.events import custody

PRISON = "al-shaddadi-prison"
WIRE = (Report("AFP", published="2026-01-21"),)


def escaped(number: int) -> Any:
    return custody.DetaineesEscaped(facility=PRISON, quantity=about(number))


ACTS = {
    "correct": lambda line, **act: line.correct("a", escaped(130), **act),
    "dispute": lambda line, **act: line.dispute("a", rival=escaped(200), **act),
    "corroborate": lambda line, **act: line.corroborate("a", **act),
    "retract": lambda line, **act: line.retract("a", **act),
    "merge": lambda line, **act: line.merge("a", ["b"], **act),
    "redact": lambda line, **act: line.redact("a", **act),
}
acts = pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)


def recorded() -> Timeline:
    line = Timeline()
    line.record_all([Draft(escaped(120), id="a"), Draft(escaped(121), id="b")])
    return line


@acts
def test_an_act_says_why_and_who_says_so(act: Any) -> None:
    """Every act takes an id, a reason and reports."""
    line = recorded()
    entry = act(line, id="act", reason="a slip", reports=WIRE)
    assert (entry.id, entry.event.reason, entry.reports) == ("act", "a slip", WIRE)
    assert line.entry("act") == entry


@acts
def test_a_second_run_changes_nothing(act: Any) -> None:
    """The act that is there already is returned."""
    line = recorded()
    first = act(line, id="act", reason="a slip", reports=WIRE)
    head, situation = line.head(), line.at()
    assert act(line, id="act", reason="a slip", reports=WIRE) == first
    assert line.head() == head
    assert line.at() == situation


@acts
def test_an_id_that_says_something_else_is_refused(act: Any) -> None:
    """One id is one act."""
    line = recorded()
    act(line, id="act", reason="a slip", reports=WIRE)
    with pytest.raises(IdConflict):
        act(line, id="act", reason="another slip", reports=WIRE)


@acts
def test_an_act_lands_on_its_condition_or_not_at_all(act: Any) -> None:
    """Nothing is appended if something matching came since."""
    line = recorded()
    expect = Expect(tags=[f"facility:{PRISON}"], after=1)
    with pytest.raises(ConcurrencyConflict):
        act(line, expect=expect, reports=WIRE)
    assert line.head().position == 2


def test_an_entry_is_found_by_its_id() -> None:
    """As recorded; an entry does as well as its id."""
    line = recorded()
    assert line.entry("b") == line.entries()[1] == line.entry(line.entries()[1])


def test_an_id_that_no_entry_has_is_named() -> None:
    """By the timeline and by a situation."""
    line = recorded()
    for ask in (line.entry, line.at().claims):
        with pytest.raises(UnknownName, match="no entry 'nope'"):
            ask("nope")
        with pytest.raises(InvalidDraft):
            ask("no id")


def test_an_entry_outside_the_cuts_has_no_claims() -> None:
    """The id is known all the same."""
    assert recorded().at(recorded="2000").claims("a") == ()


def test_the_first_publication_of_an_entry_and_a_claim() -> None:
    """The earliest date that a report bears; None where none does."""
    line = Timeline()
    reports = [Report("AFP", published="2026-01-22"), Report("SANA"), Report("Reuters", published="2026-01-21")]
    entry = line.record(escaped(120), reports=reports, id="a")
    (claim,) = line.at(reported="2026-01-22").claims("a")
    assert str(entry.first_published) == str(claim.first_published) == "2026-01-21"
    assert line.record(escaped(1), reports=[Report("SANA", published="2026-01/..")]).first_published is None
