"""Mappings from rows to entries: which column, constant or function fills which field.

    RowMapping(
        custody.HeadcountReported,
        {"facility": Column("code", slugged), "quantity": Column("detained", counted)},
        occurred=Column("date"),
        report={"source": "Deportation Data Project", "published": Column("released")},
    )

A *cell* is a `Column`, an `Interval`, a function of the row's cells, or a constant. A blank cell says nothing: the
field keeps its default, and one that has none is a problem of that row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs
from attrs import field, frozen

from timeline.entry import Draft
from timeline.errors import InvalidValue
from timeline.events.declare import event_type
from timeline.exchange.cells import (
    BadCellError,
    Blaming,
    Cell,
    Cells,
    Column,
    Only,
    cell_value,
    column,
    columns,
    compared_texts,
    moment,
    normalized,
)
from timeline.exchange.readers import Split
from timeline.exchange.rows import Problem, Row, RowCells
from timeline.values.containers import FrozenMapping
from timeline.values.report import Modality, Report
from timeline.values.when import when_or_none


def _only(said: Any) -> Callable[[Cells], bool]:
    if not isinstance(said, Mapping) and not callable(said):
        raise InvalidValue(f"only is {said!r}: expected texts by column, or a function of the row.", value=said)
    return Only(said) if isinstance(said, Mapping) else said


def _blanks(said: Any) -> tuple[str, ...]:
    return () if said == () else compared_texts("blank", said)


def _fixed(cells: Mapping[str, Cell]) -> FrozenMapping[str, Cell]:
    if not isinstance(cells, Mapping):
        raise InvalidValue(f"fields is {cells!r}: expected cells by field, such as {{'facility': Column('code')}}.")
    return FrozenMapping(cells)


@frozen
class RowMapping:
    """A mapping from the rows of a file to entries of one kind.

    1. `event` is an event class, whose `fields` are cells; or a function of the row that gives an event.
    2. `report` fills the fields of a `Report`; empty, there is none. A column read by `split` gives several, and so
       does a function of the row.
    3. `id` None: the id is derived from what the row says, so reading a file twice changes nothing. With
       a cell that names the row, a row that changed is found out (`table.load` reports it).
    4. `only` says which rows it is for, as a function or as `Only` does; others are for other mappings.
    5. `blank` are words that say nothing: a cell that holds one, such as NONE or NA, is as good as blank.

    Raises: InvalidValue for a field that the event or a report has not, or that must be filled and is not.
    """

    event: Any
    fields: Mapping[str, Cell] = field(default=FrozenMapping(), converter=_fixed)
    occurred: Cell = field(default=None, kw_only=True)
    report: Mapping[str, Cell] | Callable[[Cells], list[Report]] = field(default=FrozenMapping(), kw_only=True)
    modality: Cell = field(default=Modality.ACTUAL, kw_only=True)
    part_of: Cell = field(default=None, kw_only=True)
    fulfils: Cell = field(default=None, kw_only=True)
    recorder: Cell = field(default=None, kw_only=True)
    after: Cell = field(default=None, kw_only=True)
    id: Cell = field(default=None, kw_only=True)
    only: Callable[[Cells], bool] = field(default=Only({}), converter=_only, kw_only=True)
    blank: tuple[str, ...] = field(default=(), converter=_blanks, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if isinstance(self.event, type):
            _fits(event_type(self.event).cls, self.fields)
        elif self.fields:
            raise InvalidValue("fields are those of an event class: expected none beside a function that gives events.")
        if isinstance(self.report, Mapping) and self.report:
            _fits(Report, self.report)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it is known to need."""
        own = (getattr(self, a.name) for a in attrs.fields(RowMapping))
        report = self.report.values() if isinstance(self.report, Mapping) else ()
        cells = (*own, *self.fields.values(), *report)
        return tuple(dict.fromkeys(name for cell in cells for name in columns(cell)))

    def draft(self, row: Row) -> Draft | Problem | None:
        """Return the draft that a row says, or what is wrong with the row; None for a row of another mapping.

        Without a cell for the id, the draft has none: `table.read` derives it.
        """
        try:
            with Blaming(None, None):
                return self._draft(self._said(row)) if self.only(row.cells) else None
        except BadCellError as bad:
            return Problem(row.file, row.line, bad.column, str(bad), id=self._id(row))

    def _id(self, row: Row) -> str | None:
        """Return the id of a row that cannot be read otherwise; None if that cannot be read either."""
        try:
            found = cell_value("id", self.id, self._said(row))
        except BadCellError:
            return None
        return found if isinstance(found, str) else None

    def _said(self, row: Row) -> Cells:
        """Return the cells of a row, with the words of `blank` left blank."""
        if not self.blank:
            return row.cells
        return RowCells(
            {name: "" if normalized(text) in self.blank else text for name, text in row.cells.items()}, row.line
        )

    def _draft(self, cells: Cells) -> Draft:
        draft = Draft(
            self._event(cells),
            occurred=moment("occurred", self.occurred, cells),
            reports=self._reports(cells),
            modality=_sense(self.modality, cells),
            part_of=cell_value("part_of", self.part_of, cells),
            fulfils=cell_value("fulfils", self.fulfils, cells),
            recorder=cell_value("recorder", self.recorder, cells),
            after=cell_value("after", self.after, cells) or (),
            id=cell_value("id", self.id, cells),
        )
        if draft.id is None and self.id is not None:
            raise BadCellError(column(self.id, "id"), "is blank: expected what names the row")
        return draft

    def _event(self, cells: Cells) -> Any:
        if not isinstance(self.event, type):
            return cell_value("event", self.event, cells)
        return _made(
            self.event, self.fields, {name: cell_value(name, cell, cells) for name, cell in self.fields.items()}
        )

    def _reports(self, cells: Cells) -> list[Report]:
        fields = self.report
        if not isinstance(fields, Mapping):
            return list(cell_value("report", fields, cells))
        given = {name: cell_value(name, _placed(cell), cells) for name, cell in fields.items()}
        with Blaming(fields.get("published"), "published"):
            given["published"] = _times(given.get("published"))
        return [_made(Report, fields, one) for one in _each(given)] if fields else []


def _sense(cell: Cell, cells: Cells) -> Modality:
    """Return the modality that a cell gives for a row; `ACTUAL` where it is blank."""
    said = cell_value("modality", cell, cells) or Modality.ACTUAL
    with Blaming(cell, "modality"):
        try:
            return Modality(said)
        except ValueError:
            known = ", ".join(one.value for one in Modality)
            raise ValueError(f"{said!r} is not a modality: expected {known}.") from None


def _times(said: Any) -> Any:
    return tuple(map(when_or_none, said)) if isinstance(said, tuple) else when_or_none(said)


def _placed(cell: Cell) -> Cell:
    """Return a cell of a report that gives None for each blank value among others."""
    splits = isinstance(cell, Column) and isinstance(cell.read, Split)
    return Column(cell.name, cell.read.places) if splits else cell


def _single(said: Any) -> Any:
    """Return the value of a list of one; return None for a list of blanks."""
    return next(iter(said), None) if isinstance(said, tuple) and (len(said) < 2 or not _told(said)) else said


def _told(said: tuple[Any, ...]) -> int:
    """Return the length of a list without the blanks at its end."""
    return next((number for number in range(len(said), 0, -1) if said[number - 1] is not None), 0)


def _each(given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the fields of each of several reports in one row; a value that is not a list is said of all of them.

    Raises: BadCellError for lists that do not go together.
    """
    given = {name: _single(found) for name, found in given.items()}
    lists = {name: found for name, found in given.items() if isinstance(found, tuple)}
    counts = {name: _told(found) for name, found in lists.items()}
    most = max(counts.values(), default=1)
    if any(len(found) < most for found in lists.values()):
        found = ", ".join(f"{count} of {name}" for name, count in counts.items())
        raise BadCellError(None, f"holds {found}: expected as many of each, or one for all.")
    for number in range(most):
        one = {name: found[number] for name, found in lists.items()}
        if not one or any(value is not None for value in one.values()):
            yield {**given, **one}


def _made(cls: Any, fields: Mapping[str, Cell], given: Mapping[str, Any]) -> Any:
    """Make an event, or a report, of the values of its cells."""
    said = {name: value for name, value in given.items() if value is not None}
    for name in _required(cls):
        if name not in said:
            raise BadCellError(column(fields[name], name), f"is blank: {cls.__name__} needs it")
    try:
        return cls(**said)
    except InvalidValue as error:
        name = str(vars(error).get("path", "")).partition(".")[2].partition("[")[0]
        raise BadCellError(column(fields.get(name), name or None), str(error)) from error


def _required(cls: Any) -> list[str]:
    return [a.name for a in attrs.fields(cls) if a.default is attrs.NOTHING]


def _fits(cls: Any, fields: Mapping[str, Cell]) -> None:
    """Refuse a mapping whose fields are not those of what it makes."""
    known = [a.name for a in attrs.fields(cls)]
    unknown, missing = [n for n in fields if n not in known], [n for n in _required(cls) if n not in fields]
    if unknown or missing:
        found = f"has no {', '.join(unknown)}" if unknown else f"needs {', '.join(missing)}"
        raise InvalidValue(
            f"{cls.__name__} {found}: expected fields among {', '.join(known)}.", value=unknown or missing
        )
