"""The changes that somebody with all rights could make to a stored log, one at a time."""

from __future__ import annotations

import json
from contextlib import contextmanager

from psycopg import sql

from timeline import Draft, Report, about
from timeline.events import custody, editorial
from timeline.log import sqlite_index


def drafts(count, start=0):
    """Make reports of different kinds; the fifth of each ten corrects the third."""
    made = []
    for n in range(start, start + count):
        report = Report("وكالة", published="2026-01-20", credibility=n % 6 + 1)
        event = custody.DetaineesEscaped(facility=f"p-{n % 7}", quantity=about(n), detail="d" * n)
        if n % 10 == 5:
            event = editorial.EventCorrected(target=f"e{n - 2}", replacement=event)
        made.append(Draft(event, reports=[report] * (n % 3), id=f"e{n}"))
    return made


def one_bit_off(data, random):
    """Return the bytes with one bit changed."""
    changed = bytearray(data)
    changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def one_bit_off_text(text, random):
    """Return the text with one bit changed that is still text, since a server keeps nothing else."""
    while True:
        try:
            changed = one_bit_off(text.encode(), random).decode()
        except UnicodeDecodeError:
            continue
        if "\0" not in changed:
            return changed


class SqliteRows:
    """The tables of a log in a file, which keeps any bytes as text."""

    index = ("postings", ("name", "block", "places"), ("name", "block"))

    def cut_the_index(self, position):
        self.run("DELETE FROM postings WHERE block >= ?", (position - 1) // sqlite_index.BLOCK)

    def __init__(self, log):
        self.log = log

    def run(self, query, *values):
        query = query.replace("UPDATE postings", "UPDATE OR REPLACE postings")  # it may take the place of another
        return self.log._connection.execute(query, values).fetchall()

    def flipped(self, column, value, random):
        """Return the changed value, and its SQL type."""
        if isinstance(value, int):
            return value ^ 1 << random.randrange(40), "INTEGER"
        if isinstance(value, str):
            return one_bit_off(value.encode(), random), "TEXT"
        return one_bit_off(value, random), "BLOB"

    @contextmanager
    def undone(self):
        """Run the block, then undo its changes."""
        self.run("BEGIN")
        yield
        self.run("ROLLBACK")


class PostgresRows:
    """The tables of a log on a server, without their keys, which would refuse some changes."""

    index = ("tags", ("tag",), ("position", "tag"))

    def cut_the_index(self, position):
        self.run("DELETE FROM tags WHERE position >= ?", position)

    def __init__(self, log):
        self.log = log
        for table, key in (("entries", "entries_pkey"), ("entries", "entries_id_key"), ("tags", "tags_pkey")):
            self.run(f"ALTER TABLE {table} DROP CONSTRAINT {key}")

    def run(self, query, *values):
        for table in ("entries", "tags"):
            for word in ("FROM", "UPDATE", "TABLE"):
                query = query.replace(f"{word} {table}", f'{word} "{self.log.schema}".{table}')
        return self.log._link.run(sql.SQL(query.replace("?", "%s")), values or None, rows=query.startswith("SELECT"))

    def flipped(self, column, value, random):
        """Return the changed value, and its SQL type."""
        if isinstance(value, int):
            return value ^ 1 << random.randrange(40), "bigint"
        if isinstance(value, list):
            number = random.randrange(len(value))
            changed = [one_bit_off_text(tag, random) if at == number else tag for at, tag in enumerate(value)]
            return json.dumps(changed), "jsonb"
        if isinstance(value, str):
            return one_bit_off_text(value, random), "text"
        return one_bit_off(value, random), "bytea"

    @contextmanager
    def undone(self):
        """Run the block, then undo its changes."""
        self.run("BEGIN")
        yield
        self.run("ROLLBACK")


COLUMNS = ("position", "id", "type", "recorded", "salt", "content", "leaf", "digest", "tags")


def flip_a_row(rows, random):
    """Change one bit of one column of one entry; only its neighbours fix the time of a redacted one."""
    column = random.choice(COLUMNS)
    kept = "type <> 'redacted'" if column == "recorded" else "1 = 1"
    found = rows.run(f"SELECT position, {column} FROM entries WHERE {kept}")
    position, value = random.choice([(at, value) for at, value in found if value not in (b"", "", [])])
    changed, kind = rows.flipped(column, value, random)
    if column in ("position", "id"):  # it takes the place of another
        rows.run(f"DELETE FROM entries WHERE {column} = CAST(? AS {kind})", changed)
    rows.run(f"UPDATE entries SET {column} = CAST(? AS {kind}) WHERE position = ?", changed, position)


def flip_a_tag(rows, random):
    """Change one bit of the index of tags."""
    table, columns, (a, b) = rows.index
    column = random.choice(columns)
    key, other, value = random.choice(rows.run(f"SELECT {a}, {b}, {column} FROM {table}"))
    changed, kind = rows.flipped(column, value, random)
    rows.run(f"UPDATE {table} SET {column} = CAST(? AS {kind}) WHERE {a} = ? AND {b} = ?", changed, key, other)


def delete_a_row(rows, random):
    """Remove one entry; the others may close the gap."""
    last = rows.log.head().position
    position = random.randint(1, last)
    rows.run("DELETE FROM entries WHERE position = ?", position)
    if random.random() < 0.5:
        for later in range(position + 1, last + 1):
            rows.run("UPDATE entries SET position = ? WHERE position = ?", later - 1, later)


def swap_two_rows(rows, random):
    """Swap two entries."""
    a, b = random.sample(range(1, rows.log.head().position + 1), 2)
    for old, new in ((a, -1), (b, a), (-1, b)):
        rows.run("UPDATE entries SET position = ? WHERE position = ?", new, old)


def cut_the_tail(rows, random):
    """Remove everything from a position on."""
    position = random.randint(1, rows.log.head().position)
    rows.run("DELETE FROM entries WHERE position >= ?", position)
    rows.cut_the_index(position)


CHANGES = (flip_a_row, flip_a_row, flip_a_row, flip_a_tag, delete_a_row, swap_two_rows, cut_the_tail)
