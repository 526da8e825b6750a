"""Identity: which names mean one thing, by the judgements in force.

Names are the nodes of a graph, and judgements of *same* its edges. Where two names are known to be apart, every edge
on any way between them joins nothing, since nobody can tell which judgement is wrong. What the other edges connect
is one group. Readings hold the canonical name of a group in place of every other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import attrs

from timeline.events.declare import Redacted, UnknownEvent
from timeline.events.entity import IdentityJudged
from timeline.history.blocks import Blocks, Graph
from timeline.history.renaming import renamed

Rank = tuple[int, int]
"""The place of a name on the log: the position of the first entry that names it, and its place among the tags there."""


class Judged(NamedTuple):
    """A judgement in force, and the position of its entry."""

    position: int
    event: IdentityJudged

    @property
    def pair(self) -> frozenset[str]:
        """The two names, in no order."""
        return frozenset(self.names)

    @property
    def names(self) -> tuple[str, str]:
        """The two names: left and right."""
        return self.event.left, self.event.right


class Membership(NamedTuple):
    """The registration of a collective with a member: the two cannot be the same."""

    position: int
    collective: str
    member: str

    @property
    def names(self) -> tuple[str, str]:
        """The two names."""
        return self.collective, self.member


class Contradiction(NamedTuple):
    """Two names that are apart, and yet joined by judgements; `positions` are those of the entries involved."""

    left: str
    right: str
    positions: tuple[int, ...]


@attrs.frozen(slots=False)
class Identity:
    """The names that mean one thing within a recorded cut.

    `canonical` has the canonical name of every name that is not canonical itself. `groups` has, by canonical name, all
    names of its group, in no order. Names are tags.

    >>> same = Identity.of({"facility:al-hol-camp": ("facility:al-hol-camp", "facility:al-hawl")})
    >>> same.tag("facility:al-hawl"), same.slug("facility", "rabia")
    ('facility:al-hol-camp', 'rabia')
    """

    canonical: Mapping[str, str] = attrs.field(factory=dict)
    groups: Mapping[str, Collection[str]] = attrs.field(factory=dict, eq=False)
    """A name that was canonical once may still have its group here."""
    kinds: frozenset[str] = attrs.field(default=frozenset(), eq=False)
    """The kinds of the names that are judged the same."""
    contradictions: tuple[Contradiction, ...] = attrs.field(default=(), eq=False)
    token: object = attrs.field(factory=object, init=False, eq=False, repr=False)
    """The object by which `since` of another identity names this one."""
    since: tuple[object, frozenset[str]] | None = attrs.field(default=None, eq=False, repr=False)
    """The token of the identity that this one was made from, and the names that it renames."""
    _same: dict[str, tuple[str, ...]] = attrs.field(factory=dict, init=False, eq=False, repr=False)

    @classmethod
    def of(cls, groups: Mapping[str, Collection[str]], contradictions: Iterable[Contradiction] = ()) -> Identity:
        """Return the identity of groups of names, given by canonical name."""
        canonical = {tag: first for first, group in groups.items() for tag in group if tag != first}
        return cls(canonical, groups, frozenset(map(kind_of, groups)), tuple(contradictions))

    def tag(self, tag: str) -> str:
        """Return the canonical name of a name."""
        return self.canonical.get(tag, tag)

    def slug(self, kind: str | None, slug: Any) -> Any:
        """Return the canonical slug of a slug of a kind; other values stay."""
        if kind not in self.kinds or not isinstance(slug, str):
            return slug
        first = self.canonical.get(f"{kind}:{slug}")
        return slug if first is None else first.partition(":")[2]

    def same(self, tag: str) -> tuple[str, ...]:
        """Return every name that means the same as a name, the canonical one first."""
        first = self.tag(tag)
        if first not in self._same:
            self._same[first] = (first, *sorted({*self.groups.get(first, ())} - {first}))
        return self._same[first]

    def anyhow(self, name: Any) -> Any:
        """Return the canonical form of a tag, or of a slug of unknown kind; a slug of several kinds stays."""
        if not isinstance(name, str) or name in self.canonical:
            return self.tag(name) if isinstance(name, str) else name
        found = {self.slug(kind, name) for kind in self.kinds if f"{kind}:{name}" in self.canonical}
        return found.pop() if len(found) == 1 else name

    def spelled(self, name: str) -> frozenset[str]:
        """Return every form of a name, a tag or a slug: all names of its group, in the same form."""
        first = self.anyhow(name)
        tags = (first, *(f"{kind}:{first}" for kind in self.kinds))
        same = (one for tag in tags if tag not in self.canonical for one in self.groups.get(tag, ()))
        return frozenset((name, *(one if ":" in name else one.partition(":")[2] for one in same)))

    def key(self, key: Any) -> Any:
        """Return the key of a projection with canonical names: a name, or a tuple such as `(kind, name)`."""
        if not self.groups or not isinstance(key, tuple):
            return self.anyhow(key)
        kind, *names = key or ("",)
        kind = _PLACES.get(kind, kind)
        if kind in self.kinds and len(names) == 1:
            return (key[0], self.slug(kind, names[0]))
        if kind == "judged":
            return key
        return tuple(map(self.anyhow, key))

    def event(self, event: Any) -> Any:
        """Return an event with every name in its canonical form."""
        if not self.groups or event is None or isinstance(event, _AS_WRITTEN):
            return event
        return renamed(event, self)

    def changes(self, other: Identity) -> set[str]:
        """Return the names whose canonical name differs in another identity."""
        if self is other:
            return set()
        for one, before in ((self, other), (other, self)):
            if one.since is not None and one.since[0] is before.token:
                return set(one.since[1])
        mine, its = self.canonical, other.canonical
        return {tag for tag in (*mine, *its) if mine.get(tag) != its.get(tag)}


_PLACES = {"place": "facility", "crossing": "facility"}
"""Kinds of keys of the library's projections that name facilities."""
_AS_WRITTEN = (UnknownEvent, Redacted, IdentityJudged)
"""Events in which no name is replaced: a judgement speaks of the names themselves."""
APART = Identity()
"""The identity where nothing is judged: every name is canonical."""


def identity_of(judged: Iterable[Judged], members: Iterable[Membership], rank: Callable[[str], Rank]) -> Identity:
    """Return the identity that some judgements make, given in order of position.

    `rank` gives the place of a name on the log.
    """
    last = {one.pair: one for one in judged}
    same = [one for one in last.values() if one.event.judgement == "same"]
    if not same:
        return APART
    apart = [(*_names(one), one.position) for one in last.values() if one.event.judgement == "different"]
    apart += [(member.collective, member.member, member.position) for member in members]
    graph = _graph(same)
    connected = _groups(same, graph)
    blocked: set[int] = set()
    blocks: dict[int, Blocks] = {}
    contradictions = []
    for left, right, position in apart:
        if left != right and left in graph and connected.get(left) is connected.get(right, ()):
            cluster = id(connected[left])
            if cluster not in blocks:
                blocks[cluster] = Blocks(graph, left)
            ways = blocks[cluster].between(left, right)
            blocked |= ways
            positions = sorted({position, *(same[edge].position for edge in ways)})
            contradictions.append(Contradiction(left, right, tuple(positions)))
    joining = [one for edge, one in enumerate(same) if edge not in blocked]
    found = _groups(joining, _graph(joining))
    within: dict[int, list[Judged]] = defaultdict(list)
    for one in joining:
        within[id(found[one.event.left])].append(one)
    groups = {}
    for together in within.values():
        group = found[together[0].event.left]
        first = _canonical_of(group, together, rank)
        groups[first] = group
    return Identity.of(groups, contradictions)


def kind_of(tag: str) -> str:
    """Return the kind of a tag."""
    return tag.partition(":")[0]


def _names(one: Judged) -> tuple[str, str]:
    return min(one.pair), max(one.pair)


def _graph(same: Sequence[Judged]) -> Graph:
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for edge, (_, event) in enumerate(same):
        found[event.left].append((event.right, edge))
        found[event.right].append((event.left, edge))
    return found


def _groups(same: Iterable[Judged], graph: Graph) -> dict[str, set[str]]:
    """Return the connected names, by each of them; those of one group share one set."""
    found: dict[str, set[str]] = {}
    for _, event in same:
        if event.left not in found:
            group = {event.left}
            waiting = [event.left]
            while waiting:
                new = [name for name, _ in graph[waiting.pop()] if name not in group]
                group.update(new)
                waiting += new
            found.update(dict.fromkeys(group, group))
    return found


def _canonical_of(group: Collection[str], joining: Sequence[Judged], rank: Callable[[str], Rank]) -> str:
    """Return the name that is a `left` and never a `right`; unless there is exactly one, the first on the log."""
    lefts = {one.event.left for one in joining} - {one.event.right for one in joining}
    return lefts.pop() if len(lefts) == 1 else min(group, key=lambda name: (rank(name), name))
