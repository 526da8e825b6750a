"""A cache of decoded entries: the last ones read stay decoded, and all others are looked up in the log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from timeline.entry import Entry, known_by
from timeline.log.base import BaseLog
from timeline.log.query import Query
from timeline.values.names import EntityNames

KEPT = 1 << 14
"""The number of entries kept decoded."""


class EntryCache:
    """Looks up entries of a log by position or id, and keeps the last ones decoded."""

    def __init__(self, log: BaseLog, called: Callable[[], EntityNames]) -> None:
        self._log = log
        self._called = called
        """The lookup of what people call the entities on the log."""
        self._entries: dict[int, Entry] = {}

    def get(self, positions: Sequence[int]) -> list[Entry]:
        """Return the entries at some positions, in the order of these."""
        there = self._entries
        missing = [position for position in positions if position not in there]
        if not missing:
            return [there[position] for position in positions]
        found = {entry.position: entry for entry in known_by(self._log.entries_at(missing), self._called)}
        entries = [found[p] if p in found else there[p] for p in positions]
        self._remember(found.values())
        return entries

    def again(self, position: int) -> Entry:
        """Return the entry at a position, for a value that did not keep it; from any thread."""
        (entry,) = known_by(self._log.entries_at((position,)), self._called)
        return entry

    def find(self, ids: Sequence[str]) -> Mapping[str, int]:
        """Return the positions of those ids that are on the log."""
        return self._log.positions_of(ids)

    def tagged(self, tag: str, before: int) -> Sequence[int]:
        """Return the positions before another of the entries that have a tag."""
        return [row.position for row in self._log.stored(Query(tags=(tag,), before=before))]

    def after(self, position: int, many: Callable[[], int]) -> Iterator[Sequence[Entry]]:
        """Give the entries after a position, in pages; `many` gives the length of the next page."""
        entries = iter(self._log.read(after=position))
        while page := known_by(islice(entries, many()), self._called):
            self._remember(page)
            yield page

    def clear(self) -> None:
        """Drop every entry."""
        self._entries.clear()

    def _remember(self, entries: Iterable[Entry]) -> None:
        self._entries.update([(entry.position, entry) for entry in entries])
        surplus = len(self._entries) - KEPT
        for position in list(islice(self._entries, max(surplus, 0))):
            del self._entries[position]
