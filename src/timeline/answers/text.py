"""Situations, changes and reasons as plain text for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any

from timeline.answers.records import fields_of
from timeline.entry import Entry, describe
from timeline.history.finding import Findings
from timeline.projections.agreements import Agreements
from timeline.projections.border import Border
from timeline.projections.custody import HEADINGS, Custody
from timeline.projections.facilities import Facilities
from timeline.projections.projection import Path
from timeline.values.containers import PersistentList
from timeline.values.counting import how_many
from timeline.values.instants import FUTURE, PAST, local, midnight
from timeline.values.names import EntityNames, by_slug, name_of
from timeline.values.quantity import Quantity
from timeline.values.visible import visible
from timeline.values.when import When

Naming = Callable[[str], str]
"""A function from the slug of an entity to its name."""


def short(value: Any, name: Naming = str) -> str:
    """Write a value in a few words; `name` gives the name of an entity.

    >>> short(None), short(("sdf", "syria-gov"))
    ('?', 'sdf, syria-gov')
    """
    if value is None:
        return "?"
    if isinstance(value, str):
        return visible(name(value))
    if isinstance(value, PersistentList):
        return "; ".join(map(str, value)) or "none"
    if isinstance(value, tuple | list):
        return ", ".join(short(item, name) for item in value) or "none"
    if fields := fields_of(value):
        said = (f"{key} {short(item, name)}" for key, item in fields.items() if item not in (None, ()))
        return ", ".join(said) or "none"
    if hasattr(value, "items"):
        return ", ".join(f"{name(str(key))}: {short(item, name)}" for key, item in value.items()) or "none"
    return visible(str(value))


def naming(names: EntityNames) -> Naming:
    """Return a function from the slug of an entity to its name in English, else in any language, else the slug."""
    found = by_slug(names)
    return lambda slug: name_of(slug, found)


def change_line(path: Sequence[str], before: Any, after: Any, name: Naming = str) -> str:
    """Write a change: path, value before, value after; of a list only the items added or removed."""
    where = " · ".join(path)
    if isinstance(before or after, PersistentList):
        old, new = list(before or ()), list(after or ())
        signs = [f"+ {item}" for item in new if item not in old] + [f"− {item}" for item in old if item not in new]
        return f"{where}: {'; '.join(signs)}"
    return f"{where}: {_side(before, name)} → {_side(after, name)}"


def _side(value: Any, name: Naming) -> str:
    return "–" if value is None else short(value, name)


def clock_readings(clocks: Mapping[str, int | None], tz: tzinfo) -> str:
    """Write the setting of the clocks by name; a free clock is left out."""
    ends = (f"{name} by {last_moment(end, tz)}" for name, end in clocks.items() if end is not None)
    return ", ".join(ends) or "everything known"


def last_moment(end: int, tz: tzinfo) -> str:
    """Write the last moment before an exclusive end in EDTF; a whole day of the zone as its date."""
    if end >= FUTURE or end <= PAST:
        return "any time" if end >= FUTURE else "no date"
    last = local(end - 1, tz)
    return last.date().isoformat() if midnight(last, tz, later=1) == end else When.of(last).text


def entries_with_reports(found: Iterable[Entry]) -> str:
    """Write entries with their reports beneath them."""
    return "\n".join(line for entry in found for line in _entry(entry))


def _entry(entry: Entry) -> Iterator[str]:
    yield str(entry)
    for report in entry.reports:
        yield f"    {report}"


def headed(title: str, blocks: Mapping[str, Iterable[str]]) -> str:
    """Write blocks of lines under a title, each with a heading; an empty block is left out."""
    lines = [title, "─" * len(title)]
    for heading, block in blocks.items():
        rows = [f"  {row}" for row in block]
        lines += [heading, *rows] if rows else []
    return "\n".join(lines)


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Align rows in columns.

    >>> list(table([["a", "b"], ["long", "c"]]))
    ['a     b', 'long  c']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def facility_lines(view: Facilities, name: Naming = str) -> Iterator[str]:
    """Write a line for each facility: holder, beginning, status."""
    rows = []
    for slug, facility in view.items():
        for role, hold in facility.roles.items() or [("control", None)]:
            holder = short(hold.holder, name) if hold else "?"
            since = f"since {hold.since}" if hold and hold.since else ""
            contested = "contested" if hold and hold.claimants is not None else ""
            role_shown = "" if role == "control" else f"({role})"
            rows.append([name(slug), holder, role_shown, since, facility.status or "", contested])
    yield from table(_without_empty_columns(rows))


def _without_empty_columns(rows: list[list[str]]) -> list[list[str]]:
    kept = [index for index in range(len(rows[0])) if any(row[index] for row in rows)] if rows else []
    return [[row[index] for index in kept] for row in rows]


def custody_lines(view: Custody, name: Naming = str) -> Iterator[str]:
    """Write a line for each facility and authority: the people held, and those who came and went."""
    rows = []
    for slug, place in view.items():
        flows = [(heading, getattr(view, heading)(facility=slug)) for heading in HEADINGS]
        told = [f"{heading} {count}" for heading, count in flows if _counts(count)]
        held = view.held(facility=slug)
        if told or held.known or place.claims:
            rows.append([name(slug), f"held {held}", _claims(place.claims, name), ", ".join(told)])
    for authority in view.authorities:
        counted = _claims(view.claims(authority), name)
        rows.append([name(authority), f"held {view.held(authority=authority)}", counted, ""])
    yield from table(_without_empty_columns(rows))


def _claims(claims: Mapping[str | None, Quantity], name: Naming) -> str:
    """Write the headcount of all, or, where nobody gave one, those of the cohorts."""
    if None in claims:
        return f"(counted {claims[None]})"
    return (
        f"(counted {', '.join(f'{count} {name(str(cohort))}' for cohort, count in claims.items())})" if claims else ""
    )


def _counts(count: Quantity) -> bool:
    return (count.low, count.best, count.high) != (0, 0, 0)


def operation_lines(view: Custody, name: Naming = str) -> Iterator[str]:
    """Write a line for each operation: planned, moved, claimed, remaining."""
    for slug, operation in view.operations.items():
        numbers = ((field, getattr(operation, field)) for field in ("planned", "moved", "claimed", "remaining"))
        said = "  ".join(f"{field} {short(number)}" for field, number in numbers)
        yield f"{name(slug)}  {short(operation.status)}  {said}"


def agreement_lines(view: Agreements, name: Naming = str) -> Iterator[str]:
    """Write a line for each agreement: status, end, parties, and counts of talks and statements."""
    rows = []
    for slug, agreement in view.items():
        lists = [
            how_many(len(found), one)
            for one in ("talk", "commitment", "statement", "violation")
            if (found := getattr(agreement, f"{one}s"))
        ]
        until = f"until {agreement.until}" if agreement.until else ""
        state = short(agreement.status) + (" (overdue)" if agreement.overdue else "")
        parties = short(tuple(agreement.parties), name) if agreement.parties else ""
        rows.append([name(slug), state, until, parties, ", ".join(lists)])
    yield from table(_without_empty_columns(rows))


def border_lines(view: Border, name: Naming = str) -> Iterator[str]:
    """Write a line for each crossing, monitored sector, measure and incident."""
    for slug, crossing in view.crossings.items():
        yield f"{name(slug)}  {short(crossing.status)}" + (f" since {crossing.since}" if crossing.since else "")
    for sector, watch in view.monitored.items():
        yield f"{name(sector)}  watched by {short(watch.by, name)}"
    yield from (str(mention) for mention in (*view.measures, *view.incidents))


def value_lines(flat: Iterable[tuple[Path, Any]]) -> Iterator[str]:
    """Write a line for each value of another projection, by path."""
    return (f"{' · '.join(path)}  {short(value)}" for path, value in flat)


def plan_lines(found: Iterable[Entry]) -> Iterator[str]:
    """Write a line for each plan, with its date."""
    return (f"{entry.occurred or 'undated'}  {describe(entry.event)}" for entry in found)


_FEW = 5
_SUBJECTS = 3


def finding_lines(found: Findings, name: Naming = str) -> Iterator[str]:
    """Write each finding while they are few; else the number of each kind, and their subjects."""
    if len(found) <= _FEW:
        yield from map(str, found)
        return
    for kind, count in sorted(found.counts().items()):
        named = [group for group in found.of(kind=kind).groups(_SUBJECTS) if group.subject or group.others]
        about = ", ".join(how_many(group.others, "other") if group.others else name(group.subject) for group in named)
        yield f"{count:,} × {kind}" + (f": {about}" if about else "")
