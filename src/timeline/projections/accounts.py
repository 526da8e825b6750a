"""The accounts of the ledger: a count of some cohort in some place, and who came and went since.

A share of a flow moves what it breaks down, and neither adds to it nor takes from it. Sums are kept so
that they can be undone exactly (`quantity.Total`), and clipped only when shown.
"""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from timeline.history.reading import Point
from timeline.projections.building import changed
from timeline.values.quantity import Balance, Quantity, Total

_NOBODY = Balance(0, 0, 0)
UNKNOWN = Balance(0, None, None)
"""A stock never counted: not zero."""


@attrs.frozen(slots=False)
class Account:
    """The people of one cohort in one place: the last count (None: never), those who came and went since.

    `unaccounted` is what all counts but the first differed by from what was computed, together; the
    first is the opening of the account. `may_have_come` and `may_have_gone` are those of no stated
    cohort who came and went since: some, all or none of them may be of this one. `came_apart` and
    `went_apart` are of those who came and went, and were told apart: they are posted somewhere else, or
    had been counted. `came_twice` and `went_twice` are in the account of another cohort too. `at` is
    where the last count stands.
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
        """Check if the last count came after what stands there."""
        return point is not None and self.at is not None and self.at > point

    def post(self, sign: int, quantity: Quantity) -> Account:
        return changed(self, came=self.came + quantity) if sign > 0 else changed(self, went=self.went + quantity)

    def undo(self, sign: int, quantity: Quantity) -> Account:
        """Take out what was posted with this sign, exactly."""
        return changed(self, came=self.came - quantity) if sign > 0 else changed(self, went=self.went - quantity)

    def told_apart(self, sign: int, quantity: Quantity, limit: int | None) -> Account:
        """The account of what was posted with this sign, a share of which is elsewhere; no more than the limit."""
        share = _at_most(quantity, limit)
        if sign > 0:
            return changed(self, came_apart=self.came_apart + share)
        return changed(self, went_apart=self.went_apart + share)

    def in_another(self, sign: int, quantity: Quantity) -> Account:
        """The account of a share that was posted with this sign, and is in the account of its whole too."""
        if sign > 0:
            return changed(self, came_twice=self.came_twice + quantity)
        return changed(self, went_twice=self.went_twice + quantity)

    def blur(self, sign: int, quantity: Quantity) -> Account:
        """The account of a cohort after a posting that states none."""
        if sign > 0:
            return changed(self, may_have_come=self.may_have_come + quantity)
        return changed(self, may_have_gone=self.may_have_gone + quantity)

    def clear(self, sign: int, quantity: Quantity) -> Account:
        """The account of a cohort when it was told of whom such a posting was, in part."""
        if sign > 0:
            return changed(self, may_have_come=self.may_have_come.less(quantity))
        return changed(self, may_have_gone=self.may_have_gone.less(quantity))

    def count(self, quantity: Quantity, at: Point) -> Account:
        """Put what was counted in place of what was computed; the difference is posted as unaccounted."""
        counted, missed = Balance.of(quantity), self.unaccounted
        if self.counted is not None:
            missed = missed.plus(counted.minus(self.balance()))
        return Account(counted, unaccounted=missed, at=at)

    @property
    def moved(self) -> bool:
        """Whether anybody came or went since the last count."""
        return (self.came, self.went, self.may_have_come, self.may_have_gone) != (_NONE, _NONE, _NONE, _NONE)

    def balance(self) -> Balance:
        """The last count, with what came and went since."""
        if self.came_apart == self.went_apart == _NONE:
            return self._plain()
        came, went = _rest(self.came, self.came_apart), _rest(self.went, self.went_apart)
        return (self.counted or UNKNOWN).plus(came).minus(went)

    def _plain(self) -> Balance:
        """The balance where nobody was told apart, worked out at once: it is asked for at every posting."""
        (low, best, high), came, went = self.counted or UNKNOWN, self.came, self.went
        return Balance(
            None if low is None or went.no_high else low + came.low - went.high,
            None if best is None or came.no_best or went.no_best else best + came.best - went.best,
            None if high is None or came.no_high else high + came.high - went.low,
        )

    def possible(self) -> Balance:
        """The balance, as wide as those of no stated cohort make it."""
        came, went = self.may_have_come.balance(), self.may_have_gone.balance()
        return self.balance().plus(_some(came)).minus(_some(went))

    def astray(self) -> Balance:
        """From none to all of those who came, less from none to all of those who went."""
        came, went = _rest(self.came, self.came_apart), _rest(self.went, self.went_apart)
        return _some(came).minus(_some(went))

    @property
    def only_shares(self) -> bool:
        """Whether it has nothing but what the accounts of other cohorts have too."""
        return self.counted is None and (self.came_twice, self.went_twice) == (self.came, self.went)


def together(accounts: Iterable[Account]) -> Balance:
    """Add the accounts of several cohorts, nobody being in two of them."""
    counted, came, went = Balance(0, 0, 0), (Total(), Total()), (Total(), Total())
    for one in accounts:
        counted = counted.plus(one.counted or UNKNOWN)
        came = (came[0] + one.came - one.came_twice, came[1] + one.came_apart)
        went = (went[0] + one.went - one.went_twice, went[1] + one.went_apart)
    return counted.plus(_rest(*came)).minus(_rest(*went))


def _rest(count: Total, apart: Total) -> Balance:
    """Take those told apart from a count: none are left at least."""
    if apart == _NONE:
        return count.balance()
    return Balance.of(count.balance().minus(apart.balance()).shown())


def _at_most(quantity: Quantity, limit: int | None) -> Quantity:
    """A quantity whose upper bound, where it has none, is that of its whole."""
    if quantity.high is not None or limit is None or limit < max(quantity.low, quantity.best or 0):
        return quantity
    return attrs.evolve(quantity, high=limit)


def _some(count: Balance) -> Balance:
    """From none to all of them; if there are none, exactly none."""
    return count if count == _NOBODY else Balance(0, None, count.high)


_NONE = Total()
NEW = Account()
