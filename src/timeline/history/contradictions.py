"""Contradictions between the readings of a history, found for every projection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from timeline.events.declare import akin
from timeline.events.naming import type_name
from timeline.history.bounds import CONTRADICTORY_ORDER, PUBLISHED_EARLY
from timeline.history.cases import Cases, linked
from timeline.history.finding import Finding
from timeline.history.history import History
from timeline.history.reading import Climb, Point, Reading, as_read
from timeline.history.wording import versions_in_words, what, with_date
from timeline.values.quantity import Quantity, total
from timeline.values.report import credited

Subject = Callable[[Reading], tuple[str, ...]]
"""A function that returns the path of the value that a reading is about."""


class DatedFinding(NamedTuple):
    """A finding, and the point of fold order from which it shows.

    `positions` are those of the readings involved, if the finding does not hold their entries yet.
    """

    point: Point
    finding: Finding
    positions: tuple[int, ...] = ()


def contradictions(found: History, subject: Subject) -> Iterator[DatedFinding]:
    """Yield the findings about linked readings, and about dates where all cases in conflict were read."""
    readings = found.readings
    at = {id(reading.case): reading for reading in readings}
    for contradiction in found.bounds:
        involved = [at[id(case)] for case in contradiction.cases if id(case) in at]
        if len(involved) == len(contradiction.cases):
            yield untimely(contradiction.kind, involved, subject)
    yield from (_dispute(reading, subject) for reading in (*readings, *found.unfolded) if reading.disputed)
    yield from (_merged(reading, subject) for reading in readings if reading.case.apart)
    yield from _excesses(readings, found.cases, subject)


def _placed(kind: str, message: str, involved: Sequence[Reading], path: tuple[str, ...]) -> DatedFinding:
    entries, claims = tuple(r.entry for r in involved), tuple(r.claim for r in involved)
    return DatedFinding(max(r.point for r in involved), Finding(kind, message, path, entries=entries, claims=claims))


def _dispute(reading: Reading, subject: Subject) -> DatedFinding:
    first, *others = reading.case.claims
    entries = (as_read(reading.case.entry, first), *(as_read(claim.entry, claim) for claim in others))
    told = list(map(reading.named, reading.case.claims))
    message = f"{what(told[0].event or reading.event)}: {versions_in_words(told)}"
    claims = tuple(reading.case.claims)
    return DatedFinding(reading.point, Finding("disputed", message, subject(reading), entries=entries, claims=claims))


def _merged(reading: Reading, subject: Subject) -> DatedFinding:
    told = reading.case.apart
    times = " and ".join(f"{with_date(claim)}{credited(claim.reports)}" for claim in told)
    message = f"{what(reading.event)}: the merged entries happened {times}, but these times do not overlap"
    entries = tuple(as_read(claim.entry, claim) for claim in told)
    finding = Finding("merged_times_differ", message, subject(reading), entries=entries, claims=tuple(told))
    return DatedFinding(reading.point, finding)


def untimely(kind: str, involved: Sequence[Reading], subject: Subject) -> DatedFinding:
    """Make the finding about an event whose date is impossible or implausible."""
    here = involved[-1]
    if kind == CONTRADICTORY_ORDER:
        message = f"{_told(here)} is said to come after {_told(involved[0])}, which is impossible"
    elif kind == PUBLISHED_EARLY:
        message = f"{_told(here)} was published before it can have happened"
    else:
        message = f"{_told(here)} was reported more than 500 years later"
    return _placed(kind, message, involved, subject(here))


def _told(reading: Reading) -> str:
    return f"{what(reading.event)} {with_date(reading.claim)}{credited(reading.reports)}"


def _excesses(readings: Sequence[Reading], found: Cases, subject: Subject) -> Iterator[DatedFinding]:
    """Find parts that exceed their whole, in each breakdown by itself."""
    at = {id(reading.case): number for number, reading in enumerate(readings)}
    parts: dict[int, list[int]] = {}
    climb = Climb(found, lambda case: id(case) in at)
    for number, reading in enumerate(readings):
        above = climb.whole(reading.case)
        if above is not None:
            parts.setdefault(at[id(above)], []).append(number)
    for whole, members in parts.items():
        for group in _breakdowns(readings, whole, members):
            involved = [readings[number] for number in (whole, *group)]
            quantities = [r.claim.quantity for r in involved]
            limit = quantities[0]
            if limit is None or limit.high is None:
                continue
            shares = total(q for q in quantities[1:] if q is not None and q.unit == limit.unit).quantity()
            if shares.low > limit.high:
                yield _excess(involved, shares, limit, subject)


def _excess(involved: Sequence[Reading], shares: Quantity, limit: Quantity, subject: Subject) -> DatedFinding:
    whole, *parts = involved
    by = credited(report for part in parts for report in part.reports)
    message = (
        f"{what(whole.event)}: parts add up to {shares}{by}, more than the whole, {limit}{credited(whole.reports)}"
    )
    return _placed("parts_exceed_whole", message, involved, subject(whole))


def _breakdowns(readings: Sequence[Reading], whole: int, members: Sequence[int]) -> Iterable[list[int]]:
    """Group the parts of a whole by breakdown: by cohort, by place, and for each rival version.

    Different breakdowns are not added together.
    """
    groups: dict[tuple[Any, ...], list[int]] = {}
    for number in members:
        version = next(linked(readings[number].case, "part_of"))
        dimension = _dimension(readings[whole].event, readings[number].event)
        groups.setdefault((version, *dimension), []).append(number)
    return groups.values()


def _dimension(whole: Any, part: Any) -> tuple[Any, ...]:
    if not akin(whole, part):
        return (type_name(part),)
    fields = [a.name for a in type(part).__attrs_attrs__ if a.name not in ("detail", "about")]
    return tuple(
        name
        for name in fields
        if not isinstance(getattr(part, name), Quantity) and getattr(part, name) != getattr(whole, name)
    )
