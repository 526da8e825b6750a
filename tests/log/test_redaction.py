"""Redaction: not a byte is left, nobody remembers, and the timeline reads as if it had never been."""

import gc
import io
import json
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import timeline
from timeline import Draft, Report, Timeline, about, exactly
from timeline.errors import EditorialRefused, IllegalTransition, LogError, UnknownTarget
from timeline.events import border, custody, editorial, facility
from timeline.events.declare import Redacted
from timeline.live import current
from timeline.log import MemoryLog, SqliteLog, jsonl, sqlite_file
from timeline.log import store as log_store

SOURCE = Path(timeline.__file__).parents[1]
MARK = "zqx-marker"
"""Stands in every place an entry can say something."""


def telling(n=0, **given):
    """Make a draft with the marker in each field that takes text."""
    return Draft(
        custody.DetaineesEscaped(facility=f"{MARK}-{n}", quantity=about(5), detail=f"{MARK} detail " * 40, about=[f"x:{MARK}"]),
        reports=[Report(f"{MARK} source", published="2026-01-19", url=f"https://{MARK}", quote=MARK, attributed_to=MARK)],
        occurred="2026-01-19",
        **given,
    )  # fmt: skip


def edited(id):
    """Make drafts that repeat it: a rival, its correction, and a report of the same."""
    return [
        Draft(editorial.EventDisputed(target=id, rival=telling(1).event, reason=MARK), id="rival"),
        Draft(editorial.EventCorrected(target="rival", replacement=telling(2).event, reason=MARK), id="again"),
        Draft(editorial.EventCorroborated(target=id), reports=telling().reports),
    ]


def bystanders(n, start=0):
    """Make entries that have nothing to do with it, some of them long."""
    return [
        Draft(border.CrossingOpened(crossing=f"c-{i}", detail="d" * (i * 37 % 3000))) for i in range(start, start + n)
    ]


def held(path):
    """Return every byte of the file and of those beside it."""
    return b"".join(file.read_bytes() for file in path.parent.iterdir() if file.name.lstrip(".").startswith(path.name))


@pytest.fixture
def path(tmp_path):
    """This holds for a file that is still missing."""
    return tmp_path / "incidents.db"


@pytest.fixture
def line():
    """A timeline in memory."""
    return Timeline()


# -- bytes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_no_byte_is_left_in_the_file_or_beside_it(path, closed):
    """Neither in its pages, nor in their slack, nor in the write-ahead file."""
    with Timeline.open(path) as line:
        line.log._connection.execute("PRAGMA secure_delete = OFF")  # as SQLite has it, unless built otherwise
        line.record_all(bystanders(150))
        line.record_all([telling(id="t"), *edited("t")])
        line.record_all(bystanders(150, 150))
        assert MARK.encode() in held(path)
        line.redact("t", reason="endangers a source")
        if not closed:
            assert MARK.encode() not in held(path)
            assert line.verify() == line.head()
    assert MARK.encode() not in held(path)


def test_no_byte_is_left_of_pages_that_were_split_and_freed(path):
    """Pages that grew among many others, and rows moved from one to another, leave no copy behind."""
    with SqliteLog(path) as log:
        log._connection.execute("PRAGMA secure_delete = OFF")  # as SQLite has it, unless built otherwise
        for n in range(60):
            log.append([telling(n, id=f"t{n}"), *bystanders(5, n * 5)])
        log._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        log.append([Draft(editorial.EventRedacted(target=f"t{n}")) for n in range(60)])
        assert MARK.encode() not in held(path)
        assert len(list(log.read())) == 60 * 6 + 60
        assert log.verify().position == 420


def test_what_is_redacted_in_its_own_batch_is_never_written(path):
    """Not for a moment."""
    with SqliteLog(path) as log:
        log.append([telling(id="t"), *edited("t"), Draft(editorial.EventRedacted(target="t"))])
        assert MARK.encode() not in held(path)


def test_a_redaction_cut_short_is_made_good_when_the_file_is_opened(path):
    """The process dies after the redaction is kept and before the file is rewritten."""
    code = """
        import os, sys
        from timeline import Timeline
        from timeline.log import SqliteLog
        SqliteLog._scrub = lambda self: os._exit(9)
        Timeline.open(sys.argv[1]).redact("t")
    """
    with Timeline.open(path) as line:
        line.record_all([telling(id="t"), *bystanders(20)])
    died = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(path)], env={"PYTHONPATH": str(SOURCE)}, check=False
    )
    assert died.returncode == 9
    assert MARK.encode() in held(path)
    with Timeline.open(path) as line:
        assert MARK.encode() not in held(path)
        assert line.entries(limit=1)[0].event == Redacted()


def test_a_reader_that_stays_is_named_and_the_next_append_makes_it_good(path, monkeypatch):
    """The redaction is kept; the old bytes go once nobody reads them any more."""
    monkeypatch.setattr(sqlite_file, "BUSY", 0.05)
    with Timeline.open(path) as line:
        line.record_all([telling(id="t")])
        reader = sqlite3.connect(path, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM entries").fetchall()
        with pytest.raises(LogError, match="the redaction is kept, but the old bytes are not yet out"):
            line.redact("t")
        with pytest.raises(LogError, match="another program"):
            Timeline.open(path)
        reader.close()
        assert [entry.type for entry in line.entries()] == ["redacted", "editorial.redacted"]
        line.record_all(bystanders(1))
        assert MARK.encode() not in held(path)


def test_a_dump_has_no_byte_of_it_and_restores_it_as_it_is(path, tmp_path):
    """A line says that it was redacted, with its leaf."""
    with Timeline.open(path) as line:
        line.record_all([telling(id="t"), *edited("t"), *bystanders(3)])
        line.redact("t")
        head = line.dump(tmp_path / "copy.jsonl")
    lines = (tmp_path / "copy.jsonl").read_bytes()
    assert MARK.encode() not in lines
    first = json.loads(lines.splitlines()[0])
    assert (list(first), first["redacted"]) == (["position", "id", "recorded_at", "leaf", "redacted"], True)
    copy = Timeline()
    assert copy.restore(tmp_path / "copy.jsonl") == head == copy.verify()
    again = io.BytesIO()
    jsonl.write(copy.log, again)
    assert again.getvalue() == lines
    assert copy.record_all([telling(id="t")])[0].event == Redacted()


def test_an_older_dump_is_restored_as_it_was_then():
    """Copies made before are out of reach: so the documentation says."""
    line, copy, file = Timeline(), Timeline(), io.BytesIO()
    line.record_all([telling(id="t")])
    jsonl.write(line.log, file)
    line.redact("t")
    file.seek(0)
    jsonl.restore(copy.log, file)
    assert copy.entries()[0].event == telling().event


class Redacting(MemoryLog):
    """A log in which an entry is redacted once its page was read, and before the next is."""

    due = None

    def select(self, query):
        found = super().select(query)
        if self.due and found and found[-1].id == self.due:
            id, self.due = self.due, None
            self.append([Draft(editorial.EventRedacted(target=id))])
        return found


@pytest.mark.parametrize("id", ["t1", "t3"])
def test_what_is_redacted_meanwhile_is_in_no_dump_and_no_reason_to_alarm(monkeypatch, tmp_path, id):
    """Reading begins again, so that a dump can be restored, and an honest log verifies."""
    monkeypatch.setattr(log_store, "PAGE", 2)
    log = Redacting()
    line = Timeline(log)
    line.record_all([telling(n, id=f"t{n}") for n in range(6)])
    log.due = id
    head = line.dump(tmp_path / "copy.jsonl")
    assert (log.due, head.position) == (None, 7)
    assert f"{MARK}-{id[1]}".encode() not in (tmp_path / "copy.jsonl").read_bytes()
    assert Timeline().restore(tmp_path / "copy.jsonl") == head
    log.due = "t5"
    assert line.verify().position == 8


@pytest.mark.parametrize("id", ["e0", "e3", "e7"])
def test_a_redaction_is_read_wherever_it_stands(monkeypatch, path, id):
    """Many entries stand before it: they are read once, and the same process and the next one go on asking."""
    monkeypatch.setattr(current, "_CHUNK", 4)
    with Timeline.open(path) as line:
        line.record_all([telling(n, id=f"e{n}") for n in range(9)])
        line.redact(id)
        line.record_all([telling(n, id=f"e{n}") for n in range(9, 14)])
        assert len(line.at().entries()) == 13
    with Timeline.open(path) as line:
        assert len(line.at().entries()) == 13


def test_what_is_redacted_while_it_is_read_was_never_there(monkeypatch):
    """The redaction lands when the page of its target was read, also on the first time anybody asks."""
    monkeypatch.setattr(log_store, "PAGE", 2)
    log = Redacting()
    line = Timeline(log)
    line.record_all([telling(n, id=f"t{n}") for n in range(6)])
    log.due = "t1"
    assert f"{MARK}-1" not in str(line.at())
    assert log.due is None


# -- memory -----------------------------------------------------------------------------------------


def remembered():
    """Return the entries anywhere in this process whose event carries the marker."""
    gc.collect()
    return [o for o in gc.get_objects() if isinstance(o, custody.DetaineesEscaped) and MARK in str(o.facility)]


@pytest.mark.parametrize("make", [MemoryLog, None], ids=["memory", "sqlite"])
def test_a_timeline_forgets_what_it_remembered(path, make):
    """Entries, histories, situations kept for the next question, and rows in memory."""
    with Timeline(make() if make else SqliteLog(path)) as line:
        line.record_all([telling(id="t"), *edited("t")])
        line.at()
        line.at("2026-01-20", reported="2026-02-01", policy="highest")
        assert remembered()
        line.redact("t")
        assert remembered() == []


def test_another_timeline_on_the_same_file_learns_of_it(path):
    """It forgets with the next question, after any earlier reads."""
    with Timeline.open(path) as here, Timeline.open(path) as there:
        here.record_all([telling(id="t"), *edited("t"), *bystanders(3)])
        assert there.at().custody.escaped(facility=f"{MARK}-0") == about(5)
        here.redact("t")
        assert there.at() == here.at() == there.at(recorded="2199-01-01")
        assert MARK not in str(there.at())
        assert remembered() == []


def test_another_process_that_has_the_file_open_learns_of_it(path):
    """It is asked before and after, and answers as if it had never been."""
    code = """
        import sys
        from timeline import Timeline
        with Timeline.open(sys.argv[1]) as line:
            for _ in sys.stdin:
                print(len(line.at().entries()), line.at().custody.escaped(), sys.argv[2] in str(line.at()), flush=True)
    """
    with Timeline.open(path) as line:
        line.record_all([telling(id="t"), *bystanders(2)])
        with subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(code), str(path), f"{MARK}-0"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env={"PYTHONPATH": str(SOURCE)},
        ) as other:  # fmt: skip

            def ask():
                other.stdin.write("\n")
                other.stdin.flush()
                return other.stdout.readline().split()

            assert ask() == ["3", "≈5", "True"]
            line.redact("t")
            assert ask() == ["2", str(line.at().custody.escaped()), "False"]
            other.stdin.close()


# -- what is said -----------------------------------------------------------------------------------


def test_a_redacted_entry_is_listed_as_such(line):
    """It is still counted and named; it says nothing, and cannot be recorded again."""
    line.record_all([telling(id="t")])
    redaction = line.redact("t", reason="endangers a source", reports=[Report("editor")])
    left, entry = line.entries()
    assert (str(left), left.type, repr(left.event)) == ("#1 undated redacted", "redacted", "Redacted()")
    assert (entry, entry.event.reason, entry.reports) == (redaction, "endangers a source", (Report("editor"),))
    assert line.entries(types="redacted") == (left,)
    with pytest.raises(ValueError, match="is not an event"):
        Draft(left.event)


def test_links_to_what_is_redacted_lead_nowhere(line):
    """An entry that named it stands alone, and may be recorded later too."""
    whole = line.record(custody.DetaineesTransferred(quantity=exactly(10), origin="a", operation="o"), id="whole")
    line.record(
        custody.DetaineesTransferred(quantity=exactly(4), origin="a", operation="o"), part_of=whole, after=[whole]
    )
    assert line.at().custody.operations["o"].moved == exactly(10)
    line.redact(whole)
    assert line.at().custody.operations["o"].moved == exactly(4)
    line.record(custody.DetaineesTransferred(quantity=exactly(1), origin="a", operation="o"), part_of="whole")
    assert line.at().custody.operations["o"].moved == exactly(5)


def test_a_plan_is_open_again_when_what_fulfilled_it_is_redacted(line):
    """As if it had never been reported."""
    plan = line.record(border.CrossingOpened(crossing="c"), modality=timeline.Modality.PLANNED)
    done = line.record(border.CrossingOpened(crossing="c"), fulfils=plan)
    assert line.at().plans == ()
    line.redact(done)
    assert line.at().plans == (plan,)


def test_a_redacted_correction_loses_its_effect(line):
    """The target reads as it was first recorded."""
    entry = line.record(custody.DetaineesEscaped(facility="p", quantity=exactly(5)))
    fixed = line.correct(entry, custody.DetaineesEscaped(facility="p", quantity=exactly(7)))
    assert line.at().custody.escaped(facility="p") == exactly(7)
    line.redact(fixed)
    assert line.at().custody.escaped(facility="p") == exactly(5)


def test_replays_step_over_it(line):
    """By each clock, changing nothing."""
    line.record_all([telling(id="t"), *bystanders(1)])
    line.redact("t")
    for by in ("occurred", "reported", "recorded"):
        assert all(not step.changed or step.entry.position == 2 for step in line.replay(by))


def test_strict_mode_never_stands_in_the_way(tmp_path):
    """A contradiction of the rest is a finding, though recording it would have been refused."""
    line = Timeline(strict=True)
    line.record(facility.FacilityRegistered(facility="c", kind="camp"))
    line.record(custody.HeadcountReported(facility="c", quantity=exactly(5)), occurred="2026-01-01", id="count")
    line.record(custody.HeadcountReported(facility="c", quantity=exactly(50)), occurred="2026-01-02", id="more")
    line.record(custody.DetaineesReleased(facility="c", quantity=exactly(20)), occurred="2026-01-03")
    with pytest.raises(IllegalTransition):
        line.retract("more")
    line.redact("more")
    assert "negative_balance" in {finding.kind for finding in line.at().findings}
    with pytest.raises(EditorialRefused, match="which was redacted"):
        line.redact("more")


def test_what_cannot_be_redacted_is_refused(line):
    """A missing entry, and a redaction, are refused."""
    with pytest.raises(UnknownTarget):
        line.redact("nowhere")
    line.record_all([telling(id="t")])
    redaction = line.redact("t")
    with pytest.raises(EditorialRefused, match="a redaction"):
        line.redact(redaction)
