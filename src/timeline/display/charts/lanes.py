"""Swimlanes: what held of each thing, over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from timeline.answers.situation import Situation
from timeline.display.charts.base import (
    Extent,
    Record,
    Stretch,
    at,
    colours,
    data,
    lane_axis,
    painted,
    provenance,
    time_axis,
)
from timeline.display.colours import GREY, tint
from timeline.display.words import Words

_EMPTY = {"lane": "", "value": "", "start": None, "end": None, "occurred": "", "entry": "", "sources": ""}
_TOOLTIP = [alt.Tooltip(f"{name}:N") for name in ("lane", "value", "occurred", "entry", "sources")]
ROW = 24
"""The height of a lane, in pixels."""


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


def lanes(
    records: Sequence[Record],
    *,
    drawn: Extent,
    asked: Situation,
    values: Sequence[str],
    order: Sequence[str],
    legend: str,
) -> Any:
    """Draw one bar for each stretch: full where the value held for certain, half as high and pale where it may have.

    Records hold lane, value, start and end. `possible` is *before* or *after* where a change may have happened. `gap`
    is true where nobody held it, `contested` where several claimed it.
    """
    paint = painted(values)
    shown = [
        record
        | {"start": at(record["start"], asked.tz), "end": at(record["end"], asked.tz)}
        | {"pale": tint(paint.get(record["value"], GREY), 0.45)}
        for record in records
    ]
    x, y = time_axis(drawn, asked.tz), lane_axis(order)
    pale = alt.Color("pale:N", scale=None)
    colour = alt.Color("value:N", title=legend, scale=colours(values))

    def bars(found: list[Record], **look: Any) -> Any:
        return alt.Chart(data(found, _EMPTY)).mark_bar(**look).encode(x=x, x2="end:T", y=y, tooltip=_TOOLTIP)

    certain = [r for r in shown if not r["possible"] and not r["gap"]]
    before = [r for r in shown if r["possible"] == "before" and not r["gap"]]
    after = [r for r in shown if r["possible"] == "after" and not r["gap"]]
    gaps = [r for r in shown if r["gap"] and not r["possible"]]
    contested = [r for r in shown if r["contested"]]
    return alt.layer(
        bars(certain, size=14, cornerRadius=1).encode(color=colour),
        bars(before, size=7, yOffset=-3.5).encode(color=pale),
        bars(after, size=7, yOffset=3.5).encode(color=pale),
        bars(gaps, size=13, fill="transparent", stroke=GREY, strokeDash=[3, 3]),
        bars(contested, size=4, color="#d62728", yOffset=-9),
    )
