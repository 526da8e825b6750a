"""Values as the Python that builds them, to paste what a random test found into a test of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

import attrs

from timeline.entry import Draft, Entry
from timeline.eventtype import UnknownEvent, is_event
from timeline.quantity import PEOPLE, Quantity, about, at_least, exactly, up_to
from timeline.when import When

_VOCABULARY = "timeline.events."


def as_code(value: Any) -> str:
    """The expression that builds a value, under `from timeline import *` and `from timeline.events import *`.

    It takes events, quantities, times, reports, drafts, entries (as the drafts they were), and tuples,
    lists and mappings of them. What is at its default is left out.

    >>> from timeline.events import custody
    >>> print(as_code(Draft(custody.DetaineesEscaped(facility="al-hol-camp", quantity=about(5)), occurred="2026-01")))
    Draft(custody.DetaineesEscaped(facility='al-hol-camp', quantity=about(5)), occurred='2026-01')
    """
    if isinstance(value, Entry):
        return as_code(draft_of(value))
    if isinstance(value, Quantity):
        return _quantity(value)
    if isinstance(value, When):
        return f"When({value.text!r})"
    if isinstance(value, Enum):
        return str(value) if repr(value) == str(value) else f"{type(value).__name__}.{value.name}"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{as_code(key)}: {as_code(item)}" for key, item in value.items()) + "}"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(as_code, value)) + ("," if len(value) == 1 else "") + ")"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_code, value)) + "]"
    return _call(value) if attrs.has(type(value)) else repr(value)


def draft_of(entry: Entry) -> Draft:
    """What would put the same on another log."""
    names = (a.name for a in attrs.fields(Draft))
    return Draft(**{name: getattr(entry, name) for name in names})


def _call(value: Any) -> str:
    return f"{_name(type(value))}({', '.join(_arguments(value))})"


def _name(cls: type) -> str:
    inside = cls.__module__.removeprefix(_VOCABULARY)
    return cls.__name__ if inside == cls.__module__ else f"{inside}.{cls.__name__}"


def _arguments(value: Any) -> Iterator[str]:
    for field in attrs.fields(type(value)):
        given = getattr(value, field.name)
        if given == field.default and type(given) is type(field.default):
            continue
        positional = not field.kw_only and not (is_event(value) and not isinstance(value, UnknownEvent))
        said = as_code(given.text if isinstance(given, When) else given)  # a time is taken as its text
        yield said if positional else f"{field.name}={said}"


def _quantity(value: Quantity) -> str:
    numbers = (value.low, value.best, value.high)
    more = "".join(
        f", {name}={text!r}"
        for name, text, usual in (("unit", value.unit, PEOPLE), ("text", value.text, ""))
        if text != usual
    )
    if not value.known:
        return f"unspecified({more.removeprefix(', ')})"
    for build in (exactly, about, at_least, up_to):
        for number in {n for n in numbers if n is not None}:
            made = build(number)
            if (made.low, made.best, made.high) == numbers:
                return f"{build.__name__}({number}{more})"
    return f"Quantity({value.low}, {value.best}, {value.high}{more})"
