"""Connected components: the entries that name one another, directly or through others.

What a component says depends on no entry outside it. A late correction is therefore worked out among a few
entries, however long the log is. Components only ever grow: two of them are joined, and the smaller one takes the
root of the larger one.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator, Sequence


class Components:
    """Positions that belong together; a position that was never joined to another is in no component.

    >>> components = Components()
    >>> root = components.join(7, [2, 3])
    >>> components.of(3), components.of(4)
    ([2, 3, 7], None)
    """

    def __init__(self) -> None:
        self._root: dict[int, int] = {}
        self._members: dict[int, list[int]] = {}
        self.longest = 0
        """The length of the longest component."""

    def join(self, position: int, others: Iterable[int]) -> int:
        """Join a position to others, and to the components of these; return the root."""
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
        self.longest = max(self.longest, len(members))
        return first

    def root(self, position: int) -> int | None:
        """Return the root of the component of a position; None if it is in none."""
        return self._root.get(position)

    def of(self, position: int) -> Sequence[int] | None:
        """Return the component of a position, in order; None if it is in none."""
        root = self._root.get(position)
        return None if root is None else self._members[root]

    def __iter__(self) -> Iterator[tuple[int, Sequence[int]]]:
        """Give every component with its root."""
        return iter(tuple(self._members.items()))

    def _of(self, root: int) -> Sequence[int]:
        return self._members.get(root, (root,))
