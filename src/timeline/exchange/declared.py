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

A cell is one of four things. `{ column = … }` is read as its field requires, or by `read`: `slugged`, `counted`,
`whole`, `dated %m/%d/%Y`, `epoch 1000`. `{ from = …, to = … }` is the time between two columns. `{ text = … }` is a
text with the cells of the row in braces. Anything else is a constant. `dated` takes several formats as a list, and `tz
= "Asia/Baghdad"` for clocks. `only = { kind = "escape" }` says which rows it is for, and `blank = ["NONE"]` which words
say nothing. A file of several has a `[[mapping]]` for each.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from timeline.errors import InvalidValue, TimelineError
from timeline.events.declare import EventType
from timeline.exchange import texts
from timeline.exchange.cells import Cell, Cells, Column, Interval, cell_value, columns
from timeline.exchange.dates import dated, epoch
from timeline.exchange.mapping import RowMapping
from timeline.exchange.readers import counted, slugged, split, whole
from timeline.exchange.texts import Read
from timeline.log import files
from timeline.values.containers import as_tuple
from timeline.values.when import When

_PLAIN: dict[str, Read] = {
    "occurred": When.parse,
    "modality": str,
    "part_of": str,
    "fulfils": str,
    "recorder": str,
    "id": str,
}
_KNOWN = frozenset({"event", "fields", "report", "only", "blank", "after", *_PLAIN})
_READS: dict[str, Read] = {"slugged": slugged, "counted": counted, "whole": whole}
_BRACES = re.compile(r"\{([^{}]+)\}")
_REPORT_READS: dict[str, Read] = {"credibility": whole, "published": When.parse, "retrieved": When.parse}


def read(path: str | os.PathLike[str]) -> list[RowMapping]:
    """Read the mappings of a TOML file.

    Raises: InvalidValue, naming the file and what is wrong in it; CannotRead.
    """
    name = files.path_given(path).name
    with files.opened_file(path) as file:
        text = file.read()
    try:
        said = tomllib.loads(files.without_mark(text, name).decode())
        return [mapping(one) for one in _several(said)]
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidValue(f"{name} is not a mapping: expected TOML in UTF-8: {error}.", path=str(path)) from error
    except (ValueError, TimelineError, RecursionError) as error:
        raise InvalidValue(f"{name} is not a mapping: {error}", path=str(path)) from error


def _several(said: dict[str, Any]) -> list[Any]:
    """Return the mappings of a file: all under [[mapping]], or the file itself."""
    if "mapping" not in said:
        return [said]
    mappings, beside = said["mapping"], sorted(said.keys() - {"mapping"})
    if not isinstance(mappings, list) or not mappings:
        raise InvalidValue(f"mapping is {mappings!r}: expected a table for each, under [[mapping]].", value=mappings)
    if beside:
        raise InvalidValue(f"{', '.join(beside)} stands beside [[mapping]]: expected it in one of these.", value=beside)
    return mappings


def mapping(said: Mapping[str, Any]) -> RowMapping:
    """Make the mapping that a table says.

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
        report={name: _report(name, cell) for name, cell in report.items()},
        after=_cell(said.get("after"), texts.reader(tuple[str, ...])),
        only=only,
        blank=said.get("blank", ()),
        **{name: _cell(said.get(name), reader) for name, reader in _PLAIN.items()},
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
    return _Keyed({key: _cell(one, reader) for key, one in _table(name, cell).items()})


def _report(name: str, said: Any) -> Cell:
    """Make a cell of a report, which may hold several values."""
    match said:
        case {"column": str(), "split": str(separator), **more} if separator:
            one = _cell({"column": said["column"], **more}, _REPORT_READS.get(name, str))
            return Column(one.name, split(separator, one.read))
    return _cell(said, _REPORT_READS.get(name, str))


@frozen
class _Keyed:
    """Values by key, each from a cell of its own; the blank ones are left out."""

    inner: Mapping[str, Cell]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for cell in self.inner.values() for name in columns(cell))

    def __call__(self, cells: Cells) -> dict[str, Any]:
        found = {key: cell_value(key, cell, cells) for key, cell in self.inner.items()}
        return {key: one for key, one in found.items() if one is not None}


@frozen
class _Text:
    """A text with cells of the row in braces, blank where all of it is; `{line}` is the line of the row."""

    pattern: str
    reader: Read

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for name in _BRACES.findall(self.pattern) if name != "line")

    def __call__(self, cells: Cells) -> Any:
        said = _BRACES.sub(lambda found: cells["line"] if found[1] == "line" else cells.get(found[1], ""), self.pattern)
        return self.reader(said) if said else None


def _cell(said: Any, reader: Read) -> Cell:
    match said:
        case {"column": str(name), **how} if how.keys() <= {"read", "tz"}:
            return Column(name, _reading(how["read"], how.get("tz")) if "read" in how else reader)
        case {"from": first, "to": last, **more} if not more:
            return Interval(*(_end(name, end) for name, end in (("from", first), ("to", last))))
        case {"text": str(pattern), **more} if not more:
            return _Text(pattern, reader)
        case bool():
            return said
        case str() | int():
            return reader(str(said))
        case Mapping():
            raise InvalidValue(
                f'{said} is not a cell: expected {{ column = "…", read = "…" }}, {{ from = …, to = … }} or '
                '{ text = "…" }.'
            )
    return said


def _end(name: str, said: Any) -> Column:
    cell = _cell(said, str)
    if not isinstance(cell, Column):
        raise InvalidValue(f'{name} is {said!r}: expected {{ column = "…" }}.', value=said)
    return cell


def _reading(how: Any, tz: Any) -> Read:
    """Return the function that `read` names: one way of reading, or several formats of dates."""
    formats = [_format(one) for one in as_tuple(how)]
    if formats and all(formats):
        return dated(*formats, tz=tz)
    if tz is not None:
        raise InvalidValue(f"tz = {tz!r}: expected it beside read = 'dated …' only.", value=tz)
    name, _, given = how.partition(" ") if isinstance(how, str) else ("", "", "")
    if name == "epoch" and given.isdecimal():
        return epoch(int(given))
    if name not in _READS or given:
        raise InvalidValue(
            f"read = {how!r}: expected {', '.join(_READS)}, 'dated %m/%d/%Y' (or a list of these) or 'epoch 1000'.",
            value=how,
        )
    return _READS[name]


def _format(how: Any) -> str:
    """Return the format of `dated`; blank for any other way of reading."""
    return how.removeprefix("dated ").strip() if isinstance(how, str) and how.startswith("dated ") else ""
