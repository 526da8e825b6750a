"""The questions put to a timeline: each is answered from `at`, or from its log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import tzinfo
from functools import partial
from itertools import product
from typing import Any, Literal, get_args, overload

from timeline.answers import behind
from timeline.answers.delays import Delays, delays
from timeline.answers.lasting import Lastings
from timeline.answers.learned import Learned, from_cuts, from_spans, learned
from timeline.answers.matching import Suggestions, suggestions
from timeline.answers.moments import Flip, Flips, Search, occurrences
from timeline.answers.replay import ClockName
from timeline.answers.results import Diff
from timeline.answers.situation import Situation
from timeline.answers.spans import Spanning, Spans, by_cuts
from timeline.entry import Entry, entry_id, known_by
from timeline.errors import InvalidValue
from timeline.events.entity import IdentityJudged
from timeline.events.naming import tag_list
from timeline.log.base import BaseLog
from timeline.projections.projection import Path
from timeline.values.names import EntityNames, unknown_entry
from timeline.values.when import When, WhenLike

Sides = WhenLike | tuple[WhenLike | None, WhenLike | None] | None
"""Where a clock stands on both sides of a difference, or on either."""
Predicate = Callable[[Situation], Any]


class Questions:
    """The questions to a timeline that are not put to one situation."""

    log: BaseLog

    tz: tzinfo
    at: Callable[..., Situation]
    _called: Callable[[], EntityNames]
    """The lookup of what people call the entities on the log."""
    _spanned: Spanning | None = None
    _last: Spanning | None = None
    """The spans of the path that was asked for last."""

    def entries(
        self,
        *,
        after: int = 0,
        before: int | None = None,
        tags: Iterable[str] | None = None,
        types: Iterable[Any] | None = None,
        limit: int | None = None,
    ) -> tuple[Entry, ...]:
        """Return entries as recorded, in order of position, editorial ones included.

        An entry lies strictly between `after` and `before`, has all of `tags`, and is of one of `types` (event
        classes, or stored names). At most `limit` are returned. None leaves a condition out. A tag finds every name
        that is judged the same; `log.read` compares tags as written.

        Raises: InvalidValue.
        """
        found = {
            entry.position: entry
            for names in self._named(tag_list(tags))
            for entry in self.log.read(after=after, before=before, tags=names, types=types, limit=limit)
        }
        return known_by((found[position] for position in sorted(found)[:limit]), self._called)

    def _named(self, tags: tuple[str, ...] | None) -> Iterable[tuple[str, ...] | None]:
        """Give every way to name what tags name; as written where nobody has judged, so that nothing is folded."""
        if not tags or not any(self.log.read(types=[IdentityJudged], limit=1)):
            return (tags,)
        asked = self.at()
        return product(*(behind.same_names(asked, tag) for tag in tags))

    def entry(self, id: Entry | str) -> Entry:
        """Return the entry that has an id, as recorded.

        Raises: UnknownName if no entry on the log has that id, InvalidDraft for what cannot be an id.

        >>> from timeline import Timeline
        >>> print(Timeline.demo().entry("facility-akhtarin-camp").position)
        2
        """
        name = entry_id(id)
        position = self.log.positions_of([name]).get(name)
        if position is None:
            raise unknown_entry(name)
        return known_by(self.log.entries_at([position]), self._called)[0]

    def diff(
        self,
        a: Situation | WhenLike | None = None,
        b: Situation | WhenLike | None = None,
        *,
        occurred: Sides = None,
        recorded: Sides = None,
        reported: Sides = None,
        **asked: Any,
    ) -> Diff:
        """Return the changes from one situation, or date, to another; falsy when there are none.

        A clock takes one moment, for both sides, or a pair of moments; `diff(a, b)` is short for
        `diff(occurred=(a, b))`. `asked` are `accept`, `policy` and `certainty`. A change says if it is a first
        sighting, where nothing was said before; `first_sightings` has these, and `changed` the others.

        Raises: InvalidWhen, InvalidValue.

        >>> from timeline import Timeline
        >>> line = Timeline.demo()
        >>> known = line.diff(occurred="2026-01-20", reported=("2026-01-20", "2026-02-01"))
        >>> len(known), len(known.first_sightings)
        (10, 8)
        """
        if isinstance(a, Situation) or isinstance(b, Situation):
            before, after = (s if isinstance(s, Situation) else self.at(s) for s in (a, b))
            return before.diff(after)
        if a is not None or b is not None:
            if occurred is not None:
                told = f"diff({a!r}, {b!r}, occurred={occurred!r})"
                raise InvalidValue(f"{told}: expected the moments of this clock once.", value=occurred)
            occurred = (a, b)
        clocks = {"occurred": occurred, "recorded": recorded, "reported": reported}
        pairs = {name: side if isinstance(side, tuple) else (side, side) for name, side in clocks.items()}
        if any(len(pair) != 2 for pair in pairs.values()):
            raise InvalidValue(f"a clock takes one moment, or two: found {pairs!r}.", value=pairs)
        before, after = (self.at(**{name: pair[n] for name, pair in pairs.items()}, **asked) for n in (0, 1))
        return before.diff(after)

    def learned(self, occurred: WhenLike | None, *path: str, **asked: Any) -> Learned:
        """Return how the answer for a date changed as reports came in: each value, from which publication on.

        `asked` are the other options of `at`: `recorded`, `accept`, `policy` and `certainty`.

        Raises: InvalidValue for `reported`, KeyError for a path that names no value, UnknownName for a name that no
        entry on the log has.

        >>> from timeline import Timeline
        >>> print(Timeline.demo().learned("2026-01-21", "facilities", "al-aqtan-prison", "control"))
        2026-01-19  sdf [#42]
        2026-01-21  syria-gov [#145]
        2026-01-23  sdf [#144]
        """
        if "reported" in asked:
            raise InvalidValue("'reported' cannot be set: expected the other options of at.", value=asked)
        now = self.at(occurred, **asked)
        now.value(*path)  # a path that names nothing is refused, whatever was published
        path = behind.canonical_path(now, path)
        ends = behind.publication_moments(now)

        def at(reported: When) -> Situation:
            return self.at(occurred, reported=reported, **asked)

        cuts = {name: found for name, found in asked.items() if name != "certainty"}
        definite = asked.get("certainty", "definite") == "definite"
        spans = self._spans_of(path, cuts) if definite else None
        if spans is not None:
            values = from_spans(ends, spans, now.clocks.occurred)
        else:
            values = from_cuts(ends, at, path, self.tz)
        came = partial(behind.published_at, now)
        rest, bearing = behind.rest(now, path), behind.may_change(now, path)
        return learned(ends, came, values, at=at, path=path, tz=self.tz, rest=rest, bearing=bearing)

    @overload
    def bisect(
        self, predicate: Predicate, *, by: ClockName = ..., every: Literal[False] = ..., **asked: Any
    ) -> Flip | None: ...
    @overload
    def bisect(self, predicate: Predicate, *, by: ClockName = ..., every: Literal[True], **asked: Any) -> Flips: ...
    def bisect(
        self, predicate: Predicate, *, by: ClockName = "reported", every: bool = False, **asked: Any
    ) -> Flip | Flips | None:
        """Find where a predicate of a situation flips along one clock: two neighbouring moments around the flip.

        They are the only ones if it flips once; None if it says the same at both ends. `every=True` asks by each
        moment, and returns all flips. `asked` are the other options of `at`. What is not there yet, so that the
        predicate raises KeyError, counts as False.

        Raises: InvalidValue for another clock or what is not a function, InvalidWhen, UnknownName where the predicate
        does.

        >>> from timeline import Timeline
        >>> print(Timeline.demo().bisect(
        ...     lambda s: s.facilities["al-aqtan-prison"].holder("control") == "syria-gov", by="reported"))
        true by 2026-01-21, and not yet by 2026-01-20
        """
        if not callable(predicate):
            raise InvalidValue(
                f"the predicate is {predicate!r}: expected a function of a situation, such as lambda s: bool(s.plans).",
                value=predicate,
            )
        if by not in get_args(ClockName):
            raise InvalidValue(f"by is {by!r}: expected {', '.join(map(repr, get_args(ClockName)))}.", value=by)
        if by in asked:
            raise InvalidValue(
                f"bisect searches the {by} clock, and {by}={asked[by]!r} sets it: leave it out, or search by another.",
                value=asked[by],
            )
        if by == "occurred":
            moments = occurrences(self.at(**asked))
        else:
            now = self.at()
            moments = behind.publication_moments(now) if by == "reported" else behind.recording_moments(now)
        search = Search(predicate, lambda moment: self.at(**{by: moment}, **asked), self.tz)
        return search.every(moments) if every else search.first(moments)

    def delays(self, **asked: Any) -> Delays:
        """Return how long after it happened each thing was first published: the shortest and the longest.

        What is undated, was published without a date, or before it can have happened, is counted apart. `asked`
        are the options of `at`.

        >>> from timeline import Timeline
        >>> for name, number, delay in Timeline.demo().delays().by("source")[:2]:
        ...     print(number, name, delay)
        54 Shafaq News none to ?
        15 Okaz none to 3 days
        """
        return delays(self.at(**asked))

    def names(self) -> tuple[str, ...]:
        """Return the tag of every entity that an entry on the log names, in the order of first naming.

        >>> from timeline import Timeline
        >>> Timeline.demo().names()[0]
        'facility:ain-al-asad-base'
        """
        return behind.tags(self.at())

    def suggest_same(self, *, least: float = 0.8) -> Suggestions:
        """Return pairs of names of one kind that may mean the same, by their spelling in any script, the best first.

        Slugs, names and aliases are compared. No pair comes back that anybody judged, and nothing is joined: record
        an `IdentityJudged` for that. `least` is the least score, from 0 to 1.

        Raises: MissingExtra without the extra `matching`, InvalidValue.

        >>> from timeline import Timeline
        >>> from timeline.events import border
        >>> line = Timeline()
        >>> _ = line.record(border.CrossingOpened(crossing="al-yarubiyah"))
        >>> _ = line.record(border.CrossingClosed(crossing="yarubiye"))
        >>> print(line.suggest_same())
        0.94  facility:al-yarubiyah  facility:yarubiye
        """
        asked = self.at()
        judged = [mention.event for entity in asked.entities.values() for mention in entity.judged]
        pairs = [frozenset((event.left, event.right)) for event in judged]
        return suggestions(behind.spellings(asked), pairs, least, self._called)

    # -- both clocks at once ---------------------------------------------------------------------------

    def paths(self, **asked: Any) -> tuple[Path, ...]:
        """Return every path that has a value at any point of the occurred and the reported clock.

        `asked` are `recorded`, `accept` and `policy`.

        >>> from timeline import Timeline
        >>> ("facilities", "al-hol-camp", "control") in Timeline.demo().paths()
        True
        """
        return tuple(self._spanning(asked)[1].paths)

    @overload
    def spans(self, *path: Literal["findings", "claims"], **asked: Any) -> Lastings: ...
    @overload
    def spans(self, *path: str, **asked: Any) -> Spans: ...
    def spans(self, *path: str, **asked: Any) -> Spans | Lastings:
        """Return every value of a path in both clocks: from which publication on it held, from when to when.

        The last span that covers a point is what `at` says there. `spans("findings")` and `spans("claims")` give
        each finding or claim with the publications between which it is to be seen, the occurred clock left free.
        `asked` are `recorded`, `accept` and `policy`.

        Raises: KeyError for a path that names no value, UnknownName for a name that no entry on the log has.

        >>> from timeline import Timeline
        >>> for span in Timeline.demo().spans("facilities", "al-aqtan-prison", "control"):
        ...     print(span)
        as published from 2026-01-19 on: from 2026-01-19  sdf
        as published from 2026-01-21 on: from 2026-01-21  syria-gov
        as published from 2026-01-23 on: 2026-01-21 to 2026-01-23  sdf
        """
        if path in (("findings",), ("claims",)):
            spanning = self._spanning(asked)[1]
            return (spanning.findings if path == ("findings",) else spanning.claims).knowing(self._called)
        path = behind.canonical_path(self._asked(asked), path)
        spans = self._spans_of(path, asked)
        if spans is not None:
            return spans
        situation = self.at(**asked)
        situation.value(*path)
        published = behind.publication_moments(self.at())
        rest = behind.rest(situation, path)
        source = behind.source(situation)
        return by_cuts(lambda *at, **by: self.at(*at, **by, **asked), path, published, source, rest=rest, tz=self.tz)

    def _spans_of(self, path: Path, asked: Mapping[str, Any]) -> Spans | None:
        """Return the spans of a path that views list; None for any other path."""
        situation = self._asked(asked)
        spanning = next((s for s in (self._spanned, self._last) if behind.is_spanned(situation, s, path)), None)
        if spanning is None:
            spanning = self._last = behind.spanning_of(situation, path)
        if spanning is None:
            spanning = self._spanning(asked)[1]
        return spanning.spans(path, lambda: behind.rest(situation, path)) if path in spanning.paths else None

    def _spanning(self, asked: Mapping[str, Any]) -> tuple[Situation, Spanning]:
        """Return the spans of all paths, worked out once for each state of the log."""
        situation = self._asked(asked)
        self._spanned = behind.spanning(situation, self._spanned)
        return situation, self._spanned

    def _asked(self, asked: Mapping[str, Any]) -> Situation:
        if wrong := set(asked) - {"recorded", "accept", "policy"}:
            raise InvalidValue(f"{min(wrong)!r} cannot be set: expected recorded, accept or policy.", value=asked)
        return self.at(**asked)
