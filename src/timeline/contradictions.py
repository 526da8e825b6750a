"""What the readings of a history say against one another, whatever is projected from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from timeline.bounds import Contradiction
from timeline.cases import Cases
from timeline.eventtype import UnknownEvent, named, type_name
from timeline.finding import Finding
from timeline.quantity import Quantity, total
from timeline.reading import Point, Reading, linked, whole_of

Shown = list[tuple[Point, Finding]]
"""Findings, each with the point of fold order from which it shows."""


def contradictions(readings: Sequence[Reading], found: Cases, bounds: Sequence[Contradiction]) -> Shown:
    """The findings about how readings are linked; of those about `bounds`, the ones whose cases are all read."""
    at = {id(reading.case): reading.point for reading in readings}
    shown = [
        (max(at[id(case)] for case in involved), finding)
        for involved, finding in bounds
        if all(id(case) in at for case in involved)
    ]
    return sorted([*shown, *_disputes(readings), *_excesses(readings, found)], key=lambda pair: pair[0])


def _disputes(readings: Sequence[Reading]) -> Shown:
    return [
        (
            reading.point,
            Finding(
                "disputed",
                f"{type_name(reading.event)} at {reading.occurred or 'an unknown time'} has "
                f"{len(reading.case.claims)} rival claims",
                entries=(reading.case.entry, *(claim.entry for claim in reading.case.claims[1:])),
            ),
        )
        for reading in readings
        if reading.disputed
    ]


def alike(reading: Reading) -> tuple[str, ...]:
    """What a reading shares with those that may tell of the same event: type and entities; nothing, if it is a part."""
    return () if reading.is_part else (" ".join(_likeness(reading.event)),)


def _likeness(event: Any) -> list[str]:
    """The type of an event and its entities, by field: moved from A to B has the tags of moved from B to A."""
    if isinstance(event, UnknownEvent):
        return [event.type, *sorted(set(event.tags))]
    entities = {f"{field}={slug}" for field, _, slug in named(event)} | {f"about={tag}" for tag in event.about}
    return [type_name(event), *sorted(entities)]


def duplicates(points: Sequence[Point], read: Callable[[int], Reading]) -> Shown:
    """The readings, among some that are alike, that overlap in time and are unlinked; `read` gives one by position."""
    shown: Shown = []
    begun: list[Point] = []
    for point in sorted(points, key=lambda point: (point[1], point)):
        overlapping = (other for other in begun if point[1] < other[0])
        double = next((other for other in overlapping if _unlinked(read(other[2]), read(point[2]))), None)
        if double is not None:
            shown.append((max(point, double), _duplicate(read(double[2]), read(point[2]))))
        else:
            begun = [other for other in begun if point[1] < other[0]]
        begun.append(point)
    return shown


def _duplicate(a: Reading, b: Reading) -> Finding:
    times = " and ".join(sorted(str(r.occurred or "an unknown time") for r in (a, b)))
    message = f"two unlinked entries of {type_name(a.event)} with the same entities, at {times}, may be one event"
    return Finding("possible_duplicate", message, entries=(a.case.entry, b.case.entry))


def _unlinked(a: Reading, b: Reading) -> bool:
    """Whether nobody has settled how they stand: by a dispute, by `after`, or by telling them apart."""
    for field in ("batch", "role"):
        told_apart = {getattr(a.event, field, None), getattr(b.event, field, None)}
        if len(told_apart) == 2 and None not in told_apart:
            return False
    linked = a.case.entry.position in b.follows or b.case.entry.position in a.follows
    return not (linked or a.disputed or b.disputed)


def _excesses(readings: Sequence[Reading], found: Cases) -> Shown:
    """Parts that exceed their whole, each way of breaking it down by itself."""
    at = {id(reading.case): number for number, reading in enumerate(readings)}
    parts: dict[int, list[int]] = {}
    for number, reading in enumerate(readings):
        whole = whole_of(reading.case, found, at)
        if whole is not None:
            parts.setdefault(whole, []).append(number)
    shown: Shown = []
    for whole, members in parts.items():
        for group in _breakdowns(readings, whole, members):
            involved = [readings[number] for number in (whole, *group)]
            quantities = [r.claim.quantity for r in involved]
            limit = quantities[0]
            if limit is None or limit.high is None:
                continue
            shares = total(q for q in quantities[1:] if q is not None and q.unit == limit.unit).quantity()
            if shares.low > limit.high:
                message = f"parts of {type_name(involved[0].event)} add up to {shares}, more than the whole, {limit}"
                entries = tuple(r.case.entry for r in involved)
                shown.append((max(r.point for r in involved), Finding("parts_exceed_whole", message, entries=entries)))
    return shown


def _breakdowns(readings: Sequence[Reading], whole: int, members: Sequence[int]) -> Iterator[list[int]]:
    """Parts by cohort are one breakdown, parts by place another, those of a rival version a third.

    They are not added together.
    """
    groups: dict[tuple[Any, ...], list[int]] = {}
    for number in members:
        version = next(linked(readings[number].case, "part_of"))
        dimension = _dimension(readings[whole].event, readings[number].event)
        groups.setdefault((version, *dimension), []).append(number)
    yield from groups.values()


def _dimension(whole: Any, part: Any) -> tuple[Any, ...]:
    if type(whole) is not type(part):
        return (type_name(part),)
    fields = [a.name for a in type(part).__attrs_attrs__ if a.name not in ("detail", "about")]
    return tuple(
        name
        for name in fields
        if not isinstance(getattr(part, name), Quantity) and getattr(part, name) != getattr(whole, name)
    )
