"""Events to stored type, version and data, and back; what this program cannot read is kept unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from timeline.errors import InvalidValue
from timeline.events.declare import (
    EventType,
    UnknownEvent,
    event_type,
    fields_with_events,
    is_event,
    registered,
)
from timeline.events.fields import unknown_fields
from timeline.log.fieldcode import Nested, Read, Write, make_reader, make_writer
from timeline.log.hints import Json
from timeline.values.containers import Memo
from timeline.values.report import Report


def encode_event(event: Any) -> dict[str, Json]:
    """Return an event as stored: type, version, and the fields that differ from their default."""
    stored = write_event(event)
    return {**stored, "data": dict(stored["data"])}


def write_event(event: Any) -> dict[str, Json]:
    """Return an event as stored, in canonical order; only data with unknown fields are not yet sorted."""
    return _EVENT_WRITERS[event.__class__](event)  # type: ignore[no-any-return]


def decode_event(stored: Mapping[str, Json], tags: tuple[str, ...] = ()) -> Any:
    """Return the event of stored type, version and data, brought up to the current version.

    Data that cannot be read give an `UnknownEvent` with the reason. Fields that the class lacks are kept beside it.
    """
    name, version, data = stored["type"], stored["version"], stored["data"]
    kind = registered(name)
    if kind is None or version > kind.version:
        newest = f"its version, {version}, is newer than {kind.version}, the newest one known" if kind else ""
        return UnknownEvent(name, version, data, tags, newest or "its type is not known")
    try:
        if version != kind.version:
            for earlier in range(version, kind.version):
                data = kind.upcasters[earlier](dict(data))
        read, nested = _KNOWN[kind]
        event = read(data)
    except Exception as error:  # noqa: BLE001  # whatever the class, an upcaster or the converter raises
        return UnknownEvent(name, version, stored["data"], tags, _unfit(kind, version, error))
    for field in nested:
        inner = getattr(event, field)
        if isinstance(inner, UnknownEvent):
            entities = tuple(tag for tag in tags if not tag.startswith("entry:"))
            event.__dict__[field] = attrs.evolve(inner, tags=entities)
    return event


def _unfit(kind: EventType, version: int, error: Exception) -> str:
    """Explain why stored data cannot be read: with the message of the class, or else the error."""
    if isinstance(error, InvalidValue):
        return str(error)
    return (
        f"the stored {kind.name} (version {version}) does not fit {kind.cls.__name__}: {error!r}. "
        "If the class changed, raise its version and give an upcaster."
    )


def is_known(name: str, version: int) -> bool:
    """Return whether this program has a class for a stored type and version."""
    kind = registered(name)
    return kind is not None and version <= kind.version


def encode_report(report: Report) -> dict[str, Json]:
    """Return a report as stored."""
    return WRITERS[Report](report)  # type: ignore[no-any-return]


def _write_unread(event: UnknownEvent) -> dict[str, Json]:
    return {"data": event.data, "type": event.type, "version": event.version}


def _encode_nested(event: Any) -> Json:
    return None if event is None else encode_event(event)


def _encode_instance(value: Any) -> Json:
    return encode_event(value) if is_event(value) else WRITERS[type(value)](value)


def _decode_nested(stored: Json) -> Any:
    return None if stored is None else decode_event(stored)


def _reader_of_all(cls: Any) -> Read:
    """Return the reader of a class within the fields of another: it refuses what it could not write back."""

    def read(data: Json) -> Any:
        made = READERS[cls](data)
        if extra := unknown_fields(made):
            raise TypeError(f"{cls.__name__} has no field {min(extra)!r}")
        return made

    return read


_NESTED = Nested(_encode_nested, _encode_instance, _decode_nested, _reader_of_all)
WRITERS: Memo[Any, Write] = Memo(lambda cls: make_writer(cls, _NESTED))
"""By class: the function that gives the fields of an instance as JSON."""
_EVENT_WRITERS: Memo[Any, Write] = Memo(
    lambda cls: _write_unread if issubclass(cls, UnknownEvent) else make_writer(cls, _NESTED, event_type(cls))
)
READERS: Memo[Any, Read] = Memo(lambda cls: make_reader(cls, _NESTED))
"""By class: the function from JSON to an instance."""
_KNOWN: Memo[EventType, tuple[Read, tuple[str, ...]]] = Memo(
    lambda kind: (READERS[kind.cls], fields_with_events(kind.cls))
)
