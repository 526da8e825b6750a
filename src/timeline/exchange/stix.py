"""STIX 2.1: a bundle for threat-intelligence platforms.

    incident       an entry: STIX gives it a name and a description, the rest stands in an extension
    identity       an authority it names, and the producer of the bundle
    location       a facility, where the caller's gazetteer has its coordinates: STIX wants some
    relationship   the incident is `related-to` these; the description says in which role
    extension-definition   what the extension holds: type, EDTF time, bounds, modality, quantity, data, tags

Reports are external references: a STIX `report` needs an exact time of publication, which they have not.
Ids are made from `source` and the id of the entry, so the same entry is the same object in every bundle;
`created` is when it was recorded, `modified` when its last correction or corroboration was.

Source: STIX 2.1 (OASIS), and its confidence scale for the Admiralty code.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Unpack
from uuid import NAMESPACE_URL, uuid5

import orjson

from timeline.entry import Entry
from timeline.events.facility import FacilityRegistered
from timeline.eventtype import UnknownEvent, named
from timeline.exchange import flat
from timeline.exchange.geojson import Position, places
from timeline.exchange.sharing import Options, Shared, Written, markings, share, text_given
from timeline.extras import needs
from timeline.instants import instant, stamp
from timeline.log.eventdata import encode_event
from timeline.reading import Reading
from timeline.report import Report
from timeline.timeline import Timeline

with needs("stix"):
    import stix2

EXTENSION = "extension-definition--89082599-0b3d-5df4-a12c-e812b335bce6"
"""The id of the extension of incidents, the same for every timeline."""
_PUBLISHED = "2026-01-01T00:00:00.000Z"
_CONFIDENCE = {1: 90, 2: 70, 3: 50, 4: 30, 5: 10}


def write(
    line: Timeline,
    path: str | os.PathLike[str],
    *,
    source: str,
    gazetteer: Mapping[str, Position] | None = None,
    decimals: int | None = None,
    **options: Unpack[Options],
) -> Written:
    """Entries as read within the cuts, as one bundle; the count is that of its incidents.

    `source` is the URI of this timeline; `gazetteer` maps slugs of facilities to `(longitude, latitude)`,
    rounded to so many `decimals`.

    Raises: MissingExtra, InvalidValue, InvalidWhen.
    """
    shared = share(line, **options)
    text_given(source, "source", "https://example.org/timeline")
    bundle = _Bundle(source, places({} if gazetteer is None else gazetteer, decimals), shared)
    for reading in shared.readings:
        bundle.add(reading)
    Path(path).write_bytes(bundle.written())
    return shared.written(bundle.incidents)


class _Bundle:
    """The objects so far, by id, and where new ones come from."""

    def __init__(self, source: str, places: Mapping[str, Position], shared: Shared) -> None:
        self.source = source
        self.places = places
        self.shared = shared
        self.incidents = 0
        self.objects: dict[str, Any] = {}
        registered = [r.event for r in shared.readings if isinstance(r.event, FacilityRegistered)]
        self.names = {event.facility: event.names.get("en", event.facility) for event in registered}

    def written(self) -> bytes:
        objects = [self.objects[id] for id in sorted(self.objects)]
        bundle = stix2.v21.Bundle(*objects, id=self._id("bundle", "".join(sorted(self.objects))))
        return orjson.dumps(orjson.loads(bundle.serialize()), option=orjson.OPT_INDENT_2)

    def add(self, reading: Reading) -> None:
        """The objects of one entry: itself, those it names, and how it relates to them."""
        entry = self.shared.entry(reading)
        if isinstance(entry.event, FacilityRegistered):
            self.shared.left_out["registrations, whose names and places stand in locations"] += 1
        elif self.shared.real(entry):
            self.incidents += 1
            incident = self._incident(entry, _last_told(reading))
            for field, kind, slug in _named(entry.event):
                self._relate(incident, entry, field, self._entity(entry, kind, slug))

    def _incident(self, entry: Entry, modified: int) -> str:
        ratings = [r.credibility for r in entry.reports if r.credibility in _CONFIDENCE]
        return self._put(
            stix2.v21.Incident,
            entry,
            entry.id,
            modified=_time(modified),
            created_by_ref=self._producer(entry),
            name=flat.headline(entry),
            description=entry.event.detail or None,
            confidence=_CONFIDENCE[min(ratings)] if ratings else None,
            external_references=[_reference(report) for report in entry.reports] or None,
            object_marking_refs=[self._marking(entry, mark) for mark in sorted(markings(entry.tags))] or None,
            extensions={self._extension(entry): {"extension_type": "property-extension", **_properties(entry)}},
        )

    def _producer(self, entry: Entry) -> str:
        return self._put(stix2.v21.Identity, entry, "producer", name=self.source, identity_class="system")

    def _extension(self, entry: Entry) -> str:
        producer = self._producer(entry)
        if EXTENSION not in self.objects:
            self.objects[EXTENSION] = stix2.v21.ExtensionDefinition(
                id=EXTENSION,
                created=_PUBLISHED,
                modified=_PUBLISHED,
                created_by_ref=producer,
                name="Incident of a timeline",
                description="What happened, when it may have, and how many people it was about.",
                schema="event_type, modality, occurred (EDTF), earliest, latest, low, best, high, unit, tags, data",
                version="1.0.0",
                extension_types=["property-extension"],
            )
        return EXTENSION

    def _entity(self, entry: Entry, kind: str, slug: str) -> str | None:
        """An authority or a place, by id; None, and counted, for a place without coordinates."""
        if kind == "authority":
            return self._put(stix2.v21.Identity, entry, slug, name=slug, identity_class="organization")
        if slug not in self.places:
            self.shared.reduced["places without coordinates, named in the extension only"] += 1
            return None
        longitude, latitude = self.places[slug]
        name = self.names.get(slug, slug)
        return self._put(stix2.v21.Location, entry, slug, name=name, latitude=latitude, longitude=longitude)

    def _relate(self, incident: str, entry: Entry, role: str, target: str | None) -> None:
        if target is not None:
            self._put(
                stix2.v21.Relationship,
                entry,
                f"{incident} {role} {target}",
                relationship_type="related-to",
                source_ref=incident,
                target_ref=target,
                description=role,
            )

    def _marking(self, entry: Entry, mark: str) -> str:
        statement = stix2.v21.StatementMarking(statement=mark.upper() if mark.startswith("tlp:") else mark)
        kinds = {"definition_type": "statement", "definition": statement}
        return self._put(stix2.v21.MarkingDefinition, entry, mark, **kinds)

    def _put(self, cls: Any, entry: Entry, key: str, **properties: Any) -> str:
        """The id of an object, made of the first entry that needs it."""
        id = self._id(cls._type, key)
        if id not in self.objects:
            created = _time(entry.recorded)
            given = {name: value for name, value in properties.items() if value is not None}
            if cls is not stix2.v21.MarkingDefinition:
                given = {"modified": created, **given}
            self.objects[id] = cls(id=id, created=created, **given)
        return id

    def _id(self, kind: str, name: str) -> str:
        return f"{kind}--{uuid5(uuid5(NAMESPACE_URL, self.source), f'{kind}:{name}')}"


def _named(event: Any) -> Iterator[tuple[str, str, str]]:
    """The authorities and places an event names: in which field, of which kind, by slug."""
    if isinstance(event, UnknownEvent):
        return
    for field, mark, slug in named(event):
        if mark.kind in ("authority", "facility"):
            yield field, mark.kind, slug


def _last_told(reading: Reading) -> int:
    """When what is read of it was recorded: the entry, or what last corrected or backed it."""
    claim = reading.claim
    return max(entry.recorded for entry in (reading.case.entry, claim.entry, *claim.backed_by))


def _reference(report: Report) -> dict[str, str]:
    said = [
        f"published {report.published or 'without a date'}",
        report.attributed_to and f"citing {report.attributed_to}",
        report.quote and f"“{report.quote}”",
    ]
    found = {"source_name": report.source, "description": ", ".join(filter(None, said))}
    return {**found, "url": report.url} if report.url else found


def _properties(entry: Entry) -> dict[str, Any]:
    """What the extension holds; what is not known is left out, as STIX wants it."""
    span = entry.occurred.span() if entry.occurred else None
    bounds = (flat.bound(span.start), flat.bound(span.end)) if span else (None, None)
    quantity = flat.quantity_of(entry.event)
    found = {
        "event_type": entry.type,
        "modality": entry.modality.value,
        "occurred": entry.occurred and entry.occurred.text,
        **{name: stamp(b) for name, b in zip(("earliest", "latest"), bounds, strict=True) if b is not None},
        **flat.numbers(quantity),
        "unit": quantity and quantity.unit,
        "tags": list(entry.tags) or None,
        "data": encode_event(entry.event)["data"] or None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _time(moment: int) -> datetime:
    """To the millisecond, which is all that STIX keeps."""
    return instant(moment // 1000 * 1000)
