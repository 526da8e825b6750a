"""Encoding the values of projections as plain lists, texts and numbers, so that keyframes can be cached.

An instance of a class becomes a list that begins with the name of the class. Only classes that the projection names
in `states` are encoded or decoded: no name found in data is ever looked up elsewhere. A persistent list becomes the
number of an earlier list, and the items added to it: the past that long lists share is written once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from math import isfinite
from typing import Any, cast

import attrs

from timeline.history.finding import Finding
from timeline.history.reading import Reading
from timeline.projections.building import Mention
from timeline.values.containers import FrozenMapping, Mark, PersistentList, SharedPairs, SharedSet
from timeline.values.entities import NOBODY
from timeline.values.quantity import Quantity
from timeline.values.when import When

Plain = Any
"""None, a text, a number, or a list of these."""
_TUPLE, _SET, _MAPPING, _NOBODY, _WHEN = "tuple", "set", "mapping", "nobody", "when"
_TRAIL, _MENTION, _SHARED, _PAIRS = "trail", "mention", "shared", "pairs"


_PLAIN = frozenset({type(None), str, int, bool})
_ITEMS: dict[Any, str] = {tuple: _TUPLE, frozenset: _SET, SharedSet: _SHARED, SharedPairs: _PAIRS}
"""The classes that are encoded as a list of their items, each with its word."""
_CLASS = ":"
"""The prefix of the name of a class, which keeps it apart from the words above."""


class CannotEncode(Exception):
    """A value cannot be cached: the projection does not name its class, or JSON cannot hold it."""


class StateCodec:
    """Encodes values of some classes, which are attrs classes or named tuples, and decodes them.

    `read` gives readings by position. Values must be decoded in the order in which they were encoded, because long
    lists refer to earlier ones.

    >>> codec = StateCodec((), read=lambda positions: iter(()))
    >>> codec.decode(codec.encode(When("2026-01~")))
    When('2026-01~')
    """

    def __init__(self, classes: Sequence[type], read: Callable[[Sequence[int]], Iterator[Reading]]) -> None:
        self._classes = {_CLASS + cls.__name__: cls for cls in (Quantity, *classes)}
        self._called = {cls: name for name, cls in self._classes.items()}
        self._read = read
        self._trails: list[PersistentList[Any]] = [PersistentList()]
        """The lists met so far, the empty one first: a list is encoded as what it adds to one of them."""
        self._numbers: dict[Mark, int] = {}
        self._paths: dict[tuple[str, ...], tuple[str, ...]] = {}
        """The paths of findings met so far, so that equal ones are one."""

    def encode(self, value: Any) -> Plain:
        """Encode a value.

        Raises: CannotEncode.
        """
        cls = type(value)
        if cls in _PLAIN:
            return value
        name = self._called.get(cls)
        if name is not None:
            fields = value if isinstance(value, tuple) else [getattr(value, name) for name in _names(cast("Any", cls))]
            return self._listed(name, fields)
        if cls in _ITEMS:
            return self._listed(_ITEMS[cls], value)
        if cls is float and isfinite(value):
            return value
        if value is NOBODY:
            return [_NOBODY]
        if isinstance(value, When):
            return [_WHEN, value.text]
        if isinstance(value, Mention):
            return [_MENTION, value.position]
        if isinstance(value, PersistentList):
            return self._encode_trail(value)
        if isinstance(value, FrozenMapping):
            return [_MAPPING, *([self.encode(k), self.encode(v)] for k, v in value.items())]
        raise CannotEncode(f"{cls.__name__} is not among the classes of the projection: name it in states=(...).")

    def _listed(self, name: str, values: Iterable[Any]) -> Plain:
        """Encode values as a list that begins with a name."""
        return [name, *[value if value.__class__ in _PLAIN else self.encode(value) for value in values]]

    def decode(self, plain: Plain) -> Any:
        """Decode a value."""
        if not isinstance(plain, list):
            return plain
        name, *items = plain
        if name == _TRAIL:
            return self._decode_trail(*items)
        build = _BUILD.get(name)
        if build is not None:
            return build([self.decode(item) for item in items])
        if name == _MENTION:
            return next(map(Mention.of, self._read(items)))
        if name == _MAPPING:
            return FrozenMapping({self.decode(key): self.decode(value) for key, value in items})
        cls = self._classes[name]
        fields = [self.decode(item) for item in items]
        if issubclass(cls, tuple):
            return cls(*fields)
        return cls(**dict(zip((a.alias for a in attrs.fields(cast("Any", cls))), fields, strict=True)))

    def _encode_trail(self, value: PersistentList[Any]) -> Plain:
        base, added = value.since(self._numbers)
        number = 0 if base is None else self._numbers[base]
        self._meet(value)
        return [_TRAIL, number, *map(self.encode, added)]

    def _decode_trail(self, number: int, *added: Plain) -> PersistentList[Any]:
        trail = self._trails[number]
        for item in self._together(added):
            trail = trail.append(item)
        self._meet(trail)
        return trail

    def _together(self, items: Sequence[Plain]) -> Iterator[Any]:
        """Decode values; the entries of mentions are looked up together."""
        mentioned = [item[1] for item in items if _is_mention(item)]
        readings = self._read(mentioned)
        return (Mention.of(next(readings)) if _is_mention(item) else self.decode(item) for item in items)

    def _meet(self, trail: PersistentList[Any]) -> None:
        self._numbers[trail.mark] = len(self._trails)
        self._trails.append(trail)

    def encode_finding(self, finding: Finding) -> Plain:
        """Encode a finding."""
        return [finding.kind, finding.message, *finding.path, *(entry.position for entry in finding.entries)]

    def decode_finding(self, plain: Plain) -> Finding:
        """Decode a finding."""
        kind, message, *rest = plain
        path = tuple(part for part in rest if isinstance(part, str))
        path = self._paths.setdefault(path, path)
        positions = [part for part in rest if isinstance(part, int)]
        return Finding(kind, message, path, entries=tuple(reading.entry for reading in self._read(positions)))


def _is_mention(plain: Plain) -> bool:
    return isinstance(plain, list) and plain[0] == _MENTION


@lru_cache
def _names(cls: type) -> tuple[str, ...]:
    if not attrs.has(cls) or not all(a.init for a in attrs.fields(cls)):
        raise CannotEncode(f"{cls.__name__} cannot be made of its fields: expected an attrs class or a named tuple.")
    return tuple(a.name for a in attrs.fields(cls))


_BUILD: Mapping[str, Callable[[list[Any]], Any]] = {
    _TUPLE: tuple,
    _SET: frozenset,
    _SHARED: SharedSet,
    _PAIRS: SharedPairs,
    _NOBODY: lambda items: NOBODY,
    _WHEN: lambda items: When.parse(items[0]),
}
