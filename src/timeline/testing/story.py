"""Stories: given some entries, when more are recorded, then expectations hold."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from datetime import tzinfo
from functools import partial
from typing import NoReturn

from timeline.entry import Draft, Entry
from timeline.errors import InvalidValue, TimelineError
from timeline.events.editorial import EventRedacted
from timeline.log.appending import drafts_of
from timeline.log.base import BaseLog
from timeline.log.memory import MemoryLog
from timeline.log.query import Conditions, Expect, conditions_of
from timeline.log.stored import Stored
from timeline.projections.projection import Projection
from timeline.testing import failure as account
from timeline.testing.clock import FrozenClock, last_second
from timeline.testing.compare import differences
from timeline.testing.expectations import Scene, no_such_path, under_heading
from timeline.testing.failure import StoryStep
from timeline.testing.telling import Told, recorded_by_default
from timeline.testing.times import ANY, Expectation, Times
from timeline.timeline import Timeline
from timeline.values.instants import instant, microseconds, stamp

_BEGINNING = "2000-01-01"


class StoryFailed(AssertionError):
    """A story failed. The message is an account of it; `line` is its timeline."""

    def __init__(self, message: str, line: Timeline) -> None:
        super().__init__(message)
        self.line = line


def given(
    *told: Told | Draft, strict: bool = False, tz: str | tzinfo = "UTC", projections: Iterable[Projection] = ()
) -> Story:
    """Begin a story with entries, recorded one after the other.

    An entry without *as recorded* is recorded on the last day that it mentions as past.

    Raises: the error of the timeline where it refuses an entry.

    >>> from timeline.events.facility import ControlChanged
    >>> from timeline.testing import on, retract, the
    >>> taken = on("2026-01-21").told(ControlChanged(facility="al-hol-camp", authority="syria-gov"))
    >>> story = given(taken).when(retract(taken)).then(the("facilities", "al-hol-camp", "control").is_(None))
    """
    if not isinstance(projections, Iterable):
        raise InvalidValue(f"projections is {projections!r}: expected a list of projections.", value=projections)
    clock = FrozenClock(_BEGINNING)
    return Story(partial(Timeline, strict=strict, tz=tz, projections=tuple(projections), clock=clock), clock, told)


class Story:
    """A timeline that is recorded step by step.

    After every step it is asked about every time that the story mentions. It must answer as a timeline replayed
    from the same log.
    """

    def __init__(
        self, build: Callable[[BaseLog], Timeline], clock: FrozenClock, told: Iterable[Told | Draft] = ()
    ) -> None:
        self._build = build
        self._line = build(MemoryLog(clock=clock))
        self._clock = clock
        self._times: dict[Times, None] = {ANY: None}
        self._steps: list[StoryStep] = []
        self._before: Sequence[Stored] = ()
        self._unchecked = False
        self._pending: TimelineError | None = None
        for one in told:
            self._tell("given", [one])

    def when(self, *told: Told | Draft, expect: Conditions = None) -> Story:
        """Tell something more, all at once, under conditions if there are any.

        Raises: StoryFailed when the step before was refused and no `then` expected it.
        """
        __tracebackhide__ = True
        self._settle()
        self._tell("when", told, conditions_of(expect))
        self._unchecked = True
        return self

    def then(self, *expected: Expectation) -> Story:
        """Check expectations.

        Raises: StoryFailed, with an account of the story.
        """
        __tracebackhide__ = True
        if not expected:
            raise InvalidValue("then() has no expectation: expected at least one, such as finds_nothing().")
        self._unchecked = False
        if any(one.check.of_refusal for one in expected):
            self._pending = None
        self._require_taken()
        before = self._replayed(self._before)
        verdicts = [self._check(one, before) for one in expected]
        wrong = [verdict.said for verdict in verdicts if verdict.instead]
        if wrong:
            self._fail(f"{len(wrong)} of {len(verdicts)} not so, first: {wrong[0]}", verdicts)
        self._compare_with_replay(one.times for one in expected)
        return self

    @property
    def line(self) -> Timeline:
        """The timeline so far, for any other question.

        Raises: StoryFailed when the last step was refused and no `then` expected it.
        """
        self._settle()
        return self._line

    def __del__(self) -> None:
        if getattr(self, "_unchecked", False):  # it may not have begun
            refused = f", and it was refused: {self._pending}" if self._pending else ""
            warnings.warn(
                f"a story ends with when(...): nothing of it was checked{refused}. Add then(...).", stacklevel=1
            )

    # -- telling -------------------------------------------------------------------------------------

    def _tell(self, word: str, told: Sequence[Told | Draft], conditions: tuple[Expect, ...] = ()) -> None:
        __tracebackhide__ = True
        drafts = drafts_of(one.draft if isinstance(one, Told) else one for one in told)
        self._clock.set(instant(self._moment(told, drafts)))
        self._before = list(self._line.log.stored())
        redacts = any(isinstance(draft.event, EventRedacted) for draft in drafts)  # strict mode never stands in its way
        put = self._line.log.append if redacts else self._line.record_all
        try:
            put(drafts, expect=conditions)
        except TimelineError as error:
            if word == "given":
                raise
            self._pending = error
        new = self._line.entries(after=len(self._before))
        self._steps.append(StoryStep(word, tuple(drafts), tuple(entry.id for entry in new), self._pending, conditions))
        self._compare_with_replay(Times(draft.occurred) for draft in drafts)

    def _moment(self, told: Sequence[Told | Draft], drafts: Sequence[Draft]) -> int:
        """Return the moment of recording."""
        now, tz = microseconds(self._clock()), self._line.tz
        said = {last_second(one.recorded, tz) for one in told if isinstance(one, Told) and one.recorded is not None}
        if not said:
            return max(now, *(recorded_by_default(draft, tz) for draft in drafts))
        moment = max(said)
        if len(said) > 1 or (self._steps and moment < now):
            raise InvalidValue(
                f"as_recorded(...) puts {' and '.join(stamp(one) for one in sorted(said))} on the log at once, after "
                f"{stamp(now)}: expected one time for all of when(...), and none before the last. Tell what was "
                "recorded at another time in a when(...) of its own, in order."
            )
        return moment

    # -- checking ------------------------------------------------------------------------------------

    def _settle(self) -> None:
        __tracebackhide__ = True
        self._unchecked = False
        self._require_taken()

    def _require_taken(self) -> None:
        """Check that the last step was not refused, unless a refusal was expected."""
        __tracebackhide__ = True
        if self._pending is not None:
            self._fail(f"the last step was refused with {type(self._pending).__name__}, which nothing expects", ())

    def _check(self, one: Expectation, before: Timeline) -> account.Verdict:
        after = one.times.situation(self._line)
        last = self._steps[-1] if self._steps else None
        scene = Scene(
            one.times.situation(before),
            after,
            self._line.at(),
            self._entries(),
            refused=last.refused if last else None,
            there=self._before,
            conditions=last.conditions if last else (),
        )
        try:
            return account.Verdict(str(one), after, one.check.instead(scene))
        except KeyError as error:
            return account.Verdict(str(one), after, no_such_path(error))

    def _compare_with_replay(self, times: Iterable[Times]) -> None:
        """Check that the live timeline, asked between the steps, answers as a fresh one."""
        __tracebackhide__ = True
        self._times.update(dict.fromkeys(times))
        fresh = self._replayed(self._line.log.stored())
        for asked in self._times:
            changes = differences(asked.situation(fresh), asked.situation(self._line))
            if changes:
                verdict = account.Verdict(
                    f"{asked}the live situation is the one replayed from the same log",
                    asked.situation(self._line),
                    under_heading("replayed → live", changes),
                )
                self._fail("the library answers differently live and replayed: a bug of its own", [verdict])

    def _replayed(self, rows: Iterable[Stored]) -> Timeline:
        """Build a fresh timeline from the rows of a log."""
        log = MemoryLog(clock=self._clock)
        log.restore(rows)
        return self._build(log)

    def _entries(self) -> dict[str, Entry]:
        return {entry.id: entry for entry in self._line.entries()}

    def _fail(self, wrong: str, verdicts: Sequence[account.Verdict]) -> NoReturn:
        __tracebackhide__ = True
        changed = differences(self._replayed(self._before).at(), self._line.at())
        raise StoryFailed(
            account.of(wrong, verdicts, self._steps, entries=self._entries(), clock=str(self._clock), changed=changed),
            self._line,
        )
