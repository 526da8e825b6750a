"""The log contract: what entries may name, and which editorial entries are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from timeline.editing import draft_merger as merge
from timeline.editing import draft_retraction as retract
from timeline.entry import Draft
from timeline.errors import (
    EditorialRefused,
    UnknownTarget,
)
from timeline.events import border, editorial
from timeline.log.base import BaseLog
from timeline.testing.concurrency import opened
from timeline.testing.logs.base import LogCases, positions, rejected

EDITORIALS: dict[str, Callable[[str], Any]] = {
    "corrected": lambda t: editorial.EventCorrected(target=t, replacement=border.CrossingClosed(crossing="new")),
    "retracted": lambda t: editorial.EventRetracted(target=t),
    "disputed": lambda t: editorial.EventDisputed(target=t),
    "corroborated": lambda t: editorial.EventCorroborated(target=t),
    "merged": lambda t: editorial.EventsMerged(kept=t, duplicates=("other",)),
}


# what is there, what is refused, the entry the refusal names
REFUSED = {
    "retract twice": ([opened(id="a"), retract("a")], retract("a"), "a"),
    "correct what is retracted": ([opened(id="a"), retract("a")], Draft(EDITORIALS["corrected"]("a")), "a"),
    "correct a retraction": ([opened(id="a"), retract("a", id="r")], Draft(EDITORIALS["corrected"]("r")), "r"),
    "dispute a merge": (
        [opened(id="a"), opened(id="b"), merge("a", "b", id="m")], Draft(EDITORIALS["disputed"]("m")), "m"),
    "dispute a retraction": ([opened(id="a"), retract("a", id="r")], Draft(EDITORIALS["disputed"]("r")), "r"),
    "corroborate a corroboration": (
        [opened(id="a"), Draft(EDITORIALS["corroborated"]("a"), id="c")], Draft(EDITORIALS["corroborated"]("c")), "c"),
    "merge a retraction": ([opened(id="a"), opened(id="b"), retract("a", id="r")], merge("b", "r"), "r"),
    "merge into a correction": (
        [opened(id="a"), opened(id="b"), Draft(EDITORIALS["corrected"]("a"), id="c")], merge("c", "b"), "c"),
    "merge in a circle": ([opened(id="a"), opened(id="b"), merge("a", "b")], merge("b", "a"), "a"),
    "merge in a wider circle": (
        [opened(id="a"), opened(id="b"), opened(id="c"), merge("a", "b"), merge("b", "c")], merge("c", "a"), "a"),
    "merge in a circle with another": (
        [opened(id="a"), opened(id="b"), opened(id="c"), merge("a", "b")], merge("b", ["c", "a"]), "a"),
    "revive a merge into a circle": (
        [opened(id="a"), opened(id="b"), merge("a", "b", id="m"), retract("m", id="r"), merge("b", "a")],
        retract("r"), "b"),
}  # fmt: skip


# each is a sequence of drafts that is admitted
ADMITTED = {
    "retract, undo, retract again": [opened(id="a"), retract("a", id="r"), retract("r"), retract("a")],
    "undo, and undo the undoing": [
        opened(id="a"), retract("a", id="r"), retract("r", id="s"), retract("s", id="t"), retract("t")],
    "correct after undoing": [
        opened(id="a"), retract("a", id="r"), retract("r"), Draft(EDITORIALS["corrected"]("a"))],
    "correct twice": [opened(id="a"), Draft(EDITORIALS["corrected"]("a")), Draft(EDITORIALS["corrected"]("a"))],
    "correct a correction": [
        opened(id="a"), Draft(EDITORIALS["corrected"]("a"), id="c"), Draft(EDITORIALS["corrected"]("c"))],
    "dispute a correction": [
        opened(id="a"), Draft(EDITORIALS["corrected"]("a"), id="c"), Draft(EDITORIALS["disputed"]("c"))],
    "corroborate a dispute": [
        opened(id="a"), Draft(EDITORIALS["disputed"]("a"), id="d"), Draft(EDITORIALS["corroborated"]("d"))],
    "retract a merge": [opened(id="a"), opened(id="b"), merge("a", "b", id="m"), retract("m")],
    "turn a merge round": [opened(id="a"), opened(id="b"), merge("a", "b", id="m"), retract("m"), merge("b", "a")],
    "revive a merge": [opened(id="a"), opened(id="b"), merge("a", "b", id="m"), retract("m", id="r"), retract("r")],
    "merge in a chain": [opened(id="a"), opened(id="b"), opened(id="c"), merge("a", "b"), merge("b", "c")],
    "merge again": [opened(id="a"), opened(id="b"), merge("a", "b"), merge("a", "b")],
    "dispute what is retracted": [opened(id="a"), retract("a"), Draft(EDITORIALS["disputed"]("a"))],
}  # fmt: skip


class Editorial(LogCases):
    """Editorial entries take effect, or are refused."""

    @pytest.mark.parametrize("given", [{"after": ["nowhere"]}, {"part_of": "nowhere"}, {"fulfils": "nowhere"}])
    def test_references_name_entries_on_the_log(self, log: BaseLog, given: dict[str, Any]) -> None:
        """An unknown one is refused, and named."""
        assert rejected(log, [opened(**given)], UnknownTarget, "there is no entry 'nowhere'").target == "nowhere"

    @pytest.mark.parametrize("kind", EDITORIALS)
    def test_editorial_entries_name_entries_on_the_log(self, log: BaseLog, kind: str) -> None:
        """An unknown target is refused."""
        log.append([opened(id="other")])
        assert rejected(log, [Draft(EDITORIALS[kind]("nowhere"))], UnknownTarget).target == "nowhere"

    @pytest.mark.parametrize("kind", EDITORIALS)
    def test_a_target_may_be_an_earlier_draft_of_the_batch(self, log: BaseLog, kind: str) -> None:
        """And not a later one."""
        edit = Draft(EDITORIALS[kind]("a"))
        rejected(log, [opened(id="other"), edit, opened(id="a")], UnknownTarget)
        assert positions(log.append([opened(id="other"), opened(id="a"), edit])) == [1, 2, 3]

    @pytest.mark.parametrize("kind", EDITORIALS)
    def test_editorial_entries_carry_the_tags_of_their_targets(self, log: BaseLog, kind: str) -> None:
        """So that whoever watches a facility sees what becomes of its entries."""
        log.append([opened("far", id="other"), opened("rabia", id="a")])
        (entry,) = log.append([Draft(EDITORIALS[kind]("a"))])
        assert "facility:rabia" in entry.tags
        assert "entry:a" in entry.tags
        assert entry in list(log.read(tags=["facility:rabia", "entry:a"]))
        if kind == "corrected":
            assert "facility:new" in entry.tags
        if kind == "merged":
            assert {"facility:far", "entry:other"} <= set(entry.tags)

    def test_tags_are_inherited_through_a_retraction(self, log: BaseLog) -> None:
        """Bringing an entry back is about its facility too."""
        log.append([opened("rabia", id="a"), Draft(EDITORIALS["retracted"]("a"), id="r")])
        (entry,) = log.append([Draft(EDITORIALS["retracted"]("r"))])
        assert {"entry:r", "entry:a", "facility:rabia"} <= set(entry.tags)

    @pytest.mark.parametrize("case", REFUSED)
    @pytest.mark.parametrize("together", [False, True], ids=["stored", "same batch"])
    def test_editorial_entries_that_cannot_take_effect_are_refused(
        self, log: BaseLog, case: str, together: bool
    ) -> None:
        """The obstacle may be stored, or be an earlier draft of the same batch."""
        there, refused, named = REFUSED[case]
        if together:
            batch = [*there, refused]
        else:
            log.append(there)
            batch = [refused]
        error = rejected(log, batch, EditorialRefused)
        assert not isinstance(error, UnknownTarget)
        assert error.target == named

    @pytest.mark.parametrize("case", ADMITTED)
    @pytest.mark.parametrize("together", [False, True], ids=["one by one", "in one batch"])
    def test_editorial_entries_that_take_effect_are_admitted(self, log: BaseLog, case: str, together: bool) -> None:
        """One by one and in one batch alike."""
        drafts = ADMITTED[case]
        if together:
            log.append(drafts)
        else:
            for draft in drafts:
                log.append([draft])
        assert log.head().position == len(drafts)
