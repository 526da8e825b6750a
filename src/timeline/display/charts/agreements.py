"""The life of agreements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
    painted,
    pointed,
    shifts,
    sources,
    stretches,
    time_axis,
)  # fmt: skip
from timeline.display.charts.captions import below, caption_text, meant, require_look
from timeline.display.charts.lanes import ROW, bar, lanes, picked
from timeline.display.charts.signs import SAID, key
from timeline.display.colours import GREY
from timeline.display.telling import Telling, telling
from timeline.display.words import Names, Words
from timeline.projections.agreements import AgreementState
from timeline.projections.building import Mention
from timeline.timeline import Timeline
from timeline.values.instants import FUTURE, Span
from timeline.values.when import When, WhenLike

Mark = tuple[str, str, Mention, Span]
"""A thing that was said: about which agreement, of which kind, and when."""
_EMPTY = {
    "lane": "",
    "start": None,
    "end": None,
    "kind": "",
    "what": "",
    "occurred": "",
    "entry": "",
    "sources": "",
    "link": "",
}


def agreements(
    of: Timeline | Situation | Telling,
    *,
    agreements: str | Iterable[str] | None = None,
    since: WhenLike | None = None,
    language: str = "en",
    names: Names | None = None,
    title: str | None = None,
    width: int = 680,
) -> Any:
    """Draw the status of each agreement over time, with talks, commitments, statements and violations as points.

    Lanes are sorted by the first date. A tick is the day until which an agreement was meant to hold. `agreements`
    None: all of them; of more than 60, those with the most reports. Pale bars, `since`, `language`, `names` and `title`
    are those of `control`.

    Raises: MissingExtra, InvalidValue, UnknownName.
    """
    require_look(title, width=width)
    shown = telling(of)
    asked, words = shown.situation, Words(language, shown.names(names))
    chosen, note = picked(asked, "agreements", "agreement", asked.agreements, words)
    slugs = chosen if agreements is None else meant(asked, "agreement", agreements)
    found = {slug: shifts(asked, ("agreements", slug, "status")) for slug in slugs}
    wanted = {slug: asked.agreements[slug] for slug in found if slug in asked.agreements}
    marks = [(slug, *said) for slug, one in wanted.items() for said in _said(one, asked)]
    terms = {slug: one.until.span(asked.tz).end for slug, one in wanted.items() if one.until is not None}
    readings = [turn.reading for changes in found.values() for turn in changes]
    drawn = extent((*readings, *(span for *_, span in marks)), asked, since, [*terms.values()])
    if drawn is None:
        return nothing(words, title=title or words("agreements_over_time"), width=width)
    order = [*dict.fromkeys(words.name(slug) for slug in sorted(wanted, key=_first(found, marks)))]
    told = below([*(r.entry for r in readings), *(mention.entry for _, _, mention, _ in marks)], asked, words)
    x, y = time_axis(drawn, asked.tz, words, below=told), lane_axis(order)
    ends = [(slug, wanted[slug].until, end) for slug, end in terms.items() if drawn.holds(end)]
    points = [mark for mark in marks if drawn.holds(mark[-1].start)]
    chart = alt.layer(
        _bars(found, order, drawn=drawn, asked=asked, words=words, told=told, width=width),
        _ticks(ends, asked, words).encode(x=x, y=y),
        _points(points, shown, words).encode(x=x, y=y),
        *key([*(["until"] if ends else []), *(name for _, name, *_ in points)], words, x),
    ).resolve_scale(shape="independent")
    counted = _counted(asked.agreements.values() if agreements is None else wanted.values(), words)
    note = note if agreements is None else ""
    return finish(chart, words, title=title or counted, note=note, width=width, height=ROW * max(len(order), 1))


def _counted(told: Iterable[AgreementState], words: Words) -> str:
    """Return the title: how many are in force; where none is, how many have which status, if any has."""
    statuses = Counter(one.ending or one.status for one in told)
    if statuses["in_force"] or not any(statuses):
        return caption_text(words, "agreements", count=statuses["in_force"], all=statuses.total())
    of_each = (f"{words(status)} {count:,}" for status, count in statuses.most_common() if status)
    return caption_text(words, "agreements_by", statuses=("، " if words.spoken == "ar" else ", ").join(of_each))


def _first(found: Mapping[str, Sequence[Shift]], marks: Iterable[Mark]) -> Callable[[str], tuple[int, str]]:
    """Return the key by which agreements are sorted: the first date of each, then its slug."""
    first: dict[str, int] = {}
    dated = [
        *((slug, turn.end) for slug, changes in found.items() for turn in changes),
        *((m[0], m[-1].end) for m in marks),
    ]
    for slug, moment in dated:
        first[slug] = min(moment, first.get(slug, moment))
    return lambda slug: (first.get(slug, FUTURE), slug)


def _bars(
    found: Mapping[str, Sequence[Shift]], order: Sequence[str], *, drawn: Extent, asked: Situation, words: Words,
    told: str, width: int,
) -> Any:  # fmt: skip
    """Draw the status of each agreement."""
    held = [(slug, s) for slug, changes in found.items() for s in stretches(changes, drawn) if s.turn.value is not None]
    records = [bar(words.name(slug), words(s.turn.value), s, words, gap=s.turn.value == "ended") for slug, s in held]
    values = {words(s.turn.value): s.turn.value for _, s in held if s.turn.value != "ended"}
    return lanes(
        records, drawn=drawn, asked=asked, words=words, paint=painted(values), order=order, legend=words("status"),
        width=width, below=told, gap="over",
    )  # fmt: skip


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
    scale = alt.Scale(domain=[words(name) for name in SAID], range=[*SAID.values()])
    drawn = alt.Chart(data(records, _EMPTY)).mark_point(size=38, filled=True, color=GREY, opacity=1, yOffset=-9)
    return drawn.encode(
        shape=alt.Shape("kind:N", scale=scale, legend=None),
        **pointed("kind", "what", "occurred", "entry", "sources"),
    )


def _said(agreement: AgreementState, asked: Situation) -> Iterator[tuple[str, Mention, Span]]:
    """Yield each thing that was said about an agreement: its kind, the mention, and its time if dated."""
    for name in SAID:
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
