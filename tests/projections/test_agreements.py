"""Stories of agreements: who agreed, promised or said what, and where it stands."""

from datetime import datetime, timezone

import pytest

from timeline import Modality, Timeline, When
from timeline.events.agreement import (
    AgreementAmended,
    AgreementEnteredIntoForce,
    AgreementExpired,
    AgreementExtended,
    AgreementProposed,
    AgreementProvisionallyApplied,
    AgreementRatified,
    AgreementResumed,
    AgreementSigned,
    AgreementSuspended,
    AgreementTerminated,
    AgreementViolated,
    CommitmentBroken,
    CommitmentFulfilled,
    CommitmentMade,
    CooperationAnnounced,
    PartyJoined,
    PartyWithdrew,
    StatementMade,
    TalksHeld,
    ThreatAssessed,
)
from timeline.projections.agreements import AGREEMENT, COMMITMENT
from timeline.testing import finds_nothing, given, on, the

TRUCE = "truce-2026-01-20"
SDF, GOV, IRAQ = "sdf", "syria-gov", "iraq-gov"


@pytest.fixture
def line():
    """An empty timeline that takes everything in on 1 March 2026."""
    return Timeline(clock=lambda: datetime(2026, 3, 1, tzinfo=timezone.utc))


def told(line, *events, start=10):
    """Record one event a day, from 10 January 2026 on; return their entries."""
    return [line.record(event, occurred=f"2026-01-{day}") for day, event in enumerate(events, start)]


def signed(*parties):
    return AgreementSigned(agreement=TRUCE, parties=parties)


def truce(line, occurred=None):
    return line.at(occurred).agreements[TRUCE]


def kinds(situation):
    """Return the kinds of the findings, in order."""
    return [finding.kind for finding in situation.findings]


# -- the life of an agreement ------------------------------------------------------------------------

STEPS = {
    "CooperationAnnounced": CooperationAnnounced(agreement=TRUCE),
    "AgreementProposed": AgreementProposed(agreement=TRUCE),
    "AgreementSigned": AgreementSigned(agreement=TRUCE),
    "AgreementRatified": AgreementRatified(agreement=TRUCE, party=SDF),
    "AgreementProvisionallyApplied": AgreementProvisionallyApplied(agreement=TRUCE),
    "AgreementEnteredIntoForce": AgreementEnteredIntoForce(agreement=TRUCE),
    "AgreementAmended": AgreementAmended(agreement=TRUCE),
    "AgreementExtended": AgreementExtended(agreement=TRUCE),
    "AgreementSuspended": AgreementSuspended(agreement=TRUCE),
    "AgreementResumed": AgreementResumed(agreement=TRUCE),
    "PartyJoined": PartyJoined(agreement=TRUCE, party=IRAQ),
    "PartyWithdrew": PartyWithdrew(agreement=TRUCE, party=IRAQ),
    "AgreementTerminated": AgreementTerminated(agreement=TRUCE),
    "AgreementExpired": AgreementExpired(agreement=TRUCE),
}


@pytest.mark.parametrize(
    ("before", "verb"),
    [
        ("ended", "AgreementExtended"),
        ("ended", "AgreementProvisionallyApplied"),
        ("ended", "AgreementTerminated"),
        ("in_force", "AgreementProposed"),
        ("in_force", "AgreementResumed"),
        ("proposed", "AgreementSuspended"),
    ],
)
def test_the_table_forbids_what_makes_no_sense(before, verb):
    """An agreement that ended does not go on, and a running one is not resumed."""
    assert not AGREEMENT.allows(before, verb)


def test_declared_cooperation_is_not_a_signed_agreement(line):
    """Announced: a kind of its own, with parties and a scope; once signed it is an agreement."""
    told(line, CooperationAnnounced(agreement=TRUCE, parties=(SDF, GOV), scope=("detainees",)))
    told(line, signed(SDF, GOV), AgreementAmended(agreement=TRUCE, scope=("oil", "detainees")), start=15)
    before, after = truce(line, "2026-01-10"), truce(line)
    assert (before.status, before.kind, before.scope) == ("declared", "cooperation", ("detainees",))
    assert (after.status, after.kind, after.scope) == ("signed", "agreement", ("detainees", "oil"))


@pytest.mark.parametrize(
    "first",
    [
        AgreementEnteredIntoForce(agreement=TRUCE),
        AgreementExtended(agreement=TRUCE),
        AgreementSuspended(agreement=TRUCE),
        AgreementTerminated(agreement=TRUCE),
        PartyWithdrew(agreement=TRUCE, party=SDF),
    ],
    ids=lambda event: type(event).__name__,
)
def test_what_takes_effect_or_ends_is_an_agreement(line, first):
    """This holds for every start, unless cooperation was the only announcement."""
    told(line, first)
    assert truce(line).kind == "agreement"


def test_cooperation_is_no_agreement_for_being_interrupted(line):
    """Going on, pausing or ending says nothing of an instrument; entering into force does."""
    told(line, CooperationAnnounced(agreement=TRUCE), AgreementSuspended(agreement=TRUCE))
    assert truce(line).kind == "cooperation"
    told(line, AgreementEnteredIntoForce(agreement=TRUCE), start=15)
    assert truce(line).kind == "agreement"


def test_a_late_report_of_an_earlier_step_lands_where_it_belongs():
    """Learnt after the end that it had been extended before: it has ended all the same."""
    ended = on("2026-01-25").told(AgreementTerminated(agreement=TRUCE))
    in_force = on("2026-01-10").told(AgreementEnteredIntoForce(agreement=TRUCE))
    extended = on("2026-01-11").told(AgreementExtended(agreement=TRUCE))
    given(ended).when(in_force, extended).then(the("agreements", TRUCE, "status").is_("ended"), finds_nothing())


@pytest.mark.parametrize("modality", [Modality.HYPOTHETICAL, Modality.PLANNED, Modality.DENIED])
@pytest.mark.parametrize("event", [*STEPS.values(), TalksHeld(parties=(SDF,), about=(f"agreement:{TRUCE}",))])
def test_what_was_not_actual_changes_nothing(line, event, modality):
    """Feared, foreseen or denied: the agreement stands as it stood."""
    told(line, AgreementEnteredIntoForce(agreement=TRUCE, until="2026-02-01"))
    before = truce(line)
    line.record(event, occurred="2026-01-20", modality=modality)
    assert truce(line) == before
    assert not line.at().agreements.talks


# -- the parties -------------------------------------------------------------------------------------


def test_each_party_goes_its_own_way(line):
    """One proposed, both signed, one ratified, a third joined, one left."""
    told(
        line,
        AgreementProposed(agreement=TRUCE, parties=(SDF, GOV), by=SDF),
        signed(SDF, GOV),
        AgreementRatified(agreement=TRUCE, party=GOV),
        PartyJoined(agreement=TRUCE, party=IRAQ),
        PartyWithdrew(agreement=TRUCE, party=SDF),
    )
    assert [truce(line, f"2026-01-1{day}").parties for day in range(5)] == [
        {SDF: "proposed", GOV: "proposed"},
        {SDF: "signed", GOV: "signed"},
        {SDF: "signed", GOV: "ratified"},
        {SDF: "signed", GOV: "ratified", IRAQ: "joined"},
        {SDF: "withdrawn", GOV: "ratified", IRAQ: "joined"},
    ]
    assert truce(line).status == "signed"
    assert line.at().findings == ()


def test_a_signature_without_names_is_of_those_known(line):
    """*It was signed*: by those who had proposed it."""
    told(line, AgreementProposed(agreement=TRUCE, parties=(SDF, GOV)), signed())
    assert truce(line).parties == {SDF: "signed", GOV: "signed"}


def test_a_signature_without_names_is_not_of_those_who_left(line):
    """A party that withdrew signs only by name."""
    told(
        line,
        AgreementProposed(agreement=TRUCE, parties=(SDF, GOV, IRAQ)),
        PartyWithdrew(agreement=TRUCE, party=IRAQ),
        signed(),
    )
    assert truce(line).parties == {SDF: "signed", GOV: "signed", IRAQ: "withdrawn"}


@pytest.mark.parametrize(
    "lesser",
    [
        CooperationAnnounced(agreement=TRUCE, parties=(SDF, GOV)),
        AgreementProposed(agreement=TRUCE, parties=(SDF, GOV)),
        AgreementSigned(agreement=TRUCE, parties=(SDF, GOV)),
    ],
)
def test_a_party_keeps_how_far_it_went(line, lesser):
    """Announcing what was ratified takes no ratification back."""
    told(line, signed(SDF, GOV), AgreementRatified(agreement=TRUCE, party=SDF), lesser)
    assert truce(line).parties == {SDF: "ratified", GOV: "signed"}


def test_proposed_anew_after_its_end_the_parties_begin_anew(line):
    """The signed agreement has ended; now it is proposed again."""
    told(
        line,
        signed(SDF, GOV),
        AgreementTerminated(agreement=TRUCE, superseded_by="another"),
        AgreementProposed(agreement=TRUCE, parties=(SDF, GOV)),
    )
    agreement = truce(line)
    assert agreement.parties == {SDF: "proposed", GOV: "proposed"}
    assert (agreement.status, agreement.ending, agreement.superseded_by) == ("proposed", None, None)
    assert line.at().findings == ()


@pytest.mark.parametrize(
    ("anew", "status"),
    [
        (AgreementProposed(agreement=TRUCE), "proposed"),
        (signed(SDF, GOV), "signed"),
        (AgreementEnteredIntoForce(agreement=TRUCE), "in_force"),
    ],
)
def test_what_ended_may_begin_anew(line, anew, status):
    """It contradicts nothing, and the term that ran out is no longer that of the agreement."""
    told(
        line,
        AgreementEnteredIntoForce(agreement=TRUCE, until="2026-01-11"),
        AgreementExpired(agreement=TRUCE),
        anew,
    )
    agreement = truce(line, "2026-02-01")
    assert (agreement.status, agreement.ending, agreement.until, agreement.overdue) == (status, None, None, False)
    assert line.at().findings == ()


def test_put_in_force_anew_it_has_the_term_told_with_it(line):
    """The new term counts, and not the old one."""
    told(
        line,
        AgreementEnteredIntoForce(agreement=TRUCE, until="2026-01-11"),
        AgreementTerminated(agreement=TRUCE),
        AgreementEnteredIntoForce(agreement=TRUCE, until="2026-03"),
    )
    assert truce(line).until == When("2026-03")


def test_who_left_may_join_again(line):
    """Withdrawn, then joined: a party."""
    told(
        line,
        signed(SDF, GOV, IRAQ),
        PartyWithdrew(agreement=TRUCE, party=IRAQ),
        PartyJoined(agreement=TRUCE, party=IRAQ),
    )
    assert truce(line).parties[IRAQ] == "joined"


def test_who_joined_is_not_put_back_by_an_announcement(line):
    """An announcement or a proposal names a party that has joined: that it joined still holds."""
    for event in (
        CooperationAnnounced(agreement=TRUCE, parties=(SDF, IRAQ)),
        AgreementProposed(agreement=TRUCE, parties=(SDF, IRAQ)),
    ):
        told(line, signed(SDF, GOV), PartyJoined(agreement=TRUCE, party=IRAQ), event)
        assert truce(line).parties == {SDF: "signed", GOV: "signed", IRAQ: "joined"}


def test_why_of_parties_and_scope_names_every_entry_that_changed_them(line):
    """Those who signed, joined and left; the first subject and those that an amendment added."""
    first = CooperationAnnounced(agreement=TRUCE, parties=(SDF, GOV), scope=("prisons",))
    entries = told(
        line,
        first,
        PartyJoined(agreement=TRUCE, party=IRAQ),
        AgreementAmended(agreement=TRUCE, scope=("camps",)),
        PartyWithdrew(agreement=TRUCE, party=SDF),
    )
    assert line.at().why("agreements", TRUCE, "parties") == (entries[0], entries[1], entries[3])
    assert line.at().why("agreements", TRUCE, "scope") == (entries[0], entries[2])
    assert line.at().why("agreements", TRUCE, "kind") == (entries[0],)


# -- how it ends -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "ending", "successor"),
    [
        (AgreementTerminated(agreement=TRUCE, by=GOV), "terminated", None),
        (
            AgreementTerminated(agreement=TRUCE, superseded_by="agreement-2026-01-30"),
            "superseded",
            "agreement-2026-01-30",
        ),
        (AgreementExpired(agreement=TRUCE), "expired", None),
        (PartyWithdrew(agreement=TRUCE, party=SDF), "withdrawn", None),
    ],
)
def test_each_way_to_end(line, event, ending, successor):
    """Terminated, superseded, expired, or left by all but one: ended, and it says how."""
    told(line, signed(SDF, GOV), event)
    agreement = truce(line)
    assert (agreement.status, agreement.ending, agreement.superseded_by) == ("ended", ending, successor)
    assert truce(line, "2026-01-10").ending is None
    assert line.at().findings == ()


def test_with_two_left_it_goes_on(line):
    """One of three withdrew."""
    told(line, signed(SDF, GOV, IRAQ), PartyWithdrew(agreement=TRUCE, party=IRAQ))
    assert (truce(line).status, truce(line).ending) == ("signed", None)


def test_where_nobody_named_the_parties_one_leaving_ends_nothing(line):
    """The number of remaining parties is unknown, so the agreement goes on."""
    told(line, signed(), PartyWithdrew(agreement=TRUCE, party=IRAQ))
    assert truce(line).status == "signed"


@pytest.mark.parametrize("event", [PartyJoined(agreement=TRUCE, party=IRAQ), PartyWithdrew(agreement=TRUCE, party=SDF)])
def test_parties_moving_after_the_end_do_not_change_how_it_ended(line, event):
    """It was terminated, and stays so; the step is found."""
    told(line, signed(SDF, GOV), AgreementTerminated(agreement=TRUCE), event)
    assert (truce(line).status, truce(line).ending) == ("ended", "terminated")
    assert kinds(line.at()) == ["illegal_transition"]


def test_extended_after_its_end_it_is_in_force_as_reported(line):
    """The report is taken, the contradiction found, and how it ended is forgotten."""
    told(line, AgreementExpired(agreement=TRUCE), AgreementExtended(agreement=TRUCE, until="2026-02-08"))
    agreement = truce(line)
    assert (agreement.status, agreement.ending, agreement.until) == ("in_force", None, When("2026-02-08"))
    assert kinds(line.at()) == ["illegal_transition"]


# -- until when --------------------------------------------------------------------------------------


def test_a_passed_term_is_overdue_and_ends_nothing(line):
    """Four days, said the truce: on the fifth it is overdue, and in force until somebody says otherwise."""
    told(line, AgreementEnteredIntoForce(agreement=TRUCE, until="2026-01-24"))
    assert [truce(line, day).overdue for day in ("2026-01-23", "2026-01-24", "2026-01-25")] == [False, True, True]
    assert [truce(line, day).status for day in ("2026-01-23", "2030-01-01")] == ["in_force", "in_force"]
    assert line.at("2030-01-01").findings == ()


def test_a_fuzzy_term_has_passed_when_all_of_it_has(line):
    """Until some time in January: not overdue before January is over."""
    told(line, AgreementEnteredIntoForce(agreement=TRUCE, until="2026-01"))
    assert [truce(line, day).overdue for day in ("2026-01-30", "2026-01-31")] == [False, True]


def test_get_says_what_brackets_say(line):
    """An overdue term is overdue however the agreement is looked up; a name that is not there gives the default."""
    told(line, AgreementEnteredIntoForce(agreement=TRUCE, until="2026-01-24"))
    agreements = line.at("2026-01-25").agreements
    assert agreements[TRUCE].overdue
    assert agreements.get(TRUCE) == agreements[TRUCE]
    assert agreements.get("accord") is None


@pytest.mark.parametrize("until", [None, "2026-01-24/.."])
def test_without_an_end_nothing_is_overdue(line, until):
    """No end foreseen, or none reported, or an open one."""
    told(line, AgreementEnteredIntoForce(agreement=TRUCE, until=until))
    assert not truce(line, "2030-01-01").overdue


def test_asked_of_all_times_nothing_is_overdue(line):
    """Overdue is a question of when one asks."""
    told(line, AgreementEnteredIntoForce(agreement=TRUCE, until="2026-01-24"))
    assert not truce(line).overdue


@pytest.mark.parametrize("end", [AgreementExpired(agreement=TRUCE), AgreementTerminated(agreement=TRUCE)])
def test_what_ended_is_not_overdue(line, end):
    """Somebody reported the end."""
    told(line, AgreementEnteredIntoForce(agreement=TRUCE, until="2026-01-24"))
    line.record(end, occurred="2026-01-26")
    assert [truce(line, day).overdue for day in ("2026-01-25", "2026-01-26")] == [True, False]


def test_an_extension_moves_the_term(line):
    """Another fifteen days: the old term has ended."""
    told(line, AgreementEnteredIntoForce(agreement=TRUCE, until="2026-01-24"))
    line.record(AgreementExtended(agreement=TRUCE, until="2026-02-08"), occurred="2026-01-24")
    assert truce(line, "2026-01-30").until == When("2026-02-08")
    assert [truce(line, day).overdue for day in ("2026-01-30", "2026-02-08")] == [False, True]


def test_overdue_is_read_in_the_zone_of_the_timeline():
    """A day ends with the midnight of the timeline's zone."""
    line = Timeline(tz="Asia/Baghdad", clock=lambda: datetime(2026, 3, 1, tzinfo=timezone.utc))
    told(line, AgreementEnteredIntoForce(agreement=TRUCE, until="2026-01-24"))
    assert not truce(line, "2026-01-24T20:59:58Z").overdue
    assert truce(line, "2026-01-24T21:00:00Z").overdue


# -- talks, statements, violations -------------------------------------------------------------------


def test_violations_are_listed_and_change_nothing(line):
    """An allegation breaks nothing; it is kept with its day."""
    told(line, AgreementEnteredIntoForce(agreement=TRUCE))
    before = truce(line)
    told(line, AgreementViolated(agreement=TRUCE, by=GOV), AgreementViolated(agreement=TRUCE), start=15)
    after = truce(line)
    assert [(str(m.occurred), m.event.by) for m in after.violations] == [("2026-01-15", GOV), ("2026-01-16", None)]
    assert (after.status, after.parties) == (before.status, before.parties)
    assert line.at().findings == ()


def test_a_violation_of_an_agreement_nobody_spoke_of_before(line):
    """Its status is not known, and its violation is."""
    told(line, AgreementViolated(agreement=TRUCE))
    assert (truce(line).status, len(truce(line).violations)) == (None, 1)


ATTACHED = [
    (TalksHeld(parties=(SDF, GOV), level="high-level", about=(f"agreement:{TRUCE}",)), "talks", "talks"),
    (StatementMade(by=IRAQ, stance="welcomed", about=(f"agreement:{TRUCE}",)), "statements", "statements"),
    (CommitmentMade(by=SDF, what="hand over", about=(f"agreement:{TRUCE}",)), "commitments", "promises"),
]


@pytest.mark.parametrize(("event", "own", "general"), ATTACHED)
def test_what_is_said_about_an_agreement_is_listed_with_it(line, event, own, general):
    """Talks, statements and promises that say so stand with the agreement, and in the general list."""
    (entry,) = told(line, event)
    (there,) = getattr(truce(line), own)
    (here,) = getattr(line.at().agreements, general)
    assert there == here
    assert (here.event, here.occurred, here.entry) == (event, When("2026-01-10"), entry)
    assert str(here).startswith(f"2026-01-10 {type(event).__name__} ")


def test_one_statement_about_two_agreements_is_listed_with_both(line):
    """And once in general."""
    told(line, StatementMade(by=IRAQ, about=(f"agreement:{TRUCE}", "agreement:another", "facility:al-hol-camp")))
    agreements = line.at().agreements
    assert [len(agreements[slug].statements) for slug in (TRUCE, "another")] == [1, 1]
    assert len(agreements.statements) == 1
    assert set(agreements) == {TRUCE, "another"}


def test_a_statement_in_a_list_reads_as_it_was_said(line):
    """Its date, what it is, and the words of the source."""
    told(line, StatementMade(by=IRAQ, about=(f"agreement:{TRUCE}",), detail="no step back"))
    (said,) = line.at().agreements[TRUCE].statements
    assert str(said).endswith(f"StatementMade by={IRAQ} “no step back”")


def test_what_is_about_no_agreement_is_in_the_general_lists_only(line):
    """Talks about nothing in particular, a threat assessed: they happened."""
    told(line, TalksHeld(parties=(SDF,)), StatementMade(by=IRAQ), ThreatAssessed(by=IRAQ), CommitmentMade(by=SDF))
    agreements = line.at().agreements
    assert [len(x) for x in (agreements.talks, agreements.statements, agreements.assessments, agreements.promises)] == [
        1
    ] * 4
    assert list(agreements) == []


def test_an_assessed_threat_is_no_statement_about_an_agreement(line):
    """The assessment is listed as such, wherever it points."""
    told(line, ThreatAssessed(by=IRAQ, about=(f"agreement:{TRUCE}",)))
    assert TRUCE not in line.at().agreements
    assert len(line.at().agreements.assessments) == 1


# -- commitments -------------------------------------------------------------------------------------

PROMISES = {
    "CommitmentMade": CommitmentMade(commitment="handover", by=SDF, to=GOV, what="hand over the prisons"),
    "CommitmentFulfilled": CommitmentFulfilled(commitment="handover", by=SDF),
    "CommitmentBroken": CommitmentBroken(commitment="handover", by=SDF),
}


def test_what_was_fulfilled_cannot_be_broken():
    """Nor is it promised again under the same name."""
    assert not COMMITMENT.allows("fulfilled", "CommitmentBroken")
    assert not COMMITMENT.allows("fulfilled", "CommitmentMade")


def test_a_commitment_keeps_who_promised_what_to_whom(line):
    """Also after it was kept."""
    told(line, PROMISES["CommitmentMade"], PROMISES["CommitmentFulfilled"])
    promise = line.at().agreements.commitments["handover"]
    assert (promise.by, promise.to, promise.what, promise.status) == (SDF, GOV, "hand over the prisons", "fulfilled")
    assert len(line.at().agreements.promises) == 2


def test_a_promise_told_again_in_fewer_words_keeps_the_others(line):
    """The second source does not say who promised what to whom; the first one did."""
    told(line, PROMISES["CommitmentMade"], CommitmentMade(commitment="handover"))
    promise = line.at().agreements.commitments["handover"]
    assert (promise.by, promise.to, promise.what, promise.status) == (SDF, GOV, "hand over the prisons", "made")


def test_what_expired_has_no_successor(line):
    """Superseded, then expired: a finding, and the second ending as reported."""
    told(line, AgreementTerminated(agreement=TRUCE, superseded_by="pact"), AgreementExpired(agreement=TRUCE))
    assert (truce(line).ending, truce(line).superseded_by) == ("expired", None)
    assert kinds(line.at()) == ["illegal_transition"]


def test_a_promise_without_a_name_is_only_listed(line):
    """It has no status to follow."""
    told(line, CommitmentMade(by=SDF, what="something"))
    assert list(line.at().agreements.commitments) == []
    assert len(line.at().agreements.promises) == 1


# -- why, history, diff ------------------------------------------------------------------------------


def test_why_and_history_of_a_status(line):
    """The step in force is the reason; all steps are the history."""
    first, second = told(line, signed(SDF, GOV), AgreementEnteredIntoForce(agreement=TRUCE, until="2026-01-24"))
    told(line, StatementMade(by=IRAQ, about=(f"agreement:{TRUCE}",)), start=15)
    situation = line.at()
    assert situation.why("agreements", TRUCE, "status") == situation.why("agreements", TRUCE) == (second,)
    assert situation.why("agreements", TRUCE, "until") == (second,)
    assert situation.why("agreements", TRUCE, "parties") == (first,)
    assert [(v.value, v.entry) for v in situation.history("agreements", TRUCE, "status")] == [
        ("signed", first),
        ("in_force", second),
    ]


def test_why_of_a_list_is_all_that_is_on_it(line):
    """Every item is a reason for the list."""
    entries = told(line, TalksHeld(parties=(SDF,)), TalksHeld(parties=(GOV,), about=(f"agreement:{TRUCE}",)))
    assert line.at().why("agreements", "talks") == tuple(entries)
    assert line.at().why("agreements", TRUCE, "talks") == (entries[1],)


def test_why_of_a_commitment(line):
    """By name, and by attribute."""
    (made,) = told(line, PROMISES["CommitmentMade"])
    assert line.at().why("agreements", "commitments", "handover") == (made,)
    assert line.at().why("agreements", "commitments", "handover", "by") == (made,)


def test_a_difference_shows_what_was_added_to_a_list(line):
    """Of lists only what is new, of values the old and the new."""
    told(
        line,
        signed(SDF, GOV),
        AgreementViolated(agreement=TRUCE, by=GOV),
        AgreementEnteredIntoForce(agreement=TRUCE, until="2026-01-24"),
    )
    assert sorted(map(str, line.diff("2026-01-10", "2026-01-12"))) == [
        f"agreements · {TRUCE} · status: signed → in_force",
        f"agreements · {TRUCE} · until: – → 2026-01-24",
        f"agreements · {TRUCE} · violations: + 2026-01-11 AgreementViolated agreement={TRUCE} by={GOV}",
    ]
    assert ("agreements", TRUCE, "overdue") in [change.path for change in line.diff("2026-01-12", "2026-01-25")]


def test_a_named_promise_and_the_lists_are_part_of_a_difference(line):
    """A commitment shows, with its status and in the general list."""
    told(line, PROMISES["CommitmentMade"])
    paths = {change.path for change in line.diff("2026-01-09", "2026-01-10")}
    assert paths == {("agreements", "commitments", "handover", "status"), ("agreements", "promises")}
