"""From entries to the sequence to fold: the one place where time travel happens.

    entries → cut by the recorded and reported clocks → editorial entries (`cases`)
            → accept, policy → bounds and order → readings

A `History` does not depend on the occurred clock: what was true by some day is a prefix of it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import timezone, tzinfo
from typing import Any, NamedTuple

import attrs

from timeline.cases import Case, Cases, cases
from timeline.claims import Accept, Choose, Claim, standing
from timeline.entry import Entry
from timeline.events.editorial import EventDisputed
from timeline.events.facility import FacilityRegistered
from timeline.eventtype import entities_of, type_name
from timeline.finding import Finding
from timeline.instants import PAST
from timeline.quantity import Quantity, total
from timeline.report import Modality, Report
from timeline.when import When


@attrs.frozen(eq=False)
class Reading:
    """An entry as read at some point of the clocks: what a projection folds.

    `event` and `occurred` are those of the claim that was picked; `[start, end)` are its bounds in
    microseconds, `start` possibly open. `whole` is the event this is a part of, `within` the same where
    that one is folded already; `contains` are parts that were folded before this, their whole.
    """

    case: Case
    claim: Claim
    start: int
    end: int
    whole: Any | None = None
    within: Any | None = None
    contains: tuple[Any, ...] = ()

    @property
    def event(self) -> Any:
        return self.claim.event

    @property
    def occurred(self) -> When | None:
        return self.claim.occurred

    @property
    def reports(self) -> tuple[Report, ...]:
        return self.claim.reports

    @property
    def disputed(self) -> bool:
        return self.case.disputed

    @property
    def entry(self) -> Entry:
        """The entry with what was read in place of what was recorded; it equals the entry itself."""
        entry, claim = self.case.entry, self.claim
        if claim.event is entry.event and claim.reports == entry.reports and claim.occurred is entry.occurred:
            return entry
        return attrs.evolve(
            entry, event=claim.event, occurred=claim.occurred, reports=claim.reports, modality=claim.modality
        )


Involved = tuple[Case, ...]


class History(NamedTuple):
    """Everything a set of entries says within two cuts, ordered by when it happened."""

    cases: Cases
    readings: tuple[Reading, ...]
    """What is ACTUAL, in fold order."""
    others: tuple[Reading, ...]
    """What is not, in the order it was announced; `end` is the announcement."""
    fulfilled: Mapping[str, int]
    """For a case that was planned, the end of the first reading that fulfils it."""
    bounds: tuple[tuple[Involved, Finding], ...]
    findings: tuple[tuple[int, Finding], ...]
    """Each with the number of readings by which it shows."""
    left_out: tuple[Entry, ...]

    def possible(self, end: int) -> History:
        """What may have happened by then, as well as what did."""
        readings = arrange(
            [Reading(r.case, r.claim, r.start, r.end) for r in self.readings if r.start < end], self.cases
        )
        return self._replace(
            readings=readings,
            fulfilled=_fulfilled(readings, self.cases),
            findings=_findings(readings, self.cases, self.bounds),
        )

    def by(self, end: int) -> int:
        """How many readings definitely happened by then."""
        return bisect_right(self.readings, end, key=lambda reading: reading.end)


def history(
    entries: Iterable[Entry],
    *,
    reported: int | None = None,
    accept: Accept | None = None,
    choose: Choose = standing,
    tz: tzinfo = timezone.utc,
    hidden: Container[str] = (),
) -> History:
    """The history of some entries (the recorded cut is a matter of which are given).

    Those whose ids are `hidden` count as not made public yet.
    """
    found = cases(entries, reported=reported, tz=tz, hidden=hidden)
    picked, left_out = _pick(found, accept, choose)
    actual = [p for p in picked if p.claim.modality is Modality.ACTUAL]
    spans, bounds = _bounds(actual, found, tz)
    readings = arrange([Reading(p.case, p.claim, s[0], s[1]) for p, s in zip(actual, spans, strict=True)], found)
    others = sorted(
        (
            Reading(p.case, p.claim, told := _told(p, tz), told)
            for p in picked
            if p.claim.modality is not Modality.ACTUAL
        ),
        key=lambda reading: (reading.end, reading.case.entry.position),
    )
    return History(
        found,
        readings,
        tuple(others),
        _fulfilled(readings, found),
        tuple(bounds),
        _findings(readings, found, bounds),
        (*found.left_out, *left_out),
    )


def _findings(
    readings: tuple[Reading, ...], found: Cases, bounds: Sequence[tuple[Involved, Finding]]
) -> tuple[tuple[int, Finding], ...]:
    """Every finding that needs no projection, with the number of readings by which it shows."""
    index = {id(reading.case): number for number, reading in enumerate(readings, 1)}
    shown = [
        (max(index[id(case)] for case in involved), finding)
        for involved, finding in bounds
        if all(id(case) in index for case in involved)
    ]
    shown += _disputes(readings) + _duplicates(readings, found) + _excesses(readings, found)
    return tuple(sorted(shown, key=lambda pair: pair[0]))


class _Picked(NamedTuple):
    case: Case
    claim: Claim


def _pick(found: Cases, accept: Accept | None, choose: Choose) -> tuple[list[_Picked], list[Entry]]:
    picked, left_out = [], []
    for case in found.by_id.values():
        claims = case.claims if accept is None else [c for c in case.claims if accept(c) or _no_news(c)]
        claim = claims[0] if choose is standing and claims else choose(claims) if claims else None
        if claim is not None and claim.event is None and choose is standing:
            claim = choose(claims)
        if claim is None or claim.event is None:
            left_out.append(case.entry)
        else:
            picked.append(_Picked(case, claim))
    return picked, left_out


def _no_news(claim: Claim) -> bool:
    """What a facility is called is no report, and needs no evidence unless somebody published it."""
    return isinstance(claim.event, FacilityRegistered) and not claim.reports


def _told(picked: _Picked, tz: tzinfo) -> int:
    """The moment by which it had been told: its earliest publication, else when it was recorded."""
    published = [r.published.span(tz).end for r in picked.claim.reports if r.published is not None]
    if published:
        return min(published)
    by = picked.claim.entry if isinstance(picked.claim.entry.event, EventDisputed) else picked.case.entry
    return by.recorded + 1


def _bounds(
    actual: Sequence[_Picked], found: Cases, tz: tzinfo
) -> tuple[list[list[int]], list[tuple[Involved, Finding]]]:
    """When each can have happened: not after it was told, and not before what it came after."""
    spans: list[list[int]] = []
    findings: list[tuple[Involved, Finding]] = []
    for picked in actual:
        occurred, told = picked.claim.occurred, _told(picked, tz)
        if occurred is None:
            timeless = isinstance(picked.claim.event, FacilityRegistered)
            spans.append([PAST, PAST if timeless else told])
            continue
        start, end = occurred.span(tz)
        if start >= told:
            message = f"{type_name(picked.claim.event)} at {occurred} was published before it can have happened"
            findings.append(
                ((picked.case,), Finding("published_before_occurred", message, entries=(picked.case.entry,)))
            )
        else:
            end = min(end, told)
        spans.append([start, end])
    findings += _tighten(actual, spans, found)
    return spans, findings


def _tighten(actual: Sequence[_Picked], spans: list[list[int]], found: Cases) -> list[tuple[Involved, Finding]]:
    at = {id(picked.case): number for number, picked in enumerate(actual)}
    edges = []
    for later, picked in enumerate(actual):
        for name in _linked(picked.case, "after"):
            before = found.of(name)
            if before is not None and id(before) in at and before is not picked.case:
                edges.append((at[id(before)], later))
    findings: list[tuple[Involved, Finding]] = []
    contradicted = set()
    for earlier, later in sorted(edges, key=lambda edge: edge[1]):
        if spans[earlier][0] >= spans[later][1]:
            contradicted.add((earlier, later))
        else:
            spans[later][0] = max(spans[later][0], spans[earlier][0])
    for earlier, later in sorted(edges, key=lambda edge: -edge[0]):
        if (earlier, later) not in contradicted and spans[later][1] > spans[earlier][0]:
            spans[earlier][1] = min(spans[earlier][1], spans[later][1])
        else:
            a, b = actual[earlier], actual[later]
            message = (
                f"{type_name(b.claim.event)} at {b.claim.occurred} is said to come after "
                f"{type_name(a.claim.event)} at {a.claim.occurred}, which it cannot"
            )
            findings.append(
                ((a.case, b.case), Finding("contradictory_order", message, entries=(a.case.entry, b.case.entry)))
            )
    return findings


def _linked(case: Case, field: str) -> Iterator[str]:
    """The ids a case names in a field, its duplicates speaking for it too."""
    for entry in (case.entry, *case.merged):
        value = getattr(entry, field)
        yield from (value,) if isinstance(value, str) else value or ()


def arrange(readings: Sequence[Reading], found: Cases) -> tuple[Reading, ...]:
    """Put readings in fold order, and tell parts and wholes which of them comes first."""
    ordered = sorted(readings, key=lambda r: (r.end, r.start, r.case.entry.position))
    if not any(r.case.entry.part_of or r.case.merged for r in ordered):
        return tuple(ordered)
    at = {id(reading.case): number for number, reading in enumerate(ordered)}
    for number, reading in enumerate(ordered):
        whole = _whole(reading.case, found, at)
        if whole is None:
            continue
        event = ordered[whole].event
        ordered[number] = attrs.evolve(ordered[number], whole=event, within=event if whole < number else None)
        if number < whole:
            ordered[whole] = attrs.evolve(ordered[whole], contains=(*ordered[whole].contains, reading.event))
    return tuple(ordered)


def _whole(case: Case, found: Cases, at: Mapping[int, int]) -> int | None:
    for name in _linked(case, "part_of"):
        whole = found.of(name)
        if whole is not None and whole is not case and id(whole) in at:
            return at[id(whole)]
    return None


def _fulfilled(readings: Sequence[Reading], found: Cases) -> dict[str, int]:
    done: dict[str, int] = {}
    for reading in readings:
        for name in _linked(reading.case, "fulfils"):
            plan = found.of(name)
            if plan is not None:
                done.setdefault(plan.entry.id, reading.end)
    return done


Shown = list[tuple[int, Finding]]


def _disputes(readings: Sequence[Reading]) -> Shown:
    return [
        (
            number,
            Finding(
                "disputed",
                f"{type_name(reading.event)} at {reading.occurred or 'an unknown time'} has "
                f"{len(reading.case.claims)} rival claims",
                entries=(reading.case.entry, *(claim.entry for claim in reading.case.claims[1:])),
            ),
        )
        for number, reading in enumerate(readings, 1)
        if reading.disputed
    ]


def _duplicates(readings: Sequence[Reading], found: Cases) -> Shown:
    """Two unlinked readings of one type with the same entities, overlapping in time."""
    groups: dict[tuple[str, frozenset[tuple[str, str]]], list[tuple[int, Reading]]] = {}
    for number, reading in enumerate(readings, 1):
        if not any(found.of(name) for name in _linked(reading.case, "part_of")):
            key = (type_name(reading.event), entities_of(reading.event))
            groups.setdefault(key, []).append((number, reading))
    shown: Shown = []
    for (name, _), group in groups.items():
        widest: tuple[int, Reading] | None = None
        for number, reading in sorted(group, key=lambda pair: (pair[1].start, pair[0])):
            if widest is not None and reading.start < widest[1].end and _unlinked(widest[1], reading, found):
                times = " and ".join(sorted(str(r.occurred or "an unknown time") for r in (widest[1], reading)))
                message = f"two unlinked entries of {name} with the same entities, at {times}, may be one event"
                pair = Finding("possible_duplicate", message, entries=(widest[1].case.entry, reading.case.entry))
                shown.append((max(number, widest[0]), pair))
            if widest is None or reading.end > widest[1].end:
                widest = (number, reading)
    return shown


def _unlinked(a: Reading, b: Reading, found: Cases) -> bool:
    for field in ("batch", "role"):
        told_apart = {getattr(a.event, field, None), getattr(b.event, field, None)}
        if len(told_apart) == 2 and None not in told_apart:
            return False
    return not any(found.of(name) in (a.case, b.case) for case in (a.case, b.case) for name in _linked(case, "after"))


def _excesses(readings: Sequence[Reading], found: Cases) -> Shown:
    """Parts that exceed their whole, each way of breaking it down by itself."""
    at = {id(reading.case): number for number, reading in enumerate(readings)}
    parts: dict[int, list[int]] = {}
    for number, reading in enumerate(readings):
        whole = _whole(reading.case, found, at)
        if whole is not None:
            parts.setdefault(whole, []).append(number)
    shown: Shown = []
    for whole, members in parts.items():
        for group in _breakdowns(readings, whole, members):
            involved = [readings[number] for number in (whole, *group)]
            quantities = [r.claim.quantity for r in involved]
            limit, shares = quantities[0], total(q for q in quantities[1:] if q is not None).quantity()
            if limit is not None and limit.high is not None and shares.low > limit.high:
                message = f"parts of {type_name(involved[0].event)} add up to {shares}, more than the whole, {limit}"
                entries = tuple(r.case.entry for r in involved)
                shown.append((max(whole, *group) + 1, Finding("parts_exceed_whole", message, entries=entries)))
    return shown


def _breakdowns(readings: Sequence[Reading], whole: int, members: Sequence[int]) -> Iterator[list[int]]:
    """Parts by cohort are one breakdown, parts by place another, those of a rival version a third.

    They are not added together.
    """
    groups: dict[tuple[Any, ...], list[int]] = {}
    for number in members:
        version = next(_linked(readings[number].case, "part_of"))
        dimension = _dimension(readings[whole].event, readings[number].event)
        groups.setdefault((version, *dimension), []).append(number)
    yield from groups.values()


def _dimension(whole: Any, part: Any) -> tuple[Any, ...]:
    if type(whole) is not type(part):
        return (type_name(part),)
    fields = [a.name for a in type(part).__attrs_attrs__ if a.name not in ("detail", "about")]
    return tuple(
        name
        for name in fields
        if not isinstance(getattr(part, name), Quantity) and getattr(part, name) != getattr(whole, name)
    )
