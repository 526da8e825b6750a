"""Entries that a program cannot read: they are kept, reported and skipped, and never stand in the way."""

import pytest
from hypothesis import given

from timeline import Draft, Facility, Modality, Report, Timeline, event
from timeline.errors import UnknownTarget
from timeline.events import border
from timeline.events.declare import UnknownEvent
from timeline.exchange import native
from timeline.log import MemoryLog, copying
from timeline.testing.strategies import messy_histories

OPENED = border.CrossingOpened(crossing="y")


def declared(name="kept.strike", fields=None, **given):
    """Declare a class again each time, as a newer or older deployment of a program has it."""
    fields = {"facility": str, "by": str} if fields is None else fields
    defaults = {"by": ""} if "by" in fields else {}
    return event(name, **given)(type("Strike", (), {"__annotations__": fields, "__module__": __name__, **defaults}))


def fails(data):
    """Raise, as an upcaster with a fault."""
    return {**data, "facility": data["nope"]}


def struck(open):
    """Make a log with an entry, and editorial ones on it, that this program can read no longer."""
    line = Timeline(open)
    strike = declared()
    line.record(OPENED, occurred="2026-01-20", id="ok")
    line.record(
        strike(facility="x", by="z"),
        occurred="2026-01-21",
        id="bad",
        reports=[Report("Reuters", published="2026-01-22")],
    )
    line.record(border.CrossingClosed(crossing="y"), occurred="2026-01-22", id="closed")
    line.dispute("closed", rival=strike(facility="x"), reason="it was a strike")
    line.correct(line.record(OPENED, occurred="2026-02-01", id="late"), strike(facility="y", by="z"))
    declared(version=2, upcast={1: fails})
    return line


@pytest.fixture
def line():
    return struck(MemoryLog())


def test_what_cannot_be_read_stops_no_question(line):
    """Questions about anything else are answered at any time."""
    again = Timeline(line.log)
    for asked in (line, again):
        assert asked.at("2026-01-21").border.crossings["y"].status == "open"
        assert asked.at().border.crossings["y"].status == "closed"
    assert [step.entry.id for step in again.replay()] == ["ok", "bad", "closed", "late"]


def test_a_finding_tells_what_cannot_be_read(line):
    """One for each type, with how many, within the cuts; rivals and corrections count."""
    (found,) = [f for f in line.at().findings if f.kind == "unknown_event"]
    assert found.message.startswith("3 entries of kept.strike cannot be read by this program, and count for nothing: ")
    assert "KeyError('nope')" in found.message
    assert [entry.id for entry in found.entries] == ["bad", "closed", "late"]
    by_then = line.at("2026-01-21", reported="2026-01-22").findings
    assert [f.message.partition(" cannot")[0] for f in by_then if f.kind == "unknown_event"] == [
        "1 entry of kept.strike"
    ]
    assert not [f for f in line.at("2026-01-20").findings if f.kind == "unknown_event"]


def test_what_cannot_be_read_can_be_retracted_and_redacted(line):
    """Then nothing is left to tell of it."""
    line.retract("bad")
    line.retract("late")
    assert [f.message[:7] for f in line.at().findings if f.kind == "unknown_event"] == ["1 entry"]
    line.redact("closed")
    line.redact("bad")
    assert not [f for f in line.at().findings if f.kind == "unknown_event"]
    assert line.verify() == line.head()
    assert not any(b'"z"' in row.content for row in line.log.stored() if row.id == "bad")


def test_an_editorial_entry_that_cannot_be_read_falls_with_what_it_repeats():
    """A redaction leaves no copy of what it erases in an act of a kind that this program does not know."""
    line = Timeline()
    line.record(OPENED, id="a")
    line.record(UnknownEvent("editorial.annotated", 1, {"target": "a", "text": "said of y"}), id="b")
    with pytest.raises(UnknownTarget):
        line.record(UnknownEvent("editorial.annotated", 1, {"duplicates": ["nobody"]}))
    line.redact("a")
    assert [row.content for row in line.log.stored()][:2] == [b"", b""]


def test_a_newer_optional_field_breaks_nothing_and_is_written_back(tmp_path):
    """An older program reads the rest, copies it byte for byte, and repeats the field where it says the same."""
    newer = declared()
    line = Timeline.open(tmp_path / "a.db")
    line.record(newer(facility="x", by="z"), occurred="2026-01-21", id="s")
    older = declared(fields={"facility": str})
    found = Timeline.open(tmp_path / "a.db")
    (entry,) = found.entries()
    assert entry.event == older(facility="x")
    assert not found.at().findings
    assert native.said(entry)["event"]["data"] == {"facility": "x", "by": "z"}
    assert found.record(entry.event, occurred="2026-01-21", id="s") == entry
    found.dump(tmp_path / "a.jsonl")
    restored = Timeline()
    restored.restore(tmp_path / "a.jsonl")
    copied = MemoryLog()
    copying.copy_log(found.log, copied)
    assert list(restored.log.stored()) == list(copied.stored()) == list(line.log.stored())
    assert restored.verify() == found.verify() == line.head()
    newest = declared()
    assert Timeline(restored.log).entries()[0].event == newest(facility="x", by="z")


def test_a_newer_field_that_names_an_entity_is_searched_by_its_tag(tmp_path):
    """The source of the tags is not all known here, so they are taken as they stand."""
    newer = declared(fields={"facility": Facility, "near": Facility})
    line = Timeline.open(tmp_path / "a.db")
    line.record(newer(facility="x", near="w"))
    declared(fields={"facility": Facility})
    assert line.verify() == line.head()
    assert len(line.entries(tags=["facility:w"])) == 1


def test_it_is_counted_by_a_log_that_opens_with_keyframes(tmp_path):
    """Also where nothing is folded again."""
    with Timeline.open(tmp_path / "a.db") as line:
        line.record_all([Draft(OPENED), *(Draft(UnknownEvent("newsroom.unheard_of", 1, {})) for _ in range(1200))])
        line.at()
    with Timeline.open(tmp_path / "a.db") as line:
        (found,) = (f for f in line.at().findings if f.kind == "unknown_event")
        assert (
            found.message
            == "1,200 entries of newsroom.unheard_of cannot be read by this program, and count for nothing: its type is not known"
        )
        assert len(found.entries) == 10


@given(messy_histories())
def test_what_cannot_be_read_changes_no_other_answer(told):
    """Between entries that can be, at every step."""
    unread = [
        Draft(UnknownEvent("newsroom.unheard_of", 1, {"n": n}, ("facility:f-1",)), occurred="2026-01-05")
        for n in range(3)
    ]
    mixed = Timeline()
    plain = Timeline()
    for number, draft in enumerate(told):
        plain.record_all([draft])
        mixed.record_all([draft, *unread[number : number + 1]])
    for day in ("2026-01-03", "2026-01-10", None):
        assert not mixed.at(day).diff(plain.at(day))


@pytest.mark.parametrize("certainty", ["definite", "possible"])
def test_a_plan_that_cannot_be_read_counts_from_its_announcement_on(certainty):
    """On the day it was announced, and on none before, for any certainty asked for."""
    line = Timeline()
    report = Report("Reuters", published="2026-01-22")
    line.record(declared()(facility="x", by="z"), modality=Modality.PLANNED, reports=[report], id="bad")
    declared(version=2, upcast={1: fails})
    counted = [
        len([f for f in line.at(day, certainty=certainty).findings if f.kind == "unknown_event"])
        for day in ("2026-01-21", "2026-01-22", "2026-01-23")
    ]
    assert counted == [0, 1, 1]
