"""Positions of facilities, for formats that draw points: those registered on the log, and those of a gazetteer.

A place that is known less precisely than asked has no position here: a point would say more than is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from attrs import frozen

from timeline.errors import InvalidValue
from timeline.exchange.sharing import Export
from timeline.values.place import Place, Precision
from timeline.values.quantity import whole_number

Position = tuple[float, float]
"""Longitude and latitude, in degrees."""


@frozen
class Gazetteer:
    """The positions of facilities that may leave as points, and how precisely the others are known, by slug."""

    positions: Mapping[str, Position]
    too_coarse: Mapping[str, Precision]

    def reason(self, slugs: list[str]) -> str:
        """Say why none of some facilities has a position."""
        coarse = [self.too_coarse[slug] for slug in slugs if slug in self.too_coarse]
        return f"at places known to the {coarse[0]} only" if coarse else "at places without coordinates"


def gazetteer_of(exported: Export, given: Mapping[str, Any] | None, decimals: int | None) -> Gazetteer:
    """Gather where facilities lie; a position given by the caller replaces what is registered.

    `given` maps slugs to `(longitude, latitude)`, or to a `Place`.

    Raises: InvalidValue.
    """
    if decimals is not None and whole_number(decimals) is None:
        raise InvalidValue(f"decimals is {decimals!r}: expected a whole number, or None.", value=decimals)
    if not isinstance(given, Mapping | None):
        raise InvalidValue(f"gazetteer is {given!r}: expected slug → (longitude, latitude).", value=given)
    found: dict[str, Any] = {**exported.places, **(given or {})}
    coarse = {
        slug: place.precision
        for slug, place in found.items()
        if isinstance(place, Place) and not place.is_within(exported.precision)
    }
    fine = {slug: _position(slug, place, decimals) for slug, place in found.items() if slug not in coarse}
    return Gazetteer(fine, coarse)


def _position(slug: str, place: Any, decimals: int | None) -> Position:
    position: Any = (place.longitude, place.latitude) if isinstance(place, Place) else place
    with suppress(TypeError, ValueError):
        longitude, latitude = map(float, () if isinstance(position, str) else position)
        if -180 <= longitude <= 180 and -90 <= latitude <= 90:
            return (
                (longitude, latitude) if decimals is None else (round(longitude, decimals), round(latitude, decimals))
            )
    raise InvalidValue(
        f"{slug} lies at {position!r}: expected (longitude, latitude), -180 to 180 and -90 to 90.", value=position
    )
