"""Watching a projection for calls that a pure function does not make: of clocks, and of chance."""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable
from datetime import date
from types import FrameType
from typing import Any

import attrs

from timeline.projections.projection import Projection

_PARTS = ("keys", "evolve", "check", "run", "view", "flat")
_CLOCKS = frozenset({"now", "today", "utcnow"})
_TIMES = frozenset({"time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns"})
_TOOLS = ("hypothesis", "pytest", "_pytest")
"""Modules that may run at any moment, as when memory is freed, and measure that."""


def watch_calls(projection: Projection) -> tuple[Projection, set[str]]:
    """Return the projection with its parts watched, and the set of names of impure calls, which fills as it folds.

    A call counts wherever it is made below the projection, in any module.

    >>> from datetime import datetime
    >>> late, seen = watch_calls(Projection(name="x", keys=lambda reading: [datetime.now()], evolve=lambda *told: 1))
    >>> len(late.keys(None)), seen
    (1, {'datetime.now'})
    """
    seen: set[str] = set()
    watched: dict[str, Any] = {name: _watched(getattr(projection, name), seen) for name in _PARTS}
    return attrs.evolve(projection, **watched), seen


def _watched(part: Callable[..., Any], seen: set[str]) -> Callable[..., Any]:
    def note(frame: FrameType, event: str, called: Any) -> None:
        tool = str(frame.f_globals.get("__name__", "")).startswith(_TOOLS)
        if event == "c_call" and not tool and (name := _impure(called)):
            seen.add(name)

    def call(*args: Any) -> Any:
        before = sys.getprofile()
        sys.setprofile(note)
        try:
            found = part(*args)
            return list(found) if hasattr(found, "__next__") else found
        finally:
            sys.setprofile(before)

    return call


def _impure(called: Any) -> str:
    """Name a built-in function that reads a clock or chance; blank for any other."""
    owner, name = getattr(called, "__self__", None), getattr(called, "__name__", "")
    if isinstance(owner, type) and issubclass(owner, date) and name in _CLOCKS:
        return f"{owner.__name__}.{name}"
    if owner is time and name in _TIMES:
        return f"time.{name}"
    if isinstance(owner, random.Random) or called is os.urandom:
        return f"random.{name}"
    return ""
