"""A store: what whoever writes a log supplies, and nothing of the contract beyond it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import chain
from typing import TypeVar

from attrs import evolve

from timeline.log.query import Query
from timeline.log.stored import CacheRow, End, Stored

T = TypeVar("T")
PAGE = 1000
"""How many rows are selected at a time."""


class Store(ABC):
    """A place for rows. Six methods must be supplied; the others may be, where a store can do better.

    `rows_by_id`, `rows_at`, `select` and `last_row` are called by any thread, inside a transaction and outside.
    """

    # -- what a store must supply ----------------------------------------------------------------

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """Begin a transaction that excludes every other writer, of this process and of others.

        Keep what the block does if it ends well; undo all of it if it raises. Take the lock before anything is
        read: two writers must never see the same last row.
        """

    @abstractmethod
    def rows_by_id(self, ids: Sequence[str]) -> dict[str, Stored]:
        """Return the rows that have these ids, by id; leave out the ids that no row has."""

    @abstractmethod
    def select(self, query: Query) -> list[Stored]:
        """Return the rows that a query wants, in order of position, at most `query.limit` (a number, never None)."""

    @abstractmethod
    def insert(self, rows: Sequence[Stored]) -> None:
        """Keep these rows, unchanged. Called within a transaction."""

    @abstractmethod
    def erase(self, ids: Sequence[str]) -> None:
        """Keep `row.erased()` in place of these rows, and no byte of the rest. Called within a transaction."""

    @abstractmethod
    def last_row(self) -> Stored | None:
        """Return the row at the highest position; None for an empty log."""

    # -- what a store may do better --------------------------------------------------------------

    def rows_at(self, positions: Sequence[int]) -> list[Stored]:
        """Return the rows at these positions, which are in order."""
        rows: list[Stored] = []
        for position in positions:
            rows += self.select(Query(after=position - 1, before=position + 1, limit=1))
        return rows

    def end(self) -> End:
        """Return where the log ends."""
        last = self.last_row()
        return End(last.position, last.digest, last.recorded) if last else End()

    def retry(self, work: Callable[[], T]) -> T:
        """Do a piece of work that may be done twice; a store that loses its server repeats it."""
        return work()

    @property
    def has_cache(self) -> bool:
        """True if keyframes can be written beside the log."""
        return False

    def write_cache(self, rows: Sequence[CacheRow]) -> None:  # noqa: ARG002
        """Write keyframes in place of the present ones; a store without a cache writes none.

        The positions of a row may be an array that grows later: write its bytes.
        """
        return

    def read_cache(self, limit: int | None = None) -> list[CacheRow]:  # noqa: ARG002
        """Return the first `limit` keyframes (None: all), the header first; a store without a cache has none."""
        return []


def pages(select: Callable[[Query], list[Stored]], query: Query) -> Iterator[Stored]:
    """Give the rows that a query wants, selecting a page at a time."""
    return chain.from_iterable(_pages(select, query))


def _pages(select: Callable[[Query], list[Stored]], query: Query) -> Iterator[list[Stored]]:
    left = query.limit
    while left is None or left > 0:
        wanted = PAGE if left is None else min(left, PAGE)
        page = select(evolve(query, limit=wanted))
        yield page
        if len(page) < wanted:
            return
        query = evolve(query, after=page[-1].position)
        left = None if left is None else left - len(page)
