"""A transaction of a SQLite file. It is a class, as a generator would take three times as long to enter."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

from attrs import define

from timeline.log.sqlite_file import translate


@define(eq=False)
class Transaction:
    """Excludes every other thread and process, and keeps nothing of a block that raises."""

    _cursor: sqlite3.Cursor
    _lock: threading.RLock
    _path: Path
    _begun: Callable[[], object]
    """Called when the transaction has begun."""
    _ended: Callable[[], object]
    """Called when it is committed."""

    def __enter__(self) -> None:
        self._lock.acquire()
        try:
            self._cursor.execute("BEGIN IMMEDIATE")
            self._begun()
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            if error is None:
                self._commit()
                self._ended()
            else:
                self._roll_back(error)
        finally:
            self._lock.release()

    def _commit(self) -> None:
        try:
            self._cursor.execute("COMMIT")
        except BaseException as error:
            self._roll_back(error)
            raise

    def _roll_back(self, error: BaseException) -> None:
        """Undo what was done; raise the error of this library for one of SQLite."""
        try:
            if self._cursor.connection.in_transaction:  # a full disk has rolled back already
                self._cursor.execute("ROLLBACK")
        except sqlite3.Error as failure:
            raise translate(self._path, failure) from error
        if isinstance(error, sqlite3.Error):
            raise translate(self._path, error) from error
