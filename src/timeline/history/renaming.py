"""Renaming: an event with every name in its canonical form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol, TypeVar

from timeline.events.declare import event_type, fields_with_events, is_event
from timeline.events.facility import FacilityRegistered
from timeline.values.containers import FrozenMapping
from timeline.values.entities import Tagged

T = TypeVar("T")


class CanonicalNames(Protocol):
    """The canonical names of others."""

    @property
    def canonical(self) -> Mapping[str, str]: ...
    @property
    def by_kind(self) -> Mapping[str, Mapping[str, str]]: ...
    def tag(self, tag: str) -> str: ...
    def event(self, event: Any) -> Any: ...


def renamed(event: Any, names: CanonicalNames) -> Any:
    """Return an event under canonical names; the event itself if it has no others.

    A list holds each name once, and shares of a breakdown that have one name are added up.
    """
    changes = dict(_changes(event, names))
    if not changes:
        return event
    if isinstance(event, FacilityRegistered):
        own, members = changes.get("facility", event.facility), changes.get("members", event.members)
        changes["members"] = tuple(member for member in members if member != own)
    return _with(event, changes)


def _changes(event: Any, names: CanonicalNames) -> Iterator[tuple[str, Any]]:
    for field, mark in event_type(event).named:
        value = getattr(event, field)
        by = names.canonical if isinstance(mark, Tagged) else names.by_kind.get(mark.kind)
        if value and by:
            new = _replaced(value, by)
            if new is not value:
                yield field, new
    about = tuple(dict.fromkeys(map(names.tag, event.about)))
    if about != event.about:
        yield "about", about
    cls: Any = type(event)
    for field in fields_with_events(cls):
        inner = getattr(event, field)
        if is_event(inner) and (new := names.event(inner)) is not inner:
            yield field, new


def _replaced(value: Any, canonical: Mapping[str, str]) -> Any:
    """Return a name, a list or a mapping of names with each name replaced; the value itself if nothing changes."""
    if isinstance(value, str):
        return canonical.get(value, value)
    if canonical.keys().isdisjoint(value):
        return value
    if not isinstance(value, Mapping):
        return type(value)(dict.fromkeys(canonical.get(name, name) for name in value))
    found: dict[Any, Any] = {}
    for name, share in value.items():
        new = canonical.get(name, name)
        found[new] = _sum(found[new], share) if new in found else share
    return FrozenMapping(found)


def _sum(one: Any, other: Any) -> Any:
    """Add up two shares of a breakdown; of what cannot be added, keep the last."""
    try:
        return one + other
    except (TypeError, ValueError):
        return other


def _with(event: T, changes: Mapping[str, Any]) -> T:
    """Return a copy of an event with other values, which its own rules need not allow."""
    after = object.__new__(type(event))
    vars(after).update({**vars(event), **changes})
    return after
