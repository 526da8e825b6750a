"""Judgements kept current: the identity that all of them make when they are read at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from timeline.events.entity import IdentityJudged
from timeline.history.identity import Judged, Membership, Rank, identity_of
from timeline.history.judgements import Judgements

names = st.integers(0, 7).map(lambda number: f"facility:n{number}")
kinds = st.sampled_from(("same", "same", "same", "same", "different", "unsure", "member"))
sayings = st.lists(st.tuples(names, names, kinds).filter(lambda said: said[0] != said[1]), max_size=14)


def told(said: list[tuple[str, str, str]], start: int) -> list[Judged | Membership]:
    return [
        Membership(position, left, right)
        if kind == "member"
        else Judged(position, IdentityJudged(left=left, right=right, judgement=kind))  # type: ignore[arg-type]
        for position, (left, right, kind) in enumerate(said, start)
    ]


def by_name(tag: str, by: Rank) -> Rank:
    """Let an earlier entry name every second name."""
    return by if int(tag[-1]) % 2 else (0, -int(tag[-1]))


@given(sayings, st.lists(sayings, max_size=4))
def test_more_judgements_make_the_identity_that_all_make(first: list, more: list[list]) -> None:
    """Unless they say that they cannot tell."""
    known = told(first, 1)
    kept = Judgements(*parted(known), by_name)
    for said in more:
        before, new = kept.identity, told(said, len(known) + 1)
        known += new
        judged, members = parted(known)
        places: dict[str, Rank] = {}
        for one in judged:
            places.setdefault(one.event.left, (one.position, 0))
            places.setdefault(one.event.right, (one.position, 1))
        wanted = identity_of(judged, members, lambda tag, by=places: by_name(tag, by[tag]))
        renamed = kept.take(new)
        if renamed is None:
            kept = Judgements(judged, members, by_name)
        else:
            assert renamed == before.changes(wanted)
        assert kept.identity == wanted
        assert kept.identity.contradictions == wanted.contradictions
        for number in range(8):
            assert kept.identity.same(f"facility:n{number}") == wanted.same(f"facility:n{number}")
            assert kept.identity.spelled(f"n{number}") == wanted.spelled(f"n{number}")


def parted(known: list[Judged | Membership]) -> tuple[list[Judged], list[Membership]]:
    return [one for one in known if isinstance(one, Judged)], [one for one in known if isinstance(one, Membership)]
