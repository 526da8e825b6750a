"""Tables: CSV, JSON arrays and JSON lines in, by a mapping; CSV out, one flat row for each entry."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Unpack

import orjson

from timeline.entry import Draft
from timeline.errors import InvalidValue
from timeline.eventtype import several
from timeline.exchange import flat, loading, rows
from timeline.exchange.cells import Cells, Column, Interval, Only
from timeline.exchange.dates import dated, epoch
from timeline.exchange.loading import Found, Loaded
from timeline.exchange.mapping import RowMapping
from timeline.exchange.readers import counted, slugged, split, whole
from timeline.exchange.rows import Problem
from timeline.exchange.sharing import Options, Written, share
from timeline.instants import stamp
from timeline.log import codec
from timeline.log.eventdata import decode_event
from timeline.progress import Progress
from timeline.report import Report
from timeline.timeline import Timeline

__all__ = [
    "OWN", "Column", "Interval", "Loaded", "Only", "Problem", "RowMapping", "counted", "dated", "epoch", "load", "read",
    "slugged", "split", "whole", "write",
]  # fmt: skip


def read(
    path: str | os.PathLike[str],
    mappings: RowMapping | Sequence[RowMapping],
    *,
    delimiter: str = ",",
    encoding: str = "utf-8-sig",
) -> Iterator[Found | Problem | None]:
    """What each row says, by every mapping that is for it; or its problem; or None where none is for it.

    Raises: InvalidValue for a column that a mapping needs and the file has not, OSError.
    """
    rules = several(mappings)
    for rule in rules:
        if not isinstance(rule, RowMapping):
            raise InvalidValue(
                f"{rule!r} is no mapping: expected a RowMapping, or declared.read(path) of one in a file.", value=rule
            )
    source = rows.read(path, delimiter=delimiter, encoding=encoding)
    needed = dict.fromkeys(name for rule in rules for name in rule.columns)
    missing = [name for name in needed if source.columns is not None and name not in source.columns]
    if missing:
        raise InvalidValue(
            f"{source.file} has no column {', '.join(missing)}: expected what the mapping names. It has "
            f"{', '.join(source.columns or ())}.",
            path=str(path),
            value=missing,
        )
    return _drafts(source, rules)


def load(
    line: Timeline,
    path: str | os.PathLike[str],
    mappings: RowMapping | Sequence[RowMapping],
    *,
    correct: bool = False,
    delimiter: str = ",",
    encoding: str = "utf-8-sig",
    progress: Progress | None = None,
) -> Loaded:
    """Record what a file says. Doing so again changes nothing, and a bad row stops no other.

    A row that changed under the id it has is reported; `correct=True` records the correction too.

    Raises: InvalidValue for a column that a mapping needs and the file has not, OSError.
    """
    found = read(path, mappings, delimiter=delimiter, encoding=encoding)
    return loading.load(line, found, correct=correct, progress=progress)


def write(line: Timeline, path: str | os.PathLike[str], **options: Unpack[Options]) -> Written:
    """Entries as read within the cuts, one row each, in the order they were recorded; lists are JSON.

    `OWN` reads such a file again. Raises: InvalidValue, InvalidWhen.
    """
    shared = share(line, **options)
    found = sorted(flat.rows(shared), key=lambda row: row["position"])
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(flat.COLUMNS)
        writer.writerows([_cell(name, row[name]) for name in flat.COLUMNS] for row in found)
    return shared.written(len(found))


def _drafts(source: rows.Source, rules: Sequence[RowMapping]) -> Iterator[Found | Problem | None]:
    for row in source.rows:
        if isinstance(row, Problem):
            yield row
            continue
        said = [draft for rule in rules if (draft := rule.draft(row)) is not None]
        yield from (d if isinstance(d, Problem) else Found(row.file, row.line, d) for d in said)
        if not said:
            yield None


def _cell(name: str, value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case int() if name in flat.INSTANTS:
            return stamp(value)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _own_event(cells: Cells) -> Any:
    event = decode_event(orjson.loads(cells["event"]), tuple(orjson.loads(cells["tags"])))
    return codec.wholly_read(Draft(event)).event


def _own_reports(cells: Cells) -> list[Report]:
    return [Report(**report) for report in orjson.loads(cells["reports"])]


OWN = RowMapping(
    _own_event,
    occurred=Column("occurred"),
    report=_own_reports,
    modality=Column("modality"),
    part_of=Column("part_of"),
    fulfils=Column("fulfils"),
    after=Column("after", orjson.loads),
    id=Column("id"),
)
"""Reads what `write` wrote: each entry as it was read then, under its id."""
