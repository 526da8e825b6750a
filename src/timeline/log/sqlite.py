"""The log in one SQLite file: the embedded default, safe for several processes and for power cuts."""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, get_args

import orjson

from timeline.errors import InvalidValue, LogError
from timeline.log import sqlite_file
from timeline.log.audit import tampered
from timeline.log.base import BaseLog
from timeline.log.clocks import Clock, utc_now
from timeline.log.forks import renew_after_fork, set_aside
from timeline.log.looking import Look, identity
from timeline.log.query import Query
from timeline.log.sqlite_file import COLUMNS
from timeline.log.stored import CacheRow, Head, Stored, cache_position
from timeline.progress import Progress

_OVERDUE = "CREATE TABLE IF NOT EXISTS scrubbing (overdue)"
"""A table that is there while bytes of what was redacted may still be in the file."""
_KEYFRAMES = "CREATE TABLE IF NOT EXISTS keyframes (kind TEXT, key TEXT, positions BLOB, frames BLOB)"

_FILED = "SELECT tag, position FROM tags"
_TOLD = "SELECT value, position FROM entries, json_each(entries.tags)"
_MISFILED = f"""
SELECT min(position) FROM (
    SELECT * FROM ({_TOLD} EXCEPT {_FILED}) UNION ALL SELECT * FROM ({_FILED} EXCEPT {_TOLD})
)
"""
"""The first position that is filed under a tag it does not carry, or carries one it is not filed under."""

Durability = Literal["power_cut", "crash"]
"""What a returned append survives: a power cut, or only the end of this process (faster bulk loading)."""
_SYNCHRONOUS = {"power_cut": "PRAGMA synchronous = FULL", "crash": "PRAGMA synchronous = NORMAL"}


class SqliteLog(BaseLog):
    """Entries in a SQLite file in write-ahead mode, created if there is none.

    1. When `append` returns, the batch survives a power cut; `durability="crash"` asks for less.
    2. Any number of processes and threads may read and append; each append waits its turn.
    3. A file that cannot be opened is left exactly as it was.
    4. What is redacted is in no byte of the file, nor of those beside it, when `append` returns: the file
       is written anew, which takes as long as copying it. Cut short, this is made good when it is next opened.
    5. With `read_only=True`, or where the file or its directory may not be written, nothing is written in it or
       beside it, and an append is refused. What lies in a write-ahead file is read too.
    6. A file that was deleted or replaced while it is open takes no append.

    Raises: NotATimeline, NewerFormat, ReadOnlyLog, DamagedLog, CannotOpen.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        clock: Clock = utc_now,
        durability: Durability = "power_cut",
        read_only: bool = False,
    ) -> None:
        super().__init__(clock)
        if durability not in get_args(Durability):
            expected = " or ".join(map(repr, get_args(Durability)))
            raise InvalidValue(f"durability is {durability!r}: expected {expected}.", value=durability)
        self.path = Path(path)
        self._lock = threading.RLock()
        self._durability = durability
        self._held: list[weakref.finalize[..., SqliteLog]] = []
        self._look_anew()
        self.read_only = sqlite_file.prepare(self.path, self._look, read_only=read_only)
        self._overdue = False
        if not self.read_only:
            self._look.close()
            self._open()
        renew_after_fork(self)

    def after_fork(self) -> None:
        """Leave the connections to the parent, as SQLite demands, and open others."""
        self._lock = threading.RLock()
        for held in filter(None, (finalizer.detach() for finalizer in self._held)):
            set_aside(held[1])  # a method of what it would close
        self._held.clear()
        self._look_anew()
        if not (self.read_only or self._closed):
            self._connect()

    def _look_anew(self) -> None:
        self._look = Look(self.path)
        self._let_go_when_dropped(self._look.close)

    def _connect(self) -> None:
        self._connection = sqlite_file.connect(self.path)
        self._let_go_when_dropped(self._connection.close)
        with self._translated():
            self._connection.execute(_SYNCHRONOUS[self._durability])

    def _let_go_when_dropped(self, close: Callable[[], object]) -> None:
        self._held.append(weakref.finalize(self, close))

    def _open(self) -> None:
        self._connect()
        with self._translated():
            self._overdue = bool(self._connection.execute("PRAGMA table_info(scrubbing)").fetchall())
        self._files = identity(self.path)
        if self._overdue:
            try:
                self._scrub()
            except LogError:
                self._connection.close()
                raise

    def close(self) -> None:
        super().close()
        with self._lock:
            self._look.close()
            if not self.read_only:
                self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._lock, self._translated():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._check_files()
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk has rolled back already
                    self._connection.execute("ROLLBACK")
                raise
            if self._overdue:
                self._scrub()

    def _check_files(self) -> None:
        """See that what is open is what is there.

        Raises: LogError.
        """
        if identity(self.path) != self._files:
            raise LogError(
                f"{self.path}, or the -wal file beside it, was deleted or replaced while the log was open; nothing was "
                "appended. Put the file back or see which one is right, and open it again.",
                path=self.path,
            )

    def rows_by_id(self, ids: Sequence[str]) -> dict[str, Stored]:
        rows = self._query(f"SELECT {COLUMNS} FROM entries WHERE id IN (SELECT value FROM json_each(?))", [_json(ids)])
        return {row.id: row for row in rows}

    def rows_at(self, positions: Sequence[int]) -> list[Stored]:
        among = "SELECT value FROM json_each(?)"
        sql = f"SELECT {COLUMNS} FROM entries WHERE position IN ({among}) ORDER BY position"
        return self._query(sql, [orjson.dumps(list(positions)).decode()])

    def select(self, query: Query) -> list[Stored]:
        where: list[str] = ["position > ?"]
        values: list[object] = [query.after]
        if query.before is not None:
            where.append("position < ?")
            values.append(query.before)
        for tag in query.tags or ():
            where.append("position IN (SELECT position FROM tags WHERE tag = ? AND position > ?)")
            values += [tag, query.after]
        if query.types is not None:
            where.append("type IN (SELECT value FROM json_each(?))")
            values.append(_json(query.types))
        sql = f"SELECT {COLUMNS} FROM entries WHERE {' AND '.join(where)} ORDER BY position LIMIT ?"
        return self._query(sql, [*values, query.limit])

    def insert(self, rows: Sequence[Stored]) -> None:
        self._connection.executemany(
            f"INSERT INTO entries ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(*row[:-1], _json(row.tags)) for row in rows],
        )
        self._connection.executemany(
            "INSERT INTO tags (tag, position) VALUES (?, ?)", [(tag, row.position) for row in rows for tag in row.tags]
        )

    @property
    def has_cache(self) -> bool:
        return not (self._closed or self.read_only)

    def write_cache(self, rows: Sequence[CacheRow]) -> None:
        if not self.has_cache:
            return
        with self.transaction():
            if self.redacted_since(cache_position(rows)):  # by another program: they may say what was erased
                return
            self._connection.execute(_KEYFRAMES)
            self._connection.execute("DELETE FROM keyframes")
            self._connection.executemany("INSERT INTO keyframes VALUES (?, ?, ?, ?)", rows)

    def read_cache(self, limit: int | None = None) -> list[CacheRow]:
        self.require_open()
        if not self._fetch("PRAGMA table_info(keyframes)"):
            return []
        rows = self._fetch("SELECT * FROM keyframes ORDER BY rowid LIMIT ?", [-1 if limit is None else limit])
        return [CacheRow._make(row) for row in rows]

    def erase(self, ids: Sequence[str]) -> None:
        for row in self.rows_by_id(ids).values():
            left = row.erased()
            self._connection.execute(
                "UPDATE entries SET type = ?, salt = ?, content = ?, tags = ? WHERE position = ?",
                (left.type, left.salt, left.content, _json(left.tags), row.position),
            )
            self._connection.execute("DELETE FROM tags WHERE position = ?", (row.position,))
        self._connection.execute("DROP TABLE IF EXISTS keyframes")
        self._connection.execute(_OVERDUE)
        self._overdue = True

    def _scrub(self) -> None:
        """Write the file anew without what was erased, and empty the write-ahead file."""
        try:
            self._connection.execute("VACUUM")
            busy, *_ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy:
                raise sqlite3.OperationalError("another program keeps reading the file")
            self._connection.execute("DROP TABLE IF EXISTS scrubbing")
        except sqlite3.Error as error:
            raise LogError(
                f"{self.path}: the redaction is kept, but the old bytes are not yet out of the file ({error}). "
                "Close other programs that use it, see that the disk has room for a copy, and open it again."
            ) from error
        self._overdue = False

    def last_row(self) -> Stored | None:
        rows = self._query(f"SELECT {COLUMNS} FROM entries ORDER BY position DESC LIMIT 1", [])
        return rows[0] if rows else None

    def _query(self, sql: str, values: Sequence[object]) -> list[Stored]:
        return [_stored(row) for row in self._fetch(sql, values)]

    def _fetch(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        """All rows of a query; what was asked before the log was closed can be looked at afterwards."""
        with self._lock, self._translated():
            if not (self._closed or self.read_only):
                return self._connection.execute(sql, values).fetchall()
            try:
                return self._look.fetch(sql, values)
            finally:
                if self._closed:
                    self._look.close()

    def verify(self, *, progress: Progress | None = None) -> Head:
        """Recompute every leaf, digest and tag, also those by which entries are found, and return the head."""
        head = super().verify(progress=progress)
        ((position,),) = self._fetch(_MISFILED)
        if position is not None:
            raise tampered(position)
        return head

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise sqlite_file.translate(self.path, error) from error


def _stored(row: tuple[Any, ...]) -> Stored:
    try:
        return Stored._make((*row[:-1], tuple(orjson.loads(row[-1]))))
    except (ValueError, TypeError) as error:
        raise tampered(row[0]) from error


def _json(values: Sequence[str]) -> str:
    return orjson.dumps(list(values)).decode()
