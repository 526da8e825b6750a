"""Control of facilities over time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from timeline.answers.situation import Situation
from timeline.display.charts.base import (
    Extent,
    Record,
    Shift,
    Stretch,
    extent,
    finish,
    nothing,
    painted,
    shifts,
    stretches,
)
from timeline.display.charts.captions import below, caption_text, meant, passage, require_look
from timeline.display.charts.lanes import ROW, bar, lanes, picked
from timeline.display.colours import Colours
from timeline.display.telling import Telling, telling
from timeline.display.words import Names, Words
from timeline.projections.facilities import Hold
from timeline.timeline import Timeline
from timeline.values.entities import NOBODY
from timeline.values.when import WhenLike

_LATE = 1 << 62
_NOBODY = ""
"""Nobody among the holders of a lane, which are slugs."""


class Lane(NamedTuple):
    """The lane of one facility: its holders one after the other, and when the first of them was followed."""

    slug: str
    holders: tuple[str, ...]
    changed: int

    @property
    def passage(self) -> tuple[str, ...]:
        """The first and the last holder; one alone where they are the same."""
        return tuple(dict.fromkeys((self.holders[0], self.holders[-1]))) if self.holders else ()


def control(
    of: Timeline | Situation | Telling,
    *,
    role: str = "control",
    facilities: str | Iterable[str] | None = None,
    since: WhenLike | None = None,
    language: str = "en",
    names: Names | None = None,
    colours: Colours | None = None,
    title: str | None = None,
    width: int = 680,
) -> Any:
    """Draw who held each facility in one role, as swimlanes, from the first report to the moment asked about.

    Lanes are grouped by the first and the last holder, and sorted by the date of the first change. A bar is pale and
    half as high while a change may or may not have happened. A dashed outline is a gap, nobody holding it; a red line
    above says that it was contested.

    `facilities` None: all that somebody was said to hold; of more than 60, those with the most reports. `since` None:
    from the first report on. Labels are the names on the log in `language`, "en" or "ar", to which `names` adds.
    `colours` sets colours of authorities: `{"sdf": "#c77700"}`; the others have theirs by the order of first naming.
    `title` replaces the title.

    Raises: MissingExtra, InvalidValue, UnknownName.
    """
    require_look(title, width=width)
    shown = telling(of)
    asked, words = shown.situation, Words(language, shown.names(names))
    held = [slug for slug, found in asked.facilities.items() if role in found.roles]
    chosen, note = picked(asked, "facilities", "facility", held, words) if facilities is None else ((), "")
    wanted = chosen if facilities is None else meant(asked, "facility", facilities)
    found = {slug: shifts(asked, ("facilities", slug, "roles")) for slug in wanted}
    drawn = extent((turn.reading for changes in found.values() for turn in changes), asked, since)
    if drawn is None:
        return nothing(words, title=title or words("control_over_time"), width=width)
    stretched = {slug: list(stretches(changes, drawn)) for slug, changes in found.items()}
    records = [r for slug, held in stretched.items() for stretch in held for r in _records(slug, role, stretch, words)]
    there = {record["lane"] for record in records}
    rows = [lane for slug in found if words.name(slug) in there for lane in [_lane(slug, role, found[slug], drawn)]]
    order, headings = _grouped(rows, words)
    holders = {words.name(holder): holder for lane in rows for holder in lane.holders if holder != _NOBODY}
    chart = lanes(
        records, drawn=drawn, asked=asked, words=words, order=order, headings=headings, width=width,
        paint=painted({name: holders[name] for name in sorted(holders)}, shown.colours(colours)),
        legend=words("authority"),
        below=below((turn.reading.entry for lane in rows for turn in found[lane.slug]), asked, words),
    )  # fmt: skip
    changed = sum(len(lane.holders) > 1 for lane in rows)
    counted = caption_text(words, "changed_hands", changed=changed, count=len(rows))
    if role != "control":
        counted = caption_text(words, "role", role=words(role), changed=changed, count=len(rows))
    return finish(chart, words, title=title or counted, note=note, width=width, height=ROW * max(len(order), 1))


def _holder(turn: Shift, role: str) -> str | None:
    hold: Hold | None = turn.value.get(role)
    if hold is None or hold.holder is None:
        return None
    return _NOBODY if hold.holder is NOBODY else str(hold.holder)


def _lane(slug: str, role: str, found: Sequence[Shift], drawn: Extent) -> Lane:
    """Return the holders of a facility within what is drawn."""
    holders: list[str] = []
    changed = _LATE
    for turn, following in zip(found, [*found[1:], None], strict=True):
        holder = _holder(turn, role)
        over = following is not None and following.end <= drawn.start
        if holder is None or over or turn.start >= drawn.end or (holders and holders[-1] == holder):
            continue
        if holders:
            changed = min(changed, turn.end)
        holders.append(holder)
    return Lane(slug, tuple(holders), changed)


def _grouped(rows: Iterable[Lane], words: Words) -> tuple[list[str], list[str]]:
    """Return the lanes in order with the headings of their groups among them, and the headings.

    Groups of what changed hands come first, by the first change; a single group has no heading.
    """
    groups: dict[tuple[str, ...], list[Lane]] = {}
    for lane in sorted(rows, key=lambda lane: (lane.changed, words.name(lane.slug))):
        groups.setdefault(lane.passage, []).append(lane)
    ranked = sorted(groups, key=lambda group: (groups[group][0].changed, -len(groups[group])))
    order: list[str] = []
    headings: list[str] = []
    for group in ranked:
        if len(ranked) > 1:
            headings.append(passage(words, (words.name(h) if h else words("nobody") for h in group)))
            order.append(headings[-1])
        order += dict.fromkeys(words.name(lane.slug) for lane in groups[group])
    return order, headings


def _records(slug: str, role: str, stretch: Stretch, words: Words) -> Iterator[Record]:
    hold: Hold | None = stretch.turn.value.get(role)
    if hold is None or (hold.holder is None and hold.claimants is None):
        return
    gap = hold.holder is NOBODY
    value = words("nobody") if gap else words.name(hold.holder) if isinstance(hold.holder, str) else ""
    yield bar(words.name(slug), value, stretch, words, gap=gap, contested=hold.claimants is not None)
