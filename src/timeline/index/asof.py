"""As of what a question is asked: the cuts, the evidence, and the policy that chooses among rival claims."""

from __future__ import annotations

from typing import NamedTuple

from timeline.history.claims import Claim, Hides
from timeline.history.cuts import Publication
from timeline.history.evidence import is_admitted
from timeline.history.policies import Accept, Choose, Pick, standing
from timeline.index.complete import NEVER, CompleteView


class AsOf(NamedTuple):
    """The part of everything known that a question is about.

    `upto` is the number of entries that were recorded by then, `reported` the last publication that counts.
    None, None and `standing` cut nothing. With `possible_by`, what may have happened by that moment is read too, and
    what cannot have happened by then is not. What `hides` withholds is read as if the log did not hold it.
    """

    upto: int
    reported: Publication | None = None
    accept: Accept | None = None
    choose: Choose = standing
    possible_by: int | None = None
    hides: Hides | None = None

    @property
    def admits_all(self) -> bool:
        """True if no claim is left out for its evidence or withheld."""
        return self.accept is None and self.hides is None

    def admits(self, claim: Claim) -> bool:
        """Tell whether a claim is not withheld, and has the evidence required."""
        return is_admitted(claim, self.accept, self.hides)


_FEW, _SHARE = 64, 512
"""Two cuts are near if no more entries lie between them, or no more than this part of the log."""
_FREE: Publication = (NEVER + 1, 0)
"""The cut by the reported clock that leaves it free."""


def is_near(complete: CompleteView, one: AsOf, other: AsOf) -> bool:
    """Tell whether two questions differ in their cuts, or in a claim picked, alone, and few entries lie between."""
    cut_alike = one._replace(upto=other.upto, reported=other.reported, choose=elsewhere(one))
    if cut_alike != other._replace(choose=elsewhere(other)) or one.possible_by is not None:
        return False
    apart = abs(one.upto - other.upto)
    if one.reported != other.reported:
        apart += complete.publishing.how_many(*_between(one, other))
    return apart <= max(_FEW, other.upto // _SHARE)


def positions_between(complete: CompleteView, one: AsOf, other: AsOf) -> set[int]:
    """Return the positions of entries that two questions may read otherwise, if they are as `is_near` tells."""
    found = set(range(min(one.upto, other.upto) + 1, max(one.upto, other.upto) + 1))
    names, others = (complete.identities.at(asked.upto, asked.hides) for asked in (one, other))
    found |= complete.identities.mentions(names.changes(others), max(one.upto, other.upto))
    if one.reported != other.reported:
        found |= complete.publishing.between(*_between(one, other))
    if one.choose != other.choose:
        picked = [asked.choose.id for asked in (one, other) if isinstance(asked.choose, Pick)]
        found.update(complete.source.find(picked).values())
    return found


def elsewhere(asked: AsOf) -> Choose:
    """Return the policy of a question for all cases but one that it may pick a claim for."""
    return asked.choose.otherwise if isinstance(asked.choose, Pick) else asked.choose


def _between(one: AsOf, other: AsOf) -> tuple[Publication, Publication]:
    first, last = sorted((one.reported or _FREE, other.reported or _FREE))
    return first, last


def public(complete: CompleteView, as_of: AsOf, position: int) -> bool:
    """Tell whether an entry was recorded, and any of its reports public, within the cuts."""
    count, reported, *_ = as_of
    return position <= count and (reported is None or (complete.publications[position], position) <= reported)


def is_whole(complete: CompleteView, as_of: AsOf, position: int) -> bool:
    """Tell whether an entry was recorded, and all of its reports public, within the cuts."""
    reported = as_of.reported
    return public(complete, as_of, position) and (reported is None or complete.completions[position] <= reported[0])
