"""JSON lines: one entry a line, as the library itself writes it.

A line holds what an entry says (`event`, `occurred`, `reports` … as they are stored) and its `id`. A line from a log
also says where it stood there, which is ignored when it is read. A line written by hand may omit the id and the version
of its event. The lines of `Timeline.dump` are read as well.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from timeline.answers.sharing import allowed_markings, markings
from timeline.entry import Draft, Entry
from timeline.errors import InvalidEvent, InvalidValue, TimelineError
from timeline.events.declare import Redacted
from timeline.exchange import loading, rows, texts
from timeline.exchange.found import Found, Unknown, identified
from timeline.exchange.given import entry_given, timeline_given
from timeline.exchange.loading import Loaded
from timeline.exchange.rows import Object, Problem
from timeline.exchange.sharing import Written
from timeline.log import codec, files, jsonl
from timeline.log.conformity import Schema, first_fault
from timeline.log.schema import schema
from timeline.progress import Progress
from timeline.timeline import Timeline
from timeline.values.instants import stamp

_SAID = ("event", "occurred", "reports", "modality", "after", "part_of", "fulfils", "recorder")
_STANDS = ("position", "recorded_at", "tags", "salt", "leaf")


def said(entry: Entry) -> dict[str, Any]:
    """Return an entry as one JSON object: its place on the log, and what it says.

    Raises: InvalidValue.

    >>> from timeline.events import border
    >>> entry = Timeline().record(border.CrossingOpened(crossing="al-qaim"), occurred="2025-06", id="e1")
    >>> found = said(entry)
    >>> found["position"], found["id"], found["occurred"], found["event"]["data"]
    (1, 'e1', '2025-06', {'crossing': 'al-qaim'})
    """
    entry_given(entry)
    stands = {"position": entry.position, "id": entry.id, "recorded_at": stamp(entry.recorded_micros)}
    if isinstance(entry.event, Redacted):
        return {**stands, "redacted": True}
    return {**stands, "tags": list(entry.tags), **orjson.loads(codec.encode(entry))}


def read(lines: Iterable[bytes], file: str, *, strict: bool = False) -> Iterator[Found | Problem | None]:
    """Yield what each line says, or its problem; None for an entry that was redacted.

    An id that is left out is derived from what the line says, so that reading it twice changes nothing. With `strict`,
    a line that does not conform to `timeline.schema()` is a problem, which names its first fault.
    """
    rules = schema() if strict else None
    return identified(_found(item, rules) for item in rows.json_lines(lines, file))


def load(
    line: Timeline, path: str | os.PathLike[str], *, unknown: Unknown = "refuse", progress: Progress | None = None
) -> Loaded:
    """Record the good lines of a file; each bad line is a problem. Doing so again changes nothing.

    A type of event that this program does not know is a problem of its line, unless `unknown="keep"`.

    Raises: InvalidValue when it is not text, CannotRead.
    """
    found = read(jsonl.lines_of(path), files.path_given(path).name)
    return loading.load(line, found, unknown=unknown, progress=progress)


def write(
    line: Timeline, path: str | os.PathLike[str], *, allow: Iterable[str] = (), progress: Progress | None = None
) -> Written:
    """Write every entry, digests and salts too, as `Timeline.dump` does.

    Such a copy leaves nothing out. Raises: InvalidValue when something is marked that `allow` does not name.
    """
    marked = {mark for entry in timeline_given(line).entries() for mark in markings(entry.tags)} - allowed_markings(
        allow
    )
    if marked:
        raise InvalidValue(
            f"some entries are marked {', '.join(sorted(marked))}, and JSON lines leave nothing out: allow these "
            "markings, or choose another format. For a backup, copy the log.",
            value=sorted(marked),
        )
    return Written(line.dump(path, progress=progress).position)


def _found(item: Object | Problem, rules: Schema | None) -> Found | Problem | None:
    if isinstance(item, Problem):
        return item
    if item.found.get("redacted"):
        return None
    try:
        return Found(item.file, item.line, _draft(item.found if rules is None else _conforming(item.found, rules)))
    except TimelineError as error:
        return Problem(item.file, item.line, None, str(error))


def _conforming(found: Mapping[str, Any], rules: Schema) -> Mapping[str, Any]:
    """Return a line that conforms to the schema, its event completed.

    Raises: InvalidEvent.
    """
    event = found.get("event")
    whole = {**found, "event": _current(event)} if isinstance(event, dict) else found
    wrong = first_fault(whole, rules, "line" if "content" in found else "draft")
    if wrong is not None:
        raise InvalidEvent(wrong, value=found)
    return whole


def _draft(found: Mapping[str, Any]) -> Draft:
    known = {"id", *_STANDS, *(("content",) if "content" in found else _SAID)}
    content = found.get("content", {name: found[name] for name in _SAID if name in found})
    unknown = sorted(found.keys() - known)
    if unknown or not isinstance(content, dict) or not isinstance(content.get("event"), dict):
        wrong = f"has {', '.join(unknown)}" if unknown else "has no event"
        raise InvalidEvent(f"{wrong}: expected an entry with {', '.join(_SAID)} and id.", value=unknown)
    content = {**content, "event": _current(content["event"])}
    id, tags = found.get("id"), rows.tags_given(found.get("tags", []))
    return codec.legible(codec.draft_of(orjson.dumps(content), id=id, tags=tags))


def _current(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Complete an event written by hand: resolve its name, and add the version that this program knows."""
    name, data = event.get("type"), event.get("data", {})
    if not isinstance(name, str) or not isinstance(data, dict):
        raise InvalidEvent(f"event is {event!r}: expected its type, a text, and its data, an object.", value=event)
    if "version" in event:
        return {"data": data, **event}
    kind = texts.named(name)
    hints = texts.fields(kind)
    for unfit in sorted(data.keys() - hints.keys()):
        raise texts.unfit(kind, unfit, hints)
    texts.complete(kind, data)
    return {**event, "type": kind.name, "version": kind.version, "data": data}
