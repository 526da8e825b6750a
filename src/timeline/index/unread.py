"""Findings about entries that this program cannot read: one for each stored type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from timeline.events.declare import UnknownEvent
from timeline.history.cases import Case
from timeline.history.contradictions import DatedFinding
from timeline.history.finding import Finding
from timeline.history.history import History
from timeline.history.reading import Point, as_read
from timeline.index.view import View

_NAMED = 10
"""The most entries that a finding names."""


def count_unread(view: View, by: Point) -> Counter[str]:
    """Count the entries that cannot be read, of all that is read by a point of fold order, by type."""
    found = Counter[str]()
    for type, positions in view.unread().items():
        found[type] += sum(view.point(position) <= by for position in positions)
    for history in view.histories():
        found.update(type for type, point, _ in _in_component(history) if point <= by)
    return +found


def unread(view: View, by: Point) -> Iterator[DatedFinding]:
    """Find the entries, up to a point of fold order, that cannot be read."""
    alone = {type: [view.point(p) for p in positions] for type, positions in view.unread().items()}
    bound: dict[str, list[tuple[Point, Case]]] = {}
    for found in view.histories():
        for type, point, case in _in_component(found):
            bound.setdefault(type, []).append((point, case))
    for type in sorted({*alone, *bound}):
        points = [point for point in alone.get(type, ()) if point <= by]
        cases = [case for point, case in bound.get(type, ()) if point <= by]
        if points or cases:
            first = [reading.case for reading in view.read([position for *_, position in points[:_NAMED]])]
            named = sorted([*first, *cases[:_NAMED]], key=lambda case: case.entry.position)[:_NAMED]
            yield DatedFinding(by, _finding(type, len(points) + len(cases), named))


def _in_component(found: History) -> Iterator[tuple[str, Point, Case]]:
    """Find the claims that cannot be read among entries that name one another."""
    for reading in (*found.readings, *found.others):
        for claim in reading.case.claims:
            if isinstance(claim.event, UnknownEvent):
                yield claim.event.type, reading.point, reading.case


def _finding(type: str, count: int, cases: list[Case]) -> Finding:
    events = (claim.event for case in cases for claim in case.claims if isinstance(claim.event, UnknownEvent))
    reason = next((event.reason for event in events if event.type == type and event.reason), "its type is not known")
    counted = "1 entry" if count == 1 else f"{count:,} entries"
    message = f"{counted} of {type} cannot be read by this program, and count for nothing: {reason}"
    entries = tuple(as_read(case.entry, case.claims[0]) for case in cases)
    return Finding("unknown_event", message, entries=entries, claims=tuple(case.claims[0] for case in cases))
