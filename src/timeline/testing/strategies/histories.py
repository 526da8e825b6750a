"""Strategies for histories as the field knows them: late, corrected, disputed, in parts; and worse ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from timeline.entry import Draft, Entry
from timeline.errors import InvalidValue
from timeline.events import agreement, border, custody, facility
from timeline.events.editorial import (
    EventCorrected,
    EventCorroborated,
    EventDisputed,
    EventRetracted,
    EventsMerged,
)
from timeline.events.entity import IdentityJudged
from timeline.log.memory import MemoryLog
from timeline.testing.code import print_as_code
from timeline.testing.strategies.chronicle import START, Chronicle
from timeline.testing.strategies.events import events
from timeline.testing.strategies.values import FEW, HOSTILE, PAIRS, Values, reports
from timeline.values.report import Modality, Report

print_as_code(Draft, Entry)
CORE = (
    facility.FacilityRegistered, facility.ControlChanged, facility.FacilityStatusChanged,
    custody.DetaineesTransferred, custody.DetaineesEscaped, custody.DetaineesReleased, custody.HeadcountReported,
    custody.TransferPlanned, custody.TransferProgressReported, custody.TransferCompleted,
    agreement.AgreementSigned, agreement.AgreementTerminated, border.CrossingOpened, border.BorderIncidentReported,
)  # fmt: skip
"""The events that bear on one another most."""

NextDraft = Callable[[Sequence[str]], Draft | None]
"""Gives the next draft, knowing the ids of those before it; None where there is nothing to act upon."""
_NOTHING: SearchStrategy[NextDraft] = st.just(lambda ids: None)
"""What any step shrinks to, so that whatever does not matter goes away."""
_MOSTLY_ACTUAL = st.one_of(*[st.just(Modality.ACTUAL)] * 3, st.sampled_from(list(Modality)))


def drafts(of: SearchStrategy[Any] | None = None, *, values: Values = FEW) -> SearchStrategy[Draft]:
    """Draw drafts of events (of any, if none are given): dated or not, with up to two reports, mostly ACTUAL.

    >>> from hypothesis import find
    >>> find(drafts(), lambda draft: True).reports
    ()
    """
    return st.builds(
        Draft,
        events(values=values) if of is None else of,
        occurred=st.none() | values.whens,
        reports=st.lists(reports(values), max_size=2),
        modality=_MOSTLY_ACTUAL,
        recorder=st.sampled_from((None, "desk-1", "desk-2")),
    )


def entries(of: SearchStrategy[Any] | None = None, *, values: Values = FEW) -> SearchStrategy[Entry]:
    """Draw entries as a log in memory makes them, each the first of its log.

    >>> from hypothesis import find
    >>> find(entries(), lambda entry: True).position
    1
    """
    return drafts(of, values=values).map(lambda draft: MemoryLog(clock=lambda: START).append([draft])[0])


def messy_histories(
    *, of: SearchStrategy[Any] | None = None, max_size: int = 9, editorial: bool = True
) -> SearchStrategy[Chronicle]:
    """Draw histories as sources give them: late, undated, planned, denied, contradictory.

    With `editorial`, entries are also corrected, disputed, corroborated, merged and retracted. Names are judged to
    mean the same or not, and entries name one another as parts, plans and what came before. `of` draws the events; by
    default those that bear on one another most, and any.

    >>> from hypothesis import find
    >>> from timeline.events import border
    >>> find(messy_histories(of=events(border.CrossingOpened), max_size=2), lambda told: True)
    Chronicle([
        Draft(border.CrossingOpened(crossing='al-hol-camp'), id='e0'),
    ])
    """
    drawn = st.one_of(events(*CORE), events()) if of is None else of
    ordinary = drafts(drawn)
    recorded = ordinary.map(lambda draft: lambda ids: draft)
    named = [_linked(ordinary), _editorial(drawn, FEW, reach=8), _judging()] if editorial else []
    more = _of_any_length([recorded, *named], max_size - 1)
    return _short_name(st.builds(lambda first, more: _told([first, *more]), recorded, more))


def adversarial_histories(*, of: SearchStrategy[Any] | None = None, max_size: int = 12) -> SearchStrategy[Chronicle]:
    """Draw histories made to break programs: hostile texts, the ends of all scales, equal times.

    Upon them come long chains of editorial acts, each upon one of the last three entries.

    >>> from hypothesis import find
    >>> len(find(adversarial_histories(max_size=3), lambda chronicle: True))
    1
    """
    drawn = events(values=HOSTILE) if of is None else of
    first = st.lists(drafts(drawn, values=HOSTILE), min_size=1, max_size=3)
    acts = _of_any_length([_editorial(drawn, HOSTILE, reach=2)], max(0, max_size - 3))

    def told(first: list[Draft], acts: list[NextDraft], *, together: bool) -> Chronicle:
        at_once = [evolve(draft, occurred=first[0].occurred) for draft in first]
        return _told([*(lambda ids, draft=draft: draft for draft in (at_once if together else first)), *acts])

    return _short_name(st.builds(told, first, acts, together=st.booleans()))


def judgements() -> SearchStrategy[IdentityJudged]:
    """Draw judgements of two names of one kind, mostly that they are the same.

    >>> from hypothesis import find
    >>> find(judgements(), lambda judged: judged.judgement == "different").left
    'facility:al-hol-camp'
    """
    verdict = st.sampled_from(("same", "same", "same", "different", "unsure"))
    return st.builds(
        lambda pair, judgement: IdentityJudged(left=pair[0], right=pair[1], judgement=judgement),
        st.sampled_from(PAIRS),
        verdict,
    )


def _judging() -> SearchStrategy[NextDraft]:
    """Draw drafts of judgements."""
    made = st.builds(Draft, judgements(), reports=st.lists(reports(FEW), max_size=1))
    return made.map(lambda draft: lambda ids: draft)


def _of_any_length(steps: Sequence[SearchStrategy[NextDraft]], longest: int) -> SearchStrategy[list[NextDraft]]:
    """Draw long lists as often as short ones; by default Hypothesis draws mostly short lists."""
    step = st.one_of(_NOTHING, *[*steps] * 2)
    lists = [st.lists(step, min_size=length, max_size=length) for length in range(longest + 1)]
    return st.sampled_from(lists).flatmap(lambda of_one_length: of_one_length)


def _told(steps: Sequence[NextDraft]) -> Chronicle:
    """Return the drafts that a log takes: those without effect, or that cannot be stored, are left out."""
    log = MemoryLog(clock=lambda: START)
    kept: list[Draft] = []
    for step in steps:
        ids = [str(draft.id) for draft in kept]
        for upon in (ids, ids[:-1], ids[:-2]):  # what cannot be done to one entry is done to an earlier one
            draft = step(upon)
            if draft is not None and _taken(log, named := evolve(draft, id=f"e{len(kept)}")):
                kept.append(named)
                break
    return Chronicle(kept)


def _taken(log: MemoryLog, draft: Draft) -> bool:
    with suppress(InvalidValue):
        log.append([draft])
        return True
    return False


def _linked(ordinary: SearchStrategy[Draft]) -> SearchStrategy[NextDraft]:
    """Draw drafts that name an earlier one."""

    def step(draft: Draft, link: str, back: int) -> NextDraft:
        def linked(ids: Sequence[str]) -> Draft | None:
            if not ids:
                return draft
            named: Any = {link: _back(ids, back)}
            return evolve(draft, **named)

        return linked

    return st.builds(step, ordinary, st.sampled_from(("after", "part_of", "fulfils")), st.integers(0, 8))


def _editorial(of: SearchStrategy[Any], values: Values, *, reach: int) -> SearchStrategy[NextDraft]:
    """Editorial acts upon one of the last entries, `reach` further back at most."""
    back, when, words = st.integers(0, reach), st.none() | values.whens, values.texts
    others = st.lists(back, min_size=1, max_size=2)

    def step(event: Callable[[str], Any], back: int, reports: list[Report]) -> NextDraft:
        return lambda ids: Draft(event(_back(ids, back)), reports=reports) if ids else None

    def merge(back: int, others: list[int], reports: list[Report]) -> NextDraft:
        def step(ids: Sequence[str]) -> Draft | None:
            kept, *more = dict.fromkeys(_back(ids, n) for n in (back, *others)) if ids else ("",)
            return Draft(EventsMerged(kept=kept, duplicates=tuple(more)), reports=reports) if more else None

        return step

    acts = st.one_of(
        words.map(lambda said: lambda id: EventCorroborated(target=id, detail=said)),
        words.map(lambda said: lambda id: EventRetracted(target=id, reason=said)),
        st.tuples(st.none() | of, when, words).map(
            lambda told: lambda id: EventDisputed(target=id, rival=told[0], occurred=told[1], reason=told[2])
        ),
        st.tuples(of, when, words).map(
            lambda told: lambda id: EventCorrected(target=id, replacement=told[0], occurred=told[1], reason=told[2])
        ),
    )
    few = st.lists(reports(values), max_size=2)
    return st.one_of(*[st.builds(step, acts, back, few)] * 4, st.builds(merge, back, others, few))


def _back(ids: Sequence[str], steps: int) -> str:
    """Return the id a number of steps before the last, round and round."""
    return ids[-1 - steps % len(ids)]


def _short_name(histories: SearchStrategy[Chronicle]) -> SearchStrategy[Chronicle]:
    """Return the same strategy under a short name, which tests print."""

    @st.composite
    def history(draw: DrawFn) -> Chronicle:
        return draw(histories)

    return history()
