"""Names that mean one thing: judge, entities."""

from __future__ import annotations

from typing import Any, get_args

import click

from timeline.answers.text import table
from timeline.cli import options, out
from timeline.cli.logs import opened_line
from timeline.display.language.forms import Language
from timeline.display.words import Words
from timeline.errors import UnknownName
from timeline.events.entity import IdentityJudged, Judgement
from timeline.exchange import native
from timeline.projections.building import Mention
from timeline.projections.entities import EntityState, judges
from timeline.timeline import Timeline
from timeline.values.report import Report

_COLUMNS = ("entity", "names", "same_as", "judged")
"""The columns of `entities`, as words of the vocabulary."""


@click.command()
@options.log
@click.argument("judgement", type=click.Choice(get_args(Judgement)))
@click.argument("a")
@click.argument("b")
@click.option("--source", metavar="NAME", help="Who says so, if it is not you.")
@click.option("--recorder", metavar="NAME", help="Who records it, such as desk-3.")
@click.option("--reason", metavar="TEXT", default="", help="Why you judge so; it stays on the log.")
@options.json
def judge(
    *, log: str, judgement: Any, a: str, b: str, source: str | None, recorder: str | None, reason: str, as_json: bool
) -> None:
    """Judge whether two names mean the same.

    A and B are tags such as facility:al-hol-camp, or slugs where only one kind of entity has them. What is the same is
    read as one, by one canonical name; entries keep what was said. The last judgement on a pair counts.

    \b
    Example:
      timeline judge incidents.db same facility:al-hol-camp facility:al-hawl --reason "two spellings"
    """
    with opened_line(log, make=True, recorder=recorder) as line:
        left, right = (_tag(line, name) for name in (a, b))
        judged = IdentityJudged(left=left, right=right, judgement=judgement, detail=reason)
        entry = line.record(judged, reports=[] if source is None else [Report(source)])
        if as_json:
            out.write(native.said(entry))
        else:
            out.print_out(entry)


@click.command()
@options.log
@click.option("--suggest", is_flag=True, help="List pairs of names that may mean the same, and that nobody judged.")
@options.language
@options.json
def entities(*, log: str, suggest: bool, language: Language, as_json: bool) -> None:
    """List what has a name: what it is called, what is the same, and who judged so.

    `!` marks a name that nobody registered, though others of its kind are. --suggest needs the extra `matching`.

    \b
    Examples:
      timeline entities incidents.db
      timeline entities incidents.db --suggest
    """
    with opened_line(log) as line:
        if suggest:
            found = line.suggest_same()
            if as_json:
                out.write([one._asdict() for one in found])
            else:
                out.print_out(str(found))
            return
        situation = line.at()
        missing = [finding.path[1] for finding in situation.findings.of(kind="unregistered_entity")]
        known = situation.entities
        every = {tag: known.get(tag) or EntityState(tag) for tag in sorted({*known, *missing})}
        if as_json:
            out.write([_shape(entity) for entity in every.values()])
        else:
            words = Words(language)
            rows = [_row(entity, words, missing=entity.tag in missing) for entity in every.values()]
            out.print_out("\n".join(table([[words(name) for name in _COLUMNS], *rows])))


def _tag(line: Timeline, name: str) -> str:
    """Return the tag of a name on the log, given as a tag or as a slug.

    Raises: UnknownName, UsageError for a slug that several kinds of entities have.
    """
    names = line.names()
    if name in names:
        return name
    found = [tag for tag in names if tag.partition(":")[2] == name]
    if len(found) > 1:
        raise click.UsageError(f"{name!r} is the slug of several: expected one of {', '.join(sorted(found))}.")
    if not found:
        raise UnknownName(
            f"no entry on the log names {name!r}: expected a tag there, such as facility:al-hol-camp. Check the "
            "spelling.",
            kind="tag",
            name=name,
        )
    return found[0]


def _shape(entity: EntityState) -> dict[str, Any]:
    return {
        "tag": entity.tag,
        "names": dict(entity.names),
        "aliases": list(entity.aliases),
        "registered": entity.registered,
        "same": list(entity.same),
        "judged": [
            {"left": m.event.left, "right": m.event.right, "judgement": m.event.judgement, "by": list(judges(m.entry)),
             "entry": m.entry.id}
            for m in entity.judged
        ],
    }  # fmt: skip


def _row(entity: EntityState, words: Words, *, missing: bool) -> list[str]:
    """Return what the columns hold: of the names, first the one in the reader's language."""
    first = (entity.name(words.spoken),) if entity.names else ()
    names = dict.fromkeys((*first, *entity.names.values(), *entity.aliases))
    mark = "! " if missing else ""
    said = "; ".join(_said(mention, words) for mention in entity.judged)
    return [f"{mark}{entity.tag}", "; ".join(names), ", ".join(entity.same), said]


def _said(mention: Mention, words: Words) -> str:
    judged, by = mention.event, ", ".join(judges(mention.entry))
    said = f"{judged.left} {words(judged.judgement)} {judged.right}"
    return f"{said}{f' ({by})' if by else ''} [#{mention.entry.position}]"
