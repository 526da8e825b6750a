"""The log: one contract, whatever the store.

Whoever writes a log supplies the six methods of `Store` (`transaction`, `rows_by_id`, `select`, `insert`, `erase`,
`last_row`). `BaseLog` adds the contract. Batches are atomic, positions run 1, 2, 3 … without gaps, and ids are
idempotent. Conditions are checked, and editorial entries admitted or refused. Every entry is sealed into the chain of
digests, and redacted content is erased.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol, Self, runtime_checkable

from timeline.collector import uncollected
from timeline.entry import Draft, Entry
from timeline.errors import InvalidValue, InvalidWhen, LogClosed, LogError, ReadOnlyLog, TamperedLog
from timeline.events.editorial import EventRedacted
from timeline.log import store
from timeline.log.appending import drafts_of, land, prepare
from timeline.log.audit import Audit
from timeline.log.clocks import Clock, read_clock, tell_behind, utc_now
from timeline.log.follower import Follower, Wait
from timeline.log.query import ALL, Conditions, Expect, Query, conditions_of
from timeline.log.rulings import Rulings
from timeline.log.store import Store, pages
from timeline.log.stored import Head, Stored, entry_of
from timeline.progress import Progress, with_progress

_GLANCE = 0.02
"""Seconds between two looks at a store that cannot say when something is new."""
_FEW = 100
"""The most drafts of a batch for which Python's garbage collector is not suspended."""


def log_given(value: Any) -> BaseLog:
    """Return the value, if it is a log.

    Raises: InvalidValue.
    """
    if not isinstance(value, BaseLog):
        raise InvalidValue(
            f"{value!r} is not a log: expected a log such as MemoryLog() or SqliteLog(path). Write line.log for the "
            "log of a timeline, Timeline.open(path) for a file.",
            value=value,
        )
    return value


@runtime_checkable
class Log(Protocol):
    """A sequence of entries that only grows."""

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
        """Give the entries strictly between `after` and `before`, in order of position."""
        ...

    def head(self) -> Head:
        """Return the last position and the digest there."""
        ...

    def close(self) -> None:
        """Release files and connections; a log may be closed twice."""
        ...


class BaseLog(Store):
    """The part of the contract that is the same for every store."""

    read_only: bool = False
    """Whether every append is refused."""

    def __init__(self, clock: Clock = utc_now) -> None:
        if not callable(clock):
            raise InvalidWhen(
                f"clock is {clock!r}: expected a function that returns the time, such as lambda: moment.", value=clock
            )
        self._clock = clock
        self._rulings: Rulings | None = None
        self._told_behind = False
        self._closed = False

    # -- what a store may do better --------------------------------------------------------------

    def watch(self) -> AbstractContextManager[Wait]:
        """Give one follower the function with which to wait for entries after a position.

        Without a better way, the log is polled. A store that can wake followers overrides this method.
        """
        return nullcontext(self._poll)

    def now(self) -> int:
        """Return the time by the log's clock, in microseconds since 1970 UTC.

        A store on a server compares it with the server's clock first.
        """
        return read_clock(self._clock)

    # -- what it gets ----------------------------------------------------------------------------

    def append(self, drafts: Iterable[Draft], *, expect: Conditions = None) -> tuple[Entry, ...]:
        """Append a batch, whole and durably, or not at all.

        1. A draft whose id is on the log with the same content gives the entry there. So does a draft whose id was
           redacted, whatever its content.
        2. The rest of the batch lands if the conditions in `expect` hold.
        3. A redaction erases its target in the same transaction, and redacts every editorial entry that names it.

        Raises: InvalidDraft, UnknownTarget, EditorialRefused, IdConflict, ConcurrencyConflict, LogClosed,
        ReadOnlyLog.
        """
        wanted = drafts_of(drafts)
        if len(wanted) <= _FEW:
            return self._append(wanted, conditions_of(expect))
        with uncollected():
            return self._append(wanted, conditions_of(expect))

    def read(
        self,
        *,
        after: int = 0,
        before: int | None = None,
        tags: Iterable[str] | None = None,
        types: Iterable[Any] | None = None,
        limit: int | None = None,
    ) -> Iterator[Entry]:
        """Give the entries strictly between two positions that bear all `tags` and are of one of `types`."""
        query = Query(after=after, before=before, tags=tags, types=types, limit=limit)
        return (entry_of(row) for row in self.stored(query))

    def stored(self, query: Query = ALL) -> Iterator[Stored]:
        """Give the stored rows that a query wants."""
        self.require_open()
        return pages(self._select_while_open, query)

    def entries_at(self, positions: Sequence[int]) -> list[Entry]:
        """Return the entries at some positions, in order; a store that is able to gives them after closing too."""
        return [entry_of(row) for row in self.rows_at(sorted(positions))]

    def positions_of(self, ids: Sequence[str]) -> dict[str, int]:
        """Return the positions of the ids that are on the log; a store that is able to gives them after closing too."""
        return {id: row.position for id, row in self.rows_by_id(ids).items()}

    def follow(self, after: int = 0, *, every: float = 0.2) -> Follower:
        """Follow the log: give the entries after a position, then each new one, in order and once.

        A follower ends within `every` seconds after the log is closed, or `stop` is called on it from any thread.

        Raises: InvalidValue.
        """
        return Follower(self.read, self.watch, after, every)

    def head(self) -> Head:
        """Return the last position and the digest there."""
        self.require_open()
        end = self.end()
        return Head(end.position, end.digest)

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
        """Tell whether anything was redacted after a position.

        Rows read meanwhile may then be inconsistent: some from before the redaction, some from after it.
        """
        return bool(self.select(Query(after=position, types=(EventRedacted,), limit=1)))

    def restore(self, rows: Iterable[Stored]) -> Head:
        """Write stored entries verbatim into an empty log, digests and all, whole or not at all.

        Raises: LogError when the log is not empty, TamperedLog when a row does not fit.
        """
        self.require_writable()
        with self.transaction():
            if self.last_row() is not None:
                raise LogError("the log is not empty: expected an empty log. Restore into a new one.")
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
        """Release files and connections; a log may be closed twice."""
        self._closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    # -- how ---------------------------------------------------------------------------------------

    def _append(self, drafts: Sequence[Draft], conditions: tuple[Expect, ...]) -> tuple[Entry, ...]:
        batch = prepare(drafts)
        self.require_writable()

        def once() -> tuple[Entry, ...]:
            with self.transaction():
                rulings, self._rulings = self._rulings or Rulings(), None
                landed = land(self, batch, conditions, self._instant, rulings)
            self._rulings = rulings  # only now: what was added to them is kept
            return landed

        return self.retry(once)

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
            raise LogClosed("the log is closed: expected an open one. Open it again to go on.")

    def require_writable(self) -> None:
        self.require_open()
        if self.read_only:
            raise ReadOnlyLog(
                "the log is open to be read only, because that was asked for or its file may not be written; nothing "
                "was appended. Open it without read_only=True, where its file may be written.",
                path=getattr(self, "path", None),
            )

    def _instant(self, last: int) -> int:
        """Return the time of the next entries: now, but never before the time of the last one."""
        moment = self.now()
        if last and not self._told_behind:
            self._told_behind = tell_behind(moment, last)
        return max(last, moment)
