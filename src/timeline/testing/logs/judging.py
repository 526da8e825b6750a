"""The log contract: judgements of names, found by either name, and read as one by whoever asks."""

from __future__ import annotations

from typing import Any

import pytest

from timeline.editing import draft_merger as merge
from timeline.editing import draft_redaction as redact
from timeline.editing import draft_retraction as retract
from timeline.entry import Draft
from timeline.errors import ConcurrencyConflict, EditorialRefused
from timeline.events.entity import IdentityJudged, Judgement
from timeline.log.base import BaseLog
from timeline.log.query import Expect
from timeline.testing.concurrency import opened
from timeline.testing.logs.base import LogCases, escaped, positions, rejected
from timeline.testing.logs.editorial import EDITORIALS
from timeline.timeline import Timeline
from timeline.values.quantity import exactly

HOL, HAWL = "facility:al-hol-camp", "facility:مخيم-الهول"


def judged(judgement: Judgement = "same", left: str = HOL, right: str = HAWL, **given: Any) -> Draft:
    """Draft a judgement of two names."""
    return Draft(IdentityJudged(left=left, right=right, judgement=judgement), **given)


ESCAPES = [escaped("al-hol-camp", 20, id="a"), escaped("مخيم-الهول", 5, id="b"), escaped("roj-camp", 1, id="c")]
JUDGEMENTS: dict[str, tuple[list[Draft], int]] = {
    "same": ([judged()], 25),
    "the other way round": ([judged(left=HAWL, right=HOL)], 25),
    "by way of a third": ([judged(right="facility:hol"), judged(left="facility:hol", right=HAWL)], 25),
    "unsure": ([judged("unsure")], 20),
    "different in the end": ([judged(), judged("different", left=HAWL, right=HOL)], 20),
    "same in the end": ([judged("different"), judged()], 25),
    "retracted": ([judged(id="j"), retract("j")], 20),
    "retracted, and that retracted": ([judged(id="j"), retract("j", id="r"), retract("r")], 25),
    "redacted": ([judged(id="j"), redact("j")], 20),
    "contradictory": ([judged(right="facility:hol"), judged(left="facility:hol", right=HAWL), judged("different")], 20),
}
"""Judgements of two names, and how many escaped from the first of them then."""


class Judging(LogCases):
    """Judgements are entries that carry both names; what is read of the log joins them."""

    def test_a_judgement_is_found_by_either_name(self, log: BaseLog) -> None:
        """The log compares tags as written: it finds no entry by a name that it does not bear."""
        log.append([*ESCAPES, judged()])
        assert positions(log.read(tags=[HOL])) == [1, 4]
        assert positions(log.read(tags=[HAWL])) == positions(log.read(tags=[HAWL], types=None)) == [2, 4]
        assert positions(log.read(tags=[HAWL, HOL], types=[IdentityJudged])) == [4]

    @pytest.mark.parametrize("name", [HOL, HAWL])
    def test_a_judgement_since_breaks_a_condition_on_either_name(self, log: BaseLog, name: str) -> None:
        """A decision by the entries of one name was made before it meant more."""
        log.append([*ESCAPES, judged()])
        rejected(log, [opened()], ConcurrencyConflict, expect=Expect(tags=[name], types=[IdentityJudged], after=3))
        log.append([opened()], expect=Expect(tags=[name], after=4))

    @pytest.mark.parametrize("kind", ["corrected", "disputed", "merged"])
    @pytest.mark.parametrize("together", [False, True], ids=["stored", "same batch"])
    def test_a_judgement_cannot_be_corrected_disputed_or_merged(self, log: BaseLog, kind: str, together: bool) -> None:
        """Judge again, or retract it."""
        edit = merge("other", "j") if kind == "merged" else Draft(EDITORIALS[kind]("j"))
        there = [opened(id="other"), judged(id="j")]
        batch = [*there, edit] if together else [edit]
        if not together:
            log.append(there)
        assert rejected(log, batch, EditorialRefused, "a judgement of names").target == "j"

    @pytest.mark.parametrize("case", JUDGEMENTS)
    def test_names_judged_the_same_are_read_as_one(self, log: BaseLog, case: str) -> None:
        """By either name; read after each judgement, and at the end."""
        judgements, expected = JUDGEMENTS[case]
        log.append(ESCAPES)
        kept = Timeline(log)
        for draft in judgements:
            assert kept.at().custody.escaped(facility="roj-camp") == exactly(1)
            log.append([draft])
        one = expected > 20
        for line in (kept, Timeline(log)):
            escaped, found = line.at().custody.escaped, line.entries(tags=[HAWL])
            assert escaped(facility="al-hol-camp") == exactly(expected)
            assert escaped(facility="مخيم-الهول") == exactly(expected if one else 5)
            assert positions(found)[: 1 + one] == ([1, 2] if one else [2])
