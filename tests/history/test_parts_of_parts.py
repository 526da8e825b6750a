"""Parts of parts: a part never adds to the whole above it, also where the entry between them is out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

import pytest

from support.calls import calls
from timeline import Draft, Modality, Report, Timeline, credible, exactly
from timeline.events.custody import DetaineesEscaped

PLACE = "al-sinaa-prison"


def escape(number: int, cohort: str | None = None) -> DetaineesEscaped:
    return DetaineesEscaped(facility=PLACE, quantity=exactly(number), cohort=cohort)


def a_breakdown() -> Timeline:
    """Tell that 150 escaped, of whom 85 Iraqis, of whom 40 men: published and trusted in another order."""
    line = Timeline(clock=lambda: datetime(2026, 3, 1, tzinfo=timezone.utc))
    for id, number, cohort, whole, published, trust in (
        ("all", 150, None, None, "2026-01-02", 1),
        ("iraqis", 85, "iraqi", "all", "2026-01-20", 5),
        ("men", 40, "iraqi-men", "iraqis", "2026-01-10", 1),
        ("old", 4, "old-iraqi-men", "men", "2026-01-05", 1),
    ):
        reports = [Report("AP", published=published, credibility=trust)]
        line.record(escape(number, cohort), occurred="2026-01-01", reports=reports, id=id, part_of=whole)
    return line


OUT: dict[str, Callable[[Timeline], object]] = {
    "retracted": lambda line: line.retract("iraqis"),
    "denied": lambda line: line.correct("iraqis", escape(85, "iraqi"), modality=Modality.DENIED),
    "both retracted": lambda line: (line.retract("iraqis"), line.retract("men")),
}


@pytest.mark.parametrize("out", OUT)
def test_what_is_out_hands_its_whole_on(out: str) -> None:
    """The men are no further 40."""
    line = a_breakdown()
    OUT[out](line)
    assert line.at().custody.escaped(facility=PLACE) == exactly(150)
    assert line.at().findings.counts() == {}


def test_what_is_not_published_yet_hands_its_whole_on() -> None:
    """Asked in any order, as publications come in."""
    days = ("2026-01-20", "2026-01-05", "2026-01-10", "2026-01-19", "2026-01-02")
    line = a_breakdown()
    for day in (*days, *sorted(days)):
        assert line.at(reported=day).custody.escaped(facility=PLACE) == exactly(150)
    assert {span.value for span in line.spans("custody", PLACE, "escaped")} == {exactly(150)}


def test_what_is_not_published_hands_its_whole_on_as_entries_are_recorded() -> None:
    """Each question follows one of an earlier recording, by which the part between was not known."""
    now = datetime(2026, 2, 1, tzinfo=timezone.utc)
    line = Timeline(clock=lambda: now)
    for entry in a_breakdown().entries():
        now = now.replace(day=now.day + 1)
        line.record(entry.event, occurred="2026-01-01", reports=entry.reports, id=entry.id, part_of=entry.part_of)
    for day in ("2026-02-02", "2026-02-03", "2026-02-04", "2026-02-05"):
        for published in ("2026-01-19", "2026-01-05"):
            found = line.at(recorded=day, reported=published).custody.escaped(facility=PLACE)
            assert (day, published, found) == (day, published, exactly(150))


def test_what_has_not_evidence_enough_hands_its_whole_on() -> None:
    """The share of the Iraqis is left out, and not the whole."""
    found = a_breakdown().at(accept=credible(2))
    assert found.custody.escaped(facility=PLACE) == exactly(150)
    assert found.custody.escaped(facility=PLACE, cohort="iraqi") == exactly(0)
    assert found.custody.escaped(facility=PLACE, cohort="iraqi-men") == exactly(40)


def test_a_part_of_what_is_out_with_its_whole_counts_by_itself() -> None:
    line = a_breakdown()
    line.retract("all")
    line.retract("iraqis")
    assert line.at().custody.escaped(facility=PLACE) == exactly(40)


def test_a_redacted_part_hands_nothing_on() -> None:
    """Its link is erased too."""
    line = a_breakdown()
    line.redact("iraqis")
    assert line.at().custody.escaped(facility=PLACE) == exactly(190)


def test_long_ways_past_what_is_out_cost_in_proportion() -> None:
    """Parts of the last of many denied parts, each of the one before."""

    def asked(many: int) -> int:
        drafts = [Draft(escape(5000), id="p0")]
        drafts += [Draft(escape(1), id=f"p{n}", part_of=f"p{n - 1}", modality=Modality.DENIED) for n in range(1, many)]
        drafts += [Draft(escape(1), part_of=f"p{many - 1}") for _ in range(many)]
        line = Timeline()
        line.record_all(drafts)
        return calls(lambda: line.at().custody.escaped(facility=PLACE))

    asked(10)
    assert asked(400) <= 2.3 * asked(200)
