"""The identities of a log: which names mean one thing within each recorded cut, and which entries mention them.

A judgement changes only the entries that mention the names it joins. Their positions are looked up on the log once,
when a name is first judged, and kept current from then on.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import tzinfo
from typing import Any, Protocol

from timeline.entry import Entry
from timeline.events.editorial import EDITORIAL, EventRetracted, proposed
from timeline.events.entity import IdentityJudged
from timeline.events.facility import FacilityRegistered
from timeline.history.cases import cases
from timeline.history.claims import Claim, Hides
from timeline.history.identity import APART, Identity, Judged, Membership, Rank, identity_of
from timeline.index.components import Components
from timeline.values.containers import Memo
from timeline.values.report import Modality

_MAY_BEAR = Memo[type, bool](lambda cls: issubclass(cls, (*EDITORIAL, IdentityJudged, FacilityRegistered)))
"""By class: whether its events, or what they propose, may bear on identities."""
_KEPT = 16
"""The number of identities kept."""


class TaggedEntries(Protocol):
    """Looks up entries by position or by tag."""

    def get(self, positions: Sequence[int]) -> list[Entry]: ...
    def tagged(self, tag: str, before: int) -> Sequence[int]: ...


class Identities:
    """The identity within each recorded cut."""

    def __init__(self, source: TaggedEntries, components: Components, tz: tzinfo) -> None:
        self._source = source
        self._components = components
        self._tz = tz
        self.names: dict[str, None] = {}
        """Every tag that an entry carries, except those that name entries, in the order of first naming."""
        self.count = 0
        self.marked = array("q")
        """The positions of judgements, and of registrations of collectives with members."""
        self.retractions = array("q")
        """The positions of retractions: what they take out names nothing first."""
        self._closure: list[int] = []
        self._judged: set[str] = set()
        self._known: dict[tuple[int, int, Hides | None], Identity] = {}
        self._mentions: dict[str, list[int]] = {}

    def note(self, entry: Entry) -> None:
        """Note what an entry names, and whether it may change an identity."""
        self.count = entry.position
        for tag in entry.tags:
            if tag not in self.names and not tag.startswith("entry:"):
                self.names[tag] = None
            if tag in self._mentions:
                self._mentions[tag].append(entry.position)
        if _MAY_BEAR[entry.event.__class__]:
            if isinstance(entry.event, EventRetracted):
                self.retractions.append(entry.position)
            elif _is_marked(entry.event):
                self.marked.append(entry.position)

    def changed_by(self, entries: Iterable[Entry]) -> bool:
        """Tell whether some entries, just noted and joined to their components, may change an identity."""
        root = self._components.root
        if not self.marked:
            return False
        bearing = [entry.position for entry in entries if entry.references or _is_marked(entry.event)]
        if not bearing:
            return False
        roots = {root(position) or position for position in self.marked}
        if roots.isdisjoint(root(position) or position for position in bearing) and not any(
            isinstance(entry.event, EventRetracted) and not self._judged.isdisjoint(entry.tags) for entry in entries
        ):
            return False
        self._closure = []
        self._known.clear()
        return True

    def at(self, count: int, hides: Hides | None = None) -> Identity:
        """Return the identity within the first entries of the log, as if it did not hold what is withheld."""
        if not self.marked:
            return APART
        bearing = self._bearing()
        key = bisect_right(bearing, count), bisect_right(self.retractions, count), hides
        if key not in self._known:
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[key] = self._made(self._source.get(bearing[: key[0]]), count, hides)
        return self._known[key]

    def with_more(self, entries: Sequence[Entry], moved: Sequence[int]) -> Identity:
        """Return the identity if some entries were on the log, which would join entries at the positions `moved`."""
        bearing = self._bearing()
        if not any(_is_marked(entry.event) for entry in entries) and set(moved).isdisjoint(bearing):
            return self.at(self.count)
        return self._made([*self._source.get(sorted({*bearing, *moved})), *entries], self.count, None)

    def mentions(self, tags: Iterable[str], upto: int) -> set[int]:
        """Return the positions, up to one, of the entries that mention names, and of all in their components."""
        found: set[int] = set()
        for tag in tags:
            found.update(self.tagged(tag))
        alone = {position for position in found if position <= upto}
        return alone.union(*(self._components.of(position) or () for position in alone))

    def tagged(self, tag: str) -> Sequence[int]:
        """Return the positions of the entries that have a tag."""
        if tag not in self._mentions:
            self._mentions[tag] = list(self._source.tagged(tag, self.count + 1))
        return self._mentions[tag]

    def _bearing(self) -> Sequence[int]:
        """Return the positions of judgements and collectives, and of all entries that correct or retract them."""
        if not self._closure:
            self._closure = sorted(
                set(self.marked).union(*(self._components.of(position) or () for position in self.marked))
            )
        return self._closure

    def _made(self, entries: Sequence[Entry], upto: int, hides: Hides | None) -> Identity:
        found = cases(entries, tz=self._tz)
        standing = [case.claims[0] for case in found.by_id.values()]
        shown = [one for one in standing if one.modality is Modality.ACTUAL and not (hides and hides(one))]
        judged = [Judged(c.entry.position, c.event) for c in shown if isinstance(c.event, IdentityJudged)]
        judged.sort()
        self._judged.update(tag for one in judged for tag in one.pair)
        first = _First(self, judged, upto, hides)
        return identity_of(judged, [member for claim in shown for member in _members(claim)], first.rank)

    def out_of(self, position: int, upto: int) -> Container[str]:
        """Return the ids of entries that are retracted within the first entries of the log, in one component."""
        together = self._components.of(position) or ()
        return cases(self._source.get([p for p in together if p <= upto]), tz=self._tz).retracted

    def entry_at(self, position: int) -> Entry:
        """Return the entry at a position."""
        (entry,) = self._source.get((position,))
        return entry


class _First:
    """The place where each judged name is first on the log: a judgement, or another entry that is not retracted."""

    def __init__(self, identities: Identities, judged: Sequence[Judged], upto: int, hides: Hides | None) -> None:
        self._identities, self._upto, self._hides = identities, upto, hides
        self._judged: dict[str, Rank] = {}
        for position, event in judged:
            self._judged.setdefault(event.left, (position, 0))
            self._judged.setdefault(event.right, (position, 1))

    def rank(self, tag: str) -> Rank:
        """Return the place of a judged name on the log."""
        by_judgement = self._judged[tag]
        for position in self._identities.tagged(tag):
            if position >= by_judgement[0]:
                break
            entry = self._identities.entry_at(position)
            if self._counts(entry):
                return position, entry.tags.index(tag)
        return by_judgement

    def _counts(self, entry: Entry) -> bool:
        if isinstance(entry.event, IdentityJudged | EventRetracted) or (self._hides and self._hides(entry)):
            return False
        return entry.id not in self._identities.out_of(entry.position, self._upto)


def _is_marked(event: Any) -> bool:
    """Tell whether an event may bear on identities: a judgement, or the registration of a collective."""
    told = proposed(event) or event
    if isinstance(told, FacilityRegistered):
        return told.kind == "collective" and bool(told.members)
    return isinstance(told, IdentityJudged)


def _members(claim: Claim) -> Iterator[Membership]:
    event = claim.event
    if isinstance(event, FacilityRegistered) and event.kind == "collective":
        for member in event.members:
            yield Membership(claim.entry.position, f"facility:{event.facility}", f"facility:{member}")
