"""Questions to a situation about its sources: versions, rivals, disputes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import attrs

from timeline.answers import claimed, course, rivals
from timeline.answers.claimed import Claims
from timeline.answers.results import Clocks, Why
from timeline.answers.rivals import Rivals, Spread, Versions
from timeline.entry import Entry, Ref, entry_id
from timeline.errors import LogError, ProjectionFailed, UnknownName
from timeline.history.cases import Case
from timeline.history.claims import Claim
from timeline.history.policies import Choose
from timeline.index.asof import AsOf
from timeline.index.bearing import bearing_on
from timeline.index.folded import Folded
from timeline.index.view import View
from timeline.index.views import ViewCache
from timeline.projections.entities import Entities
from timeline.projections.projection import Accessor, Key, Path, Projection
from timeline.values.names import EntityNames, unknown_entry


class WhoSaid:
    """The questions to a situation about its sources."""

    _views: ViewCache
    _as_of: AsOf
    if TYPE_CHECKING:

        @property
        def _seen(self) -> View: ...
        @property
        def entities(self) -> Entities: ...
        @property
        def left_out(self) -> tuple[Entry, ...]: ...
        def why(self, *path: str) -> Why: ...
        def _located(self, path: Path) -> tuple[Folded, Accessor]: ...
        def _canonical(self, path: Path) -> Path: ...
        def _history(self, folded: Folded, found: Accessor) -> list[course.Turn]: ...
        def _projection(self, name: str) -> Projection: ...
        def _view(self, projection: str, among: Collection[Key] | None = None) -> Any: ...
        def _joined_in(self, name: str) -> Iterable[Key]: ...

    def entity_names(self) -> EntityNames:
        """Return what people call the entities of the situation, by tag and language; empty if its log is away."""
        with suppress(LogError):
            return self.entities.names()
        return {}

    # -- the value of a path -------------------------------------------------------------------------

    def value(self, *path: str) -> Any:
        """Return the value at a path, such as `value("facilities", "al-hol-camp", "control")`; None if it has none.

        Where nobody is reported to have come or gone, the number is 0, as in the view.

        Raises: KeyError for a path that names no value, UnknownName for a name that no entry on the log has.

        >>> from timeline import Timeline
        >>> print(Timeline.demo().at("2026-01-25").value("custody", "al-shaddadi-prison", "escaped"))
        ≈1,500
        """
        with self._views.lock:
            path = self._canonical(path)
            try:
                with course.resolving(path):
                    folded, found = self._located(path)
            except UnknownName:
                raise
            except KeyError:
                shown = self._shown(path[0], None) if path and path[0] in self._views.projections else {}
                if path[1:] not in shown:
                    raise
                return shown[path[1:]]
            projection = folded.projection
            by_key = projection.by_key
            shown = self._shown(path[0], {found.key, *self._joined_in(path[0])} if by_key else None)
            if path[1:] in shown:
                return shown[path[1:]]
            turns = self._history(folded, found)
        value = turns[-1].value if turns else None
        return found.rest if course.says_nothing(value) else value

    def _rest(self, path: Path) -> Any:
        """Return what the view answers at a path where nothing is there."""
        try:
            with self._views.lock, course.resolving(path):
                return self._located(path)[1].rest
        except (KeyError, ProjectionFailed):  # a value that only `flat` knows
            return None

    def _shown(self, name: str, among: Collection[Key] | None) -> dict[Path, Any]:
        with course.failing(name):
            return dict(self._projection(name).flat(self._view(name, among)))

    def _under(self, path: Path) -> Callable[[Choose], Any]:
        """Give the value of a path under other policies."""

        def ask(choose: Choose) -> Any:
            other: Any = attrs.evolve(self, as_of=self._as_of._replace(choose=choose))  # type: ignore[misc]
            return other.value(*path)

        return ask

    def _disputed_cases(self) -> list[Case]:
        with self._views.lock:
            return [case for found in self._seen.histories() for case in found.cases.by_id.values() if case.disputed]

    def disputed(self, *path: str) -> Rivals:
        """Return the rivals, of whatever kind, that would change a value if they were picked; falsy when none would.

        Each comes with the value that there would be. Claims that lack the evidence asked for are left aside.

        Raises: what `value` raises.

        >>> from timeline import Timeline
        >>> print(Timeline.demo().at("2026-01-25").disputed("facilities", "al-aqtan-prison", "since", "control"))
        ../2026-01-21 (Reuters via Al-Monitor citing Reuters overview) [#145]
        """
        present = self.value(*path)
        return self._rivals_of(self._disputed_cases(), path, present)

    def _denied(self, path: Path) -> list[Claim]:
        """Return the claims of the cases that a denial keeps out, and that would give a path a value."""
        denied = list(filter(_has_denial, self._disputed_cases()))
        out = {entry.id for entry in self.left_out} if denied else ()
        cases = [case for case in denied if case.entry.id in out]
        if not cases:
            return []
        try:
            present = self.value(*path)
            told = {rival.claim.entry.id for rival in self._rivals_of(cases, path, present)}
        except (KeyError, ProjectionFailed):  # a value that only `flat` knows
            return []
        return [claim for case in cases if {c.entry.id for c in case.claims} & told for claim in case.claims]

    def _rivals_of(self, cases: Iterable[Case], path: Path, present: Any) -> Rivals:
        positions = self._bearing(path)
        if positions is not None:
            cases = [case for case in cases if case.entry.position in positions]
        return rivals.rivals(cases, self._under(path), present, self._as_of.choose, self._as_of.accept)

    def _bearing(self, path: Path) -> Collection[int] | None:
        """Return the positions of the entries that may change the value of a path; None if any entry may."""
        with self._views.lock:
            try:
                folded, found = self._located(path)
            except (KeyError, ValueError, AttributeError):  # a value that only `flat` knows
                return None
            return bearing_on(self._views.complete, folded.projection, found, self._as_of.choose)

    def spread(self, *path: str) -> Spread:
        """Return how far apart the versions of a number are: bests, bounds, how many versions, and who says which.

        Denials, and claims of another type, are left aside.

        Raises: what `value` raises, and InvalidValue for a path that has no number.

        >>> from timeline import Timeline
        >>> Timeline.demo().at("2026-01-25").spread("custody", "al-shaddadi-prison", "escaped")
        <Spread: custody · al-shaddadi-prison · escaped: best 120 to 1,500, from 0 to any number, 5 versions>
        """
        present, cases = self.value(*path), self._disputed_cases()
        found = self._rivals_of(cases, path, present)
        if present is None and not found:
            rivals.require_number(path, self._ever(path))
        return rivals.spread(path, present, found, cases, tuple(self._reasons(path)))

    def _ever(self, path: Path) -> Any:
        """Return the value of a path with the occurred and the reported clock left free."""
        as_of = self._as_of._replace(reported=None)
        free: Any = attrs.evolve(self, clocks=Clocks(), as_of=as_of, until=None)  # type: ignore[misc]
        return free.value(*path)

    def versions(self, *path: str) -> Versions:
        """Return the value of a path under each named policy.

        Raises: what `value` raises.

        >>> from timeline import Timeline
        >>> print(Timeline.demo().at("2026-01-25").versions("custody", "al-shaddadi-prison", "escaped"))
        standing  ≈1,500
        most_reliable  ≈1,500
        lowest  ≥100
        highest  ≈1,500
        envelope  ?
        latest  0
        """
        return rivals.versions(self._under(path))

    def _reasons(self, path: Path) -> Iterable[Entry]:
        try:
            return self.why(*path)
        except KeyError:  # a value that only `flat` knows
            return ()

    # -- versions of events --------------------------------------------------------------------------

    def claims(
        self,
        entry: Ref | None = None,
        *,
        tags: Iterable[str] | None = None,
        types: Iterable[Any] | None = None,
    ) -> Claims:
        """Return the versions that stand or rival: those of one event, or all that match.

        Of an event, the first is the entry itself, as last corrected; there are none if the entry is outside the
        cuts, or retracted. Without an entry, a version matches if its own event has all `tags` and is of one of
        `types`. A denial matches by what it denies. The occurred clock, `accept` and the policy make no difference.

        Raises: UnknownName if no entry on the log has that id, tag or type, InvalidDraft for what cannot be an id.

        >>> from timeline import Timeline
        >>> from timeline.events import custody
        >>> for claim in Timeline.demo().at().claims(
        ...     tags=["facility:al-shaddadi-prison"], types=[custody.DetaineesEscaped]
        ... ):
        ...     print(claim.status, claim.quantity, claim.first_published)
        standing ≈1,500 2026-01-19
        rival ? 2026-01-19
        rival ≈120 2026-01-20
        rival ≥100 2026-01-20
        rival ≈200 2026-01-21
        denial None 2026-01-19
        """
        if entry is None:
            return Claims(c for c in self.told(tags=tags, types=types) if c.status in claimed.COUNTING)
        with self._views.lock:
            id = entry_id(entry)
            if not self._seen.source.find((id,)):
                raise unknown_entry(id)
            case = self._seen.case(id)
            return Claims(case.claims if case else ())

    def told(self, *, tags: Iterable[str] | None = None, types: Iterable[Any] | None = None) -> Claims:
        """Return every version within the cuts, also those that were corrected, merged or retracted.

        The `status` of each says what became of it. Versions match as for `claims`.

        Raises: InvalidValue, UnknownName for a tag or a type that no entry on the log has.
        """
        return claimed.told(self._views, self._as_of, tags, types)


def _has_denial(case: Case) -> bool:
    return any(claim.event is None for claim in case.claims)
