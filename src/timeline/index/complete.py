"""Everything known, read by every clock, and kept current as entries come."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from timeline.events.facility import FacilityRegistered
from timeline.events.naming import type_name
from timeline.history.bounds import ChosenClaim, clamped, is_implausible
from timeline.history.cases import Case
from timeline.history.claims import Claim
from timeline.history.cuts import earliest
from timeline.history.duplicates import duplicate_key
from timeline.history.history import History, announced, history
from timeline.history.reading import Point, Reading
from timeline.index.components import Components
from timeline.index.folded import Folded, Tracks
from timeline.index.tracks import Track
from timeline.index.view import Source, View
from timeline.projections.projection import Projection
from timeline.values.instants import FUTURE, PAST
from timeline.values.report import Modality

NEVER = FUTURE + 1
"""The publication of what was published, if at all, without a date."""
_SILENT, _ALONE, _PLANNED = 0, 1, 2
"""What an entry is by itself: nothing to read, ACTUAL, or something that changes no state."""
_NOT_READ = (*EDITORIAL, Redacted)
_NEVER_CUT = (*EDITORIAL, FacilityRegistered)
"""What no cut by publication can hide, though none bears a date."""


class CompleteView(View):
    """Everything known, read by every clock.

    What comes in fold order is folded as it comes; what comes late takes its place, and only what follows
    it is folded anew, when it is asked for. An entry that names others moves the component it joins.
    """

    def __init__(self, source: Source, projections: Mapping[str, Projection], tz: tzinfo) -> None:
        super().__init__(source, projections, tz)
        self.count = 0
        self.components = Components()
        self.publications = array("q", [NEVER])
        """By position: when it was first made public; `PAST` where no cut by that clock can hide it."""
        self.completions = array("q", [NEVER])
        """By position: when all its reports had been made public."""
        self.recorded = array("q", [PAST])
        self.announcements = array("q", [PAST])
        """By position: when it was told, be it by its publication or by recording it."""
        self.starts = array("q", [PAST])
        self.ends = array("q", [PAST])
        self.kinds = bytearray(1)
        self.types: dict[str, EventType | None] = {}
        """The event types met, by stored name, as they were read; None for one that was not known."""
        self.names: set[str] = set()
        """Every tag that an entry carries, but for the entries it names."""
        self.not_known: dict[str, array[int]] = {}
        """By stored type: the positions of the entries that this program cannot read."""
        self._plain: set[type] = set()
        self._folded = {name: Folded(projection, self) for name, projection in projections.items()}
        self._alike = Tracks(Track, duplicate_key, self)
        self._read: dict[int, tuple[History, Mapping[int, Reading]]] = {}

    def add(self, entries: Sequence[Entry]) -> bool:
        """Take in the entries that come next, which the source holds by now; whether any of them names others."""
        self._findings = None
        here, before = {entry.id: entry.position for entry in entries}, self.count
        for entry in entries:
            self._note(entry)
        moved: set[int] = set()
        naming = [entry for entry in entries if entry.references]
        for entry in naming:
            self._join(entry, here, before, moved)
        alone = (e for e in entries if self.kinds[e.position] == _ALONE and self.components.root(e.position) is None)
        roots = dict.fromkeys(self.components.root(position) for position in sorted(moved))
        bound = (reading for root in roots if root is not None for reading in self.component(root).readings)
        readings = sorted(chain(map(self._by_itself, alone), bound), key=lambda reading: reading.point)
        for reading in readings:
            position = reading.case.entry.position
            self.ends[position], self.starts[position] = reading.end, reading.start
        for tracks in self._tracks():
            tracks.put(readings)
        if self._reach is not None:
            told = (self._told_until(reading.case.entry.position) for reading in readings)
            self._reach = None if naming else max((self._reach, *told))
        return bool(naming)

    @property
    def outdated(self) -> bool:
        """Whether an event type was declared, or declared again, since it was read."""
        return any(registered(name) is not kind for name, kind in self.types.items())

    @property
    def forgotten(self) -> int:
        """The number of steps of its folds that were undone by what came late."""
        return sum(folded.forgotten for folded in self._folded.values())

    def finish(self) -> None:
        """Fold what is left to be folded."""
        for folded in self._folded.values():
            folded.finish()

    # -- what there is to read -----------------------------------------------------------------------

    def point(self, position: int) -> Point:
        return (self.ends[position], self.starts[position], position)

    def reading(self, position: int) -> Reading:
        root = self.components.root(position)
        if root is not None:
            return self._component(root)[1][position]
        return self._by_itself(*self.source.get((position,)))

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

    def told_after(self, moment: int) -> Iterable[History]:
        late = (root for root, bound in self.components if max(self.announcements[p] for p in bound) > moment)
        return (self.component(root) for root in late)

    def told(self, position: int) -> int:
        return self.announcements[position]

    def spanning(self, moment: int) -> Iterator[int]:
        spans = zip(count(), self.starts, self.ends)
        return filter(self._is_alone, [position for position, start, end in spans if start < moment < end])

    def untimely(self) -> Iterator[int]:
        spans = zip(count(), self.starts, self.ends, self.announcements)
        found = [position for position, start, end, by in spans if start >= by or is_implausible(end, by)]
        return filter(self._is_alone, found)

    def _is_alone(self, position: int) -> bool:
        """Check if something ACTUAL is read at a position, and is in no component."""
        return self.kinds[position] == _ALONE and self.components.root(position) is None

    def histories(self) -> Iterator[History]:
        return (self.component(root) for root, _ in self.components)

    def component(self, root: int) -> History:
        """What a component says."""
        return self._component(root)[0]

    def case(self, id: str) -> Case | None:
        position = self.source.find((id,)).get(id)
        if position is None or position > self.count:
            return None
        root = self.components.root(position)
        if root is not None:
            return self.component(root).cases.of(id)
        return None if self.kinds[position] == _SILENT else self.reading(position).case

    def left_out(self) -> Iterator[Entry]:
        return (entry for found in self.histories() for entry in found.left_out)

    def unread(self) -> Mapping[str, Sequence[int]]:
        return {type: list(filter(self.stands_alone, positions)) for type, positions in self.not_known.items()}

    def folded(self, name: str) -> Folded:
        return self._folded[name]

    def alike(self) -> Tracks[Track]:
        return self._alike

    # -- how -------------------------------------------------------------------------------------------

    def _note(self, entry: Entry) -> None:
        """Write down when it can have happened, taken alone, and when it was made public."""
        event, tz = entry.event, self.tz
        if isinstance(event, UnknownEvent):
            self.not_known.setdefault(event.type, array("q")).append(entry.position)
        self.names.update([tag for tag in entry.tags if not tag.startswith("entry:")])
        ends = [NEVER if r.published is None else r.published.span(tz).end for r in entry.reports]
        publication = earliest(ends)
        telling = entry.recorded + 1 if publication is None else publication
        if publication is None:
            publication = PAST if isinstance(event, _NEVER_CUT) else NEVER
        if entry.modality is Modality.ACTUAL:
            kind = _SILENT if isinstance(event, _NOT_READ) else _ALONE
            start, end = clamped(event, entry.occurred, telling, tz)
        else:
            kind, start, end = _PLANNED, telling, telling
        if event.__class__ not in self._plain:
            self._meet(event)
        self.publications.append(publication)
        self.completions.append(max(ends, default=publication))
        self.recorded.append(entry.recorded)
        self.announcements.append(telling)
        self.starts.append(start)
        self.ends.append(end)
        self.kinds.append(kind)
        self.count = entry.position

    def _meet(self, event: Any) -> None:
        """Write down which types an event is of, and holds."""
        if isinstance(event, Redacted):
            return
        for held in events_within(event):
            kind = registered(held.type) if isinstance(held, UnknownEvent) else event_type(held)
            self.types[type_name(held)] = kind
        if not isinstance(event, UnknownEvent) and not fields_with_events(event.__class__):
            self._plain.add(event.__class__)

    def _join(self, entry: Entry, here: Mapping[str, int], before: int, moved: set[int]) -> None:
        """Bind an entry to those it names, and take what these said so far out of the folds."""
        names = entry.references
        away = [name for name in names if name not in here]
        found = {**self.source.find(away), **here} if away else here
        others = [found[name] for name in names if name in found]
        for position in others:
            if position <= before and position not in moved:
                moved.update(self._withdrawn(position))
        stale = {root for position in others if (root := self.components.root(position)) is not None}
        self.components.join(entry.position, others)
        for root in stale:  # tracks that were loaded as they were withdrawn from have read them once more
            self._read.pop(root, None)
        moved.add(entry.position)

    def _withdrawn(self, position: int) -> Sequence[int]:
        """The positions of an entry and all it is bound to, which are in the folds no longer."""
        root = self.components.root(position)
        if root is not None:
            readings: Iterable[Reading] = self.component(root).readings
        else:
            readings = [self.reading(position)] if self.kinds[position] == _ALONE else ()
        for reading in readings:
            for tracks in self._tracks():
                tracks.withdraw(reading)
        return self.components.of(position) or (position,)

    def _tracks(self) -> Iterator[Tracks[Any]]:
        yield from self._folded.values()
        yield self._alike

    def _by_themselves(self, kind: int) -> Iterator[int]:
        return (p for p, found in enumerate(self.kinds) if found == kind and self.components.root(p) is None)

    def _by_itself(self, entry: Entry) -> Reading:
        claim = Claim(entry, entry.event, entry.occurred, entry.modality, entry.reports)
        case = Case(entry, [claim])
        if self.kinds[entry.position] == _PLANNED:
            return announced(ChosenClaim(case, claim), self.tz)
        return Reading(case, claim, self.starts[entry.position], self.ends[entry.position])

    def _component(self, root: int) -> tuple[History, Mapping[int, Reading]]:
        """What a component says, and its readings by position."""
        if root not in self._read:
            found = history(self.source.get(self.components.of(root) or ()), tz=self.tz)
            self._read[root] = found, {reading.case.entry.position: reading for reading in found.readings}
        return self._read[root]
