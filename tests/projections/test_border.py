"""Stories of the border: crossings, who watches, what is built, and what was tried."""

from datetime import datetime, timezone

import pytest

from support.calls import calls
from timeline import Draft, Modality, Timeline, When, about, exactly, unspecified
from timeline.events.border import (
    BorderIncidentReported,
    BorderMeasureTaken,
    CrossingClosed,
    CrossingOpened,
    MonitoringEnded,
    MonitoringStarted,
)
from timeline.events.entity import IdentityJudged
from timeline.events.facility import ControlChanged, FacilityRegistered

RABIA, SECTOR = "rabia-yarubiyah-crossing", "iraq-syria-border"
STEPS = {"CrossingOpened": CrossingOpened(crossing=RABIA), "CrossingClosed": CrossingClosed(crossing=RABIA)}


@pytest.fixture
def line():
    """An empty timeline that takes everything in on 1 March 2026."""
    return Timeline(clock=lambda: datetime(2026, 3, 1, tzinfo=timezone.utc))


def told(line, *events, start=10):
    """Record one event a day, from 10 January 2026 on; return their entries."""
    return [line.record(event, occurred=f"2026-01-{day}") for day, event in enumerate(events, start)]


def test_a_crossing_is_open_since_the_day_it_opened(line):
    """Each turn brings its own date."""
    told(line, STEPS["CrossingClosed"], STEPS["CrossingOpened"])
    crossings = [line.at(day).border.crossings[RABIA] for day in ("2026-01-10", "2026-01-11")]
    assert [(c.status, c.since) for c in crossings] == [("closed", When("2026-01-10")), ("open", When("2026-01-11"))]
    assert [c.slug for c in crossings] == [RABIA, RABIA]


def test_who_holds_a_crossing_is_asked_of_the_facilities(line):
    """A crossing is a facility too: registered and held like any other."""
    line.record(FacilityRegistered(facility=RABIA, kind="crossing", names={"ar": "ربيعة"}))
    told(line, STEPS["CrossingClosed"], ControlChanged(facility=RABIA, authority="syria-gov"))
    assert line.at().facilities[RABIA].holder() == "syria-gov"
    assert line.at().border.crossings[RABIA].status == "closed"
    assert line.entries(tags=[f"facility:{RABIA}"]) == line.entries()


def test_a_crossing_not_known_is_a_key_error_with_its_neighbours(line):
    """The message says what is near it."""
    told(line, STEPS["CrossingClosed"], CrossingOpened(crossing="al-rabia-crossing"))
    with pytest.raises(
        KeyError,
        match=f"no crossing 'rabia-crossing' in this situation, which knows 2; near it: al-rabia-crossing, {RABIA}",
    ):
        line.at().border.crossings["rabia-crossing"]


def test_a_sector_is_watched_by_several(line):
    """Each comes and goes by itself; since when is that of the first of them."""
    told(
        line,
        MonitoringStarted(sector=SECTOR, by="iraq-gov"),
        MonitoringStarted(sector=SECTOR, by="us-centcom"),
        MonitoringEnded(sector=SECTOR, by="iraq-gov"),
        MonitoringEnded(sector=SECTOR, by="us-centcom"),
    )
    watchers = [line.at(f"2026-01-{day}").border.monitored.get(SECTOR) for day in (10, 11, 12, 13)]
    assert [(w.by, str(w.since)) if w else None for w in watchers] == [
        (("iraq-gov",), "2026-01-10"),
        (("iraq-gov", "us-centcom"), "2026-01-10"),
        (("us-centcom",), "2026-01-10"),
        None,
    ]


def test_watched_by_nobody_named(line):
    """*The border is monitored*: it is, by whom is not known; beside a named one too."""
    told(line, MonitoringStarted(sector=SECTOR), MonitoringStarted(sector=SECTOR, by="iraq-gov"))
    assert line.at("2026-01-10").border.monitored[SECTOR].by == (None,)
    assert line.at().border.monitored[SECTOR].by == (None, "iraq-gov")


def test_an_end_without_a_name_ends_it_for_all(line):
    """*No longer monitored* means by nobody and by no means; watched again, it is since then."""
    told(
        line,
        MonitoringStarted(sector=SECTOR, by="iraq-gov"),
        MonitoringStarted(sector=SECTOR, by="us-centcom", measure="drones"),
        MonitoringEnded(sector=SECTOR),
        MonitoringStarted(sector=SECTOR, by="iraq-gov"),
    )
    assert dict(line.at("2026-01-12").border.monitored) == {}
    assert line.at().border.monitored[SECTOR].since == When("2026-01-13")


def test_an_end_nobody_saw_the_start_of(line):
    """It ends nothing, and contradicts nothing."""
    told(line, MonitoringEnded(sector=SECTOR, by="iraq-gov"))
    assert SECTOR not in line.at().border.monitored
    assert line.at().findings == ()


@pytest.mark.parametrize(
    "quantity", [exactly(120, unit="kilometres"), about(3, unit="drones"), unspecified("تعزيزات"), exactly(500), None]
)
def test_measures_are_kept_in_their_own_unit(line, quantity):
    """Kilometres of wall and numbers of drones are kept as reported, and are nobody in custody."""
    told(line, BorderMeasureTaken(sector=SECTOR, measure="wall", by="iraq-gov", quantity=quantity))
    (measure,) = line.at().border.measures
    assert (measure.event.quantity, measure.occurred) == (quantity, When("2026-01-10"))
    assert len(line.at().custody) == 0


INCIDENTS = [
    BorderIncidentReported(kind="infiltration", outcome="foiled", sector=SECTOR, quantity=exactly(4)),
    BorderIncidentReported(kind="infiltration", outcome="succeeded", crossing=RABIA),
    BorderIncidentReported(kind="arms_smuggling", outcome="foiled", goods=("rifles",)),
    BorderIncidentReported(kind="attack"),
]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [0, 1, 2, 3]),
        ({"kind": "infiltration"}, [0, 1]),
        ({"outcome": "foiled"}, [0, 2]),
        ({"kind": "infiltration", "outcome": "succeeded"}, [1]),
        ({"kind": "people_smuggling"}, []),
        ({"outcome": "unknown"}, [3]),
    ],
)
def test_incidents_are_found_by_kind_and_outcome(line, asked, found):
    """Each is kept as reported, in order; one may ask for some of them."""
    told(line, *INCIDENTS)
    assert [mention.event for mention in line.at().border.incidents_of(**asked)] == [INCIDENTS[i] for i in found]
    assert [mention.event for mention in line.at().border.incidents] == INCIDENTS


@pytest.mark.parametrize("modality", [Modality.HYPOTHETICAL, Modality.PLANNED, Modality.DENIED])
@pytest.mark.parametrize("event", [*INCIDENTS, *STEPS.values(), MonitoringStarted(sector=SECTOR)])
def test_fears_plans_and_denials_are_no_incidents(line, event, modality):
    """A feared event is kept and can be found, and did not happen at the border."""
    entry = line.record(event, occurred="2026-01-10", modality=modality)
    border = line.at().border
    assert (len(border.incidents), len(border.crossings), len(border.monitored)) == (0, 0, 0)
    assert line.at().entries(modality=modality) == (entry,)


def test_a_list_is_a_sequence(line):
    """It has a length, an order, items by index, a representation; and equality forgets the order."""
    told(line, *INCIDENTS[:2])
    other = Timeline()
    told(other, *INCIDENTS[:2])
    incidents = line.at().border.incidents
    assert (len(incidents), incidents[1].event, [m.event for m in incidents[:1]]) == (2, INCIDENTS[1], INCIDENTS[:1])
    assert (incidents == other.at().border.incidents, hash(incidents)) == (True, hash(other.at().border.incidents))
    assert incidents != line.at("2026-01-10").border.incidents
    assert incidents != list(incidents)
    assert repr(incidents).startswith("[Mention(event=BorderIncidentReported(kind='infiltration'")


def test_why_at_the_border(line):
    """A crossing by its last turn, a watch by who came, a list by all that is on it."""
    opened, watch, wall, incident = told(
        line, STEPS["CrossingOpened"], MonitoringStarted(sector=SECTOR, by="iraq-gov"),
        BorderMeasureTaken(sector=SECTOR, measure="wall"), INCIDENTS[0],
    )  # fmt: skip
    second = told(line, INCIDENTS[1], start=20)[0]
    situation = line.at()
    assert (
        situation.why("border", "crossings", RABIA) == situation.why("border", "crossings", RABIA, "since") == (opened,)
    )
    assert (
        situation.why("border", "monitored", SECTOR)
        == situation.why("border", "monitored", SECTOR, "since")
        == (watch,)
    )
    assert situation.why("border", "measures") == (wall,)
    assert situation.why("border", "incidents") == (incident, second)
    assert [len(v.value) for v in situation.history("border", "incidents")] == [1, 2]


def test_the_last_turn_alone_explains_a_crossing(line):
    """The opening gives the status, and no longer the closure and the opening before."""
    *_, reopened = told(line, STEPS["CrossingOpened"], STEPS["CrossingClosed"], STEPS["CrossingOpened"])
    assert line.at().why("border", "crossings", RABIA) == (reopened,)


def test_a_difference_at_the_border(line):
    """Everything the border says is part of it."""
    told(
        line,
        STEPS["CrossingOpened"],
        MonitoringStarted(sector=SECTOR),
        BorderMeasureTaken(sector=SECTOR, measure="wall"),
        INCIDENTS[3],
    )
    assert {change.path[1:] for change in line.diff("2026-01-09", "2026-01-13") if change.path[0] == "border"} == {
        ("crossings", RABIA, "status"),
        ("crossings", RABIA, "since"),
        ("monitored", SECTOR, "by"),
        ("monitored", SECTOR, "since"),
        ("measures",),
        ("incidents",),
    }


@pytest.mark.parametrize("kind", ["crossing", "unofficial_crossing"])
def test_a_crossing_that_is_only_registered_is_neither_open_nor_closed(kind):
    """It can be asked for, and its status is not known."""
    line = Timeline()
    line.record(FacilityRegistered(facility="semalka-fishkhabur-crossing", kind=kind))
    crossing = line.at().border.crossings["semalka-fishkhabur-crossing"]
    assert (crossing.status, crossing.since) == (None, None)
    line.record(CrossingOpened(crossing="semalka-fishkhabur-crossing"), occurred="2026-03-01")
    assert line.at().border.crossings["semalka-fishkhabur-crossing"].status == "open"
    assert line.at().findings == ()


def closed(measure=None):
    return CrossingClosed(crossing=RABIA, measure=measure)


def opened(measure=None):
    return CrossingOpened(crossing=RABIA, measure=measure)


@pytest.mark.parametrize(
    ("turns", "status", "since", "closures"),
    [
        ([closed("trade ban"), closed("curfew"), opened("curfew")], "closed", 10, ("trade ban",)),
        ([closed("trade ban"), closed("curfew"), opened("trade ban")], "closed", 10, ("curfew",)),
        ([closed("trade ban"), closed("curfew"), opened("trade ban"), opened("curfew")], "open", 13, ()),
        ([closed("trade ban"), closed("curfew"), opened()], "open", 12, ()),
        ([closed("curfew"), closed()], "closed", 10, (None, "curfew")),
        ([closed(), opened("curfew")], "closed", 10, (None,)),
        ([closed(), closed("curfew"), opened("curfew")], "closed", 10, (None,)),
        ([opened("curfew")], "open", 10, ()),
        ([closed("curfew"), opened("curfew"), closed("curfew")], "closed", 12, ("curfew",)),
    ],
)
def test_a_crossing_is_open_when_no_closure_stands(line, turns, status, since, closures):
    """An opening ends the closure of its name, one without a name ends all; none of this is a contradiction."""
    told(line, *turns)
    crossing = line.at().border.crossings[RABIA]
    assert (crossing.status, crossing.since, crossing.closures) == (status, When(f"2026-01-{since}"), closures)
    assert line.at().findings == ()


@pytest.mark.parametrize(
    "turns",
    [
        [closed("curfew"), closed("curfew")],
        [closed("trade ban"), closed("curfew"), closed("curfew")],
        [closed(), closed("curfew"), closed()],
        [closed("curfew"), opened("curfew"), opened("curfew")],
        [opened(), opened("curfew")],
    ],
)
def test_a_turn_that_was_taken_already_is_a_contradiction(line, turns):
    """To close twice under one name, or to open what is open, means that something went unreported."""
    told(line, *turns)
    assert [(f.kind, f.path) for f in line.at().findings] == [
        ("illegal_transition", ("border", "crossings", RABIA, "status"))
    ]


def test_why_a_crossing_is_closed_under_several_names(line):
    """By all that was closed and opened since it was open; *since* by the first closure that still stood."""
    before, first, second, ended = told(line, closed(), opened(), closed("trade ban"), closed("curfew"))
    third = told(line, opened("trade ban"), start=14)[0]
    asked = line.at()
    assert asked.why("border", "crossings", RABIA) == (first, second, ended, third)
    assert asked.why("border", "crossings", RABIA, "since") == (second,)
    assert asked.why("border", "crossings", RABIA, "closures") == (first, second, ended, third)
    assert before not in asked.why("border", "crossings", RABIA)
    assert [value.value for value in asked.history("border", "crossings", RABIA, "closures")] == [
        (None,), (), ("trade ban",), ("curfew", "trade ban"), ("curfew",)
    ]  # fmt: skip


def test_a_closure_without_a_name_stands_beside_the_others(line):
    """It explains a closed crossing alone, but not which closures there are."""
    curfew, unnamed = told(line, closed("curfew"), closed())
    assert line.at().why("border", "crossings", RABIA) == (unnamed,)
    assert line.at().why("border", "crossings", RABIA, "closures") == (curfew, unnamed)


IRAQ, US = "iraq-gov", "us-centcom"


@pytest.mark.parametrize(
    ("end", "by", "measures"),
    [
        ({"measure": "drones"}, (IRAQ,), (None, "patrols")),
        ({"by": IRAQ}, (US,), ("drones",)),
        ({"by": IRAQ, "measure": "patrols"}, (IRAQ, US), (None, "drones")),
        ({"by": US, "measure": "patrols"}, (IRAQ, US), (None, "drones", "patrols")),
    ],
)
def test_a_watch_ends_under_its_name(line, end, by, measures):
    """An end is of an authority, of a measure, or of the measure of an authority."""
    told(
        line,
        MonitoringStarted(sector=SECTOR, by=IRAQ),
        MonitoringStarted(sector=SECTOR, by=IRAQ, measure="patrols"),
        MonitoringStarted(sector=SECTOR, by=US, measure="drones"),
        MonitoringEnded(sector=SECTOR, **end),
    )
    watch = line.at().border.monitored[SECTOR]
    assert (watch.by, watch.measures, str(watch.since)) == (by, measures, "2026-01-10")


def test_a_sector_answers_to_each_of_its_names(line):
    """Watched under two names that are the same: either name gives both watchers, and the list has one sector."""
    told(line, MonitoringStarted(sector=SECTOR, by="iraq-gov"), MonitoringStarted(sector="frontier", by="coalition"))
    line.record(IdentityJudged(left=f"sector:{SECTOR}", right="sector:frontier", judgement="same"))
    monitored = line.at().border.monitored
    assert monitored["frontier"].by == monitored[SECTOR].by == ("coalition", "iraq-gov")
    assert "frontier" in monitored
    assert (list(monitored), len(monitored)) == ([SECTOR], 1)


def test_a_sector_that_nobody_watches_any_more_is_not_among_the_monitored(line):
    """Asking for it is a KeyError."""
    told(line, MonitoringStarted(sector=SECTOR), MonitoringEnded(sector=SECTOR))
    monitored = line.at().border.monitored
    assert (list(monitored), monitored.get(SECTOR), SECTOR in monitored) == ([], None, False)
    with pytest.raises(KeyError, match=f"nobody watches the sector '{SECTOR}' in this situation"):
        monitored[SECTOR]


def test_blanks_around_the_name_of_a_measure_make_no_difference(line):
    """A blank name is none."""
    told(line, CrossingClosed(crossing=RABIA, measure="ban "), CrossingClosed(crossing=RABIA, measure=" "))
    assert line.at().border.crossings[RABIA].closures == (None, "ban")
    told(line, CrossingOpened(crossing=RABIA, measure="ban"), CrossingOpened(crossing=RABIA, measure=""), start=20)
    assert line.at().border.crossings[RABIA].status == "open"
    assert len(line.at().why("border", "crossings", RABIA, "status")) == 1
    told(line, MonitoringStarted(sector=SECTOR, measure="drones"), MonitoringEnded(sector=SECTOR, measure=" drones"))
    assert list(line.at().border.monitored) == []


def test_what_is_watched_follows_from_every_watch(line):
    """Each that began is a reason, up to the last end of all."""
    entries = told(
        line,
        MonitoringStarted(sector=SECTOR, by=IRAQ),
        MonitoringEnded(sector=SECTOR),
        MonitoringStarted(sector=SECTOR, by=IRAQ, measure="patrols"),
        MonitoringStarted(sector=SECTOR, by=US, measure="drones"),
    )
    assert line.at().why("border", "monitored", SECTOR) == tuple(entries[1:])
    assert line.at().why("border", "monitored", SECTOR, "since") == (entries[2],)


def test_names_of_closures_and_watches_are_part_of_a_difference(line):
    """Only names are: a closure or a watch without one says no more than the status does."""
    told(line, closed(), MonitoringStarted(sector=SECTOR, by=IRAQ))
    told(line, closed("curfew"), MonitoringStarted(sector=SECTOR, by=IRAQ, measure="drones"), start=20)
    changes = {change.path[1:]: change.after for change in line.diff("2026-01-15", "2026-01-25")}
    assert changes == {
        ("crossings", RABIA, "closures"): (None, "curfew"),
        ("monitored", SECTOR, "measures"): (None, "drones"),
    }


WATCHES = [MonitoringStarted(sector=SECTOR, by=f"a{number}", measure=f"m{number}") for number in range(800)]
CLOSURES = [CrossingClosed(crossing=RABIA, measure=f"m{number}") for number in range(800)]


@pytest.mark.parametrize(
    "turns",
    [
        lambda many: WATCHES[:many],
        lambda many: CLOSURES[:many],
        lambda many: [
            *WATCHES[: many // 2],
            *(MonitoringEnded(sector=SECTOR, by=w.by, measure=w.measure) for w in WATCHES[: many // 2]),
        ],
        lambda many: [
            *WATCHES[: many // 2],
            *(MonitoringEnded(sector=SECTOR, measure=w.measure) for w in WATCHES[: many // 2]),
        ],
        lambda many: [
            *WATCHES[: many // 2],
            *(MonitoringEnded(sector=SECTOR, by=w.by) for w in WATCHES[: many // 2]),
        ],
        lambda many: [
            *CLOSURES[: many // 2],
            *(CrossingOpened(crossing=RABIA, measure=c.measure) for c in CLOSURES[: many // 2]),
        ],
    ],
    ids=["watches", "closures", "ends", "ends by measure", "ends by watcher", "ends of closures"],
)
def test_measures_that_stand_side_by_side_cost_in_proportion(turns):
    """Twice as many take at most 2.3 times as many calls: those that stand are not gone through for each turn."""

    def asked(many):
        line = Timeline(clock=lambda: datetime(2026, 3, 1, tzinfo=timezone.utc))
        line.record_all([Draft(event, occurred="2026-01-10") for event in turns(many)])
        return calls(lambda: line.at().findings)

    asked(10)
    assert asked(800) <= 2.3 * asked(400)
