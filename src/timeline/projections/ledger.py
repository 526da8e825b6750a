"""The double-entry ledger of custody: every flow takes from one account what it gives to another.

Places are accounts, per cohort: facilities, and the reserved ones below. A flow of q posts −q and +q,
so nobody is counted twice; a share of a flow moves what it breaks down and adds nothing. Sums are
kept so that they can be undone exactly (`quantity.Total`), and clipped only when shown.

Source: double-entry book-keeping with balance assertions, as in plain-text accounting.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import attrs

from timeline.events.custody import (
    DetaineesAdmitted,
    DetaineesDied,
    DetaineesEscaped,
    DetaineesRecaptured,
    DetaineesReclassified,
    DetaineesReleased,
    DetaineesRepatriated,
    DetaineesTransferred,
)
from timeline.fields import FrozenMapping
from timeline.quantity import Balance, Quantity, Total, total

ELSEWHERE = "elsewhere"
AT_LARGE = "at-large"
DEAD = "dead"
RELEASED = "released"
OPENING = "opening"
UNACCOUNTED = "unaccounted"
RESERVED = frozenset({ELSEWHERE, "in-transit", AT_LARGE, DEAD, RELEASED, OPENING, UNACCOUNTED})
"""Places that are no facilities."""

UNKNOWN = Balance(0, None, None)
"""A stock never counted: not zero."""


class Flow(NamedTuple):
    """What one event moves: from one account to another, and under which heading at either end."""

    source: str
    target: str
    quantity: Quantity
    source_cohort: str | None
    target_cohort: str | None
    out: str | None = None
    into: str | None = None
    by: str | None = None
    to: str | None = None


class Posting(NamedTuple):
    """One side of a flow: `sign` × `quantity` on the account of a place and cohort.

    `heading` counts it as sent, received, escaped … by `authority`, or by whoever holds the place.
    A `reversed` posting undoes one instead of adding its opposite.
    """

    place: str
    cohort: str | None
    sign: int
    quantity: Quantity
    heading: str | None
    authority: str | None
    reversed: bool = False


def flow(event: Any) -> Flow | None:
    """What an event moves, or None when it moves nobody."""
    match event:
        case DetaineesTransferred():
            return Flow(
                event.origin or ELSEWHERE, event.destination or ELSEWHERE, event.quantity, event.cohort, event.cohort,
                "sent", "received", event.surrendered_by, event.received_by,
            )  # fmt: skip
        case DetaineesRepatriated():
            return Flow(
                event.origin or ELSEWHERE, event.destination or ELSEWHERE, event.quantity, event.cohort, event.cohort,
                "repatriated", "received" if event.destination else None, None, event.to,
            )  # fmt: skip
        case DetaineesAdmitted():
            return _one_sided(event, ELSEWHERE, into="received")
        case DetaineesRecaptured():
            return _one_sided(event, AT_LARGE, into="recaptured")
        case DetaineesReleased():
            return _one_sided(event, RELEASED, out="released")
        case DetaineesEscaped():
            return _one_sided(event, AT_LARGE, out="escaped")
        case DetaineesDied():
            return _one_sided(event, DEAD, out="died")
        case DetaineesReclassified():
            place = event.facility or ELSEWHERE
            return Flow(place, place, event.quantity, event.from_cohort, event.to_cohort)
    return None


def _one_sided(event: Any, other: str, *, out: str | None = None, into: str | None = None) -> Flow:
    place, by = event.facility or ELSEWHERE, getattr(event, "by", None)
    if out:
        return Flow(place, other, event.quantity, event.cohort, event.cohort, out, None, by)
    return Flow(other, place, event.quantity, event.cohort, event.cohort, None, into, None, by)


def postings(event: Any, within: Any = None, contains: tuple[Any, ...] = ()) -> Iterator[Posting]:
    """The postings of an event; with its whole, or its parts, where those were posted before.

    They sum to zero, symbolically: for every quantity posted, the signs add up to nothing.

    >>> from timeline.events.custody import DetaineesEscaped
    >>> from timeline.quantity import about
    >>> [(p.place, p.sign) for p in postings(DetaineesEscaped(facility="al-shaddadi-prison", quantity=about(120)))]
    [('al-shaddadi-prison', -1), ('at-large', 1)]
    """
    moved = flow(event)
    if moved is None:
        return
    yield from _sides(moved)
    if within is not None:
        yield from _undone(within, moved.quantity)
    for part in contains:
        share = flow(part)
        if share is not None:
            yield from _undone(event, share.quantity)


def _sides(flow: Flow) -> Iterator[Posting]:
    yield Posting(flow.source, flow.source_cohort, -1, flow.quantity, flow.out, flow.by)
    yield Posting(flow.target, flow.target_cohort, 1, flow.quantity, flow.into, flow.to)


def _undone(whole: Any, share: Quantity) -> Iterator[Posting]:
    """Take a share out of its whole, so that only the share itself remains posted."""
    moved = flow(whole)
    if moved is not None:
        for side in _sides(moved._replace(quantity=share)):
            yield side._replace(reversed=True)


@attrs.frozen
class Account:
    """What one cohort in one place comes to: the last count, and what came and went since."""

    counted: Balance = UNKNOWN
    came: Total = Total()
    went: Total = Total()

    def post(self, sign: int, quantity: Quantity, *, reversed: bool) -> Account:
        if sign > 0:
            return attrs.evolve(self, came=self.came - quantity if reversed else self.came + quantity)
        return attrs.evolve(self, went=self.went - quantity if reversed else self.went + quantity)

    def balance(self) -> Balance:
        return self.counted.plus(self.came.balance()).minus(self.went.balance())


Heading = tuple[str, str | None, str | None]
"""sent, received, escaped …; cohort; authority."""


@attrs.frozen
class Place:
    """A facility (or a reserved place) in the ledger.

    `whole` follows all cohorts together and is what counts once a headcount of all was made; until
    then the place holds the sum of its cohorts.
    """

    slug: str
    kind: str | None = None
    holder: str | None = None
    held_by: frozenset[str] = frozenset()
    anchored: bool = False
    whole: Account = Account()
    cohorts: Mapping[str | None, Account] = FrozenMapping()
    flows: Mapping[Heading, Total] = FrozenMapping()
    claimed: Quantity | None = None

    @property
    def detains(self) -> bool:
        """Whether people are held here at all: a crossing without any is no unknown stock."""
        return bool(self.cohorts) or self.anchored or self.kind in ("prison", "detention_centre", "camp")

    def balance(self, cohort: str | None = None) -> Balance:
        """What is held, of a cohort or of all."""
        if cohort is not None:
            return self.cohorts[cohort].balance() if cohort in self.cohorts else UNKNOWN
        if self.anchored:
            return self.whole.balance()
        if not self.cohorts:
            return UNKNOWN
        counted = Balance(0, 0, 0)
        for account in self.cohorts.values():
            counted = counted.plus(account.counted)
        came = total(account.came for account in self.cohorts.values())
        went = total(account.went for account in self.cohorts.values())
        return counted.plus(came.balance()).minus(went.balance())

    def post(self, posting: Posting) -> Place:
        """The place after one posting."""
        sign, quantity, undo = posting.sign, posting.quantity, posting.reversed
        account = self.cohorts.get(posting.cohort, Account()).post(sign, quantity, reversed=undo)
        place = attrs.evolve(
            self,
            whole=self.whole.post(sign, quantity, reversed=undo),
            cohorts=FrozenMapping({**self.cohorts, posting.cohort: account}),
        )
        if posting.heading is None:
            return place
        heading = (posting.heading, posting.cohort, posting.authority or self.holder)
        count = self.flows.get(heading, Total())
        count = count - quantity if undo else count + quantity
        return attrs.evolve(place, flows=FrozenMapping({**self.flows, heading: count}))

    def count(self, quantity: Quantity, cohort: str | None) -> Place:
        """The place after a headcount: what was computed gives way to what was counted."""
        counted = Account(Balance.of(quantity))
        if cohort is None:
            return attrs.evolve(self, whole=counted, anchored=True)
        return attrs.evolve(self, cohorts=FrozenMapping({**self.cohorts, cohort: counted}))
