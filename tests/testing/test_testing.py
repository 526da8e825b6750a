"""The kit itself: a story that does not hold turns red, and its account says where to look."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import attrs
import pytest

from timeline import Draft, Modality, Projection, Report, Situation, Timeline, When, about, credible, exactly
from timeline.errors import (
    ConcurrencyConflict,
    EditorialRefused,
    IllegalTransition,
    InvalidDraft,
    InvalidValue,
    InvalidWhen,
    UnknownTarget,
)
from timeline.events.custody import DetaineesEscaped
from timeline.events.editorial import EventRetracted
from timeline.events.facility import FacilityRegistered, FacilityStatusChanged
from timeline.log import Expect
from timeline.testing import (
    Expectation,
    FrozenClock,
    Story,
    StoryFailed,
    as_recorded,
    as_reported,
    asking,
    changes_nothing,
    correct,
    corroborate,
    dispute,
    finds,
    finds_nothing,
    given,
    guards,
    left_out,
    merge,
    on,
    plans,
    possible,
    redact,
    refuses,
    retract,
    the,
    told,
)
from timeline.testing.compare import explain_unequal

HOL = "al-hol-camp"
CLOSED = FacilityStatusChanged(facility=HOL, status="closed")
REOPENED = FacilityStatusChanged(facility=HOL, status="operational")
STATUS = the("facilities", HOL, "status")


def account(story: Callable[[], object]) -> str:
    """Return the message of a story that does not hold."""
    with pytest.raises(StoryFailed) as failed:
        story()
    return str(failed.value)


# -- the account -------------------------------------------------------------------------------------


def test_an_account_shows_what_was_expected_and_everything_that_was_told() -> None:
    """Expected and found, how the value came to be, the clocks, each entry with its sources, and the last change."""
    closed = on("2026-03-05").as_reported("2026-03-06").told(CLOSED, by="AFP")
    reopened = on("2026-02-10").as_reported("2026-03-20").told(REOPENED, by=Report("Reuters", credibility=2))
    asked = on("2026-03-10").as_recorded("2026-03-25").the("facilities", HOL, "status")
    assert account(lambda: given(closed).when(reopened).then(finds_nothing(), asked.is_("operational"))) == (
        "1 of 2 not so, first: on 2026-03-10, as recorded 2026-03-25: facilities · al-hol-camp · status is operational\n"
        "✗ on 2026-03-10, as recorded 2026-03-25: facilities · al-hol-camp · status is operational\n"
        "    expected  operational\n"
        "    found     closed\n"
        "    history   2026-02-10  operational  by #2\n"
        "              2026-03-05  closed  by #1\n"
        "    asked     occurred before 2026-03-11T00:00:00Z, reported free, recorded before 2026-03-26T00:00:00Z\n"
        "✓ finds nothing\n"
        "\n"
        "The story, our clock at 2026-03-20T23:59:59Z\n"
        "  given #1 2026-03-05 FacilityStatusChanged facility=al-hol-camp status=closed\n"
        "           recorded 2026-03-06T23:59:59Z\n"
        "           AFP, 2026-03-06\n"
        "  when  #2 2026-02-10 FacilityStatusChanged facility=al-hol-camp status=operational\n"
        "           recorded 2026-03-20T23:59:59Z\n"
        "           Reuters, 2026-03-20, rated 2\n"
        "\n"
        "What the last step changed, everything known\n"
        "  nothing"
    )


def test_an_account_names_a_target_by_its_position() -> None:
    """Ids the kit made up tell nobody anything."""
    closed = on("2026-03-05").told(CLOSED)
    said = account(lambda: given(closed).when(retract(closed)).then(STATUS.is_("closed")))
    assert "when  #2 undated EventRetracted target=#1\n" in said
    assert said.endswith("everything known\n  facilities · al-hol-camp · status: closed → –")


def test_what_the_clocks_hide_is_shown_beside_what_is_found() -> None:
    """Nothing is known by then, although it was reported."""
    closed = on("2026-03-05").told(CLOSED)
    said = account(lambda: given(closed).then(on("2026-01-01").the("facilities", HOL, "status").is_("closed")))
    assert "    found     not known\n    all free  2026-03-05  closed  by #1\n" in said


def test_an_account_shows_nothing_of_what_was_redacted() -> None:
    """It is gone from the log, and so from what is said of it; what the step changed is said once."""
    closed = on("2026-03-05").told(CLOSED, by="AFP")
    said = account(lambda: given(closed).when(redact(closed)).then(changes_nothing(), STATUS.is_("closed")))
    assert (
        "  given #1 undated redacted\n           recorded 2026-03-05T23:59:59Z\n  when  #2 undated EventRedacted"
        in said
    )
    assert "    changed  facilities · al-hol-camp · status: closed → –\n" in said


def test_an_account_says_where_nothing_new_was_told() -> None:
    """Telling the same again is a step that adds nothing."""
    assert "  when  nothing new\n" in account(lambda: given(SHUT).when(SHUT).then(STATUS.is_(None)))


def test_a_path_mistyped_is_told_its_neighbours() -> None:
    """Only those of the same projection."""
    said = account(lambda: given(told(CLOSED)).then(the("facilities", "al-houl-camp", "status").is_("closed")))
    assert "    near it   facilities · al-hol-camp · status\n" in said


def test_what_did_not_count_is_named() -> None:
    """The likely reason is a fact that is only possible by then, or one without evidence."""
    vague = on("2026-01").told(CLOSED)
    in_between = on("2026-01-10").the("facilities", HOL, "status")
    assert "    possible  #1 2026-01 Facility" in account(lambda: given(vague).then(in_between.is_("closed")))
    cautious = asking(accept=credible(1)).the("facilities", HOL, "status")
    assert "    left out  #1 2026-01 Facility" in account(lambda: given(vague).then(cautious.is_("closed")))


def test_quantities_that_look_alike_are_told_apart() -> None:
    """Bounds and wording are part of a quantity."""
    escape = on("2026-01-19").told(DetaineesEscaped(facility=HOL, quantity=about(150)))
    said = account(lambda: given(escape).then(the("custody", HOL, "escaped").is_(exactly(150))))
    assert "    because   low: 150 != 0\n              high: 150 != None\n" in said
    said = account(lambda: given(escape).then(the("custody", HOL, "escaped").is_("≈150")))
    assert "    because   '≈150' != Quantity(low=0, best=150, high=None, unit='people', text='')\n" in said


ESCAPE = on("2026-01-19").told(DetaineesEscaped(facility=HOL, quantity=about(5)))
SHUT = on("2026-01-20").told(CLOSED)
ILLEGAL = on("2026-01-21").told(FacilityStatusChanged(facility=HOL, status="evacuating"))
PLAN = on("2026-02-01").as_reported("2026-01-19").told(REOPENED, modality=Modality.PLANNED)


@pytest.mark.parametrize(
    ("wrong", "instead"),
    [
        (STATUS.is_(None), "found     evacuating"),
        (STATUS.is_("closed"), "found     evacuating"),
        (STATUS.follows_from(), "expected  nothing"),
        (STATUS.follows_from(SHUT), "found     #3 2026-01-21"),
        (STATUS.follows_from(ILLEGAL, SHUT), "found     #3 2026-01-21"),
        (finds("drift"), "found     illegal_transition: al-hol-camp"),
        (finds("illegal_transition", "facilities", "x", "status"), "expected  illegal_transition at facilities · x"),
        (finds("illegal_transition", of=SHUT), "#2 2026-01-20 FacilityStatusChanged"),
        (on("2026-01-20").finds("illegal_transition"), "found     no finding"),
        (finds_nothing(), "found  illegal_transition: al-hol-camp"),
        (plans(), "found     #4 2026-02-01"),
        (plans(PLAN, "unheard-of"), "unheard-of, which is not on the log"),
        (on("2026-01-18").plans(PLAN), "found     nothing"),
        (possible(SHUT), "found     nothing"),
        (left_out(SHUT), "found     nothing"),
        (as_reported("2026-02-01").left_out(), "found     #1 2026-01-19"),
        (changes_nothing(), "changed  + plan: 2026-02-01 FacilityStatusChanged"),
        (refuses(), "found     nothing was refused"),
    ],
    ids=str,
)
def test_every_expectation_can_fail_and_says_what_is_so_instead(wrong: Expectation, instead: str) -> None:
    """Each of them turns red on a story it does not fit."""
    assert instead in account(lambda: given(ESCAPE, SHUT, ILLEGAL).when(PLAN).then(wrong))


def test_a_change_in_the_projections_named_is_a_change() -> None:
    """Only what the others say may change."""
    story = given(ESCAPE).when(SHUT)
    story.then(changes_nothing("custody"))
    said = account(lambda: story.then(changes_nothing("custody", "facilities")))
    assert "    changed  facilities · al-hol-camp · status: – → closed\n" in said


MISTYPED = {
    "a projection": (the("facilites", HOL, "status").is_(None), "no projection 'facilites'"),
    "a value": (the("facilities", HOL, "statsu").is_(None), "names no value"),
    "a value that is to follow": (the("facilities", HOL, "statsu").follows_from(), "names no value"),
    "a name that is to follow": (the("facilities", "al-hal-camp", "status").follows_from(), "al-hol-camp"),
    "no path": (the().is_(None), "the path is empty"),
    "a projection that is not to change": (changes_nothing("facilites"), "no projection 'facilites'"),
}


@pytest.mark.parametrize(("mistyped", "why"), MISTYPED.values(), ids=MISTYPED)
def test_a_path_mistyped_is_one_expectation_that_fails(mistyped: Expectation, why: str) -> None:
    """A word the library does not know is never *not known*; the other expectations are checked all the same."""
    said = account(lambda: given(ESCAPE).when(SHUT).then(STATUS.is_("closed"), mistyped))
    assert said.startswith("1 of 2 not so")
    assert re.search(rf"✗ .*\n    no such path  .*{why}", said)
    assert "✓ facilities · al-hol-camp · status is closed" in said


def test_an_account_shows_links_by_position() -> None:
    """The code shows the entries that an entry follows, belongs to and fulfils."""
    plan = (
        on("2026-01-25")
        .as_reported("2026-01-20")
        .told(FacilityStatusChanged(facility=HOL, status="closed"), modality=Modality.PLANNED)
    )
    done = on("2026-01-26").told(
        FacilityStatusChanged(facility=HOL, status="closed"), after=[ESCAPE, plan], part_of=SHUT, fulfils=plan
    )
    said = account(lambda: given(ESCAPE, SHUT, plan).when(done).then(finds("drift")))
    assert "           after #1, #3 · part of #2 · fulfils #3\n" in said


def test_links_of_what_was_refused_are_shown() -> None:
    """Also where the target is not on the log."""
    lost = on("2026-01-26").told(FacilityStatusChanged(facility=HOL, status="closed"), part_of="unheard-of")
    said = account(lambda: given(SHUT).when(lost).then(finds_nothing()))
    assert "           part of unheard-of\n           refused: " in said


# -- conditions ------------------------------------------------------------------------------------


def about_the_camp(after: int) -> Expect:
    return Expect(tags=[f"facility:{HOL}"], after=after)


def test_a_story_tells_something_under_a_condition() -> None:
    """It lands if nothing that matches came since, and is refused else."""
    given(ESCAPE, SHUT).when(ILLEGAL, expect=about_the_camp(2)).then(finds("illegal_transition"))
    given(ESCAPE, SHUT).when(ILLEGAL, expect=about_the_camp(1)).then(refuses(ConcurrencyConflict), changes_nothing())


def test_what_is_given_is_checked_against_the_condition() -> None:
    """Each entry given must be one that the condition would notice; or those that are named."""
    other = on("2026-01-21").told(FacilityRegistered(facility="al-aqtan-prison"))
    given(ESCAPE, SHUT).when(ILLEGAL, expect=about_the_camp(2)).then(guards())
    story = given(SHUT, other).when(ILLEGAL, expect=about_the_camp(2)).then(guards(SHUT))
    said = account(lambda: story.then(guards()))
    assert "✗ guards all that was given\n    not guarded  #2 2026-01-21 FacilityRegistered" in said
    assert "\n    expect       nothing about facility:al-hol-camp after position 2\n" in said


def test_several_conditions_guard_together() -> None:
    """A difference in one of them is noticed."""
    other = on("2026-01-21").told(FacilityRegistered(facility="al-aqtan-prison"))
    both = [about_the_camp(2), Expect(types=[FacilityRegistered], after=2)]
    given(SHUT, other).when(ILLEGAL, expect=both).then(guards())


def test_without_a_condition_nothing_is_guarded() -> None:
    """A step that says no condition fails the check."""
    said = account(lambda: given(SHUT).when(ILLEGAL).then(guards(SHUT)))
    assert "✗ guards 1 entry\n    found  the last step has no condition" in said


# -- refusals ----------------------------------------------------------------------------------------


def test_a_refusal_nobody_expects_fails_the_story() -> None:
    """Other findings do not matter."""
    story = given(SHUT, strict=True).when(ILLEGAL)
    said = account(lambda: story.then(changes_nothing()))
    assert said.startswith("the last step was refused with IllegalTransition, which nothing expects\n")
    assert (
        "  when  2026-01-21 FacilityStatusChanged facility=al-hol-camp status=evacuating\n"
        "           refused: refused, nothing was appended: illegal_transition: al-hol-camp"
    ) in said


@pytest.mark.parametrize("go_on", [lambda story: story.when(ESCAPE), lambda story: story.line])
def test_a_story_does_not_go_on_over_a_refusal(go_on: Callable[[Story], object]) -> None:
    """Neither to the next step, nor to its timeline."""
    story = given(SHUT, strict=True).when(ILLEGAL)
    assert "was refused with IllegalTransition" in account(lambda: go_on(story))


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [(refuses(EditorialRefused), "EditorialRefused"), (refuses(IllegalTransition, saying="drift"), "saying 'drift'")],
)
def test_another_refusal_than_the_expected_one_fails_the_story(wrong: Expectation, expected: str) -> None:
    """Its kind and its words are compared."""
    said = account(lambda: given(SHUT, strict=True).when(ILLEGAL).then(wrong))
    assert expected in said
    assert "found     IllegalTransition: refused, nothing was appended" in said


def test_a_refusal_once_expected_is_settled() -> None:
    """Later expectations may ask anything else, and go on."""
    (
        given(SHUT, strict=True)
        .when(ILLEGAL)
        .then(refuses(IllegalTransition))
        .then(changes_nothing(), STATUS.is_("closed"))
        .when(ESCAPE)
        .then(STATUS.is_("closed"))
    )


def test_a_given_that_is_refused_is_an_error_of_the_test() -> None:
    """A story begins with entries that a log accepts."""
    with pytest.raises(IllegalTransition):
        given(SHUT, ILLEGAL, strict=True)
    with pytest.raises(UnknownTarget):
        given(retract("unheard-of"))


def test_a_when_lands_whole_or_not_at_all() -> None:
    """One illegal step refuses the facts reported with it."""
    given(SHUT, strict=True).when(ESCAPE, ILLEGAL).then(refuses(IllegalTransition), changes_nothing())


def test_then_expects_something() -> None:
    """A check of nothing is a mistake."""
    with pytest.raises(InvalidValue, match=r"then\(\) has no expectation"):
        given(SHUT).then()


def test_a_story_that_ends_unchecked_warns() -> None:
    """A when without a then proves nothing, least of all when it was refused."""
    with pytest.warns(UserWarning, match="nothing of it was checked, and it was refused: refused, nothing"):
        given(SHUT, strict=True).when(ILLEGAL)
        gc.collect()


def test_the_timeline_of_a_story_may_be_asked_whatever_else() -> None:
    """Its author checks what the kit has no words for."""
    line = given(SHUT).when(ESCAPE).line
    assert line.at().custody.escaped(facility=HOL) == about(5)


# -- live and replayed -------------------------------------------------------------------------------


class Forgetful(Timeline):
    """A timeline that answers as it once answered."""

    def at(self, *args: Any, **more: Any) -> Situation:
        answers = self.__dict__.setdefault("answers", {})
        return answers.setdefault((args, *more.items()), super().at(*args, **more))


def test_a_timeline_that_answers_otherwise_live_than_replayed_fails_the_story(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though nothing was expected of it yet."""
    monkeypatch.setattr("timeline.testing.story.Timeline", Forgetful)
    said = account(lambda: given(SHUT).when(ESCAPE))
    assert said.startswith("the library answers differently live and replayed: a bug of its own\n")
    assert "    replayed → live  custody · al-hol-camp · escaped: ≈5 → –\n" in said


def test_a_projection_that_remembers_for_itself_fails_the_story() -> None:
    """A fold knows what it is given and nothing else."""
    heard: list[str] = []
    forgetful = Projection(
        name="heard",
        keys=lambda reading: ["all"],
        evolve=lambda before, reading, key: heard.append(reading.entry.id) or len(heard),
    )
    assert "heard · all: " in account(lambda: given(SHUT, projections=[forgetful]))


# -- telling -----------------------------------------------------------------------------------------


def test_what_is_told_twice_is_one_entry() -> None:
    """A repeated report adds no event; a new one does."""
    given(SHUT).when(SHUT).then(changes_nothing())
    assert len(given(SHUT).when(SHUT, on("2026-01-20").told(CLOSED)).line.entries()) == 2


def test_drafts_of_ones_own_may_be_told() -> None:
    """Entries of an importer keep their form, and are named by their id."""
    draft = Draft(CLOSED, occurred="2026-01-20", reports=[Report("AFP", published="2026-01-21")], id="row-7")
    given(draft).when(retract("row-7")).then(STATUS.is_(None))
    given(Draft(CLOSED)).then(STATUS.is_("closed"))


def test_sources_are_names_reports_or_both() -> None:
    """A report keeps its own date; what has none was published when it was reported."""
    both = as_reported("2026-01-21").told(CLOSED, by=["AFP", Report("UN", published="2026-01-25")])
    assert [str(report) for report in both.draft.reports] == ["AFP, 2026-01-21", "UN, 2026-01-25"]
    assert [str(report) for report in as_reported("2026-01-21").told(CLOSED).draft.reports] == ["a source, 2026-01-21"]
    assert told(CLOSED).draft.reports == ()


def test_links_between_entries_name_what_was_told() -> None:
    """After, part of, fulfils: each takes a report, an entry or an id."""
    first = told(CLOSED, id="first")
    draft = told(REOPENED, after=[first], part_of=first, fulfils="first").draft
    assert (draft.after, draft.part_of, draft.fulfils) == (("first",), "first", "first")


def test_every_editorial_act_takes_what_was_told() -> None:
    """They write what the methods of a timeline write, with their sources and dates."""
    acts = [
        on("2026-01-22").correct(SHUT, REOPENED, modality=Modality.PLANNED, reason="r", by="AFP"),
        on("2026-01-22").dispute(SHUT, rival=REOPENED, reason="r", by="AFP"),
        corroborate(SHUT, by="AFP"),
        retract(SHUT, reason="r", by="AFP"),
        merge(SHUT, [ESCAPE]),
        redact(SHUT, reason="r", by="AFP"),
    ]
    line, reports = Timeline(), [Report("AFP")]
    line.record_all([SHUT.draft, ESCAPE.draft])
    written = [
        line.correct(SHUT.id, REOPENED, occurred="2026-01-22", modality=Modality.PLANNED, reason="r", reports=reports),
        line.dispute(SHUT.id, rival=REOPENED, occurred="2026-01-22", reason="r", reports=reports),
        line.corroborate(SHUT.id, reports=reports),
        line.retract(SHUT.id, reason="r", reports=reports),
        line.merge(SHUT.id, [ESCAPE.id]),
        line.redact(SHUT.id, reason="r", reports=reports),
    ]
    assert [(act.draft.event, act.draft.reports) for act in acts] == [(entry.event, entry.reports) for entry in written]


@pytest.mark.parametrize(
    "act", [lambda t: t.retract(SHUT), lambda t: t.corroborate(SHUT, by="x"), lambda t: t.merge(SHUT, [ESCAPE])]
)
def test_an_act_that_does_not_happen_in_the_world_has_no_date_there(act: Callable[[object], object]) -> None:
    """Retracting, corroborating and merging are published and recorded."""
    with pytest.raises(InvalidValue, match="has no meaning for Event"):
        act(on("2026-01-20"))


def test_what_is_no_event_is_refused_where_it_is_told() -> None:
    """As a draft refuses it."""
    with pytest.raises(InvalidDraft, match="is not an event"):
        told("closed")


def test_times_speak_the_same_for_telling_and_asking() -> None:
    """The clocks may be set in any order, and the evidence is part of it."""
    times = as_recorded("2026-03-01").as_reported("2026-02-01").on("2026-01-01")
    assert times == on("2026-01-01").as_reported("2026-02-01").as_recorded("2026-03-01")
    assert str(asking(policy="lowest", certainty="possible")) == "policy lowest, certainty possible: "
    assert str(asking(accept=credible(2))) == "accept credible(2): "
    assert asking(policy="lowest") != asking(policy="highest")


# -- our clock ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("telling", "recorded"),
    [
        (told(FacilityRegistered(facility=HOL)), "2000-01-01T23:59:59Z"),
        (on("2026-01-20").told(CLOSED), "2026-01-20T23:59:59Z"),
        (on("2026-01-20T09:00:00+03:00").told(CLOSED), "2026-01-20T06:00:00Z"),
        (on("2026-01").as_reported("2026-01-15").told(CLOSED), "2026-01-31T23:59:59Z"),
        (on("2026-01-20/..").as_reported("2026-01-25").told(CLOSED), "2026-01-25T23:59:59Z"),
        (PLAN, "2026-01-19T23:59:59Z"),
        (as_recorded("2026-01-22").on("2026-01-20").told(CLOSED), "2026-01-22T23:59:59Z"),
        (as_recorded("1999-01-22").on("1999-01-20").told(CLOSED), "1999-01-22T23:59:59Z"),
    ],
)
def test_what_is_told_is_recorded_on_the_last_day_it_speaks_of(telling: Expectation, recorded: str) -> None:
    """Unless it says when; what is foreseen is recorded when it is announced."""
    (entry,) = given(telling).line.entries()
    assert entry.recorded_at.to_iso8601_string() == recorded


def test_a_correction_is_recorded_by_the_day_it_corrects_to() -> None:
    """The date within an editorial act is a date it speaks of."""
    entries = given(SHUT).when(on("2026-02-20").correct(SHUT, CLOSED)).line.entries()
    assert entries[-1].recorded_at.to_iso8601_string() == "2026-02-20T23:59:59Z"


@pytest.mark.parametrize("tz", ["Asia/Baghdad", "America/New_York"])
def test_dates_of_a_story_are_read_in_its_zone(tz: str) -> None:
    """A day on which something was recorded is the day by which it was known."""
    given(as_recorded("2026-01-22").on("2026-01-22").told(CLOSED), tz=tz).then(
        as_recorded("2026-01-22").the("facilities", HOL, "status").is_("closed"),
        as_recorded("2026-01-21").the("facilities", HOL, "status").is_(None),
        on("2026-01-22").the("facilities", HOL, "status").is_("closed"),
        finds_nothing(),
    )


def test_a_story_is_recorded_in_the_order_it_is_told() -> None:
    """A log only grows: going back is refused, and so are two times at once."""
    for tell in (
        lambda: given(SHUT).when(as_recorded("2026-01-19").told(REOPENED)),
        lambda: given().when(as_recorded("2026-01-19").told(CLOSED), as_recorded("2026-01-20").told(REOPENED)),
    ):
        with pytest.raises(InvalidValue, match="expected one time for all of when"):
            tell()


def test_a_frozen_clock_stands_until_it_is_set() -> None:
    """It tells the last second of a day, or the instant."""
    clock = FrozenClock()
    line = Timeline(clock=clock)
    assert (str(clock), line.record(CLOSED).recorded_at) == ("2099-12-31T23:59:59Z", clock())
    clock.set("2026-01-21T09:00:00+03:00")
    assert str(clock) == "2026-01-21T06:00:00Z"
    clock.advance(timedelta(hours=2))
    assert str(clock) == "2026-01-21T08:00:00Z"


@pytest.mark.parametrize(("moment", "error"), [("2026-01-21/..", InvalidValue), ("noon", InvalidWhen)])
def test_a_clock_stands_nowhere_vague(moment: str, error: type[Exception]) -> None:
    """It needs an end, and a time."""
    with pytest.raises(error):
        FrozenClock(moment)


# -- comparing ---------------------------------------------------------------------------------------


def test_situations_are_explained_by_all_that_makes_them_unequal() -> None:
    """Values, findings, plans and possibilities."""
    line = given(SHUT).when(ILLEGAL, PLAN, on("2026-01").told(REOPENED)).line
    said = explain_unequal(line.at("2026-01-18"), line.at("2026-01-21"))
    assert said is not None
    assert said[0] == f"{line.at('2026-01-18')!r} == {line.at('2026-01-21')!r}"
    assert said[2:] == [
        "facilities · al-hol-camp · status: – → evacuating",
        f"+ finding: {line.at().findings[0]}",
        "+ plan: 2026-02-01 FacilityStatusChanged facility=al-hol-camp status=operational",
    ]


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        (
            When("2026-01"),
            When("2026-01-31~"),
            ["2026-01 == 2026-01-31~", "earliest: 2026-01-01 != 2026-01-31", "approximate: False != True"],
        ),
        (
            When("2026-01-01/2026-01-31"),
            When("2026-01"),
            ["2026-01-01/2026-01-31 == 2026-01", "the same bounds, written in other words"],
        ),
        (exactly(5, unit="drones"), exactly(5), ["5 drones == 5", "unit: 'drones' != 'people'"]),
        (exactly(5), 5, None),
        (1, 2, None),
    ],
)
def test_values_are_explained_by_what_differs(left: object, right: object, said: list[str] | None) -> None:
    """Of one kind, and of a kind this library knows."""
    assert explain_unequal(left, right) == said


def test_a_story_keeps_what_is_told_as_it_is() -> None:
    """Names are stable: several stories may share a report."""
    assert isinstance(retract(SHUT).draft.event, EventRetracted)
    assert attrs.asdict(SHUT, recurse=False)["draft"].id == SHUT.id
    given(SHUT).when(dispute(SHUT)).then(finds("disputed"))
    given(SHUT).when(correct(SHUT, REOPENED)).then(STATUS.is_("operational"))
