"""The border: crossings, monitored sectors, measures and incidents."""

from typing import Literal

from timeline.events.declare import event
from timeline.values.entities import Authority, Facility, Sector
from timeline.values.quantity import Quantity

IncidentKind = Literal["infiltration", "arms_smuggling", "people_smuggling", "attack"]
Outcome = Literal["attempted", "foiled", "succeeded", "unknown"]


@event("border.crossing_opened")
class CrossingOpened:
    """A crossing opened or reopened. Who holds it is a `ControlChanged`.

    With a `measure` it ends the closure of that name; without one it ends all of them.
    """

    crossing: Facility
    measure: str | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("border.crossing_closed")
class CrossingClosed:
    """A crossing closed.

    `measure` names the closure, where several stand side by side ("trade ban", "curfew"). A closure
    without a name is one of its own. A crossing is open when no closure stands.
    """

    crossing: Facility
    measure: str | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("border.monitoring_started")
class MonitoringStarted:
    """A stretch of border came under watch; `measure` names this watch ("drones", "patrols")."""

    sector: Sector
    by: Authority | None = None
    measure: str | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("border.monitoring_ended")
class MonitoringEnded:
    """A stretch of border is no longer watched: by an authority, under a measure, or at all.

    A field left out sets no limit: an end without `measure` ends every watch of `by`, and an end
    without either ends all.
    """

    sector: Sector
    by: Authority | None = None
    measure: str | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("border.measure_taken")
class BorderMeasureTaken:
    """A wall was built, forces sent, a barrier raised; `quantity` in its own unit."""

    sector: Sector
    measure: str
    by: Authority | None = None
    quantity: Quantity | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("border.incident_reported")
class BorderIncidentReported:
    """Somebody tried something at the border; `outcome` says how it ended.

    Source: ACLED event types; `outcome` "attempted" where the source says no more than that.
    """

    kind: IncidentKind
    outcome: Outcome = "unknown"
    crossing: Facility | None = None
    sector: Sector | None = None
    quantity: Quantity | None = None
    goods: tuple[str, ...] = ()
    detail: str = ""
    about: tuple[str, ...] = ()
