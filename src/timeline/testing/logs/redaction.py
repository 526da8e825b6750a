"""The log contract: what is redacted is gone, and only what a redaction names."""

from __future__ import annotations

from typing import Any

import pytest

from timeline.editing import draft_merger as merge
from timeline.editing import draft_redaction as redact
from timeline.editing import draft_retraction as retract
from timeline.entry import Draft
from timeline.errors import ConcurrencyConflict, EditorialRefused, TamperedLog, UnknownTarget
from timeline.events import custody, editorial
from timeline.events.declare import Redacted, UnknownEvent
from timeline.log.base import BaseLog
from timeline.log.query import Expect
from timeline.log.stored import Head
from timeline.testing.concurrency import opened
from timeline.testing.logs.base import LogCases, Make, escaped, ids, positions, rejected
from timeline.testing.logs.editorial import EDITORIALS
from timeline.values.report import Report


def erased(log: BaseLog) -> list[int]:
    """Return the positions of redacted entries, and check that only id, time and leaf are left of them."""
    rows = {row.position: row for row in log.stored()}
    left = [position for position, row in rows.items() if row.redacted]
    for position in left:
        row = rows[position]
        assert (row.type, row.salt, row.content, row.tags) == ("redacted", b"", b"", ())
        assert [entry.event for entry in log.read(after=position - 1, limit=1)] == [Redacted()]
    return left


FALLING: dict[str, list[Draft]] = {
    "correction": [Draft(EDITORIALS["corrected"]("a"))],
    "dispute": [Draft(EDITORIALS["disputed"]("a"))],
    "corroboration": [Draft(EDITORIALS["corroborated"]("a"), reports=[Report("AFP")])],
    "retraction": [retract("a")],
    "merge": [merge("b", "a")],
    "merge into it": [merge("a", "b")],
    "correction of a dispute": [Draft(EDITORIALS["disputed"]("a"), id="d"), Draft(EDITORIALS["corrected"]("d"))],
    "retraction of a correction of a correction": [
        Draft(EDITORIALS["corrected"]("a"), id="c"), Draft(EDITORIALS["corrected"]("c"), id="e"), retract("e")],
}  # fmt: skip


NOT_REDACTED: dict[str, Any] = {
    "twice": ([opened(id="a"), redact("a")], redact("a"), "a"),
    "a redaction": ([opened(id="a"), redact("a", id="r")], redact("r"), "r"),
    "retracting a redaction": ([opened(id="a"), redact("a", id="r")], retract("r"), "r"),
    "merging what is redacted": ([opened(id="a"), opened(id="b"), redact("b")], merge("a", "b"), "b"),
} | {
    f"{name} of what is redacted": ([opened(id="a"), opened(id="other"), redact("a")], Draft(make("a")), "a")
    for name, make in EDITORIALS.items()
}  # fmt: skip


_UNACCOUNTED: dict[str, Any] = {
    "erased without a redaction": (lambda a, b, r, c: [a, b.erased(), r], 2),
    "erased before, with its redaction removed": (lambda a, b, r, c: [a, b], 1),
    "redacted, and there all the same": (lambda a, b, r, c: [a._replace(content=b"{}", type="x"), b, r, c], 1),
    "another id": (lambda a, b, r, c: [a._replace(id="z"), b, r, c], 3),
    "another leaf": (lambda a, b, r, c: [a._replace(leaf=bytes(32)), b, r, c], 1),
    "a salt": (lambda a, b, r, c: [a._replace(salt=bytes(16)), b, r, c], 1),
    "a tag": (lambda a, b, r, c: [a._replace(tags=("facility:x",)), b, r, c], 1),
    "a later instant": (lambda a, b, r, c: [a._replace(recorded=c.recorded + 1), b, r, c], 2),
    "a tag changed": (lambda a, b, r, c: [a, b._replace(tags=("facility:x",)), r, c], 2),
    "a tag added": (lambda a, b, r, c: [a, b._replace(tags=(*b.tags, "facility:x")), r, c], 2),
    "an inherited tag removed": (lambda a, b, r, c: [a, b, r, c._replace(tags=c.tags[:-1])], 4),
    "a tag of a redaction": (lambda a, b, r, c: [a, b, r._replace(tags=("facility:x",)), c], 3),
}  # fmt: skip


class Redacting(LogCases):
    """Erasing."""

    def test_redacting_erases_all_but_what_seals_an_entry(self, log: BaseLog) -> None:
        """Position, id, instant, leaf and digest stay; the head moves on, and the log verifies."""
        (before, other) = log.append([escaped(id="a", occurred="2026-01-19", reports=[Report("AFP")]), opened(id="b")])
        (redaction,) = log.append([redact("a", reports=[Report("a court")])])
        assert erased(log) == [1]
        left = next(log.read())
        assert (left.position, left.id, left.recorded_micros, left.leaf, left.digest) == (
            1, "a", before.recorded_micros, before.leaf, before.digest)  # fmt: skip
        assert (left.occurred, left.reports, left.tags, left.salt) == (None, (), (), b"")
        assert tuple(log.read(after=1)) == (other, redaction)
        assert log.verify() == log.head() == Head(3, redaction.digest)

    def test_what_is_redacted_is_not_found_by_what_it_said(self, log: BaseLog) -> None:
        """Neither by its tags nor by its type, but by being redacted."""
        log.append([escaped("shaddadi", id="a"), escaped("sinaa", id="b")])
        log.append([redact("a", id="r")])
        assert ids(log.read(tags="facility:shaddadi")) == []
        assert ids(log.read(types=[custody.DetaineesEscaped])) == ["b"]
        assert ids(log.read(types="redacted")) == ["a"]
        assert ids(log.read(tags="entry:a")) == ["r"]

    def test_a_redaction_inherits_no_tags(self, log: BaseLog) -> None:
        """Its own are what it names and what it is about."""
        log.append([escaped("shaddadi", id="a")])
        (entry,) = log.append([Draft(editorial.EventRedacted(target="a", about=("request:7",)))])
        assert set(entry.tags) == {"entry:a", "request:7"}

    @pytest.mark.parametrize("case", FALLING)
    @pytest.mark.parametrize("together", [False, True], ids=["stored", "same batch"])
    def test_what_repeats_a_redacted_entry_is_redacted_with_it(self, log: BaseLog, case: str, together: bool) -> None:
        """Each editorial entry that names it, directly or not, is erased by a redaction of its own."""
        there = [escaped("shaddadi", id="a"), opened(id="b", after=["a"]), *FALLING[case]]
        if together:
            (*_, entry) = log.append([*there, redact("a")])
        else:
            log.append(there)
            (entry,) = log.append([redact("a")])
        named = {e.event.target: e for e in log.read(types=[editorial.EventRedacted])}
        fallen = range(3, len(there) + 1)
        assert erased(log) == [1, *fallen]
        assert set(named) == {e.id for e in log.read(types="redacted")}
        assert named["a"] == entry
        assert positions(log.read(tags="facility:shaddadi")) == []
        assert log.verify().position == len(there) + len(named)

    def test_what_an_editorial_entry_edited_stays_when_it_is_redacted(self, log: BaseLog) -> None:
        """Only the correction is erased."""
        log.append([escaped(id="a"), Draft(EDITORIALS["corrected"]("a"), id="c"), redact("c")])
        assert erased(log) == [2]

    def test_a_redacted_id_is_never_taken_again(self, log: BaseLog) -> None:
        """Appending under its id returns the redacted entry, and the rest of the batch lands."""
        drafts = [escaped(id="a"), Draft(EDITORIALS["corrected"]("a"), id="c"), opened(id="b", part_of="a")]
        log.append([*drafts, redact("a", id="r")])
        before = log.head()
        again = log.append([*drafts, redact("a", id="r")])
        assert [e.event for e in again[:2]] == [Redacted(), Redacted()]
        assert ids(again) == ["a", "c", "b", "r"]
        assert log.head() == before
        assert ids(log.append([opened(id="a"), opened("new", id="n", after=["a"]), opened("other", id="a")])) == [
            "a",
            "n",
            "a",
        ]
        assert erased(log) == [1, 2]

    @pytest.mark.parametrize("case", NOT_REDACTED)
    @pytest.mark.parametrize("together", [False, True], ids=["stored", "same batch"])
    def test_what_is_redacted_stays_as_it_is(self, log: BaseLog, case: str, together: bool) -> None:
        """It can be neither edited nor brought back, and nor can its redaction."""
        there, refused, named = NOT_REDACTED[case]
        if not together:
            log.append(there)
        error = rejected(log, [*there, refused] if together else [refused], EditorialRefused, "redact")
        assert error.target == named
        assert not isinstance(error, UnknownTarget)

    def test_redacting_what_is_not_there_is_refused(self, log: BaseLog) -> None:
        """As with any editorial entry."""
        assert rejected(log, [redact("nowhere")], UnknownTarget).target == "nowhere"

    def test_a_batch_that_fails_erases_nothing(self, log: BaseLog) -> None:
        """The erasure and its entry are one act, and so are those beside it."""
        entries = log.append([escaped("shaddadi", id="a"), Draft(EDITORIALS["disputed"]("a"))])
        rejected(log, [redact("a"), retract("nowhere")], UnknownTarget)
        rejected(log, [redact("a")], ConcurrencyConflict, expect=Expect(after=1))
        assert tuple(log.read()) == entries
        assert len(list(log.read(tags="facility:shaddadi"))) == 2

    def test_a_retraction_redacted_in_the_same_batch_stands_in_nobody_s_way(self, log: BaseLog) -> None:
        """An entry that the batch redacts is gone for the drafts after it."""
        log.append([opened(id="a"), retract("a", id="r")])
        log.append([redact("r"), Draft(EDITORIALS["corrected"]("a")), retract("a")])
        assert erased(log) == [2]

    def test_what_is_redacted_is_restored_as_it_is(self, make: Make) -> None:
        """Verbatim, with the redactions that account for it."""
        first, second = make(), make()
        first.append([escaped(id="a"), Draft(EDITORIALS["corrected"]("a")), redact("a")])
        assert second.restore(first.stored()) == first.head() == second.verify()
        assert erased(second) == [1, 2]
        assert second.append([escaped(id="a")])[0].event == Redacted()

    @pytest.mark.parametrize("case", _UNACCOUNTED)
    def test_only_redactions_erase_and_tags_are_those_of_the_content(self, make: Make, case: str) -> None:
        """An entry erased, put back or tagged outside the library is found."""
        arrange, position = _UNACCOUNTED[case]
        log, copy = make(), make()
        corrected = Draft(EDITORIALS["corrected"]("b"))
        log.append([escaped("shaddadi", id="a"), opened("rabia", id="b"), redact("a"), corrected])
        rows = arrange(*log.stored())
        with pytest.raises(TamperedLog) as caught:
            copy.restore(rows)
        assert caught.value.position == position
        self.rewrite(log, rows)
        with pytest.raises(TamperedLog) as caught:
            log.verify()
        assert caught.value.position == position

    def test_tags_that_cannot_be_derived_are_taken_as_they_stand(self, make: Make) -> None:
        """Those of unknown events, of what corrects to one, and of what an older version of a class stored."""
        log, copy = make(), make()
        unknown = UnknownEvent("newsroom.unheard_of", 1, {}, ("facility:x",))
        corrected = Draft(editorial.EventCorrected(target="b", replacement=unknown))
        log.append([Draft(unknown, id="u"), opened(id="b"), corrected, Draft(EDITORIALS["disputed"]("u"))])
        assert copy.restore(log.stored()) == log.verify()
