"""Findings: they name the place, the numbers and who says so, as read within the cuts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta, timezone
from io import StringIO
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from timeline import (
    Draft,
    Facility,
    Finding,
    Modality,
    Projection,
    Report,
    Timeline,
    When,
    about,
    between,
    event,
    exactly,
    up_to,
)
from timeline.answers import text
from timeline.display.sheets import FEW, plain_text, sheet
from timeline.entry import Entry
from timeline.events import agreement, border, custody, facility
from timeline.history.finding import MOST, Findings
from timeline.history.finding_kinds import KINDS, FindingKind
from timeline.history.policies import POLICIES
from timeline.log.base import BaseLog
from timeline.testing.strategies import Chronicle, messy_histories
from timeline.values.spoken import with_preposition

PRISON, CAMP, OPERATION = "al-shaddadi-prison", "al-hol-camp", "transfer-2026"


@pytest.fixture
def line() -> Timeline:
    """An empty timeline that takes everything in on 1 March 2026."""
    return Timeline(clock=lambda: datetime(2026, 3, 1, tzinfo=timezone.utc))


def by(source: str, day: str = "2026-01-20") -> list[Report]:
    """Make one report."""
    return [Report(source, published=day)]


def printed(value: object) -> str:
    """Return the output on a terminal."""
    console = Console(file=StringIO(), width=100)
    console.print(value)
    return console.file.getvalue()  # type: ignore[attr-defined]


def escaped(number: int) -> custody.DetaineesEscaped:
    """Make an escape of about a number."""
    return custody.DetaineesEscaped(facility=PRISON, quantity=about(number))


def disputed(line: Timeline) -> Entry:
    """Record an escape, its correction, and a rival number."""
    entry = line.record(escaped(1500), occurred="2026-01-19", reports=by("SDF", "2026-01-19"))
    line.dispute(entry, rival=escaped(120), reports=[*by("SANA"), *by("Reuters", "2026-02-01")])
    line.correct(entry, escaped(1400), reports=by("SDF", "2026-02-02"))
    return entry


# -- what a finding says -----------------------------------------------------------------------------


def test_a_dispute_names_the_place_the_numbers_and_who_says_so(line: Timeline) -> None:
    """Nobody has to look anything up to know what it is about."""
    disputed(line)
    (finding,) = line.at().findings
    assert finding.message == f"{PRISON}: detainees escaped: ≈1,400 on 19 January 2026 (SDF); ≈120 (SANA, Reuters)"
    assert (finding.path, finding.subject) == (("custody", PRISON, "escaped"), PRISON)


def test_entries_and_claims_are_those_of_the_cut(line: Timeline) -> None:
    """The version that stands, with the reports there were by then; later, the corrected one with later reports."""
    disputed(line)
    (early,), (late,) = line.at(reported="2026-01-25").findings, line.at().findings
    assert [claim.quantity for claim in early.claims] == [about(1500), about(120)]
    assert [[report.source for report in entry.reports] for entry in early.entries] == [["SDF"], ["SANA"]]
    assert early.entries[0].event == escaped(1500)
    assert late.entries[0].event == escaped(1400)
    assert [len(entry.reports) for entry in late.entries] == [1, 2]


@pytest.mark.parametrize("policy", ["standing", "latest", lambda claims: claims[-1], lambda claims: None])
def test_a_dispute_is_found_whichever_claim_is_picked(line: Timeline, policy: Any) -> None:
    """It shows from the same moment on if a denial is picked, or nothing."""
    entry = line.record(escaped(10), occurred="2026-01-01", reports=by("x", "2026-01-02"))
    line.dispute(entry, reports=by("gov", "2026-01-12"))
    (found,) = line.at(policy=policy).findings
    (standing,) = line.at().findings
    assert found == standing
    assert (found.kind, found.path, [c.reports[0].source for c in found.claims]) == (
        "disputed", ("custody", PRISON, "escaped"), ["x", "gov"],
    )  # fmt: skip
    assert [len(line.at(day, policy=policy).findings) for day in ("2025-12-31", "2026-01-01")] == [0, 1]
    assert [len(line.at(reported=day, policy=policy).findings) for day in ("2026-01-11", "2026-01-12")] == [0, 1]
    assert len(line.at("2025-12-31", policy=policy, certainty="possible").findings) == 0
    assert len(line.at("2026-01-01", policy=policy, certainty="possible").findings) == 1
    assert line.spans("findings", policy=policy).at(None) == (found,)


def test_a_deed_that_is_said_to_be_planned_only_is_disputed(line: Timeline) -> None:
    """The rival is picked, and folds into no value."""
    line.record(escaped(10), occurred="2026-01-01", id="deed")
    rival = line.dispute("deed", rival=escaped(9))
    line.correct(rival, escaped(9), modality=Modality.PLANNED)
    asked = line.at(policy="lowest")
    assert (asked.findings.counts(), len(asked.plans)) == (line.at().findings.counts(), 1)


def test_what_lacks_the_evidence_asked_for_is_not_disputed(line: Timeline) -> None:
    """No claim contradicts another if none was accepted."""
    line.dispute(line.record(escaped(10), occurred="2026-01-01", id="deed"))
    assert line.at(accept=lambda claim: False).findings == ()
    assert len(line.at(accept=lambda claim: claim.event is None).findings) == 1


@given(messy_histories(), st.none() | st.dates(date(2026, 1, 1), date(2026, 3, 1)), st.sampled_from([*POLICIES]))
def test_no_policy_hides_a_dispute(told: Chronicle, reported: date | None, policy: Any) -> None:
    """Law: whatever is disputed under the standing policy is disputed under each."""
    line = told.timeline()

    def disputes(policy: Any) -> set[tuple[str, ...]]:
        found = line.at(reported=reported, policy=policy).findings.of(kind="disputed")
        return {tuple(claim.entry.id for claim in finding.claims) for finding in found}

    assert disputes("standing") <= disputes(policy)


def test_a_finding_of_a_fold_shows_the_corrected_entry(line: Timeline) -> None:
    """A corrected entry is shown as it reads now, and not as it was first recorded."""
    vacated = facility.ControlChanged(facility=CAMP, manner="vacated", previous="isis")
    entry = line.record(vacated, occurred="2026-01-20", reports=by("AP"))
    line.correct(entry, facility.ControlChanged(facility=CAMP, manner="vacated", previous="sdf"), occurred="2026-01-19")
    (finding,) = line.at().findings
    assert (finding.entries[0].event.previous, str(finding.entries[0].occurred)) == ("sdf", "2026-01-19")
    assert finding.message == f"{CAMP}: nobody in control since 19 January 2026 (AP)"


def test_a_possible_duplicate_shows_the_reports_of_the_cut(line: Timeline) -> None:
    """Of two entries that may be one, each speaks with the sources visible by then."""
    line.record(escaped(120), occurred="2026-01-19", reports=[*by("SANA"), *by("Reuters", "2026-02-01")])
    line.record(escaped(150), occurred="2026-01-19", reports=by("AP"))
    (finding,) = line.at(reported="2026-01-25").findings
    assert finding.message == (
        f"{PRISON}: detainees escaped: two unlinked entries may be one event: ≈120 on 19 January 2026 (SANA); ≈150 (AP)"
    )
    assert [report.source for entry in finding.entries for report in entry.reports] == ["SANA", "AP"]
    assert [str(claim.quantity) for claim in finding.claims] == ["≈120", "≈150"]


def test_versions_without_a_number_say_what_differs(line: Timeline) -> None:
    """The first says what it says, the others in what they differ: a field, a date, their own words, a denial."""
    seized = facility.ControlChanged(facility=PRISON, authority="syria-gov", previous="sdf", manner="seized")
    entry = line.record(seized, occurred="2026-01-19", reports=by("SANA"))
    handed = facility.ControlChanged(facility=PRISON, authority="syria-gov", previous="sdf", manner="handed_over")
    line.dispute(entry, rival=handed, reports=by("AP"))
    line.dispute(entry, occurred="2026-01-20")
    line.dispute(entry, reports=[Report("wire", attributed_to="SDF")])
    line.dispute(entry, rival=agreement.StatementMade(by="sdf"))
    (finding,) = line.at().findings
    assert finding.message == (
        f"{PRISON}: control changed: authority=syria-gov previous=sdf manner=seized on 19 January 2026 (SANA); "
        "manner=handed_over (AP); on 20 January 2026; denied (wire citing SDF); StatementMade by=sdf"
    )


def test_words_tell_two_statements_apart(line: Timeline) -> None:
    """If only the words differ, they are given; if nothing does, the finding says so."""
    one, other = (agreement.StatementMade(by="un", detail=words) for words in ("no access", "limited access"))
    entry = line.record(one, occurred="2026-01-19")
    line.dispute(entry, rival=other)
    line.dispute(entry, rival=one)
    assert (
        line.at().findings[0].message
        == "un: statement made: “no access” on 19 January 2026; “limited access”; the same"
    )


def test_of_many_versions_the_first_are_named_and_the_rest_counted(line: Timeline) -> None:
    """A message stays a line."""
    entry = line.record(escaped(1), occurred="2026-01-19", reports=[Report(f"paper {n}") for n in range(5)])
    for number in range(2, 10):
        line.dispute(entry, rival=escaped(number))
    message = line.at().findings[0].message
    assert "≈1 on 19 January 2026 (paper 0, paper 1, paper 2, 2 more)" in message
    assert message.endswith("≈5; 4 more")
    assert len(line.at().findings[0].claims) == 9


# -- paths -------------------------------------------------------------------------------------------


MOVED = custody.DetaineesTransferred(quantity=exactly(5), operation=OPERATION)
RIVALS = {
    custody.HeadcountReported(facility=PRISON, quantity=exactly(5)): ("custody", PRISON, "held"),
    custody.HeadcountReported(facility=PRISON, quantity=exactly(5), cohort="iraqi"): (
        "custody", PRISON, "held", "iraqi",
    ),
    custody.HeadcountReported(authority="sdf", quantity=exactly(5)): ("custody", "counted", "sdf"),
    custody.DetaineesAdmitted(facility=CAMP, quantity=exactly(5)): ("custody", CAMP, "received"),
    custody.DetaineesTransferred(origin=PRISON, destination=CAMP): ("custody", PRISON, "sent"),
    custody.DetaineesTransferred(destination=CAMP): ("custody", "elsewhere", "sent"),
    custody.DetaineesRecaptured(facility=PRISON): ("custody", PRISON, "recaptured"),
    custody.TransferPlanned(operation=OPERATION, quantity=exactly(5)): ("custody", "operations", OPERATION, "planned"),
    custody.TransferProgressReported(operation=OPERATION, moved=exactly(5)): (
        "custody", "operations", OPERATION, "claimed",
    ),
    custody.TransferSuspended(operation=OPERATION): ("custody", "operations", OPERATION, "status"),
    custody.DetaineesReclassified(
        facility=PRISON, from_cohort="iraqi", to_cohort="syrian", quantity=exactly(1)
    ): (),
    facility.ControlChanged(facility=CAMP, authority="sdf", role="guarding"): ("facilities", CAMP, "guarding"),
    facility.ControlContested(facility=CAMP, claimants=("sdf", "isis")): ("facilities", CAMP, "claimants", "control"),
    facility.FacilityStatusChanged(facility=CAMP, status="closed"): ("facilities", CAMP, "status"),
    facility.CapacityReported(facility=CAMP, capacity=exactly(9)): ("facilities", CAMP, "capacity"),
    facility.FacilityRegistered(facility=CAMP, kind="camp"): ("facilities", CAMP, "kind"),
    agreement.AgreementSigned(agreement="truce", parties=("sdf",)): ("agreements", "truce", "status"),
    agreement.PartyJoined(agreement="truce", party="sdf"): ("agreements", "truce", "parties"),
    agreement.AgreementExtended(agreement="truce", until="2026-02"): ("agreements", "truce", "until"),
    agreement.AgreementViolated(agreement="truce"): ("agreements", "truce", "violations"),
    agreement.TalksHeld(parties=("sdf", "syria-gov")): ("agreements", "talks"),
    agreement.CommitmentMade(by="sdf", what="to withdraw"): ("agreements", "promises"),
    agreement.CommitmentMade(commitment="withdrawal", by="sdf", what="to withdraw"): (
        "agreements", "commitments", "withdrawal", "status",
    ),
    border.CrossingClosed(crossing="rabia"): ("border", "crossings", "rabia", "status"),
    border.MonitoringStarted(sector="north", by="sdf"): ("border", "monitored", "north", "by"),
    border.BorderIncidentReported(kind="attack", outcome="foiled", crossing="rabia"): ("border", "incidents"),
}  # fmt: skip


@pytest.mark.parametrize(("told", "path"), RIVALS.items(), ids=lambda value: type(value).__name__)
def test_a_dispute_has_the_path_of_the_value_in_question(line: Timeline, told: object, path: tuple[str, ...]) -> None:
    """The rival may be another number, another kind of event, or a denial; `why` knows the path."""
    entry = line.record(told, occurred="2026-01-19")
    line.dispute(entry, rival=agreement.StatementMade(by="sdf"))
    line.dispute(entry, reports=by("AP"))
    (finding,) = [finding for finding in line.at().findings if finding.kind == "disputed"]
    assert finding.path == path
    if path:
        assert entry in line.at().why(*path)


def test_other_findings_have_paths_too(line: Timeline) -> None:
    """Parts and wholes, orders that cannot hold, dates that cannot be: each says where to look."""
    whole = line.record(MOVED, occurred="2026-01-19")
    part = custody.DetaineesTransferred(quantity=exactly(6), operation=OPERATION, cohort="iraqi", origin=PRISON)
    line.record(part, occurred="2026-01-19", part_of=whole)
    line.record(border.CrossingClosed(crossing="rabia"), occurred="2026-01-19", reports=by("AP", "2026-01-18"))
    line.record(facility.FacilityStatusChanged(facility=CAMP, status="closed"), occurred="2026-01-01", after=[whole])
    paths = {finding.kind: finding.path for finding in line.at().findings}
    assert paths == {
        "parts_exceed_whole": ("custody", "elsewhere", "sent"),
        "published_before_occurred": ("border", "crossings", "rabia", "status"),
        "contradictory_order": ("facilities", CAMP, "status"),
    }


@event("watch.bell_rung")
class BellRung:
    """A bell was rung at a gate."""

    facility: Facility


def _bells(**shown: object) -> Projection:
    return Projection(
        name="bells",
        keys=lambda reading: [reading.event.facility] if isinstance(reading.event, BellRung) else [],
        evolve=lambda count, reading, key: (count or 0) + 1,
        **shown,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("shown", "path"),
    [
        ({}, ("bells", CAMP)),
        ({"subject": lambda reading, key: ("rung", key)}, ("bells", "rung", CAMP)),
        ({"locate": lambda view, path: path}, ()),
    ],
)
def test_events_of_your_own_are_disputed_where_your_projection_says(shown: object, path: tuple[str, ...]) -> None:
    """The key, where values are located by it; else what `subject` says; nothing where it says nothing."""
    line = Timeline(projections=[_bells(**shown)])  # type: ignore[arg-type]
    line.dispute(line.record(BellRung(facility=CAMP), occurred="2026-01-19"))
    assert line.at().findings[0].path == path


# -- kinds -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        (exactly(450), exactly(400), True),
        (exactly(450), exactly(450), False),
        (exactly(450), about(400), True),
        (exactly(450), up_to(400), True),
        (between(300, 500), between(200, 400), False),
    ],
)
def test_a_running_total_that_falls_is_a_finding(line: Timeline, first: object, second: object, found: bool) -> None:
    """A total only grows: who gives a lower one contradicts the one before."""
    for day, total in (("2026-01-20", first), ("2026-01-21", second)):
        told = custody.TransferProgressReported(operation=OPERATION, moved=total)
        line.record(told, occurred=day, reports=by("CENTCOM", day))
    assert line.at().findings.counts() == ({"total_fell": 1} if found else {})


def test_a_total_that_fell_says_whose_and_to_what(line: Timeline) -> None:
    """Totals of one cohort are compared with each other, and parts with nothing."""
    for number, cohort in ((450, "iraqi"), (30, None), (400, "iraqi")):
        told = custody.TransferProgressReported(operation=OPERATION, moved=exactly(number), cohort=cohort)
        entry = line.record(told, occurred="2026-01-20", reports=by("CENTCOM"))
    part = custody.TransferProgressReported(operation=OPERATION, moved=exactly(1), cohort="iraqi")
    line.record(part, occurred="2026-01-21", part_of=entry)
    (finding,) = line.at().findings.of(kind="total_fell")
    assert finding.message == f"{OPERATION} (iraqi): 400 are claimed (CENTCOM), after 450"
    assert (finding.path, finding.entries) == (("custody", "operations", OPERATION, "claimed"), (entry,))


@pytest.mark.parametrize(
    ("occurred", "told", "found"),
    [
        ("0025", "2026-01-20", True),
        ("1525-12-31", "2026-01-20", True),
        ("1526-01-20", "2026-01-20", False),
        ("1526-01-19", "2026-01-20", True),
        ("../1200", "2026-01-20", True),
        ("1200/..", "2026-01-20", False),
        (None, "2026-01-20", False),
        ("0001-01-01", "0400-01-01", False),
    ],
)
def test_what_was_told_centuries_later_has_an_implausible_date(
    line: Timeline, occurred: str | None, told: str, found: bool
) -> None:
    """The year 25 is a slip of the pen; alone and bound to others alike."""
    for after in ((), (line.record(border.CrossingOpened(crossing="other"), occurred="0001-01-01"),)):
        line.record(border.CrossingClosed(crossing="rabia"), occurred=occurred, reports=by("AP", told), after=after)
        found_of = line.at().findings.of(kind="implausible_date", about="rabia")
        assert bool(found_of) is found
        if found:
            assert (
                found_of[0].message
                == f"rabia: crossing closed {with_preposition(When(occurred))} (AP) was reported more than 500 years later"
            )
            assert found_of[0].path == ("border", "crossings", "rabia", "status")
        line.retract(line.entries()[-1])


# -- the findings of a situation ---------------------------------------------------------------------


def test_findings_are_a_tuple_that_counts_and_filters(line: Timeline) -> None:
    """By kind, by what they are about; a slug and a tag mean the same."""
    disputed(line)
    line.record(facility.ControlChanged(facility=CAMP, manner="vacated", previous="sdf"), occurred="2026-01-20")
    found = line.at().findings
    assert isinstance(found, tuple)
    assert found == tuple(found)
    assert found.counts() == {"disputed": 1, "control_gap": 1}
    assert [finding.kind for finding in found.of(kind="disputed")] == ["disputed"]
    assert [finding.kind for finding in found.of(about=CAMP)] == ["control_gap"]
    assert found.of(about="authority:sdf") == found.of(kind="control_gap", about="sdf") == found[1:]
    assert found.of(kind="drift") == ()
    assert repr(found) == "<Findings: 1 disputed, 1 control_gap>"


def test_no_findings_are_falsy() -> None:
    """A consistent timeline has no findings."""
    found = Timeline().at().findings
    assert (bool(found), found, repr(found), str(found)) == (False, (), "<Findings: none>", "no findings")


def test_a_finding_of_your_own_is_about_what_its_entries_name(line: Timeline) -> None:
    """One without claims is found by the tags of its entries."""
    entry = line.record(escaped(5), occurred="2026-01-19")
    assert Findings([Finding("odd", "much", entries=(entry,))]).of(about=PRISON)
    assert Finding("odd", "much").subject == ""


def test_a_finding_is_about_entities_and_not_about_the_projection_it_is_from() -> None:
    """The first step of a path names a projection: it is the subject of nothing, whatever finding it is from."""
    found = Findings([Finding("drift", "much", ("custody", PRISON, "held"))])
    assert found.of(about=PRISON) == found
    assert not found.of(about="custody")


@pytest.mark.parametrize(
    ("path", "names", "steps"),
    [
        (("custody", PRISON, "held", "iraqi"), (PRISON, "iraqi"), ("held",)),
        (("custody", "counted", "sdf"), ("sdf",), ("counted",)),
        (("custody", "operations", OPERATION, "planned"), (OPERATION,), ("operations", "planned")),
        (("facilities", CAMP, "claimants", "control"), (CAMP,), ("claimants", "control")),
        (("border", "crossings", "rabia", "status"), ("rabia",), ("crossings", "status")),
        (("border", "incidents"), (), ("incidents",)),
        (("agreements", "talks"), (), ("talks",)),
        (("sirens", CAMP), (CAMP,), ("sirens",)),
    ],
)
def test_the_steps_of_a_path_are_no_entities(path: Any, names: Any, steps: Any) -> None:
    """A finding is about the entity that its path names, and the cohort; not about the words between."""
    found = Findings([Finding("odd", "much", path)])
    assert found[0].subject == (names[0] if names else "")
    assert all(found.of(about=name) for name in names)
    assert not any(found.of(about=step) for step in steps)


# -- many of them ------------------------------------------------------------------------------------


def counts(line: Timeline, places: int, days: int) -> None:
    """Make counts by two sources of the people of many places, at noon and at midnight, mostly unlike."""
    line.record_all(
        Draft(
            custody.HeadcountReported(facility=f"facility-{place:03}", quantity=exactly(place + number * (day % 3))),
            occurred=(date(2025, 1, 1) + timedelta(days=day)).isoformat(),
            reports=by(source, "2026-01-01"),
        )
        for day in range(days)
        for place in range(places)
        for number, source in enumerate(("noon count", "midnight count"))
    )


@pytest.mark.parametrize("shown", [str, lambda found: plain_text(sheet(found)), lambda found: printed(found)])
def test_thousands_of_findings_are_counted_by_facility(line: Timeline, shown: Callable[[Findings], str]) -> None:
    """Of every face, at most sixty lines: how many of each kind, where most are, and how many elsewhere."""
    counts(line, places=60, days=20)
    found = line.at().findings
    assert found.counts() == {"possible_duplicate": 1200}
    lines = shown(found).splitlines()
    assert len(lines) <= 60
    assert any("20" in told and "facility-000" in told for told in lines)
    assert any("220" in told and "11 others" in told for told in lines)


def test_of_many_kinds_each_names_its_first_subject(line: Timeline) -> None:
    """A kind with room for one line only says the facility with most findings, and how many others there are."""
    counts(line, places=2, days=2)
    (group,) = line.at().findings.groups(1)
    assert str(group) == "4 × possible_duplicate: facility-000, 1 other"


def test_the_page_of_a_situation_counts_them_without_looking_entries_up(line: Timeline) -> None:
    """One line a kind names where there are most."""
    counts(line, places=60, days=1)
    situation = line.at()
    text = str(situation)
    assert text.endswith("60 × possible_duplicate: facility-000, facility-001, 58 others")
    assert "findings" not in situation.__dict__
    assert situation == line.at()
    assert "findings" not in situation.__dict__
    assert len(sheet(situation).tables[-1].rows) == FEW


def test_of_one_kind_about_one_place_the_first_are_shown(line: Timeline) -> None:
    """There is nothing left to count by."""
    counts(line, places=1, days=MOST + 7)
    table = sheet(line.at().findings).tables[0]
    assert (len(table.rows), table.hidden) == (MOST, 7)


def test_findings_without_a_subject_are_counted_together(line: Timeline) -> None:
    """Those of no place, and those of a projection that names none."""
    found = Findings([Finding("odd", "much")] * 60)
    assert str(found) == "60 findings\n60 × odd"
    assert list(text.finding_lines(found)) == ["60 × odd"]
    assert sheet(found).tables[0].hidden == 10


def test_counts_by_one_source_give_no_finding(line: Timeline) -> None:
    """A list of admissions, many a day to one place, and counts without a reported flow between."""
    line.record_all(
        Draft(told, occurred=f"2025-{month:02}-01", reports=by("registry", "2026-01-01"))
        for month in range(1, 13)
        for told in [custody.DetaineesAdmitted(facility=CAMP, quantity=exactly(1))] * 30
    )
    line.record_all(
        Draft(
            custody.HeadcountReported(facility=PRISON, quantity=exactly(month * 37 % 50)), occurred=f"2025-{month:02}"
        )
        for month in range(1, 13)
    )
    assert line.at().findings == ()


def test_entries_are_looked_up_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log that is opened again, printed and asked for its findings is read in pages, and not entry by entry."""
    told = [
        custody.DetaineesEscaped(facility=PRISON, quantity=exactly(9)),
        agreement.AgreementViolated(agreement="truce"),
    ]
    with Timeline.open(tmp_path / "kept.db") as kept:
        kept.record(custody.HeadcountReported(facility=PRISON, quantity=exactly(5)), occurred="2024-12-31")
        kept.record_all(
            Draft(told[number % 2], occurred=(date(2025, 1, 1) + timedelta(days=number // 4)).isoformat())
            for number in range(1200)
        )
        kept.at()
    asked: list[int] = []
    look_up = BaseLog.entries_at

    def counted(log: BaseLog, positions: Sequence[int]) -> Sequence[Entry]:
        asked.append(len(positions))
        return look_up(log, positions)

    monkeypatch.setattr(BaseLog, "entries_at", counted)
    with Timeline.open(tmp_path / "kept.db") as kept:
        assert "violations" in str(kept.at())
        assert kept.at().findings.counts() == {"possible_duplicate": 600, "negative_balance": 1}
    assert len(asked) < 60


# -- what a finding explains -------------------------------------------------------------------------

PAGE = Path(__file__).parents[2] / "docs" / "findings.md"


def test_every_kind_is_explained_and_no_other() -> None:
    """Each of the library's own kinds says what it means, why it matters and what to do."""
    assert set(KINDS) == set(get_args(FindingKind))
    assert all(kind.meaning and kind.says and kind.matters and kind.remedy for kind in KINDS.values())


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_has_a_section_with_an_example(name: str) -> None:
    """The page on findings explains each kind under its own heading, and an example there gives that finding."""
    section = PAGE.read_text("utf-8").partition(f"\n### {name}\n")[2].partition("\n### ")[0]
    assert f"<!-- generated: {name} -->" in section
    assert f"\n{name}: " in section


def test_the_arabic_page_lists_every_kind() -> None:
    """The table of findings in Arabic has a row for each of the library's own kinds, and no other."""
    text = (PAGE.parent / "ar" / "ideas.md").read_text("utf-8").partition("\n## الملاحظات\n")[2].partition("\n## ")[0]
    assert set(re.findall(r"\| `(\w+)` \|", text)) == set(KINDS)


def test_a_finding_explains_its_kind(line: Timeline) -> None:
    """The explanation of a finding is that of its section; a kind of a user's own says whose it is."""
    disputed(line)
    assert line.at().findings[0].help == str(KINDS["disputed"])
    assert Finding("too_loud", "the siren").help == "A projection of yours declares the kind 'too_loud'."
