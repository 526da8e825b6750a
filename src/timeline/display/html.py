"""Sheets as HTML for notebooks: every text escaped, whatever a source or a name may hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from timeline.display.cells import (
    Cell,
    Flag,
    Labelled,
    Name,
    Naming,
    Sheet,
    SheetRow,
    Since,
    Table,
    Term,
    Word,
    is_empty,
    spaced,
)
from timeline.display.language.phrases import phrase
from timeline.display.rows import entry as entry_row
from timeline.display.web import Html, is_web, joined, static, tag
from timeline.display.words import Words
from timeline.entry import Entry
from timeline.history.finding_kinds import KINDS
from timeline.values.quantity import PEOPLE, Quantity
from timeline.values.report import Report
from timeline.values.when import When


def html(sheet: Sheet, words: Words | None = None) -> str:
    """Render a sheet as one element with its own style, for any page; in English, unless words are given."""
    words = words or Words("en", sheet.names)
    title = tag("header", tag("b", html_cell(sheet.title, words)), " ", tag("span", html_cell(sheet.note, words)))
    style = Html(f"<style>{static('sheet.css')}</style>")
    tables = [_table(table, words) for table in sheet.tables]
    direction = "rtl" if words.spoken == "ar" else "ltr"
    return str(tag("div", style, title, *tables, cls="timeline-sheet", lang=words.spoken, dir=direction))


def _table(table: Table, words: Words) -> Html:
    columns = table.columns
    align = {name: "number" for name in columns if table.is_numeric(name)}
    head = tag("tr", *(tag("th", words(name), scope="col", cls=align.get(name)) for name in columns))
    parts = [tag("thead", head), tag("tbody", *(_row(row, columns, align, words) for row in table.rows))]
    if table.heading:
        parts.insert(0, tag("caption", words(table.heading)))
    more = [tag("p", phrase("hidden", words.spoken, count=f"{table.hidden:,}"), cls="more")] if table.hidden else []
    return joined([tag("div", tag("table", *parts), *more, cls="block")])


def _row(row: SheetRow, columns: Sequence[str], align: Mapping[str, str], words: Words) -> Html:
    cells = {name: html_cell(row.cells.get(name), words) for name in columns}
    behind = _behind(row, words)
    if behind:
        under = row.sources_under or columns[0]
        cells[under] = tag("details", tag("summary", cells[under]), tag("ul", *behind))
    return tag("tr", *(tag("td", inner, cls=align.get(name)) for name, inner in cells.items()))


def _behind(row: SheetRow, words: Words) -> list[Html]:
    """Render the reports of a row, or the entries behind it with theirs."""
    if row.reports:
        return [tag("li", *_report(report, words)) for report in row.reports]
    return [tag("li", *_entry(entry, words)) for entry in row.entries]


def _entry(entry: Entry, words: Words) -> Iterator[Html]:
    cells = entry_row(entry).cells
    yield joined((html_cell(found, words) for found in cells.values()), " ")
    if entry.reports:
        yield tag("ul", *(tag("li", *_report(report, words)) for report in entry.reports))


def _report(report: Report, words: Words) -> Iterator[Html]:
    yield html_cell(report, words)
    if report.attributed_to:
        yield joined([f", {words('citing')} ", _text(report.attributed_to)])
    if report.published:
        yield joined([", ", html_cell(report.published, words)])
    rating = f"{report.reliability or ''}{report.credibility or ''}"
    if rating:
        yield joined([f", {words('rated')} ", rating])
    if report.quote:
        yield joined([" ", tag("q", report.quote, dir="auto", lang=report.language)])
    if report.archived:
        yield joined([f", {words('archived')} ", link(report.archived, report.archived)])


def html_cell(found: Cell, words: Words) -> Html:
    """Render one cell."""
    match found:
        case Flag():
            meaning = str(KINDS[found.key]) if found.key in KINDS and words.spoken == "en" else None
            return tag("b", words(found.key, of=found.of), cls="flag", title=meaning)
        case Word():
            return joined([words(found.key, of=found.of)])
        case Name():
            return tag("bdi", words.name(found.slug), cls="name", title=found.slug)
        case Term():
            return tag("bdi", words.term(found.text), title=found.text)
        case Naming():
            return _text(found.said(words.name))
        case Since(when):
            return _time(when, words.beginning(when))
        case When():
            return _time(found, words.date(found))
        case Quantity():
            return tag(
                "bdi",
                words.signs(found),
                cls="quantity",
                title=found.text or None,
                dir="ltr" if found.unit == PEOPLE else "auto",
            )
        case Report():
            return link(found.source, found.url)
        case Labelled(label, value):
            return tag("span", tag("i", words.label(label.key)), " ", html_cell(value, words), cls="field")
        case tuple():
            return joined(piece for blank, part in spaced(found) for piece in (blank, html_cell(part, words)))
    return Html("") if is_empty(found) else _text(str(found))


def _time(when: When, shown: str) -> Html:
    """Render a time in words, with its notation behind it."""
    title = None if shown == when.text else when.text
    return tag("bdi", shown, cls="when fuzzy" if fuzzy(when) else "when", title=title, dir="auto")


def _text(text: str) -> Html:
    return tag("bdi", text, dir="auto")


def link(text: str, url: str | None) -> Html:
    """Render a text, linked where the address is on the web."""
    if not is_web(url):
        return _text(text)
    return tag("a", _text(text), href=url, rel="noopener noreferrer", target="_blank")


def fuzzy(when: When) -> bool:
    """Tell whether a time is less exact than a day or an instant."""
    return when.approximate or when.uncertain or when.earliest is None or when.latest != when.earliest
