"""Hindsight: how the answer for one date moved as reports came in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from timeline.answers.behind import steps
from timeline.answers.situation import Situation
from timeline.display import rows
from timeline.display.charts.bands import band, bands, point
from timeline.display.charts.base import Extent, Record, Shift, Stretch, finish, nothing, provenance, shifts, sources
from timeline.display.charts.lanes import ROW, bar, lanes
from timeline.display.frames import publication_ends
from timeline.display.words import Names, Words, names_in
from timeline.errors import InvalidValue
from timeline.exchange.given import timeline_given
from timeline.history.policies import Accept, Policy
from timeline.projections.projection import Path
from timeline.timeline import Timeline
from timeline.values.instants import instant
from timeline.values.quantity import Quantity
from timeline.values.when import WhenLike

_DAY = 86_400_000_000
_WEEK = 7 * _DAY


def knowledge(
    line: Timeline,
    occurred: WhenLike,
    *path: str,
    accept: Accept | None = None,
    policy: Policy = "standing",
    language: str | None = None,
    names: Names | None = None,
    width: int = 680,
    height: int = 260,
) -> Any:
    """Draw how the answer for one moment grew: the axis of time is the *reported* clock.

    `path` is that of `Situation.why`: `"custody", "al-shaddadi-prison", "escaped"` for a number, or
    `"facilities", "al-aqtan-prison", "control"` for a holder. Points are the numbers as published, hollow
    where another version stands. The axis ends a while after the last change.

    Raises: MissingExtra; InvalidValue without a path; KeyError for one that names no value, UnknownName for one
    with a name that is not on the log.
    """
    if not path:
        raise InvalidValue("knowledge() has no path: expected one such as 'facilities', 'al-hol-camp', 'control'.")
    asked = timeline_given(line).at(occurred)
    reached = shifts(asked, path)
    words = Words(language, names_in(asked, names))
    answers = _answers(line, occurred, path, accept, policy)
    title = f"{' · '.join(words(words.name(part)) for part in path)} – {occurred}"
    if not answers:
        return nothing(words, title=title, width=width)
    first, last = answers[0].start, answers[-1].start
    drawn = Extent(first - _DAY, last + max((last - first) // 4, _WEEK))
    held = list(_held(answers, drawn.end))
    if any(isinstance(turn.value, Quantity) for turn in answers):
        records = [_number(stretch, words) for stretch in held if isinstance(stretch.turn.value, Quantity)]
        chart = bands(records, list(_points(line, reached, drawn, words)), drawn=drawn, asked=asked)
        return finish(chart, title=title, width=width, height=height)
    chart = _lane(held, words.name(path[1]) if len(path) > 1 else path[0], drawn=drawn, asked=asked, words=words)
    return finish(chart, title=title, width=width, height=ROW * 2)


def _held(answers: Sequence[Shift], end: int) -> Iterator[Stretch]:
    for turn, following in pairwise([*answers, None]):
        if turn is not None and turn.value is not None:
            yield Stretch(turn, turn.start, following.start if following else end)


def _lane(held: Sequence[Stretch], name: str, *, drawn: Extent, asked: Situation, words: Words) -> Any:
    """Draw answers that are not numbers."""
    found = [bar(name, _worded(stretch.turn.value, words), stretch, words) for stretch in held]
    values = list(dict.fromkeys(record["value"] for record in found))
    return lanes(found, drawn=drawn, asked=asked, values=values, order=[name], legend=words("value"))


def _answers(line: Timeline, occurred: WhenLike, path: Path, accept: Accept | None, policy: Policy) -> list[Shift]:
    """Return each answer that differs from the one before, from when on, and by which reading."""
    found: list[Shift] = []
    for end in publication_ends(line.entries(), line.tz):
        known = line.at(occurred, reported=instant(end - 1), accept=accept, policy=policy)
        *_, last = [None, *steps(known, path)]
        told = last[1] if last is not None else None
        if last is not None and told != (found[-1].value if found else None):
            found.append(Shift(told, last[0], end, end))
    return found


def _number(stretch: Stretch, words: Words) -> Record:
    return band(words("known_by"), stretch, stretch.turn.value) | provenance(stretch.turn.reading, words)


def _points(line: Timeline, reached: Sequence[Shift], drawn: Extent, words: Words) -> Iterator[Record]:
    """Yield every number that was published, at its publication; hollow where another version stands."""
    readings = [turn.reading for turn in reached]
    for stands, claim in ((reading.claim, claim) for reading in readings for claim in reading.case.claims):
        for report in claim.reports:
            if claim.quantity is None or report.published is None or report.published.span(line.tz).end > drawn.end:
                continue
            rival = claim.entry != stands.entry
            record = point(words("report"), *report.published.span(line.tz), claim.quantity, rival=rival)
            yield record | sources(claim.entry) | {"sources": report.source, "occurred": str(claim.occurred)}


def _worded(value: Any, words: Words) -> str:
    shown = rows.value(value)
    return words.name(shown) if isinstance(shown, str) else str(shown)
