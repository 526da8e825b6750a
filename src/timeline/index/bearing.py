"""The entries that bear on one value under any cut, so that its course is read without the rest of the log."""

from __future__ import annotations

from collections.abc import Iterator

from timeline.entry import Entry
from timeline.events.declare import events_within
from timeline.events.entity import IdentityJudged
from timeline.history.cases import Case
from timeline.history.claims import Claim
from timeline.history.policies import POLICIES, Choose
from timeline.history.reading import Reading
from timeline.index.complete import CompleteView
from timeline.index.folded import Folded
from timeline.projections.custody import CUSTODY
from timeline.projections.projection import Accessor, Key, Projection
from timeline.projections.stocks import COLLECTIVES
from timeline.values.instants import FUTURE, PAST

TIMED = frozenset({"agreements"})
"""Projections each of whose values follows from one key and from the moment asked about: a deadline may have passed."""


def bearing_on(complete: CompleteView, projection: Projection, found: Accessor, choose: Choose) -> set[int] | None:
    """Return the positions of the entries that may change a value under any cut; None if any entry may."""
    if found.is_deadline or not (projection.by_key or projection.name in TIMED) or choose not in POLICIES.values():
        return None
    if found.members is not None and (projection is not CUSTODY or bearing(complete, "custody", COLLECTIVES)):
        return None
    return bearing(complete, projection.name, found.key)


def bearing(complete: CompleteView, name: str, key: Key) -> set[int] | None:
    """Return the positions of the entries that may touch a key of a projection; None if any entry may.

    Of entries that name one another, all bear on the key if an event within any of them touches it.
    """
    folded = complete.folded(name)
    if folded.failures or any(kind is not None and kind.cls is IdentityJudged for kind in complete.types.values()):
        return None
    track = folded.track(key)
    found = set() if track is None else set(track.positions)
    for _, positions in complete.components:
        entries = complete.source.get(positions)
        if not found.isdisjoint(positions) or any(key in _touched(folded, entry) for entry in entries):
            found.update(positions)
    return found


def _touched(folded: Folded, entry: Entry) -> Iterator[Key]:
    """Give the keys that the events within an entry touch, each taken alone."""
    for event in events_within(entry.event):
        claim = Claim(entry, event, entry.occurred, entry.modality, entry.reports)
        yield from folded.keys_of(Reading(Case(entry, [claim]), claim, PAST, FUTURE))
