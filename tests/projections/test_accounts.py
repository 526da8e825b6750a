"""The accounts of a place: a posting of no stated cohort is added once, however many cohorts there are."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from timeline import Quantity, exactly
from timeline.index.statecodec import StateCodec
from timeline.projections.accounts import NEW, Account, Accounts
from timeline.projections.ledger import STATES
from timeline.testing.strategies import quantities

COHORTS = st.sampled_from(["women", "children", None])
STEPS = st.lists(
    st.tuples(st.sampled_from(["post", "count", "any"]), COHORTS, st.sampled_from([1, -1]), quantities()), max_size=12
)


def one_by_one(steps: list[tuple[str, str | None, int, Quantity]]) -> dict[str | None, Account]:
    """Give the accounts after some steps, each of which changes every account that it may concern."""
    accounts: dict[str | None, Account] = {}
    for act, cohort, sign, quantity in steps:
        if act == "any":
            for other in accounts.keys() - {None}:
                accounts[other] = accounts[other].add_unspecified(sign, quantity)
        else:
            accounts[cohort] = changed(act, accounts.get(cohort, NEW), sign, quantity)
    return accounts


def at_once(steps: list[tuple[str, str | None, int, Quantity]]) -> Accounts:
    """Give the accounts after some steps, as the ledger keeps them."""
    accounts = Accounts()
    for act, cohort, sign, quantity in steps:
        if act == "any":
            accounts = accounts.add_unspecified(sign, quantity)
        else:
            accounts = accounts | {cohort: changed(act, accounts.get(cohort, NEW), sign, quantity)}
    return accounts


def changed(act: str, account: Account, sign: int, quantity: Quantity) -> Account:
    """Give an account after a posting or a headcount."""
    return account.post(sign, quantity) if act == "post" else account.count(quantity, (1, 1, 1))


@given(STEPS)
def test_a_posting_of_no_cohort_concerns_each_account_that_is_there(steps: Any) -> None:
    """Accounts that share what may concern all of them say what they would say one by one."""
    assert dict(at_once(steps)) == one_by_one(steps)


@given(STEPS)
def test_accounts_are_equal_by_what_they_say(steps: Any) -> None:
    """Accounts are equal, and have one hash, however they came about."""
    found, plain = at_once(steps), Accounts() | one_by_one(steps)
    assert found == plain
    assert hash(found) == hash(plain)
    assert found != Accounts() | {**plain, "men": NEW.post(1, exactly(1))}


@given(STEPS)
def test_accounts_can_be_cached(steps: Any) -> None:
    """Accounts that are encoded and decoded go on as if nothing had happened."""
    codec = StateCodec(STATES, read=lambda positions: iter(()))
    found = at_once(steps)
    again = codec.decode(codec.encode(found))
    more = again.add_unspecified(1, exactly(5)) | {"girls": NEW}
    assert again == found
    assert more == found.add_unspecified(1, exactly(5)) | {"girls": NEW}


def test_a_posting_of_no_cohort_copies_no_account() -> None:
    """A posting that may concern a thousand cohorts changes none of their accounts."""
    accounts = Accounts() | {f"cohort-{number}": NEW for number in range(1000)}
    assert accounts.add_unspecified(-1, exactly(5)).held is accounts.held
