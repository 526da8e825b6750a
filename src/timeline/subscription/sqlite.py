"""A read model in a SQLite file of its own."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from timeline.errors import LogError
from timeline.log.files import path_given
from timeline.log.looking import BUSY
from timeline.subscription.model import Cursor, ReadModel


class SqliteModel(ReadModel):
    """A read model in a SQLite file of its own, which is created if it does not exist.

    Any SQLite client can query it, even while it is written.
    """

    slot = "?"
    blob = "blob"

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = path_given(path)
        self._lock = threading.RLock()
        with self._translated():
            self._connection = sqlite3.connect(self.path, isolation_level=None, timeout=BUSY, check_same_thread=False)
            cursor = self._connection.cursor()
            if not self.laid_out(cursor) and cursor.execute("SELECT 1 FROM sqlite_master").fetchone():
                self._connection.close()
                raise LogError(
                    f"{self.path} holds something else, which was left as it was: expected no file, or an empty one. "
                    "Choose a file for the read model alone."
                )
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA secure_delete = ON")

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
        with self._lock, self._translated():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection.cursor()
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk has rolled back already
                    self._connection.execute("ROLLBACK")
                raise

    def laid_out(self, cursor: Cursor) -> bool:
        cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'timeline_checkpoint'")
        return cursor.fetchone() is not None

    def beside(self) -> Self:
        path = self.path.with_name(f"{self.path.name}.rebuild")
        path.unlink(missing_ok=True)
        return type(self)(path)

    def switch(self, built: Self) -> None:
        with self._lock, self._translated():
            built._connection.backup(self._connection)

    def discard(self) -> None:
        self.close()
        self.path.unlink()

    def scrub(self) -> None:
        with self._lock, self._translated():
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise LogError(f"read model {self.path}: SQLite reports {error}. Nothing of this step was kept.") from error
