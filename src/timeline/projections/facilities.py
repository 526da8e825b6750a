"""Facilities: the kind and state of each, and its holder in each role since when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, get_args

import attrs

from timeline.displayable import ProjectionView
from timeline.errors import InvalidValue
from timeline.events.facility import (
    CapacityReported,
    ControlChanged,
    ControlContested,
    FacilityRegistered,
    FacilityStatusChanged,
    Role,
)
from timeline.history.finding import Finding
from timeline.history.reading import Reading
from timeline.projections.building import ByClass, Register, changed, kind_after, number_after
from timeline.projections.lifecycle import Lifecycle
from timeline.projections.projection import Accessor, Path, Projection, field
from timeline.values.containers import FrozenMapping
from timeline.values.discovery import pretty_fields
from timeline.values.entities import NOBODY, Holder, check_asked
from timeline.values.names import is_blank, not_blank
from timeline.values.place import Place
from timeline.values.quantity import Quantity
from timeline.values.report import credited
from timeline.values.spoken import since_in_words
from timeline.values.when import When

_OPEN = ("operational", "besieged", "restricted", "damaged", "other")
STATUS = Lifecycle(
    "facility status",
    {
        "operational": {s: "operational" for s in (None, *_OPEN, "evacuating", "evacuated", "closed")},
        "besieged": {s: "besieged" for s in (None, *_OPEN, "evacuating")},
        "restricted": {s: "restricted" for s in (None, *_OPEN)},
        "damaged": {s: "damaged" for s in (None, *_OPEN, "evacuating", "evacuated", "closed")},
        "evacuating": {s: "evacuating" for s in (None, *_OPEN, "evacuating")},
        "evacuated": {s: "evacuated" for s in (None, *_OPEN, "evacuating", "evacuated")},
        "closed": {s: "closed" for s in (None, *_OPEN, "evacuating", "evacuated", "closed")},
        "other": {s: "other" for s in (None, *_OPEN, "evacuating", "evacuated", "closed")},
    },
)
"""A facility that is closed or evacuated holds nobody to besiege or evacuate."""


@attrs.frozen(slots=False)
class Hold:
    """The holder of a facility in one role: a slug, `NOBODY`, or None (not known).

    `since` None: not dated. For a holder first *observed*, `since` is open: `../2026-01-19`.
    `claimants` are the authorities that contest the facility.
    """

    holder: Holder = None
    since: When | None = None
    claimants: tuple[str, ...] | None = None


@attrs.frozen(slots=False)
class FacilityState:
    """A facility as of some situation. None: not reported."""

    _repr_pretty_ = pretty_fields

    slug: str
    kind: str | None = None
    names: FrozenMapping[str, str] = FrozenMapping()
    place: str | None = None
    capacity: Quantity | None = None
    members: tuple[str, ...] = ()
    coordinates: Place | None = None
    status: str | None = None
    roles: FrozenMapping[str, Hold] = FrozenMapping()
    aliases: tuple[str, ...] = ()

    def holder(self, role: str = "control") -> Holder:
        """Return the holder: a slug, `NOBODY`, or None (not known).

        Raises: InvalidValue for an unknown role.
        """
        return self._hold(role).holder

    def since(self, role: str = "control") -> When | None:
        """Return the date since which the holder has held it; None if not reported."""
        return self._hold(role).since

    @property
    def contested(self) -> bool:
        """True if several authorities claim or fight for it, in any role. Rival *reports* are a dispute."""
        return any(hold.claimants is not None for hold in self.roles.values())

    def claimants(self, role: str = "control") -> tuple[str, ...]:
        """Return the authorities that contest it, as far as the source names them."""
        return self._hold(role).claimants or ()

    def _hold(self, role: str) -> Hold:
        if role not in _ROLES:
            raise InvalidValue(f"role is {role!r}: expected {', '.join(_ROLES)}.", value=role)
        return self.roles.get(role, _UNHELD)


_UNHELD = Hold()
_ROLES = get_args(Role)

_TOLD = ByClass(
    dict.fromkeys((FacilityRegistered, ControlChanged, ControlContested, FacilityStatusChanged, CapacityReported), True)
)

Key = tuple[str, str]


def _keys(reading: Reading) -> Iterable[Key]:
    event = reading.event
    return (("facility", event.facility),) if _TOLD[type(event)] else ()


def _evolve(facility: FacilityState | None, reading: Reading, key: Key) -> FacilityState:
    facility = facility or FacilityState(key[1])
    match reading.event:
        case FacilityRegistered() as event:
            return changed(
                facility,
                kind=kind_after(facility.kind, event),
                names=facility.names | not_blank(event.names),
                place=event.place or facility.place,
                capacity=number_after(facility.capacity, event.capacity),
                members=event.members or facility.members,
                aliases=tuple(dict.fromkeys((*facility.aliases, *(a for a in event.aliases if not is_blank(a))))),
                coordinates=event.coordinates or facility.coordinates,
            )
        case ControlChanged() as event:
            return _held(facility, event.role, _new_hold(facility.roles.get(event.role, _UNHELD), event, reading))
        case ControlContested() as event:
            hold = facility.roles.get(event.role, _UNHELD)
            return _held(facility, event.role, changed(hold, claimants=event.claimants or hold.claimants or ()))
        case FacilityStatusChanged() as event:
            return changed(facility, status=STATUS.after(facility.status, event.status))
        case CapacityReported() as event:
            return changed(facility, capacity=number_after(facility.capacity, event.capacity))
    return facility


def _held(facility: FacilityState, role: str, hold: Hold) -> FacilityState:
    return changed(facility, roles=facility.roles | {role: hold})


def _new_hold(before: Hold, event: ControlChanged, reading: Reading) -> Hold:
    holder: Holder = NOBODY if event.manner == "vacated" else event.authority
    if event.manner != "observed":
        return Hold(holder, reading.occurred)
    if holder == before.holder and holder is not None:
        return changed(before, claimants=None)
    return Hold(holder, _by(reading.occurred))


def _by(when: When | None) -> When | None:
    """Return the open time up to which a holder was seen; None if the observation has no end."""
    if when is None or when.latest is None:
        return None
    if when.earliest is None:
        return when
    end = when.text.rpartition("/")[2]
    return When(f"../{when.latest.isoformat() if '[' in end else end}")


def _check(before: FacilityState | None, reading: Reading, after: FacilityState, key: Key) -> Iterator[Finding]:
    event, slug = reading.event, key[1]
    if isinstance(event, FacilityStatusChanged):
        yield from STATUS.finding(
            before.status if before else None, event.status, ("facilities", slug, "status"), reading
        )
    if isinstance(event, ControlChanged):
        held = before.holder(event.role) if before else None
        by, path = credited(reading.reports), ("facilities", slug, event.role)
        if event.previous is not None and held is not None and held != event.previous:
            message = f"{slug}: {event.role} is said to pass from {event.previous}{by}, but {held} was known to hold it"
            yield Finding("unexpected_previous", message, path, entries=(reading.entry,))
        if event.manner == "vacated":
            message = f"{slug}: nobody in {event.role} {since_in_words(reading.occurred)}{by}"
            yield Finding("control_gap", message, path, entries=(reading.entry,))


class Facilities(ProjectionView, Register[FacilityState]):
    """Every facility that an entry names, by slug."""

    def held_by(self, authority: str, role: str = "control") -> tuple[str, ...]:
        """Return the facilities that an authority holds.

        Raises: UnknownName for an authority that no entry on the log names.
        """
        check_asked(authority=authority)
        self._snapshot.require(authority=authority)
        authority = self._snapshot.identity.slug("authority", authority)
        return tuple(slug for slug in self if self[slug].holder(role) == authority)


_ATTRIBUTES = ("kind", "names", "place", "coordinates", "capacity", "members", "status", "contested", "aliases")


def _flat(view: Facilities) -> Iterator[tuple[Path, Any]]:
    for slug, facility in view.items():
        for role, hold in sorted(facility.roles.items()):
            yield (slug, role), hold.holder
            yield (slug, "since", role), hold.since
            if hold.claimants is not None:
                yield (slug, "claimants", role), hold.claimants
        for name in _ATTRIBUTES:
            value = getattr(facility, name)
            if value not in (None, (), {}, False):
                yield (slug, name), value


def _locate(view: Facilities, path: Path) -> Accessor:
    slug, *rest = path
    name, *more = rest or ["control"]
    key, named = ("facility", slug), {"facility": slug}
    if name in ("since", "claimants"):
        (role,) = more or ["control"]
        if role not in _ROLES:
            raise ValueError(role)
        return Accessor(key, lambda facility: getattr(facility, name)(role), named=named)
    if more:
        raise ValueError(path)
    if name in _ROLES:
        control = Accessor(
            key, lambda facility: facility.holder(name), lambda facility: facility.roles.get(name), named
        )
        return control._replace(begins=lambda facility: facility.since(name))
    return Accessor(key, field(name, FacilityState), named=named, rest=False if name == "contested" else None)


def _subject(reading: Reading, key: Key) -> Path:
    """Return the path of the holder, status, capacity or (for a registration) kind of a facility."""
    match reading.event:
        case ControlChanged(role=role):
            return (key[1], role)
        case ControlContested(role=role):
            return (key[1], "claimants", role)
        case FacilityStatusChanged():
            return (key[1], "status")
        case CapacityReported():
            return (key[1], "capacity")
    return (key[1], "kind")


def _is_sufficient(reading: Reading, path: Path) -> bool:
    """Tell whether an event alone explains a value: names come from every registration, all else from the last."""
    return path[-1] not in ("names", "aliases")


FACILITIES = Projection(
    name="facilities",
    keys=_keys,
    evolve=_evolve,
    check=_check,
    view=lambda snapshot: Facilities(snapshot, "facility"),
    flat=_flat,
    locate=_locate,
    is_sufficient=_is_sufficient,
    subject=_subject,
    states=(FacilityState, Hold, Place),
    version=2,
    by_key=True,
)
