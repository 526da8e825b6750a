"""Stories of custody: who is held where, what came and went, and how operations proceed."""

from datetime import datetime, timezone

import pytest

from timeline import (
    NOBODY,
    Modality,
    Quantity,
    Report,
    Timeline,
    about,
    at_least,
    between,
    credible,
    exactly,
    unspecified,
    up_to,
)
from timeline.errors import InvalidEvent
from timeline.events.agreement import StatementMade
from timeline.events.custody import (
    DetaineesAdmitted,
    DetaineesDied,
    DetaineesEscaped,
    DetaineesRecaptured,
    DetaineesReclassified,
    DetaineesReleased,
    DetaineesRepatriated,
    DetaineesTransferred,
    HeadcountReported,
    TransferCompleted,
    TransferPlanned,
    TransferPlanRevised,
    TransferProgressReported,
    TransferResumed,
    TransferSuspended,
)
from timeline.events.facility import ControlChanged, FacilityRegistered
from timeline.projections.operations import OPERATION
from timeline.testing import finds, finds_nothing, given, on, the

HOL, SINAA, KARKH = "al-hol-camp", "al-sinaa-prison", "al-karkh-prison"
OP = "transfer-2026"
UNKNOWN = unspecified()


@pytest.fixture
def line():
    """An empty timeline that takes everything in on 1 March 2026."""
    return Timeline(clock=lambda: datetime(2026, 3, 1, tzinfo=timezone.utc))


def counted(line, quantity, occurred="2026-01-01", *, facility=SINAA, **more):
    """A headcount of a facility."""
    return line.record(HeadcountReported(facility=facility, quantity=quantity, **more), occurred=occurred)


def transferred(line, quantity, occurred="2026-01-10", *, origin=SINAA, destination=KARKH, links=None, **more):
    """A transfer, by default between two prisons."""
    event = DetaineesTransferred(quantity=quantity, origin=origin, destination=destination, **more)
    return line.record(event, occurred=occurred, **(links or {}))


def controls(line, authority, occurred="2025-12-01", *, facility=SINAA, **more):
    """An authority comes to hold a facility."""
    return line.record(ControlChanged(facility=facility, authority=authority, **more), occurred=occurred)


def spoken_of(line, *tags):
    """Somebody speaks of entities, and tells nothing of whom they hold."""
    line.record(StatementMade(about=tags))


def held(line, occurred=None, *, facility=SINAA, **asked):
    """How many a facility holds, in the library's short form."""
    return str(line.at(occurred).custody.held(facility=facility, **asked))


def kinds(situation):
    """The kinds of the findings, in order."""
    return [finding.kind for finding in situation.findings]


# -- stocks ------------------------------------------------------------------------------------------


def test_a_stock_never_counted_is_unknown_and_not_zero(line):
    """Nobody counted, nobody moved: `?` for a facility spoken of and for one merely held."""
    controls(line, "sdf")
    spoken_of(line, "facility:spoken-of", "authority:spoken-of")
    custody = line.at().custody
    assert custody.held(facility=SINAA) == custody.held(facility="spoken-of") == UNKNOWN
    assert custody.held(authority="sdf") == custody.held(authority="spoken-of") == UNKNOWN


def test_what_flowed_is_known_where_the_stock_is_not(line):
    """An escape from an uncounted prison leaves the stock unknown, and is itself known exactly."""
    line.record(DetaineesEscaped(facility=SINAA, quantity=exactly(120)), occurred="2026-01-19")
    custody = line.at().custody
    assert custody.held(facility=SINAA) == UNKNOWN
    assert custody.escaped(facility=SINAA) == exactly(120)
    assert line.at().findings == ()


def test_who_came_in_is_at_least_there(line):
    """Fifty admitted to an uncounted prison, twenty released: at least thirty are there."""
    line.record(DetaineesAdmitted(facility=SINAA, quantity=exactly(50)), occurred="2026-01-05")
    line.record(DetaineesReleased(facility=SINAA, quantity=exactly(20)), occurred="2026-01-06")
    assert held(line) == "≥30"


def test_a_headcount_anchors_the_stock_from_its_day_on(line):
    """Counted on the 10th: known from then on, unknown before."""
    counted(line, exactly(1000), "2026-01-10")
    assert [held(line, day) for day in ("2026-01-09", "2026-01-10", "2026-02-01")] == ["?", "1,000", "1,000"]
    spoken_of(line, f"facility:{KARKH}")
    assert line.at().custody.counted(facility=SINAA) == exactly(1000)
    assert line.at().custody.counted(facility=KARKH) is None


def test_what_came_before_the_count_is_in_it(line):
    """A headcount takes the place of everything computed before it."""
    counted(line, exactly(1000), "2026-01-10")
    transferred(line, exactly(300), "2026-01-05")
    transferred(line, exactly(100), "2026-01-15")
    assert held(line) == "900"


def test_counting_an_unknown_number_anchors_nothing(line):
    """*Thousands are held* takes away nothing that was known, and is no count to show."""
    counted(line, exactly(1000))
    counted(line, unspecified("آلاف"), "2026-01-20")
    assert held(line) == "1,000"
    assert line.at().custody.counted(facility=SINAA) == exactly(1000)


FLOWS = [
    (DetaineesAdmitted(facility=SINAA, quantity=exactly(30)), "1,030", "received"),
    (DetaineesRecaptured(facility=SINAA, quantity=exactly(30)), "1,030", "recaptured"),
    (DetaineesTransferred(destination=SINAA, quantity=exactly(30)), "1,030", "received"),
    (DetaineesTransferred(origin=SINAA, quantity=exactly(30)), "970", "sent"),
    (DetaineesReleased(facility=SINAA, quantity=exactly(30)), "970", "released"),
    (DetaineesRepatriated(origin=SINAA, quantity=exactly(30)), "970", "repatriated"),
    (DetaineesEscaped(facility=SINAA, quantity=exactly(30)), "970", "escaped"),
    (DetaineesDied(facility=SINAA, quantity=exactly(30)), "970", "died"),
]
HEADINGS = ("received", "sent", "escaped", "recaptured", "released", "repatriated", "died")


@pytest.mark.parametrize(("event", "stock", "heading"), FLOWS)
def test_each_flow_moves_the_stock_and_counts_under_one_heading(line, event, stock, heading):
    """In or out of the facility, and under its own heading there and nowhere else."""
    counted(line, exactly(1000))
    line.record(event, occurred="2026-01-10")
    assert held(line, "2026-01-09") == "1,000"
    assert held(line) == stock
    for name in HEADINGS:
        expected = exactly(30 if name == heading else 0)
        assert getattr(line.at().custody, name)(facility=SINAA) == expected


@pytest.mark.parametrize(("event", "stock", "heading"), FLOWS)
@pytest.mark.parametrize("modality", [Modality.PLANNED, Modality.HYPOTHETICAL, Modality.DENIED])
def test_what_was_planned_feared_or_denied_moves_nobody(line, event, stock, heading, modality):
    """Fears that people slip out are no escape, and plans to move them no transfer."""
    counted(line, exactly(1000))
    line.record(event, occurred="2026-01-10", modality=modality)
    assert held(line) == "1,000"
    assert getattr(line.at().custody, heading)() == exactly(0)


@pytest.mark.parametrize(
    ("stock", "left", "shown"),
    [
        (exactly(1000), exactly(150), "850"),
        (exactly(1000), about(150), "0–1,000 (850)"),
        (exactly(1000), at_least(150), "≤850"),
        (exactly(1000), up_to(150), "850–1,000"),
        (exactly(1000), between(100, 200, 150), "800–900 (850)"),
        (exactly(1000), UNKNOWN, "≤1,000"),
        (about(1000), exactly(150), "≈850"),
        (at_least(1000), exactly(150), "≥850"),
        (up_to(1000), exactly(150), "≤850"),
        (about(100), about(150), "≈0"),
    ],
)
def test_fuzzy_numbers_are_subtracted_as_ranges(line, stock, left, shown):
    """Neither end gains a bound nobody gave, and only what is shown is clipped at zero."""
    counted(line, stock)
    transferred(line, left)
    assert held(line) == shown
    assert line.at().findings == ()


def test_clipping_comes_after_summing(line):
    """A stock that may be overdrawn is added as it is; only the sum is shown as a count."""
    controls(line, "sdf")
    controls(line, "sdf", facility=KARKH)
    counted(line, exactly(100))
    counted(line, exactly(100), facility=KARKH)
    line.record(DetaineesEscaped(facility=SINAA, quantity=exactly(130)), occurred="2026-01-10")
    assert held(line) == "0"
    assert line.at().custody.held(authority="sdf") == exactly(70)


def test_more_gone_than_were_there_is_a_finding(line):
    """A hundred counted, a hundred and thirty escaped: zero is shown, and the contradiction found."""
    counted(line, exactly(100))
    escape = line.record(DetaineesEscaped(facility=SINAA, quantity=exactly(130)), occurred="2026-01-10")
    (finding,) = line.at().findings
    assert (finding.kind, finding.path) == ("negative_balance", ("custody", SINAA, "held"))
    assert finding.entries == (escape,)
    assert "-30 would be left" in finding.message
    assert line.at("2026-01-09").findings == ()


def test_what_need_not_be_negative_is_no_finding(line):
    """*About* 130 may have been fewer: no finding unless it cannot be true."""
    counted(line, exactly(100))
    line.record(DetaineesEscaped(facility=SINAA, quantity=about(130)), occurred="2026-01-10")
    assert line.at().findings == ()


def test_an_overdraft_is_found_once(line):
    """What goes on leaving an overdrawn prison adds no second finding."""
    counted(line, exactly(100))
    for day, number in (("2026-01-10", 130), ("2026-01-11", 5)):
        line.record(DetaineesEscaped(facility=SINAA, quantity=exactly(number)), occurred=day)
    assert kinds(line.at()) == ["negative_balance"]


@pytest.mark.parametrize(
    ("left", "recount", "drifts"),
    [
        (exactly(100), exactly(900), False),
        (exactly(100), exactly(901), True),
        (about(100), exactly(901), False),
        (about(100), exactly(1001), True),
        (exactly(100), about(950), False),
        (exactly(100), at_least(901), True),
        (exactly(100), up_to(899), True),
        (between(50, 150), exactly(850), False),
        (between(50, 150), exactly(849), True),
        (exactly(100), UNKNOWN, False),
    ],
)
def test_drift_is_found_only_where_both_cannot_be_true(line, left, recount, drifts):
    """A recount that the computed range allows is no drift; one that it excludes is."""
    counted(line, exactly(1000))
    transferred(line, left, "2026-01-10")
    entry = counted(line, recount, "2026-01-20")
    found = [(f.kind, f.path, f.entries) for f in line.at().findings]
    assert found == ([("drift", ("custody", SINAA, "held"), (entry,))] if drifts else [])


def test_the_first_count_is_no_drift(line):
    """Before the first count everything was possible."""
    line.record(DetaineesEscaped(facility=SINAA, quantity=exactly(5)), occurred="2025-12-01")
    counted(line, exactly(1000))
    assert line.at().findings == ()


def test_after_a_drift_the_count_holds(line):
    """The counted number re-anchors the stock, and is computed on from there."""
    counted(line, exactly(1000))
    transferred(line, exactly(100), "2026-01-05")
    counted(line, exactly(400), "2026-01-10")
    transferred(line, exactly(50), "2026-01-15")
    assert held(line) == "350"
    assert kinds(line.at()) == ["drift"]


def test_counts_that_nobody_told_a_flow_between_are_no_drift(line):
    """Where only counts are recorded, each difference is unaccounted for and none is a finding."""
    for day, number in (("2026-01-01", 1000), ("2026-01-02", 400), ("2026-01-03", 0), ("2026-01-04", 25)):
        counted(line, exactly(number), day)
    assert line.at().findings == ()
    assert line.at().custody[SINAA].unaccounted() == (-975, -975, -975)


def test_a_flow_before_the_last_count_is_no_reason_for_drift(line):
    """What moved before a count was counted; only what moved after it was computed."""
    counted(line, exactly(1000))
    transferred(line, exactly(100), "2026-01-05")
    counted(line, exactly(900), "2026-01-06")
    counted(line, exactly(850), "2026-01-07")
    assert line.at().findings == ()


def test_flows_of_no_stated_cohort_count_for_every_cohort(line):
    """Ten of unknown cohort left: fifty Iraqis more than were counted cannot be."""
    counted(line, exactly(100), breakdown={"iraqi": exactly(10)})
    transferred(line, exactly(10), "2026-01-05")
    counted(line, exactly(60), "2026-01-10", cohort="iraqi")
    (finding,) = line.at().findings
    assert (finding.kind, finding.message.split(":")[0]) == ("drift", f"{SINAA} (iraqi)")


def test_flows_of_another_cohort_are_no_reason_for_drift_of_this_one(line):
    """Syrians left, and the Iraqis are counted again: nobody computed the Iraqis."""
    counted(line, exactly(100), breakdown={"iraqi": exactly(10), "syrian": exactly(90)})
    transferred(line, exactly(10), "2026-01-05", cohort="syrian")
    counted(line, exactly(60), "2026-01-10", cohort="iraqi")
    assert line.at().findings == ()


def test_drift_says_what_was_counted_and_what_computed(line):
    """The message gives both numbers, open ends as infinite."""
    counted(line, exactly(100))
    transferred(line, at_least(50), "2026-01-05")
    counted(line, exactly(60), "2026-01-10")
    assert line.at().findings[0].message == f"{SINAA}: 60 were counted where −∞ to 50 were computed"


def test_drift_below_an_open_computation(line):
    """At least a thousand were there, and five hundred are counted."""
    counted(line, at_least(1000))
    transferred(line, exactly(10), "2026-01-05")
    counted(line, exactly(500), "2026-01-10")
    assert line.at().findings[0].message == f"{SINAA}: 500 were counted where 990 to ∞ were computed"


# -- cohorts -----------------------------------------------------------------------------------------


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
    """Some of those who were reclassified are told of by themselves: the total stays what it was."""
    counted(line, exactly(1000))
    of_all = DetaineesReclassified(facility=SINAA, quantity=about(100), from_cohort="iraqi", to_cohort="syrian")
    whole = line.record(of_all, occurred="2026-01-10")
    of_some = DetaineesReclassified(facility=SINAA, quantity=about(40), from_cohort="iraqi", to_cohort="foreign")
    line.record(of_some, occurred=day, part_of=whole)
    assert held(line) == "1,000"


def test_reclassifying_people_at_an_unnamed_place_changes_no_facility(line):
    """Where the source names no place, no facility is touched."""
    counted(line, exactly(100))
    line.record(DetaineesReclassified(quantity=exactly(20), to_cohort="syrian"), occurred="2026-01-10")
    assert list(line.at().custody) == [SINAA]
    assert held(line) == "100"


# -- both ends of a flow -----------------------------------------------------------------------------


def test_a_transfer_takes_from_one_what_it_gives_to_another(line):
    """Nobody is counted twice, and nobody is lost."""
    counted(line, exactly(1000))
    counted(line, exactly(10), facility=KARKH)
    transferred(line, exactly(150))
    custody = line.at().custody
    assert (custody.held(facility=SINAA), custody.held(facility=KARKH)) == (exactly(850), exactly(160))
    assert custody.held() == exactly(1010)
    assert (custody.sent(facility=SINAA), custody.received(facility=KARKH)) == (exactly(150), exactly(150))
    assert (custody.sent(facility=KARKH), custody.received(facility=SINAA)) == (exactly(0), exactly(0))
    assert (custody.sent(), custody.received()) == (exactly(150), exactly(150))


@pytest.mark.parametrize("ends", [{"origin": None}, {"destination": None}, {"origin": None, "destination": None}])
def test_a_missing_end_is_elsewhere(line, ends):
    """A source may name one end or none: the other is elsewhere, which is no facility."""
    counted(line, exactly(1000))
    counted(line, exactly(10), facility=KARKH)
    transferred(line, exactly(150), **ends)
    custody = line.at().custody
    assert set(custody) == {SINAA, KARKH}
    assert held(line) == ("850" if "origin" not in ends else "1,000")
    assert held(line, facility=KARKH) == ("160" if "destination" not in ends else "10")
    assert (custody.sent(), custody.received()) == (exactly(150), exactly(150))
    assert line.at().findings == ()


def test_those_in_transit_have_left_and_not_arrived(line):
    """Told in halves: out of one prison first, into the other later, and counted once each way."""
    counted(line, exactly(100))
    counted(line, exactly(0), facility=KARKH)
    transferred(line, exactly(40), "2026-01-10", destination="in-transit")
    transferred(line, exactly(40), "2026-01-12", origin="in-transit")
    under_way, arrived = line.at("2026-01-11").custody, line.at("2026-01-12").custody
    assert [under_way.held(facility=f).best for f in (SINAA, KARKH)] == [60, 0]
    assert [arrived.held(facility=f).best for f in (SINAA, KARKH)] == [60, 40]
    assert (arrived.sent(), arrived.received()) == (exactly(40), exactly(40))
    assert "in-transit" not in arrived


def test_the_halves_know_who_gave_and_who_took(line):
    """Each half may name its own two authorities."""
    transferred(line, exactly(40), destination="in-transit", surrendered_by="sdf", received_by="us-centcom")
    transferred(line, exactly(40), origin="in-transit", surrendered_by="us-centcom", received_by="iraq-gov")
    custody = line.at().custody
    assert (custody.sent(authority="sdf"), custody.received(authority="us-centcom")) == (exactly(40), exactly(40))
    assert (custody.sent(authority="us-centcom"), custody.received(authority="iraq-gov")) == (exactly(40), exactly(40))


def test_a_repatriation_leaves_one_place_and_may_enter_another(line):
    """Back in their country they may be free, or held: then the prison there receives them."""
    counted(line, exactly(100))
    repatriations = [
        DetaineesRepatriated(quantity=exactly(10), origin=SINAA, destination=d, to="iraq-gov") for d in (None, KARKH)
    ]
    for day, event in zip(("2026-01-10", "2026-01-11"), repatriations, strict=True):
        line.record(event, occurred=day)
    custody = line.at().custody
    assert custody.held(facility=SINAA) == exactly(80)
    assert (custody.repatriated(facility=SINAA), custody.sent(facility=SINAA)) == (exactly(20), exactly(0))
    assert (custody.received(facility=KARKH), custody.received(authority="iraq-gov")) == (exactly(10), exactly(10))


BY_NOBODY_NAMED = [
    ("escaped", DetaineesEscaped),
    ("died", DetaineesDied),
    ("released", DetaineesReleased),
    ("received", DetaineesAdmitted),
    ("recaptured", DetaineesRecaptured),
]


@pytest.mark.parametrize(("heading", "kind"), BY_NOBODY_NAMED)
def test_a_flow_is_counted_for_whoever_holds_the_place_then(line, heading, kind):
    """Before the handover it is on the old holder, after it on the new one, and by cohort too."""
    controls(line, "sdf", "2025-12-01")
    controls(line, "syria-gov", "2026-01-15")
    line.record(kind(facility=SINAA, quantity=exactly(10), cohort="iraqi"), occurred="2026-01-10")
    line.record(kind(facility=SINAA, quantity=exactly(5)), occurred="2026-01-20")
    spoken_of(line, "authority:x", "cohort:syrian")
    ask = getattr(line.at().custody, heading)
    assert (ask(authority="sdf"), ask(authority="syria-gov"), ask(authority="x")) == (
        exactly(10),
        exactly(5),
        exactly(0),
    )
    assert (ask(cohort="iraqi"), ask(cohort="syrian"), ask()) == (exactly(10), exactly(0), exactly(15))
    assert ask(facility=SINAA, authority="syria-gov", cohort="iraqi") == exactly(0)
    assert ask(facility=SINAA, authority="sdf", cohort="iraqi") == exactly(10)


@pytest.mark.parametrize(
    ("heading", "kind"), [row for row in BY_NOBODY_NAMED if row[0] in ("released", "received", "recaptured")]
)
def test_whoever_is_named_did_it(line, heading, kind):
    """`by` counts for the one named, though another holds the place, or none is given."""
    controls(line, "sdf")
    line.record(kind(facility=SINAA, quantity=exactly(10), by="us-centcom"), occurred="2026-01-10")
    line.record(kind(quantity=exactly(3), by="us-centcom"), occurred="2026-01-11")
    ask = getattr(line.at().custody, heading)
    assert (ask(authority="us-centcom"), ask(authority="sdf")) == (exactly(13), exactly(0))


def test_sent_and_received_are_on_the_holders_of_the_two_ends(line):
    """Where the source names nobody, the holder of the origin surrendered, of the destination received."""
    controls(line, "sdf")
    controls(line, "iraq-gov", facility=KARKH)
    transferred(line, exactly(150))
    custody = line.at().custody
    assert (custody.sent(authority="sdf"), custody.received(authority="iraq-gov")) == (exactly(150), exactly(150))
    assert (custody.sent(authority="iraq-gov"), custody.received(authority="sdf")) == (exactly(0), exactly(0))


def test_surrendered_by_and_received_by_are_taken_at_their_word(line):
    """Those named gave and took, whoever holds the ends, and also where an end is not named."""
    controls(line, "sdf")
    transferred(line, exactly(150), destination=None, surrendered_by="us-centcom", received_by="iraq-gov")
    custody = line.at().custody
    assert (custody.sent(authority="us-centcom"), custody.received(authority="iraq-gov")) == (
        exactly(150),
        exactly(150),
    )
    assert custody.sent(authority="sdf") == exactly(0)


# -- whose custody -----------------------------------------------------------------------------------


def test_a_change_of_control_moves_the_stock_without_a_flow(line):
    """The old holder then has exactly nobody, the new one everybody; nobody was sent or received."""
    controls(line, "sdf", "2025-12-01")
    counted(line, exactly(1000))
    controls(line, "syria-gov", "2026-01-19")
    before, after = line.at("2026-01-18").custody, line.at("2026-01-19").custody
    assert (before.held(authority="sdf"), before.held(authority="syria-gov")) == (exactly(1000), UNKNOWN)
    assert (after.held(authority="sdf"), after.held(authority="syria-gov")) == (exactly(0), exactly(1000))
    assert after.held() == exactly(1000)
    assert all(getattr(after, name)() == exactly(0) for name in HEADINGS)


def test_the_previous_holder_named_by_the_new_ones_event_holds_nobody_then(line):
    """It is enough that the handover names who lost the place."""
    counted(line, exactly(1000))
    controls(line, "syria-gov", "2026-01-19", previous="sdf")
    assert line.at().custody.held(authority="sdf") == exactly(0)


def test_a_vacated_prison_is_in_nobodys_custody(line):
    """Who left it holds nobody; the people counted are still there."""
    controls(line, "sdf", "2025-12-01")
    counted(line, exactly(1000))
    line.record(ControlChanged(facility=SINAA, manner="vacated"), occurred="2026-01-19")
    assert line.at().custody.held(authority="sdf") == exactly(0)
    assert held(line) == "1,000"


def test_those_left_in_a_vacated_prison_are_held_by_nobody(line):
    """`NOBODY`, as `holder` answers it, can be asked about, also for what happened under it."""
    counted(line, exactly(1000))
    line.record(ControlChanged(facility=SINAA, manner="vacated", previous="sdf"), occurred="2026-01-19")
    line.record(DetaineesEscaped(facility=SINAA, quantity=exactly(120)), occurred="2026-01-19")
    custody = line.at().custody
    assert (custody.held(authority=NOBODY), custody.escaped(authority=NOBODY)) == (exactly(880), exactly(120))
    controls(line, "syria-gov", "2026-01-21")
    assert line.at().custody.held(authority=NOBODY) == exactly(0)


def test_administration_is_no_custody(line):
    """Only control says who holds the people."""
    controls(line, "sdf", "2025-12-01")
    counted(line, exactly(1000))
    controls(line, "unhcr", "2026-01-05", role="administration")
    assert line.at().custody.held(authority="unhcr") == UNKNOWN
    assert line.at().custody.held(authority="sdf") == exactly(1000)


def test_an_authority_holds_the_sum_of_its_places(line):
    """Places are added; one never counted leaves the sum open above; crossings hold nobody."""
    for place, kind in ((SINAA, "prison"), (HOL, "camp"), ("rabia-crossing", "crossing")):
        line.record(FacilityRegistered(facility=place, kind=kind))
        controls(line, "sdf", facility=place)
    counted(line, exactly(1000))
    assert line.at().custody.held(authority="sdf") == at_least(1000)
    counted(line, exactly(24_000), "2026-01-02", facility=HOL)
    assert line.at().custody.held(authority="sdf") == exactly(25_000)
    assert line.at().custody.held(authority="sdf", facility=HOL) == exactly(24_000)
    spoken_of(line, "authority:iraq-gov")
    assert line.at().custody.held(authority="iraq-gov", facility=HOL) == UNKNOWN


def test_an_authority_holds_a_cohort_of_its_places(line):
    """The sum may be asked of one cohort."""
    controls(line, "sdf")
    counted(line, exactly(1000), breakdown={"iraqi": exactly(100)})
    assert line.at().custody.held(authority="sdf", cohort="iraqi") == exactly(100)


def test_a_headcount_of_an_authority_stands_beside_the_sum(line):
    """*They hold 9,000*, says somebody: shown as counted, and anchoring nothing."""
    controls(line, "sdf")
    counted(line, exactly(1000))
    line.record(HeadcountReported(authority="sdf", quantity=about(9000)), occurred="2026-01-10")
    spoken_of(line, "authority:iraq-gov")
    custody = line.at().custody
    assert (custody.counted(authority="sdf"), custody.held(authority="sdf")) == (about(9000), exactly(1000))
    assert custody.counted(authority="iraq-gov") is None
    assert line.at("2026-01-09").custody.counted(authority="sdf") is None
    assert line.at().findings == ()


@pytest.mark.parametrize("of", [{"facility": SINAA}, {"authority": "sdf"}])
def test_a_breakdown_that_exceeds_its_headcount_is_a_finding(line, of):
    """Cohorts that must be more than all counted cannot be right; fewer, or perhaps more, may be."""
    for iraqi in (exactly(40), about(60)):
        shares = {"iraqi": iraqi, "syrian": exactly(50)}
        line.record(HeadcountReported(quantity=exactly(100), breakdown=shares, **of), occurred="2026-01-10")
    assert "parts_exceed_whole" not in kinds(line.at())
    shares = {"iraqi": exactly(60), "syrian": exactly(50)}
    entry = line.record(HeadcountReported(quantity=exactly(100), breakdown=shares, **of), occurred="2026-01-20")
    [found] = [f for f in line.at().findings if f.kind == "parts_exceed_whole"]
    assert (found.entries, found.message.partition(": ")[2]) == (
        (entry,),
        "cohorts add up to 110, more than the whole, 100",
    )


def test_a_headcount_of_a_collective_stands_beside_what_flowed(line):
    """*A number of prisons* hold 9,000: a claim, never an anchor, and never a drift."""
    line.record(FacilityRegistered(facility="hasakah-prisons", kind="collective"))
    counted(line, exactly(9000), "2026-01-01", facility="hasakah-prisons", breakdown={"iraqi": exactly(500)})
    counted(line, exactly(5000), "2026-01-20", facility="hasakah-prisons")
    custody = line.at().custody
    assert (custody.counted(facility="hasakah-prisons"), custody.held(facility="hasakah-prisons")) == (
        exactly(5000),
        UNKNOWN,
    )
    assert custody.held(facility="hasakah-prisons", cohort="iraqi") == UNKNOWN
    assert line.at().findings == ()


def test_a_collective_holds_what_its_members_hold(line):
    """Each member once, though it be named twice; the claim made for all of them stands beside the sum."""
    line.record(FacilityRegistered(facility="all", kind="collective", members=(HOL, "hasakah-prisons")))
    line.record(FacilityRegistered(facility="hasakah-prisons", kind="collective", members=(HOL, SINAA, "all")))
    counted(line, exactly(100), facility=HOL, breakdown={"iraqi": exactly(40)})
    assert line.at().custody.held(facility="all") == at_least(100)
    counted(line, exactly(50), facility=SINAA, breakdown={"iraqi": exactly(2)})
    counted(line, exactly(9000), facility="all")
    custody = line.at().custody
    assert (custody.held(facility="all"), custody.counted(facility="all")) == (exactly(150), exactly(9000))
    assert (custody.held(facility="all", cohort="iraqi"), custody.held()) == (exactly(42), exactly(150))
    assert "held 150  (counted 9,000)" in str(line.at())


def test_who_left_a_collective_may_have_left_its_members(line):
    """They may be missing from what the members held, or the members were counted without them."""
    line.record(FacilityRegistered(facility="all", kind="collective", members=(HOL, SINAA)))
    counted(line, exactly(100), facility=HOL)
    counted(line, exactly(50), facility=SINAA)
    transferred(line, exactly(30), origin="all")
    assert line.at().custody.held(facility="all") == between(120, 150)
    transferred(line, exactly(10), origin="all", cohort="iraqi")
    assert line.at().custody.held(facility="all") == between(110, 150)


def test_what_one_facility_saw_is_found_without_looking_at_the_others(line, monkeypatch):
    """Else a page on a thousand facilities would look at a million."""
    transferred(line, exactly(30), origin=SINAA)
    spoken_of(line, f"facility:{HOL}")
    custody = line.at().custody
    monkeypatch.setattr(custody, "_places", None)
    assert (custody.sent(facility=SINAA), custody.sent(facility=HOL)) == (exactly(30), exactly(0))


# -- parts -------------------------------------------------------------------------------------------

WHOLES = [exactly(150), about(150), at_least(150), UNKNOWN]


def part(line, quantity, whole, occurred="2026-01-10", **more):
    """A share of a transfer already on the log."""
    return transferred(line, quantity, occurred, operation=OP, links={"part_of": whole}, **more)


@pytest.mark.parametrize("share", [exactly(85), about(85), UNKNOWN])
@pytest.mark.parametrize("whole", WHOLES)
@pytest.mark.parametrize("day", ["2026-01-09", "2026-01-10", "2026-01-11"])
def test_a_part_by_cohort_adds_nothing(line, whole, share, day):
    """Whether it comes before, with or after its whole: every total is that of the whole alone."""
    alone = Timeline(clock=lambda: datetime(2026, 3, 1, tzinfo=timezone.utc))
    for one in (alone, line):
        counted(one, exactly(1000))
        entry = transferred(one, whole, operation=OP)
    part(line, share, entry, day, cohort="iraqi")
    mine, its = line.at().custody, alone.at().custody
    assert mine.operations[OP].moved == its.operations[OP].moved
    assert mine.sent(facility=SINAA) == its.sent(facility=SINAA)
    assert mine.received() == its.received()
    assert mine.sent(cohort="iraqi") == share
    assert mine.held(facility=SINAA) == its.held(facility=SINAA)


def test_several_parts_by_cohort_break_the_whole_down(line):
    """85 Iraqis and 65 others of 150: each cohort is told, and the total stays 150."""
    counted(line, exactly(1000), breakdown={"iraqi": exactly(400), "foreign": exactly(600)})
    whole = transferred(line, exactly(150), operation=OP)
    part(line, exactly(85), whole, cohort="iraqi")
    part(line, exactly(65), whole, cohort="foreign")
    custody = line.at().custody
    assert custody.operations[OP].moved == custody.sent(facility=SINAA) == custody.sent() == exactly(150)
    assert (custody.sent(cohort="iraqi"), custody.sent(cohort="foreign")) == (exactly(85), exactly(65))
    assert [held(line), held(line, cohort="iraqi"), held(line, cohort="foreign")] == ["850", "315", "535"]
    assert line.at().findings == ()


def test_parts_by_place_say_where_they_came_from(line):
    """The whole left *a number of prisons*; its parts say which."""
    counted(line, exactly(100))
    counted(line, exactly(100), facility=HOL)
    whole = transferred(line, exactly(150), origin="hasakah-prisons", operation=OP)
    part(line, exactly(80), whole)
    part(line, exactly(70), whole, origin=HOL)
    custody = line.at().custody
    assert custody.operations[OP].moved == custody.sent() == custody.received(facility=KARKH) == exactly(150)
    assert (custody.sent(facility=SINAA), custody.sent(facility=HOL)) == (exactly(80), exactly(70))
    assert custody.sent(facility="hasakah-prisons") == exactly(0)
    assert [held(line), held(line, facility=HOL)] == ["20", "30"]


def test_parts_by_authority_keep_the_sum(line):
    """Who received how many of them is told by the parts, and the total is not doubled."""
    whole = transferred(line, exactly(150), destination=None)
    part(line, exactly(100), whole, destination=None, received_by="iraq-gov")
    custody = line.at().custody
    assert (custody.received(authority="iraq-gov"), custody.received()) == (exactly(100), exactly(150))


def test_parts_that_came_before_the_whole_count_until_it_comes(line):
    """Batches of the 10th and the 11th, their total told for the 12th: they are in it."""
    whole = transferred(line, exactly(150), "2026-01-12", operation=OP)
    part(line, exactly(80), whole, "2026-01-10", batch="1")
    part(line, exactly(70), whole, "2026-01-11", batch="2")
    moved = [str(line.at(day).custody.operations[OP].moved) for day in ("2026-01-10", "2026-01-11", "2026-01-12")]
    assert moved == ["80", "150", "150"]
    assert line.at().custody.operations[OP].batches == 1


def test_parts_of_an_escape_add_nothing(line):
    """Other flows are broken down like transfers."""
    counted(line, exactly(1000))
    whole = line.record(DetaineesEscaped(facility=SINAA, quantity=about(120)), occurred="2026-01-19")
    line.record(
        DetaineesEscaped(facility=SINAA, quantity=exactly(20), cohort="iraqi"), occurred="2026-01-19", part_of=whole
    )
    custody = line.at().custody
    assert (custody.escaped(), custody.escaped(cohort="iraqi")) == (about(120), exactly(20))
    assert held(line) == "0–1,000 (880)"


def test_a_headcount_by_cohort_may_be_part_of_one_of_all(line):
    """A share of a count anchors its cohort, and leaves the total as counted."""
    whole = counted(line, exactly(1000))
    line.record(
        HeadcountReported(facility=SINAA, quantity=exactly(100), cohort="iraqi"), occurred="2026-01-02", part_of=whole
    )
    line.record(HeadcountReported(facility=SINAA, quantity=exactly(300)), occurred="2026-01-03", part_of=whole)
    assert [held(line), held(line, cohort="iraqi")] == ["1,000", "100"]
    assert line.at().custody.counted(facility=SINAA) == exactly(1000)


def test_a_headcount_of_one_place_in_a_count_of_an_authority_anchors_the_place(line):
    """Of the 9,000 they hold, 1,000 are in this prison: that is a count of the prison."""
    whole = line.record(HeadcountReported(authority="sdf", quantity=about(9000)), occurred="2026-01-01")
    line.record(HeadcountReported(facility=SINAA, quantity=exactly(1000)), occurred="2026-01-02", part_of=whole)
    assert held(line) == "1,000"


@pytest.mark.parametrize(
    ("whole", "shares", "found"),
    [
        (exactly(150), (exactly(85), exactly(65)), False),
        (exactly(150), (exactly(85), exactly(66)), True),
        (up_to(150), (exactly(85), at_least(66)), True),
        (exactly(150), (about(100), about(100)), False),
        (about(150), (exactly(100), exactly(100)), False),
        (at_least(150), (exactly(100), exactly(100)), False),
    ],
)
def test_parts_that_must_exceed_their_whole_are_a_finding(line, whole, shares, found):
    """Only what cannot be true is found; the whole still counts as told."""
    entry = transferred(line, whole, operation=OP)
    for cohort, share in zip(("iraqi", "foreign"), shares, strict=True):
        part(line, share, entry, cohort=cohort)
    assert kinds(line.at()) == (["parts_exceed_whole"] if found else [])
    assert line.at().custody.operations[OP].moved == whole


def test_two_ways_of_breaking_down_are_not_added_together(line):
    """150 by cohort and the same 150 by place are 150, not 300."""
    whole = transferred(line, exactly(150), origin="hasakah-prisons", operation=OP)
    part(line, exactly(150), whole, origin="hasakah-prisons", cohort="iraqi")
    part(line, exactly(150), whole)
    assert "parts_exceed_whole" not in kinds(line.at())


# -- possible duplicates -----------------------------------------------------------------------------


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


# -- operations --------------------------------------------------------------------------------------


def test_an_operation_from_the_plan_to_the_end(line):
    """Planned, moved, claimed, remaining and status, step by step."""
    line.record(TransferPlanned(operation=OP, quantity=exactly(7000)), occurred="2026-01-20")
    transferred(line, exactly(150), "2026-01-21", operation=OP)
    line.record(TransferProgressReported(operation=OP, moved=exactly(450)), occurred="2026-01-23")
    line.record(TransferSuspended(operation=OP), occurred="2026-01-24")
    line.record(TransferResumed(operation=OP), occurred="2026-01-26")
    transferred(line, exactly(850), "2026-01-27", operation=OP)
    line.record(TransferCompleted(operation=OP, total=exactly(5700)), occurred="2026-02-12")
    told = {
        day: (o.status, str(o.planned), str(o.moved), str(o.claimed), str(o.remaining))
        for day in ("2026-01-20", "2026-01-21", "2026-01-23", "2026-01-24", "2026-01-26", "2026-01-27", "2026-02-12")
        for o in [line.at(day).custody.operations[OP]]
    }
    assert told == {
        "2026-01-20": ("planned", "7,000", "0", "None", "7,000"),
        "2026-01-21": ("underway", "7,000", "150", "None", "6,850"),
        "2026-01-23": ("underway", "7,000", "150", "450", "6,850"),
        "2026-01-24": ("suspended", "7,000", "150", "450", "6,850"),
        "2026-01-26": ("underway", "7,000", "150", "450", "6,850"),
        "2026-01-27": ("underway", "7,000", "1,000", "450", "6,000"),
        "2026-02-12": ("completed", "7,000", "1,000", "5,700", "6,000"),
    }
    assert line.at().findings == ()


def test_an_operation_without_a_number_has_none(line):
    """Nobody gave a number: None, and nothing remaining can be said."""
    line.record(TransferPlanned(operation=OP), occurred="2026-01-20")
    operation = line.at().custody.operations[OP]
    assert (operation.planned, operation.claimed, operation.remaining) == (None, None, None)
    assert (operation.moved, operation.batches) == (exactly(0), 0)


def test_what_remains_is_as_fuzzy_as_what_it_follows_from(line):
    """Up to 7,000 planned, about 150 moved."""
    line.record(TransferPlanned(operation=OP, quantity=up_to(7000)), occurred="2026-01-20")
    transferred(line, about(150), "2026-01-21", operation=OP)
    assert line.at().custody.operations[OP].remaining == up_to(7000)


def test_more_moved_than_planned_leaves_none_remaining(line):
    """What remains is never shown below zero, and exceeding a plan contradicts nobody."""
    line.record(TransferPlanned(operation=OP, quantity=exactly(100)), occurred="2026-01-20")
    transferred(line, exactly(150), "2026-01-21", operation=OP)
    assert line.at().custody.operations[OP].remaining == exactly(0)
    assert line.at().findings == ()


def test_a_revised_plan_is_the_plan(line):
    """The number foreseen was changed: from then on it is the new one."""
    line.record(TransferPlanned(operation=OP, quantity=up_to(7000)), occurred="2026-01-20")
    line.record(TransferPlanRevised(operation=OP, quantity=exactly(5700)), occurred="2026-02-01")
    planned = [line.at(day).custody.operations[OP].planned for day in ("2026-01-31", "2026-02-01")]
    assert planned == [up_to(7000), exactly(5700)]


def test_a_batch_may_be_a_repatriation(line):
    """Repatriations under an operation are batches of it."""
    line.record(DetaineesRepatriated(quantity=exactly(10), origin=HOL, operation=OP), occurred="2026-01-20")
    operation = line.at().custody.operations[OP]
    assert (operation.moved, operation.status, operation.batches) == (exactly(10), "underway", 1)


OVER = on("2026-02-12").told(TransferCompleted(operation=OP, total=exactly(5700)))
STATUS = the("custody", "operations", OP, "status")
MOVED = the("custody", "operations", OP, "moved")


def batch(number, day):
    return on(day).told(DetaineesTransferred(quantity=exactly(number), operation=OP))


def test_a_late_batch_counts_where_it_belongs():
    """Learnt after the end, it happened before: no illegal step."""
    given(OVER).when(batch(150, "2026-01-21")).then(STATUS.is_("completed"), MOVED.is_(exactly(150)), finds_nothing())


def test_a_batch_after_the_end_is_found_and_counted():
    """It contradicts the end, and is taken as reported all the same."""
    late = batch(150, "2026-02-20")
    given(OVER).when(late).then(
        finds("illegal_transition", "custody", "operations", OP, "status", of=late),
        STATUS.is_("underway"),
        MOVED.is_(exactly(150)),
    )


def test_completed_below_plan_is_legal():
    """5,700 of 7,000 and done: nothing contradicts anything."""
    planned = on("2026-01-20").told(TransferPlanned(operation=OP, quantity=up_to(7000)))
    given(planned, batch(5700, "2026-01-21")).when(OVER).then(STATUS.is_("completed"), finds_nothing())


@pytest.mark.parametrize(
    ("before", "verb"),
    [
        ("completed", "DetaineesTransferred"),
        ("cancelled", "DetaineesTransferred"),
        ("suspended", "DetaineesTransferred"),
        ("completed", "TransferSuspended"),
        ("completed", "TransferCancelled"),
        ("planned", "TransferResumed"),
        ("cancelled", "TransferCompleted"),
    ],
)
def test_the_table_forbids_what_makes_no_sense(before, verb):
    """What is over, or stands still, does not go on without a word."""
    assert not OPERATION.allows(before, verb)


# -- claims of progress ------------------------------------------------------------------------------


def test_the_latest_running_total_is_the_claim(line):
    """Claims are never added, neither to one another nor to the batches."""
    for day, number in (("2026-01-23", 450), ("2026-02-01", 2250)):
        line.record(TransferProgressReported(operation=OP, moved=exactly(number)), occurred=day)
    operation = line.at().custody.operations[OP]
    assert (operation.claimed, operation.moved) == (exactly(2250), exactly(0))
    assert line.at("2026-01-31").custody.operations[OP].claimed == exactly(450)


def test_claims_for_cohorts_stand_beside_the_total(line):
    """275 Syrians among 5,700: the claim for all is 5,700."""
    line.record(TransferPlanned(operation=OP, quantity=up_to(7000)), occurred="2026-01-20")
    line.record(TransferProgressReported(operation=OP, moved=exactly(275), cohort="syrian"), occurred="2026-02-01")
    assert line.at().custody.operations[OP].claimed is None
    line.record(TransferProgressReported(operation=OP, moved=exactly(5700)), occurred="2026-02-02")
    line.record(TransferProgressReported(operation=OP, moved=exactly(300), cohort="syrian"), occurred="2026-02-03")
    operation = line.at().custody.operations[OP]
    assert operation.claimed == exactly(5700)
    assert (operation.claimed_of("syrian"), operation.claimed_of("iraqi")) == (exactly(300), None)


def test_plans_for_cohorts_stand_beside_the_total(line):
    """A plan for some of them is no plan for all."""
    line.record(TransferPlanned(operation=OP, quantity=up_to(7000)), occurred="2026-01-20")
    line.record(TransferPlanned(operation=OP, quantity=exactly(500), cohort="iraqi"), occurred="2026-01-21")
    assert line.at().custody.operations[OP].planned == up_to(7000)


def test_an_operation_for_one_cohort_counts_that_cohort(line):
    """Planned, claimed and remaining are of those it is about."""
    line.record(TransferPlanned(operation=OP, quantity=exactly(500), cohort="iraqi"), occurred="2026-01-20")
    line.record(TransferProgressReported(operation=OP, moved=exactly(100), cohort="iraqi"), occurred="2026-01-21")
    operation = line.at().custody.operations[OP]
    assert (operation.cohort, operation.planned, operation.claimed) == ("iraqi", exactly(500), exactly(100))


def test_without_a_plan_a_claim_for_a_cohort_is_the_claim(line):
    """Nobody ever spoke of the operation but of these: that is what is claimed."""
    line.record(TransferProgressReported(operation=OP, moved=exactly(100), cohort="iraqi"), occurred="2026-01-21")
    assert line.at().custody.operations[OP].claimed == exactly(100)


@pytest.mark.parametrize(
    ("moved", "claimed", "found"),
    [
        (exactly(450), exactly(449), True),
        (exactly(450), exactly(450), False),
        (exactly(450), exactly(5700), False),
        (exactly(450), about(400), False),
        (about(450), exactly(400), False),
        (at_least(450), up_to(400), True),
    ],
)
@pytest.mark.parametrize("final", [False, True])
def test_a_claim_of_fewer_than_were_moved_is_a_finding(line, moved, claimed, found, final):
    """Fewer claimed than the batches add up to cannot be; more can, for batches go unreported."""
    transferred(line, moved, "2026-01-21", operation=OP)
    claim = (
        TransferCompleted(operation=OP, total=claimed)
        if final
        else TransferProgressReported(operation=OP, moved=claimed)
    )
    entry = line.record(claim, occurred="2026-01-23")
    paths = [(f.kind, f.path, f.entries) for f in line.at().findings]
    assert paths == ([("claimed_vs_moved", ("custody", "operations", OP, "claimed"), (entry,))] if found else [])


def test_a_batch_after_a_claim_does_not_contradict_it(line):
    """450 by the 23rd and another 850 on the 27th are both true."""
    transferred(line, exactly(450), "2026-01-21", operation=OP)
    line.record(TransferProgressReported(operation=OP, moved=exactly(450)), occurred="2026-01-23")
    transferred(line, exactly(850), "2026-01-27", operation=OP)
    assert line.at().findings == ()


def test_each_impossible_claim_is_found(line):
    """A second claim that is too low is a second finding, though the first was outrun by then."""
    transferred(line, exactly(450), "2026-01-21", operation=OP)
    for day in ("2026-01-23", "2026-01-24"):
        line.record(TransferProgressReported(operation=OP, moved=exactly(400)), occurred=day)
    assert kinds(line.at()) == ["claimed_vs_moved", "claimed_vs_moved"]
    assert {f.message for f in line.at().findings} == {f"{OP}: 400 are claimed, but batches add up to 450"}


def test_a_batch_beyond_the_final_total_contradicts_it(line):
    """The total of what was completed holds for good."""
    transferred(line, exactly(450), "2026-01-21", operation=OP)
    line.record(TransferCompleted(operation=OP, total=exactly(450)), occurred="2026-01-23")
    transferred(line, exactly(10), "2026-01-27", operation=OP)
    assert set(kinds(line.at())) == {"illegal_transition", "claimed_vs_moved"}


def test_a_claim_for_a_cohort_says_nothing_against_the_batches_of_all(line):
    """100 Iraqis moved, 450 moved in all."""
    transferred(line, exactly(450), "2026-01-21", operation=OP)
    line.record(TransferProgressReported(operation=OP, moved=exactly(100), cohort="iraqi"), occurred="2026-01-23")
    assert line.at().findings == ()


def test_a_part_of_a_claim_claims_nothing_for_the_whole(line):
    """A claim by province, part of the claim for all, does not take its place."""
    whole = line.record(TransferProgressReported(operation=OP, moved=exactly(5700)), occurred="2026-02-01")
    line.record(TransferProgressReported(operation=OP, moved=exactly(300)), occurred="2026-02-01", part_of=whole)
    assert line.at().custody.operations[OP].claimed == exactly(5700)


# -- why, history, diff ------------------------------------------------------------------------------


def test_why_of_a_stock_is_its_last_count_and_what_flowed_since(line):
    """Nothing from before the count, and nothing from other places."""
    counted(line, exactly(2000), "2025-12-01")
    transferred(line, exactly(5), "2025-12-05")
    anchor = counted(line, exactly(1000))
    flows = (
        transferred(line, exactly(100)),
        line.record(DetaineesEscaped(facility=SINAA, quantity=exactly(1)), occurred="2026-01-20"),
    )
    counted(line, exactly(7), "2026-01-21", facility=HOL)
    assert line.at().why("custody", SINAA, "held") == (anchor, *flows)
    assert line.at().why("custody", SINAA) == (anchor, *flows)
    assert line.at().why("custody", "held", SINAA) == (anchor, *flows)


def test_why_of_a_cohort_and_of_a_heading(line):
    """Each value has its own reasons."""
    anchor = counted(line, exactly(100), breakdown={"iraqi": exactly(50)})
    iraqi = transferred(line, exactly(10), cohort="iraqi")
    other = transferred(line, exactly(20), "2026-01-11")
    situation = line.at()
    assert situation.why("custody", SINAA, "held", "iraqi") == (anchor, iraqi, other)
    assert situation.why("custody", SINAA, "sent") == (iraqi, other)
    assert situation.why("custody", SINAA, "sent", "iraqi") == (iraqi,)
    assert situation.why("custody", "sent", SINAA, "iraqi") == (iraqi,)
    assert situation.why("custody", SINAA, "counted") == (anchor,)


def test_nothing_is_a_reason_for_a_cohort_nobody_spoke_of(line):
    """A change of control makes the place known, and says nothing of who is held there."""
    line.record(ControlChanged(facility=SINAA, authority="sdf"), occurred="2026-01-01")
    spoken_of(line, "cohort:iraqi")
    assert line.at().why("custody", SINAA, "held", "iraqi") == ()


def test_why_of_an_operation(line):
    """Moved follows from every batch; planned and claimed from the latest word; remaining from both."""
    batches = (
        transferred(line, exactly(150), "2026-01-21", operation=OP),
        transferred(line, exactly(5), "2026-01-22", operation=OP),
    )
    line.record(TransferProgressReported(operation=OP, moved=exactly(150)), occurred="2026-01-21")
    claimed = line.record(TransferProgressReported(operation=OP, moved=exactly(450)), occurred="2026-01-23")
    planned = line.record(TransferPlanned(operation=OP, quantity=exactly(7000)), occurred="2026-01-24")
    situation = line.at()
    assert situation.why("custody", "operations", OP, "moved") == batches
    assert situation.why("custody", "operations", OP) == batches
    assert situation.why("custody", "operations", OP, "planned") == (planned,)
    assert situation.why("custody", "operations", OP, "claimed") == (claimed,)
    late = transferred(line, exactly(1), "2026-01-25", operation=OP)
    assert {planned, late} <= set(line.at().why("custody", "operations", OP, "remaining"))


def test_why_of_what_an_authority_is_said_to_hold(line):
    """The claim is the reason."""
    entry = line.record(HeadcountReported(authority="sdf", quantity=about(9000)), occurred="2026-01-10")
    assert line.at().why("custody", "counted", "sdf") == (entry,)


def test_history_of_a_stock(line):
    """The numbers over time, each from when on."""
    counted(line, exactly(1000))
    transferred(line, exactly(100))
    controls(line, "sdf", "2026-01-15")
    counted(line, exactly(950), "2026-01-20")
    values = line.at().history("custody", SINAA, "held")
    assert [(str(v.since), str(v.value)) for v in values] == [
        ("2026-01-01", "1,000"),
        ("2026-01-10", "900"),
        ("2026-01-20", "950"),
    ]


def test_a_difference_names_every_number_that_changed(line):
    """Stocks by facility and cohort, headings, operations and claims."""
    counted(line, exactly(100), breakdown={"iraqi": exactly(50)})
    transferred(line, exactly(10), cohort="iraqi", operation=OP)
    line.record(HeadcountReported(authority="sdf", quantity=about(90)), occurred="2026-01-10")
    changes = {
        change.path[1:]: (str(change.before), str(change.after)) for change in line.diff("2026-01-09", "2026-01-10")
    }
    assert changes == {
        (SINAA, "held"): ("100", "90"),
        (SINAA, "held", "iraqi"): ("50", "40"),
        (SINAA, "sent"): ("None", "10"),
        (KARKH, "held"): ("None", "≥10"),
        (KARKH, "held", "iraqi"): ("None", "≥10"),
        (KARKH, "received"): ("None", "10"),
        ("operations", OP, "status"): ("None", "underway"),
        ("operations", OP, "moved"): ("None", "10"),
        ("counted", "sdf"): ("None", "≈90"),
    }


def test_custody_is_a_mapping_of_facilities(line):
    """It iterates over facilities, has their number, and knows no reserved place."""
    line.record(DetaineesEscaped(facility=SINAA, quantity=Quantity(1, 1, 1)), occurred="2026-01-10")
    custody = line.at().custody
    assert (list(custody), len(custody), custody[SINAA].slug) == ([SINAA], 1, SINAA)
    with pytest.raises(KeyError, match="no place 'al-sina-prison'"):
        custody["al-sina-prison"]


def test_why_names_a_count_that_found_as_many_as_were_computed(line):
    """It changed no number, and is what the stock rests on from then on."""
    counted(line, exactly(100))
    transferred(line, exactly(20))
    confirmed = counted(line, exactly(80), "2026-01-20")
    left = transferred(line, exactly(5), "2026-01-25")
    assert line.at().why("custody", SINAA, "held") == (confirmed, left)


def test_why_of_a_sum_over_cohorts_is_the_count_of_each(line):
    """Where nobody counted the whole, every cohort's count is a reason, and for one cohort its own."""
    iraqi = counted(line, exactly(100), cohort="iraqi")
    syrian = counted(line, exactly(50), cohort="syrian")
    situation = line.at()
    assert situation.why("custody", SINAA, "held") == (iraqi, syrian)
    assert situation.why("custody", SINAA, "held", "iraqi") == (iraqi,)


def test_nothing_explains_a_stock_of_which_nothing_is_known(line):
    """Who holds the prison says nothing about how many are in it."""
    controls(line, "sdf")
    assert line.at().why("custody", SINAA, "held") == ()


def test_a_plan_is_no_reason_for_what_was_moved_and_batches_before_it_are_for_what_remains(line):
    """Moved follows from batches alone, remaining from all of them and the plan."""
    before = transferred(line, exactly(5), "2026-01-19", operation=OP)
    plan = line.record(TransferPlanned(operation=OP, quantity=exactly(10)), occurred="2026-01-20")
    assert line.at().why("custody", "operations", OP, "remaining") == (before, plan)
    line.record(TransferPlanned(operation="another", quantity=exactly(10)), occurred="2026-01-20")
    assert line.at().why("custody", "operations", "another", "moved") == ()


@pytest.mark.parametrize("share", [{"cohort": "iraqi"}, {"cohort": None, "part": True}, {"unknown": True}])
@pytest.mark.parametrize("whose", [{"facility": "hasakah-prisons"}, {"authority": "sdf"}, {"facility": SINAA}])
def test_a_count_of_some_of_them_or_without_a_number_does_not_replace_the_count_of_all(line, whose, share):
    """500 Iraqis, 500 in one wing, or *many*: the 9,000 claimed for all still are."""
    line.record(FacilityRegistered(facility="hasakah-prisons", kind="collective"))
    whole = line.record(HeadcountReported(quantity=exactly(9000), **whose), occurred="2026-01-01")
    quantity = UNKNOWN if share.get("unknown") else exactly(500)
    line.record(
        HeadcountReported(quantity=quantity, cohort=share.get("cohort"), **whose),
        occurred="2026-01-02",
        part_of=whole if share.get("part") else None,
    )
    assert line.at().custody.counted(**whose) == exactly(9000)
    assert line.at().findings == ()


def test_a_part_that_names_no_place_is_of_the_places_of_its_whole(line):
    """Twenty of the fifty who left were Iraqis: they left from where the fifty did. The thirty may have been, too."""
    counted(line, exactly(100), breakdown={"iraqi": exactly(60)})
    whole = transferred(line, exactly(50))
    line.record(DetaineesTransferred(quantity=exactly(20), cohort="iraqi"), occurred="2026-01-10", part_of=whole)
    custody = line.at().custody
    assert (custody.sent(facility=SINAA), custody.sent(facility=SINAA, cohort="iraqi")) == (exactly(50), exactly(20))
    assert custody.received(facility=KARKH, cohort="iraqi") == exactly(20)
    assert [held(line), held(line, cohort="iraqi")] == ["50", "10–40"]


def test_a_part_of_a_part_adds_nothing_either(line):
    """150, of them 85 Iraqis, of those 40 in the first batch: 150."""
    counted(line, exactly(1000))
    whole = transferred(line, exactly(150), operation=OP)
    iraqis = part(line, exactly(85), whole, cohort="iraqi")
    part(line, exactly(40), iraqis, cohort="iraqi", batch="1")
    custody = line.at().custody
    assert custody.operations[OP].moved == custody.sent() == custody.received() == exactly(150)
    assert (custody.sent(cohort="iraqi"), held(line)) == (exactly(85), "850")


def test_a_count_between_a_part_and_its_whole_is_kept(line):
    """The part had left when they were counted; only the rest of the whole leaves after."""
    counted(line, exactly(1000))
    early = DetaineesTransferred(quantity=exactly(85), origin=SINAA, cohort="iraqi")
    line.record(DetaineesTransferred(quantity=exactly(150), origin=SINAA), occurred="2026-01-04", id="whole")
    line.record(early, occurred="2026-01-02", part_of="whole")
    counted(line, exactly(915), "2026-01-03")
    assert [held(line, day) for day in ("2026-01-02", "2026-01-03", "2026-01-04")] == ["915", "915", "850"]
    assert line.at().findings == ()


def test_what_a_recount_misses_is_unaccounted_for():
    """A thousand counted, 150 left, 800 counted: 50 are unaccounted for; the first count misses nobody."""
    line = Timeline()
    line.record(HeadcountReported(facility="x", quantity=exactly(1000)), occurred="2026-01-01")
    assert line.at().custody["x"].unaccounted() == (0, 0, 0)
    line.record(DetaineesTransferred(quantity=exactly(150), origin="x"), occurred="2026-01-02")
    line.record(HeadcountReported(facility="x", quantity=exactly(800)), occurred="2026-01-03")
    assert line.at().custody["x"].unaccounted() == (-50, -50, -50)
    assert line.at("2026-01-02").custody["x"].unaccounted() == (0, 0, 0)
    for day, number in (("2026-01-04", 90), ("2026-01-05", 70)):
        line.record(HeadcountReported(facility="x", quantity=exactly(number), cohort="iraqi"), occurred=day)
    assert line.at().custody["x"].unaccounted("iraqi") == (-20, -20, -20)
    assert line.at().custody["x"].unaccounted() == (-50, -50, -50)


def test_the_headcount_of_an_authority_is_shown_beside_the_computed_sum():
    """What the SDF say they hold stands next to what their facilities come to."""
    line = Timeline()
    line.record(ControlChanged(facility="x", authority="sdf"), occurred="2026-01-01")
    line.record(HeadcountReported(facility="x", quantity=exactly(1000)), occurred="2026-01-01")
    line.record(HeadcountReported(authority="sdf", quantity=at_least(9000)), occurred="2026-01-02")
    assert line.at().custody.authorities == ("sdf",)
    assert "  sdf  held 1,000  (counted ≥9,000)" in str(line.at())


def test_a_share_told_as_part_is_never_the_plan_of_the_whole():
    """The Turkish 2,000 of the 7,000 stay a share where the evidence asked for turns the 7,000 away."""
    line = Timeline()
    whole = TransferPlanned(operation=OP, quantity=up_to(7000))
    line.record(whole, id="all", occurred="2026-01-21", reports=[Report("CENTCOM", credibility=4)])
    share = TransferPlanned(operation=OP, quantity=about(2000), cohort="turkish")
    line.record(share, part_of="all", occurred="2026-01-20", reports=[Report("ministry", credibility=2)])
    claim = TransferProgressReported(operation=OP, moved=exactly(66), cohort="turkish")
    line.record(claim, part_of="all", occurred="2026-01-25", reports=[Report("ministry", credibility=2)])
    seen = [line.at(accept=credible(3)), line.at("2026-01-20"), line.at()]
    assert [s.custody.operations[OP].planned for s in seen] == [None, None, up_to(7000)]
    assert [s.custody.operations[OP].claimed for s in seen] == [None, None, None]
    assert seen[-1].custody.operations[OP].planned_of("turkish") == about(2000)
    assert seen[-1].custody.operations[OP].claimed_of("turkish") == exactly(66)
    transferred(line, exactly(150), "2026-01-26", operation=OP)
    assert line.at().custody.operations[OP].planned_of("turkish") == about(2000)
    line.retract("all")
    assert line.at().custody.operations[OP].planned == about(2000)


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


@pytest.mark.parametrize("place", ["elsewhere", "at-large", "dead", "released", "opening", "unaccounted"])
def test_an_account_of_the_ledger_is_no_facility(place):
    """Who is in no facility is told by leaving the place out, or by what became of them."""
    for event in (DetaineesTransferred, DetaineesRepatriated):
        with pytest.raises(InvalidEvent, match="in no facility"):
            event(origin=place)
    with pytest.raises(InvalidEvent, match="in no facility"):
        ControlChanged(facility=place)


def test_a_misspelt_flow_is_no_value(line):
    """Asking for *escapes* where the word is *escaped* says so, instead of answering with nothing."""
    line.record(DetaineesEscaped(facility=SINAA, quantity=exactly(120)), occurred="2026-01-19")
    for ask in (line.at().why, line.at().history):
        with pytest.raises(KeyError, match="names no value"):
            ask("custody", SINAA, "escapes")
