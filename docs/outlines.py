"""Make the outlines of countries that maps are drawn on: `python docs/outlines.py FOLDER`.

FOLDER holds `countries-10m.json` and `countries-110m.json` of the npm package `world-atlas` 2.0.2 (ISC licence), which
are Natural Earth's countries (public domain). A layer holds the countries within a box, the finest box first.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

Point = tuple[float, float]
Ring = list[Point]
TARGET = Path(__file__).parent.parent / "src" / "timeline" / "data" / "outlines.json"
SOURCE = "Natural Earth, public domain (naturalearthdata.com), by way of world-atlas 2.0.2 (ISC licence)"
ARABIC = {
    "Syria": "سوريا", "Iraq": "العراق", "Turkey": "تركيا", "Jordan": "الأردن", "Saudi Arabia": "السعودية",
    "Iran": "إيران", "Lebanon": "لبنان", "Kuwait": "الكويت",
}  # fmt: skip
LABELS = {
    "Syria": (38.55, 34.95), "Iraq": (42.9, 33.2), "Turkey": (40.0, 37.6), "Jordan": (37.6, 31.6),
    "Saudi Arabia": (41.2, 31.0), "Iran": (46.3, 34.4),
}  # fmt: skip
"""Where the names of countries stand on the finer layer."""


class Layer(NamedTuple):
    """The countries to take from a file: those within a box, how much simplified, and with how many decimals."""

    file: str
    box: tuple[float, float, float, float]
    tolerance: float
    decimals: int


LAYERS = (
    Layer("countries-10m.json", (36.2, 30.6, 47.0, 37.9), 0.012, 2),
    Layer("countries-110m.json", (-180.0, -60.0, 180.0, 84.0), 0.15, 1),
)


def arcs_of(topology: dict[str, Any]) -> list[Ring]:
    """Decode the arcs of a TopoJSON file into degrees."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    found = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        found.append(points)
    return found


def ring_of(indices: Sequence[int], arcs: Sequence[Ring]) -> Ring:
    """Join arcs into a ring; a negative index is an arc backwards."""
    ring: Ring = []
    for index in indices:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring += arc[1:] if ring else arc
    return ring


def simplified(points: Ring, tolerance: float) -> Ring:
    """Leave out what lies within a tolerance of the line between others (Douglas and Peucker)."""
    if len(points) < 3:
        return points
    (x1, y1), (x2, y2) = points[0], points[-1]
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5

    def off(point: Point) -> float:
        x, y = point
        if not length:
            return ((x - x1) ** 2 + (y - y1) ** 2) ** 0.5
        return abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length

    far = max(range(1, len(points) - 1), key=lambda n: off(points[n]))
    if off(points[far]) <= tolerance:
        return [points[0], points[-1]]
    return simplified(points[: far + 1], tolerance)[:-1] + simplified(points[far:], tolerance)


def clipped(points: Ring, box: tuple[float, float, float, float]) -> Ring:
    """Cut a ring at a box (Sutherland and Hodgman)."""
    west, south, east, north = box
    sides: list[tuple[Callable[[Point], bool], Callable[[Point, Point], Point]]] = [
        (lambda p: p[0] >= west, lambda a, b: _at_x(a, b, west)),
        (lambda p: p[0] <= east, lambda a, b: _at_x(a, b, east)),
        (lambda p: p[1] >= south, lambda a, b: _at_y(a, b, south)),
        (lambda p: p[1] <= north, lambda a, b: _at_y(a, b, north)),
    ]
    for inside, cross in sides:
        kept: Ring = []
        for a, b in zip(points, points[1:] + points[:1], strict=True):
            if inside(a):
                kept.append(a)
            if inside(a) != inside(b):
                kept.append(cross(a, b))
        points = kept
    return points


def _at_x(a: Point, b: Point, x: float) -> Point:
    return x, a[1] + (b[1] - a[1]) * (x - a[0]) / (b[0] - a[0])


def _at_y(a: Point, b: Point, y: float) -> Point:
    return a[0] + (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]), y


def layer_of(layer: Layer, folder: Path) -> dict[str, Any]:
    """Return a layer as it is stored."""
    topology = json.loads((folder / layer.file).read_text("utf-8"))
    arcs, countries = arcs_of(topology), []
    for country in topology["objects"]["countries"]["geometries"]:
        polygons = [country["arcs"]] if country["type"] == "Polygon" else country.get("arcs", [])
        rings = [ring_of(indices, arcs) for polygon in polygons for indices in polygon]
        shapes = [shape for ring in rings if len(shape := _shape(ring, layer)) > 3]
        if shapes:
            countries.append(_country(country["properties"]["name"], shapes, layer))
    return {"box": layer.box, "countries": countries}


def _shape(ring: Ring, layer: Layer) -> Ring:
    half = len(ring) // 2
    fewer = simplified(ring[: half + 1], layer.tolerance)[:-1] + simplified(ring[half:], layer.tolerance)
    cut = clipped(fewer, layer.box)
    return [(round(x, layer.decimals), round(y, layer.decimals)) for x, y in cut]


def _country(name: str, shapes: list[Ring], layer: Layer) -> dict[str, Any]:
    names = {"en": name} | ({"ar": ARABIC[name]} if name in ARABIC else {})
    label = LABELS.get(name) if layer is LAYERS[0] else None
    return {"names": names, "label": label, "rings": shapes}


def main(folder: Path) -> None:
    """Write the outlines."""
    sys.setrecursionlimit(20_000)
    found = {"source": SOURCE, "layers": [layer_of(layer, folder) for layer in LAYERS]}
    TARGET.write_text(json.dumps(found, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
