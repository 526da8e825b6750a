"""Files for others: written whole or not at all, and never in the place of a log."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from timeline import Report, Timeline, exactly
from timeline.display import charts, maps
from timeline.errors import CannotOpen, InvalidValue
from timeline.events import border, custody
from timeline.exchange import cloudevents, ftm, geojson, ical, native, prov, stix, table, timelinejs
from timeline.log.replacing import replacing

URI = "https://example.org/t"
WRITERS: dict[str, Callable[[Timeline, Path], Any]] = {
    "csv": table.write,
    "geojson": geojson.write,
    "ical": ical.write,
    "timelinejs": timelinejs.write,
    "jsonl": native.write,
    "dump": Timeline.dump,
    "page": lambda line, path: line.to_html(path),
    "map": lambda line, path: maps.draw(line).save(path),
    "chart": lambda line, path: charts.values(line, ("custody", "al-hol", "escaped")).save(path, format="html"),
    "ftm": lambda line, path: ftm.write(line, path, dataset="d"),
    "statements": lambda line, path: ftm.write(line, path, dataset="d", statements=True),
    "cloudevents": lambda line, path: cloudevents.write(line, path, source=URI),
    "prov": lambda line, path: prov.write(line, path, source=URI),
    "stix": lambda line, path: stix.write(line, path, source=URI),
}


def with_entries(line: Timeline) -> Timeline:
    """Record two entries on a timeline."""
    line.record(border.CrossingOpened(crossing="rabia"), occurred="2026-01-01", reports=[Report("a", published="2026")])
    line.record(custody.DetaineesEscaped(facility="al-hol", quantity=exactly(3)), occurred="2026-01-02")
    return line


@pytest.mark.parametrize("writer", WRITERS)
def test_no_writer_replaces_a_log(writer: str, tmp_path: Path) -> None:
    """Neither the log that is exported nor another one; its entries are the evidence."""
    path, other = tmp_path / "incidents.db", tmp_path / "other.db"
    with_entries(Timeline.open(other)).close()
    with with_entries(Timeline.open(path)) as line:
        for log in (path, other):
            with pytest.raises(CannotOpen, match="holds a timeline: expected another path"):
                WRITERS[writer](line, log)
    for log in (path, other):
        with Timeline.open(log, read_only=True) as line:
            assert line.verify().position == 2
    assert {file.name for file in tmp_path.iterdir()} == {"incidents.db", "other.db"}


@pytest.mark.parametrize("writer", WRITERS)
def test_every_writer_replaces_an_older_file(writer: str, tmp_path: Path) -> None:
    """Nothing else is left beside it."""
    path = tmp_path / "written"
    path.write_bytes(b"old" * 100_000)
    WRITERS[writer](with_entries(Timeline()), path)
    assert 0 < path.stat().st_size != 300_000
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_keeps_the_older_file(failure: BaseException, tmp_path: Path) -> None:
    """A full disk is named with the path that was given."""
    path = tmp_path / "report.html"
    path.write_text("yesterday's")
    with pytest.raises(type(failure)) as caught, replacing(path) as draft:
        draft.write_text("half of tod")
        raise failure
    assert path.read_text() == "yesterday's"
    assert [*tmp_path.iterdir()] == [path]
    assert isinstance(failure, KeyboardInterrupt) or str(path) in str(caught.value)


def test_a_missing_folder_is_named_as_it_was_given(tmp_path: Path) -> None:
    """The name of the draft concerns nobody."""
    path = tmp_path / "nowhere" / "entries.csv"
    with pytest.raises(FileNotFoundError) as caught:
        table.write(with_entries(Timeline()), path)
    assert caught.value.filename == str(path)


def test_a_link_stays_and_so_do_permissions(tmp_path: Path) -> None:
    """Only the content is replaced."""
    path, link = tmp_path / "report.csv", tmp_path / "latest.csv"
    path.write_text("old")
    path.chmod(0o640)
    link.symlink_to(path)
    table.write(with_entries(Timeline()), link)
    assert link.is_symlink()
    assert path.read_text().startswith("position,")
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_pipe_is_written_to_directly(tmp_path: Path) -> None:
    """It cannot be replaced."""
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    table.write(with_entries(Timeline()), pipe)
    reader.join()
    assert got[0].startswith(b"position,")


def test_what_is_no_path_is_refused() -> None:
    """As by every reader."""
    with pytest.raises(InvalidValue, match="path is 5"), replacing(5):  # type: ignore[arg-type]
        raise AssertionError
