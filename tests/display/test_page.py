"""The page to share, in a real browser: any moment as `at` has it, both languages, by keyboard, without network."""

from __future__ import annotations

import base64
import json
import re

import pytest
from hypothesis import given, settings

from examples import exchange_tracker
from examples.northeast_syria import load
from support.browser import By, Keys, media, violations
from timeline import Draft, Quantity, Report, Timeline, UnknownEvent, exactly
from timeline.display.cells import Flag, Labelled, Name, SheetRow, Word, is_empty
from timeline.display.frames import cell, frames
from timeline.display.sheets import part, sheet
from timeline.display.words import names_in
from timeline.errors import InvalidValue
from timeline.events import agreement, border, custody, facility
from timeline.events.declare import registered_types
from timeline.history.finding_kinds import FindingKind
from timeline.testing.strategies import messy_histories
from timeline.values.instants import instant


@pytest.fixture(scope="module")
def chronicle():
    line = Timeline()
    load(line)
    return line


@pytest.fixture(scope="module")
def report(chronicle, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    chronicle.to_html(path, title="North-east Syria")
    return path


@pytest.fixture
def opened(driver, report):
    driver.get(report.as_uri())
    yield driver
    assert driver.get_log("browser") == []


STATE = """
return [...document.querySelectorAll('.state [data-section]')].filter((s) => s.querySelector('table')).map((section) => [
  section.dataset.section,
  [...section.querySelectorAll('tbody > tr')].map((row) => [...row.children].map((td) => {
    const shown = td.cloneNode(true);
    shown.querySelectorAll('.mark, details > :not(summary)').forEach((part) => part.remove());
    return shown.textContent.replace(/\\s+/g, ' ').trim();
  })),
])
"""


def move(driver, index):
    """Put the slider somewhere, and wait until the browser has drawn it."""
    driver.execute_async_script(
        "const done = arguments[1], slider = document.querySelector('input.occurred');"
        "slider.value = arguments[0]; slider.dispatchEvent(new Event('input'));"
        "requestAnimationFrame(() => requestAnimationFrame(done));",
        index,
    )


def worded(found, names):
    """Return a cell as an English page words it."""
    match found:
        case Name():
            return names.get(found.slug, found.slug)
        case Labelled(label, value):
            return f"{label} {worded(value, names)}"
        case tuple():
            return " ".join(worded(part, names) for part in found if not is_empty(part))
    return "" if found is None else str(found)


def expected(situation, names):
    """Return the tables of a situation as the page words them."""
    shown = {"facilities", "custody", "operations", "agreements", "crossings", "monitored", "measures", "incidents"}
    return {
        table.heading: sorted([worded(row.cells.get(name), names) for name in table.columns] for row in table.rows)
        for table in sheet(situation).tables
        if table.heading in shown
    }


class TestMoments:
    """The state shown is the one `at` has."""

    def test_every_moment_is_what_at_says(self, opened, chronicle):
        """The tables at each stop of the slider are those of `line.at` for that moment."""
        names = {slug: found["en"] for slug, found in names_in(chronicle.at()).items()}
        moments = frames(chronicle.at())["moments"]
        for index in [*range(0, len(moments), 6), len(moments) - 1, 3]:
            end, label = moments[index]
            asked = chronicle.at() if end is None else chronicle.at(instant(end - 1))
            move(opened, index)
            told = {name: sorted(rows) for name, rows in opened.execute_script(STATE)}
            assert told == expected(asked, names), label

    @settings(max_examples=40)
    @given(messy_histories())
    def test_frames_add_up_to_situations(self, chronicle):
        """For any history, the changes up to a moment make the rows, plans and possibilities of `at`."""
        line = chronicle.timeline()
        asked = line.at()
        told = json.loads(json.dumps(frames(asked)))
        state = {}
        for (end, _), changes in zip(told["moments"], told["changes"], strict=True):
            state.update({(section, key): cells for section, key, cells, _ in changes})
            now = line.at() if end is None else line.at(instant(end - 1))
            wanted = [(table.heading, row) for table in sheet(now).tables for row in table.rows]
            shown = {(section, key): cells for (section, key), cells in state.items() if cells is not None}
            sections = {section for section, _ in told["sections"]}
            assert shown == {(s, row.key): cells_of(row) for s, row in wanted if s in sections}
            limit = float("inf") if end is None else end
            possible = [
                p for p, start, until in told["possible"] if (until or 1e30) > limit and (start or -1e30) < limit
            ]
            plans = [p for p, since, done in told["plans"] if since <= limit and (done is None or done > limit)]
            assert possible == [entry.position for entry in now.possible]
            assert plans == [entry.position for entry in now.plans]

    def test_findings_appear_when_they_arise(self, chronicle):
        """At each moment the findings are those of the situation."""
        told = frames(chronicle.at())
        for index in range(0, len(told["moments"]), 5):
            end = told["moments"][index][0]
            now = chronicle.at() if end is None else chronicle.at(instant(end - 1))
            shown = [message for moment, _, message, _ in told["findings"] if moment <= index]
            assert sorted(shown) == sorted(finding.message for finding in now.findings)

    def test_what_just_changed_is_marked(self, opened, chronicle):
        """The entries of the moment stand on top, and the rows they changed carry a mark."""
        move(opened, [label for _, label in frames(chronicle.at())["moments"]].index("2026-01-20"))
        marked = opened.find_elements(By.CSS_SELECTOR, ".state tr.changed .mark")
        assert marked
        assert marked[0].get_attribute("aria-label") == "changed now"
        assert opened.find_elements(By.CSS_SELECTOR, ".just li")

    def test_the_sources_stand_behind_a_row(self, opened, chronicle):
        """Opening a row names the entries that brought it, each with its reports."""
        row = next(
            s
            for s in opened.find_elements(By.CSS_SELECTOR, "[data-section=facilities] summary")
            if "Al-Hol camp" in s.text
        )
        row.click()
        told = row.find_element(By.XPATH, "..").text
        for entry in chronicle.at().why("facilities", "al-hol-camp", "control"):
            assert f"#{entry.position}" in told


def test_a_domain_of_your_own_is_shown(driver, tmp_path):
    """Tables of one's own projections stand at each moment; entries that nobody declared are counted on top."""
    line = Timeline(projections=exchange_tracker.PROJECTIONS)
    exchange_tracker.load(line)
    line.record(UnknownEvent("newsroom.unheard_of", 1, {}))
    line.to_html(tmp_path / "p.html")
    driver.get((tmp_path / "p.html").as_uri())
    moments = frames(line.at())["moments"]
    for index in (0, 10, len(moments) - 1):
        end, _ = moments[index]
        now = line.at() if end is None else line.at(instant(end - 1))
        move(driver, index)
        told = {name: sorted(rows) for name, rows in driver.execute_script(STATE)}
        wanted = {
            table.heading: sorted([worded(row.cells.get(name), {}) for name in table.columns] for row in table.rows)
            for name in ("deals", "releases", "lists")
            for table in part(now, name).tables
        }
        assert told == wanted
    assert driver.find_element(By.CSS_SELECTOR, ".unknown").text == "unknown type entries: 1"
    assert "agreed to exchange" in driver.find_element(By.TAG_NAME, "body").text
    assert driver.get_log("browser") == []


def cells_of(row: SheetRow):
    return json.loads(json.dumps({name: cell(found) for name, found in row.cells.items() if not is_empty(found)}))


class TestReading:
    """It opens from disk, speaks two languages, and is read by everybody."""

    def test_it_needs_no_network(self, opened, report):
        """Nothing is loaded but the file itself; a policy in it forbids the rest."""
        loaded = opened.execute_script("return performance.getEntriesByType('resource').map((r) => r.name)")
        assert [name for name in loaded if not name.startswith("data:")] == []
        text = report.read_text("utf-8")
        assert "default-src 'none'" in text
        assert not re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=.https?:", text)

    def test_the_slider_is_moved_by_keyboard(self, opened):
        """Arrow keys go from moment to moment, and what is shown is read aloud."""
        slider = opened.find_element(By.CSS_SELECTOR, "input.occurred")
        slider.send_keys(Keys.HOME)
        slider.send_keys(Keys.ARROW_RIGHT)
        opened.execute_async_script(
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done))"
        )
        assert slider.get_attribute("value") == "1"
        assert slider.get_attribute("aria-valuetext").startswith("state at 20")
        assert opened.find_element(By.CSS_SELECTOR, "output").get_attribute("aria-live") == "polite"

    def test_arabic_is_set_from_right_to_left(self, opened):
        """Switching turns language and direction; the moment and the names go along."""
        move(opened, 45)
        opened.find_element(By.CSS_SELECTOR, ".languages [lang=ar]").click()
        html = opened.find_element(By.TAG_NAME, "html")
        assert (html.get_attribute("lang"), html.get_attribute("dir")) == ("ar", "rtl")
        assert opened.find_element(By.CSS_SELECTOR, "input.occurred").get_attribute("value") == "45"
        assert "مخيم الهول" in opened.find_element(By.CSS_SELECTOR, "[data-section=facilities]").text
        slider, earlier = (
            opened.find_element(By.CSS_SELECTOR, s).rect["x"] for s in ("input.occurred", ".slide button")
        )
        assert earlier > slider

    def test_filters_keep_what_is_asked_for(self, opened):
        """By facility and kind: fewer entries, and of the tables only rows that name it."""
        opened.execute_script(
            "for (const [name, value] of [['facility', 'al-hol-camp'], ['kind', 'control_changed']]) {"
            "const select = document.querySelector(`select[name=${name}]`); select.value = value; select.dispatchEvent(new Event('change')) }"
        )
        listed = opened.find_elements(By.CSS_SELECTOR, ".log > ol > li")
        assert listed
        assert all("control changed" in entry.text and "Al-Hol" in entry.text for entry in listed)
        facilities = opened.find_elements(By.CSS_SELECTOR, "[data-section=facilities] tbody > tr")
        assert len(facilities) == 1

    @pytest.mark.parametrize("language", ["en", "ar"])
    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_it_is_accessible(self, opened, language, theme):
        """axe-core finds nothing serious, in either language and theme."""
        media(opened, prefers_color_scheme=theme)
        opened.find_element(By.CSS_SELECTOR, f".languages [lang={language}]").click()
        move(opened, 45)
        found = violations(opened)
        media(opened, prefers_color_scheme="light")
        assert found == []

    def test_print_shows_every_entry_with_its_sources(self, opened, chronicle):
        """Before printing, the whole log is listed and opened."""
        opened.execute_script("window.dispatchEvent(new Event('beforeprint'))")
        assert len(opened.find_elements(By.CSS_SELECTOR, ".log > ol > li")) == len(chronicle.entries())
        reports = sum(len(entry.reports) for entry in chronicle.entries())
        assert len(opened.find_elements(By.CSS_SELECTOR, ".log > ol > li details[open] > ul > li")) == reports

    def test_charts_are_drawn(self, opened):
        """Every chart is an image with a description, and loads."""
        sizes = opened.execute_async_script(
            "const done = arguments[0], images = [...document.querySelectorAll('.charts img')];"
            "Promise.all(images.map((i) => i.decode())).then(() => done(images.map((i) => [i.alt, i.naturalWidth])))"
        )
        assert len(sizes) >= 4
        assert all(alt and width > 300 for alt, width in sizes)


class TestSafety:
    """Text of sources stays text in a browser too."""

    HOSTILE = "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"

    def test_no_quote_runs(self, driver, tmp_path):
        """A hostile quote, name, source and address are shown and do nothing."""
        line = Timeline()
        line.record(
            facility.FacilityRegistered(
                facility="al-hol-camp", kind="camp", names={"en": self.HOSTILE, "ar": self.HOSTILE}
            )
        )
        report = Report(
            self.HOSTILE,
            published="2026-01-21",
            quote=self.HOSTILE,
            url="javascript:window.hacked = 1",
            attributed_to=self.HOSTILE,
        )
        line.record(
            facility.ControlChanged(facility="al-hol-camp", authority="sdf", detail=self.HOSTILE),
            occurred="2026-01-20",
            reports=[report],
        )
        line.to_html(tmp_path / "hostile.html", title=self.HOSTILE)
        driver.get((tmp_path / "hostile.html").as_uri())
        driver.execute_script(
            "for (const told of document.querySelectorAll('details')) { if (told.fill) told.fill(); told.open = true }"
        )
        assert driver.execute_script("return window.hacked") is None
        assert self.HOSTILE in driver.find_element(By.CSS_SELECTOR, "h1").text
        assert driver.find_elements(By.CSS_SELECTOR, "a[href^='javascript']") == []
        assert driver.get_log("browser") == []


class TestWords:
    """Arabic readers read the whole vocabulary in Arabic."""

    def test_the_whole_vocabulary_is_translated(self):
        """Every event, field, status and finding has an Arabic word."""
        from typing import get_args

        from timeline.display.rows import _flattened, _snake
        from timeline.display.words import arabic
        from timeline.projections.agreements import AGREEMENT, COMMITMENT
        from timeline.projections.border import CROSSING
        from timeline.projections.custody import HEADINGS
        from timeline.projections.facilities import STATUS
        from timeline.projections.operations import OPERATION

        own = [kind.cls for kind in registered_types() if kind.cls.__module__.startswith("timeline.events")]
        tables = (AGREEMENT, COMMITMENT, CROSSING, STATUS, OPERATION)
        statuses = {status for table in tables for _, _, status in table.arrows() if status}
        wanted = {_snake(cls.__name__) for cls in own} | {a.name for cls in own for a in cls.__attrs_attrs__}
        wanted |= statuses | set(HEADINGS) | set(get_args(FindingKind))
        assert wanted <= set(arabic())
        assert {Word} <= {kind for cls in own for a in cls.__attrs_attrs__ for kind in _flattened(a.type)}
        assert isinstance(Flag("x"), Word)

    def test_a_language_there_is_not(self, tmp_path):
        """Asking for another language says which there are."""
        with pytest.raises(InvalidValue, match="expected 'en', 'ar' or None"):
            Timeline().to_html(tmp_path / "x.html", language="fr")

    def test_an_empty_timeline_has_a_page(self, driver, tmp_path):
        """Nothing recorded is shown as such, without complaint."""
        Timeline().to_html(tmp_path / "empty.html")
        driver.get((tmp_path / "empty.html").as_uri())
        assert driver.find_element(By.TAG_NAME, "h1").text == "Timeline"
        assert "null" not in driver.find_element(By.TAG_NAME, "main").text
        assert driver.get_log("browser") == []


def test_a_term_that_passes_is_a_moment_of_its_own():
    """Nothing happens on the day after a truce was to end, and yet it is overdue from then on."""
    line = Timeline()
    line.record(agreement.AgreementEnteredIntoForce(agreement="truce", until="2026-01-12"), occurred="2026-01-05")
    told = frames(line.at())
    assert [label for _, label in told["moments"]] == ["2026-01-05", "2026-01-12", ""]
    assert [{"f": "overdue"} in changes[0][2]["status"] for changes in told["changes"][:2]] == [False, True]


def test_measures_and_watches_come_and_go():
    """A stretch nobody watches any more leaves the table, and lists only grow."""
    line = Timeline()
    line.record_all(
        [
            Draft(border.MonitoringStarted(sector="north", by="iraq-gov"), occurred="2026-01-01"),
            Draft(border.MonitoringEnded(sector="north", by="iraq-gov"), occurred="2026-01-05"),
            Draft(custody.HeadcountReported(authority="sdf", quantity=exactly(9)), occurred="2026-01-06"),
        ]
    )
    told = frames(line.at())["changes"]
    assert [change[:2] for change in told[0]] == [["monitored", "north"]]
    assert told[1][0][2] is None
    assert told[2][0][1] == "authority:sdf"


def marked():
    """Make a timeline of unmarked entries, beside all that a marked one can do: it says SECRET or 777…"""
    line, red = Timeline(), {"about": ("tlp:red",)}
    published = [Report("agency", published="2026-01-06")]
    registered = {"kind": "camp", "capacity": exactly(777111), "names": {"en": "SECRET"}}
    line.record(facility.FacilityRegistered(facility="f", **registered, **red))
    line.record(facility.ControlChanged(facility="f", authority="sdf"), occurred="2026-01-05", reports=published)
    fled = line.record(custody.DetaineesEscaped(facility="f", quantity=exactly(50)), occurred="2026-01-06")
    rival = custody.DetaineesEscaped(facility="f", quantity=exactly(777222), detail="SECRET", **red)
    line.dispute(fled, rival=rival, reports=[Report("SECRET", published="2026-01-07")], reason="SECRET")
    gone = line.record(custody.DetaineesEscaped(facility="f", quantity=exactly(777333), **red), occurred="2026-01-08")
    line.retract(gone, reason="SECRET")
    came = line.record(custody.DetaineesAdmitted(facility="f", quantity=exactly(20)), occurred="2026-01-08")
    line.correct(came, custody.DetaineesAdmitted(facility="f", quantity=exactly(777444), **red), reason="SECRET")
    line.record(custody.TransferPlanned(operation="op", quantity=exactly(300)), occurred="2026-01-01")
    moved = custody.DetaineesTransferred(quantity=exactly(777555), origin="f", operation="op", **red)
    line.record(moved, occurred="2026-01-09", reports=[Report("SECRET")])
    line.record(agreement.AgreementSigned(agreement="truce"), occurred="2026-01-01")
    about = ("agreement:truce", "tlp:red")
    line.record(agreement.CommitmentMade(what="SECRET", about=about), occurred="2026-01-01")
    attack = {"kind": "attack", "outcome": "foiled", "sector": "north", "quantity": exactly(777666)}
    line.record(border.BorderIncidentReported(**attack, **red), occurred="2026-01-01")
    return line


def said(path):
    """Return everything that a page says, its images included, but without the code that draws it."""
    text = path.read_text("utf-8")
    images = re.findall(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)", text)
    labels = [re.findall(r'aria-label="([^"]*)"', base64.b64decode(image).decode()) for image in images]
    return text[text.index('id="data">') : text.index('<script type="module">')] + json.dumps(labels)


class TestMarkings:
    """A page and a replay hold what every export holds: nothing marked, within the cuts."""

    def test_what_is_marked_stays(self, tmp_path):
        """No name, number, rival, reason, source or finding of a marked entry leaves, unless it is allowed."""
        line, path = marked(), tmp_path / "p.html"
        written = line.to_html(path)
        assert (written.count, dict(written.reduced)) == (4, {"rival claims marked tlp:red": 1})
        assert sum(written.left_out.values()) == 5
        replay = line.widget()
        for text in (said(path), replay.log, replay.frames):
            assert not re.findall(r"SECRET|777,?\d\d\d", text)
        assert line.to_html(path, allow=["tlp:red"]).count == len(line.entries())
        assert "SECRET" in said(path)
        assert "777,222" in line.widget(allow=["tlp:red"]).frames

    def test_small_numbers_are_a_range(self, tmp_path):
        """In rows, entries, charts and rivals, and the words beside them are dropped."""
        line, few = Timeline(), Quantity(3, 3, 3, text="three kids")
        line.record(
            custody.DetaineesEscaped(facility="f", quantity=few, detail="three kids"),
            occurred="2026-01-06",
            reports=[Report("agency", quote="three kids")],
        )
        counted = line.record(custody.HeadcountReported(facility="f", quantity=few), occurred="2026-01-04")
        line.dispute(counted, rival=custody.HeadcountReported(facility="f", quantity=exactly(2), detail="three kids"))
        line.record(custody.DetaineesTransferred(quantity=few, origin="f", operation="op"), occurred="2026-01-09")
        attack = border.BorderIncidentReported(kind="attack", outcome="foiled", sector="n", quantity=few)
        line.record(attack, occurred="2026-01-01")
        line.record(UnknownEvent("newsroom.unheard_of", 1, {"three kids": 3}))
        line.to_html(tmp_path / "p.html", suppress_below=5)
        text = said(tmp_path / "p.html")
        assert "three kids" not in text
        assert set(re.findall(r'"q":"([^"]*)"', text)) == {"0", "1–4"}
        assert not re.findall(r"number: [23]\b", text)

    def test_findings_keep_their_words_without_numbers(self, tmp_path):
        """The text on a kind of finding names nobody's number."""
        line = Timeline()
        line.record(custody.HeadcountReported(facility="f", quantity=exactly(3)), occurred="2026-01-01")
        line.record(custody.DetaineesEscaped(facility="f", quantity=exactly(4)), occurred="2026-01-02")
        line.to_html(tmp_path / "p.html", suppress_below=5)
        text = said(tmp_path / "p.html")
        assert "more people left a place than can have been there" in text
        assert line.at().findings[0].message not in text

    def test_the_cuts_hold(self, chronicle, tmp_path):
        """Later publications are neither listed nor folded, and neither are later reports."""
        line = Timeline()
        first = Report("agency", published="2026-01-06")
        line.record(
            facility.ControlChanged(facility="f", authority="sdf"),
            occurred="2026-01-05",
            reports=[first, Report("LATER", published="2026-02-06")],
        )
        line.record(
            facility.ControlChanged(facility="f", authority="later"), reports=[Report("x", published="2026-02-06")]
        )
        line.record(facility.ControlChanged(facility="f", authority="later"))
        assert line.to_html(tmp_path / "p.html", reported="2026-01-31").count == 1
        assert "later" not in said(tmp_path / "p.html").lower().replace('"later":', "")
        replay = line.widget(reported="2026-01-31")
        assert "later" not in (replay.log + replay.frames).lower().replace('"later":', "")
        replay.reported = json.loads(replay.log)["published"][0][0]
        assert replay.frames == json.dumps(json.loads(line.widget(reported="2026-01-06").frames), separators=(",", ":"))
        assert line.to_html(tmp_path / "p.html", recorded="2020-01-01").count == 0

    def test_a_lifted_mark_shows_what_is_said_now(self, tmp_path):
        """The entry is listed as read, where only its correction may leave; a redaction is mentioned."""
        line = Timeline()
        seen = line.record(
            border.CrossingOpened(crossing="x", detail="SECRET", about=("tlp:red",)), occurred="2026-01-01"
        )
        line.correct(seen, border.CrossingOpened(crossing="x", detail="public"), reason="cleared")
        line.redact(line.record(border.CrossingOpened(crossing="y", detail="SECRET")), reason="asked to")
        line.to_html(tmp_path / "p.html")
        text = said(tmp_path / "p.html")
        assert "public" in text and '"redacted"' in text and "SECRET" not in text

    def test_the_occurred_clock_is_not_cut(self, tmp_path):
        """A page shows every moment of it."""
        with pytest.raises(InvalidValue, match="'occurred' cannot be set"):
            Timeline().to_html(tmp_path / "p.html", occurred="2026-01-01")


RIMS = ["9999-12-31", "9999", "0001-01-01", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"]


class TestAnything:
    """A page is written whatever the log holds."""

    @pytest.mark.parametrize("tz", ["Pacific/Kiritimati", "Etc/GMT+12"])
    def test_the_rims_of_the_calendar(self, tz, tmp_path):
        """The first and the last moment there are, in a page, a replay and a printed situation."""
        line = Timeline(tz=tz)
        for rim in RIMS:
            changed = facility.ControlChanged(facility="f", authority="sdf")
            line.record(changed, occurred=rim, reports=[Report("agency", published=rim)])
            line.record(agreement.AgreementEnteredIntoForce(agreement="truce", until=rim), occurred="2026-01-05")
        line.to_html(tmp_path / "p.html")
        replay = line.widget()
        for end, _ in json.loads(replay.log)["published"]:
            replay.reported = end
            assert json.loads(replay.frames)["moments"]
        for rim in RIMS:
            assert str(line.at(rim, recorded=rim, reported=rim)).startswith("Situation, ")

    @pytest.mark.parametrize(
        "text", ["\x00", "\x0b", "\x1b", "\x85", "\u2028", "\u202e", "\ud83d", "\ufffe"], ids=ascii
    )
    def test_any_text(self, text, driver, tmp_path):
        """A character that XML or UTF-8 has not stops neither the page nor the browser."""
        line = Timeline()
        names = {"en": f"a{text}b"} if text != "\ud83d" else {}
        line.record(facility.FacilityRegistered(facility="f", kind="camp", names=names, place=names.get("en")))
        report = Report(f"a{text if names else ''}b", quote=names.get("en"))
        line.record(facility.ControlChanged(facility="f", authority="sdf"), occurred="2026-01-20", reports=[report])
        line.to_html(tmp_path / "p.html", title=f"t{text}", names={"sdf": {"en": f"S{text}DF"}})
        line.widget(names={"sdf": {"en": f"S{text}DF"}})
        driver.get((tmp_path / "p.html").as_uri())
        assert driver.find_elements(By.CSS_SELECTOR, "[data-section=facilities] tbody > tr")
        assert driver.get_log("browser") == []

    @pytest.mark.parametrize("kind", ["agreements", "facilities", "crossings"])
    def test_thousands_of_one_kind(self, kind, tmp_path):
        """2,300 of them have a page of a size to open, and a chart of the most reported, which says so."""
        draft = {
            "agreements": lambda n: agreement.AgreementEnteredIntoForce(agreement=f"a-{n}", until="2027-01-01"),
            "facilities": lambda n: facility.ControlChanged(facility=f"f-{n}", authority="sdf"),
            "crossings": lambda n: border.CrossingOpened(crossing=f"c-{n}"),
        }[kind]
        line = Timeline()
        line.record_all([Draft(draft(n), occurred=f"2026-01-{1 + n % 28:02}") for n in range(2300)])
        line.to_html(tmp_path / "p.html")
        text = (tmp_path / "p.html").read_text("utf-8")
        assert "(60 / 2,300)" in text
        assert len(text) < 5_000_000

    @pytest.mark.no_cover
    def test_thousands_of_entries_on_one_thing(self, tmp_path):
        """5,000 counts of one facility, and 5,000 incidents."""
        line = Timeline()
        for event in (
            custody.HeadcountReported(facility="f", quantity=exactly(5)),
            border.BorderIncidentReported(kind="attack", outcome="foiled", sector="n"),
        ):
            line.record_all([Draft(event, occurred=f"20{10 + n % 15}-01-{1 + n % 28:02}") for n in range(5000)])
        assert line.to_html(tmp_path / "p.html").count == 10_000
