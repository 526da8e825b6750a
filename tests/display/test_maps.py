"""Maps: dots by holder, areas where a place is known to a district only, and a list of what is not drawn."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from timeline import Report, Timeline, about
from timeline.display.colours import PALETTE
from timeline.display.maps import draw, map_data
from timeline.display.maps.outlines import Box, MapProjection, box_around, countries_within
from timeline.display.telling import leaving, telling
from timeline.events import custody, facility
from timeline.values.place import PRECISIONS, Place

SVG = "{http://www.w3.org/2000/svg}"


def registered(line, slug, precision="town", latitude=36.5, longitude=41.0, **more):
    place = Place(latitude, longitude, precision=precision)
    event = facility.FacilityRegistered(facility=slug, kind=more.pop("kind", "camp"), coordinates=place, **more)
    return line.record(event)


def held(line, slug, authority, occurred="2026-01-05"):
    manner = "vacated" if authority is None else "handed_over"
    line.record(facility.ControlChanged(facility=slug, authority=authority, manner=manner), occurred=occurred)


def marks(drawn, kind):
    """Return the marks of a kind with the title of each."""
    tree = ET.fromstring(drawn.svg)
    parents = {child: parent for parent in tree.iter() for child in parent}
    found = [node for node in tree.iter() if kind in (node.get("class") or "").split()]
    titled = [(node, node.find(f"{SVG}title")) for node in found]
    return [(node, own if own is not None else parents[node].find(f"{SVG}title")) for node, own in titled]


def said(drawn, kind):
    return sorted(title.text for _, title in marks(drawn, kind) if title is not None)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_only_what_is_known_to_a_town_is_a_dot(precision):
    """A district and a region are areas, and a country is listed."""
    line = Timeline()
    registered(line, "here", latitude=36.0)
    registered(line, "place", precision)
    held(line, "place", "sdf")
    drawn = draw(line)
    dot = precision in ("exact", "vicinity", "town")
    area = precision in ("district", "region")
    assert said(drawn, "tl-held") == ["place: sdf"] * dot
    assert said(drawn, "tl-area") == ["place: sdf"] * area
    assert drawn.unplaced == () if dot or area else drawn.unplaced == ("place",)


def test_what_has_no_coordinates_is_listed():
    """Facilities without coordinates are named below the map, but not collectives."""
    line = Timeline()
    registered(line, "here")
    line.record(facility.FacilityRegistered(facility="both", kind="collective", members=("here", "lost")))
    held(line, "lost", "sdf")
    drawn = draw(line)
    assert drawn.unplaced == ("lost",)
    assert "Not on the map: lost." in drawn.svg
    assert draw(Timeline()).svg.count("No place has coordinates.") == 1


def test_dots_say_who_holds():
    """The colour of the holder, rings for nobody and for nobody knows whom, a red ring where it is contested."""
    line = Timeline()
    for n, slug in enumerate(("a", "b", "c", "d")):
        registered(line, slug, latitude=36 + n / 5)
    held(line, "a", "sdf")
    held(line, "b", "gov")
    held(line, "c", None)
    line.record(facility.ControlContested(facility="b", claimants=("sdf", "gov")), occurred="2026-01-06")
    drawn = draw(line)
    assert {(t.text, n.get("fill")) for n, t in marks(drawn, "tl-held") if t is not None} == {
        ("a: sdf", PALETTE[0]), ("b: gov (contested)", PALETTE[1])
    }  # fmt: skip
    assert {t.text for _, t in marks(drawn, "tl-nobody") if t is not None} == {"c: nobody"}
    assert "d: unknown" in said(drawn, "tl-unknown")
    assert said(drawn, "tl-contested") == ["b: gov (contested)"]
    given = draw(line, colours={"sdf": "#aa0000"})
    assert '"#aa0000"' in given.svg and PALETTE[0] not in given.svg


def test_half_a_dot_may_have_changed_hands():
    """Within the time in which a change may have happened, the half is that of the holder to come."""
    line = Timeline()
    registered(line, "a")
    held(line, "a", "sdf")
    held(line, "a", "gov", "2026-01-10/2026-01-20")
    mark, title = next(found for found in marks(draw(line.at("2026-01-15")), "tl-maybe") if found[1] is not None)
    assert (mark.get("fill"), title.text) == (PALETTE[1], "a: sdf")
    assert not marks(draw(line.at("2026-01-09")), "tl-maybe")
    assert not marks(draw(line.at("2026-01-20")), "tl-maybe")


def moved(line, day, many=150, **places):
    line.record(custody.DetaineesTransferred(quantity=about(many), **places), occurred=f"2026-01-{day:02}")


def test_arcs_are_transfers_by_then():
    """One arc for a pair of places, dark for eight days, dashed where an end is not known to a town."""
    line = Timeline()
    registered(line, "a")
    registered(line, "b", latitude=35.0)
    registered(line, "wide", "country", latitude=33.0)
    moved(line, 5, origin="a", destination="b")
    moved(line, 7, origin="a", destination="b")
    moved(line, 20, origin="a", destination="wide")
    moved(line, 8, origin="a", destination="lost")
    assert said(draw(line.at("2026-01-06")), "tl-arc") == ["a → b: 150"]
    at_once = draw(line.at("2026-01-20"))
    assert said(at_once, "tl-arc") == ["a → b: 300", "a → wide: 150"]
    assert said(at_once, "tl-fresh") == said(at_once, "tl-vague") == ["a → wide: 150"]
    assert said(draw(line.at("2026-01-14")), "tl-fresh") == ["a → b: 300"]


def test_what_is_marked_never_leaves_as_a_point():
    """Neither do places known less precisely than asked, on the page as in other exports."""
    line = Timeline()
    registered(line, "shown")
    registered(line, "secret", latitude=35.123, about=("marking:embargo",))
    registered(line, "vague", "district", latitude=34.5)
    held(line, "secret", "sdf")
    data = map_data(leaving(line))
    assert set(data["places"]) == {"shown", "vague"}
    assert set(map_data(telling(line))["places"]) == {"secret", "shown", "vague"}
    assert "35.123" not in str(data)
    assert set(map_data(leaving(line, precision="town"))["places"]) == {"shown"}


def test_a_page_gets_what_it_draws():
    """Places with their precision, areas with a radius, transfers, and the closer part of the map."""
    found = map_data(telling(Timeline.demo()))
    latitude, longitude, precision = found["places"]["al-hol-camp"]
    assert (round(latitude), round(longitude), precision) == (36, 41, "town")
    assert found["areas"]["ain-al-asad-base"] == 15
    assert "hasakah-prisons" not in found["areas"]
    west, south, east, north = found["box"]
    assert west < longitude < east and south < latitude < north
    assert found["near"][3] - found["near"][1] < 0.7 * (north - south)
    assert {flow[1] for flow in found["flows"]} <= set(found["places"])
    assert map_data(telling(Timeline())) is None


def test_outlines_fit_the_places():
    """Fine ones for the places of the demo, those of the world elsewhere, and none of far countries."""
    near = box_around([Place(36, 41, precision="town"), Place(33, 44, precision="town")])
    assert {"Syria", "Iraq"} <= {country["names"]["en"] for country in countries_within(near)}
    far = box_around([Place(-34.6, -58.4, precision="town")])
    assert "Argentina" in {country["names"]["en"] for country in countries_within(far)}
    assert "Syria" not in {country["names"]["en"] for country in countries_within(far)}


@pytest.mark.parametrize("latitude", [-90, 90, 0])
@pytest.mark.parametrize("longitude", [-180, 180, 0])
def test_the_rims_of_the_globe_are_drawn(latitude, longitude):
    """A pole and the end of longitude have a map as any other place."""
    line = Timeline()
    registered(line, "a", latitude=latitude, longitude=longitude)
    ET.fromstring(draw(line).svg)


def test_a_projection_is_true_at_its_middle():
    """A kilometre is as wide as it is high there."""
    projection = MapProjection.onto(Box(40, 35, 42, 37), 600)
    assert projection.height == pytest.approx(600 / 0.809, rel=0.01)
    assert (projection.x(41), projection.y(36)) == (300, projection.height / 2)


@pytest.mark.parametrize("text", ["</title><script>", "\x00", "\u202e", "'\"&"])
def test_any_name_is_drawn(text, tmp_path):
    """Names are text, and never markup."""
    line = Timeline()
    registered(line, "a", names={"en": f"x{text}"})
    line.record(
        facility.ControlChanged(facility="a", authority="sdf"), occurred="2026-01-05", reports=[Report(f"s{text}")]
    )
    draw(line, language="en", names={"sdf": {"en": text}}).save(tmp_path / "map.svg")
    tree = ET.parse(tmp_path / "map.svg")
    assert not [node for node in tree.iter() if node.tag.endswith("script")]


def test_arabic_reads_in_arabic():
    """Countries and the words around the map, without Latin letters but in dates."""
    svg = draw(Timeline.demo().at("2026-01-21"), language="ar").svg
    texts = [node.text for node in ET.fromstring(svg).iter(f"{SVG}text") if node.text]
    assert not [text for text in texts if re.search("[A-Za-z]", text)]


def test_a_line_of_arabic_ends_at_its_left():
    """Its full stop stands there, also where there is nothing to draw."""
    assert "\u2067لا إحداثيات لأي مكان.\u2069" in draw(Timeline(), language="ar").svg


def test_the_key_has_every_colour_of_the_map():
    """Areas have holders, too, and so have places that may have changed hands."""
    drawn = draw(Timeline.demo().at("2026-01-25"), language="en").svg
    assert ">Iraqi government</text>" in drawn
