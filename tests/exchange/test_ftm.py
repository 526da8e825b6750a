"""FollowTheMoney, read and validated by its own library."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from examples.northeast_syria import load
from support import machine
from timeline import Modality, Report, Timeline, When, about, exactly
from timeline.errors import InvalidValue
from timeline.events import border, custody, entity, facility
from timeline.exchange import ftm
from timeline.exchange.ftmvalues import prefix_dates
from timeline.testing.strategies import Chronicle, messy_histories

pytestmark = pytest.mark.beside


def library(name: str) -> Any:
    return machine.package(f"followthemoney{name}")


def written(line: Timeline, path: Path, **options: Any) -> tuple[list[dict[str, Any]], Any]:
    said = ftm.write(line, path, dataset="tests", **options)
    return [json.loads(text) for text in path.read_text("utf-8").splitlines()], said


def of(found: list[dict[str, Any]], schema: str) -> list[dict[str, Any]]:
    return [one for one in found if one["schema"] == schema]


def faults(found: list[dict[str, Any]]) -> list[str]:
    """Name each entity that the library refuses, and each value that it refuses or would write otherwise.

    It squeezes the spaces of names and texts, and drops the quotation marks around a name.
    """
    model, error = library("").model, library(".exc").InvalidData
    wrong = []
    for one in found:
        schema = model.get(one["schema"])
        try:
            schema.validate(one)
        except error as refused:
            wrong.append(f"{one['schema']}: {refused}")
        for name, values in one["properties"].items():
            kind = schema.get(name).type
            for value in values:
                same = kind.name in ("name", "text", "string", "address") or kind.clean(value) == value
                if not kind.validate(value) or not same:
                    wrong.append(f"{one['schema']}.{name}: {value!r}")
    return wrong


def moved(line: Timeline, **more: Any) -> Any:
    going = {"origin": "hasakah-prisons", "destination": "al-jadaa-camp", **more}
    return line.record(
        custody.DetaineesTransferred(quantity=about(150), operation="centcom-2026", received_by="iraq-gov", **going),
        occurred="2026-01-21",
        reports=[
            Report("CENTCOM", published="2026-01-21", url="https://example.org/1", language="en", quote="some 150"),
            Report("INA", published="2026-01-22", attributed_to="a judge", language="ar-IQ"),
        ],
        id="moved",
    )


def test_the_chronicle_is_valid_for_its_own_library(tmp_path: Path) -> None:
    """Every schema, property and value: nothing is refused, cleaned away or written otherwise."""
    line = Timeline()
    load(line)
    found, said = written(line, tmp_path / "out.ftm.json")
    assert faults(found) == []
    assert said.count == len(of(found, "Event")) + len(of(found, "Trip"))
    assert said.count + sum(said.left_out.values()) == len(line.at().readings)
    ids = {one["id"] for one in found}
    assert len(ids) == len(found)


def test_every_reference_leads_to_an_entity_of_its_range(tmp_path: Path) -> None:
    """No event names what the file lacks."""
    line, model = Timeline(), library("").model
    load(line)
    found, _ = written(line, tmp_path / "out.ftm.json")
    schemata = {one["id"]: model.get(one["schema"]) for one in found}
    for one in found:
        for name, values in one["properties"].items():
            prop = schemata[one["id"]].get(name)
            for value in values if prop.type.name == "entity" else ():
                assert schemata[value].is_a(prop.range), (one, name)


@settings(max_examples=25)
@given(messy_histories())
def test_whatever_is_recorded_is_valid(tmp_path_factory: pytest.TempPathFactory, told: Chronicle) -> None:
    """Any history gives entities that the library takes as they are."""
    found, _ = written(told.timeline(), tmp_path_factory.mktemp("ftm") / "out.json")
    assert faults(found) == []


def test_a_transfer_is_a_trip_between_two_places(tmp_path: Path) -> None:
    """It tells the parties, the way, and each report with its quote, under readable names."""
    line = Timeline()
    line.record(facility.FacilityRegistered(facility="al-jadaa-camp", kind="camp", names={"ar": "الجدعة"}))
    moved(line)
    found, said = written(line, tmp_path / "out.json")
    places = {one["id"]: one["properties"] for one in of(found, "Address")}
    (trip,) = (one["properties"] for one in of(found, "Trip"))
    assert trip["date"] == ["2026-01-21"]
    assert [places[trip[end][0]]["full"] for end in ("startLocation", "endLocation")] == [
        ["hasakah-prisons"], ["al-jadaa-camp"],
    ]  # fmt: skip
    assert places[trip["endLocation"][0]]["name"] == ["الجدعة"]
    assert "operation:centcom-2026" in trip["keywords"]
    assert trip["notes"] == ["quantity: ≈150 people (low 0, best 150)"]
    assert [one["properties"]["author"] for one in of(found, "Article")[1:]] == [["a judge"]]
    assert [one["properties"]["language"] for one in of(found, "Article")] == [["eng"], ["ara"]]
    assert [one["properties"]["summary"] for one in of(found, "Documentation")] == [["some 150"]]
    assert dict(said.left_out) == {"registrations, whose names stand in addresses and organizations": 1}


def test_registered_names_are_names_and_judgements_stay(tmp_path: Path) -> None:
    """An authority has its names and other spellings; an operation is a keyword, and a judgement no event."""
    line = Timeline()
    moved(line)
    named = {"names": {"en": "Government of Iraq"}, "aliases": ["GoI"]}
    line.record(entity.EntityRegistered(entity="authority:iraq-gov", **named))
    line.record(entity.EntityRegistered(entity="operation:centcom-2026", names={"en": "Mission"}))
    line.record(entity.IdentityJudged(left="authority:iraq-gov", right="authority:goi", judgement="same"))
    found, said = written(line, tmp_path / "out.json")
    (body,) = (one["properties"] for one in of(found, "Organization"))
    assert (body["name"], body["alias"]) == (["iraq-gov", "Government of Iraq"], ["GoI"])
    assert len(of(found, "Event")) == 0
    assert dict(said.left_out) == {
        "judgements of identity": 1, "registrations, whose names stand in addresses and organizations": 2,
    }  # fmt: skip
    assert faults(found) == []


def test_people_in_transit_are_at_no_address(tmp_path: Path) -> None:
    """The reserved place is not a place: the event is not a trip."""
    line = Timeline()
    moved(line, destination="in-transit")
    found, _ = written(line, tmp_path / "out.json")
    assert len(of(found, "Event")) == len(of(found, "Address")) == 1


@pytest.mark.parametrize(
    ("text", "dates", "exact"),
    [
        ("2026", {"date": "2026"}, True),
        ("2026-01-XX", {"date": "2026-01"}, False),
        ("2026-01-21~", {"date": "2026-01-21"}, False),
        ("2026-01-21T09:00:00+03:00", {"date": "2026-01-21T06:00:00"}, True),
        ("2026-01-20/2026-02", {"startDate": "2026-01-20", "endDate": "2026-02"}, True),
        ("../2026-02", {"endDate": "2026-02"}, False),
        ("2026-21", {"startDate": "2026-03-01", "endDate": "2026-05-31"}, False),
        ("202X", {"startDate": "2020-01-01", "endDate": "2029-12-31"}, False),
        ("[2026-01-20,2026-01-22]", {"startDate": "2026-01-20", "endDate": "2026-01-22"}, False),
        ("2026-01-20T23:30:00-02:00", {"date": "2026-01-21T01:30:00"}, True),
        ("0001-01-01T00:00:00+14:00", {"date": "0001-01-01T00:00:00"}, False),
        ("9999-12-31T23:59:59-14:00", {"date": "9999-12-31T23:59:59"}, False),
    ],
)
def test_a_time_is_written_as_far_as_it_is_known(text: str, dates: dict[str, str], exact: bool) -> None:
    """A month stays a month, and an open end has no date."""
    assert prefix_dates(When(text)) == (dates, exact)


def test_what_did_not_happen_does_not_leave(tmp_path: Path) -> None:
    """A plan leaves as a plan; the format cannot distinguish a fear or a denial from a deed."""
    line = Timeline()
    for number, modality in enumerate(Modality):
        opened = border.CrossingOpened(crossing="al-qaim")
        line.record(
            opened, occurred="2026", modality=modality, id=f"e{number}", reports=[Report("a", published="2026")]
        )
    found, said = written(line, tmp_path / "out.json")
    assert said.count == 2
    assert dict(said.left_out) == {"denied": 1, "hypothetical": 1}
    assert [one["properties"]["keywords"][1:] for one in of(found, "Event")] == [[], ["planned"]]


def test_statements_say_where_each_value_comes_from(tmp_path: Path) -> None:
    """The library reads them, makes the same entities of them, and gives each the id that it has."""
    line = Timeline()
    load(line)
    found, _ = written(line, tmp_path / "out.json")
    ftm.write(line, tmp_path / "out.csv", dataset="tests", statements=True)
    text = io.BytesIO((tmp_path / "out.csv").read_bytes())
    read = list(library(".statement.serialize").read_csv_statements(text))
    entries = {entry.id for entry in line.entries()}
    entities: dict[str, dict[str, set[str]]] = {}
    for one in read:
        assert one.id == one.generate_key()
        assert one.origin in entries
        values = entities.setdefault(one.entity_id, {})
        if one.prop != "id":
            values.setdefault(one.prop, set()).add(one.value)
    assert entities == {one["id"]: {n: set(v) for n, v in one["properties"].items()} for one in found}
    types = {(row["schema"], row["prop"]): row["prop_type"] for row in rows(tmp_path / "out.csv")}
    assert types == {(one.schema, one.prop): one.prop_type for one in read}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, dialect=csv.unix_dialect))


def test_an_address_of_no_web_stays_behind(tmp_path: Path) -> None:
    """It is counted; the report is there all the same."""
    line = Timeline()
    line.record(
        custody.HeadcountReported(facility="x", quantity=exactly(3)), reports=[Report("radio", url="frequency 99.1")]
    )
    found, said = written(line, tmp_path / "out.json")
    assert "sourceUrl" not in of(found, "Article")[0]["properties"]
    assert said.reduced["with an address that is not one of the web"] == 1


def test_a_data_set_has_a_plain_name(tmp_path: Path) -> None:
    """As their catalogues require."""
    with pytest.raises(InvalidValue, match="expected small letters, digits and underscores"):
        ftm.write(Timeline(), tmp_path / "out", dataset="North East")
