"""Keeping what is known current with a log, and keyframes of it beside the log."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import tzinfo
from threading import RLock

from timeline.cut import Question
from timeline.entry import Entry
from timeline.errors import LogClosed, LogError
from timeline.events.editorial import EventRedacted
from timeline.knowledge import Knowledge
from timeline.log import keyframes
from timeline.log.base import BaseLog
from timeline.log.shelf import Shelf
from timeline.log.stored import Head
from timeline.progress import Progress
from timeline.projection import Projection
from timeline.situation import Situation

_CHUNK = 1 << 12
"""How many entries are taken in at a time."""
_FEW = 1000
"""How many entries are folded anew at any rate, rather than kept folded."""
_OFTEN, _SELDOM = 2, 16
"""By which share a log has grown when keyframes are kept anew: a half while it is asked, a sixteenth on closing."""


class Current:
    """What is known of a log, kept current with it, whoever appends."""

    def __init__(
        self, log: BaseLog, projections: Mapping[str, Projection], tz: tzinfo, progress: Progress | None = None
    ) -> None:
        self._log = log
        self._progress = progress
        self._projections = projections
        self._tz = tz
        self._kept = 0
        self._erased = 0
        """The position up to which redactions had taken effect before anything known was read."""
        self.shelf = Shelf(log)
        self.knowledge = Knowledge(self.shelf, projections, tz, RLock())

    def catch_up(self) -> None:
        """Take in what was appended since; what was redacted since was never there."""
        knowledge = self.knowledge
        with knowledge.lock:
            if not knowledge.known.count:
                self._resume()
            while not self._take_in():
                self._forget()
            self._keep(_OFTEN)

    def compare(self, situation: Situation, question: Question) -> None:
        """Fold everything from scratch, to see that what was kept says the same.

        Raises: AssertionError, with what differs.
        """
        afresh = self.unread()
        afresh.add(self.shelf.get(range(1, self.knowledge.known.count + 1)))
        folded = Situation(afresh, question, situation.asked)
        assert situation == folded, f"what was kept differs from a fold from scratch:\n{situation.diff(folded)}"

    def unread(self) -> Knowledge:
        """A knowledge of the same log that has yet to take anything in."""
        return Knowledge(self.shelf, self._projections, self._tz, self.knowledge.lock, self.knowledge)

    def close(self) -> None:
        """Keep keyframes beside the log before it is closed."""
        with self.knowledge.lock, suppress(LogClosed):
            self._keep(_SELDOM)

    def _take_in(self) -> bool:
        """Take in what comes next; False where what is known was redacted in part, so that all is to come anew."""
        known = self.knowledge.known
        if not known.count:
            self._erased = self._log.head().position
        pages = self.shelf.after(known.count, _CHUNK)
        while True:
            with _uncollected():
                entries = next(pages, ())
                if any(isinstance(entry.event, EventRedacted) for entry in entries if entry.position > self._erased):
                    return False
                if entries:
                    self._add(entries)
            if len(entries) < _CHUNK:
                return True
            if self._progress:
                self._progress(known.count, self._log.head().position)

    def _add(self, entries: Sequence[Entry]) -> None:
        """Fold what comes next; what was cut short is no knowledge, and what could not be read changes none."""
        try:
            self.knowledge.add(entries)
        except BaseException:
            self._forget()
            raise

    def _forget(self) -> None:
        self.shelf.clear()
        self.knowledge.forget()
        self._kept = 0

    def _resume(self) -> None:
        """Start from the keyframes kept beside the log, if they match it."""
        rows = self._log.kept()
        position = keyframes.position_of(rows)
        for entry in self._log.at([position]) if position else ():
            head = Head(entry.position, entry.digest)
            known = keyframes.read(rows, head, self.shelf, self._projections, self._tz)
            if known is not None:
                self.knowledge.known = known
                self._kept = self._erased = known.count

    def _keep(self, share: int) -> None:
        """Keep keyframes, once the log has grown by a share of itself since that was done last."""
        known = self.knowledge.known
        if known.count - self._kept < max(_FEW, known.count // share):
            return
        (entry,) = self.shelf.get((known.count,))
        rows = keyframes.write(known, Head(entry.position, entry.digest))
        if rows is not None:
            with suppress(LogError):
                self._log.keep(rows)
        self._kept = known.count


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without Python's collector of cycles, which would look again and again at what is taken in to stay."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
