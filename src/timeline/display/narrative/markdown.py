"""A situation in Markdown, for a report, a message or a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, TypedDict, Unpack

from attrs import frozen

from timeline.answers import behind
from timeline.answers.sharing import allowed_markings, markings, suppressed, suppressed_event, suppressed_value
from timeline.answers.situation import Situation
from timeline.display.cells import capital
from timeline.display.language.phrases import phrase
from timeline.display.narrative.sections import Paragraph, Section, Sentence, Teller
from timeline.display.sentences import PlainSentences
from timeline.display.words import LANGUAGES, Names, Words, moment_in_words, names_given, names_in, require_named
from timeline.errors import InvalidValue
from timeline.events.declare import UnknownEvent
from timeline.exchange.sharing import limit_given, without_marked
from timeline.values.quantity import Quantity
from timeline.values.when import When, WhenLike

_MARKUP = re.compile(r"([\\`*_\[\]<>|~&])")


class ReportWords(Words):
    """Words of a report, in which events are sentences. Numbers of people from 1 up to `below` become that range."""

    def __init__(self, language: str, names: Names | None = None, below: int | None = None) -> None:
        super().__init__(language, names)
        self._below = below

    def event(self, event: Any, *, planned: bool = False) -> str:
        """Say an event in a sentence; of an event of unknown type only that, where it may hold a small number."""
        said = _Reported(self, planned=planned)
        if self._below is None:
            return said.inside(event)
        if isinstance(event, UnknownEvent):
            return self("unknown_event")
        return said.inside(suppressed_event(event, self._below))

    def amount(self, quantity: Quantity, *, genitive: bool = False) -> str:
        kept = quantity if self._below is None else suppressed(quantity, self._below)
        return super().amount(kept, genitive=genitive)

    def own(self, value: Any) -> Any:
        """Return a value of a user's own projection as a report may give it; None where it may hold a small number."""
        return value if self._below is None else suppressed_value(value, self._below)


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

    def amount(self, quantity: Quantity, *, genitive: bool = False) -> str:
        return _escaped(super().amount(quantity, genitive=genitive))

    def quote(self, text: str) -> str:
        return _escaped(super().quote(text))

    def source(self, text: str) -> str:
        return _escaped(super().source(text))


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


class ReportOptions(TypedDict, total=False):
    """The language, what to compare with, further names, and what may leave."""

    language: str
    since: Situation | WhenLike | None
    names: Names | None
    allow: Iterable[str]
    suppress_below: int | None


def narrative(asked: Situation, **options: Unpack[ReportOptions]) -> str:
    """Tell a situation in Markdown, and what changed since a date or another situation.

    Raises: InvalidValue for a language or what may leave, InvalidWhen for a time, UnknownName for an entity of `names`.
    """
    teller, before = _told(MarkdownWords, asked, **options)
    language, sections = teller.words.spoken, teller.sections(before)
    return "\n".join(
        [
            *_head(teller, _turned_away(asked, options.get("allow", ()))),
            *(line for section in sections for line in _section(section, language)),
        ]
    )


@frozen
class Statement:
    """A sentence of a narrative: its section, the entity it is about, and the ids of its entries."""

    section: str
    subject: str
    text: str
    entries: tuple[str, ...]


def sentences(asked: Situation, **options: Unpack[ReportOptions]) -> Iterator[Statement]:
    """Yield the sentences of a narrative one by one, as plain text.

    Raises: InvalidValue for a language or what may leave, InvalidWhen for a time, UnknownName for an entity of `names`.
    """
    teller, before = _told(ReportWords, asked, **options)
    for section in teller.sections(before):
        for paragraph in section.paragraphs:
            for one in paragraph.sentences:
                ids = tuple(entry.id for entry in behind.source(asked).get(one.entries))
                yield Statement(section.heading, paragraph.subject, one.text, ids)


def _told(
    kind: type[ReportWords],
    asked: Situation,
    *,
    language: str = "en",
    since: Situation | WhenLike | None = None,
    names: Names | None = None,
    allow: Iterable[str] = (),
    suppress_below: int | None = None,
) -> tuple[Teller, Situation | None]:
    """Return the teller of what may leave of a situation, and the situation to compare with."""
    _check(asked, language, names)
    before = _earlier(asked, since)
    shown = without_marked(asked, allow)
    words = kind(language, names_in(shown, names), limit_given(suppress_below))
    return Teller(shown, words), before and without_marked(before, allow)


def _check(asked: Situation, language: str, names: Names | None) -> None:
    require_named(asked, names_given(names))
    if language not in LANGUAGES:
        raise InvalidValue(f"language is {language!r}: expected 'en' or 'ar'.", value=language)


def _earlier(asked: Situation, since: Situation | WhenLike | None) -> Situation | None:
    """Return the situation to compare with: that of an earlier date, within the same cuts, or the one given."""
    if since is None:
        return None
    return since if isinstance(since, Situation) else behind.moved(asked, When.of(since).span(asked.tz).end)


def _turned_away(asked: Situation, allow: Iterable[str]) -> int:
    """Count what the cuts turned away; a reader does not learn how many entries are marked."""
    allowed = allowed_markings(allow)
    return sum(not markings(entry.tags) - allowed for entry in asked.left_out)


def _head(teller: Teller, turned_away: int) -> Iterator[str]:
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
    if turned_away:
        clocks.append(phrase("left_out", words.spoken, count=words.count(turned_away, "entries")))
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
