"""Findings and claims along the reported clock: from which publication on each was to be seen, and until which."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import timezone, tzinfo
from typing import Any, ClassVar, NamedTuple

import attrs

from timeline.answers.tabular import Kind, Tabular
from timeline.answers.text import last_moment
from timeline.errors import ProjectionFailed
from timeline.events.declare import UnknownEvent
from timeline.events.entity import REGISTRATIONS
from timeline.events.naming import tags_of
from timeline.history.claims import Claim
from timeline.history.contradictions import DatedFinding, contradictions
from timeline.history.duplicates import doubles, duplicate, duplicate_key, groups
from timeline.history.finding import Finding
from timeline.history.history import History
from timeline.history.identity import kind_of
from timeline.history.reading import Reading
from timeline.index.complete import NEVER
from timeline.index.growing import Growing, PublicationStep
from timeline.index.unread import unread
from timeline.index.unregistered import contradictory, is_named, unregistered_finding
from timeline.index.view import EVERYTHING
from timeline.projections.projection import Path
from timeline.values.instants import FUTURE, PAST, instant
from timeline.values.names import EntityNames
from timeline.values.when import When, WhenLike


class Lasting(NamedTuple):
    """A finding or a claim, and the publications between which it is seen."""

    published: int
    """From which on: microseconds, as of `Span`."""
    until: int
    """Until which, exclusive; above `FUTURE`: still, or until the clock is left free."""
    what: Any

    def covers(self, reported: int | None) -> bool:
        """Tell whether it is seen by a moment of the reported clock, given as an exclusive end; None: free."""
        return self.published <= (NEVER if reported is None else reported) < self.until

    def said(self, tz: tzinfo) -> str:
        """Write it with the days of a zone."""
        ends = [last_moment(m, tz) for m in self[:2] if PAST < m < FUTURE]
        return f"{' to '.join(ends) or 'always'}  {self.what}"

    def __str__(self) -> str:
        return self.said(timezone.utc)


class Lastings(Tabular, tuple[Lasting, ...]):  # noqa: SLOT001  # it remembers the zone
    """Findings or claims, each with the publications between which it is seen, in order of the first.

    `tz` is the zone in which it reads and prints days.
    """

    tz: tzinfo = timezone.utc
    columns: ClassVar[Mapping[str, Kind]] = {"published": "moment", "until": "moment", "what": "text"}

    def at(self, reported: WhenLike | int | None = None) -> tuple[Any, ...]:
        """Return those seen by a moment of the reported clock, a time or an exclusive end; None: left free.

        Raises: InvalidWhen.
        """
        end = reported if reported is None or isinstance(reported, int) else When.of(reported).span(self.tz).end
        return tuple(lasting.what for lasting in self if lasting.covers(end))

    def rows(self) -> Iterator[Mapping[str, Any]]:
        """Yield a row for each."""
        for published, until, what in self:
            begins, ends = (instant(m) if PAST < m < FUTURE else None for m in (published, until))
            yield {
                "published": begins,
                "until": ends,
                "what": what.said({}) if isinstance(what, Finding) else str(what),
            }

    def within(self, tz: tzinfo) -> Lastings:
        """Let new ones read and print days in a zone, and return them."""
        self.tz = tz
        return self

    def knowing(self, called: Callable[[], EntityNames]) -> Lastings:
        """Return them with the lookup of what people call the entities that findings name."""
        return Lastings(
            one._replace(what=attrs.evolve(one.what, called=called)) if isinstance(one.what, Finding) else one
            for one in self
        ).within(self.tz)

    def entity_names(self) -> EntityNames:
        """Return what people call the entities on the log of its first finding; empty if there is none."""
        return next((one.what.entity_names() for one in self if isinstance(one.what, Finding)), {})

    def __str__(self) -> str:
        return "\n".join(one.said(self.tz) for one in self) or "nothing"

    def __repr__(self) -> str:
        return f"<Lastings: {len(self):,}>"


class Noted:
    """The things seen as of the last publication, by their origin, and the time that each was seen."""

    def __init__(self) -> None:
        self._current: dict[Hashable, Counter[Any]] = {}
        self._open: dict[tuple[Hashable, Any], list[tuple[int, Any]]] = defaultdict(list)
        self._closed: list[tuple[int, int, Any]] = []

    def note(self, published: int, source: Hashable, found: Iterable[tuple[Hashable, Any]]) -> None:
        """Note what comes from one source now: each thing with what makes it the same."""
        items = list(found)
        before, now = self._current.get(source, Counter()), Counter(same for same, _ in items)
        if before == now:
            return
        self._current[source] = now
        for same, number in (before - now).items():
            for _ in range(number):
                began, what = self._open[source, same].pop()
                if began < published:
                    self._closed.append((began, published, what))
        for same, what in items:
            if now[same] > len(self._open[source, same]):
                self._open[source, same].append((published, what))

    def add(self, published: int, source: Hashable, found: Iterable[tuple[Hashable, Any]]) -> None:
        """Note what comes from one source besides all that came before."""
        current = self._current.setdefault(source, Counter())
        for same, what in found:
            current[same] += 1
            self._open[source, same].append((published, what))

    @property
    def sources(self) -> list[Hashable]:
        """Origins of findings and claims."""
        return list(self._current)

    def all(self, tz: tzinfo) -> Lastings:
        """Return everything that was ever seen, with the days of a zone."""
        still = ((began, NEVER + 1, what) for found in self._open.values() for began, what in found)
        ordered = sorted([*self._closed, *still], key=lambda lasting: lasting[:2])
        return Lastings(Lasting(*lasting) for lasting in ordered).within(tz)


class Notes:
    """The findings and the claims of a growing view; each finding with the point of fold order from which it shows."""

    def __init__(self, growing: Growing) -> None:
        self._growing = growing
        self._bound: dict[int, Reading] = {}
        self._alike: dict[Hashable, set[Any]] = defaultdict(set)
        self._raising: set[str] = set()
        self.findings, self.claims = Noted(), Noted()
        self._named: dict[str, set[int]] = defaultdict(set)
        self._registered: Counter[str] = Counter()

    def take_in(self, step: PublicationStep, touched: Mapping[str, Iterable[Hashable]]) -> None:
        """Note what a publication changed, and which keys of each projection it touched."""
        likenesses: set[Hashable] = set()
        for group, now, gone, come, more in step.changes:
            if more is None:
                self.claims.note(step.published, group, _claims(now))
            else:
                self.claims.add(step.published, group, map(_noted, more))
            if self._growing.is_bound(group):
                for reading in gone:
                    self._bound.pop(reading.case.entry.position, None)
                self._bound.update((reading.case.entry.position, reading) for reading in come)
            for reading in (*gone, *come):
                for key in duplicate_key(reading):
                    likenesses.add(key[0])
                    self._alike[key[0]].add(key)
        for change in step.changes:
            self._note(step, ("group", change.group), contradictions(change.now, self._subject))
        for likeness in likenesses:
            self._note(step, ("alike", likeness), self._duplicates(likeness))
        for name, keys in touched.items():
            self._note_fold(step, name, keys)
        if any(_unreadable(change.now) for change in step.changes):
            self._note(step, "unread", self._unread())
        self._note_names(step)

    def _note_names(self, step: PublicationStep) -> None:
        """Note the names that nobody registered, among those that a publication touches."""
        read = {position for position in self._involved if self._growing.reads(position)}
        self._note(step, "identity", contradictory(self._growing.identity, read))
        before, touched = self._kinds, set[str]()
        for change in step.changes:
            for reading in change.gone:
                touched.update(self._count(reading, -1))
            for reading in change.come:
                touched.update(self._count(reading, 1))
        changed = before ^ self._kinds
        touched.update(tag for tag in self._named if changed and kind_of(tag) in changed)
        for tag in touched:
            missing = self._named[tag] and kind_of(tag) in self._kinds and not self._registered[tag]
            first = min(self._named[tag], key=self._growing.point) if missing else 0
            found = [DatedFinding(self._growing.point(first), unregistered_finding(tag), (first,))] if missing else []
            self._note(step, ("unregistered", tag), found)

    def _count(self, reading: Reading, number: int) -> Iterable[str]:
        """Count what a reading names and registers, or (-1) no longer does; return the names."""
        tags = [reading.identity.tag(tag) for tag in tags_of(reading.event) if is_named(tag)]
        for tag in tags:
            (self._named[tag].add if number > 0 else self._named[tag].discard)(reading.case.entry.position)
        if isinstance(reading.event, REGISTRATIONS):
            self._registered[tags[0]] += number
        return tags

    @property
    def _kinds(self) -> set[str]:
        return {kind_of(tag) for tag in +self._registered}

    @property
    def _involved(self) -> Iterable[int]:
        return (position for found in self._growing.identity.contradictions for position in found.positions)

    def _note(self, step: PublicationStep, source: Hashable, found: Iterable[DatedFinding]) -> None:
        whole = (dated._replace(finding=self._with_entries(dated)) for dated in found)
        self.findings.note(step.published, source, (((dated.point[0], dated.finding), dated) for dated in whole))

    def _note_fold(self, step: PublicationStep, name: str, keys: Iterable[Hashable]) -> None:
        folded = self._growing.folded[name]
        if not folded.failures and name not in self._raising:
            try:
                for key in keys:
                    self._note(step, (name, key), list(folded.findings(key)))
            except ProjectionFailed:
                pass
            else:
                return
        if name not in self._raising:
            self._raising.add(name)
            for source in [s for s in self.findings.sources if isinstance(s, tuple) and s[0] == name]:
                self.findings.note(step.published, source, ())
        self._note(step, (name,), folded.all_findings())

    def _duplicates(self, likeness: Hashable) -> Iterator[DatedFinding]:
        tracks = ((key, self._growing.duplicate_tracks.track(key)) for key in self._alike[likeness])
        kept = [(key, track.positions) for key, track in tracks if track is not None]
        for group in groups(kept):
            for a, b in doubles(group, self._growing.point, self._bound):
                first, second = self._growing.read([a[2], b[2]])
                yield duplicate(first, second, self._subject)

    def _with_entries(self, dated: DatedFinding) -> Finding:
        if not dated.positions:
            return dated.finding
        found = list(self._growing.read(dated.positions))
        return attrs.evolve(dated.finding, entries=tuple(r.entry for r in found), claims=tuple(r.claim for r in found))

    def _subject(self, reading: Reading) -> Path:
        """Return the path of the value of a reading; empty where no projection names one."""
        paths = (
            (name, *path)
            for name, folded in self._growing.folded.items()
            for key in folded.keys_of(reading)
            if (path := folded.projection.subject(reading, key))
        )
        return next(paths, ())

    def _unread(self) -> Iterator[DatedFinding]:
        return unread(_Histories(self._growing), EVERYTHING)  # type: ignore[arg-type]


@attrs.frozen
class _Histories:
    """As much of a view as it takes to tell what cannot be read."""

    growing: Growing

    def unread(self) -> Mapping[str, Sequence[int]]:
        return {}

    def histories(self) -> Iterable[History]:
        return self.growing.says.values()

    def read(self, positions: Sequence[int]) -> Iterator[Reading]:
        return self.growing.read(positions)


def _claims(says: History) -> Iterator[tuple[Hashable, Claim]]:
    return (_noted(claim) for case in says.cases.by_id.values() for claim in case.claims)


def _noted(claim: Claim) -> tuple[Hashable, Claim]:
    """Return a claim with what makes it the same."""
    return (claim.entry.id, claim.event, claim.occurred, claim.modality, claim.reports, claim.status), claim


def _unreadable(says: History) -> bool:
    return any(isinstance(claim.event, UnknownEvent) for case in says.cases.by_id.values() for claim in case.claims)
