"""TimelineJS: stories for the web page that newsrooms use, out and in.

The format dates a slide by year, month and day, each of which may be missing, so `2026-01` stays a month.
What it cannot say (about, perhaps, one of several days) stands as text in `display_date`, and is counted.
It has no place for what is undated, or open on one side.

A slide is somebody's story, not an event of this library: reading one gives a `StoryTold`, and nothing is
guessed from its text. A title, an era and the layout are no events, and are left out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import date, tzinfo
from html import escape
from pathlib import Path
from typing import Any, Unpack

import orjson

from timeline.entry import Draft, Entry
from timeline.errors import InvalidValue
from timeline.events.declare import event
from timeline.exchange import loading, rows
from timeline.exchange.cells import Cells, Column
from timeline.exchange.dates import dated
from timeline.exchange.flat import headline
from timeline.exchange.loading import Found, Loaded
from timeline.exchange.mapping import RowMapping
from timeline.exchange.rows import Problem
from timeline.exchange.sharing import Export, Options, Written, export
from timeline.log import files
from timeline.progress import Progress
from timeline.timeline import Timeline
from timeline.values.instants import zone
from timeline.values.report import Report
from timeline.values.when import When

_ENDS = ("start_date", "end_date")
_PARTS = ("year", "month", "day", "hour", "minute", "second", "millisecond")
_DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>0\d|1[012])(?:-(?P<day>\d\d))?)?", re.ASCII)
_QUALIFIED = re.compile(r"(-XX)*[~?%]*$")
"""What a date says beyond its digits; an unknown day is a date without one."""


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
    """Entries as read within the cuts, one slide each, grouped by their kind (`custody`, `border` …).

    Raises: InvalidValue, InvalidWhen.
    """
    exported = export(line, **options)
    slides = [slide for entry in exported.entries() if (slide := _slide(entry, exported)) is not None]
    found: dict[str, Any] = {"events": slides}
    if title:
        found["title"] = {"text": {"headline": escape(title)}}
    Path(path).write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2))
    return exported.written(len(slides))


def _slide(entry: Entry, exported: Export) -> dict[str, Any] | None:
    placed = exported.placed(entry)
    if placed is None:
        return None
    dates = _dates(str(entry.occurred), placed)
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


def _dates(text: str, placed: tuple[date, date]) -> dict[str, Any]:
    """The dates of a slide; what they cannot say is shown as text instead."""
    dates = [_parts(_QUALIFIED.sub("", end)) for end in text.split("/")]
    if not all(dates):
        dates = [_parts(day) for day in dict.fromkeys(bound.isoformat()[:10] for bound in placed)]
    elif not set("~?%") & set(text):
        return dict(zip(_ENDS, dates, strict=False))
    return {**dict(zip(_ENDS, dates, strict=False)), "display_date": text}


def _parts(text: str) -> dict[str, int] | None:
    """A date as year, month and day, as far as it goes; None for what is no such date."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    return {name: int(number) for name, number in found.groupdict().items() if number is not None}


def _text(entry: Entry) -> str:
    """What the source says, and who says so, as HTML."""
    detail = f"<p>{escape(entry.event.detail)}</p>" if entry.event.detail else ""
    return detail + "".join(f"<p>{_source(report)}</p>" for report in entry.reports)


def _source(report: Report) -> str:
    said = escape(f"{report.source}{f', citing {report.attributed_to}' if report.attributed_to else ''}")
    if report.url and report.url.startswith(("https://", "http://")):
        said = f'<a href="{escape(report.url)}">{said}</a>'
    return f"{said}, {report.published}" if report.published else said


def _told(story: StoryTold) -> dict[str, Any]:
    """A slide that was read comes out as it came in."""
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

    The times of day of a slide bear no zone. `tz` None leaves them in `detail`, as text; with the zone they were
    meant in, they are instants.

    Raises: InvalidValue when it is no such file, or for a zone that is none; CannotRead.
    """
    file, found = files.path_given(path).name, rows.document(path)
    slides = found.get("events") if isinstance(found, dict) else None
    if slides is None and isinstance(found, dict) and isinstance(found.get("timeline"), dict):
        slides = found["timeline"].get("date")
    if not isinstance(slides, list):
        raise InvalidValue(f"{file} holds no slides: expected a list under 'events', or 'date' in 'timeline'.")
    place = None if tz is None else zone(tz)
    stories = (_found(file, number, slide, place) for number, slide in enumerate(slides, 1))
    return loading.load(line, stories, progress=progress)


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
    ends = [_read(slide.get(f"{end}_date") or slide.get(f"{end}Date")) for end in ("start", "end")]
    story = StoryTold(
        headline=text.get("headline") or slide.get("headline") or "",
        text=text.get("text") or "",
        media=media.get("url") or media.get("media") or "",
        credit=media.get("credit") or "",
        caption=media.get("caption") or "",
        group=slide.get("group") or slide.get("tag") or "",
        display_date=slide.get("display_date") or "",
        detail=_between(*(clock for _, clock in ends)) or "" if tz is None else "",
    )
    return Draft(story, occurred=_between(*(_placed(day, clock, tz) for day, clock in ends)))


def _read(told: Any) -> tuple[str, str]:
    """The date of either version in EDTF, and its time of day; each blank where there is none.

    Raises: ValueError.
    """
    if isinstance(told, str) and not re.fullmatch(r"[\d,\s]*", told):
        return str(When.parse(told)), ""
    parts = re.split(r"[,\s]+", told.strip()) if isinstance(told, str) else [(told or {}).get(n) for n in _PARTS]
    given = ["" if part is None else str(part).strip() for part in parts]
    year, month, day, *clock = [*given, *[""] * len(_PARTS)][: len(_PARTS)]
    return _edtf(year, month, day), _clock(*clock)


def _edtf(year: str, month: str, day: str) -> str:
    if not year and not month and not day:
        return ""
    if not re.fullmatch(r"\d{1,4}", year, re.ASCII):
        found = "lies outside the years 0001 to 9999" if re.fullmatch(r"-?\d+", year) else "is not a year"
        raise ValueError(f"{year!r} {found}")
    if day and not month:
        raise ValueError(f"the day {day!r} has no month")
    return "-".join([year.zfill(4), *(part.zfill(2) for part in (month, day) if part)])


def _clock(hour: str, minute: str, second: str, millisecond: str) -> str:
    """A time of day; blank where there is none."""
    if not any((hour, minute, second, millisecond)):
        return ""
    parts = [part.zfill(2) for part in (hour, minute or "0", second) if part]
    if not hour or not all(map(str.isdecimal, parts)):
        raise ValueError(f"{':'.join(filter(None, (hour, minute, second)))!r} is not a time of day")
    return ":".join(parts) + (f".{millisecond.zfill(3)}" if second and millisecond.strip("0") else "")


def _placed(day: str, clock: str, tz: tzinfo | None) -> str:
    """The instant of a time of day in a zone; else the day.

    Raises: ValueError.
    """
    if not clock or tz is None:
        return day
    written = "%Y-%m-%d %H:%M" + (":%S" if clock.count(":") > 1 else "") + (".%f" if "." in clock else "")
    return str(dated(written, tz=tz)(f"{day} {clock}"))


def _between(start: str, end: str) -> str | None:
    return (f"{start}/{end}" if end and end != start else start) or None


class _RowTime:
    """The time of a row of the spreadsheet template."""

    columns = tuple(f"{end}{unit}" for end in ("", "End ") for unit in ("Year", "Month", "Day"))

    def __call__(self, cells: Cells) -> str | None:
        days = [cells[name] for name in self.columns]
        return _between(_edtf(*days[:3]), _edtf(*days[3:]))


class _RowClock:
    """The times of day of a row, which bear no zone, as they stand."""

    columns = ("Time", "End Time")

    def __call__(self, cells: Cells) -> str | None:
        return _between(*(cells[name] for name in self.columns))


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
