"""When each event can have happened: its own bounds, clamped by its telling and tightened by `after`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import NamedTuple

from timeline.cases import Case, Cases, first_published
from timeline.claims import Claim
from timeline.events.editorial import EventDisputed
from timeline.events.facility import FacilityRegistered
from timeline.eventtype import type_name
from timeline.finding import Finding
from timeline.instants import PAST
from timeline.reading import linked


class Picked(NamedTuple):
    """A case, and the claim that counts."""

    case: Case
    claim: Claim


Involved = tuple[Case, ...]
Contradiction = tuple[Involved, Finding]
"""A finding, and the cases it is about: it shows once all of them are folded."""


def told_by(picked: Picked, tz: tzinfo) -> int:
    """The moment by which it had been told: its earliest publication, else when it was recorded."""
    published = first_published(picked.claim.reports, tz)
    if published is not None:
        return published
    by = picked.claim.entry if isinstance(picked.claim.entry.event, EventDisputed) else picked.case.entry
    return by.recorded + 1


def bounds(actual: Sequence[Picked], found: Cases, tz: tzinfo) -> tuple[list[list[int]], list[Contradiction]]:
    """The bounds of each, as `[start, end)`: not after it was told, and not before what it came after."""
    told = [told_by(picked, tz) for picked in actual]
    spans = [[*_clamped(picked.claim, by, tz)] for picked, by in zip(actual, told, strict=True)]
    early = [_told_too_early(p) for p, span, by in zip(actual, spans, told, strict=True) if span[0] >= by]
    return spans, [*early, *_tighten(actual, spans, found)]


def _clamped(claim: Claim, told: int, tz: tzinfo) -> tuple[int, int]:
    """Its own bounds, ended by its telling; a facility that bears no date was always called so."""
    if claim.occurred is None:
        return PAST, PAST if isinstance(claim.event, FacilityRegistered) else told
    start, end = claim.occurred.span(tz)
    return start, end if start >= told else min(end, told)


def _told_too_early(picked: Picked) -> Contradiction:
    what, entry = type_name(picked.claim.event), picked.case.entry
    message = f"{what} at {picked.claim.occurred} was published before it can have happened"
    return (picked.case,), Finding("published_before_occurred", message, entries=(entry,))


def _tighten(actual: Sequence[Picked], spans: list[list[int]], found: Cases) -> list[Contradiction]:
    """B after A: B begins no earlier than A, A ends no later than B; where that cannot be, neither holds."""
    edges = list(_edges(actual, found))
    contradicted = set()
    for earlier, later in sorted(edges, key=lambda edge: edge[1]):
        if spans[earlier][0] >= spans[later][1]:
            contradicted.add((earlier, later))
        else:
            spans[later][0] = max(spans[later][0], spans[earlier][0])
    for earlier, later in sorted(edges, key=lambda edge: -edge[0]):
        if (earlier, later) not in contradicted and spans[later][1] > spans[earlier][0]:
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
