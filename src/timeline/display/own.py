"""The rows of users' own projections at any moment, as plain tables of their records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from timeline.answers import behind
from timeline.answers.records import records
from timeline.answers.situation import Situation
from timeline.display import rows
from timeline.display.cells import SheetRow
from timeline.display.telling import Telling
from timeline.errors import ProjectionFailed
from timeline.history.reading import Reading
from timeline.projections.projection import Projection

Changed = tuple[str, SheetRow | str, Sequence[Reading]]
"""A row as it is now (its key, if it is gone), in its table, and the readings that brought it."""


class Own:
    """The tables of users' own projections, of which only changed rows are made again.

    A table whose name the library has taken gets another one. Of a projection that fails to fold, the whole table is
    made again at every moment: it says what was raised.
    """

    def __init__(self, shown: Telling, taken: Collection[str]) -> None:
        self._shown = shown
        self._projections = behind.own_projections(shown.situation)
        self._section = {one.name: f"own_{one.name}" if one.name in taken else one.name for one in self._projections}
        self._touching: dict[int, list[tuple[str, Any]]] = defaultdict(list)
        self._rows: dict[tuple[str, Any], set[str]] = defaultdict(set)
        self._failing: set[str] = set()
        for projection in self._projections:
            try:
                for key, reading, _ in behind.touches(shown.situation, projection.name):
                    self._touching[reading.case.entry.position].append((projection.name, key))
            except ProjectionFailed:
                self._failing.add(projection.name)

    @property
    def sections(self) -> tuple[str, ...]:
        """The names of the tables."""
        return tuple(self._section.values())

    def changed(self, now: Situation, brought: Sequence[Reading], *, everything: bool) -> Iterator[Changed]:
        """Yield the rows that readings may have changed; at the end of time, all of them."""
        touched: dict[str, dict[Any, list[Reading]]] = defaultdict(lambda: defaultdict(list))
        for reading in brought:
            for name, key in self._touching.get(reading.case.entry.position, ()):
                touched[name][key].append(reading)
        for projection in self._projections:
            keys = touched[projection.name]
            if projection.name in self._failing:
                yield from self._renewed(projection, None, behind.values_of(now, projection.name), brought)
            elif not projection.by_key and (keys or everything):
                behind_all = [reading for found in keys.values() for reading in found]
                yield from self._renewed(projection, None, behind.values_of(now, projection.name), behind_all)
            elif projection.by_key:
                yield from self._by_key(projection, now, keys)

    def _by_key(self, projection: Projection, now: Situation, keys: dict[Any, list[Reading]]) -> Iterator[Changed]:
        brought_all = [reading for found in keys.values() for reading in found]
        following = behind.joined_keys(now, projection.name) if keys else ()
        for key, brought in {**{key: brought_all for key in following}, **keys}.items():
            yield from self._renewed(projection, key, behind.values_of_keys(now, projection.name, [key]), brought)

    def _renewed(
        self, projection: Projection, key: Any, values: Iterable[Any], brought: Sequence[Reading]
    ) -> Iterator[Changed]:
        """Yield the rows of a key (None: of all keys), and the keys of those that are gone."""
        told = [rows.record(self._shown.record(found), projection.name) for found in records(values)]
        before, self._rows[projection.name, key] = self._rows[projection.name, key], {row.key for row in told}
        section = self._section[projection.name]
        yield from ((section, row, brought) for row in told)
        yield from ((section, gone, brought) for gone in sorted(before - {row.key for row in told}))
