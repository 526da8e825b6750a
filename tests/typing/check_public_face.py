"""Checked by mypy, never run: what users write is typed all the way."""

from __future__ import annotations

from typing import assert_type

from timeline import (
    Entry,
    Facility,
    Projection,
    Quantity,
    Reading,
    Report,
    Situation,
    Timeline,
    When,
    about,
    credible,
    event,
)
from timeline.answers.claimed import Claims
from timeline.events import custody


@event("typing.siren_heard", version=1)
class SirenHeard:
    facility: Facility
    volume: int = 0


def ask(line: Timeline) -> None:
    """Check that every answer has a type."""
    entry = line.record(
        custody.DetaineesTransferred(quantity=about(150), origin="hasakah-prisons"),
        occurred="2026-01-21",
        reports=[Report("CENTCOM", published="2026-01-21", credibility=1)],
    )
    assert_type(entry, Entry)
    assert_type(line.record(SirenHeard(facility="x", volume=3)), Entry)
    s = line.at("2026-01-25", reported="2026-02-01", accept=credible(2), policy="lowest")
    assert_type(s, Situation)
    assert_type(s.custody.held(facility="x"), Quantity)
    assert_type(s.facilities["x"].since("control"), When | None)
    assert_type(s.claims(entry), Claims)
    SirenHeard(facility="x", volume="loud")  # type: ignore[arg-type]
    SirenHeard(volume=1)  # type: ignore[call-arg]


def count(reading: Reading) -> list[str]:
    """Return the keys of a projection."""
    return [reading.event.facility] if isinstance(reading.event, SirenHeard) else []


SIRENS = Projection(name="sirens", keys=count, evolve=lambda before, reading, key: (before or 0) + 1)
