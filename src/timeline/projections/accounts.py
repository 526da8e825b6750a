"""The accounts of the ledger: the last headcount of a cohort in a place, and the flows posted since.

An account keeps its debits and credits as sums that can be undone exactly (`quantity.Total`). A balance is
signed; it is clipped at zero only where it is shown. A share of a flow, such as the women among those moved,
splits the posting of its whole and changes no total.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, TypeVar

import attrs

from timeline.history.reading import Point
from timeline.projections.building import changed
from timeline.values.containers import FrozenMapping
from timeline.values.quantity import Balance, Quantity, Total

T = TypeVar("T")

_NOBODY = Balance(0, 0, 0)
UNKNOWN = Balance(0, None, None)
"""The balance of an account that was never counted. It is not zero."""


@attrs.frozen(slots=False)
class Account:
    """The people of one cohort in one place: the last count (None: never counted), and the flows since.

    `counted` is the last headcount, at the point `at` of fold order. `came` and `went` sum the flows since.
    `unaccounted` sums the differences between later counts and the balance; the first count opens the account.

    The other fields qualify the flows:

    * `may_have_come`, `may_have_gone`: people of no stated cohort, any number of whom may belong to this one.
    * `came_apart`, `went_apart`: shares that are posted to another account, or that a count has included.
    * `came_twice`, `went_twice`: shares that are in the account of another cohort as well.
    """

    counted: Balance | None = None
    came: Total = Total()
    went: Total = Total()
    may_have_come: Total = Total()
    may_have_gone: Total = Total()
    unaccounted: Balance = Balance(0, 0, 0)
    came_apart: Total = Total()
    went_apart: Total = Total()
    came_twice: Total = Total()
    went_twice: Total = Total()
    at: Point | None = attrs.field(default=None, eq=False)

    def saw(self, point: Point | None) -> bool:
        """Tell whether the last count came after a point of fold order."""
        return point is not None and self.at is not None and self.at > point

    def post(self, sign: int, quantity: Quantity | Total) -> Account:
        return changed(self, came=self.came + quantity) if sign > 0 else changed(self, went=self.went + quantity)

    def undo(self, sign: int, quantity: Quantity) -> Account:
        """Reverse a posting with this sign, exactly."""
        return changed(self, came=self.came - quantity) if sign > 0 else changed(self, went=self.went - quantity)

    def exclude(self, sign: int, quantity: Quantity, limit: int | None) -> Account:
        """Exclude a share of a posting with this sign that is in another account; at most the limit."""
        share = _at_most(quantity, limit)
        if sign > 0:
            return changed(self, came_apart=self.came_apart + share)
        return changed(self, went_apart=self.went_apart + share)

    def mark_shared(self, sign: int, quantity: Quantity) -> Account:
        """Mark a share of a posting with this sign as being in the account of its whole too."""
        if sign > 0:
            return changed(self, came_twice=self.came_twice + quantity)
        return changed(self, went_twice=self.went_twice + quantity)

    def add_unspecified(self, sign: int, quantity: Quantity) -> Account:
        """Add a posting of no stated cohort, which may include people of this one."""
        if sign > 0:
            return changed(self, may_have_come=self.may_have_come + quantity)
        return changed(self, may_have_gone=self.may_have_gone + quantity)

    def subtract_unspecified(self, sign: int, quantity: Quantity) -> Account:
        """Subtract the part of such a posting whose cohort is known."""
        if (self.may_have_come if sign > 0 else self.may_have_gone) == _NONE:
            return self
        if sign > 0:
            return changed(self, may_have_come=self.may_have_come.less(quantity))
        return changed(self, may_have_gone=self.may_have_gone.less(quantity))

    def count(self, quantity: Quantity, at: Point) -> Account:
        """Replace the balance by a headcount; post the difference as unaccounted."""
        counted, missed = Balance.of(quantity), self.unaccounted
        if self.counted is not None:
            missed = missed.plus(counted.minus(self.balance()))
        return Account(counted, unaccounted=missed, at=at)

    @property
    def moved(self) -> bool:
        """True if a flow was posted since the last count."""
        return (self.came, self.went, self.may_have_come, self.may_have_gone) != (_NONE, _NONE, _NONE, _NONE)

    def balance(self) -> Balance:
        """Return the last count plus the people who came, minus those who went."""
        if self.came_apart == self.went_apart == _NONE:
            return self._plain()
        came, went = _rest(self.came, self.came_apart), _rest(self.went, self.went_apart)
        return (self.counted or UNKNOWN).plus(came).minus(went)

    def _plain(self) -> Balance:
        """Return the balance of an account without excluded shares, fast: every posting asks for it."""
        (low, best, high), came, went = self.counted or UNKNOWN, self.came, self.went
        return Balance(
            None if low is None or went.no_high else low + came.low - went.high,
            None if best is None or came.no_best or went.no_best else best + came.best - went.best,
            None if high is None or came.no_high else high + came.high - went.low,
        )

    def possible(self) -> Balance:
        """Return the balance, widened by the people of no stated cohort."""
        came, went = self.may_have_come.balance(), self.may_have_gone.balance()
        return self.balance().plus(_some(came)).minus(_some(went))

    def unassigned(self) -> Balance:
        """Return the range from none to all who came, minus the range from none to all who went."""
        came, went = _rest(self.came, self.came_apart), _rest(self.went, self.went_apart)
        return _some(came).minus(_some(went))

    @property
    def only_shares(self) -> bool:
        """True if all its people are in the accounts of other cohorts as well."""
        return self.counted is None and (self.came_twice, self.went_twice) == (self.came, self.went)


@attrs.frozen(slots=False, eq=False, repr=False)
class Accounts(Mapping[str | None, Account]):
    """The accounts of one place, by cohort; None for people of no stated cohort.

    A posting of no stated cohort may include people of every cohort. It is added once, to `may_have_come` or
    `may_have_gone` here: an account of `held` keeps only what it differs by. So such a posting costs the same however
    many cohorts there are.
    """

    held: FrozenMapping[str | None, Account] = FrozenMapping()
    may_have_come: Total = Total()
    may_have_gone: Total = Total()

    def __getitem__(self, cohort: str | None) -> Account:
        return self._whole(cohort, self.held[cohort])

    def get(self, cohort: str | None, default: T = None) -> Account | T:  # type: ignore[assignment]
        account = self.held.get(cohort)
        return default if account is None else self._whole(cohort, account)

    def __iter__(self) -> Iterator[str | None]:
        return iter(self.held)

    def __len__(self) -> int:
        return len(self.held)

    def __or__(self, more: Mapping[str | None, Account]) -> Accounts:
        """Return these accounts with others in their place or beside them."""
        if not more:
            return self
        if self.may_have_come != _NONE or self.may_have_gone != _NONE:
            more = {cohort: self._own(cohort, account) for cohort, account in more.items()}
        return changed(self, held=self.held | more)

    def add_unspecified(self, sign: int, quantity: Quantity) -> Accounts:
        """Add a posting of no stated cohort, which may include people of every cohort."""
        if sign > 0:
            return changed(self, may_have_come=self.may_have_come + quantity)
        return changed(self, may_have_gone=self.may_have_gone + quantity)

    def _whole(self, cohort: str | None, account: Account) -> Account:
        """Return an account together with the postings that may include people of every cohort."""
        come, gone = self.may_have_come, self.may_have_gone
        if cohort is None or (come == _NONE and gone == _NONE):
            return account
        return changed(account, may_have_come=account.may_have_come + come, may_have_gone=account.may_have_gone + gone)

    def _own(self, cohort: str | None, account: Account) -> Account:
        """Return an account without the postings that may include people of every cohort."""
        if cohort is None:
            return account
        come, gone = self.may_have_come, self.may_have_gone
        return changed(account, may_have_come=account.may_have_come - come, may_have_gone=account.may_have_gone - gone)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Accounts):
            return NotImplemented
        alike = self.may_have_come == other.may_have_come and self.may_have_gone == other.may_have_gone
        return self.held == other.held if alike else dict(self) == dict(other)

    def __hash__(self) -> int:
        return hash(frozenset(self.items()))

    def __repr__(self) -> str:
        return repr(dict(self))


class Together(NamedTuple):
    """The sum of the accounts of several cohorts, kept current as each of them changes.

    It counts people who are in two of the accounts once. An account whose people are all in others is left out.
    """

    accounts: int = 0
    counted: Total = Total()
    came: Total = Total()
    went: Total = Total()
    came_apart: Total = Total()
    went_apart: Total = Total()
    came_twice: Total = Total()
    went_twice: Total = Total()

    @classmethod
    def of(cls, accounts: Iterable[Account]) -> Together:
        """Return the sum of some accounts."""
        result = cls()
        for account in accounts:
            result = result.replaced(NEW, account)
        return result

    def replaced(self, before: Account, after: Account) -> Together:
        """Return the sum with an account in the place of another one; a new account takes the place of `NEW`."""
        less, more = _summands(before), _summands(after)
        number, *totals = self
        if less is not None:
            number, totals = number - 1, [one - other for one, other in zip(totals, less, strict=True)]
        if more is not None:
            number, totals = number + 1, [one + other for one, other in zip(totals, more, strict=True)]
        return Together(number, *totals)

    def balance(self) -> Balance:
        """Return the balance of all accounts together."""
        came, went = self.came, self.went
        if self.accounts > 1:
            came, went = came - self.came_twice, went - self.went_twice
        return self.counted.balance().plus(_rest(came, self.came_apart)).minus(_rest(went, self.went_apart))


def _summands(account: Account) -> tuple[Total, ...] | None:
    """Return what an account adds to the sums; None if its people are in other accounts as well."""
    if account.only_shares:
        return None
    low, best, high = account.counted or UNKNOWN
    counted = Total(low or 0, best or 0, high or 0, best is None, high is None)
    return (
        counted, account.came, account.went, account.came_apart, account.went_apart, account.came_twice,
        account.went_twice,
    )  # fmt: skip


def _rest(count: Total, apart: Total) -> Balance:
    """Subtract the excluded shares from a sum; the result is never below zero."""
    if apart == _NONE:
        return count.balance()
    return Balance.of(count.balance().minus(apart.balance()).shown())


def _at_most(quantity: Quantity, limit: int | None) -> Quantity:
    """Give a quantity without an upper bound that of its whole."""
    if quantity.high is not None or limit is None or limit < max(quantity.low, quantity.best or 0):
        return quantity
    return attrs.evolve(quantity, high=limit)


def _some(count: Balance) -> Balance:
    """Return the range from none to all of a count; of an empty count, exactly none."""
    return count if count == _NOBODY else Balance(0, None, count.high)


_NONE = Total()
NEW = Account()
