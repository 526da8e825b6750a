"""Sheets as HTML for notebooks: every text escaped, whatever a source or a name may hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from timeline.display.cells import Cell, Flag, Labelled, Name, Sheet, SheetRow, Table, Word, is_empty, spaced
from timeline.display.rows import entry as entry_row
from timeline.display.web import Html, is_web, joined, static, tag
from timeline.entry import Entry
from timeline.values.instants import FUTURE, PAST
from timeline.values.quantity import Quantity
from timeline.values.report import Report
from timeline.values.when import When


def html(sheet: Sheet) -> str:
    """Render a sheet as one element with its own style, for any page."""
    title = tag("header", tag("b", sheet.title), " ", tag("span", sheet.note))
    style = Html(f"<style>{static('sheet.css')}</style>")
    return str(tag("div", style, title, *map(_table, sheet.tables), cls="timeline-sheet"))


def _table(table: Table) -> Html:
    columns = table.columns
    align = {name: "number" for name in columns if table.is_numeric(name)}
    head = tag("tr", *(tag("th", Word(name), scope="col", cls=align.get(name)) for name in columns))
    parts = [tag("thead", head), tag("tbody", *(_row(row, columns, align) for row in table.rows))]
    if table.heading:
        parts.insert(0, tag("caption", Word(table.heading)))
    more = [tag("p", f"and {table.hidden:,} more, not shown", cls="more")] if table.hidden else []
    return joined([tag("div", tag("table", *parts), *more, cls="block")])


def _row(row: SheetRow, columns: Sequence[str], align: Mapping[str, str]) -> Html:
    cells = {name: html_cell(row.cells.get(name)) for name in columns}
    behind = _behind(row)
    if behind:
        under = row.sources_under or columns[0]
        cells[under] = tag("details", tag("summary", cells[under]), tag("ul", *behind))
    return tag("tr", *(tag("td", inner, cls=align.get(name)) for name, inner in cells.items()))


def _behind(row: SheetRow) -> list[Html]:
    """Render the reports of a row, or the entries behind it with theirs."""
    if row.reports:
        return [tag("li", *_report(report)) for report in row.reports]
    return [tag("li", *_entry(entry)) for entry in row.entries]


def _entry(entry: Entry) -> Iterator[Html]:
    cells = entry_row(entry).cells
    yield joined((html_cell(found) for found in cells.values()), " ")
    if entry.reports:
        yield tag("ul", *(tag("li", *_report(report)) for report in entry.reports))


def _report(report: Report) -> Iterator[Html]:
    yield html_cell(report)
    if report.attributed_to:
        yield joined([", citing ", _text(report.attributed_to)])
    if report.published:
        yield joined([", ", html_cell(report.published)])
    rating = f"{report.reliability or ''}{report.credibility or ''}"
    if rating:
        yield joined([", rated ", rating])
    if report.quote:
        yield joined([" ", tag("q", report.quote, dir="auto", lang=report.language)])
    if report.archived:
        yield joined([", copy at ", link(report.archived, report.archived)])


def html_cell(found: Cell) -> Html:
    """Render one cell."""
    match found:
        case Flag():
            return tag("b", found, cls="flag")
        case Word():
            return joined([found])
        case Name():
            return tag("bdi", found, cls="name")
        case When():
            return tag("bdi", found, cls="when fuzzy" if fuzzy(found) else "when", title=spelt(found), dir="ltr")
        case Quantity():
            return tag("bdi", found, cls="quantity", title=found.text or None, dir="ltr")
        case Report():
            return link(found.source, found.url)
        case Labelled(label, value):
            return tag("span", tag("i", label), " ", html_cell(value), cls="field")
        case tuple():
            return joined(piece for blank, part in spaced(found) for piece in (blank, html_cell(part)))
    return Html("") if is_empty(found) else _text(str(found))


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


def spelt(when: When) -> str | None:
    """Put the notation of a time in words."""
    said = [word for word in ("approximate", "uncertain") if getattr(when, word)]
    start, end = when.span()
    if start == PAST:
        said.append(f"by {when.latest}")
    elif end == FUTURE:
        said.append(f"from {when.earliest} on")
    elif when.latest != when.earliest:
        said.append(f"between {when.earliest} and {when.latest}")
    return ", ".join(said) or None
