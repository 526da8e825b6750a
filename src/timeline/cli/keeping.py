"""Keeping a log: verify, follow, copy."""

from __future__ import annotations

from contextlib import suppress
from itertools import islice
from pathlib import Path

import click

from timeline.cli import options, out, shapes
from timeline.cli.exits import Exit
from timeline.cli.logs import NotFound, opened_line
from timeline.exchange import native
from timeline.log import files
from timeline.log.copying import copy_log
from timeline.log.proofs import Seal
from timeline.log.schema import schema as drawn_schema
from timeline.log.stored import Head

_LINES = (".jsonl", ".ndjson")


@click.command()
@options.log
@click.option("--seal", metavar="FILE", help="A seal you kept elsewhere; the log must begin with it.")
@options.json
def verify(*, log: str, seal: str | None, as_json: bool) -> None:
    """Recompute every digest.

    It prints the seal of the log. Keep the seal elsewhere: nobody can then change the entries it covers unnoticed.

    \b
    Examples:
      timeline verify incidents.db > seal.txt
      timeline verify incidents.db --seal seal.txt
    """
    kept = None if seal is None else Seal.parse(files.text(seal))
    with opened_line(log) as line:
        head = line.verify(seal=kept, progress=out.progress("verifying"))
        now = str(line.seal())
    if as_json:
        out.write({**shapes.head(head), "seal": now})
    else:
        out.complain(f"{head.position:,} entries fit their digests" + (", and the seal." if kept else "."))
        out.print_out(now)


@click.command()
@options.log
@click.argument("folder")
@options.json
def evidence(*, log: str, folder: str, as_json: bool) -> None:
    """Compare the copies of sources with their fingerprints.

    It names each copy that is missing from FOLDER, changed, or outside it, with the entries that rest on it. It reads
    no other file, and fetches nothing.

    \b
    Example:
      timeline evidence incidents.db copies
    """
    with opened_line(log) as line:
        found = line.check_evidence(folder)
    if as_json:
        out.write([shapes.copied(copy) for copy in found.copies])
    else:
        out.print_out(str(found))
    if found.faults:
        raise click.exceptions.Exit(Exit.NOT_VERIFIED)


@click.command()
@options.log
@click.option("--after", type=click.IntRange(0), default=0, metavar="POSITION", help="Begin after this position.")
@click.option("--new", is_flag=True, help="Print only entries recorded from now on.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Stop after N entries.")
@options.json
def follow(*, log: str, after: int, new: bool, limit: int | None, as_json: bool) -> None:
    """Print the entries of a log, then each new one.

    It prints entries of every program that records them. Ctrl-C ends it.

    \b
    Example:
      timeline follow incidents.db --new --json
    """
    with opened_line(log) as line, suppress(KeyboardInterrupt):
        for entry in islice(line.follow(line.head().position if new else after), limit):
            if as_json:
                out.write(native.said(entry))
            else:
                out.print_out(str(entry).replace("\n", " "))


@click.command()
@options.json
def schema(*, as_json: bool) -> None:  # it is JSON in any case
    """Print the JSON Schema of events, reports, drafts and lines of a backup.

    It is drawn from the vocabulary, and from your own events if you name their module with --with.

    \b
    Example:
      timeline schema > timeline.schema.json
    """
    out.write(drawn_schema())


@click.command()
@click.argument("source")
@click.argument("target")
@options.json
def copy(*, source: str, target: str, as_json: bool) -> None:
    """Copy a log, verbatim and verified.

    SOURCE and TARGET are logs of any kind; run an interrupted copy again to continue it. One of them may be a
    file that ends in .jsonl: a complete backup, which restores into an empty log.

    \b
    Examples:
      timeline copy incidents.db postgresql://desk@db.example.org/incidents
      timeline copy incidents.db backup.jsonl
    """
    head = _copied(source, target)
    if as_json:
        out.write(shapes.head(head))
    else:
        out.print_out(f"{head.position:,} entries copied.")


def _copied(source: str, target: str) -> Head:
    told = out.progress("copying")
    if source.endswith(_LINES):
        if target.endswith(_LINES):
            raise click.UsageError("both are JSON lines: expected a log on at least one side.")
        if not Path(source).exists():
            raise NotFound(f"{source} does not exist: expected a file of JSON lines.")
        with opened_line(target, make=True) as there:
            return there.restore(source, progress=told)
    with opened_line(source) as here:
        if target.endswith(_LINES):
            return here.dump(target, progress=told)
        with opened_line(target, make=True) as there:
            return copy_log(here.log, there.log, progress=told)
