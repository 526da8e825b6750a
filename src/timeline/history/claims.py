"""Claims: the versions of an event within the cuts, from its entry and from the rivals that disputes add."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import attrs
from attrs import frozen

from timeline.entry import Entry, describe, sense_of, words_of
from timeline.events.declare import UnknownEvent, event_type
from timeline.values.containers import PersistentList
from timeline.values.quantity import Quantity
from timeline.values.report import Modality, Report, first_publication
from timeline.values.when import When

Status = Literal["standing", "rival", "denial", "corrected", "merged", "retracted"]
"""standing: the target as last corrected · rival: the version of a dispute · denial: a dispute without a version ·
corrected: replaced by a correction · merged: counted with another entry · retracted: out, by itself or with an
entry that it names."""


@frozen(slots=False, eq=False)
class Claim:
    """One version of an event, within a cut.

    `event` None is a bare denial, of the claim that `denies` made or of the whole event. `entry` is the
    entry that makes the claim: the target itself, its last correction, or the dispute.
    """

    entry: Entry
    event: Any | None
    occurred: When | None
    modality: Modality
    reports: tuple[Report, ...]
    denies: str | None = None
    backing: PersistentList[Entry] = attrs.field(default=PersistentList(), repr=lambda backing: repr(tuple(backing)))
    """The entries of `backed_by`; each correction of a claim shares them with the claim before."""
    dated_by: Claim | None = attrs.field(default=None, repr=False)
    """The claim that it corrects without another date: the event had happened by the report of that claim."""
    made_by: Entry | None = attrs.field(default=None, repr=False)
    """The dispute that made it, before corrections; None for the claim of the entry itself."""
    denied: Any | None = attrs.field(default=None, repr=False)
    """The event of the claim that a bare denial denies."""
    status: Status = attrs.field(default="standing", repr=False)
    """Its status within the cut."""

    def __str__(self) -> str:
        said = self.denied if self.event is None else self.event
        denied = "denied: " if self.event is None else ""
        told = f"{self.occurred or 'undated'} {denied}{describe(said)}{sense_of(self.modality)}{words_of(said)}"
        return "\n    ".join([told, *map(str, self.reports)])

    @property
    def backed_by(self) -> tuple[Entry, ...]:
        """The corrections, corroborations and merged duplicates that support it."""
        return tuple(self.backing)

    @property
    def standing(self) -> bool:
        """True for the version that stands, False for a rival."""
        return self.status == "standing"

    @property
    def first_published(self) -> When | None:
        """The date of the earliest of its publications; None if no report bears a date."""
        return first_publication(self.reports)

    @property
    def quantity(self) -> Quantity | None:
        """The quantity of the event, if it has one."""
        field = quantity_field(self.event)
        found = getattr(self.event, field) if field else None
        return found if isinstance(found, Quantity) else None


Hides = Callable[[Claim | Entry], bool]
"""A function that tells whether a claim or an entry is withheld, as if the log did not hold it."""


def quantity_field(event: Any) -> str | None:
    """Return the name of the field of an event that says how many, if it has one."""
    return None if event is None or isinstance(event, UnknownEvent) else event_type(event).quantity
