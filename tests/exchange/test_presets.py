"""Mappings for data sets that many use, on rows of our own in their columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from timeline import Timeline, about
from timeline.errors import InvalidValue
from timeline.events import custody
from timeline.exchange import presets, table
from timeline.exchange.table import Column, RowMapping, counted, slugged
from timeline.values.quantity import Quantity

ACLED = """event_id_cnty,event_date,year,time_precision,disorder_type,event_type,sub_event_type,actor1,assoc_actor_1,actor2,assoc_actor_2,country,admin1,admin2,admin3,location,latitude,longitude,geo_precision,source,source_scale,notes,fatalities,timestamp
TST1,2026-01-20,2026,1,Political violence,Battles,Armed clash,Northern Force (2024-),,Southern Force,,Testland,Hasakah,Shaddadi,,Shaddadi,36.06,40.73,1,Wire; Radio,National,They fought.,12,1769040000
TST2,21 January 2026,2026,2,Political violence,Explosions/Remote violence,Shelling,Northern Force (2024-),,,,Testland,Hasakah,,,Hol,36.38,41.14,2,Wire,National,Shells fell.,0,1769040000
TST3,2026-01-15,2026,3,Strategic developments,Strategic developments,Non-violent transfer of territory,Southern Force,,,,Testland,Hasakah,,,Hasakah,36.5,40.75,3,Wire,National,They left.,0,1769040000
TST4,2026-01-15,2026,7,Political violence,Battles,Armed clash,Southern Force,,,,Testland,Hasakah,,,Hasakah,36.5,40.75,3,Wire,National,Bad code.,0,1769040000
"""
GED = """id,year,type_of_violence,conflict_name,dyad_name,side_a,side_b,source_article,source_office,source_date,source_headline,where_prec,where_coordinates,adm_1,adm_2,latitude,longitude,country,event_clarity,date_prec,date_start,date_end,deaths_a,deaths_b,deaths_civilians,deaths_unknown,best,high,low
1001,2026,1,Testland: Government,Government of Testland - Front,Government of Testland,Front,Wire: Clash,Wire,2026-01-21,Clash near town,1,Shaddadi town,Hasakah,Shaddadi,36.06,40.73,Testland,1,1,2026-01-20 00:00:00.000,2026-01-20 00:00:00.000,1,2,0,0,3,5,2
1002,2026,3,Testland: Front,Front - Civilians,Front,Civilians,x,Wire;Radio,2026-02-01;2026-02-03,Found dead,4,Hasakah province,Hasakah,,36.5,40.75,Testland,2,4,2026-01-01 00:00:00.000,2026-01-31 00:00:00.000,0,0,9,0,9,9,9
1003,2026,9,x,x,Front,,x,Wire,2026-02-01,x,4,x,Hasakah,,36.5,40.75,Testland,2,4,2026-01-01,2026-01-31,0,0,9,0,9,9,9
1004,2026,1,x,x,Front,,x,Wire,2026-02-01,x,4,x,Hasakah,,36.5,40.75,Testland,2,1,2026-01-01,2026-01-01,0,0,9,0,9,3,9
"""
HXL = """Reported,Day,Type,Group,Place,Province,Killed (low),Killed,Killed (high),Held,Source,Code
#date +reported,#date +occurred,#event +type,#group +name,#loc +name,#adm1 +name,#affected +killed +low,#affected +killed,#affected+killed+high,#affected +detained,#meta +source,#event +code
2026-02-01,2026-01-20,clash,Front,Shaddadi,Hasakah,1,2,4,150,Cluster,E1
2026-02-01,,raid,,Hol,Hasakah,,,,20,,E2
"""


def loaded(text: str, mapping: Any, path: Path) -> tuple[Timeline, table.Loaded]:
    path.write_text(text, encoding="utf-8")
    line = Timeline()
    return line, table.load(line, path, mapping(path) if callable(mapping) else mapping)


def test_acled_dates_are_as_precise_as_their_code(tmp_path: Path) -> None:
    """A day, the week around it, the month; a code that is none is a problem of its row."""
    line, told = loaded(ACLED, presets.acled(), tmp_path / "acled.csv")
    assert {e.id: str(e.occurred) for e in line.entries()} == {
        "TST1": "2026-01-20", "TST2": "2026-01-18~/2026-01-24~", "TST3": "2026-01~",
    }  # fmt: skip
    assert [(p.line, p.column) for p in told.problems] == [(5, "event_date")]
    assert "time_precision is '7'" in told.problems[0].reason


def test_an_acled_row_says_what_it_codes(tmp_path: Path) -> None:
    """Its number has no bounds, and it was published when ACLED last changed it."""
    line, _ = loaded(ACLED, presets.acled(), tmp_path / "acled.csv")
    event, report = line.entry("TST1").event, line.entry("TST1").reports[0]
    assert (event.kind, event.subkind) == ("Battles", "Armed clash")
    assert event.actors == ("northern-force-2024", "southern-force")
    assert (event.place, event.country) == ("Shaddadi, Hasakah", "Testland")
    assert (event.fatalities, event.detail) == (about(12), "They fought.")
    assert (report.source, report.attributed_to) == ("ACLED", "Wire; Radio")
    assert str(report.published) == "2026-01-22T00:00:00Z"
    assert line.entries(tags=["authority:southern-force"])[0].id == "TST1"


def test_ucdp_rows_have_bounds_of_time_and_of_number(tmp_path: Path) -> None:
    """An unknown type of violence, or a best estimate outside its bounds, is a problem of its row."""
    line, told = loaded(GED, presets.ucdp(published="2026-06-01"), tmp_path / "ged.csv")
    found = {e.id: e for e in line.entries()}
    assert {id: str(e.occurred) for id, e in found.items()} == {
        "ucdp-1001": "2026-01-20",
        "ucdp-1002": "2026-01-01/2026-01-31",
    }
    assert found["ucdp-1001"].event.fatalities == Quantity(2, 3, 5)
    assert found["ucdp-1002"].event.kind == "one-sided violence"
    assert found["ucdp-1002"].event.place == "Hasakah province, Hasakah"
    assert [str(r) for r in found["ucdp-1002"].reports] == ["UCDP GED, citing Wire;Radio, 2026-06-01"]
    assert [(p.line, p.column) for p in told.problems] == [(4, "type_of_violence"), (5, "low")]


def test_coordinates_are_as_precise_as_their_code(tmp_path: Path) -> None:
    """A town, an area around one, a region; in ACLED by one code, in UCDP by another. Without degrees there are none."""
    line, _ = loaded(ACLED.replace(",36.38,41.14,", ",,,"), presets.acled(), tmp_path / "acled.csv")
    assert {e.id: str(e.event.coordinates) for e in line.entries()} == {
        "TST1": "36.06, 40.73 (town)", "TST2": "None", "TST3": "36.5, 40.75 (region)",
    }  # fmt: skip
    line, _ = loaded(GED, presets.ucdp(), tmp_path / "ged.csv")
    assert [str(e.event.coordinates) for e in line.entries()] == ["36.06, 40.73 (town)", "36.5, 40.75 (region)"]


@pytest.mark.parametrize(
    ("old", "new", "column", "reason"),
    [
        ("36.06,40.73,1", "36.06,40.73,4", "geo_precision", "geo_precision is '4': expected one of 1, 2, 3"),
        ("36.06,40.73,1", "36.06,40.73,", "geo_precision", "geo_precision is '': expected one of 1, 2, 3"),
        ("36.06,40.73,1", "36.06,,1", "latitude", "'' is not a number of degrees"),
        ("36.06,40.73,1", "36.06,240.73,1", "latitude", "longitude is 240.73: expected degrees from -180 to 180"),
        ("36.06,40.73,1", "36°06,40.73,1", "latitude", "'36°06' is not a number of degrees"),
    ],
)
def test_coordinates_that_cannot_be_are_a_problem_of_their_row(
    old: str, new: str, column: str, reason: str, tmp_path: Path
) -> None:
    """The other rows are recorded."""
    line, told = loaded(ACLED.replace(old, new), presets.acled(), tmp_path / "acled.csv")
    assert {e.id for e in line.entries()} == {"TST2", "TST3"}
    assert [(p.line, p.column) for p in told.problems] == [(2, column), (5, "event_date")]
    assert reason in told.problems[0].reason


def test_hxl_columns_are_found_by_their_hashtags(tmp_path: Path) -> None:
    """The header does not matter; a date of reporting is not one of the event."""
    line, told = loaded(HXL, presets.hxl, tmp_path / "camps.csv")
    assert told.problems == ()
    first, second = line.entries()
    assert (first.id, str(first.occurred), first.event.kind) == ("E1", "2026-01-20", "clash")
    assert first.event.fatalities == Quantity(1, 2, 4)
    assert (first.event.actors, first.event.place) == (("front",), "Shaddadi, Hasakah")
    assert (second.occurred, second.event.fatalities) == (None, None)
    assert [e.reports[0].source for e in (first, second)] == ["Cluster", "unnamed source"]


def test_a_mapping_of_ones_own_takes_hashtags_too(tmp_path: Path) -> None:
    """Then the row of hashtags is the header."""
    held = RowMapping(
        custody.HeadcountReported,
        {"facility": Column("#loc +name", slugged), "quantity": Column("#affected +detained", counted)},
        occurred=Column("#date +occurred"),
    )
    line, _ = loaded(HXL, held, tmp_path / "camps.csv")
    assert str(line.at().custody.held(facility="shaddadi")) == "150"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("Day,Type\n2026,clash\n", "has no row of hashtags"), ("#date,#loc\n2026,x\n", "has no column #event.type")],
)
def test_a_table_that_hxl_does_not_describe_is_refused(text: str, wanted: str, tmp_path: Path) -> None:
    """The error says what is missing, and what there is."""
    (tmp_path / "x.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidValue, match=wanted):
        presets.hxl(tmp_path / "x.csv")


@pytest.mark.parametrize(("text", "mapping"), [(ACLED, presets.acled()), (GED, presets.ucdp()), (HXL, presets.hxl)])
def test_loading_it_again_changes_nothing(text: str, mapping: Any, tmp_path: Path) -> None:
    """Each row has an id of its own."""
    line, told = loaded(text, mapping, tmp_path / "x.csv")
    again = table.load(line, tmp_path / "x.csv", mapping(tmp_path / "x.csv") if callable(mapping) else mapping)
    assert (again.entries, again.unchanged) == ((), len(told.entries))
