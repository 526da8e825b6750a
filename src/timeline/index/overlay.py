"""Views laid over another: of what a cut leaves (`cutting`), of what may have happened, or a dry run of some entries.

An overlay holds what reads otherwise than in its base: the components that were read again, and a mark for every
position. Whatever is marked `WHOLE` it shares with its base, folds included. All else is folded again when a question
needs it, and marks are worked out where they are wanted. So a cut costs what it changes, and not the length of the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain
from typing import NamedTuple, TypeVar

from timeline.entry import Entry
from timeline.history.bounds import reported_until
from timeline.history.cases import Case
from timeline.history.duplicates import duplicate_key
from timeline.history.history import History, history
from timeline.history.identity import Identity
from timeline.history.joining import Joined
from timeline.history.reading import Point, Reading
from timeline.index.complete import CompleteView
from timeline.index.folded import Folded
from timeline.index.tracks import SharedPrefix, Track, Tracks
from timeline.index.view import AHEAD, View
from timeline.projections.projection import Key
from timeline.values.instants import PAST

HIDDEN, UNREAD, PART, WHOLE = range(4)
"""What is left of a position: no case; a case without reading; a reading with fewer reports; what the base reads."""
V = TypeVar("V")


class Marks:
    """The marks of positions, which tell what is left there: one at a time, until somebody wants all.

    `made` gives all of them where they are known.
    """

    def __init__(self, one: Callable[[int], int], all: Callable[[], bytearray], made: bytearray | None = None) -> None:
        self._one = one
        self._all = all
        self.made = made

    @classmethod
    def alike(cls, mark: int, count: int) -> Marks:
        """Return the same mark for the first positions."""
        return cls(lambda position: mark if position <= count else HIDDEN, lambda: bytearray([mark]) * (count + 1))

    def of(self, position: int) -> int:
        """Return the mark of a position."""
        if self.made is None:
            return self._one(position)
        return self.made[position] if position < len(self.made) else HIDDEN

    def all(self) -> bytearray:
        """Return all marks, by position."""
        if self.made is None:
            self.made = self._all()
        return self.made


class Near(NamedTuple):
    """An overlay of the same base that reads nearly the same: all but some positions, and components that have more."""

    overlay: Overlay
    moved: AbstractSet[int]
    more: Mapping[int, Joined]
    """The histories of components with more entries, by their first position."""


class Component(NamedTuple):
    """Entries that name one another, and what they say together."""

    positions: Sequence[int]
    says: History


class Overlay(View):
    """A view that differs from its base in its `own` components, and by the marks of what stands alone.

    `same` components read as in the base, and no marks count for the positions of either. `admits` tells whether what
    a mark keeps is read after all. `trim` removes reports from what is kept in part. `left_out` gives the entries that
    the cut or the evidence leaves out. `extends` tells that everything is read but for the own components. `near` is
    another overlay of the base. Whatever does not move between the two is taken over, and only components that move
    are passed.
    """

    def __init__(
        self,
        base: View,
        own: Sequence[Component],
        same: Sequence[Component] = (),
        *,
        identity: Identity,
        marks: Marks,
        admits: Callable[[int], bool] | None = None,
        trim: Callable[[Reading], Reading] | None = None,
        left_out: Callable[[], Iterable[Entry]] = tuple,
        extends: bool = False,
        near: Near | None = None,
    ) -> None:
        super().__init__(base.source, base.projections, base.tz)
        self._base = base
        self._identity = identity
        self._components = dict(_with_first((*own, *same)))
        """The components, by their first position."""
        self._readings = {r.case.entry.position: r for component in own for r in component.says.readings}
        self._home = {position: first for first, found in self._components.items() for position in found.positions}
        """The first position of the component of each position."""
        self._marks = marks
        self._admits = admits
        self._trim = trim
        self._left_out = left_out
        self._extends = extends
        self._folded: dict[str, Folded] = {}
        self._duplicate_tracks: Tracks[Track] | None = None
        shared = {r.case.entry.position for component in same for r in component.says.readings}
        self._bound = {p: WHOLE if p in shared else UNREAD for p in chain(self._home, self._readings)}
        """The marks of the positions in components."""
        if near is not None:
            self._go_on_from(*near)

    @property
    def identity(self) -> Identity:
        return self._identity

    def holds(self, position: int) -> bool:
        """Tell whether a position is in a component of this view."""
        return position in self._home

    def keeps(self, position: int) -> bool:
        """Tell whether what the base reads at a position is read here too, if with fewer reports."""
        return self._mark(position) >= PART and (self._admits is None or self._admits(position))

    def folds(self, position: int) -> bool:
        """Tell whether what is kept at a position also folds to the same value."""
        return self._mark(position) == WHOLE

    def _mark(self, position: int) -> int:
        found = self._bound.get(position)
        return self._marks.of(position) if found is None else found

    def changed(self, name: str) -> set[Key]:
        """Return the keys of a projection that the own components touch, here or in the base."""
        below = (self._base.reading(position) for position in self._home if self._base.reads(position))
        keys = self.folded(name).keys_of
        return {key for reading in chain(self._readings.values(), below) for key in keys(reading)}

    # -- what there is to read -----------------------------------------------------------------------

    def point(self, position: int) -> Point:
        own = self._readings.get(position)
        return self._base.point(position) if own is None else own.point

    def reading(self, position: int) -> Reading:
        own = self._readings.get(position)
        if own is not None:
            return own
        reading = self._base.reading(position)
        return reading if self._trim is None or self._mark(position) != PART else self._trim(reading)

    def reads(self, position: int) -> bool:
        return position in self._readings or (self.keeps(position) and self._base.reads(position))

    def stands_alone(self, position: int) -> bool:
        return self._base.stands_alone(position) and self.keeps(position)

    def alone(self) -> Iterator[int]:
        self._marks.all()  # the mark of nearly every position is wanted
        return filter(self.keeps, self._base.alone())

    def planned(self) -> Iterator[int]:
        return filter(self.keeps, self._base.planned())

    def published(self, position: int) -> int:
        return self._base.published(position)

    def announced(self, position: int) -> int:
        return self._base.announced(position)

    def spanning(self, moment: int) -> Iterator[int]:
        return filter(self.keeps, self._base.spanning(moment))

    def untimely(self) -> Iterator[int]:
        return filter(self.keeps, self._base.untimely())

    def histories(self) -> Iterator[History]:
        return (component.says for component in self._components.values())

    def case(self, id: str) -> Case | None:
        position = self.source.find((id,)).get(id, 0)
        if position in self._home:
            return self._components[self._home[position]].says.cases.of(id)
        mark = self._mark(position)
        if mark == HIDDEN:
            return None
        return self.reading(position).case if mark == PART else self._base.case(id)

    def says(self, id: str) -> History | None:
        first = self._home.get(self.source.find((id,)).get(id, 0))
        return None if first is None else self._components[first].says

    def left_out(self) -> Iterator[Entry]:
        return iter(self._left_out())

    def unread(self) -> Mapping[str, Sequence[int]]:
        return {type: list(filter(self.keeps, positions)) for type, positions in self._base.unread().items()}

    def folded(self, name: str) -> Folded:
        if name not in self._folded:
            apart = [p for p in self._home if self._base.reads(p)] if self._extends else None
            shared = SharedPrefix(self._base.folded(name), self.keeps, self.folds, apart)
            self._folded[name] = Folded(self.projections[name], self, shared, self._readings.values())
        return self._folded[name]

    def duplicate_tracks(self) -> Tracks[Track]:
        if self._duplicate_tracks is None:
            shared = SharedPrefix(self._base.duplicate_tracks(), lambda p: self.keeps(p) and self.folds(p), self.folds)
            marked = enumerate(self._marks.all())
            in_part = [p for p, mark in marked if mark == PART and p not in self._bound and self.reads(p)]
            own = chain(self._readings.values(), self.read(in_part))
            self._duplicate_tracks = Tracks(Track, duplicate_key, self, shared, own)
        return self._duplicate_tracks

    def shown(self, position: int) -> tuple[History, Mapping[int, Reading]] | None:
        """Return what the component of a position says here, and readings by position; None if it is in none."""
        first = self._home.get(position)
        return None if first is None else (self._components[first].says, self._readings)

    def _go_on_from(self, other: Overlay, moved: AbstractSet[int], more: Mapping[int, Joined]) -> None:
        """Take over what another overlay of the same base reads and has folded, but for what moved."""
        kept = {first: c for first, c in other._components.items() if first not in moved and first not in more}
        longer = {
            first: Component(other._components[first].positions, joined.history) for first, joined in more.items()
        }
        self._components = kept | longer | self._components
        self._readings = _without(other._readings, moved) | self._readings
        self._home = _without(other._home, moved) | self._home if moved else other._home
        self._bound = _without(other._bound, moved) | self._bound if moved else other._bound
        bearing = other.bearing(moved) | (moved & (self._home.keys() | other._home.keys()))
        gone, come = (list(view.read([p for p in bearing if view.reads(p)])) for view in (other, self))
        for joined in more.values():
            gone += joined.gone
            come += joined.come
            self._readings |= {reading.case.entry.position: reading for reading in joined.come}
        self._horizon = self._horizon_after(other, {*moved, *(reading.case.entry.position for reading in come)})
        for name, theirs in other._folded.items():
            folded = Folded(self.projections[name], self, SharedPrefix(self._base.folded(name), self.keeps, self.folds))
            folded.go_on_from(theirs, gone, come, self._readings)
            self._folded[name] = folded

    def bearing(self, positions: AbstractSet[int]) -> AbstractSet[int]:
        """Return those of some positions in no component that bear on a track asked for; all if tracks are many."""
        if sum(len(folded.asked) for folded in self._folded.values()) > len(positions):
            return positions
        found: set[int] = set()
        for name, folded in self._folded.items():
            below = self._base.folded(name)
            found.update(below.failures.keys() & positions, *(below.among(key, positions) for key in folded.asked))
        return found

    def _horizon_after(self, other: Overlay, moved: Iterable[int]) -> int | None:
        """Return the horizon, given another overlay and what moved between the two; None if it is not known."""
        if other._horizon is None:
            return None
        left, reached = (max((v.reach(p) for p in moved if v.reads(p)), default=PAST) for v in (other, self))
        return max(reached, other._horizon) if reached >= other._horizon or left < other._horizon else None

    def reach(self, position: int) -> int:
        """Return the moment up to which the reading at a position speaks, as `horizon` counts it."""
        bound = position in self._home
        return reported_until(self.reading(position), self.tz) if bound else self._reach_of(position)

    def read(self, positions: Sequence[int]) -> Iterator[Reading]:
        for start in range(0, len(positions), AHEAD):
            ahead = positions[start : start + AHEAD]
            self.source.get([position for position in ahead if position not in self._readings])
            yield from map(self.reading, ahead)


def _with_first(components: Iterable[Component]) -> Iterator[tuple[int, Component]]:
    """Give each component with its first position; a number below 0 if it has none."""
    for number, component in enumerate(components, 1):
        yield component.positions[0] if component.positions else -number, component


def _without(found: dict[int, V], positions: Iterable[int]) -> dict[int, V]:
    """Return a copy of a mapping without some positions."""
    left = dict(found)
    for position in positions:
        left.pop(position, None)
    return left


def possible_by(base: View, complete: CompleteView, moment: int) -> Overlay:
    """Return the view of what may have happened by a moment, without what cannot have."""

    def has_begun(position: int) -> bool:
        start = complete.starts[position]
        in_time = start < moment or (start == moment and not complete.reads(position))  # a plan counts from its end on
        return in_time and base.stands_alone(position)

    own = [Component((), found.possible(moment)) for found in base.histories()]
    return Overlay(
        base,
        own,
        identity=base.identity,
        marks=Marks.alike(WHOLE, complete.count),
        admits=has_begun,
        left_out=base.left_out,
    )


def dry_run(complete: CompleteView, entries: Sequence[Entry]) -> Overlay:
    """Return the view of everything known and some entries more, to see what they would change."""
    found = complete.source.find([name for entry in entries for name in entry.references])
    roots = {complete.components.root(position) for position in found.values()}
    moved = sorted({p for position in found.values() for p in complete.components.of(position) or (position,)})
    identity = complete.identities.with_more(entries, moved)
    judged = identity.changes(complete.identity)
    renamed = complete.identities.mentions(judged, complete.count)
    joined = complete.joined_by(roots.pop(), entries) if len(roots) == 1 and not judged else None
    if joined is not None:
        changed = [reading.case.entry.position for reading in joined.gone]
        own = [Component(changed, joined.history._replace(readings=joined.come))]
    else:
        together = [*complete.source.get(moved), *entries]
        own = [Component(moved, history(together, identity=identity, tz=complete.tz))]
        for positions in _apart(complete, renamed - {*moved}):
            says = history(complete.source.get(positions), identity=identity, tz=complete.tz)
            own.append(Component(positions, says))
    return Overlay(complete, own, identity=identity, marks=Marks.alike(WHOLE, complete.count), extends=True)


def _apart(complete: CompleteView, positions: Iterable[int]) -> list[Sequence[int]]:
    """Return positions, among which are all of their components, component by component."""
    found: dict[int, Sequence[int]] = {}
    for position in sorted(positions):
        root = complete.components.root(position)
        found[position if root is None else root] = complete.components.of(position) or (position,)
    return list(found.values())
