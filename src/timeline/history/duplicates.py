"""Possible duplicates: readings that may report the same event.

Readings of one type that name the same entities are *alike*. Two of them that overlap in time may be one
event, unless they are linked to each other or one source reports both.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from timeline.events.declare import UnknownEvent, event_type
from timeline.events.entity import IdentityJudged
from timeline.events.naming import type_name
from timeline.generated import function, identifier
from timeline.history.contradictions import DatedFinding, Subject
from timeline.history.finding import Finding
from timeline.history.reading import Point, Reading
from timeline.history.wording import versions_in_words, what
from timeline.values.containers import Memo

_ASIDE = frozenset({"via", "carried_by"})
"""Fields that name the carrier or the route of a movement. They do not identify the event."""
_ANY = object()


Kin = tuple[tuple[str, ...], tuple[str | None, ...]]
"""A likeness (a type with its entities), and the batch and the sources that its readings share."""


class Shared(NamedTuple):
    """The batch (None: not given) and the sources that readings of one likeness share."""

    batch: str | None
    sources: frozenset[str]


def duplicate_key(reading: Reading) -> tuple[Kin, ...]:
    """Return the key that readings alike share; none for a part of its own type, a judgement, or without an entity."""
    event = reading.event
    entities = () if reading.is_share or isinstance(event, IdentityJudged) else _entities(event)
    if not entities:
        return ()
    batch, role = getattr(event, "batch", None), getattr(event, "role", None)
    likeness = (type_name(event), *entities, *(() if role is None else ("role", str(role))))
    sources = [report.source for report in reading.reports]
    if len(sources) > 1:
        sources = sorted(set(sources))
    return ((likeness, _SHARED[None if batch is None else str(batch), *sources]),)


def _entities(event: Any) -> Sequence[str]:
    """Return the entities of an event, each after its field: a move from A to B differs from a move from B to A.

    The texts are those that all events share: a long log has as many keys as it has moves.
    """
    if isinstance(event, UnknownEvent):
        return sorted(set(event.tags))
    return _FINDERS[event.__class__](event)


def _finder(cls: type) -> Callable[[Any], Sequence[str]]:
    """Make the function that gives the entities of an event of a class, each after its field.

    Raises: InvalidEvent for a class that is not one of events.
    """
    lines, values = ["found = []"], {}
    for number, (field, _) in enumerate(event_type(cls).named):
        if field not in _ASIDE:
            values[f"field_{number}"] = field
            lines += [
                f"value = event.{identifier(field)}",
                f"if value.__class__ is str: found += (field_{number}, value)",
                f"elif value: found += [text for slug in sorted(set(value)) for text in (field_{number}, slug)]",
            ]
    lines.append("return found")
    made: Callable[[Any], Sequence[str]] = function("entities", "event", lines, **values)
    return made


_FINDERS = Memo(_finder)
_SHARED = Memo[tuple[str | None, ...], tuple[str | None, ...]](lambda shared: shared)
"""The batches and sources met, so that equal ones share one tuple."""


Group = Sequence[tuple[Shared, Sequence[int]]]
"""Positions of readings of one likeness, grouped by their batch and sources."""


def groups(tracks: Iterable[tuple[Any, Sequence[int]]]) -> Iterator[Group]:
    """Yield the positions under each key, grouped by likeness; leave out readings that no other is like."""
    found: dict[tuple[str, ...], list[tuple[Any, Sequence[int]]]] = {}
    for (likeness, shared), positions in tracks:
        found.setdefault(likeness, []).append((shared, positions))
    for group in found.values():
        if len(group) > 1 or len(group[0][1]) > 1:
            yield [(Shared(batch, frozenset(sources)), positions) for (batch, *sources), positions in group]


def doubles(group: Group, point: Callable[[int], Point], bound: Mapping[int, Reading]) -> Iterator[tuple[Point, Point]]:
    """Yield each reading that may be one event with an earlier one, as (earlier, later), in fold order.

    `bound` holds the readings that name others or are named by others, by position. No others are linked.
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
    """Yield earlier readings by other sources that had not ended when this one began, the last first.

    Fold order goes by ends: once one reading had ended, all before it had.
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
    """Tell whether one of two readings names the other in `after`."""
    one, other = bound.get(a), bound.get(b)
    return one is not None and other is not None and (a in other.follows or b in one.follows)


def duplicate(a: Reading, b: Reading, subject: Subject) -> DatedFinding:
    """Make the finding that two readings, in fold order, may be one event."""
    versions = versions_in_words([reading.named(reading.claim) for reading in (a, b)])
    message = f"{what(b.event)}: two unlinked entries may be one event: {versions}"
    positions = (a.case.entry.position, b.case.entry.position)
    return DatedFinding(b.point, Finding("possible_duplicate", message, subject(b)), positions)
