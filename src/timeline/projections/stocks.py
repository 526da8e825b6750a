"""Stocks: how each reading changes the places of the custody ledger, and the findings of each step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from timeline.events.custody import HeadcountReported
from timeline.events.declare import akin
from timeline.events.facility import ControlChanged, FacilityRegistered
from timeline.history.finding import Finding
from timeline.history.reading import Reading
from timeline.projections import operations
from timeline.projections.building import ByClass, changed, kind_after
from timeline.projections.flows import MOVING, RESERVED, Posting, postings, sides
from timeline.projections.ledger import Stock
from timeline.projections.operations import OperationState, operation_of
from timeline.projections.projection import Path
from timeline.values.containers import FrozenMapping, SharedSet
from timeline.values.entities import ELSEWHERE, NOBODY, Holder
from timeline.values.quantity import Balance, Quantity, total
from timeline.values.report import credited

Key = tuple[str, str]


_MOVING = frozenset(MOVING)
COLLECTIVES: Key = ("list", "collectives")


def keys(reading: Reading) -> Iterable[Key]:
    """Return the places, operations, authorities and lists that a reading touches."""
    touched = _TOUCHED[type(reading.event)]
    return () if touched is None else touched(reading)


def _moved(reading: Reading) -> list[Key]:
    """Return the places of a flow, and the operation of which it is a batch."""
    operation = operation_of(reading.event)
    places: list[Key] = [("place", posting.place) for posting in posted(reading)]
    return places if operation is None else [*places, ("operation", operation)]


def _numbered(reading: Reading) -> tuple[Key, ...]:
    """Return the place or the authority of a headcount."""
    event = reading.event
    if event.facility:
        return (("place", event.facility),)
    return (("authority", str(event.authority)),) if _claims(reading) else ()


_Touched = Callable[[Reading], Iterable[Key]]


_TOUCHED: ByClass[_Touched] = ByClass(
    {
        **dict.fromkeys(MOVING, _moved),
        **dict.fromkeys(operations.STEPS, lambda reading: (("operation", reading.event.operation),)),
        HeadcountReported: _numbered,
        FacilityRegistered: lambda reading: _registered(reading.event),
        ControlChanged: lambda reading: (("place", reading.event.facility),) if reading.event.role == "control" else (),
    }
)


def _registered(event: FacilityRegistered) -> tuple[Key, ...]:
    """Return the place and, for a collective, the list of collectives."""
    place = ("place", event.facility)
    return (place, COLLECTIVES) if event.kind == "collective" else (place,)


def posted(reading: Reading) -> tuple[Posting, ...]:
    """Return the postings of a reading, computed once for all the keys that it touches."""
    found: tuple[Posting, ...] | None = reading.memo.get("postings")
    if found is None:
        linked = reading.of is not None or reading.parts
        found = tuple(postings(reading)) if linked else sides(reading)
        reading.memo["postings"] = found
    return found


def evolve(before: Any, reading: Reading, key: Key) -> Any:
    """Return the next value of a key."""
    kind, slug = key
    if kind == "operation":
        return operations.evolve(before or OperationState(slug), reading)
    if kind == "authority":
        return (before or FrozenMapping()) | _claims(reading)
    if kind == "list":
        return (before or SharedSet()) | {reading.event.facility}
    return _place(before or Stock(slug), reading)


def take_moves(before: Any, readings: Sequence[Reading], key: Key) -> tuple[Any, int]:
    """Return the value of a place after the first few readings, and how many these are: moves that come to one sum."""
    kind, slug = key
    return (before or Stock(slug)).add(_plain_postings(readings, slug)) if kind == "place" else (before, 0)


def _plain_postings(readings: Iterable[Reading], slug: str) -> Iterator[Posting]:
    """Yield the posting of each reading to a place, up to one that does not move people, or is linked to another."""
    for reading in readings:
        if type(reading.event) not in _MOVING or reading.of is not None or reading.parts:
            return
        yield from (posting for posting in posted(reading) if posting.place == slug)


def _place(place: Stock, reading: Reading) -> Stock:
    match reading.event:
        case FacilityRegistered() as event:
            return changed(place, kind=kind_after(place.kind, event), members=event.members or place.members)
        case ControlChanged() as event:
            holder: Holder = NOBODY if event.manner == "vacated" else event.authority
            named = {name for name in (event.previous, holder, place.holder) if name is not None}
            return changed(place.hold(holder, reading.point), held_by=place.held_by | named)
        case HeadcountReported():
            return changed(_counted(place, reading), claims=place.claims | _claims(reading))
    for posting in posted(reading):
        if posting.place == place.slug:
            place = place.post(posting)
    return place


def _counted(place: Stock, reading: Reading) -> Stock:
    """Return a place after a headcount; one without a number changes nothing."""
    if place.kind == "collective":
        return place
    for cohort, share in _counts(reading):
        place = place.count(share, cohort, reading.point) if share.known else place
    return place


def _counts(reading: Reading) -> Iterator[tuple[str | None, Quantity]]:
    """Yield the cohorts and numbers of a headcount; a share of another headcount is not a count of its own."""
    event = reading.event
    yield from event.breakdown.items()
    if not _is_share(reading) or event.cohort not in (None, reading.whole.cohort):  # type: ignore[union-attr]
        yield event.cohort, event.quantity


def _is_share(reading: Reading) -> bool:
    """Tell whether a headcount is part of another one of the same facility or authority."""
    whole, event = reading.whole, reading.event
    if not isinstance(whole, HeadcountReported):
        return False
    return (whole.facility, whole.authority) == (event.facility, event.authority)


def _claims(reading: Reading) -> dict[str | None, Quantity]:
    """Return the numbers that a headcount gives by cohort, as far as they say something; None: of everybody."""
    return {cohort: quantity for cohort, quantity in _counts(reading) if quantity.known}


def check(before: Any, reading: Reading, after: Any, key: Key) -> Iterable[Finding]:
    """Return the findings of a step."""
    kind, slug = key
    if kind == "operation":
        return operations.check(before, reading, after)
    if kind == "list":
        return ()
    place = None if kind == "authority" or slug in RESERVED else before or Stock(slug)
    if isinstance(reading.event, HeadcountReported):
        exceeding = _exceeding(slug, reading) if reading.event.breakdown else ()
        return *exceeding, *(_drift(place, after, reading) if place else ())
    twice = _counted_twice(slug, reading) if reading.parts or reading.of else ()
    return *twice, *(_negative(place, after, reading) if place else ())


def _counted_twice(slug: str, reading: Reading) -> Iterator[Finding]:
    """Find two linked events of different types that take the same people out of a place."""
    linked = reading.parts if reading.of is None or reading.within is None else (*reading.parts, reading.of)
    for other in linked:
        if akin(other.event, reading.event) or slug == ELSEWHERE:
            continue
        gone = [side[0] for side in map(sides, (reading, other)) if side and side[0].place == slug]
        if len(gone) == 2:
            told = " and ".join(f"{one.quantity} {one.heading or 'recaptured'}" for one in gone)
            message = f"{slug}: {told}, but some people are in both numbers and cannot have left twice"
            yield Finding("counted_twice", message, ("custody", slug, "held"), entries=(reading.entry, other.entry))


def _exceeding(slug: str, reading: Reading) -> Iterator[Finding]:
    """Find a headcount whose cohorts add up to more than its total."""
    whole, breakdown = reading.event.quantity, reading.event.breakdown
    if whole.high is None:
        return
    shares = total(breakdown.values()).quantity()
    if shares.low > whole.high:
        by = credited(reading.reports)
        message = f"{slug}: cohorts add up to {shares}, more than the whole, {whole}{by}"
        path = ("custody", slug, "held") if reading.event.facility else ("custody", "counted", slug)
        yield Finding("parts_exceed_whole", message, path, entries=(reading.entry,))


def _drift(before: Stock, after: Stock, reading: Reading) -> Iterator[Finding]:
    """Find counts that contradict the balance computed from flows since the last count."""
    if after.kind == "collective":
        return
    for cohort, counted in sorted(_counts(reading), key=lambda count: count[0] != reading.event.cohort):
        computed = before.computed(cohort)
        if before.moved(cohort) and not computed.overlaps(Balance.of(counted)):
            by = credited(reading.reports)
            message = f"{_whose(after, cohort)}: {counted} were counted{by} where {_signed(computed)} were computed"
            yield Finding("drift", message, _held_by(after, cohort), entries=(reading.entry,))


def _negative(before: Stock, after: Stock, reading: Reading) -> Iterator[Finding]:
    """Find accounts from which more people went than were there."""
    gone = [p.cohort for p in posted(reading) if p.sign < 0 and p.place == after.slug]
    for cohort in dict.fromkeys((None, *gone)) if gone else ():
        balance = after.balance(cohort)
        if _below_nothing(balance) and not _below_nothing(before.balance(cohort)):
            flow = f"{reading.event.quantity}{credited(reading.reports)}"
            message = (
                f"{_whose(after, cohort)}: {_signed(balance)} would be left after {flow}, more went than were there"
            )
            yield Finding("negative_balance", message, _held_by(after, cohort), entries=(reading.entry,))
            return


def _whose(place: Stock, cohort: str | None) -> str:
    return f"{place.slug} ({cohort})" if cohort else place.slug


def _held_by(place: Stock, cohort: str | None) -> Path:
    return ("custody", place.slug, "held", *filter(None, (cohort,)))


def _below_nothing(balance: Balance) -> bool:
    return balance.high is not None and balance.high < 0


def _signed(balance: Balance) -> str:
    low = "−∞" if balance.low is None else f"{balance.low:,}"
    high = "∞" if balance.high is None else f"{balance.high:,}"
    return low if low == high else f"{low} to {high}"
