"""A whole history as what a browser needs to show any moment of it: the rows that change, moment by moment.

The rows are those of a `Situation` on display. So the state that a browser assembles for a moment equals `line.at`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any, cast

import attrs

from timeline.answers.behind import (
    announced_plans,
    dated_findings,
    joined_keys,
    moved,
    readings,
    touches,
    unread_counts,
)
from timeline.answers.situation import Situation
from timeline.answers.text import last_moment
from timeline.display import rows
from timeline.display.cells import Cell, Flag, Labelled, Name, SheetRow, Since, Word, is_empty
from timeline.display.html import fuzzy
from timeline.display.language.dates import is_exact, spoken
from timeline.display.own import Own
from timeline.display.telling import Telling, telling
from timeline.display.web import is_web
from timeline.display.words import Names, arabic
from timeline.entry import Entry
from timeline.history.reading import Reading
from timeline.projections.building import Mention
from timeline.values.instants import FUTURE, PAST
from timeline.values.quantity import Quantity
from timeline.values.report import Report
from timeline.values.when import When

Json = Any
SECTIONS = ("facilities", "custody", "operations", "agreements", "crossings", "monitored", "measures", "incidents")
"""The tables of a moment, in the order in which they are shown."""
Target = tuple[str, str]
"""A row: the table it is in, and its key."""
Told = tuple[str, SheetRow | str, Sequence[Reading]]
"""A row as it is now (its key, if it is gone), in its table, and what brought it."""


def frames(of: Situation | Telling) -> dict[str, Json]:
    """Return every moment at which something changes, with the rows that do.

    `changes[i]` are the rows that change at `moments[i]`: section, key, cells (null: the row is gone) and entries.
    `steps[i]` are the entries that the moment adds. The last moment is all of time. The occurred clock of `asked` cuts
    nothing; the others do.
    """
    shown_of = telling(of)
    asked = shown_of.situation
    told = readings(asked)
    touched, terms = _touched(asked)
    moments = [*sorted({end for end in (*(r.end for r in told), *terms) if PAST < end < FUTURE}), FUTURE]
    changes, happened, shown, own = [], [], _Shown(shown_of), Own(shown_of, SECTIONS)
    done = 0
    for moment in moments:
        by = bisect_right(told, moment, key=lambda reading: reading.end)
        by_row: dict[Target, list[Reading]] = defaultdict(list)
        for reading in told[done:by]:
            for target in touched.get(reading.case.entry.position, ()):
                by_row[target].append(reading)
        happened.append([reading.entry.position for reading in told[done:by]])
        for slug in terms.get(moment, ()):
            by_row["agreements", slug] += ()
        now = moved(asked, moment)
        found = [*_rows(now, by_row, shown_of), *own.changed(now, told[done:by], everything=moment == FUTURE)]
        changes.append([change for row in found if (change := shown.change(*row))])
        done = by
    return {
        "moments": [[_number(moment), moment_label(moment, asked.tz)] for moment in moments],
        "sections": [[name, list(shown.columns[name])] for name in (*SECTIONS, *own.sections) if name in shown.columns],
        "changes": changes,
        "steps": happened,
        "findings": _findings(shown_of, moments),
        "possible": [[r.entry.position, _number(r.start), _number(r.end)] for r in told if r.start < r.end - 1],
        "plans": _plans(asked),
        "unknown": unread_counts(asked).total(),
    }


def _touched(asked: Situation) -> tuple[dict[int, list[Target]], dict[int, set[str]]]:
    """Return the rows that each reading may change, by its position, and the agreements with a term, by its end.

    All of these are read again at the end of time, where a term is compared with the latest thing known.
    """
    found: dict[int, list[Target]] = defaultdict(list)
    terms: dict[int, set[str]] = defaultdict(set)
    for part in ("facilities", "custody", "agreements", "border"):
        for key, reading, value in touches(asked, part):
            kind, slug = cast(Target, key)
            section = slug if kind == "list" else _SECTION.get(kind, "")
            if section in SECTIONS:
                found[reading.case.entry.position].append((section, slug))
            if kind == "agreement" and value.until is not None:
                terms[value.until.span(asked.tz).end].add(slug)
                terms[FUTURE].add(slug)
    return found, terms


_SECTION = {
    "facility": "facilities",
    "place": "custody",
    "authority": "custody",
    "operation": "operations",
    "agreement": "agreements",
    "crossing": "crossings",
    "sector": "monitored",
}
"""The table in which an entity shows, by the kind of its key."""


class _Shown:
    """The rows as the browser has them."""

    def __init__(self, told: Telling) -> None:
        self._told = told
        self._cells: dict[Target, Json] = {}
        self.columns: dict[str, dict[str, None]] = {}

    def change(self, section: str, row: SheetRow | str, behind: Sequence[Reading]) -> Json | None:
        """Return the change to a row (or, by its key, its end); None where the row stays the same."""
        key = row if isinstance(row, str) else row.key
        if isinstance(row, SheetRow):
            self.columns.setdefault(section, {}).update(dict.fromkeys(row.cells))
        cells = (
            None if isinstance(row, str) else {n: cell(c, self._told) for n, c in row.cells.items() if not is_empty(c)}
        )
        if self._cells.get((section, key)) == cells:
            return None
        self._cells[section, key] = cells
        return [section, key, cells, [reading.entry.position for reading in behind]]


def _rows(now: Situation, touched: Mapping[Target, Sequence[Reading]], told: Telling) -> Iterator[Told]:
    """Yield the rows that may have changed, as they are now."""
    for (section, slug), behind in sorted(touched.items(), key=lambda item: item[0]):
        if section in ("measures", "incidents"):
            for reading in behind:
                mention = Mention(told.event(reading.event), reading.occurred, reading.entry)
                yield section, rows.mention(mention), [reading]
        else:
            yield section, _row(now, section, slug, told) or slug, behind
    moved = [reading for (section, _), behind in touched.items() if section == "custody" for reading in behind]
    if moved:
        yield from (("custody", rows.authority(now.custody, slug), moved) for slug in now.custody.authorities)
        yield from (
            ("custody", _row(now, "custody", slug, told) or slug, moved) for _, slug in joined_keys(now, "custody")
        )


def _row(now: Situation, section: str, slug: str, told: Telling) -> SheetRow | None:
    """Return the row of an entity; None where there is nothing to show of it."""
    match section:
        case "facilities":
            facility = now.facilities[slug]
            if slug in told.hidden():
                facility = attrs.evolve(facility, kind=None, capacity=None)
            said = facility.roles or facility.status or facility.kind or facility.capacity is not None
            return rows.facility(facility) if said else None
        case "custody":
            return rows.custody_place(now.custody, slug) if slug in now.custody else None
        case "operations":
            return rows.operation(now.custody.operations[slug])
        case "agreements":
            return rows.agreement(now.agreements[slug]) if slug in now.agreements else None
        case "crossings":
            crossing = now.border.crossings[slug]
            return rows.crossing(crossing) if crossing.status else None
    return rows.watch(now.border.monitored[slug]) if slug in now.border.monitored else None


def _findings(told: Telling, moments: list[int]) -> list[Json]:
    """Return each finding that is shown, with the moment from which it shows."""
    asked = told.situation
    found = [
        (point, finding, [*positions, *(entry.position for entry in finding.entries)])
        for point, finding, positions in dated_findings(asked)
    ]
    return [
        [bisect_left(moments, point[0]), cell(Flag(finding.kind)), message, entries]
        for point, finding, entries in found
        if (message := told.message(finding, entries)) is not None
    ]


def _plans(asked: Situation) -> list[Json]:
    """Return each plan, with the moments of its announcement and of its fulfilment (null: none)."""
    return [[reading.entry.position, reading.end, done] for reading, done in announced_plans(asked)]


def shared(log: Iterable[Entry], names: Names) -> dict[str, Any]:
    """Return what the page and the replay both need: the entries, and the names and words to show them with."""
    return {"entries": entry_frames(log), "names": names, "words": {"ar": arabic()}}


def entry_frames(found: Iterable[Entry]) -> list[Json]:
    """Return entries as JSON, with their reports and what they are filtered by."""
    return [
        {
            "position": entry.position,
            "type": rows.kind_of(entry.event).key,
            "tags": list(entry.tags),
            "occurred": cell(entry.occurred or rows.UNDATED),
            "what": cell(rows.entry(entry).cells["what"]),
            "reports": [_report(report) for report in entry.reports],
        }
        for entry in found
    ]


def _report(report: Report) -> Json:
    told = {
        "source": report.source,
        "url": report.url if is_web(report.url) else None,
        "published": cell(report.published) if report.published else None,
        "attributed_to": report.attributed_to,
        "quote": report.quote,
        "language": report.language,
        "rating": f"{report.reliability or ''}{report.credibility or ''}",
    }
    return {name: value for name, value in told.items() if value}


def publication_ends(found: Iterable[Entry], tz: tzinfo) -> list[int]:
    """Return each moment by which something more had been published."""
    told = (report.published for entry in found for report in entry.reports if report.published is not None)
    return sorted({end for when in told if (end := when.span(tz).end) < FUTURE})


def moment_label(moment: int, tz: tzinfo) -> str:
    """Write the last day (or instant) before a moment; blank for all of time."""
    return "" if moment == FUTURE else last_moment(moment, tz)


def cell(found: Cell, told: Telling | None = None) -> Json:
    """Return a cell as JSON: an object names its kind by a one-letter key, a list holds several."""
    match found:
        case Flag():
            return {"f": found.key}
        case Word():
            return {"w": found.key}
        case Name():
            return {"n": found.slug}
        case Since(when):
            return cell(when, told)
        case When():
            return {"d": str(found), "s": "" if is_exact(found) else spoken(found), "u": fuzzy(found)}
        case Quantity():
            number = told.quantity(found) if told else found
            return {"q": str(number), "s": number.text}
        case Labelled(label, value):
            return {"l": label.key, "v": cell(value, told)}
        case tuple():
            return [cell(part, told) for part in found if not is_empty(part)]
    return found if isinstance(found, int) else str(found)


def _number(moment: int) -> int | None:
    """Return a moment in microseconds; None for no bound."""
    return moment if PAST < moment < FUTURE else None
