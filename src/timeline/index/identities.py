"""The identities of a log: which names mean one thing within each recorded cut, and which entries mention them.

A judgement changes only the entries that mention the names it joins. Their positions are looked up on the log once,
when a name is first judged, and kept current from then on.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import tzinfo
from functools import partial
from typing import Any, Protocol

from timeline.entry import Entry
from timeline.events.editorial import EDITORIAL, EventRetracted, proposed
from timeline.events.entity import IdentityJudged
from timeline.events.facility import FacilityRegistered
from timeline.history.cases import cases
from timeline.history.claims import Hides
from timeline.history.identity import APART, Identity, Judged, Membership, Rank
from timeline.history.judgements import Judgements
from timeline.index.components import Components
from timeline.values.containers import Memo
from timeline.values.report import Modality

_MAY_BEAR = Memo[type, bool](lambda cls: issubclass(cls, (*EDITORIAL, IdentityJudged, FacilityRegistered)))
"""By class: whether its events, or what they propose, may bear on identities."""
_KEPT = 16
"""The number of identities kept."""
Cut = tuple[int, int, Hides | None]
"""The number of judgements and of retractions within a cut, and what is withheld there."""


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
        self._ids: set[str] = set()
        """The ids of judgements and collectives, and of all entries that correct or retract them."""
        self._now: Judgements | None = None
        """The judgements of the whole log; None until somebody needs them."""
        self._known: dict[Cut, Identity] = {}
        self._walk: tuple[Cut, Judgements | None] = (0, 0, None), None
        """The judgements within the cut that was asked for last."""
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

    def renamed_by(self, entries: Sequence[Entry], before: Identity) -> set[str]:
        """Return the names that some entries rename, which were just noted and joined to their components.

        `before` is the identity of the entries before them.
        """
        bearing = [entry for entry in entries if self._bears(entry)] if self.marked else []
        if not bearing:
            return set()
        renamed = None if any(entry.references for entry in bearing) else self._taken(bearing)
        if renamed is None:
            self._closure, self._now, self._walk = [], None, ((0, 0, None), None)
            self._known.clear()
            renamed = before.changes(self.at(self.count))
        return renamed

    def _bears(self, entry: Entry) -> bool:
        """Tell whether an entry may change the identity: by itself, or by an earlier entry that it names."""
        if _is_marked(entry.event) or not self._ids.isdisjoint(entry.references):
            self._ids.add(entry.id)
            return True
        judged = () if self._now is None else self._now.names
        return isinstance(entry.event, EventRetracted) and any(tag in judged for tag in entry.tags)

    def _taken(self, entries: Sequence[Entry]) -> set[str] | None:
        """Return the names that entries rename which name no entry; None if all judgements must be read again."""
        if self._now is None:
            return None
        renamed = self._now.take(_all_told(entries))
        self._closure += [entry.position for entry in entries]
        return renamed

    def at(self, count: int, hides: Hides | None = None) -> Identity:
        """Return the identity within the first entries of the log, as if it did not hold what is withheld."""
        if not self.marked:
            return APART
        bearing = self._bearing()
        key = bisect_right(bearing, count), bisect_right(self.retractions, count), hides
        if key == (len(bearing), len(self.retractions), None):
            return self._current().identity
        if key not in self._known:
            if len(self._known) >= _KEPT:
                del self._known[next(iter(self._known))]
            self._known[key] = self._walked(key, bearing, count).identity
        return self._known[key]

    def _walked(self, key: Cut, bearing: Sequence[int], count: int) -> Judgements:
        """Return the judgements within a cut: with a few more than in the cut before, or all read again."""
        (start, *before), known = self._walk
        new = self._source.get(bearing[start : key[0]])
        goes_on = known is not None and start <= key[0] and before == [key[1], None] == [*key[1:]]
        if known is None or not goes_on or any(e.references for e in new) or known.take(_all_told(new)) is None:
            known = self._made(self._source.get(bearing[: key[0]]), count, key[2])
        self._walk = key, known
        return known

    def _current(self) -> Judgements:
        """Return the judgements of the whole log."""
        if self._now is None:
            entries = self._source.get(self._bearing())
            self._ids = {entry.id for entry in entries}
            self._now = self._made(entries, None, None)
        return self._now

    def with_more(self, entries: Sequence[Entry], moved: Sequence[int]) -> Identity:
        """Return the identity if some entries were on the log, which would join entries at the positions `moved`."""
        bearing = self._bearing()
        if not any(_is_marked(entry.event) for entry in entries) and set(moved).isdisjoint(bearing):
            return self.at(self.count)
        names_none = not moved and not any(entry.references for entry in entries)
        more = self._current().with_more(_all_told(entries)) if names_none else None
        if more is not None:
            return more
        return self._made([*self._source.get(sorted({*bearing, *moved})), *entries], self.count, None).identity

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

    def _made(self, entries: Sequence[Entry], upto: int | None, hides: Hides | None) -> Judgements:
        """Return the judgements in force among some entries; `upto` is None for all that are or will be recorded."""
        found = cases(entries, tz=self._tz)
        standing = [case.claims[0] for case in found.by_id.values()]
        shown = [one for one in standing if one.modality is Modality.ACTUAL and not (hides and hides(one))]
        told = [one for claim in shown for one in _told(claim.entry.position, claim.event)]
        judged = sorted(one for one in told if isinstance(one, Judged))
        members = [one for one in told if isinstance(one, Membership)]
        return Judgements(judged, members, partial(self._place, upto=upto, hides=hides))

    def _place(self, tag: str, by: Rank, *, upto: int | None, hides: Hides | None) -> Rank:
        """Return the place where a name is first on the log: a judgement, or an earlier entry that is not retracted."""
        for position in self.tagged(tag):
            if position >= by[0]:
                break
            (entry,) = self._source.get((position,))
            told = isinstance(entry.event, IdentityJudged | EventRetracted) or (hides and hides(entry))
            if not told and entry.id not in self._out_of(position, self.count if upto is None else upto):
                return position, entry.tags.index(tag)
        return by

    def _out_of(self, position: int, upto: int) -> Container[str]:
        """Return the ids of entries that are retracted within the first entries of the log, in one component."""
        together = self._components.of(position) or ()
        return cases(self._source.get([p for p in together if p <= upto]), tz=self._tz).retracted


def _is_marked(event: Any) -> bool:
    """Tell whether an event may bear on identities: a judgement, or the registration of a collective."""
    told = proposed(event) or event
    if isinstance(told, FacilityRegistered):
        return told.kind == "collective" and bool(told.members)
    return isinstance(told, IdentityJudged)


def _all_told(entries: Iterable[Entry]) -> list[Judged | Membership]:
    """Return the judgements and members in entries that name no other entry."""
    actual = (entry for entry in entries if entry.modality is Modality.ACTUAL)
    return [told for entry in actual for told in _told(entry.position, entry.event)]


def _told(position: int, event: Any) -> Iterator[Judged | Membership]:
    """Give the judgement that an event is, or the members of the collective that it registers."""
    if isinstance(event, IdentityJudged):
        yield Judged(position, event)
    elif isinstance(event, FacilityRegistered) and event.kind == "collective":
        for member in event.members:
            yield Membership(position, f"facility:{event.facility}", f"facility:{member}")
