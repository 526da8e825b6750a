"""Opening the log that an argument names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import click

from timeline.answers import behind
from timeline.answers.situation import Situation
from timeline.cli import domains, out
from timeline.cli.exits import Exit
from timeline.entry import recorder_given
from timeline.timeline import Timeline

_FEW = 3
"""How many unknown types a message names."""
MEMORY = ":memory:"
"""A log in memory, to try an import."""


class NotFound(click.ClickException):
    """Something that a command names does not exist."""

    exit_code = Exit.NOT_FOUND


@contextmanager
def opened_line(
    target: str, *, make: bool = False, tz: str = "UTC", strict: bool = False, recorder: str | None = None
) -> Iterator[Timeline]:
    """Open the timeline of a target, and close it in the end. It is read-only unless it may be made.

    In the end, new entries are folded, so that readers need not. A log that was made and is still empty after an error
    is removed.

    Raises: NotFound, and what `Timeline.open` raises.
    """
    recorder_given(recorder)  # before a file is made for nothing
    file = file_of(target)
    made = file is not None and not file.exists()
    if made and not make:
        raise NotFound(
            f"{target} does not exist: expected a log. To make one with example data: timeline demo {target}"
        )
    if target == MEMORY:
        line = Timeline(tz=tz, strict=strict, recorder=recorder, projections=domains.projections())
    else:
        with nullcontext() if file is not None else out.waiting("reaching the server"):
            line = Timeline.open(
                target, tz=tz, strict=strict, recorder=recorder, projections=domains.projections(),
                progress=out.progress("reading"), read_only=not make,
            )  # fmt: skip
    with line:
        try:
            yield line
        except BaseException:
            if file is not None and made and line.head().position == 0:
                line.close()
                file.unlink()
            raise
        line.keep_up()


def warn_of_unknown(found: Situation) -> None:
    """Print on stderr how many entries count for nothing because nobody declared their types."""
    types = behind.unread_counts(found)
    if types:
        count = types.total()
        named = ", ".join(f"{number:,} {name}" for name, number in types.most_common(_FEW))
        more = f" and {len(types) - _FEW} other types" if len(types) > _FEW else ""
        out.complain(
            f"{count:,} {'entry is' if count == 1 else 'entries are'} of unknown type ({named}{more}), and counted for "
            "nothing. Name the module that declares them: timeline --with MODULE …"
        )


def file_of(target: str) -> Path | None:
    """Return the file of a log; None for one on a server, or in memory."""
    scheme, separator, rest = target.partition("://")
    if not separator:
        return None if target == MEMORY else Path(target)
    return Path(rest[1:]) if scheme == "sqlite" else None


def apart(target: str, file: str) -> str:
    """Return the path of a file to write, which must not be the log itself.

    Raises: UsageError.
    """
    log = file_of(target)
    if log is not None and log.resolve() == Path(file).resolve():
        raise click.UsageError(f"{file} is the log itself: expected another file.")
    return file
