"""Conditions of an append: they ask for every name that means the same."""

import pytest

from timeline import Draft, Timeline
from timeline.errors import ConcurrencyConflict
from timeline.events import border
from timeline.events.entity import IdentityJudged
from timeline.log import Expect

OPENED = border.CrossingOpened(crossing="rabia")
SAME = IdentityJudged(left="facility:rabia", right="facility:yarubiyah", judgement="same")


@pytest.fixture
def line():
    """A timeline that has read one opening, at position 1."""
    line = Timeline()
    line.record(OPENED)
    return line


def refused(line, *, tag="facility:rabia", after):
    with pytest.raises(ConcurrencyConflict):
        line.record(OPENED, expect=Expect(tags=[tag], after=after))
    return True


def test_an_entry_under_another_name_of_the_same_is_a_conflict(line):
    """An entry about one name counts for all that mean the same."""
    line.record(SAME)
    line.record(border.CrossingClosed(crossing="yarubiyah"))
    assert refused(line, after=2)
    assert line.record(OPENED, expect=Expect(tags=["facility:rabia"], after=3)).position == 4


def test_a_judgement_since_is_a_conflict_whatever_the_types(line):
    """A decision taken before it was about other names."""
    line.record(SAME)
    with pytest.raises(ConcurrencyConflict):
        line.record(OPENED, expect=Expect(tags=["facility:rabia"], types=[border.CrossingClosed], after=1))


def test_a_judgement_retracted_since_is_a_conflict(line):
    """It takes names apart that were one."""
    judged = line.record(SAME)
    line.retract(judged)
    with pytest.raises(ConcurrencyConflict):
        line.record(OPENED, expect=Expect(tags=["facility:rabia"], types=[border.CrossingClosed], after=2))


def test_a_bare_log_compares_tags_as_written(line):
    """It knows no judgements."""
    line.record(SAME)
    line.record(border.CrossingClosed(crossing="yarubiyah"))
    assert line.log.append([Draft(OPENED)], expect=Expect(tags=["facility:rabia"], after=2))[0].position == 4
