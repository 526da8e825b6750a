"""Facilities: their kind, their holders and their state."""

from collections.abc import Mapping
from typing import Literal

from timeline.errors import InvalidEvent
from timeline.events.declare import event
from timeline.events.fields import People
from timeline.values.containers import FrozenMapping
from timeline.values.entities import Authority, Facility
from timeline.values.place import Place

Kind = Literal["prison", "detention_centre", "camp", "crossing", "unofficial_crossing", "base", "place", "collective"]
"""A collective is "a number of prisons and camps": one name for several, whose members may be unknown."""
Role = Literal["control", "administration", "guarding"]
Manner = Literal["seized", "handed_over", "vacated", "observed", "unknown"]
Status = Literal["operational", "besieged", "restricted", "damaged", "evacuating", "evacuated", "closed", "other"]


@event("facility.registered")
class FacilityRegistered:
    """A facility was registered. Without a date, it is known at every date.

    `names` maps BCP 47 language tags to human names; `aliases` are other spellings, in any language. `place` says in
    words where it lies, `coordinates` where on the globe and how precisely that is known.
    Source: schema.org `Place`, `alternateName`.

    >>> FacilityRegistered(facility="al-hol-camp", kind="camp", names={"ar": "مخيم الهول"}).names["ar"]
    'مخيم الهول'
    """

    facility: Facility
    kind: Kind = "place"
    names: Mapping[str, str] = FrozenMapping()
    place: str | None = None
    capacity: People | None = None
    members: tuple[Facility, ...] = ()
    aliases: tuple[str, ...] = ()
    coordinates: Place | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("facility.control_changed")
class ControlChanged:
    """Somebody came to hold a facility, or was seen holding it (`manner="observed"`).

    `authority` None: the source does not name the new holder. `manner="vacated"`: nobody holds it.
    Source: ACLED "Non-violent transfer of territory" and "Government regains territory".

    Raises: InvalidEvent when a vacated facility is given an authority.
    """

    facility: Facility
    role: Role = "control"
    authority: Authority | None = None
    previous: Authority | None = None
    manner: Manner = "unknown"
    detail: str = ""
    about: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.manner == "vacated" and self.authority is not None:
            raise InvalidEvent(
                f"ControlChanged: {self.facility} was vacated, yet authority is {self.authority!r}: expected None. "
                "Name who left as previous=..., and record who came as another event."
            )


@event("facility.control_contested")
class ControlContested:
    """Several authorities claim or fight for a facility."""

    facility: Facility
    role: Role = "control"
    claimants: tuple[Authority, ...] = ()
    detail: str = ""
    about: tuple[str, ...] = ()


@event("facility.status_changed")
class FacilityStatusChanged:
    """The state of a facility changed. For crossings, see `border`."""

    facility: Facility
    status: Status
    detail: str = ""
    about: tuple[str, ...] = ()


@event("facility.capacity_reported")
class CapacityReported:
    """Somebody reported how many people a facility has room for."""

    facility: Facility
    capacity: People
    detail: str = ""
    about: tuple[str, ...] = ()
