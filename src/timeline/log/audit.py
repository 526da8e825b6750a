"""An audit of a log, row by row: every seal, every tag, and a redaction for everything erased."""

from __future__ import annotations

from contextlib import suppress

from timeline.errors import TamperedLog
from timeline.events.editorial import EventRedacted, targets
from timeline.log import codec
from timeline.log.stored import Head, Stored, passed_on


class Audit:
    """Checks the rows of a log in order, and ends with the head to which they lead.

    1. Every leaf is recomputed from the content, every digest from the leaves, and times never go back.
    2. Type and tags follow from the content. An editorial entry bears the tags that its targets pass on, or all
       of theirs, as earlier versions wrote them. Tags that this program cannot derive are not checked, because
       it cannot read the content or knows another version of the event.
    3. A redacted row has no content, and a redaction that names it must follow.
    """

    def __init__(self) -> None:
        self._head = Head(0, b"")
        self._recorded = 0
        self._tags: dict[str, tuple[str, ...]] = {}
        self._passed_on: dict[str, tuple[str, ...]] = {}
        self._erased: dict[str, int] = {}

    def take(self, row: Stored) -> None:
        """Check the next row.

        Raises: TamperedLog, naming the first position that does not fit.
        """
        fits = False
        with suppress(TypeError, ValueError, LookupError, OverflowError, AttributeError):  # columns can change kind
            fits = self._chained(row) and (self._left(row) if row.redacted else self._sealed(row))
        if not fits:
            raise tampered(self._head.position + 1)
        self._head, self._recorded = Head(row.position, row.digest), row.recorded
        self._tags[row.id] = row.tags

    def end(self) -> Head:
        """Return the head, after the last row.

        Raises: TamperedLog, naming the first position that was erased without a redaction.
        """
        if self._erased:
            raise tampered(min(self._erased.values()))
        return self._head

    def _chained(self, row: Stored) -> bool:
        return chained(row, self._head, self._recorded)

    def _left(self, row: Stored) -> bool:
        self._erased[row.id] = row.position
        return row == row.erased()

    def _sealed(self, row: Stored) -> bool:
        return sealed(row) and self._says(row)

    def _says(self, row: Stored) -> bool:
        """Check that the tags follow from the content, and that the target of a redaction is erased."""
        draft = codec.draft_of(row.content, tags=row.tags)
        if not codec.current(draft, row.content):
            return True
        if isinstance(draft.event, EventRedacted):
            return row.tags == draft.tags and self._erased.pop(draft.event.target, None) is not None
        named = targets(draft.event)
        if not named:
            return set(row.tags) == set(draft.tags)
        self._passed_on[row.id] = tuple(passed_on(draft.tags, row.tags))
        targeted = {tag for name in named for tag in self._passed_on.get(name, self._tags[name])}
        inherited = {tag for tag in targeted if not tag.startswith("recorder:")}
        before = {tag for name in named for tag in self._tags[name]}
        return set(row.tags) in ({*draft.tags, *inherited}, {*draft.tags, *before})


def chained(row: Stored, head: Head, recorded: int) -> bool:
    """Check that a row comes next after a head, where the last row was recorded at this instant."""
    return (
        row.position == head.position + 1
        and row.recorded >= recorded
        and row.digest == codec.digest(head.digest, row.leaf)
    )


def sealed(row: Stored) -> bool:
    """Check that the content of a row, which was not redacted, gives its leaf."""
    return row.leaf == codec.leaf(row.salt, row.content, row.id, row.recorded) and row.type == codec.stored_type(
        row.content
    )


def tampered(position: int) -> TamperedLog:
    """Return the error for a position that does not fit."""
    return TamperedLog(
        f"position {position} does not fit its digest: the entry there was changed, added or removed "
        "outside this library. Restore the log from a copy you trust.",
        position=position,
    )
