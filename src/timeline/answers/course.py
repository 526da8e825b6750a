"""The course of the value at a path: the value after each entry, and the entries from which it follows.

Most values follow from one entity. That of a collective follows from its members too: their steps are taken
together, in fold order. A deadline passes with no entry to say so: it falls between two steps.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sized
from contextlib import contextmanager
from datetime import time, tzinfo
from heapq import merge
from itertools import groupby
from typing import Any, NamedTuple

from timeline.answers.durations import duration_between
from timeline.answers.results import Value
from timeline.entry import Entry
from timeline.errors import LogError, NotInSituation, ProjectionFailed, TimelineError
from timeline.events.editorial import EventDisputed
from timeline.history.reading import Point, Reading
from timeline.index.folded import Folded
from timeline.projections import BUILT_IN
from timeline.projections.projection import Accessor, Key, Path
from timeline.values.instants import FUTURE, PAST, Span, local
from timeline.values.quantity import Quantity
from timeline.values.when import When

Steps = list[tuple[Reading, Any]]
_ABSENT: Any = None
_PATHS: Mapping[str, Callable[[str], Path]] = {
    "facility": lambda slug: ("facilities", slug, "control"),
    "agreement": lambda slug: ("agreements", slug, "status"),
    "operation": lambda slug: ("custody", "operations", slug, "moved"),
}
"""A path to a value of each kind of entity that has some."""
_BUILT_IN = {projection.name for projection in BUILT_IN}


class Turn(NamedTuple):
    """A value, since when it holds (None: undated), and the reading that brought it.

    `is_seen`: it may have begun long before.
    """

    since: When | None
    value: Any
    reading: Reading
    point: Point
    is_seen: bool = False

    @property
    def span(self) -> Span:
        """Its beginning, at the earliest and at the latest."""
        return Span(PAST if self.is_seen else self.point[1], self.point[0])


def value_steps(folded: Folded, found: Accessor, by: Point) -> Iterator[tuple[Reading, Any]]:
    """Give the value of a path after each reading that touched an entity it depends on."""
    tracks = _tracks(folded, found, by)
    if found.total is None or len(tracks) < 2:
        yield from ((reading, found.get(entity)) for reading, entity in tracks.get(found.key, ()))
        return
    entities: dict[Key, Any] = {}
    steps = [[(reading, key, entity) for reading, entity in track] for key, track in tracks.items()]
    for _, together in groupby(merge(*steps, key=lambda step: step[0].point), key=lambda step: step[0].point):
        for reading, key, entity in together:
            entities[key], last = entity, reading
        yield last, found.total(entities)


def last_value_step(folded: Folded, found: Accessor, by: Point) -> tuple[Reading, Any] | None:
    """Return the last of the steps of a value; None if there is none."""
    if found.total is None:
        return next(((reading, found.get(after)) for reading, _, after in folded.backwards(found.key, by)), None)
    *_, last = [None, *value_steps(folded, found, by)]
    return last


def turns(folded: Folded, found: Accessor, by: Point, end: int, tz: tzinfo) -> list[Turn]:
    """Return the values that a path took, each with its beginning, and the deadlines passed by a moment."""
    passing = _passing if found.is_deadline else _as_it_is
    taken: list[Turn] = []
    for turn in passing(list(value_steps(folded, found, by)), end, tz):
        if turn.value != (taken[-1].value if taken else _ABSENT):
            taken.append(turn)
    if found.begins is None:
        return taken
    entities = {reading.point: entity for reading, entity in folded.steps(found.key, by)}
    return [_begun(turn, found.begins(entities[turn.point])) for turn in taken]


def _begun(turn: Turn, since: When | None) -> Turn:
    """Return a turn that began when the entity says."""
    return turn if since == turn.since else turn._replace(since=since, is_seen=True)


def lasting_values(taken: list[Turn], now: int, end: int) -> Iterator[Value]:
    """Return the values of turns, each until the next began, the last until now, and none beyond an end."""
    for turn, following in zip(taken, [*taken[1:], None], strict=False):
        ends = Span(now, now) if following is None else Span(*(min(moment, end) for moment in following.span))
        until = None if following is None else following.since
        yield Value(turn.since, turn.value, turn.reading.entry, until, duration_between(turn.span, ends), turn.point)


def supporting(folded: Folded, found: Accessor, by: Point, path: Path) -> list[Reading]:
    """Return the readings from which a value follows, in fold order."""
    told = {reading.point: reading for reading in reasons(folded, found, by, path)}
    return [told[point] for point in sorted(told)]


def reasons(folded: Folded, found: Accessor, by: Point, path: Path) -> Iterator[Reading]:
    """Give the readings from which a value follows, of each entity that it depends on the last first."""
    basis, is_sufficient = found.basis or found.get, folded.projection.is_sufficient
    for key in _tracks(folded, found, by) if found.total else (found.key,):
        for reading, before, after in folded.backwards(key, by):
            if basis(after) != (_ABSENT if before is None else basis(before)):
                yield reading
                with failing(folded.projection.name):
                    settled = is_sufficient(reading, path)
                if settled:
                    break


def entries_behind(reading: Reading) -> Iterator[Entry]:
    """Give the entries behind a reading: its own, the dispute of a picked rival, and those that back it."""
    yield reading.entry
    if isinstance(reading.claim.entry.event, EventDisputed):
        yield reading.claim.entry
    yield from reading.claim.backed_by


def says_nothing(value: Any) -> bool:
    """Tell whether a value is what views leave out: None, False, an unknown number, or what is empty."""
    if isinstance(value, Quantity):
        return not value.known
    return value is None or value is False or (isinstance(value, Sized) and not len(value))


def _tracks(folded: Folded, found: Accessor, by: Point) -> dict[Key, Steps]:
    """Return the steps of an entity and of all its members, direct or not, past or present."""
    tracks: dict[Key, Steps] = {}
    waiting, known = [found.key], {found.key}
    while waiting:
        key = waiting.pop()
        tracks[key] = list(folded.steps(key, by))
        if found.members is not None:
            members = dict.fromkeys(member for _, entity in tracks[key] for member in found.members(entity))
            waiting += [member for member in members if member not in known]
            known.update(members)
    return tracks


def _as_it_is(steps: Steps, end: int, tz: tzinfo) -> Iterator[Turn]:
    return (Turn(reading.occurred, value, reading, reading.point) for reading, value in steps)


def _passing(steps: Steps, end: int, tz: tzinfo) -> Iterator[Turn]:
    """Give each turn of a deadline: after a step, and where the date passes between steps or after the last."""
    known: When | None = None
    for (reading, due), following in zip(steps, [*steps[1:], None], strict=False):
        if due != known:
            known, told = due, reading
        over = FUTURE if due is None else due.span(tz).end
        yield Turn(reading.occurred, over <= reading.end < FUTURE, reading, reading.point)
        passes = over <= end if following is None else over < following[0].end
        if reading.end < over < FUTURE and passes:
            yield Turn(_moment(over, tz), True, told, (over, over, 0))


def _moment(number: int, tz: tzinfo) -> When:
    """Return a moment, as a date if a day of the zone begins there."""
    moment = local(number, tz)
    return When.of(moment.date() if moment.time() == time() else moment)


@contextmanager
def failing(name: str, *told: type[Exception]) -> Iterator[None]:
    """Raise ProjectionFailed for an error of a user's projection; errors of the classes `told` pass."""
    passing: tuple[type[Exception], ...] = (ProjectionFailed, LogError, *told)
    try:
        yield
    except passing:
        raise
    except Exception as error:
        if name in _BUILT_IN:
            raise
        raise ProjectionFailed(
            f"the projection {name!r} raised where it is shown: {error!r}. Mend its view, flat, locate, joined or "
            "is_sufficient: no other answer depends on them.",
            projection=name,
            id=None,
            position=None,
        ) from error


@contextmanager
def resolving(path: Path) -> Iterator[None]:
    """Raise KeyError for a path that names no value, whatever its projection raised."""
    try:
        with failing(path[0] if path else "", IndexError, ValueError, AttributeError, KeyError, TimelineError):
            yield
    except (IndexError, ValueError, AttributeError) as error:
        raise _nameless(path) from error


def require_words(path: Path) -> None:
    """Check that each step of a path is a word.

    Raises: NotInSituation, which is a KeyError.
    """
    if all(isinstance(step, str) for step in path):
        return
    whole = len(path) == 1 and isinstance(path[0], tuple | list)
    raise _nameless(path, " Write a star before a path that you have as a whole: value(*path)." if whole else "")


def no_projection(name: str, projections: Iterable[str], tags: Collection[str]) -> NotInSituation:
    """Return the error about a word that is not the name of a projection; of an entity it says which path to write.

    >>> print(no_projection("truce", ["agreements"], ["agreement:truce"]))
    no projection 'truce'; there are: agreements. It is an agreement: write, say, 'agreements', 'truce', 'status'.
    """
    found = next((kind for kind in _PATHS if f"{kind}:{name}" in tags), None)
    what = f"{'an' if found and found[0] in 'ao' else 'a'} {found}"
    hint = f". It is {what}: write, say, {', '.join(map(repr, _PATHS[found](name)))}." if found else ""
    return NotInSituation(f"no projection {name!r}; there are: {', '.join(projections)}{hint}")


def _nameless(path: Path, advice: str = "") -> NotInSituation:
    return NotInSituation(
        f"{' · '.join(map(str, path))} names no value: expected a path such as 'facilities', 'al-hol-camp', "
        f"'control', or 'custody', 'al-hol-camp', 'escaped'.{advice}"
    )
