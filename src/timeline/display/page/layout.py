"""The tables of a page: which paths stand in which row and column. Each row there ever is has its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from timeline.answers.behind import own_projections
from timeline.answers.records import VALUE, fields_of
from timeline.answers.situation import Situation
from timeline.display.page.strips import Strips
from timeline.projections.custody import HEADINGS
from timeline.projections.projection import Path


@frozen
class TablePlan:
    """A table of the library's: its name, the heading of its rows, and the path of each column for an entity."""

    name: str
    heading: str
    columns: Sequence[str]
    path: Callable[[str, str], Path]
    """Return the path of an entity and a column."""
    named: Callable[[Path], tuple[str, str] | None]
    """Return the entity and the column of a path; None for a path of another table."""
    more: bool = False
    """True if the table has columns for everything found beside those."""


def _under(*first: str) -> dict[str, Any]:
    """Make the two ways between paths that begin alike and their entity and column."""
    depth = len(first)

    def path(slug: str, column: str) -> Path:
        return (*first, slug, column)

    def named(found: Path) -> tuple[str, str] | None:
        return (found[depth], found[-1]) if found[:depth] == first and len(found) == depth + 2 else None

    return {"path": path, "named": named}


def _headcount(authority: str, column: str) -> Path:
    """Return the path of the headcount that an authority has in a column: that of all, or of a cohort."""
    return ("custody", "counted", authority, *([] if column == "counted" else [column]))


def _headcounted(path: Path) -> tuple[str, str] | None:
    if path[:2] != ("custody", "counted"):
        return None
    return path[2], path[3] if len(path) > 3 else "counted"


PLANS = (
    TablePlan("facilities", "facility", ("control", "administration", "guarding", "status", "capacity"),
              **_under("facilities")),
    TablePlan("operations", "operation", ("status", "planned", "moved", "claimed", "remaining"),
              **_under("custody", "operations")),
    TablePlan("agreements", "agreement", ("status", "parties", "violations"), **_under("agreements")),
    TablePlan("commitments", "commitment", ("status",), **_under("agreements", "commitments")),
    TablePlan("crossings", "crossing", ("status", "closures"), **_under("border", "crossings")),
    TablePlan("monitored", "sector", ("by", "measures"), **_under("border", "monitored")),
    TablePlan("custody", "place", ("held", "counted", *HEADINGS), **_under("custody")),
    TablePlan("headcounts", "authority", ("counted",), _headcount, _headcounted, more=True),
)  # fmt: skip
_LIST_NAMES = frozenset({"operations", "counted", "commitments", "crossings", "monitored"})

Table = dict[str, Any]


def tables(asked: Situation, strips: Strips) -> list[Table]:
    """Return every table as JSON: `id`, `heading`, `columns`, and `rows`.

    A row is a slug and, by column, the number of a path; -1 where nothing is ever said. A table of a user's own
    projection may have pairs: the number of a path, and a field of the record that is its value.
    """
    numbers = {path: number for number, path in enumerate(strips.paths)}
    ours = (_ours(plan, numbers) for plan in PLANS)
    taken = {plan.name for plan in PLANS} | {"border", "measures", "incidents"}
    own = (_own(projection.name, strips, numbers, taken) for projection in own_projections(asked))
    return [table for table in (*ours, *own) if table["rows"]]


def _ours(plan: TablePlan, numbers: Mapping[Path, int]) -> Table:
    found: dict[str, set[str]] = defaultdict(set)
    for path in numbers:
        named = plan.named(path)
        if (
            named is not None
            and (plan.more or named[1] in plan.columns)
            and not (plan.name == "custody" and path[1] in _LIST_NAMES)
        ):
            found[named[0]].add(named[1])
    said_of_any = set().union(*found.values())
    columns = [name for name in plan.columns if name in said_of_any] + sorted(said_of_any.difference(plan.columns))
    rows = [
        [slug, [numbers[plan.path(slug, name)] if name in said else -1 for name in columns]]
        for slug, said in sorted(found.items())
    ]
    return {"id": plan.name, "heading": plan.heading, "columns": columns, "rows": rows}


def _own(name: str, strips: Strips, numbers: Mapping[Path, int], taken: Iterable[str]) -> Table:
    """Return the table of a user's own projection: a row for each name, a column for each field."""
    cells: dict[str, dict[str, Any]] = defaultdict(dict)
    for path in strips.paths:
        if path[0] == name:
            row, *steps = path[1:] or ("",)
            for field in _fields(strips, path):
                column = ".".join(filter(None, (*steps, field))) or VALUE
                cells[row][column] = [numbers[path], field] if field else numbers[path]
    columns = list(dict.fromkeys(column for row in cells.values() for column in row))
    rows = [[row, [found.get(column, -1) for column in columns]] for row, found in cells.items()]
    table = f"own_{name}" if name in taken else name
    return {"id": table, "heading": "name", "columns": columns, "rows": rows, "own": True}


def _fields(strips: Strips, path: Path) -> Iterator[str]:
    """Yield the fields of the records that a path ever has; blank where its values stand alone."""
    found = dict.fromkeys(name for span in strips.spans(path) for name in fields_of(span.value) or ("",))
    yield from (name for name in found if name or len(found) == 1)
