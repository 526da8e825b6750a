"""How a row becomes an entry, declared: which column, constant or function fills which field.

    RowMapping(
        custody.HeadcountReported,
        {"facility": Column("code", slugged), "quantity": Column("detained", counted)},
        occurred=Column("date"),
        report={"source": "Deportation Data Project", "published": Column("released")},
    )

A *cell* is a `Column`, a function of the row's cells, or a constant. A blank cell says nothing: the field
keeps its default, and one that has none is a problem of that row.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import attrs
from attrs import field, frozen

from timeline.entry import Draft
from timeline.errors import InvalidValue
from timeline.eventtype import event_type
from timeline.exchange.rows import Problem, Row
from timeline.fields import FrozenMapping
from timeline.instants import instant
from timeline.log.codec import derived_id
from timeline.quantity import Quantity, exactly
from timeline.report import Modality, Report
from timeline.when import When, when_or_none

Cells = Mapping[str, str]


@frozen
class Column:
    """The text of a column, read by a function: `Column("date")`, `Column("detained", counted)`."""

    name: str
    read: Callable[[str], Any] = str


Cell = Any
"""A `Column`, a function of the row's cells, or a constant."""


def slugged(text: str) -> str:
    """A slug out of a name: its letters and digits in lower case, joined by hyphens.

    >>> slugged("St. Johns County Sheriff’s Office")
    'st-johns-county-sheriffs-office'
    """
    bare = re.sub(r"['’ʼ]", "", unicodedata.normalize("NFKC", text).lower())
    return re.sub(r"[\W_]+", "-", bare).strip("-")


def counted(text: str) -> Quantity:
    """An exact count of people, thousands set apart by commas or not.

    >>> print(counted("1,234"))
    1,234
    """
    return exactly(whole(text))


def whole(text: str) -> int:
    """A whole number, thousands set apart by commas or not.

    Raises: ValueError.
    """
    if not re.fullmatch(r"-?\d+|-?\d{1,3}(,\d{3})+", text, re.ASCII):
        raise ValueError(f"{text!r} is not a whole number: expected digits, such as 150 or 1,500")
    return int(text.replace(",", ""))


def dated(format: str) -> Callable[[str], date]:
    """Reads dates written otherwise than `2026-01-21`, by a `strptime` format.

    >>> str(dated("%m/%d/%Y")("01/21/2026"))
    '2026-01-21'
    """

    def read(text: str) -> date:
        try:
            return datetime.strptime(text, format).date()  # noqa: DTZ007
        except ValueError as error:
            raise ValueError(f"{text!r} is no date written as {format}") from error

    return read


def epoch(per_second: int) -> Callable[[str], When]:
    """Reads instants given as so many units a second since 1970 UTC.

    >>> epoch(1_000_000)("1437764461000000")
    When('2015-07-24T19:01:01Z')
    """

    def read(text: str) -> When:
        return When.of(instant(whole(text) * 1_000_000 // per_second))

    return read


def _fixed(cells: Mapping[str, Cell]) -> FrozenMapping[str, Cell]:
    if not isinstance(cells, Mapping):
        raise InvalidValue(f"fields is {cells!r}: expected cells by field, such as {{'facility': Column('code')}}.")
    return FrozenMapping(cells)


@frozen
class RowMapping:
    """How the rows of a file become entries of one kind.

    1. `event` is an event class, whose `fields` are cells; or a function of the row that gives an event.
    2. `report` fills the fields of one `Report`; empty, there is none. A function of the row gives several.
    3. `id` None: the id is derived from what the row says, so reading a file twice changes nothing. With
       a cell that names the row, a row that changed is found out (`table.load` reports it).
    4. `only` says which rows it is for; others are for other mappings.

    Raises: InvalidValue for a field that the event or a report has not, or that must be filled and is not.
    """

    event: Any
    fields: Mapping[str, Cell] = field(default=FrozenMapping(), converter=_fixed)
    occurred: Cell = field(default=None, kw_only=True)
    report: Mapping[str, Cell] | Callable[[Cells], list[Report]] = field(default=FrozenMapping(), kw_only=True)
    modality: Cell = field(default=Modality.ACTUAL, kw_only=True)
    part_of: Cell = field(default=None, kw_only=True)
    fulfils: Cell = field(default=None, kw_only=True)
    after: Cell = field(default=None, kw_only=True)
    id: Cell = field(default=None, kw_only=True)
    only: Callable[[Cells], bool] = field(default=lambda cells: True, kw_only=True)

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
        return tuple(dict.fromkeys(cell.name for cell in cells if isinstance(cell, Column)))

    def draft(self, row: Row) -> Draft | Problem | None:
        """The draft a row says, always with an id; or what is wrong with the row; None where it is not for it."""
        try:
            with _blamed(None):
                return self._draft(row.cells) if self.only(row.cells) else None
        except _BadCellError as bad:
            return Problem(row.file, row.line, bad.column, str(bad))

    def _draft(self, cells: Cells) -> Draft:
        draft = Draft(
            self._event(cells),
            occurred=_time("occurred", self.occurred, cells),
            reports=self._reports(cells),
            modality=Modality(_value("modality", self.modality, cells) or Modality.ACTUAL),
            part_of=_value("part_of", self.part_of, cells),
            fulfils=_value("fulfils", self.fulfils, cells),
            after=_value("after", self.after, cells) or (),
            id=_value("id", self.id, cells),
        )
        if draft.id is None and self.id is not None:
            raise _BadCellError(_column(self.id, "id"), "is blank: expected what names the row")
        return draft if draft.id is not None else attrs.evolve(draft, id=derived_id(draft))

    def _event(self, cells: Cells) -> Any:
        if not isinstance(self.event, type):
            return _value("event", self.event, cells)
        return _made(self.event, self.fields, {name: _value(name, cell, cells) for name, cell in self.fields.items()})

    def _reports(self, cells: Cells) -> list[Report]:
        fields = self.report
        if not isinstance(fields, Mapping):
            return list(_value("report", fields, cells))
        given = {name: _value(name, cell, cells) for name, cell in fields.items() if name != "published"}
        given["published"] = _time("published", fields.get("published"), cells)
        return [_made(Report, fields, given)] if fields else []


class _BadCellError(Exception):
    """What is wrong with a row; `column` None: with all of it."""

    def __init__(self, column: str | None, reason: str) -> None:
        super().__init__(reason)
        self.column = column


@contextmanager
def _blamed(column: str | None) -> Iterator[None]:
    """What goes wrong in the block is the fault of a column."""
    try:
        yield
    except (ValueError, LookupError, TypeError, ArithmeticError) as error:
        own = isinstance(error, ValueError)
        raise _BadCellError(column, str(error) if own else f"{type(error).__name__}: {error}") from error


def _value(name: str, cell: Cell, cells: Cells) -> Any:
    """What a cell gives for a row; None where it is blank."""
    if not isinstance(cell, Column) and not callable(cell):
        return cell
    with _blamed(_column(cell, name)):
        if isinstance(cell, Column):
            text = cells.get(cell.name, "")
            return cell.read(text) if text else None
        return cell(cells)


def _time(name: str, cell: Cell, cells: Cells) -> When | None:
    value = _value(name, cell, cells)
    with _blamed(_column(cell, name)):
        return when_or_none(value)


def _column(cell: Cell, name: str | None) -> str | None:
    """The column to blame for a field: its own, else one of the field's name."""
    return cell.name if isinstance(cell, Column) else name


def _made(cls: Any, fields: Mapping[str, Cell], given: Mapping[str, Any]) -> Any:
    """An event, or a report, of what the cells gave."""
    said = {name: value for name, value in given.items() if value is not None}
    for name in _required(cls):
        if name not in said:
            raise _BadCellError(_column(fields[name], name), f"is blank: {cls.__name__} needs it")
    try:
        return cls(**said)
    except InvalidValue as error:
        name = str(vars(error).get("path", "")).partition(".")[2].partition("[")[0]
        raise _BadCellError(_column(fields.get(name), name or None), str(error)) from error


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
