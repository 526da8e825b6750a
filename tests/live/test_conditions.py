"""Conditions of an append: they ask for every name that means the same."""

import pytest

from timeline import Draft, Timeline
from timeline.errors import ConcurrencyConflict
from timeline.events import border, facility
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


JUDGED = "judgement"
COLLECTIVE = facility.FacilityRegistered(facility="yarubiyah", kind="collective", members=("rabia",))
ACTS = {
    "judged": lambda line: line.record(SAME),
    "retracted": lambda line: line.retract(JUDGED),
    "redacted": lambda line: line.redact(JUDGED),
    "told apart by a collective": lambda line: line.record(COLLECTIVE),
}


@pytest.fixture
def judged(line, request):
    """A timeline on which two names are one, unless the act is to judge so; and the act that changes it."""
    if request.param != "judged":
        line.record(SAME, id=JUDGED)
    return line, ACTS[request.param]


@pytest.mark.parametrize("judged", ACTS, indirect=True)
def test_whatever_changes_what_is_the_same_is_a_conflict(judged):
    """An answer that a name gave before holds no longer, whatever types the condition asks for."""
    line, act = judged
    known = line.head().position
    act(line)
    with pytest.raises(ConcurrencyConflict):
        line.record(OPENED, expect=Expect(tags=["facility:rabia"], types=[border.CrossingClosed], after=known))


@pytest.mark.parametrize("judged", ACTS, indirect=True)
def test_what_another_program_changes_in_the_last_moment_is_a_conflict(judged, monkeypatch):
    """The log itself checks it: nothing comes between looking up the names and appending."""
    line, act = judged
    known, append = line.head().position, line.log.append

    def late(*drafts, **options):
        monkeypatch.undo()
        act(Timeline(line.log))
        return append(*drafts, **options)

    monkeypatch.setattr(line.log, "append", late)
    with pytest.raises(ConcurrencyConflict):
        line.record(OPENED, expect=Expect(tags=["facility:rabia"], types=[border.CrossingClosed], after=known))


def test_a_redaction_takes_the_same_conditions(line):
    """It asks for every name too."""
    line.record(SAME)
    line.record(border.CrossingClosed(crossing="yarubiyah"))
    with pytest.raises(ConcurrencyConflict):
        line.redact(line.entries()[0], expect=Expect(tags=["facility:rabia"], after=2))


def test_a_bare_log_compares_tags_as_written(line):
    """It knows no judgements."""
    line.record(SAME)
    line.record(border.CrossingClosed(crossing="yarubiyah"))
    assert line.log.append([Draft(OPENED)], expect=Expect(tags=["facility:rabia"], after=2))[0].position == 4
