"""The log in one SQLite file: the embedded default, safe for several processes and for power cuts."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
import time
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, get_args

import orjson

from timeline.errors import CannotOpen, DamagedLog, InvalidValue, LogError, NewerFormat, NotATimeline, ReadOnlyLog
from timeline.log.audit import tampered
from timeline.log.base import BaseLog, Clock, utc_now
from timeline.log.forks import renew_after_fork, set_aside
from timeline.log.keyframes import Kept, position_of
from timeline.log.query import Query
from timeline.log.stored import Head, Stored
from timeline.progress import Progress

APPLICATION_ID = 0x74_6C_6E_65  # "tlne", in the header of every file we write
FORMAT = 1
_MAGIC = b"SQLite format 3\0"
_HEADER = 100
_BUSY = 60.0

_SCHEMA = f"""
PRAGMA application_id = {APPLICATION_ID};
CREATE TABLE IF NOT EXISTS entries (
    position INTEGER PRIMARY KEY,
    id       TEXT    NOT NULL UNIQUE,
    type     TEXT    NOT NULL,
    recorded INTEGER NOT NULL,           -- microseconds since 1970 UTC
    salt     BLOB    NOT NULL,
    content  BLOB    NOT NULL,           -- canonical JSON
    leaf     BLOB    NOT NULL,
    digest   BLOB    NOT NULL,
    tags     TEXT    NOT NULL            -- JSON list, as indexed below
);
CREATE TABLE IF NOT EXISTS tags (
    tag TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (tag, position)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entries_by_type ON entries (type, position);
PRAGMA user_version = {FORMAT};
"""
_OVERDUE = "CREATE TABLE IF NOT EXISTS scrubbing (overdue)"
"""A table that is there while bytes of what was redacted may still be in the file."""
_KEYFRAMES = "CREATE TABLE IF NOT EXISTS keyframes (kind TEXT, key TEXT, positions BLOB, frames BLOB)"
_COLUMNS = "position, id, type, recorded, salt, content, leaf, digest, tags"

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


class SqliteLog(BaseLog):
    """Entries in a SQLite file in write-ahead mode, created if there is none.

    1. When `append` returns, the batch survives a power cut; `durability="crash"` asks for less.
    2. Any number of processes and threads may read and append; each append waits its turn.
    3. A file that cannot be opened is left exactly as it was.
    4. What is redacted is in no byte of the file, nor of those beside it, when `append` returns: the file
       is written anew, which takes as long as copying it. Cut short, this is made good when it is next opened.

    Raises: NotATimeline, NewerFormat, ReadOnlyLog, DamagedLog, CannotOpen.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, clock: Clock = utc_now, durability: Durability = "power_cut"
    ) -> None:
        super().__init__(clock)
        if durability not in get_args(Durability):
            expected = " or ".join(map(repr, get_args(Durability)))
            raise InvalidValue(f"durability is {durability!r}: expected {expected}.", value=durability)
        self.path = Path(path)
        self._lock = threading.RLock()
        if not self.path.exists():
            _create(self.path)
        self._durability = durability
        self._use(_open(self.path))
        self._overdue = bool(self._connection.execute("PRAGMA table_info(scrubbing)").fetchall())
        if self._overdue:
            try:
                self._scrub()
            except LogError:
                self._connection.close()
                raise

        renew_after_fork(self)

    def after_fork(self) -> None:
        """Leave the connection to the parent, as SQLite demands, and open another."""
        self._lock = threading.RLock()
        set_aside(self._connection)
        self._dropped.detach()
        if not self._closed:
            self._use(sqlite3.connect(self.path, isolation_level=None, timeout=_BUSY, check_same_thread=False))

    def close(self) -> None:
        super().close()
        with self._lock:
            self._connection.close()

    def _use(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._dropped = weakref.finalize(self, connection.close)  # a log that was dropped lets go of its file, too
        connection.execute(f"PRAGMA synchronous = {'FULL' if self._durability == 'power_cut' else 'NORMAL'}")

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        with self._lock, self._translated():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk has rolled back already
                    self._connection.execute("ROLLBACK")
                raise
            if self._overdue:
                self._scrub()

    def _find(self, ids: Sequence[str]) -> dict[str, Stored]:
        rows = self._query(f"SELECT {_COLUMNS} FROM entries WHERE id IN (SELECT value FROM json_each(?))", [_json(ids)])
        return {row.id: row for row in rows}

    def _at(self, positions: Sequence[int]) -> list[Stored]:
        among = "SELECT value FROM json_each(?)"
        sql = f"SELECT {_COLUMNS} FROM entries WHERE position IN ({among}) ORDER BY position"
        return self._query(sql, [orjson.dumps(list(positions)).decode()])

    def _select(self, query: Query) -> list[Stored]:
        where: list[str] = ["position > ?"]
        values: list[object] = [query.after]
        if query.before is not None:
            where.append("position < ?")
            values.append(query.before)
        for tag in query.tags or ():
            where.append("position IN (SELECT position FROM tags WHERE tag = ?)")
            values.append(tag)
        if query.types is not None:
            where.append("type IN (SELECT value FROM json_each(?))")
            values.append(_json(query.types))
        sql = f"SELECT {_COLUMNS} FROM entries WHERE {' AND '.join(where)} ORDER BY position LIMIT ?"
        return self._query(sql, [*values, query.limit])

    def _insert(self, rows: Sequence[Stored]) -> None:
        self._connection.executemany(
            f"INSERT INTO entries ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(*row[:-1], _json(row.tags)) for row in rows],
        )
        self._connection.executemany(
            "INSERT INTO tags (tag, position) VALUES (?, ?)", [(tag, row.position) for row in rows for tag in row.tags]
        )

    @property
    def keeps(self) -> bool:
        return not self._closed

    def keep(self, rows: Sequence[Kept]) -> None:
        with self._exclusive():
            if self.redacted_since(position_of(rows)):  # by another program: they may say what was erased
                return
            self._connection.execute(_KEYFRAMES)
            self._connection.execute("DELETE FROM keyframes")
            self._connection.executemany("INSERT INTO keyframes VALUES (?, ?, ?, ?)", rows)

    def kept(self, limit: int | None = None) -> list[Kept]:
        self._check_open()
        with self._lock, self._translated():
            if not self._connection.execute("PRAGMA table_info(keyframes)").fetchall():
                return []
            every = -1 if limit is None else limit
            rows = self._connection.execute("SELECT * FROM keyframes ORDER BY rowid LIMIT ?", [every]).fetchall()
        return [Kept._make(row) for row in rows]

    def _erase(self, ids: Sequence[str]) -> None:
        for row in self._find(ids).values():
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

    def _last(self) -> Stored | None:
        rows = self._query(f"SELECT {_COLUMNS} FROM entries ORDER BY position DESC LIMIT 1", [])
        return rows[0] if rows else None

    def _query(self, sql: str, values: Sequence[object]) -> list[Stored]:
        with self._lock, self._translated(), self._reading() as connection:
            rows = connection.execute(sql, values).fetchall()
        return [_stored(row) for row in rows]

    def verify(self, *, progress: Progress | None = None) -> Head:
        """Recompute every leaf, digest and tag, also those by which entries are found, and return the head."""
        head = super().verify(progress=progress)
        with self._lock, self._translated():
            (position,) = self._connection.execute(_MISFILED).fetchone()
        if position is not None:
            raise tampered(position)
        return head

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """A connection to read by; what was asked before the log was closed can be looked at afterwards."""
        if not self._closed:
            yield self._connection
            return
        connection = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY)
        try:
            yield connection
        finally:
            connection.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _translate(self.path, error) from error


def _stored(row: tuple[Any, ...]) -> Stored:
    try:
        return Stored._make((*row[:-1], tuple(orjson.loads(row[-1]))))
    except (ValueError, TypeError) as error:
        raise tampered(row[0]) from error


def _json(values: Sequence[str]) -> str:
    return orjson.dumps(list(values)).decode()


def _translate(path: Path, error: sqlite3.Error) -> LogError:
    code = _code(error)
    if code.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return _damaged(path, error)
    if code.startswith("SQLITE_READONLY"):
        return _read_only(path)
    if str(error).startswith("Could not decode to UTF-8"):  # and goes on to quote it
        return _damaged(path, "it holds text that is not UTF-8")
    if _is_busy(error):
        return LogError(f"{path} stayed locked by another program for {_BUSY:.0f} seconds. Try again when it is done.")
    return LogError(f"{path}: SQLite reports {error} ({code or 'no code'}). Nothing of the batch was kept.")


def _code(error: sqlite3.Error) -> str:
    return getattr(error, "sqlite_errorname", "") or ""


def _is_busy(error: sqlite3.Error) -> bool:
    return _code(error).startswith("SQLITE_BUSY")


def _damaged(path: Path, why: object) -> DamagedLog:
    return DamagedLog(
        f"{path} is damaged ({why}); it was left as it was. Restore it from a copy, or from JSON lines.", path=path
    )


def _read_only(path: Path) -> ReadOnlyLog:
    return ReadOnlyLog(
        f"{path} may not be written; it was left as it was. Copy it to where you may write, or change its permissions.",
        path=path,
    )


def _create(path: Path) -> None:
    """Make a new file complete before it gets its name, so that no other process sees half of one."""
    if not path.parent.is_dir():
        raise CannotOpen(f"{path.parent} is not a directory: expected one to put {path.name} in. Create it.", path=path)
    if not _writable(path.parent):
        raise _read_only(path)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.new")
    try:
        _initialise(draft)
        os.link(draft, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links: lay it out in place
        path.touch()
    finally:
        draft.unlink(missing_ok=True)


def _initialise(path: Path) -> None:
    """Lay out an empty file; of several processes that found it empty, the later ones change nothing."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=_BUSY)
    try:
        connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
        _write_ahead(connection)
    except sqlite3.Error as error:
        raise _translate(path, error) from error
    finally:
        connection.close()


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to write-ahead mode, for which SQLite does not wait its turn as it does elsewhere."""
    deadline = time.monotonic() + _BUSY
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if not _is_busy(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _open(path: Path) -> sqlite3.Connection:
    _inspect(path)
    try:
        connection = sqlite3.connect(path, isolation_level=None, timeout=_BUSY, check_same_thread=False)
    except sqlite3.Error as error:
        raise _translate(path, error) from error
    return connection


def _inspect(path: Path) -> None:
    """Look at the file without writing a byte.

    Raises: CannotOpen and its kinds.
    """
    if not path.is_file():
        raise NotATimeline(f"{path} is not a file: expected a timeline, or a path to make one at.", path=path)
    if not _writable(path) or not _writable(path.parent):
        raise _read_only(path)
    with path.open("rb") as file:
        header = file.read(_HEADER)
    if not header:
        _initialise(path)
        return
    if len(header) < _HEADER or not header.startswith(_MAGIC):
        raise NotATimeline(f"{path} is not a timeline but some other file; it was left as it was.", path=path)
    if int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise NotATimeline(
            f"{path} is a database of some other program; it was left as it was. Choose another path.", path=path
        )
    version = int.from_bytes(header[60:64], "big")
    if version > FORMAT:
        raise NewerFormat(
            f"{path} has format {version}, and this version of incident-timeline knows up to {FORMAT}; it was left as "
            "it was. Upgrade: pip install --upgrade incident-timeline.",
            path=path,
            found=version,
            known=FORMAT,
        )
    _check_pages(path)


def _check_pages(path: Path) -> None:
    beside = [path.with_name(path.name + end) for end in ("-wal", "-shm")]
    unused = not any(file.exists() for file in beside)
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY)
        try:
            problem = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            connection.execute(f"SELECT {_COLUMNS} FROM entries LIMIT 1").fetchone()
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        raise (_translate if _is_busy(error) else _damaged)(path, error) from error
    except sqlite3.DatabaseError as error:
        problem = error
    if problem != "ok":
        if unused:  # then looking made them, and nobody else can be at work in a damaged file
            for file in beside:
                file.unlink(missing_ok=True)
        raise _damaged(path, " ".join(str(problem).split()))


def _writable(path: Path) -> bool:
    """Also when run by root, who may write what nobody was meant to."""
    return os.access(path, os.W_OK) and bool(path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
