"""Charts: each one call, uncertainty drawn as such, ordinary Altair charts that save without network."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ET
from collections import Counter

import altair as alt
import pytest

from examples.northeast_syria import load
from support.pixels import pixels
from timeline import Draft, Report, Timeline, about, at_least, between, exactly, up_to
from timeline.display import charts, maps
from timeline.display.charts.base import Extent
from timeline.display.charts.offline import picture
from timeline.display.charts.placing import placed
from timeline.display.colours import PALETTE, tint
from timeline.display.words import names_in
from timeline.errors import InvalidValue, MissingExtra
from timeline.events import agreement, border, custody, entity, facility

HOSTILE = ["\x00", "\x0b", "\x1b[31m", "\x85", "\u2028", "\u202e", "\ufffe", "</script><svg>", "'\"\\${x}"]
DAY = "2026-01-{:02}T00:00:00+00:00".format


@pytest.fixture(scope="module")
def chronicle():
    line = Timeline()
    load(line)
    return line


def all_rows(chart):
    """Return every record that a chart draws, of every layer."""
    spec = chart.to_dict()
    found = []

    def walk(part):
        values = part.get("data", {}).get("values") if isinstance(part.get("data"), dict) else None
        name = part.get("data", {}).get("name") if isinstance(part.get("data"), dict) else None
        found.extend(values or spec.get("datasets", {}).get(name, []))
        for key in ("layer", "vconcat"):
            for inner in part.get(key, []):
                walk(inner)

    walk(spec)
    return found


def rows(chart):
    """Return the records of marks, without those of labels and of the key."""
    return [record for record in all_rows(chart) if "text" not in record and "sign" not in record]


def texts(chart):
    """Return every label that a chart draws beside its marks."""
    return [r["text"] for r in all_rows(chart) if "text" in r and r["text"]]


def signs(chart):
    """Return the signs that the key of a chart explains."""
    return [r["sign"] for r in all_rows(chart) if "sign" in r]


def bars(chart, lane):
    return sorted(
        {
            (r["start"][:10], r["end"][:10], r["possible"], r["value"])
            for r in rows(chart)
            if r.get("lane") == lane and r["start"]
        }
    )


def held(*changes, until="2026-01-20"):
    line = Timeline()
    for when, authority in changes:
        manner = "vacated" if authority is None else "handed_over"
        line.record(facility.ControlChanged(facility="al-hol-camp", authority=authority, manner=manner), occurred=when)
    return line.at(until)


class TestControl:
    """Swimlanes say who held what, and how far that is certain."""

    def test_a_dated_change_is_uncertain_for_its_day_only(self):
        """Before and after share the day of the change; then the new holder has the lane."""
        found = bars(charts.control(held(("2026-01-05", "sdf"), ("2026-01-10", "syria-gov"))), "al-hol-camp")
        assert found == [
            ("2026-01-05", "2026-01-06", "after", "sdf"),
            ("2026-01-06", "2026-01-10", "", "sdf"),
            ("2026-01-10", "2026-01-11", "after", "syria-gov"),
            ("2026-01-10", "2026-01-11", "before", "sdf"),
            ("2026-01-11", "2026-01-21", "", "syria-gov"),
        ]

    def test_a_fuzzy_change_is_uncertain_for_as_long_as_its_source(self):
        """A change in an interval leaves both holders possible throughout."""
        found = bars(charts.control(held(("2026-01-02", "sdf"), ("2026-01-08/2026-01-12", "syria-gov"))), "al-hol-camp")
        assert ("2026-01-08", "2026-01-13", "before", "sdf") in found
        assert ("2026-01-08", "2026-01-13", "after", "syria-gov") in found
        assert ("2026-01-13", "2026-01-21", "", "syria-gov") in found

    def test_changes_whose_bounds_overlap_stay_in_order(self):
        """No certain bar overlaps another, whatever the bounds."""
        found = bars(
            charts.control(held(("2026-01", "sdf"), ("2026-01-10/2026-02-05", "syria-gov"), until="2026-03-01")),
            "al-hol-camp",
        )
        certain = [(start, end) for start, end, possible, _ in found if not possible]
        assert certain == sorted(certain)
        assert all(first[1] <= second[0] for first, second in zip(certain, certain[1:], strict=False))

    def test_a_gap_and_a_contest_are_visible(self):
        """Nobody holding it is an outline, contest a line of its own."""
        line = Timeline()
        line.record(facility.ControlChanged(facility="a-camp", manner="vacated"), occurred="2026-01-05")
        line.record(facility.ControlChanged(facility="b-camp", authority="sdf"), occurred="2026-01-05")
        line.record(facility.ControlContested(facility="b-camp", claimants=("sdf", "syria-gov")), occurred="2026-01-08")
        found = rows(charts.control(line))
        assert {r["value"] for r in found if r.get("gap")} == {"nobody"}
        assert {r["start"][:10] for r in found if r.get("contested")} == {"2026-01-08", "2026-01-09"}

    def test_the_cuts_of_a_situation_hold(self, chronicle):
        """A chart draws nothing unpublished, and nothing after the moment asked about."""
        early = {r["lane"] for r in rows(charts.control(chronicle.at(reported="2026-01-20"))) if r["lane"]}
        assert early < {r["lane"] for r in rows(charts.control(chronicle)) if r["lane"]}
        assert max(r["end"] for r in rows(charts.control(chronicle.at("2026-01-20"))) if r["end"]) == DAY(21)

    def test_lanes_may_be_picked_and_named(self, chronicle):
        """Some facilities only, in another role or language, with names for authorities."""
        found = rows(charts.control(chronicle, facilities=["al-hol-camp"], language="ar", names={"sdf": {"ar": "قسد"}}))
        assert {r["lane"] for r in found if r["lane"]} == {"مخيم الهول"}
        assert "قسد" in {r["value"] for r in found}
        assert not [
            r for r in rows(charts.control(chronicle, role="guarding", facilities=["al-hol-camp"])) if r["lane"]
        ]

    def test_names_on_the_log_need_no_language(self):
        """A chart shows no slug where the log has a name, as every other face."""
        line = Timeline()
        line.record(facility.FacilityRegistered(facility="a-camp", names={"en": "Camp A"}))
        line.record(entity.EntityRegistered(entity="authority:sdf", names={"en": "SDF"}))
        line.record(facility.ControlChanged(facility="a-camp", authority="sdf"), occurred="2026-01-05")
        for chart in (charts.control(line), charts.values(line, ("facilities", "a-camp", "control"))):
            said = str(chart.to_dict())
            assert "Camp A" in said and "SDF" in said
            assert "a-camp" not in said and "sdf" not in said

    def test_the_zone_of_the_timeline_is_that_of_the_axis(self):
        """A day starts where its zone says."""
        line = Timeline(tz="Asia/Baghdad")
        line.record(facility.ControlChanged(facility="a-camp", authority="sdf"), occurred="2026-01-05")
        assert {r["start"] for r in rows(charts.control(line)) if r["lane"]} == {DAY(5), DAY(6)}

    def test_lanes_stand_in_groups_by_passage_and_date_of_change(self):
        """Facilities that changed hands come first, in the order of events."""
        line = Timeline()
        for day, place, who in [(1, "d", "sdf"), (2, "c", "sdf"), (2, "b", "sdf"), (3, "a", "sdf"), (9, "c", "gov"),
                                (5, "b", "gov"), (7, "d", None)]:  # fmt: skip
            manner = "vacated" if who is None else "handed_over"
            changed = facility.ControlChanged(facility=place, authority=who, manner=manner)
            line.record(changed, occurred=f"2026-01-{day:02}")
        chart = charts.control(line)
        order = chart.to_dict()["layer"][0]["encoding"]["y"]["scale"]["domain"]
        assert order == ["sdf → gov", "b", "c", "sdf → nobody", "d", "sdf", "a"]
        assert title(chart) == "Who held what: 3 of 4 changed hands"

    def test_a_value_stands_on_its_bar_where_there_is_room(self):
        """Nobody has to look a colour up for the long bars."""
        line = held(("2026-01-01", "sdf"), ("2026-01-19", "syria-gov"))
        assert texts(charts.control(line)) == ["sdf"]

    def test_the_key_explains_the_signs_that_occur(self):
        """Half bars and outlines, and nothing that the chart does not show."""
        assert signs(charts.control(held(("2026-01-05", None)))) == ["nobody held it"]
        assert signs(charts.control(held(("2026-01-05", "sdf")))) == ["half height: time uncertain"]

    def test_one_authority_has_one_colour(self):
        """The slot that it has on the log, or the colour that was given; the same in each chart."""
        line = Timeline()
        for place, who in [("a", "z-force"), ("b", "a-force")]:
            line.record(facility.ControlChanged(facility=place, authority=who), occurred="2026-01-05")
        assert scale(charts.control(line)) == {"a-force": PALETTE[1], "z-force": PALETTE[0]}
        assert scale(charts.control(line, facilities="b")) == {"a-force": PALETTE[1]}
        assert scale(charts.values(line, ("facilities", "b", "control"))) == {"a-force": PALETTE[1]}
        given = {"a-force": "#aa0000"}
        for chart in (
            charts.control(line, facilities="b", colours=given),
            charts.values(line, ("facilities", "b", "control"), colours=given),
        ):
            assert scale(chart) == given
        with pytest.raises(InvalidValue, match="expected colours by authority"):
            charts.control(line, colours={"a-force": "red"})

    def test_sources_and_clocks_stand_below(self):
        """Of many sources the most used are named, with how many more there are."""
        line = Timeline()
        for n in range(6):
            reports = [Report(f"source {n}", published="2026-01-06"), Report("Reuters", published="2026-01-06")]
            changed = facility.ControlChanged(facility=f"camp-{n}", authority="sdf")
            line.record(changed, occurred="2026-01-05", reports=reports)
        said = below(charts.control(line.at("2026-01-20", reported="2026-02-01")))
        assert said == (
            "Up to 20 January 2026, as published by 1 February 2026. Sources: Reuters, source 0, source 1, source 2 and 3 more."
        )
        assert below(charts.control(line, facilities="camp-1")) == "All that is known. Sources: source 1, Reuters."

    def test_arabic_has_months_of_its_own_and_runs_from_the_right(self, chronicle):
        """Dates on the axis are in Arabic, as the title and the line below, which begin at the right."""
        chart = charts.control(chronicle, since="2025-12", language="ar")
        drawn = picture(chart)
        assert "\u20671 كانون الثاني 2026\u2069" in drawn
        assert not re.search(r">[^<]*\b(Dec|Jan|Feb|Mar)\b[^<]*<", drawn)
        assert title(chart).startswith("\u2067") and below(chart).startswith("\u2067")
        assert "\ufffd" not in title(charts.people(chronicle, operation="centcom-transfer-2026", language="ar"))

    @pytest.mark.parametrize(
        ("until", "said"),
        [("2026-01-07T12:00:00Z", "6 Jan, 12:00"), ("2026-02-20", "1 Feb 2026"), ("2032", "Jan 2028")],
    )
    def test_dates_are_as_fine_as_the_axis(self, until, said):
        """An axis of days has hours; one of years has months."""
        line = held(("2026-01-06T02:00:00Z", "a"), until=until)
        assert f">{said}<" in picture(charts.control(line))

    def test_a_title_may_be_set(self, chronicle):
        """It replaces the one that the chart makes, where nothing is drawn too."""
        assert title(charts.control(chronicle, title="Mine")) == "Mine"
        assert title(charts.agreements(Timeline(), title="Mine")) == "Mine"


def title(chart):
    found = chart.to_dict()["title"]
    return found["text"] if isinstance(found, dict) else found


def below(chart):
    return chart.to_dict()["layer"][0]["encoding"]["x"]["title"]


def scale(chart):
    found = chart.to_dict()["layer"][0]["encoding"]["color"]["scale"]
    return dict(zip(found["domain"], found["range"], strict=True))


class TestPeople:
    """Bounds are a band, reports are points, and nothing gets an invented width."""

    @pytest.mark.parametrize(
        ("quantity", "low", "high", "best"),
        [
            (exactly(150), 150, 150, 150),
            (about(150), 0, None, 150),
            (at_least(150), 150, None, None),
            (up_to(150), 0, 150, None),
            (between(120, 1500, best=200), 120, 1500, 200),
        ],
    )
    def test_a_number_keeps_its_bounds(self, quantity, low, high, best):
        """The drawn records hold what the source fixed, None where it fixed nothing."""
        line = Timeline()
        line.record(custody.HeadcountReported(facility="a-camp", quantity=quantity), occurred="2026-01-05")
        line.record(custody.HeadcountReported(facility="b-camp", quantity=exactly(1)), occurred="2026-01-20")
        found = rows(charts.people(line, facility="a-camp"))
        band = next(r for r in found if "level" not in r and r["start"] and r.get("possible") == "after")
        assert (band["low"], band["high"], band["number"]) == (low, high, str(quantity))
        assert next(r for r in found if "level" in r)["level"] == (best or low or high)

    def test_nothing_is_drawn_for_a_number_nobody_gave(self):
        """An unspecified quantity has no place on the axis."""
        line = Timeline()
        line.record(custody.HeadcountReported(facility="a-camp"), occurred="2026-01-05")
        assert not [r for r in rows(charts.people(line, facility="a-camp")) if r["start"]]

    def test_rival_versions_are_hollow_points(self):
        """Each claim is a point at its own number, with who says so."""
        line = Timeline()
        counted = line.record(
            custody.HeadcountReported(facility="a-camp", quantity=exactly(100)), occurred="2026-01-05"
        )
        line.dispute(
            counted,
            rival=custody.HeadcountReported(facility="a-camp", quantity=exactly(90)),
            reports=[Report("Reuters")],
        )
        points = {
            (r["level"], r["rival"], r["sources"]) for r in rows(charts.people(line, facility="a-camp")) if "level" in r
        }
        assert points == {(100, False, "–"), (90, True, "Reuters")}

    def test_an_operation_shows_plan_batches_and_claims(self, chronicle):
        """Three series of one operation, in one call."""
        found = rows(charts.people(chronicle, operation="centcom-transfer-2026"))
        assert {r["series"] for r in found if r["series"]} == {"planned", "moved", "claimed"}
        assert (5704, False) in {(r["level"], r["rival"]) for r in found if "level" in r}

    def test_flows_of_a_facility_may_be_asked_for(self, chronicle):
        """Escapes are drawn as the sum they bring about."""
        found = rows(charts.people(chronicle, facility="al-shaddadi-prison", what="escaped"))
        assert {(r["series"], r["number"]) for r in found if r["start"]} == {("escaped", "≈1,500")}

    @pytest.mark.parametrize(
        ("asked", "message"),
        [
            ({}, "takes one of"),
            ({"facility": "a", "operation": "b"}, "takes one of"),
            ({"facility": "a", "what": "moved"}, "expected one or more of held, received"),
            ({"operation": "a", "what": "held"}, "expected one or more of planned, moved, claimed"),
            ({"facility": "a", "language": "xx"}, "expected 'en' or 'ar'"),
        ],
    )
    def test_a_wrong_question_says_what_is_asked(self, asked, message):
        """One subject, and words it has."""
        with pytest.raises(InvalidValue, match=message):
            charts.people(Timeline(), **asked)


def test_a_number_that_nobody_knows_is_said(tmp_path):
    """No axis from 0 to 1 is invented, and the picture can be saved."""
    line = Timeline()
    line.record(facility.ControlChanged(facility="a-camp", authority="sdf"), occurred="2026-01-05")
    for chart in (charts.people(line, facility="a-camp"), charts.values(line, ("custody", "a-camp", "held"))):
        chart.save(tmp_path / "c.png")
        assert "no number is known" in str(chart.to_dict())


class TestAgreementsAndBorder:
    """Lifelines and incidents."""

    def test_an_agreement_lives_from_status_to_status(self):
        """Statuses are bars, an end an outline, what was said a point, a passed term a tick."""
        line = Timeline()
        line.record(agreement.AgreementSigned(agreement="truce"), occurred="2026-01-02")
        line.record(agreement.AgreementEnteredIntoForce(agreement="truce", until="2026-01-12"), occurred="2026-01-05")
        line.record(agreement.AgreementViolated(agreement="truce", detail="shots"), occurred="2026-01-07")
        line.record(agreement.AgreementTerminated(agreement="truce"), occurred="2026-01-15")
        chart = charts.agreements(line)
        assert [value for *_, possible, value in bars_of(chart) if not possible] == ["signed", "in force", "ended"]
        assert {(r["kind"], r["what"]) for r in rows(chart) if r.get("what")} == {("violations", "shots")}
        assert DAY(13) in {r["start"] for r in rows(chart) if r.get("occurred") == "2026-01-12"}

    def test_incidents_stand_in_the_time_they_happened(self):
        """A fuzzy date is a line over it; crossings are lanes."""
        line = Timeline()
        incident = border.BorderIncidentReported(
            kind="infiltration", outcome="foiled", sector="north", quantity=exactly(2)
        )
        line.record(incident, occurred="2026-01-03/2026-01-05")
        line.record(border.CrossingOpened(crossing="rabia"), occurred="2026-01-04")
        found = rows(charts.border(line))
        assert (DAY(3), DAY(6), "foiled", "2") in {
            (r["start"], r["end"], r["outcome"], r["number"]) for r in found if r.get("outcome")
        }
        assert "open" in {r.get("value") for r in found}


def bars_of(chart):
    return [
        (r["start"], r["possible"], r["value"])
        for r in sorted(rows(chart), key=lambda r: r["start"] or "")
        if r.get("value")
    ]


class TestKnowledge:
    """The answer for one date, by what had been published."""

    def test_it_says_what_at_would_have_said(self, chronicle):
        """Each stretch holds what `at` answers with that publication cut."""
        path = ("facilities", "al-aqtan-prison", "control")
        found = [r for r in rows(charts.knowledge(chronicle, "2026-01-21", *path)) if r["lane"] == "the answer"]
        assert [r["value"] for r in sorted(found, key=lambda r: r["start"])] == ["SDF", "Syrian government", "SDF"]
        for record in found:
            asked = chronicle.at("2026-01-21", reported=record["start"])
            held = asked.facilities["al-aqtan-prison"].holder()
            assert names_in(asked)[held]["en"] == record["value"]

    def test_a_number_is_a_band_with_every_report(self, chronicle):
        """The standing answer is a line, and rival numbers are points at their publication."""
        found = rows(charts.knowledge(chronicle, "2026-01-21", "custody", "al-shaddadi-prison", "escaped"))
        assert {r["number"] for r in found if r["series"] == "the answer"} == {"≈1,500"}
        assert {(r["level"], r["rival"]) for r in found if "level" in r} >= {(1500, False), (200, True), (120, True)}

    def test_every_dot_says_its_source(self, chronicle):
        """Numbers have it beside the dot, and holders a lane for each source."""
        numbers = charts.knowledge(chronicle, "2026-01-21", "custody", "al-shaddadi-prison", "escaped")
        assert {"The New Region", "Reuters via Internazionale"} <= set(texts(numbers))
        holders = rows(charts.knowledge(chronicle, "2026-01-21", "facilities", "al-aqtan-prison", "control"))
        said = {(r["lane"], r["value"], r["rival"]) for r in holders if "rival" in r}
        assert said == {("Kurdistan24", "SDF", False), ("Reuters via Al-Monitor", "Syrian government", True)}

    def test_names_keep_clear_of_the_lines_of_points(self):
        """A line over the days that a point may speak of counts as taken."""
        drawn, size = Extent(0, 100), (600, 200)
        points = [
            {"start": 10, "end": 20, "level": 50, "sources": "first source"},
            {"start": 16, "end": 40, "level": 54, "sources": "second source"},
        ]
        spots = [(r["name"], r["placed"]) for r in placed(points, drawn, 100, size)]
        assert spots[0] == ("first source", (-8, -8, "right"))

    def test_it_needs_a_path(self):
        """Without a path there is nothing to ask."""
        with pytest.raises(InvalidValue, match="has no path"):
            charts.knowledge(Timeline(), "2026-01-21")


class TestExtent:
    """The axis of time holds what is drawn, and nothing is drawn beside it."""

    def test_what_was_said_of_an_agreement_is_part_of_it(self, tmp_path):
        """Signed in January and violated in March is one chart, as wide as any."""
        line = Timeline()
        line.record(agreement.AgreementSigned(agreement="truce"), occurred="2026-01-02")
        line.record(agreement.AgreementViolated(agreement="truce"), occurred="2026-03-20")
        chart = charts.agreements(line)
        assert width(chart, tmp_path) < 1000
        assert {r["start"][:10] for r in rows(chart) if r.get("kind")} == {"2026-03-20"}

    @pytest.mark.slow
    def test_what_lies_outside_is_not_drawn(self, tmp_path):
        """With `since`, earlier talks and terms beyond the end are left out, not drawn beside the axis."""
        line = Timeline()
        line.record(agreement.AgreementSigned(agreement="truce"), occurred="2026-01-02")
        line.record(agreement.AgreementViolated(agreement="truce"), occurred="2020-01-20")
        line.record(agreement.AgreementEnteredIntoForce(agreement="truce", until="9999-12-31"), occurred="2026-01-05")
        line.record(border.BorderIncidentReported(kind="attack", outcome="foiled", sector="n"), occurred="2020-01-20")
        line.record(custody.HeadcountReported(facility="a-camp", quantity=exactly(5)), occurred="2020-01-20")
        line.record(custody.HeadcountReported(facility="a-camp", quantity=exactly(6)), occurred="2026-01-20")
        found = [
            charts.agreements(line, since="2026-01-01"),
            charts.border(line, since="2026-01-01"),
            charts.people(line, facility="a-camp", since="2026-01-01"),
        ]
        assert not [r for chart in found for r in rows(chart) if (r["start"] or "2026") < "2025-12-31T00"]
        assert not [r for chart in found for r in rows(chart) if (r["start"] or "2026") > "2027"]
        assert max(width(chart, tmp_path) for chart in found) < 1000

    def test_a_term_that_is_near_is_drawn(self):
        """The day until which it was meant to hold shows although nothing happened on it."""
        line = Timeline()
        line.record(agreement.AgreementEnteredIntoForce(agreement="truce", until="2026-01-20"), occurred="2026-01-05")
        assert DAY(21) in {r["start"] for r in rows(charts.agreements(line)) if r["start"]}

    @pytest.mark.parametrize("call", ["control", "agreements", "border", "people", "knowledge"])
    def test_nothing_is_drawn_of_nothing(self, call, tmp_path):
        """A chart without dates says so, in place of an axis that begins in 1970."""
        line = Timeline()
        line.record(custody.HeadcountReported(facility="al-hol-camp", quantity=exactly(5)))
        CALLS[call](line.at("2026-01-01") if call != "knowledge" else line).save(tmp_path / "c.svg")
        svg = (tmp_path / "c.svg").read_text("utf-8")
        assert "1970" not in svg and ("nothing with a date" in svg or "لا شيء له تاريخ" in svg)

    def test_agreements_and_crossings_may_be_picked(self, chronicle):
        """Only those that are asked for."""
        found = rows(charts.agreements(chronicle, agreements=["agreement-2026-01-18"]))
        assert {r["lane"] for r in found if r["lane"]} == {"ceasefire and integration deal of 18 January 2026"}
        found = rows(charts.border(chronicle, crossings=["rabia-yarubiyah-crossing"]))
        assert {r["lane"] for r in found if r.get("value")} == {"Rabia / al-Yarubiyah (Tal Kocher)"}


def width(chart, folder):
    """Return the width of a drawn chart in pixels."""
    chart.save(folder / "chart.svg")
    return float(re.search(r'<svg[^>]* width="([\d.]+)"', (folder / "chart.svg").read_text("utf-8"))[1])


RIMS = ["9999-12-31", "9999", "0001-01-01", "0001/9999", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"]


class TestWhatIsDrawn:
    """The renderer never receives a value that it cannot take."""

    @pytest.mark.parametrize("tz", ["Pacific/Kiritimati", "Etc/GMT+12"])
    @pytest.mark.parametrize("rim", RIMS)
    def test_the_rims_of_the_calendar_are_drawn(self, rim, tz):
        """The first and the last day there are stand on an axis like others, in any zone."""
        line = Timeline(tz=tz)
        changed = facility.ControlChanged(facility="a-camp", authority="sdf")
        line.record(changed, occurred=rim, reports=[Report("a", published=rim)])
        line.record(changed, occurred="2026-01-01", reports=[Report("a", published="2026-01-01")])
        line.record(agreement.AgreementEnteredIntoForce(agreement="truce", until=rim), occurred=rim)
        line.record(border.BorderIncidentReported(kind="attack", outcome="foiled", sector="north"), occurred=rim)
        line.record(custody.HeadcountReported(facility="a-camp", quantity=exactly(5)), occurred=rim)
        for call in (charts.control, charts.agreements, charts.border):
            assert [r for r in rows(call(line)) if r["start"]]
        assert [r for r in rows(charts.people(line, facility="a-camp")) if r["start"]]
        asked = charts.knowledge(line, "2026-01-02", "facilities", "a-camp", "control")
        assert [r for r in rows(asked) if r["start"]]

    @pytest.mark.parametrize("text", HOSTILE, ids=ascii)
    def test_any_text_is_drawn(self, text, tmp_path):
        """A name with what XML or an expression of Vega lacks is drawn with a mark in its place."""
        line = Timeline()
        line.record(facility.FacilityRegistered(facility="x", kind="camp", names={"en": f"a{text}b"}))
        line.record(
            facility.ControlChanged(facility="x", authority="sdf"), occurred="2026-01-20", reports=[Report(f"s{text}")]
        )
        line.record(custody.HeadcountReported(facility="x", quantity=exactly(5)), occurred="2026-01-20")
        charts.control(line, language="en", names={"sdf": {"en": f"SDF{text}"}}).save(tmp_path / "c.svg")
        charts.people(line, facility="x", language="en").save(tmp_path / "c.png")
        ET.parse(tmp_path / "c.svg")

    @pytest.mark.no_cover
    @pytest.mark.slow
    def test_a_long_name_makes_no_wide_chart(self, tmp_path):
        """5,000 characters end in an ellipsis, as label, legend and title."""
        line, name = Timeline(), "long " * 1000
        line.record(facility.FacilityRegistered(facility="x", kind="camp", names={"en": name}))
        line.record(facility.ControlChanged(facility="x", authority="sdf"), occurred="2026-01-20")
        line.record(custody.HeadcountReported(facility="x", quantity=exactly(5)), occurred="2026-01-20")
        assert width(charts.control(line, language="en", names={"sdf": {"en": name}}), tmp_path) < 1500
        assert width(charts.people(line, facility="x", language="en"), tmp_path) < 1500

    @pytest.mark.no_cover
    def test_a_legend_names_all(self, tmp_path):
        """Of 40 authorities none is counted as *10 entries*, in English words of another library."""
        drafts = [
            Draft(facility.ControlChanged(facility="x", authority=f"body-{n}"), occurred=f"{1980 + n}")
            for n in range(40)
        ]
        line = Timeline()
        line.record_all(drafts)
        charts.control(line, language="ar").save(tmp_path / "c.svg")
        assert "entries" not in (tmp_path / "c.svg").read_text("utf-8")

    @pytest.mark.no_cover
    @pytest.mark.slow
    def test_two_thousand_lanes_are_drawn(self, tmp_path):
        """No lane is written within the one before it: those of 1,600 and more were too deep to read."""
        line = Timeline()
        names = [f"crossing-{n}" for n in range(2000)]
        for name in names:
            line.record(border.CrossingOpened(crossing=name), occurred="2026-01-20")
        assert width(charts.border(line, crossings=names), tmp_path) < 1500
        few = charts.border(line)
        assert len({r["lane"] for r in rows(few) if r["lane"]}) == 60
        assert few.to_dict()["title"]["subtitle"] == "60 of 2,000 are drawn, those with the most reports"

    @pytest.mark.slow
    def test_pale_colours_are_colours_of_their_own(self, tmp_path):
        """In a PNG, what may have been held by one looks unlike what may have been held by another."""
        line = Timeline()
        line.record(facility.ControlChanged(facility="a-camp", authority="iraq"), occurred="2026-01")
        line.record(facility.ControlChanged(facility="b-camp", authority="syria-gov"), occurred="2026-01")
        charts.control(line).save(tmp_path / "c.png")
        found = Counter(pixels((tmp_path / "c.png").read_bytes()))
        for colour in PALETTE[:2]:
            pale = tint(colour, 0.45)
            assert found[*bytes.fromhex(pale[1:]), 255] > 1000


CALLS = {
    "control": lambda line: charts.control(line, language="ar"),
    "people": lambda line: charts.people(line, facility="al-hol-camp"),
    "agreements": charts.agreements,
    "border": charts.border,
    "knowledge": lambda line: charts.knowledge(line, "2026-01-21", "custody", "al-hol-camp", "held"),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("empty", [True, False])
def test_a_chart_saves_without_network(call, empty, chronicle, tmp_path):
    """PNG, SVG and HTML come out whole, refer to nothing elsewhere, and the chart goes on being edited."""
    line = Timeline() if empty else chronicle
    if empty:
        line.record(custody.HeadcountReported(facility="al-hol-camp", quantity=exactly(5)))
    chart = call(line)
    assert isinstance(chart.properties(title="mine"), alt.TopLevelMixin)
    chart.save(tmp_path / "chart.svg")
    chart.save(tmp_path / "chart.png")
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")
    svg = (tmp_path / "chart.svg").read_text("utf-8")
    svg = re.sub(r'<a xlink:href="https?://[^"]+">', "<a>", svg)  # links to sources, which are followed on a click only
    assert set(re.findall(r"https?://[^\s\"']+", svg)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "NaN" not in svg


def test_a_notebook_shows_a_chart_without_network(chronicle):
    """A picture in the notebook itself; a renderer that the reader enabled still has its way."""
    chart = charts.control(chronicle).properties(width=300)
    shown = chart._repr_mimebundle_()
    assert set(shown) == {"image/svg+xml", "text/plain"}
    with alt.renderers.enable("json"):
        assert "application/json" in str(charts.control(chronicle)._repr_mimebundle_())


def test_a_picture_says_on_pointing_what_a_mark_shows():
    """The mark of a page has a title, and leads to its source. Only web addresses are followed."""
    line = Timeline()
    for place, url in [("a-camp", "https://example.org/a"), ("b-camp", "javascript:alert(1)"), ("c-camp", None)]:
        changed = facility.ControlChanged(facility=place, authority="sdf")
        line.record(changed, occurred="2026-01-05", reports=[Report("<i>", url=url)])
    svg = picture(charts.control(line))
    ET.fromstring(svg)
    assert "<title>a-camp, sdf, 2026-01-05, #1, &lt;i&gt;</title>" in svg
    assert set(re.findall(r'<a xlink:href="([^"]*)"', svg)) == {"https://example.org/a"}


@pytest.mark.slow
def test_a_page_of_a_chart_is_self_contained(chronicle, tmp_path):
    """The drawing code comes along, also where nobody asks for it."""
    charts.control(chronicle).properties(title="mine").save(tmp_path / "chart.html")
    page = (tmp_path / "chart.html").read_text("utf-8")
    assert not re.findall(r"<(?:script|link)[^>]+(?:src|href)=", page)


def test_without_the_extra_the_message_says_what_to_install(monkeypatch):
    """One clear message, not a missing module."""
    for name in [
        name for name in sys.modules if name.split(".")[0] == "altair" or name.startswith("timeline.display.charts")
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(MissingExtra, match=r'pip install "incident-timeline\[notebook\]"'):
        import timeline.display.charts  # noqa: F401


@pytest.mark.parametrize(
    ("look", "told"),
    [({"title": 5}, "title is 5: expected text"), ({"title": ["a"]}, "title is"), ({"width": "wide"}, "width is 'wide'"),
     ({"width": -5}, "width is -5: expected a whole number of pixels from 40 to 10,000"), ({"width": 0}, "width is 0"),
     ({"width": True}, "width is True"), ({"width": float("nan")}, "width is nan"), ({"height": "x"}, "height is 'x'")],
    ids=str,
)  # fmt: skip
def test_a_look_that_cannot_be_is_refused(look, told, chronicle):
    """By each chart and the map, before anything is drawn."""
    calls = [
        lambda **look: charts.people(chronicle, facility="al-hol-camp", **look),
        lambda **look: charts.knowledge(chronicle, "2026-01-21", "custody", "al-hol-camp", "held", **look),
        lambda **look: charts.values(chronicle, ("custody", "al-hol-camp", "held"), **look),
    ]
    if "height" not in look:
        sized = (charts.control, charts.agreements, charts.border, maps.draw)
        calls += [lambda call=call, **look: call(chronicle, **look) for call in sized]
    for call in calls:
        with pytest.raises(InvalidValue, match=re.escape(told)):
            call(**look)


@pytest.mark.parametrize("path", [5, "facilities", (), ("facilities", 5), [5], None], ids=str)
def test_a_path_that_cannot_be_is_refused(path, chronicle):
    """A path is a list or a tuple of texts."""
    with pytest.raises(InvalidValue, match=r"the paths are .*: expected one or more such as"):
        charts.values(chronicle, path)


def test_agreements_are_counted_by_status_where_none_is_in_force():
    """Of many, the title counts all, and not only those that are drawn."""
    line = Timeline()
    line.record_all([Draft(agreement.AgreementSigned(agreement=f"a-{n}"), occurred="2026-01-05") for n in range(70)])
    line.record(agreement.AgreementTerminated(agreement="a-1"), occurred="2026-01-06")
    assert "Agreements: signed 69, terminated 1" in str(charts.agreements(line).to_dict()["title"])
    line.record(agreement.AgreementEnteredIntoForce(agreement="a-2"), occurred="2026-01-06")
    assert "Agreements: 1 of 70 in force" in str(charts.agreements(line).to_dict()["title"])


def test_agreements_of_which_no_status_is_known_have_a_title():
    """A violation says that there is an agreement, and not which status it has."""
    line = Timeline()
    line.record(agreement.AgreementViolated(agreement="truce"), occurred="2026-01-05")
    for language in ("en", "ar"):
        assert "1" in title(charts.agreements(line, language=language))
    assert title(charts.agreements(line)) == "Agreements: 0 of 1 in force"


def test_a_count_that_a_later_one_replaced_is_no_report_of_the_answer():
    """Of a daily count, only the counts that were the answer at some moment of publication are drawn."""
    line = Timeline()
    for day in range(1, 29):
        held = custody.HeadcountReported(facility="camp", quantity=exactly(day))
        line.record(held, occurred=f"2026-01-{day:02}", reports=[Report("A", published="2026-03-01")])
    drawn = rows(charts.knowledge(line, "2026-01-21", "custody", "camp", "counted"))
    assert {row["level"] for row in drawn if row.get("series") == "report"} == {21}


def test_a_source_on_two_lines_is_named_on_one():
    """The title of an axis is part of an expression, which a line feed would break."""
    line = Timeline()
    told = Report("two\nlines.", published="2026-01-02")
    line.record(facility.ControlChanged(facility="camp", authority="sdf"), occurred="2026-01-01", reports=[told])
    assert "two lines." in picture(charts.control(line))


@pytest.mark.parametrize(
    "draw",
    [
        lambda line, n: charts.control(line, facilities=f"hol{n}"),
        lambda line, n: charts.people(line, facility=f"hol{n}"),
        lambda line, n: charts.people(line, operation=f"op{n}"),
        lambda line, n: charts.agreements(line, agreements=[f"pact{n}"]),
        lambda line, n: charts.border(line, crossings=f"hol{n}"),
        lambda line, n: charts.values(line, ("custody", f"hol{n}", "held")),
        lambda line, n: charts.knowledge(line, "2026-01-10", "facilities", f"hol{n}", "control"),
    ],
)
def test_a_chart_is_the_same_by_each_name_of_what_it_draws(draw):
    """Labels, titles and what is counted in them use the canonical name."""
    line = Timeline()
    line.record(facility.FacilityRegistered(facility="hol", kind="camp", names={"en": "al-Hol"}))
    for event in (
        facility.ControlChanged(facility="hol2", authority="sdf"),
        custody.HeadcountReported(facility="hol2", quantity=exactly(100)),
        custody.DetaineesTransferred(origin="hol2", operation="op2", quantity=exactly(10)),
        agreement.AgreementSigned(agreement="pact2", parties=("sdf", "syria-gov")),
        border.CrossingClosed(crossing="hol2"),
    ):
        line.record(event, occurred="2026-01-05", reports=[Report("wire", published="2026-01-05")])
    for kind, slug in (("facility", "hol"), ("operation", "op"), ("agreement", "pact")):
        judged = entity.IdentityJudged(left=f"{kind}:{slug}", right=f"{kind}:{slug}2", judgement="same")
        line.record(judged)
    assert all_rows(draw(line, "2")) == all_rows(draw(line, ""))
    titles = [draw(line, name).to_dict()["title"] for name in ("2", "")]
    assert titles[0] == titles[1]


def test_names_and_colours_given_by_another_name_are_those_of_the_entity():
    """One given by the canonical name itself comes first."""
    line = Timeline()
    line.record(facility.ControlChanged(facility="hol", authority="qsd"), occurred="2026-01-05")
    line.record(entity.IdentityJudged(left="authority:sdf", right="authority:qsd", judgement="same"))
    given = {"qsd": {"en": "The Force"}}
    drawn = charts.control(line, names=given, colours={"qsd": "#123456"})
    assert "The Force" in {bar["value"] for bar in rows(drawn)}
    assert "#123456" in drawn.to_json()
    drawn = charts.control(line, names={**given, "sdf": {"en": "SDF"}}, colours={"qsd": "#123456", "sdf": "#654321"})
    assert "SDF" in {bar["value"] for bar in rows(drawn)}
    assert "#654321" in drawn.to_json()
    assert "Held by The Force" in line.at().tell(names={"authority:qsd": {"en": "The Force"}})
