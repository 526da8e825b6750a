"""Recording what a file says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import click

from timeline.cli import options, out, shapes
from timeline.cli.exits import Exit
from timeline.cli.logs import NotFound, opened_line
from timeline.errors import InvalidValue
from timeline.exchange import (
    cloudevents,
    declared,
    delimited,
    judgements,
    loading,
    native,
    presets,
    releases,
    table,
    timelinejs,
)
from timeline.exchange.found import Unknown
from timeline.exchange.loading import Loaded
from timeline.exchange.mapping import RowMapping
from timeline.exchange.releases import Released
from timeline.values.report import Report
from timeline.values.when import When

PRESETS = ("acled", "ucdp", "hxl")
FORMATS = ("csv", "jsonl", "cloudevents", "timelinejs", "nomenklatura")
_BY_SUFFIX = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_LOAD: dict[str, Callable[..., Loaded]] = {"jsonl": native.load, "cloudevents": cloudevents.load}


@click.command("import")
@options.log
@click.argument("file")
@click.option("--mapping", metavar="TOML", help="A file that says how rows become entries.")
@click.option("--preset", type=click.Choice(PRESETS), help="A known data set, whose columns need no mapping.")
@click.option("--from", "form", type=click.Choice(FORMATS), help="The format of the file, if its name does not say.")
@click.option("--correct", is_flag=True, help="Record a correction for each row that changed under its id.")
@options.unknown
@click.option(
    "--dataset",
    metavar="NAME",
    help="The file is a release of this data set: what it lacks is retracted. Of nomenklatura: the name given to ftm.",
)
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
    preset: str | None,
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

    A table needs a mapping. An export of ACLED, a file of UCDP GED, and a table with HXL hashtags have a --preset.
    Files that were exported as csv, jsonl or cloudevents need none; slides of timelinejs are recorded as stories.
    Judgements of nomenklatura on entities that were exported as ftm come back with the same --dataset.
    Importing a file twice changes nothing. A bad row is reported with its line and column, the good rows are recorded,
    and the exit code is 3. Use :memory: as LOG to try an import.

    A list that is published again and again is imported release by release: give --dataset, --published and --source.

    \b
    Example:
      timeline import incidents.db census.csv --mapping census.toml
    """
    load: Callable[..., Loaded | Released]
    kind = _kind(file, mapping, preset, form)
    if not Path(file).exists():
        raise NotFound(f"{file} does not exist: expected a file to import.")
    release = None if kind == "nomenklatura" else _release(dataset, published, source)
    if release is not None and (kind != "csv" or correct):
        raise click.UsageError("--dataset takes a table, and corrects what changed without --correct.")
    if kind == "csv":
        rules = _rules(file, mapping, preset, delimiter=delimiter, encoding=encoding)
        if release is None:
            with _explained(is_own=not (mapping or preset)):
                load = _table(file, rules, correct=correct, unknown=unknown, delimiter=delimiter, encoding=encoding)
        else:
            load = _releases(file, rules, release, delimiter=delimiter, encoding=encoding)
    else:
        load = _document(kind, file, correct=correct, unknown=unknown, dataset=dataset)
    with opened_line(log, make=True, strict=strict) as line:
        found = load(line) if release else load(line, progress=out.progress("importing"))
    _say(found, as_json=as_json)
    if found.problems:
        raise click.exceptions.Exit(Exit.BAD_INPUT)


def _say(found: Loaded | Released, *, as_json: bool) -> None:
    """Print what came of a file; its bad rows go to standard error."""
    if as_json:
        out.write(shapes.released(found) if isinstance(found, Released) else shapes.loaded(found))
        return
    changed = () if isinstance(found, Released) else found.changed
    out.print_out("\n".join([str(found).partition("\n")[0], *map(str, changed)]))
    for problem in found.problems:
        out.complain(str(problem))


@contextmanager
def _explained(*, is_own: bool) -> Iterator[None]:
    """Say what a table without a mapping is read as, if it is not such a table."""
    try:
        yield
    except InvalidValue as error:
        if not (is_own and hasattr(error, "missing")):
            raise
        text = f"{error} Without --mapping or --preset, a table is read as `timeline export --to csv` writes it."
        raise InvalidValue(text, value=error.value) from error


def _kind(file: str, mapping: str | None, preset: str | None, form: str | None) -> str:
    given = [option for option, value in (("--from", form), ("--mapping", mapping), ("--preset", preset)) if value]
    if len(given) > 1:
        raise click.UsageError(f"{' and '.join(given)} both name the format: expected one of them.")
    known = "csv" if mapping or preset else form or _BY_SUFFIX.get(Path(file).suffix.lower())
    if known is None:
        raise click.UsageError(
            f"the name of {file} says no format: expected --mapping, --preset, or --from {', '.join(FORMATS)}."
        )
    return known


def _release(dataset: str | None, published: str | None, source: str | None) -> tuple[str, Report] | None:
    """Return the data set and the release that a file is; None for any other file."""
    if dataset is None and published is None and source is None:
        return None
    if dataset is None or published is None or source is None:
        raise click.UsageError("--dataset, --published and --source belong together: expected all of them.")
    return dataset, Report(source, published=When.parse(published))


def _rules(file: str, mapping: str | None, preset: str | None, *, delimiter: str, encoding: str) -> list[RowMapping]:
    """Return the mappings for a table."""
    try:
        delimited.check_format(delimiter=delimiter, encoding=encoding)
    except InvalidValue as error:
        raise click.UsageError(f"--{error}") from error
    match preset:
        case "acled":
            return [presets.acled()]
        case "ucdp":
            return [presets.ucdp()]
        case "hxl":
            return [presets.hxl(file, delimiter=delimiter, encoding=encoding)]
    return declared.read(mapping) if mapping else [table.OWN]


def _releases(
    file: str, rules: list[RowMapping], release: tuple[str, Report], *, delimiter: str, encoding: str
) -> Callable[..., Released]:
    """Return the function that records a release."""
    dataset, report = release
    more: dict[str, Any] = {"dataset": dataset, "report": report, "delimiter": delimiter, "encoding": encoding}
    return partial(releases.load, path=file, mappings=rules, **more)


def _document(kind: str, file: str, *, correct: bool, unknown: Unknown, dataset: str | None) -> Callable[..., Loaded]:
    """Return the function that records a file which is not a table."""
    if correct:
        raise click.UsageError("--correct is for tables only: other formats contain their own corrections.")
    if kind == "timelinejs":
        return partial(timelinejs.load, path=file)
    if kind == "nomenklatura":
        if dataset is None:
            raise click.UsageError("--from nomenklatura needs --dataset, as it was given to export --to ftm.")
        return partial(judgements.load, path=file, dataset=dataset)
    return partial(_LOAD[kind], path=file, unknown=unknown)


def _table(
    file: str, rules: list[RowMapping], *, correct: bool, unknown: Unknown, delimiter: str, encoding: str
) -> Callable[..., Loaded]:
    """Open a table, and return the function that records it; without a column it needs, it fails before a log is made.

    A pipe is read once only: the header here, the rows as they are recorded.
    """
    found = table.read(file, rules, delimiter=delimiter, encoding=encoding)
    return partial(loading.load, found=found, correct=correct, unknown=unknown)
