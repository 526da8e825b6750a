"""Answers of a whole timeline as tables, of which only leaves what may: claims, findings, plans, entities.

claims      every version that stands or rivals another, with its status
findings    what the sources leave contradictory, with the ids of the entries
plans       every plan, with what became of it
entities    everything that is named: how often, and what it is called and where it lies as registered
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

import attrs

from timeline.answers.claimed import Claims
from timeline.answers.plans import Plan, Plans
from timeline.answers.tabular import Kind, Tabular
from timeline.events.naming import tags_of
from timeline.exchange.sharing import Export
from timeline.history.claims import Claim
from timeline.history.finding import Finding
from timeline.history.finding_kinds import KINDS
from timeline.projections.entities import EntityState
from timeline.values.names import not_blank


class FindingTable(Tabular, tuple[Finding, ...]):
    """Findings as a table."""

    __slots__ = ()
    columns: ClassVar[Mapping[str, Kind]] = {
        "kind": "text", "message": "text", "path": "texts", "subject": "text", "entries": "texts",
    }  # fmt: skip

    def rows(self) -> Iterator[Mapping[str, Any]]:
        """Yield a row for each finding; `entries` are ids."""
        for found in self:
            entries = tuple(entry.id for entry in found.entries)
            yield {"kind": found.kind, "message": found.message, "path": found.path, "subject": found.subject or None,
                   "entries": entries}  # fmt: skip


class EntityTable(Tabular, tuple[Mapping[str, Any], ...]):
    """Entities as a table."""

    __slots__ = ()
    columns: ClassVar[Mapping[str, Kind]] = {
        "tag": "text", "kind": "text", "slug": "text", "name": "text", "names": "text", "entries": "number",
        "latitude": "decimal", "longitude": "decimal", "precision": "text",
        "aliases": "texts", "registered": "flag", "same": "texts", "judged_by": "texts",
    }  # fmt: skip

    def rows(self) -> Iterator[Mapping[str, Any]]:
        """Yield a row for each entity."""
        return iter(self)


def claim_table(exported: Export) -> Claims:
    """Return the versions that may leave, of entries that do."""
    return Claims(_quiet(claim, exported) for claim in exported.situation.claims() if exported.may_leave(claim))


def finding_table(exported: Export) -> FindingTable:
    """Return the findings that rest on nothing that stays."""
    listed = {entry.id for entry in exported.listed()}
    return FindingTable(
        _worded(found, exported)
        for found in exported.situation.findings
        if all(map(exported.may_leave, found.claims))
        and all(entry.id in listed and _is_open(entry.id, exported) for entry in found.entries)
    )


def plan_table(exported: Export) -> Plans:
    """Return the plans that may leave, and those of the entries that fulfil them."""
    leaving = {entry.id: entry for entry in exported.entries()}
    return Plans(
        attrs.evolve(plan, event=leaving[plan.id].event, fulfilled_by=_leaving(plan, leaving))
        for plan in exported.situation.plans.all
        if plan.id in leaving
    )


def entity_table(exported: Export) -> EntityTable:
    """Return what the entries that leave name, by tag."""
    entries = list(exported.entries())
    named = Counter(tag for entry in entries for tag in dict.fromkeys(tags_of(entry.event)))
    names = {tag: found for entry in entries for tag, found in _registered(entry.event)}
    return EntityTable(
        {**_entity(tag, count, names.get(tag, {})), **_located(tag, exported), **_known(tag, exported)}
        for tag, count in sorted(named.items())
    )


TABLES: Mapping[str, Callable[[Export], Tabular]] = {
    "claims": claim_table,
    "findings": finding_table,
    "plans": plan_table,
    "entities": entity_table,
}


def _quiet(claim: Claim, exported: Export) -> Claim:
    said, denied = (None if event is None else exported.event(event) for event in (claim.event, claim.denied))
    same = said is claim.event and denied is claim.denied
    return claim if same else attrs.evolve(claim, event=said, denied=denied)


def _is_open(id: str, exported: Export) -> bool:
    """Tell whether every version of what an entry speaks to may leave."""
    return all(map(exported.may_leave, exported.situation.claims(id)))


def _worded(found: Finding, exported: Export) -> Finding:
    if not exported.suppresses:
        return found
    return attrs.evolve(found, message=KINDS[found.kind].meaning if found.kind in KINDS else "")


def _leaving(plan: Plan, leaving: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(entry for entry in plan.fulfilled_by if entry.id in leaving)


def _registered(event: Any) -> Iterator[tuple[str, Mapping[str, str]]]:
    names = getattr(event, "names", None)
    if isinstance(names, Mapping) and (found := not_blank(names)):
        yield from ((tag, found) for tag in tags_of(event)[:1])


def _located(tag: str, exported: Export) -> Mapping[str, Any]:
    """Return where a facility lies; only how precisely that is known, if a point would say more than was asked."""
    kind, _, slug = tag.partition(":")
    place = exported.places.get(slug) if kind == "facility" else None
    point = place if place is not None and place.is_within(exported.precision) else None
    degrees = {name: getattr(point, name, None) for name in ("latitude", "longitude")}
    return {**degrees, "precision": place and place.precision}


def _known(tag: str, exported: Export) -> Mapping[str, Any]:
    """Return what else is known of an entity, from registrations and judgements that may leave."""
    known = exported.situation.entities.get(tag) or EntityState(tag)
    same = tuple(name for name in (known.tag, *known.same) if name != tag)
    return {"aliases": known.aliases, "registered": known.registered, "same": same, "judged_by": known.judged_by}


def _entity(tag: str, count: int, names: Mapping[str, str]) -> Mapping[str, Any]:
    kind, _, slug = tag.partition(":")
    said = ", ".join(f"{language} {name}" for language, name in sorted(names.items())) or None
    name = names.get("en") or next(iter(names.values()), None)
    return {"tag": tag, "kind": kind, "slug": slug, "name": name, "names": said, "entries": count}
