"""GeoJSON: what happened where, for maps.

The vocabulary has no coordinates, so they come from you: a gazetteer that maps the slug of a facility to
`(longitude, latitude)`. What names one place is a point, what names two (an origin and a destination) a
line between them. Entries of no place in the gazetteer are left out and counted; so are places without.

Source: RFC 7946.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Unpack

import orjson

from timeline.entry import Entry
from timeline.errors import InvalidValue
from timeline.exchange import flat
from timeline.exchange.sharing import Export, Options, Written, export
from timeline.timeline import Timeline
from timeline.values.instants import stamp
from timeline.values.quantity import whole_number

Position = tuple[float, float]
_PLACES = ("facility", "crossing", "origin", "destination")


def write(
    line: Timeline,
    path: str | os.PathLike[str],
    gazetteer: Mapping[str, Position],
    *,
    decimals: int | None = None,
    **options: Unpack[Options],
) -> Written:
    """Write entries as read within the cuts, as one FeatureCollection; `decimals=1` rounds to some 10 km.

    Raises: InvalidValue for coordinates that are off the globe, InvalidWhen.
    """
    at = places(gazetteer, decimals)
    exported = export(line, **options)
    found = [_feature(entry, at, exported) for entry in exported.entries()]
    features = [feature for feature in found if feature is not None]
    if decimals is not None and features:
        exported.reduced[f"with coordinates rounded to {decimals} decimals"] = len(features)
    Path(path).write_bytes(orjson.dumps({"type": "FeatureCollection", "features": features}))
    return exported.written(len(features))


def places(gazetteer: Mapping[str, Position], decimals: int | None) -> dict[str, Position]:
    """Check a gazetteer, and round it.

    Raises: InvalidValue.

    >>> places({"al-hol-camp": (41.1417, 36.3786)}, 1)
    {'al-hol-camp': (41.1, 36.4)}
    """
    if not isinstance(gazetteer, Mapping):
        raise InvalidValue(f"gazetteer is {gazetteer!r}: expected slug → (longitude, latitude).", value=gazetteer)
    if decimals is not None and whole_number(decimals) is None:
        raise InvalidValue(f"decimals is {decimals!r}: expected a whole number, or None.", value=decimals)
    return {slug: _position(slug, position, decimals) for slug, position in gazetteer.items()}


def _position(slug: str, position: Position, decimals: int | None) -> Position:
    with suppress(TypeError, ValueError):
        longitude, latitude = () if isinstance(position, str) else map(float, position)
        if -180 <= longitude <= 180 and -90 <= latitude <= 90:
            return (
                (longitude, latitude) if decimals is None else (round(longitude, decimals), round(latitude, decimals))
            )
    raise InvalidValue(
        f"{slug} lies at {position!r}: expected (longitude, latitude), -180 to 180 and -90 to 90.", value=position
    )


def _feature(entry: Entry, at: Mapping[str, Position], exported: Export) -> dict[str, Any] | None:
    named = [slug for name in _PLACES if isinstance(slug := getattr(entry.event, name, None), str)]
    found = [at[slug] for slug in named if slug in at]
    if not found:
        exported.left_out["at places the gazetteer has not" if named else "of no place"] += 1
        return None
    if len(found) < len(named):
        exported.reduced["with one of two places only"] += 1
    geometry = {"type": "LineString", "coordinates": found} if len(found) > 1 else _point(found[0])
    return {"type": "Feature", "id": entry.id, "geometry": geometry, "properties": _properties(entry)}


def _point(position: Position) -> dict[str, Any]:
    return {"type": "Point", "coordinates": position}


def _properties(entry: Entry) -> dict[str, Any]:
    return {
        "type": entry.type,
        "headline": flat.headline(entry),
        "modality": entry.modality.value,
        "occurred": entry.occurred and entry.occurred.text,
        **flat.numbers(flat.quantity_of(entry.event)),
        "detail": entry.event.detail,
        "sources": [report.source for report in entry.reports],
        "recorder": entry.recorder,
        "recorded_at": stamp(entry.recorded_micros),
    }
