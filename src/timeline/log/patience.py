"""Patience: how long to wait for a server that does not answer."""

from __future__ import annotations

from numbers import Real
from typing import Any

from timeline.errors import InvalidValue

PATIENCE = 60.0
"""Seconds to wait by default."""
_LONGEST = 1_000_000
"""The most seconds that every clock and lock in use can wait: eleven days and a half."""


def seconds_given(name: str, value: Any) -> float:
    """Check a number of seconds to wait.

    Raises: InvalidValue, with the name of the argument.

    >>> seconds_given("patience", 10)
    10.0
    """
    number: Any = value if isinstance(value, Real) and not isinstance(value, bool) else 0
    if 0 < number <= _LONGEST:
        return float(number)
    raise InvalidValue(
        f"{name} is {value!r}: expected a number of seconds, more than 0 and at most {_LONGEST:,}.", value=value
    )
