"""Stories of custody: who is held where, and what came and went."""

import pytest

from support.custody import (
    FLOWS,
    HEADINGS,
    KARKH,
    SINAA,
    UNKNOWN,
    controls,
    counted,
    held,
    kinds,
    spoken_of,
    transferred,
)
from timeline import Modality, Timeline, about, at_least, between, exactly, unspecified, up_to
from timeline.errors import InvalidEvent
from timeline.events.custody import (
    DetaineesAdmitted,
    DetaineesEscaped,
    DetaineesReleased,
    DetaineesRepatriated,
    DetaineesTransferred,
    HeadcountReported,
)
from timeline.events.facility import ControlChanged, FacilityRegistered

# -- stocks ------------------------------------------------------------------------------------------


def test_a_stock_never_counted_is_unknown_and_not_zero(line):
    """Nobody counted, nobody moved: `?` for a facility spoken of and for one merely held."""
    controls(line, "sdf")
    spoken_of(line, "facility:spoken-of", "authority:spoken-of")
    custody = line.at().custody
    assert custody.held(facility=SINAA) == custody.held(facility="spoken-of") == UNKNOWN
    assert custody.held(authority="sdf") == custody.held(authority="spoken-of") == UNKNOWN


def test_a_collective_given_another_name_is_still_one(line):
    """A registration without a kind gives it a name: it holds what its members hold, and each once."""
    line.record(FacilityRegistered(facility="prisons", kind="collective", members=(SINAA, KARKH)))
    counted(line, exactly(300), "2026-01-10", facility=SINAA)
    counted(line, exactly(200), "2026-01-10", facility=KARKH)
    line.record(FacilityRegistered(facility="prisons", names={"en": "the prisons"}))
    assert line.at().custody.held(facility="prisons") == exactly(500)


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
    """*Thousands are held* takes away nothing that was known, and gives no count to show."""
    counted(line, exactly(1000))
    counted(line, unspecified("آلاف"), "2026-01-20")
    assert held(line) == "1,000"
    assert line.at().custody.counted(facility=SINAA) == exactly(1000)


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
    """Further departures from an overdrawn prison add no second finding."""
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
    """A recount that the computed range allows is not a drift; one that it excludes is."""
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
    """If only counts are recorded, each difference is unaccounted for and none is a finding."""
    for day, number in (("2026-01-01", 1000), ("2026-01-02", 400), ("2026-01-03", 0), ("2026-01-04", 25)):
        counted(line, exactly(number), day)
    assert line.at().findings == ()
    assert line.at().custody[SINAA].unaccounted() == (-975, -975, -975)


def test_a_flow_before_the_last_count_is_no_reason_for_drift(line):
    """Flows before a count were counted; only flows after it are computed."""
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
    """A source may name one end or none: the other is elsewhere, outside every facility."""
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
    """Reported in halves: out of one prison first, into the other later, and counted once each way."""
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


@pytest.mark.parametrize("place", ["elsewhere", "at-large", "dead", "released", "opening", "unaccounted"])
def test_an_account_of_the_ledger_is_no_facility(place):
    """People in no facility are recorded without a place, or with their fate."""
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
