"""CloudEvents, TimelineJS, STIX, iCalendar and GeoJSON, read by parsers that are not ours."""

from __future__ import annotations

import json
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import stix2
import vobject
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given, settings
from stix2validator import ValidationOptions, validate_file

from examples.northeast_syria import load
from timeline import Modality, Report, Timeline, UnknownEvent, about, exactly
from timeline.errors import InvalidValue
from timeline.events import border, custody, entity, facility
from timeline.exchange import cloudevents, geojson, ical, rows, stix, table, timelinejs
from timeline.testing.strategies import Chronicle, messy_histories

SOURCE = "https://example.org/timeline"
STORIES = Path(__file__).parents[1] / "data" / "timelinejs"
PLACES = {"al-hol-camp": (41.1417, 36.3786), "al-jadaa-camp": (43.1, 35.7)}


@pytest.fixture(scope="module")
def chronicle() -> Timeline:
    line = Timeline()
    load(line)
    return line


def opened(line: Timeline, occurred: str | None, **more: Any) -> Any:
    return line.record(border.CrossingOpened(crossing="al-qaim"), occurred=occurred, **more)


def read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


# -- CloudEvents ----------------------------------------------------------------------------------------


def test_every_cloud_event_of_the_chronicle_is_one_for_the_sdk(chronicle: Timeline, tmp_path: Path) -> None:
    """It validates attributes and extensions of each as the specification has them."""
    written = cloudevents.write(chronicle, tmp_path / "out.json", source=SOURCE)
    found = [JSONFormat().read(CloudEvent, json.dumps(item).encode()) for item in read(tmp_path / "out.json")]
    assert written.count == len(found) == len(chronicle.entries())
    assert {event.get_source() for event in found} == {SOURCE}
    assert [event.get_id() for event in found] == [entry.id for entry in chronicle.entries()]


@pytest.mark.parametrize("name", ["out.json", "out.jsonl"])
def test_cloud_events_bring_the_whole_log_over(name: str, chronicle: Timeline, tmp_path: Path) -> None:
    """Editorial entries included; a second time changes nothing."""
    cloudevents.write(chronicle, tmp_path / name, source=SOURCE)
    other = Timeline()
    assert cloudevents.load(other, tmp_path / name).problems == ()
    assert other.at(reported="2026-02-01") == chronicle.at(reported="2026-02-01")
    again = cloudevents.load(other, tmp_path / name)
    assert (again.entries, again.unchanged) == ((), len(chronicle.entries()))


@settings(max_examples=30)
@given(messy_histories())
def test_whatever_is_recorded_comes_over_by_cloud_events(told: Chronicle) -> None:
    """The same entries under the same ids, saying the same to whoever takes them in at the same time."""
    line = told.timeline()
    other = Timeline(clock=lambda: line.entries()[-1].recorded_at)
    events = [cloudevents.cloud_event(entry, SOURCE) for entry in line.entries()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "document", lambda path: json.loads(json.dumps(events)))
        assert cloudevents.load(other, "out.json").problems == ()
    assert other.at() == line.at()


def test_a_cloud_event_has_a_time_only_where_there_is_an_instant() -> None:
    """A day is none; neither does an undated entry acquire one."""
    line = Timeline()
    found = [
        cloudevents.cloud_event(opened(line, text), SOURCE)
        for text in ("2026-01-21T09:00:00+03:00", "2026-01-21", "2026-01-21T09:00Z/2026-01-21T10:00Z", None)
    ]
    assert [event.get("time") for event in found] == ["2026-01-21T09:00:00+03:00", None, None, None]
    assert [event.get("occurred") for event in found][1:] == [
        "2026-01-21",
        "2026-01-21T09:00:00Z/2026-01-21T10:00:00Z",
        None,
    ]


def test_events_of_unknown_type_keep_their_tags(tmp_path: Path) -> None:
    """They are found by them on the other side."""
    line, other = Timeline(), Timeline()
    line.record(UnknownEvent("newsroom.unheard_of", 3, {"a": [1]}, ("facility:x",)), id="u")
    cloudevents.write(line, tmp_path / "out.json", source=SOURCE)
    cloudevents.load(other, tmp_path / "out.json", unknown="keep")
    assert other.entries(tags="facility:x")[0].event == line.entries()[0].event


def test_a_redaction_travels_and_what_it_erased_does_not(tmp_path: Path) -> None:
    """A reader who has the entry erases it too; any other has nothing to do."""
    line, other, third = Timeline(), Timeline(), Timeline()
    opened(line, "2026", id="x")
    cloudevents.write(line, tmp_path / "before.json", source=SOURCE)
    cloudevents.load(other, tmp_path / "before.json")
    line.redact("x", reason="endangers somebody")
    assert dict(cloudevents.write(line, tmp_path / "out.json", source=SOURCE).left_out) == {"redacted": 1}
    for target in (other, third):
        assert cloudevents.load(target, tmp_path / "out.json").problems == ()
    assert str(other.entries()[0]) == "#1 undated redacted"
    assert third.entries() == ()


@pytest.mark.parametrize(
    ("item", "column"),
    [
        ({"id": "a", "specversion": "0.3", "data": {}}, None),
        ({"id": "a", "specversion": "1.0"}, None),
        ({"id": "a", "specversion": "1.0", "data": {"temperature": 3}}, "data"),
        ({"id": "a", "specversion": "1.0", "data": {"event": {"type": "border.crossing_opened"}}}, "data"),
        ({"id": "a", "specversion": "1.0", "data": {"event": {"type": "border.crossing_opened", "version": 1, "data": {}}}}, "data"),
        ("text", None),
    ],
)  # fmt: skip
def test_what_is_no_cloud_event_of_ours_is_a_problem_of_its_line(item: Any, column: str | None, tmp_path: Path) -> None:
    """It stops no other."""
    good = cloudevents.cloud_event(opened(Timeline(), "2026"), SOURCE)
    (tmp_path / "in.json").write_text(json.dumps([item, good]))
    loaded = cloudevents.load(Timeline(), tmp_path / "in.json")
    assert [(problem.line, problem.column) for problem in loaded.problems] == [(1, column)]
    assert len(loaded.entries) == 1


# -- iCalendar ------------------------------------------------------------------------------------------


def calendar(line: Timeline, path: Path, **options: Any) -> tuple[list[Any], Any]:
    written = ical.write(line, path, **options)
    found = vobject.readOne(path.read_text("utf-8"))
    return list(found.contents.get("vevent", [])), written


def test_dates_stand_in_a_calendar_as_exactly_as_they_are_known(tmp_path: Path) -> None:
    """An instant is one, a day a day, and a fuzzy time all its days, said to be uncertain."""
    line = Timeline()
    for text in ("2026-01-21T09:00:00+03:00", "2026-01-21", "2026-01", "2026-01-21~", "[2026-01-21,2026-01-26]"):
        opened(line, text)
    events, written = calendar(line, tmp_path / "out.ics")
    said = [(e.dtstart.value, e.dtend.value if hasattr(e, "dtend") else None, e.status.value) for e in events]
    assert sorted(said, key=str) == sorted(
        [
            (datetime(2026, 1, 21, 6, tzinfo=timezone.utc), None, "CONFIRMED"),
            (date(2026, 1, 21), date(2026, 1, 22), "CONFIRMED"),
            (date(2026, 1, 1), date(2026, 2, 1), "TENTATIVE"),
            (date(2026, 1, 21), date(2026, 1, 22), "TENTATIVE"),
            (date(2026, 1, 21), date(2026, 1, 27), "TENTATIVE"),
        ],
        key=str,
    )
    assert {e.contents["x-edtf"][0].value for e in events} == {str(entry.occurred) for entry in line.entries()}
    assert dict(written.reduced) == {"with a fuzzy time as all the days it may have been": 3}


def test_what_has_no_place_in_a_calendar_is_left_out_and_counted(tmp_path: Path) -> None:
    """Undated, open, feared and denied; the end of all calendars is as good as open."""
    line = Timeline()
    for text in (None, "../2026-01-21", "2026-01-21/..", "2026-01-21/9999-12-31"):
        opened(line, text)
    for modality in (Modality.HYPOTHETICAL, Modality.DENIED, Modality.PLANNED):
        opened(line, "2026-01-21", modality=modality)
    events, written = calendar(line, tmp_path / "out.ics")
    assert [event.summary.value for event in events] == ["Planned: Crossing opened: crossing al-qaim"]
    assert dict(written.left_out) == {"undated": 1, "open on one side": 3, "hypothetical": 1, "denied": 1}


def test_the_rims_of_the_calendar_are_in_it(tmp_path: Path) -> None:
    """The last day there is has a length in place of an end; an instant that UTC has not is its day."""
    line = Timeline()
    for text in ("9999-12-31", "9999-12", "0001-01-01", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"):
        opened(line, text)
    events, _ = calendar(line, tmp_path / "out.ics")
    days = sorted((e.dtstart.value, e.duration.value.days if hasattr(e, "duration") else 0) for e in events)
    first, last = date.min, date.max
    assert days == [(first, 0), (first, 0), (date(9999, 12, 1), 31), (last, 1), (last, 1)]


def test_no_control_character_is_written_in_a_calendar(tmp_path: Path) -> None:
    """No text ends a line or begins another, in a name, a quote or an address either."""
    line, bad = Timeline(), "a\x00b\x07\x1b\x7f\r\nATTENDEE:mailto:x@y\u2028c"
    registered = facility.FacilityRegistered(facility="x", place=bad, names={"en": bad})
    line.record(registered, occurred="2026-01-21", reports=[Report(bad, quote=bad, url=f"https://x/{bad}")])
    calendar(line, tmp_path / "out.ics")
    written = (tmp_path / "out.ics").read_bytes()
    assert not set(written) & (set(range(32)) - set(b"\r\n\t") | {127})
    assert b"\nATTENDEE" not in written


def test_the_calendar_of_the_chronicle_is_read_by_another_parser(chronicle: Timeline, tmp_path: Path) -> None:
    """With Arabic text, links and long lines; ids are unique."""
    events, written = calendar(chronicle, tmp_path / "out.ics", domain="example.org")
    assert len({event.uid.value for event in events}) == len(events) == written.count > 150
    assert written.count + sum(written.left_out.values()) == len(chronicle.at().readings)


# -- TimelineJS -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "start", "end", "shown"),
    [
        ("2026", {"year": 2026}, None, None),
        ("2026-01", {"year": 2026, "month": 1}, None, None),
        ("2026-01-XX", {"year": 2026, "month": 1}, None, None),
        ("2026-01-21", {"year": 2026, "month": 1, "day": 21}, None, None),
        ("2026-01~", {"year": 2026, "month": 1}, None, "2026-01~"),
        ("2026-01/2026-03-02", {"year": 2026, "month": 1}, {"year": 2026, "month": 3, "day": 2}, None),
        ("2026-21", {"year": 2026, "month": 3, "day": 1}, {"year": 2026, "month": 5, "day": 31}, "2026-21"),
        ("[2026-01-21,2026-01-26]", {"year": 2026, "month": 1, "day": 21}, {"year": 2026, "month": 1, "day": 26},
         "[2026-01-21,2026-01-26]"),
        ("2026-01-21T09:00Z", {"year": 2026, "month": 1, "day": 21}, None, "2026-01-21T09:00:00Z"),
    ],
)  # fmt: skip
def test_slides_are_dated_as_far_as_the_format_can(text: str, start: Any, end: Any, shown: Any, tmp_path: Path) -> None:
    """A month stays a month; what it cannot say stands as text, and is counted."""
    line = Timeline()
    opened(line, text)
    written = timelinejs.write(line, tmp_path / "out.json")
    slide = read(tmp_path / "out.json")["events"][0]
    assert (slide["start_date"], slide.get("end_date"), slide.get("display_date")) == (start, end, shown)
    assert dict(written.reduced) == ({"with their time as text": 1} if shown else {})


def test_the_words_of_sources_are_no_markup(tmp_path: Path) -> None:
    """Neither in a headline nor in a link: a page shows them as they are."""
    line = Timeline()
    hostile = "<script>alert(1)</script>"
    line.record(
        border.CrossingOpened(crossing="<b>", detail=hostile), occurred="2026",
        reports=[Report(hostile, url='https://x/"><script>'), Report("b", url="javascript:alert(1)")],
    )  # fmt: skip
    timelinejs.write(line, tmp_path / "out.json", title=hostile)
    text = (tmp_path / "out.json").read_text("utf-8")
    assert "<script" not in text
    assert "<b>" not in text
    assert "javascript:" not in text


@pytest.mark.parametrize(
    ("name", "recorded", "problems"),
    [
        ("contrib__women_in_computing.json", 10, []),
        ("houston__timeline2.json", 18, []),
        ("houston__timeline3.json", 18, []),
        ("src__template__cosmo-mixed.json", 5, [1, 2, 3, 4, 5, 6]),
        ("src__template__eras.json", 20, []),
        ("twain__marktwain.json", 17, []),
    ],
)
def test_real_stories_are_read(name: str, recorded: int, problems: list[int]) -> None:
    """Of both versions; years that no calendar here counts are problems of their slide."""
    line = Timeline()
    loaded = timelinejs.load(line, STORIES / name)
    assert (len(loaded.entries), [problem.line for problem in loaded.problems]) == (recorded, problems)
    assert timelinejs.load(line, STORIES / name).unchanged == recorded
    assert all(entry.occurred is not None for entry in loaded.entries)


def test_what_is_no_slide_is_counted_as_skipped(tmp_path: Path) -> None:
    """The title and the eras of either version; a file without them skips nothing."""
    story = read(STORIES / "src__template__eras.json")
    loaded = timelinejs.load(Timeline(), STORIES / "src__template__eras.json")
    assert loaded.skipped == len(story["eras"]) + 1
    old = {"timeline": {"date": [{"startDate": "2026,1,2", "headline": "a"}], "era": [{"startDate": "2026"}]}}
    (tmp_path / "old.json").write_text(json.dumps(old), encoding="utf-8")
    assert str(timelinejs.load(Timeline(), tmp_path / "old.json")).startswith(
        "1 recorded, 0 there already, 0 changed, 1 s"
    )


def test_a_story_goes_out_as_it_came_in(tmp_path: Path) -> None:
    """Text, media and dates, slide by slide."""
    line = Timeline()
    timelinejs.load(line, STORIES / "contrib__women_in_computing.json")
    timelinejs.write(line, tmp_path / "out.json")
    said = {slide["text"]["headline"]: slide for slide in read(tmp_path / "out.json")["events"]}
    for slide in read(STORIES / "contrib__women_in_computing.json")["events"]:
        found = said[slide["text"]["headline"]]
        assert found["text"].get("text", "") == slide["text"].get("text", "")
        assert found["media"]["url"] == slide["media"]["url"]
        given_ = {name: int(part) for name, part in slide["start_date"].items() if part}
        assert found["start_date"] == given_


@pytest.mark.parametrize("text", ["[]", '{"events": 3}', '{"timeline": []}', "{"])
def test_what_is_no_story_is_refused(text: str, tmp_path: Path) -> None:
    """The message says what was expected."""
    (tmp_path / "in.json").write_text(text)
    with pytest.raises(InvalidValue, match=r"holds no slides|is not JSON"):
        timelinejs.load(Timeline(), tmp_path / "in.json")


def test_a_slide_that_is_none_is_a_problem_and_stops_no_other(tmp_path: Path) -> None:
    """Text instead of a slide, and a date that there is not."""
    slides = ["no slide", {"start_date": {"year": "2026", "month": "2", "day": "30"}}, {"text": {"headline": "a"}}]
    (tmp_path / "in.json").write_text(json.dumps({"events": slides}))
    loaded = timelinejs.load(Timeline(), tmp_path / "in.json")
    assert ([problem.line for problem in loaded.problems], loaded.entries[0].occurred) == ([1, 2], None)


def slides_of(tmp_path: Path, slides: Any, **options: Any) -> tuple[list[Any], list[str]]:
    (tmp_path / "in.json").write_text(json.dumps(slides if isinstance(slides, dict) else {"events": slides}))
    line = Timeline()
    loaded = timelinejs.load(line, tmp_path / "in.json", **options)
    return list(line.entries()), [problem.reason for problem in loaded.problems]


CLOCK = {"year": 2026, "month": 1, "day": 5, "hour": 23, "minute": 30}


@pytest.mark.parametrize(
    ("start", "end", "detail", "occurred"),
    [
        (CLOCK, None, "23:30", "2026-01-05T23:30:00+03:00"),
        ({**CLOCK, "hour": 0, "minute": ""}, None, "00:00", "2026-01-05T00:00:00+03:00"),
        ({**CLOCK, "second": 5, "millisecond": 25}, None, "23:30:05.025", "2026-01-05T23:30:05.025+03:00"),
        ({**CLOCK, "second": "5", "millisecond": "000"}, None, "23:30:05", "2026-01-05T23:30:05+03:00"),
        (CLOCK, {**CLOCK, "hour": "24"}, "23:30/24:30", None),
        (CLOCK, {"year": 2026, "month": 2}, "23:30", "2026-01-05T23:30:00+03:00/2026-02"),
    ],
)
def test_a_time_of_day_is_kept_and_is_an_instant_with_its_zone(
    start: Any, end: Any, detail: str, occurred: str | None, tmp_path: Path
) -> None:
    """Slides bear no zone: without one the clock stands as text beside the day."""
    slides = [{"start_date": start, "end_date": end, "text": {"headline": "h"}}]
    entries, problems = slides_of(tmp_path, slides)
    assert ([entry.event.detail for entry in entries], problems) == ([detail], [])
    assert "T" not in str(entries[0].occurred)
    entries, problems = slides_of(tmp_path, slides, tz="Asia/Baghdad")
    assert [(str(entry.occurred), entry.event.detail) for entry in entries] == ([(occurred, "")] if occurred else [])
    assert len(problems) == int(occurred is None)


@pytest.mark.parametrize(
    ("slide", "said"),
    [
        ({"id": 1, "date": "2026"}, "is not a slide: expected a start_date. It has id, date."),
        ({"text": "h", "date": "2026"}, "is not a slide: expected a start_date. It has text, date."),
        ({}, "is not a slide: expected a start_date. It has nothing."),
        ({"start_date": {"year": "0"}}, "cannot be read: '0000' lies outside the years 0001 to 9999"),
        ({"start_date": {"year": 0}}, "cannot be read: '0000' lies outside the years 0001 to 9999"),
        (
            {"start_date": {"year": "-13700000000"}},
            "cannot be read: '-13700000000' lies outside the years 0001 to 9999",
        ),
        ({"start_date": {"year": "1/26/2012"}}, "cannot be read: '1/26/2012' is not a year"),
        ({"start_date": {"month": "1"}}, "cannot be read: '' is not a year"),
        ({"start_date": {"year": "2026", "day": "5"}}, "cannot be read: the day '5' has no month"),
        ({"start_date": {**CLOCK, "hour": ""}}, "cannot be read: '30' is not a time of day"),
        ({"start_date": {**CLOCK, "hour": "noon"}}, "cannot be read: 'noon:30' is not a time of day"),
    ],
)
def test_a_slide_that_says_no_date_is_told_with_its_reason(slide: Any, said: str, tmp_path: Path) -> None:
    """Other JSON with events is not a story, and no part of a date goes missing."""
    entries, problems = slides_of(tmp_path, [slide])
    assert entries == []
    assert problems[0].startswith(said)


@pytest.mark.parametrize(
    ("date", "occurred"),
    [
        ("2012", "2012"),
        ("2012,1,26", "2012-01-26"),
        ("2012,1,26,23,30", "2012-01-26"),
        ("2012-01-26", "2012-01-26"),
        ("", "None"),
    ],
)
def test_dates_of_version_2(date: str, occurred: str, tmp_path: Path) -> None:
    """Parts set apart by commas, or a date as ISO 8601 writes it."""
    entries, _ = slides_of(tmp_path, {"timeline": {"date": [{"startDate": date, "headline": "h", "text": "x"}]}})
    assert str(entries[0].occurred) == occurred


def test_a_date_of_version_2_with_slashes_is_refused(tmp_path: Path) -> None:
    """The order of day and month depends on the writer."""
    _, problems = slides_of(tmp_path, {"timeline": {"date": [{"startDate": "1/6/2012", "headline": "h"}]}})
    assert problems[0].startswith("cannot be read: '1/6/2012' has its year last")


def test_times_of_day_of_the_spreadsheet_are_kept(tmp_path: Path) -> None:
    """As they stand; a template without their columns is refused."""
    header = (
        "Year,Month,Day,Time,End Year,End Month,End Day,End Time,Display Date,Headline,Text,Media,Media Credit,"
        "Media Caption,Type,Group"
    )
    (tmp_path / "s.csv").write_text(f"{header}\n2026,1,5,5:30 PM,,,,,,h,,,,,,\n", "utf-8")
    line = Timeline()
    table.load(line, tmp_path / "s.csv", timelinejs.CSV)
    assert [(str(e.occurred), e.event.detail) for e in line.entries()] == [("2026-01-05", "5:30 PM")]
    (tmp_path / "s.csv").write_text(header.replace(",Time", ",Tme"), "utf-8")
    with pytest.raises(InvalidValue, match="has no column Time"):
        table.load(line, tmp_path / "s.csv", timelinejs.CSV)


# -- STIX -----------------------------------------------------------------------------------------------


def bundle(line: Timeline, path: Path, **options: Any) -> tuple[dict[str, list[Any]], Any]:
    written = stix.write(line, path, source=SOURCE, **options)
    found: dict[str, list[Any]] = {}
    for item in read(path)["objects"]:
        found.setdefault(item["type"], []).append(item)
    return found, written


@pytest.mark.slow
def test_the_bundle_of_the_chronicle_is_valid(chronicle: Timeline, tmp_path: Path) -> None:
    """For the validator of OASIS; its complaints are about style only."""
    found, written = bundle(chronicle, tmp_path / "out.json", gazetteer=PLACES)
    result = validate_file(str(tmp_path / "out.json"), ValidationOptions(version="2.1"))
    assert result.is_valid, [str(error) for one in result.object_results for error in one.errors]
    assert len([item for item in found["incident"] if not item.get("revoked")]) == written.count > 200
    assert len(found["location"]) > 10
    assert stix2.parse(read(tmp_path / "out.json"), allow_custom=False)["type"] == "bundle"


def test_a_bundle_is_the_same_every_time(tmp_path: Path) -> None:
    """Ids, order and times follow from the log; of another source they are others."""
    line = Timeline()
    for day in ("2026-01-21", "2026-01-22"):
        line.record(facility.ControlChanged(facility="al-hol-camp", authority="sdf"), occurred=day)
    first, _ = bundle(line, tmp_path / "a.json")
    bundle(line, tmp_path / "b.json")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    stix.write(line, tmp_path / "c.json", source="https://example.com/other")
    others = {item["id"] for item in read(tmp_path / "c.json")["objects"]}
    assert {item["id"] for item in first["incident"]}.isdisjoint(others)


def test_an_incident_says_what_stix_has_words_for_and_the_rest_in_the_extension(tmp_path: Path) -> None:
    """Confidence from the best credibility, reports as references, roles as relationships."""
    minutes = iter(range(9))
    line = Timeline(clock=lambda: datetime(2026, 3, 1, 0, next(minutes), tzinfo=timezone.utc))
    line.record(facility.FacilityRegistered(facility="al-hol-camp", names={"en": "al-Hol"}))
    moved = custody.DetaineesTransferred(
        quantity=about(150), origin="al-hol-camp", destination="nowhere", carried_by="us", about=("tlp:green",)
    )
    reports = [Report("Reuters", published="2026-01", url="https://x/1", credibility=3), Report("AFP", credibility=2)]
    entry = line.record(moved, occurred="2026-01~", reports=reports)
    line.correct(entry, moved)
    found, written = bundle(line, tmp_path / "out.json", gazetteer=PLACES, decimals=1, allow=["tlp:green"])
    incident = found["incident"][0]
    assert (incident["confidence"], incident["created"], incident["modified"]) == (
        70, "2026-03-01T00:01:00.000Z", "2026-03-01T00:02:00.000Z",
    )  # fmt: skip
    assert incident["external_references"][0] == {
        "source_name": "Reuters", "description": "published 2026-01", "url": "https://x/1",
    }  # fmt: skip
    extension = incident["extensions"][stix.EXTENSION]
    assert (extension["occurred"], extension["low"], extension["best"]) == ("2026-01~", 0, 150)
    assert "high" not in extension
    assert [(item["name"], item["longitude"]) for item in found["location"]] == [("al-Hol", 41.1)]
    assert {item["description"] for item in found["relationship"]} == {"origin", "carried_by"}
    assert found["marking-definition"][0]["name"] == "TLP:GREEN"
    assert dict(written.reduced) == {"places without coordinates, named in the extension only": 1}
    assert written.count == 1


def test_the_bounds_of_an_incident_are_those_of_days_in_the_zone_of_the_timeline(tmp_path: Path) -> None:
    """A day in Baghdad begins and ends three hours before it does in UTC."""
    line = Timeline(tz="Asia/Baghdad")
    line.record(custody.DetaineesEscaped(facility="al-hol-camp", quantity=about(20)), occurred="2026-01-20")
    found, _ = bundle(line, tmp_path / "out.json")
    extension = found["incident"][0]["extensions"][stix.EXTENSION]
    assert (extension["earliest"], extension["latest"]) == (
        "2026-01-19T21:00:00.000000Z",
        "2026-01-20T21:00:00.000000Z",
    )


def test_registrations_and_judgements_are_no_incidents(tmp_path: Path) -> None:
    """Names stand in the identities; every name of one body has the name that is registered, and its marking."""
    line = Timeline(recorder="desk-3")
    named = {"names": {"en": "Syrian Democratic Forces", "ar": "قسد"}, "about": ("tlp:green",)}
    line.record(entity.EntityRegistered(entity="authority:sdf", **named))
    line.retract(line.record(entity.EntityRegistered(entity="authority:x")))
    line.record(entity.IdentityJudged(left="authority:sdf", right="authority:qsd", judgement="same"))
    for authority in ("sdf", "qsd", "us"):
        line.record(facility.ControlChanged(facility="a", authority=authority))
    found, written = bundle(line, tmp_path / "out.json", allow=["tlp:green"])
    assert len(found["incident"]) == written.count == 3
    assert {i["extensions"][stix.EXTENSION]["recorder"] for i in found["incident"]} == {"desk-3"}
    bodies = [one for one in found["identity"] if one["identity_class"] == "organization"]
    assert sorted((one["name"], "object_marking_refs" in one) for one in bodies) == [
        ("Syrian Democratic Forces", True), ("Syrian Democratic Forces", True), ("us", False),
    ]  # fmt: skip
    assert dict(written.left_out) == {
        "judgements of identity": 1, "registrations, whose names and places stand in identities and locations": 1,
    }  # fmt: skip
    assert {o["name"] for o in bundle(line, tmp_path / "out.json")[0]["identity"]} >= {"sdf", "qsd", "us"}


def test_what_was_feared_or_denied_is_no_incident(tmp_path: Path) -> None:
    """A bundle cannot say so; an undated entry has no bounds, and no date."""
    line = Timeline()
    opened(line, None)
    opened(line, "2026", modality=Modality.DENIED)
    line.record(UnknownEvent("newsroom.unheard_of", 1, {}))
    found, written = bundle(line, tmp_path / "out.json")
    assert dict(written.left_out) == {"denied": 1}
    assert not {"occurred", "earliest", "latest"} & set(found["incident"][0]["extensions"][stix.EXTENSION])


LEVELS = ["tlp:clear", "tlp:green", "tlp:amber", "tlp:amber+strict", "tlp:red"]


@pytest.mark.parametrize("mark", [*LEVELS, "marking:embargoed"])
def test_markings_are_those_that_consumers_know(mark: str, tmp_path: Path) -> None:
    """TLP 2.0 by its fixed objects, a word of one's own by a statement; both are valid."""
    line = Timeline()
    opened(line, "2026-01-21")
    line.record(border.CrossingOpened(crossing="x", about=(mark,)), occurred="2026-01-21")
    found, _ = bundle(line, tmp_path / "out.json", allow=[mark])
    (definition,) = found["marking-definition"]
    assert [item.get("object_marking_refs") for item in found["incident"]].count([definition["id"]]) == 1
    published = {stix._TLP.get(mark): mark.upper()} if mark in LEVELS else {definition["id"]: None}
    assert {definition["id"]: definition.get("name")} == published
    result = validate_file(str(tmp_path / "out.json"), ValidationOptions(version="2.1"))
    assert result.is_valid, [str(error) for one in result.object_results for error in one.errors]
    assert stix2.parse(read(tmp_path / "out.json"), allow_custom=False)["type"] == "bundle"


def test_all_that_tells_of_a_marked_entry_is_marked(tmp_path: Path) -> None:
    """Relationships, places and bodies too, unless an unmarked entry names them as well."""
    line = Timeline()
    marked = {"about": ("tlp:amber",)}
    line.record(facility.ControlChanged(facility="al-hol-camp", authority="sdf", **marked), occurred="2026-01-21")
    line.record(facility.ControlChanged(facility="al-jadaa-camp", authority="iraq-gov"), occurred="2026-01-21")
    line.record(facility.ControlChanged(facility="al-jadaa-camp", authority="sdf", **marked), occurred="2026-01-22")
    line.record(facility.ControlChanged(facility="al-jadaa-camp", authority="kri"), occurred="2026-01-23")
    named = {"en": "al-Jadaa"}
    line.record(facility.FacilityRegistered(facility="al-jadaa-camp", kind="camp", names=named, about=("tlp:green",)))
    found, _ = bundle(line, tmp_path / "out.json", gazetteer=PLACES, allow=["tlp:amber", "tlp:green"])
    refs = {item["name"]: item.get("object_marking_refs") for kind in ("identity", "location") for item in found[kind]}
    amber, green = [stix._TLP["tlp:amber"]], [stix._TLP["tlp:green"]]
    wanted = {SOURCE: None, "sdf": amber, "iraq-gov": None, "kri": None, "al-hol-camp": amber, "al-Jadaa": green}
    assert refs == wanted
    relations = [item.get("object_marking_refs") for item in found["relationship"]]
    assert (relations.count(amber), relations.count(None)) == (4, 4)


def test_who_took_a_bundle_learns_what_was_withdrawn(tmp_path: Path) -> None:
    """A retracted, redacted or merged entry is revoked under its id, and says nothing any more."""
    line = Timeline()
    entries = [
        line.record(border.CrossingOpened(crossing=f"x{n}", detail="SECRET"), occurred="2026-01") for n in range(4)
    ]
    secret = line.record(border.CrossingOpened(crossing="y", about=("tlp:red",)), occurred="2026-01")
    first, _ = bundle(line, tmp_path / "a.json")
    line.retract(entries[0], reason="false")
    line.redact(entries[1], reason="asked to")
    line.merge(entries[2], [entries[3]])
    line.retract(secret, reason="false")
    second, written = bundle(line, tmp_path / "b.json")
    assert {item["id"] for item in first["incident"]} == {item["id"] for item in second["incident"]}
    revoked = [item for item in second["incident"] if item.get("revoked")]
    assert {item["name"] for item in revoked} == {"Withdrawn"}
    assert (len(revoked), written.count, written.reduced["withdrawn since, as revoked"]) == (3, 1, 3)
    assert "SECRET" not in json.dumps(revoked)
    assert all(item["modified"] >= item["created"] for item in revoked)
    assert stix2.parse(read(tmp_path / "b.json"), allow_custom=False)["type"] == "bundle"
    before, _ = bundle(line, tmp_path / "c.json", recorded=entries[3].recorded_at)
    assert not [item for item in before["incident"] if item.get("revoked")]


def test_a_bundle_of_nothing_is_read_by_others(tmp_path: Path) -> None:
    """It holds who made it: without any object, the library of OASIS cannot read one."""
    found, written = bundle(Timeline(), tmp_path / "out.json")
    assert (written.count, list(found)) == (0, ["identity"])
    assert stix2.parse(read(tmp_path / "out.json"), allow_custom=False)["type"] == "bundle"


# -- GeoJSON --------------------------------------------------------------------------------------------


def test_places_are_points_and_movements_lines(tmp_path: Path) -> None:
    """As far as the gazetteer knows them, rounded as asked; what is nowhere is counted."""
    line = Timeline()
    for quantity, origin, destination in ((1, "al-hol-camp", "al-jadaa-camp"), (2, "al-hol-camp", "x"), (3, "x", None)):
        line.record(custody.DetaineesTransferred(quantity=exactly(quantity), origin=origin, destination=destination))
    line.record(custody.TransferSuspended(operation="t"))
    written = geojson.write(line, tmp_path / "out.geojson", PLACES, decimals=1)
    features = {f["properties"]["best"]: f["geometry"] for f in read(tmp_path / "out.geojson")["features"]}
    assert features == {
        1: {"type": "LineString", "coordinates": [[41.1, 36.4], [43.1, 35.7]]},
        2: {"type": "Point", "coordinates": [41.1, 36.4]},
    }
    assert dict(written.left_out) == {"at places without coordinates": 1, "of no place": 1}
    assert dict(written.reduced) == {"with one of two places only": 1, "with coordinates rounded to 1 decimals": 2}


@pytest.mark.parametrize("position", [(36.4, 141.1), (181, 0), (float("nan"), 0)])
def test_coordinates_off_the_globe_are_refused(position: tuple[float, float], tmp_path: Path) -> None:
    """Also those given as latitude and longitude, where that shows."""
    with pytest.raises(InvalidValue, match=r"expected \(longitude, latitude\)"):
        geojson.write(Timeline(), tmp_path / "out.geojson", {"x": position})
