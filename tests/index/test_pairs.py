"""Thirty pairs of spellings, judged one by one: every answer is that of a log with one name throughout."""

from __future__ import annotations

from typing import Any

import pytest

from support.canonical import said, written_canonically
from support.spellings import PAIRS
from timeline import Draft, Modality, Report, Timeline, about, between, exactly
from timeline.answers import behind
from timeline.events import border, custody, editorial, facility
from timeline.events.entity import IdentityJudged
from timeline.testing.strategies import Chronicle

JANUARY = [f"2026-01-{day:02}" for day in range(1, 32)]


def told(left: str, right: str) -> Chronicle:
    """Tell of one place under two names: who held it, who was held, what was planned, corrected, disputed, merged."""
    said = [Report("SANA", published="2026-01-10", credibility=2)]
    other = [Report("SOHR", published="2026-01-12", credibility=3)]
    escaped = custody.DetaineesEscaped
    drafts = [
        Draft(facility.FacilityRegistered(facility=left, kind="prison", names={"en": left}), id="registered"),
        Draft(facility.FacilityRegistered(facility=right, kind="prison", aliases=[right]), id="again"),
        Draft(facility.ControlChanged(facility=left, authority="sdf"), occurred=JANUARY[0], id="held"),
        Draft(facility.ControlChanged(facility=right, authority="government"), occurred=JANUARY[19], id="taken"),
        Draft(custody.HeadcountReported(facility=right, quantity=exactly(900)), occurred=JANUARY[2], id="counted"),
        Draft(escaped(facility=left, quantity=about(20)), occurred=JANUARY[8], reports=said, id="fled"),
        Draft(escaped(facility=right, quantity=between(10, 30)), occurred=JANUARY[8], reports=other, id="fled-too"),
        Draft(editorial.EventsMerged(kept="fled", duplicates=("fled-too",)), id="one"),
        Draft(
            editorial.EventDisputed(target="fled", rival=escaped(facility=right, quantity=exactly(200))),
            reports=other,
            id="rival",
        ),
        Draft(
            custody.DetaineesTransferred(quantity=exactly(150), origin=left, destination=right), occurred=JANUARY[10], id="to-itself"
        ),
        Draft(
            custody.DetaineesTransferred(quantity=exactly(70), origin=right, destination="iraq"), occurred=JANUARY[11], id="away"
        ),
        Draft(custody.DetaineesReleased(facility=left), modality=Modality.PLANNED, reports=said, id="plan"),
        Draft(border.CrossingClosed(crossing=right, about=[f"facility:{left}"]), occurred=JANUARY[14], id="closed"),
        Draft(editorial.EventCorrected(target="counted", replacement=custody.HeadcountReported(facility=left, quantity=exactly(950))), id="mended"),
    ]  # fmt: skip
    return Chronicle(drafts)


def judged(left: str, right: str) -> Draft:
    return Draft(IdentityJudged(left=f"facility:{left}", right=f"facility:{right}", judgement="same"), id="judged")


def answers(line: Timeline, name: str) -> list[Any]:
    """Return all that a timeline says of a place by one of its names, with entries by their ids."""
    situation = line.at()
    custody, place = situation.custody, situation.facilities[name]
    asked = [
        (place.kind, place.holder("control"), place.since("control"), situation.border.crossings[name].status),
        [getattr(custody, what)(facility=name) for what in ("held", "received", "sent", "escaped", "released")],
        [finding.message for finding in situation.findings.of(about=name) if finding.kind != "unregistered_entity"],
        [plan.id for plan in situation.plans],
    ]
    for path in (("facilities", name, "control"), ("custody", name, "held"), ("custody", name, "escaped")):
        asked += [
            [entry.id for entry in situation.why(*path)],
            [(step.value, step.since, step.until) for step in situation.history(*path)],
            [(rival.value, rival.claim.entry.id) for rival in situation.disputed(*path)],
        ]
    return [*asked, [(part.value, part.entry and part.entry.id) for part in line.spans("custody", name, "escaped")]]


@pytest.mark.parametrize(("left", "right"), PAIRS)
def test_judged_the_same_they_are_one_throughout(left: str, right: str) -> None:
    """Values, reasons, histories, rivals and spans, by either name."""
    chronicle = told(left, right).then(judged(left, right))
    line, one = chronicle.timeline(), written_canonically(chronicle).timeline()
    assert answers(line, left) == answers(line, right) == answers(one, left)
    assert behind.values_by_path(line.at()) == behind.values_by_path(one.at())


def test_judged_before_or_after_a_question_they_are_one_at_every_clock() -> None:
    """An index that has answered already follows the judgement; one that begins with it says the same."""
    left, right = PAIRS[1]
    told_of, verdict = told(left, right), judged(left, right)
    one = said(written_canonically(told_of.then(verdict)).timeline())
    line = told_of.timeline()
    assert said(line) != one
    line.record_all([verdict])
    assert said(line) == one
    assert said(Chronicle([verdict, *told_of.drafts]).timeline()) == one


def test_judged_one_after_another_names_are_one_throughout() -> None:
    """All thirty on one log, in which pairs share names: each judgement adds up what it joins, and nothing else."""
    names = list(dict.fromkeys(name for pair in PAIRS for name in pair))
    groups = {name: {name} for name in names}
    escapes = [custody.DetaineesEscaped(facility=name, quantity=exactly(2**n)) for n, name in enumerate(names)]
    chronicle = Chronicle([Draft(event, occurred=day, id=day) for event, day in zip(escapes, days(), strict=False)])
    line = chronicle.timeline()
    for left, right in PAIRS:
        verdict = Draft(judged(left, right).event, id=f"{left}={right}")
        chronicle = chronicle.then(verdict)
        line.record_all([verdict])
        groups.update(dict.fromkeys(groups[left] | groups[right], groups[left] | groups[right]))
        escaped = line.at().custody.escaped
        for name in names:
            assert escaped(facility=name) == exactly(sum(2 ** names.index(one) for one in groups[name]))
    one = written_canonically(chronicle).timeline()
    assert behind.values_by_path(line.at()) == behind.values_by_path(one.at())


def days() -> list[str]:
    """Return the days of January and February, one for each name."""
    return [f"2026-{month}-{day:02}" for month, last in (("01", 31), ("02", 28)) for day in range(1, last + 1)]
