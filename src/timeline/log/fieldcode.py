"""Writers and readers of classes, generated: one function for each class, which names its fields one by one.

A writer gives the fields that are not at their default as JSON, in canonical order. A reader checks every field as
the constructor does. It remembers the results for texts that recur: slugs, choices, times and sources.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

import attrs

from timeline.events.declare import EventType
from timeline.events.fields import UNKNOWN, keep_unknown, plain
from timeline.generated import function, identifier, unfrozen
from timeline.log.hints import (
    Json,
    decoder,
    encode_value,
    is_written_as_it_is,
    leaves,
    quantity_reader,
    stays,
    unchanged,
)
from timeline.values.containers import NOTHING, FrozenMapping, Memo
from timeline.values.entities import Slug
from timeline.values.quantity import PEOPLE, Quantity
from timeline.values.report import text_or_none
from timeline.values.when import When

Write = Callable[[Any], Any]
Read = Callable[[Any], Any]
_Code = tuple[str, dict[str, Any]]
"""An expression, and the values that it names."""


class Nested(NamedTuple):
    """The functions for values within the fields of a class."""

    write_event: Write
    write_instance: Write
    """Writes an instance of a class made with `attrs`, an event or not."""
    read_event: Read
    reader: Callable[[Any], Read]
    """Returns the reader of a class made with `attrs`."""


# -- writing ---------------------------------------------------------------------------------------


def make_writer(cls: Any, nested: Nested, kind: EventType | None = None) -> Write:
    """Make the function that gives the fields of an instance as JSON; with its kind, an event as stored.

    Fields that the class lacks make the data a `FrozenMapping`, since their order and numbers may not be canonical.
    """
    hints = _hints(cls)
    values: dict[str, Any] = {"write_event": nested.write_event, "write_instance": nested.write_instance}
    values |= {"write_quantity": _write_quantity, "write_value": encode_value, "join": _join}
    values |= {"kind": kind and kind.name, "version": kind and kind.version}
    lines = ["found = {}"]
    for number, field in enumerate(sorted(attrs.fields(cls), key=lambda field: field.name.encode("utf-16-be"))):
        put = f"found[{field.name!r}] = {_expression(hints[field.name])}"
        lines.append(f"value = instance.{identifier(field.name)}")
        if field.default is attrs.NOTHING:
            lines.append(put)
        elif field.default is None:  # nothing else equals it, and a class may compare slowly
            lines.append(f"if value is not None: {put}")
        elif _is_made(field.default):
            values[f"default_{number}"] = field.default.factory
            lines.append(f"if value != default_{number}(): {put}")
        else:
            values[f"default_{number}"] = field.default
            lines.append(f"if value is not default_{number} and not value == default_{number}: {put}")
    more = f"instance.{UNKNOWN}" if _has_slots(cls) else f"getattr(instance, {UNKNOWN!r}, None)"
    lines += [f"more = {more}", "if more: found = join(found, more)"]
    lines.append("return {'data': found, 'type': kind, 'version': version}" if kind else "return found")
    made: Write = function("write", "instance", lines, **values)
    return made


def _join(found: dict[str, Json], more: Mapping[str, Json]) -> FrozenMapping[str, Json]:
    return FrozenMapping({**found, **more})


def _expression(hint: Any) -> str:
    """Return the code that writes `value`, of a hint."""
    optional = "None if value is None else " if type(None) in get_args(hint) else ""
    if hint is Any:
        return "write_event(value)"
    if is_written_as_it_is(hint):
        return "value"
    if plain(hint) == (When,):
        return f"{optional}value.text"
    if plain(hint) == (Quantity,):
        return f"{optional}write_quantity(value)"
    return "write_value(value, write_instance)"


def _write_quantity(quantity: Quantity) -> dict[str, Json]:
    found: dict[str, Json] = {"best": quantity.best, "high": quantity.high, "low": quantity.low}
    if quantity.text:
        found["text"] = quantity.text
    if quantity.unit != PEOPLE:
        found["unit"] = quantity.unit
    return found


# -- reading ---------------------------------------------------------------------------------------


def make_reader(cls: Any, nested: Nested) -> Read:
    """Make the function from JSON to an instance; fields that the class lacks are kept beside the others.

    The function fills a new instance, as the constructor that `attrs` makes does. A class that is made in another way
    is called.
    """
    hints = _hints(cls)
    if not _is_filled_by_attrs(cls):
        decoders = {field.name: _decoder(field, hints[field.name], nested) for field in attrs.fields(cls)}
        return _by_constructor(cls, decoders)
    slots = _has_slots(cls)
    values: dict[str, Any] = {"new": unfrozen(cls) if slots else object.__new__, "cls": cls}
    values |= {"keep": _keep_unknown, "missing": _missing, "nothing": NOTHING}
    lines = ["if data.__class__ is not dict: data = dict(data.items())", "left = len(data)"]
    lines += ["self = new()"] if slots else ["self = new(cls)", "fields = self.__dict__"]
    for number, field in enumerate(attrs.fields(cls)):
        name = identifier(field.name)
        target = f"self.{name}" if slots else f"fields[{name!r}]"
        found, found_values = _found(number, field, hints[name], nested)
        default, default_values = _default(number, field)
        values |= found_values | default_values
        lines += [
            f"if {name!r} in data:",
            f"    value = data[{name!r}]",
            f"    {target} = {found}",
            "    left -= 1",
            f"else: {target} = {default}",
        ]
    if slots:
        lines += [f"self.{UNKNOWN} = nothing", "self.__class__ = cls"]
    elif hasattr(cls, "__attrs_post_init__"):
        lines += ["self.__attrs_post_init__()"]
    made: Read = function("read", "data", [*lines, "return keep(self, data) if left else self"], **values)
    return made


def _found(number: int, field: Any, hint: Any, nested: Nested) -> _Code:
    """Return the code that reads `value`, of a field."""
    read = _check(field, hint, nested)
    values = {f"read_{number}": read}
    if _recurs(hint) or field.name == "source":
        values[f"known_{number}"] = Memo(read).__getitem__
        return f"known_{number}(value) if value.__class__ is {_recurring(hint)} else read_{number}(value)", values
    if field.validator is text_or_none:
        return f"value if value.__class__ is str else read_{number}(value)", values
    if field.validator and not field.converter and stays(hint):
        values = {f"validate_{number}": field.validator, f"field_{number}": field}
        return f"value; validate_{number}(None, field_{number}, value)", values
    return f"read_{number}(value)", values


def _default(number: int, field: Any) -> _Code:
    """Return the code that gives the value of a field that is left out."""
    if field.default is attrs.NOTHING:
        return f"missing({field.name!r})", {}
    if _is_made(field.default):
        values = {f"default_{number}": field.default.factory, f"convert_{number}": field.converter or unchanged}
        return f"convert_{number}(default_{number}())", values
    return f"default_{number}", {f"default_{number}": (field.converter or unchanged)(field.default)}


def _has_slots(cls: Any) -> bool:
    """Tell whether a class keeps its fields in slots, with one more for the fields that it lacks."""
    return hasattr(cls, UNKNOWN)


def _is_filled_by_attrs(cls: Any) -> bool:
    """Tell whether the constructor of a class does no more than check its fields and keep them."""
    own = ("__attrs_init__", "__attrs_pre_init__", *(() if _has_slots(cls) else ("__slots__",)))
    plainly = all(field.init and field.alias == field.name for field in attrs.fields(cls))
    takes_self = any(_is_made(field.default) and field.default.takes_self for field in attrs.fields(cls))
    return plainly and not takes_self and cls.__new__ is object.__new__ and not any(hasattr(cls, name) for name in own)


def _by_constructor(cls: Any, decoders: Mapping[str, Read]) -> Read:
    def read(data: Mapping[str, Json]) -> Any:
        known = {name: decode(data[name]) for name, decode in decoders.items() if name in data}
        made = cls(**{_alias(cls, name): value for name, value in known.items()})
        return made if len(known) == len(data) else _keep_unknown(made, data)

    return read


def _alias(cls: Any, name: str) -> str:
    return str(getattr(attrs.fields(cls), name).alias)


def _check(field: Any, hint: Any, nested: Nested) -> Read:
    """Return the function that reads a field, converts the value and checks it."""
    convert, validate = field.converter, field.validator
    if validate is None and plain(hint) == (Quantity,):
        return quantity_reader(convert or unchanged)
    decode = _decoder(field, hint, nested)
    if validate is None and decode is unchanged and convert is not None:
        return convert  # type: ignore[no-any-return]

    def check(value: Any) -> Any:
        found = decode(value)
        if convert is not None:
            found = convert(found)
        if validate is not None:
            validate(None, field, found)
        return found

    return check


def _decoder(field: Any, hint: Any, nested: Nested) -> Read:
    if hint is Any:
        return nested.read_event
    if field.converter is not None and stays(hint):
        return unchanged
    return decoder(hint, nested.reader)


def _missing(name: str) -> None:
    raise TypeError(f"the field {name!r} is missing")


def _keep_unknown(value: Any, data: Mapping[str, Json]) -> Any:
    known = {field.name for field in attrs.fields(type(value))}
    return keep_unknown(value, FrozenMapping({name: data[name] for name in data if name not in known}))


def _recurs(hint: Any) -> bool:
    """Tell whether a hint is of a slug of something that many entries name, of a choice, or of a time."""
    if get_origin(hint) is Annotated:
        return any(isinstance(mark, Slug) and mark.kind != "entry" for mark in hint.__metadata__)
    kinds = [kind for kind in get_args(hint) if kind is not type(None)]
    if get_origin(hint) is not Literal and len(kinds) == 1 and type(None) in get_args(hint):
        return _recurs(kinds[0])
    return hint is When or get_origin(hint) is Literal


def _recurring(hint: Any) -> str:
    """Return the name of the class of values that are remembered: never `bool`, since True equals 1."""
    return "int" if {*leaves(hint)} == {int} else "str"


def _is_made(default: Any) -> bool:
    return isinstance(default, attrs.Factory)  # type: ignore[arg-type]


def _hints(cls: Any) -> dict[str, Any]:
    """Return the hints of the fields; those of events are resolved where the class is declared."""
    found = {field.name: field.type for field in attrs.fields(cls)}
    return get_type_hints(cls, include_extras=True) if any(isinstance(hint, str) for hint in found.values()) else found
