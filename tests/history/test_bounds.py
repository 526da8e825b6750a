"""Bounds of times: tightened along references, and by merged dates."""

from __future__ import annotations

import pytest

from support.history import HOL, Clock, by, held
from timeline import Draft, Modality, Timeline, exactly
from timeline.events import custody
from timeline.events.editorial import EventDisputed


def ends(line: Timeline) -> list[str]:
    """Return the last day on which each deed can have happened, the first recorded first."""
    entries = sorted(line.at("2026-01-10").entries(), key=lambda entry: entry.position)
    return [entry.id for entry in entries]


def test_a_deed_ends_no_later_than_the_last_of_those_that_follow_it(line: Timeline) -> None:
    """The third is of the 10th, so that the second, and with it the first, was done by then."""
    line.record(custody.DetaineesEscaped(facility="a"), occurred="2026-01", id="first")
    line.record(custody.DetaineesRecaptured(facility="a"), occurred="2026-01", id="second", after=["first"])
    line.record(custody.DetaineesReleased(facility="a"), occurred="2026-01-10", id="third", after=["second"])
    assert ends(line) == ["first", "second", "third"]


@pytest.mark.parametrize(("days", "found"), [(("2026-01-05", "2026-01-10"), ["merged_times_differ"]),
                                             (("2026-01-05~", "2026-01-10"), []),
                                             (("2026-01-05", "2026-01-10?"), [])])  # fmt: skip
def test_merged_dates_differ_unless_one_is_inexact(line: Timeline, days: tuple[str, str], found: list[str]) -> None:
    line.record(custody.DetaineesEscaped(facility="a", quantity=exactly(9)), occurred=days[0], id="kept")
    line.record(custody.DetaineesEscaped(facility="a", quantity=exactly(9)), occurred=days[1], id="double")
    line.merge("kept", ["double"])
    assert [finding.kind for finding in line.at().findings] == found


def test_what_a_dispute_says_stands_without_its_target_under_a_cut(line: Timeline) -> None:
    """The target was published in March: in February the rival stands, as a deed, at the date of its target."""
    target = line.record(held("sdf"), occurred="2026-01-05", reports=by("AP", "2026-02-20"))
    line.dispute(target, rival=held("syria-gov"), reports=by("AFP", "2026-02-01"))
    (entry,) = line.at("2026-01-05", reported="2026-02-10").entries()
    assert (entry.modality, str(entry.occurred)) == (Modality.ACTUAL, "2026-01-05")
    assert line.at("2026-01-05", reported="2026-02-10").facilities[HOL].holder() == "syria-gov"
    assert HOL not in line.at("2026-01-04", reported="2026-02-10").facilities


def test_a_rival_that_nobody_published_stands_for_nothing_under_a_cut(line: Timeline) -> None:
    target = line.record(held("sdf"), occurred="2026-01-05", reports=by("AP", "2026-02-20"))
    line.dispute(target, rival=held("syria-gov"))
    assert line.at(reported="2026-02-10").entries() == ()


def test_merged_rivals_stand_in_the_order_of_recording(line: Timeline) -> None:
    """The duplicates were named the other way round; their rivals keep the order of their own entries."""
    deed = custody.DetaineesEscaped(facility="a", quantity=exactly(9))
    line.record_all([Draft(deed, occurred="2026-01-05", id=id) for id in ("kept", "z", "a")])
    for number, id in enumerate(("z", "a")):
        rival = custody.DetaineesEscaped(facility="a", quantity=exactly(20 + number))
        line.record(EventDisputed(target=id, rival=rival))
    line.merge("kept", ["a", "z"])
    numbers = [claim.quantity and claim.quantity.best for claim in line.at().claims("kept")]
    assert numbers == [9, 20, 21]


def test_what_begins_as_the_moment_ends_has_not_begun(line: Timeline) -> None:
    """Possible by the 10th is what may have begun on that day, not what began with the next."""
    first = line.record(custody.DetaineesEscaped(facility="a"), occurred="2026-01-01")
    for day in ("2026-01-10", "2026-01-11"):
        line.record(custody.DetaineesRecaptured(facility="a"), occurred=f"{day}/2026-01-20", after=[first])
    found = line.at("2026-01-10", certainty="possible").entries()
    assert [str(entry.occurred) for entry in found] == ["2026-01-01", "2026-01-10/2026-01-20"]


def test_of_wholes_merged_in_a_circle_the_first_recorded_is_no_part(line: Timeline) -> None:
    """The whole and its part are merged crosswise: what was recorded first is the whole, whatever its name."""
    for id, number, day, whole in (("z", 9, "03", None), ("a", 5, "02", "z"), ("m", 9, "03", "a")):
        moved = custody.DetaineesTransferred(quantity=exactly(number), origin="x", destination="y")
        line.record(moved, occurred=f"2026-01-{day}", id=id, part_of=whole)
    line.merge("z", ["m"])
    assert line.at().custody.sent(facility="x") == exactly(9)


def test_what_a_dispute_of_a_correction_says_stands_without_both_under_a_cut(line: Timeline) -> None:
    """The correction gives no date: the rival is of the day of the entry it corrects, and as planned as that."""
    target = line.record(held("sdf"), occurred="2026-01-05", modality=Modality.PLANNED, reports=by("AP", "2026-02-20"))
    corrected = line.correct(target, held("iraq-gov"), reports=by("AP", "2026-02-21"))
    line.dispute(corrected, rival=held("syria-gov"), reports=by("AFP", "2026-02-01"))
    (entry,) = line.at(reported="2026-02-10").entries(modality=Modality.PLANNED)
    assert (str(entry.occurred), entry.event.authority) == ("2026-01-05", "syria-gov")


def test_what_happened_before_the_calendar_of_clocks_was_reported_centuries_later(line: Timeline) -> None:
    line.record(held("sdf"), occurred="1500")
    assert line.at().findings.of(kind="implausible_date")


def test_an_impossible_order_says_which_entries_and_when(line: Timeline) -> None:
    line.record(custody.DetaineesEscaped(facility="a"), occurred="2026-01-20", id="late")
    line.record(custody.DetaineesRecaptured(facility="a"), occurred="2026-01-10", after=["late"])
    (finding,) = line.at().findings.of(kind="contradictory_order")
    assert "20 January 2026" in finding.message
    assert "10 January 2026" in finding.message


def test_a_corrected_rival_had_happened_when_its_dispute_was_recorded() -> None:
    """Not when its target was, which said something else; nobody published any of them."""
    clock = Clock("2026-01-02")
    line = Timeline(clock=clock)
    target = line.record(custody.DetaineesEscaped(facility="a", quantity=exactly(9)), occurred="2026-01-01")
    clock.set("2026-01-07")
    rival = line.dispute(target, rival=custody.DetaineesEscaped(facility="a", quantity=exactly(20)), occurred="2026-01")
    for number in (20, 21):
        found = line.at(policy="highest").findings
        assert ("published_before_occurred" in found.counts(), len(found)) == (False, 1)
        assert [
            line.at(day, policy="highest").custody.escaped(facility="a") for day in ("2026-01-06", "2026-01-07")
        ] == [
            exactly(0),
            exactly(number),
        ]
        clock.set("2026-01-20")
        line.correct(rival, custody.DetaineesEscaped(facility="a", quantity=exactly(21)), id="corrected")


def test_a_corrected_rival_of_early_days_is_not_found_published_too_early() -> None:
    """Its date lies between the recording of its target and that of its dispute."""
    clock = Clock("2026-01-02")
    line = Timeline(clock=clock)
    target = line.record(custody.DetaineesEscaped(facility="a"), occurred="2026-01-01")
    clock.set("2026-01-07")
    rival = line.dispute(target, rival=custody.DetaineesEscaped(facility="a", quantity=exactly(20)))
    line.correct(rival, custody.DetaineesEscaped(facility="a", quantity=exactly(20)), occurred="2026-01-05")
    assert line.at(policy="highest").findings.counts() == {"disputed": 1}
