"""Keyframes cached beside a log, so that opening a long one does not fold it again.

The cache holds nothing that does not follow from the log. A header binds it to everything that made it (`binding`), and
a checksum holds its rows together. If either does not match, the cache is ignored and the log folded again. The
keyframes of a track are decoded only when a question needs that track.
"""

from __future__ import annotations

import hashlib
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import tzinfo
from functools import partial
from itertools import chain
from typing import Any

import attrs
import orjson

from timeline.collector import uncollected
from timeline.index.complete import CompleteView
from timeline.index.folded import FoldedTrack, Keyframe, StepFinding
from timeline.index.statecodec import CannotEncode, StateCodec
from timeline.index.tracks import POSITION, T, Tracks
from timeline.index.view import EntrySource
from timeline.live import binding
from timeline.log.stored import CacheRow, Head
from timeline.projections.projection import Key, Projection

_MOST = 64
"""The most keyframes cached of a track; at twice as many, only every second one is."""
_LARGEST = 1 << 28
"""The most bytes that a row is decompressed to: a file may hold anything."""
_HEADER, _INDEX, _UNREADABLE, _FOLD = "header", "index", "unreadable", "fold:"
_NUMBERS = {
    "publications": "publications",
    "completions": "completions",
    "recorded": "recorded",
    "announcements": "announcements",
    "starts": "starts",
    "ends": "ends",
}
"""The rows that hold a number for each position: their names on disk, and in `CompleteView`."""
_KINDS, _CREDIBILITIES, _NAMES, _RETRACTIONS = "kinds", "credibilities", "names", "retractions"
_COMPONENTS, _DUPLICATES = "components", "duplicates"


def write(complete: CompleteView, head: Head) -> list[CacheRow] | None:
    """Return the rows of the cache for a complete view up to a head; None if a projection does not name its states."""
    rows = [CacheRow(_INDEX, name, getattr(complete, field), b"") for name, field in _NUMBERS.items()]
    rows.append(CacheRow(_INDEX, _KINDS, bytes(complete.kinds), b""))
    rows.append(CacheRow(_INDEX, _NAMES, complete.identities.marked, orjson.dumps([*complete.names])))
    rows.append(CacheRow(_INDEX, _RETRACTIONS, complete.identities.retractions, b""))
    rows.append(CacheRow(_INDEX, _CREDIBILITIES, bytes(complete.credibilities), b""))
    rows += [CacheRow(_UNREADABLE, type, positions, b"") for type, positions in complete.unreadable.items()]
    rows.append(CacheRow(_INDEX, _COMPONENTS, _flat(positions for _, positions in complete.components), b""))
    alike = dict(_tracks(complete.duplicate_tracks()))
    rows.append(CacheRow(_INDEX, _DUPLICATES, _flat(track.positions for track in alike.values()), packed([*alike])))
    try:
        for name, projection in complete.projections.items():
            if projection.states is None or complete.folded(name).failures:
                return None
            for key, track in _tracks(complete.folded(name)):
                codec = StateCodec(projection.states, complete.read)
                rows.append(CacheRow(_FOLD + name, _named(key), track.positions, _frames(track, codec)))
    except CannotEncode:
        return None
    header = binding.header(complete, head)
    return [CacheRow(_HEADER, "", _checksum(header, rows), header), *rows]


def read(
    rows: Sequence[CacheRow], head: Head, source: EntrySource, projections: Mapping[str, Projection], tz: tzinfo
) -> CompleteView | None:
    """Read the complete view up to a head from the rows of a cache; return None if the cache does not match."""
    with suppress(ValueError, TypeError, LookupError, AttributeError):  # a file may hold anything
        header = rows[0].frames
        if rows[0].positions != _checksum(header, rows[1:]) or not binding.fits(header, head, projections, tz):
            return None
        complete = CompleteView(source, projections, tz)
        for row in rows[1:]:
            _resume(complete, row)
        complete.types = binding.types(header)
        complete.count = complete.identities.count = head.position
        if (
            {len(getattr(complete, field)) for field in _NUMBERS.values()}
            == {len(complete.kinds), len(complete.credibilities)}
            == {complete.count + 1}
        ):
            return complete
    return None


def is_written_by_newer(rows: Sequence[CacheRow]) -> bool:
    """Tell whether the program that wrote a cache knew event types that this one does not."""
    return bool(rows) and binding.is_newer(rows[0].frames)


def _resume(complete: CompleteView, row: CacheRow) -> None:
    """Put a row of the cache into the view."""
    if row.kind == _UNREADABLE:
        complete.unreadable[row.key] = _numbers("q", row.positions)
    elif row.kind != _INDEX:
        name = row.kind.removeprefix(_FOLD)
        if name in complete.projections:
            track = FoldedTrack(_numbers(POSITION, row.positions))
            track.loader = RowLoader(row.frames, StateCodec(complete.projections[name].states or (), complete.read))
            complete.folded(name).resume({_key(row): track})
    elif row.key in _NUMBERS:
        setattr(complete, _NUMBERS[row.key], _numbers("q", row.positions))
    elif row.key == _KINDS:
        complete.kinds = bytearray(row.positions)
    elif row.key == _CREDIBILITIES:
        complete.credibilities = bytearray(row.positions)
    elif row.key == _NAMES:
        complete.identities.marked = _numbers("q", row.positions)
        complete.identities.names = dict.fromkeys(orjson.loads(row.frames))
    elif row.key == _RETRACTIONS:
        complete.identities.retractions = _numbers("q", row.positions)
    elif row.key == _COMPONENTS:
        for *others, last in _apart(row.positions):
            complete.components.join(last, others)
    else:
        complete.load_duplicates = partial(_duplicates, row)


def _duplicates(row: CacheRow) -> Iterator[tuple[Key, Sequence[int]]]:
    """Decode the tracks of what may be duplicates."""
    for (likeness, shared), positions in zip(unpacked(row.frames), _apart(row.positions), strict=True):
        yield (tuple(likeness), tuple(shared)), positions


@attrs.frozen
class RowLoader:
    """Decodes the keyframes and findings of a track when they are first needed; on any error they are folded again."""

    frames: bytes
    codec: StateCodec

    def load(self, track: FoldedTrack) -> None:
        with suppress(Exception), uncollected():  # a class of a projection may raise anything
            plain, plain_findings = unpacked(self.frames)
            frames = [Keyframe(steps, self.codec.decode(value)) for steps, value in plain]
            findings = self._findings(plain_findings)
            track.frames += frames
            track.tail = track.frames[-1]
            track.findings = findings

    def findings(self, steps: int) -> list[StepFinding] | None:
        """Return the findings of the first steps; None if not all of these are cached."""
        with suppress(Exception):  # a file may hold anything: the track is folded again then
            plain, found = unpacked(self.frames)
            return self._findings(found) if plain and plain[-1][0] == steps else None
        return None

    def _findings(self, found: Sequence[Any]) -> list[StepFinding]:
        return [StepFinding(steps, own, self.codec.decode_finding(plain)) for steps, own, plain in found]


def _checksum(header: bytes, rows: Iterable[CacheRow]) -> bytes:
    found = hashlib.sha256(header)
    for row in rows:
        for part in (row.kind.encode(), row.key.encode(), row.positions, row.frames):
            found.update(memoryview(part).nbytes.to_bytes(8, "big"))
            found.update(part)
    return found.digest()


def _frames(track: FoldedTrack, codec: StateCodec) -> bytes:
    """Return the keyframes and findings of a track, encoded; as they were cached if the track was never loaded."""
    if isinstance(track.loader, RowLoader):
        return track.loader.frames
    every = max(1, len(track.frames) // _MOST)
    frames = dict([*track.frames[every::every], track.tail]) if track.tail.steps else {}
    plain = [(steps, codec.encode(value)) for steps, value in frames.items()]
    findings = [(steps, own, codec.encode_finding(finding)) for steps, own, finding in track.findings]
    return packed([plain, findings])


def _tracks(tracks: Tracks[T]) -> Iterator[tuple[Key, T]]:
    for key in tracks:
        track = Tracks.track(tracks, key)  # without loading it
        assert track is not None, "every key has a track"
        yield key, track


def _flat(lists: Iterable[Sequence[int]]) -> array[int]:
    """Encode lists of positions, each after its length."""
    return array(POSITION, chain.from_iterable((len(positions), *positions) for positions in lists))


def _apart(data: bytes | array[int]) -> Iterator[Sequence[int]]:
    """Decode lists of positions."""
    flat, start = _numbers(POSITION, data), 0
    while start < len(flat):
        end = start + 1 + flat[start]
        yield flat[start + 1 : end]
        start = end


def _numbers(code: str, data: bytes | array[int]) -> Any:
    """Decode an array of numbers of one type code."""
    numbers = array(code)
    numbers.frombytes(memoryview(data).cast("B"))
    return numbers


def _named(key: Key) -> str:
    """Encode a key, which must be a text or a tuple of texts."""
    parts = [key] if isinstance(key, str) else list(key) if isinstance(key, tuple) else [None]
    if not all(isinstance(part, str) for part in parts):
        raise CannotEncode(f"{key!r} is neither a text nor a tuple of texts.")
    return _written(key if isinstance(key, str) else parts).decode()


def packed(value: Any) -> bytes:
    """Encode plain data, compressed: keyframes repeat one another, and shrink to a tenth.

    Raises: CannotEncode.
    """
    return zlib.compress(_written(value), 1)


def unpacked(data: bytes) -> Any:
    """Decode plain data that was compressed.

    Raises: ValueError, zlib.error; also for data that would take more memory than keyframes ever do.
    """
    return orjson.loads(zlib.decompressobj().decompress(data, _LARGEST))


def _written(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError as error:  # a number or a text that JSON cannot hold
        raise CannotEncode(str(error)) from error


def _key(row: CacheRow) -> Key:
    key = orjson.loads(row.key)
    return key if isinstance(key, str) else tuple(key)
