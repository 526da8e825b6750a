"""What the recorded and the reported clock let through, and which editorial entries are in force."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo

from timeline.entry import Entry
from timeline.events.declare import Redacted
from timeline.events.editorial import EDITORIAL, EventRetracted, targets
from timeline.events.facility import FacilityRegistered
from timeline.values.instants import FUTURE
from timeline.values.report import Report

Publication = tuple[int, int]
"""A moment (exclusive, in microseconds), and the last position of those first published just by then."""


class Visible:
    """What the cuts let through: ordinary and editorial entries, and the reports visible of each."""

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
            if first_published(entry.reports, self.tz) is not None:
                return
            if not editorial and not isinstance(event, FacilityRegistered):
                self.undated.append(entry)
                return
        self.reports[entry.id] = reports
        (self.editorial if editorial else self.ordinary).append(entry)

    def _retracted(self) -> set[str]:
        """A retraction holds unless a later one, which holds itself, retracts it: so, backwards."""
        out: set[str] = set()
        for entry in reversed(self.editorial):
            if isinstance(entry.event, EventRetracted) and entry.id not in out:
                out.add(entry.event.target)
        return out

    def _in_force(self) -> list[Entry]:
        """Editorial entries that are not retracted, and name nothing that is or falls with it."""
        out, standing = self.out, []
        for entry in self.editorial:
            if out.isdisjoint((entry.id, *targets(entry.event))):
                standing.append(entry)
            else:
                out.add(entry.id)
        return standing

    def public(self, entry: Entry) -> bool:
        """Whether an editorial entry may stand in for a target outside the cut: only what was published."""
        return not self.cut or bool(self.reports[entry.id])


def published(entry: Entry, by: Publication, tz: tzinfo) -> tuple[Report, ...]:
    """The reports of an entry that were public by then; none of one that was first published later."""
    seen = tuple(r for r in entry.reports if r.published is not None and r.published.span(tz).end <= by[0])
    return seen if entry.position <= by[1] or first_published(seen, tz) != by[0] else ()


def first_published(reports: Iterable[Report], tz: tzinfo) -> int | None:
    """The end of the earliest publication; None where none bears a date, or that date has no end."""
    return earliest(report.published.span(tz).end for report in reports if report.published is not None)


def earliest(ends: Iterable[int]) -> int | None:
    """The earliest of the ends there are; None where nothing has one."""
    return min((end for end in ends if end < FUTURE), default=None)
