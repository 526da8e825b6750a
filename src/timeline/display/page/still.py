"""The page without JavaScript: the last state, the latest entries and the charts, in the page's language."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from timeline.answers import behind
from timeline.answers.records import records
from timeline.display import rows
from timeline.display.cells import Cell, Labelled, Phrase, SheetRow, Table, is_empty
from timeline.display.colours import Colours
from timeline.display.page.pictures import pictures
from timeline.display.page.wording import Speech
from timeline.display.sentences import Sentences
from timeline.display.sheets import part_tables
from timeline.display.telling import Leaving
from timeline.display.web import Html, joined, tag
from timeline.display.words import Names, Words
from timeline.entry import Entry
from timeline.values.instants import FUTURE, PAST
from timeline.values.quantity import Quantity

_PARTS = ("facilities", "custody", "agreements", "border")
_TABLES = ("facilities", "custody", "operations", "agreements", "crossings", "monitored")
_ROWS = 60
"""The most rows of a table of a user's own projection."""
_LATEST = 40
"""The number of entries that are listed."""


class Still:
    """The page for a reader without JavaScript."""

    def __init__(
        self, told: Leaving, names: Names, *, title: str, language: str, colours: Colours | None = None
    ) -> None:
        self._colours = colours
        self._told, self._names, self._title, self._language = told, names, title, language
        events = {entry.id: entry.event for entry in told.entries()}
        vocabulary = Words(language, names)
        self._when, self._signs = vocabulary.when, vocabulary.signs
        self._sentences = Sentences(vocabulary, events.get)
        self._words = Speech(language)

    def html(self) -> Html:
        """Return the state, the entries and the charts as markup."""
        now = tag("p", self._as_of(), " ", self._words("no_script"), cls="hint")
        sections = [*map(self._section, self._tables()), self._entries(), *self._charts()]
        return tag("div", tag("header", tag("h1", self._title), now), *sections, cls="still")

    def _as_of(self) -> str:
        horizon = behind.horizon(self._told.situation)
        if not PAST < horizon < FUTURE:
            return ""
        return self._words("as_of").replace("{0}", self._words.day(horizon, self._told.situation.tz)) + "."

    def _tables(self) -> Iterator[Table]:
        asked = self._told.situation
        ours = (table for name in _PARTS for table in part_tables(asked, name))
        yield from (table for table in ours if table.heading in _TABLES)
        for projection in behind.own_projections(asked):
            found = records(behind.values_of(asked, projection.name))
            told = [rows.record(self._told.record(one), projection.name) for one in found]
            yield Table(projection.name, told[:_ROWS], hidden=max(len(told) - _ROWS, 0))

    def _section(self, table: Table) -> Html:
        if not table.rows:
            return Html("")
        columns = [name for name in table.columns if any(not is_empty(row.cells.get(name)) for row in table.rows)]
        head = tag("tr", *(tag("th", _capital(self._words(name)), scope="col") for name in columns))
        body = joined([self._row(row, columns) for row in table.rows])
        more = [tag("p", self._words("and_more").replace("{0}", f"{table.hidden:,}"))] if table.hidden else []
        title = tag("h2", self._words(f"table_{table.heading}", table.heading))
        inside = tag("table", tag("thead", head), tag("tbody", body))
        return tag("section", title, tag("div", inside, cls="scroll"), *more, cls="panel")

    def _row(self, row: SheetRow, columns: list[str]) -> Html:
        return tag("tr", *(tag("td", self._sentences.cell(self._quiet(row.cells.get(name)))) for name in columns))

    def _quiet(self, cell: Cell) -> Cell:
        """Return a cell with its numbers as they may leave, by signs."""
        if isinstance(cell, Quantity):
            return self._signs(self._told.quantity(cell))
        if isinstance(cell, Labelled):
            return Labelled(cell.label, self._quiet(cell.value))
        if isinstance(cell, tuple) and len(cell) > 1 and all(isinstance(part, Labelled) for part in cell):
            comma = Phrase("، " if self._language == "ar" else ", ")
            return tuple(part for one in cell for part in (comma, self._quiet(one)))[1:]
        return tuple(map(self._quiet, cell)) if isinstance(cell, tuple) else cell

    def _entries(self) -> Html:
        latest = sorted(self._told.exported.readings, key=lambda reading: reading.point)[-_LATEST:]
        lines = [self._entry(reading.entry) for reading in reversed(latest)]
        return tag("section", tag("h2", self._words("entries")), tag("ol", *lines, cls="plain"), cls="panel")

    def _entry(self, entry: Entry) -> Html:
        sources = ", ".join(dict.fromkeys(report.source for report in entry.reports))
        when = tag("time", self._when(entry.occurred) if entry.occurred else self._words("undated"))
        return tag("li", when, " ", self._sentences.of(self._told.event(entry.event)), " ", tag("small", sources))

    def _charts(self) -> Iterator[Html]:
        for caption, image in pictures(self._told, self._language, self._names, self._colours):
            picture = Html(f'<img alt="{escape(caption)}" src="{image}">')
            yield tag("figure", tag("figcaption", caption), picture)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
