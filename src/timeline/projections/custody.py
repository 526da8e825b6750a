"""Custody: how many people are held, moved, escaped or released, by whom and where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from timeline.displayable import Displayable
from timeline.events.custody import HeadcountReported
from timeline.events.declare import akin
from timeline.events.facility import ControlChanged, FacilityRegistered
from timeline.history.finding import Finding
from timeline.history.reading import Reading
from timeline.projections import operations
from timeline.projections.building import ByClass, Register, changed
from timeline.projections.ledger import (
    MOVING,
    RESERVED,
    STATES,
    Line,
    Place,
    Posting,
    flow,
    flowed,
    postings,
    sides,
)
from timeline.projections.operations import Operation, operation_of
from timeline.projections.projection import Located, Path, Projection, Snapshot, field
from timeline.values.entities import ELSEWHERE, IN_TRANSIT, NOBODY, Holder, check_asked
from timeline.values.quantity import Balance, Quantity, total, unspecified
from timeline.values.report import credited

Key = tuple[str, str]

_COLLECTIVES: Key = ("list", "collectives")
HEADINGS = ("received", "sent", "escaped", "recaptured", "released", "repatriated", "died")


def _keys(reading: Reading) -> Iterable[Key]:
    touched = _TOUCHED[type(reading.event)]
    return () if touched is None else touched(reading)


def _moved(reading: Reading) -> list[Key]:
    """The places of a flow, and the operation it is a batch of."""
    operation = operation_of(reading.event)
    places: list[Key] = [("place", posting.place) for posting in _postings(reading)]
    return places if operation is None else [*places, ("operation", operation)]


def _numbered(reading: Reading) -> tuple[Key, ...]:
    """Of whom a headcount tells."""
    event = reading.event
    if event.facility:
        return (("place", event.facility),)
    return (("authority", str(event.authority)),) if _told(reading) else ()


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
    """The place, and the list of collectives where it is one."""
    place = ("place", event.facility)
    return (place, _COLLECTIVES) if event.kind == "collective" else (place,)


def _collectives(snapshot: Snapshot) -> Iterator[Key]:
    """The places that hold what their members do."""
    return (("place", slug) for slug in snapshot.get(_COLLECTIVES, ()))


def _postings(reading: Reading) -> tuple[Posting, ...]:
    """What a reading posts, worked out once for all the keys it touches."""
    found: tuple[Posting, ...] | None = reading.memo.get("postings")
    if found is None:
        found = tuple(postings(reading))
        reading.memo["postings"] = found
    return found


def _evolve(before: Any, reading: Reading, key: Key) -> Any:
    kind, slug = key
    if kind == "operation":
        return operations.evolve(before or Operation(slug), reading)
    if kind == "authority":
        return reading.event.quantity
    if kind == "list":
        return tuple(sorted({*(before or ()), reading.event.facility}))
    return _place(before or Place(slug), reading)


def _place(place: Place, reading: Reading) -> Place:
    match reading.event:
        case FacilityRegistered() as event:
            return changed(place, kind=event.kind, members=event.members or place.members)
        case ControlChanged() as event:
            holder: Holder = NOBODY if event.manner == "vacated" else event.authority
            named = {name for name in (event.previous, holder, place.holder) if name is not None}
            return changed(place.hold(holder, reading.point), held_by=place.held_by | named)
        case HeadcountReported() as event:
            counted = _counted(place, reading)
            return changed(counted, claimed=event.quantity) if _told(reading) else counted
    for posting in _postings(reading):
        if posting.place == place.slug:
            place = place.post(posting)
    return place


def _counted(place: Place, reading: Reading) -> Place:
    """A count that gives no number anchors nothing: what was known stays known."""
    if place.kind == "collective":
        return place
    for cohort, share in _counts(reading):
        place = place.count(share, cohort, reading.point) if share.known else place
    return place


def _counts(reading: Reading) -> Iterator[tuple[str | None, Quantity]]:
    """Whom a headcount counts; a share of all who were counted, or of a cohort, is no count of them."""
    event = reading.event
    yield from event.breakdown.items()
    if not _is_share(reading) or event.cohort not in (None, reading.whole.cohort):  # type: ignore[union-attr]
        yield event.cohort, event.quantity


def _is_share(reading: Reading) -> bool:
    """Whether it counts some of those that a headcount of the same facility, or authority, counts."""
    whole, event = reading.whole, reading.event
    if not isinstance(whole, HeadcountReported):
        return False
    return (whole.facility, whole.authority) == (event.facility, event.authority)


def _told(reading: Reading) -> bool:
    """Whether a headcount gives a number for all of them, which can be shown as claimed."""
    return reading.event.cohort is None and reading.event.quantity.known and not _is_share(reading)


def _check(before: Any, reading: Reading, after: Any, key: Key) -> Iterable[Finding]:
    kind, slug = key
    if kind == "operation":
        return operations.check(before, reading, after)
    if kind == "list":
        return ()
    place = None if kind == "authority" or slug in RESERVED else before or Place(slug)
    if isinstance(reading.event, HeadcountReported):
        return *_exceeding(slug, reading), *(_drift(place, after, reading) if place else ())
    return *_twice(slug, reading), *(_negative(place, after, reading) if place else ())


def _twice(slug: str, reading: Reading) -> Iterator[Finding]:
    """Some of whom two events tell, of two types, that both take them out of here."""
    linked = reading.parts if reading.of is None or reading.within is None else (*reading.parts, reading.of)
    for other in linked:
        if akin(other.event, reading.event) or slug == ELSEWHERE:
            continue
        gone = [side[0] for side in map(sides, (reading, other)) if side and side[0].place == slug]
        if len(gone) == 2:
            told = " and ".join(f"{one.quantity} {one.heading or 'recaptured'}" for one in gone)
            message = f"{slug}: {told}, of whom some are the same, and both have left"
            yield Finding("counted_twice", message, ("custody", slug, "held"), entries=(reading.entry, other.entry))


def _exceeding(slug: str, reading: Reading) -> Iterator[Finding]:
    """Cohorts of a headcount that are more than all it counted."""
    whole, breakdown = reading.event.quantity, reading.event.breakdown
    if not breakdown or whole.high is None:
        return
    shares = total(breakdown.values()).quantity()
    if shares.low > whole.high:
        by = credited(reading.reports)
        message = f"{slug}: cohorts add up to {shares}, more than the whole, {whole}{by}"
        path = ("custody", slug, "held") if reading.event.facility else ("custody", "counted", slug)
        yield Finding("parts_exceed_whole", message, path, entries=(reading.entry,))


def _drift(before: Place, after: Place, reading: Reading) -> Iterator[Finding]:
    """Find counts that cannot be what was computed of flows since the last count."""
    if after.kind == "collective":
        return
    for cohort, counted in sorted(_counts(reading), key=lambda count: count[0] != reading.event.cohort):
        computed = before.computed(cohort)
        if before.moved(cohort) and not computed.overlaps(Balance.of(counted)):
            by = credited(reading.reports)
            message = f"{_whose(after, cohort)}: {counted} were counted{by} where {_signed(computed)} were computed"
            yield Finding("drift", message, _held_by(after, cohort), entries=(reading.entry,))


def _negative(before: Place, after: Place, reading: Reading) -> Iterator[Finding]:
    """More went than were there."""
    gone = [p.cohort for p in _postings(reading) if p.sign < 0 and p.place == after.slug]
    for cohort in dict.fromkeys((None, *gone)) if gone else ():
        balance = after.balance(cohort)
        if _below_nothing(balance) and not _below_nothing(before.balance(cohort)):
            flow = f"{reading.event.quantity}{credited(reading.reports)}"
            message = (
                f"{_whose(after, cohort)}: {_signed(balance)} would be left after {flow}, more went than were there"
            )
            yield Finding("negative_balance", message, _held_by(after, cohort), entries=(reading.entry,))
            return


def _whose(place: Place, cohort: str | None) -> str:
    return f"{place.slug} ({cohort})" if cohort else place.slug


def _held_by(place: Place, cohort: str | None) -> Path:
    return ("custody", place.slug, "held", *filter(None, (cohort,)))


def _below_nothing(balance: Balance) -> bool:
    return balance.high is not None and balance.high < 0


def _signed(balance: Balance) -> str:
    low = "−∞" if balance.low is None else f"{balance.low:,}"
    high = "∞" if balance.high is None else f"{balance.high:,}"
    return low if low == high else f"{low} to {high}"


class Custody(Displayable, Mapping[str, Place]):
    """The ledger, by facility, and the questions one asks of it.

    Every question takes `facility`, `authority` and `cohort`; leaving one out asks about all.

    Raises: InvalidEvent for what is no slug, such as a human name, or several at once; UnknownName for what no
    entry on the log names.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.operations: Register[Operation] = Register(snapshot, "operation")
        self._places: Register[Place] = Register(snapshot, "place")

    def __getitem__(self, facility: str) -> Place:
        if facility in RESERVED:
            raise KeyError(f"{facility!r} is an account of the ledger and no facility: ask custody.held(facility=...)")
        return self._places[facility]

    def __iter__(self) -> Iterator[str]:
        return (slug for slug in self._places if slug not in RESERVED)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def held(self, *, facility: str | None = None, authority: Holder = None, cohort: str | None = None) -> Quantity:
        """How many are held, as counted last and moved since; `?` where nobody ever counted.

        An authority holds who is in the facilities it controls; one of them never counted leaves the
        sum open above. `NOBODY` holds who is in the vacated ones. A collective holds what its members
        do, give or take those it is told to have moved without saying which member did.
        """
        self._check(facility=facility, authority=authority, cohort=cohort)
        if facility is not None:
            place = self._snapshot.get(("place", facility))
            if place is None or authority not in (None, place.holder):
                return unspecified()
            return _together(self._snapshot, facility, cohort).shown()
        mine = [place for place in self.values() if authority is None or place.holder == authority]
        if not mine and not any(authority in place.held_by for place in self.values()):
            return unspecified()
        result = Balance(0, 0, 0)
        for place in mine:
            if place.detains:
                result = result.plus(place.balance(cohort))
        return result.shown()

    def _check(self, **named: Any) -> None:
        check_asked(**named)
        self._snapshot.require(**named)

    def counted(self, *, facility: str | None = None, authority: str | None = None) -> Quantity | None:
        """The latest headcount somebody gave for a facility, a collective or an authority, as claimed."""
        self._check(facility=facility, authority=authority)
        if facility is not None:
            place = self._snapshot.get(("place", facility))
            return place.claimed if place else None
        return self._snapshot.get(("authority", authority))

    @property
    def collectives(self) -> tuple[str, ...]:
        """The places that somebody registered as several under one name."""
        found: tuple[str, ...] = self._snapshot.get(_COLLECTIVES, ())
        return found

    @property
    def authorities(self) -> tuple[str, ...]:
        """Those somebody gave a headcount for, as such."""
        return tuple(sorted(slug for kind, slug in self._snapshot if kind == "authority"))

    def received(self, *, facility: str | None = None, authority: Holder = None, cohort: str | None = None) -> Quantity:
        """How many are known to have come in: admitted, or transferred there."""
        return self._flowed("received", facility, authority, cohort)

    def sent(self, *, facility: str | None = None, authority: Holder = None, cohort: str | None = None) -> Quantity:
        """How many are known to have been transferred out."""
        return self._flowed("sent", facility, authority, cohort)

    def escaped(self, *, facility: str | None = None, authority: Holder = None, cohort: str | None = None) -> Quantity:
        """How many are known to have got away."""
        return self._flowed("escaped", facility, authority, cohort)

    def recaptured(
        self, *, facility: str | None = None, authority: Holder = None, cohort: str | None = None
    ) -> Quantity:
        """How many are known to have been caught again."""
        return self._flowed("recaptured", facility, authority, cohort)

    def released(self, *, facility: str | None = None, authority: Holder = None, cohort: str | None = None) -> Quantity:
        """How many are known to have been set free."""
        return self._flowed("released", facility, authority, cohort)

    def repatriated(
        self, *, facility: str | None = None, authority: Holder = None, cohort: str | None = None
    ) -> Quantity:
        """How many are known to have been returned to their country, by where they left from."""
        return self._flowed("repatriated", facility, authority, cohort)

    def died(self, *, facility: str | None = None, authority: Holder = None, cohort: str | None = None) -> Quantity:
        """How many are known to have died in custody."""
        return self._flowed("died", facility, authority, cohort)

    def _flowed(self, heading: str, facility: str | None, authority: Holder, cohort: str | None) -> Quantity:
        def asked(line: Line) -> bool:  # over all places, nobody is counted on the way and at its end
            return (
                line.heading == heading
                and (line.place != IN_TRANSIT or facility is not None or authority is not None)
                and facility in (None, line.place)
                and authority in (None, line.authority)
                and cohort in (None, line.cohort)
            )

        self._check(facility=facility, authority=authority, cohort=cohort)
        if facility is None:
            return flowed(self._places.values(), asked)
        place = self._snapshot.get(("place", facility))
        return flowed([place] if place else [], asked)


def _together(places: Mapping[Any, Any], facility: str, cohort: str | None) -> Balance:
    """The balance of a place, or of all that a collective is made of, each once."""
    result = Balance(0, 0, 0)
    for one in _made_of(places, facility):
        result = result.plus(one.balance(cohort) if not one.parts else one.astray(cohort))
    return result


def _made_of(places: Mapping[Any, Any], facility: str) -> Iterator[Place]:
    """A place, and those that it is made of, if it is a collective, each once."""
    slugs = [facility]
    for slug in slugs:  # which grows by the members of each
        one: Place = places.get(("place", slug)) or Place(slug)
        yield one
        slugs += [member for member in dict.fromkeys(one.parts) if member not in slugs]


def _flat(view: Custody) -> Iterator[tuple[Path, Any]]:
    for slug, place in view.items():
        cohorts = {c for one in _made_of(view._snapshot, slug) for c in one.cohorts if c is not None}
        for cohort in (None, *sorted(cohorts)):
            held = _together(view._snapshot, slug, cohort).shown()
            if held.known:
                yield (slug, "held", *filter(None, (cohort,))), held
        if place.claimed is not None:
            yield (slug, "counted"), place.claimed
    for slug, place in view._places.items():
        for heading in HEADINGS:
            if any(line.heading == heading for line in place.flows):
                yield (slug, heading), view._flowed(heading, slug, None, None)
    for slug, operation in view.operations.items():
        for name in ("status", "planned", "moved", "claimed", "remaining"):
            value = getattr(operation, name)
            if value is not None:
                yield ("operations", slug, name), value
    for authority in view.authorities:
        yield ("counted", authority), view.counted(authority=authority)


def _locate(view: Custody, path: Path) -> Located:
    first, *rest = path
    if first == "operations":
        slug, name = rest if len(rest) > 1 else (*rest, "moved")
        return Located(("operation", slug), field(name, Operation), _SUMS.get(name), {"operation": slug})
    if first == "counted":
        (slug,) = rest
        return Located(("authority", slug), lambda quantity: quantity, named={"authority": slug})
    if first in (*HEADINGS, "held"):  # asked as one asks the view: held, by facility
        first, rest = rest[0], [first, *rest[1:]]
    name, *cohorts = rest or ["held"]
    if name not in (*HEADINGS, "held", "counted") or len(cohorts) > (name != "counted"):
        raise ValueError(path)
    cohort = cohorts[0] if cohorts else None
    named = {"facility": first, "cohort": cohort}
    if name == "held":
        stock = Located(("place", first), lambda place: place.balance(cohort).shown(), named=named)
        stock = stock._replace(basis=lambda place: place.basis(cohort))
        return _with_members(stock, first, cohort) if first in view.collectives else stock
    return Located(("place", first), flows_of(name, cohort), named=named)


def _with_members(stock: Located, facility: str, cohort: str | None) -> Located:
    """Where a stock is found that is that of other places, too."""
    return stock._replace(
        basis=lambda place: (place.basis(cohort), place.parts) if place.parts else place.basis(cohort),
        members=lambda place: [("place", member) for member in place.parts],
        total=lambda places: _together(places, facility, cohort).shown(),
    )


_SUMS: dict[str, Callable[[Operation], Any]] = {
    "moved": lambda operation: operation.sum if operation.batches else None,
    "remaining": lambda operation: (operation.planned, operation.sum),
}


def flows_of(name: str, cohort: str | None) -> Callable[[Place], Any]:
    """What is asked of a place: how many flowed under a heading, or None where nobody did."""
    if name == "counted":
        return lambda place: place.claimed

    def flows(place: Place) -> Quantity | None:
        def asked(line: Line) -> bool:
            return (line.place, line.heading) == (place.slug, name) and cohort in (None, line.cohort)

        return flowed([place], asked) if any(map(asked, place.flows)) else None

    return flows


def _subject(reading: Reading, key: Key) -> Path:
    """Give the path of what is held or counted, of the flow at a place, or of the number of an operation."""
    kind, slug = key
    if kind == "operation":
        return ("operations", slug, operations.number_of(reading.event))
    if kind == "authority":
        return ("counted", slug)
    if kind == "list":
        return ()
    if isinstance(reading.event, HeadcountReported):
        return (slug, "held", *filter(None, (reading.event.cohort,)))
    return next(((slug, p.heading) for p in _postings(reading) if p.place == slug and p.heading), ())


def _settles(reading: Reading, path: Path) -> bool:
    """A headcount, a plan or a claim explains a number alone; a sum needs all it adds up."""
    if isinstance(reading.event, HeadcountReported):
        return reading.event.cohort in (None, path[-1])
    if isinstance(reading.event, FacilityRegistered):
        return False
    return flow(reading.event) is None and path[-1] not in ("moved", "remaining")


CUSTODY = Projection(
    name="custody",
    keys=_keys,
    evolve=_evolve,
    check=_check,
    view=Custody,
    flat=_flat,
    locate=_locate,
    settles=_settles,
    subject=_subject,
    states=(*STATES, Operation),
    version=2,
    by_key=True,
    joined=_collectives,
)
