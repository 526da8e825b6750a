"""Fingerprints of the code that reads and folds entries, equal in every process.

A cached keyframe is valid only for the code that made it: the classes of events, their upcasters, and the functions of
a projection. A change to any of these changes the fingerprint, and the cache is rebuilt. Functions that this code calls
elsewhere are not covered: raise the `version` of a projection when one of them changes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from enum import Enum
from functools import lru_cache, partial
from types import CodeType, FunctionType, MethodType
from typing import Any

import attrs

from timeline.events.declare import EventType
from timeline.projections.projection import Projection

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_PLAIN = (type(None), bool, int, float, complex, str, bytes, type(...))
_ACYCLIC = (CodeType, tuple, frozenset, Enum)
_FACTORY: Any = type(attrs.Factory(list))
_CODE = ("co_code", "co_names", "co_varnames", "co_freevars", "co_argcount", "co_kwonlyargcount", "co_consts")


@lru_cache(maxsize=1024)
def of_type(kind: EventType) -> str:
    """Return the fingerprint of an event type: version, bases, fields with their defaults, and upcasters."""
    fields = [(a.name, _ADDRESS.sub("", repr(a.type)), a.default) for a in attrs.fields(kind.cls)]
    return _digest([kind.version, [_name(base) for base in kind.cls.__mro__[1:]], fields, dict(kind.upcasters)])


def of_projection(projection: Projection) -> str:
    """Return the fingerprint of a projection: version, code, and the classes of its values."""
    states = [(cls.__name__, _fields(cls)) for cls in projection.states or ()]
    return _digest([projection.version, projection.keys, projection.evolve, projection.check, projection.run, states])


def _digest(value: Any) -> str:
    return hashlib.sha256("\0".join(_words(value, {})).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _words(value: Any, met: dict[int, Any]) -> Iterator[str]:
    """Give the words that describe a value, each function by its code; an object is described only once."""
    yield _name(type(value))
    if isinstance(value, _PLAIN):
        yield repr(value)
    elif isinstance(value, type):
        yield _name(value)
    elif id(value) not in met:
        if not isinstance(value, _ACYCLIC):
            met[id(value)] = value  # kept alive, so that no other object gets its id
        parts = _parts(value, met)
        yield str(len(parts))
        for part in parts:
            yield from _words(part, met)


def _parts(value: Any, met: dict[int, Any]) -> Sequence[Any]:
    """Return the parts of a value that are written together with it."""
    match value:
        case CodeType():
            return [getattr(value, name) for name in _CODE]
        case FunctionType():
            return [value.__code__, value.__defaults__, value.__kwdefaults__, [*_closure(value)]]
        case MethodType():
            return [value.__func__, value.__self__]
        case partial():
            return [value.func, value.args, value.keywords]
        case Enum():
            return [value.name]
        case Mapping():
            return [part for pair in value.items() for part in pair]
        case frozenset() | set():
            return sorted("\0".join(_words(item, met)) for item in value)
        case tuple() | list():
            return value
    if isinstance(value, _FACTORY):
        return [value.factory, value.takes_self]
    call = getattr(type(value), "__call__", None)  # noqa: B004 - the code itself is wanted
    return [
        getattr(value, "__qualname__", ""),
        call if isinstance(call, FunctionType) else None,
        *(getattr(value, name, None) for name in _fields(type(value))),
    ]


def _closure(function: FunctionType) -> Iterator[Any]:
    for cell in function.__closure__ or ():
        with suppress(ValueError):  # a name that is not bound yet
            yield cell.cell_contents


def _name(cls: type) -> str:
    """Return the stored name of an event class, so that the class may move; else where the class is defined."""
    stored = cls.__dict__.get("__event_type__")
    return f"{cls.__module__}.{cls.__qualname__}" if stored is None else str(stored.name)


def _fields(cls: type) -> list[str]:
    named = getattr(cls, "_fields", None)
    return list(named) if named else [a.name for a in getattr(cls, "__attrs_attrs__", ())]
