"""The first question to a log that was never folded folds what it needs, and no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.workload import AUTHORITIES, PLACES, drafts
from timeline import Draft, MemoryLog, Projection, Timeline, exactly
from timeline.entry import Entry
from timeline.errors import InvalidValue
from timeline.events.custody import DetaineesEscaped
from timeline.events.editorial import EventCorrected
from timeline.events.facility import ControlChanged
from timeline.history.history import History, history
from timeline.index import complete
from timeline.live import current
from timeline.log import SqliteLog
from timeline.testing.strategies import Chronicle, adversarial_histories, coherent_histories, messy_histories

pytestmark = pytest.mark.usefixtures("long")
histories = st.one_of(messy_histories(), coherent_histories(max_size=6), adversarial_histories())


@pytest.fixture(scope="module")
def long() -> Iterator[None]:
    """Treat every log as a long one, whose entries are left to the first question."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(current, "_SHORT", -1)
        yield


@given(histories, st.sampled_from(("facilities", "custody", "agreements", "border")), st.integers(0, 9))
def test_one_value_asked_first_changes_no_answer(told: Chronicle, name: str, number: int) -> None:
    """A value asked first is that of a whole fold, and so is all that is asked later."""
    eager, lazy = told.timeline(), told.timeline()
    whole = eager.at()
    view = lazy.at()[name]
    slug = [*whole[name], None][number % (len(whole[name]) + 1)] if name != "border" else None
    if slug is not None:
        assert view[slug] == whole[name][slug]
    assert lazy.at() == whole
    assert str(lazy.at()) == str(whole)
    assert lazy.at(reported="2026-01-20") == eager.at(reported="2026-01-20")


@pytest.fixture
def folded() -> Counter[str]:
    """Count the steps folded of each key."""
    return Counter()


@pytest.fixture
def changes(folded: Counter[str]) -> Projection:
    """Give a projection that counts the changes of control of each facility, and its own steps."""

    def evolve(count: int | None, reading: object, key: str) -> int:
        folded[key] += 1
        return (count or 0) + 1

    return Projection(
        name="changes",
        keys=lambda reading: [reading.event.facility] if isinstance(reading.event, ControlChanged) else [],
        evolve=evolve,
    )


def test_a_question_about_one_key_folds_that_key(changes: Projection, folded: Counter[str]) -> None:
    """The first question folds one track; what is asked of everything folds the others."""
    log = MemoryLog()
    log.append([*drafts(1000)])
    line = Timeline(log, projections=[changes])
    place = PLACES[17]
    assert line.at()["changes"][place] == folded[place]
    assert [*folded] == [place]
    assert str(line.at())
    assert sum(folded.values()) == sum(isinstance(entry.event, ControlChanged) for entry in line.entries())


def test_a_short_log_or_a_choice_of_claims_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """`at` refuses what a policy refuses, and folds a short log."""
    line = Timeline()
    line.record(ControlChanged(facility="a", authority=AUTHORITIES[0]), occurred="2026-01-01")
    with pytest.raises(InvalidValue, match="the policy gave True"):
        line.at(policy=lambda claims: True)  # type: ignore[arg-type, return-value]
    monkeypatch.setattr(current, "_SHORT", 1)
    monkeypatch.setattr(line.log, "read", lambda **asked: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        Timeline(line.log).at()


def test_an_answer_made_before_an_entry_does_not_know_it() -> None:
    """A situation keeps the log as it was when it was asked for, though nothing was read by then."""
    line = Timeline()
    line.record(ControlChanged(facility="a", authority=AUTHORITIES[0]), occurred="2026-01-01")
    before = line.at()
    line.record(ControlChanged(facility="a", authority=AUTHORITIES[1]), occurred="2026-01-02")
    assert before.facilities["a"].holder() == AUTHORITIES[0]
    assert line.at().facilities["a"].holder() == AUTHORITIES[1]


def test_a_situation_answers_after_its_log_was_closed(tmp_path: Path) -> None:
    """Closing a log reads what a situation of it has yet to read."""
    with Timeline(SqliteLog(tmp_path / "a.db")) as line:
        line.record(ControlChanged(facility="a", authority=AUTHORITIES[0]), occurred="2026-01-01")
        situation = line.at()
    assert situation.facilities["a"].holder() == AUTHORITIES[0]


def test_entries_that_come_later_are_folded_where_somebody_asked(changes: Projection, folded: Counter[str]) -> None:
    """A track that was folded once is kept current; the others wait."""
    log = MemoryLog()
    log.append([*drafts(1000)])
    line = Timeline(log, projections=[changes])
    place, other = PLACES[17], PLACES[7 * 31 * 11 % 200]
    count = line.at()["changes"][place]
    for facility in (place, other):
        line.record(ControlChanged(facility=facility, authority="sdf"), occurred="2026-02-01")
    assert line.at()["changes"][place] == count + 1
    assert [*folded] == [place]


def test_a_long_component_is_read_again_a_few_times_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages of a long log grow with its longest component, so that reading it costs in proportion to its length."""
    read: list[int] = []

    def count(entries: Sequence[Entry], **asked: Any) -> History:
        read.append(len(entries))
        return history(entries, **asked)

    line = Timeline()
    escaped = DetaineesEscaped(facility="al-hol-camp", quantity=exactly(1))
    told = [Draft(EventCorrected(target="e", replacement=escaped)) for _ in range(511)]
    line.record_all([Draft(escaped, id="e"), *told])
    monkeypatch.setattr(current, "_CHUNK", 16)
    monkeypatch.setattr(complete, "history", count)
    assert str(line.at().custody.escaped(facility="al-hol-camp")) == "1"
    assert max(read) == 512
    assert sum(read) < 3 * 512
