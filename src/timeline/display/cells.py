"""Cells, rows, tables and sheets: the content of a display, before its form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from attrs import field, frozen

from timeline.entry import Entry
from timeline.projections.projection import Path
from timeline.values.names import with_names
from timeline.values.quantity import Quantity
from timeline.values.report import Report
from timeline.values.when import When

Cell = Any
"""A text, a number, a `When`, a `Quantity`, a `Report`, one of the classes below, a tuple of cells, or None: empty."""


@frozen
class Word:
    """A word of the vocabulary, such as the status `in_force`: shown in plain letters, and translated.

    >>> str(Word("in_force"))
    'in force'
    """

    key: str
    of: str = ""
    """The noun that it stands with: in Arabic, an adjective agrees with it."""

    def __str__(self) -> str:
        return self.key.replace("_", " ")


class Phrase(str):
    """A part of a sentence, with its own blanks: none is added between it and what stands beside it."""

    __slots__ = ()


@frozen
class Flag(Word):
    """A word that should catch the eye: contested, overdue."""


@frozen
class Since:
    """The beginning of a state, which may have been seen only later."""

    when: When

    def __str__(self) -> str:
        return str(self.when)


@frozen
class Name:
    """The slug of an entity, which may have names for people to read."""

    slug: str

    def __str__(self) -> str:
        return self.slug


@frozen
class Naming:
    """A text that names entities by slug; where they have names, it is shown with these."""

    text: str
    slugs: tuple[str, ...]

    def __str__(self) -> str:
        return self.text

    def said(self, name: Callable[[str], str]) -> str:
        """Return the text with the name of each entity."""
        return with_names(self.text, self.slugs, name)


@frozen
class Term:
    """A value of a projection in one word: the slug of an entity, or a word of the vocabulary."""

    text: str

    def __str__(self) -> str:
        return self.text


class Labelled(NamedTuple):
    """A value under the name of its field."""

    label: Word
    value: Cell

    def __str__(self) -> str:
        return cell_text(self)


@frozen
class SheetRow:
    """One thing: its cells by column, and what stands behind it.

    `paths` are those that `why` explains, `entries` the entries behind it, `reports` its own. Entries and reports are
    shown under the column `sources_under`.
    """

    key: str
    cells: Mapping[str, Cell]
    paths: tuple[Path, ...] = ()
    entries: tuple[Entry, ...] = ()
    reports: tuple[Report, ...] = ()
    sources_under: str = ""


@frozen
class Table:
    """Rows under a heading, and how many more there are that are not shown."""

    heading: str
    rows: Sequence[SheetRow]
    hidden: int = 0

    def is_numeric(self, column: str) -> bool:
        """Tell whether a column holds only numbers."""
        found = (row.cells.get(column) for row in self.rows)
        return all(isinstance(cell, Quantity | int) for cell in found if not is_empty(cell))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns in which some row says something, in the order of the rows' own."""
        named = dict.fromkeys(name for row in self.rows for name in row.cells)
        return tuple(name for name in named if any(not is_empty(row.cells.get(name)) for row in self.rows))


def _with_rows(tables: Sequence[Table]) -> tuple[Table, ...]:
    return tuple(table for table in tables if table.rows)


@frozen
class Sheet:
    """Tables under a title; those without rows are not shown.

    `sources` says whether what stands behind a row is shown at once, where nothing can be clicked. `names` are those
    of the entities in it, by slug and language.
    """

    title: Cell
    tables: Sequence[Table] = field(converter=_with_rows)
    note: Cell = ()
    sources: bool = True
    names: Mapping[str, Mapping[str, str]] = field(factory=dict, repr=False)


def is_empty(cell: Cell) -> bool:
    """Tell whether a cell says nothing."""
    return cell is None or cell in ("", ())


def spaced(parts: Iterable[Cell]) -> Iterator[tuple[str, Cell]]:
    """Yield the parts that are not empty, each with the blank before it.

    >>> [blank for blank, _ in spaced(("a", "b", Phrase(", c")))]
    ['', ' ', '']
    """
    before: Cell = Phrase()
    for part in parts:
        if not is_empty(part):
            yield "" if isinstance(before, Phrase) or isinstance(part, Phrase) else " ", part
            before = part


def capital(text: str) -> str:
    """Begin a text with a capital letter.

    >>> capital("held by the SDF")
    'Held by the SDF'
    """
    return text[:1].upper() + text[1:]


def cell_text(cell: Cell, name: Callable[[str], str] = str) -> str:
    """Write a cell as plain text, with the name of each entity.

    >>> cell_text((Word("held_by"), Name("sdf"), None))
    'held by sdf'
    """
    if isinstance(cell, Labelled):
        named = name(cell.label.key)
        return f"{cell.label if named == cell.label.key else named} {cell_text(cell.value, name)}"
    if isinstance(cell, tuple):
        return "".join(blank + cell_text(part, name) for blank, part in spaced(cell))
    if isinstance(cell, Naming):
        return cell.said(name)
    if isinstance(cell, Name | Term):
        return name(str(cell))
    return "" if cell is None else str(cell)
