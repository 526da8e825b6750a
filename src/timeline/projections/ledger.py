"""The double-entry ledger of custody.

The trick is that of bookkeeping: people are never created or lost, they only change accounts. Every place is
an account, per cohort: facilities, and the reserved ones such as `at-large` and `elsewhere`. A flow of q people
makes two postings: a credit of q to one account and a debit of q to another. The ledger therefore always sums
to zero, and nobody counts twice. A headcount is a balance assertion: it states the balance of an account at a
point in time. The first one opens the account; a later one adjusts it, and posts the difference as
`unaccounted`. The stock of a place is thus its last count plus the postings since. Until somebody counts, the
stock is unknown, not zero. A change of control makes no posting: an authority holds the accounts of the places
that it controls. A share ("1,500 escaped, 200 of them women") splits the posting of its whole. The ledger posts
the share and reverses it in the whole, so the total is the same whichever of the two is reported first.

Source: double-entry bookkeeping with balance assertions, as in plain-text accounting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import attrs

from timeline.history.reading import Point
from timeline.projections.accounts import NEW, Account, Accounts, Together
from timeline.projections.building import changed
from timeline.projections.flows import Posting
from timeline.values.containers import FrozenMapping, PersistentList, SharedSet
from timeline.values.entities import Holder
from timeline.values.quantity import Balance, Quantity, Total, total

_NONE = Total()


class Line(NamedTuple):
    """The key of a sum of flows."""

    place: str
    heading: str | None
    cohort: str | None
    authority: Holder


@attrs.frozen(slots=False, repr=False)
class Stock:
    """A facility (or a reserved place) in the ledger.

    `whole` is the account of all cohorts together; it gives the balance unless only single cohorts were
    ever counted: then `together` sums the accounts of these, and is None otherwise. `claims` holds the latest
    headcount of each cohort, and of all under None. `flows` holds all flows
    ever posted, by line. `shares` holds the quantities that are in two lines, so that a sum over both counts
    them once. `unstated` is true once people of no stated cohort may belong to any of several.
    """

    slug: str
    kind: str | None = None
    members: tuple[str, ...] = ()
    holder: Holder = None
    held_by: SharedSet[Holder] = SharedSet()
    holders: PersistentList[tuple[Point, Holder]] = PersistentList()
    whole: Account = Account()
    cohorts: Accounts = Accounts()
    flows: FrozenMapping[Line, Total] = FrozenMapping()
    shares: FrozenMapping[tuple[Line, Line], Total] = FrozenMapping()
    claims: FrozenMapping[str | None, Quantity] = FrozenMapping()
    together: Together | None = attrs.field(default=None, eq=False)
    unstated: bool = attrs.field(default=False, eq=False)

    def __repr__(self) -> str:
        counted = "" if self.claimed is None else f", counted {self.claimed}"
        return f"<Stock of {self.slug}{counted}: ask custody.held(facility={self.slug!r}), escaped() and the others>"

    @property
    def claimed(self) -> Quantity | None:
        """The latest headcount of all people here; None if nobody gave one."""
        return self.claims.get(None)

    @property
    def detains(self) -> bool:
        """True if people may be held here: the stock of a crossing without any is not unknown."""
        counted = bool(self.cohorts) or self.whole.counted is not None
        return counted or self.kind in (None, "prison", "detention_centre", "camp")

    @property
    def parts(self) -> tuple[str, ...]:
        """The members of a collective, as far as they are named."""
        return self.members if self.kind == "collective" else ()

    def unassigned(self, cohort: str | None = None) -> Balance:
        """Return the people who came to or left a collective; counts of its members may include them."""
        account = self.whole if cohort is None else self.cohorts.get(cohort, NEW)
        return account.unassigned()

    def basis(self, cohort: str | None = None) -> tuple[Account, ...] | None:
        """Return the accounts behind the number held; None if nothing was ever posted or counted."""
        accounts = self.accounts(cohort)
        return accounts if set(accounts) != {NEW} else None

    def accounts(self, cohort: str | None = None) -> tuple[Account, ...]:
        """Return the accounts that add up to the balance, of a cohort or of all."""
        if cohort is not None:
            return (self.cohorts.get(cohort, NEW),)
        if self.together is not None:
            return tuple(account for account in self.cohorts.values() if not account.only_shares)
        return (self.whole,)

    def balance(self, cohort: str | None = None) -> Balance:
        """Return the balance, of a cohort or of all."""
        if cohort is not None:
            return self.cohorts.get(cohort, NEW).possible()
        return self.whole.balance() if self.together is None else self.together.balance()

    def unaccounted(self, cohort: str | None = None) -> Balance:
        """Return the sum of the differences between later counts and balances: signed, None open."""
        account = self.whole if cohort is None else self.cohorts.get(cohort, NEW)
        return account.unaccounted

    def moved(self, cohort: str | None = None) -> bool:
        """Tell whether a flow was posted to an account after its last count."""
        return (self.whole if cohort is None else self.cohorts.get(cohort, NEW)).moved

    def computed(self, cohort: str | None = None) -> Balance:
        """Return the balance to compare a new count with; counts of single cohorts only give a lower bound."""
        balance = self.balance(cohort)
        return balance if cohort is not None or self.whole.counted is not None else balance._replace(high=None)

    def post(self, posting: Posting) -> Stock:
        """Return the place after a posting."""
        whole = self.whole if posting.stays else self._moved(self.whole, posting)
        flows, shares = self._flowed(posting)
        accounts = self._posted(posting)
        cohorts, together = self.cohorts | accounts, self._together(accounts)
        if posting.cohort is not None or len(cohorts) == 1:
            return changed(self, whole=whole, cohorts=cohorts, flows=flows, shares=shares, together=together)
        unstated = self.unstated or posting.share is None
        if unstated:
            cohorts = _with_unstated(cohorts, posting)
        return changed(
            self, whole=whole, cohorts=cohorts, flows=flows, shares=shares, together=together, unstated=unstated
        )

    def add(self, postings: Iterable[Posting]) -> tuple[Stock, int]:
        """Return the place after the first few of some postings without shares, and how many come to one sum.

        Those do that are of one cohort, while no balance can fall below zero.
        """
        came, went, flows = _NONE, _NONE, dict[Line, Total]()
        cohort, room, count = None, None, 0
        for one in postings:
            if not count:
                cohort, room = one.cohort, self._room(one.cohort)
            if one.cohort != cohort or one.stays:
                break
            if one.sign > 0:
                came = came + one.quantity
            elif room is not None and went.low + one.quantity.low > room:
                break
            else:
                went = went + one.quantity
            if one.heading is not None:
                line = self._line(one, self.holder)
                flows[line] = flows.get(line, self.flows.get(line, _NONE)) + one.quantity
            count += 1
        if not count or self.together is not None or (cohort is None and any(self.cohorts)):
            return self, 0
        account = self.cohorts.get(cohort, NEW).post(1, came).post(-1, went)
        whole = self.whole.post(1, came).post(-1, went)
        return changed(self, whole=whole, cohorts=self.cohorts | {cohort: account}, flows=self.flows | flows), count

    def _room(self, cohort: str | None) -> int | None:
        """Return how many people may leave before a balance falls below zero; None: any number."""
        highs = [self.balance(name).high for name in dict.fromkeys((None, cohort))]
        return min((high for high in highs if high is not None), default=None)

    def _moved(self, account: Account, posting: Posting) -> Account:
        """Return an account after a posting; a count since the first of whole and share includes both."""
        share, seen = posting.share, posting.since is not None and account.saw(posting.since)
        if seen and not posting.earlier:
            return account
        if share is None:
            return account.post(posting.sign, posting.quantity)
        if self._here(posting, share) and not seen:
            return account.undo(share.sign, posting.quantity)
        return account.exclude(share.sign, posting.quantity, posting.limit)

    def _here(self, posting: Posting, share: Posting) -> bool:
        """Tell whether a share is posted in the same place as its whole."""
        return share.place == self.slug and (posting.stays or not share.stays)

    def _posted(self, posting: Posting) -> dict[str | None, Account]:
        """Return the accounts of the cohorts that a posting names, after it."""
        share, account = posting.share, self.cohorts.get(posting.cohort, NEW)
        if share is None or share.cohort == posting.cohort or not self._here(posting, share):
            return {posting.cohort: self._moved(account, posting)}
        return self._both(account, posting, share)

    def _together(self, accounts: Mapping[str | None, Account]) -> Together | None:
        """Return the sum of the accounts of single cohorts after some of them changed."""
        together = self.together
        if together is not None:
            for cohort, account in accounts.items():
                together = together.replaced(self.cohorts.get(cohort, NEW), account)
        return together

    def _both(self, whole: Account, posting: Posting, share: Posting) -> dict[str | None, Account]:
        """Return the accounts of two cohorts, one of which has a share of the other."""
        theirs = self.cohorts.get(share.cohort, NEW)
        seen = theirs.saw(posting.since)
        if posting.earlier and (whole.saw(posting.since) or (seen and posting.cohort is None)):
            return {posting.cohort: whole.exclude(share.sign, posting.quantity, posting.limit)}
        return {} if seen else {share.cohort: theirs.mark_shared(share.sign, share.quantity)}

    def _flowed(self, posting: Posting) -> tuple[FrozenMapping[Line, Total], FrozenMapping[tuple[Line, Line], Total]]:
        """Return the flows and shares after a posting."""
        if posting.heading is None:
            return self.flows, self.shares
        share = posting.share
        holder = self._held_at(posting.since) if posting.earlier else self.holder
        line = self._line(posting, holder)
        if share is None:
            count = self.flows.get(line, _NONE) + posting.quantity
            return self.flows | {line: count}, self.shares
        pair = (line, self._line(share, holder))
        count = self.shares.get(pair, _NONE) + posting.quantity
        return self.flows, self.shares | {pair: count}

    def _line(self, posting: Posting, holder: Holder) -> Line:
        here = holder if posting.place == self.slug else None
        return Line(posting.place, posting.heading, posting.cohort, posting.authority or here)

    def _held_at(self, point: Point | None) -> Holder:
        """Return the holder at a point of fold order."""
        held = (holder for begun, holder in reversed(self.holders) if point is None or begun < point)
        return next(held, None)

    def hold(self, holder: Holder, at: Point) -> Stock:
        """Return the place after a change of control."""
        if holder == self.holder:
            return self
        return changed(self, holder=holder, holders=self.holders.append((at, holder)))

    def count(self, quantity: Quantity, cohort: str | None, at: Point) -> Stock:
        """Return the place after a headcount."""
        if cohort is None:
            return changed(self, whole=self.whole.count(quantity, at), together=None)
        before = self.cohorts.get(cohort, NEW)
        counted, together = before.count(quantity, at), None
        if self.whole.counted is None:
            together = (self.together or Together.of(self.cohorts.values())).replaced(before, counted)
        return changed(self, cohorts=self.cohorts | {cohort: counted}, together=together)


def _with_unstated(accounts: Accounts, posting: Posting) -> Accounts:
    """Return the accounts after a posting that states no cohort: people of each of them may be among it."""
    if posting.since is None and posting.share is None:
        return accounts.add_unspecified(posting.sign, posting.quantity)
    found = {cohort: _may_be_of(account, posting) for cohort, account in accounts.items() if cohort is not None}
    return accounts | {cohort: account for cohort, account in found.items() if account is not accounts[cohort]}


def _may_be_of(account: Account, posting: Posting) -> Account:
    """Return the account of a cohort after a posting that states none, or after a share of such a posting."""
    if not posting.earlier and account.saw(posting.since):
        return account
    if posting.share is None:
        return account.add_unspecified(posting.sign, posting.quantity)
    return account.subtract_unspecified(posting.share.sign, posting.quantity)


def flowed(places: Iterable[Stock], asked: Callable[[Line], bool]) -> Quantity:
    """Add up the lines asked about, counting each share within them once.

    A whole keeps its shares of other cohorts. It loses those of other places or authorities, which belong
    to them.
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


STATES = (Stock, Account, Accounts, Together, Line, Total, Balance)
"""The classes of the ledger's state."""
