"""The replay widget: what Python tells the browser, and what the browser makes of it."""

from __future__ import annotations

import json

import pytest

from examples.northeast_syria import load
from support.browser import By, WebDriverWait, violations
from timeline import Report, Timeline
from timeline.display.frames import frames
from timeline.display.web import static
from timeline.errors import InvalidValue
from timeline.events import facility
from timeline.values.instants import instant

HOST = """<!doctype html><html lang="en"><meta charset="utf-8"><title>host</title><style>{css}</style><main id="here"></main>
<script type="application/json" id="values">{values}</script><script type="module">
{script}
const values = JSON.parse(document.getElementById("values").textContent);
const heard = {{}};
window.model = {{
  get: (name) => values[name], set: (name, value) => {{ values[name] = value; }}, save_changes: () => {{ window.saved = values.reported; }},
  on: (name, then) => {{ heard[name] = then; }}, off: (name) => {{ delete heard[name]; }},
  arrive: (name, value) => {{ values[name] = value; heard[`change:${{name}}`](); }}, heard,
}};
window.leave = render({{ model, el: document.getElementById("here") }});
</script></html>"""
"""The part of a notebook that anywidget promises: a model with values that change, and an element."""


@pytest.fixture(scope="module")
def chronicle():
    line = Timeline()
    load(line)
    return line


@pytest.fixture
def hosted(driver, chronicle, tmp_path):
    widget = chronicle.widget()
    values = json.dumps({"log": widget.log, "frames": widget.frames, "reported": None}).replace("<", "\\u003c")
    page = HOST.format(css=static("replay.css"), script=static("replay.js"), values=values)
    (tmp_path / "host.html").write_text(page, encoding="utf-8")
    driver.get((tmp_path / "host.html").as_uri())
    yield driver, widget
    assert driver.get_log("browser") == []


def test_another_reported_moment_brings_its_frames(chronicle):
    """Asking for what had been published by then answers with the history of that cut, and back again."""
    widget = chronicle.widget()
    everything = widget.frames
    end = json.loads(widget.log)["published"][40][0]
    widget.reported = end
    assert json.loads(widget.frames) == json.loads(json.dumps(frames(chronicle.at(reported=instant(end - 1)))))
    widget.reported = None
    assert widget.frames == everything


def test_it_shows_the_moment_and_its_sources(hosted):
    """The slider moves the state, and a row opens to its sources."""
    driver, widget = hosted
    labels = [label for _, label in json.loads(widget.frames)["moments"]]
    driver.execute_script(
        "const s = document.querySelector('input.occurred'); s.value = arguments[0]; s.dispatchEvent(new Event('input'))",
        labels.index("2026-01-31"),
    )
    driver.execute_async_script("const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done))")
    assert "null" not in driver.find_element(By.ID, "here").text
    assert "2026-01-31" in driver.find_element(By.CSS_SELECTOR, ".clock output").text

    def sources(page):
        """Open the sources of the first row again if the row was redrawn meanwhile."""
        if not (found := page.find_elements(By.CSS_SELECTOR, "[data-section=facilities] details[open] li")):
            page.find_element(By.CSS_SELECTOR, "[data-section=facilities] summary").click()
        return found

    assert WebDriverWait(driver, 20).until(sources)


def test_the_second_slider_asks_python(hosted):
    """Letting go of the reported slider asks for that moment; what arrives is shown, at the same day."""
    driver, widget = hosted
    driver.execute_script(
        "const o = document.querySelector('input.occurred'); o.value = 45; o.dispatchEvent(new Event('input'));"
        "const s = document.querySelector('input.reported'); s.value = 40; s.dispatchEvent(new Event('input')); s.dispatchEvent(new Event('change'))"
    )
    asked = driver.execute_script("return window.saved")
    assert asked == json.loads(widget.log)["published"][40][0]
    driver.execute_async_script("const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done))")
    widget.reported = asked
    driver.execute_script("window.model.arrive('frames', arguments[0])", widget.frames)
    told = [output.text for output in driver.find_elements(By.CSS_SELECTOR, ".clock output")]
    published = json.loads(widget.log)["published"][40][1]
    assert told[1].lower() == f"published by {published}"
    assert told[0].split()[-1] <= "2026-01-31"


def test_it_is_accessible(hosted):
    """axe-core finds nothing serious."""
    assert violations(hosted[0]) == []


def test_it_stops_when_it_is_taken_away(hosted):
    """A cell that is run again leaves no listener and no timer behind."""
    driver, _ = hosted
    driver.execute_script("document.querySelector('[aria-label=play]').click(); window.leave()")
    assert driver.execute_script("return Object.keys(window.model.heard)") == []


def test_names_and_language_are_those_asked_for():
    """Names given beside those registered, and the language to begin with."""
    line = Timeline()
    line.record(
        facility.ControlChanged(facility="al-hol-camp", authority="sdf"),
        occurred="2026-01-20",
        reports=[Report("Reuters", published="2026-01-21")],
    )
    log = json.loads(line.widget(language="ar", names={"sdf": {"ar": "قسد"}}).log)
    assert (log["language"], log["names"]["sdf"]) == ("ar", {"ar": "قسد"})
    with pytest.raises(InvalidValue, match="expected 'en', 'ar' or None"):
        line.widget(language="fr")
