"""Memory: an entry leaves little in the index once it is folded."""

from __future__ import annotations

import gc
import pickle
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

import pytest

from bench.workload import drafts
from timeline import Draft, Report, Timeline, exactly
from timeline.entry import Entry
from timeline.events import agreement, border, custody, entity
from timeline.history.contradictions import DatedFinding
from timeline.index.complete import CompleteView
from timeline.index.view import EVERYTHING
from timeline.log import SqliteLog

MANY = 1000
_NOT_OURS = (type, ModuleType, FunctionType, BuiltinFunctionType, MethodType)


def folded() -> tuple[Timeline, CompleteView]:
    """Return a timeline of many kinds of events, none of which names another, and its index with all findings."""
    line = Timeline()
    line.record_all(drafts(MANY))
    line.record_all(
        Draft(event, occurred="2024-01-02", reports=[Report("wire", published="2024-01-03")])
        for event in (
            agreement.TalksHeld(parties=("sdf", "syria-gov")),
            border.BorderIncidentReported(kind="attack"),
            custody.DetaineesEscaped(facility="facility-001", quantity=exactly(7)),
            entity.IdentityJudged(left="facility:facility-001", right="facility:facility-002", judgement="different"),
        )
    )
    line.record(
        custody.DetaineesEscaped(facility="facility-001", quantity=exactly(8)),
        occurred="2024-01-02",
        reports=Report("another", published="2024-01-03"),
    )
    line.at().findings  # noqa: B018  # it is kept
    return line, line._index.views.complete


def held(*roots: Any) -> list[Any]:
    """Return every object that is held by some, directly or through others."""
    found, met, waiting = [], set(), list(roots)
    while waiting:
        one = waiting.pop()
        if id(one) not in met and not isinstance(one, _NOT_OURS):
            met.add(id(one))
            found.append(one)
            waiting += gc.get_referents(one)
    return found


def test_folds_hold_no_entries():
    """An entry is looked up again when somebody asks for it: a fold of a million would hold many."""
    _, complete = folded()
    for name in complete.projections:
        tracks = [complete.folded(name).track(key) for key in complete.folded(name)]
        values = [value for track in tracks for value in (track.frames, track.tail, track.findings)]
        assert [one for one in held(*values) if isinstance(one, Entry)] == []


def test_a_mention_gives_its_entry(tmp_path):
    """It looks the entry up in its log, also once the timeline is closed."""
    with Timeline(SqliteLog(tmp_path / "log.db")) as line:
        told = line.record(agreement.TalksHeld(parties=("sdf",)), occurred="2026-01-10", reports=Report("Reuters"))
        (talks,) = line.at().agreements.talks
        assert (talks.entry, talks.entry.reports, talks.position) == (told, told.reports, told.position)
    assert talks.entry == told
    again = pickle.loads(pickle.dumps(talks))
    assert (again, again.entry, again.position) == (talks, told, 1)


@pytest.mark.parametrize("published", ["2026-01-11", "2026-01-12", "2026-01-13"])
def test_a_mention_shows_the_reports_within_the_cut(published):
    """A report that came later is not among its reports."""
    line = Timeline()
    reports = [Report("A", published="2026-01-11"), Report("B", published="2026-01-13")]
    line.record(agreement.TalksHeld(parties=("sdf",)), occurred="2026-01-10", reports=reports)
    assert len(line.at().agreements.talks[0].entry.reports) == 2
    (talks,) = line.at(reported=published).agreements.talks
    assert talks.entry.reports == tuple(r for r in reports if r.published.text <= published)


def test_a_mention_does_not_change_with_a_correction():
    """It says what was known when it was asked for."""
    line = Timeline()
    told = line.record(agreement.TalksHeld(parties=("sdf",)), occurred="2026-01-10")
    (before,) = line.at().agreements.talks
    line.correct(told, agreement.TalksHeld(parties=("sdf", "syria-gov")))
    (after,) = line.at().agreements.talks
    assert before.entry.event.parties == ("sdf",)
    assert after.entry.event.parties == ("sdf", "syria-gov")


def test_findings_hold_no_places():
    """The place of a finding is that of its entry: only what is about several entries keeps its own."""
    _, complete = folded()
    found = complete.findings()
    several = [placed for placed in found if len(placed.positions) > 1]
    assert len(found) > MANY / 20 > len(several) > 0
    assert [one for one in held(complete._findings) if isinstance(one, DatedFinding)] == several
    for by in (found[0].point, found[len(found) // 2].point, EVERYTHING):
        assert complete.findings(by) == [placed for placed in found if placed.point <= by]


@pytest.mark.parametrize("reopened", [False, True])
def test_findings_of_one_value_share_its_path(tmp_path, reopened):
    """A crossing that opens a thousand times while it is open is named once, also in keyframes."""
    with Timeline(SqliteLog(tmp_path / "log.db")) as line:
        line.record_all(drafts(2 * MANY))
        found = line.at().findings
    if reopened:
        with Timeline.open(tmp_path / "log.db") as line:
            found = line.at().findings
    paths = [finding.path for finding in found]
    assert len(set(paths)) < len(paths) / 2
    assert len({id(path) for path in paths}) == len(set(paths))
