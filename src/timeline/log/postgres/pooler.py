"""Telling a pooler that shares sessions from a server, and from a pooler that does not."""

from __future__ import annotations

import select
import time
from contextlib import closing

import psycopg

Connection = psycopg.Connection[object]
_PID = b"SELECT pg_backend_pid()"
_SECONDS = 2.0
"""Seconds to wait for a second session; a pooler without one to give does not share any."""


def is_shared(connection: Connection, conninfo: str) -> bool:
    """Check whether another client may be given the session of a connection between two transactions.

    A second connection is opened only behind a pooler, where the process that answers is not the one that the
    connection announced.
    """
    first = _backend(connection)
    if first == connection.info.backend_pid:
        return False
    try:
        other = psycopg.connect(conninfo, autocommit=True)
    except psycopg.OperationalError:  # without another session, none can be shared
        return False
    with closing(other):
        other.pgconn.send_query(b"BEGIN; " + _PID)
        answers = _answers(other)
        if answers is None:
            return False
        begun = bool(answers)  # where statements share sessions, nothing can be begun
        return not begun or int(answers[-1]) == first or _backend(connection) != first


def _answers(connection: Connection) -> list[bytes] | None:
    """Return the values that a query gives, or None if no answer comes in time; other threads can run meanwhile."""
    answers: list[bytes] = []
    end = time.monotonic() + _SECONDS
    while select.select([connection.pgconn.socket], [], [], max(0.0, end - time.monotonic()))[0]:
        try:
            connection.pgconn.consume_input()
        except psycopg.OperationalError:  # a pooler that shares statements hangs up at BEGIN
            return answers
        while not connection.pgconn.is_busy():
            result = connection.pgconn.get_result()
            if result is None:
                return answers
            answers += [result.get_value(0, 0) or b""] if result.ntuples else []
    return None


def _backend(connection: Connection) -> int:
    """Return the process of the server that answers now."""
    row = connection.execute(_PID).fetchone()
    assert isinstance(row, tuple)
    return int(row[0])
