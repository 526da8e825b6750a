"""Options of several commands: a log, the clocks, the choice of evidence, JSON."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, get_args

import click

from timeline.answers.replay import ClockName
from timeline.answers.situation import Situation
from timeline.display.language.forms import Language
from timeline.display.words import Words, names_in
from timeline.exchange.found import Unknown
from timeline.history import policies

Command = Callable[..., Any]
CLOCKS = get_args(ClockName)

log = click.argument("log")
json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
tz = click.option("--tz", default="UTC", metavar="ZONE", help="The time zone of dates; UTC by default.")
language = click.option(
    "--language", type=click.Choice(get_args(Language)), default="en", help="The language of words and names."
)
strict = click.option("--strict", is_flag=True, help="Refuse an illegal step or a negative balance.")
unknown = click.option(
    "--unknown", type=click.Choice(get_args(Unknown)), default="refuse",
    help="Refuse events of unknown types (the default), or keep them.",
)  # fmt: skip


def words(command: Command) -> Command:
    """Take the language of words, and whether names or slugs are shown, as a function of a situation."""

    @functools.wraps(command)
    def speaking(*, language: str, slugs: bool, **given: Any) -> Any:
        def words_for(situation: Situation) -> Words:
            return Words(language, {} if slugs else names_in(situation))

        return command(words_for=words_for, **given)

    return each(language, _SLUGS)(speaking)


WordsFor = Callable[[Situation], Words]
"""A function that gives the words for a situation, with the names that are known in it."""
_SLUGS = click.option("--slugs", is_flag=True, help="Show slugs, as commands take them, in place of names.")


def each(*given: Command) -> Callable[[Command], Command]:
    """Apply several options at once, in this order."""
    return lambda command: functools.reduce(lambda told, option: option(told), reversed(given), command)


def cuts(command: Command) -> Command:
    """Take the clocks and the choice of evidence, as the keywords of `Timeline.at`."""

    @functools.wraps(command)
    def asking(*, at: str | None, possible: bool, asked: dict[str, Any], **given: Any) -> Any:
        found = {"occurred": at, **asked, "certainty": "possible" if possible else "definite"}
        return command(asked=found, **given)

    return each(_AT, *_CUTS, _POSSIBLE, tz)(_within(asking))


def cuts_at_any_time(command: Command) -> Command:
    """Take all clocks except *occurred*, and the choice of evidence, for a command that shows every moment."""
    return each(*_CUTS, tz)(_within(command))


def _within(command: Command) -> Command:
    @functools.wraps(command)
    def asking(*, recorded: str | None, reported: str | None, policy: str, credible: int | None, **given: Any) -> Any:
        accept = None if credible is None else policies.credible(credible)
        asked = {"recorded": recorded, "reported": reported, "policy": policy, "accept": accept}
        return command(asked=asked, **given)

    return asking


_AT = click.option("--at", metavar="WHEN", help="The state at that time (the occurred clock). A date means its end.")
_CUTS = (
    click.option("--recorded", metavar="WHEN", help="Only entries recorded by then."),
    click.option("--reported", metavar="WHEN", help="Only entries published by then."),
    click.option(
        "--policy", type=click.Choice(list(policies.POLICIES)), default="standing", help="Which of rival claims counts."
    ),
    click.option("--credible", type=click.IntRange(1, 5), help="Only claims with a report at least this credible."),
)
_POSSIBLE = click.option("--possible", is_flag=True, help="Include what may have happened by then.")


def export_options(command: Command) -> Command:
    """Take the markings that may leave, and the limit below which numbers may not."""
    return each(
        click.option("--allow", multiple=True, metavar="MARKING", help="A marking that may leave, such as tlp:green."),
        click.option(
            "--suppress-below", type=click.IntRange(2), metavar="N", help="Write numbers of people below N as a range."
        ),
    )(command)
