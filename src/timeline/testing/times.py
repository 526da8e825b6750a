"""Times: a setting of the three clocks, for statements and for questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from attrs import evolve, field, frozen

from timeline.answers.situation import Situation
from timeline.editing import (
    draft_correction,
    draft_corroboration,
    draft_dispute,
    draft_merger,
    draft_redaction,
    draft_retraction,
)
from timeline.entry import Draft, Ref
from timeline.errors import InvalidValue, TimelineError
from timeline.history.policies import Accept, Policy
from timeline.testing import expectations
from timeline.testing.expectations import Check
from timeline.testing.telling import By, Told, reports_of, told_id
from timeline.timeline import Timeline
from timeline.values.containers import FrozenMapping
from timeline.values.report import Modality
from timeline.values.when import When, WhenLike, when_or_none


@frozen
class Expectation:
    """An expectation of a story, with its times and evidence."""

    times: Times
    check: Check

    def __str__(self) -> str:
        return f"{self.times}{self.check.said}"


@frozen
class Times:
    """A setting of the clocks; None is free. Start with `on`, `as_reported` or `as_recorded`.

    1. For statements: it happened *on*, was published *as reported*, and was recorded *as recorded*.
    2. For questions: the state *on*, *as reported* and *as recorded* by then, as in `Timeline.at`.

    >>> str(on("2026-01-21").as_reported("2026-02-01"))
    'on 2026-01-21, as reported 2026-02-01: '
    """

    occurred: When | None = field(default=None, converter=when_or_none)
    reported: When | None = field(default=None, converter=when_or_none)
    recorded: When | None = field(default=None, converter=when_or_none)
    asked: Mapping[str, Any] = FrozenMapping()

    def on(self, occurred: WhenLike) -> Times:
        """Set the occurred clock."""
        return evolve(self, occurred=occurred)

    def as_reported(self, reported: WhenLike) -> Times:
        """Set the reported clock."""
        return evolve(self, reported=reported)

    def as_recorded(self, recorded: WhenLike) -> Times:
        """Set the recorded clock."""
        return evolve(self, recorded=recorded)

    def asking(
        self,
        *,
        accept: Accept | None = None,
        policy: Policy = "standing",
        certainty: Literal["definite", "possible"] = "definite",
    ) -> Times:
        """Ask with this evidence, policy and certainty, as in `Timeline.at`."""
        return evolve(self, asked=FrozenMapping({"accept": accept, "policy": policy, "certainty": certainty}))

    # -- telling -------------------------------------------------------------------------------------

    def told(
        self,
        event: Any,
        *,
        by: By = (),
        modality: Modality = Modality.ACTUAL,
        after: Iterable[Ref] = (),
        part_of: Ref | None = None,
        fulfils: Ref | None = None,
        id: str | None = None,
    ) -> Told:
        """State an event, by a source.

        `by` is a source's name, a `Report`, or several of them; with *as reported* and no `by` an
        unnamed source published it.

        Raises: InvalidDraft, InvalidReport.
        """
        draft = Draft(
            event,
            occurred=self.occurred,
            reports=reports_of(by, self.reported),
            modality=modality,
            after=after,
            part_of=part_of,
            fulfils=fulfils,
            id=id or told_id(),
        )
        return Told(draft, self.recorded)

    def correct(
        self, target: Ref, replacement: Any, *, modality: Modality | None = None, reason: str = "", by: By = ()
    ) -> Told:
        """Correct a statement by the replacement and, with *on*, by another date."""
        draft = draft_correction(
            target, replacement, occurred=self.occurred, modality=modality, reason=reason, **self._by(by)
        )
        return Told(draft, self.recorded)

    def dispute(self, target: Ref, *, rival: Any = None, reason: str = "", by: By = ()) -> Told:
        """Dispute a statement: by another event, by another date (with *on*), or by a denial."""
        draft = draft_dispute(target, rival=rival, occurred=self.occurred, reason=reason, **self._by(by))
        return Told(draft, self.recorded)

    def corroborate(self, target: Ref, *, by: By) -> Told:
        """Corroborate a statement by further reports."""
        return self._undated(draft_corroboration(target, **self._by(by)))

    def retract(self, target: Ref, *, reason: str = "", by: By = ()) -> Told:
        """Retract a statement; retracting an editorial act undoes it."""
        return self._undated(draft_retraction(target, reason=reason, **self._by(by)))

    def merge(self, kept: Ref, duplicates: Ref | Iterable[Ref]) -> Told:
        """Merge statements about one event: it counts once, as `kept`."""
        return self._undated(draft_merger(kept, duplicates, **self._by(())))

    def redact(self, target: Ref, *, reason: str = "", by: By = ()) -> Told:
        """Redact a statement: erase its content, for every setting of the clocks."""
        return self._undated(draft_redaction(target, reason=reason, **self._by(by)))

    def _by(self, by: By) -> dict[str, Any]:
        return {"reports": reports_of(by, self.reported), "id": told_id()}

    def _undated(self, draft: Draft) -> Told:
        if self.occurred is not None:
            raise InvalidValue(
                f"on({str(self.occurred)!r}) has no meaning for {type(draft.event).__name__}, which did not happen in "
                "the world: expected as_reported(...) or as_recorded(...).",
                value=self.occurred,
            )
        return Told(draft, self.recorded)

    # -- asking --------------------------------------------------------------------------------------

    def the(self, *path: str) -> The:
        """Name the value at a path, as for `Situation.why`: `the("facilities", "al-hol-camp", "control")`."""
        return The(self, path)

    def finds(self, kind: str, *path: str, of: Ref | None = None) -> Expectation:
        """Expect a finding of this kind, at this path and of this entry if these are given."""
        return Expectation(self, expectations.has_finding(kind, path, of))

    def finds_nothing(self) -> Expectation:
        """Expect no finding."""
        return Expectation(self, expectations.has_no_findings())

    def plans(self, *told: Ref) -> Expectation:
        """Expect that these entries, and no others, are planned and not fulfilled."""
        return Expectation(self, expectations.lists("plans", told))

    def possible(self, *told: Ref) -> Expectation:
        """Expect that these entries, and no others, may have happened by then, but need not have."""
        return Expectation(self, expectations.lists("possible", told))

    def left_out(self, *told: Ref) -> Expectation:
        """Expect that the reported clock or the evidence leaves out these entries, and no others."""
        return Expectation(self, expectations.lists("left_out", told))

    def changes_nothing(self, *projections: str) -> Expectation:
        """Expect that the last step changed nothing, or nothing in these projections."""
        return Expectation(self, expectations.nothing_changed(projections))

    def guards(self, *told: Ref) -> Expectation:
        """Expect that the condition of the last step would notice these entries, or (none named) all given.

        What is given and goes unnoticed could change between reading and appending.
        """
        return Expectation(self, expectations.guarded(told))

    def refuses(self, error: type[TimelineError] = TimelineError, *, saying: str = "") -> Expectation:
        """Expect that the last step was refused with this error, and that nothing of it is on the log."""
        return Expectation(self, expectations.is_refused(error, saying))

    def situation(self, line: Timeline) -> Situation:
        """Return the situation of a timeline at these times."""
        return line.at(self.occurred, reported=self.reported, recorded=self.recorded, **self.asked)

    def __str__(self) -> str:
        clocks = {"on": self.occurred, "as reported": self.reported, "as recorded": self.recorded}
        said = [f"{name} {when}" for name, when in clocks.items() if when is not None]
        chosen = ((name, value) for name, value in self.asked.items() if value not in (None, "standing", "definite"))
        said += [f"{name} {str(getattr(value, '__qualname__', value)).partition('.')[0]}" for name, value in chosen]
        return f"{', '.join(said)}: " if said else ""


@frozen
class The:
    """A path, for an expectation about its value."""

    times: Times
    path: tuple[str, ...]

    def is_(self, value: object) -> Expectation:
        """Expect this value; None: nothing is known there."""
        return Expectation(self.times, expectations.value_is(self.path, value))

    def follows_from(self, *told: Ref) -> Expectation:
        """Expect that the value follows from these entries, and no others."""
        return Expectation(self.times, expectations.follows_from(self.path, told))


ANY = Times()
"""All three clocks free."""
on = ANY.on
as_reported = ANY.as_reported
as_recorded = ANY.as_recorded
asking = ANY.asking
told = ANY.told
correct = ANY.correct
dispute = ANY.dispute
corroborate = ANY.corroborate
redact = ANY.redact
retract = ANY.retract
merge = ANY.merge
the = ANY.the
finds = ANY.finds
finds_nothing = ANY.finds_nothing
plans = ANY.plans
possible = ANY.possible
left_out = ANY.left_out
changes_nothing = ANY.changes_nothing
guards = ANY.guards
refuses = ANY.refuses
