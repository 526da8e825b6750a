"""The laws of a timeline, over random histories."""

from __future__ import annotations

import io
from collections import Counter
from datetime import timedelta, timezone
from typing import Any

import attrs
from hypothesis import assume, given
from hypothesis import strategies as st

from timeline import Draft, MemoryLog, Modality, Quantity, Report, Situation, Timeline, credible
from timeline.errors import EditorialRefused
from timeline.events.custody import DetaineesTransferred, HeadcountReported
from timeline.events.editorial import EDITORIAL, EventRetracted, EventsMerged, targets
from timeline.events.entity import IdentityJudged
from timeline.events.naming import tags_of
from timeline.history.history import history
from timeline.log import jsonl
from timeline.projections.flows import postings
from timeline.testing.strategies import (
    START,
    Chronicle,
    adversarial_histories,
    coherent_histories,
    events,
    messy_histories,
    reports,
)
from timeline.values.instants import FUTURE, PAST
from timeline.values.quantity import Total, total

DAYS = ("2026-01-01", "2026-01-02", "2026-01-03", "2026-01-10", "2026-01-20", "2026-02-01", "2026-02-28")
cuts = st.none() | st.sampled_from(DAYS)
histories = st.one_of(*[messy_histories()] * 3, coherent_histories(max_size=6), adversarial_histories())
uncorrected = messy_histories(editorial=False)


def ask(line: Timeline) -> list[Situation]:
    """Ask any timeline the same questions."""
    return [
        line.at(),
        line.at("2026-01-03"),
        line.at("2026-01-10", reported="2026-02-01"),
        line.at(reported="2026-01-20", policy="highest"),
        line.at("2026-01-10", certainty="possible", accept=credible(3)),
    ]


@given(histories)
def test_replay_is_deterministic(told: Chronicle) -> None:
    """The same entries give the same situations, and the same steps of a replay."""
    a, b = told.timeline(), told.timeline()
    assert ask(a) == ask(b)
    for by in ("occurred", "reported", "recorded"):
        assert [step.changed for step in a.replay(by)] == [step.changed for step in b.replay(by)]


@given(uncorrected, st.randoms(use_true_random=False))
def test_the_order_of_appending_independent_reports_changes_nothing(told: Chronicle, random: Any) -> None:
    """Entries that share no entity, or lie at different bounds in time, may be recorded in any order."""
    published = [attrs.evolve(draft, reports=(*draft.reports, Report("AP", published="2026-02-20"))) for draft in told]
    kept: list[Draft] = []
    for draft in published:
        if all(_independent(draft, other) for other in kept):
            kept.append(draft)
    shuffled = list(kept)
    random.shuffle(shuffled)
    one, other = (Chronicle(order).timeline() for order in (kept, shuffled))
    assert ask(one) == ask(other)


def _without(told: Chronicle, id: str) -> Chronicle:
    """Return the drafts without one entry, without editorial ones that name it, and without references to it."""
    gone, kept, minutes = {id}, [], []
    for draft, minute in zip(told.drafts, told.minutes, strict=True):
        if draft.id in gone or gone.intersection(targets(draft.event)):
            gone.add(str(draft.id))
            continue
        after = tuple(name for name in draft.after if name not in gone)
        part_of, fulfils = (None if name in gone else name for name in (draft.part_of, draft.fulfils))
        kept.append(attrs.evolve(draft, after=after, part_of=part_of, fulfils=fulfils))
        minutes.append(minute)
    return Chronicle(kept, minutes=minutes)


def _merged_without(told: Chronicle, id: str) -> Chronicle:
    """Let the merge that names an entry merge the others alone; the first of them takes the place of a kept one."""
    places = {draft.id: place for place, draft in enumerate(told.drafts)}

    def rest(draft: Draft) -> Draft:
        names = [name for name in targets(draft.event) if name != id]
        if not isinstance(draft.event, EventsMerged) or len(names) == len(targets(draft.event)) or len(names) < 2:
            return draft
        kept = draft.event.kept if draft.event.kept != id else min(names, key=places.__getitem__)
        others = [name for name in names if name != kept]
        return attrs.evolve(draft, event=attrs.evolve(draft.event, kept=kept, duplicates=others))

    return Chronicle(map(rest, told.drafts), minutes=told.minutes)


def _independent(a: Draft, b: Draft) -> bool:
    return not set(tags_of(a.event)) & set(tags_of(b.event)) or _bounds(a) != _bounds(b)


def _bounds(draft: Draft) -> tuple[int, int]:
    """Return the bounds that history computes for a single draft."""
    found = history(Chronicle([draft]).timeline().entries())
    return next(((r.start, r.end) for r in (*found.readings, *found.others)), (PAST, FUTURE))


@given(histories, st.integers(0, 9))
def test_the_recorded_cut_is_a_shorter_log(told: Chronicle, minute: int) -> None:
    """Our knowledge at a time is that of a log cut there, redaction excepted."""
    cut = START + timedelta(minutes=minute)
    line, shorter = told.timeline(), Chronicle(told.drafts[: minute + 1]).timeline()
    assert line.at(recorded=cut) == shorter.at()
    assert line.at("2026-01-10", recorded=cut, reported="2026-02-01") == shorter.at("2026-01-10", reported="2026-02-01")


@given(histories, st.data())
def test_retracting_is_as_if_it_had_never_been_recorded(told: Chronicle, data: st.DataObject) -> None:
    """Retracting an entry gives the log without it, what edits it, and references to it; what it was merged with stays.

    An entry that several merges name still joins the others, so there is no such log without it.
    """
    line = told.timeline()
    out = {draft.event.target for draft in told if isinstance(draft.event, EventRetracted)}
    merged = Counter(name for draft in told if isinstance(draft.event, EventsMerged) for name in targets(draft.event))
    ids = [draft.id for draft in told if draft.id not in out and merged[draft.id] < 2]
    assume(ids)
    id = str(data.draw(st.sampled_from(ids)))
    line.record(EventRetracted(target=id))
    try:
        never = _without(_merged_without(told, id), id).timeline()
    except EditorialRefused:  # without it a later entry would have been refused: there is no such log
        assume(False)
    assert ask(line) == ask(never)


@given(histories, st.data())
def test_redacting_is_as_if_it_had_never_been_recorded_by_any_clock(told: Chronicle, data: st.DataObject) -> None:
    """Redacting an entry gives the log without it, what edits it and references to it, before the redaction too."""
    line = told.timeline()
    ask(line)  # so that it remembers what is to go
    id = str(data.draw(st.sampled_from([draft.id for draft in told])))
    line.redact(id)
    rest = _without(told, id)
    try:
        never = rest.timeline()
    except EditorialRefused:  # without it a later entry would have been refused: there is no such log
        assume(False)
    assert ask(line) == ask(Timeline(line.log)) == ask(never)
    for minute in range(len(told)):
        cut = START + timedelta(minutes=minute)
        assert line.at(recorded=cut) == never.at(recorded=cut)
        assert line.at("2026-01-10", recorded=cut, reported="2026-02-01") == never.at(
            "2026-01-10", recorded=cut, reported="2026-02-01"
        )
    kept = {draft.id for draft in rest}
    assert {entry.id for entry in line.entries(types="redacted")} == {draft.id for draft in told} - kept
    assert line.verify() == line.head()


@given(histories, st.lists(reports(), max_size=2).map(tuple), st.data())
def test_merging_counts_once_and_twice_is_as_once(
    told: Chronicle, more: tuple[Report, ...], data: st.DataObject
) -> None:
    """A duplicate merged is as if its reports had been given to the first; merging again changes nothing."""
    there = told.timeline().at()
    acts = (*EDITORIAL, IdentityJudged)
    ordinary = [draft for draft in told if not isinstance(draft.event, acts) and there.claims(str(draft.id))]
    assume(ordinary)
    kept = data.draw(st.sampled_from(ordinary))
    double = attrs.evolve(kept, id="double", reports=more, part_of=None, after=(), fulfils=None)
    merge = Draft(EventsMerged(kept=str(kept.id), duplicates=("double",)))
    once = told.then(double, merge).timeline()
    twice = told.then(double, merge, attrs.evolve(merge, id="again")).timeline()
    assert ask(once) == ask(twice)
    corrected = there.claims(str(kept.id))[0].occurred != kept.occurred  # to a date that a duplicate may narrow
    if not (more or corrected):
        assert once.at()._flat == there._flat


@given(histories)
def test_every_posting_has_its_counterpart(told: Chronicle) -> None:
    """The postings of an entry sum to zero, quantity by quantity."""
    for reading in history(told.timeline().entries()).readings:
        sums: Counter[Quantity] = Counter()
        for posting in postings(reading):
            sums[posting.quantity] += posting.sign
        assert not any(sums.values())


@given(histories)
def test_nobody_appears_or_disappears(told: Chronicle) -> None:
    """If nobody was counted, each arrival left from somewhere."""
    flows = told.only(lambda draft: not isinstance(draft.event, HeadcountReported) and not draft.references)
    places = flows.timeline().at().custody._places.values()
    assert total(p.whole.came for p in places) == total(p.whole.went for p in places)


@given(messy_histories(of=events(DetaineesTransferred), editorial=False))
def test_a_part_never_adds_to_its_whole(told: Chronicle) -> None:
    """The sum moved by an operation is the same with and without the parts of its batches."""
    batches = Chronicle(
        attrs.evolve(draft, modality=Modality.ACTUAL)
        for draft in told
        if isinstance(draft.event, DetaineesTransferred) and not draft.references
    )
    parts = [attrs.evolve(draft, id=f"{draft.id}-part", part_of=draft.id, occurred="2026-01-03") for draft in batches]
    alone, broken = (some.timeline().at().custody for some in (batches, batches.then(*parts)))
    assert {slug: o.moved for slug, o in alone.operations.items()} == {
        slug: o.moved for slug, o in broken.operations.items()
    }
    assert {slug: alone.received(facility=slug) for slug in alone} == {
        slug: broken.received(facility=slug) for slug in broken
    }


@given(histories, cuts, cuts)
def test_every_quantity_shown_is_in_order(told: Chronicle, occurred: str | None, reported: str | None) -> None:
    """low <= best <= high, whatever was asked; and nothing is negative."""
    for value in told.timeline().at(occurred, reported=reported)._flat.values():
        if isinstance(value, Quantity):
            shown = [n for n in (value.low, value.best, value.high) if n is not None]
            assert shown == sorted(shown)
            assert shown[0] >= 0


@given(uncorrected)
def test_only_what_is_actual_changes_state(told: Chronicle) -> None:
    """Plans, fears and denials change no value of any projection."""
    line = told.timeline()
    real = told.only(lambda draft: draft.modality is Modality.ACTUAL).timeline()
    assert line.at()._flat == real.at()._flat
    assert line.at("2026-01-10")._flat == real.at("2026-01-10")._flat


@given(histories)
def test_a_situation_kept_up_to_date_equals_one_folded_from_scratch(told: Chronicle) -> None:
    """Asking between appends changes nothing about the answers afterwards."""
    log = MemoryLog(clock=lambda: START)
    kept = Timeline(log, check=True)
    for draft in told:
        kept.record_all([draft])
        assert ask(kept) == ask(Timeline(log))


@given(histories)
def test_what_is_definite_by_a_date_is_a_prefix_of_what_is_possible(told: Chronicle) -> None:
    """By then: everything folded has ended; everything possible has begun and not ended."""
    line = told.timeline()
    s = line.at("2026-01-03")
    end = s.clocks.occurred
    assert end is not None
    readings = history(line.entries(), tz=timezone.utc).readings
    folded = {r.case.entry for r in readings if r.end <= end}
    possible = {r.case.entry for r in readings if r.start < end < r.end}
    assert set(s.possible) == possible
    assert set(s.entries(modality=Modality.ACTUAL)) == folded


@given(histories)
def test_json_lines_restore_the_same_digests(told: Chronicle) -> None:
    """A log written out and read in again has the same head, and says the same."""
    line, copy = told.timeline(), Timeline()
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


@given(histories)
def test_every_entry_is_folded_left_out_or_explained(told: Chronicle) -> None:
    """No ordinary entry is lost: with everything known each is read, merged, or retracted."""
    line = told.timeline()
    s = line.at()
    read = {e.id for e in s.entries()}
    for entry in line.entries():
        if not targets(entry.event):
            case = s._seen.case(entry.id)
            retracted = case is None
            assert retracted or case.entry.id in read or case.entry in s.left_out
