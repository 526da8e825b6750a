"""The life of agreements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import altair as alt

from timeline.display.charts.base import (
    GREY,
    Record,
    at,
    data,
    extent,
    finish,
    situation,
    sources,
    stretches,
    time_axis,
    told,
    turns,
)
from timeline.display.charts.lanes import ROW, lanes
from timeline.display.words import Names, Words, names_in
from timeline.instants import PAST
from timeline.projection import Mention
from timeline.situation import Situation
from timeline.timeline import Timeline
from timeline.when import WhenLike

_SIGNS = {"talks": "circle", "commitments": "diamond", "statements": "square", "violations": "cross"}
_EMPTY = {"lane": "", "start": None, "end": None, "kind": "", "what": "", "occurred": "", "entry": "", "sources": ""}


def agreements(
    of: Timeline | Situation,
    *,
    since: WhenLike | None = None,
    language: str | None = None,
    names: Names | None = None,
    width: int = 680,
) -> Any:
    """The status of each agreement over time, with talks, commitments, statements and violations as points.

    A tick at the end of a dashed line is the day until which it was meant to hold. Pale bars, `since`,
    `language` and `names` are those of `control`.

    Raises: MissingExtra, InvalidValue.
    """
    asked = situation(of)
    words = Words(language, names_in(asked, names))
    found = {slug: turns(asked, ("agreements", slug, "status")) for slug in asked.agreements}
    drawn = extent((turn.reading for changes in found.values() for turn in changes), asked, since)
    records = [
        {
            "lane": words.name(slug),
            "value": words(stretch.turn.value),
            "start": stretch.start,
            "end": stretch.end,
            "possible": stretch.possible,
            "gap": stretch.turn.value == "ended",
            "contested": False,
            **told(stretch.turn.reading, words),
        }
        for slug, changes in found.items()
        for stretch in stretches(changes, drawn)
        if stretch.turn.value is not None
    ]
    order = sorted({record["lane"] for record in records})
    values = list(dict.fromkeys(record["value"] for record in records if not record["gap"]))
    chart = lanes(records, drawn=drawn, asked=asked, values=values, order=order, legend=words("status"))
    y = alt.Y("lane:N", sort=order)
    mentioned = [
        _point(words.name(slug), name, mention, asked, words)
        for slug, agreement in asked.agreements.items()
        for name in _SIGNS
        for mention in getattr(agreement, name)
        if mention.occurred is not None and mention.occurred.span(asked.tz).start > PAST
    ]
    shape = alt.Shape(
        "kind:N", title=words("reports"), scale=alt.Scale(domain=[words(n) for n in _SIGNS], range=[*_SIGNS.values()])
    )
    tooltip = [alt.Tooltip(f"{name}:N") for name in ("kind", "what", "occurred", "entry", "sources")]
    x = time_axis(drawn, asked.tz)
    points = alt.Chart(data(mentioned, _EMPTY)).encode(x=x, y=y, tooltip=tooltip)
    until = alt.Chart(data([*_untils(asked, words)], _EMPTY))
    chart = alt.layer(
        chart,
        until.mark_tick(thickness=2, size=18, color=GREY).encode(
            x=x, y=y, tooltip=alt.Tooltip("occurred:N", title=words("until"))
        ),
        points.mark_point(size=45, filled=True, color="#222222", stroke="white", strokeWidth=1).encode(shape=shape),
    )
    return finish(chart, title=words("agreements_over_time"), width=width, height=ROW * max(len(order), 1))


def _point(lane: str, kind: str, mention: Mention, asked: Situation, words: Words) -> Record:
    assert mention.occurred is not None
    return {
        "lane": lane,
        "kind": words(kind),
        "what": getattr(mention.event, "what", "") or mention.event.detail,
        "start": at(mention.occurred.span(asked.tz).start, asked.tz),
        "occurred": str(mention.occurred),
        **sources(mention.entry),
    }


def _untils(asked: Situation, words: Words) -> Iterator[Record]:
    for slug, found in asked.agreements.items():
        if found.until is not None:
            end = found.until.span(asked.tz).end
            yield {"lane": words.name(slug), "start": at(end, asked.tz), "occurred": str(found.until)}
