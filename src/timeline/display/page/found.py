"""The findings of a page, each with where in both clocks it shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from timeline.answers.spans import Spanning
from timeline.display.explained import explanations
from timeline.display.page.reported import stretch
from timeline.display.telling import Leaving
from timeline.display.words import LANGUAGES
from timeline.history.finding_kinds import KINDS
from timeline.values.instants import FUTURE, PAST
from timeline.values.visible import visible


def findings(told: Leaving, spanning: Spanning, listed: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return each finding that may be shown, as JSON.

    `kind`, `about` the entity in question, `path`, `entries` by position, `says` its message in English, `from` the
    moment of the occurred clock from which it shows (-1: only if that is left free), and `r` the publications between
    which it does.
    """
    cut = told.situation.clocks.reported
    found = []
    for published, until, dated in spanning.dated_findings:
        finding = dated.finding
        positions = [listed[entry.id] for entry in finding.entries if entry.id in listed]
        message = told.message(finding, [entry.position for entry in finding.entries])
        if message is None or (cut is not None and published > cut):
            continue
        begins = dated.point[0]
        found.append(
            {
                "kind": finding.kind,
                "about": finding.subject,
                "path": list(finding.path),
                "entries": positions,
                "says": visible(message),
                "from": None if begins <= PAST else begins if begins < FUTURE else -1,
                "r": stretch(published, until),
            }
        )
    return found


def helps(found: Iterable[Mapping[str, Any]]) -> dict[str, list[list[str]]]:
    """Return what each kind of some findings means, says, why it matters and what to do, in each language."""
    kinds = dict.fromkeys(finding["kind"] for finding in found)
    known = {kind: [explanations(code)[kind] for code in LANGUAGES] for kind in kinds if kind in KINDS}
    return {kind: [[k.meaning, k.says, k.matters, k.remedy] for k in kinds] for kind, kinds in known.items()}
