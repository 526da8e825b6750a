"""Conditions of an append that ask for every name that means the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from attrs import evolve

from timeline.entry import Entry
from timeline.events.editorial import EventCorrected, EventRedacted, EventRetracted
from timeline.events.entity import IdentityJudged
from timeline.events.facility import FacilityRegistered
from timeline.history.identity import APART, Identity
from timeline.live.current import LiveIndex
from timeline.log.base import BaseLog
from timeline.log.query import Expect, Query

_SEPARATING = (IdentityJudged, EventRetracted, EventCorrected, FacilityRegistered)
"""The events that can join judged names or tell them apart: judgements, collectives, and what becomes of these."""


def for_every_name(index: LiveIndex, conditions: Iterable[Expect]) -> tuple[Expect, ...]:
    """Return conditions about every name that means the same, and that nothing changed since what these mean.

    A redaction since may have erased a judgement on any name, so it changes what all of them mean.
    """
    asked = tuple(conditions)
    if not any(one.tags for one in asked):
        return asked
    judged = bool(index.log.select(Query(types=(IdentityJudged,), limit=1)))  # else nothing is folded or looked up
    now, log = (_identity(index), index.log) if judged else (APART, None)
    return tuple(dict.fromkeys(found for one in asked for found in _widened(one, now, log)))


def _identity(index: LiveIndex) -> Identity:
    """Return the identity of everything known."""
    with index.views.lock:
        index.catch_up()
        identities = index.views.complete.identities
        return identities.at(identities.count)


def _widened(asked: Expect, now: Identity, log: BaseLog | None) -> Iterator[Expect]:
    """Yield a condition for each way to name what it asks about, and for whatever bears on these names.

    Without a log, nobody has judged any name.
    """
    tags = asked.tags or ()
    for names in product(*map(now.same, tags)):
        yield evolve(asked, tags=names or None)
    for tag in tags:
        related = [tag] if log is None else _related(tag, log)
        for name in related:
            types = _SEPARATING if len(related) > 1 else (IdentityJudged,)
            yield Expect(tags=(name,), types=types, after=asked.after)
    if tags:
        yield Expect(types=(EventRedacted,), after=asked.after)


def _related(tag: str, log: BaseLog) -> list[str]:
    """Return a name with every other that any judgement on the log connects with it, also one that is retracted."""
    found = {tag: None}
    waiting = [tag]
    while waiting:
        judged = log.read(tags=(waiting.pop(),), types=(IdentityJudged,))
        new = [name for entry in judged for name in _pair(entry) if name not in found]
        found.update(dict.fromkeys(new))
        waiting += new
    return list(found)


def _pair(entry: Entry) -> tuple[str, ...]:
    """Return the two names of a judgement; none where this program cannot read it."""
    event = entry.event
    return (event.left, event.right) if isinstance(event, IdentityJudged) else ()
