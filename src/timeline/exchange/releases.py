"""Releases of a living data set: lists that are published again and again, each in place of the one before.

    for published, path in lists:
        releases.load(line, path, mapping, dataset="agreements", report=Report("ICE", published=published))

What is new in a release is recorded, what changed is corrected, and what is gone is retracted. What comes back is
there again, since its retraction is retracted. All of these bear the release as their report. So
`line.at(reported=published)` has the rows of that release, and those only.

A row is the one of an earlier release if it has the same id (`RowMapping(id=...)`). Without one, the id is derived from
what the row says, so that a changed row is one gone and another new.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, get_args

import attrs
from attrs import define, frozen

from timeline.editing import draft_correction, draft_retraction
from timeline.entry import Draft, Entry
from timeline.errors import EditorialRefused, IdConflict, IllegalTransition, InvalidDraft, InvalidEvent, InvalidValue
from timeline.events.editorial import EDITORIAL, EventCorrected, EventRetracted
from timeline.exchange import table
from timeline.exchange.found import Found, identified, known_types
from timeline.exchange.given import timeline_given
from timeline.exchange.mapping import RowMapping
from timeline.exchange.rows import Problem
from timeline.log import codec
from timeline.timeline import Timeline
from timeline.values.entities import Slug, slug
from timeline.values.report import Report

_REFUSED = (EditorialRefused, InvalidDraft, InvalidEvent, IllegalTransition, IdConflict)


@frozen
class Released:
    """The result of a release: the ids of rows that are new, changed, gone or back, and how many are as before.

    `undecided` counts rows of the last release that are not in this one, and stay: a bad row may be one of them.
    """

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    unchanged: int = 0
    skipped: int = 0
    undecided: int = 0
    problems: tuple[Problem, ...] = ()

    def __str__(self) -> str:
        counts = (
            f"{len(self.new)} new, {len(self.changed)} changed, {len(self.gone)} gone, {len(self.back)} back, "
            f"{self.unchanged} as before, {self.skipped} skipped, {len(self.problems)} with a problem"
        )
        if self.undecided:
            counts += f"; {self.undecided} missing, but a bad row may be one of them"
        return "\n".join([counts, *map(str, self.problems)])


def load(
    line: Timeline,
    path: str | os.PathLike[str],
    mappings: RowMapping | Sequence[RowMapping],
    *,
    dataset: str,
    report: Report,
    delimiter: str = ",",
    encoding: str = "utf-8-sig",
) -> Released:
    """Record what one release changes, all at once.

    `dataset` is a slug. The entries of the data set bear it as a tag: `dataset:` and the slug. `report` is the release
    itself, with its date. Reports that a mapping fills are published with the release, whatever date they bear. Only
    what happened is compared, and not what reports say beside it.

    Loading a release again changes nothing. A bad row is a problem, and what is on the log under its id stays. So does
    a row that an editor has retracted: the data set does not bring it back.

    Raises: InvalidValue for a report without a date, and for a file that the mapping does not fit. InvalidValue for a
    release that says otherwise than the log, and is not newer than the last one there. CannotRead.
    """
    timeline_given(line)
    tag = Slug("dataset").tag(slug(dataset, "dataset"))
    published = _end(_dated(report), line)
    own = [entry for entry in line.entries(tags=[tag]) if tag in getattr(entry.event, "about", ())]
    rows = _as_released(entry for entry in own if _published(entry, line) <= published)
    loading = _Loading(line, report, tag, rows, later={str(entry.id) for entry in own} - rows.keys())
    read = table.read(path, mappings, delimiter=delimiter, encoding=encoding)
    for item in _released(known_types(read, "refuse"), tag, report):
        loading.take(item)
    loading.leave()
    last = max((_published(entry, line) for entry in own), default=None)
    if loading.changes and last is not None and published <= last:
        raise InvalidValue(
            f"{report.published} is not after the last release of {dataset!r} on the log, and this release says "
            "otherwise: expected releases in their order.",
            value=report,
        )
    return loading.result()


def _dated(report: Any) -> Report:
    if not isinstance(report, Report) or report.published is None or report.published.latest is None:
        raise InvalidValue(
            f"report is {report!r}: expected the release with its date, such as Report('ICE', published='2025-02-19').",
            value=report,
        )
    return report


def _end(report: Report, line: Timeline) -> int:
    assert report.published is not None
    return report.published.span(line.tz).end


def _published(entry: Entry, line: Timeline) -> int:
    return min(_end(report, line) for report in entry.reports if report.published is not None)


@define
class _Row:
    """A row as the data set said it last, and the retraction that took it out."""

    draft: Draft
    gone: str | None = None


def _as_released(entries: Iterable[Entry]) -> dict[str, _Row]:
    """Return the rows of a data set, by id, as its releases left them."""
    rows: dict[str, _Row] = {}
    retracted: dict[str, _Row] = {}
    for entry in entries:
        match entry.event:
            case EventCorrected(target=target, replacement=event, occurred=occurred, modality=modality):
                row = rows[target]
                row.draft = attrs.evolve(
                    row.draft,
                    event=event,
                    occurred=occurred or row.draft.occurred,
                    modality=modality or row.draft.modality,
                )
            case EventRetracted(target=target) if target in rows:
                rows[target].gone = entry.id
                retracted[entry.id] = rows[target]
            case EventRetracted(target=target):
                retracted[target].gone = None
            case _:
                rows[entry.id] = _Row(_bare(entry))
    return rows


def _bare(said: Draft | Entry) -> Draft:
    """Return what a draft or an entry says, without its id and reports."""
    return Draft(
        said.event,
        occurred=said.occurred,
        modality=said.modality,
        after=said.after,
        part_of=said.part_of,
        fulfils=said.fulfils,
    )


def _released(read: Iterable[Found | Problem | None], tag: str, report: Report) -> Iterator[Found | Problem | None]:
    """Give the draft of each row the tag of the data set, and the release as its publication.

    An id that was derived is derived again without the reports, which differ from release to release.
    """
    items = list(read)
    for item, named in zip(items, identified(_marked(item, tag) for item in items), strict=True):
        if isinstance(item, Found) and isinstance(named, Found):
            reports = [attrs.evolve(one, published=report.published) for one in item.draft.reports] or [report]
            yield named._replace(draft=attrs.evolve(named.draft, reports=reports))
        else:
            yield named


def _marked(item: Found | Problem | None, tag: str) -> Found | Problem | None:
    if not isinstance(item, Found):
        return item
    event = attrs.evolve(item.draft.event, about=tuple(dict.fromkeys([*item.draft.event.about, tag])))
    draft = attrs.evolve(_bare(item.draft), event=event, id=None if item.said else item.draft.id)
    return Found(item.file, item.line, draft)


_Kind = Literal["new", "changed", "gone", "back"]


class _Change(NamedTuple):
    """A change of a row, the draft that says so, and where the row stands."""

    kind: _Kind
    id: str
    draft: Draft
    found: Found | None


class _Loading:
    """Compares a release with the rows on the log, and records what differs."""

    def __init__(
        self, line: Timeline, report: Report, tag: str, rows: Mapping[str, _Row], *, later: Collection[str]
    ) -> None:
        self.line = line
        self.report = report
        self.tag = tag
        self.rows = rows
        self.later = later
        self.seen: dict[str, Found] = {}
        self.bad: set[str | None] = set()
        self.problems: list[Problem] = []
        self.changes: list[_Change] = []
        self.unchanged = self.skipped = self.undecided = 0

    def take(self, item: Found | Problem | None) -> None:
        """Compare a row with what the last release said of it."""
        match item:
            case None:
                self.skipped += 1
            case Problem():
                self.bad.add(item.id)
                self.problems.append(item)
            case Found() if item.draft.id in self.seen:
                self._again(item)
            case Found():
                self.seen[str(item.draft.id)] = item
                self._compare(item, str(item.draft.id))

    def leave(self) -> None:
        """Retract the rows that are in no release any longer, as far as bad rows leave that beyond doubt."""
        for id, row in self.rows.items():
            if row.gone is None and id not in self.seen and id not in self.bad:
                if None in self.bad:
                    self.undecided += 1
                else:
                    self._change("gone", id, draft_retraction(id, reason="gone from the data set"), None)

    def result(self) -> Released:
        """Record the changes, and count them."""
        try:
            self.line.record_all([change.draft for change in self.changes])
            made = self.changes
        except _REFUSED:
            made = [change for change in self.changes if self._is_recorded(change)]
        ids = {kind: tuple(change.id for change in made if change.kind == kind) for kind in get_args(_Kind)}
        self.problems.sort(key=lambda problem: problem.line)
        return Released(
            **ids,
            unchanged=self.unchanged,
            skipped=self.skipped,
            undecided=self.undecided,
            problems=tuple(self.problems),
        )

    def _again(self, item: Found) -> None:
        """Count a row that repeats another of this release, or refuse it if it says something else."""
        earlier = self.seen[str(item.draft.id)]
        if codec.encode(_bare(earlier.draft)) == codec.encode(_bare(item.draft)):
            self.unchanged += 1
        else:
            self._refuse(item, f"line {earlier.line} has the same id, {item.draft.id!r}, and says something else.")

    def _compare(self, item: Found, id: str) -> None:
        row, draft = self.rows.get(id), item.draft
        if row is None:
            self._compare_with_log(item, id)
            return
        fault = _unsayable(row.draft, draft)
        if fault:
            self._refuse(item, f"{fault}, which no correction can say. Retract {id!r}, and give the row another id.")
            return
        if row.gone is not None:
            self._change("back", id, draft_retraction(row.gone, reason="back in the data set"), item)
        if codec.encode(row.draft) != codec.encode(_bare(draft)):
            self._change("changed", id, _correction(id, draft), item)
        elif row.gone is None:
            self.unchanged += 1

    def _compare_with_log(self, item: Found, id: str) -> None:
        """Record a row that is new; what was redacted never comes back."""
        there = self.line.log.rows_by_id([id]).get(id)
        if there is None or id in self.later:
            self.changes.append(_Change("new", id, item.draft, item))
        elif there.redacted:
            self.unchanged += 1
        else:
            self._refuse(item, f"{id!r} is on the log, and is not of this data set: expected another id.")

    def _change(self, kind: _Kind, id: str, draft: Draft, found: Found | None) -> None:
        """Note a change of a row that is on the log. Its id is derived, so that two logs get the same."""
        event = attrs.evolve(draft.event, about=(self.tag,))
        told = attrs.evolve(draft, event=event, reports=draft.reports or [self.report])
        self.changes.append(_Change(kind, id, attrs.evolve(told, id=codec.derived_id(told)), found))

    def _is_recorded(self, change: _Change) -> bool:
        """Record one change; one that the timeline refuses is a problem of its row."""
        try:
            self.line.record_all([change.draft])
        except _REFUSED as error:
            found = change.found
            self.problems.append(
                Problem(found.file if found else "", found.line if found else 0, None, f"{change.id}: {error}")
            )
            return False
        return True

    def _refuse(self, item: Found, reason: str) -> None:
        self.problems.append(Problem(item.file, item.line, None, reason))


def _correction(id: str, draft: Draft) -> Draft:
    return draft_correction(
        id,
        draft.event,
        occurred=draft.occurred,
        modality=draft.modality,
        reason="changed in the data set",
        reports=draft.reports,
    )


def _unsayable(before: Draft, now: Draft) -> str:
    """Say what changed that no correction can express; empty where one can."""
    if isinstance(now.event, EDITORIAL):
        return "a row is an editorial act"
    if now.occurred is None and before.occurred is not None:
        return "the row no longer has a date"
    if (before.after, before.part_of, before.fulfils) != (now.after, now.part_of, now.fulfils):
        return "the row names other entries"
    return ""
