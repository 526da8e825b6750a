"""Containers that never change, and one value or several read as a tuple."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, ItemsView, Iterable, Iterator, Mapping, Sequence, ValuesView
from collections.abc import Set as AbstractSet
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")

named_tuple = tuple.__new__
"""Makes a named tuple of a class from a tuple of its fields, faster than a call of the class."""

_FEW = 64
"""The most items of a layer that is copied for each item added."""
_BLOCK = 32
"""The most items of a list that lie together."""
Mark = tuple[int, int]
"""Two numbers that identify a persistent list while it exists."""


class FrozenMapping(Mapping[K, V], Generic[K, V]):
    """A mapping that never changes, so that events can be hashed and shared; `|` gives another one.

    A long mapping is a stack of layers, each more than twice as long as the one above it. A new mapping shares all
    layers but the top one with the mapping it was made from. Layers that grow too long for the stack are merged, as in
    a log-structured merge tree. So each item is copied a number of times that grows with the logarithm of the length.

    >>> FrozenMapping({"en": "al-Hol"}) | {"ar": "الهول"}
    {'en': 'al-Hol', 'ar': 'الهول'}
    """

    __slots__ = ("_layers", "_length")

    def __init__(self, items: Mapping[K, V] | None = None) -> None:
        top = dict(items or {})
        self._layers: tuple[dict[K, V], ...] = (top,)
        """The top layer first; an item hides those of its key below."""
        self._length = len(top)

    def __getitem__(self, key: K) -> V:
        for layer in self._layers:
            if key in layer:
                return layer[key]
        raise KeyError(key)

    def __iter__(self) -> Iterator[K]:
        return iter(self._all())

    def __len__(self) -> int:
        return self._length

    def __contains__(self, key: object) -> bool:
        for layer in self._layers:  # noqa: SIM110  # a third faster than any()
            if key in layer:
                return True
        return False

    def __or__(self, more: Mapping[K, V]) -> FrozenMapping[K, V]:
        both: FrozenMapping[K, V] = FrozenMapping.__new__(FrozenMapping)
        top = self._layers[0]
        if self._length <= _FEW:
            top = {**top, **more}
            both._layers, both._length = (top,), len(top)
        else:
            both._layers = _stacked(self._layers, more)
            both._length = self._length + sum(key not in self for key in more)
        return both

    def _all(self) -> dict[K, V]:
        *over, items = self._layers
        return {key: value for layer in (items, *reversed(over)) for key, value in layer.items()} if over else items

    # faster than the methods that Mapping gives

    def get(self, key: K, default: T = None) -> V | T:  # type: ignore[assignment]
        for layer in self._layers:
            if key in layer:
                return layer[key]
        return default

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


def _stacked(layers: tuple[dict[K, V], ...], more: Mapping[K, V]) -> tuple[dict[K, V], ...]:
    """Return the layers of a long mapping with more items."""
    top, *under = layers if len(layers[0]) <= _FEW else ({}, *layers)
    top = {**top, **more}
    while under and len(top) > _FEW and len(under[0]) <= 2 * len(top):
        top = {**under.pop(0), **top}
    return (top, *under)


NOTHING: Mapping[str, Any] = FrozenMapping()
"""The mapping without items that most entries have."""


class SharedSet(AbstractSet[T], Generic[T]):
    """A set that never changes, and shares its items with the sets made from it by `|` and `-`.

    `_held` tells of each item that was added whether it is still held. When more were removed than are held, the
    items that are held begin a set of their own.

    >>> sorted(SharedSet(["a", "b"]) - {"a"} | {"c"})
    ['b', 'c']
    """

    __slots__ = ("_held", "_length")

    def __init__(self, items: Iterable[T] = ()) -> None:
        self._held = FrozenMapping(dict.fromkeys(items, True))
        self._length = len(self._held)

    def __contains__(self, item: object) -> bool:
        return self._held.get(item, False)  # type: ignore[arg-type]

    def __iter__(self) -> Iterator[T]:
        return (item for item, held in self._held.items() if held)

    def __len__(self) -> int:
        return self._length

    def __or__(self, more: AbstractSet[T]) -> SharedSet[T]:  # type: ignore[override]
        return self._with({item: True for item in more if item not in self})

    def __sub__(self, less: AbstractSet[Any]) -> SharedSet[T]:
        return self._with({item: False for item in less if item in self})

    def _with(self, changes: Mapping[T, bool]) -> SharedSet[T]:
        """Return the set after adding or removing items."""
        if not changes:
            return self
        after = SharedSet[T]()
        after._held = self._held | changes
        after._length = self._length + sum(1 if held else -1 for held in changes.values())
        return SharedSet(after) if len(after._held) > max(_FEW, 2 * after._length) else after

    def __eq__(self, other: object) -> bool:
        return frozenset(self) == frozenset(other) if isinstance(other, AbstractSet) else NotImplemented

    def __hash__(self) -> int:
        return hash(frozenset(self))

    def __repr__(self) -> str:
        return f"SharedSet({set(self)!r})" if self else "SharedSet()"


class SharedPairs(AbstractSet[tuple[K, V]], Generic[K, V]):
    """A set of pairs that never changes, in which those with a given first or second part are found without a search.

    >>> pairs = SharedPairs([("sdf", "a"), ("sdf", "b"), ("gov", "b")])
    >>> sorted(pairs - pairs.with_first("sdf"))
    [('gov', 'b')]
    """

    __slots__ = ("_firsts", "_pairs", "_seconds")

    def __init__(self, pairs: Iterable[tuple[K, V]] = ()) -> None:
        self._pairs = SharedSet(pairs)
        self._firsts: _Filed[K, V] = _filed(FrozenMapping(), 0, self._pairs, held=True)
        self._seconds: _Filed[K, V] = _filed(FrozenMapping(), 1, self._pairs, held=True)

    def __contains__(self, pair: object) -> bool:
        return pair in self._pairs

    def __iter__(self) -> Iterator[tuple[K, V]]:
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def with_first(self, part: K) -> AbstractSet[tuple[K, V]]:
        """Return the pairs with a first part."""
        return self._firsts.get(part, SharedSet())

    def with_second(self, part: V) -> AbstractSet[tuple[K, V]]:
        """Return the pairs with a second part."""
        return self._seconds.get(part, SharedSet())

    def __or__(self, more: AbstractSet[Any]) -> SharedPairs[K, V]:
        return self._with(self._pairs | more, more, held=True)

    def __sub__(self, less: AbstractSet[Any]) -> SharedPairs[K, V]:
        return self._with(self._pairs - less, less, held=False)

    def _with(self, pairs: SharedSet[tuple[K, V]], changes: Iterable[tuple[K, V]], *, held: bool) -> SharedPairs[K, V]:
        """Return the set after adding or removing some pairs."""
        after = SharedPairs[K, V]()
        after._pairs = pairs
        after._firsts = _filed(self._firsts, 0, changes, held=held)
        after._seconds = _filed(self._seconds, 1, changes, held=held)
        emptied = len(after._firsts) + len(after._seconds) > max(_FEW, 4 * len(pairs))
        return SharedPairs(pairs) if emptied else after

    def __eq__(self, other: object) -> bool:
        return self._pairs == other

    def __hash__(self) -> int:
        return hash(self._pairs)

    def __repr__(self) -> str:
        return f"SharedPairs({set(self)!r})" if self else "SharedPairs()"


_Filed = FrozenMapping[Any, SharedSet[tuple[K, V]]]
"""Pairs by one of their parts."""


def _filed(filed: _Filed[K, V], side: int, pairs: Iterable[tuple[K, V]], *, held: bool) -> _Filed[K, V]:
    """Return pairs by one of their parts, after adding or removing some."""
    parts: dict[Any, set[tuple[K, V]]] = {}
    for pair in pairs:
        parts.setdefault(pair[side], set()).add(pair)
    kept = {part: filed.get(part, SharedSet[tuple[K, V]]()) for part in parts}
    return filed | {part: kept[part] | found if held else kept[part] - found for part, found in parts.items()}


class PersistentList(Sequence[T], Generic[T]):
    """An immutable list that shares its items with the lists it grew from.

    Its last items, at most `_BLOCK` of them, are at the beginning of a block. Lists that grow from it put further items
    there, and the first of them to do so shares the block. Two lists are equal if they hold the same items, in any
    order.

    >>> PersistentList().append("a").append("b") == PersistentList().append("b").append("a")
    True
    """

    __slots__ = ("_length", "rest", "shared")

    def __init__(self) -> None:
        self._length = 0
        self.shared: list[T] = []
        """The last block. Its first items are those of this list."""
        self.rest: PersistentList[T] | None = None
        """The list of all items before the block; None if there are none."""

    def append(self, item: T) -> PersistentList[T]:
        longer: PersistentList[T] = PersistentList.__new__(PersistentList)
        longer._length, place = self._length + 1, self._length % _BLOCK
        if place:
            block = self.shared
            if len(block) == place:
                block.append(item)
            if block[place] is not item:  # another list has grown from this one, perhaps just now in another thread
                block = [*block[:place], item]
            longer.rest, longer.shared = self.rest, block
        else:
            longer.rest, longer.shared = self if self._length else None, [item]
        return longer

    def extend(self, items: Iterable[T]) -> PersistentList[T]:
        longer = self
        for item in items:
            longer = longer.append(item)
        return longer

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the items one after another: a long list, deeply nested, could not be pickled."""
        return _persistent_list, (tuple(self),)

    @property
    def mark(self) -> Mark:
        """Two numbers that identify the list while it exists; lists that share all their items have the same mark."""
        return id(self.shared), self._length

    def since(self, known: Container[Mark]) -> tuple[Mark | None, list[T]]:
        """Return the mark of the longest known list that this one grew from (None: of none), and the items since."""
        items: list[T] = []
        for trail in self.blocks():
            for length in range(len(trail), trail.start, -1):
                if (id(trail.shared), length) in known:
                    return (id(trail.shared), length), items[::-1]
                items.append(trail.shared[length - trail.start - 1])
        return None, items[::-1]

    @property
    def start(self) -> int:
        """The number of items before the block."""
        return 0 if self.rest is None else len(self.rest)

    def blocks(self) -> Iterator[PersistentList[T]]:
        """Give this list, and the lists before each of its blocks, the longest first."""
        trail: PersistentList[T] | None = self
        while trail is not None:
            yield trail
            trail = trail.rest

    def block(self) -> list[T]:
        """Return the items in the last block."""
        return self.shared[: self._length - self.start]

    def _items(self) -> list[T]:
        return [item for trail in reversed(list(self.blocks())) for item in trail.block()]

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[T]:
        return iter(self._items())

    def __reversed__(self) -> Iterator[T]:
        """Give the last item first; those before it are not looked at until they are wanted."""
        return (item for trail in self.blocks() for item in reversed(trail.block()))

    def __getitem__(self, index: Any) -> Any:
        return self._items()[index]

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.mark == other.mark or (self._length == other._length and _differ_in_order(self, other))

    def __hash__(self) -> int:
        return hash(frozenset(Counter(self._items()).items()))

    def __repr__(self) -> str:
        return repr(self._items())


def _differ_in_order(one: PersistentList[T], other: PersistentList[T]) -> bool:
    """Tell whether two lists of one length hold the same items; blocks that both share are not compared."""
    mine, its = [], []
    for here, there in zip(one.blocks(), other.blocks(), strict=True):
        if here.mark == there.mark:
            break
        mine += here.block()
        its += there.block()
    return mine == its or Counter(mine) == Counter(its)


def _persistent_list(items: Iterable[T]) -> PersistentList[T]:
    """Restore a pickled list."""
    return PersistentList[T]().extend(items)


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
    if value.__class__ is tuple:
        return value
    return tuple(value) if isinstance(value, Iterable) and not isinstance(value, one) else (value,)
