"""Every version of every event within the cuts, also those that were corrected, merged or retracted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import tzinfo

import attrs

from timeline.entry import Entry
from timeline.events.editorial import EventCorrected, EventDisputed
from timeline.history.cases import Editing
from timeline.history.claims import Claim, Hides, Status
from timeline.history.cuts import Publication, Visible


def all_versions(
    entries: Iterable[Entry], *, reported: Publication | None = None, hides: Hides | None = None, tz: tzinfo
) -> list[Claim]:
    """Return each version with its status, those of one event together, in order of position.

    Entries that name one another must be given together.
    """
    seen = Visible(entries, reported, tz)
    editing = Editing(seen)
    editing.apply_all(hides)
    editing.merge()
    found = [*_claims(editing), *_replaced(editing), *_retracted(editing)]
    return sorted(found, key=lambda claim: (_root(editing, claim).position, claim.entry.position))


def _claims(editing: Editing) -> Iterator[Claim]:
    """Return the versions that count: standing ones, rivals and denials."""
    return (claim for case in editing.cases.values() for claim in case.claims)


def _replaced(editing: Editing) -> Iterator[Claim]:
    """Return the versions that were merged into another entry or corrected."""
    away = {editing.root(claim.entry.id) for claim in editing.absorbed}
    yield from (_with_status(claim, "merged") for claim in editing.absorbed)
    for claim in editing.corrected:
        merged = editing.dispute_of(claim.entry.id) is None and editing.root(claim.entry.id) in away
        yield _with_status(claim, "merged" if merged else "corrected")


def _retracted(editing: Editing) -> Iterator[Claim]:
    """Return the versions that were retracted, by themselves or with an entry that they name."""
    seen = editing.seen
    telling = (entry for entry in seen.editorial if isinstance(entry.event, EventCorrected | EventDisputed))
    for entry in (*seen.ordinary, *telling):
        if entry.id in seen.out:
            yield _with_status(editing.taken_alone(entry), "retracted")


def _with_status(claim: Claim, status: Status) -> Claim:
    return attrs.evolve(claim, status=status)


def _root(editing: Editing, claim: Claim) -> Entry:
    return editing.seen.known[editing.root(claim.entry.id)]
