"""Recording what a file says."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from timeline.cli import options, out, shapes
from timeline.cli.exits import Exit
from timeline.cli.logs import NotFound, opened_line
from timeline.errors import InvalidValue
from timeline.exchange import cloudevents, declared, delimited, loading, native, releases, table, timelinejs
from timeline.exchange.found import Unknown
from timeline.exchange.loading import Loaded
from timeline.exchange.releases import Released
from timeline.values.report import Report
from timeline.values.when import When

FORMATS = ("csv", "jsonl", "cloudevents", "timelinejs")
_BY_SUFFIX = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_LOAD: dict[str, Callable[..., Loaded]] = {"jsonl": native.load, "cloudevents": cloudevents.load}


@click.command("import")
@options.log
@click.argument("file")
@click.option("--mapping", metavar="TOML", help="A file that says how rows become entries.")
@click.option("--from", "form", type=click.Choice(FORMATS), help="The format of the file, if its name does not say.")
@click.option("--correct", is_flag=True, help="Record a correction for each row that changed under its id.")
@options.unknown
@click.option("--dataset", metavar="NAME", help="The file is a release of this data set: what it lacks is retracted.")
@click.option("--published", metavar="WHEN", help="When the release was published: with --dataset.")
@click.option("--source", metavar="NAME", help="Who publishes the data set: with --dataset.")
@click.option("--delimiter", default=",", metavar="CHARACTER", help="The character between cells; a comma by default.")
@click.option("--encoding", default="utf-8-sig", metavar="NAME", help="The encoding of a table; UTF-8 by default.")
@options.strict
@options.json
def import_(
    *,
    log: str,
    file: str,
    mapping: str | None,
    form: str | None,
    correct: bool,
    unknown: Unknown,
    dataset: str | None,
    published: str | None,
    source: str | None,
    delimiter: str,
    encoding: str,
    strict: bool,
    as_json: bool,
) -> None:
    """Record what a file says.

    A table needs a mapping. Files that were exported as csv, jsonl or cloudevents do not; slides of timelinejs are
    recorded as stories. Importing a file twice changes nothing. A bad row is reported with its line and column, the
    good rows are recorded, and the exit code is 3. Use :memory: as LOG to try an import.

    A list that is published again and again is imported release by release: give --dataset, --published and --source.

    \b
    Example:
      timeline import incidents.db census.csv --mapping census.toml
    """
    load: Callable[..., Loaded | Released]
    kind = _kind(file, mapping, form)
    if not Path(file).exists():
        raise NotFound(f"{file} does not exist: expected a file to import.")
    release = _release(dataset, published, source)
    if release is not None:
        load = _releases(file, mapping, release, correct=correct, delimiter=delimiter, encoding=encoding)
    elif kind == "csv":
        load = _table(file, mapping, correct=correct, unknown=unknown, delimiter=delimiter, encoding=encoding)
    else:
        load = _document(kind, file, correct=correct, unknown=unknown)
    with opened_line(log, make=True, strict=strict) as line:
        found = load(line) if release else load(line, progress=out.progress("importing"))
    if as_json:
        out.write(shapes.released(found) if isinstance(found, Released) else shapes.loaded(found))
    else:
        changed = () if isinstance(found, Released) else found.changed
        out.print_out("\n".join([str(found).partition("\n")[0], *map(str, changed)]))
        for problem in found.problems:
            out.complain(str(problem))
    if found.problems:
        raise click.exceptions.Exit(Exit.BAD_INPUT)


def _kind(file: str, mapping: str | None, form: str | None) -> str:
    if mapping and form:
        raise click.UsageError("--from and --mapping both name the format: expected one of them.")
    known = "csv" if mapping else form or _BY_SUFFIX.get(Path(file).suffix.lower())
    if known is None:
        raise click.UsageError(
            f"the name of {file} says no format: expected --mapping, or --from {', '.join(FORMATS)}."
        )
    return known


def _release(dataset: str | None, published: str | None, source: str | None) -> tuple[str, Report] | None:
    """Return the data set and the release that a file is; None for any other file."""
    given = (dataset, published, source)
    if not any(given):
        return None
    if dataset is None or published is None or source is None:
        raise click.UsageError("--dataset, --published and --source belong together: expected all of them.")
    return dataset, Report(source, published=When.parse(published))


def _releases(
    file: str, mapping: str | None, release: tuple[str, Report], *, correct: bool, delimiter: str, encoding: str
) -> Callable[..., Released]:
    """Return the function that records a release."""
    if mapping is None or correct:
        raise click.UsageError("--dataset takes --mapping, and corrects what changed without --correct.")
    dataset, report = release
    rules = declared.read(mapping)
    return partial(
        releases.load,
        path=file,
        mappings=rules,
        dataset=dataset,
        report=report,
        delimiter=delimiter,
        encoding=encoding,
    )


def _document(kind: str, file: str, *, correct: bool, unknown: Unknown) -> Callable[..., Loaded]:
    """Return the function that records a file which is not a table."""
    if correct:
        raise click.UsageError("--correct is for tables only: other formats contain their own corrections.")
    if kind == "timelinejs":
        return partial(timelinejs.load, path=file)
    return partial(_LOAD[kind], path=file, unknown=unknown)


def _table(
    file: str, mapping: str | None, *, correct: bool, unknown: Unknown, delimiter: str, encoding: str
) -> Callable[..., Loaded]:
    """Open a table, and return the function that records it; without a column it needs, it fails before a log is made.

    A pipe is read once only: the header here, the rows as they are recorded.
    """
    try:
        delimited.check_format(delimiter=delimiter, encoding=encoding)
    except InvalidValue as error:
        raise click.UsageError(f"--{error}") from error
    rules = declared.read(mapping) if mapping else [table.OWN]
    found = table.read(file, rules, delimiter=delimiter, encoding=encoding)
    return partial(loading.load, found=found, correct=correct, unknown=unknown)
