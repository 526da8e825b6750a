"""Entries that join a history and usually change no earlier one.

A part, a deed after another, a plan carried out: each names earlier entries and leaves them unchanged, except
the whole that gains a part. `join` adds such entries without recomputing the others. A history that grows
entry by entry therefore costs no more than one that is read at once.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from itertools import islice
from typing import NamedTuple

import attrs

from timeline.entry import Entry
from timeline.events.declare import Redacted
from timeline.events.editorial import EDITORIAL
from timeline.history.bounds import ChosenClaim, clamped, mistimed, reported_by
from timeline.history.cases import Case, linked, skips_whole
from timeline.history.claims import Claim
from timeline.history.history import History, announced
from timeline.history.identity import APART, Identity
from timeline.history.reading import Climb, Point, Reading, with_links
from timeline.values.report import Modality


class Joined(NamedTuple):
    """A history after some entries have joined."""

    history: History
    gone: tuple[Reading, ...]
    """The earlier readings that have changed."""
    come: tuple[Reading, ...]
    """The readings that replace them, and those of the entries that joined."""
    claims: tuple[Claim, ...]
    """The claims of the entries that joined."""
    before: Mapping[int, Reading]
    """The earlier readings, by the position of their entry."""

    @property
    def at(self) -> Mapping[int, Reading]:
        """The readings, by the position of their entry."""
        return {**self.before, **{reading.case.entry.position: reading for reading in self.come}}


def join(
    found: History, at: Mapping[int, Reading], entries: Iterable[Entry], tz: tzinfo, identity: Identity = APART
) -> Joined | None:
    """Add entries that were recorded after all those of a history that no cut, evidence or policy narrows.

    `at` has the readings of the history by position. Return None if an entry changes more than itself and its
    whole: the caller must then recompute the history.
    """
    joining = _Joining(found, at, tz, identity)
    claims = (Claim(entry, entry.event, entry.occurred, entry.modality, entry.reports) for entry in entries)
    return joining.result() if all(map(joining.take, claims)) else None


def join_published(
    found: History, at: Mapping[int, Reading], claims: Sequence[Claim], tz: tzinfo, identity: Identity = APART
) -> Joined | None:
    """Add entries that a later cut by publication shows, by the claims they make, in the order of recording.

    No entry that the history has may name them. Return None as `join` does.
    """
    joining = _Joining(found, at, tz, identity)
    return joining.result() if all(map(joining.take, claims)) and joining.order() else None


class _Joining:
    def __init__(self, found: History, at: Mapping[int, Reading], tz: tzinfo, identity: Identity) -> None:
        self.tz = tz
        self.identity = identity
        self.found = found
        self.before = at
        self.changed: dict[int, Reading] = {}
        self.readings = [*found.readings]
        self.by_id = {**found.cases.by_id}
        self.cases = found.cases._replace(by_id=self.by_id)
        self.others = [*found.others]
        self.fulfilled = {**found.fulfilled}
        self.bounds = [*found.bounds]
        self.claims: list[Claim] = []

    def order(self) -> bool:
        """Put the cases in the order of recording; return False if they were not, or if the order of more matters."""
        before = [case.entry.position for case in self.found.cases.by_id.values()]
        if before != sorted(before) or len(self.bounds) > len(self.found.bounds):
            return False
        first = next(islice(self.by_id.values(), len(before), None), None)
        if first is not None and before and first.entry.position < before[-1]:
            by_id = dict(sorted(self.by_id.items(), key=lambda item: item[1].entry.position))
            self.cases = self.cases._replace(by_id=by_id)
        return True

    def take(self, claim: Claim) -> bool:
        """Add the claim of an entry; return False if it changes more than itself and its whole."""
        entry = claim.entry
        if isinstance(entry.event, (*EDITORIAL, Redacted)) or entry.id in self.by_id:
            return False
        self.claims.append(claim)
        picked = ChosenClaim(Case(entry, [claim]), claim)
        self.by_id[entry.id] = picked.case
        if entry.modality is not Modality.ACTUAL:
            insort(self.others, announced(picked, self.tz, self.identity), key=_point)
            return True
        told = reported_by(picked, self.tz)
        span = clamped(entry.event, entry.occurred, told, self.tz)
        wrong = mistimed(picked, span, told)
        if wrong is not None:
            self.bounds.append(wrong)
        return self._read(picked, span)

    def _read(self, picked: ChosenClaim, span: tuple[int, int]) -> bool:
        start, end = span
        for earlier in self._named(picked.case, "after"):
            if earlier.start >= end or earlier.end > end:
                return False
            start = max(start, earlier.start)
        if skips_whole(picked.case, self.by_id, self.cases.alias):
            self.cases = self.cases._replace(skips=True)
        links = Reading(picked.case, picked.claim, start, end, identity=self.identity)
        reading = with_links(links, self.cases, Climb(self.cases))
        above = Climb(self.cases, lambda case: self._at(case.entry.position) is not None).whole(picked.case)
        whole = None if above is None else self._at(above.entry.position)
        if whole is not None:
            reading = attrs.evolve(reading, of=whole)
            if reading.point < whole.point:
                self._extend(whole, reading)
        self._put(reading)
        insort(self.readings, reading, key=_point)
        self._fulfil(reading)
        return True

    def _named(self, case: Case, field: str) -> Iterator[Reading]:
        """Return the readings of the cases that a case names in a field."""
        cases = (self.cases.of(name) for name in linked(case, field))
        found = (self._at(case.entry.position) for case in cases if case is not None)
        return (reading for reading in found if reading is not None)

    def _at(self, position: int) -> Reading | None:
        return self.changed.get(position) or self.before.get(position)

    def _extend(self, whole: Reading, part: Reading) -> None:
        """Add a part to the reading of its whole."""
        parts = [*whole.parts]
        insort(parts, part, key=_point)
        longer = attrs.evolve(whole, parts=tuple(parts))
        self.readings[bisect_left(self.readings, whole.point, key=_point)] = longer
        self._put(longer)

    def _put(self, reading: Reading) -> None:
        self.changed[reading.case.entry.position] = reading

    def _fulfil(self, reading: Reading) -> None:
        for name in linked(reading.case, "fulfils"):
            plan = self.cases.of(name)
            if plan is not None:
                self.fulfilled[plan.entry.id] = min(reading.end, self.fulfilled.get(plan.entry.id, reading.end))

    def result(self) -> Joined:
        """Return the history with the entries added so far."""
        history = self.found._replace(
            cases=self.cases,
            readings=tuple(self.readings),
            others=tuple(self.others),
            fulfilled=self.fulfilled,
            bounds=tuple(self.bounds),
        )
        positions = sorted(self.changed)
        gone = tuple(self.before[position] for position in positions if position in self.before)
        return Joined(
            history, gone, tuple(self.changed[position] for position in positions), tuple(self.claims), self.before
        )


def _point(reading: Reading) -> Point:
    return reading.point
