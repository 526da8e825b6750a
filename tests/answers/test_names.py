"""Names: a misspelt one is an error, and never a fact; names outside the cuts are answered."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline import NOBODY, Draft, Facility, Projection, Timeline, about, credible, event, exactly
from timeline.display import charts
from timeline.errors import InvalidValue, UnknownName
from timeline.events import agreement, border, custody, facility
from timeline.events.declare import UnknownEvent
from timeline.log import SqliteLog
from timeline.projections import BUILT_IN
from timeline.testing.strategies import messy_histories

HOL = "al-hol-camp"
QUESTIONS = ("held", "received", "sent", "escaped", "recaptured", "released", "repatriated", "died")


@event("names.siren_heard")
class SirenHeard:
    facility: Facility
    loud: bool = False

    def louder(self):
        return True


SIRENS = Projection(
    name="sirens",
    keys=lambda reading: (
        [("at", reading.event.facility), reading.event.facility] if isinstance(reading.event, SirenHeard) else []
    ),
    evolve=lambda before, reading, key: reading.event,
)


@pytest.fixture
def line():
    """Something of every kind of entity, reported in late January."""
    line = Timeline(projections=[SIRENS])
    for told in (
        facility.ControlChanged(facility=HOL, authority="sdf"),
        custody.HeadcountReported(facility=HOL, quantity=exactly(100), breakdown={"iraqi": exactly(40)}),
        custody.TransferPlanned(operation="move-2026", quantity=about(70)),
        agreement.AgreementSigned(agreement="truce", parties=("sdf", "syria-gov")),
        agreement.CommitmentMade(commitment="lists", by="sdf", what="to hand over lists"),
        border.CrossingOpened(crossing="rabia"),
        border.MonitoringStarted(sector="north", by="usa"),
        agreement.StatementMade(about=("facility:spoken-of", "cohort:turkish")),
        SirenHeard(facility=HOL, loud=True),
    ):
        line.record(told, occurred="2026-01-20")
    return line


UNKNOWN_PATHS = [
    ("facilities", "al-hool-camp", "control"),
    ("custody", "al-hool-camp", "held"),
    ("custody", HOL, "held", "iraki"),
    ("custody", "escaped", "al-hool-camp"),
    ("custody", "counted", "sdff"),
    ("custody", "operations", "move-2025"),
    ("agreements", "truces"),
    ("agreements", "commitments", "list"),
    ("border", "crossings", "rabiya"),
    ("border", "monitored", "norht"),
    ("sirens", "al-hool-camp"),
]
NO_PATHS = [
    (),
    ("facilities",),
    ("facilities", HOL, "holder"),
    ("facilities", HOL, "controll"),
    ("facilities", HOL, "control", "now"),
    ("facilities", HOL, "since", "cooking"),
    ("facilities", HOL, "_hold"),
    ("custody", HOL, "balance"),
    ("custody", HOL, "held", "iraqi", "men"),
    ("custody", HOL, "counted", "iraqi", "men"),
    ("custody", "counted"),
    ("custody", "counted", "sdf", "iraqi", "men"),
    ("custody", "operations"),
    ("custody", "operations", "move-2026", "planned_of"),
    ("custody", "operations", "move-2026", "moved", "today"),
    ("agreements", "truce", "statu"),
    ("agreements", "truce", "status", "now"),
    ("agreements", "commitments", "lists", "status", "now"),
    ("agreements", "talks", "x", "y"),
    ("border", "rabia"),
    ("border", "crossings", "rabia", "openings"),
    ("border", "incidents", "attack", "foiled"),
    ("sirens", HOL, "louder"),
    ("sirens", HOL, "loudness"),
    ("sirens", HOL, "loud", "er"),
]


@pytest.mark.parametrize("path", UNKNOWN_PATHS)
@pytest.mark.parametrize("ask", ["why", "history"])
def test_a_path_with_a_misspelt_name_names_what_is_near(line, path, ask):
    """It is a KeyError too, carries what was asked, and survives pickling."""
    with pytest.raises(UnknownName, match=r"near it: .*\. Check the spelling") as caught:
        getattr(line.at(), ask)(*path)
    assert isinstance(caught.value, KeyError)
    assert caught.value.name in path
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.name) == (str(caught.value), caught.value.name)


@pytest.mark.parametrize("path", NO_PATHS)
@pytest.mark.parametrize("ask", ["why", "history"])
def test_what_is_no_path_names_no_value(line, path, ask):
    """A method, a private part or a step too many is not a value, and no part of a question is ignored."""
    with pytest.raises(KeyError, match=r"names no value|no projection|the path is empty"):
        getattr(line.at(), ask)(*path)


def test_fields_of_a_users_value_are_paths(line):
    """Every declared value can be asked for."""
    assert [value.value for value in line.at().history("sirens", HOL, "loud")] == [True]
    assert [value.value for value in line.at().history("sirens", str(("at", HOL)))] == [
        SirenHeard(facility=HOL, loud=True)
    ]


@pytest.mark.parametrize("question", [*QUESTIONS, "counted"])
def test_a_question_with_a_misspelt_name_is_refused(line, question):
    """For each kind of entity it takes."""
    ask = getattr(line.at().custody, question)
    kinds = {"facility": "al-hool-camp", "authority": "sfd", "cohort": "iraki"}
    for kind, name in kinds.items():
        if (question, kind) != ("counted", "cohort"):
            with pytest.raises(UnknownName, match=f"no entry on the log names the {kind} '{name}'"):
                ask(**{kind: name})


def test_what_anybody_names_anywhere_is_answered(line):
    """In a breakdown, a plan, a tag, a rival, or in what cannot be read; the ledger's own accounts need no name."""
    entry = line.record(custody.DetaineesEscaped(facility=HOL), id="e")
    line.dispute(entry, rival=custody.DetaineesEscaped(facility="rival-camp"))
    line.record(UnknownEvent("names.unheard_of", 1, {}, ("facility:unread-camp",)))
    custody_ = line.at().custody
    for name in ("spoken-of", "rival-camp", "unread-camp", "rabia", "in-transit", "at-large", "elsewhere"):
        assert str(custody_.escaped(facility=name)) == "0" or name == "at-large"
        assert line.at().why("custody", name, "died") == ()
    assert [str(custody_.held(facility=HOL, cohort=cohort)) for cohort in ("iraqi", "turkish")] == ["≤40", "?"]
    assert str(custody_.held(authority=NOBODY)) == "?"
    assert line.at().facilities.held_by("syria-gov") == ()
    with pytest.raises(UnknownName):
        line.at().facilities.held_by("sfd")


def test_what_is_outside_the_cuts_answers_as_the_cuts_have_it(line):
    """Also in a situation that was asked for before the name came up, and by each step of a replay."""
    early = line.at("2026-01-01")
    assert str(early.custody.held(facility=HOL)) == "?"
    assert [
        early.why(*path) for path in (("facilities", HOL, "control"), ("sirens", HOL), ("sirens", str(("at", HOL))))
    ] == [(), (), ()]
    assert early.facilities.get(HOL) is None
    assert HOL not in early.facilities
    with pytest.raises(KeyError, match="in this situation"):
        early.facilities[HOL]
    line.record(custody.DetaineesEscaped(facility="late-camp"), occurred="2026-02-01")
    assert str(line.at(accept=credible(1)).custody.escaped(facility="late-camp")) == "0"
    assert str(early.custody.escaped(facility="late-camp")) == "0"
    assert {str(step.after.custody.escaped(facility="late-camp")) for step in line.replay("recorded")} == {"0", "?"}


def test_a_name_that_was_redacted_is_named_no_more(line):
    """Nothing now on the log says it."""
    line.record(custody.DetaineesEscaped(facility="hidden-camp"), id="h")
    assert str(line.at().custody.died(facility="hidden-camp")) == "0"
    line.redact("h")
    with pytest.raises(UnknownName):
        line.at().custody.died(facility="hidden-camp")


def test_names_are_known_of_a_log_that_opens_with_keyframes(tmp_path):
    """No entry need be looked up for it."""
    with Timeline(SqliteLog(tmp_path / "a.db")) as line:
        line.record_all(Draft(custody.DetaineesEscaped(facility=f"camp-{n}")) for n in range(1200))
        line.at()
    with Timeline(SqliteLog(tmp_path / "a.db")) as line:
        asked = line.at()
        assert len(line._views.complete.names) == 1200
        assert str(asked.custody.died(facility="camp-1199")) == "0"
        with pytest.raises(UnknownName, match="which knows 1200; near it: camp-200, camp-120, camp-100"):
            asked.custody.died(facility="camp-1200")


def test_entries_are_sought_by_any_tag(line):
    """A search that finds nothing says so."""
    assert line.entries(tags=["facility:al-hool-camp"]) == ()
    assert line.at().entries(tags=["facility:al-hool-camp"]) == ()


@pytest.mark.parametrize("ask", ["claims", "told"])
@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ({"tags": ["facility:al-hool-camp"]}, "facility:al-hol-camp"),
        ({"tags": "al-hol-camp"}, "facility:al-hol-camp"),
        ({"types": ["custody.headcount_reportd"]}, "custody.headcount_reported"),
        ({"types": ["names.unheard"]}, "names.unheard_of"),
    ],
)
def test_versions_with_a_misspelt_tag_or_type_are_refused(line, ask, asked, near):
    """The error names what is near."""
    line.record(UnknownEvent("names.unheard_of", 1, {}))
    with pytest.raises(UnknownName, match=f"near it: .*{near}"):
        getattr(line.at(), ask)(**asked)


@pytest.mark.parametrize("ask", ["claims", "told"])
def test_versions_with_a_known_tag_or_type_are_answered(line, ask):
    """Also outside the cuts, of a declared type that no entry is of, and by the tag of another entry."""
    line.record(UnknownEvent("names.unheard_of", 1, {}), id="e")
    line.dispute("e", rival=UnknownEvent("names.rival_of_it", 1, {}))
    line.record(agreement.StatementMade(about=("entry:e",)))
    whole, early = getattr(line.at(), ask), getattr(line.at(recorded="2000"), ask)
    for found in (whole(tags="cohort:turkish"), whole(types="names.unheard_of"), whole(types="names.rival_of_it")):
        assert len(found) == 1
    assert len(whole(tags="entry:e")) == 1
    for empty in ({"tags": "cohort:turkish"}, {"types": "names.rival_of_it"}, {"tags": "facility:in-transit"}):
        assert early(**empty) == ()
    assert whole(types=[custody.DetaineesDied], tags="cohort:turkish") == ()


def test_findings_of_a_misspelt_kind_or_entity_are_refused():
    """Those that there may be are answered, and what comes of an answer is asked the same way."""
    line = Timeline()
    line.record(facility.ControlChanged(facility=HOL, manner="vacated", previous="sdf"), occurred="2026-01-20")
    found = line.at().findings
    assert found.of(kind="drift") == found.of(about="authority:sdf", kind="drift") == ()
    assert line.at("2000").findings.of(about=HOL) == ()
    for asked in (found, found.of(kind="drift"), found.of()):
        with pytest.raises(UnknownName, match="near it: disputed"):
            asked.of(kind="dispted")
        with pytest.raises(UnknownName, match="near it: al-hol-camp"):
            asked.of(about="al-hol-cmp")
    assert pickle.loads(pickle.dumps(found)) == found
    assert b"authority" not in pickle.dumps(Timeline.demo().at("2000").findings)


def test_a_kind_of_finding_of_ones_own_may_have_none(line):
    """The library cannot know the kinds of a user's own projections."""
    assert line.at().findings.of(kind="too_loud") == ()


def test_bisect_refuses_a_misspelt_name(line):
    """It is never taken for what is not there yet."""
    with pytest.raises(UnknownName, match="near it: al-hol-camp"):
        line.bisect(lambda s: s.value("facilities", "al-hool-camp", "control") == "sdf", by="recorded")
    for every in (True, False):
        with pytest.raises(UnknownName):
            line.bisect(lambda s: s.custody.died(facility="al-hool-camp"), by="occurred", every=every)


def test_charts_of_a_misspelt_name_are_refused(line):
    """None is drawn."""
    for draw in (
        lambda: charts.control(line, facilities=["al-hool-camp"]),
        lambda: charts.people(line, facility="al-hool-camp"),
        lambda: charts.people(line, operation="move-2025"),
        lambda: charts.agreements(line, agreements=["truces"]),
        lambda: charts.border(line, crossings=["rabiya"]),
        lambda: charts.knowledge(line, "2026-01-21", "custody", "al-hool-camp", "escaped"),
    ):
        with pytest.raises(UnknownName):
            draw()
    assert charts.agreements(line.at("2026-01-01"), agreements=["truce"]) is not None


def test_charts_take_one_name_or_several(line):
    """A single one is not read letter after letter."""
    for draw, chosen, slug in (
        (charts.control, "facilities", HOL),
        (charts.agreements, "agreements", "truce"),
        (charts.border, "crossings", "rabia"),
    ):
        assert draw(line, **{chosen: slug}).to_dict() == draw(line, **{chosen: [slug]}).to_dict()


def test_incidents_are_sought_by_kinds_there_are(line):
    """A misspelt kind or outcome is none."""
    for wrong in ({"kind": "infiltrations"}, {"outcome": "succeded"}):
        with pytest.raises(InvalidValue, match="expected"):
            line.at().border.incidents_of(**wrong)


@given(messy_histories(), st.data())
def test_every_value_can_be_asked_for(told, data):
    """Each path that a situation shows is a path, at this and at every other setting of the clocks."""
    line = told.timeline()
    cut = data.draw(st.sampled_from([{}, {"occurred": "2026-01-05"}, {"reported": "2026-01-10"}]))
    asked = line.at(**cut)
    for projection in BUILT_IN:
        for path, _ in projection.flat(line.at()[projection.name]):
            asked.why(projection.name, *path)
            asked.history(projection.name, *path)
