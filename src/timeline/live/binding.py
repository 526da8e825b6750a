"""The header of keyframes, which binds them to whatever could make a fold come out otherwise."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import tzinfo
from typing import Any

import orjson

from timeline.events.declare import EventType, registered
from timeline.index.complete import CompleteView
from timeline.live import fingerprints
from timeline.log.stored import Head
from timeline.projections.projection import Projection

FORMAT = 5
"""Raised whenever folding, or what is kept of it, changes meaning."""


def header(complete: CompleteView, head: Head) -> bytes:
    """The header of keyframes of everything known up to a head: an event type that is not known has None."""
    return orjson.dumps(
        {
            **_place(head, complete.tz),
            "projections": {
                name: fingerprints.of_projection(projection) for name, projection in complete.projections.items()
            },
            "types": {name: _type(kind) for name, kind in complete.types.items()},
        }
    )


def fits(header: bytes, head: Head, projections: Mapping[str, Projection], tz: tzinfo) -> bool:
    """Check if this program would make the same keyframes of the same log; others may have projections beside."""
    found = _read(header)
    return (
        _place(head, tz).items() <= found.items()
        and {n: fingerprints.of_projection(p) for n, p in projections.items()}.items() <= found["projections"].items()
        and {name: _type(registered(name)) for name in found["types"]} == found["types"]
    )


def types(header: bytes) -> dict[str, EventType | None]:
    """The event types met, as this program reads them."""
    return {name: registered(name) for name in _read(header)["types"]}


def is_newer(header: bytes) -> bool:
    """Check if the writer of this header knew a type, or a later version of one, that this program does not know."""
    with suppress(ValueError, TypeError, LookupError, AttributeError):
        found = _read(header)
        return found["format"] == FORMAT and any(
            written is not None and _version(name) < written[0] for name, written in found["types"].items()
        )
    return False


def _place(head: Head, tz: tzinfo) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "byteorder": sys.byteorder,
        "position": head.position,
        "digest": head.digest.hex(),
        "tz": str(tz),
    }


def _type(kind: EventType | None) -> list[Any] | None:
    return None if kind is None else [kind.version, fingerprints.of_type(kind)]


def _version(name: str) -> int:
    kind = registered(name)
    return 0 if kind is None else kind.version


def _read(header: bytes) -> dict[str, Any]:
    found = orjson.loads(header)
    if not isinstance(found, dict):
        raise TypeError("a header is an object")
    return found
