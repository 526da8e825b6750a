"""Drafts of editorial entries: corrections, disputes, corroborations, retractions, mergers and redactions.

A timeline, the stories of the testing kit and the command line all build theirs here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from timeline.entry import Draft, Ref, entry_id, entry_ids
from timeline.events.editorial import (
    EventCorrected,
    EventCorroborated,
    EventDisputed,
    EventRedacted,
    EventRetracted,
    EventsMerged,
)
from timeline.values.report import Modality, Report
from timeline.values.when import WhenLike, when_or_none

Reports = Iterable[Report]


def draft_correction(
    target: Ref,
    replacement: Any,
    *,
    occurred: WhenLike | None = None,
    modality: Modality | None = None,
    reason: str = "",
    reports: Reports = (),
    recorder: str | None = None,
    id: str | None = None,
) -> Draft:
    """Draft the correction of an entry; a date or modality that is not given stays.

    Raises: InvalidDraft, InvalidEvent, InvalidWhen.

    >>> from timeline.events import border
    >>> draft_correction("e1", border.CrossingOpened(crossing="rabia"), reason="misread").event.target
    'e1'
    """
    event = EventCorrected(
        target=entry_id(target),
        replacement=replacement,
        occurred=when_or_none(occurred),
        modality=modality,
        reason=reason,
    )
    return Draft(event, reports=reports, recorder=recorder, id=id)


def draft_dispute(
    target: Ref,
    *,
    rival: Any = None,
    occurred: WhenLike | None = None,
    reason: str = "",
    reports: Reports = (),
    recorder: str | None = None,
    id: str | None = None,
) -> Draft:
    """Draft a dispute of an entry: by another event, by another date, or (giving neither) by a denial.

    Raises: InvalidDraft, InvalidEvent, InvalidWhen.
    """
    event = EventDisputed(target=entry_id(target), rival=rival, occurred=when_or_none(occurred), reason=reason)
    return Draft(event, reports=reports, recorder=recorder, id=id)


def draft_corroboration(
    target: Ref, *, reports: Reports, reason: str = "", recorder: str | None = None, id: str | None = None
) -> Draft:
    """Draft the corroboration of an entry by further reports.

    Raises: InvalidDraft.
    """
    return Draft(EventCorroborated(target=entry_id(target), reason=reason), reports=reports, recorder=recorder, id=id)


def draft_retraction(
    target: Ref, *, reason: str = "", reports: Reports = (), recorder: str | None = None, id: str | None = None
) -> Draft:
    """Draft the retraction of an entry.

    Raises: InvalidDraft.
    """
    return Draft(EventRetracted(target=entry_id(target), reason=reason), reports=reports, recorder=recorder, id=id)


def draft_merger(
    kept: Ref,
    duplicates: Ref | Iterable[Ref],
    *,
    reason: str = "",
    reports: Reports = (),
    recorder: str | None = None,
    id: str | None = None,
) -> Draft:
    """Draft the merger of several entries into the one that is kept.

    Raises: InvalidDraft, InvalidEvent.
    """
    return Draft(
        EventsMerged(kept=entry_id(kept), duplicates=entry_ids(duplicates), reason=reason),
        reports=reports,
        recorder=recorder,
        id=id,
    )


def draft_redaction(
    target: Ref, *, reason: str = "", reports: Reports = (), recorder: str | None = None, id: str | None = None
) -> Draft:
    """Draft the redaction of an entry.

    Raises: InvalidDraft.
    """
    return Draft(EventRedacted(target=entry_id(target), reason=reason), reports=reports, recorder=recorder, id=id)
