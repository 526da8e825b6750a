"""Views laid over another: as of some cut, evidence and policy; what may have happened; a dry run of some entries.

An overlay holds what reads otherwise than in its base: the components that were read again, and a mark, one byte,
for every position. Whatever is marked `WHOLE` it shares with its base, folds included. All else is folded again when
a question needs it, so that a cut costs what it changes, and not the length of the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import NamedTuple

import attrs

from timeline.entry import Entry
from timeline.history.cases import Case
from timeline.history.cuts import published
from timeline.history.duplicates import duplicate_key
from timeline.history.history import History, history
from timeline.history.policies import POLICIES, Pick, standing
from timeline.history.reading import Point, Reading
from timeline.index.asof import AsOf, is_whole, public
from timeline.index.complete import NEVER, CompleteView
from timeline.index.folded import Folded
from timeline.index.tracks import SharedPrefix, Track, Tracks
from timeline.index.view import View
from timeline.projections.projection import Key

HIDDEN, UNREAD, PART, WHOLE = range(4)
"""What is left of a position: no case; a case without reading; a reading with fewer reports; what the base reads."""
_AS_IT_IS = bytes([HIDDEN, *[WHOLE] * 255])
"""By the kind of an entry: its mark if nothing is cut."""


class Component(NamedTuple):
    """Entries that name one another, and what they say together."""

    positions: Sequence[int]
    says: History


class Overlay(View):
    """A view that differs from its base in its `own` components, and by the marks of what stands alone.

    `same` components read as in the base. `admits` tells whether what a mark keeps is read after all. `trim` removes
    reports from what is kept in part. `left_out` gives the entries that the cut or the evidence leaves out. `extends`
    tells that everything is read but for the own components.
    """

    def __init__(
        self,
        base: View,
        own: Sequence[Component],
        same: Sequence[Component] = (),
        *,
        marks: bytearray,
        admits: Callable[[int], bool] | None = None,
        trim: Callable[[Reading], Reading] | None = None,
        left_out: Callable[[], Iterable[Entry]] = tuple,
        extends: bool = False,
    ) -> None:
        super().__init__(base.source, base.projections, base.tz)
        self._base = base
        self._components = (*own, *same)
        self._readings = {r.case.entry.position: r for component in own for r in component.says.readings}
        self._home = {position: component.says for component in self._components for position in component.positions}
        self._marks = marks
        self._admits = admits
        self._trim = trim
        self._left_out = left_out
        self._extends = extends
        self._folded: dict[str, Folded] = {}
        self._duplicate_tracks: Tracks[Track] | None = None
        shared = {r.case.entry.position for component in same for r in component.says.readings}
        for position in chain(self._home, self._readings):
            if position < len(marks):
                marks[position] = WHOLE if position in shared else UNREAD

    def keeps(self, position: int) -> bool:
        """Tell whether what the base reads at a position is read here too, if with fewer reports."""
        kept = position < len(self._marks) and self._marks[position] >= PART
        return kept and (self._admits is None or self._admits(position))

    def folds(self, position: int) -> bool:
        """Tell whether what is kept at a position also folds to the same value."""
        return position < len(self._marks) and self._marks[position] == WHOLE

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
        return reading if self._trim is None or self._marks[position] != PART else self._trim(reading)

    def reads(self, position: int) -> bool:
        return position in self._readings or (self.keeps(position) and self._base.reads(position))

    def stands_alone(self, position: int) -> bool:
        return self._base.stands_alone(position) and self.keeps(position)

    def alone(self) -> Iterator[int]:
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
        return (component.says for component in self._components)

    def case(self, id: str) -> Case | None:
        position = self.source.find((id,)).get(id, 0)
        if position in self._home:
            return self._home[position].cases.of(id)
        if position >= len(self._marks) or self._marks[position] == HIDDEN:
            return None
        return self.reading(position).case if self._marks[position] == PART else self._base.case(id)

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
            in_part = [p for p, mark in enumerate(self._marks) if mark == PART and self.reads(p)]
            own = chain(self._readings.values(), self.read(in_part))
            self._duplicate_tracks = Tracks(Track, duplicate_key, self, shared, own)
        return self._duplicate_tracks

    def _look_up(self, positions: Sequence[int]) -> None:
        self.source.get([position for position in positions if position not in self._readings])


def as_of(complete: CompleteView, asked: AsOf) -> Overlay:
    """Return the view within the cuts of a question, with its evidence and its policy."""
    otherwise = asked.choose.otherwise if isinstance(asked.choose, Pick) else asked.choose
    if otherwise not in POLICIES.values():  # a policy of a user's may depend on any entry: all are read as one
        whole_log = _read(complete, asked, range(1, asked.upto + 1))
        marks = bytearray([HIDDEN]) * (asked.upto + 1)
        return Overlay(complete, [whole_log], marks=marks, left_out=lambda: whole_log.says.left_out)
    marks = _marks(complete, asked)

    def trim(reading: Reading) -> Reading:
        assert asked.reported is not None, "nothing else is read in part"
        entry = reading.case.entry
        claim = attrs.evolve(reading.claim, reports=published(entry, asked.reported, complete.tz))
        return attrs.evolve(reading, case=Case(entry, [claim]), claim=claim)

    @cache
    def accepts(position: int) -> bool:
        reading = complete.reading(position)
        return asked.admits((trim(reading) if marks[position] == PART else reading).claim)

    def left_out() -> list[Entry]:
        bound = (entry for component in (*own, *same) for entry in component.says.left_out)
        cut = asked.reported is not None or not asked.admits_all
        alone = complete.source.get(list(_left_alone(complete, asked, marks, accepts))) if cut else ()
        return sorted([*bound, *alone], key=lambda entry: entry.position)

    own, same = _components(complete, asked)
    admits = None if asked.admits_all else accepts
    return Overlay(complete, own, same, marks=marks, admits=admits, trim=trim, left_out=left_out)


def possible_by(base: View, complete: CompleteView, moment: int) -> Overlay:
    """Return the view of what may have happened by a moment, without what cannot have."""

    def has_begun(position: int) -> bool:
        start = complete.starts[position]
        in_time = start < moment or (start == moment and not complete.reads(position))  # a plan counts from its end on
        return in_time and base.stands_alone(position)

    own = [Component((), found.possible(moment)) for found in base.histories()]
    return Overlay(base, own, marks=_unchanged(complete), admits=has_begun, left_out=base.left_out)


def dry_run(complete: CompleteView, entries: Sequence[Entry]) -> Overlay:
    """Return the view of everything known and some entries more, to see what they would change."""
    found = complete.source.find([name for entry in entries for name in entry.references])
    roots = {complete.components.root(position) for position in found.values()}
    joined = complete.joined_by(roots.pop(), entries) if len(roots) == 1 else None
    if joined is not None:
        changed = [reading.case.entry.position for reading in joined.gone]
        own = Component(changed, joined.history._replace(readings=joined.come))
    else:
        moved = sorted({p for position in found.values() for p in complete.components.of(position) or (position,)})
        own = Component(moved, history([*complete.source.get(moved), *entries], tz=complete.tz))
    return Overlay(complete, [own], marks=_unchanged(complete), extends=True)


def _unchanged(complete: CompleteView) -> bytearray:
    return bytearray([WHOLE]) * (complete.count + 1)


def _marks(complete: CompleteView, asked: AsOf) -> bytearray:
    """Mark what a question leaves of each position, as if all stood alone."""
    marks = complete.kinds[: asked.upto + 1].translate(_AS_IT_IS)
    if asked.reported is not None:
        end, _ = asked.reported
        dates = zip(complete.publications, complete.completions, marks, strict=False)
        late = [p for p, (first, last, mark) in enumerate(dates) if mark and max(first, last) >= end]
        for position in late:
            in_part = PART if public(complete, asked, position) else HIDDEN
            marks[position] = WHOLE if is_whole(complete, asked, position) else in_part
    return marks


def _components(complete: CompleteView, asked: AsOf) -> tuple[list[Component], list[Component]]:
    """Return the components that read otherwise within the cuts of a question, and those that read the same."""
    own, same = [], []
    picked, otherwise = None, asked.choose
    if isinstance(asked.choose, Pick):
        picked, otherwise = complete.source.find((asked.choose.id,)).get(asked.choose.id), asked.choose.otherwise
    as_they_are = asked.admits_all and otherwise is standing
    for root, positions in complete.components:
        if (
            as_they_are
            and picked not in positions
            and all(is_whole(complete, asked, position) for position in positions)
        ):
            same.append(Component(positions, complete.component(root)))
        else:
            own.append(_read(complete, asked, positions))
    return own, same


def _read(complete: CompleteView, asked: AsOf, positions: Sequence[int]) -> Component:
    entries = complete.source.get([position for position in positions if position <= asked.upto])
    found = history(
        entries,
        reported=asked.reported,
        accept=asked.accept,
        choose=asked.choose,
        hides=asked.hides,
        tz=complete.tz,
    )
    return Component(positions, found)


def _left_alone(complete: CompleteView, asked: AsOf, marks: bytearray, accepts: Callable[[int], bool]) -> Iterator[int]:
    """Find what stands alone and was published without a date, or is not accepted."""
    for position, mark in enumerate(marks):
        if mark >= PART:
            left_out = not asked.admits_all and not accepts(position)
        else:
            undated = asked.reported is not None and complete.publications[position] == NEVER
            left_out = undated and complete.stands_alone(position)
        if left_out:
            yield position
