"""Values as the Python that builds them, to paste what a random test found into a test of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, NamedTuple

import attrs

from timeline.entry import Draft, Entry
from timeline.events.declare import UnknownEvent, is_event
from timeline.values.quantity import PEOPLE, Quantity, about, at_least, between, exactly, up_to
from timeline.values.when import When

WIDTH = 100
"""Lines get no longer, where there is a place to break them."""
_VOCABULARY = "timeline.events."
_NUMBERS = (exactly, about, at_least, up_to)


def as_code(value: Any, *, indent: int = 0) -> str:
    """Write the expression that builds a value, under `from timeline import *` and `from timeline.events import *`.

    It takes events, quantities, times, reports, drafts, entries (as the drafts they were), and tuples,
    lists and mappings of them. Defaults are left out. A long expression is laid out on several lines, `indent`
    to the right.

    >>> from timeline.events import custody
    >>> print(as_code(Draft(custody.DetaineesEscaped(facility="al-hol-camp", quantity=about(5)), occurred="2026-01")))
    Draft(custody.DetaineesEscaped(facility='al-hol-camp', quantity=about(5)), occurred='2026-01')
    """
    return _laid_out(_code(value), indent)


def as_draft(entry: Entry) -> Draft:
    """Return the draft that would put the same on another log."""
    names = (a.name for a in attrs.fields(Draft))
    return Draft(**{name: getattr(entry, name) for name in names})


def print_as_code(*classes: Any) -> None:
    """Have Hypothesis print values of these classes as code, and not how they were drawn."""
    for cls in classes:
        cls._repr_pretty_ = _printing_code(getattr(cls, "_repr_pretty_", None))


def _printing_code(otherwise: Callable[[Any, Any, bool], None] | None) -> Callable[[Any, Any, bool], None]:
    """Return a function that prints code for Hypothesis, and for notebooks as the class does otherwise."""

    def pretty(value: Any, printer: Any, cycle: bool) -> None:
        if otherwise is None or type(printer).__module__.startswith("hypothesis"):
            print_lines(as_code(value), printer)
        else:
            otherwise(value, printer, cycle)

    return pretty


def print_lines(code: str, printer: Any) -> None:
    """Print code through a printer of Hypothesis, or of notebooks, which indents what follows its breaks."""
    first, *more = code.split("\n")
    printer.text(first)
    for line in more:
        printer.break_()
        printer.text(line)


class _Group(NamedTuple):
    """Code that stands on one line, or else with a line for each item."""

    head: str
    items: tuple[_Code, ...]
    tail: str
    lone: str = ""
    """What follows a lone item on the same line: a tuple needs its comma."""


_Code = str | _Group


def _laid_out(code: _Code, indent: int) -> str:
    flat = _flat(code)
    if isinstance(code, str) or indent + len(flat) <= WIDTH:
        return flat
    deeper = " " * (indent + 4)
    lines = "".join(f"{deeper}{_laid_out(item, indent + 4)},\n" for item in code.items)
    return f"{code.head}\n{lines}{' ' * indent}{code.tail}"


def _flat(code: _Code) -> str:
    if isinstance(code, str):
        return code
    lone = code.lone if len(code.items) == 1 else ""
    return code.head + ", ".join(map(_flat, code.items)) + lone + code.tail


def _behind(prefix: str, code: _Code) -> _Code:
    return prefix + code if isinstance(code, str) else code._replace(head=prefix + code.head)


def _code(value: Any) -> _Code:
    if isinstance(value, Entry):
        return _code(as_draft(value))
    if isinstance(value, Quantity):
        return _quantity(value)
    if isinstance(value, When):
        return f"When({value.text!r})"
    if isinstance(value, Enum):
        return str(value) if repr(value) == str(value) else f"{type(value).__name__}.{value.name}"
    if isinstance(value, Mapping):
        return _Group("{", tuple(_behind(f"{as_code(key)}: ", _code(item)) for key, item in value.items()), "}")
    if isinstance(value, tuple):
        return _Group("(", tuple(map(_code, value)), ")", lone=",")
    if isinstance(value, list):
        return _Group("[", tuple(map(_code, value)), "]")
    if not attrs.has(type(value)):
        return repr(value)
    return _Group(f"{_name(type(value))}(", tuple(_arguments(value)), ")")


def _name(cls: type) -> str:
    inside = cls.__module__.removeprefix(_VOCABULARY)
    return cls.__name__ if inside == cls.__module__ or cls is UnknownEvent else f"{inside}.{cls.__name__}"


def _arguments(value: Any) -> Iterator[_Code]:
    for field in attrs.fields(type(value)):
        given = getattr(value, field.name)
        if given == field.default and type(given) is type(field.default):
            continue
        positional = not field.kw_only and not (is_event(value) and not isinstance(value, UnknownEvent))
        said = _code(given.text if isinstance(given, When) else given)  # a time is taken as its text
        yield said if positional else _behind(f"{field.name}=", said)


def _quantity(value: Quantity) -> str:
    numbers = (value.low, value.best, value.high)
    more = "".join(
        f", {name}={text!r}"
        for name, text, usual in (("unit", value.unit, PEOPLE), ("text", value.text, ""))
        if text != usual
    )
    if not value.known:
        return f"unspecified({more.removeprefix(', ')})"
    for build in _NUMBERS:
        for number in {n for n in numbers if n is not None}:
            made = build(number)
            if (made.low, made.best, made.high) == numbers:
                return f"{build.__name__}({number}{more})"
    if value.high is None:
        return f"Quantity({value.low}, {value.best}, None{more})"
    best = "" if value.best is None else f", {value.best}"
    return f"{between.__name__}({value.low}, {value.high}{best}{more})"
