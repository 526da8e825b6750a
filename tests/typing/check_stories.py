"""Checked by mypy, never run: a story is typed all the way, and so are the tests of users."""

from __future__ import annotations

from typing import assert_type

from timeline import Draft, Modality, Projection, Reading, Report, Timeline, credible, exactly
from timeline.errors import IllegalTransition
from timeline.events.custody import DetaineesTransferred
from timeline.events.facility import ControlChanged
from timeline.testing import (
    Expectation,
    FrozenClock,
    Story,
    Times,
    Told,
    as_recorded,
    asking,
    correct,
    finds,
    given,
    merge,
    on,
    refuses,
    retract,
    the,
    told,
)


def sirens(reading: Reading) -> list[str]:
    """Return the keys of a projection."""
    return []


SIRENS = Projection(name="sirens", keys=sirens, evolve=lambda heard, reading, key: (heard or 0) + 1)


def test_story() -> None:
    """Every word of it has a type."""
    times = on("2026-01-21").as_reported("2026-01-22")
    assert_type(times, Times)
    taken = times.told(ControlChanged(facility="x", authority="sdf"), by=["AFP", Report("UN")])
    assert_type(taken, Told)
    assert_type(as_recorded("2026-02-01").correct(taken, taken.draft.event, modality=Modality.PLANNED), Told)
    assert_type(merge(taken, [retract(taken), "an-id"]), Told)
    story = given(taken, Draft(taken.draft.event), strict=True, projections=[SIRENS])
    assert_type(story, Story)
    expected = asking(accept=credible(2)).the("facilities", "x", "control").is_("sdf")
    assert_type(expected, Expectation)
    assert_type(
        story.when(retract(taken)).then(expected, finds("disputed", of=taken), refuses(IllegalTransition)), Story
    )
    assert_type(story.line, Timeline)


def test_mistakes() -> None:
    """Meaningless stories do not type."""
    event = DetaineesTransferred(quantity=exactly(1), origin="x")
    given(event)  # type: ignore[arg-type]
    given().when(the("facilities", "x"))  # type: ignore[arg-type]
    given().then(told(event))  # type: ignore[arg-type]
    given().then(the("facilities", "x", "control"))  # type: ignore[arg-type]
    correct(event, event)  # type: ignore[arg-type]
    told(event, by=5)  # type: ignore[arg-type]
    refuses(ValueError)  # type: ignore[arg-type]
    on(2026)  # type: ignore[arg-type]
    asking(policy="loudest")  # type: ignore[arg-type]


def test_fixtures(timeline: Timeline, frozen_clock: FrozenClock) -> None:
    """The fixtures of the plugin."""
    frozen_clock.set("2026-02-01")
    assert_type(timeline.now() == timeline.at(), bool)
