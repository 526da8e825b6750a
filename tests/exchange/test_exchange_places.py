"""Places in what leaves: none if it is marked, and no point if it is less precise than asked."""

from pathlib import Path

import orjson
import pytest

from timeline import Place, Projection, Timeline, exactly
from timeline.errors import InvalidValue
from timeline.events import custody, entity, facility
from timeline.exchange import answertables, ftm, geojson, presets, stix, table
from timeline.exchange.sharing import export
from timeline.values.place import PRECISIONS

SOURCE = "https://example.org/timeline"


def located(about: tuple[str, ...] = ()) -> Timeline:
    """Make a timeline with a facility of each precision, and an escape from each."""
    line = Timeline()
    for number, precision in enumerate(PRECISIONS):
        place = Place(30 + number, 40 + number, precision=precision)
        line.record(facility.FacilityRegistered(facility=precision, coordinates=place, about=about))
        line.record(custody.DetaineesEscaped(facility=precision, quantity=exactly(7)), occurred="2026-01-19")
    return line


def points(path: Path, line: Timeline, **options: object) -> set[str]:
    """Export as GeoJSON and as STIX, which must agree, and return the facilities that are points."""
    geojson.write(line, path / "out.geojson", **options)
    stix.write(line, path / "out.json", source=SOURCE, **options)
    features = orjson.loads((path / "out.geojson").read_bytes())["features"]
    objects = orjson.loads((path / "out.json").read_bytes())["objects"]
    located = {
        found["name"]: [found["longitude"], found["latitude"]] for found in objects if found["type"] == "location"
    }
    lying = {
        PRECISIONS[int(found["geometry"]["coordinates"][0]) - 40]: found["geometry"]["coordinates"]
        for found in features
    }
    assert located == lying
    return set(lying)


def columns(line: Timeline, **options: object) -> set[str]:
    """Return the facilities that have degrees in the table of entities."""
    rows = answertables.entity_table(export(line, **options)).rows()
    return {row["slug"] for row in rows if row["latitude"] is not None}


@pytest.mark.parametrize("asked", [None, *PRECISIONS])
def test_what_is_less_precise_than_asked_is_no_point(asked: str | None, tmp_path: Path) -> None:
    """On a map, in a bundle and in a frame; not even a district, if nobody asked."""
    least = PRECISIONS.index(asked or "town")
    options = {} if asked is None else {"precision": asked}
    line = located()
    assert points(tmp_path, line, **options) == set(PRECISIONS[: least + 1]) == columns(line, **options)


def test_the_rest_is_counted_by_how_precisely_it_is_known(tmp_path: Path) -> None:
    """Every district, region and country is refused, and said so."""
    written = geojson.write(located(), tmp_path / "out.geojson")
    assert {why: n for why, n in written.left_out.items() if "only" in why} == {
        f"at places known to the {precision} only": 2 for precision in ("district", "region", "country")
    }


def test_what_is_marked_never_leaves_as_a_point(tmp_path: Path) -> None:
    """Nor as anything else, until its marking is allowed."""
    line = located(about=("tlp:amber",))
    assert points(tmp_path, line, precision="country") == columns(line, precision="country") == set()
    table.write(line, tmp_path / "out.csv")
    assert "latitude" not in (tmp_path / "out.csv").read_text()
    assert points(tmp_path, line, allow=["tlp:amber"]) == {"exact", "vicinity", "town"}


def test_tables_lose_the_places_that_are_too_coarse_if_asked(tmp_path: Path) -> None:
    """Also those within a correction; without a wish they hold what was recorded, each with its precision."""
    line = located()
    line.correct(
        line.entries()[0], facility.FacilityRegistered(facility="exact", coordinates=Place(1, 2, precision="region"))
    )
    for options, expected in (({}, 6), ({"precision": "town"}, 2)):
        written = table.write(line, tmp_path / "out.csv", **options)
        assert (tmp_path / "out.csv").read_text().count("latitude") == expected
    assert written.reduced["without places less precise than town"] == 4
    claims = answertables.claim_table(export(line, precision="town"))
    places = [place for claim in claims if (place := getattr(claim.event, "coordinates", None)) is not None]
    assert [place.precision for place in places] == ["vicinity", "town"]


SEEN = Projection(
    name="seen",
    keys=lambda reading: ["all"] if isinstance(reading.event, facility.FacilityRegistered) else [],
    evolve=lambda before, reading, key: (*(before or ()), reading.event.coordinates),
)


def test_a_page_loses_the_places_that_are_too_coarse_if_asked(tmp_path: Path) -> None:
    """In the state of a facility, on the map, and in a projection of one's own."""
    line = Timeline(projections=[SEEN])
    for number, precision in enumerate(PRECISIONS):
        place = Place(30 + number + 0.123, 40 + number + 0.123, precision=precision)
        line.record(facility.FacilityRegistered(facility=precision, coordinates=place))
    for options, expected in (({}, range(6)), ({"precision": "town"}, range(3))):
        line.to_html(tmp_path / "out.html", **options)
        text = (tmp_path / "out.html").read_text("utf-8")
        assert [n for n in range(6) if f"{30 + n}.123" in text or f"{40 + n}.123" in text] == [*expected]


def test_a_gazetteer_replaces_what_is_registered(tmp_path: Path) -> None:
    """Its positions are yours to say; a place in it is held to its precision."""
    line = located()
    given = {"region": (1.0, 2.0), "town": Place(3, 4, precision="country")}
    geojson.write(line, tmp_path / "out.geojson", given, decimals=0)
    features = orjson.loads((tmp_path / "out.geojson").read_bytes())["features"]
    escapes = [feature for feature in features if feature["properties"]["type"] == "custody.detainees_escaped"]
    found = [feature["geometry"]["coordinates"] for feature in escapes]
    assert found == [[40, 30], [41, 31], [1, 2]]


def test_an_unknown_precision_is_refused(tmp_path: Path) -> None:
    """With the six that there are."""
    with pytest.raises(InvalidValue, match="precision is 'city': expected one of exact"):
        geojson.write(Timeline(), tmp_path / "out.geojson", precision="city")


def test_the_places_of_the_chronicle_leave_as_precisely_as_they_are_known(tmp_path: Path) -> None:
    """Those known to the district are not drawn, nor is a site that no source names."""
    line = Timeline.demo()
    written = geojson.write(line, tmp_path / "out.geojson")
    shapes = [feature["geometry"] for feature in orjson.loads((tmp_path / "out.geojson").read_bytes())["features"]]
    drawn = [shape["coordinates"] if shape["type"] == "LineString" else [shape["coordinates"]] for shape in shapes]
    positions = {tuple(point) for line_or_point in drawn for point in line_or_point}
    facilities = line.at().facilities
    places = {slug: place for slug in facilities if (place := facilities[slug].coordinates)}
    towns = {(p.longitude, p.latitude) for p in places.values() if p.precision == "town"}
    assert positions <= towns
    assert len(places) == 28
    assert places["iraq-undisclosed-site"].precision == "country"
    assert written.left_out["at places known to the district only"] > 0


# -- places of their own, and places under two names ------------------------------------------------------


def coded(precision: str, **more: object) -> presets.EventCoded:
    return presets.EventCoded(
        kind="Battles", place=f"somewhere, {precision}", coordinates=Place(36, 41, precision=precision), **more
    )


@pytest.mark.parametrize("asked", [None, *PRECISIONS])
def test_an_event_lies_where_it_says_as_precisely_as_it_says(asked: str | None, tmp_path: Path) -> None:
    """A row of ACLED names no facility: its own place is the point, in each format that has points, or there is none."""
    line = Timeline()
    for precision in PRECISIONS:
        line.record(coded(precision), occurred="2026-01-19", id=precision)
    least = PRECISIONS.index(asked or "town")
    options = {} if asked is None else {"precision": asked}
    written = geojson.write(line, tmp_path / "out.geojson", **options)
    features = orjson.loads((tmp_path / "out.geojson").read_bytes())["features"]
    assert [(found["id"], found["geometry"]["coordinates"]) for found in features] == [
        (precision, [41, 36]) for precision in PRECISIONS[: least + 1]
    ]
    assert sum(written.left_out.values()) == len(PRECISIONS) - least - 1
    stix.write(line, tmp_path / "out.json", source=SOURCE, **options)
    objects = orjson.loads((tmp_path / "out.json").read_bytes())["objects"]
    located = [found for found in objects if found["type"] == "location"]
    assert {(found["name"], found["latitude"]) for found in located} == {
        (f"somewhere, {precision}", 36) for precision in PRECISIONS[: least + 1]
    }
    ftm.write(line, tmp_path / "out.ftm", dataset="tests", **options)
    entities = [orjson.loads(text) for text in (tmp_path / "out.ftm").read_bytes().splitlines()]
    points = [e["properties"] for e in entities if e["schema"] == "Address" and "latitude" in e["properties"]]
    assert [(found["full"], found["longitude"]) for found in points] == [
        ([f"somewhere, {precision}"], ["41"]) for precision in PRECISIONS[: least + 1]
    ]


def test_a_place_is_found_by_every_name_that_means_it(tmp_path: Path) -> None:
    """Registered under one name, an entry under another is on the map too, as in a bundle and in FollowTheMoney."""
    line = Timeline()
    at = Place(36.375, 41.149, precision="town")
    line.record(facility.FacilityRegistered(facility="al-hol", coordinates=at, names={"en": "al-Hol"}))
    line.record(custody.DetaineesEscaped(facility="al-hawl", quantity=exactly(7)), occurred="2026-01-19", id="fled")
    line.record(entity.IdentityJudged(left="facility:al-hol", right="facility:al-hawl", judgement="same"))
    geojson.write(line, tmp_path / "out.geojson")
    features = orjson.loads((tmp_path / "out.geojson").read_bytes())["features"]
    assert [(f["id"], f["geometry"]["coordinates"]) for f in features if f["id"] == "fled"] == [
        ("fled", [41.149, 36.375])
    ]
    assert features[-1]["properties"]["headline"].endswith("al-hawl quantity 7")
    for name in ("al-hol", "al-hawl"):
        geojson.write(line, tmp_path / "own.geojson", {name: (41.0, 36.0)})
        features = orjson.loads((tmp_path / "own.geojson").read_bytes())["features"]
        assert [f["geometry"]["coordinates"] for f in features if f["id"] == "fled"] == [[41.0, 36.0]]
    stix.write(line, tmp_path / "out.json", source=SOURCE)
    objects = orjson.loads((tmp_path / "out.json").read_bytes())["objects"]
    assert [(o["name"], o["latitude"]) for o in objects if o["type"] == "location"] == [("al-Hol", 36.375)]
    ftm.write(line, tmp_path / "out.ftm", dataset="tests")
    entities = [orjson.loads(text) for text in (tmp_path / "out.ftm").read_bytes().splitlines()]
    addresses = [e["properties"] for e in entities if e["schema"] == "Address"]
    assert [(a["full"], a["latitude"]) for a in addresses] == [(["al-hol"], ["36.375"]), (["al-hawl"], ["36.375"])]


def test_what_is_too_coarse_is_no_point_for_follow_the_money(tmp_path: Path) -> None:
    """As in the other formats; how precisely a place is known goes with the point."""
    line = located()
    ftm.write(line, tmp_path / "out.ftm", dataset="tests")
    entities = [orjson.loads(text) for text in (tmp_path / "out.ftm").read_bytes().splitlines()]
    addresses = {e["properties"]["full"][0]: e["properties"] for e in entities if e["schema"] == "Address"}
    assert {name for name, found in addresses.items() if "latitude" in found} == {"exact", "vicinity", "town"}
    assert addresses["town"]["remarks"] == ["known to the town"]
    assert ftm.write(line, tmp_path / "out.ftm", dataset="tests").reduced["at places known to the district only"] == 1
