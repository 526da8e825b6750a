"""Entries of a log at hand: those used of late, decoded, and the rest looked up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from timeline.entry import Entry
from timeline.log.base import BaseLog

KEPT = 1 << 12
"""How many entries are kept decoded."""


class EntryCache:
    """Looks entries up by position or id, and keeps the last so many of them decoded."""

    def __init__(self, log: BaseLog) -> None:
        self._log = log
        self._entries: dict[int, Entry] = {}

    def get(self, positions: Sequence[int]) -> list[Entry]:
        """The entries at some positions, in the order asked for."""
        there = self._entries
        missing = [position for position in positions if position not in there]
        if not missing:
            return [there[position] for position in positions]
        found = {entry.position: entry for entry in self._log.entries_at(missing)}
        entries = [found[p] if p in found else there[p] for p in positions]
        self._remember(found.values())
        return entries

    def find(self, ids: Sequence[str]) -> Mapping[str, int]:
        """The positions of those ids that are there."""
        return self._log.positions_of(ids)

    def after(self, position: int, many: int) -> Iterator[Sequence[Entry]]:
        """The entries after a position, so many at a time."""
        entries = iter(self._log.read(after=position))
        while page := list(islice(entries, many)):
            self._remember(page)
            yield page

    def clear(self) -> None:
        """Keep nothing."""
        self._entries.clear()

    def _remember(self, entries: Iterable[Entry]) -> None:
        self._entries.update((entry.position, entry) for entry in entries)
        surplus = len(self._entries) - KEPT
        for position in list(islice(self._entries, max(surplus, 0))):
            del self._entries[position]
