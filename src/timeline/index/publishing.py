"""The order in which entries were made public, so that a search finds what lies between two cuts.

Two cuts by the reported clock read an entry alike unless one of its reports was published between them. Only those
entries are sought, however long the log is.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from itertools import compress
from operator import ne
from typing import Protocol

from timeline.entry import Entry
from timeline.history.cuts import Publication
from timeline.index.view import LAST
from timeline.values.instants import FUTURE, PAST

_FEW = 64
"""The most new entries that are put in order one by one."""


class Published(Protocol):
    """The entries of a view: when each was first published, and by when all its reports were."""

    count: int
    tz: tzinfo
    publications: array[int]
    completions: array[int]

    def entries(self, positions: Sequence[int]) -> list[Entry]:
        """Return the entries at some positions."""
        ...


class Publishing:
    """The entries of a view in the order of their publications."""

    def __init__(self, published: Published) -> None:
        self._published = published
        self._count = 0
        self._firsts = array("q")
        """The positions, in the order of their first publication."""
        self._further: list[Publication] = []
        """The publications of entries after the first one, each with the position of its entry, in order."""

    def between(self, earlier: Publication, later: Publication) -> set[int]:
        """Return the positions of entries that a cut may read otherwise than an earlier one."""
        self._catch_up()
        firsts, further = self._bounds(earlier, later)
        return {*self._firsts[firsts], *(position for _, position in self._further[further])}

    def after(self, cut: Publication) -> tuple[Sequence[int], set[int]]:
        """Return the positions of entries first published after a cut, and of those with a further report then."""
        self._catch_up()
        firsts, further = self._bounds(cut, cut)
        return self._firsts[firsts.start :], {position for _, position in self._further[further.start :]}

    def moments(self, upto: int) -> list[int]:
        """Return each moment by which something more of the first entries of the log had been published, in order."""
        self._catch_up()
        firsts = set(self._published.publications[: upto + 1])
        further = (end for end, position in self._further if position <= upto)
        return sorted(moment for moment in firsts.union(further) if PAST < moment < FUTURE)

    def at(self, moment: int) -> set[int]:
        """Return the positions of entries that had a report published just by a moment."""
        return self.between((moment - 1, LAST), (moment, LAST))

    def how_many(self, earlier: Publication, later: Publication) -> int:
        """Count the publications between two cuts."""
        self._catch_up()
        return sum(part.stop - part.start for part in self._bounds(earlier, later))

    def _bounds(self, earlier: Publication, later: Publication) -> tuple[slice, slice]:
        start, stop = (bisect_right(self._firsts, cut, key=self._first) for cut in (earlier, later))
        begin, end = (bisect_left(self._further, (cut[0] + 1, 0)) for cut in (earlier, later))
        return slice(start, max(start, stop)), slice(begin, max(begin, end))

    def _first(self, position: int) -> Publication:
        return self._published.publications[position], position

    def _catch_up(self) -> None:
        """Put the new entries in order."""
        new = range(self._count + 1, self._published.count + 1)
        self._count = self._published.count
        if len(new) <= _FEW:
            for position in new:
                insort(self._firsts, position, key=self._first)
        else:
            self._firsts = array("q", sorted((*self._firsts, *new), key=self._published.publications.__getitem__))
        if further := sorted(self._after_the_first(new)):
            self._further = sorted((*self._further, *further))

    def _after_the_first(self, new: range) -> Iterator[Publication]:
        known = self._published
        part = slice(new.start, new.stop)
        several = list(compress(new, map(ne, known.completions[part], known.publications[part])))
        for entry in known.entries(several):
            for report in entry.reports:
                if report.published is not None:
                    yield report.published.span(known.tz).end, entry.position
            yield known.completions[entry.position], entry.position
