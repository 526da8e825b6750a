"""The index of a log, kept current with it, and cached beside it.

Every question first reads the entries that were appended since, whoever appended them, and folds them in. A redaction
among them changes what earlier entries say, so the index is then built again from the start. When enough has been
folded, the index is written to the cache of the log, so that the next program need not fold it again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import tzinfo
from threading import RLock
from weakref import WeakMethod

from timeline.answers.results import Clocks
from timeline.answers.situation import Situation
from timeline.collector import uncollected
from timeline.entry import Entry
from timeline.errors import LogError, TamperedLog
from timeline.events.editorial import EventRedacted
from timeline.history.policies import standing
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
from timeline.values.names import EntityNames

_CHUNK = 1 << 12
"""The number of entries read at a time; more if a component is longer, since it is read again after each page."""
_SHORT = 1 << 12
"""The most entries of a log that is folded at once, whatever is asked of it."""
_FEW = 1000
"""The number of new entries below which the cache is never written: folding them again takes no time."""
_OFTEN, _SELDOM = 2, 32
"""The cache is written when a half of the log is new while questions are asked, or a 32nd on closing."""


class LiveIndex:
    """The index of a log, kept current with it."""

    def __init__(
        self, log: BaseLog, projections: Mapping[str, Projection], tz: tzinfo, progress: Progress | None = None
    ) -> None:
        self.log = log
        self._progress = progress
        self._projections = projections
        self._tz = tz
        self._cached = self._undone = 0
        """The position that the cache reaches, and the number of steps that had been undone when it was written."""
        self._erased = 0
        """The position up to which redactions had taken effect before the first entry was read."""
        self._named: tuple[int, EntityNames] = (0, {})
        """The number of entries up to which names were last looked up, and what was found."""
        names = WeakMethod(self.names)
        self.called: Callable[[], EntityNames] = lambda: found() if (found := names()) else {}
        """The lookup of what people call the entities on the log, for entries that may outlive the index."""
        self.entries = EntryCache(log, self.called)
        self.views = ViewCache(self.entries, projections, tz, RLock())

    def known(self, *, wait: bool) -> int:
        """Return the number of entries that a question made now is about, after reading the new ones.

        With `wait`, a long log that was never read, and has no keyframes, is left to the first question. That question
        folds no more than it needs.
        """
        with self.views.lock:
            if wait and (self.views.unread or not self.views.complete.count):
                head = self.log.head().position
                if head > _SHORT and not cache_position(self.log.read_cache(1)):
                    self.views.forget(self._refill)
                    return head
            self.catch_up()
            return self.views.complete.count

    def names(self) -> EntityNames:
        """Return what people call the entities on the log; nothing once it is closed or out of reach.

        A long log that was never read is not folded for names alone: they are there after the first question.
        """
        with suppress(LogError), self.views.lock:
            count = self.known(wait=True)
            if self.views.unread:
                return {}
            if count != self._named[0]:
                asked = Situation(self.views, AsOf(count, None, None, standing), Clocks())
                self._named = (count, asked.entity_names())
            return self._named[1]
        return {}

    def catch_up(self, *, folding: bool = True) -> None:
        """Read the new entries; after a redaction among them, build the index again.

        Unless `folding`, the projections are left to be folded by questions where the log was never read.
        """
        views = self.views
        with views.lock:
            views.expect_entries()
            if views.complete.outdated:
                self._reset()
            if not views.complete.count:
                self._resume()
                if not (folding or views.complete.count):
                    views.complete.leave_unfolded()
            with uncollected():
                while not self._read_new():
                    self._reset()
            if (
                self.log.has_cache
                and views.complete.folds_ahead
                and _is_due(views.complete.count - self._cached, views.complete.count, _OFTEN)
            ):
                self._write_cache()

    def forget(self) -> None:
        """Forget the index after a redaction: the next question builds it again, once for any number of redactions."""
        with self.views.lock:
            self._drop()
            self.views.forget(self._refill)

    def compare(self, situation: Situation, as_of: AsOf) -> None:
        """Check a situation against one folded from scratch.

        Raises: AssertionError, with the differences.
        """
        afresh = self.fresh()
        afresh.add(self.entries.get(range(1, self.views.complete.count + 1)))
        folded = Situation(afresh, as_of, situation.clocks)
        assert situation == folded, f"what was kept differs from a fold from scratch:\n{situation.diff(folded)}"

    def fresh(self) -> ViewCache:
        """Return an empty view cache for the same log."""
        return self.views.fresh()

    def verify(self) -> None:
        """Compare the cache, if this program would use it, with a fold from scratch.

        Raises: TamperedLog, naming the first position at which they differ.
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
                f"the keyframes beside the log do not match the entry at position {position}: they were changed "
                "outside this library. Copy the log to a new file, which leaves them behind.",
                position=position,
            )

    def close(self) -> None:
        """Write the cache before the log is closed, if anything was asked."""
        if self.views.complete.count:
            self.keep_up()

    def keep_up(self) -> None:
        """Fold the new entries and write the cache, if they are more than a small share of the log."""
        if not self.log.has_cache:
            return
        with self.views.lock, suppress(Exception):  # the cache saves time: no question or close fails for it
            head = self.log.head().position
            if self.views.complete.count or _is_due(head - cache_position(self.log.read_cache(1)), head, _SELDOM):
                self.catch_up()
                complete = self.views.complete
                if _is_due(complete.count - self._cached + complete.forgotten - self._undone, complete.count, _SELDOM):
                    self._write_cache()

    def _refill(self, folding: bool) -> None:  # noqa: FBT001  # called by the cache of views alone
        self.catch_up(folding=folding)

    def _read_new(self) -> bool:
        """Read the new entries; return False if a redaction invalidates the index, which the caller then rebuilds."""
        complete = self.views.complete
        if not complete.count:
            self._erased = self.log.head().position
        pages = self.entries.after(complete.count, lambda: many)
        while True:
            many = max(_CHUNK, complete.components.longest)
            entries = next(pages, ())
            if any(isinstance(entry.event, EventRedacted) for entry in entries if entry.position > self._erased):
                return False
            if entries:
                self._add(entries)
            if len(entries) < many:
                return True
            if self._progress:
                self._progress(complete.count, self.log.head().position)

    def _add(self, entries: Sequence[Entry]) -> None:
        """Add entries to the index; after any error drop all of it, for it may be half folded."""
        try:
            self.views.add(entries)
        except BaseException:
            self._reset()
            raise

    def _reset(self) -> None:
        self._drop()
        self.views.clear()

    def _drop(self) -> None:
        self.entries.clear()
        self._cached = self._undone = 0

    def _resume(self) -> None:
        """Start from the cache of the log, if it matches."""
        with uncollected():
            complete = self._read_cache()
        if complete is not None:
            self.views.complete = complete
            self._cached = self._erased = complete.count

    def _read_cache(self) -> CompleteView | None:
        """Read the index from the cache of the log; return None if no cache matches."""
        rows = self.log.read_cache()
        position = cache_position(rows)
        for row in self.log.stored(Query(after=position - 1, before=position + 1)) if position else ():
            head = Head(row.position, row.digest)
            return keyframes.read(rows, head, self.entries, self._projections, self._tz)
        return None

    def _write_cache(self) -> None:
        """Write the index to the cache, each track folded to its end, unless a newer program wrote the one there."""
        complete = self.views.complete
        if not keyframes.is_written_by_newer(self.log.read_cache(1)):
            complete.finish()
            (entry,) = self.entries.get((complete.count,))
            rows = keyframes.write(complete, Head(entry.position, entry.digest))
            if rows is not None:
                with suppress(LogError):
                    self.log.write_cache(rows)
        self._cached, self._undone = complete.count, complete.forgotten


def _is_due(behind: int, count: int, share: int) -> bool:
    """Tell whether folding this many steps again would take long enough to cache them."""
    return behind >= max(_FEW, count // share)
