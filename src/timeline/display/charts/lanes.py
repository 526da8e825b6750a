"""Swimlanes: what held of each thing, over time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import altair as alt

from timeline.answers.behind import busiest
from timeline.answers.situation import Situation
from timeline.display.cells import capital
from timeline.display.charts.base import (
    Extent,
    Record,
    Stretch,
    at,
    colour_scale,
    data,
    lane_axis,
    pointed,
    provenance,
    time_axis,
)  # fmt: skip
from timeline.display.charts.captions import caption_text
from timeline.display.charts.signs import key
from timeline.display.colours import GREY, MEANINGS, ink_on, tint
from timeline.display.words import Words

_EMPTY = {"lane": "", "value": "", "start": None, "end": None, "occurred": "", "entry": "", "sources": "", "link": ""}
_POINTED = ("lane", "value", "occurred", "entry", "sources")
ROW = 24
"""The height of a lane, in pixels."""
MOST = 60
"""The most lanes of a chart for which nobody picked some: those of the most reported things."""
_LETTER = 6.6
"""The width of a letter on a bar, in pixels, rather too wide than too narrow."""
_MINUTES = 60_000_000


def picked(asked: Situation, part: str, kind: str, found: Collection[str], words: Words) -> tuple[Collection[str], str]:
    """Return the entities that are drawn where nobody picked some, and a note that says how many of how many."""
    if len(found) <= MOST:
        return found, ""
    return busiest(asked, part, kind, found)[:MOST], caption_text(words, "few", count=MOST, all=len(found))


def bar(lane: str, value: str, stretch: Stretch, words: Words, *, gap: bool = False, contested: bool = False) -> Record:
    """Make the record of one stretch in a lane."""
    return {
        "lane": lane,
        "value": value,
        "start": stretch.start,
        "end": stretch.end,
        "possible": stretch.possible,
        "gap": gap,
        "contested": contested,
        **provenance(stretch.turn.reading, words),
    }


def _shown(record: Record, asked: Situation, paint: Mapping[str, str]) -> Record:
    """Give a record its moments on the axis, and the pale colour of its value."""
    return (
        record
        | {"start": at(record["start"], asked.tz), "end": at(record["end"], asked.tz)}
        | {"pale": tint(paint.get(record["value"], GREY), 0.45)}
    )


def lanes(
    records: Sequence[Record],
    *,
    drawn: Extent,
    asked: Situation,
    words: Words,
    paint: Mapping[str, str],
    order: Sequence[str],
    legend: str,
    width: int,
    headings: Collection[str] = (),
    below: str = "",
    gap: str = "gap",
) -> Any:
    """Draw one bar for each stretch: full where the value held for certain, half as high and pale where it may have.

    Records hold lane, value, start and end. `possible` is *before* or *after* where a change may have happened. `gap`
    is true where nobody held it, `contested` where several claimed it. `paint` gives each value its colour; a value
    stands on its bar where there is room. The key has the signs that occur; `gap` is what a dashed outline means.
    """
    shown = [_shown(record, asked, paint) for record in records]
    x, y = time_axis(drawn, asked.tz, words, below=below), lane_axis(order, headings)
    pale = alt.Color("pale:N", scale=None)
    colour = alt.Color("value:N", title=capital(legend), scale=colour_scale(paint))

    def bars(found: list[Record], **look: Any) -> Any:
        return alt.Chart(data(found, _EMPTY)).mark_bar(**look).encode(x=x, x2="end:T", y=y, **pointed(*_POINTED))

    certain = [r for r in shown if not r["possible"] and not r["gap"]]
    before = [r for r in shown if r["possible"] == "before" and not r["gap"]]
    after = [r for r in shown if r["possible"] == "after" and not r["gap"]]
    gaps = [r for r in shown if r["gap"] and not r["possible"]]
    contested = [r for r in shown if r["contested"]]
    signs = {"half": [*before, *after], gap: gaps, "contested": contested}
    return alt.layer(
        bars(certain, size=14, cornerRadius=1).encode(color=colour),
        bars(before, size=7, yOffset=-3.5).encode(color=pale),
        bars(after, size=7, yOffset=3.5).encode(color=pale),
        bars(gaps, size=13, fill="transparent", stroke=GREY, strokeDash=[3, 3]),
        bars(contested, size=4, color=MEANINGS["contested"], yOffset=-9),
        _labels(_fitting(records, drawn, asked, paint, width), x, y),
        *key((sign for sign, found in signs.items() if found), words, x),
    )


def _fitting(
    records: Iterable[Record], drawn: Extent, asked: Situation, paint: Mapping[str, str], width: int
) -> list[Record]:
    """Return the values that fit on their bars, in an ink that is legible there."""
    room = width / max(drawn.end - drawn.start, _MINUTES)
    return [
        {"lane": r["lane"], "text": r["value"], "start": at(r["start"], asked.tz), "ink": ink_on(paint[r["value"]])}
        for r in records
        if not r["possible"]
        and not r["gap"]
        and r["value"] in paint
        and (r["end"] - r["start"]) * room > len(r["value"]) * _LETTER + 8
    ]


def _labels(found: list[Record], x: alt.X, y: alt.Y) -> Any:
    empty = {"lane": "", "text": "", "start": None, "ink": GREY}
    marks = alt.Chart(data(found, empty)).mark_text(align="left", dx=4, dy=0.5, fontSize=10.5, fontWeight="bold")
    return marks.encode(x=x, y=y, text="text:N", color=alt.Color("ink:N", scale=None))
