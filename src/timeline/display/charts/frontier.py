"""The border: crossings and incidents."""

from __future__ import annotations

from typing import Any

import altair as alt

from timeline.display.charts.base import (
    GREY,
    Record,
    at,
    colours,
    data,
    extent,
    finish,
    situation,
    sources,
    stretches,
    time_axis,
    told,
    turns,
)  # fmt: skip
from timeline.display.charts.lanes import ROW, lanes
from timeline.display.words import Names, Words, names_in
from timeline.instants import PAST
from timeline.projection import Mention
from timeline.situation import Situation
from timeline.timeline import Timeline
from timeline.when import WhenLike

_EMPTY = {
    "lane": "",
    "start": None,
    "end": None,
    "outcome": "",
    "number": "",
    "occurred": "",
    "entry": "",
    "sources": "",
}
_OUTCOMES = ("attempted", "foiled", "succeeded", "unknown")


def border(
    of: Timeline | Situation,
    *,
    since: WhenLike | None = None,
    language: str | None = None,
    names: Names | None = None,
    width: int = 680,
) -> Any:
    """Crossings as lanes, open or closed, and below them incidents by kind, coloured by outcome.

    An incident whose date is not known exactly is a line over the time in which it happened. Pale bars,
    `since`, `language` and `names` are those of `control`.

    Raises: MissingExtra, InvalidValue.
    """
    asked = situation(of)
    words = Words(language, names_in(asked, names))
    found = {slug: turns(asked, ("border", "crossings", slug, "status")) for slug in asked.border.crossings}
    happened = turns(asked, ("border", "incidents"))
    drawn = extent([turn.reading for changes in (*found.values(), happened) for turn in changes], asked, since)
    records = [
        {
            "lane": words.name(slug),
            "value": words(stretch.turn.value),
            "start": stretch.start,
            "end": stretch.end,
            "possible": stretch.possible,
            "gap": False,
            "contested": False,
            **told(stretch.turn.reading, words),
        }
        for slug, changes in found.items()
        for stretch in stretches(changes, drawn)
        if stretch.turn.value is not None
    ]
    order = sorted({record["lane"] for record in records})
    status = [words("open"), words("closed")]
    crossings = lanes(records, drawn=drawn, asked=asked, values=status, order=order, legend=words("crossings"))
    incidents = [_incident(mention, asked, words) for mention in asked.border.incidents if _dated(mention, asked)]
    kinds = sorted({record["lane"] for record in incidents})
    x = time_axis(drawn, asked.tz)
    base = alt.Chart(data(incidents, _EMPTY)).encode(
        y=alt.Y("lane:N", title=None, sort=kinds),
        color=alt.Color("outcome:N", title=words("outcome"), scale=colours([words(name) for name in _OUTCOMES])),
        tooltip=[alt.Tooltip(f"{name}:N") for name in ("lane", "outcome", "number", "occurred", "entry", "sources")],
    )
    happened_at = alt.layer(
        base.mark_rule(strokeWidth=3, opacity=0.5).encode(x=x, x2="end:T"),
        base.mark_point(filled=True, size=70, stroke=GREY, strokeWidth=0.5).encode(x=x),
    )
    chart = alt.vconcat(
        crossings.properties(width=width, height=ROW * max(len(order), 1)),
        happened_at.properties(width=width, height=ROW * max(len(kinds), 1)),
    ).resolve_scale(color="independent")
    return finish(chart, title=words("border_over_time"))


def _dated(mention: Mention, asked: Situation) -> bool:
    return mention.occurred is not None and mention.occurred.span(asked.tz).start > PAST


def _incident(mention: Mention, asked: Situation, words: Words) -> Record:
    assert mention.occurred is not None, "only dated ones are drawn"
    span = mention.occurred.span(asked.tz)
    return {
        "lane": words(mention.event.kind),
        "outcome": words(mention.event.outcome),
        "number": str(mention.event.quantity or ""),
        "start": at(span.start, asked.tz),
        "end": at(span.end, asked.tz),
        "occurred": str(mention.occurred),
        **sources(mention.entry),
    }
