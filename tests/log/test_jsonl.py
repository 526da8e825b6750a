"""JSON lines: a whole log to keep, to send, and to restore digest for digest."""

import io
import json

import pytest

from timeline.entry import Draft
from timeline.errors import LogError, TamperedLog
from timeline.events import border, custody, editorial
from timeline.events.declare import UnknownEvent
from timeline.log import Head, MemoryLog, SqliteLog, jsonl
from timeline.values.quantity import unspecified
from timeline.values.report import Modality, Report

DRAFTS = [
    Draft(border.CrossingOpened(crossing="معبر-ربيعة", detail="\u200fفُتح المعبر\u200e"), id="a", occurred="2025-06~"),
    Draft(
        custody.DetaineesEscaped(facility="al-shaddadi-prison", quantity=unspecified("\u202bآلاف\u202c 😀")),
        occurred="../2026-01-21", modality=Modality.DENIED, after=["a"],
        reports=[Report("سانا", published="2026-01-21T09:00:00.5+03:00", quote='"\\\n\t\u2028', credibility=6)],
    ),
    Draft(editorial.EventCorrected(target="a", replacement=border.CrossingClosed(crossing="معبر-ربيعة"))),
    Draft(UnknownEvent("newsroom.unheard_of", 3, {"b": [1, None], "a": 0.5}, ("facility:x",)), id="u"),
]  # fmt: skip


@pytest.fixture
def log():
    """A log in memory with every kind of text in it."""
    made = MemoryLog()
    made.append(DRAFTS[:2])
    made.append(DRAFTS[2:])
    return made


@pytest.fixture
def lines(log):
    """The same, as lines."""
    file = io.BytesIO()
    jsonl.write(log, file)
    return file.getvalue().splitlines(keepends=True)


@pytest.fixture(params=["memory", "sqlite"])
def empty(request, tmp_path):
    """An empty log of each kind."""
    with MemoryLog() if request.param == "memory" else SqliteLog(tmp_path / "restored.db") as made:
        yield made


def test_writing_gives_the_head(log):
    """One line for each entry; the head is the log's."""
    file = io.BytesIO()
    assert jsonl.write(log, file) == log.head()
    assert file.getvalue().count(b"\n") == 4
    assert jsonl.write(MemoryLog(), file) == Head(0, b"")


def test_a_line_says_everything_that_seals_an_entry(log, lines):
    """Position, id, instant, salt, leaf, tags and content, as plain JSON in UTF-8."""
    line, row = json.loads(lines[0]), next(log.stored())
    assert list(line) == ["position", "id", "recorded_at", "salt", "leaf", "tags", "content"]
    assert (line["position"], line["id"], line["tags"]) == (1, "a", ["facility:معبر-ربيعة"])
    assert (line["salt"], line["leaf"]) == (row.salt.hex(), row.leaf.hex())
    assert row.content in lines[0]
    assert "معبر-ربيعة".encode() in lines[0]


def test_restoring_is_digest_for_digest(log, lines, empty):
    """Every entry comes back as it was stored, and the log can go on."""
    assert jsonl.restore(empty, lines) == log.head() == empty.verify()
    assert list(empty.stored()) == list(log.stored())
    assert list(empty.read()) == list(log.read())
    assert [e.event for e in empty.read()] == [draft.event for draft in DRAFTS]
    assert [e.position for e in empty.read(tags="facility:x")] == [4]
    assert empty.append(DRAFTS[0])[0].position == 1
    assert empty.append(Draft(border.CrossingClosed(crossing="x")))[0].position == 5


def test_writing_again_gives_the_same_bytes(lines, empty):
    """Restored lines are written as they were read."""
    jsonl.restore(empty, lines)
    file = io.BytesIO()
    jsonl.write(empty, file)
    assert file.getvalue() == b"".join(lines)


def test_empty_lines_say_nothing(lines, empty):
    """Files are concatenated and end in newlines; an empty file is an empty log."""
    assert jsonl.restore(empty, [b"\n", *lines[:2], b"  \r\n", *lines[2:], b""]).position == 4


def test_an_empty_file_is_an_empty_log(empty):
    """Nothing is restored."""
    assert jsonl.restore(empty, []) == Head(0, b"")


def test_the_last_line_may_lack_its_newline(lines, empty):
    """As some editors leave it."""
    assert jsonl.restore(empty, [*lines[:-1], lines[-1].rstrip()]).position == 4


def changed(line, **fields):
    return json.dumps({**json.loads(line), **fields}).encode()


def without(line, field):
    return json.dumps({k: v for k, v in json.loads(line).items() if k != field}).encode()


BAD = {
    "no json": lambda line: b"not json\n",
    "cut short": lambda line: line[:40],
    "a list": lambda line: b"[1]",
    "a number": lambda line: b"5",
    "another encoding": lambda line: json.dumps({"id": "é"}, ensure_ascii=False).encode("latin-1"),
    "no leaf": lambda line: without(line, "leaf"),
    "no tags": lambda line: without(line, "tags"),
    "no content": lambda line: without(line, "content"),
    "leaf not hexadecimal": lambda line: changed(line, leaf="xyz"),
    "salt not hexadecimal": lambda line: changed(line, salt="xyz"),
    "no instant": lambda line: changed(line, recorded_at="yesterday"),
    "position not a number": lambda line: changed(line, position="first"),
    "tags not a list": lambda line: changed(line, tags=5),
    "content without event": lambda line: changed(line, content={}),
    "content not a mapping": lambda line: changed(line, content=[]),
    "a number nobody can keep": lambda line: changed(line, content={"event": {"type": "a.b"}, "n": 1 << 60}),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_line_that_cannot_be_read_is_named(lines, empty, kind):
    """The message says which line of the file, and nothing is kept."""
    file = [*lines[:2], b"\n", BAD[kind](lines[2]), lines[3]]
    with pytest.raises(
        LogError, match="^line 4 is not an entry: .*Expected the lines that jsonl.write gives"
    ) as caught:
        jsonl.restore(empty, file)
    assert caught.value.line == 4
    assert empty.head() == Head(0, b"")
    assert list(empty.read()) == []


TAMPERED = {
    "another id": lambda lines: [lines[0], changed(lines[1], id="b"), *lines[2:]],
    "another instant": lambda lines: [lines[0], changed(lines[1], recorded_at="2026-01-01T00:00:00Z"), *lines[2:]],
    "an instant without offset": lambda lines: [lines[0], changed(lines[1], recorded_at="2026-01-01"), *lines[2:]],
    "another salt": lambda lines: [lines[0], changed(lines[1], salt="00"), *lines[2:]],
    "another leaf": lambda lines: [lines[0], changed(lines[1], leaf="00" * 32), *lines[2:]],
    "another content": lambda lines: [
        lines[0], changed(lines[1], content={"event": {"type": "a.b", "version": 1, "data": {}}}), *lines[2:]],
    "another position": lambda lines: [lines[0], changed(lines[1], position=3), *lines[2:]],
    "a line removed": lambda lines: [lines[0], *lines[2:]],
    "lines swapped": lambda lines: [lines[0], lines[2], lines[1], lines[3]],
    "a line doubled": lambda lines: [lines[0], lines[0], *lines[1:]],
}  # fmt: skip


@pytest.mark.parametrize("kind", TAMPERED)
def test_a_line_that_was_changed_is_refused(lines, empty, kind):
    """The first position that does not fit is named, and nothing is kept."""
    with pytest.raises(TamperedLog) as caught:
        jsonl.restore(empty, TAMPERED[kind](lines))
    assert caught.value.position == 2
    assert empty.head() == Head(0, b"")


def test_spacing_and_order_of_keys_are_no_matter(lines, empty, log):
    """Lines that another program wrote out again say the same, and fit."""
    rewritten = [json.dumps(dict(reversed(json.loads(line).items())), indent=None).encode() for line in lines]
    assert rewritten[0] != lines[0]
    assert jsonl.restore(empty, rewritten) == log.head()


def test_a_log_with_entries_is_not_written_over(lines, empty):
    """Lines are restored into an empty log only."""
    empty.append(Draft(border.CrossingOpened(crossing="mine"), id="mine"))
    with pytest.raises(LogError, match="not empty"):
        jsonl.restore(empty, lines)
    assert [entry.id for entry in empty.read()] == ["mine"]
