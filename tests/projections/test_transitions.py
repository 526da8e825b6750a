"""Every step of every lifecycle as a story: those the tables allow, and those they do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, NamedTuple

import pytest

from timeline import Lifecycle, at_least, exactly, projections
from timeline.errors import IllegalTransition
from timeline.events import agreement, border, custody
from timeline.events.facility import FacilityStatusChanged
from timeline.projections.agreements import AGREEMENT, COMMITMENT
from timeline.projections.border import CROSSING
from timeline.projections.facilities import STATUS
from timeline.projections.operations import OPERATION
from timeline.testing import Told, changes_nothing, finds, finds_nothing, given, on, refuses, the

HOL, RABIA, OP, TRUCE = "al-hol-camp", "rabia-yarubiyah-crossing", "transfer-2026", "truce-2026-01-20"


class Life(NamedTuple):
    """A table, where its status shows, the event of each verb, and what an illegal one is taken as."""

    table: Lifecycle
    path: tuple[str, ...]
    event: Callable[[str], Any]
    taken_as: Mapping[str, str]


class Step(NamedTuple):
    """A verb out of a status, which leads to another."""

    life: Life
    before: str | None
    verb: str
    after: str | None

    def __str__(self) -> str:
        return f"{self.life.table.name}: {self.before} {self.verb}"


OPERATIONS = {
    "TransferPlanned": custody.TransferPlanned(operation=OP, quantity=exactly(7000)),
    "TransferPlanRevised": custody.TransferPlanRevised(operation=OP, quantity=exactly(6000)),
    "DetaineesTransferred": custody.DetaineesTransferred(operation=OP, quantity=exactly(1)),
    "TransferProgressReported": custody.TransferProgressReported(operation=OP, moved=at_least(1)),
    "TransferSuspended": custody.TransferSuspended(operation=OP),
    "TransferResumed": custody.TransferResumed(operation=OP),
    "TransferCancelled": custody.TransferCancelled(operation=OP),
    "TransferCompleted": custody.TransferCompleted(operation=OP),
}
PARTIES = {"AgreementRatified": {"party": "sdf"}, "PartyJoined": {"party": "sdf"}, "PartyWithdrew": {"party": "sdf"}}
LIVES = [
    Life(
        STATUS,
        ("facilities", HOL, "status"),
        lambda verb: FacilityStatusChanged(facility=HOL, status=verb),
        {status: status for status in STATUS.moves},
    ),
    Life(
        OPERATION,
        ("custody", "operations", OP, "status"),
        OPERATIONS.__getitem__,
        {
            "TransferPlanRevised": "planned",
            "TransferPlanned": "planned",
            "DetaineesTransferred": "underway",
            "TransferSuspended": "suspended",
            "TransferResumed": "underway",
            "TransferCancelled": "cancelled",
            "TransferCompleted": "completed",
        },
    ),
    Life(
        AGREEMENT,
        ("agreements", TRUCE, "status"),
        lambda verb: getattr(agreement, verb)(agreement=TRUCE, **PARTIES.get(verb, {})),
        {
            "CooperationAnnounced": "declared",
            "AgreementProposed": "proposed",
            "AgreementSigned": "signed",
            "AgreementRatified": "signed",
            "AgreementProvisionallyApplied": "provisional",
            "AgreementEnteredIntoForce": "in_force",
            "AgreementAmended": "ended",  # what says nothing of the status leaves what ended ended
            "PartyJoined": "ended",
            "PartyWithdrew": "ended",
            "AgreementExtended": "in_force",
            "AgreementSuspended": "suspended",
            "AgreementResumed": "in_force",
            "AgreementTerminated": "ended",
            "AgreementExpired": "ended",
        },
    ),
    Life(
        COMMITMENT,
        ("agreements", "commitments", "handover", "status"),
        lambda verb: getattr(agreement, verb)(commitment="handover", by="sdf"),
        {"CommitmentMade": "made", "CommitmentBroken": "broken"},
    ),
    Life(
        CROSSING,
        ("border", "crossings", RABIA, "status"),
        lambda verb: getattr(border, verb)(crossing=RABIA),
        {"CrossingOpened": "open", "CrossingClosed": "closed"},
    ),
]


def statuses(life: Life) -> set[str | None]:
    return {None, *(after for _, _, after in life.table.arrows())}


def forbidden(life: Life) -> Iterator[Step]:
    """Yield every verb out of a status that the table does not allow."""
    for before in sorted(statuses(life), key=str):
        for verb in life.table.moves:
            if not life.table.allows(before, verb):
                yield Step(life, before, verb, life.taken_as[verb])


EDGES = [Step(life, *arrow) for life in LIVES for arrow in life.table.arrows()]
FORBIDDEN = [step for life in LIVES for step in forbidden(life)]


def route(life: Life, status: str | None) -> list[str]:
    """Return the fewest verbs that lead to a status."""
    routes: dict[str | None, list[str]] = {None: []}
    while status not in routes:
        for before, verb, after in life.table.arrows():
            if before in routes and after not in routes:
                routes[after] = [*routes[before], verb]
    return routes[status]


def story_of(step: Step) -> tuple[list[Told], Told]:
    """Tell a story that reaches the status, and takes the step out of it."""
    events = [step.life.event(verb) for verb in (*route(step.life, step.before), step.verb)]
    *before, last = (on(f"2026-01-{day}").told(event) for day, event in enumerate(events, 10))
    return before, last


@pytest.mark.parametrize("edge", EDGES, ids=str)
def test_every_step_a_table_allows_leads_where_it_says(edge: Step) -> None:
    """The status is the one after the arrow, and there is nothing to be found."""
    before, step = story_of(edge)
    given(*before).when(step).then(the(*edge.life.path).is_(edge.after), finds_nothing())


@pytest.mark.parametrize("step", FORBIDDEN, ids=str)
def test_every_step_a_table_forbids_is_taken_as_reported_and_found(step: Step) -> None:
    """The status is what the report says, and the finding names the step."""
    before, broken = story_of(step)
    given(*before).when(broken).then(
        the(*step.life.path).is_(step.after), finds("illegal_transition", *step.life.path, of=broken)
    )


@pytest.mark.parametrize("step", FORBIDDEN, ids=str)
def test_every_step_a_table_forbids_is_refused_by_a_strict_timeline(step: Step) -> None:
    """And nothing has changed."""
    before, broken = story_of(step)
    given(*before, strict=True).when(broken).then(refuses(IllegalTransition), changes_nothing())


def test_no_table_and_no_step_is_left_out() -> None:
    """Each table of the library has its stories, as many as it has arrows and as there are steps it forbids."""
    modules = map(import_module, (f"timeline.projections.{m.name}" for m in iter_modules(projections.__path__)))
    tables = {v.name for module in modules for v in vars(module).values() if isinstance(v, Lifecycle)}
    assert tables == {life.table.name for life in LIVES}
    told = {
        life.table.name: (sum(s.life is life for s in EDGES), sum(s.life is life for s in FORBIDDEN)) for life in LIVES
    }
    assert told == {
        "facility status": (64, 8),
        "operation": (32, 16),
        "agreement": (83, 29),
        "commitment": (10, 2),
        "crossing": (4, 2),
    }


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.table.name)
def test_every_status_is_broken_out_of_or_forbids_nothing(life: Life) -> None:
    """Out of each status there is a story of an illegal step, unless every verb may follow it."""
    for status in statuses(life):
        tried = {step.verb for step in FORBIDDEN if step.life is life and step.before == status}
        taken = {step.verb for step in EDGES if step.life is life and step.before == status}
        assert tried | taken == set(life.table.moves)
        assert not tried & taken
