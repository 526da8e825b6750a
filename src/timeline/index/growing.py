"""What had been made public, publication by publication.

A growing view reads every group of entries that name one another as of one publication after another. What a
publication changes is taken out of the folds and put back as it reads now, so that only what follows is folded again.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from timeline.history.bounds import reported_until
from timeline.history.duplicates import duplicate_key
from timeline.history.history import History, history
from timeline.history.policies import POLICIES
from timeline.history.reading import Point, Reading
from timeline.index.asof import AsOf
from timeline.index.complete import NEVER, CompleteView
from timeline.index.folded import Folded
from timeline.index.tracks import Track, Tracks
from timeline.index.view import LAST
from timeline.values.instants import FUTURE, PAST


class Step(NamedTuple):
    """A publication: when, and what each group it changes said before and says now."""

    published: int
    """A moment; `PAST` for what no cut can hide, `NEVER` for what shows only where the clock is left free."""
    changes: Sequence[tuple[int, History | None, History]]


class Growing:
    """Readings as of one publication after another, and projections folded over them."""

    def __init__(self, complete: CompleteView, asked: AsOf) -> None:
        self.tz = complete.tz
        self._complete = complete
        self._asked = asked
        self._groups = _groups(complete, asked)
        self._readings: dict[int, Reading] = {}
        self._reach: list[int] = []
        self.says: dict[int, History] = {}
        """What each group says, by its number."""
        self.folded = {name: Folded(projection, self) for name, projection in complete.projections.items()}
        self.alike: Tracks[Track] = Tracks(Track, duplicate_key, self)

    def point(self, position: int) -> Point:
        """Return where what is read at a position stands in fold order."""
        return self._readings[position].point

    def read(self, positions: Sequence[int]) -> Iterator[Reading]:
        """Yield the entries at some positions, as read."""
        return (self._readings[position] for position in positions)

    @property
    def horizon(self) -> int:
        """How far it tells: the moment against which deadlines count where the occurred clock is left free."""
        reach = self._reach[-1] if self._reach else PAST
        return min(reach, self._complete.recorded[self._asked.upto] + 1)

    def is_bound(self, group: int) -> bool:
        """Tell whether a group has entries that name one another."""
        return len(self._groups[group]) > 1

    def steps(self) -> Iterator[Step]:
        """Take each publication in, and yield what it changed."""
        moments = self._moments()
        for published in sorted(moments):
            yield Step(published, self._take_in(published, sorted(moments[published])))

    def _moments(self) -> Mapping[int, set[int]]:
        """The groups that read otherwise from each publication on."""
        found: dict[int, set[int]] = defaultdict(set, {PAST: set()})
        complete = self._complete
        for number, positions in enumerate(self._groups):
            for entry in complete.source.get(positions):
                first, last = complete.publications[entry.position], complete.completions[entry.position]
                if first == PAST:
                    found[PAST].add(number)
                if max(first, last) >= FUTURE:
                    found[NEVER].add(number)
                for report in entry.reports:
                    if report.published is not None and (end := report.published.span(self.tz).end) < FUTURE:
                        found[end].add(number)
        return found

    def _tracks(self) -> Iterator[Tracks[Any]]:
        yield from self.folded.values()
        yield self.alike

    def _take_in(self, published: int, groups: Sequence[int]) -> list[tuple[int, History | None, History]]:
        changes = []
        for number in groups:
            entries = self._complete.source.get(self._groups[number])
            reported = None if published == NEVER else (published, LAST)
            asked = self._asked
            now = history(entries, reported=reported, accept=asked.accept, choose=asked.choose, tz=self.tz)
            changes.append((number, self.says.get(number), now))
        gone = [reading for _, before, _ in changes if before is not None for reading in before.readings]
        came = sorted((r for _, _, now in changes for r in now.readings), key=lambda reading: reading.point)
        for tracks in self._tracks():
            for reading in gone:
                tracks.withdraw(reading)
        for reading in gone:
            del self._readings[reading.case.entry.position]
            del self._reach[bisect_left(self._reach, reported_until(reading, self.tz))]
        for reading in came:
            self._readings[reading.case.entry.position] = reading
            insort(self._reach, reported_until(reading, self.tz))
        for tracks in self._tracks():
            tracks.put(came)
        self.says.update((number, now) for number, _, now in changes)
        return changes


def _groups(complete: CompleteView, asked: AsOf) -> list[Sequence[int]]:
    """The positions that are read together: all, for a policy of a user's, which may depend on anything."""
    if asked.choose not in POLICIES.values():
        return [range(1, asked.upto + 1)]
    bound = [[p for p in positions if p <= asked.upto] for _, positions in complete.components]
    alone = [(p,) for p in range(1, asked.upto + 1) if complete.components.root(p) is None]
    return [*filter(None, bound), *alone]
