"""The course of a value agrees with the value: history, frames and views say the same at every step."""

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings

from timeline import Draft, Modality, Projection, Report, Timeline, exactly, unspecified
from timeline.answers import behind
from timeline.events import agreement, border, custody, entity, facility
from timeline.exchange import frames
from timeline.projections import BUILT_IN
from timeline.testing.strategies import messy_histories

NOTHING = (None, False, (), {}, "", unspecified())
HOL, ROJ, CAMPS = "al-hol-camp", "roj-camp", "the-camps"


def flat(situation):
    """Return every value of the library's projections, by path."""
    return {(p.name, *path): value for p in BUILT_IN for path, value in p.flat(situation[p.name])}


def agrees(situation, paths=()):
    """See that each value is the last of its history; of those paths that have none, the last says nothing."""
    shown = flat(situation)
    for path, value in shown.items():
        values = situation.history(*path)
        assert value in NOTHING or values[-1].value == value, path
    for path in paths - shown.keys():
        assert [v.value for v in situation.history(*path)][-1:] in ([], *([nothing] for nothing in NOTHING)), path


def collective(line):
    """Make two camps under one name, of which the second joins later."""
    line.record(facility.FacilityRegistered(facility=CAMPS, kind="collective", members=[HOL]), occurred="2026-01-01")
    line.record(custody.HeadcountReported(facility=HOL, quantity=exactly(100)), occurred="2026-01-02")
    line.record(custody.HeadcountReported(facility=ROJ, quantity=exactly(30)), occurred="2026-01-03")
    line.record(
        facility.FacilityRegistered(facility=CAMPS, kind="collective", members=[HOL, ROJ]), occurred="2026-01-04"
    )
    line.record(custody.DetaineesTransferred(origin=HOL, destination=ROJ, quantity=exactly(5)), occurred="2026-01-05")
    line.record(custody.DetaineesEscaped(facility=ROJ, quantity=exactly(7)), occurred="2026-01-06")
    return line


def test_a_collective_holds_what_its_members_do_at_every_step():
    """Its history takes their steps together; who moves within it moves nobody."""
    line = collective(Timeline())
    assert [(str(v.since), str(v.value)) for v in line.at().history("custody", CAMPS, "held")] == [
        ("2026-01-01", "?"),
        ("2026-01-02", "100"),
        ("2026-01-04", "130"),
        ("2026-01-06", "123"),
    ]
    for day in range(1, 8):
        asked = line.at(f"2026-01-{day:02}")
        assert asked.history("custody", CAMPS, "held")[-1].value == asked.custody.held(facility=CAMPS)
    assert [entry.position for entry in line.at().why("custody", CAMPS, "held")] == [1, 2, 3, 4, 5, 6]
    rows = frames.to_arrow(line, "stocks").to_pylist()
    assert [row["low"] for row in rows if row["facility"] == CAMPS] == [100, 130, 123]


def test_a_difference_knows_what_follows_from_others():
    """A count of a member changes what its collective holds."""
    line = collective(Timeline())
    changed = {change.path: str(change.after) for change in line.diff("2026-01-05", "2026-01-06")}
    assert changed[("custody", CAMPS, "held")] == "123"
    assert ("custody", CAMPS, "held") not in {change.path for change in line.diff("2026-01-04", "2026-01-05")}


@pytest.mark.parametrize("by", ["occurred", "reported", "recorded"])
def test_the_demo_agrees_at_every_step(by):
    """Each value of the chronicle, as it happened, was reported and was recorded."""
    for number, step in enumerate(Timeline.demo().replay(by)):
        if not number % 40:
            agrees(step.after)


def test_an_entity_is_found_by_a_name_that_is_judged_the_same_later():
    """An entity is there by its canonical name though only another name of it was said by then."""
    line = Timeline()
    line.record(facility.ControlChanged(facility=HOL))
    line.record(entity.IdentityJudged(left="facility:a", right="facility:b", judgement="same"))
    line.record(entity.IdentityJudged(left=f"facility:{HOL}", right="facility:a", judgement="same"))
    (_, step, _) = line.replay()
    assert dict(step.after.entities).keys() == {f"facility:{HOL}"}


@settings(deadline=None)
@given(messy_histories())
def test_random_histories_agree_at_every_step(told):
    """This holds for whatever is corrected, merged, disputed or reported late."""
    line = told.timeline()
    paths = flat(line.at()).keys()
    for step in line.replay():
        agrees(step.after, paths)
    for asked in (line.at("2026-01-10"), line.at(reported="2026-01-15"), line.at(certainty="possible")):
        agrees(asked, paths)
    held = {path: v for path, v in BUILT_IN[1].flat(line.at()["custody"]) if path[1] == "held"}
    rows = [row for row in frames.to_arrow(line, "stocks").to_pylist() if row["ends"] is None]
    told_by_frames = {(row["facility"], row["cohort"]): (row["low"], row["best"], row["high"]) for row in rows}
    for (slug, _, *cohort), quantity in held.items():
        assert told_by_frames[(slug, *(cohort or [None]))] == (quantity.low, quantity.best, quantity.high)


# -- deadlines -----------------------------------------------------------------------------------------


def truce(clock="2026-03-01", **report):
    """Make a truce until 8 February, reported on 20 January."""
    line = Timeline(clock=lambda: datetime.fromisoformat(clock).replace(tzinfo=timezone.utc))
    line.record(agreement.AgreementEnteredIntoForce(agreement="truce", until="2026-02-08"), occurred="2026-01-20",
                reports=[Report("AFP", published="2026-01-20")])  # fmt: skip
    return line


def overdue(line, **clocks):
    return line.at(**clocks).agreements["truce"].overdue


def test_a_deadline_has_no_history_before_anything_set_it():
    """The agreement is on the log, and nothing touches it by then."""
    assert truce().at("2026-01-19").history("agreements", "truce", "overdue") == ()


def test_what_lapsed_before_the_last_report_is_overdue_though_no_date_is_asked():
    """A free clock counts deadlines against how far the log tells."""
    line = truce()
    assert not overdue(line)
    line.record(border.CrossingOpened(crossing="rabia"), occurred="2026-02-08")
    assert overdue(line)
    assert "overdue" in str(line.at())
    assert not overdue(line, occurred="2026-02-07")
    assert overdue(line, occurred="2026-02-08")


def test_a_publication_tells_how_far_the_log_goes():
    """Later publications have been looked at by then; within the cuts."""
    line = truce()
    line.record(border.CrossingOpened(crossing="rabia"), occurred="2026-01-21", id="r",
                reports=[Report("AFP", published="2026-02-08"), Report("AP", published="2026-02-20")])  # fmt: skip
    assert overdue(line)
    assert not overdue(line, reported="2026-02-07")
    line.retract("r")
    assert not overdue(line)
    line.record(border.CrossingOpened(crossing="rabia"), occurred="2026-01-22", id="s")
    line.corroborate("s", reports=[Report("AP", published="2026-02-09")])
    assert overdue(line)


def test_plans_and_what_cannot_be_true_yet_set_no_horizon():
    """A year 5025, a foreseen date and the deadline itself tell of nothing."""
    line = truce()
    line.record(
        border.CrossingOpened(crossing="rabia"), occurred="5025-02-01", reports=[Report("AFP", published="2026-01-21")]
    )
    line.record(
        border.CrossingOpened(crossing="rabia"),
        occurred="2026-02-20",
        modality=Modality.PLANNED,
        reports=[Report("AFP", published="2026-02-19")],
    )
    assert not overdue(line)


def test_the_horizon_never_lies_beyond_the_last_recording():
    """This holds for every date that a source prints."""
    line = truce("2026-02-01")
    line.record(
        border.CrossingOpened(crossing="rabia"), occurred="2026-01-21", reports=[Report("AFP", published="2026-03-01")]
    )
    assert not overdue(line)


def test_a_deadline_passes_in_the_history_of_a_value():
    """On the day after it, by the entry that set it; an extension takes it back."""
    line = truce()
    line.record(border.CrossingOpened(crossing="rabia"), occurred="2026-02-15")
    told = [(str(v.since), v.value, v.entry.position) for v in line.at().history("agreements", "truce", "overdue")]
    assert told == [("2026-01-20", False, 1), ("2026-02-09", True, 1)]
    line.record(agreement.AgreementExtended(agreement="truce", until="2026-03-01"), occurred="2026-02-12")
    values = line.at().history("agreements", "truce", "overdue")
    assert [(str(v.since), v.value) for v in values] == [
        ("2026-01-20", False),
        ("2026-02-09", True),
        ("2026-02-12", False),
    ]
    assert [entry.position for entry in line.at().why("agreements", "truce", "overdue")] == [3]


def test_what_is_told_late_of_a_deadline_counts_at_once():
    """It had passed when the entry is folded."""
    line = truce()
    line.record(agreement.AgreementExtended(agreement="truce", until="2026-02-01"), occurred="2026-02-10")
    assert [v.value for v in line.at("2026-02-11").history("agreements", "truce", "overdue")] == [False, True]
    line.record(agreement.AgreementExpired(agreement="truce"), occurred="2026-02-12")
    assert not overdue(line)
    assert [v.value for v in line.at().history("agreements", "truce", "overdue")] == [False, True, False]


def test_without_anything_told_nothing_is_overdue():
    """No reading, no horizon."""
    line = Timeline()
    assert dict(line.at().agreements) == {}
    assert line.at()._horizon < 0


def last_steps_agree(line):
    """See that the last step of each value is the last of all its steps."""
    for asked in (line.at(), line.at("2026-01-10"), line.at(reported="2026-01-15")):
        for path in flat(line.at()):
            told = behind.last_step(asked, path)
            *_, last = [None, *behind.steps(asked, path)]
            assert (told and (told[0].point, told[1])) == (last and (last[0].point, last[1])), path


@given(messy_histories())
def test_the_last_step_is_the_last_of_all_steps(told):
    """It is found from the end."""
    last_steps_agree(told.timeline())


def test_the_last_step_of_a_collective_may_be_that_of_a_member():
    """Its value follows from all of them."""
    last_steps_agree(collective(Timeline()))


def test_a_walk_along_publications_takes_few_steps_for_each_reason():
    """The fold of one cut begins where that of the cut before ended."""
    taken = []
    crossings = Projection(
        name="crossings",
        keys=lambda reading: [reading.event.crossing],
        evolve=lambda count, reading, key: taken.append(reading) or (count or 0) + 1,
        is_sufficient=lambda reading, path: True,
    )
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(300)]
    line = Timeline(projections=[crossings])
    told = [(days[0], "2027-01-01"), *((day, day) for day in days)]
    line.record_all(
        Draft(border.CrossingOpened(crossing="x"), occurred=day, reports=[Report("AFP", published=published)])
        for day, published in told
    )
    line.at().why("crossings", "x")
    taken.clear()
    for day in days:
        line.at(reported=day).why("crossings", "x")
    assert len(taken) < 40 * len(days)
