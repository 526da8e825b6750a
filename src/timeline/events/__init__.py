"""The vocabulary: the events that can be recorded, by subject.

`facility`, `custody`, `agreement` and `border` hold the events of the field. `entity` holds names and judgements of
which names mean the same, and `editorial` the entries that correct a timeline. Every event also takes `detail` (the
source's own words, short) and `about` (further tags, such as `"operation:centcom-transfer-2026"`). None always means
that the source does not say.
"""

from timeline.events import agreement, border, custody, editorial, entity, facility

__all__ = ["agreement", "border", "custody", "editorial", "entity", "facility"]
