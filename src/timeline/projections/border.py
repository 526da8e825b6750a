"""The border: crossings, monitored sectors, measures, and incidents by kind and outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import attrs

from timeline.events.border import (
    BorderIncidentReported,
    BorderMeasureTaken,
    CrossingClosed,
    CrossingOpened,
    MonitoringEnded,
    MonitoringStarted,
)
from timeline.events.facility import FacilityRegistered
from timeline.finding import Finding
from timeline.projection import (
    ByClass,
    Lifecycle,
    Located,
    Mention,
    Path,
    Projection,
    Register,
    Snapshot,
    Trail,
    changed,
)
from timeline.reading import Reading
from timeline.shown import Shown
from timeline.when import When

Key = tuple[str, str]

CROSSING = Lifecycle(
    "crossing",
    {"CrossingOpened": {None: "open", "closed": "open"}, "CrossingClosed": {None: "closed", "open": "closed"}},
)
"""Opening twice in a row means that a closure went unreported."""


@attrs.frozen(slots=False)
class Crossing:
    """A crossing: open, closed, or None (not known), and since when. Who holds it is asked of the facilities."""

    slug: str
    status: str | None = None
    since: When | None = None


@attrs.frozen(slots=False)
class Watch:
    """A stretch of border: by whom it is watched now, and since when (the first of them)."""

    sector: str
    by: tuple[str | None, ...] = ()
    since: When | None = None


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
        case CrossingOpened() | CrossingClosed() as event:
            status = CROSSING.after(before.status if before else None, type(event).__name__)
            return Crossing(slug, status, reading.occurred)
        case MonitoringStarted(by=by):
            watch = before or Watch(slug)
            watchers = tuple(sorted({*watch.by, by}, key=lambda name: name or ""))
            return changed(watch, by=watchers, since=watch.since if watch.by else reading.occurred)
        case MonitoringEnded(by=by):
            watch = before or Watch(slug)
            left = () if by is None else tuple(name for name in watch.by if name != by)
            return changed(watch, by=left, since=watch.since if left else None)
    return (before or Trail()).then(Mention.of(reading))


def _check(before: Any, reading: Reading, after: Any, key: Key) -> Iterable[Finding]:
    if key[0] != "crossing" or isinstance(reading.event, FacilityRegistered):
        return ()
    path = ("border", "crossings", key[1], "status")
    return CROSSING.finding(before.status if before else None, type(reading.event).__name__, path, reading)


class Border(Shown):
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
    def measures(self) -> Trail[Mention]:
        """Walls, barriers, deployments."""
        found: Trail[Mention] = self._snapshot.get(("list", "measures"), Trail())
        return found

    @property
    def incidents(self) -> Trail[Mention]:
        """What was tried, in order; fears are not among them."""
        found: Trail[Mention] = self._snapshot.get(("list", "incidents"), Trail())
        return found

    def incidents_of(self, *, kind: str | None = None, outcome: str | None = None) -> tuple[Mention, ...]:
        """Incidents of one kind or outcome.

        >>> from timeline import Timeline
        >>> Timeline().at().border.incidents_of(kind="infiltration", outcome="succeeded")
        ()
        """
        return tuple(m for m in self.incidents if kind in (None, m.event.kind) and outcome in (None, m.event.outcome))


def _flat(view: Border) -> Iterator[tuple[Path, Any]]:
    for slug, crossing in view.crossings.items():
        if crossing.status is not None:
            yield ("crossings", slug, "status"), crossing.status
            yield ("crossings", slug, "since"), crossing.since
    for sector, watch in view.monitored.items():
        yield ("monitored", sector, "by"), watch.by
        yield ("monitored", sector, "since"), watch.since
    for name in ("measures", "incidents"):
        if getattr(view, name):
            yield (name,), getattr(view, name)


def _locate(view: Border, path: Path) -> Located:
    first, *rest = path
    if first in ("measures", "incidents"):
        return Located(("list", first), lambda mentions: mentions)
    kind = "sector" if first == "monitored" else "crossing"
    name = rest[1] if len(rest) > 1 else "by" if kind == "sector" else "status"
    return Located((kind, rest[0]), lambda entity: getattr(entity, name))


def _settles(reading: Reading, path: Path) -> bool:
    return not isinstance(reading.event, BorderMeasureTaken | BorderIncidentReported)


BORDER = Projection(
    name="border",
    keys=_keys,
    evolve=_evolve,
    check=_check,
    view=Border,
    flat=_flat,
    locate=_locate,
    settles=_settles,
    states=(Crossing, Watch),
    by_key=True,
)
