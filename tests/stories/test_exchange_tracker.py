"""A domain of somebody's own, the tracker of exchanges, on every face of the library."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path
from runpy import run_module

import polars as pl
import pytest

import examples.exchange_tracker as tracker
from support.pages import data_of
from timeline import Timeline
from timeline.cli.app import run
from timeline.display import charts
from timeline.display.html import html
from timeline.display.sheets import part, plain_text, reasons, sheet
from timeline.errors import InvalidValue
from timeline.events.declare import registered_types
from timeline.exchange import frames as tables

FOLDER = Path(tracker.__file__).parent
WITH = ["--with", "examples.exchange_tracker"]


@pytest.fixture(scope="module")
def line():
    line = Timeline(projections=tracker.PROJECTIONS)
    tracker.load(line)
    return line


@pytest.fixture
def log(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Timeline.open("tracker.db", projections=tracker.PROJECTIONS) as line:
        tracker.load(line)
    return tmp_path / "tracker.db"


class TestRows:
    """A spreadsheet as people keep it is recorded whole."""

    def test_it_is_small(self):
        """Six events, three projections, seventy rows, at most 200 lines of Python; a program that prints it comes on top."""
        own = [kind for kind in registered_types() if kind.name.startswith("tracker.")]
        with (FOLDER / "rows.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert (len(own), len(tracker.PROJECTIONS), len(rows)) == (6, 3, 70)
        files = [file for file in FOLDER.glob("*.py") if file.name != "__main__.py"]
        assert sum(len(file.read_text("utf-8").splitlines()) for file in files) <= 200

    def test_every_row_is_recorded_once(self):
        """Reading the file again changes nothing."""
        line = Timeline(projections=tracker.PROJECTIONS)
        assert (len(tracker.load(line).entries), tracker.load(line).unchanged) == (70, 70)

    def test_what_is_messy_is_there(self, line):
        """Numbers in words of two languages, a plan with its outcome, rivals, duplicates and a correction."""
        assert {finding.kind for finding in line.at().findings} >= {"disputed", "possible_duplicate"}
        promised = {slug: str(deal.promised) for slug, deal in line.at()["deals"].items()}
        assert promised["salt-ford"] == "≥30"
        assert promised["three-wells"] == "35"
        assert line.at()["deals"]["fig-hill"].promised.text == "عشرات"
        assert [plan.id for plan in line.at("2021-01-20").plans] == ["plan1"]
        assert line.at("2021-12-31").plans == ()
        assert str(line.at()["releases"]["cedar-gate river-brigade"]) == "29"


class TestFaces:
    """Every face has what it has for the library's own projections."""

    def test_tables_have_a_column_for_each_field(self, line):
        """Fields of a class of one's own are columns; the entries stand behind each row."""
        table = part(line.at(), "deals").tables[0]
        assert table.columns == ("name", "status", "since", "parties", "promised")
        assert table.rows[0].entries
        assert "<caption>deals</caption>" in html(sheet(line.at()))

    def test_entries_are_sentences(self, line):
        """An event is shown by its sentence, then what the sentence does not name."""
        text = plain_text(sheet(line.entries()[1]))
        assert "upper-council, river-brigade agreed to exchange 40 in red-bridge detail forty in all" in text

    def test_why_shows_the_rivals(self, line):
        """The entries behind a field of a value, and the versions that were not picked."""
        text = plain_text(reasons(line.at().why("deals", "red-bridge", "status")))
        assert "upper-council released 20 in red-bridge" in text
        assert "upper-council released 22 in red-bridge" in text

    def test_small_numbers_are_a_range(self, line):
        """Also those that a projection of one's own says."""
        assert "8" in set(tables.to_polars(line, "releases")["value_best"].cast(pl.String))
        assert "8" not in set(tables.to_polars(line, "releases", suppress_below=10)["value_best"].cast(pl.String))

    def test_frames_have_a_row_for_each(self, line, tmp_path):
        """A table of the projection's name; Parquet has it too."""
        found = line.to_polars("deals", occurred="2021-01-20")
        assert found.columns[:4] == ["name", "status", "since", "parties"]
        assert found.row(0, named=True)["promised_best"] == 40
        tables.write(line, tmp_path)
        assert pl.read_parquet(tmp_path / "deals").equals(line.to_polars("deals"))

    def test_print_shows_fields(self, line):
        """A value of a class of one's own is shown by its fields."""
        assert "red-bridge  status under way, since 2021-01-24, parties upper-council, river-brigade" in str(line.at())

    def test_charts_take_paths(self, line):
        """Words are lanes, numbers are bands; both at once are refused, and so is a missing path."""
        lanes = charts.values(line, ("deals", "red-bridge", "status"), ("deals", "salt-ford", "status")).to_dict()
        assert {"proposed", "agreed", "under way"} <= set(re.findall(r"'value': '([^']*)'", str(lanes)))
        band = charts.values(line, ("releases", "cedar-gate river-brigade"))
        assert "'number': '29'" in str(band.to_dict())
        with pytest.raises(InvalidValue, match="expected one kind"):
            charts.values(line, ("deals", "red-bridge", "status"), ("releases", "cedar-gate river-brigade"))
        for paths in ((), ("deals",), ((),)):
            with pytest.raises(InvalidValue, match="expected one or more such as"):
                charts.values(line, *paths)

    def test_the_page_and_the_widget_hold_them(self, line, tmp_path):
        """Arabic words stand as the source wrote them."""
        line.to_html(tmp_path / "p.html")
        tables = {table["id"]: table["columns"] for table in data_of(tmp_path / "p.html")["tables"]}
        assert tables["deals"] == ["status", "since", "parties", "promised"]
        assert "عشرات الأشخاص" in (tmp_path / "p.html").read_text("utf-8")
        assert '"deals"' in line.widget().page


class TestCommandLine:
    """`--with` names the module; without it nobody is left in the dark."""

    def test_show_why_and_diff(self, log, capsys):
        """Each speaks of one's own projections."""
        assert run([*WITH, "show", "tracker.db", "deals"]) == 0
        assert run([*WITH, "why", "tracker.db", "deals", "red-bridge", "status"]) == 0
        assert run([*WITH, "diff", "tracker.db", "2021-01-05", "2021-01-30"]) == 0
        told = capsys.readouterr()
        for said in ("long-orchard  collapsed", "released 22 in red-bridge", "status proposed", "status under way"):
            assert said in told.out
        assert told.err == ""

    def test_json_has_the_fields(self, log, capsys):
        """As values of their own."""
        assert run([*WITH, "why", "tracker.db", "deals", "red-bridge", "--json"]) == 0
        assert '"status":"under way","since":"2021-01-24"' in capsys.readouterr().out

    @pytest.mark.slow
    def test_unknown_types_are_counted_in_plain_sight(self, log):
        """By number and by name, with what to do; on the page as well. Another program has not imported the module."""

        def alone(*words):
            return subprocess.run(
                [sys.executable, "-m", "timeline", *words], capture_output=True, text=True, check=False
            )

        told = alone("show", "tracker.db", "facilities")
        assert "66 entries of unknown type" in told.stdout
        assert "66 entries are of unknown type (25 tracker.prisoners_released, " in told.stderr
        assert "timeline --with MODULE" in told.stderr
        assert alone("page", "tracker.db", "p.html").returncode == 0
        assert '"unknown":66' in Path("p.html").read_text("utf-8")

    def test_a_part_that_is_not_there_is_refused(self, log, capsys):
        """With the names of those that are."""
        assert run(["show", "tracker.db", "deals"]) == 2
        assert "expected one of facilities, custody, agreements, border, entities." in capsys.readouterr().err

    def test_a_module_that_is_not_there(self, log, capsys):
        """Nothing else is done."""
        assert run(["--with", "no.such.module", "show", "tracker.db"]) == 2
        assert "--with no.such.module cannot be imported" in capsys.readouterr().err

    def test_the_option_stands_before_the_command(self, log, capsys):
        """Behind it, the error says where to write it."""
        assert run(["show", "tracker.db", *WITH]) == 2
        assert "Write --with before the command" in capsys.readouterr().err

    def test_an_installed_package_is_found(self, log, capsys, tmp_path, monkeypatch):
        """By its entry point; one that is broken is named, and stops nothing."""
        info = tmp_path / "site" / "tracker-1.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tracker\nVersion: 1\n")
        (info / "entry_points.txt").write_text(
            "[timeline.domains]\ntracker = examples.exchange_tracker\nbroken = no.such.module\n"
        )
        monkeypatch.syspath_prepend(str(info.parent))
        assert run(["show", "tracker.db", "deals"]) == 0
        told = capsys.readouterr()
        assert "long-orchard  collapsed" in told.out
        assert "the package no.such.module was not loaded" in told.err


def test_it_runs_by_itself(capsys):
    """It prints what the tracker says."""
    run_module("examples.exchange_tracker", run_name="__main__")
    assert "red-bridge  status under way" in capsys.readouterr().out
