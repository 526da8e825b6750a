"""Containers that never change, and one value or several read as a tuple."""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, Mapping, ValuesView
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")


class FrozenMapping(Mapping[K, V], Generic[K, V]):
    """A mapping that never changes, so that events can be hashed and shared; `|` gives another one.

    >>> FrozenMapping({"en": "al-Hol"}) | {"ar": "الهول"}
    {'en': 'al-Hol', 'ar': 'الهول'}
    """

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[K, V] | None = None) -> None:
        self._items = dict(items or {})

    def __getitem__(self, key: K) -> V:
        return self._items[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __or__(self, more: Mapping[K, V]) -> FrozenMapping[K, V]:
        both: FrozenMapping[K, V] = FrozenMapping()
        both._items = {**self._items, **more}
        return both

    # faster than the methods that Mapping gives

    def get(self, key: K, default: T = None) -> V | T:  # type: ignore[assignment]
        return self._items.get(key, default)

    def items(self) -> ItemsView[K, V]:
        return self._items.items()

    def values(self) -> ValuesView[V]:
        return self._items.values()

    def __eq__(self, other: object) -> bool:
        return self._items == other._items if isinstance(other, FrozenMapping) else super().__eq__(other)

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return repr(self._items)


def as_tuple(value: Any, one: Any = str) -> tuple[Any, ...]:
    """Return the items given as a tuple; a single item makes a tuple of one.

    An instance of `one` is a single item, even where Python could iterate over it.
    """
    return tuple(value) if isinstance(value, Iterable) and not isinstance(value, one) else (value,)
