"""Libraries that only a part of this one needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from timeline.errors import MissingExtra


@contextmanager
def needs(extra: str) -> Iterator[None]:
    """Say which extra of this package brings an import of the block.

    Raises: MissingExtra, saying what to install, for one that is not there, or not whole.

    >>> with needs("rich"):
    ...     import no_such_library
    Traceback (most recent call last):
        ...
    timeline.errors.MissingExtra: no_such_library is not installed. Install it: pip install "incident-timeline[rich]".
    """
    try:
        yield
    except ImportError as error:
        absent = isinstance(error, ModuleNotFoundError)
        what = f"{error.name} is not installed" if absent else str(error).partition("\n")[0].rstrip(".")
        raise MissingExtra(f'{what}. Install it: pip install "incident-timeline[{extra}]".', extra=extra) from error
