"""The border: crossings and incidents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import altair as alt

from timeline.answers.situation import Situation
from timeline.display.cells import capital
from timeline.display.charts.base import (
    Extent,
    Record,
    Shift,
    at,
    colour_scale,
    data,
    extent,
    finish,
    nothing,
    painted,
    pointed,
    shifts,
    sources,
    stretches,
    time_axis,
)  # fmt: skip
from timeline.display.charts.captions import below, caption_text, meant, require_look
from timeline.display.charts.lanes import ROW, bar, lanes, picked
from timeline.display.colours import GREY, MEANINGS, tint
from timeline.display.telling import Telling, telling
from timeline.display.words import Names, Words
from timeline.projections.building import Mention
from timeline.timeline import Timeline
from timeline.values.instants import PAST, Span
from timeline.values.when import WhenLike

_EMPTY = {
    "lane": "", "start": None, "end": None, "outcome": "", "number": "", "occurred": "", "entry": "", "sources": "",
    "link": "",
}  # fmt: skip
_OUTCOMES = ("attempted", "foiled", "succeeded", "unknown")


def border(
    of: Timeline | Situation | Telling,
    *,
    crossings: str | Iterable[str] | None = None,
    since: WhenLike | None = None,
    language: str = "en",
    names: Names | None = None,
    title: str | None = None,
    width: int = 680,
) -> Any:
    """Draw crossings as lanes, open or closed, and below them incidents by kind, coloured by outcome.

    An incident whose date is not known exactly is a line over the time in which it happened. `crossings`
    None: all of them; of more than 60, those with the most reports. Pale bars, `since`, `language`, `names` and `title`
    are those of `control`.

    Raises: MissingExtra, InvalidValue, UnknownName.
    """
    require_look(title, width=width)
    shown = telling(of)
    asked, words = shown.situation, Words(language, shown.names(names))
    chosen, note = picked(asked, "border", "crossing", asked.border.crossings, words)
    wanted = chosen if crossings is None else meant(asked, "facility", crossings)
    found = {slug: shifts(asked, ("border", "crossings", slug, "status")) for slug in wanted}
    happened = [(mention, mention.occurred.span(asked.tz)) for mention in asked.border.incidents if mention.occurred]
    readings = [turn.reading for changes in found.values() for turn in changes]
    drawn = extent([*readings, *(span for _, span in happened)], asked, since)
    if drawn is None:
        return nothing(words, title=title or words("border_over_time"), width=width)
    above, lanes_above = _crossings(found, drawn=drawn, asked=asked, words=words, width=width)
    incidents = [
        _incident(mention, Span(drawn.clip(span.start), drawn.clip(span.end)), shown, words)
        for mention, span in happened
        if span.start > PAST and drawn.meets(span)
    ]
    kinds = sorted({record["lane"] for record in incidents})
    told = below([*(r.entry for r in readings), *(mention.entry for mention, _ in happened)], asked, words)
    beneath = _incidents(incidents, kinds, time_axis(drawn, asked.tz, words, below=told), words)
    chart = alt.vconcat(
        above.properties(width=width, height=ROW * max(lanes_above, 1)),
        beneath.properties(width=width, height=ROW * max(len(kinds), 1)),
    ).resolve_scale(color="independent", shape="independent")
    known = [one.status for slug, one in asked.border.crossings.items() if slug in found and one.status is not None]
    counted = caption_text(words, "border", count=known.count("open"), all=len(known), incidents=len(incidents))
    return finish(chart, words, title=title or counted, note=note if crossings is None else "")


def _crossings(
    found: Mapping[str, Sequence[Shift]], *, drawn: Extent, asked: Situation, words: Words, width: int
) -> tuple[Any, int]:
    """Draw the status of each crossing; return the chart and its number of lanes."""
    records = [
        bar(words.name(slug), words(stretch.turn.value), stretch, words)
        for slug, changes in found.items()
        for stretch in stretches(changes, drawn)
        if stretch.turn.value is not None
    ]
    order = sorted({record["lane"] for record in records})
    paint = painted({words(name): name for name in ("open", "closed")})
    chart = lanes(
        records,
        drawn=drawn,
        asked=asked,
        words=words,
        paint=paint,
        order=order,
        legend=words("crossings"),
        width=width,
    )
    return chart, len(order)


def _incidents(found: list[Record], kinds: Sequence[str], x: alt.X, words: Words) -> Any:
    """Draw incidents by kind, over the time in which each may have happened."""
    seen = {record["outcome"] for record in found}
    paint = painted({words(name): name for name in _OUTCOMES if words(name) in seen})
    colour = alt.Color("outcome:N", title=capital(words("outcome")), scale=colour_scale(paint))
    base = alt.Chart(data(found, _EMPTY)).encode(
        y=alt.Y("lane:N", title=None, sort=None, scale=alt.Scale(domain=kinds)),
        **pointed("lane", "outcome", "number", "occurred", "entry", "sources"),
    )
    return alt.layer(
        base.mark_rule(strokeWidth=3).encode(x=x, x2="end:T", color=alt.Color("pale:N", scale=None)),
        base.mark_point(filled=True, opacity=1, size=70, stroke=GREY, strokeWidth=0.5).encode(x=x, color=colour),
    )


def _incident(mention: Mention, span: Span, shown: Telling, words: Words) -> Record:
    return {
        "pale": tint(MEANINGS.get(mention.event.outcome, GREY), 0.5),
        "lane": words(mention.event.kind),
        "outcome": words(mention.event.outcome),
        "number": str(shown.event(mention.event).quantity or ""),
        "start": at(span.start, shown.situation.tz),
        "end": at(span.end, shown.situation.tz),
        "occurred": str(mention.occurred),
        **sources(mention.entry),
    }
