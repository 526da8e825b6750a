"""Logs that are broken on purpose, each in one way, under the contract that must find them out.

Not collected with the other tests: `test_broken.py` runs it by itself and looks at what fails.
"""

import itertools
import time
from contextlib import contextmanager

from attrs import evolve
from hypothesis import Phase, settings

from timeline.log import MemoryLog, SqliteLog, appending, codec
from timeline.log.query import ALL, Query, conditions_of
from timeline.log.stored import End
from timeline.testing.logs import DurableLogContract, LogContract

settings.register_profile("find", phases=[Phase.generate], derandomize=True, database=None)
settings.load_profile("find")


class Quick:
    """Enough to find what is broken."""

    examples = 25
    steps = 20


def memory(broken):
    """Build the contract on a broken log in memory."""
    return type(f"Test{broken.__name__}", (Quick, LogContract), {"open": lambda place, **options: broken(**options)})


def file(broken):
    """Build the contract on a broken log in a file."""
    return type(f"Test{broken.__name__}", (Quick, DurableLogContract), {"open": broken})


class KeepsHalfABatch(MemoryLog):
    """A failure leaves what was written before it."""

    def _forget(self, rows):
        """Undo nothing."""


class LeavesGaps(MemoryLog):
    """A refused batch uses its positions up, as a sequence of a database does."""

    skipped = 0

    def insert(self, rows):
        super().insert([row._replace(position=row.position + self.skipped) for row in rows])

    def _forget(self, rows):
        self.skipped += len(rows)
        super()._forget(rows)


class IgnoresConditions(MemoryLog):
    """`expect` is taken and forgotten."""

    def append(self, drafts, *, expect=None):
        return super().append(drafts)


class ChecksOnlyTags(MemoryLog):
    """The types of a condition are not looked at."""

    def append(self, drafts, *, expect=None):
        return super().append(drafts, expect=[evolve(one, types=None) for one in conditions_of(expect)])


class TrustsThoseAhead(MemoryLog):
    """A condition ahead of the log holds, because nothing came after it."""

    def append(self, drafts, *, expect=None):
        return super().append(drafts, expect=[c for c in conditions_of(expect) if c.after <= self.head().position])


class ChecksBeforeItWaits(MemoryLog):
    """The condition is checked outside the transaction."""

    def append(self, drafts, *, expect=None):
        appending.require(self, conditions_of(expect))
        time.sleep(0)
        return super().append(drafts)


class ForgetsIds(MemoryLog):
    """The same id again is a new entry."""

    def rows_by_id(self, ids):
        return {}


class TakesOtherContent(MemoryLog):
    """An id that is taken gives the entry there, whatever is said now."""

    def append(self, drafts, *, expect=None):
        batch = appending.drafts_of(drafts)
        there = self.rows_by_id([draft.id for draft in batch])
        same = [codec.draft_of(there[d.id].content, id=d.id) if d.id in there else d for d in batch]
        return super().append(same, expect=expect)


class IgnoresTheLimit(MemoryLog):
    """As many as there are, whatever was asked."""

    def stored(self, query=ALL):
        return super().stored(evolve(query, limit=None))


class TakesNoLimitForNone(MemoryLog):
    """`limit=0` is taken for no limit."""

    def stored(self, query=ALL):
        return super().stored(evolve(query, limit=query.limit or None))


class AnyTagWillDo(MemoryLog):
    """One of the tags asked for is enough."""

    def select(self, query):
        with self._lock:
            rows = [
                row
                for row in self._rows
                if Query(after=query.after, before=query.before, types=query.types).matches(row)
                and (not query.tags or set(query.tags) & set(row.tags))
            ]
        return rows[: query.limit]


class TagsByTheFirstName(MemoryLog):
    """A judgement of two names is found by the first of them alone."""

    def insert(self, rows):
        super().insert([row._replace(tags=row.tags[:1]) if row.type == "entity.judged" else row for row in rows])


class TimeGoesBack(MemoryLog):
    """`recorded_at` is what the clock says, though it was set back."""

    def last_row(self):
        last = super().last_row()
        return last and last._replace(recorded=0)


class DoesNotChain(MemoryLog):
    """Each digest covers its own entry alone."""

    def append(self, drafts, *, expect=None):
        with self._lock:
            chained, codec.leaf_and_digest = codec.leaf_and_digest, lambda _, *sealed: chained(b"", *sealed)
            try:
                return super().append(drafts, expect=expect)
            finally:
                codec.leaf_and_digest = chained


class VerifiesNothing(MemoryLog):
    """`verify` believes what is stored."""

    def verify(self):
        return self.head()


class ShowsRowsTooEarly(MemoryLog):
    """The rows of a batch become visible one by one, the last one first, and readers do not wait."""

    def select(self, query):
        rows = sorted(filter(query.matches, list(self._rows)))
        return rows[: query.limit]

    def last_row(self):
        return max(list(self._rows), default=None)

    def insert(self, rows):
        for row in reversed(rows):
            super().insert([row])
            time.sleep(0.0005)


class IsNotSafeForThreads(MemoryLog):
    """No lock is held between looking for the last position and writing."""

    @contextmanager
    def transaction(self):
        yield
        time.sleep(0)

    def last_row(self):
        last = super().last_row()
        time.sleep(0.0005)
        return last


class LosesTheLastEntry(SqliteLog):
    """The last append is gone when the file is opened again."""

    def close(self):
        with self._lock:
            if not self._closed:
                self._connection.execute("DELETE FROM entries WHERE position = (SELECT max(position) FROM entries)")
        super().close()


class PromisesTooEarly(SqliteLog):
    """`append` returns before its batch is kept: every second one is kept with the next."""

    turns = itertools.count()

    @contextmanager
    def transaction(self):
        with self._lock:
            if not self._connection.in_transaction:
                self._connection.execute("BEGIN IMMEDIATE")
            yield
            if next(self.turns) % 2:
                self._connection.execute("COMMIT")

    def close(self):
        if self._connection.in_transaction:
            self._connection.execute("COMMIT")
        super().close()


class RemembersTheHead(SqliteLog):
    """The log does not notice appends of others after it was opened."""

    def end(self):
        if not hasattr(self, "_known_end"):
            self._known_end = super().end()
        return self._known_end

    def insert(self, rows):
        super().insert(rows)
        self._known_end = End(rows[-1].position, rows[-1].digest, rows[-1].recorded)


IN_MEMORY = (
    KeepsHalfABatch, LeavesGaps, IgnoresConditions, ChecksOnlyTags, TrustsThoseAhead, ChecksBeforeItWaits, ForgetsIds,
    TakesOtherContent, IgnoresTheLimit, TakesNoLimitForNone, AnyTagWillDo, TagsByTheFirstName, TimeGoesBack, DoesNotChain, VerifiesNothing,
    ShowsRowsTooEarly, IsNotSafeForThreads,
)  # fmt: skip
IN_A_FILE = (LosesTheLastEntry, PromisesTooEarly, RemembersTheHead)

globals().update({f"Test{broken.__name__}": memory(broken) for broken in IN_MEMORY})
globals().update({f"Test{broken.__name__}": file(broken) for broken in IN_A_FILE})
