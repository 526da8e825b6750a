"""The keys whose values may differ between two questions, so that a difference is sought nowhere else.

Two questions about different moments can differ in the keys that something touched between these. Two questions with
different cuts can differ in the keys of entries that only one cut shows, and of the components of these entries. Where
neither rule applies, every key is compared.
"""

from __future__ import annotations

from collections.abc import Collection

from timeline.history.policies import POLICIES
from timeline.history.reading import Point, Reading
from timeline.index.asof import AsOf, positions_between
from timeline.index.view import View
from timeline.index.views import ViewCache
from timeline.projections.projection import Key

Asking = tuple[AsOf, Point]
"""The cuts of a question, and the last point of fold order that counts."""


class ChangedKeys:
    """The keys whose values may differ between two questions."""

    def __init__(self, views: ViewCache, one: Asking, other: Asking) -> None:
        (asked, self._by), (others, self._other_by) = one, other
        self._views = views
        self._seen, view = views.view(asked), views.view(others)
        self._same = asked == others
        self._readings = None
        if self._by == self._other_by and _cut_alike(asked, others):
            differing = sorted(self._moved(asked, others))
            self._readings = [*_read(self._seen, differing), *_read(view, differing)]

    def keys(self, name: str) -> Collection[Key] | None:
        """Return the keys of a projection whose values may differ; None if every key must be compared."""
        folded = self._seen.folded(name)
        if not folded.projection.by_key or folded.failures:
            return None
        if self._same:
            return [key for key in folded if folded.touches(key, self._by) != folded.touches(key, self._other_by)]
        if self._readings is None:
            return None
        return dict.fromkeys(key for reading in self._readings for key in folded.keys_of(reading))

    def _moved(self, a: AsOf, b: AsOf) -> set[int]:
        """Return the positions of entries that may read otherwise."""
        complete = self._views.complete
        alone = positions_between(complete, a, b)
        return alone.union(*(complete.components.of(position) or () for position in alone))


def _cut_alike(a: AsOf, b: AsOf) -> bool:
    """Tell whether two questions differ in their cuts alone, and a component is read by itself."""
    return a.choose in POLICIES.values() and a._replace(upto=b.upto, reported=b.reported) == b


def _read(view: View, positions: list[int]) -> list[Reading]:
    return list(view.read([position for position in positions if view.reads(position)]))
