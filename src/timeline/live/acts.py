"""The acts of a timeline: record, correct, dispute, corroborate, retract, merge, redact."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import evolve

from timeline.editing import (
    Reports,
    draft_correction,
    draft_corroboration,
    draft_dispute,
    draft_merger,
    draft_redaction,
    draft_retraction,
)
from timeline.entry import Draft, Entry, Ref, known_by
from timeline.live.conditions import for_every_name
from timeline.live.current import LiveIndex
from timeline.live.strict import append_strictly
from timeline.log.appending import drafts_of
from timeline.log.base import BaseLog
from timeline.log.clocks import Clock
from timeline.log.query import Conditions, conditions_of
from timeline.values.report import Modality
from timeline.values.when import WhenLike


class Acts:
    """Everything that puts an entry on the log of a timeline."""

    log: BaseLog
    strict: bool
    recorder: str | None
    _clock: Clock
    _index: LiveIndex

    def record(
        self,
        event: Any,
        *,
        occurred: WhenLike | None = None,
        reports: Reports = (),
        modality: Modality = Modality.ACTUAL,
        after: Iterable[Ref] = (),
        part_of: Ref | None = None,
        fulfils: Ref | None = None,
        recorder: str | None = None,
        id: str | None = None,
        expect: Conditions = None,
    ) -> Entry:
        """Put one event on the log, and give the entry it has become.

        `occurred` None: the source gives no time. `after`, `part_of` and `fulfils` name other entries; without
        an `id` the log makes one. `recorder` is who records it; None: the recorder of the timeline, if it has one.
        `expect`: the condition under which it lands, by default none.

        Raises: InvalidDraft, InvalidWhen, UnknownTarget, EditorialRefused, IdConflict, ConcurrencyConflict,
        and in strict mode IllegalTransition; nothing is on the log then.
        """
        draft = Draft(
            event, occurred=occurred, reports=reports, modality=modality, after=after, part_of=part_of,
            fulfils=fulfils, recorder=recorder, id=id,
        )  # fmt: skip
        return self._record(draft, expect)

    def record_all(self, drafts: Iterable[Draft], *, expect: Conditions = None) -> tuple[Entry, ...]:
        """Put a batch on the log, all or nothing; each draft may name earlier ones by id.

        A condition about a tag asks for every name that means the same, and that no judgement on them came since,
        was retracted or redacted since.

        Raises: what `record` raises.
        """
        batch = drafts_of(drafts)
        return self.record_as_given(batch if self.recorder is None else map(self._signed, batch), expect=expect)

    def record_as_given(self, drafts: Iterable[Draft], *, expect: Conditions = None) -> tuple[Entry, ...]:
        """Put a batch on the log as `record_all` does, with the recorders that the drafts name and no other.

        Importers use it: what is loaded was not recorded by whoever opened the timeline.

        Raises: what `record` raises.
        """
        conditions = for_every_name(self._index, conditions_of(expect))
        if not self.strict:
            return known_by(self.log.append(drafts, expect=conditions), self._index.called)
        there = append_strictly(self._index, drafts_of(drafts), conditions, self._clock)
        return known_by(there, self._index.called)

    def correct(
        self,
        target: Ref,
        replacement: Any,
        *,
        occurred: WhenLike | None = None,
        modality: Modality | None = None,
        reason: str = "",
        reports: Reports = (),
        recorder: str | None = None,
        id: str | None = None,
        expect: Conditions = None,
    ) -> Entry:
        """Correct an entry: from now on it reads as the replacement. A date or modality not given stays.

        With an `id` the act is repeatable, as for `record`: a second run of the same script changes nothing.

        Raises: UnknownTarget, EditorialRefused when the target is retracted, IdConflict, ConcurrencyConflict.
        """
        draft = draft_correction(
            target,
            replacement,
            occurred=occurred,
            modality=modality,
            reason=reason,
            reports=reports,
            recorder=recorder,
            id=id,
        )
        return self._record(draft, expect)

    def dispute(
        self,
        target: Ref,
        *,
        rival: Any = None,
        occurred: WhenLike | None = None,
        reason: str = "",
        reports: Reports = (),
        recorder: str | None = None,
        id: str | None = None,
        expect: Conditions = None,
    ) -> Entry:
        """Dispute an entry: by another event, by another date, or (giving neither) by a denial.

        What is retracted can be disputed too: the dispute counts once the retraction is retracted.

        Raises: UnknownTarget, InvalidWhen, EditorialRefused when the target makes no claim, IdConflict,
        ConcurrencyConflict.
        """
        draft = draft_dispute(
            target, rival=rival, occurred=occurred, reason=reason, reports=reports, recorder=recorder, id=id
        )
        return self._record(draft, expect)

    def corroborate(
        self,
        target: Ref,
        *,
        reports: Reports,
        reason: str = "",
        recorder: str | None = None,
        id: str | None = None,
        expect: Conditions = None,
    ) -> Entry:
        """Corroborate an entry: add further reports that say the same.

        Raises: UnknownTarget, IdConflict, ConcurrencyConflict.
        """
        return self._record(
            draft_corroboration(target, reason=reason, reports=reports, recorder=recorder, id=id), expect
        )

    def retract(
        self,
        target: Ref,
        *,
        reason: str = "",
        reports: Reports = (),
        recorder: str | None = None,
        id: str | None = None,
        expect: Conditions = None,
    ) -> Entry:
        """Retract an entry. Retracting an editorial entry, also a retraction, undoes it.

        Raises: UnknownTarget, EditorialRefused when it is out already, IdConflict, ConcurrencyConflict.
        """
        return self._record(draft_retraction(target, reason=reason, reports=reports, recorder=recorder, id=id), expect)

    def merge(
        self,
        kept: Ref,
        duplicates: Ref | Iterable[Ref],
        *,
        reason: str = "",
        reports: Reports = (),
        recorder: str | None = None,
        id: str | None = None,
        expect: Conditions = None,
    ) -> Entry:
        """Merge entries that report one event: it counts once, as `kept`.

        Raises: InvalidDraft for what names no entry, UnknownTarget, EditorialRefused for a circle, IdConflict,
        ConcurrencyConflict.
        """
        return self._record(
            draft_merger(kept, duplicates, reason=reason, reports=reports, recorder=recorder, id=id), expect
        )

    def redact(
        self,
        target: Ref,
        *,
        reason: str = "",
        reports: Reports = (),
        recorder: str | None = None,
        id: str | None = None,
        expect: Conditions = None,
    ) -> Entry:
        """Erase what an entry says from the log, for every setting of the clocks; it cannot be undone.

        1. Content, reports, tags and salt go, with every editorial entry that names it (corrections,
           rivals, corroborations, merges, retractions), which are redacted too.
        2. Position, id, `recorded_at` and leaf stay, so that the log can still be verified.
        3. Importing the same id again never brings it back. Strict mode never stands in the way.

        Keep the reason free of what is to go: the redaction stays.

        Raises: UnknownTarget, EditorialRefused when it is redacted already, or is a redaction, IdConflict,
        ConcurrencyConflict.

        >>> from timeline import Timeline
        >>> from timeline.events import border
        >>> line = Timeline()
        >>> opened = line.record(border.CrossingOpened(crossing="al-qaim-bukamal-crossing"), id="opening")
        >>> print(line.redact(opened, reason="endangers the source"))
        #2 undated EventRedacted target=opening reason=endangers the source
        >>> print(line.entries()[0])
        #1 undated redacted
        """
        draft = draft_redaction(target, reason=reason, reports=reports, recorder=recorder, id=id)
        conditions = for_every_name(self._index, conditions_of(expect))
        (entry,) = known_by(self.log.append([self._signed(draft)], expect=conditions), self._index.called)
        self._index.forget()
        return entry

    def _record(self, draft: Draft, expect: Conditions = None) -> Entry:
        return self.record_all([draft], expect=expect)[0]

    def _signed(self, draft: Draft) -> Draft:
        """Return the draft with the recorder of the timeline, if it names no other."""
        if self.recorder is None or draft.recorder is not None:
            return draft
        return evolve(draft, recorder=self.recorder)
