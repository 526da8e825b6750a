"""The log contract: batches are whole, ids are taken once, and conditions hold."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from timeline.entry import Draft
from timeline.errors import (
    ConcurrencyConflict,
    IdConflict,
    UnknownTarget,
)
from timeline.events import border, custody
from timeline.events.declare import event, temporary_types
from timeline.log.base import BaseLog
from timeline.log.query import Expect
from timeline.log.stored import Head
from timeline.testing.concurrency import opened
from timeline.testing.logs.base import FILLED, LogCases, Make, escaped, ids, positions, rejected
from timeline.values.report import Modality, Report


class Batches(LogCases):
    """Atomic, idempotent and conditional."""

    def test_a_batch_is_whole_or_not_at_all(self, log: BaseLog) -> None:
        """A refusal in the middle leaves nothing, in reading, searching and counting."""
        log.append([opened("kept", id="kept")])
        rejected(log, [opened("x", id="a"), escaped(id="b", after=["nowhere"]), opened(id="c")], UnknownTarget)
        assert list(log.read(tags=["facility:x"])) == []
        assert positions(log.append([opened("x", id="a")])) == [2]
        assert ids(log.read(tags=["facility:x"])) == ["a"]
        assert log.verify().position == 2

    @pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
    def test_a_failure_while_writing_leaves_nothing(self, log: BaseLog, error: type[BaseException]) -> None:
        """Also when it strikes after the rows were handed over."""
        log.append([opened("kept")])
        failures = iter([error("power")])

        def fail() -> None:
            for failure in failures:
                raise failure

        type(self).interrupt(log, fail)
        with pytest.raises(error, match="power"):
            log.append([opened("x", id="a"), opened("x", id="b")])
        assert log.head().position == 1
        assert list(log.read(tags=["facility:x"])) == []
        assert positions(log.append([opened("x", id="a")])) == [2]
        assert log.verify().position == 2

    def test_a_failing_clock_leaves_nothing(self, make: Make) -> None:
        """The log can be used again after any error inside."""
        ticks = iter([dt.datetime(2026, 1, 1, tzinfo=dt.UTC)])
        log = make(clock=lambda: next(ticks))
        log.append([opened()])
        with pytest.raises((StopIteration, RuntimeError)):
            log.append([opened()])
        assert log.head().position == 1

    def test_the_same_again_changes_nothing(self, log: BaseLog) -> None:
        """An id with the same content gives the entry that is there."""
        first = log.append([opened(id="a", occurred="2026"), opened(id="b")])
        again = log.append([opened(id="b"), opened(id="a", occurred="2026")])
        assert again == (first[1], first[0])
        assert again[1].recorded_micros == first[0].recorded_micros
        assert log.head().position == 2

    def test_the_rest_of_the_batch_lands(self, log: BaseLog) -> None:
        """Known drafts give their entries, in their places; new ones follow the last position."""
        log.append([opened("x", id="a")])
        entries = log.append([opened("y", id="b"), opened("x", id="a"), opened("z", id="c")])
        assert [(e.id, e.position) for e in entries] == [("b", 2), ("a", 1), ("c", 3)]

    @pytest.mark.parametrize(
        "other",
        [
            opened("al-qaim", id="a"),
            opened(id="a", occurred="2026"),
            opened(id="a", reports=[Report("SANA")]),
            opened(id="a", modality=Modality.DENIED),
            Draft(border.CrossingClosed(crossing="rabia"), id="a"),
        ],
    )
    def test_an_id_with_other_content_is_refused(self, log: BaseLog, other: Draft) -> None:
        """The conflict names id and position, and nothing of the batch lands."""
        log.append([opened("first"), opened(id="a")])
        error = rejected(log, [opened(id="new"), other], IdConflict, "'a' is taken by other content at position 2")
        assert (error.id, error.position) == ("a", 2)

    def test_a_duplicate_inside_a_batch_is_one_entry(self, log: BaseLog) -> None:
        """The same id with the same content twice lands once."""
        entries = log.append([opened(id="a"), opened("y", id="b"), opened(id="a")])
        assert [(e.id, e.position) for e in entries] == [("a", 1), ("b", 2), ("a", 1)]
        assert log.head().position == 2

    def test_a_conflict_inside_a_batch_is_refused(self, log: BaseLog) -> None:
        """The same id with other content, both new: neither lands."""
        error = rejected(log, [opened(id="a"), opened("y", id="a")], IdConflict, "earlier in this batch")
        assert (error.id, error.position) == ("a", None)

    @temporary_types()
    def test_content_is_compared_across_versions(self, log: BaseLog) -> None:
        """An import repeated after its event's schema was raised changes nothing."""

        def declare(version: int, upcast: Any, annotations: dict[str, type]) -> Any:
            return event("contract.raised", version=version, upcast=upcast)(
                type("Raised", (), {"__annotations__": annotations, "__module__": __name__, "__qualname__": "Raised"})
            )

        old = declare(1, None, {"count": int})
        (entry,) = log.append([Draft(old(count=5), id="a")])
        new = declare(2, {1: lambda data: {"number": data["count"]}}, {"number": int})
        assert log.append([Draft(new(number=5), id="a")]) == (entry,)
        rejected(log, [Draft(new(number=6), id="a")], IdConflict)
        assert next(log.read()).event == new(number=5)
        assert log.verify() == log.head()

    def test_a_condition_that_holds_lets_the_batch_in(self, log: BaseLog) -> None:
        """Nothing matching was appended since, though other things were."""
        log.append(FILLED)
        expect = Expect(tags=["facility:p"], types=[custody.DetaineesEscaped], after=2)
        assert positions(log.append([opened()], expect=expect)) == [7]
        assert positions(log.append([opened()], expect=Expect(after=7))) == [8]

    @pytest.mark.parametrize(
        ("expect", "found"),
        [
            (Expect(after=3), 4),
            (Expect(after=0), 1),
            (Expect(tags=["facility:a"], after=2), 3),
            (Expect(tags="facility:p", after=2), 4),
            (Expect(tags=["facility:a", "facility:p"], after=0), 4),
            (Expect(types=[border.CrossingOpened], after=1), 5),
            (Expect(tags=["facility:a"], types="border.crossing_opened", after=1), 6),
        ],
        ids=str,
    )
    def test_a_stale_condition_refuses_the_batch(self, log: BaseLog, expect: Expect, found: Any) -> None:
        """The conflict names what was expected and the first position that was found."""
        log.append(FILLED)
        error = rejected(log, [opened()], ConcurrencyConflict, f"found .* at position {found}", expect=expect)
        assert (error.expected, error.found) == (expect, found)

    def test_a_condition_ahead_of_the_log_is_refused(self, log: BaseLog) -> None:
        """A position that is not there yet was read from another log."""
        log.append(FILLED)
        expect = Expect(tags=["facility:nowhere"], after=7)
        error = rejected(log, [opened()], ConcurrencyConflict, "the log ends at position 6", expect=expect)
        assert (error.expected, error.found) == (expect, 6)

    def test_every_condition_must_hold(self, log: BaseLog) -> None:
        """Several conditions are checked one by one."""
        log.append(FILLED)
        right, wrong = Expect(tags=["facility:b"], after=5), Expect(tags=["facility:a"], after=5)
        rejected(log, [opened()], ConcurrencyConflict, "facility:a", expect=[right, wrong])
        assert positions(log.append([opened()], expect=[right, Expect(after=6)])) == [7]

    def test_a_repeated_batch_needs_no_condition(self, log: BaseLog) -> None:
        """A batch that is there already is returned whatever is expected."""
        log.append([opened(id="a"), opened(id="b")])
        again = log.append([opened(id="a")], expect=Expect(after=0))
        assert positions(again) == [1]

    def test_a_condition_holds_for_the_rest_of_a_batch(self, log: BaseLog) -> None:
        """Known ids are looked up first; what is new still lands only under the condition."""
        log.append([opened(id="a"), opened(id="b")])
        rejected(log, [opened(id="a"), opened(id="c")], ConcurrencyConflict, expect=Expect(after=1))
        assert positions(log.append([opened(id="a"), opened(id="c")], expect=Expect(after=2))) == [1, 3]

    def test_a_conflict_can_be_taken_apart_and_put_together(self, log: BaseLog) -> None:
        """The error carries the expected and the found position, also between processes, and nothing else."""
        log.append(FILLED)
        error = rejected(log, [opened()], ConcurrencyConflict, expect=Expect(tags="facility:a", after=2))
        again = copy.deepcopy(error)
        assert (type(again), str(again), again.expected, again.found) == (type(error), str(error), error.expected, 3)
        with pytest.raises(AttributeError, match="ConcurrencyConflict carries no 'target'"):
            _ = again.target

    def test_an_id_conflict_comes_before_the_condition(self, log: BaseLog) -> None:
        """Other content under a known id is said first."""
        log.append([opened(id="a")])
        rejected(log, [opened("y", id="a")], IdConflict, expect=Expect(after=0))

    def test_a_batch_is_sent_again_when_its_answer_was_lost(self, log: BaseLog) -> None:
        """The same batch under the same condition, stale by now, gives what landed the first time."""
        log.append(FILLED)
        batch, expect = [opened("new", id="n1"), escaped("new", id="n2", after=["n1"])], Expect(after=6)
        first = log.append(batch, expect=expect)
        log.append([opened(id="another's")])
        assert log.append(batch, expect=expect) == first
        assert ids(log.read(after=6)) == ["n1", "n2", "another's"]

    def test_a_batch_that_cannot_be_read_to_its_end_leaves_nothing(self, log: BaseLog) -> None:
        """As when a row of an import is bad."""

        def rows() -> Iterator[Draft]:
            yield opened(id="a")
            raise RuntimeError("bad row")

        with pytest.raises(RuntimeError, match="bad row"):
            log.append(rows())
        assert log.head() == Head(0, b"")
        assert positions(log.append([opened(id="a")])) == [1]
