"""Tracks: the entries that touch one key of a projection, in fold order, and what is kept of folding them."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol, Self

from timeline.history.finding import Finding


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


class Track:
    """The positions of the entries that touch one key, in fold order."""

    __slots__ = ("positions",)

    def __init__(self, positions: Iterable[int] = ()) -> None:
        self.positions = array("q", positions)

    def cut(self, count: int) -> int:  # noqa: ARG002
        """Forget what was folded after a number of steps; return how many steps were undone."""
        return 0

    def rebased(self, positions: Iterable[int], shared: int) -> Self:  # noqa: ARG002
        """Return a track of other positions, of which the first `shared` are those of this track."""
        return type(self)(positions)


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
        """What loads the keyframes and findings, until they are needed."""

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

    def before(self, count: int) -> Keyframe:
        """Return the last keyframe at or before a number of steps."""
        if self.tail.steps <= count:
            return self.tail
        frame = self.frames[bisect_right(self.frames, count, key=lambda frame: frame.steps) - 1]
        return self.recent if frame.steps < self.recent.steps <= count else frame
