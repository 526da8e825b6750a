"""A `RowMapping` written down in a TOML file, for whoever has rows and writes no program.

    event = "HeadcountReported"
    occurred = { column = "date" }
    id = { text = "{code}-{date}" }

    [fields]
    facility = { column = "code", read = "slugged" }
    quantity = { column = "detained" }

    [report]
    source = "Deportation Data Project"
    published = { column = "released_by" }

A cell is `{ column = … }`, read as its field wants it or by `read` (`slugged`, `counted`, `whole`,
`dated %m/%d/%Y`, `epoch 1000`); `{ text = … }`, with the cells of the row in braces; or a constant.
`only = { kind = "escape" }` says which rows it is for. A file of several has a `[[mapping]]` for each.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from timeline.errors import InvalidValue, TimelineError
from timeline.eventtype import EventType
from timeline.exchange import texts
from timeline.exchange.mapping import Cell, Cells, Column, RowMapping, counted, dated, epoch, slugged, whole
from timeline.exchange.texts import Read

_PLAIN = ("occurred", "modality", "part_of", "fulfils", "id")
_KNOWN = frozenset({"event", "fields", "report", "only", "after", *_PLAIN})
_READS: dict[str, Read] = {"slugged": slugged, "counted": counted, "whole": whole}
_REPORT_READS: dict[str, Read] = {"credibility": whole}


def read(path: str | os.PathLike[str]) -> list[RowMapping]:
    """The mappings of a TOML file.

    Raises: InvalidValue, naming the file and what is wrong in it; OSError.
    """
    file = Path(path)
    try:
        said = tomllib.loads(file.read_text("utf-8"))
        return [mapping(one) for one in said.get("mapping", [said])]
    except (ValueError, TimelineError) as error:
        raise InvalidValue(f"{file.name} is no mapping: {error}", path=str(path)) from error


def mapping(said: Mapping[str, Any]) -> RowMapping:
    """The mapping that a table says.

    Raises: InvalidValue.

    >>> mapping({"event": "CrossingOpened", "fields": {"crossing": {"column": "name"}}}).columns
    ('name',)
    """
    _table("mapping", said)
    unknown = sorted(said.keys() - _KNOWN)
    if unknown or not isinstance(said.get("event"), str):
        found = f"it has {', '.join(unknown)}" if unknown else "it names no event"
        raise InvalidValue(f'{found}: expected event = "…", and beside it {", ".join(sorted(_KNOWN - {"event"}))}.')
    kind = texts.named(said["event"])
    hints = texts.fields(kind)
    fields, report, only = (_table(name, said.get(name, {})) for name in ("fields", "report", "only"))
    return RowMapping(
        kind.cls,
        {name: _field(kind, name, hints, cell) for name, cell in fields.items()},
        report={name: _cell(cell, _REPORT_READS.get(name, str)) for name, cell in report.items()},
        after=_cell(said.get("after"), texts.reader(tuple[str, ...])),
        only=_only(only),
        **{name: _cell(said.get(name), str) for name in _PLAIN},
    )


def _table(name: str, said: Any) -> Mapping[str, Any]:
    if not isinstance(said, Mapping):
        raise InvalidValue(f"{name} is {said!r}: expected a table of names and values.", value=said)
    return said


def _field(kind: EventType, name: str, hints: Mapping[str, Any], cell: Any) -> Cell:
    if name not in hints:
        raise texts.unfit(kind, name, hints)
    reader = texts.reader(hints[name])
    if not texts.is_mapping(hints[name]):
        return _cell(cell, reader)
    inner = {key: _cell(one, reader) for key, one in _table(name, cell).items()}
    return lambda cells: {key: found for key, one in inner.items() if (found := _value(one, cells)) is not None}


def _value(cell: Cell, cells: Cells) -> Any:
    if isinstance(cell, Column):
        text = cells.get(cell.name, "")
        return cell.read(text) if text else None
    return cell(cells) if callable(cell) else cell


def _cell(said: Any, reader: Read) -> Cell:
    match said:
        case {"column": str(name), "read": str(how), **more} if not more:
            return Column(name, _reading(how))
        case {"column": str(name), **more} if not more:
            return Column(name, reader)
        case {"text": str(pattern), **more} if not more:
            return lambda cells: reader(_filled(pattern, cells))
        case str():
            return reader(said)
        case Mapping():
            raise InvalidValue(f'{said} is no cell: expected {{ column = "…", read = "…" }} or {{ text = "…" }}.')
    return said


def _filled(pattern: str, cells: Cells) -> str:
    return re.sub(r"\{([^{}]+)\}", lambda found: cells[found[1]], pattern)


def _reading(how: str) -> Read:
    name, _, given = how.partition(" ")
    if name == "dated" and given:
        return dated(given)
    if name == "epoch" and given.isdecimal():
        return epoch(int(given))
    if how not in _READS:
        raise InvalidValue(
            f"read = {how!r}: expected {', '.join(_READS)}, 'dated %m/%d/%Y' or 'epoch 1000'.", value=how
        )
    return _READS[how]


def _only(said: Mapping[str, Any]) -> Callable[[Cells], bool]:
    return lambda cells: all(cells.get(name) == str(text) for name, text in said.items())
