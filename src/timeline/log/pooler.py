"""Telling a pooler that shares sessions from a server, or a pooler that does not."""

from __future__ import annotations

import select
from contextlib import closing

import psycopg

Connection = psycopg.Connection[object]
_PID = b"SELECT pg_backend_pid()"
_SECONDS = 2.0
"""How long a second session is waited for; a pooler that has none to give shares none either."""


def is_shared(connection: Connection, conninfo: str) -> bool:
    """Check whether another client may be given the session of a connection between two transactions.

    Only who meets a pooler on the way is asked to connect a second time: the process that answers is not
    the one that the connection was announced to have.
    """
    first = _backend(connection)
    if first == connection.info.backend_pid:
        return False
    try:
        other = psycopg.connect(conninfo, autocommit=True)
    except psycopg.OperationalError:  # it has no other session to give: none that it could share
        return False
    with closing(other):
        other.pgconn.send_query(b"BEGIN; " + _PID)
        if not select.select([other.pgconn.socket], [], [], _SECONDS)[0]:
            return False
        answers = [result.get_value(0, 0) for result in iter(other.pgconn.get_result, None) if result.ntuples]
        begun = bool(answers)  # where statements share sessions, nothing can be begun
        return not begun or int(answers[-1] or 0) == first or _backend(connection) != first


def _backend(connection: Connection) -> int:
    """The process of the server that answers now."""
    row = connection.execute(_PID).fetchone()
    assert isinstance(row, tuple)
    return int(row[0])
