"""Tables of the faults that tests under load found."""

from __future__ import annotations

import os
import platform
from collections import Counter
from datetime import datetime, timezone


class Counts:
    """Numbers by what was done, added up in tables of their own."""

    def __init__(self) -> None:
        self._tables: dict[str, dict[str, Counter[str]]] = {}

    def add(self, table: str, row: str, **numbers: int) -> None:
        self._tables.setdefault(table, {}).setdefault(row, Counter()).update(numbers)

    def __str__(self) -> str:
        when = f"{datetime.now(timezone.utc):%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}"
        return "\n\n".join(["", when, *map(self._written, self._tables)])

    def _written(self, table: str) -> str:
        rows = self._tables[table]
        columns = list(dict.fromkeys(column for numbers in rows.values() for column in numbers))
        lines = [[table, *(column.replace("_", " ") for column in columns)], ["---"] * (len(columns) + 1)]
        lines += [
            [row, *(f"{numbers[column]:,}" if column in numbers else "" for column in columns)]
            for row, numbers in rows.items()
        ]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)
