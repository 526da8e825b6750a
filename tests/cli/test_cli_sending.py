"""Exports, dumps and pages written from the command line."""

from __future__ import annotations

import re

import orjson
import pytest

from timeline import Report, Timeline, exactly
from timeline.cli.exits import Exit
from timeline.events import custody


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

    def test_a_file_of_names_that_is_not_json_is_refused(self, desk, tmp_path):
        """The error says what it should hold."""
        (tmp_path / "names.json").write_text("sdf = SDF", "utf-8")
        ended = desk("page d.db r.html --names names.json")
        assert ended.code == Exit.BAD_INPUT
        assert 'expected {"sdf": {"en": "SDF"' in ended.err
        assert "array" not in ended.err

    def test_a_folder_that_is_not_there_is_named(self, desk):
        """The error says what to do."""
        for words in ("page d.db nd/x.html", "export d.db nd/x.csv --to csv"):
            ended = desk(words)
            assert ended.code == Exit.NOT_FOUND
            assert "there is no folder nd. Make it first" in ended.err

    @pytest.mark.parametrize(
        ("name", "begins"),
        [
            ("x.CSV", b"position,"), ("x.ics", b"BEGIN:VCALENDAR"), ("x.geojson", b'{"type":"FeatureCollection"'),
            ("x.ndjson", b'{"position":1'), ("x.parquet/entries/part-00000.parquet", b"PAR1"),
        ],
    )  # fmt: skip
    def test_a_name_says_the_format(self, name, begins, desk, tmp_path):
        """An ending that only one format has is enough."""
        ended = desk(f"export d.db {name.partition('/')[0]}")
        assert ended.code == 0
        assert (tmp_path / name).read_bytes().startswith(begins)

    @pytest.mark.parametrize("name", ["x.json", "x", "-"])
    def test_a_name_that_says_no_format_is_refused(self, name, desk):
        """The error lists the formats."""
        ended = desk(f"export d.db {name}")
        assert ended.code == Exit.USAGE
        assert f"the name of {name} says no format: expected --to csv, parquet," in ended.err

    def test_what_is_marked_stays_unless_allowed(self, marked):
        """As a sentence, and as JSON."""
        assert marked("export d.db x.csv --to csv").out == "1 written; left out: 1 marked tlp:amber\n"
        told = marked("export d.db x.csv --to csv --allow tlp:amber --suppress-below 5 --json").json()
        assert told == {"written": 2, "left_out": {}, "reduced": {"with small counts as a range": 1}}

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
            "x.json --to ftm --dataset tests",
            "x.csv --to ftm --dataset tests --statements",
            "x.jsonld --to prov --source https://example.org",
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


def test_a_page_holds_what_may_leave(timeline, tmp_path):
    """It is cut and marked like an export, and the omissions are counted by reason."""
    with Timeline.open(tmp_path / "i.db") as line:
        for day, marks in (("2026-01-05", ()), ("2026-01-06", ("tlp:red",)), ("2026-02-07", ())):
            escaped = custody.DetaineesEscaped(facility="al-hol-camp", quantity=exactly(3), about=marks)
            line.record(escaped, occurred=day, reports=[Report("AFP", published=day)])
    told = timeline("page i.db p.html --reported 2026-01-31 --suppress-below 5")
    assert told.out.splitlines() == [
        "p.html holds 1 entries. It opens from disk and needs no network.",
        "1 written; left out: 1 marked tlp:red; reduced: 1 with small counts as a range",
    ]
    assert timeline("page i.db p.html --allow tlp:red --json").json() == {
        "file": "p.html", "entries": 3, "written": 3, "left_out": {}, "reduced": {},
    }  # fmt: skip
