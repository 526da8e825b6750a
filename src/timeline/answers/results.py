"""The answers of a situation: values, changes, reasons, and the setting of the clocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

import attrs

from timeline.answers import text
from timeline.answers.durations import Duration
from timeline.answers.tabular import Kind, Tabular
from timeline.displayable import KnowsNames
from timeline.entry import Entry
from timeline.history.claims import Claim
from timeline.history.reading import Point
from timeline.projections.projection import Path
from timeline.values.instants import FUTURE
from timeline.values.names import EntityNames
from timeline.values.when import When


class Value(NamedTuple):
    """A value something took: since when (None: undated), and by which entry.

    `until` is when the next value began; None: it still holds. `duration` is how long it held, or has held so far.
    `point` is where in fold order it began: its latest moment, its earliest, and the position of the entry.
    """

    since: When | None
    value: Any
    entry: Entry
    until: When | None
    duration: Duration
    point: Point

    def __str__(self) -> str:
        return f"{self.since or 'undated'}  {text.short(self.value)}"


class ValueHistory(Tabular, tuple[Value, ...]):
    """The values that a path took, in the order in which they began."""

    __slots__ = ()
    columns: ClassVar[Mapping[str, Kind]] = {
        "since": "when", "until": "when", "value": "value", "lowest": "duration", "highest": "duration",
        "entry": "entry",
    }  # fmt: skip

    def rows(self) -> Iterator[Mapping[str, Any]]:
        """Yield a row for each value; `lowest` and `highest` are how long it held."""
        for found in self:
            yield {**found._asdict(), **found.duration._asdict()}

    def __str__(self) -> str:
        return "\n".join(map(str, self)) or "nothing is known of it"

    def __repr__(self) -> str:
        return f"<Values: {'; '.join(map(str, self)) or 'none'}>"


class Change(NamedTuple):
    """A difference at a path; None on a side without a value.

    `first` is true for a first sighting: no value was known at the path before.
    """

    path: Path
    before: Any
    after: Any
    first: bool = False

    def __str__(self) -> str:
        return self.said()

    def said(self, name: Callable[[str], str] = str) -> str:
        """Write the change; `name` gives the names of entities in its values. The path stays as `why` takes it."""
        return text.change_line(self.path, self.before, self.after, name)


class Diff(KnowsNames, tuple[Change, ...]):  # noqa: SLOT001  # it remembers what people call entities
    """Every change between two situations, by path; falsy when there is none."""

    @property
    def first_sightings(self) -> Diff:
        """The changes of which nothing was said before."""
        return Diff(change for change in self if change.first).knowing(self._called)

    @property
    def changed(self) -> Diff:
        """The changes of what had a value before."""
        return Diff(change for change in self if not change.first).knowing(self._called)

    def __str__(self) -> str:
        name = text.naming(self.entity_names())
        return "\n".join(change.said(name) for change in self) or "no change"


class Reasons(NamedTuple):
    """A value, since when it holds, and the rival claims that were not picked."""

    value: Any
    since: When | None
    rivals: tuple[Claim, ...]


class Why(KnowsNames, tuple[Entry, ...]):  # noqa: SLOT001  # a tuple has no room for more
    """The entries from which a value follows, as read within the cuts, the oldest first.

    It knows its `path`, the `value`, `since` when it holds, and the `rivals` that were not picked.
    """

    path: Path = ()
    _explain: Callable[[], Reasons]

    @classmethod
    def of(
        cls,
        entries: Iterable[Entry],
        path: Path,
        explain: Callable[[], Reasons],
        called: Callable[[], EntityNames] = dict,
    ) -> Why:
        """Return the entries behind the value of a path; the rest is worked out where it is asked for."""
        found = cls(entries)
        found.path, found._explain, found._called = path, explain, called
        return found

    @cached_property
    def _reasons(self) -> Reasons:
        return self._explain()

    @property
    def value(self) -> Any:
        """The value of the path; None if nothing is known of it."""
        return self._reasons.value

    @property
    def since(self) -> When | None:
        """When the value began; None if that is not known."""
        return self._reasons.since

    @property
    def rivals(self) -> tuple[Claim, ...]:
        """The claims to these entries that were not picked."""
        return self._reasons.rivals

    def __reduce__(self) -> tuple[Any, ...]:
        return _why, (tuple(self), self.path, self._reasons, self.entity_names())

    def __str__(self) -> str:
        if not self:
            return "nothing is known of it"
        since = f" since {self.since}" if self.since is not None else ""
        value = text.short(self.value, text.naming(self.entity_names()))
        head = f"{' · '.join(self.path)}: {value}{since}"
        rivals = ["rival claims:", *map(str, self.rivals)] if self.rivals else []
        return "\n".join([head, text.entries_with_reports(self), *rivals])


def _why(entries: tuple[Entry, ...], path: Path, reasons: Reasons, called: EntityNames) -> Why:
    """Return a why that was pickled."""
    return Why.of(entries, path, lambda: reasons, lambda: called)


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
