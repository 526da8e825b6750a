"""Events out of texts, as people type them and as cells hold them, each read by what its field may hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, get_args, get_origin

import attrs

import timeline.events  # noqa: F401  # declares the vocabulary
from timeline.errors import InvalidEvent
from timeline.events.declare import EventType, registered, registered_types
from timeline.events.fields import plain
from timeline.exchange.readers import whole
from timeline.values.place import Place
from timeline.values.quantity import Quantity
from timeline.values.report import Modality
from timeline.values.when import When

Read = Callable[[str], Any]
_LISTED = re.compile("[,;،؛，、]")
"""What stands between the values of a list, in the scripts of those who write them."""


def named(name: str) -> EventType:
    """Return the kind of event of a stored name or of a class name, with or without the module before it.

    Raises: InvalidEvent, naming what is near, or the stored names of several classes of that name.

    >>> named("DetaineesEscaped").name, named("border.crossing_opened").cls.__name__
    ('custody.detainees_escaped', 'CrossingOpened')
    """
    kind = registered(name)
    if kind is not None:
        return kind
    called = [found for found in registered_types() if f".{_full(found)}".endswith(f".{name}")]
    if len(called) > 1:
        stored = " or ".join(found.name for found in called)
        raise InvalidEvent(f"{name!r} is the name of several kinds of event: write {stored}.", value=name)
    if not called:
        words = {form.lower(): form for found in registered_types() for form in (found.cls.__name__, found.name)}
        near = [words[word] for word in get_close_matches(name.lower(), words, n=3, cutoff=0.5)]
        hint = f" Did you mean {' or '.join(near)}?" if near else " The reference lists them."
        raise InvalidEvent(f"{name!r} is not a kind of event: expected one such as DetaineesEscaped.{hint}", value=name)
    return called[0]


def _full(kind: EventType) -> str:
    """Return the name of a class with its module."""
    return f"{kind.cls.__module__}.{kind.cls.__name__}"


def event_of(kind: EventType, said: Mapping[str, str]) -> Any:
    """Make the event that texts say, by field. A field that is a mapping takes a text for each key: `names.en`.

    Raises: InvalidEvent for a field it has not, needs, or cannot be read.

    >>> print(event_of(named("DetaineesEscaped"), {"facility": "al-shaddadi-prison", "quantity": "~120"}).quantity)
    ≈120
    """
    hints = fields(kind)
    values: dict[str, Any] = {}
    for name, text in said.items():
        field, dot, key = name.partition(".")
        if field not in hints or bool(dot) != is_mapping(hints[field]):
            raise unfit(kind, name, hints)
        value = _read(kind, name, hints[field], text)
        if dot:
            values.setdefault(field, {})[key] = value
        else:
            values[field] = value
    complete(kind, values)
    return kind.cls(**values)


def complete(kind: EventType, given: Mapping[str, Any]) -> None:
    """Refuse what does not fill all fields that an event needs.

    Raises: InvalidEvent.
    """
    missing = [a.name for a in attrs.fields(kind.cls) if a.default is attrs.NOTHING and a.name not in given]
    if missing:
        raise InvalidEvent(
            f"{kind.cls.__name__} needs {' and '.join(missing)}: expected them beside it.", value=missing
        )


def fields(kind: EventType) -> dict[str, Any]:
    """Return the fields of an event, and the type of each."""
    return {a.name: a.type for a in attrs.fields(kind.cls)}


def unfit(kind: EventType, name: str, hints: Mapping[str, Any]) -> InvalidEvent:
    """Make the error for a field that an event does not have."""
    known = ", ".join(f"{field}.…" if is_mapping(hint) else field for field, hint in hints.items())
    return InvalidEvent(f"{kind.cls.__name__} has no field {name!r}: expected {known}.", value=name)


def is_mapping(hint: Any) -> bool:
    """Tell whether a field holds values by key."""
    origin = get_origin(plain(hint)[0])
    return isinstance(origin, type) and issubclass(origin, Mapping)


def reader(hint: Any) -> Read:
    """Return the function that reads a text for a field; for a mapping, the one that reads each value.

    >>> reader(tuple[str, ...])("sdf, syria-gov"), reader(int | None)("1,500")
    (('sdf', 'syria-gov'), 1500)
    """
    kind = plain(hint)[0]
    if is_mapping(hint):
        return reader(get_args(kind)[1])
    if get_origin(kind) is tuple:
        inner = reader(get_args(kind)[0])
        return lambda text: tuple(inner(part.strip()) for part in _LISTED.split(text) if part.strip())
    return _READERS.get(kind, str)


def _flag(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(f"{text!r} is neither true nor false")
    return text.lower() == "true"


def _number(text: str) -> float:
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?", text, re.IGNORECASE):
        raise ValueError(f"{text!r} is not a number: expected digits and a point, such as 36.5")
    return float(text)


def _nested(text: str) -> Any:
    raise ValueError("an event within an event cannot be written as text: give it as JSON")


_READERS: dict[Any, Read] = {
    Quantity: Quantity.parse,
    When: When.parse,
    Place: Place.parse,
    Modality: Modality,
    int: whole,
    float: _number,
    bool: _flag,
    Any: _nested,
}


def _read(kind: EventType, name: str, hint: Any, text: str) -> Any:
    try:
        return reader(hint)(text)
    except ValueError as error:
        raise InvalidEvent(f"{kind.cls.__name__}.{name}: {error}", value=text, path=name) from error
