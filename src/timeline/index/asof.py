"""What is asked of the index: how much was recorded, what was public, which evidence counts, and which claim."""

from __future__ import annotations

from typing import NamedTuple

from timeline.history.cuts import Publication
from timeline.history.policies import Accept, Choose, standing
from timeline.index.complete import CompleteView


class AsOf(NamedTuple):
    """What of everything known is to be read: the cuts, the evidence and the policy.

    `upto` is how many entries were; None, None and `standing` leave everything standing. With
    `possible_by` what may have happened by then is read too, and nothing that cannot have.
    """

    upto: int
    reported: Publication | None = None
    accept: Accept | None = None
    choose: Choose = standing
    possible_by: int | None = None


def public(complete: CompleteView, as_of: AsOf, position: int) -> bool:
    """Whether an entry was known, and anything of it public, within the cuts of a as_of."""
    count, reported, *_ = as_of
    return position <= count and (reported is None or (complete.publications[position], position) <= reported)


def whole(complete: CompleteView, as_of: AsOf, position: int) -> bool:
    """Whether all of it was."""
    reported = as_of.reported
    return public(complete, as_of, position) and (reported is None or complete.completions[position] <= reported[0])
