"""The messages of a stream: an entry, its batch, and the entries that the batch erased."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

from timeline.errors import TamperedLog
from timeline.log import jsonl
from timeline.log.stored import Stored


class Message(NamedTuple):
    """One entry, as it is sent.

    `whole` is the position at which its batch is complete. `erased` holds the erased rows that the batch leaves of
    earlier entries, whose own messages are deleted once it has landed.
    """

    row: Stored
    whole: int
    erased: tuple[Stored, ...] = ()


def pack(message: Message) -> bytes:
    """Write a message as JSON; an entry is written as in a dump, with its digest."""
    said: dict[str, Any] = {"whole": message.whole, **_sealed(message.row)}
    if message.erased:
        said["erased"] = [_sealed(row) for row in message.erased]
    return orjson.dumps(said)


def unpack(position: int, payload: bytes) -> Message:
    """Read the message found at a position from JSON.

    Raises: TamperedLog.
    """
    try:
        said = orjson.loads(payload)
        message = Message(_row(said), said["whole"], tuple(map(_row, said.get("erased", ()))))
        if position == message.row.position <= message.whole and _is_as_written(message, payload):
            return message
    except (ValueError, LookupError, TypeError, ArithmeticError) as error:
        raise misfit(position) from error
    raise misfit(position)


def _is_as_written(message: Message, payload: bytes) -> bool:
    return type(message.whole) is int and pack(message) == payload


def misfit(position: int) -> TamperedLog:
    """Return the error for a position with a message that does not fit, or without a message."""
    return TamperedLog(
        f"position {position} does not fit: the message there was changed, added or removed outside this library. "
        "The entries before it can be read. Copy them to another stream (copy_log) and go on there, or restore the log "
        "from a copy you trust.",
        position=position,
    )


def batch(rows: Iterable[Stored], erased: Iterable[Stored]) -> list[bytes]:
    """Return the messages of a batch; the last one holds the rows that it erases."""
    *others, last = rows
    messages = [Message(row, last.position) for row in others]
    return list(map(pack, [*messages, Message(last, last.position, tuple(erased))]))


def _sealed(row: Stored) -> dict[str, Any]:
    return {"digest": row.digest.hex(), "entry": orjson.Fragment(jsonl.line_of(row))}


def _row(said: dict[str, Any]) -> Stored:
    row = jsonl.row_of(said["entry"], b"")
    content = bytes(memoryview(row.content))  # what orjson made keeps some kilobytes, however short it is
    return row._replace(content=content, digest=bytes.fromhex(said["digest"]))
