"""Followers: the entries of a log, then each new one as it lands."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, suppress
from functools import partial
from threading import Event
from typing import Self

from timeline.entry import Entry
from timeline.errors import LogClosed
from timeline.log.patience import seconds_given
from timeline.log.query import Query

Read = Callable[..., Iterator[Entry]]
Wait = Callable[[int, float], None]
"""`wait(after, seconds)` returns when an entry after the position may be there, or the time is up."""
Watch = Callable[[], AbstractContextManager[Wait]]


class Follower(Iterator[Entry]):
    """Entries after a position, then each new one: in order, none missing, none twice.

    1. It ends when the log is closed, or after `stop`, which any thread may call.
    2. `after` is the position of the entry given last; a new follower can start there.
    3. After an error such as LogUnreachable, ask again: it resumes where it was.

    >>> from timeline import Draft, MemoryLog
    >>> from timeline.events import border
    >>> log = MemoryLog()
    >>> _ = log.append(Draft(border.CrossingOpened(crossing="al-qaim-bukamal-crossing")))
    >>> with log.follow() as news:
    ...     print(next(news))
    #1 undated CrossingOpened crossing=al-qaim-bukamal-crossing
    """

    def __init__(self, read: Read, watch: Watch, after: int, every: float) -> None:
        self.after = Query(after=after).after
        self._stopped = Event()
        self._begin = partial(self._run, read, watch, seconds_given("every", every))
        self._entries = self._begin()

    def stop(self) -> None:
        """End the iteration, from any thread; a follower that waits ends after its present wait."""
        self._stopped.set()

    def __next__(self) -> Entry:
        try:
            return next(self._entries)
        except StopIteration:
            raise
        except Exception:
            self._entries = self._begin()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._entries.close()

    def _run(self, read: Read, watch: Watch, every: float) -> Generator[Entry, None, None]:
        with suppress(LogClosed), watch() as wait:
            while not self._stopped.is_set():
                for entry in read(after=self.after):
                    if self._stopped.is_set():
                        return
                    self.after = entry.position
                    yield entry
                wait(self.after, every)
