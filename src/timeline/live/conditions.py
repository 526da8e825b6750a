"""Conditions of an append that ask for every name that means the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from attrs import evolve

from timeline.events.editorial import EventRetracted
from timeline.events.entity import IdentityJudged
from timeline.history.identity import Identity
from timeline.live.current import LiveIndex
from timeline.log.query import Expect, Query


def for_every_name(index: LiveIndex, conditions: Iterable[Expect]) -> tuple[Expect, ...]:
    """Return conditions about every name that means the same, and that no judgement on these came since."""
    asked = tuple(conditions)
    if not any(one.tags for one in asked) or not index.log.select(Query(types=(IdentityJudged,), limit=1)):
        return asked
    with index.views.lock:
        index.catch_up()
        identities = index.views.complete.identities
        now = identities.at(identities.count)
        wanted = [found for one in asked for found in _widened(one, now, identities.at(one.after))]
    return tuple(dict.fromkeys(wanted))


def _widened(asked: Expect, now: Identity, before: Identity) -> Iterator[Expect]:
    """Yield a condition for each way to name what it asks about, and for judgements of these names."""
    tags = asked.tags or ()
    for names in product(*map(now.same, tags)):
        yield evolve(asked, tags=names or None)
    for tag in tags:
        for name in now.same(tag):
            yield Expect(tags=(name,), types=(IdentityJudged,), after=asked.after)
        for name in {*now.same(tag)} ^ {*before.same(tag)}:
            yield Expect(tags=(name,), types=(EventRetracted,), after=asked.after)
