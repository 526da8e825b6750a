"""Recorders: who put an entry on the log, and the copies of what it rests on."""

import pytest
from attrs import evolve

from timeline import Draft, Report, Timeline
from timeline.errors import IdConflict, InvalidDraft, TamperedLog
from timeline.events import agreement, border
from timeline.exchange import cloudevents, native, table
from timeline.log import codec
from timeline.log.copying import copy_log

SAID = agreement.StatementMade(by="sdf")
MEANT = agreement.StatementMade(by="us-centcom")
REUTERS = Report("Reuters", published="2026-01-21", url="https://example.org/1")
COPIED = evolve(REUTERS, retrieved="2026-01-22", archived="reuters.html", sha256="ab" * 32)

ACTS = {
    "record": lambda line, **by: line.record(SAID, **by),
    "record_all": lambda line, **by: line.record_all([Draft(SAID, **by)])[0],
    "correct": lambda line, **by: line.correct("a", MEANT, **by),
    "dispute": lambda line, **by: line.dispute("a", **by),
    "corroborate": lambda line, **by: line.corroborate("a", reports=[REUTERS], **by),
    "retract": lambda line, **by: line.retract("a", **by),
    "merge": lambda line, **by: line.merge("a", ["b"], **by),
    "redact": lambda line, **by: line.redact("a", **by),
}


def begun(**given):
    """Make a timeline with two entries, which desk-1 recorded."""
    line = Timeline(**given)
    line.record(SAID, occurred="2026-01-20", id="a", recorder="desk-1")
    line.record(SAID, occurred="2026-01-20", id="b", recorder="desk-1")
    return line


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("act", ACTS)
def test_every_act_has_a_recorder(act, strict):
    """Given with the act, or else by the timeline; the entry has it, and no other, as a tag."""
    for given, timeline, expected in (("desk-3", None, "desk-3"), ("desk-3", "csv-import", "desk-3"), (None, "x", "x")):
        line = begun(recorder=timeline, strict=strict)
        entry = ACTS[act](line, recorder=given)
        assert entry.recorder == expected
        assert [tag for tag in entry.tags if tag.startswith("recorder:")] == [f"recorder:{expected}"]
        assert line.entries(tags=[f"recorder:{expected}"]) == (entry,)
        line.verify()


def test_nobody_is_named_where_nobody_was_given():
    """Neither on the entry, nor among the bytes that are stored."""
    entry = Timeline().record(SAID)
    assert entry.recorder is None
    assert b"recorder" not in codec.encode(entry)


@pytest.mark.parametrize("recorder", ["", "desk 3", "a:b", 3])
def test_a_recorder_is_a_slug(recorder):
    """On a draft and on a timeline; the message says what one looks like."""
    for make in (lambda: Timeline(recorder=recorder), lambda: Draft(SAID, recorder=recorder)):
        with pytest.raises(InvalidDraft, match="expected a slug of who or what records, such as 'desk-3'"):
            make()


def test_the_recorder_is_sealed(tmp_path):
    """Find out whoever changes it in a copy of the log is found out."""
    path = tmp_path / "log.jsonl"
    begun().dump(path)
    path.write_bytes(path.read_bytes().replace(b"desk-1", b"desk-2"))
    with pytest.raises(TamperedLog):
        Timeline().restore(path)


def test_the_recorder_is_no_part_of_the_content():
    """The same draft of another recorder is the entry already there; a different draft is refused as ever."""
    line = begun(recorder="desk-2")
    assert line.record(SAID, occurred="2026-01-20", id="a").recorder == "desk-1"
    with pytest.raises(IdConflict):
        line.record(MEANT, occurred="2026-01-20", id="a", recorder="desk-1")
    plain = Draft(SAID, reports=[REUTERS])
    assert codec.derived_id(plain) == codec.derived_id(Draft(SAID, reports=[COPIED], recorder="desk-2"))


def test_what_is_loaded_or_copied_keeps_its_recorder(tmp_path):
    """The timeline's own is for what is recorded through it."""
    line = begun()
    line.record(MEANT, id="c")
    line.dump(tmp_path / "log.jsonl")
    table.write(line, tmp_path / "log.csv")
    cloudevents.write(line, tmp_path / "log.json", source="https://example.org")
    loaded = {
        "restore": lambda to: to.restore(tmp_path / "log.jsonl"),
        "lines": lambda to: native.load(to, tmp_path / "log.jsonl"),
        "csv": lambda to: table.load(to, tmp_path / "log.csv", table.OWN),
        "events": lambda to: cloudevents.load(to, tmp_path / "log.json"),
        "copy": lambda to: copy_log(line.log, to.log),
    }
    for name, load in loaded.items():
        other = Timeline(recorder="me")
        load(other)
        assert [entry.recorder for entry in other.entries()] == ["desk-1", "desk-1", None], name


def test_a_row_corrected_by_a_file_names_the_recorder_of_the_file(tmp_path):
    """Not that of whoever opened the timeline."""
    mapping = table.RowMapping(
        border.CrossingOpened, {"crossing": table.Column("crossing")}, id=table.Column("id"), recorder="csv-import"
    )
    path = tmp_path / "rows.csv"
    line = Timeline(recorder="me")
    for crossing in ("rabia", "qaim"):
        path.write_text(f"id,crossing\n1,{crossing}\n")
        table.load(line, path, mapping, correct=True)
    assert [(entry.type, entry.recorder) for entry in line.entries()] == [
        ("border.crossing_opened", "csv-import"),
        ("editorial.corrected", "csv-import"),
    ]


def test_an_entry_shows_its_recorder():
    """In one line, and in every table of entries."""
    entry = begun().entries()[0]
    assert str(entry).endswith("[recorded by desk-1]")
    shown = entry._repr_mimebundle_()["text/html"]
    assert "<i>recorder</i>" in shown
    assert "desk-1" in shown


def test_a_copy_completes_the_report_that_is_there():
    """A report that differs only by what it says of its copy is the same publication."""
    line = Timeline()
    entry = line.record(SAID, reports=[REUTERS, Report("AFP")])
    line.corroborate(entry, reports=[evolve(REUTERS, archived="reuters.html")])
    line.corroborate(entry, reports=[evolve(REUTERS, retrieved="2026-01-22", sha256="AB" * 32)])
    (claim,) = line.at().claims(entry)
    assert claim.reports == (COPIED, Report("AFP"))


def test_another_copy_is_another_report():
    """Two copies that differ both stay, so that both can be checked."""
    line = Timeline()
    entry = line.record(SAID, reports=[COPIED])
    other = evolve(COPIED, archived="other.html", sha256="cd" * 32)
    line.corroborate(entry, reports=[other])
    assert line.at().claims(entry)[0].reports == (COPIED, other)


def test_a_merge_completes_reports_too():
    """The copy that a duplicate knows is kept, and no report stands twice."""
    line = Timeline()
    kept = line.record(SAID, reports=[REUTERS])
    line.merge(kept, [line.record(SAID, reports=[COPIED])])
    assert line.at().claims(kept)[0].reports == (COPIED,)
