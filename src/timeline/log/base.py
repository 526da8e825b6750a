"""The log: what every store promises, and the one way of appending that keeps the promises.

A store supplies six primitives (`transaction`, `rows_by_id`, `select`, `insert`, `erase`, `last_row`) and gets the
contract: batches are atomic, positions run 1, 2, 3 … without gaps, ids are idempotent, conditions are checked,
editorial entries are admitted or refused, every entry is sealed into the chain of digests, and what is
redacted is gone.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol, Self, runtime_checkable

from timeline.entry import Draft, Entry
from timeline.errors import InvalidValue, InvalidWhen, LogClosed, LogError, ReadOnlyLog, TamperedLog
from timeline.events.editorial import EventRedacted
from timeline.log import store
from timeline.log.appending import drafts_of, land, prepare
from timeline.log.audit import Audit
from timeline.log.clocks import Clock, read_clock, tell_behind, utc_now
from timeline.log.follower import Follower, Wait
from timeline.log.query import ALL, Conditions, Query, conditions_of
from timeline.log.rulings import Rulings
from timeline.log.store import Store, pages
from timeline.log.stored import Head, Stored, entry_of
from timeline.progress import Progress, with_progress

_GLANCE = 0.02
"""Seconds between two looks at a store that cannot say when something is new."""


def log_given(value: Any) -> BaseLog:
    """The value, if it is a log.

    Raises: InvalidValue.
    """
    if not isinstance(value, BaseLog):
        write = "Write line.log for that of a timeline, Timeline.open(path) for a file."
        raise InvalidValue(f"{value!r} is no log: expected MemoryLog(), SqliteLog(path) or such. {write}", value=value)
    return value


@runtime_checkable
class Log(Protocol):
    """Where entries are kept. It only grows."""

    def append(self, drafts: Iterable[Draft], *, expect: Conditions = None) -> tuple[Entry, ...]:
        """Append a batch, whole or not at all."""
        ...

    def read(
        self,
        *,
        after: int = 0,
        before: int | None = None,
        tags: Iterable[str] | None = None,
        types: Iterable[Any] | None = None,
        limit: int | None = None,
    ) -> Iterator[Entry]:
        """Entries in order of position, those strictly between `after` and `before`."""
        ...

    def head(self) -> Head:
        """The last position and digest."""
        ...

    def close(self) -> None:
        """Let go of what the log holds open; it may be closed twice."""
        ...


class BaseLog(Store):
    """Everything of the contract that does not depend on where the bytes lie."""

    read_only: bool = False
    """Whether every append is refused."""

    def __init__(self, clock: Clock = utc_now) -> None:
        if not callable(clock):
            raise InvalidWhen(
                f"clock is {clock!r}: expected a function that gives the time, such as lambda: moment.", value=clock
            )
        self._clock = clock
        self._rulings = Rulings()
        self._told_behind = False
        self._closed = False

    # -- what a store may do better --------------------------------------------------------------

    def watch(self) -> AbstractContextManager[Wait]:
        """For one follower: how to wait until something after a position may be there."""
        return nullcontext(self._poll)

    def now(self) -> int:
        """The time by the log's clock; a store that can ask another compares them first."""
        return read_clock(self._clock)

    # -- what it gets ----------------------------------------------------------------------------

    def append(self, drafts: Iterable[Draft], *, expect: Conditions = None) -> tuple[Entry, ...]:
        """Append a batch: all of it lands, durably, or none of it.

        A draft whose id is there already with the same content gives the entry there, and so does one
        whose id was redacted, whatever it says; the rest of the batch lands under `expect`. A redaction
        erases its target in the same act, and redacts every editorial entry that names it.

        Raises: InvalidDraft, UnknownTarget, EditorialRefused, IdConflict, ConcurrencyConflict, LogClosed,
        ReadOnlyLog.
        """
        batch = [prepare(draft) for draft in drafts_of(drafts)]
        conditions = conditions_of(expect)
        self.require_writable()

        def once() -> tuple[Entry, ...]:
            with self.transaction():
                rulings, self._rulings = self._rulings, Rulings()
                landed = land(self, batch, conditions, self._instant, rulings)
            self._rulings = rulings  # only now: what was added to them is kept
            return landed

        return self.retry(once)

    def read(
        self,
        *,
        after: int = 0,
        before: int | None = None,
        tags: Iterable[str] | None = None,
        types: Iterable[Any] | None = None,
        limit: int | None = None,
    ) -> Iterator[Entry]:
        """Entries strictly between two positions, carrying all `tags`, of one of `types`."""
        query = Query(after=after, before=before, tags=tags, types=types, limit=limit)
        return (entry_of(row) for row in self.stored(query))

    def stored(self, query: Query = ALL) -> Iterator[Stored]:
        """Entries as stored, those wanted."""
        self.require_open()
        return pages(self._select_while_open, query)

    def entries_at(self, positions: Sequence[int]) -> list[Entry]:
        """The entries at some positions, in order of position; a store that can gives them when closed, too."""
        return [entry_of(row) for row in self.rows_at(sorted(positions))]

    def positions_of(self, ids: Sequence[str]) -> dict[str, int]:
        """The positions of those ids that are there; a store that can gives them when closed, too."""
        return {id: row.position for id, row in self.rows_by_id(ids).items()}

    def follow(self, after: int = 0, *, every: float = 0.2) -> Follower:
        """Entries after a position, and then each new one as it lands: in order, none missing, none twice.

        It ends when the log is closed, or `stop` is called on what this gives, from any thread; it
        notices within `every` seconds.
        """
        return Follower(self.read, self.watch, after, every)

    def head(self) -> Head:
        """The last position and digest."""
        self.require_open()
        last = self.last_row()
        return Head(last.position, last.digest) if last else Head(0, b"")

    def verify(self, *, progress: Progress | None = None) -> Head:
        """Recompute every leaf, digest and tag, and return the head they lead to.

        Raises: TamperedLog, naming the first position that does not fit.
        """
        while True:
            begun = self.head().position
            try:
                return self._audited(progress)
            except TamperedLog:
                if not self.redacted_since(begun):
                    raise

    def redacted_since(self, position: int) -> bool:
        """Whether anything was redacted after a position: then what was read of the log meanwhile is of two minds."""
        return bool(self.select(Query(after=position, types=(EventRedacted,), limit=1)))

    def restore(self, rows: Iterable[Stored]) -> Head:
        """Write stored entries verbatim into an empty log, digests and all, whole or not at all.

        Raises: LogError when the log is not empty, TamperedLog when a row does not fit.
        """
        self.require_writable()
        with self.transaction():
            if self.last_row() is not None:
                raise LogError("the log is not empty: expected an empty one. Restore into a new file.")
            audit, page = Audit(), []
            for row in rows:
                audit.take(row)
                page.append(row)
                if len(page) == store.PAGE:
                    self.insert(page)
                    page = []
            self.insert(page)
            return audit.end()

    def close(self) -> None:
        """Let go of what the log holds open; it may be closed twice."""
        self._closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- how ---------------------------------------------------------------------------------------

    def _audited(self, progress: Progress | None) -> Head:
        audit = Audit()
        for row in with_progress(self.stored(), progress, self.head().position):
            audit.take(row)
        return audit.end()

    def _poll(self, after: int, seconds: float) -> None:
        end = time.monotonic() + seconds
        while self.head().position <= after and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _GLANCE))

    def _select_while_open(self, query: Query) -> list[Stored]:
        self.require_open()
        return self.select(query)

    def require_open(self) -> None:
        if self._closed:
            raise LogClosed("the log is closed: open it again to go on.")

    def require_writable(self) -> None:
        self.require_open()
        if self.read_only:
            raise ReadOnlyLog(
                "the log is open to be read only, because that was asked for or its file may not be written; nothing "
                "was appended. Open it where it may be written, and without read_only=True.",
                path=getattr(self, "path", None),
            )

    def _instant(self, last: int) -> int:
        """When the next entries are recorded: now, or when the last one was, whichever is later."""
        moment = self.now()
        if last and not self._told_behind:
            self._told_behind = tell_behind(moment, last)
        return max(last, moment)
