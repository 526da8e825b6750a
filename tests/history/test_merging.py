"""Merging: several entries tell of one event, which happened when all of them allow."""

from __future__ import annotations

from datetime import datetime, timezone
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline import Draft, Modality, Report, Timeline, When, exactly
from timeline.events.custody import DetaineesTransferred
from timeline.events.editorial import EventsMerged
from timeline.values.when import in_common


def moved(number=150):
    return DetaineesTransferred(quantity=exactly(number), origin="sinaa-prison", destination="karkh-prison")


def merged(*times, tz="UTC", **more):
    """Make a timeline of one event, reported once for each time; the first is kept."""
    line = Timeline(tz=tz, clock=lambda: datetime(2026, 6, 1, tzinfo=timezone.utc))
    for number, time in enumerate(times):
        line.record(moved(), occurred=time, id=f"e{number}", **more)
    line.merge("e0", [f"e{number}" for number in range(1, len(times))])
    return line


def read(line, **asked):
    """Return the time of the one event."""
    (entry,) = line.at(**asked).entries()
    return entry.occurred


@pytest.mark.parametrize(
    ("times", "found"),
    [
        (("2026-01-20/2026-02-12", "2026-01-20~"), "2026-01-20~"),
        (("2026-01-20~", "2026-01-20/2026-02-12"), "2026-01-20~"),
        (("2026-01", "2026-01-20", "2026"), "2026-01-20"),
        (("2026-01-21", "2026-01-21T09:00Z"), "2026-01-21T09:00:00Z"),
        (("2026-01-20?", "2026-01-20~"), "2026-01-20?"),
        (("2026-01-15/2026-01-25~", "2026-01-20?/2026-02-12"), "2026-01-20?/2026-01-25~"),
        (("2026-01-20?/2026-02-12", "2026-01-15/2026-01-25~"), "2026-01-20?/2026-01-25~"),
        (("2026-01", "2025-12-20/2026-01-10"), "2026-01/2026-01-10"),
        (("../2026-01-20", "2026-01-10/.."), "2026-01-10/2026-01-20"),
        (("2026-01-10/2026-01-20", "2026-01-20/2026-01-25"), "2026-01-20"),
        (("2026-01-10/2026-01-20~", "2026-01-20?/2026-01-25"), "2026-01-20?/2026-01-20~"),
        (("2026-01-10/2026-01-20~", "2026-01-20~/2026-01-25"), "2026-01-20~"),
        (("2026-01/2026-02", "2026-02/2026-03"), "2026-02"),
        (
            ("2026-01-21T09:00Z/2026-01-21T10:00Z", "2026-01-21T10:00Z/2026-01-21T11:00Z"),
            "2026-01-21T09:00:00Z/2026-01-21T10:00:00Z",
        ),
        (
            ("2026-01-21T10:00Z/2026-01-21T11:00Z", "2026-01-21T09:00Z/2026-01-21T10:00Z"),
            "2026-01-21T10:00:00Z/2026-01-21T11:00:00Z",
        ),
        (("2026-01-21T10:00Z/2026-01-22T00:00Z", "2026-01-22"), "2026-01-21T10:00:00Z/2026-01-22T00:00:00Z"),
        (("2026-01-21T09:00Z/2026-01-21T10:00Z", "2026-01-21T10:00Z"), "2026-01-21T10:00:00Z"),
        (("../2026-01-20", "2026-01-25/.."), "../2026-01-20"),
        (("[2026-01-10..2026-01-20]", "2026-01-15/2026-02"), "2026-01-15/2026-01-20"),
        (("[2026-01-10~,2026-01-20]", "2026-01/2026-01-12"), "2026-01-10~/2026-01-12"),
        (("[2026-01-10?,2026-01-20~]", "2026-01/2026-01-12"), "2026-01-10%/2026-01-12"),
        (("2026-01/2026-01-12", "[2026-01-10?..2026-01-20]"), "2026-01-10?/2026-01-12"),
        (("2026-01/2026-01-12", "[2026-01-10T10:00Z..2026-01-20T09:00Z]"), "2026-01-10T10:00:00Z/2026-01-12"),
        ((None, "2026-01-20"), "2026-01-20"),
        (("2026-01-20", None), "2026-01-20"),
        ((None, None), None),
        (("2026-01-20", "2026-01-22"), "2026-01-20"),
        (("2026-01-20", "2026-01-21", "2026-01-20/2026-01-21"), "2026-01-20"),
    ],
)
def test_what_was_merged_happened_when_all_say(times, found):
    """The narrowest of them, else what they have in common; the kept one where they have nothing."""
    occurred = read(merged(*times))
    assert (occurred and str(occurred)) == found


def test_a_confirmed_day_is_there_on_the_days_after():
    """Merged into a vague one, it is not lost until that one ends."""
    line = merged("2026-01-20/2026-02-12", "2026-01-20~")
    assert line.at("2026-01-25").custody.sent(facility="sinaa-prison") == exactly(150)


@pytest.mark.parametrize(
    ("times", "found"),
    [
        (("2026-01-20", "2026-01-22"), True),
        (("2026-01-20", "2026-01-22", "2026-01"), True),
        (("2026-01-21T09:00Z/2026-01-21T10:00Z", "2026-01-21T10:00Z/2026-01-21T11:00Z"), True),
        (("2026-01-10/2026-01-20", "2026-01-20/2026-01-25"), False),
        (("2026-01-20~", "2026-01-22"), False),
        (("2026-01-20", "2026-01-22?"), False),
        (("2026-01-20", "2026-01"), False),
        (("2026-01-20", None), False),
    ],
)
def test_times_with_nothing_in_common_are_found(times, found):
    """Unless one of them is said to be inexact."""
    kinds = [(f.kind, {entry.id for entry in f.entries}) for f in merged(*times).at().findings]
    assert kinds == ([("merged_times_differ", {f"e{n}" for n in range(len(times))})] if found else [])


def test_the_finding_says_who_gave_which_time():
    """And where it shows."""
    line = Timeline(clock=lambda: datetime(2026, 6, 1, tzinfo=timezone.utc))
    line.record(moved(), occurred="2026-01-20", id="a", reports=[Report("SANA", published="2026-02-01")])
    line.record(moved(), occurred="2026-01-22", id="b", reports=[Report("AFP", published="2026-02-02")])
    line.merge("a", ["b"])
    (found,) = line.at().findings
    for words in ("20 January 2026", "22 January 2026", "SANA", "AFP", "sinaa-prison"):
        assert words in found.message
    assert found.path[:2] == ("custody", "sinaa-prison")
    assert line.at(reported="2026-02-01").findings == ()


def test_only_what_was_published_by_then_narrows_the_time():
    """The times are those of the entries within the cuts."""
    line = Timeline(clock=lambda: datetime(2026, 6, 1, tzinfo=timezone.utc))
    line.record(moved(), occurred="2026-01", id="a", reports=[Report("SANA", published="2026-02-01")])
    line.record(moved(), occurred="2026-01-20", id="b", reports=[Report("AFP", published="2026-02-05")])
    line.merge("a", ["b"])
    assert [str(read(line, reported=day)) for day in ("2026-02-01", "2026-02-05")] == ["2026-01", "2026-01-20"]


def test_times_are_those_last_corrected():
    """A correction of a duplicate counts, before the merge or after it."""
    line = merged("2026-01", "2026-01-20")
    line.correct("e1", moved(), occurred="2026-01-21", reason="misread")
    assert str(read(line)) == "2026-01-21"
    line.correct("e0", moved(), occurred="2026-01-21T09:00Z", reason="an hour is known")
    assert str(read(line)) == "2026-01-21T09:00:00Z"


def test_what_was_retracted_says_nothing():
    """Neither a duplicate nor a merge that was taken back."""
    line = merged("2026-01", "2026-01-10/2026-01-20")
    line.record(moved(), occurred="2026-01-20", id="e2")
    merge = line.merge("e0", ["e2"])
    assert str(read(line)) == "2026-01-20"
    line.retract(merge)
    line.retract("e2")
    assert str(read(line)) == "2026-01-10/2026-01-20"


def test_a_plan_does_not_date_what_happened():
    """Only what is ACTUAL does."""
    line = Timeline(clock=lambda: datetime(2026, 6, 1, tzinfo=timezone.utc))
    line.record(moved(), occurred="2026-01", id="a")
    line.record(moved(), occurred="2026-01-20", id="b", modality=Modality.PLANNED)
    line.merge("a", ["b"])
    assert str(read(line)) == "2026-01"


@pytest.mark.parametrize("kept", [m for m in Modality if m is not Modality.ACTUAL])
def test_what_happened_stays_when_it_is_merged_into_what_did_not(kept):
    """The first ACTUAL one counts, whatever is kept: a deed never disappears behind a plan or a fear."""
    line = Timeline(clock=lambda: datetime(2026, 6, 1, tzinfo=timezone.utc))
    plan = line.record(moved(), occurred="2026-01-22", id="plan", modality=kept, reports=[Report("AFP")])
    line.record(moved(), occurred="2026-01/2026-01-26", id="done", reports=[Report("SANA")])
    line.record(moved(), occurred="2026-01-25", id="again", reports=[Report("AP")])
    line.merge(plan, ["again", "done"])
    (entry,) = line.at().entries()
    assert (entry.id, str(entry.occurred), entry.modality) == ("done", "2026-01-25", Modality.ACTUAL)
    assert {report.source for report in entry.reports} == {"SANA", "AP"}
    assert line.at().custody.sent(facility="sinaa-prison") == exactly(150)
    assert line.at().plans == ()
    assert line.at().claims("plan") == line.at().claims("done")


def test_a_plan_is_kept_until_what_carries_it_out_is_told():
    """Within the cut at which nothing had happened, it is the plan that it was."""
    line = Timeline(clock=lambda: datetime(2026, 6, 1, tzinfo=timezone.utc))
    plan = line.record(
        moved(), occurred="2026-01-22", modality=Modality.PLANNED, reports=[Report("AFP", published="2026-01-10")]
    )
    done = line.record(moved(), occurred="2026-01-23", reports=[Report("AFP", published="2026-01-24")])
    line.merge(plan, [done])
    assert [p.id for p in line.at(reported="2026-01-12").plans] == [plan.id]
    assert [e.id for e in line.at(reported="2026-01-24").entries()] == [done.id]
    line.retract(done, reason="it was another one")
    assert [p.id for p in line.at().plans] == [plan.id]


NOT_DEEDS = [m for m in Modality if m is not Modality.ACTUAL]


@pytest.mark.parametrize("kept", ["early", "deed"])
@pytest.mark.parametrize("modality", NOT_DEEDS)
@pytest.mark.parametrize("occurred", [None, "2026-02-02"])
def test_a_report_of_a_plan_is_no_report_of_the_deed(modality, kept, occurred):
    """It dates no deed, and is neither too early for one nor a delay of one."""
    line = Timeline(clock=lambda: datetime(2026, 6, 1, tzinfo=timezone.utc))
    early = line.record(
        moved(100), occurred="2026-02-01", id="early", modality=modality, reports=[Report("x", published="2026-01-20")]
    )
    line.corroborate(early, reports=[Report("z", published="2026-01-21")])
    line.record(moved(90), occurred=occurred, id="deed", reports=[Report("y", published="2026-02-03")])
    line.merge(kept, "early" if kept == "deed" else "deed")
    sent = [line.at(day).custody.sent(facility="sinaa-prison") for day in ("2026-01-20", "2026-02-03")]
    assert [number.best for number in sent] == [0, 90]
    asked = line.at()
    assert [(e.id, [r.source for r in e.reports]) for e in asked.entries()] == [("deed", ["y"])]
    assert asked.findings == ()
    assert asked.plans == line.at("2026-01-25").plans == ()
    assert len(line.delays()) == (occurred is not None)
    assert [(c.entry.id, c.status) for c in asked.told()] == [("early", "merged"), ("deed", "standing")]
    assert line.at(accept=lambda claim: any(r.source == "x" for r in claim.reports)).actual == ()
    assert line.at(reported="2026-01-25").actual == ()


def test_a_denial_is_no_source_of_the_plan_it_is_merged_with():
    """Reports stay with what they speak of: what happened, what is planned, feared or denied."""
    line = Timeline(clock=lambda: datetime(2026, 6, 1, tzinfo=timezone.utc))
    for id, modality, published in (
        ("plan", Modality.PLANNED, "2026-01-20"),
        ("denial", Modality.DENIED, "2026-01-02"),
    ):
        line.record(moved(), id=id, modality=modality, reports=[Report(id, published=published)])
    line.merge("plan", "denial")
    assert line.at("2026-01-10").plans == ()
    assert [[r.source for r in plan.reports] for plan in line.at("2026-01-20").plans] == [["plan"]]


def test_a_rival_without_a_date_of_its_own_happened_then_too():
    """Another number is another number of the same event; another day is another day."""
    line = merged("2026-01", "2026-01-20")
    number = line.dispute("e0", rival=moved(90))
    line.correct(number, moved(95), reason="misread")
    line.dispute("e1", rival=moved(80))
    line.dispute("e1", occurred="2026-01-28")
    line.dispute(line.correct("e0", moved(151), occurred="2026-01", reason="misread"), rival=moved(70))
    times = [(c.quantity.best, str(c.occurred)) for c in line.at().claims("e0")]
    assert times == [
        (151, "2026-01-20"), (95, "2026-01-20"), (70, "2026-01-20"), (80, "2026-01-20"), (150, "2026-01-28"),
    ]  # fmt: skip


def test_days_are_read_in_the_zone_of_the_timeline():
    """Half past ten in the evening in London is the day after in Baghdad."""
    times = ("2026-01-21", "2026-01-21T22:30Z")
    assert str(read(merged(*times))) == "2026-01-21T22:30:00Z"
    assert str(read(merged(*times, tz="Asia/Baghdad"))) == "2026-01-21"


WHENS = st.sampled_from(
    [
        "2026-01-20",
        "2026-01-20~",
        "2026-01-21?",
        "2026-01",
        "2026",
        "2026-01-10/2026-01-20",
        "2026-01-20/2026-02-12",
        "../2026-01-21",
        "2026-01-20/..",
        "2026-01-20T10:00Z",
        "2026-01-20T09:00Z/2026-01-20T10:00Z",
        "2026-01-20T10:00Z/2026-01-21T09:00Z",
        "2026-01-15~/2026-01-25?",
        "[2026-01-19..2026-01-22]",
        "2026-21",
    ]
)


@given(st.lists(st.one_of(WHENS, st.none()), min_size=2, max_size=4))
def test_the_order_of_duplicates_does_not_matter(times):
    """This holds for any order of the list, in one merge or in several."""
    drafts = [Draft(moved(), occurred=time, id=f"e{number}") for number, time in enumerate(times)]
    others = [f"e{number}" for number in range(1, len(times))]
    merges = [[EventsMerged(kept="e0", duplicates=tuple(order))] for order in permutations(others)]
    merges.append([EventsMerged(kept="e0", duplicates=(other,)) for other in others])
    merges.append([EventsMerged(kept="e0", duplicates=(other,)) for other in reversed(others)])
    said = set()
    for acts in merges:
        line = Timeline(clock=lambda: datetime(2026, 6, 1, tzinfo=timezone.utc))
        line.record_all([*drafts, *map(Draft, acts)])
        asked = line.at()
        said.add((str(read(line)), tuple((f.kind, f.message) for f in asked.findings)))
    assert len(said) == 1


@given(st.lists(WHENS, min_size=1, max_size=4).map(lambda texts: [When(text) for text in texts]))
def test_what_times_have_in_common_is_what_each_allows(times):
    """Moment by moment: the bounds are the narrowest, and the text is one of them where one says so."""
    spans = [time.span() for time in times]
    common = (max(span.start for span in spans), min(span.end for span in spans))
    found = in_common(times)
    said = [time for time, span in zip(times, spans, strict=True) if span == common]
    if common[0] >= common[1] or (common[1] - common[0] == 1 and not said):  # an instant that none of them names
        assert found is None
        return
    assert found is not None
    assert found.span() == common
    assert found == said[0] if said else found not in times
