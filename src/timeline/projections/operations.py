"""Transfer operations: the numbers planned, moved in batches, and claimed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import NoneType
from typing import Any, Literal

import attrs

from timeline.events.custody import (
    DetaineesRepatriated,
    DetaineesTransferred,
    TransferCancelled,
    TransferCompleted,
    TransferPlanned,
    TransferPlanRevised,
    TransferProgressReported,
    TransferResumed,
    TransferSuspended,
)
from timeline.history.finding import Finding
from timeline.history.reading import Reading
from timeline.projections.building import ByClass, changed, number_after
from timeline.projections.flows import sides
from timeline.projections.lifecycle import Lifecycle, verbs
from timeline.values.containers import FrozenMapping
from timeline.values.discovery import pretty_fields
from timeline.values.entities import IN_TRANSIT
from timeline.values.quantity import Balance, Quantity, Total
from timeline.values.report import credited

_RUNNING = ("planned", "underway")
OPERATION = Lifecycle(
    "operation",
    {
        "TransferPlanned": {
            None: "planned", "planned": "planned", "underway": "underway", "suspended": "suspended",
            "cancelled": "planned",
        },
        "TransferPlanRevised": {None: "planned", **{s: s for s in (*_RUNNING, "suspended")}},
        "DetaineesTransferred": {s: "underway" for s in (None, *_RUNNING)},
        "TransferProgressReported": {
            None: "underway", "planned": "underway", "underway": "underway", "suspended": "suspended",
            "completed": "completed", "cancelled": "cancelled",
        },
        "TransferSuspended": {s: "suspended" for s in (None, *_RUNNING)},
        "TransferResumed": {s: "underway" for s in (None, "suspended")},
        "TransferCancelled": {s: "cancelled" for s in (None, *_RUNNING, "suspended")},
        "TransferCompleted": {s: "completed" for s in (None, *_RUNNING, "suspended", "completed")},
    },
)  # fmt: skip
"""A total may be reported after the end, a batch may not. An operation may be completed below its plan."""
_BATCH = (DetaineesTransferred, DetaineesRepatriated)
STEPS = (
    TransferPlanned, TransferPlanRevised, TransferProgressReported, TransferSuspended, TransferResumed,
    TransferCancelled, TransferCompleted,
)  # fmt: skip
"""The events of an operation that move nobody."""
_VERBS = ByClass({**verbs(*STEPS), **dict.fromkeys(_BATCH, "DetaineesTransferred")})


Share = tuple[Literal["planned", "claimed"], str]
"""A number reported for one cohort, as part of a whole."""


@attrs.frozen(slots=False)
class OperationState:
    """A transfer operation. None for `planned`, `claimed` and `remaining`: nobody gives a number.

    `moved` sums its batches, `claimed` is the latest running total, and `remaining` is planned less moved.
    Plans and claims for another cohort than the operation's own are `shares` of it. So are those reported as
    part of another entry, known or not. `first` holds the cohort of the earliest plan.
    """

    _repr_pretty_ = pretty_fields

    slug: str
    status: str | None = None
    plans: FrozenMapping[str | None, Quantity | None] = FrozenMapping()
    claims: FrozenMapping[str | None, Quantity] = FrozenMapping()
    shares: FrozenMapping[Share, Quantity] = FrozenMapping()
    batches: int = 0
    sum: Total = Total()
    first: tuple[()] | tuple[str | None] = ()

    @property
    def moved(self) -> Quantity:
        """The sum of its batches."""
        return self.sum.quantity()

    @property
    def planned(self) -> Quantity | None:
        """The latest planned number."""
        return self.plans.get(self.cohort)

    @property
    def claimed(self) -> Quantity | None:
        """The latest running total claimed."""
        return self.claims.get(self.cohort, self.claims.get(None))

    @property
    def remaining(self) -> Quantity | None:
        """Planned less moved."""
        return None if self.planned is None else Balance.of(self.planned).minus(self.sum.balance()).shown()

    @property
    def cohort(self) -> str | None:
        """The cohort that the operation as a whole moves: that of its earliest plan, under any policy.

        None: everybody. Without a plan, the cohort with the largest number.
        """
        if self.first:
            return self.first[0]
        told: Mapping[str | None, Quantity | None] = self.plans or self.claims
        return None if None in told else max(told, key=lambda cohort: _size(told[cohort]), default=None)

    def planned_of(self, cohort: str) -> Quantity | None:
        """Return the latest number planned for one cohort."""
        return self.plans.get(cohort) or self.shares.get(("planned", cohort))

    def claimed_of(self, cohort: str) -> Quantity | None:
        """Return the latest running total claimed for one cohort."""
        return self.claims.get(cohort) or self.shares.get(("claimed", cohort))


def _size(quantity: Quantity | None) -> int:
    """Return the largest number of a quantity: a share never exceeds its whole."""
    known = (quantity.low, quantity.best, quantity.high) if quantity is not None else ()
    return max((number for number in known if number is not None), default=0)


def operation_of(event: Any) -> str | None:
    """Return the operation of which an event is a batch."""
    return event.operation if isinstance(event, _BATCH) else None


def evolve(operation: OperationState, reading: Reading) -> OperationState:
    """Return the operation after a batch, a step of its plan, or a claim about it."""
    event = reading.event
    if isinstance(event, _BATCH):
        return _moved(operation, reading)
    before = operation
    operation = changed(before, status=OPERATION.after(before.status, _VERBS.of(event)))
    if isinstance(event, TransferPlanned | TransferPlanRevised):
        if _is_share(reading):
            return _shared(operation, "planned", event.cohort, event.quantity)
        first = operation.first or ((_named_first(reading),) if isinstance(event, TransferPlanned) else ())
        return changed(operation, plans=operation.plans | {event.cohort: _planned(before, event)}, first=first)
    claim = _claim(event)
    if claim is None:
        return operation
    if _is_share(reading):
        return _shared(operation, "claimed", event.cohort, claim)
    latest = number_after(operation.claims.get(event.cohort), claim) or claim
    return changed(operation, claims=operation.claims | {event.cohort: latest})


def _planned(operation: OperationState, event: TransferPlanned | TransferPlanRevised) -> Quantity | None:
    """Return the number planned after a step; a repeated plan without a number leaves the number there."""
    if isinstance(event, TransferPlanned) and operation.status != "cancelled":
        return number_after(operation.plans.get(event.cohort), event.quantity)
    return event.quantity


def _named_first(reading: Reading) -> str | None:
    """Return the cohort of the standing plan, even if a policy picked a rival with another cohort."""
    standing = reading.named(reading.case.claims[0]).event
    plan: TransferPlanned = standing if isinstance(standing, TransferPlanned) else reading.event
    return plan.cohort


def _shared(
    operation: OperationState, what: Literal["planned", "claimed"], cohort: str | None, quantity: Quantity | None
) -> OperationState:
    """Keep a share under its cohort; ignore a share by place or batch, which belongs to no cohort."""
    if cohort is None or quantity is None:
        return operation
    latest = number_after(operation.shares.get((what, cohort)), quantity) or quantity
    return changed(operation, shares=operation.shares | {(what, cohort): latest})


def _claim(event: Any) -> Quantity | None:
    """Return the running total that an event claims."""
    return getattr(event, "moved", None) or getattr(event, "total", None)


def _moved(operation: OperationState, reading: Reading) -> OperationState:
    """Add a batch to the sum; a part of a batch, or its arrival, was added before."""
    status = OPERATION.after(operation.status, _VERBS.of(reading.event))
    batches, moved = operation.batches, operation.sum
    if not _in(operation, reading.within) and _begins(reading):
        batches, moved = batches + 1, moved + reading.event.quantity
    for part in reading.parts:
        if _in(operation, part.event) and _begins(part):
            batches, moved = batches - 1, moved - part.event.quantity
    return changed(operation, status=status, batches=batches, sum=moved)


def _begins(reading: Reading) -> bool:
    """Tell whether a batch sets out, and is not the arrival of one that was on its way."""
    return sides(reading)[0].place != IN_TRANSIT


def _is_share(reading: Reading) -> bool:
    """Tell whether a step gives a number for some of those counted by another step, known or not."""
    return reading.is_part and isinstance(reading.whole, (*STEPS, NoneType))


def _in(operation: OperationState, event: Any) -> bool:
    return isinstance(event, _BATCH) and event.operation == operation.slug


def number_of(event: Any) -> str:
    """Return the name of the number that an event reports of an operation; else `status`."""
    if isinstance(event, TransferPlanned | TransferPlanRevised):
        return "planned"
    if isinstance(event, _BATCH):
        return "moved"
    return "claimed" if _claim(event) is not None else "status"


def check(before: OperationState | None, reading: Reading, after: OperationState) -> Iterator[Finding]:
    """Yield findings: an illegal step, a total that fell, a claim that contradicts the batches."""
    path = ("custody", "operations", after.slug)
    yield from OPERATION.finding(
        before.status if before else None, _VERBS.of(reading.event), (*path, "status"), reading
    )
    claim = None if reading.is_part or isinstance(reading.event, _BATCH) else _claim(reading.event)
    last = None if before is None or claim is None else before.claims.get(reading.event.cohort)
    by = "" if claim is None else credited(reading.reports)
    if claim is not None and last is not None and _fell(last, claim):
        cohort = f" ({reading.event.cohort})" if reading.event.cohort else ""
        message = f"{after.slug}{cohort}: {claim} are claimed{by}, after {last}"
        yield Finding("total_fell", message, (*path, "claimed"), entries=(reading.entry,))
    if _impossible(before, reading, after):
        message = f"{after.slug}: {after.claimed} are claimed{by}, but batches add up to {after.moved}"
        yield Finding("claimed_vs_moved", message, (*path, "claimed"), entries=(reading.entry,))


def _fell(last: Quantity, claim: Quantity) -> bool:
    """Tell whether a running total fell: by its best where both have one, else certainly."""
    if last.best is not None and claim.best is not None:
        return claim.best < last.best
    return claim.high is not None and claim.high < last.low


def _impossible(before: OperationState | None, reading: Reading, after: OperationState) -> bool:
    """Tell whether a new claim is too small; later batches may exceed it unless the operation was completed."""
    claimed = after.claimed if after.plans else after.claims.get(None)
    if claimed is None or claimed.high is None or after.sum.low <= claimed.high:
        return False
    claim = _claim(reading.event)
    return (claim is not None and claim.known) or (before is not None and before.status == "completed")
