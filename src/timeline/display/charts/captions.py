"""The words around a chart: titles that say what is shown, the key of signs, and sources below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from timeline.answers.situation import Situation
from timeline.display.language.phrases import phrase
from timeline.display.words import Words, moment_in_words
from timeline.entry import Entry
from timeline.errors import InvalidValue
from timeline.values.containers import as_tuple
from timeline.values.quantity import whole_number
from timeline.values.visible import visible

_NAMED = 4
"""The most sources that are named below a chart; of more, the number is given."""
_SMALLEST, _LARGEST = 40, 10_000
_LONG = 28
"""The most characters of the name of a source below a chart."""


def caption_text(words: Words, key: str, **parts: Any) -> str:
    """Write a phrase of charts in the language of some words; English where they have none. Numbers have separators.

    >>> caption_text(Words("en"), "passage", before="SDF", after="Damascus")
    'SDF → Damascus'
    """
    said = {name: f"{part:,}" if isinstance(part, int) else str(part) for name, part in parts.items()}
    return phrase(f"chart.{key}", words.spoken, **said)


def meant(asked: Situation, kind: str, slugs: str | Iterable[str]) -> tuple[str, ...]:
    """Return the slugs that stand for those given, each once: several names may mean one entity."""
    tags = (asked.entities.canonical(f"{kind}:{slug}") for slug in as_tuple(slugs))
    return tuple(dict.fromkeys(tag.partition(":")[2] for tag in tags))


def place_of(path: Iterable[str], asked: Situation, words: Words) -> str:
    """Write the steps of a path in words: each entity by its canonical name."""
    _, *rest = steps = tuple(path)
    return " · ".join(words(words.name(asked.entities.canonical(step))) for step in rest or steps)


def require_look(title: Any, **sizes: Any) -> None:
    """Check the title that was given for a picture, and its size in pixels.

    Raises: InvalidValue.
    """
    if title is not None and not isinstance(title, str):
        raise InvalidValue(f"title is {title!r}: expected text.", value=title)
    for name, size in sizes.items():
        number = whole_number(size)
        if number is None or not _SMALLEST <= number <= _LARGEST:
            expected = f"expected a whole number of pixels from {_SMALLEST} to {_LARGEST:,}"
            raise InvalidValue(f"{name} is {size!r}: {expected}.", value=size)


def passage(words: Words, values: Iterable[str], most: int = 4) -> str:
    """Write values one after the other, in the order of reading; of many, the first and the last."""
    seen = [value for value in values if value]
    if len(seen) > most:
        seen = [seen[0], "…", seen[-1]]
    said = ""
    for value in seen:
        said = caption_text(words, "passage", before=said, after=value) if said else value
    return said


def clocks(asked: Situation, words: Words) -> str:
    """Write the setting of the clocks in words."""
    limits = [name for name in ("occurred", "reported", "recorded") if getattr(asked.clocks, name) is not None]
    said = [caption_text(words, name, at=moment_in_words(asked, words, name)) for name in limits]
    comma = "، " if words.spoken == "ar" else ", "
    return comma.join(said) or caption_text(words, "everything")


def below(entries: Iterable[Entry], asked: Situation, words: Words) -> str:
    """Return the line below a chart: the setting of the clocks, and the sources of entries, the most used first."""
    once = {entry.id: entry for entry in entries}.values()
    often = Counter(source for entry in once for source in dict.fromkeys(r.source for r in entry.reports))
    ranked = [_aside(visible(_cut(source)), words) for source, _ in often.most_common()]
    comma = "، " if words.spoken == "ar" else ", "
    named = comma.join(ranked[:_NAMED])
    if len(ranked) > _NAMED:
        named = caption_text(words, "and_more", named=named, count=len(ranked) - _NAMED)
    said = caption_text(words, "sources", named=named) if ranked else caption_text(words, "no_sources")
    end = "" if said.endswith((".", "…")) else "."
    return directed(f"{clocks(asked, words)}. {said}{end}", words)  # one line: programs break Arabic differently


def directed(text: str, words: Words) -> str:
    """Return a text that runs in the direction of the language, where a program would begin at the left.

    >>> directed("عدد: 3 (Reuters)", Words("ar")) == "\u2067عدد: 3 (Reuters)\u2069"
    True
    """
    return f"\u2067{text}\u2069" if words.spoken == "ar" and text else text


def _aside(source: str, words: Words) -> str:
    """Return a source that keeps its own direction, and its place among others, in a line of Arabic."""
    return f"\u2068{source}\u2069" if words.spoken == "ar" else source


def _cut(text: str) -> str:
    """Put a text on one line, which the title of an axis has to be, and cut off what is too long."""
    text = " ".join(text.split())
    return text if len(text) <= _LONG else text[: _LONG - 1].rstrip(" ,;") + "…"
