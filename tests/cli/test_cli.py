"""The command line: what each command prints, where, and what it ends with."""

from __future__ import annotations

import fcntl
import io
import os
import re
import select
import shlex
import signal
import sqlite3
import struct
import subprocess
import sys
import termios
from contextlib import ExitStack
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from types import SimpleNamespace

import orjson
import psycopg
import pytest

from support.machine import pseudo_terminal
from timeline import Draft, Report, Timeline, about, errors, exactly
from timeline.cli.app import run
from timeline.cli.exits import Exit
from timeline.events import border, custody, facility
from timeline.live import current
from timeline.log import SqliteLog

ESCAPE = "\x1b[31m\x9b31m\x07\r\u202e"
"""What colours, rings, returns and turns the text round, if a terminal gets to see it."""
STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def timeline(tmp_path, monkeypatch, capsys):
    """Runs a command line in an empty directory: its exit code, and what it printed where."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)

    def typed(*words, stdin=""):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        code = run(shlex.split(words[0]) if len(words) == 1 else [*words])
        printed = capsys.readouterr()
        return SimpleNamespace(code=code, out=printed.out, err=printed.err, json=lambda: orjson.loads(printed.out))

    return typed


@pytest.fixture
def chronicle(timeline):
    """The same, in a directory with the chronicle in `i.db`."""
    timeline("demo", "i.db")
    return timeline


@pytest.fixture
def desk(timeline):
    """The same, in a directory where somebody reported an escape, and somebody else another number."""
    timeline(
        "record d.db DetaineesEscaped facility=al-shaddadi-prison quantity=~1500 --occurred 2026-01-19 --source AFP --published 2026-01-19 --id R1"
    )
    timeline(
        "record d.db DetaineesEscaped facility=al-shaddadi-prison quantity=~120 --dispute #1 --source AP --published 2026-01-20 --id R2"
    )
    return timeline


def shell(command, folder, **options):
    """A command line in a real shell, with the program that was installed."""
    environment = {**os.environ, "PATH": f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
    environment.pop("COLUMNS", None)
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False, **options
    )


def on_a_terminal(command, folder, keys=b"", columns=100):
    """What a command prints, its stderr included, to a terminal so wide; a key is pressed whenever it waits for one."""
    here, there = pseudo_terminal()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    told = {**os.environ, "PATH": f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
    told = {name: value for name, value in told.items() if name not in ("COLUMNS", "NO_COLOR")} | {
        "TERM": "xterm-256color"
    }
    with subprocess.Popen(
        ["bash", "-c", command], cwd=folder, env=told, stdin=there, stdout=there, stderr=there
    ) as process:
        printed, pressed = b"", 0
        while process.poll() is None or select.select([here], [], [], 0)[0]:
            if select.select([here], [], [], 0.02)[0]:
                printed += os.read(here, 1 << 16)
            waits = not termios.tcgetattr(there)[3] & termios.ICANON
            if waits and pressed < min(len(keys), printed.count(b"q ends it")):
                os.write(here, keys[pressed : pressed + 1])
                pressed += 1
    os.close(there)
    os.close(here)
    return printed.decode()


class TestExits:
    """Each way to end has a code of its own, and an error is a line on stderr."""

    CASES = (
        ("show d.db", Exit.DONE),
        ("findings d.db", Exit.DONE),
        ("", Exit.USAGE),
        ("shew d.db", Exit.USAGE),
        ("show d.db --when 2026", Exit.USAGE),
        ("record d.db CrossingOpened al-qaim", Exit.USAGE),
        ("record d.db CrossingOpened crossing=al-qaim --url https://example.org", Exit.USAGE),
        ("record d.db CrossingOpened crossing=al-qaim --reason x", Exit.USAGE),
        ("record d.db CrossingOpened crossing=al-qaim --correct R1 --dispute R1", Exit.USAGE),
        ("record d.db - crossing=al-qaim", Exit.USAGE),
        ("diff d.db 2026-01-01 2026-02-01 --at 2026-01-19", Exit.USAGE),
        ("import d.db rows.xyz", Exit.USAGE),
        ("import d.db rows.csv --mapping m.toml --from csv", Exit.USAGE),
        ("import d.db rows.csv --mapping m.toml --delimiter tab", Exit.USAGE),
        ("import d.db rows.csv --mapping m.toml --encoding klingon", Exit.USAGE),
        ("import d.db rows.jsonl --correct", Exit.USAGE),
        ("export d.db x.csv --to csv --title Story", Exit.USAGE),
        ("export d.db x.json --to cloudevents --source https://example.org --at 2026", Exit.USAGE),
        ("export d.db x.json --to stix", Exit.USAGE),
        ("export d.db d.db --to csv", Exit.USAGE),
        ("page d.db d.db", Exit.USAGE),
        ("copy a.jsonl b.jsonl", Exit.USAGE),
        ("show d.db --at 2026-02-30", Exit.BAD_INPUT),
        ("show d.db --tz Mars/Olympus", Exit.BAD_INPUT),
        ("record d.db CrossingOpend crossing=al-qaim", Exit.BAD_INPUT),
        ("record d.db CrossingOpened crosing=al-qaim", Exit.BAD_INPUT),
        ("record d.db CrossingOpened", Exit.BAD_INPUT),
        ("record d.db DetaineesEscaped facility=x quantity=many", Exit.BAD_INPUT),
        ("record d.db CrossingOpened crossing=al-qaim --occurred now", Exit.BAD_INPUT),
        ("import d.db rows.csv --mapping bad.toml", Exit.BAD_INPUT),
        ("import d.db rows.csv", Exit.BAD_INPUT),
        ("export d.db x.geojson --to geojson --gazetteer bad.json", Exit.BAD_INPUT),
        ("verify d.db --seal rows.csv", Exit.BAD_INPUT),
        ("verify d.db --seal d.db", Exit.BAD_INPUT),
        ("page d.db x.html --names bad.json", Exit.BAD_INPUT),
        ("page d.db x.html --names rows.csv", Exit.BAD_INPUT),
        ("copy rows.jsonl new.db", Exit.BAD_INPUT),
        ("show nowhere.db", Exit.NOT_FOUND),
        ("show sqlite:///nowhere.db", Exit.NOT_FOUND),
        ("why d.db facilities", Exit.NOT_FOUND),
        ("why d.db weather", Exit.NOT_FOUND),
        ("import d.db nowhere.csv --mapping m.toml", Exit.NOT_FOUND),
        ("import d.db rows.csv --mapping nowhere.toml", Exit.NOT_FOUND),
        ("verify d.db --seal nowhere.txt", Exit.NOT_FOUND),
        ("copy nowhere.jsonl new.db", Exit.NOT_FOUND),
        ("copy nowhere.db new.db", Exit.NOT_FOUND),
        ("record d.db EventRetracted target=#9", Exit.NOT_FOUND),
        ("record d.db CrossingOpened crossing=al-qaim --expect 1", Exit.CONFLICT),
        ("record d.db CrossingOpened crossing=al-qaim --id R1", Exit.CONFLICT),
        ("record d.db DetaineesRecaptured facility=x quantity=5 --occurred 2026 --strict", Exit.DONE),
        ("copy d.db other.db", Exit.CONFLICT),
        ("show rows.csv", Exit.NO_LOG),
        ("show gopher://example.org", Exit.NO_LOG),
    )  # fmt: skip

    @pytest.mark.parametrize(("line", "code"), CASES)
    def test_codes(self, line, code, desk, tmp_path):
        """A command line ends with its code; whatever is not DONE says why on stderr, and prints no result."""
        (tmp_path / "rows.csv").write_text("name,n\nal-qaim,1\n")
        (tmp_path / "rows.jsonl").write_text('{"name": "al-qaim"}\n')
        (tmp_path / "m.toml").write_text('event = "CrossingOpened"\nfields = { crossing = { column = "name" } }\n')
        (tmp_path / "bad.toml").write_text('event = "CrossingOpened"\nfields = { crosing = { column = "name" } }\n')
        (tmp_path / "bad.json").write_text('{"al-hol-camp": "somewhere"}')
        desk("record", "other.db", "CrossingOpened", "crossing=rabia")
        ended = desk(*line.split())
        assert ended.code == code, ended.err
        assert bool(ended.err) == (code != Exit.DONE)
        assert code == Exit.DONE or not ended.out
        assert "Traceback" not in ended.err

    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (errors.LogUnreachable, Exit.NO_LOG),
            (errors.ReadOnlyLog, Exit.NO_LOG),
            (errors.DamagedLog, Exit.NOT_VERIFIED),
            (errors.MissingExtra, Exit.MISSING_EXTRA),
            (errors.ConcurrencyConflict, Exit.CONFLICT),
            (errors.InvalidProof, Exit.BAD_INPUT),
            (errors.TimelineError, Exit.FAILED),
            (PermissionError, Exit.FAILED),
        ],
    )
    def test_errors_that_are_hard_to_bring_about(self, error, code, desk, monkeypatch):
        """What the library raises becomes one line, and the code for its kind."""

        def fails(*_, **__):
            raise error("what was found")

        monkeypatch.setattr(Timeline, "at", fails)
        ended = desk("show", "d.db")
        assert (ended.code, ended.err) == (code, "Error: what was found\n")

    def test_strict_refuses_what_contradicts_what_is_known(self, timeline):
        """A crossing that is open is not opened again, and the log stays as it was."""
        opened = "record s.db CrossingOpened crossing=al-qaim --strict --occurred"
        assert timeline(*opened.split(), "2026-01-01").code == Exit.DONE
        assert timeline(*opened.split(), "2026-01-02").code == Exit.CONFLICT
        assert len(timeline("follow", "s.db", "--limit", "1", "--json").out.splitlines()) == 1

    def test_a_changed_log_is_not_verified(self, desk, tmp_path):
        """Stored bytes that do not fit their digest are named, and the code says so."""
        with sqlite3.connect(tmp_path / "d.db") as database:
            database.execute("UPDATE entries SET content = replace(content, '1500', '1600')")
        database.close()
        ended = desk("verify", "d.db")
        assert ended.code == Exit.NOT_VERIFIED
        assert "1" in ended.err

    def test_a_log_written_anew_does_not_fit_the_seal(self, desk, tmp_path):
        """Its digests fit one another, but not what was kept elsewhere."""
        (tmp_path / "seal.txt").write_text(desk("verify", "d.db").out)
        desk("record", "new.db", "CrossingOpened", "crossing=rabia")
        desk("record", "new.db", "CrossingOpened", "crossing=al-qaim")
        assert desk("verify", "d.db", "--seal", "seal.txt").code == Exit.DONE
        (tmp_path / "wide.txt").write_text((tmp_path / "seal.txt").read_text(), "utf-16")  # as some shells write it
        assert desk("verify", "d.db", "--seal", "wide.txt").code == Exit.DONE
        assert desk("verify", "new.db", "--seal", "seal.txt").code == Exit.NOT_VERIFIED

    @pytest.mark.parametrize("missing", ["click", "rich"])
    def test_without_its_extra_it_says_what_to_install(self, missing):
        """The program ends with one line, and no traceback."""
        code = f"import sys; sys.modules[{missing!r}] = None; sys.argv = ['timeline', 'demo']; from timeline.cli import main; main()"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert done.returncode == Exit.MISSING_EXTRA
        assert re.fullmatch(
            rf'{missing}[\w.]* is not installed. Install it: pip install "incident-timeline\[cli\]".\n', done.stderr
        )

    def test_a_program_is_installed(self):
        """The console script `timeline` is the main function of the command line."""
        (script,) = entry_points(group="console_scripts", name="timeline")
        assert script.value == "timeline.cli:main"

    @pytest.mark.parametrize(
        "command", ["show", "why", "findings", "diff", "replay", "verify", "follow", "export", "page"]
    )
    def test_asking_makes_no_log(self, command, timeline, tmp_path):
        """A name mistyped leaves no empty log behind."""
        more = {"why": ["border"], "diff": ["2025", "2026"], "export": ["x.csv", "--to", "csv"], "page": ["x.html"]}
        assert timeline(command, "typo.db", *more.get(command, [])).code == Exit.NOT_FOUND
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        "command", ["show", "why", "findings", "diff", "replay", "verify", "follow", "export", "page", "copy"]
    )
    def test_asking_changes_no_log(self, command, timeline, tmp_path, monkeypatch):
        """Its checksum is evidence: a long log keeps no keyframes for it, and one that may not be written is read."""
        monkeypatch.setattr(current, "_FEW", 10)
        (folder := tmp_path / "d").mkdir()
        with SqliteLog(folder / "d.db") as log:
            log.append([Draft(border.CrossingOpened(crossing=f"c-{n}"), occurred="2026") for n in range(30)])
        before = (folder / "d.db").read_bytes()
        folder.chmod(0o555)
        more = {
            "why": ["border", "crossings", "c-1", "status"],
            "diff": ["2025", "2026"],
            "export": ["x.csv", "--to", "csv"],
        }
        more |= {"page": ["x.html"], "copy": ["x.jsonl"], "follow": ["--limit", "3"], "replay": ["--all"]}
        assert timeline(command, "d/d.db", *more.get(command, [])).code == Exit.DONE
        assert (folder / "d.db").read_bytes() == before
        assert [path.name for path in folder.iterdir()] == ["d.db"]
        refused = timeline("record", "d/d.db", "CrossingOpened", "crossing=al-qaim")
        assert (refused.code, "open to be read only" in refused.err) == (Exit.NO_LOG, True)
        folder.chmod(0o755)

    def test_who_records_folds_for_those_who_ask(self, timeline, tmp_path, monkeypatch):
        """What an import or an entry adds is folded once, at its end, if it is more than a small share."""
        monkeypatch.setattr(current, "_FEW", 10)
        lines = "".join(
            f'{{"event": {{"type": "CrossingOpened", "data": {{"crossing": "c-{n}"}}}}}}\n' for n in range(30)
        )
        assert timeline("record", "d.db", "-", stdin=lines).code == Exit.DONE
        with SqliteLog(tmp_path / "d.db") as log:
            kept = log.read_cache(1)
            assert kept
        assert timeline("record", "d.db", "CrossingOpened", "crossing=al-qaim").code == Exit.DONE
        monkeypatch.setattr(
            "timeline.index.complete.CompleteView.add", lambda self, entries: len(entries) > 1 and 1 / 0
        )
        assert timeline("show", "d.db").code == Exit.DONE
        with SqliteLog(tmp_path / "d.db") as log:
            assert log.read_cache(1) == kept

    def test_what_is_refused_makes_no_log(self, timeline, tmp_path):
        """Neither does an event, a table or JSON lines that nobody can read."""
        (tmp_path / "rows.csv").write_text("name\nal-qaim\n")
        timeline("record", "n.db", "CrossingOpend", "crossing=al-qaim")
        timeline("record", "n.db", "-", stdin='{"event": {"type": "CrossingOpened", "data": {}}}\n')
        timeline("import", "n.db", "rows.csv")
        assert [path.name for path in tmp_path.iterdir()] == ["rows.csv"]


class TestRecord:
    """A person or a program puts events on a log: all that was meant, or nothing."""

    def test_everything_that_a_draft_can_say(self, timeline):
        """Fields, times, the report, the modality and links arrive as the library would have them."""
        timeline(
            "record",
            "d.db",
            "TransferPlanned",
            "operation=o-1",
            "quantity=<=7000",
            "--modality",
            "planned",
            "--id",
            "P",
            "--source",
            "A",
        )
        said = timeline(
            "record", "d.db", "custody.DetaineesTransferred", "quantity=120-1500 (200)", "origin=hasakah-prisons",
            "about=tlp:green,operation:o-1", "detail=a = b", "--occurred", "2026-01-21~", "--source", "CENTCOM", "--published",
            "2026-01-21", "--url", "https://example.org/1", "--quote", "نحو 150", "--language", "ar", "--attributed-to", "X",
            "--reliability", "B", "--credibility", "2", "--after", "#1", "--fulfils", "P", "--json",
        ).json()  # fmt: skip
        assert said["event"] == {
            "type": "custody.detainees_transferred",
            "version": 1,
            "data": {
                "quantity": {"low": 120, "best": 200, "high": 1500}, "origin": "hasakah-prisons",
                "about": ["tlp:green", "operation:o-1"], "detail": "a = b",
            },
        }  # fmt: skip
        assert (said["occurred"], said["after"], said["fulfils"]) == ("2026-01-21~", ["P"], "P")
        assert said["reports"] == [
            {
                "source": "CENTCOM", "published": "2026-01-21", "url": "https://example.org/1", "quote": "نحو 150",
                "language": "ar", "attributed_to": "X", "reliability": "B", "credibility": 2,
            }
        ]  # fmt: skip

    def test_values_by_key(self, timeline):
        """Names in several languages are given one by one, and a breakdown by cohort."""
        timeline(
            "record",
            "d.db",
            "FacilityRegistered",
            "facility=al-hol-camp",
            "kind=camp",
            "names.en=al-Hol",
            "names.ar=الهول",
        )
        timeline(
            "record", "d.db", "HeadcountReported", "facility=al-hol-camp", "quantity=~24000", "breakdown.iraqi=>=100"
        )
        with Timeline.open("d.db") as line:
            first, second = (entry.event for entry in line.entries())
        assert dict(first.names) == {"en": "al-Hol", "ar": "الهول"}
        assert str(second.breakdown["iraqi"]) == "≥100"

    def test_entries_are_named_by_position(self, desk):
        """A correction, and a merge of several, name entries as tables show them."""
        desk("record d.db DetaineesEscaped facility=al-shaddadi-prison quantity=~1400 --correct #1 --reason typo")
        desk("record", "d.db", "CrossingOpened", "crossing=a", "--part-of", "#1")
        desk("record", "d.db", "CrossingOpened", "crossing=b", "--id", "B")
        desk("record", "d.db", "EventsMerged", "kept=#1", "duplicates=#4,B")
        with Timeline.open("d.db") as line:
            _, dispute, correction, part, _, merge = line.entries()
        assert dispute.event.target == correction.event.target == part.part_of == merge.event.kept == "R1"
        assert merge.event.duplicates == (part.id, "B")

    def test_what_one_log_prints_another_records(self, chronicle):
        """Every entry of the chronicle, editorial ones included, piped through JSON lines, says the same again."""
        told = chronicle("follow", "i.db", "--limit", "375", "--json").out
        again = chronicle("record", "copy.db", "-", "--json", stdin=told)
        assert len(again.out.splitlines()) == 375
        with Timeline.open("i.db") as here, Timeline.open("copy.db") as there:
            assert here.at() == there.at()
        assert chronicle("record", "copy.db", "-", "--json", stdin=told).out == again.out, "twice is as once"

    def test_a_bad_line_keeps_all_of_them_out(self, timeline, tmp_path):
        """Each bad line is told by its number, and nothing is recorded."""
        good = '{"event": {"type": "border.crossing_opened", "data": {"crossing": "al-qaim"}}, "id": "%s"}\n'
        bad = (
            "not json\n",
            '{"event": {"type": "CrossingOpened", "data": {"crosing": "x"}}}\n',
            '{"event": {"type": "CrossingOpened", "data": {}}}\n',
            '{"event": {"type": "CrossingOpend", "data": {"crossing": "x"}}}\n',
            '{"event": {"type": "CrossingOpened", "data": {"crossing": "two words"}}}\n',
            '{"event": {"type": "CrossingOpened", "data": {"crossing": "x"}}, "occured": "2025"}\n',
            '{"occurred": "2025"}\n',
            '{"event": {"type": "CrossingOpened", "data": {"crossing": "x"}}, "occurred": "soon"}\n',
            '{"event": "CrossingOpened"}\n',
            "[]\n",
        )
        timeline("record", "d.db", "-", stdin=good % "a")
        ended = timeline("record", "d.db", "-", stdin="".join([good % "b", *bad, good % "c"]))
        assert ended.code == Exit.BAD_INPUT
        assert [line.split(": ")[0] for line in ended.err.splitlines()] == [
            *(f"stdin:{number}" for number in range(2, 2 + len(bad))), "Nothing was recorded."
        ]  # fmt: skip
        with Timeline.open("d.db") as line:
            assert [entry.id for entry in line.entries()] == ["a"]

    def test_a_batch_that_the_log_refuses_leaves_nothing(self, timeline):
        """The second line names an entry that is not there, so the first is not recorded either."""
        lines = (
            '{"event": {"type": "CrossingOpened", "data": {"crossing": "al-qaim"}}, "id": "a"}\n'
            '{"event": {"type": "EventRetracted", "data": {"target": "nowhere"}}}\n'
        )
        assert timeline("record", "d.db", "-", stdin=lines).code == Exit.NOT_FOUND
        with Timeline.open("d.db") as line:
            assert line.entries() == ()

    @pytest.mark.parametrize("said", ["parties=sdf parties=iraq-gov", "agreement=a parties=sdf agreement=b"])
    def test_a_field_said_twice_is_refused(self, timeline, said):
        """Neither of two values is dropped without a word."""
        ended = timeline(f"record d.db AgreementSigned {said}")
        assert ended.code == 2
        assert re.search("(parties|agreement) is said twice: expected it once, several values with commas", ended.err)


class TestImport:
    """Files come in by a mapping, or as they went out."""

    MAPPING = 'event = "CrossingOpened"\noccurred = { column = "day" }\nid = { column = "id" }\n[fields]\ncrossing = { column = "name" }\n'

    def test_twice_changes_nothing_and_a_changed_row_is_told(self, timeline, tmp_path):
        """The same file is there already; a row that says otherwise is reported, and corrected where that is asked."""
        (tmp_path / "m.toml").write_text(self.MAPPING)
        (tmp_path / "rows.csv").write_text("id;day;name\n1;2025-01;a\n2;2025-02;b\n")
        words = ["import", "d.db", "rows.csv", "--mapping", "m.toml", "--delimiter", ";", "--json"]
        assert timeline(*words).json()["recorded"] == ["1", "2"]
        assert timeline(*words).json() == {
            "recorded": [], "unchanged": 2, "changed": [], "skipped": 0, "problems": [], "repeated": 0,
        }  # fmt: skip
        (tmp_path / "rows.csv").write_text("id;day;name\n1;2025-01;a\n2;2025-03;b\n")
        assert timeline(*words).json()["changed"] == [{"file": "rows.csv", "line": 3, "id": "2", "position": 2}]
        assert "rows.csv:3: 2 is no longer as recorded at position 2" in timeline(*words[:-1]).out
        assert len(timeline(*words, "--correct").json()["recorded"]) == 1

    def test_bad_rows_are_told_by_line_and_column(self, timeline, tmp_path):
        """As a line of text each, or as JSON."""
        (tmp_path / "m.toml").write_text(self.MAPPING)
        (tmp_path / "rows.csv").write_text("id,day,name\n1,2025-13,a\n2,2025-02,b\n")
        ended = timeline("import d.db rows.csv --mapping m.toml")
        assert ended.err.startswith("rows.csv:2: day: '2025-13'")
        told = timeline("import d.db rows.csv --mapping m.toml --json")
        (problem,) = told.json()["problems"]
        assert (problem["file"], problem["line"], problem["column"]) == ("rows.csv", 2, "day")
        assert (told.code, told.err) == (Exit.BAD_INPUT, "")

    def test_a_pipe_is_a_file(self, tmp_path):
        """Of a command before it, and of a process substitution; both are read once."""
        (tmp_path / "m.toml").write_text('event = "CrossingOpened"\n[fields]\ncrossing = { column = "name" }\n')
        (tmp_path / "rows.csv").write_text("name\na\nb\nb\n")
        for command in (
            "cat rows.csv | timeline import :memory: /dev/stdin --mapping m.toml",
            "timeline import :memory: <(cat rows.csv) --mapping m.toml",
        ):
            ended = shell(command, tmp_path)
            assert (ended.returncode, ended.stderr) == (Exit.DONE, "")
            assert ended.stdout.startswith("3 recorded, 0 there already")
            assert ended.stdout.endswith("; 1 repeat an earlier row\n")

    def test_a_type_that_is_not_known_is_kept_only_if_asked_for(self, timeline, tmp_path):
        """Misspelt, it is a bad line; by `record -`, nothing is recorded then."""
        line = '{"event": {"type": "border.crossing_opend", "version": 1, "data": {"crossing": "x"}}, "id": "x"}\n'
        (tmp_path / "l.jsonl").write_text(line)
        for words, stdin in ((["import", "d.db", "l.jsonl"], ""), (["record", "d.db", "-"], line)):
            ended = timeline(*words, stdin=stdin)
            assert ended.code == Exit.BAD_INPUT
            assert "Did you mean border.crossing_opened" in ended.err
            kept = timeline(*words, "--unknown", "keep", stdin=stdin)
            assert (kept.code, kept.err) == (Exit.DONE, "")
        assert timeline("record d.db CrossingOpened crossing=x --unknown keep").code == Exit.USAGE

    def test_memory_tries_it_out(self, timeline, tmp_path):
        """A log in memory takes everything in, and leaves no file."""
        (tmp_path / "m.toml").write_text(self.MAPPING)
        (tmp_path / "rows.csv").write_text("id,day,name\n1,2025-01,a\n")
        assert timeline("import :memory: rows.csv --mapping m.toml").out.startswith("1 recorded")
        assert not (tmp_path / ":memory:").exists()

    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("x.csv --to csv", "x.csv"),
            ("x.jsonl --to jsonl", "x.jsonl"),
            ("x.json --to cloudevents --source https://example.org", "x.json --from cloudevents"),
        ],
    )
    def test_what_was_exported_comes_in_again(self, written, read, desk):
        """Into another log, once."""
        desk("export", "d.db", *written.split())
        assert desk("import", "e.db", *read.split(), "--json").json()["recorded"]
        assert desk("import", "e.db", *read.split(), "--json").json()["recorded"] == []

    def test_stories_of_others(self, desk):
        """Slides are taken in as stories that somebody told."""
        desk("export d.db story.json --to timelinejs")
        assert "1 recorded" in desk("import s.db story.json --from timelinejs").out


class TestAsking:
    """What is printed is what the library says."""

    def test_a_part_and_its_clocks(self, chronicle):
        """The clocks stand in the title, and cut as `Timeline.at` does."""
        told = chronicle("show i.db facilities --at 2026-01-20 --reported 2026-02-01 --recorded 2030").out
        assert told.startswith("Facilities occurred by 2026-01-20, recorded by 2030-12-31, reported by 2026-02-01")
        assert re.search(r"al-hol-camp +camp +nobody", told)

    def test_evidence_and_policy(self, desk):
        """The lowest of rival claims; nothing, where it must be credible; what only may have happened."""
        held = ["show", "d.db", "--json"]

        def escaped(*more):
            values = {tuple(one["path"]): one["value"] for one in desk(*held, *more).json()["values"]}
            return values.get(("custody", "al-shaddadi-prison", "escaped"))

        assert escaped()["best"] == 1500
        assert escaped("--policy", "lowest")["best"] == 120
        assert escaped("--credible", "2") is None
        desk(
            "record",
            "d.db",
            "DetaineesEscaped",
            "facility=al-shaddadi-prison",
            "quantity=5",
            "--occurred",
            "2026-02-01/2026-02-28",
        )
        assert escaped("--at", "2026-02-10")["best"] == 1500
        assert escaped("--at", "2026-02-10", "--possible")["best"] == 1505

    def test_a_day_ends_where_the_zone_says(self, timeline):
        """At the end of a day in Baghdad it is still that day in UTC."""
        timeline("record z.db CrossingOpened crossing=al-qaim --occurred 2026-01-20T22:30:00Z")
        assert "al-qaim" in timeline("show z.db border --at 2026-01-20").out
        assert "al-qaim" not in timeline("show z.db border --at 2026-01-20 --tz Asia/Baghdad").out

    def test_sources_are_shown_on_demand(self, chronicle):
        """Under the row of a facility stand the entries that it follows from, with their sources."""
        words = ["show", "i.db", "facilities", "--at", "2026-01-20"]
        assert "Xinhua" not in chronicle(*words).out
        assert "Xinhua" in chronicle(*words, "--sources").out
        assert "Al-Hol camp director" in chronicle("findings i.db --kind drift --sources").out

    def test_why_names_the_claims(self, desk):
        """The entry that counts with its report, then the rival with its own."""
        told = desk("why d.db custody al-shaddadi-prison escaped").out
        assert re.search(r"value.*≈1,500.*entries.*#1 .*AFP.*rival claims.*#2 .*≈120.*AP", told, re.DOTALL)
        shape = desk("why d.db custody al-shaddadi-prison escaped --json").json()
        assert shape["value"] == {"low": 0, "best": 1500, "high": None}
        assert [claim["reports"][0]["source"] for claim in shape["claims"]["R1"]] == ["AFP", "AP"]

    def test_nothing_is_known(self, desk):
        """Of what nobody told of by then there is no entry, which is said."""
        told = desk("why d.db custody al-shaddadi-prison escaped --at 2025-01-01")
        assert (told.code, "nothing is known of it" in told.out) == (0, True)

    @pytest.mark.parametrize("shape", ["", " --json"])
    def test_a_misspelt_name_is_not_answered(self, desk, shape):
        """The exit code says so, and what is near."""
        ended = desk(f"why d.db custody al-shadadi-prison escaped{shape}")
        assert (ended.code, ended.out) == (4, "")
        assert "no entry on the log names the facility 'al-shadadi-prison'" in ended.err
        assert "near it: al-shaddadi-prison" in ended.err

    @pytest.mark.parametrize("name", ["al-shadadi-prison", "authority:al-shaddadi-prison"])
    def test_findings_about_a_misspelt_name_are_not_answered(self, name, desk):
        """No findings would be a fact."""
        ended = desk(f"findings d.db --about {name}")
        assert (ended.code, ended.out) == (4, "")
        assert f"no entry on the log names {name!r}" in ended.err
        assert "near it: al-shaddadi-prison" in ended.err

    @pytest.mark.parametrize("name", ["al-shaddadi-prison", "facility:al-shaddadi-prison"])
    def test_findings_about_a_name_outside_the_cut(self, name, desk):
        """There are none by then."""
        assert "0 in all" in desk(f"findings d.db --about {name} --at 2020-01-01").out

    def test_findings_of_a_kind(self, desk):
        """Only those asked for, each with the entries involved."""
        assert re.search(r"disputed .* #1, #2", desk("findings", "d.db").out)
        assert "0 in all" in desk("findings d.db --kind drift").out

    def test_a_kind_misspelt_is_refused(self, desk):
        """No findings is an answer; a kind there is none of is no question."""
        ended = desk("findings d.db --kind control-gap")
        assert (ended.code, ended.out) == (2, "")
        assert "'control-gap' is not one of 'illegal_transition'" in ended.err

    def test_diff_by_another_clock(self, desk):
        """What the publications of a day changed about an earlier one."""
        told = desk("diff d.db 2026-01-18 2026-01-19 --by reported --at 2026-01-19 --json").json()
        assert {
            "path": ["custody", "al-shaddadi-prison", "escaped"],
            "before": None,
            "after": {"low": 0, "best": 1500, "high": None},
        } in told

    def test_nobody_is_told_from_not_known(self, chronicle):
        """In JSON, too."""
        told = chronicle("why i.db facilities al-hol-camp control --at 2026-01-20 --json").json()
        assert told["value"] == {"nobody": True}

    def test_replay_begins_where_it_is_told(self, chronicle):
        """Every step on that date or after it, and none before; all of them go by."""
        steps = chronicle("replay i.db --from 2026-02-20 --json").out.splitlines()
        occurred = [orjson.loads(step)["entry"]["occurred"] for step in steps]
        assert "2026-02-20~" in occurred
        with Timeline.open("i.db") as line:
            later = [
                step for step in line.replay() if step.after.clocks.occurred >= line.at("2026-02-20").clocks.occurred
            ]
        assert len(steps) == len(later)
        assert chronicle("replay i.db --from 2026-02-20 --all").out.count("Step occurred by") == len(steps)

    def test_follow_begins_and_ends_where_it_is_told(self, chronicle):
        """After a position, so many."""
        told = chronicle("follow i.db --after 3 --limit 2 --json").out.splitlines()
        assert [orjson.loads(line)["position"] for line in told] == [4, 5]


class TestSending:
    """Files for others say what they leave out."""

    @pytest.fixture
    def marked(self, desk):
        """One entry more, which is marked."""
        desk(
            "record",
            "d.db",
            "DetaineesEscaped",
            "facility=x",
            "quantity=3",
            "about=tlp:amber",
            "--occurred",
            "2026",
            "--id",
            "M",
        )
        return desk

    def test_what_is_marked_stays_unless_allowed(self, marked):
        """As a sentence, and as JSON."""
        assert marked("export d.db x.csv --to csv").out == "1 written; left out: 1 marked tlp:amber\n"
        told = marked("export d.db x.csv --to csv --allow tlp:amber --suppress-below 5 --json").json()
        assert told == {"written": 2, "left_out": {}, "reduced": {"with small counts told as a range": 1}}

    def test_a_lossless_copy_is_no_way_round_a_marking(self, marked, tmp_path):
        """JSON lines leave nothing out, so that they are refused where something is marked; a backup is not."""
        ended = marked("export d.db x.jsonl --to jsonl")
        assert (ended.code, "tlp:amber" in ended.err) == (Exit.BAD_INPUT, True)
        assert not (tmp_path / "x.jsonl").exists()
        assert marked("export d.db x.jsonl --to jsonl --allow tlp:amber").out == "3 written\n"
        assert marked("copy d.db y.jsonl").out == "3 entries copied.\n"
        assert (tmp_path / "x.jsonl").read_bytes() == (tmp_path / "y.jsonl").read_bytes()

    @pytest.mark.parametrize(
        "words",
        [
            "x.csv --to csv --at 2026-01-20",
            "folder --to parquet",
            "x.json --to timelinejs --title Story",
            "x.ics --to ical --domain example.org",
            "x.geojson --to geojson --gazetteer g.json --decimals 1",
            "x.json --to stix --source https://example.org --gazetteer g.json",
            "x.jsonl --to cloudevents --source https://example.org",
        ],
    )
    def test_every_format(self, words, desk, tmp_path):
        """Something is written there, and its count said."""
        (tmp_path / "g.json").write_text('{"al-shaddadi-prison": [40.7, 36.1]}')
        told = desk("export", "d.db", *words.split())
        assert re.match(r"[12] written", told.out), told
        assert (tmp_path / words.split()[0]).exists()

    def test_a_page(self, desk, tmp_path):
        """It opens in the language asked for, with the names given."""
        (tmp_path / "names.json").write_text('{"al-shaddadi-prison": {"ar": "سجن الشدادي"}}', "utf-8")
        told = desk("page d.db r.html --language ar --title X --names names.json")
        assert told.out.startswith("r.html holds 2 entries.")
        assert "سجن الشدادي" in (tmp_path / "r.html").read_text("utf-8")

    def test_a_dash_is_standard_output(self, desk, tmp_path):
        """It gets the file and nothing else; what there is to say goes to stderr, also as JSON."""
        told = desk("export d.db - --to csv")
        desk("export d.db x.csv --to csv")
        assert (told.out.encode(), told.err) == ((tmp_path / "x.csv").read_bytes().replace(b"\r", b""), "1 written\n")
        assert orjson.loads(desk("export d.db - --to jsonl --json").err) == {
            "written": 2,
            "left_out": {},
            "reduced": {},
        }
        page = desk("page d.db -")
        assert (page.out[:15].lower(), page.err[:24]) == ("<!doctype html>", "The page holds 2 entries")
        assert desk("export d.db - --to parquet").code == Exit.USAGE
        assert not (tmp_path / "-").exists()

    def test_what_came_to_nothing_leaves_no_log(self, desk, tmp_path):
        """A backup that cannot be read, or an entry that names nothing: only what was there before is there."""
        (tmp_path / "bad.jsonl").write_text("not JSON\n")
        assert desk("copy bad.jsonl new.db").code == Exit.BAD_INPUT
        assert desk("record new.db EventRetracted target=nobody").code != Exit.DONE
        assert [file.name for file in tmp_path.glob("new*")] == []
        desk("copy bad.jsonl d.db")
        assert (tmp_path / "d.db").exists()


class TestTerminal:
    """What reaches a terminal, or the next program."""

    @pytest.fixture
    def hostile(self, timeline, tmp_path):
        """A log whose sources try to steer whoever reads them, and write Arabic."""
        with Timeline.open(tmp_path / "h.db") as line:
            line.record(
                custody.DetaineesEscaped(
                    facility="al-hol-camp", quantity=exactly(3, text=ESCAPE), detail=f"{ESCAPE}[bold]loud[/bold]"
                ),
                occurred="2026-01-20",
                reports=[
                    Report(
                        f"{ESCAPE}وكالة",
                        published="2026-01-20",
                        quote=f"{ESCAPE}قال المسؤول إنّ ٣ فرّوا",
                        attributed_to=ESCAPE,
                    )
                ],
            )
            line.record(border.BorderMeasureTaken(sector="s", measure=f"{ESCAPE}\n#3 forged"), occurred="2026-01-21")
            line.record(facility.FacilityRegistered(facility="al-hol-camp", kind="camp", names={"en": ESCAPE}))
        return timeline

    @pytest.mark.parametrize(
        "words",
        [
            "show h.db --sources", "show h.db border", "why h.db custody al-hol-camp escaped", "findings h.db", "follow h.db --limit 3",
            "replay h.db", "diff h.db 2026-01-01 2026-02-01", "show h.db --json", "follow h.db --limit 3 --json", "replay h.db --json",
            "why h.db custody al-hol-camp escaped --json", "diff h.db 2026-01-01 2026-02-01 --json", f"why h.db custody {ESCAPE}",
            f"show {ESCAPE}.db", f"show h.db --at {ESCAPE}", f"{ESCAPE}",
        ],
    )  # fmt: skip
    def test_no_text_steers_a_terminal(self, words, hostile):
        """Escape sequences, bells, returns and overrides never come out; in JSON they are escaped."""
        told = hostile(*words.split(" "))
        assert not STEERING.search(told.out + told.err) or (
            "--json" in words and not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", told.out)
        )

    def test_markup_of_others_is_text(self, hostile):
        """What looks like markup of the library that prints it comes out as it is."""
        assert "[bold]loud[/bold]" in hostile("show h.db --sources").out

    def test_an_entry_cannot_forge_another(self, hostile):
        """Each stands on one line, whatever breaks are in it."""
        assert len(hostile("follow h.db --limit 3").out.splitlines()) == 3

    @pytest.mark.parametrize("words", ["why h.db custody al-hol-camp escaped", "follow h.db --limit 1 --json"])
    def test_arabic_comes_out_as_it_was_written(self, words, hostile):
        """Letter for letter, in tables and in JSON."""
        assert "قال المسؤول إنّ ٣ فرّوا" in hostile(*words.split()).out

    def test_each_row_is_one_line_where_no_terminal_is(self, chronicle):
        """For `grep`; without colours, and without blanks at the end."""
        lines = chronicle("findings i.db --kind disputed").out.splitlines()
        assert len(lines) == 3 + len(chronicle("findings i.db --kind disputed --json").json()) + 1
        assert not any("\x1b" in line or line.endswith(" ") for line in lines)

    def test_columns_say_how_wide_it_is(self, chronicle, monkeypatch):
        """A table without room for its words stands row under row."""
        monkeypatch.setenv("COLUMNS", "60")
        told = chronicle("show i.db custody --at 2026-01-25").out
        assert "\nal-sinaa-prison\n  held ≈4,000 · counted ≈4,000\n" in told
        assert max(map(len, told.splitlines())) <= 60

    def test_colours_and_no_colours(self, desk, tmp_path):
        """A terminal gets them, unless NO_COLOR says no."""
        assert "\x1b[36m2026-01-19" in on_a_terminal("timeline why d.db custody al-shaddadi-prison escaped", tmp_path)
        plain = on_a_terminal("NO_COLOR=1 timeline why d.db custody al-shaddadi-prison escaped", tmp_path)
        assert not re.search(r"\x1b\[[0-9;]*(3[0-9]|4[0-9]|9[0-9])m", plain)

    def test_replay_goes_by_keys(self, desk, tmp_path):
        """Space goes on, b goes back, and q ends it before all is shown."""
        for day in ("2026-02-01", "2026-02-02", "2026-02-03"):
            desk("record", "d.db", "StatementMade", f"detail=on-{day}", "--occurred", day)
        told = on_a_terminal("timeline replay d.db --from 2026-02-01", tmp_path, keys=b" bbx q")
        assert re.findall(r"step (\d)", told) == ["1", "2", "1", "1", "2", "3"]
        assert re.findall(r"on-(2026-02-0\d)", told)[0] == "2026-02-01"

    def test_replay_ends_with_the_last_step(self, desk, tmp_path):
        """No key more is waited for."""
        assert on_a_terminal("timeline replay d.db", tmp_path, keys=b"  ").count("step 1") == 1

    @pytest.mark.parametrize("command", ["follow i.db --limit 375 --json", "export i.db - --to jsonl"])
    def test_who_had_enough_hears_nothing(self, command, chronicle, tmp_path):
        """`head` closes the pipe: no complaint, and the code shells have for it."""
        done = shell(f"timeline {command} | head -1; echo ${{PIPESTATUS[0]}}", tmp_path)
        assert done.stdout.splitlines()[1] == str(int(Exit.BROKEN_PIPE))
        assert done.stderr == ""

    def test_long_work_shows_how_far_it_is_on_a_terminal_only(self, timeline, tmp_path):
        """A bar on stderr, which is gone in the end; nothing of it elsewhere."""
        drafts = [Draft(border.CrossingOpened(crossing="al-qaim"), occurred="2026", id=f"e{n}") for n in range(2500)]
        with Timeline.open(tmp_path / "l.db") as line:
            line.record_all(drafts)
        assert "verifying" in on_a_terminal("timeline verify l.db > seal.txt", tmp_path)
        assert "verifying" not in (tmp_path / "seal.txt").read_text()
        assert shell("timeline verify l.db", tmp_path).stderr == "2,500 entries fit their digests.\n"

    def test_follow_tells_what_lands_until_it_is_interrupted(self, desk, tmp_path):
        """An entry that somebody else records comes up; Ctrl-C is its end, and no error."""
        program = Path(sys.executable).with_name("timeline")
        following = subprocess.Popen(
            [program, "follow", "d.db", "--after", "1", "--json"],
            cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  # in the background it is ignored
        )  # fmt: skip
        with following, ExitStack() as stack:
            stack.callback(following.kill)
            assert orjson.loads(following.stdout.readline())["id"] == "R2"
            desk("record", "d.db", "CrossingOpened", "crossing=al-qaim", "--id", "news")
            assert orjson.loads(following.stdout.readline())["id"] == "news"
            following.send_signal(signal.SIGINT)
            out, err = following.communicate(timeout=60)
        assert (out, err, following.returncode) == (b"", b"", Exit.DONE)

    def test_anything_else_that_is_interrupted_says_so(self, chronicle, monkeypatch):
        """By its code, and nothing else."""

        def interrupted(*_):
            raise KeyboardInterrupt

        monkeypatch.setattr("timeline.cli.out.show", interrupted)
        assert (chronicle("show", "i.db").code, chronicle("show", "i.db").err.strip()) == (Exit.INTERRUPTED, "")


class TestServers:
    """Whatever the library opens, the command line opens."""

    def test_postgres(self, desk, postgres):
        """A log copied there is the same log, and takes entries."""
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE cli")
        url = postgres.url.replace("/postgres?", "/cli?")
        self._serves(desk, url)

    def test_nats(self, desk, nats_server):
        """So it is on NATS."""
        self._serves(desk, f"{nats_server.url}/cli")

    @staticmethod
    def _serves(desk, url):
        assert desk("copy", "d.db", url).code == Exit.DONE
        assert desk("verify", url).out == desk("verify", "d.db").out
        assert "≈1,500" in desk("show", url, "custody").out
        desk("record", url, "CrossingOpened", "crossing=al-qaim", "--expect", "2")
        assert desk("follow", url, "--after", "2", "--limit", "1").out == "#3 undated CrossingOpened crossing=al-qaim\n"
        assert desk("record", url, "CrossingOpened", "crossing=x", "--expect", "2").code == Exit.CONFLICT


@pytest.mark.parametrize("encoding", ["cp1252", "cp1256"])
def test_output_that_is_not_utf8_is_written_whole(encoding, tmp_path):
    """On a console of Windows, what the encoding lacks is written as JSON writes it, and JSON stays JSON."""
    with Timeline.open(tmp_path / "i.db") as line:
        line.record(custody.HeadcountReported(facility="al-hol-camp", quantity=about(24000), detail="مخيم 😀"))
    said = shell(f"PYTHONIOENCODING={encoding} timeline show i.db > shown.txt && timeline --help > /dev/null", tmp_path)
    assert (said.returncode, said.stderr) == (0, "")
    assert "\\u224824,000" in (tmp_path / "shown.txt").read_text(encoding)
    said = shell(f"PYTHONIOENCODING={encoding} timeline replay i.db --json > shown.json", tmp_path)
    assert said.returncode == 0
    found = orjson.loads((tmp_path / "shown.json").read_text(encoding).encode())
    assert found["entry"]["event"]["data"]["detail"] == "مخيم 😀"
    said = shell(f"PYTHONIOENCODING={encoding} timeline page مخيم.db x.html 2> told.txt", tmp_path)
    assert (tmp_path / "told.txt").read_text(encoding).startswith("Error: ")


def test_a_file_name_that_is_no_text_is_told(desk, tmp_path):
    """A name in another encoding than the machine's stops no command after its work is done."""
    (tmp_path / "run.sh").write_bytes(
        b"timeline page d.db caf\xe9.html --json && timeline export d.db caf\xe9.csv --to csv"
    )
    said = shell("bash run.sh", tmp_path)
    assert (said.returncode, said.stderr) == (0, "")
    assert orjson.loads(said.stdout.splitlines()[0])["file"] == "caf\ufffd.html"


def test_a_page_holds_what_may_leave(timeline, tmp_path):
    """It is cut and marked like an export, and what is left out is told by reason."""
    with Timeline.open(tmp_path / "i.db") as line:
        for day, marks in (("2026-01-05", ()), ("2026-01-06", ("tlp:red",)), ("2026-02-07", ())):
            escaped = custody.DetaineesEscaped(facility="al-hol-camp", quantity=exactly(3), about=marks)
            line.record(escaped, occurred=day, reports=[Report("AFP", published=day)])
    told = timeline("page i.db p.html --reported 2026-01-31 --suppress-below 5")
    assert told.out.splitlines() == [
        "p.html holds 1 entries. It opens from disk, and needs no network.",
        "1 written; left out: 1 marked tlp:red; reduced: 1 with small counts told as a range",
    ]
    assert timeline("page i.db p.html --allow tlp:red --json").json() == {
        "file": "p.html", "entries": 3, "written": 3, "left_out": {}, "reduced": {},
    }  # fmt: skip
