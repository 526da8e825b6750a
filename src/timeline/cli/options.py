"""What several commands take: a log, the clocks, which evidence counts, JSON."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, get_args

import click

from timeline.claims import POLICIES, credible
from timeline.exchange.loading import Unknown
from timeline.replay import ClockName

Command = Callable[..., Any]
CLOCKS = get_args(ClockName)

log = click.argument("log")
json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
tz = click.option("--tz", default="UTC", metavar="ZONE", help="The time zone in which dates are read; UTC by default.")
strict = click.option("--strict", is_flag=True, help="Refuse what makes an illegal step, or a negative balance.")
unknown = click.option(
    "--unknown", type=click.Choice(get_args(Unknown)), default="refuse",
    help="What becomes of an event of a type that is not known: refused unless you say keep.",
)  # fmt: skip


def each(*given: Command) -> Callable[[Command], Command]:
    """Several options at once, in this order."""
    return lambda command: functools.reduce(lambda told, option: option(told), reversed(given), command)


def cuts(command: Command) -> Command:
    """The clocks, and which evidence counts, given to the command as the keywords of `Timeline.at`."""

    @functools.wraps(command)
    def asking(*, at: str | None, recorded: str | None, reported: str | None, **given: Any) -> Any:
        worst, possible = given.pop("credible"), given.pop("possible")
        asked = {
            "occurred": at,
            "recorded": recorded,
            "reported": reported,
            "policy": given.pop("policy"),
            "accept": None if worst is None else credible(worst),
            "certainty": "possible" if possible else "definite",
        }
        return command(asked=asked, **given)

    return each(*_CUTS)(asking)


_CUTS = (
    click.option("--at", metavar="WHEN", help="What was so by then: the occurred clock. A date means its end."),
    click.option("--recorded", metavar="WHEN", help="Only what was recorded by then."),
    click.option("--reported", metavar="WHEN", help="Only what had been made public by then."),
    click.option("--policy", type=click.Choice(list(POLICIES)), default="standing", help="Which rival claim counts."),
    click.option("--credible", type=click.IntRange(1, 5), help="Only what has a report this credible, or more."),
    click.option("--possible", is_flag=True, help="Also what may have happened by then, but need not have."),
    tz,
)
