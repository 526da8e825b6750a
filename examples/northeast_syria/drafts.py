"""From rows and links to drafts: who says it first, who says it again, and who says otherwise.

rival       a dispute of the target, with its own version
revision    a correction of the target
denial      a dispute of the target, with its own number if it brings one
repeat      the target's event told again: merged with it; a corroboration of it where it is a rival itself;
            an entry that names it, where it is of another kind or of another day
receipt     the other end of the target's movement: merged with it
part        part of the target            includes   the target is part of this
outcome     fulfils the target            remark     named, and nothing more

A number that the event of a row has no place for stands in a statement beside it.
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
    observation_of,
    occurred_of,
    registration,
    report_of,
)
from examples.northeast_syria.rows import Row, Subject
from timeline import Draft, Modality
from timeline.events import editorial


class Told(NamedTuple):
    """What a row was recorded as: the entry that makes its claim, and the kind of its event if it is one of its own."""

    id: str
    kind: str | None


class Telling:
    """Makes the drafts of rows, each of which may name rows told before it."""

    def __init__(self, links: Collection[Link]) -> None:
        self._targets: dict[str, dict[str, str]] = defaultdict(dict)
        for link in links:
            self._targets[link.row][link.relation] = link.target
        self._wholes = {link.target: link.row for link in links if link.relation == "includes"}
        self._told: dict[str, Told] = {}
        self._rows: dict[str, Row] = {}
        self._figures: dict[str, str] = {}

    def tell(self, row: Row) -> Iterator[Draft]:
        """The draft of a row, and the entries that its links and its number ask for beside it.

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
        """How a row is recorded; of several links, the one that claims least anew."""
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
        """One event told twice is merged; a rival told twice is backed."""
        if target.kind is None:
            return Told(target.id, None), editorial.EventCorroborated(target=target.id, detail=row.text), []
        also = [Draft(editorial.EventsMerged(kept=target.id, duplicates=(row.id,)), id=f"{row.id}-merged")]
        if denied is not None:
            denial = editorial.EventDisputed(target=denied.id)
            also.append(Draft(denial, occurred=row.occurred, reports=[report_of(row)], id=f"{row.id}-denial"))
        return Told(row.id, kind_of(row)), event_of(row), also

    def _beside(self, row: Row, targets: Mapping[str, str]) -> Iterator[Draft]:
        """What a row tells beside its event: its number, and who was seen holding the place."""
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
    """Every facility that a draft names, each once."""
    together = {place.tag: place for row in rows for place in row.facilities}
    listed = {subject.tag: subject for subject in subjects.values() if subject.is_facility} | together
    named = {tag for draft in drafts for tag in draft.tags}
    for tag in sorted(named & listed.keys()):
        yield registration(listed[tag])


def _as_part(row: Row, whole: Row | None) -> Row:
    """A share of a movement went from where and to where all of it did, unless its row says otherwise."""
    if whole is None or kind_of(row) != kind_of(whole):
        return row
    return attrs.evolve(row, origin=row.origin or whole.origin, destination=row.destination or whole.destination)


def _same(row: Row, other: Row) -> bool:
    """Whether two rows can tell of one event: of one kind, and not of two days."""
    if kind_of(row) != kind_of(other):
        return False
    a, b = occurred_of(row), occurred_of(other)
    if a is None or b is None:
        return True
    return a.overlaps(b) or any(when.approximate or when.uncertain for when in (a, b))


def _rival(row: Row, target: str) -> Any:
    return editorial.EventDisputed(target=target, rival=event_of(row), occurred=occurred_of(row))


def _denial(row: Row, target: Told) -> Any:
    """A bare denial, unless it says how many it was instead."""
    if row.numbered and kind_of(row) in EVENTS:
        return _rival(row, target.id)
    return editorial.EventDisputed(target=target.id, reason=row.text)
