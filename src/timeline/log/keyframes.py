"""Keyframes kept beside a log, so that opening a long one does not fold it anew.

They say nothing that the log does not: they are bound to a position, to the digest there and to the version of
every projection, carry a checksum, and are left aside, silently, when any of these does not match.
"""

from __future__ import annotations

import hashlib
import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import tzinfo
from itertools import chain
from typing import Any, NamedTuple

import attrs
import orjson

from timeline.fold import FoldedTrack, Frame, Noted, T, Track, Tracks
from timeline.known import Known
from timeline.log.stored import Head
from timeline.past import Source
from timeline.projection import Key, Projection
from timeline.states import CannotKeep, States

FORMAT = 4
"""Raised whenever folding, or what is kept of it, changes meaning."""
_MOST = 64
"""How many frames are kept of a track."""
_ARRAYS = ("publications", "completions", "recorded", "_tellings", "_starts", "_ends")
_HEADER, _INDEX, _ALIKE, _UNREAD = "header", "index", "alike", "unread"
_NAMES = "names"


class Kept(NamedTuple):
    """One row of what is kept: of a track its positions and frames, of many bare ones their keys for frames."""

    kind: str
    key: str
    positions: bytes
    frames: bytes


def write(known: Known, head: Head) -> list[Kept] | None:
    """What to keep of everything known up to a head; None where a projection does not say what its values are."""
    rows = [Kept(_INDEX, name, getattr(known, name).tobytes(), b"") for name in _ARRAYS]
    rows.append(Kept(_INDEX, "_kinds", bytes(known._kinds), b""))
    rows.append(Kept(_INDEX, _NAMES, b"", orjson.dumps(sorted(known.names))))
    rows += [Kept(_UNREAD, type, positions.tobytes(), b"") for type, positions in known.not_known.items()]
    rows.append(Kept(_INDEX, "strands", _flat(positions for _, positions in known.strands), b""))
    alike = dict(_tracks(known.alike()))
    rows.append(Kept(_ALIKE, "", _flat(track.positions for track in alike.values()), orjson.dumps(list(alike))))
    for name, projection in known.projections.items():
        classes = projection.states
        if classes is None:
            return None
        try:
            rows += [
                Kept(name, _named(key), track.positions.tobytes(), _frames(track, States(classes, known.read)))
                for key, track in _tracks(known.folded(name))
            ]
        except CannotKeep:
            return None
    return [Kept(_HEADER, "", _checksum(rows), _header(known.projections, known.tz, head)), *rows]


def read(
    rows: Sequence[Kept], head: Head, source: Source, projections: Mapping[str, Projection], tz: tzinfo
) -> Known | None:
    """Everything known up to a head, as it was kept; None where what was kept does not match."""
    if not _match(rows, _header(projections, tz, head)):
        return None
    known = Known(source, projections, tz)
    for row in rows[1:]:
        if row.kind == _INDEX:
            _resume(known, row)
        elif row.kind == _UNREAD:
            known.not_known[row.key] = _positions(row.positions)
        elif row.kind == _ALIKE:
            for key, positions in zip(orjson.loads(row.frames), _apart(row.positions), strict=True):
                known.alike().resume(key, Track(positions))
        else:
            states = States(projections[row.kind].states or (), known.read)
            track = FoldedTrack(_positions(row.positions))
            track.thaw = _Thaw(row.frames, states)
            known.folded(row.kind).resume(_key(row), track)
    known.count = head.position
    return known


def _match(rows: Sequence[Kept], header: bytes) -> bool:
    with suppress(TypeError, AttributeError, IndexError):  # whoever changes a file may change the kind of a column
        return rows[0][0::3] == (_HEADER, header) and rows[0].positions == _checksum(rows[1:])
    return False


def position_of(rows: Sequence[Kept]) -> int:
    """Up to which position something is kept; 0 for nothing."""
    with suppress(ValueError, KeyError, TypeError, IndexError):
        return int(orjson.loads(rows[0].frames)["position"])
    return 0


@attrs.frozen
class _Thaw:
    """Gives a track its frames and findings, when they are first needed."""

    frames: bytes
    states: States

    def __call__(self, track: FoldedTrack) -> None:
        frames, findings = orjson.loads(self.frames)
        track.frames += [Frame(steps, self.states.value(plain)) for steps, plain in frames]
        track.tail = track.frames[-1]
        track.findings = [Noted(steps, own, self.states.finding(plain)) for steps, own, plain in findings]


def _header(projections: Mapping[str, Projection], tz: tzinfo, head: Head) -> bytes:
    return orjson.dumps(
        {
            "format": FORMAT,
            "byteorder": sys.byteorder,
            "position": head.position,
            "digest": head.digest.hex(),
            "tz": str(tz),
            "projections": [[name, projection.version] for name, projection in projections.items()],
        }
    )


def _checksum(rows: Iterable[Kept]) -> bytes:
    found = hashlib.sha256()
    for row in rows:
        for part in (row.kind.encode(), row.key.encode(), row.positions, row.frames):
            found.update(len(part).to_bytes(8, "big") + part)
    return found.digest()


def _frames(track: FoldedTrack, states: States) -> bytes:
    every = max(1, len(track.frames) // _MOST)
    frames = dict([*track.frames[every::every], track.tail]) if track.tail.steps else {}
    plain = [(steps, states.plain(value)) for steps, value in frames.items()]
    findings = [(steps, own, states.plain_finding(finding)) for steps, own, finding in track.findings]
    return orjson.dumps([plain, findings])


def _tracks(tracks: Tracks[T]) -> Iterator[tuple[Key, T]]:
    for key in tracks:
        track = tracks.track(key)
        assert track is not None, "every key has a track"
        yield key, track


def _flat(lists: Iterable[Sequence[int]]) -> bytes:
    """Lists of positions in one, each behind the number of its own."""
    return array("q", chain.from_iterable((len(positions), *positions) for positions in lists)).tobytes()


def _apart(data: bytes) -> Iterator[Sequence[int]]:
    """The lists of positions that were put in one."""
    flat, start = _positions(data), 0
    while start < len(flat):
        end = start + 1 + flat[start]
        yield flat[start + 1 : end]
        start = end


def _resume(known: Known, row: Kept) -> None:
    if row.key == "_kinds":
        known._kinds = bytearray(row.positions)
    elif row.key == _NAMES:
        known.names = set(orjson.loads(row.frames))
    elif row.key == "strands":
        for *others, last in _apart(row.positions):
            known.strands.bind(last, others)
    else:
        setattr(known, row.key, _positions(row.positions))


def _positions(data: bytes) -> Any:
    positions = array("q")
    positions.frombytes(data)
    return positions


def _named(key: Key) -> str:
    """A key as text; only texts, and tuples of these, are kept."""
    parts = [key] if isinstance(key, str) else list(key) if isinstance(key, tuple) else [None]
    if not all(isinstance(part, str) for part in parts):
        raise CannotKeep(f"{key!r} is no text, nor a tuple of texts.")
    return orjson.dumps(key if isinstance(key, str) else parts).decode()


def _key(row: Kept) -> Key:
    key = orjson.loads(row.key)
    return key if isinstance(key, str) else tuple(key)
