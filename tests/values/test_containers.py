"""Mappings and sets that never change, and share their items with those made from them."""

from __future__ import annotations

from time import process_time

from hypothesis import given
from hypothesis import strategies as st

from timeline.values.containers import FrozenMapping, SharedSet

items = st.dictionaries(st.integers(0, 400), st.integers(), max_size=90)


@given(st.lists(items, max_size=30))
def test_a_mapping_made_of_others_reads_like_a_dict(many: list[dict[int, int]]) -> None:
    """`|` gives what it gives for dicts, in their order, and leaves what it was given as it was."""
    kept: FrozenMapping[int, int] = FrozenMapping()
    expected: dict[int, int] = {}
    made = []
    for more in many:
        kept, expected = kept | more, expected | more
        made.append((kept, expected))
    for one, other in made:
        assert list(one.items()) == list(other.items())
        assert list(one.values()) == list(other.values())
        assert len(one) == len(other)
        assert one == FrozenMapping(other)
        assert hash(one) == hash(FrozenMapping(other))
        assert all(one.get(key) == other.get(key) for key in range(401))
        assert all((key in one) == (key in other) for key in range(401))


def test_a_long_mapping_is_not_copied_for_each_item() -> None:
    """Adding items one by one costs far less than copying the mapping each time."""

    def cost(many: int) -> float:
        began, kept = process_time(), FrozenMapping[int, int]()
        for number in range(many):
            kept |= {number: number}
        return process_time() - began

    cost(1000)
    assert cost(16_000) < 32 * cost(2_000)  # copied whole, it would be more than 64 times


CHANGES = st.lists(st.tuples(st.booleans(), st.sets(st.integers(17, 22), min_size=1, max_size=2)), max_size=8)


@given(CHANGES)
def test_a_shared_set_reads_like_a_set(changes: list[tuple[bool, set[int]]]) -> None:
    """A set made of others by adding and removing items has those of a plain set."""
    plain, shared = frozenset(range(20)), SharedSet(range(20))
    for more, items in changes:
        plain, shared = (plain | items, shared | items) if more else (plain - items, shared - items)
        assert sorted(shared) == sorted(plain)
        assert len(shared) == len(plain)
        assert [number in shared for number in range(31)] == [number in plain for number in range(31)]
        assert shared == plain == shared == SharedSet(plain)
        assert hash(shared) == hash(SharedSet(plain))
        assert shared != plain ^ {1}
        assert shared != SharedSet(plain ^ {1})


def test_a_long_set_is_not_copied_for_each_item() -> None:
    """Sets that grow from one another share nearly all their items."""
    grown, copied = SharedSet(range(1000)), 0
    for number in range(1000):
        before, grown = grown, grown | {1000 + number} if number % 2 else grown - {number}
        copied += grown._under is not before._under
    assert copied < 50
