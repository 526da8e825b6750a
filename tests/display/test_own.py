"""Users' own projections on the page: whatever their view, and whatever goes wrong in it."""

from __future__ import annotations

import re
from html import unescape
from io import StringIO
from typing import Annotated

import pytest
from attrs import evolve
from rich.console import Console

from support.pages import data_of, value_at
from timeline import Facility, Projection, Slug, Timeline, event
from timeline.answers import behind
from timeline.display import charts
from timeline.display.cells import cell_text
from timeline.display.html import html_cell
from timeline.display.rows import event_cells
from timeline.display.sheets import part
from timeline.display.words import Words
from timeline.errors import InvalidValue
from timeline.events.declare import temporary_types
from timeline.exchange import table


@pytest.fixture
def doors():
    """An event about doors, which stand open or shut."""
    with temporary_types():

        @event("newsroom.door_moved", says="the door {door} is {state}")
        class DoorMoved:
            door: Annotated[str, Slug("door")]
            state: str

        yield DoorMoved


def projection(kind, **more):
    return Projection(
        name="doors",
        keys=lambda reading: [reading.event.door] if isinstance(reading.event, kind) else [],
        evolve=lambda before, reading, key: reading.event.state,
        **more,
    )


def opened(line, kind):
    for day, door, state in (("01", "a", "open"), ("02", "b", "open"), ("03", "a", "shut")):
        line.record(kind(door=door, state=state), occurred=f"2026-01-{day}")


def test_one_that_fails_to_fold_shows_what_it_raised(doors, tmp_path):
    """At each moment, its table is that of the situation; the rest of the page is there."""

    def fold(before, reading, key):
        if key == "b":
            raise RuntimeError("no doors")
        return reading.event.state

    line = Timeline(projections=[evolve(projection(doors), evolve=fold)])
    opened(line, doors)
    assert line.to_html(tmp_path / "p.html").count == 3
    data = data_of(tmp_path / "p.html")
    assert "no doors" in str(data["values"])
    assert [table["id"] for table in data["tables"] if table.get("own")] == ["doors"]
    assert "no doors" in line.widget().page


def broken(*_):
    raise RuntimeError("no doors")


def test_a_sentence_keeps_its_blanks():
    """On the command line, in a notebook and in a terminal; fields that it does not name follow."""
    with temporary_types():

        @event("newsroom.gate_seen", says="gate of {facility}, {word}; ({word})'s.")
        class GateSeen:
            facility: Facility
            word: str
            more: str = ""

        for more, rest in (("", ""), ("late", " more late")):
            wanted = f"gate of camp-a, wide; (wide)'s.{rest}"
            line = Timeline()
            line.record(GateSeen(facility="camp-a", word="wide", more=more))
            cells = event_cells(line.entries()[0].event)
            assert cell_text(cells) == wanted
            assert re.sub("<[^>]*>", "", unescape(html_cell(cells, Words("en")))) == wanted
            console = Console(width=200, record=True, file=StringIO())
            console.print(line.entries()[0])
            assert wanted in console.export_text()


PARTS = ("keys", "evolve", "check", "view", "flat", "subject", "joined")


@pytest.mark.parametrize("wrong", PARTS)
def test_whatever_part_fails_the_rest_is_shown(doors, tmp_path, wrong):
    """The page, the tables and a comparison cope with each function that a projection may have."""
    line = Timeline(projections=[evolve(projection(doors), **{wrong: broken})])
    opened(line, doors)
    line.to_html(tmp_path / "p.html")
    data = data_of(tmp_path / "p.html")
    known = behind.values_by_path(line.at())
    own = [(n, tuple(path)) for n, path in enumerate(data["paths"]) if path[0] == "doors"]
    assert own and all(path in known or value_at(data, n, None, None) is None for n, path in own)
    assert [row.key for row in part(line.at(), "doors").tables[0].rows]
    assert "Doors" in str(line.at())
    line.diff("2026-01-01", "2026-01-03")
    assert len(list(line.replay())) == 3
    assert line.to_polars("doors").height


def test_one_that_raises_stops_nothing_else(doors, tmp_path):
    """Its table says what it raised."""

    def flat(view):
        raise RuntimeError("no doors")

    line = Timeline(projections=[projection(doors, flat=flat)])
    opened(line, doors)
    assert "no doors" in str(part(line.at(), "doors").tables[0].rows[0].cells["value"])
    line.to_html(tmp_path / "p.html")
    assert "no doors" in (tmp_path / "p.html").read_text("utf-8")
    assert line.to_polars("doors")["value"][0].startswith("the projection 'doors' raised")


def test_an_option_that_there_is_not_is_refused(tmp_path):
    """The page, the replay, data frames and files name those that there are."""
    line = Timeline()
    for write in (lambda **o: line.to_html(tmp_path / "p.html", **o), line.widget, line.to_polars):
        with pytest.raises(InvalidValue, match=r"'titel' cannot be set: expected .*reported.*suppress_below"):
            write(titel="x")
    with pytest.raises(InvalidValue, match="'occurred' cannot be set"):
        line.to_html(tmp_path / "p.html", occurred="2026-01-01")
    with pytest.raises(InvalidValue, match="'titel' cannot be set"):
        table.write(line, tmp_path / "x.csv", titel="x")
    assert not list(tmp_path.iterdir())


def test_hindsight_is_drawn_of_a_timeline():
    """A situation is refused, in a sentence."""
    with pytest.raises(InvalidValue, match="is not a timeline: expected one"):
        charts.knowledge(Timeline().at(), "2026-01-21", "custody", "a", "held")
