"""The sections of a narrative: what is so, what changed, what may be, what does not fit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any

from attrs import frozen

from timeline.answers import behind
from timeline.answers.situation import Situation
from timeline.display.language.forms import agreement_noun
from timeline.display.language.phrases import Speaker, phrase
from timeline.display.narrative.statements import Group, group_of, sentence_of, statement
from timeline.display.words import moment_in_words
from timeline.entry import Entry
from timeline.errors import ProjectionFailed
from timeline.history.claims import Claim
from timeline.history.finding import Finding
from timeline.history.finding_kinds import KINDS
from timeline.projections.building import Mention
from timeline.projections.projection import Path
from timeline.values.entities import ACCOUNTS, IN_TRANSIT
from timeline.values.instants import PAST
from timeline.values.quantity import Quantity
from timeline.values.when import When

_BEHIND = 2
"""The most entries of a finding that are said: those that do not fit, the latest ones."""
_BY_TYPE = frozenset({"unknown_event", "unregistered_entity"})
"""Kinds of findings about any number of entries, which say nothing of what does not fit."""
_FEW = 10
"""The most events of a list, and versions of a value, that have a sentence; the others are counted."""
_MANY = 20
"""The most entities of one kind whose changes a report lists; it counts the others."""


_ORDER = ("places", "authorities", "operations", "agreements", "commitments", "border")
_ACCOUNTS = ("elsewhere", IN_TRANSIT, "at-large", "dead", "released_account")
_DIPLOMACY: tuple[Path, ...] = (
    ("agreements", "talks"), ("agreements", "promises"), ("agreements", "statements"), ("agreements", "assessments"),
)  # fmt: skip
_BORDER: tuple[Path, ...] = (("border", "measures"), ("border", "incidents"))


@frozen
class Sentence:
    """A sentence, and the positions of the entries that it rests on."""

    text: str
    entries: tuple[int, ...] = ()


@frozen
class Paragraph:
    """The sentences about one entity; without a subject, each stands by itself."""

    subject: str
    sentences: Sequence[Sentence]


@frozen
class Section:
    """Paragraphs under a heading."""

    heading: str
    paragraphs: Sequence[Paragraph]


def _positions(entries: Iterable[Entry]) -> tuple[int, ...]:
    return tuple(sorted({entry.position for entry in entries}))


def _number(quantity: Quantity) -> tuple[int | str | None, ...]:
    """Return what a quantity says, without the words of its source."""
    return quantity.low, quantity.best, quantity.high, quantity.unit


def _end(occurred: When | None, tz: tzinfo) -> int:
    return PAST if occurred is None else occurred.span(tz).end


@frozen
class Teller:
    """A situation, and the words to tell it in."""

    asked: Situation
    words: Speaker

    def sections(self, before: Situation | None = None) -> Iterator[Section]:
        """Yield the sections that have something to say, first what changed since another situation."""
        if before is not None:
            yield from self._changed(before)
        disputes = self._disputes()
        yield from self._state(disputes)
        yield from self._diplomacy()
        yield from self._beside("plans", self._planned())
        yield from self._beside("possible", map(self._possible, self.asked.possible))
        yield from self._findings()

    # -- what is so ------------------------------------------------------------------------------------

    def _state(self, disputes: Mapping[Path, list[Finding]]) -> Iterator[Section]:
        values = self._values(self.asked)
        told: dict[Group, list[Sentence]] = defaultdict(list)
        for path in values:
            group = group_of(path)
            if group is not None and sentence_of(path) == path:
                told[group] += self._told(path, disputes.get(path, ()))
        self._add_gaps(told, values)
        yield from self._grouped(told)

    def _told(self, path: Path, disputes: Iterable[Finding]) -> Iterator[Sentence]:
        text = self._statement(self.asked, path, when=self._when(path))
        if text is not None and not self._is_repeated(self.asked, path):
            yield Sentence(text, self._reasons(self.asked, path))
        for found in disputes:
            yield self._rivals(found)

    def _is_repeated(self, asked: Situation, path: Path) -> bool:
        """Tell whether another sentence says the same by the same entries.

        That of the number held says the last count, that of a cohort the total, and that of an ending the end.
        """
        values = behind.values_by_path(asked)
        if (path[0], path[2:]) == ("agreements", ("status",)):
            return values[path] == "ended" and self._is_same(asked, path, (*path[:2], "ending"))
        if path[0] != "custody" or path[2:3] not in {("counted",), ("held",)}:
            return False
        cohorts = [one for one in values if one[:3] == path[:3] and len(one) > len(path)]
        if any(self._is_same(asked, path, cohort) for cohort in cohorts):
            return True
        return path[2] == "counted" and self._is_same(asked, path, (*path[:2], "held", *path[3:]))

    def _is_same(self, asked: Situation, path: Path, other: Path) -> bool:
        """Tell whether a value is the same number as another one, by the same entries."""
        values = behind.values_by_path(asked)
        if other not in values or self._reasons(asked, path) != self._reasons(asked, other):
            return False
        one, two = values.get(path), values[other]
        return not isinstance(one, Quantity) or (isinstance(two, Quantity) and _number(one) == _number(two))

    def _when(self, path: Path) -> str | None:
        """Return the date of the count or the change that a value is; None where its entries differ in it."""
        is_state = path[-1] in {"status", "ending"}
        if not is_state and path[:2] != ("custody", "counted") and path[2:3] not in {("counted",), ("held",)}:
            return None
        if path[2:3] == ("held",) and not self._is_same(self.asked, (*path[:2], "counted", *path[3:]), path):
            return None
        dates = {entry.occurred for entry in self.asked.why(*path)}
        [occurred, *others] = dates or {None}
        return None if others or occurred is None else self.words.when(occurred)

    def _statement(self, asked: Situation, path: Path, when: str | None = None) -> str | None:
        values = self._values(asked)
        is_operation = path[:2] == ("custody", "operations")
        noun = "operation" if is_operation else values.get(("facilities", *path[1:2], "kind"), "place")
        if path[0] == "agreements":
            noun = agreement_noun(self.words.name(path[1]))
        return statement(path, values, self.words, noun=noun, when=when)

    def _add_gaps(self, told: dict[Group, list[Sentence]], values: Mapping[Path, Any]) -> None:
        """Say of each place with a count or a flow, and no stock, that the number there is not known."""
        for (section, slug), sentences in told.items():
            ours = [path for path in values if path[:2] == ("custody", slug)] if section == "places" else []
            if ours and ("custody", slug, "held") not in values and slug not in (*ACCOUNTS, IN_TRANSIT):
                reasons = {position for path in ours for position in self._reasons(self.asked, path)}
                sentences.append(Sentence(phrase("held_unknown", self.words.spoken), tuple(sorted(reasons))))

    def _reasons(self, asked: Situation, path: Path) -> tuple[int, ...]:
        """Return the entries of a value, and of the beginning in the same sentence."""
        found: set[int] = set()
        beside = [one for one in behind.values_by_path(asked) if one != path and sentence_of(one) == path]
        for one in (path, *beside):
            try:
                found |= {entry.position for entry in asked.why(*one)}
            except (KeyError, ProjectionFailed):  # a value that only `flat` knows
                continue
        return tuple(sorted(found))

    def _grouped(self, told: Mapping[Group, list[Sentence]]) -> Iterator[Section]:
        """Yield a section for each kind of thing, and in it a paragraph for each thing."""
        sections: dict[str, list[Paragraph]] = {name: [] for name in _ORDER}
        for (section, slug), sentences in sorted(told.items(), key=lambda item: item[0]):
            if sentences:
                sections.setdefault(section, []).append(Paragraph(self._subject(slug), sentences))
        for name, paragraphs in sections.items():
            if paragraphs:
                yield Section(self._heading(name), paragraphs)

    def _heading(self, section: str) -> str:
        if section not in _ORDER:
            return self.words(section)
        return phrase("commitments_heading" if section == "commitments" else section, self.words.spoken)

    def _subject(self, slug: str) -> str:
        """Name an entity, or an account of the ledger."""
        if slug in (*ACCOUNTS, IN_TRANSIT):
            key = "released_account" if slug == "released" else slug
            return phrase(key, self.words.spoken) if key in _ACCOUNTS else self.words(key)
        return self.words.name(slug)

    def _values(self, asked: Situation) -> Mapping[Path, Any]:
        """Return every value by path, those of users' own projections as a report may give them."""
        values = behind.values_by_path(asked)
        own = {projection.name for projection in behind.own_projections(asked)}
        return {path: self.words.own(value) if path[0] in own else value for path, value in values.items()}

    # -- rivals, doubts and gaps -------------------------------------------------------------------------

    def _disputes(self) -> dict[Path, list[Finding]]:
        """Return the disputes by path."""
        found: dict[Path, list[Finding]] = defaultdict(list)
        for one in self.asked.findings:
            if one.kind == "disputed":
                found[one.path].append(one)
        return found

    def _rivals(self, found: Finding) -> Sentence:
        first, *others = found.claims
        dated = len({claim.occurred for claim in found.claims if claim.event is not None}) > 1
        versions = [self._version(claim, first, dated=dated) for claim in (first, *others[:_FEW])]
        if len(others) > _FEW:
            versions.append(phrase("more", self.words.spoken, count=f"{len(others) - _FEW:,}"))
        text = phrase("sources_differ", self.words.spoken, versions=("؛ " if self._is_arabic else "; ").join(versions))
        return Sentence(text, _positions([*found.entries, *(claim.entry for claim in found.claims)]))

    def _version(self, claim: Claim, first: Claim, *, dated: bool) -> str:
        if claim.event is None:
            said = phrase("denied", self.words.spoken)
        elif claim.quantity is not None and type(claim.event) is type(first.event):
            said = self.words.amount(claim.quantity)
        else:
            said = self.words.event(claim.event)
        if dated and claim.event is not None:
            said = self._dated(claim.occurred, said)
        sources = ("، " if self._is_arabic else ", ").join(
            dict.fromkeys(self.words.source(r.source) for r in claim.reports)
        )
        return f"{said} ({sources})" if sources else said

    def _findings(self) -> Iterator[Section]:
        """Tell the findings, except the disputes that stand with their values."""
        told: dict[str, list[Sentence]] = defaultdict(list)
        values = behind.values_by_path(self.asked)
        for found in self.asked.findings:
            if found.kind != "disputed":
                told[found.subject].append(Sentence(self._meaning(found), _positions(found.entries)))
            elif found.path not in values or group_of(found.path) is None:
                told[found.subject].append(self._rivals(found))
        paragraphs = [Paragraph(slug and self._subject(slug), sentences) for slug, sentences in sorted(told.items())]
        if paragraphs:
            yield Section(phrase("findings", self.words.spoken), paragraphs)

    def _meaning(self, found: Finding) -> str:
        """Say what a finding means, and what the entries say that it is about."""
        known = found.kind in KINDS and not self._is_arabic
        meaning = KINDS[found.kind].meaning.replace("`", "") if known else self.words(found.kind)
        behind = () if found.kind in _BY_TYPE else found.entries[-_BEHIND:]
        said = [self._dated(one.occurred, self.words.event(one.event)) for one in behind]
        return f"{meaning} — {('؛ ' if self._is_arabic else '; ').join(said)}" if said else meaning

    @property
    def _is_arabic(self) -> bool:
        return self.words.spoken == "ar"

    # -- events ------------------------------------------------------------------------------------------

    def _diplomacy(self) -> Iterator[Section]:
        """Tell the latest talks, promises, statements, measures and incidents."""
        values = behind.values_by_path(self.asked)
        for heading, paths in (("diplomacy", _DIPLOMACY), ("border", _BORDER)):
            told = [mention for path in paths for mention in values.get(path, ())]
            if told:
                yield Section(phrase(heading, self.words.spoken), [Paragraph("", self._mentions(told))])

    def _mentions(self, told: Sequence[Mention]) -> list[Sentence]:
        ordered = sorted(told, key=lambda mention: (_end(mention.occurred, self.asked.tz), mention.position))
        sentences = [self._mention(mention) for mention in ordered[-_FEW:]]
        if len(ordered) > _FEW:
            earlier = phrase("earlier_ones", self.words.spoken, count=f"{len(ordered) - _FEW:,}")
            sentences.append(Sentence(earlier, tuple(mention.position for mention in ordered[:-_FEW])))
        return sentences

    def _mention(self, mention: Mention) -> Sentence:
        return Sentence(self._dated(mention.occurred, self.words.event(mention.event)), (mention.position,))

    def _dated(self, occurred: When | None, what: str) -> str:
        when = self.words.when(occurred) if occurred else phrase("undated", self.words.spoken)
        return phrase("dated", self.words.spoken, when=when, what=what)

    def _planned(self) -> Iterator[Sentence]:
        for plan in self.asked.plans:
            when = self.words.when(plan.occurred) if plan.occurred is not None else None
            what = self.words.event(plan.event, planned=True)
            text = phrase("foreseen", self.words.spoken, when=when, what=what)
            if plan.overdue:
                text += f" — {phrase('plan_overdue', self.words.spoken)}"
            yield Sentence(text, (plan.position,))

    def _possible(self, entry: Entry) -> Sentence:
        when = self.words.when(entry.occurred) if entry.occurred else phrase("undated", self.words.spoken)
        what = self.words.event(entry.event)
        return Sentence(phrase("perhaps", self.words.spoken, when=when, what=what), (entry.position,))

    def _beside(self, heading: str, sentences: Iterable[Sentence]) -> Iterator[Section]:
        told = list(dict.fromkeys(sentences))
        if told:
            yield Section(phrase(heading, self.words.spoken), [Paragraph("", told)])

    # -- what changed ------------------------------------------------------------------------------------

    def _changed(self, before: Situation) -> Iterator[Section]:
        told: dict[Group, list[Sentence]] = defaultdict(list)
        paths = {path: change for change in before.diff(self.asked) if (path := sentence_of(change.path)) is not None}
        for path in paths:
            group = group_of(path)
            sentence = self._change(before, path)
            if group is not None and sentence is not None:
                told[group].append(sentence)
        news = [mention for path in (*_DIPLOMACY, *_BORDER) for mention in self._added(before, path)]
        paragraphs = self._first_of_each_kind(told)
        if news:
            paragraphs.append(Paragraph("", self._mentions(news)))
        nothing = Paragraph("", [Sentence(phrase("no_change", self.words.spoken))])
        heading = phrase("changes_since", self.words.spoken, since=moment_in_words(before, self.words))
        yield Section(heading, paragraphs or [nothing])

    def _first_of_each_kind(self, told: Mapping[Group, list[Sentence]]) -> list[Paragraph]:
        """Return a paragraph for each of the first entities of a kind, and one that counts the others."""
        kinds: dict[str, list[Paragraph]] = defaultdict(list)
        for (section, slug), sentences in sorted(told.items(), key=lambda item: item[0]):
            kinds[section].append(Paragraph(self._subject(slug), sentences))
        found: list[Paragraph] = []
        for section, paragraphs in kinds.items():
            found += paragraphs[:_MANY]
            if len(paragraphs) > _MANY:
                others = phrase("more", self.words.spoken, count=f"{len(paragraphs) - _MANY:,}")
                found.append(Paragraph(self._heading(section), [Sentence(others)]))
        return found

    def _added(self, before: Situation, path: Path) -> list[Mention]:
        old = set(behind.values_by_path(before).get(path, ()))
        return [mention for mention in behind.values_by_path(self.asked).get(path, ()) if mention not in old]

    def _change(self, before: Situation, path: Path) -> Sentence | None:
        now, was = self._statement(self.asked, path), self._statement(before, path)
        if now == was or (self._is_repeated(self.asked, path) and (was is None or self._is_repeated(before, path))):
            return None
        reasons = tuple(sorted({*self._reasons(self.asked, path), *self._reasons(before, path)}))
        spoken_in = self.words.spoken
        if now is None:
            return Sentence(phrase("gone", spoken_in, before=was), reasons)
        if was is None:
            return Sentence(phrase("before_unknown", spoken_in, now=now), reasons)
        label, colon, value = was.partition(": ")
        same = colon and now.startswith(label + colon)
        return Sentence(phrase("before", spoken_in, now=now, before=value if same else was), reasons)
