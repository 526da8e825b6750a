"""The face of the library: opening, recording, asking, replaying."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import attrs
import pytest

from timeline import Draft, Expect, Modality, Projection, Reading, Report, Timeline, event, exactly
from timeline.errors import (
    CannotOpen,
    ConcurrencyConflict,
    IllegalTransition,
    InvalidDraft,
    InvalidEvent,
    InvalidValue,
    InvalidWhen,
    LogClosed,
    LogError,
    TimelineError,
    UnknownTarget,
)
from timeline.events import border, custody, facility
from timeline.projections.border import BORDER
from timeline.testing import changes_nothing, dispute, finds, finds_nothing, given, on, refuses
from timeline.values.containers import PersistentList

OPENED = border.CrossingOpened(crossing="al-qaim-bukamal-crossing")
CLOSED = border.CrossingClosed(crossing="al-qaim-bukamal-crossing")


def test_a_path_keeps_the_timeline(tmp_path: Path) -> None:
    """Recorded entries are there after the log is opened again, under either spelling of the path."""
    path = tmp_path / "incidents.db"
    with Timeline.open(path) as line:
        entry = line.record(OPENED, occurred="2025-06-14")
    with Timeline.open(f"sqlite:///{path}") as line:
        assert line.entries() == (entry,)
        assert line.at().border.crossings["al-qaim-bukamal-crossing"].status == "open"


def test_a_url_with_three_slashes_is_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As elsewhere: three slashes and a relative path, four for an absolute one."""
    monkeypatch.chdir(tmp_path)
    Timeline.open("sqlite:///incidents.db").close()
    assert (tmp_path / "incidents.db").exists()


@pytest.mark.parametrize(
    "target", ["", ":memory:", "sqlite://", "sqlite:///", "mysql://localhost/x", "https://x.org/a.db"]
)
def test_what_is_no_path_is_refused(target: str) -> None:
    """Other places are named as such, and no file of that name appears."""
    with pytest.raises(CannotOpen, match="path"):
        Timeline.open(target)


def test_a_batch_lands_whole_or_not_at_all() -> None:
    """A batch with one bad reference leaves nothing."""
    line = Timeline()
    with pytest.raises(UnknownTarget):
        line.record_all([Draft(OPENED), Draft(CLOSED, after=["nowhere"])])
    assert line.entries() == ()


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"occurred": "yesterday"}, InvalidWhen),
        ({"occurred": datetime(2026, 1, 21)}, InvalidWhen),
        ({"reports": "Reuters"}, InvalidDraft),
        ({"reports": ["Reuters"]}, InvalidDraft),
        ({"modality": "planned"}, InvalidDraft),
        ({"part_of": 7}, InvalidDraft),
        ({"id": "two words"}, InvalidDraft),
    ],
)
@pytest.mark.parametrize("strict", [False, True])
def test_malformed_input_is_refused_in_both_modes(
    arguments: dict[str, object], error: type[Exception], strict: bool
) -> None:
    """Nothing is half-written."""
    line = Timeline(strict=strict)
    with pytest.raises(error):
        line.record(OPENED, **arguments)
    assert line.entries() == ()


def test_what_is_no_event_is_refused() -> None:
    """A dictionary is not an event, and the message says how to make one."""
    with pytest.raises(InvalidDraft, match="expected an instance"):
        Timeline().record({"crossing": "x"})


@pytest.mark.parametrize(
    "drafts", [None, 3, OPENED, "draft", [OPENED], [None], Timeline()], ids=lambda given: str(given)[:20]
)
@pytest.mark.parametrize("strict", [False, True])
def test_what_is_no_batch_is_refused(drafts: Any, strict: bool) -> None:
    """One draft alone is a batch; anything else is named, and not taken apart."""
    with pytest.raises(InvalidDraft, match=r"is not a draft: expected Draft\(event"):
        Timeline(strict=strict).record_all(drafts)


@pytest.mark.parametrize("expect", ["", "e1", 0, 7, ["e1"], [None], Timeline()], ids=lambda given: str(given)[:20])
@pytest.mark.parametrize("strict", [False, True])
def test_what_is_no_condition_is_refused(expect: Any, strict: bool) -> None:
    """A condition is never passed over, whatever it looks like."""
    line = Timeline(strict=strict)
    with pytest.raises(InvalidValue, match=r"is not a condition: expected Expect\("):
        line.record(OPENED, expect=expect)
    assert line.entries() == ()


@pytest.mark.parametrize("after", [None, "7", 1.5, True, OPENED], ids=str)
def test_a_condition_stands_after_a_position(after: Any) -> None:
    """An invalid position is refused where the condition is written."""
    with pytest.raises(InvalidValue, match="after is .*: expected a whole number, such as the position"):
        Expect(after=after)


def test_recording_twice_under_one_id_changes_nothing() -> None:
    """An import may be run again."""
    line = Timeline()
    assert line.record(OPENED, id="row-1") == line.record(OPENED, id="row-1")
    assert len(line.entries()) == 1


def test_an_expectation_that_fails_leaves_the_log_alone() -> None:
    """Somebody recorded something about the crossing in between."""
    line = Timeline()
    line.record(OPENED)
    with pytest.raises(ConcurrencyConflict) as caught:
        line.record(CLOSED, expect=Expect(tags=["facility:al-qaim-bukamal-crossing"], after=0))
    assert caught.value.found == 1
    assert len(line.entries()) == 1


# -- strict mode ---------------------------------------------------------------------------------------


def test_strict_mode_refuses_an_illegal_transition() -> None:
    """Opened twice in a row: nothing is appended, and the findings say why."""
    line = Timeline(strict=True)
    line.record(OPENED, occurred="2026-01-01")
    with pytest.raises(IllegalTransition) as caught:
        line.record(OPENED, occurred="2026-01-02")
    assert [finding.kind for finding in caught.value.findings] == ["illegal_transition"]
    assert len(line.entries()) == 1


def test_strict_mode_refuses_a_negative_balance() -> None:
    """More cannot leave than were counted."""
    counted = on("2026-01-01").told(custody.HeadcountReported(facility="a", quantity=exactly(100)))
    more, all_of_them = (
        on("2026-01-02").told(custody.DetaineesReleased(facility="a", quantity=exactly(number)))
        for number in (101, 100)
    )
    (
        given(counted, strict=True)
        .when(more)
        .then(refuses(IllegalTransition, saying="negative_balance"), changes_nothing())
        .when(all_of_them)
        .then(finds_nothing())
    )


def test_strict_mode_compares_the_whole_batch() -> None:
    """A batch that ends well may pass through what would not."""
    given(on("2026-01-01").told(OPENED), strict=True).when(
        on("2026-01-05").told(OPENED), on("2026-01-03").told(CLOSED)
    ).then(finds_nothing())


def test_strict_mode_tries_what_names_an_earlier_draft_of_the_batch() -> None:
    """Closed, and after that closed again: the second is refused, and the first with it."""
    line = Timeline(strict=True)
    with pytest.raises(IllegalTransition):
        line.record_all([Draft(CLOSED, id="first"), Draft(CLOSED, after=["first"])])
    assert line.entries() == ()


def test_strict_mode_does_not_blame_a_batch_for_what_was_there() -> None:
    """Old contradictions remain findings and stop nothing else."""
    loose = Timeline()
    loose.record_all([Draft(OPENED, occurred="2026-01-01"), Draft(OPENED, occurred="2026-01-02")])
    strict = Timeline(loose.log, strict=True)
    strict.record(CLOSED, occurred="2026-01-03")
    assert len(strict.entries()) == 3


def test_disputes_and_duplicates_never_raise() -> None:
    """Contradictory reports are no bad input, in strict mode either."""
    first, again, rival = (custody.DetaineesEscaped(facility="a", quantity=exactly(number)) for number in (5, 6, 7))
    escape = on("2026-01-01").told(first)
    (
        given(escape, strict=True)
        .when(on("2026-01-01").told(again))
        .then(finds("possible_duplicate"))
        .when(dispute(escape, rival=rival))
        .then(finds("disputed"))
    )


def test_strict_mode_settles_what_another_wrote_in_between() -> None:
    """If somebody else appends between the try and the append, the batch is tried again."""
    loose = Timeline()
    loose.record(OPENED, occurred="2026-01-01")
    strict = Timeline(loose.log, strict=True)
    append, interfered = loose.log.append, []

    def meddling(drafts: object, *, expect: object = None) -> object:
        if not interfered:
            interfered.append(append([Draft(CLOSED, occurred="2026-01-02")]))
        return append(drafts, expect=expect)

    loose.log.append = meddling  # type: ignore[method-assign]
    with pytest.raises(IllegalTransition):
        strict.record(CLOSED, occurred="2026-01-03")
    assert len(loose.entries()) == 2


def test_strict_mode_passes_on_a_conflict_of_the_callers_own() -> None:
    """The condition the caller gave is not tried again."""
    line = Timeline(strict=True)
    line.record(OPENED, occurred="2026-01-01")
    with pytest.raises(ConcurrencyConflict):
        line.record(CLOSED, occurred="2026-01-03", expect=Expect(after=0))


def test_strict_mode_is_idempotent_too() -> None:
    """An entry that is there already adds no finding."""
    line = Timeline(strict=True)
    assert line.record(OPENED, id="row-1", occurred="2026-01-01") == line.record(
        OPENED, id="row-1", occurred="2026-01-01"
    )


# -- asking --------------------------------------------------------------------------------------------


def test_now_is_as_of_the_clock() -> None:
    """A fact foreseen for later is not true now."""
    line = Timeline(clock=lambda: datetime(2026, 1, 10, tzinfo=timezone.utc))
    line.record(OPENED, occurred="2026-01-05")
    assert line.now().border.crossings["al-qaim-bukamal-crossing"].status == "open"
    assert line.now() == line.at("2026-01-10T00:00:00Z")


@pytest.mark.parametrize("arguments", [{"certainty": "likely"}, {"policy": "loudest"}])
def test_unknown_options_are_refused(arguments: dict[str, str]) -> None:
    """The message lists those there are."""
    with pytest.raises(InvalidValue, match="expected"):
        Timeline().at(**arguments)


def test_an_unknown_time_zone_is_refused() -> None:
    """A zone must be in the database of zones."""
    with pytest.raises(InvalidWhen, match="Asia/Baghdad"):
        Timeline(tz="Baghdad")


def test_diff_takes_dates_or_situations() -> None:
    """The difference holds the changes from one to the other, and nothing else."""
    line = Timeline()
    line.record(OPENED, occurred="2026-01-05")
    diff = line.diff("2026-01-01", "2026-01-06")
    assert [(c.path, c.before, c.after) for c in diff if c.path[-1] == "status"] == [
        (("border", "crossings", "al-qaim-bukamal-crossing", "status"), None, "open")
    ]
    assert not line.diff(line.at("2026-01-06"), line.at())


def test_entries_are_searched_by_tag_and_type() -> None:
    """By what they are about, and by what they are."""
    line = Timeline()
    first = line.record(OPENED)
    second = line.record(CLOSED, modality=Modality.PLANNED)
    line.record(facility.FacilityRegistered(facility="al-hol-camp"))
    assert line.entries(tags=["facility:al-qaim-bukamal-crossing"]) == (first, second)
    assert line.entries(types=[border.CrossingClosed]) == (second,)
    assert line.entries(after=1, limit=1) == (second,)


@pytest.mark.parametrize("by", ["occurred", "reported", "recorded"])
def test_replay_leads_from_nothing_to_everything(by: str) -> None:
    """Each step starts where the one before ended; the last is what is known."""
    line = Timeline()
    line.record(CLOSED, occurred="2026-01-07", reports=[Report("A", published="2026-01-08")])
    line.record(OPENED, occurred="2026-01-05", reports=[Report("B", published="2026-01-09")])
    steps = list(line.replay(by))
    assert [type(step.entry.event).__name__ for step in steps] == (
        ["CrossingOpened", "CrossingClosed"] if by == "occurred" else ["CrossingClosed", "CrossingOpened"]
    )
    assert not steps[0].before.entries()
    assert all(a.after == b.before for a, b in zip(steps, steps[1:], strict=False))
    assert not steps[-1].after.diff(line.at())
    assert "open" in str(steps[0]) or "closed" in str(steps[0])


def test_what_was_published_at_one_moment_is_replayed_one_by_one() -> None:
    """In the order of recording, also where an entry was corrected since."""
    line = Timeline()
    reports = [Report("A", published="2026-01-08")]
    line.record(CLOSED, occurred="2026-01-07", reports=reports)
    second = line.record(CLOSED, occurred="2026-01-07", reports=reports)
    line.correct(second, OPENED, reports=[Report("B", published="2026-01-08")])
    seen = [[entry.position for entry in step.after.entries()] for step in line.replay("reported")]
    assert seen[:2] == [[1], [1, 2]]


def test_replay_of_nothing_has_no_steps() -> None:
    """An empty timeline has no history; an unknown clock is refused."""
    assert [list(Timeline().replay(by)) for by in ("occurred", "reported", "recorded")] == [[], [], []]
    with pytest.raises(InvalidValue, match="occurred"):
        next(Timeline().replay("remembered"))


def test_dump_and_restore(tmp_path: Path) -> None:
    """A log written to JSON lines and read into an empty timeline is the same log."""
    line, copy = Timeline(), Timeline()
    line.record(OPENED, occurred="2026-01-05")
    assert line.dump(tmp_path / "log.jsonl") == copy.restore(tmp_path / "log.jsonl") == copy.verify()
    assert copy.entries() == line.entries()
    with pytest.raises(LogError, match="empty"):
        copy.restore(tmp_path / "log.jsonl")


def test_a_dump_that_fails_leaves_the_copy_before_it(tmp_path: Path) -> None:
    """A closed log cannot be written out, and the good copy stays; nothing else is left behind."""
    line, copy = Timeline(), tmp_path / "log.jsonl"
    line.record(OPENED)
    line.dump(copy)
    good = copy.read_bytes()
    line.close()
    with pytest.raises(LogError):
        line.dump(copy)
    assert copy.read_bytes() == good
    assert list(tmp_path.iterdir()) == [copy]


def test_a_log_is_never_dumped_over_itself(tmp_path: Path) -> None:
    """The path of the log is refused, under any spelling, and the log stays whole."""
    path = tmp_path / "incidents.db"
    with Timeline.open(path) as line:
        line.record(OPENED)
        with pytest.raises(CannotOpen, match="holds a timeline"):
            line.dump(tmp_path / "." / "incidents.db")
    with Timeline.open(path) as line:
        assert line.verify().position == 1


def test_two_timelines_on_one_log_see_each_other() -> None:
    """Entries recorded by one timeline are answered by the other."""
    one = Timeline()
    other = Timeline(one.log)
    assert "al-qaim-bukamal-crossing" not in other.at().border.crossings
    one.record(OPENED)
    assert "al-qaim-bukamal-crossing" in other.at().border.crossings


def test_threads_may_ask_while_others_record() -> None:
    """Every entry is taken in once, whoever asks first."""
    line = Timeline()
    line.record_all(Draft(border.CrossingOpened(crossing=f"crossing-{n}")) for n in range(200))
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: len(line.at().entries()), range(40)))
    finally:
        sys.setswitchinterval(interval)
    assert set(answers) == {200}
    assert line._views.complete.count == 200


def test_more_questions_than_are_kept_folded() -> None:
    """Every question gets its answer, however many were asked before."""
    line = Timeline()
    line.record(OPENED, occurred="2026-01-05", reports=[Report("A", published="2026-01-05")])
    answers = [len(line.at(reported=f"2026-01-{day:02}").border.crossings) for day in range(1, 31)]
    assert answers == [0] * 4 + [1] * 26


def test_an_event_type_of_ones_own_is_recorded_and_found() -> None:
    """Declared with the decorator, it is tagged and searched like the library's own."""

    @event("testing.checkpoint_attacked")
    class CheckpointAttacked:
        facility: facility.Facility

    line = Timeline()
    entry = line.record(CheckpointAttacked(facility="checkpoint-7"))
    assert line.entries(tags=["facility:checkpoint-7"]) == (entry,)


def test_projection_names_are_unique() -> None:
    """A projection of one's own may not take the name of another."""
    line = Timeline()
    with pytest.raises(InvalidEvent, match="facilities"):
        Timeline(projections=[line._projections["facilities"]])


def test_every_error_is_a_timeline_error() -> None:
    """One except clause catches everything raised on purpose."""
    with pytest.raises(TimelineError):
        Timeline().record(None)


def test_a_clock_without_a_zone_is_refused_and_nothing_is_kept() -> None:
    """A clock without an offset gives no instant."""
    line = Timeline(clock=datetime.now)
    with pytest.raises(InvalidWhen, match="expected an aware datetime"):
        line.record(border.CrossingOpened(crossing="rabia"))
    assert line.entries() == ()


def test_what_is_no_projection_is_refused() -> None:
    """The message names the parts of one; a single one may stand alone."""
    with pytest.raises(InvalidValue, match="expected Projection"):
        Timeline(projections=[max])  # type: ignore[list-item]
    assert Timeline(projections=attrs.evolve(BORDER, name="again")).at()["again"].incidents == PersistentList()


def test_a_policy_that_gives_no_claim_is_refused() -> None:
    """It picks one of the claims, or None."""
    line = Timeline()
    line.record(border.CrossingOpened(crossing="rabia"))
    with pytest.raises(InvalidValue, match="the policy gave True"):
        line.at(policy=lambda claims: True)  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize("tz", ["UTC", "Asia/Baghdad", "America/New_York"])
@pytest.mark.parametrize("occurred", ["2026-01-10/..", "9999-12-31", "0001-01-01"])
def test_a_situation_is_printed_however_far_away(occurred: str, tz: str) -> None:
    """Also when asked about any time, or the first and last days there are."""
    assert str(Timeline(tz=tz).at(occurred)).startswith("Situation, occurred by ")


def test_a_situation_can_be_looked_at_when_the_log_is_closed(tmp_path: Path) -> None:
    """Old questions are answered afterwards, also by a timeline that kept little of the log in memory."""
    path = tmp_path / "incidents.db"
    drafts = [
        Draft(custody.DetaineesEscaped(facility=f"f-{n % 7}", quantity=exactly(1)), occurred="2026-01-01")
        for n in range(2100)
    ]
    with Timeline.open(path) as line:
        line.record_all(drafts)
        before = line.at()
    with Timeline.open(path) as line:
        after = line.at()
    assert after == before
    assert after.custody.escaped() == exactly(2100)
    assert len(after.why("custody", "f-0", "escaped")) == 300


@pytest.mark.parametrize("log", ["memory", "sqlite"])
def test_a_question_that_fails_changes_no_situation(tmp_path: Path, log: str) -> None:
    """An old answer remains, though the log cannot be read any more."""
    line = Timeline() if log == "memory" else Timeline.open(tmp_path / "incidents.db")
    line.record(OPENED, occurred="2026-01-01")
    situation = line.at()
    line.close()
    with pytest.raises(LogClosed):
        line.at()
    assert situation.border.crossings["al-qaim-bukamal-crossing"].status == "open"
    assert len(situation.why("border", "crossings", "al-qaim-bukamal-crossing", "status")) == 1


def test_a_situation_never_answers_from_less_than_it_was_asked_of() -> None:
    """A fold that was cut short, and is read whole again, says so."""

    def keys(reading: Reading) -> list[str]:
        if not isinstance(reading.event, border.CrossingOpened):
            raise KeyboardInterrupt
        return [reading.event.crossing]

    line = Timeline(projections=[Projection(name="openings", keys=keys, evolve=lambda count, reading, key: 1)])
    line.record(OPENED, occurred="2026-01-01")
    situation = line.at()
    line.record(facility.FacilityStatusChanged(facility="al-hol-camp", status="closed"))
    with pytest.raises(KeyboardInterrupt):
        line.at()
    with pytest.raises(LogError, match=r"read again up to entry 0 of 1. Call line.at\(...\) again"):
        str(situation)


def test_a_log_that_was_closed_unread_is_closed(tmp_path: Path) -> None:
    """The first question gets a right answer, and no error of the storage engine."""
    line = Timeline.open(tmp_path / "incidents.db")
    line.close()
    with pytest.raises(LogClosed):
        line.at()


def test_no_file_is_made_for_a_zone_there_is_not(tmp_path: Path) -> None:
    """A word misspelt leaves nothing behind."""
    with pytest.raises(InvalidWhen, match="is not a time zone"):
        Timeline.open(tmp_path / "incidents.db", tz="Asia/Bagdad")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_long_work_tells_how_far_it_has_come(tmp_path: Path) -> None:
    """Loading, verifying and dumping by one protocol: the number done and the total, in the end the same."""
    path = tmp_path / "incidents.db"
    with Timeline.open(path) as line:
        line.record_all(Draft(OPENED, occurred="2026-01-01", id=f"e{n}") for n in range(4500))
    heard: list[tuple[int, int]] = []
    with Timeline.open(path, progress=lambda done, total: heard.append((done, total))) as line:
        assert str(line.at())
        assert heard == [(4096, 4500)]
        for work in (line.verify, lambda **told: line.dump(tmp_path / "copy.jsonl", **told)):
            heard.clear()
            work(progress=lambda done, total: heard.append((done, total)))
            assert heard == [(1000, 4500), (2000, 4500), (3000, 4500), (4000, 4500), (4500, 4500)]


def test_one_duplicate_is_merged_as_it_is_and_what_is_none_is_refused() -> None:
    """An id alone is not a list of letters."""
    line = Timeline()
    kept, second, third = (line.record(OPENED, id=name) for name in ("e1", "e2", "e3"))
    assert line.merge(kept, "e2").event.duplicates == (second.id,)
    assert line.merge(kept, third).event.duplicates == ("e3",)
    with pytest.raises(InvalidDraft, match="5 does not name an entry: expected an Entry, or its id"):
        line.merge("e1", 5)
