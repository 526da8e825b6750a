"""Mistakes of a stranger: each message says in one sentence what was found, and what was expected."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import Enum
from pathlib import Path
from typing import Any

import attrs
import pytest

from timeline import (
    MemoryLog,
    Modality,
    Projection,
    Quantity,
    SqliteLog,
    Timeline,
    When,
    derived_id,
    event,
    exactly,
    schema,
)
from timeline.display import charts, maps
from timeline.errors import CannotOpen, InvalidValue
from timeline.events import border, custody, facility
from timeline.exchange import archived, cloudevents, frames, ftm, geojson, ical, native, prov, stix, table, timelinejs
from timeline.exchange.table import RowMapping, epoch
from timeline.log import copy_log
from timeline.subscription import SqliteModel, Subscription
from timeline.testing import FrozenClock, approve, approve_histories, changes_nothing, finds, given, on, refuses

HOL = "al-hol-camp"
NOON = datetime(2026, 1, 21, 12, tzinfo=timezone.utc)
OPENED = border.CrossingOpened(crossing="al-qaim-bukamal-crossing")


class Camp(str, Enum):  # noqa: UP042 -- as many still write it
    AL_HOL = HOL


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files written by mistake land in an empty folder."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def line() -> Timeline:
    line = Timeline()
    line.record(facility.ControlChanged(facility=HOL, authority="sdf"), occurred="2026-01-20", id="taken")
    line.record(custody.DetaineesEscaped(facility=HOL, quantity=exactly(5)), occurred="2026-01-20", id="escape")
    Path("rows.csv").write_text("crossing\nal-qaim\n", encoding="utf-8")
    return line


def projection(**parts: Any) -> Projection:
    given = {"name": "mine", "keys": lambda reading: ["all"], "evolve": lambda count, reading, key: 1, **parts}
    return Projection(**given)


def subscribed(line: Timeline, **options: Any) -> Subscription:
    return Subscription(line.log, SqliteModel("model.db"), create=print, apply=print, **options)


ASKED: list[tuple[Callable[[Timeline], Any], str]] = [
    (lambda line: line.at(policy=["lowest"]), r"policy is \['lowest'\]: expected standing"),
    (lambda line: line.at().diff("2026-01-20"), r"'2026-01-20' is not a situation: expected one.*line.diff\(a, b\) takes"),
    (lambda line: line.at().entries(modality="planned"), "modality is 'planned': expected Modality.ACTUAL, PLANNED"),
    (lambda line: line.at().entries(tags=7), "tags is 7: expected a list"),
    (lambda line: line.at().entries(types="DetaineesEscaped"), "'DetaineesEscaped' is not a stored name: expected an ev"),
    (lambda line: line.entries(types=["escape"]), "'escape' is not a stored name: expected an event class, or words"),
    (lambda line: line.at().facilities[HOL].holder("contol"), "role is 'contol': expected control, administration"),
    (lambda line: line.at().facilities[HOL].since(["control"]), r"role is \['control'\]: expected control"),
    (lambda line: line.at().facilities[HOL].claimants("camp"), "role is 'camp': expected control"),
    (lambda line: line.at().custody.held(facility="al-Hol camp"), "facility is 'al-Hol camp': expected a slug"),
    (lambda line: line.at().custody.escaped(facility=[HOL]), r"facility is \['al-hol-camp'\]: expected a slug"),
    (lambda line: line.at().custody.escaped(authority=["sdf"]), r"authority is \['sdf'\]: expected a slug"),
    (lambda line: line.at().custody.held(cohort=3), "cohort is 3: expected a slug"),
    (lambda line: line.at().custody.counted(facility={HOL}), "facility is {'al-hol-camp'}: expected a slug"),
    (lambda line: line.at().custody.is_collective([HOL]), r"facility is \['al-hol-camp'\]: expected a slug"),
    (lambda line: line.at().findings.of(kind=["drift"]), r"kind is \['drift'\]: expected one word, or None for any"),
    (lambda line: line.at().findings.of(about={HOL}), "about is {'al-hol-camp'}: expected one word, or None for any"),
    (lambda line: Timeline(tz=b"UTC"), "b'UTC' is not a time zone"),
    (lambda line: line.dump(None), r"path is None: expected text or a Path, such as 'census.csv'"),
    (lambda line: line.dump(""), "path is '': expected"),
    (lambda line: line.to_html(7), "path is 7: expected text or a Path"),
    (lambda line: line.to_html("out.html", title=None), "title is None: expected text"),
    (lambda line: line.at().tell(names=7), "names is 7: expected names by language"),
    (lambda line: line.verify(seal=str(line.seal())), r"is not a seal: expected line.seal\(\), Seal.parse\(text\)"),
    (lambda line: line.prove("escape", within=line.head()), r"is not a seal: expected line.seal\(\)"),
    (lambda line: Timeline(line), r"is not a log: expected a log such as MemoryLog.*Write line.log for the log of a timeline"),
    (lambda line: copy_log(line, MemoryLog()), "is not a log: expected"),
    (lambda line: copy_log(MemoryLog(), line), "is not a log: expected"),
    (lambda line: Timeline(projections=None), r"projections holds None: expected Projection\(name="),
    (lambda line: Timeline(clock=NOON), "clock is datetime.*: expected a function that returns the time"),
    (lambda line: projection(name=None), "the name of a projection is None: expected a word"),
    (lambda line: projection(keys=["all"]), "keys of the projection 'mine' is not a function"),
    (lambda line: derived_id(OPENED), r"is not a draft: expected Draft\(event"),
    (lambda line: event("newsroom.seen", version="2"), "version is '2' and upcast {}: expected whole numbers"),
    (lambda line: event("newsroom.seen", version=2, upcast=[len]), "upcast .*: expected whole numbers and functions"),
    (lambda line: event("newsroom.seen", version=2, upcast={1: {}}), "upcast {1: {}}: expected whole numbers and funct"),
    (lambda line: event("newsroom.seen")(dataclass(type("Seen", (), {}))), "expected a plain class, with no other decor"),
    (lambda line: event("newsroom.seen")(attrs.define(type("Seen", (), {}))), "'.*Seen'> cannot become an event"),
    (lambda line: event("newsroom.seen")(len), "cannot become an event: expected a plain class"),
    (lambda line: given(OPENED), r"CrossingOpened\(.*is not a draft: expected Draft\(event"),
    (lambda line: given(on("2026-01-21").told(OPENED)).when([OPENED]), r"\[CrossingOpened.* is not a draft: expected"),
    (lambda line: Quantity.parse(150), "150 says no number: expected 150, ~150"),
    (lambda line: exactly(150).overlaps(150), "150 is not a quantity: expected one"),
    (lambda line: line.prove("escape", within=line.seal()).check(str(line.seal())), r"is not a seal: expected line.seal"),
    (lambda line: table.write(line.at(), "out.csv"), "is not a timeline: expected one, .* the cuts of a situation beside"),
    (lambda line: cloudevents.write(line.at(), "out.json", source="x:y"), "is not a timeline: expected one"),
    (lambda line: native.write(line.at(), "out.jsonl"), "is not a timeline: expected one"),
    (lambda line: native.load(line.log, "rows.csv"), "is not a timeline: expected one"),
    (lambda line: table.load(line, "rows.csv", "census.toml"), r"'census.toml' is not a mapping: .*declared.read\(path\)"),
    (lambda line: table.load(line, "rows.csv", None), "None is not a mapping: expected a RowMapping"),
    (lambda line: RowMapping(border.CrossingOpened, ["crossing"]), r"fields is \['crossing'\]: expected cells by field"),
    (lambda line: cloudevents.write(line, "out.json", source=None), "source is None: expected a text such as 'https:"),
    (lambda line: stix.write(line, "out.json", source=7), "source is 7: expected a text such as"),
    (lambda line: prov.write(line, "out.json", source=""), "source is '': expected a text such as"),
    (lambda line: ftm.write(line, "out.json", dataset=7), "dataset is 7: expected small letters"),
    (lambda line: ical.write(line, "out.ics", domain=""), "domain is '': expected a text such as 'example.org'"),
    (lambda line: geojson.write(line, "out.json", [HOL]), r"gazetteer is \['al-hol-camp'\]: expected slug"),
    (lambda line: geojson.write(line, "out.json", {HOL: "42"}), "al-hol-camp lies at '42': expected .longitude, lat"),
    (lambda line: geojson.write(line, "out.json", {HOL: {"lat": 36, "lon": 41}}), "lies at {'lat': 36, .*: expected .long"),
    (lambda line: geojson.write(line, "out.json", {HOL: (41.1, None)}), r"lies at \(41.1, None\): expected .longitude"),
    (lambda line: geojson.write(line, "out.json", {}, decimals="1"), "decimals is '1': expected a whole number, or None"),
    (lambda line: frames.write(line, "out", rows_per_file=-5), "rows_per_file is -5: expected a whole number, 1 or more"),
    (lambda line: line.to_html("out.html", names={"sdf": "SDF"}), "names is {'sdf': 'SDF'}: expected names by language"),
    (lambda line: charts.control(line, names=["sdf"]), r"names is \['sdf'\]: expected names by language"),
    (lambda line: When("2026-01-21").span("Asia/Bagdad"), "'Asia/Bagdad' is not a time zone"),
    (lambda line: charts.control(None), r"None is not a situation: expected line.at\(...\), or a timeline"),
    (lambda line: maps.draw("incidents.db"), "'incidents.db' is not a situation: expected"),
    (lambda line: line.verify(progress=3), r"progress is 3: expected a function of two numbers, such as print"),
    (lambda line: line.dump("out.jsonl", progress=True), "progress is True: expected a function"),
    (lambda line: line.at().findings.groups(None), "most is None: expected a whole number"),
    (lambda line: archived.load(line, "rows.csv", None), "report is None: expected cells by field, such as"),
    (lambda line: cloudevents.cloud_event(line, "x:y"), "is not an entry: expected one, such as line.record"),
    (lambda line: native.said("escape"), "'escape' is not an entry: expected one"),
    (lambda line: ftm.names_by_id("tests", None), r"names is None: expected a list of tags, such as line.names\(\)"),
    (lambda line: ftm.names_by_id("tests", [7]), r"names is \[7\]: expected a list of tags"),
    (lambda line: timelinejs.write(line, "out.json", title=3), "title is 3: expected text"),
    (lambda line: epoch(None), r"epoch\(None\): expected the units in a second"),
    (lambda line: SqliteLog(None), "path is None: expected text or a Path"),
    (lambda line: given(projections=None), "projections is None: expected a list of projections"),
    (lambda line: on("2026-01-21").told(OPENED, by=None), "by is None: expected a source, or a list of sources"),
    (lambda line: finds("disputed", None), r"path is \(None,\): expected words, such as 'custody', 'al-hol-camp'"),
    (lambda line: changes_nothing(7), r"projections is \(7,\): expected names, such as 'custody'"),
    (lambda line: refuses("retracted"), "error is 'retracted': expected a class of errors, such as EditorialRefused"),
    (lambda line: FrozenClock().advance(60), r"duration is 60: expected a timedelta .*, such as timedelta\(days=1\)"),
    (lambda line: FrozenClock().advance(timedelta.max), "duration is .*: expected a timedelta within the years"),
    (lambda line: line.follow(after="1"), "after is '1': expected a whole number, such as the position of an entry"),
    (lambda line: line.follow(after=None), "after is None: expected a whole number"),
    (lambda line: SqliteModel(None), "path is None: expected text or a Path"),
    (lambda line: Subscription(line.log, None, create=print, apply=print), "None is not a read model: expected one"),
    (lambda line: subscribed(line, retries=-1), "retries is -1: expected"),
    (lambda line: subscribed(line, retries=[None]), "retries is None: expected"),
    (lambda line: subscribed(line).retry(1), "no entry is parked at position 1: expected the position of a parked"),
    (lambda line: schema([OPENED]), r"kinds is \(CrossingOpened.*: expected event types, such as registered_types\(\)"),
    (lambda line: approve(line), r"is not a situation: expected line.at\(...\)"),
    (lambda line: approve_histories(None), "path is None: expected text or a Path"),
]  # fmt: skip
WRITERS: dict[str, Callable[..., Any]] = {
    "csv": table.write,
    "js": timelinejs.write,
    "ics": ical.write,
    "geojson": geojson.write,
    "frames": frames.write,
    "native": native.write,
    "stix": lambda line, path: stix.write(line, path, source="https://example.org/timeline"),
    "ftm": lambda line, path: ftm.write(line, path, dataset="tests"),
    "statements": lambda line, path: ftm.write(line, path, dataset="tests", statements=True),
    "prov": lambda line, path: prov.write(line, path, source="https://example.org/timeline"),
    "cloudevents": lambda line, path: cloudevents.write(line, path, source="https://example.org/timeline"),
}


@pytest.mark.parametrize(("ask", "message"), ASKED)
def test_a_plausible_mistake_is_told_in_one_sentence(
    line: Timeline, ask: Callable[[Timeline], Any], message: str
) -> None:
    """Nothing is read as single letters, looked up in vain, or found out somewhere inside."""
    with pytest.raises(InvalidValue, match=message):
        ask(line)


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("path", [None, "", 7, "a\0b"])
def test_a_file_to_write_has_a_path(name: str, path: Any, line: Timeline) -> None:
    """The message is the same for every format, and nothing is written."""
    before = set(Path().iterdir())
    with pytest.raises(InvalidValue, match="path is .*: expected"):
        WRITERS[name](line, path)
    assert set(Path().iterdir()) == before


def test_a_subscription_is_to_a_log(line: Timeline) -> None:
    """A timeline in its place is named at once, and not when the first entry lands."""
    with SqliteModel("read.db") as model, pytest.raises(InvalidValue, match="is not a log"):
        Subscription(line, model, create=print, apply=print)  # type: ignore[arg-type]


def test_what_a_subscription_applies_is_a_function(line: Timeline) -> None:
    """Else every entry would be parked, one after the other."""
    with SqliteModel("read.db") as model, pytest.raises(InvalidValue, match="create and apply of a subscription are"):
        Subscription(line.log, model, create=print, apply="INSERT")  # type: ignore[arg-type]


def test_durability_is_one_of_two() -> None:
    """A word misspelt never asks for another durability than was meant, and no file appears."""
    with pytest.raises(InvalidValue, match="durability is 'crsh': expected 'power_cut' or 'crash'"):
        SqliteLog("misspelt.db", durability="crsh")  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match="durability is 'crsh': expected 'power_cut' or 'crash'"):
        Timeline.open("misspelt.db", durability="crsh")  # type: ignore[arg-type]
    assert not Path("misspelt.db").exists()


@pytest.mark.parametrize("target", [None, 7, b"incidents.db"])
def test_what_is_neither_path_nor_url_is_refused(target: Any) -> None:
    """As where a variable of the environment is not set."""
    with pytest.raises(CannotOpen, match="is not a path: expected a path or a URL"):
        Timeline.open(target)


PATHS = [(["facilities", HOL],), ("facilities", HOL, None), ("custody", [HOL], "held"), ("custody", 7), (None,)]


@pytest.mark.parametrize("ask", ["why", "history", "value", "disputed", "spread", "versions"])
@pytest.mark.parametrize("path", PATHS, ids=str)
def test_a_path_is_of_words(line: Timeline, ask: str, path: Any) -> None:
    """One given as a list, or with a hole in it, names no value."""
    with pytest.raises(KeyError, match="names no value: expected a path such as"):
        getattr(line.at(), ask)(*path)


@pytest.mark.parametrize("path", PATHS, ids=str)
def test_a_path_in_both_clocks_is_of_words(line: Timeline, path: Any) -> None:
    """So is one of learned and spans."""
    for ask in (line.spans, lambda *steps: line.learned("2026-01-21", *steps)):
        with pytest.raises(KeyError, match="names no value: expected a path such as"):
            ask(*path)


def test_a_path_as_a_whole_is_to_be_unpacked(line: Timeline) -> None:
    """The path of a finding is a tuple, and is easily given as it is."""
    with pytest.raises(KeyError, match=r"Write a star before a path that you have as a whole: value\(\*path\)"):
        line.at().value(("facilities", HOL, "control"))  # type: ignore[arg-type]


def test_members_of_an_enumeration_are_asked_for_by_what_they_say(line: Timeline) -> None:
    """They are text, and as good as it in a question."""
    assert str(line.at().custody.escaped(facility=Camp.AL_HOL)) == "5"
    assert line.at().entries(modality=Modality.PLANNED) == ()


def test_a_span_takes_the_name_of_a_zone() -> None:
    """As a timeline does."""
    assert When("2026-01-21").span("Asia/Tokyo").end < When("2026-01-21").span().end
    assert When("2026-01-20T20:00Z").overlaps("2026-01-21", tz="Asia/Tokyo")
