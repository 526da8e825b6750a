"""The strategies: they reach what the field knows, shrink to little, and print as code that builds it again."""

import subprocess
import sys
from collections.abc import Mapping
from enum import Enum
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

import timeline
import timeline.events
from timeline import Draft, Facility, Modality, Quantity, Report, Timeline, UnknownEvent, When, between, event, exactly
from timeline.entry import Entry
from timeline.errors import InvalidEvent
from timeline.events import border, custody, editorial
from timeline.events import declare as eventtype
from timeline.events.declare import registered_types
from timeline.events.editorial import EDITORIAL
from timeline.log import codec
from timeline.log.eventdata import decode_event, encode_event
from timeline.testing import given as given_in_a_story
from timeline.testing.strategies import (
    FEW,
    HOSTILE,
    ORDINARY,
    Chronicle,
    adversarial_histories,
    as_code,
    coherent_histories,
    drafts,
    entries,
    events,
    histories,
    messy_histories,
    quantities,
    reports,
    whens,
)
from timeline.testing.strategies.events import _any_of_type, ordinary_types

VOCABULARY = [kind.cls for kind in registered_types() if kind.cls.__module__.startswith("timeline.events.")]
NAMES = {name: getattr(timeline, name) for name in timeline.__all__}
NAMES |= {name: getattr(timeline.events, name) for name in timeline.events.__all__} | {"Chronicle": Chronicle}
few = settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])


def built(code, **names):
    own = {cls.__name__: cls for cls in ordinary_types() if cls not in VOCABULARY}
    return eval(code, {**NAMES, **own, "Mood": Mood, **names})


class Mood(Enum):
    CALM = "calm"
    TENSE = "tense"


@event("strategies.everything")
class Everything:
    """A field of every shape that an annotation may have."""

    facility: Facility
    crowd: Quantity
    at: When
    number: int
    share: float
    sure: bool
    mood: Mood
    names: Mapping[str, str]
    others: tuple[Facility, ...] = ()
    note: str | None = None
    inner: Any = None


@pytest.fixture(scope="module", autouse=True)
def only_events_declared_here():
    """Those of other test modules, some with the same names, are forgotten meanwhile."""
    own = {name: kind for name, kind in eventtype._BY_NAME.items() if kind.cls in (*VOCABULARY, Everything)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(eventtype, "_BY_NAME", own)
        _any_of_type.cache_clear()
        yield
        _any_of_type.cache_clear()


# -- values and events ------------------------------------------------------------------------------


@given(whens())
def test_times_are_canonical(when):
    """A drawn text is read back unchanged."""
    assert When.parse(str(when)) == when


@pytest.mark.parametrize(
    "wanted",
    [
        lambda w: w.approximate, lambda w: w.uncertain, lambda w: w.earliest is None, lambda w: w.latest is None,
        lambda w: "X" in w.text, lambda w: w.text.startswith("["), lambda w: "T" in w.text and "+" in w.text,
        lambda w: len(w.text) == 4, lambda w: w.text[5:] in ("21", "22", "23"), lambda w: w.text[:1] == "/",
    ],
)  # fmt: skip
def test_every_form_of_time_comes_up(wanted):
    """Qualified, open, masked, a set, an instant, a year, a season."""
    assert wanted(find(whens(), wanted, settings=settings(phases=[Phase.generate], max_examples=2000)))


@given(quantities("drones"))
def test_quantities_have_the_unit_asked_for(quantity):
    """And print as the function that makes them."""
    assert quantity.unit == "drones"
    assert built(as_code(quantity)) == quantity


@pytest.mark.parametrize("values", [ORDINARY, FEW, HOSTILE], ids=["ordinary", "few", "hostile"])
@pytest.mark.parametrize("cls", VOCABULARY, ids=lambda cls: cls.__name__)
def test_every_event_of_the_vocabulary_is_drawn(cls, values):
    """It can be stored and read, and prints as code that builds it again."""

    @few
    @given(events(cls, values=values))
    def holds(drawn):
        assert type(drawn) is cls
        assert built(as_code(drawn)) == drawn
        assert decode_event(encode_event(drawn)) == drawn

    holds()


def test_events_of_one_s_own_are_drawn_from_their_annotations():
    """This holds for a field of any shape."""

    @few
    @given(events(Everything))
    def holds(drawn):
        assert type(drawn) is Everything
        assert built(as_code(drawn)) == drawn

    holds()


def test_any_event_may_be_one_of_one_s_own():
    """Those declared by the time something is drawn come up with the library's own; editorial ones do not."""
    assert Everything in ordinary_types()
    drawn = events()
    own = find(drawn, lambda e: type(e) is Everything, settings=settings(phases=[Phase.generate], max_examples=5000))
    assert own.inner is None or not isinstance(own.inner, EDITORIAL)


def test_fields_can_be_pinned():
    """To a value, or to what a strategy draws."""
    found = find(events(custody.DetaineesEscaped, facility="x", quantity=st.just(exactly(3))), lambda event: True)
    assert (found.facility, found.quantity) == ("x", exactly(3))


def test_a_class_that_is_no_event_is_refused():
    """At the call."""
    with pytest.raises(InvalidEvent, match="is not an event"):
        events(int)


@few
@given(reports(), entries())
def test_reports_and_entries_print_as_code(report, entry):
    """An entry as the draft it was."""
    assert built(as_code(report)) == report
    assert isinstance(entry, Entry)
    assert codec.encode(built(as_code(entry))) == codec.encode(Draft(
        entry.event, occurred=entry.occurred, reports=entry.reports, modality=entry.modality,
        recorder=entry.recorder))  # fmt: skip


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (exactly(5), "exactly(5)"), (between(1, 5), "between(1, 5)"), (When("2026-01~"), "When('2026-01~')"),
        (timeline.unspecified("آلاف"), "unspecified(text='آلاف')"), (timeline.NOBODY, "NOBODY"), ((1,), "(1,)"),
        (timeline.about(3, unit="drones"), "about(3, unit='drones')"), ([Modality.DENIED], "[Modality.DENIED]"),
        (UnknownEvent("a.b", 1, {"c": [1]}), "UnknownEvent('a.b', 1, {'c': [1]})"),
        (Report("\u200fسانا", published="2026"), "Report('\\u200fسانا', published='2026')"),
    ],
    ids=str,
)  # fmt: skip
def test_code_is_as_short_as_one_would_write_it(value, code):
    """Defaults are left out, and invisible marks are written as escapes."""
    assert as_code(value) == code
    assert built(code) == value


LONG = Draft(
    custody.HeadcountReported(facility="al-hol-camp", quantity=exactly(9), breakdown={"iraqi": between(1, 5, 3)}),
    occurred="2026-01-21",
    reports=[Report("Reuters", published="2026-01-22")],
)


def test_what_is_too_long_for_a_line_is_laid_out():
    """As a formatter would: a line for each argument, and only where one line is too short."""
    assert (
        as_code([LONG])
        == """\
[
    Draft(
        custody.HeadcountReported(
            facility='al-hol-camp',
            quantity=exactly(9),
            breakdown={'iraqi': between(1, 5, 3)},
        ),
        occurred='2026-01-21',
        reports=(Report('Reuters', published='2026-01-22'),),
    ),
]"""
    )
    assert built(as_code([LONG])) == [LONG]
    assert built(as_code((LONG,))) == (LONG,)


def test_a_failing_example_is_printed_as_code():
    """The code that Hypothesis prints of a failure, executed, gives the values that failed."""
    seen = {}

    @settings(max_examples=20, phases=[Phase.generate, Phase.shrink], database=None)
    @given(
        told=messy_histories(of=events(border.CrossingOpened)),
        crowd=quantities("drones"),
        said=reports(),
        asked=whens(),
        happened=events(custody.DetaineesEscaped),
        draft=drafts(),
        own=events(Everything),
    )
    def law(**drawn):
        seen.update(drawn)
        raise AssertionError

    with pytest.raises(AssertionError) as failed:
        law()
    (printed,) = (note for note in failed.value.__notes__ if note.startswith("Failing test case"))
    assert built(printed.removeprefix("Failing test case: "), law=dict) == seen
    first, *lines = printed.splitlines()
    assert (first, lines[-1]) == ("Failing test case: law(", ")")
    assert "    told=Chronicle([" in lines
    assert "        Draft(border.CrossingOpened(crossing='al-hol-camp'), id='e0')," in lines
    assert "    crowd=exactly(0, unit='drones')," in lines


# -- histories ----------------------------------------------------------------------------------------


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(histories())
def test_a_history_prints_as_code_that_builds_it_again(told):
    """The code can be pasted into a test, where it gives the same history."""
    assert built(repr(told)) == told
    assert hash(built(repr(told))) == hash(told)
    assert built(repr(told)).timeline().at() == told.timeline().at()


@few
@given(coherent_histories())
def test_a_history_can_be_told_as_a_story(told):
    """Its drafts are what a story is given."""
    assert given_in_a_story(*told).line.at() == told.timeline().at()


def test_a_history_with_pauses_prints_them():
    """A filtered time keeps its own minutes."""
    told = Chronicle([Draft(border.CrossingOpened(crossing=name), id=name) for name in "abc"])
    some = told.only(lambda draft: draft.id != "b").then(Draft(border.CrossingClosed(crossing="a"), id="d"))
    assert some.minutes == (0, 2, 3)
    assert built(repr(some)) == some != told
    assert some != "something else"
    assert [entry.recorded_at.minute for entry in some.timeline().entries()] == [0, 2, 3]


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(coherent_histories())
@pytest.mark.slow
def test_a_coherent_history_contradicts_nothing(told):
    """No finding at all; so strict timelines take it, entry by entry."""
    assert told.timeline().at().findings == ()
    assert told.timeline(strict=True).at() == told.timeline().at()


@pytest.mark.parametrize("verb", ["AgreementExpired", "CommitmentBroken", "CrossingClosed", "TransferSuspended"])
@pytest.mark.no_cover
@pytest.mark.slow
def test_a_coherent_history_takes_the_steps_of_the_tables(verb):
    """Every step that they allow anywhere is drawn."""
    reach(coherent_histories(), lambda told: any(type(draft.event).__name__ == verb for draft in told))


def reach(strategy, wanted):
    """Find one that is wanted, without looking at what an earlier run has kept."""
    found = find(strategy, wanted, settings=settings(phases=[Phase.generate], max_examples=3000, database=None))
    assert wanted(found)


def finds(kind):
    return lambda told: any(finding.kind == kind for finding in told.timeline().at().findings)


def has(wanted):
    return lambda told: any(map(wanted, told))


MESSY = {
    "undated": has(lambda draft: draft.occurred is None),
    "planned": has(lambda draft: draft.modality is Modality.PLANNED),
    "a part": has(lambda draft: draft.part_of is not None),
    "a plan fulfilled": has(lambda draft: draft.fulfils is not None),
    "corrected": has(lambda draft: isinstance(draft.event, editorial.EventCorrected)),
    "merged": has(lambda draft: isinstance(draft.event, editorial.EventsMerged)),
    "retracted": has(lambda draft: isinstance(draft.event, editorial.EventRetracted)),
    "retracted and brought back": lambda told: sum(isinstance(d.event, editorial.EventRetracted) for d in told) > 1,
    "late": lambda told: [r.entry.position for r in told.timeline().replay(by="occurred")][:2] == [2, 1],
}
CONTRADICTIONS = {
    "disputed": (border.CrossingOpened, {}),
    "illegal_transition": (border.CrossingOpened, {}),
    "possible_duplicate": (border.CrossingOpened, {}),
    "published_before_occurred": (border.CrossingOpened, {}),
    "contradictory_order": (border.CrossingOpened, {}),
}
"""The event, and what is pinned of it."""


@pytest.mark.parametrize("kind", CONTRADICTIONS)
@pytest.mark.no_cover
@pytest.mark.slow
def test_messy_histories_contradict_themselves(kind):
    """In every way that needs few entries."""
    cls, pinned = CONTRADICTIONS[kind]
    reach(messy_histories(of=events(cls, **pinned)), finds(kind))


def test_messy_histories_drift():
    """Counts contradict what is computed only where people are said to have come or gone in between."""
    here = {"facility": "al-hol-camp", "cohort": None}
    counts = events(custody.HeadcountReported, authority=None, quantity=exactly(100), **here)
    flows = events(custody.DetaineesDied, quantity=exactly(7), **here)
    reach(messy_histories(of=st.one_of(counts, flows)), finds("drift"))


@pytest.mark.parametrize("kind", MESSY)
@pytest.mark.no_cover
@pytest.mark.slow
def test_messy_histories_are_as_the_field_knows_them(kind):
    """Everything that makes the field difficult comes up."""
    reach(messy_histories(), MESSY[kind])


ADVERSARIAL = {
    "a long chain": lambda told: sum(isinstance(draft.event, EDITORIAL) for draft in told) > 4,
    "equal times": lambda told: len({d.occurred for d in told if d.occurred}) == 1 and len(told) > 2,
    "the end of time": has(lambda draft: draft.occurred is not None and "9999" in draft.occurred.text),
    "a mark that turns text round": has(lambda draft: "\\u202e" in as_code(draft)),
    "a number at the end of the scale": has(lambda draft: str(1 << 53) in str(draft)),
}


@pytest.mark.parametrize("kind", ADVERSARIAL)
@pytest.mark.slow
def test_adversarial_histories_are_hard(kind):
    """Everything that breaks programs comes up."""
    reach(adversarial_histories(), ADVERSARIAL[kind])


def holds(told, facility, many):
    """Tell whether a facility holds at least this many."""
    then = told.timeline().at().custody
    return facility in then and then.held(facility=facility).low >= many


SHRUNK = {
    "a dispute": (messy_histories(of=events(border.CrossingOpened)), finds("disputed"), """\
Chronicle([
    Draft(border.CrossingOpened(crossing='al-hol-camp'), id='e0'),
    Draft(editorial.EventDisputed(target='e0'), id='e1'),
])"""),
    "a stock": (coherent_histories(), lambda told: holds(told, "al-hol-camp", 8), """\
Chronicle([
    Draft(
        custody.HeadcountReported(facility='al-hol-camp', quantity=exactly(8)),
        occurred='2026-01-01',
        reports=(Report('Reuters', published='2026-01-01'),),
        id='e0',
    ),
])"""),
}  # fmt: skip


@pytest.mark.parametrize("case", SHRUNK)
@pytest.mark.slow
def test_a_failure_shrinks_to_what_matters(case):
    """No entry is there that could be left out, and none says more than it must."""
    strategy, wanted, smallest = SHRUNK[case]
    shrinking = settings(phases=[Phase.generate, Phase.shrink], max_examples=2000, database=None)
    assert repr(find(strategy, wanted, settings=shrinking)) == smallest


# -- the extra ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("module", ["strategies", "logs", "projections"])
def test_what_is_missing_is_said(module):
    """Without the extra, importing it names the command to run; stories need nothing."""
    code = f"import sys; sys.modules['hypothesis'] = None; import timeline.testing; import timeline.testing.{module}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert 'hypothesis is not installed. Install it: pip install "incident-timeline[testing]"' in done.stderr


def test_the_library_does_not_need_the_kit():
    """Importing it brings in neither the kit nor what the kit needs."""
    code = "import sys, timeline; print({'timeline.testing', 'hypothesis', 'pytest'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
    assert Timeline
