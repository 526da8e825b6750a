"""Statements in one canonical text: seals, proofs and signatures, written and read.

Each is one line of JSON with sorted keys, and names its kind and version under `type`. Whatever does
not come out the same when written again is refused, so that two texts never say one thing.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import orjson

from timeline.errors import InvalidProof
from timeline.log import codec

LONGEST = 2 * codec.LONGEST + 100_000
"""The longest text that is read, in bytes."""


def write(kind: str, **said: Any) -> str:
    """The one text of a statement."""
    return codec.canonical({"type": kind, **said}).decode()


def read(kind: str, text: str) -> dict[str, Any]:
    """What a text of this kind says, its type aside.

    Raises: InvalidProof for anything else, and for such a text written in another way.
    """
    with suppress(ValueError, TypeError, LookupError, AttributeError):
        data = text.strip().encode()
        said = orjson.loads(data) if len(data) <= LONGEST else {}
        if codec.canonical(said) == data and said.pop("type") == kind:
            return dict(said)
    raise unlike(kind)


def unlike(kind: str) -> InvalidProof:
    """The error for a text that is no such statement."""
    return InvalidProof(
        f"the text is not a {kind}: expected one line of canonical JSON, of at most {LONGEST:,} bytes, unchanged since "
        "it was written. Ask for it again."
    )


def count(value: Any) -> int:
    """A value that counts.

    Raises: InvalidProof when it does not.
    """
    if type(value) is not int or value < 0:
        raise InvalidProof(f"{value!r} counts nothing: expected a whole number from 0.")
    return value


def unhex(value: Any, length: int) -> bytes:
    """The bytes that a value gives in hexadecimal.

    Raises: InvalidProof when it gives none, or another number of them.
    """
    with suppress(ValueError, TypeError):
        found = bytes.fromhex(value)
        if len(found) == length and found.hex() == value:
            return found
    raise InvalidProof(
        f"{str(value)[:70]!r} is not {length} bytes: expected {2 * length} digits of lower-case hexadecimal."
    )
