"""What a message of a stream says: an entry, the batch it belongs to, and what that batch erased."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

from timeline.errors import TamperedLog
from timeline.log import jsonl
from timeline.log.stored import Stored


class Message(NamedTuple):
    """One entry on its way.

    `whole` is the position at which its batch is there as a whole. `erased` is what the batch left of
    entries before it: their own messages are deleted once it has landed.
    """

    row: Stored
    whole: int
    erased: tuple[Stored, ...] = ()


def pack(message: Message) -> bytes:
    """A message as JSON; an entry in it is the line that a dump would hold, with its digest."""
    said: dict[str, Any] = {"whole": message.whole, **_sealed(message.row)}
    if message.erased:
        said["erased"] = [_sealed(row) for row in message.erased]
    return orjson.dumps(said)


def unpack(position: int, payload: bytes) -> Message:
    """The message that JSON says, found at a position.

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
    """The error for a position at which something else was stored, or nothing."""
    return TamperedLog(
        f"position {position} does not fit: the message there was changed, added or removed outside this library. "
        "The entries before it can be read. Copy them to another stream (copy_log) and go on there, or restore the log "
        "from a copy you trust.",
        position=position,
    )


def batch(rows: Iterable[Stored], erased: Iterable[Stored]) -> list[bytes]:
    """The messages of a batch; its last one says what it erased."""
    *others, last = rows
    messages = [Message(row, last.position) for row in others]
    return list(map(pack, [*messages, Message(last, last.position, tuple(erased))]))


def _sealed(row: Stored) -> dict[str, Any]:
    return {"digest": row.digest.hex(), "entry": orjson.Fragment(jsonl.line_of(row))}


def _row(said: dict[str, Any]) -> Stored:
    row = jsonl.row_of(said["entry"], b"")
    content = bytes(memoryview(row.content))  # what orjson made keeps some kilobytes, however short it is
    return row._replace(content=content, digest=bytes.fromhex(said["digest"]))
