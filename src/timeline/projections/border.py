"""The border: crossings, monitored sectors, measures, and incidents by kind and outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, get_args

import attrs

from timeline.displayable import ProjectionView
from timeline.errors import InvalidValue, NotInSituation
from timeline.events.border import (
    BorderIncidentReported,
    BorderMeasureTaken,
    CrossingClosed,
    CrossingOpened,
    IncidentKind,
    MonitoringEnded,
    MonitoringStarted,
    Outcome,
)
from timeline.events.facility import FacilityRegistered
from timeline.history.finding import Finding
from timeline.history.reading import Reading
from timeline.projections.building import ByClass, Mention, Register, changed
from timeline.projections.lifecycle import Lifecycle, verbs
from timeline.projections.projection import Accessor, Path, Projection, Snapshot, field
from timeline.values.containers import PersistentList, SharedPairs, SharedSet
from timeline.values.counting import how_many
from timeline.values.when import When

Key = tuple[str, str]

CROSSING = Lifecycle(
    "crossing",
    {"CrossingOpened": {None: "open", "closed": "open"}, "CrossingClosed": {None: "closed", "open": "closed"}},
)
"""Opening twice in a row means that a closure was not reported."""
_TURNS = verbs(CrossingOpened, CrossingClosed)


Watching = tuple[str | None, str | None]
"""A watcher, and the measure under which it watches. None for either means that the source does not say."""


def _ordered(names: Iterable[str | None]) -> tuple[str | None, ...]:
    return tuple(sorted(set(names), key=lambda name: name or ""))


@attrs.frozen(slots=False)
class Crossing:
    """A crossing: open, closed, or None (not known), and since when. Its holder is in `facilities`.

    `standing` holds the names of the closures in force; None among them is a closure without a name.
    """

    slug: str
    status: str | None = None
    since: When | None = None
    standing: SharedSet[str | None] = attrs.field(default=SharedSet(), repr=lambda names: repr(_ordered(names)))

    @property
    def closures(self) -> tuple[str | None, ...]:
        """The closures in force, in order of their names."""
        return _ordered(self.standing)


@attrs.frozen(slots=False)
class Watch:
    """A stretch of border: who watches it now, and the date since which anybody has."""

    sector: str
    watching: SharedPairs[str | None, str | None] = attrs.field(
        default=SharedPairs(), repr=lambda watching: repr(_by_name(watching))
    )
    since: When | None = None

    @property
    def by(self) -> tuple[str | None, ...]:
        """The watchers; None among them is one whom the source does not name."""
        return _ordered({by for by, _ in self.watching})

    @property
    def measures(self) -> tuple[str | None, ...]:
        """The names of the watches; None among them is a watch without a name."""
        return _ordered({measure for _, measure in self.watching})


def _by_name(watching: Iterable[Watching]) -> list[Watching]:
    return sorted(watching, key=lambda watch: (watch[0] or "", watch[1] or ""))


_INCIDENTS, _OUTCOMES = get_args(IncidentKind), get_args(Outcome)
_CROSSINGS = ("crossing", "unofficial_crossing")
_TOUCHED: ByClass[Callable[[Any], tuple[Key, ...]]] = ByClass(
    {
        CrossingOpened: lambda event: (("crossing", event.crossing),),
        CrossingClosed: lambda event: (("crossing", event.crossing),),
        FacilityRegistered: lambda event: (("crossing", event.facility),) if event.kind in _CROSSINGS else (),
        MonitoringStarted: lambda event: (("sector", event.sector),),
        MonitoringEnded: lambda event: (("sector", event.sector),),
        BorderMeasureTaken: lambda event: (("list", "measures"),),
        BorderIncidentReported: lambda event: (("list", "incidents"),),
    }
)


def _keys(reading: Reading) -> Iterable[Key]:
    touched = _TOUCHED[type(reading.event)]
    return () if touched is None else touched(reading.event)


def _evolve(before: Any, reading: Reading, key: Key) -> Any:
    slug = key[1]
    match reading.event:
        case FacilityRegistered():
            return before or Crossing(slug)
        case CrossingOpened() | CrossingClosed():
            return _crossing(before or Crossing(slug), reading)
        case MonitoringStarted() | MonitoringEnded():
            return _watch(before or Watch(slug), reading)
    return (before or PersistentList()).append(Mention.of(reading))


def _crossing(before: Crossing, reading: Reading) -> Crossing:
    """Return a crossing after a closure, or after the end of one or all; it is open when none is in force."""
    event = reading.event
    measure = _called(event.measure)
    others = SharedSet[str | None]() if _ends_all(event) else before.standing - {measure}
    standing = others | {measure} if isinstance(event, CrossingClosed) else others
    since = before.since if before.status == "closed" and others else reading.occurred
    return Crossing(before.slug, "closed" if standing else "open", since, standing)


def _called(measure: str | None) -> str | None:
    """Return the name of a measure without blanks around it; a blank one is none."""
    return None if measure is None else measure.strip() or None


def _ends_all(event: Any) -> bool:
    return isinstance(event, CrossingOpened) and _called(event.measure) is None


def _closure(crossing: Crossing | None, event: Any) -> str | None:
    """Return the status before an event of a crossing: that of the closure which the event names."""
    if crossing is None:
        return None
    if crossing.status == "open" or _ends_all(event):
        return crossing.status
    return "closed" if _called(event.measure) in crossing.standing else None


def _watch(before: Watch, reading: Reading) -> Watch:
    """Return a stretch of border after a watch began, or after some watches ended."""
    by, measure = reading.event.by, _called(reading.event.measure)
    if isinstance(reading.event, MonitoringStarted):
        watching = before.watching | {(by, measure)}
    else:
        watching = before.watching - _ended(before.watching, by, measure)
    since = before.since if before.watching else reading.occurred
    return changed(before, watching=watching, since=since if watching else None)


def _ended(watching: SharedPairs[str | None, str | None], by: str | None, measure: str | None) -> AbstractSet[Watching]:
    """Return the watches that an end covers; a field that the event leaves out sets no limit."""
    if by is None:
        return watching if measure is None else watching.with_second(measure)
    return watching.with_first(by) if measure is None else frozenset({(by, measure)})


def _check(before: Any, reading: Reading, after: Any, key: Key) -> Iterable[Finding]:
    verb = _TURNS[type(reading.event)]
    if verb is None:
        return ()
    path = ("border", "crossings", key[1], "status")
    return CROSSING.finding(_closure(before, reading.event), verb, path, reading)


class Watched(Register[Watch]):
    """The sectors that somebody watches now, by slug."""

    def __getitem__(self, slug: str) -> Watch:
        watch = super().__getitem__(slug)
        if not watch.watching:
            raise NotInSituation(f"nobody watches the sector {slug!r} in this situation")
        return watch

    def __contains__(self, slug: object) -> bool:
        watch: Watch | None = self._snapshot.get((self._kind, slug))
        return watch is not None and bool(watch.watching)

    def __iter__(self) -> Iterator[str]:
        return filter(self.__contains__, super().__iter__())

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Border(ProjectionView):
    """The border: crossings, monitored sectors, measures and incidents."""

    monitored: Watched
    """The sectors that somebody watches now."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.crossings: Register[Crossing] = Register(snapshot, "crossing")
        self.monitored = Watched(snapshot, "sector")

    def __eq__(self, other: object) -> bool:
        return dict(_flat(self)) == dict(_flat(other)) if isinstance(other, Border) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Border: {how_many(len(self.crossings), 'crossing')}, {how_many(len(self.incidents), 'incident')}>"

    @property
    def measures(self) -> PersistentList[Mention]:
        """Walls, barriers, deployments."""
        found: PersistentList[Mention] = self._snapshot.get(("list", "measures"), PersistentList())
        return found

    @property
    def incidents(self) -> PersistentList[Mention]:
        """The incidents, in order. Feared incidents are not among them."""
        found: PersistentList[Mention] = self._snapshot.get(("list", "incidents"), PersistentList())
        return found

    def incidents_of(self, *, kind: str | None = None, outcome: str | None = None) -> tuple[Mention, ...]:
        """Return the incidents of one kind or outcome.

        Raises: InvalidValue for an unknown kind or outcome.

        >>> from timeline import Timeline
        >>> Timeline().at().border.incidents_of(kind="infiltration", outcome="succeeded")
        ()
        """
        for what, given, allowed in (("kind", kind, _INCIDENTS), ("outcome", outcome, _OUTCOMES)):
            if given is not None and given not in allowed:
                raise InvalidValue(f"{what} is {given!r}: expected {', '.join(allowed)}.", value=given)
        return tuple(m for m in self.incidents if kind in (None, m.event.kind) and outcome in (None, m.event.outcome))


def _flat(view: Border) -> Iterator[tuple[Path, Any]]:
    for slug, crossing in view.crossings.items():
        if crossing.status is not None:
            yield ("crossings", slug, "status"), crossing.status
            yield ("crossings", slug, "since"), crossing.since
        if any(crossing.standing):
            yield ("crossings", slug, "closures"), crossing.closures
    for sector, watch in view.monitored.items():
        yield ("monitored", sector, "by"), watch.by
        yield ("monitored", sector, "since"), watch.since
        if any(watch.measures):
            yield ("monitored", sector, "measures"), watch.measures
    for name in ("measures", "incidents"):
        if getattr(view, name):
            yield (name,), getattr(view, name)


def _locate(view: Border, path: Path) -> Accessor:
    first, *rest = path
    if first in ("measures", "incidents") and not rest:
        return Accessor(("list", first), lambda mentions: mentions, named={})
    if first not in _REGISTERS:
        raise ValueError(path)
    kind, of, default = _REGISTERS[first]
    slug, name = rest if len(rest) > 1 else (*rest, default)
    basis = _stands if name == "status" else None
    named = {"sector" if kind == "sector" else "facility": slug}
    return Accessor((kind, slug), field(name, of), basis, named)


_REGISTERS: dict[str, tuple[str, type, str]] = {
    "crossings": ("crossing", Crossing, "status"),
    "monitored": ("sector", Watch, "by"),
}


def _stands(crossing: Crossing) -> Any:
    """Return the values from which the status of a crossing follows."""
    return crossing.status, crossing.standing


_SUBJECTS: Mapping[str, Callable[[str], Path]] = {
    "crossing": lambda slug: ("crossings", slug, "status"),
    "sector": lambda slug: ("monitored", slug, "by"),
    "list": lambda name: (name,),
}


def _subject(reading: Reading, key: Key) -> Path:
    """Return the path of the status of a crossing, of the watchers of a sector, or of a list."""
    kind, slug = key
    return _SUBJECTS[kind](slug)


def _is_sufficient(reading: Reading, path: Path) -> bool:
    """Tell whether an event alone explains a value: an unnamed turn explains a status, not a list of closures."""
    asked = path[2:] or ("status",)
    if asked == ("since",):
        return True
    match reading.event:
        case CrossingClosed(measure=measure) if _called(measure) is None:
            return asked == ("status",)
        case CrossingOpened(measure=measure) | MonitoringEnded(by=None, measure=measure):
            return _called(measure) is None
    return False


BORDER = Projection(
    name="border",
    keys=_keys,
    evolve=_evolve,
    check=_check,
    view=Border,
    flat=_flat,
    locate=_locate,
    is_sufficient=_is_sufficient,
    subject=_subject,
    states=(Crossing, Watch),
    version=6,
    by_key=True,
)
