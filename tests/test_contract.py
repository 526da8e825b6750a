"""The public contract of a log, run against the logs in memory and in a file, and the one in the documentation."""

import re
import sqlite3
from pathlib import Path

import orjson

from timeline.log import MemoryLog, SqliteLog
from timeline.testing.logs import DurableLogContract, LogContract


class TestMemoryLog(LogContract):
    @staticmethod
    def open(place, **options):
        return MemoryLog(**options)


class TestSqliteLog(DurableLogContract):
    open = SqliteLog

    def rewrite(self, log, rows):
        connection = sqlite3.connect(log.path)
        with connection:
            connection.execute("DELETE FROM entries")
            connection.execute("DELETE FROM tags")
            connection.executemany(
                "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(*row[:-1], orjson.dumps(row.tags).decode()) for row in rows],
            )
            connection.executemany(
                "INSERT INTO tags VALUES (?, ?)", [(tag, row.position) for row in rows for tag in row.tags]
            )
        connection.close()


class TestDocumentedLog(LogContract):
    """The example of the documentation, as it stands there."""

    @staticmethod
    def open(place, **options):
        page = (Path(__file__).parent.parent / "docs" / "logs.md").read_text("utf-8")
        code = next(block for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "class ListLog" in block)
        exec(code, namespace := {"__name__": "documented"})
        return namespace["ListLog"](**options)
