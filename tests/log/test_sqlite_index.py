"""The index of a file by tags and types: posting lists of full blocks, the tail, and files of the format before."""

import random
import sqlite3

import pytest

from timeline.entry import Draft
from timeline.errors import ConcurrencyConflict, TamperedLog
from timeline.events import border, custody
from timeline.events.editorial import EventRedacted
from timeline.log import MemoryLog, SqliteLog, sqlite_index
from timeline.log.query import Expect, Query
from timeline.log.store import pages

BLOCK = 8


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Make blocks of a few entries, so that a short log has several."""
    monkeypatch.setattr(sqlite_index, "BLOCK", BLOCK)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "incidents.db"


def draft(number, chance):
    """Make a draft of one of two types, with some of a few tags."""
    about = chance.sample(["x:a", "x:b", "x:c"], chance.randrange(4))
    given = {"about": about, "detail": str(number)}
    place = f"place-{chance.randrange(3)}"
    kinds = (border.CrossingOpened(crossing=place, **given), custody.DetaineesEscaped(facility=place, **given))
    return Draft(chance.choice(kinds), id=f"e{number}")


def question(chance, last):
    """Make a query by some tags and some types, between some positions."""
    tags = chance.sample(["x:a", "x:b", "x:c", "facility:place-0", "facility:place-1", "x:none"], chance.randrange(4))
    types = chance.choice([None, None, ["border.crossing_opened"], ["custody.detainees_escaped", "redacted"], []])
    return Query(
        tags=tags or None, types=types, after=chance.randrange(-1, last + 2),
        before=chance.choice([None, chance.randrange(last + 2)]), limit=chance.choice([None, 1, 3, 20]),
    )  # fmt: skip


def found(log, query):
    return [(row.position, row.id, row.type, row.tags) for row in pages(log.select, query)]


@pytest.mark.parametrize("seed", range(8))
def test_a_file_finds_what_a_list_finds(path, seed):
    """Batches of any size, a batch undone, redactions by another program: every query gives what it gives in memory."""
    chance, listed = random.Random(seed), MemoryLog()
    with SqliteLog(path) as log, SqliteLog(path, read_only=True) as looking, SqliteLog(path) as other:
        number = 0
        for _ in range(12):
            batch = [draft(number + n, chance) for n in range(chance.choice([1, 1, 3, 8, 20]))]
            number += len(batch)
            chance.choice([log, other]).append(batch)
            listed.append(batch)
            if chance.random() < 0.3:
                with pytest.raises(ZeroDivisionError), log.transaction():
                    last = log.last_row()
                    log.insert([last._replace(position=last.position + 1, id="undone")])
                    found(log, Query(tags=["x:a"]))
                    1 / 0
            if chance.random() < 0.3:
                gone = f"e{chance.randrange(number)}"
                if not listed.rows_by_id([gone])[gone].redacted:
                    redaction = Draft(EventRedacted(target=gone), id=f"r{number}")
                    other.append([redaction])
                    listed.append([redaction])
            for _ in range(10):
                query = question(chance, listed.head().position)
                assert found(log, query) == found(looking, query) == found(listed, query), query
        assert log.verify().position == listed.head().position


@pytest.mark.parametrize("new", [BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK])
@pytest.mark.parametrize("seen", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK])
def test_a_search_sees_all_that_was_appended_since_the_last(path, seen, new):
    """Searches before and after: none of the new entries is missed, wherever blocks begin and end."""
    opened = Draft(border.CrossingOpened(crossing="c"))
    query = Query(tags=["facility:c"])
    with SqliteLog(path) as log, SqliteLog(path, read_only=True) as looking:
        log.append([opened] * seen)
        assert len(found(log, query)) == len(found(looking, query)) == seen
        log.append([opened] * new)
        with pytest.raises(ConcurrencyConflict):
            log.append([opened], expect=Expect(tags=["facility:c"], after=seen + new - 1))
        assert len(found(log, query)) == len(found(looking, query)) == seen + new


def test_a_single_append_writes_no_posting_list(path):
    """Only the transaction that completes a block writes lists."""
    with SqliteLog(path) as log:
        for number in range(BLOCK):
            assert log._fetch("SELECT count(*) FROM postings") == [(0,)]
            log.append([Draft(border.CrossingOpened(crossing="c"), id=f"e{number}")])
        lists = log._fetch("SELECT name, block, places FROM postings")
    places = bytes(byte for place in range(BLOCK) for byte in (place, 0))
    assert lists == [("#facility:c", 0, places), ("=border.crossing_opened", 0, places)]


CHANGES = {
    "a list is missing": "DELETE FROM postings WHERE block = 1",
    "a place is missing": "UPDATE postings SET places = substr(places, 3) WHERE block = 1 AND name LIKE '=%'",
    "a list has half a place": "UPDATE postings SET places = substr(places, 2) WHERE block = 1",
    "a list is text": "UPDATE postings SET places = 'places' WHERE block = 1",
    "a name is another": "UPDATE postings SET name = name || 'x' WHERE block = 1",
    "a list of no block": "INSERT INTO postings VALUES ('#x', 9, x'0000')",
    "a list of a block before all": "INSERT INTO postings VALUES ('#x', -1, x'0000')",
    "a block is no number": "INSERT INTO postings VALUES ('#x', 'b', x'0000')",
}


@pytest.mark.parametrize("change", CHANGES)
def test_verify_compares_posting_lists_and_entries(path, change):
    """Every change of the index from outside this library is found."""
    with SqliteLog(path) as log:
        log.append([draft(number, random.Random(number)) for number in range(3 * BLOCK + 2)])
        assert log.verify().position == 3 * BLOCK + 2
        log._connection.execute(CHANGES[change])
        with pytest.raises(TamperedLog):
            log.verify()


def test_a_posting_list_that_cannot_be_read_is_said_by_a_question(path):
    """It names the block, as for any other change."""
    with SqliteLog(path) as log:
        log.append([Draft(border.CrossingOpened(crossing="c"))] * 2 * BLOCK)
        log._connection.execute("UPDATE postings SET places = substr(places, 2) WHERE block = 1")
        with pytest.raises(TamperedLog, match=f"position {BLOCK + 1} does not fit"):
            list(log.read(tags=["facility:c"]))


# -- the format before -----------------------------------------------------------------------------

FORMAT_1 = """
DROP TABLE postings;
CREATE TABLE tags (tag TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (tag, position)) WITHOUT ROWID;
INSERT INTO tags SELECT value, position FROM entries, json_each(entries.tags);
CREATE INDEX entries_by_type ON entries (type, position);
PRAGMA user_version = 1;
"""


@pytest.fixture
def old(path):
    """Make a file as the versions before wrote it, with its rows and head."""
    with SqliteLog(path) as log:
        log.append([draft(number, random.Random(number)) for number in range(3 * BLOCK + 2)])
        rows, head = list(log.stored()), log.head()
    connection = sqlite3.connect(path)
    connection.executescript(FORMAT_1)
    connection.close()
    return path, rows, head


def test_a_file_of_the_format_before_is_brought_over_once(old):
    """Entries and digests are the same; a warning says what was done, and the next opening has nothing to do."""
    path, rows, head = old
    with (
        pytest.warns(UserWarning, match=rf"{path} was brought from format 1 to 2: .*Earlier versions"),
        SqliteLog(path) as log,
    ):
        assert list(log.stored()) == rows
        assert log.verify() == head
        assert [row.position for row in log.select(Query(tags=["x:a"], limit=99))] == [
            row.position for row in rows if "x:a" in row.tags
        ]
        log.append([Draft(border.CrossingOpened(crossing="c"))])
    with SqliteLog(path) as log:
        assert log.verify().position == head.position + 1
        tables = {name for (name,) in log._fetch("SELECT name FROM sqlite_master")}
        assert tables.isdisjoint({"tags", "entries_by_type"})


def test_a_file_of_the_format_before_is_read_as_it_is(old):
    """Nothing in it changes, and every question is answered."""
    path, rows, head = old
    before = path.read_bytes()
    with SqliteLog(path, read_only=True) as log:
        assert log.verify() == head
        for tag in ("x:a", "facility:place-1"):
            assert [row.position for row in pages(log.select, Query(tags=[tag]))] == [
                row.position for row in rows if tag in row.tags
            ]
    assert path.read_bytes() == before


def test_a_search_of_the_format_before_sees_all_that_was_appended_since(old):
    """A program of the version before goes on writing while this one looks."""
    path, rows, _ = old
    tag = Query(tags=["x:a"])
    with SqliteLog(path, read_only=True) as log:
        assert len(found(log, tag)) == sum("x:a" in row.tags for row in rows)
        connection = sqlite3.connect(path)
        more = (
            "INSERT INTO entries SELECT position + 1000, id || '+', type, recorded, salt, content, leaf, digest, tags"
        )
        connection.execute(f"{more} FROM entries")
        connection.commit()
        connection.close()
        assert len(found(log, tag)) == 2 * sum("x:a" in row.tags for row in rows)


def test_a_bringing_over_that_fails_leaves_the_format_before(old, monkeypatch):
    """All of it is one transaction."""
    path, _, head = old
    monkeypatch.setattr(sqlite_index, "_write", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        SqliteLog(path)
    with SqliteLog(path, read_only=True) as log:
        assert log._fetch("PRAGMA user_version") == [(1,)]
        assert log.verify() == head
        assert log._fetch("SELECT count(*) FROM tags")[0][0] > 0
