"""The log contract: several threads write and read one log at once, and nothing is missed."""

from __future__ import annotations

import threading
from collections.abc import Callable

from timeline.log.base import BaseLog
from timeline.testing.concurrency import (
    ALIKE,
    SIZE,
    STEPS,
    STUCK_AFTER,
    TURNS,
    append_batches,
    count_up,
    import_alike,
    in_threads,
)
from timeline.testing.logs.base import LogCases, ids, positions

_NAMES = "abcd"
_ALL = len(_NAMES) * TURNS * SIZE


class Writers(LogCases):
    """Several threads at once."""

    def test_threads_append_without_gaps(self, log: BaseLog) -> None:
        """Every batch lands whole, in one piece, and is there when `append` returns."""
        in_threads(log, append_batches, _NAMES)
        check_batches(log, _NAMES)

    def test_threads_count_under_conditions(self, log: BaseLog) -> None:
        """Each step of a counter is taken by exactly one thread."""
        in_threads(log, count_up, _NAMES)
        check_steps(log, _NAMES)

    def test_threads_that_import_the_same_agree(self, log: BaseLog) -> None:
        """The same ids from several threads land once."""
        in_threads(log, import_alike, _NAMES)
        assert log.verify().position == 2 * ALIKE

    def test_a_reader_misses_nothing_while_others_write(self, log: BaseLog) -> None:
        """Positions become visible in order: who reads on from the last one seen sees each of them once."""
        seen = read_on(log, lambda: in_threads(log, append_batches, _NAMES))
        assert seen == list(range(1, _ALL + 1))

    def test_a_follower_misses_nothing_while_others_write(self, log: BaseLog) -> None:
        """It is given each entry once, in order, and ends when the log is closed."""
        seen: list[int] = []
        complete = threading.Event()

        def follow() -> None:
            for entry in log.follow(every=0.001):
                seen.append(entry.position)
                if entry.position == _ALL:
                    complete.set()

        follower = threading.Thread(target=follow, daemon=True)
        follower.start()
        in_threads(log, append_batches, _NAMES)
        assert complete.wait(STUCK_AFTER)
        log.close()
        follower.join(STUCK_AFTER)
        assert not follower.is_alive()
        assert seen == list(range(1, _ALL + 1))

    def test_readers_see_no_part_of_a_batch(self, log: BaseLog) -> None:
        """Readers see whole batches only, at any moment."""
        lengths: list[int] = []
        read_on(log, lambda: in_threads(log, append_batches, _NAMES), lambda: lengths.append(len(list(log.read()))))
        assert [length % SIZE for length in lengths] == [0] * len(lengths)


def read_on(log: BaseLog, work: Callable[[], None], also: Callable[[], None] = lambda: None) -> list[int]:
    """Return the positions that a reader sees, reading on from the last one while some work goes on."""
    seen: list[int] = []
    failed: list[BaseException] = []
    over = threading.Event()

    def read() -> None:
        try:
            while not over.is_set():
                look()
        except BaseException as error:  # noqa: BLE001 - raised again where it is seen
            failed.append(error)

    def look() -> None:
        seen.extend(positions(log.read(after=seen[-1] if seen else 0)))
        also()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        work()
    finally:
        over.set()
        reader.join(STUCK_AFTER)
    assert not reader.is_alive(), "a reader is stuck"
    if failed:
        raise failed[0]
    look()
    return seen


def check_batches(log: BaseLog, names: str) -> None:
    """Check that all batches of these writers are there, once, and verify."""
    entries = list(log.read())
    assert positions(entries) == list(range(1, len(names) * TURNS * SIZE + 1))
    assert set(ids(entries)) == {f"{name}-{t}-{n}" for name in names for t in range(TURNS) for n in range(SIZE)}
    recorded = [entry.recorded_micros for entry in entries]
    assert recorded == sorted(recorded)
    assert log.verify().position == len(entries)


def check_steps(log: BaseLog, names: str) -> None:
    """Check that these writers counted together, and that no step was taken twice."""
    assert [entry.event.crossing for entry in log.read()] == [f"n{n}" for n in range(len(names) * STEPS)]
