"""Rows of projections: the postings of the ledger, and values with their begin and end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from timeline.answers import behind
from timeline.exchange.flat import Row, bound, numbers
from timeline.exchange.sharing import Export
from timeline.history.reading import Reading
from timeline.projections.agreements import AgreementState
from timeline.projections.custody import flows_of
from timeline.projections.facilities import FacilityState, Hold
from timeline.projections.flows import RESERVED, Posting
from timeline.projections.flows import postings as postings_of
from timeline.projections.ledger import Stock
from timeline.values.entities import NOBODY
from timeline.values.instants import FUTURE


class Touch(NamedTuple):
    """One reading that touched an entity, and the entity before and after it."""

    reading: Reading
    before: Any
    after: Any


def posting_rows(exported: Export) -> Iterator[Row]:
    """Yield the postings of every flow, in fold order (`step`). For each quantity, the signs add up to nothing.

    One that is a `share` takes out of a whole what is posted by itself, here or on another account.
    `authority` is who sent, received or lost them: whoever held the place, unless the event says.
    """
    order = {reading.point: number for number, reading in enumerate(exported.readings, 1)}
    posted = [
        (step, account, posting)
        for account, steps in _tracks(exported, "custody", "place")
        for step in steps
        for posting in postings_of(step.reading)
        if posting.place == account
    ]
    for step, account, posting in sorted(posted, key=lambda found: found[0].reading.point):
        yield {
            "step": order[step.reading.point],
            "entry": step.reading.case.entry.id,
            "happened_by": bound(step.reading.end),
            "account": account,
            "cohort": posting.cohort,
            "sign": posting.sign,
            **numbers(exported.quantity(posting.quantity)),
            "heading": posting.heading,
            "authority": _accountable(posting, step.before),
            "share": posting.share is not None,
        }


def stock_rows(exported: Export) -> Iterator[Row]:
    """Yield how many a facility held, of a cohort or (`cohort` None) of all; no row where nobody ever counted."""
    tracks = dict(_tracks(exported, "custody", "place"))
    told = {slug: {c for step in steps for c in step.after.cohorts if c is not None} for slug, steps in tracks.items()}
    everywhere = set().union(*told.values())
    for facility, steps in tracks.items():
        if facility in RESERVED:
            continue
        cohorts = everywhere if any(step.after.parts for step in steps) else told[facility]
        for cohort in (None, *sorted(cohorts)):
            for held, interval in _intervals(_held(exported, facility, cohort), _as_it_is):
                if held.known:
                    yield {"facility": facility, "cohort": cohort, **numbers(exported.quantity(held)), **interval}


def flow_rows(exported: Export) -> Iterator[Row]:
    """Yield how many a facility had sent, received, released or lost by then, of a cohort or of all."""
    for facility, steps in _tracks(exported, "custody", "place"):
        if facility in RESERVED:
            continue
        lines = {(line.heading, line.cohort) for step in steps for line in step.after.flows}
        for heading, cohort in sorted(lines | {(heading, None) for heading, _ in lines}, key=str):
            for flowed, interval in _intervals(steps, flows_of(heading, cohort)):
                if flowed is not None:
                    numbered = numbers(exported.quantity(flowed))
                    yield {"facility": facility, "heading": heading, "cohort": cohort, **numbered, **interval}


def control_rows(exported: Export) -> Iterator[Row]:
    """Yield who held a facility in a role. `holder` None: not known, or `nobody`; `since` as a source dates it."""
    for facility, steps in _tracks(exported, "facilities", "facility"):
        for role in sorted({role for step in steps for role in step.after.roles}):
            for hold, interval in _intervals(steps, partial(_hold, role=role)):
                if hold is not None:
                    nobody = hold.holder is NOBODY
                    yield {
                        "facility": facility,
                        "role": role,
                        "holder": None if nobody else hold.holder,
                        "nobody": nobody,
                        "since": hold.since and hold.since.text,
                        "contested": hold.claimants is not None,
                        "claimants": list(hold.claimants or ()),
                        **interval,
                    }


def agreement_rows(exported: Export) -> Iterator[Row]:
    """Yield the status of each agreement. `until` is the end foreseen, in EDTF: nothing ends by itself."""
    for agreement, steps in _tracks(exported, "agreements", "agreement"):
        for told, interval in _intervals(steps, _standing):
            status, kind, parties, until, ending, superseded_by = told
            yield {
                "agreement": agreement,
                "status": status,
                "kind": kind,
                "parties": sorted(parties.items()),
                "until": until and until.text,
                "ending": ending,
                "superseded_by": superseded_by,
                **interval,
            }


def _held(exported: Export, facility: str, cohort: str | None) -> list[Touch]:
    """Count the people that a facility held, step by step; those of a collective with its members."""
    path = ("custody", facility, "held", *filter(None, (cohort,)))
    return [Touch(reading, None, held) for reading, held in behind.steps(exported.situation, path)]


def _as_it_is(value: Any) -> Any:
    return value


def _hold(facility: FacilityState, role: str) -> Hold | None:
    return facility.roles.get(role)


def _standing(a: AgreementState) -> tuple[Any, ...]:
    """Return what the table holds of an agreement; talks and statements change none of it."""
    return a.status, a.kind, a.parties, a.until, a.ending, a.superseded_by


def _accountable(posting: Posting, before: Stock | None) -> str | None:
    """Return who sent, received or lost them: the authority of the event, else the holder of the place."""
    if posting.heading is None:
        return None
    holder = before.holder if before else None
    return posting.authority or (holder if isinstance(holder, str) else None)


def _tracks(exported: Export, projection: str, kind: str) -> Iterator[tuple[str, list[Touch]]]:
    """Yield each entity of a kind, by name, with all its steps within the cuts."""
    found = behind.tracks(exported.situation, projection, lambda key: key[0] == kind)
    for key, steps in sorted(found.items(), key=lambda item: item[0]):
        before = [None, *(after for _, after in steps)]
        yield key[1], [Touch(reading, old, after) for old, (reading, after) in zip(before, steps, strict=False)]


def _intervals(steps: list[Touch], value: Callable[[Any], Any]) -> Iterator[tuple[Any, Row]]:
    """Yield each value, and from when to when it definitely held."""
    begun: list[Touch] = []
    for step in steps:
        if step.reading.end >= FUTURE or (begun and value(step.after) == value(begun[-1].after)):
            continue
        if begun and step.reading.end == begun[-1].reading.end:
            begun[-1] = step
        else:
            begun.append(step)
    for step, following in zip(begun, [*begun[1:], None], strict=False):
        yield (
            value(step.after),
            {
                "begins": bound(step.reading.end),
                "ends": following and bound(following.reading.end),
                "entry": step.reading.case.entry.id,
            },
        )
