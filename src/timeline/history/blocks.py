"""Blocks: the parts of a graph in which two ways lead from any edge to any other (Hopcroft and Tarjan 1973).

Blocks meet in single names, and form a tree. So the edges on any way between two names are those of the blocks on one
way through that tree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

Graph = Mapping[str, Sequence[tuple[str, int]]]
"""For each name, its neighbours, each with the number of the judgement that joins them."""


class Blocks:
    """The blocks of what is connected with a name, each with the name by which a search from there enters it."""

    def __init__(self, graph: Graph, start: str) -> None:
        self._graph = graph
        self._order, self._low = {start: 0}, {start: 0}
        self._passed: list[tuple[str | None, int]] = []
        """The edges in no block yet, in the order in which they were passed, each with the name that it found."""
        self._edges: list[list[int]] = []
        """By number of a block: its edges."""
        self._entered: list[str] = []
        """By number of a block: the name by which it was entered."""
        self._home: dict[str, int] = {}
        """For each name but the first, the block in which it was found."""
        self._search(start)

    def between(self, left: str, right: str) -> set[int]:
        """Return the edges on any way between two names that passes no name twice."""
        found: set[int] = set()
        while left != right:
            if self._order[left] < self._order[right]:
                left, right = right, left
            home = self._home[left]
            found.update(self._edges[home])
            left = right if self._home.get(right) == home else self._entered[home]
        return found

    def _search(self, start: str) -> None:
        path: list[tuple[str, int | None, Iterator[tuple[str, int]]]] = [(start, None, iter(self._graph[start]))]
        while path:
            name, by, ways = path[-1]
            further = next((way for way in ways if self._is_new(name, by, way)), None)
            if further is not None:
                path.append((*further, iter(self._graph[further[0]])))
                continue
            path.pop()
            if path and by is not None:
                above = path[-1][0]
                self._low[above] = min(self._low[above], self._low[name])
                if self._low[name] >= self._order[above]:
                    self._close(above, by)

    def _is_new(self, name: str, by: int | None, way: tuple[str, int]) -> bool:
        """Pass an edge; return whether it leads to a name that was not found before."""
        other, edge = way
        if edge == by or self._order.get(other, -1) > self._order[name]:
            return False
        is_new = other not in self._order
        self._passed.append((other if is_new else None, edge))
        if not is_new:
            self._low[name] = min(self._low[name], self._order[other])
        else:
            self._order[other] = self._low[other] = len(self._order)
        return is_new

    def _close(self, entered: str, first: int) -> None:
        """Make a block of the edges that were passed since one."""
        self._entered.append(entered)
        edges: list[int] = []
        while first not in edges[-1:]:
            name, edge = self._passed.pop()
            edges.append(edge)
            if name is not None:
                self._home[name] = len(self._edges)
        self._edges.append(edges)
