"""Numbers with bounds, over time: a band from low to high, a line where there is a best estimate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from timeline.answers.situation import Situation
from timeline.display.charts.base import Extent, Record, Stretch, at, colours, data, painted, time_axis
from timeline.display.colours import tint
from timeline.values.instants import Span
from timeline.values.quantity import Quantity

_EMPTY = {"series": "", "start": None, "end": None, "low": None, "high": None, "best": None, "number": ""}
_TOOLTIP = [alt.Tooltip(f"{name}:N") for name in ("series", "number", "occurred", "entry", "sources")]


def level(quantity: Quantity) -> int | None:
    """Return where a number stands on the axis: its best estimate, else its bound. None for *unspecified*."""
    known = (quantity.best, quantity.low or None, quantity.high)
    return next((number for number in known if number is not None), None)


def band(series: str, stretch: Stretch, quantity: Quantity) -> Record:
    """Make the record of a number over a stretch of time."""
    return {
        "series": series,
        "start": stretch.start,
        "end": stretch.end,
        "possible": stretch.possible,
        **_numbers(quantity),
    }


def point(series: str, start: int, end: int, quantity: Quantity, *, rival: bool) -> Record:
    """Make the record of one report of a number, between the earliest and the latest moment it may speak of."""
    return {
        "series": series,
        "start": start,
        "end": end,
        "level": level(quantity),
        "rival": rival,
        **_numbers(quantity),
    }


def _numbers(quantity: Quantity) -> Record:
    return {"low": quantity.low, "high": quantity.high, "best": quantity.best, "number": str(quantity)}


def bands(stretched: Sequence[Record], points: Sequence[Record], *, drawn: Extent, asked: Situation) -> Any:
    """Draw bands, lines and points on one axis.

    A number without an upper bound is a line with arrows pointing up. Without any bound the line is dashed, because a
    width would be invented. What may not have held yet is paler.
    """
    scale = _scale([*stretched, *points])
    put = [
        {**r, "start": at(drawn.clip(r["start"]), asked.tz), "end": at(drawn.clip(r["end"]), asked.tz)}
        for r in stretched
    ]
    dots = [{**r, **_cross(r, drawn, asked)} for r in points if _is_drawn(r, drawn)]
    series = list(dict.fromkeys(r["series"] for r in (*stretched, *points)))
    paint = painted(series)
    x = time_axis(drawn, asked.tz)
    colour = alt.Color("series:N", title=None, scale=colours(series))

    def layer(found: list[Record], field: str = "best") -> Any:
        y = alt.Y(f"{field}:Q", title=None, scale=scale, axis=alt.Axis(format=",d"))
        return alt.Chart(data(found, _EMPTY)).encode(x=x, x2="end:T", y=y, color=colour, tooltip=_TOOLTIP)

    above = [{**r, "middle": _middle(r, drawn, asked)} for r in stretched if r["high"] is None and r["low"]]
    exact = [r for r in put if r["best"] is not None and (r["low"] or r["high"] is not None)]
    about = [r for r in put if r["best"] is not None and not (r["low"] or r["high"] is not None)]
    edges = [{**r, "best": r["high"] or r["low"]} for r in put if r["best"] is None and (r["high"] or r["low"])]
    pale = alt.Color("pale:N", scale=None)
    return alt.layer(
        layer(_closed(put, paint), "low").mark_rect().encode(y2="high:Q", color=pale),
        layer(edges).mark_rule(strokeWidth=1.5),
        layer(above, "low")
        .mark_point(shape="triangle-up", filled=True, size=35, yOffset=-4)
        .encode(x=_renamed(x, "middle")),
        layer(exact).mark_rule(strokeWidth=2.5),
        layer(about).mark_rule(strokeWidth=2, strokeDash=[5, 4]),
        layer(dots, "level").mark_rule(strokeWidth=1),
        _whiskers([{**r, "pale": tint(paint[r["series"]], 0.5)} for r in dots], x, scale),
        _dots(dots, x, scale, colour),
    )


def _is_drawn(point: Record, drawn: Extent) -> bool:
    return point["level"] is not None and drawn.meets(Span(point["start"], point["end"]))


def _scale(records: Sequence[Record]) -> alt.Scale:
    """Return the axis of numbers, a little higher than the largest."""
    numbers = [n for r in records for n in (r["low"], r["high"], r["best"]) if n is not None]
    return alt.Scale(domain=[0, max(numbers, default=1) * 1.08 or 1], nice=True)


def _closed(put: Sequence[Record], paint: Mapping[str, str]) -> list[Record]:
    """Return the bands with two bounds, the highest first, so that none hides another."""
    closed = [
        {**r, "pale": tint(paint[r["series"]], 0.12 if r["possible"] else 0.25)}
        for r in put
        if r["high"] is not None and r["high"] > r["low"]
    ]
    return sorted(closed, key=lambda r: r["low"] - r["high"])


def _cross(record: Record, drawn: Extent, asked: Situation) -> Record:
    """Return where a report's point stands, and how far it reaches in time and in number."""
    start, end = drawn.clip(record["start"]), drawn.clip(record["end"])
    low, high = record["low"], record["high"]
    unbounded = high is None and not low
    return {
        "start": at(start, asked.tz),
        "end": at(end, asked.tz),
        "middle": _middle(record, drawn, asked),
        "low": record["level"] if unbounded else low,
        "high": record["level"] if high is None else high,
    }


def _middle(record: Record, drawn: Extent, asked: Situation) -> str:
    return at((drawn.clip(record["start"]) + drawn.clip(record["end"])) // 2, asked.tz)


def _whiskers(dots: list[Record], x: alt.X, scale: alt.Scale) -> Any:
    y = alt.Y("low:Q", title=None, scale=scale)
    chart = alt.Chart(data(dots, _EMPTY)).mark_rule(strokeWidth=1)
    return chart.encode(x=_renamed(x, "middle"), y=y, y2="high:Q", color=alt.Color("pale:N", scale=None))


def _dots(dots: list[Record], x: alt.X, scale: alt.Scale, colour: alt.Color) -> Any:
    y = alt.Y("level:Q", title=None, scale=scale)
    fill = alt.condition("datum.rival", alt.value("transparent"), colour)
    chart = alt.Chart(data(dots, _EMPTY)).mark_point(size=40, strokeWidth=1.5, opacity=1)
    return chart.encode(x=_renamed(x, "middle"), y=y, stroke=colour, fill=fill, tooltip=_TOOLTIP)


def _renamed(x: alt.X, field: str) -> alt.X:
    copy = x.copy()
    copy.shorthand = f"{field}:T"
    return copy
