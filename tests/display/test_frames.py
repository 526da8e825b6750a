"""The frames of a replay: the rows that change at each moment add up to the situation there."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings

from examples.northeast_syria import load
from timeline import Draft, Timeline, exactly
from timeline.display.cells import SheetRow, is_empty
from timeline.display.frames import cell, frames
from timeline.display.sheets import sheet
from timeline.events import agreement, border, custody
from timeline.testing.strategies import messy_histories
from timeline.values.instants import instant


@pytest.fixture(scope="module")
def chronicle():
    line = Timeline()
    load(line)
    return line


class TestMoments:
    """The state at a moment is the one `at` has."""

    @settings(max_examples=40)
    @given(messy_histories())
    def test_frames_add_up_to_situations(self, chronicle):
        """For any history, the changes up to a moment make the rows, plans and possibilities of `at`."""
        line = chronicle.timeline()
        asked = line.at()
        told = json.loads(json.dumps(frames(asked)))
        state = {}
        for (end, _), changes in zip(told["moments"], told["changes"], strict=True):
            state.update({(section, key): cells for section, key, cells, _ in changes})
            now = line.at() if end is None else line.at(instant(end - 1))
            wanted = [(table.heading, row) for table in sheet(now).tables for row in table.rows]
            shown = {(section, key): cells for (section, key), cells in state.items() if cells is not None}
            sections = {section for section, _ in told["sections"]}
            assert shown == {(s, row.key): cells_of(row) for s, row in wanted if s in sections}
            limit = float("inf") if end is None else end
            possible = [
                p for p, start, until in told["possible"] if (until or 1e30) > limit and (start or -1e30) < limit
            ]
            plans = [p for p, since, done in told["plans"] if since <= limit and (done is None or done > limit)]
            assert possible == [entry.position for entry in now.possible]
            assert plans == [entry.position for entry in now.plans]

    def test_findings_appear_when_they_arise(self, chronicle):
        """At each moment the findings are those of the situation."""
        told = frames(chronicle.at())
        for index in range(0, len(told["moments"]), 5):
            end = told["moments"][index][0]
            now = chronicle.at() if end is None else chronicle.at(instant(end - 1))
            shown = [message for moment, _, message, _ in told["findings"] if moment <= index]
            assert sorted(shown) == sorted(finding.message for finding in now.findings)


def cells_of(row: SheetRow):
    return json.loads(json.dumps({name: cell(found) for name, found in row.cells.items() if not is_empty(found)}))


def test_a_term_that_passes_is_a_moment_of_its_own():
    """Nothing happens on the day after a truce was to end, and yet it is overdue from then on."""
    line = Timeline()
    line.record(agreement.AgreementEnteredIntoForce(agreement="truce", until="2026-01-12"), occurred="2026-01-05")
    told = frames(line.at())
    assert [label for _, label in told["moments"]] == ["2026-01-05", "2026-01-12", ""]
    assert [{"f": "overdue"} in changes[0][2]["status"] for changes in told["changes"][:2]] == [False, True]


def test_measures_and_watches_come_and_go():
    """A stretch nobody watches any more leaves the table, and lists only grow."""
    line = Timeline()
    line.record_all(
        [
            Draft(border.MonitoringStarted(sector="north", by="iraq-gov"), occurred="2026-01-01"),
            Draft(border.MonitoringEnded(sector="north", by="iraq-gov"), occurred="2026-01-05"),
            Draft(custody.HeadcountReported(authority="sdf", quantity=exactly(9)), occurred="2026-01-06"),
        ]
    )
    told = frames(line.at())["changes"]
    assert [change[:2] for change in told[0]] == [["monitored", "north"]]
    assert told[1][0][2] is None
    assert told[2][0][1] == "authority:sdf"
