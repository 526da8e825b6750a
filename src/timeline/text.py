"""Situations, changes and reasons as plain text for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

from timeline.entry import Entry
from timeline.instants import instant, midnight
from timeline.projection import Trail
from timeline.quantity import Quantity

if TYPE_CHECKING:
    from timeline.situation import Asked, Situation


def show(value: Any) -> str:
    """One value, short.

    >>> show(None), show(("sdf", "syria-gov"))
    ('?', 'sdf, syria-gov')
    """
    if value is None:
        return "?"
    if isinstance(value, Trail):
        return "; ".join(map(str, value)) or "none"
    if isinstance(value, tuple | list):
        return ", ".join(map(show, value)) or "none"
    if hasattr(value, "items"):
        return ", ".join(f"{key}: {show(item)}" for key, item in value.items()) or "none"
    return str(value)


def change(path: Sequence[str], before: Any, after: Any) -> str:
    """One changed value: where, from what, to what; of lists only what was added or is gone."""
    where = " · ".join(path)
    if isinstance(before or after, Trail):
        old, new = list(before or ()), list(after or ())
        signs = [f"+ {item}" for item in new if item not in old] + [f"− {item}" for item in old if item not in new]
        return f"{where}: {'; '.join(signs)}"
    return f"{where}: {_side(before)} → {_side(after)}"


def _side(value: Any) -> str:
    return "–" if value is None else show(value)


def asked(asked: Asked, tz: tzinfo) -> str:
    """Where the clocks stand."""
    parts = [
        f"{name} by {_moment(value, tz)}"
        for name in ("occurred", "recorded", "reported")
        if (value := getattr(asked, name)) is not None
    ]
    return ", " + ", ".join(parts) if parts else ""


def _moment(end: int, tz: tzinfo) -> str:
    """The last moment before an exclusive end; a whole day, in the zone, as its date."""
    last = instant(end - 1).astimezone(tz)
    return last.date().isoformat() if midnight(last, tz, later=1) == end else last.isoformat()


def entries(found: Iterable[Entry]) -> str:
    """Entries with their reports beneath them."""
    return "\n".join(line for entry in found for line in _entry(entry))


def _entry(entry: Entry) -> Iterator[str]:
    yield str(entry)
    for report in entry.reports:
        yield f"    {report}"


def situation(s: Situation) -> str:
    """A situation on a page: who holds what, who is held where, what was agreed, what is planned."""
    blocks = [
        ("Facilities", list(_facilities(s))),
        ("Custody", list(_custody(s))),
        ("Operations", list(_operations(s))),
        ("Agreements", list(_agreements(s))),
        ("Border", list(_border(s))),
        ("Plans", [f"{e.occurred or 'undated'}  {_event(e)}" for e in s.plans]),
        ("Possible by then", [str(e) for e in s.possible]),
        ("Findings", _findings(s)),
    ]
    title = "Situation" + (asked(s.asked, s.tz) or ", everything known")
    lines = [title, "─" * len(title)]
    for heading, rows in blocks:
        if rows:
            lines += [heading, *(f"  {row}" for row in rows)]
    if s.left_out:
        lines.append(f"{len(s.left_out)} entries were left out")
    return "\n".join(lines)


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows in aligned columns.

    >>> list(table([["a", "b"], ["long", "c"]]))
    ['a     b', 'long  c']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _facilities(s: Situation) -> Iterator[str]:
    rows = []
    for slug, facility in s.facilities.items():
        for role, hold in facility.roles.items() or [("control", None)]:
            holder = show(hold.holder) if hold else "?"
            since = f"since {hold.since}" if hold and hold.since else ""
            contested = "contested" if hold and hold.claimants is not None else ""
            role_shown = "" if role == "control" else f"({role})"
            rows.append([slug, holder, role_shown, since, facility.status or "", contested])
    yield from table(_without_empty_columns(rows))


def _without_empty_columns(rows: list[list[str]]) -> list[list[str]]:
    kept = [index for index in range(len(rows[0])) if any(row[index] for row in rows)] if rows else []
    return [[row[index] for index in kept] for row in rows]


_FEW = 5
_FLOWS = ("received", "sent", "escaped", "recaptured", "released", "repatriated", "died")


def _custody(s: Situation) -> Iterator[str]:
    rows = []
    for slug, place in s.custody.items():
        flows = [(name, getattr(s.custody, name)(facility=slug)) for name in _FLOWS]
        told = [f"{name} {count}" for name, count in flows if _counts(count)]
        if told or place.balance().shown().known or place.claimed is not None:
            held = f"held {place.balance().shown()}"
            claimed = f"(counted {place.claimed})" if place.claimed is not None else ""
            rows.append([slug, held, claimed, ", ".join(told)])
    yield from table(_without_empty_columns(rows))


def _counts(count: Quantity) -> bool:
    return (count.low, count.best, count.high) != (0, 0, 0)


def _operations(s: Situation) -> Iterator[str]:
    for slug, operation in s.custody.operations.items():
        numbers = ((name, getattr(operation, name)) for name in ("planned", "moved", "claimed", "remaining"))
        yield f"{slug}  {show(operation.status)}  " + "  ".join(f"{name} {show(number)}" for name, number in numbers)


def _agreements(s: Situation) -> Iterator[str]:
    rows = []
    for slug, agreement in s.agreements.items():
        lists = [
            f"{len(getattr(agreement, name))} {name}"
            for name in ("talks", "commitments", "statements", "violations")
            if getattr(agreement, name)
        ]
        until = f"until {agreement.until}" if agreement.until else ""
        state = show(agreement.status) + (" (overdue)" if agreement.overdue else "")
        rows.append([slug, state, until, show(tuple(agreement.parties)) if agreement.parties else "", ", ".join(lists)])
    yield from table(_without_empty_columns(rows))


def _border(s: Situation) -> Iterator[str]:
    for slug, crossing in s.border.crossings.items():
        yield f"{slug}  {show(crossing.status)}" + (f" since {crossing.since}" if crossing.since else "")
    for sector, watch in s.border.monitored.items():
        yield f"{sector}  watched by {show(watch.by)}"
    yield from (str(mention) for mention in (*s.border.measures, *s.border.incidents))


def _event(entry: Entry) -> str:
    return str(entry).split(" ", 2)[2]


def _findings(s: Situation) -> list[str]:
    """The findings themselves while they are few, then how many there are of each kind."""
    if len(s.findings) <= _FEW:
        return [str(finding) for finding in s.findings]
    counts = Counter(finding.kind for finding in s.findings)
    return [f"{count} × {kind}" for kind, count in sorted(counts.items())]
