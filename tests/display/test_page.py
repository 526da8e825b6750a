"""The page to share, in a real browser: both clocks as `at` has them, two languages, by keyboard, without network."""

from __future__ import annotations

import json
import random
import re

import pytest
from hypothesis import HealthCheck, given, settings

from examples import exchange_tracker
from support.browser import By, Keys, media, violations
from support.pages import data_of
from timeline import Draft, Modality, Projection, Quantity, Report, Timeline, UnknownEvent, exactly
from timeline.answers import behind
from timeline.display.cells import Flag, Word
from timeline.display.page.values import PageValues
from timeline.display.telling import leaving
from timeline.errors import InvalidValue
from timeline.events import agreement, border, custody, editorial, facility
from timeline.events.declare import registered_types
from timeline.history.finding import Finding
from timeline.history.finding_kinds import FindingKind
from timeline.testing.strategies import messy_histories
from timeline.values.instants import instant


@pytest.fixture
def opened(driver, report):
    driver.get("about:blank")
    driver.get(report.as_uri())
    yield driver
    assert driver.get_log("browser") == []


def settle(driver):
    """Wait until the browser has drawn the moment, and what follows when the hand rests."""
    driver.execute_async_script(
        "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 90)))"
    )


def text(driver, selector):
    return driver.execute_script(
        "return [...document.querySelectorAll(arguments[0])].map((found) => found.textContent).join(' | ')"
        ".replace(/[\\u2066-\\u2069]/g, '')",
        selector,
    )


def cell(driver, section, slug, column):
    return text(driver, f"[data-section={section}] tr[data-slug='{slug}'] td[data-column={column}] .value")


def pairs(data, count, seed=11):
    """Give points of both clocks, beside moments at which something changes; None: left free."""
    chosen = random.Random(seed)
    moments = [m for m in data["times"] if m] or [0]

    def one():
        return None if chosen.random() < 0.1 else chosen.choice(moments) + chosen.choice((-1, 0, 1))

    return [(one(), one()) for _ in range(count)]


def same_as_at(driver, line, data, points):
    """Compare every value, and the findings, of the page that is open with those of `at`."""
    values = PageValues(leaving(line), line.tz)
    compared = 0
    for point in points:
        at = [None if end is None else instant(end - 1) for end in point]
        situation = line.at(at[0], reported=at[1])
        known = behind.values_by_path(situation)
        paths = [tuple(path) for path in data["paths"]]
        found = driver.execute_script("return timeline.values(...arguments)", *point)
        wanted = [values.of(p, known[p] if p in known else behind.rest(situation, p)) for p in paths]
        assert found == json.loads(json.dumps(wanted)), point
        assert sorted(driver.execute_script("return timeline.findings(...arguments)", *point)) == sorted(
            finding.message for finding in situation.findings
        ), point
        compared += len(found)
    return compared


class TestBothClocks:
    """The answers of the page are those of `line.at`."""

    def test_three_hundred_pairs_of_clocks(self, opened, demo, report):
        """Every value of the demo, and its findings, at 300 random pairs of clocks."""
        data = data_of(report)
        assert same_as_at(opened, demo, data, pairs(data, 300)) > 30_000

    @settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(messy_histories())
    def test_random_histories(self, driver, tmp_path, history):
        """The values and findings of any history."""
        line = history.timeline()
        line.to_html(tmp_path / "p.html")
        driver.get("about:blank")
        driver.get((tmp_path / "p.html").as_uri())
        data = data_of(tmp_path / "p.html")
        same_as_at(driver, line, data, pairs(data, 10))
        assert driver.get_log("browser") == []

    def test_what_is_shown_is_what_at_says(self, opened, demo, report):
        """The cells show the holder and the numbers of the moment, at 30 pairs of clocks."""
        for occurred, reported in pairs(data_of(report), 30, seed=2):
            at = [None if end is None else instant(end - 1) for end in (occurred, reported)]
            situation = demo.at(at[0], reported=at[1])
            opened.execute_script("timeline.go(...arguments)", occurred, reported)
            settle(opened)
            shown = opened.execute_script(
                "return Object.fromEntries([...document.querySelectorAll('[data-section=custody] tr[data-slug]')].map("
                "(row) => [row.dataset.slug, Object.fromEntries([...row.querySelectorAll('td')].map("
                "(td) => [td.dataset.column, td.textContent.replace(/[\\u2066-\\u2069]/g, '')]))]))"
            )
            for slug, columns in shown.items():
                counted = situation.custody.counted(facility=slug)
                assert columns["counted"] == ("" if counted is None else str(counted)), (slug, occurred, reported)
            names = {slug: found.names.get("en", slug) for slug, found in situation.facilities.items()}
            for slug in names:
                holder = situation.facilities[slug].holder("control")
                told = cell(opened, "facilities", slug, "control")
                if holder is not None and str(holder) != "NOBODY":
                    assert told, (slug, occurred, reported)

    def test_what_is_drawn_step_by_step_is_what_is_drawn_at_once(self, opened, report):
        """Lanes and tables redraw only what changed: after any steps they look as if drawn there first."""
        drawn = (
            "return ['#lanes', '#tables', '#square'].map((part) => document.querySelector(part).cloneNode(true)).map("
            "(part) => (part.querySelectorAll('[hidden]').forEach((gone) => gone.remove()),"
            " part.outerHTML.replaceAll(' class=\"\"', '')))"
        )
        for occurred, reported in pairs(data_of(report), 12, seed=3):
            opened.execute_script("timeline.go(...arguments)", occurred, reported)
            settle(opened)
            stepped = opened.execute_script(drawn)
            opened.execute_async_script(
                "const done = arguments[0];"
                "setTimeout(() => { window.dispatchEvent(new Event('hashchange')); setTimeout(done, 150) }, 250)"
            )
            assert opened.execute_script(drawn) == stepped

    def test_it_opens_at_the_horizon(self, opened, demo):
        """The latest day that anything speaks of, with everything published."""
        end = behind.horizon(demo.at())
        assert opened.find_element(By.ID, "at").get_attribute("value") == instant(end - 1).to_date_string()
        assert opened.find_element(By.ID, "everything").get_attribute("aria-pressed") == "true"

    def test_instants_and_zones(self, driver, tmp_path):
        """A date is the end of that day in the timeline's zone; an instant is itself."""
        line = Timeline(tz="Asia/Baghdad")
        for holder, at in (
            ("sdf", "2026-01-20T10:00:00Z"),
            ("isis", "2026-01-20T20:59:00Z"),
            ("un", "2026-01-20T21:30:00Z"),
        ):
            changed = facility.ControlChanged(facility="f", authority=holder)
            line.record(changed, occurred=at, reports=[Report("agency", published=at)])
        line.to_html(tmp_path / "p.html")
        for address, holder in (("2026-01-20", "isis"), ("2026-01-20T12:00:00Z", "sdf"), ("2026-01-20T21:30:00Z", "un"),
                                ("2026-01-20T21:29:59.999999Z", "isis"), ("2026-01-21", "un")):  # fmt: skip
            driver.get("about:blank")
            driver.get(f"{(tmp_path / 'p.html').as_uri()}#at={address}")
            settle(driver)
            assert cell(driver, "facilities", "f", "control").startswith(holder), address
            assert driver.find_element(By.ID, "at").get_attribute("value") == address
        assert driver.get_log("browser") == []


class Hand:
    """A reader's hand that counts what it does: a click, a key or a typed word is one action."""

    def __init__(self, driver):
        self.driver, self.actions = driver, 0

    def click(self, selector, n=0):
        self.actions += 1
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", found := self._find(selector, n))
        found.click()
        settle(self.driver)

    def type(self, selector, words):
        """Type words into a field, which replaces what is there."""
        self.actions += 1
        field = self._find(selector, 0)
        field.clear()
        field.send_keys(words)
        settle(self.driver)

    def key(self, selector, key):
        self.actions += 1
        self._find(selector, 0).send_keys(key)
        settle(self.driver)

    def choose(self, selector, value):
        """Choose from a list: one key or click."""
        self.actions += 1
        self.driver.execute_script(
            "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change'))",
            self._find(selector, 0), value,
        )  # fmt: skip
        settle(self.driver)

    def _find(self, selector, n):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)[n]


@pytest.fixture
def hand(opened):
    made = Hand(opened)
    settle(opened)
    yield made
    assert made.actions <= 3


class TestTenQuestions:
    """Each is answered from the page alone, in at most three actions."""

    def test_who_held_al_hol_on_the_twentieth(self, hand, demo):
        hand.type("#at", "2026-01-20")
        hand.key("#at", Keys.ENTER)
        shown = cell(hand.driver, "facilities", "al-hol-camp", "control")
        assert demo.at("2026-01-20").facilities["al-hol-camp"].holder("control") is not None
        assert shown.lower().startswith("nobody")

    def test_who_held_al_aqtan_as_published_by_the_21st(self, hand, demo):
        hand.type("#reported", "2026-01-21")
        hand.key("#reported", Keys.ENTER)
        before = cell(hand.driver, "facilities", "al-aqtan-prison", "control")
        now = demo.at(reported="2026-01-21").facilities["al-aqtan-prison"].holder("control")
        assert now == "syria-gov"
        assert "21 Jan 2026" in before

    def test_who_says_fifteen_hundred(self, hand, demo):
        hand.type("#text", "1,500")
        quantities = ((e, getattr(e.event, "quantity", None)) for e in demo.entries())
        sources = {e.reports[0].source for e, q in quantities if q is not None and 1500 in (q.low, q.best, q.high)}
        listed = text(hand.driver, "#entries .sources")
        assert sources
        assert [source for source in sources if source not in listed] == []

    def test_what_changed_on_the_nineteenth(self, hand):
        hand.type("#at", "2026-01-19")
        hand.key("#at", Keys.ENTER)
        assert text(hand.driver, "#happened-title") == "Happened on 19 January 2026"
        assert "Shaddadi" in text(hand.driver, "#happened")

    def test_what_is_overdue(self, hand):
        assert "overdue" in text(hand.driver, "[data-section=agreements] td")
        assert "overdue" in text(hand.driver, "#state")

    def test_which_reports_came_more_than_a_week_late(self, hand, demo):
        hand.choose("#kind", "late")
        late = hand.driver.find_elements(By.CSS_SELECTOR, "#entries > li .late")
        assert len(late) == len(hand.driver.find_elements(By.CSS_SELECTOR, "#entries > li")) > 2
        assert all(int(re.search(r"(\d+) days later", found.text)[1]) >= 7 for found in late)

    def test_where_the_rival_totals_are(self, hand):
        hand.choose("#kind", "differ")
        hand.click("[data-section=custody] button.differ:not([hidden])")
        assert hand.driver.find_elements(By.CSS_SELECTOR, "#claims .versions > li")

    def test_what_was_corrected(self, hand, demo):
        """From what to what: each correction, and the entry as it was."""
        hand.choose("#kind", "corrected")
        corrections = [entry for entry in demo.entries() if isinstance(entry.event, editorial.EventCorrected)]
        shown = hand.driver.find_elements(By.CSS_SELECTOR, "#entries > li")
        assert len(shown) == len(corrections) > 1
        assert all("Corrected to: " in found.text and "before: " in found.text for found in shown)
        assert "5,703 people moved so far" in text(hand.driver, "#entries > li") and "5,064 people moved" in text(
            hand.driver, "#entries .was"
        )

    def test_cite_one_figure(self, hand, demo):
        hand.click("[data-section=custody] tr[data-slug=al-hol-camp] td[data-column=counted] .value")
        hand.driver.execute_script("navigator.clipboard.writeText = async () => undefined")
        hand.click("#claims .figure button")
        cited = hand.driver.find_element(By.CSS_SELECTOR, "#claims .figure button").get_attribute("data-copied")
        assert str(demo.at().custody.counted(facility="al-hol-camp")) in cited
        assert demo.head().digest.hex() in cited and demo.seal().root.hex() in cited
        assert "#at=" in cited

    def test_find_an_arabic_quote(self, driver, tmp_path):
        """By a word of it, on a page in English."""
        line = Timeline.demo()
        fled = next(e for e in line.entries() if isinstance(e.event, custody.DetaineesEscaped))
        quoted = Report("Enab Baladi", published="2026-01-20", language="ar", quote="فرّ المئات من السجن فجرا")
        line.corroborate(fled, reports=[quoted])
        line.to_html(tmp_path / "p.html")
        driver.get((tmp_path / "p.html").as_uri())
        hand = Hand(driver)
        hand.type("#text", "المئات")
        hand.click("#entries > li button.link")
        assert hand.actions <= 3
        assert "فرّ المئات" in text(driver, "#claims q")
        assert driver.find_element(By.CSS_SELECTOR, "#claims q").get_attribute("dir") == "auto"


class TestAddress:
    """A moment has an address, and everything follows it."""

    def test_the_address_is_read_and_written(self, opened, report):
        """Both clocks, the entry that is open, the language and the search."""
        opened.get("about:blank")
        opened.get(f"{report.as_uri()}#at=2026-01-21&reported=2026-01-23&entry=R018&lang=ar&q=SDF")
        settle(opened)
        assert [opened.find_element(By.ID, id).get_attribute("value") for id in ("at", "reported")] == [
            "2026-01-21",
            "2026-01-23",
        ]
        assert opened.find_element(By.ID, "claims").get_attribute("open")
        opened.execute_script("document.querySelector('#claims').close()")
        opened.execute_async_script("setTimeout(arguments[0], 400)")
        address = opened.execute_script("return location.hash")
        assert "at=2026-01-21" in address and "reported=2026-01-23" in address and "lang=ar" in address
        assert "entry" not in address

    def test_an_address_filters_everything(self, opened, report):
        """A page that opens with a filter in its address has only the rows of that."""
        opened.get("about:blank")
        opened.get(f"{report.as_uri()}#place=al-hol-camp")
        settle(opened)
        rows = opened.find_elements(By.CSS_SELECTOR, "[data-section=facilities] tbody > tr:not([hidden])")
        assert [row.get_attribute("data-slug") for row in rows] == ["al-hol-camp"]

    def test_copy_link(self, opened):
        """The link is the address of what is shown."""
        opened.execute_script("navigator.clipboard.writeText = async () => undefined")
        opened.execute_script("document.querySelector('#copy-link').click()")
        copied = opened.find_element(By.ID, "copy-link").get_attribute("data-copied")
        assert re.search(r"report\.html#at=\d{4}-\d\d-\d\d$", copied)


class TestReading:
    """It opens from disk, speaks two languages, and is read by everybody."""

    def test_it_needs_no_network(self, opened, report):
        """Nothing is loaded but the file itself; a policy in it forbids the rest."""
        loaded = opened.execute_script("return performance.getEntriesByType('resource').map((r) => r.name)")
        assert [name for name in loaded if not name.startswith("data:")] == []
        written = report.read_text("utf-8")
        assert "default-src 'none'" in written
        assert not re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=.https?:", written)

    @pytest.mark.slow
    def test_size(self, report):
        """The page of the demo has at most 700 kB."""
        assert report.stat().st_size <= 700_000

    def test_the_clocks_are_moved_by_keyboard(self, opened):
        """Arrow keys move by a day, page keys to the next day with an event, and what is shown is read aloud."""
        line = opened.find_element(By.ID, "hair")
        line.send_keys(Keys.PAGE_UP)
        settle(opened)
        before = opened.find_element(By.ID, "at").get_attribute("value")
        line.send_keys(Keys.ARROW_LEFT)
        settle(opened)
        assert opened.find_element(By.ID, "at").get_attribute("value") < before
        assert line.get_attribute("aria-valuetext")
        point = opened.find_element(By.ID, "point")
        point.send_keys(Keys.ARROW_DOWN)
        settle(opened)
        assert opened.find_element(By.ID, "everything").get_attribute("aria-pressed") == "false"
        assert "as published by" in text(opened, "#state")
        assert opened.find_element(By.ID, "state").get_attribute("aria-live") == "polite"

    def test_a_mark_is_opened_by_keyboard(self, opened):
        """Enter on a mark of differing sources opens the versions; Escape closes them, and the focus is back."""
        mark = opened.find_element(By.CSS_SELECTOR, "#marks .mark")
        mark.send_keys(Keys.ENTER)
        settle(opened)
        assert len(opened.find_elements(By.CSS_SELECTOR, "#claims .versions > li")) > 1
        opened.switch_to.active_element.send_keys(Keys.ESCAPE)
        settle(opened)
        assert not opened.find_element(By.ID, "claims").get_attribute("open")

    def test_arabic_is_set_from_right_to_left(self, opened):
        """Text turns; time runs from left to right in both languages, and the moment stays."""
        opened.execute_script("document.querySelector('.languages [lang=ar]').click()")
        settle(opened)
        html = opened.find_element(By.TAG_NAME, "html")
        assert (html.get_attribute("lang"), html.get_attribute("dir")) == ("ar", "rtl")
        assert "مخيم الهول" in text(opened, "[data-section=facilities]")
        places = opened.execute_script(
            "return [...document.querySelectorAll('#lanes .axis.major')].map((t) => t.getBoundingClientRect().left)"
        )
        assert places == sorted(places) and len(places) > 1

    def test_filters_act_on_everything(self, opened, demo):
        """Entries, rows, findings and lanes follow one predicate."""
        hand = Hand(opened)
        hand.choose("#facility", "al-hol-camp")
        rows = opened.find_elements(By.CSS_SELECTOR, "[data-section=facilities] tbody > tr:not([hidden])")
        assert [row.get_attribute("data-slug") for row in rows] == ["al-hol-camp"]
        assert opened.find_elements(By.CSS_SELECTOR, "#bars > g.gone")
        listed = opened.find_elements(By.CSS_SELECTOR, "#entries > li")
        tagged = {f"entry-{entry.id}" for entry in demo.entries() if "facility:al-hol-camp" in entry.tags}
        assert listed and {found.get_attribute("id") for found in listed} <= tagged
        hand.click("#clear")
        assert not opened.find_elements(By.CSS_SELECTOR, "#bars > g.gone")

    @pytest.mark.parametrize("language", ["en", "ar"])
    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_it_is_accessible(self, opened, language, theme):
        """axe-core finds nothing serious, in either language and theme, also with the versions open."""
        media(opened, prefers_color_scheme=theme)
        opened.execute_script("document.querySelector(`.languages [lang=${arguments[0]}]`).click()", language)
        settle(opened)
        found = violations(opened)
        opened.find_element(By.CSS_SELECTOR, "#marks .mark").send_keys(Keys.ENTER)
        settle(opened)
        found += violations(opened)
        media(opened, prefers_color_scheme="light")
        assert found == []

    def test_nothing_jumps(self, opened):
        """Tables stay where they are while the clocks move."""
        where = "return [...document.querySelectorAll('#tables section')].map((s) => s.getBoundingClientRect().top)"
        settle(opened)
        before = opened.execute_script(where)
        for at in ("2025-12-20", "2026-01-20", "2026-02-10"):
            opened.execute_script("location.hash = `at=${arguments[0]}`", at)
            settle(opened)
            assert opened.execute_script(where) == before

    def test_a_daily_step_is_fast(self, opened):
        """The mean of 60 daily steps takes at most 16 ms of the main thread; a busy machine gets twice that."""
        opened.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})

        def busy():
            metrics = opened.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
            return next(m["value"] for m in metrics if m["name"] == "TaskDuration")

        opened.execute_script("location.hash = 'at=2025-12-20'")
        settle(opened)
        start = busy()
        opened.execute_async_script(
            "const done = arguments[0]; let n = 0;"
            "const step = () => { timeline.go(1766275200e6 + n * 86400e6, null); n += 1;"
            "requestAnimationFrame(n < 60 ? step : done) }; step();"
        )
        assert (busy() - start) / 60 <= 0.032

    def test_print_lists_every_entry_with_its_sources(self, opened, demo):
        """Before printing, all that happened by then is listed, with quotes, and findings are opened."""
        opened.execute_script("window.dispatchEvent(new Event('beforeprint'))")
        assert len(opened.find_elements(By.CSS_SELECTOR, "#entries > li")) > 250
        assert len(opened.find_elements(By.CSS_SELECTOR, "#entries q")) > 100
        assert opened.find_elements(By.CSS_SELECTOR, "#findings details[open] li")

    def test_paper_shows_whole_lists_tables_and_drawings(self, opened):
        """On A4, lists have their lines, tables are no wider than the paper, and drawings have no blank bands."""
        opened.execute_script("location.hash = 'at=2026-01-25'")
        settle(opened)
        size = {"width": 703, "height": 1031, "deviceScaleFactor": 1, "mobile": False}
        opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        opened.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        opened.execute_script("window.dispatchEvent(new Event('beforeprint'))")
        sizes = opened.execute_script(
            "const box = (part) => document.querySelector(part);"
            "return [box('#happened').clientHeight, box('#happened').scrollHeight, box('.table-custody').offsetWidth,"
            " box('#lanes').offsetHeight - box('#lanes svg').getBoundingClientRect().height,"
            " [...document.querySelectorAll('#tables .cell')].filter((c) => c.scrollHeight > c.clientHeight + 1).length]"
        )
        opened.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
        height, inside, table, blank, cut = sizes
        assert height >= inside > 20
        assert table <= 703
        assert abs(blank) < 2
        assert cut == 0

    def test_a_table_is_one_for_a_screen_reader_on_a_phone(self, opened):
        """Its cells stand below one another there. That takes the roles of a table away in some browsers."""
        size = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
        opened.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        settle(opened)
        opened.execute_cdp_cmd("Accessibility.enable", {})
        root = opened.execute_cdp_cmd("DOM.getDocument", {})["root"]["nodeId"]
        wanted = {"nodeId": root, "selector": "[data-section=custody] table"}
        table = opened.execute_cdp_cmd("DOM.querySelector", wanted)["nodeId"]
        seen = {
            role: len(opened.execute_cdp_cmd("Accessibility.queryAXTree", {"nodeId": table, "role": role})["nodes"])
            for role in ("table", "row", "rowheader", "cell")
        }
        given = opened.execute_script(
            "return [...document.querySelectorAll('#tables :is(table, thead, tbody, tr, th, td)')]"
            ".filter((one) => !one.getAttribute('role')).length"
        )
        opened.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        assert seen["table"] == 1
        assert seen["row"] >= seen["rowheader"] > 10
        assert seen["cell"] > 10
        assert given == 0

    def test_a_phone_does_not_scroll_sideways(self, opened):
        """At 390 pixels the page is as wide as the screen, and so is every table."""
        size = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
        opened.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        settle(opened)
        width = opened.execute_script("return document.documentElement.scrollWidth")
        boxes = "[...document.querySelectorAll('.scroll')].filter((box) => box.scrollWidth > box.clientWidth)"
        wide = opened.execute_script(f"return {boxes}.length")
        opened.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        assert width <= 390 and wide == 0


class TestWithoutScript:
    """The last state and the charts, drawn in Python."""

    @pytest.mark.parametrize("language", ["en", "ar"])
    @pytest.mark.slow
    def test_the_state_is_in_the_page(self, demo, tmp_path, language):
        """Tables, latest entries and charts, in the language of the page."""
        demo.to_html(tmp_path / "p.html", language=language)
        still = (tmp_path / "p.html").read_text("utf-8").partition("<noscript>")[2].partition("</noscript>")[0]
        assert {"en": "Al-Hol camp", "ar": "مخيم الهول"}[language] in still
        assert {"en": "People in custody", "ar": "المحتجزون"}[language] in still
        assert still.count("<figure>") >= 4
        assert not re.search(r"<time>[^<]*[~/]", still)
        assert {"en": "signed SDF, signed Syrian government", "ar": "مُوقَّع قسد، مُوقَّع الحكومة السورية"}[
            language
        ] in re.sub("[\u2066-\u2069]", "", still)
        assert "<script" not in still

    def test_charts_are_drawn(self, driver, report, tmp_path):
        """Every chart is an image with a description, and loads."""
        page = report.read_text("utf-8").replace("<noscript>", "<div>").replace("</noscript>", "</div>")
        (tmp_path / "still.html").write_text(page.replace('type="module"', 'type="text/plain"'), encoding="utf-8")
        driver.get((tmp_path / "still.html").as_uri())
        sizes = driver.execute_async_script(
            "const done = arguments[0], images = [...document.querySelectorAll('figure img')];"
            "Promise.all(images.map((i) => i.decode())).then(() => done(images.map((i) => [i.alt, i.naturalWidth])))"
        )
        assert len(sizes) >= 4
        assert all(alt and width > 300 for alt, width in sizes)


def test_a_domain_of_your_own_is_shown(driver, tmp_path):
    """Tables of one's own projections at both clocks; entries that nobody declared are counted on top."""
    line = Timeline(projections=exchange_tracker.PROJECTIONS)
    exchange_tracker.load(line)
    line.record(UnknownEvent("newsroom.unheard_of", 1, {}))
    line.to_html(tmp_path / "p.html")
    driver.get((tmp_path / "p.html").as_uri())
    settle(driver)
    data = data_of(tmp_path / "p.html")
    assert {"deals", "releases", "lists"} <= {table["id"] for table in data["tables"]}
    same_as_at(driver, line, data, pairs(data, 20))
    assert "1 entries are of types" in text(driver, ".unknown")
    assert "agreed to exchange" in text(driver, "body")
    assert driver.find_elements(By.CSS_SELECTOR, "[data-section=deals] .value:not([hidden])")
    assert driver.get_log("browser") == []


class TestFindings:
    """Findings in the reader's language, with their meaning and what to do."""

    @pytest.mark.parametrize(("language", "said", "remedy"), [
        ("en", "Iraqi families' return from al-Hol (iraqi): 15,000 are claimed (Shafaq News), after", "Correct the wrong total"),
        ("ar", "مجموع معلن أدنى من سابقه", "صحّح المجموع الخاطئ"),
    ])  # fmt: skip
    def test_a_finding_says_what_is_wrong_and_what_to_do(self, opened, language, said, remedy):
        """Names stand for slugs; in Arabic no finding is English."""
        opened.execute_script("document.querySelector(`.languages [lang=${arguments[0]}]`).click()", language)
        settle(opened)
        opened.execute_script("document.querySelectorAll('#findings details').forEach((one) => (one.open = true))")
        settle(opened)
        shown = text(opened, "#findings [data-kind=total_fell]")
        assert said in shown and remedy in shown
        assert opened.find_elements(By.CSS_SELECTOR, "#findings [data-kind=disputed] li li button.link")
        messages = text(opened, "#findings li > span")
        assert bool(re.search("[A-Za-z]", messages)) == (language == "en")

    def test_a_kind_of_your_own_speaks_for_itself(self, driver, tmp_path):
        """It has no explanation, and its message is shown in any language."""
        counts = Projection(
            name="counts",
            keys=lambda reading: (
                [reading.event.facility] if isinstance(reading.event, custody.HeadcountReported) else []
            ),
            evolve=lambda before, reading, key: reading.event.quantity,
            check=lambda before, reading, after, key: [Finding("too_round", f"{key}: a round number", ("counts", key))],
        )
        line = Timeline(projections=[counts])
        line.record(custody.HeadcountReported(facility="a-camp", quantity=exactly(100)), occurred="2026-01-20")
        own = line.at().findings.of(kind="too_round")
        line.to_html(tmp_path / "p.html", language="ar")
        driver.get((tmp_path / "p.html").as_uri())
        settle(driver)
        driver.execute_script("document.querySelectorAll('#findings details').forEach((one) => (one.open = true))")
        settle(driver)
        assert [found.message for found in own] == ["a-camp: a round number"]
        assert own[0].message in text(driver, "#findings [data-kind=too_round]")
        assert not driver.find_elements(By.CSS_SELECTOR, "#findings [data-kind=too_round] .explained")


class TestSafety:
    """Text of sources stays text in a browser too."""

    HOSTILE = "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"

    def test_no_quote_runs(self, driver, tmp_path):
        """A hostile quote, name, source and address are shown and do nothing."""
        line = Timeline()
        names = {"en": self.HOSTILE, "ar": self.HOSTILE}
        line.record(facility.FacilityRegistered(facility="al-hol-camp", kind="camp", names=names))
        report = Report(self.HOSTILE, published="2026-01-21", quote=self.HOSTILE, url="javascript:window.hacked = 1",
                        attributed_to=self.HOSTILE)  # fmt: skip
        changed = facility.ControlChanged(facility="al-hol-camp", authority="sdf", detail=self.HOSTILE)
        entry = line.record(changed, occurred="2026-01-20", reports=[report])
        line.to_html(tmp_path / "hostile.html", title=self.HOSTILE)
        driver.get(f"{(tmp_path / 'hostile.html').as_uri()}#entry={entry.id}")
        settle(driver)
        driver.execute_script("window.dispatchEvent(new Event('beforeprint'))")
        assert driver.execute_script("return window.hacked") is None
        assert self.HOSTILE in text(driver, "h1")
        assert self.HOSTILE in text(driver, "#claims q")
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
        with pytest.raises(InvalidValue, match="expected 'en' or 'ar'"):
            Timeline().to_html(tmp_path / "x.html", language="fr")

    def test_an_empty_timeline_has_a_page(self, driver, tmp_path):
        """Nothing recorded is shown as such, without complaint."""
        Timeline().to_html(tmp_path / "empty.html")
        driver.get((tmp_path / "empty.html").as_uri())
        assert driver.find_element(By.TAG_NAME, "h1").text == "Timeline"
        assert not re.search("null|undefined|NaN", driver.find_element(By.ID, "page").text)
        assert driver.get_log("browser") == []


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
    """Return everything that a page says, but without the code that draws it."""
    written = path.read_text("utf-8")
    return written[written.index("<noscript>") : written.index('<script type="module">')]


class TestMarkings:
    """A page and a replay hold what every export holds: nothing marked, within the cuts."""

    @pytest.mark.slow
    def test_what_is_marked_stays(self, tmp_path):
        """No name, number, rival, reason, source or finding of a marked entry leaves, unless it is allowed."""
        line, path = marked(), tmp_path / "p.html"
        written = line.to_html(path)
        assert (written.count, dict(written.reduced)) == (4, {"rival claims marked tlp:red": 1})
        assert sum(written.left_out.values()) == 5
        for text in (said(path), line.widget().page):
            assert not re.findall(r"SECRET|(?<![0-9a-f])777,?(\d)\1\1(?![0-9a-f])", text)  # nor in a digest by chance
        assert line.to_html(path, allow=["tlp:red"]).count == len(line.entries())
        assert "SECRET" in said(path)
        assert "777222" in line.widget(allow=["tlp:red"]).page

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
        assert set(re.findall(r'"q":\[(\d+),', text)) == {"0", "1"}
        assert "1–4" in text
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

    def test_the_cuts_hold(self, tmp_path):
        """Later publications are neither listed nor folded, and neither are later reports."""
        line = Timeline()
        first = Report("agency", published="2026-01-06")
        changed = facility.ControlChanged(facility="f", authority="sdf")
        late = Report("BELATED", published="2026-02-06")
        line.record(changed, occurred="2026-01-05", reports=[first, late])
        belated = facility.ControlChanged(facility="f", authority="belated")
        line.record(belated, reports=[Report("x", published="2026-02-06")])
        line.record(belated)
        assert line.to_html(tmp_path / "p.html", reported="2026-01-31").count == 1
        assert "belated" not in said(tmp_path / "p.html").lower()
        assert "belated" not in line.widget(reported="2026-01-31").page.lower()
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

    @pytest.mark.parametrize("undated", [False, True])
    def test_keys_go_nowhere_where_there_is_nowhere_to_go(self, undated, driver, tmp_path):
        """Without any date, the clocks stay where they are, and the sliders still say where that is."""
        line = Timeline()
        if undated:
            line.record(facility.ControlChanged(facility="f", authority="sdf"))
        line.to_html(tmp_path / "p.html")
        driver.get((tmp_path / "p.html").as_uri())
        for id in ("hair", "point"):
            for key in (Keys.PAGE_UP, Keys.PAGE_DOWN, Keys.HOME, Keys.END, Keys.ARROW_UP, Keys.ARROW_LEFT):
                driver.find_element(By.ID, id).send_keys(key)
        settle(driver)
        assert driver.find_element(By.ID, "point").get_attribute("aria-valuenow") == "0"
        assert "all that has been published" in text(driver, "#state")
        assert driver.get_log("browser") == []

    def test_plans_alone_are_not_overdue(self, driver, tmp_path):
        """Without a horizon there is no today, as `at` has it."""
        line = Timeline()
        plan = custody.TransferPlanned(operation="op", quantity=exactly(7))
        line.record(plan, occurred="2026-01", modality=Modality.PLANNED, reports=[Report("a", published="2025-12-01")])
        line.to_html(tmp_path / "p.html")
        driver.get((tmp_path / "p.html").as_uri())
        settle(driver)
        assert [found.overdue for found in line.at().plans] == [False]
        assert text(driver, "#plans .outcome") == "foreseen"

    def test_long_names_stay_in_their_place(self, driver, tmp_path):
        """A label of a lane ends where the lane begins; the whole name is its title."""
        long = "A detention facility with a name of many words " * 6
        line = Timeline()
        for slug, names in (("f", {"en": long}), ("g", {"ar": "سجن طويل الاسم جدا " * 16})):
            line.record(facility.FacilityRegistered(facility=slug, kind="prison", names=names))
            line.record(facility.ControlChanged(facility=slug, authority="sdf"), occurred="2026-01-01")
        line.to_html(tmp_path / "p.html")
        driver.get((tmp_path / "p.html").as_uri())
        settle(driver)
        right = "return Math.max(...[...document.querySelectorAll('.lane-label')].map((t) => t.getBBox().x + t.getBBox().width))"
        assert driver.execute_script(right) <= 180
        assert long.strip() in text(driver, ".lane-label title")

    def test_an_account_and_a_recorder_have_names(self, driver, tmp_path):
        """Accounts of the ledger are named in the reader's language; an entry says who recorded it."""
        line = Timeline()
        moved = custody.DetaineesTransferred(quantity=exactly(5), origin="f")
        entry = line.record(moved, occurred="2026-01-01", recorder="desk-3")
        line.to_html(tmp_path / "p.html", language="ar")
        driver.get(f"{(tmp_path / 'p.html').as_uri()}#entry={entry.id}")
        settle(driver)
        assert "أماكن أخرى غير مذكورة" in text(driver, "[data-section=custody] tbody th")
        assert "desk-3" in text(driver, "#claims")

    @pytest.mark.parametrize("tz", ["Pacific/Kiritimati", "Etc/GMT+12"])
    def test_the_rims_of_the_calendar(self, tz, driver, tmp_path):
        """The first and the last moment there are, in a page, a replay and a printed situation."""
        line = Timeline(tz=tz)
        for rim in RIMS:
            changed = facility.ControlChanged(facility="f", authority="sdf")
            line.record(changed, occurred=rim, reports=[Report("agency", published=rim)])
            line.record(agreement.AgreementEnteredIntoForce(agreement="truce", until=rim), occurred="2026-01-05")
        line.to_html(tmp_path / "p.html")
        driver.get((tmp_path / "p.html").as_uri())
        settle(driver)
        assert driver.get_log("browser") == []
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
        settle(driver)
        assert driver.find_elements(By.CSS_SELECTOR, "[data-section=facilities] tbody > tr")
        assert driver.get_log("browser") == []

    @pytest.mark.parametrize(("kind", "many"), [("agreements", 2300), ("facilities", 300), ("crossings", 300)])
    @pytest.mark.slow
    def test_thousands_of_one_kind(self, kind, many, tmp_path):
        """They have a page of a size to open, and a chart of the most reported, which says so."""
        draft = {
            "agreements": lambda n: agreement.AgreementEnteredIntoForce(agreement=f"a-{n}", until="2027-01-01"),
            "facilities": lambda n: facility.ControlChanged(facility=f"f-{n}", authority="sdf"),
            "crossings": lambda n: border.CrossingOpened(crossing=f"c-{n}"),
        }[kind]
        line = Timeline()
        line.record_all([Draft(draft(n), occurred=f"2026-01-{1 + n % 28:02}") for n in range(many)])
        line.to_html(tmp_path / "p.html")
        text = (tmp_path / "p.html").read_text("utf-8")
        assert f"60 of {many:,}" in text
        assert len(text) < 5_000_000

    @pytest.mark.no_cover
    @pytest.mark.slow
    def test_thousands_of_entries_on_one_thing(self, tmp_path):
        """Many counts of one facility, and many incidents."""
        line = Timeline()
        for event in (
            custody.HeadcountReported(facility="f", quantity=exactly(5)),
            border.BorderIncidentReported(kind="attack", outcome="foiled", sector="n"),
        ):
            line.record_all([Draft(event, occurred=f"20{10 + n % 15}-01-{1 + n % 28:02}") for n in range(800)])
        assert line.to_html(tmp_path / "p.html").count == 1600
