"""Tables of the records of a projection: a row for each record, a column for each of its fields.

A quantity fills three columns: `promised_low`, `promised_best`, `promised_high`. Times are EDTF texts. What has no
type of its own in a table is text, and so is a column whose values are of several types.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from timeline.answers import behind, text
from timeline.answers.records import Record, records
from timeline.exchange.flat import Row, numbers
from timeline.exchange.sharing import Export
from timeline.values.quantity import Quantity
from timeline.values.when import When

Cell = bool | int | float | str | None
_BOUNDS = ("_low", "_best", "_high")


def record_rows(exported: Export, name: str) -> list[Row]:
    """Return a row for each record of a projection, its name under `name`."""
    return [_row(record, exported) for record in records(behind.values_of(exported.situation, name))]


def column_types(found: Sequence[Row]) -> dict[str, type]:
    """Return the columns of some rows, with the type of each; make the values of a mixed column text."""
    kinds: dict[str, set[type]] = {"name": {str}}
    for row in found:
        for column, value in row.items():
            kinds.setdefault(column, set()).update(() if value is None else {type(value)})
    for column, types in kinds.items():
        if len(types) > 1:
            for row in found:
                row[column] = None if row.get(column) is None else str(row[column])
    return {column: types.pop() if len(types) == 1 else _otherwise(column, types) for column, types in kinds.items()}


def _otherwise(column: str, types: set[type]) -> type:
    """Return the type of a column of several types, or of none: bounds of numbers that are all open are numbers."""
    return int if not types and column.endswith(_BOUNDS) else str


def _row(record: Record, exported: Export) -> Row:
    cells = (cell for name, value in record.values.items() for cell in _cells(name, exported.value(value)))
    return {"name": record.name, **dict(cells)}


def _cells(name: str, value: Any) -> Iterator[tuple[str, Cell]]:
    match value:
        case Quantity():
            yield from ((f"{name}_{bound}", number) for bound, number in numbers(value).items())
        case When():
            yield name, value.text
        case None | bool() | float() | str():
            yield name, value
        case int():
            yield name, value if abs(value) < 1 << 63 else str(value)
        case Mapping():
            yield name, ", ".join(f"{key} {text.short(inner)}" for key, inner in value.items())
        case Sequence() | frozenset():
            yield name, ", ".join(map(text.short, value))
        case _:
            yield name, text.short(value)
