"""Building blocks of projections: persistent lists, registers of entities, fast copies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar, overload

import attrs

from timeline.entry import Entry, describe, words_of
from timeline.errors import NotInSituation
from timeline.events.facility import FacilityRegistered
from timeline.history.reading import Reading
from timeline.projections.projection import Snapshot
from timeline.values.names import near
from timeline.values.quantity import Quantity
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
    after = object.__new__(value.__class__)
    object.__setattr__(after, "__dict__", value.__dict__ | fields)
    return after


def kind_after(before: str | None, event: FacilityRegistered) -> str:
    """Return the kind of a facility after a registration; a mere place takes no more particular kind away.

    >>> kind_after("prison", FacilityRegistered(facility="al-aqtan-prison", names={"ar": "سجن الأقطان"}))
    'prison'
    """
    return before if before is not None and event.kind == "place" else event.kind


def number_after(before: Quantity | None, told: Quantity | None) -> Quantity | None:
    """Return a number after a later report of it; a report without a number takes none away.

    >>> from timeline import exactly, unspecified
    >>> print(number_after(exactly(450), unspecified("hundreds")), number_after(None, unspecified("hundreds")))
    450 ?
    """
    return before if told is None or (before is not None and not told.known) else told


@attrs.frozen(weakref_slot=False)
class Mention:
    """An event in a list of its kind: talks, statements, incidents."""

    event: Any
    occurred: When | None
    _told: Entry | int = attrs.field(eq=False, repr=False)
    """The entry, or its position if it is looked up again when somebody asks for it."""
    _again: Callable[[int], Entry] | None = attrs.field(default=None, eq=False, repr=False)

    @classmethod
    def of(cls, reading: Reading) -> Mention:
        """Return the mention of a reading, made once for all the lists that hold it if the entry is looked up again."""
        if reading.again is None:
            return cls(reading.event, reading.occurred, reading.entry)
        found: Mention | None = reading.memo.get("mention")
        if found is None:
            found = cls(reading.event, reading.occurred, reading.case.entry.position, reading.again)
            reading.memo["mention"] = found
        return found

    @property
    def entry(self) -> Entry:
        """The entry that says it."""
        return self._told if self._again is None else self._again(self._told)  # type: ignore[return-value, arg-type]

    @property
    def position(self) -> int:
        """The position of the entry."""
        return self._told if isinstance(self._told, int) else self._told.position

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the mention with its entry, without the log."""
        return Mention, (self.event, self.occurred, self.entry)

    def __str__(self) -> str:
        return f"{self.occurred or 'undated'} {describe(self.event)}{words_of(self.event)}"


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
