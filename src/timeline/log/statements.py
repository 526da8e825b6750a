"""Statements in one canonical text: seals, proofs and signatures, written and read.

Each is one line of JSON with sorted keys, and names its kind and version under `type`. A text that differs from
the canonical one is refused, so that no statement has two texts.
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
    """Return the one text of a statement."""
    return codec.canonical({"type": kind, **said}).decode()


def read(kind: str, text: str) -> dict[str, Any]:
    """Return the fields of a text of this kind, without its type.

    Raises: InvalidProof for anything else, and for a text that is not canonical.
    """
    with suppress(ValueError, TypeError, LookupError, AttributeError):
        data = text.strip().encode()
        said = orjson.loads(data) if len(data) <= LONGEST else {}
        if codec.canonical(said) == data and said.pop("type") == kind:
            return dict(said)
    raise unlike(kind)


def unlike(kind: str) -> InvalidProof:
    """Return the error for a text that is not a statement of this kind."""
    return InvalidProof(
        f"the text is not a {kind}: expected one line of canonical JSON, of at most {LONGEST:,} bytes, unchanged since "
        "it was written. Ask for it again."
    )


def count(value: Any) -> int:
    """Return the value, if it is a whole number from 0.

    Raises: InvalidProof if not.
    """
    if type(value) is not int or value < 0:
        raise InvalidProof(f"{value!r} is not a count: expected a whole number from 0.")
    return value


def unhex(value: Any, length: int) -> bytes:
    """Return the bytes that a text gives in hexadecimal.

    Raises: InvalidProof when there are more or fewer than `length`, or none.
    """
    with suppress(ValueError, TypeError):
        found = bytes.fromhex(value)
        if len(found) == length and found.hex() == value:
            return found
    raise InvalidProof(
        f"{str(value)[:70]!r} is not {length} bytes: expected {2 * length} digits of lower-case hexadecimal."
    )
