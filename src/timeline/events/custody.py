"""Custody: how many people are held, moved, escaped or released, by whom and where.

Aggregate counts only. No event here has room for a name, a birth date, a document number or any
other handle on a single detainee. `@event` refuses to declare one: in this field such data,
leaked or subpoenaed, gets people killed. `cohort` is a nationality or category; None is unspecified.

Every event that moves people takes `via`, the crossing or facility on their way, and `batch`, which names
one of several groups. Neither changes a number: passing through a place leaves nobody held there.
"""

from collections.abc import Mapping

from timeline.errors import InvalidEvent
from timeline.events.declare import event
from timeline.events.fields import People
from timeline.values.containers import FrozenMapping
from timeline.values.entities import Authority, Cohort, Facility, Operation
from timeline.values.quantity import unspecified

UNSPECIFIED = unspecified()


@event("custody.headcount_reported")
class HeadcountReported:
    """Somebody counted, or claimed, the people held in a facility or by an authority.

    `breakdown` maps cohorts to their shares. A headcount of a facility replaces its computed number.
    A headcount of an authority or of a collective is a claim shown beside the computed sum.

    Raises: InvalidEvent unless exactly one of `facility` and `authority` is given.
    """

    facility: Facility | None = None
    quantity: People = UNSPECIFIED
    authority: Authority | None = None
    cohort: Cohort | None = None
    breakdown: Mapping[Cohort, People] = FrozenMapping()
    detail: str = ""
    about: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        if (self.facility is None) == (self.authority is None):
            raise InvalidEvent(
                f"HeadcountReported: facility is {self.facility!r} and authority is {self.authority!r}: expected "
                "exactly one of them. Record two headcounts for two."
            )


@event("custody.detainees_admitted")
class DetaineesAdmitted:
    """People were taken into a facility from elsewhere."""

    facility: Facility | None = None
    quantity: People = UNSPECIFIED
    cohort: Cohort | None = None
    by: Authority | None = None
    via: Facility | None = None
    batch: str | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("custody.detainees_transferred")
class DetaineesTransferred:
    """People were moved from one place of detention to another.

    A missing `origin` or `destination` is *elsewhere*. `in-transit` is a reserved place, for a source
    that reports leaving and arriving separately. `surrendered_by` and `received_by` default to the
    holders of the two places. `carried_by` names who moved the people.

    >>> from timeline.values.quantity import about
    >>> print(DetaineesTransferred(quantity=about(150), origin="hasakah-prisons").quantity)
    ≈150
    """

    quantity: People = UNSPECIFIED
    origin: Facility | None = None
    destination: Facility | None = None
    via: Facility | None = None
    cohort: Cohort | None = None
    operation: Operation | None = None
    batch: str | None = None
    surrendered_by: Authority | None = None
    received_by: Authority | None = None
    carried_by: Authority | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("custody.detainees_released")
class DetaineesReleased:
    """People were set free by whoever held them."""

    facility: Facility | None = None
    quantity: People = UNSPECIFIED
    cohort: Cohort | None = None
    by: Authority | None = None
    via: Facility | None = None
    batch: str | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("custody.detainees_repatriated")
class DetaineesRepatriated:
    """People were returned to their own country, into a facility (`destination`) or not.

    `to` is the authority that took them.
    """

    quantity: People = UNSPECIFIED
    origin: Facility | None = None
    destination: Facility | None = None
    to: Authority | None = None
    cohort: Cohort | None = None
    operation: Operation | None = None
    via: Facility | None = None
    batch: str | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("custody.detainees_escaped")
class DetaineesEscaped:
    """People got away. Record a feared escape as HYPOTHETICAL."""

    facility: Facility | None = None
    quantity: People = UNSPECIFIED
    cohort: Cohort | None = None
    via: Facility | None = None
    batch: str | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("custody.detainees_recaptured")
class DetaineesRecaptured:
    """People who had got away were caught, and put into `facility` where the source says so."""

    facility: Facility | None = None
    quantity: People = UNSPECIFIED
    cohort: Cohort | None = None
    by: Authority | None = None
    via: Facility | None = None
    batch: str | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("custody.detainees_died")
class DetaineesDied:
    """People died in custody. Source: UCDP's best / low / high fatality estimates."""

    facility: Facility | None = None
    quantity: People = UNSPECIFIED
    cohort: Cohort | None = None
    via: Facility | None = None
    batch: str | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("custody.detainees_reclassified")
class DetaineesReclassified:
    """People held in a facility are now counted under another cohort; nobody moved."""

    facility: Facility | None = None
    quantity: People = UNSPECIFIED
    from_cohort: Cohort | None = None
    to_cohort: Cohort | None = None
    batch: str | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("custody.transfer_planned")
class TransferPlanned:
    """A transfer operation was announced or ordered: a deed, though its object lies ahead."""

    operation: Operation
    quantity: People | None = None
    origin: Facility | None = None
    destination: Facility | None = None
    by: Authority | None = None
    cohort: Cohort | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("custody.transfer_progress_reported")
class TransferProgressReported:
    """Somebody gave a running total of an operation: a claim, never an addition to it."""

    operation: Operation
    moved: People
    cohort: Cohort | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("custody.transfer_plan_revised")
class TransferPlanRevised:
    """The number foreseen for an operation was changed."""

    operation: Operation
    quantity: People | None = None
    by: Authority | None = None
    cohort: Cohort | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("custody.transfer_suspended")
class TransferSuspended:
    """An operation was interrupted."""

    operation: Operation
    by: Authority | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("custody.transfer_resumed")
class TransferResumed:
    """An interrupted operation went on."""

    operation: Operation
    by: Authority | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("custody.transfer_cancelled")
class TransferCancelled:
    """An operation was called off."""

    operation: Operation
    by: Authority | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("custody.transfer_completed")
class TransferCompleted:
    """An operation was declared over; `total` is the number claimed for all of it."""

    operation: Operation
    total: People | None = None
    cohort: Cohort | None = None
    detail: str = ""
    about: tuple[str, ...] = ()
