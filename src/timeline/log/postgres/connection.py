"""A connection to PostgreSQL that reconnects after a loss and never reveals its password."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from timeline.errors import CannotOpen, InvalidValue, LogClosed, LogError, LogUnreachable, ReadOnlyLog
from timeline.extras import needs
from timeline.log.clocks import ServerClock
from timeline.log.forks import renew_after_fork, set_aside
from timeline.log.patience import PATIENCE, seconds_given

with needs("postgres"):
    import psycopg
    from psycopg import sql
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    from timeline.log.postgres.pooler import is_shared

__all__ = ["PATIENCE", "PAUSES", "Connection", "ReconnectingConnection", "psycopg", "schema_named", "sql"]

T = TypeVar("T")
Connection = psycopg.Connection[Any]
PAUSES = (0.02, 2.0)
"""The first and the longest pause between two tries to connect again, in seconds."""
_GONE = ("08", "25P03", "25P04", "57P01", "57P02", "57P03", "57P04", "57P05")
"""SQLSTATEs, or classes of them, of a server that stops or starts, or that has ended our session."""
_PORTS = re.compile(r"[\d,]*")
_REFUSALS = ("password", "does not exist", "pg_hba.conf", "not permitted", "permission denied")
"""Words of a refused sign-in, for which the driver gives no SQLSTATE; trying again does not help."""
_DEFAULTS = {
    "application_name": "incident-timeline",
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
}
"""Settings by which a dead network is noticed, unless the URL gives others."""
_SESSION = """
SELECT set_config('lock_timeout', %(patience)s, false),
       set_config('idle_in_transaction_session_timeout', '300s', false),
       set_config('synchronous_commit', CASE current_setting('synchronous_commit')
                                        WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false),
       (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
       current_setting('default_transaction_isolation'), current_setting('server_encoding')
"""

_MOMENT = sql.SQL("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")


class ReconnectingConnection:
    """One connection, used by one thread at a time; when it is lost, it reconnects after growing pauses.

    Raises: CannotOpen for a malformed URL, or a database that cannot keep a log; LogUnreachable.
    """

    def __init__(self, url: str, *, patience: float = PATIENCE) -> None:
        self.patience = seconds_given("patience", patience)
        self._conninfo, self._password = _read(url)
        self.place = _place(self._conninfo)
        self.lock = threading.RLock()
        self.clock = ServerClock()
        self._closing = threading.Event()
        self._connection: Connection | None = self.connect()
        try:
            self._refuse_shared(self._connection)
        except BaseException:
            self._connection.close()
            raise
        renew_after_fork(self)

    def after_fork(self) -> None:
        """Leave the connection to the parent; the next statement opens another."""
        set_aside(self._connection)
        self.lock, self._connection = threading.RLock(), None
        closed, self._closing = self._closing.is_set(), threading.Event()
        if closed:
            self._closing.set()

    def connect(self) -> Connection:
        """Open a further connection of `psycopg`, in autocommit mode, so that transactions begin explicitly."""
        with self._translated():
            connection = psycopg.connect(self._conninfo, autocommit=True, client_encoding="utf8")
        try:
            with self._translated():
                *_, moment, isolation, encoding = (
                    connection.execute(_SESSION, {"patience": f"{max(1, round(self.patience * 1000))}ms"}).fetchone()
                    or ()
                )
            self._check(isolation, encoding)
            self.clock.said(moment)
        except BaseException:
            connection.close()
            raise
        return connection

    def run(self, query: sql.SQL | sql.Composed, values: Any = None, *, rows: bool = False) -> list[tuple[Any, ...]]:
        """Execute one statement, and return its rows, in binary format, if `rows` asks for them."""
        with self.lock, self._translated():
            cursor = self._connected().cursor(binary=rows)
            cursor.execute(query, values, prepare=None if values else False)  # several commands cannot be prepared
            return cursor.fetchall() if rows else []

    def retry(self, work: Callable[[], T]) -> T:
        """Do a piece of work that may be done twice, and repeat it on a new connection while the old one is lost.

        Inside a transaction it is done once: only whole transactions are repeated.
        """
        with self.lock:
            if self.busy:
                return work()
            deadline = time.monotonic() + self.patience
            pause = PAUSES[0]
            while True:
                if self._closing.is_set():
                    raise LogClosed("the log is closed: expected an open one. Open it again to go on.")
                try:
                    if self._connection is None or self._connection.closed:
                        self._connection = self.connect()
                    return work()
                except LogUnreachable:
                    self._hang_up()
                    if time.monotonic() + pause > deadline:
                        raise
                    self._closing.wait(pause)
                    pause = min(2 * pause, PAUSES[1])

    @property
    def busy(self) -> bool:
        """True while a transaction is open."""
        return self._connection is not None and self._connection.info.transaction_status in _IN_TRANSACTION

    @contextmanager
    def transaction(self, begin: sql.SQL | sql.Composed) -> Iterator[psycopg.Cursor[Any]]:
        """Begin a transaction with the statement `begin`, and give a cursor.

        It is committed if the block ends well, and rolled back if the block raises.
        """
        with self.lock:
            try:
                self.retry(lambda: self.run(begin))
                with self._translated():
                    yield self._connected().cursor()
                self.run(sql.SQL("COMMIT"))
            except BaseException:
                if self.busy:
                    self.run(sql.SQL("ROLLBACK"))
                raise

    def look_at_clock(self) -> None:
        """Ask the server for its time."""
        ((moment,),) = self.run(_MOMENT, rows=True)
        self.clock.said(moment)

    def rest(self, seconds: float) -> None:
        """Wait for some seconds, or until the log is closed."""
        self._closing.wait(seconds)

    def close(self) -> None:
        self._closing.set()
        with self.lock:
            self._hang_up()

    def _connected(self) -> Connection:
        """Return the connection; a lost one is replaced by `retry` only."""
        if self._connection is None:
            self._connection = self.connect()
        return self._connection

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _refuse_shared(self, connection: Connection) -> None:
        with self._translated():
            shared = is_shared(connection, self._conninfo)
        if shared:
            raise CannotOpen(
                f"{self.place} is a pooler that shares sessions (transaction or statement pooling): expected a session "
                "of its own, in which settings last and followers listen. Connect to the server itself, or set the "
                "pooler to session pooling (pool_mode = session) for this database.",
                path=self.place,
            )

    def _check(self, isolation: str, encoding: str) -> None:
        if isolation != "read committed":
            raise CannotOpen(
                f"{self.place} begins transactions at {isolation!r}: expected 'read committed', at which each append "
                "sees the one before it. Set default_transaction_isolation for this role, or take it out of the URL.",
                path=self.place,
            )
        if encoding != "UTF8":
            raise CannotOpen(
                f"{self.place} keeps text as {encoding}: expected UTF8, which holds every language. "
                "Create the database with ENCODING 'UTF8'.",
                path=self.place,
            )

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            raise self.translate(error) from error

    def translate(self, error: psycopg.Error) -> LogError:
        """Return the error of this library for an error of the server or the driver."""
        state = error.sqlstate or ""
        said = " ".join(str(error.diag.message_primary or error).split())
        said = said.replace(self._password, "***") if self._password else said
        if not state and any(word in said for word in _REFUSALS):
            return CannotOpen(
                f"{self.place} refuses the sign-in: {said}. Check role, password and database in the URL.",
                path=self.place,
            )
        if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
            return ReadOnlyLog(
                f"{self.place} can only be read: {said}. Append at the primary server, if this is a standby.",
                path=self.place,
            )
        if isinstance(error, psycopg.errors.InsufficientPrivilege):
            return ReadOnlyLog(
                f"{self.place} does not let this role do that: {said}. Ask its owner for the rights of a writer.",
                path=self.place,
            )
        if isinstance(error, psycopg.errors.LockNotAvailable):
            return LogError(
                f"{self.place} stayed locked by another program for {self.patience:.0f} seconds. Try again when that "
                "program is done."
            )
        lost = not state and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
        if lost or state.startswith(_GONE):
            return LogUnreachable(f"{self.place} cannot be reached: {said}. Is the server running?")
        return LogError(f"{self.place}: PostgreSQL reports {said} ({state or 'no code'}). Nothing of it was kept.")

    def __repr__(self) -> str:
        return f"ReconnectingConnection({self.place!r})"


_IN_TRANSACTION = (
    psycopg.pq.TransactionStatus.INTRANS,
    psycopg.pq.TransactionStatus.INERROR,
    psycopg.pq.TransactionStatus.ACTIVE,
)


def schema_named(name: Any, longest: int = 63) -> sql.Identifier:
    """Return the name of a schema, quoted; one that the server would cut is refused.

    Raises: InvalidValue.
    """
    if not isinstance(name, str) or not 0 < len(name.encode()) <= longest or set("%\0") & set(name):
        raise InvalidValue(f"schema is {name!r}: expected a name of 1 to {longest} bytes without '%'.", value=name)
    return sql.Identifier(name)


def _read(url: str) -> tuple[str, str]:
    """Return the connection string of a URL, and the password in it.

    Raises: CannotOpen, which repeats nothing of the URL: parts of an unquoted password may stand anywhere in it.
    """
    try:
        given = conninfo_to_dict(url)
    except psycopg.Error:
        given = {"host": "@"}
    if "@" in f"{given.get('host')}{given.get('dbname')}" or not _PORTS.fullmatch(str(given.get("port") or "")):
        raise CannotOpen(
            "this is not the URL of a PostgreSQL database (it is not repeated here, as it may hold a password): "
            "expected postgresql://user:password@host:5432/database, with special characters as %40 and the like.",
            path="postgresql://…",
        )
    missing = {name: value for name, value in _DEFAULTS.items() if name not in given}
    return make_conninfo(url, **missing), str(given.get("password") or "")


def _place(conninfo: str) -> str:
    """Return the address without the password, for messages."""
    given = conninfo_to_dict(conninfo)
    user = f"{given['user']}@" if given.get("user") else ""
    port = f":{given['port']}" if given.get("port") else ""
    return f"postgresql://{user}{given.get('host') or 'localhost'}{port}/{given.get('dbname') or ''}"
