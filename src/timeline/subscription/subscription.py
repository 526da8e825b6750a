"""A subscription, which applies each entry of a log to a read model exactly once, whatever crashes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Event
from typing import TypeVar

from timeline.entry import Entry
from timeline.errors import InvalidValue, LogClosed, LogError
from timeline.events.declare import Redacted
from timeline.events.editorial import EventRedacted
from timeline.log.base import BaseLog, log_given
from timeline.log.follower import Follower
from timeline.log.patience import seconds_given
from timeline.log.stored import Head
from timeline.subscription.model import Cursor, Parked, ReadModel
from timeline.values.containers import as_tuple

T = TypeVar("T")

BATCH = 500
"""The most entries that are applied in one transaction."""

Create = Callable[[Cursor], object]
"""`create(cursor)` makes the tables."""
Apply = Callable[[Entry, Cursor], object]
"""`apply(entry, cursor)` changes the tables by one entry; it neither commits nor rolls back."""


class Subscription:
    """Keeps a read model up to date with a log.

    1. The changes of `apply` and the checkpoint are kept in one transaction, so each entry is applied exactly once,
       even after a crash. Any number of processes may run the same subscription.
    2. An entry whose `apply` raises is tried again after each pause in `retries` (in seconds), and then parked with
       its error. The following entries are applied meanwhile. `parked` lists it, and `retry` applies it later. A
       redaction of the entry erases the text of the error.
    3. `rebuild` builds a new model beside the old one, which can be queried meanwhile, and then replaces it.

    Raises: InvalidValue.

    >>> from timeline import MemoryLog, Draft
    >>> from timeline.events import border
    >>> from timeline.subscription import SqliteModel
    >>> log = MemoryLog()
    >>> _ = log.append(Draft(border.CrossingOpened(crossing="al-qaim-bukamal-crossing")))
    >>> with SqliteModel("opened.db") as model:
    ...     Subscription(
    ...         log, model,
    ...         create=lambda cursor: cursor.execute("CREATE TABLE opened (crossing text)"),
    ...         apply=lambda entry, cursor: cursor.execute("INSERT INTO opened VALUES (?)", [entry.event.crossing]),
    ...     ).catch_up()
    1
    """

    def __init__(
        self,
        log: BaseLog,
        model: ReadModel,
        *,
        create: Create,
        apply: Apply,
        retries: Sequence[float] = (0.1, 1.0),
    ) -> None:
        if not (callable(create) and callable(apply)):
            raise InvalidValue(
                "create and apply of a subscription are functions: expected create(cursor), apply(entry, cursor)."
            )
        if not isinstance(model, ReadModel):
            raise InvalidValue(
                f"{model!r} is not a read model: expected one, such as SqliteModel('dashboard.db').", value=model
            )
        self.log = log_given(log)
        self.model = model
        self._create = create
        self._apply = apply
        self._retries = tuple(seconds_given("retries", pause) if pause != 0 else 0.0 for pause in as_tuple(retries))
        self._news: Follower | None = None
        self._stopped = Event()

    def catch_up(self) -> int:
        """Apply all entries now on the log, and return the position reached.

        Raises: LogError when the model was made from another log.
        """
        while self.model.retry(self._step) == BATCH:
            pass
        return self.position

    def run(self) -> None:
        """Apply the entries on the log, and then each new one, until `stop` is called or the log is closed.

        After an error such as LogUnreachable, call it again.
        """
        with suppress(LogClosed):
            reached = self.catch_up()
            with self.log.follow(after=reached) as self._news:
                if self._stopped.is_set():  # before the follower existed
                    return
                for entry in self._news:
                    if entry.position > reached:
                        reached = self.catch_up()

    def stop(self) -> None:
        """End `run` for good, from any thread."""
        self._stopped.set()
        if self._news is not None:
            self._news.stop()

    @property
    def position(self) -> int:
        """The position up to which everything was applied or parked."""
        return self._ask(self.model.checkpoint).position

    def parked(self) -> tuple[Parked, ...]:
        """Return the entries that could not be applied, in order of position."""
        return self._ask(self.model.parked)

    def retry(self, position: int) -> bool:
        """Apply a parked entry, and tell whether it succeeded; if not, the entry stays parked with its new error.

        Raises: InvalidValue when no entry is parked at this position.
        """

        def once() -> bool:
            with self.model.transaction() as cursor:
                self._reached(cursor)
                if position not in {parked.position for parked in self.model.parked(cursor)}:
                    raise InvalidValue(
                        f"no entry is parked at position {position}: expected the position of a parked "
                        "entry. parked() lists them."
                    )
                self.model.unpark(cursor, position)
                (entry,) = self.log.read(after=position - 1, limit=1)
                return self._take(entry, cursor)

        return self.model.retry(once)

    def rebuild(self) -> int:
        """Rebuild the model with the present `create` and `apply`, and return the position reached.

        Only one process may rebuild a model at a time. If it fails, the old model stays.
        """
        built = self.model.beside()
        try:
            Subscription(self.log, built, create=self._create, apply=self._apply, retries=self._retries).catch_up()
            self.model.switch(built)
        finally:
            built.discard()
        return self.catch_up()

    # -- how ---------------------------------------------------------------------------------------

    def _ask(self, question: Callable[[Cursor], T]) -> T:
        def once() -> T:
            with self.model.transaction() as cursor:
                self._reached(cursor)
                return question(cursor)

        return self.model.retry(once)

    def _reached(self, cursor: Cursor) -> Head:
        """Return the checkpoint of the model, whose tables are created if they do not exist."""
        if not self.model.laid_out(cursor):
            self.model.lay_out(cursor)
            self._create(cursor)
        return self.model.checkpoint(cursor)

    def _step(self) -> int:
        """Apply the next entries, and return their number."""
        with self.model.transaction() as cursor:
            entries = self._next(self._reached(cursor))
            for entry in entries:
                self._take(entry, cursor)
            if entries:
                self.model.advance(cursor, Head(entries[-1].position, entries[-1].digest))
            redacted = any(isinstance(entry.event, EventRedacted) for entry in entries)
            if redacted:
                self._forget(cursor)
        if redacted:
            self.model.scrub()
        return len(entries)

    def _forget(self, cursor: Cursor) -> None:
        """Erase the errors of parked entries that were redacted: they may quote the content."""
        for parked in self.model.parked(cursor):
            (entry,) = self.log.read(after=parked.position - 1, limit=1)
            if isinstance(entry.event, Redacted):
                kind = parked.error.partition(":")[0]
                self.model.park(cursor, parked._replace(error=f"{kind}: erased, because the entry was redacted"))

    def _next(self, reached: Head) -> list[Entry]:
        if not reached.position:
            return list(self.log.read(limit=BATCH))
        there = list(self.log.read(after=reached.position - 1, limit=BATCH + 1))
        if not there or Head(there[0].position, there[0].digest) != reached:
            raise LogError(
                f"the read model was made from another log: the entry it applied at position {reached.position} is "
                "not there. Rebuild it, or open the log from which it was made."
            )
        return there[1:]

    def _take(self, entry: Entry, cursor: Cursor) -> bool:
        """Apply an entry, or park it, and tell whether it was applied."""
        error = ""
        for pause in (0.0, *self._retries):
            time.sleep(pause)
            error = self._failure(entry, cursor)
            if not error:
                return True
        self.model.park(cursor, Parked(entry.position, entry.id, error))
        return False

    def _failure(self, entry: Entry, cursor: Cursor) -> str:
        """Apply an entry; undo its changes and return the error if it fails, or return an empty text.

        When the database itself has failed, returning to the savepoint fails too and ends the transaction.
        """
        failure = ""
        cursor.execute("SAVEPOINT entry")
        try:
            self._apply(entry, cursor)
        except Exception as error:  # noqa: BLE001 - whatever the user's code raises
            failure = f"{type(error).__name__}: {error}"
            cursor.execute("ROLLBACK TO SAVEPOINT entry")
        cursor.execute("RELEASE SAVEPOINT entry")
        return failure
