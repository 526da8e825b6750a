"""From a row to its event: one small function for each kind of row.

If the columns of a row do not say enough, a table here says how the row was read, by its id. No function reads
the column `note`, which was written with hindsight.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from examples.northeast_syria.rows import Row, Subject
from timeline import Draft, Modality, Quantity, Report, When, exactly, unspecified
from timeline.events import agreement, border, custody, entity, facility
from timeline.events.border import IncidentKind, Outcome
from timeline.events.facility import Role, Status
from timeline.events.naming import tags_of
from timeline.values.quantity import PEOPLE

READ_AS = {
    "R082": "statement_made",  # counts the points of the text that was signed
    "R090": "control_changed",  # the force that held the prison says it no longer does
    "R131": "control_changed",  # management of a camp: see ROLE
    "R132": "control_changed",  # likewise
    "R149": "population_counted",  # a count, and who holds it still: see STILL_HELD
    "R158": "agreement_extended",  # gives the end of an extension
    "R167": "agreement_signed",  # dates the signing a day earlier
    "R179": "transfer_announced",  # the ceiling announced again, with its pace
    "R183": "detainees_transferred",  # a plan, in a statement
    "R184": "detainees_transferred",  # likewise
    "R204": "transfer_progress",  # forecasts the closing count; nobody announced another plan
    "R205": "transfer_completed",  # says that a flight was the last, not how many flew
    "R228": "transfer_progress",  # a correction that brings its own count
    "R229": "transfer_progress",  # likewise
    "R241": "detainees_transferred",  # a plan, in a statement
    "R264": "detainees_transferred",  # likewise
    "R271": "control_changed",  # a handover to come
    "R276": "statement_made",  # a visit: the crossing neither opened nor closed
    "R277": "statement_made",  # likewise
    "R281": "statement_made",  # who uses a crossing that is open
    "R290": "facility_registered",  # seen to be held still
    "R306": "facility_registered",  # likewise
}
"""Rows that report another kind of event than the kind they are filed under."""

ROLE: Mapping[str, Role] = {"R131": "administration", "R132": "administration"}
"""The role that changed hands, where it is not control."""

STILL_HELD = frozenset({"R149"})
"""Rows that give a count and also an observed holder of the place."""

OCCURRED = {
    "R158": "../2026-01-30",  # said on that day of an extension made before
    "R179": "../2026-01-23",  # said on that day of a ceiling announced before
    "R184": None,  # a plan for no day that is named
    "R232": "../2026-02-16",  # a total that had been reached by then
    "R238": "../2026-02-16",  # likewise
    "R241": None,
    "R264": None,
}
"""When it happened or is foreseen, for rows whose column has the date of the report; None: no day is named."""

ABOUT = {"R226": ("facility:rabia-yarubiyah-crossing",)}
"""Places that a row's words name and no column does."""

COUNTED = {"R069": "infiltration-attempts"}
"""The unit of a number whose column names neither people nor a unit."""

STATUS: Mapping[str, Status] = {
    "R107": "besieged",
    "R128": "restricted",
    "R129": "restricted",
    "R130": "restricted",
    "R136": "evacuating",
    "R144": "closed",
    "R294": "evacuating",
    "R295": "evacuating",
}
"""The state a facility came to, for rows that say it in prose; "other" for the rest."""

CROSSING: Mapping[str, type[border.CrossingOpened | border.CrossingClosed]] = {
    "R035": border.CrossingClosed,
    "R039": border.CrossingOpened,
    "R049": border.CrossingOpened,
    "R057": border.CrossingClosed,
    "R279": border.CrossingOpened,
    "R280": border.CrossingOpened,
}

INCIDENT: Mapping[str, tuple[IncidentKind, Outcome]] = {
    "R068": ("attack", "succeeded"),  # an airborne raid across the border
    "R069": ("infiltration", "attempted"),  # the row denies it
}

MEASURE = {"R024": "wall built", "R070": "wall built", "R267": "visit by the prime minister", "R270": "wall built"}
"""What was done at the border, for rows whose words only say how much."""

UNTIL = {"R157": "2026-02-24", "R158": "2026-02-08"}
"""The end of an extension, given as a length (a month from 24 January) or in words."""

PROMISED_BY = {"R105": "syria-gov"}
"""Who undertakes to receive; elsewhere the one who hands over, or the only one named, undertakes."""

PROMISED = {
    "R004": "to hold Iraqi and foreign fighters in its own facilities",
    "R007": "to go on coordinating with Washington, in arms and intelligence",
    "R030": "to pass al-Hol and the duties on the Iraqi border to the ministry step by step",
    "R043": "no Iraqi family left in al-Hol after the end of 2025",
    "R066": "all Iraqi families out of al-Hol within six months",
    "R071": "all Iraqi families out of al-Hol by 2027",
    "R084": "to pass the file of detainees and camps to the state",
    "R085": "to pass all border crossings and the oil and gas fields to the government",
    "R105": "to take over all prisons holding detainees, and to coordinate with Washington",
    "R117": "to fetch all remaining families as soon as possible",
    "R133": "to close the camps in the northeast for good",
    "R166": "to pass the oil fields, crossings and Qamishli airport to Damascus within ten days",
    "R168": "to take the detainees in",
    "R248": "to try suspects of every nationality in Iraqi courts",
    "R250": "no repatriation before the probes end, in four to six months",
    "R253": "to try all 5,704 who were transferred",
    "R263": "a roadmap and a unified security committee for the transfer",
    "R272": "to return the crossing to the authority of the state",
    "R274": "to open the crossing in the coming days",
    "R275": "to open the crossing in the coming days",
}
"""What is promised, for rows that say it in no column: our words for what the page says."""

DEEDS = frozenset({"transfer_announced", "commitment_made", "statement_made", "talks_held", "threat_assessed"})
"""Done by being said, though what they speak of lies ahead."""
CREDIBILITY: Mapping[str, Any] = {"confirmed": 1, "claimed": 3}
LIST = Report("northeast Syria chronicle, list of subjects", credibility=1)
EVERYBODY = "mixed"
_HEDGED = re.compile(r"\b(about|around|approximately|nearly|roughly|some)\b|~|نحو|حوالي")


def kind_of(row: Row) -> str:
    """Return the kind of event that a row reports."""
    return READ_AS.get(row.id, row.event)


def event_of(row: Row) -> Any:
    """Make the event that a row reports, tagged with everything the row names.

    Raises: ValueError for a kind, or an incident, that no table here knows.
    """
    kind = kind_of(row)
    if kind not in EVENTS:
        raise ValueError(f"{kind!r} is not a known kind of event")
    event = EVENTS[kind](row)
    named = dict.fromkeys((*_tags(row), *event.about))
    about = tuple(tag for tag in named if tag not in tags_of(event))
    return attrs.evolve(event, detail=event.detail or _detail(row, event), about=about)


def modality_of(row: Row) -> Modality:
    """Return the modality of a row; announcements and the like are deeds, also in planned rows."""
    if row.status == "denied":
        return Modality.DENIED
    return Modality.PLANNED if row.status == "planned" and kind_of(row) not in DEEDS else Modality.ACTUAL


def occurred_of(row: Row) -> When | None:
    """Return when the event happened; of a period of validity, only its beginning."""
    if row.id in OCCURRED:
        text = OCCURRED[row.id]
        return None if text is None else When.parse(text)
    lasting = kind_of(row) in ("agreement_in_force", "agreement_extended")
    return When.parse(str(row.occurred).partition("/")[0]) if lasting else row.occurred


def report_of(row: Row) -> Report:
    """Make the report of a row: source, date of publication, cited body and quote."""
    source = row.source
    return Report(
        source.outlet,
        published=source.published,
        url=source.url,
        language=source.language,
        quote=row.text or None,
        attributed_to=row.attributed_to,
        credibility=CREDIBILITY.get(row.status),
    )


def registration(subject: Subject) -> Draft:
    """Make the registration of a listed facility, known at every date."""
    kind: Any = subject.kind
    listed = facility.FacilityRegistered(
        facility=subject.slug, kind=kind, names=subject.names, place=subject.place, members=subject.members,
        coordinates=subject.coordinates,
    )  # fmt: skip
    return Draft(listed, reports=[LIST], id=f"facility-{subject.slug}")


def naming(subject: Subject) -> Draft:
    """Make the registration of a listed subject that is not a facility: its names, known at every date."""
    registered = entity.EntityRegistered(entity=subject.tag, names=subject.names)
    return Draft(registered, reports=[LIST], id=f"{subject.kind}-{subject.slug}")


def people(row: Row) -> Quantity:
    """Return the number of people; unspecified if the row counts something else, or nothing."""
    return unspecified(row.text) if row.unit else _number(row, PEOPLE)


def figure_of(row: Row, event: Any) -> Any | None:
    """Make a statement with the number of a row if its event has no field for it, else None."""
    quantity = _figure(row)
    if quantity is None or any(number.known for number in _quantities(event)):
        return None
    return agreement.StatementMade(quantity=quantity, about=tuple(dict.fromkeys(_tags(row))))


def observation_of(row: Row) -> Any | None:
    """Make an observation of the holder if a row gives one beside something else, else None."""
    return _registered(row) if row.id in STILL_HELD else None


def _figure(row: Row) -> Quantity | None:
    """Return the number of a row in its own unit, or None."""
    return _number(row, row.unit or COUNTED.get(row.id, PEOPLE)) if row.numbered else None


def _number(row: Row, unit: str) -> Quantity:
    if row.best is not None and row.low is None and row.high is None and not _HEDGED.search(row.text):
        return exactly(row.best, unit=unit, text=row.text)
    return Quantity(row.low or 0, row.best, row.high, unit=unit, text=row.text)


def _tags(row: Row) -> tuple[str, ...]:
    """Return the tags of a row; several facilities in one cell give a tag each."""
    places = (f"facility:{slug}" for place in row.facilities for slug in (place.members or (place.slug,)))
    cohort = (f"cohort:{row.cohort}",) if row.cohort else ()
    authorities = (f"authority:{name}" for name in row.authorities)
    return (row.subject.tag, *places, *ABOUT.get(row.id, ()), *authorities, *cohort)


def _detail(row: Row, event: Any) -> str:
    """Return the words of a row, unless a quantity holds them."""
    return "" if _quantities(event) else row.text


def _quantities(event: Any) -> list[Quantity]:
    values = (getattr(event, a.name) for a in attrs.fields(type(event)))
    return [value for value in values if isinstance(value, Quantity)]


def _said(row: Row) -> str:
    """Return the words of a row, or the title of its page."""
    return row.text or row.source.title


def _slug(subject: Subject | None) -> str | None:
    return subject.slug if subject else None


def _operation(row: Row) -> str | None:
    return row.subject.slug if row.subject.kind == "operation" else None


def _registered(row: Row) -> Any:
    return facility.ControlChanged(facility=row.subject.slug, authority=row.to_authority, manner="observed")


def _control(row: Row) -> Any:
    if row.to_authority == "none":
        return facility.ControlChanged(facility=row.subject.slug, previous=row.from_authority, manner="vacated")
    previous = None if row.from_authority == "none" else row.from_authority
    role = ROLE.get(row.id, "control")
    return facility.ControlChanged(facility=row.subject.slug, role=role, authority=row.to_authority, previous=previous)


def _status(row: Row) -> Any:
    return facility.FacilityStatusChanged(facility=row.subject.slug, status=STATUS.get(row.id, "other"))


def _capacity(row: Row) -> Any:
    return facility.CapacityReported(facility=row.subject.slug, capacity=_number(row, PEOPLE))


def _crossing(row: Row) -> Any:
    if row.id not in CROSSING:
        raise ValueError("the table CROSSING does not say whether it opened or closed")
    return CROSSING[row.id](crossing=row.subject.slug)


def _headcount(row: Row) -> Any:
    """Make a headcount: a total if the row counts everybody in the facility, else a share."""
    quantity, slug = people(row), row.subject.slug
    if not quantity.known or row.cohort not in (row.subject.cohort, EVERYBODY):
        return custody.HeadcountReported(facility=slug, quantity=quantity, cohort=row.cohort)
    breakdown = {} if row.cohort in (None, EVERYBODY) else {row.cohort: quantity}
    return custody.HeadcountReported(facility=slug, quantity=quantity, breakdown=breakdown)


def _admitted(row: Row) -> Any:
    return custody.DetaineesAdmitted(
        facility=_slug(row.destination), quantity=people(row), cohort=row.cohort, by=row.to_authority
    )


def _transferred(row: Row) -> Any:
    return custody.DetaineesTransferred(
        quantity=people(row),
        origin=_slug(row.origin),
        destination=_slug(row.destination),
        cohort=row.cohort,
        operation=_operation(row),
        surrendered_by=row.from_authority,
        received_by=row.to_authority,
    )


def _repatriated(row: Row) -> Any:
    return custody.DetaineesRepatriated(
        quantity=people(row),
        origin=_slug(row.origin),
        destination=_slug(row.destination),
        to=row.to_authority,
        cohort=row.cohort,
        operation=_operation(row),
    )


def _released(row: Row) -> Any:
    return custody.DetaineesReleased(
        facility=_slug(row.origin), quantity=people(row), cohort=row.cohort, by=row.from_authority
    )


def _escaped(row: Row) -> Any:
    return custody.DetaineesEscaped(facility=_slug(row.origin), quantity=people(row), cohort=row.cohort)


def _recaptured(row: Row) -> Any:
    return custody.DetaineesRecaptured(
        facility=_slug(row.destination), quantity=people(row), cohort=row.cohort, by=row.to_authority
    )


def _announced(row: Row) -> Any:
    return custody.TransferPlanned(
        operation=row.subject.slug,
        quantity=people(row),
        origin=_slug(row.origin),
        destination=_slug(row.destination),
        cohort=row.cohort,
    )


def _progress(row: Row) -> Any:
    return custody.TransferProgressReported(operation=row.subject.slug, moved=people(row), cohort=row.cohort)


def _completed(row: Row) -> Any:
    total = people(row) if row.numbered else None
    return custody.TransferCompleted(operation=row.subject.slug, total=total, cohort=row.cohort)


def _in_force(row: Row) -> Any:
    return agreement.AgreementEnteredIntoForce(agreement=row.subject.slug, until=_until(row))


def _extended(row: Row) -> Any:
    return agreement.AgreementExtended(agreement=row.subject.slug, until=_until(row))


def _until(row: Row) -> When | None:
    """Return the end of the period, if the row gives one."""
    end = str(row.occurred).partition("/")[2] or UNTIL.get(row.id)
    return When.parse(end) if end else None


def _committed(row: Row) -> Any:
    by = PROMISED_BY.get(row.id) or next(iter(row.authorities), None)
    to = next((name for name in row.authorities[1:] if name != by), None)
    return agreement.CommitmentMade(by=by, to=to, what=PROMISED.get(row.id) or _said(row))


def _violated(row: Row) -> Any:
    return agreement.AgreementViolated(agreement=row.subject.slug, quantity=_figure(row))


def _stated(row: Row) -> Any:
    return agreement.StatementMade(quantity=_figure(row), detail=_said(row))


def _measure(row: Row) -> Any:
    return border.BorderMeasureTaken(
        sector=row.subject.slug, measure=MEASURE.get(row.id) or _said(row), by=row.to_authority, quantity=_figure(row)
    )


def _incident(row: Row) -> Any:
    if row.id not in INCIDENT:
        raise ValueError("the table INCIDENT does not say what was tried")
    kind, outcome = INCIDENT[row.id]
    quantity = people(row) if row.status != "denied" else None
    return border.BorderIncidentReported(
        kind=kind, outcome=outcome, sector=row.subject.slug, quantity=quantity, detail=row.text
    )


EVENTS: Mapping[str, Callable[[Row], Any]] = {
    "facility_registered": _registered,
    "control_changed": _control,
    "facility_status_changed": _status,
    "capacity_reported": _capacity,
    "crossing_status_changed": _crossing,
    "population_counted": _headcount,
    "detainees_admitted": _admitted,
    "detainees_transferred": _transferred,
    "detainees_repatriated": _repatriated,
    "detainees_released": _released,
    "detainees_escaped": _escaped,
    "detainees_recaptured": _recaptured,
    "transfer_announced": _announced,
    "transfer_progress": _progress,
    "transfer_completed": _completed,
    "agreement_proposed": lambda row: agreement.AgreementProposed(agreement=row.subject.slug, parties=row.authorities),
    "agreement_signed": lambda row: agreement.AgreementSigned(agreement=row.subject.slug, parties=row.authorities),
    "agreement_in_force": _in_force,
    "agreement_extended": _extended,
    "agreement_violated": _violated,
    "agreement_ended": lambda row: agreement.AgreementExpired(agreement=row.subject.slug),
    "talks_held": lambda row: agreement.TalksHeld(detail=_said(row)),
    "commitment_made": _committed,
    "statement_made": _stated,
    "threat_assessed": lambda row: agreement.ThreatAssessed(detail=_said(row)),
    "border_measure": _measure,
    "border_incident": _incident,
}
