"""Progress of long work: one protocol for loading, verifying, copying and exporting."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from timeline.errors import InvalidValue

T = TypeVar("T")
Progress = Callable[[int, int], None]
"""`progress(done, total)`, in entries, now and then and at the end; `done` may come to exceed `total`."""
_EVERY = 1000


def with_progress(items: Iterable[T], progress: Progress | None, total: int) -> Iterator[T]:
    """Pass items on, and report their number every thousand items and at the end.

    Raises: InvalidValue for what cannot be called.

    >>> list(with_progress("ab", lambda done, total: print(f"{done} of {total}"), 2))
    2 of 2
    ['a', 'b']
    """
    if progress is None:
        yield from items
        return
    if not callable(progress):
        raise InvalidValue(
            f"progress is {progress!r}: expected a function of two numbers, such as print.", value=progress
        )
    done = 0
    for done, item in enumerate(items, 1):
        yield item
        if done % _EVERY == 0:
            progress(done, total)
    if done % _EVERY or not done:
        progress(done, total)
