"""Tracks: what touches a key of a projection, in fold order, and what is kept of folding it."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol, Self

from timeline.history.finding import Finding


class Keyframe(NamedTuple):
    """The value after so many steps; None after none."""

    steps: int
    value: Any


START = Keyframe(0, None)
"""Before the first step."""


class StepFinding(NamedTuple):
    """A finding of a fold, and after how many steps it was made.

    Most findings are about the entry of their own step: it is left out of these, and looked up when asked for.
    """

    steps: int
    own: bool
    finding: Finding


class Loader(Protocol):
    """Gives a track its frames and findings, where they were kept elsewhere."""

    def load(self, track: FoldedTrack) -> None:
        """Put them on the track."""
        ...

    def findings(self, steps: int) -> list[StepFinding] | None:
        """The findings of the first steps alone; None where they are not kept."""
        ...


class Track:
    """The positions of what touches one key, in fold order."""

    __slots__ = ("positions",)

    def __init__(self, positions: Iterable[int] = ()) -> None:
        self.positions = array("q", positions)

    def cut(self, count: int) -> int:  # noqa: ARG002
        """Forget what follows from what comes after so many steps, and return how many were undone."""
        return 0

    def rebased(self, positions: Iterable[int], shared: int) -> Self:  # noqa: ARG002
        """The same kind of track, of positions of which the first so many are shared with this one."""
        return type(self)(positions)


class FoldedTrack(Track):
    """A track, and what is kept of folding it."""

    __slots__ = ("findings", "frames", "loader", "recent", "tail")

    def __init__(self, positions: Iterable[int] = ()) -> None:
        super().__init__(positions)
        self.frames = [START]
        self.tail = START
        """The frame furthest along; findings are known up to it."""
        self.recent = START
        """The frame asked for last: the next question is often about the same moment, or one soon after."""
        self.findings: list[StepFinding] = []
        self.loader: Loader | None = None
        """What gives it its frames and findings, where these were not needed yet."""

    def cut(self, count: int) -> int:
        """Forget what was folded after so many steps, and return how many were undone."""
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
        """The last frame at or before so many steps."""
        if self.tail.steps <= count:
            return self.tail
        frame = self.frames[bisect_right(self.frames, count, key=lambda frame: frame.steps) - 1]
        return self.recent if frame.steps < self.recent.steps <= count else frame
