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
import os
import re
from collections.abc import Collection, Iterator
from io import BufferedReader, TextIOWrapper
from itertools import chain, count, islice
from typing import Any

from timeline.errors import InvalidValue
from timeline.exchange.csvrows import UNDECODED, UNDECODED_AS, CsvRow, csv_rows, long_cells, span
from timeline.exchange.rows import Problem, Row, RowCells, Source
from timeline.log import files

ENCODING = "utf-8-sig"
"""UTF-8, with its mark or without."""
_ABOVE = 20
"""The most rows that may stand above the header."""
_HASHTAG = re.compile(r"#[a-z]\w*(\s*\+\s*[a-z]\w*)*", re.IGNORECASE)


def read(
    path: str | os.PathLike[str], *, delimiter: str = ",", encoding: str = ENCODING, needed: Collection[str] = ()
) -> Source:
    """Read the rows of delimited text. The first row that names every `needed` column is the header.

    Raises: InvalidValue when it is no such text, or for a delimiter or encoding that is none; CannotRead.
    """
    check_format(delimiter=delimiter, encoding=encoding)
    source = _opened(path, delimiter, encoding, needed)
    return Source(files.path_given(path).name, next(source), source)


def hashtags(path: str | os.PathLike[str], *, delimiter: str = ",", encoding: str = ENCODING) -> tuple[str, ...]:
    """Return the hashtags of a table, one for each column; blank for a column without one.

    A mapping may name columns by them, since the row of hashtags is then the header.

    Raises: InvalidValue when no row near the top has hashtags only; CannotRead.
    """
    check_format(delimiter=delimiter, encoding=encoding)
    name = files.path_given(path).name
    with files.opened_file(path) as file, long_cells():
        text = TextIOWrapper(file, encoding=_encoding(file, name, encoding), errors=UNDECODED_AS, newline="")
        for read in islice(csv_rows(text, delimiter), _ABOVE + 1):
            cells = [cell.strip() for cell in read.cells]
            if any(cells) and _are_hashtags(cells):
                return tuple(cells)
    raise InvalidValue(
        f"{name} has no row of hashtags: expected one such as #date, #loc +name, #affected +killed below its header.",
        path=str(path),
    )


def _are_hashtags(cells: list[str]) -> bool:
    return all(_HASHTAG.fullmatch(cell) for cell in cells if cell)


def check_format(*, delimiter: str, encoding: str) -> None:
    """Refuse a delimiter or an encoding with which nothing can be read.

    Raises: InvalidValue.

    >>> check_format(delimiter=";", encoding="cp1252")
    """
    if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '\r\n"':
        raise InvalidValue(
            f"delimiter is {delimiter!r}: expected one character, such as ';' or a tab, and no quote.", value=delimiter
        )
    try:
        known = _decoded("a,b".encode(encoding), encoding) == "a,b"
    except (LookupError, ValueError, TypeError, AssertionError):  # other codecs fail in their own ways
        known = False
    if not known:
        raise InvalidValue(
            f"encoding is {encoding!r}: expected one that Python knows for texts, such as 'cp1252' or 'utf-16'.",
            value=encoding,
        )


def _decoded(text: bytes, encoding: str) -> str:
    return codecs.getincrementaldecoder(encoding)(UNDECODED_AS).decode(text, final=True)


def _opened(path: str | os.PathLike[str], delimiter: str, encoding: str, needed: Collection[str]) -> Iterator[Any]:
    """Yield the names of the columns of a file, then its rows."""
    name = files.path_given(path).name
    with files.opened_file(path) as file, long_cells():
        encoding = _encoding(file, name, encoding)
        text = TextIOWrapper(file, encoding=encoding, errors=UNDECODED_AS, newline="")
        try:
            found = csv_rows(text, delimiter)
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
    """Return the encoding that the mark of a file names, or else the given one.

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


def _header(found: Iterator[CsvRow], name: str, needed: Collection[str]) -> tuple[int, list[str]]:
    """Count the rows above the header, and give its names; of no row with all that is needed, the first one.

    Raises: InvalidValue when that one cannot be read, or a line above the header has no end.
    """
    seen: list[tuple[CsvRow, list[str]]] = []
    for read in found:
        row = [cell.strip() for cell in read.cells]
        if not read.wrong and not any(row):
            continue
        seen.append((read, row))
        if read.endless or len(seen) > _ABOVE:
            break
        if not read.wrong and set(needed) <= {*_distinct(row)}:
            return len(seen) - 1, row
    first, row = seen[-1 if seen and seen[-1][0].endless else 0] if seen else (CsvRow(1, 1, []), [])
    if first.wrong:
        raise InvalidValue(f"line {first.first} of {name} {first.wrong} It was to name the columns.")
    return 0, row


def _require_header(header: list[str], name: str, encoding: str) -> None:
    text = "".join(header)
    if not text:
        raise InvalidValue(f"{name} is empty: expected a first line that names the columns.")
    if UNDECODED.search(text):
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
    """Make the names of a header distinct.

    >>> _distinct(["date", "n", "n", "", ""])
    ('date', 'n', 'n#2', '', '#2')
    """
    names: dict[str, None] = {}
    for name in header:
        numbered = (f"{name}#{number}" for number in count(2))
        names[next(one for one in chain([name], numbered) if one not in names)] = None
    return tuple(names)


def _below(
    found: Iterator[CsvRow], name: str, header: list[str], columns: tuple[str, ...], encoding: str
) -> Iterator[Row | Problem | None]:
    """Yield the rows below the header; None for hashtags right below it, and for a repeated header."""
    begun = False
    for read in found:
        if read.wrong:
            yield Problem(name, read.first, None, read.wrong)
            continue
        cells = [cell.strip() for cell in read.cells]
        if not any(cells):
            continue
        tags = not begun and _are_hashtags(cells)
        begun = not tags
        if tags or cells == header:
            yield None
        else:
            yield _row(name, read, cells, columns, encoding)


def _row(name: str, read: CsvRow, cells: list[str], columns: tuple[str, ...], encoding: str) -> Row | Problem:
    if not any(cells[len(columns) :]):
        cells = cells[: len(columns)]
    if len(cells) != len(columns):
        expected = f"expected {len(columns)}, as the header has{span(read.first, read.last)}."
        return Problem(name, read.first, None, f"has {len(cells)} cells: {expected}")
    if UNDECODED.search("".join(cells)):
        column, cell = next((c, cell) for c, cell in zip(columns, cells, strict=True) if UNDECODED.search(cell))
        shown = UNDECODED.sub(lambda found: f"\\x{ord(found[0]) - 0xDC00:02x}", cell)
        reason = f"'{shown}' is not {_called(encoding)}. Give the file's encoding=, such as 'cp1252'."
        return Problem(name, read.first, column, reason)
    return Row(name, read.first, RowCells(zip(columns, cells, strict=True), read.first))


def _called(encoding: str) -> str:
    return "UTF-8" if encoding == ENCODING else encoding
