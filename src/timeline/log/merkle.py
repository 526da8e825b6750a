"""Merkle trees over the leaves of a log, as in Certificate Transparency.

    leaf hash   SHA-256(0x00 ‖ leaf)
    node hash   SHA-256(0x01 ‖ left ‖ right)
    root        of no leaves: SHA-256 of nothing; else of the largest power of two smaller than their
                number on the left, and the rest on the right

Source: RFC 6962 section 2.1 and RFC 9162 section 2.1 (*Merkle tree head*, *inclusion proof*,
*consistency proof*).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

Path = tuple[bytes, ...]
"""The hashes a proof needs, those nearest the leaves first."""


def hashes(leaves: Sequence[bytes]) -> list[bytes]:
    """Return the leaf hashes of some leaves."""
    return [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]


def root(nodes: Sequence[bytes]) -> bytes:
    """Return the root over some leaf hashes.

    >>> root([]).hex()[:8]
    'e3b0c442'
    """
    if len(nodes) < 2:
        return nodes[0] if nodes else hashlib.sha256(b"").digest()
    left, right = _halves(nodes)
    return _node(root(left), root(right))


def inclusion(index: int, nodes: Sequence[bytes]) -> Path:
    """Return the path from a leaf, counted from 0, to the root."""
    if len(nodes) < 2:
        return ()
    left, right = _halves(nodes)
    if index < len(left):
        return (*inclusion(index, left), root(right))
    return (*inclusion(index - len(left), right), root(left))


def consistency(size: int, nodes: Sequence[bytes], *, whole: bool = True) -> Path:
    """Return the path which shows that the tree over the first `size` leaves is part of the tree over all.

    With `whole`, the earlier root is left out, because whoever checks the path has it. For `size` 0 the path is empty.
    """
    if size in (0, len(nodes)):
        return () if whole else (root(nodes),)
    left, right = _halves(nodes)
    if size <= len(left):
        return (*consistency(size, left, whole=whole), root(right))
    return (*consistency(size - len(left), right, whole=False), root(left))


def included(index: int, size: int, node: bytes, path: Path, root: bytes) -> bool:
    """Tell whether a path leads from a leaf hash to a root over `size` leaves (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    last = size - 1
    for other in path:
        if last == 0:
            return False
        if index % 2 or index == last:
            node = _node(other, node)
            while not index % 2 and index:
                index, last = index >> 1, last >> 1
        else:
            node = _node(node, other)
        index, last = index >> 1, last >> 1
    return last == 0 and node == root


def consistent(sizes: tuple[int, int], roots: tuple[bytes, bytes], path: Path) -> bool:
    """Tell whether a path leads to both the earlier and the later root (RFC 9162, 2.1.4.2)."""
    (first, second), (earlier, later) = sizes, roots
    if first in (0, second):
        return not path and earlier == (later if first else root([]))
    if first & (first - 1) == 0:
        path = (earlier, *path)
    if not path or not 0 < first < second:
        return False
    index, last = first - 1, second - 1
    while index % 2:
        index, last = index >> 1, last >> 1
    old = new = path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if index % 2 or index == last:
            old, new = _node(other, old), _node(other, new)
            while not index % 2 and index:
                index, last = index >> 1, last >> 1
        else:
            new = _node(new, other)
        index, last = index >> 1, last >> 1
    return last == 0 and (old, new) == (earlier, later)


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _halves(nodes: Sequence[bytes]) -> tuple[Sequence[bytes], Sequence[bytes]]:
    """Split off as many as the largest power of two that is smaller than their number."""
    half = 1 << (len(nodes) - 1).bit_length() - 1
    return nodes[:half], nodes[half:]
