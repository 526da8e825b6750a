"""What there is to read, in fold order, with projections folded over it, and what does not fit.

`known.Known` reads everything by every clock, and is kept current entry by entry. `cut.Cut` is what some
clock, evidence or policy leaves of another past.

Most entries stand alone, and what is kept of these is a few numbers each. Those that name one another
make strands, and a strand is read as a whole by `history`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from functools import partial
from itertools import chain
from typing import Protocol

from timeline.bounds import told_too_early
from timeline.cases import Case
from timeline.contradictions import Shown, duplicates
from timeline.entry import Entry
from timeline.finding import Finding
from timeline.fold import Folded, Track, Tracks
from timeline.history import History
from timeline.instants import FUTURE
from timeline.projection import Projection
from timeline.reading import Point, Reading

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


class Past(ABC):
    """Readings in fold order, with projections folded over them."""

    def __init__(self, source: Source, projections: Mapping[str, Projection], tz: tzinfo) -> None:
        self.source = source
        self.projections = projections
        self.tz = tz
        self._findings: Shown | None = None

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
        """Whether something is read at a position, and is in no strand."""

    @abstractmethod
    def alone(self) -> Iterator[int]:
        """The positions of what is ACTUAL and in no strand."""

    @abstractmethod
    def planned(self) -> Iterator[int]:
        """The positions of what is not ACTUAL and in no strand."""

    @abstractmethod
    def told(self, position: int) -> int:
        """When what stands alone had been told."""

    @abstractmethod
    def histories(self) -> Iterable[History]:
        """What each strand says."""

    @abstractmethod
    def case(self, id: str) -> Case | None:
        """The case an id speaks to; None where it is outside the cuts, or out."""

    @abstractmethod
    def left_out(self) -> Iterator[Entry]:
        """What the reported cut could not place, and what the evidence asked for turned away."""

    @abstractmethod
    def unread(self) -> Mapping[str, Sequence[int]]:
        """By stored type, the positions of what is in no strand and cannot be read by this program."""

    @abstractmethod
    def folded(self, name: str) -> Folded:
        """A projection, folded."""

    @abstractmethod
    def alike(self) -> Tracks[Track]:
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
        points = sorted(point for point in self._points() if point[1] < by < point[0])
        return list(self.read([position for *_, position in points]))

    def others(self, by: int = FUTURE) -> list[Reading]:
        """What is not ACTUAL and was announced by then, in the order of announcement."""
        bound = (reading for found in self.histories() for reading in found.others)
        alone = self.read(list(self.planned()))
        return sorted((r for r in chain(bound, alone) if r.end <= by), key=lambda reading: reading.point)

    def fulfilled(self) -> Mapping[str, int]:
        """Of what was planned, the end of the first reading that fulfils it, by the id of its case."""
        return {id: end for found in self.histories() for id, end in found.fulfilled.items()}

    def findings(self) -> Shown:
        """What does not fit, each with the point from which it shows."""
        if self._findings is None:
            folds = [self.folded(name) for name in self.projections]
            found = [pair for folded in folds for key in folded for pair in folded.findings(key)]
            found += (pair for strand in self.histories() for pair in strand.findings)
            found += self._early()
            found += self._duplicates()
            self._findings = sorted(found, key=lambda pair: pair[0])
        return self._findings

    def _look_up(self, positions: Sequence[int]) -> None:
        """Have the entries at hand that are about to be read."""
        self.source.get(positions)

    def _points(self) -> Iterator[Point]:
        yield from (reading.point for found in self.histories() for reading in found.readings)
        yield from map(self.point, self.alone())

    def _duplicates(self) -> Iterator[tuple[Point, Finding]]:
        groups = self.alike()
        for key in groups:
            track = groups.track(key)
            if track is not None and len(track.positions) > 1:
                positions = track.positions
                at: dict[int, Reading] = {}
                yield from duplicates(
                    [self.point(position) for position in positions], partial(self._among, positions, at)
                )

    def _among(self, positions: Sequence[int], at: dict[int, Reading], position: int) -> Reading:
        """One of some readings, which are looked up together once one is asked for."""
        if not at:
            at.update(zip(positions, self.read(positions), strict=True))
        return at[position]

    def _early(self) -> Iterator[tuple[Point, Finding]]:
        """What stands alone and was told before it can have begun."""
        for position in self.alone():
            if self.point(position)[1] >= self.told(position):
                reading = self.reading(position)
                yield reading.point, told_too_early(reading.case.entry, reading.claim)
