"""Replaying a timeline within cuts, from a moment on."""

from __future__ import annotations

import pytest

from timeline import Report, Timeline, credible
from timeline.answers.replay import ClockName
from timeline.errors import InvalidValue, InvalidWhen
from timeline.events import entity
from timeline.events.border import CrossingClosed, CrossingOpened
from timeline.values.instants import instant

CUTS = {
    "everything": {},
    "as made public by then": {"reported": "2026-01-25"},
    "as known to us by then": {"recorded": "2099-01-01"},
    "what is credible": {"accept": credible(2)},
    "by another policy": {"policy": "lowest"},
    "all of these": {"reported": "2026-02-10", "accept": credible(3), "policy": "highest"},
}


@pytest.fixture(scope="module")
def demo() -> Timeline:
    return Timeline.demo()


@pytest.mark.parametrize("cuts", CUTS.values(), ids=CUTS)
@pytest.mark.parametrize("by", ["occurred", "reported", "recorded"])
def test_the_last_step_says_what_is_so_within_the_cuts(demo: Timeline, by: ClockName, cuts: dict) -> None:
    """Every way to a moment arrives at the same situation."""
    *_, last = demo.replay(by, **cuts)
    arrived = instant(getattr(last.after.clocks, by) - 1)
    assert last.after == demo.at(**{**cuts, by: arrived})


@pytest.mark.parametrize(
    ("by", "cut"), [("occurred", "2026-01-21"), ("reported", "2026-01-21"), ("recorded", "2099-01-01")]
)
def test_a_replay_ends_where_its_own_clock_is_set(demo: Timeline, by: ClockName, cut: str) -> None:
    """Entries later on the clock of the walk are not steps."""
    steps = list(demo.replay(by, **{by: cut}))
    end = getattr(demo.at(**{by: cut}).clocks, by)
    every = [step.entry for step in demo.replay(by) if getattr(step.after.clocks, by) <= end]
    assert [step.entry for step in steps] == every
    assert steps


def test_a_replay_begins_with_the_first_step_on_a_date() -> None:
    """Also if that happened at an hour of the day."""
    line = Timeline()
    for day in ("2026-01-17", "2026-01-18T10:00Z", "2026-01-18", "2026-01-19"):
        line.record(CrossingOpened(crossing="rabia"), occurred=day)
    steps = list(line.replay(since="2026-01-18"))
    assert [str(step.entry.occurred) for step in steps] == ["2026-01-18T10:00:00Z", "2026-01-18", "2026-01-19"]


def test_what_came_before_is_in_the_first_step() -> None:
    """It begins later, and knows all that was before."""
    line = Timeline()
    line.record(CrossingOpened(crossing="rabia"), occurred="2026-01-17")
    line.record(CrossingClosed(crossing="rabia"), occurred="2026-01-19")
    (step,) = line.replay(since="2026-01-18")
    assert step.before.border.crossings["rabia"].status == "open"
    assert step.after.border.crossings["rabia"].status == "closed"


def test_only_what_was_public_is_stepped_on() -> None:
    """An entry outside the cuts is not a step."""
    line = Timeline()
    early, late = (Report("AFP", published=day) for day in ("2026-01-20", "2026-03-01"))
    line.record(CrossingOpened(crossing="rabia"), occurred="2026-01-17", reports=[early])
    line.record(CrossingClosed(crossing="rabia"), occurred="2026-01-18", reports=[late])
    assert [step.entry.position for step in line.replay(reported="2026-02-01")] == [1]


def test_bad_cuts_are_refused_at_once(demo: Timeline) -> None:
    """Not only when the first step is taken."""
    with pytest.raises(InvalidWhen):
        demo.replay(since="yesterday")
    with pytest.raises(InvalidValue, match="accept"):
        demo.replay(accept=2)
    with pytest.raises(InvalidValue, match="remembered"):
        demo.replay("remembered")


@pytest.mark.parametrize(("left", "right"), [("sdf", "syria-gov"), ("syria-gov", "sdf")])
@pytest.mark.parametrize("clock", ["occurred", "recorded"])
def test_a_judgement_changes_no_name_but_the_one_that_it_moves(clock, left, right):
    """The registered name of an entity that keeps its canonical name was there before, and is not new."""
    line = Timeline()
    line.record(entity.EntityRegistered(entity="authority:sdf", names={"en": "SDF"}))
    line.record(entity.IdentityJudged(left=f"authority:{left}", right=f"authority:{right}", judgement="same"))
    line.record(entity.IdentityJudged(left="authority:sdf", right="authority:ypg", judgement="unsure"))
    for step in line.replay(clock):
        changed = {change.path: (change.before, change.after) for change in step.changed}
        before, after = (
            {tag: state.names for tag, state in s.entities.items() if state.names} for s in (step.before, step.after)
        )
        assert changed == {
            ("entities", tag, "names"): (before.get(tag), after.get(tag))
            for tag in before.keys() | after.keys()
            if before.get(tag) != after.get(tag)
        }
