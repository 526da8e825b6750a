"""The data of a page gives the answers of `line.at`, at any point of both clocks."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings

from support.pages import data_of, findings_at, value_at, versions_at
from timeline import Draft, Report, Timeline, about, exactly
from timeline.answers import behind
from timeline.display.page.data import page_data
from timeline.display.page.numbering import offsets
from timeline.display.page.values import PageValues
from timeline.display.telling import leaving
from timeline.events import agreement, custody, facility
from timeline.events.editorial import EDITORIAL
from timeline.testing.strategies import messy_histories
from timeline.values.instants import instant, local, zone


@pytest.fixture(scope="module")
def demo():
    return Timeline.demo()


def made(line, **options):
    told = leaving(line, **options)
    return page_data(told, told.names(None), line.seal())


def points(data, count, seed=7):
    """Give pairs of clocks: moments at which something changes, the ones beside them, and the clocks left free."""
    chosen = random.Random(seed)
    ends = [entry.get("end") for entry in data["entries"]] + data["times"]
    told = [entry.get("pub") for entry in data["entries"]]
    moments = [[m for m in found if m] or [0] for found in (ends, told)]

    def one(found):
        return None if chosen.random() < 0.1 else chosen.choice(found) + chosen.choice((-1, 0, 1))

    return [(one(moments[0]), one(moments[1])) for _ in range(count)]


def asked(line, occurred, reported):
    at = [None if end is None else instant(end - 1) for end in (occurred, reported)]
    return line.at(at[0], reported=at[1])


def same_as_at(line, data, values, point):
    situation = asked(line, *point)
    known = behind.values_by_path(situation)
    for row, path in enumerate(map(tuple, data["paths"])):
        value = known[path] if path in known else behind.rest(situation, path)
        assert value_at(data, row, *point) == values.of(path, value), (path, point)


@pytest.mark.slow
def test_every_value_is_what_at_says(demo):
    """For 60 pairs of clocks, each path has the value that `at` gives it."""
    data = made(demo)
    values = PageValues(leaving(demo), demo.tz)
    for point in points(data, 60):
        same_as_at(demo, data, values, point)


@settings(max_examples=30)
@given(messy_histories())
def test_random_histories(history):
    """PageValues and findings of any history, at eight pairs of clocks."""
    line = history.timeline()
    data = made(line)
    values = PageValues(leaving(line), line.tz)
    for point in points(data, 8):
        same_as_at(line, data, values, point)
        found = sorted(finding.message for finding in asked(line, *point).findings)
        assert sorted(finding["says"] for finding in findings_at(data, *point)) == found, point


@pytest.mark.slow
def test_findings_and_versions_are_those_of_at(demo):
    """At 60 pairs of clocks: the same findings, and as many versions of each entry."""
    data = made(demo)
    merged = {id for entry in demo.entries() for id in getattr(entry.event, "duplicates", ())}
    entries = [e for e in demo.entries() if not isinstance(e.event, EDITORIAL) and e.id not in merged]
    for point in points(data, 60, seed=3):
        situation = asked(demo, *point)
        found = sorted(finding.message for finding in situation.findings)
        assert sorted(finding["says"] for finding in findings_at(data, *point)) == found, point
        known = asked(demo, None, point[1])
        for entry in entries:
            versions = known.claims(entry)
            if len(versions) > 1:
                assert len(versions_at(data, entry.position, point[1])) == len(versions), (entry.position, point)


def test_reports_are_written_once(demo):
    """A report is there once, on however many claims it bears."""
    data = made(demo)
    told = [str(report) for report in data["reports"]]
    assert len(told) == len(set(told))
    assert max(n for entry in data["entries"] for n in entry.get("reports", ())) < len(told)


def test_it_opens_at_the_horizon(demo):
    """The latest moment that anything speaks of, and not the end of time."""
    assert demo.at(instant(made(demo)["horizon"] - 1)).agreements == demo.at().agreements
    assert made(Timeline())["horizon"] is None


def test_the_reported_cut_of_the_page(demo):
    """Nothing published later is in it, and both clocks answer as within the cut."""
    data = made(demo, reported="2026-01-21")
    values = PageValues(leaving(demo), demo.tz)
    end = data["cut"]
    assert all(moment <= end for moment in (e.get("pub", 0) for e in data["entries"]))
    for occurred, reported in points(data, 40, seed=5):
        same_as_at(demo, data, values, (occurred, end if reported is None else min(reported, end)))


def test_an_overdue_term_follows_the_clock():
    """A deadline passes without an entry; where the clock is left free, it counts against the horizon."""
    line = Timeline()
    truce = agreement.AgreementEnteredIntoForce(agreement="truce", until="2026-01-12")
    line.record(truce, occurred="2026-01-05", reports=[Report("agency", published="2026-01-05")])
    line.record(custody.HeadcountReported(facility="f", quantity=exactly(1)), occurred="2026-02-01",
                reports=[Report("agency", published="2026-02-01")])  # fmt: skip
    data, values = made(line), PageValues(leaving(line), line.tz)
    for point in [(None, None), *points(data, 40)]:
        same_as_at(line, data, values, point)
    row = data["paths"].index(["agreements", "truce", "overdue"])
    assert value_at(data, row, None, None) == {"w": "yes"}


@pytest.mark.parametrize("name", ["Asia/Baghdad", "Europe/Berlin", "America/Havana", "Pacific/Apia"])
def test_zones(name):
    """The page knows how far a zone's clocks are ahead of UTC at any moment of the log, and around it."""
    tz = zone(name)
    moments = [1_300_000_000_000_000, 1_780_000_000_000_000]
    changes = list(offsets(tz, moments))
    for moment in range(moments[0], moments[1], 86_400_000_000 * 3 + 7_000_000):
        found = [seconds for since, seconds in changes if since <= moment][-1]
        assert found == local(moment, tz).utcoffset().total_seconds(), moment


def test_small_numbers_are_a_range():
    """In values, entries and versions; the words beside them are left out."""
    line = Timeline()
    few = Draft(custody.DetaineesEscaped(facility="f", quantity=exactly(3)), occurred="2026-01-06",
                reports=[Report("agency", quote="three kids")])  # fmt: skip
    line.record_all([few, Draft(custody.HeadcountReported(facility="f", quantity=about(700)), occurred="2026-01-04")])
    data = made(line, suppress_below=5)
    assert "three kids" not in str(data)
    assert [1, None, 4, "people"] in [value["q"] for value in data["values"] if value and "q" in value]
    assert data["entries"][0]["q"] == {"q": [1, None, 4, "people"]}


def test_fuzzy_dates_keep_their_bounds():
    """An entry says from when to when it may have occurred."""
    line = Timeline()
    line.record(facility.ControlChanged(facility="f", authority="sdf"), occurred="2026-01")
    (entry,) = made(line)["entries"]
    assert [instant(m).to_date_string() for m in entry["o"][:2]] == ["2026-01-01", "2026-02-01"]
    assert entry["end"] == entry["o"][1]


@pytest.mark.slow
def test_a_page_on_disk_holds_the_data(demo, tmp_path):
    """The file can be read back, and names the head and the seal of the log."""
    demo.to_html(tmp_path / "p.html")
    log = data_of(tmp_path / "p.html")["log"]
    assert log == {"entries": len(demo.entries()), "digest": demo.head().digest.hex(), "root": demo.seal().root.hex()}
