"""Reading a SQLite file without writing to it or beside it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

_TRIES = 100
BUSY = 60.0
"""Seconds to wait for a lock."""
_Which = tuple[int, int] | None
_Stat = tuple[int, int, int, int]
"""Device, inode, size, and nanoseconds of the last change."""


class Files(NamedTuple):
    """The state of a log's file and the files beside it; None for a file that is missing or empty."""

    main: _Stat | None
    ahead: _Stat | None
    journal: _Stat | None

    @classmethod
    def of(cls, path: Path) -> Files:
        return cls(_stat(path), _stat(beside(path, "-wal")), _stat(beside(path, "-journal")))

    @property
    def quiet(self) -> bool:
        """True if all content is in the file itself and nobody is writing to it."""
        return self.ahead is None and self.journal is None


def beside(path: Path, ending: str) -> Path:
    """Return the path of a file that SQLite keeps beside another."""
    return path.with_name(path.name + ending)


def identity(name: str) -> tuple[_Which, _Which]:
    """Identify the file of a name and its write-ahead file, whatever they hold."""
    return _identity(name), _identity(name + "-wal")


def _identity(file: str) -> _Which:
    try:
        found = os.stat(file)  # noqa: PTH116  # for each append, so with less than a Path
    except OSError:
        return None
    return found.st_dev, found.st_ino


class Look:
    """Reads a SQLite file while other programs may write to it.

    1. A file that holds all content is read without a lock, and read again if it changed meanwhile.
    2. A write-ahead file with its index is read as SQLite reads it, and not written.
    3. A write-ahead file without its index is read in a copy of both files, in a temporary directory.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._seen = Files(None, None, None)
        self._copy: TemporaryDirectory[str] | None = None

    def fetch(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        """Return all rows of a query.

        Raises: sqlite3.Error.
        """
        for _ in range(_TRIES):
            if self._connection is None or self._changed():
                self._connect()
            assert self._connection is not None, "it was just made"
            try:
                rows = self._connection.execute(sql, values).fetchall()
            except sqlite3.DatabaseError:
                if not self._changed():
                    raise
            else:
                if not self._changed():
                    return rows
        raise sqlite3.OperationalError(f"the file changed {_TRIES} times while it was read")

    def alone(self, sql: str) -> list[Any]:
        """Return all rows of a query, without the content of files beside the file.

        Raises: sqlite3.Error.
        """
        connection = self._opened(self._path, "&immutable=1")
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def close(self) -> None:
        """Release the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._copy is not None:
            self._copy.cleanup()
            self._copy = None

    def _changed(self) -> bool:
        """Tell whether the file was changed since it was opened.

        Where SQLite itself notices changes, only a replaced file counts.
        """
        now = Files.of(self._path)
        if self._seen.quiet or self._copy is not None:
            return now != self._seen
        return [*map(_which, now)] != [*map(_which, self._seen)]

    def _connect(self) -> None:
        self.close()
        self._seen = Files.of(self._path)
        if self._seen.quiet:
            self._connection = self._opened(self._path, "&immutable=1")
        elif self._seen.ahead is None or beside(self._path, "-shm").exists():
            self._connection = self._opened(self._path, "&readonly_shm=1")
        else:
            import shutil
            from tempfile import TemporaryDirectory

            self._copy = TemporaryDirectory(prefix="timeline-")
            copy = Path(self._copy.name) / self._path.name
            for ending in ("", "-wal"):
                shutil.copyfile(beside(self._path, ending), beside(copy, ending))
            self._connection = self._opened(copy, "")

    def _opened(self, path: Path, more: str) -> sqlite3.Connection:
        uri = f"{path.absolute().as_uri()}?mode=ro{more}"
        return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY, check_same_thread=False)


def _stat(path: Path) -> _Stat | None:
    with suppress(OSError):
        found = path.stat()
        if found.st_size:
            return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
    return None


def _which(file: _Stat | None) -> tuple[int, ...] | None:
    return None if file is None else file[:2]
