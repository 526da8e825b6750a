"""Cuts made from cuts nearby: the same answers, at the cost of what differs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bench.workload import drafts
from timeline import Draft, Report, Timeline, credible, exactly
from timeline.entry import Entry
from timeline.events.custody import DetaineesAdmitted, DetaineesTransferred
from timeline.events.entity import IdentityJudged
from timeline.events.facility import ControlChanged, FacilityRegistered
from timeline.history import judgements
from timeline.history.history import History, history
from timeline.history.identity import identity_of
from timeline.index import cutting, growing
from timeline.index.complete import CompleteView
from timeline.index.cutting import CutView
from timeline.index.folded import EVERY
from timeline.index.overlay import Marks
from timeline.live.entries import EntryCache
from timeline.testing.strategies import START, Chronicle, adversarial_histories, coherent_histories, messy_histories
from timeline.values.instants import instant

DAYS = ("2026-01-01", "2026-01-02", "2026-01-03", "2026-01-10", "2026-01-20", "2026-02-01", "2026-02-28")
histories = st.one_of(messy_histories(), coherent_histories(max_size=6), adversarial_histories())
walks = st.lists(
    st.fixed_dictionaries(
        {"reported": st.none() | st.sampled_from(DAYS), "recorded": st.none() | st.integers(0, 9)},
        optional={
            "accept": st.just(credible(2)),
            "policy": st.sampled_from(("highest", "latest")),
            "occurred": st.just("2026-01-10"),
        },
    ),
    min_size=2,
    max_size=8,
)


WALKED = Chronicle(
    [
        Draft(FacilityRegistered(facility="camp"), id="e0"),
        Draft(ControlChanged(facility="camp"), after=("e0",), id="e1"),
    ]
)
"""The second entry is recorded later, and published without a date: a reported cut leaves it out."""


def asked(options: dict[str, Any]) -> dict[str, Any]:
    minute = options["recorded"]
    return {**options, "recorded": None if minute is None else START + timedelta(minutes=minute)}


def transfer(quantity: int) -> DetaineesTransferred:
    return DetaineesTransferred(origin="a", destination="b", quantity=exactly(quantity))


@example(WALKED, [{"reported": "2026-01-01", "recorded": 0}, {"reported": "2026-01-01", "recorded": None}])
@given(histories, walks)
def test_a_walk_among_cuts_answers_as_each_cut_alone(told: Chronicle, walk: list[dict[str, Any]]) -> None:
    """A cut says the same after any other cuts as when it is asked first."""
    line = told.timeline()
    for options in walk:
        there, alone = line.at(**asked(options)), told.timeline().at(**asked(options))
        assert there == alone
        assert [entry.id for entry in there.left_out] == [entry.id for entry in alone.left_out]
        assert str(there) == str(alone)


@given(histories)
def test_the_steps_of_a_replay_are_cuts(told: Chronicle) -> None:
    """After the last step of each publication, a replay says what the cut there says."""
    line, alone = told.timeline(), told.timeline()
    last = {step.after.clocks.reported: step.after for step in line.replay("reported") if step.changed is not None}
    for end, situation in last.items():
        assert end is not None
        assert situation == alone.at(reported=instant(end - 1))


def test_a_step_of_a_replay_does_not_read_the_whole_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step reads what lies between two keyframes on each track that it touches, at most four here."""
    line = Timeline()
    line.record_all(drafts(3000))
    steps = line.replay("reported", since="2024-12-01")
    assert next(steps).changed is not None
    read, found = CompleteView.reading, []
    monkeypatch.setattr(CompleteView, "reading", lambda self, position: found.append(position) or read(self, position))
    for step in islice(steps, 40):
        assert step.changed is not None
    assert len(found) < 40 * 4 * EVERY


def test_a_report_published_later_is_found_between_two_cuts() -> None:
    """A second and a third report of an entry count from their own publications on."""
    days = ("2026-01-02", "2026-01-05", "2026-01-09")
    line = Timeline()
    line.record_all(
        Draft(
            DetaineesAdmitted(facility="a", quantity=exactly(1)),
            occurred="2026-01-01",
            reports=[Report(f"s{n}", published=day, credibility=3 - n) for n, day in enumerate(days)],
        )
        for _ in range(3)
    )
    counts = [line.at(reported=day, accept=credible(2)).custody.received(facility="a") for day in days]
    assert [count.best for count in counts] == [0, 3, 3]
    reports = [len(line.at(reported=day).why("custody", "a", "received")[0].reports) for day in days]
    assert reports == [1, 2, 3]


@given(histories, walks)
def test_marks_are_the_same_one_by_one_and_all_at_once(told: Chronicle, walk: list[dict[str, Any]]) -> None:
    """A cut leaves the same of an entry if a question looks at it alone or at all of them."""
    line = told.timeline()
    for options in walk:
        view = line.at(**asked(options))._seen
        if isinstance(view, CutView):
            one_by_one = [view.marks._one(position) for position in range(line.log.head().position + 1)]
            all_at_once = list(view.marks.all())
            assert one_by_one[: len(all_at_once)] == all_at_once
            assert not any(one_by_one[len(all_at_once) :])


def test_a_cut_of_one_path_looks_at_what_bears_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The course of one value, and a search by publication, mark few entries and read few."""
    line = Timeline()
    told = [Report("s", published="2026-02-02")]
    line.record_all(drafts(2000))
    line.record(DetaineesAdmitted(facility="lonely", quantity=exactly(1)), occurred="2026-01-01", reports=told)
    line.at().findings
    monkeypatch.setattr(Marks, "all", lambda marks: pytest.fail("every entry was marked"))
    monkeypatch.setattr(line, "entries", lambda **asked: pytest.fail(f"the log was read: {asked}"))
    assert [str(lesson.value) for lesson in line.learned(None, "custody", "lonely", "received")] == ["1"]
    flip = line.bisect(lambda s: s.custody.received(facility="lonely").best == 1)
    assert flip is not None
    assert str(flip.after) == "2026-02-02"


def test_parts_that_come_one_by_one_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not again with each publication or recording, by cuts or by what was learned."""
    line = Timeline()
    whole = line.record(transfer(90), occurred="2026-01-01", reports=[Report("wire", published="2026-01-01")])
    for day in range(2, 29):
        told = [Report("wire", published=f"2026-01-{day:02}")]
        line.record(transfer(1), occurred="2026-01-01", part_of=whole, reports=told)
    read: list[int] = []

    def counted(entries: Iterable[Entry], **asked: Any) -> History:
        entries = list(entries)
        read.append(len(entries))
        return history(entries, **asked)

    line.at()
    monkeypatch.setattr(cutting, "history", counted)
    monkeypatch.setattr(growing, "history", counted)
    for day in range(1, 29):
        assert line.at(reported=f"2026-01-{day:02}").custody.received(facility="b") == exactly(90)
    assert len(line.learned(None, "custody", "b", "received")) == 1
    for entry in line.entries():
        assert line.at(recorded=entry.recorded_at).custody.received(facility="b") == exactly(90)
    assert sum(read) < 6 * 28


def test_a_walk_about_one_value_reads_what_bears_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries about other places that were published in between are passed by their numbers alone."""
    line = Timeline()
    days = [f"2026-01-{day:02}" for day in range(1, 29)]
    for day in days:
        told = [Report("wire", published=day)]
        others = (Draft(DetaineesAdmitted(facility=f"b{n}", quantity=exactly(1)), reports=told) for n in range(30))
        line.record_all([Draft(DetaineesAdmitted(facility="a", quantity=exactly(1)), reports=told), *others])
    line.at(reported=days[0]).custody.received(facility="a")
    read: list[int] = []
    get = EntryCache.get
    monkeypatch.setattr(EntryCache, "get", lambda self, positions: read.extend(positions) or get(self, positions))
    received = [line.at(reported=day).custody.received(facility="a") for day in days]
    assert received == [exactly(number) for number in range(1, 29)]
    assert len(read) < 10 * 28
    assert line.at(reported=days[-1]).custody.received(facility="b7") == exactly(28)


def test_a_walk_through_judgements_reads_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the recorded clock, and in strict mode before each is recorded."""
    line = Timeline(strict=True)
    line.record(DetaineesAdmitted(facility="b0", quantity=exactly(1)), occurred="2026-01-01")
    for number in range(40):
        line.record(IdentityJudged(left=f"facility:a{number}", right=f"facility:b{number}", judgement="same"))
    made: list[object] = []
    monkeypatch.setattr(judgements, "identity_of", lambda *told: made.append(told) or identity_of(*told))
    for entry in line.entries():
        line.at(recorded=entry.recorded_at).custody.held(facility="b0")
    for number in range(40, 80):
        line.record(IdentityJudged(left=f"facility:a{number}", right=f"facility:b{number}", judgement="same"))
    assert len(made) <= 2
