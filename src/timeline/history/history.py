"""From entries to the sequence to fold: time travel happens here and nowhere else.

    entries → cut by the recorded and reported clocks → editorial entries (`cases`)
            → accept, policy → `bounds` and order → readings

A `History` does not depend on the occurred clock: the state on a day follows from a prefix of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timezone, tzinfo
from functools import partial
from typing import NamedTuple

from timeline.entry import Entry
from timeline.errors import InvalidValue
from timeline.history.bounds import ChosenClaim, DateConflict, bounds, clamped, reported_by
from timeline.history.cases import Case, Cases, cases, linked
from timeline.history.claims import Claim, Hides
from timeline.history.cuts import Publication
from timeline.history.evidence import is_admitted
from timeline.history.identity import APART, Identity
from timeline.history.policies import Accept, Choose, Pick, latest, standing
from timeline.history.reading import Reading, arrange
from timeline.values.instants import PAST
from timeline.values.report import Modality


class History(NamedTuple):
    """Everything that a set of entries says within two cuts, in order of occurrence."""

    cases: Cases
    readings: tuple[Reading, ...]
    """The ACTUAL readings, in fold order."""
    others: tuple[Reading, ...]
    """The readings of any other modality, in order of announcement; `end` is the announcement."""
    fulfilled: Mapping[str, int]
    """For a planned case, the end of the first reading that fulfils it (`PAST`: fulfilled at every date)."""
    bounds: tuple[DateConflict, ...]
    """The conflicts between dates."""
    left_out: tuple[Entry, ...]
    unfolded: tuple[Reading, ...] = ()
    """The standing claims of ACTUAL events that are disputed, where a denial or nothing was picked."""

    def possible(self, end: int) -> History:
        """Return the history of the readings that may have happened by then."""
        readings = arrange(
            [Reading(r.case, r.claim, r.start, r.end, identity=r.identity) for r in self.readings if r.start < end],
            self.cases,
        )
        return self._replace(
            readings=readings,
            fulfilled=dict.fromkeys(_fulfilled(readings, self.cases), PAST),
            unfolded=tuple(reading for reading in self.unfolded if reading.start < end),
        )


def history(
    entries: Iterable[Entry],
    *,
    reported: Publication | None = None,
    accept: Accept | None = None,
    choose: Choose = standing,
    hides: Hides | None = None,
    identity: Identity = APART,
    tz: tzinfo = timezone.utc,
) -> History:
    """Return the history of some entries. For a recorded cut, pass only the entries within it, and its identity.

    Entries that name one another must be passed together. Others cannot affect one another, except as
    possible duplicates.
    """
    found = cases(entries, reported=reported, hides=hides, tz=tz)
    return history_of(found, accept=accept, choose=choose, hides=hides, identity=identity, tz=tz)


def history_of(
    found: Cases, *, accept: Accept | None, choose: Choose, hides: Hides | None, identity: Identity, tz: tzinfo
) -> History:
    """Return the history of cases that are known: the second half of `history`."""
    picked, left_out, contested = _pick(found, accept, _in_zone(choose, tz), hides)
    actual = [p for p in picked if p.claim.modality is Modality.ACTUAL]
    spans, impossible = bounds(actual, found, tz)
    readings = arrange(
        [Reading(p.case, p.claim, s[0], s[1], identity=identity) for p, s in zip(actual, spans, strict=True)], found
    )
    others = (announced(p, tz, identity) for p in picked if p.claim.modality is not Modality.ACTUAL)
    return History(
        found,
        readings,
        tuple(sorted(others, key=lambda reading: reading.point)),
        _fulfilled(readings, found),
        tuple(impossible),
        (*found.left_out, *left_out),
        tuple(_unfolded(contested, tz, identity)),
    )


def _in_zone(choose: Choose, tz: tzinfo) -> Choose:
    """Return the policy as it reads dates in a zone."""
    if isinstance(choose, Pick):
        return Pick(choose.id, _in_zone(choose.otherwise, tz))
    return partial(latest, tz=tz) if choose is latest else choose


def announced(picked: ChosenClaim, tz: tzinfo, identity: Identity = APART) -> Reading:
    """Return the reading of a claim that is not ACTUAL. It counts from its announcement on."""
    return Reading(picked.case, picked.claim, told := reported_by(picked, tz), told, identity=identity)


def _pick(
    found: Cases, accept: Accept | None, choose: Choose, hides: Hides | None
) -> tuple[list[ChosenClaim], list[Entry], list[Case]]:
    """Return the claims that count, the entries left out, and the disputed cases of which nothing ACTUAL counts."""
    picked, left_out, contested = [], [], []
    for case in found.by_id.values():
        every = accept is None and hides is None
        claims = case.claims if every else [c for c in case.claims if is_admitted(c, accept, hides)]
        claim = _chosen(choose, claims)
        if claim is None or claim.event is None:
            left_out.append(case.entry)
        else:
            picked.append(ChosenClaim(case, claim))
        folded = claim is not None and claim.event is not None and claim.modality is Modality.ACTUAL
        if claims and case.disputed and not folded:
            contested.append(case)
    return picked, left_out, contested


def _unfolded(contested: Sequence[Case], tz: tzinfo, identity: Identity) -> Iterator[Reading]:
    """Read the standing claims of contested cases, as far as these are ACTUAL."""
    for case in contested:
        claim = standing(case.claims)
        if claim is not None and claim.modality is Modality.ACTUAL:
            told = reported_by(ChosenClaim(case, claim), tz)
            yield Reading(case, claim, *clamped(claim.event, claim.occurred, told, tz), identity=identity)


def _chosen(choose: Choose, claims: Sequence[Claim]) -> Claim | None:
    claim = choose(claims) if claims else None
    if claim is not None and not isinstance(claim, Claim):
        raise InvalidValue(
            f"the policy gave {claim!r}: expected one of the claims it was given, or None to fold none of them.",
            value=claim,
        )
    return claim


def _fulfilled(readings: Sequence[Reading], found: Cases) -> dict[str, int]:
    done: dict[str, int] = {}
    for reading in readings:
        for name in linked(reading.case, "fulfils"):
            plan = found.of(name)
            if plan is not None:
                done.setdefault(plan.entry.id, reading.end)
    return done
