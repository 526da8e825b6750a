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
from timeline.history.claims import Claim
from timeline.history.duplicates import duplicate_key
from timeline.history.history import History, history
from timeline.history.policies import POLICIES
from timeline.history.reading import Point, Reading
from timeline.index.asof import AsOf
from timeline.index.complete import NEVER, CompleteView
from timeline.index.folded import Folded
from timeline.index.showing import Shown, showing_more
from timeline.index.tracks import Track, Tracks
from timeline.index.view import LAST
from timeline.values.instants import FUTURE, PAST


class GroupChange(NamedTuple):
    """A change of a group by a publication: the readings that went, and those that came."""

    group: int
    now: History
    gone: Sequence[Reading]
    come: Sequence[Reading]
    more: Sequence[Claim] | None = None
    """The claims that came, if no other claim changed."""


class PublicationStep(NamedTuple):
    """A publication: its moment, and what it changes in each group."""

    published: int
    """The moment; `PAST` for what no cut hides, `NEVER` for what shows only if the clock is left free."""
    changes: Sequence[GroupChange]


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
        moments, before = self._moments(), PAST
        for published in sorted(moments):
            groups = sorted(moments[published])
            yield PublicationStep(published, self._publish(published, before, groups))
            before = published

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

    def _publish(self, published: int, before: int, groups: Sequence[int]) -> list[GroupChange]:
        asked = self._asked._replace(reported=None if published == NEVER else (published, LAST))
        changes = [self._more(asked, before, number) or self._again(asked, number) for number in groups]
        gone = [reading for change in changes for reading in change.gone]
        came = sorted((r for change in changes for r in change.come), key=lambda reading: reading.point)
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
        self.says.update((change.group, change.now) for change in changes)
        return changes

    def _again(self, asked: AsOf, number: int) -> GroupChange:
        """Read a group again."""
        before = self.says.get(number)
        now = history(
            self._complete.source.get(self._groups[number]),
            reported=asked.reported,
            accept=asked.accept,
            choose=asked.choose,
            hides=asked.hides,
            identity=self.identity,
            tz=self.tz,
        )
        return GroupChange(number, now, before.readings if before else (), now.readings)

    def _more(self, asked: AsOf, before: int, number: int) -> GroupChange | None:
        """Read what a publication adds to a group; return None if it must be read again."""
        says, positions = self.says.get(number), self._groups[number]
        if says is None or asked.reported is None or len(positions) == 1:
            return None
        root = self._complete.components.root(positions[0])
        published = self._complete.publishing.at(asked.reported[0])
        new = [position for position in published if self._complete.components.root(position) == root]
        if not new:  # of another component, which a policy of a user's reads with this one
            return None
        more = showing_more(
            self._complete, asked, Shown(says, self._readings, asked._replace(reported=(before, LAST))), new
        )
        return None if more is None else GroupChange(number, more.history, more.gone, more.come, more.claims)


def _groups(complete: CompleteView, asked: AsOf, among: Collection[int] | None) -> list[Sequence[int]]:
    """Return the positions to read together: all of them for a policy of a user's, which may depend on any entry."""
    if asked.choose not in POLICIES.values():
        return [range(1, asked.upto + 1)]
    components, wanted = complete.components, range(1, asked.upto + 1) if among is None else sorted(among)
    roots = {root: None for position in wanted if (root := components.root(position)) is not None}
    bound = [[p for p in components.of(root) or () if p <= asked.upto] for root in roots]
    alone = [(p,) for p in wanted if p <= asked.upto and components.root(p) is None]
    return [*filter(None, bound), *alone]
