"""Putting what was read on a timeline: twice is as once, what changed is reported, what is bad stops nothing else.

A draft without an id gets one derived from what it says. Rows that say the same are not one: a list of people moved has
a row for each of them. The second such row of a file gets the second derived id, and so on. So all are recorded, and
reading the file again changes nothing. A row may name one that comes later: it waits for it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import islice

import attrs
from attrs import define, field, frozen

from timeline.editing import draft_correction
from timeline.entry import Draft, Entry
from timeline.errors import EditorialRefused, IdConflict, IllegalTransition, InvalidDraft, InvalidEvent
from timeline.events.editorial import EDITORIAL, EventCorrected, EventRedacted
from timeline.exchange.found import Found, Unknown, identified, known_types
from timeline.exchange.given import timeline_given
from timeline.exchange.rows import Problem
from timeline.log import codec
from timeline.log.stored import Stored, entry_of
from timeline.progress import Progress, with_progress
from timeline.timeline import Timeline

_BATCH = 2000
_REFUSED = (EditorialRefused, InvalidDraft, InvalidEvent, IllegalTransition, IdConflict)
"""The errors of one draft, which say nothing about the others."""


@frozen
class Changed:
    """A row that says otherwise than the entry it was recorded as. Decide: correct the entry, or dispute it."""

    file: str
    line: int
    entry: Entry
    draft: Draft

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.draft.id} is no longer as recorded at position {self.entry.position}"


@frozen
class Loaded:
    """The result of an import: entries recorded, and rows that were there already, changed, or are bad.

    `unchanged` counts those redacted here too, which never come back, and `skipped` rows that no mapping was for.
    `repeated` counts rows that say the same as an earlier row of the file: each is an entry of its own.
    """

    entries: tuple[Entry, ...] = ()
    unchanged: int = 0
    changed: tuple[Changed, ...] = ()
    skipped: int = 0
    problems: tuple[Problem, ...] = ()
    repeated: int = 0

    def __str__(self) -> str:
        counts = (
            f"{len(self.entries)} recorded, {self.unchanged} there already, {len(self.changed)} changed, "
            f"{self.skipped} skipped, {len(self.problems)} with a problem"
        )
        if self.repeated:
            counts += f"; {self.repeated} repeat an earlier row"
        return "\n".join([counts, *map(str, self.changed), *map(str, self.problems)])


def load(
    line: Timeline,
    found: Iterable[Found | Problem | None],
    *,
    correct: bool = False,
    unknown: Unknown = "refuse",
    progress: Progress | None = None,
) -> Loaded:
    """Record what was found, in its order; None is a row that no mapping wants.

    Nobody knows beforehand how much there is, so `progress` is told of 0 in all.

    A draft whose id is there with the same content changes nothing. One with other content is reported
    as changed; with `correct=True` the entry is corrected to it as well, where a correction can say so.
    An event of a type that this program does not know is a problem of its row, unless `unknown="keep"`.

    Raises: InvalidValue.
    """
    loading = _Loading(timeline_given(line), correct=correct)
    waiting = with_progress(known_types(identified(found), unknown), progress, 0)
    while batch := list(islice(waiting, _BATCH)):
        loading.take(batch)
    return loading.result()


class _Loading:
    def __init__(self, line: Timeline, *, correct: bool) -> None:
        self.line = line
        self.correct = correct
        self.entries: list[Entry] = []
        self.unchanged = self.skipped = self.repeated = self.repeating = 0
        self.changed: list[Changed] = []
        self.problems: list[Problem] = []
        self.told: dict[str, tuple[int, str]] = {}
        self.waiting: dict[str, list[_Row]] = {}
        corrections = (entry.event for entry in line.entries(types=[EventCorrected]))
        self.revised = {event.target: event.reason for event in corrections}

    def result(self) -> Loaded:
        """Refuse what still waits for rows that never came, and say what came of all."""
        waiting = {row.id: row for rows in self.waiting.values() for row in rows}
        circular = _circular({id: row.left for id, row in waiting.items()})
        for row in dict.fromkeys(row for rows in self.waiting.values() for row in rows):
            if isinstance(row.item.draft.event, EventRedacted):
                self.unchanged += 1  # to redact what never came here is nothing to do
            else:
                self._refuse(row.item, _unmet(row, waiting, circular))
        self.problems.sort(key=lambda problem: problem.line)
        return Loaded(
            tuple(self.entries), self.unchanged, tuple(self.changed), self.skipped, tuple(self.problems), self.repeated
        )

    def take(self, batch: list[Found | Problem | None]) -> None:
        """Record one batch, but what is there already, changed or bad, and what waits for a later row."""
        found = [item for item in batch if isinstance(item, Found)]
        self.problems += [item for item in batch if isinstance(item, Problem)]
        self.skipped += batch.count(None)
        for item in found:
            self._count_repeated(item)
        names = {str(item.draft.id) for item in found} | {name for item in found for name in item.draft.references}
        there = self.line.log.rows_by_id(sorted(names))
        new: dict[str, Found] = {}
        for item in found:
            try:
                self._sort(_Row(item, item.said or codec.derived_id(item.draft)), there, new)
            except InvalidEvent as error:
                self._refuse(item, str(error))
        self.entries += self._record(list(new.values()))

    def _count_repeated(self, item: Found) -> None:
        """Count each row once, however many drafts of it repeat."""
        if item.nth > 1 and item.line != self.repeating:
            self.repeated, self.repeating = self.repeated + 1, item.line

    def _sort(self, row: _Row, there: Mapping[str, Stored], new: dict[str, Found]) -> None:
        """Say of a row that it is new, there already or changed; or let it wait for those that it names."""
        row.left = {name for name in row.item.draft.references if name not in there and name not in self.told}
        if row.left and row.id not in there and row.id not in self.told:
            for name in row.left:
                self.waiting.setdefault(name, []).append(row)
            return
        ready = deque([row])
        while ready:
            row = ready.popleft()
            if row.id in there or row.id in self.told:
                self._again(row, there.get(row.id))
                continue
            new[row.id] = row.item
            self.told[row.id] = row.item.line, row.said
            for one in self.waiting.pop(row.id, ()):
                one.left.discard(row.id)
                if not one.left:
                    ready.append(one)

    def _again(self, row: _Row, there: Stored | None) -> None:
        """Compare a row with what its id said before: in this file, or on the log."""
        item, earlier = row.item, self.told.setdefault(row.id, (row.item.line, row.said))
        if earlier[1] != row.said:
            self._refuse(item, f"line {earlier[0]} has the same id, {row.id!r}, and says something else.")
        elif earlier[0] != item.line or there is None or there.redacted or self._same(item, there):
            self.unchanged += 1
        else:
            self.changed.append(Changed(item.file, item.line, entry_of(there), item.draft))
            if self.correct:
                self._correct(self.changed[-1])

    def _same(self, item: Found, there: Stored) -> bool:
        """Tell whether a draft says what the entry said first, or has said since it was last corrected.

        What it said first is nothing new, unless this file itself has said otherwise since.
        """
        draft, said = item.draft, codec.encode(item.draft)
        if codec.same_content(there.content, said) and self.revised.get(there.id) != _reason(item):
            return True
        claims = self.line.at().claims(there.id)
        if not claims:
            return False
        now = attrs.evolve(
            codec.draft_of(there.content, tags=there.tags),
            event=claims[0].event,
            occurred=claims[0].occurred,
            modality=claims[0].modality,
            reports=claims[0].reports if draft.reports else (),
        )
        return codec.same_content(codec.encode(now), said)

    def _correct(self, changed: Changed) -> None:
        """Correct an entry to the new text of its row.

        A change that no correction can express is a problem of the row.
        """
        entry, draft = changed.entry, changed.draft
        unsayable = _unsayable(entry, draft)
        if unsayable:
            retract = f"Retract {entry.id!r}, and record the row under another id."
            self._refuse(changed, f"{unsayable}, which no correction can say. {retract}")
            return
        try:
            if self.line.at().claims(entry):
                correction = draft_correction(
                    entry, draft.event, occurred=draft.occurred, modality=draft.modality, reports=draft.reports,
                    reason=_reason(changed), recorder=draft.recorder,
                )  # fmt: skip
                self.entries += self.line.record_as_given([correction])
        except _REFUSED as error:
            self._refuse(changed, str(error))

    def _record(self, items: list[Found]) -> Iterable[Entry]:
        """Record all at once; if the timeline refuses the batch, record one by one, and refuse only the bad ones."""
        try:
            return self.line.record_as_given([item.draft for item in items])
        except _REFUSED:
            return [entry for item in items for entry in self._record_one(item)]

    def _record_one(self, item: Found) -> Iterator[Entry]:
        try:
            yield from self.line.record_as_given([item.draft])
        except _REFUSED as error:
            self._refuse(item, str(error))

    def _refuse(self, item: Found | Changed, reason: str) -> None:
        self.problems.append(Problem(item.file, item.line, None, reason))


def _unsayable(entry: Entry, draft: Draft) -> str:
    """Say what changed that no correction can express; empty where one can."""
    if isinstance(entry.event, EDITORIAL) or isinstance(draft.event, EDITORIAL):
        return "an editorial row changed"
    if draft.occurred is None and entry.occurred is not None:
        return "the row no longer has a date"
    if (entry.after, entry.part_of, entry.fulfils) != (draft.after, draft.part_of, draft.fulfils):
        return "the row names other entries"
    return ""


@define(eq=False)
class _Row:
    """A row with the fingerprint of what it says, and the ids it names that are still to come."""

    item: Found
    said: str
    left: set[str] = field(factory=set)

    @property
    def id(self) -> str:
        return str(self.item.draft.id)


def _unmet(row: _Row, waiting: Mapping[str, _Row], circular: Container[str]) -> str:
    """Say why a row still waits: for what is not there, for itself by way of others, or for a row refused."""
    missing = sorted(row.left - waiting.keys())
    if missing:
        names = ", ".join(map(repr, missing))
        return f"names {names}: expected the id of an entry on the log, or of a row in this file."
    around = sorted(name for name in row.left if name in circular) if row.id in circular else []
    names = ", ".join(f"{name!r} (line {waiting[name].item.line})" for name in around or sorted(row.left))
    if around:
        return (
            f"names {names}, which names this row in turn: expected rows that do not name one another in a circle. "
            "Leave one of the references out."
        )
    return f"names {names}, which was not recorded: see there."


def _circular(named: Mapping[str, Iterable[str]]) -> set[str]:
    """Return the ids that name one another in a circle, or stand between two circles."""
    naming: dict[str, list[str]] = {id: [] for id in named}
    for id, names in named.items():
        for name in names:
            if name in naming:
                naming[name].append(id)
    left = _unpeeled(named, naming)
    return left & _unpeeled(naming, named)


def _unpeeled(named: Mapping[str, Iterable[str]], naming: Mapping[str, Iterable[str]]) -> set[str]:
    """Return what is left when those that name nothing left are taken away, one after another."""
    counts = {id: sum(name in named for name in names) for id, names in named.items()}
    ready = [id for id, count in counts.items() if not count]
    while ready:
        done = ready.pop()
        del counts[done]
        for id in naming[done]:
            if id in counts:
                counts[id] -= 1
                if not counts[id]:
                    ready.append(id)
    return counts.keys() & named.keys()


def _reason(item: Found | Changed) -> str:
    return f"changed in {item.file}"
