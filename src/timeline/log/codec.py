"""Canonical bytes: what an entry says, as JSON that is the same wherever it is written.

    content  {"event": {"type", "version", "data"}, "occurred", "reports", "modality",
              "after", "part_of", "fulfils"}            everything at its default is left out
    leaf     SHA-256(salt ‖ content ‖ id ‖ recorded_at)
    digest   SHA-256(previous digest ‖ leaf)

Keys are sorted and numbers written as RFC 8785 has it; NaN and whole numbers beyond 2⁵³, which JSON
readers lose, are refused. Events are found by stored name; one of an unknown type, or of a version
newer than the program's, becomes an `UnknownEvent` and is written back byte for byte.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from math import isfinite
from typing import Any, Literal, NamedTuple, get_args, get_origin

import attrs
import orjson
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from timeline.entry import Draft, Entry
from timeline.errors import InvalidDraft, InvalidEvent
from timeline.eventtype import UnknownEvent, event_type, registered
from timeline.fields import plain
from timeline.instants import stamp
from timeline.quantity import Quantity
from timeline.report import Modality, Report
from timeline.when import When, when_or_none

Json = Any
_SAFE = 1 << 53
LONGEST = 1_000_000
"""The longest content of an entry, in bytes: what every log can carry."""
_BEYOND = 0xEE
"""The first byte in UTF-8 of the characters that UTF-16, by which RFC 8785 sorts, puts in another order."""
DEEPEST = 64
"""How deep lists and mappings may be nested."""


def encode(draft: Draft | Entry) -> bytes:
    """What a draft (or an entry) says, without its id: the canonical content.

    Raises: InvalidEvent for values JSON cannot hold faithfully, and for what is too long or nested too deep.

    >>> from timeline.events import border
    >>> encode(Draft(border.CrossingOpened(crossing="al-qaim-bukamal-crossing"), occurred="2025-06"))
    b'{"event":{"data":{"crossing":"al-qaim-bukamal-crossing"},"type":"border.crossing_opened","version":1},"occurred":"2025-06"}'
    """
    content: dict[str, Json] = {"event": encode_event(draft.event)}
    if draft.occurred is not None:
        content["occurred"] = draft.occurred.text
    if draft.reports:
        content["reports"] = [_unstructure_report(report) for report in draft.reports]
    if draft.modality is not Modality.ACTUAL:
        content["modality"] = draft.modality.value
    if draft.after:
        content["after"] = list(draft.after)
    if draft.part_of is not None:
        content["part_of"] = draft.part_of
    if draft.fulfils is not None:
        content["fulfils"] = draft.fulfils
    return fitting(_written(content, type(draft.event)))


def fitting(content: bytes) -> bytes:
    """A content that is not too long.

    Raises: InvalidEvent.
    """
    if len(content) > LONGEST:
        raise InvalidEvent(
            f"an entry says {len(content):,} bytes: expected at most {LONGEST:,}. Keep documents elsewhere, and their "
            "address in a report."
        )
    return content


class Said(NamedTuple):
    """What a content says: the fields of an entry that its reporter gave."""

    event: Any
    occurred: When | None
    reports: tuple[Report, ...]
    modality: Modality
    after: tuple[str, ...]
    part_of: str | None
    fulfils: str | None


def decode(content: bytes, *, id: str | None = None, tags: tuple[str, ...] = ()) -> Said:
    """What a canonical content says; `tags` are kept for an event of unknown type.

    Raises: InvalidEvent when it is no such content, or does not fit the event's class.
    """
    try:
        stored = orjson.loads(content)
        event, get = stored["event"], stored.get
        return Said(
            decode_event(event, tags),
            when_or_none(get("occurred")),
            tuple([Report(**report) for report in get("reports", ())]),
            _MODALITIES[get("modality", "actual")],
            tuple(get("after", ())),
            get("part_of"),
            get("fulfils"),
        )
    except InvalidEvent:
        raise
    except Exception as error:
        raise InvalidEvent(
            f"the stored content of entry {id!r} cannot be read: {error!r}. Verify the log; if it is sound, a newer "
            "version of incident-timeline wrote it: upgrade.",
            id=id,
        ) from error


def draft_of(content: bytes, *, id: str | None = None, tags: tuple[str, ...] = ()) -> Draft:
    """The draft a canonical content was made of.

    Raises: InvalidEvent, as `decode` does.
    """
    said = decode(content, id=id, tags=tags)
    return Draft(
        said.event, occurred=said.occurred, reports=said.reports, modality=said.modality, after=said.after,
        part_of=said.part_of, fulfils=said.fulfils, id=id,
    )  # fmt: skip


def encode_event(event: Any) -> dict[str, Json]:
    """An event as stored: type, version, and the fields that are not at their default."""
    if isinstance(event, UnknownEvent):
        return {"type": event.type, "version": event.version, "data": dict(event.data)}
    kind = event_type(event)
    return {"type": kind.name, "version": kind.version, "data": _hooks(kind.cls)[0](event)}


def decode_event(stored: Mapping[str, Json], tags: tuple[str, ...] = ()) -> Any:
    """The event of stored type, version and data, brought up to the current version.

    Raises: InvalidEvent when the data does not fit, naming the type.
    """
    name, version, data = stored["type"], stored["version"], stored["data"]
    kind = registered(name)
    if kind is None or version > kind.version:
        return UnknownEvent(name, version, data, tags)
    try:
        for earlier in range(version, kind.version):
            data = kind.upcasters[earlier](dict(data))
        return _hooks(kind.cls)[1](data, kind.cls)
    except Exception as error:  # whatever the class, an upcaster or the converter raises: they share no base
        raise InvalidEvent(
            f"the stored {name} (version {version}) does not fit {kind.cls.__name__}: {error!r}. "
            "If the class changed, raise its version and give an upcaster.",
            type=name,
            version=version,
        ) from error


def same(a: bytes, b: bytes) -> bool:
    """Whether two contents say the same, also across schema versions."""
    return a == b or encode(draft_of(a)) == encode(draft_of(b))


def derived_id(draft: Draft) -> str:
    """The id an import gives to what a draft says, so that importing it twice changes nothing.

    Raises: InvalidDraft for what is none.

    >>> from timeline.events import border
    >>> derived_id(Draft(border.CrossingOpened(crossing="al-qaim-bukamal-crossing"), occurred="2025-06"))
    '02bbf519b632745b5e491f43'
    """
    if not isinstance(draft, Draft | Entry):
        raise InvalidDraft(f"{draft!r} is not a draft: expected Draft(event, occurred=...).", value=draft)
    return hashlib.sha256(encode(draft)).hexdigest()[:24]


def new_id() -> str:
    """The id the log makes where a draft has none: milliseconds since 1970, then chance; 24 hexadecimal digits.

    Ids made one after another stand near one another, so that an index of them grows at its end.
    Source: the order of UUIDv7 (RFC 9562).

    >>> len(new_id())
    24
    """
    return f"{time.time_ns() // 1_000_000:011x}{secrets.token_hex(7)[1:]}"


def leaf(salt: bytes, content: bytes, id: str, recorded: int) -> bytes:
    """The fingerprint of one entry; the salt keeps its content from being guessed."""
    return hashlib.sha256(salt + content + id.encode() + stamp(recorded).encode()).digest()


def digest(previous: bytes, leaf: bytes) -> bytes:
    """The fingerprint of the log up to and with an entry; before the first it is empty."""
    return hashlib.sha256(previous + leaf).digest()


def stored_type(content: bytes) -> str:
    """The stored name of the event in a content."""
    return str(orjson.loads(content)["event"]["type"])


def current(content: bytes) -> bool:
    """Whether this program knows every event in a content, in the version it was stored in."""
    return _current(orjson.loads(content)["event"])


def _current(stored: Json) -> bool:
    kind = registered(stored["type"])
    if kind is None or kind.version != stored["version"]:
        return False
    nested = (stored["data"].get(name) for name in _events_in(kind.cls))
    return all(event is None or _current(event) for event in nested)


def canonical(value: Json) -> bytes:
    """JSON with sorted keys, as RFC 8785 writes the values we store.

    Raises: InvalidEvent for NaN, infinities, numbers JSON readers would lose, foreign objects, and what is
    nested too deep.

    >>> canonical({"b": 1.0, "a": "ا"}).decode()
    '{"a":"ا","b":1}'
    """
    try:
        return orjson.dumps(_plain(value))
    except (TypeError, UnicodeEncodeError) as error:
        raise InvalidEvent(
            f"{value!r} cannot be stored as JSON: {error}. Use text, numbers, lists and mappings."
        ) from error


def _written(content: Json, cls: type) -> bytes:
    """The canonical bytes of a content, in one go where that is sure to be what `canonical` gives."""
    if not _is_simple(cls):
        return canonical(content)
    try:
        written = orjson.dumps(content, option=orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER)
    except TypeError:
        return canonical(content)
    return written if written.isascii() or max(written) < _BEYOND else canonical(content)


@cache
def _is_simple(cls: type) -> bool:
    """Whether an event of this class holds nothing but texts, whole numbers, times and quantities."""
    if not hasattr(cls, "__attrs_attrs__"):
        return False
    kinds = {kind for field in attrs.fields(cls) for kind in _leaves(field.type)}
    return kinds <= {str, int, bool, When, Quantity, Modality}


def _leaves(hint: Any) -> Iterator[Any]:
    for kind in plain(hint):
        if get_origin(kind) is Literal:
            yield from map(type, get_args(kind))
        elif get_origin(kind) is not None:
            yield from (leaf for inner in get_args(kind) if inner is not Ellipsis for leaf in _leaves(inner))
        else:
            yield kind


def _plain(value: Json, depth: int = 0) -> Json:
    """The value with keys in order and numbers as every JSON reader keeps them."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return value
    if kind is dict:
        keys = sorted(value) if all(map(str.isascii, value)) else sorted(value, key=lambda k: k.encode("utf-16-be"))
        return {key: _plain(value[key], _deeper(depth)) for key in keys}
    if kind is list or kind is tuple:
        return [_plain(item, _deeper(depth)) for item in value]
    if isinstance(value, float) and isfinite(value) and (value == 0 or 1e-5 <= abs(value) < _SAFE):
        return int(value) if value.is_integer() else value
    if isinstance(value, int) and -_SAFE <= value <= _SAFE:
        return value
    if isinstance(value, Mapping):
        return _plain(dict(value), depth)
    raise InvalidEvent(
        f"{value!r} cannot be stored: expected text, a whole number up to 2**53, a finite number, a list or a mapping.",
        value=value,
    )


def _deeper(depth: int) -> int:
    if depth == DEEPEST:
        raise InvalidEvent(f"lists and mappings are nested deeper than {DEEPEST}: expected less. Flatten them.")
    return depth + 1


def _unstructure(cls: type) -> Callable[[Any], Any]:
    nested: Any = {name: override(unstruct_hook=_encode_nested) for name in _events_in(cls)}
    return make_dict_unstructure_fn(cls, _CONVERTER, _cattrs_omit_if_default=True, **nested)


def _structure(cls: type) -> Callable[[Any, Any], Any]:
    """What makes an instance of stored data: fields check and convert what they are given, and most get it as it is."""
    fields: Any = attrs.fields(cls)
    hooks: Any = {
        a.name: override(struct_hook=_hook(a)) for a in fields if a.converter is None or not _as_it_is(a.type)
    }
    return make_dict_structure_fn(
        cls,
        _CONVERTER,
        _cattrs_forbid_extra_keys=True,
        _cattrs_detailed_validation=False,
        _cattrs_prefer_attrib_converters=True,
        **hooks,
    )


def _hook(field: Any) -> Callable[[Any, Any], Any]:
    if field.type is Any:
        return _decode_nested
    if field.converter is None:
        return lambda value, _: value
    if plain(field.type) == (Quantity,):
        return lambda value, _: None if value is None else _quantity(**value)
    return _CONVERTER.structure


def _as_it_is(hint: Any) -> bool:
    """Whether the field takes what JSON holds for it: texts, numbers, times as text, lists and mappings of these."""
    return {*_leaves(hint)} <= {str, int, float, bool, When}


def _quantity(*, text: str = "", **number: Any) -> Quantity:
    return Quantity(**number, text=text) if text else _number(**number)


@lru_cache(maxsize=4096)
def _number(**number: Any) -> Quantity:
    """Bare numbers recur, and tell nothing of the entries they are from."""
    return Quantity(**number)


def _events_in(cls: Any) -> list[str]:
    """Fields that hold another event, which is written with its own type and version."""
    return [a.name for a in cls.__attrs_attrs__ if a.type is Any]


def _encode_nested(value: Any) -> Json:
    return None if value is None else encode_event(value)


def _decode_nested(value: Json, _: Any) -> Any:
    return None if value is None else decode_event(value)


@cache
def _hooks(cls: type) -> tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]:
    return _unstructure(cls), _structure(cls)


def _converter() -> Converter:
    made = Converter(omit_if_default=True, detailed_validation=False)
    made.register_unstructure_hook(When, str)
    made.register_structure_hook(When, lambda text, _: When.parse(text))
    return made


_CONVERTER = _converter()
_CONVERTER.register_unstructure_hook(Quantity, _unstructure(Quantity))
_CONVERTER.register_structure_hook(Quantity, lambda value, _: _quantity(**value))
_unstructure_report = _unstructure(Report)
_MODALITIES = {modality.value: modality for modality in Modality}
