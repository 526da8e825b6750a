"""The cuts: the entries within the recorded and the reported clock, and the editorial entries in force."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo

from timeline.entry import Entry
from timeline.events.declare import Redacted
from timeline.events.editorial import EDITORIAL, EventRetracted, EventsMerged, targets
from timeline.events.entity import REGISTRATIONS, IdentityJudged
from timeline.values.instants import FUTURE
from timeline.values.report import Report

Publication = tuple[int, int]
"""A moment (exclusive, in microseconds), and the last position of those first published just by then."""


class Visible:
    """The entries within the cuts, ordinary and editorial, and the reports visible of each."""

    def __init__(self, entries: Iterable[Entry], reported: Publication | None, tz: tzinfo) -> None:
        self.tz = tz
        self.known: dict[str, Entry] = {}
        self.reports: dict[str, tuple[Report, ...]] = {}
        self.ordinary: list[Entry] = []
        self.editorial: list[Entry] = []
        self.undated: list[Entry] = []
        self.erased: set[str] = set()
        self.cut = reported is not None
        for entry in entries:
            self.known[entry.id] = entry
            if isinstance(entry.event, Redacted):
                self.erased.add(entry.id)
            else:
                self._sort(entry, entry.reports if reported is None else published(entry, reported, tz))
        self.retracted = self._retracted()
        self.out = set(self.retracted)
        self.in_force = self._in_force()

    def _sort(self, entry: Entry, reports: tuple[Report, ...]) -> None:
        event = entry.event
        editorial = isinstance(event, EDITORIAL)
        if self.cut and not reports:
            ours = self._is_judgement(event)
            if first_published(entry.reports, self.tz) is not None and not ours:
                return
            if not ours and not editorial and not isinstance(event, REGISTRATIONS):
                self.undated.append(entry)
                return
        self.reports[entry.id] = reports
        (self.editorial if editorial else self.ordinary).append(entry)

    def _is_judgement(self, event: object) -> bool:
        """Tell whether an event is a judgement of names, or retracts one: no publication cuts it."""
        while isinstance(event, EventRetracted) and event.target in self.known:
            event = self.known[event.target].event
        return isinstance(event, IdentityJudged)

    def _retracted(self) -> set[str]:
        """Return the targets of retractions in force, working backwards: a later one may retract an earlier."""
        out: set[str] = set()
        for entry in reversed(self.editorial):
            if isinstance(entry.event, EventRetracted) and entry.id not in out:
                out.add(entry.event.target)
        return out

    def _in_force(self) -> list[Entry]:
        """Return the editorial entries that are not retracted, by themselves or with an entry that they name.

        Entries outside the cut hand a retraction on. A merge stays, and the rest of its entries count once.
        """
        out = self.out
        for entry in self.known.values() if out else ():
            named = () if isinstance(entry.event, EventsMerged) else targets(entry.event)
            if not out.isdisjoint(named):
                out.add(entry.id)
        return [entry for entry in self.editorial if entry.id not in out]

    def public(self, entry: Entry) -> bool:
        """Tell whether an editorial entry may replace a target outside the cut: only if it was published."""
        return not self.cut or bool(self.reports[entry.id])


def published(entry: Entry, by: Publication, tz: tzinfo) -> tuple[Report, ...]:
    """Return the reports of an entry that were public by then; none if its first publication came later."""
    seen = tuple(r for r in entry.reports if r.published is not None and r.published.span(tz).end <= by[0])
    return seen if entry.position <= by[1] or first_published(seen, tz) != by[0] else ()


def first_published(reports: Iterable[Report], tz: tzinfo) -> int | None:
    """Return the end of the earliest publication; None if no report bears a date that ends."""
    return earliest(report.published.span(tz).end for report in reports if report.published is not None)


def earliest(ends: Iterable[int]) -> int | None:
    """Return the earliest end; None if every end is open."""
    return min([end for end in ends if end < FUTURE], default=None)
