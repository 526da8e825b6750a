"""The kinds of finding: what each says, why it matters, and what to do about it.

The page `docs/findings.md` is drawn from this table, so that a finding and its page say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from attrs import frozen

FindingKind = Literal[
    "illegal_transition",
    "negative_balance",
    "drift",
    "total_fell",
    "claimed_vs_moved",
    "control_gap",
    "unexpected_previous",
    "disputed",
    "possible_duplicate",
    "parts_exceed_whole",
    "counted_twice",
    "published_before_occurred",
    "merged_times_differ",
    "implausible_date",
    "contradictory_order",
    "contradictory_identity",
    "unregistered_entity",
    "unknown_event",
    "projection_failed",
]
"""The library's own kinds, explained in `KINDS`. Your own projections may use further words."""


@frozen
class Kind:
    """One kind of finding, explained. `meaning` is its line in a table; the rest are whole sentences."""

    meaning: str
    says: str
    matters: str
    remedy: str

    def __str__(self) -> str:
        return f"It says: {self.says}\nIt matters: {self.matters}\nWhat to do: {self.remedy}"


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "illegal_transition": Kind(
            meaning="the lifecycle does not allow this step",
            says="A report gives a status that cannot follow the one before. "
            "For example, a closed camp is being evacuated, or an ended truce is extended.",
            matters="A step in between went unreported, or one of the two reports is wrong. "
            "The timeline uses the status as reported.",
            remedy="Record the missing step with its own date, or correct the wrong report. "
            "`Timeline(strict=True)` refuses such entries.",
        ),
        "negative_balance": Kind(
            meaning="more people left a place than can have been there",
            says="More people left a place than can have been there.",
            matters="A count was too low, an arrival went unreported, or one movement was recorded twice. "
            "The number shown is cut off at zero.",
            remedy="Look for a duplicate among the departures first, then for a missing arrival or count. "
            "`Timeline(strict=True)` refuses such entries.",
        ),
        "drift": Kind(
            meaning="a headcount and the computed stock cannot both be true",
            says="A headcount and the stock computed since the last headcount cannot both be true.",
            matters="Sources report movements since the last count, and these do not explain the new one. "
            "The new count holds from there on. The ledger keeps the difference as `unaccounted`.",
            remedy="Look for movements that nobody recorded. "
            "If the count already includes a transfer of the same day, record the count with `after=transfer`.",
        ),
        "total_fell": Kind(
            meaning="a running total is lower than the one before",
            says="A source claims a running total for an operation that is lower than the total before.",
            matters="Running totals only grow. One of the two is wrong, or they count different people.",
            remedy="Correct the wrong total, or record one as a rival of the other with `dispute`. "
            "Give a `cohort` if they count different people.",
        ),
        "claimed_vs_moved": Kind(
            meaning="the claimed total is lower than the sum of the batches",
            says="The total claimed for an operation is lower than the sum of its batches.",
            matters="A batch was counted twice, or the claim leaves some out.",
            remedy="Merge duplicates among the batches, or dispute the claim.",
        ),
        "control_gap": Kind(
            meaning="a place was vacated, and nobody holds it",
            says="A place was vacated, and nobody holds it from then on.",
            matters="People held there are in nobody's custody.",
            remedy="Record who took over, and when. If nobody did, leave the finding as it is.",
        ),
        "unexpected_previous": Kind(
            meaning="a place was taken from a body that was not known to hold it",
            says="A place passes from one body, while another was known to hold it.",
            matters="A change of control is missing, or one of the reports names the wrong side.",
            remedy="Record the missing change, or dispute the wrong report.",
        ),
        "disputed": Kind(
            meaning="an entry has rival claims",
            says="An entry has rival claims: another number, another date, another event, or a denial.",
            matters="The value shown is one of several that sources give.",
            remedy="Read the claims. Ask `at(policy=...)` or `at(accept=...)` for the answer under another choice. "
            "Retract a dispute that was settled.",
        ),
        "possible_duplicate": Kind(
            meaning="two unlinked entries may be one event",
            says="Two entries of one type name the same entities at overlapping times. "
            "No source reports both, and nothing links them.",
            matters="Both count, so the same people may be counted twice.",
            remedy="`merge` them if they are one event. `dispute` one with the other if they are rival versions. "
            "Link them with `after=` if they are two events.",
        ),
        "parts_exceed_whole": Kind(
            meaning="the parts add up to more than the whole",
            says="The parts of a number add up to more than the whole.",
            matters="A part is too large, belongs to another whole, or overlaps with another part.",
            remedy="Correct the number or the `part_of` that is wrong.",
        ),
        "counted_twice": Kind(
            meaning="an event and its part of another type both leave one place",
            says="Two events of different types, one a part of the other, both take people out of one place.",
            matters="Whoever is in both events is subtracted twice.",
            remedy="Correct the place of one of them, or the link.",
        ),
        "published_before_occurred": Kind(
            meaning="it was published before it can have happened",
            says="A report was published before the event can have happened.",
            matters="One of the two dates is wrong, or the report was an announcement.",
            remedy="Correct the date, or record the event as planned (`modality=Modality.PLANNED`).",
        ),
        "merged_times_differ": Kind(
            meaning="merged entries have no moment in common",
            says="Entries were merged into one event, and their times have no moment in common.",
            matters="The event counts once, at the time of the kept entry. "
            "The other times are wrong, or those entries report another event.",
            remedy="Correct the time that is wrong, or retract the merge.",
        ),
        "implausible_date": Kind(
            meaning="it was published more than 500 years after it happened",
            says="An event is dated more than 500 years before it was published or recorded.",
            matters="Most often a digit is missing: the year 25 for 2025.",
            remedy="Correct the date. The timeline changes nothing for you.",
        ),
        "contradictory_order": Kind(
            meaning="`after` contradicts the dates",
            says="An entry is said to come `after` another, and their dates exclude that order.",
            matters="The timeline ignores the link, and both entries stay at their own dates.",
            remedy="Correct the date or the link.",
        ),
        "contradictory_identity": Kind(
            meaning="names are judged the same and yet known to be apart",
            says="Judgements join two names that were also judged different, or a collective with its own member.",
            matters="One of the judgements is wrong, and nobody can tell which. "
            "None of those between the two names counts, so that each keeps its own numbers.",
            remedy="Judge again, or retract the judgement that is wrong.",
        ),
        "unregistered_entity": Kind(
            meaning="others of its kind are registered, and this name is not",
            says="Others of its kind are registered, and this name is not.",
            matters="It may be a misspelling of a registered name, with half of the numbers. "
            "People see its slug, because it has no name.",
            remedy="Judge it the same as another name with `timeline judge`, correct the entry, or register it.",
        ),
        "unknown_event": Kind(
            meaning="this program cannot read entries of a type",
            says="This program cannot read the entries of a type. The message counts them and gives the reason.",
            matters="The log keeps these entries, but no answer takes them into account.",
            remedy="Install the version that knows the type, import the module that declares it, "
            "or mend the upcaster that fails. You need not record anything again.",
        ),
        "projection_failed": Kind(
            meaning="a projection of yours raised an error",
            says="A projection of yours raised an error. The message names the entry and quotes the error.",
            matters="The projection cannot answer from that entry on. No other answer depends on it.",
            remedy="Mend the projection, or correct the entry.",
        ),
    }
)
