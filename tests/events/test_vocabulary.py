"""The vocabulary: every event that is promised, its fields, and what it refuses."""

import inspect

import attrs
import pytest

from timeline import Timeline
from timeline.errors import InvalidEvent
from timeline.events import agreement, border, custody, editorial, entity, facility
from timeline.events.declare import registered, registered_types
from timeline.events.editorial import EDITORIAL, proposed, targets
from timeline.events.naming import tags_of
from timeline.projections.flows import MOVING
from timeline.values.quantity import exactly
from timeline.values.report import Modality

# stored name, class, required fields, optional fields
VOCABULARY = [
    ("facility.registered", facility.FacilityRegistered, "facility", "kind names place capacity members aliases coordinates"),
    ("facility.control_changed", facility.ControlChanged, "facility", "role authority previous manner"),
    ("facility.control_contested", facility.ControlContested, "facility", "role claimants"),
    ("facility.status_changed", facility.FacilityStatusChanged, "facility status", ""),
    ("facility.capacity_reported", facility.CapacityReported, "facility capacity", ""),
    ("custody.headcount_reported", custody.HeadcountReported, "", "facility authority quantity cohort breakdown"),
    ("custody.detainees_admitted", custody.DetaineesAdmitted, "", "facility quantity cohort by via batch"),
    ("custody.detainees_transferred", custody.DetaineesTransferred, "",
     "quantity origin destination via cohort operation batch surrendered_by received_by carried_by"),
    ("custody.detainees_released", custody.DetaineesReleased, "", "facility quantity cohort by via batch"),
    ("custody.detainees_repatriated", custody.DetaineesRepatriated, "",
     "quantity origin destination to cohort operation via batch"),
    ("custody.detainees_escaped", custody.DetaineesEscaped, "", "facility quantity cohort via batch"),
    ("custody.detainees_recaptured", custody.DetaineesRecaptured, "", "facility quantity cohort by via batch"),
    ("custody.detainees_died", custody.DetaineesDied, "", "facility quantity cohort via batch"),
    ("custody.detainees_reclassified", custody.DetaineesReclassified, "",
     "facility quantity from_cohort to_cohort batch"),
    ("custody.transfer_planned", custody.TransferPlanned, "operation", "quantity origin destination by cohort"),
    ("custody.transfer_progress_reported", custody.TransferProgressReported, "operation moved", "cohort"),
    ("custody.transfer_plan_revised", custody.TransferPlanRevised, "operation", "quantity by cohort"),
    ("custody.transfer_suspended", custody.TransferSuspended, "operation", "by"),
    ("custody.transfer_resumed", custody.TransferResumed, "operation", "by"),
    ("custody.transfer_cancelled", custody.TransferCancelled, "operation", "by"),
    ("custody.transfer_completed", custody.TransferCompleted, "operation", "total cohort"),
    ("agreement.cooperation_announced", agreement.CooperationAnnounced, "agreement", "parties scope"),
    ("agreement.proposed", agreement.AgreementProposed, "agreement", "parties by"),
    ("agreement.signed", agreement.AgreementSigned, "agreement", "parties"),
    ("agreement.ratified", agreement.AgreementRatified, "agreement party", ""),
    ("agreement.provisionally_applied", agreement.AgreementProvisionallyApplied, "agreement", ""),
    ("agreement.entered_into_force", agreement.AgreementEnteredIntoForce, "agreement", "until"),
    ("agreement.amended", agreement.AgreementAmended, "agreement", "scope"),
    ("agreement.extended", agreement.AgreementExtended, "agreement", "until"),
    ("agreement.violated", agreement.AgreementViolated, "agreement", "by quantity"),
    ("agreement.suspended", agreement.AgreementSuspended, "agreement", "by"),
    ("agreement.resumed", agreement.AgreementResumed, "agreement", "by"),
    ("agreement.party_joined", agreement.PartyJoined, "agreement party", ""),
    ("agreement.party_withdrew", agreement.PartyWithdrew, "agreement party", ""),
    ("agreement.terminated", agreement.AgreementTerminated, "agreement", "by superseded_by"),
    ("agreement.expired", agreement.AgreementExpired, "agreement", ""),
    ("agreement.talks_held", agreement.TalksHeld, "", "parties level topics"),
    ("agreement.commitment_made", agreement.CommitmentMade, "", "commitment by to what"),
    ("agreement.commitment_fulfilled", agreement.CommitmentFulfilled, "commitment", "by"),
    ("agreement.commitment_broken", agreement.CommitmentBroken, "commitment", "by"),
    ("agreement.statement_made", agreement.StatementMade, "", "by stance quantity"),
    ("agreement.threat_assessed", agreement.ThreatAssessed, "", "by"),
    ("border.crossing_opened", border.CrossingOpened, "crossing", "measure"),
    ("border.crossing_closed", border.CrossingClosed, "crossing", "measure"),
    ("border.monitoring_started", border.MonitoringStarted, "sector", "by measure"),
    ("border.monitoring_ended", border.MonitoringEnded, "sector", "by measure"),
    ("border.measure_taken", border.BorderMeasureTaken, "sector measure", "by quantity"),
    ("border.incident_reported", border.BorderIncidentReported, "kind", "outcome crossing sector quantity goods"),
    ("entity.registered", entity.EntityRegistered, "entity", "names aliases"),
    ("entity.judged", entity.IdentityJudged, "left right judgement", ""),
    ("editorial.corrected", editorial.EventCorrected, "target replacement", "occurred modality reason"),
    ("editorial.retracted", editorial.EventRetracted, "target", "reason"),
    ("editorial.disputed", editorial.EventDisputed, "target", "rival occurred reason"),
    ("editorial.corroborated", editorial.EventCorroborated, "target", "reason"),
    ("editorial.merged", editorial.EventsMerged, "kept duplicates", "reason"),
    ("editorial.redacted", editorial.EventRedacted, "target", "reason"),
]  # fmt: skip
ESCAPED = custody.DetaineesEscaped(facility="al-shaddadi-prison")
LEAST = {
    "facility": "al-hol-camp", "status": "closed", "capacity": exactly(5), "operation": "op", "moved": exactly(5),
    "agreement": "accord", "party": "sdf", "commitment": "promise", "crossing": "rabia", "sector": "north",
    "measure": "wall", "kind": "attack", "target": "e1", "replacement": ESCAPED, "kept": "e1", "duplicates": ["e2"],
    "entity": "authority:sdf", "left": "authority:sdf", "right": "authority:qsd", "judgement": "same",
}  # fmt: skip


@pytest.mark.parametrize(("name", "cls", "required", "optional"), VOCABULARY)
def test_each_event_has_its_stored_name_and_fields(name, cls, required, optional):
    """Name and class belong together; fields are exactly those promised, plus detail and about."""
    assert registered(name).cls is cls
    fields = {f.name: f.default is attrs.NOTHING for f in attrs.fields(cls)}
    assert {n for n, needed in fields.items() if needed} == set(required.split())
    assert {n for n, needed in fields.items() if not needed} == {*optional.split(), "detail", "about"}


def test_the_table_is_the_whole_vocabulary():
    """No event exists that the table does not name."""
    ours = {kind.name for kind in registered_types() if kind.cls.__module__.startswith("timeline.events.")}
    assert ours == {name for name, *_ in VOCABULARY}


@pytest.mark.parametrize(("name", "cls", "required", "optional"), VOCABULARY)
def test_each_event_is_made_of_what_it_requires(name, cls, required, optional):
    """Required fields suffice, and without them it is refused."""
    least = {field: LEAST[field] for field in required.split()}
    if cls is custody.HeadcountReported:
        least["facility"] = "al-hol-camp"
    made = cls(**least)
    assert (made.detail, made.about) == ("", ())
    assert cls(**least, detail="x", about=["operation:x"]) != made
    for field in required.split():
        with pytest.raises(TypeError):
            cls(**{k: v for k, v in least.items() if k != field})


@pytest.mark.parametrize("cls", [row[1] for row in VOCABULARY])
def test_each_event_says_what_it_means(cls):
    """Every event has a docstring that begins with a sentence."""
    first = inspect.getdoc(cls).partition("\n\n")[0]
    assert "." in first
    assert len(first) > 15


@pytest.mark.parametrize(
    ("cls", "field", "allowed"),
    [
        (facility.FacilityRegistered, "kind",
         "prison detention_centre camp crossing unofficial_crossing base place collective"),
        (facility.ControlChanged, "role", "control administration guarding"),
        (facility.ControlContested, "role", "control administration guarding"),
        (facility.ControlChanged, "manner", "seized handed_over vacated observed unknown"),
        (facility.FacilityStatusChanged, "status",
         "operational besieged restricted damaged evacuating evacuated closed other"),
        (border.BorderIncidentReported, "kind", "infiltration arms_smuggling people_smuggling attack"),
        (border.BorderIncidentReported, "outcome", "attempted foiled succeeded unknown"),
    ],
)  # fmt: skip
def test_choices_are_exactly_these(cls, field, allowed):
    """Every allowed word is taken, and another is refused with the list."""
    least = {f.name: LEAST[f.name] for f in attrs.fields(cls) if f.default is attrs.NOTHING and f.name != field}
    for word in allowed.split():
        assert getattr(cls(**least, **{field: word}), field) == word
    with pytest.raises(InvalidEvent, match="expected one of " + ", ".join(allowed.split()) + r"\."):
        cls(**least, **{field: "otherwise"})


def test_a_headcount_is_of_a_facility_or_of_an_authority():
    """Neither and both are refused."""
    assert custody.HeadcountReported(facility="a").authority is None
    assert custody.HeadcountReported(authority="sdf").facility is None
    for both in ({}, {"facility": "a", "authority": "sdf"}):
        with pytest.raises(InvalidEvent, match="exactly one of them"):
            custody.HeadcountReported(**both)


def test_nobody_holds_what_was_vacated():
    """A vacated facility has no authority; who left is `previous`."""
    assert facility.ControlChanged(facility="a", manner="vacated", previous="sdf").authority is None
    with pytest.raises(InvalidEvent, match="was vacated, yet authority is 'sdf'"):
        facility.ControlChanged(facility="a", manner="vacated", authority="sdf")


def test_custody_counts_people_only():
    """Families are not added to the ledger of people."""
    with pytest.raises(InvalidEvent, match="a count of people"):
        custody.DetaineesReleased(facility="a", quantity=exactly(230, unit="families"))
    with pytest.raises(InvalidEvent, match="a count of people"):
        custody.HeadcountReported(facility="a", breakdown={"iraqi": exactly(1, unit="families")})


@pytest.mark.parametrize("cls", [cls for cls in MOVING if cls is not custody.DetaineesReclassified])
def test_whatever_moves_people_may_say_which_way(cls):
    """The crossing on their way is an entity and a tag; nobody is held there for having passed."""
    event = cls(quantity=exactly(5), via="semalka-fishkhabur-crossing", batch="second convoy")
    assert "facility:semalka-fishkhabur-crossing" in tags_of(event)
    assert event.batch == "second convoy"
    line = Timeline()
    line.record(event, occurred="2026-01-21")
    assert "semalka-fishkhabur-crossing" not in line.at().custody


@pytest.mark.parametrize(
    "said",
    [
        agreement.StatementMade(by="iraq-gov", quantity=exactly(66, unit="nationalities")),
        agreement.AgreementViolated(agreement="truce", quantity=exactly(3, unit="attacks")),
        border.BorderMeasureTaken(sector="north", measure="wall", quantity=exactly(350, unit="kilometres")),
    ],
)
def test_figures_told_beside_are_numbers_of_their_own_unit(said):
    """They are the number of a claim, which a policy compares."""
    line = Timeline()
    entry = line.record(said, occurred="2026-01-21")
    assert line.at().claims(entry)[0].quantity == said.quantity


@pytest.mark.parametrize("wrong", ["text", 5, None, editorial.EventRetracted(target="e1"), custody.DetaineesEscaped])
def test_a_replacement_is_an_event_of_the_field(wrong):
    """Text, classes and editorial events cannot replace what happened."""
    with pytest.raises(InvalidEvent, match="replacement is .*expected an event of the field"):
        editorial.EventCorrected(target="e1", replacement=wrong)


@pytest.mark.parametrize("wrong", ["text", editorial.EventCorroborated(target="e1")])
def test_a_rival_is_an_event_of_the_field_or_none(wrong):
    """A bare denial has no rival; a rival is an event."""
    assert editorial.EventDisputed(target="e1").rival is None
    with pytest.raises(InvalidEvent, match="rival is .*expected an event of the field"):
        editorial.EventDisputed(target="e1", rival=wrong)


def test_a_correction_may_move_date_and_modality():
    """Both are read as anywhere else, and a wrong modality is refused."""
    made = editorial.EventCorrected(target="e1", replacement=ESCAPED, occurred="2026-01", modality=Modality.DENIED)
    assert (str(made.occurred), made.modality) == ("2026-01", Modality.DENIED)
    with pytest.raises(InvalidEvent, match="modality is 'denied'"):
        editorial.EventCorrected(target="e1", replacement=ESCAPED, modality="denied")


@pytest.mark.parametrize("duplicates", [[], ["e1"], ["e2", "e1"]])
def test_a_merge_names_others(duplicates):
    """Merging nothing, or an entry with itself, is refused."""
    with pytest.raises(InvalidEvent, match="one or more duplicates"):
        editorial.EventsMerged(kept="e1", duplicates=duplicates)


@pytest.mark.parametrize(
    ("event", "named", "put_forward"),
    [
        (editorial.EventCorrected(target="e1", replacement=ESCAPED), ("e1",), ESCAPED),
        (editorial.EventRetracted(target="e1"), ("e1",), None),
        (editorial.EventDisputed(target="e1", rival=ESCAPED), ("e1",), ESCAPED),
        (editorial.EventDisputed(target="e1"), ("e1",), None),
        (editorial.EventCorroborated(target="e1"), ("e1",), None),
        (editorial.EventsMerged(kept="e1", duplicates=["e2", "e3"]), ("e1", "e2", "e3"), None),
        (editorial.EventRedacted(target="e1"), ("e1",), None),
        (ESCAPED, (), None),
    ],
)
def test_editorial_events_name_their_targets(event, named, put_forward):
    """Each names its targets, its proposal, and the tags that follow."""
    assert targets(event) == named
    assert proposed(event) == put_forward
    assert tags_of(event) == (tuple(f"entry:{id}" for id in named) or ("facility:al-shaddadi-prison",))
    assert isinstance(event, EDITORIAL) is bool(named)
