"""Arguments that several formats take, checked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from timeline.entry import Entry
from timeline.errors import InvalidValue
from timeline.timeline import Timeline
from timeline.values.visible import writable


def timeline_given(value: Any) -> Timeline:
    """Return the value if it is a timeline.

    Raises: InvalidValue.
    """
    if not isinstance(value, Timeline):
        raise InvalidValue(
            f"{value!r} is not a timeline: expected one, such as Timeline.open(path). Give the cuts of a situation "
            "beside it: occurred='2026-01-25', reported=... .",
            value=value,
        )
    return value


def entry_given(value: Any) -> Entry:
    """Return the value if it is an entry.

    Raises: InvalidValue.
    """
    if not isinstance(value, Entry):
        raise InvalidValue(f"{value!r} is not an entry: expected one, such as line.record(...) gives.", value=value)
    return value


def options_given(options: Iterable[str], known: Iterable[str]) -> None:
    """Check that each option is one of those known.

    Raises: InvalidValue.
    """
    if wrong := set(options) - {*known}:
        raise InvalidValue(f"{min(wrong)!r} cannot be set: expected {', '.join(known)}.", value=min(wrong))


def text_given(value: Any, what: str, example: str) -> str:
    """Return the value if it is a text that is not blank, and that every format can hold.

    Raises: InvalidValue.
    """
    if not isinstance(value, str) or not value.strip() or writable(value) != value:
        raise InvalidValue(f"{what} is {value!r}: expected a text such as {example!r}.", value=value)
    return value
