"""Flows: from an event that moves people to its postings on the accounts of the custody ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from timeline.events.custody import (
    DetaineesAdmitted,
    DetaineesDied,
    DetaineesEscaped,
    DetaineesRecaptured,
    DetaineesReclassified,
    DetaineesReleased,
    DetaineesRepatriated,
    DetaineesTransferred,
)
from timeline.events.declare import akin
from timeline.history.reading import Point, Reading
from timeline.projections.building import ByClass
from timeline.values.entities import ACCOUNTS, AT_LARGE, DEAD, ELSEWHERE, IN_TRANSIT, RELEASED
from timeline.values.quantity import Quantity

RESERVED = ACCOUNTS | {IN_TRANSIT}
"""Places that are not facilities."""


class Flow(NamedTuple):
    """The movement of one event, from one account to another, with its heading at either end."""

    source: str
    target: str
    quantity: Quantity
    source_cohort: str | None
    target_cohort: str | None
    out: str | None = None
    into: str | None = None
    by: str | None = None
    to: str | None = None


class Posting(NamedTuple):
    """One side of a flow: `sign` × `quantity` on the account of a place and cohort.

    `heading` counts it as sent, received, escaped … by `authority`, or by the holder of the place.
    A posting that `stays` moves nobody out of the place.

    A posting with a `share` reverses that share in the account of its whole, because the share is posted
    on its own: in this reading or, if `earlier`, in one before. `limit` is the upper bound of the whole.
    `since` is the point of the first of whole and share, if this posting is not that one: a headcount
    after `since` has included both.
    """

    place: str
    cohort: str | None
    sign: int
    quantity: Quantity
    heading: str | None
    authority: str | None
    share: Posting | None = None
    earlier: bool = False
    stays: bool = False
    since: Point | None = None
    limit: int | None = None


def _transferred(event: Any) -> Flow:
    return _uncounted_within(Flow(
        event.origin or ELSEWHERE, event.destination or ELSEWHERE, event.quantity, event.cohort, event.cohort,
        "sent", "received", event.surrendered_by, event.received_by,
    ))  # fmt: skip


def _uncounted_within(moved: Flow) -> Flow:
    """Return a flow as it counts: a transfer to the place that people are in moves nobody."""
    if moved.out == "sent" and moved.source == moved.target != ELSEWHERE:
        return moved._replace(out=None, into=None, by=None, to=None)
    return moved


def _repatriated(event: Any) -> Flow:
    return Flow(
        event.origin or ELSEWHERE, event.destination or ELSEWHERE, event.quantity, event.cohort, event.cohort,
        "repatriated", "received" if event.destination else None, None, event.to,
    )  # fmt: skip


def _reclassified(event: Any) -> Flow:
    place = event.facility or ELSEWHERE
    return Flow(place, place, event.quantity, event.from_cohort, event.to_cohort)


def _come(other: str, heading: str, event: Any) -> Flow:
    """Return the flow of an event out of an account, into a facility."""
    place, by = event.facility or ELSEWHERE, getattr(event, "by", None)
    return Flow(other, place, event.quantity, event.cohort, event.cohort, None, heading, None, by)


def _gone(other: str, heading: str, event: Any) -> Flow:
    """Return the flow of an event out of a facility, into an account."""
    place, by = event.facility or ELSEWHERE, getattr(event, "by", None)
    return Flow(place, other, event.quantity, event.cohort, event.cohort, heading, None, by)


_FLOWS: Mapping[type, Callable[[Any], Flow]] = {
    DetaineesTransferred: _transferred,
    DetaineesRepatriated: _repatriated,
    DetaineesAdmitted: partial(_come, ELSEWHERE, "received"),
    DetaineesRecaptured: partial(_come, AT_LARGE, "recaptured"),
    DetaineesReleased: partial(_gone, RELEASED, "released"),
    DetaineesEscaped: partial(_gone, AT_LARGE, "escaped"),
    DetaineesDied: partial(_gone, DEAD, "died"),
    DetaineesReclassified: _reclassified,
}


MOVING = tuple(_FLOWS)
"""The events that move people."""


_FLOW = ByClass(_FLOWS)


def flow(event: Any) -> Flow | None:
    """Return the flow of an event, or None if it moves nobody."""
    made = _FLOW[type(event)]
    return None if made is None else made(event)


def postings(reading: Reading) -> Iterator[Posting]:
    """Yield the postings of a reading, and those that reverse its share in a whole posted before.

    The postings sum to zero, symbolically: for every quantity posted, the signs add up to zero.
    """
    whole = reading.of
    own = sides(reading)
    if whole is None or whole.point > reading.point or not akin(whole.event, reading.event):
        yield from own
    else:
        yield from (side._replace(since=whole.point) for side in own)
        yield from _without(sides(whole), own, since=whole.point, earlier=False)
    for part in reading.parts:
        if akin(part.event, reading.event):
            yield from _without(own, sides(part), since=part.point, earlier=True)


def sides(reading: Reading) -> tuple[Posting, ...]:
    """Return the two postings of a reading: the place people leave, and the place they reach.

    A part takes from its whole the places, the cohort and the authorities that it leaves out.
    """
    moved = _resolved(reading)
    if moved is None:
        return ()
    stays = moved.source == moved.target
    return (
        Posting(moved.source, moved.source_cohort, -1, moved.quantity, moved.out, moved.by, stays=stays),
        Posting(moved.target, moved.target_cohort, 1, moved.quantity, moved.into, moved.to, stays=stays),
    )


def _resolved(reading: Reading) -> Flow | None:
    """Return the flow of a reading, completed from its wholes and computed once for each of them."""
    if reading.of is None:
        return flow(reading.event)
    line: list[Reading] = [reading]
    while "flow" not in line[-1].memo and (above := line[-1].of) is not None and akin(above.event, line[-1].event):
        line.append(above)
    moved: Flow | None = line[-1].memo.get("flow")
    for one in reversed(line):
        if "flow" not in one.memo:
            own = flow(one.event)
            one.memo["flow"] = _filled(own, moved) if own and moved else own
        moved = one.memo["flow"]
    return moved


def _filled(moved: Flow, above: Flow) -> Flow:
    filled = moved._replace(
        source=above.source if moved.source == ELSEWHERE else moved.source,
        target=above.target if moved.target == ELSEWHERE else moved.target,
        source_cohort=moved.source_cohort or above.source_cohort,
        target_cohort=moved.target_cohort or above.target_cohort,
        out=moved.out or above.out,
        into=moved.into or above.into,
        by=moved.by or above.by,
        to=moved.to or above.to,
    )
    return _uncounted_within(filled)


def _without(
    whole: tuple[Posting, ...], shares: tuple[Posting, ...], *, since: Point, earlier: bool
) -> Iterator[Posting]:
    """Yield the postings that reverse a share in its whole, so that it is posted only once."""
    for side, share in zip(whole, shares, strict=True):
        yield side._replace(
            sign=-side.sign,
            quantity=share.quantity,
            share=share,
            earlier=earlier,
            since=since,
            limit=side.quantity.high,
        )
