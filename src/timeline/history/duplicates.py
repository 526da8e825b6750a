"""Which readings may tell of one event twice.

Readings of one type that name the same entities are *alike*. Two of them that overlap in time are one
event, perhaps, unless they are linked to each other or one source tells of both.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from timeline.events.declare import UnknownEvent
from timeline.events.naming import entities_of, type_name
from timeline.history.contradictions import DatedFinding, Subject
from timeline.history.finding import Finding
from timeline.history.reading import Point, Reading
from timeline.history.wording import versions, what

_ASIDE = frozenset({"via", "carried_by"})
"""Fields that name who or what a movement went by, and not what happened."""
_ANY = object()


Kin = tuple[tuple[str, ...], tuple[str | None, ...]]
"""A likeness, which is a type with its entities, and what readings of it share: their batch, then their sources."""


class Shared(NamedTuple):
    """The batch (None: none told) and the sources that readings of one likeness share."""

    batch: str | None
    sources: frozenset[str]


def duplicate_key(reading: Reading) -> tuple[Kin, ...]:
    """The key under which a reading is kept with those like it; none for a part of its own type, or of no entity."""
    entities = () if reading.is_share else _entities(reading.event)
    if not entities:
        return ()
    batch, role = getattr(reading.event, "batch", None), getattr(reading.event, "role", None)
    likeness = (type_name(reading.event), *entities, *(() if role is None else (f"role={role}",)))
    sources = sorted({report.source for report in reading.reports})
    return ((likeness, (None if batch is None else str(batch), *sources)),)


def _entities(event: Any) -> Sequence[str]:
    """The entities of an event, by field: moved from A to B names others than moved from B to A."""
    if isinstance(event, UnknownEvent):
        return sorted(set(event.tags))
    return sorted({f"{field}={slug}" for field, _, slug in entities_of(event) if field not in _ASIDE})


Group = Sequence[tuple[Shared, Sequence[int]]]
"""Positions of readings of one likeness, by what those kept together share."""


def groups(tracks: Iterable[tuple[Any, Sequence[int]]]) -> Iterator[Group]:
    """The positions kept under each key, by likeness; those that nothing is alike are left aside."""
    found: dict[tuple[str, ...], list[tuple[Any, Sequence[int]]]] = {}
    for (likeness, shared), positions in tracks:
        found.setdefault(likeness, []).append((shared, positions))
    for group in found.values():
        if len(group) > 1 or len(group[0][1]) > 1:
            yield [(Shared(batch, frozenset(sources)), positions) for (batch, *sources), positions in group]


def doubles(group: Group, point: Callable[[int], Point], bound: Mapping[int, Reading]) -> Iterator[tuple[Point, Point]]:
    """Each reading that may be one event with an earlier one, behind that one; in fold order.

    `bound` are the readings that name others or are named by them, by position: nothing else is linked.
    """
    if len(group) == 1 and group[0][0].sources:
        return
    points = ((point(position), shared) for shared, positions in group for position in positions)
    seen: dict[Any, OrderedDict[frozenset[str], list[Point]]] = {}
    for here, shared in sorted(points, key=lambda pair: pair[0]):
        reading = bound.get(here[2])
        if reading is not None and reading.disputed:
            continue
        among = (_ANY,) if shared.batch is None else (None, shared.batch)
        told = (there for batch in among if batch in seen for there in _overlapping(seen[batch], here, shared.sources))
        double = next((there for there in told if not _linked(there[2], here[2], bound)), None)
        if double is not None:
            yield double, here
        for batch in (_ANY, shared.batch):
            by_source = seen.setdefault(batch, OrderedDict())
            by_source.setdefault(shared.sources, []).append(here)
            by_source.move_to_end(shared.sources)


def _overlapping(
    seen: OrderedDict[frozenset[str], list[Point]], here: Point, sources: frozenset[str]
) -> Iterator[Point]:
    """Earlier readings by other sources that had not ended when this one began, the last first.

    Fold order goes by ends: behind the first that had ended, all had.
    """
    for others in reversed(seen):
        if seen[others][-1][0] <= here[1]:
            return
        if sources.isdisjoint(others):
            for there in reversed(seen[others]):
                if there[0] <= here[1]:
                    break
                yield there


def _linked(a: int, b: int, bound: Mapping[int, Reading]) -> bool:
    """Check if one of two readings is said to come after the other."""
    one, other = bound.get(a), bound.get(b)
    return one is not None and other is not None and (a in other.follows or b in one.follows)


def duplicate(a: Reading, b: Reading, subject: Subject) -> DatedFinding:
    """The finding that two readings, in fold order, may be one event."""
    message = f"{what(b.event)}: two unlinked entries may be one event: {versions([a.claim, b.claim])}"
    positions = (a.case.entry.position, b.case.entry.position)
    return DatedFinding(b.point, Finding("possible_duplicate", message, subject(b)), positions)
