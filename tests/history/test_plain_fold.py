"""History agrees with a fold that was written from the design alone."""

from __future__ import annotations

from datetime import datetime, timezone
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from support.plain_fold import PlainFold
from timeline import Draft, Modality, Report, Timeline, exactly
from timeline.errors import EditorialRefused
from timeline.events.custody import DetaineesEscaped
from timeline.events.editorial import (
    EventCorrected,
    EventCorroborated,
    EventDisputed,
    EventRetracted,
    EventsMerged,
)

PLACE = "al-shaddadi-prison"
POLICIES = ("standing", "lowest", "highest", "latest")
SENSES = (Modality.ACTUAL, Modality.ACTUAL, Modality.ACTUAL, Modality.PLANNED, Modality.DENIED)


def day(number: int | None) -> str | None:
    """Write a day of January 2026."""
    return None if number is None else f"2026-01-{number:02}"


def some_days(random: Random) -> str:
    """Draw a day, or several."""
    first = random.randint(1, 20)
    last = first + random.choice([0, 0, 0, 1, 5])
    return str(day(first)) if first == last else f"{day(first)}/{day(last)}"


def escape(random: Random) -> DetaineesEscaped:
    """Draw an escape of a few people from one place."""
    return DetaineesEscaped(facility=PLACE, quantity=exactly(random.randint(0, 9)))


def a_draft(random: Random, known: list[str]) -> Draft:
    """Draw a deed, or an act on what is known."""
    reports = [
        Report(f"source {number}", published=random.choice([day(random.randint(1, 27))] * 9 + [None]))
        for number in range(random.choice([0, 1, 1, 1, 2]))
    ]
    when = random.choice([None, some_days(random)])
    if not known or random.random() < 0.3:
        return Draft(escape(random), occurred=when, reports=reports, modality=random.choice(SENSES))
    target = random.choice(known)
    act = random.choice(
        [
            EventCorrected(
                target=target,
                replacement=escape(random),
                occurred=when,
                modality=random.choice([None, None, Modality.ACTUAL]),
            ),
            EventDisputed(target=target, rival=random.choice([None, escape(random), escape(random)]), occurred=when),
            EventCorroborated(target=target),
            EventRetracted(target=target),
            EventsMerged(kept=target, duplicates=(random.choice([id for id in known if id != target] or ["e9"]),)),
        ]
    )
    return Draft(act, reports=reports)


def a_history(random: Random) -> Timeline:
    """Draw a timeline of a few entries, recorded at noon of some days; acts that are refused stay away."""
    now = 1
    line = Timeline(clock=lambda: datetime(2026, 1, now, 12, tzinfo=timezone.utc))
    for number in range(random.randint(2, 8)):
        now += random.randint(0, 3)
        drawn = a_draft(random, [entry.id for entry in line.entries()])
        try:
            line.record_all(
                [
                    Draft(
                        drawn.event,
                        occurred=drawn.occurred,
                        reports=drawn.reports,
                        modality=drawn.modality,
                        id=f"e{number}",
                    )
                ]
            )
        except EditorialRefused:
            continue
    return line


@given(st.integers(0, 2**32))
def test_as_many_escaped_as_a_plain_fold_of_the_design_says(seed: int) -> None:
    """At crossed settings of the clocks, under four policies."""
    random = Random(seed)
    line = a_history(random)
    for _ in range(12):
        occurred, recorded, reported = (random.choice([None, random.randint(1, 27)]) for _ in range(3))
        policy = random.choice(POLICIES)
        asked = line.at(day(occurred), recorded=day(recorded), reported=day(reported), policy=policy)  # type: ignore[arg-type]
        found = PlainFold.of(line.entries(), recorded=recorded, reported=reported).escaped(occurred, policy)
        assert asked.custody.escaped(facility=PLACE) == exactly(found), (occurred, recorded, reported, policy)
