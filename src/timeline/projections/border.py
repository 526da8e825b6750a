"""The border: crossings, monitored sectors, measures, and incidents by kind and outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, get_args

import attrs

from timeline.displayable import Displayable
from timeline.errors import InvalidValue
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
from timeline.projections.building import ByClass, Mention, PersistentList, Register, changed
from timeline.projections.lifecycle import Lifecycle, verbs
from timeline.projections.projection import Accessor, Path, Projection, Snapshot, field
from timeline.values.when import When

Key = tuple[str, str]

CROSSING = Lifecycle(
    "crossing",
    {"CrossingOpened": {None: "open", "closed": "open"}, "CrossingClosed": {None: "closed", "open": "closed"}},
)
"""Opening twice in a row means that a closure went unreported."""
_TURNS = verbs(CrossingOpened, CrossingClosed)


Watching = tuple[str | None, str | None]
"""A watcher, and the measure under which it watches; None for either: the source does not say."""


@attrs.frozen(slots=False)
class Crossing:
    """A crossing: open, closed, or None (not known), and since when. Who holds it is asked of the facilities.

    `closures` names the closures that stand; None among them is one without a name.
    """

    slug: str
    status: str | None = None
    since: When | None = None
    closures: tuple[str | None, ...] = ()


@attrs.frozen(slots=False)
class Watch:
    """A stretch of border: by whom it is watched now, and since when (the first of them)."""

    sector: str
    watching: tuple[Watching, ...] = ()
    since: When | None = None

    @property
    def by(self) -> tuple[str | None, ...]:
        """Who watches it now; None among them is somebody the source does not name."""
        return _ordered({by for by, _ in self.watching})

    @property
    def measures(self) -> tuple[str | None, ...]:
        """The names under which it is watched now; None among them is a watch without a name."""
        return _ordered({measure for _, measure in self.watching})


def _ordered(names: Iterable[str | None]) -> tuple[str | None, ...]:
    return tuple(sorted(set(names), key=lambda name: name or ""))


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
    """A crossing after a closure, or after the end of one or all: open when none stands."""
    event = reading.event
    others = () if _ends_all(event) else tuple(name for name in before.closures if name != event.measure)
    closures = _ordered((*others, event.measure)) if isinstance(event, CrossingClosed) else others
    since = before.since if before.status == "closed" and others else reading.occurred
    return Crossing(before.slug, "closed" if closures else "open", since, closures)


def _ends_all(event: Any) -> bool:
    return isinstance(event, CrossingOpened) and event.measure is None


def _closure(crossing: Crossing | None, event: Any) -> str | None:
    """The status an event of a crossing moves on from: that of the closure it names."""
    if crossing is None:
        return None
    if crossing.status == "open" or _ends_all(event):
        return crossing.status
    return "closed" if event.measure in crossing.closures else None


def _watch(before: Watch, reading: Reading) -> Watch:
    """A stretch of border after a watch began, or after the end of those that an end speaks of."""
    by, measure = reading.event.by, reading.event.measure
    if isinstance(reading.event, MonitoringStarted):
        watching = {*before.watching, (by, measure)}
    else:
        watching = {w for w in before.watching if not (by in (None, w[0]) and measure in (None, w[1]))}
    since = before.since if before.watching else reading.occurred
    order = sorted(watching, key=lambda w: (w[0] or "", w[1] or ""))
    return changed(before, watching=tuple(order), since=since if watching else None)


def _check(before: Any, reading: Reading, after: Any, key: Key) -> Iterable[Finding]:
    verb = _TURNS[type(reading.event)]
    if verb is None:
        return ()
    path = ("border", "crossings", key[1], "status")
    return CROSSING.finding(_closure(before, reading.event), verb, path, reading)


class Border(Displayable):
    """What is known of the border."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.crossings: Register[Crossing] = Register(snapshot, "crossing")

    @property
    def monitored(self) -> Mapping[str, Watch]:
        """The sectors somebody watches now."""
        sectors: Register[Watch] = Register(self._snapshot, "sector")
        return {slug: watch for slug, watch in sectors.items() if watch.by}

    @property
    def measures(self) -> PersistentList[Mention]:
        """Walls, barriers, deployments."""
        found: PersistentList[Mention] = self._snapshot.get(("list", "measures"), PersistentList())
        return found

    @property
    def incidents(self) -> PersistentList[Mention]:
        """What was tried, in order; fears are not among them."""
        found: PersistentList[Mention] = self._snapshot.get(("list", "incidents"), PersistentList())
        return found

    def incidents_of(self, *, kind: str | None = None, outcome: str | None = None) -> tuple[Mention, ...]:
        """Incidents of one kind or outcome.

        Raises: InvalidValue for a kind or outcome there is not.

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
        if any(crossing.closures):
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
    """Give what the status of a crossing rests on."""
    return crossing.status, crossing.closures


_SUBJECTS: Mapping[str, Callable[[str], Path]] = {
    "crossing": lambda slug: ("crossings", slug, "status"),
    "sector": lambda slug: ("monitored", slug, "by"),
    "list": lambda name: (name,),
}


def _subject(reading: Reading, key: Key) -> Path:
    """The status of a crossing, who watches a sector, or the list that an event is in."""
    kind, slug = key
    return _SUBJECTS[kind](slug)


def _is_sufficient(reading: Reading, path: Path) -> bool:
    """A turn without a name explains a status alone; closures, watches and lists stand side by side."""
    asked = path[2:] or ("status",)
    if asked == ("since",):
        return True
    match reading.event:
        case CrossingClosed(measure=None):
            return asked == ("status",)
        case CrossingOpened(measure=None) | MonitoringEnded(by=None, measure=None):
            return True
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
    version=2,
    by_key=True,
)
