"""Facts of custody in a few words, and how they read."""

from timeline import exactly, unspecified
from timeline.events.agreement import StatementMade
from timeline.events.custody import (
    DetaineesAdmitted,
    DetaineesDied,
    DetaineesEscaped,
    DetaineesRecaptured,
    DetaineesReleased,
    DetaineesRepatriated,
    DetaineesTransferred,
    HeadcountReported,
)
from timeline.events.facility import ControlChanged

HOL, SINAA, KARKH = "al-hol-camp", "al-sinaa-prison", "al-karkh-prison"
OP = "transfer-2026"
UNKNOWN = unspecified()


def counted(line, quantity, occurred="2026-01-01", *, facility=SINAA, **more):
    """Record a headcount of a facility."""
    return line.record(HeadcountReported(facility=facility, quantity=quantity, **more), occurred=occurred)


def transferred(line, quantity, occurred="2026-01-10", *, origin=SINAA, destination=KARKH, links=None, **more):
    """Record a transfer, by default between two prisons."""
    event = DetaineesTransferred(quantity=quantity, origin=origin, destination=destination, **more)
    return line.record(event, occurred=occurred, **(links or {}))


def controls(line, authority, occurred="2025-12-01", *, facility=SINAA, **more):
    """Record that an authority takes control of a facility."""
    return line.record(ControlChanged(facility=facility, authority=authority, **more), occurred=occurred)


def spoken_of(line, *tags):
    """Record a statement about entities that says nothing of their detainees."""
    line.record(StatementMade(about=tags))


def held(line, occurred=None, *, facility=SINAA, **asked):
    """Return the number that a facility holds, in the library's short form."""
    return str(line.at(occurred).custody.held(facility=facility, **asked))


def kinds(situation):
    """Return the kinds of the findings, in order."""
    return [finding.kind for finding in situation.findings]


FLOWS = [
    (DetaineesAdmitted(facility=SINAA, quantity=exactly(30)), "1,030", "received"),
    (DetaineesRecaptured(facility=SINAA, quantity=exactly(30)), "1,030", "recaptured"),
    (DetaineesTransferred(destination=SINAA, quantity=exactly(30)), "1,030", "received"),
    (DetaineesTransferred(origin=SINAA, quantity=exactly(30)), "970", "sent"),
    (DetaineesReleased(facility=SINAA, quantity=exactly(30)), "970", "released"),
    (DetaineesRepatriated(origin=SINAA, quantity=exactly(30)), "970", "repatriated"),
    (DetaineesEscaped(facility=SINAA, quantity=exactly(30)), "970", "escaped"),
    (DetaineesDied(facility=SINAA, quantity=exactly(30)), "970", "died"),
]
HEADINGS = ("received", "sent", "escaped", "recaptured", "released", "repatriated", "died")
