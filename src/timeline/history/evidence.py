"""The evidence that a question requires: whether a claim has enough of it to count."""

from __future__ import annotations

from collections.abc import Sequence

from timeline.events.entity import REGISTRATIONS, IdentityJudged
from timeline.history.claims import Claim, Hides
from timeline.history.policies import Accept, Credible
from timeline.values.report import Report

NEEDS_NONE, UNRATED = 0, 7
"""Instead of a credibility: of what counts without reports; of reports without a rating."""


def is_admitted(claim: Claim, accept: Accept | None, hides: Hides | None) -> bool:
    """Tell whether a claim is not withheld, and has the evidence required."""
    if hides is not None and hides(claim):
        return False
    return accept is None or accept(claim) or _needs_none(claim.event, claim.reports)


def credibility(event: object, reports: Sequence[Report]) -> int:
    """Return the best credibility (1 to 6) of the reports of an event, by which `credible` accepts it."""
    if not reports or isinstance(event, IdentityJudged):
        return NEEDS_NONE if _needs_none(event, reports) else UNRATED
    return min([report.credibility or UNRATED for report in reports])


def worst_accepted(accept: Accept | None, hides: Hides | None) -> int | None:
    """Return the worst credibility that is admitted; None if that does not depend on credibility alone."""
    return accept.worst if isinstance(accept, Credible) and hides is None else None


def _needs_none(event: object, reports: Sequence[Report]) -> bool:
    """Tell whether an event needs no evidence: a registration without a report, or a judgement, which is ours."""
    return isinstance(event, IdentityJudged) or (isinstance(event, REGISTRATIONS) and not reports)
