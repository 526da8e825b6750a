"""A situation: what the projections say at one point of the clocks, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from datetime import tzinfo
from functools import cached_property
from typing import Any, Self, cast

import attrs

from timeline.answers import course, text
from timeline.answers.plans import Plan, Plans, fulfilling, plan_of
from timeline.answers.results import Change, Clocks, Diff, Reasons, ValueHistory, Why
from timeline.answers.whosaid import WhoSaid
from timeline.collector import uncollected
from timeline.displayable import Tellable
from timeline.entry import Entry, modality_given
from timeline.errors import InvalidValue, NotInSituation, ProjectionFailed
from timeline.events.naming import tag_list, tags_of, type_name, type_names
from timeline.history.contradictions import DatedFinding
from timeline.history.finding import MOST, Findings
from timeline.history.identity import Identity
from timeline.history.reading import Point, Reading
from timeline.index.asof import AsOf
from timeline.index.differing import ChangedKeys
from timeline.index.folded import Folded
from timeline.index.unread import unread
from timeline.index.unregistered import about_names
from timeline.index.view import EVERYTHING, LAST, View
from timeline.index.views import ViewCache
from timeline.projections import BUILT_IN
from timeline.projections.agreements import Agreements
from timeline.projections.border import Border
from timeline.projections.custody import Custody
from timeline.projections.entities import Entities
from timeline.projections.facilities import Facilities
from timeline.projections.projection import Accessor, Key, Path, Projection, Snapshot
from timeline.values.counting import how_many
from timeline.values.instants import FUTURE
from timeline.values.names import unknown
from timeline.values.report import Modality

_BUILT_IN = {projection.name for projection in BUILT_IN}


@attrs.frozen(slots=False, eq=False, repr=False)
class Situation(WhoSaid, Tellable):
    """The state at one point of the clocks, as reported.

    1. It never changes. Two are equal when their values, findings, plans and possibilities are. Positions,
       `recorded_at`, digests and the entries left out do not count.
    2. `print` shows all of it. `situation[name]` is the view of the projection of that name, also of your own.
    3. It can be pickled if your projections, `accept` and policy can be. The pickle holds all entries known by then,
       also those outside its cuts. A copy is the situation itself.

    >>> from timeline import Timeline
    >>> situation = Timeline.demo().at("2026-01-25")
    >>> situation.facilities["al-hol-camp"].holder(), str(situation.custody.escaped(facility="al-shaddadi-prison"))
    ('syria-gov', '≈1,500')
    """

    _views: ViewCache
    _as_of: AsOf
    clocks: Clocks = Clocks()
    _until: Point | None = None

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: Any) -> Self:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._views, self._as_of, self.clocks, self._until)

    @property
    def tz(self) -> tzinfo:
        """The zone in which dates were read."""
        return self._views.tz

    @property
    def _end(self) -> int:
        return self.clocks.end

    @cached_property
    def _by(self) -> Point:
        """The last point of fold order that counts."""
        definite: Point = (self._end, FUTURE, LAST)
        return self._until or (definite if self._as_of.possible_by is None else EVERYTHING)

    # -- what the projections say ------------------------------------------------------------------

    def __getitem__(self, projection: str) -> Any:
        """Return the view of a projection, of the library's or of your own.

        Raises: KeyError, naming those there are; ProjectionFailed where one of yours raises, also from what this
        gives.
        """
        return self._view(projection)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._views.projections)

    def _view(self, projection: str, among: Collection[Key] | None = None) -> Any:
        """Return the view of a projection on some keys, or (None) on all."""
        seen = self._projection(projection)
        with course.failing(projection):
            return seen.view(self._snapshot(projection, among))

    @cached_property
    def _horizon(self) -> int:
        """The moment against which deadlines count: the one asked about, else how far the log tells by then."""
        if self._end < FUTURE:
            return self._end
        with self._views.lock:
            last = self._views.complete.recorded[self._as_of.upto]
            return min(self._seen.horizon(), last + 1)

    def _snapshot(self, projection: str, among: Collection[Key] | None = None) -> Snapshot:
        """Return the values of a projection, of some keys or (None) of all."""

        def value(key: Key) -> Any:
            with self._views.lock:
                return self._seen.folded(projection).value(key, self._by)

        def keys() -> list[Key]:
            with self._views.lock:
                return list(self._seen.folded(projection).keys_by(self._by, among))

        return Snapshot(
            value,
            keys,
            self._end,
            self.tz,
            names=self._views.names,
            identity=self._identity,
            horizon=lambda: self._horizon,
            called=self.entity_names,
        )

    @property
    def _identity(self) -> Identity:
        """The names that mean one thing within the recorded cut."""
        with self._views.lock:
            return self._views.view(self._as_of).identity

    @cached_property
    def facilities(self) -> Facilities:
        """Facilities: their holders, their status, and more."""
        return cast(Facilities, self["facilities"])

    @cached_property
    def custody(self) -> Custody:
        """Custody: the people held, moved, escaped and released, by place and authority."""
        return cast(Custody, self["custody"])

    @cached_property
    def agreements(self) -> Agreements:
        """Agreements: their parties, status, talks and commitments."""
        return cast(Agreements, self["agreements"])

    @cached_property
    def border(self) -> Border:
        """Crossings, monitored sectors, measures and incidents."""
        return cast(Border, self["border"])

    @cached_property
    def entities(self) -> Entities:
        """Everything that was registered or judged, by tag: its names, and what is the same."""
        return cast(Entities, self["entities"])

    # -- what does not fit, or does not count --------------------------------------------------------

    @cached_property
    def findings(self) -> Findings:
        """Contradictions that the fold could not reconcile, in fold order. They raise and repair nothing.

        `print` shows them while they are few, and then how many there are of each kind, and about what.
        """
        with self._views.lock, uncollected():
            placed = self._placed  # first: it has all entries folded as they are read
            found = self._seen.involved(placed, self.entity_names)
        own, names = not self._views.projections.keys() <= _BUILT_IN, self._views.names
        return found.asked_by(names, has_own_kinds=own, identity=self._identity, called=self.entity_names)

    @property
    def _noted(self) -> Findings:
        """The findings without their entries: nothing is looked up."""
        return Findings(placed.finding for placed in self._placed)

    @property
    def _few(self) -> Findings:
        """The findings to print: with entries only while they are so few that each is shown."""
        return self.findings if len(self._placed) <= MOST else self._noted

    @cached_property
    def _placed(self) -> list[DatedFinding]:
        with self._views.lock:
            self._views.fold_all()
            found = self._seen.findings(self._by)
            named = about_names(self._seen, self._views.complete, self._by)
            return [*found, *unread(self._seen, self._by), *named]

    @cached_property
    def possible(self) -> tuple[Entry, ...]:
        """Entries that may have happened by then, but need not have."""
        if self._as_of.possible_by is not None:
            return ()
        with self._views.lock:
            return tuple(reading.entry for reading in self._seen.possible(self._end))

    @cached_property
    def plans(self) -> Plans:
        """The plans in force by then, and what became of those that were announced (`plans.all`).

        A plan is overdue if the time foreseen has passed: by the moment asked about, else as far as the log tells.
        """
        with self._views.lock:
            done, announced = self._seen.fulfilled(), self._seen.others(self._end)
            by_plan = fulfilling(self._seen.histories(), self._by)
            plans = [r for r in announced if r.claim.modality is Modality.PLANNED]
            return Plans.of(tuple(self._plan(r, done, by_plan.get(r.case.entry.id, ())) for r in plans))

    def _plan(self, reading: Reading, done: Mapping[str, int], by: Sequence[Entry]) -> Plan:
        fulfilled = done.get(reading.case.entry.id, FUTURE + 1) <= self._end
        due = None if reading.occurred is None else reading.occurred.span(self.tz).end
        overdue = not fulfilled and due is not None and due <= self._horizon
        return plan_of(reading.entry, fulfilled=fulfilled, fulfilled_by=tuple(by), overdue=overdue)

    @property
    def actual(self) -> tuple[Reading, ...]:
        """Readings of the entries that happened by then, in fold order."""
        with self._views.lock:
            return tuple(self._seen.readings(self._by))

    @cached_property
    def left_out(self) -> tuple[Entry, ...]:
        """Entries that the reported cut could not place, `accept` did not take, or the policy did not fold."""
        with self._views.lock:
            return tuple(self._seen.left_out())

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """Readings of all entries: those that happened in fold order, then those announced."""
        with self._views.lock:
            return (*self.actual, *self._seen.others(self._end))

    def entries(
        self,
        *,
        tags: Iterable[str] | None = None,
        types: Iterable[Any] | None = None,
        modality: Modality | None = None,
    ) -> tuple[Entry, ...]:
        """Return the entries of this situation, as read: folded ones in fold order, then those announced.

        `tags` must all be there, `types` are stored names or event classes, one of which it must be.

        Raises: InvalidValue.
        """
        modality = None if modality is None else modality_given(modality)
        same, names = self._identity.tag, type_names(types)
        wanted = None if tags is None else set(map(same, tag_list(tags) or ()))
        return tuple(
            r.entry
            for r in self.readings
            if (modality is None or r.claim.modality is modality)
            and (names is None or type_name(r.event) in names)
            and (wanted is None or wanted <= {*tags_of(r.event), *map(same, r.case.entry.tags)})
        )

    # -- why, and how it came to be ------------------------------------------------------------------

    def why(self, *path: str) -> Why:
        """Return the entries from which a value follows: `why("facilities", "al-hol-camp", "control")`.

        A value that is empty because the policy picked a denial follows from the denial.
        Their reports are those that speak for what was read; corrections, corroborations and merged
        duplicates come with the entry they speak for. Empty when nothing is known within the cuts.

        Raises: KeyError for a path that names no value, UnknownName for a name that no entry on the log has.
        """
        with self._views.lock, course.resolving(path):
            folded, found = self._located(path)
            reasons = course.supporting(folded, found, self._by, path[1:])
        entries = tuple(dict.fromkeys(entry for reading in reasons for entry in course.entries_behind(reading)))
        if entries:
            return Why.of(entries, path, lambda: self._explained(path, entries), self.entity_names)
        claims = self._denied(path)
        denials = tuple(claim.entry for claim in claims if claim.event is None)
        rivals = tuple(claim for claim in claims if claim.event is not None)
        return Why.of(denials, path, lambda: Reasons(self.value(*path), None, rivals), self.entity_names)

    def _explained(self, path: Path, entries: Sequence[Entry]) -> Reasons:
        """Return the value of a path, and the claims to its entries that were not picked."""
        values, read = self.history(*path), {(entry.event, entry.reports) for entry in entries}
        claims = {claim.entry.id: claim for entry in entries for claim in self.claims(entry)}
        rivals = tuple(claim for claim in claims.values() if (claim.event, claim.reports) not in read)
        return Reasons(values[-1].value, values[-1].since, rivals) if values else Reasons(None, None, rivals)

    def history(self, *path: str) -> ValueHistory:
        """Return the values that a path took: each with its beginning, end, duration and entry.

        The last one holds until the moment asked about, else as far as the log tells; its `until` is None.

        Raises: KeyError for a path that names no value, UnknownName for a name that no entry on the log has.

        >>> from timeline import Timeline
        >>> for value in Timeline.demo().at("2026-01-25").history("facilities", "al-hol-camp", "control"):
        ...     print(value)
        ../2025-12-18  sdf
        2026-01-20  NOBODY
        2026-01-21  syria-gov
        """
        with self._views.lock, course.resolving(path):
            turns = self._history(*self._located(path))
            return ValueHistory(course.lasting_values(turns, self._horizon, self._end))

    def _history(self, folded: Folded, found: Accessor) -> list[course.Turn]:
        end = self._horizon if found.is_deadline else self._end
        return course.turns(folded, found, self._by, end, self.tz)

    def diff(self, other: Situation) -> Diff:
        """Return the changes from this situation to another; falsy when there are none.

        Raises: InvalidValue.
        """
        if not isinstance(other, Situation):
            raise InvalidValue(
                f"{other!r} is not a situation: expected one, such as line.at('2026-01-25'). "
                "line.diff(a, b) takes dates.",
                value=other,
            )
        mine, its = self._flat_both(other)
        paths = dict.fromkeys((*mine, *its))
        changed = (path for path in paths if mine.get(path) != its.get(path))
        changes = (Change(path, mine.get(path), its.get(path), path not in mine) for path in changed)
        return Diff(changes).knowing(other.entity_names)

    def _flat_both(self, other: Situation) -> tuple[dict[Path, Any], dict[Path, Any]]:
        """Return the values by path of two situations: all, or at least those that differ."""
        if self._views is not other._views:
            return self._flat, other._flat
        with self._views.lock:
            changed = ChangedKeys(self._views, (self._as_of, self._by), (other._as_of, other._by))
            keys = {name: changed.keys(name) for name in self._views.projections}
        return self._by_path(self._joined(other, keys)), other._by_path(self._joined(other, keys))

    def _joined(
        self, other: Situation, keys: Mapping[str, Collection[Key] | None]
    ) -> Mapping[str, Collection[Key] | None]:
        """Add the keys whose values depend on those of other keys; all (None), if a projection cannot name them."""
        joined: dict[str, Collection[Key] | None] = {}
        for name, among in keys.items():
            try:
                joined[name] = among and {*among, *self._joined_in(name), *other._joined_in(name)}
            except ProjectionFailed:
                joined[name] = None
        return joined

    def _joined_in(self, name: str) -> Iterable[Key]:
        with course.failing(name):
            return list(self._projection(name).joined(self._snapshot(name)))

    # -- the same, printed and compared ----------------------------------------------------------------

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Situation):
            return NotImplemented
        return self is other or (self._flat == other._flat and self._beside == other._beside)

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        self._views.fold_all()
        others = (name for name in self._views.projections if name not in _BUILT_IN)
        with self._views.lock:
            without = self._seen.count_left_out()
        name = text.naming(self.entity_names())
        blocks = {
            "Facilities": text.facility_lines(self.facilities, name),
            "Custody": text.custody_lines(self.custody, name),
            "Operations": text.operation_lines(self.custody, name),
            "Agreements": text.agreement_lines(self.agreements, name),
            "Border": text.border_lines(self.border, name),
            **{name.capitalize(): text.value_lines(self._flat_of(name)) for name in others},
            "Plans": text.plan_lines(self.plans),
            "Possible by then": map(str, self.possible),
            "Findings": text.finding_lines(self._few, name),
            "Left out": [how_many(without, "entry", "entries")] if without else [],
        }
        return text.headed(f"Situation, {self._asked}", blocks)

    def __repr__(self) -> str:
        return f"<Situation, {self._asked}>"

    @property
    def _asked(self) -> str:
        return text.clock_readings(attrs.asdict(self.clocks), self.tz)

    @cached_property
    def _flat(self) -> dict[Path, Any]:
        """Every value by path."""
        self._views.fold_all()
        return self._by_path(dict.fromkeys(self._views.projections))

    def _by_path(self, keys: Mapping[str, Collection[Key] | None]) -> dict[Path, Any]:
        """Return the values by path of some keys of some projections; None: of all."""
        return {(name, *path): value for name, among in keys.items() for path, value in self._flat_of(name, among)}

    def _flat_of(self, name: str, among: Collection[Key] | None = None) -> Iterable[tuple[Path, Any]]:
        """Return the values of a projection by path, or the error of one that raises."""
        projection = self._projection(name)
        try:
            with course.failing(name):
                return list(projection.flat(self._view(name, among)))
        except ProjectionFailed as failure:
            return [((), str(failure))]

    @cached_property
    def _beside(self) -> tuple[Counter[Hashable], ...]:
        """Findings, plans and possibilities, in no order."""
        return (Counter(self._noted), Counter(map(self._said, self.plans)), Counter(map(self._said, self.possible)))

    def _said(self, entry: Entry) -> Hashable:
        return self._identity.event(entry.event), entry.occurred, entry.modality

    @property
    def _seen(self) -> View:
        return self._views.view(self._as_of)

    def _projection(self, name: str) -> Projection:
        projections = self._views.projections
        if name not in projections:
            raise course.no_projection(name, projections, self._views.names.tags())
        return projections[name]

    def _located(self, path: Path) -> tuple[Folded, Accessor]:
        """Find the fold and the accessor of the value at a path."""
        course.require_words(path)
        if not path:
            raise NotInSituation(
                "the path is empty: expected the name of a projection and more steps, such as 'facilities', "
                "'al-hol-camp', 'control'."
            )
        projection = self._projection(path[0])
        path = self._canonical(path)
        folded, found = self._seen.folded(projection.name), projection.locate(self[projection.name], path[1:])
        if found.named is not None:
            self._views.names.require(**found.named)
        else:
            self._require(projection, folded, found.key)
        return folded, found

    def _canonical(self, path: Path) -> Path:
        """Return a path with canonical names, as far as it names entities; unchanged, if it names no value."""
        course.require_words(path)
        identity = self._identity
        if not identity.groups or not path:
            return path
        try:
            with course.resolving(path):
                projection = self._projection(path[0])
                found = projection.locate(self[projection.name], path[1:])
        except (KeyError, ProjectionFailed):
            return path
        if found.named is None:
            known = self._seen.folded(projection.name).touched(found.key)
            return path if known else (path[0], *map(identity.anyhow, path[1:]))
        named = {slug: identity.slug(kind, slug) for kind, slug in found.named.items()}
        return (path[0], *(named.get(step, step) for step in path[1:]))

    def _require(self, projection: Projection, folded: Folded, key: Key) -> None:
        """See that something touches a key, within this situation or at all."""
        known = self._views.everything.folded(projection.name)
        if not folded.touched(key) and str(key) not in map(str, known):
            raise unknown(f"no entry on the log touches {key!r} in {projection.name!r}", projection.name, key, known)
