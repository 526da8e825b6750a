"""Entries that join a history and usually change no earlier one.

A part, a deed after another, a plan carried out: each names earlier entries and leaves them unchanged, except
the whole that gains a part. `join` adds such entries without recomputing the others. A history that grows
entry by entry therefore costs no more than one that is read at once.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo
from typing import NamedTuple

import attrs

from timeline.entry import Entry
from timeline.events.declare import Redacted
from timeline.events.editorial import EDITORIAL
from timeline.history.bounds import ChosenClaim, clamped, mistimed, reported_by
from timeline.history.cases import Case
from timeline.history.claims import Claim
from timeline.history.history import History, announced
from timeline.history.identity import APART, Identity
from timeline.history.reading import Point, Reading, linked, with_links
from timeline.values.report import Modality


class Joined(NamedTuple):
    """A history after some entries have joined."""

    history: History
    at: Mapping[int, Reading]
    """Its readings, by the position of their entry."""
    gone: tuple[Reading, ...]
    """The earlier readings that have changed."""
    come: tuple[Reading, ...]
    """The readings that replace them, and those of the entries that joined."""


def join(
    found: History, at: Mapping[int, Reading], entries: Iterable[Entry], tz: tzinfo, identity: Identity = APART
) -> Joined | None:
    """Add entries that were recorded after all those of a history that no cut, evidence or policy narrows.

    `at` has the readings of the history by position. Return None if an entry changes more than itself and its
    whole: the caller must then recompute the history.
    """
    joining = _Joining(found, at, tz, identity)
    return joining.result() if all(map(joining.take, entries)) else None


class _Joining:
    def __init__(self, found: History, at: Mapping[int, Reading], tz: tzinfo, identity: Identity) -> None:
        self.tz = tz
        self.identity = identity
        self.found = found
        self.before = at
        self.at = {**at}
        self.readings = [*found.readings]
        self.by_id = {**found.cases.by_id}
        self.cases = found.cases._replace(by_id=self.by_id)
        self.others = [*found.others]
        self.fulfilled = {**found.fulfilled}
        self.bounds = [*found.bounds]
        self.changed: set[int] = set()

    def take(self, entry: Entry) -> bool:
        """Add an entry; return False if it changes more than itself and its whole."""
        if isinstance(entry.event, (*EDITORIAL, Redacted)):
            return False
        claim = Claim(entry, entry.event, entry.occurred, entry.modality, entry.reports)
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
        reading = with_links(Reading(picked.case, picked.claim, start, end, identity=self.identity), self.cases)
        whole = next(self._named(picked.case, "part_of"), None)
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
        return (self.at[c.entry.position] for c in cases if c is not None and c.entry.position in self.at)

    def _extend(self, whole: Reading, part: Reading) -> None:
        """Add a part to the reading of its whole."""
        parts = [*whole.parts]
        insort(parts, part, key=_point)
        longer = attrs.evolve(whole, parts=tuple(parts))
        self.readings[bisect_left(self.readings, whole.point, key=_point)] = longer
        self._put(longer)

    def _put(self, reading: Reading) -> None:
        position = reading.case.entry.position
        self.at[position] = reading
        self.changed.add(position)

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
        return Joined(history, self.at, gone, tuple(self.at[position] for position in positions))


def _point(reading: Reading) -> Point:
    return reading.point
