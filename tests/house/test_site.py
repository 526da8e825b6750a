"""The documentation as a site: whole, in order, and read from disk in a real browser."""

from __future__ import annotations

import fcntl
import importlib
import importlib.util
import inspect
import re
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from support.browser import By, WebDriverWait, media, violations
from support.machine import needs

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
BUILT = DOCS / "_build"
MERMAID = ROOT / ".cache" / "mermaid" / "package" / "dist" / "mermaid.min.js"
SPHINX = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--fresh-env", "--quiet"]
FORMATS = (
    "cloudevents",
    "frames",
    "ftm",
    "geojson",
    "ical",
    "judgements",
    "presets",
    "prov",
    "releases",
    "stix",
    "table",
    "timelinejs",
)
PACKAGES = (
    "timeline", "timeline.errors", "timeline.log", "timeline.projections", "timeline.subscription", "timeline.testing",
    "timeline.testing.logs", "timeline.testing.projections", "timeline.testing.strategies", "timeline.display.charts",
    "timeline.display.maps",
    *(f"timeline.events.{name}" for name in ("agreement", "border", "custody", "editorial", "facility")),
    *(f"timeline.exchange.{name}" for name in FORMATS),
)  # fmt: skip
APART = (
    "timeline.log.postgres.PostgresLog", "timeline.log.jetstream.JetStreamLog", "timeline.log.signing.sign",
    "timeline.log.signing.SignedSeal", "timeline.subscription.postgres.PostgresModel",
)  # fmt: skip
"""Public names of modules that take an extra, and hold other names of their own."""
NOWHERE = """* [One](one.md#nowhere)
* [Two](two.md): is not there
* ![a picture](none.png)
* [what](#nothing)
"""


def built_before():
    """Tell whether `make docs` has built the site since the last change of its sources."""
    made_of = (path for name in ("docs", "src", "examples") for path in (ROOT / name).rglob("*") if path.is_file())
    changed = (path.stat().st_mtime for path in made_of if path.suffix != ".pyc" and BUILT not in path.parents)
    built = BUILT / "site" / "objects.inv"
    return built.exists() and built.stat().st_mtime > max(changed)


@pytest.fixture(scope="session")
def site(tmp_path_factory, testrun_uid):
    """The site, built once for all workers of a run; a warning fails it."""
    if built_before():
        return BUILT / "site"
    folder = tmp_path_factory.getbasetemp().parent / f"site-{testrun_uid}"
    folder.mkdir(exist_ok=True)
    said = folder / "said"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            built = subprocess.run([*SPHINX, DOCS, folder / "site"], capture_output=True, text=True, check=False)
            said.write_text("" if built.returncode == 0 else built.stderr + built.stdout, "utf-8")
    assert not said.read_text("utf-8"), said.read_text("utf-8")
    return folder / "site"


@pytest.fixture
def read(driver, site):
    """Opens a page of the site from disk."""
    media(driver, prefers_color_scheme="light")

    def opened(page):
        driver.get(
            (site / page).as_uri()
            if "?" not in page
            else (site / page.split("?")[0]).as_uri() + "?" + page.split("?")[1]
        )
        return driver

    driver.get_log("browser")
    return opened


def documented(site):
    """Return every object that the API names, by its full name."""
    packed = (site / "objects.inv").read_bytes().split(b"\n", 4)[4]
    found = (line.split(" ", 2) for line in zlib.decompress(packed).decode().splitlines())
    return {name: reached(name) for name, role, _ in found if role.startswith("py:")}


def reached(name):
    """Return the object that a dotted name leads to, or None."""
    found = None
    for end, part in enumerate(name.split("."), 1):
        module = ".".join(name.split(".")[:end])
        if not hasattr(found, part) and (end == 1 or (inspect.ismodule(found) and importlib.util.find_spec(module))):
            found = importlib.import_module(module)
        else:
            found = getattr(found, part, None)
    return found


def public(module):
    """Return the public names of a package: its list, else its classes (of a format, its functions)."""
    if hasattr(module, "__all__"):
        return list(module.__all__)
    own = [name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__]
    if module.__name__.startswith("timeline.exchange"):
        return [name for name in own if re.match(r"(load|write|to_\w+|acled|ucdp|hxl)$", name)]
    return [name for name in own if name[0].isupper() and inspect.isclass(getattr(module, name))]


class TestWhole:
    """Everything is there, and leads somewhere."""

    @pytest.mark.parametrize("package", PACKAGES)
    def test_every_public_name_is_in_the_api(self, site, package):
        """Each export of a package is documented, under that name or the one it is imported by."""
        known = documented(site)
        objects = {id(value) for value in known.values()}
        module = importlib.import_module(package)
        names = public(module)
        assert names
        missing = [n for n in names if f"{package}.{n}" not in known and id(getattr(module, n)) not in objects]
        assert [n for n in missing if not inspect.ismodule(getattr(module, n))] == []

    @pytest.mark.parametrize("name", APART)
    def test_what_takes_an_extra_is_in_the_api(self, site, name):
        """Logs on servers, their models and signatures are documented where they are imported from."""
        assert name in documented(site)

    def test_the_api_names_nothing_that_is_not_there(self, site):
        """Each name in the API can be imported, or is a field of an instance."""
        gone = [name for name, found in documented(site).items() if found is None]
        owners = {name: reached(name.rpartition(".")[0]) for name in gone}
        fields = {name: getattr(owner, "__annotations__", ()) for name, owner in owners.items()}
        assert [name for name in gone if name.rpartition(".")[2] not in fields[name]] == []

    @pytest.mark.beside
    def test_what_leads_nowhere_fails_the_build(self, tmp_path):
        """A missing page, heading or picture is a warning, and so an error; each is named."""
        source = tmp_path / "source"
        source.mkdir()
        (source / "one.md").write_text("# One\n", "utf-8")
        command = [*SPHINX, "-c", DOCS, "-D", "extensions=myst_nb,reading", source, tmp_path / "built"]
        said = []
        for index in ("* [One](one.md)\n", f"* [One](one.md)\n{NOWHERE}"):
            (source / "index.md").write_text(f"# Index\n\n{index}", "utf-8")
            said.append(subprocess.run(command, capture_output=True, text=True, check=False))
        assert [run.returncode for run in said] == [0, 1], [run.stderr for run in said]
        assert [name for name in ("nowhere", "two.md", "none.png", "nothing") if name not in said[1].stderr] == []

    def test_nothing_is_fetched_from_elsewhere(self, site):
        """No page, script or style of the site asks the network for anything."""
        loads = re.compile(
            r"<(?:script|img|iframe|link)\b[^>]*?\b(?:src|href)=[\"'](?:https?:)?//[^>]*>|@import|url\([\"']?(?:https?:)?//"
        )
        asked = {
            path.relative_to(site).as_posix(): loads.findall(path.read_text("utf-8"))
            for kind in ("html", "css", "svg")
            for path in site.rglob(f"*.{kind}")
        }
        assert {path: found for path, found in asked.items() if found} == {}


class TestReading:
    """It is read from disk, by everybody."""

    PAGES = (
        "index.html",
        "gallery.html",
        "api/timeline.html",
        "ar/ideas.html",
        "examples/first_steps.html",
        "search.html?q=seal",
    )

    @pytest.mark.parametrize("page", PAGES)
    def test_a_page_opens_from_disk(self, read, page):
        """Nothing is complained about, and nothing is loaded but files of the site."""
        driver = read(page)
        WebDriverWait(driver, 30).until(lambda d: d.execute_script("return document.readyState") == "complete")
        loaded = driver.execute_script("return performance.getEntriesByType('resource').map((r) => r.name)")
        assert [name for name in loaded if not name.startswith(("file:", "data:"))] == []
        assert driver.get_log("browser") == []

    @pytest.mark.parametrize(
        ("word", "page"), [("seal", "proofs.html"), ("DetaineesEscaped", "events.html"), ("الإحصاء", "ar/ideas.html")]
    )
    def test_a_word_is_found(self, read, word, page):
        """The search works from disk, in both languages, and leads to the page."""
        driver = read(f"search.html?q={word}")
        WebDriverWait(driver, 30).until(lambda d: d.find_elements(By.CSS_SELECTOR, "#search-results li a"))
        WebDriverWait(driver, 30).until(
            lambda d: (
                page
                in " ".join(
                    link.get_attribute("href") for link in d.find_elements(By.CSS_SELECTOR, "#search-results li a")
                )
            )
        )
        assert driver.get_log("browser") == []

    @pytest.mark.parametrize("page", PAGES)
    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_a_page_is_accessible(self, read, page, theme):
        """axe-core finds nothing serious, in the light and in the dark."""
        driver = read(page)
        media(driver, prefers_color_scheme=theme)
        assert violations(driver) == []

    def test_pages_stand_in_reading_order(self, read):
        """The navigation names what the lists of the index name, in their order."""
        driver = read("index.html")
        listed = driver.find_elements(By.CSS_SELECTOR, "article li > p > a:first-child, article li > a:first-child")
        navigation = driver.find_elements(By.CSS_SELECTOR, ".sidebar-tree .toctree-l1 > a")
        assert [a.get_attribute("href") for a in navigation] == [a.get_attribute("href") for a in listed]
        assert len(navigation) >= 18

    def test_every_picture_of_the_gallery_is_there(self, read):
        """Each mark of the gallery has become a picture that is drawn, and described in words."""
        marks = re.findall(r"^<!-- (\w+) (\S+): (.+) -->$", (DOCS / "gallery.md").read_text("utf-8"), re.MULTILINE)
        driver = read("gallery.html")
        images = driver.execute_async_script(
            "const done = arguments[0], images = [...document.querySelectorAll('img.picture')];"
            "Promise.all(images.map((i) => i.decode())).then(() => done(images.map((i) => [i.alt, i.naturalWidth])))"
        )
        assert [alt for alt, _ in images] == [words for kind, _, words in marks if kind in ("chart", "terminal")]
        assert all(len(alt) > 40 and width for alt, width in images)
        assert len(images) >= 7
        frame = driver.find_element(By.CSS_SELECTOR, "iframe.picture")
        driver.switch_to.frame(frame)
        assert driver.find_element(By.CSS_SELECTOR, "[role=slider]").is_displayed()
        driver.switch_to.default_content()
        assert "Al-Hol camp" in driver.find_element(By.CSS_SELECTOR, "section.picture").text

    def test_notebooks_show_what_they_gave(self, read):
        """Tables and charts stand below the cells that made them."""
        driver = read("examples/contested_escapes.html")
        images = driver.find_elements(By.CSS_SELECTOR, ".cell_output img")
        assert len(images) == 2
        assert all(len(image.get_attribute("alt")) > 40 for image in images)
        assert driver.find_elements(By.CSS_SELECTOR, ".cell_output .timeline-sheet")

    def test_diagrams_are_drawn(self, read):
        """Each table of statuses stands below its picture."""
        needs(MERMAID, bring="apt-get install npm, then make test")
        driver = read("reference.html")
        WebDriverWait(driver, 60).until(lambda d: len(d.find_elements(By.CSS_SELECTOR, "pre.mermaid svg")) == 5)
        assert "Syntax error" not in driver.find_element(By.TAG_NAME, "article").text
        assert driver.get_log("browser") == []

    def test_arabic_is_set_from_right_to_left(self, read):
        """The text runs from the right, in its language; code within it from the left."""
        driver = read("ar/ideas.html")
        body = driver.find_element(By.CSS_SELECTOR, "article [lang=ar][dir=rtl]")
        assert body.value_of_css_property("direction") == "rtl"
        for code in ("pre", "code"):
            assert body.find_element(By.CSS_SELECTOR, code).value_of_css_property("direction") == "ltr"
        heading, item = (body.find_element(By.CSS_SELECTOR, name).rect for name in ("h1", "ul"))
        assert abs(heading["x"] + heading["width"] - item["x"] - item["width"]) < 20
        assert not read("ideas.html").find_elements(By.CSS_SELECTOR, "[dir=rtl]")

    @pytest.mark.parametrize("page", PAGES)
    def test_a_page_fits_a_phone(self, read, page):
        """At the width of a phone nothing is cut off at the side."""
        driver = read(page)
        narrow = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", narrow)
        wide = driver.execute_script("return document.documentElement.scrollWidth")
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        assert wide <= 390
