"""What there is to read, in fold order, with projections folded over it, and what does not fit.

`complete.CompleteView` reads everything by every clock, and is kept current entry by entry. `overlay.Overlay` is
what some clock, evidence or policy leaves of another view.

Most entries stand alone, and what is kept of these is a few numbers each. Those that name one another
make components, and a component is read as a whole by `history`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from itertools import chain
from typing import Protocol

import attrs

from timeline.entry import Entry
from timeline.history.bounds import IMPLAUSIBLE, PUBLISHED_EARLY, told_until
from timeline.history.cases import Case
from timeline.history.contradictions import DatedFinding, contradictions, untimely
from timeline.history.duplicates import doubles, duplicate, groups
from timeline.history.finding import Findings
from timeline.history.history import History
from timeline.history.reading import Point, Reading
from timeline.index.folded import Folded, Tracks
from timeline.index.tracks import Track
from timeline.projections.projection import Path, Projection
from timeline.values.instants import FUTURE, PAST

LAST = 1 << 62
"""After every position."""
EVERYTHING: Point = (FUTURE, FUTURE, LAST)
"""After every point of fold order."""
_AHEAD = 256
"""How many entries are looked up at once."""


class Source(Protocol):
    """Where entries are looked up."""

    def get(self, positions: Sequence[int]) -> list[Entry]:
        """The entries at some positions, in the order asked for."""
        ...

    def find(self, ids: Sequence[str]) -> Mapping[str, int]:
        """The positions of those ids that are there."""
        ...


class View(ABC):
    """Readings in fold order, with projections folded over them."""

    def __init__(self, source: Source, projections: Mapping[str, Projection], tz: tzinfo) -> None:
        self.source = source
        self.projections = projections
        self.tz = tz
        self._findings: list[DatedFinding] | None = None
        self._horizon: int | None = None

    # -- what there is to read -----------------------------------------------------------------------

    @abstractmethod
    def point(self, position: int) -> Point:
        """Where a reading stands in fold order."""

    @abstractmethod
    def reading(self, position: int) -> Reading:
        """The entry at a position, as read."""

    @abstractmethod
    def reads(self, position: int) -> bool:
        """Whether something ACTUAL is read at a position."""

    @abstractmethod
    def stands_alone(self, position: int) -> bool:
        """Whether something is read at a position, and is in no component."""

    @abstractmethod
    def alone(self) -> Iterator[int]:
        """The positions of what is ACTUAL and in no component."""

    @abstractmethod
    def planned(self) -> Iterator[int]:
        """The positions of what is not ACTUAL and in no component."""

    @abstractmethod
    def published(self, position: int) -> int:
        """When what stands alone was first made public; `PAST` or `NEVER` where no publication bears a date."""

    @abstractmethod
    def announced(self, position: int) -> int:
        """When what stands alone had been told."""

    @abstractmethod
    def spanning(self, moment: int) -> Iterator[int]:
        """The positions of what is ACTUAL, in no component, has begun by a moment and need not have ended."""

    @abstractmethod
    def untimely(self) -> Iterator[int]:
        """The positions of what is ACTUAL, in no component, and was told before it can have begun, or far too late."""

    @abstractmethod
    def histories(self) -> Iterable[History]:
        """What each component says."""

    @abstractmethod
    def case(self, id: str) -> Case | None:
        """The case an id speaks to; None where it is outside the cuts, or out."""

    @abstractmethod
    def left_out(self) -> Iterator[Entry]:
        """What the reported cut could not place, and what the evidence asked for turned away."""

    @abstractmethod
    def unread(self) -> Mapping[str, Sequence[int]]:
        """By stored type, the positions of what is in no component and cannot be read by this program."""

    @abstractmethod
    def folded(self, name: str) -> Folded:
        """A projection, folded."""

    @abstractmethod
    def duplicate_tracks(self) -> Tracks[Track]:
        """What is alike enough to be one event told twice."""

    # -- what follows from it ------------------------------------------------------------------------

    def read(self, positions: Sequence[int]) -> Iterator[Reading]:
        """The entries at some positions, as read; they are looked up many at a time."""
        for start in range(0, len(positions), _AHEAD):
            ahead = positions[start : start + _AHEAD]
            self._look_up(ahead)
            yield from map(self.reading, ahead)

    def readings(self, by: Point = EVERYTHING) -> list[Reading]:
        """What is ACTUAL by a point, in fold order."""
        points = sorted(point for point in self._points() if point <= by)
        return list(self.read([position for *_, position in points]))

    def possible(self, by: int) -> list[Reading]:
        """What has begun by then, and need not have ended."""
        bound = (r.point for found in self.histories() for r in found.readings if r.start < by < r.end)
        points = sorted([*bound, *map(self.point, self.spanning(by))])
        return list(self.read([position for *_, position in points]))

    def others(self, by: int = FUTURE) -> list[Reading]:
        """What is not ACTUAL and was announced by then, in the order of announcement."""
        bound = (reading for found in self.histories() for reading in found.others)
        alone = self.read(list(self.planned()))
        return sorted((r for r in chain(bound, alone) if r.end <= by), key=lambda reading: reading.point)

    def fulfilled(self) -> Mapping[str, int]:
        """Of what was planned, the end of the first reading that fulfils it, by the id of its case."""
        return {id: end for found in self.histories() for id, end in found.fulfilled.items()}

    def findings(self) -> list[DatedFinding]:
        """Find what does not fit, each with the point from which it shows; nothing is looked up but what they say."""
        if self._findings is None:
            folds = [self.folded(name) for name in self.projections]
            found = [placed for folded in folds for placed in folded.all_findings()]
            for component in self.histories():
                found += contradictions(component.readings, component.cases, component.bounds, self._subject)
            found += self._find_untimely()
            found += self._find_duplicates()
            self._findings = sorted(found, key=lambda placed: placed.point)
        return self._findings

    def involved(self, found: Sequence[DatedFinding]) -> Findings:
        """Findings with the entries and claims they are about, as read; all are looked up together."""
        wanted = sorted({position for placed in found for position in placed.positions})
        at = dict(zip(wanted, self.read(wanted), strict=True))
        return Findings(
            attrs.evolve(
                placed.finding,
                entries=tuple(at[position].entry for position in placed.positions),
                claims=tuple(at[position].claim for position in placed.positions),
            )
            if placed.positions
            else placed.finding
            for placed in found
        )

    def horizon(self) -> int:
        """Return how far it tells: the latest end or first publication of what is ACTUAL; `PAST` where nothing is.

        What begins after it was told does not count.
        """
        if self._horizon is None:
            alone = max(map(self._reach_of, self.alone()), default=PAST)
            bound = (r for found in self.announced_after(alone) for r in found.readings)
            self._horizon = max((told_until(r, self.tz) for r in bound), default=PAST)
            self._horizon = max(self._horizon, alone)
        return self._horizon

    def announced_after(self, moment: int) -> Iterable[History]:  # noqa: ARG002
        """Give what each component says that may have been told after a moment."""
        return self.histories()

    def _reach_of(self, position: int) -> int:
        (end, start, _), told = self.point(position), self.announced(position)
        if start >= told:
            return PAST
        return max(end, told) if PAST < self.published(position) < FUTURE else end

    def _look_up(self, positions: Sequence[int]) -> None:
        """Have the entries at hand that are about to be read."""
        self.source.get(positions)

    def _points(self) -> Iterator[Point]:
        yield from (reading.point for found in self.histories() for reading in found.readings)
        yield from map(self.point, self.alone())

    def _subject(self, reading: Reading) -> Path:
        """The path of the value that a reading speaks of; empty where no projection says."""
        paths = (
            (name, *path)
            for name, projection in self.projections.items()
            for key in self.folded(name).keys_of(reading)
            if (path := projection.subject(reading, key))
        )
        return next(paths, ())

    def _find_duplicates(self) -> Iterator[DatedFinding]:
        """Find what may be one event told twice; only what is found is looked up."""
        bound = {r.case.entry.position: r for found in self.histories() for r in found.readings}
        tracks = self.duplicate_tracks()
        kept = ((key, track.positions) for key in tracks if (track := tracks.track(key)) is not None)
        pairs = [pair for group in groups(kept) for pair in doubles(group, self.point, bound)]
        both = self.read([position for pair in pairs for *_, position in pair])
        for one in both:
            yield duplicate(one, next(both), self._subject)

    def _find_untimely(self) -> Iterator[DatedFinding]:
        """Find what stands alone and was told before it can have begun, or centuries after it had ended."""
        for reading in self.read(list(self.untimely())):
            early = reading.start >= self.announced(reading.case.entry.position)
            yield untimely(PUBLISHED_EARLY if early else IMPLAUSIBLE, [reading], self._subject)
