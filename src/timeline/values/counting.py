"""Numbers of things, in words."""

from __future__ import annotations


def how_many(number: int, one: str, many: str | None = None) -> str:
    """Write a number with the word for what is counted; by default the plural has an s.

    >>> how_many(1, "version"), how_many(1200, "delay"), how_many(2, "entry", "entries")
    ('1 version', '1,200 delays', '2 entries')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"
