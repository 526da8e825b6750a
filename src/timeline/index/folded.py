"""Folding a projection, and keeping enough of the fold that its value at any moment is a search.

The entries that touch a key are its *track*: their positions, in fold order. Every `EVERY` steps along a track the
value is kept as a *keyframe*. The value at any moment is found by bisection of the track, and a few steps from the
keyframe before. An entry that comes late is inserted at its place, and only the steps after it are folded again.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Generic, Protocol, TypeVar

import attrs

from timeline.errors import InvalidValue, ProjectionFailed
from timeline.history.contradictions import DatedFinding
from timeline.history.finding import Finding
from timeline.history.reading import Point, Reading
from timeline.index.tracks import START, FoldedTrack, Keyframe, StepFinding, Track
from timeline.projections.projection import Key, Projection, failed

EVERY = 32
"""The number of steps between two keyframes."""
_NEAR = 4 * EVERY
"""The most steps that a fold may be behind for an append to catch up; a fold further behind waits for a question."""


class Readings(Protocol):
    """What a fold reads, by position."""

    def point(self, position: int) -> Point:
        """Return the place of an entry in fold order."""
        ...

    def read(self, positions: Sequence[int]) -> Iterator[Reading]:
        """Read the entries at some positions."""
        ...


T = TypeVar("T", bound=Track)


class SharedPrefix(Generic[T]):
    """The tracks of another view, shared as far as nothing on them differs.

    `keeps` tells which positions stay on a track, `folds` which of these also fold to the same value. A track keeps
    the keyframes of its longest prefix for which both hold.
    """

    def __init__(self, tracks: Tracks[T], keeps: Callable[[int], bool], folds: Callable[[int], bool]) -> None:
        self.tracks = tracks
        self._keeps = keeps
        self._folds = folds

    def failures(self) -> dict[int, ProjectionFailed]:
        """Return the failures of the projection, by position, as far as these positions are kept."""
        theirs: dict[int, ProjectionFailed] = getattr(self.tracks, "failures", {})
        return {position: failure for position, failure in theirs.items() if self._keeps(position)}

    def track(self, key: Key, own: Iterable[int], point: Callable[[int], Point]) -> T | None:
        """Return the track of a key, made of shared and of own positions; None if there are none."""
        theirs = self.tracks.track(key) or self.tracks.kind()
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
        self._own: dict[Key, list[int]] = {}
        self.forgotten = 0
        """The number of steps that were undone by readings that came late or were withdrawn."""
        for reading in own:
            for key in self._keys_put(reading):
                self._own.setdefault(key, []).append(reading.case.entry.position)

    def track(self, key: Key) -> T | None:
        """Return the track of a key; None if nothing touches it."""
        if self._shared is not None and key not in self._tracks:
            self._tracks[key] = self._shared.track(key, self._own.get(key, ()), self._readings.point)
        return self._tracks.get(key)

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
        touched: dict[Key, list[Reading]] = {}
        for reading in readings:
            for key in self._keys_put(reading):
                touched.setdefault(key, []).append(reading)
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
        keys = self._keys(reading)
        if isinstance(keys, tuple) and len(keys) < 2:
            return keys
        if isinstance(keys, str) or not hasattr(keys, "__iter__"):  # of a text, each letter would be a key
            raise InvalidValue(
                f"keys(reading) of a projection gave {keys!r}: expected a list of keys, such as [] or ['a']."
            )
        return dict.fromkeys(keys)

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


class Folded(Tracks[FoldedTrack]):
    """A projection folded over readings, each key as far as it was needed."""

    def __init__(
        self,
        projection: Projection,
        readings: Readings,
        shared: SharedPrefix[FoldedTrack] | None = None,
        own: Iterable[Reading] = (),
    ) -> None:
        self.projection = projection
        self.failures: dict[int, ProjectionFailed] = {}
        """By position: what `keys` of the projection raised."""
        if shared is not None:
            self.failures |= shared.failures()
        super().__init__(FoldedTrack, projection.keys, readings, shared, own)

    def track(self, key: Key) -> FoldedTrack | None:
        """Return the track of a key, loaded; None if nothing touches it."""
        track = super().track(key)
        if track is not None and track.loader is not None:
            loader, track.loader = track.loader, None
            loader.load(track)
        return track

    def keys_of(self, reading: Reading) -> Iterable[Key]:
        """Return the keys that a reading touches, each once; none if the projection raises."""
        try:
            return super().keys_of(reading)
        except Exception:  # noqa: BLE001  # a user's function may raise anything
            return ()

    def withdraw(self, reading: Reading) -> None:
        super().withdraw(reading)
        self.failures.pop(reading.case.entry.position, None)

    def _keys_put(self, reading: Reading) -> Iterable[Key]:
        try:
            return super().keys_of(reading)
        except Exception as error:  # noqa: BLE001  # a user's function may raise anything; a question raises it
            failure = failed(self.projection, reading, error)
            failure.__cause__ = error
            self.failures[reading.case.entry.position] = failure
            return ()

    def _require_keys(self, by: Point) -> None:
        """Check that the projection gave keys for every reading up to a point.

        Raises: ProjectionFailed.
        """
        for position, failure in self.failures.items():
            if self._readings.point(position) <= by:
                raise failure

    def _extend(self, key: Key, track: FoldedTrack, found: Sequence[Reading]) -> None:
        """Go on folding if the fold is nearly up to date; what the projection raises, a question raises again."""
        count = len(track.positions) - len(found)
        if count - track.tail.steps < _NEAR:
            with suppress(ProjectionFailed):
                self._fold_to(key, track, count)
                self._fold(key, track, found)

    def finish(self) -> None:
        """Fold every track to its end, or up to where the projection raises."""
        for key in self:
            track = Tracks.track(self, key)
            if track is not None and track.loader is None:
                with suppress(Exception):
                    self._fold_to(key, track, len(track.positions))

    def after(self, key: Key, steps: int) -> Any:
        """Return the value of a key after a number of steps of its track."""
        track = self.track(key)
        assert track is not None, "a key that was asked for is there"
        self._fold_to(key, track, steps)
        frame = track.before(steps)
        value = frame.value
        for _, _, after in self._steps(key, track, frame, steps):
            value = after
        return value

    def value(self, key: Key, by: Point) -> Any:
        """Return the value of a key at a point of fold order.

        Raises: KeyError before anything touched it, ProjectionFailed.
        """
        self._require_keys(by)
        track = self.track(key)
        count = 0 if track is None else self.count(track, by)
        if track is None or not count:
            raise KeyError(key)
        value = self.after(key, count)
        track.recent = Keyframe(count, value)
        return value

    def keys_by(self, by: Point, among: Iterable[Key] | None = None) -> Iterator[Key]:
        """Give the keys that anything touched up to a point of fold order, of all or among some.

        Raises: ProjectionFailed.
        """
        self._require_keys(by)
        for key in self if among is None else among:
            track = Tracks.track(self, key)  # without loading it
            if track is not None and self._readings.point(track.positions[0]) <= by:
                yield key

    def touched(self, key: Key) -> bool:
        """Tell whether anything touches a key, at any time."""
        return Tracks.track(self, key) is not None

    def touches(self, key: Key, by: Point) -> int:
        """Count the readings that touched a key up to a point of fold order."""
        track = Tracks.track(self, key)
        return 0 if track is None else self.count(track, by)

    def steps(self, key: Key, by: Point) -> Iterator[tuple[Reading, Any]]:
        """Give the readings that touched a key up to a point, in order, and the value after each.

        Raises: ProjectionFailed.
        """
        self._require_keys(by)
        track = self.track(key)
        if track is not None:
            for reading, _, after in self._steps(key, track, START, self.count(track, by)):
                yield reading, after

    def backwards(self, key: Key, by: Point) -> Iterator[tuple[Reading, Any, Any]]:
        """Give the readings that touched a key up to a point, the last first, with the value before and after.

        Raises: ProjectionFailed.
        """
        self._require_keys(by)
        track = self.track(key)
        end = 0 if track is None else self.count(track, by)
        while track is not None and end > 0:
            frame = track.before(end - 1)
            yield from reversed(list(self._steps(key, track, frame, end)))
            end = frame.steps

    def findings(self, key: Key) -> Iterator[DatedFinding]:
        """Give the findings along the whole track of a key, without looking up the entries of their own steps.

        Raises: ProjectionFailed, after the findings made before the failure.
        """
        track, failure = Tracks.track(self, key), None  # without loading it
        if track is not None:
            found = None if track.loader is None else track.loader.findings(len(track.positions))
            if found is None:
                failure = self._finish(key)
                found = track.findings
            for steps, own, finding in found:
                position = track.positions[steps]
                yield DatedFinding(self._readings.point(position), finding, (position,) if own else ())
        if failure is not None:
            raise failure

    def findings_so_far(self, key: Key) -> Iterator[DatedFinding]:
        """Give the findings along the track of a key, up to where the projection raises."""
        with suppress(ProjectionFailed):
            yield from self.findings(key)

    def all_findings(self) -> Iterator[DatedFinding]:
        """Give the findings along all tracks, with one about the first failure of the projection."""
        failures = list(self.failures.values())
        for key in self:
            try:
                yield from self.findings(key)
            except ProjectionFailed as failure:
                failures.append(failure)
        if failures:
            first = min(failures, key=lambda failure: self._readings.point(failure.position))
            finding = Finding("projection_failed", str(first), (self.projection.name,))
            yield DatedFinding(self._readings.point(first.position), finding, (first.position,))

    def _finish(self, key: Key) -> ProjectionFailed | None:
        """Fold a track to its end; return what the projection raised on the way."""
        track = self.track(key)
        assert track is not None, "a key that was asked for is there"
        try:
            self._fold_to(key, track, len(track.positions))
        except ProjectionFailed as error:
            return error
        return None

    def _fold_to(self, key: Key, track: FoldedTrack, count: int) -> None:
        if track.tail.steps < count:
            self._fold(key, track, self._readings.read(track.positions[track.tail.steps : count]))

    def _fold(self, key: Key, track: FoldedTrack, readings: Iterable[Reading]) -> None:
        """Fold the readings that come next on a track."""
        evolve, check = self.projection.evolve, self.projection.check
        count, before = track.tail
        try:
            for reading in readings:
                try:
                    after = evolve(before, reading, key)
                    found = tuple(check(before, reading, after, key))
                except Exception as error:
                    raise failed(self.projection, reading, error) from error
                for finding in found:
                    own = finding.entries == (reading.case.entry,)  # entries are equal however they are read
                    track.findings.append(
                        StepFinding(count, own, attrs.evolve(finding, entries=()) if own else finding)
                    )
                count, before = count + 1, after
                if not count % EVERY:
                    track.frames.append(Keyframe(count, before))
        finally:
            track.tail = Keyframe(count, before)

    def _steps(self, key: Key, track: FoldedTrack, frame: Keyframe, count: int) -> Iterator[tuple[Reading, Any, Any]]:
        """Give the steps from a keyframe up to a number of steps, with the value before and after each."""
        before = frame.value
        for reading in self._readings.read(track.positions[frame.steps : count]):
            try:
                after = self.projection.evolve(before, reading, key)
            except Exception as error:
                raise failed(self.projection, reading, error) from error
            yield reading, before, after
            before = after
