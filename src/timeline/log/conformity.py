"""Conformity with a schema: the first fault of a value, in one sentence that names the field.

It knows the words of JSON Schema that `timeline.log.schema` uses, and no others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any

Json = Any
Schema = Mapping[str, Any]
_FEW = 8
_TYPES: Mapping[str, tuple[str, Callable[[Json], bool]]] = {
    "object": ("an object", lambda value: isinstance(value, dict)),
    "array": ("a list", lambda value: isinstance(value, list)),
    "string": ("text", lambda value: isinstance(value, str)),
    "integer": ("a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    "number": ("a number", lambda value: isinstance(value, int | float) and not isinstance(value, bool)),
    "boolean": ("true or false", lambda value: isinstance(value, bool)),
    "null": ("null", lambda value: value is None),
}


def first_fault(value: Json, schema: Schema, definition: str) -> str | None:
    """Say what is wrong with a value by a definition of a schema; None if it conforms.

    >>> from timeline.log.schema import schema
    >>> first_fault({"low": 1, "best": 2}, schema(), "quantity")
    'has no high: expected low, best, high.'
    """
    found = next(_faults(value, schema["$defs"][definition], schema, ""), None)
    return None if found is None else found.lstrip()


def _faults(value: Json, rule: Schema, root: Schema, path: str) -> Iterator[str]:
    if "$ref" in rule:
        yield from _faults(value, root["$defs"][rule["$ref"].removeprefix("#/$defs/")], root, path)
    for word, check in _CHECKS.items():
        if word in rule:
            yield from check(value, rule, root, path)


def _type(value: Json, rule: Schema, _: Schema, path: str) -> Iterator[str]:
    expected, fits = _TYPES[rule["type"]]
    if not fits(value):
        yield f"{path} is {_shown(value)}: expected {rule.get('description', expected)}."


def _enum(value: Json, rule: Schema, _: Schema, path: str) -> Iterator[str]:
    allowed = rule["enum"] if "enum" in rule else [rule["const"]]
    if not any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in allowed):
        words = [str(one) for one in allowed if one is not None]
        if len(words) > _FEW:
            near = get_close_matches(str(value), words, n=3)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            yield f"{path} is {_shown(value)}: expected one of the {len(words)} that the schema lists.{hint}"
        else:
            yield f"{path} is {_shown(value)}: expected {'one of ' if len(words) > 1 else ''}{', '.join(words)}."


def _text(value: Json, rule: Schema, _: Schema, path: str) -> Iterator[str]:
    if not isinstance(value, str):
        return
    fits = len(value) <= rule.get("maxLength", len(value))
    if not fits or ("pattern" in rule and not _pattern(rule["pattern"]).search(value)):
        yield f"{path} is {_shown(value)}: expected {rule.get('description', 'another text')}."


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """Compile a pattern; in other languages, `$` does not match before a last line break."""
    return re.compile(text.removesuffix("$") + r"\Z" if text.endswith("$") else text)


def _number(value: Json, rule: Schema, _: Schema, path: str) -> Iterator[str]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    if not rule.get("minimum", value) <= value <= rule.get("maximum", value):
        low, high = (rule.get(name) for name in ("minimum", "maximum"))
        bounds = " and ".join(f"at {how} {n}" for how, n in (("least", low), ("most", high)) if n is not None)
        yield f"{path} is {_shown(value)}: expected {bounds}."


def _not(value: Json, rule: Schema, root: Schema, path: str) -> Iterator[str]:
    if not any(_faults(value, rule["not"], root, path)):
        yield f"{path} is {_shown(value)}, a reserved name: expected {rule.get('description', 'another value')}."


def _required(value: Json, rule: Schema, _: Schema, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name in rule["required"]:
            if name not in value:
                yield f"{path} has no {name}: expected {', '.join(rule['required'])}."


def _object(value: Json, rule: Schema, root: Schema, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        return
    known, others = rule.get("properties", {}), rule.get("additionalProperties", {})
    for name, held in value.items():
        where = f"{path}.{name}" if path else str(name)
        if name in known:
            yield from _faults(held, known[name], root, where)
        elif others is False:
            near = get_close_matches(str(name), known, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            yield f"{path} has {_shown(name)}: expected only {', '.join(known)}.{hint}"
        else:
            yield from _faults(name, rule.get("propertyNames", {}), root, f"a key of {path}")
            yield from _faults(held, others, root, where)


def _items(value: Json, rule: Schema, root: Schema, path: str) -> Iterator[str]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _faults(item, rule["items"], root, f"{path}[{number}]")


def _any_of(value: Json, rule: Schema, root: Schema, path: str) -> Iterator[str]:
    found = [next(_faults(value, one, root, path), None) for one in rule["anyOf"]]
    if None not in found:
        yield found[0] or ""


def _all_of(value: Json, rule: Schema, root: Schema, path: str) -> Iterator[str]:
    for one in rule["allOf"]:
        if "if" not in one or (_may_apply(value, one["if"]) and not any(_faults(value, one["if"], root, path))):
            yield from _faults(value, one.get("then", one), root, path)


def _may_apply(value: Json, condition: Schema) -> bool:
    """Tell quickly that a condition on the type of an event does not hold: there is one for each type."""
    type_ = condition["properties"]["type"].get("const")
    return isinstance(value, dict) and (type_ is None or value.get("type") == type_)


_CHECKS: Mapping[str, Callable[[Json, Schema, Schema, str], Iterator[str]]] = {
    "type": _type,
    "enum": _enum,
    "const": _enum,
    "not": _not,
    "pattern": _text,
    "minimum": _number,
    "maximum": _number,
    "anyOf": _any_of,
    "items": _items,
    "required": _required,
    "properties": _object,
    "propertyNames": _object,
    "allOf": _all_of,
}


def _shown(value: Json) -> str:
    """Show a value, shortened to a readable length."""
    text = "null" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
