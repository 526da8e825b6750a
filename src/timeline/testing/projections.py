"""The laws of a projection as one suite, which any projection must keep: subclass it, name yours, run pytest.

class TestSirens(ProjectionContract):
projection = SIRENS
events = events(SirenHeard)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from typing import Any, ClassVar, get_args

import attrs

from timeline.extras import needs

with needs("testing"):
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as st
    from hypothesis.strategies import SearchStrategy

from timeline.answers.replay import ClockName
from timeline.answers.situation import Situation
from timeline.entry import Draft
from timeline.events.declare import UnknownEvent
from timeline.history.history import history
from timeline.log.memory import MemoryLog
from timeline.projections import BUILT_IN
from timeline.projections.projection import Projection, step_by_step
from timeline.testing.extremes import extremes
from timeline.testing.purity import watch_calls
from timeline.testing.strategies import (
    HOSTILE,
    START,
    Chronicle,
    Values,
    adversarial_histories,
    drafts,
    messy_histories,
    slugs,
)
from timeline.testing.strategies import events as any_event
from timeline.testing.strategies.values import CROWD, FEW
from timeline.timeline import Timeline

__all__ = ["ProjectionContract"]

_DATA: Any = {"facility": "al-hol-camp"}
_UNKNOWN = UnknownEvent("newsroom.unheard_of", 1, _DATA, ("facility:al-hol-camp",))
_CLOCKS: tuple[ClockName, ...] = get_args(ClockName)
_MEETING = attrs.evolve(HOSTILE, name="MEETING", slugs=slugs)
"""Hostile values under a few names, so that they meet."""
_CROWD = 60
"""The number of events that touch as many keys."""
_DAYS = ("2026-01-02", "2026-01-10", "2026-02-01")


def _named(told: list[Draft]) -> Chronicle:
    return Chronicle([attrs.evolve(draft, id=f"e{number}") for number, draft in enumerate(told)])


class ProjectionContract:
    """The promises of every projection: it is total, deterministic, keyed, and its values never change.

    A subclass whose name begins with `Test` is collected by pytest. It gives `projection`, and may give
    `events`, a strategy for the events it is about (by default any), and `examples`.

    >>> from timeline import Facility, Projection, event
    >>> from timeline.testing.strategies import events
    >>> @event("newsroom.horn_heard")
    ... class HornHeard:
    ...     facility: Facility
    >>> class TestHorns(ProjectionContract):
    ...     projection = Projection(
    ...         name="horns",
    ...         keys=lambda reading: [reading.event.facility] if isinstance(reading.event, HornHeard) else [],
    ...         evolve=lambda count, reading, key: (count or 0) + 1,
    ...     )
    ...     events = events(HornHeard)
    >>> TestHorns().test_it_takes_whatever_is_told()
    """

    projection: ClassVar[Projection]
    events: ClassVar[SearchStrategy[Any] | None] = None
    """The events it is about; others come up all the same."""
    examples: ClassVar[int] = 30
    """How many random histories are tried for each law."""

    def test_it_takes_whatever_is_told(self) -> None:
        """Total: no event of any type makes it raise, and every value can be explained."""
        self._holds(self._takes, st.one_of(self._messy(), adversarial_histories()))

    def test_it_takes_hostile_values(self) -> None:
        """Total: no text, date, number or unit in the events it is about makes it raise."""
        hostile = self._of_its_types(HOSTILE)
        meeting = messy_histories(of=self._of_its_types(_MEETING))
        self._holds(self._takes, st.one_of(meeting, meeting, adversarial_histories(of=hostile)))

    def test_it_takes_every_number(self) -> None:
        """Total: no number in an event makes it raise: zero, the largest, one without bounds, in any unit."""

        def law(event: Any) -> None:
            told = [Draft(one) for one in (event, *extremes(event))]
            situation = self._line(Chronicle(told)).at()
            assert [f.message for f in situation.findings if f.kind == "projection_failed"] == []
            assert self._values(situation) is not None

        self._holds(law, any_event() if self.events is None else self.events, examples=5)

    def test_it_takes_many_keys(self) -> None:
        """Total: however many keys the entries touch, it shows all of their values."""

        def law(told: list[Draft]) -> None:
            situation = self._line(Chronicle(told)).at()
            assert [f.message for f in situation.findings if f.kind == "projection_failed"] == []
            assert self._values(situation) is not None

        told = self._of_its_types(CROWD).map(Draft)
        self._holds(law, st.lists(told, min_size=_CROWD, max_size=_CROWD), examples=3, without=Phase.shrink)

    def test_a_path_leads_to_its_value(self) -> None:
        """Consistent: `locate` finds at each path the value that `flat` gives there."""

        def law(told: Chronicle) -> None:
            situation = self._line(told).at()
            for path, value in self._values(situation).items():
                assert situation.why(self.projection.name, *path).value == value

        self._holds(law, self._messy())

    def test_it_reads_no_clock(self) -> None:
        """Pure: no part of it asks for the time of day, or for a random number."""

        def law(told: Chronicle) -> None:
            watched, seen = watch_calls(attrs.evolve(self.projection, name="watched"))
            situation = told.timeline(projections=[watched]).at()
            dict(watched.flat(situation["watched"]))
            assert seen == set(), f"the projection calls {', '.join(sorted(seen))}: take times from the reading"

        self._holds(law, self._messy())

    def test_the_same_entries_give_the_same_values(self) -> None:
        """Deterministic: it reads no clock, remembers nothing between folds, and its values equal themselves."""

        def law(told: Chronicle) -> None:
            one, other = self._said(self._line(told).at()), self._said(self._line(told).at())
            assert one == other

        self._holds(law, self._messy())

    def test_the_order_of_recording_independent_entries_changes_nothing(self) -> None:
        """Keyed: a value follows from the entries that touch its key, and from nothing else."""

        def law(told: Chronicle, data: st.DataObject) -> None:
            independent: list[Draft] = []
            touched: set[Any] = set()
            for draft in told:
                keys = self._keys(draft)
                if touched.isdisjoint(keys):
                    independent.append(attrs.evolve(draft, reports=()))
                    touched |= keys
            shuffled = data.draw(st.permutations(independent))
            one, other = (self._line(Chronicle(order)) for order in (independent, shuffled))
            assert self._said(one.at(_DAYS[-1])) == self._said(other.at(_DAYS[-1]))
            assert self._said(one.at()) == self._said(other.at())

        self._holds(law, self._messy(editorial=False), st.data())

    def test_asked_in_between_it_says_the_same_in_the_end(self) -> None:
        """Incremental: what is kept up to date equals what is folded from scratch, at every step."""

        def law(told: Chronicle) -> None:
            log = MemoryLog(clock=lambda: START)
            kept = Timeline(log, projections=self._added)
            for draft in told:
                kept.record_all([draft])
                fresh = Timeline(log, projections=self._added)
                for day in (None, *_DAYS):
                    assert self._said(kept.at(day)) == self._said(fresh.at(day))

        self._holds(law, self._messy())

    def test_a_run_equals_its_steps(self) -> None:
        """Consistent: `run` gives the value that `evolve` gives one by one, and takes no step that makes a finding."""
        run = self.projection.run
        if run is step_by_step:
            return

        def law(told: Chronicle) -> None:
            one, other = (attrs.evolve(self.projection, name="watched", run=taken) for taken in (run, step_by_step))
            ran, stepped = (told.timeline(projections=[projection]) for projection in (one, other))
            for day in (None, *_DAYS):
                assert ran.at(day) == stepped.at(day)
                assert list(ran.at(day).findings) == list(stepped.at(day).findings)

        self._holds(law, st.one_of(self._messy(), self._busy()))

    def test_a_difference_is_that_of_all_its_values(self) -> None:
        """By key, where it says so: what differs is among the keys that something touched."""

        def law(told: Chronicle) -> None:
            line = self._line(told)
            for step in (step for clock in _CLOCKS for step in line.replay(clock)):
                mine = [change for change in step.changed if change.path[0] == self.projection.name]
                found = {change.path[1:]: (change.before, change.after) for change in mine}
                before, after = self._values(step.before), self._values(step.after)
                both = {path: (before.get(path), after.get(path)) for path in {*before, *after}}
                assert found == {path: (one, other) for path, (one, other) in both.items() if one != other}

        self._holds(law, self._messy())

    def test_what_it_said_never_changes(self) -> None:
        """Immutable: folding on changes no value of an earlier situation."""

        def law(told: Chronicle) -> None:
            copies: list[tuple[Any, Any]] = []

            def evolve(before: Any, reading: Any, key: Any) -> Any:
                after = self.projection.evolve(before, reading, key)
                copies.append((after, deepcopy(after)))
                return after

            watched = attrs.evolve(self.projection, name="watched", evolve=evolve, run=step_by_step)
            line = Timeline(projections=[watched])
            line.record_all(told)
            situation = line.at()
            dict(self.projection.flat(situation["watched"]))
            for value, copy in copies:
                assert value == copy

        self._holds(law, self._messy())

    def _holds(
        self,
        law: Callable[..., None],
        *strategies: SearchStrategy[Any],
        examples: int | None = None,
        without: Phase = Phase.explain,
    ) -> None:
        """Try a law on random histories, without a phase of Hypothesis that would take long."""
        tried = settings(
            max_examples=examples or self.examples,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
            phases=[
                phase for phase in settings().phases if phase not in (Phase.explain, without)
            ],  # it explains the library
        )
        tried(given(*strategies)(law))()

    def _messy(self, *, editorial: bool = True) -> SearchStrategy[Chronicle]:
        """Draw histories mostly of the events it is about, and as often such of these events alone."""
        if self.events is None:
            return messy_histories(editorial=editorial)
        mixed = messy_histories(of=st.one_of(self.events, self.events, any_event()), editorial=editorial)
        return st.one_of(mixed, st.lists(drafts(self.events), min_size=3, max_size=8).map(_named))

    def _busy(self) -> SearchStrategy[Chronicle]:
        """Draw histories of many events of the types it is about, under the same few names."""
        return st.lists(self._of_its_types(FEW).map(Draft), min_size=8, max_size=24).map(_named)

    def _takes(self, told: Chronicle) -> None:
        """Check that a history, and an event of unknown type after it, make nothing fail."""
        line = self._line(told.then(Draft(_UNKNOWN)))
        for situation in (line.at(), *map(line.at, _DAYS)):
            assert [f.message for f in situation.findings if f.kind == "projection_failed"] == []
            for path in self._values(situation):
                situation.why(self.projection.name, *path)
                situation.history(self.projection.name, *path)
        str(line.at())

    def _of_its_types(self, values: Values) -> SearchStrategy[Any]:
        """Draw events of the types it is about, with other values than `events` gives."""
        if self.events is None:
            return any_event(values=values)
        return self.events.flatmap(lambda drawn: any_event(type(drawn), values=values))

    @property
    def _added(self) -> list[Projection]:
        """The projections to add to those of the library."""
        return [] if self.projection in BUILT_IN else [self.projection]

    def _line(self, told: Chronicle) -> Timeline:
        return told.timeline(projections=self._added)

    def _keys(self, draft: Draft) -> set[Any]:
        """Return the keys that a draft touches, alone."""
        readings = history(Chronicle([draft]).timeline().entries()).readings
        return {key for reading in readings for key in self.projection.keys(reading)}

    def _values(self, situation: Situation) -> dict[Any, Any]:
        return dict(self.projection.flat(situation[self.projection.name]))

    def _said(self, situation: Situation) -> tuple[dict[Any, Any], Counter[Any]]:
        """Return every value by path, and the findings of the projection."""
        findings = [f for f in situation.findings if f.path[:1] == (self.projection.name,)]
        return self._values(situation), Counter((f.kind, f.message, f.path) for f in findings)
