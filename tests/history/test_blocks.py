"""Blocks of a graph: the edges on any way between two names, against a search for every way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from timeline.history.blocks import Blocks, Graph

names = st.sampled_from("abcdefg")
edges = st.sets(st.frozensets(names, min_size=2, max_size=2), min_size=1, max_size=10)


@given(edges, st.randoms(use_true_random=False))
def test_the_edges_between_two_names_are_those_on_any_way(drawn: set[frozenset[str]], random) -> None:
    """The place where the search for blocks starts makes no difference."""
    graph: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for edge, pair in enumerate(sorted(map(sorted, drawn))):
        graph[pair[0]].append((pair[1], edge))
        graph[pair[1]].append((pair[0], edge))
    start = random.choice(sorted(graph))
    blocks = Blocks(graph, start)
    together = {name for name in graph if name == start or any(ways(graph, start, name, ()))}
    for left in together:
        for right in together - {left}:
            assert blocks.between(left, right) == set().union(*ways(graph, left, right, ()))


def ways(graph: Graph, left: str, right: str, passed: tuple[str, ...]) -> Iterator[set[int]]:
    """Give every way from one name to another that passes no name twice, as numbers of edges."""
    for other, edge in graph[left]:
        if other == right:
            yield {edge}
        elif other not in passed:
            yield from (way | {edge} for way in ways(graph, other, right, (*passed, left)))
