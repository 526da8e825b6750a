"""Numbers with bounds, over time: a band from low to high, a line where there is a best estimate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from timeline.answers.situation import Situation
from timeline.display.charts.base import Extent, Record, Stretch, at, colour_scale, data, pointed, time_axis
from timeline.display.charts.placing import placed
from timeline.display.charts.signs import key
from timeline.display.colours import GREY, tint
from timeline.display.words import Words
from timeline.values.instants import Span
from timeline.values.quantity import Quantity

_EMPTY = {
    "series": "", "start": None, "end": None, "low": None, "high": None, "best": None, "number": "", "occurred": "",
    "entry": "", "sources": "", "link": "",
}  # fmt: skip
_POINTED = ("series", "number", "occurred", "entry", "sources")
MOST = 500
"""The most points of a chart, the latest ones."""


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


def bands(
    stretched: Sequence[Record],
    points: Sequence[Record],
    *,
    drawn: Extent,
    asked: Situation,
    words: Words,
    paint: Mapping[str, str],
    size: tuple[int, int],
    below: str = "",
    named: bool = False,
) -> Any:
    """Draw bands, lines and points on one axis, in the colours of `paint`.

    A number without an upper bound is a line with arrows pointing up. Without any bound the line is dashed, because a
    width would be invented. What may not have held yet is paler. With `named`, the sources stand at each point.
    """
    top = _top([*stretched, *points])
    scale = alt.Scale(domain=[0, top], nice=False)
    put = [_put(r, drawn, asked) for r in stretched]
    dots = [{**r, **_cross(r, drawn, asked)} for r in points if _is_drawn(r, drawn)]
    x = time_axis(drawn, asked.tz, words, below=below)
    colour = alt.Color("series:N", title=None, scale=colour_scale(paint))

    def layer(found: list[Record], field: str = "best") -> Any:
        y = alt.Y(f"{field}:Q", title=None, scale=scale, axis=alt.Axis(format=",d", tickMinStep=1))
        return alt.Chart(data(found, _EMPTY)).encode(x=x, x2="end:T", y=y, color=colour, **pointed(*_POINTED))

    above = [{**r, "middle": _middle(r, drawn, asked)} for r in stretched if r["high"] is None and r["low"]]
    exact, about, edges = _lines(put)
    closed = _closed(put, paint)
    signs = {"band": closed, "about": about, "least": above, "rival": [r for r in dots if r["rival"]]}
    return alt.layer(
        layer(closed, "low").mark_rect().encode(y2="high:Q", color=alt.Color("pale:N", scale=None)),
        layer(edges).mark_rule(strokeWidth=1.5),
        _arrows(layer(above, "low"), x),
        layer(exact).mark_rule(strokeWidth=2.5),
        layer(about).mark_rule(strokeWidth=2, strokeDash=[5, 4]),
        layer(dots, "level").mark_rule(strokeWidth=1),
        _whiskers([{**r, "pale": tint(paint[r["series"]], 0.5)} for r in dots], x, scale),
        _dots(dots, x, scale, colour),
        *_names(placed(points, drawn, top, size) if named else [], drawn, asked, x, scale),
        *_ends(put if len(paint) > 1 else [], x, scale, colour),
        *key((sign for sign, found in signs.items() if found), words, x),
    )


def _put(record: Record, drawn: Extent, asked: Situation) -> Record:
    """Give a record its moments on the axis, within what is drawn."""
    start, end = (at(drawn.clip(record[side]), asked.tz) for side in ("start", "end"))
    return {**record, "start": start, "end": end}


def _lines(put: Sequence[Record]) -> tuple[list[Record], list[Record], list[Record]]:
    """Return the records drawn as a full, a dashed and a thin line.

    They have a best estimate and a bound, a best estimate alone, or a bound alone.
    """
    exact = [r for r in put if r["best"] is not None and (r["low"] or r["high"] is not None)]
    about = [r for r in put if r["best"] is not None and not (r["low"] or r["high"] is not None)]
    edges = [{**r, "best": r["high"] or r["low"]} for r in put if r["best"] is None and (r["high"] or r["low"])]
    return exact, about, edges


def _arrows(above: Any, x: alt.X) -> Any:
    """Draw an arrow that points up in the middle of each number without an upper bound."""
    return above.mark_point(shape="triangle-up", filled=True, size=35, yOffset=-4).encode(x=_renamed(x, "middle"))


def latest_points(points: Sequence[Record]) -> tuple[Sequence[Record], int]:
    """Return the latest of many points, and how many there were."""
    if len(points) <= MOST:
        return points, len(points)
    return sorted(points, key=lambda r: r["end"])[-MOST:], len(points)


def _names(found: Sequence[Record], drawn: Extent, asked: Situation, x: alt.X, scale: alt.Scale) -> list[Any]:
    """Draw the sources beside their points, one layer for each distance by which names were moved."""
    layers = []
    for dx, dy, align in dict.fromkeys(r["placed"] for r in found):
        here = [
            {"middle": _middle(r, drawn, asked), "level": r["level"], "text": r["name"]}
            for r in found
            if r["placed"] == (dx, dy, align)
        ]
        marks = alt.Chart(data(here, {})).mark_text(align=align, dx=dx, dy=dy, fontSize=10, color=GREY)
        layers.append(marks.encode(x=_renamed(x, "middle"), y=alt.Y("level:Q", title=None, scale=scale), text="text:N"))
    return layers


def _ends(put: Sequence[Record], x: alt.X, scale: alt.Scale, colour: alt.Color) -> list[Any]:
    """Draw the name of each series behind the end of its line, in the margin, where no point stands."""
    last = {r["series"]: r for r in put}
    found = [
        {"end": r["end"], "series": s, "text": s, "level": r["best"] or r["high"] or r["low"]} for s, r in last.items()
    ]
    if not found:
        return []
    marks = alt.Chart(data(found, {})).mark_text(align="left", dx=6, fontSize=11, fontWeight="bold")
    return [
        marks.encode(x=_renamed(x, "end"), y=alt.Y("level:Q", title=None, scale=scale), text="text:N", color=colour)
    ]


def _is_drawn(point: Record, drawn: Extent) -> bool:
    return point["level"] is not None and drawn.meets(Span(point["start"], point["end"]))


def _top(records: Sequence[Record]) -> float:
    """Return the end of the axis of numbers, a little above the largest."""
    numbers = [n for r in records for n in (r["low"], r["high"], r["best"]) if n is not None]
    return max(numbers, default=1) * 1.12 or 1


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
    return chart.encode(x=_renamed(x, "middle"), y=y, stroke=colour, fill=fill, **pointed(*_POINTED))


def _renamed(x: alt.X, field: str) -> alt.X:
    copy = x.copy()
    copy.shorthand = f"{field}:T"
    return copy
