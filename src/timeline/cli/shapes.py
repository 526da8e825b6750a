"""Values as JSON: what `--json` prints.

Times are in EDTF and instants in RFC 3339. Quantities are `{"low", "best", "high"}`, with `unit` and `text` where
these add something. Events and reports are as stored, entries as in `exchange.native`. Null is *not known*;
`{"nobody": true}` says that nobody holds it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from timeline.answers import behind
from timeline.answers.records import fields_of
from timeline.answers.replay import Step
from timeline.answers.results import Change
from timeline.answers.situation import Situation
from timeline.exchange import flat
from timeline.exchange.loading import Loaded
from timeline.exchange.native import said
from timeline.exchange.releases import Released
from timeline.exchange.sharing import Written
from timeline.history.claims import Claim
from timeline.history.finding import Finding
from timeline.log.eventdata import encode_event
from timeline.log.evidence import Copy
from timeline.log.stored import Head
from timeline.projections.building import Mention
from timeline.projections.projection import Path
from timeline.values.entities import NOBODY
from timeline.values.instants import LAST, stamp
from timeline.values.quantity import PEOPLE, Quantity
from timeline.values.when import When

Json = dict[str, Any]


def situation(found: Situation, part: str | None = None) -> Json:
    """Return the clocks (each exclusive; null: free), every value by its path, plans, possibilities and findings."""
    clocks = attrs.asdict(found.clocks)
    values = [
        {"path": list(path), "value": value(held)}
        for path, held in behind.values_by_path(found).items()
        if part in (None, path[0])
    ]
    return {
        "before": {name: None if end is None or end > LAST else stamp(end) for name, end in clocks.items()},
        "values": values,
        "plans": [said(entry) for entry in found.plans],
        "possible": [said(entry) for entry in found.possible],
        "left_out": [said(entry) for entry in found.left_out],
        "findings": [finding(one) for one in found.findings],
    }


def reasons(found: Situation, path: Path) -> Json:
    """Return the value at a path, the entries from which it follows, and every claim to the disputed ones."""
    why, values = found.why(*path), found.history(*path)
    claims = {entry.id: found.claims(entry) for entry in why}
    return {
        "path": list(path),
        "value": value(values[-1].value) if values else None,
        "entries": [said(entry) for entry in why],
        "claims": {id: [claim(one) for one in rivals] for id, rivals in claims.items() if len(rivals) > 1},
    }


def claim(found: Claim) -> Json:
    """Return one version of what happened; `event` null is a denial."""
    return {
        "entry": found.entry.id,
        "event": None if found.event is None else encode_event(found.event),
        "occurred": value(found.occurred),
        "modality": found.modality.value,
        "reports": [flat.report_row(report) for report in found.reports],
    }


def finding(found: Finding) -> Json:
    """Return the kind, message and path of a finding, and the ids of its entries."""
    entries = [entry.id for entry in found.entries]
    return {"kind": found.kind, "message": found.message, "path": list(found.path), "entries": entries}


def change(found: Change) -> Json:
    """Return what differs at a path."""
    return {"path": list(found.path), "before": value(found.before), "after": value(found.after)}


def step(found: Step) -> Json:
    """Return an entry as read, and what it changed."""
    return {"entry": said(found.entry), "changed": [change(one) for one in found.changed]}


def head(found: Head) -> Json:
    """Return the last position, and the digest there."""
    return {"position": found.position, "digest": found.digest.hex()}


def loaded(found: Loaded) -> Json:
    """Return what a file brought, and each of its rows that changed or is bad."""
    changed = [
        {"file": one.file, "line": one.line, "id": one.entry.id, "position": one.entry.position}
        for one in found.changed
    ]
    return {
        "recorded": [entry.id for entry in found.entries],
        "unchanged": found.unchanged,
        "changed": changed,
        "skipped": found.skipped,
        "problems": [attrs.asdict(problem) for problem in found.problems],
        "repeated": found.repeated,
    }


def released(found: Released) -> Json:
    """Return what a release changed, by id, and each of its rows that is bad."""
    told = attrs.asdict(found, recurse=False)
    return {**told, "problems": [attrs.asdict(problem) for problem in found.problems]}


def written(found: Written) -> Json:
    """Return how many went out, and how many did not, or say less, by reason."""
    return {"written": found.count, "left_out": dict(found.left_out), "reduced": dict(found.reduced)}


def copied(found: Copy) -> Json:
    """Return the condition of a copy, what its report says of it, and the entries that rest on it."""
    report = found.report
    return {
        "condition": found.condition,
        "archived": report.archived,
        "source": report.source,
        "url": report.url,
        "sha256": report.sha256,
        "found": found.found,
        "entries": [entry.id for entry in found.entries],
    }


def value(found: Any) -> Any:
    """Return any value of a situation as JSON."""
    match found:
        case Quantity():
            unit = {} if found.unit == PEOPLE else {"unit": found.unit}
            return {**flat.numbers(found), **unit, **({"text": found.text} if found.text else {})}
        case When():
            return found.text
        case Mention():
            return {"entry": found.entry.id, "occurred": value(found.occurred), "event": encode_event(found.event)}
        case Mapping():
            return {str(key): value(held) for key, held in found.items()}
        case None | str() | int() | float():
            return found
        case Sequence() | frozenset():
            return [value(held) for held in found]
    if fields := fields_of(found):
        return {name: value(held) for name, held in fields.items()}
    return {"nobody": True} if found is NOBODY else str(found)
