"""Suggestions of names that may mean the same: thirty pairs of spellings of the chronicle's own sources."""

from itertools import combinations

import pytest

from support.spellings import OTHERS, PAIRS
from timeline import Timeline
from timeline.errors import InvalidValue
from timeline.events import entity, facility


def named(*slugs: str) -> Timeline:
    """Register some facilities."""
    line = Timeline()
    for slug in dict.fromkeys(slugs):
        line.record(facility.FacilityRegistered(facility=slug))
    return line


def suggested(line: Timeline) -> set[frozenset[str]]:
    return {frozenset((s.left.partition(":")[2], s.right.partition(":")[2])) for s in line.suggest_same()}


def test_most_pairs_are_suggested_and_few_others():
    """Of thirty pairs at least 24; of all other pairs, which no way over the thirty joins, at most five."""
    names = list(dict.fromkeys((*(name for pair in PAIRS for name in pair), *OTHERS)))
    groups = {name: {name} for name in names}
    for one, other in PAIRS:
        joined = groups[one] | groups[other]
        groups.update(dict.fromkeys(joined, joined))
    groups.update(dict.fromkeys(joined := groups["ghuwayran-prison"] | groups["al-sinaa-prison"], joined))
    found = suggested(named(*names))
    assert sum(frozenset(pair) in found for pair in PAIRS) >= 24
    wrong = [pair for pair in combinations(names, 2) if frozenset(pair) in found and pair[1] not in groups[pair[0]]]
    assert len(wrong) <= 5, wrong


@pytest.mark.parametrize("judgement", ["same", "different", "unsure"])
def test_a_judged_pair_is_not_suggested_again(judgement):
    """Any judgement will do: somebody has looked at the pair."""
    line = named("al-hol-camp", "al-hawl-camp")
    (first,) = line.suggest_same()
    line.record(entity.IdentityJudged(left=first.left, right=first.right, judgement=judgement))
    assert line.suggest_same() == ()


def test_dates_and_kinds_tell_names_apart():
    """Two agreements of different days, a camp and a prison of one place, and an authority are never suggested."""
    line = named("al-hol-camp", "al-hol-prison")
    for tag in ("agreement:deal-2026-01-18", "agreement:deal-2026-01-30", "authority:al-hol-camp"):
        line.record(entity.EntityRegistered(entity=tag))
    assert line.suggest_same() == ()


def test_names_and_aliases_are_compared_too():
    """Slugs that have nothing in common are suggested for an alias, the best first."""
    line = Timeline()
    line.record(entity.EntityRegistered(entity="authority:sdf", aliases=["Syrian Democratic Forces"]))
    line.record(entity.EntityRegistered(entity="authority:qsd", names={"en": "Syrian Democratic Forces"}))
    (found,) = line.suggest_same()
    assert (found.left, found.right, found.score) == ("authority:sdf", "authority:qsd", 1.0)


def test_a_least_score_must_be_a_share():
    """Of 0 to 1."""
    with pytest.raises(InvalidValue, match="least is 80: expected a number from 0 to 1"):
        Timeline().suggest_same(least=80)
