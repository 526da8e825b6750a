"""Approved answers: what a timeline says, written into a test or beside a stored history.

A change of code that changes an answer then shows as a difference, path by path, and somebody decides.
`pytest --timeline-approve` writes the answers as they are now.
Source: approval testing, also called snapshot or golden-master testing.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import tzinfo
from inspect import cleandoc, currentframe
from pathlib import Path

from timeline.answers import behind, text
from timeline.answers.situation import Situation
from timeline.errors import InvalidValue, TimelineError
from timeline.log.files import path_given
from timeline.projections.projection import Path as ValuePath
from timeline.projections.projection import Projection
from timeline.testing.compare import beside_lines
from timeline.testing.rewriting import Rewriting
from timeline.timeline import Timeline

_NOTHING = "nothing is known"
_AGAIN = "To approve the answers as they are now, run: pytest --timeline-approve"
_HISTORIES = (".jsonl", ".db")
_ANSWERS = ".answers.txt"


class NotApproved(AssertionError):
    """Answers are not as somebody approved them. The message says which, by path."""


def approve(asked: Situation, answers: str | None = None, *, under: ValuePath = ()) -> None:
    '''Check that a situation answers as approved: every value by path, findings and plans.

    Leave `answers` out, and run `pytest --timeline-approve`: it writes them into the call. `under` is the
    beginning of a path, and limits the check to the values there.

    Raises: NotApproved, with the difference by path; InvalidValue for what is not a situation.

    >>> from timeline.events.facility import ControlChanged
    >>> line = Timeline()
    >>> taken = line.record(ControlChanged(facility="al-hol-camp", authority="sdf"), occurred="2025-12-18")
    >>> approve(line.at(), """
    ...     facilities · al-hol-camp · control: sdf
    ... """, under=("facilities", "al-hol-camp", "control"))
    '''
    __tracebackhide__ = True
    found = answers_of(behind.situation_given(asked), under)
    if answers is not None and cleandoc(answers) == found:
        return
    if _writing:
        caller = currentframe()
        assert caller is not None, "CPython has frames"
        assert caller.f_back is not None, "somebody called"
        _writing[-1].replace(caller.f_back, approve, found)
        return
    if answers is None:
        raise NotApproved("not approved yet. To write them into the test, run: pytest --timeline-approve")
    changes = difference(cleandoc(answers), found)
    count = f"{len(changes)} answers are" if len(changes) > 1 else "1 answer is"
    raise NotApproved("\n".join([f"{count} not as approved:", *_indented(changes), _AGAIN]))


def approve_histories(
    folder: str | os.PathLike[str], *, tz: str | tzinfo = "UTC", projections: Iterable[Projection] = ()
) -> None:
    """Check that every stored history in a folder answers as approved, with all clocks free.

    A history is a file `NAME.jsonl` written by `Timeline.dump`, or a log `NAME.db`. Its answers are in
    `NAME.answers.txt` beside it, which `pytest --timeline-approve` writes.

    Raises: NotApproved, with the difference of each history by path; InvalidValue for a folder without any.
    """
    __tracebackhide__ = True
    inside = sorted(path_given(folder).iterdir())
    histories = [path for path in inside if path.suffix in _HISTORIES]
    if not histories:
        raise InvalidValue(f"{folder} holds no stored history: expected files such as camp.jsonl or camp.db.")
    own = tuple(projections)
    wrong = {path.name: list(_unlike(path, tz, own)) for path in histories}
    known = {_answers_beside(path) for path in histories}
    for path in inside:
        if path.name.endswith(_ANSWERS) and path not in known:
            named = " or ".join(path.name.removesuffix(_ANSWERS) + end for end in _HISTORIES)
            wrong[path.name] = [f"the history is missing: expected {named} beside it"]
    failed = {name: changes for name, changes in wrong.items() if changes}
    if failed:
        lines = [line for name, changes in failed.items() for line in (name, *_indented(changes))]
        count = f"{len(failed)} of {len(wrong)} stored histories do not answer as approved:"
        raise NotApproved("\n".join([count, *lines, _AGAIN]))


def answers_of(asked: Situation, under: ValuePath = ()) -> str:
    """Return what a situation says, one answer on a line, in the order of their paths.

    Findings, plans and what is possible follow the values, unless `under` limits these.

    >>> answers_of(Timeline().at())
    'nothing is known'
    """
    values = sorted((path, text.short(value)) for path, value in behind.values_by_path(asked).items())
    lines = [f"{' · '.join(path)}: {value}" for path, value in values if path[: len(under)] == tuple(under)]
    return "\n".join([*lines, *(() if under else sorted(beside_lines(asked)))]) or _NOTHING


def difference(approved: str, found: str) -> list[str]:
    """Return what differs between two texts of answers, by path.

    >>> difference("a · b: 1", "a · b: 2")
    ['a · b: 1 → 2']
    """
    was, now = (_by_path(lines) for lines in (approved, found))
    changes: list[str] = []
    for path in sorted({*was, *now}, key=lambda path: (" · " not in path, path)):
        gone, new = [*(was[path] - now[path]).elements()], [*(now[path] - was[path]).elements()]
        if gone and new and was[path].total() == now[path].total() == 1:
            changes.append(f"{path}: {gone[0]} → {new[0]}")
        else:
            changes += [f"− {path}: {value}" for value in gone] + [f"+ {path}: {value}" for value in new]
    return changes


@contextmanager
def writing() -> Iterator[Rewriting]:
    """Write what is asked from now on instead of checking it, until this is left."""
    _writing.append(Rewriting())
    try:
        yield _writing[-1]
    finally:
        _writing.pop().write()


_writing: list[Rewriting] = []
"""What is being written, the innermost run of pytest last; empty where answers are checked."""


def _unlike(path: Path, tz: str | tzinfo, projections: tuple[Projection, ...]) -> Iterator[str]:
    """Give the differences of a stored history to its approved answers."""
    try:
        found = _folded(path, tz, projections)
    except TimelineError as error:
        yield f"cannot be read: {error}"
        return
    beside = _answers_beside(path)
    approved = beside.read_text("utf-8").strip() if beside.exists() else None
    if approved == found:
        return
    if _writing:
        _writing[-1].put(beside, f"{found}\n")
    elif approved is None:
        yield "not approved yet"
    else:
        yield from difference(approved, found)


def _folded(path: Path, tz: str | tzinfo, projections: tuple[Projection, ...]) -> str:
    if path.suffix == ".db":
        with Timeline.open(path, tz=tz, projections=projections, read_only=True) as line:
            return answers_of(line.at())
    line = Timeline(tz=tz, projections=projections)
    line.restore(path)
    return answers_of(line.at())


def _answers_beside(path: Path) -> Path:
    return path.with_name(path.stem + _ANSWERS)


class _Counted(dict[str, Counter[str]]):
    """The number of times that each value stands at a path."""

    def __missing__(self, path: str) -> Counter[str]:
        self[path] = Counter()
        return self[path]


def _by_path(lines: str) -> _Counted:
    found = _Counted()
    for line in lines.splitlines():
        path, _, value = line.partition(": ")
        found[path][value] += 1
    return found


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)
