"""The choice between claims: the evidence required (`accept`), and the policy that picks one.

An entry and the rivals that disputes add to it are *claims*. `accept` says which of them have enough
evidence, and `policy` which of those is folded. Each question asked of a timeline may bring its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timezone, tzinfo
from math import inf
from typing import Literal

import attrs
from attrs import frozen

from timeline.entry import Entry
from timeline.errors import InvalidValue
from timeline.history.claims import Claim, quantity_field
from timeline.values.containers import PersistentList
from timeline.values.instants import FUTURE, PAST
from timeline.values.quantity import Quantity

Accept = Callable[[Claim], bool]


Choose = Callable[[Sequence[Claim]], Claim | None]


PolicyName = Literal["standing", "most_reliable", "lowest", "highest", "envelope", "latest"]


Policy = PolicyName | Choose


def credible(worst: int) -> Accept:
    """Accept claims with a report of this credibility or better.

    Unrated reports, and those rated 6 (*cannot be judged*), do not qualify.

    Raises: InvalidValue unless `worst` is 1 to 5.

    >>> from timeline import Timeline, credible
    >>> Timeline().at(accept=credible(2)).left_out
    ()
    """
    if isinstance(worst, bool) or worst not in (1, 2, 3, 4, 5):
        raise InvalidValue(f"credible({worst!r}): expected 1 (confirmed) to 5 (improbable).", value=worst)
    return Credible(worst)


@frozen(repr=False)
class Credible:
    """Accepts claims with a report of this credibility or better."""

    worst: int

    def __repr__(self) -> str:
        return f"credible({self.worst})"

    def __call__(self, claim: Claim) -> bool:
        return any(report.credibility is not None and report.credibility <= self.worst for report in claim.reports)


def standing(claims: Sequence[Claim]) -> Claim | None:
    """Pick the target as last corrected; if it was not accepted, the first rival that was."""
    return next((claim for claim in claims if claim.event is not None), None)


def most_reliable(claims: Sequence[Claim]) -> Claim | None:
    """Pick the claim with the best report, by reliability and then credibility; the first of equals.

    F, 6 and unrated cannot be judged, and rank in the middle. If a denial ranks best, nothing is folded.
    """
    return min(claims, key=_rank, default=None)


def lowest(claims: Sequence[Claim]) -> Claim | None:
    """Pick the claim with the lowest number, in the unit of the standing one; without numbers, the standing one.

    The number is the best estimate, else the low bound, or the high bound where the low one is 0. Of equals,
    the claim that may be less counts.
    """
    counted = _counted(claims)
    return min(counted, key=lambda pair: (_low(pair[1]), pair[1].low))[0] if counted else standing(claims)


def highest(claims: Sequence[Claim]) -> Claim | None:
    """Pick the claim with the highest number, in the unit of the standing one; without numbers, the standing one.

    The number is the best estimate, else the high bound, or the low bound where the high one is open. Of
    equals, the claim that may be more counts.
    """
    counted = _counted(claims)
    return max(counted, key=lambda pair: (_high(pair[1]), _most(pair[1])))[0] if counted else standing(claims)


def latest(claims: Sequence[Claim], tz: tzinfo = timezone.utc) -> Claim | None:
    """Pick the claim whose newest report was published last; of equals, the one recorded last.

    A claim without a dated report comes before all others. If a denial was published last, nothing is folded.
    """
    return max(claims, key=lambda claim: (_newest(claim, tz), claim.entry.position), default=None)


def envelope(claims: Sequence[Claim]) -> Claim | None:
    """Pick the standing claim, with a quantity that spans those of all claims.

    Its best is None unless all agree on one. Claims in another unit, or without a number, are
    ignored; the others back it, and `why` names them.
    """
    first = standing(claims)
    if first is None or first.event is None or first.quantity is None:
        return first
    alike = [c for c in claims if c.quantity is not None and c.quantity.unit == first.quantity.unit]
    spanned = [c.quantity for c in alike if c.quantity is not None]
    highs = [q.high for q in spanned]
    bests = {q.best for q in spanned}
    quantity = Quantity(
        min(q.low for q in spanned),
        bests.pop() if len(bests) == 1 else None,
        None if None in highs else max(high for high in highs if high is not None),
        unit=first.quantity.unit,
        text=first.quantity.text if len(spanned) == 1 else "",
    )
    field = quantity_field(first.event)
    assert field is not None
    others = (entry for claim in alike if claim is not first for entry in (claim.entry, *claim.backing))
    backing = PersistentList[Entry]().extend(dict.fromkeys((*first.backing, *others)))
    return attrs.evolve(first, event=attrs.evolve(first.event, **{field: quantity}), backing=backing)


POLICIES: dict[str, Choose] = {f.__name__: f for f in (standing, most_reliable, lowest, highest, envelope, latest)}


def policy_named(policy: Policy) -> Choose:
    """Return the function of a policy.

    Raises: InvalidValue for an unknown name.

    >>> policy_named("lowest").__name__
    'lowest'
    """
    if callable(policy):
        return policy
    if not isinstance(policy, str) or policy not in POLICIES:
        raise InvalidValue(f"policy is {policy!r}: expected {', '.join(POLICIES)}, or a function of the claims.")
    return POLICIES[policy]


_RELIABILITY = {"A": 0.0, "B": 1.0, "C": 2.0, "D": 3.0, "E": 4.0}


def _rank(claim: Claim) -> tuple[float, float]:
    ratings = [
        (
            _RELIABILITY.get(report.reliability or "F", 2.5),
            2.5 if report.credibility in (None, 6) else float(report.credibility or 0) - 1,
        )
        for report in claim.reports
    ]
    return min(ratings, default=(2.5, 2.5))


def _counted(claims: Sequence[Claim]) -> list[tuple[Claim, Quantity]]:
    """Return the claims that give a number, in the unit of the standing one."""
    first = standing(claims)
    if first is None or first.quantity is None:
        return []
    unit = first.quantity.unit
    told = ((claim, claim.quantity) for claim in claims)
    return [(claim, q) for claim, q in told if q is not None and q.known and q.unit == unit]


def _low(q: Quantity) -> int:
    if q.best is not None:
        return q.best
    return q.low or q.high or 0


def _high(q: Quantity) -> int:
    if q.best is not None:
        return q.best
    return q.high or q.low


def _most(q: Quantity) -> float:
    return inf if q.high is None else q.high


def _newest(claim: Claim, tz: tzinfo) -> int:
    """Return the end of the newest publication that has one."""
    ends = (report.published.span(tz).end for report in claim.reports if report.published is not None)
    return max((end for end in ends if end < FUTURE), default=PAST)


@frozen
class Pick:
    """A policy that picks one claim for its case, by the id of its entry, and follows another policy elsewhere."""

    id: str
    otherwise: Choose

    def __call__(self, claims: Sequence[Claim]) -> Claim | None:
        return next((claim for claim in claims if claim.entry.id == self.id), None) or self.otherwise(claims)
