"""Logs in which every name is written canonically: what a log with judgements must be equal to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from timeline import Modality, Timeline
from timeline.answers import behind
from timeline.events.declare import event_type
from timeline.events.editorial import EventCorrected, EventDisputed, EventRetracted, targets
from timeline.events.entity import IdentityJudged
from timeline.events.facility import FacilityRegistered
from timeline.testing.strategies import Chronicle
from timeline.values.entities import Tagged


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
    """Give each collective with each of its members but itself, as they stand."""
    line = told.timeline()
    everything = line.at()
    for entry in line.entries():
        claims = everything.claims(entry) if entry.id not in out and not targets(entry.event) else ()
        for claim in claims[:1]:
            event = claim.event
            if (
                isinstance(event, FacilityRegistered)
                and event.kind == "collective"
                and claim.modality is Modality.ACTUAL
            ):
                members = (member for member in event.members if member != event.facility)
                yield from ((f"facility:{event.facility}", f"facility:{member}") for member in members)


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


DAYS = ("2026-01-02", "2026-01-10", "2026-02-01")
OURS = ("contradictory_identity", "unregistered_entity")
"""Findings about names, which differ."""


def said(line: Timeline) -> list[Any]:
    """Return what a timeline answers: every value and finding, at several settings of the clocks."""
    asked = [line.at(), *map(line.at, DAYS), line.at(reported="2026-02-01", policy="highest")]
    asked.append(line.at("2026-01-10", certainty="possible"))
    return [(behind.values_by_path(s), sorted(f.message for f in s.findings if f.kind not in OURS)) for s in asked]
