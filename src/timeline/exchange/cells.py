"""Cells, which fill a field for a row: a column, two columns, a function of the row, or a constant.

A callable cell lists the columns that it needs as `columns`. A file that lacks one of them is refused before anything
is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from unicodedata import normalize

from attrs import field, frozen

from timeline.errors import InvalidValue
from timeline.values.containers import FrozenMapping, as_tuple
from timeline.values.numerals import without_marks
from timeline.values.when import When, when_or_none

Cells = Mapping[str, str]
Cell = Any
"""A `Column`, an `Interval`, a function of the row's cells, or a constant."""


@frozen
class Column:
    """The text of a column, read by a function: `Column("date")`, `Column("detained", counted)`."""

    name: str
    read: Callable[[str], Any] = str

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.name,)

    def __call__(self, cells: Cells) -> Any:
        text = cells.get(self.name, "")
        return self.read(text) if text else None


@frozen
class Interval:
    """The time between two columns: `Interval(Column("from"), Column("to", dated("%d/%m/%Y")))`.

    Where the last is blank, or says the same, it is the time that the first says. A blank first is an unknown start.
    """

    first: Column
    last: Column

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.first.name, self.last.name)

    def __call__(self, cells: Cells) -> When | None:
        first, last = (moment(column.name, column, cells) for column in (self.first, self.last))
        if last is None or first == last:
            return first
        return When.parse(f"{first or ''}/{last}")


_Words = tuple[tuple[str, ...], bool]
"""Texts, and whether a cell must be among them, or must not."""


def _wanted(name: str, said: Any) -> _Words:
    denied = isinstance(said, Mapping) and set(said) == {"not"}
    return compared_texts(name, said["not"] if denied else said), not denied


def _all_wanted(said: Mapping[str, Any]) -> FrozenMapping[str, _Words]:
    return FrozenMapping({name: _wanted(name, one) for name, one in said.items()})


@frozen
class Only:
    """The rows that a mapping is for: `Only({"kind": "escape"})`, one of several, or none of them.

    >>> Only({"kind": ["escape", "riot"], "place": {"not": ""}})({"kind": "riot", "place": "al-hol"})
    True
    """

    wanted: Mapping[str, _Words] = field(converter=_all_wanted)

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.wanted)

    def __call__(self, cells: Cells) -> bool:
        return all((normalized(cells.get(name, "")) in words) is among for name, (words, among) in self.wanted.items())


def compared_texts(name: str, said: Any) -> tuple[str, ...]:
    """Return the texts that a cell is compared with, one or several.

    Raises: InvalidValue.
    """
    found = as_tuple(said)
    if isinstance(said, Mapping) or not found or not all(type(word) in (str, int) for word in found):
        raise InvalidValue(f"{name} is {said!r}: expected a text, a list of texts, or {{'not': …}}.", value=said)
    return tuple(normalized(str(word)) for word in found)


def normalized(text: str) -> str:
    """Normalize a text for comparison: texts that look alike become equal, whatever their encoding or marks."""
    return text if text.isascii() else normalize("NFC", without_marks(text))


class BadCellError(Exception):
    """Something wrong with a row; `column` None: with all of it."""

    def __init__(self, column: str | None, reason: str) -> None:
        super().__init__(reason)
        self.column = column


class Blaming:
    """Blame a cell for what goes wrong in the block: its column, else one of this name."""

    __slots__ = ("_cell", "_name")

    def __init__(self, cell: Cell, name: str | None) -> None:
        self._cell = cell
        self._name = name

    def __enter__(self) -> None:
        return

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, BadCellError):  # functions may raise anything
            kind = "" if isinstance(error, ValueError) else f"{type(error).__name__}: "
            raise BadCellError(column(self._cell, self._name), f"{kind}{error}") from error


def cell_value(name: str, cell: Cell, cells: Cells) -> Any:
    """Give the value of a cell for a row; None where it is blank, and where a function of the row gives a blank."""
    if not callable(cell):
        return cell
    with Blaming(cell, name):
        found = cell(cells)
        return None if isinstance(found, str) and not found and not isinstance(cell, Column) else found


def moment(name: str, cell: Cell, cells: Cells) -> When | None:
    """Return the time that a cell gives for a row; None where it is blank."""
    found = cell_value(name, cell, cells)
    with Blaming(cell, name):
        return when_or_none(found)


def column(cell: Cell, name: str | None) -> str | None:
    """Return the column to blame for a field: its own, else one of the field's name."""
    return next(iter(columns(cell)), name)


def columns(cell: Cell) -> tuple[str, ...]:
    """Return the columns that a cell is known to need."""
    return () if isinstance(cell, type) else getattr(cell, "columns", ())
