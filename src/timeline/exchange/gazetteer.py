"""Positions, for formats that draw points: of facilities, as registered or in a gazetteer, and of events themselves.

A place that is known less precisely than asked has no position here: a point would say more than is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import attrs
from attrs import frozen

from timeline.errors import InvalidValue
from timeline.events.declare import UnknownEvent
from timeline.events.facility import FacilityRegistered
from timeline.exchange.sharing import Export
from timeline.values.place import Place, Precision
from timeline.values.quantity import whole_number

Position = tuple[float, float]
"""Longitude and latitude, in degrees."""


@frozen
class Gazetteer:
    """The positions of facilities that may leave as points, and how precisely the others are known, by slug.

    `least` is the least precision of a point; positions are rounded to so many `decimals`.
    """

    positions: Mapping[str, Position]
    too_coarse: Mapping[str, Precision]
    least: Precision
    decimals: int | None

    def point(self, place: Place | None) -> Position | None:
        """Return the position of a place; None where a point would say more than is known."""
        if place is None or not place.is_within(self.least):
            return None
        return _rounded((place.longitude, place.latitude), self.decimals)

    def reason(self, slugs: list[str]) -> str:
        """Say why none of some facilities has a position."""
        coarse = [self.too_coarse[slug] for slug in slugs if slug in self.too_coarse]
        return too_coarse(coarse[0]) if coarse else "at places without coordinates"


def too_coarse(precision: Precision) -> str:
    """Say why a place has no position.

    >>> too_coarse("region")
    'at places known to the region only'
    """
    return f"at places known to the {precision} only"


def own_place(event: Any) -> Place | None:
    """Return where an event happened by its own word; None where it names a facility at most.

    A registration says where a facility lies, which a gazetteer may replace.
    """
    if isinstance(event, FacilityRegistered | UnknownEvent):
        return None
    values = (getattr(event, one.name) for one in attrs.fields(type(event)))
    return next((value for value in values if isinstance(value, Place)), None)


def gazetteer_of(exported: Export, given: Mapping[str, Any] | None, decimals: int | None) -> Gazetteer:
    """Gather where facilities lie; a position given by the caller replaces what is registered.

    `given` maps slugs to `(longitude, latitude)`, or to a `Place`. A position counts for every name of a facility.

    Raises: InvalidValue.
    """
    if decimals is not None and whole_number(decimals) is None:
        raise InvalidValue(f"decimals is {decimals!r}: expected a whole number, or None.", value=decimals)
    if not isinstance(given, Mapping | None):
        raise InvalidValue(f"gazetteer is {given!r}: expected slug → (longitude, latitude).", value=given)
    found: dict[str, Any] = {**exported.places, **exported.by_every_name(given or {})}
    coarse = {
        slug: place.precision
        for slug, place in found.items()
        if isinstance(place, Place) and not place.is_within(exported.precision)
    }
    fine = {slug: _position(slug, place, decimals) for slug, place in found.items() if slug not in coarse}
    return Gazetteer(fine, coarse, exported.precision, decimals)


def _position(slug: str, place: Any, decimals: int | None) -> Position:
    position: Any = (place.longitude, place.latitude) if isinstance(place, Place) else place
    with suppress(TypeError, ValueError):
        longitude, latitude = map(float, () if isinstance(position, str) else position)
        if -180 <= longitude <= 180 and -90 <= latitude <= 90:
            return _rounded((longitude, latitude), decimals)
    raise InvalidValue(
        f"{slug} lies at {position!r}: expected (longitude, latitude), -180 to 180 and -90 to 90.", value=position
    )


def _rounded(position: Position, decimals: int | None) -> Position:
    longitude, latitude = position
    return position if decimals is None else (round(longitude, decimals), round(latitude, decimals))
