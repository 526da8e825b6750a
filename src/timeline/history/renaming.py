"""Renaming: an event with every name in its canonical form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Protocol, TypeVar

from timeline.events.declare import event_type, fields_with_events, is_event
from timeline.events.facility import FacilityRegistered
from timeline.values.containers import FrozenMapping
from timeline.values.entities import Tagged

T = TypeVar("T")


class CanonicalNames(Protocol):
    """The canonical names of others."""

    @property
    def kinds(self) -> frozenset[str]: ...
    def slug(self, kind: str | None, slug: Any) -> Any: ...
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
        is_tag = isinstance(mark, Tagged)
        if value and (is_tag or mark.kind in names.kinds):
            new = _replaced(value, names.tag if is_tag else partial(names.slug, mark.kind))
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


def _replaced(value: Any, canonical: Callable[[Any], Any]) -> Any:
    """Return a name, a list or a mapping of names with each name replaced; the value itself if nothing changes."""
    if isinstance(value, str):
        return canonical(value)
    if all(canonical(name) == name for name in value):
        return value
    if not isinstance(value, Mapping):
        return type(value)(dict.fromkeys(map(canonical, value)))
    found: dict[Any, Any] = {}
    for name, share in value.items():
        new = canonical(name)
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
