"""Projections: pure folds over a history.

A projection is keyed. Each reading touches some keys, and `evolve` returns the next value of each key.
The index keeps the readings of each key in order, with a keyframe of its value every few steps
(`timeline.index.folded`). The value at any time is therefore a search and a few steps, and not a replay.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import timezone, tzinfo
from functools import cached_property
from inspect import getattr_static
from typing import Any, NamedTuple

import attrs

from timeline.errors import InvalidEvent, ProjectionFailed
from timeline.history.finding import Finding
from timeline.history.identity import APART, Identity
from timeline.history.reading import Reading
from timeline.values.instants import FUTURE, PAST
from timeline.values.names import EntityNames, Names
from timeline.values.when import When

Key = Hashable
Path = tuple[str, ...]


class Accessor(NamedTuple):
    """The way to a value: the key of its entity, and the function that gets the value from the entity.

    `basis` gets what an entry must change to be a reason for the value, if that is more than the value itself:
    a holder who is *not known* may follow from an entry all the same. `named` gives the entities that the path
    names, by kind: the log must name them. None: something must touch the key.

    If the value follows from other entities too, `members` gives the keys of an entity's members. `total`
    gives the value of all of them, by key. `is_deadline`: `get` gives a date, and the value is true once it has passed.
    `rest` is what the view answers where nothing is there. `begins` gets since when the value holds, if that may be
    before the entry that brought it happened: a holder may be *seen* long after taking over.
    """

    key: Key
    get: Callable[[Any], Any]
    basis: Callable[[Any], Any] | None = None
    named: Mapping[str, str | None] | None = None
    members: Callable[[Any], Iterable[Key]] | None = None
    total: Callable[[Mapping[Key, Any]], Any] | None = None
    is_deadline: bool = False
    rest: Any = None
    begins: Callable[[Any], When | None] | None = None


def field(name: str, of: type | None = None) -> Callable[[Any], Any]:
    """Return a function that reads a field or a property of a value, and refuses any other attribute.

    `of` is the class of the value, if known beforehand.

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
    """Tell whether instances of a class have a public field or property of that name."""
    declared = (
        *getattr(cls, "_fields", ()),
        *(key for base in cls.__mro__ for key in vars(base).get("__annotations__", ())),
    )
    kinds = (property, cached_property)
    return not name.startswith("_") and (name in declared or isinstance(getattr_static(cls, name, None), kinds))


def _no_findings(before: Any, reading: Reading, after: Any, key: Any) -> Iterable[Finding]:
    return ()


def step_by_step(before: Any, readings: Sequence[Reading], key: Any) -> tuple[Any, int]:
    """Take no steps at once: the `run` of a projection that has none."""
    return before, 0


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
    """Return the default `subject`: where values are located by their keys, the key is the path."""
    return _subject if projection.locate is _locate else _no_subject


def _nothing_joined(snapshot: Snapshot) -> Iterable[Key]:
    return ()


def _shown_as_kept(projection: Projection) -> bool:
    """Tell whether a projection shows the values of its keys unchanged."""
    return projection.view is _view and projection.flat is _flat


@attrs.frozen(kw_only=True)
class Projection:
    """A view of the history. Those of the library are built with this class and nothing else.

    These functions fold. They are pure: they never raise, and read no clock.

    * `keys(reading)` returns the keys that an entry touches.
    * `evolve(value or None, reading, key)` returns the next value of a key.
    * `check(before, reading, after, key)` returns the findings of a step.
    * `run(before, readings, key)` may take several steps at once: it returns the value after the first few readings,
      and how many these are. It gives what `evolve` gives one by one, where `check` finds nothing; 0: it takes none.

    The others say how the result is shown and asked. Their paths do not begin with the name of the projection.

    * `view(snapshot)` returns the value of `situation[name]`.
    * `flat(view)` yields its values by path.
    * `locate(view, path)` returns the `Accessor` of a value.
    * `is_sufficient(reading, path)` tells whether an entry alone explains a value, as the last entry explains a
      status. By default, `why` names every entry that changed the value, which a sum needs.
    * `subject(reading, key)` returns the path of the value that an entry is about, for findings; empty: none.

    `states` names the classes of its values: attrs classes or named tuples, besides those of the library. With
    them, keyframes can be kept beside a log. None: the log is folded again whenever it is opened. Raise
    `version` whenever `evolve` or `check` change their answers.

    `by_key`: each value by path follows from the value of one key, at any time. A comparison of two situations
    then looks only at the keys that something touched. This is the default without `view` and `flat`.
    `joined(snapshot)` names the keys whose values follow from those of other keys too; a comparison always looks
    at them.

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

    Raises: InvalidEvent for a part that is not a function.
    """

    name: str
    keys: Callable[[Reading], Iterable[Key]]
    evolve: Callable[[Any, Reading, Any], Any]
    check: Callable[[Any, Reading, Any, Any], Iterable[Finding]] = _no_findings
    run: Callable[[Any, Sequence[Reading], Any], tuple[Any, int]] = step_by_step
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
        for part in ("keys", "evolve", "check", "run", "view", "flat", "locate", "is_sufficient", "subject"):
            if not callable(getattr(self, part)):
                raise InvalidEvent(f"{part} of the projection {self.name!r} is not a function: expected one.")


class Snapshot(Mapping[Any, Any]):
    """The values of a projection at some moment.

    `end` is the moment asked about (exclusive, in microseconds; `FUTURE` for all of time), and `tz` the
    zone in which dates are read. `require` refuses a name that no entry on the log has. A key may hold any of the
    names that mean one thing; `identity` says which these are.
    """

    __slots__ = ("_called", "_horizon", "_keys", "_names", "_value", "end", "identity", "tz")

    def __init__(
        self,
        value: Callable[[Key], Any],
        keys: Callable[[], Iterable[Key]],
        end: int = FUTURE,
        tz: tzinfo = timezone.utc,
        *,
        names: Names | None = None,
        identity: Identity = APART,
        horizon: Callable[[], int] = lambda: PAST,
        called: Callable[[], EntityNames] = dict,
    ) -> None:
        self.identity = identity
        self._called = called
        self._horizon = horizon
        self._value = value
        self._keys = keys
        self._names = names
        self.end = end
        self.tz = tz

    @property
    def horizon(self) -> int:
        """The moment against which deadlines count: the one asked about, else the last that the log reports."""
        return self.end if self.end < FUTURE else self._horizon()

    def entity_names(self) -> EntityNames:
        """Return what people call the entities of the situation, by tag and language."""
        return self._called()

    def require(self, **named: Any) -> None:
        """Check that the log names each entity, given by kind: `facility="al-hol-camp"`, or None for any.

        Raises: UnknownName.
        """
        if self._names is not None:
            self._names.require(**named)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle every value, and leave out the log."""
        named = (self._names, self.identity, self.entity_names())
        return _at_rest, (dict(self), self.end, self.tz, named, self.horizon)

    def __getitem__(self, key: Key) -> Any:
        try:
            return self._value(key)
        except KeyError:
            canonical = self.identity.key(key)
            if canonical == key:
                raise
            return self._value(canonical)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._keys())

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _ipython_key_completions_(self) -> list[Any]:
        return list(self)

    def __repr__(self) -> str:
        return repr(dict(self))


def _at_rest(
    values: Mapping[Any, Any], end: int, tz: tzinfo, named: tuple[Names | None, Identity, EntityNames], horizon: int
) -> Snapshot:
    """Restore a pickled snapshot."""
    names, identity, called = named
    return Snapshot(
        values.__getitem__, values.keys, end, tz,
        names=names, identity=identity, horizon=lambda: horizon, called=lambda: called,
    )  # fmt: skip


def failed(projection: Projection, reading: Reading, error: Exception) -> ProjectionFailed:
    """Make the error that names a projection, and the entry on which it raised."""
    entry = reading.case.entry
    return ProjectionFailed(
        f"the projection {projection.name!r} raised on entry {entry.id!r} (#{entry.position}): {error!r}. Mend the "
        "projection, or correct the entry: no other answer depends on it.",
        projection=projection.name,
        id=entry.id,
        position=entry.position,
    )
