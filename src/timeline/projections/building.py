"""Building blocks of projections: persistent lists, registers of entities, fast copies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar, overload

import attrs

from timeline.entry import Entry, describe, words_of
from timeline.errors import NotInSituation
from timeline.history.reading import Reading
from timeline.projections.projection import Snapshot
from timeline.values.names import near
from timeline.values.when import When

T = TypeVar("T")
D = TypeVar("D")
V = TypeVar("V")


class ByClass(dict[type, T | None]):
    """A mapping from classes of events, and classes derived from them, to values; None for all others.

    >>> ByClass({int: "a number"})[bool], ByClass({int: "a number"})[str]
    ('a number', None)
    """

    def __missing__(self, cls: type) -> T | None:
        found = (self.get(base) for base in cls.__mro__)
        self[cls] = next((meant for meant in found if meant is not None), None)
        return self[cls]

    def of(self, event: object) -> T:
        """Return the value for an event of one of these classes."""
        found = self[type(event)]
        assert found is not None
        return found


def changed(value: V, **fields: Any) -> V:
    """Return a copy with other fields, as `attrs.evolve` does, but many times faster.

    For plain values only: attrs classes without slots, converters and validators.

    >>> from timeline.projections.facilities import Hold
    >>> changed(Hold("sdf"), claimants=("sdf", "isis"))
    Hold(holder='sdf', since=None, claimants=('sdf', 'isis'))
    """
    after = object.__new__(type(value))
    held = after.__dict__
    held |= value.__dict__
    held |= fields
    return after


@attrs.frozen
class Mention:
    """An event in a list of its kind: talks, statements, incidents."""

    event: Any
    occurred: When | None
    entry: Entry = attrs.field(eq=False, repr=False)

    @classmethod
    def of(cls, reading: Reading) -> Mention:
        return cls(reading.event, reading.occurred, reading.entry)

    def __str__(self) -> str:
        return f"{self.occurred or 'undated'} {describe(self.event)}{words_of(self.event)}"


class PersistentList(Sequence[T], Generic[T]):
    """An immutable list that shares its items with the lists it grew from.

    Two lists are equal if they hold the same items, in any order.

    >>> PersistentList().append("a").append("b") == PersistentList().append("b").append("a")
    True
    """

    __slots__ = ("_length", "last", "rest")

    def __init__(self) -> None:
        self._length = 0
        self.rest: PersistentList[T] | None = None
        self.last: T | None = None

    def append(self, item: T) -> PersistentList[T]:
        longer: PersistentList[T] = PersistentList()
        longer._length, longer.rest, longer.last = self._length + 1, self, item
        return longer

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the items one after another: a long list, deeply nested, could not be pickled."""
        return _persistent_list, (tuple(self),)

    def since(self, known: Callable[[PersistentList[T]], bool]) -> tuple[PersistentList[T], list[T]]:
        """Return the longest known list that this one grew from (else the empty one), and the items since."""
        items: list[Any] = []
        trail = self
        while trail.rest is not None and not known(trail):
            items.append(trail.last)
            trail = trail.rest
        items.reverse()
        return trail, items

    def _items(self) -> list[T]:
        return self.since(lambda trail: False)[1]

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[T]:
        return iter(self._items())

    def __reversed__(self) -> Iterator[T]:
        """Give the last item first; those before it are not looked at until they are wanted."""
        trail: Any = self
        while trail.rest is not None:
            yield trail.last
            trail = trail.rest

    def __getitem__(self, index: Any) -> Any:
        return self._items()[index]

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self is other or (self._length == other._length and _differ_in_order(self, other))

    def __hash__(self) -> int:
        return hash(frozenset(Counter(self._items()).items()))

    def __repr__(self) -> str:
        return repr(self._items())


def _differ_in_order(one: PersistentList[T], other: PersistentList[T]) -> bool:
    """Tell whether two lists of one length hold the same items; items that both share are not compared."""
    mine, its = [], []
    while one.rest is not None and other.rest is not None and one is not other:
        mine.append(one.last)
        its.append(other.last)
        one, other = one.rest, other.rest
    return mine == its or Counter(mine) == Counter(its)


def _persistent_list(items: Iterable[T]) -> PersistentList[T]:
    """Restore a pickled list."""
    trail: PersistentList[T] = PersistentList()
    for item in items:
        trail = trail.append(item)
    return trail


class Register(Mapping[str, T], Generic[T]):
    """The entities of one kind in a snapshot, by slug. The keys of the snapshot are `(kind, slug)`."""

    def __init__(self, snapshot: Snapshot, kind: str) -> None:
        self._snapshot = snapshot
        self._kind = kind

    def __getitem__(self, slug: str) -> T:
        try:
            return self._snapshot[(self._kind, slug)]  # type: ignore[no-any-return]
        except KeyError:
            raise NotInSituation(f"no {self._kind} {slug!r} in this situation{near(slug, self)}") from None

    @overload
    def get(self, key: str, /) -> T | None: ...
    @overload
    def get(self, key: str, /, default: T | D) -> T | D: ...
    def get(self, key: str, /, default: Any = None) -> Any:
        """Return an entity, or the default if there is none; unlike `[]`, this looks for no similar names."""
        return self[key] if key in self else default  # noqa: SIM401  # a view may add to what it holds

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(slug for kind, slug in self._snapshot if kind == self._kind))

    def __len__(self) -> int:
        return sum(1 for kind, _ in self._snapshot if kind == self._kind)

    def __contains__(self, slug: object) -> bool:
        return (self._kind, slug) in self._snapshot

    def _ipython_key_completions_(self) -> list[str]:
        return list(self)

    def __repr__(self) -> str:
        return repr(dict(self))
