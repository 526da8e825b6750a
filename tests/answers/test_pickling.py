"""Answers can be pickled and copied: sent to another process, or kept in a cache, they say the same."""

import copy
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given

import timeline
from timeline import Draft, Facility, Projection, Timeline, credible, event, exactly
from timeline.errors import UnknownName
from timeline.events import agreement, border, custody
from timeline.testing.strategies import messy_histories


@event("pickled.siren_heard")
class SirenHeard:
    facility: Facility


def keys(reading):
    return [reading.event.facility] if isinstance(reading.event, SirenHeard) else []


def count(before, reading, key):
    return (before or 0) + 1


SIRENS = Projection(name="sirens", keys=keys, evolve=count)


def again(value):
    return pickle.loads(pickle.dumps(value))


def says(situation):
    """Return all that a situation says, and why."""
    paths = [path for path in situation._flat if len(path) > 1]
    return (
        str(situation),
        situation.findings,
        [(situation.why(*path), situation.history(*path)) for path in paths],
        situation.entries(),
        situation.left_out,
        situation.plans,
    )


@pytest.fixture(scope="module")
def demo():
    return Timeline.demo()


CUTS = [{}, {"occurred": "2026-01-25"}, {"reported": "2026-01-25"}, {"accept": credible(2)}, {"policy": "envelope"},
        {"occurred": "2026-01-20", "certainty": "possible"}]  # fmt: skip


@pytest.mark.parametrize("cut", CUTS)
def test_a_situation_unpickled_equals_the_original(demo, cut):
    """With any cuts the copy says the same, names the same reasons, and can be pickled again."""
    situation = demo.at(**cut)
    found = again(again(situation))
    assert found == situation
    assert says(found) == says(situation)
    assert (found.clocks, found.tz) == (situation.clocks, situation.tz)


@given(messy_histories())
def test_random_situations_survive(told):
    """Corrections, disputes, merges and retractions come along."""
    situation = told.timeline().at("2026-01-10")
    assert says(again(situation)) == says(situation)


def test_a_copy_is_the_situation_itself(demo):
    """It never changes."""
    situation = demo.at("2026-01-25")
    assert copy.copy(situation) is copy.deepcopy(situation) is situation


def test_what_is_recorded_later_is_no_part_of_it():
    """It stands by itself, when its timeline is closed and gone."""
    with Timeline() as line:
        line.record(custody.DetaineesEscaped(facility="a", quantity=exactly(3)), occurred="2026-01-01")
        situation = line.at()
        kept = pickle.dumps(situation)
        line.record(custody.DetaineesEscaped(facility="a", quantity=exactly(4)), occurred="2026-01-02")
    found = pickle.loads(kept)
    assert found.custody.escaped(facility="a") == exactly(3)
    with pytest.raises(UnknownName):
        found.custody.escaped(facility="b")


def test_steps_of_a_replay_share_what_they_know(demo):
    """Those by recorded know the later names, too."""
    steps = list(demo.replay("recorded"))[:40]
    for old, new in zip(steps, again(steps), strict=True):
        assert (new.entry, new.after) == (old.entry, old.after)
    assert str(again(steps)[0].after.custody.died(facility="al-hol-camp")) == "0"


def test_views_diffs_and_reasons_survive(demo):
    """Each is what it was."""
    situation = demo.at("2026-01-25")
    assert dict(again(situation.facilities)) == dict(situation.facilities)
    assert dict(again(situation.custody)) == dict(situation.custody)
    assert again(situation.custody).held(facility="al-hol-camp") == situation.custody.held(facility="al-hol-camp")
    assert {slug: one.overdue for slug, one in again(demo.at().agreements).items()} == {
        slug: one.overdue for slug, one in demo.at().agreements.items()
    }
    assert dict(again(situation.border).crossings) == dict(situation.border.crossings)
    with pytest.raises(UnknownName):
        again(situation.custody).held(facility="al-hool-camp")
    for value in (demo.diff("2026-01-01", "2026-01-25"), situation.why("facilities", "al-hol-camp", "control"),
                  situation.history("facilities", "al-hol-camp", "control"), situation.findings, situation.plans):  # fmt: skip
        assert again(value) == value


def test_a_projection_of_ones_own_comes_along():
    """The projections must be importable functions there; others are refused when pickled."""
    line = Timeline(projections=[SIRENS])
    line.record(SirenHeard(facility="a"))
    assert dict(again(line.at())["sirens"]) == {"a": 1}
    local = Timeline(projections=[Projection(name="local", keys=lambda reading: [], evolve=count)])
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(local.at())
    assert copy.deepcopy(local.at()) is not None


def test_long_lists_survive():
    """One item after another, and not one within another."""
    line = Timeline()
    line.record_all(Draft(agreement.StatementMade(by="sdf"), occurred="2026-01-01") for _ in range(3000))
    statements = line.at().agreements.statements
    assert again(statements) == statements == copy.deepcopy(statements)


def test_another_process_reads_it(tmp_path):
    """With the library's own projections there is nothing to import there."""
    line = Timeline()
    line.record(border.CrossingOpened(crossing="rabia"), occurred="2026-01-21")
    (tmp_path / "s.pickle").write_bytes(pickle.dumps(line.at()))
    told = "import pickle, pathlib; print(pickle.loads(pathlib.Path('s.pickle').read_bytes()).border.crossings['rabia'].status)"
    source = Path(timeline.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", told],
        cwd=tmp_path,
        env={"PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "open\n", done.stderr


def test_threads_may_share_one_that_was_unpickled(demo):
    """It has a lock of its own."""
    found = again(demo.at("2026-01-25"))
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda _: str(found), range(8)))
    assert set(told) == {str(demo.at("2026-01-25"))}


def test_what_accepts_evidence_is_a_value():
    """Two that ask for the same are one question."""
    assert credible(2) == credible(2) == again(credible(2)) != credible(3)


@pytest.mark.parametrize("take", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_timeline_says_why_it_cannot_be_pickled(take):
    """Its log is open, and another process would write to it unseen."""
    with pytest.raises(TypeError, match=r"a timeline cannot be pickled or copied, .* Pickle that, open the log again"):
        take(Timeline())


def test_a_timeline_shows_its_log(tmp_path):
    """Without a look at the log, which may be closed, or a network away."""
    with Timeline.open(tmp_path / "incidents.db") as line:
        assert repr(line) == f"<Timeline on <SqliteLog {tmp_path / 'incidents.db'}>>"
    assert repr(Timeline()) == "<Timeline on <MemoryLog>>"
