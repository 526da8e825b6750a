"""GeoJSON: what happened where, for maps.

A facility lies where its registration says, or where your gazetteer says, which maps slugs to `(longitude, latitude)`.
What names one place is a point, what names two (an origin and a destination) a line between them. An event that has
coordinates of its own is a point there. Entries without a position are left out and counted. A place that is known
less precisely than asked, by default to the town, has none.

Source: RFC 7946.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Unpack

import orjson

from timeline.entry import Entry
from timeline.exchange import flat
from timeline.exchange.gazetteer import Gazetteer, Position, gazetteer_of, own_place, too_coarse
from timeline.exchange.sharing import Export, Options, Written, export
from timeline.history.reading import Reading
from timeline.log.replacing import replacing
from timeline.timeline import Timeline
from timeline.values.instants import stamp
from timeline.values.place import Place

_PLACES = ("facility", "crossing", "origin", "destination")


def write(
    line: Timeline,
    path: str | os.PathLike[str],
    gazetteer: Mapping[str, Position | Place] | None = None,
    *,
    decimals: int | None = None,
    **options: Unpack[Options],
) -> Written:
    """Write entries as read within the cuts, as one FeatureCollection; `decimals=1` rounds to some 10 km.

    `precision` is the least precise that a place may be to become a point: a town, if it is not given.

    Raises: InvalidValue for coordinates that are off the globe, InvalidWhen.
    """
    exported = export(line, **options)
    at = gazetteer_of(exported, gazetteer, decimals)
    found = [_feature(reading, at, exported) for reading in exported.readings]
    features = [feature for feature in found if feature is not None]
    if decimals is not None and features:
        exported.reduced[f"with coordinates rounded to {decimals} decimals"] = len(features)
    with replacing(path) as draft:
        draft.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": features}))
    return exported.written(len(features))


def _why_nowhere(own: Place | None, named: list[str], at: Gazetteer) -> str:
    """Return why no point is given: by its place, which is too coarse, or by those it names."""
    if named:
        return at.reason(named)
    return "of no place" if own is None else too_coarse(own.precision)


def _feature(reading: Reading, at: Gazetteer, exported: Export) -> dict[str, Any] | None:
    entry, own = exported.entry(reading), own_place(reading.event)
    named = [slug for name in _PLACES if isinstance(slug := getattr(entry.event, name, None), str)]
    point = at.point(own)
    found = [at.positions[slug] for slug in named if slug in at.positions] if point is None else [point]
    if not found:
        exported.left_out[_why_nowhere(own, named, at)] += 1
        return None
    if point is None and len(found) < len(named):
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
