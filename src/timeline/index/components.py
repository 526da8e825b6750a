"""Connected components: which entries belong together, because they name one another, directly or not.

What a component says depends on nothing outside it, so that a late correction is worked out among a few
entries and not among all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence


class Components:
    """Positions bound together; one that is bound to nothing is in no component.

    >>> components = Components()
    >>> components.join(7, [2, 3])
    >>> components.of(3), components.of(4)
    ([2, 3, 7], None)
    """

    def __init__(self) -> None:
        self._root: dict[int, int] = {}
        self._members: dict[int, list[int]] = {}

    def join(self, position: int, others: Iterable[int]) -> None:
        """Bind a position to others, and to all those they are bound to."""
        roots = sorted({self._root.get(p, p) for p in (position, *others)}, key=lambda root: -len(self._of(root)))
        first, *rest = roots
        together = sorted(p for root in roots for p in self._of(root))
        for root in rest:
            for p in self._of(root):
                self._root[p] = first
            self._members.pop(root, None)
        self._root[first] = first
        self._members[first] = together

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
