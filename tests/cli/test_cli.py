"""The command line: what each command prints, where, and what it ends with."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from importlib.metadata import entry_points

import orjson
import psycopg
import pytest

from support.shells import shell
from timeline import Draft, Timeline, errors
from timeline.cli.exits import Exit
from timeline.events import border
from timeline.live import current
from timeline.log import SqliteLog


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
        """Each error of the library becomes one line, and the code for its kind."""

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
        """Additions by an import or an entry are folded once, at the end, if they are more than a small share."""
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


class TestServers:
    """The command line opens every log that the library opens."""

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


def test_a_file_name_that_is_no_text_is_told(desk, tmp_path):
    """A name in another encoding than the machine's stops no command after its work is done."""
    (tmp_path / "run.sh").write_bytes(
        b"timeline page d.db caf\xe9.html --json && timeline export d.db caf\xe9.csv --to csv"
    )
    said = shell("bash run.sh", tmp_path)
    assert (said.returncode, said.stderr) == (0, "")
    assert orjson.loads(said.stdout.splitlines()[0])["file"] == "caf\ufffd.html"
