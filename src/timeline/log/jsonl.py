"""A whole log as JSON lines: to keep, to send, to read with anything, and to restore digest for digest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from typing import BinaryIO

import orjson

from timeline.errors import LogError, TimelineError
from timeline.instants import microseconds, stamp
from timeline.log import codec
from timeline.log.base import BaseLog, Head, Stored


def write(log: BaseLog, file: BinaryIO) -> Head:
    """Write every entry as one line: position, id, recorded_at, salt, leaf, tags and content.

    >>> import io
    >>> from timeline.log.memory import MemoryLog
    >>> write(MemoryLog(), io.BytesIO()).position
    0
    """
    head = Head(0, b"")
    for row in log.stored():
        file.write(_line(row) + b"\n")
        head = Head(row.position, row.digest)
    return head


def restore(log: BaseLog, file: Iterable[bytes]) -> Head:
    """Write lines verbatim into an empty log; the digests come out the same.

    Raises: LogError naming the line that cannot be read, or that the log is not empty; TamperedLog.
    Nothing is kept then.
    """
    return log.restore(_rows(file))


def _line(row: Stored) -> bytes:
    return orjson.dumps(
        {
            "position": row.position,
            "id": row.id,
            "recorded_at": stamp(row.recorded),
            "salt": row.salt.hex(),
            "leaf": row.leaf.hex(),
            "tags": row.tags,
            "content": orjson.Fragment(row.content),
        }
    )


def _rows(lines: Iterable[bytes]) -> Iterator[Stored]:
    digest = b""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = _row(orjson.loads(line), digest)
        except (ValueError, KeyError, TypeError, TimelineError) as error:
            raise LogError(
                f"line {number} is not an entry: {error!r}. Expected the lines that jsonl.write gives, unchanged.",
                line=number,
            ) from error
        digest = row.digest
        yield row


def _row(stored: dict[str, object], previous: bytes) -> Stored:
    content = codec.canonical(stored["content"])
    leaf = bytes.fromhex(str(stored["leaf"]))
    return Stored(
        int(str(stored["position"])),
        str(stored["id"]),
        codec.stored_type(content),
        microseconds(datetime.fromisoformat(str(stored["recorded_at"])).replace(tzinfo=timezone.utc)),
        bytes.fromhex(str(stored["salt"])),
        content,
        leaf,
        codec.digest(previous, leaf),
        tuple(map(str, stored["tags"])),  # type: ignore[call-overload]
    )
