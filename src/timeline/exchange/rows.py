"""Foreign files as rows of text, each with its line; after a row that cannot be read, the others are read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from attrs import field, frozen

from timeline.errors import InvalidEvent, InvalidValue
from timeline.exchange import jsontext
from timeline.log import files, jsonl

_LINES = (".jsonl", ".ndjson")
_HELD = 10_000
"""The most objects that may lack a column before it is taken for misspelt."""
_END: Any = object()


@frozen
class Problem:
    """Something in a foreign file that could not be read, and where: `line` counts from 1, `column` may be None.

    `id` is the id of the row, if its mapping gives one and the row is readable as far as that.

    >>> print(Problem("census.csv", 7, "date", "'2025-02-30' is impossible"))
    census.csv:7: date: '2025-02-30' is impossible
    """

    file: str
    line: int
    column: str | None
    reason: str
    id: str | None = field(default=None, eq=False, repr=False, kw_only=True)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {f'{self.column}: ' if self.column else ''}{self.reason}"


class RowCells(dict[str, str]):
    """The cells of a row by column; `cells["line"]` is the line it stands on, unless a column is called so.

    >>> RowCells({"date": "2026"}, 7)["line"]
    '7'
    """

    __slots__ = ("line",)

    def __init__(self, cells: Mapping[str, str] | Iterable[tuple[str, str]], line: int) -> None:
        super().__init__(cells)
        self.line = line

    def __missing__(self, name: str) -> str:
        if name == "line":
            return str(self.line)
        raise KeyError(name)


class Row(NamedTuple):
    """One row: where it stands, and its cells by column, without the blanks around them."""

    file: str
    line: int
    cells: Mapping[str, str]


class Object(NamedTuple):
    """One JSON object, and where it stands."""

    file: str
    line: int
    found: dict[str, Any]


class Source(NamedTuple):
    """The rows of a file, and problems among them, as they stand; `columns` None where rows need not agree.

    None among the rows is one of the header's: a title above it, tags below it, itself again.
    """

    file: str
    columns: tuple[str, ...] | None
    rows: Iterable[Row | Problem | None]


def is_json(path: Path) -> bool:
    """Check if a file holds JSON, by its suffix."""
    return path.suffix.lower() in (*_LINES, ".json")


def read(path: str | os.PathLike[str]) -> Source:
    """Read the objects of a JSON file as rows of text.

    Objects are read by their keys, objects inside them by the path of keys too, such as `source.name`. Numbers
    become the text that JSON has for them, nested values their JSON, and null a blank. In an array, the line is the
    number of the object.

    Raises: InvalidValue when it is no JSON, CannotRead.
    """
    return Source(files.path_given(path).name, None, map(_texts, objects(path)))


def with_columns(source: Source, needed: Iterable[str]) -> Source:
    """Hold the rows back until each needed column occurred in one of them; a single row may lack any.

    When rows are asked for: raises InvalidValue where the first 10,000, or all there are, lack a column.
    """
    return source._replace(rows=_held(source.file, iter(source.rows), set(needed)))


def _held(file: str, rows: Iterator[Row | Problem | None], lacking: set[str]) -> Iterator[Row | Problem | None]:
    held: list[Row | Problem | None] = []
    found: dict[str, None] = {}
    while lacking and len(held) < _HELD and (item := next(rows, _END)) is not _END:
        held.append(item)
        if isinstance(item, Row):
            found.update(dict.fromkeys(item.cells))
            lacking -= item.cells.keys()
    if lacking and found:
        raise InvalidValue(
            f"no object of {file} has {', '.join(sorted(lacking))}: expected what the mapping names. They have "
            f"{', '.join(found)}.",
            path=file,
            value=sorted(lacking),
        )
    yield from held
    yield from rows


def objects(path: str | os.PathLike[str]) -> Iterator[Object | Problem]:
    """Read the objects of a JSON array, of JSON lines, or the one object of a file. In an array, `line` counts them.

    Raises: InvalidValue when it is no JSON, CannotRead.
    """
    file = files.path_given(path)
    if file.suffix.lower() in _LINES:
        return json_lines(jsonl.lines_of(path), file.name)
    found = document(path)
    return (
        _object(file.name, number, item) for number, item in enumerate(found if type(found) is list else [found], 1)
    )


def document(
    path: str | os.PathLike[str], expected: str = "an array of objects, or an object a line in a file called .jsonl"
) -> Any:
    """Read a JSON file; `expected` tells what it should hold.

    Raises: InvalidValue when it is not JSON or an object has a key twice, CannotRead.
    """
    name = files.path_given(path).name
    with files.opened_file(path) as file:
        text = files.without_mark(file.read(), name)
    try:
        return jsontext.read(text)
    except InvalidValue as error:
        raise InvalidValue(f"{name} {error}", path=str(path)) from error
    except orjson.JSONDecodeError as error:
        raise InvalidValue(f"{name} is not JSON ({error}): expected {expected}. Mend it.", path=str(path)) from error


def json_lines(lines: Iterable[bytes], file: str) -> Iterator[Object | Problem]:
    """Yield the object of each line that is not blank; a byte order mark at the beginning is skipped.

    Raises: InvalidValue when the mark says another encoding than UTF-8.
    """
    for number, line in enumerate(lines, 1):
        text = files.without_mark(line, file) if number == 1 else line
        if text.strip():
            yield _of_line(text, file, number)


def json_lists(lines: Iterable[bytes], file: str) -> Iterator[tuple[int, list[Any]] | Problem]:
    """Yield the number of each line that is not blank, and the list on it.

    Raises: InvalidValue when a byte order mark says another encoding than UTF-8.
    """
    for number, line in enumerate(lines, 1):
        text = files.without_mark(line, file) if number == 1 else line
        if text.strip():
            found = _value(text, file, number)
            if isinstance(found, Problem | list):
                yield found if isinstance(found, Problem) else (number, found)
            else:
                yield Problem(file, number, None, f"is {found!r}: expected a list of values.")


def tags_given(value: Any) -> tuple[str, ...]:
    """Return the tags beside an entry in JSON.

    Raises: InvalidEvent for anything but a list of texts.
    """
    if not isinstance(value, list) or not all(isinstance(tag, str) for tag in value):
        raise InvalidEvent(f"tags is {value!r}: expected a list of texts.", value=value)
    return tuple(value)


def _of_line(text: bytes, file: str, number: int) -> Object | Problem:
    found = _value(text, file, number)
    return found if isinstance(found, Problem) else _object(file, number, found)


def _value(text: bytes, file: str, number: int) -> Any:
    """Return the value of a line, or its problem."""
    if len(text) > jsonl.LONGEST:
        return Problem(file, number, None, f"is longer than {jsonl.LONGEST:,} bytes: expected one entry.")
    try:
        return jsontext.read(text)
    except InvalidValue as error:
        return Problem(file, number, None, str(error))
    except orjson.JSONDecodeError as error:
        return Problem(file, number, None, f"is not JSON: {error}.")


def _object(file: str, number: int, found: Any) -> Object | Problem:
    if isinstance(found, dict):
        return Object(file, number, found)
    return Problem(file, number, None, f"is {found!r}: expected an object of names and values.")


def _texts(item: Object | Problem) -> Row | Problem:
    if isinstance(item, Problem):
        return item
    return Row(item.file, item.line, RowCells(_cells(item.found), item.line))


def _cells(found: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts of an object by key, and those of an object inside by the path to it; a key goes first."""
    inside = {
        f"{name}.{key}": text
        for name, value in found.items()
        if isinstance(value, dict)
        for key, text in _cells(value).items()
    }
    return inside | {name: _text(value) for name, value in found.items()}


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.strip() if isinstance(value, str) else orjson.dumps(value).decode()
