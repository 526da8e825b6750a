"""Views as of some cut, evidence and policy.

A cut is made from the complete view, or from a cut nearby. The entries that read otherwise than in the cut nearby are
found by a search, and all else is taken over. So a walk along a clock costs what each of its steps changes.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import partial

import attrs

from timeline.entry import Entry
from timeline.history.cases import Case
from timeline.history.cuts import published
from timeline.history.evidence import worst_accepted
from timeline.history.history import history
from timeline.history.identity import Identity
from timeline.history.joining import Joined
from timeline.history.policies import POLICIES, Pick, standing
from timeline.history.reading import Reading
from timeline.index.asof import AsOf, elsewhere, is_near, is_whole, positions_between, public
from timeline.index.complete import NEVER, CompleteView
from timeline.index.overlay import HIDDEN, PART, WHOLE, Component, Marks, Near, Overlay
from timeline.index.showing import Shown, showing_more

_AS_IT_IS = bytes([HIDDEN, *[WHOLE] * 255])
"""By the kind of an entry: its mark if nothing is cut."""


class CutView(Overlay):
    """A view as of a question: with its cuts, its evidence and its policy."""

    def __init__(self, complete: CompleteView, asked: AsOf, near: CutView | None = None) -> None:
        self.asked = asked
        self._complete = complete
        self.accepted: dict[int, bool] = {} if near is None else near.accepted
        """By position: whether the evidence of an entry that is read whole suffices; shared among cuts nearby."""
        self._accepted_in_part: dict[int, bool] = {}
        self._worst = worst_accepted(asked.accept, asked.hides)
        between = None if near is None else positions_between(complete, near.asked, asked)
        self._marks = _marks(complete, asked, near, between or ())
        more = {} if near is None or between is None else _with_more(complete, asked, near, between)
        if between is not None:
            between = _with_components(complete, between, more)
        identity = complete.identities.at(asked.upto, asked.hides)
        own, same = _components(complete, asked, identity, between)
        super().__init__(
            complete,
            own,
            same,
            identity=identity,
            marks=self._marks,
            admits=None if asked.admits_all else self._accepts,
            trim=self._trimmed,
            left_out=self._find_left_out,
            near=None if near is None or between is None else Near(near, between, more),
        )

    @property
    def complete(self) -> CompleteView:
        """The view that was cut."""
        return self._complete

    @property
    def marks(self) -> Marks:
        """The marks of all positions, as if each stood alone."""
        return self._marks

    def _trimmed(self, reading: Reading) -> Reading:
        """Return a reading with the reports that were public."""
        assert self.asked.reported is not None, "nothing else is read in part"
        entry = reading.case.entry
        claim = attrs.evolve(reading.claim, reports=published(entry, self.asked.reported, self.tz))
        return attrs.evolve(reading, case=Case(entry, [claim]), claim=claim, again=None)

    def _accepts(self, position: int) -> bool:
        """Tell whether what stands alone at a position has the evidence asked for."""
        mark = self._marks.of(position)
        if self._worst is not None and mark == WHOLE:
            return self._complete.credibilities[position] <= self._worst
        in_part = mark == PART
        known = self._accepted_in_part if in_part else self.accepted
        if position not in known:
            reading = self._complete.reading(position)
            known[position] = self.asked.admits((self._trimmed(reading) if in_part else reading).claim)
        return known[position]

    def _find_left_out(self) -> list[Entry]:
        bound = (entry for says in self.histories() for entry in says.left_out)
        return sorted([*bound, *self.source.get(list(self._left_alone()))], key=lambda entry: entry.position)

    def count_left_out(self) -> int:
        return sum(len(component.says.left_out) for component in self._components.values()) + sum(
            1 for _ in self._left_alone()
        )

    def _left_alone(self) -> Iterator[int]:
        """Find what stands alone and was published without a date, or is not accepted."""
        complete, asked = self._complete, self.asked
        if asked.reported is None and asked.admits_all:
            return
        for position, mark in enumerate(self._marks.all()):
            if self.holds(position):
                continue
            if mark >= PART:
                left_out = not asked.admits_all and not self._accepts(position)
            else:
                undated = asked.reported is not None and complete.publications[position] == NEVER
                left_out = undated and complete.stands_alone(position)
            if left_out:
                yield position


def as_of(complete: CompleteView, asked: AsOf, near: Iterable[CutView] = ()) -> Overlay:
    """Return the view within the cuts of a question, with its evidence and its policy.

    `near` gives other cuts of the view, the best one first: the first that is near enough helps to make this one.
    """
    if not _reads_apart(asked):  # a policy of a user's may depend on any entry: all are read as one
        identity = complete.identities.at(asked.upto, asked.hides)
        whole_log = _read(complete, asked, identity, range(1, asked.upto + 1))
        marks = Marks.alike(HIDDEN, asked.upto)
        return Overlay(complete, [whole_log], identity=identity, marks=marks, left_out=lambda: whole_log.says.left_out)
    return CutView(complete, asked, next((cut for cut in near if is_near(complete, cut.asked, asked)), None))


def _reads_apart(asked: AsOf) -> bool:
    """Tell whether entries that do not name one another are read apart."""
    return elsewhere(asked) in POLICIES.values()


def _with_components(complete: CompleteView, positions: Iterable[int], but: Container[int]) -> set[int]:
    """Return some positions, and those of their components, but for the components that have some first positions."""
    found: set[int] = set()
    for position in positions:
        together = complete.components.of(position) or (position,)
        if position not in found and together[0] not in but:
            found.update(together)
    return found


def _is_later(asked: AsOf, before: AsOf) -> bool:
    """Tell whether two questions differ in their cuts alone, and the first shows all that the other does."""
    by, until = asked.reported, before.reported
    published = until == by or (until is not None and by is not None and until < by)
    return published and before.upto <= asked.upto and before == asked._replace(upto=before.upto, reported=until)


def _with_more(complete: CompleteView, asked: AsOf, near: CutView, between: Iterable[int]) -> dict[int, Joined]:
    """Return what components say, by their first position, that only have more entries than in an earlier cut."""
    before = near.asked
    if not _is_later(asked, before):
        return {}
    new: dict[int, list[int]] = {}
    for position in between:
        if complete.components.root(position) is not None:
            new.setdefault((complete.components.of(position) or (position,))[0], []).append(position)
    known = {first: Shown(*shown, before) for first in new if (shown := near.shown(first)) is not None}
    found = {first: showing_more(complete, asked, shown, new[first]) for first, shown in known.items()}
    return {first: joined for first, joined in found.items() if joined is not None}


def _marks(complete: CompleteView, asked: AsOf, near: CutView | None, moved: Iterable[int]) -> Marks:
    """Mark what a question leaves of each position, as if all stood alone; a cut nearby may know most marks."""
    one, made = partial(_mark, complete, asked), None
    if near is not None and near.marks.made is not None:
        made = near.marks.made[: asked.upto + 1]
        made.extend(bytes(asked.upto + 1 - len(made)))
        for position in moved:
            if position <= asked.upto:
                made[position] = one(position)
    return Marks(one, partial(_all_marks, complete, asked), made)


def _all_marks(complete: CompleteView, asked: AsOf) -> bytearray:
    marks = complete.kinds[: asked.upto + 1].translate(_AS_IT_IS)
    if asked.reported is not None:
        later, in_part = complete.publishing.after(asked.reported)
        for position in later:
            if position <= asked.upto:
                marks[position] = HIDDEN
        for position in in_part:
            if position <= asked.upto:
                marks[position] = _mark(complete, asked, position)
    return marks


def _mark(complete: CompleteView, asked: AsOf, position: int) -> int:
    """Mark what a question leaves of one position, as if it stood alone."""
    if not public(complete, asked, position) or not complete.kinds[position]:
        return HIDDEN
    return WHOLE if is_whole(complete, asked, position) else PART


def _components(
    complete: CompleteView, asked: AsOf, identity: Identity, among: AbstractSet[int] | None
) -> tuple[list[Component], list[Component]]:
    """Return the components that read otherwise within the cuts of a question, and those that read the same.

    `among` has the positions whose components are wanted; None: all are. An entry that stands alone, and mentions a
    name with another canonical name here, is a component by itself.
    """
    renamed = _renamed(complete, asked, identity, among)
    alone = sorted(p for p in renamed if complete.components.root(p) is None and (among is None or p in among))
    own, same = [_read(complete, asked, identity, (position,)) for position in alone], []
    picked, otherwise = None, asked.choose
    if isinstance(asked.choose, Pick):
        picked, otherwise = complete.source.find((asked.choose.id,)).get(asked.choose.id), asked.choose.otherwise
    as_they_are = asked.admits_all and otherwise is standing
    for root, positions in _bound(complete, among):
        if (
            as_they_are
            and picked not in positions
            and renamed.isdisjoint(positions)
            and all(is_whole(complete, asked, position) for position in positions)
        ):
            same.append(Component(positions, complete.component(root)))
        else:
            own.append(_read(complete, asked, identity, positions))
    return own, same


def _renamed(
    complete: CompleteView, asked: AsOf, identity: Identity, among: AbstractSet[int] | None
) -> AbstractSet[int]:
    """Return the positions, among some, of entries that mention a name with another canonical name here."""
    if among is None:
        return complete.identities.mentions(identity.changes(complete.identity), asked.upto)
    if identity is complete.identity:
        return set()
    entries = complete.source.get([position for position in among if position <= asked.upto])
    tag, other = identity.tag, complete.identity.tag
    return {entry.position for entry in entries if any(tag(name) != other(name) for name in entry.tags)}


def _bound(complete: CompleteView, among: AbstractSet[int] | None) -> Iterable[tuple[int, Sequence[int]]]:
    components = complete.components
    if among is None:
        return components
    roots = {components.root(position): components.of(position) for position in among}
    return [(root, positions) for root, positions in roots.items() if root is not None and positions is not None]


def _read(complete: CompleteView, asked: AsOf, identity: Identity, positions: Sequence[int]) -> Component:
    entries = complete.source.get([position for position in positions if position <= asked.upto])
    found = history(
        entries,
        reported=asked.reported,
        accept=asked.accept,
        choose=asked.choose,
        hides=asked.hides,
        identity=identity,
        tz=complete.tz,
    )
    return Component(positions, found)
