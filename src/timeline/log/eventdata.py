"""Events to stored type, version and data, and back; what this program cannot read is kept unchanged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, Literal, TypeVar, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from timeline.errors import InvalidValue
from timeline.events.declare import EventType, UnknownEvent, event_type, fields_with_events, registered
from timeline.events.fields import keep_unknown, plain, unknown_fields
from timeline.values.containers import FrozenMapping
from timeline.values.place import Place
from timeline.values.quantity import Quantity
from timeline.values.report import Modality, Report
from timeline.values.when import When

Json = Any
T = TypeVar("T")


def encode_event(event: Any) -> dict[str, Json]:
    """Return an event as stored: type, version, and the fields that differ from their default."""
    if isinstance(event, UnknownEvent):
        return {"type": event.type, "version": event.version, "data": dict(event.data)}
    kind = event_type(event)
    return {"type": kind.name, "version": kind.version, "data": _with_unknown(_hooks(kind.cls)[0](event), event)}


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
        for earlier in range(version, kind.version):
            data = kind.upcasters[earlier](dict(data))
        event = _hooks(kind.cls)[1](data, kind.cls)
    except Exception as error:  # noqa: BLE001  # whatever the class, an upcaster or the converter raises
        return UnknownEvent(name, version, stored["data"], tags, _unfit(kind, version, error))
    for field in fields_with_events(kind.cls):
        inner = getattr(event, field)
        if isinstance(inner, UnknownEvent):
            entities = tuple(tag for tag in tags if not tag.startswith("entry:"))
            event = attrs.evolve(event, **{field: attrs.evolve(inner, tags=entities)})
    return _keep_unknown(event, data)


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


@cache
def _names(cls: Any) -> frozenset[str]:
    return frozenset(field.name for field in attrs.fields(cls))


def _keep_unknown(value: T, data: Mapping[str, Json]) -> T:
    """Return a value just read, with the fields beside it that its class lacks."""
    cls: Any = type(value)
    known = _names(cls)
    if data.keys() <= known:
        return value
    return keep_unknown(value, FrozenMapping({field: data[field] for field in data if field not in known}))


def _with_unknown(data: dict[str, Json], value: Any) -> dict[str, Json]:
    """Return the data of a value, with the fields kept beside it."""
    extra = unknown_fields(value)
    return {**data, **extra} if extra else data


def encode_report(report: Report) -> dict[str, Json]:
    """Return a report as stored."""
    return _with_unknown(_unstructure_report(report), report)


def decode_report(data: Mapping[str, Json]) -> Report:
    """Return the report of stored data, with the fields beside it that this program does not know.

    Raises: InvalidReport, InvalidWhen.
    """
    names = _names(Report)
    if data.keys() <= names:
        return Report(**data)
    return _keep_unknown(Report(**{field: value for field, value in data.items() if field in names}), data)


def leaves(hint: Any) -> Iterator[Any]:
    """Give every plain type in a type hint, at any depth."""
    for kind in plain(hint):
        if get_origin(kind) is Literal:
            yield from map(type, get_args(kind))
        elif get_origin(kind) is not None:
            yield from (leaf for inner in get_args(kind) if inner is not Ellipsis for leaf in leaves(inner))
        else:
            yield kind


def _unstructure(cls: type) -> Callable[[Any], Any]:
    nested: Any = {name: override(unstruct_hook=_encode_nested) for name in fields_with_events(cls)}
    return make_dict_unstructure_fn(cls, _CONVERTER, _cattrs_omit_if_default=True, **nested)


def _structure(cls: type) -> Callable[[Any, Any], Any]:
    """Make the function from stored data to an instance; the fields themselves check and convert most values."""
    fields: Any = attrs.fields(cls)
    hooks: Any = {
        a.name: override(struct_hook=_hook(a)) for a in fields if a.converter is None or not _as_it_is(a.type)
    }
    return make_dict_structure_fn(
        cls,
        _CONVERTER,
        _cattrs_forbid_extra_keys=False,
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
    """Tell whether a field takes JSON values unchanged: texts, numbers, times as text, lists and mappings of them."""
    return {*leaves(hint)} <= {str, int, float, bool, When}


def _quantity(*, text: str = "", **number: Any) -> Quantity:
    return Quantity(**number, text=text) if text else _number(**number)


@lru_cache(maxsize=4096)
def _number(**number: Any) -> Quantity:
    """Return a shared quantity: numbers without a text recur, and reveal nothing of their entries."""
    return Quantity(**number)


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
    made.register_unstructure_hook(Place, attrs.asdict)
    made.register_structure_hook(Place, lambda value, _: Place(**value))
    made.register_structure_hook(Modality, lambda value, _: Modality.stored(value))
    return made


_CONVERTER = _converter()
_CONVERTER.register_unstructure_hook(Quantity, _unstructure(Quantity))
_CONVERTER.register_structure_hook(Quantity, lambda value, _: _quantity(**value))
_unstructure_report = _unstructure(Report)
