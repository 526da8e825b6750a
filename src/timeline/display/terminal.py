"""Sheets for a terminal, by way of `rich`."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from rich.console import Group, JustifyMethod, RenderableType
from rich.style import Style
from rich.table import Table as Grid
from rich.text import Text

from timeline.display.cells import Cell, Flag, Labelled, Name, Sheet, Table, Word, is_empty
from timeline.display.web import is_web
from timeline.quantity import Quantity
from timeline.report import Report
from timeline.when import When

_STYLES = ((Flag, "bold red"), (Name, "bold"), (When, "cyan"), (Quantity, "green"))


def rendered(sheet: Sheet) -> RenderableType:
    """The title, then every table; nothing a source wrote can colour, move or ring the terminal."""
    title = Text.assemble((safe(sheet.title), "bold"), " ", (safe(sheet.note), "dim"))
    return Group(title, *(part for table in sheet.tables for part in _table(table)), Text())


def _table(table: Table) -> Iterator[RenderableType]:
    heading = Text(str(Word(table.heading)), style="bold magenta") if table.heading else None
    grid = Grid(title=heading, title_justify="left", box=None, pad_edge=False, header_style="dim", expand=False)
    for name in table.columns:
        justify: JustifyMethod = "right" if table.is_numeric(name) else "left"
        grid.add_column(str(Word(name)), justify=justify, overflow="fold")
    for row in table.rows:
        cells = [_cell(row.cells.get(name)) for name in table.columns]
        for report in row.reports:
            cells[-1].append("\n  ").append_text(_report(report))
        grid.add_row(*cells)
    yield Text()
    yield grid
    if table.hidden:
        yield Text(f"and {table.hidden:,} more, not shown", style="dim italic")


def _cell(found: Cell) -> Text:
    if is_empty(found):
        return Text()
    if isinstance(found, Report):
        return _source(found)
    if isinstance(found, Labelled):
        return Text.assemble((safe(str(found.label)), "dim"), " ", _cell(found.value))
    if isinstance(found, tuple):
        return Text(" ").join(_cell(part) for part in found if not is_empty(part))
    return Text(safe(str(found)), style=next((style for kind, style in _STYLES if isinstance(found, kind)), ""))


def _source(report: Report) -> Text:
    """Who published it, as a link in terminals that have them."""
    return Text(safe(report.source), style=Style(link=report.url if is_web(report.url) else None))


def _report(report: Report) -> Text:
    cited = f", citing {report.attributed_to}" if report.attributed_to else ""
    quoted = f" “{report.quote}”" if report.quote else ""
    return Text.assemble(_source(report), safe(f"{cited}, {report.published or 'undated'}{quoted}"), style="dim")


def safe(text: str) -> str:
    r"""A text without control characters, each replaced by a visible mark.

    >>> safe("red" + chr(27) + "[31m")
    'red\ufffd[31m'
    """
    return "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cs") and c not in "\t\n" else c for c in text)
