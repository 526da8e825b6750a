"""Work of several writers on one log at once, in threads or in processes.

The module stands apart from the contract, so that another process can import it without pytest and Hypothesis.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from timeline.entry import Draft
from timeline.errors import ConcurrencyConflict
from timeline.events import border
from timeline.log.base import BaseLog
from timeline.log.query import Expect

Opener = Callable[..., BaseLog]
"""Opens the log at a place: `opener(place, clock=...)`."""
Work = Callable[[BaseLog, str], None]
"""What a writer with a name does to a log."""
TURNS, SIZE, STEPS, ALIKE = 10, 3, 5, 8
STUCK_AFTER = 120.0
"""Seconds after which a writer counts as stuck."""


def opened(crossing: str = "rabia", **given: Any) -> Draft:
    """Draft the opening of a crossing."""
    return Draft(border.CrossingOpened(crossing=crossing), **given)


def append_batches(log: BaseLog, name: str) -> None:
    """Append batches; each lands in one piece, and is there when `append` returns."""
    for turn in range(TURNS):
        entries = log.append([opened(id=f"{name}-{turn}-{n}") for n in range(SIZE)])
        first = entries[0].position
        assert [entry.position - first for entry in entries] == list(range(SIZE)), "a batch lies in one piece"
        assert list(log.read(after=first - 1, limit=SIZE)) == list(entries), "what was appended can be read"


def count_up(log: BaseLog, name: str) -> None:
    """Take steps of a counter that all writers share, each under the condition that nobody was faster."""
    taken = 0
    while taken < STEPS:
        head = log.head().position
        with suppress(ConcurrencyConflict):
            log.append([opened(f"n{head}")], expect=Expect(types=border.CrossingOpened, after=head))
            taken += 1


def import_alike(log: BaseLog, name: str) -> None:
    """Import what all others import too."""
    for n in range(ALIKE):
        log.append([opened(id=f"a{n}"), opened(id=f"b{n}")])


def in_threads(log: BaseLog, work: Work, names: str = "abcd") -> None:
    """Let several threads work on a log at once, and raise what went wrong in any."""
    failed: list[BaseException] = []

    def run(name: str) -> None:
        try:
            work(log, name)
        except BaseException as error:  # noqa: BLE001 - raised again where it is seen
            failed.append(error)

    threads = [threading.Thread(target=run, args=(name,), daemon=True) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(STUCK_AFTER)
    assert not any(thread.is_alive() for thread in threads), "a writer is stuck"
    if failed:
        raise failed[0]


class Process:
    """Another process with the log open, which waits for the signal to start."""

    def __init__(self, opener: Opener, place: str, target: Callable[..., None], *given: Any) -> None:
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(target=_run, args=(theirs, opener, place, target, given), daemon=True)
        self._process.start()
        theirs.close()

    def ready(self) -> None:
        """Wait until it has opened the log."""
        self._expect("ready")

    def loose(self) -> None:
        """Let it start."""
        self.pipe.send("go")

    def done(self) -> None:
        """Wait until it has ended well, and raise what went wrong."""
        self._expect("done")
        self._process.join(STUCK_AFTER)

    def kill(self) -> list[Any]:
        """End it at once, as a power cut would, and give what it had said by then."""
        self._process.kill()
        return self.last_words()

    def last_words(self) -> list[Any]:
        """Return its messages until it dies."""
        said: list[Any] = []
        with suppress(EOFError, ConnectionResetError):
            while self.pipe.poll(STUCK_AFTER):
                said.append(self.pipe.recv())
        self._process.join(STUCK_AFTER)
        assert self._process.exitcode == -signal.SIGKILL, f"it was to be killed, and ended with {said[-1:]}"
        return said

    def _expect(self, word: str) -> None:
        assert self.pipe.poll(STUCK_AFTER), "another process is stuck"
        said = self.pipe.recv()
        if isinstance(said, BaseException):
            raise said
        assert said == word, said


def in_processes(opener: Opener, place: str, work: Work, names: str = "abc") -> None:
    """Let several processes work on the log at a place at once, and raise what went wrong in any."""
    processes = [Process(opener, place, _work, work, name) for name in names]
    for process in processes:
        process.ready()
    for process in processes:
        process.loose()
    for process in processes:
        process.done()


def append_for_ever(log: BaseLog, pipe: Connection, size: int) -> None:
    """Append batches without end, and say the last position of each as soon as it was promised."""
    turn = 0
    while True:
        entries = log.append(batch_of(turn, size))
        pipe.send(entries[-1].position)
        turn += 1


def batch_of(turn: int, size: int) -> list[Draft]:
    """Return the batch of a turn."""
    return [opened(id=f"{turn}-{n}") for n in range(size)]


def die_inside(log: BaseLog, pipe: Connection, size: int, turns: int, interrupt: Callable[..., None]) -> None:
    """Append some batches, and be killed inside the next, after its rows were handed over."""
    for turn in range(turns):
        log.append(batch_of(turn, size))
    interrupt(log, _die)
    log.append(batch_of(turns, size))


def after_insert(log: BaseLog, act: Callable[[], None]) -> None:
    """Make every later `append` call `act` when its rows were handed to the store and are not kept yet."""
    insert = log.insert

    def interrupted(rows: Sequence[Any]) -> None:
        insert(rows)
        act()

    log.insert = interrupted  # type: ignore[method-assign]


def _work(log: BaseLog, pipe: Connection, work: Work, name: str) -> None:
    work(log, name)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _run(pipe: Connection, opener: Opener, place: str, target: Callable[..., None], given: tuple[Any, ...]) -> None:
    try:
        log = opener(place)
        pipe.send("ready")
        pipe.recv()
        target(log, pipe, *given)
        log.close()
        pipe.send("done")
    except BaseException as error:  # noqa: BLE001 - raised again in the process that asked
        pipe.send(error)
