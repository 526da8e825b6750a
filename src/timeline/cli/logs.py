"""Which log an argument means, and opening it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import click

from timeline.cli import out
from timeline.cli.exits import Exit
from timeline.timeline import Timeline

MEMORY = ":memory:"
"""A log that is gone afterwards: to try an import out."""


class NotFound(click.ClickException):
    """What was asked for is not there."""

    exit_code = Exit.NOT_FOUND


@contextmanager
def opened(target: str, *, make: bool = False, tz: str = "UTC", strict: bool = False) -> Iterator[Timeline]:
    """The timeline that is kept there, closed in the end: only to look at, unless it may be made.

    What is new in one that was written to is folded at last, so that who looks need not do that.

    One that was made and came to hold nothing, because what was to go there did not, is taken away again.

    Raises: NotFound, and what `Timeline.open` raises.
    """
    file = file_of(target)
    made = file is not None and not file.exists()
    if made and not make:
        raise NotFound(f"{target} is not there: expected a log. To make one to try things on: timeline demo {target}")
    if target == MEMORY:
        line = Timeline(tz=tz, strict=strict)
    else:
        with nullcontext() if file is not None else out.waiting("reaching the server"):
            line = Timeline.open(target, tz=tz, strict=strict, progress=out.progress("reading"), read_only=not make)
    with line:
        try:
            yield line
        except BaseException:
            if file is not None and made and line.head().position == 0:
                line.close()
                file.unlink()
            raise
        line.keep_up()


def file_of(target: str) -> Path | None:
    """The file that a log is kept in; None for one on a server, or in memory."""
    scheme, separator, rest = target.partition("://")
    if not separator:
        return None if target == MEMORY else Path(target)
    return Path(rest[1:]) if scheme == "sqlite" else None


def apart(target: str, file: str) -> str:
    """A file to be written, which must not be the log itself.

    Raises: UsageError.
    """
    log = file_of(target)
    if log is not None and log.resolve() == Path(file).resolve():
        raise click.UsageError(f"{file} is the log itself: expected another file to write to.")
    return file
