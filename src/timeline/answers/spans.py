"""Every value in both clocks: from which publication on it held, and from when to when."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timezone, tzinfo
from itertools import pairwise
from typing import Any, ClassVar, NamedTuple

from timeline.answers.course import failing, says_nothing
from timeline.answers.lasting import Lastings, Notes
from timeline.answers.tabular import Kind, Tabular
from timeline.answers.text import last_moment, short
from timeline.entry import Entry
from timeline.history.reading import Reading
from timeline.index.asof import AsOf
from timeline.index.bearing import TIMED
from timeline.index.complete import NEVER, CompleteView
from timeline.index.folded import Folded
from timeline.index.growing import Growing, PublicationStep
from timeline.index.view import LAST, EntrySource
from timeline.projections.projection import Key, Path, Projection, Snapshot
from timeline.values.instants import FIRST, FUTURE, PAST, instant
from timeline.values.instants import LAST as LAST_MOMENT
from timeline.values.names import Names
from timeline.values.when import When, WhenLike


class ValueSpan(NamedTuple):
    """A value, and where in both clocks it holds.

    All moments are microseconds since 1970 UTC, as exclusive ends: the end of a day is that of its last moment.
    """

    published: int
    """From which publication on; `PAST`: whatever was published, above `FUTURE`: only where the clock is left free."""
    begins: int
    """From when on it was so; `FUTURE`: only where the clock is left free."""
    ends: int
    """Until when, exclusive; above `FUTURE`: without end."""
    value: Any
    """None: nothing is said any more."""
    entry: Entry | None
    """The entry that brought it; None where a deadline passed."""
    tz: tzinfo = timezone.utc
    """The zone in which its moments are printed."""

    def covers(self, occurred: int | None, reported: int | None) -> bool:
        """Tell whether it covers a point of both clocks, given as exclusive ends; None: left free."""
        here = FUTURE if occurred is None else occurred
        return self.published <= (NEVER if reported is None else reported) and self.begins <= here < self.ends

    def __str__(self) -> str:
        return f"as published {self._known}: {self._held}  {short(self.value)}"

    @property
    def _known(self) -> str:
        if self.published >= FUTURE:
            return "without a date"
        return f"from {self._day(self.published)}" + (" on" if self.published > PAST else "")

    @property
    def _held(self) -> str:
        if self.begins >= FUTURE:
            return "undated"
        begins = self._day(self.begins)
        return f"{begins} to {self._day(self.ends)}" if self.ends < FUTURE else f"from {begins}"

    def _day(self, moment: int) -> str:
        return "the first" if moment <= PAST else last_moment(moment, self.tz)


class Spans(Tabular, tuple[ValueSpan, ...]):  # noqa: SLOT001  # a tuple has no room for more
    """The spans of a path: the last one that covers a point of both clocks is what the timeline says there."""

    rest: Any = None
    """The value where no span covers a point."""
    tz: tzinfo = timezone.utc
    """The zone in which dates are read."""
    columns: ClassVar[Mapping[str, Kind]] = {
        "published": "moment", "begins": "moment", "ends": "moment", "value": "value", "entry": "entry",
    }  # fmt: skip

    @classmethod
    def of(cls, found: Iterable[ValueSpan], rest: Any, tz: tzinfo) -> Spans:
        """Return spans of a zone; where nothing is said any more, the value is what the view answers there."""
        spans = cls(span._replace(value=rest if span.value is None else span.value, tz=tz) for span in found)
        spans.rest, spans.tz = rest, tz
        return spans

    def at(self, occurred: WhenLike | int | None = None, reported: WhenLike | int | None = None) -> Any:
        """Return the value at a point of both clocks: dates, or exclusive ends in microseconds; None: left free.

        Raises: InvalidWhen.
        """
        here, known = (self._end(moment) for moment in (occurred, reported))
        return next((span.value for span in reversed(self) if span.covers(here, known)), self.rest)

    def course(self, occurred: int | None, published: Iterable[int]) -> Iterator[Any]:
        """Yield the value for one moment as of each publication, given in order, in one pass over the spans."""
        value, passed = self.rest, 0
        for end in published:
            while passed < len(self) and self[passed].published <= end:
                if self[passed].covers(occurred, end):
                    value = self[passed].value
                passed += 1
            yield value

    def _end(self, moment: WhenLike | int | None) -> int | None:
        return moment if moment is None or isinstance(moment, int) else When.of(moment).span(self.tz).end

    def rows(self) -> Iterator[Mapping[str, Any]]:
        """Yield a row for each span; a moment that is open, or for which the clock must be free, is None."""
        for span in self:
            moments = {n: getattr(span, n) for n in ("published", "begins", "ends")}
            shown = {n: instant(m) if PAST < m < FUTURE else None for n, m in moments.items()}
            yield {**shown, "value": span.value, "entry": span.entry}

    def __str__(self) -> str:
        return "\n".join(map(str, self)) or "nothing is known of it"

    def __repr__(self) -> str:
        return f"<Spans: {len(self):,}>"


Cell = tuple[int, Any, int]
"""From when on, which value, and the position of the entry that brought it (0: none)."""


class Shelf:
    """The rows of values along the occurred clock, path by path, as of the last publication; and their spans."""

    def __init__(self) -> None:
        self.rows: dict[Path, list[Cell]] = {}
        self.spans: dict[Path, list[tuple[int, int, int, Any, int]]] = defaultdict(list)

    def lay(self, published: int, path: Path, since: int, fresh: list[Cell]) -> None:
        """Let a row go on with other cells from a moment on, and note what that changes."""
        row = self.rows.setdefault(path, [])
        cut = bisect_left(row, since, key=lambda cell: cell[0])
        old, carried = row[cut:], row[cut - 1][1] if cut else None
        kept: list[Cell] = []
        said = carried
        for cell in fresh:
            if not same(cell[1], said):
                kept.append(cell)
                said = cell[1]
        self.spans[path] += _pieces(published, since, carried, old, kept)
        row[cut:] = kept


def same(a: Any, b: Any) -> bool:
    """Tell whether two values are equal, of one type."""
    return a is b or (type(a) is type(b) and bool(a == b))


def _pieces(
    published: int, since: int, carried: Any, old: Sequence[Cell], new: Sequence[Cell]
) -> Iterator[tuple[int, int, int, Any, int]]:
    """Return the places where the new cells differ from the old ones."""
    starts = sorted({since, *(cell[0] for cell in old), *(cell[0] for cell in new)})
    was: Any = (since, carried, 0)
    now: Any = (since, carried, 0)
    i = j = 0
    piece: list[Any] | None = None
    for start, stop in pairwise([*starts, NEVER]):
        while i < len(old) and old[i][0] <= start:
            was, i = old[i], i + 1
        while j < len(new) and new[j][0] <= start:
            now, j = new[j], j + 1
        if same(was[1], now[1]):
            continue
        if piece is not None and piece[2] == start and piece[3] is now[1]:
            piece[2] = stop
            continue
        if piece is not None:
            yield tuple(piece)
        piece = [published, start, stop, now[1], now[2]]
    if piece is not None:
        yield tuple(piece)


def with_entries(shelf: Shelf, source: EntrySource) -> dict[Path, list[ValueSpan]]:
    """Return the spans of each path, with their entries."""
    positions = sorted({piece[4] for pieces in shelf.spans.values() for piece in pieces} - {0})
    entries = dict(zip(positions, source.get(positions), strict=True))
    return {
        path: [ValueSpan(*piece[:4], entries.get(piece[4])) for piece in pieces] for path, pieces in shelf.spans.items()
    }


class Spanning:
    """The spans of every path of every projection, or of one path.

    `only` has that path, and the positions of the entries that bear on it. Then no findings and claims are noted.
    """

    def __init__(
        self, complete: CompleteView, asked: AsOf, names: Names, only: tuple[Path, Collection[int]] | None = None
    ) -> None:
        self._complete, self._asked, self._count = complete, asked, complete.count
        self._names = names
        self._shelf = Shelf()
        self._only = None if only is None else only[0]
        self._growing = Growing(complete, asked, None if only is None else only[1])
        self._owned: dict[tuple[str, Key], dict[Path, None]] = defaultdict(dict)
        self._owners: dict[str, dict[Path, Key]] = defaultdict(dict)
        self._due: dict[str, dict[Key, set[int]]] = defaultdict(lambda: defaultdict(set))
        self._whole = {n for n, p in complete.projections.items() if not p.by_key and n not in TIMED}
        self.paths: dict[Path, None] = {}
        """Every path that has a value anywhere."""
        notes = Notes(self._growing)
        horizon = None
        for step in self._growing.steps():
            moved, horizon = self._growing.horizon != horizon, self._growing.horizon
            touched = {name: self._touched(step, name) for name in complete.projections}
            for name, since in touched.items():
                self._go_on(step, name, dict(since), moved=moved)
            if only is None:
                notes.take_in(step, touched)
        self._found = with_entries(self._shelf, complete.source)
        self._spans: dict[Path, Spans] = {}
        self.dated_findings, self.claims = notes.findings.all(self._growing.tz), notes.claims.all(self._growing.tz)
        findings = (found._replace(what=found.what.finding) for found in self.dated_findings)
        self.findings = Lastings(findings).within(self._growing.tz)

    def covers(self, path: Path | None) -> bool:
        """Tell whether these are the spans of a path, or (None) of all."""
        return self._only is None or path == self._only

    def is_of(self, complete: CompleteView, asked: AsOf) -> bool:
        """Tell whether these are the spans of a question, and nothing was recorded since."""
        return self._complete is complete and self._count == complete.count and self._asked == asked

    def spans(self, path: Path, rest: Callable[[], Any]) -> Spans:
        """Return the spans of a path; `rest` gives what the view answers where nothing is there."""
        if path not in self._spans:
            self._spans[path] = Spans.of(self._found.get(path, ()), rest(), self._growing.tz)
        return self._spans[path]

    def _touched(self, step: PublicationStep, name: str) -> dict[Key, int]:
        """Return the keys of a projection that a publication touches, each with its first moment."""
        folded = self._growing.folded[name]
        since: dict[Key, int] = {}
        for change in step.changes:
            for reading in (*change.gone, *change.come):
                for key in folded.keys_of(reading):
                    since[key] = min(since.get(key, FUTURE), reading.end)
                    if name in TIMED or name in self._whole:
                        self._due[name][key].update(_dues(reading, self._growing.tz))
        return since

    def _go_on(self, step: PublicationStep, name: str, since: dict[Key, int], *, moved: bool) -> None:
        """Take what a publication changed into the rows of a projection."""
        folded = self._growing.folded[name]
        if folded.failures and name not in self._whole:
            self._whole.add(name)
            self._lay_whole(step, name, PAST)
            return
        if name in self._whole:
            if since or moved:
                start = PAST if step.published == PAST else min(since.values(), default=FUTURE)
                self._lay_whole(step, name, start)
            return
        if name in TIMED and moved:
            for key, dues in self._due[name].items():
                if dues:
                    since.setdefault(key, FUTURE)
        earliest = min(since.values(), default=FUTURE)
        try:
            joined = dict.fromkeys(self._joined(name)) if since else {}
            for key, start in since.items():
                if key not in joined:
                    self._lay(step, name, key, start, self._moments(name, key, start))
            for key in joined:
                self._lay(step, name, key, earliest, self._all_moments(folded, earliest))
        except Exception:  # noqa: BLE001  # a user's projection raised: its error takes the place of all its values
            self._whole.add(name)
            self._lay_whole(step, name, PAST)

    def _joined(self, name: str) -> Iterable[Key]:
        projection = self._complete.projections[name]
        return projection.joined(self._snapshot(name, FUTURE, None))

    def _moments(self, name: str, key: Key, start: int) -> list[tuple[int, int]]:
        """Return the moments from one on at which the value of a key may change, with the last reading by then."""
        folded, last = self._growing.folded[name], {}
        track = folded.track(key)
        if track is not None:
            positions, point = track.positions, self._growing.point
            place = bisect_left(positions, (start, -NEVER, 0), key=point)
            while place < len(positions):  # many positions may share a moment
                moment = point(positions[place])[0]
                place = bisect_left(positions, (moment + 1, -NEVER, 0), place, key=point)
                last[moment] = positions[place - 1]
        if name in TIMED:
            dues = self._due[name][key]
            last |= {due: 0 for due in (*dues, *([FUTURE] if dues else ())) if due >= start and due not in last}
        return sorted(last.items())

    def _all_moments(self, folded: Folded, start: int, extra: Iterable[int] = ()) -> list[tuple[int, int]]:
        """Return the moments from one on at which any value may change."""
        point = self._growing.point
        tracks = filter(None, map(folded.track, folded))
        points = sorted({point(position) for track in tracks for position in track.positions})
        last = {end: position for end, _, position in points if end >= start}
        return sorted(({due: 0 for due in extra if due >= start} | last).items())

    def _lay(self, step: PublicationStep, name: str, key: Key, start: int, moments: Sequence[tuple[int, int]]) -> None:
        """Lay out the values that follow from one key."""
        projection = self._complete.projections[name]
        shown = []
        for moment, position in moments:
            view = projection.view(self._snapshot(name, moment, [key]))
            own = {p: value for p, value in projection.flat(view) if self._owner(projection, view, p, key) == key}
            shown.append((moment, position, own))
        self._put(step, name, key, start, shown)

    def _owner(self, projection: Projection, view: Any, path: Path, key: Key) -> Key:
        """Return the key from which the value of a path follows: a view of one may show values of others."""
        known = self._owners[projection.name]
        if path not in known:
            try:
                known[path] = projection.locate(view, path).key
            except Exception:  # noqa: BLE001  # a path that only `flat` knows is that of the key which shows it first
                known[path] = key
        return known[path]

    def _lay_whole(self, step: PublicationStep, name: str, start: int) -> None:
        """Lay out all values of a projection, each of which may follow from anything."""
        projection, folded = self._complete.projections[name], self._growing.folded[name]
        dues = {due for dues in self._due[name].values() for due in dues}
        shown = []
        for moment, position in self._all_moments(folded, start, {PAST, *dues, FUTURE}):
            try:
                with failing(name):
                    view = projection.view(self._snapshot(name, moment, None))
                    shown.append((moment, position, dict(projection.flat(view))))
            except Exception as failure:  # noqa: BLE001  # its error stands in place of its values, as in a situation
                shown.append((moment, position, {(): str(failure)}))
        for owner in [owner for owner in self._owned if owner[0] == name and owner[1] is not None]:
            self._owned[name, None] |= self._owned.pop(owner)
        self._put(step, name, None, start, shown)

    def _put(
        self,
        step: PublicationStep,
        name: str,
        owner: Key,
        start: int,
        shown: Sequence[tuple[int, int, Mapping[Path, Any]]],
    ) -> None:
        owned = self._owned[name, owner]
        for _, _, values in shown:
            owned |= dict.fromkeys(values)
        for path in owned:
            self.paths.setdefault((name, *path))
            fresh = [(moment, values.get(path), position) for moment, position, values in shown]
            self._shelf.lay(step.published, (name, *path), start, fresh)

    def _snapshot(self, name: str, moment: int, among: Sequence[Key] | None) -> Snapshot:
        folded, by = self._growing.folded[name], (moment, FUTURE, LAST)
        return Snapshot(
            lambda key: folded.value(key, by),
            lambda: list(folded.keys_by(by, among)),
            moment,
            self._growing.tz,
            names=self._names,
            identity=self._growing.identity,
            horizon=lambda: self._growing.horizon if moment >= FUTURE else moment,
        )


def _dues(reading: Reading, tz: Any) -> Iterator[int]:
    """Give the ends of the dates that an event names, such as the end of an agreement."""
    for field in getattr(reading.event, "__attrs_attrs__", ()):
        found = getattr(reading.event, field.name)
        if isinstance(found, When) and (end := found.span(tz).end) < FUTURE:
            yield end


def by_cuts(
    at: Callable[..., Any], path: Path, published: Sequence[int], source: EntrySource, *, rest: Any, tz: tzinfo
) -> Spans:
    """Return the spans of a path that no view lists, from one cut for each publication."""
    shelf = Shelf()
    for end in (PAST, *published, NEVER):
        reported = None if end == NEVER else instant(max(end - 1, FIRST))
        row = [
            (value.point[0], rest if says_nothing(value.value) else value.value, value.entry.position)
            for value in at(instant(LAST_MOMENT), reported=reported).history(*path)
        ]
        free = at(None, reported=reported).value(*path)
        cells = [*row, (FUTURE, free, row[-1][2] if row else 0)]
        shelf.lay(end, path, PAST, [(since, None if value == rest else value, by) for since, value, by in cells])
    return Spans.of(with_entries(shelf, source)[path], rest, tz)
