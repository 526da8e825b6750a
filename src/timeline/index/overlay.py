"""What some clock, evidence or policy leaves of a past.

A cut shares with the past it was taken from whatever reads the same in both, folds included, and works
out the rest when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import NamedTuple

import attrs

from timeline.entry import Entry
from timeline.history.cases import Case
from timeline.history.cuts import published
from timeline.history.duplicates import duplicate_key
from timeline.history.history import History, history, is_unsourced_registration
from timeline.history.policies import POLICIES, standing
from timeline.history.reading import Point, Reading
from timeline.index.asof import AsOf, public, whole
from timeline.index.complete import NEVER, CompleteView
from timeline.index.folded import Folded, SharedPrefix, Tracks
from timeline.index.tracks import Track
from timeline.index.view import View
from timeline.projections.projection import Key

_NOTHING, _IN_PART, _WHOLE = 0, 1, 2
"""The marks of an entry of which nothing is kept, some of its reports, or all of it."""
_MARKS = bytes([_NOTHING, *[_WHOLE] * 255])
"""The mark of an entry where nothing is cut, by its kind."""


class Component(NamedTuple):
    """What entries that name one another say together."""

    positions: Sequence[int]
    says: History


class Overlay(View):
    """A past that differs from another in what `own` components say, and in what it does not keep."""

    def __init__(self, parent: View, own: Sequence[Component], same: Sequence[Component] = ()) -> None:
        super().__init__(parent.source, parent.projections, parent.tz)
        self._parent = parent
        self._components = (*own, *same)
        self._readings = {r.case.entry.position: r for component in own for r in component.says.readings}
        self._bound = {r.case.entry.position for component in same for r in component.says.readings}
        self._home = {position: component.says for component in self._components for position in component.positions}
        self._folded: dict[str, Folded] = {}
        self._alike: Tracks[Track] | None = None

    def keeps(self, position: int) -> bool:
        """Whether what the parent reads at a position reads the same here."""
        return position in self._bound or (position not in self._home and self._parent.stands_alone(position))

    def folds(self, position: int) -> bool:
        """Whether what is kept of a position also folds to what it folded to there."""
        return position not in self._readings

    def in_part(self) -> Iterable[int]:
        """The positions of what is kept of the parent but read with fewer reports."""
        return ()

    # -- what there is to read -----------------------------------------------------------------------

    def point(self, position: int) -> Point:
        own = self._readings.get(position)
        return self._parent.point(position) if own is None else own.point

    def reading(self, position: int) -> Reading:
        own = self._readings.get(position)
        return self._parent.reading(position) if own is None else own

    def reads(self, position: int) -> bool:
        return position in self._readings or (self.keeps(position) and self._parent.reads(position))

    def stands_alone(self, position: int) -> bool:
        return self._parent.stands_alone(position) and self.keeps(position)

    def alone(self) -> Iterator[int]:
        return filter(self.keeps, self._parent.alone())

    def planned(self) -> Iterator[int]:
        return filter(self.keeps, self._parent.planned())

    def published(self, position: int) -> int:
        return self._parent.published(position)

    def told(self, position: int) -> int:
        return self._parent.told(position)

    def spanning(self, moment: int) -> Iterator[int]:
        return filter(self.keeps, self._parent.spanning(moment))

    def untimely(self) -> Iterator[int]:
        return filter(self.keeps, self._parent.untimely())

    def histories(self) -> Iterator[History]:
        return (component.says for component in self._components)

    def case(self, id: str) -> Case | None:
        position = self.source.find((id,)).get(id, 0)
        if position in self._home:
            return self._home[position].cases.of(id)
        return self.reading(position).case if self.stands_alone(position) else None

    def left_out(self) -> Iterator[Entry]:
        return (entry for component in self._components for entry in component.says.left_out)

    def unread(self) -> Mapping[str, Sequence[int]]:
        return {type: list(filter(self.keeps, positions)) for type, positions in self._parent.unread().items()}

    def folded(self, name: str) -> Folded:
        if name not in self._folded:
            shared = SharedPrefix(self._parent.folded(name), self.keeps, self.folds)
            self._folded[name] = Folded(self.projections[name], self, shared, self._readings.values())
        return self._folded[name]

    def alike(self) -> Tracks[Track]:
        if self._alike is None:
            shared = SharedPrefix(self._parent.alike(), lambda p: self.keeps(p) and self.folds(p), self.folds)
            own = chain(self._readings.values(), self.read(list(self.in_part())))
            self._alike = Tracks(Track, duplicate_key, self, shared, own)
        return self._alike

    def _look_up(self, positions: Sequence[int]) -> None:
        self.source.get([position for position in positions if position not in self._readings])


class Asked(Overlay):
    """What a question leaves of everything known."""

    def __init__(self, complete: CompleteView, as_of: AsOf) -> None:
        self._complete = complete
        self._as_of = as_of
        self._accepted: dict[int, bool] = {}
        self._alone = as_of.choose in POLICIES.values()
        own, same = self._apart() if self._alone else ([self._all()], [])
        super().__init__(complete, own, same)

    @cached_property
    def _marks(self) -> bytearray:
        """By position: what is kept of an entry that stands alone, or in a component that reads the same."""
        complete, (count, reported, *_) = self._complete, self._as_of
        marks = complete.kinds[: count + 1].translate(_MARKS)
        if reported is not None:
            dates = zip(complete.publications, complete.completions, marks, strict=False)
            cut = [p for p, (first, last, mark) in enumerate(dates) if mark and max(first, last) >= reported[0]]
            for position in cut:
                marks[position] = self._mark(position)
        for position in self._home:
            if position <= count:
                marks[position] = _WHOLE if position in self._bound else _NOTHING
        return marks

    def _mark(self, position: int) -> int:
        if self._whole(position):
            return _WHOLE
        return _IN_PART if self._public(position) else _NOTHING

    def keeps(self, position: int) -> bool:
        if position > self._as_of.upto or not self._marks[position]:
            return False
        return self._as_of.accept is None or position in self._bound or self._accepts(position)

    def folds(self, position: int) -> bool:
        return position <= self._as_of.upto and self._marks[position] == _WHOLE

    def in_part(self) -> Iterable[int]:
        partly = (position for position, mark in enumerate(self._marks) if mark == _IN_PART)
        return (position for position in partly if self._complete.reads(position) and self.keeps(position))

    def reading(self, position: int) -> Reading:
        reading, reported = super().reading(position), self._as_of.reported
        if reported is None or position in self._home or self._whole(position):
            return reading
        entry = reading.case.entry
        claim = attrs.evolve(reading.claim, reports=published(entry, reported, self.tz))
        return attrs.evolve(reading, case=Case(entry, [claim]), claim=claim)

    def case(self, id: str) -> Case | None:
        position = self.source.find((id,)).get(id, 0)
        turned_away = self._complete.stands_alone(position) and position not in self._home and self._public(position)
        return self.reading(position).case if turned_away else super().case(id)

    def left_out(self) -> Iterator[Entry]:
        silent = [position for position in self._left_alone() if position not in self._home]
        return iter(sorted([*super().left_out(), *self.source.get(silent)], key=lambda entry: entry.position))

    def _left_alone(self) -> Iterator[int]:
        """The positions of what stands alone and was published without a date, or is not accepted."""
        complete, (count, reported, accept, *_) = self._complete, self._as_of
        if not self._alone or (reported is None and accept is None):
            return
        for position in range(1, count + 1):
            undated = reported is not None and complete.publications[position] == NEVER
            told = undated or (accept is not None and self._public(position))
            if told and complete.stands_alone(position) and (undated or not self._accepts(position)):
                yield position

    def _public(self, position: int) -> bool:
        return public(self._complete, self._as_of, position)

    def _whole(self, position: int) -> bool:
        return whole(self._complete, self._as_of, position)

    def _accepts(self, position: int) -> bool:
        accept = self._as_of.accept
        if accept is None:
            return True
        if position not in self._accepted:
            claim = self.reading(position).claim
            self._accepted[position] = accept(claim) or is_unsourced_registration(claim)
        return self._accepted[position]

    def _apart(self) -> tuple[list[Component], list[Component]]:
        """The components that read otherwise within the cuts, and those that read the same."""
        count, _, accept, choose, _ = self._as_of
        own, same = [], []
        for root, positions in self._complete.components:
            if accept is None and choose is standing and all(map(self._whole, positions)):
                same.append(Component(positions, self._complete.component(root)))
            else:
                known = [position for position in positions if position <= count]
                own.append(Component(positions, self._read(known)))
        return own, same

    def _all(self) -> Component:
        """Everything read as one, for a policy that may pick anything of anything."""
        positions = range(1, self._as_of.upto + 1)
        return Component(positions, self._read(positions))

    def _read(self, positions: Sequence[int]) -> History:
        _, reported, accept, choose, _ = self._as_of
        entries = self._complete.source.get(positions)
        return history(entries, reported=reported, accept=accept, choose=choose, tz=self._complete.tz)


class Possible(Overlay):
    """What may have happened by some moment, and nothing that cannot have."""

    def __init__(self, parent: View, by: int) -> None:
        self._by = by
        own = [Component((), found.possible(by)) for found in parent.histories()]
        super().__init__(parent, own)

    def keeps(self, position: int) -> bool:
        return self._parent.stands_alone(position) and self._parent.point(position)[1] < self._by

    def planned(self) -> Iterator[int]:
        return self._parent.planned()

    def case(self, id: str) -> Case | None:
        return self._parent.case(id)

    def left_out(self) -> Iterator[Entry]:
        return self._parent.left_out()


class Tried(Overlay):
    """Everything known and some entries more, to see what they would change."""

    def __init__(self, complete: CompleteView, entries: Sequence[Entry]) -> None:
        found = complete.source.find([name for entry in entries for name in entry.references])
        moved = {p for position in found.values() for p in complete.components.of(position) or (position,)}
        before = complete.source.get(sorted(moved))
        self.withdrawn = [complete.reading(p) for p in moved if complete.reads(p)]
        self._moved = moved
        together = Component((), history([*before, *entries], tz=complete.tz))
        super().__init__(complete, [together])

    def keeps(self, position: int) -> bool:
        return position not in self._moved

    def changed(self, name: str) -> set[Key]:
        """The keys of a projection that the entries touch, or no longer touch."""
        readings = (*self._readings.values(), *self.withdrawn)
        return {key for reading in readings for key in self.folded(name).keys_of(reading)}
