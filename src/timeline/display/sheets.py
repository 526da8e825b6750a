"""The tables of each value that shows itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import tzinfo
from functools import singledispatch
from itertools import islice
from typing import Any

import attrs

from timeline.answers import behind, text
from timeline.answers.lasting import Lastings
from timeline.answers.matching import Suggestions
from timeline.answers.records import records
from timeline.answers.replay import Step
from timeline.answers.results import Diff, Why
from timeline.answers.situation import Situation
from timeline.answers.spans import Spans
from timeline.answers.tabular import Tabular
from timeline.display import rows
from timeline.display.cells import Cell, Flag, Name, Naming, Phrase, Sheet, SheetRow, Table, Word, capital, cell_text
from timeline.display.words import Words, names_in
from timeline.displayable import Displayable
from timeline.entry import Entry
from timeline.errors import ProjectionFailed
from timeline.history.finding import MOST, Finding, Findings
from timeline.history.finding_kinds import KINDS
from timeline.projections.agreements import Agreements
from timeline.projections.border import Border
from timeline.projections.custody import Custody
from timeline.projections.entities import Entities
from timeline.projections.facilities import Facilities
from timeline.projections.projection import Path
from timeline.timeline import Timeline
from timeline.values.instants import FUTURE, PAST
from timeline.values.names import by_slug
from timeline.values.when import When

FEW, MANY = 10, 60
"""How many entries or findings, and how many entities, a table shows; then it says how many it does not."""

Parts = Iterator[tuple[str, Iterable[SheetRow]]]


def sheet(shown: Displayable | Step) -> Sheet:
    """Make the tables of a timeline, a situation or a part of one, an entry, a finding, findings, a diff or a why.

    They have the names that the value knows.
    """
    made = _alone(_tables(shown))
    return made if made.names or isinstance(shown, Step) else attrs.evolve(made, names=by_slug(shown.entity_names()))


def _alone(made: Sheet) -> Sheet:
    """Return a sheet whose only table has no heading that the title says already."""
    [*tables] = made.tables
    if len(tables) == 1 and str(made.title).casefold() == Word(tables[0].heading).key.casefold():
        return attrs.evolve(made, tables=[attrs.evolve(tables[0], heading="")])
    return made


@singledispatch
def _tables(shown: Any) -> Sheet:
    raise TypeError(
        f"{type(shown).__name__} has no display: expected a Timeline, Situation, Entry, Finding, Findings, Diff or Why."
    )


@_tables.register
def _timeline(line: Timeline) -> Sheet:
    head = line.head().position
    latest = line.entries(after=max(head - FEW, 0))
    table = Table("latest_entries", [rows.entry(entry) for entry in reversed(latest)], head - len(latest))
    return Sheet(Word("timeline"), [table], (f"{head:,}", Word("entries")), sources=False)


@_tables.register
def _entry(entry: Entry) -> Sheet:
    recorded = entry.recorded_at.to_iso8601_string()
    reports = [rows.report(report) for report in entry.reports]
    return Sheet(
        (Word("entry"), f"#{entry.position}"),
        [Table("", [attrs.evolve(rows.entry(entry), reports=())]), Table("reports", reports)],
        (entry.id, Phrase(", "), Word("recorded"), recorded),
    )


@_tables.register
def _situation(situation: Situation) -> Sheet:
    tables = [table for name in behind.projection_names(situation) for table in part(situation, name).tables]
    beside = {"plans": situation.plans, "possible": situation.possible, "left_out": situation.left_out}
    tables += [_cut(heading, map(rows.entry, found), FEW) for heading, found in beside.items()]
    tables.append(_counted("findings", behind.few_findings(situation), FEW))
    return Sheet(Word("situation"), tables, _with_unknown(situation), sources=False, names=names_in(situation))


def part(situation: Situation, name: str) -> Sheet:
    """Make the tables of one projection, each row with the entries behind it."""
    tables = [_with_entries(table, situation.why) for table in part_tables(situation, name)]
    return Sheet(Word(name), tables, _with_unknown(situation), sources=False, names=names_in(situation))


def part_tables(situation: Situation, name: str) -> list[Table]:
    """Make the tables of one projection, without the entries behind their rows."""
    shown = _PARTS[name](situation[name]) if name in _PARTS else [(name, _own(situation, name))]
    return [_cut(heading, found, MANY) for heading, found in shown]


def _clocks(situation: Situation) -> tuple[Cell, ...]:
    """Note the setting of the clocks; a free clock is left out."""
    set_to = {name: end for name, end in attrs.asdict(situation.clocks).items() if end is not None}
    parts = [
        part
        for name, end in set_to.items()
        for part in (Phrase(", "), Word(f"{name}_by"), Phrase(" "), _last(end, situation.tz))
    ]
    return tuple(parts[1:]) or (Word("everything_known"),)


def _last(end: int, tz: tzinfo) -> Cell:
    """Show the last moment before an exclusive end."""
    shown = text.last_moment(end, tz)
    return When(shown) if shown[:1].isdigit() else Word(shown.replace(" ", "_"))


def _with_unknown(situation: Situation) -> tuple[Cell, ...]:
    """Note the clocks, and how many entries count for nothing because nobody declared their types."""
    count = behind.unread_counts(situation).total()
    what = Word("entry_of_unknown_type" if count == 1 else "entries_of_unknown_type")
    unknown = (Phrase("; "), f"{count:,}", what) if count else ()
    return (*_clocks(situation), *unknown)


@_tables.register
def _facilities(view: Facilities) -> Sheet:
    return _part("Facilities", facilities(view))


@_tables.register
def _custody(view: Custody) -> Sheet:
    return _part("Custody", custody(view))


@_tables.register
def _agreements(view: Agreements) -> Sheet:
    return _part("Agreements", agreements(view))


@_tables.register
def _border(view: Border) -> Sheet:
    return _part("Border", border(view))


@_tables.register
def _entities(view: Entities) -> Sheet:
    return _part("Entities", named_entities(view))


@_tables.register
def _finding(finding: Finding) -> Sheet:
    return Sheet(Word("finding"), [Table("", [rows.finding(finding)])])


@_tables.register
def _diff(diff: Diff) -> Sheet:
    return Sheet(Word("diff"), [_cut("", map(rows.change, diff), MANY)], () if diff else Word("no_change"))


@_tables.register
def reasons(why: Why) -> Sheet:
    """Show a value, the entries from which it follows, and the rival claims that were not picked."""
    value = [SheetRow("value", {"value": rows.term(why.value), "since": rows.begun(why.since)})] if why else []
    tables = [
        Table("value", value),
        _cut("entries", map(rows.entry, why), MANY),
        _cut("rival_claims", map(rows.claim, why.rivals), MANY),
    ]
    title, note = (Word("why"), *rows.path_cell(why.path)), () if why else Word("nothing_is_known_of_it")
    return Sheet(title, tables, note)


@_tables.register
def _step(step: Step) -> Sheet:
    changed = _cut("changes", map(rows.change, step.changed), MANY)
    names = names_in(step.after)
    return Sheet(Word("step"), [Table("", [rows.entry(step.entry)]), changed], _clocks(step.after), names=names)


@_tables.register
def _tabular(answers: Tabular) -> Sheet:
    found = list(answers.rows())
    shown = [rows.answer(row, answers.columns, number) for number, row in enumerate(found[:MANY])]
    table = Table("", shown, len(found) - len(shown))
    return Sheet(type(answers).__name__, [table], (f"{len(found):,}", Word("in_all")), sources=False)


@_tables.register
def _suggestions(found: Suggestions) -> Sheet:
    """Show the name of each entity, and the tag that a judgement takes."""
    return _with_cells(found, ({"left": _tagged(pair.left), "right": _tagged(pair.right)} for pair in found))


def _tagged(tag: str) -> Cell:
    return Name(tag.partition(":")[2]), Phrase(f" ({tag})")


@_tables.register
def _spans(found: Spans) -> Sheet:
    """Show moments as `str` does: an exclusive end is the day before it."""
    names = ("published", "begins", "ends")
    return _with_cells(found, ({n: _before(getattr(span, n), found.tz) for n in names} for span in found))


@_tables.register
def _lastings(found: Lastings) -> Sheet:
    moments = ((_before(one.published, found.tz), _before(one.until, found.tz)) for one in found)
    cells = ({"published": a, "until": b, "what": _what(one.what)} for (a, b), one in zip(moments, found, strict=True))
    return _with_cells(found, cells)


def _before(end: int, tz: tzinfo) -> str | None:
    """Return the last moment before an exclusive end; None for one that is open, or that needs a free clock."""
    return text.last_moment(end, tz) if PAST < end < FUTURE else None


def _what(found: Any) -> Cell:
    """Show a finding by its kind, its message with names, and its entries."""
    if not isinstance(found, Finding):
        return str(found)
    where = ", ".join(f"#{entry.position}" for entry in found.entries)
    return Flag(found.kind), Naming(found.message, found.slugs), where


def _with_cells(answers: Tabular, cells: Iterable[Mapping[str, Cell]]) -> Sheet:
    """Show an answer with cells of its rows in place of texts."""
    made = _tabular(answers)
    told = list(islice(cells, MANY))
    rows_of = [row for table in made.tables for row in table.rows]
    shown = [attrs.evolve(row, cells={**row.cells, **more}) for row, more in zip(rows_of, told, strict=True)]
    return attrs.evolve(made, tables=[attrs.evolve(table, rows=shown) for table in made.tables])


@_tables.register
def findings(found: Findings) -> Sheet:
    """Show each finding with the positions of its entries; of many, count them by kind and by entity."""
    tables, note = [_counted("", found, MOST)], (f"{len(found):,}", Word("in_all"))
    return Sheet(Word("findings"), tables, note, sources=False)


def explained(found: Findings) -> Table:
    """Explain each kind of some findings: its meaning, why it matters, and what to do."""
    kinds = [(kind, KINDS[kind]) for kind in found.counts() if kind in KINDS]
    cells = [{"kind": Flag(kind), "says": it.says, "matters": it.matters, "remedy": it.remedy} for kind, it in kinds]
    return Table("explanations", [SheetRow(str(row["kind"]), row) for row in cells])


def _counted(heading: str, found: Findings, most: int) -> Table:
    """Show findings while they are few, else count them by kind and subject. Of a single group, show the first."""
    groups = found.groups(most)
    if len(found) > most and len(groups) > 1:
        return Table(heading, [rows.group(group) for group in groups])
    return _cut(heading, map(_with_positions, found), most)


def _with_positions(found: Finding) -> SheetRow:
    row = rows.finding(found)
    positions = ", ".join(f"#{entry.position}" for entry in found.entries)
    return attrs.evolve(row, cells={**row.cells, "entries": positions})


def _own(situation: Situation, name: str) -> Iterator[SheetRow]:
    """Make the rows of a user's own projection."""
    return (rows.record(found, name) for found in records(behind.values_of(situation, name)))


def plain_text(sheet: Sheet) -> str:
    """Write a sheet as aligned plain text, without HTML or colours."""
    term = Words("en", sheet.names).term
    blocks = {
        str(Word(table.heading)): [
            *text.table(
                [
                    table.columns,
                    *([cell_text(row.cells.get(name), term) for name in table.columns] for row in table.rows),
                ]
            ),
            *([f"and {table.hidden:,} more, not shown"] if table.hidden else []),
        ]
        for table in sheet.tables
    }
    return text.headed(f"{capital(cell_text(sheet.title))} {cell_text(sheet.note)}".rstrip(), blocks)


def facilities(view: Facilities) -> Parts:
    """Yield the table of facilities."""
    yield "facilities", map(rows.facility, view.values())


def custody(view: Custody) -> Parts:
    """Yield the tables of places and of operations."""
    places = (rows.custody_place(view, slug) for slug in view)
    told = [*filter(None, places), *(rows.authority(view, slug) for slug in view.authorities)]
    yield "custody", told
    yield "operations", map(rows.operation, view.operations.values())


def agreements(view: Agreements) -> Parts:
    """Yield the table of agreements."""
    yield "agreements", map(rows.agreement, view.values())


def border(view: Border) -> Parts:
    """Yield the tables of crossings, watched sectors, measures and incidents."""
    yield "crossings", (rows.crossing(found) for found in view.crossings.values() if found.status)
    yield "monitored", map(rows.watch, view.monitored.values())
    yield "measures", map(rows.mention, view.measures)
    yield "incidents", map(rows.mention, view.incidents)


def named_entities(view: Entities) -> Parts:
    """Yield the table of what was registered or judged."""
    yield "entities", map(rows.entity, view.values())


_PARTS: Mapping[str, Callable[[Any], Parts]] = {
    "facilities": facilities,
    "custody": custody,
    "agreements": agreements,
    "border": border,
    "entities": named_entities,
}


def _part(title: str, parts: Parts) -> Sheet:
    return Sheet(title, [_cut(heading, found, MANY) for heading, found in parts], sources=False)


def _cut(heading: str, found: Iterable[SheetRow], most: int) -> Table:
    """Make a table of the first rows, and count the rest."""
    rest = iter(found)
    shown = list(islice(rest, most))
    return Table(heading, shown, sum(1 for _ in rest))


def _with_entries(table: Table, why: Callable[..., Why]) -> Table:
    """Give each row the entries behind it."""
    return attrs.evolve(table, rows=[_explained(row, why) for row in table.rows])


def _explained(row: SheetRow, why: Callable[..., Why]) -> SheetRow:
    behind = dict.fromkeys((*row.entries, *(entry for path in row.paths for entry in _behind(path, why))))
    return attrs.evolve(row, entries=tuple(sorted(behind, key=lambda entry: entry.position)))


def _behind(path: Path, why: Callable[..., Why]) -> Iterable[Entry]:
    """Return the entries behind a value; none where a user's projection cannot name them."""
    try:
        return why(*path)
    except (KeyError, ProjectionFailed):
        return ()
