"""From rows and links to drafts: the first report of an event, repeats, and contradictions.

* rival: a dispute of the target, with its own version.
* revision: a correction of the target.
* denial: a dispute of the target, with its own number if it has one.
* repeat: a second report of the target's event, merged with the target.
  If the target is itself a rival, it corroborates the target.
  If the repeat is of another kind or another day, it only names the target.
* receipt: the other end of the target's movement, merged with the target.
* part: a part of the target. includes: the target is a part of this row.
* outcome: fulfils the target. remark: only names the target.

If the event of a row has no field for its number, a statement beside the event holds the number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import attrs

from examples.northeast_syria.links import Link
from examples.northeast_syria.mapping import (
    EVENTS,
    event_of,
    figure_of,
    kind_of,
    modality_of,
    naming,
    observation_of,
    occurred_of,
    registration,
    report_of,
)
from examples.northeast_syria.rows import Row, Subject
from timeline import Draft, Modality
from timeline.events import editorial


class Told(NamedTuple):
    """The recorded form of a row: the id of its entry, and the kind of its own event, if any."""

    id: str
    kind: str | None


class Telling:
    """Makes the drafts of rows; each row may name rows before it."""

    def __init__(self, links: Collection[Link]) -> None:
        self._targets: dict[str, dict[str, str]] = defaultdict(dict)
        for link in links:
            self._targets[link.row][link.relation] = link.target
        self._wholes = {link.target: link.row for link in links if link.relation == "includes"}
        self._told: dict[str, Told] = {}
        self._rows: dict[str, Row] = {}
        self._figures: dict[str, str] = {}

    def tell(self, row: Row) -> Iterator[Draft]:
        """Yield the draft of a row, and the further entries that its links and its number need.

        Raises: ValueError when the row is of no kind that can be read.
        """
        targets, named = self._followed(row)
        whole = targets.get("part") or self._wholes.get(row.id)
        row = _as_part(row, self._rows.get(whole or ""))
        told, event, also = self._form(row, targets)
        tags = [f"entry:{target}" for target in named if target in self._told]
        if tags:
            event = attrs.evolve(event, about=(*event.about, *tags))
        ordinary = told.kind is not None
        yield Draft(
            event,
            occurred=occurred_of(row),
            reports=[report_of(row)],
            modality=modality_of(row) if ordinary else Modality.ACTUAL,
            part_of=self._id(whole),
            fulfils=self._id(targets.get("outcome")),
            id=row.id,
        )
        yield from also
        self._told[row.id], self._rows[row.id] = told, row
        yield from self._beside(row, targets)

    def _followed(self, row: Row) -> tuple[Mapping[str, str], list[str]]:
        """Give the links of a row that have an effect, and the targets that it names and nothing more."""
        targets = dict(self._targets[row.id])
        again = targets.get("repeat", "")
        idle = ["remark"] if "remark" in targets else []
        if again in self._rows and self._told[again].kind is not None and not _same(row, self._rows[again]):
            idle.append("repeat")
        if "outcome" in targets and row.high == 0:
            idle.append("outcome")
        return targets, [targets.pop(relation) for relation in idle]

    def _form(self, row: Row, targets: Mapping[str, str]) -> tuple[Told, Any, list[Draft]]:
        """Choose the form of a row; of several links, follow the one that adds the least claim."""
        again = self._of(targets, "repeat") or self._of(targets, "receipt")
        revised, denied, rivalled = (self._of(targets, name) for name in ("revision", "denial", "rival"))
        if again is not None:
            return self._again(row, again, denied)
        if revised is not None:
            corrected = editorial.EventCorrected(
                target=revised.id, replacement=event_of(row), occurred=occurred_of(row), modality=modality_of(row)
            )
            return Told(row.id, None), corrected, []
        if denied is not None:
            return Told(row.id, None), _denial(row, denied), []
        if rivalled is not None:
            counted = self._figures.get(rivalled.id) if kind_of(row) == "statement_made" else None
            return Told(row.id, None), _rival(row, counted or rivalled.id), []
        return Told(row.id, kind_of(row)), event_of(row), []

    def _again(self, row: Row, target: Told, denied: Told | None) -> tuple[Told, Any, list[Draft]]:
        """Merge a repeated event; corroborate a repeated rival."""
        if target.kind is None:
            return Told(target.id, None), editorial.EventCorroborated(target=target.id, detail=row.text), []
        also = [Draft(editorial.EventsMerged(kept=target.id, duplicates=(row.id,)), id=f"{row.id}-merged")]
        if denied is not None:
            denial = editorial.EventDisputed(target=denied.id)
            also.append(Draft(denial, occurred=row.occurred, reports=[report_of(row)], id=f"{row.id}-denial"))
        return Told(row.id, kind_of(row)), event_of(row), also

    def _beside(self, row: Row, targets: Mapping[str, str]) -> Iterator[Draft]:
        """Yield what a row says beside its event: its number, and the observed holder of the place."""
        event = event_of(row) if kind_of(row) in EVENTS else None
        figure = None if event is None else figure_of(row, event)
        if figure is not None:
            self._figures[row.id] = f"{row.id}-figure"
            rivalled = self._figures.get(targets.get("rival", ""))
            said = figure if rivalled is None else editorial.EventDisputed(target=rivalled, rival=figure)
            yield Draft(said, occurred=occurred_of(row), reports=[report_of(row)], id=self._figures[row.id])
        seen = observation_of(row)
        if seen is not None:
            yield Draft(seen, occurred=occurred_of(row), reports=[report_of(row)], id=f"{row.id}-control")

    def _of(self, targets: Mapping[str, str], relation: str) -> Told | None:
        return self._told.get(targets.get(relation, ""))

    def _id(self, row: str | None) -> str | None:
        return self._told[row].id if row in self._told else None


def facilities(drafts: Iterable[Draft], rows: Iterable[Row], subjects: Mapping[str, Subject]) -> Iterator[Draft]:
    """Yield a registration of every facility that a draft names, each once."""
    together = {place.tag: place for row in rows for place in row.facilities}
    listed = {subject.tag: subject for subject in subjects.values() if subject.is_facility} | together
    named = {tag for draft in drafts for tag in draft.tags}
    for tag in sorted(named & listed.keys()):
        yield registration(listed[tag])


def entities(drafts: Iterable[Draft], subjects: Mapping[str, Subject]) -> Iterator[Draft]:
    """Yield the names of everything else that a draft names: authorities, operations, agreements, cohorts."""
    named = {tag for draft in drafts for tag in draft.tags}
    others = {subject.tag: subject for subject in subjects.values() if not subject.is_facility}
    for tag in sorted(named & others.keys()):
        yield naming(others[tag])


def _as_part(row: Row, whole: Row | None) -> Row:
    """Give a share of a movement the origin and destination of the whole, unless its row has its own."""
    if whole is None or kind_of(row) != kind_of(whole):
        return row
    return attrs.evolve(row, origin=row.origin or whole.origin, destination=row.destination or whole.destination)


def _same(row: Row, other: Row) -> bool:
    """Tell whether two rows can report one event: they have one kind and overlapping dates."""
    if kind_of(row) != kind_of(other):
        return False
    a, b = occurred_of(row), occurred_of(other)
    if a is None or b is None:
        return True
    return a.overlaps(b) or any(when.approximate or when.uncertain for when in (a, b))


def _rival(row: Row, target: str) -> Any:
    return editorial.EventDisputed(target=target, rival=event_of(row), occurred=occurred_of(row))


def _denial(row: Row, target: Told) -> Any:
    """Make a bare denial, or a rival claim if the row gives another number."""
    if row.numbered and kind_of(row) in EVENTS:
        return _rival(row, target.id)
    return editorial.EventDisputed(target=target.id, reason=row.text)
