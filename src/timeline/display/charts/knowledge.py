"""Hindsight: how the answer for one date moved as reports came in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import altair as alt

from timeline.answers.behind import last_step, publication_moments, steps
from timeline.answers.situation import Situation
from timeline.display import rows
from timeline.display.charts.bands import band, bands, latest_points, point
from timeline.display.charts.base import (
    Extent,
    Record,
    Shift,
    Stretch,
    at,
    data,
    finish,
    lane_axis,
    nothing,
    painted,
    pointed,
    provenance,
    shifts,
    sources,
    time_axis,
)  # fmt: skip
from timeline.display.charts.captions import below, caption_text, passage, place_of, require_look
from timeline.display.charts.lanes import ROW, bar, lanes
from timeline.display.colours import GREY, Colours
from timeline.display.sentences import PlainSentences
from timeline.display.telling import Telling
from timeline.display.words import Names, Words, moment_in_words, names_in
from timeline.errors import InvalidValue
from timeline.exchange.given import timeline_given
from timeline.history.policies import Accept, Policy
from timeline.projections.projection import Path
from timeline.timeline import Timeline
from timeline.values.instants import FUTURE, PAST, instant
from timeline.values.quantity import Quantity
from timeline.values.when import WhenLike

_DAY = 86_400_000_000
_WEEK = 7 * _DAY
_NAMED = 24
"""The most points whose sources can be written beside them."""


def knowledge(
    line: Timeline,
    occurred: WhenLike,
    *path: str,
    accept: Accept | None = None,
    policy: Policy = "standing",
    language: str = "en",
    names: Names | None = None,
    colours: Colours | None = None,
    title: str | None = None,
    width: int = 680,
    height: int = 260,
) -> Any:
    """Draw how the answer for one moment grew: the axis of time is the *reported* clock.

    `path` is that of `Situation.why`: `"custody", "al-shaddadi-prison", "escaped"` for a number, or
    `"facilities", "al-aqtan-prison", "control"` for a holder. Points are what was published, each with its source:
    numbers on their axis, other values in a lane for each source. They are hollow where another version stands. The
    axis ends a while after the last change. `language`, `names`, `colours` and `title` are those of `control`.

    Raises: MissingExtra; InvalidValue without a path; KeyError for one that names no value, UnknownName for one
    with a name that is not on the log.
    """
    if not path:
        raise InvalidValue("knowledge() has no path: expected one such as 'facilities', 'al-hol-camp', 'control'.")
    require_look(title, width=width, height=height)
    asked = timeline_given(line).at(occurred)
    words = Words(language, names_in(asked, names))
    answers = _answers(line, occurred, path, accept, policy)
    what = place_of(path, asked, words)
    if not answers:
        return nothing(words, title=title or f"{what} – {moment_in_words(asked, words)}", width=width)
    reached = _behind(line, occurred, path, answers, accept=accept, policy=policy)
    moved = passage(words, (_worded(turn.value, words) for turn in answers))
    title = title or caption_text(words, "on", what=what, at=moment_in_words(asked, words), moved=moved)
    first, last = answers[0].start, answers[-1].start
    drawn = Extent(first - _DAY, last + max((last - first) // 4, _WEEK))
    held = list(_held(answers, drawn.end))
    spoken = (claim.entry for turn in (*answers, *reached) for claim in turn.reading.case.claims)
    told = below(spoken, asked, words)
    if any(isinstance(turn.value, Quantity) for turn in answers):
        points = list(_points(line, reached, drawn, words))
        chart, note = _bands(held, points, drawn=drawn, asked=asked, words=words, size=(width, height), told=told)
        return finish(chart, words, title=title, note=note, width=width, height=height)
    said = list(_said(asked, path, drawn, words))
    slots = Telling(asked).colours(colours)
    chart, many = _lanes(
        held, said, drawn=drawn, asked=asked, words=words, colours=slots, width=width, told=told
    )  # fmt: skip
    return finish(chart, words, title=title, width=width, height=ROW * many)


def _held(answers: Sequence[Shift], end: int) -> Iterator[Stretch]:
    for turn, following in pairwise([*answers, None]):
        if turn is not None and turn.value is not None:
            yield Stretch(turn, turn.start, following.start if following else end)


def _bands(
    held: Sequence[Stretch],
    points: Sequence[Record],
    *,
    drawn: Extent,
    asked: Situation,
    words: Words,
    size: tuple[int, int],
    told: str,
) -> tuple[Any, str]:
    """Draw answers that are numbers, and the latest points; return the chart, and a note if there are more points."""
    records = [_number(stretch, words) for stretch in held if isinstance(stretch.turn.value, Quantity)]
    few, many = latest_points(points)
    chart = bands(
        records, few, drawn=drawn, asked=asked, words=words, size=size, below=told, named=len(few) <= _NAMED,
        paint=painted({caption_text(words, "answer"): "known_by", words("report"): "report"}),
    )  # fmt: skip
    return chart, caption_text(words, "latest", count=len(few), all=many) if len(few) < many else ""


def _lanes(
    held: Sequence[Stretch],
    said: Sequence[Record],
    *,
    drawn: Extent,
    asked: Situation,
    words: Words,
    colours: Colours,
    width: int,
    told: str,
) -> tuple[Any, int]:
    """Draw answers that are not numbers in a lane, and below it a lane for each source; return how many lanes."""
    answer = caption_text(words, "answer")
    found = [bar(answer, _worded(stretch.turn.value, words), stretch, words) for stretch in held]
    values = {_worded(stretch.turn.value, words): str(rows.value(stretch.turn.value)) for stretch in held}
    paint = painted(values | {record["value"]: record["slug"] for record in said}, colours)
    order = [answer, *dict.fromkeys(record["lane"] for record in sorted(said, key=lambda r: r["moment"]))]
    chart = alt.layer(
        lanes(
            found, drawn=drawn, asked=asked, words=words, paint=paint, order=order, legend=words("value"), width=width,
            below=told,
        ),
        _dots([{**r, "ink": paint[r["value"]]} for r in said]).encode(
            x=time_axis(drawn, asked.tz, words, below=told), y=lane_axis(order)
        ),
    )  # fmt: skip
    return chart, len(order)


def _dots(said: Sequence[Record]) -> Any:
    """Draw what each source said, hollow where another version stands."""
    empty = {"lane": "", "start": None, "value": "", "occurred": "", "entry": "", "ink": GREY, "fill": GREY, "link": ""}
    filled = [{**r, "fill": "transparent" if r["rival"] else r["ink"]} for r in said]
    return (
        alt.Chart(data(filled, empty))
        .mark_point(size=70, strokeWidth=2, opacity=1)
        .encode(
            stroke=alt.Stroke("ink:N", scale=None),
            fill=alt.Fill("fill:N", scale=None),
            **pointed("lane", "value", "occurred", "entry"),
        )
    )


def _said(asked: Situation, path: Path, drawn: Extent, words: Words) -> Iterator[Record]:
    """Yield what each source said of a value, at its publication: all that stands, and the rivals."""
    turned = {type(turn.reading.event) for turn in shifts(asked, path)}
    stands = [(r.claim.reports, r.entry, v, False) for r, v in steps(asked, path) if type(r.event) in turned]
    rivals = [(claim.reports, claim.entry, value, True) for value, claim in asked.disputed(*path)]
    for reports, entry, value, rival in (*stands, *rivals):
        said = {**sources(entry), "value": _worded(value, words), "slug": str(rows.value(value)), "rival": rival}
        for report in reports:
            end = None if report.published is None else report.published.span(asked.tz).end
            if end is not None and drawn.holds(end):
                when = {"start": at(end, asked.tz), "moment": end, "occurred": str(report.published)}
                yield said | when | {"lane": report.source}


def _answers(line: Timeline, occurred: WhenLike, path: Path, accept: Accept | None, policy: Policy) -> list[Shift]:
    """Return each answer that differs from the one before, from when on, and by which reading."""
    found: list[Shift] = []
    asked: dict[str, Any] = {"accept": accept, "policy": policy}
    first = publication_moments(line.at(**asked))[:1]
    changing = (span.published for span in line.spans(*path, **asked))
    for end in sorted({*first, *(end for end in changing if PAST < end < FUTURE)}):
        known = line.at(occurred, reported=instant(end - 1), accept=accept, policy=policy)
        last = last_step(known, path)
        told = last[1] if last is not None else None
        if last is not None and told != (found[-1].value if found else None):
            found.append(Shift(told, last[0], end, end))
    return found


def _behind(
    line: Timeline, occurred: WhenLike, path: Path, answers: Sequence[Shift], *, accept: Accept | None, policy: Policy
) -> list[Shift]:
    """Return the changes behind any of the answers: a count that a later one replaced is behind none."""
    cuts = (line.at(occurred, reported=instant(turn.start - 1), accept=accept, policy=policy) for turn in answers)
    behind = {entry.id for known in cuts for entry in known.why(*path)}
    return [turn for turn in shifts(line.at(occurred), path) if turn.reading.entry.id in behind]


def _number(stretch: Stretch, words: Words) -> Record:
    return band(caption_text(words, "answer"), stretch, stretch.turn.value) | provenance(stretch.turn.reading, words)


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
    if isinstance(value, Quantity):
        return PlainSentences(words).quantity(value)
    shown = rows.value(value)
    return words.name(shown) if isinstance(shown, str) else str(shown)
