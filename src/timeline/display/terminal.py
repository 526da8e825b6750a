"""Sheets for a terminal, by way of `rich`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import frozen
from rich.console import Console, ConsoleOptions, Group, JustifyMethod, RenderableType
from rich.measure import measure_renderables
from rich.padding import Padding
from rich.segment import Segment
from rich.style import Style
from rich.table import Table as Grid
from rich.text import Text

from timeline.display.cells import (
    Cell,
    Flag,
    Labelled,
    Name,
    Naming,
    Phrase,
    Sheet,
    SheetRow,
    Since,
    Table,
    Term,
    Word,
    capital,
    is_empty,
    spaced,
)
from timeline.display.language.phrases import phrase
from timeline.display.rows import entry as entry_row
from timeline.display.web import is_web
from timeline.display.words import Words
from timeline.values.quantity import Quantity
from timeline.values.report import Report
from timeline.values.visible import visible
from timeline.values.when import When

_STYLES = ((Flag, "bold red"), (Name, "bold"), (When, "cyan"), (Since, "cyan"), (Quantity, "green"))
_INDENT = (0, 0, 0, 2)
_GAP = 2
"""How many blanks stand between columns."""


def rendered(sheet: Sheet, words: Words | None = None) -> RenderableType:
    """Render the title, then every table. No text of a source can colour, move or ring the terminal.

    Words and names are English, unless other words are given.
    """
    words = words or Words("en", sheet.names)
    title = capital(_cell(sheet.title, words).plain)
    head = Text.assemble((title, "bold"), " ", (_cell(sheet.note, words).plain, "dim"))
    tables = (part for table in sheet.tables for part in _table(table, words, sources=sheet.sources))
    return Group(head, *tables, Text())


def _table(table: Table, words: Words, *, sources: bool) -> Iterator[RenderableType]:
    yield Text()
    if table.heading:
        yield Text(words(table.heading), style="bold magenta")
    yield _Fitting(table, sources, words)
    if table.hidden:
        yield Text(phrase("hidden", words.spoken, count=f"{table.hidden:,}"), style="dim italic")


@frozen
class _Fitting:
    """A table in columns.

    If the columns do not fit, or whole rows have entries behind them, the cells of a row stand below one another.
    """

    table: Table
    sources: bool
    words: Words

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType | Segment]:
        grid = self._grid()
        below = self.sources and any(row.entries and not row.sources_under for row in self.table.rows)
        if below or not _fitted(grid, console, options):
            yield Group(*self._stacked())
        elif self.words.spoken == "ar":
            for line in console.render_lines(grid, options, pad=False):
                yield from _in_columns(line)
                yield Segment.line()
        else:
            yield grid

    def _told(self, row: SheetRow) -> Iterator[RenderableType]:
        return _behind(row, self.words) if self.sources else iter(())

    def _grid(self) -> Grid:
        columns = self.table.columns
        grid = Grid(box=None, pad_edge=False, header_style="dim", expand=False)
        for name in columns:
            justify: JustifyMethod = "right" if self.table.is_numeric(name) else "left"
            grid.add_column(self.words(name), justify=justify, overflow="fold")
        for row in self.table.rows:
            cells: dict[str, RenderableType] = {name: _cell(row.cells.get(name), self.words) for name in columns}
            if behind := [*self._told(row)]:
                under = row.sources_under or columns[-1]
                cells[under] = Group(cells[under], *behind)
            grid.add_row(*cells.values())
        return grid

    def _stacked(self) -> Iterator[RenderableType]:
        first, *others = self.table.columns
        for row in self.table.rows:
            said = [_labelled(name, row, self.words) for name in others if not is_empty(row.cells.get(name))]
            yield _cell(row.cells.get(first), self.words)
            yield Padding(Group(Text(" · ").join(said), *self._told(row)), _INDENT)


def _fitted(grid: Grid, console: Console, options: ConsoleOptions) -> bool:
    """Give each column the room of its longest word at least; False where there is not so much.

    Of the rest each takes an equal share, or less if it has no use for it.
    """
    cells = [[column.header, *column.cells] for column in grid.columns]
    wanted = [measure_renderables(console, options, column) for column in cells]
    left = options.max_width - _GAP * (len(wanted) - 1) - sum(least for least, _ in wanted)
    if left < 0:
        return False
    by_wish = sorted(zip(grid.columns, wanted, strict=True), key=lambda pair: pair[1].span)
    for others, (column, (least, most)) in zip(range(len(by_wish), 0, -1), by_wish, strict=True):
        more = min(most - least, left // others)
        column.width = least + more
        left -= more
    return True


def _in_columns(line: Iterable[Segment]) -> Iterator[Segment]:
    """Put marks of direction before each cell, so that terminals which turn Arabic around keep the columns in place.

    Without marks, they turn around all cells of a line that have Arabic text between them.
    """
    blanks = _GAP
    for segment in line:
        said = []
        for letter in segment.text:
            if letter != " " and blanks >= _GAP:
                said.append("\u200e\u200f")
            blanks = blanks + 1 if letter == " " else 0
            said.append(letter)
        yield Segment("".join(said), segment.style, segment.control)


def _labelled(name: str, row: SheetRow, words: Words) -> Text:
    found = _cell(row.cells[name], words)
    return found if name == row.sources_under else Text.assemble((words(name), "dim"), " ", found)


def _behind(row: SheetRow, words: Words) -> Iterator[RenderableType]:
    """Yield the reports of a row, or its entries with their reports, each indented."""
    yield from (Padding(_report(report, words), _INDENT) for report in row.reports)
    for entry in row.entries:
        said = Text(" ").join(_cell(found, words) for found in entry_row(entry).cells.values())
        yield Padding(Group(said, *(Padding(_report(report, words), _INDENT) for report in entry.reports)), _INDENT)


def _cell(found: Cell, words: Words) -> Text:
    if is_empty(found):
        return Text()
    if isinstance(found, Report):
        return _source(found)
    if isinstance(found, Labelled):
        return Text.assemble((words.label(found.label.key), "dim"), " ", _cell(found.value, words))
    if isinstance(found, tuple) and any(isinstance(part, Phrase) for part in found):
        return Text.assemble(*(piece for blank, part in spaced(found) for piece in (blank, _cell(part, words))))
    if isinstance(found, tuple):
        return Text(_between(found)).join(_cell(part, words) for part in found if not is_empty(part))
    return Text(_said(found, words), style=next((style for kind, style in _STYLES if isinstance(found, kind)), ""))


def _said(found: Cell, words: Words) -> str:
    match found:
        case Name():
            return words.name(found.slug)
        case Term():
            return words.term(found.text)
        case Naming():
            return visible(found.said(words.name))
        case Word():
            return words(found.key, of=found.of)
        case Since(when):
            return words.beginning(when)
        case When():
            return words.date(found)
        case Quantity():
            return words.signs(found)
    return visible(str(found))


def _between(parts: tuple[Cell, ...]) -> str:
    """Return what separates the parts of a cell: entries in a list stand each on its own line."""
    if all(isinstance(part, tuple) and not isinstance(part, Labelled) for part in parts):
        return "\n"
    return ", " if all(isinstance(part, Labelled) for part in parts) else " "


def _source(report: Report) -> Text:
    """Write the publisher of a report, as a link in terminals that have links."""
    return Text(visible(report.source), style=Style(link=report.url if is_web(report.url) else None))


def _report(report: Report, words: Words) -> Text:
    cited = f", {words('citing')} {report.attributed_to}" if report.attributed_to else ""
    published = words.date(report.published) if report.published else words("undated")
    quoted = f" “{report.quote}”" if report.quote else ""
    copy = f", {words('archived')} {report.archived}" if report.archived else ""
    said = visible(f"{cited}, {published}{quoted}{copy}")
    return Text.assemble(_source(report), said, style="dim")
