"""JSON written by others: read strictly, since of a key that an object has twice only the last value would remain."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import orjson

from timeline.errors import InvalidValue


def read(text: bytes | str) -> Any:
    """Return the value that a JSON text holds.

    Raises: InvalidValue, for an object that has a key twice, with the place.

    >>> read('{"source": "AFP"}')
    {'source': 'AFP'}
    """
    found = orjson.loads(text)
    if _may_repeat(text.encode() if isinstance(text, str) else text, found):
        for place, key in _repeated(json.loads(text, object_pairs_hook=_Pairs)):
            raise InvalidValue(
                f"has the key {key!r} twice{f' in {place}' if place else ''}: expected each key of an object once. "
                "Keep one of the two."
            )
    return found


def _may_repeat(text: bytes, found: Any) -> bool:
    """Tell cheaply whether a pair may be lost: then fewer colons are left, unless some were escaped."""
    try:
        written = orjson.dumps(found)
    except orjson.JSONEncodeError as error:
        raise InvalidValue("nests its values too deeply: expected at most 254 levels.") from error
    return text.count(b":") != written.count(b":") or b"\\u003" in text


class _Pairs(list[tuple[str, Any]]):
    """The pairs of an object as they are written."""


def _repeated(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the keys that objects have twice, each with the place of its object."""
    waiting = [("", value)]
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, _Pairs):
            keys = Counter(key for key, _ in value)
            yield from ((place, key) for key, times in keys.items() if times > 1)
            waiting += [(f"{place}.{key}" if place else key, inner) for key, inner in value]
        elif isinstance(value, list):
            waiting += [(f"{place}[{number}]", inner) for number, inner in enumerate(value)]
