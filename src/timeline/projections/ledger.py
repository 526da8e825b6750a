"""The double-entry ledger of custody: every flow takes from one account what it gives to another.

Places are accounts, per cohort: facilities, and the reserved ones below. A flow of q posts −q and +q,
so nobody is counted twice; a share of a flow moves what it breaks down and adds nothing. Sums are
kept so that they can be undone exactly (`quantity.Total`), and clipped only when shown.

Source: double-entry book-keeping with balance assertions, as in plain-text accounting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import attrs

from timeline.entities import ACCOUNTS, AT_LARGE, DEAD, ELSEWHERE, IN_TRANSIT, RELEASED, Holder
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
from timeline.projection import ByClass, changed
from timeline.quantity import Balance, Quantity, Total, total

RESERVED = ACCOUNTS | {IN_TRANSIT}
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
    One with a `share` takes that share out of its whole again: it is itself posted on its own, in
    this reading or, if `earlier`, in one before. One that `stays` moves nobody out of the place.
    """

    place: str
    cohort: str | None
    sign: int
    quantity: Quantity
    heading: str | None
    authority: str | None
    share: Posting | None = None
    earlier: bool = False
    stays: bool = False


def _transferred(event: Any) -> Flow:
    return Flow(
        event.origin or ELSEWHERE, event.destination or ELSEWHERE, event.quantity, event.cohort, event.cohort,
        "sent", "received", event.surrendered_by, event.received_by,
    )  # fmt: skip


def _repatriated(event: Any) -> Flow:
    return Flow(
        event.origin or ELSEWHERE, event.destination or ELSEWHERE, event.quantity, event.cohort, event.cohort,
        "repatriated", "received" if event.destination else None, None, event.to,
    )  # fmt: skip


def _reclassified(event: Any) -> Flow:
    place = event.facility or ELSEWHERE
    return Flow(place, place, event.quantity, event.from_cohort, event.to_cohort)


def _come(other: str, heading: str) -> Callable[[Any], Flow]:
    """Into a facility, out of an account."""

    def flow(event: Any) -> Flow:
        place, by = event.facility or ELSEWHERE, getattr(event, "by", None)
        return Flow(other, place, event.quantity, event.cohort, event.cohort, None, heading, None, by)

    return flow


def _gone(other: str, heading: str) -> Callable[[Any], Flow]:
    """Out of a facility, into an account."""

    def flow(event: Any) -> Flow:
        place, by = event.facility or ELSEWHERE, getattr(event, "by", None)
        return Flow(place, other, event.quantity, event.cohort, event.cohort, heading, None, by)

    return flow


_FLOWS: Mapping[type, Callable[[Any], Flow]] = {
    DetaineesTransferred: _transferred,
    DetaineesRepatriated: _repatriated,
    DetaineesAdmitted: _come(ELSEWHERE, "received"),
    DetaineesRecaptured: _come(AT_LARGE, "recaptured"),
    DetaineesReleased: _gone(RELEASED, "released"),
    DetaineesEscaped: _gone(AT_LARGE, "escaped"),
    DetaineesDied: _gone(DEAD, "died"),
    DetaineesReclassified: _reclassified,
}
MOVING = tuple(_FLOWS)
"""What moves people."""
_FLOW = ByClass(_FLOWS)


def flow(event: Any) -> Flow | None:
    """What an event moves, or None when it moves nobody."""
    made = _FLOW[type(event)]
    return None if made is None else made(event)


def postings(event: Any, within: Any = None, contains: tuple[Any, ...] = (), *, whole: Any = None) -> Iterator[Posting]:
    """The postings of an event; with its whole, or its parts, where those were posted before.

    A part that does not say from where or to where is taken from and to where its `whole` is.

    They sum to zero, symbolically: for every quantity posted, the signs add up to nothing.

    >>> from timeline.events.custody import DetaineesEscaped
    >>> from timeline.quantity import about
    >>> [(p.place, p.sign) for p in postings(DetaineesEscaped(facility="al-shaddadi-prison", quantity=about(120)))]
    [('al-shaddadi-prison', -1), ('at-large', 1)]
    """
    own = _sides(event, within or whole)
    yield from own
    if within is not None:
        yield from _without(within, own, earlier=False)
    for part in contains:
        yield from _without(event, _sides(part, event), earlier=True)


def _sides(event: Any, whole: Any = None) -> tuple[Posting, ...]:
    moved, above = flow(event), flow(whole) if type(whole) is type(event) else None
    if moved is None:
        return ()
    if above is not None:
        moved = moved._replace(
            source=above.source if moved.source == ELSEWHERE else moved.source,
            target=above.target if moved.target == ELSEWHERE else moved.target,
        )
    stays = moved.source == moved.target
    return (
        Posting(moved.source, moved.source_cohort, -1, moved.quantity, moved.out, moved.by, stays=stays),
        Posting(moved.target, moved.target_cohort, 1, moved.quantity, moved.into, moved.to, stays=stays),
    )


def _without(whole: Any, shares: tuple[Posting, ...], *, earlier: bool) -> Iterator[Posting]:
    """Take a share out of its whole, so that only the share itself remains posted."""
    for side, share in zip(_sides(whole), shares, strict=False):
        yield side._replace(sign=-side.sign, quantity=share.quantity, share=share, earlier=earlier)


@attrs.frozen(slots=False)
class Account:
    """What one cohort in one place comes to: the last count (None: never), what came and went since.

    `unaccounted` is what all counts but the first differed by from what was computed, together; the
    first is the opening of the account. `may_have_come` and `may_have_gone` are those of no stated
    cohort who came and went since: some, all or none of them may be of this one.
    """

    counted: Balance | None = None
    came: Total = Total()
    went: Total = Total()
    may_have_come: Total = Total()
    may_have_gone: Total = Total()
    unaccounted: Balance = Balance(0, 0, 0)

    def post(self, sign: int, quantity: Quantity) -> Account:
        return changed(self, came=self.came + quantity) if sign > 0 else changed(self, went=self.went + quantity)

    def undo(self, sign: int, quantity: Quantity) -> Account:
        """Take out what was posted with this sign, exactly."""
        return changed(self, came=self.came - quantity) if sign > 0 else changed(self, went=self.went - quantity)

    def blur(self, posting: Posting) -> Account:
        """The account of a cohort after a posting that states none."""
        step = Total.__add__ if posting.share is None else Total.less
        if (posting.sign > 0) is (posting.share is None):
            return changed(self, may_have_come=step(self.may_have_come, posting.quantity))
        return changed(self, may_have_gone=step(self.may_have_gone, posting.quantity))

    def count(self, quantity: Quantity) -> Account:
        """What was computed gives way to what was counted; the difference is posted as unaccounted."""
        counted, missed = Balance.of(quantity), self.unaccounted
        if self.counted is not None:
            missed = missed.plus(counted.minus(self.balance()))
        return Account(counted, unaccounted=missed)

    @property
    def moved(self) -> bool:
        """Whether anybody came or went since the last count."""
        return (self.came, self.went, self.may_have_come, self.may_have_gone) != (_NONE, _NONE, _NONE, _NONE)

    def balance(self) -> Balance:
        """The last count, with what came and went since."""
        (low, best, high), came, went = self.counted or UNKNOWN, self.came, self.went
        return Balance(
            None if low is None or went.no_high else low + came.low - went.high,
            None if best is None or came.no_best or went.no_best else best + came.best - went.best,
            None if high is None or came.no_high else high + came.high - went.low,
        )

    def possible(self) -> Balance:
        """The balance, as wide as those of no stated cohort make it."""
        some = (_up_to(self.may_have_come), _up_to(self.may_have_gone))
        return self.balance().plus(some[0]).minus(some[1])


def _up_to(count: Total) -> Balance:
    """From none to all of them; if there are none, exactly none."""
    return Balance(0, None, count.balance().high) if count != _NONE else Balance(0, 0, 0)


_NEW = Account()
_NONE = Total()


class Line(NamedTuple):
    """What a count of flows is kept under."""

    place: str
    heading: str | None
    cohort: str | None
    authority: Holder


@attrs.frozen(slots=False)
class Place:
    """A facility (or a reserved place) in the ledger.

    `whole` follows all cohorts together, and is what counts unless only single cohorts were ever
    counted. `flows` are never forgotten; `shares` are quantities that stand in one line and were told
    apart as another, so that a sum over both leaves them out exactly.
    """

    slug: str
    kind: str | None = None
    members: tuple[str, ...] = ()
    holder: Holder = None
    held_by: frozenset[Holder] = frozenset()
    whole: Account = Account()
    cohorts: FrozenMapping[str | None, Account] = FrozenMapping()
    flows: FrozenMapping[Line, Total] = FrozenMapping()
    shares: FrozenMapping[tuple[Line, Line], Total] = FrozenMapping()
    claimed: Quantity | None = None

    @property
    def detains(self) -> bool:
        """Whether people may be held here at all: a crossing without any is no unknown stock."""
        counted = bool(self.cohorts) or self.whole.counted is not None
        return counted or self.kind in (None, "prison", "detention_centre", "camp")

    @property
    def parts(self) -> tuple[str, ...]:
        """The facilities a collective is made of, as far as they are named."""
        return self.members if self.kind == "collective" else ()

    def astray(self, cohort: str | None = None) -> Balance:
        """Those who came to, or went from, a collective: its members may have been counted since."""
        account = self.whole if cohort is None else self.cohorts.get(cohort, _NEW)
        return Balance(0, 0, 0).plus(_up_to(account.came)).minus(_up_to(account.went))

    def accounts(self, cohort: str | None = None) -> tuple[Account, ...]:
        """The accounts that what is held, of a cohort or of all, is the sum of."""
        if cohort is not None:
            return (self.cohorts.get(cohort, _NEW),)
        if self.whole.counted is None and any(account.counted is not None for account in self.cohorts.values()):
            return tuple(self.cohorts.values())
        return (self.whole,)

    def balance(self, cohort: str | None = None) -> Balance:
        """What is held, of a cohort or of all."""
        if cohort is not None:
            return self.cohorts.get(cohort, _NEW).possible()
        first, *others = self.accounts()
        result = first.balance()
        for account in others:
            result = result.plus(account.balance())
        return result

    def unaccounted(self, cohort: str | None = None) -> Balance:
        """By how much counts differed from what was computed, all but the first: signed, None open."""
        account = self.whole if cohort is None else self.cohorts.get(cohort, _NEW)
        return account.unaccounted

    def moved(self, cohort: str | None = None) -> bool:
        """Whether a flow was posted to an account after its last count."""
        return (self.whole if cohort is None else self.cohorts.get(cohort, _NEW)).moved

    def computed(self, cohort: str | None = None) -> Balance:
        """What a new count is compared with: single cohorts only say how many there are at least."""
        balance = self.balance(cohort)
        return balance if cohort is not None or self.whole.counted is not None else balance._replace(high=None)

    def post(self, posting: Posting) -> Place:
        """The place after one posting."""
        whole = self.whole if posting.stays else self._moved(posting)
        flows, shares = self._flowed(posting)
        return changed(self, whole=whole, cohorts=self._posted(posting), flows=flows, shares=shares)

    def _moved(self, posting: Posting) -> Account:
        """The account of all cohorts after a posting that brings people, or takes them away."""
        share = posting.share
        if share is not None and share.place == self.slug and share.sign == -posting.sign and not posting.earlier:
            return self.whole.undo(share.sign, posting.quantity)
        return self.whole.post(posting.sign, posting.quantity)

    def _posted(self, posting: Posting) -> FrozenMapping[str | None, Account]:
        """The accounts of cohorts after a posting; one that states none may be of any of them."""
        account = self.cohorts.get(posting.cohort, _NEW).post(posting.sign, posting.quantity)
        accounts = self.cohorts | {posting.cohort: account}
        if posting.cohort is not None or len(accounts) == 1:
            return accounts
        return FrozenMapping({c: account if c is None else account.blur(posting) for c, account in accounts.items()})

    def _flowed(self, posting: Posting) -> tuple[FrozenMapping[Line, Total], FrozenMapping[tuple[Line, Line], Total]]:
        """The flows and shares after a posting."""
        if posting.heading is None:
            return self.flows, self.shares
        line, share = self._line(posting), posting.share
        if share is None:
            count = self.flows.get(line, _NONE) + posting.quantity
            return self.flows | {line: count}, self.shares
        pair = (line, self._line(share))
        count = self.shares.get(pair, _NONE) + posting.quantity
        return self.flows, self.shares | {pair: count}

    def _line(self, posting: Posting) -> Line:
        here = self.holder if posting.place == self.slug else None
        return Line(posting.place, posting.heading, posting.cohort, posting.authority or here)

    def count(self, quantity: Quantity, cohort: str | None) -> Place:
        """The place after a headcount."""
        if cohort is None:
            return changed(self, whole=self.whole.count(quantity))
        counted = self.cohorts.get(cohort, _NEW).count(quantity)
        return changed(self, cohorts=self.cohorts | {cohort: counted})


def flowed(places: Iterable[Place], asked: Callable[[Line], bool]) -> Quantity:
    """The sum of the lines asked about; a share told apart within them is not counted twice."""
    came, within, apart = Total(), Total(), Total()
    for place in places:
        came = came + total(count for line, count in place.flows.items() if asked(line))
        for (line, share), count in place.shares.items():
            if asked(line):
                within, apart = (within + count, apart) if asked(share) else (within, apart + count)
    return (came - within).balance().minus(apart.balance()).shown()
