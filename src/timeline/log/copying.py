"""Copying a log, verbatim, into a log of any kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from timeline.errors import LogError, TamperedLog
from timeline.events.declare import event_type
from timeline.events.editorial import EventRedacted
from timeline.log import codec, store
from timeline.log.audit import Audit
from timeline.log.base import BaseLog, log_given
from timeline.log.stored import Head, Stored
from timeline.progress import Progress


def copy_log(source: BaseLog, target: BaseLog, *, progress: Progress | None = None) -> Head:
    """Copy one log to another: positions, ids, salts, instants, tags and digests stay the same.

    1. Every row is checked when it is read from the source, and again in the target. The rows before the first
       that does not fit are copied.
    2. Call it again to resume an interrupted copy. What was redacted meanwhile is erased in the target too.
    3. Entries appended to the source meanwhile are copied as well.

    Raises: TamperedLog when a row of either log does not fit; LogError when the target holds anything but the
    beginning of the source.

    >>> from timeline import Draft, MemoryLog
    >>> from timeline.events import border
    >>> source, target = MemoryLog(), MemoryLog()
    >>> _ = source.append([Draft(border.CrossingOpened(crossing=name)) for name in ("rabia", "al-qaim")])
    >>> copy_log(source, target, progress=lambda done, total: print(f"{done} of {total}")) == source.head()
    2 of 2
    True
    """
    log_given(source), log_given(target)
    while True:
        begun = _end(source)
        try:
            _copy(source, target, begun, progress or _ignored)
        except TamperedLog:
            if not source.redacted_since(begun):
                raise
        else:
            return target.verify()


def _end(source: BaseLog) -> int:
    """Return the last position that can be read."""
    try:
        return source.head().position
    except TamperedLog as error:
        return int(error.position) - 1


def _copy(source: BaseLog, target: BaseLog, total: int, progress: Progress) -> None:
    there, head, audit = target.head(), Head(0, b""), Audit()
    common = there == head
    for page in _pages(_checked(source.stored(), audit)):
        fresh, behind = [], head
        for row in page.rows:
            head = Head(row.position, row.digest)
            if row.position > there.position:
                fresh.append(row)
            else:
                behind, common = head, head == there
        if fresh and common:
            extend(target, fresh, behind)
        progress(head.position, max(total, head.position))
        if page.misfit:
            raise page.misfit
    audit.end()
    if not common:
        raise LogError(
            f"the target holds {there.position} entries that are not the beginning of the source: expected an empty "
            "log or an earlier copy. Copy into an empty log."
        )


def extend(log: BaseLog, rows: Sequence[Stored], after: Head) -> None:
    """Insert checked rows of another log behind a head, unless they are there already.

    Raises: LogError when the log holds something else there.
    """
    log.require_writable()

    def once() -> None:
        with log.transaction():
            head = log.head()
            if head == after:
                log.insert(rows)
                _erase_again(log, rows)
            elif head != Head(rows[-1].position, rows[-1].digest):
                raise LogError(
                    f"the log ends at position {head.position}: expected {after.position}, with the digest there. "
                    "Somebody else appends to it, or it is another log. Copy into one of its own."
                )

    log.retry(once)


def _erase_again(log: BaseLog, rows: Sequence[Stored]) -> None:
    """Erase the targets of redactions among these rows that an earlier copy brought here with content."""
    redaction = event_type(EventRedacted).name
    events = (codec.decode(row.content).event for row in rows if row.type == redaction)
    named = log.rows_by_id([event.target for event in events])
    if left := [id for id, row in named.items() if not row.redacted]:
        log.erase(left)


def _ignored(done: int, total: int) -> None:
    """Ignore the progress, where nobody asked for it."""


def _checked(rows: Iterator[Stored], audit: Audit) -> Iterator[Stored]:
    for row in rows:
        audit.take(row)
        yield row


class _Page(NamedTuple):
    """Rows in order, and the error of the row behind them, if it does not fit."""

    rows: list[Stored]
    misfit: TamperedLog | None = None


def _pages(rows: Iterator[Stored]) -> Iterator[_Page]:
    while True:
        page: list[Stored] = []
        try:
            page.extend(islice(rows, store.PAGE))
        except TamperedLog as error:
            yield _Page(page, error)
            return
        if not page:
            return
        yield _Page(page)
