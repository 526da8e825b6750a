"""Which version of an event counts: claims, the evidence asked of them, and the policy that picks.

An entry and the rivals that disputes add to it are *claims*. `accept` says which of them have
evidence enough, `policy` which of those is folded. Nothing is decided for good: each question asked
of a timeline may bring its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import attrs
from attrs import frozen

from timeline.entry import Entry, describe
from timeline.errors import InvalidValue
from timeline.eventtype import UnknownEvent, event_type
from timeline.quantity import Quantity
from timeline.report import Modality, Report
from timeline.when import When


@frozen(slots=False, eq=False)
class Claim:
    """One version of what happened, within a cut.

    `event` None is a bare denial (of the claim `denies` made, or of the whole); `entry` is the entry
    that makes the claim: the target itself, its last correction, or the dispute.
    """

    entry: Entry
    event: Any | None
    occurred: When | None
    modality: Modality
    reports: tuple[Report, ...]
    denies: str | None = None
    backed_by: tuple[Entry, ...] = ()
    """The corrections, corroborations and merged duplicates that speak for it."""
    dated_by: Claim | None = attrs.field(default=None, repr=False)
    """The claim it corrects without another date, by whose telling it had happened all the same."""

    def __str__(self) -> str:
        said = describe(self.event) if self.event is not None else "denied"
        return "\n    ".join([f"{self.occurred or 'undated'} {said}", *map(str, self.reports)])

    @property
    def quantity(self) -> Quantity | None:
        """How many, if the event says so."""
        field = _quantity_field(self.event)
        found = getattr(self.event, field) if field else None
        return found if isinstance(found, Quantity) else None


Accept = Callable[[Claim], bool]
Choose = Callable[[Sequence[Claim]], Claim | None]
PolicyName = Literal["standing", "most_reliable", "lowest", "highest", "envelope"]
Policy = PolicyName | Choose


def credible(worst: int) -> Accept:
    """Accept what has a report of this credibility or better.

    Unrated reports, and those rated 6 (*cannot be judged*), do not qualify.

    Raises: InvalidValue unless `worst` is 1 to 5.

    >>> from timeline import Timeline, credible
    >>> Timeline().at(accept=credible(2)).left_out
    ()
    """
    if isinstance(worst, bool) or worst not in (1, 2, 3, 4, 5):
        raise InvalidValue(f"credible({worst!r}): expected 1 (confirmed) to 5 (improbable).", value=worst)
    return lambda claim: any(report.credibility is not None and report.credibility <= worst for report in claim.reports)


def standing(claims: Sequence[Claim]) -> Claim | None:
    """The target as last corrected; where it was not accepted, the first rival that was."""
    return next((claim for claim in claims if claim.event is not None), None)


def most_reliable(claims: Sequence[Claim]) -> Claim | None:
    """The claim with the best report, by reliability and then credibility; the first of equals.

    F, 6 and unrated cannot be judged, and rank in the middle. A denial that ranks best wins: then
    nothing is folded.
    """
    return min(claims, key=_rank, default=None)


def lowest(claims: Sequence[Claim]) -> Claim | None:
    """The claim with the lowest number; one that gives none is picked only when all give none."""
    counted = [c for c in claims if c.quantity is not None and c.quantity.known]
    return min(counted, key=_low) if counted else standing(claims)


def highest(claims: Sequence[Claim]) -> Claim | None:
    """The claim with the highest number; one that gives none is picked only when all give none."""
    counted = [c for c in claims if c.quantity is not None and c.quantity.known]
    return max(counted, key=_high) if counted else standing(claims)


def envelope(claims: Sequence[Claim]) -> Claim | None:
    """The standing claim with a quantity that spans what all of them allow.

    Its best is None unless all agree on one. Claims in another unit, or without a number field, are
    left aside; the others back it, and `why` names them.
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
    field = _quantity_field(first.event)
    assert field is not None
    others = (entry for claim in alike if claim is not first for entry in (claim.entry, *claim.backed_by))
    backing = tuple(dict.fromkeys((*first.backed_by, *others)))
    return attrs.evolve(first, event=attrs.evolve(first.event, **{field: quantity}), backed_by=backing)


POLICIES: dict[str, Choose] = {f.__name__: f for f in (standing, most_reliable, lowest, highest, envelope)}


def policy_named(policy: Policy) -> Choose:
    """The function of a policy.

    Raises: InvalidValue for an unknown name.

    >>> policy_named("lowest").__name__
    'lowest'
    """
    if callable(policy):
        return policy
    if not isinstance(policy, str) or policy not in POLICIES:
        raise InvalidValue(f"policy is {policy!r}: expected {', '.join(POLICIES)}, or a function of the claims.")
    return POLICIES[policy]


def _quantity_field(event: Any) -> str | None:
    return None if event is None or isinstance(event, UnknownEvent) else event_type(event).quantity


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


def _low(claim: Claim) -> int:
    q = claim.quantity
    assert q is not None
    return q.best if q.best is not None else q.low


def _high(claim: Claim) -> int:
    q = claim.quantity
    assert q is not None
    return next(number for number in (q.best, q.high, q.low) if number is not None)
