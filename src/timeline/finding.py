"""Findings: what could not be reconciled, and is shown instead of repaired."""

from __future__ import annotations

from typing import Literal

from attrs import field, frozen

from timeline.entry import Entry
from timeline.shown import Shown

FindingKind = Literal[
    "illegal_transition",
    "negative_balance",
    "drift",
    "claimed_vs_moved",
    "control_gap",
    "unexpected_previous",
    "disputed",
    "possible_duplicate",
    "parts_exceed_whole",
    "published_before_occurred",
    "contradictory_order",
    "unknown_event",
]
"""The library's own kinds; user projections may use further words.

illegal_transition: a lifecycle has no such step · negative_balance: more left than were there ·
drift: a headcount and the computed stock cannot both be true · claimed_vs_moved: fewer are claimed
than were moved · control_gap: nobody holds it · unexpected_previous: it was taken from someone not
known to hold it · disputed: there are rival claims · possible_duplicate: two unlinked entries may be one
event · parts_exceed_whole: the parts told add up to more than the whole · published_before_occurred: it
was published before it is said to have happened · contradictory_order: `after` cannot hold ·
unknown_event: entries of a type cannot be read by this program.
"""


@frozen
class Finding(Shown):
    """Something sources say that does not fit together. It raises nothing and repairs nothing.

    `path` is where it shows, as for `Situation.why`; `entries` are those involved, and are no part of
    what makes two findings equal.
    """

    kind: str
    message: str
    path: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = field(default=(), eq=False, repr=False, kw_only=True)

    def __str__(self) -> str:
        where = ", ".join(f"#{entry.position}" for entry in self.entries)
        return f"{self.kind}: {self.message}" + (f" [{where}]" if where else "")
