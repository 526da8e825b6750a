"""Giving a timeline to others: export, page."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import orjson
from attrs import frozen

from timeline.cli import options, out, shapes
from timeline.cli.logs import apart, opened_line, warn_of_unknown
from timeline.display.words import LANGUAGES
from timeline.errors import InvalidValue
from timeline.exchange import cloudevents, ftm, geojson, native, prov, rows, table, timelinejs
from timeline.exchange.sharing import Written
from timeline.values.place import PRECISIONS
from timeline.values.visible import all_writable

STDOUT = "-"
"""Standard output in place of a file; messages then go to stderr."""


@frozen
class Format:
    """The options that a format takes and needs, whether the cuts apply to it, and whether it is a folder."""

    takes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    cut: bool = True
    folder: bool = False


FORMATS = {
    "csv": Format(("excel",)),
    "parquet": Format(folder=True),
    "timelinejs": Format(("title",)),
    "ical": Format(("domain",)),
    "geojson": Format(("gazetteer", "decimals")),
    "stix": Format(("source", "gazetteer", "decimals"), needs=("source",)),
    "ftm": Format(("dataset", "statements"), needs=("dataset",)),
    "prov": Format(("source",), needs=("source",)),
    "cloudevents": Format(("source",), needs=("source",), cut=False),
    "jsonl": Format(cut=False),
}


_BY_SUFFIX = {
    ".csv": "csv", ".parquet": "parquet", ".ics": "ical", ".geojson": "geojson", ".jsonl": "jsonl", ".ndjson": "jsonl",
    ".jsonld": "prov",
}  # fmt: skip
"""Endings that only one format has; several formats are JSON."""


@click.command()
@options.log
@click.argument("file")
@click.option(
    "--to", "form", type=click.Choice(list(FORMATS)), help="The format, if its name does not say; parquet is a folder."
)
@options.cuts
@options.export_options
@click.option("--source", metavar="URI", help="The URI of this timeline: cloudevents, prov, stix.")
@click.option("--dataset", metavar="NAME", help="The name of the data set: ftm.")
@click.option("--statements", is_flag=True, default=None, help="Write statements as CSV, in place of entities: ftm.")
@click.option("--excel", is_flag=True, default=None, help="Mark the file as UTF-8 for Excel: csv.")
@click.option("--title", help="The title of the story: timelinejs.")
@click.option("--domain", help="The domain that makes ids unique: ical.")
@click.option("--gazetteer", metavar="JSON", help="A file of slugs and [longitude, latitude]: geojson, stix.")
@click.option("--decimals", type=click.IntRange(0), metavar="N", help="Round coordinates to N decimals: geojson, stix.")
@click.option("--precision", type=click.Choice(PRECISIONS), help="Leave out places that are known less precisely.")
@options.json
def export(
    *,
    log: str,
    file: str,
    form: str | None,
    asked: dict[str, Any],
    tz: str,
    allow: tuple[str, ...],
    as_json: bool,
    **more: Any,
) -> None:
    """Export a timeline to another format.

    It prints how many entries were left out, and why. Marked entries are not exported unless you allow their marking.
    The formats csv, parquet, timelinejs, ical, geojson, stix and ftm (FollowTheMoney) hold entries as read within the
    cuts. The format prov (PROV-O) holds the log within the cuts, cloudevents and jsonl the log as it is. With - as
    FILE, it writes to standard output.

    \b
    Example:
      timeline export incidents.db entries.csv --to csv --at 2026-01-25
    """
    form = form or _form(file)
    chosen = FORMATS[form]
    told = {name: value for name, value in more.items() if value is not None}
    _fits(form, file, chosen, asked, told)
    if "gazetteer" in told:
        told["gazetteer"] = _gazetteer(told["gazetteer"])
    write = _writer(form)
    with opened_line(log, tz=tz) as line, _target(log, file) as path:
        if chosen.cut:
            warn_of_unknown(line.at(**asked))
        written = write(line, path, allow=allow, **(asked if chosen.cut else {}), **told)
    _say(file, shapes.written(written) if as_json else str(written))


def _form(file: str) -> str:
    """Return the format that the name of a file says.

    Raises: UsageError.
    """
    known = _BY_SUFFIX.get(Path(file).suffix.lower())
    if known is None:
        raise click.UsageError(f"the name of {file} says no format: expected --to {', '.join(FORMATS)}.")
    return known


def _writer(form: str) -> Callable[..., Written]:
    """Return the function that writes a format; those that need an extra are imported only here."""
    match form:
        case "parquet":
            from timeline.exchange import frames

            return frames.write
        case "ical":
            from timeline.exchange import ical

            return ical.write
        case "stix":
            from timeline.exchange import stix

            return stix.write
    writers: dict[str, Callable[..., Written]] = {
        "csv": table.write,
        "timelinejs": timelinejs.write,
        "geojson": geojson.write,
        "ftm": ftm.write,
        "prov": prov.write,
        "cloudevents": cloudevents.write,
        "jsonl": native.write,
    }
    return writers[form]


def _fits(form: str, file: str, chosen: Format, asked: Mapping[str, Any], told: Mapping[str, Any]) -> None:
    """Refuse an option that a format does not take, a missing one, and a folder on standard output."""
    if chosen.folder and file == STDOUT:
        raise click.UsageError(f"--to {form} writes a folder: expected its path in place of -.")
    given = {*told} | {name for name, value in asked.items() if value not in (None, "standing", "definite")}
    known = {*chosen.takes, *((*asked, "suppress_below", "precision") if chosen.cut else ())}
    for name in sorted(given - known):
        raise click.UsageError(f"--to {form} takes no --{_typed(name)}.")
    for name in chosen.needs:
        if name not in told:
            raise click.UsageError(f"--to {form} needs --{_typed(name)}.")


def _typed(name: str) -> str:
    return {"occurred": "at", "accept": "credible", "certainty": "possible"}.get(name, name.replace("_", "-"))


def _gazetteer(path: str) -> dict[str, tuple[float, float]]:
    def is_position(found: Any) -> bool:
        return isinstance(found, list) and len(found) == 2 and all(isinstance(n, int | float) for n in found)

    found = _by_slug(path, is_position, '{"al-hol-camp": [41.14, 36.38], …}')
    return {slug: (longitude, latitude) for slug, (longitude, latitude) in found.items()}


def _names(path: str) -> dict[str, dict[str, str]]:
    def are_names(found: Any) -> bool:
        return isinstance(found, dict) and all(isinstance(name, str) for name in found.values())

    return _by_slug(path, are_names, '{"sdf": {"en": "SDF", "ar": "قسد"}, …}')


def _by_slug(path: str, fits: Callable[[Any], bool], example: str) -> dict[str, Any]:
    """Read a JSON file that holds something for each of some slugs."""
    found = rows.document(path, example)
    if not isinstance(found, dict) or not all(map(fits, found.values())):
        raise InvalidValue(f"{Path(path).name} does not hold what is needed: expected {example}.", path=path)
    return found


@click.command()
@options.log
@click.argument("file")
@click.option("--title", default="", help="The title of the page.")
@click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", help="The language it opens in; readers can switch."
)
@click.option("--names", metavar="JSON", help='A file of names: {"sdf": {"en": "SDF", "ar": "قسد"}}.')
@options.cuts_at_any_time
@options.export_options
@options.json
def page(*, log: str, file: str, names: str | None, asked: dict[str, Any], tz: str, as_json: bool, **more: Any) -> None:
    """Write one page to share.

    The page has both clocks, a map, findings, and every entry with its sources. Marked entries are left
    out unless you allow their marking. With - as FILE, it writes to standard output.

    \b
    Example:
      timeline page incidents.db report.html --title "Northeast Syria" --reported 2026-02-01
    """
    called = None if names is None else _names(names)
    with opened_line(log, tz=tz) as line, _target(log, file) as path:
        warn_of_unknown(line.at(**asked))
        written = line.to_html(path, names=called, **asked, **more)
    where = "The page" if file == STDOUT else file
    told = f"{where} holds {written.count:,} entries. It opens from disk and needs no network."
    kept = f"\n{written}" if written.left_out or written.reduced else ""
    _say(file, {"file": file, "entries": written.count, **shapes.written(written)} if as_json else told + kept)


@contextmanager
def _target(log: str, file: str) -> Iterator[str]:
    """Yield the path to write to: the file itself, or a temporary one that goes to standard output."""
    if file != STDOUT:
        yield apart(log, file)
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / "written"
        yield str(path)
        with path.open("rb") as written, out.piped():
            shutil.copyfileobj(written, sys.stdout.buffer)
            sys.stdout.buffer.flush()


def _say(file: str, told: Any) -> None:
    """Print a message about a file that was written: a text for people, or a shape for programs."""
    if file == STDOUT:
        out.complain(told if isinstance(told, str) else orjson.dumps(all_writable(told)).decode())
    elif isinstance(told, str):
        out.print_out(told)
    else:
        out.write(told)
