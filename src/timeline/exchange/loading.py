"""Putting what was read on a timeline: twice is as once, what changed is reported, what is bad stops nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

import attrs
from attrs import frozen

from timeline.entry import Draft, Entry
from timeline.errors import EditorialRefused, IllegalTransition
from timeline.events.editorial import EventCorrected, EventRedacted
from timeline.exchange.rows import Problem
from timeline.exchange.sharing import timeline_given
from timeline.log import codec
from timeline.log.stored import Stored, entry_of
from timeline.progress import Progress, told
from timeline.timeline import Timeline

_BATCH = 2000


class Found(NamedTuple):
    """A draft, which has an id, and where it was read."""

    file: str
    line: int
    draft: Draft


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
    """What a file brought: entries recorded, rows that were there already, rows that changed, rows that are bad.

    `unchanged` counts those redacted here too, which never come back, and `skipped` rows that no mapping was for.
    """

    entries: tuple[Entry, ...] = ()
    unchanged: int = 0
    changed: tuple[Changed, ...] = ()
    skipped: int = 0
    problems: tuple[Problem, ...] = ()

    def __str__(self) -> str:
        counts = (
            f"{len(self.entries)} recorded, {self.unchanged} there already, {len(self.changed)} changed, "
            f"{self.skipped} skipped, {len(self.problems)} with a problem"
        )
        return "\n".join([counts, *map(str, self.changed), *map(str, self.problems)])


def load(
    line: Timeline,
    found: Iterable[Found | Problem | None],
    *,
    correct: bool = False,
    progress: Progress | None = None,
) -> Loaded:
    """Record what was found, in its order; None stands for what nobody wanted.

    Nobody knows beforehand how much there is, so `progress` is told of 0 in all.

    A draft whose id is there with the same content changes nothing. One with other content is reported
    as changed; with `correct=True` the entry is corrected to it as well, where a correction can say so.
    """
    loading = _Loading(timeline_given(line), correct=correct)
    waiting = told(found, progress, 0)
    while batch := list(islice(waiting, _BATCH)):
        loading.take(batch)
    return loading.result()


class _Loading:
    def __init__(self, line: Timeline, *, correct: bool) -> None:
        self.line = line
        self.correct = correct
        self.entries: list[Entry] = []
        self.unchanged = 0
        self.skipped = 0
        self.changed: list[Changed] = []
        self.problems: list[Problem] = []
        self.told: dict[str, tuple[int, str]] = {}
        corrections = (entry.event for entry in line.entries(types=[EventCorrected]))
        self.revised = {event.target: event.reason for event in corrections}

    def result(self) -> Loaded:
        return Loaded(tuple(self.entries), self.unchanged, tuple(self.changed), self.skipped, tuple(self.problems))

    def take(self, batch: list[Found | Problem | None]) -> None:
        """Record one batch, but what is there already, changed or bad."""
        found = [item for item in batch if isinstance(item, Found)]
        self.problems += [item for item in batch if isinstance(item, Problem)]
        self.skipped += batch.count(None)
        names = {str(item.draft.id) for item in found} | {name for item in found for name in item.draft.references}
        there = self.line.log._find(sorted(names))
        new = {}
        for item in found:
            id = str(item.draft.id)
            if id in there or id in self.told:
                self._again(item, there.get(id))
            elif unknown := [name for name in item.draft.references if name not in there and name not in self.told]:
                self._leads_nowhere(item, unknown)
            else:
                new[id] = item
                self.told[id] = item.line, codec.derived_id(item.draft)
        self.entries += self._record(list(new.values()))

    def _leads_nowhere(self, item: Found, unknown: list[str]) -> None:
        """It names no entry; to redact what never came here is nothing to do."""
        if isinstance(item.draft.event, EventRedacted):
            self.unchanged += 1
        else:
            self._refuse(item, f"names {', '.join(unknown)}, which is no entry.")

    def _again(self, item: Found, there: Stored | None) -> None:
        """What was told before: in this file, or on the log."""
        id = str(item.draft.id)
        earlier = self.told.get(id)
        self.told.setdefault(id, (item.line, codec.derived_id(item.draft)))
        if earlier is not None and earlier[1] != codec.derived_id(item.draft):
            self._refuse(item, f"line {earlier[0]} has the same id, {item.draft.id!r}, and says something else.")
        elif earlier is not None or there is None or there.redacted or self._same(item, there):
            self.unchanged += 1
        else:
            self.changed.append(Changed(item.file, item.line, entry_of(there), item.draft))
            if self.correct:
                self.entries += self._corrected(self.changed[-1])

    def _same(self, item: Found, there: Stored) -> bool:
        """Whether a draft says what the entry said first, or says since it was last corrected.

        What it said first is nothing new, unless this file itself has said otherwise since.
        """
        draft, said = item.draft, codec.encode(item.draft)
        if codec.same(there.content, said) and self.revised.get(there.id) != _reason(item):
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
        return codec.same(codec.encode(now), said)

    def _corrected(self, changed: Changed) -> Iterator[Entry]:
        """A correction to what a row says now; none where the date went, or what it refers to, which it cannot say."""
        entry, draft = changed.entry, changed.draft
        sayable = draft.occurred is not None or entry.occurred is None
        links = (entry.after, entry.part_of, entry.fulfils) == (draft.after, draft.part_of, draft.fulfils)
        if sayable and links and self.line.at().claims(entry):
            yield self.line.correct(
                entry, draft.event, occurred=draft.occurred, modality=draft.modality, reports=draft.reports,
                reason=_reason(changed),
            )  # fmt: skip

    def _record(self, items: list[Found]) -> Iterable[Entry]:
        """All at once; where the timeline refuses the batch, one by one, so that only what it refuses is left out."""
        try:
            return self.line.record_all([item.draft for item in items])
        except (EditorialRefused, IllegalTransition):
            return [entry for item in items for entry in self._record_one(item)]

    def _record_one(self, item: Found) -> Iterator[Entry]:
        try:
            yield from self.line.record_all([item.draft])
        except (EditorialRefused, IllegalTransition) as error:
            self._refuse(item, str(error))

    def _refuse(self, item: Found, reason: str) -> None:
        self.problems.append(Problem(item.file, item.line, None, reason))


def _reason(item: Found | Changed) -> str:
    return f"changed in {item.file}"
