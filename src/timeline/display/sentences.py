"""An event as a sentence, in the reader's language and with names in place of slugs.

Each type of the library has templates in `static/sentences.json`: the first whose fields the event has is filled in. A
part in square brackets is left out where a field in it is empty. Types of users have the sentence they declare.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import chain, zip_longest
from typing import Any

import orjson

from timeline.display.cells import Flag, Labelled, Name, Phrase, Since, Word, is_empty, spaced
from timeline.display.rows import event_cells, field_kinds
from timeline.display.web import static
from timeline.display.words import Words
from timeline.events.declare import Redacted, UnknownEvent, event_type, is_event
from timeline.values.entities import NOBODY
from timeline.values.quantity import PEOPLE, Quantity
from timeline.values.when import When

_OPTIONAL = re.compile(r"\[([^\]]*)\]")
_FIELD = re.compile(r"\{(\w+)\}")
_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LTR = re.compile(r"[A-Za-z0-9\u00c0-\u024f]")
_BEHIND_A_WORD = re.compile(r"\w ?$")
_DEEPEST = 3
"""The number of entries that a sentence names through one another: a dispute of a correction of an entry."""

Target = Callable[[str], Any]
"""A function that gives the event of an entry by its id; None where nothing is shown of it."""


@cache
def templates(language: str) -> Mapping[str, Sequence[str]]:
    """Return the templates of each type of event, in one language."""
    found: Mapping[str, Mapping[str, Sequence[str]]] = orjson.loads(static("sentences.json"))
    return found[language]


class Sentences:
    """Sentences in one language; `target` gives the events that editorial entries are about.

    With `planned`, English sentences say what is yet to happen. Arabic ones are nouns, which have no tense.

    >>> from timeline.events import custody
    >>> from timeline.values.quantity import about
    >>> Sentences(Words("en")).of(custody.DetaineesEscaped(facility="al-hol-camp", quantity=about(1500)))
    'About 1,500 escaped from al-hol-camp'
    """

    def __init__(self, words: Words, target: Target = lambda _: None, *, planned: bool = False) -> None:
        self._words = words
        self._planned = planned
        self._language = words.spoken
        self._target = target

    def of(self, event: Any, depth: int = 0) -> str:
        """Return what an event says; `depth` counts the entries that this sentence was reached through."""
        said = self.inside(event, depth)
        return said[:1].upper() + said[1:]

    def inside(self, event: Any, depth: int = 0) -> str:
        """Return what an event says, to stand inside another sentence."""
        said = next(filter(None, (self._filled(text, event, depth) for text in self._templates(event))), None)
        return said or self.cell(event_cells(event))

    def _templates(self, event: Any) -> Sequence[str]:
        if isinstance(event, UnknownEvent | Redacted):
            return ()
        known, name = self._known(), event_type(event).name
        variants = (f"{name}.{getattr(event, field, '')}" for field in ("role", "manner"))
        return next((known[key] for key in (*variants, name) if key in known), ())

    def _known(self) -> Mapping[str, Sequence[str]]:
        known = templates(self._language)
        return {**known, **templates("en.plan")} if self._planned and self._language == "en" else known

    def _filled(self, template: str, event: Any, depth: int) -> str | None:
        """Fill in a template; None where a field outside brackets is empty. What fills it is not read as a template."""
        parts = [self._put(part, event, depth) for part in _OPTIONAL.split(template)]
        needed, optional = parts[::2], parts[1::2]
        if None in needed:
            return None
        return "".join(filter(None, chain.from_iterable(zip_longest(needed, optional))))

    def _put(self, text: str, event: Any, depth: int) -> str | None:
        found = [self._field(event, field[1], depth, text[: field.start()]) for field in _FIELD.finditer(text)]
        if None in found:
            return None
        said = iter(found)
        return _FIELD.sub(lambda _: next(said) or "", text)

    def _field(self, event: Any, name: str, depth: int, before: str) -> str | None:
        """Return a field in words, as they stand behind a text; None where it is empty."""
        value = getattr(event, name)
        if is_empty(value) or value == {}:
            return None
        if isinstance(value, Quantity):
            return self._counted(value, before)
        if is_event(value):
            return self.of(value, depth + 1)
        if name in ("target", "kept"):
            found = self._target(value) if depth < _DEEPEST else None
            return self.of(found, depth + 1) if found is not None else self.isolated(self._words.source(value))
        kinds = field_kinds(type(event))  # type: ignore[arg-type]  # a class is hashable
        return self._said(value, kinds.get(name))

    def _said(self, value: Any, kind: type | None) -> str:
        if isinstance(value, tuple):
            between = " و" if self._language == "ar" else " and "
            return between.join(self._said(item, kind) for item in value)
        if value is NOBODY:
            return self._words("nobody")
        if isinstance(value, Quantity):
            return self.quantity(value)
        if isinstance(value, When):
            return self.isolated(self._words.when(value))
        if kind is Name and isinstance(value, str):
            return self.isolated(self._words.name(value))
        if kind is Word and isinstance(value, str):
            return self._words(value)
        return self.text(str(value))

    def _counted(self, found: Quantity, before: str) -> str:
        """Return a number as it stands behind a text: in Arabic with its noun, and in English where no verb follows."""
        if self._language == "ar":
            return self.isolated(self._words.amount(found, genitive=_BEHIND_A_WORD.search(before) is not None))
        return self.quantity(found) if not before or _BEHIND_A_WORD.search(before) else self._words.amount(found)

    def quantity(self, found: Quantity) -> str:
        """Return a number in words: *about 1,500*, *at least 100*, *an unknown number*. People need no unit."""
        if found.unit != PEOPLE:
            return self._words.amount(found)
        low, best, high = found.low, found.best, found.high
        if (low, best, high) == (0, None, None):
            return templates(self._language)["number.unknown"][0]
        pattern, number = "", str(Quantity(low, best, high))
        if high is None and best is None:
            pattern, number = "number.at_least", f"{low:,}"
        elif high is None and low == 0:
            pattern, number = "number.about", f"{best:,}"
        elif low == 0 and best is None:
            pattern, number = "number.up_to", f"{high:,}"
        said = self.isolated(number)
        return templates(self._language)[pattern][0].replace("{}", said) if pattern else said

    def cell(self, found: Any) -> str:
        """Return any cell as text of the language."""
        match found:
            case None:
                return ""
            case Phrase():
                return str(found)
            case Flag() | Word():
                return self._words(found.key)
            case Name():
                return self.isolated(self._words.name(found.slug))
            case Labelled(label, value):
                return f"{self._words(label.key)} {self.cell(value)}"
            case Quantity():
                return self.quantity(found)
            case Since(when):
                return self.isolated(self._words.beginning(when))
            case When():
                return self.isolated(self._words.date(found))
            case tuple():
                return "".join(blank + self.cell(part) for blank, part in spaced(found))
        return self.text(str(found))

    def text(self, text: str) -> str:
        """Return the words of a source as they stand in a sentence."""
        return self.isolated(self._words.source(text))

    def isolated(self, text: str) -> str:
        """Return a text that keeps its own direction within a sentence of the other one."""
        other = _LTR if self._language == "ar" else _RTL
        return f"\u2068{text}\u2069" if other.search(text) else text


class PlainSentences(Sentences):
    """Sentences without marks of direction, for places that set the direction of a whole text."""

    def isolated(self, text: str) -> str:
        return text
