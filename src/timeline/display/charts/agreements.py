"""The life of agreements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import altair as alt

from timeline.answers.situation import Situation
from timeline.display.charts.base import (
    Extent,
    Record,
    Shift,
    at,
    data,
    extent,
    finish,
    lane_axis,
    nothing,
    shifts,
    sources,
    stretches,
    time_axis,
)
from timeline.display.charts.lanes import ROW, bar, lanes
from timeline.display.colours import GREY
from timeline.display.telling import Telling, telling
from timeline.display.words import Names, Words
from timeline.projections.agreements import AgreementState
from timeline.projections.building import Mention
from timeline.timeline import Timeline
from timeline.values.containers import as_tuple
from timeline.values.instants import Span
from timeline.values.when import When, WhenLike

Mark = tuple[str, str, Mention, Span]
"""A thing that was said: about which agreement, of which kind, and when."""
_SIGNS = {"talks": "circle", "commitments": "diamond", "statements": "square", "violations": "cross"}
_EMPTY = {"lane": "", "start": None, "end": None, "kind": "", "what": "", "occurred": "", "entry": "", "sources": ""}


def agreements(
    of: Timeline | Situation | Telling,
    *,
    agreements: str | Iterable[str] | None = None,
    since: WhenLike | None = None,
    language: str | None = None,
    names: Names | None = None,
    width: int = 680,
) -> Any:
    """Draw the status of each agreement over time, with talks, commitments, statements and violations as points.

    A tick is the day until which it was meant to hold. `agreements` None: all of them. Pale bars, `since`,
    `language` and `names` are those of `control`.

    Raises: MissingExtra, InvalidValue, UnknownName.
    """
    shown = telling(of)
    asked, words = shown.situation, Words(language, shown.names(names))
    title = words("agreements_over_time")
    slugs = asked.agreements if agreements is None else as_tuple(agreements)
    found = {slug: shifts(asked, ("agreements", slug, "status")) for slug in slugs}
    wanted = {slug: asked.agreements[slug] for slug in found if slug in asked.agreements}
    marks = [(slug, *said) for slug, one in wanted.items() for said in _said(one, asked)]
    terms = {slug: one.until.span(asked.tz).end for slug, one in wanted.items() if one.until is not None}
    readings = [turn.reading for changes in found.values() for turn in changes]
    drawn = extent((*readings, *(span for *_, span in marks)), asked, since, [*terms.values()])
    if drawn is None:
        return nothing(words, title=title, width=width)
    order = sorted({words.name(slug) for slug in wanted})
    x, y = time_axis(drawn, asked.tz), lane_axis(order)
    ends = [(slug, wanted[slug].until, end) for slug, end in terms.items() if drawn.holds(end)]
    points = [mark for mark in marks if drawn.holds(mark[-1].start)]
    chart = alt.layer(
        _bars(found, order, drawn=drawn, asked=asked, words=words),
        _ticks(ends, asked, words).encode(x=x, y=y),
        _points(points, shown, words).encode(x=x, y=y),
    )
    return finish(chart, title=title, width=width, height=ROW * max(len(order), 1))


def _bars(
    found: Mapping[str, Sequence[Shift]], order: Sequence[str], *, drawn: Extent, asked: Situation, words: Words
) -> Any:
    """Draw the status of each agreement."""
    records = [
        bar(words.name(slug), words(stretch.turn.value), stretch, words, gap=stretch.turn.value == "ended")
        for slug, changes in found.items()
        for stretch in stretches(changes, drawn)
        if stretch.turn.value is not None
    ]
    values = list(dict.fromkeys(record["value"] for record in records if not record["gap"]))
    return lanes(records, drawn=drawn, asked=asked, values=values, order=order, legend=words("status"))


def _ticks(ends: Iterable[tuple[str, When | None, int]], asked: Situation, words: Words) -> Any:
    """Draw the days until which agreements were meant to hold."""
    records = [
        {"lane": words.name(slug), "start": at(end, asked.tz), "occurred": str(until)} for slug, until, end in ends
    ]
    marks = alt.Chart(data(records, _EMPTY)).mark_tick(thickness=2, size=18, color=GREY)
    return marks.encode(tooltip=alt.Tooltip("occurred:N", title=words("until")))


def _points(marks: Iterable[Mark], shown: Telling, words: Words) -> Any:
    """Draw talks, commitments, statements and violations."""
    records = [
        _point(mention, span.start, shown, words, lane=words.name(slug), kind=name)
        for slug, name, mention, span in marks
    ]
    scale = alt.Scale(domain=[words(name) for name in _SIGNS], range=[*_SIGNS.values()])
    drawn = alt.Chart(data(records, _EMPTY)).mark_point(
        size=45, filled=True, color="#222222", stroke="white", strokeWidth=1
    )
    return drawn.encode(
        shape=alt.Shape("kind:N", title=words("reports"), scale=scale),
        tooltip=[alt.Tooltip(f"{name}:N") for name in ("kind", "what", "occurred", "entry", "sources")],
    )


def _said(agreement: AgreementState, asked: Situation) -> Iterator[tuple[str, Mention, Span]]:
    """Yield each thing that was said about an agreement: its kind, the mention, and its time if dated."""
    for name in _SIGNS:
        for mention in getattr(agreement, name):
            if mention.occurred is not None:
                yield name, mention, mention.occurred.span(asked.tz)


def _point(mention: Mention, start: int, shown: Telling, words: Words, *, lane: str, kind: str) -> Record:
    event = shown.event(mention.event)
    return {
        "lane": lane,
        "kind": words(kind),
        "what": getattr(event, "what", "") or event.detail,
        "start": at(start, shown.situation.tz),
        "occurred": str(mention.occurred),
        **sources(mention.entry),
    }
