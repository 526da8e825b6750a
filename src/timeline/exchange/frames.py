"""Data frames and Parquet: what happened, what the ledger posted, and who held what from when to when.

    entries      one row for each entry, as read
    postings     the double-entry ledger of custody: every flow takes from one account and gives to another
    stocks       how many a facility held, from when to when
    flows        how many had escaped from a facility, been sent, received …, from when to when
    control      who held a facility, in which role, from when to when
    agreements   the status of an agreement, from when to when

and a table for each projection of your own, by its name: one row for each record. Claims, findings, plans and entities
(`timeline.exchange.answertables`), and the records of `facilities`, `custody` and `border`, are tables as well, and are
not written as Parquet.

All are folded for the cuts they are asked for. `stocks`, `flows`, `control` and `agreements` are intervals: a row is
true at t when `(begins IS NULL OR begins <= t) AND (ends IS NULL OR t < ends)`, and t for a date is the end of that
day. That gives what `Timeline.at` gives, in any engine that reads Parquet.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, Unpack, get_args

import orjson

from timeline.answers import behind
from timeline.errors import InvalidValue
from timeline.exchange import answertables, flat, owntables, tables
from timeline.exchange.intervals import agreement_rows, control_rows, flow_rows, posting_rows, stock_rows
from timeline.exchange.sharing import Export, Options, Written, export
from timeline.extras import needs
from timeline.log.files import path_given
from timeline.log.replacing import replacing
from timeline.timeline import Timeline
from timeline.values.instants import FUTURE
from timeline.values.quantity import whole_number

with needs("frames"):
    import pyarrow as pa
    from pyarrow import parquet

Name = Literal["entries", "postings", "stocks", "flows", "control", "agreements"]
NAMES: tuple[Name, ...] = get_args(Name)

_INSTANT = pa.timestamp("us", tz="UTC")
_TEXTS = pa.list_(pa.string())
_NUMBERS = {name: pa.int64() for name in ("low", "best", "high")}
_INTERVAL = {"begins": _INSTANT, "ends": _INSTANT, "entry": pa.string()}
_REPORT = {
    **dict.fromkeys(("source", "published", "url", "language", "quote", "attributed_to", "reliability"), pa.string()),
    "credibility": pa.int8(),
    **dict.fromkeys(("retrieved", "archived", "sha256"), pa.string()),
}
SCHEMAS: dict[str, Any] = {
    "entries": pa.schema(
        {
            "position": pa.int64(),
            **dict.fromkeys(("id", "type", "modality", "occurred"), pa.string()),
            **dict.fromkeys(("earliest", "latest"), _INSTANT),
            **dict.fromkeys(("approximate", "uncertain"), pa.bool_()),
            "happened_by": _INSTANT,
            "always": pa.bool_(),
            **dict.fromkeys(("first_published", "recorded_at"), _INSTANT),
            "disputed": pa.bool_(),
            **dict.fromkeys(flat.ENTITIES, pa.string()),
            **_NUMBERS,
            **dict.fromkeys(("unit", "quantity_text", "summary", "detail"), pa.string()),
            **dict.fromkeys(("sources", "tags", "after"), _TEXTS),
            **dict.fromkeys(("part_of", "fulfils", "recorder"), pa.string()),
            "reports": pa.list_(pa.struct(_REPORT)),
            "event": pa.string(),
        }
    ),
    "postings": pa.schema(
        {
            "step": pa.int64(),
            "entry": pa.string(),
            "happened_by": _INSTANT,
            "account": pa.string(),
            "cohort": pa.string(),
            "sign": pa.int8(),
            **_NUMBERS,
            "heading": pa.string(),
            "authority": pa.string(),
            "share": pa.bool_(),
        }
    ),
    "stocks": pa.schema({"facility": pa.string(), "cohort": pa.string(), **_NUMBERS, **_INTERVAL}),
    "flows": pa.schema({**dict.fromkeys(("facility", "heading", "cohort"), pa.string()), **_NUMBERS, **_INTERVAL}),
    "control": pa.schema(
        {
            **dict.fromkeys(("facility", "role", "holder"), pa.string()),
            "nobody": pa.bool_(),
            "since": pa.string(),
            "contested": pa.bool_(),
            "claimants": _TEXTS,
            **_INTERVAL,
        }
    ),
    "agreements": pa.schema(
        {
            **dict.fromkeys(("agreement", "status", "kind"), pa.string()),
            "parties": pa.map_(pa.string(), pa.string()),
            **dict.fromkeys(("until", "ending", "superseded_by"), pa.string()),
            **_INTERVAL,
        }
    ),
}
"""The columns of each table, and their types."""


_TYPES = {
    bool: pa.bool_(),
    int: pa.int64(),
    float: pa.float64(),
    str: pa.string(),
}
"""The types of the columns of users' own tables."""


def _entries(exported: Export) -> Iterator[flat.Row]:
    for row in flat.entry_rows(exported):
        yield {**row, "event": orjson.dumps(row["event"], option=orjson.OPT_SORT_KEYS).decode()}


_ROWS: dict[str, Callable[[Export], Iterable[flat.Row]]] = {
    "entries": _entries,
    "postings": posting_rows,
    "stocks": stock_rows,
    "flows": flow_rows,
    "control": control_rows,
    "agreements": agreement_rows,
}


def to_arrow(line: Timeline, name: str = "entries", **options: Unpack[Options]) -> Any:
    """Return one table as a `pyarrow.Table`; its schema metadata counts under `left_out` what did not go in, by reason.

    Raises: InvalidValue for a name there is no table of, MissingExtra.

    >>> to_arrow(Timeline(), "control").column_names[:3]
    ['facility', 'role', 'holder']
    """
    exported = _export(line, **options)
    names = dict.fromkeys((*NAMES, *answertables.TABLES, *behind.projection_names(exported.situation)))
    if not isinstance(name, str) or name not in names:
        raise InvalidValue(f"no table is named {name!r}: expected one of {', '.join(names)}.", value=name)
    return _named(exported, name)


def to_polars(line: Timeline, name: str = "entries", **options: Unpack[Options]) -> Any:
    """Return the same as a `polars.DataFrame`, which keeps no metadata."""
    with needs("frames"):
        import polars as pl
    return pl.from_arrow(to_arrow(line, name, **options))


def to_pandas(line: Timeline, name: str = "entries", **options: Unpack[Options]) -> Any:
    """Return the same as a `pandas.DataFrame` of Arrow types, so that an unknown number stays missing."""
    with needs("frames"):
        import pandas as pd
    return to_arrow(line, name, **options).to_pandas(types_mapper=pd.ArrowDtype)


def write(
    line: Timeline, folder: str | os.PathLike[str], *, rows_per_file: int = 1_000_000, **options: Unpack[Options]
) -> Written:
    """Write every table as Parquet, each in its own folder, in files of at most `rows_per_file` rows.

    What stood in those folders is replaced. The count is that of the entries; what was left out is told to
    you, and not in the files.

    Raises: InvalidValue, MissingExtra.
    """
    if (whole_number(rows_per_file) or 0) < 1:
        raise InvalidValue(
            f"rows_per_file is {rows_per_file!r}: expected a whole number, 1 or more.", value=rows_per_file
        )
    exported = _export(line, **options)
    for name in (*NAMES, *_own_names(exported)):
        _write(_named(exported, name).replace_schema_metadata(), path_given(folder) / name, rows_per_file)
    return exported.written(len(exported.readings))


def _write(found: Any, folder: Path, rows_per_file: int) -> None:
    """Write a table in its own files; an empty one as a file without rows, so that its columns are known."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {folder / f"part-{number:05}.parquet" for number in range(-(-found.num_rows // rows_per_file) or 1)}
    for number, file in enumerate(sorted(files)):
        with replacing(file) as draft:
            parquet.write_table(found.slice(number * rows_per_file, rows_per_file), draft)
    for old in {*folder.glob("part-*.parquet")} - files:
        old.unlink()


def _export(line: Timeline, **options: Unpack[Options]) -> Export:
    exported = export(line, **options)
    never = sum(reading.end >= FUTURE for reading in exported.readings)
    if never:
        exported.reduced["true by no date, because none is late enough for it"] = never
    return exported


def _own_names(exported: Export) -> tuple[str, ...]:
    """Return the names of users' own projections."""
    return tuple(projection.name for projection in behind.own_projections(exported.situation))


def _named(exported: Export, name: str) -> Any:
    if name in SCHEMAS:
        return _table(exported, SCHEMAS[name], _ROWS[name](exported))
    if name in answertables.TABLES:
        return tables.answers_to_arrow(answertables.TABLES[name](exported)).replace_schema_metadata(_told(exported))
    found = owntables.record_rows(exported, name)
    return _table(
        exported, pa.schema({column: _TYPES[kind] for column, kind in owntables.column_types(found).items()}), found
    )


def _table(exported: Export, schema: Any, rows: Iterable[flat.Row]) -> Any:
    columns: dict[str, list[Any]] = {column: [] for column in schema.names}
    for row in rows:
        for column, values in columns.items():
            values.append(row.get(column))
    arrays = [pa.array(values, schema.field(column).type) for column, values in columns.items()]
    return pa.Table.from_arrays(arrays, schema=schema.with_metadata(_told(exported)))


def _told(exported: Export) -> dict[str, bytes]:
    """Return the counts of what was left out and reduced, as the metadata of a schema."""
    return {"left_out": orjson.dumps(exported.left_out), "reduced": orjson.dumps(exported.reduced)}
