"""Sentences: those of the library from a table, those of your own events from their `says`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol

import orjson

from timeline.display.cells import Name, Word, is_empty
from timeline.display.rows import field_kinds, kind_of
from timeline.display.web import static
from timeline.events.declare import Redacted, UnknownEvent, event_type, is_event, sentence
from timeline.events.facility import ControlChanged
from timeline.events.naming import type_name
from timeline.values.quantity import Quantity
from timeline.values.when import When

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_FIELD = re.compile(r"\{(\w+)\}")


class Speaker(Protocol):
    """The words and names that sentences are made of."""

    @property
    def spoken(self) -> str:
        """The language."""

    def __call__(self, key: str, of: str = "") -> str:
        """Return a word of the vocabulary."""

    def name(self, slug: str) -> str:
        """Return the name of an entity."""

    def amount(self, quantity: Quantity) -> str:
        """Write a quantity in words."""

    def count(self, number: int, unit: str) -> str:
        """Write a number of things."""

    def when(self, when: When) -> str:
        """Write a time in words."""

    def since(self, when: When) -> str:
        """Write a beginning in words."""

    def quote(self, text: str) -> str:
        """Quote the words of a source."""

    def source(self, text: str) -> str:
        """Name a source."""


@cache
def phrases() -> Mapping[str, Mapping[str, Any]]:
    """Return the table of sentences: by language and key, the variants of each."""
    found: Mapping[str, Mapping[str, Any]] = orjson.loads(static("phrases.json"))
    return found


def phrase(key: str, language: str, **said: str | None) -> str:
    """Make a sentence of the table: the first variant whose fields are all given, without optional parts that are not.

    Raises: KeyError for a sentence that the table lacks, or one that no variant fits.

    >>> phrase("held_by.control", "en", holder="Damascus", since=None)
    'held by Damascus'
    """
    found = phrases()[language][key]
    variants = [found] if isinstance(found, str) else found
    given = {name: text for name, text in said.items() if text}
    for variant in variants:
        kept = _OPTIONAL.sub(lambda part: part[1] if _named(part[1]) <= given.keys() else "", variant)
        if _named(kept) <= given.keys():
            return _FIELD.sub(lambda field: given[field[1]], kept)
    raise KeyError(f"no variant of {key!r} fits the fields {sorted(given)}")


def _named(text: str) -> set[str]:
    return set(_FIELD.findall(text))


def event_phrase(event: Any, words: Speaker) -> str:
    """Say an event in one sentence, with the source's own words behind it.

    >>> from timeline.display.words import Words
    >>> from timeline.events import custody
    >>> event_phrase(custody.DetaineesEscaped(facility="al-shaddadi-prison"), Words("en"))
    'an unknown number of people escaped from al-shaddadi-prison'
    """
    if isinstance(event, Redacted):
        return words("redacted")
    if isinstance(event, UnknownEvent):
        return f"{words(type_name(event).rpartition('.')[2])} ({words('unknown_type')})"
    said = _said(event, words)
    detail = f": {words.quote(event.detail)}" if event.detail else ""
    return said + detail


def _said(event: Any, words: Speaker) -> str:
    kind = event_type(event)
    fields = {name: spoken_value(getattr(event, name), kind, words) for name, kind in _shown(event).items()}
    if kind.says:
        return "".join(text + (fields.get(name) or "?" if name else "") for text, name in sentence(kind))
    try:
        return phrase(_key(event, kind.name), words.spoken, **fields)
    except KeyError:
        named = "; ".join(f"{words(name)}: {text}" for name, text in fields.items() if text)
        return f"{words(kind_of(event).key)} ({named})" if named else words(kind_of(event).key)


def _key(event: Any, name: str) -> str:
    if isinstance(event, ControlChanged) and event.manner in ("observed", "vacated"):
        return f"{name}.{event.manner}"
    return name


def _shown(event: Any) -> dict[str, type | None]:
    """Return the fields of an event that have something to say, each with what it holds."""
    kinds = field_kinds(type(event))  # type: ignore[arg-type]  # a class is hashable
    names = [attribute.name for attribute in type(event).__attrs_attrs__]
    return {name: kinds.get(name) for name in names if name not in ("detail", "about")}


def spoken_value(found: Any, kind: type | None, words: Speaker) -> str | None:
    """Say a value; None where it says nothing."""
    if is_empty(found):
        return None
    if is_event(found):
        return event_phrase(found, words)
    if isinstance(found, Quantity):
        return words.amount(found)
    if isinstance(found, When):
        return words.when(found)
    if isinstance(found, Mapping):
        return _listed(
            (f"{words.name(str(key))}: {spoken_value(one, kind, words)}" for key, one in found.items()), words
        )
    if isinstance(found, tuple):
        return _listed((spoken_value(one, kind, words) or "" for one in found), words)
    if kind is Name:
        return words.name(str(found))
    return words(str(found)) if kind is Word else words.quote(str(found))


def _listed(texts: Any, words: Speaker) -> str | None:
    """Join texts with the comma of the language."""
    return ("، " if words.spoken == "ar" else ", ").join(filter(None, texts)) or None
