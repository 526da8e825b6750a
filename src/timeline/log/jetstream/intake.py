"""Reading a stream into a log: batch by batch, up to the first message that does not fit."""

from __future__ import annotations

import time
from collections.abc import Container, Iterator, Sequence
from contextlib import suppress
from itertools import takewhile

from timeline.errors import TamperedLog
from timeline.events.declare import event_type
from timeline.events.editorial import EventRedacted
from timeline.log import codec
from timeline.log.audit import chained, sealed
from timeline.log.jetstream.message import Message, unpack
from timeline.log.stored import Head, Stored

News = Sequence[tuple[int, bytes | None]]
"""Positions and their messages, in order; None for a deleted message."""

Batch = tuple[list[Stored], tuple[Stored, ...]]
"""The rows of a batch, and the erased rows that it leaves."""


class Intake:
    """Takes the messages of a stream in order, and gives each batch once it is complete.

    It checks every seal, and stops for good at the first message that does not fit. Every writer checks the
    messages before its own, so no message behind that one belongs to the log.
    """

    def __init__(self) -> None:
        self.rows: list[Stored] = []
        """The first rows of a batch that is still incomplete."""
        self.misfit = 0
        """The position of the first message that does not fit; 0 while all do."""
        self.torn = False
        """Whether entries are missing at the misfit: others follow, or it lies within a batch."""
        self.seen = 0
        """The last position taken."""
        self.grew = time.monotonic()
        """When a row was last added to the incomplete batch."""
        self._whole = 0
        self._ids: set[str] = set()

    def batches(self, news: News, known: Sequence[Stored], ids: Container[str]) -> Iterator[Batch]:
        """Give each batch, and the erased rows that it leaves.

        `known` and `ids` are the rows given so far: the caller adds each batch before taking the next.
        """
        found = [(position, _read(position, payload)) for position, payload in news]
        readable = takewhile(lambda one: not isinstance(one[1], TamperedLog), found)
        erased = {row.position: row for _, read in readable if isinstance(read, Message) for row in read.erased}
        for position, read in found:
            message = self._left(erased.get(position)) if read is None else read
            if not isinstance(message, Message) or not self._fits(message, known, ids):
                followed = any(isinstance(later, Message) for at, later in found if at > position)
                yield from self._stop(position, followed=followed)
                return
            self._whole, self.seen, self.grew = message.whole, position, time.monotonic()
            self.rows.append(message.row)
            self._ids.add(message.row.id)
            if position == message.whole:
                yield self._all(), message.erased

    def landed(self, position: int) -> None:
        """Go on behind a batch that this log appended itself."""
        self._all()
        self.seen = position

    def _all(self) -> list[Stored]:
        rows, self.rows = self.rows, []
        self._ids.clear()
        return rows

    def _left(self, row: Stored | None) -> Message | None:
        return row and Message(row, self._whole if self.rows else row.position)

    def _stop(self, position: int, *, followed: bool) -> Iterator[Batch]:
        """Stop, and give the rows of an incomplete batch, so that a copy at least has them."""
        self.misfit = self.seen = position
        self.torn = followed or bool(self.rows)
        if self.rows:
            yield self._all(), ()

    def _fits(self, message: Message, known: Sequence[Stored], ids: Container[str]) -> bool:
        with suppress(LookupError, ValueError, ArithmeticError, AttributeError):  # others may have written anything
            row, last = message.row, (self.rows or known)[-1:]
            head = Head(last[0].position, last[0].digest) if last else Head(0, b"")
            return (
                (not self.rows or message.whole == self._whole)
                and chained(row, head, last[0].recorded if last else row.recorded)
                and (row.redacted or sealed(row))
                and row.id not in ids
                and row.id not in self._ids
                and (not message.erased or self._erases(message, known))
            )
        return False

    def _erases(self, message: Message, known: Sequence[Stored]) -> bool:
        """Check that a batch erases only targets of its redactions, which exist."""
        redaction = event_type(EventRedacted).name
        batch = [*self.rows, message.row]
        targets = {codec.decode(row.content).event.target for row in batch if row.type == redaction}
        return message.row.position == message.whole and all(
            row.id in targets and row.position > 0 and row == known[row.position - 1].erased() for row in message.erased
        )


def _read(position: int, payload: bytes | None) -> Message | TamperedLog | None:
    """Return a message, None for a deleted one, or the error of one that cannot be read."""
    try:
        return None if payload is None else unpack(position, payload)
    except TamperedLog as error:
        return error
