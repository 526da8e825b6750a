"""The output of a command: tables for people or JSON for programs, progress, and errors."""

from __future__ import annotations

import codecs
import os
import re
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from io import TextIOWrapper
from typing import Any

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar

from timeline.cli.exits import Exit
from timeline.display.cells import Sheet
from timeline.display.terminal import rendered
from timeline.display.words import Words
from timeline.displayable import Displayable
from timeline.progress import Progress
from timeline.values.visible import all_writable, visible

_WIDE = 10_000
"""The width of a line that no terminal shows. One row of a table stays one line, for `grep` and similar tools."""
_C1 = re.compile("[\x7f-\x9f]")
_live: list[Bar] = []


def any_encoding() -> None:
    """Let standard output and error take any text; write what their encoding lacks as in JSON, `\\u2248`."""
    codecs.register_error("timeline.escape", _escaped)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="timeline.escape")


def _escaped(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError), "only output is written so"
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[n] << 8 | units[n + 1]:04x}" for n in range(0, len(units), 2)), error.end


def print_out(found: Displayable | Sheet | str, words: Words | None = None) -> None:
    """Print a value, a sheet in some words, or a text; no text in it can control the terminal."""
    clear()
    if isinstance(found, str):
        _print(visible(found))
        return
    console = Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else _WIDE)
    with console.capture() as captured:
        console.print(rendered(found, words) if isinstance(found, Sheet) else found)
    _print("\n".join(line.rstrip() for line in captured.get().splitlines()))


def write(shape: Any) -> None:
    """Print a shape as one line of JSON, its control characters escaped."""
    clear()
    try:
        text = orjson.dumps(shape).decode()
    except orjson.JSONEncodeError:  # a file name with bytes that are no text
        text = orjson.dumps(all_writable(shape)).decode()
    _print(_C1.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def _print(text: str) -> None:
    with piped():
        click.echo(text, color=True)


@contextmanager
def piped() -> Iterator[None]:
    """Write to stdout, and end by the convention of shells where the reader closed it."""
    try:
        yield
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python would complain when it ends
        raise click.exceptions.Exit(Exit.BROKEN_PIPE) from None


def complain(message: str) -> None:
    """Print on stderr an error, or what does not belong on stdout."""
    clear()
    click.echo(visible(message), err=True)


def progress(what: str) -> Progress:
    """Return a progress callback that shows a bar on stderr, if that is a terminal, until something else is printed."""
    bar = Bar(
        TextColumn(what), BarColumn(), MofNCompleteColumn(),
        console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty(),
    )  # fmt: skip
    task = bar.add_task(what, total=None)

    def told(done: int, total: int) -> None:
        if bar not in _live and done != total:
            clear()
            _live.append(bar)
            bar.start()
        bar.update(task, completed=done, total=max(done, total) if total else None)

    return told


def waiting(what: str) -> AbstractContextManager[object]:
    """Show on stderr, if that is a terminal, what the command waits for."""
    return Console(stderr=True).status(what)


def clear() -> None:
    """Remove the bar."""
    while _live:
        _live.pop().stop()
