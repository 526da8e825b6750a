"""Mappings and sets that never change, and share their items with those made from them."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate, pairwise, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.values.containers import FrozenMapping, PersistentList, SharedPairs, SharedSet

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


def copied(mappings: Iterable[FrozenMapping[int, Any]]) -> int:
    """Count the items in the layers that each mapping does not share with the one before it."""
    return sum(
        len(layer)
        for before, after in pairwise(mappings)
        for layer in after._layers
        if not any(layer is other for other in before._layers)
    )


def grown(many: int) -> Iterator[FrozenMapping[int, int]]:
    """Give a mapping that grows by one item at a time."""
    return accumulate(range(many), lambda kept, item: kept | {item: item}, initial=FrozenMapping())


def grown_and_shrunk(many: int) -> Iterator[FrozenMapping[int, bool]]:
    """Give the layers of a set that grows by one item at a time, and then loses them in the order they came."""
    shared = SharedSet[int]()
    for item in range(many):
        shared |= {item}
        yield shared._held
    for item in range(many):
        shared -= {item}
        yield shared._held


@pytest.mark.parametrize("make", [grown, grown_and_shrunk])
def test_changing_a_long_container_copies_little_of_it(make: Callable[[int], Any]) -> None:
    """Ten times as many items are copied little more than ten times as often, all together."""
    assert copied(make(4000)) < 12 * copied(make(400))


RANGES = st.tuples(st.integers(0, 150), st.integers(1, 90)).map(lambda drawn: set(range(drawn[0], sum(drawn))))
CHANGES = st.lists(st.tuples(st.booleans(), RANGES), max_size=12)


@given(CHANGES)
def test_a_shared_set_reads_like_a_set(changes: list[tuple[bool, set[int]]]) -> None:
    """A set made of others by adding and removing items has those of a plain set."""
    plain, shared = frozenset[int](), SharedSet[int]()
    for more, items in changes:
        plain, shared = (plain | items, shared | items) if more else (plain - items, shared - items)
        assert sorted(shared) == sorted(plain)
        assert len(shared) == len(plain)
        assert [number in shared for number in range(250)] == [number in plain for number in range(250)]
        assert shared == plain == shared == SharedSet(plain)
        assert hash(shared) == hash(SharedSet(plain))
        assert shared != plain ^ {1}
        assert shared != SharedSet(plain ^ {1})


def squares(many: int) -> st.SearchStrategy[set[Any]]:
    """Give all pairs of a few letters with a few numbers."""
    return st.tuples(st.sets(st.sampled_from("ab")), st.sets(st.integers(0, many))).map(lambda two: set(product(*two)))


@given(st.lists(st.tuples(st.booleans(), squares(5)), max_size=8))
def test_shared_pairs_read_like_a_set_and_are_found_by_either_part(changes: list[tuple[bool, set[Any]]]) -> None:
    """Pairs that were added and removed are those of a plain set, whole and by each of their parts."""
    plain, shared = frozenset[Any](), SharedPairs[str, int]()
    for more, pairs in changes:
        plain, shared = (plain | pairs, shared | pairs) if more else (plain - pairs, shared - pairs)
        assert plain == shared == SharedPairs(plain)
        assert len(shared) == len(plain)
        assert hash(shared) == hash(SharedPairs(plain))
        for part in "abc":
            assert shared.with_first(part) == {pair for pair in plain if pair[0] == part}
        for number in range(7):
            assert shared.with_second(number) == {pair for pair in plain if pair[1] == number}
            assert (("a", number) in shared) == (("a", number) in plain)


def test_shared_pairs_forget_the_parts_of_pairs_that_are_gone() -> None:
    """A set through which many pairs pass, one at a time, does not grow."""
    shared = SharedPairs[int, int]()
    for number in range(1000):
        shared = (shared | {(number, number)}) - {(number, number)}
    assert len(shared._firsts) + len(shared._seconds) < 200
    assert len(shared._pairs._held) < 200


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 40)), min_size=1, max_size=12), st.data())
def test_lists_that_grow_from_one_another_read_like_plain_lists(
    told: list[tuple[int, int]], data: st.DataObject
) -> None:
    """Lists that branch, at any of their items, hold what was put on them and nothing of one another."""
    grown: list[tuple[PersistentList[int], list[int]]] = [(PersistentList(), [])]
    for number, many in told:
        long, plain = data.draw(st.sampled_from(grown))
        for item in range(number, number + many):
            long, plain = long.append(item), [*plain, item]
            grown.append((long, plain))
    for long, plain in data.draw(st.lists(st.sampled_from(grown), max_size=10)):
        assert (list(long), len(long), list(reversed(long))) == (plain, len(plain), plain[::-1])
        assert long == PersistentList[int]().extend(reversed(plain))
        assert hash(long) == hash(PersistentList[int]().extend(plain))
        assert long != long.append(-1)
        assert pickle.loads(pickle.dumps(long)) == long
        known = {other.mark: plain_other for other, plain_other in grown[:: data.draw(st.integers(1, 5))]}
        mark, since = long.since(known)
        assert [*([] if mark is None else known[mark]), *since] == plain


def test_a_list_holds_nothing_of_those_that_grew_from_it_when_empty() -> None:
    """The empty list is the default of many values: what it held would never be let go."""
    empty = PersistentList[str]()
    assert (list(empty.append("a")), list(empty.append("b"))) == (["a"], ["b"])
    assert empty.shared == []


def test_lists_grown_in_several_threads_hold_what_each_of_them_put() -> None:
    """Two of them may find the same place free at the same time."""
    base = PersistentList[int]().extend(range(5))

    def grow(number: int) -> list[int]:
        return list(base.extend(range(number, number + 20)))

    with ThreadPoolExecutor(8) as pool:
        for number, found in enumerate(pool.map(grow, range(200))):
            assert found == [*range(5), *range(number, number + 20)]


def test_a_list_keeps_little_beside_its_items() -> None:
    """An object for each item took seven times as much as the item itself."""
    grown = PersistentList[int]().extend(range(10_000))
    held = sum(sys.getsizeof(trail) + sys.getsizeof(trail.shared) for trail in grown.blocks())
    assert held < 14 * len(grown)
