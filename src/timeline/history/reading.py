"""Readings: entries as read at a point of the clocks, in fold order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import attrs

from timeline.entry import Entry
from timeline.events.declare import akin
from timeline.events.editorial import EDITORIAL
from timeline.history.cases import Case, Cases, linked
from timeline.history.claims import Claim
from timeline.history.identity import APART, Identity
from timeline.values.report import Report
from timeline.values.when import When

Point = tuple[int, int, int]
"""The place of a reading in fold order: its end, its start, the position of its entry."""


@attrs.frozen(slots=False, eq=False)
class Reading:
    """An entry as read at a point of the clocks: projections fold readings.

    `event` and `occurred` are those of the chosen claim; `event` has canonical names by `identity`,
    while `claim` and `entry` show what was said. `[start, end)` are its bounds in microseconds;
    `start` may be open. `is_part` is true for a part of another event, known or not, and `is_share` for a
    part of an event of its own type. `of` is the reading of the whole, and `parts` are the readings of
    parts that were folded before their whole. `follows` holds the positions of the entries in `after`.
    `again` looks up the entry of a reading that says just what its entry does, so that no value need keep it.
    """

    case: Case
    claim: Claim
    start: int
    end: int
    is_part: bool = False
    is_share: bool = False
    of: Reading | None = None
    parts: tuple[Reading, ...] = ()
    follows: frozenset[int] = frozenset()
    identity: Identity = attrs.field(default=APART, repr=False)
    again: Callable[[int], Entry] | None = attrs.field(default=None, repr=False)
    event: Any = attrs.field(init=False, repr=False)
    point: Point = attrs.field(init=False, repr=False)
    """The place of the reading in fold order."""
    memo: dict[str, Any] = attrs.field(factory=dict, init=False, repr=False)
    """A cache for values that a projection needs more than once; a reading with more parts has one of its own."""

    @event.default
    def _canonically(self) -> Any:
        return self.identity.event(self.claim.event)

    @point.default
    def _placed(self) -> Point:
        return (self.end, self.start, self.case.entry.position)

    @property
    def whole(self) -> Any | None:
        """The event of its whole, whichever of the two is folded first; None if no whole is known."""
        return None if self.of is None else self.of.event

    @property
    def within(self) -> Any | None:
        """The event of its whole, if that was folded before."""
        return None if self.of is None or self.point < self.of.point else self.of.event

    @property
    def occurred(self) -> When | None:
        return self.claim.occurred

    @property
    def reports(self) -> tuple[Report, ...]:
        return self.claim.reports

    @property
    def disputed(self) -> bool:
        return self.case.disputed

    def named(self, claim: Claim) -> Claim:
        """Return a claim to the same case, with canonical names."""
        event, denied = self.identity.event(claim.event), self.identity.event(claim.denied)
        same = event is claim.event and denied is claim.denied
        return claim if same else attrs.evolve(claim, event=event, denied=denied)

    @property
    def entry(self) -> Entry:
        """The entry with the claim in place of what was recorded. It equals the entry itself."""
        return as_read(self.case.entry, self.claim)


def as_read(entry: Entry, claim: Claim) -> Entry:
    """Return an entry with the content and the reports of a claim in place of what was recorded.

    A dispute keeps its event; only its reports are those of the claim.
    """
    same = claim.event is entry.event and claim.occurred is entry.occurred and claim.reports == entry.reports
    if claim.entry is entry and same:
        return entry
    if isinstance(entry.event, EDITORIAL):
        return attrs.evolve(entry, reports=claim.reports)
    return attrs.evolve(
        entry, event=claim.event, occurred=claim.occurred, reports=claim.reports, modality=claim.modality
    )


def arrange(readings: Sequence[Reading], found: Cases) -> tuple[Reading, ...]:
    """Put readings in fold order, and link parts with their wholes."""
    stands = Climb(found)
    ordered = sorted((with_links(reading, found, stands) for reading in readings), key=lambda reading: reading.point)
    at = {id(reading.case): number for number, reading in enumerate(ordered)}
    climb = Climb(found, lambda case: id(case) in at)
    named = ((number, climb.whole(reading.case)) for number, reading in enumerate(ordered))
    wholes = {number: at[id(whole)] for number, whole in named if whole is not None}
    early: dict[int, list[int]] = {}
    for number, whole in _downwards(wholes, lambda number: ordered[number].case.entry.position):
        ordered[number] = attrs.evolve(ordered[number], of=ordered[whole])
        if number < whole:
            early.setdefault(whole, []).append(number)
    for whole, parts in early.items():
        ordered[whole] = attrs.evolve(ordered[whole], parts=tuple(ordered[number] for number in sorted(parts)))
    return tuple(ordered)


def _downwards(wholes: dict[int, int], position: Callable[[int], int]) -> Iterator[tuple[int, int]]:
    """Yield every part with its whole, each whole before its parts.

    Merging can make wholes parts of one another. In such a circle, the entry recorded first is not a part,
    because no entry can name a later one.
    """
    done: set[int] = set()
    for number in list(wholes):
        path = [number]
        seen = {number}
        while path[-1] in wholes and path[-1] not in done and wholes[path[-1]] not in seen:
            path.append(wholes[path[-1]])
            seen.add(path[-1])
        top = path[-1]
        if top in wholes and top not in done:
            first = min(path[path.index(wholes[top]) :], key=position)
            del wholes[first]
            path = [*path[path.index(first) + 1 :], *path[: path.index(first) + 1]]
        for part in reversed(path):
            if part in wholes and part not in done:
                yield part, wholes[part]
            done.add(part)


def with_links(reading: Reading, found: Cases, stands: Climb) -> Reading:
    """Return a reading that knows whether it is a part, and what it follows."""
    named = ((name, stands.nearest(name)) for name in linked(reading.case, "part_of"))
    wholes = [whole for name, whole in named if whole is not None or name not in found.retracted]
    is_part, is_share = bool(wholes), any(whole is None or _same_type(whole, reading) for whole in wholes)
    before = (found.of(name) for name in linked(reading.case, "after"))
    follows = frozenset(case.entry.position for case in before if case is not None)
    if not (is_part or follows):
        return reading
    return attrs.evolve(reading, is_part=is_part, is_share=is_share, follows=follows)


def _same_type(case: Case, reading: Reading) -> bool:
    return akin(case.claims[0].event, reading.event)


class Climb:
    """Find the wholes of parts: past entries outside the cut, retracted or not read, whose own wholes they name."""

    def __init__(self, found: Cases, is_read: Callable[[Case], bool] = lambda case: True) -> None:
        self._found = found
        self._is_read = is_read
        self._above: dict[str, Case | None] = {}

    def whole(self, case: Case) -> Case | None:
        """Return the nearest whole of a case that is read; None without one."""
        wholes = (self.nearest(name) for name in linked(case, "part_of"))
        return next((whole for whole in wholes if whole is not None and whole is not case), None)

    def nearest(self, name: str | None) -> Case | None:
        """Return the case of an id if it is read, else that of its nearest whole."""
        passed: dict[str, None] = {}
        case = None
        while name is not None and name not in self._above and name not in passed:
            case = self._found.of(name)
            if case is not None and self._is_read(case):
                break
            passed[name] = None
            name, case = self._next(name, case), None
        found = case if case is not None or name is None else self._above.get(name)
        self._above.update(dict.fromkeys(passed, found))
        return found

    def _next(self, name: str, case: Case | None) -> str | None:
        if case is None:
            return self._found.absent.get(name)
        return next(linked(case, "part_of"), None)
