"""An entry as one flat row: what CSV files and data frames of entries hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import attrs

from timeline.entry import Entry, describe
from timeline.events.declare import UnknownEvent, event_type
from timeline.events.naming import tags_of
from timeline.exchange.sharing import Export
from timeline.history.reading import Reading
from timeline.log.eventdata import encode_event
from timeline.values.instants import FIRST, FUTURE, LAST, PAST
from timeline.values.quantity import Quantity
from timeline.values.report import Modality, Report

Row = dict[str, Any]
ENTITIES = ("facility", "origin", "destination", "authority", "cohort", "operation", "agreement")
"""The fields that have a column of their own; every entity is among the tags."""
COLUMNS = (
    "position", "id", "type", "modality", "occurred", "earliest", "latest", "approximate", "uncertain", "happened_by",
    "always", "first_published", "recorded_at", "disputed", *ENTITIES, "low", "best", "high", "unit", "quantity_text",
    "summary", "detail", "sources", "tags", "after", "part_of", "fulfils", "recorder", "reports", "event",
)  # fmt: skip
INSTANTS = ("earliest", "latest", "happened_by", "first_published", "recorded_at")


def entry_rows(exported: Export) -> Iterator[Row]:
    """Yield one row for each entry that leaves. Instants are microseconds since 1970 UTC; ends are exclusive.

    `earliest` and `latest` None: open, or undated. `happened_by` is the moment by which it has
    definitely happened, as the fold has it: it counts at every later one. Where it is None, it counts
    `always` (a registration that bears no date) or by no date at all. A PLANNED, HYPOTHETICAL or
    DENIED entry counts from its announcement on.
    """
    for reading in exported.readings:
        entry = exported.entry(reading)
        if entry.part_of not in (None, reading.entry.part_of):
            exported.reduced["parts of a rival or a repeat, as parts of its entry"] += 1
        yield _row(entry, reading, exported)


def _row(entry: Entry, reading: Reading, exported: Export) -> Row:
    event, tz = entry.event, exported.situation.tz
    span = entry.occurred.span(tz) if entry.occurred else None
    quantity = quantity_of(event)
    published = [report.published.span(tz).end for report in entry.reports if report.published]
    return {
        "position": entry.position,
        "id": entry.id,
        "type": entry.type,
        "modality": entry.modality.value,
        "occurred": entry.occurred and entry.occurred.text,
        "earliest": span and bound(span.start),
        "latest": span and bound(span.end),
        "approximate": entry.occurred.approximate if entry.occurred else None,
        "uncertain": entry.occurred.uncertain if entry.occurred else None,
        "happened_by": bound(reading.end),
        "always": reading.end == PAST,
        "first_published": bound(min(published, default=FUTURE)),
        "recorded_at": entry.recorded_micros,
        "disputed": reading.disputed,
        **{name: _entity(event, name) for name in ENTITIES},
        **numbers(quantity),
        "unit": quantity and quantity.unit,
        "quantity_text": quantity and (quantity.text or None),
        "summary": describe(event),
        "detail": event.detail,
        "sources": [report.source for report in entry.reports],
        "tags": list(tags_of(event)),
        "after": list(entry.after),
        "part_of": entry.part_of,
        "fulfils": entry.fulfils,
        "recorder": entry.recorder,
        "reports": [report_row(report) for report in entry.reports],
        "event": encode_event(event),
    }


def headline(entry: Entry) -> str:
    """Write an entry in one line for readers: its event, its fields, and its modality unless it happened.

    >>> from timeline import Timeline
    >>> from timeline.events import border
    >>> headline(Timeline().record(border.CrossingOpened(crossing="al-qaim-bukamal-crossing")))
    'Crossing opened: crossing al-qaim-bukamal-crossing'
    """
    name, _, said = describe(entry.event).partition(" ")
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()
    line = f"{words}: {said.replace('=', ' ')}" if "=" in said else words
    return line if entry.modality is Modality.ACTUAL else f"{entry.modality.value.capitalize()}: {line}"


def quantity_of(event: Any) -> Quantity | None:
    """Return the quantity of an event, if it has one."""
    name = None if isinstance(event, UnknownEvent) else event_type(event).quantity
    found = getattr(event, name) if name else None
    return found if isinstance(found, Quantity) else None


def numbers(quantity: Quantity | None) -> Row:
    """Return the bounds of a quantity; None where the source fixes none, and without a quantity."""
    return {name: getattr(quantity, name, None) for name in ("low", "best", "high")}


def bound(moment: int) -> int | None:
    """Return a moment within the calendar; None where it is open, or later than calendars count."""
    return max(moment, FIRST) if PAST < moment <= LAST else None


def report_row(report: Report) -> Row:
    """Return a report field by field, its dates in EDTF."""
    dates = {name: when and when.text for name in ("published", "retrieved") for when in (getattr(report, name),)}
    return {**attrs.asdict(report, recurse=False), **dates}


def _entity(event: Any, name: str) -> str | None:
    found = getattr(event, name, None)
    return found if isinstance(found, str) else None
