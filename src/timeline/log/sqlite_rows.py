"""Rows written to SQLite many at a time: a statement for each row costs a third more."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import Any

_AT_ONCE = 50
"""The number of rows in a statement: SQLite takes 999 values at least, and a row has up to nine."""


def insert_rows(cursor: sqlite3.Cursor, into: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows in order, `into` a table with its columns named."""
    whole = len(rows) - len(rows) % _AT_ONCE
    for start in range(0, whole, _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        cursor.execute(_statement(into, len(some[0]), _AT_ONCE), list(chain.from_iterable(some)))
    if rest := rows[whole:]:
        cursor.executemany(_statement(into, len(rest[0]), 1), rest)


@cache
def _statement(into: str, width: int, count: int) -> str:
    row = f"({', '.join('?' * width)})"
    return f"INSERT INTO {into} VALUES {', '.join([row] * count)}"
