"""Custody: how many people are held, moved, escaped or released, by whom and where."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from timeline.displayable import ProjectionView
from timeline.errors import NotInSituation
from timeline.events.custody import HeadcountReported
from timeline.events.facility import FacilityRegistered
from timeline.history.reading import Reading
from timeline.projections import operations, stocks
from timeline.projections.accounts import UNKNOWN
from timeline.projections.building import Register
from timeline.projections.flows import RESERVED, flow
from timeline.projections.ledger import STATES, Line, Stock, flowed
from timeline.projections.operations import OperationState
from timeline.projections.projection import Accessor, Path, Projection, Snapshot, field
from timeline.values.containers import FrozenMapping
from timeline.values.entities import IN_TRANSIT, Holder, check_asked
from timeline.values.quantity import Balance, Quantity, unspecified

HEADINGS = ("received", "sent", "escaped", "recaptured", "released", "repatriated", "died")


def _collectives(snapshot: Snapshot) -> Iterator[stocks.Key]:
    """Return the keys of the collectives, which hold what their members hold."""
    return (("place", slug) for slug in sorted(snapshot.get(stocks.COLLECTIVES, ())))


class Custody(ProjectionView, Mapping[str, Stock]):
    """The ledger, by facility, and questions about it.

    Every question takes `facility`, `authority` and `cohort`; an argument left out sets no limit.

    Raises: InvalidEvent for a value that is not a slug, such as a human name or a list; UnknownName for a name
    that no entry on the log has.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.operations: Register[OperationState] = Register(snapshot, "operation")
        self._places: Register[Stock] = Register(snapshot, "place")

    def __getitem__(self, facility: str) -> Stock:
        if facility in RESERVED:
            raise NotInSituation(
                f"{facility!r} is an account of the ledger and no facility: ask custody.held(facility=...)"
            )
        return self._places[facility]

    def __eq__(self, other: object) -> bool:
        return dict(self.flat()) == dict(other.flat()) if isinstance(other, Custody) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def _ipython_key_completions_(self) -> list[str]:
        return list(self)

    def __iter__(self) -> Iterator[str]:
        return (slug for slug in self._places if slug not in RESERVED)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def held(self, *, facility: str | None = None, authority: Holder = None, cohort: str | None = None) -> Quantity:
        """Return how many are held, by the last count and the flows since; `?` where nobody ever counted.

        An authority holds the people in the facilities that it controls; a facility never counted leaves
        the sum open above. So does a collective, unless each of its members is known to have a holder.
        `NOBODY` holds those in the vacated ones. A collective holds what its members hold, give or take the
        flows that name only the collective.
        """
        facility, authority, cohort = self._asked(facility=facility, authority=authority, cohort=cohort)
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
            elif place.kind == "collective" and self._leaves_open(place, authority):
                result = result.plus(UNKNOWN)
        return result.shown()

    def _leaves_open(self, collective: Stock, authority: Holder) -> bool:
        """Tell whether a collective may hold people who are in none of the places that are added."""
        members = [self._snapshot.get(("place", slug)) for slug in collective.parts]
        return not members or any(
            member is None or (authority is not None and member.holder is None) for member in members
        )

    def _asked(self, **named: Any) -> tuple[Any, ...]:
        """Check the names in a question, and return them in their canonical form."""
        check_asked(**named)
        self._snapshot.require(**named)
        return tuple(self._snapshot.identity.slug(kind, slug) for kind, slug in named.items())

    def counted(
        self, *, facility: str | None = None, authority: str | None = None, cohort: str | None = None
    ) -> Quantity | None:
        """Return the latest headcount claimed for a facility, a collective or an authority, or for a cohort there.

        None if nobody gave one. A headcount of a collective or an authority changes no number held.
        """
        facility, authority, cohort = self._asked(facility=facility, authority=authority, cohort=cohort)
        if facility is not None:
            place = self._snapshot.get(("place", facility))
            return place.claims.get(cohort) if place else None
        return self.claims(authority).get(cohort) if authority else None

    def claims(self, authority: str) -> Mapping[str | None, Quantity]:
        """Return the latest headcounts of those in the hands of an authority by cohort; None: of all."""
        (authority,) = self._asked(authority=authority)
        found: Mapping[str | None, Quantity] = self._snapshot.get(("authority", authority), FrozenMapping())
        return found

    @property
    def collectives(self) -> tuple[str, ...]:
        """The places registered as several under one name."""
        return tuple(sorted(self._snapshot.get(stocks.COLLECTIVES, ())))

    def is_collective(self, facility: str) -> bool:
        """Tell whether somebody registered a facility as a collective."""
        check_asked(facility=facility)
        facility = self._snapshot.identity.slug("facility", facility)
        return facility in self._snapshot.get(stocks.COLLECTIVES, ())

    @property
    def authorities(self) -> tuple[str, ...]:
        """The authorities for which somebody gave a headcount."""
        return tuple(sorted(slug for kind, slug in self._snapshot if kind == "authority"))

    def received(self, *, facility: str | None = None, authority: Holder = None, cohort: str | None = None) -> Quantity:
        """Return how many are known to have come in: admitted, or transferred there."""
        return self._flowed("received", facility, authority, cohort)

    def sent(self, *, facility: str | None = None, authority: Holder = None, cohort: str | None = None) -> Quantity:
        """Return how many are known to have been transferred out."""
        return self._flowed("sent", facility, authority, cohort)

    def escaped(self, *, facility: str | None = None, authority: Holder = None, cohort: str | None = None) -> Quantity:
        """Return how many are known to have got away."""
        return self._flowed("escaped", facility, authority, cohort)

    def recaptured(
        self, *, facility: str | None = None, authority: Holder = None, cohort: str | None = None
    ) -> Quantity:
        """Return how many are known to have been caught again."""
        return self._flowed("recaptured", facility, authority, cohort)

    def released(self, *, facility: str | None = None, authority: Holder = None, cohort: str | None = None) -> Quantity:
        """Return how many are known to have been set free."""
        return self._flowed("released", facility, authority, cohort)

    def repatriated(
        self, *, facility: str | None = None, authority: Holder = None, cohort: str | None = None
    ) -> Quantity:
        """Return how many are known to have been returned to their country, by the place they left."""
        return self._flowed("repatriated", facility, authority, cohort)

    def died(self, *, facility: str | None = None, authority: Holder = None, cohort: str | None = None) -> Quantity:
        """Return how many are known to have died in custody."""
        return self._flowed("died", facility, authority, cohort)

    def _flowed(self, heading: str, facility: str | None, authority: Holder, cohort: str | None) -> Quantity:
        facility, authority, cohort = self._asked(facility=facility, authority=authority, cohort=cohort)

        def asked(line: Line) -> bool:  # over all places, count nobody both on the way and on arrival
            return (
                line.heading == heading
                and (line.place != IN_TRANSIT or facility is not None or authority is not None)
                and facility in (None, line.place)
                and authority in (None, line.authority)
                and cohort in (None, line.cohort)
            )

        if facility is None:
            return flowed(self._places.values(), asked)
        place = self._snapshot.get(("place", facility))
        return flowed([place] if place else [], asked)

    def flat(self) -> Iterator[tuple[Path, Any]]:
        """Yield every value by path: stocks, counts, flows, and the numbers of operations."""
        yield from self._stocks()
        for slug, place in self._places.items():
            for heading in HEADINGS:
                if any(line.heading == heading for line in place.flows):
                    yield (slug, heading), self._flowed(heading, slug, None, None)
        for slug, operation in self.operations.items():
            for name in ("status", "planned", "moved", "claimed", "remaining"):
                value = getattr(operation, name)
                if value is not None:
                    yield ("operations", slug, name), value
        for authority in self.authorities:
            for cohort, count in self.claims(authority).items():
                yield ("counted", authority, *filter(None, (cohort,))), count

    def _stocks(self) -> Iterator[tuple[Path, Any]]:
        for slug, place in self.items():
            cohorts = {c for one in _made_of(self._snapshot, slug) for c in one.cohorts if c is not None}
            for cohort in (None, *sorted(cohorts)):
                held = _together(self._snapshot, slug, cohort).shown()
                if held.known:
                    yield (slug, "held", *filter(None, (cohort,))), held
            for cohort, count in place.claims.items():
                yield (slug, "counted", *filter(None, (cohort,))), count


def _together(places: Mapping[Any, Any], facility: str, cohort: str | None) -> Balance:
    """Return the balance of a place; of a collective, that of itself and its members, each once."""
    result = Balance(0, 0, 0)
    for one in _made_of(places, facility):
        result = result.plus(one.balance(cohort) if not one.parts else one.unassigned(cohort))
    return result


def _made_of(places: Mapping[Any, Any], facility: str) -> Iterator[Stock]:
    """Yield a place and, for a collective, its members, each once."""
    slugs, known = [facility], {facility}
    for slug in slugs:  # the list grows by the members of each
        one: Stock = places.get(("place", slug)) or Stock(slug)
        yield one
        slugs += [member for member in dict.fromkeys(one.parts) if member not in known]
        known.update(one.parts)


def _locate(view: Custody, path: Path) -> Accessor:
    first, *rest = path
    if first == "operations":
        slug, name = rest if len(rest) > 1 else (*rest, "moved")
        return Accessor(("operation", slug), field(name, OperationState), _SUMS.get(name), {"operation": slug})
    if first == "counted":
        if len(rest) not in (1, 2):
            raise ValueError(path)
        return _headcount(*rest)
    if first in (*HEADINGS, "held"):  # in the order of a question to the view: held, by facility
        first, rest = rest[0], [first, *rest[1:]]
    name, *cohorts = rest or ["held"]
    if name not in (*HEADINGS, "held", "counted") or len(cohorts) > 1:
        raise ValueError(path)
    cohort = cohorts[0] if cohorts else None
    named = {"facility": first, "cohort": cohort}
    if name == "held":
        stock = Accessor(("place", first), lambda place: place.balance(cohort).shown(), named=named)
        stock = stock._replace(basis=lambda place: place.basis(cohort))
        return _with_members(stock, first, cohort) if view.is_collective(first) else stock
    nobody = None if name == "counted" else flowed((), lambda line: True)
    return Accessor(("place", first), flows_of(name, cohort), named=named, rest=nobody)


def _headcount(authority: str, cohort: str | None = None) -> Accessor:
    """Return the accessor of the headcount of those in the hands of an authority."""
    named = {"authority": authority, "cohort": cohort}
    return Accessor(("authority", authority), lambda claims: claims.get(cohort), named=named)


def _with_members(stock: Accessor, facility: str, cohort: str | None) -> Accessor:
    """Return the accessor of a collective, whose stock includes that of its members."""
    return stock._replace(
        basis=lambda place: (place.basis(cohort), place.parts) if place.parts else place.basis(cohort),
        members=lambda place: [("place", member) for member in place.parts],
        total=lambda places: _together(places, facility, cohort).shown(),
    )


_SUMS: dict[str, Callable[[OperationState], Any]] = {
    "moved": lambda operation: operation.sum if operation.batches else None,
    "remaining": lambda operation: (operation.planned, operation.sum),
}


def flows_of(name: str, cohort: str | None) -> Callable[[Stock], Any]:
    """Return the function that gives the people who flowed at a place under a heading; None if nobody did."""
    if name == "counted":
        return lambda place: place.claims.get(cohort)

    def flows(place: Stock) -> Quantity | None:
        def asked(line: Line) -> bool:
            return (line.place, line.heading) == (place.slug, name) and cohort in (None, line.cohort)

        return flowed([place], asked) if any(map(asked, place.flows)) else None

    return flows


def _subject(reading: Reading, key: stocks.Key) -> Path:
    """Return the path of the number held or counted, of the flow at a place, or of the number of an operation."""
    kind, slug = key
    if kind == "operation":
        return ("operations", slug, operations.number_of(reading.event))
    if kind == "authority":
        return ("counted", slug, *filter(None, (reading.event.cohort,)))
    if kind == "list":
        return ()
    if isinstance(reading.event, HeadcountReported):
        return (slug, "held", *filter(None, (reading.event.cohort,)))
    return next(((slug, p.heading) for p in stocks.posted(reading) if p.place == slug and p.heading), ())


def _is_sufficient(reading: Reading, path: Path) -> bool:
    """Tell whether an event alone explains a number: a headcount, a plan or a claim does, a part of a sum does not."""
    if isinstance(reading.event, HeadcountReported):
        return reading.event.cohort in (None, path[-1])
    if isinstance(reading.event, FacilityRegistered):
        return False
    return flow(reading.event) is None and path[-1] not in ("moved", "remaining")


CUSTODY = Projection(
    name="custody",
    keys=stocks.keys,
    evolve=stocks.evolve,
    check=stocks.check,
    run=stocks.take_moves,
    view=Custody,
    flat=Custody.flat,
    locate=_locate,
    is_sufficient=_is_sufficient,
    subject=_subject,
    states=(*STATES, OperationState),
    version=8,
    by_key=True,
    joined=_collectives,
)
