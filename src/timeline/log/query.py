"""Queries, which select entries of a log, and conditions, which an append expects to hold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import field, frozen

from timeline.errors import InvalidValue
from timeline.events.naming import tag_list, type_names
from timeline.log.stored import Stored
from timeline.values.containers import as_tuple
from timeline.values.quantity import whole_number


def _number(instance: Any, attribute: Any, value: Any) -> None:
    """Check a position or a limit; None is accepted where the field may be left out."""
    if value is None and attribute.default is None:
        return
    number = value if type(value) is int else whole_number(value)
    if number is None or (number < 0 and attribute.name == "limit"):
        wanted = "0 or more" if attribute.name == "limit" else "such as the position of an entry"
        raise InvalidValue(f"{attribute.name} is {value!r}: expected a whole number, {wanted}.", value=value)
    if number is not value:
        object.__setattr__(instance, attribute.name, number)


@frozen
class Expect:
    """The condition that nothing matching was appended after a position.

    An entry matches when it bears all of `tags` and is of one of `types`; None matches any.

    Raises: InvalidValue.
    Source: the dynamic consistency boundary of dcb.events.

    >>> Expect(tags=["facility:al-hol-camp"], after=7).tags
    ('facility:al-hol-camp',)
    """

    tags: tuple[str, ...] | None = field(default=None, converter=tag_list, kw_only=True)
    types: tuple[str, ...] | None = field(default=None, converter=type_names, kw_only=True)
    after: int = field(validator=_number, kw_only=True)

    def __str__(self) -> str:
        what = " and ".join(filter(None, [", ".join(self.tags or ()), "|".join(self.types or ())]))
        return f"nothing about {what or 'anything'} after position {self.after}"


Conditions = Expect | Iterable[Expect] | None
"""The conditions of an append: one, several, or none."""


def conditions_of(expect: Conditions) -> tuple[Expect, ...]:
    """Return conditions as a tuple; a single one may stand alone.

    Raises: InvalidValue for anything but conditions.
    """
    if expect is None:
        return ()
    conditions = as_tuple(expect)
    for condition in conditions:
        if not isinstance(condition, Expect):
            raise InvalidValue(
                f"{condition!r} is not a condition: expected Expect(tags=['facility:al-hol-camp'], after=7).",
                value=condition,
            )
    return conditions


@frozen
class Query:
    """The rows wanted: strictly between two positions, with all of some tags, of one of some types.

    Raises: InvalidValue.
    """

    after: int = field(default=0, validator=_number, kw_only=True)
    before: int | None = field(default=None, validator=_number, kw_only=True)
    tags: tuple[str, ...] | None = field(default=None, converter=tag_list, kw_only=True)
    types: tuple[str, ...] | None = field(default=None, converter=type_names, kw_only=True)
    limit: int | None = field(default=None, validator=_number, kw_only=True)

    def matches(self, row: Stored) -> bool:
        """Tell whether a row is wanted, leaving the limit aside."""
        between = self.after < row.position and (self.before is None or row.position < self.before)
        of_type = self.types is None or row.type in self.types
        return between and of_type and all(tag in row.tags for tag in self.tags or ())


ALL = Query()
"""Every entry."""
