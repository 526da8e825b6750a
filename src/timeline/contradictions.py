"""What the readings of a history say against one another, whatever is projected from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from timeline.bounds import Contradiction
from timeline.cases import Cases
from timeline.eventtype import entities_of, type_name
from timeline.finding import Finding
from timeline.quantity import Quantity, total
from timeline.reading import Reading, linked, whole_of

Shown = list[tuple[int, Finding]]
"""Findings, each with the number of readings by which it shows."""


def contradictions(readings: Sequence[Reading], found: Cases, bounds: Sequence[Contradiction]) -> Shown:
    """Every finding that needs no projection; of those about `bounds`, the ones whose cases are all read."""
    index = {id(reading.case): number for number, reading in enumerate(readings, 1)}
    shown = [
        (max(index[id(case)] for case in involved), finding)
        for involved, finding in bounds
        if all(id(case) in index for case in involved)
    ]
    shown += _disputes(readings) + _duplicates(readings, found) + _excesses(readings, found)
    return sorted(shown, key=lambda pair: pair[0])


def _disputes(readings: Sequence[Reading]) -> Shown:
    return [
        (
            number,
            Finding(
                "disputed",
                f"{type_name(reading.event)} at {reading.occurred or 'an unknown time'} has "
                f"{len(reading.case.claims)} rival claims",
                entries=(reading.case.entry, *(claim.entry for claim in reading.case.claims[1:])),
            ),
        )
        for number, reading in enumerate(readings, 1)
        if reading.disputed
    ]


def _duplicates(readings: Sequence[Reading], found: Cases) -> Shown:
    """Two unlinked readings of one type with the same entities, overlapping in time."""
    groups: dict[tuple[str, frozenset[tuple[str, str]]], list[tuple[int, Reading]]] = {}
    for number, reading in enumerate(readings, 1):
        if not any(found.of(name) for name in linked(reading.case, "part_of")):
            key = (type_name(reading.event), entities_of(reading.event))
            groups.setdefault(key, []).append((number, reading))
    shown: Shown = []
    for (name, _), group in groups.items():
        begun: list[tuple[int, Reading]] = []
        for number, reading in sorted(group, key=lambda pair: (pair[1].start, pair[0])):
            overlapping = (pair for pair in begun if reading.start < pair[1].end)
            double = next((pair for pair in overlapping if _unlinked(pair[1], reading, found)), None)
            if double is not None:
                shown.append((max(number, double[0]), _duplicate(name, double[1], reading)))
            else:
                begun = [pair for pair in begun if reading.start < pair[1].end]
            begun.append((number, reading))
    return shown


def _duplicate(name: str, a: Reading, b: Reading) -> Finding:
    times = " and ".join(sorted(str(r.occurred or "an unknown time") for r in (a, b)))
    message = f"two unlinked entries of {name} with the same entities, at {times}, may be one event"
    return Finding("possible_duplicate", message, entries=(a.case.entry, b.case.entry))


def _unlinked(a: Reading, b: Reading, found: Cases) -> bool:
    """Whether nobody has settled how they stand: by a dispute, by `after`, or by telling them apart."""
    for field in ("batch", "role"):
        told_apart = {getattr(a.event, field, None), getattr(b.event, field, None)}
        if len(told_apart) == 2 and None not in told_apart:
            return False
    if a.disputed or b.disputed:
        return False
    return not any(found.of(name) in (a.case, b.case) for case in (a.case, b.case) for name in linked(case, "after"))


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
                shown.append((max(whole, *group) + 1, Finding("parts_exceed_whole", message, entries=entries)))
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
