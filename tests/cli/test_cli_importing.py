"""Importing tables and other files from the command line."""

from __future__ import annotations

import orjson
import pytest

from exchange.test_presets import ACLED, GED, HXL
from support.shells import shell
from timeline import Timeline
from timeline.cli.exits import Exit
from timeline.exchange import ftm


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

    def test_a_table_without_a_mapping_says_what_it_is_read_as(self, timeline, tmp_path):
        """A newcomer named no mapping, so the message must not speak of one alone."""
        (tmp_path / "rows.csv").write_text("day,place\n2026-01-01,a\n")
        told = timeline("import", "d.db", "rows.csv")
        assert told.code != 0
        assert "Without --mapping or --preset, a table is read as `timeline export --to csv` writes it." in told.err

    def test_releases_of_a_data_set(self, timeline, tmp_path):
        """Each is what was reported on its day: what a release lacks is gone from then on."""
        (tmp_path / "m.toml").write_text(self.MAPPING)
        words = [
            "import",
            "d.db",
            "rows.csv",
            "--mapping",
            "m.toml",
            "--dataset",
            "gates",
            "--source",
            "UN",
            "--published",
        ]
        (tmp_path / "rows.csv").write_text("id,day,name\n1,2025-01,a\n2,2025-02,b\n")
        assert timeline(*words, "2025-03-01").out.startswith("2 new, 0 changed, 0 gone")
        (tmp_path / "rows.csv").write_text("id,day,name\n2,2025-02,b\n")
        assert timeline(*words, "2025-04-01", "--json").json()["gone"] == ["1"]
        with Timeline.open(tmp_path / "d.db", read_only=True) as line:
            assert [sorted(line.at(reported=day).border.crossings) for day in ("2025-03-15", "2025-04-15")] == [
                ["a", "b"], ["b"],
            ]  # fmt: skip
        assert timeline(*words[:5], "--dataset", "gates").code == Exit.USAGE
        assert timeline(*words, "2025-05-01", "--correct").code == Exit.USAGE

    @pytest.mark.parametrize(("preset", "text"), [("acled", ACLED), ("ucdp", GED), ("hxl", HXL)])
    def test_known_data_sets_need_no_mapping(self, preset, text, timeline, tmp_path):
        """Their columns are known, and a release of one may be imported as such."""
        (tmp_path / "rows.csv").write_text(text, "utf-8")
        ended = timeline("import", "d.db", "rows.csv", "--preset", preset)
        assert "0 skipped" in ended.out or preset == "hxl"
        assert not ended.out.startswith("0 recorded")
        release = ["--dataset", preset, "--source", preset, "--published", "2026-07-01"]
        assert not timeline("import", "e.db", "rows.csv", "--preset", preset, *release).out.startswith("0 new")
        assert timeline("import", "d.db", "rows.csv", "--preset", preset, "--mapping", "m.toml").code == Exit.USAGE

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

    def test_judgements_of_nomenklatura(self, desk, tmp_path):
        """Of names on the log, under the data set of the export, which must be named."""
        for slug in ("al-hol-camp", "al-hawl"):
            desk("record", "d.db", "ControlChanged", f"facility={slug}", "authority=sdf")
        ids = ftm.names_by_id("desk", [f"facility:{slug}" for slug in ("al-hol-camp", "al-hawl")])
        edge = [*ids, "positive", None, "ana", "2026-02-01T10:00:00"]
        (tmp_path / "r.ijson").write_bytes(orjson.dumps(edge))
        assert "1 recorded" in desk("import d.db r.ijson --from nomenklatura --dataset desk").out
        assert "0 recorded, 1 there already" in desk("import d.db r.ijson --from nomenklatura --dataset desk").out
        assert "same" in desk("entities d.db").out
        missing = desk("import d.db r.ijson --from nomenklatura")
        assert (missing.code, "needs --dataset" in missing.err) == (Exit.USAGE, True)

    def test_stories_of_others(self, desk):
        """Slides are imported as statements of a story."""
        desk("export d.db story.json --to timelinejs")
        assert "1 recorded" in desk("import s.db story.json --from timelinejs").out
