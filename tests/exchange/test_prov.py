"""PROV-O, read by rdflib: every term is one of the ontology, and leads where the ontology says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from rdflib import RDF, RDFS, XSD, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, PROV

from examples.northeast_syria import load
from timeline import Report, Timeline, exactly
from timeline.events import border, custody
from timeline.exchange import prov
from timeline.testing.strategies import Chronicle, messy_histories

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib, of itself
SOURCE = "https://example.org/timeline"
ENTITY = (
    "wasRevisionOf", "alternateOf", "hadPrimarySource", "wasQuotedFrom", "wasDerivedFrom", "generatedAtTime",
    "invalidatedAtTime", "wasGeneratedBy", "wasInvalidatedBy", "wasAttributedTo", "value", "qualifiedPrimarySource",
)  # fmt: skip
"""Terms that the ontology keeps for entities."""
RANGES = {
    **dict.fromkeys(("wasRevisionOf", "alternateOf", "hadPrimarySource", "wasQuotedFrom", "wasDerivedFrom", "used"), "Entity"),
    **dict.fromkeys(("wasGeneratedBy", "wasInvalidatedBy"), "Activity"),
    **dict.fromkeys(("wasAttributedTo", "wasAssociatedWith"), "Agent"),
}  # fmt: skip


def written(line: Timeline, path: Path, **options: Any) -> tuple[Graph, Any]:
    said = prov.write(line, path, source=SOURCE, **options)
    return Graph().parse(data=path.read_text("utf-8"), format="json-ld"), said


def faults(graph: Graph) -> list[str]:
    """Name each term that no vocabulary has, and each relation between things of the wrong kind."""
    wrong = []
    spaces = {str(PROV): PROV, str(DCTERMS): DCTERMS, str(RDF): RDF, str(RDFS): RDFS}
    kinds = list(graph.objects(None, RDF.type))
    for term in {*graph.predicates(), *kinds}:
        space = next((base for base in spaces if str(term).startswith(base)), None)
        if space is None or URIRef(term) not in spaces[space]:
            wrong.append(f"{term} is not a term")
    for name in ENTITY:
        wrong += [f"{one} {name}" for one in graph.subjects(PROV[name]) if (one, RDF.type, PROV.Entity) not in graph]
    for name, kind in RANGES.items():
        wrong += [
            f"{name} {one}" for one in graph.objects(None, PROV[name]) if (one, RDF.type, PROV[kind]) not in graph
        ]
    return wrong


def entity(id: str) -> URIRef:
    return URIRef(f"{SOURCE}#entry/{id}")


def act(id: str) -> URIRef:
    return URIRef(f"{SOURCE}#act/{id}")


@pytest.fixture
def line() -> Timeline:
    made = Timeline()
    made.record(
        custody.DetaineesEscaped(facility="camp", quantity=exactly(120)),
        occurred="2026-01-20~",
        reports=[
            Report("SANA", published="2026-01-21", attributed_to="army", quote="١٢٠", language="ar", credibility=3)
        ],
        id="e1",
    )
    return made


def test_the_chronicle_is_a_graph_of_terms_that_exist(tmp_path: Path) -> None:
    """Its corrections and rivals included, and nothing leads to what the graph lacks."""
    line = Timeline()
    load(line)
    graph, said = written(line, tmp_path / "out.jsonld")
    assert faults(graph) == []
    assert said.count == len(line.entries())
    ids = {unquote(str(one).rpartition("/")[2]) for one in graph.subjects(RDF.type, PROV.Activity)}
    assert ids == {entry.id for entry in line.entries()}


@settings(max_examples=25)
@given(messy_histories())
def test_whatever_is_recorded_is_a_graph(tmp_path_factory: pytest.TempPathFactory, told: Chronicle) -> None:
    """Any history, with any order of editorial acts."""
    graph, _ = written(told.timeline(), tmp_path_factory.mktemp("prov") / "out.jsonld")
    assert faults(graph) == []


def test_an_entry_leads_to_its_sources(line: Timeline, tmp_path: Path) -> None:
    """The graph tells the source, whom it cites, the words, and the time of recording; a fuzzy time stays so."""
    graph, _ = written(line, tmp_path / "out.jsonld")
    (report,) = graph.objects(entity("e1"), PROV.hadPrimarySource)
    (source,) = graph.objects(report, PROV.wasAttributedTo)
    (cited,) = graph.objects(report, PROV.wasInfluencedBy)
    (quote,) = graph.objects(entity("e1"), PROV.wasDerivedFrom)
    assert [str(graph.value(agent, RDFS.label)) for agent in (source, cited)] == ["SANA", "army"]
    assert graph.value(quote, PROV.value) == Literal("١٢٠", lang="ar")
    assert graph.value(quote, PROV.wasQuotedFrom) == report
    assert str(graph.value(entity("e1"), DCTERMS.temporal)) == "2026-01-20~"
    assert str(graph.value(report, DCTERMS.issued)) == "2026-01-21"
    assert graph.value(entity("e1"), PROV.generatedAtTime).datatype == XSD.dateTime
    rated = graph.value(entity("e1"), PROV.qualifiedPrimarySource)
    assert str(graph.value(rated, RDFS.comment)) == "Admiralty code 3"
    event = json.loads(str(graph.value(entity("e1"), PROV.value)))
    assert event["data"]["quantity"]["best"] == 120


def test_an_act_is_associated_with_who_recorded_it(tmp_path: Path) -> None:
    """A recorder is another agent than a source of the same name; an act of nobody named has none."""
    line = Timeline(recorder="desk-3")
    line.record(custody.DetaineesEscaped(facility="camp"), reports=[Report("desk-3")], id="e1")
    line.retract("e1", recorder="desk-4", id="r1")
    graph, _ = written(line, tmp_path / "out.jsonld")
    assert faults(graph) == []
    by = {id: graph.value(act(id), PROV.wasAssociatedWith) for id in ("e1", "r1")}
    assert [str(graph.value(agent, RDFS.label)) for agent in by.values()] == ["desk-3", "desk-4"]
    assert by["e1"] not in set(graph.objects(None, PROV.wasAttributedTo))
    unnamed = Timeline()
    unnamed.record(custody.DetaineesEscaped(facility="camp"), id="e1")
    assert (act("e1"), PROV.wasAssociatedWith, None) not in written(unnamed, tmp_path / "out.jsonld")[0]


def test_editorial_acts_say_what_became_of_an_entry(line: Timeline, tmp_path: Path) -> None:
    """A correction is a revision, a rival an alternate; what was retracted is invalid by that act."""
    escaped = custody.DetaineesEscaped
    line.correct("e1", escaped(facility="camp", quantity=exactly(200)), reason="recount", id="c1")
    line.dispute("e1", rival=escaped(facility="camp", quantity=exactly(1500)), id="d1")
    line.record(escaped(facility="camp", quantity=exactly(120)), id="e2")
    line.merge("e1", ["e2"], id="m1")
    line.record(border.CrossingOpened(crossing="al-qaim"), id="e3")
    line.retract("e3", reason="hoax", id="r1")
    graph, _ = written(line, tmp_path / "out.jsonld")
    assert faults(graph) == []
    assert (entity("c1"), PROV.wasRevisionOf, entity("e1")) in graph
    assert (entity("d1"), PROV.alternateOf, entity("e1")) in graph
    assert (entity("e2"), PROV.alternateOf, entity("e1")) in graph
    assert (entity("e3"), PROV.wasInvalidatedBy, act("r1")) in graph
    assert str(graph.value(act("r1"), RDFS.comment)) == "hoax"
    assert set(graph.subjects(PROV.invalidatedAtTime)) == {entity("e3")}


def test_a_retraction_that_was_retracted_invalidates_nothing(line: Timeline, tmp_path: Path) -> None:
    """The acts stay in the graph, the entry is valid."""
    line.retract("e1", id="r1")
    line.retract("r1", id="r2")
    graph, _ = written(line, tmp_path / "out.jsonld")
    assert list(graph.subjects(PROV.invalidatedAtTime)) == []
    assert (act("r1"), PROV.wasInfluencedBy, act("r2")) in graph
    assert (act("r1"), PROV.wasInfluencedBy, entity("e1")) in graph


def test_a_redacted_entry_is_a_name_that_was_invalidated(line: Timeline, tmp_path: Path) -> None:
    """Nothing that it said is in the file."""
    line.redact("e1", reason="endangers somebody", id="r1")
    graph, _ = written(line, tmp_path / "out.jsonld")
    assert (entity("e1"), PROV.wasInvalidatedBy, act("r1")) in graph
    assert b"SANA" not in (tmp_path / "out.jsonld").read_bytes()


def test_what_is_marked_stays(line: Timeline, tmp_path: Path) -> None:
    """With the acts that name it, and it is counted."""
    line.record(custody.DetaineesEscaped(facility="x", quantity=exactly(7), about=("tlp:red",)), id="secret")
    line.retract("secret", id="gone")
    graph, said = written(line, tmp_path / "out.jsonld")
    assert (said.count, dict(said.left_out)) == (1, {})
    assert b"secret" not in (tmp_path / "out.jsonld").read_bytes()
    line.record(custody.DetaineesEscaped(facility="x", quantity=exactly(7), about=("tlp:red",)), id="other")
    assert dict(written(line, tmp_path / "out.jsonld")[1].left_out) == {"marked tlp:red": 1}


def test_small_numbers_leave_as_a_range(tmp_path: Path) -> None:
    """In the value of an entry, and in that of its correction; quotes beside them go too."""
    line = Timeline()
    escaped = custody.DetaineesEscaped
    quoted = [Report("a", published="2026", quote="three of them")]
    line.record(escaped(facility="x", quantity=exactly(3)), reports=quoted, id="e")
    line.correct("e", escaped(facility="x", quantity=exactly(2)), id="c")
    graph, _ = written(line, tmp_path / "out.jsonld", suppress_below=5)
    found = [json.loads(str(value))["data"]["quantity"] for value in graph.objects(None, PROV.value)]
    assert [(one["low"], one.get("best"), one["high"]) for one in found] == [(1, None, 4)] * 2
    assert b"three" not in (tmp_path / "out.jsonld").read_bytes()
