"""Sentences about values, from a table. Those about events are in `timeline.display.sentences`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol

import orjson

from timeline.display.cells import Name, Word, is_empty
from timeline.display.web import static
from timeline.events.declare import is_event
from timeline.values.quantity import Quantity
from timeline.values.when import When

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_FIELD = re.compile(r"\{(\w+)\}")


class Dater(Protocol):
    """The words that times are made of."""

    @property
    def spoken(self) -> str:
        """The language."""

    def __call__(self, key: str, of: str = "") -> str:
        """Return a word of the vocabulary."""

    def when(self, when: When) -> str:
        """Write a time in words."""


class Speaker(Dater, Protocol):
    """The words and names that sentences are made of."""

    def name(self, slug: str) -> str:
        """Return the name of an entity."""

    def amount(self, quantity: Quantity) -> str:
        """Write a quantity in words."""

    def count(self, number: int, unit: str) -> str:
        """Write a number of things."""

    def since(self, when: When) -> str:
        """Write a beginning in words."""

    def event(self, event: Any, *, planned: bool = False) -> str:
        """Say an event in a sentence, or what is planned."""

    def own(self, value: Any) -> Any:
        """Return a value of a user's own projection as a report may give it."""

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


def spoken_value(found: Any, kind: type | None, words: Speaker) -> str | None:
    """Say a value; None where it says nothing."""
    if is_empty(found):
        return None
    if is_event(found):
        return words.event(found)
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
