"""The values of every path in both clocks, as a page holds them.

A path has strips of five numbers: published, begins, ends, value, entry. Moments and values are named by their number.
The last strip that covers a point of both clocks is the answer there, as in `Timeline.spans`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from timeline.answers import behind
from timeline.answers.spans import Spanning, ValueSpan
from timeline.display.page.numbering import Numbering
from timeline.display.page.values import PageValues
from timeline.display.telling import Leaving
from timeline.index.complete import NEVER
from timeline.projections.projection import Path

_STATIC = frozenset({"names", "place", "kind", "members", "since"})
"""Attributes of a facility that a page shows elsewhere, or not at all."""
_REGISTERED = frozenset({"kind", "capacity"})


def is_shown(path: Path, hidden: Collection[str]) -> bool:
    """Tell whether a page has the values of a path."""
    if path[0] == "facilities" and len(path) > 2:
        return path[2] not in _STATIC and not (path[2] in _REGISTERED and path[1] in hidden)
    return path[0] != "custody" or len(path) < 4 or path[1] in ("operations", "counted")


class Strips:
    """The strips of all paths of what may leave, up to the reported cut of the page."""

    def __init__(self, told: Leaving, spanning: Spanning, moments: Numbering, listed: Collection[int]) -> None:
        self._told, self._spanning = told, spanning
        self._moments, self._values, self._listed = moments, Numbering(), listed
        self._json = PageValues(told, told.situation.tz)
        self.paths: list[Path] = []
        self.rows: list[list[int]] = []
        self.rests: list[int] = []
        """For each path, the number of the value where no strip covers a point."""
        hidden = told.hidden()
        for path in spanning.paths:
            if is_shown(path, hidden):
                self._add(path)

    @property
    def values(self) -> list[Any]:
        """Each value as JSON, in the order of their numbers."""
        return self._values.found

    def spans(self, path: Path) -> list[ValueSpan]:
        """Return the spans of a path up to the reported cut."""
        asked = self._told.situation
        known = NEVER if asked.clocks.reported is None else asked.clocks.reported
        found = self._spanning.spans(path, lambda: behind.rest(asked, path))
        return [span for span in found if span.published <= known]

    def _add(self, path: Path) -> None:
        row = [number for span in self.spans(path) for number in self._strip(path, span)]
        if row:
            self.paths.append(path)
            self.rows.append(row)
            self.rests.append(self._values.value(self._json.of(path, behind.rest(self._told.situation, path))))

    def _strip(self, path: Path, span: ValueSpan) -> Iterable[int]:
        position = span.entry.position if span.entry is not None else 0
        return (
            *map(self._moments.moment, span[:3]),
            self._values.value(self._json.of(path, span.value)),
            position if position in self._listed else 0,
        )
