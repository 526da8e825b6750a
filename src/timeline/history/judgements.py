"""The judgements in force, kept current as more of them come.

One more judgement changes only the names that it joins. Those of the smaller group join the larger one, so each name
moves only a few times. Contradictions, and a pair that is judged otherwise than before, are left to `identity_of`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from copy import copy
from typing import TypeVar

import attrs

from timeline.history.identity import Identity, Judged, Membership, Rank, identity_of, kind_of
from timeline.values.containers import FrozenMapping, PersistentList

T = TypeVar("T")
Ranking = Callable[[str, Rank], Rank]
"""Gives the place of a name on the log, given the place of the first judgement on it."""


@attrs.define(eq=False)
class _Group:
    """Names that judgements of *same* connect."""

    first: str
    """The canonical name."""
    names: PersistentList[str]
    lefts: set[str]
    """The names that are a `left` and never a `right`."""
    earliest: tuple[Rank, str] | None = None
    """The name that is first on the log, once somebody had to know."""
    contradictory: bool = False


class Judgements:
    """The judgements in force, and the identity that they make."""

    def __init__(self, judged: Sequence[Judged], members: Iterable[Membership], ranking: Ranking) -> None:
        self._ranking = ranking
        self._judged: dict[str, Rank] = {}
        self._last: dict[frozenset[str], Judged] = {}
        self._apart: dict[str, PersistentList[str]] = {}
        self._rights: set[str] = set()
        self._groups: dict[str, _Group] = {}
        self._changes: dict[str, str] = {}
        members = list(members)
        for one in judged:
            self._rank_by(one)
            self._last[one.pair] = one
        self.identity = identity_of(judged, members, self._rank)
        for one in self._last.values():
            if one.event.judgement == "same":
                self._connect(*one.names)
            elif one.event.judgement == "different":
                self._part(*one.names)
        for member in members:
            self._part(*member.names)
        for group in self._groups.values():
            group.first = self.identity.tag(group.first)
        for found in self.identity.contradictions:
            self._groups[found.left].contradictory = True

    @property
    def names(self) -> Collection[str]:
        """Every name that was judged."""
        return self._judged.keys()

    def take(self, told: Iterable[Judged | Membership]) -> set[str] | None:
        """Add judgements and members that were recorded after all others; return the names that they rename.

        Return None if one of them changes more than the groups of its names. This object must not be used then.
        """
        before, self._changes, joined = self.identity, {}, list[str]()
        for one in told:
            if isinstance(one, Judged):
                self._rank_by(one)
            if not self._takes(one):
                return None
            joined += one.names
        renamed = frozenset(name for name, first in self._changes.items() if before.tag(name) != first)
        if self._changes:
            groups = {group.first: group.names for group in map(self._groups.get, joined) if group is not None}
            self.identity = attrs.evolve(
                before,
                canonical=_with(before.canonical, self._changes),
                groups=_frozen(before.groups) | groups,
                kinds=before.kinds | set(map(kind_of, groups)),
                since=(before.token, renamed),
            )
        return set(renamed)

    def with_more(self, told: Sequence[Judged | Membership]) -> Identity | None:
        """Return the identity with some judgements and members more, as `take` does, and leave these as they are."""
        fork = copy(self)
        fork.part_from(told)
        return None if fork.take(told) is None else fork.identity

    def part_from(self, told: Iterable[Judged | Membership]) -> None:
        """Share nothing with the object that this one is a copy of, as far as some judgements may change it."""
        self._judged, self._last, self._rights = {**self._judged}, {**self._last}, {*self._rights}
        self._apart, self._groups = {**self._apart}, {**self._groups}
        for group in {id(group): group for one in told for group in map(self._groups.get, one.names)}.values():
            if group is not None:
                self._groups.update(dict.fromkeys(group.names, attrs.evolve(group, lefts={*group.lefts})))

    def _takes(self, one: Judged | Membership) -> bool:
        left, right = map(self._groups.get, one.names)
        if any(group is not None and group.contradictory for group in (left, right)):
            return False
        if isinstance(one, Membership):
            self._part(*one.names)
            return left is None or left is not right
        known, self._last[one.pair] = self._last.get(one.pair), one
        if known is not None and (known.event.left, known.event.judgement) != (one.event.left, one.event.judgement):
            return False
        return self._note(one)

    def _note(self, one: Judged) -> bool:
        """Note a judgement; return False if it contradicts another."""
        left, right = one.names
        if one.event.judgement == "different":
            self._part(left, right)
            return left not in self._groups or self._groups[left] is not self._groups.get(right)
        return one.event.judgement != "same" or self._join(left, right)

    def _part(self, left: str, right: str) -> None:
        if left != right:
            for name, other in ((left, right), (right, left)):
                self._apart[name] = self._apart.get(name, PersistentList[str]()).append(other)

    def _rank_by(self, one: Judged) -> None:
        self._judged.setdefault(one.event.left, (one.position, 0))
        self._judged.setdefault(one.event.right, (one.position, 1))

    def _rank(self, tag: str) -> Rank:
        return self._ranking(tag, self._judged[tag])

    def _join(self, left: str, right: str) -> bool:
        """Join the groups of two names; return False if names of theirs are apart."""
        one, other = map(self._group, (left, right))
        if one is not other and self._are_apart(*sorted((one, other), key=lambda group: len(group.names))):
            return False
        group, came = self._connect(left, right)
        first = next(iter(group.lefts)) if len(group.lefts) == 1 else self._earliest(group)[1]
        moved = came if first == group.first else group.names
        group.first = first
        self._changes.update(dict.fromkeys((*moved, first), first))
        return True

    def _connect(self, left: str, right: str) -> tuple[_Group, Iterable[str]]:
        """Make one group of those of two names; return it, and the names that came into the larger one."""
        small, large = sorted(map(self._group, (left, right)), key=lambda group: len(group.names))
        self._rights.add(right)
        large.lefts = ({*large.lefts, *small.lefts} | ({left} - self._rights)) - {right}
        if large is small:
            return large, ()
        if large.earliest is not None:
            large.earliest = min(large.earliest, self._earliest(small))
        large.names = large.names.extend(small.names)
        self._groups.update(dict.fromkeys(small.names, large))
        return large, small.names

    def _earliest(self, group: _Group) -> tuple[Rank, str]:
        """Return the name that is first on the log, with its place there."""
        if group.earliest is None:
            group.earliest = min((self._rank(name), name) for name in group.names)
        return group.earliest

    def _group(self, name: str) -> _Group:
        if name not in self._groups:
            self._groups[name] = _Group(name, PersistentList[str]().append(name), set())
        return self._groups[name]

    def _are_apart(self, small: _Group, large: _Group) -> bool:
        return any(self._groups.get(other) is large for name in small.names for other in self._apart.get(name, ()))


def _frozen(found: Mapping[str, T]) -> FrozenMapping[str, T]:
    return found if isinstance(found, FrozenMapping) else FrozenMapping(found)


def _with(canonical: Mapping[str, str], changes: Mapping[str, str]) -> Mapping[str, str]:
    """Return canonical names after some changes; a name that became canonical is no longer there."""
    own = {name for name, first in changes.items() if name == first}
    if not any(name in canonical for name in own):
        return _frozen(canonical) | {name: first for name, first in changes.items() if name not in own}
    return FrozenMapping({name: first for name, first in {**canonical, **changes}.items() if name not in own})
