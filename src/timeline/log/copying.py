"""Moving house: a log copied into one of any other kind, verbatim."""

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

    1. Every row is checked as it leaves the source, and once more as the target kept it. Rows before
       the first that does not fit are copied.
    2. A copy that was interrupted goes on where it ended when it is called again. What was redacted
       since is erased in the target too.
    3. What is appended to the source meanwhile is copied as well.

    Raises: TamperedLog when a row of either does not fit; LogError when the target holds something
    that is not the beginning of the source.

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
            _copy(source, target, begun, progress or _untold)
        except TamperedLog:
            if not source.redacted_since(begun):
                raise
        else:
            return target.verify()


def _end(source: BaseLog) -> int:
    """The last position that can be read."""
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
            f"the target is no beginning of the source: it holds other entries, {there.position} of them. "
            "Copy into an empty log."
        )


def extend(log: BaseLog, rows: Sequence[Stored], after: Head) -> None:
    """Keep rows of another log, which were checked, behind a head; rows that are there already are left.

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
    """Erase what these rows redact, where it was kept before it was redacted in the log they come from."""
    redaction = event_type(EventRedacted).name
    events = (codec.decode(row.content).event for row in rows if row.type == redaction)
    named = log.rows_by_id([event.target for event in events])
    if left := [id for id, row in named.items() if not row.redacted]:
        log.erase(left)


def _untold(done: int, total: int) -> None:
    """Nobody asks how far it is."""


def _checked(rows: Iterator[Stored], audit: Audit) -> Iterator[Stored]:
    for row in rows:
        audit.take(row)
        yield row


class _Page(NamedTuple):
    """Rows, and the error of what comes next, if there is one: they stand before it."""

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
