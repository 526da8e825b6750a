"""Forked processes: a child must not use the connections and locks that it inherits.

A lock that another thread held is never released in the child. No thread serves the event loops there, and bytes
sent on an inherited socket end up in the conversation of the parent.
"""

from __future__ import annotations

import os
from typing import Any, Protocol
from weakref import WeakSet


class Forked(Protocol):
    """An object that must be renewed in a forked child."""

    def after_fork(self) -> None:
        """Drop what the parent uses; called first of all in the child."""


_FORKED: WeakSet[Forked] = WeakSet()
_INHERITED: list[Any] = []


def renew_after_fork(owner: Forked) -> None:
    """Call `after_fork` of the owner in every child forked while the owner lives."""
    _FORKED.add(owner)


def set_aside(*inherited: Any) -> None:
    """Keep objects of the parent from being finalised: closing them here would close them there."""
    _INHERITED.extend(inherited)


def was_free(lock: Any) -> bool:
    """Check in a child that no other thread of the parent held a lock, so that the data it guards are consistent."""
    return bool(lock.acquire(blocking=False))


def _renew() -> None:
    for owner in list(_FORKED):
        owner.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
