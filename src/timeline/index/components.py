"""Connected components: which entries belong together, because they name one another, directly or not.

What a component says depends on nothing outside it, so that a late correction is worked out among a few
entries and not among all.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator, Sequence


class Components:
    """Positions bound together; one that is bound to nothing is in no component.

    >>> components = Components()
    >>> root = components.join(7, [2, 3])
    >>> components.of(3), components.of(4)
    ([2, 3, 7], None)
    """

    def __init__(self) -> None:
        self._root: dict[int, int] = {}
        self._members: dict[int, list[int]] = {}

    def join(self, position: int, others: Iterable[int]) -> int:
        """Bind a position to others and to all those they are bound to, and return the root."""
        roots = sorted({self._root.get(p, p) for p in (position, *others)}, key=lambda root: -len(self._of(root)))
        first, *rest = roots
        self._root[first] = first
        members = self._members.setdefault(first, [first])
        for root in rest:
            joining = self._members.pop(root, [root])
            self._root.update(dict.fromkeys(joining, first))
            if members[-1] < joining[0]:
                members += joining
            elif len(joining) == 1:
                insort(members, joining[0])
            else:
                members[:] = sorted((*members, *joining))
        return first

    def root(self, position: int) -> int | None:
        """What stands for the component of a position; None where it is in none."""
        return self._root.get(position)

    def of(self, position: int) -> Sequence[int] | None:
        """The component of a position, in order; None where it is in none."""
        root = self._root.get(position)
        return None if root is None else self._members[root]

    def __iter__(self) -> Iterator[tuple[int, Sequence[int]]]:
        """Every component, with what stands for it."""
        return iter(tuple(self._members.items()))

    def _of(self, root: int) -> Sequence[int]:
        return self._members.get(root, (root,))
