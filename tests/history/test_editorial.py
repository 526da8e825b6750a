"""Editorial entries: what corrections, disputes, retractions and merges change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from support.history import Clock, by, held, moved, total
from timeline import Draft, Modality, Report, Timeline, credible
from timeline.events.editorial import EventCorrected, EventCorroborated
from timeline.history import cases
from timeline.values.report import completed

# -- editorial entries -------------------------------------------------------------------------------


def test_a_correction_replaces_what_is_read(line: Timeline) -> None:
    """The target reads as the replacement, with its own date unless another is given."""
    entry = line.record(moved(150), occurred="2026-01-21", reports=by("CENTCOM", "2026-01-21"))
    line.correct(entry, moved(144), reason="misread")
    assert total(line, "2026-01-21") == 144
    line.correct(entry, moved(144), occurred="2026-01-20", reason="misread again")
    assert total(line, "2026-01-20") == 144


def test_a_correction_is_known_only_from_its_recording_and_publication_on(line: Timeline, clock: Clock) -> None:
    """Within a cut that does not contain the correction, the target reads as before."""
    clock.set("2026-02-01")
    entry = line.record(moved(150), occurred="2026-01-21", reports=by("CENTCOM", "2026-01-21"))
    clock.set("2026-02-10")
    line.correct(entry, moved(144), reason="they said so", reports=by("CENTCOM", "2026-02-09"))
    assert total(line) == 144
    assert total(line, recorded="2026-02-05") == 150
    assert total(line, reported="2026-02-08") == 150
    assert total(line, reported="2026-02-09") == 144


def test_a_correction_can_change_the_modality(line: Timeline) -> None:
    """It was a plan, not a deed."""
    entry = line.record(moved(150), occurred="2026-01-21")
    line.correct(entry, moved(150), modality=Modality.PLANNED, reason="announced only")
    assert total(line) is None
    assert line.at().plans == (entry,)


def test_retracting_and_retracting_the_retraction(line: Timeline) -> None:
    """Out, and back in."""
    entry = line.record(moved(150), occurred="2026-01-21")
    out = line.retract(entry, reason="hoax")
    assert total(line) is None
    back = line.retract(out, reason="no hoax")
    assert total(line) == 150
    line.retract(back)
    assert total(line) is None


def test_retracting_a_correction_restores_the_original(line: Timeline) -> None:
    """An editorial entry is undone by retracting it."""
    entry = line.record(moved(150), occurred="2026-01-21")
    correction = line.correct(entry, moved(144))
    line.retract(correction)
    assert total(line) == 150


def test_a_dispute_adds_a_rival_and_the_target_stands(line: Timeline) -> None:
    """Two numbers are two claims; asked for the lowest, the rival counts."""
    entry = line.record(moved(150), occurred="2026-01-21", reports=by("CENTCOM", "2026-01-21"))
    dispute = line.dispute(entry, rival=moved(144), reports=by("Reuters", "2026-01-22"))
    assert total(line) == 150
    assert total(line, policy="lowest") == 144
    assert [claim.entry for claim in line.at().claims(entry)] == [entry, dispute]
    assert "disputed" in [finding.kind for finding in line.at().findings]


def test_a_dispute_may_be_about_the_date_alone(line: Timeline) -> None:
    """The same event on another day is a rival claim."""
    entry = line.record(held("syria-gov"), occurred="2026-01-21", reports=by("AP", "2026-01-23"))
    line.dispute(entry, occurred="2026-01-20", reports=by("AFP", "2026-01-23"))
    rival = line.at().claims(entry)[1]
    assert (rival.event, str(rival.occurred)) == (entry.event, "2026-01-20")


def test_a_bare_denial_is_a_claim_without_an_event(line: Timeline) -> None:
    """The target stands and is disputed; a policy that believes the denial folds nothing."""
    entry = line.record(
        moved(150), occurred="2026-01-21", reports=[Report("x", published="2026-01-21", reliability="E")]
    )
    line.dispute(entry, reports=[Report("CENTCOM", published="2026-01-22", reliability="A")])
    assert total(line) == 150
    s = line.at(policy="most_reliable")
    assert "op" not in s.custody.operations
    assert s.left_out == (entry,)


def test_a_correction_of_a_dispute_changes_the_rival(line: Timeline) -> None:
    """The rival's own source corrects its number."""
    entry = line.record(moved(150), occurred="2026-01-21")
    dispute = line.dispute(entry, rival=moved(144))
    line.correct(dispute, moved(145))
    assert total(line) == 150
    assert total(line, policy="lowest") == 145


def test_of_two_rivals_the_one_meant_is_corrected(line: Timeline) -> None:
    """The other, and what both dispute, stay."""
    entry = line.record(moved(150), occurred="2026-01-21")
    first, second = (line.dispute(entry, rival=moved(number)) for number in (144, 146))
    line.correct(second, moved(147))
    assert [claim.event.quantity.best for claim in line.at().claims(entry)] == [150, 144, 147]
    line.corroborate(first, reports=by("AP", "2026-01-22"))
    assert [len(claim.reports) for claim in line.at().claims(entry)] == [0, 1, 0]


def test_what_stands_by_another_entry_is_not_left_out(line: Timeline) -> None:
    """Nobody published the entry itself, but its rival was public: the case is there within the cut."""
    entry, other = (line.record(moved(150), occurred="2026-01-21", reports=by("x", None)) for _ in range(2))
    line.dispute(entry, rival=moved(144), reports=by("AP", "2026-01-22"))
    situation = line.at(reported="2026-01-23")
    assert (situation.left_out, [claim.event.quantity.best for claim in situation.claims(entry)]) == ((other,), [144])


def test_corroboration_adds_reports(line: Timeline) -> None:
    """One event with two reports is counted once, and both speak for it."""
    entry = line.record(moved(150), occurred="2026-01-21", reports=by("CENTCOM", "2026-01-21", 3))
    line.corroborate(entry, reports=by("Reuters", "2026-01-22", 1))
    assert total(line, accept=credible(1)) == 150
    assert total(line, accept=credible(1), reported="2026-01-21") is None
    (claim,) = line.at().claims(entry)
    assert [report.source for report in claim.reports] == ["CENTCOM", "Reuters"]


def test_corroborations_of_one_claim_are_added_together(line: Timeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many of them cost in proportion to their number: the reports are copied once, and again after a correction."""
    copied: list[int] = []

    def count(reports: Sequence[Report], further: Iterable[Report]) -> tuple[Report, ...]:
        copied.append(len(reports))
        return completed(reports, further)

    entry = line.record(moved(150), occurred="2026-01-21", id="e")
    backing = [Draft(EventCorroborated(target=entry), reports=[Report(f"s{n}")]) for n in range(50)]
    line.record_all([*backing[:25], Draft(EventCorrected(target=entry, replacement=moved(144))), *backing[25:]])
    monkeypatch.setattr(cases, "completed", count)
    (claim,) = line.at().claims(entry)
    assert copied == [0, 25]
    assert [report.source for report in claim.reports] == [f"s{n}" for n in range(50)]
    assert [backed.position for backed in claim.backed_by] == list(range(2, 53))


def test_the_reports_of_duplicates_are_added_together(line: Timeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are copied once for all duplicates, and each report that several of them have counts once."""
    copied: list[int] = []

    def count(reports: Sequence[Report], further: Iterable[Report]) -> tuple[Report, ...]:
        copied.append(len(reports))
        return completed(reports, further)

    told = [Report("first"), *(Report(f"s{n // 2}") for n in range(20))]
    kept, *others = [line.record(moved(150), occurred="2026-01-21", reports=[report]) for report in told]
    line.merge(kept, others)
    monkeypatch.setattr(cases, "completed", count)
    (claim,) = line.at().claims(kept)
    assert copied == [1]
    assert [report.source for report in claim.reports] == ["first", *(f"s{n}" for n in range(10))]


def test_the_corrections_of_one_claim_share_what_backs_it(line: Timeline) -> None:
    """Each version adds itself to the versions before, which are not copied for it."""
    entry = line.record(moved(150), occurred="2026-01-21")
    for number in range(3):
        line.correct(entry, moved(number))
    *_, first, second, standing = line.at().told()
    assert [len(claim.backed_by) for claim in (standing, first, second)] == [3, 1, 2]
    assert standing.backing.shared is second.backing.shared is first.backing.shared


def test_duplicates_count_once_and_their_reports_move(line: Timeline) -> None:
    """Three entries of one event are one event with three reports."""
    entries = [line.record(moved(150), occurred="2026-01-21", reports=by(name, "2026-01-22")) for name in "ABC"]
    line.merge(entries[0], entries[1:])
    assert total(line) == 150
    assert [report.source for report in line.at().claims(entries[2])[0].reports] == ["A", "B", "C"]
    assert "possible_duplicate" not in [finding.kind for finding in line.at().findings]


def test_the_rivals_of_a_duplicate_move_too(line: Timeline) -> None:
    """A dispute of the duplicate disputes the kept entry."""
    kept, double = (line.record(moved(150), occurred="2026-01-21") for _ in range(2))
    line.dispute(double, rival=moved(144))
    line.merge(kept, [double])
    assert total(line) == 150
    assert total(line, policy="lowest") == 144
    assert len(line.at().claims(kept)) == 2


def test_what_a_duplicate_is_linked_to_holds_for_the_kept_entry(line: Timeline) -> None:
    """Only the duplicate says whose part it is: merged, the kept one adds nothing to that whole either."""
    whole = line.record(moved(150), occurred="2026-01-21")
    kept = line.record(moved(85, cohort="iraqi"), occurred="2026-01-21")
    double = line.record(moved(85, cohort="iraqi"), occurred="2026-01-21", part_of=whole)
    assert total(line) == 235
    line.merge(kept, [double])
    assert total(line) == 150


def test_a_merge_through_a_merge_counts_once(line: Timeline) -> None:
    """A is B and B is C: one event."""
    a, b, c = (line.record(moved(150), occurred="2026-01-21") for _ in range(3))
    line.merge(b, [c])
    line.merge(a, [b])
    assert total(line) == 150


def test_a_merge_outlives_the_retraction_of_one_report(line: Timeline) -> None:
    """The others still tell of one event, whichever was retracted; of the kept one, the next takes the place."""
    a, b, c = (line.record(moved(number), occurred="2026-01-21") for number in (150, 151, 152))
    line.merge(a, [b, c])
    withdrawn = line.retract(b)
    assert (total(line), [claim.status for claim in line.at().told()]) == (150, ["standing", "retracted", "merged"])
    line.retract(a)
    assert total(line) == 152
    line.retract(withdrawn)
    assert total(line) == 151


def test_a_merge_joins_by_way_of_a_retracted_report(line: Timeline) -> None:
    """A is B and B is C, though B does not hold."""
    a, b, c = (line.record(moved(number), occurred="2026-01-21") for number in (150, 151, 152))
    line.merge(b, [c])
    line.merge(a, [b])
    line.retract(b)
    assert total(line) == 150


# -- editorial entries whose target is outside the cut -------------------------------------------------


def test_a_duplicate_whose_kept_entry_is_outside_the_cut_stands_for_itself(line: Timeline) -> None:
    """The report kept came out later than the one merged into it."""
    kept = line.record(moved(150), occurred="2026-01-21", reports=by("CENTCOM", "2026-01-25"))
    early = line.record(moved(150), occurred="2026-01-21", reports=by("SANA", "2026-01-22"))
    line.merge(kept, [early])
    assert total(line, reported="2026-01-22") == 150
    assert total(line, reported="2026-01-25") == 150


def test_a_duplicate_stands_before_the_rival_of_an_unpublished_kept_entry(line: Timeline) -> None:
    """Of what is public, the duplicate says what the kept entry says; the rival of that one stays a rival."""
    kept = line.record(moved(150), occurred="2026-01-21", reports=by("CENTCOM", "2026-01-25"))
    line.dispute(kept, rival=moved(144), reports=by("Reuters", "2026-01-22"))
    early = line.record(moved(150), occurred="2026-01-21", reports=by("SANA", "2026-01-22"))
    line.merge(kept, [early])
    assert total(line, reported="2026-01-22") == 150
    assert total(line, reported="2026-01-22", policy="lowest") == 144


@pytest.mark.parametrize("act", [Timeline.corroborate, Timeline.correct, Timeline.dispute])
def test_a_retraction_reaches_what_names_its_target_by_way_of_the_unpublished(line: Timeline, act: Any) -> None:
    """The act names a rival that is not public yet, and whose own target is retracted."""
    entry = line.record(moved(150), occurred="2026-01-21", reports=by("CENTCOM", "2026-01-22"))
    rival = line.dispute(entry, rival=moved(144), reports=by("Reuters", "2026-01-22"))
    unpublished = line.dispute(rival, rival=moved(145), reports=by("AP", "2026-01-29"))
    said = {Timeline.correct: {"replacement": moved(146)}, Timeline.dispute: {"rival": moved(146)}}.get(act, {})
    act(line, unpublished, **said, reports=by("SANA", "2026-01-24"))
    line.retract(rival, reports=by("Reuters", "2026-01-23"))
    for day in ("2026-01-24", "2026-01-29"):
        assert total(line, reported=day, policy="lowest") == 150


def test_a_rival_whose_target_is_outside_the_cut_stands_in_its_place(line: Timeline) -> None:
    """The rival number was published first."""
    entry = line.record(moved(150), occurred="2026-01-21", reports=by("CENTCOM", "2026-01-25"))
    line.dispute(entry, rival=moved(144), reports=by("Reuters", "2026-01-22"))
    assert total(line, reported="2026-01-22") == 144
    assert total(line, reported="2026-01-25") == 150


def test_a_correction_whose_target_is_outside_the_cut_stands_in_its_place(line: Timeline) -> None:
    """The corrected version was published before the version it corrects."""
    entry = line.record(moved(150), occurred="2026-01-21", reports=by("CENTCOM", "2026-01-25"))
    line.correct(entry, moved(144), reports=by("Reuters", "2026-01-22"))
    assert total(line, reported="2026-01-22") == 144
    assert total(line, reported="2026-01-21") is None


def test_an_unpublished_correction_does_not_make_its_target_public(line: Timeline) -> None:
    """Our own mending of an entry does not put it before its publication."""
    entry = line.record(moved(150), occurred="2026-01-21", reports=by("CENTCOM", "2026-01-25"))
    line.correct(entry, moved(144), reason="typing error")
    assert total(line, reported="2026-01-22") is None
    assert total(line, reported="2026-01-25") == 144


def test_a_corroboration_published_first_makes_the_event_public(line: Timeline) -> None:
    """Somebody had said the same before the entry's own source did."""
    entry = line.record(moved(150), occurred="2026-01-21", reports=by("CENTCOM", "2026-01-25"))
    line.corroborate(entry, reports=by("Reuters", "2026-01-22"))
    assert total(line, reported="2026-01-22") == 150


def test_a_bare_denial_of_what_is_not_public_yet_says_nothing(line: Timeline) -> None:
    """There is nothing to deny within the cut."""
    entry = line.record(moved(150), occurred="2026-01-21", reports=by("CENTCOM", "2026-01-25"))
    line.dispute(entry, reports=by("Reuters", "2026-01-22"))
    assert line.at(reported="2026-01-22").claims(entry) == ()


def test_a_retracted_target_outside_the_cut_stays_out(line: Timeline) -> None:
    """Nothing stands in for what was taken back."""
    entry = line.record(moved(150), occurred="2026-01-21", reports=by("CENTCOM", "2026-01-25"))
    line.correct(entry, moved(144), reports=by("Reuters", "2026-01-22"))
    line.retract(entry)
    assert total(line, reported="2026-01-22") is None
