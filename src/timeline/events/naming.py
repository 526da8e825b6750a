"""Names of events: the stored names of their types, and the tags by which the log is searched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from timeline.errors import InvalidEvent, InvalidValue
from timeline.events.declare import Redacted, UnknownEvent, event_type
from timeline.generated import function, identifier
from timeline.values.containers import Memo, as_tuple
from timeline.values.entities import Slug

_UNTYPED = (UnknownEvent, Redacted)


def type_name(event: object) -> str:
    """Return the stored name of an event, of a known type or not; `redacted` for a redacted one."""
    return event.type if isinstance(event, _UNTYPED) else event_type(event).name


def tags_of(event: object) -> tuple[str, ...]:
    """Return the tags that an event carries: its entities, then its `about`.

    >>> from timeline.events import facility
    >>> tags_of(facility.ControlChanged(facility="al-hol-camp", previous="sdf"))
    ('facility:al-hol-camp', 'authority:sdf')
    """
    if isinstance(event, UnknownEvent):
        return event.tags
    return _TAGGERS[type(event)](event)


def _tagger(cls: type) -> Callable[[Any], tuple[str, ...]]:
    """Make the function that gives the tags of an event of a class.

    Raises: InvalidEvent for a class that is not one of events.
    """
    lines, values = ["found = {}"], {}  # the tags as keys, each once and in order
    for number, (field, mark) in enumerate(event_type(cls).named):
        values[f"tag_{number}"] = mark.tag if mark.kind == "entry" else Memo(mark.tag).__getitem__  # ids do not recur
        lines += [
            f"value = event.{identifier(field)}",
            "if value is None: pass",
            f"elif value.__class__ is str: found[tag_{number}(value)] = None",
            "elif value:",
            f"    for one in value: found[tag_{number}(one)] = None",
        ]
    lines += ["for one in event.about: found[one] = None", "return tuple(found)"]
    made: Callable[[Any], tuple[str, ...]] = function("tags", "event", lines, **values)
    return made


_TAGGERS = Memo(_tagger)


def entities_of(event: Any) -> list[tuple[str, Slug, str]]:
    """Return the entities that an event names, each with its field, kind and slug.

    Raises: InvalidEvent for a value that is not an event of a known type.
    """
    found: list[tuple[str, Slug, str]] = []
    for field, mark in event_type(event).named:
        value = getattr(event, field)
        if value.__class__ is str:
            found.append((field, mark, value))
        elif value:
            found += [(field, mark, slug) for slug in value]
    return found


def tag_list(value: Any) -> tuple[str, ...] | None:
    """Return tags as a tuple; a single tag makes a tuple of one.

    Raises: InvalidValue for a tag that is not text.
    """
    if value is None:
        return None
    tags = as_tuple(value)
    if not all(isinstance(tag, str) for tag in tags):
        raise InvalidValue(f"tags is {value!r}: expected a list such as ['facility:al-hol-camp'].", value=value)
    return tags


def type_names(value: Any) -> tuple[str, ...] | None:
    """Return stored names as a tuple; an event class gives its own.

    Raises: InvalidEvent for a value that is neither a class nor a stored name.

    >>> from timeline.events import border
    >>> type_names([border.CrossingOpened, "newsroom.checkpoint_attacked"])
    ('border.crossing_opened', 'newsroom.checkpoint_attacked')
    """
    if value is None:
        return None
    return tuple(
        _stored_name(item) if isinstance(item, str) else event_type(item).name for item in as_tuple(value, str | type)
    )


def _stored_name(name: str) -> str:
    """Return the text if it can be a stored name: one without a dot would match nothing."""
    if "." not in name and name != Redacted.type:
        raise InvalidEvent(
            f"{name!r} is not a stored name: expected an event class, or words joined by dots, such as "
            "'custody.detainees_escaped'.",
            value=name,
        )
    return name
