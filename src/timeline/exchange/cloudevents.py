"""CloudEvents 1.0: the entries of a log as they are, editorial ones included, for brokers and webhooks.

`data` is what an entry says, all of it, so that reading it gives the same entry under the same id. What
only a log can say is left out: digests and salts. `time` is given where the event has an exact instant;
a fuzzy `occurred` stands in EDTF, as an extension attribute.

Source: CloudEvents 1.0.2, its JSON format and JSON batch format (CNCF).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import orjson

from timeline.entry import Draft, Entry
from timeline.errors import TimelineError
from timeline.events.declare import UnknownEvent
from timeline.exchange import loading, rows
from timeline.exchange.found import Found, Unknown
from timeline.exchange.given import entry_given, text_given, timeline_given
from timeline.exchange.loading import Loaded
from timeline.exchange.rows import Object, Problem
from timeline.exchange.sharing import Written, unmarked
from timeline.log import codec
from timeline.log.files import path_given
from timeline.log.replacing import replacing
from timeline.progress import Progress
from timeline.timeline import Timeline
from timeline.values.instants import stamp
from timeline.values.when import When


def write(line: Timeline, path: str | os.PathLike[str], *, source: str, allow: Iterable[str] = ()) -> Written:
    """Write every entry as one event: an array, or one a line where the path ends in `.jsonl`.

    `source` is the URI of this timeline: with an id it names an event for ever.

    Raises: InvalidValue.
    """
    text_given(source, "source", "https://example.org/timeline")
    entries, written = unmarked(timeline_given(line).entries(), allow)
    lines = (orjson.dumps(cloud_event(entry, source)) for entry in entries)
    file = path_given(path)
    if file.suffix.lower() in (".jsonl", ".ndjson"):
        text = b"".join(line + b"\n" for line in lines)
    else:
        text = b"[" + b",\n".join(lines) + b"]\n"
    with replacing(file) as draft:
        draft.write_bytes(text)
    return written


def load(
    line: Timeline, path: str | os.PathLike[str], *, unknown: Unknown = "refuse", progress: Progress | None = None
) -> Loaded:
    """Record what `write` wrote; what is there already changes nothing.

    A type of event that this program does not know is a problem, unless `unknown="keep"`.

    Raises: InvalidValue when the file is no JSON, CannotRead.
    """
    return loading.load(line, map(_found, rows.objects(path)), unknown=unknown, progress=progress)


def cloud_event(entry: Entry, source: str) -> dict[str, Any]:
    """Return an entry as the attributes and data of a CloudEvent.

    Raises: InvalidValue.

    >>> from timeline.events import border
    >>> entry = Timeline().record(border.CrossingOpened(crossing="al-qaim"), occurred="2025-06", id="e1")
    >>> found = cloud_event(entry, "https://example.org/timeline")
    >>> found["type"], found["subject"], found["occurred"], "time" in found
    ('border.crossing_opened', 'facility:al-qaim', '2025-06', False)
    """
    entry_given(entry)
    attributes = {
        "specversion": "1.0",
        "id": entry.id,
        "source": source,
        "type": entry.type,
        "subject": entry.tags[0] if entry.tags else None,
        "time": _exact(entry.occurred),
        "datacontenttype": "application/json",
        "occurred": entry.occurred and entry.occurred.text,
        "recordedat": stamp(entry.recorded_micros),
        "data": _data(entry),
    }
    return {name: value for name, value in attributes.items() if value is not None}


def _exact(occurred: When | None) -> str | None:
    """Return the instant of an event, if the source gives one."""
    if occurred is None or not isinstance(occurred.earliest, datetime) or occurred.earliest != occurred.latest:
        return None
    return occurred.text


def _data(entry: Entry) -> Any:
    said = orjson.loads(codec.encode(entry))
    return {**said, "tags": entry.tags} if isinstance(entry.event, UnknownEvent) else said


def _draft(data: Mapping[str, Any], id: str) -> Draft:
    content = {name: value for name, value in data.items() if name != "tags"}
    return codec.legible(codec.draft_of(orjson.dumps(content), id=id, tags=rows.tags_given(data.get("tags", []))))


def _found(item: Object | Problem) -> Found | Problem:
    if isinstance(item, Problem):
        return item
    event = item.found
    data, id = event.get("data"), event.get("id")
    if event.get("specversion") != "1.0" or not isinstance(data, dict) or not isinstance(id, str):
        return Problem(item.file, item.line, None, "is not a CloudEvent 1.0 with an id and JSON data.")
    if not isinstance(data.get("event"), dict):
        reason = "does not hold what cloudevents.write puts there. Read other events with table.load and a mapping."
        return Problem(item.file, item.line, "data", reason)
    try:
        return Found(item.file, item.line, _draft(data, id))
    except TimelineError as error:
        return Problem(item.file, item.line, "data", str(error))
