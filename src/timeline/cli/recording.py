"""Putting things on a log: demo, record."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any, get_args

import attrs
import click

from timeline.cli import options, out, shapes
from timeline.cli.exits import Exit
from timeline.cli.logs import opened_line
from timeline.editing import draft_correction, draft_dispute
from timeline.entry import Draft, entry_id
from timeline.events.declare import event_type
from timeline.exchange import native, texts
from timeline.exchange.found import Unknown, known_types
from timeline.exchange.rows import Problem
from timeline.log.copying import copy_log
from timeline.log.query import Expect
from timeline.timeline import Timeline
from timeline.values.report import Modality, Reliability, Report

LINES = "-"
"""In place of an event: JSON lines on standard input."""


@click.command()
@click.argument("log", default="demo.db")
@options.json
def demo(*, log: str, as_json: bool) -> None:
    """Make a log with example data.

    It holds incidents in northeast Syria, 2025 to 2026, from 165 public sources. LOG is demo.db by default.
    Running it again changes nothing.

    \b
    Example:
      timeline demo incidents.db
    """
    with opened_line(log, make=True) as line, Timeline.demo() as chronicle:
        head = copy_log(chronicle.log, line.log, progress=out.progress("copying"))
    if as_json:
        out.write(shapes.head(head))
    else:
        out.print_out(f"{log} holds {head.position:,} entries. Try: timeline show {log} --at 2026-01-25")


_saying = options.each(
    click.option("--occurred", metavar="WHEN", help="When it happened or began, in EDTF; leave it out if unknown."),
    click.option("--source", metavar="NAME", help="Who published it."),
    click.option("--published", metavar="WHEN", help="When it was published."),
    click.option("--url", help="Where it was published."),
    click.option("--quote", metavar="TEXT", help="A quote from it."),
    click.option("--language", metavar="CODE", help="The language of the quote, such as ar."),
    click.option("--attributed-to", metavar="NAME", help="The source they cite."),
    click.option(
        "--reliability", type=click.Choice(get_args(Reliability)), help="Of the source: A to E; F cannot be judged."
    ),
    click.option("--credibility", type=click.IntRange(1, 6), help="Of the report: 1 to 5; 6 cannot be judged."),
    click.option("--modality", type=click.Choice([m.value for m in Modality]), help="Actual by default."),
    click.option(
        "--after", multiple=True, metavar="ENTRY", help="It happened after that entry; repeat it for several."
    ),
    click.option("--part-of", metavar="ENTRY", help="It is a part of that entry, and adds nothing to it."),
    click.option("--fulfils", metavar="ENTRY", help="It carries that plan out."),
    click.option("--retrieved", metavar="WHEN", help="When a copy of it was taken."),
    click.option("--archived", metavar="PLACE", help="Where that copy lies: its URL, or its path in your evidence."),
    click.option("--sha256", metavar="HEX", help="The fingerprint of that copy."),
    click.option("--correct", metavar="ENTRY", help="It replaces what that entry says."),
    click.option("--dispute", metavar="ENTRY", help="It is a rival claim to that entry."),
    click.option("--reason", metavar="TEXT", default="", help="Why you correct or dispute it."),
    click.option("--id", metavar="ID", help="The id of the new entry; recording it again changes nothing."),
)


@click.command()
@options.log
@click.argument("event")
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]...")
@_saying
@click.option(
    "--expect", type=click.IntRange(0), metavar="POSITION", help="Refuse if any entry came after that position."
)
@click.option("--recorder", metavar="NAME", help="Who records it, such as desk-3; lines may name another one.")
@options.unknown
@options.strict
@options.json
def record(
    *,
    log: str,
    event: str,
    fields: tuple[str, ...],
    expect: int | None,
    recorder: str | None,
    unknown: Unknown,
    strict: bool,
    as_json: bool,
    **saying: Any,
) -> None:
    """Record an event.

    EVENT is a type of the vocabulary, FIELD=VALUE its fields. Write quantities as 150, ~150, ">=150", "<=150", 120-1500
    or "?", several values with commas, names by language as names.en=…. An ENTRY is an id, or "#12" for a position.

    With - as EVENT, it reads JSON lines from standard input, as `timeline schema` describes them. It records all of
    them, or none if one is bad.

    \b
    Example:
      timeline record incidents.db DetaineesEscaped facility=al-shaddadi-prison \\
        quantity=~120 --occurred 2026-01-19 --source Reuters --published 2026-01-20
    """
    if event == LINES:
        if fields or any(saying.values()):
            raise click.UsageError("JSON lines contain everything: expected - without fields or options.")
        drafts = _piped(unknown)
    elif unknown == "keep":
        raise click.UsageError("--unknown is for JSON lines: expected - in place of an event.")
    else:
        drafts = [_typed(event, fields, **saying)]
    with opened_line(log, make=True, strict=strict, recorder=recorder) as line:
        named = [_named(draft, line) for draft in drafts]
        entries = line.record_all(named, expect=None if expect is None else Expect(after=expect))
        for entry in entries:
            if as_json:
                out.write(native.said(entry))
            else:
                out.print_out(entry)


def _piped(unknown: Unknown) -> list[Draft]:
    """Read the drafts on standard input; where a line is bad, print what is wrong and record nothing."""
    lines = native.read(sys.stdin.buffer, "stdin", strict=unknown == "refuse")
    found = list(known_types(lines, unknown))
    problems = [one for one in found if isinstance(one, Problem)]
    if problems:
        for problem in problems:
            out.complain(str(problem))
        out.complain("Nothing was recorded.")
        raise click.exceptions.Exit(Exit.BAD_INPUT)
    return [one.draft for one in found if one is not None and not isinstance(one, Problem)]


def _typed(
    name: str,
    fields: Iterable[str],
    *,
    occurred: str | None,
    modality: str | None,
    correct: str | None,
    dispute: str | None,
    reason: str,
    after: tuple[str, ...],
    part_of: str | None,
    fulfils: str | None,
    id: str | None,
    **report: Any,
) -> Draft:
    """Make the draft that a command line says."""
    pairs = [field.partition("=") for field in fields]
    told: dict[str, str] = {}
    for field, sign, value in pairs:
        if not sign:
            raise click.UsageError(f"{field!r} has no value: expected FIELD=VALUE, such as facility=al-hol-camp.")
        if field in told:
            raise click.UsageError(f"{field} is given twice: expected it once, with commas between several values.")
        told[field] = value
    said = texts.event_of(texts.named(name), told)
    reports = _report(report)
    links: dict[str, Any] = {"after": after, "part_of": part_of, "fulfils": fulfils}
    meant = None if modality is None else Modality(modality)
    if correct is None and dispute is None:
        if reason:
            raise click.UsageError("--reason stands alone: expected it beside --correct or --dispute.")
        return Draft(said, occurred=occurred, reports=reports, modality=meant or Modality.ACTUAL, id=id, **links)
    if any(links.values()) or (correct and dispute) or (dispute and meant):
        raise click.UsageError("--correct and --dispute allow no other link to an entry: expected one of them alone.")
    common: dict[str, Any] = {"occurred": occurred, "reason": reason, "reports": reports, "id": id}
    if correct is not None:
        return draft_correction(correct, said, modality=meant, **common)
    return draft_dispute(str(dispute), rival=said, **common)


def _report(said: dict[str, Any]) -> list[Report]:
    given = {name: value for name, value in said.items() if value is not None}
    if not given:
        return []
    if "source" not in given:
        raise click.UsageError(f"--{min(given).replace('_', '-')} needs a source: expected --source as well.")
    return [Report(**given)]


def _named(draft: Draft, line: Timeline) -> Draft:
    """Replace each `#12` by the id of that entry."""

    def id_of(name: str | None) -> str | None:
        if name is None or not (name.startswith("#") and name[1:].isdecimal()):
            return name
        found = line.entries(after=int(name[1:]) - 1, limit=1)
        return entry_id(found[0]) if found and found[0].position == int(name[1:]) else name

    if not any(name.startswith("#") for name in draft.references):
        return draft
    links = [field for field, mark in event_type(draft.event).named if mark.kind == "entry"]
    told = {field: getattr(draft.event, field) for field in links}
    changed = {field: id_of(v) if isinstance(v, str) else tuple(map(id_of, v)) for field, v in told.items()}
    return attrs.evolve(
        draft, event=attrs.evolve(draft.event, **changed), after=tuple(map(id_of, draft.after)),
        part_of=id_of(draft.part_of), fulfils=id_of(draft.fulfils),
    )  # fmt: skip
