"""Folding a projection, and keeping enough of the fold that any moment of it is a search.

What touches a key is its *track*: positions of entries in fold order. Every so many steps along it the
value is kept as a *keyframe*. A value at any time is found by searching the track, and taking a few steps
from the keyframe before. What comes late is put in its place, and only what follows it is folded anew.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from timeline.finding import Finding
from timeline.projection import Key, Projection
from timeline.reading import Point, Reading

EVERY = 32
"""How many steps lie between two keyframes."""
_NEAR = 4 * EVERY
"""How many steps are made up for at once, when what comes next comes in order again."""


class Frame(NamedTuple):
    """The value after so many steps; None after none."""

    steps: int
    value: Any


_START = Frame(0, None)


class Readings(Protocol):
    """Where a fold finds what it folds, by position."""

    def point(self, position: int) -> Point:
        """Where it stands in fold order."""
        ...

    def read(self, positions: Sequence[int]) -> Iterator[Reading]:
        """The entries at some positions, as read."""
        ...


Thaw = Callable[["Track"], None]


class Track:
    """What touches one key, in fold order, and what is kept of folding it."""

    __slots__ = ("asked", "findings", "frames", "positions", "tail", "thaw")

    def __init__(self, positions: Iterable[int] = ()) -> None:
        self.positions = array("q", positions)
        self.frames = [_START]
        self.tail = _START
        """The frame furthest along; findings are known up to it."""
        self.asked = _START
        """The frame asked for last: the next question is often about the same moment, or one soon after."""
        self.findings: list[tuple[int, Finding]] = []
        """Each with the number of steps before the one it is about."""
        self.thaw: Thaw | None = None
        """What gives it its frames and findings, where they were kept elsewhere and not needed yet."""

    def cut(self, count: int) -> None:
        """Forget what was folded after so many steps."""
        while self.frames[-1].steps > count:
            self.frames.pop()
        if self.tail.steps > count:
            self.tail = self.frames[-1]
        if self.asked.steps > count:
            self.asked = _START
        while self.findings and self.findings[-1][0] >= self.tail.steps:
            self.findings.pop()

    def before(self, count: int) -> Frame:
        """The last frame at or before so many steps."""
        if self.tail.steps <= count:
            return self.tail
        frame = self.frames[bisect_right(self.frames, count, key=lambda frame: frame.steps) - 1]
        return self.asked if frame.steps < self.asked.steps <= count else frame


class Shared:
    """Tracks of which a part is shared: what is kept, and of that what also folds to the same values."""

    def __init__(self, tracks: Tracks, keeps: Callable[[int], bool], folds: Callable[[int], bool]) -> None:
        self.tracks = tracks
        self._keeps = keeps
        self._folds = folds

    def track(self, key: Key, own: Iterable[int], point: Callable[[int], Point]) -> Track | None:
        """The track of a key, of what is shared and what is its own; None where there is neither."""
        theirs = self.tracks.track(key) or Track()
        positions = [*filter(self._keeps, theirs.positions), *own]
        if len(positions) == 0:
            return None
        track = Track(sorted(positions, key=point) if own else positions)
        shared = 0
        for mine, its in zip(track.positions, theirs.positions, strict=False):
            if mine != its or not self._folds(mine):
                break
            shared += 1
        track.frames = [frame for frame in theirs.frames if frame.steps <= shared]
        track.tail = theirs.tail if theirs.tail.steps <= shared else track.frames[-1]
        track.findings = [pair for pair in theirs.findings if pair[0] < track.tail.steps]
        return track


class Tracks:
    """Tracks by key, for whatever gives keys to readings: kept current, or, if `shared` in part, left as they are."""

    def __init__(
        self,
        keys: Callable[[Reading], Iterable[Key]],
        readings: Readings,
        shared: Shared | None = None,
        own: Iterable[Reading] = (),
    ) -> None:
        self.keys_of = keys
        self._readings = readings
        self._shared = shared
        self._tracks: dict[Key, Track | None] = {}
        self._own: dict[Key, list[int]] = {}
        for reading in own:
            for key in dict.fromkeys(keys(reading)):
                self._own.setdefault(key, []).append(reading.case.entry.position)

    def track(self, key: Key) -> Track | None:
        """The track of a key, if anything touches it."""
        if self._shared is not None and key not in self._tracks:
            self._tracks[key] = self._shared.track(key, self._own.get(key, ()), self._readings.point)
        track = self._tracks.get(key)
        if track is not None and track.thaw is not None:
            thaw, track.thaw = track.thaw, None
            thaw(track)
        return track

    def resume(self, key: Key, track: Track, thaw: Thaw | None = None) -> None:
        """Take on a track that was kept, and thaw it when it is first needed."""
        track.thaw = thaw
        self._tracks[key] = track

    def __iter__(self) -> Iterator[Key]:
        """Every key anything touches."""
        if self._shared is None:
            return iter(tuple(self._tracks))
        keys = dict.fromkeys((*self._shared.tracks, *self._own))
        return (key for key in keys if self.track(key) is not None)

    def put(self, reading: Reading) -> None:
        """Let a reading touch its keys."""
        position = reading.case.entry.position
        for key in dict.fromkeys(self.keys_of(reading)):
            track = self.track(key)
            if track is None:
                track = self._tracks[key] = Track()
            count = self._place(track, reading.point)
            if count == len(track.positions):
                track.positions.append(position)
            else:
                track.positions.insert(count, position)
                track.cut(count)
            self._touched(key, track, count, reading)

    def withdraw(self, reading: Reading) -> None:
        """Let a reading touch nothing any more; it must read as it did when it was put."""
        for key in dict.fromkeys(self.keys_of(reading)):
            track = self.track(key)
            assert track is not None, "what was put is there"
            count = self._place(track, reading.point)
            del track.positions[count]
            track.cut(count)
            if not track.positions:
                del self._tracks[key]

    def count(self, track: Track, by: Point) -> int:
        """How many steps of a track are taken by a point of fold order, inclusively."""
        positions, point = track.positions, self._readings.point
        if point(positions[-1]) <= by:
            return len(positions)
        return bisect_right(positions, by, key=point)

    def _place(self, track: Track, at: Point) -> int:
        positions, point = track.positions, self._readings.point
        if not positions or point(positions[-1]) < at:
            return len(positions)
        return bisect_left(positions, at, key=point)

    def _touched(self, key: Key, track: Track, count: int, reading: Reading) -> None:
        """What else is to be done when a track was touched."""


class Folded(Tracks):
    """A projection folded over readings, as far as anybody asked."""

    def __init__(
        self, projection: Projection, readings: Readings, shared: Shared | None = None, own: Iterable[Reading] = ()
    ) -> None:
        super().__init__(projection.keys, readings, shared, own)
        self.projection = projection

    def _touched(self, key: Key, track: Track, count: int, reading: Reading) -> None:
        """Go on folding while what comes, comes in order."""
        if count == len(track.positions) - 1 and count - track.tail.steps < _NEAR:
            self._reach(key, track, count)
            self._step(key, track, reading)

    def value(self, key: Key, by: Point) -> Any:
        """The value of a key by a point of fold order.

        Raises: KeyError before anything touched it.
        """
        track = self.track(key)
        count = 0 if track is None else self.count(track, by)
        if track is None or not count:
            raise KeyError(key)
        self._reach(key, track, count)
        frame = track.before(count)
        value = frame.value
        for _, _, after in self._steps(key, track, frame, count):
            value = after
        track.asked = Frame(count, value)
        return value

    def keys_by(self, by: Point) -> Iterator[Key]:
        """The keys anything touched by a point of fold order."""
        for key in self:
            track = self._tracks[key]
            if track is not None and self._readings.point(track.positions[0]) <= by:
                yield key

    def steps(self, key: Key, by: Point) -> Iterator[tuple[Reading, Any]]:
        """What touched a key by then, in order, and the value after each."""
        track = self.track(key)
        if track is not None:
            for reading, _, after in self._steps(key, track, _START, self.count(track, by)):
                yield reading, after

    def backwards(self, key: Key, by: Point) -> Iterator[tuple[Reading, Any, Any]]:
        """What touched a key by then, the last first, with the value before and after."""
        track = self.track(key)
        end = 0 if track is None else self.count(track, by)
        while track is not None and end > 0:
            frame = track.before(end - 1)
            yield from reversed(list(self._steps(key, track, frame, end)))
            end = frame.steps

    def findings(self, key: Key) -> Iterator[tuple[Point, Finding]]:
        """What does not fit along the whole track of a key, each with the point from which it shows."""
        track = self.track(key)
        if track is not None:
            self._reach(key, track, len(track.positions))
            for count, finding in track.findings:
                yield self._readings.point(track.positions[count]), finding

    def _reach(self, key: Key, track: Track, count: int) -> None:
        if track.tail.steps < count:
            for reading in self._readings.read(track.positions[track.tail.steps : count]):
                self._step(key, track, reading)

    def _step(self, key: Key, track: Track, reading: Reading) -> None:
        count, before = track.tail
        after = self.projection.evolve(before, reading, key)
        track.findings += ((count, finding) for finding in self.projection.check(before, reading, after, key))
        track.tail = Frame(count + 1, after)
        if not (count + 1) % EVERY:
            track.frames.append(track.tail)

    def _steps(self, key: Key, track: Track, frame: Frame, count: int) -> Iterator[tuple[Reading, Any, Any]]:
        """The steps from a frame to so many, with the value before and after each."""
        before = frame.value
        for reading in self._readings.read(track.positions[frame.steps : count]):
            after = self.projection.evolve(before, reading, key)
            yield reading, before, after
            before = after
