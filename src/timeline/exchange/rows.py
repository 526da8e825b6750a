"""Foreign files as rows of text, each with the line it stands on; a row that cannot be read stops no other."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from attrs import frozen

from timeline.errors import InvalidValue

csv.field_size_limit(1 << 24)


@frozen
class Problem:
    """Something in a foreign file that could not be read, and where: `line` counts from 1, `column` may be None.

    >>> print(Problem("census.csv", 7, "date", "'2025-02-30' is impossible"))
    census.csv:7: date: '2025-02-30' is impossible
    """

    file: str
    line: int
    column: str | None
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {f'{self.column}: ' if self.column else ''}{self.reason}"


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
    """The rows of a file, and problems among them, as they stand; `columns` None where rows need not agree."""

    file: str
    columns: tuple[str, ...] | None
    rows: Iterable[Row | Problem]


def read(path: str | os.PathLike[str], *, delimiter: str = ",", encoding: str = "utf-8-sig") -> Source:
    """The rows of a file: JSON lines or a JSON array of objects by its suffix, else delimited text with a header.

    In an array, the line is the number of the object. Objects are read by their keys; numbers become the
    text that JSON has for them, nested values their JSON, and null a blank.

    Raises: InvalidValue when it is no such file, OSError when it cannot be opened.
    """
    file = Path(path)
    match file.suffix.lower():
        case ".jsonl" | ".ndjson" | ".json":
            return Source(file.name, None, map(_texts, objects(file)))
        case _:
            return _delimited(file, delimiter, encoding)


def objects(path: str | os.PathLike[str]) -> Iterator[Object | Problem]:
    """The objects of a JSON array, of JSON lines, or the one object of a file; in an array, `line` counts them.

    Raises: InvalidValue when it is no JSON, OSError when it cannot be opened.
    """
    file = Path(path)
    if file.suffix.lower() in (".jsonl", ".ndjson"):
        return _lines_of(file)
    found = document(file)
    return (
        _object(file.name, number, item) for number, item in enumerate(found if type(found) is list else [found], 1)
    )


def document(path: str | os.PathLike[str]) -> Any:
    """What a JSON file holds.

    Raises: InvalidValue when it is no JSON, OSError when it cannot be opened.
    """
    try:
        return orjson.loads(Path(path).read_bytes())
    except orjson.JSONDecodeError as error:
        raise InvalidValue(
            f"{Path(path).name} is not JSON: {error}. Mend it, or leave it out.", path=str(path)
        ) from error


def _delimited(file: Path, delimiter: str, encoding: str) -> Source:
    with file.open(encoding=encoding, errors="surrogateescape", newline="") as text:
        header = tuple(name.strip() for name in next(csv.reader(text, delimiter=delimiter), ()))
    repeated = {name for name in header if header.count(name) > 1}
    if not any(header) or repeated:
        found = f"names {', '.join(sorted(repeated))} twice" if repeated else "has no header"
        raise InvalidValue(f"{file.name} {found}: expected a first line that names each column once.", path=str(file))
    return Source(file.name, header, _cells(file, header, delimiter, encoding))


def _cells(file: Path, header: tuple[str, ...], delimiter: str, encoding: str) -> Iterator[Row | Problem]:
    with file.open(encoding=encoding, errors="surrogateescape", newline="") as text:
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        next(reader)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Problem(file.name, line, None, f"cannot be read: {error}. Is a quote missing, or not doubled?")
                continue
            if cells:
                yield _row(file.name, line, header, cells, encoding)


def _row(file: str, line: int, header: tuple[str, ...], cells: list[str], encoding: str) -> Row | Problem:
    if len(cells) != len(header):
        return Problem(file, line, None, f"has {len(cells)} cells: expected {len(header)}, as the header has.")
    for name, cell in zip(header, cells, strict=True):
        if any("\udc80" <= character <= "\udcff" for character in cell):
            return Problem(
                file, line, name, f"{cell!r} is not {encoding}. Give the file's encoding=, such as 'cp1252'."
            )
    return Row(file, line, {name: cell.strip() for name, cell in zip(header, cells, strict=True)})


def json_lines(lines: Iterable[bytes], file: str) -> Iterator[Object | Problem]:
    """The object of each line that is not blank."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield _object(file, number, orjson.loads(line))
            except orjson.JSONDecodeError as error:
                yield Problem(file, number, None, f"is not JSON: {error}.")


def _lines_of(file: Path) -> Iterator[Object | Problem]:
    with file.open("rb") as lines:
        yield from json_lines(lines, file.name)


def _object(file: str, number: int, found: Any) -> Object | Problem:
    if isinstance(found, dict):
        return Object(file, number, found)
    return Problem(file, number, None, f"is {found!r}: expected an object of names and values.")


def _texts(item: Object | Problem) -> Row | Problem:
    if isinstance(item, Problem):
        return item
    return Row(item.file, item.line, {name: _text(value) for name, value in item.found.items()})


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.strip() if isinstance(value, str) else orjson.dumps(value).decode()
