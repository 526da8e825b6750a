"""FollowTheMoney: entities and statements for Aleph, OpenAleph, yente and other tools of investigators.

    Event          an entry; one with an origin and a destination is a `Trip`, which is an event too
    Organization   an authority
    Address        a facility, or where an event with coordinates of its own happened: the schema for a place on the
                   ground; it has a point only where one says no more than is known
    Article        a report; `proof` leads from the event to it
    Documentation  a quote, between the article and the event

FollowTheMoney has no intervals of numbers, no EDTF and no markings. A quantity and a fuzzy time are written in `notes`
as well as they can be read there, the bounds of the time as `startDate` and `endDate`. Entities of other kinds
(operations, agreements, cohorts) and the tags of `about` are `keywords`.

Statements say one value each, from which entry it comes (`origin`) and when that was recorded (`first_seen`).

Source: the model of FollowTheMoney 4, https://followthemoney.tech.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha1
from pathlib import Path
from typing import Any, NamedTuple, Unpack
from uuid import NAMESPACE_URL, uuid5

import orjson
from attrs import define, field

from timeline.entry import Entry
from timeline.errors import InvalidValue
from timeline.events.declare import UnknownEvent
from timeline.events.entity import REGISTRATIONS, IdentityJudged, registered_tag
from timeline.events.facility import FacilityRegistered
from timeline.events.naming import entities_of, tags_of
from timeline.exchange import flat
from timeline.exchange.ftmvalues import is_web_address, language, prefix_dates
from timeline.exchange.gazetteer import own_place, too_coarse
from timeline.exchange.sharing import Export, Options, Written, export
from timeline.log.replacing import replacing
from timeline.timeline import Timeline
from timeline.values.containers import as_tuple
from timeline.values.entities import IN_TRANSIT
from timeline.values.instants import instant
from timeline.values.place import Place
from timeline.values.report import Modality, Report
from timeline.values.visible import visible

COLUMNS = (
    "canonical_id", "entity_id", "prop", "prop_type", "schema", "value", "dataset", "origin", "lang", "original_value",
    "external", "first_seen", "last_seen", "id",
)  # fmt: skip
"""The columns of a file of statements."""
_TYPES = {
    "id": "id", "name": "name", "alias": "name", "title": "string", "description": "text", "summary": "text",
    "notes": "text", "date": "date", "startDate": "date", "endDate": "date", "publishedAt": "date", "sourceUrl": "url",
    "language": "language", "full": "address", "latitude": "number", "longitude": "number",
    **dict.fromkeys(
        ("involved", "addressEntity", "startLocation", "endLocation", "proof", "document", "entity"), "entity"
    ),
}  # fmt: skip
"""The types of the properties that are written; all others are strings."""
_NAMED = {"authority": "Organization", "facility": "Address"}
"""The schema of what has an entity of its own, by kind."""
_DATASET = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")


def write(
    line: Timeline,
    path: str | os.PathLike[str],
    *,
    dataset: str,
    statements: bool = False,
    **options: Unpack[Options],
) -> Written:
    """Write entries as read within the cuts, as entities in JSON lines; the count is the number of events.

    `dataset` names this timeline: small letters, digits and underscores. It makes ids unique. `statements=True` writes
    a CSV file of statements instead, one for each value.

    Raises: InvalidValue, InvalidWhen.
    """
    _require_dataset(dataset)
    exported = export(line, **options)
    graph = _Graph(dataset, exported)
    for reading in exported.readings:
        graph.add(exported.entry(reading), own_place(reading.event))
    with replacing(path) as draft:
        if statements:
            _write_statements(graph, draft)
        else:
            draft.write_bytes(b"".join(orjson.dumps(one) + b"\n" for one in graph.entities()))
    return exported.written(graph.events)


def names_by_id(dataset: str, names: Iterable[str]) -> Mapping[str, str]:
    """Return those tags that are entities of their own in FollowTheMoney, by the ids that `write` gives them.

    Raises: InvalidValue.

    >>> names_by_id("northeast_syria", ["authority:sdf", "cohort:foreign"])
    {'northeast-syria-37b27fdf-54fc-59ef-b24d-8daec27851a1': 'authority:sdf'}
    """
    _require_dataset(dataset)
    tags = as_tuple(names)
    if not all(isinstance(tag, str) for tag in tags):
        raise InvalidValue(f"names is {names!r}: expected a list of tags, such as line.names().", value=names)
    named = (tag.partition(":") for tag in tags)
    return {_id(dataset, kind, slug): f"{kind}:{slug}" for kind, _, slug in named if kind in _NAMED}


def _require_dataset(dataset: Any) -> None:
    if not isinstance(dataset, str) or not _DATASET.fullmatch(dataset):
        raise InvalidValue(
            f"dataset is {dataset!r}: expected small letters, digits and underscores, such as 'northeast_syria'.",
            value=dataset,
        )


def _id(dataset: str, kind: str, name: str) -> str:
    return f"{dataset.replace('_', '-')}-{uuid5(NAMESPACE_URL, f'{dataset}:{kind}:{name}')}"


class _Said(NamedTuple):
    """The language of a value, and the entry that says it first."""

    lang: str | None
    entry: Entry


@define
class _Entity:
    """One entity: the values of each property, in the order in which they were said."""

    id: str
    schema: str
    said: _Said
    canonical: str = ""
    """The id of the entity that is judged the same, and represents both."""
    values: dict[str, dict[str, _Said]] = field(factory=dict)

    def put(self, prop: str, value: str | None, entry: Entry, lang: str | None = None) -> None:
        text = visible(value or "").strip()
        if text:
            self.values.setdefault(prop, {}).setdefault(text, _Said(lang, entry))


class _Graph:
    """The entities so far, by id."""

    def __init__(self, dataset: str, exported: Export) -> None:
        self.dataset = dataset
        self.exported = exported
        self.events = 0
        self.made: dict[str, _Entity] = {}

    def entities(self) -> Iterator[dict[str, Any]]:
        """Yield each entity as FollowTheMoney writes it."""
        for made in self.made.values():
            properties = {name: list(values) for name, values in made.values.items()}
            yield {"id": made.id, "schema": made.schema, "properties": properties, "datasets": [self.dataset]}

    def statements(self) -> Iterator[dict[str, str]]:
        """Yield a statement for each entity and each of its values."""
        for made in self.made.values():
            yield self._statement(made, "id", made.id, made.said)
            for name, values in made.values.items():
                for value, said in values.items():
                    yield self._statement(made, name, value, said)

    def add(self, entry: Entry, place: Place | None) -> None:
        """Add the entities of an entry: its event, what it names, and the place that it has itself."""
        if isinstance(entry.event, IdentityJudged):
            self.exported.left_out["judgements of identity"] += 1
        elif isinstance(entry.event, REGISTRATIONS):
            self.exported.left_out["registrations, whose names stand in addresses and organizations"] += 1
            self._register(entry)
        elif self.exported.real(entry):
            self.events += 1
            self._event(entry, place)

    def _register(self, entry: Entry) -> None:
        """Give an authority or a facility its names; an entity of any other kind is a keyword, and has none."""
        registered = entry.event
        kind, _, slug = registered_tag(registered).partition(":")
        if kind not in _NAMED:
            return
        made = self._named(entry, kind, slug)
        for tongue, name in registered.names.items():
            made.put("name", name, entry, language(tongue))
        for alias in registered.aliases:
            made.put("alias", alias, entry)
        made.put("description", registered.detail, entry)
        if isinstance(registered, FacilityRegistered):
            made.put("keywords", registered.kind, entry)
            made.put("region", registered.place, entry)

    def _event(self, entry: Entry, place: Place | None) -> None:
        ends = [getattr(entry.event, name, None) for name in ("origin", "destination")]
        schema = "Trip" if all(isinstance(end, str) and end != IN_TRANSIT for end in ends) else "Event"
        made = self._made(schema, "entry", entry.id, entry)
        made.put("name", flat.headline(entry), entry)
        made.put("recordId", entry.id, entry)
        made.put("description", entry.event.detail, entry)
        made.put("keywords", entry.type, entry)
        if entry.modality is not Modality.ACTUAL:
            made.put("keywords", entry.modality.value, entry)
        self._time(made, entry)
        self._quantity(made, entry)
        self._entities(made, entry)
        if place is not None:
            self._own_place(made, place, entry)
        for prop, end in zip(("startLocation", "endLocation"), ends, strict=True):
            if schema == "Trip":
                made.put(prop, self._id("facility", str(end)), entry)
        for report in entry.reports:
            self._report(made, report, entry)

    def _time(self, made: _Entity, entry: Entry) -> None:
        if entry.occurred is None:
            return
        dates, exact = prefix_dates(entry.occurred)
        for prop, text in dates.items():
            made.put(prop, text, entry)
        if not exact:
            self.exported.reduced["with a fuzzy time as its bounds, and as text"] += 1
            made.put("notes", f"occurred (EDTF): {entry.occurred}", entry)

    def _quantity(self, made: _Entity, entry: Entry) -> None:
        quantity = flat.quantity_of(entry.event)
        if quantity is not None:
            self.exported.reduced["with a quantity as text"] += 1
            bounds = ", ".join(
                f"{name} {number}" for name, number in flat.numbers(quantity).items() if number is not None
            )
            made.put("notes", f"quantity: {quantity} {quantity.unit} ({bounds})", entry)

    def _entities(self, made: _Entity, entry: Entry) -> None:
        """Lead from an event to its authorities and places; every other tag is a keyword."""
        named = [] if isinstance(entry.event, UnknownEvent) else entities_of(entry.event)
        linked = {mark.tag(slug) for _, mark, slug in named if mark.kind in _NAMED}
        for tag in tags_of(entry.event):
            kind, _, slug = tag.partition(":")
            if tag not in linked:
                made.put("keywords", tag, entry)
            elif kind == "authority":
                made.put("involved", self._named(entry, kind, slug).id, entry)
            elif slug != IN_TRANSIT:
                made.put("addressEntity", self._named(entry, kind, slug).id, entry)

    def _own_place(self, event: _Entity, place: Place, entry: Entry) -> None:
        """Add the address of the place that an event has itself: its words, and a point if one may leave."""
        said = getattr(entry.event, "place", "")
        made = self._made("Address", "place", f"{said}\n{place}", entry)
        made.put("full", said or f"a place known to the {place.precision}", entry)
        self._locate(made, place, entry)
        event.put("addressEntity", made.id, entry)

    def _locate(self, address: _Entity, place: Place, entry: Entry) -> None:
        """Give an address its point; count one that would say more than is known."""
        if not place.is_within(self.exported.precision):
            self.exported.reduced[too_coarse(place.precision)] += 1
            return
        for prop, degrees in (("latitude", place.latitude), ("longitude", place.longitude)):
            address.put(prop, f"{degrees:.5f}".rstrip("0").rstrip("."), entry)
        if place.precision != "exact":
            address.put("remarks", f"known to the {place.precision}", entry)

    def _report(self, event: _Entity, report: Report, entry: Entry) -> None:
        key = "\n".join(map(str, (report.source, report.published, report.url, report.attributed_to)))
        article = self._made("Article", "report", key, entry)
        article.put("title", ", ".join(map(str, filter(None, (report.source, report.published)))), entry)
        article.put("publisher", report.source, entry)
        article.put("author", report.attributed_to, entry)
        published = prefix_dates(report.published)[0] if report.published else {}
        article.put("publishedAt", published.get("date"), entry)
        article.put("language", language(report.language), entry)
        event.put("publisher", report.source, entry)
        event.put("proof", article.id, entry)
        if report.url is not None and is_web_address(report.url):
            article.put("sourceUrl", report.url, entry)
            event.put("sourceUrl", report.url, entry)
        elif report.url is not None:
            self.exported.reduced["with an address that is not one of the web"] += 1
        if report.quote:
            quoted = self._made("Documentation", "quote", f"{entry.id}\n{key}\n{report.quote}", entry)
            quoted.put("document", article.id, entry)
            quoted.put("entity", event.id, entry)
            quoted.put("role", "quote", entry)
            quoted.put("summary", report.quote, entry)

    def _named(self, entry: Entry, kind: str, slug: str) -> _Entity:
        """Return the entity of an authority or a facility. Its slug is its name until a registration gives another."""
        is_new = self._id(kind, slug) not in self.made
        made = self._made(_NAMED[kind], kind, slug, entry)
        if is_new and kind == "facility" and slug in self.exported.places:
            self._locate(made, self.exported.places[slug], entry)
        made.canonical = self._id(*self.exported.situation.entities.canonical(f"{kind}:{slug}").split(":", 1))
        made.put("name" if kind == "authority" else "full", slug, entry)
        return made

    def _made(self, schema: str, kind: str, name: str, entry: Entry) -> _Entity:
        id = self._id(kind, name)
        return self.made.setdefault(id, _Entity(id, schema, _Said(None, entry)))

    def _id(self, kind: str, name: str) -> str:
        return _id(self.dataset, kind, name)

    def _statement(self, made: _Entity, prop: str, value: str, said: _Said) -> dict[str, str]:
        seen = instant(said.entry.recorded_micros).strftime("%Y-%m-%dT%H:%M:%S")
        key = f"{self.dataset}.{made.id}.{prop}.{value}" + (f"@{said.lang}" if said.lang else "")
        return {
            "canonical_id": made.canonical or made.id,
            "entity_id": made.id,
            "prop": prop,
            "prop_type": _TYPES.get(prop, "string"),
            "schema": made.schema,
            "value": value,
            "dataset": self.dataset,
            "origin": said.entry.id,
            "lang": said.lang or "",
            "external": "f",
            "first_seen": seen,
            "last_seen": seen,
            "id": sha1(key.encode()).hexdigest(),  # noqa: S324  # the id that FollowTheMoney gives a statement
        }


def _write_statements(graph: _Graph, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="", dialect=csv.unix_dialect)
        writer.writeheader()
        writer.writerows(graph.statements())
