"""Judgements of nomenklatura: which names mean one thing, as decided on entities that `ftm` wrote.

A resolver keeps its edges as lines of `[target, source, judgement, score, user, timestamp]`. `target` and `source` are
ids of entities. Those of authorities and facilities derive from the data set and the name, so each name on the log
gives the id by which it is found again. Every other id belongs to others.

Whoever decides there that two entities are one makes an edge from each to an id of the resolver (`NK-…`, or one of
Wikidata). All names that such ids connect are the same, and the one that is first on the log is canonical.

Source: the resolver of nomenklatura, https://github.com/opensanctions/nomenklatura.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from timeline.entry import Draft
from timeline.errors import InvalidEvent
from timeline.events.entity import IdentityJudged, Judgement
from timeline.exchange import ftm, loading, rows
from timeline.exchange.found import Found
from timeline.exchange.given import timeline_given
from timeline.exchange.loading import Loaded
from timeline.exchange.readers import slugged
from timeline.exchange.rows import Problem
from timeline.log import files, jsonl
from timeline.progress import Progress
from timeline.timeline import Timeline

_JUDGED: Mapping[str, Judgement] = {"positive": "same", "negative": "different", "unsure": "unsure"}
_KNOWN = (*_JUDGED, "no_judgement")


class _Edge(NamedTuple):
    """One line of a resolver: what somebody judged of two ids. A name on the log stands in place of its id."""

    line: int
    ends: tuple[str, str]
    judgement: str
    user: str | None
    timestamp: str | None


def load(line: Timeline, path: str | os.PathLike[str], *, dataset: str, progress: Progress | None = None) -> Loaded:
    """Record what a resolver judges of the names on this log; the recorder is the user who judged.

    `dataset` is the one that was given to `ftm.write`. Importing a file twice changes nothing, and a judgement that was
    made again since is recorded as a new one. Lines that only suggest a pair, or judge entities of others, are skipped,
    and counted.

    Raises: InvalidValue for a data set that is none, CannotRead.
    """
    file = files.path_given(path).name
    names = ftm.names_by_id(dataset, timeline_given(line).names())
    return loading.load(line, _found(jsonl.lines_of(path), file, names), progress=progress)


def _found(lines: Iterable[bytes], file: str, names: Mapping[str, str]) -> Iterator[Found | Problem | None]:
    """Yield the drafts of each edge, in the order in which they were judged; None for one that says nothing of ours."""
    edges: list[_Edge] = []
    for item in rows.json_lists(lines, file):
        edge = item if isinstance(item, Problem) else _edge(file, *item, names)
        if isinstance(edge, Problem):
            yield edge
        else:
            edges.append(edge)
    judged = _Judged(edges, names)
    for edge in sorted(edges, key=lambda edge: (edge.timestamp or "", edge.line)):
        yield _draft(file, edge, judged.pair(edge))


def _edge(file: str, line: int, found: list[Any], names: Mapping[str, str]) -> _Edge | Problem:
    """Read one line."""
    texts = [*found[:3], *(text for text in found[4:6] if text is not None)]
    if len(found) != len(_Edge._fields) + 1 or not all(isinstance(text, str) for text in texts):
        what = "expected a list of target, source, judgement, score, user and timestamp."
        return Problem(file, line, None, f"is {found!r}: {what}")
    target, source, judgement, _, user, timestamp = found
    if judgement not in _KNOWN:
        return Problem(file, line, "judgement", f"{judgement!r} is none: expected one of {', '.join(_KNOWN)}.")
    return _Edge(line, (names.get(target, target), names.get(source, source)), judgement, user, timestamp)


def _draft(file: str, edge: _Edge, pair: tuple[str, str] | None) -> Found | Problem | None:
    """Make the draft of a judgement on two names."""
    if pair is None:
        return None
    detail = ", ".join(filter(None, ("nomenklatura", edge.timestamp)))
    try:
        event = IdentityJudged(left=pair[0], right=pair[1], judgement=_JUDGED[edge.judgement], detail=detail)
        return Found(file, edge.line, Draft(event, recorder=slugged(edge.user or "") or None))
    except InvalidEvent as error:
        return Problem(file, edge.line, None, str(error))


class _Judged:
    """Find names on the log by the ids of edges, by way of ids of others too."""

    def __init__(self, edges: Iterable[_Edge], names: Mapping[str, str]) -> None:
        self._order = {tag: number for number, tag in enumerate(names.values())}
        self._joined: dict[str, str] = {}
        joining = [edge.ends for edge in edges if edge.judgement == "positive"]
        for one, other in joining:
            if one not in self._order and other not in self._order:
                self._join(self._root(one), self._root(other))
        self._first: dict[str, str] = {}
        for one, other in joining:
            for name, id in ((one, other), (other, one)):
                if name in self._order and id not in self._order:
                    root = self._root(id)
                    self._first[root] = min(name, self._first.get(root, name), key=self._order.__getitem__)

    def pair(self, edge: _Edge) -> tuple[str, str] | None:
        """Return the two names of which an edge says something, the first on the log first; None where it does not."""
        found = {self._name(end) for end in edge.ends} - {None}
        if edge.judgement not in _JUDGED or len(found) != len(edge.ends):
            return None
        left, right = sorted(filter(None, found), key=self._order.__getitem__)
        return left, right

    def _name(self, id: str) -> str | None:
        """Return a name on the log, or the first one that an id of others was judged to be."""
        return id if id in self._order else self._first.get(self._root(id))

    def _join(self, one: str, other: str) -> None:
        if one != other:
            self._joined[one] = other

    def _root(self, id: str) -> str:
        """Return the id that represents all those of others that are joined with an id."""
        while (next_ := self._joined.get(id)) is not None:
            self._joined[id] = self._joined.get(next_, next_)
            id = next_
        return id
