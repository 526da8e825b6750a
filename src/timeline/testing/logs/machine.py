"""The log contract: a state machine that does anything to a log, in any order, beside a list that must agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, NamedTuple, cast

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from timeline.entry import Draft, Entry
from timeline.errors import ConcurrencyConflict, IdConflict, TimelineError, UnknownTarget
from timeline.events import border
from timeline.events.naming import type_name
from timeline.log import codec
from timeline.log.query import Expect
from timeline.log.stored import Head
from timeline.testing.concurrency import Opener
from timeline.testing.logs.base import LogCases, Places, positions

_IDS = tuple("abcdef")
_PLACES = ("rabia", "al-qaim")
_KINDS = (border.CrossingOpened, border.CrossingClosed)


def _draft(number: int, *, named: bool, other: bool, link: str | None) -> Draft:
    """Draft one of few events, so that they repeat; `other` says something else under the same id."""
    event = _KINDS[number % 2](crossing=_PLACES[number % 3 % 2])
    return Draft(
        event, occurred="2026-01" if other else None, after=link or (), id=_IDS[number % len(_IDS)] if named else None
    )


def _seldom() -> st.SearchStrategy[bool]:
    return st.sampled_from((*[False] * 9, True))


_DRAFTS = st.lists(
    st.builds(
        _draft,
        st.integers(0, 11),
        named=st.booleans(),
        other=_seldom(),
        link=st.sampled_from((*[None] * 12, *_IDS)),
    ),
    max_size=3,
)
_TAGS = st.none() | st.lists(st.sampled_from([f"facility:{name}" for name in _PLACES] + ["entry:a"]), max_size=2)
_TYPES = st.none() | st.lists(st.sampled_from(["border.crossing_opened", "border.crossing_closed"]), max_size=2)
_NEAR = st.sampled_from((None, None, 0, 0, -1, -2, -3, 1))
"""A condition after a position near the head, if any: right at it, before it, or ahead of it."""


class Kept(NamedTuple):
    """The model of an entry: the answer of the log, and the draft it was given."""

    entry: Entry
    content: bytes
    draft: Draft

    def matches(self, tags: Sequence[str] | None, types: Sequence[str] | None) -> bool:
        return set(tags or ()) <= set(self.draft.tags) and (types is None or type_name(self.draft.event) in types)


class LogMachine(RuleBasedStateMachine):
    """A log, and a list of what must be on it."""

    def __init__(self, opener: Opener, place: str, *, durable: bool) -> None:
        super().__init__()
        self._opener, self._place, self.durable = opener, place, durable
        self._log = opener(place)
        self._kept: list[Kept] = []
        self._seen: list[int] = []
        self._answered: tuple[list[Draft], tuple[Entry, ...]] = ([], ())

    @initialize(size=st.integers(0, 4))
    def begin(self, size: int) -> None:
        """Begin with some entries."""
        self.append([_draft(n, named=True, other=False, link=None) for n in range(size)], None, None, None)

    @rule(batch=_DRAFTS, near=_NEAR, tags=_TAGS, types=_TYPES)
    def append(self, batch: list[Draft], near: int | None, tags: Any, types: Any) -> None:
        """Append a batch: it lands as foreseen, or is refused as foreseen and leaves nothing."""
        expect = None if near is None else Expect(tags=tags, types=types, after=max(0, len(self._kept) + near))
        foreseen = self._foresee(batch, expect)
        if isinstance(foreseen, type):
            with pytest.raises(foreseen):
                self._log.append(batch, expect=expect)
            return
        entries = self._log.append(batch, expect=expect)
        assert positions(entries) == foreseen
        for draft, entry in zip(batch, entries, strict=True):
            if entry.position > len(self._kept):
                self._kept.append(Kept(entry, codec.encode(draft), draft))
            kept = self._kept[entry.position - 1]
            assert (entry, entry.event, entry.tags) == (kept.entry, draft.event, draft.tags)
        named = [(draft, entry) for draft, entry in zip(batch, entries, strict=True) if draft.id]
        self._answered = ([draft for draft, _ in named], tuple(entry for _, entry in named))

    @rule()
    def send_again(self) -> None:
        """Repeat a batch whose answer was lost: it gives the same entries, whatever is expected."""
        batch, entries = self._answered
        assert self._log.append(batch, expect=Expect(after=0) if batch else None) == entries

    @rule(batch=_DRAFTS)
    def break_off(self, batch: list[Draft]) -> None:
        """Append a batch that cannot be read to its end: it leaves nothing."""

        def rows() -> Iterator[Draft]:
            yield from batch
            raise KeyError("bad row")

        with pytest.raises(KeyError):
            self._log.append(rows())

    @rule(
        after=st.integers(-1, 9), before=st.none() | st.integers(0, 9), tags=_TAGS, types=_TYPES,
        limit=st.none() | st.integers(0, 4),
    )  # fmt: skip
    def read(self, after: int, before: int | None, tags: Any, types: Any, limit: int | None) -> None:
        """Search for entries: they are found, in order."""
        wanted = [
            n
            for n, kept in enumerate(self._kept, 1)
            if n > after and (before is None or n < before) and kept.matches(tags, types)
        ]
        found = self._log.read(after=after, before=before, tags=tags, types=types, limit=limit)
        assert positions(found) == wanted[:limit]

    @rule(limit=st.integers(1, 3))
    def read_on(self, limit: int) -> None:
        """Read on from the last entry seen: nothing is missed."""
        self._seen += positions(self._log.read(after=len(self._seen), limit=limit))
        assert self._seen == list(range(1, len(self._seen) + 1))

    @precondition(lambda self: self.durable)
    @rule()
    def reopen(self) -> None:
        """Closed and opened again, it is the same."""
        self._log.close()
        self._log = self._opener(self._place)

    @invariant()
    def agree(self) -> None:
        """Check that the head is that of the last entry."""
        last = self._kept[-1].entry if self._kept else None
        assert self._log.head() == (Head(last.position, last.digest) if last else Head(0, b""))

    def teardown(self) -> None:
        """Check that in the end everything is there, and verifies."""
        try:
            assert list(self._log.read()) == [kept.entry for kept in self._kept]
            assert self._log.verify() == self._log.head()
            recorded = [entry.recorded_micros for entry in self._log.read()]
            assert recorded == sorted(recorded)
        finally:
            self._log.close()

    def _foresee(self, batch: Sequence[Draft], expect: Expect | None) -> list[int] | type[TimelineError]:
        """Return the positions that a batch must get, or the error that it must raise."""
        there = {kept.entry.id: kept.content for kept in self._kept}
        at = {kept.entry.id: kept.entry.position for kept in self._kept}
        new: dict[str, Draft] = {}
        keys = [draft.id or f"unnamed {n}" for n, draft in enumerate(batch)]
        for key, draft in zip(keys, batch, strict=True):
            if there.setdefault(key, codec.encode(draft)) != codec.encode(draft):
                return IdConflict
            if key not in at:
                new.setdefault(key, draft)
        if new and expect is not None and self._stale(expect):
            return ConcurrencyConflict
        for key, draft in new.items():
            if not at.keys() >= set(draft.references):
                return UnknownTarget
            at[key] = len(at) + 1
        return [at[key] for key in keys]

    def _stale(self, expect: Expect) -> bool:
        later = self._kept[expect.after :]
        return expect.after > len(self._kept) or any(kept.matches(expect.tags, expect.types) for kept in later)


class Machine(LogCases):
    """Anything in any order."""

    durable: ClassVar[bool] = False
    """Whether a place outlives the log opened there."""
    examples: ClassVar[int] = 50
    """How many random lives of a log are tried; fewer where opening one is slow."""
    steps: ClassVar[int] = 30
    """How long each may be."""

    def test_whatever_is_done_it_tells_what_a_list_would_tell(self, places: Places) -> None:
        """Appending, refusing, repeating and reading, in any order."""
        run_state_machine_as_test(
            cast("Any", lambda: LogMachine(type(self).open, places(), durable=self.durable)),
            settings=settings(
                max_examples=self.examples, stateful_step_count=self.steps, deadline=None,
                suppress_health_check=[HealthCheck.too_slow],
            ),
        )  # fmt: skip
