"""Projections of one's own: declared, folded, asked, explained and compared like the library's."""

from datetime import datetime, timedelta, timezone

import pytest

from timeline import (
    Facility,
    Finding,
    Lifecycle,
    Modality,
    Projection,
    Quantity,
    Report,
    Timeline,
    When,
    credible,
    event,
    exactly,
    unspecified,
)
from timeline.errors import InvalidEvent
from timeline.events.facility import ControlChanged


@event("newsroom.checkpoint_attacked")
class CheckpointAttacked:
    """A checkpoint came under attack."""

    facility: Facility
    attackers: Quantity = unspecified()


@event("newsroom.checkpoint_cleared")
class CheckpointCleared:
    """A checkpoint is quiet again."""

    facility: Facility


CHECKPOINT = Lifecycle(
    "checkpoint",
    {
        "CheckpointAttacked": {None: "attacked", "quiet": "attacked"},
        "CheckpointCleared": {None: "quiet", "attacked": "quiet"},
    },
)


def _keys(reading):
    if isinstance(reading.event, CheckpointAttacked | CheckpointCleared):
        yield reading.event.facility


def _check(before, reading, after, key):
    yield from CHECKPOINT.finding(before, type(reading.event).__name__, ("checkpoints", key, "state"), reading)
    if isinstance(reading.event, CheckpointAttacked) and reading.event.attackers.low > 100:
        yield Finding("newsroom_large_attack", f"{key}: by {reading.event.attackers}", ("checkpoints", key))


CHECKPOINTS = Projection(
    name="checkpoints",
    keys=_keys,
    evolve=lambda before, reading, key: CHECKPOINT.after(before, type(reading.event).__name__),
    check=_check,
)
ATTACKS = Projection(
    name="attacks",
    keys=lambda reading: [reading.event.facility] if isinstance(reading.event, CheckpointAttacked) else [],
    evolve=lambda count, reading, key: (count or 0) + 1,
    settles=lambda reading, path: False,
)


class Clock:
    """A clock that goes on by a day each time it is read."""

    def __init__(self):
        self.now = datetime(2026, 3, 1, tzinfo=timezone.utc)

    def __call__(self):
        self.now += timedelta(days=1)
        return self.now


@pytest.fixture
def line():
    """A timeline with two projections of one's own."""
    return Timeline(projections=[CHECKPOINTS, ATTACKS], clock=Clock())


def attacked(line, occurred, published=None, *, facility="checkpoint-7", credibility=None, **more):
    reports = [Report("AFP", published=published, credibility=credibility)] if published else []
    return line.record(CheckpointAttacked(facility=facility, **more), occurred=occurred, reports=reports)


def test_it_is_asked_by_name_on_the_occurred_clock(line):
    """What was true on that day."""
    attacked(line, "2026-01-10")
    line.record(CheckpointCleared(facility="checkpoint-7"), occurred="2026-01-12")
    assert "checkpoint-7" not in line.at("2026-01-09")["checkpoints"]
    assert [line.at(day)["checkpoints"]["checkpoint-7"] for day in ("2026-01-10", "2026-01-12")] == [
        "attacked",
        "quiet",
    ]
    assert dict(line.at()["attacks"]) == {"checkpoint-7": 1}


def test_it_is_asked_on_the_reported_clock(line):
    """What had been made public by then."""
    attacked(line, "2026-01-10", "2026-02-01")
    attacked(line, "2026-01-11", "2026-01-12")
    seen = {day: dict(line.at(reported=day)["attacks"]) for day in ("2026-01-11", "2026-01-12", "2026-02-01")}
    assert seen == {"2026-01-11": {}, "2026-01-12": {"checkpoint-7": 1}, "2026-02-01": {"checkpoint-7": 2}}


def test_it_is_asked_on_the_recorded_clock(line):
    """What we knew by then."""
    first = attacked(line, "2026-01-10")
    attacked(line, "2026-01-05")
    assert line.at(recorded=first.recorded_at)["attacks"]["checkpoint-7"] == 1
    assert line.at()["attacks"]["checkpoint-7"] == 2
    assert dict(line.at(recorded="2026-03-01")["attacks"]) == {}


def test_late_reports_corrections_and_evidence_work_for_it_too(line):
    """History is one for all projections."""
    wrong = attacked(line, "2026-01-10", "2026-01-11", credibility=1)
    attacked(line, "2026-01-12", "2026-01-13", credibility=5)
    assert line.at(accept=credible(2))["attacks"]["checkpoint-7"] == 1
    line.correct(wrong, CheckpointAttacked(facility="checkpoint-8"))
    assert dict(line.at()["attacks"]) == {"checkpoint-8": 1, "checkpoint-7": 1}


@pytest.mark.parametrize("modality", [Modality.PLANNED, Modality.HYPOTHETICAL, Modality.DENIED])
def test_what_is_not_actual_does_not_reach_it(line, modality):
    """Fears fold into nothing."""
    line.record(CheckpointAttacked(facility="checkpoint-7"), modality=modality)
    assert dict(line.at()["attacks"]) == {}


def test_why_and_history_follow_it(line):
    """A state follows from the last turn, a count from all it counts."""
    first = attacked(line, "2026-01-10")
    cleared = line.record(CheckpointCleared(facility="checkpoint-7"), occurred="2026-01-12")
    last = attacked(line, "2026-01-14")
    situation = line.at()
    assert situation.why("checkpoints", "checkpoint-7") == (last,)
    assert situation.why("attacks", "checkpoint-7") == (first, last)
    assert line.at("2026-01-01").why("attacks", "checkpoint-7") == ()
    assert situation.history("checkpoints", "checkpoint-7") == (
        (When("2026-01-10"), "attacked", first),
        (When("2026-01-12"), "quiet", cleared),
        (When("2026-01-14"), "attacked", last),
    )
    assert [v.value for v in situation.history("attacks", "checkpoint-7")] == [1, 2]
    with pytest.raises(KeyError, match="expected a path such as"):
        situation.why("attacks")


def test_a_difference_and_equality_include_it(line):
    """Its values are values like any other."""
    attacked(line, "2026-01-10")
    attacked(line, "2026-01-14")
    assert [str(change) for change in line.diff("2026-01-10", "2026-01-14") if change.path[0] == "attacks"] == [
        "attacks · checkpoint-7: 1 → 2"
    ]
    assert line.at("2026-01-10") != line.at("2026-01-14")
    assert line.at("2026-01-11") == line.at("2026-01-10")


def test_its_findings_are_of_its_own_kind_and_of_the_librarys(line):
    """A check gives findings as the library's do, from when on they show."""
    attacked(line, "2026-01-10", attackers=exactly(150))
    again = attacked(line, "2026-01-12")
    situation = line.at()
    assert [(f.kind, f.path) for f in situation.findings] == [
        ("newsroom_large_attack", ("checkpoints", "checkpoint-7")),
        ("illegal_transition", ("checkpoints", "checkpoint-7", "state")),
    ]
    assert situation.findings[1].entries == (again,)
    assert len(line.at("2026-01-11").findings) == 1
    assert line.at("2026-01-09").findings == ()


def test_a_value_may_have_attributes_to_ask_for(line):
    """The default path goes into an entity by attribute; one it lacks is no value."""
    latest = Projection(
        name="latest",
        keys=lambda reading: ["any"] if isinstance(reading.event, CheckpointAttacked) else [],
        evolve=lambda before, reading, key: reading.event,
    )
    line = Timeline(projections=[latest])
    first, last = (attacked(line, day, facility=f) for day, f in (("2026-01-10", "a"), ("2026-01-11", "b")))
    situation = line.at()
    assert situation.why("latest", "any", "facility") == (last,)
    assert [v.value for v in situation.history("latest", "any", "facility")] == ["a", "b"]
    with pytest.raises(KeyError, match="latest · any · nonsense names no value"):
        situation.why("latest", "any", "nonsense")
    assert first.event.facility == "a"


def test_keys_may_be_anything_hashable(line):
    """They are asked for by their text."""
    days = Projection(
        name="days",
        keys=lambda reading: [reading.occurred] if isinstance(reading.event, CheckpointAttacked) else [],
        evolve=lambda count, reading, key: (count or 0) + 1,
    )
    line = Timeline(projections=[days])
    entry = attacked(line, "2026-01-10")
    assert line.at()["days"][When("2026-01-10")] == 1
    assert line.at().why("days", "2026-01-10") == (entry,)
    assert [change.path for change in Timeline(projections=[days]).at().diff(line.at())] == [("days", "2026-01-10")]


def test_a_key_named_twice_is_folded_once(line):
    """An entry touches a key or it does not."""
    twice = Projection(
        name="twice",
        keys=lambda reading: ["x", "x"] if isinstance(reading.event, CheckpointAttacked) else [],
        evolve=lambda count, reading, key: (count or 0) + 1,
    )
    line = Timeline(projections=[twice])
    attacked(line, "2026-01-10")
    assert line.at()["twice"]["x"] == 1


def test_a_snapshot_is_a_mapping_of_what_was_known_by_then(line):
    """It iterates, has a length, and is shown as a dictionary; what came later is a KeyError."""
    attacked(line, "2026-01-10")
    attacked(line, "2026-01-12", facility="checkpoint-8")
    snapshot = line.at("2026-01-11")["attacks"]
    assert (list(snapshot), len(snapshot), repr(snapshot)) == (["checkpoint-7"], 1, "{'checkpoint-7': 1}")
    for key in ("checkpoint-8", "unheard-of"):
        with pytest.raises(KeyError):
            snapshot[key]


def test_it_may_fold_the_librarys_events(line):
    """Such as how often a facility changed hands."""
    turns = Projection(
        name="turns",
        keys=lambda reading: [reading.event.facility] if isinstance(reading.event, ControlChanged) else [],
        evolve=lambda count, reading, key: (count or 0) + 1,
    )
    line = Timeline(projections=[turns])
    for day, authority in (("2026-01-10", "sdf"), ("2026-01-20", "syria-gov")):
        line.record(ControlChanged(facility="al-hol-camp", authority=authority), occurred=day)
    assert line.at()["turns"]["al-hol-camp"] == 2


@pytest.mark.parametrize("name", ["facilities", "custody", "agreements", "border", "attacks"])
def test_a_name_is_taken_once(name):
    """Neither the library's projections nor one's own can be replaced by another of the name."""
    clash = Projection(name=name, keys=lambda reading: [], evolve=lambda *_: None)
    with pytest.raises(InvalidEvent, match=f"there is a projection named '{name}' already"):
        Timeline(projections=[ATTACKS, clash])


def test_events_of_ones_own_are_found_by_their_entities(line):
    """Their fields become tags of the log and of situations."""
    entry = attacked(line, "2026-01-10")
    assert line.entries(tags=["facility:checkpoint-7"]) == (entry,)
    assert line.at().entries(types=[CheckpointAttacked], tags=["facility:checkpoint-7"]) == (entry,)


def test_a_projection_not_given_is_not_there():
    """The event is kept all the same, and changes nothing else."""
    line = Timeline()
    attacked(line, "2026-01-10")
    with pytest.raises(KeyError, match="no projection 'attacks'"):
        line.at()["attacks"]
    assert line.at().diff(Timeline().at()) == ()
