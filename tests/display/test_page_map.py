"""The map of the page: in a browser, each place shows the holder that `line.at` names, by both clocks."""

from __future__ import annotations

import pytest

from support.browser import By
from support.pages import data_of
from timeline import Timeline
from timeline.display.telling import telling
from timeline.display.words import Words
from timeline.events import facility
from timeline.values.entities import NOBODY
from timeline.values.place import Place

pytestmark = pytest.mark.beside
CLOCKS = [("2026-01-21", "2026-01-21"), ("2026-01-21", "2026-01-23"), ("2026-02-13", None), ("2025-12-20", None)]


def opened(driver, path, occurred, reported=None):
    """Open a page at a moment, and wait until it is drawn."""
    driver.get("about:blank")
    driver.get(f"{path.as_uri()}#at={occurred}" + (f"&reported={reported}" if reported else ""))
    driver.execute_async_script("requestAnimationFrame(() => setTimeout(arguments[0], 150))")
    assert driver.get_log("browser") == []


def places(driver):
    return dict(
        driver.execute_script(
            "return [...document.querySelectorAll('#map .place')].map((found) =>"
            " [found.dataset.slug, [found.querySelector('title').textContent, found.getAttribute('class')]])"
        )
    )


@pytest.mark.parametrize(("occurred", "reported"), CLOCKS)
def test_a_place_shows_its_holder(driver, demo, report, occurred, reported):
    """Dots and areas have the name and the colour of the holder at that moment, as published by the other."""
    opened(driver, report, occurred, reported)
    asked = demo.at(occurred, reported=reported)
    words, bodies = Words("en", telling(demo).names(None)), data_of(report)["bodies"]
    found = places(driver)
    assert len(found) > 20
    for slug, (title, kind) in found.items():
        holder = asked.facilities[slug].holder("control") if slug in asked.facilities else None
        said = "nobody" if holder is NOBODY else words.name(holder) if holder else "not known"
        assert title == f"{words.name(slug)}: {said}"
        shown = "nobody" if holder is NOBODY else f"b{bodies.index(holder)}" if holder else "not-known"
        assert kind.split()[1] == shown


def test_arcs_are_transfers_by_then(driver, report):
    """There are none before the first transfer, and the fresh one is dark."""
    opened(driver, report, "2026-01-21", "2026-01-23")
    fresh = driver.find_elements(By.CSS_SELECTOR, "#map .arc.fresh:not(.head) title")
    assert [arc.get_attribute("textContent") for arc in fresh]
    opened(driver, report, "2025-01-02")
    assert not driver.find_elements(By.CSS_SELECTOR, "#map .arc")


def test_the_map_comes_closer_and_lists_the_rest(driver, report):
    """A button shows where most places lie; what is known to a country only is listed."""
    opened(driver, report, "2026-01-21")
    assert "Not on the map:" in driver.find_element(By.CSS_SELECTOR, "#map .hint").text
    before = driver.find_element(By.CSS_SELECTOR, "[data-slug=al-hol-camp].place").get_attribute("transform")
    driver.find_element(By.CSS_SELECTOR, ".map-zoom").click()
    driver.execute_async_script("requestAnimationFrame(() => setTimeout(arguments[0], 150))")
    assert driver.find_element(By.CSS_SELECTOR, "[data-slug=al-hol-camp].place").get_attribute("transform") != before
    assert driver.find_element(By.CSS_SELECTOR, ".map-zoom").text == "wider"


def test_half_a_dot_may_have_changed(driver, tmp_path):
    """Within the time of a change, the half is that of the holder to come; where it is contested, a ring says so."""
    line = Timeline()
    where = Place(36.0, 41.0, precision="town")
    line.record(facility.FacilityRegistered(facility="a-camp", kind="camp", coordinates=where))
    line.record(facility.ControlChanged(facility="a-camp", authority="sdf"), occurred="2026-01-05")
    line.record(facility.ControlChanged(facility="a-camp", authority="gov"), occurred="2026-01-10/2026-01-20")
    line.record(facility.ControlContested(facility="a-camp", claimants=("sdf", "gov")), occurred="2026-01-12")
    line.to_html(tmp_path / "p.html")
    opened(driver, tmp_path / "p.html", "2026-01-15")
    assert {"may-change", "contest"} <= set(places(driver)["a-camp"][1].split())
    opened(driver, tmp_path / "p.html", "2026-01-08")
    assert "may-change" not in places(driver)["a-camp"][1]
    opened(driver, tmp_path / "p.html", "2026-01-20")
    assert "may-change" not in places(driver)["a-camp"][1]


def test_without_coordinates_there_is_no_map(driver, tmp_path):
    """The panel is left out."""
    line = Timeline()
    line.record(facility.ControlChanged(facility="a-camp", authority="sdf"), occurred="2026-01-05")
    line.to_html(tmp_path / "p.html")
    opened(driver, tmp_path / "p.html", "2026-01-15")
    assert not driver.find_elements(By.ID, "map")
