"""Components of which a later cut shows more entries.

A plan whose parts are published, or recorded, one after another is read part by part, and not as a whole by each cut.
That works while what comes changes nothing but itself and its whole.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping
from typing import NamedTuple

from timeline.entry import Entry
from timeline.events.editorial import EDITORIAL
from timeline.history.claims import Claim
from timeline.history.cuts import published
from timeline.history.history import History
from timeline.history.joining import Joined, join_published
from timeline.history.policies import POLICIES
from timeline.history.reading import Reading
from timeline.index.asof import AsOf, elsewhere, is_whole, public
from timeline.index.complete import CompleteView


class Shown(NamedTuple):
    """The history of a component within earlier cuts, those of `asked`, and its readings by position."""

    says: History
    at: Mapping[int, Reading]
    asked: AsOf


def showing_more(complete: CompleteView, asked: AsOf, shown: Shown, positions: Collection[int]) -> Joined | None:
    """Return what a component says within the cuts of a question; None if it must be read again.

    `shown` is what it says within earlier cuts, and `positions` have the entries that came since.
    """
    came = sorted(position for position in positions if public(complete, asked, position))
    if asked.upto != shown.asked.upto and len(came) < len({*positions}):
        return None  # what was recorded since and is not public may have to be left out
    claims: dict[str, Claim] = {}
    for entry in complete.source.get(came):
        if public(complete, shown.asked, entry.position) or not is_whole(complete, asked, entry.position):
            return None
        if _is_named(complete, shown, entry) or _names_unknown(asked, shown, claims, entry):
            return None
        reports = entry.reports if asked.reported is None else published(entry, asked.reported, complete.tz)
        claim = Claim(entry, entry.event, entry.occurred, entry.modality, reports)
        if elsewhere(asked) not in POLICIES.values() or not asked.admits(claim) or asked.choose([claim]) is not claim:
            return None
        claims[entry.id] = claim
    identity = complete.identities.at(asked.upto, asked.hides)
    return join_published(shown.says, shown.at, [*claims.values()], complete.tz, identity)


def _names_unknown(asked: AsOf, shown: Shown, claims: Container[str], entry: Entry) -> bool:
    """Tell whether an entry is part of one that is not shown, and that may be part of another, recorded since."""
    name = entry.part_of
    if name is None or asked.upto == shown.asked.upto or shown.says.cases.of(name) is not None:
        return False
    return name not in claims


def _is_named(complete: CompleteView, shown: Shown, entry: Entry) -> bool:
    """Tell whether an entry that is shown, or whose correction is, names an entry, if through others of these."""
    named, waiting = complete.namers(entry.position), [entry.id]
    while waiting:
        for namer in complete.source.get(named.get(waiting.pop(), ())):
            if public(complete, shown.asked, namer.position) or shown.says.cases.of(namer.id) is not None:
                return True
            if isinstance(namer.event, EDITORIAL) or (shown.says.cases.skips and namer.part_of is not None):
                waiting.append(namer.id)
    return False
