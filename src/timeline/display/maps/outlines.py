"""The outlines of countries on which places are drawn. Source: Natural Earth, public domain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from math import cos, radians
from typing import Any, NamedTuple

import orjson

from timeline.values.place import Place

_LEAST = 0.5
"""The least height and width of a map, in degrees."""
_MARGIN = 0.09


class Box(NamedTuple):
    """A part of the globe, in degrees. It ends at the poles and at 180° of longitude."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, other: Box) -> bool:
        """Tell whether another box lies within this one."""
        within = self.west <= other.west and self.south <= other.south
        return within and other.east <= self.east and other.north <= self.north

    def meets(self, other: Box) -> bool:
        """Tell whether two boxes share some of the globe."""
        across = self.west < other.east and other.west < self.east
        return across and self.south < other.north and other.south < self.north


class MapProjection(NamedTuple):
    """An equirectangular projection that is true at the middle latitude of a box, onto a picture in pixels."""

    box: Box
    width: float
    height: float

    @classmethod
    def onto(cls, box: Box, width: float) -> MapProjection:
        """Return the projection that fills a width."""
        high = (box.north - box.south) / ((box.east - box.west) * cls._flat(box))
        return cls(box, width, round(width * high))

    @staticmethod
    def _flat(box: Box) -> float:
        return cos(radians((box.south + box.north) / 2))

    @property
    def km(self) -> float:
        """The pixels of a kilometre."""
        return self.height / ((self.box.north - self.box.south) * 111.2)

    def x(self, longitude: float) -> float:
        """Return the place of a longitude, in pixels from the left."""
        return (longitude - self.box.west) / (self.box.east - self.box.west) * self.width

    def y(self, latitude: float) -> float:
        """Return the place of a latitude, in pixels from the top."""
        return (self.box.north - latitude) / (self.box.north - self.box.south) * self.height


def box_around(places: Iterable[Place]) -> Box | None:
    """Return a box that holds some places, with a margin within the finest outlines; None without a place."""
    found = list(places)
    if not found:
        return None
    north, south = max(p.latitude for p in found), min(p.latitude for p in found)
    east, west = max(p.longitude for p in found), min(p.longitude for p in found)
    tall = max((north - south) * _MARGIN, (_LEAST - (north - south)) / 2)
    wide = max((east - west) * _MARGIN, (_LEAST - (east - west)) / 2)
    whole = _layer(Box(west, south, east, north))
    edge = Box(*whole["box"]) if whole is not _outlines()["layers"][-1] else Box(-180, -90, 180, 90)
    return Box(
        max(west - wide, edge.west), max(south - tall, edge.south), min(east + wide, edge.east),
        min(north + tall, edge.north),
    )  # fmt: skip


def countries_within(box: Box) -> list[Mapping[str, Any]]:
    """Return the countries of the finest outlines that hold a box, each with `names`, `label` and `rings`.

    A ring is a list of points, longitude before latitude. Countries outside the box are left out.
    """
    layers = _outlines()["layers"]
    layer = next((found for found in layers if Box(*found["box"]).holds(box)), layers[-1])
    shown = (
        (country, [ring for ring in country["rings"] if _around(ring).meets(box)]) for country in layer["countries"]
    )
    return [{**country, "rings": rings} for country, rings in shown if rings]


def _layer(box: Box) -> Mapping[str, Any]:
    """Return the finest outlines that hold a box; those of the world, which no box fits better."""
    layers: list[Mapping[str, Any]] = _outlines()["layers"]
    return next((found for found in layers if Box(*found["box"]).holds(box)), layers[-1])


def _around(ring: Iterable[tuple[float, float]]) -> Box:
    xs, ys = zip(*ring, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


@cache
def _outlines() -> Mapping[str, Any]:
    found: Mapping[str, Any] = orjson.loads(files("timeline").joinpath("data", "outlines.json").read_bytes())
    return found
