"""The fields of events: which values an annotation allows.

There is one rule for each shape of annotation. Given a type hint, `cleaner` returns the function that checks
a value and makes it immutable: a list becomes a tuple, a dict a `FrozenMapping`. A bad value raises an error
that says what was expected.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from attrs import frozen

from timeline.errors import InvalidEvent, InvalidValue
from timeline.values.containers import NOTHING, FrozenMapping
from timeline.values.entities import Slug, Tagged, entity_tag, place, slug
from timeline.values.quantity import PEOPLE, Quantity, whole_number
from timeline.values.when import When


@frozen
class Unit:
    """A mark on a quantity that counts one thing only."""

    name: str


People = Annotated[Quantity, Unit(PEOPLE)]
"""A number of people: the custody ledger adds nothing else."""

T = TypeVar("T")
Cleaner = Callable[[Any, str], Any]


UNKNOWN = "__unknown__"
"""The attribute that holds the stored fields which this program does not know."""


def unknown_fields(value: Any) -> Mapping[str, Any]:
    """Return the stored fields of an event or a report that this program does not know."""
    found: Mapping[str, Any] = getattr(value, UNKNOWN, NOTHING)
    return found


def keep_unknown(value: T, fields: Mapping[str, Any]) -> T:
    """Keep fields that this program does not know with a value just read, to write them back with it."""
    object.__setattr__(value, UNKNOWN, fields)
    return value


def cleaner(hint: Any) -> Cleaner:
    """Return the function that checks and freezes values of a type hint.

    Raises: InvalidEvent from the function, naming the field, what was found and what was expected.

    >>> cleaner(tuple[str, ...])(["a", "b"], "parties")
    ('a', 'b')
    """
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _marked(args)
    if origin in (Union, types.UnionType):
        return _union(args)
    if origin is Literal:
        return _choice(args)
    if origin is tuple:
        if args[1:] != (Ellipsis,):
            raise InvalidEvent(f"{hint} is not an annotation for a field: expected tuple[X, ...], of any length.")
        return _sequence(cleaner(args[0]))
    if hint in (list, set, dict, bytearray) or origin in (list, set):
        raise InvalidEvent(
            f"{hint} is not an annotation for a field, because its values can change: write tuple[X, ...], "
            "frozenset or Mapping[K, V]."
        )
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(cleaner(args[0]), cleaner(args[1]))
    if hint is When:
        return lambda value, what: When.of(value)
    if hint is Any:
        return lambda value, what: value
    if hint is float:
        return _float
    return _instance(hint if isinstance(hint, type) else origin or object)


def markers(hint: Any) -> Iterator[Slug]:
    """Yield every `Slug` marker in a type hint, at any depth."""
    if get_origin(hint) is Annotated:
        yield from (mark for mark in hint.__metadata__ if isinstance(mark, Slug))
    for inner in get_args(hint):
        yield from markers(inner)


def plain(hint: Any) -> tuple[Any, ...]:
    """Return the types that a hint allows, without None and without annotations.

    >>> plain(Annotated[int, "positive"] | None)
    (<class 'int'>,)
    """
    if get_origin(hint) is Annotated:
        return plain(hint.__origin__)
    if get_origin(hint) in (Union, types.UnionType):
        return tuple(kind for arg in get_args(hint) for kind in plain(arg) if kind is not type(None))
    return (hint,)


def _refuse(value: Any, what: str, expected: str) -> InvalidEvent:
    return InvalidEvent(f"{what} is {value!r}: expected {expected}.", value=value, path=what)


def _marked(args: tuple[Any, ...]) -> Cleaner:
    mark = next((a for a in args[1:] if isinstance(a, Slug | Unit)), None)
    if mark is None:
        return cleaner(args[0])
    if isinstance(mark, Unit):
        return _measured(cleaner(args[0]), mark.name)
    if mark.kind == "entry":
        return lambda value, what: slug(value if isinstance(value, str) else getattr(value, "id", value), what)
    if isinstance(mark, Tagged):
        return entity_tag
    return place if mark.kind == "facility" else slug


def _measured(inner: Cleaner, unit: str) -> Cleaner:
    def clean(value: Any, what: str) -> Any:
        if inner(value, what).unit != unit:
            raise _refuse(value, what, f"a count of {unit}; keep another unit in the text: unspecified('230 families')")
        return value

    return clean


def _union(args: tuple[Any, ...]) -> Cleaner:
    kinds = [arg for arg in args if arg is not type(None)]
    plainly = len(kinds) > 1 and all(isinstance(kind, type) and kind not in (When, float) for kind in kinds)
    *others, last = [_instance(tuple(kinds))] if plainly else [cleaner(kind) for kind in kinds]
    optional = len(kinds) < len(args)
    if optional and not others:
        return lambda value, what: None if value is None else last(value, what)

    def clean(value: Any, what: str) -> Any:
        if value is None and optional:
            return None
        for one in others:
            with suppress(InvalidValue):
                return one(value, what)
        return last(value, what)

    return clean


def _choice(allowed: tuple[Any, ...]) -> Cleaner:
    def clean(value: Any, what: str) -> Any:
        if value not in allowed:
            raise _refuse(value, what, "one of " + ", ".join(map(str, allowed)))
        return allowed[allowed.index(value)]

    return clean


def _sequence(inner: Cleaner) -> Cleaner:
    def clean(value: Any, what: str) -> Any:
        if type(value) is tuple and not value:
            return ()
        if isinstance(value, str | bytes | Mapping) or not hasattr(value, "__iter__"):
            raise _refuse(value, what, "a tuple or list, such as ('iraq-gov', 'us-centcom')")
        return tuple(inner(item, what) for item in value)

    return clean


def _mapping(key: Cleaner, inner: Cleaner) -> Cleaner:
    def clean(value: Any, what: str) -> Any:
        if not isinstance(value, Mapping):
            raise _refuse(value, what, "a mapping, such as {'en': 'al-Hol camp'}")
        return FrozenMapping({key(k, f"{what} key"): inner(v, f"{what}[{k!r}]") for k, v in value.items()})

    return clean


def _instance(kind: Any) -> Cleaner:
    kinds = kind if isinstance(kind, tuple) else (kind,)
    names = " or ".join(_EXAMPLES.get(k.__name__, k.__name__) for k in kinds)

    def clean(value: Any, what: str) -> Any:
        if type(value) in kinds:
            return value
        number = whole_number(value) if int in kinds else None
        if number is not None:
            return number
        wanted = isinstance(value, kinds) and (not isinstance(value, bool) or bool in kinds or object in kinds)
        if not wanted:
            raise _refuse(value, what, names)
        return str.__str__(value) if isinstance(value, str) and str in kinds else value

    return clean


def _float(value: Any, what: str) -> float:
    """Return a number as a float; accept whole numbers, since JSON writes 1.0 as 1."""
    number = _instance((float, int))(value, what)
    try:
        return float(number)
    except OverflowError:
        raise _refuse(value, what, "a number below 1.8e308") from None


_EXAMPLES = {
    "Quantity": "a Quantity such as exactly(150), about(150) or unspecified('thousands')",
    "Place": "a Place such as Place(36.375, 41.149, precision='town')",
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "True or False",
    "object": "an event",
}
