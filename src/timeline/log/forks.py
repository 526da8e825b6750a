"""Forked processes: a child must not use the connections and locks that it inherits.

Nobody in the child lets go of a lock that another thread held, no thread serves its event loops, and what
it sends on a socket ends up in the conversation of its parent.
"""

from __future__ import annotations

import os
from typing import Any, Protocol
from weakref import WeakSet


class Forked(Protocol):
    """Something that must be made anew in a forked child."""

    def after_fork(self) -> None:
        """Let go of what the parent uses; called in the child before anything else there."""


_FORKED: WeakSet[Forked] = WeakSet()
_INHERITED: list[Any] = []


def renew_after_fork(owner: Forked) -> None:
    """Have `after_fork` called in every child that is forked while the owner lives."""
    _FORKED.add(owner)


def set_aside(*inherited: Any) -> None:
    """Keep what belongs to the parent from being finalised: closing it here would close it there."""
    _INHERITED.extend(inherited)


def was_free(lock: Any) -> bool:
    """Check in a child that no other thread of its parent was within a lock, so that what it guards is whole."""
    return bool(lock.acquire(blocking=False))


def _renew() -> None:
    for owner in list(_FORKED):
        owner.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
