"""The three clocks, order, parts and plans: what history makes of the entries."""

from __future__ import annotations

from datetime import timedelta

import pytest

from support.history import HOL, Clock, by, held, moved, total
from timeline import NOBODY, Draft, Modality, Report, Timeline, about, credible, exactly
from timeline.events import agreement, custody, facility

# -- the clocks --------------------------------------------------------------------------------------


def test_a_date_is_the_end_of_that_day(line: Timeline) -> None:
    """An event of a day has happened by that day, and not by the day before."""
    line.record(held("syria-gov"), occurred="2026-01-21", reports=by("AP", "2026-01-21"))
    assert line.at("2026-01-21").facilities[HOL].holder() == "syria-gov"
    assert HOL not in line.at("2026-01-20").facilities


def test_a_day_ends_in_the_zone_of_the_timeline(clock: Clock) -> None:
    """22:00 in UTC on the 20th is the 21st in Baghdad."""
    for tz, expected in (("UTC", True), ("Asia/Baghdad", False)):
        line = Timeline(tz=tz, clock=clock)
        line.record(held("syria-gov"), occurred="2026-01-20T22:00:00Z", reports=by("AP", "2026-01-22"))
        assert (HOL in line.at("2026-01-20").facilities) is expected


def test_a_late_report_lands_where_it_belongs(line: Timeline) -> None:
    """Reopened in February, learnt after closed in March, leaves the facility closed."""
    line.record(facility.FacilityStatusChanged(facility=HOL, status="closed"), occurred="2025-03-10")
    line.record(facility.FacilityStatusChanged(facility=HOL, status="operational"), occurred="2025-02-10")
    assert line.at().facilities[HOL].status == "closed"
    assert line.at("2025-02-20").facilities[HOL].status == "operational"


def test_the_reported_cut_keeps_an_entry_from_its_earliest_publication_on(line: Timeline) -> None:
    """An event of the 19th, published on the 22nd, was not public on the 21st."""
    line.record(held("syria-gov"), occurred="2026-01-19", reports=by("AFP", "2026-01-25") + by("AP", "2026-01-22"))
    assert HOL not in line.at("2026-01-19", reported="2026-01-21").facilities
    assert line.at("2026-01-19", reported="2026-01-22").facilities[HOL].holder() == "syria-gov"


def test_under_a_reported_cut_only_visible_reports_speak(line: Timeline) -> None:
    """A confirmation published later does not count as evidence before."""
    line.record(
        held("syria-gov"), occurred="2026-01-19", reports=by("AP", "2026-01-20", 3) + by("SANA", "2026-01-25", 1)
    )
    assert HOL not in line.at(reported="2026-01-21", accept=credible(1)).facilities
    assert HOL in line.at(reported="2026-01-25", accept=credible(1)).facilities
    (entry,) = line.at(reported="2026-01-21").entries()
    assert [report.source for report in entry.reports] == ["AP"]


def test_a_fuzzy_publication_counts_at_its_latest(line: Timeline) -> None:
    """Published some time in January: public by the end of January."""
    line.record(held("syria-gov"), occurred="2026-01-05", reports=by("AP", "2026-01"))
    assert HOL not in line.at(reported="2026-01-30").facilities
    assert HOL in line.at(reported="2026-01-31").facilities


def test_what_bears_no_publication_is_left_out_and_listed(line: Timeline) -> None:
    """Under a reported cut an entry nobody dated is left out, and said to be."""
    entry = line.record(held("syria-gov"), occurred="2026-01-05", reports=by("a leaflet", None))
    assert line.at(reported="2026-02-01").left_out == (entry,)
    assert line.at().left_out == ()


def test_registrations_and_editorial_entries_without_publication_are_not_cut(line: Timeline) -> None:
    """A registration was always public; a retraction of ours holds at every reported cut."""
    line.record(facility.FacilityRegistered(facility=HOL, kind="camp"))
    entry = line.record(held("syria-gov"), occurred="2026-01-05", reports=by("AP", "2026-01-06"))
    line.retract(entry, reason="a mistake of ours")
    s = line.at("2026-01-10", reported="2026-01-10")
    assert s.facilities[HOL].kind == "camp"
    assert s.facilities[HOL].holder() is None
    assert s.left_out == ()


def test_the_recorded_cut_is_what_we_knew(line: Timeline, clock: Clock) -> None:
    """An entry recorded in March was not known in February, whenever it happened."""
    clock.set("2026-02-01")
    line.record(held("sdf"), occurred="2026-01-01")
    clock.set("2026-03-01")
    line.record(held("syria-gov"), occurred="2026-01-20")
    assert line.at("2026-01-25", recorded="2026-02-15").facilities[HOL].holder() == "sdf"
    assert line.at("2026-01-25", recorded="2026-03-01").facilities[HOL].holder() == "syria-gov"


# -- bounds and order --------------------------------------------------------------------------------


def test_by_then_means_definitely_by_then(line: Timeline) -> None:
    """In January is not so by the 21st, but possible; it is so by the 31st."""
    entry = line.record(held("syria-gov"), occurred="2026-01", reports=by("AP", "2026-02-05"))
    s = line.at("2026-01-21")
    assert HOL not in s.facilities
    assert s.possible == (entry,)
    assert line.at("2026-01-21", certainty="possible").facilities[HOL].holder() == "syria-gov"
    assert line.at("2026-01-31").possible == ()
    assert HOL in line.at("2026-01-31").facilities


def test_an_event_cannot_have_happened_after_it_was_told(line: Timeline) -> None:
    """In January, reported on the 20th, is by the 20th."""
    line.record(held("syria-gov"), occurred="2026-01", reports=by("AP", "2026-01-20"))
    assert HOL in line.at("2026-01-20").facilities
    assert HOL not in line.at("2026-01-19").facilities


def test_an_undated_event_is_bounded_by_its_telling_alone(line: Timeline) -> None:
    """Without a date it may have happened at any time up to its publication, else its recording."""
    told = line.record(held("syria-gov"), reports=by("AP", "2026-01-20"))
    untold = line.record(moved(5))
    assert line.at("2026-01-10").possible == (told, untold)
    assert line.at("2026-01-20").facilities[HOL].holder() == "syria-gov"
    assert total(line, "2026-02-28") is None
    assert total(line, "2026-03-01") == 5


@pytest.mark.parametrize("corroborated", [False, True])
@pytest.mark.parametrize("published", ["2026-01-20", "2026-01-24"])
def test_published_before_it_can_have_happened_is_a_finding_and_no_clamp(
    line: Timeline, published: str, corroborated: bool
) -> None:
    """A report from the 20th, or the day before, of something on the 25th is kept as it is, and flagged."""
    entry = line.record(held("syria-gov"), occurred="2026-01-25", reports=by("AP", published))
    if corroborated:
        line.corroborate(entry, reports=by("AFP", "2026-01-26"))
    assert [f.kind for f in line.at("2026-01-25").findings] == ["published_before_occurred"]
    assert HOL not in line.at("2026-01-24").facilities


@pytest.mark.parametrize("occurred", [None, "2026-01"])
def test_a_corrected_number_does_not_make_it_happen_later(line: Timeline, occurred: str | None) -> None:
    """An event reported on the 20th had happened by then, despite later corrections of the number."""
    entry = line.record(moved(150), occurred=occurred, reports=by("CENTCOM", "2026-01-20"))
    line.correct(entry, moved(144), reports=by("CENTCOM", "2026-02-10"))
    assert (total(line, "2026-01-19"), total(line, "2026-01-20")) == (None, 144)
    line.correct(entry, moved(144), occurred="2026-01-25", reports=by("CENTCOM", "2026-02-11"))
    line.correct(entry, moved(140), reports=by("CENTCOM", "2026-02-12"))
    assert (total(line, "2026-01-24"), total(line, "2026-01-25")) == (None, 140)
    assert line.at().findings == ()


def test_a_correction_whose_target_is_outside_the_cut_is_dated_by_its_own_telling(line: Timeline) -> None:
    """Entries outside the cut bound nothing."""
    entry = line.record(moved(150), reports=by("CENTCOM", "2026-02-20"))
    line.correct(entry, moved(144), reports=by("CENTCOM", "2026-02-10"))
    assert total(line, "2026-02-09", reported="2026-02-10") is None
    assert total(line, "2026-02-10", reported="2026-02-10") == 144


def test_a_corrected_plan_is_in_force_since_it_was_announced(line: Timeline) -> None:
    """Its number changed, not the day it was announced; a correction gives it a new date."""
    plan = line.record(moved(150), modality=Modality.PLANNED, occurred="2026-05", reports=by("AP", "2026-01-20"))
    line.correct(plan, moved(144), reports=by("AP", "2026-02-10"))
    assert [entry.event.quantity.best for entry in line.at("2026-01-20").plans] == [144]
    line.correct(plan, moved(144), modality=Modality.ACTUAL, occurred="2026-02-11", reports=by("AP", "2026-02-12"))
    assert (total(line, "2026-02-11"), line.at().findings) == (144, ())


@pytest.mark.parametrize(
    ("first", "second", "winner"),
    [
        ("2026-01", "2026-01-20", "first"),
        ("2026-01-20", "../2026-01-20", "first"),
        ("2026-01-20", "2026-01-20", "second"),
        ("2026-01-20T12:00:00Z", "2026-01-20", "second"),
    ],
)
def test_fold_order_is_latest_then_earliest_then_position(line: Timeline, first: str, second: str, winner: str) -> None:
    """The last word belongs to what can have happened latest; then to what began last; then to the later entry."""
    line.record(held("first"), occurred=first, reports=by("AP", "2026-02-05"))
    line.record(held("second"), occurred=second, reports=by("AP", "2026-02-05"))
    assert line.at().facilities[HOL].holder() == winner


def test_after_puts_an_undated_event_in_its_place(line: Timeline) -> None:
    """Held after it was left: the earlier cannot have ended later, nor the later begun earlier."""
    left = line.record(
        facility.ControlChanged(facility=HOL, manner="vacated"), occurred="2026-01", reports=by("AP", "2026-02-05")
    )
    line.record(held("syria-gov"), occurred="2026-01-20", reports=by("AP", "2026-02-05"), after=[left])
    assert line.at("2026-01-20").facilities[HOL].holder() == "syria-gov"
    assert line.at("2026-01-19").facilities.get(HOL) is None
    assert [value.value for value in line.at().history("facilities", HOL, "control")] == [NOBODY, "syria-gov"]


def test_after_may_name_an_earlier_draft_of_the_batch(line: Timeline) -> None:
    """A batch can say in what order its undated events came."""
    line.record_all([Draft(held("sdf"), id="one"), Draft(held("syria-gov"), after=["one"], id="two")])
    assert line.at().facilities[HOL].holder() == "syria-gov"


def test_contradictory_after_is_ignored_and_found(line: Timeline) -> None:
    """A claim that the 10th came after the 20th changes no order."""
    late = line.record(held("late"), occurred="2026-01-20")
    line.record(held("early"), occurred="2026-01-10", after=[late])
    s = line.at()
    assert s.facilities[HOL].holder() == "late"
    assert [finding.kind for finding in s.findings] == ["contradictory_order"]


def test_a_chain_of_after_tightens_both_ways(line: Timeline) -> None:
    """Undated between the 5th and the 10th lies between them."""
    first = line.record(held("first"), occurred="2026-01-05", reports=by("AP", "2026-02-01"))
    middle = line.record(held("middle"), reports=by("AP", "2026-02-01"), after=[first])
    line.record(held("last"), occurred="2026-01-10", reports=by("AP", "2026-02-01"), after=[middle])
    assert line.at("2026-01-07").facilities[HOL].holder() == "first"
    assert line.at("2026-01-07").possible == (middle,)
    assert [v.value for v in line.at("2026-01-10").history("facilities", HOL, "control")] == ["first", "middle", "last"]


# -- modality and plans ------------------------------------------------------------------------------


@pytest.mark.parametrize("modality", [Modality.PLANNED, Modality.HYPOTHETICAL, Modality.DENIED])
def test_only_what_happened_changes_state(line: Timeline, modality: Modality) -> None:
    """A feared escape is not an escape; it is kept, and can be searched."""
    entry = line.record(
        custody.DetaineesEscaped(facility=HOL, quantity=about(120)), modality=modality, reports=by("AP", "2026-01-20")
    )
    s = line.at()
    assert s.custody.escaped() == exactly(0)
    assert s.entries(modality=modality) == (entry,)
    assert line.at("2026-01-19").entries(modality=modality) == ()


def test_a_plan_is_in_force_from_its_announcement_until_it_is_fulfilled(line: Timeline) -> None:
    """Announced on the 10th for the 20th, carried out on the 22nd."""
    plan = line.record(
        moved(160), occurred="2026-01-20", reports=by("CENTCOM", "2026-01-10"), modality=Modality.PLANNED
    )
    line.record(moved(150), occurred="2026-01-22", reports=by("CENTCOM", "2026-01-22"), fulfils=plan)
    assert line.at("2026-01-09").plans == ()
    assert line.at("2026-01-10").plans == (plan,)
    assert line.at("2026-01-21").plans == (plan,)
    assert line.at("2026-01-22").plans == ()
    assert total(line) == 150


def test_an_unpublished_plan_is_announced_when_recorded(line: Timeline, clock: Clock) -> None:
    """Without a publication, we heard of it when we recorded it."""
    clock.set("2026-02-01")
    plan = line.record(moved(160), occurred="2026-05", modality=Modality.PLANNED)
    assert line.at("2026-01-31").plans == ()
    assert line.at("2026-02-01").plans == (plan,)


def test_retracting_the_outcome_puts_the_plan_back_in_force(line: Timeline) -> None:
    """An event that did not happen fulfilled nothing."""
    plan = line.record(moved(160), occurred="2026-01-20", modality=Modality.PLANNED)
    done = line.record(moved(150), occurred="2026-01-22", fulfils=plan)
    line.retract(done)
    assert line.at().plans == (plan,)


# -- evidence ----------------------------------------------------------------------------------------


def test_what_evidence_turns_away_is_listed(line: Timeline) -> None:
    """Only what has a report of credibility 2 or better is folded; unrated and 6 do not qualify."""
    confirmed = line.record(moved(150), occurred="2026-01-21", reports=by("A", "2026-01-21", 2))
    others = [
        line.record(moved(10), occurred=f"2026-01-2{n}", reports=by("B", "2026-01-25", rating))
        for n, rating in ((2, 3), (3, 6), (4, None))
    ]
    s = line.at(accept=credible(2))
    assert s.custody.operations["op"].moved == exactly(150)
    assert list(s.left_out) == others
    assert s.entries() == (confirmed,)


def test_evidence_may_prefer_the_rival(line: Timeline) -> None:
    """If the target is not accepted and a rival is, the rival counts."""
    entry = line.record(moved(150), occurred="2026-01-21", reports=by("A", "2026-01-21", 5))
    line.dispute(entry, rival=moved(144), reports=by("B", "2026-01-22", 1))
    assert total(line, accept=credible(2)) == 144


def test_accept_is_any_predicate_of_a_claim(line: Timeline) -> None:
    """Only what CENTCOM itself says."""
    line.record(moved(150), occurred="2026-01-21", reports=by("CENTCOM", "2026-01-21"))
    line.record(moved(10), occurred="2026-01-22", reports=by("SANA", "2026-01-22"))
    assert total(line, accept=lambda claim: any(r.source == "CENTCOM" for r in claim.reports)) == 150


# -- parts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["2026-01-20", "2026-01-21", "2026-01-22"])
def test_a_part_adds_nothing_whether_it_comes_before_or_after_its_whole(line: Timeline, day: str) -> None:
    """150 of whom 85 Iraqis are 150."""
    whole = line.record(moved(150), occurred="2026-01-21")
    line.record(moved(85, cohort="iraqi"), occurred=day, part_of=whole)
    s = line.at("2026-01-23")
    assert s.custody.operations["op"].moved == exactly(150)
    assert s.custody.received(facility="b") == exactly(150)
    assert s.custody.received(facility="b", cohort="iraqi") == exactly(85)


def test_a_part_counts_as_itself_until_its_whole_is_there(line: Timeline) -> None:
    """By the day before the whole, the part is all that happened."""
    whole = line.record(moved(150), occurred="2026-01-21")
    line.record(moved(85, cohort="iraqi"), occurred="2026-01-20", part_of=whole)
    assert total(line, "2026-01-20") == 85


def test_a_part_of_what_fell_with_another_is_no_part(line: Timeline) -> None:
    """An editorial entry loses its effect with its target: a part of it then stands alone."""
    whole = line.record(custody.TransferProgressReported(operation="transfer-2026", moved=exactly(150)))
    seconded = line.corroborate(whole, reports=[Report("AP")])
    line.record(custody.TransferProgressReported(operation="transfer-2026", moved=exactly(90)), part_of=seconded)
    line.retract(whole)
    assert line.at().custody.operations["transfer-2026"].claimed == exactly(90)


def test_parts_that_exceed_the_whole_are_a_finding(line: Timeline) -> None:
    """85 and 70 are more than 150; by another breakdown they would not be added."""
    whole = line.record(moved(150), occurred="2026-01-21")
    for number, cohort in ((85, "iraqi"), (70, "foreign")):
        line.record(moved(number, cohort=cohort), occurred="2026-01-21", part_of=whole)
    line.record(moved(140, batch="1"), occurred="2026-01-21", part_of=whole)
    assert [f.kind for f in line.at().findings] == ["parts_exceed_whole"]


# -- duplicates --------------------------------------------------------------------------------------


def test_two_unlinked_entries_that_may_be_one_are_a_finding_and_both_count(line: Timeline) -> None:
    """Same type, same entities, overlapping in time: somebody should look."""
    line.record(moved(150), occurred="2026-01-21")
    line.record(moved(150))
    s = line.at()
    assert [f.kind for f in s.findings] == ["possible_duplicate"]
    assert s.findings[0].message.endswith("may be one event: 150 on 21 January 2026; 150 at an unknown time")
    assert s.custody.operations["op"].moved == exactly(300)


@pytest.mark.parametrize(
    ("other", "occurred"),
    [(moved(150), "2026-01-22"), (moved(150, cohort="iraqi"), "2026-01-21"), (held("sdf"), "2026-01-21")],
)
def test_other_entities_types_or_times_are_no_duplicates(line: Timeline, other: object, occurred: str) -> None:
    """An entry with other entities, another type or time is another event."""
    line.record(moved(150), occurred="2026-01-21")
    line.record(other, occurred=occurred)
    assert line.at().findings == ()


@pytest.mark.parametrize("settle", ["dispute", "merge", "after"])
def test_what_somebody_settled_is_no_possible_duplicate(line: Timeline, settle: str) -> None:
    """Merged, disputed or linked, the two are no longer in question."""
    first = line.record(moved(150), occurred="2026-01-21")
    second = line.record(moved(150), occurred="2026-01-21", after=[first] if settle == "after" else ())
    if settle == "dispute":
        line.dispute(second, reports=by("CENTCOM", "2026-01-22"))
    if settle == "merge":
        line.merge(first, [second])
    assert "possible_duplicate" not in [f.kind for f in line.at().findings]


def test_no_third_entry_hides_a_possible_duplicate(line: Timeline) -> None:
    """Batch 1 some time in January, and batch 2 reported twice."""
    line.record(moved(150, batch="1"), occurred="2026-01")
    for _ in range(2):
        line.record(moved(150, batch="2"), occurred="2026-01-10")
    assert [f.kind for f in line.at().findings] == ["possible_duplicate"]


def test_nothing_is_lost_by_contradiction(line: Timeline) -> None:
    """Everything recorded can be read back as it was recorded, whatever came after."""
    entry = line.record(moved(150), occurred="2026-01-21")
    line.dispute(entry, rival=moved(1))
    line.correct(entry, moved(2))
    line.retract(entry)
    assert line.entries()[0].event == moved(150)
    assert len(line.entries()) == 4


def test_a_statement_may_be_told_twice(line: Timeline) -> None:
    """The same statement by two sources overlaps, and is flagged like anything else."""
    for source in ("INA", "AP"):
        line.record(agreement.StatementMade(by="iraq-gov"), occurred="2026-01", reports=by(source, "2026-01-20"))
    assert [f.kind for f in line.at().findings] == ["possible_duplicate"]


def test_clock_of_the_entries_is_utc(line: Timeline) -> None:
    """`recorded_at` is an instant in UTC."""
    entry = line.record(moved(1))
    assert entry.recorded_at.utcoffset() == timedelta(0)


def test_a_plan_that_may_have_been_fulfilled_is_no_plan_of_what_is_possible(line: Timeline) -> None:
    """Moved some time in January: on the 21st the plan stands, unless what may have happened is folded."""
    plan = line.record(moved(150), modality=Modality.PLANNED, reports=by("CENTCOM", "2026-01-02"))
    line.record(moved(150), occurred="2026-01", fulfils=plan, reports=by("CENTCOM", "2026-02-01"))
    assert line.at("2026-01-21").plans == (plan,)
    assert line.at("2026-01-21", certainty="possible").plans == ()


def test_a_publication_without_an_end_is_no_date(line: Timeline) -> None:
    """Published at some time since the 21st: no reported cut can place it, and it is listed as left out."""
    entry = line.record(held("sdf"), occurred="2026-01-20", reports=by("AP", "2026-01-21/.."))
    s = line.at(reported="2026-02-01")
    assert s.facilities.get(HOL) is None
    assert s.left_out == (entry,)
