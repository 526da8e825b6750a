"""What a situation answers with: values, changes, reasons, and where the clocks stood."""

from __future__ import annotations

from typing import Any, NamedTuple

import attrs

from timeline.answers import text
from timeline.displayable import Displayable
from timeline.entry import Entry
from timeline.projections.projection import Path
from timeline.values.instants import FUTURE
from timeline.values.when import When


class Value(NamedTuple):
    """A value something took: from when on (None: undated), and by which entry."""

    since: When | None
    value: Any
    entry: Entry

    def __str__(self) -> str:
        return f"{self.since or 'undated'}  {text.short(self.value)}"


class Change(NamedTuple):
    """What differs at a path; None on a side that says nothing."""

    path: Path
    before: Any
    after: Any

    def __str__(self) -> str:
        return text.change_line(self.path, self.before, self.after)


class Diff(Displayable, tuple[Change, ...]):
    """Every change between two situations, by path; falsy when there is none."""

    __slots__ = ()

    def __str__(self) -> str:
        return "\n".join(map(str, self)) or "no change"


class Why(Displayable, tuple[Entry, ...]):
    """The entries from which a value follows, as read within the cuts, the oldest first."""

    __slots__ = ()

    def __str__(self) -> str:
        return text.entries_with_reports(self) or "nothing is known of it"


@attrs.frozen
class Clocks:
    """The question a situation answers: microseconds, exclusive; None where a clock was left free."""

    occurred: int | None = None
    recorded: int | None = None
    reported: int | None = None

    @property
    def end(self) -> int:
        """The moment by which things are to have happened; all of time where that was left free."""
        return FUTURE if self.occurred is None else self.occurred
