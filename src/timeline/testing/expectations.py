"""The expectations of a story: each is checked against a situation, and reports what it found instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from typing import Any

from attrs import frozen

from timeline.answers import behind
from timeline.answers.situation import Situation
from timeline.answers.text import short
from timeline.entry import Entry, Ref, entry_id
from timeline.errors import InvalidValue, TimelineError, UnknownName
from timeline.history.finding import Finding
from timeline.log.query import Expect, Query
from timeline.log.stored import Stored
from timeline.projections.projection import Path
from timeline.testing.compare import differences, explain_unequal

Rows = list[tuple[str, str]]
"""What was found instead, under headings; empty when all is as expected."""


@frozen
class Scene:
    """The evidence for an expectation: the situations before and after the last step, and its refusal.

    `everything` is the situation with all clocks free, and `entries` are all those on the log, by id.
    `there` is what was on the log before the last step, and `conditions` those under which it was told.
    """

    before: Situation
    after: Situation
    everything: Situation
    entries: Mapping[str, Entry]
    refused: TimelineError | None = None
    there: Sequence[Stored] = ()
    conditions: tuple[Expect, ...] = ()


@frozen
class Check:
    """One expectation: its words, and the check that returns what was found instead."""

    said: str
    instead: Callable[[Scene], Rows]
    of_refusal: bool = False
    """Whether it expects a refusal; a step refused where nothing does fails the story."""


def value_is(path: Path, expected: object) -> Check:
    """Expect a value at a path; None: nothing is known there."""

    def instead(scene: Scene) -> Rows:
        found = value_at(scene.after, path)
        return [] if found == expected else [*_sides(expected, found), *_background(scene, path)]

    return Check(f"{_spell(path)} is {_show(expected)}", instead)


def follows_from(path: Path, named: Sequence[Ref]) -> Check:
    """Expect that a value follows from these entries and no others."""
    wanted = _ids(named)
    return Check(
        f"{_spell(path)} follows from {_number(wanted)}",
        lambda scene: _entries(wanted, scene.after.why(*path), scene.entries),
    )


def lists(name: str, named: Sequence[Ref]) -> Check:
    """Expect that `plans`, `possible` or `left_out` holds these entries and no others, in any order."""
    wanted = _ids(named)
    return Check(
        f"{name.replace('_', ' ')}: {_number(wanted)}",
        lambda scene: _entries(wanted, getattr(scene.after, name), scene.entries),
    )


def has_finding(kind: str, path: Path, of: Ref | None) -> Check:
    """Expect a finding of this kind, at this path and of this entry if these are given."""
    wanted = None if of is None else entry_id(of)

    def fits(finding: Finding) -> bool:
        at_path, involved = path in ((), finding.path), {entry.id for entry in finding.entries}
        return finding.kind == kind and at_path and (wanted is None or wanted in involved)

    def instead(scene: Scene) -> Rows:
        if any(map(fits, scene.after.findings)):
            return []
        entry = _named([wanted], scene.entries) if wanted else []
        return [*under_heading("expected", [f"{kind}{_at(path)}", *entry]), *_findings(scene.after.findings)]

    return Check(f"finds {kind}{_at(path)}", instead)


def has_no_findings() -> Check:
    """Expect no finding at all."""
    return Check("finds nothing", lambda scene: _findings(scene.after.findings) if scene.after.findings else [])


def nothing_changed(projections: Sequence[str]) -> Check:
    """Expect that the last step changed nothing, or nothing in these projections.

    Raises: InvalidValue.
    """
    _texts(projections, "projections", "names, such as 'custody'")

    def instead(scene: Scene) -> Rows:
        if not projections:
            return under_heading("changed", differences(scene.before, scene.after))
        for name in projections:
            scene.after[name]  # an unknown name is a mistake, and not a lack of change
        changes = (change for change in scene.before.diff(scene.after) if change.path[0] in projections)
        return under_heading("changed", map(str, changes))

    return Check(f"changes nothing{' in ' + ', '.join(projections) if projections else ''}", instead)


def guarded(named: Sequence[Ref]) -> Check:
    """Expect that the condition of the last step would notice these entries; none named: all before the step."""
    wanted = _ids(named)

    def instead(scene: Scene) -> Rows:
        if not scene.conditions:
            return [("found", "the last step has no condition. Give it one: when(..., expect=Expect(...)).")]
        queries = [Query(tags=condition.tags, types=condition.types) for condition in scene.conditions]
        noticed = {row.id for row in scene.there if any(query.matches(row) for query in queries)}
        missed = [id for id in wanted or [row.id for row in scene.there] if id not in noticed]
        if not missed:
            return []
        return [
            *under_heading("not guarded", _named(missed, scene.entries)),
            *under_heading("expect", map(str, scene.conditions)),
        ]

    return Check(f"guards {_number(wanted) if wanted else 'all that was given'}", instead)


def is_refused(error: type[TimelineError], saying: str) -> Check:
    """Expect that the last step was refused with this error, and these words in its message.

    Raises: InvalidValue.
    """
    if not (isinstance(error, type) and issubclass(error, BaseException)):
        raise InvalidValue(
            f"error is {error!r}: expected a class of errors, such as EditorialRefused. Its words go into saying=.",
            value=error,
        )

    def instead(scene: Scene) -> Rows:
        fits = isinstance(scene.refused, error) and saying in str(scene.refused)
        wanted = f"{error.__name__}{' saying ' + repr(saying) if saying else ''}"
        found = f"{type(scene.refused).__name__}: {scene.refused}" if scene.refused else "nothing was refused"
        return [] if fits else [("expected", wanted), ("found", found)]

    return Check(f"refuses with {error.__name__}", instead, of_refusal=True)


def value_at(situation: Situation, path: Path) -> Any:
    """Return the value at a path, as for `Situation.why`; None where nothing is known.

    >>> from timeline import Timeline
    >>> value_at(Timeline().at(), ("facilities", "al-hol-camp", "control")) is None
    True
    """
    flat = behind.values_by_path(situation)
    if path in flat:
        return flat[path]
    try:
        values = situation.history(*path)
    except UnknownName:
        return None
    return values[-1].value if values else None


def under_heading(heading: str, lines: Iterable[str]) -> Rows:
    """Put lines under one heading.

    >>> under_heading("found", ["a", "b"])
    [('found', 'a'), ('', 'b')]
    """
    return [("" if number else heading, line) for number, line in enumerate(lines)]


def _ids(named: Sequence[Ref]) -> tuple[str, ...]:
    return tuple(map(entry_id, named))


def _number(ids: Sequence[str]) -> str:
    return f"{len(ids) or 'no'} {'entry' if len(ids) == 1 else 'entries'}"


def _texts(given: Sequence[Any], what: str, expected: str) -> None:
    """Check that every word of an expectation is text.

    Raises: InvalidValue.
    """
    if not all(isinstance(word, str) for word in given):
        raise InvalidValue(f"{what} is {given!r}: expected {expected}.", value=given)


def _spell(path: Path) -> str:
    _texts(path, "path", "words, such as 'custody', 'al-hol-camp', 'held'")
    return " · ".join(path)


def _at(path: Path) -> str:
    return f" at {_spell(path)}" if path else ""


def _show(value: object) -> str:
    return "not known" if value is None else short(value)


def _sides(expected: object, found: object) -> Rows:
    rows = [("expected", _show(expected)), ("found", _show(found))]
    reasons = explain_unequal(expected, found)
    if reasons:
        return rows + under_heading("because", reasons[1:])
    alike = _show(expected) == _show(found)
    return [*rows, ("because", f"{expected!r} != {found!r}")] if alike else rows


def _background(scene: Scene, path: Path) -> Iterator[tuple[str, str]]:
    """Give the history of the value, also with all clocks free, and the entries that did not count."""
    here, anyway = (_history(situation, path) for situation in (scene.after, scene.everything))
    yield from under_heading("history", here)
    if here != anyway:
        yield from under_heading("all free", anyway)
    if not anyway:
        known = [_spell(other) for other in behind.values_by_path(scene.everything) if other[0] == path[0]]
        yield from under_heading("near it", get_close_matches(_spell(path), known, n=3))
    yield from under_heading("possible", map(str, scene.after.possible))
    yield from under_heading("left out", map(str, scene.after.left_out))


def _history(situation: Situation, path: Path) -> list[str]:
    with suppress(UnknownName):
        return [f"{value}  by #{value.entry.position}" for value in situation.history(*path)]
    return []


def _entries(wanted: Sequence[str], found: Sequence[Entry], known: Mapping[str, Entry]) -> Rows:
    if sorted(wanted) == sorted(entry.id for entry in found):
        return []
    return [
        *under_heading("expected", _named(wanted, known) or ["nothing"]),
        *under_heading("found", map(str, found) if found else ["nothing"]),
    ]


def _named(ids: Sequence[str], known: Mapping[str, Entry]) -> list[str]:
    return [str(known.get(id, f"{id}, which is not on the log")) for id in ids]


def no_such_path(error: KeyError) -> Rows:
    """Report a path that names no value.

    >>> no_such_path(KeyError("no projection 'custdy'"))
    [('no such path', "no projection 'custdy'")]
    """
    return [("no such path", str(error.args[0]))]


def _findings(found: Sequence[Finding]) -> Rows:
    return under_heading("found", map(str, found) if found else ["no finding"])
