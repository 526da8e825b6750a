"""Stories of duplicates: two entries that may be one."""

import pytest

from support.custody import HOL, OP, SINAA, kinds, transferred
from timeline import Report, exactly
from timeline.events.custody import DetaineesAdmitted, DetaineesEscaped, DetaineesRecaptured, DetaineesTransferred


def test_two_overlapping_entries_of_the_same_may_be_one(line):
    """Same type, entities and time: a finding, and both count until somebody settles it."""
    first = transferred(line, exactly(150), operation=OP)
    second = transferred(line, exactly(150), "2026-01", operation=OP)
    (finding,) = line.at().findings
    assert finding.kind == "possible_duplicate"
    assert set(finding.entries) == {first, second}
    assert line.at().custody.operations[OP].moved == exactly(300)


@pytest.mark.parametrize(
    "different",
    [
        dict(occurred="2026-01-11"),
        dict(batch="2"),
        dict(destination=HOL),
        dict(cohort="iraqi"),
        dict(operation="another"),
        dict(received_by="iraq-gov"),
    ],
)
def test_what_differs_is_no_duplicate(line, different):
    """Another day, batch, place, cohort, operation or authority: two events."""
    transferred(line, exactly(150), batch="1", operation=OP)
    transferred(line, exactly(150), **{"batch": "1", "operation": OP, **different})
    assert "possible_duplicate" not in kinds(line.at())


@pytest.mark.parametrize("beside", [dict(about=("operation:another",)), dict(carried_by="us-coalition")])
def test_who_moved_them_and_what_it_is_about_set_no_two_movements_apart(line, beside):
    """One source names the carrier and the other does not: perhaps it is one convoy."""
    transferred(line, exactly(150))
    transferred(line, exactly(150), **beside)
    assert kinds(line.at()) == ["possible_duplicate"]


def test_a_part_of_another_type_may_be_told_twice(line):
    """Of those who escaped, 81 were caught again: who tells of it twice is asked about it."""
    whole = line.record(DetaineesEscaped(facility=SINAA, quantity=exactly(200)), occurred="2026-01-10")
    for source in ("SANA", "AP"):
        caught = DetaineesRecaptured(facility=SINAA, quantity=exactly(81))
        line.record(caught, occurred="2026-01-10", part_of=whole, reports=[Report(source, published="2026-01-11")])
    assert kinds(line.at()) == ["possible_duplicate"]


def test_what_one_source_lists_as_several_is_several(line):
    """Twenty admissions of a day in one list are twenty; of two lists, each later one is asked about once."""
    for source in ("registry", "registry", "watchers"):
        for _ in range(10):
            admitted = DetaineesAdmitted(facility=SINAA, quantity=exactly(1))
            line.record(admitted, occurred="2026-01-10", reports=[Report(source, published="2026-01-11")])
    found = line.at().findings
    assert found.counts() == {"possible_duplicate": 10}
    assert all({claim.reports[0].source for claim in one.claims} == {"registry", "watchers"} for one in found)
    assert line.at(reported="2026-01-10").findings == ()


def test_a_source_that_tells_of_both_later_settles_it_only_then(line):
    """Within a cut, only the sources visible there tell two entries apart."""
    reports = [Report("AP", published="2026-01-11"), Report("UN", published="2026-02-01")]
    transferred(line, exactly(150), links={"reports": reports})
    transferred(line, exactly(150), links={"reports": [Report("UN", published="2026-01-12")]})
    assert kinds(line.at(reported="2026-01-15")) == ["possible_duplicate"]
    assert kinds(line.at()) == []


def test_events_that_name_no_entity_are_no_duplicates(line):
    """Two statements of nobody, two transfers from nowhere to nowhere: nothing says that they are one."""
    for _ in range(2):
        line.record(DetaineesTransferred(quantity=exactly(5), carried_by="us-coalition"), occurred="2026-01-10")
    assert kinds(line.at()) == []


@pytest.mark.parametrize("link", ["part_of", "after"])
def test_what_is_linked_is_no_duplicate(line, link):
    """Somebody said how the two hang together."""
    first = transferred(line, exactly(150))
    transferred(line, exactly(150), links={link: first})
    assert kinds(line.at()) == []


def test_what_was_merged_counts_once_and_is_no_duplicate(line):
    """Merging settles it."""
    first, second = transferred(line, exactly(150), operation=OP), transferred(line, exactly(150), operation=OP)
    line.merge(first, [second])
    assert kinds(line.at()) == []
    assert line.at().custody.operations[OP].moved == exactly(150)
