"""Admission of entries to a log: they must name entries on the log, and editorial ones must take effect.

Contradictory reports are always admitted. Only drafts without a meaning are refused: a correction of an entry
that is not there, a second retraction, a merge in a circle, an edit of a redacted entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from timeline.entry import Draft
from timeline.errors import EditorialRefused, InvalidDraft, UnknownTarget
from timeline.events.declare import Redacted
from timeline.events.editorial import (
    EDITORIAL,
    EventCorrected,
    EventCorroborated,
    EventDisputed,
    EventRedacted,
    EventRetracted,
    EventsMerged,
    targets,
)
from timeline.events.entity import IdentityJudged
from timeline.events.naming import tags_of
from timeline.log import codec
from timeline.log.query import Query
from timeline.log.rulings import Rulings
from timeline.log.store import Store, pages
from timeline.log.stored import Stored, passed_on

_LONGEST = 500
"""The longest tag, in characters."""


class Target(NamedTuple):
    """The part of an entry that admission needs; `own` are the tags of its content alone."""

    id: str
    event: Any
    tags: tuple[str, ...]
    own: tuple[str, ...]


def admit_plain(id: str, draft: Draft) -> tuple[str, ...]:
    """Return the tags that a draft gets which names no entry.

    Raises: InvalidDraft for a tag that no log can search by.
    """
    tags = tags_of(draft.event) if draft.recorder is None else draft.tags
    _require_tags(tags)
    return tags


class Admission:
    """Admits the drafts of one batch, in order; each may name those before it.

    All entries that the batch names are looked up in one call, since the store may be a network away.
    """

    def __init__(self, store: Store, rulings: Rulings, drafts: Sequence[Draft], names: Iterable[str]) -> None:
        self._store = store
        self._rulings = rulings
        self._there = self._find(list(names))
        self._edits = any(targets(draft.event) for draft in drafts)
        if self._edits:
            rulings.catch_up(store)
        self._batch: dict[str, Target] = {}
        self._editing: dict[str, list[str]] = {}  # the editorial drafts of the batch, by what they name
        self.redacted: list[str] = []
        """The ids whose content the batch erases."""

    def admit(self, id: str, draft: Draft) -> tuple[str, ...]:
        """Return the tags that a draft gets: its own, and for an editorial entry those that its targets pass on.

        A redaction inherits none, for the tags of its target are erased.

        Raises: UnknownTarget, EditorialRefused, InvalidDraft for a tag that no log can search by.
        """
        own = tags = draft.tags
        names = draft.references
        if names:
            named = {name: self._lookup(name) for name in names}
            self._check(draft.event, named)
            if isinstance(draft.event, EventRedacted):
                self._erase(draft.event.target)
            else:
                inherited = (
                    tag for name in targets(draft.event) for tag in passed_on(named[name].own, named[name].tags)
                )
                tags = tuple(dict.fromkeys((*tags, *inherited)))
        _require_tags(tags)
        self._batch[id] = Target(id, draft.event, tags, own)
        if names:
            self._note(id, draft.event)
        return tags

    def _note(self, id: str, event: Any) -> None:
        edited = targets(event)
        for name in edited:
            self._editing.setdefault(name, []).append(id)
        if edited:
            self._rulings.is_new(id)
            self._rulings.add(id, event)

    def end(self, position: int) -> None:
        """Note that the batch is complete and ends at a position."""
        if self._edits and not self.redacted:
            self._rulings.landed(position)

    def falling_with(self, id: str) -> list[str]:
        """Return the ids of the editorial entries that name an entry, directly or through one another.

        A redaction of the entry must redact them too, because they repeat its content.
        """
        found: dict[str, None] = {}
        waiting = [id]
        while waiting:
            name = waiting.pop()
            for known in self._naming(name):
                if name in targets(known.event) and not isinstance(known.event, EventRedacted):
                    found[known.id] = None
                    waiting.append(known.id)
        return list(found)

    def _erase(self, id: str) -> None:
        self.redacted.append(id)
        self._batch[id] = Target(id, Redacted(), (), ())
        self._rulings.withdraw(id)

    def _find(self, ids: Sequence[str]) -> dict[str, Target]:
        return {id: _target_of(row) for id, row in self._store.rows_by_id(ids).items()}

    def _lookup(self, id: str) -> Target:
        found = self._batch.get(id)
        if found and id not in self._there:
            self._rulings.is_new(id)
        found = found or self._there.get(id) or self._find([id]).get(id)
        if found is None:
            raise UnknownTarget(
                f"there is no entry {id!r} on the log: expected the id of an entry there, or of an earlier draft of "
                "the same batch. Record that one first.",
                target=id,
            )
        return found

    def _naming(self, id: str) -> Iterator[Target]:
        for row in pages(self._store.select, Query(tags=(f"entry:{id}",))):
            yield self._batch.get(row.id) or _target_of(row)
        yield from (self._batch[name] for name in self._editing.get(id, ()))

    def _revived(self, target: Target) -> Any:
        """Return the event that a retraction of this target brings back, if any."""
        undone, passed, known = self._rulings.undone, [], target
        while isinstance(known.event, EventRetracted) and known.id not in undone:
            passed.append(known.id)
            known = self._lookup(known.event.target)
        end, steps = undone.get(known.id, (known.id, 0))
        for number, name in enumerate(reversed(passed), steps + 1):
            undone[name] = (end, number)
        return self._lookup(end).event if (steps + len(passed)) % 2 else None

    def _check(self, event: Any, named: dict[str, Target]) -> None:
        for name in targets(event):
            _require_content(event, named[name])
        match event:
            case EventRetracted(target=target):
                if self._rulings.is_retracted(target):
                    raise EditorialRefused(
                        f"entry {target!r} is retracted already. Retract the retraction to bring it back.",
                        target=target,
                    )
                revived = self._revived(named[target])
                if isinstance(revived, EventsMerged):
                    self._check_circle(revived.kept, revived.duplicates)
            case EventCorrected(target=target):
                _require_claim(event, named[target])
                _require_no_judgement(event, named[target])
                if self._rulings.is_retracted(target):
                    raise EditorialRefused(
                        f"entry {target!r} is retracted, so it cannot be corrected. Retract the retraction first, or "
                        "record the corrected event as a new entry.",
                        target=target,
                    )
            case EventDisputed(target=target) | EventCorroborated(target=target):
                _require_claim(event, named[target])
                if isinstance(event, EventDisputed):
                    _require_no_judgement(event, named[target])
            case EventsMerged(kept=kept, duplicates=duplicates):
                for name in (kept, *duplicates):
                    if isinstance(named[name].event, EDITORIAL):
                        raise _meaningless(event, named[name])
                    _require_no_judgement(event, named[name])
                self._check_circle(kept, duplicates)

    def _check_circle(self, kept: str, duplicates: tuple[str, ...]) -> None:
        name = self._rulings.circle(kept, duplicates)
        if name is not None:
            raise EditorialRefused(
                f"entry {kept!r} already counts as a duplicate of {name!r}: merging the other way would go in a "
                "circle. Retract the first merge to turn it round.",
                target=name,
            )


def _target_of(row: Stored) -> Target:
    if row.redacted:
        return Target(row.id, Redacted(), (), ())
    draft = codec.draft_of(row.content, id=row.id, tags=row.tags)
    return Target(row.id, draft.event, row.tags, draft.tags)


_FIT: set[str] = set()
"""Tags that were found to be fit."""
_MOST = 1 << 16


def _require_tags(tags: tuple[str, ...]) -> None:
    if _FIT.issuperset(tags):
        return
    for tag in tags:
        if len(tag) > _LONGEST:
            raise InvalidDraft(
                f"the tag {tag[:40]!r} has {len(tag):,} characters: expected at most {_LONGEST}. Shorten the slug or "
                "the text in `about` that it is made of."
            )
        if "\0" in tag:
            raise InvalidDraft(
                f"the tag {tag[:40]!r} contains a NUL character: expected text without one. Remove it from the slug or "
                "the text in `about` that the tag is made of."
            )
    if len(_FIT) > _MOST:
        _FIT.clear()
    _FIT.update(tags)


def _require_claim(event: Any, target: Target) -> None:
    """Refuse to correct, dispute or corroborate an entry that makes no claim of its own."""
    if isinstance(target.event, EventRetracted | EventCorroborated | EventsMerged):
        raise _meaningless(event, target)


def _require_no_judgement(event: Any, target: Target) -> None:
    """Refuse to correct, dispute or merge a judgement of names."""
    if isinstance(target.event, IdentityJudged):
        raise EditorialRefused(
            f"{type(event).__name__} names entry {target.id!r}, a judgement of names: expected an entry that says what "
            "happened. Judge the two names again, or retract the judgement.",
            target=target.id,
        )


def _require_content(event: Any, target: Target) -> None:
    """Refuse to edit an entry that was redacted, or a redaction."""
    if isinstance(target.event, Redacted):
        raise EditorialRefused(
            f"{type(event).__name__} names entry {target.id!r}, which was redacted: expected an entry with content. "
            "Its position, id and leaf remain and cannot be edited.",
            target=target.id,
        )
    if isinstance(target.event, EventRedacted):
        raise EditorialRefused(
            f"{type(event).__name__} names entry {target.id!r}, a redaction: expected any other entry. What it erased "
            "is gone for good, and the redaction stays to say so. To say something again, record it under a new id.",
            target=target.id,
        )


def _meaningless(event: Any, target: Target) -> EditorialRefused:
    return EditorialRefused(
        f"{type(event).__name__} names entry {target.id!r}, a {type(target.event).__name__}: expected an entry that "
        "says what happened. To undo an editorial entry, retract it.",
        target=target.id,
    )
