"""TimelineJS: stories for the web page that newsrooms use, out and in.

The format dates a slide by year, month and day, each of which may be missing, so `2026-01` stays a month.
What it cannot say (about, perhaps, one of several days) stands as text in `display_date`, and is counted.
It has no place for what is undated, or open on one side.

A slide is somebody's story, not an event of this library: reading one gives a `StoryTold`, and nothing is
guessed from its text. A title and an era are no events: they are skipped, and counted. The layout is left out.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import tzinfo
from html import escape
from itertools import chain
from typing import Any, Unpack

import orjson

from timeline.entry import Draft, Entry
from timeline.errors import InvalidValue
from timeline.events.declare import event
from timeline.exchange import loading, rows
from timeline.exchange.cells import Cells, Column
from timeline.exchange.flat import headline
from timeline.exchange.found import Found
from timeline.exchange.loading import Loaded
from timeline.exchange.mapping import RowMapping
from timeline.exchange.rows import Problem
from timeline.exchange.sharing import Export, Options, Written, export
from timeline.exchange.slidedates import date_and_clock, day_of, interval, slide_dates, with_clock
from timeline.log import files
from timeline.log.replacing import replacing
from timeline.progress import Progress
from timeline.timeline import Timeline
from timeline.values.instants import zone
from timeline.values.report import Report


@event("media.story_told")
class StoryTold:
    """A slide of somebody's timeline: `text`, `credit` and `caption` as they stand, markup and all.

    It happened that somebody told it; what it tells has happened only if you record it.
    """

    headline: str = ""
    text: str = ""
    media: str = ""
    credit: str = ""
    caption: str = ""
    group: str = ""
    display_date: str = ""
    detail: str = ""
    about: tuple[str, ...] = ()


# -- out ---------------------------------------------------------------------------------------------


def write(line: Timeline, path: str | os.PathLike[str], *, title: str = "", **options: Unpack[Options]) -> Written:
    """Write entries as read within the cuts, one slide each, grouped by kind (`custody`, `border` …).

    Raises: InvalidValue, InvalidWhen.
    """
    if not isinstance(title, str):
        raise InvalidValue(f"title is {title!r}: expected text.", value=title)
    exported = export(line, **options)
    slides = [slide for entry in exported.entries() if (slide := _slide(entry, exported)) is not None]
    found: dict[str, Any] = {"events": slides}
    if title:
        found["title"] = {"text": {"headline": escape(title)}}
    with replacing(path) as draft:
        draft.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2))
    return exported.written(len(slides))


def _slide(entry: Entry, exported: Export) -> dict[str, Any] | None:
    placed = exported.placed(entry)
    if placed is None:
        return None
    dates = slide_dates(str(entry.occurred), placed)
    if "display_date" in dates:
        exported.reduced["with their time as text"] += 1
    slide = {
        **dates,
        "unique_id": f"entry-{entry.id}",
        "group": entry.type.partition(".")[0],
        "text": {"headline": escape(headline(entry)), "text": _text(entry)},
    }
    if isinstance(entry.event, StoryTold):
        slide |= _told(entry.event)
    return slide


def _text(entry: Entry) -> str:
    """Write the source's words and the reports as HTML."""
    detail = f"<p>{escape(entry.event.detail)}</p>" if entry.event.detail else ""
    return detail + "".join(f"<p>{_source(report)}</p>" for report in entry.reports)


def _source(report: Report) -> str:
    said = escape(f"{report.source}{f', citing {report.attributed_to}' if report.attributed_to else ''}")
    if report.url and report.url.startswith(("https://", "http://")):
        said = f'<a href="{escape(report.url)}">{said}</a>'
    return f"{said}, {report.published}" if report.published else said


def _told(story: StoryTold) -> dict[str, Any]:
    """Return the text of a slide that was read from TimelineJS, as it came in."""
    media = {"url": story.media, "credit": story.credit, "caption": story.caption}
    beside = {"group": story.group, "display_date": story.display_date, "media": media if story.media else ""}
    return {
        "text": {"headline": story.headline, "text": story.text},
        **{name: value for name, value in beside.items() if value},
    }


# -- in ----------------------------------------------------------------------------------------------


def load(
    line: Timeline,
    path: str | os.PathLike[str],
    *,
    tz: str | tzinfo | None = None,
    progress: Progress | None = None,
) -> Loaded:
    """Record the slides of a file of version 3, or of version 2 (`timeline.date`), each as a `StoryTold`.

    The title and the eras are skipped, and counted so.

    The times of day of a slide bear no zone. `tz` None leaves them in `detail`, as text; with the zone they were
    meant in, they are instants.

    Raises: InvalidValue when it is no such file, or for a zone that is none; CannotRead.
    """
    file, found = files.path_given(path).name, rows.document(path, "an object with slides")
    slides = found.get("events") if isinstance(found, dict) else None
    if slides is None and isinstance(found, dict) and isinstance(found.get("timeline"), dict):
        slides = found["timeline"].get("date")
    if not isinstance(slides, list):
        raise InvalidValue(f"{file} holds no slides: expected a list under 'events', or 'date' in 'timeline'.")
    place = None if tz is None else zone(tz)
    stories = (_found(file, number, slide, place) for number, slide in enumerate(slides, 1))
    return loading.load(line, chain(stories, _beside(found)), progress=progress)


def _beside(found: Mapping[str, Any]) -> list[None]:
    """Return None for the title and for each era of a file, which are no events."""
    inner = found.get("timeline")
    eras = found.get("eras") or (inner.get("era") if isinstance(inner, dict) else None)
    return [None] * (bool(found.get("title")) + (len(eras) if isinstance(eras, list) else 0))


def _found(file: str, number: int, slide: Any, tz: tzinfo | None) -> Found | Problem:
    if isinstance(slide, dict) and not (
        {"start_date", "startDate"} & slide.keys() or isinstance(slide.get("text"), dict)
    ):
        has = ", ".join(map(str, slide)) or "nothing"
        return Problem(file, number, None, f"is not a slide: expected a start_date. It has {has}.")
    try:
        return Found(file, number, _story(slide, tz))
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        return Problem(file, number, None, f"cannot be read: {error}")


def _story(slide: Mapping[str, Any], tz: tzinfo | None) -> Draft:
    text, media = slide.get("text") or {}, slide.get("media") or slide.get("asset") or {}
    if isinstance(text, str):
        text = {"headline": slide.get("headline"), "text": text}
    ends = [date_and_clock(slide.get(f"{end}_date") or slide.get(f"{end}Date")) for end in ("start", "end")]
    story = StoryTold(
        headline=text.get("headline") or slide.get("headline") or "",
        text=text.get("text") or "",
        media=media.get("url") or media.get("media") or "",
        credit=media.get("credit") or "",
        caption=media.get("caption") or "",
        group=slide.get("group") or slide.get("tag") or "",
        display_date=slide.get("display_date") or "",
        detail=interval(*(clock for _, clock in ends)) or "" if tz is None else "",
    )
    return Draft(story, occurred=interval(*(with_clock(day, clock, tz) for day, clock in ends)))


class _RowTime:
    """The time of a row of the spreadsheet template."""

    columns = tuple(f"{end}{unit}" for end in ("", "End ") for unit in ("Year", "Month", "Day"))

    def __call__(self, cells: Cells) -> str | None:
        days = [cells[name] for name in self.columns]
        return interval(day_of(*days[:3]), day_of(*days[3:]))


class _RowClock:
    """The times of day of a row, which bear no zone, as they stand."""

    columns = ("Time", "End Time")

    def __call__(self, cells: Cells) -> str | None:
        return interval(*(cells[name] for name in self.columns))


CSV = RowMapping(
    StoryTold,
    {
        "headline": Column("Headline"),
        "text": Column("Text"),
        "media": Column("Media"),
        "credit": Column("Media Credit"),
        "caption": Column("Media Caption"),
        "group": Column("Group"),
        "display_date": Column("Display Date"),
        "detail": _RowClock(),
    },
    occurred=_RowTime(),
    only={"Type": {"not": ["title", "era"]}},
)
"""For the rows of its spreadsheet template: `table.load(line, "story.csv", timelinejs.CSV)`."""
