"""The laws of a timeline, over random histories."""

from __future__ import annotations

import io
from collections import Counter
from datetime import timedelta, timezone
from typing import Any

import attrs
from hypothesis import assume, given
from hypothesis import strategies as st

from histories import DAYS, START, Act, histories, reports, timeline_of, without
from timeline import Draft, MemoryLog, Modality, Quantity, Report, Situation, Timeline, credible
from timeline.errors import EditorialRefused
from timeline.events.custody import DetaineesTransferred, HeadcountReported
from timeline.events.editorial import EventRetracted, EventsMerged, targets
from timeline.eventtype import tags_of
from timeline.history import history
from timeline.instants import FUTURE, PAST
from timeline.log import jsonl
from timeline.projections.ledger import postings
from timeline.quantity import Total, total

cuts = st.one_of(st.none(), st.sampled_from([*DAYS, "2026-02-01", "2026-02-28"]))


def ask(line: Timeline) -> list[Situation]:
    """The same questions, asked of any timeline."""
    return [
        line.at(),
        line.at("2026-01-03"),
        line.at("2026-01-10", reported="2026-02-01"),
        line.at(reported="2026-01-20", policy="highest"),
        line.at("2026-01-10", certainty="possible", accept=credible(3)),
    ]


@given(histories())
def test_replay_is_deterministic(acts: list[Act]) -> None:
    """The same entries give the same situations, and the same steps of a replay."""
    a, b = timeline_of(acts), timeline_of(acts)
    assert ask(a) == ask(b)
    for by in ("occurred", "reported", "recorded"):
        assert [step.changed for step in a.replay(by)] == [step.changed for step in b.replay(by)]


@given(histories(editorial=False), st.randoms(use_true_random=False))
def test_the_order_of_appending_independent_reports_changes_nothing(acts: list[Act], random: Any) -> None:
    """What shares no entity, or lies at different bounds in time, may be recorded in any order."""
    drafts = [
        attrs.evolve(act.draft, reports=(*act.draft.reports, Report("AP", published="2026-02-20"))) for act in acts
    ]
    kept: list[Draft] = []
    for draft in drafts:
        if all(_independent(draft, other) for other in kept):
            kept.append(draft)
    shuffled = list(kept)
    random.shuffle(shuffled)
    one, other = (timeline_of(Act(draft, n) for n, draft in enumerate(order)) for order in (kept, shuffled))
    assert ask(one) == ask(other)


def _independent(a: Draft, b: Draft) -> bool:
    return not set(tags_of(a.event)) & set(tags_of(b.event)) or _bounds(a) != _bounds(b)


def _bounds(draft: Draft) -> tuple[int, int]:
    """The bounds as history computes them, the draft being alone."""
    found = history(timeline_of([Act(draft, 0)]).entries())
    return next(((r.start, r.end) for r in (*found.readings, *found.others)), (PAST, FUTURE))


@given(histories(), st.integers(0, 9))
def test_the_recorded_cut_is_a_shorter_log(acts: list[Act], minute: int) -> None:
    """What we knew by then is what a log cut there says, redaction excepted."""
    cut = START + timedelta(minutes=minute)
    known = [act for act in acts if act.minute <= minute]
    line, shorter = timeline_of(acts), timeline_of(known)
    assert line.at(recorded=cut) == shorter.at()
    assert line.at("2026-01-10", recorded=cut, reported="2026-02-01") == shorter.at("2026-01-10", reported="2026-02-01")


@given(histories(), st.data())
def test_retracting_is_as_if_it_had_never_been_recorded(acts: list[Act], data: st.DataObject) -> None:
    """Retracting an entry gives the log without it, what edits it, and references to it."""
    line = timeline_of(acts)
    out = {act.draft.event.target for act in acts if isinstance(act.draft.event, EventRetracted)}
    ids = [act.draft.id for act in acts if act.draft.id not in out]
    assume(ids)
    id = data.draw(st.sampled_from(ids))
    line.record(EventRetracted(target=id))
    try:
        never = timeline_of(without(acts, id))
    except EditorialRefused:  # without it a later entry would have been refused: there is no such log
        assume(False)
    assert ask(line) == ask(never)


@given(histories(), st.data())
def test_redacting_is_as_if_it_had_never_been_recorded_by_any_clock(acts: list[Act], data: st.DataObject) -> None:
    """Redacting an entry gives the log without it, what edits it and references to it, before the redaction too."""
    line = timeline_of(acts)
    ask(line)  # so that it remembers what is to go
    id = data.draw(st.sampled_from([act.draft.id for act in acts]))
    line.redact(id)
    rest = without(acts, id)
    try:
        never = timeline_of(rest)
    except EditorialRefused:  # without it a later entry would have been refused: there is no such log
        assume(False)
    assert ask(line) == ask(Timeline(line.log)) == ask(never)
    for minute in range(len(acts)):
        cut = START + timedelta(minutes=minute)
        assert line.at(recorded=cut) == never.at(recorded=cut)
        assert line.at("2026-01-10", recorded=cut, reported="2026-02-01") == never.at(
            "2026-01-10", recorded=cut, reported="2026-02-01"
        )
    kept = {act.draft.id for act in rest}
    assert {entry.id for entry in line.entries(types="redacted")} == {act.draft.id for act in acts} - kept
    assert line.verify() == line.head()


@given(histories(), reports, st.data())
def test_merging_counts_once_and_twice_is_as_once(
    acts: list[Act], more: tuple[Report, ...], data: st.DataObject
) -> None:
    """A duplicate merged is as if its reports had been given to the first; merging again changes nothing."""
    there = timeline_of(acts).at()
    ordinary = [act for act in acts if not targets(act.draft.event) and there.claims(str(act.draft.id))]
    assume(ordinary)
    kept = data.draw(st.sampled_from(ordinary)).draft
    double = Act(attrs.evolve(kept, id="double", reports=more, part_of=None, after=(), fulfils=None), 20)
    merge = Draft(EventsMerged(kept=str(kept.id), duplicates=("double",)))
    once = timeline_of([*acts, double, Act(merge, 21)])
    twice = timeline_of([*acts, double, Act(merge, 21), Act(attrs.evolve(merge, id="again"), 22)])
    assert ask(once) == ask(twice)
    if not more:
        assert once.at()._flat == there._flat


@given(histories())
def test_every_posting_has_its_counterpart(acts: list[Act]) -> None:
    """The postings of an entry sum to zero, quantity by quantity."""
    for reading in history(timeline_of(acts).entries()).readings:
        sums: Counter[Quantity] = Counter()
        for posting in postings(reading.event, reading.within, reading.contains, whole=reading.whole):
            sums[posting.quantity] += posting.sign
        assert not any(sums.values())


@given(histories())
def test_nobody_appears_or_disappears(acts: list[Act]) -> None:
    """Where nobody was counted, all that came anywhere has gone from somewhere."""
    flows = [act for act in acts if not isinstance(act.draft.event, HeadcountReported)]
    assume(all(not isinstance(getattr(a.draft.event, "replacement", None), HeadcountReported) for a in flows))
    line = timeline_of(act for act in flows if not targets(act.draft.event) and not act.draft.references)
    places = line.at().custody._places.values()
    assert total(p.whole.came for p in places) == total(p.whole.went for p in places)


@given(histories())
def test_a_part_never_adds_to_its_whole(acts: list[Act]) -> None:
    """The sum moved by an operation is the same with and without the parts of its batches."""
    batches = [a for a in acts if isinstance(a.draft.event, DetaineesTransferred) and not a.draft.references]
    batches = [attrs.evolve(a, draft=attrs.evolve(a.draft, modality=Modality.ACTUAL)) for a in batches]
    parts = [
        Act(attrs.evolve(a.draft, id=f"{a.draft.id}-part", part_of=a.draft.id, occurred="2026-01-03"), 20 + a.minute)
        for a in batches
    ]
    alone, broken = (timeline_of(some).at().custody for some in (batches, [*batches, *parts]))
    assert {slug: o.moved for slug, o in alone.operations.items()} == {
        slug: o.moved for slug, o in broken.operations.items()
    }
    assert {slug: alone.received(facility=slug) for slug in alone} == {
        slug: broken.received(facility=slug) for slug in broken
    }


@given(histories(), cuts, cuts)
def test_every_quantity_shown_is_in_order(acts: list[Act], occurred: str | None, reported: str | None) -> None:
    """low <= best <= high, whatever was asked; and nothing is negative."""
    for value in timeline_of(acts).at(occurred, reported=reported)._flat.values():
        if isinstance(value, Quantity):
            shown = [n for n in (value.low, value.best, value.high) if n is not None]
            assert shown == sorted(shown)
            assert shown[0] >= 0


@given(histories(editorial=False))
def test_only_what_is_actual_changes_state(acts: list[Act]) -> None:
    """Plans, fears and denials change no value of any projection."""
    line = timeline_of(acts)
    real = timeline_of(act for act in acts if act.draft.modality is Modality.ACTUAL)
    assert line.at()._flat == real.at()._flat
    assert line.at("2026-01-10")._flat == real.at("2026-01-10")._flat


@given(histories())
def test_a_situation_kept_up_to_date_equals_one_folded_from_scratch(acts: list[Act]) -> None:
    """Asking between appends changes nothing about the answers afterwards."""
    log = MemoryLog(clock=lambda: START)
    kept = Timeline(log, check=True)
    for act in acts:
        kept.record_all([act.draft])
        assert ask(kept) == ask(Timeline(log))


@given(histories())
def test_what_is_definite_by_a_date_is_a_prefix_of_what_is_possible(acts: list[Act]) -> None:
    """By then: everything folded has ended; everything possible has begun and not ended."""
    line = timeline_of(acts)
    s = line.at("2026-01-03")
    end = s.asked.occurred
    assert end is not None
    readings = history(line.entries(), tz=timezone.utc).readings
    folded = {r.case.entry for r in readings if r.end <= end}
    possible = {r.case.entry for r in readings if r.start < end < r.end}
    assert set(s.possible) == possible
    assert set(s.entries(modality=Modality.ACTUAL)) == folded


@given(histories())
def test_json_lines_restore_the_same_digests(acts: list[Act]) -> None:
    """A log written out and read in again has the same head, and says the same."""
    line, copy = timeline_of(acts), Timeline()
    file = io.BytesIO()
    head = jsonl.write(line.log, file)
    file.seek(0)
    assert jsonl.restore(copy.log, file) == head == line.verify() == copy.verify()
    assert ask(copy) == ask(line)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 9), st.integers(0, 9)), max_size=6))
def test_a_total_can_be_undone(changes: list[tuple[bool, int, int]]) -> None:
    """Adding and taking out in any order leaves nothing behind."""
    quantities = [Quantity(low, None if odd else low + extra, None) for odd, low, extra in changes]
    result = Total()
    for quantity in quantities:
        result = result + quantity
    for quantity in reversed(quantities):
        result = result - quantity
    assert result == Total()


@given(histories())
def test_every_entry_is_folded_left_out_or_explained(acts: list[Act]) -> None:
    """No ordinary entry is lost: with everything known each is read, merged, or retracted."""
    line = timeline_of(acts)
    s = line.at()
    read = {e.id for e in s.entries()}
    for entry in line.entries():
        if not targets(entry.event):
            case = s._past.case(entry.id)
            retracted = case is None
            assert retracted or case.entry.id in read or case.entry in s.left_out
