"""Findings about names: those that nobody registered, and judgements that contradict one another."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from timeline.events.naming import tags_of
from timeline.history.contradictions import DatedFinding
from timeline.history.finding import Finding
from timeline.history.identity import Identity, kind_of
from timeline.history.reading import Point
from timeline.index.complete import CompleteView
from timeline.index.view import EVERYTHING, View
from timeline.values.entities import ACCOUNTS, IN_TRANSIT
from timeline.values.instants import PAST

_NOWHERE = {f"facility:{account}" for account in (*ACCOUNTS, IN_TRANSIT)}


def is_named(tag: str) -> bool:
    """Tell whether a tag can be registered: entries and the accounts of the ledger cannot."""
    return not tag.startswith("entry:") and tag not in _NOWHERE


def unregistered(view: View, complete: CompleteView, by: Point) -> Iterator[DatedFinding]:
    """Find the names, among what is read by a point of fold order, that nobody registered though others are.

    A registration counts whenever it is dated: it says what a thing is, and not what happened.
    """
    keys: Iterable[Any] = view.folded("entities").keys_by(EVERYTHING)
    registered = {tag for kind, tag in keys if kind == "entity"}
    kinds = set(map(kind_of, registered))
    if not kinds:
        return
    named = {view.identity.tag(tag) for tag in complete.names if kind_of(tag) in kinds}
    for tag in sorted(filter(is_named, named - registered)):
        position = _first(view, complete, tag, by)
        if position is not None:
            yield DatedFinding(view.point(position), unregistered_finding(tag), (position,))


def _first(view: View, complete: CompleteView, tag: str, by: Point) -> int | None:
    """Return the position of the first reading, in fold order, that names an entity."""
    same = {p for name in view.identity.same(tag) for p in complete.identities.tagged(name)}
    positions = sorted((p for p in same if view.reads(p) and view.point(p) <= by), key=view.point)
    readings = zip(positions, view.read(positions), strict=True)
    return next(
        (position for position, reading in readings if tag in map(view.identity.tag, tags_of(reading.event))), None
    )


def unregistered_finding(tag: str) -> Finding:
    """Make the finding that nobody registered a name."""
    kind, _, slug = tag.partition(":")
    message = f"{slug}: others of the kind {kind} are registered, and this one is not"
    return Finding("unregistered_entity", message, ("entities", tag))


def contradictory(identity: Identity, read: Collection[int]) -> Iterator[DatedFinding]:
    """Find the names that judgements join although they are apart; `read` are the positions that may be shown."""
    for found in identity.contradictions:
        message = (
            f"{found.left} and {found.right} are apart, and yet joined by judgements of the same: none of these counts"
        )
        finding = Finding("contradictory_identity", message, ("entities", found.left))
        yield DatedFinding((PAST, PAST, 0), finding, tuple(p for p in found.positions if p in read))


def about_names(view: View, complete: CompleteView, by: Point) -> Sequence[DatedFinding]:
    """Return every finding about names, of what is read by a point of fold order."""
    involved = {p for found in view.identity.contradictions for p in found.positions if view.reads(p)}
    return [*contradictory(view.identity, involved), *unregistered(view, complete, by)]
