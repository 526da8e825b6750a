"""Containers that never change, and one value or several read as a tuple."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterable, Iterator, Mapping, ValuesView
from collections.abc import Set as AbstractSet
from itertools import chain
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")


_FEW = 64
"""The most items of a mapping that is copied whole."""
_MISSING: Any = object()


class FrozenMapping(Mapping[K, V], Generic[K, V]):
    """A mapping that never changes, so that events can be hashed and shared; `|` gives another one.

    A long mapping shares its items with those made from it, so that `|` copies few of them: `_under` holds the items
    that are shared, and `_items` those that were added or replaced since.

    >>> FrozenMapping({"en": "al-Hol"}) | {"ar": "الهول"}
    {'en': 'al-Hol', 'ar': 'الهول'}
    """

    __slots__ = ("_items", "_under")

    def __init__(self, items: Mapping[K, V] | None = None) -> None:
        self._items = dict(items or {})
        self._under: dict[K, V] | None = None

    def __getitem__(self, key: K) -> V:
        if self._under is None or key in self._items:
            return self._items[key]
        return self._under[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._all())

    def __len__(self) -> int:
        if self._under is None:
            return len(self._items)
        return len(self._under) + sum(key not in self._under for key in self._items)

    def __contains__(self, key: object) -> bool:
        return key in self._items or (self._under is not None and key in self._under)

    def __or__(self, more: Mapping[K, V]) -> FrozenMapping[K, V]:
        both: FrozenMapping[K, V] = FrozenMapping()
        under = self._under
        if under is None and len(self._items) <= _FEW:
            both._items = {**self._items, **more}
            return both
        recent = dict(more) if under is None else {**self._items, **more}
        shared = self._items if under is None else under
        if len(recent) ** 2 <= len(shared):
            both._items, both._under = recent, shared
        else:
            both._items = {**shared, **recent}
        return both

    def _all(self) -> dict[K, V]:
        return self._items if self._under is None else {**self._under, **self._items}

    # faster than the methods that Mapping gives

    def get(self, key: K, default: T = None) -> V | T:  # type: ignore[assignment]
        if self._under is None:
            return self._items.get(key, default)
        found = self._items.get(key, _MISSING)
        return self._under.get(key, default) if found is _MISSING else found

    def items(self) -> ItemsView[K, V]:
        return self._all().items()

    def values(self) -> ValuesView[V]:
        return self._all().values()

    def __eq__(self, other: object) -> bool:
        return self._all() == other._all() if isinstance(other, FrozenMapping) else super().__eq__(other)

    def __hash__(self) -> int:
        return hash(frozenset(self._all().items()))

    def __repr__(self) -> str:
        return repr(self._all())


class SharedSet(AbstractSet[T], Generic[T]):
    """A set that never changes, and shares its items with the sets made from it by `|` and `-`.

    `_under` holds the items that are shared; `_come` and `_gone` are what was added to them and removed since. They
    are few, so that a long set is seldom copied.

    >>> sorted(SharedSet(["a", "b"]) - {"a"} | {"c"})
    ['b', 'c']
    """

    __slots__ = ("_come", "_gone", "_under")

    def __init__(self, items: Iterable[T] = ()) -> None:
        self._under = frozenset(items)
        self._come: frozenset[T] = frozenset()
        self._gone: frozenset[T] = frozenset()

    def __contains__(self, item: object) -> bool:
        return item in self._come or (item in self._under and item not in self._gone)

    def __iter__(self) -> Iterator[T]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._under) - len(self._gone) + len(self._come)

    def __or__(self, more: AbstractSet[T]) -> SharedSet[T]:  # type: ignore[override]
        return self._changed(more, frozenset())

    def __sub__(self, less: AbstractSet[Any]) -> SharedSet[T]:
        return self._changed(frozenset(), less)

    def _changed(self, more: AbstractSet[T], less: AbstractSet[T]) -> SharedSet[T]:
        """Return a set with some items more and others less."""
        under, after = self._under, SharedSet[T]()
        come = frozenset(item for item in chain(self._come, more) if item not in under and item not in less)
        gone = frozenset(item for item in chain(self._gone, less) if item in under and item not in more)
        if (len(come) + len(gone)) ** 2 <= len(under):
            after._under, after._come, after._gone = under, come, gone
        else:
            after._under = (under - gone) | come
        return after

    def _all(self) -> frozenset[T]:
        return (self._under - self._gone) | self._come

    def __eq__(self, other: object) -> bool:
        if isinstance(other, SharedSet):
            return self._all() == other._all()
        return self._all() == other if isinstance(other, AbstractSet) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._all())

    def __repr__(self) -> str:
        return f"SharedSet({set(self._all())!r})" if self else "SharedSet()"


class Memo(dict[K, V]):
    """The results of a function by argument, each worked out once; emptied when there are many.

    >>> Memo(len)["four"]
    4
    """

    _MOST = 1 << 16

    def __init__(self, make: Callable[[K], V]) -> None:
        self._make = make

    def __missing__(self, key: K) -> V:
        made = self._make(key)
        if len(self) >= self._MOST:
            self.clear()
        self[key] = made
        return made


def as_tuple(value: Any, one: Any = str) -> tuple[Any, ...]:
    """Return the items given as a tuple; a single item makes a tuple of one.

    An instance of `one` is a single item, even where Python could iterate over it.
    """
    return tuple(value) if isinstance(value, Iterable) and not isinstance(value, one) else (value,)
