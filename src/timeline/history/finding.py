"""Findings: contradictions that the library reports and does not repair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any, NamedTuple

from attrs import field, frozen

from timeline.displayable import Displayable, KnowsNames
from timeline.entry import Entry
from timeline.errors import InvalidValue, UnknownName
from timeline.events.naming import tags_of
from timeline.history.claims import Claim
from timeline.history.finding_kinds import KINDS
from timeline.history.identity import APART, Identity
from timeline.values.counting import how_many
from timeline.values.names import EntityNames, Names, by_slug, name_of, near, with_names
from timeline.values.quantity import whole_number
from timeline.values.visible import visible

MOST = 50
"""The most findings, or groups of them, that are printed."""
_HEADINGS = frozenset({"operations", "counted", "crossings", "monitored", "commitments"})
"""Steps of a path that come before the name of an entity."""


@frozen
class Finding(Displayable):
    """A contradiction between sources, or within what they report. It raises no error and repairs nothing.

    `message` names the place, the numbers and the sources. `path` is the value in question, as for
    `Situation.why`. `entries` and `claims` are those involved, as read within the cuts; of a dispute,
    the claims are all rivals. Equality ignores entries and claims. `help` explains the kind, as
    `docs/findings.md` does.
    """

    kind: str
    message: str
    path: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = field(default=(), eq=False, repr=False, kw_only=True)
    claims: tuple[Claim, ...] = field(default=(), eq=False, repr=False, kw_only=True)
    _called: Callable[[], EntityNames] = field(default=dict, eq=False, repr=False, kw_only=True)

    @property
    def subject(self) -> str:
        """The entity in question, by its slug: a facility, an operation, an agreement; empty where none is."""
        match self.path:
            case (_, heading, entity, *_) if heading in _HEADINGS:
                return entity
            case ("agreements" | "border", _):  # the path of a list, such as talks or incidents
                return ""
            case (_, entity, *_):
                return entity
        return ""

    @property
    def help(self) -> str:
        """An explanation of this kind of finding: what it says, why it matters and what to do."""
        return (
            str(KINDS[self.kind]) if self.kind in KINDS else f"A projection of yours declares the kind {self.kind!r}."
        )

    @property
    def slugs(self) -> tuple[str, ...]:
        """The entities that its message may name, by slug."""
        tags = {tag for entry in self.entries for tag in entry.tags}
        tags |= {tag for claim in self.claims if claim.event is not None for tag in tags_of(claim.event)}
        slugs = {tag.partition(":")[2] for tag in tags if not tag.startswith("entry:")} | {self.subject} - {""}
        return tuple(sorted(slugs))

    def entity_names(self) -> EntityNames:
        """Return what people call the entities of its situation, by tag and language; empty for a pickled copy."""
        return self._called()

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the finding without the names on the log."""
        return _restored, (self.kind, self.message, self.path, self.entries, self.claims)

    def __str__(self) -> str:
        return self.said(by_slug(self.entity_names()))

    def said(self, names: EntityNames) -> str:
        """Write the finding with its kind, its entries, and names by slug."""
        message = with_names(self.message, self.slugs, lambda slug: name_of(slug, names))
        where = ", ".join(f"#{entry.position}" for entry in self.entries)
        return visible(f"{self.kind}: {message}" + (f" [{where}]" if where else ""))


def _restored(
    kind: str, message: str, path: tuple[str, ...], entries: tuple[Entry, ...], claims: tuple[Claim, ...]
) -> Finding:
    """Return a finding that was pickled."""
    return Finding(kind, message, path, entries=entries, claims=claims)


class Group(NamedTuple):
    """The number of findings of one kind, about one entity, about `others` more, or about both."""

    kind: str
    subject: str
    number: int
    others: int = 0

    def __str__(self) -> str:
        about = ", ".join(filter(None, (self.subject, how_many(self.others, "other") if self.others else "")))
        return f"{self.number:,} × {self.kind}" + (f": {about}" if about else "")


def _largest(kind: str, subjects: Counter[str], room: int) -> Iterator[Group]:
    ranked = sorted(subjects.items(), key=lambda pair: (-pair[1], pair[0]))
    if room == 1 and len(ranked) > 1:
        first = next(subject for subject, _ in ranked if subject)
        yield Group(kind, first, subjects.total(), len(ranked) - 1)
        return
    shown, rest = (ranked, []) if len(ranked) <= room else (ranked[: room - 1], ranked[room - 1 :])
    yield from (Group(kind, subject, count) for subject, count in shown)
    if rest:
        yield Group(kind, "", sum(count for _, count in rest), len(rest))


class Findings(KnowsNames, tuple[Finding, ...]):  # noqa: SLOT001  # it remembers the names on the log
    """The findings of a situation, in fold order: a tuple, empty if there are no contradictions.

    Those of a situation know the names on its log, and those that people use. A copy that was pickled does not.

    >>> from timeline import Timeline
    >>> found = Timeline.demo().at("2026-01-25").findings
    >>> found.counts()["disputed"] == len(found.of(kind="disputed"))
    True
    """

    _names: Names | None = None
    _has_own_kinds: bool = False
    _identity: Identity = APART

    def asked_by(
        self,
        names: Names | None,
        *,
        has_own_kinds: bool,
        identity: Identity = APART,
        called: Callable[[], EntityNames] = dict,
    ) -> Findings:
        """Return the same findings, of which `of` refuses a name that is not known.

        `has_own_kinds` tells that a projection of a user may add further kinds. `called` gives the names that people
        use.
        """
        found = Findings(self)
        found._names, found._has_own_kinds, found._identity = names, has_own_kinds, identity
        found._called = called
        return found

    def counts(self) -> Mapping[str, int]:
        """Count the findings of each kind, the most frequent first."""
        return dict(Counter(finding.kind for finding in self).most_common())

    def of(self, *, kind: str | None = None, about: str | None = None) -> Findings:
        """Return the findings of a kind, about an entity, or both. None: of any.

        `about` is a slug such as `al-hol-camp`, or a tag such as `facility:al-hol-camp`. A finding is about the
        entities that its path names, and those that one of its entries names.

        Raises: UnknownName for a kind that there is not, or an entity that no entry on the log names;
        InvalidValue for several words. With
        projections of your own, any kind is allowed.
        """
        for name, word in (("kind", kind), ("about", about)):
            if word is not None and not isinstance(word, str):
                raise InvalidValue(f"{name} is {word!r}: expected one word, or None for any.", value=word)
        names = () if about is None else self._identity.spelled(about)
        found = Findings(
            finding
            for finding in self
            if kind in (None, finding.kind) and (about is None or any(_is_about(finding, name) for name in names))
        )
        if self._names is None:
            return found
        if not found:
            self._require(self._names, kind, about)
        return found.asked_by(
            self._names, has_own_kinds=self._has_own_kinds, identity=self._identity, called=self._called
        )

    def _require(self, names: Names, kind: str | None, about: str | None) -> None:
        if kind is not None and kind not in KINDS and not self._has_own_kinds:
            raise UnknownName(
                f"there are no findings of the kind {kind!r}: expected a kind of finding{near(kind, KINDS)}. "
                "Check the spelling.",
                kind="kind",
                name=kind,
            )
        if about is not None and not any(_is_about(finding, about) for finding in self):
            names.require_any(about)

    def groups(self, most: int = MOST) -> tuple[Group, ...]:
        """Count the findings by kind and subject, in at most `most` groups, the most frequent of each kind first.

        Each kind has at least one group. The last group of a kind may count `others` that did not fit.

        Raises: InvalidValue.
        """
        if whole_number(most) is None:
            raise InvalidValue(f"most is {most!r}: expected a whole number, such as 20.", value=most)
        kinds = self.counts()
        room = max(1, most // max(1, len(kinds)))
        by_kind: dict[str, Counter[str]] = {kind: Counter() for kind in kinds}
        for finding in self:
            by_kind[finding.kind][finding.subject] += 1
        return tuple(group for kind, subjects in by_kind.items() for group in _largest(kind, subjects, room))

    def __str__(self) -> str:
        if len(self) > MOST:
            return "\n".join([f"{len(self):,} findings", *map(str, self.groups())])
        names = by_slug(self.entity_names())
        return "\n".join(finding.said(names) for finding in self) or "no findings"

    def __repr__(self) -> str:
        counted = ", ".join(f"{count:,} {kind}" for kind, count in self.counts().items())
        return f"<Findings: {counted or 'none'}>"


def _is_about(finding: Finding, about: str) -> bool:
    if about and about in (finding.subject, _cohort(finding.path)):
        return True
    told = [claim.event for claim in finding.claims if claim.event is not None]
    tags = map(tags_of, told) if told else (entry.tags for entry in finding.entries)
    return any(about in (tag, tag.partition(":")[2]) for tag in chain.from_iterable(tags))


def _cohort(path: tuple[str, ...]) -> str:
    """Return the cohort that a path names; empty where it names none."""
    match path:
        case ("custody", _, "held", cohort):
            return cohort
    return ""
