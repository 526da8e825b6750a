"""Comparing a cached index with one folded from scratch, value by value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

import attrs

from timeline.history.finding import Finding
from timeline.index.complete import CompleteView
from timeline.index.folded import Folded, StepFinding
from timeline.index.tracks import Track, Tracks
from timeline.projections.building import Mention
from timeline.projections.projection import Key
from timeline.values.containers import FrozenMapping, Mark, PersistentList

_NUMBERS = ("publications", "completions", "recorded", "announcements", "kinds", "credibilities")
_BOUNDS = ("starts", "ends")
"""Bounds count only where something is read: a retracted entry keeps the bounds it had."""


def first_difference(kept: CompleteView, afresh: CompleteView) -> int | None:
    """Return the first position at which a cached index differs from one folded from scratch; None if none does."""
    return min(_differences(kept, afresh), default=None)


def _differences(kept: CompleteView, afresh: CompleteView) -> Iterator[int]:
    if [*kept.names] != [*afresh.names] or any(
        getattr(kept, name) != getattr(afresh, name) for name in ("types", "unreadable")
    ):
        yield kept.count
    for name in _NUMBERS:
        position = _differs(getattr(kept, name), getattr(afresh, name))
        if position is not None:
            yield position
    for name in _BOUNDS:
        pairs = enumerate(zip_longest(getattr(kept, name), getattr(afresh, name)))
        yield from (n for n, (here, there) in pairs if here != there and (None in (here, there) or afresh.reads(n)))
    bound, rightly = ({tuple(positions) for _, positions in view.components} for view in (kept, afresh))
    yield from (min(positions, default=kept.count) for positions in bound ^ rightly)
    for key in dict.fromkeys((*kept.duplicate_tracks(), *afresh.duplicate_tracks())):
        yield from _misplaced(kept.duplicate_tracks(), afresh.duplicate_tracks(), key)
    for name in kept.projections:
        here, there = kept.folded(name), afresh.folded(name)
        for key in dict.fromkeys((*here, *there)):
            yield from [*_misplaced(here, there, key)] or _misfolded(here, there, key)


def _differs(here: Sequence[Any], there: Sequence[Any]) -> int | None:
    """Return the first index at which two lists differ; None if they are equal."""
    if here == there:
        return None
    return next((n for n, (a, b) in enumerate(zip(here, there, strict=False)) if a != b), min(len(here), len(there)))


def _misplaced(kept: Tracks[Any], afresh: Tracks[Any], key: Key) -> Iterator[int]:
    """Find the first position that is on one of two tracks only."""
    tracks = [_positions(kept.track(key)), _positions(afresh.track(key))]
    index = _differs(*tracks)
    if index is not None:
        yield min(positions[index] for positions in tracks if index < len(positions))


def _positions(track: Track | None) -> Sequence[int]:
    return () if track is None else track.positions


def _misfolded(kept: Folded, afresh: Folded, key: Key) -> Iterator[int]:
    """Find the positions at which a keyframe or a finding differs from the fold."""
    track, rightly, same = kept.track(key), afresh.track(key), _Sameness()
    assert track is not None, "a key that is on both sides"
    assert rightly is not None, "a key that is on both sides"
    positions = track.positions
    for steps, value in dict([*track.frames[1:], track.tail]).items():
        if steps and not (0 < steps <= len(positions) and same(value, afresh.after(key, steps))):
            yield positions[min(max(steps, 1), len(positions)) - 1]
    found = [*map(_said, track.findings)]
    index = _differs(found, [_said(noted) for noted in rightly.findings if noted.steps < track.tail.steps])
    if index is not None:
        yield positions[min(found[index][0], len(positions) - 1) if index < len(found) else 0]


def _said(noted: StepFinding) -> tuple[int, bool, Finding, list[int]]:
    return noted.steps, noted.own, noted.finding, [entry.position for entry in noted.finding.entries]


class _Sameness:
    """Compares two values of a projection, down to the entries that they mention.

    Long lists share their past: what was found equal once is not compared again.
    """

    def __init__(self) -> None:
        self._equal: dict[tuple[Mark, Mark], object] = {}

    def __call__(self, a: Any, b: Any) -> bool:
        if type(a) is not type(b):
            return False
        if isinstance(a, PersistentList):
            return self._trails(a, b)
        if isinstance(a, Mention):
            return bool(a.position == b.position)
        if isinstance(a, FrozenMapping):
            return set(a) == set(b) and all(self(value, b[key]) for key, value in a.items())
        if isinstance(a, tuple):
            return len(a) == len(b) and all(self(x, y) for x, y in zip(a, b, strict=True))
        if attrs.has(type(a)):
            return all(self(getattr(a, field.name), getattr(b, field.name)) for field in attrs.fields(type(a)))
        return bool(a == b)

    def _trails(self, a: PersistentList[Any], b: PersistentList[Any]) -> bool:
        if len(a) != len(b):
            return False
        apart = []
        for here, there in zip(a.blocks(), b.blocks(), strict=True):
            if (here.mark, there.mark) in self._equal:
                break
            apart.append((here, there))
        for here, there in reversed(apart):
            if not all(map(self, here.block(), there.block())):
                return False
            self._equal[here.mark, there.mark] = (here, there)  # kept, so that no other gets their marks
        return True
