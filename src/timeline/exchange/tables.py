"""Data frames of answers: one column for each of theirs, and three more for what may be a quantity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from timeline.answers.tabular import Kind, Tabular
from timeline.answers.text import short
from timeline.entry import describe
from timeline.extras import needs
from timeline.values.quantity import Quantity

with needs("frames"):
    import pyarrow as pa

_TYPES: Mapping[Kind, Any] = {
    "number": pa.int64(),
    "decimal": pa.float64(),
    "flag": pa.bool_(),
    "texts": pa.list_(pa.string()),
    "moment": pa.timestamp("us", tz="UTC"),
    "duration": pa.duration("us"),
}
_BOUNDS = ("low", "best", "high")


def answers_to_arrow(answers: Tabular) -> Any:
    """Make a `pyarrow.Table` of an answer.

    >>> from timeline import Timeline
    >>> answers_to_arrow(Timeline.demo().at().claims()).column_names[:3]
    ['entry', 'status', 'type']
    """
    schema = pa.schema([column for name, kind in answers.columns.items() for column in _fields(name, kind)])
    columns: dict[str, list[Any]] = {name: [] for name in schema.names}
    for row in answers.rows():
        for name, kind in answers.columns.items():
            for column, value in _cells(name, kind, row[name]):
                columns[column].append(value)
    return pa.Table.from_arrays([pa.array(columns[f.name], f.type) for f in schema], schema=schema)


def answers_to_polars(answers: Tabular) -> Any:
    """Make a `polars.DataFrame` of an answer."""
    with needs("frames"):
        import polars as pl
    return pl.from_arrow(answers_to_arrow(answers))


def answers_to_pandas(answers: Tabular) -> Any:
    """Make a `pandas.DataFrame` of an answer, of Arrow types."""
    with needs("frames"):
        import pandas as pd
    return answers_to_arrow(answers).to_pandas(types_mapper=pd.ArrowDtype)


def _fields(name: str, kind: Kind) -> Iterator[Any]:
    yield pa.field(name, _TYPES.get(kind, pa.string()))
    if kind in ("quantity", "value"):
        yield from (pa.field(f"{name}_{bound}", pa.int64()) for bound in _BOUNDS)


def _cells(name: str, kind: Kind, value: Any) -> Iterator[tuple[str, Any]]:
    yield name, None if value is None else _plain(kind, value)
    if kind in ("quantity", "value"):
        yield from (
            (f"{name}_{bound}", getattr(value, bound) if isinstance(value, Quantity) else None) for bound in _BOUNDS
        )


def _plain(kind: Kind, value: Any) -> Any:
    if kind in _TYPES:
        return value
    if kind == "entry":
        return value.id
    if kind == "event":
        return describe(value)
    return short(value)
