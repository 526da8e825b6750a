"""A view that grows: what had been made public, one publication after another.

Entries are read in groups: those that name one another together, any other by itself. Each publication has the groups
read again that it speaks for. The readings it changes are withdrawn from the folds, and the new ones are put, so that
only the steps after them are folded again.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
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


class PublicationStep(NamedTuple):
    """A publication: its moment, and what each group that it changes said before and says now."""

    published: int
    """The moment; `PAST` for what no cut hides, `NEVER` for what shows only if the clock is left free."""
    changes: Sequence[tuple[int, History | None, History]]


class Growing:
    """The readings as of one publication after another, with projections folded over them.

    `among` has the positions to read; None: all. Those that name one another must be in it together.
    """

    def __init__(self, complete: CompleteView, asked: AsOf, among: Collection[int] | None = None) -> None:
        self.tz = complete.tz
        self._complete = complete
        self._asked = asked
        self._groups = _groups(complete, asked, among)
        self.identity = complete.identities.at(asked.upto, asked.hides)
        self._readings: dict[int, Reading] = {}
        self._reach: list[int] = []
        self.says: dict[int, History] = {}
        """The history of each group, by its number."""
        self.folded = {name: Folded(projection, self) for name, projection in complete.projections.items()}
        self.duplicate_tracks: Tracks[Track] = Tracks(Track, duplicate_key, self)

    def point(self, position: int) -> Point:
        """Return the place of a reading in fold order."""
        return self._readings[position].point

    def reads(self, position: int) -> bool:
        """Tell whether something is read at a position."""
        return position in self._readings

    def read(self, positions: Sequence[int]) -> Iterator[Reading]:
        """Read the entries at some positions."""
        return (self._readings[position] for position in positions)

    @property
    def horizon(self) -> int:
        """The moment against which deadlines count if the occurred clock is left free: the latest one spoken of."""
        reach = self._reach[-1] if self._reach else PAST
        return min(reach, self._complete.recorded[self._asked.upto] + 1)

    def is_bound(self, group: int) -> bool:
        """Tell whether a group has entries that name one another."""
        return len(self._groups[group]) > 1

    def steps(self) -> Iterator[PublicationStep]:
        """Read one publication after another, and yield what each changed."""
        moments = self._moments()
        for published in sorted(moments):
            yield PublicationStep(published, self._publish(published, sorted(moments[published])))

    def _moments(self) -> Mapping[int, set[int]]:
        """Return the groups that each publication speaks for."""
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
        yield self.duplicate_tracks

    def _publish(self, published: int, groups: Sequence[int]) -> list[tuple[int, History | None, History]]:
        changes = []
        for number in groups:
            entries = self._complete.source.get(self._groups[number])
            reported = None if published == NEVER else (published, LAST)
            asked = self._asked
            now = history(
                entries,
                reported=reported,
                accept=asked.accept,
                choose=asked.choose,
                hides=asked.hides,
                identity=self.identity,
                tz=self.tz,
            )
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


def _groups(complete: CompleteView, asked: AsOf, among: Collection[int] | None) -> list[Sequence[int]]:
    """Return the positions to read together: all of them for a policy of a user's, which may depend on any entry."""
    if asked.choose not in POLICIES.values():
        return [range(1, asked.upto + 1)]
    components, wanted = complete.components, range(1, asked.upto + 1) if among is None else sorted(among)
    roots = {root: None for position in wanted if (root := components.root(position)) is not None}
    bound = [[p for p in components.of(root) or () if p <= asked.upto] for root in roots]
    alone = [(p,) for p in wanted if p <= asked.upto and components.root(p) is None]
    return [*filter(None, bound), *alone]
