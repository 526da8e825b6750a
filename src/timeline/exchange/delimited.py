"""Delimited text, as people keep it: CSV of spreadsheets, old Macs, surveys and other programs.

    title, groups ...      above the first row that names every column that is asked for: skipped
    header                 names told apart as `name#2`; those without a name are `` and `#2`
    #hashtags              of the Humanitarian Exchange Language: skipped
    rows                   blank ones, also of separators only, are nothing; the header again is skipped

What cannot be decoded, or read as a row, is a problem of its line. A quote that nothing closes spoils
only the line where it opens. A file is opened once, and read as it is asked for.

Source: RFC 4180; HXL 1.1, hashtag row.
"""

from __future__ import annotations

import codecs
import csv
import os
import re
from collections import deque
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from io import BufferedReader, TextIOWrapper
from itertools import chain, count
from threading import RLock
from typing import Any, NamedTuple, Self

from timeline.errors import InvalidValue
from timeline.exchange.rows import Problem, Row, RowCells, Source
from timeline.log import files

ENCODING = "utf-8-sig"
"""UTF-8, with its mark or without."""
LONGEST = 1 << 24
"""The longest row, in characters."""
_ABOVE = 20
"""The most rows that may stand above the header."""
_HASHTAG = re.compile(r"#[a-z]\w*(\s*\+\s*[a-z]\w*)*", re.IGNORECASE)
_UNDECODED = re.compile("[\udc00-\udcff]")
_ERRORS = "timeline.undecoded"


class _Read(NamedTuple):
    """The lines of one row, and its cells or why it has none; `endless` where its line was not read to the end."""

    first: int
    last: int
    cells: list[str]
    wrong: str = ""
    endless: bool = False


def read(
    path: str | os.PathLike[str], *, delimiter: str = ",", encoding: str = ENCODING, needed: Collection[str] = ()
) -> Source:
    """The rows of delimited text with a header; the first row that names all that is `needed` is the header.

    Raises: InvalidValue when it is no such text, or for a delimiter or encoding that is none; CannotRead.
    """
    check(delimiter=delimiter, encoding=encoding)
    source = _opened(path, delimiter, encoding, needed)
    return Source(files.path_given(path).name, next(source), source)


def check(*, delimiter: str, encoding: str) -> None:
    """Refuse a delimiter or an encoding with which nothing can be read.

    Raises: InvalidValue.

    >>> check(delimiter=";", encoding="cp1252")
    """
    if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '\r\n"':
        raise InvalidValue(
            f"delimiter is {delimiter!r}: expected one character, such as ';' or a tab, and no quote.", value=delimiter
        )
    try:
        known = _decoded("a,b".encode(encoding), encoding) == "a,b"
    except (LookupError, ValueError, TypeError, AssertionError):  # what is no encoding of texts fails in its own way
        known = False
    if not known:
        raise InvalidValue(
            f"encoding is {encoding!r}: expected one that Python knows for texts, such as 'cp1252' or 'utf-16'.",
            value=encoding,
        )


def _decoded(text: bytes, encoding: str) -> str:
    return codecs.getincrementaldecoder(encoding)(_ERRORS).decode(text, final=True)


def _undecoded(error: UnicodeError) -> tuple[str, int]:
    """Stand in for each byte that cannot be decoded, by a character that no text has."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error(_ERRORS, _undecoded)


class _Room:
    """Lets `csv` read long cells while any table is being read: its limit is one for the whole program."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._readers = 0
        self._before = 0

    @contextmanager
    def made(self) -> Iterator[None]:
        """Raise the limit, and put it back when the last table is read."""
        with self._lock:
            self._readers += 1
            if self._readers == 1:
                self._before = csv.field_size_limit()
                csv.field_size_limit(max(LONGEST, self._before))
        try:
            yield
        finally:
            with self._lock:
                self._readers -= 1
                if not self._readers:
                    csv.field_size_limit(self._before)


_ROOM = _Room()


class _TooLongError(Exception):
    """A row holds more than anybody means: it opens a quote that nothing closes, or is no text."""


class _Lines:
    """The lines of a text, for `csv` to take one row after the other; what was taken in error can be taken back."""

    def __init__(self, text: TextIOWrapper) -> None:
        self._text = text
        self._back: deque[str] = deque()
        self._taken: list[str] = []
        self._size = 0
        self._endless = False
        self.number = 0
        self.ended = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else self._text.readline(LONGEST + 1)
        if not line:
            self.ended = True
            raise StopIteration
        self._taken.append(line)
        self._size += len(line)
        self.number += 1
        if self._size > LONGEST:
            raise _TooLongError
        return line

    def begin(self) -> int:
        """Begin a row: its line. What is left of a line that was too long is skipped."""
        line = self._taken[0] if self._endless else ""
        while line and not line.endswith(("\n", "\r")):
            line = self._text.readline(LONGEST)
        self._endless = False
        self._taken.clear()
        self._size = 0
        self.ended = False
        return self.number + 1

    def take_back(self) -> bool:
        """Take back all lines of this row but its first; return False if there are no others."""
        others = self._taken[1:]
        self._endless = not others and self._size > LONGEST
        self._back.extendleft(reversed(others))
        self.number -= len(others)
        return bool(others)


def _read_rows(lines: _Lines, delimiter: str) -> Iterator[_Read]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        first = lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _TooLongError) as error:
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            yield _unread(first, lines, error)
        else:
            yield _Read(first, lines.number, cells)


def _unread(first: int, lines: _Lines, error: Exception) -> _Read:
    """The reason why a row cannot be read; what an unclosed quote swallowed is read again, line by line."""
    long = isinstance(error, _TooLongError)
    if long or lines.ended:
        if not lines.take_back() and long:
            wrong = f"is longer than {LONGEST:,} characters: expected a row of a table."
            return _Read(first, first, [], wrong, endless=True)
        return _Read(first, first, [], "opens a quote that nothing closes. Close it, or double it within a cell.")
    wrong = f"cannot be read: {error}{_span(first, lines.number)}. Is a quote missing, or not doubled?"
    return _Read(first, lines.number, [], wrong)


def _span(first: int, last: int) -> str:
    return f" (it takes lines {first} to {last})" if last > first else ""


def _opened(path: str | os.PathLike[str], delimiter: str, encoding: str, needed: Collection[str]) -> Iterator[Any]:
    """The names of the columns of a file, then what stands below it."""
    name = files.path_given(path).name
    with files.opened(path) as file, _ROOM.made():
        encoding = _encoding(file, name, encoding)
        text = TextIOWrapper(file, encoding=encoding, errors=_ERRORS, newline="")
        try:
            found = _read_rows(_Lines(text), delimiter)
            above, header = _header(found, name, needed)
            _require_header(header, name, encoding)
            columns = _distinct(header)
            yield columns
            yield from [None] * above
            yield from _below(found, name, header, columns, encoding)
        except UnicodeError as error:
            raise InvalidValue(
                f"{name} is not {encoding}: {error}. Give its encoding, such as 'utf-16-le' or 'cp1252'.",
                path=str(path),
            ) from error


def _encoding(file: BufferedReader, name: str, given: str) -> str:
    """The encoding that the mark of a file names, or else the given one.

    Raises: InvalidValue where they contradict one another.
    """
    mark = files.marked(file)
    if mark is None or given == ENCODING or codecs.lookup(given).name.startswith(mark.removesuffix("-sig")):
        return mark or given
    raise InvalidValue(
        f"{name} begins with the mark of {mark.removesuffix('-sig').upper()}, and encoding is {given!r}: expected them "
        "to agree. Leave the encoding out.",
        value=given,
    )


def _header(found: Iterator[_Read], name: str, needed: Collection[str]) -> tuple[int, list[str]]:
    """Count the rows above the header, and give its names; of no row with all that is needed, the first one.

    Raises: InvalidValue when that one cannot be read, or a line above the header has no end.
    """
    seen: list[tuple[_Read, list[str]]] = []
    for read in found:
        row = [cell.strip() for cell in read.cells]
        if not read.wrong and not any(row):
            continue
        seen.append((read, row))
        if read.endless or len(seen) > _ABOVE:
            break
        if not read.wrong and set(needed) <= {*_distinct(row)}:
            return len(seen) - 1, row
    first, row = seen[-1 if seen and seen[-1][0].endless else 0] if seen else (_Read(1, 1, []), [])
    if first.wrong:
        raise InvalidValue(f"line {first.first} of {name} {first.wrong} It was to name the columns.")
    return 0, row


def _require_header(header: list[str], name: str, encoding: str) -> None:
    text = "".join(header)
    if not text:
        raise InvalidValue(f"{name} is empty: expected a first line that names the columns.")
    if _UNDECODED.search(text):
        raise InvalidValue(
            f"the first line of {name} is not {_called(encoding)}: expected names of columns. Give the file's "
            "encoding, such as 'cp1252' or 'cp1256'."
        )
    if "\0" in text:
        raise InvalidValue(
            f"the first line of {name} has NUL characters: expected names of columns. If it is UTF-16, give encoding "
            "'utf-16-le'."
        )


def _distinct(header: list[str]) -> tuple[str, ...]:
    """The names of a header, told apart.

    >>> _distinct(["date", "n", "n", "", ""])
    ('date', 'n', 'n#2', '', '#2')
    """
    names: dict[str, None] = {}
    for name in header:
        numbered = (f"{name}#{number}" for number in count(2))
        names[next(one for one in chain([name], numbered) if one not in names)] = None
    return tuple(names)


def _below(
    found: Iterator[_Read], name: str, header: list[str], columns: tuple[str, ...], encoding: str
) -> Iterator[Row | Problem | None]:
    """The rows below the header; None for hashtags right below it, and for the header again."""
    begun = False
    for read in found:
        if read.wrong:
            yield Problem(name, read.first, None, read.wrong)
            continue
        cells = [cell.strip() for cell in read.cells]
        if not any(cells):
            continue
        tags = not begun and all(_HASHTAG.fullmatch(cell) for cell in cells if cell)
        begun = not tags
        if tags or cells == header:
            yield None
        else:
            yield _row(name, read, cells, columns, encoding)


def _row(name: str, read: _Read, cells: list[str], columns: tuple[str, ...], encoding: str) -> Row | Problem:
    if not any(cells[len(columns) :]):
        cells = cells[: len(columns)]
    if len(cells) != len(columns):
        expected = f"expected {len(columns)}, as the header has{_span(read.first, read.last)}."
        return Problem(name, read.first, None, f"has {len(cells)} cells: {expected}")
    if _UNDECODED.search("".join(cells)):
        column, cell = next((c, cell) for c, cell in zip(columns, cells, strict=True) if _UNDECODED.search(cell))
        shown = _UNDECODED.sub(lambda found: f"\\x{ord(found[0]) - 0xDC00:02x}", cell)
        reason = f"'{shown}' is not {_called(encoding)}. Give the file's encoding=, such as 'cp1252'."
        return Problem(name, read.first, column, reason)
    return Row(name, read.first, RowCells(zip(columns, cells, strict=True), read.first))


def _called(encoding: str) -> str:
    return "UTF-8" if encoding == ENCODING else encoding
