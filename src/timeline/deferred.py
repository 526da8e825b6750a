"""Classes that `attrs` completes when they are first used.

To make the methods of a class takes `attrs` a millisecond. A program uses few of the event classes that it imports.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

_NAMES = ("__attrs_attrs__", "__init__", "__setstate__", "__signature__")
"""The names by which a class is used first: its fields, an instance, an unpickled instance, its signature."""
_LOCK = threading.RLock()


class _Pending:
    """Stands in a class for an attribute that is still to be made, and makes all of them when it is asked for."""

    def __init__(self, cls: type, name: str, complete: Callable[[type], object]) -> None:
        self._cls = cls
        self._name = name
        self._complete = complete

    def __get__(self, instance: object, owner: type) -> Any:
        with _LOCK:
            if self._cls.__dict__.get(self._name) is self:
                self._complete(self._cls)
                for name in _NAMES:
                    if isinstance(self._cls.__dict__.get(name), _Pending):
                        delattr(self._cls, name)
        return getattr(owner if instance is None else instance, self._name)


def defer(cls: type, complete: Callable[[type], object]) -> None:
    """Let a function complete a class, in place, when the class is first used.

    A class that defines one of the deferred names itself is completed at once.
    """
    if any(name in cls.__dict__ for name in _NAMES):
        complete(cls)
        return
    for name in _NAMES:
        setattr(cls, name, _Pending(cls, name, complete))
