"""What somebody with all rights could do to a stored log, one change at a time."""

from __future__ import annotations

import json
from contextlib import contextmanager

from psycopg import sql

from timeline import Draft, Report, about
from timeline.events import custody, editorial


def drafts(count, start=0):
    """Reports of different kinds, the third of each ten corrected by the fifth."""
    made = []
    for n in range(start, start + count):
        report = Report("وكالة", published="2026-01-20", credibility=n % 6 + 1)
        event = custody.DetaineesEscaped(facility=f"p-{n % 7}", quantity=about(n), detail="d" * n)
        if n % 10 == 5:
            event = editorial.EventCorrected(target=f"e{n - 2}", replacement=event)
        made.append(Draft(event, reports=[report] * (n % 3), id=f"e{n}"))
    return made


def one_bit_off(data, random):
    """The bytes with one bit of them changed."""
    changed = bytearray(data)
    changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def one_bit_off_text(text, random):
    """The text with one bit changed, so that it is one still: a server keeps no other."""
    while True:
        try:
            changed = one_bit_off(text.encode(), random).decode()
        except UnicodeDecodeError:
            continue
        if "\0" not in changed:
            return changed


class SqliteRows:
    """The tables of a log in a file, which keeps any bytes as text."""

    def __init__(self, log):
        self.log = log

    def run(self, query, *values):
        return self.log._connection.execute(query, values).fetchall()

    def flipped(self, column, value, random):
        """What to write, and as what."""
        if isinstance(value, int):
            return value ^ 1 << random.randrange(40), "INTEGER"
        if isinstance(value, str):
            return one_bit_off(value.encode(), random), "TEXT"
        return one_bit_off(value, random), "BLOB"

    @contextmanager
    def undone(self):
        """Whatever is done in the block."""
        self.run("BEGIN")
        yield
        self.run("ROLLBACK")


class PostgresRows:
    """The tables of a log on a server, without their keys, which would refuse some changes."""

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
        """What to write, and as what."""
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
        """Whatever is done in the block."""
        self.run("BEGIN")
        yield
        self.run("ROLLBACK")


COLUMNS = ("position", "id", "type", "recorded", "salt", "content", "leaf", "digest", "tags")


def flip_a_row(rows, random):
    """One bit of one column of one entry; when a redacted one was recorded is fixed by its neighbours only."""
    column = random.choice(COLUMNS)
    kept = "type <> 'redacted'" if column == "recorded" else "1 = 1"
    found = rows.run(f"SELECT position, {column} FROM entries WHERE {kept}")
    position, value = random.choice([(at, value) for at, value in found if value not in (b"", "", [])])
    changed, kind = rows.flipped(column, value, random)
    if column in ("position", "id"):  # it takes the place of another
        rows.run(f"DELETE FROM entries WHERE {column} = CAST(? AS {kind})", changed)
    rows.run(f"UPDATE entries SET {column} = CAST(? AS {kind}) WHERE position = ?", changed, position)


def flip_a_tag(rows, random):
    """One bit of the index of tags."""
    position, tag = random.choice(rows.run("SELECT position, tag FROM tags"))
    changed, kind = rows.flipped("tag", tag, random)
    rows.run(f"UPDATE tags SET tag = CAST(? AS {kind}) WHERE position = ? AND tag = ?", changed, position, tag)


def delete_a_row(rows, random):
    """One entry, with or without the others closing up."""
    last = rows.log.head().position
    position = random.randint(1, last)
    rows.run("DELETE FROM entries WHERE position = ?", position)
    if random.random() < 0.5:
        for later in range(position + 1, last + 1):
            rows.run("UPDATE entries SET position = ? WHERE position = ?", later - 1, later)


def swap_two_rows(rows, random):
    """Two entries change places."""
    a, b = random.sample(range(1, rows.log.head().position + 1), 2)
    for old, new in ((a, -1), (b, a), (-1, b)):
        rows.run("UPDATE entries SET position = ? WHERE position = ?", new, old)


def cut_the_tail(rows, random):
    """Everything from some position on."""
    position = random.randint(1, rows.log.head().position)
    for table in ("entries", "tags"):
        rows.run(f"DELETE FROM {table} WHERE position >= ?", position)


CHANGES = (flip_a_row, flip_a_row, flip_a_row, flip_a_tag, delete_a_row, swap_two_rows, cut_the_tail)
