"""Every value in both clocks: the last span that covers a point is what the timeline says there."""

from __future__ import annotations

import random
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.workload import drafts
from timeline import Projection, Reading, Report, Timeline, about, credible
from timeline.answers.spans import ValueSpan
from timeline.errors import InvalidValue, InvalidWhen, UnknownName
from timeline.events import custody, facility
from timeline.events.naming import tags_of
from timeline.live.entries import EntryCache
from timeline.testing.strategies import Chronicle, adversarial_histories, coherent_histories, messy_histories
from timeline.values.instants import FIRST, FUTURE, LAST, PAST, instant

PRISON, ESCAPED = "al-shaddadi-prison", ("custody", "al-shaddadi-prison", "escaped")


def tags(reading: Reading) -> list[str]:
    return list(tags_of(reading.event))


MENTIONS = Projection(name="mentions", keys=tags, evolve=lambda count, reading, key: (count or 0) + 1)
"""How often each name was told of: by key, and shown as kept."""
TOTALS = Projection(
    name="totals",
    keys=tags,
    evolve=lambda count, reading, key: (count or 0) + 1,
    view=lambda snapshot: {"all": sum(snapshot.values()), "names": len(snapshot)},
    flat=lambda view: (((name,), number) for name, number in view.items()),
)
"""What follows from all keys at once, and that only `flat` knows."""


def span(occurred: int | None) -> str | Any:
    return None if occurred is None else instant(occurred - 1)


def points(line: Timeline) -> tuple[list[int | None], list[int | None]]:
    """Return the moments of both clocks at which anything can change, and the free clock."""
    readings = line.at().readings
    occurred = {m for reading in readings for m in (reading.start, reading.end, reading.end + 1)}
    published = {r.published.span(line.tz).end for e in line.entries() for r in e.reports if r.published is not None}
    inside = [[m for m in sorted(found) if FIRST < m <= LAST] for found in (occurred, published)]
    return [None, FIRST + 1, *inside[0]], [None, FIRST + 1, *inside[1]]


def agree(line: Timeline, picks: list[tuple[int | None, int | None]], **asked: Any) -> None:
    """See that spans and cuts say the same, for each path that either knows."""
    paths = line.paths(**asked)
    for occurred, reported in picks:
        s = line.at(span(occurred), reported=span(reported), **asked)
        shown = s._flat
        assert set(shown) <= set(paths)
        for path in paths:
            spans = line.spans(*path, **asked)
            assert spans.at(occurred, reported) == shown.get(path, spans.rest), (path, occurred, reported)
            if path not in shown and spans.rest is not None:
                assert s.value(*path) == spans.rest


@given(
    messy_histories(),
    st.sampled_from([{}, {"policy": "highest"}, {"policy": "latest"}, {"accept": credible(3)},
                     {"policy": lambda claims: claims[-1] if claims[-1].event is not None else None}]),
    st.data(),
)  # fmt: skip
def test_the_last_span_that_covers_a_point_is_the_answer_there(told: Chronicle, asked: Any, data: Any) -> None:
    """Law: for every path of every projection, users' own too, at any evidence and policy."""
    line = told.timeline(projections=[MENTIONS, TOTALS])
    if data.draw(st.booleans()):
        asked = {**asked, "recorded": data.draw(st.sampled_from([*line.entries()])).recorded_at}
    occurred, reported = points(line)
    picks = st.tuples(st.sampled_from(occurred), st.sampled_from(reported))
    agree(line, data.draw(st.lists(picks, min_size=6, max_size=6)), **asked)


def test_a_publication_of_other_entries_counts_under_a_policy_of_a_user_s():
    """The first entry is linked to none of them, and read with them all the same."""
    line = Timeline(projections=[TOTALS])
    opened = facility.FacilityRegistered(facility="al-hol-camp")
    line.record(opened, id="first")
    line.record(opened, id="second", reports=[Report("Reuters", published="2026-02-01")])
    line.record(opened, id="third", after=["second"])
    found = line.spans("totals", "all", policy=lambda claims: claims[-1])
    assert [span.value for span in found] == [2, 3]


@given(messy_histories(), st.sampled_from([{}, {"policy": "lowest"}, {"accept": credible(3)}]), st.data())
def test_findings_and_claims_are_those_of_each_publication(told: Chronicle, asked: Any, data: Any) -> None:
    """Law: what covers a moment of the reported clock is what a situation finds, and what was claimed."""
    line = told.timeline(projections=[MENTIONS])
    reported = data.draw(st.sampled_from(points(line)[1]))
    s = line.at(reported=span(reported), **asked)
    assert Counter(line.spans("findings", **asked).at(reported)) == Counter(s.findings)

    def said(claim: Any) -> Any:
        return claim.entry.id, claim.event, claim.occurred, claim.modality, claim.reports, claim.status

    assert Counter(map(said, line.spans("claims", **asked).at(reported))) == Counter(map(said, s.claims()))


@given(messy_histories(), st.data())
def test_paths_that_no_view_lists_have_spans_too(told: Chronicle, data: Any) -> None:
    """Law: what `value` says at a point."""
    line = told.timeline()
    names = [tag.partition(":")[2] for e in line.entries() for tag in e.tags if tag.startswith("facility:")]
    if not names:
        return
    path = data.draw(st.sampled_from([("custody", "escaped", n) for n in names] + [("facilities", n) for n in names]))
    spans = line.spans(*path)
    occurred, reported = points(line)
    for o, r in data.draw(st.lists(st.tuples(st.sampled_from(occurred), st.sampled_from(reported)), max_size=4)):
        assert spans.at(o, r) == line.at(span(o), reported=span(r)).value(*path)


def raising(reading: Reading) -> list[str]:
    if "sdf" in str(reading.event):
        raise ValueError("sdf")
    return tags(reading)


@pytest.mark.parametrize("part", ["keys", "evolve"])
def test_a_projection_that_raises_says_so_in_its_spans(part: str) -> None:
    """As its values in a situation do, and spoils no other."""
    parts: dict[str, Any] = {"keys": tags, "evolve": lambda count, reading, key: len(raising(reading))}
    if part == "keys":
        parts = {"keys": raising, "evolve": lambda count, reading, key: 1}
    line = Timeline.demo()
    line = Timeline(line.log, projections=[Projection(name="broken", **parts)])
    picks = [(None, None), (None, points(line)[1][40]), (points(line)[0][60], points(line)[1][60])]
    agree(line, picks)
    for _, reported in picks:
        found = line.spans("findings").at(reported)
        assert Counter(found) == Counter(line.at(reported=span(reported)).findings)


def escapes() -> Timeline:
    line = Timeline()
    for number, (day, published) in enumerate((("2026-01-19", "2026-01-20"), ("2026-01-18", "2026-01-25"))):
        told = custody.DetaineesEscaped(facility=PRISON, quantity=about(10 + number))
        line.record(told, occurred=day, reports=[Report("wire", published=published)], id=f"e{number}")
    return line


def test_spans_show_themselves() -> None:
    """In words, as a frame, in a notebook; with the entry that brought the value."""
    spans = escapes().spans(*ESCAPED)
    assert str(spans).splitlines() == [
        "as published from 2026-01-20 on: from 2026-01-19  ≈10",
        "as published from 2026-01-25 on: 2026-01-18 to 2026-01-19  ≈11",
        "as published from 2026-01-25 on: from 2026-01-19  ≈21",
    ]
    assert [s.entry.id for s in spans] == ["e0", "e1", "e0"]
    assert (spans[0].ends > FUTURE, spans[0].published > PAST) == (True, True)
    assert spans.to_arrow()["value_best"].to_pylist() == [10, 11, 21]
    assert "≈21" in spans._repr_mimebundle_()["text/html"]
    assert repr(spans) == "<Spans: 3>"
    claims = escapes().spans("claims")
    assert str(claims).startswith("2026-01-20  2026-01-19 DetaineesEscaped")
    assert claims.to_arrow().num_rows == 2


def test_spans_print_moments_in_the_zone_of_the_timeline() -> None:
    """As learned and history do; what has no date says so."""
    line = Timeline(tz="Asia/Baghdad")
    held = facility.ControlChanged(facility=PRISON, authority="sdf")
    line.record(held, occurred="2026-01-10", reports=[Report("wire", published="2026-01-11")], id="held")
    line.record(facility.ControlChanged(facility=PRISON, authority="syria-gov"))
    spans = line.spans("facilities", PRISON, "control")
    first, last = str(spans).splitlines()
    assert first == "as published from 2026-01-11 on: from 2026-01-10  sdf"
    assert last.startswith("as published without a date: from ")
    assert [spans.at("2026-01-10", day) for day in ("2026-01-10", "2026-01-11")] == [None, "sdf"]
    claims = line.spans("claims")
    assert str(claims).startswith("2026-01-11  2026-01-10 ControlChanged")
    assert [len(claim) for claim in claims] == [3, 3], "published from, until, and what"
    assert [len(claims.at(day)) for day in ("2026-01-10", "2026-01-11", None)] == [0, 1, 2]
    with pytest.raises(InvalidWhen):
        claims.at("yesterday")
    with pytest.raises(InvalidWhen):
        spans.at("yesterday")


def test_spans_refuse_what_names_nothing() -> None:
    """As every question by path does; and the two clocks that they are about."""
    line = escapes()
    with pytest.raises(UnknownName):
        line.spans("custody", "nowhere", "escaped")
    with pytest.raises(KeyError, match="names no value"):
        line.spans("custody", PRISON, "nothing")
    with pytest.raises(InvalidValue, match="reported"):
        line.spans(*ESCAPED, reported="2026-01-20")


def test_spans_know_what_was_recorded_since() -> None:
    """They are worked out once for each state of the log."""
    line = escapes()
    before = line.spans(*ESCAPED)
    assert line.spans(*ESCAPED) is before
    line.record(custody.DetaineesEscaped(facility=PRISON, quantity=about(5)), occurred="2026-01-20")
    assert line.spans(*ESCAPED).at() == about(26)
    line.redact("e0")
    assert line.spans(*ESCAPED).at() == about(16)


@pytest.mark.parametrize("many", [0, 5000])
@pytest.mark.slow
def test_spans_come_from_inside_the_fold(many: int) -> None:
    """On the demo and on a long log, random points of all paths equal `at`."""
    if many:
        sys.path.insert(0, str(Path(__file__).parents[1]))
        from bench import workload

        line = Timeline()
        line.record_all(workload.drafts(many))
    else:
        line = Timeline.demo()
    drawn, (occurred, reported) = random.Random(7), points(line)
    agree(line, [(drawn.choice(occurred), drawn.choice(reported)) for _ in range(4 if many else 20)])


@given(st.one_of(messy_histories(), coherent_histories(max_size=6), adversarial_histories()))
def test_the_spans_of_one_path_are_those_among_all(told: Chronicle) -> None:
    """A path asked alone is made of the entries that bear on it, and says the same as one asked with all others."""
    whole = told.timeline()
    for path in whole.paths():
        alone = told.timeline()
        assert repr([span[:4] for span in alone.spans(*path)]) == repr([span[:4] for span in whole.spans(*path)])
        assert str(alone.learned("2026-01-15", *path)) == str(whole.learned("2026-01-15", *path))


def test_the_spans_of_one_path_read_only_what_bears_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest of a long log is not read for a path, nor for what was learned of it."""
    line = Timeline()
    line.record_all(drafts(1500))
    name = "lonely"
    line.record(facility.ControlChanged(facility=name, authority="sdf"), occurred="2024-05-01")
    line.record(facility.ControlChanged(facility=name, authority="isis"), occurred="2024-06-01")
    assert line.at().findings
    read: list[int] = []
    get = EntryCache.get
    monkeypatch.setattr(EntryCache, "get", lambda self, positions: read.extend(positions) or get(self, positions))
    assert line.spans("facilities", name, "control")
    line.learned("2024-07-01", "facilities", name, "control")
    assert len(read) < 100


def test_learned_passes_each_span_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The value as of every publication comes from one pass, not from a search for each."""
    line = Timeline()
    for day in range(1, 29):
        told = [Report("wire", published=f"2026-01-{day:02}")]
        line.record(
            custody.DetaineesAdmitted(facility=PRISON, quantity=about(day)), occurred="2026-01-01", reports=told
        )
    passed, covers = [], ValueSpan.covers
    monkeypatch.setattr(ValueSpan, "covers", lambda span, *at: passed.append(span) or covers(span, *at))
    assert len(line.learned(None, "custody", PRISON, "received")) == 28
    assert len(passed) == len(set(passed)) == 28
