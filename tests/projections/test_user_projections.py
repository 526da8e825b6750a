"""Projections of one's own: declared, folded, asked, explained and compared like the library's."""

from datetime import datetime, timedelta, timezone

import pytest
from attrs import evolve

from timeline import (
    Draft,
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
from timeline.errors import InvalidEvent, ProjectionFailed
from timeline.events.facility import ControlChanged
from timeline.events.naming import type_name
from timeline.exchange import answertables, frames


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
    is_sufficient=lambda reading, path: True,
)
ATTACKS = Projection(
    name="attacks",
    keys=lambda reading: [reading.event.facility] if isinstance(reading.event, CheckpointAttacked) else [],
    evolve=lambda count, reading, key: (count or 0) + 1,
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
    """The answer is the value of that day."""
    attacked(line, "2026-01-10")
    line.record(CheckpointCleared(facility="checkpoint-7"), occurred="2026-01-12")
    assert "checkpoint-7" not in line.at("2026-01-09")["checkpoints"]
    assert [line.at(day)["checkpoints"]["checkpoint-7"] for day in ("2026-01-10", "2026-01-12")] == [
        "attacked",
        "quiet",
    ]
    assert dict(line.at()["attacks"]) == {"checkpoint-7": 1}


def test_it_is_asked_on_the_reported_clock(line):
    """The answer holds the facts made public by then."""
    attacked(line, "2026-01-10", "2026-02-01")
    attacked(line, "2026-01-11", "2026-01-12")
    seen = {day: dict(line.at(reported=day)["attacks"]) for day in ("2026-01-11", "2026-01-12", "2026-02-01")}
    assert seen == {"2026-01-11": {}, "2026-01-12": {"checkpoint-7": 1}, "2026-02-01": {"checkpoint-7": 2}}


def test_it_is_asked_on_the_recorded_clock(line):
    """The answer holds our knowledge by then."""
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
    assert [value[:3] for value in situation.history("checkpoints", "checkpoint-7")] == [
        (When("2026-01-10"), "attacked", first),
        (When("2026-01-12"), "quiet", cleared),
        (When("2026-01-14"), "attacked", last),
    ]
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
    """The default path goes into an entity by attribute; a missing one gives no value."""
    latest = Projection(
        name="latest",
        keys=lambda reading: ["any"] if isinstance(reading.event, CheckpointAttacked) else [],
        evolve=lambda before, reading, key: reading.event,
        is_sufficient=lambda reading, path: True,
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


@pytest.mark.parametrize("name", ["facilities", "custody", "agreements", "border", "entities", "attacks"])
def test_a_name_is_taken_once(name):
    """Neither the library's projections nor one's own can be replaced by another of the name."""
    clash = Projection(name=name, keys=lambda reading: [], evolve=lambda *_: None)
    with pytest.raises(InvalidEvent, match=f"there is a projection named '{name}' already"):
        Timeline(projections=[ATTACKS, clash])


@pytest.mark.parametrize("name", sorted({*frames.NAMES, *answertables.TABLES} - {"agreements", "entities"}))
def test_the_name_of_a_table_is_taken(name):
    """Its table could not be asked for: the library's would come instead."""
    clash = Projection(name=name, keys=lambda reading: [], evolve=lambda *_: None)
    with pytest.raises(InvalidEvent, match=f"the library has a table named '{name}'. Choose another name"):
        Timeline(projections=[clash])


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


# -- one that raises -----------------------------------------------------------------------------------


def raising(part):
    """Make a projection that raises in one part, on an attack on one checkpoint, or wherever it is shown."""

    def on_one(*given):
        reading = given[0] if part == "keys" else given[1]
        if reading.event.facility == "checkpoint-9":
            raise ZeroDivisionError(part)
        return ATTACKS.evolve(*given) if part == "evolve" else () if part == "check" else [reading.event.facility]

    def shown(*given):
        raise ZeroDivisionError(part)

    parts = {"keys": ATTACKS.keys, "evolve": ATTACKS.evolve}
    if part == "keys":
        parts["keys"] = lambda reading: on_one(reading) if isinstance(reading.event, CheckpointAttacked) else []
    else:
        parts[part] = on_one if part in ("evolve", "check") else shown
    return Projection(name="faulty", **parts)


@pytest.mark.parametrize("part", ["keys", "evolve", "check"])
def test_one_that_raises_on_an_entry_spoils_its_own_answers_only(part):
    """All else is answered as if it was not there, and an error names the projection and the entry."""
    line = Timeline(projections=[raising(part), ATTACKS], clock=Clock(), strict=True)
    attacked(line, "2026-01-10")
    bad = attacked(line, "2026-01-12", facility="checkpoint-9")
    line.record(ControlChanged(facility="checkpoint-7", authority="sdf"), occurred="2026-01-13")
    for situation in (line.at(), Timeline(line.log, projections=[raising(part), ATTACKS]).at()):
        assert situation["attacks"]["checkpoint-9"] == 1
        assert situation.facilities["checkpoint-7"].holder() == "sdf"
        told = [finding for finding in situation.findings if finding.kind == "projection_failed"]
        assert [finding.path for finding in told] == [("faulty",)]
        assert f"raised on entry {bad.id!r} (#2): ZeroDivisionError" in told[0].message
    assert line.at("2026-01-11")["faulty"]["checkpoint-7"] == 1
    assert not line.at("2026-01-11").findings
    assert line.at().diff(line.at("2026-01-11"))
    assert line.at() == line.at()
    with pytest.raises(ProjectionFailed, match=r"'faulty' raised on entry '\w+' \(#2\)") as caught:
        line.at()["faulty"]["checkpoint-9"]
    assert (caught.value.projection, caught.value.id, caught.value.position) == ("faulty", bad.id, 2)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert f"raised on entry {bad.id!r}" in str(line.at())
    assert [step.entry.id for step in line.replay()][1] == bad.id
    if part != "keys":
        assert line.at()["faulty"]["checkpoint-7"] == 1
    if part != "check":
        for ask in (line.at().why, line.at().history):
            with pytest.raises(ProjectionFailed):
                ask("faulty", "checkpoint-9")
    line.retract(bad)
    assert dict(line.at()["faulty"]) == {"checkpoint-7": 1}
    assert not line.at().findings


def test_what_raised_is_told_within_the_cuts_that_hold_it():
    """Before it was published it spoils nothing."""
    line = Timeline(projections=[raising("keys")], clock=Clock())
    attacked(line, "2026-01-10", "2026-01-11")
    attacked(line, "2026-01-12", "2026-01-20", facility="checkpoint-9")
    assert dict(line.at(reported="2026-01-15")["faulty"]) == {"checkpoint-7": 1}
    with pytest.raises(ProjectionFailed):
        dict(line.at(reported="2026-01-20")["faulty"])
    entry = attacked(line, "2026-01-13", "2026-01-14", facility="checkpoint-7")
    line.corroborate(entry, reports=[Report("AP", published="2026-01-15")])
    assert dict(line.at(reported="2026-01-15")["faulty"]) == {"checkpoint-7": 2}


@pytest.mark.parametrize("given", ["checkpoint-7", None])
def test_keys_that_are_no_list_are_named(given):
    """A word would be read as single letters."""
    line = Timeline(projections=[Projection(name="mine", keys=lambda reading: given, evolve=ATTACKS.evolve)])
    attacked(line, "2026-01-10")
    with pytest.raises(ProjectionFailed, match=f"gave {given!r}: expected a list of keys"):
        dict(line.at()["mine"])


@pytest.mark.parametrize("part", ["view", "flat"])
def test_one_that_raises_where_it_is_shown_is_named(part):
    """No entry is at fault, and no other answer is spoilt."""
    line = Timeline(projections=[raising(part)], clock=Clock())
    attacked(line, "2026-01-10")
    assert "the projection 'faulty' raised where it is shown" in str(line.at())
    assert line.at() == line.at()
    if part == "view":
        with pytest.raises(ProjectionFailed, match="raised where it is shown"):
            line.at()["faulty"]


@pytest.mark.parametrize("part", ["locate", "is_sufficient"])
def test_one_that_raises_when_asked_why_is_named(part):
    """The values stand."""
    line = Timeline(projections=[raising(part)], clock=Clock())
    attacked(line, "2026-01-10")
    with pytest.raises(ProjectionFailed, match="raised where it is shown"):
        line.at().why("faulty", "checkpoint-7")
    assert line.at()["faulty"]["checkpoint-7"] == 1


@pytest.mark.parametrize("error", [ValueError, KeyError, AttributeError])
def test_what_settles_raises_is_no_path_that_leads_nowhere(error):
    """Errors of these classes are what a wrong path raises."""

    def is_sufficient(reading, path):
        raise error("broken")

    line = Timeline(projections=[evolve(ATTACKS, name="faulty", is_sufficient=is_sufficient)], clock=Clock())
    attacked(line, "2026-01-10")
    with pytest.raises(ProjectionFailed, match="'faulty' raised where it is shown"):
        line.at().why("faulty", "checkpoint-7")


@pytest.mark.parametrize("part", ["keys", "evolve", "check", "view", "flat", "locate", "is_sufficient"])
def test_one_that_raises_leaves_a_situation_that_shows_itself(part):
    """A value that cannot be explained is shown without the entries behind it."""
    line = Timeline(projections=[raising(part)], clock=Clock())
    attacked(line, "2026-01-10", facility="checkpoint-9")
    told = "raised where it is shown" if part in ("view", "flat") else "checkpoint-9"
    assert told in line.at()._repr_mimebundle_()["text/html"]


def test_keyframes_are_kept_of_no_projection_that_raised(tmp_path):
    """Opened again, it is asked again."""
    faulty = evolve(raising("keys"), states=())
    for _ in range(2):
        with Timeline.open(tmp_path / "a.db", projections=[faulty]) as line:
            if not line.head().position:
                line.record_all(Draft(CheckpointAttacked(facility=f"checkpoint-{n}")) for n in range(1100))
            with pytest.raises(ProjectionFailed):
                dict(line.at()["faulty"])


def test_why_names_all_that_changed_a_value_unless_the_last_settles_it(line):
    """A sum needs all it adds up, and nobody has to say so."""
    plain = Projection(name="plain", keys=ATTACKS.keys, evolve=ATTACKS.evolve)
    line = Timeline(
        projections=[plain, evolve(plain, name="last", is_sufficient=lambda reading, path: True)], clock=Clock()
    )
    entries = tuple(attacked(line, f"2026-01-1{n}") for n in range(3))
    assert line.at().why("plain", "checkpoint-7") == entries
    assert line.at().why("last", "checkpoint-7") == entries[-1:]


def test_the_demo_takes_projections_and_a_zone() -> None:
    """A projection of one's own is tried on the chronicle."""
    seen = Projection(
        name="seen",
        keys=lambda reading: [type_name(reading.event)],
        evolve=lambda count, reading, key: (count or 0) + 1,
    )
    line = Timeline.demo(projections=[seen], tz="Asia/Damascus")
    assert str(line.tz) == "Asia/Damascus"
    assert line.at().why("seen", "custody.detainees_escaped")
