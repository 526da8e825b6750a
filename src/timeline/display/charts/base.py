"""The common parts of charts: the question, times and names, and the look."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timezone, tzinfo
from itertools import pairwise
from typing import Any, NamedTuple

import altair as alt
from altair.utils.schemapi import debug_mode

from timeline.answers.behind import steps
from timeline.answers.situation import Situation
from timeline.display.cells import capital
from timeline.display.charts.captions import directed
from timeline.display.charts.offline import offline
from timeline.display.colours import GREY, MEANINGS, PALETTE, Colours
from timeline.display.language.dates import month_names
from timeline.display.web import is_web
from timeline.display.words import Words
from timeline.entry import Entry
from timeline.history.reading import Reading
from timeline.projections.projection import Path
from timeline.values.instants import FUTURE, PAST, Span, instant, local, microseconds
from timeline.values.visible import visible
from timeline.values.when import When, WhenLike

_DAY = 86_400_000_000
_MONTH = 31 * _DAY
_HOURS = 4 * _DAY
"""Below this span, an axis of time has hours."""
_LABEL, _TITLE = 260, 900
"""The widest label and title, in pixels; longer ones end in an ellipsis."""
Record = dict[str, Any]


class Extent(NamedTuple):
    """From when to when a chart is drawn, in microseconds."""

    start: int
    end: int

    def clip(self, moment: int) -> int:
        return min(max(moment, self.start), self.end)

    def meets(self, span: Span) -> bool:
        """Say if some of a span, whose bounds may be open, is drawn."""
        return span.start < self.end and span.end > self.start

    def holds(self, moment: int) -> bool:
        """Say if a moment is drawn."""
        return self.start <= moment <= self.end


def extent(
    spans: Iterable[Reading | Span], asked: Situation, since: WhenLike | None, terms: Sequence[int] = ()
) -> Extent | None:
    """Return the time to draw: from the first date (or from `since`) to the moment asked about.

    A term that ends later is drawn too, unless the chart would be more than twice as long for it. None: nothing
    has a date.
    """
    bounds = [moment for span in spans for moment in (span.start, span.end) if PAST < moment < FUTURE]
    if not bounds:
        return None
    first, last = min(bounds), max(bounds)
    last = max([last, *(term for term in terms if term <= last + max(last - first, _MONTH))])
    end = asked.clocks.end if asked.clocks.end < FUTURE else last + max((last - first) // 50, _DAY)
    start = first - _DAY if since is None else When.of(since).span(asked.tz).start
    return Extent(min(start, end - _DAY), end)


class Shift(NamedTuple):
    """A value that changed: which reading brought it, and when that may, and must, have happened."""

    value: Any
    reading: Reading
    start: int
    end: int


def shifts(asked: Situation, path: Path) -> list[Shift]:
    """Return every change of a value, in order."""
    found: list[Shift] = []
    for reading, value in steps(asked, path):
        if not found or value != found[-1].value:
            found.append(Shift(value, reading, reading.start, reading.end))
    return found


class Stretch(NamedTuple):
    """A time in which a value held: for certain, or (`possible`) before or after it may have changed."""

    turn: Shift
    start: int
    end: int
    possible: str = ""


def stretches(found: Sequence[Shift], drawn: Extent) -> Iterator[Stretch]:
    """Yield which value held when. Between the earliest and the latest moment of a change either may have held."""
    settled = drawn.start
    for turn, following in pairwise([*found, None]):
        assert turn is not None, "only the last has none after it"
        begin = drawn.clip(max(turn.start, settled))
        certain = drawn.clip(max(turn.end, settled))
        if begin < certain:
            yield Stretch(turn, begin, certain, "after")
        until = drawn.end if following is None else drawn.clip(max(following.start, certain))
        if certain < until:
            yield Stretch(turn, certain, until)
        if following is not None and until < (over := drawn.clip(max(following.end, certain))):
            yield Stretch(turn, until, over, "before")
        settled = certain


def at(moment: int, tz: tzinfo) -> str:
    """Write a moment as the wall clock shows it in the timeline's zone, for an axis without zones."""
    wall = instant(moment) if tz is timezone.utc else local(moment, tz)
    return datetime(*wall.timetuple()[:6], wall.microsecond, tzinfo=timezone.utc).isoformat()


def provenance(reading: Reading, words: Words) -> Record:
    """Return what a reader sees on pointing at a mark: the date and the sources."""
    return {"occurred": str(reading.occurred or words("undated")), **sources(reading.entry)}


def sources(entry: Entry) -> Record:
    """Return the position of an entry, its sources, and the address of the first that has one; else an empty text."""
    return {
        "entry": f"#{entry.position}",
        "sources": "; ".join(dict.fromkeys(r.source for r in entry.reports)) or "–",
        "link": next((r.url for r in entry.reports if r.url and is_web(r.url)), ""),
    }


def pointed(*fields: str) -> dict[str, Any]:
    """Return what marks say on pointing, and to a screen reader, and where they lead: to their source."""
    told = " + ', ' + ".join(f"datum['{field}']" for field in fields)
    return {
        "tooltip": [alt.Tooltip(f"{field}:N") for field in fields],
        "href": alt.Href("link:N"),
        "description": alt.DescriptionValue(alt.ExprRef(told)),
    }


def data(records: Sequence[Record], columns: Mapping[str, Any]) -> alt.InlineData:
    """Make the data of a chart; without records, one empty row keeps the axes.

    Altair copies a list each time a chart is extended, and checks every record against its schema. It passes an
    unchecked tuple on unchanged.
    """
    shown = (
        {name: visible(value) if isinstance(value, str) else value for name, value in record.items()}
        for record in records
    )
    with debug_mode(False):
        return alt.InlineData(values=tuple(shown) or (dict(columns),))


def time_axis(drawn: Extent, tz: tzinfo, words: Words, field: str = "start", below: str = "") -> alt.X:
    """Make the axis of time, as long as what is drawn, with a line of text below it."""
    first, last = (microseconds(datetime.fromisoformat(at(moment, tz))) for moment in drawn)
    domain = [first // 1000, max(first + _DAY, last) // 1000]
    axis = alt.Axis(labelOverlap=True, labelSeparation=12, tickCount=8, labelAngle=0, **_dates(drawn, words))
    scale = alt.Scale(type="utc", domain=domain)
    return alt.X(f"{field}:T", title=below or None, scale=scale, axis=axis)


def _dates(drawn: Extent, words: Words) -> dict[str, Any]:
    """Return how an axis writes its dates: with the time of day where it spans a few days, as months over years."""
    span = drawn.end - drawn.start
    day, clock = span < 1000 * _DAY, span < _HOURS
    if words.spoken != "ar":
        return {"format": "%-d %b, %H:%M" if clock else "%-d %b %Y" if day else "%b %Y"}
    parts = ["utcdate(datum.value) + ' '"] if day else []
    parts.append(f"{month_names('ar')}[utcmonth(datum.value)]")
    parts.append("utcFormat(datum.value, ' %H:%M')" if clock else "utcFormat(datum.value, ' %Y')")
    return {"labelExpr": f"'\u2067' + {' + '.join(parts)} + '\u2069'"}


def lane_axis(order: Sequence[str], headings: Collection[str] = ()) -> alt.Y:
    """Make the axis of lanes, in the given order; headings are lanes without bars.

    The order is a domain: given as `sort`, it becomes one expression for each lane within the one before.
    """
    weight = alt.condition(alt.FieldOneOfPredicate("value", [*headings]), alt.value("bold"), alt.value("normal"))
    look: dict[str, Any] = {"labelFontWeight": weight} if headings else {}
    axis = alt.Axis(ticks=False, domain=False, grid=True, tickBand="extent", **look)
    return alt.Y("lane:N", title=None, sort=None, scale=alt.Scale(domain=list(order)), axis=axis)


def colour_scale(paint: Mapping[str, str]) -> alt.Scale:
    """Make a scale that gives each value its colour."""
    return alt.Scale(domain=[*paint], range=[*paint.values()])


def painted(values: Mapping[str, str], authorities: Colours | None = None) -> dict[str, str]:
    """Return the colour of each value as shown, by what it is: an authority, a word with a meaning, or anything else.

    >>> painted({"in force": "in_force", "blue": "blue"})
    {'in force': '#17925f', 'blue': '#2f7bc8'}
    """
    known = {**MEANINGS, **(authorities or {})}
    return {shown: known.get(what) or PALETTE[n % len(PALETTE)] for n, (shown, what) in enumerate(values.items())}


def nothing(words: Words, *, title: str, width: int, lacks: str = "nothing_with_a_date") -> Any:
    """Draw an empty chart, without an axis, and say what it lacks."""
    text = alt.Chart(data([{"text": words(lacks)}], {})).mark_text(color=GREY, fontSize=13)
    return finish(text.encode(text="text:N"), words, title=title, width=width, height=40)


def finish(chart: Any, words: Words, *, title: str, note: str = "", **size: int) -> Any:
    """Add the title with a note below it, the size (where the chart has its own), and a look for light and dark."""
    muted: dict[str, Any] = {"labelColor": GREY, "titleColor": GREY, "labelFontSize": 11, "titleFontSize": 11}
    look = alt.Config(
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            **muted, gridColor=GREY, gridOpacity=0.2, domainColor=GREY, tickColor=GREY, labelLimit=_LABEL,
            titleFontWeight="normal", titleAnchor="start", titleLimit=_TITLE, titlePadding=8,
        ),
        legend=alt.LegendConfig(
            **muted, symbolType="square", symbolOpacity=1, orient="top", columns=3, labelLimit=_LABEL,
            symbolLimit=0,  # name all: Vega would count the others in English
        ),
        title=alt.TitleConfig(
            color=GREY, subtitleColor=GREY, anchor="start", fontSize=14, subtitleFontSize=11, limit=_TITLE
        ),
    )  # fmt: skip
    heading, below = (directed(visible(text), words) for text in (capital(title), note))
    return offline(chart).properties(  # all at once: Altair copies the layers for each call
        title=alt.TitleParams(heading, subtitle=below) if note else heading,
        background="transparent",
        padding={"left": 44, "right": 24, "top": 5, "bottom": 5},
        config=look,
        **size,
    )
