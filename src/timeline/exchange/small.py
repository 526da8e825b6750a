"""Small counts in words: the entries whose reasons and quotes may tell a number that leaves as a range."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from timeline.answers.sharing import suppressed_event
from timeline.entry import Entry
from timeline.events.declare import Redacted, UnknownEvent
from timeline.events.editorial import EDITORIAL, proposed, targets
from timeline.values.report import Report


def near_small(entries: Iterable[Entry], below: int) -> frozenset[str]:
    """Return the ids of entries that hold a small number of people, and of all that editorial entries join to them.

    >>> from timeline import Timeline, exactly
    >>> from timeline.events import custody
    >>> line = Timeline()
    >>> for id, number in (("few", 3), ("many", 300)):
    ...     _ = line.record(custody.DetaineesEscaped(facility="al-hol-camp", quantity=exactly(number)), id=id)
    >>> _ = line.retract("few", id="undone")
    >>> sorted(near_small(line.entries(), 5))
    ['few', 'undone']
    """
    joined: dict[str, str] = {}

    def first(id: str) -> str:
        while joined.setdefault(id, id) != id:
            joined[id] = id = joined[joined[id]]
        return id

    small = []
    for entry in entries:
        for target in targets(entry.event):
            joined[first(entry.id)] = first(target)
        if is_opaque(entry.event) or suppressed_event(entry.event, below) is not entry.event:
            small.append(entry.id)
        first(entry.id)
    those = {first(id) for id in small}
    return frozenset(id for id in list(joined) if first(id) in those)


def is_opaque(event: Any) -> bool:
    """Tell whether an event may hold small numbers that cannot be recognized."""
    return not isinstance(event, Redacted) and any(isinstance(one, UnknownEvent) for one in (event, proposed(event)))


def without_reason(event: Any) -> Any:
    """Return an editorial event without its words; any other event stays."""
    return attrs.evolve(event, reason="", detail="") if issubclass(type(event), EDITORIAL) else event


def without_quotes(reports: Iterable[Report]) -> tuple[Report, ...]:
    """Return reports without the words of their sources."""
    return tuple(attrs.evolve(report, quote=None) for report in reports)
