"""Rulings: which entries are retracted, and which count as duplicates of others.

A retraction stands unless it is retracted itself, and an entry is retracted while any retraction of it stands.
Admission asks this of every editorial draft, and must cost in proportion to the length of a history of any shape:

1. A log keeps its rulings from append to append, and reads those on an entry when it is first asked about.
2. A conclusion is drawn again only where a later ruling bears on it.
3. A search for a circle goes on from both ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from timeline.events.editorial import EventRedacted, EventRetracted, EventsMerged
from timeline.log.query import Query
from timeline.log.store import Store, pages
from timeline.log.stored import Stored, entry_of

_RULINGS = (EventRetracted, EventsMerged)


class Rulings:
    """The retractions and merges of a log, as far as anybody has asked about them."""

    _seen: int
    undone: dict[str, tuple[str, int]]
    """Where a retraction leads, followed down: to an entry that is not a retraction, in how many steps."""

    def __init__(self) -> None:
        self._clear()

    def catch_up(self, store: Store) -> None:
        """Take in what was appended since; forget everything if any of it was a redaction."""
        self._store = store
        end = store.end()
        if self._seen:
            new = list(pages(store.select, Query(after=self._seen, types=(*_RULINGS, EventRedacted))))
            if any(isinstance(entry_of(row).event, EventRedacted) for row in new):
                self._clear()
            self._take(new)
        self._seen = end.position

    def is_new(self, id: str) -> None:
        """Note that an entry is not on the log yet, so that no ruling there names it."""
        self._read.add(id)

    def landed(self, position: int) -> None:
        """Note that the rulings up to a position, where a batch ends, were added one by one."""
        self._seen = position

    def add(self, id: str, event: Any) -> None:
        """Add a ruling; any other event is none."""
        if isinstance(event, EventRetracted):
            self._add_retraction(id, event.target)
        elif isinstance(event, EventsMerged) and id not in self._merges:
            self._merges[id] = event
            self._of_kept.setdefault(event.kept, []).append(id)
            for name in event.duplicates:
                self._of_duplicate.setdefault(name, []).append(id)

    def withdraw(self, id: str) -> None:
        """Let a ruling count no more, because its content is erased."""
        self._withdrawn.add(id)
        self._doubt(id)

    def is_retracted(self, id: str) -> bool:
        """Tell whether any retraction of an entry stands."""
        waiting = [id]
        while waiting:
            name = waiting[-1]
            self._read_up(name)
            doubted = self._doubted.get(name)
            if not doubted:
                waiting.pop()
            elif self._is_settled(doubted[-1]):
                self._conclude(doubted.pop(), name)
            else:
                waiting.append(doubted[-1])
        return self._standing.get(id, 0) > 0

    def circle(self, kept: str, duplicates: tuple[str, ...]) -> str | None:
        """Return a duplicate of which `kept` is, directly or not, a duplicate already; None if there is none.

        One step up from `kept` is taken for each step down from the duplicates: the shorter way decides.
        """
        named = set(duplicates)
        up = _walk([kept], self._kept_for)
        down = _walk(duplicates, self._merged_into)
        for (_, above), (duplicate, below) in zip(up, down, strict=False):
            if above in named:
                return above
            if below == kept:
                return duplicate
        return None

    # -- how ---------------------------------------------------------------------------------------

    def _clear(self) -> None:
        self._seen = 0
        self._read: set[str] = set()
        self._target: dict[str, str] = {}  # of each retraction
        self._doubted: dict[str, list[str]] = {}  # retractions of an entry that are still to be judged
        self._standing: dict[str, int] = {}  # how many of those judged stand, for each entry
        self._judged: dict[str, bool] = {}  # retractions, and whether they stood
        self.undone = {}
        self._merges: dict[str, EventsMerged] = {}
        self._of_kept: dict[str, list[str]] = {}
        self._of_duplicate: dict[str, list[str]] = {}
        self._withdrawn: set[str] = set()

    def _read_up(self, id: str) -> None:
        if id not in self._read:
            self._read.add(id)
            self._take(pages(self._store.select, Query(tags=(f"entry:{id}",), types=_RULINGS)))

    def _take(self, rows: Iterable[Stored]) -> None:
        for row in rows:
            self.add(row.id, entry_of(row).event)

    def _add_retraction(self, id: str, target: str) -> None:
        if id not in self._target:
            self._target[id] = target
            self._doubted.setdefault(target, []).append(id)
            self._doubt(target)

    def _doubt(self, name: str) -> None:
        """Judge a retraction again when it is next asked about, and whatever was concluded from it."""
        while name in self._judged:
            target = self._target[name]
            self._standing[target] -= self._judged.pop(name)
            self._doubted[target].append(name)
            name = target

    def _is_settled(self, name: str) -> bool:
        return name in self._withdrawn or (name in self._read and not self._doubted.get(name))

    def _conclude(self, retraction: str, target: str) -> None:
        stands = retraction not in self._withdrawn and not self._standing.get(retraction)
        self._judged[retraction] = stands
        self._standing[target] = self._standing.get(target, 0) + stands

    def _kept_for(self, id: str) -> Iterator[str]:
        self._read_up(id)
        return (self._merges[merge].kept for merge in self._of_duplicate.get(id, ()) if self._counts(merge))

    def _merged_into(self, id: str) -> Iterator[str]:
        self._read_up(id)
        merges = (self._merges[merge] for merge in self._of_kept.get(id, ()) if self._counts(merge))
        return (name for merge in merges for name in merge.duplicates)

    def _counts(self, merge: str) -> bool:
        return merge not in self._withdrawn and not self.is_retracted(merge)


def _walk(start: Iterable[str], further: Callable[[str], Iterator[str]]) -> Iterator[tuple[str, str]]:
    """Give everything that can be reached, and from which of the names at the start."""
    ways = [(name, further(name)) for name in start]
    seen = set(start)
    while ways:
        origin, names = ways[-1]
        for name in names:
            if name not in seen:
                seen.add(name)
                ways.append((origin, further(name)))
                yield origin, name
                break
        else:
            ways.pop()
