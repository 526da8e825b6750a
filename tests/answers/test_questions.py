"""Changes of answers: learned, bisect, delays, differences by any clock, histories with ends, plans."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline import Draft, Entry, Modality, Projection, Report, Timeline, When, about, exactly
from timeline.errors import InvalidValue, UnknownName
from timeline.events import agreement, border, custody, facility
from timeline.testing.strategies import Chronicle, messy_histories
from timeline.values.instants import FIRST, FUTURE, LAST, PAST, instant

PRISON, ESCAPED = "al-shaddadi-prison", ("custody", "al-shaddadi-prison", "escaped")
CROSSING = "rabia-yarubiyah-crossing"
DAYS = (None, "2026-01-03", "2026-01-20", "2026-02-28")
moments = st.sampled_from(DAYS)


def published(*days: str) -> list[Report]:
    return [Report(f"wire {day}", published=day) for day in days]


def escapes() -> Timeline:
    """Reported on the 20th, corrected on the 22nd, denied on the 25th."""
    line = Timeline()
    told = custody.DetaineesEscaped(facility=PRISON, quantity=about(120))
    line.record(told, occurred="2026-01-19", id="a", reports=published("2026-01-20"))
    line.correct("a", custody.DetaineesEscaped(facility=PRISON, quantity=about(200)), id="b",
                 reports=published("2026-01-22"))  # fmt: skip
    line.dispute("a", id="c", reports=published("2026-01-25"))
    line.record(border.CrossingOpened(crossing=CROSSING), occurred="2026-01-21", reports=published("2026-01-23"))
    return line


# -- learned -------------------------------------------------------------------------------------------


def test_how_an_answer_changed_as_reports_came_in() -> None:
    """Each value from a publication on, with what came."""
    found = escapes().learned("2026-01-21", *ESCAPED)
    assert [(str(o.published), o.value, [e.id for e in o.entries]) for o in found] == [
        ("2026-01-20", about(120), ["a"]), ("2026-01-22", about(200), ["b"]),
    ]  # fmt: skip
    denied = escapes().learned("2026-01-21", *ESCAPED, policy="latest")
    assert [(str(o.published), o.value, [e.id for e in o.entries]) for o in denied][-1:] == [
        ("2026-01-25", exactly(0), ["c"])
    ]
    assert repr(found) == "<Learned: 2026-01-20  ≈120 [#1]; 2026-01-22  ≈200 [#2]>"
    assert found.to_arrow()["value_best"].to_pylist() == [120, 200]
    assert not escapes().learned("2026-01-01", *ESCAPED)


def test_learned_refuses_what_names_nothing() -> None:
    """As every question by path does."""
    with pytest.raises(UnknownName):
        Timeline().learned("2026-01-21", *ESCAPED)
    with pytest.raises(KeyError, match="names no value"):
        escapes().learned("2026-01-21", "custody", PRISON, "nothing")
    with pytest.raises(InvalidValue, match="'reported' cannot be set"):
        escapes().learned("2026-01-21", *ESCAPED, reported="2026-01-22")


def ends(line: Timeline) -> list[int]:
    """Return every moment of a publication."""
    dates = {r.published.span(line.tz).end for e in line.entries() for r in e.reports if r.published is not None}
    return sorted(end for end in dates if FIRST < end <= LAST + 1)


def came_with(line: Timeline, end: int, path: tuple[str, ...], **asked: Any) -> list[Entry]:
    """Return the entries published just then that `why` names, or that name one of these, before or after."""
    new = [e for e in line.entries() if any(r.published and r.published.span(line.tz).end == end for r in e.reports)]
    around = [*[moment for moment in ends(line) if moment < end][-1:], end]
    why = set()
    for situation in (line.at(reported=instant(moment - 1), **asked) for moment in around):
        with suppress(KeyError):
            why |= {entry.id for entry in situation.why(*path)}
    return [e for e in new if why & {e.id, *e.references}] or new


@given(messy_histories(), moments, st.sampled_from(["standing", "latest"]), st.data())
def test_learned_is_what_each_publication_said(told: Chronicle, day: Any, policy: Any, data: st.DataObject) -> None:
    """Law: learned(t) is at(t, reported=p) over all publications p, where it changes."""
    line = told.timeline()
    paths = sorted(line.at()._flat)
    if not paths:
        return
    path = data.draw(st.sampled_from(paths))
    expected, last = [], line.spans(*path).rest
    for end in ends(line):
        value = line.at(day, reported=instant(end - 1), policy=policy).value(*path)
        if value != last:
            expected.append((end, value))
        last = value
    assert all(lesson.entries for lesson in line.learned(day, *path, certainty="possible"))
    found = line.learned(day, *path, policy=policy)
    assert [(lesson.published.span(line.tz).end, lesson.value) for lesson in found] == expected
    for (end, _), lesson in zip(expected, found, strict=True):
        assert list(lesson.entries) == came_with(line, end, path, occurred=day, policy=policy)


@pytest.mark.parametrize("plan", [None, "plan"])
def test_what_was_learned_takes_few_steps_back_for_each_publication(plan: str | None) -> None:
    """Of a sum that follows from everything before, only the new entries are looked for, and no plan of theirs."""
    taken = []
    sums = Projection(
        name="sums",
        keys=lambda reading: [reading.event.facility],
        evolve=lambda count, reading, key: taken.append(reading) or (count or 0) + 1,
        by_key=True,
    )
    line = Timeline(projections=[sums])
    days = [(date(2026, 1, 1) + timedelta(days=n)).isoformat() for n in range(200)]
    told = custody.DetaineesEscaped(facility=PRISON)
    line.record(told, id="plan", modality=Modality.PLANNED, reports=published("2025-12-01"))
    line.record_all(Draft(told, occurred=day, reports=published(day), fulfils=plan) for day in days)
    assert [lesson.value for lesson in line.learned(None, "sums", PRISON)] == list(range(1, 201))
    assert len(taken) < 80 * 200


# -- bisect --------------------------------------------------------------------------------------------


def test_where_a_predicate_flips() -> None:
    """By each clock; what is not there yet counts as False."""
    line = escapes()
    flip = line.bisect(lambda s: s.custody.escaped(facility=PRISON).best == 200)
    assert flip is not None
    assert (str(flip.before), str(flip.after), flip.now) == ("2026-01-20", "2026-01-22", True)
    flip = line.bisect(lambda s: s.border.crossings[CROSSING].status == "open", by="occurred")
    assert flip is not None
    assert str(flip.after) == "2026-01-21"
    flip = line.bisect(lambda s: bool(s.claims("c")), by="recorded")
    assert flip is not None
    assert line.at(recorded=flip.after).claims("c") != line.at(recorded=flip.before).claims("c")
    assert line.bisect(lambda s: True) is None
    assert Timeline().bisect(lambda s: True) is None


def test_every_flip_can_be_asked_for() -> None:
    """Each with what it says from then on."""
    flips = escapes().bisect(lambda s: s.custody.escaped(facility=PRISON).best == 120, every=True)
    assert [(str(flip.before), str(flip.after), flip.now) for flip in flips] == [
        ("2026-01-19", "2026-01-20", True), ("2026-01-20", "2026-01-22", False),
    ]  # fmt: skip
    assert flips.to_arrow().num_rows == 2
    assert "true by 2026-01-20" in str(flips)


def test_moments_of_an_offset_with_seconds_are_written_in_utc() -> None:
    """Liberia's clocks were 44 minutes and 30 seconds behind until 1972: bisect, headings and reports go on."""
    line = Timeline(tz="Africa/Monrovia")
    line.record(custody.DetaineesEscaped(facility=PRISON, quantity=exactly(3)), occurred="1971-05-05")
    flip = line.bisect(lambda s: s.custody.escaped(facility=PRISON) == exactly(3), by="occurred")
    assert flip is not None
    assert (flip.before, flip.after) == (When("1971-05-05T00:44:30Z"), When("1971-05-05"))
    asked = line.at("1971-05-05T12:00:00Z")
    assert "1971-05-05T12:00:00Z" in str(asked)
    assert asked.tell().startswith("# Situation on 5 May 1971")


def test_bisect_knows_three_clocks() -> None:
    """One of which is left free."""
    with pytest.raises(InvalidValue, match="by is 'told': expected 'occurred', 'reported', 'recorded'"):
        escapes().bisect(lambda s: True, by="told")  # type: ignore[call-overload]
    for by in ({}, {"by": "reported"}):
        with pytest.raises(InvalidValue, match=r"searches the reported clock, and reported='2026-01-20' sets it"):
            escapes().bisect(lambda s: True, reported="2026-01-20", **by)
    wrong_predicate: Any = "x"
    with pytest.raises(InvalidValue, match="expected a function of a situation"):
        escapes().bisect(wrong_predicate)


@given(messy_histories(), st.sampled_from(["occurred", "reported", "recorded"]), st.integers(0, 4))
def test_bisect_finds_neighbours_that_differ(told: Chronicle, by: Any, many: int) -> None:
    """Law: the predicate differs at the two, and between any two moments that bracket no flip it does not."""
    line = told.timeline()

    def predicate(s: Any) -> bool:
        return len(s._flat) > many

    flips = line.bisect(predicate, by=by, every=True)
    for flip in flips:
        assert predicate(line.at(**{by: flip.after})) == flip.now != predicate(line.at(**{by: flip.before}))
    one = line.bisect(predicate, by=by)
    assert one is None or one in flips
    assert (one is None) == (len(flips) % 2 == 0)
    if by == "reported":
        said = [predicate(line.at(reported=instant(end - 1))) for end in ends(line)]
        assert sum(a != b for a, b in zip(said, said[1:], strict=False)) <= len(flips)


# -- delays --------------------------------------------------------------------------------------------


def test_how_long_after_it_happened_each_thing_was_told() -> None:
    """An interval, since both times are fuzzy."""
    delays = escapes().delays()
    assert [(d.entry.id, d.source, d.delay) for d in delays][0] == (
        "a", "wire 2026-01-20", (timedelta(0), timedelta(days=2)),
    )  # fmt: skip
    assert str(delays.by("type")).splitlines() == [
        "1 × border.crossing_opened: 1 day to 3 days", "1 × custody.detainees_escaped: none to 2 days",
    ]  # fmt: skip
    assert repr(delays) == "<Delays: 2 delays, none to 3 days; 0 undated, 0 unpublished, 0 published before>"
    assert delays.to_arrow()["lowest"].to_pylist() == [timedelta(0), timedelta(days=1)]
    assert delays.by("source").to_arrow().num_rows == 2


def test_delays_are_grouped_by_source_or_type_only() -> None:
    """Another word is refused."""
    word: Any = "entity"
    with pytest.raises(InvalidValue, match="expected 'source' or 'type'"):
        escapes().delays().by(word)


def test_a_correction_does_not_lengthen_the_delay() -> None:
    """The first publication of an event is that of what was corrected, unless the date is corrected too."""
    line = Timeline()
    opened = border.CrossingOpened(crossing=CROSSING)
    line.record(opened, occurred="2026-01-01", reports=published("2026-01-02"), id="a")
    line.correct("a", border.CrossingOpened(crossing="rabia"), reports=published("2026-03-11"), id="b")
    assert [str(delay.delay) for delay in line.delays()] == ["none to 2 days"]
    line.correct("a", opened, occurred="2026-03-01", reports=published("2026-03-12"))
    assert [str(delay.delay) for delay in line.delays()] == ["10 days to 12 days"]


def test_what_has_no_delay_is_counted_apart() -> None:
    """Undated, published without a date, published before."""
    line = Timeline()
    opened = border.CrossingOpened(crossing=CROSSING)
    line.record(opened, reports=published("2026-01-20"))
    line.record(opened, occurred="2026-01-20", reports=[Report("wire")])
    line.record(opened, occurred="2026-01-20", reports=published("2026-01-18"))
    line.record(opened, occurred="2026-01-20", modality=Modality.PLANNED)
    delays = line.delays()
    assert (len(delays), delays.undated, delays.unpublished, delays.early) == (0, 1, 1, 1)


@given(messy_histories(), moments, moments)
def test_each_actual_case_has_a_delay_or_is_counted(told: Chronicle, occurred: Any, reported: Any) -> None:
    """Law: first publication minus occurred, not below nothing."""
    line = told.timeline()
    s = line.at(occurred, reported=reported)
    found = line.delays(occurred=occurred, reported=reported)
    entries = s.entries(modality=Modality.ACTUAL)
    assert len(found) + found.undated + found.unpublished + found.early == len(entries)
    for entry, _, (lowest, highest) in found:
        told_of, claim = [], next(r.claim for r in s.actual if r.entry.id == entry.id)
        while claim is not None:
            told_of += claim.reports
            claim = claim.dated_by
        spans = [r.published.span(line.tz) for r in told_of if r.published is not None]
        first = min((span for span in spans if span.end < FUTURE), key=lambda span: span.end)
        happened = entry.occurred.span(line.tz)
        assert lowest == timedelta(microseconds=max(0, first.start - happened.end))
        open_ = happened.start <= PAST
        assert highest == (None if open_ else timedelta(microseconds=first.end - happened.start))
        assert highest is None or timedelta(0) <= lowest <= highest


# -- differences ---------------------------------------------------------------------------------------


def test_differences_by_any_clock() -> None:
    """A clock takes a moment, or a pair; first sightings differ from changed values."""
    line = escapes()
    found = line.diff(reported=("2026-01-20", "2026-01-23"))
    assert {(change.path[0], change.first) for change in found} == {("custody", False), ("border", True)}
    assert {change.path[0] for change in found.first_sightings} == {"border"}
    assert {change.path[0] for change in found.changed} == {"custody"}
    assert line.diff("2026-01-18", "2026-01-20") == line.diff(occurred=("2026-01-18", "2026-01-20"))
    assert line.diff("2026-01-18", "2026-01-22", reported="2026-01-20") == line.diff(
        line.at("2026-01-18", reported="2026-01-20"), line.at("2026-01-22", reported="2026-01-20")
    )
    assert not line.diff(recorded=(None, None))
    assert line.diff(recorded=("2000", None))


def test_a_clock_has_two_sides_at_most() -> None:
    """And is set once."""
    with pytest.raises(InvalidValue, match="once"):
        escapes().diff("2026-01-18", "2026-01-20", occurred="2026-01-20")
    with pytest.raises(InvalidValue, match="two"):
        escapes().diff(reported=("2026-01-18", "2026-01-20", "2026-01-21"))


@given(messy_histories(), moments, moments, st.sampled_from(["occurred", "reported", "recorded"]))
def test_a_first_sighting_is_a_path_that_was_not_there(told: Chronicle, a: Any, b: Any, by: str) -> None:
    """Law: whatever the clock."""
    line = told.timeline()
    before, after = line.at(**{by: a}), line.at(**{by: b})
    found = line.diff(**{by: (a, b)})
    assert list(found) == list(before.diff(after))
    assert {c.path for c in found if c.first} == {
        p for p, v in after._flat.items() if p not in before._flat and v is not None
    }


# -- histories -----------------------------------------------------------------------------------------


def test_a_history_says_until_when_and_how_long() -> None:
    """The last value holds until the moment asked about."""
    line = Timeline()
    line.record(border.CrossingOpened(crossing=CROSSING), occurred="2026-01-01")
    line.record(border.CrossingClosed(crossing=CROSSING), occurred="2026-01-11")
    first, last = line.at("2026-01-20").history("border", "crossings", CROSSING, "status")
    assert (str(first.since), str(first.until), first.duration) == (
        "2026-01-01", "2026-01-11", (timedelta(days=9), timedelta(days=11)),
    )  # fmt: skip
    assert (last.until, str(last.duration)) == (None, "9 days to 10 days")
    assert first.point < last.point
    history = line.at().history("border", "crossings", CROSSING, "status")
    assert history.to_arrow()["until"].to_pylist() == ["2026-01-11", None]
    assert repr(history) == "<Values: 2026-01-01  open; 2026-01-11  closed>"


def test_a_holder_who_was_seen_may_have_held_before() -> None:
    """Neither since when it held, nor until when the one before did, is more precise than its source."""
    line = Timeline()
    for authority, manner, day in (("sdf", "seized", "2026-01-01"), ("syria-gov", "observed", "2026-01-21")):
        event = facility.ControlChanged(facility="camp", authority=authority, manner=manner)
        line.record(event, occurred=day, reports=published("2026-01-21"))
    path = ("facilities", "camp", "control")
    s = line.at("2026-01-31")
    before, after = s.history(*path)
    assert (before.value, str(before.until), str(before.duration)) == ("sdf", "../2026-01-21", "none to 21 days")
    assert (after.value, str(after.since), str(after.duration)) == ("syria-gov", "../2026-01-21", "10 days to ?")
    assert str(s.why(*path)).startswith("facilities · camp · control: syria-gov since ../2026-01-21")
    assert s.why(*path).since == s.facilities["camp"].since()


def test_no_value_lasts_beyond_the_moment_asked_about() -> None:
    """A value that may have ended by then had lasted until then at most."""
    line = Timeline()
    for authority, occurred, day in (
        ("a", "2026-01-01", "2026-01-02"), ("b", "2026-02", "2026-03-02"), ("c", "2026-02-05/2026-05-01", "2026-05-02"),
    ):  # fmt: skip
        event = facility.ControlChanged(facility="camp", authority=authority)
        line.record(event, occurred=occurred, reports=published(day))
    values = line.at("2026-02-10", certainty="possible").history("facilities", "camp", "control")
    assert [(v.value, str(v.duration)) for v in values] == [
        ("a", "30 days to 41 days"), ("b", "none to 10 days"), ("c", "none to 6 days"),
    ]  # fmt: skip
    assert [str(v.duration) for v in line.at().history("facilities", "camp", "control")][1] == "none to 90 days"


def test_a_deadline_passes_until_nothing() -> None:
    """It has a point in fold order though no entry brought it."""
    line = Timeline()
    line.record(agreement.AgreementEnteredIntoForce(agreement="truce", until="2026-02-08"), occurred="2026-01-20")
    kept, passed = line.at("2026-02-10").history("agreements", "truce", "overdue")
    assert (kept.value, str(kept.until), passed.value, str(passed.duration)) == (False, "2026-02-09", True, "2 days")


@given(messy_histories(), moments)
def test_a_history_agrees_with_the_view_at_each_of_its_points(told: Chronicle, reported: Any) -> None:
    """Law: until the next value begins; the point is where in fold order it began."""
    line = told.timeline()
    s = line.at(reported=reported)
    for path in s._flat:
        values = s.history(*path)
        assert [value.until for value in values] == [
            *(value.since for value in values[1:]),
            *([None] if values else []),
        ]
        assert sorted(value.point for value in values) == [value.point for value in values]
        for value, following in zip(values, [*values[1:], None], strict=False):
            later = FUTURE if following is None else following.point[0]
            if FIRST < value.point[0] < later and value.point[0] <= LAST:
                seen = line.at(instant(value.point[0] - 1), reported=reported).history(*path)[-1].value
                assert seen == value.value
            lowest, highest = value.duration
            assert timedelta(0) <= lowest
            assert highest is None or lowest <= highest


# -- plans ---------------------------------------------------------------------------------------------


def test_plans_and_what_became_of_them() -> None:
    """In force, overdue, fulfilled."""
    line = Timeline()
    opening = border.CrossingOpened(crossing=CROSSING)
    plan = line.record(
        opening, occurred="2026-01-10", modality=Modality.PLANNED, id="plan", reports=published("2026-01-01")
    )
    line.record(opening, occurred="2026-01-20", fulfils="plan", id="done", reports=published("2026-01-20"))
    for day, outcome in (("2026-01-09", "open"), ("2026-01-10", "overdue"), ("2026-01-20", "fulfilled")):
        (found,) = line.at(day).plans.all
        assert (found, found.outcome, found.overdue) == (plan, outcome, outcome == "overdue")
        assert [entry.id for entry in found.fulfilled_by] == (["done"] if outcome == "fulfilled" else [])
    assert line.at("2026-01-15").plans.overdue == (plan,)
    assert line.at().plans == ()
    assert repr(line.at("2026-01-15").plans) == "<Plans: #1 overdue>"
    assert line.at().plans.all.to_arrow()["fulfilled_by"].to_pylist() == [["done"]]
    assert "fulfilled" in line.at().plans.all._repr_mimebundle_()["text/html"]


@given(messy_histories(), moments, moments)
def test_plans_are_those_announced(told: Chronicle, occurred: Any, reported: Any) -> None:
    """Law: those in force are neither fulfilled nor more than were announced; overdue ones are due and in force."""
    s = told.timeline().at(occurred, reported=reported)
    plans = s.plans.all
    assert list(plans) == list(s.entries(modality=Modality.PLANNED))
    assert [plan for plan in plans if not plan.fulfilled] == list(s.plans)
    for plan in plans:
        assert plan.fulfilled == bool(plan.fulfilled_by)
        assert not plan.overdue or (plan in s.plans and plan.occurred is not None)
        if occurred is not None and plan.occurred is not None and not plan.fulfilled:
            assert plan.overdue == (plan.occurred.span().end <= When(occurred).span().end)
