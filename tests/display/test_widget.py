"""Notebooks: the widget, what stands in its place where none can run, and sheets among a notebook's own styles."""

from __future__ import annotations

import json
import re

import pytest

from support.browser import By, WebDriverWait, media
from timeline import Report, Timeline, exactly
from timeline.display.page.writing import page_text
from timeline.display.telling import leaving
from timeline.display.web import static
from timeline.errors import InvalidValue
from timeline.events import custody, facility
from timeline.values.when import When

HOST = """<!doctype html><html lang="en"><meta charset="utf-8"><title>host</title><style>{css}</style><main id="here"></main>
<script type="application/json" id="values">{values}</script><script type="module">
{script}
const values = JSON.parse(document.getElementById("values").textContent);
const heard = {{}};
window.heard = heard;
window.model = {{ get: (name) => values[name], on: (name, then) => {{ heard[name] = then; }}, off: (name) => {{ delete heard[name]; }} }};
window.leave = render({{ model: window.model, el: document.getElementById("here") }});
</script></html>"""
"""The part of a notebook that anywidget promises: a model with values, and an element."""

JUPYTER = """
.jp-RenderedHTMLCommon table { border-collapse: collapse; border-spacing: 0; border: none; font-size: 20px; table-layout: fixed;
  margin-left: auto; margin-right: auto; margin-bottom: 1em; }
.jp-RenderedHTMLCommon thead { border-bottom: 1px solid black; vertical-align: bottom; }
.jp-RenderedHTMLCommon td, .jp-RenderedHTMLCommon th, .jp-RenderedHTMLCommon tr { vertical-align: middle; padding: 0.5em 0.5em;
  line-height: normal; white-space: normal; max-width: none; border: none; }
.jp-RenderedMarkdown.jp-RenderedHTMLCommon td, .jp-RenderedMarkdown.jp-RenderedHTMLCommon th { max-width: none; }
:not(.jp-RenderedMarkdown).jp-RenderedHTMLCommon td, :not(.jp-RenderedMarkdown).jp-RenderedHTMLCommon th,
:not(.jp-RenderedMarkdown).jp-RenderedHTMLCommon tr { text-align: right; }
.jp-RenderedHTMLCommon tbody tr:nth-child(odd) { background: red; }
"""
"""The rules for tables of JupyterLab's `rendermime` and of nbconvert's template `lab`."""


@pytest.fixture(scope="module")
def chronicle() -> Timeline:
    return Timeline.demo()


@pytest.fixture(scope="module")
def widget(chronicle):
    return chronicle.widget()


@pytest.fixture
def hosted(driver, widget, tmp_path):
    values = json.dumps({"page": widget.page, "title": widget.title, "mark": widget.mark}).replace("<", "\\u003c")
    page = HOST.format(css=static("widget.css"), script=static("widget.js"), values=values)
    (tmp_path / "host.html").write_text(page, encoding="utf-8")
    driver.get((tmp_path / "host.html").as_uri())
    WebDriverWait(driver, 30).until(lambda page: page.find_elements(By.TAG_NAME, "iframe"))
    yield driver
    driver.switch_to.default_content()
    assert driver.get_log("browser") == []


def framed(driver) -> None:
    """Go into the frame, once its page stands."""
    driver.switch_to.frame(driver.find_element(By.TAG_NAME, "iframe"))
    WebDriverWait(driver, 30).until(lambda page: page.execute_script("return Boolean(globalThis.timeline)"))


def test_the_widget_is_the_page_and_asks_no_kernel():
    """It holds the page in the language that is asked for, and nothing to be asked again."""
    line = Timeline()
    line.record(facility.ControlChanged(facility="camp-x", authority="sdf"), occurred="2026-01-20")
    widget = line.widget(language="ar", colours={"sdf": "#123456"})
    assert widget.page == page_text(
        leaving(line), line, title="", language="ar", names=None, colours={"sdf": "#123456"}
    )
    assert {name for name in widget.keys if not name.startswith("_")} >= {"page", "title"}
    with pytest.raises(InvalidValue, match="expected 'en' or 'ar'"):
        line.widget(language="fr")


@pytest.mark.beside
def test_both_clocks_move_by_time_and_apart(hosted):
    """Setting the reported clock leaves the occurred one where it is, and the other way round."""
    framed(hosted)
    at, reported, earlier = (When(day).span().end for day in ("2026-01-25", "2026-02-01", "2026-01-22"))
    for moment, day in ((reported, "2026-02-01"), (earlier, "2026-01-22")):
        hosted.execute_script("globalThis.timeline.go(arguments[0], arguments[1])", at, moment)
        shown = hosted.find_element(By.ID, "reported")
        WebDriverWait(hosted, 20).until(lambda _, day=day: shown.get_attribute("value") == day)  # at the next frame
        assert hosted.find_element(By.ID, "at").get_attribute("value") == "2026-01-25"


@pytest.mark.beside
def test_the_address_of_the_frame_keeps_the_moment(hosted):
    """A moment has its address in the frame, and the notebook keeps its own."""
    framed(hosted)
    hosted.execute_script("globalThis.timeline.go(arguments[0], null)", When("2026-01-20").span().end)
    WebDriverWait(hosted, 20).until(lambda page: "#at=" in page.execute_script("return location.href"))
    hosted.switch_to.default_content()
    assert "#" not in hosted.current_url


@pytest.mark.beside
def test_nothing_stays_when_it_is_taken_away(hosted):
    """A cell that is run again leaves no listener behind."""
    assert hosted.execute_script("window.leave(); return Object.keys(window.heard)") == []


@pytest.mark.slow
def test_a_saved_notebook_shows_the_state_and_the_charts(chronicle, widget):
    """HTML stands in the place of a widget that cannot run: tables, entries and pictures, without a script."""
    found = widget._repr_mimebundle_()
    bundle = found[0] if isinstance(found, tuple) else found
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "Al-Hol camp" in bundle["text/html"]
    assert 'src="data:image/svg+xml' in bundle["text/html"]
    assert not re.search('<script|https?://[^"]*\\.js', bundle["text/html"])
    assert bundle["text/plain"] == f"Timeline: {len(chronicle.entries()):,} entries"


def test_the_state_is_an_output_of_its_own(widget, monkeypatch):
    """An exported notebook prefers the widget to HTML in one output, and may lack the network that it needs."""
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    widget._ipython_display_()
    running, still = shown
    assert "application/vnd.jupyter.widget-view+json" in running
    assert "text/html" not in running
    assert "Al-Hol camp" in still["text/html"]


def test_pictures_have_the_colours_that_were_given():
    """So do those for readers without JavaScript."""
    line = Timeline()
    line.record(facility.ControlChanged(facility="camp-x", authority="sdf"), occurred="2026-01-20")
    found = line.widget(colours={"sdf": "#12ab56"})._repr_mimebundle_()
    assert "%2312ab56" in (found[0] if isinstance(found, tuple) else found)["text/html"]


@pytest.mark.beside
def test_the_state_hides_where_the_widget_runs(hosted, widget):
    """It is there again once the widget is gone."""
    still = widget._repr_mimebundle_()
    markup = (still[0] if isinstance(still, tuple) else still)["text/html"]
    hosted.execute_script("document.body.insertAdjacentHTML('beforeend', arguments[0])", markup)
    height = "return document.querySelector('.timeline-sheet').offsetHeight"
    assert hosted.execute_script(height) == 0
    hosted.execute_script("document.querySelector('iframe').remove()")
    assert hosted.execute_script(height) > 100


@pytest.mark.beside
@pytest.mark.parametrize(("light", "system"), [("false", "light"), ("true", "dark")])
def test_the_frame_has_the_theme_of_the_notebook(hosted, light, system):
    """It does not have that of the system."""
    media(hosted, prefers_color_scheme=system)
    try:
        hosted.execute_script("document.body.dataset.jpThemeLight = arguments[0]", light)
        hosted.switch_to.frame(hosted.find_element(By.TAG_NAME, "iframe"))
        dark = "return matchMedia('(prefers-color-scheme: dark)').matches"
        WebDriverWait(hosted, 10).until(lambda page: page.execute_script(dark) == (light == "false"))
    finally:
        hosted.switch_to.default_content()
        media(hosted, prefers_color_scheme="")


def test_what_is_marked_or_small_stays_out_of_a_saved_notebook():
    """The page and the HTML in its place hold what may leave, and no more."""
    line = Timeline()
    line.record(
        custody.HeadcountReported(facility="prison-x", quantity=exactly(3)),
        occurred="2026-01-20",
        reports=[Report("A")],
    )
    line.record(
        facility.ControlChanged(facility="secret-site", authority="sdf", about=["tlp:red"]), occurred="2026-01-20"
    )
    widget = line.widget(suppress_below=5)
    found = widget._repr_mimebundle_()
    shown = (found[0] if isinstance(found, tuple) else found)["text/html"]
    assert "prison-x" in shown
    assert "1–4" in shown
    assert "secret-site" not in shown + widget.page


@pytest.mark.beside
def test_sheets_are_aligned_as_written_in_a_notebook(driver, chronicle, tmp_path):
    """Among the rules of JupyterLab and nbconvert, which come later, tables stand at the left, numbers at the right."""
    sheet = chronicle.at("2026-01-25")._repr_mimebundle_()["text/html"]
    page = f'<!doctype html><meta charset="utf-8"><div class="jp-RenderedHTMLCommon jp-RenderedHTML">{sheet}</div><style>{JUPYTER}</style>'
    (tmp_path / "sheet.html").write_text(page, encoding="utf-8")
    driver.get((tmp_path / "sheet.html").as_uri())
    look = "const found = getComputedStyle(document.querySelector(arguments[0])); return found[arguments[1]]"
    assert driver.execute_script(look, ".timeline-sheet td:not(.number)", "textAlign") == "start"
    assert driver.execute_script(look, ".timeline-sheet th", "textAlign") == "start"
    assert driver.execute_script(look, ".timeline-sheet td.number", "textAlign") == "end"
    assert driver.execute_script(look, ".timeline-sheet table", "marginLeft") == "0px"
    assert driver.execute_script(look, ".timeline-sheet td", "verticalAlign") == "top"
    assert driver.execute_script(look, ".timeline-sheet table", "fontSize") == "13px"
    assert driver.execute_script(look, ".timeline-sheet tbody tr", "backgroundColor") == "rgba(0, 0, 0, 0)"
