"""Names that mean one thing: the laws, against a log in which every name is written canonically."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import attrs
from hypothesis import assume, given
from hypothesis import strategies as st

from timeline import Draft, Modality, Timeline, exactly
from timeline.answers import behind
from timeline.events.custody import DetaineesTransferred
from timeline.events.declare import event_type
from timeline.events.editorial import EventCorrected, EventDisputed, EventRetracted, targets
from timeline.events.entity import IdentityJudged
from timeline.events.facility import ControlChanged, FacilityRegistered
from timeline.testing.strategies import START, Chronicle, events, judgements, messy_histories
from timeline.testing.strategies.histories import CORE
from timeline.values.entities import Tagged

DAYS = ("2026-01-02", "2026-01-10", "2026-02-01")
OURS = ("contradictory_identity", "unregistered_entity")


def canonical_names(told: Chronicle) -> dict[str, str]:
    """Work out the canonical name of every name, by trying every way between every two names."""
    out: set[str] = set()
    for draft in reversed(told.drafts):
        if isinstance(draft.event, EventRetracted) and draft.id not in out:
            out.add(draft.event.target)
    for draft in told.drafts:
        if out.intersection(targets(draft.event)):
            out.add(str(draft.id))
    judged: dict[frozenset[str], IdentityJudged] = {}
    first: dict[str, int] = {}
    apart: list[tuple[str, str]] = []
    for draft in told.drafts:
        if isinstance(draft.event, IdentityJudged) and draft.id not in out and draft.modality is Modality.ACTUAL:
            judged[frozenset((draft.event.left, draft.event.right))] = draft.event
        if draft.id not in out and not isinstance(draft.event, EventRetracted):
            for tag in draft.tags:
                first.setdefault(tag, len(first))
    apart += [(j.left, j.right) for j in judged.values() if j.judgement == "different"]
    apart += collectives(told, out)
    same = [j for j in judged.values() if j.judgement == "same"]
    blocked: set[int] = set()
    for left, right in apart:
        for way in ways(same, left, right, ()):
            blocked.update(way)
    joining = [j for number, j in enumerate(same) if number not in blocked]
    groups: list[set[str]] = []
    for j in joining:
        touching = [g for g in groups if g & {j.left, j.right}]
        groups = [g for g in groups if g not in touching] + [{j.left, j.right}.union(*touching)]
    names = {}
    for group in groups:
        lefts = {j.left for j in joining if j.left in group} - {j.right for j in joining}
        chosen = lefts.pop() if len(lefts) == 1 else min(group, key=first.__getitem__)
        names.update(dict.fromkeys(group, chosen))
    return names


def collectives(told: Chronicle, out: set[str]) -> Iterator[tuple[str, str]]:
    """Give each collective with each of its members, as they stand."""
    line = told.timeline()
    for entry in line.entries():
        claims = line.at().claims(entry) if entry.id not in out and not targets(entry.event) else ()
        for claim in claims[:1]:
            event = claim.event
            if (
                isinstance(event, FacilityRegistered)
                and event.kind == "collective"
                and claim.modality is Modality.ACTUAL
            ):
                yield from ((f"facility:{event.facility}", f"facility:{member}") for member in event.members)


def ways(same: list[IdentityJudged], left: str, right: str, passed: tuple[str, ...]) -> Iterator[set[int]]:
    """Give every way from one name to another that passes no name twice, as numbers of judgements."""
    for number, judged in enumerate(same):
        pair = (judged.left, judged.right)
        if left in pair:
            other = pair[1 - pair.index(left)]
            if other == right:
                yield {number}
            elif other not in (left, *passed):
                yield from (way | {number} for way in ways(same, other, right, (*passed, left)))


def rewritten(event: Any, names: dict[str, str]) -> Any:
    """Return an event with every name canonical."""
    if isinstance(event, EventCorrected):
        return attrs.evolve(event, replacement=rewritten(event.replacement, names), about=about(event, names))
    if isinstance(event, EventDisputed) and event.rival is not None:
        return attrs.evolve(event, rival=rewritten(event.rival, names), about=about(event, names))
    changes: dict[str, Any] = {"about": about(event, names)}
    for field, mark in event_type(event).named:
        if mark.kind == "entry":
            continue

        def to(slug: str, mark: Any = mark) -> str:
            tag = names.get(mark.tag(slug), mark.tag(slug))
            return tag if isinstance(mark, Tagged) else tag.partition(":")[2]

        value = getattr(event, field)
        if isinstance(value, str):
            changes[field] = to(value)
        elif hasattr(value, "items"):
            shares: dict[str, Any] = {}
            for slug, share in value.items():
                shares[to(slug)] = shares[to(slug)] + share if to(slug) in shares else share
            changes[field] = shares
        elif value:
            changes[field] = tuple(dict.fromkeys(map(to, value)))
    if isinstance(event, FacilityRegistered) and attrs.evolve(event, **changes) != event:
        members = changes.get("members", ())
        changes["members"] = tuple(member for member in members if member != changes["facility"])
    return attrs.evolve(event, **changes)


def about(event: Any, names: dict[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names.get(tag, tag) for tag in event.about))


def written_canonically(told: Chronicle) -> Chronicle:
    """Return a history in which every name is canonical, and nothing is judged."""
    names, gone, kept, minutes = canonical_names(told), set(), [], []
    for draft, minute in zip(told.drafts, told.minutes, strict=True):
        if isinstance(draft.event, IdentityJudged) or gone.intersection(targets(draft.event)):
            gone.add(draft.id)
            continue
        after = tuple(name for name in draft.after if name not in gone)
        part_of, fulfils = (None if name in gone else name for name in (draft.part_of, draft.fulfils))
        event = rewritten(draft.event, names)
        kept.append(attrs.evolve(draft, event=event, after=after, part_of=part_of, fulfils=fulfils))
        minutes.append(minute)
    return Chronicle(kept, minutes=minutes)


def said(line: Timeline) -> list[Any]:
    """Return what a timeline answers: every value, finding and plan."""
    asked = [line.at(), *map(line.at, DAYS), line.at(reported="2026-02-01", policy="highest")]
    asked.append(line.at("2026-01-10", certainty="possible"))
    return [(behind.values_by_path(s), sorted(f.message for f in s.findings if f.kind not in OURS)) for s in asked]


histories = st.builds(
    lambda told, judged: told.then(*map(Draft, judged)),
    messy_histories(of=st.one_of(events(*CORE), events())),
    st.lists(judgements(), min_size=1, max_size=4),
)


@given(histories)
def test_it_is_as_if_every_name_had_been_written_canonically(told: Chronicle) -> None:
    """Values and findings equal those of a log with the canonical name in place of every other."""
    judged = {str(draft.id) for draft in told if isinstance(draft.event, IdentityJudged)}
    assume(judged.isdisjoint(name for draft in told for name in (*draft.after, draft.part_of, draft.fulfils)))
    assert said(told.timeline()) == said(written_canonically(told).timeline())


def test_findings_are_found_by_either_name():
    """Sources may use any of the names, and so may questions, as a slug or as a tag."""
    line = Timeline()
    line.record(ControlChanged(facility="al-hawl", manner="vacated"), occurred="2026-01-02")
    line.record(IdentityJudged(left="facility:al-hol-camp", right="facility:al-hawl", judgement="same"))
    found = line.at().findings
    for name in ("al-hol-camp", "al-hawl", "facility:al-hol-camp", "facility:al-hawl"):
        assert found.of(about=name, kind="control_gap").counts() == {"control_gap": 1}


def test_entries_are_found_by_either_name():
    """Each as it was said; the log itself compares tags as written."""
    line = Timeline()
    for day, name in enumerate(("al-hol-camp", "al-hawl", "al-hol-camp", "rabia"), 1):
        line.record(ControlChanged(facility=name, authority="sdf"), occurred=f"2026-01-0{day}")
    hol, hawl = "facility:al-hol-camp", "facility:al-hawl"
    assert [entry.position for entry in line.entries(tags=[hawl])] == [2]
    judged = line.record(IdentityJudged(left=hol, right=hawl, judgement="same"))
    for tag in (hol, hawl):
        found = line.entries(tags=[tag, "authority:sdf"])
        assert [(entry.position, entry.event.facility) for entry in found] == [
            (1, "al-hol-camp"), (2, "al-hawl"), (3, "al-hol-camp"),
        ]  # fmt: skip
        assert [entry.position for entry in line.entries(tags=tag, limit=2)] == [1, 2]
        assert [entry.position for entry in line.entries(tags=tag, after=1, before=5)] == [2, 3]
    assert [entry.position for entry in line.log.read(tags=[hawl])] == [2, 5]
    line.retract(judged)
    assert [entry.position for entry in line.entries(tags=[hawl], types=[ControlChanged])] == [2]


@given(histories, st.none() | st.integers(0, 3), st.integers(0, 3))
def test_entries_are_those_of_which_a_name_means_the_same(told: Chronicle, limit: int | None, after: int) -> None:
    """For every tag on the log, and every pair of tags of an entry."""
    line, names = told.timeline(), canonical_names(told)
    entries = line.entries()
    for tags in {(tag,) for entry in entries for tag in entry.tags} | {entry.tags[:2] for entry in entries}:
        wanted = {names.get(tag, tag) for tag in tags}
        found = [e for e in entries if e.position > after and wanted <= {names.get(tag, tag) for tag in e.tags}]
        assert list(line.entries(tags=tags, limit=limit, after=after)) == found[:limit], tags


def test_a_transfer_to_itself_moves_nobody():
    """If origin and destination turn out to be one, nothing was sent and nothing received."""
    line = Timeline()
    line.record(DetaineesTransferred(quantity=exactly(5), origin="al-hol-camp", destination="al-hawl"))
    line.record(IdentityJudged(left="facility:al-hol-camp", right="facility:al-hawl", judgement="same"))
    custody = line.at().custody
    assert custody.sent(facility="al-hawl") == custody.received(facility="al-hol-camp") == exactly(0)


@given(histories, st.integers(0, 14))
def test_judged_late_or_early_it_is_the_same_in_the_end(more: Chronicle, minute: int) -> None:
    """An index kept current through judgements says what one made at once says, at every recorded cut."""
    at_once = more.timeline()
    for kept in more.growing():
        str(kept.at())
    assert said(kept) == said(at_once)
    cut = START + timedelta(minutes=minute)
    shorter = Chronicle(more.drafts[: minute + 1]).timeline()
    assert at_once.at(recorded=cut) == shorter.at()
