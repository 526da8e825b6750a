"""The places of a timeline's facilities: which are points, which are areas, and which are listed only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from statistics import median
from typing import Any, NamedTuple

from timeline.answers.behind import readings
from timeline.display.maps.outlines import Box, box_around, countries_within
from timeline.display.telling import Telling
from timeline.events.custody import DetaineesRepatriated, DetaineesTransferred
from timeline.events.facility import FacilityRegistered
from timeline.values.place import Place
from timeline.values.quantity import Quantity

AREAS = {"district": 15, "region": 60}
"""The radius of an area on the map, in kilometres, by precision."""
_NEAR = 0.7
"""The share of places that the closer map holds."""


class PlacedTransfer(NamedTuple):
    """A transfer between two places that the map knows."""

    position: int
    origin: str
    destination: str
    quantity: Quantity
    end: int


def places_of(shown: Telling) -> dict[str, Place]:
    """Return the coordinates of each facility that are shown, by slug, in the order of the slugs."""
    hidden = shown.hidden()
    found = shown.situation.facilities
    return {
        slug: place
        for slug in sorted(found)
        if slug not in hidden and (place := _leaving(shown, slug, found[slug].coordinates)) is not None
    }


def _leaving(shown: Telling, slug: str, place: Place | None) -> Place | None:
    """Return a place as it is shown; None where it is known less precisely than may be shown."""
    if place is None:
        return None
    event = shown.event(FacilityRegistered(facility=slug, coordinates=place))
    coordinates: Place | None = event.coordinates
    return coordinates


def is_point(place: Place) -> bool:
    """Tell whether a place may be a dot: it is known as precisely as a town."""
    return place.is_within("town")


def is_area(place: Place) -> bool:
    """Tell whether a place is drawn as an area around its point."""
    return place.precision in AREAS


def areas_of(shown: Telling, places: Mapping[str, Place]) -> dict[str, Place]:
    """Return the places that are drawn as areas: no collectives, which are no place of their own."""
    found = shown.situation.facilities
    return {slug: place for slug, place in places.items() if is_area(place) and found[slug].kind != "collective"}


def unplaced(shown: Telling, places: Mapping[str, Place]) -> list[str]:
    """Return the facilities that are not drawn, so that they are listed: without coordinates, or only a country.

    A collective is no place of its own, and is not listed.
    """
    found = shown.situation.facilities
    alone = [slug for slug in sorted(found) if found[slug].kind != "collective"]
    return [slug for slug in alone if slug not in places or not is_drawn(places[slug])]


def is_drawn(place: Place) -> bool:
    """Tell whether a place is drawn at all, as a point or as an area."""
    return is_point(place) or is_area(place)


def box_of(places: Mapping[str, Place]) -> Box | None:
    """Return the part of the globe that a map of some places shows; None where nothing can be drawn."""
    return box_around(place for place in places.values() if is_drawn(place))


def near_box(places: Mapping[str, Place]) -> Box | None:
    """Return the part where most places lie close together; None where all are as close."""
    drawn = [place for place in places.values() if is_point(place)]
    if len(drawn) < 4:
        return None
    north, east = median(p.latitude for p in drawn), median(p.longitude for p in drawn)
    ranked = sorted(drawn, key=lambda p: (p.latitude - north) ** 2 + (p.longitude - east) ** 2)
    near, whole = box_around(ranked[: round(len(ranked) * _NEAR)]), box_of(places)
    if near is None or whole is None:
        return None
    return near if near.north - near.south < 0.7 * (whole.north - whole.south) else None


def placed_transfers(shown: Telling, places: Mapping[str, Place]) -> list[PlacedTransfer]:
    """Return the transfers within the cuts, whenever they happened, whose two ends have coordinates."""
    found = []
    for reading in readings(shown.situation):
        event = reading.event
        if not isinstance(event, DetaineesTransferred | DetaineesRepatriated):
            continue
        origin, destination = event.origin, getattr(event, "destination", None)
        if origin in places and destination in places and origin != destination:
            quantity = shown.event(event).quantity
            found.append(
                PlacedTransfer(reading.case.entry.position, str(origin), str(destination), quantity, reading.end)
            )
    return found


def map_data(shown: Telling) -> dict[str, Any] | None:
    """Return what a page needs to draw its map; None where no place can be drawn.

    `places` has latitude, longitude and precision by slug. `areas` has the radius of each area in kilometres. `flows`
    has the position, both ends and the best number of each transfer. `unplaced` lists what is not drawn. `box` and
    `near` are west, south, east and north of the whole map and of its closer part.
    """
    places = places_of(shown)
    box = box_of(places)
    if box is None:
        return None
    return {
        "box": _rounded(box),
        "near": _rounded(near) if (near := near_box(places)) else None,
        "countries": countries_within(box),
        "places": {slug: [place.latitude, place.longitude, place.precision] for slug, place in places.items()},
        "areas": {slug: AREAS[place.precision] for slug, place in areas_of(shown, places).items()},
        "flows": [[*flow[:3], _best(flow.quantity)] for flow in placed_transfers(shown, places)],
        "unplaced": unplaced(shown, places),
    }


def _best(quantity: Quantity) -> int | None:
    return next((n for n in (quantity.best, quantity.low or None, quantity.high) if n is not None), None)


def _rounded(numbers: Iterable[float]) -> list[float]:
    return [round(number, 3) for number in numbers]
