"""The log in one SQLite file: the embedded default, safe for several processes and for power cuts."""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from typing import Any, Literal, get_args

import orjson

from timeline.errors import InvalidValue, LogError
from timeline.log import sqlite_file
from timeline.log.audit import tampered
from timeline.log.base import BaseLog
from timeline.log.clocks import Clock, utc_now
from timeline.log.files import path_given
from timeline.log.forks import renew_after_fork, set_aside
from timeline.log.looking import Look, identity
from timeline.log.query import Query
from timeline.log.sqlite_file import COLUMNS
from timeline.log.sqlite_index import BlockIndex
from timeline.log.sqlite_rows import insert_rows
from timeline.log.sqlite_transaction import Transaction
from timeline.log.store import PAGE
from timeline.log.stored import CacheRow, End, Head, Stored, cache_position
from timeline.progress import Progress
from timeline.values.containers import named_tuple

_OVERDUE = "CREATE TABLE IF NOT EXISTS scrubbing (overdue)"
"""A table that exists while redacted bytes may still be in the file."""
_KEYFRAMES = "CREATE TABLE IF NOT EXISTS keyframes (kind TEXT, key TEXT, positions BLOB, frames BLOB)"

Durability = Literal["power_cut", "crash"]
"""The harm that an append survives once it has returned: a power cut, or only a crash of this process."""
_SYNCHRONOUS = {"power_cut": "PRAGMA synchronous = FULL", "crash": "PRAGMA synchronous = NORMAL"}


class SqliteLog(BaseLog):
    """Entries in a SQLite file in write-ahead mode, created if there is none.

    1. When `append` returns, the batch survives a power cut; with `durability="crash"`, only a crash of this process.
    2. Any number of processes and threads may read and append; appends wait for one another.
    3. A file that cannot be opened is left exactly as it was.
    4. When `append` returns, no redacted byte is in the file or beside it: the file is rewritten, which takes as long
       as copying it. A rewrite that was interrupted is finished when the file is next opened.
    5. With `read_only=True`, or where the file or its directory may not be written, nothing is written in it or
       beside it, and an append is refused. The content of a write-ahead file is read too.
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
        self.path = path_given(path)
        self._name = os.fspath(self.path)
        self._lock = threading.RLock()
        self._durability = durability
        self._held: list[weakref.finalize[..., SqliteLog]] = []
        self._new_look()
        self.read_only, version = sqlite_file.prepare_file(self.path, self._look, read_only=read_only)
        self._index = BlockIndex(self._fetch, has_postings=version > 1 or not self.read_only)
        self._overdue = False
        if not self.read_only:
            self._look.close()
            self._open()
        renew_after_fork(self)

    def after_fork(self) -> None:
        """Leave the connections to the parent, as SQLite demands, and open others."""
        self._lock = threading.RLock()
        for held in filter(None, (finalizer.detach() for finalizer in self._held)):
            set_aside(held[1])  # a method of the connection it would close
        self._held.clear()
        self._new_look()
        if not (self.read_only or self._closed):
            self._connect()

    def _new_look(self) -> None:
        self._look = Look(self.path)
        self._let_go_when_dropped(self._look.close)

    def _connect(self) -> None:
        self._connection = sqlite_file.connect(self.path)
        self._cursor = self._connection.cursor()
        self._let_go_when_dropped(self._connection.close)
        with self._translated():
            self._connection.execute(_SYNCHRONOUS[self._durability])

    def _let_go_when_dropped(self, close: Callable[[], object]) -> None:
        self._held.append(weakref.finalize(self, close))

    def _open(self) -> None:
        self._connect()
        with self._translated():
            self._overdue = bool(self._connection.execute("PRAGMA table_info(scrubbing)").fetchall())
        self._files = identity(self._name)
        with self._translated():
            sqlite_file.bring_over(self._connection, self.path, self._index.build)
        if self._overdue:
            try:
                self._scrub()
            except LogError:
                self._connection.close()
                raise

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._name}>"

    def close(self) -> None:
        super().close()
        with self._lock:
            self._look.close()
            if not self.read_only:
                self._connection.close()

    def transaction(self) -> AbstractContextManager[None]:
        return Transaction(self._cursor, self._lock, self.path, self._check_files, self._scrub_if_overdue)

    def _check_files(self) -> None:
        """Check that the open file is still the one at its path.

        Raises: LogError.
        """
        if identity(self._name) != self._files:
            raise LogError(
                f"{self.path}, or the -wal file beside it, was deleted or replaced while the log was open; nothing was "
                "appended. Put the right file back, and open it again.",
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
        if query.tags or query.types is not None:
            return self._search(query)
        where: list[str] = ["position > ?"]
        values: list[object] = [query.after]
        if query.before is not None:
            where.append("position < ?")
            values.append(query.before)
        sql = f"SELECT {COLUMNS} FROM entries WHERE {' AND '.join(where)} ORDER BY position LIMIT ?"
        return self._query(sql, [*values, query.limit])

    def _search(self, query: Query) -> list[Stored]:
        """Return the rows that a query by tags or types wants."""
        where = ["position IN (SELECT value FROM json_each(?))"]
        if query.types is None:
            where.append("type <> 'redacted'")
        else:
            where.append("type IN (SELECT value FROM json_each(?))")
        types = [] if query.types is None else [_json(query.types)]
        sql = f"SELECT {COLUMNS} FROM entries WHERE {' AND '.join(where)} ORDER BY position LIMIT ?"
        limit = PAGE if query.limit is None else query.limit
        found: list[Stored] = []
        with self._lock:
            positions = self._index.positions(query)
            while len(found) < limit and (some := list(islice(positions, PAGE if types else limit - len(found)))):
                found += self._query(sql, [orjson.dumps(some).decode(), *types, limit - len(found)])
        return found

    def insert(self, rows: Sequence[Stored]) -> None:
        dumps = orjson.dumps
        insert_rows(self._cursor, f"entries ({COLUMNS})", [(*row[:-1], dumps(row[-1]).decode()) for row in rows])
        self._index.add(self._connection, rows)

    @property
    def has_cache(self) -> bool:
        return not (self._closed or self.read_only)

    def write_cache(self, rows: Sequence[CacheRow]) -> None:
        if not self.has_cache:
            return
        with self.transaction():
            if self.redacted_since(cache_position(rows)):  # by another program: the keyframes may hold what was erased
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
        rows = self.rows_by_id(ids).values()
        left = [(row.type, row.salt, row.content, _json(row.tags), row.position) for row in map(Stored.erased, rows)]
        update = "UPDATE entries SET type = ?, salt = ?, content = ?, tags = ? WHERE position = ?"
        self._index.erase(self._connection, rows, lambda: self._connection.executemany(update, left))
        self._connection.execute("DROP TABLE IF EXISTS keyframes")
        self._connection.execute(_OVERDUE)
        self._overdue = True

    def _scrub_if_overdue(self) -> None:
        if self._overdue:
            self._scrub()

    def _scrub(self) -> None:
        """Rewrite the file without the erased bytes, and empty the write-ahead file."""
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

    def end(self) -> End:
        rows = self._fetch("SELECT position, digest, recorded FROM entries ORDER BY position DESC LIMIT 1")
        return named_tuple(End, rows[0]) if rows else End()

    def _query(self, sql: str, values: Sequence[object]) -> list[Stored]:
        return [_stored(row) for row in self._fetch(sql, values)]

    def _fetch(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        """Return all rows of a query; a closed log is read too, for situations that were asked before."""
        with self._lock:
            try:
                if not (self._closed or self.read_only):
                    return self._cursor.execute(sql, values).fetchall()
                return self._look.fetch(sql, values)
            except sqlite3.Error as error:
                raise sqlite_file.translate(self.path, error) from error
            finally:
                if self._closed:
                    self._look.close()

    def verify(self, *, progress: Progress | None = None) -> Head:
        """Check the structure of the file, every leaf, digest and tag, and the index; return the head.

        Raises: DamagedLog, TamperedLog.
        """
        sqlite_file.require_sound(self.path, self._fetch)
        head = super().verify(progress=progress)
        with self._lock:
            position = self._index.misfiled()
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
    position, id, type, recorded, salt, content, leaf, digest, tags = row
    try:
        listed = tuple(orjson.loads(tags))
    except (ValueError, TypeError) as error:
        raise tampered(position) from error
    return named_tuple(Stored, (position, id, type, recorded, salt, content, leaf, digest, listed))


def _json(values: Sequence[str]) -> str:
    return orjson.dumps(list(values)).decode()
