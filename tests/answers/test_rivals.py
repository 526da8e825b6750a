"""The value that another claim would give, if it counted."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline import Quantity, Report, Timeline, about, at_least, credible, exactly
from timeline.errors import InvalidValue, UnknownName
from timeline.events import custody, facility
from timeline.events.declare import akin
from timeline.history.cases import Editing
from timeline.history.policies import POLICIES
from timeline.index import cutting
from timeline.index.views import ViewCache
from timeline.projections.custody import HEADINGS
from timeline.testing.strategies import Chronicle, messy_histories

PRISON, ESCAPED = "al-shaddadi-prison", ("custody", "al-shaddadi-prison", "escaped")
DAYS = (None, "2026-01-03", "2026-01-20", "2026-02-28")


def escaped(quantity: Quantity) -> Any:
    return custody.DetaineesEscaped(facility=PRISON, quantity=quantity)


def line_of_rivals() -> Timeline:
    line = Timeline()
    line.record(escaped(about(120)), occurred="2026-01-19", id="a", reports=[Report("MoI", published="2026-01-20")])
    line.dispute("a", rival=escaped(about(1500)), id="b", reports=[Report("SDF", published="2026-01-19")])
    line.dispute("a", rival=escaped(at_least(100)), id="c", reports=[Report("wire", published="2026-01-21")])
    line.dispute("a", id="d", reports=[Report("governor", published="2026-01-22", credibility=1)])
    line.dispute("a", rival=custody.DetaineesReleased(facility=PRISON, quantity=about(9)), id="e")
    return line


def test_the_value_of_a_path() -> None:
    """As the views and the history have it; None where nothing is said."""
    s = line_of_rivals().at()
    assert s.value(*ESCAPED) == s.custody.escaped(facility=PRISON) == about(120)
    assert s.value("custody", "escaped", PRISON) == about(120)
    assert s.value("facilities", PRISON, "members") is None
    assert s.value("custody", PRISON, "held") is None
    with pytest.raises(UnknownName):
        s.value("custody", "nowhere", "escaped")
    with pytest.raises(KeyError):
        s.value("custody", PRISON, "nothing")


def test_rivals_of_any_kind_dispute_a_value() -> None:
    """A number, a denial, another type of event: each with the value there would be."""
    found = line_of_rivals().at().disputed(*ESCAPED)
    assert [(rival.claim.entry.id, rival.value) for rival in found] == [
        ("b", about(1500)), ("c", at_least(100)), ("d", exactly(0)), ("e", exactly(0)),
    ]  # fmt: skip
    assert not line_of_rivals().at("2026-01-01").disputed(*ESCAPED)
    assert [r.claim.entry.id for r in line_of_rivals().at(policy="highest").disputed(*ESCAPED)] == ["a", "c", "d", "e"]
    assert [r.claim.entry.id for r in line_of_rivals().at(accept=credible(1)).disputed(*ESCAPED)] == []


def test_rivals_show_themselves() -> None:
    """In a line, as text, in a notebook, as a frame."""
    s = line_of_rivals().at()
    found = s.disputed(*ESCAPED)
    assert repr(found).startswith("<Rivals: ≈1,500 (SDF) [#2]; ")
    assert str(s.disputed("facilities", PRISON, "control")) == "not disputed"
    assert "governor" in found._repr_mimebundle_()["text/html"]
    assert found.to_arrow()["value_best"].to_pylist() == [1500, None, 0, 0]


def test_how_far_apart_the_versions_of_a_number_are() -> None:
    """Denials and claims of another type are left aside."""
    spread = line_of_rivals().at().spread(*ESCAPED)
    assert (spread.lowest, spread.highest, spread.low, spread.high, spread.versions) == (120, 1500, 0, None, 3)
    assert [rival.claim.entry.id for rival in spread.rivals] == ["b", "c"]
    assert repr(spread) == (
        f"<Spread: custody · {PRISON} · escaped: best 120 to 1,500, from 0 to any number, 3 versions>"
    )
    assert "SDF" in str(spread)
    assert spread.to_arrow()["status"].to_pylist() == ["present", "rival", "rival"]


def test_only_numbers_are_spread() -> None:
    """A holder has rivals, and no spread."""
    line = Timeline()
    line.record(facility.ControlChanged(facility=PRISON, authority="sdf"), id="a")
    with pytest.raises(InvalidValue, match="disputed"):
        line.at().spread("facilities", PRISON, "control")
    line.record(facility.ControlChanged(facility="al-hol-camp", authority="sdf"), occurred="2026-01-10")
    with pytest.raises(InvalidValue, match="is sdf: expected the path of a number"):
        line.at("2025-01-01", reported="2025-01-01").spread("facilities", "al-hol-camp", "control")
    assert line.at().spread("facilities", PRISON, "capacity").versions == 0


def test_one_version_is_counted_in_the_singular() -> None:
    """So is everything else that is counted."""
    line = Timeline()
    line.record(escaped(exactly(10)), occurred="2026-01-01", reports=[Report("x", published="2026-01-01T23:00Z")])
    assert repr(line.at().spread(*ESCAPED)).endswith(", 1 version>")
    assert repr(line.delays()).startswith("<Delays: 1 delay, none to 23 hours;")


def test_the_value_under_each_policy() -> None:
    """By the name of the policy."""
    versions = line_of_rivals().at().versions(*ESCAPED)
    assert versions == {
        "standing": about(120), "most_reliable": exactly(0), "lowest": exactly(0), "highest": about(1500),
        "envelope": Quantity(0, None, None), "latest": exactly(0),
    }  # fmt: skip
    assert repr(versions).startswith("<Versions: standing ≈120, most_reliable 0")
    assert versions.to_arrow().num_rows == 6


def test_what_is_denied_or_retracted_is_as_the_view_says() -> None:
    """Custody says 0: so do value, rivals, versions, spread, and the answers along the reported clock."""
    line = Timeline()
    line.record(escaped(exactly(10)), occurred="2026-01-01", id="a", reports=[Report("x", published="2026-01-02")])
    line.dispute("a", reports=[Report("gov", published="2026-01-12")], id="d")
    latest = line.at(policy="latest")
    assert latest.custody.escaped(facility=PRISON) == latest.value(*ESCAPED) == exactly(0)
    assert [str(rival) for rival in line.at().disputed(*ESCAPED)] == ["0 (gov) [#2]"]
    assert line.at().versions(*ESCAPED)["latest"] == exactly(0)
    assert (latest.spread(*ESCAPED).value, latest.spread(*ESCAPED).lowest) == (exactly(0), 0)
    line.retract("a", reports=[Report("x", published="2026-01-14")])
    assert str(line.learned(None, *ESCAPED)).splitlines() == ["2026-01-02  10 [#1]", "2026-01-14  0 [#3]"]
    assert [span.value for span in line.spans(*ESCAPED)] == [exactly(10), exactly(0)]
    assert line.spans("custody", "escaped", PRISON)[-1].value == exactly(0)
    assert line.spans(*ESCAPED).at("2025-12-01") == exactly(0)
    assert (line.at().value("custody", PRISON, "held"), line.at().value("custody", PRISON, "counted")) == (None, None)


def test_a_flag_that_is_denied_is_false() -> None:
    """The view of a facility that nobody contests says so."""
    path = ("facilities", PRISON, "contested")
    line = Timeline()
    line.record(facility.FacilityRegistered(facility=PRISON, kind="prison"), occurred="2026-01-01")
    line.record(facility.ControlContested(facility=PRISON, claimants=("a", "b")), occurred="2026-01-02", id="c")
    line.dispute("c", id="no")
    assert line.at().versions(*path)["latest"] is False
    assert line.at(policy="latest").facilities[PRISON].contested is False
    assert line.at("2026-01-01").value(*path) is False is line.spans(*path).at("2026-01-01")


def line_of_many_disputes(facilities: int, each: int) -> Timeline:
    line = Timeline()
    for number in range(facilities * each):
        place = f"prison-{number % facilities}"
        line.record(custody.DetaineesEscaped(facility=place, quantity=exactly(1)), id=f"e{number}")
        line.dispute(f"e{number}", rival=custody.DetaineesEscaped(facility=place, quantity=exactly(2)))
    return line


def test_only_what_bears_on_a_value_is_picked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log of many disputes costs a question about one of them no more."""
    made: list[object] = []
    cut = ViewCache._cut
    monkeypatch.setattr(ViewCache, "_cut", lambda views, asked: made.append(asked) or cut(views, asked))
    assert len(line_of_many_disputes(50, 1).at().disputed("custody", "prison-7", "escaped")) == 1
    assert len(made) == 2


def test_each_pick_reads_one_event_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """All others read as with the pick before."""
    read: list[object] = []
    history = cutting.history
    monkeypatch.setattr(cutting, "history", lambda entries, **asked: read.append(entries) or history(entries, **asked))
    assert len(line_of_many_disputes(1, 50).at(policy="lowest").disputed("custody", "prison-0", "escaped")) == 50
    assert len(read) < 5 * 50


def test_the_editorial_entries_of_an_event_are_applied_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pick among many rivals of one event reads the claims again, and not the entries that made them."""
    line = Timeline()
    line.record(escaped(exactly(0)), occurred="2026-01-19", id="e0")
    for number in range(1, 50):
        line.dispute("e0", rival=escaped(exactly(number)))
    applied: list[object] = []
    apply = Editing.apply
    monkeypatch.setattr(Editing, "apply", lambda editing, entry: applied.append(entry) or apply(editing, entry))
    assert len(line.at().spread(*ESCAPED).rivals) == 49
    assert len(applied) <= 2 * 49


# -- laws ----------------------------------------------------------------------------------------------


def shown(asked: Any, path: tuple[str, ...]) -> Any:
    """Return the value that is shown at a path, else what the view answers to a question."""
    if path in asked._flat:
        return asked._flat[path]
    if path[0] == "custody" and path[2] in HEADINGS:
        return getattr(asked.custody, path[2])(facility=path[1])
    return False if path[-1] in ("contested", "overdue") else None


def only(id: str, otherwise: Any) -> Any:
    """Pick one claim, wherever it is among those of a case."""
    return lambda claims: next((c for c in claims if c.entry.id == id), None) or otherwise(claims)


@given(
    messy_histories(),
    st.sampled_from(DAYS),
    st.sampled_from(DAYS),
    st.sampled_from([*POLICIES]),
    st.sampled_from([None, credible(3)]),
    st.data(),
)
def test_v_of_c_is_what_the_timeline_says_if_c_is_picked(
    told: Chronicle, occurred: Any, reported: Any, policy: Any, accept: Any, data: st.DataObject
) -> None:
    """At any setting of the clocks, for any path: each rival is one whose pick changes the value."""
    line = told.timeline()
    clocks = {"occurred": occurred, "reported": reported, "accept": accept}
    s = line.at(**clocks, policy=policy)
    paths = sorted({*s._flat, *line.at()._flat})
    if not paths:
        return
    path = data.draw(st.sampled_from(paths))
    assert s.value(*path) == shown(s, path)
    expected = {}
    for entry in line.entries():
        claims = s.claims(entry)
        for claim in claims if len(claims) > 1 else ():
            if (
                accept is None
                or accept(claim)
                or not claim.reports
                and isinstance(claim.event, facility.FacilityRegistered)
            ):
                picked = line.at(**clocks, policy=only(claim.entry.id, POLICIES[policy]))
                expected[claim.entry.id] = shown(picked, path)
    found = {rival.claim.entry.id: rival.value for rival in s.disputed(*path)}
    assert found == {id: value for id, value in expected.items() if value != s.value(*path)}
    for name, value in s.versions(*path).items():
        assert value == shown(line.at(**clocks, policy=name), path)
    if isinstance(s.value(*path), Quantity):
        spread, standing = s.spread(*path), {c.entry.id: s.claims(c.entry)[0] for c in s.claims()}
        alike = [s.value(*path)]
        for claim in s.claims():
            first = standing[claim.entry.id].event
            value = expected.get(claim.entry.id)
            if value is not None and claim.event is not None and akin(claim.event, first):
                alike.append(value)
        assert spread.low == min(q.low for q in alike)
        assert spread.lowest == min((q.best for q in alike if q.best is not None), default=None)
        assert spread.highest == max((q.best for q in alike if q.best is not None), default=None)
        assert spread.high == (None if any(q.high is None for q in alike) else max(q.high for q in alike))
        assert spread.versions == len(set(alike))
