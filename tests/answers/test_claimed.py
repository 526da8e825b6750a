"""Claims and reports: each version of an event, by tag and type."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from timeline import Entry, Modality, Report, Timeline, about, credible
from timeline.events import border, custody, facility
from timeline.events.editorial import EDITORIAL, EventCorrected, EventDisputed, EventRetracted, EventsMerged, targets
from timeline.events.naming import tags_of, type_name
from timeline.testing.strategies import Chronicle, messy_histories

PRISON, TAG = "al-shaddadi-prison", "facility:al-shaddadi-prison"
DAYS = ("2026-01-01", "2026-01-03", "2026-01-20", "2026-02-28")


def escaped(number: int, at: str = PRISON) -> Any:
    return custody.DetaineesEscaped(facility=at, quantity=about(number))


def rows(claims: Any) -> list[tuple[str, str]]:
    return [(claim.entry.id, claim.status) for claim in claims]


def told() -> Timeline:
    """Record one escape in six versions, and a duplicate of it."""
    line = Timeline()
    line.record(escaped(120), occurred="2026-01-19", id="first", reports=[Report("AFP", published="2026-01-19")])
    line.dispute("first", rival=escaped(200), id="rival", reports=[Report("SANA", published="2026-01-20")])
    line.dispute("first", id="denial", reports=[Report("SDF", published="2026-01-21")])
    line.correct("first", escaped(130), id="corrected")
    line.record(escaped(121), occurred="2026-01-19", id="twin")
    line.merge("first", ["twin"])
    line.record(border.CrossingOpened(crossing="rabia"), id="elsewhere")
    line.record(escaped(9), id="wrong")
    line.retract("wrong")
    return line


def test_every_version_is_told_with_what_became_of_it() -> None:
    """Those of one event together, also what was corrected, merged or retracted."""
    assert rows(told().at().told(tags=[TAG])) == [
        ("first", "corrected"), ("rival", "rival"), ("denial", "denial"), ("corrected", "standing"),
        ("twin", "merged"), ("wrong", "retracted"),
    ]  # fmt: skip


def test_claims_are_what_stands_or_rivals() -> None:
    """Flat, by tag and by type; a denial matches by what it denies."""
    s = told().at()
    assert rows(s.claims(tags=TAG)) == [("rival", "rival"), ("denial", "denial"), ("corrected", "standing")]
    assert rows(s.claims(types=[custody.DetaineesEscaped])) == rows(s.claims(tags=TAG))
    assert rows(s.claims(types=["border.crossing_opened"])) == [("elsewhere", "standing")]
    assert s.claims(tags=[TAG], types=[border.CrossingOpened]) == ()


def test_claims_stay_within_the_cuts() -> None:
    """Neither occurred nor evidence nor policy make a difference; the other clocks do."""
    line = told()
    assert rows(line.at(reported="2026-01-20").claims(tags=TAG)) == [("rival", "rival"), ("corrected", "standing")]
    assert rows(line.at(recorded="2000").told()) == []
    for asked in (line.at("2000"), line.at(accept=credible(1)), line.at(policy="highest")):
        assert rows(asked.told()) == rows(line.at().told())


def test_a_version_matches_by_its_own_event() -> None:
    """Not by what it rivals."""
    line = Timeline()
    line.record(escaped(3), id="here")
    line.dispute("here", rival=escaped(3, at="al-hol-camp"), id="there")
    assert rows(line.at().claims(tags=["facility:al-hol-camp"])) == [("there", "rival")]


def test_a_rival_date_of_what_is_retracted_keeps_its_event() -> None:
    """An event that fell with its target is read with its whole text."""
    line = Timeline()
    line.record(escaped(3), id="here", modality=Modality.ACTUAL)
    line.dispute("here", occurred="2026-01-02", id="dated")
    line.retract("here")
    assert [(str(c), c.status) for c in line.at().told(tags=TAG)] == [
        ("undated DetaineesEscaped facility=al-shaddadi-prison quantity=≈3", "retracted"),
        ("2026-01-02 DetaineesEscaped facility=al-shaddadi-prison quantity=≈3", "retracted"),
    ]


def test_a_denial_of_a_denial_denies_what_that_denied() -> None:
    """This holds for a denial that stands, and for one that fell with its target."""
    line = Timeline()
    line.record(escaped(3), id="here")
    line.dispute("here", id="no")
    line.dispute("no", id="yes")
    assert [str(c) for c in line.at().claims(tags=TAG) if c.entry.id == "yes"] == [
        "undated denied: DetaineesEscaped facility=al-shaddadi-prison quantity=≈3"
    ]
    line.retract("here")
    assert [c.denied for c in line.at().told(tags=TAG)] == [None, escaped(3), escaped(3)]


def test_a_corroborated_denial_of_what_was_not_published_yet_is_no_claim() -> None:
    """A denial says nothing without what it denies, whoever corroborates it."""
    line = Timeline()
    line.record(escaped(3), id="here", reports=[Report("AFP", published="2026-01-25")])
    line.dispute("here", id="no", reports=[Report("SDF", published="2026-01-10")])
    line.corroborate("no", reports=[Report("MoI", published="2026-01-12")])
    asked = line.at(reported="2026-01-15")
    assert (asked.told(), asked.claims(), asked.claims("here")) == ((), (), ())
    assert "denied: None" not in str(line.spans("claims"))
    assert rows(line.at().claims()) == [("here", "standing"), ("no", "denial")]


def test_a_denial_known_by_its_corroboration_alone_says_what_it_denies() -> None:
    """Its own report came later."""
    line = Timeline()
    line.record(escaped(3), id="here", reports=[Report("AFP", published="2026-01-05")])
    line.dispute("here", id="no", reports=[Report("SDF", published="2026-01-25")])
    line.corroborate("no", reports=[Report("MoI", published="2026-01-12")])
    asked = line.at(reported="2026-01-15")
    assert rows(asked.claims(tags=TAG)) == rows(asked.claims("here")) == [("here", "standing"), ("no", "denial")]
    assert [claim.denied for claim in asked.claims("here")] == [None, escaped(3)]


def test_a_claim_of_what_did_not_happen_says_so() -> None:
    """As its entry does: in claims, and in their spans."""
    line = Timeline()
    for number, modality in enumerate(Modality, 1):
        line.record(escaped(number), occurred="2026-01-19", modality=modality)
    printed = str(line.at().claims())
    for text in (printed, str(line.at().told()), str(line.spans("claims"))):
        assert all(f"=≈{n} ({word})" in text for n, word in ((2, "planned"), (3, "hypothetical"), (4, "denied")))
    assert printed.startswith("standing: 2026-01-19 DetaineesEscaped facility=al-shaddadi-prison quantity=≈1\n")


def test_claims_show_themselves() -> None:
    """In a line, as text, and in a notebook."""
    claims = told().at().told(tags=TAG)
    assert repr(claims) == "<Claims: 1 corrected, 1 rival, 1 denial, 1 standing, 1 merged, 1 retracted>"
    assert "denial: 2026-01-19 denied: DetaineesEscaped facility=al-shaddadi-prison quantity=≈120" in str(claims)
    assert "SANA" in claims._repr_mimebundle_()["text/html"]
    assert str(told().at().claims(types=[facility.ControlChanged])) == "no claims"


# -- laws ----------------------------------------------------------------------------------------------


def statuses(entries: Iterable[Entry]) -> dict[str, str]:
    """Work the status of each version out of the definitions, one after another."""
    known = {entry.id: entry for entry in entries}
    editorial = [entry for entry in known.values() if isinstance(entry.event, EDITORIAL)]
    out: set[str] = set()
    for entry in reversed(editorial):
        if isinstance(entry.event, EventRetracted) and entry.id not in out:
            out.add(entry.event.target)
    for entry in editorial:
        if out & {entry.id, *targets(entry.event)}:
            out.add(entry.id)
    force = [entry for entry in editorial if entry.id not in out]

    def claim(id: str) -> tuple[str, str]:
        """Return the event of a version, and the dispute that it makes or corrects."""
        event, dispute = known[id].event, ""
        while isinstance(event, EventCorrected | EventDisputed):
            if isinstance(event, EventDisputed):
                dispute = dispute or id
            id, event = event.target, known[event.target].event
        return id, dispute

    above: dict[str, str] = {}

    def top(id: str) -> str:
        return top(above[id]) if id in above else id

    for entry in force:
        if isinstance(entry.event, EventsMerged):
            for name in entry.event.duplicates:
                if top(name) != top(entry.event.kept):
                    above[top(name)] = top(entry.event.kept)
    last = {claim(e.id): e.id for e in force if isinstance(e.event, EventCorrected)}
    modality = {entry.id: entry.modality for entry in known.values()}
    for entry in force:
        if isinstance(entry.event, EventCorrected) and not claim(entry.id)[1]:
            about_ = claim(entry.id)[0]
            modality[about_] = entry.event.modality or modality[about_]
    merged = set()
    for kept in {top(id) for id in above}:
        group = [kept, *(id for id in known if id in above and top(id) == kept)]
        merged |= {*group} - {next((id for id in group if modality[id] is Modality.ACTUAL), kept)}
    found = {}
    for entry in known.values():
        about_, dispute = claim(entry.id)
        if isinstance(entry.event, EDITORIAL) and not isinstance(entry.event, EventCorrected | EventDisputed):
            continue
        if entry.id in out:
            found[entry.id] = "retracted"
        elif not dispute and about_ in merged:
            found[entry.id] = "merged"
        elif last.get((about_, dispute), entry.id) != entry.id:
            found[entry.id] = "corrected"
        elif isinstance(event := entry.event, EventDisputed) and event.rival is None and event.occurred is None:
            found[entry.id] = "denial"
        else:
            found[entry.id] = "rival" if dispute else "standing"
    return found


@given(messy_histories(), st.integers(0, 9))
def test_everything_told_has_the_status_that_the_definitions_give(told: Chronicle, many: int) -> None:
    """With any recorded cut: a row for each entry, correction and rival."""
    line = told.timeline()
    entries = line.entries()[:many]
    cut = line.at(recorded=entries[-1].recorded_at) if entries else line.at(recorded="2000")
    assert {claim.entry.id: claim.status for claim in cut.told()} == statuses(entries)


@given(messy_histories(), st.none() | st.sampled_from(DAYS))
def test_claims_are_those_of_all_entries(told: Chronicle, reported: str | None) -> None:
    """The list holds the claims of each event, and every report."""
    line = told.timeline()
    cut = line.at(reported=reported)
    each = {claim.entry.id: claim for entry in line.entries() for claim in cut.claims(entry)}
    found = {claim.entry.id: claim for claim in cut.claims()}
    assert set(found) == set(each)
    for id, claim in found.items():
        assert (claim.event, claim.occurred, claim.reports, claim.status, claim.denied) == (
            each[id].event, each[id].occurred, each[id].reports, each[id].status, each[id].denied,
        )  # fmt: skip
    rest = [claim for claim in cut.told() if claim.status in ("corrected", "merged", "retracted")]
    assert len(rest) + len(found) == len(cut.told())
    by_type = {type_name(c.event or c.denied) for c in found.values()}
    for name in by_type:
        kept = [id for id, c in found.items() if type_name(c.event or c.denied) == name]
        assert [claim.entry.id for claim in cut.claims(types=[name])] == kept
    tags = {tag for c in found.values() for tag in tags_of(c.event or c.denied)}
    for tag in tags:
        same = cut.entities.canonical
        kept = [id for id, c in found.items() if same(tag) in map(same, tags_of(c.event or c.denied))]
        assert [claim.entry.id for claim in cut.claims(tags=[tag])] == kept
