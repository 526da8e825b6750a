"""Keeping what is known current with a log, and keyframes of it beside the log."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import tzinfo
from threading import RLock

from timeline.answers.situation import Situation
from timeline.entry import Entry
from timeline.errors import LogError, TamperedLog
from timeline.events.editorial import EventRedacted
from timeline.index.asof import AsOf
from timeline.index.complete import CompleteView
from timeline.index.views import ViewCache
from timeline.live import keyframes
from timeline.live.comparison import first_difference
from timeline.live.entries import EntryCache
from timeline.log.base import BaseLog
from timeline.log.query import Query
from timeline.log.stored import Head, cache_position
from timeline.progress import Progress
from timeline.projections.projection import Projection

_CHUNK = 1 << 12
"""How many entries are taken in at a time."""
_FEW = 1000
"""How many entries are folded anew at any rate, rather than kept folded."""
_OFTEN, _SELDOM = 2, 32
"""The share of a log that is new when keyframes are kept again: a half while it is asked, less on closing."""


class LiveIndex:
    """What is known of a log, kept current with it, whoever appends."""

    def __init__(
        self, log: BaseLog, projections: Mapping[str, Projection], tz: tzinfo, progress: Progress | None = None
    ) -> None:
        self.log = log
        self._progress = progress
        self._projections = projections
        self._tz = tz
        self._cached = self._undone = 0
        """The position that keyframes are kept up to, and how many steps had been undone by then."""
        self._erased = 0
        """The position up to which redactions had taken effect before anything known was read."""
        self.entries = EntryCache(log)
        self.views = ViewCache(self.entries, projections, tz, RLock())

    def catch_up(self) -> None:
        """Take in what was appended since; what was redacted since was never there."""
        views = self.views
        with views.lock:
            if views.complete.outdated:
                self._reset()
            if not views.complete.count:
                self._resume()
            while not self._read_new():
                self._reset()
            if self.log.has_cache and _is_due(views.complete.count - self._cached, views.complete.count, _OFTEN):
                self._write_cache()

    def compare(self, situation: Situation, as_of: AsOf) -> None:
        """Fold everything from scratch, to see that what was kept says the same.

        Raises: AssertionError, with what differs.
        """
        afresh = self.fresh()
        afresh.add(self.entries.get(range(1, self.views.complete.count + 1)))
        folded = Situation(afresh, as_of, situation.clocks)
        assert situation == folded, f"what was kept differs from a fold from scratch:\n{situation.diff(folded)}"

    def fresh(self) -> ViewCache:
        """A view cache of the same log, empty as yet."""
        return self.views.fresh()

    def verify(self) -> None:
        """Fold everything anew, up to where keyframes are kept that this program would use, and compare.

        Raises: TamperedLog, naming the first position at which they say something else.
        """
        kept = self._read_cache()
        if kept is None:
            return
        afresh = self.fresh()
        for start in range(1, kept.count + 1, _CHUNK):
            afresh.add(self.entries.get(range(start, min(start + _CHUNK, kept.count + 1))))
        afresh.complete.finish()
        position = first_difference(kept, afresh.complete)
        if position is not None and not self.log.redacted_since(kept.count):
            raise TamperedLog(
                f"the keyframes kept beside the log do not fit the entry at position {position}: they were changed "
                "outside this library. Copy the log to a new file, which leaves them behind.",
                position=position,
            )

    def close(self) -> None:
        """Keep what was folded beside the log before it is closed."""
        if self.views.complete.count:
            self.keep_up()

    def keep_up(self) -> None:
        """Fold what is new, and keep it beside the log, if that is more than a small share of it."""
        if not self.log.has_cache:
            return
        with self.views.lock, suppress(Exception):  # keyframes save time, and are no reason to fail
            head = self.log.head().position
            if self.views.complete.count or _is_due(head - cache_position(self.log.read_cache(1)), head, _SELDOM):
                self.catch_up()
                complete = self.views.complete
                if _is_due(complete.count - self._cached + complete.forgotten - self._undone, complete.count, _SELDOM):
                    self._write_cache()

    def _read_new(self) -> bool:
        """Take in what comes next; False where what is known was redacted in part, so that all is to come anew."""
        complete = self.views.complete
        if not complete.count:
            self._erased = self.log.head().position
        pages = self.entries.after(complete.count, _CHUNK)
        while True:
            with _uncollected():
                entries = next(pages, ())
                if any(isinstance(entry.event, EventRedacted) for entry in entries if entry.position > self._erased):
                    return False
                if entries:
                    self._add(entries)
            if len(entries) < _CHUNK:
                return True
            if self._progress:
                self._progress(complete.count, self.log.head().position)

    def _add(self, entries: Sequence[Entry]) -> None:
        """Fold what comes next; on any error forget everything, which may be half folded."""
        try:
            self.views.add(entries)
        except BaseException:
            self._reset()
            raise

    def _reset(self) -> None:
        self.entries.clear()
        self.views.clear()
        self._cached = self._undone = 0

    def _resume(self) -> None:
        """Start from the keyframes kept beside the log, if they match it."""
        with _uncollected():
            complete = self._read_cache()
        if complete is not None:
            self.views.complete = complete
            self._cached = self._erased = complete.count

    def _read_cache(self) -> CompleteView | None:
        """Read what is known by the keyframes kept beside the log; None where none match it."""
        rows = self.log.read_cache()
        position = cache_position(rows)
        for row in self.log.stored(Query(after=position - 1, before=position + 1)) if position else ():
            head = Head(row.position, row.digest)
            return keyframes.read(rows, head, self.entries, self._projections, self._tz)
        return None

    def _write_cache(self) -> None:
        """Keep keyframes of everything known, each track folded to its end."""
        complete = self.views.complete
        if not keyframes.is_newer(self.log.read_cache(1)):
            complete.finish()
            (entry,) = self.entries.get((complete.count,))
            rows = keyframes.write(complete, Head(entry.position, entry.digest))
            if rows is not None:
                with suppress(LogError):
                    self.log.write_cache(rows)
        self._cached, self._undone = complete.count, complete.forgotten


def _is_due(behind: int, count: int, share: int) -> bool:
    """Check if folding so many steps again takes long enough to keep them folded."""
    return behind >= max(_FEW, count // share)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without Python's collector of cycles, which would look again and again at what is taken in to stay."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
