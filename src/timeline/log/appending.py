"""The append pipeline: what happens to a batch within one transaction of a store.

Drafts whose ids are on the log already give the entries there. For the others, conditions are checked and
editorial entries admitted or refused. Then each entry is sealed into the chain of digests and inserted, and
the targets of redactions are erased.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from attrs import evolve

from timeline.entry import Draft, Entry
from timeline.errors import ConcurrencyConflict, IdConflict, InvalidDraft
from timeline.events.editorial import EventRedacted
from timeline.events.naming import type_name
from timeline.log import codec
from timeline.log.admission import Admission, admit_plain
from timeline.log.query import Expect, Query
from timeline.log.rulings import Rulings
from timeline.log.store import Store
from timeline.log.stored import Stored, entry_of, entry_saying
from timeline.values.containers import as_tuple, named_tuple
from timeline.values.instants import stamp

_SALT = 16
"""The length of a salt, in bytes."""
Instant = Callable[[int], int]
"""From the time of the last entry to the time of the next ones; both in microseconds since 1970 UTC."""


class Prepared(NamedTuple):
    """A draft with the id and the salt that it gets, and its content in canonical bytes."""

    id: str
    draft: Draft
    content: bytes
    salt: bytes


def drafts_of(drafts: Iterable[Draft]) -> list[Draft]:
    """Return a batch as a list; a single draft is a batch of one.

    Raises: InvalidDraft for anything but a draft.
    """
    batch = drafts if type(drafts) is list else list(as_tuple(drafts))
    for draft in batch:
        if not isinstance(draft, Draft):
            raise InvalidDraft(
                f"{draft!r} is not a draft: expected Draft(event, occurred=..., reports=[...]).", value=draft
            )
    return batch


def prepare(drafts: Sequence[Draft]) -> list[Prepared]:
    """Give drafts their canonical bytes and a salt, and an id to each that has none.

    Raises: InvalidEvent for a value that cannot be stored.
    """
    salts = _SALT * len(drafts)
    chance = os.urandom(salts + codec.CHANCE * [draft.id for draft in drafts].count(None))
    ids = iter(codec.new_ids(chance[salts:]))
    encode = codec.encode
    return [
        named_tuple(Prepared, (draft.id or next(ids), draft, encode(draft), chance[start : start + _SALT]))
        for draft, start in zip(drafts, range(0, salts, _SALT), strict=True)
    ]


def land(
    store: Store, batch: Sequence[Prepared], conditions: Iterable[Expect], instant: Instant, rulings: Rulings
) -> tuple[Entry, ...]:
    """Append a batch within a transaction, and return an entry for each draft.

    Raises: IdConflict, ConcurrencyConflict, UnknownTarget, EditorialRefused, InvalidDraft.
    """
    named = [one.id for one in batch if one.draft.id is not None]
    there = store.rows_by_id(named) if named else {}
    new = _new(batch, there) if named else {one.id: one for one in batch}
    landed = {id: entry_of(row) for id, row in there.items()}
    if new:
        require(store, conditions)
        landed |= _seal(store, new, instant, rulings)
    return tuple([landed[one.id] for one in batch])


def require(store: Store, conditions: Iterable[Expect]) -> None:
    """Check the conditions of an append.

    Raises: ConcurrencyConflict.
    """
    for expect in conditions:
        head = store.end().position
        found = store.select(Query(after=expect.after, tags=expect.tags, types=expect.types, limit=1))
        if found or expect.after > head:
            position = found[0].position if found else head
            raise ConcurrencyConflict(
                f"expected {expect}, found "
                + (f"{found[0].type} at position {position}" if found else f"the log ends at position {position}")
                + ". Read what is new, decide again, and append with the new position.",
                expected=expect,
                found=position,
            )


def _new(batch: Iterable[Prepared], there: Mapping[str, Stored]) -> dict[str, Prepared]:
    """Pick the drafts that are not on the log yet.

    Raises: IdConflict when an id belongs to other content.
    """
    contents = {id: row.content for id, row in there.items() if not row.redacted}
    new: dict[str, Prepared] = {}
    for one in batch:
        row = there.get(one.id)
        if row and row.redacted:
            continue
        if not codec.same_content(contents.setdefault(one.id, one.content), one.content):
            raise _id_conflict(one.id, row)
        if not row:
            new.setdefault(one.id, one)
    return new


def _id_conflict(id: str, row: Stored | None) -> IdConflict:
    where = f"at position {row.position}" if row else "earlier in this batch"
    return IdConflict(
        f"id {id!r} is taken by other content {where}. Correct that entry, or choose another id.",
        id=id,
        position=row.position if row else None,
    )


def _seal(store: Store, new: Mapping[str, Prepared], instant: Instant, rulings: Rulings) -> dict[str, Entry]:
    position, digest, last_recorded = store.end()
    recorded = instant(last_recorded)
    drafts = [one.draft for one in new.values()]
    names = dict.fromkeys([name for draft in drafts for name in draft.references])
    admission = Admission(store, rulings, drafts, names) if names else None
    admit = admission.admit if admission else admit_plain
    rows: dict[str, Stored] = {}
    entries: dict[str, Entry] = {}
    moment = stamp(recorded).encode()
    for id, draft, content, salt in _unfolded(new.values(), admission) if admission else new.values():
        tags = admit(id, draft)
        position += 1
        leaf, digest = codec.leaf_and_digest(digest, salt, content, id, moment)
        name = type_name(draft.event)
        row = rows[id] = named_tuple(Stored, (position, id, name, recorded, salt, content, leaf, digest, tags))
        entries[id] = entry_saying(draft, row)
    if admission is None:
        store.insert(tuple(rows.values()))
        return entries
    for id in rows.keys() & admission.redacted:
        rows[id] = rows[id].erased()
        entries[id] = entry_of(rows[id])
    store.insert(tuple(rows.values()))
    if stored := [id for id in admission.redacted if id not in rows]:
        store.erase(stored)
    admission.end(position)
    return entries


def _unfolded(new: Iterable[Prepared], admission: Admission) -> Iterator[Prepared]:
    """Give the new drafts, each redaction preceded by redactions of the editorial entries that name its target."""
    for one in new:
        event = one.draft.event
        if isinstance(event, EventRedacted):
            for name in admission.falling_with(event.target):
                also = EventRedacted(target=name, reason=event.reason, detail=event.detail, about=event.about)
                yield from prepare([evolve(one.draft, event=also, id=None)])
        yield one
