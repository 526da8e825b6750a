"""Tracks: the entries that touch one key, in fold order, for whatever gives keys to readings.

Two functions do: the `keys` of a projection, whose tracks are folded (`folded`), and `duplicate_key`, whose tracks hold
readings that may report the same event. A view that is laid over another shares the tracks of its base as far as
nothing on them differs.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Generic, Protocol, Self, TypeVar

from timeline.errors import InvalidValue, ProjectionFailed
from timeline.history.reading import Point, Reading
from timeline.projections.projection import Key

_MANY = 16
"""The number of steps that are compared in the time of one search along a track."""

POSITION = "I"
"""The code of positions in arrays: four bytes, for logs of up to four billion entries."""


class Track:
    """The positions of the entries that touch one key, in fold order."""

    __slots__ = ("positions",)

    def __init__(self, positions: Iterable[int] = ()) -> None:
        self.positions = array(POSITION, positions)

    def cut(self, count: int) -> int:  # noqa: ARG002
        """Forget what was folded after a number of steps; return how many steps were undone."""
        return 0

    def rebased(self, positions: Iterable[int], shared: int) -> Self:  # noqa: ARG002
        """Return a track of other positions, of which the first `shared` are those of this track."""
        return type(self)(positions)


T = TypeVar("T", bound=Track)


class Readings(Protocol):
    """The readings of a fold, by position."""

    def point(self, position: int) -> Point:
        """Return the place of an entry in fold order."""
        ...

    def read(self, positions: Sequence[int]) -> Iterator[Reading]:
        """Read the entries at some positions."""
        ...


class SharedPrefix(Generic[T]):
    """The tracks of another view, shared as far as nothing on them differs.

    `keeps` tells which positions stay on a track, `folds` which of these also fold to the same value. A track keeps
    the keyframes of its longest prefix for which both hold. `apart` names the only positions that do not stay, if
    they are known: then no other is looked at.
    """

    def __init__(
        self,
        tracks: Tracks[T],
        keeps: Callable[[int], bool],
        folds: Callable[[int], bool],
        apart: Iterable[int] | None = None,
    ) -> None:
        self.tracks = tracks
        self._keeps = keeps
        self._folds = folds
        self._apart = apart

    def failures(self) -> dict[int, ProjectionFailed]:
        """Return the failures of the projection, by position, as far as these positions are kept."""
        theirs: dict[int, ProjectionFailed] = getattr(self.tracks, "failures", {})
        return {position: failure for position, failure in theirs.items() if self._keeps(position)}

    def track(self, key: Key, own: Iterable[int], point: Callable[[int], Point]) -> T | None:
        """Return the track of a key, made of shared and of own positions; None if there are none."""
        self.tracks.fold(key)
        theirs = self.tracks.track(key) or self.tracks.kind()
        if self._apart is not None:
            return replaced(theirs, self._apart, self.tracks.point, own, point)
        positions = [*filter(self._keeps, theirs.positions), *own]
        if len(positions) == 0:
            return None
        if own:
            positions.sort(key=point)
        shared = 0
        for mine, its in zip(positions, theirs.positions, strict=False):
            if mine != its or not self._folds(mine):
                break
            shared += 1
        return theirs.rebased(positions, shared)


def replaced(
    theirs: T,
    apart: Iterable[int],
    their_point: Callable[[int], Point],
    own: Iterable[int],
    point: Callable[[int], Point],
) -> T | None:
    """Return a track without the positions set apart, and with own positions; None if there are none."""
    positions, shared = theirs.positions[:], len(theirs.positions)
    for position in apart:
        place = bisect_left(positions, their_point(position), key=their_point)
        if positions[place : place + 1] == array(POSITION, [position]):
            del positions[place]
            shared = min(shared, place)
    for position in own:
        place = bisect_left(positions, point(position), key=point)
        positions.insert(place, position)
        shared = min(shared, place)
    return theirs.rebased(positions, shared) if positions else None


class Tracks(Generic[T]):
    """Tracks by key, for a function that gives readings their keys.

    Without `shared`, readings are put on the tracks and withdrawn from them. With it, a track is built when it is
    first asked for, and never changes.
    """

    def __init__(
        self,
        kind: type[T],
        keys: Callable[[Reading], Iterable[Key]],
        readings: Readings,
        shared: SharedPrefix[T] | None = None,
        own: Iterable[Reading] = (),
    ) -> None:
        self.kind = kind
        self._keys = keys
        self._readings = readings
        self._shared = shared
        self._tracks: dict[Key, T | None] = {}
        self._own: dict[Key, dict[int, None]] = {}
        self.forgotten = 0
        """The number of steps that were undone by readings that came late or were withdrawn."""
        for reading in own:
            for key in self._keys_put(reading):
                self._own.setdefault(key, {})[reading.case.entry.position] = None

    def track(self, key: Key) -> T | None:
        """Return the track of a key; None if nothing touches it."""
        if self._shared is not None and key not in self._tracks:
            self._tracks[key] = self._shared.track(key, self._own.get(key, ()), self._readings.point)
        return self._tracks.get(key)

    @property
    def asked(self) -> Collection[Key]:
        """The keys whose tracks are made."""
        return self._tracks.keys()

    def among(self, key: Key, positions: AbstractSet[int]) -> AbstractSet[int]:
        """Return those of some positions that are on the track of a key."""
        track = Tracks.track(self, key)
        if track is None:
            return set()
        known, point = track.positions, self._readings.point
        if len(known) <= _MANY * len(positions):
            return positions & set(known)
        places = ((position, bisect_left(known, point(position), key=point)) for position in positions)
        return {position for position, place in places if place < len(known) and known[place] == position}

    def fold(self, key: Key) -> None:
        """Fold the track of a key to its end, for others to share."""

    def point(self, position: int) -> Point:
        """Return the place of an entry in fold order."""
        return self._readings.point(position)

    def go_on_from(
        self, other: Tracks[T], gone: Iterable[Reading], come: Iterable[Reading], own: Container[int]
    ) -> None:
        """Take over the tracks of another view of the same base, and change those that some readings touch.

        `own` has the positions that are not on the tracks of the base.
        """
        self._tracks, self._own = {**other._tracks}, {**other._own}
        touched: dict[Key, tuple[list[int], list[int]]] = {}
        for reading in gone:
            for key in other.keys_of(reading):
                touched.setdefault(key, ([], []))[0].append(reading.case.entry.position)
        for reading in come:
            for key in self._keys_put(reading):
                touched.setdefault(key, ([], []))[1].append(reading.case.entry.position)
        for key, (left, joined) in touched.items():
            if key in other._tracks:
                theirs = other.track(key) or self.kind()
                self._tracks[key] = replaced(theirs, left, other.point, joined, self.point)
            kept = {**self._own.get(key, {})}
            for position in left:
                kept.pop(position, None)
            self._own[key] = kept | {position: None for position in joined if position in own}

    def resume(self, tracks: Mapping[Key, T]) -> None:
        """Use tracks from a cache."""
        self._tracks.update(tracks)

    def __iter__(self) -> Iterator[Key]:
        """Give every key that anything touches."""
        if self._shared is None:
            return iter(tuple(self._tracks))
        keys = dict.fromkeys((*self._shared.tracks, *self._own))
        return (key for key in keys if self.track(key) is not None)

    def put(self, readings: Iterable[Reading]) -> None:
        """Put readings, given in fold order, on the tracks of their keys."""
        touched: defaultdict[Key, list[Reading]] = defaultdict(list)
        keys = self._keys_put
        for reading in readings:
            for key in keys(reading):
                touched[key].append(reading)
        for key, found in touched.items():
            track = self.track(key)
            if track is None:
                track = self._tracks[key] = self.kind()
            late = self._late(track, found)
            for reading in found[:late]:
                count = self._place(track, reading)
                track.positions.insert(count, reading.case.entry.position)
                self.forgotten += track.cut(count)
            if later := found[late:]:
                track.positions.extend([reading.case.entry.position for reading in later])
                self._extend(key, track, later)

    def withdraw(self, reading: Reading) -> None:
        """Take a reading off its tracks; it must be equal to the one that was put."""
        for key in self.keys_of(reading):
            track = self.track(key)
            assert track is not None, "what was put is there"
            count = self._place(track, reading)
            del track.positions[count]
            self.forgotten += track.cut(count)
            if not track.positions:
                del self._tracks[key]

    def count(self, track: T, by: Point) -> int:
        """Count the steps of a track up to a point of fold order, inclusively."""
        positions, point = track.positions, self._readings.point
        if point(positions[-1]) <= by:
            return len(positions)
        return bisect_right(positions, by, key=point)

    def keys_of(self, reading: Reading) -> Iterable[Key]:
        """Return the keys that a reading touches, each once."""
        return distinct(self._keys(reading))

    def _keys_put(self, reading: Reading) -> Iterable[Key]:
        """Return the keys that a reading touches when it is put."""
        return self.keys_of(reading)

    def _place(self, track: T, reading: Reading) -> int:
        return bisect_left(track.positions, reading.point, key=self._readings.point)

    def _late(self, track: T, found: Sequence[Reading]) -> int:
        """Count the readings, from the first, that do not come after everything on a track."""
        if not track.positions:
            return 0
        return bisect_left(found, self._readings.point(track.positions[-1]), key=lambda reading: reading.point)

    def _extend(self, key: Key, track: T, found: Sequence[Reading]) -> None:
        """Do what follows when readings came in order, at the end of a track."""


def distinct(keys: Iterable[Key]) -> Iterable[Key]:
    """Return the keys that a projection gave, each once.

    Raises: InvalidValue for what is not a list of keys.
    """
    if type(keys) is tuple and len(keys) < 2:
        return keys
    if isinstance(keys, str) or not hasattr(keys, "__iter__"):  # of a text, each letter would be a key
        raise InvalidValue(
            f"keys(reading) of a projection gave {keys!r}: expected a list of keys, such as [] or ['a']."
        )
    return dict.fromkeys(keys)
