"""Arcs between places, from which and to which people were moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from timeline.display.charts.captions import caption_text
from timeline.display.maps.outlines import MapProjection
from timeline.display.maps.placed import PlacedTransfer, is_point
from timeline.display.telling import Telling
from timeline.display.web import Html, tag
from timeline.display.words import Words
from timeline.values.instants import FUTURE
from timeline.values.place import Place

_FRESH = 8 * 86_400_000_000
"""The time for which an arc is dark after a transfer, in microseconds."""
_HEAD = 8
"""The length of the head of an arrow, in pixels."""


def arcs(
    flows: Iterable[PlacedTransfer],
    places: Mapping[str, Place],
    *,
    spots: Mapping[str, tuple[float, float]],
    shown: Telling,
    words: Words,
    projection: MapProjection,
) -> Iterator[Html]:
    """Draw one arc for each pair of places, as wide as the people moved by then."""
    end = min(shown.situation.clocks.end, FUTURE)
    pairs: dict[tuple[str, str], list[PlacedTransfer]] = {}
    for flow in flows:
        if flow.end <= end:
            pairs.setdefault((flow.origin, flow.destination), []).append(flow)
    for (origin, destination), found in pairs.items():
        a, b = (_at(slug, places, spots, projection) for slug in (origin, destination))
        many = sum(flow.quantity.best or flow.quantity.low for flow in found)
        vague = not all(is_point(places[slug]) for slug in (origin, destination))
        fresh = end < FUTURE and end - max(flow.end for flow in found) < _FRESH
        said = f"{caption_text(words, 'passage', before=words.name(origin), after=words.name(destination))}: {many:,}"
        kind = f"tl-arc{' tl-fresh' if fresh else ''}{' tl-vague' if vague else ''}"
        yield from _arc(a, b, 1.2 + many**0.5 / 25, kind, said)


def _arc(a: tuple[float, float], b: tuple[float, float], wide: float, kind: str, said: str) -> Iterator[Html]:
    (ax, ay), (bx, by) = a, b
    cx, cy = (ax + bx) / 2 + (by - ay) * 0.18, (ay + by) / 2 - (bx - ax) * 0.18
    yield tag(
        "path",
        tag("title", said),
        d=f"M{ax:.1f},{ay:.1f}Q{cx:.1f},{cy:.1f} {bx:.1f},{by:.1f}",
        cls=kind,
        **{"stroke-width": f"{wide:.1f}"},
    )
    long = max(((bx - cx) ** 2 + (by - cy) ** 2) ** 0.5, 0.1)
    ux, uy = (bx - cx) / long, (by - cy) / long
    base = bx - 8 * ux, by - 8 * uy
    points = [(bx, by), (base[0] - 4 * uy, base[1] + 4 * ux), (base[0] + 4 * uy, base[1] - 4 * ux)]
    yield tag("path", d="M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points) + "Z", cls=f"{kind} tl-head")


def _at(
    slug: str, places: Mapping[str, Place], spots: Mapping[str, tuple[float, float]], projection: MapProjection
) -> tuple[float, float]:
    place = places[slug]
    return spots.get(slug) or (projection.x(place.longitude), projection.y(place.latitude))
