"""iCalendar: what bears a date, for any calendar program.

An instant is an event at that moment, a day an all-day event. A fuzzy time is a tentative all-day event over all days
it may mean, with the EDTF text in `X-EDTF`. A calendar has no place for undated entries and those open on one side:
they are left out and counted. So is what was feared or denied.

Source: RFC 5545.
"""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta, timezone
from typing import Any, Unpack

from timeline.entry import Entry
from timeline.exchange.flat import headline
from timeline.exchange.given import text_given
from timeline.exchange.sharing import Export, Options, Written, export
from timeline.extras import needs
from timeline.log.replacing import replacing
from timeline.timeline import Timeline
from timeline.values.instants import FIRST, LAST, microseconds
from timeline.values.report import Modality
from timeline.values.visible import visible

with needs("ical"):
    from icalendar import Calendar, Event, vText


def write(
    line: Timeline, path: str | os.PathLike[str], *, domain: str = "incident-timeline", **options: Unpack[Options]
) -> Written:
    """Write entries as read within the cuts; `domain` makes their ids unique in the world: `id@domain`.

    Raises: MissingExtra, InvalidValue, InvalidWhen.
    """
    text_given(domain, "domain", "example.org")
    exported = export(line, **options)
    calendar = Calendar()
    calendar.add("prodid", "-//incident-timeline//EN")
    calendar.add("version", "2.0")
    for entry in exported.entries():
        event = _event(entry, domain, exported)
        if event is not None:
            calendar.add_component(event)
    with replacing(path) as draft:
        draft.write_bytes(calendar.to_ical())
    return exported.written(len(calendar.subcomponents))


def _event(entry: Entry, domain: str, exported: Export) -> Any:
    placed = exported.placed(entry)
    if placed is None:
        return None
    when = entry.occurred
    assert when is not None
    fuzzy = when.approximate or when.uncertain or placed[0] != placed[1]
    if fuzzy:
        exported.reduced["with a fuzzy time as all the days it may have been"] += 1
    event = Event()
    event.add("uid", visible(f"{entry.id}@{domain}"))
    event.add("dtstamp", entry.recorded_at)
    event.add("summary", visible(f"{headline(entry)} ({when})" if fuzzy else headline(entry)))
    for name, bound in _bounds(*placed).items():
        event.add(name, bound)
    event.add("status", "CONFIRMED" if entry.modality is Modality.ACTUAL and not fuzzy else "TENTATIVE")
    event.add("transp", "TRANSPARENT")
    event.add("categories", [entry.type])
    event.add("description", visible("\n".join(filter(None, [entry.event.detail, *map(str, entry.reports)]))))
    event.add("x-edtf", vText(when.text))
    url = next((report.url for report in entry.reports if report.url and report.url.isprintable()), None)
    if url:
        event.add("url", url)
    return event


def _bounds(first: date, last: date) -> dict[str, date | timedelta]:
    """Return an instant in UTC, or whole days: their end is the day after, or a duration where no day comes after."""
    if isinstance(first, datetime) and first == last and FIRST <= microseconds(first) <= LAST:
        return {"dtstart": first.astimezone(timezone.utc)}
    start, end, day = _day(first), _day(last), timedelta(days=1)
    return (
        {"dtstart": start, "duration": end - start + day} if end == date.max else {"dtstart": start, "dtend": end + day}
    )


def _day(bound: date) -> date:
    return date(bound.year, bound.month, bound.day)
