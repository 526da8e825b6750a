"""The bounds of each event in time: its own, clamped by its publication and tightened by `after`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import NamedTuple

from timeline.events.entity import REGISTRATIONS, IdentityJudged
from timeline.history.cases import Case, Cases, linked
from timeline.history.claims import Claim
from timeline.history.cuts import first_published
from timeline.history.reading import Reading
from timeline.values.instants import PAST, instant, microseconds
from timeline.values.when import When

_YEARS = 500
"""A date looks wrong if the event was reported more than this number of years later."""
_LEAST = _YEARS * 365 * 86_400_000_000


class ChosenClaim(NamedTuple):
    """A case, and the claim that counts."""

    case: Case
    claim: Claim


PUBLISHED_EARLY, CONTRADICTORY_ORDER, IMPLAUSIBLE = (
    "published_before_occurred", "contradictory_order", "implausible_date",
)  # fmt: skip


class DateConflict(NamedTuple):
    """A kind of finding, and the cases in conflict. The finding shows once all of them are folded."""

    kind: str
    cases: tuple[Case, ...]


def reported_by(picked: ChosenClaim, tz: tzinfo) -> int:
    """Return the moment by which a claim had been reported: its earliest publication, else when it was recorded.

    A correction without another date keeps the moment of the claim that it corrects.
    """
    told: list[int] = []
    claim: Claim | None = picked.claim
    while claim is not None:
        published = first_published(claim.reports, tz)
        by = claim.made_by or picked.case.entry
        told.append(by.recorded_micros + 1 if published is None else published)
        claim = claim.dated_by
    return min(told)


def reported_until(reading: Reading, tz: tzinfo) -> int:
    """Return the later of the end and the first publication of a reading; `PAST` if it begins after its report."""
    if reading.start >= reported_by(ChosenClaim(reading.case, reading.claim), tz):
        return PAST
    return max(reading.end, first_published(reading.claim.reports, tz) or PAST)


def bounds(actual: Sequence[ChosenClaim], found: Cases, tz: tzinfo) -> tuple[list[list[int]], list[DateConflict]]:
    """Return the bounds of each as `[start, end)`: not after its report, and not before any event it came after."""
    tellings = [reported_by(picked, tz) for picked in actual]
    spans = [[*clamped(p.claim.event, p.claim.occurred, by, tz)] for p, by in zip(actual, tellings, strict=True)]
    wrong = [mistimed(p, span, by) for p, span, by in zip(actual, spans, tellings, strict=True)]
    return spans, [*filter(None, wrong), *_tighten(actual, spans, found)]


def clamped(event: object, occurred: When | None, told: int, tz: tzinfo) -> tuple[int, int]:
    """Return the bounds of an event, ended by its report.

    A registration without a date holds at all times, and so does any judgement.
    """
    if isinstance(event, IdentityJudged):
        return PAST, PAST
    if occurred is None:
        return PAST, PAST if isinstance(event, REGISTRATIONS) else told
    start, end = occurred.span(tz)
    return start, end if start >= told else min(end, told)


def is_implausible(end: int, told: int) -> bool:
    """Tell whether an event that had happened by one moment was reported more than 500 years later."""
    if end == PAST or told - end < _LEAST:
        return False
    return microseconds(instant(end).add(years=_YEARS)) < told


def mistimed(picked: ChosenClaim, span: Sequence[int], told: int) -> DateConflict | None:
    """Find that something was reported before it can have begun, or centuries after it had ended."""
    start, end = span
    if start >= told:
        return DateConflict(PUBLISHED_EARLY, (picked.case,))
    return DateConflict(IMPLAUSIBLE, (picked.case,)) if is_implausible(end, told) else None


def _tighten(actual: Sequence[ChosenClaim], spans: list[list[int]], found: Cases) -> list[DateConflict]:
    """Apply `after`: B begins no earlier than A, and A ends no later than B. Leave both alone if they conflict."""
    edges = list(_edges(actual, found))  # in order of the later one
    for earlier, later in edges:
        if spans[earlier][0] < spans[later][1]:
            spans[later][0] = max(spans[later][0], spans[earlier][0])
    contradicted = set()
    for earlier, later in sorted(edges, key=lambda edge: -edge[0]):
        if spans[earlier][0] < spans[later][1]:  # starts only rise and ends only fall, so a conflict stays one
            spans[earlier][1] = min(spans[earlier][1], spans[later][1])
        else:
            contradicted.add((earlier, later))
    return [
        DateConflict(CONTRADICTORY_ORDER, (actual[earlier].case, actual[later].case))
        for earlier, later in sorted(contradicted)
    ]


def _edges(actual: Sequence[ChosenClaim], found: Cases) -> Iterator[tuple[int, int]]:
    at = {id(picked.case): number for number, picked in enumerate(actual)}
    for later, picked in enumerate(actual):
        for name in linked(picked.case, "after"):
            before = found.of(name)
            if before is not None and id(before) in at and before is not picked.case:
                yield at[id(before)], later
