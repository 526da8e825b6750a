"""The rows of a CSV text, one after the other; a row that cannot be read spoils only itself.

Source: RFC 4180.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from io import TextIOWrapper
from threading import RLock
from typing import NamedTuple, Self

LONGEST = 1 << 24
"""The longest row, in characters."""
UNDECODED = re.compile("[\udc00-\udcff]")
"""The characters that replace undecodable bytes."""
UNDECODED_AS = "timeline.undecoded"
"""The error handler that puts it there."""


class CsvRow(NamedTuple):
    """The lines of one row, and its cells or why it has none; `endless` where its line was not read to the end."""

    first: int
    last: int
    cells: list[str]
    wrong: str = ""
    endless: bool = False


def _undecoded(error: UnicodeError) -> tuple[str, int]:
    """Stand in for each byte that cannot be decoded, by a character that no text has."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error(UNDECODED_AS, _undecoded)


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


def long_cells() -> AbstractContextManager[None]:
    """Let `csv` read long cells within the block."""
    return _ROOM.made()


class _TooLongError(Exception):
    """A row is too long: it opens a quote that nothing closes, or is not text."""


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


def csv_rows(text: TextIOWrapper, delimiter: str) -> Iterator[CsvRow]:
    """Read one row after the other; go on after a row that cannot be read."""
    lines = _Lines(text)
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
            yield CsvRow(first, lines.number, cells)


def _unread(first: int, lines: _Lines, error: Exception) -> CsvRow:
    """Say why a row cannot be read. Lines that an unclosed quote swallowed are read again, one by one."""
    long = isinstance(error, _TooLongError)
    if long or lines.ended:
        if not lines.take_back() and long:
            wrong = f"is longer than {LONGEST:,} characters: expected a row of a table."
            return CsvRow(first, first, [], wrong, endless=True)
        return CsvRow(first, first, [], "opens a quote that nothing closes. Close it, or double it within a cell.")
    wrong = f"cannot be read: {error}{span(first, lines.number)}. Is a quote missing, or not doubled?"
    return CsvRow(first, lines.number, [], wrong)


def span(first: int, last: int) -> str:
    """Say which lines a row takes, if several."""
    return f" (it takes lines {first} to {last})" if last > first else ""
