"""Lifecycles: the allowed transitions of something, as tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import attrs

from timeline.history.finding import Finding
from timeline.history.reading import Reading
from timeline.history.wording import with_date
from timeline.projections.building import ByClass
from timeline.projections.projection import Path
from timeline.values.report import credited


def verbs(*classes: type) -> ByClass[str]:
    """Return the verbs of a lifecycle whose steps are events: the name of each class, for derived ones too.

    >>> from timeline.events.border import CrossingClosed
    >>> verbs(CrossingClosed)[CrossingClosed]
    'CrossingClosed'
    """
    return ByClass({cls: cls.__name__ for cls in classes})


@attrs.frozen
class Lifecycle:
    """The allowed transitions of something, as a table: verb → {status before: status after}.

    None is *no status known yet*, which allows every verb. A verb from a status that the table lacks is
    illegal; the reported status is taken over all the same, as from None.

    >>> door = Lifecycle("door", {"open": {None: "open", "shut": "open"}, "shut": {None: "shut", "open": "shut"}})
    >>> door.after("open", "open"), door.allows("open", "open")
    ('open', False)
    """

    name: str
    moves: Mapping[str, Mapping[str | None, str | None]]

    def allows(self, before: str | None, verb: str) -> bool:
        return before in self.moves[verb]

    def after(self, before: str | None, verb: str) -> str | None:
        table = self.moves[verb]
        return table[before] if before in table else table.get(None) or before

    def arrows(self) -> Iterator[tuple[str | None, str, str | None]]:
        """Yield every allowed step: status before, verb, status after."""
        for verb, table in self.moves.items():
            for before, after in table.items():
                yield before, verb, after

    def finding(self, before: str | None, verb: str, path: Path, reading: Reading) -> Iterable[Finding]:
        """Return the finding for an illegal step; none for a legal one."""
        if self.allows(before, verb):
            return ()
        expected = ", ".join(sorted(status for status in self.moves[verb] if status is not None)) or "nothing known"
        said = f"{path[-2]}: {verb} {with_date(reading.claim)}{credited(reading.reports)}"
        message = f"{said} while {before}; expected {expected}"
        return (Finding("illegal_transition", message, path, entries=(reading.entry,)),)
