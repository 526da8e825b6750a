"""Rival claims: which are listed, which have evidence enough, and which of them is folded."""

from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline import Modality, Report, Timeline, When, about, at_least, between, credible, exactly, unspecified, up_to
from timeline.errors import InvalidValue
from timeline.events.border import BorderMeasureTaken
from timeline.events.custody import DetaineesEscaped, DetaineesReleased
from timeline.events.facility import ControlChanged
from timeline.history.policies import POLICIES

SHADDADI = "al-shaddadi-prison"


@pytest.fixture
def line():
    """An empty timeline that takes everything in on 1 March 2026."""
    return Timeline(clock=lambda: datetime(2026, 3, 1, tzinfo=timezone.utc))


def escape(quantity=exactly(0), **more):
    return DetaineesEscaped(facility=SHADDADI, quantity=quantity, **more)


def rated(reliability=None, credibility=None, source="AFP"):
    return Report(source, reliability=reliability, credibility=credibility)


def disputed(line, first, *rivals):
    """Record an escape on the 19th, and rivals to it; each a quantity, or (quantity, reports)."""
    quantity, reports = first if isinstance(first, tuple) else (first, ())
    entry = line.record(escape(quantity), occurred="2026-01-19", reports=reports)
    for rival in rivals:
        quantity, reports = rival if isinstance(rival, tuple) else (rival, ())
        line.dispute(entry, rival=None if quantity is None else escape(quantity), reports=reports)
    return entry


def escaped(line, **asked):
    return line.at(**asked).custody.escaped()


# -- listed ------------------------------------------------------------------------------------------


def test_claims_are_listed_with_their_dates_and_reports(line):
    """The target as it stands, then its rivals: another number, another day, and a denial."""
    entry = line.record(escape(about(120)), occurred="2026-01-19", reports=[Report("MoI", credibility=2)])
    number = line.dispute(entry, rival=escape(about(1500)), reports=[Report("SDF", credibility=3)])
    day = line.dispute(entry, occurred="2026-01-20", reports=[Report("AFP")])
    denial = line.dispute(entry, reason="nobody escaped", reports=[Report("governor")])
    claims = line.at().claims(entry)
    assert [(c.entry, c.event, str(c.occurred), [r.source for r in c.reports]) for c in claims] == [
        (entry, escape(about(120)), "2026-01-19", ["MoI"]),
        (number, escape(about(1500)), "2026-01-19", ["SDF"]),
        (day, escape(about(120)), "2026-01-20", ["AFP"]),
        (denial, None, "2026-01-19", ["governor"]),
    ]
    assert [c.denies for c in claims] == [None, None, None, entry.id]
    assert [c.quantity for c in claims] == [about(120), about(1500), about(120), None]
    assert claims == line.at().claims(entry.id)


def test_claims_are_printed_with_who_made_them(line):
    """One line of what is said, the reports beneath it."""
    entry = disputed(
        line, (about(120), [Report("MoI", published="2026-01-20", credibility=2)]), (None, [Report("governor")])
    )
    assert [str(claim).splitlines() for claim in line.at().claims(entry)] == [
        ["2026-01-19 DetaineesEscaped facility=al-shaddadi-prison quantity=≈120", "    MoI, 2026-01-20, rated 2"],
        ["2026-01-19 denied: DetaineesEscaped facility=al-shaddadi-prison quantity=≈120", "    governor"],
    ]


def test_an_undated_claim_says_so(line):
    """No time is made up for it."""
    entry = line.record(escape(about(120)))
    assert str(line.at().claims(entry)[0]).startswith("undated ")


def test_claims_stay_within_the_cuts(line):
    """By what was public on the 21st there was no rival; outside every cut there is no claim at all."""
    entry = line.record(escape(about(120)), occurred="2026-01-19", reports=[Report("MoI", published="2026-01-20")])
    line.dispute(entry, rival=escape(about(1500)), reports=[Report("SDF", published="2026-01-22")])
    assert [len(line.at(reported=day).claims(entry)) for day in ("2026-01-19", "2026-01-21", "2026-01-22")] == [0, 1, 2]


def test_what_names_no_other_claims_nothing_outside_the_cuts(line):
    """An entry that stands alone has its claim from the day it was public on."""
    entry = line.record(escape(about(120)), occurred="2026-01-19", reports=[Report("MoI", published="2026-01-20")])
    assert line.at(reported="2026-01-19").claims(entry) == ()
    assert [claim.entry for claim in line.at(reported="2026-01-20").claims(entry)] == [entry]


def test_a_correction_stands_first_and_a_retracted_entry_claims_nothing(line):
    """The target stands as last corrected."""
    entry = disputed(line, about(120), about(1500))
    line.correct(entry, escape(about(200)))
    assert [claim.quantity for claim in line.at().claims(entry)] == [about(200), about(1500)]
    line.retract(entry)
    assert line.at().claims(entry) == ()


def test_an_entry_nobody_disputed_has_one_claim(line):
    """Its own."""
    entry = line.record(ControlChanged(facility=SHADDADI, authority="sdf"), occurred="2026-01-19")
    (claim,) = line.at().claims(entry)
    assert (claim.quantity, claim.modality) == (None, Modality.ACTUAL)


# -- policies ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", list(POLICIES))
def test_without_rivals_every_policy_picks_the_only_claim(line, policy):
    """Nothing to choose from."""
    disputed(line, between(100, 200, 150))
    assert escaped(line, policy=policy) == between(100, 200, 150)


def test_the_target_stands_by_default(line):
    """Disputing adds a rival; it replaces nothing."""
    disputed(line, about(120), about(1500))
    assert escaped(line) == escaped(line, policy="standing") == about(120)
    assert [finding.kind for finding in line.at().findings] == ["disputed"]


@pytest.mark.parametrize(
    ("first", "second", "winner"),
    [
        (rated("B"), rated("A"), 1),
        (rated("A", 5), rated("B", 1), 0),
        (rated("A", 2), rated("A", 1), 1),
        (rated("C"), rated("F"), 0),
        (rated("D"), rated("F"), 1),
        (rated("D"), rated(None), 1),
        (rated("F"), rated(None), 0),
        (rated("A", 6), rated("A", 3), 1),
        (rated("A", 6), rated("A", 4), 0),
        (rated("A", 6), rated("A", 2), 1),
        (rated("A", None), rated("A", 6), 0),
        (rated(None, 4), rated(None, None), 1),
        (rated("A", 1), rated("A", 1), 0),
    ],
)
def test_the_most_reliable_claim(line, first, second, winner):
    """By reliability, then credibility; F, 6 and unrated in the middle; the first of equals."""
    disputed(line, (exactly(0), [first]), (exactly(1), [second]))
    assert escaped(line, policy="most_reliable") == exactly(winner)


def test_a_claim_is_as_reliable_as_its_best_report(line):
    """Many weak reports do not drag a good one down, nor make up for one."""
    disputed(line, (exactly(0), [rated("C"), rated("C"), rated("C")]), (exactly(1), [rated("E"), rated("B")]))
    assert escaped(line, policy="most_reliable") == exactly(1)


def test_a_claim_without_reports_ranks_in_the_middle(line):
    """Nobody judged it, which is not the worst."""
    disputed(line, (exactly(0), [rated("E", 5)]), exactly(1))
    assert escaped(line, policy="most_reliable") == exactly(1)


def test_a_denial_that_ranks_best_wins(line):
    """Then nothing is folded, and the entry is listed as left out."""
    entry = disputed(line, (exactly(120), [rated("C", 3)]), (None, [rated("A", 1)]))
    situation = line.at(policy="most_reliable")
    assert (situation.custody.escaped(), situation.left_out) == (exactly(0), (entry,))
    assert situation.entries() == ()
    assert escaped(line) == exactly(120)


NUMBERS = [
    ((exactly(120), exactly(200)), exactly(120), exactly(200)),
    ((exactly(200), exactly(120)), exactly(120), exactly(200)),
    ((about(120), exactly(200)), about(120), exactly(200)),
    ((between(100, 300), exactly(200)), between(100, 300), between(100, 300)),
    ((between(100, 900, 150), exactly(200)), between(100, 900, 150), exactly(200)),
    ((at_least(120), up_to(100)), up_to(100), at_least(120)),
    ((unspecified("عشرات"), exactly(200), exactly(120)), exactly(120), exactly(200)),
    ((unspecified("a"), unspecified("b")), unspecified("a"), unspecified("a")),
    ((exactly(120), exactly(120)), exactly(120), exactly(120)),
    ((exactly(120), None), exactly(120), exactly(120)),
    ((exactly(150), up_to(1000)), exactly(150), up_to(1000)),
    ((up_to(1000), exactly(150)), exactly(150), up_to(1000)),
    ((at_least(50), between(0, 70)), at_least(50), between(0, 70)),
    ((exactly(120), about(120)), about(120), about(120)),
    ((about(120), exactly(120)), about(120), about(120)),
    ((at_least(120), exactly(120), up_to(120)), up_to(120), at_least(120)),
    ((exactly(0), up_to(0)), exactly(0), exactly(0)),
]


@pytest.mark.parametrize(("claims", "low", "high"), NUMBERS)
def test_the_lowest_and_the_highest_claim(line, claims, low, high):
    """By the best number or the bound; a claim without a number only where none has one."""
    disputed(line, *claims)
    for policy, expected in (("lowest", low), ("highest", high)):
        (folded,) = line.at(policy=policy).entries()
        assert folded.event.quantity == expected
        assert folded.event.quantity.text == expected.text


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ((exactly(120), exactly(200)), between(120, 200)),
        ((exactly(200), exactly(120), exactly(150)), between(120, 200)),
        ((about(150), between(100, 200, 150)), about(150)),
        ((exactly(150), between(100, 200, 150)), between(100, 200, 150)),
        ((at_least(100), up_to(300)), unspecified()),
        ((at_least(100), at_least(200)), at_least(100)),
        ((up_to(100), up_to(300)), up_to(300)),
        ((exactly(120), None), exactly(120)),
        ((unspecified(), exactly(5)), unspecified()),
    ],
)
def test_the_envelope_spans_what_all_allow(line, claims, expected):
    """Lowest low, highest high, open where one is; a best only where all agree on it."""
    disputed(line, *claims)
    assert escaped(line, policy="envelope") == expected


def test_the_envelope_keeps_the_wording_of_one_claim_only(line):
    """A span over several is nobody's wording."""
    for rivals, text in (((), "حوالي"), ((exactly(5),), "")):
        one = Timeline()
        disputed(one, about(5, text="حوالي"), *rivals)
        assert one.at(policy="envelope").entries()[0].event.quantity.text == text


def test_the_envelope_leaves_other_units_and_other_events_aside(line):
    """Kilometres do not widen a number of drones, and a handover has no number at all."""
    entry = line.record(
        BorderMeasureTaken(sector="n", measure="watch", quantity=exactly(3, unit="drones")), occurred="2026-01-19"
    )
    line.dispute(entry, rival=BorderMeasureTaken(sector="n", measure="wall", quantity=exactly(90, unit="km")))
    line.dispute(entry, rival=ControlChanged(facility=SHADDADI))
    (measure,) = line.at(policy="envelope").border.measures
    assert measure.event.quantity == exactly(3, unit="drones")


@pytest.mark.parametrize("policy", ["lowest", "highest", "envelope"])
def test_a_rival_with_a_number_does_not_displace_what_has_none(line, policy):
    """A number is compared with that of the claim that stands, and there is none."""
    entry = line.record(ControlChanged(facility=SHADDADI, authority="sdf"), occurred="2026-01-19")
    line.dispute(entry, rival=escape(exactly(120)))
    assert (line.at(policy=policy).facilities[SHADDADI].holder(), escaped(line, policy=policy)) == ("sdf", exactly(0))


@pytest.mark.parametrize("policy", ["lowest", "highest", "envelope"])
def test_claims_without_numbers_leave_the_first_standing(line, policy):
    """The holder of a place has no lowest and no highest."""
    entry = line.record(ControlChanged(facility=SHADDADI, authority="sdf"), occurred="2026-01-19")
    line.dispute(entry, rival=ControlChanged(facility=SHADDADI, authority="syria-gov"))
    assert line.at(policy=policy).facilities[SHADDADI].holder() == "sdf"


def published(*days):
    """Make reports of these days; None: of no date."""
    return [Report("news agency", published=day) for day in days]


@pytest.mark.parametrize(
    ("claims", "latest"),
    [
        ([published("2026-01-20"), published("2026-01-21")], 1),
        ([published("2026-01-21"), published("2026-01-20")], 0),
        ([published("2026-01-19", "2026-01-23"), published("2026-01-21")], 0),
        ([published("2026-01-20"), published(None)], 0),
        ([published(None), published("2026-01-20")], 1),
        ([[], published("2026-01-20")], 1),
        ([published("2026-01-20"), published("2026-01-20")], 1),
        ([published(None), []], 1),
        ([published("2026-01"), published("2026-01-21")], 0),
        ([published("2026-01-22/.."), published("2026-01-21")], 1),
    ],
)
def test_the_latest_claim(line, claims, latest):
    """By the newest report of each; a fuzzy date counts at its end, and one without an end not at all."""
    numbers = [exactly(120), exactly(200)]
    disputed(line, *zip(numbers, claims, strict=True))
    assert escaped(line, policy="latest") == numbers[latest]


def test_the_latest_claim_within_a_cut(line):
    """Later publications have not said anything yet."""
    disputed(line, (exactly(120), published("2026-01-20", "2026-01-24")), (exactly(200), published("2026-01-22")))
    cuts = ("2026-01-21", "2026-01-22", "2026-01-24")
    assert [str(escaped(line, policy="latest", reported=day)) for day in cuts] == ["120", "200", "120"]


def test_the_latest_claim_in_the_zone_of_the_timeline():
    """In Baghdad the 21st had ended when it was ten in the evening in London."""
    for tz, latest in (("UTC", 120), ("Asia/Baghdad", 200)):
        line = Timeline(tz=tz, clock=lambda: datetime(2026, 3, 1, tzinfo=timezone.utc))
        disputed(line, (exactly(120), published("2026-01-21")), (exactly(200), published("2026-01-21T22:00:00Z")))
        assert escaped(line, policy="latest") == exactly(latest)


def test_a_denial_published_last_wins(line):
    """Then nothing is folded."""
    disputed(line, (exactly(120), published("2026-01-20")), (None, published("2026-01-21")))
    assert escaped(line, policy="latest") == exactly(0)


def test_a_function_is_asked_about_every_case(line):
    """Also of one claim, so that it can turn away what nobody disputes."""
    asked = []
    disputed(line, exactly(120))
    disputed(line, exactly(5), exactly(7))

    def none_of_them(claims):
        asked.append(len(claims))

    assert escaped(line, policy=none_of_them) == exactly(0)
    assert sorted(asked) == [1, 2]


QUANTITIES = st.one_of(
    st.integers(0, 9).map(exactly),
    st.integers(0, 9).map(about),
    st.integers(0, 9).map(at_least),
    st.integers(0, 9).map(up_to),
    st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda ends: between(min(ends), max(ends))),
    st.just(unspecified()),
    st.integers(0, 9).map(lambda number: exactly(number, unit="families")),
)
DAYS = st.sampled_from([None, "2026-01-19", "2026-01-20", "2026-01-21", "2026-01"])


def ranked(claims, *, low):
    """Return the claim that a brute-force reading of the rule picks: by number, by possible numbers, then the first."""
    unit = claims[0].unit
    best = None
    for quantity in claims:
        number = quantity.best
        for bound in (quantity.low, quantity.high) if low else (quantity.high, quantity.low):
            number = bound if number is None and bound else number
        if quantity.unit != unit or (quantity.best is None and quantity.low == 0 and quantity.high is None):
            continue
        bound = quantity.low if low else -(10**6 if quantity.high is None else quantity.high)
        rank = ((number or 0) if low else -(number or 0), bound)
        if best is None or rank < best[0]:
            best = (rank, quantity)
    return claims[0] if best is None else best[1]


@given(st.lists(QUANTITIES, min_size=1, max_size=5))
def test_the_lowest_and_the_highest_are_those_of_the_rule(claims):
    """This holds for all claims, in any order."""
    line = Timeline(clock=lambda: datetime(2026, 3, 1, tzinfo=timezone.utc))
    entry = line.record(BorderMeasureTaken(sector="n", measure="m", quantity=claims[0]), occurred="2026-01-19")
    for quantity in claims[1:]:
        line.dispute(entry, rival=BorderMeasureTaken(sector="n", measure="m", quantity=quantity))
    for policy in ("lowest", "highest"):
        (measure,) = line.at(policy=policy).border.measures
        assert measure.event.quantity == ranked(claims, low=policy == "lowest")


@given(st.lists(st.lists(DAYS, max_size=3), min_size=1, max_size=4), DAYS)
def test_the_latest_is_that_of_the_rule(claims, reported):
    """Of the reports published by a cut, the newest wins, or else the one recorded last."""
    line = Timeline(clock=lambda: datetime(2026, 3, 1, tzinfo=timezone.utc))
    disputed(line, *((exactly(number), published(*days)) for number, days in enumerate(claims)))
    ends = {None: 0, "2026-01-19": 19, "2026-01-20": 20, "2026-01-21": 21, "2026-01": 31}
    by = ends[reported] or 99
    told = [(max(seen), number) for number, days in enumerate(claims) if (seen := _seen(days, ends, by, reported))]
    expected = [exactly(max(told)[1])] if told else []
    assert [e.event.quantity for e in line.at(policy="latest", reported=reported).entries()] == expected


def _seen(days, ends, by, reported):
    """Return the ends of publications by a cut; without a cut, undated reports count too."""
    dated = [ends[day] for day in days if day is not None and ends[day] <= by]
    return dated or ([0] if reported is None else [])


def test_a_rival_may_be_another_kind_of_event(line):
    """They did not escape, they were released: whichever is picked is what happened."""
    entry = disputed(line, (exactly(120), [rated("C")]))
    line.dispute(entry, rival=DetaineesReleased(facility=SHADDADI, quantity=exactly(120)), reports=[rated("A")])
    custody = line.at(policy="most_reliable").custody
    assert (custody.escaped(), custody.released()) == (exactly(0), exactly(120))


def test_a_rival_date_is_folded_on_its_date(line):
    """A dispute about the day moves the event, if the policy picks it."""
    entry = line.record(escape(exactly(120)), occurred="2026-01-19", reports=[rated("C")])
    line.dispute(entry, occurred="2026-01-25", reports=[rated("A")])
    assert escaped(line, occurred="2026-01-20") == exactly(120)
    assert escaped(line, occurred="2026-01-20", policy="most_reliable") == exactly(0)
    assert line.at(policy="most_reliable").entries()[0].occurred == When("2026-01-25")


def test_a_policy_may_be_a_function_of_the_claims(line):
    """Such as: the last word counts; or: nothing disputed does."""
    entry = disputed(line, exactly(120), exactly(200), exactly(150))
    assert escaped(line, policy=lambda claims: claims[-1]) == exactly(150)
    undisputed = line.at(policy=lambda claims: claims[0] if len(claims) == 1 else None)
    assert (undisputed.custody.escaped(), undisputed.left_out) == (exactly(0), (entry,))


def test_an_unknown_policy_is_refused(line):
    """The message names those there are."""
    with pytest.raises(
        InvalidValue, match="expected standing, most_reliable, lowest, highest, envelope, latest, or a function"
    ):
        line.at(policy="loudest")


# -- evidence ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("worst", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("credibility", [None, 1, 2, 3, 4, 5, 6])
def test_credible_asks_for_a_report_that_good(line, worst, credibility):
    """As good or better; unrated and *cannot be judged* never qualify."""
    entry = disputed(line, (exactly(120), [rated(credibility=credibility)]))
    qualifies = credibility is not None and credibility <= worst
    situation = line.at(accept=credible(worst))
    assert situation.custody.escaped() == exactly(120 if qualifies else 0)
    assert situation.left_out == (() if qualifies else (entry,))


def test_a_policy_that_gives_no_claim_is_refused(line):
    """The error shows what it gave instead, and holds it."""
    disputed(line, exactly(120), exactly(200))
    with pytest.raises(InvalidValue, match="the policy gave 120: expected one of the claims") as caught:
        escaped(line, policy=lambda claims: claims[0].quantity.low)
    assert caught.value.value == 120


def test_of_merged_duplicates_of_which_only_rivals_were_public_the_first_rival_stands(line):
    """The disputes were published before what they dispute."""
    early, late = (Report(source, published=day) for source, day in (("AFP", "2026-01-20"), ("AP", "2026-02-01")))
    first, second = (disputed(line, (exactly(120), [late]), (exactly(n), [early])) for n in (200, 300))
    line.merge(first, second)
    situation = line.at(reported="2026-01-25")
    assert situation.custody.escaped() == exactly(200)
    assert [claim.event.quantity for claim in situation.claims(first)] == [exactly(200), exactly(300)]


def test_one_good_report_among_bad_ones_is_enough(line):
    """The best one speaks; a corroboration may bring it."""
    entry = disputed(line, (exactly(120), [rated(credibility=5), rated()]))
    assert escaped(line, accept=credible(1)) == exactly(0)
    line.corroborate(entry, reports=[rated(credibility=1)])
    assert escaped(line, accept=credible(1)) == exactly(120)


def test_evidence_is_asked_of_rivals_too(line):
    """A rival that alone is credible stands; if only the denial is, nothing does."""
    disputed(line, (exactly(120), [rated(credibility=4)]), (exactly(200), [rated(credibility=1)]))
    assert escaped(line, accept=credible(2)) == exactly(200)
    other = Timeline()
    entry = disputed(other, (exactly(120), [rated(credibility=4)]), (None, [rated(credibility=1)]))
    situation = other.at(accept=credible(2))
    assert (situation.custody.escaped(), situation.left_out) == (exactly(0), (entry,))


def test_a_credible_denial_does_not_hide_a_credible_claim(line):
    """By default what was claimed stands, denied or not."""
    disputed(line, (exactly(120), [rated(credibility=2)]), (None, [rated(credibility=1)]))
    assert escaped(line, accept=credible(2)) == exactly(120)


def test_a_credible_rival_behind_a_credible_denial_stands(line):
    """The target is not credible, the denial says nothing happened, the rival says what did."""
    disputed(
        line,
        (exactly(120), [rated(credibility=5)]),
        (None, [rated(credibility=1)]),
        (exactly(50), [rated(credibility=1)]),
    )
    assert escaped(line, accept=credible(2)) == exactly(50)


def test_evidence_and_policy_act_together(line):
    """The highest of those that are credible."""
    disputed(
        line,
        (exactly(120), [rated(credibility=2)]),
        (exactly(200), [rated(credibility=2)]),
        (exactly(1500), [rated(credibility=5)]),
    )
    assert escaped(line, accept=credible(2), policy="highest") == exactly(200)
    assert escaped(line, policy="highest") == exactly(1500)


@pytest.mark.parametrize("worst", [0, 6, True, None, "2", 2.5])
def test_asking_for_another_credibility_is_refused(worst):
    """Six is not a degree of credibility, and zero is not on the scale."""
    with pytest.raises(InvalidValue, match=r"expected 1 \(confirmed\) to 5 \(improbable\)"):
        credible(worst)


def test_why_under_envelope_names_every_claim_that_widens_it(line):
    """A range spanning three claims follows from all three, and from the corrections of each."""
    first = line.record(
        DetaineesEscaped(facility="al-shaddadi-prison", quantity=exactly(120)),
        occurred="2026-01-19",
        reports=[Report("ministry")],
    )
    rival = line.dispute(
        first, rival=DetaineesEscaped(facility="al-shaddadi-prison", quantity=exactly(1500)), reports=[Report("SDF")]
    )
    corrected = line.correct(
        rival, DetaineesEscaped(facility="al-shaddadi-prison", quantity=exactly(1400)), reports=[Report("SDF")]
    )
    other = line.dispute(
        first, rival=DetaineesEscaped(facility="al-shaddadi-prison", quantity=exactly(200)), reports=[Report("Reuters")]
    )
    s = line.at(policy="envelope")
    assert s.custody.escaped(facility="al-shaddadi-prison") == between(120, 1400)
    assert set(s.why("custody", "al-shaddadi-prison", "escaped")) == {first, corrected, other}


def test_why_under_envelope_names_the_correction_of_the_claim_that_stands(line):
    """An entry corrected from 120 to 130 spans to 200 by all three: the entry, its correction, and the rival."""
    first = line.record(escape(exactly(120)), occurred="2026-01-19")
    corrected = line.correct(first, escape(exactly(130)))
    rival = line.dispute(first, rival=escape(exactly(200)))
    s = line.at(policy="envelope")
    assert s.custody.escaped(facility=SHADDADI) == between(130, 200)
    assert s.why("custody", SHADDADI, "escaped") == (first, corrected, rival)


def test_under_envelope_an_entry_nobody_disputed_is_backed_by_nothing(line):
    """Its own entry makes the claim, and does not back it as well."""
    line.record(escape(exactly(120)), occurred="2026-01-19")
    picked = []
    line.at(policy=lambda claims: picked.append(POLICIES["envelope"](claims)) or picked[-1]).custody.escaped()
    assert [claim.backed_by for claim in picked] == [()]


def whens(line, entry):
    """Return the date and the modality of each claim."""
    return [(str(claim.occurred), claim.modality) for claim in line.at().claims(entry)]


def test_a_rival_without_a_date_follows_the_corrected_date_of_its_target(line):
    """By way of another rival too; a rival with a date of its own, or corrected to one, keeps it."""
    entry = disputed(line, exactly(1500), exactly(120))
    first = line.dispute(entry, rival=escape(exactly(200)))
    line.dispute(first, rival=escape(exactly(210)))
    own = line.dispute(entry, rival=escape(exactly(300)), occurred="2026-01-18")
    line.dispute(own, rival=escape(exactly(310)))
    later = line.dispute(entry, rival=escape(exactly(400)))
    line.correct(later, escape(exactly(410)), occurred="2026-01-17")
    fixed = line.correct(entry, escape(exactly(1500)), occurred="2026-01-20")
    line.correct(first, escape(exactly(220)))
    days = ["20", "20", "20", "20", "18", "18", "17"]
    assert [when for when, _ in whens(line, entry)] == [f"2026-01-{day}" for day in days]
    assert line.at("2026-01-19", policy="lowest").custody.escaped(facility=SHADDADI) == exactly(0)
    line.retract(fixed)
    assert [when for when, _ in whens(line, entry)][:4] == ["2026-01-19"] * 4


def test_a_rival_follows_the_corrected_date_of_the_rival_it_disputes(line):
    """And not that of the entry."""
    entry = disputed(line, exactly(1500))
    rival = line.dispute(entry, rival=escape(exactly(120)))
    line.dispute(rival, rival=escape(exactly(100)))
    line.correct(rival, escape(exactly(120)), occurred="2026-01-21")
    assert [when for when, _ in whens(line, entry)] == ["2026-01-19", "2026-01-21", "2026-01-21"]


def test_a_rival_of_a_plan_is_one_of_the_deed_that_it_proved_to_be(line):
    """A dispute gives no modality; a correction of it may."""
    entry = line.record(escape(exactly(1500)), occurred="2026-01-19", modality=Modality.PLANNED)
    line.dispute(entry, rival=escape(exactly(120)))
    feared = line.dispute(entry, rival=escape(exactly(90)))
    line.correct(feared, escape(exactly(90)), modality=Modality.HYPOTHETICAL)
    line.correct(entry, escape(exactly(1500)), modality=Modality.ACTUAL)
    assert [modality for _, modality in whens(line, entry)] == [Modality.ACTUAL] * 2 + [Modality.HYPOTHETICAL]


def test_a_rival_follows_a_correction_that_stands_for_its_unpublished_target(line):
    """The target is outside the reported cut, its correction is not."""
    entry = line.record(escape(exactly(1500)), occurred="2026-01-19", reports=[Report("a", published="2026-01-25")])
    line.dispute(entry, rival=escape(exactly(120)), reports=[Report("b", published="2026-01-21")])
    line.correct(entry, escape(exactly(1400)), occurred="2026-01-20", reports=[Report("a", published="2026-01-22")])
    claims = line.at(reported="2026-01-22").claims(entry)
    assert [str(claim.occurred) for claim in claims] == ["2026-01-20", "2026-01-20"]
    assert [str(claim.occurred) for claim in line.at(reported="2026-01-21").claims(entry)] == ["2026-01-19"]


def test_a_correction_keeps_the_modality_that_an_unpublished_one_gave(line):
    """The plan proved to be a deed, and so reads the correction of both."""
    plan = line.record(escape(exactly(9)), modality=Modality.PLANNED, reports=[Report("a", published="2026-01-25")])
    deed = line.correct(
        plan, escape(exactly(8)), modality=Modality.ACTUAL, reports=[Report("a", published="2026-01-26")]
    )
    line.correct(deed, escape(exactly(7)), reports=[Report("a", published="2026-01-20")])
    found = line.at(reported="2026-01-20")
    assert [claim.modality for claim in found.claims(plan)] == [Modality.ACTUAL]
    assert found.custody.escaped(facility=SHADDADI) == exactly(7)


@pytest.mark.parametrize("act", [Timeline.corroborate, Timeline.correct])
def test_a_rival_follows_a_date_that_others_made_public(line, act):
    """The correction that gives it was not published, but somebody said the same, or corrected that."""
    entry = line.record(escape(exactly(1500)), occurred="2026-01-19", reports=[Report("a", published="2026-01-25")])
    line.dispute(entry, rival=escape(exactly(120)), reports=[Report("b", published="2026-01-21")])
    fixed = line.correct(entry, escape(exactly(1400)), occurred="2026-01-20")
    said = {"replacement": escape(exactly(1300))} if act is Timeline.correct else {}
    act(line, fixed, **said, reports=[Report("c", published="2026-01-22")])
    claims = line.at(reported="2026-01-22").claims(entry)
    assert [str(claim.occurred) for claim in claims] == ["2026-01-20", "2026-01-20"]


def test_a_rival_date_follows_the_corrected_number_of_its_target(line):
    """It says when, not how many; the correction of such a rival says both."""
    entry = disputed(line, exactly(1500))
    line.dispute(entry, occurred="2026-01-18")
    said = line.dispute(entry, occurred="2026-01-17")
    line.correct(said, escape(exactly(100)))
    line.correct(entry, escape(exactly(1400)), occurred="2026-01-20")
    found = [(str(claim.occurred)[-2:], claim.quantity.best) for claim in line.at().claims(entry)]
    assert found == [("20", 1400), ("18", 1400), ("17", 100)]


@pytest.mark.parametrize("rival", [None, escape(exactly(120))])
@pytest.mark.parametrize("act", [Timeline.corroborate, Timeline.correct])
def test_the_claims_of_a_rival_that_others_made_public_are_those_of_its_event(line, act, rival):
    """A claim in the list leads to its event, by the entry that it names."""
    entry = line.record(escape(exactly(1500)), reports=[Report("a", published="2026-01-19")])
    denial = line.dispute(entry, rival=rival, reports=[Report("b", published="2026-02-01")])
    said = {"replacement": escape(exactly(130))} if act is Timeline.correct else {}
    act(line, denial, **said, reports=[Report("c", published="2026-01-20")])
    for found in (line.at(reported="2026-01-20"), line.at(reported="2026-02-01")):
        assert len(found.claims()) == 2
        assert all(found.claims(claim.entry) == found.claims(entry) for claim in found.claims())
