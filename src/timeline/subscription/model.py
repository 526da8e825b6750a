"""A read model: tables of your own, and beside them a checkpoint, the position up to which the log was applied."""

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
    """An entry that could not be applied: its position on the log, its id, and the last error."""

    position: int
    id: str
    error: str


class ReadModel(ABC):
    """A database that keeps a read model and its checkpoint in the same transactions.

    A kind of database supplies transactions, and how one model takes the place of another.
    """

    slot: str
    """The placeholder for a value in its SQL."""
    blob: str
    """The type of a column of bytes in its SQL."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[Cursor]:
        """Begin a transaction that excludes every other writer of the model.

        It is committed if the block ends well, and rolled back if the block raises.
        """

    @abstractmethod
    def laid_out(self, cursor: Cursor) -> bool:
        """Tell whether the tables exist."""

    @abstractmethod
    def beside(self) -> Self:
        """Make an empty model next to this one, in which to rebuild it."""

    @abstractmethod
    def switch(self, built: Self) -> None:
        """Put the content of a model built beside in the place of this one, in one step for readers."""

    @abstractmethod
    def discard(self) -> None:
        """Remove a model that was built beside another."""

    @abstractmethod
    def close(self) -> None:
        """Release the database."""

    @abstractmethod
    def scrub(self) -> None:
        """Remove erased bytes from the files, as far as a client can."""

    def retry(self, work: Callable[[], T]) -> T:
        """Do one transaction; a model that loses its server repeats it."""
        return work()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- the checkpoint, and parked entries ---------------------------------------------------------

    def lay_out(self, cursor: Cursor) -> None:
        """Create the tables of the checkpoint and of parked entries."""
        cursor.execute(f"CREATE TABLE timeline_checkpoint (position bigint NOT NULL, digest {self.blob} NOT NULL)")
        cursor.execute(
            "CREATE TABLE timeline_parked (position bigint PRIMARY KEY, id text NOT NULL, error text NOT NULL)"
        )
        self._execute(cursor, "INSERT INTO timeline_checkpoint VALUES (?, ?)", 0, b"")

    def checkpoint(self, cursor: Cursor) -> Head:
        """Return the position and digest of the last entry that was applied or parked."""
        cursor.execute("SELECT position, digest FROM timeline_checkpoint")
        position, digest = cursor.fetchone()
        return Head(position, bytes(digest))

    def advance(self, cursor: Cursor, head: Head) -> None:
        """Note that all entries up to a head were applied or parked."""
        self._execute(cursor, "UPDATE timeline_checkpoint SET position = ?, digest = ?", *head)

    def park(self, cursor: Cursor, parked: Parked) -> None:
        """Record an entry that could not be applied, in place of an earlier record of it."""
        self.unpark(cursor, parked.position)
        self._execute(cursor, "INSERT INTO timeline_parked VALUES (?, ?, ?)", *parked)

    def unpark(self, cursor: Cursor, position: int) -> None:
        """Drop a parked entry."""
        self._execute(cursor, "DELETE FROM timeline_parked WHERE position = ?", position)

    def parked(self, cursor: Cursor) -> tuple[Parked, ...]:
        """Return the parked entries, in order of position."""
        cursor.execute("SELECT position, id, error FROM timeline_parked ORDER BY position")
        return tuple(Parked._make(row) for row in cursor.fetchall())

    def _execute(self, cursor: Cursor, query: str, *values: object) -> None:
        cursor.execute(query.replace("?", self.slot), values)
