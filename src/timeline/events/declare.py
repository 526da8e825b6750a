"""The declaration of events: a decorator, and the register of stored names.

An event is a frozen value in the past tense. The log stores it under a dotted name and a schema version,
never under its class path. Classes can therefore be moved and renamed while logs stay readable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache, partial
from inspect import currentframe, isfunction
from typing import Any, ClassVar, TypeVar, dataclass_transform, get_type_hints

import attrs

from timeline.deferred import defer
from timeline.errors import InvalidEvent, InvalidValue
from timeline.events.fields import cleaner, markers, plain
from timeline.values.containers import FrozenMapping
from timeline.values.entities import Slug
from timeline.values.quantity import Quantity, whole_number

C = TypeVar("C")
Data = dict[str, Any]
Upcaster = Callable[[Data], Data]

PERSONAL = frozenset({
    "aka", "biometric", "biometrics", "birth_date", "birth_place", "birth_year", "birthdate", "birthday", "birthplace",
    "booking_number", "born", "date_of_birth", "detainee_number", "dna", "dna_profile", "dob", "document_number",
    "driving_licence", "email", "email_address", "face_photo", "family_name", "fingerprint", "fingerprints",
    "first_name", "forename", "full_name", "given_name", "home_address", "icrc_id", "id_card", "id_number",
    "identity_card", "identity_number", "imei", "inmate_number", "internment_number", "iris", "iris_scan", "isn",
    "konya", "kunya", "kunyah", "laqab", "last_name", "maiden_name", "middle_name", "mobile_no",
    "mobile_number", "mugshot", "national_id", "national_id_number", "national_number", "nickname", "nom_de_guerre",
    "passport", "passport_no", "passport_number", "patronymic", "phone", "phone_no", "phone_number", "place_of_birth",
    "prisoner_number", "ration_card", "social_security_number", "ssn", "surname", "telephone", "telephone_number",
    "unhcr_id", "whatsapp", "year_of_birth", "اسم_الأب", "اسم_الأم", "اسم_السجين", "اسم_الضحية", "اسم_المحتجز",
    "اسم_المعتقل", "الاسم_الكامل", "الكنية", "اللقب", "تاريخ_الميلاد", "رقم_السجين", "رقم_المحتجز", "رقم_المعتقل",
    "رقم_الهاتف", "رقم_الهوية", "رقم_جواز_السفر", "صورة_المعتقل", "كنية", "لقب",
})  # fmt: skip
"""Field names refused in any event, in any spelling: data about identifiable detainees can get people killed."""
PERSONS = (
    "brother", "captive", "child", "convict", "detainee", "escapee", "father", "fighter", "fugitive", "grandfather",
    "husband", "individual", "inmate", "internee", "minor", "mother", "orphan", "parent", "patient", "person",
    "prisoner", "refugee", "relative", "returnee", "sister", "spouse", "suspect", "victim", "widow", "wife", "witness",
)  # fmt: skip
PERSONAL_DATA = (
    "address", "alias", "case_number", "file_number", "id", "name", "nickname", "passport", "phone", "photo", "picture",
)  # fmt: skip
"""Data refused about any of `PERSONS`: `victim_name`, `names_of_children`."""


def _bare(field: str) -> str:
    return re.sub(r"[_\d]+", "", field.lower())


def is_person(kind: str) -> bool:
    """Tell whether the name of a kind of entity is a word for a person: such entities are never registered.

    >>> is_person("Detainees"), is_person("authority")
    (True, False)
    """
    return _bare(kind) in _FORMS


def _any(words: Iterable[str]) -> tuple[str, ...]:
    """Return words in the singular and the plural, without underscores."""
    plurals = {"child": "children", "wife": "wives", "alias": "aliases"}
    return tuple(form for word in words for form in (_bare(word), plurals.get(word, f"{_bare(word)}s")))


_FORMS = _any(PERSONS)
_OF_PERSONS = [(person, data) for person in _FORMS for data in _any(PERSONAL_DATA)]
_IDENTIFYING = frozenset({
    *map(_bare, PERSONAL),
    *(person + data for person, data in _OF_PERSONS),
    *(f"{data}of{person}" for person, data in _OF_PERSONS),
})  # fmt: skip
"""Every refused name, without underscores and digits."""


@attrs.frozen(eq=False)
class EventType:
    """A kind of event as stored: its name, current version, class and upcasters."""

    name: str
    version: int
    cls: type
    upcasters: Mapping[int, Upcaster]
    named: tuple[tuple[str, Slug], ...]
    """The fields that name an entity, each with the kind of entity."""
    quantity: str | None
    """The name of the field with the quantity, if there is one: policies compare its values."""
    says: str = ""
    """The sentence in which faces show it, with its fields in braces; blank: its name and fields."""


_BY_NAME: dict[str, EventType] = {}
_BY_CLASS: dict[type, EventType] = {}


@dataclass_transform(frozen_default=True, kw_only_default=True)
def event(
    name: str, *, version: int = 1, upcast: Mapping[int, Upcaster] | None = None, says: str = ""
) -> Callable[[type[C]], type[C]]:
    """Make a class an event, stored as `name` with schema `version`.

    1. Instances are frozen and hashable; fields are given by keyword (the first may be positional).
    2. Each value is checked against its annotation, and lists and dicts are made immutable.
    3. Fields annotated as naming an entity become tags; `detail` and `about` are added if missing.
    4. `upcast={1: f}` turns stored data of version 1 into data of version 2, when read.
    5. `says` is the sentence in which faces show it: `says="{facility} was attacked"`. Without one they show its name
       and its fields.

    Raises: InvalidEvent for a bad name, a missing upcaster, a name that is taken, a sentence with
    a field the event does not have, an annotation that cannot be resolved, or a field that would identify a detainee.

    >>> from timeline.values.entities import Facility
    >>> @event("newsroom.checkpoint_attacked")
    ... class CheckpointAttacked:
    ...     facility: Facility
    >>> CheckpointAttacked(facility="checkpoint-7")
    CheckpointAttacked(facility='checkpoint-7', detail='', about=())
    """

    def declare(cls: type[C]) -> type[C]:
        if not isinstance(cls, type) or {"__attrs_attrs__", "__dataclass_fields__"} & cls.__dict__.keys():
            raise InvalidEvent(
                f"{cls!r} cannot become an event: expected a plain class, with no other decorator below."
            )
        hints = _hints(cls)
        for hint in hints.values():
            cleaner(hint)
        quantity = next((field for field, hint in hints.items() if Quantity in plain(hint)), None)
        named = tuple((field, mark) for field, hint in hints.items() for mark in markers(hint))
        _check_sentence(cls, list(hints), says)
        defer(cls, partial(_complete, hints=hints))
        _register(EventType(name, version, cls, dict(upcast or {}), named, quantity, says))
        return cls

    _check_declaration(name, version, {} if upcast is None else upcast)
    return declare


def sentence(kind: EventType) -> Iterator[tuple[str, str | None]]:
    """Yield the pieces of a kind's sentence: words, and the field that follows them (None: none).

    >>> from timeline.values.entities import Facility
    >>> with temporary_types():
    ...     @event("newsroom.gate_opened", says="the gate of {facility} was opened")
    ...     class GateOpened:
    ...         facility: Facility
    >>> list(sentence(event_type(GateOpened)))
    [('the gate of ', 'facility'), (' was opened', None)]
    """
    from string import Formatter

    return ((words, field) for words, field, _, _ in Formatter().parse(kind.says))


def _complete(cls: type, hints: Mapping[str, Any]) -> None:
    """Give a class its fields and methods, in place."""
    own = isfunction(cls.__dict__.get("__init__"))
    attrs.frozen(cls, slots=False, init=not own, kw_only=True, field_transformer=_transform(hints))


def _check_sentence(cls: Any, known: Sequence[str], says: str) -> None:
    """Refuse a sentence that cannot be read, or that names what is not a field."""
    if says == "":
        return
    from string import Formatter

    try:
        unknown = [field for _, field, _, _ in Formatter().parse(says) if field is not None and field not in known]
    except (TypeError, ValueError) as error:
        raise InvalidEvent(
            f"says is {says!r}: expected a sentence with fields in braces, such as '{{facility}} was attacked'.",
            value=says,
        ) from error
    if unknown:
        raise InvalidEvent(
            f"says names {', '.join(map(repr, unknown))}: expected fields of {cls.__name__}: {', '.join(known)}.",
            value=says,
        )


def event_type(value: object) -> EventType:
    """Return the type of an event, or of an event class.

    Raises: InvalidEvent for any other value.
    """
    found = _BY_CLASS.get(type(value)) or (_BY_CLASS.get(value) if isinstance(value, type) else None)
    if found is None:
        raise InvalidEvent(
            f"{value!r} is not an event: expected an instance of a class declared with @event('dotted.name').",
            value=value,
        )
    return found


def is_event(value: object) -> bool:
    """Tell whether a value is an event, of a known type or not."""
    return type(value) in _BY_CLASS or isinstance(value, UnknownEvent)


def registered(name: str) -> EventType | None:
    """Return the event type stored under this name, or None."""
    return _BY_NAME.get(name)


def registered_types() -> tuple[EventType, ...]:
    """Return every event type declared so far, in order of their names."""
    return tuple(_BY_NAME[name] for name in sorted(_BY_NAME))


@contextmanager
def temporary_types() -> Iterator[None]:
    """Forget, on leaving, the event types declared within: for a test that declares its own.

    >>> with temporary_types():
    ...     @event("newsroom.whistle_heard")
    ...     class WhistleHeard: ...
    >>> registered("newsroom.whistle_heard") is None
    True
    """
    before = dict(_BY_NAME)
    try:
        yield
    finally:
        _BY_NAME.clear()
        _BY_NAME.update(before)


@attrs.frozen
class UnknownEvent:
    """A stored event that this program cannot read, because it does not know its type, version or data.

    The event keeps its tags, changes no state, and is written back unchanged: `type` and `version` as
    stored, `data` the stored fields. `reason` says why it was not read.
    """

    type: str
    version: int
    data: Mapping[str, Any] = attrs.field(converter=FrozenMapping, hash=False)
    tags: tuple[str, ...] = ()
    reason: str = attrs.field(default="", eq=False)
    detail = ""


@attrs.frozen
class Redacted:
    """A placeholder for the event of a redacted entry.

    It is not an event: it changes no state, has no tags, and cannot be recorded.
    """

    type: ClassVar[str] = "redacted"

    def __str__(self) -> str:
        return self.type


@cache
def fields_with_events(cls: Any) -> tuple[str, ...]:
    """Return the fields of a class that hold another event, which is stored with its own type and version."""
    return tuple(a.name for a in attrs.fields(cls) if a.type is Any)


def events_within(event: Any) -> Iterator[Any]:
    """Yield an event and every event within it."""
    yield event
    if not isinstance(event, UnknownEvent):
        cls: Any = type(event)
        inner = (getattr(event, name) for name in fields_with_events(cls))
        yield from (found for one in inner if one is not None for found in events_within(one))


def akin(a: object, b: object) -> bool:
    """Tell whether two events are of one type, or one of a type made from the other's.

    >>> from timeline.events import custody
    >>> akin(custody.DetaineesEscaped(), custody.DetaineesDied())
    False
    """
    if isinstance(a, UnknownEvent) and isinstance(b, UnknownEvent):
        return a.type == b.type
    return isinstance(a, type(b)) or isinstance(b, type(a))


def _check_declaration(name: str, version: int, upcast: Mapping[int, Upcaster]) -> None:
    parts = name.split(".") if isinstance(name, str) else []
    if len(parts) < 2 or not all(part.isidentifier() for part in parts):
        raise InvalidEvent(
            f"{name!r} is not a stored name: expected words joined by dots, such as 'newsroom.checkpoint_attacked'."
        )
    if whole_number(version) is None or not isinstance(upcast, Mapping) or not all(map(callable, upcast.values())):
        raise InvalidEvent(
            f"{name}: version is {version!r} and upcast {upcast!r}: expected whole numbers and functions, such as "
            "version=2, upcast={1: function}."
        )
    missing = [v for v in range(1, version) if v not in upcast]
    if version < 1 or missing:
        raise InvalidEvent(
            f"{name} is at version {version} but has no upcaster from {missing or 'any'}: give upcast={{1: function}} "
            "for every earlier version, starting at 1."
        )


def _hints(cls: type) -> dict[str, Any]:
    """Return the resolved annotations of a class, adding `detail` and `about` if it lacks them."""
    try:
        hints = get_type_hints(cls, localns=_names_where_declared(), include_extras=True)
    except NameError as error:
        raise InvalidEvent(
            f"{cls.__name__}: the annotation {error.name!r} cannot be resolved. Import it where the class stands."
        ) from error
    personal = [field for field in hints if _bare(field) in _IDENTIFYING]
    if personal:
        raise InvalidEvent(
            f"{cls.__name__} has the field {min(personal)!r}, which would identify a detainee. This library "
            "keeps aggregate counts only: such data, leaked or subpoenaed, gets people killed. Leave the field out."
        )
    for name, hint, default in (("detail", str, ""), ("about", tuple[str, ...], ())):
        if hints.setdefault(name, hint) != hint:
            raise InvalidEvent(f"{cls.__name__}.{name} is annotated {hints[name]}: expected {hint}, or leave it out.")
        if name not in cls.__annotations__:
            hints[name] = cls.__annotations__[name] = hint
            setattr(cls, name, default)
    return hints


def _names_where_declared() -> dict[str, Any]:
    """Return the local names where a class is declared: three calls up, behind `_hints` and the decorator."""
    frame = currentframe()
    for _ in range(3):
        frame = frame and frame.f_back
    return dict(frame.f_locals) if frame else {}


def _transform(hints: Mapping[str, Any]) -> Callable[[type, list[Any]], list[Any]]:
    def transform(cls: type, fields: list[Any]) -> list[Any]:
        return [
            field.evolve(
                type=hints[field.name],
                converter=_converter(f"{cls.__name__}.{field.name}", hints[field.name], field.default),
                kw_only=index > 0,
            )
            for index, field in enumerate(fields)
        ]

    return transform


def _converter(what: str, hint: Any, default: Any) -> Callable[[Any], Any]:
    """Return the function that checks a value of a field; the default is checked only once."""
    clean = cleaner(hint)
    with suppress(InvalidValue):
        if default == clean(default, what):
            return lambda value: value if value is default else clean(value, what)
    return lambda value: clean(value, what)


def _register(kind: EventType) -> None:
    taken = _BY_NAME.get(kind.name)
    if taken and (taken.cls.__module__, taken.cls.__qualname__) != (kind.cls.__module__, kind.cls.__qualname__):
        raise InvalidEvent(
            f"{kind.name!r} is taken by {taken.cls.__module__}.{taken.cls.__qualname__}. Choose another stored name."
        )
    kind.cls.__event_type__ = kind  # type: ignore[attr-defined]
    _BY_NAME[kind.name] = _BY_CLASS[kind.cls] = kind
