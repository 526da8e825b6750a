"""PROV-O as JSON-LD: where each statement of the log comes from, and what became of it.

    prov:Entity    an entry, the version that a correction or a dispute gives, a report, and a quote from it
    prov:Activity  the act of recording: of an entry, a correction, a retraction ...; it used the reports
    prov:Agent     a source, and whom it cites; who recorded an entry, with whom its act `wasAssociatedWith`

A correction `wasRevisionOf` its target; a rival is an `alternateOf` it, as a duplicate is of the entry that was kept.
What was retracted or redacted `wasInvalidatedBy` that act, unless the act was retracted in turn. An entry
`wasDerivedFrom` the quotes, and has the reports as its `hadPrimarySource`.

PROV has no fuzzy time. When something happened, and when it was published, is EDTF in `dcterms:temporal` and
`dcterms:issued`. When it was recorded is `generatedAtTime`. The event itself is `prov:value`, as JSON.

Source: PROV-O (W3C, 2013), DCMI Metadata Terms, and the EDTF data type of the Library of Congress.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import Any, Unpack
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

import orjson

from timeline.entry import Entry
from timeline.events.declare import Redacted
from timeline.events.editorial import (
    EDITORIAL,
    EventCorrected,
    EventCorroborated,
    EventDisputed,
    EventRedacted,
    EventRetracted,
    EventsMerged,
    targets,
)
from timeline.exchange import flat
from timeline.exchange.given import text_given
from timeline.exchange.sharing import Options, Written, export
from timeline.log.eventdata import encode_event
from timeline.log.replacing import replacing
from timeline.timeline import Timeline
from timeline.values.instants import stamp
from timeline.values.report import Modality, Report
from timeline.values.when import When

CONTEXT = {
    "prov": "http://www.w3.org/ns/prov#",
    "dcterms": "http://purl.org/dc/terms/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""The prefixes of the terms. They stand in the file, so a reader fetches nothing."""
_EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"
_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")
_ACTS = {
    EventCorrected: "correction",
    EventRetracted: "retraction",
    EventDisputed: "dispute",
    EventCorroborated: "corroboration",
    EventsMerged: "merger",
    EventRedacted: "redaction",
}


def write(line: Timeline, path: str | os.PathLike[str], *, source: str, **options: Unpack[Options]) -> Written:
    """Write the log within the cuts, editorial entries too, as one graph; the count is the number of entries.

    `source` is the URI of this timeline, from which the names in the graph are made.

    Raises: InvalidValue, InvalidWhen.
    """
    exported = export(line, **options)
    text_given(source, "source", "https://example.org/timeline")
    entries = list(exported.listed())
    graph = _Graph(source, entries)
    for entry in entries:
        graph.add(entry)
    found = {"@context": CONTEXT, "@graph": list(graph.nodes.values())}
    with replacing(path) as draft:
        draft.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2))
    return exported.written(len(entries))


class _Graph:
    """The nodes so far, by name."""

    def __init__(self, source: str, entries: Iterable[Entry]) -> None:
        self.source = source
        self.nodes: dict[str, dict[str, Any]] = {}
        self.entries = {str(entry.id): entry for entry in entries}
        self.undone = _undone(self.entries.values())

    def add(self, entry: Entry) -> None:
        """Add an entry, the act of recording it, and its reports."""
        if isinstance(entry.event, Redacted):
            self._say(self._entity(entry), **{"rdfs:label": "redacted"})
            return
        act, reports = self._act(entry), self._reports(entry)
        self._say(act, **{"prov:used": reports})
        version = self._version(entry)
        if version is not None:
            self._say(self._entity(entry), **version, **{"prov:wasGeneratedBy": _name(act)})
            self._source(self._entity(entry), entry)
        for target in targets(entry.event):
            if target in self.entries:
                self._relate(entry, act, target)

    def _act(self, entry: Entry) -> str:
        act = self._node("prov:Activity", "act", str(entry.id))
        kind = _ACTS.get(type(entry.event), "recording")
        said = {"rdfs:comment": getattr(entry.event, "reason", "")} if isinstance(entry.event, EDITORIAL) else {}
        by = None if entry.recorder is None else _name(self._agent(entry.recorder, "recorder"))
        timed = {"prov:endedAtTime": _time(entry), "prov:wasAssociatedWith": by}
        self._say(act, **{"rdfs:label": f"{kind} of {entry.id}"}, **timed, **said)
        return act

    def _version(self, entry: Entry) -> dict[str, Any] | None:
        """Return what an entry says of what happened; None for an act that only changes the standing of others."""
        event, occurred = entry.event, entry.occurred
        modality: Modality | None = entry.modality
        if isinstance(event, EventCorrected | EventDisputed):
            occurred, modality = event.occurred, getattr(event, "modality", None)
            event = event.replacement if isinstance(event, EventCorrected) else event.rival
        elif isinstance(event, EDITORIAL):
            return None
        if event is None and occurred is None:
            return None
        return {
            "rdfs:label": flat.headline(entry) if event is entry.event else None,
            "dcterms:type": [None if event is None else encode_event(event)["type"], modality and modality.value],
            "dcterms:temporal": _edtf(occurred),
            "dcterms:isPartOf": self._known(entry.part_of),
            "dcterms:relation": [self._known(id) for id in (*entry.after, entry.fulfils)],
            "prov:generatedAtTime": _time(entry),
            "prov:value": None if event is None else orjson.dumps(encode_event(event)).decode(),
        }

    def _relate(self, entry: Entry, act: str, target: str) -> None:
        """Say what an act means for one of its targets; nothing where the act was retracted."""
        aim = self._node("prov:Entity", "entry", target) if self._is_entity(target) else self._uri("act", target)
        if str(entry.id) in self.undone:
            self._say(act, **{"prov:wasInfluencedBy": _name(aim)})
            return
        match entry.event:
            case EventCorrected():
                self._say(self._entity(entry), **{"prov:wasRevisionOf": _name(aim)})
            case EventDisputed() if self._is_entity(str(entry.id)):
                self._say(self._entity(entry), **{"prov:alternateOf": _name(aim)})
            case EventRetracted() | EventRedacted() if self._is_entity(target):
                self._say(aim, **{"prov:wasInvalidatedBy": _name(act), "prov:invalidatedAtTime": _time(entry)})
            case EventsMerged(kept=kept) if target != kept:
                self._say(aim, **{"prov:alternateOf": self._known(kept)})
            case EventCorroborated():
                self._say(aim, **{"prov:wasInfluencedBy": _name(act)})
                self._source(aim, entry)
            case _:
                self._say(aim, **{"prov:wasInfluencedBy": _name(act)})

    def _is_entity(self, id: str) -> bool:
        entry = self.entries[id]
        return isinstance(entry.event, Redacted) or self._version(entry) is not None

    def _source(self, entity: str, entry: Entry) -> None:
        """Lead from an entity to the reports that say so, with their rating, and to the words quoted."""
        for report in entry.reports:
            name = self._report(report)
            self._say(entity, **{"prov:hadPrimarySource": name})
            rating = f"{report.reliability or ''}{report.credibility or ''}"
            if rating:
                rated = {"@type": "prov:PrimarySource", "prov:entity": name, "rdfs:comment": f"Admiralty code {rating}"}
                self._say(entity, **{"prov:qualifiedPrimarySource": rated})
            if report.quote:
                quoted = self._node("prov:Entity", "quote", f"{name['@id']}\n{report.quote}", hashed=True)
                self._say(quoted, **{"prov:value": _in(report.language, report.quote), "prov:wasQuotedFrom": name})
                self._say(entity, **{"prov:wasDerivedFrom": _name(quoted)})

    def _reports(self, entry: Entry) -> list[dict[str, str]]:
        return [self._report(report) for report in entry.reports]

    def _report(self, report: Report) -> dict[str, str]:
        key = "\n".join(map(str, (report.source, report.published, report.url, report.attributed_to)))
        found = self._node("prov:Entity", "report", key, hashed=True)
        cited = report.attributed_to and _name(self._agent(report.attributed_to))
        self._say(
            found,
            **{
                "rdfs:label": ", ".join(map(str, filter(None, (report.source, report.published)))),
                "dcterms:issued": _edtf(report.published),
                "dcterms:identifier": report.url,
                "dcterms:language": report.language,
                "prov:wasAttributedTo": _name(self._agent(report.source)),
                "prov:wasInfluencedBy": cited,
            },
        )
        return _name(found)

    def _agent(self, name: str, what: str = "agent") -> str:
        agent = self._node("prov:Agent", what, name, hashed=True)
        self._say(agent, **{"rdfs:label": name})
        return agent

    def _entity(self, entry: Entry) -> str:
        return self._node("prov:Entity", "entry", str(entry.id))

    def _known(self, id: str | None) -> dict[str, str] | None:
        return _name(self._uri("entry", id)) if id is not None and id in self.entries else None

    def _node(self, kind: str, what: str, key: str, *, hashed: bool = False) -> str:
        uri = self._uri(what, str(uuid5(NAMESPACE_URL, key)) if hashed else key)
        self.nodes.setdefault(uri, {"@id": uri, "@type": kind})
        return uri

    def _uri(self, what: str, key: str) -> str:
        return f"{self.source}#{what}/{quote(key, safe='')}"

    def _say(self, node: str, **said: Any) -> None:
        """Add values to a node, each once; None says nothing."""
        for term, values in said.items():
            for value in values if isinstance(values, list) else [values]:
                if value:
                    there = self.nodes[node].setdefault(term, [])
                    if value not in there:
                        there.append(value)


def _name(uri: str) -> dict[str, str]:
    return {"@id": uri}


def _in(language: str | None, text: str) -> dict[str, str]:
    """Return a text with its language, if that is written as BCP 47 has it."""
    return {"@value": text, **({"@language": language} if _LANGUAGE.fullmatch(language or "") and language else {})}


def _time(entry: Entry) -> dict[str, str]:
    return {"@type": "xsd:dateTime", "@value": stamp(entry.recorded_micros)}


def _edtf(when: When | None) -> dict[str, str] | None:
    return None if when is None else {"@type": _EDTF, "@value": when.text}


def _undone(entries: Iterable[Entry]) -> set[str]:
    """Return the ids that a standing retraction names: a retraction that is itself retracted names nothing."""
    retractions = [(str(entry.id), entry.event.target) for entry in entries if isinstance(entry.event, EventRetracted)]
    undone: set[str] = set()
    for id, target in reversed(retractions):
        if id not in undone:
            undone.add(target)
    return undone
