"""Where a read model is kept: the tables of a user, and beside them how far the log was applied to them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Self, TypeVar

from timeline.log.stored import Head

T = TypeVar("T")
Cursor = Any
"""A cursor of `sqlite3` or `psycopg`: `execute`, `executemany`, `fetchone`, `fetchall`."""


class Parked(NamedTuple):
    """An entry that could not be applied: where it is on the log, its id, and what went wrong last."""

    position: int
    id: str
    error: str


class ReadModel(ABC):
    """A database that keeps a read model and its checkpoint in the same transactions.

    A kind of database supplies how a transaction begins, and how one model takes the place of another.
    """

    slot: str
    """What stands for a value in its SQL."""
    blob: str
    """What it calls a column of bytes."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[Cursor]:
        """Alone with the model: kept if the block ends well, undone as a whole if it raises."""

    @abstractmethod
    def laid_out(self, cursor: Cursor) -> bool:
        """Whether the tables are there."""

    @abstractmethod
    def beside(self) -> Self:
        """An empty model next to this one, to build anew in."""

    @abstractmethod
    def switch(self, built: Self) -> None:
        """Let what was built beside take the place of this, at once for whoever asks."""

    @abstractmethod
    def discard(self) -> None:
        """Remove a model that was built beside another."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the database."""

    @abstractmethod
    def scrub(self) -> None:
        """Take the old bytes of what was erased out of the files, as far as a client can."""

    def retry(self, work: Callable[[], T]) -> T:
        """Do one transaction; a model that loses its server does it again."""
        return work()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- how far, and what was left out ----------------------------------------------------------

    def lay_out(self, cursor: Cursor) -> None:
        """Make the tables that say how far the log was applied."""
        cursor.execute(f"CREATE TABLE timeline_checkpoint (position bigint NOT NULL, digest {self.blob} NOT NULL)")
        cursor.execute(
            "CREATE TABLE timeline_parked (position bigint PRIMARY KEY, id text NOT NULL, error text NOT NULL)"
        )
        self._execute(cursor, "INSERT INTO timeline_checkpoint VALUES (?, ?)", 0, b"")

    def checkpoint(self, cursor: Cursor) -> Head:
        """The last entry that was applied or parked."""
        cursor.execute("SELECT position, digest FROM timeline_checkpoint")
        position, digest = cursor.fetchone()
        return Head(position, bytes(digest))

    def advance(self, cursor: Cursor, head: Head) -> None:
        """Note that all entries up to a head were applied or parked."""
        self._execute(cursor, "UPDATE timeline_checkpoint SET position = ?, digest = ?", *head)

    def park(self, cursor: Cursor, parked: Parked) -> None:
        """Keep an entry that could not be applied, in place of what was kept of it before."""
        self.unpark(cursor, parked.position)
        self._execute(cursor, "INSERT INTO timeline_parked VALUES (?, ?, ?)", *parked)

    def unpark(self, cursor: Cursor, position: int) -> None:
        """Forget an entry that was parked."""
        self._execute(cursor, "DELETE FROM timeline_parked WHERE position = ?", position)

    def parked(self, cursor: Cursor) -> tuple[Parked, ...]:
        """What is parked, in order of position."""
        cursor.execute("SELECT position, id, error FROM timeline_parked ORDER BY position")
        return tuple(Parked._make(row) for row in cursor.fetchall())

    def _execute(self, cursor: Cursor, query: str, *values: object) -> None:
        cursor.execute(query.replace("?", self.slot), values)
