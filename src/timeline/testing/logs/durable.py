"""The log contract: what outlives the process, is shared by several, and survives their sudden ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from timeline.errors import ConcurrencyConflict, IdConflict
from timeline.log.base import BaseLog
from timeline.log.query import Expect
from timeline.testing.concurrency import (
    ALIKE,
    SIZE,
    TURNS,
    Process,
    append_batches,
    append_for_ever,
    batch_of,
    count_up,
    die_inside,
    import_alike,
    in_processes,
    opened,
)
from timeline.testing.logs.base import FILLED, LogCases, Places, ids, positions, rejected
from timeline.testing.logs.writers import check_batches, check_steps, read_on

_NAMES = "abc"


class Durable(LogCases):
    """A place outlives the log opened there, and may be open many times."""

    @pytest.fixture
    def place(self, places: Places) -> str:
        """One place with no log yet."""
        return places()

    @pytest.fixture
    def mine(self, place: str) -> Iterator[BaseLog]:
        """The log at the place."""
        with type(self).open(place) as log:
            yield log

    @pytest.fixture
    def theirs(self, place: str) -> Iterator[BaseLog]:
        """The same log, opened once more."""
        with type(self).open(place) as log:
            yield log

    def test_it_is_kept_when_it_is_closed(self, place: str) -> None:
        """Reopened, it has the same entries and digests, and goes on where it ended."""
        with type(self).open(place) as log:
            entries = log.append([opened(id="a"), opened("معبر"), *FILLED])
            head = log.head()
        with type(self).open(place) as log:
            assert tuple(log.read()) == entries
            assert [entry.event for entry in log.read()] == [entry.event for entry in entries]
            assert log.head() == log.verify() == head
            assert positions(log.read(tags=["facility:a"])) == [3, 5, 6, 8]
            assert log.append([opened(id="a")]) == entries[:1]
            assert positions(log.append([opened()])) == [9]

    def test_what_was_appended_is_seen_at_once_elsewhere(self, mine: BaseLog, theirs: BaseLog) -> None:
        """As soon as `append` has returned, by everybody who has it open."""
        for turn in range(5):
            entries = (mine, theirs)[turn % 2].append(batch_of(turn, 2))
            for log in (mine, theirs):
                assert tuple(log.read(after=entries[0].position - 1)) == entries
                assert log.head().digest == entries[-1].digest

    def test_a_condition_sees_what_was_appended_elsewhere(self, mine: BaseLog, theirs: BaseLog) -> None:
        """An earlier reading is stale as soon as another writer has appended."""
        mine.append(FILLED)
        theirs.append([opened("a")])
        error = rejected(mine, [opened()], ConcurrencyConflict, expect=Expect(tags="facility:a", after=6))
        assert error.found == 7
        assert positions(mine.append([opened()], expect=Expect(after=7))) == [8]

    def test_ids_are_taken_everywhere(self, mine: BaseLog, theirs: BaseLog) -> None:
        """The same again elsewhere gives the entry; other content is refused."""
        (entry,) = mine.append([opened(id="a")])
        assert theirs.append([opened(id="a")]) == (entry,)
        rejected(theirs, [opened("other", id="a")], IdConflict, "position 1")

    def test_time_never_goes_back_between_clocks(self, place: str) -> None:
        """A program whose clock is behind records at the last instant on the log."""
        late, early = (dt.datetime(2026, 1, 1, 0, minute, tzinfo=dt.UTC) for minute in (2, 1))
        with type(self).open(place, clock=lambda: late) as ahead, type(self).open(place, clock=lambda: early) as behind:
            behind.append([opened()])
            ahead.append([opened()])
            behind.append([opened()])
            assert [entry.recorded_at for entry in behind.read()] == [early, late, late]

    def test_processes_append_at_once_to_a_new_log(self, place: str) -> None:
        """Each finds or makes the same log; every batch lands whole, and positions have no gaps."""
        in_processes(type(self).open, place, append_batches, _NAMES)
        with type(self).open(place) as log:
            check_batches(log, _NAMES)

    def test_processes_count_under_conditions(self, place: str) -> None:
        """Each step of a counter is taken by exactly one process."""
        in_processes(type(self).open, place, count_up, _NAMES)
        with type(self).open(place) as log:
            check_steps(log, _NAMES)

    def test_processes_that_import_the_same_agree(self, place: str) -> None:
        """The same ids land once, whoever comes first."""
        in_processes(type(self).open, place, import_alike, _NAMES)
        with type(self).open(place) as log:
            assert log.verify().position == 2 * ALIKE

    def test_a_reader_misses_nothing_while_processes_write(self, place: str, mine: BaseLog) -> None:
        """A reader that continues from the last position seen sees each entry once, in order."""
        seen = read_on(mine, lambda: in_processes(type(self).open, place, append_batches, _NAMES))
        assert seen == list(range(1, len(_NAMES) * TURNS * SIZE + 1))

    @pytest.mark.parametrize("answers", [0, 1, 7])
    def test_a_killed_process_loses_nothing_it_was_promised(self, place: str, answers: int) -> None:
        """All that `append` returned is there, no batch is torn, and the batch under way can be sent again."""
        writer = Process(type(self).open, place, append_for_ever, SIZE)
        writer.ready()
        writer.loose()
        promised = [writer.pipe.recv() for _ in range(answers)]
        promised += writer.kill()
        with type(self).open(place) as log:
            turns = untorn(log)
            assert turns * SIZE >= max(promised, default=0)
            assert positions(log.append(batch_of(len(promised), SIZE)))[-1] == (len(promised) + 1) * SIZE
            assert untorn(log) == len(promised) + 1

    @pytest.mark.parametrize("turns", [0, 3])
    def test_a_process_killed_while_writing_leaves_no_part_of_it(self, place: str, turns: int) -> None:
        """Rows that were handed over and not kept are gone, and the ids are free."""
        writer = Process(type(self).open, place, die_inside, SIZE, turns, type(self).interrupt)
        writer.ready()
        writer.loose()
        assert writer.last_words() == []
        with type(self).open(place) as log:
            assert untorn(log) == turns
            assert positions(log.append(batch_of(turns, SIZE)))[0] == turns * SIZE + 1
            assert untorn(log) == turns + 1


def untorn(log: BaseLog) -> int:
    """Count the batches, and check that each is whole, in order, and verifies."""
    found = ids(log.read())
    turns = len(found) // SIZE
    assert found == [f"{turn}-{n}" for turn in range(turns) for n in range(SIZE)]
    assert log.verify().position == len(found)
    return turns
