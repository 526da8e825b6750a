"""Publicly reported incidents as an event-sourced timeline on three clocks.

    occurred   when it happened       what was true on that day?
    reported   when it was published  what had been made public by then?
    recorded   when we took it in     what did we know by then?

`Timeline` records events and answers for any setting of the clocks; `timeline.events` holds the
vocabulary, `event` declares more of it.
"""

from timeline import faces as _faces  # noqa: F401  # hands the faces in
from timeline.answers.replay import Step
from timeline.answers.situation import Situation
from timeline.entry import Draft, Entry
from timeline.events.declare import Redacted, UnknownEvent, event
from timeline.history.claims import Claim
from timeline.history.finding import Finding
from timeline.history.policies import credible
from timeline.history.reading import Reading
from timeline.log import Expect, Head, MemoryLog, SqliteLog
from timeline.log.codec import derived_id
from timeline.log.proofs import ConsistencyProof, InclusionProof, Seal
from timeline.log.schema import schema
from timeline.projections.lifecycle import Lifecycle
from timeline.projections.projection import Projection
from timeline.timeline import Timeline
from timeline.values.entities import (
    NOBODY,
    Agreement,
    Authority,
    Cohort,
    Commitment,
    EntryId,
    Facility,
    Operation,
    Sector,
    Slug,
)
from timeline.values.place import Place
from timeline.values.quantity import Quantity, about, at_least, between, exactly, unspecified, up_to
from timeline.values.report import Modality, Report
from timeline.values.when import When

__all__ = [
    "NOBODY",
    "Agreement",
    "Authority",
    "Claim",
    "Cohort",
    "Commitment",
    "ConsistencyProof",
    "Draft",
    "Entry",
    "EntryId",
    "Expect",
    "Facility",
    "Finding",
    "Head",
    "InclusionProof",
    "Lifecycle",
    "MemoryLog",
    "Modality",
    "Operation",
    "Place",
    "Projection",
    "Quantity",
    "Reading",
    "Redacted",
    "Report",
    "Seal",
    "Sector",
    "Situation",
    "Slug",
    "SqliteLog",
    "Step",
    "Timeline",
    "UnknownEvent",
    "When",
    "about",
    "at_least",
    "between",
    "credible",
    "derived_id",
    "event",
    "exactly",
    "schema",
    "unspecified",
    "up_to",
]
