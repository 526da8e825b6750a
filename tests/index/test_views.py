"""Views, kept current entry by entry or cut, against a fold from scratch."""

from __future__ import annotations

import gc
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline import Draft, Modality, Projection, Report, Timeline, exactly
from timeline.answers.situation import Situation
from timeline.events import agreement, border, custody
from timeline.events.editorial import EventRetracted
from timeline.history.contradictions import contradictions
from timeline.history.duplicates import doubles, duplicate, duplicate_key, groups
from timeline.history.history import History, history
from timeline.history.policies import POLICIES
from timeline.index.asof import AsOf
from timeline.index.view import EVERYTHING, LAST, View
from timeline.projections import BUILT_IN
from timeline.testing.strategies import Chronicle, messy_histories
from timeline.values.instants import FUTURE
from timeline.values.when import When

COUNTS = Projection(
    name="counts",
    keys=lambda reading: [type(reading.event).__name__],
    evolve=lambda count, reading, key: (count or 0) + len(reading.reports),
)
"""The number of reports of each kind of event: a projection as somebody else could write it."""
DAYS = ("2026-01-01", "2026-01-02", "2026-01-03", "2026-01-10", "2026-01-20", "2026-02-01")


def folded(found: History, end: int) -> tuple[dict[Any, Any], list[Any]]:
    """Return every value and finding by a moment, folded from the first reading to the last."""
    values: dict[Any, Any] = {}
    linked = contradictions(found, subject)
    findings = [placed.finding for placed in linked if placed.point[0] <= end]
    tracks: dict[str, list[int]] = {}
    for reading in found.readings:
        if reading.end > end:
            continue
        for key in duplicate_key(reading):
            tracks.setdefault(key, []).append(reading.case.entry.position)
        for projection in BUILT_IN:
            for key in dict.fromkeys(projection.keys(reading)):
                before = values.get((projection.name, key))
                after = values[projection.name, key] = projection.evolve(before, reading, key)
                findings += projection.check(before, reading, after, key)
    at = {reading.case.entry.position: reading for reading in found.readings}
    for group in groups(tracks.items()):
        for one, other in doubles(group, lambda position: at[position].point, at):
            findings.append(duplicate(at[one[2]], at[other[2]], subject).finding)
    return values, sorted((f.kind, f.message, f.path) for f in findings)


def subject(reading: Any) -> tuple[str, ...]:
    """Return the path of the value that a reading changes."""
    told = ((p, p.subject(reading, key)) for p in BUILT_IN for key in p.keys(reading))
    return next(((p.name, *path) for p, path in told if path), ())


def answers(view: View, end: int) -> tuple[dict[Any, Any], list[Any]]:
    """Return the same values from a view."""
    by = (end, FUTURE, LAST)
    values = {
        (p.name, key): view.folded(p.name).value(key, by) for p in BUILT_IN for key in view.folded(p.name).keys_by(by)
    }
    found = [placed.finding for placed in view.findings() if placed.point <= by]
    return values, sorted((f.kind, f.message, f.path) for f in found)


days = st.sampled_from([None, *DAYS])


def moment(day: str | None) -> int:
    return FUTURE if day is None else When(day).span().end


@given(messy_histories(), days, days, st.sampled_from(["standing", "highest", "most_reliable"]), st.data())
def test_what_is_kept_equals_a_fold_from_scratch(
    told: Chronicle, occurred: str | None, reported: str | None, policy: str, data: st.DataObject
) -> None:
    """By every clock and policy, whenever it was asked before, and of every log there was on the way."""
    public = None if reported is None else (moment(reported), LAST)
    asked_after = data.draw(st.sets(st.integers(1, len(told))), label="asked after")
    counts = data.draw(st.sets(st.integers(0, len(told))), label="asked of")
    for number, line in enumerate(told.growing()):
        if number in asked_after:
            answers(line.at(occurred)._seen, moment(occurred))
    line.at()
    for count in {*counts, len(told)}:
        choose = POLICIES[policy]
        view = line._views.view(AsOf(count, public, None, choose))
        entries = line.entries(before=count + 1)
        assert answers(view, moment(occurred)) == folded(
            history(entries, reported=public, choose=choose, identity=view.identity), moment(occurred)
        )


@given(messy_histories(), st.integers(1, 9), days, st.sampled_from(["definite", "possible"]))
def test_a_situation_stays_as_it_was_asked(told: Chronicle, count: int, occurred: str | None, certainty: Any) -> None:
    """Later entries change nothing about an answer, looked at or not before."""
    seen = unseen = None
    for number, line in enumerate(told.growing()):
        if number == count:
            seen, unseen = (line.at(occurred, certainty=certainty) for _ in range(2))
            assert seen.diff(unseen) == ()
    if seen is not None:
        line.at()
        shorter = Chronicle(told.drafts[:count]).timeline()
        assert seen == unseen == shorter.at(occurred, certainty=certainty)


def test_what_is_possible_stays_as_it_was_asked() -> None:
    """An entry that came later is not in it, though it stands alone and may have happened by then."""
    line = Timeline()
    line.record(border.CrossingOpened(crossing="rabia"), occurred="2026-01-02")
    possible = line.at("2026-01-05", certainty="possible")
    line.record(border.CrossingOpened(crossing="semalka"), occurred="2026-01-02")
    assert line.head().position == 2
    assert [*line.at("2026-01-05").border.crossings] == ["rabia", "semalka"]
    assert [*possible.border.crossings] == ["rabia"]


def latest(claims: Any) -> Any:
    """Pick a claim by a policy of somebody else's."""
    return claims[-1]


CLOCKS = ("occurred", "reported", "recorded", "certainty")
cuts = st.fixed_dictionaries(
    {
        "occurred": days,
        "reported": days,
        "recorded": st.integers(0, 12),
        "certainty": st.sampled_from(["definite", "definite", "possible"]),
    }
)


@given(
    messy_histories(), cuts, cuts, st.sets(st.sampled_from(CLOCKS)), st.sampled_from(["standing", "highest", latest])
)
def test_a_difference_is_that_of_all_values(told: Chronicle, one: Any, other: Any, kept: set[str], policy: Any) -> None:
    """Though it is sought only where there can be one: by a clock alone, or by several at once."""
    line = told.timeline(projections=[COUNTS])

    def asked(cut: dict[str, Any]) -> Situation:
        number = cut["recorded"]
        recorded = line.entries(before=number + 1)[-1].recorded_at if 0 < number <= len(told) else None
        return line.at(**{**cut, "recorded": recorded}, policy=policy)

    before, after = asked(one), asked({**other, **{clock: one[clock] for clock in kept}})
    found = {change.path: (change.before, change.after) for change in before.diff(after)}
    a, b = before._flat, after._flat
    assert found == {path: (a.get(path), b.get(path)) for path in {*a, *b} if a.get(path) != b.get(path)}


def daily() -> Any:
    """Return a day later at each call."""
    days = iter(range(1, 29))
    return lambda: datetime(2026, 2, next(days), tzinfo=timezone.utc)


def test_a_further_report_and_a_correction_are_differences() -> None:
    """The entry was public before, and known before: what is said of it has changed."""
    line = Timeline(projections=[COUNTS], clock=daily())
    reports = [Report("wire", published=day) for day in ("2026-01-02", "2026-01-10", "2026-01-20")]
    escaped = custody.DetaineesEscaped(facility="al-shaddadi-prison", quantity=exactly(120))
    entry = line.record(escaped, occurred="2026-01-01", reports=reports)
    line.record(border.CrossingOpened(crossing="crossing-1"), occurred="2026-01-22")
    line.correct(entry, attrs.evolve(escaped, quantity=exactly(200)))
    known = {"recorded": "2026-02-02"}
    more = line.at(reported="2026-01-05", **known).diff(line.at(reported="2026-01-12", **known))
    assert [str(change) for change in more] == ["counts · DetaineesEscaped: 1 → 2"]
    changed = [str(change) for change in line.at("2026-01-21", **known).diff(line.at("2026-01-22"))]
    assert changed == [
        "custody · al-shaddadi-prison · escaped: 120 → 200",
        "border · crossings · crossing-1 · status: – → open",
        "border · crossings · crossing-1 · since: – → 2026-01-22",
        "counts · CrossingOpened: – → 0",
    ]


def opened(day: int, number: int) -> Draft:
    return Draft(
        border.CrossingOpened(crossing=f"crossing-{number % 7}"),
        occurred=f"2026-01-{day:02}",
        reports=[Report("wire", published="2026-03-01")],
    )


def test_what_comes_in_order_is_folded_once() -> None:
    """A thousand entries, asked after each hundred: every track is folded to its end, and no step twice."""
    line = Timeline()
    steps = 0
    for hundred in range(10):
        line.record_all([opened(1 + hundred, number) for number in range(100)])
        line.at()
        tracks = [line._views.complete.folded("border").track(("crossing", f"crossing-{n}")) for n in range(7)]
        steps = sum(track.tail.steps for track in tracks if track is not None)
        assert steps == 100 * (hundred + 1)


def test_what_comes_late_disturbs_only_its_own_tail() -> None:
    """A late opening of one crossing leaves the folds of the others alone, and what came before it."""
    line = Timeline()
    line.record_all([opened(1 + number // 50, number) for number in range(1000)])
    line.at()
    border_folds = line._views.complete.folded("border")
    other = border_folds.track(("crossing", "crossing-2"))
    assert other is not None
    tail = other.tail
    line.record_all([opened(15, 1)])
    line.at()
    late = border_folds.track(("crossing", "crossing-1"))
    assert late is not None
    assert 64 <= late.tail.steps < len(late.positions)
    assert other.tail is tail


def test_what_was_asked_for_last_gives_way_to_what_comes_late() -> None:
    """A moment that was asked about is folded again when something turns up before it."""
    line = Timeline()
    report = Report("wire", published="2026-02-01")
    for day in range(10, 20):
        moved = custody.DetaineesEscaped(facility="al-shaddadi-prison", quantity=exactly(1))
        line.record(moved, occurred=f"2026-01-{day}", reports=[report])
    line.at()
    assert line.at("2026-01-15").custody.escaped(facility="al-shaddadi-prison") == exactly(6)
    late = custody.DetaineesEscaped(facility="al-shaddadi-prison", quantity=exactly(100))
    line.record(late, occurred="2026-01-12", reports=[Report("another", published="2026-02-01")])
    assert line.at().findings
    assert line.at("2026-01-15").custody.escaped(facility="al-shaddadi-prison") == exactly(106)


def test_a_correction_moves_only_its_strand() -> None:
    """A retraction among a thousand takes one reading out; asked again, all is as if it had never been there."""
    line, never = Timeline(), Timeline()
    drafts = [opened(1 + number // 50, number) for number in range(1000)]
    entries = line.record_all(drafts)
    line.at()
    line.record(EventRetracted(target=entries[500].id))
    never.record_all([draft for number, draft in enumerate(drafts) if number != 500])
    assert line.at() == never.at()
    assert [list(positions) for _, positions in line._views.complete.components] == [[501, 1001]]


def test_plans_and_undated_entries_are_kept_too() -> None:
    """An entry that changes no state is listed, before and after another binds it to something."""
    line = Timeline()
    plan = line.record(
        custody.DetaineesTransferred(quantity=exactly(150), operation="op"),
        modality=Modality.PLANNED,
        reports=[Report("CENTCOM", published="2026-01-20")],
    )
    assert line.at("2026-01-21").plans == (plan,)
    line.record(
        custody.DetaineesTransferred(quantity=exactly(150), operation="op"), occurred="2026-01-22", fulfils=plan
    )
    assert line.at("2026-01-21").plans == (plan,)
    assert line.at("2026-01-22").plans == ()


def test_everything_is_after_every_point() -> None:
    """The end of fold order lies behind what ends nowhere."""
    assert EVERYTHING >= (FUTURE, FUTURE, LAST)


@pytest.mark.parametrize("collecting", [True, False])
def test_the_collector_of_cycles_is_left_as_it_was(collecting: bool) -> None:
    """It pauses while entries are taken in, and goes on afterwards, also after an error, if it went on before."""
    broken = Projection(name="broken", keys=lambda reading: 1 / 0, evolve=lambda before, reading, key: None)  # type: ignore[arg-type]
    seen: list[bool] = []
    looking = Projection(name="looking", keys=lambda r: (seen.append(gc.isenabled()), [])[1], evolve=lambda *_: None)
    (gc.enable if collecting else gc.disable)()
    try:
        for projection in (looking, broken):
            line = Timeline(projections=[projection])
            line.record(border.CrossingOpened(crossing="al-qaim-bukamal-crossing"))
            with suppress(ZeroDivisionError):
                line.at()
            assert gc.isenabled() is collecting
    finally:
        gc.enable()
    assert seen == [False]


def test_the_collector_of_cycles_pauses_while_the_entries_of_findings_are_looked_up(monkeypatch):
    """All of them stay."""
    seen, involved = [], View.involved
    monkeypatch.setattr(View, "involved", lambda *given: (seen.append(gc.isenabled()), involved(*given))[1])
    assert Timeline.demo().at().findings
    assert seen == [False]
    assert gc.isenabled()


def test_the_last_report_of_linked_entries_makes_a_truce_overdue():
    """The horizon of the log is the last publication, also of an entry linked to one published long before."""
    line = Timeline()
    truce = agreement.AgreementEnteredIntoForce(agreement="truce", until="2026-01-24")
    line.record(truce, occurred="2026-01-20", reports=[Report("AFP", published="2026-01-20")])
    first = line.record(border.CrossingOpened(crossing="a"), reports=[Report("AFP", published="2026-01-19")])
    late = Draft(border.CrossingOpened(crossing="b"), after=first, reports=[Report("AFP", published="2026-02-10")])
    line.record_all([late])
    assert line.at().agreements["truce"].overdue
