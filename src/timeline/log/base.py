"""The log: what every store promises, and the one way of appending that keeps the promises.

A store supplies six primitives (`transaction`, `rows_by_id`, `select`, `insert`, `erase`, `last_row`) and gets the
contract: batches are atomic, positions run 1, 2, 3 … without gaps, ids are idempotent, conditions are checked,
editorial entries are admitted or refused, every entry is sealed into the chain of digests, and what is
redacted is gone.
"""

from __future__ import annotations

import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol, Self, TypeVar, runtime_checkable

from attrs import evolve

from timeline.entry import Draft, Entry
from timeline.errors import (
    ConcurrencyConflict,
    IdConflict,
    InvalidDraft,
    InvalidValue,
    InvalidWhen,
    LogClosed,
    LogError,
    ReadOnlyLog,
    TamperedLog,
)
from timeline.events.declare import event_type
from timeline.events.editorial import EventRedacted
from timeline.events.naming import type_name
from timeline.log import codec
from timeline.log.admission import Admission, Target
from timeline.log.audit import Audit
from timeline.log.clocks import Clock, read_clock, tell_behind, utc_now
from timeline.log.follower import Follower, Wait
from timeline.log.query import ALL, Conditions, Expect, Query, conditions_of
from timeline.log.stored import CacheRow, Head, Stored, entry_of, entry_saying
from timeline.progress import Progress, with_progress
from timeline.values.containers import as_tuple

T = TypeVar("T")
_Prepared = tuple[str, Draft, bytes]
"""An id, what is to be kept under it, and the same in canonical bytes."""
PAGE = 1000
"""How many entries are fetched at a time."""
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


class BaseLog(ABC):
    """Everything of the contract that does not depend on where the bytes lie."""

    read_only: bool = False
    """Whether every append is refused."""

    def __init__(self, clock: Clock = utc_now) -> None:
        if not callable(clock):
            raise InvalidWhen(
                f"clock is {clock!r}: expected a function that gives the time, such as lambda: moment.", value=clock
            )
        self._clock = clock
        self._told_behind = False
        self._closed = False

    # -- what a store supplies -------------------------------------------------------------------

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """Alone with the log: kept if the block ends well, undone as a whole if it raises."""

    @abstractmethod
    def rows_by_id(self, ids: Sequence[str]) -> dict[str, Stored]:
        """The stored entries of these ids."""

    @abstractmethod
    def select(self, query: Query) -> list[Stored]:
        """The stored entries wanted, in order of position, at most `query.limit` (never None here)."""

    @abstractmethod
    def insert(self, rows: Sequence[Stored]) -> None:
        """Keep these rows, inside the exclusive section."""

    @abstractmethod
    def erase(self, ids: Sequence[str]) -> None:
        """Keep `row.erased()` in place of these rows, leaving no byte of the rest; inside the exclusive section."""

    @abstractmethod
    def last_row(self) -> Stored | None:
        """The newest stored entry."""

    # -- what a store may do better --------------------------------------------------------------

    def watch(self) -> AbstractContextManager[Wait]:
        """For one follower: how to wait until something after a position may be there."""
        return nullcontext(self._poll)

    def retry(self, work: Callable[[], T]) -> T:
        """Do a piece of work that may safely be done twice; a store that loses its server does it again."""
        return work()

    # -- what it gets ----------------------------------------------------------------------------

    def append(self, drafts: Iterable[Draft], *, expect: Conditions = None) -> tuple[Entry, ...]:
        """Append a batch: all of it lands, durably, or none of it.

        A draft whose id is there already with the same content gives the entry there, and so does one
        whose id was redacted, whatever it says; the rest of the batch lands under `expect`. A redaction
        erases its target in the same act, and redacts every editorial entry that names it.

        Raises: InvalidDraft, UnknownTarget, EditorialRefused, IdConflict, ConcurrencyConflict, LogClosed,
        ReadOnlyLog.
        """
        batch = [self._prepare(draft) for draft in drafts_of(drafts)]
        conditions = conditions_of(expect)
        self._check_writable()

        def once() -> tuple[Entry, ...]:
            with self.transaction():
                return self._land(batch, conditions)

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
        self._check_open()
        return self._pages(query)

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
        self._check_open()
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
        self._check_writable()
        with self.transaction():
            if self.last_row() is not None:
                raise LogError("the log is not empty: expected an empty one. Restore into a new file.")
            audit, page = Audit(), []
            for row in rows:
                audit.take(row)
                page.append(row)
                if len(page) == PAGE:
                    self.insert(page)
                    page = []
            self.insert(page)
            return audit.end()

    @property
    def has_cache(self) -> bool:
        """Whether there is room for keyframes beside the log, and they may be written."""
        return False

    def write_cache(self, rows: Sequence[CacheRow]) -> None:  # noqa: ARG002
        """Keep keyframes in place of those kept before; a store without room beside the log keeps none."""
        return

    def read_cache(self, limit: int | None = None) -> list[CacheRow]:  # noqa: ARG002
        """The keyframes kept, the header first, or only the first so many rows; none where there are none."""
        return []

    def close(self) -> None:
        """Let go of what the log holds open; it may be closed twice."""
        self._closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- how ---------------------------------------------------------------------------------------

    def rows_at(self, positions: Sequence[int]) -> list[Stored]:
        """The stored entries at some positions, given in order; a store may have a shorter way."""
        rows: list[Stored] = []
        for position in positions:
            rows += self.select(Query(after=position - 1, before=position + 1, limit=1))
        return rows

    def _pages(self, query: Query) -> Iterator[Stored]:
        left = query.limit
        while left is None or left > 0:
            self._check_open()
            wanted = PAGE if left is None else min(left, PAGE)
            page = self.select(evolve(query, limit=wanted))
            yield from page
            if len(page) < wanted:
                return
            query = evolve(query, after=page[-1].position)
            left = None if left is None else left - len(page)

    def _audited(self, progress: Progress | None) -> Head:
        audit = Audit()
        for row in with_progress(self.stored(), progress, self.head().position):
            audit.take(row)
        return audit.end()

    def _extend(self, rows: Sequence[Stored], after: Head) -> None:
        """Keep rows of another log, which were checked, behind a head; rows that are there already are left.

        Raises: LogError when the log holds something else there.
        """
        self._check_writable()

        def once() -> None:
            with self.transaction():
                head = self.head()
                if head == after:
                    self.insert(rows)
                    self._erase_again(rows)
                elif head != Head(rows[-1].position, rows[-1].digest):
                    raise LogError(
                        f"the log ends at position {head.position}: expected {after.position}, with the digest there. "
                        "Somebody else appends to it, or it is another log. Copy into one of its own."
                    )

        self.retry(once)

    def _erase_again(self, rows: Sequence[Stored]) -> None:
        """Erase what these rows redact, where it was kept before it was redacted in the log they come from."""
        redaction = event_type(EventRedacted).name
        events = (codec.decode(row.content).event for row in rows if row.type == redaction)
        named = self.rows_by_id([event.target for event in events])
        if left := [id for id, row in named.items() if not row.redacted]:
            self.erase(left)

    def _poll(self, after: int, seconds: float) -> None:
        end = time.monotonic() + seconds
        while self.head().position <= after and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _GLANCE))

    def _check_open(self) -> None:
        if self._closed:
            raise LogClosed("the log is closed: open it again to go on.")

    def _check_writable(self) -> None:
        self._check_open()
        if self.read_only:
            raise ReadOnlyLog(
                "the log is open to be read only, because that was asked for or its file may not be written; nothing "
                "was appended. Open it where it may be written, and without read_only=True.",
                path=getattr(self, "path", None),
            )

    @staticmethod
    def _prepare(draft: Draft) -> _Prepared:
        return draft.id or codec.new_id(), draft, codec.encode(draft)

    def _land(self, batch: list[_Prepared], conditions: tuple[Expect, ...]) -> tuple[Entry, ...]:
        named = [id for id, draft, _ in batch if draft.id is not None]
        there = self.rows_by_id(named) if named else {}
        contents = {id: row.content for id, row in there.items() if not row.redacted}
        new: dict[str, tuple[Draft, bytes]] = {}
        for id, draft, content in batch:
            if id in there and there[id].redacted:
                continue
            known = contents.setdefault(id, content)
            if not codec.same(known, content):
                raise _id_conflict(id, there.get(id))
            if id not in there:
                new.setdefault(id, (draft, content))
        if new:
            self._check(conditions)
        landed = {id: entry_of(row) for id, row in there.items()} | self._seal(new)
        return tuple(landed[id] for id, _, _ in batch)

    def _check(self, conditions: tuple[Expect, ...]) -> None:
        for expect in conditions:
            head = self.head().position
            found = self.select(Query(after=expect.after, tags=expect.tags, types=expect.types, limit=1))
            if found or expect.after > head:
                position = found[0].position if found else head
                raise ConcurrencyConflict(
                    f"expected {expect}, found "
                    + (f"{found[0].type} at position {position}" if found else f"the log ends at position {position}")
                    + ". Read what is new, decide again, and append with the new position.",
                    expected=expect,
                    found=position,
                )

    def _seal(self, new: dict[str, tuple[Draft, bytes]]) -> dict[str, Entry]:
        last = self.last_row()
        position, digest, recorded = (last.position, last.digest, last.recorded) if last else (0, b"", 0)
        moment = self.now()
        if last and not self._told_behind:
            self._told_behind = tell_behind(moment, recorded)
        recorded = max(recorded, moment)
        admission = Admission(self._targets, self._naming)
        admission.look_up(draft for draft, _ in new.values())
        drafts: dict[str, Draft] = {}
        rows: dict[str, Stored] = {}
        for id, draft, content in self._unfolded(new, admission):
            tags = admission.admit(id, draft)
            position += 1
            salt = secrets.token_bytes(16)
            leaf = codec.leaf(salt, content, id, recorded)
            digest = codec.digest(digest, leaf)
            drafts[id] = draft
            rows[id] = Stored(position, id, type_name(draft.event), recorded, salt, content, leaf, digest, tags)
        gone = admission.redacted
        rows |= {id: rows[id].erased() for id in gone if id in rows}
        self.insert(tuple(rows.values()))
        if stored := [id for id in gone if id not in rows]:
            self.erase(stored)
        return {id: entry_of(row) if row.redacted else entry_saying(drafts[id], row) for id, row in rows.items()}

    def now(self) -> int:
        """The time by the log's clock; a store that can ask another compares them first."""
        return read_clock(self._clock)

    def _unfolded(self, new: dict[str, tuple[Draft, bytes]], admission: Admission) -> Iterator[_Prepared]:
        """The new drafts, and before each redaction those of the editorial entries that fall with its target."""
        for id, (draft, content) in new.items():
            event = draft.event
            if isinstance(event, EventRedacted):
                for name in admission.falling_with(event.target):
                    also = EventRedacted(target=name, reason=event.reason, detail=event.detail, about=event.about)
                    yield self._prepare(evolve(draft, event=also, id=None))
            yield id, draft, content

    def _targets(self, ids: Sequence[str]) -> dict[str, Target]:
        return {id: _target_of(row) for id, row in self.rows_by_id(ids).items()}

    def _naming(self, id: str) -> list[Target]:
        """The editorial entries (and others) that name an id."""
        return [_target_of(row) for row in self.stored(Query(tags=(f"entry:{id}",)))]


def _target_of(row: Stored) -> Target:
    return Target(row.id, entry_of(row).event, row.tags)


def drafts_of(drafts: Iterable[Draft]) -> list[Draft]:
    """A batch as a list, one draft alone being enough.

    Raises: InvalidDraft for what is no draft.
    """
    batch = list(as_tuple(drafts))
    for draft in batch:
        if not isinstance(draft, Draft):
            raise InvalidDraft(
                f"{draft!r} is not a draft: expected Draft(event, occurred=..., reports=[...]).", value=draft
            )
    return batch


def _id_conflict(id: str, row: Stored | None) -> IdConflict:
    where = f"at position {row.position}" if row else "earlier in this batch"
    return IdConflict(
        f"id {id!r} is taken by other content {where}. Correct that entry, or choose another id.",
        id=id,
        position=row.position if row else None,
    )
