"""Tables: CSV, JSON arrays and JSON lines in, by a mapping; CSV out, one flat row for each entry."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Unpack

import orjson

from timeline.entry import Draft
from timeline.errors import InvalidValue
from timeline.exchange import delimited, flat, jsontext, loading, rows
from timeline.exchange.cells import Cells, Column, Interval, Only
from timeline.exchange.dates import dated, epoch
from timeline.exchange.found import Found, Unknown, identified
from timeline.exchange.loading import Loaded
from timeline.exchange.mapping import RowMapping
from timeline.exchange.readers import counted, slugged, split, whole
from timeline.exchange.rows import Problem
from timeline.exchange.sharing import Options, Written, export
from timeline.log import codec, files
from timeline.log.eventdata import decode_event
from timeline.log.replacing import replacing
from timeline.progress import Progress
from timeline.timeline import Timeline
from timeline.values.containers import as_tuple
from timeline.values.instants import stamp
from timeline.values.report import Report

__all__ = [
    "OWN", "Column", "Interval", "Loaded", "Only", "Problem", "RowMapping", "counted", "dated", "epoch", "load", "read",
    "slugged", "split", "whole", "write",
]  # fmt: skip

_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")  # those of full width are taken for the others
"""The beginning of a text that a spreadsheet would run, or that was quoted against that."""
_LONG, _MANY = 40, 30
"""The most characters of a name, and the most names, in a message."""


def read(
    path: str | os.PathLike[str],
    mappings: RowMapping | Sequence[RowMapping],
    *,
    delimiter: str = ",",
    encoding: str = "utf-8-sig",
) -> Iterator[Found | Problem | None]:
    """Yield what each row says by every mapping that fits it; or its problem; or None where no mapping fits.

    The file is opened once, and closed after the last row, so that a pipe can be read.

    Raises: InvalidValue for a column that a mapping needs and the file has not, or when it is no table; CannotRead.
    """
    rules = as_tuple(mappings)
    for rule in rules:
        if not isinstance(rule, RowMapping):
            raise InvalidValue(
                f"{rule!r} is not a mapping: expected a RowMapping, or declared.read(path) of one in a file.",
                value=rule,
            )
    needed = dict.fromkeys(name for rule in rules for name in rule.columns)
    if rows.is_json(files.path_given(path)):
        source = rows.with_columns(rows.read(path), needed)
    else:
        source = delimited.read(path, delimiter=delimiter, encoding=encoding, needed=needed)
        _require_columns(source, needed, delimiter)
    return identified(_drafts(source, rules))


def load(
    line: Timeline,
    path: str | os.PathLike[str],
    mappings: RowMapping | Sequence[RowMapping],
    *,
    correct: bool = False,
    delimiter: str = ",",
    encoding: str = "utf-8-sig",
    unknown: Unknown = "refuse",
    progress: Progress | None = None,
) -> Loaded:
    """Record the good rows of a file; each bad row is a problem. Doing so again changes nothing.

    A row that changed under the id it has is reported; `correct=True` records the correction too. A type of
    event that this program does not know, in what `write` wrote, is a problem of its row unless `unknown="keep"`.

    Raises: InvalidValue for a column that a mapping needs and the file has not, or when it is no table; CannotRead.
    """
    found = read(path, mappings, delimiter=delimiter, encoding=encoding)
    return loading.load(line, found, correct=correct, unknown=unknown, progress=progress)


def write(line: Timeline, path: str | os.PathLike[str], *, excel: bool = False, **options: Unpack[Options]) -> Written:
    """Write entries as read within the cuts, one row each, in the order of recording; lists are JSON.

    A text that a spreadsheet would run as a formula (it begins with `=`, `+`, `-` or `@`) gets an apostrophe before
    it. `excel=True` puts the mark in front without which Excel takes UTF-8 for another encoding. `OWN` reads such a
    file again, as it was before.

    Raises: InvalidValue, InvalidWhen.
    """
    exported = export(line, **options)
    found = sorted(flat.entry_rows(exported), key=lambda row: row["position"])
    encoding = "utf-8-sig" if excel else "utf-8"
    with replacing(path) as draft, draft.open("w", encoding=encoding, newline="") as file:
        writer, quoting = csv.writer(file, lineterminator="\n"), csv.writer(file, csv.unix_dialect)
        writer.writerow(flat.COLUMNS)
        for row in found:
            cells = [_cell(name, row[name]) for name in flat.COLUMNS]
            (quoting if "\r" in "".join(cells) else writer).writerow(cells)  # no Python before 3.13 quotes a lone one
    return exported.written(len(found))


def _require_columns(source: rows.Source, needed: Iterable[str], delimiter: str) -> None:
    columns = source.columns or ()
    missing = [name for name in needed if name not in columns]
    if missing:
        other = next((one for one in ";\t|," if len(columns) == 1 and one in columns[0]), None)
        hint = f" Is the delimiter {other!r}, and not {delimiter!r}?" if other else ""
        raise InvalidValue(
            f"{source.file} has no column {', '.join(missing)}: expected what the mapping names. It has "
            f"{_named(columns)}.{hint}",
            path=source.file,
            value=missing,
            missing=missing,
        )


def _named(columns: Iterable[str]) -> str:
    """List names for a message, shortened to a readable length."""
    names = [name if len(name) <= _LONG else f"{name[:_LONG]}…" for name in columns if name]
    return ", ".join(names[:_MANY]) + (f" and {len(names) - _MANY} others" if len(names) > _MANY else "")


def _drafts(source: rows.Source, rules: Sequence[RowMapping]) -> Iterator[Found | Problem | None]:
    for row in source.rows:
        if row is None or isinstance(row, Problem):
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
            return f"'{value}" if _FORMULA.match(value) else value
        case int() if name in flat.INSTANTS:
            return stamp(value)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _unquoted(text: str) -> str:
    """Remove the apostrophe that keeps the text of a cell from being a formula."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def _own_event(cells: Cells) -> Any:
    event = decode_event(jsontext.read(cells["event"]), tuple(jsontext.read(cells["tags"])))
    return codec.legible(Draft(event)).event


def _own_reports(cells: Cells) -> list[Report]:
    return [Report(**report) for report in jsontext.read(cells["reports"])]


OWN = RowMapping(
    _own_event,
    occurred=Column("occurred"),
    report=_own_reports,
    modality=Column("modality"),
    part_of=Column("part_of", _unquoted),
    fulfils=Column("fulfils", _unquoted),
    recorder=Column("recorder", _unquoted),
    after=Column("after", jsontext.read),
    id=Column("id", _unquoted),
)
"""Reads what `write` wrote: each entry as it was read then, under its id."""
