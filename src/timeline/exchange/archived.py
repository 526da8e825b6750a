"""The results of a web archiver, as CSV or JSON: where the copy of each page lies, when it was taken, and its hash.

    archived.load(line, "results.csv", {
        "url": Column("url"), "archived": Column("path"), "sha256": Column("hash"), "retrieved": Column("time"),
    }, only={"status": "success"})

Each row completes the reports on the log that bear its URL: every entry that one of them speaks for is corroborated by
the same report, with the copy.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import attrs

from timeline.entry import Draft, Entry
from timeline.errors import InvalidValue
from timeline.events.declare import Redacted, UnknownEvent
from timeline.events.editorial import EDITORIAL, EventCorrected, EventCorroborated, EventDisputed, EventsMerged
from timeline.exchange import loading, table
from timeline.exchange.cells import Cell, Cells, Only
from timeline.exchange.found import Found
from timeline.exchange.given import timeline_given
from timeline.exchange.loading import Loaded
from timeline.exchange.mapping import RowMapping
from timeline.exchange.rows import Problem
from timeline.log import codec
from timeline.timeline import Timeline
from timeline.values.report import Report

EVERY = Only({})
"""Chooses every row."""
_COLUMNS = ("url", "archived", "sha256", "retrieved")
Publication = tuple[str, Report]
"""The id of an entry that a report speaks for, and the report."""


def load(
    line: Timeline,
    path: str | os.PathLike[str],
    report: Mapping[str, Cell],
    *,
    only: Mapping[str, Any] | Callable[[Cells], bool] = EVERY,
    blank: Iterable[str] = (),
    recorder: str | None = None,
    delimiter: str = ",",
    encoding: str = "utf-8-sig",
) -> Loaded:
    """Complete the reports on a log by the results of an archiver. Doing so again changes nothing.

    `report` gives the cells of `url` (needed), `archived`, `sha256` and `retrieved`; `only` chooses rows, such as
    `{"status": "success"}`. A row whose URL no report bears is a problem of the row.

    Raises: InvalidValue for any other field, a column that the file has not, or when it is no table; CannotRead.
    """
    if not isinstance(report, Mapping):
        raise InvalidValue(
            f"report is {report!r}: expected cells by field, such as {{'url': Column('url')}}.", value=report
        )
    unfit = sorted(report.keys() - set(_COLUMNS))
    if unfit or "url" not in report:
        wrong = f"has {', '.join(unfit)}" if unfit else "has no url"
        raise InvalidValue(f"report {wrong}: expected the cells of {', '.join(_COLUMNS)}.", value=unfit)
    mapping = RowMapping(
        lambda cells: _ROW, report={"source": "archiver", **report}, only=only, blank=blank, recorder=recorder
    )
    known = _publications(timeline_given(line).entries())
    rows = table.read(path, mapping, delimiter=delimiter, encoding=encoding)
    return loading.load(line, (found for row in rows for found in _completions(row, known)))


_ROW = EventCorroborated(target="row")
"""The event of a row before its entries are found."""


def _publications(entries: Iterable[Entry]) -> dict[str, list[Publication]]:
    """Return the reports of a log by URL, each with the entry that it speaks for."""
    found: dict[str, list[Publication]] = {}
    for entry in entries:
        target = _spoken_for(entry)
        if target is None:
            continue
        for report in entry.reports:
            same = found.setdefault(report.url or "", [])
            bare = (target, report.without_copy())
            if bare not in same:
                same.append(bare)
    return found


def _spoken_for(entry: Entry) -> str | None:
    """Return the id of the entry to which the reports of an entry belong; None where no report can be added."""
    event = entry.event
    if isinstance(event, EventCorroborated):
        return event.target
    if isinstance(event, EventsMerged):
        return event.kept
    ordinary = not isinstance(event, (Redacted, UnknownEvent, *EDITORIAL))
    return entry.id if ordinary or isinstance(event, EventCorrected | EventDisputed) else None


def _completions(
    row: Found | Problem | None, known: Mapping[str, list[Publication]]
) -> Iterator[Found | Problem | None]:
    """Yield a corroboration for each entry that has a report of the URL of a row."""
    if not isinstance(row, Found):
        yield row
        return
    (told,) = row.draft.reports
    named = known.get(told.url or "", [])
    if not told.has_copy or not told.url or not named:
        wrong = "no report on the log has this URL" if told.url and told.has_copy else "names no copy, or no URL"
        yield Problem(row.file, row.line, None, f"{told.url!r}: {wrong}: expected a copy of a source on the log.")
        return
    for target, report in named:
        copy = attrs.evolve(report, archived=told.archived, sha256=told.sha256, retrieved=told.retrieved)
        draft = Draft(EventCorroborated(target=target), reports=[copy], recorder=row.draft.recorder)
        yield Found(row.file, row.line, attrs.evolve(draft, id=_id(draft)))


def _id(draft: Draft) -> str:
    """Derive an id from a corroboration and its copy, so that a later copy is another entry."""
    said = codec.encode(attrs.evolve(draft, recorder=None))
    return hashlib.sha256(said).hexdigest()[:24]
