"""Times: where the three clocks stand, for what is told and for what is asked."""

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
    """What a story expects, and the times and evidence it is asked with."""

    times: Times
    check: Check

    def __str__(self) -> str:
        return f"{self.times}{self.check.said}"


@frozen
class Times:
    """Where the clocks stand; None is free. Start with `on`, `as_reported` or `as_recorded`.

    1. Telling: it happened *on*, was published *as reported*, and was put on the log *as recorded*.
    2. Asking: what was so *on*, *as reported* and *as recorded* by then, as in `Timeline.at`.

    >>> str(on("2026-01-21").as_reported("2026-02-01"))
    'on 2026-01-21, as reported 2026-02-01: '
    """

    occurred: When | None = field(default=None, converter=when_or_none)
    reported: When | None = field(default=None, converter=when_or_none)
    recorded: When | None = field(default=None, converter=when_or_none)
    asked: Mapping[str, Any] = FrozenMapping()

    def on(self, occurred: WhenLike) -> Times:
        """It happened then, or is asked of by then."""
        return evolve(self, occurred=occurred)

    def as_reported(self, reported: WhenLike) -> Times:
        """It was published then, or had been made public by then."""
        return evolve(self, reported=reported)

    def as_recorded(self, recorded: WhenLike) -> Times:
        """It was put on the log then, or was known to us by then."""
        return evolve(self, recorded=recorded)

    def asking(
        self,
        *,
        accept: Accept | None = None,
        policy: Policy = "standing",
        certainty: Literal["definite", "possible"] = "definite",
    ) -> Times:
        """With this evidence, policy and certainty, as in `Timeline.at`."""
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
        """An event, told by somebody.

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
        """From then on the target reads as the replacement, and, with *on*, as having happened then."""
        draft = draft_correction(
            target, replacement, occurred=self.occurred, modality=modality, reason=reason, **self._by(by)
        )
        return Told(draft, self.recorded)

    def dispute(self, target: Ref, *, rival: Any = None, reason: str = "", by: By = ()) -> Told:
        """Somebody says otherwise: another event, another date (with *on*), or that it is not so."""
        draft = draft_dispute(target, rival=rival, occurred=self.occurred, reason=reason, **self._by(by))
        return Told(draft, self.recorded)

    def corroborate(self, target: Ref, *, by: By) -> Told:
        """Somebody else says the same."""
        return self._undated(draft_corroboration(target, **self._by(by)))

    def retract(self, target: Ref, *, reason: str = "", by: By = ()) -> Told:
        """The target is out; retracting an editorial act undoes it."""
        return self._undated(draft_retraction(target, reason=reason, **self._by(by)))

    def merge(self, kept: Ref, duplicates: Ref | Iterable[Ref]) -> Told:
        """Several tellings are of one event: count it once, as `kept`."""
        return self._undated(draft_merger(kept, duplicates, **self._by(())))

    def redact(self, target: Ref, *, reason: str = "", by: By = ()) -> Told:
        """What the target says is erased, for every setting of the clocks."""
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
        """The value at a path, as for `Situation.why`: `the("facilities", "al-hol-camp", "control")`."""
        return The(self, path)

    def finds(self, kind: str, *path: str, of: Ref | None = None) -> Expectation:
        """There is a finding of this kind, and at this path and of this entry if these are given."""
        return Expectation(self, expectations.has_finding(kind, path, of))

    def finds_nothing(self) -> Expectation:
        """There is no finding."""
        return Expectation(self, expectations.has_no_findings())

    def plans(self, *told: Ref) -> Expectation:
        """These, and no others, are planned and not fulfilled."""
        return Expectation(self, expectations.lists("plans", told))

    def possible(self, *told: Ref) -> Expectation:
        """These, and no others, may have happened by then, but need not have."""
        return Expectation(self, expectations.lists("possible", told))

    def left_out(self, *told: Ref) -> Expectation:
        """These, and no others, are left out by the reported clock or for want of evidence."""
        return Expectation(self, expectations.lists("left_out", told))

    def changes_nothing(self, *projections: str) -> Expectation:
        """The last step left the situation as it was, or what these projections say."""
        return Expectation(self, expectations.nothing_changed(projections))

    def guards(self, *told: Ref) -> Expectation:
        """Expect that the condition of the last step would notice these entries, or (none named) all given.

        What is given and goes unnoticed could change between reading and appending.
        """
        return Expectation(self, expectations.guarded(told))

    def refuses(self, error: type[TimelineError] = TimelineError, *, saying: str = "") -> Expectation:
        """The last step was refused with this error, and nothing of it was put on the log."""
        return Expectation(self, expectations.is_refused(error, saying))

    def situation(self, line: Timeline) -> Situation:
        """What a timeline answers at these times."""
        return line.at(self.occurred, reported=self.reported, recorded=self.recorded, **self.asked)

    def __str__(self) -> str:
        clocks = {"on": self.occurred, "as reported": self.reported, "as recorded": self.recorded}
        said = [f"{name} {when}" for name, when in clocks.items() if when is not None]
        chosen = ((name, value) for name, value in self.asked.items() if value not in (None, "standing", "definite"))
        said += [f"{name} {str(getattr(value, '__qualname__', value)).partition('.')[0]}" for name, value in chosen]
        return f"{', '.join(said)}: " if said else ""


@frozen
class The:
    """A path, of which something is to be expected."""

    times: Times
    path: tuple[str, ...]

    def is_(self, value: object) -> Expectation:
        """It holds this value; None: nothing is known there."""
        return Expectation(self.times, expectations.value_is(self.path, value))

    def follows_from(self, *told: Ref) -> Expectation:
        """These entries, and no others, are why."""
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
