"""The file of a SQLite log: making it, inspecting it, and the errors it can give."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from timeline.errors import CannotOpen, DamagedLog, LogError, NewerFormat, NotATimeline, ReadOnlyLog
from timeline.log.looking import BUSY, Files, Look, beside
from timeline.log.sqlite_index import TABLE

APPLICATION_ID = 0x74_6C_6E_65  # "tlne", in the header of every file we write
FORMAT = 2
_MAGIC = b"SQLite format 3\0"
_HEADER = 100

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
    tags     TEXT    NOT NULL            -- JSON list
);
{TABLE}
PRAGMA user_version = {FORMAT};
"""
COLUMNS = "position, id, type, recorded, salt, content, leaf, digest, tags"
_NO_ROOM = ("SQLITE_FULL", "SQLITE_IOERR_WRITE")
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_SINCE = (
    "SELECT (SELECT digest FROM entries WHERE position = ?), count(*), max(position) FROM entries WHERE position > ?"
)


def translate(path: Path, error: sqlite3.Error) -> LogError:
    """Return the error of this library for an error of SQLite."""
    code = _code(error)
    if code.startswith(_DAMAGED):
        return _damaged(path, error)
    if code.startswith("SQLITE_READONLY"):
        return may_not_write(path)
    if str(error).startswith("Could not decode to UTF-8"):  # and goes on to quote it
        return _damaged(path, "it holds text that is not UTF-8")
    if _is_busy(error):
        return LogError(
            f"{path} stayed locked by another program for {BUSY:.0f} seconds. Try again when that program is done."
        )
    todo = " Make room on the disk, and try again." if code.startswith(_NO_ROOM) else ""
    return LogError(f"{path}: SQLite reports {error} ({code or 'no code'}). Nothing of the batch was kept.{todo}")


def _code(error: sqlite3.Error) -> str:
    return getattr(error, "sqlite_errorname", "") or ""


def _is_busy(error: sqlite3.Error) -> bool:
    return _code(error).startswith("SQLITE_BUSY")


def _damaged(path: Path, why: object) -> DamagedLog:
    return DamagedLog(
        f"{path} is damaged ({why}); it was left as it was. Restore it from a copy, or from JSON lines.", path=path
    )


def may_not_write(path: Path) -> ReadOnlyLog:
    """Return the error for a file that may not be written."""
    return ReadOnlyLog(
        f"{path} may not be written; it was left as it was. Copy it to where you may write, or change its permissions.",
        path=path,
    )


def make(path: Path) -> None:
    """Make a new file, and give it its name once complete, so that no other process sees half a file."""
    if not path.parent.is_dir():
        raise CannotOpen(f"{path.parent} is not a directory: expected one to put {path.name} in. Create it.", path=path)
    if not is_writable(path.parent):
        raise may_not_write(path)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.new")
    try:
        _initialise(draft, path)
        os.link(draft, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links: lay it out in place
        path.touch()
    finally:
        draft.unlink(missing_ok=True)


def _initialise(path: Path, named: Path) -> None:
    """Lay out an empty file; if several processes do so, only the first one changes it. Errors name the log."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY)
    try:
        connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
        _write_ahead(connection)
    except sqlite3.Error as error:
        raise translate(named, error) from error
    finally:
        connection.close()


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to write-ahead mode, retrying here, because SQLite does not wait for the lock in this case."""
    deadline = time.monotonic() + BUSY
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if not _is_busy(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def connect(path: Path) -> sqlite3.Connection:
    """Open a file to write to it."""
    try:
        return sqlite3.connect(path, isolation_level=None, timeout=BUSY, check_same_thread=False)
    except sqlite3.Error as error:
        raise translate(path, error) from error


def prepare_file(path: Path, look: Look, *, read_only: bool) -> tuple[bool, int]:
    """Make sure that a log is at a path, making it if there is none.

    Return whether it may only be read, and its format.

    A file that is there is not written. It is read through SQLite alone. A program that opens and closes a file by
    itself releases every lock that it holds on the file.

    Raises: CannotOpen and its kinds.
    """
    if not path.exists():
        if read_only and not path.is_symlink():
            raise CannotOpen(
                f"{path} is not there: expected a timeline. Open it without read_only to make one.", path=path
            )
        make(path)
    if not path.is_file():
        raise NotATimeline(f"{path} is not a file: expected a timeline, or a path to make one at.", path=path)
    read_only = read_only or not (is_writable(path) and is_writable(path.parent))
    if not read_only and not path.stat().st_size:
        _initialise(path, path)
    try:
        return read_only, _inspect(path, look)
    except (sqlite3.Error, OSError) as error:
        raise _cannot_read(path, error) from error


def bring_over(connection: sqlite3.Connection, path: Path, index: Callable[[sqlite3.Connection], None]) -> None:
    """Bring a file of format 1 to the present format, and say so; its entries and digests stay as they are."""
    if _version(connection) == FORMAT:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        old = _version(connection)  # another program may have been first
        if old < FORMAT:
            connection.execute("DROP TABLE IF EXISTS tags")
            connection.execute("DROP INDEX IF EXISTS entries_by_type")
            connection.execute(TABLE)
            index(connection)
            connection.execute(f"PRAGMA user_version = {FORMAT}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    if old < FORMAT:
        warnings.warn(
            f"{path} was brought from format {old} to {FORMAT}: its index of tags and types is new, its entries and "
            "digests are as before. Earlier versions of incident-timeline cannot open it any more.",
            stacklevel=2,
        )


def _version(connection: sqlite3.Connection) -> int:
    ((found,),) = connection.execute("PRAGMA user_version")
    return int(found)


def require_sound(path: Path, fetch: Callable[[str], list[Any]]) -> None:
    """Read the whole file, and check its structure.

    Raises: DamagedLog.
    """
    if problem := _problem(fetch):
        raise _damaged(path, problem)


def _inspect(path: Path, look: Look) -> int:
    """Check that a file is a log, and return its format.

    The whole file is read only where a write-ahead file may belong to another one. `verify` reads it in any case.
    """
    ((application,),), ((version,),) = look.fetch("PRAGMA application_id"), look.fetch("PRAGMA user_version")
    if application != APPLICATION_ID:
        raise _foreign(path, is_database=path.stat().st_size >= _HEADER)
    if version > FORMAT:
        raise NewerFormat(
            f"{path} has format {version}, and this version of incident-timeline knows up to {FORMAT}; it was left as "
            "it was. Upgrade: pip install --upgrade incident-timeline.",
            path=path,
            found=version,
            known=FORMAT,
        )
    ahead = Files.of(path).ahead
    problem = _problem(look.fetch) if ahead else ""
    if ahead and (problem or not _goes_on(look)) and not _problem(look.alone):
        raise CannotOpen(
            f"{beside(path, '-wal')} does not belong to {path}, which was put in the place of another file; both were "
            "left as they were. Move away the files that end in -wal and -shm, and open it again.",
            path=path,
        )
    if problem:
        raise _damaged(path, problem)
    look.fetch(f"SELECT {COLUMNS} FROM entries ORDER BY position LIMIT 1")
    look.fetch(f"SELECT {COLUMNS} FROM entries ORDER BY position DESC LIMIT 1")
    return int(version)


def _problem(fetch: Callable[[str], list[Any]]) -> str:
    """Ask SQLite for a fault of a file; return an empty text if it is sound."""
    try:
        ((found,),) = fetch("PRAGMA quick_check(1)")
    except sqlite3.DatabaseError as error:
        if not _code(error).startswith(_DAMAGED):
            raise
        return str(error)
    return "" if found == "ok" else " ".join(found.split())


def _goes_on(look: Look) -> bool:
    """Check that a write-ahead file continues the file without a gap."""
    try:
        last = look.alone("SELECT position, digest FROM entries ORDER BY position DESC LIMIT 1")
    except sqlite3.Error:  # in the middle of a change: only both together can tell
        return True
    position, digest = last[0] if last else (0, None)
    ((there, added, head),) = look.fetch(_SINCE, [position, position])
    return there == digest and head in (None, position + added)


def _cannot_read(path: Path, error: sqlite3.Error | OSError) -> LogError:
    if isinstance(error, OSError) or _code(error).startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY")):
        return CannotOpen(
            f"{path} cannot be read with the -wal file beside it ({error}); both were left as they were. Copy both to "
            "where they may be written, and open the copy.",
            path=path,
        )
    return translate(path, error) if _is_busy(error) else _unreadable(path, error)


def _unreadable(path: Path, error: sqlite3.Error) -> CannotOpen:
    """Return the error for a file that cannot be read: a damaged log or a foreign file, by its header."""
    with path.open("rb") as file:
        header = file.read(_HEADER)
    ours = len(header) == _HEADER and int.from_bytes(header[68:72], "big") == APPLICATION_ID
    return _damaged(path, error) if ours and header.startswith(_MAGIC) else _foreign(path, is_database=False)


def _foreign(path: Path, *, is_database: bool) -> NotATimeline:
    if not path.stat().st_size:
        return NotATimeline(
            f"{path} is empty: expected a timeline. Record an entry in it first, which begins one.", path=path
        )
    if is_database:
        return NotATimeline(
            f"{path} is a database of another program; it was left as it was. Choose another path.", path=path
        )
    return NotATimeline(
        f"{path} is not a timeline but another file; it was left as it was. Choose another path.", path=path
    )


def is_writable(path: Path) -> bool:
    """Tell whether a path may be written by its permissions, which root could ignore."""
    return os.access(path, os.W_OK) and bool(path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
