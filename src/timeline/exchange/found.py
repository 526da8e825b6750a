"""Drafts read from a file: where they stand, which ids they get, and what to do about types nobody declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, get_args

import attrs

from timeline.entry import Draft
from timeline.errors import InvalidEvent, InvalidValue
from timeline.events.declare import UnknownEvent, events_within, registered
from timeline.events.editorial import EDITORIAL
from timeline.events.entity import REGISTRATIONS
from timeline.exchange import texts
from timeline.exchange.rows import Problem
from timeline.log import codec

Unknown = Literal["refuse", "keep"]
"""What becomes of an event whose type this program does not know."""
_KEEP = "To keep it all the same, give unknown='keep' (--unknown keep)."
_ONCE = (*EDITORIAL, *REGISTRATIONS)
"""Saying these again adds nothing, however many rows do."""


class Found(NamedTuple):
    """A draft, and where it was read.

    `said` is the id derived from what it says. `nth` counts the rows of the file that said the same so far. For a row
    with an id of its own, they are blank and 1.
    """

    file: str
    line: int
    draft: Draft
    nth: int = 1
    said: str = ""


def identified(found: Iterable[Found | Problem | None]) -> Iterator[Found | Problem | None]:
    """Give each draft without an id the one derived from what it says, and from how many rows said it before."""
    seen: dict[str, tuple[int, int]] = {}
    for item in found:
        if not isinstance(item, Found) or item.draft.id is not None:
            yield item
            continue
        try:
            id = codec.derived_id(item.draft)
            nth, line = seen.get(id, (0, 0))
            if not nth or (line != item.line and not isinstance(item.draft.event, _ONCE)):
                nth += 1
            seen[id] = nth, item.line
            name = id if nth == 1 else codec.derived_id(item.draft, nth)
            yield Found(item.file, item.line, attrs.evolve(item.draft, id=name), nth, id)
        except InvalidEvent as error:
            yield Problem(item.file, item.line, None, str(error))


def known_types(found: Iterable[Found | Problem | None], unknown: Unknown) -> Iterator[Found | Problem | None]:
    """Turn drafts of events that this program does not know into problems, unless they are to be kept.

    Raises: InvalidValue.
    """
    if unknown not in get_args(Unknown):
        raise InvalidValue(f"unknown is {unknown!r}: expected 'refuse' or 'keep'.", value=unknown)
    return iter(found) if unknown == "keep" else map(_refusing, found)


def _refusing(item: Found | Problem | None) -> Found | Problem | None:
    if isinstance(item, Found):
        unknown = next((event for event in events_within(item.draft.event) if isinstance(event, UnknownEvent)), None)
        try:
            codec.wholly_read(item.draft)
        except InvalidEvent as error:
            return Problem(item.file, item.line, None, f"{error} {_KEEP}")
        if unknown is not None:
            return Problem(item.file, item.line, None, f"{_unknown(unknown)} {_KEEP}")
    return item


def _unknown(event: UnknownEvent) -> str:
    """Say why this program does not know an event, and what to do."""
    kind = registered(event.type)
    if kind is not None:
        return (
            f"is version {event.version} of {event.type}: this program knows versions up to {kind.version}. "
            "Upgrade what declares it."
        )
    try:
        return f"type is {event.type!r}: expected {texts.named(event.type).name!r}, its stored name."
    except InvalidEvent as error:
        return str(error)
