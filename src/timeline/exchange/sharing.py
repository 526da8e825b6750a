"""The one way every export gets its entries.

Marked claims (`timeline.answers.sharing`) are left out before anything is folded, so a sum, a plan or a date in an
export never rests on one. What an entry says is its own: a correction whose replacement is not marked lifts the mark.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, Literal, TypedDict, TypeVar, Unpack

import attrs
from attrs import field, frozen

from timeline.answers import behind
from timeline.answers.sharing import (
    allowed_markings,
    coarsened_event,
    coarsened_value,
    markings,
    marks,
    suppressed,
    suppressed_event,
    suppressed_value,
)
from timeline.answers.situation import Situation
from timeline.entry import Entry
from timeline.errors import InvalidValue
from timeline.events.declare import Redacted, UnknownEvent
from timeline.events.editorial import (
    EDITORIAL,
    EventCorroborated,
    EventRedacted,
    EventRetracted,
    EventsMerged,
    targets,
)
from timeline.events.naming import tags_of
from timeline.exchange.given import options_given, timeline_given
from timeline.exchange.small import is_opaque, near_small, without_quotes, without_reason
from timeline.history.claims import Claim
from timeline.history.policies import Accept, Policy
from timeline.history.reading import Reading
from timeline.timeline import Timeline
from timeline.values.containers import FrozenMapping
from timeline.values.place import Place, Precision, precision_given
from timeline.values.quantity import Quantity
from timeline.values.report import Modality, Report
from timeline.values.when import WhenLike

T = TypeVar("T")


class Options(TypedDict, total=False):
    """The options of every export: the cuts of `Timeline.at`, and what may leave.

    `allow` names markings that may leave as well. With `suppress_below=5`, numbers of people from 1 to 4 become that
    range. With `precision="town"`, no place leaves that is known less precisely.
    """

    occurred: WhenLike | None
    recorded: WhenLike | None
    reported: WhenLike | None
    accept: Accept | None
    policy: Policy
    certainty: Literal["definite", "possible"]
    allow: Iterable[str]
    suppress_below: int | None
    precision: Precision | None


def _kept(counts: Mapping[str, int]) -> FrozenMapping[str, int]:
    return FrozenMapping(dict(sorted(counts.items())))


@frozen
class Written:
    """The result of an export: how many entries went out, and how many were left out or reduced, by reason.

    >>> print(Written(3, left_out={"undated": 2}))
    3 written; left out: 2 undated
    """

    count: int
    left_out: Mapping[str, int] = field(default=FrozenMapping(), converter=_kept, kw_only=True)
    reduced: Mapping[str, int] = field(default=FrozenMapping(), converter=_kept, kw_only=True)

    def __str__(self) -> str:
        said = (("left out", self.left_out), ("reduced", self.reduced))
        parts = (f"{name}: {', '.join(f'{n} {why}' for why, n in which.items())}" for name, which in said if which)
        return "; ".join([f"{self.count} written", *parts])


class Export:
    """The entries that may leave, as read within the cuts, and the counts of the rest.

    A format that cannot take one adds its reason to `left_out`, one that tells less of it to `reduced`.
    """

    def __init__(
        self,
        line: Timeline,
        situation: Situation,
        *,
        allowed: frozenset[str],
        below: int | None,
        precision: Precision | None,
        accept: Accept | None,
    ) -> None:
        self._line = line
        self._allowed = allowed
        self._accept = accept
        self.situation = situation
        self.left_out: Counter[str] = Counter()
        self.reduced: Counter[str] = Counter()
        self._below = below
        self._precision = precision
        self.readings = tuple(r for r in situation.readings if not self._stays(r))
        self._ids = {reading.case.entry.id for reading in self.readings}

    def entries(self) -> Iterator[Entry]:
        """Yield each entry as read, with small numbers as a range."""
        return map(self.entry, self.readings)

    def entry(self, reading: Reading) -> Entry:
        """Return the entry of a reading, without references to entries that do not leave."""
        entry = self._quiet(reading.entry)
        known = {name: self._named(getattr(entry, name)) for name in ("after", "part_of", "fulfils")}
        return attrs.evolve(entry, tags=tags_of(entry.event), **known)

    def listed(self) -> Iterator[Entry]:
        """Yield every entry on the log that may leave: as recorded, or as read if only its present version may.

        Editorial entries and what they withdrew are among them, and reports only as far as published by then.
        """
        read = {reading.case.entry.id: reading for reading in self.readings}
        turned_away = {entry.id for entry in self.situation.left_out}
        entries = [entry for entry in self._line.entries() if self._known(entry)]
        open_ = {entry.id for entry in unmarked(entries, self._allowed)[0]} - turned_away
        for entry in entries:
            if isinstance(entry.event, Redacted):
                yield entry
            elif entry.id in open_ and not (self.suppresses and is_opaque(entry.event)):
                yield self._as_recorded(entry)
            elif entry.id in read:
                yield self.entry(read[entry.id])

    def _as_recorded(self, entry: Entry) -> Entry:
        """Return an entry as it is on the log, without small numbers and later reports."""
        quiet, end, tz = self._quiet(entry), self.situation.clocks.reported, self.situation.tz
        if end is None:
            return quiet
        reports = (r for r in quiet.reports if r.published is not None and r.published.span(tz).end <= end)
        return attrs.evolve(quiet, reports=tuple(reports))

    def withdrawn(self) -> Iterator[tuple[Entry, int]]:
        """Yield entries that left earlier and no longer hold, each with the time of the last entry that names it.

        Retracted, redacted or merged within the cuts, and not marked.
        """
        entries = {entry.id: entry for entry in self._line.entries() if self._known(entry)}
        last = {
            id: entry.recorded_micros
            for entry in entries.values()
            if isinstance(entry.event, EventRetracted | EventRedacted | EventsMerged) and self._says_so(entry)
            for id in targets(entry.event)
        }
        for id, recorded in last.items():
            entry = entries[id]
            if not isinstance(entry.event, EDITORIAL) and not markings(entry.tags) - self._allowed:
                (case,) = behind.cases_of(self.situation, [id])
                if case is None or case.entry.id != id:
                    yield entry, recorded

    def _says_so(self, entry: Entry) -> bool:
        """Tell whether others may know of a withdrawal: always of a redaction, so that they erase it too."""
        return isinstance(entry.event, EventRedacted) or not markings(tags_of(entry.event)) - self._allowed

    def _known(self, entry: Entry) -> bool:
        """Say if an entry was recorded by then, and published by then unless it bears no publication."""
        asked, tz = self.situation.clocks, self.situation.tz
        ends = [report.published.span(tz).end for report in entry.reports if report.published is not None]
        recorded = asked.recorded is None or entry.recorded_micros < asked.recorded
        return recorded and (asked.reported is None or not ends or min(ends) <= asked.reported)

    def quantity(self, quantity: Quantity) -> Quantity:
        """Return a number as it may leave."""
        return quantity if self._below is None else suppressed(quantity, self._below)

    def value(self, value: Any) -> Any:
        """Return a value of a user's own projection as it may leave; None where it may hold a small number."""
        placed = value if self._precision is None else coarsened_value(value, self._precision)
        return placed if self._below is None else suppressed_value(placed, self._below)

    def place(self, place: Place) -> Place | None:
        """Return a place as it may leave; None where it is known less precisely than asked."""
        return place if self._precision is None or place.is_within(self._precision) else None

    def event(self, event: Any) -> Any:
        """Return an event as it may leave: without places less precise than asked, and with small numbers as a range.

        What tells a small number in words, `detail`, goes with it.
        """
        placed = event if self._precision is None else coarsened_event(event, self._precision)
        return placed if self._below is None else suppressed_event(placed, self._below)

    @property
    def precision(self) -> Precision:
        """The least precision of a place that leaves as a point: as asked, else a town."""
        return self._precision or "town"

    @cached_property
    def places(self) -> Mapping[str, Place]:
        """The place of each facility, by every slug that means it, however precise it is.

        It is as registered by entries that may leave.
        """
        found = self.situation.facilities
        return self.by_every_name({slug: place for slug in found if (place := found[slug].coordinates) is not None})

    def by_every_name(self, by_slug: Mapping[str, T]) -> dict[str, T]:
        """Return what is known of facilities by slug, under every slug that means the same."""
        entities = self.situation.entities
        known = ((entities.get(f"facility:{slug}"), value) for slug, value in by_slug.items())
        same = {tag: value for entity, value in known if entity is not None for tag in (entity.tag, *entity.same)}
        return {**{tag.partition(":")[2]: value for tag, value in same.items()}, **by_slug}

    @property
    def suppresses(self) -> bool:
        """True if small numbers become a range."""
        return self._below is not None

    def placed(self, entry: Entry) -> tuple[date, date] | None:
        """Return the time of an entry, for a format in which everything has a date and has happened, or is planned."""
        if not self.real(entry):
            return None
        when = entry.occurred
        if when is None:
            self.left_out["undated"] += 1
        elif when.earliest is None or when.latest is None or _endless(when.earliest, when.latest):
            self.left_out["open on one side"] += 1
        else:
            return when.earliest, when.latest
        return None

    def may_leave(self, claim: Claim) -> bool:
        """Say if a version of what happened is neither marked nor turned away."""
        return not marks(claim) - self._allowed and (self._accept is None or self._accept(claim))

    def real(self, entry: Entry) -> bool:
        """Tell whether an entry happened or is planned, for a format that cannot say that it was feared or denied."""
        if entry.modality in (Modality.ACTUAL, Modality.PLANNED):
            return True
        self.left_out[entry.modality.value] += 1
        return False

    def written(self, count: int) -> Written:
        return Written(count, left_out=self.left_out, reduced=self.reduced)

    def _stays(self, reading: Reading) -> bool:
        """Tell whether a reading stays, and count the reason."""
        if self._below is not None and isinstance(reading.event, UnknownEvent):
            self.left_out["of unknown type, whose numbers cannot be recognized"] += 1
            return True
        return False

    def reason_left_out(self, claims: Sequence[Claim]) -> str:
        """Say why no version of an entry is read that bears no mark."""
        if not claims:
            return "without a dated publication"
        accepted = [claim for claim in claims if self._accept is None or self._accept(claim)]
        if not accepted:
            return "not accepted"
        return "denied" if any(claim.event is None for claim in accepted) else "not picked by the policy"

    def _named(self, named: Any) -> Any:
        names = (named,) if isinstance(named, str) else named or ()
        cases = behind.cases_of(self.situation, names)
        kept = tuple(case.entry.id for case in cases if case is not None and case.entry.id in self._ids)
        if len(kept) < len(names):
            self.reduced["references to entries left out"] += len(names) - len(kept)
        return kept if isinstance(named, tuple) else next(iter(kept), None)

    def reports(self, claim: Claim) -> tuple[Report, ...]:
        """Return the reports of a version as they may leave: without words that may tell a small number."""
        return without_quotes(claim.reports) if claim.entry.id in self._near_small else claim.reports

    def _quiet(self, entry: Entry) -> Entry:
        """Return an entry as it may leave, and count how it is reduced."""
        event = entry.event
        placed = event if self._precision is None else coarsened_event(event, self._precision)
        if placed is not event:
            self.reduced[f"without places less precise than {self._precision}"] += 1
        found = placed if self._below is None else suppressed_event(placed, self._below)
        if found is placed and entry.id not in self._near_small:
            return entry if found is event else attrs.evolve(entry, event=found)
        quiet = attrs.evolve(entry, event=without_reason(found), reports=without_quotes(entry.reports))
        if found is not placed:
            self.reduced["with small counts as a range"] += 1
        elif quiet.event != found or quiet.reports != entry.reports:
            self.reduced["without words beside small counts"] += 1
        return quiet

    @cached_property
    def _near_small(self) -> frozenset[str]:
        """The ids of entries whose words may tell a small number."""
        if self._below is None:
            return frozenset()
        told = (entry for entry in self._line.entries() if not isinstance(entry.event, Redacted))
        return near_small((entry for entry in told if not _markings_of(entry) - self._allowed), self._below)


def without_marked(situation: Situation, allow: Iterable[str] = ()) -> Situation:
    """Return a situation as if the log did not hold what bears a marking, other than those that may leave.

    Raises: InvalidValue.
    """
    allowed = allowed_markings(allow)
    return behind.without(situation, lambda found: bool(_markings_of(found) - allowed))


def limit_given(below: int | None) -> int | None:
    """Return the limit below which numbers of people become a range; None if there is none.

    Raises: InvalidValue.
    """
    if below is not None and (isinstance(below, bool) or not isinstance(below, int) or below < 2):
        raise InvalidValue(f"suppress_below is {below!r}: expected a whole number from 2 on, such as 5.", value=below)
    return below


def _markings_of(found: Claim | Entry) -> frozenset[str]:
    return markings(tags_of(found.event)) if isinstance(found, Entry) else marks(found)


def export(line: Timeline, **options: Unpack[Options]) -> Export:
    """Return what may leave of a timeline, within the cuts.

    Raises: InvalidValue, InvalidWhen.
    """
    options_given(options, Options.__annotations__)
    asked: dict[str, Any] = dict(options)
    allowed = allowed_markings(asked.pop("allow", ()))
    below, accept = limit_given(asked.pop("suppress_below", None)), asked.pop("accept", None)
    precision = asked.pop("precision", None)
    if precision is not None:
        precision_given(precision)
    withheld: dict[str, str] = {}

    def hides(found: Claim | Entry) -> bool:
        entry = found if isinstance(found, Entry) else found.entry
        marked = _markings_of(found) - allowed
        if marked:
            withheld[entry.id] = f"marked {min(marked)}"
        return bool(marked)

    situation = behind.without(timeline_given(line).at(**asked, accept=accept), hides)
    exported = Export(line, situation, allowed=allowed, below=below, precision=precision, accept=accept)
    _say(exported, withheld)
    return exported


def unmarked(entries: Iterable[Entry], allow: Iterable[str] = ()) -> tuple[list[Entry], Written]:
    """Return the entries that may leave, as they are on the log, and the counts of the others.

    >>> unmarked([])
    ([], Written(count=0, left_out={}, reduced={}))
    """
    allowed, kept = allowed_markings(allow), []
    gone: set[str | None] = set()
    left_out: Counter[str] = Counter()
    for entry in entries:
        reason = _kept_back(entry, allowed, gone)
        if reason is None:
            kept.append(entry)
        else:
            gone.add(entry.id)
            left_out[reason] += 1
    return kept, Written(len(kept), left_out=left_out)


def _kept_back(entry: Entry, allowed: frozenset[str], gone: set[str | None]) -> str | None:
    """Say why an entry stays. A redaction goes out whatever it names, so that others erase it too."""
    found = markings(entry.tags) - allowed
    if found or isinstance(entry.event, Redacted):
        return f"marked {min(found)}" if found else "redacted"
    named = {*targets(entry.event), *entry.after, entry.part_of, entry.fulfils} & gone
    return "naming an entry left out" if named and not isinstance(entry.event, EventRedacted) else None


def _endless(earliest: date, latest: date) -> bool:
    """Tell whether a time ends with the calendar: some write an open end so."""
    return latest.toordinal() == date.max.toordinal() and earliest.year < latest.year


_WITHHELD = {EventCorroborated: "corroborations", EventsMerged: "merges"}
"""What an editorial entry that is withheld would add to its target; any other adds a rival claim."""


def _say(exported: Export, withheld: Mapping[str, str]) -> None:
    """Count what the cuts and the markings kept out, by reason."""
    for entry in exported.situation.left_out:
        claims = exported.situation.claims(entry)
        marked = (withheld[claim.entry.id] for claim in claims if claim.entry.id in withheld)
        exported.left_out[next(marked, exported.reason_left_out(claims))] += 1
    leaving = {reading.case.entry.id for reading in exported.readings}
    for entry in behind.entries_of(exported.situation, list(withheld)):
        named = targets(entry.event)[:1]
        (case,) = behind.cases_of(exported.situation, named) if named else (None,)
        if case is not None and case.entry.id in leaving:
            kind = _WITHHELD.get(type(entry.event), "rival claims")
            exported.reduced[f"{kind} {withheld[entry.id]}"] += 1
