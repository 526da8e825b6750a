"""An entry as a store keeps it: its content in canonical bytes, and its seal."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

import orjson

from timeline.entry import Draft, Entry
from timeline.events.declare import Redacted
from timeline.generated import filler
from timeline.log import codec
from timeline.values.containers import NOTHING
from timeline.values.report import Modality


class Head(NamedTuple):
    """The last position (0 for an empty log) and the digest there, which fixes all before it."""

    position: int
    digest: bytes


class End(NamedTuple):
    """The last position (0 for an empty log), the digest there, and when it was recorded."""

    position: int = 0
    digest: bytes = b""
    recorded: int = 0
    """In microseconds since 1970 UTC."""


class Stored(NamedTuple):
    """One row: the content in canonical bytes, and its seal.

    Only position, id, recorded, leaf and digest of a redacted entry remain; its type is `redacted`.
    """

    position: int
    id: str
    type: str
    recorded: int
    salt: bytes
    content: bytes
    leaf: bytes
    digest: bytes
    tags: tuple[str, ...]

    @property
    def redacted(self) -> bool:
        """True once the content was erased."""
        return self.type == Redacted.type

    def erased(self) -> Stored:
        """Return the part of the row that a redaction leaves."""
        return self._replace(type=Redacted.type, salt=b"", content=b"", tags=())


def passed_on(own: Collection[str], tags: Iterable[str]) -> Iterator[str]:
    """Give the tags that an editorial entry inherits from a target, whose `own` tags are those of its content.

    Tags of entries that the target has itself inherited are left out. So the last of a long chain of corrections
    bears as few tags as the second. The recorder of the target is left out too: another one may edit it.
    """
    return (tag for tag in tags if not tag.startswith(("entry:", "recorder:")) or (tag[0] == "e" and tag in own))


_SEAL = ("position", "id", "", "recorded_micros", "salt", "", "leaf", "digest", "tags")
_fill: Callable[..., Entry] = filler(Entry, _SEAL, codec.Said._fields, ["_called"])
_ERASED = codec.Said(Redacted(), None, (), Modality.ACTUAL, (), None, None, None, NOTHING)
_NAMES = (dict,)
"""The lookup of names of an entry that nobody has let know the names on its log."""


def entry_of(row: Stored) -> Entry:
    """Return the entry in a stored row."""
    seal = row[:]  # unpacks faster than a named tuple
    _, id, type, _, _, content, _, _, tags = seal
    if type == Redacted.type:
        return _fill((*seal[:8], ()), _ERASED, _NAMES)
    return _fill(seal, codec.decoded(content, id, tags), _NAMES)


def entry_saying(draft: Draft, row: Stored) -> Entry:
    """Return the entry in a row whose content is this draft."""
    said = (
        draft.event, draft.occurred, draft.reports, draft.modality, draft.after, draft.part_of, draft.fulfils,
        draft.recorder, draft.unknown,
    )  # fmt: skip
    return _fill(row, said, _NAMES)


class CacheRow(NamedTuple):
    """One row of the keyframes kept beside a log.

    For a track: its positions and frames. For an index: its positions, and keys in the column of frames.
    Positions are written from where the index holds them, without a copy, and read as bytes.
    """

    kind: str
    key: str
    positions: bytes | array[int]
    frames: bytes


def cache_position(rows: Sequence[CacheRow]) -> int:
    """Return the position that keyframes reach; 0 if the first row is not a header."""
    with suppress(LookupError, ValueError, TypeError):
        return int(orjson.loads(rows[0].frames)["position"])
    return 0
