"""Every number that an event may hold, at the ends of its scale and in other units: what random draws may miss."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import attrs

from timeline.errors import InvalidValue
from timeline.events.fields import plain
from timeline.testing.strategies.values import HOSTILE, LARGEST
from timeline.values.quantity import Quantity, about, at_least, between, exactly, unspecified, up_to

_NUMBERS = (0, 1, 1 << 31, LARGEST)


def extremes(event: Any) -> Iterator[Any]:
    """Yield an event with each number in it replaced by others, one at a time; those that it refuses are left out.

    >>> from timeline.events import custody
    >>> [str(one.quantity) for one in extremes(custody.DetaineesDied(facility="al-hol-camp"))][:3]
    ['0', '≈0', '?']
    """
    for field in attrs.fields(type(event)):
        for value in _extremes(plain(field.type)[0]):
            with suppress(InvalidValue):
                yield attrs.evolve(event, **{field.name: value})


def _extremes(hint: Any) -> Iterator[Any]:
    if hint is Quantity:
        for unit in HOSTILE.units:
            for number in _NUMBERS:
                for made in (exactly, about, at_least, up_to):
                    yield made(number, unit=unit)
            yield between(0, LARGEST, 1, unit=unit)
            yield unspecified("thousands", unit=unit)
    elif hint in (int, float):
        yield from map(hint, (*_NUMBERS, -1))
