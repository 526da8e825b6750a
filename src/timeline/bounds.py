"""When each event can have happened: its own bounds, clamped by its telling and tightened by `after`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import NamedTuple

from timeline.cases import Case, Cases, first_published
from timeline.claims import Claim
from timeline.entry import Entry
from timeline.events.editorial import EventDisputed
from timeline.events.facility import FacilityRegistered
from timeline.eventtype import type_name
from timeline.finding import Finding
from timeline.instants import PAST
from timeline.reading import linked
from timeline.when import When


class Picked(NamedTuple):
    """A case, and the claim that counts."""

    case: Case
    claim: Claim


Involved = tuple[Case, ...]
Contradiction = tuple[Involved, Finding]
"""A finding, and the cases it is about: it shows once all of them are folded."""


def told_by(picked: Picked, tz: tzinfo) -> int:
    """The moment by which it had been told: its earliest publication, else when it was recorded.

    A correction that gives no other date leaves it told when it first was.
    """
    told: list[int] = []
    claim: Claim | None = picked.claim
    while claim is not None:
        published = first_published(claim.reports, tz)
        by = claim.entry if isinstance(claim.entry.event, EventDisputed) else picked.case.entry
        told.append(by.recorded + 1 if published is None else published)
        claim = claim.dated_by
    return min(told)


def bounds(actual: Sequence[Picked], found: Cases, tz: tzinfo) -> tuple[list[list[int]], list[Contradiction]]:
    """The bounds of each, as `[start, end)`: not after it was told, and not before what it came after."""
    tellings = [told_by(picked, tz) for picked in actual]
    spans = [[*clamped(p.claim.event, p.claim.occurred, by, tz)] for p, by in zip(actual, tellings, strict=True)]
    early = [_told_too_early(p) for p, span, by in zip(actual, spans, tellings, strict=True) if span[0] >= by]
    return spans, [*early, *_tighten(actual, spans, found)]


def clamped(event: object, occurred: When | None, told: int, tz: tzinfo) -> tuple[int, int]:
    """The bounds of an event, ended by its telling; a facility that bears no date was always called so."""
    if occurred is None:
        return PAST, PAST if isinstance(event, FacilityRegistered) else told
    start, end = occurred.span(tz)
    return start, end if start >= told else min(end, told)


def told_too_early(entry: Entry, claim: Claim) -> Finding:
    """The finding that something was published before it can have happened."""
    message = f"{type_name(claim.event)} at {claim.occurred} was published before it can have happened"
    return Finding("published_before_occurred", message, entries=(entry,))


def _told_too_early(picked: Picked) -> Contradiction:
    return (picked.case,), told_too_early(picked.case.entry, picked.claim)


def _tighten(actual: Sequence[Picked], spans: list[list[int]], found: Cases) -> list[Contradiction]:
    """B after A: B begins no earlier than A, A ends no later than B; where that cannot be, neither holds."""
    edges = list(_edges(actual, found))  # by what is later
    for earlier, later in edges:
        if spans[earlier][0] < spans[later][1]:
            spans[later][0] = max(spans[later][0], spans[earlier][0])
    contradicted = set()
    for earlier, later in sorted(edges, key=lambda edge: -edge[0]):
        if spans[earlier][0] < spans[later][1]:  # starts only rise and ends only fall: what cannot be, stays so
            spans[earlier][1] = min(spans[earlier][1], spans[later][1])
        else:
            contradicted.add((earlier, later))
    return [_impossible(actual[earlier], actual[later]) for earlier, later in sorted(contradicted)]


def _edges(actual: Sequence[Picked], found: Cases) -> Iterator[tuple[int, int]]:
    at = {id(picked.case): number for number, picked in enumerate(actual)}
    for later, picked in enumerate(actual):
        for name in linked(picked.case, "after"):
            before = found.of(name)
            if before is not None and id(before) in at and before is not picked.case:
                yield at[id(before)], later


def _impossible(a: Picked, b: Picked) -> Contradiction:
    message = (
        f"{type_name(b.claim.event)} at {b.claim.occurred} is said to come after "
        f"{type_name(a.claim.event)} at {a.claim.occurred}, which it cannot"
    )
    return (a.case, b.case), Finding("contradictory_order", message, entries=(a.case.entry, b.case.entry))
