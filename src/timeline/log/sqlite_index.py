"""The index of a SQLite log by tag and type: posting lists for full blocks of entries, and a list of the rest.

An index with a row for each tag of each entry would write a page of the file for each of these rows. So a thousand
entries are indexed at once, in the transaction that completes their block. For each tag and type in the block, the
table `postings` then gets one row, with the places of its entries. The entries after the last full block, the tail, are
indexed in memory. The kind of a name is its first character, so that other kinds have room.
"""

from __future__ import annotations

import sqlite3
import struct
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import orjson

from timeline.errors import TamperedLog
from timeline.events.declare import Redacted
from timeline.log.audit import tampered
from timeline.log.query import Query
from timeline.log.sqlite_rows import insert_rows
from timeline.log.stored import Stored

BLOCK = 1000
"""The number of entries that make a block."""
TABLE = """
CREATE TABLE IF NOT EXISTS postings (
    name   TEXT    NOT NULL,             -- '#' and a tag, or '=' and a type
    block  INTEGER NOT NULL,             -- block 0 has positions 1 to 1000, and so on
    places BLOB    NOT NULL,             -- in the block, from 0: two bytes each, the lower byte first
    PRIMARY KEY (name, block)
) WITHOUT ROWID;
"""
_OF_ONE = "SELECT block, places FROM postings WHERE name = ? AND block >= ? AND block < ? ORDER BY block LIMIT ?"
_OF_ANY = """
SELECT block, places FROM postings
WHERE name IN (SELECT value FROM json_each(?)) AND block >= ? AND block < ?
"""
_AMONG = """
SELECT block, places FROM postings
WHERE name IN (SELECT value FROM json_each(?)) AND block IN (SELECT value FROM json_each(?))
"""
_FILED = "SELECT name, block, places FROM postings WHERE block >= ? AND (block < ? OR ?)"
_LEAST = -(1 << 63)
"""The lowest number that a column can hold."""
_ROWS = "SELECT position, type, tags FROM entries WHERE position > ? AND position <= ?"
_TAIL = "SELECT position, digest, type, tags FROM entries WHERE position >= ? ORDER BY position LIMIT ?"
_AT_ONCE = 100
"""The number of blocks that are verified at once."""
_PER_BLOCK = 64
"""The number of entries of a block that a question is expected to want."""

Fetch = Callable[..., list[Any]]
"""Returns all rows of a statement with values."""
Indexed = tuple[int, str, Sequence[str]]
"""A position, and the type and the tags there."""


class BlockIndex:
    """Finds the positions of a log by tags and types. Callers hold the lock of the log.

    A file of format 1, which is only read, has no posting lists: all of its entries are in the tail.
    """

    def __init__(self, fetch: Fetch, *, has_postings: bool) -> None:
        self._fetch = fetch
        self._has_postings = has_postings
        self._begin_tail(0)

    def positions(self, query: Query) -> Iterator[int]:
        """Yield the positions of the entries with the tags of a query, or of its types if it names no tags.

        Entries that were redacted meanwhile may be among them.
        """
        if Redacted.type in (query.types or ()):
            self._begin_tail(0)  # another program may have redacted an entry there
        self._read_tail()
        groups = [[f"#{tag}"] for tag in query.tags or ()] or [[f"={name}" for name in query.types or ()]]
        few = 1 + (query.limit or BLOCK) // _PER_BLOCK
        for position in self._found(groups, max(query.after, 0) // BLOCK, few):
            if query.before is not None and position >= query.before:
                return
            if position > query.after:
                yield position

    def add(self, connection: sqlite3.Connection, rows: Sequence[Stored]) -> None:
        """Index the blocks that rows just inserted complete."""
        if not rows:
            return
        first = rows[0].position
        for block in range((first - 1) // BLOCK, rows[-1].position // BLOCK):
            start = block * BLOCK
            among = rows[max(start + 1 - first, 0) : start + BLOCK + 1 - first]
            new = [(position, type, tags) for position, _, type, *_, tags in among]
            before = _parsed(connection.execute(_ROWS, (start, new[0][0] - 1)))
            _write(connection, block, [*before, *new])

    def build(self, connection: sqlite3.Connection) -> None:
        """Index every full block of the file."""
        for block in range(_last(connection.execute) // BLOCK):
            _write(connection, block, _rows_of(connection, block))

    def erase(self, connection: sqlite3.Connection, rows: Iterable[Stored], erase: Callable[[], object]) -> None:
        """Erase rows by calling a function, and index their blocks again."""
        full = _last(connection.execute) // BLOCK
        blocks = {block for row in rows if (block := (row.position - 1) // BLOCK) < full}
        for block in blocks:
            names = _places(block, _rows_of(connection, block))
            connection.executemany(
                "DELETE FROM postings WHERE name = ? AND block = ?", [(name, block) for name in names]
            )
        erase()
        for block in blocks:
            _write(connection, block, _rows_of(connection, block))
        self._begin_tail(0)

    def misfiled(self) -> int | None:
        """Return the first position at which posting lists and entries differ; None if there is none."""
        if not self._has_postings:
            return None
        full = _last(self._fetch) // BLOCK
        for start in range(0, full or 1, _AT_ONCE):
            end = min(start + _AT_ONCE, full)
            filed = self._filed(start or _LEAST, end, is_last=end == full)
            found: dict[tuple[Any, Any], Any] = {}
            for block in range(start, end):
                rows = _parsed(self._fetch(_ROWS, [block * BLOCK, block * BLOCK + BLOCK]))
                found |= {(name, block): _packed(places) for name, places in _places(block, rows).items()}
            if differing := {key for key in filed.keys() | found.keys() if filed.get(key) != found.get(key)}:
                return min(_first_difference(key[1], filed.get(key), found.get(key)) for key in differing)
        return None

    # -- how ---------------------------------------------------------------------------------------

    def _filed(self, start: int, end: int, *, is_last: bool) -> dict[tuple[Any, Any], Any]:
        """Return the posting lists of some blocks; the last ones with those of blocks that should not be there."""
        rows = self._fetch(_FILED, [start, end, is_last])
        return {(name, block): places for name, block, places in rows}

    def _found(self, groups: Sequence[Sequence[str]], first: int, few: int) -> Iterator[int]:
        """Yield the positions of the entries with a name of each group, from a block on; read a few blocks first."""
        lead, *others = groups
        for blocks in self._of_one(lead[0], first, few) if len(lead) == 1 else self._of_any(lead, first, few):
            found = blocks
            for names in others:
                among = _united(self._fetch(_AMONG, [_json(names), _json(list(found))])) if found else {}
                found = {block: both for block, places in among.items() if (both := places.intersection(found[block]))}
            for block in sorted(found):
                start = block * BLOCK + 1
                yield from [start + place for place in sorted(found[block])]
        tails = [{position for name in names for position in self._tail.get(name, ())} for names in groups]
        yield from sorted(set.intersection(*tails))

    def _of_one(self, name: str, first: int, few: int) -> Iterator[Mapping[int, Collection[int]]]:
        """Yield the places of one name by block, some blocks at a time."""
        full = self._begun // BLOCK
        while first < full and (rows := self._fetch(_OF_ONE, [name, first, full, few])):
            yield {block: _unpacked(block, places) for block, places in rows}
            if len(rows) < few:
                return
            first, few = rows[-1][0] + 1, 4 * few

    def _of_any(self, names: Sequence[str], first: int, few: int) -> Iterator[Mapping[int, Collection[int]]]:
        """Yield the places of several names by block, some blocks at a time."""
        while first < self._begun // BLOCK:
            end = min(first + few, self._begun // BLOCK)
            yield _united(self._fetch(_OF_ANY, [_json(names), first, end]))
            first, few = end, 4 * few

    def _begin_tail(self, position: int) -> None:
        self._begun = self._upto = position
        self._digest = b""
        self._tail: dict[str, list[int]] = {}

    def _read_tail(self) -> None:
        """Index the entries that were appended since; start again if the log is no longer the one that was indexed."""
        enough = BLOCK + 1 if self._has_postings else -1  # the last entry indexed, and all that can be in the tail
        rows = self._fetch(_TAIL, [self._upto, enough]) if self._upto else []
        if not rows or rows[0][:2] != (self._upto, self._digest) or self._is_full(rows[-1][0]):
            self._begin_tail(_last(self._fetch) // BLOCK * BLOCK if self._has_postings else 0)
            rows = self._fetch(_TAIL, [self._begun, -1])
        for position, digest, type, tags in rows:
            if position > self._upto:
                for name in _names(type, orjson.loads(tags)):
                    self._tail.setdefault(name, []).append(position)
            self._upto, self._digest = position, digest

    def _is_full(self, position: int) -> bool:
        """Tell whether the tail holds a block that has posting lists."""
        return self._has_postings and position >= self._begun + BLOCK


def _last(fetch: Callable[[str], Iterable[Any]]) -> int:
    ((last,),) = fetch("SELECT max(position) FROM entries")
    return last or 0


def _names(type: str, tags: Iterable[str]) -> list[str]:
    return [f"={type}", *(f"#{tag}" for tag in tags)]


def _rows_of(connection: sqlite3.Connection, block: int) -> list[Indexed]:
    return _parsed(connection.execute(_ROWS, (block * BLOCK, block * BLOCK + BLOCK)))


def _parsed(rows: Iterable[tuple[int, str, str]]) -> list[Indexed]:
    return [(position, type, orjson.loads(tags)) for position, type, tags in rows]


def _places(block: int, rows: Iterable[Indexed]) -> dict[str, list[int]]:
    """Return the places in a block by name."""
    of_types: defaultdict[str, list[int]] = defaultdict(list)
    of_tags: defaultdict[str, list[int]] = defaultdict(list)
    first = block * BLOCK + 1
    for position, type, tags in rows:
        place = position - first
        of_types[type].append(place)
        for tag in tags:
            of_tags[tag].append(place)
    kinds = (("=", of_types), ("#", of_tags))
    return {f"{kind}{name}": places for kind, found in kinds for name, places in found.items()}


def _write(connection: sqlite3.Connection, block: int, rows: Iterable[Indexed]) -> None:
    places = sorted(_places(block, rows).items())
    insert_rows(
        connection.cursor(), "postings (name, block, places)", [(name, block, _packed(found)) for name, found in places]
    )


def _packed(places: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(places)}H", *places)


def _unpacked(block: int, places: bytes) -> tuple[int, ...]:
    """Return the places of a posting list.

    Raises: TamperedLog.
    """
    try:
        return struct.unpack(f"<{len(places) // 2}H", places)
    except (struct.error, TypeError) as error:
        raise tampered(block * BLOCK + 1) from error


def _united(rows: Iterable[tuple[int, bytes]]) -> dict[int, set[int]]:
    """Return the places of all names, by block."""
    found: dict[int, set[int]] = {}
    for block, places in rows:
        found.setdefault(block, set()).update(_unpacked(block, places))
    return found


def _first_difference(block: Any, filed: Any, found: Any) -> int:
    """Return the first position that one of two posting lists of a block has, and the other one lacks."""
    start = block * BLOCK + 1 if isinstance(block, int) and block >= 0 else 1
    with suppress(TamperedLog):
        return start + min({*_unpacked(block, filed or b"")} ^ {*_unpacked(block, found or b"")}, default=0)
    return start


def _json(values: Sequence[Any]) -> str:
    return orjson.dumps(values).decode()
