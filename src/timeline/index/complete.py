"""The view of everything recorded, kept current as entries come.

Of an entry that stands alone a row of numbers is kept, in arrays by position: when it can have begun and ended, when
it was published, announced and recorded. They place it in fold order and on either side of any cut. An entry that names
others joins their component. If it changes what these say, the component is read again: the old readings are withdrawn
from the folds, and the new ones are put.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from itertools import chain, count
from typing import Any

from timeline.entry import Entry
from timeline.events.declare import (
    EventType,
    Redacted,
    UnknownEvent,
    event_type,
    events_within,
    fields_with_events,
    registered,
)
from timeline.events.editorial import EDITORIAL
from timeline.events.entity import REGISTRATIONS, IdentityJudged
from timeline.events.naming import type_name
from timeline.history.bounds import ChosenClaim, clamped, is_implausible
from timeline.history.cases import Case
from timeline.history.claims import Claim
from timeline.history.cuts import earliest
from timeline.history.duplicates import duplicate_key
from timeline.history.evidence import credibility
from timeline.history.history import History, announced, history
from timeline.history.identity import Identity
from timeline.history.joining import Joined, join
from timeline.history.reading import Point, Reading
from timeline.index.components import Components
from timeline.index.folded import Folded
from timeline.index.identities import Identities
from timeline.index.publishing import Publishing
from timeline.index.tracks import Track, Tracks
from timeline.index.view import AHEAD, EntrySource, View
from timeline.projections.projection import Key, Projection
from timeline.values.instants import FUTURE, PAST
from timeline.values.report import Modality

_PAGE = 1 << 12
"""The number of entries looked up at once where everything is folded."""
LoadTracks = Callable[[], Iterable[tuple[Key, Sequence[int]]]]
"""Gives tracks from a cache: keys, each with its positions in fold order."""
NEVER = FUTURE + 1
"""The publication of an entry none of whose reports bears a date."""
_SILENT, _ALONE, _PLANNED = 0, 1, 2
"""The kinds of entries: nothing is read of it by itself; it is ACTUAL; it is not, and changes no state."""
_NOT_READ = (*EDITORIAL, Redacted)
_NEVER_CUT = (*EDITORIAL, *REGISTRATIONS, IdentityJudged)
"""Events that no cut by publication hides, though no report of theirs bears a date."""


def _none_loaded() -> Iterable[tuple[Key, Sequence[int]]]:
    """Load no tracks, so that all of them are made again."""
    raise LookupError


class CompleteView(View):
    """The view of everything recorded.

    An entry that comes in fold order is folded at once. One that comes late is put in its place, and what follows it
    is folded again when a question needs it. One that names others joins their component. The component is read again
    unless the entry changes nothing else in it.
    """

    def __init__(self, source: EntrySource, projections: Mapping[str, Projection], tz: tzinfo) -> None:
        super().__init__(source, projections, tz)
        self.count = 0
        self._again = source.again
        self.components = Components()
        self.identities = Identities(source, self.components, tz)
        self._identity: Identity | None = None
        self.publications = array("q", [NEVER])
        """By position: the first publication; `PAST` if no cut by that clock hides the entry."""
        self.completions = array("q", [NEVER])
        """By position: the moment by which all reports had been published."""
        self.recorded = array("q", [PAST])
        self.announcements = array("q", [PAST])
        """By position: the first publication, or the recording of an entry without a dated report."""
        self.starts = array("q", [PAST])
        self.ends = array("q", [PAST])
        self.kinds = bytearray(1)
        self.credibilities = bytearray(1)
        """By position: the best credibility of a report (1 to 6); `UNRATED` if none is rated."""
        self.publishing = Publishing(self)
        self.types: dict[str, EventType | None] = {}
        """The event types met, by stored name, as they were read; None for a type this program does not know."""
        self.unreadable: dict[str, array[int]] = {}
        """By stored type: the positions of entries that this program cannot read."""
        self._folds_ahead = True
        self._plain: set[type] = set()
        self._folded = {name: Folded(projection, self) for name, projection in projections.items()}
        self._duplicate_tracks = Tracks(Track, duplicate_key, self)
        self.load_duplicates: LoadTracks | None = None
        """The loader of these tracks from a cache, until they are needed."""
        self._moved: set[int] = set()
        """The positions of readings that were put or withdrawn since the cache was written, until it is loaded."""
        self._page: dict[int, Reading] = {}
        """The readings of the page that is folded now, by position: several tracks need each of them."""
        self._read: dict[int, tuple[History, Mapping[int, Reading]]] = {}
        self._namers: dict[int, tuple[int, Mapping[str, Sequence[int]]]] = {}
        """By root of a component: its length when it was last looked through, and who names whom in it."""

    def add(self, entries: Sequence[Entry]) -> bool:
        """Add the entries that come next, which the source must hold; return whether others may read otherwise."""
        self._findings = None
        before, identity = self.count, self.identity
        for entry in entries:
            self._note(entry)
        naming = [entry for entry in entries if entry.references]
        bound = self._bind(naming, {entry.id: entry.position for entry in entries}, before) if naming else ()
        alone = (e for e in entries if self.kinds[e.position] == _ALONE and self.components.root(e.position) is None)
        readings = sorted(chain(map(self._by_itself, alone), bound), key=lambda reading: reading.point)
        for reading in readings:
            position = reading.case.entry.position
            self.ends[position], self.starts[position] = reading.end, reading.start
        self._put(readings)
        if self._horizon is not None:
            reached = (self._reach_of(reading.case.entry.position) for reading in readings)
            self._horizon = None if naming else max((self._horizon, *reached))
        names = self.identities.renamed_by(entries, identity)
        renamed = self._rename(names)
        return bool(naming) or renamed

    @property
    def names(self) -> Collection[str]:
        """Every tag that an entry carries, except those that name entries."""
        return self.identities.names

    @property
    def identity(self) -> Identity:
        if self._identity is None:
            self._identity = self.identities.at(self.count)
        return self._identity

    @property
    def outdated(self) -> bool:
        """True if an event type was declared, or declared again, since its entries were read."""
        return any(registered(name) is not kind for name, kind in self.types.items())

    @property
    def forgotten(self) -> int:
        """The number of steps of the folds that were undone by entries that came late."""
        return sum(folded.forgotten for folded in self._folded.values())

    def leave_unfolded(self) -> None:
        """Leave the entries that come to be folded, and compared, by the questions that need it."""
        self._folds_ahead, self.load_duplicates = False, _none_loaded

    @property
    def folds_ahead(self) -> bool:
        """True if tracks are folded as entries come; else a track waits until a question needs it."""
        return self._folds_ahead

    def finish(self) -> None:
        """Fold every projection to its end."""
        if not self._folds_ahead:
            self._fold_pages()
        for folded in self._folded.values():
            folded.finish()

    def fold_all(self) -> None:
        """Fold every projection to its end, unless they were folded as the entries came."""
        if not self._folds_ahead:
            self.finish()

    def _fold_pages(self) -> None:
        """Fold what was left unfolded page by page, so that most entries are looked up once for all projections."""
        alike = Tracks(Track, duplicate_key, self)
        for start in range(1, self.count + 1, _PAGE):
            page = range(start, min(start + _PAGE, self.count + 1))
            readings = list(self.read([position for position in page if self.reads(position)]))
            self._page = {reading.case.entry.position: reading for reading in readings}
            try:
                for folded in self._folded.values():
                    folded.finish(page[-1])
            finally:
                self._page = {}
            if self.load_duplicates is _none_loaded:
                alike.put(sorted(readings, key=lambda reading: reading.point))
        if self.load_duplicates is _none_loaded:
            self._duplicate_tracks, self.load_duplicates = alike, None
        self._folds_ahead = True

    # -- what there is to read -----------------------------------------------------------------------

    def point(self, position: int) -> Point:
        return (self.ends[position], self.starts[position], position)

    def reading(self, position: int) -> Reading:
        (entry,) = self.source.get((position,))
        return self._reading(entry)

    def read(self, positions: Sequence[int]) -> Iterator[Reading]:
        for start in range(0, len(positions), AHEAD):
            ahead = positions[start : start + AHEAD]
            if self._page and self._page.keys() >= set(ahead):
                yield from map(self._page.__getitem__, ahead)
            else:
                yield from map(self._reading, self.source.get(ahead))

    def stands_alone(self, position: int) -> bool:
        return self.kinds[position] != _SILENT and self.components.root(position) is None

    def reads(self, position: int) -> bool:
        root = self.components.root(position)
        return self.kinds[position] == _ALONE if root is None else position in self._component(root)[1]

    def alone(self) -> Iterator[int]:
        return self._by_themselves(_ALONE)

    def planned(self) -> Iterator[int]:
        return self._by_themselves(_PLANNED)

    def published(self, position: int) -> int:
        return self.publications[position]

    def announced_after(self, moment: int) -> Iterable[History]:
        late = (root for root, bound in self.components if max(self.announcements[p] for p in bound) > moment)
        return (self.component(root) for root in late)

    def announced(self, position: int) -> int:
        return self.announcements[position]

    def spanning(self, moment: int) -> Iterator[int]:
        spans = zip(count(), self.starts, self.ends)
        return filter(self._is_alone, [position for position, start, end in spans if start < moment < end])

    def untimely(self) -> Iterator[int]:
        spans = zip(count(), self.starts, self.ends, self.announcements)
        found = [position for position, start, end, by in spans if start >= by or is_implausible(end, by)]
        return filter(self._is_alone, found)

    def _reach_alone(self) -> int:
        latest, backwards = PAST, range(self.count, 0, -1)  # the last entries tend to reach furthest
        for position, end, by in zip(backwards, reversed(self.ends), reversed(self.announcements), strict=False):
            if max(end, by) > latest and self._is_alone(position):
                latest = max(latest, self._reach_of(position))
        return latest

    def _is_alone(self, position: int) -> bool:
        """Tell whether something ACTUAL stands alone at a position."""
        return self.kinds[position] == _ALONE and self.components.root(position) is None

    def histories(self) -> Iterator[History]:
        return (self.component(root) for root, _ in self.components)

    def joined_by(self, root: int | None, entries: Sequence[Entry]) -> Joined | None:
        """Return what a component says with some entries more; None if they change more than themselves."""
        return None if root is None else join(*self._component(root), entries, self.tz, self.identity)

    def namers(self, position: int) -> Mapping[str, Sequence[int]]:
        """Return, by id, the positions of the entries that name each entry in the component of a position."""
        together = self.components.of(position) or ()
        root, known = self.components.root(position) or position, self._namers
        if root not in known or known[root][0] != len(together):
            found: dict[str, list[int]] = {}
            for entry in self.source.get(together):
                for name in entry.references:
                    found.setdefault(name, []).append(entry.position)
            known[root] = len(together), found
        return known[root][1]

    def component(self, root: int) -> History:
        """Return the history of a component."""
        return self._component(root)[0]

    def case(self, id: str) -> Case | None:
        position = self.source.find((id,)).get(id)
        if position is None or position > self.count:
            return None
        root = self.components.root(position)
        if root is not None:
            return self.component(root).cases.of(id)
        return None if self.kinds[position] == _SILENT else self.reading(position).case

    def says(self, id: str) -> History | None:
        root = self.components.root(self.source.find((id,)).get(id, 0))
        return None if root is None else self.component(root)

    def left_out(self) -> Iterator[Entry]:
        return (entry for found in self.histories() for entry in found.left_out)

    def unread(self) -> Mapping[str, Sequence[int]]:
        return {type: list(filter(self.stands_alone, positions)) for type, positions in self.unreadable.items()}

    def folded(self, name: str) -> Folded:
        return self._folded[name]

    def duplicate_tracks(self) -> Tracks[Track]:
        if self.load_duplicates is not None:
            self._duplicate_tracks = self._loaded_duplicates(self.load_duplicates)
            self.load_duplicates, self._moved = None, set()
        return self._duplicate_tracks

    def entries(self, positions: Sequence[int]) -> list[Entry]:
        """Return the entries at some positions."""
        return self.source.get(positions)

    # -- how -------------------------------------------------------------------------------------------

    def _note(self, entry: Entry) -> None:
        """Note the numbers of an entry: when it can have happened, taken alone, and when it was made public."""
        event, tz = entry.event, self.tz
        if event.__class__ not in self._plain:
            self._meet(event)
            if isinstance(event, UnknownEvent):
                self.unreadable.setdefault(event.type, array("q")).append(entry.position)
        self.identities.note(entry)
        ends = [NEVER if r.published is None else r.published.span(tz).end for r in entry.reports]
        publication = earliest(ends)
        telling = entry.recorded_micros + 1 if publication is None else publication
        if publication is None or isinstance(event, IdentityJudged):
            publication = PAST if isinstance(event, _NEVER_CUT) else NEVER
        if entry.modality is Modality.ACTUAL:
            kind = _ALONE if event.__class__ in self._plain or not isinstance(event, _NOT_READ) else _SILENT
            start, end = clamped(event, entry.occurred, telling, tz)
        else:
            kind, start, end = _PLANNED, telling, telling
        self.publications.append(publication)
        self.completions.append(max(ends, default=publication))
        self.recorded.append(entry.recorded_micros)
        self.announcements.append(telling)
        self.starts.append(start)
        self.ends.append(end)
        self.kinds.append(kind)
        self.credibilities.append(credibility(event, entry.reports))
        self.count = entry.position

    def _meet(self, event: Any) -> None:
        """Note the type of an event, and those of the events within it."""
        if isinstance(event, Redacted):
            return
        for held in events_within(event):
            kind = registered(held.type) if isinstance(held, UnknownEvent) else event_type(held)
            self.types[type_name(held)] = kind
        if not isinstance(event, (UnknownEvent, *_NOT_READ)) and not fields_with_events(event.__class__):
            self._plain.add(event.__class__)

    def _bind(self, naming: Sequence[Entry], here: Mapping[str, int], before: int) -> list[Reading]:
        """Join entries to those they name, withdraw what now reads otherwise, and return the new readings."""
        bound = self._bound(naming, here, before)
        joined = [self._joined(positions, before) for positions in bound]
        for positions, found in zip(bound, joined, strict=True):
            for reading in self._readings_before(positions, before) if found is None else found.gone:
                self._withdraw(reading)
        come: list[Reading] = []
        for positions, found in zip(bound, joined, strict=True):
            for position in positions:  # tracks that loaded as they were withdrawn from have read them once more
                self._read.pop(position, None)
            root = self.components.join(positions[-1], positions)
            if found is not None:
                self._read[root] = found.history, found.at
            come += self.component(root).readings if found is None else found.come
        return come

    def _bound(self, naming: Sequence[Entry], here: Mapping[str, int], before: int) -> list[Sequence[int]]:
        """Find the positions that entries join; of a component that exists already, the root alone."""
        found = Components()
        away = {name for entry in naming for name in entry.references if name not in here}
        at = {**self.source.find([*away]), **here} if away else here
        for entry in naming:
            others = [at[name] for name in entry.references if name in at]
            found.join(entry.position, [self.components.root(p) or p if p <= before else p for p in others])
        return [positions for _, positions in found]

    def _joined(self, positions: Sequence[int], before: int) -> Joined | None:
        """Read entries into the one component they name; return None if they change anything else in it."""
        root, *new = positions
        if not new or new[0] <= before:
            return None
        return self.joined_by(self.components.root(root), self.source.get(new))

    def _readings_before(self, positions: Sequence[int], before: int) -> Iterator[Reading]:
        """Give the readings of positions that are about to be joined, as they were before."""
        for position in positions:
            if position <= before and self.components.root(position) is not None:
                yield from self.component(position).readings
            elif position <= before and self.kinds[position] == _ALONE:
                yield self._by_itself(*self.source.get((position,)))

    def _loaded_duplicates(self, load: LoadTracks) -> Tracks[Track]:
        """Load tracks from a cache, and put on them what came since; make all of them again if that fails."""
        moved = self._moved
        try:
            cached = {key: Track(p for p in positions if p not in moved) for key, positions in load()}
        except Exception:  # noqa: BLE001  # a file may hold anything
            cached, moved = {}, set(range(1, self.count + 1))
        tracks = Tracks(Track, duplicate_key, self)
        tracks.resume({key: track for key, track in cached.items() if track.positions})
        missing = self.read([position for position in moved if self.reads(position)])
        tracks.put(sorted(missing, key=lambda reading: reading.point))
        return tracks

    def _put(self, readings: Sequence[Reading]) -> None:
        """Put readings, given in fold order, on their tracks."""
        for folded in self._folded.values():
            folded.ahead = self._folds_ahead
            folded.put(readings)
        if self.load_duplicates is None:
            self._duplicate_tracks.put(readings)
        elif self.load_duplicates is not _none_loaded:
            self._moved.update(reading.case.entry.position for reading in readings)

    def _withdraw(self, reading: Reading) -> None:
        """Take a reading off its tracks."""
        for folded in self._folded.values():
            folded.withdraw(reading)
        if self.load_duplicates is None:
            self._duplicate_tracks.withdraw(reading)
        elif self.load_duplicates is not _none_loaded:
            self._moved.add(reading.case.entry.position)

    def _rename(self, names: set[str]) -> bool:
        """Put the readings that mention some names under their new canonical names; return whether there are any."""
        positions = sorted(self.identities.mentions(names, self.count))
        for reading in self._readings_at(positions):
            self._withdraw(reading)
        for position in positions:
            self._read.pop(position, None)
        self._identity = None
        self._put(sorted(self._readings_at(positions), key=lambda reading: reading.point))
        return bool(positions)

    def _readings_at(self, positions: Sequence[int]) -> list[Reading]:
        """Return the readings of positions, among which are all of their components."""
        roots = [position for position in positions if self.components.root(position) == position]
        alone = [p for p in positions if self.kinds[p] == _ALONE and self.components.root(p) is None]
        bound = (reading for root in roots for reading in self.component(root).readings)
        return [*bound, *map(self._by_itself, self.source.get(alone))]

    def _by_themselves(self, kind: int) -> Iterator[int]:
        return (p for p, found in enumerate(self.kinds) if found == kind and self.components.root(p) is None)

    def _reading(self, entry: Entry) -> Reading:
        root = self.components.root(entry.position)
        return self._by_itself(entry) if root is None else self._component(root)[1][entry.position]

    def _by_itself(self, entry: Entry) -> Reading:
        claim = Claim(entry, entry.event, entry.occurred, entry.modality, entry.reports)
        case = Case(entry, [claim])
        if self.kinds[entry.position] == _PLANNED:
            return announced(ChosenClaim(case, claim), self.tz, self.identity)
        start, end = self.starts[entry.position], self.ends[entry.position]
        return Reading(case, claim, start, end, identity=self.identity, again=self._again)

    def _component(self, root: int) -> tuple[History, Mapping[int, Reading]]:
        """Return the history of a component, and its readings by position."""
        if root not in self._read:
            found = history(self.source.get(self.components.of(root) or ()), identity=self.identity, tz=self.tz)
            self._read[root] = found, {reading.case.entry.position: reading for reading in found.readings}
        return self._read[root]
