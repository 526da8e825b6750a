"""Pages of logs with facts of one kind: counts alone, agreements alone, names that several places share."""

from __future__ import annotations

from pathlib import Path

import pytest

from timeline import Projection, Report, Timeline, about, exactly
from timeline.display import charts
from timeline.display.sheets import sheet
from timeline.display.words import names_in
from timeline.events import agreement, border, custody, entity, facility

SOURCE = [Report("A", published="2026-01-20")]


@pytest.fixture
def shown(driver, tmp_path: Path):
    """Return a function that opens the page of a timeline, and returns what an expression finds there."""

    def opened(line: Timeline, expression: str = "document.querySelector('#state').textContent", **options: object):
        line.to_html(tmp_path / "p.html", **options)
        driver.get("about:blank")
        driver.get((tmp_path / "p.html").as_uri())
        found = driver.execute_script(f"return {expression}")
        assert driver.get_log("browser") == []
        return found.translate(dict.fromkeys(range(0x2066, 0x206A))) if isinstance(found, str) else found

    return opened


def counted(*numbers: int, **options: object) -> Timeline:
    """Record how many were counted in as many jails."""
    line = Timeline()
    for at, number in enumerate(numbers):
        event = custody.HeadcountReported(facility=f"jail-{at}", quantity=exactly(number), **options)
        line.record(event, occurred="2026-01-20", reports=SOURCE)
    return line


class TestSentence:
    """The sentence above the fold says what there is."""

    def test_people_held_where_nobody_controls_anything(self, shown):
        """The largest numbers, their places, and how many places were counted."""
        said = shown(counted(12, 0, 2079, 5, 40, 7))
        assert said.endswith("Held: 2,079 in Jail-2, 40 in Jail-4, 12 in Jail-0, 7 in Jail-5; 6 places counted.")
        assert shown(counted(12), language="ar").endswith("المحتجزون: 12 في Jail-0.")

    def test_headcounts_of_authorities(self, shown):
        """By authority and cohort, as exactly as they are known."""
        line = Timeline()
        event = custody.HeadcountReported(authority="ukraine", cohort="prisoners-of-war", quantity=about(496))
        line.record(event, occurred="2026-01-20", reports=SOURCE)
        assert shown(line).endswith(
            "Last count of those held by ukraine: about 496 people (prisoners-of-war), 20 January 2026."
        )

    def test_many_agreements_are_counted_by_status(self, shown):
        """Of a few, the sentence names the one to know."""
        line = Timeline()
        for at in range(13):
            line.record(agreement.AgreementSigned(agreement=f"deal-{at}"), occurred="2026-01-18", reports=SOURCE)
        line.record(agreement.AgreementTerminated(agreement="deal-3"), occurred="2026-01-20", reports=SOURCE)
        assert shown(line).endswith("Agreements: 12 signed, 1 terminated.")

    def test_a_value_is_never_read_as_a_text_to_fill(self, shown):
        """A name may hold the mark of another place."""
        line = Timeline()
        line.record(facility.ControlChanged(facility="f", authority="{1}{2}"), occurred="2026-01-20", reports=SOURCE)
        assert shown(line).endswith("{1}{2} held 1 of 1 place.")

    @pytest.mark.parametrize(
        ("many", "arabic"), [(1, "موقع واحد"), (2, "موقعين"), (3, "3 مواقع"), (11, "11 موقعا"), (100, "100 موقع")]
    )
    def test_a_noun_has_the_form_that_its_number_asks_for(self, shown, many, arabic):
        """In Arabic, also behind a preposition."""
        line = Timeline()
        for at in range(many):
            taken = facility.ControlChanged(facility=f"f-{at}", authority="sdf")
            line.record(taken, occurred="2026-01-20", reports=SOURCE)
        assert shown(line, language="ar").endswith(f"بيد sdf {many} من أصل {arabic}.")

    def test_anything_else_is_counted_in_entries(self, shown):
        """A sentence is never empty."""
        line = Timeline()
        line.record(border.CrossingClosed(crossing="al-qaim"), occurred="2026-01-20", reports=SOURCE)
        assert shown(line).endswith("Entries: 1 of 1 entry.")


class TestPlaces:
    """No dot, mark or name is hidden or cut off."""

    def test_what_was_published_long_after_is_at_the_rim_of_the_square(self, shown):
        """A census is published when all of it has happened: no dot would be left."""
        line = Timeline()
        for day in range(1, 29):
            held = custody.HeadcountReported(facility="camp", quantity=exactly(day))
            line.record(held, occurred=f"2026-01-{day:02}", reports=[Report("A", published="2027-01-01")])
        assert shown(line, "document.querySelectorAll('#square .dot').length") > 20

    def test_no_day_of_the_axis_is_one_of_the_next_month(self, shown):
        """February has no 29th, and the 29th of other months would touch the name of the next one."""
        line = Timeline()
        for month, day in ((1, 20), (2, 20), (3, 20), (4, 5)):
            closed = border.CrossingClosed(crossing="al-qaim")
            line.record(closed, occurred=f"2026-{month:02}-{day:02}", reports=SOURCE)
        marks = shown(line, "[...document.querySelectorAll('#lanes text')].map((found) => found.textContent)")
        assert "22" in marks
        assert "29" not in marks

    def test_names_that_differ_in_their_end_are_whole(self, shown):
        """No name is cut off in a table."""
        line = Timeline()
        for end in ("north", "south"):
            held = custody.HeadcountReported(facility=f"{'a-very-long-name-' * 8}{end}", quantity=exactly(5))
            line.record(held, occurred="2026-01-20", reports=SOURCE)
        cut = "[...document.querySelectorAll('.row-name')].filter((one) => one.scrollHeight > one.clientHeight + 1).length"
        assert shown(line, cut) == 0

    def test_a_unit_is_a_word_of_the_language(self, shown):
        """A slug of a unit is Latin letters to a reader of Arabic."""
        walls = Projection(
            name="walls",
            keys=lambda reading: [reading.event.sector] if isinstance(reading.event, border.BorderMeasureTaken) else [],
            evolve=lambda _, reading, key: reading.event.quantity,
        )
        line = Timeline(projections=[walls])
        built = border.BorderMeasureTaken(sector="s", measure="wall", quantity=about(350, unit="km-of-wall"))
        line.record(built, occurred="2026-01-20", reports=SOURCE)
        cell = "document.querySelector('[data-section=walls] td .value').textContent"
        assert shown(line, cell) == "≈350 km of wall"
        assert shown(line, cell, language="ar") == "≈350 كيلومترات من الجدار"

    def test_no_number_or_heading_is_cut_off(self, driver, demo, tmp_path):
        """Also beside the sign that sources differ, and in a column of half a page."""
        demo.to_html(tmp_path / "p.html")
        driver.get((tmp_path / "p.html").as_uri())
        cut = driver.execute_script(
            "return [...document.querySelectorAll('#tables :is(thead th, td.number .cell, td .value)')].filter((one) =>"
            "one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 3).map((one) => one.textContent)"
        )
        assert cut == []

    def test_an_agreement_has_the_date_of_its_status(self, shown):
        """Unless the entry gives none."""
        line = Timeline()
        line.record(agreement.AgreementSigned(agreement="deal"), occurred="2026-01-18", reports=SOURCE)
        cell = "document.querySelector('[data-section=agreements] td .value').textContent"
        assert shown(line, cell) == "signed since 18 Jan 2026"
        line.record(agreement.AgreementTerminated(agreement="deal"), reports=[Report("A", published="2026-02-01")])
        assert shown(line, cell) == "terminated"
        line = Timeline()
        report = Report("A", published="2026-01-18T14:30:00Z")
        line.record(agreement.AgreementSigned(agreement="deal"), occurred="2026-01-18", reports=[report])
        assert shown(line, cell) == "signed since 18 Jan 2026"


class TestPanels:
    """A panel that never has anything to show is not on the page."""

    TITLE = "document.querySelector('#lanes-title').textContent"

    def test_places_that_are_only_counted_have_a_lane_of_numbers(self, shown):
        """The largest comes first, with its number at the moment; nothing is said of control."""
        line = counted(12, 2079)
        assert shown(line, self.TITLE) == "How many were held"
        found = shown(line, "[...document.querySelectorAll('#lanes .lane-label')].map((e) => e.firstChild.data)")
        assert found == ["Jail-1", "Jail-0"]
        numbers = shown(line, "[...document.querySelectorAll('#lanes .lane-number')].map((e) => e.textContent)")
        assert [number.strip("\u2068\u2069") for number in numbers] == ["2,079", "12"]
        assert shown(line, "document.querySelectorAll('#lanes path.count[d^=M]').length") == 2
        assert shown(line, "document.querySelectorAll('#legend .nobody').length") == 0

    def test_without_control_and_counts_the_slider_stands_alone(self, shown):
        """Its panel is low, and named for the entries of each day; no list is there of which nothing is known."""
        line = Timeline()
        line.record(agreement.AgreementSigned(agreement="deal"), occurred="2026-01-18", reports=SOURCE)
        assert shown(line, self.TITLE) == "Entries by day"
        assert shown(line, "document.querySelector('#lanes').clientHeight") < 80
        assert not shown(line, "document.querySelector('.planned, .map')")
        line.record(agreement.StatementMade(detail="x"), occurred="2026-01-19", reports=SOURCE)
        assert shown(line, "[...document.querySelectorAll('.planned ul')].map((e) => e.id)") == ["said"]

    def test_long_names_of_agreements_and_parties_are_not_cut(self, shown):
        """A table with long texts takes the whole row, and each text all the lines that it needs."""
        line, name = Timeline(), "florida-alachua-county-sheriffs-office-warrant-service-officer-model"
        for at in range(3):
            signed = agreement.AgreementSigned(agreement=f"{name}-{at}", parties=tuple(f"{name}-{n}" for n in range(4)))
            line.record(signed, occurred="2026-01-18", reports=SOURCE)
        line.record(border.CrossingClosed(crossing="al-qaim"), occurred="2026-01-20", reports=SOURCE)
        texts = "[...document.querySelectorAll('#tables .row-name, #tables .value:not([hidden])')]"
        cut = f"{texts}.filter((e) => e.scrollHeight > e.clientHeight + 1).length"
        assert shown(line, cut) == 0
        assert shown(line, "document.querySelector('.columns .table-agreements')") is None
        assert shown(line, "document.querySelectorAll('.columns .panel').length") == 1


class TestSharedNames:
    """A name that two entities of one kind share is followed by the slug in brackets, wherever names are shown."""

    @pytest.fixture
    def line(self) -> Timeline:
        line = counted(5, 7, 9)
        for slug, called in (("jail-0", "County Jail"), ("jail-1", "County Jail"), ("jail-2", "Camp")):
            line.record(facility.FacilityRegistered(facility=slug, names={"en": called}))
        line.record(entity.EntityRegistered(entity="authority:county", names={"en": "Camp"}))
        return line

    def test_names(self, line):
        """Another kind may share a name; what is not shown shares none."""
        names = names_in(line.at())
        assert (names["jail-0"]["en"], names["jail-1"]["en"]) == ("County Jail (jail-0)", "County Jail (jail-1)")
        assert (names["jail-2"]["en"], names["county"]["en"]) == ("Camp", "Camp")
        assert names_in(line.at(), hidden=["jail-1"])["jail-0"]["en"] == "County Jail"
        given = names_in(line.at(), {"jail-2": {"en": "County Jail"}})
        assert given["jail-2"]["en"] == "County Jail (jail-2)"

    def test_the_report_the_sheets_and_charts(self, line):
        """Each of them tells the two apart."""
        apart = "County Jail (jail-0)"
        assert f"**{apart}.**" in line.at().tell()
        assert sheet(line.at()).names["jail-0"]["en"] == apart
        assert sheet(line.at().entities).names["jail-0"]["en"] == apart
        assert apart in str(charts.people(line, facility="jail-0", language="en").to_dict())

    def test_the_page(self, shown, line):
        """In the sentence, the lanes and the table."""
        assert shown(line).endswith("Held: 9 in Camp, 7 in County Jail (jail-1), 5 in County Jail (jail-0).")
        found = shown(line, "[...document.querySelectorAll('#lanes .lane-label')].map((e) => e.firstChild.data)")
        assert found == ["Camp", "County Jail (jail-1)", "County Jail (jail-0)"]
        rows = shown(line, "[...document.querySelectorAll('#tables .row-name')].map((e) => e.textContent)")
        assert rows == ["Camp", "County Jail (jail-0)", "County Jail (jail-1)"]
