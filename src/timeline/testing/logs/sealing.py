"""The log contract: time goes forward, digests chain, changes are found, copies are exact."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any

import pytest

from timeline.entry import Draft
from timeline.errors import (
    LogError,
    TamperedLog,
)
from timeline.events.declare import UnknownEvent
from timeline.log import codec
from timeline.log.base import BaseLog
from timeline.log.store import PAGE
from timeline.log.stored import Head, Stored
from timeline.testing.concurrency import opened
from timeline.testing.logs.base import FILLED, LogCases, Make, escaped, ids, positions, prolong

CHANGES: dict[str, Callable[[Any], Stored]] = {
    "content": lambda row: row._replace(content=row.content.replace(b"rabia", b"other")),
    "id": lambda row: row._replace(id="changed"),
    "recorded": lambda row: row._replace(recorded=row.recorded + 1),
    "salt": lambda row: row._replace(salt=bytes(16)),
    "leaf": lambda row: row._replace(leaf=bytes(32)),
    "digest": lambda row: row._replace(digest=bytes(32)),
    "content and leaf": lambda row: row._replace(content=b"{}", leaf=codec.leaf(row.salt, b"{}", row.id, row.recorded)),
    "an instant past all": lambda row: row._replace(recorded=1 << 62),
}
OTHER_KINDS: dict[str, Callable[[Any], Stored]] = {
    "a text for bytes": lambda row: row._replace(content=row.content.decode()),
    "a text for a number": lambda row: row._replace(recorded="yesterday"),
    "bytes for a text": lambda row: row._replace(id=b"b"),
}


class Sealing(LogCases):
    """Time, digests and copies."""

    def test_the_clock_is_asked_once_a_batch_and_never_goes_back(self, make: Make) -> None:
        """A clock set back repeats the last instant."""
        ticks = iter([dt.datetime(2026, 1, 2, 0, 1, tzinfo=dt.UTC), dt.datetime(2026, 1, 2, tzinfo=dt.UTC),
                      dt.datetime(2026, 1, 3, 3, tzinfo=dt.timezone(dt.timedelta(hours=3)))])  # fmt: skip
        log = make(clock=lambda: next(ticks))
        for _ in range(3):
            log.append([opened(), opened()])
        recorded = [entry.recorded_at.isoformat()[:16] for entry in log.read()]
        assert recorded == ["2026-01-02T00:01"] * 4 + ["2026-01-03T00:00"] * 2
        assert {entry.recorded_at.timezone_name for entry in log.read()} == {"UTC"}

    def test_the_system_clock_is_the_default(self, log: BaseLog) -> None:
        """An entry is recorded between two looks at the clock."""
        before = dt.datetime.now(dt.UTC)
        (entry,) = log.append([opened()])
        assert before <= entry.recorded_at <= dt.datetime.now(dt.UTC)

    def test_entries_are_sealed_into_a_chain(self, log: BaseLog) -> None:
        """Each digest follows from the one before and the entry's own leaf, with a salt of its own."""
        log.append([opened(), opened()])
        log.append([escaped()])
        digest = b""
        for row, entry in zip(log.stored(), log.read(), strict=True):
            assert row.leaf == codec.leaf(row.salt, row.content, row.id, row.recorded) == entry.leaf
            digest = codec.digest(digest, row.leaf)
            assert row.digest == digest == entry.digest
            assert len(row.salt) == 16
        assert log.verify() == log.head() == Head(3, digest)
        assert len({row.salt for row in log.stored()}) == 3

    @pytest.mark.parametrize("change", CHANGES)
    @pytest.mark.parametrize("position", [1, 2, 4])
    def test_a_change_is_found_at_its_position(self, log: BaseLog, change: str, position: int) -> None:
        """A change of any part of an entry outside the library is found."""
        self._changed(log, CHANGES[change], position)

    @pytest.mark.parametrize("change", OTHER_KINDS)
    def test_a_value_of_another_kind_is_found(self, log: BaseLog, change: str) -> None:
        """A store whose columns hold one kind of value cannot be changed so: set this to None for it."""
        self._changed(log, OTHER_KINDS[change], 2)

    def _changed(self, log: BaseLog, change: Callable[[Any], Stored], position: int) -> None:
        log.append([opened("rabia", id=f"e{n}") for n in range(1, 5)])
        rows = list(log.stored())
        rows[position - 1] = change(rows[position - 1])
        self.rewrite(log, rows)
        with pytest.raises(TamperedLog, match=f"position {position} does not fit") as caught:
            log.verify()
        assert caught.value.position == position

    @pytest.mark.parametrize(
        ("arrange", "position"),
        [
            (lambda a, b, c, d: [b, c, d], 1),
            (lambda a, b, c, d: [a, c, d], 2),
            (lambda a, b, c, d: [a, c._replace(position=2), d._replace(position=3)], 2),
            (lambda a, b, c, d: [a, c._replace(position=2), b._replace(position=3), d], 2),
            (lambda a, b, c, d: [a, b, c, d, d._replace(position=5, id="more")], 5),
        ],
        ids=["first removed", "one removed", "one removed and closed up", "swapped", "one added"],
    )
    def test_removals_and_swaps_are_found(self, log: BaseLog, arrange: Any, position: int) -> None:
        """At the first position that does not fit."""
        log.append([opened(id=f"e{n}") for n in range(4)])
        self.rewrite(log, arrange(*log.stored()))
        with pytest.raises(TamperedLog) as caught:
            log.verify()
        assert caught.value.position == position

    def test_restoring_gives_the_same_log(self, make: Make) -> None:
        """Positions, instants, salts and digests are verbatim, and searching works."""
        first, second = make(), make()
        first.append(FILLED)
        assert second.restore(first.stored()) == first.head() == second.verify()
        assert list(second.stored()) == list(first.stored())
        assert positions(second.read(tags=["facility:a"])) == [1, 3, 4, 6]
        assert positions(second.append([opened()])) == [7]

    def test_long_logs_are_restored_to_their_end(self, make: Make) -> None:
        """The number of rows may fall on the boundary of a page, if it writes by pages."""
        first = make()
        prolong(first, PAGE + 1)
        for length in (0, PAGE, PAGE + 1):
            second = make()
            assert second.restore(itertools.islice(first.stored(), length)).position == length
            assert second.verify() == second.head()

    def test_restoring_keeps_what_is_not_known_here(self, make: Make) -> None:
        """An unknown event is kept with its tags, and reads as UnknownEvent."""
        first, second, third = make(), make(), make()
        data: Any = {"a": 1}
        unknown = UnknownEvent("newsroom.unheard_of", 1, data, ("facility:x",))
        (entry,) = first.append([Draft(unknown, id="u")])
        second.restore(first.stored())
        third.restore(second.stored())
        assert list(third.read(tags=["facility:x"], types="newsroom.unheard_of")) == [entry]
        assert next(third.read()).event == entry.event
        assert third.append([Draft(entry.event, id="u")]) == (entry,)

    def test_only_an_empty_log_is_restored_into(self, make: Make) -> None:
        """A log that is not empty is not written over."""
        first, second = make(), make()
        first.append(FILLED)
        second.append([opened(id="mine")])
        with pytest.raises(LogError, match="not empty"):
            second.restore(first.stored())
        assert ids(second.read()) == ["mine"]

    @pytest.mark.parametrize("change", [*CHANGES, *OTHER_KINDS])
    def test_nothing_is_kept_of_what_does_not_fit(self, make: Make, change: str) -> None:
        """A changed row is refused, and the log stays empty."""
        first, second = make(), make()
        first.append([opened("rabia", id=f"e{n}") for n in range(5)])
        rows = list(first.stored())
        rows[4] = (CHANGES | OTHER_KINDS)[change](rows[4])
        with pytest.raises(TamperedLog) as caught:
            second.restore(rows)
        assert caught.value.position == 5
        assert second.head() == Head(0, b"")
        assert list(second.read()) == []

    def test_nothing_is_kept_of_a_long_log_that_does_not_fit(self, make: Make) -> None:
        """Also when pages were written before the row that is refused."""
        first, second = make(), make()
        prolong(first, PAGE + 1)
        *rows, last = first.stored()
        with pytest.raises(TamperedLog) as caught:
            second.restore([*rows, last._replace(salt=bytes(16))])
        assert caught.value.position == PAGE + 1
        assert second.head() == Head(0, b"")
        assert list(second.read()) == []
