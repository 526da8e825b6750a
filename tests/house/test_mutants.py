"""The changes that `make mutants` counts as noticed."""

import pytest

from support.mutants import summary


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        ([1, 3, 0, 33], "2 of 4 changes were noticed: 50.0%"),
        ([1, 5], "1 of 2 changes were noticed: 50.0%"),
        ([1, 0, -24, None], "1 of 4 changes were noticed: 25.0%; the tests of 2 more did not end"),
    ],
)
def test_only_a_test_that_failed_has_noticed_a_change(ends, told):
    """Tests that pass, that there are none of, or that run out of time, notice nothing."""
    assert summary(ends) == told
