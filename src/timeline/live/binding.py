"""The header of cached keyframes, which binds them to everything that could change a fold.

It names the format, the log by position and digest, the time zone, and the fingerprints of every projection and event
type. A program whose header would differ ignores the cache.
"""

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

FORMAT = 11
"""The version of the cache: raised whenever folding, or what is cached of a fold, changes its meaning."""


def header(complete: CompleteView, head: Head) -> bytes:
    """Return the header for keyframes of a complete view up to a head; an unknown event type is written as None."""
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
    """Tell whether this program would make the same keyframes of the same log.

    The cache may hold further projections, of other programs.
    """
    found = _read(header)
    return (
        _place(head, tz).items() <= found.items()
        and {n: fingerprints.of_projection(p) for n, p in projections.items()}.items() <= found["projections"].items()
        and {name: _type(registered(name)) for name in found["types"]} == found["types"]
    )


def types(header: bytes) -> dict[str, EventType | None]:
    """Return the event types met, as this program declares them."""
    return {name: registered(name) for name in _read(header)["types"]}


def is_newer(header: bytes) -> bool:
    """Tell whether the writer of a header knew an event type, or a version of one, that this program does not."""
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
