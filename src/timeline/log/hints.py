"""JSON for the values of fields, by their type hints: how each is written, and how it is read back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from functools import lru_cache
from typing import Any, Literal, get_args, get_origin

import attrs

from timeline.events.fields import plain
from timeline.values.containers import FrozenMapping
from timeline.values.quantity import Quantity
from timeline.values.report import Modality
from timeline.values.when import When

Json = Any
Read = Callable[[Json], Any]
_AS_IT_IS = {str, int, float, bool}


def leaves(hint: Any) -> Iterator[Any]:
    """Give every plain type in a type hint, at any depth."""
    for kind in plain(hint):
        if get_origin(kind) is Literal:
            yield from map(type, get_args(kind))
        elif get_origin(kind) is not None:
            yield from (leaf for inner in get_args(kind) if inner is not Ellipsis for leaf in leaves(inner))
        else:
            yield kind


def stays(hint: Any) -> bool:
    """Tell whether a field takes JSON values unchanged: texts, numbers, times as text, lists and mappings of them."""
    return {*leaves(hint)} <= {*_AS_IT_IS, When}


def is_written_as_it_is(hint: Any) -> bool:
    """Tell whether values of a hint are JSON already: texts, numbers, and tuples of them."""
    return {*leaves(hint)} <= _AS_IT_IS and not any(_is_mapping(kind) for kind in plain(hint))


def quantity_reader(convert: Callable[[Any], Any]) -> Read:
    """Make the function that reads a quantity, or None, and converts it.

    It shares quantities without a text: their numbers recur, and reveal nothing of their entries.
    """

    @lru_cache(maxsize=4096, typed=True)
    def shared(low: int, best: int | None, high: int | None) -> Any:
        return convert(Quantity(low, best, high))

    def read(data: Json) -> Any:
        if data is None:
            return convert(None)
        if len(data) == 3:
            try:
                return shared(data["low"], data["best"], data["high"])
            except KeyError:
                pass
        return convert(Quantity(**data))

    return read


def in_order(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mapping with its keys in canonical order: that of their UTF-16 units."""
    plainly = all(map(str.isascii, mapping))
    keys = sorted(mapping) if plainly else sorted(mapping, key=lambda key: key.encode("utf-16-be"))
    return {key: mapping[key] for key in keys}


def encode_value(value: Any, write: Callable[[Any], Json]) -> Json:
    """Return a value as JSON; `write` writes an instance of a class made with `attrs`, an event or not."""
    match value:
        case When():
            return value.text
        case Enum():
            return value.value
        case Mapping():
            found = {encode_value(key, write): encode_value(inner, write) for key, inner in value.items()}
            return in_order(found) if all(isinstance(key, str) for key in found) else found
        case tuple() | list():
            return [encode_value(item, write) for item in value]
        case _:
            return write(value) if attrs.has(type(value)) else value


def decoder(hint: Any, read: Callable[[Any], Read]) -> Read:
    """Return the function that reads JSON as a value of a hint; `read` makes the reader of a class made with `attrs`.

    Values of plain types are returned unchanged, for the field to check.
    """
    kinds = plain(hint)
    if len(kinds) > 1:
        readers = [decoder(kind, read) for kind in kinds]
        return unchanged if {*readers} == {unchanged} else _first_that_reads(readers)
    (kind,) = kinds
    origin, args = get_origin(kind), get_args(kind)
    if kind is Quantity:
        return _READ_QUANTITY
    if kind is When:
        return _unless_none(When.parse)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _unless_none(Modality.stored if kind is Modality else kind)
    if _is_mapping(kind):
        key, inner = (decoder(arg, read) for arg in args)
        return _unless_none(lambda data: FrozenMapping({key(name): inner(value) for name, value in data.items()}))
    if isinstance(origin, type) and args:
        of_item = decoder(args[0], read)
        return _unless_none(lambda data: tuple([of_item(item) for item in data]))
    return _unless_none(read(kind)) if isinstance(kind, type) and attrs.has(kind) else unchanged


def _is_mapping(kind: Any) -> bool:
    origin = get_origin(kind)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def unchanged(value: Json) -> Any:
    """Return a value as it is."""
    return value


_READ_QUANTITY = quantity_reader(unchanged)


def _unless_none(read: Read) -> Read:
    return lambda value: None if value is None else read(value)


def _first_that_reads(readers: list[Read]) -> Read:
    *others, last = readers

    def read(value: Json) -> Any:
        for one in others:
            try:
                return one(value)
            except (ValueError, TypeError, LookupError, AttributeError):
                continue
        return last(value)

    return read
