"""After a redaction the index is built again once, when somebody asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from timeline import Entry, MemoryLog, Timeline, exactly
from timeline.errors import UnknownName
from timeline.events.custody import DetaineesAdmitted


class CountingLog(MemoryLog):
    """A log in memory that counts how often it is read from the start."""

    readings = 0

    def read(self, **asked: Any) -> Iterator[Entry]:
        self.readings += not asked.get("after")
        return super().read(**asked)


@pytest.fixture
def log() -> CountingLog:
    return CountingLog()


@pytest.fixture
def line(log: CountingLog) -> Timeline:
    """Give a timeline of ten admissions, to two facilities, that was asked before."""
    line = Timeline(log)
    for number in range(10):
        line.record(DetaineesAdmitted(facility="ab"[number % 2], quantity=exactly(1)), id=f"e{number}")
    line.at()
    return line


def test_many_redactions_read_the_log_once(line: Timeline, log: CountingLog) -> None:
    """Redactions in a row cost one reading of the log, by the question after them."""
    before = log.readings
    for number in range(0, 8, 2):
        line.redact(f"e{number}")
    assert log.readings == before
    assert line.at().custody.received(facility="a") == exactly(1)
    assert log.readings == before + 1


def test_a_situation_held_over_a_redaction_answers_without_what_was_redacted(line: Timeline) -> None:
    """A situation from before a redaction reads the log again by itself."""
    held = line.at()
    line.redact("e0")
    assert held.custody.received(facility="a") == exactly(4)
    assert held.custody.received(facility="b") == exactly(5)


def test_a_name_is_unknown_once_its_last_entry_is_redacted(line: Timeline) -> None:
    """The names of the log are those that the redactions left."""
    held = line.at()
    for number in range(0, 10, 2):
        line.redact(f"e{number}")
    with pytest.raises(UnknownName):
        held.custody.received(facility="a")


def test_a_failed_reading_after_a_redaction_is_tried_again(line: Timeline, log: CountingLog) -> None:
    """An error of the log is raised, and the next question reads the log again."""
    held = line.at()
    line.redact("e0")
    log.head, head = lambda: 1 / 0, log.head  # type: ignore[assignment, method-assign, return-value]
    with pytest.raises(ZeroDivisionError):
        held.custody.received(facility="a")
    log.head = head  # type: ignore[method-assign]
    assert held.custody.received(facility="a") == exactly(4)
