"""A view of the entries: their readings in fold order, projections folded over these, and findings.

There are two views. `complete.CompleteView` reads everything recorded, and is kept current entry by entry.
`overlay.Overlay` is what some cut, evidence or policy leaves of another view.

Most entries stand alone: they name no other entry, and none names them. A few numbers are kept of each, and it is
decoded only when somebody reads it. Entries that name one another form a component, which `history` reads as a whole.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from itertools import chain
from typing import Protocol

from timeline.entry import Entry
from timeline.history.bounds import IMPLAUSIBLE, PUBLISHED_EARLY, reported_until
from timeline.history.cases import Case
from timeline.history.contradictions import DatedFinding, contradictions, untimely
from timeline.history.duplicates import doubles, duplicate, groups
from timeline.history.finding import Finding, Findings
from timeline.history.history import History
from timeline.history.identity import Identity
from timeline.history.reading import Point, Reading
from timeline.index.folded import Folded
from timeline.index.placed import PlacedFindings
from timeline.index.tracks import Track, Tracks
from timeline.projections.projection import Path, Projection
from timeline.values.instants import FUTURE, PAST
from timeline.values.names import EntityNames

LAST = 1 << 62
"""A number after every position."""
EVERYTHING: Point = (FUTURE, FUTURE, LAST)
"""A point after every point of fold order."""
AHEAD = 256
"""The number of entries looked up at once."""


class EntrySource(Protocol):
    """Looks entries up by position, and positions by id."""

    def get(self, positions: Sequence[int]) -> list[Entry]:
        """Return the entries at some positions, in the order of these."""
        ...

    def again(self, position: int) -> Entry:
        """Return the entry at a position; may be asked at any time, and from any thread."""
        ...

    def find(self, ids: Sequence[str]) -> Mapping[str, int]:
        """Return the positions of those ids that are on the log."""
        ...

    def tagged(self, tag: str, before: int) -> Sequence[int]:
        """Return the positions before another of the entries that have a tag."""
        ...


class View(ABC):
    """The readings of entries in fold order, with projections folded over them.

    The first group of methods is what a view supplies; the second follows from it.
    """

    def __init__(self, source: EntrySource, projections: Mapping[str, Projection], tz: tzinfo) -> None:
        self.source = source
        self.projections = projections
        self.tz = tz
        self._findings: PlacedFindings | None = None
        self._horizon: int | None = None

    # -- what there is to read -----------------------------------------------------------------------

    @property
    @abstractmethod
    def identity(self) -> Identity:
        """The names that mean one thing here."""

    @abstractmethod
    def point(self, position: int) -> Point:
        """Return the place of a reading in fold order."""

    @abstractmethod
    def reading(self, position: int) -> Reading:
        """Read the entry at a position."""

    @abstractmethod
    def reads(self, position: int) -> bool:
        """Tell whether something ACTUAL is read at a position."""

    @abstractmethod
    def stands_alone(self, position: int) -> bool:
        """Tell whether something is read at a position that is in no component."""

    @abstractmethod
    def alone(self) -> Iterator[int]:
        """Give the positions of what is ACTUAL and stands alone."""

    @abstractmethod
    def planned(self) -> Iterator[int]:
        """Give the positions of what is not ACTUAL and stands alone."""

    @abstractmethod
    def published(self, position: int) -> int:
        """Return when an entry that stands alone was first published; `PAST` or `NEVER` if no report bears a date."""

    @abstractmethod
    def announced(self, position: int) -> int:
        """Return when an entry that stands alone was announced: by its first publication, else by its recording."""

    @abstractmethod
    def spanning(self, moment: int) -> Iterator[int]:
        """Give the positions of what stands alone, has begun by a moment and need not have ended."""

    @abstractmethod
    def untimely(self) -> Iterator[int]:
        """Give the positions of what stands alone and was announced before it can have begun, or far too late."""

    @abstractmethod
    def histories(self) -> Iterable[History]:
        """Give the history of each component."""

    @abstractmethod
    def case(self, id: str) -> Case | None:
        """Return the case that an id belongs to; None if the entry is outside the cuts, or retracted."""

    @abstractmethod
    def says(self, id: str) -> History | None:
        """Return the history of the component of an id; None if it is in none."""

    @abstractmethod
    def left_out(self) -> Iterator[Entry]:
        """Give the entries that the reported cut could not place, or that lack the evidence asked for."""

    @abstractmethod
    def unread(self) -> Mapping[str, Sequence[int]]:
        """Return, by stored type, the positions of what stands alone and this program cannot read."""

    @abstractmethod
    def folded(self, name: str) -> Folded:
        """Return a projection, folded over the readings."""

    @abstractmethod
    def duplicate_tracks(self) -> Tracks[Track]:
        """Return tracks of readings so alike that two of them may report the same event."""

    # -- what follows from it ------------------------------------------------------------------------

    @abstractmethod
    def read(self, positions: Sequence[int]) -> Iterator[Reading]:
        """Read the entries at some positions, looking up many at a time."""

    def readings(self, by: Point = EVERYTHING) -> list[Reading]:
        """Return what is ACTUAL up to a point, in fold order."""
        points = sorted(point for point in self._points() if point <= by)
        return list(self.read([position for *_, position in points]))

    def possible(self, by: int) -> list[Reading]:
        """Return what has begun by a moment, and need not have ended."""
        bound = (r.point for found in self.histories() for r in found.readings if r.start < by < r.end)
        points = sorted([*bound, *map(self.point, self.spanning(by))])
        return list(self.read([position for *_, position in points]))

    def others(self, by: int = FUTURE) -> list[Reading]:
        """Return what is not ACTUAL and was announced by a moment, in the order of announcement."""
        bound = (reading for found in self.histories() for reading in found.others)
        alone = self.read(list(self.planned()))
        return sorted((r for r in chain(bound, alone) if r.end <= by), key=lambda reading: reading.point)

    def fulfilled(self) -> Mapping[str, int]:
        """Return the end of the first reading that fulfils each plan, by the id of the plan's case."""
        return {id: end for found in self.histories() for id, end in found.fulfilled.items()}

    def findings(self, by: Point = EVERYTHING) -> list[DatedFinding]:
        """Find what does not fit up to a point, each finding with the point from which it shows, and in that order.

        The entries are not looked up.
        """
        if self._findings is None:
            folds = [self.folded(name) for name in self.projections]
            found = [placed for folded in folds for placed in folded.all_findings()]
            for component in self.histories():
                found += contradictions(component, self._subject)
            found += self._find_untimely()
            found += self._find_duplicates()
            self._findings = PlacedFindings(found, self.point)
        return self._findings.upto(by)

    def count_left_out(self) -> int:
        """Count the entries that are left out, without looking them up where possible."""
        return sum(1 for _ in self.left_out())

    def involved(self, found: Sequence[DatedFinding], called: Callable[[], EntityNames] = dict) -> Findings:
        """Return findings with the entries and claims they are about, which are looked up in pages.

        `called` gives the names that people use.
        """
        pages = (found[start : start + AHEAD] for start in range(0, len(found), AHEAD))
        return Findings(chain.from_iterable(self._involved(page, called) for page in pages))

    def _involved(self, found: Sequence[DatedFinding], called: Callable[[], EntityNames]) -> Iterator[Finding]:
        wanted = sorted({position for placed in found for position in placed.positions})
        at = dict(zip(wanted, self.read(wanted), strict=True))
        return (_involving(placed, at, called) for placed in found)

    def horizon(self) -> int:
        """Return the latest moment that the entries speak of; `PAST` if none does.

        That is the latest end or first publication of what is ACTUAL. What begins after its announcement does not
        count.
        """
        if self._horizon is None:
            alone = self._reach_alone()
            bound = (r for found in self.announced_after(alone) for r in found.readings)
            self._horizon = max((reported_until(r, self.tz) for r in bound), default=PAST)
            self._horizon = max(self._horizon, alone)
        return self._horizon

    def announced_after(self, moment: int) -> Iterable[History]:  # noqa: ARG002
        """Give the histories of the components that may have been announced after a moment."""
        return self.histories()

    def _reach_alone(self) -> int:
        """Return the latest moment of which anything speaks that is ACTUAL and stands alone."""
        return max(map(self._reach_of, self.alone()), default=PAST)

    def _reach_of(self, position: int) -> int:
        (end, start, _), announced = self.point(position), self.announced(position)
        if start >= announced:
            return PAST
        return max(end, announced) if PAST < self.published(position) < FUTURE else end

    def _points(self) -> Iterator[Point]:
        yield from (reading.point for found in self.histories() for reading in found.readings)
        yield from map(self.point, self.alone())

    def _subject(self, reading: Reading) -> Path:
        """Return the path of the value that a reading speaks of; empty if no projection names one."""
        paths = (
            (name, *path)
            for name, projection in self.projections.items()
            for key in self.folded(name).keys_of(reading)
            if (path := projection.subject(reading, key))
        )
        return next(paths, ())

    def _find_duplicates(self) -> Iterator[DatedFinding]:
        """Find pairs that may report the same event; only what is found is looked up."""
        bound = {r.case.entry.position: r for found in self.histories() for r in found.readings}
        tracks = self.duplicate_tracks()
        kept = ((key, track.positions) for key in tracks if (track := tracks.track(key)) is not None)
        pairs = [pair for group in groups(kept) for pair in doubles(group, self.point, bound)]
        both = self.read([position for pair in pairs for *_, position in pair])
        for one in both:
            yield duplicate(one, next(both), self._subject)

    def _find_untimely(self) -> Iterator[DatedFinding]:
        """Find what stands alone and was announced before it can have begun, or centuries after its end."""
        for reading in self.read(list(self.untimely())):
            early = reading.start >= self.announced(reading.case.entry.position)
            yield untimely(PUBLISHED_EARLY if early else IMPLAUSIBLE, [reading], self._subject)


def _involving(placed: DatedFinding, at: Mapping[int, Reading], called: Callable[[], EntityNames]) -> Finding:
    """Return a finding with the entries and claims of its readings, given by position."""
    found, readings = placed.finding, [at[position] for position in placed.positions]
    entries = tuple([reading.entry for reading in readings]) or found.entries
    claims = tuple([reading.claim for reading in readings]) or found.claims
    return Finding(found.kind, found.message, found.path, entries=entries, claims=claims, called=called)
