"""Situations: printed, compared, explained, and searched, at any setting of the clocks."""

from datetime import datetime, timedelta, timezone

import attrs
import pytest

from timeline import Modality, Report, Timeline, When, about, at_least, credible, exactly, up_to
from timeline.events.agreement import (
    AgreementEnteredIntoForce,
    AgreementSigned,
    AgreementViolated,
    StatementMade,
    TalksHeld,
)
from timeline.events.border import BorderIncidentReported, BorderMeasureTaken, CrossingClosed, MonitoringStarted
from timeline.events.custody import (
    DetaineesEscaped,
    DetaineesTransferred,
    HeadcountReported,
    TransferPlanned,
    TransferProgressReported,
)
from timeline.events.facility import ControlChanged, ControlContested, FacilityRegistered, FacilityStatusChanged

HOL, SINAA, OP, TRUCE = "al-hol-camp", "al-sinaa-prison", "transfer-2026", "truce-2026"


class Days:
    """A clock that goes on by a day each time it is read."""

    def __init__(self, first="2026-03-01"):
        self.now = datetime.fromisoformat(first).replace(tzinfo=timezone.utc)

    def __call__(self):
        self.now += timedelta(days=1)
        return self.now


@pytest.fixture
def line():
    """An empty timeline whose every entry is recorded a day after the one before."""
    return Timeline(clock=Days())


def held(authority, facility=HOL, **more):
    return ControlChanged(facility=facility, authority=authority, **more)


def moved(number, **more):
    return DetaineesTransferred(quantity=exactly(number), operation=OP, **more)


def rich(line):
    """Make a timeline with something of everything."""
    for event, occurred in (
        (FacilityRegistered(facility=HOL, kind="camp", names={"en": "al-Hol"}), None),
        (FacilityRegistered(facility="roj-camp", kind="camp"), None),
        (held("sdf", manner="observed"), "2025-12-31"),
        (held("unhcr", role="administration"), "2025-06-01"),
        (ControlContested(facility=HOL, claimants=("sdf", "syria-gov")), "2026-01-18"),
        (FacilityStatusChanged(facility=HOL, status="besieged"), "2026-01-18"),
        (HeadcountReported(facility=HOL, quantity=about(24_000)), "2026-01-01"),
        (DetaineesEscaped(facility=HOL, quantity=about(120)), "2026-01-19"),
        (held(None, SINAA, manner="vacated", previous="sdf"), "2026-01-20"),
        (TransferPlanned(operation=OP, quantity=up_to(7000)), "2026-01-20"),
        (moved(150, origin=SINAA), "2026-01-21"),
        (TransferProgressReported(operation=OP, moved=at_least(5700)), "2026-02-10"),
        (AgreementEnteredIntoForce(agreement=TRUCE, until="2026-01-24"), "2026-01-20"),
        (AgreementSigned(agreement="agreement-2026", parties=("sdf", "syria-gov")), "2026-01-18"),
        (AgreementViolated(agreement=TRUCE, by="sdf"), "2026-01-22"),
        (CrossingClosed(crossing="rabia-crossing"), "2026-01-19"),
        (MonitoringStarted(sector="north", by="iraq-gov"), "2026-01-19"),
        (BorderMeasureTaken(sector="north", measure="wall", quantity=exactly(10, unit="km")), "2026-01-22"),
        (BorderIncidentReported(kind="infiltration", outcome="foiled", sector="north"), "2026-01-23"),
    ):
        line.record(event, occurred=occurred)
    line.record(
        moved(500), occurred="2026-03", modality=Modality.PLANNED, reports=[Report("AFP", published="2026-02-01")]
    )
    line.record(StatementMade(by="iraq-gov", stance="welcomed"), occurred="2026-02-10/2026-02-20")
    return line


# -- printed -----------------------------------------------------------------------------------------


def test_a_situation_on_a_page(line):
    """The text lists holders, numbers, agreements, plans, possible events, and findings."""
    assert str(rich(line).at("2026-02-15")).splitlines() == [
        "Situation, occurred by 2026-02-15",
        "─────────────────────────────────",
        "Facilities",
        "  al-Hol           unhcr   (administration)  since 2025-06-01     besieged",
        "  al-Hol           sdf                       since ../2025-12-31  besieged  contested",
        "  al-sinaa-prison  NOBODY                    since 2026-01-20",
        "  roj-camp         ?",
        "Custody",
        "  al-Hol           held ≈23,880  (counted ≈24,000)  escaped ≈120",
        "  al-sinaa-prison  held ?                           sent 150",
        "Operations",
        "  transfer-2026  underway  planned ≤7,000  moved 150  claimed ≥5,700  remaining ≤6,850",
        "Agreements",
        "  agreement-2026  signed                                sdf, syria-gov",
        "  truce-2026      in_force (overdue)  until 2026-01-24                  1 violation",
        "Border",
        "  rabia-crossing  closed since 2026-01-19",
        "  north  watched by iraq-gov",
        "  2026-01-22 BorderMeasureTaken sector=north measure=wall quantity=10 km",
        "  2026-01-23 BorderIncidentReported kind=infiltration outcome=foiled sector=north",
        "Plans",
        "  2026-03  DetaineesTransferred quantity=500 operation=transfer-2026",
        "Possible by then",
        "  #21 2026-02-10/2026-02-20 StatementMade by=iraq-gov stance=welcomed",
        "Findings",
        "  control_gap: al-sinaa-prison: nobody in control since 20 January 2026 [#9]",
        "  unregistered_entity: al-sinaa-prison: others of the kind facility are registered, and this one is not [#9]",
        "  unregistered_entity: rabia-crossing: others of the kind facility are registered, and this one is not [#16]",
    ]


def test_an_empty_situation_is_a_title(line):
    """Nothing known, nothing printed."""
    assert str(line.at()) == "Situation, everything known\n───────────────────────────"


def test_many_findings_are_counted_by_kind_on_the_page(line):
    """A page has room for a few of them; of many it says how many there are of each, and about what."""
    for number in range(30):
        line.record(held(None, f"prison-{number}", manner="vacated"), occurred="2026-01-10")
    assert str(line.at()).splitlines()[-2:] == ["Findings", "  30 × control_gap: prison-0, prison-1, 28 others"]


def test_what_was_left_out_is_counted_on_the_page(line):
    """A reader should know that there is more."""
    line.record(held("sdf"), occurred="2026-01-01")
    assert str(line.at(reported="2026-02-01")).splitlines()[-2:] == ["Left out", "  1 entry"]


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({}, "<Situation, everything known>"),
        ({"occurred": "2026-01-05"}, "<Situation, occurred by 2026-01-05>"),
        ({"occurred": "2026-01-05T12:00:00Z"}, "<Situation, occurred by 2026-01-05T12:00:00Z>"),
        (
            {"occurred": "2026-01-05", "recorded": "2026-03-02"},
            "<Situation, occurred by 2026-01-05, recorded by 2026-03-02>",
        ),
        ({"reported": "2026-02-01"}, "<Situation, reported by 2026-02-01>"),
    ],
)
def test_a_representation_says_where_the_clocks_stand(line, asked, shown):
    """The first line says how much was folded, and by when."""
    line.record(held("sdf"), occurred="2026-01-01")
    line.record(held("syria-gov"), occurred="2026-01-20")
    assert repr(line.at(**asked)) == shown


# -- compared ----------------------------------------------------------------------------------------


def test_equality_is_about_what_is_said():
    """Other positions, ids, digests, and times of recording make no difference."""
    one, other = Timeline(clock=Days("2026-03-01")), Timeline(clock=Days("2026-05-01"))
    events = [(held("sdf"), "2026-01-01"), (moved(5), "2026-01-05"), (TalksHeld(parties=("sdf",)), "2026-01-06")]
    for event, occurred in events:
        one.record(event, occurred=occurred)
    for event, occurred in reversed(events):
        other.record(event, occurred=occurred)
    assert one.at() == other.at()
    assert one.at().diff(other.at()) == ()


@pytest.mark.parametrize("part", ["facilities", "custody", "agreements", "border", "entities"])
def test_parts_of_a_situation_are_equal_by_what_they_say(part):
    """Entries of another log, at other positions, say the same; one more count or closure does not."""
    one, other = Timeline(clock=Days()), Timeline(clock=Days())
    other.retract(other.record(StatementMade()))
    rich(one)
    rich(other)
    assert getattr(one.at(), part) == getattr(other.at(), part)
    assert getattr(one.at(), part) != getattr(one.at("2025-01-01"), part) or part == "entities"
    assert getattr(one.at(), part) != 1


def test_what_was_left_out_is_no_part_of_equality(line):
    """An entry nobody can place leaves the situation as it is."""
    line.record(held("sdf"), occurred="2026-01-01", reports=[Report("AFP", published="2026-01-02")])
    before = line.at(reported="2026-01-10")
    line.record(held("syria-gov"), occurred="2026-01-05")
    after = line.at(reported="2026-01-10")
    assert after.left_out != before.left_out
    assert after == before


@pytest.mark.parametrize(
    "more",
    [
        lambda line: line.record(held("syria-gov"), occurred="2026-01-03"),
        lambda line: line.record(moved(5), occurred="2026-01-03"),
        lambda line: line.record(
            moved(5), occurred="2026-01-03", modality=Modality.PLANNED, reports=[Report("AFP", published="2026-01-02")]
        ),
        lambda line: line.record(StatementMade(by="sdf"), occurred="2026-01"),
        lambda line: line.dispute("first", reports=[Report("AFP")]),
    ],
    ids=["value", "flow", "plan", "possible", "finding"],
)
def test_values_plans_possibilities_and_findings_are_part_of_equality(line, more):
    """A situation that says anything else is another one."""
    line.record(held("sdf"), occurred="2026-01-01", id="first")
    before = line.at("2026-01-10")
    more(line)
    assert line.at("2026-01-10") != before


def test_a_situation_equals_itself_and_nothing_of_another_kind(line):
    """It cannot be hashed, for it is compared by a whole world of values."""
    situation = line.at()
    assert situation == situation
    assert situation != "a situation"
    with pytest.raises(TypeError):
        hash(situation)


def test_a_situation_never_changes(line):
    """Later entries are not in it."""
    line.record(held("sdf"), occurred="2026-01-01")
    before = line.at()
    line.record(held("syria-gov"), occurred="2026-01-02")
    assert before.facilities[HOL].holder() == "sdf"
    assert before == line.at(recorded=before.history("facilities", HOL, "control")[0].entry.recorded_at)


@pytest.mark.parametrize("name", ["findings", "plans", "custody", "asked", "note"])
def test_nothing_of_a_situation_can_be_set(line, name):
    """Neither before it was asked for nor after."""
    situation = line.at()
    for _ in range(2):
        with pytest.raises(AttributeError):
            setattr(situation, name, ())
        getattr(situation, name, None)


def test_a_difference_is_one_of_direction(line):
    """Each new part in one direction is gone in the other."""
    line.record(held("sdf"), occurred="2026-01-01")
    line.record(TalksHeld(parties=("sdf",)), occurred="2026-01-02")
    line.record(held("syria-gov"), occurred="2026-01-05")
    line.record(TalksHeld(parties=("iraq-gov",)), occurred="2026-01-05")
    a, b = line.at("2026-01-02"), line.at("2026-01-05")
    assert str(a.diff(b)).splitlines() == [
        "facilities · al-hol-camp · control: sdf → syria-gov",
        "facilities · al-hol-camp · since · control: 2026-01-01 → 2026-01-05",
        "agreements · talks: + 2026-01-05 TalksHeld parties=iraq-gov",
    ]
    assert str(b.diff(a)).splitlines() == [
        "facilities · al-hol-camp · control: syria-gov → sdf",
        "facilities · al-hol-camp · since · control: 2026-01-05 → 2026-01-01",
        "agreements · talks: − 2026-01-05 TalksHeld parties=iraq-gov",
    ]
    assert [(c.before, c.after) for c in a.diff(b)][0] == ("sdf", "syria-gov")
    assert str(a.diff(a)) == "no change"
    assert not a.diff(a)


def test_values_are_shown_short(line):
    """A side that says nothing is a dash, tuples and mappings are lists, and an empty one is *none*."""
    line.record(FacilityRegistered(facility=HOL, kind="collective", names={"en": "A", "ar": "ب"}, members=("x", "y")))
    line.record(ControlContested(facility=HOL), occurred="2026-01-01")
    shown = {
        line.partition(": ")[0].rpartition(" · ")[2]: line for line in str(Timeline().at().diff(line.at())).splitlines()
    }
    assert shown["kind"] == "facilities · al-hol-camp · kind: – → collective"
    assert shown["members"].endswith("– → x, y")
    assert shown["contested"].endswith("– → True")
    assert shown["control"] == "facilities · al-hol-camp · claimants · control: – → none"
    assert set(shown["names"].partition("– → ")[2].split(", ")) == {"en: A", "ar: ب"}


# -- why ---------------------------------------------------------------------------------------------


def test_why_names_entries_with_the_reports_that_speak_for_them(line):
    """Printed as one reads sources: the entry, and who said so beneath it."""
    line.record(held("sdf"), occurred="2026-01-01", reports=[Report("AFP", published="2026-01-02", credibility=2)])
    assert str(line.at().why("facilities", HOL, "control")).splitlines() == [
        "facilities · al-hol-camp · control: sdf since 2026-01-01",
        "#1 2026-01-01 ControlChanged facility=al-hol-camp authority=sdf",
        "    AFP, 2026-01-02, rated 2",
    ]
    line.record(moved(150, origin="hasakah-prisons"), occurred="2026-01-21")
    assert str(line.at().why("facilities", "hasakah-prisons", "control")) == "nothing is known of it"


def test_why_has_the_value_and_its_rivals(line):
    """In every face: the path, the value and since when, and who says otherwise."""
    entry = line.record(held("sdf"), occurred="2026-01-01", id="a")
    line.dispute(entry, rival=held("syria-gov"), reports=[Report("SANA")], id="b")
    line.dispute(entry, reports=[Report("AFP")], id="c")
    why = line.at().why("facilities", HOL, "control")
    assert (why.path, why.value, str(why.since)) == (("facilities", HOL, "control"), "sdf", "2026-01-01")
    assert [claim.entry.id for claim in why.rivals] == ["b", "c"]
    assert "\n".join(str(why).splitlines()[2:]) == (
        "rival claims:\n2026-01-01 ControlChanged facility=al-hol-camp authority=syria-gov\n    SANA\n"
        "2026-01-01 denied: ControlChanged facility=al-hol-camp authority=sdf\n    AFP"
    )
    for words in ("al-hol-camp</bdi>", "control</bdi>", "syria-gov", "denied", "SANA"):
        assert words in why._repr_mimebundle_()["text/html"]


def test_entries_are_printed_with_their_words_and_links(line):
    """The source's own words, its quote, and which entries it names."""
    line.record(held("sdf"), id="plan", modality=Modality.PLANNED)
    whole = line.record(moved(150), id="whole")
    said = attrs.evolve(moved(15), detail="some of them")
    part = line.record(said, id="part", part_of=whole, after=["whole"], fulfils="plan",
                       reports=[Report("AFP", quote="a first group")])  # fmt: skip
    assert str(part).endswith("(after whole; part of whole; fulfils plan) “some of them”")
    assert str(part.reports[0]) == "AFP, “a first group”"
    (claim,) = line.at().claims("part")
    assert str(claim).splitlines()[0].endswith("“some of them”")
    assert "part of whole" in part._repr_mimebundle_()["text/html"].replace("</i>", "").replace("<i>", "").replace(
        '<bdi dir="auto">', ""
    )


def test_why_brings_what_corrected_and_corroborated_it(line):
    """The entries that speak for what was read come with it, and the entry reads as corrected."""
    entry = line.record(held("sdf"), occurred="2026-01-01", reports=[Report("AFP")])
    correction = line.correct(entry, held("syria-gov"), reason="misheard", reports=[Report("AFP")])
    corroboration = line.corroborate(entry, reports=[Report("Reuters")])
    why = line.at().why("facilities", HOL, "control")
    assert why == (entry, correction, corroboration)
    assert why[0].event == held("syria-gov")
    assert [report.source for report in why[0].reports] == ["AFP", "Reuters"]


def test_why_brings_the_duplicates_it_counts_once(line):
    """A merged duplicate is one of the reasons."""
    kept = line.record(moved(150), occurred="2026-01-21", reports=[Report("AFP")])
    double = line.record(moved(150), occurred="2026-01-21", reports=[Report("Reuters")])
    line.merge(kept, [double])
    assert line.at().why("custody", "operations", OP, "moved") == (kept, double)


def test_why_brings_a_rival_only_where_it_counts(line):
    """The dispute that was folded is a reason; one that was not is none."""
    entry = line.record(held("sdf"), occurred="2026-01-01", reports=[Report("AFP", credibility=3)])
    dispute = line.dispute(entry, rival=held("syria-gov"), reports=[Report("Reuters", credibility=1)])
    assert line.at().why("facilities", HOL, "control") == (entry,)
    believed = line.at(policy="most_reliable").why("facilities", HOL, "control")
    assert dispute in believed
    assert [report.source for report in believed[0].reports] == ["Reuters"]


@pytest.mark.parametrize("question", ["why", "history"])
def test_asking_of_an_unknown_projection_or_path_is_a_key_error(line, question):
    """It says which projections there are, or what a path looks like."""
    line.record(held("sdf"), occurred="2026-01-01")
    line.record(CrossingClosed(crossing="rabia-crossing"), occurred="2026-01-01")
    ask = getattr(line.at(), question)
    with pytest.raises(KeyError, match="no projection 'weather'; there are: facilities, custody, agreements, border"):
        ask("weather", "mosul")
    for path in (("facilities",), ("border",), ("border", "crossings"), ("custody", "operations"), ("agreements",)):
        with pytest.raises(KeyError, match="expected a path such as"):
            ask(*path)
    with pytest.raises(KeyError, match="the path is empty: expected the name of a projection and more steps"):
        ask()
    with pytest.raises(KeyError, match="no projection 'weather'"):
        line.at()["weather"]


def test_the_name_of_an_entity_is_no_path(line):
    """The error says which path to write."""
    line.record(held("sdf"), occurred="2026-01-01")
    slug = line.entries()[0].event.facility
    with pytest.raises(KeyError, match=f"It is a facility: write, say, 'facilities', '{slug}', 'control'"):
        line.at().why(slug)


def test_a_place_of_custody_shows_itself_in_a_line(line):
    """The inside of the ledger is for programs, and the line says what to ask."""
    line.record(HeadcountReported(facility="camp", quantity=exactly(9)), occurred="2026-01-01")
    shown = repr(line.at().custody["camp"])
    assert shown == "<Stock of camp, counted 9: ask custody.held(facility='camp'), escaped() and the others>"


def test_the_history_of_nothing_is_empty(line):
    """No entry within the cuts touched it, so it never took a value."""
    line.record(held("sdf"), occurred="2026-01-01")
    assert line.at("2025-12-31").history("facilities", HOL, "control") == ()


def test_history_stays_within_the_cuts(line):
    """By an earlier state of knowledge there were fewer values."""
    first = line.record(held("sdf"), occurred="2026-01-01")
    line.record(held("syria-gov"), occurred="2025-12-01")
    values = line.at(recorded=first.recorded_at).history("facilities", HOL, "control")
    assert [(v.since, v.value, v.entry) for v in values] == [(When("2026-01-01"), "sdf", first)]


# -- searched ----------------------------------------------------------------------------------------


def test_entries_are_found_by_tag_type_and_modality(line):
    """All tags must be there, one of the types, and the modality; by default everything folded or announced."""
    taken = line.record(held("sdf"), occurred="2026-01-01")
    fear = line.record(
        DetaineesEscaped(facility=HOL),
        occurred="2026-01-02",
        modality=Modality.HYPOTHETICAL,
        reports=[Report("AFP", published="2026-01-02")],
    )
    escape = line.record(DetaineesEscaped(facility=SINAA), occurred="2026-01-03")
    later = line.record(held("syria-gov"), occurred="2026-01-10")
    situation = line.at("2026-01-05")
    assert situation.entries() == (taken, escape, fear)
    assert situation.entries(tags=[f"facility:{HOL}"]) == (taken, fear)
    assert situation.entries(tags=f"facility:{HOL}", types="facility.control_changed") == (taken,)
    assert situation.entries(tags=[f"facility:{HOL}", "authority:sdf"]) == (taken,)
    assert situation.entries(types=[DetaineesEscaped, "facility.registered"]) == (escape, fear)
    assert situation.entries(types=[DetaineesEscaped], modality=Modality.ACTUAL) == (escape,)
    assert situation.entries(modality=Modality.DENIED) == ()
    assert later in line.at().entries()


def test_entries_read_as_corrected_and_are_found_by_what_they_say_now(line):
    """Search goes by what is read, and still by what was recorded."""
    entry = line.record(held("sdf"), occurred="2026-01-01")
    line.correct(entry, held("syria-gov"))
    for tag in ("authority:sdf", "authority:syria-gov"):
        (found,) = line.at().entries(tags=[tag])
        assert found == entry
        assert found.event == held("syria-gov")


# -- plans -------------------------------------------------------------------------------------------


def test_a_plan_stands_from_its_announcement_until_it_is_fulfilled(line):
    """Announced on the 20th for March, done on the 5th: in force between the two."""
    plan = line.record(
        moved(500), occurred="2026-03", modality=Modality.PLANNED, reports=[Report("AFP", published="2026-01-20")]
    )
    line.record(moved(500), occurred="2026-02-05", fulfils=plan)
    in_force = [line.at(day).plans for day in ("2026-01-19", "2026-01-20", "2026-02-04", "2026-02-05")]
    assert in_force == [(), (plan,), (plan,), ()]
    assert line.at("2026-01-25").custody.operations.get(OP) is None


def test_a_plan_fulfilled_outside_the_cut_stands(line):
    """By what was public then, nobody had carried it out."""
    plan = line.record(moved(500), modality=Modality.PLANNED, reports=[Report("AFP", published="2026-01-20")])
    line.record(moved(500), occurred="2026-02-05", fulfils=plan, reports=[Report("AFP", published="2026-02-20")])
    assert line.at(reported="2026-02-10").plans == (plan,)
    assert line.at(reported="2026-02-20").plans == ()


def test_fears_and_denials_are_no_plans(line):
    """Only what is PLANNED is a plan."""
    for modality in (Modality.HYPOTHETICAL, Modality.DENIED):
        line.record(moved(500), modality=modality)
    assert line.at().plans == ()


# -- possible, left out, findings --------------------------------------------------------------------


def test_what_may_have_happened_by_then_is_possible(line):
    """Some time in January: on the 10th possible, by the 31st definite, on 31 December neither."""
    entry = line.record(held("sdf"), occurred="2026-01")
    assert [line.at(day).possible for day in ("2025-12-31", "2026-01-10", "2026-01-31")] == [(), (entry,), ()]
    assert [HOL in line.at(day).facilities for day in ("2025-12-31", "2026-01-10", "2026-01-31")] == [
        False,
        False,
        True,
    ]


def test_what_is_possible_may_be_folded_too(line):
    """On request, and then nothing is merely possible."""
    line.record(held("sdf"), occurred="2026-01")
    situation = line.at("2026-01-10", certainty="possible")
    assert (situation.facilities[HOL].holder(), situation.possible) == ("sdf", ())


def test_what_bears_no_date_of_publication_is_left_out_and_listed(line):
    """Under a reported cut it has no place; registrations and editorial entries do."""
    line.record(FacilityRegistered(facility=HOL, kind="camp"))
    unpublished = line.record(held("sdf"), occurred="2026-01-01")
    undated = line.record(held("syria-gov"), occurred="2026-01-02", reports=[Report("AFP")])
    later = line.record(moved(5), occurred="2026-01-02", reports=[Report("AFP", published="2026-02-01")])
    situation = line.at(reported="2026-01-10")
    assert set(situation.left_out) == {unpublished, undated}
    assert later not in situation.left_out
    assert situation.facilities[HOL].kind == "camp"
    assert line.at().left_out == ()


def test_what_the_evidence_asked_for_turns_away_is_listed(line):
    """Not credible enough, unrated, or not to be judged: left out and listed."""
    rated = [
        line.record(held(f"a{n}"), occurred=f"2026-01-0{n}", reports=[Report("AFP", credibility=n)])
        for n in (1, 2, 3, 6)
    ]
    unrated = line.record(held("b"), occurred="2026-01-09", reports=[Report("AFP")])
    silent = line.record(held("c"), occurred="2026-01-09")
    situation = line.at(accept=credible(2))
    assert situation.left_out == (*rated[2:], unrated, silent)
    assert situation.facilities[HOL].holder() == "a2"


def test_findings_show_once_what_they_are_about_is_folded(line):
    """Before the second of two doubtful twins happened, there was nothing to find."""
    line.record(moved(150), occurred="2026-01-21")
    line.record(moved(150), occurred="2026-01-21/2026-01-25")
    assert [len(line.at(day).findings) for day in ("2026-01-20", "2026-01-21", "2026-01-24", "2026-01-25")] == [
        0,
        0,
        0,
        1,
    ]


def test_findings_come_in_the_order_of_what_happened(line):
    """This holds for any order of recording."""
    line.record(held(None, SINAA, manner="vacated"), occurred="2026-01-20")
    line.record(held(None, HOL, manner="vacated"), occurred="2026-01-10")
    assert [finding.path[1] for finding in line.at().findings] == [HOL, SINAA]


def test_a_finding_is_equal_by_what_it_says():
    """The entries involved are no part of it, and stand in its text by position."""
    one, other = Timeline(), Timeline()
    other.record(FacilityRegistered(facility="another"))
    for line in (one, other):
        line.record(held(None, manner="vacated"), occurred="2026-01-10")
    (a,), (b,) = (line.at().findings.of(kind="control_gap") for line in (one, other))
    assert a == b
    assert (str(a), str(b)) == (
        "control_gap: al-hol-camp: nobody in control since 10 January 2026 [#1]",
        "control_gap: al-hol-camp: nobody in control since 10 January 2026 [#2]",
    )


def test_a_mention_without_a_date_says_so(line):
    """Talks nobody dated are undated."""
    line.record(TalksHeld(parties=("sdf",)))
    assert str(line.at().agreements.talks[0]) == "undated TalksHeld parties=sdf"


def test_the_values_of_a_history_are_printed_with_their_dates(line):
    """From when on, and what; a list shows its items."""
    line.record(held("sdf"))
    line.record(held("syria-gov"), occurred="2026-01-20")
    line.record(TalksHeld(parties=("sdf",)), occurred="2026-01-21")
    situation = line.at()
    assert [str(v) for v in situation.history("facilities", HOL, "control")] == [
        "2026-01-20  syria-gov",
        "undated  sdf",
    ]
    assert [str(v) for v in situation.history("agreements", "talks")] == [
        "2026-01-21  2026-01-21 TalksHeld parties=sdf"
    ]


def test_a_value_that_a_denial_keeps_out_follows_from_the_denial():
    """`why` names a denial that the policy picks, with the claim that it denies as the rival."""
    line = Timeline()
    escape = DetaineesEscaped(facility="prison", quantity=about(5))
    first = line.record(escape, occurred="2026-01-19", reports=[Report("A", published="2026-01-19")])
    denial = line.dispute(first, reports=[Report("B", published="2026-01-20")])
    why = line.at(policy="latest").why("custody", "prison", "escaped")
    assert [entry.id for entry in why] == [denial.id]
    assert why.value == exactly(0)
    assert [claim.event for claim in why.rivals] == [escape]
    assert line.at(policy="latest").why("custody", "prison", "died") == ()
    assert [entry.id for entry in line.at().why("custody", "prison", "escaped")] == [first.id]
