"""Patience with servers: odd numbers are refused before anybody is asked."""

import numpy as np
import pytest

from timeline.errors import InvalidValue
from timeline.log import MemoryLog
from timeline.log.jetstream import JetStreamLog
from timeline.log.patience import seconds_given
from timeline.log.postgres import PostgresLog
from timeline.subscription.postgres import PostgresModel

ODD = [0, -1, float("nan"), float("inf"), 1_000_001, 10**400, "5", None, True, [5], 1j]


@pytest.mark.parametrize("odd", ODD, ids=[repr(odd)[:9] for odd in ODD])
def test_nobody_waits_for_an_odd_number_of_seconds(odd):
    """This holds for every log, and for a model."""
    for ask in (
        lambda: JetStreamLog("nats://nowhere.invalid", patience=odd),
        lambda: PostgresLog("postgresql://nowhere.invalid/x", patience=odd),
        lambda: PostgresModel("postgresql://nowhere.invalid/x", schema="x", patience=odd),
    ):
        with pytest.raises(
            InvalidValue, match="expected a number of seconds, more than 0 and at most 1,000,000"
        ) as caught:
            ask()
        assert caught.value.value is odd


@pytest.mark.parametrize("seconds", [1, 0.05, np.float32(2), np.int64(3), 1_000_000])
def test_any_kind_of_number_will_do(seconds):
    """Whole or not, Python's or numpy's."""
    assert seconds_given("patience", seconds) == float(seconds)


@pytest.mark.parametrize("odd", ODD, ids=[repr(odd)[:9] for odd in ODD])
def test_a_follower_looks_again_after_a_number_of_seconds(odd):
    """And not after anything else."""
    with pytest.raises(InvalidValue, match="every is .*expected a number of seconds"):
        MemoryLog().follow(every=odd)
