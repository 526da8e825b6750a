"""Parts: what breaks a whole down, what tells of whom, and what neither may do to the numbers of the whole."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline import Draft, Timeline, about, at_least, between, exactly, unspecified, up_to
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
)
from timeline.events.facility import ControlChanged
from timeline.projections.custody import HEADINGS
from timeline.values.quantity import Balance, Quantity

SINAA, HOL, KARKH = "sinaa-prison", "al-hol-camp", "karkh-prison"
PLACES = (None, SINAA, HOL, KARKH, "in-transit")
COHORTS = (None, "fighters", "tunisian")
AUTHORITIES = (None, "sdf", "syria-gov")
ALONG = (DetaineesTransferred, DetaineesRepatriated)
AT = (DetaineesAdmitted, DetaineesRecaptured, DetaineesReleased, DetaineesEscaped, DetaineesDied)
NAMED = StatementMade(
    about=[
        *(f"facility:{place}" for place in PLACES if place),
        *(f"cohort:{cohort}" for cohort in (*COHORTS, "iraqi") if cohort),
        *(f"authority:{authority}" for authority in AUTHORITIES if authority),
    ]
)
"""Tells of all of them, so that they can be asked for."""
CLOCK = {"clock": lambda: datetime(2026, 3, 1, tzinfo=timezone.utc)}


def timeline(*drafts: Draft) -> Timeline:
    """Make a timeline of some drafts of January, recorded on the first of March."""
    line = Timeline(**CLOCK)
    line.record_all([Draft(NAMED), *drafts])
    return line


def told(event: Any, day: int, **more: Any) -> Draft:
    """Make a draft of an event on a day of January."""
    return Draft(event, occurred=f"2026-01-{day:02}", **more)


def counted(quantity: Quantity, day: int = 1, **fields: Any) -> Draft:
    """Make a count of the prison."""
    return told(HeadcountReported(facility=SINAA, quantity=quantity, **fields), day)


def left(quantity: Quantity, **fields: Any) -> DetaineesTransferred:
    """People were moved out of the prison."""
    return DetaineesTransferred(quantity=quantity, **{"origin": SINAA, "destination": KARKH, **fields})


def held(line: Timeline, day: int = 28, **asked: Any) -> str:
    """Return the number of people in the prison."""
    return str(line.at(f"2026-01-{day:02}").custody.held(**{"facility": SINAA, **asked}))


def kinds(line: Timeline) -> list[str]:
    """Return the kinds of findings, without those that only compare entries."""
    return [found.kind for found in line.at().findings if found.kind != "possible_duplicate"]


numbers = st.integers(0, 200)
quantities = st.one_of(
    numbers.map(exactly),
    numbers.map(about),
    numbers.map(at_least),
    numbers.map(up_to),
    st.tuples(numbers, numbers).map(lambda ends: between(min(ends), max(ends))),
    st.just(unspecified("some")),
)
days = st.integers(2, 9)


@st.composite
def flows(draw: st.DrawFn) -> Any:
    """Draw a flow of some people, of a stated cohort or not."""
    fields: dict[str, Any] = {"quantity": draw(quantities), "cohort": draw(st.sampled_from(COHORTS))}
    cls = draw(st.sampled_from((*ALONG, *AT)))
    if cls in ALONG:
        return cls(origin=draw(st.sampled_from(PLACES)), destination=draw(st.sampled_from(PLACES)), **fields)
    return cls(facility=draw(st.sampled_from(PLACES)), **fields)


@st.composite
def backgrounds(draw: st.DrawFn) -> list[Draft]:
    """Draw counts, flows and changes of control, from the first of January to the tenth."""
    counts = st.builds(
        HeadcountReported,
        facility=st.sampled_from((SINAA, HOL)),
        quantity=quantities,
        cohort=st.sampled_from(COHORTS),
    )
    held_by = st.builds(ControlChanged, facility=st.sampled_from((SINAA, HOL)), authority=st.sampled_from(AUTHORITIES))
    happened = st.lists(st.tuples(st.one_of(counts, held_by, flows()), st.integers(1, 10)), max_size=6)
    return [told(event, day) for event, day in draw(happened)]


def asked(line: Timeline, day: int, cohorts: tuple[str | None, ...]) -> dict[Any, str]:
    """Return every number of facilities, authorities and some cohorts."""
    custody = line.at(f"2026-01-{day:02}").custody
    questions = [
        {"facility": facility, "authority": authority, "cohort": cohort}
        for facility in PLACES
        for authority in AUTHORITIES
        for cohort in cohorts
    ]
    return {
        (heading, *question.values()): str(getattr(custody, heading)(**question))
        for heading in ("held", *HEADINGS)
        for question in questions
    }


def undisturbed(drafts: list[Draft], first: int, second: int) -> list[Draft]:
    """Draw events, but none between a part and its whole that changes their meaning.

    A count has seen the part. People of no stated cohort who went may have been of the part.
    """
    if first >= second:
        return drafts
    return [
        draft
        for draft in drafts
        if isinstance(draft.event, ControlChanged)
        or not first <= int(str(draft.occurred)[-2:]) <= second
        or not (isinstance(draft.event, HeadcountReported) or draft.event.cohort is None)
    ]


@given(st.data(), backgrounds(), flows(), days, days, quantities)
def test_a_part_changes_no_number_of_its_whole(data, before, event, day, part_day, share):
    """With either dated first, every sum and stock of all, and of the cohort of the whole, is unchanged."""
    before = undisturbed(before, part_day, day)
    names = {} if event.cohort else {"cohort": data.draw(st.sampled_from(COHORTS))}
    part = type(event)(quantity=share, batch="second", **names)
    whole = told(event, day, id="whole")
    alone, broken = timeline(*before, whole), timeline(*before, whole, told(part, part_day, part_of="whole"))
    cohorts = tuple({None, event.cohort})
    for when in {max(day, part_day), 28}:
        assert asked(broken, when, cohorts) == asked(alone, when, cohorts)


@given(backgrounds(), st.sampled_from(COHORTS), days, days, quantities, quantities)
def test_a_part_of_another_cohort_takes_nothing_from_that_of_its_whole(before, cohort, day, part_day, all_, share):
    """Of 150 fighters 85 are Tunisian: 150 fighters left all the same."""
    before = undisturbed(before, part_day, day)
    whole = told(left(all_, cohort="fighters"), day, id="whole")
    part = told(left(share, cohort=cohort), part_day, part_of="whole")
    alone, broken = timeline(*before, whole), timeline(*before, whole, part)
    assert asked(broken, 28, (None, "fighters")) == asked(alone, 28, (None, "fighters"))


@given(st.lists(st.tuples(quantities, st.integers(2, 9), st.sampled_from(COHORTS)), max_size=5), quantities)
def test_any_number_of_parts_leaves_the_whole_as_it_is(shares, all_):
    """Before, with and after it, by cohort and by batch."""
    base = [counted(exactly(1000)), told(left(all_), 5, id="whole")]
    parts = [
        told(left(share, cohort=cohort, batch=str(number)), day, part_of="whole")
        for number, (share, day, cohort) in enumerate(shares)
    ]
    assert asked(timeline(*base, *parts), 28, (None,)) == asked(timeline(*base), 28, (None,))


@given(quantities, quantities, quantities, st.sampled_from((None, "iraqi")))
def test_a_count_between_has_seen_the_part(all_, share, recount, cohort):
    """The loss after the count is the whole without the part, as intervals, and at least nobody."""
    line = timeline(
        counted(exactly(1000)),
        told(left(all_), 6, id="whole"),
        told(left(share, cohort=cohort), 3, part_of="whole"),
        counted(recount, 4),
    )
    if recount.known:
        rest = Balance.of(Balance.of(all_).minus(Balance.of(share)).shown())
        assert held(line) == str(Balance.of(recount).minus(rest).shown())


@pytest.mark.parametrize("cohort", [None, "iraqi"])
def test_a_count_after_the_whole_has_seen_its_parts(cohort):
    """A part that is dated later had left with the others: it is not missing from the new count."""
    line = timeline(
        counted(exactly(1000), breakdown={"iraqi": exactly(400)}),
        told(left(exactly(150)), 3, id="whole"),
        counted(exactly(850), 4, breakdown={"iraqi": exactly(315)}),
        told(left(exactly(85), cohort=cohort), 5, part_of="whole"),
    )
    assert (held(line), held(line, cohort="iraqi")) == ("850", "315")
    assert line.at().custody.sent(facility=SINAA) == exactly(150)


@pytest.mark.parametrize("part_day", [3, 5, 7])
@pytest.mark.parametrize("share", [exactly(80), about(80), unspecified()])
def test_a_part_of_another_place_left_from_there(part_day, share):
    """Of 150 out of several prisons about 80 were of this camp: between none and all of them left the rest."""
    line = timeline(
        counted(exactly(1000)),
        told(left(exactly(150)), 5, id="whole"),
        told(left(share, origin=HOL), part_day, part_of="whole"),
    )
    rest = Balance.of(Balance.of(exactly(150)).minus(Balance.of(share)).shown())
    assert held(line) == str(Balance(1000, 1000, 1000).minus(rest).shown())
    assert line.at().custody.sent() == line.at().custody.received() == exactly(150)


@pytest.mark.parametrize("part_day", [3, 5, 7])
def test_a_part_that_went_to_another_place_came_there(part_day):
    """Of 150 to Karkh 80 went to the camp: 70 came to Karkh."""
    line = timeline(
        told(HeadcountReported(facility=KARKH, quantity=exactly(1000)), 1),
        told(left(exactly(150)), 5, id="whole"),
        told(left(exactly(80), destination=HOL), part_day, part_of="whole"),
    )
    custody = line.at().custody
    assert (custody.held(facility=KARKH), custody.received(facility=KARKH)) == (exactly(1070), exactly(70))
    assert (custody.received(facility=HOL), custody.received()) == (exactly(80), exactly(150))


@pytest.mark.parametrize("part_day", [3, 5, 7])
def test_a_part_of_a_transfer_within_one_place_was_not_sent_either(part_day):
    """A transfer to the place that people are in is not counted; nor is a part of it, unless it left."""
    within = told(left(exactly(150), destination=SINAA), 5, id="w")
    share = {"quantity": exactly(85), "cohort": "iraqi"}
    stayed = timeline(counted(exactly(1000)), within, told(DetaineesTransferred(**share), part_day, part_of="w"))
    gone = timeline(
        counted(exactly(1000)), within, told(DetaineesTransferred(**share, destination=KARKH), part_day, part_of="w")
    )
    assert (held(stayed), str(stayed.at().custody.sent()), str(stayed.at().custody.received())) == ("1,000", "0", "0")
    assert (held(gone), str(gone.at().custody.sent()), str(gone.at().custody.received())) == ("915", "85", "85")


def test_only_single_cohorts_counted_a_part_widens_nothing():
    """About 85 Iraqis of 150: the sum over the cohorts is what it was without them."""
    base = [
        counted(exactly(400), cohort="iraqi"),
        counted(exactly(600), cohort="foreign"),
        told(left(exactly(150)), 5, id="w"),
    ]
    for day in (3, 5, 7):
        line = timeline(*base, told(left(about(85), cohort="iraqi"), day, part_of="w"))
        assert held(line) == held(timeline(*base)) == "≥850"


def test_a_cohort_told_of_only_as_a_part_is_no_unknown_stock():
    """All fighters are counted; that some of those who left were Tunisian adds nobody uncounted."""
    line = timeline(
        counted(exactly(1000), cohort="fighters"),
        told(left(exactly(150), cohort="fighters"), 5, id="w"),
        told(left(about(85), cohort="tunisian"), 6, part_of="w"),
    )
    assert (held(line), held(line, cohort="fighters")) == ("850", "850")
    assert line.at().custody.sent(cohort="tunisian") == about(85)


@pytest.mark.parametrize("days", [(5, 6, 7), (7, 6, 5), (6, 5, 7), (6, 7, 5), (5, 7, 6), (7, 5, 6)])
@pytest.mark.parametrize("named", [{}, {"origin": SINAA}])
def test_a_part_of_a_part_adds_nothing_in_any_order(days, named):
    """A part that leaves its places open has those of the whole of the whole."""
    whole, iraqis, batch = days
    line = timeline(
        counted(exactly(1000)),
        told(left(exactly(150), operation="op"), whole, id="whole"),
        told(
            DetaineesTransferred(quantity=exactly(85), cohort="iraqi", operation="op"), iraqis, id="i", part_of="whole"
        ),
        told(DetaineesTransferred(quantity=exactly(40), batch="1", operation="op", **named), batch, part_of="i"),
    )
    custody = line.at().custody
    assert (held(line), str(custody.operations["op"].moved), custody.operations["op"].batches) == ("850", "150", 1)
    assert str(custody.sent(facility=SINAA)) == "150"
    assert str(custody.sent(facility=SINAA, cohort="iraqi")) == "85"


def test_parts_in_a_circle_are_not_lost():
    """Two entries that merging makes parts of one another: one of them is the whole."""
    line = timeline(
        counted(exactly(1000)),
        told(left(exactly(150)), 5, id="a"),
        told(left(exactly(85), cohort="iraqi"), 6, id="b", part_of="a"),
        told(left(exactly(150), batch="1"), 5, id="c", part_of="b"),
    )
    line.merge("a", ["c"])
    assert held(line) == "850"


@pytest.mark.parametrize("days", [(19, 20), (20, 19)])
def test_of_whom_is_a_flow_of_its_own(days):
    """1,500 got away, of whom 1,300 were caught again: 1,500 got away."""
    line = timeline(
        counted(exactly(2000)),
        told(DetaineesEscaped(facility=SINAA, quantity=exactly(1500)), days[0], id="whole"),
        told(DetaineesRecaptured(facility=SINAA, quantity=exactly(1300)), days[1], part_of="whole"),
    )
    custody = line.at().custody
    assert (str(custody.escaped(facility=SINAA)), str(custody.recaptured(facility=SINAA))) == ("1,500", "1,300")
    assert (held(line), kinds(line)) == ("1,800", [])


@given(backgrounds(), flows(), flows(), days, days)
def test_what_is_told_of_whom_is_what_it_is_by_itself(before, event, other, day, other_day):
    """A part of another type changes no number: all are what they are if nobody links the two."""
    if type(event) is type(other):
        return
    whole = told(event, day, id="whole")
    linked = timeline(*before, whole, told(other, other_day, part_of="whole"))
    alone = timeline(*before, whole, told(other, other_day))
    assert asked(linked, 28, COHORTS) == asked(alone, 28, COHORTS)


@pytest.mark.parametrize("days", [(19, 20), (20, 19)])
def test_who_left_one_place_in_two_ways_is_counted_twice(days):
    """Of 120 who escaped 20 died, reported as dying in the prison: both take them out of it, which is found."""
    line = timeline(
        counted(exactly(1000)),
        told(DetaineesEscaped(facility=SINAA, quantity=exactly(120)), days[0], id="whole"),
        told(DetaineesDied(facility=SINAA, quantity=exactly(20)), days[1], id="part", part_of="whole"),
    )
    assert held(line) == "860"
    (found,) = line.at().findings
    assert (found.kind, found.path) == ("counted_twice", ("custody", SINAA, "held"))
    assert {entry.id for entry in found.entries} == {"whole", "part"}
    assert SINAA in found.message
    assert {"120 escaped", "20 died"} <= set(found.message.partition(": ")[2].partition(",")[0].split(" and "))


@pytest.mark.parametrize(
    ("whole", "part"),
    [
        (DetaineesEscaped(facility=SINAA), DetaineesDied(facility=HOL)),
        (DetaineesEscaped(facility=SINAA), DetaineesDied()),
        (DetaineesEscaped(), DetaineesDied()),
        (HeadcountReported(facility=SINAA), DetaineesDied(facility=SINAA)),
        (left(exactly(5)), DetaineesDied(facility=KARKH)),
    ],
)
def test_who_left_two_places_or_none_that_is_named_is_not_counted_twice(whole, part):
    """They may have gone on to where the other event finds them."""
    line = timeline(told(whole, 5, id="whole"), told(part, 6, part_of="whole"))
    assert "counted_twice" not in kinds(line)


def test_parts_of_another_type_may_exceed_their_whole_too():
    """More were caught again than had got away: a finding."""
    line = timeline(
        told(DetaineesEscaped(facility=SINAA, quantity=exactly(100)), 5, id="whole"),
        told(DetaineesRecaptured(facility=HOL, quantity=exactly(120)), 6, part_of="whole"),
    )
    assert kinds(line) == ["parts_exceed_whole"]
    assert line.at().findings[0].entries == line.entries()[-2:]


def test_a_part_of_a_reclassification_takes_nothing_from_it():
    """100 Iraqis are Syrian now, of whom 40 are Turkish: a question for Syrians gives 100."""
    line = timeline(
        counted(exactly(1000), breakdown={"iraqi": exactly(500), "syrian": exactly(0), "turkish": exactly(0)}),
        told(
            DetaineesReclassified(facility=SINAA, quantity=exactly(100), from_cohort="iraqi", to_cohort="syrian"),
            5,
            id="w",
        ),
        told(DetaineesReclassified(facility=SINAA, quantity=exactly(40), to_cohort="turkish"), 6, part_of="w"),
    )
    stocks = [held(line, cohort=cohort) for cohort in (None, "iraqi", "syrian", "turkish")]
    assert stocks == ["1,000", "400", "100", "40"]


# -- headcounts --------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", [1, 2, 3])
@pytest.mark.parametrize("cohort", [None, "fighters"])
def test_a_share_of_a_count_is_no_count_of_all(day, cohort):
    """300 in one wing, of 1,000: whichever was counted first."""
    line = timeline(
        told(HeadcountReported(facility=SINAA, quantity=exactly(1000), cohort=cohort), 2, id="whole"),
        told(HeadcountReported(facility=SINAA, quantity=exactly(300), cohort=cohort), day, part_of="whole"),
    )
    assert (held(line), kinds(line)) == ("1,000", [])
    assert held(line, cohort=cohort) == "1,000"
