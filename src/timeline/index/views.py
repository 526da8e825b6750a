"""What a timeline knows, and the pasts that were asked for of late."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import tzinfo
from typing import Any

import attrs

from timeline.entry import Entry
from timeline.errors import LogError
from timeline.index import overlay
from timeline.index.asof import AsOf
from timeline.index.complete import CompleteView
from timeline.index.view import Source, View
from timeline.projections import BUILT_IN
from timeline.projections.projection import Projection
from timeline.values.names import Names


@attrs.frozen
class _Entries:
    """Where the entries are looked up that came without their log."""

    entries: Sequence[Entry]

    def get(self, positions: Sequence[int]) -> list[Entry]:
        return [self.entries[position - 1] for position in positions]

    def find(self, ids: Sequence[str]) -> Mapping[str, int]:
        wanted = set(ids)
        return {entry.id: entry.position for entry in self.entries if entry.id in wanted}


def _again(
    entries: Sequence[Entry], own: Sequence[Projection], tz: tzinfo, lock: Callable[[], AbstractContextManager[object]]
) -> ViewCache:
    """A view cache that was pickled."""
    projections = {projection.name: projection for projection in (*BUILT_IN, *own)}
    views = ViewCache(_Entries(entries), projections, tz, lock())
    views.add(entries)
    return views


def _part(whole: ViewCache, count: int) -> ViewCache:
    """A view cache that was pickled, and held the first entries of another."""
    part = whole.fresh()
    part.add(whole.complete.source.get(range(1, count + 1)))
    return part


KEPT = 16
"""How many pasts other than everything known are kept."""


class ViewCache:
    """Gives the past that a question asks for; the same question has the same answer, whatever is added.

    Whoever asks or adds holds the `lock`.
    """

    def __init__(
        self,
        source: Source,
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
        self.names = Names(lambda: self.everything.names)
        """The names that are on the log by now, also where these are not known here yet."""
        self._views: OrderedDict[AsOf, View] = OrderedDict()
        self.clear()

    @property
    def everything(self) -> CompleteView:
        """All that is known of the log, by this or by what it is part of."""
        return self._whole.complete

    def __reduce__(self) -> tuple[Any, ...]:
        """Take along the entries known, from which all else follows, and leave the log behind."""
        if self._whole is not self:
            return _part, (self._whole, self.complete.count)
        with self.lock:
            entries = self._source.get(range(1, self.complete.count + 1))
        own = tuple(p for p in self.projections.values() if p not in BUILT_IN)
        return _again, (entries, own, self.tz, type(self.lock))

    def clear(self) -> None:
        """Know nothing, so that all can be added anew."""
        self.complete = CompleteView(self._source, self.projections, self.tz)
        self._views.clear()

    def fresh(self) -> ViewCache:
        """A view cache of the same entries, empty as yet."""
        return ViewCache(self._source, self.projections, self.tz, self.lock, self)

    def add(self, entries: Sequence[Entry]) -> None:
        """Take in the entries that come next."""
        if self.complete.add(entries):
            self._views.clear()

    def view(self, as_of: AsOf) -> View:
        """What the question leaves of everything known.

        Raises: LogError when what was known then was forgotten, and could not be read again.
        """
        if as_of.upto > self.complete.count:
            raise LogError(
                f"the log could not be read again: {self.complete.count} of {as_of.upto} entries are known. "
                "Ask the timeline once more, and then this situation."
            )
        if as_of == AsOf(self.complete.count):
            return self.complete
        if as_of not in self._views:
            self._views[as_of] = self._cut(as_of)
            if len(self._views) > KEPT:
                self._views.popitem(last=False)
        self._views.move_to_end(as_of)
        return self._views[as_of]

    def _cut(self, as_of: AsOf) -> View:
        if as_of.possible_by is not None:
            base = self.view(as_of._replace(possible_by=None))
            return overlay.possible_by(base, self.complete, as_of.possible_by)
        return overlay.as_of(self.complete, as_of)
