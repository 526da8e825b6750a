"""Help for those who explore values in a notebook: public names only, and help for names that are annotations."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import attrs


def public_names(value: object) -> list[str]:
    """Return the public attributes of a value, as `dir` shows them.

    >>> public_names(1)[:3]
    ['as_integer_ratio', 'bit_count', 'bit_length']
    """
    return sorted(name for name in object.__dir__(value) if not name.startswith("_"))


def pretty_fields(value: Any, printer: Any, cycle: bool) -> None:  # noqa: FBT001  # as IPython calls it
    """Print a value of many fields for a notebook: one line for each field that says something."""
    printer.text(type(value).__name__)
    with printer.group(2):
        for field in attrs.fields(type(value)):
            found = getattr(value, field.name)
            if field.repr and found not in (None, "", (), {}, frozenset()) and not field.name.startswith("_"):
                printer.break_()
                printer.text(f"{field.name}: ")
                if callable(field.repr):
                    printer.text(field.repr(found))
                else:
                    printer.pretty(found)


class Discoverable:
    """A value whose `dir` holds its public names only."""

    __slots__ = ()

    def __dir__(self) -> list[str]:
        return sorted(public_names(self))


def documented(alias: Any, text: str) -> None:
    """Give an annotation its own help in place of that of `typing`, where Python allows it."""
    with suppress(AttributeError, TypeError):
        alias.__doc__ = text
