"""STIX 2.1: a bundle for threat-intelligence platforms.

    incident       an entry: STIX gives it a name and a description, the rest stands in an extension
    identity       an authority it names, and the producer of the bundle
    location       a facility whose coordinates are registered, or in the caller's gazetteer: STIX wants some;
                   or the place of an event that has coordinates of its own
    relationship   the incident is `related-to` these; the description says in which role
    extension-definition   what the extension holds: type, EDTF time, bounds, modality, quantity, data, tags, recorder

The recorder stands in the extension, and not in `created_by_ref`: only the creator of an object may revise or revoke
it, and here that is always the producer.

TLP markings are the fixed objects that consumers know. An object is marked like the entries that tell of it, and
unmarked where one of them is. What was retracted, redacted or merged into another is `revoked`, and says no more.

Reports are external references: a STIX `report` needs an exact time of publication, which they have not. Ids are made
from `source` and the id of the entry, so the same entry is the same object in every bundle. `created` is when it was
recorded, `modified` when it was last corrected or corroborated.

Source: STIX 2.1 (OASIS), its extension for TLP 2.0, and its confidence scale for the Admiralty code.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any, Unpack
from uuid import NAMESPACE_URL, uuid5

import orjson

from timeline.answers.sharing import markings, marks
from timeline.entry import Entry
from timeline.events.declare import UnknownEvent
from timeline.events.entity import REGISTRATIONS, IdentityJudged, registered_tag
from timeline.events.naming import entities_of
from timeline.exchange import flat
from timeline.exchange.gazetteer import Gazetteer, Position, gazetteer_of, own_place, too_coarse
from timeline.exchange.given import text_given
from timeline.exchange.sharing import Export, Options, Written, export
from timeline.extras import needs
from timeline.history.reading import Reading
from timeline.log.eventdata import encode_event
from timeline.log.replacing import replacing
from timeline.timeline import Timeline
from timeline.values.instants import instant, stamp
from timeline.values.place import Place
from timeline.values.report import Report

with needs("stix"):
    import stix2

EXTENSION = "extension-definition--89082599-0b3d-5df4-a12c-e812b335bce6"
"""The id of the extension of incidents, the same for every timeline."""
_PUBLISHED = "2026-01-01T00:00:00.000Z"
_TLP_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
_TLP_PUBLISHED = "2022-10-01T00:00:00.000Z"
_TLP = {
    "tlp:clear": "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    "tlp:green": "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "tlp:amber": "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "tlp:amber+strict": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    "tlp:red": "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
"""The objects of the levels of TLP 2.0, the same in every bundle of anybody's."""
_CONFIDENCE = {1: 90, 2: 70, 3: 50, 4: 30, 5: 10}


def write(
    line: Timeline,
    path: str | os.PathLike[str],
    *,
    source: str,
    gazetteer: Mapping[str, Position | Place] | None = None,
    decimals: int | None = None,
    **options: Unpack[Options],
) -> Written:
    """Write entries as read within the cuts, as one bundle; the count is the number of incidents.

    `source` is the URI of this timeline; `gazetteer` maps slugs of facilities to `(longitude, latitude)`,
    rounded to so many `decimals`. It replaces coordinates that are registered. A place known less precisely than
    `precision`, by default to the town, has no location.

    Raises: MissingExtra, InvalidValue, InvalidWhen.
    """
    exported = export(line, **options)
    text_given(source, "source", "https://example.org/timeline")
    bundle = _Bundle(source, gazetteer_of(exported, gazetteer, decimals), exported)
    for reading in exported.readings:
        bundle.add(reading)
    for entry, last in exported.withdrawn():
        bundle.revoke(entry, last)
    with replacing(path) as draft:
        draft.write_bytes(bundle.written())
    return exported.written(bundle.incidents)


Made = tuple[Any, dict[str, Any]]
"""The class of an object, and its properties but the markings."""


class _Bundle:
    """The objects so far, by id, each with the markings of those that tell of it, and where new ones come from."""

    def __init__(self, source: str, places: Gazetteer, exported: Export) -> None:
        self.source = source
        self.places = places
        self.exported = exported
        self.incidents = 0
        self.made: dict[str, Made] = {}
        self.told: dict[str, list[frozenset[str]]] = {}
        self.own: dict[str, frozenset[str]] = {}
        self.marks: frozenset[str] = frozenset()
        self.registered: dict[str, frozenset[str]] = {}
        for reading in exported.readings:
            if isinstance(reading.event, REGISTRATIONS):
                tag = registered_tag(reading.event)
                self.registered[tag] = self.registered.get(tag, frozenset()) | marks(reading.claim)
        self.producer = self._fixed(stix2.v21.Identity, "producer", name=source, identity_class="system")

    def written(self) -> bytes:
        """Return the bundle as JSON.

        Without incidents it holds the producer, because many tools refuse an empty bundle.
        """
        markings = {id: self._markings(id) for id in self.told}
        made = ((id, *self.made[id]) for id in sorted(self.made))
        objects = [cls(**properties, **markings.get(id, {})) for id, cls, properties in made]
        bundle = stix2.v21.Bundle(*objects, id=self._id("bundle", "".join(sorted(self.made))))
        return orjson.dumps(orjson.loads(bundle.serialize()), option=orjson.OPT_INDENT_2)

    def add(self, reading: Reading) -> None:
        """Add the objects of one entry: itself, those it names, and its relationships to them."""
        entry, self.marks = self.exported.entry(reading), marks(reading.claim)
        if isinstance(entry.event, IdentityJudged):
            self.exported.left_out["judgements of identity"] += 1
        elif isinstance(entry.event, REGISTRATIONS):
            self.exported.left_out["registrations, whose names and places stand in identities and locations"] += 1
        elif self.exported.real(entry):
            self.incidents += 1
            incident = self._incident(entry, _last_told(reading))
            for field, kind, slug in _named(entry.event):
                self._relate(incident, entry, field, self._entity(entry, kind, slug))
            self._relate(incident, entry, "coordinates", self._own_place(entry, own_place(reading.event)))

    def revoke(self, entry: Entry, last: int) -> None:
        """Say of an entry that it no longer holds, and nothing else; what was no incident needs no such word."""
        if isinstance(entry.event, (IdentityJudged, *REGISTRATIONS)):
            return
        self.marks = markings(entry.tags)
        self.exported.reduced["withdrawn since, as revoked"] += 1
        more = {"created_by_ref": self.producer, "modified": _time(last), "name": "Withdrawn", "revoked": True}
        self._put(stix2.v21.Incident, entry, entry.id, **more)

    def _markings(self, id: str) -> dict[str, Any]:
        """Return the markings of an object: its own, and those of its entries unless one of them is unmarked."""
        told = self.told[id]
        named = self.own.get(id, frozenset[str]()).union(*(told if all(told) else ()))
        return {"object_marking_refs": [self._marking(mark) for mark in sorted(named)]} if named else {}

    def _incident(self, entry: Entry, modified: int) -> str:
        ratings = [r.credibility for r in entry.reports if r.credibility in _CONFIDENCE]
        return self._put(
            stix2.v21.Incident,
            entry,
            entry.id,
            modified=_time(modified),
            created_by_ref=self.producer,
            name=flat.headline(entry),
            description=entry.event.detail or None,
            confidence=_CONFIDENCE[min(ratings)] if ratings else None,
            external_references=[_reference(report) for report in entry.reports] or None,
            extensions={
                self._extension(): {
                    "extension_type": "property-extension",
                    **_properties(entry, self.exported.situation.tz),
                }
            },
        )

    def _extension(self) -> str:
        properties = {
            "id": EXTENSION,
            "created": _PUBLISHED,
            "modified": _PUBLISHED,
            "created_by_ref": self.producer,
            "name": "Incident of a timeline",
            "description": "What happened, when it may have, and how many people it was about.",
            "schema": "event_type, modality, occurred (EDTF), earliest, latest, low, best, high, unit, "
            "tags, data, recorder",
            "version": "1.0.0",
            "extension_types": ["property-extension"],
        }
        self.made.setdefault(EXTENSION, (stix2.v21.ExtensionDefinition, properties))
        return EXTENSION

    def _entity(self, entry: Entry, kind: str, slug: str) -> str | None:
        """Return the id of an authority or a place; None, and counted, for a place without coordinates."""
        entities = self.exported.situation.entities
        tag = f"{kind}:{slug}"
        known = entities.get(tag)
        name = known.name("en") if known is not None and known.names else slug
        if kind == "authority":
            id = self._put(stix2.v21.Identity, entry, slug, name=name, identity_class="organization")
        elif slug in self.places.positions:
            id = self._location(entry, slug, name, self.places.positions[slug])
        else:
            self._without_point(self.places.reason([slug]))
            return None
        self.own[id] = self.registered.get(entities.canonical(tag), frozenset())
        return id

    def _own_place(self, entry: Entry, place: Place | None) -> str | None:
        """Return the id of the place where an event happened by its own word; None without one that is a point."""
        if place is None:
            return None
        point = self.places.point(place)
        if point is None:
            self._without_point(too_coarse(place.precision))
            return None
        name = getattr(entry.event, "place", "") or str(place)
        return self._location(entry, f"{place} {name}", name, point)

    def _location(self, entry: Entry, key: str, name: str, at: Position) -> str:
        longitude, latitude = at
        return self._put(stix2.v21.Location, entry, key, name=name, latitude=latitude, longitude=longitude)

    def _without_point(self, reason: str) -> None:
        self.exported.reduced[f"{reason.removeprefix('at ')}, named in the extension only"] += 1

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

    def _marking(self, mark: str) -> str:
        """Return the id of a marking: a fixed object for TLP, a statement for other words."""
        if mark not in _TLP:
            statement = stix2.v21.StatementMarking(statement=mark)
            kinds = {"definition_type": "statement", "definition": statement}
            return self._fixed(stix2.v21.MarkingDefinition, mark, **kinds)
        level = {"extension_type": "property-extension", "tlp_2_0": mark.removeprefix("tlp:")}
        properties = {"created": _TLP_PUBLISHED, "name": mark.upper(), "extensions": {_TLP_EXTENSION: level}}
        self.made.setdefault(_TLP[mark], (stix2.v21.MarkingDefinition, {"id": _TLP[mark], **properties}))
        return _TLP[mark]

    def _fixed(self, cls: Any, key: str, **properties: Any) -> str:
        """Return the id of an object that belongs to no entry, the same in every bundle."""
        id = self._id(cls._type, key)
        times = {"created": _PUBLISHED} | ({} if cls is stix2.v21.MarkingDefinition else {"modified": _PUBLISHED})
        self.made.setdefault(id, (cls, {"id": id, **times, **properties}))
        return id

    def _put(self, cls: Any, entry: Entry, key: str, **properties: Any) -> str:
        """Add an object unless it is there, note the markings of this entry, and return its id."""
        id = self._id(cls._type, key)
        created = _time(entry.recorded_micros)
        given = {name: value for name, value in properties.items() if value is not None}
        self.made.setdefault(id, (cls, {"id": id, "created": created, "modified": created, **given}))
        self.told.setdefault(id, []).append(self.marks)
        return id

    def _id(self, kind: str, name: str) -> str:
        return f"{kind}--{uuid5(uuid5(NAMESPACE_URL, self.source), f'{kind}:{name}')}"


def _named(event: Any) -> Iterator[tuple[str, str, str]]:
    """Yield the authorities and places that an event names: the field, the kind, the slug."""
    if isinstance(event, UnknownEvent):
        return
    for field, mark, slug in entities_of(event):
        if mark.kind in ("authority", "facility"):
            yield field, mark.kind, slug


def _last_told(reading: Reading) -> int:
    """Return when the reading last changed: when the entry, its correction or its backing was recorded."""
    claim = reading.claim
    return max(entry.recorded_micros for entry in (reading.case.entry, claim.entry, *claim.backed_by))


def _reference(report: Report) -> dict[str, str]:
    said = [
        f"published {report.published or 'without a date'}",
        report.attributed_to and f"citing {report.attributed_to}",
        report.quote and f"“{report.quote}”",
    ]
    found = {"source_name": report.source, "description": ", ".join(filter(None, said))}
    return {**found, "url": report.url} if report.url else found


def _properties(entry: Entry, tz: tzinfo) -> dict[str, Any]:
    """Return the fields of the extension; unknown ones are left out, as STIX requires."""
    span = entry.occurred.span(tz) if entry.occurred else None
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
        "recorder": entry.recorder,
        "data": encode_event(entry.event)["data"] or None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _time(moment: int) -> datetime:
    """Round a moment to milliseconds, the precision of STIX."""
    return instant(moment // 1000 * 1000)
