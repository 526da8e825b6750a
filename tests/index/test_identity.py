"""Names that mean one thing: the laws, against a log in which every name is written canonically."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from support.canonical import canonical_names, said, written_canonically
from timeline import Draft, Timeline, exactly
from timeline.events.custody import DetaineesTransferred
from timeline.events.entity import EntityRegistered, IdentityJudged
from timeline.events.facility import ControlChanged
from timeline.history import judgements as judgements_module
from timeline.history.identity import identity_of
from timeline.testing.strategies import START, Chronicle, events, judgements, messy_histories
from timeline.testing.strategies.histories import CORE

histories = st.builds(
    lambda told, judged: told.then(*map(Draft, judged)),
    messy_histories(of=st.one_of(events(*CORE), events())),
    st.lists(judgements(), min_size=1, max_size=4),
)


@given(histories)
def test_it_is_as_if_every_name_had_been_written_canonically(told: Chronicle) -> None:
    """Values and findings equal those of a log with the canonical name in place of every other."""
    judged = {str(draft.id) for draft in told if isinstance(draft.event, IdentityJudged)}
    assume(judged.isdisjoint(name for draft in told for name in (*draft.after, draft.part_of, draft.fulfils)))
    assert said(told.timeline()) == said(written_canonically(told).timeline())


def test_findings_are_found_by_either_name():
    """Sources may use any of the names, and so may questions, as a slug or as a tag."""
    line = Timeline()
    line.record(ControlChanged(facility="al-hawl", manner="vacated"), occurred="2026-01-02")
    line.record(IdentityJudged(left="facility:al-hol-camp", right="facility:al-hawl", judgement="same"))
    found = line.at().findings
    for name in ("al-hol-camp", "al-hawl", "facility:al-hol-camp", "facility:al-hawl"):
        assert found.of(about=name, kind="control_gap").counts() == {"control_gap": 1}


def test_findings_say_canonical_names():
    """So do the rivals that they tell of, whoever wrote them."""
    line = Timeline()
    entry = line.record(ControlChanged(facility="al-hol-camp", authority="qsd"), occurred="2026-01-02")
    line.dispute(entry, rival=ControlChanged(facility="al-hol-camp", authority="hasakah-council"))
    line.record(IdentityJudged(left="authority:sdf", right="authority:qsd", judgement="same"))
    (found,) = line.at().findings.of(kind="disputed")
    assert ("sdf" in found.message, "qsd" in found.message) == (True, False)


def test_an_entity_lists_its_other_names():
    """Every name but the canonical one, asked for by any of them."""
    line = Timeline()
    for name in ("al-hawl", "hawl", "hol"):
        line.record(IdentityJudged(left="facility:al-hol-camp", right=f"facility:{name}", judgement="same"))
    for name in ("al-hol-camp", "hawl"):
        assert set(line.at().entities[f"facility:{name}"].same) == {"facility:al-hawl", "facility:hawl", "facility:hol"}


def test_an_entity_is_registered_once_somebody_registers_it():
    """A judgement alone only names it."""
    line = Timeline()
    line.record(IdentityJudged(left="authority:sdf", right="authority:qsd", judgement="different"))
    assert not line.at().entities["authority:sdf"].registered
    line.record(EntityRegistered(entity="authority:sdf", aliases=["QSD"]))
    assert line.at().entities["authority:sdf"].registered


def test_entries_are_found_by_either_name():
    """Each as it was said; the log itself compares tags as written."""
    line = Timeline()
    for day, name in enumerate(("al-hol-camp", "al-hawl", "al-hol-camp", "rabia"), 1):
        line.record(ControlChanged(facility=name, authority="sdf"), occurred=f"2026-01-0{day}")
    hol, hawl = "facility:al-hol-camp", "facility:al-hawl"
    assert [entry.position for entry in line.entries(tags=[hawl])] == [2]
    judged = line.record(IdentityJudged(left=hol, right=hawl, judgement="same"))
    for tag in (hol, hawl):
        found = line.entries(tags=[tag, "authority:sdf"])
        assert [(entry.position, entry.event.facility) for entry in found] == [
            (1, "al-hol-camp"), (2, "al-hawl"), (3, "al-hol-camp"),
        ]  # fmt: skip
        assert [entry.position for entry in line.entries(tags=tag, limit=2)] == [1, 2]
        assert [entry.position for entry in line.entries(tags=tag, after=1, before=5)] == [2, 3]
    assert [entry.position for entry in line.log.read(tags=[hawl])] == [2, 5]
    line.retract(judged)
    assert [entry.position for entry in line.entries(tags=[hawl], types=[ControlChanged])] == [2]


@given(histories, st.none() | st.integers(0, 3), st.integers(0, 3))
def test_entries_are_those_of_which_a_name_means_the_same(told: Chronicle, limit: int | None, after: int) -> None:
    """For every tag on the log, and every pair of tags of an entry."""
    line, names = told.timeline(), canonical_names(told)
    entries = line.entries()
    for tags in {(tag,) for entry in entries for tag in entry.tags} | {entry.tags[:2] for entry in entries}:
        wanted = {names.get(tag, tag) for tag in tags}
        found = [e for e in entries if e.position > after and wanted <= {names.get(tag, tag) for tag in e.tags}]
        assert list(line.entries(tags=tags, limit=limit, after=after)) == found[:limit], tags


def test_a_transfer_to_itself_moves_nobody():
    """If origin and destination turn out to be one, nothing was sent and nothing received."""
    line = Timeline()
    line.record(DetaineesTransferred(quantity=exactly(5), origin="al-hol-camp", destination="al-hawl"))
    line.record(IdentityJudged(left="facility:al-hol-camp", right="facility:al-hawl", judgement="same"))
    custody = line.at().custody
    assert custody.sent(facility="al-hawl") == custody.received(facility="al-hol-camp") == exactly(0)


@given(histories, st.integers(0, 14))
def test_judged_late_or_early_it_is_the_same_in_the_end(more: Chronicle, minute: int) -> None:
    """An index kept current through judgements says what one made at once says, at every recorded cut."""
    at_once = more.timeline()
    for kept in more.growing():
        str(kept.at())
    assert said(kept) == said(at_once)
    cut = START + timedelta(minutes=minute)
    shorter = Chronicle(more.drafts[: minute + 1]).timeline()
    assert at_once.at(recorded=cut) == shorter.at()


def test_an_entity_is_there_before_anybody_uses_its_canonical_name():
    """A judgement of a later day says what the name of an earlier day means, and both find the entity."""
    line = Timeline()
    line.record(IdentityJudged(left="authority:sdf", right="authority:qsd", judgement="same"), occurred="2026-01-02")
    line.record(IdentityJudged(left="authority:ypg", right="authority:sdf", judgement="same"), occurred="2026-01-04")
    entities = line.at("2026-01-03").entities
    assert list(entities) == [entities.canonical("authority:sdf")]
    for tag in ("authority:sdf", "authority:qsd", "authority:ypg"):
        assert entities[tag].same == entities[entities.canonical(tag)].same
    assert [len(step.changed) for step in line.replay("occurred")] == [0, 0]


def test_a_judgement_reads_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not by what it joins, nor by the questions between; a correction of something else neither."""
    made: list[object] = []
    monkeypatch.setattr(judgements_module, "identity_of", lambda *told: made.append(told) or identity_of(*told))
    line = Timeline()
    first = line.record(ControlChanged(facility="al-hol-camp", authority="sdf"), occurred="2026-01-02")
    for number in range(40):
        alias, (left, right) = f"facility:hol-{number}", (f"authority:l{number}", f"authority:r{number}")
        line.record(IdentityJudged(left="facility:al-hol-camp", right=alias, judgement="same"))
        line.record(IdentityJudged(left=left, right=right, judgement="same"))
        line.record(IdentityJudged(left=left, right="authority:sdf", judgement="different"))
        line.correct(first, ControlChanged(facility="al-hol-camp", authority=f"r{number}"))
        assert line.at().facilities[f"hol-{number}"].holder("control") == f"l{number}"
    assert len(made) == 1
