"""Control of facilities over time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from timeline.answers.situation import Situation
from timeline.display.charts.base import Record, Stretch, extent, finish, nothing, shifts, stretches
from timeline.display.charts.lanes import ROW, bar, lanes
from timeline.display.telling import Telling, telling
from timeline.display.words import Names, Words
from timeline.projections.facilities import Hold
from timeline.timeline import Timeline
from timeline.values.containers import as_tuple
from timeline.values.entities import NOBODY
from timeline.values.when import WhenLike


def control(
    of: Timeline | Situation | Telling,
    *,
    role: str = "control",
    facilities: str | Iterable[str] | None = None,
    since: WhenLike | None = None,
    language: str | None = None,
    names: Names | None = None,
    width: int = 680,
) -> Any:
    """Draw who held each facility in one role, as swimlanes, from the first report to the moment asked about.

    A bar is pale and half as high while a change may or may not have happened. A dashed outline is a gap, nobody
    holding it; a red line above says that it was contested. `facilities` None: all that somebody was said to hold.
    `since` None: from the first report on. `language` None labels with slugs; "en" and "ar" with names, to which
    `names` adds.

    Raises: MissingExtra, InvalidValue, UnknownName.
    """
    shown = telling(of)
    asked, words = shown.situation, Words(language, shown.names(names))
    wanted = asked.facilities if facilities is None else as_tuple(facilities)
    found = {slug: shifts(asked, ("facilities", slug, "roles")) for slug in wanted}
    title = words("control_over_time")
    drawn = extent((turn.reading for changes in found.values() for turn in changes), asked, since)
    if drawn is None:
        return nothing(words, title=title, width=width)
    records = [
        record
        for slug, changes in found.items()
        for stretch in stretches(changes, drawn)
        for record in _records(slug, role, stretch, words)
    ]
    held = sorted({record["value"] for record in records if not record["gap"] and record["value"]})
    order = sorted({record["lane"] for record in records})
    chart = lanes(records, drawn=drawn, asked=asked, values=held, order=order, legend=words("authority"))
    return finish(chart, title=title, width=width, height=ROW * max(len(order), 1))


def _records(slug: str, role: str, stretch: Stretch, words: Words) -> Iterator[Record]:
    hold: Hold | None = stretch.turn.value.get(role)
    if hold is None or (hold.holder is None and hold.claimants is None):
        return
    gap = hold.holder is NOBODY
    value = words("nobody") if gap else words.name(hold.holder) if isinstance(hold.holder, str) else ""
    yield bar(words.name(slug), value, stretch, words, gap=gap, contested=hold.claimants is not None)
