"""What stands behind a situation: its readings, and how a value came about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from timeline.answers.course import asking, values
from timeline.answers.situation import Situation
from timeline.history.reading import Reading
from timeline.index.view import EVERYTHING
from timeline.projections.projection import Path


def readings(asked: Situation) -> list[Reading]:
    """All that its cuts leave, whenever it happened, in fold order."""
    with asked._views.lock:
        return asked._seen.readings()


def moved(asked: Situation, moment: int) -> Situation:
    """The same cuts, asked by another moment of the occurred clock (exclusive)."""
    return attrs.evolve(asked, clocks=attrs.evolve(asked.clocks, occurred=moment), until=None)


def steps(asked: Situation, path: Path) -> list[tuple[Reading, Any]]:
    """Each reading that touched the entity of a path, and the value there after it.

    Raises: KeyError for a path that names no value.
    """
    with asked._views.lock, asking(path):
        folded, found = asked._located(path)
        return list(values(folded, found, asked._by))


def busiest(asked: Situation, part: str, kind: str, among: Iterable[str]) -> list[str]:
    """Entities of one kind, those that most readings touched first."""
    with asked._views.lock:
        folded = asked._seen.folded(part)
        often = {slug: folded.touches((kind, slug), asked._by) for slug in among}
    return sorted(often, key=lambda slug: -often[slug])


def touches(asked: Situation, part: str) -> list[tuple[Any, Reading, Any]]:
    """Every key of a projection with each reading that touched it, and its value after."""
    with asked._views.lock:
        folded = asked._seen.folded(part)
        return [(key, reading, value) for key in folded for reading, value in folded.steps(key, EVERYTHING)]


def joined(asked: Situation, part: str) -> list[Any]:
    """Give the keys of a projection whose values follow from those of other keys."""
    return list(asked._joined_in(part))
