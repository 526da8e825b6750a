"""The questions put to a timeline: each is answered from `at`, or from its log."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any

from timeline.answers.results import Diff
from timeline.answers.situation import Situation
from timeline.entry import Entry, entry_id
from timeline.log.base import BaseLog
from timeline.values.names import unknown_entry
from timeline.values.when import WhenLike


class Questions(ABC):
    """What can be asked of a timeline besides its situations."""

    log: BaseLog

    @abstractmethod
    def at(self, occurred: WhenLike | None = None) -> Situation:
        """Return the situation at one point of the clocks."""

    def entries(
        self,
        *,
        after: int = 0,
        before: int | None = None,
        tags: Iterable[str] | None = None,
        types: Iterable[Any] | None = None,
        limit: int | None = None,
    ) -> tuple[Entry, ...]:
        """Entries as recorded, in order of position, editorial ones included.

        Those strictly between `after` and `before`, with all of `tags`, of one of `types` (event classes, or
        stored names), at most `limit`; None leaves a condition out.
        """
        return tuple(self.log.read(after=after, before=before, tags=tags, types=types, limit=limit))

    def entry(self, id: Entry | str) -> Entry:
        """Return the entry that has an id, as recorded.

        Raises: UnknownName if no entry on the log has that id, InvalidDraft for what cannot be an id.

        >>> from timeline import Timeline
        >>> print(Timeline.demo().entry("facility-akhtarin-camp").position)
        2
        """
        name = entry_id(id)
        position = self.log.positions_of([name]).get(name)
        if position is None:
            raise unknown_entry(name)
        return self.log.entries_at([position])[0]

    def diff(self, a: Situation | WhenLike, b: Situation | WhenLike) -> Diff:
        """What changes from one situation, or date, to another; falsy when nothing does.

        Raises: InvalidWhen.
        """
        before, after = (s if isinstance(s, Situation) else self.at(s) for s in (a, b))
        return before.diff(after)
