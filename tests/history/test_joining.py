"""Joined histories: they read as if all entries had been read at once."""

from __future__ import annotations

from datetime import timezone
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from timeline import Modality, Timeline
from timeline.events import custody
from timeline.events.editorial import EDITORIAL
from timeline.history.claims import Claim
from timeline.history.history import History, history
from timeline.history.joining import Joined, join
from timeline.history.reading import Reading
from timeline.testing.strategies import Chronicle, messy_histories

UTC = timezone.utc


def said(found: History) -> dict[str, Any]:
    """Return all that a history says, with readings by their entries."""
    return {
        "cases": {
            id: (case.entry, [*map(claimed, case.claims)], case.merged) for id, case in found.cases.by_id.items()
        },
        "alias": found.cases.alias,
        "readings": [told(reading) for reading in found.readings],
        "others": [told(reading) for reading in found.others],
        "fulfilled": dict(found.fulfilled),
        "bounds": sorted((c.kind, [case.entry.id for case in c.cases]) for c in found.bounds),
    }


def told(reading: Reading) -> tuple[Any, ...]:
    of = None if reading.of is None else reading.of.point
    parts = [part.point for part in reading.parts]
    return (reading.point, claimed(reading.claim), reading.is_part, reading.is_share, of, parts, reading.follows)


def claimed(claim: Claim) -> tuple[Any, ...]:
    return (claim.entry, claim.event, claim.occurred, claim.modality, claim.reports, claim.backed_by)


@given(messy_histories(max_size=16), st.data())
def test_entries_that_join_read_as_if_all_were_read_at_once(chronicle: Chronicle, data: st.DataObject) -> None:
    entries = tuple(chronicle.timeline().entries())
    last = max((number for number, entry in enumerate(entries, 1) if isinstance(entry.event, EDITORIAL)), default=0)
    count = data.draw(st.integers(last, len(entries)))
    found = history(entries[:count], tz=UTC)
    before = {reading.case.entry.position: reading for reading in found.readings}
    joined = join(found, before, entries[count:], UTC)
    event("joined" if joined is not None else "read again")
    if joined is None:
        return
    whole = history(entries, tz=UTC)
    assert said(joined.history) == said(whole)
    assert [told(joined.at[reading.case.entry.position]) for reading in whole.readings] == [*map(told, whole.readings)]
    changed = {reading.case.entry.position for reading in joined.come}
    assert {reading.case.entry.position for reading in joined.gone} == changed & before.keys()
    assert all(joined.at[position] is reading for position, reading in before.items() if position not in changed)


def test_a_deed_begins_no_earlier_than_what_it_follows() -> None:
    line = Timeline()
    first = line.record(custody.DetaineesEscaped(facility="a"), occurred="2026-01-10/2026-01-12")
    line.record(custody.DetaineesRecaptured(facility="a"), occurred="2026-01", after=[first])
    assert joined_last(line).history.readings[-1].start == line.at().entries()[0].occurred.span(UTC).start


def test_a_plan_is_fulfilled_by_the_first_deed_that_does() -> None:
    line = Timeline()
    plan = line.record(custody.DetaineesReleased(facility="a"), modality=Modality.PLANNED)
    line.record(custody.DetaineesReleased(facility="a"), occurred="2026-01-10", fulfils=plan)
    early = line.record(custody.DetaineesReleased(facility="a"), occurred="2026-01-05", fulfils=plan)
    assert joined_last(line).history.fulfilled == {plan.id: early.occurred.span(UTC).end}


def joined_last(line: Timeline) -> Joined:
    """Join the last entry of a timeline to those before it."""
    *before, last = line.entries()
    found = history(before, tz=UTC)
    joined = join(found, {reading.case.entry.position: reading for reading in found.readings}, [last], UTC)
    assert joined is not None
    return joined
