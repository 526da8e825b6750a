"""The relations between rows, and the order in which rows can be recorded."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from examples.northeast_syria.rows import Cells, Problem, one_of, table

RELATIONS = frozenset({"rival", "repeat", "receipt", "part", "includes", "outcome", "revision", "denial", "remark"})


class Link(NamedTuple):
    """`row` is, to `target`, what `relation` says."""

    row: str
    relation: str
    target: str
    line: int

    @property
    def first(self) -> str:
        """The row of the two that the other row will name, and that must come first on the log."""
        return self.row if self.relation == "includes" else self.target

    @property
    def second(self) -> str:
        return self.target if self.relation == "includes" else self.row


def read_links(folder: Path, rows: Collection[str], problems: list[Problem]) -> list[Link]:
    known = {row: row for row in rows}

    def build(cells: Cells) -> Link:
        return Link(
            cells.read("row_id", one_of(known)),
            cells.read("relation", one_of({relation: relation for relation in RELATIONS})),
            cells.read("target", one_of(known)),
            cells.line,
        )

    links = list(table(folder / "links.csv", build, problems))
    while circle := _circle(links):
        problems.append(Problem("links.csv", circle.line, "target", "it closes a circle of links"))
        links.remove(circle)
    return links


def in_order(rows: Sequence[str], links: Collection[Link]) -> Iterator[str]:
    """Yield the rows in their order, but none before the rows it will name."""
    place = {row: number for number, row in enumerate(rows)}
    sorter = TopologicalSorter(_before(rows, links))
    sorter.prepare()
    ready: list[int] = []
    while sorter.is_active():
        for row in sorter.get_ready():
            heapq.heappush(ready, place[row])
        row = rows[heapq.heappop(ready)]
        yield row
        sorter.done(row)


def _before(rows: Collection[str], links: Collection[Link]) -> Mapping[str, set[str]]:
    graph: dict[str, set[str]] = {row: set() for row in rows}
    for link in links:
        graph.setdefault(link.second, set()).add(link.first)
    return graph


def _circle(links: Sequence[Link]) -> Link | None:
    """Find the last link that is part of a circle, if there is one."""
    try:
        TopologicalSorter(_before((), links)).prepare()
    except CycleError as error:
        circle = error.args[1]
        steps = set(pairwise(circle))
        return next(link for link in reversed(links) if (link.first, link.second) in steps)
    return None
