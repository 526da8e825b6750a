"""Asking a log: show, tell, why, findings, diff, replay."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any, get_args

import attrs
import click

from timeline.answers import behind
from timeline.answers.replay import Step
from timeline.cli import options, out, shapes
from timeline.cli.logs import NotFound, opened_line, warn_of_unknown
from timeline.display import sheets
from timeline.display.language.forms import Language
from timeline.display.narrative.markdown import sentences
from timeline.display.words import Words
from timeline.history.finding import Findings
from timeline.history.finding_kinds import FindingKind

_sources = click.option("--sources", is_flag=True, help="Show the entries behind each row, and their sources.")
KINDS = get_args(FindingKind)


@click.command()
@options.log
@click.argument("part", required=False)
@options.cuts
@_sources
@options.words
@options.json
def show(
    *,
    log: str,
    part: str | None,
    asked: dict[str, Any],
    tz: str,
    sources: bool,
    words_for: options.WordsFor,
    as_json: bool,
) -> None:
    """Show the state at a point in time, as reported.

    PART limits it to one projection: facilities, custody, agreements, border, or one of your own. The clocks are
    independent; a clock you leave out sets no limit.

    \b
    Example:
      timeline show incidents.db facilities --at 2026-01-25 --reported 2026-02-01
    """
    with opened_line(log, tz=tz) as line:
        found = line.at(**asked)
        warn_of_unknown(found)
        names = behind.projection_names(found)
        if part not in (None, *names):
            raise click.BadParameter(f"{part!r}: expected one of {', '.join(names)}.", param_hint="PART")
        if as_json:
            out.write(shapes.situation(found, part))
        else:
            shown = sheets.part(found, part) if part else sheets.sheet(found)
            out.print_out(attrs.evolve(shown, sources=sources), words_for(found))


@click.command()
@options.log
@click.option("--since", metavar="WHEN", help="Say first what changed since that date.")
@options.language
@options.cuts
@options.export_options
@options.json
def tell(
    *,
    log: str,
    since: str | None,
    language: Language,
    asked: dict[str, Any],
    tz: str,
    allow: tuple[str, ...],
    suppress_below: int | None,
    as_json: bool,
) -> None:
    """Write a report in Markdown: the state in sentences, with the entries behind each.

    Rival versions stand side by side with their sources. What may have happened and what is not known is said as
    such. Marked entries stay out, unless you allow their marking. With --json, each sentence is printed.

    \b
    Examples:
      timeline tell incidents.db --at 2026-01-25 --since 2026-01-18
      timeline tell incidents.db --reported 2026-01-21 --language ar
    """
    with opened_line(log, tz=tz) as line:
        found = line.at(**asked)
        warn_of_unknown(found)
        told: dict[str, Any] = {"language": language, "since": since, "allow": allow, "suppress_below": suppress_below}
        if as_json:
            out.write([attrs.asdict(one) for one in sentences(found, **told)])
        else:
            out.print_out(found.tell(**told))


@click.command()
@options.log
@click.argument("path", nargs=-1, required=True)
@options.cuts
@options.words
@options.json
def why(
    *,
    log: str,
    path: tuple[str, ...],
    asked: dict[str, Any],
    tz: str,
    words_for: options.WordsFor,
    as_json: bool,
) -> None:
    """Explain a value: which entries support it, and which contradict it.

    PATH is a series of words, as `diff --slugs` prints them: facilities al-hol-camp control, or custody al-hol-camp
    escaped.

    \b
    Example:
      timeline why incidents.db custody al-shaddadi-prison escaped --at 2026-01-25
    """
    with opened_line(log, tz=tz) as line:
        found = line.at(**asked)
        warn_of_unknown(found)
        try:
            if as_json:
                out.write(shapes.reasons(found, path))
            else:
                out.print_out(sheets.reasons(found.why(*path)), words_for(found))
        except KeyError as error:
            raise NotFound(error.args[0]) from error


@click.command()
@options.log
@options.cuts
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(KINDS),
    metavar="KIND",
    help="Only findings of this kind; repeat it for several kinds.",
)
@click.option("--about", metavar="NAME", help="Only findings about this facility, operation or other entity.")
@click.option("--explain", is_flag=True, help="Explain each kind: what it says, why it matters, what to do.")
@_sources
@options.words
@options.json
def findings(
    *,
    log: str,
    asked: dict[str, Any],
    tz: str,
    kinds: tuple[str, ...],
    about: str | None,
    explain: bool,
    sources: bool,
    words_for: options.WordsFor,
    as_json: bool,
) -> None:
    """List what the sources leave contradictory or incomplete.

    A finding is not an error. More than 50 are counted by kind and by entity; narrow them down with --kind or
    --about. With --json, each finding is printed.

    \b
    Examples:
      timeline findings incidents.db --at 2026-01-25 --kind disputed
      timeline findings incidents.db --about al-hol-camp
    """
    with opened_line(log, tz=tz) as line:
        situation = line.at(**asked)
        warn_of_unknown(situation)
        found = situation.findings.of(about=about)
        found = Findings(one for one in found if not kinds or one.kind in kinds)
        if as_json:
            out.write([shapes.finding(one) for one in found])
        else:
            shown = sheets.findings(found)
            tables = [*shown.tables, *([sheets.explained(found)] if explain else [])]
            out.print_out(attrs.evolve(shown, sources=sources, tables=tables), words_for(situation))


@click.command()
@options.log
@click.argument("a")
@click.argument("b")
@click.option("--by", type=click.Choice(options.CLOCKS), default="occurred", help="The clock of A and B.")
@options.cuts
@options.words
@options.json
def diff(
    *,
    log: str,
    a: str,
    b: str,
    by: str,
    asked: dict[str, Any],
    tz: str,
    words_for: options.WordsFor,
    as_json: bool,
) -> None:
    """Show what changes between A and B.

    A and B are times on one clock (--by). The other clocks stay where you set them.

    \b
    Examples:
      timeline diff incidents.db 2026-01-18 2026-01-21
      timeline diff incidents.db 2026-01-20 2026-02-01 --by reported --at 2026-01-19
    """
    if asked[by] is not None:
        raise click.UsageError(
            f"the {by} clock is set to {asked[by]}, and A and B set it as well: leave one of them out."
        )
    with opened_line(log, tz=tz) as line:
        after = line.at(**{**asked, by: b})
        warn_of_unknown(after)
        found = line.diff(line.at(**{**asked, by: a}), after)
        if as_json:
            out.write([shapes.change(one) for one in found])
        else:
            out.print_out(sheets.sheet(found), words_for(after))


@click.command()
@options.log
@click.option("--by", type=click.Choice(options.CLOCKS), default="occurred", help="The clock to step along.")
@click.option("--from", "start", metavar="WHEN", help="Begin with the first step on or after this date.")
@click.option("--all", "everything", is_flag=True, help="Print every step without waiting for a key.")
@options.cuts_at_any_time
@options.words
@options.json
def replay(
    *,
    log: str,
    by: Any,
    start: str | None,
    everything: bool,
    asked: dict[str, Any],
    tz: str,
    words_for: options.WordsFor,
    as_json: bool,
) -> None:
    """Step through time, entry by entry.

    Each step shows what the entry changed. In a terminal, space goes on, b goes back and q quits; elsewhere every
    step is printed.

    \b
    Example:
      timeline replay incidents.db --by reported --from 2026-01-18
    """
    with opened_line(log, tz=tz) as line:
        steps, words = line.replay(by, since=start, **asked), words_for(line.at())
        if as_json:
            for step in steps:
                out.write(shapes.step(step))
        elif everything or not (sys.stdin.isatty() and sys.stdout.isatty()):
            for step in steps:
                out.print_out(sheets.sheet(step), words)
        else:
            _walk(steps, words)


def _walk(steps: Iterator[Step], words: Words) -> None:
    """Show one step for each key."""
    seen: list[Step] = []
    here = 0
    while True:
        seen += islice(steps, max(here + 1 - len(seen), 0))
        if here == len(seen):
            return
        click.clear()
        out.print_out(sheets.sheet(seen[here]), words)
        out.complain(f"step {here + 1} · space goes on · b goes back · q quits")
        key = click.getchar()
        if key == "q":
            return
        here = max(here - 1, 0) if key == "b" else here + 1
