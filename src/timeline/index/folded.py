"""Folding a projection, and keeping enough of the fold that its value at any moment is a search.

The entries that touch a key are its *track*: their positions, in fold order. Every `EVERY` steps along a track the
value is kept as a *keyframe*. The value at any moment is found by bisection of the track, and a few steps from the
keyframe before. An entry that comes late is inserted at its place, and only the steps after it are folded again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, NamedTuple, Protocol, Self

import attrs

from timeline.errors import ProjectionFailed
from timeline.history.contradictions import DatedFinding
from timeline.history.finding import Finding
from timeline.history.reading import Point, Reading
from timeline.index.tracks import Readings, SharedPrefix, Track, Tracks, distinct
from timeline.projections.projection import Key, Projection, failed

EVERY = 32
"""The number of steps between two keyframes."""
_NEAR = 4 * EVERY
"""The most steps that a fold may be behind for an append to catch up; a fold further behind waits for a question."""


class Keyframe(NamedTuple):
    """The value after a number of steps of a track; None after no step."""

    steps: int
    value: Any


START = Keyframe(0, None)
"""The keyframe before the first step."""


class StepFinding(NamedTuple):
    """A finding of a fold, and the number of steps before the one that made it.

    Most findings are about the entry of their own step (`own`). That entry is not kept with the finding: it is looked
    up when somebody asks for it.
    """

    steps: int
    own: bool
    finding: Finding


class Loader(Protocol):
    """Loads the keyframes and findings of a track from a cache, when they are first needed."""

    def load(self, track: FoldedTrack) -> None:
        """Put the keyframes and findings on the track."""
        ...

    def findings(self, steps: int) -> list[StepFinding] | None:
        """Return the findings of the first steps alone; None if these are not cached."""
        ...


class FoldedTrack(Track):
    """A track with keyframes, and with the findings of the steps that were folded."""

    __slots__ = ("findings", "frames", "loader", "recent", "tail")

    def __init__(self, positions: Iterable[int] = ()) -> None:
        super().__init__(positions)
        self.frames = [START]
        self.tail = START
        """The last keyframe; findings are complete up to it."""
        self.recent = START
        """The value asked for last: the next question is often about the same moment, or one soon after."""
        self.findings: list[StepFinding] = []
        self.loader: Loader | None = None
        """The loader of the keyframes and findings, until they are needed."""

    def cut(self, count: int) -> int:
        """Forget what was folded after a number of steps; return how many steps were undone."""
        folded = self.tail.steps
        while self.frames[-1].steps > count:
            self.frames.pop()
        if self.tail.steps > count:
            self.tail = self.frames[-1]
        if self.recent.steps > count:
            self.recent = START
        while self.findings and self.findings[-1].steps >= self.tail.steps:
            self.findings.pop()
        return folded - self.tail.steps

    def rebased(self, positions: Iterable[int], shared: int) -> Self:
        track = super().rebased(positions, shared)
        track.frames = [frame for frame in self.frames if frame.steps <= shared]
        track.tail = self.tail if self.tail.steps <= shared else track.frames[-1]
        track.findings = [noted for noted in self.findings if noted.steps < track.tail.steps]
        return track

    def reaches(self, last: int) -> int:
        """Return the number of steps that can be folded without an entry after a position."""
        count = self.tail.steps
        while count < len(self.positions) and self.positions[count] <= last:
            count += 1
        return count

    def before(self, count: int) -> Keyframe:
        """Return the last keyframe at or before a number of steps."""
        if self.tail.steps <= count:
            return self.tail
        frame = self.frames[bisect_right(self.frames, count, key=lambda frame: frame.steps) - 1]
        return self.recent if frame.steps < self.recent.steps <= count else frame


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
        self.ahead = True
        """True if a track is folded as readings come; else it waits until a question needs it."""
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

    def go_on_from(
        self, other: Tracks[FoldedTrack], gone: Iterable[Reading], come: Iterable[Reading], own: Container[int]
    ) -> None:
        left = {reading.case.entry.position for reading in gone}
        theirs: dict[int, ProjectionFailed] = getattr(other, "failures", {})
        self.failures |= {position: failure for position, failure in theirs.items() if position not in left}
        super().go_on_from(other, gone, come, own)

    def withdraw(self, reading: Reading) -> None:
        super().withdraw(reading)
        self.failures.pop(reading.case.entry.position, None)

    def _keys_put(self, reading: Reading) -> Iterable[Key]:
        try:
            return distinct(self._keys(reading))
        except Exception as error:  # noqa: BLE001  # a user's function may raise anything; a question raises it
            failure = failed(self.projection, reading, error)
            failure.__cause__ = error
            self.failures[reading.case.entry.position] = failure
            return ()

    def _require_keys(self, by: Point) -> None:
        """Check that the projection gave keys for every reading up to a point.

        Raises: ProjectionFailed.
        """
        if self.failures:
            first = min(self.failures, key=self._readings.point)
            if self._readings.point(first) <= by:
                raise self.failures[first]

    def _extend(self, key: Key, track: FoldedTrack, found: Sequence[Reading]) -> None:
        """Go on folding if the fold is nearly up to date; what the projection raises, a question raises again."""
        if not (self.ahead or track.tail.steps):
            return
        count = len(track.positions) - len(found)
        if count - track.tail.steps < _NEAR:
            with suppress(ProjectionFailed):
                self._fold_to(key, track, count)
                self._fold(key, track, found)

    def fold(self, key: Key) -> None:
        if self.touched(key):
            self._finish(key)

    def finish(self, last: int | None = None) -> None:
        """Fold every track to its end, or up to where the projection raises.

        With the `last` position of a page, go on only to the first step of a later page.
        """
        for key in self:
            track = Tracks.track(self, key)
            if track is not None and track.loader is None and track.tail.steps < len(track.positions):
                end = len(track.positions) if last is None else track.reaches(last)
                with suppress(Exception):
                    self._fold_to(key, track, end)

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
        if track is not None:
            with suppress(ProjectionFailed):  # the steps that are given raise it
                self._fold_to(key, track, end)
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
        coming = iter(readings)
        while stretch := list(islice(coming, EVERY - track.tail.steps % EVERY)):
            self._fold_stretch(key, track, stretch)
            if not track.tail.steps % EVERY:
                track.frames.append(track.tail)

    def _fold_stretch(self, key: Key, track: FoldedTrack, readings: Sequence[Reading]) -> None:
        """Fold readings of which none but the last makes a keyframe, several at once where the projection can."""
        evolve, check, run = self.projection.evolve, self.projection.check, self.projection.run
        (count, before), done = track.tail, 0
        try:
            while done < len(readings):
                reading = readings[done]
                try:
                    after, taken = run(before, readings[done:], key)
                    if not taken:
                        after, taken = evolve(before, reading, key), 1
                        self._note(track, count + done, reading, tuple(check(before, reading, after, key)))
                except Exception as error:
                    raise failed(self.projection, reading, error) from error
                before, done = after, done + taken
        finally:
            track.tail = Keyframe(count + done, before)

    @staticmethod
    def _note(track: FoldedTrack, steps: int, reading: Reading, found: Iterable[Finding]) -> None:
        """Note the findings of a step; those of one value share its path."""
        for finding in found:
            own = finding.entries == (reading.case.entry,)  # entries are equal however they are read
            before = track.findings[-1].finding.path if track.findings else ()
            path = before if before == finding.path else finding.path
            entries = () if own else finding.entries
            track.findings.append(StepFinding(steps, own, attrs.evolve(finding, entries=entries, path=path)))

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
