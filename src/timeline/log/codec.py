"""Canonical bytes: what an entry says, as JSON that is the same wherever it is written.

    content  {"event": {"type", "version", "data"}, "occurred", "reports", "modality",
              "after", "part_of", "fulfils", "recorder"}    everything at its default is left out
    leaf     SHA-256(salt ‖ content ‖ id ‖ recorded_at)
    digest   SHA-256(previous digest ‖ leaf)

Keys are sorted and numbers written as RFC 8785 has it; NaN and whole numbers beyond 2⁵³, which JSON
readers lose, are refused. Events are found by stored name. One that this program cannot read becomes an
`UnknownEvent`; fields and modalities that it does not know are kept beside what it does. All of it is written
back byte for byte.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from hashlib import sha256
from math import isfinite
from typing import Any, NamedTuple

import attrs
import orjson

from timeline.entry import Draft, Entry, recorder_given
from timeline.errors import InvalidDraft, InvalidEvent
from timeline.events.declare import UnknownEvent, event_type, events_within, fields_with_events, registered
from timeline.events.fields import unknown_fields
from timeline.events.naming import type_name
from timeline.log.eventdata import (
    READERS,
    decode_event,
    encode_report,
    is_known,
    write_event,
)
from timeline.log.hints import leaves
from timeline.values.containers import NOTHING, FrozenMapping, Memo, named_tuple
from timeline.values.instants import stamp
from timeline.values.quantity import Quantity
from timeline.values.report import Modality, Report
from timeline.values.when import When, when_or_none

Json = Any
_SAFE = 1 << 53
LONGEST = 1_000_000
"""The longest content of an entry, in bytes: what every log can carry."""
DEEPEST = 64
"""How deep lists and mappings may be nested."""


def encode(draft: Draft | Entry) -> bytes:
    """Return the canonical content of a draft or an entry: all but its id.

    Raises: InvalidEvent for values JSON cannot hold faithfully, and for what is too long or nested too deep.

    >>> from timeline.events import border
    >>> encode(Draft(border.CrossingOpened(crossing="al-qaim-bukamal-crossing"), occurred="2025-06"))
    b'{"event":{"data":{"crossing":"al-qaim-bukamal-crossing"},"type":"border.crossing_opened","version":1},"occurred":"2025-06"}'
    """
    event = draft.event
    content: dict[str, Json] = {}
    if draft.after:
        content["after"] = draft.after
    content["event"] = write_event(event)
    if draft.fulfils is not None:
        content["fulfils"] = draft.fulfils
    if draft.modality is not _ACTUAL:
        content["modality"] = draft.modality.value
    if draft.occurred is not None:
        content["occurred"] = draft.occurred.text
    if draft.part_of is not None:
        content["part_of"] = draft.part_of
    if draft.recorder is not None:
        content["recorder"] = draft.recorder
    if draft.reports:
        content["reports"] = [encode_report(report) for report in draft.reports]
    if draft.unknown is not NOTHING and draft.unknown:
        return fitting(canonical(content | dict(draft.unknown)))
    return fitting(_written(content, event.__class__))


def fitting(content: bytes) -> bytes:
    """Return a content, if it is not too long.

    Raises: InvalidEvent.
    """
    if len(content) > LONGEST:
        raise InvalidEvent(
            f"an entry says {len(content):,} bytes: expected at most {LONGEST:,}. Keep documents elsewhere, and their "
            "address in a report."
        )
    return content


class Said(NamedTuple):
    """A content decoded: the fields of an entry that its reporter gave."""

    event: Any
    occurred: When | None
    reports: tuple[Report, ...]
    modality: Modality
    after: tuple[str, ...]
    part_of: str | None
    fulfils: str | None
    recorder: str | None
    unknown: Mapping[str, Json]
    """Stored fields that this program does not know or cannot read, by name."""


def decode(content: bytes, id: str | None = None, tags: tuple[str, ...] = ()) -> Said:
    """Read a canonical content; `tags` are kept for an event that cannot be read.

    A field that cannot be read is kept in `unknown`; the event is an `UnknownEvent` then, which changes nothing.

    Raises: InvalidEvent for bytes that are not a content at all.
    """
    return named_tuple(Said, decoded(content, id, tags))


def decoded(content: bytes, id: str | None = None, tags: tuple[str, ...] = ()) -> tuple[Any, ...]:
    """Read a canonical content as `decode` does; return its fields as a plain tuple, which is made faster."""
    try:
        stored = orjson.loads(content)
        if "recorder" in stored:
            tags = tuple(tag for tag in tags if tag != f"recorder:{stored['recorder']}")
        event = decode_event(stored["event"], tags)
    except Exception as error:
        raise InvalidEvent(
            f"the stored content of entry {id!r} is not an entry: {error!r}. Verify the log, and restore it from a "
            "copy you trust.",
            id=id,
        ) from error
    try:
        return _said(event, stored)
    except Exception:  # noqa: BLE001  # each field is tried by itself, to keep the ones that can be read
        return _said_in_part(event, stored, tags)


_FIELDS = frozenset(Said._fields) - {"unknown"}
_ACTUAL = Modality.ACTUAL  # an enumeration takes long to look a member up
_WHENS = Memo(When.of)


def _said(event: Any, stored: Mapping[str, Json]) -> tuple[Any, ...]:
    occurred, read = stored.get("occurred"), READERS[Report]
    when = _WHENS[occurred] if occurred.__class__ is str else when_or_none(occurred)
    told = stored.get("reports", ())
    if told.__class__ is list and len(told) == 1:  # one call less than for several
        reports: tuple[Report, ...] = (read(told[0]),)
    else:
        reports = tuple([read(report) for report in told])
    if len(stored) == 3 and "occurred" in stored and "reports" in stored:  # with the event: all there is, as a rule
        return event, when, reports, _ACTUAL, (), None, None, None, NOTHING
    return event, when, reports, *_said_rarely(stored)


def _said_rarely(stored: Mapping[str, Json]) -> tuple[Any, ...]:
    unknown = {name: value for name, value in stored.items() if name not in _FIELDS}
    return (
        Modality.stored(stored["modality"]) if "modality" in stored else _ACTUAL,
        tuple(stored.get("after", ())),
        stored.get("part_of"),
        stored.get("fulfils"),
        recorder_given(stored.get("recorder")),
        FrozenMapping(unknown) if unknown else NOTHING,
    )


def _said_in_part(event: Any, stored: Mapping[str, Json], tags: tuple[str, ...]) -> tuple[Any, ...]:
    """Read the legible fields of a content, keep the others, and treat its event as unknown."""
    reasons = {name: reason for name in stored if name != "event" if (reason := _unreadable(name, stored[name]))}
    readable = {name: value for name, value in stored.items() if name not in reasons}
    event = stored["event"]
    unread = UnknownEvent(event["type"], event["version"], event["data"], tags, "; ".join(reasons.values()))
    kept = FrozenMapping({name: stored[name] for name in stored if name in reasons or name not in _FIELDS})
    return (*_said(unread, readable)[:-1], kept)


def _unreadable(name: str, value: Json) -> str:
    """Explain why one field of a content cannot be read; return an empty text if it can."""
    try:
        _said(None, {name: value})
    except Exception as error:  # noqa: BLE001  # a newer program may store anything
        return f"its {name} cannot be read: {error}"
    return ""


def draft_of(content: bytes, *, id: str | None = None, tags: tuple[str, ...] = ()) -> Draft:
    """Return the draft that a canonical content was made of.

    Raises: InvalidEvent, as `decode` does.
    """
    said = decode(content, id=id, tags=tags)
    return Draft(
        said.event, occurred=said.occurred, reports=said.reports, modality=said.modality, after=said.after,
        part_of=said.part_of, fulfils=said.fulfils, recorder=said.recorder, id=id, unknown=said.unknown,
    )  # fmt: skip


def legible(draft: Draft) -> Draft:
    """Return the draft, if the data of each event fits what this program knows of its type and version.

    Raises: InvalidEvent.
    """
    for event in events_within(draft.event):
        if isinstance(event, UnknownEvent) and (type(event.type), type(event.version)) != (str, int):
            raise InvalidEvent(
                f"type is {event.type!r} and version {event.version!r}: expected a text and a whole number.",
                type=event.type,
                version=event.version,
            )
        unread = isinstance(event, UnknownEvent) and event.reason
        if unread and (is_known(event.type, event.version) or draft.unknown.keys() & _FIELDS):
            raise InvalidEvent(event.reason, type=event.type, version=event.version)
    return draft


def wholly_read(draft: Draft) -> Draft:
    """Return the draft, if this program could read all of it but types and versions that it does not know.

    Raises: InvalidEvent for data that does not fit, and for unknown fields and modalities.
    """
    events = list(events_within(legible(draft).event))
    extra = {*draft.unknown, *(name for part in (*events, *draft.reports) for name in unknown_fields(part))}
    meant = {draft.modality, getattr(draft.event, "modality", None) or draft.modality}
    found = [f"the field {name!r}" for name in sorted(extra)]
    found += [f"the modality {modality.value!r}" for modality in meant if not modality.known]
    if found:
        raise InvalidEvent(
            f"{type_name(draft.event)} has {', '.join(found)}, unknown to this program: expected what it knows. "
            "Check the spelling, or upgrade incident-timeline.",
            value=found,
        )
    return draft


def same_content(a: bytes, b: bytes) -> bool:
    """Tell whether two contents say the same, whoever recorded them, across schema versions too."""
    return a == b or encode(draft_of(a).content) == encode(draft_of(b).content)


def derived_id(draft: Draft, nth: int = 1) -> str:
    """Derive an id from the content of a draft, so that importing the draft twice changes nothing.

    Its recorder and the copies of its reports do not count. The `nth` row of a file with the same content gets
    another id. Every event counts as if it were of version 1, so that ids stay when a version is raised.

    Raises: InvalidDraft for anything but a draft or an entry.

    >>> from timeline.events import border
    >>> opened = Draft(border.CrossingOpened(crossing="al-qaim-bukamal-crossing"), occurred="2025-06")
    >>> derived_id(opened), derived_id(opened, 2)
    ('02bbf519b632745b5e491f43', '9658a5117a93f5a9becd12a7')
    """
    if not isinstance(draft, Draft | Entry):
        raise InvalidDraft(f"{draft!r} is not a draft: expected Draft(event, occurred=...).", value=draft)
    said = encode(draft.content)
    if any(_version(event) != 1 for event in events_within(draft.event)):
        content = orjson.loads(said)
        said = canonical({**content, "event": _first_version(content["event"])})
    if nth > 1:
        said += b"#%d" % nth
    return sha256(said).hexdigest()[:24]


def _version(event: Any) -> int:
    return event.version if isinstance(event, UnknownEvent) else event_type(event).version


def _first_version(stored: Json) -> Json:
    """Return an event as stored, with version 1 for it and for any event within it."""
    kind = registered(stored["type"])
    nested = fields_with_events(kind.cls) if kind else ()
    data = {
        name: _first_version(value) if name in nested and value else value for name, value in stored["data"].items()
    }
    return {**stored, "version": 1, "data": data}


def new_id() -> str:
    """Make an id of 24 hexadecimal digits: milliseconds since 1970, then chance.

    Ids made one after another sort near one another, so that an index of them grows at its end.
    Source: the order of UUIDv7 (RFC 9562).

    >>> len(new_id())
    24
    """
    return new_ids(os.urandom(CHANCE))[0]


CHANCE = 7
"""The random bytes for an id; half of one byte is left out."""


def new_ids(chance: bytes) -> list[str]:
    """Make ids of random bytes, `CHANCE` for each, in order."""
    began, digits = f"{time.time_ns() // 1_000_000:011x}", chance.hex()
    return sorted([began + digits[start + 1 : start + 2 * CHANCE] for start in range(0, len(digits), 2 * CHANCE)])


def leaf(salt: bytes, content: bytes, id: str, recorded: int) -> bytes:
    """Return the fingerprint of one entry; the salt keeps its content from being guessed."""
    return _leaf(salt, content, id, stamp(recorded).encode())


def _leaf(salt: bytes, content: bytes, id: str, moment: bytes) -> bytes:
    return sha256(salt + content + id.encode() + moment).digest()


def digest(previous: bytes, leaf: bytes) -> bytes:
    """Return the fingerprint of the log up to an entry, given the one before; before the first it is empty."""
    return sha256(previous + leaf).digest()


def leaf_and_digest(previous: bytes, salt: bytes, content: bytes, id: str, moment: bytes) -> tuple[bytes, bytes]:
    """Return the leaf of an entry and the digest there; `moment` is the stamp of its time, in bytes."""
    found = _leaf(salt, content, id, moment)
    return found, digest(previous, found)


def stored_type(content: bytes) -> str:
    """Return the stored name of the event in a content."""
    return str(orjson.loads(content)["event"]["type"])


def current(draft: Draft, content: bytes) -> bool:
    """Check that a draft holds all of its content, and each event in it the version in which it was stored."""
    return not draft.unknown and _current(draft.event, orjson.loads(content)["event"])


def _current(event: Any, stored: Json) -> bool:
    if isinstance(event, UnknownEvent) or unknown_fields(event) or event_type(event).version != stored["version"]:
        return False
    cls: Any = type(event)
    inner = ((getattr(event, name), stored["data"].get(name)) for name in fields_with_events(cls))
    return all(found is None or _current(found, data) for found, data in inner)


def canonical(value: Json) -> bytes:
    """Write a value as JSON with sorted keys, as RFC 8785 has it for the values we store.

    Raises: InvalidEvent for NaN, infinities, numbers JSON readers would lose, foreign objects, and what is
    nested too deep.

    >>> canonical({"b": 1.0, "a": "ا"}).decode()
    '{"a":"ا","b":1}'
    """
    try:
        return orjson.dumps(_plain(value))
    except _Unstorable as error:
        where = ".".join(_steps(value, error.value)).removeprefix("event.data.")
        raise InvalidEvent(
            f"{f'{where} is ' if where else ''}{error.value!r}, which cannot be stored: expected text, a whole number "
            "up to 2**53, a finite number, a list or a mapping.",
            value=error.value,
        ) from None
    except (TypeError, UnicodeEncodeError) as error:
        raise InvalidEvent(
            f"{value!r} cannot be stored as JSON: {error}. Use text, numbers, lists and mappings."
        ) from error


def _written(content: Json, cls: type) -> bytes:
    """Return the canonical bytes of a content in canonical order, as `canonical` does, in one step where it can."""
    if not _SIMPLE[cls]:
        return canonical(content)
    try:
        return orjson.dumps(content, option=orjson.OPT_STRICT_INTEGER)
    except TypeError:  # of which `canonical` says more
        return canonical(content)


def _is_simple(cls: type) -> bool:
    """Tell whether an event of this class holds only texts, whole numbers, times and quantities."""
    if not hasattr(cls, "__attrs_attrs__"):
        return False
    kinds = {kind for field in attrs.fields(cls) for kind in leaves(field.type)}
    return kinds <= {str, int, bool, When, Quantity, Modality}


_SIMPLE = Memo(_is_simple)


def _plain(value: Json, depth: int = 0) -> Json:
    """Return the value with sorted keys, and numbers that every JSON reader keeps."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return value
    if kind is dict:
        keys = sorted(value) if all(map(str.isascii, value)) else sorted(value, key=lambda k: k.encode("utf-16-be"))
        return {key: _plain(value[key], _deeper(depth)) for key in keys}
    if kind is list or kind is tuple:
        return [_plain(item, _deeper(depth)) for item in value]
    if isinstance(value, float) and isfinite(value) and (value == 0 or 1e-5 <= abs(value) < _SAFE):
        return int(value) if value.is_integer() else value
    if isinstance(value, int) and -_SAFE <= value <= _SAFE:
        return value
    if isinstance(value, Mapping):
        return _plain(dict(value), depth)
    raise _Unstorable(value)


class _Unstorable(Exception):  # never seen outside
    """A value that no JSON reader would keep."""

    def __init__(self, value: Any) -> None:
        super().__init__(value)
        self.value = value


def _steps(value: Json, sought: Any) -> tuple[str, ...]:
    """Return the keys that lead to a value inside another one."""
    inside = (
        value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list | tuple) else ()
    )
    for key, item in inside:
        if item is sought:
            return (str(key),)
        if found := _steps(item, sought):
            return (str(key), *found)
    return ()


def _deeper(depth: int) -> int:
    if depth == DEEPEST:
        raise InvalidEvent(
            f"lists and mappings are nested deeper than {DEEPEST} levels: expected at most {DEEPEST}. Flatten them."
        )
    return depth + 1
