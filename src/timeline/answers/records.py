"""The values of a projection as records: one description of your own projections for every face.

A record is one thing that a projection says something about. Its name is the first step of a path of `flat`; the rest
of the path names a field. A value that is an attrs class or a named tuple of yours gives a field for each of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs
from attrs import field, frozen

from timeline.projections.projection import Path

VALUE = "value"
"""The field of a value that stands alone."""


@frozen
class Record:
    """One thing: its values by field, and the path of each, by which `why` explains it."""

    name: str
    values: dict[str, Any] = field(factory=dict)
    paths: dict[str, Path] = field(factory=dict)


def records(values: Iterable[tuple[Path, Any]]) -> list[Record]:
    """Return the values by path of a projection as records, in the order of their first values.

    >>> [found] = records([(("red-bridge", "status"), "agreed"), (("red-bridge", "since"), None)])
    >>> found.name, dict(found.values)
    ('red-bridge', {'status': 'agreed', 'since': None})
    """
    found: dict[str, Record] = {}
    for path, value in values:
        name, *steps = path or ("",)
        record = found.setdefault(name, Record(name))
        for more, inner in fields_of(value).items() or [("", value)]:
            field_path = (*steps, more) if more else tuple(steps)
            record.values[".".join(field_path) or VALUE] = inner
            record.paths[".".join(field_path) or VALUE] = (name, *field_path) if path else ()
    return list(found.values())


def fields_of(value: Any) -> dict[str, Any]:
    """Return the fields of a value of a user's own class, by name; none for any other value."""
    cls: Any = type(value)
    if cls.__module__.partition(".")[0] == "timeline":
        return {}
    names = [a.name for a in attrs.fields(cls)] if attrs.has(cls) else getattr(cls, "_fields", ())
    return {name: getattr(value, name) for name in names if not name.startswith("_")}
