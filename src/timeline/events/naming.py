"""Naming events: the stored names of their types, and the tags by which the log is searched."""

from __future__ import annotations

from typing import Any

from timeline.errors import InvalidEvent, InvalidValue
from timeline.events.declare import Redacted, UnknownEvent, event_type
from timeline.values.containers import as_tuple
from timeline.values.entities import Slug


def type_name(event: object) -> str:
    """The stored name of an event, known or not; `redacted` for what is left of one."""
    return event.type if isinstance(event, UnknownEvent | Redacted) else event_type(event).name


def tags_of(event: object) -> tuple[str, ...]:
    """The tags an event carries: its entities, then what it is `about`.

    >>> from timeline.events import facility
    >>> tags_of(facility.ControlChanged(facility="al-hol-camp", previous="sdf"))
    ('facility:al-hol-camp', 'authority:sdf')
    """
    if isinstance(event, UnknownEvent):
        return event.tags
    about: tuple[str, ...] = event.about  # type: ignore[attr-defined]
    return tuple(dict.fromkeys([*(mark.tag(slug) for _, mark, slug in entities_of(event)), *about]))


def entities_of(event: Any) -> list[tuple[str, Slug, str]]:
    """The entities an event names: in which field, of which kind, by slug.

    Raises: InvalidEvent for what is no event of a known type.
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
    """Tags as a tuple, one alone being enough.

    Raises: InvalidValue for what is no text.
    """
    if value is None:
        return None
    tags = as_tuple(value)
    if not all(isinstance(tag, str) for tag in tags):
        raise InvalidValue(f"tags is {value!r}: expected a list such as ['facility:al-hol-camp'].", value=value)
    return tags


def type_names(value: Any) -> tuple[str, ...] | None:
    """Stored names as a tuple; event classes stand for theirs.

    Raises: InvalidEvent for what can be neither.

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
    """A name that something may be stored under: one without a dot would be searched for in vain."""
    if "." not in name and name != Redacted.type:
        raise InvalidEvent(
            f"{name!r} is not a stored name: expected an event class, or words joined by dots, such as "
            "'custody.detainees_escaped'.",
            value=name,
        )
    return name
