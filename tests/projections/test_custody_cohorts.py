"""Stories of cohorts: those of one kind, counted and moved by themselves."""

import pytest

from support.custody import HEADINGS, SINAA, counted, held, spoken_of, transferred
from timeline import about, exactly
from timeline.events.custody import DetaineesAdmitted, DetaineesEscaped, DetaineesReclassified


def test_a_cohort_is_counted_and_flows_by_itself(line):
    """Iraqis counted, some of them moved: their stock is known, of others it is not."""
    counted(line, exactly(100), cohort="iraqi")
    transferred(line, exactly(30), cohort="iraqi")
    spoken_of(line, "cohort:syrian")
    assert held(line, cohort="iraqi") == "70"
    assert held(line, cohort="syrian") == "?"


def test_cohorts_counted_one_by_one_add_up(line):
    """With nobody counting the whole, those counted by cohort are there together at least."""
    counted(line, exactly(100), cohort="iraqi")
    counted(line, exactly(50), cohort="syrian")
    assert line.at().custody.held(facility=SINAA).low == 150
    line.record(DetaineesEscaped(facility=SINAA, quantity=exactly(20), cohort="syrian"), occurred="2026-01-10")
    assert line.at().custody.held(facility=SINAA).low == 130


def test_a_breakdown_counts_its_cohorts(line):
    """One headcount gives the total, and the share of each cohort."""
    counted(line, exactly(150), breakdown={"iraqi": exactly(100), "syrian": about(50)})
    assert [held(line), held(line, cohort="iraqi"), held(line, cohort="syrian")] == ["150", "100", "≈50"]


def test_a_count_of_the_whole_wins_over_its_cohorts(line):
    """The total counted is the total, whatever single cohorts come to before or after."""
    counted(line, exactly(100), "2026-01-01", cohort="iraqi")
    counted(line, about(500), "2026-01-05")
    counted(line, exactly(120), "2026-01-10", cohort="syrian")
    assert held(line) == "≈500"
    line.record(DetaineesEscaped(facility=SINAA, quantity=exactly(20), cohort="syrian"), occurred="2026-01-15")
    assert [held(line), held(line, cohort="syrian"), held(line, cohort="iraqi")] == ["≈480", "100", "100"]


def test_a_cohort_leaving_lowers_the_total_and_not_its_unknown_stock(line):
    """Thirty Iraqis leave a prison where only the total was counted."""
    counted(line, exactly(100))
    transferred(line, exactly(30), cohort="iraqi")
    assert [held(line), held(line, cohort="iraqi")] == ["70", "?"]
    assert line.at().findings == ()


def test_a_cohort_may_be_overdrawn_while_the_whole_is_not(line):
    """More Iraqis gone than were counted is found, and said of the Iraqis."""
    counted(line, exactly(100), breakdown={"iraqi": exactly(10)})
    transferred(line, exactly(30), cohort="iraqi")
    (finding,) = line.at().findings
    assert finding.kind == "negative_balance"
    assert finding.message.startswith(f"{SINAA} (iraqi): -20")
    assert held(line, cohort="iraqi") == "0"


def test_drift_of_a_cohort_is_said_of_the_cohort(line):
    """A recount by cohort is compared cohort by cohort."""
    counted(line, exactly(100), breakdown={"iraqi": exactly(10)})
    transferred(line, exactly(5), "2026-01-05", cohort="iraqi")
    counted(line, exactly(95), "2026-01-10", breakdown={"iraqi": exactly(40)})
    (finding,) = line.at().findings
    assert (finding.kind, finding.message.split(":")[0]) == ("drift", f"{SINAA} (iraqi)")


@pytest.mark.parametrize(
    ("quantity", "iraqi", "unspecified_cohort"), [(exactly(20), "30", "20"), (about(20), "0–50 (30)", "≈20")]
)
def test_reclassifying_moves_between_cohorts_and_nobody_out(line, quantity, iraqi, unspecified_cohort):
    """Some are counted under another cohort now: the total stays what it was, however fuzzy the number."""
    counted(line, exactly(100), breakdown={"iraqi": exactly(50), "syrian": exactly(0)})
    line.record(
        DetaineesReclassified(facility=SINAA, quantity=quantity, from_cohort="iraqi", to_cohort="syrian"),
        occurred="2026-01-10",
    )
    assert held(line) == "100"
    assert [held(line, cohort="iraqi"), held(line, cohort="syrian")] == [iraqi, unspecified_cohort]
    assert all(getattr(line.at().custody, name)() == exactly(0) for name in HEADINGS)


@pytest.mark.parametrize("day", ["2026-01-09", "2026-01-11"])
def test_a_part_of_a_reclassification_moves_nobody_out_either(line, day):
    """Some of those who were reclassified have a report of their own: the total stays the same."""
    counted(line, exactly(1000))
    of_all = DetaineesReclassified(facility=SINAA, quantity=about(100), from_cohort="iraqi", to_cohort="syrian")
    whole = line.record(of_all, occurred="2026-01-10")
    of_some = DetaineesReclassified(facility=SINAA, quantity=about(40), from_cohort="iraqi", to_cohort="foreign")
    line.record(of_some, occurred=day, part_of=whole)
    assert held(line) == "1,000"


def test_reclassifying_people_at_an_unnamed_place_changes_no_facility(line):
    """If the source names no place, no facility changes."""
    counted(line, exactly(100))
    line.record(DetaineesReclassified(quantity=exactly(20), to_cohort="syrian"), occurred="2026-01-10")
    assert list(line.at().custody) == [SINAA]
    assert held(line) == "100"


def test_those_of_no_stated_cohort_may_be_of_any(line):
    """Sixty Iraqis and forty Syrians; twenty leave and five come: how many are Iraqi is a range, the sum is not."""
    counted(line, exactly(100), "2026-01-01", breakdown={"iraqi": exactly(60), "syrian": exactly(40)})
    transferred(line, exactly(20), "2026-01-02")
    line.record(DetaineesAdmitted(facility=SINAA, quantity=exactly(5)), occurred="2026-01-03")
    assert [held(line, day, cohort="iraqi") for day in ("2026-01-01", "2026-01-02", "2026-01-03")] == [
        "60", "40–60", "40–65",
    ]  # fmt: skip
    assert held(line) == "85"
    counted(line, exactly(85), "2026-01-04", breakdown={"iraqi": exactly(50)})
    assert held(line, cohort="iraqi") == "50"


@pytest.mark.parametrize("days", [("2026-01-02", "2026-01-03"), ("2026-01-03", "2026-01-02")])
def test_a_whole_told_apart_to_the_last_leaves_nobody_unstated(line, days):
    """Of twenty who left, fifteen Iraqis and five Syrians: every stock is exact again, whichever was first."""
    counted(line, exactly(100), "2026-01-01", breakdown={"iraqi": exactly(60), "syrian": exactly(40)})
    whole = transferred(line, exactly(20), days[0])
    for cohort, share in (("iraqi", exactly(15)), ("syrian", exactly(5))):
        transferred(line, share, days[1], cohort=cohort, links={"part_of": whole})
    assert [held(line), held(line, cohort="iraqi"), held(line, cohort="syrian")] == ["80", "45", "35"]
