"""The double-entry ledger of custody: every flow takes from one account what it gives to another.

Places are accounts, per cohort: facilities, and the reserved ones below. A flow of q posts −q and +q,
so nobody is counted twice; a share of a flow moves what it breaks down and adds nothing.

Source: double-entry book-keeping with balance assertions, as in plain-text accounting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import attrs

from timeline.history.reading import Point
from timeline.projections.accounts import NEW, Account, together
from timeline.projections.building import PersistentList, changed
from timeline.projections.flows import Posting
from timeline.values.containers import FrozenMapping
from timeline.values.entities import Holder
from timeline.values.quantity import Balance, Quantity, Total, total


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
    holders: PersistentList[tuple[Point, Holder]] = PersistentList()
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
        account = self.whole if cohort is None else self.cohorts.get(cohort, NEW)
        return account.astray()

    def basis(self, cohort: str | None = None) -> tuple[Account, ...] | None:
        """Give the accounts that the number held rests on; None where nothing was ever posted or counted."""
        accounts = self.accounts(cohort)
        return accounts if set(accounts) != {NEW} else None

    def accounts(self, cohort: str | None = None) -> tuple[Account, ...]:
        """The accounts that what is held, of a cohort or of all, is the sum of."""
        if cohort is not None:
            return (self.cohorts.get(cohort, NEW),)
        if self.whole.counted is None and any(account.counted is not None for account in self.cohorts.values()):
            return tuple(account for account in self.cohorts.values() if not account.only_shares)
        return (self.whole,)

    def balance(self, cohort: str | None = None) -> Balance:
        """What is held, of a cohort or of all."""
        if cohort is not None:
            return self.cohorts.get(cohort, NEW).possible()
        accounts = self.accounts()
        return accounts[0].balance() if len(accounts) == 1 else together(accounts)

    def unaccounted(self, cohort: str | None = None) -> Balance:
        """By how much counts differed from what was computed, all but the first: signed, None open."""
        account = self.whole if cohort is None else self.cohorts.get(cohort, NEW)
        return account.unaccounted

    def moved(self, cohort: str | None = None) -> bool:
        """Check if a flow was posted to an account after its last count."""
        return (self.whole if cohort is None else self.cohorts.get(cohort, NEW)).moved

    def computed(self, cohort: str | None = None) -> Balance:
        """What a new count is compared with: single cohorts only say how many there are at least."""
        balance = self.balance(cohort)
        return balance if cohort is not None or self.whole.counted is not None else balance._replace(high=None)

    def post(self, posting: Posting) -> Place:
        """The place after one posting."""
        whole = self.whole if posting.stays else self._moved(self.whole, posting)
        flows, shares = self._flowed(posting)
        return changed(self, whole=whole, cohorts=self._posted(posting), flows=flows, shares=shares)

    def _moved(self, account: Account, posting: Posting) -> Account:
        """An account after a posting; one that was counted since the first of whole and share has seen them."""
        share, seen = posting.share, posting.since is not None and account.saw(posting.since)
        if seen and not posting.earlier:
            return account
        if share is None:
            return account.post(posting.sign, posting.quantity)
        if self._here(posting, share) and not seen:
            return account.undo(share.sign, posting.quantity)
        return account.told_apart(share.sign, posting.quantity, posting.limit)

    def _here(self, posting: Posting, share: Posting) -> bool:
        """Check if a share is posted in the place where its whole is."""
        return share.place == self.slug and (posting.stays or not share.stays)

    def _posted(self, posting: Posting) -> FrozenMapping[str | None, Account]:
        """The accounts of cohorts after a posting; one that states none may be of any of them."""
        share, account = posting.share, self.cohorts.get(posting.cohort, NEW)
        if share is None or share.cohort == posting.cohort or not self._here(posting, share):
            accounts = self.cohorts | {posting.cohort: self._moved(account, posting)}
        else:
            accounts = self.cohorts | self._both(account, posting, share)
        if posting.cohort is not None or len(accounts) == 1:
            return accounts
        return FrozenMapping({c: one if c is None else _of_any(one, posting) for c, one in accounts.items()})

    def _both(self, whole: Account, posting: Posting, share: Posting) -> dict[str | None, Account]:
        """The accounts of two cohorts, one of which has a share of what the other has."""
        theirs = self.cohorts.get(share.cohort, NEW)
        seen = theirs.saw(posting.since)
        if posting.earlier and (whole.saw(posting.since) or (seen and posting.cohort is None)):
            return {posting.cohort: whole.told_apart(share.sign, posting.quantity, posting.limit)}
        return {} if seen else {share.cohort: theirs.in_another(share.sign, share.quantity)}

    def _flowed(self, posting: Posting) -> tuple[FrozenMapping[Line, Total], FrozenMapping[tuple[Line, Line], Total]]:
        """The flows and shares after a posting."""
        if posting.heading is None:
            return self.flows, self.shares
        share = posting.share
        holder = self._held_at(posting.since) if posting.earlier else self.holder
        line = self._line(posting, holder)
        if share is None:
            count = self.flows.get(line, Total()) + posting.quantity
            return self.flows | {line: count}, self.shares
        pair = (line, self._line(share, holder))
        count = self.shares.get(pair, Total()) + posting.quantity
        return self.flows, self.shares | {pair: count}

    def _line(self, posting: Posting, holder: Holder) -> Line:
        here = holder if posting.place == self.slug else None
        return Line(posting.place, posting.heading, posting.cohort, posting.authority or here)

    def _held_at(self, point: Point | None) -> Holder:
        """Find who held it then."""
        held = (holder for begun, holder in reversed(self.holders) if point is None or begun < point)
        return next(held, None)

    def hold(self, holder: Holder, at: Point) -> Place:
        """The place after a change of control."""
        if holder == self.holder:
            return self
        return changed(self, holder=holder, holders=self.holders.append((at, holder)))

    def count(self, quantity: Quantity, cohort: str | None, at: Point) -> Place:
        """The place after a headcount."""
        if cohort is None:
            return changed(self, whole=self.whole.count(quantity, at))
        counted = self.cohorts.get(cohort, NEW).count(quantity, at)
        return changed(self, cohorts=self.cohorts | {cohort: counted})


def _of_any(account: Account, posting: Posting) -> Account:
    """The account of a cohort after a posting that states none, or a share of one."""
    if not posting.earlier and account.saw(posting.since):
        return account
    if posting.share is None:
        return account.blur(posting.sign, posting.quantity)
    return account.clear(posting.share.sign, posting.quantity)


def flowed(places: Iterable[Place], asked: Callable[[Line], bool]) -> Quantity:
    """The sum of the lines asked about; a share told apart within them is not counted twice.

    A whole is what it is without its shares of other cohorts. Those of other places or authorities are
    theirs, and no longer of the whole's.
    """
    came, within, apart = Total(), Total(), Total()
    for place in places:
        came = came + total(count for line, count in place.flows.items() if asked(line))
        for (line, share), count in place.shares.items():
            if not asked(line):
                continue
            if asked(share):
                within = within + count
            elif not asked(share._replace(cohort=line.cohort)):
                apart = apart + count
    return (came - within).balance().minus(apart.balance()).shown()


STATES = (Place, Account, Line, Total, Balance)
"""The classes that the ledger is made of."""
