"""The cache of views: the complete view, and the overlays of recent questions.

A situation does not hold a view. It asks the cache for the view of its `AsOf` whenever it needs one, and the cache
builds it again if it was dropped. So an answer never changes, and memory stays bounded however many are held.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import tzinfo
from typing import Any

import attrs

from timeline.collector import uncollected
from timeline.entry import Entry
from timeline.errors import LogError
from timeline.history.policies import Pick
from timeline.index import cutting, overlay, picking
from timeline.index.asof import AsOf
from timeline.index.complete import CompleteView
from timeline.index.view import EntrySource, View
from timeline.projections import BUILT_IN
from timeline.projections.projection import Projection
from timeline.values.names import Names


@attrs.frozen
class _Entries:
    """Looks up the entries of a view cache that was pickled, which has no log."""

    entries: Sequence[Entry]

    def get(self, positions: Sequence[int]) -> list[Entry]:
        return [self.entries[position - 1] for position in positions]

    def again(self, position: int) -> Entry:
        return self.entries[position - 1]

    def find(self, ids: Sequence[str]) -> Mapping[str, int]:
        wanted = set(ids)
        return {entry.id: entry.position for entry in self.entries if entry.id in wanted}

    def tagged(self, tag: str, before: int) -> Sequence[int]:
        return [entry.position for entry in self.entries[: before - 1] if tag in entry.tags]


def _again(
    entries: Sequence[Entry], own: Sequence[Projection], tz: tzinfo, lock: Callable[[], AbstractContextManager[object]]
) -> ViewCache:
    """Restore a view cache that was pickled."""
    projections = {projection.name: projection for projection in (*BUILT_IN, *own)}
    views = ViewCache(_Entries(entries), projections, tz, lock())
    views.add(entries)
    return views


def _part(whole: ViewCache, count: int) -> ViewCache:
    """Restore a view cache that was pickled, and held the first entries of another."""
    part = whole.fresh()
    part.add(whole.complete.source.get(range(1, count + 1)))
    return part


Refill = Callable[[bool], object]
"""Adds all entries again. Its argument tells whether to fold each projection, or to leave that to questions."""
KEPT = 16
"""The number of overlays kept."""


class ViewCache:
    """Gives the view that a question is about; the same question gets the same view, whatever is added.

    Callers hold the `lock`, to ask as well as to add.
    """

    def __init__(
        self,
        source: EntrySource,
        projections: Mapping[str, Projection],
        tz: tzinfo,
        lock: AbstractContextManager[object] | None = None,
        part_of: ViewCache | None = None,
    ) -> None:
        self.lock = lock or nullcontext()
        self.projections = projections
        self.tz = tz
        self._source = source
        self._whole = part_of or self
        self.names = Names(self._names)
        """The names on the log, including those of entries that this cache has yet to add."""
        self._views: OrderedDict[AsOf, View] = OrderedDict()
        self._refill: Refill | None = None
        self.clear()

    @property
    def complete(self) -> CompleteView:
        """The view of everything added. What was forgotten is read again first."""
        if self._refill is not None:
            with self.lock:
                self._read_again(folding=False)
        return self._complete

    @complete.setter
    def complete(self, complete: CompleteView) -> None:
        self._complete = complete

    @property
    def everything(self) -> CompleteView:
        """The complete view of the cache that this one is a copy of, or of this one."""
        return self._whole.complete

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the entries, from which all else follows, without the log."""
        if self._whole is not self:
            return _part, (self._whole, self.complete.count)
        with self.lock:
            entries = self._source.get(range(1, self.complete.count + 1))
        own = tuple(p for p in self.projections.values() if p not in BUILT_IN)
        return _again, (entries, own, self.tz, type(self.lock))

    def clear(self) -> None:
        """Drop everything, so that all entries can be added again."""
        self.complete = CompleteView(self._source, self.projections, self.tz)
        self._views.clear()

    def forget(self, refill: Refill) -> None:
        """Drop everything; the next question calls `refill`, which must add all entries again."""
        self.clear()
        self._refill = refill

    def expect_entries(self) -> None:
        """Note that all entries are about to be added again, so that no question needs to do it."""
        self._refill = None

    @property
    def unread(self) -> bool:
        """True until the first question reads the entries."""
        return self._refill is not None

    def fold_all(self) -> None:
        """Prepare for a question about all values: fold every projection, in one pass."""
        with self.lock, uncollected():
            self._read_again(folding=True)
            self.complete.fold_all()

    def fresh(self) -> ViewCache:
        """Return an empty view cache for the same entries."""
        return ViewCache(self._source, self.projections, self.tz, self.lock, self)

    def add(self, entries: Sequence[Entry]) -> None:
        """Add the entries that come next."""
        if self.complete.add(entries):
            self._views.clear()

    def view(self, as_of: AsOf) -> View:
        """Return the view that a question is about.

        Raises: LogError if entries were dropped since, and could not be read again.
        """
        if as_of.upto > self.complete.count:
            raise LogError(
                f"the log could only be read again up to entry {self.complete.count} of {as_of.upto}. "
                "Call line.at(...) again, then retry."
            )
        if as_of == AsOf(self.complete.count):
            return self.complete
        if as_of not in self._views:
            self._views[as_of] = self._cut(as_of)
            if len(self._views) > KEPT:
                self._views.popitem(last=False)
        self._views.move_to_end(as_of)
        return self._views[as_of]

    def _read_again(self, *, folding: bool) -> None:
        """Read again what was forgotten; after an error, the next question tries again."""
        refill, self._refill = self._refill, None
        if refill is not None:
            try:
                refill(folding)
            except BaseException:
                self._refill = refill
                raise

    def _names(self) -> Collection[str]:
        with self.lock:
            return self.everything.names

    def _cut(self, as_of: AsOf) -> View:
        if as_of.possible_by is not None:
            base = self.view(as_of._replace(possible_by=None))
            return overlay.possible_by(base, self.complete, as_of.possible_by)
        if isinstance(as_of.choose, Pick):
            picked = picking.picking(self.view(as_of._replace(choose=as_of.choose.otherwise)), as_of)
            if picked is not None:
                return picked
        cuts = (view for view in reversed(self._views.values()) if isinstance(view, cutting.CutView))
        return cutting.as_of(self.complete, as_of, cuts)
