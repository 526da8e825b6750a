"""Projections: pure folds over a history, kept so that any point in time is a search and not a replay.

A projection is keyed. Each reading touches some keys, and `evolve` gives the next value of each.
What touches a key is kept in order, with the value at every so many of them (`timeline.index.folded`), so that
a value at any time is a search and a few steps.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import timezone, tzinfo
from functools import cached_property
from inspect import getattr_static
from typing import Any, NamedTuple

import attrs

from timeline.errors import InvalidEvent, ProjectionFailed
from timeline.history.finding import Finding
from timeline.history.reading import Reading
from timeline.values.instants import FUTURE, PAST
from timeline.values.names import Names

Key = Hashable
Path = tuple[str, ...]


class Accessor(NamedTuple):
    """Where a value is found: the key of its entity, and how to get it from there.

    `basis` is what an entry must change to be a reason for the value, where that is more than the
    value itself: a holder who is *not known* may follow from an entry all the same. `named` gives the
    entities that the path names, by kind: they must be on the log. None: something must touch the key.

    Where the value follows from other entities too, `members` gives the keys of those that an entity takes in, and
    `total` the value of all, by key. `is_deadline`: `get` gives a date, and the value is whether it has passed.
    """

    key: Key
    get: Callable[[Any], Any]
    basis: Callable[[Any], Any] | None = None
    named: Mapping[str, str | None] | None = None
    members: Callable[[Any], Iterable[Key]] | None = None
    total: Callable[[Mapping[Key, Any]], Any] | None = None
    is_deadline: bool = False


def field(name: str, of: type | None = None) -> Callable[[Any], Any]:
    """A function that reads a field or a property of a value, and nothing else that the value has.

    `of` is the class of the value, where it is known beforehand.

    Raises: ValueError for a class that has no such field; the function, AttributeError.

    >>> from timeline.projections.facilities import Hold
    >>> field("holder")(Hold("sdf"))
    'sdf'
    """
    if of is not None and not _has(of, name):
        raise ValueError(name)

    def read(value: Any) -> Any:
        if not _has(type(value), name) and name not in getattr(value, "__dict__", ()):
            raise AttributeError(name)
        return getattr(value, name)

    return read


def _has(cls: Any, name: str) -> bool:
    """Check if instances of a class have a field or property of that name, which is for others to read."""
    declared = (
        *getattr(cls, "_fields", ()),
        *(key for base in cls.__mro__ for key in vars(base).get("__annotations__", ())),
    )
    kinds = (property, cached_property)
    return not name.startswith("_") and (name in declared or isinstance(getattr_static(cls, name, None), kinds))


def _no_findings(before: Any, reading: Reading, after: Any, key: Any) -> Iterable[Finding]:
    return ()


def _view(snapshot: Snapshot) -> Any:
    return snapshot


def _flat(view: Any) -> Iterator[tuple[Path, Any]]:
    return (((str(key),), value) for key, value in view.items())


def _locate(view: Any, path: Path) -> Accessor:
    name, *rest = path
    if len(rest) > 1:
        raise ValueError(path)
    key = next((key for key in view if str(key) == name), name)
    return Accessor(key, field(rest[0]) if rest else lambda entity: entity)


def _is_sufficient(reading: Reading, path: Path) -> bool:
    return False


def _subject(reading: Reading, key: Any) -> Path:
    return (str(key),)


def _no_subject(reading: Reading, key: Any) -> Path:
    return ()


def _default_subject(projection: Projection) -> Callable[[Reading, Any], Path]:
    """Where values are located by their keys, the key is the path of what is said of it."""
    return _subject if projection.locate is _locate else _no_subject


def _nothing_joined(snapshot: Snapshot) -> Iterable[Key]:
    return ()


def _shown_as_kept(projection: Projection) -> bool:
    """Whether what it shows is the values of its keys, as they are."""
    return projection.view is _view and projection.flat is _flat


@attrs.frozen(kw_only=True)
class Projection:
    """A way of seeing the history. The library's own four are built with it and nothing else.

    `keys(reading)` names what an entry touches; `evolve(entity or None, reading, key)` gives the next
    value of each, never raising and reading no clock; `check(before, reading, after, key)` gives the
    findings of a step. The rest shapes how it is shown: `view(snapshot)` what `situation[name]` is,
    `flat(view)` its values by path, `locate(view, path)` the key of a value and how to get it,
    `is_sufficient(reading, path)` whether an entry alone explains a value, as the last word on a status does (where
    it is left out, `why` names every entry that changed the value: a sum needs them all), and
    `subject(reading, key)` the path of the value that an entry speaks of, for findings about that entry (empty:
    of none). Paths of `flat`, `locate`, `is_sufficient` and `subject` do not begin with the name of the projection.

    `states` names the classes its values are made of (attrs classes or named tuples, besides those of the
    library), so that keyframes can be kept beside a log; None: they are not, and a log is folded anew when
    opened. Raise `version` whenever `evolve` or `check` come to say something else. `by_key` says that each value
    by path follows from the value of one key, at whatever time that is asked for: what differs between two
    situations is then sought only among the keys that something touched. So it is where `view` and `flat` are
    left out. `joined(snapshot)` names the keys whose values follow from those of others too: they are always
    looked at.

    >>> from timeline import Timeline, event, Facility
    >>> @event("newsroom.siren_heard")
    ... class SirenHeard:
    ...     facility: Facility
    >>> sirens = Projection(
    ...     name="sirens",
    ...     keys=lambda reading: [reading.event.facility] if isinstance(reading.event, SirenHeard) else [],
    ...     evolve=lambda count, reading, key: (count or 0) + 1,
    ... )
    >>> line = Timeline(projections=[sirens])
    >>> _ = line.record(SirenHeard(facility="al-hol-camp"), occurred="2026-01-20")
    >>> line.at()["sirens"]["al-hol-camp"]
    1

    Raises: InvalidEvent for a part that is no function.
    """

    name: str
    keys: Callable[[Reading], Iterable[Key]]
    evolve: Callable[[Any, Reading, Any], Any]
    check: Callable[[Any, Reading, Any, Any], Iterable[Finding]] = _no_findings
    view: Callable[[Snapshot], Any] = _view
    flat: Callable[[Any], Iterable[tuple[Path, Any]]] = _flat
    locate: Callable[[Any, Path], Accessor] = _locate
    is_sufficient: Callable[[Reading, Path], bool] = _is_sufficient
    subject: Callable[[Reading, Any], Path] = attrs.field(default=attrs.Factory(_default_subject, takes_self=True))
    states: tuple[type, ...] | None = None
    version: int = 1
    joined: Callable[[Snapshot], Iterable[Key]] = _nothing_joined
    by_key: bool = attrs.field(default=attrs.Factory(_shown_as_kept, takes_self=True))

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name:
            raise InvalidEvent(f"the name of a projection is {self.name!r}: expected a word such as 'attacks'.")
        for part in ("keys", "evolve", "check", "view", "flat", "locate", "is_sufficient", "subject"):
            if not callable(getattr(self, part)):
                raise InvalidEvent(f"{part} of the projection {self.name!r} is no function: expected one.")


class Snapshot(Mapping[Any, Any]):
    """The values of a projection by some moment.

    `end` is the moment asked about (exclusive, in microseconds; `FUTURE` when all of time is), and
    `tz` the zone in which dates are read. `require` refuses a name that nothing on the log has.
    """

    __slots__ = ("_horizon", "_keys", "_names", "_value", "end", "tz")

    def __init__(
        self,
        value: Callable[[Key], Any],
        keys: Callable[[], Iterable[Key]],
        end: int = FUTURE,
        tz: tzinfo = timezone.utc,
        *,
        names: Names | None = None,
        horizon: Callable[[], int] = lambda: PAST,
    ) -> None:
        self._horizon = horizon
        self._value = value
        self._keys = keys
        self._names = names
        self.end = end
        self.tz = tz

    @property
    def horizon(self) -> int:
        """The moment against which deadlines count: the one asked about, else how far the log tells."""
        return self.end if self.end < FUTURE else self._horizon()

    def require(self, **named: Any) -> None:
        """See that the log names each entity, given by kind: `facility="al-hol-camp"`; None stands for anything.

        Raises: UnknownName.
        """
        if self._names is not None:
            self._names.require(**named)

    def __reduce__(self) -> tuple[Any, ...]:
        """Take along every value, and leave the log behind."""
        return _at_rest, (dict(self), self.end, self.tz, self._names, self.horizon)

    def __getitem__(self, key: Key) -> Any:
        return self._value(key)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._keys())

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return repr(dict(self))


def _at_rest(values: Mapping[Any, Any], end: int, tz: tzinfo, names: Names | None, horizon: int) -> Snapshot:
    """A snapshot that was pickled."""
    return Snapshot(values.__getitem__, values.keys, end, tz, names=names, horizon=lambda: horizon)


def failed(projection: Projection, reading: Reading, error: Exception) -> ProjectionFailed:
    """The error that names a projection, and the entry on which it raised."""
    entry = reading.case.entry
    return ProjectionFailed(
        f"the projection {projection.name!r} raised on entry {entry.id!r} (#{entry.position}): {error!r}. Mend the "
        "projection, or correct the entry: no other answer depends on it.",
        projection=projection.name,
        id=entry.id,
        position=entry.position,
    )
