"""Lifecycles: the allowed transitions of something, as tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import attrs

from timeline.history.finding import Finding
from timeline.history.reading import Reading
from timeline.history.wording import dated
from timeline.projections.building import ByClass
from timeline.projections.projection import Path
from timeline.values.report import credited


def verbs(*classes: type) -> ByClass[str]:
    """The verbs of a lifecycle whose steps are events: each class, and what derives from it, by its name.

    >>> from timeline.events.border import CrossingClosed
    >>> verbs(CrossingClosed)[CrossingClosed]
    'CrossingClosed'
    """
    return ByClass({cls: cls.__name__ for cls in classes})


@attrs.frozen
class Lifecycle:
    """The allowed transitions of something, as a table: verb → {status before: status after}.

    None is *no status known yet*, from which every verb leads somewhere. A verb from any other status
    is illegal; it is taken as reported all the same, as if nothing had been known.

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
        """Every allowed step: status before, verb, status after."""
        for verb, table in self.moves.items():
            for before, after in table.items():
                yield before, verb, after

    def finding(self, before: str | None, verb: str, path: Path, reading: Reading) -> Iterable[Finding]:
        """The finding for an illegal step, if it is one."""
        if self.allows(before, verb):
            return ()
        expected = ", ".join(sorted(status for status in self.moves[verb] if status is not None)) or "nothing known"
        said = f"{path[-2]}: {verb} {dated(reading.claim)}{credited(reading.reports)}"
        message = f"{said} while {before}; expected {expected}"
        return (Finding("illegal_transition", message, path, entries=(reading.entry,)),)
