"""The log on NATS JetStream: a replicated stream with one message for each entry.

The servers agree on one order of messages. They take a batch, as a whole, only if its writer knew the last
position. So there is no lock: an append decides by the local copy of the log. If another writer was first, or the
copy was out of date, the log catches up and the append decides again. A writer that loses too often asks the
others to pause.
"""

from __future__ import annotations

import os
import ssl
import threading
import time
import warnings
from collections.abc import Callable, Collection, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from timeline.errors import LogError, ReadOnlyLog, TimelineError
from timeline.log.audit import Audit
from timeline.log.clocks import Clock, refuse_ahead, utc_now
from timeline.log.follower import Wait
from timeline.log.forks import set_aside, was_free
from timeline.log.jetstream.address import Address
from timeline.log.jetstream.background import Background
from timeline.log.jetstream.intake import Intake
from timeline.log.jetstream.message import batch, misfit
from timeline.log.jetstream.stream import Overtaken, Stream
from timeline.log.memory import MemoryLog
from timeline.log.patience import PATIENCE, seconds_given
from timeline.log.query import ALL, Query
from timeline.log.stored import Head, Stored
from timeline.progress import Progress, with_progress

T = TypeVar("T")
_CALL_AFTER = 3
"""After this many losses, an append asks the other writers to pause."""
_ROOM = (0.05, 2.0)
"""Seconds for which a writer then pauses before its next append: at the first request, and at most."""
_AT_ONCE = 500
"""How many messages are fetched at a time."""
_GLANCE = 0.05
"""Seconds between two looks at a batch that is still incomplete."""


class JetStreamLog(MemoryLog):
    """Entries on a stream of NATS servers, made if there is none, and a copy of them in memory.

    1. When `append` returns, a majority of the replicas has stored the batch.
    2. Any number of processes and threads may read and append. Before every answer the copy catches up with the
       leader of the stream; the first time, it reads the whole stream.
    3. A batch holds at most as many entries as the servers take as a whole, by default 1,000.
    4. Servers that fail, restart or elect a leader are waited for, up to `patience` seconds.

    Servers, user and password (or a token), stream and replicas may stand in the URL:
    `nats://user:password@host-a:4222,host-b:4222/stream?replicas=3`. With `tls://` nothing is sent unencrypted.
    With `replicas` None, an existing stream keeps its replicas, and a new one gets one.

    Raises: CannotOpen, NotATimeline, NewerFormat, MissingExtra.
    """

    def __init__(
        self,
        url: str,
        *,
        stream: str | None = None,
        replicas: int | None = None,
        credentials: str | os.PathLike[str] | None = None,
        nkey: str | os.PathLike[str] | None = None,
        tls: ssl.SSLContext | None = None,
        patience: float = PATIENCE,
        clock: Clock = utc_now,
    ) -> None:
        super().__init__(clock=clock)
        self.address = Address.parse(url, stream=stream, replicas=replicas, credentials=credentials, nkey=nkey, tls=tls)
        self._patience = seconds_given("patience", patience)
        self._intake = Intake()
        self._told = False
        self._outgoing: list[Sequence[Stored]] = []  # rows of the present append, in the pieces that are sent
        self._erasing: list[str] = []  # ids that the present append erases
        self._landing = False
        self._stale = False
        self._free_at = 0.0
        self._listening = False
        self._heard = self._heeded = 0  # the last position announced, and the one up to which the copy has looked
        self._bell = threading.Condition()
        self._loop: Background | None = None
        self._stream = self._new_stream()
        try:
            self._ask(self._stream.open)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        with self._lock:
            if self._closed:
                return
            super().close()
            if self._loop is not None:
                self._loop.run(self._stream.close())
                self._loop.close()
        with self._bell:
            self._bell.notify_all()

    def after_fork(self) -> None:
        """Use a new connection, and read the stream again if another thread was changing the copy."""
        whole = was_free(self._lock)
        set_aside(self._loop, self._stream)
        super().after_fork()
        self._bell = threading.Condition()
        self._loop, self._stream = None, self._new_stream()
        self._listening = self._landing = False
        self._outgoing, self._erasing = [], []
        if not whole:
            self._start_over()

    # -- what is asked is up to date ---------------------------------------------------------------

    def stored(self, query: Query = ALL) -> Iterator[Stored]:
        self._catch_up()
        self._tell_misfit()
        rows = super().stored(query)
        beyond = query.limit != 0 and (query.before is None or query.before > self._intake.misfit)
        return self._up_to_misfit(rows, query.limit) if self._intake.torn and beyond else rows

    def head(self) -> Head:
        with self._lock:
            self._catch_up()
            if self._intake.torn:
                raise misfit(self._intake.misfit)
            self._tell_misfit()
            return super().head()

    def verify(self, *, progress: Progress | None = None) -> Head:
        """Read the stream again, recompute every digest, and return the head to which they lead.

        Raises: TamperedLog, naming the first position that does not fit.
        """
        with self._lock:
            known = self._rows[-1:]
            self._start_over()
            self._catch_up()
            audit = Audit()
            for row in with_progress(self._rows, progress, len(self._rows)):
                audit.take(row)
            if self._intake.misfit:
                raise misfit(self._intake.misfit)
            head = audit.end()
            if known and [row.digest for row in self.rows_by_id([known[0].id]).values()] != [known[0].digest]:
                raise misfit(known[0].position)
            return head

    def restore(self, rows: Iterable[Stored]) -> Head:
        """Write stored entries verbatim into an empty log, digests and all, whole or not at all.

        The rows are sent in pieces, which become visible together with the last. After an interruption, the log
        accepts only the same rows, which complete it.

        Raises: LogError when the log is not empty, TamperedLog when a row does not fit.
        """
        self._catch_up()
        try:
            return super().restore(rows)
        except Overtaken as error:
            raise LogError("the log is no longer empty: expected an empty log. Restore into a new stream.") from error

    # -- what a store supplies ---------------------------------------------------------------------

    def retry(self, work: Callable[[], T]) -> T:
        time.sleep(max(0.0, self._free_at - time.monotonic()))
        with self._lock:
            self._ask(self._stream.check)
            tries = 0
            self._stale = True
            while True:
                with suppress(Overtaken):
                    return work()
                tries += 1
                self._catch_up()
                if tries % _CALL_AFTER == 0:
                    self._ask(self._stream.call, tries // _CALL_AFTER)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._lock:
            self._landing = True
            try:
                yield
                self._publish()
            except TimelineError as refusal:
                self._landing = False
                if self._stale and self._catch_up():
                    raise Overtaken from refusal  # it was refused by an outdated copy
                raise
            finally:
                self._landing = False
                self._outgoing, self._erasing = [], []

    def insert(self, rows: Sequence[Stored]) -> None:
        self._outgoing.append(rows)

    def erase(self, ids: Sequence[str]) -> None:
        self._erasing += ids

    def now(self) -> int:
        moment = super().now()
        refuse_ahead(moment, self._stream.clock, lambda: self._ask(self._stream.look))
        return moment

    # -- how ---------------------------------------------------------------------------------------

    def _ask(self, what: Callable[..., Coroutine[Any, Any, T]], *given: Any) -> T:
        with self._lock:
            self.require_open()
            if self._loop is None:
                self._loop = Background(f"timeline {self.address.stream}")
            return self._loop.run(what(*given))

    def _new_stream(self) -> Stream:
        return Stream(self.address, self._patience, self._make_room)

    def _start_over(self) -> None:
        """Drop the copy, so that the whole stream is read again."""
        self._rows, self._by_id, self._by_tag = [], {}, {}
        self._intake = Intake()

    def _up_to_misfit(self, rows: Iterator[Stored], limit: int | None) -> Iterator[Stored]:
        """Give the rows before the misfit; then raise, because more rows were there.

        Raises: TamperedLog.
        """
        for number, row in enumerate(rows, 1):
            yield row
            if number == limit:
                return
        raise misfit(self._intake.misfit)

    def _unseen(self) -> Iterator[tuple[int, bytes | None]]:
        """Give the positions not looked at yet, with their messages; None for a deleted message."""
        position = known = self._intake.seen
        last = self._ask(self._stream.last, known)
        while position < last:
            page = self._ask(self._stream.fetch, position + 1, min(position + _AT_ONCE, last))
            if None in page:
                last = self._ask(self._stream.last, last)  # the message that erased it came before the deletion
            yield from enumerate(page, position + 1)
            position += len(page)

    def _catch_up(self) -> bool:
        """Take new messages into the copy, batch by batch, and tell whether there were any.

        It stops at the first message that does not fit.
        """
        with self._lock:
            self.require_open()
            if self._landing or self._intake.misfit:
                return False
            self._stale = False
            self._heeded = self._heard
            before = len(self._rows)
            news = list(self._unseen())
            erased: dict[int, Stored] = {}
            for rows, gone in self._intake.batches(news, self._rows, self._by_id):
                super().insert(rows)
                erased |= {row.position: row for row in gone}
            self._finish_erasing(erased, {position for position, payload in news if payload is not None})
            return len(self._rows) > before

    def _tell_misfit(self) -> None:
        """Warn once of a message behind all entries that does not fit; questions are answered all the same."""
        if self._intake.misfit and not self._intake.torn and not self._told:
            self._told = True
            warnings.warn(f"{self.address}: {misfit(self._intake.misfit)}", RuntimeWarning, stacklevel=3)

    def _finish_erasing(self, erased: Mapping[int, Stored], found: Collection[int]) -> None:
        """Erase from the copy what a redaction erased, and delete its messages if the redacting writer did not."""
        there = [row for row in erased.values() if not self._rows[row.position - 1].redacted]
        super().erase([row.id for row in there])
        with suppress(ReadOnlyLog):  # then it is left to a writer
            self._ask(self._stream.delete, [position for position in erased if position in found])

    def _publish(self) -> None:
        """Send the inserted rows, unless another writer was first; then delete the messages they erase."""
        rows = [row for piece in self._outgoing for row in piece]
        if not rows:
            return
        if self._intake.misfit:
            raise misfit(self._intake.misfit)
        begun = self._intake.rows  # the part of an interrupted restore that is there
        there = len(begun)
        if [row.leaf for row in rows[:there]] != [row.leaf for row in begun]:
            self._await_whole()
            raise Overtaken
        erased = [self._by_id[id] for id in self._erasing]
        payloads = batch(rows, [row.erased() for row in erased])
        size = len(self._outgoing[0])
        for first in range(there, len(rows), size):
            self._ask(self._stream.append, payloads[first : first + size], len(self._rows) + first)
        super().insert(rows)
        super().erase(self._erasing)
        self._intake.landed(len(self._rows))
        self._ask(self._stream.delete, [row.position for row in erased])

    def _await_whole(self) -> None:
        self._landing = False
        while self._intake.rows:
            if time.monotonic() > self._intake.grew + self._patience:
                raise LogError(
                    f"{self.address} holds only the first {len(self._intake.rows)} entries of a restore or a batch "
                    "that was interrupted: expected all of them. Restore the same lines again to complete it, or copy "
                    "the log to another stream and go on there."
                )
            time.sleep(_GLANCE)
            self._catch_up()

    @contextmanager
    def watch(self) -> Iterator[Wait]:
        with self._lock:
            if not self._listening:
                self._ask(self._stream.listen, self._hear)
                self._listening = True

        def wait(after: int, seconds: float) -> None:
            def is_news() -> bool:
                announced = self._heard > self._intake.seen and self._heard != self._heeded
                return self._closed or len(self._rows) > after or announced

            with self._bell:
                self._bell.wait_for(is_news, seconds)
            if self._intake.misfit:
                raise misfit(self._intake.misfit)

        yield wait

    def _make_room(self, calls: int) -> None:
        self._free_at = time.monotonic() + min(calls * _ROOM[0], _ROOM[1])

    def _hear(self, position: int) -> None:
        with self._bell:
            self._heard = position
            self._bell.notify_all()
