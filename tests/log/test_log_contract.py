"""The contract of logs: one suite, run against each of the library's logs."""

import json
import re
import secrets
import sqlite3
from contextlib import suppress
from pathlib import Path

import pytest
from psycopg import sql

from support.nats_servers import replace_stream
from support.openers import open_jetstream, open_postgres
from support.postgres_server import new_schema
from timeline import Draft
from timeline.events import border
from timeline.log import Expect, MemoryLog, SqliteLog, sqlite_index
from timeline.log.jetstream.message import Message, pack
from timeline.log.store import Store
from timeline.testing.logs import DurableLogContract, LogContract


class TestMemoryLog(LogContract):
    @staticmethod
    def open(place, **options):
        return MemoryLog(**options)


class PlainLog(MemoryLog):
    """A log that supplies only what a store must, and reads positions one by one."""

    rows_at = Store.rows_at


def test_what_a_store_need_not_supply_reads_the_same():
    """Entries at some positions, in any order asked."""
    log = PlainLog()
    for crossing in ("rabia", "semalka", "faysh-khabur"):
        log.append([Draft(border.CrossingOpened(crossing=crossing))])
    assert [entry.position for entry in log.entries_at([3, 1])] == [1, 3]
    assert [entry.position for entry in log.entries_at([2])] == [2]


class TestSqliteLog(DurableLogContract):
    open = SqliteLog

    def rewrite(self, log, rows):
        connection = sqlite3.connect(log.path)
        with connection:
            connection.execute("DELETE FROM entries")
            connection.executemany(
                "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(*row[:-1], json.dumps(row.tags)) for row in rows],
            )
        connection.close()


class TestSqliteLogInSmallBlocks(DurableLogContract):
    """Most of what the cases append is in posting lists then. Other processes have blocks of the usual size."""

    open = SqliteLog
    test_processes_append_at_once_to_a_new_log = None
    test_processes_that_import_the_same_agree = None
    test_a_killed_process_loses_nothing_it_was_promised = None
    test_a_process_killed_while_writing_leaves_no_part_of_it = None

    @pytest.fixture(autouse=True)
    def small(self, monkeypatch):
        """Let a block have three entries."""
        monkeypatch.setattr(sqlite_index, "BLOCK", 3)


class TestPostgresLog(DurableLogContract):
    open = staticmethod(open_postgres)
    examples = 10
    test_a_value_of_another_kind_is_found = None  # a column of PostgreSQL holds one kind of value

    @pytest.fixture
    def places(self, postgres):
        return lambda: f"{postgres.url} {new_schema()}"

    def rewrite(self, log, rows):
        with log._link.lock:
            for table in ("entries", "tags"):
                log._link.run(sql.SQL("DELETE FROM {}").format(sql.Identifier(log.schema, table)))
            log.insert(rows)


class TestJetStreamLog(DurableLogContract):
    open = staticmethod(open_jetstream)
    examples = 10

    @pytest.fixture
    def places(self, nats_server):
        return lambda: f"{nats_server.url} contract-{secrets.token_hex(8)}"

    def rewrite(self, log, rows):
        replace_stream(log.address, [message(row, len(rows)) for row in rows])


def message(row, whole):
    """Return the message that JetStreamLog would publish for a row, or other bytes if it could not hold the row."""
    with suppress(ValueError, TypeError, AttributeError, OverflowError):
        if isinstance(row.content, bytes) and (not row.redacted or row == row.erased()):
            return pack(Message(row, whole))
    return repr(row).encode()


class TestDocumentedLog(LogContract):
    """The example of the documentation, as it stands there."""

    @staticmethod
    def open(place, **options):
        page = (Path(__file__).parents[2] / "docs" / "logs.md").read_text("utf-8")
        code = next(block for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "class ListLog" in block)
        exec(code, namespace := {"__name__": "documented"})
        return namespace["ListLog"](**options)


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        (Expect(after=3), "nothing about anything after position 3"),
        (Expect(tags=["a:b", "c:d"], after=3), "nothing about a:b, c:d after position 3"),
        (Expect(tags="a:b", types=["x.y", "z.w"], after=0), "nothing about a:b and x.y|z.w after position 0"),
        (Expect(types=border.CrossingOpened, after=0), "nothing about border.crossing_opened after position 0"),
    ],
)
def test_a_condition_is_said_in_words(expect, said):
    """As it stands in the message of a conflict."""
    assert str(expect) == said
