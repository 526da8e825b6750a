"""A situation in Markdown, for a report, a message or a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from attrs import frozen

from timeline.answers import behind
from timeline.answers.situation import Situation
from timeline.display.cells import capital
from timeline.display.language.phrases import phrase
from timeline.display.narrative.sections import Paragraph, Section, Sentence, Teller
from timeline.display.sentences import PlainSentences
from timeline.display.words import LANGUAGES, Names, Words, moment_in_words, names_in, require_named
from timeline.errors import InvalidValue
from timeline.values.quantity import Quantity
from timeline.values.when import When, WhenLike

_MARKUP = re.compile(r"([\\`*_\[\]<>|~&])")


class ReportWords(Words):
    """Words of a report, in which events are sentences."""

    def event(self, event: Any) -> str:
        """Say an event in a sentence."""
        return _Reported(self).inside(event)


class _Reported(PlainSentences):
    """Sentences that quote the words of sources."""

    def text(self, text: str) -> str:
        return self._words.quote(text)


class MarkdownWords(ReportWords):
    """Words of which none is markup, whatever a source or a name may hold."""

    def __call__(self, key: str, of: str = "") -> str:
        return _escaped(super().__call__(key, of))

    def name(self, slug: str) -> str:
        return _escaped(super().name(slug))

    def amount(self, quantity: Quantity) -> str:
        return _escaped(super().amount(quantity))

    def quote(self, text: str) -> str:
        return _escaped(super().quote(text))

    def source(self, text: str) -> str:
        return _escaped(super().source(text))


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def narrative(asked: Situation, *, language: str = "en", since: Any = None, names: Names | None = None) -> str:
    """Tell a situation in Markdown, and what changed since a date or another situation.

    Raises: InvalidValue for a language, InvalidWhen for a time, UnknownName for an entity of `names`.
    """
    _check(asked, language, names)
    teller = Teller(asked, MarkdownWords(language, names_in(asked, names)))
    sections = teller.sections(_earlier(asked, since))
    return "\n".join([*_head(teller), *(line for section in sections for line in _section(section, language))])


@frozen
class Statement:
    """A sentence of a narrative: its section, the entity it is about, and the ids of its entries."""

    section: str
    subject: str
    text: str
    entries: tuple[str, ...]


def sentences(
    asked: Situation, *, language: str = "en", since: Any = None, names: Names | None = None
) -> Iterator[Statement]:
    """Yield the sentences of a narrative one by one, as plain text.

    Raises: InvalidValue for a language, InvalidWhen for a time, UnknownName for an entity of `names`.
    """
    _check(asked, language, names)
    teller = Teller(asked, ReportWords(language, names_in(asked, names)))
    for section in teller.sections(_earlier(asked, since)):
        for paragraph in section.paragraphs:
            for one in paragraph.sentences:
                ids = tuple(entry.id for entry in behind.source(asked).get(one.entries))
                yield Statement(section.heading, paragraph.subject, one.text, ids)


def _check(asked: Situation, language: str, names: Names | None) -> None:
    require_named(asked, names or {})
    if language not in LANGUAGES:
        raise InvalidValue(f"language is {language!r}: expected 'en' or 'ar'.", value=language)


def _earlier(asked: Situation, since: Situation | WhenLike | None) -> Situation | None:
    """Return the situation to compare with: that of an earlier date, within the same cuts, or the one given."""
    if since is None:
        return None
    return since if isinstance(since, Situation) else behind.moved(asked, When.of(since).span(asked.tz).end)


def _head(teller: Teller) -> Iterator[str]:
    asked, words = teller.asked, teller.words
    title = phrase("title", words.spoken)
    if asked.clocks.occurred is not None:
        title = phrase("title_at", words.spoken, at=moment_in_words(asked, words))
    yield f"# {title}"
    yield ""
    clocks = [phrase("all_published", words.spoken)]
    if asked.clocks.reported is not None:
        clocks = [phrase("published_by", words.spoken, published=moment_in_words(asked, words, "reported"))]
    if asked.clocks.recorded is not None:
        clocks.append(phrase("recorded_by", words.spoken, recorded=moment_in_words(asked, words, "recorded")))
    if asked.left_out:
        clocks.append(phrase("left_out", words.spoken, count=words.count(len(asked.left_out), "entries")))
    yield " ".join(clocks)


def _section(section: Section, language: str) -> Iterator[str]:
    yield from ("", f"## {section.heading}", "")
    for paragraph in section.paragraphs:
        yield from _paragraph(paragraph, language)


def _paragraph(paragraph: Paragraph, language: str) -> Iterator[str]:
    """Write the sentences about an entity on one line; those that stand by themselves each on its own."""
    told = [_sentence(sentence, language) for sentence in paragraph.sentences]
    if paragraph.subject:
        yield f"- **{paragraph.subject}.** {' '.join(told)}"
    else:
        yield from (f"- {sentence}" for sentence in told)


def _sentence(sentence: Sentence, language: str) -> str:
    """Write a sentence, and the entries on which it rests."""
    cited = ("، " if language == "ar" else ", ").join(f"#{position}" for position in sentence.entries)
    return f"{capital(sentence.text)}{f' ({cited})' if cited else ''}."
