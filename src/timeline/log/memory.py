"""The log in memory: the reference, and the example for whoever writes another."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from operator import attrgetter

from timeline.log.base import BaseLog
from timeline.log.clocks import Clock, utc_now
from timeline.log.follower import Wait
from timeline.log.forks import renew_after_fork
from timeline.log.query import Query
from timeline.log.stored import Stored

_position = attrgetter("position")


class MemoryLog(BaseLog):
    """Entries in a list, for notebooks and tests. They are lost when the process ends.

    >>> from timeline import Draft
    >>> from timeline.events import border
    >>> log = MemoryLog()
    >>> log.append([Draft(border.CrossingOpened(crossing="al-qaim-bukamal-crossing"))])[0].position
    1
    """

    def __init__(self, *, clock: Clock = utc_now) -> None:
        super().__init__(clock)
        self._rows: list[Stored] = []
        self._by_id: dict[str, Stored] = {}
        self._by_tag: dict[str, list[Stored]] = {}
        self._lock = threading.RLock()
        self._news = threading.Condition(self._lock)
        renew_after_fork(self)

    def after_fork(self) -> None:
        """Take locks that no thread of the parent holds."""
        self._lock = threading.RLock()
        self._news = threading.Condition(self._lock)

    def close(self) -> None:
        with self._news:
            super().close()
            self._news.notify_all()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._lock:
            length = len(self._rows)
            try:
                yield
            except BaseException:
                self._forget(self._rows[length:])
                raise
            self._news.notify_all()

    @contextmanager
    def watch(self) -> Iterator[Wait]:
        def wait(after: int, seconds: float) -> None:
            with self._news:
                self._news.wait_for(lambda: self._closed or len(self._rows) > after, seconds)

        yield wait

    def rows_by_id(self, ids: Sequence[str]) -> dict[str, Stored]:
        return {id: self._by_id[id] for id in ids if id in self._by_id}

    def rows_at(self, positions: Sequence[int]) -> list[Stored]:
        return [self._rows[position - 1] for position in positions]

    def select(self, query: Query) -> list[Stored]:
        with self._lock:
            filed = (self._by_tag.get(tag, []) for tag in query.tags or ())
            rows = min(filed, key=len, default=self._rows)
            first = bisect_right(rows, query.after, key=_position)
            return list(islice(filter(query.matches, (rows[n] for n in range(first, len(rows)))), query.limit))

    def insert(self, rows: Sequence[Stored]) -> None:
        self._rows.extend(rows)
        for row in rows:
            self._by_id[row.id] = row
            for tag in row.tags:
                self._by_tag.setdefault(tag, []).append(row)

    def erase(self, ids: Sequence[str]) -> None:
        for id in ids:
            row = self._by_id[id]
            self._rows[row.position - 1] = self._by_id[id] = row.erased()
            for tag in row.tags:
                filed = self._by_tag[tag]
                del filed[bisect_left(filed, row.position, key=_position)]

    def last_row(self) -> Stored | None:
        return self._rows[-1] if self._rows else None

    def _forget(self, rows: Sequence[Stored]) -> None:
        for row in reversed(rows):
            self._rows.pop()
            del self._by_id[row.id]
            for tag in row.tags:
                self._by_tag[tag].pop()
