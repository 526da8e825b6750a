"""A whole log as JSON lines: to keep, to send, to read with anything, and to restore digest for digest."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from functools import partial
from typing import Any, BinaryIO

import orjson

from timeline.errors import LogError, TimelineError
from timeline.events.declare import Redacted
from timeline.log import codec, files
from timeline.log.base import BaseLog
from timeline.log.stored import Head, Stored
from timeline.progress import Progress, with_progress
from timeline.values.instants import microseconds, stamp

LONGEST = 8 * codec.LONGEST
"""The longest line that is read, in bytes."""


def write(log: BaseLog, file: BinaryIO, *, progress: Progress | None = None) -> Head:
    """Write every entry as one line: position, id, recorded_at, salt, leaf, tags and content.

    The line of a redacted entry holds position, id, recorded_at and leaf, and says that it is redacted.

    >>> import io
    >>> from timeline.log.memory import MemoryLog
    >>> write(MemoryLog(), io.BytesIO()).position
    0
    """
    head = Head(0, b"")
    for row in with_progress(log.stored(), progress, log.head().position):
        file.write(line_of(row) + b"\n")
        head = Head(row.position, row.digest)
    return head


def lines(file: BinaryIO) -> Iterator[bytes]:
    """Give the lines of a file; a line that is too long is cut, but not so short as to be accepted."""
    for line in iter(partial(file.readline, LONGEST + 1), b""):
        yield line
        rest = line
        while len(rest) > LONGEST and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST + 1)


def lines_of(path: str | os.PathLike[str]) -> Iterator[bytes]:
    """Give the lines of the file at a path, which is closed after the last one.

    Raises: InvalidValue when the file is not text, CannotRead; on the first line, not before.
    """
    with files.opened_file(path) as file:
        yield from lines(file)


def restore(log: BaseLog, file: Iterable[bytes]) -> Head:
    """Write lines verbatim into an empty log; the digests stay the same.

    Raises: LogError for a line that cannot be read, or a log that is not empty; TamperedLog. Nothing is kept then.
    """
    return log.restore(_rows(file))


def line_of(row: Stored) -> bytes:
    """Return the line of a row, without a line break."""
    """Return the line of an entry as stored, without its digest."""
    left = {"position": row.position, "id": row.id, "recorded_at": stamp(row.recorded)}
    if row.redacted:
        return orjson.dumps({**left, "leaf": row.leaf.hex(), "redacted": True})
    return orjson.dumps(
        {
            **left,
            "salt": row.salt.hex(),
            "leaf": row.leaf.hex(),
            "tags": row.tags,
            "content": orjson.Fragment(row.content),
        }
    )


def _rows(given: Iterable[bytes]) -> Iterator[Stored]:
    digest = b""
    for number, line in enumerate(given, 1):
        if len(line) > LONGEST:
            raise LogError(f"line {number} is longer than {LONGEST:,} bytes: expected an entry.", line=number)
        text = files.without_mark(line, "the file") if number == 1 else line
        if not text.strip():
            continue
        try:
            row = row_of(orjson.loads(text), digest)
        except (ValueError, KeyError, TypeError, TimelineError) as error:
            raise LogError(
                f"line {number} is not an entry: {error!r}. Expected the lines that jsonl.write gives, unchanged.",
                line=number,
            ) from error
        digest = row.digest
        yield row


def row_of(stored: dict[str, object], previous: bytes) -> Stored:
    """Return the row of a line that was read from JSON, behind the digest of the row before."""
    """Return the entry that a line says, after the digest of the entry before it."""
    leaf = bytes.fromhex(str(stored["leaf"]))
    left = Stored(
        position=int(str(stored["position"])),
        id=str(stored["id"]),
        type=Redacted.type,
        recorded=microseconds(datetime.fromisoformat(str(stored["recorded_at"])).replace(tzinfo=timezone.utc)),
        salt=b"",
        content=b"",
        leaf=leaf,
        digest=codec.digest(previous, leaf),
        tags=(),
    )
    if "redacted" in stored:
        return left
    content = codec.fitting(codec.canonical(stored["content"]))
    tags: Any = stored["tags"]
    return left._replace(
        type=codec.stored_type(content),
        salt=bytes.fromhex(str(stored["salt"])),
        content=content,
        tags=tuple(map(str, tags)),
    )
