"""The built-in projections, built the way users build theirs."""

from collections.abc import Iterable

from timeline.errors import InvalidEvent, InvalidValue
from timeline.projections.agreements import AGREEMENTS
from timeline.projections.border import BORDER
from timeline.projections.custody import CUSTODY
from timeline.projections.entities import ENTITIES
from timeline.projections.facilities import FACILITIES
from timeline.projections.projection import Projection
from timeline.values.containers import as_tuple

BUILT_IN: tuple[Projection, ...] = (FACILITIES, CUSTODY, AGREEMENTS, BORDER, ENTITIES)

_TABLES = frozenset({"entries", "postings", "stocks", "flows", "control", "claims", "findings", "plans"})
"""The names of the library's other tables, by which a data frame is asked for."""

__all__ = ["AGREEMENTS", "BORDER", "BUILT_IN", "CUSTODY", "ENTITIES", "FACILITIES"]


def by_name(projections: Iterable[Projection]) -> dict[str, Projection]:
    """Return the built-in projections, then those given, by name.

    Raises: InvalidValue for what is not a projection, InvalidEvent for a name that is taken.
    """
    named = {projection.name: projection for projection in BUILT_IN}
    for projection in as_tuple(projections):
        if not isinstance(projection, Projection):
            raise InvalidValue(
                f"projections holds {projection!r}: expected Projection(name=..., keys=..., evolve=...).",
                value=projection,
            )
        if projection.name in named:
            raise InvalidEvent(f"there is a projection named {projection.name!r} already. Choose another name.")
        if projection.name in _TABLES:
            raise InvalidEvent(f"the library has a table named {projection.name!r}. Choose another name.")
        named[projection.name] = projection
    return named
