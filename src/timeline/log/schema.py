"""The stored form as JSON Schema, drawn from the annotations of events: for programs in any language.

    root             what `codec.encode` writes: the content of an entry
    #/$defs/draft    a line for `timeline record LOG -`: a content with an id, by hand or by a program
    #/$defs/line     a line of `Timeline.dump`
    #/$defs/report, event, quantity, when, place, and one for the data of each event, by stored name

What is accepted validates. What validates is refused only for what a schema cannot say; `UNSAID` lists that.

Source: JSON Schema 2020-12.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

import attrs

from timeline.errors import InvalidValue
from timeline.events.declare import EventType, registered_types
from timeline.events.editorial import EDITORIAL
from timeline.events.fields import Unit
from timeline.values.containers import as_tuple
from timeline.values.entities import ACCOUNTS, Slug, Tagged
from timeline.values.place import PRECISIONS, Place
from timeline.values.quantity import Quantity
from timeline.values.report import Credibility, Modality, Reliability
from timeline.values.when import When

Json = dict[str, Any]
VERSION: Final = 1
"""The version of the schema: raised when something that validated no longer does."""
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
UNSAID: Final = (
    "The calendar: 2026-02-30 and 24:00 look like times.",
    "The order of bounds: low, best and high rise; an interval does not run backwards.",
    "References: they name entries of the log, and an editorial event must take effect there.",
    "Rules between fields: a vacated facility has no authority, a judgement is on two tags of one kind.",
    "Names of persons, and characters that cannot be seen in a slug.",
    "Sizes: an entry has at most 1,000,000 bytes, and a tag 500 characters.",
    "Whole numbers: 5.0 is one for JSON Schema, and is refused.",
    "The data of an event of an earlier version, which are brought up to the present one.",
)
"""Rules that no JSON Schema can say, or this one does not: what validates may be refused for these reasons only."""

_DATE = r"(?:[0-9]{4}(?:-(?:[0-9]{2}(?:-(?:[0-9]{2}|XX))?|XX(?:-XX)?))?|[0-9]{3}X|[0-9]{2}XX)(?:[~?%]|~\?|\?~)?"
_INSTANT = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6}0*)?)?(?:Z|[+-][0-9]{2}(?::[0-9]{2})?)"
)
_ONE = f"(?:{_INSTANT}|{_DATE})"
_MEMBER = rf"\s*(?:{_ONE}\s*(?:\.\.\s*{_ONE}?)?|\.\.\s*{_ONE})\s*"
_EDTF = rf"^\s*(?:{_ONE}|{_ONE}/(?:{_ONE}|\.\.)?|(?:\.\.)?/{_ONE}|\[{_MEMBER}(?:,{_MEMBER})*\])\s*$"
_SLUG = r"^[^\s:;\u0000-\u001f\u007f-\u009f]+$"
_LARGEST = 2**53


def schema(kinds: Iterable[EventType] | None = None) -> Json:
    """Return the JSON Schema of events, reports, drafts and lines of a dump.

    `kinds` None: every event declared so far, your own too.

    Raises: InvalidValue.

    >>> found = schema()
    >>> found["$schema"], found["$defs"]["custody.detainees_escaped"]["properties"]["facility"]["anyOf"][1]
    ('https://json-schema.org/draft/2020-12/schema', {'type': 'null'})
    """
    kinds = registered_types() if kinds is None else as_tuple(kinds)
    if not all(isinstance(kind, EventType) for kind in kinds):
        raise InvalidValue(f"kinds is {kinds!r}: expected event types, such as registered_types() gives.", value=kinds)
    ordinary = [kind for kind in kinds if kind.cls not in EDITORIAL]
    return {
        "$schema": DIALECT,
        "$id": f"urn:incident-timeline:schema:{VERSION}",
        "title": "Entry of a timeline",
        "description": "What an entry of an incident timeline says, as it is stored.",
        "$comment": "Not said here: " + " ".join(UNSAID),
        **_ref("content"),
        "$defs": {
            **_values(),
            "report": _report(),
            "content": _object({"event": _ref("event"), **_said()}, required=["event"]),
            "event": _event("an event, as stored", kinds, needs_version=True),
            "ordinary_event": _event("an event that is not editorial, as stored", ordinary, needs_version=True),
            "draft_event": _event("an event, with its type and its data", kinds, needs_version=False),
            "draft": _draft(),
            "line": _line(),
            **{kind.name: _data(kind) for kind in kinds},
        },
    }


def _ref(name: str) -> Json:
    return {"$ref": f"#/$defs/{name}"}


def _or_null(found: Json) -> Json:
    return found if found == {} else {"anyOf": [found, {"type": "null"}]}


def _object(properties: Json, *, required: Iterable[str] = ()) -> Json:
    made = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**made, "required": list(required)} if required else made


def _text(expected: str, **more: Any) -> Json:
    return {"type": "string", "description": expected, **more}


def _values() -> Json:
    """Return the values that fields hold."""
    number = {"type": "integer", "description": "a whole number from 0 to 2**53", "minimum": 0, "maximum": _LARGEST}
    bounds = {"low": number, "best": _or_null(number), "high": _or_null(number)}
    unit = _text("a word such as 'people'", pattern=r"\S")
    quantity = {**bounds, "unit": unit, "text": _text("the source's own words")}
    degrees = {
        name: {
            "type": "number",
            "description": f"degrees from -{limit} to {limit}",
            "minimum": -limit,
            "maximum": limit,
        }
        for name, limit in (("latitude", 90), ("longitude", 180))
    }
    place = {**degrees, "precision": {"enum": list(PRECISIONS)}}
    slug = _text("a slug, one word without spaces, colons or semicolons", pattern=_SLUG, maxLength=200)
    tag = _text("a tag such as 'authority:sdf'", pattern=r"^[^\s:;]+:[^\s:;]+$", maxLength=500)
    return {
        "when": _text("a time in EDTF, such as '2026-01-21' or '2026-01~'", pattern=_EDTF, maxLength=1000),
        "quantity": _object(quantity, required=("low", "best", "high")),
        "place": _object(place, required=tuple(place)),
        "slug": slug,
        "facility": {**slug, "not": {"enum": sorted(ACCOUNTS)}},
        "tag": tag,
        "modality": {"enum": [modality.value for modality in Modality]},
    }


def _said() -> Json:
    """Return what an entry says beside its event."""
    slug = _ref("slug")
    return {
        "occurred": _or_null(_ref("when")),
        "reports": {"type": "array", "items": _ref("report")},
        "modality": _ref("modality"),
        "after": {"type": "array", "items": slug},
        "part_of": _or_null(slug),
        "fulfils": _or_null(slug),
        "recorder": _or_null(slug),
    }


def _report() -> Json:
    word = _or_null(_text("text"))
    return _object(
        {
            "source": _text("who published it, such as 'Reuters'", pattern=r"\S"),
            "published": _or_null(_ref("when")),
            **dict.fromkeys(("url", "language", "quote", "attributed_to"), word),
            "reliability": {"enum": [*get_args(Reliability), None]},
            "credibility": {"enum": [*get_args(Credibility), None]},
            "retrieved": _or_null(_ref("when")),
            "archived": word,
            "sha256": _or_null(_text("64 hexadecimal digits", pattern="^[0-9A-Fa-f]{64}$")),
        },
        required=["source"],
    )


def _draft() -> Json:
    """Return a line to record: a content with an id. Where it stood on another log is allowed, and ignored."""
    stood: Json = {"position": {}, "recorded_at": {}, "salt": {}, "leaf": {}}
    tags = {"type": "array", "items": {"type": "string"}}
    given = {"id": _or_null(_ref("slug")), "event": _ref("draft_event"), **_said(), **stood, "tags": tags}
    return _object(given, required=["event"])


def _line() -> Json:
    """Return a line of a dump: an entry with its seal, or what a redaction left."""
    digest = _text("64 hexadecimal digits", pattern="^[0-9a-f]{64}$")
    left = {
        "position": {"type": "integer", "minimum": 1},
        "id": _ref("slug"),
        "recorded_at": _text("an instant in UTC", pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{15}Z$"),
        "leaf": digest,
    }
    salt = _text("32 hexadecimal digits", pattern="^[0-9a-f]{32}$")
    whole = {**left, "salt": salt, "tags": {"type": "array", "items": {"type": "string"}}, "content": _ref("content")}
    redacted = {**left, "redacted": {"const": True}}
    return {"anyOf": [_object(whole, required=tuple(whole)), _object(redacted, required=tuple(redacted))]}


def _event(says: str, kinds: Iterable[EventType], *, needs_version: bool) -> Json:
    """Return an event: its type, and the version and data that go with it."""
    kinds = list(kinds)
    properties = {
        "type": {"enum": [kind.name for kind in kinds]},
        "version": {"type": "integer", "description": "the version of the event", "minimum": 1},
        "data": {"type": "object"},
    }
    required = ["type", "version", "data"] if needs_version else ["type"]
    cases = [case for kind in kinds for case in _cases(kind, needs_version=needs_version)]
    return {"description": says, **_object(properties, required=required), "allOf": cases}


def _cases(kind: EventType, *, needs_version: bool) -> list[Json]:
    """Return the rules of one type of event: its versions, and the data of the present one."""
    named = {"type": {"const": kind.name}}
    versions = {"properties": {"version": {"maximum": kind.version}}}
    present = {"type": {"const": kind.name}, "version": {"const": kind.version}}
    needed = ["type", "version"] if needs_version else ["type"]
    data: Json = {"properties": {"data": _ref(kind.name)}}
    if not needs_version and any(a.default is attrs.NOTHING for a in attrs.fields(kind.cls)):
        data["required"] = ["data"]
    return [
        {"if": {"properties": named, "required": ["type"]}, "then": versions},
        {"if": {"properties": present, "required": needed}, "then": data},
    ]


def _data(kind: EventType) -> Json:
    """Return the data of an event, drawn from the annotations of its class."""
    fields = attrs.fields(kind.cls)
    properties = {a.name: _field(a.name, a.type) for a in fields}
    required = [a.name for a in fields if a.default is attrs.NOTHING]
    says = (kind.cls.__doc__ or kind.cls.__name__).strip().partition("\n")[0]
    return {"description": says, **_object(properties, required=required)}


def _field(name: str, hint: Any) -> Json:
    """Return the schema of a field."""
    if name == "about":
        return {"type": "array", "items": _text("a tag such as 'operation:x'", pattern=r"^[^\u0000]*$", maxLength=500)}
    return _of_hint(hint)


def _of_hint(hint: Any) -> Json:
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _marked(args)
    if origin in (Union, types.UnionType):
        kinds = [_of_hint(arg) for arg in args if arg is not type(None)]
        found = kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
        return _or_null(found) if type(None) in args else found
    if origin is Literal:
        return {"enum": list(args)}
    if origin is tuple:
        return {"type": "array", "items": _of_hint(args[0])}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "propertyNames": _of_hint(args[0]), "additionalProperties": _of_hint(args[1])}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _ref("modality") if hint is Modality else {"enum": [member.value for member in hint]}
    return _PLAIN.get(hint, {})


def _marked(args: tuple[Any, ...]) -> Json:
    for mark in args[1:]:
        if isinstance(mark, Tagged):
            return _ref("tag")
        if isinstance(mark, Slug):
            return _ref("facility" if mark.kind == "facility" else "slug")
        if isinstance(mark, Unit):
            return {"allOf": [_ref("quantity"), {"properties": {"unit": {"const": mark.name}}}]}
    return _of_hint(args[0])


_WHOLE = {"type": "integer", "description": "a whole number", "minimum": -_LARGEST, "maximum": _LARGEST}
_PLAIN: Mapping[Any, Json] = {
    str: _text("text"),
    int: _WHOLE,
    float: {"type": "number", "description": "a number"},
    bool: {"type": "boolean", "description": "true or false"},
    When: _ref("when"),
    Quantity: _ref("quantity"),
    Place: _ref("place"),
    Any: _or_null(_ref("ordinary_event")),
}
