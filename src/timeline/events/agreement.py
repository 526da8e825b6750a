"""Agreements and diplomacy: who agreed, promised or said what, and where it stands.

Source: the lifecycle follows the glossary of the UN Treaty Collection (signature, ratification,
provisional application, entry into force, amendment, accession, withdrawal, termination). Talks,
statements and threats follow PLOVER's AGREE, CONSULT, COOPERATE and THREATEN. Nothing expires by
itself: an agreement whose `until` has passed is overdue until somebody reports its end.
"""

from timeline.events.declare import event
from timeline.values.entities import Agreement, Authority, Commitment
from timeline.values.quantity import Quantity
from timeline.values.when import When


@event("agreement.cooperation_announced")
class CooperationAnnounced:
    """Cooperation was declared; no instrument and no signature is named."""

    agreement: Agreement
    parties: tuple[Authority, ...] = ()
    scope: tuple[str, ...] = ()
    detail: str = ""
    about: tuple[str, ...] = ()


@event("agreement.proposed")
class AgreementProposed:
    """A text, or the idea of one, was put forward."""

    agreement: Agreement
    parties: tuple[Authority, ...] = ()
    by: Authority | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("agreement.signed")
class AgreementSigned:
    """It was signed. Source: UNTC, *signature*."""

    agreement: Agreement
    parties: tuple[Authority, ...] = ()
    detail: str = ""
    about: tuple[str, ...] = ()


@event("agreement.ratified")
class AgreementRatified:
    """A party consented to be bound. Source: UNTC, *ratification*."""

    agreement: Agreement
    party: Authority
    detail: str = ""
    about: tuple[str, ...] = ()


@event("agreement.provisionally_applied")
class AgreementProvisionallyApplied:
    """It is applied before it is in force. Source: UNTC, *provisional application*."""

    agreement: Agreement
    detail: str = ""
    about: tuple[str, ...] = ()


@event("agreement.entered_into_force")
class AgreementEnteredIntoForce:
    """It took effect; `until` is the end foreseen. Source: UNTC, *entry into force*."""

    agreement: Agreement
    until: When | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("agreement.amended")
class AgreementAmended:
    """Its terms were changed. Source: UNTC, *amendment*."""

    agreement: Agreement
    scope: tuple[str, ...] = ()
    detail: str = ""
    about: tuple[str, ...] = ()


@event("agreement.extended")
class AgreementExtended:
    """It was prolonged; without `until`, nobody says to when, and the end foreseen before holds no longer."""

    agreement: Agreement
    until: When | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("agreement.violated")
class AgreementViolated:
    """Somebody says it was broken: an allegation, which changes no status.

    `quantity` is how often or how much, in its own unit.
    """

    agreement: Agreement
    by: Authority | None = None
    quantity: Quantity | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("agreement.suspended")
class AgreementSuspended:
    """Its operation was suspended. Source: UNTC, *suspension*."""

    agreement: Agreement
    by: Authority | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("agreement.resumed")
class AgreementResumed:
    """Its operation was resumed."""

    agreement: Agreement
    by: Authority | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("agreement.party_joined")
class PartyJoined:
    """Another party joined. Source: UNTC, *accession*."""

    agreement: Agreement
    party: Authority
    detail: str = ""
    about: tuple[str, ...] = ()


@event("agreement.party_withdrew")
class PartyWithdrew:
    """A party left; with at most one party remaining, it has ended. Source: UNTC, *withdrawal*."""

    agreement: Agreement
    party: Authority
    detail: str = ""
    about: tuple[str, ...] = ()


@event("agreement.terminated")
class AgreementTerminated:
    """It was ended, or replaced by another (`superseded_by`). Source: UNTC, *termination*."""

    agreement: Agreement
    by: Authority | None = None
    superseded_by: Agreement | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("agreement.expired")
class AgreementExpired:
    """Somebody reports that it ran out."""

    agreement: Agreement
    detail: str = ""
    about: tuple[str, ...] = ()


@event("agreement.talks_held")
class TalksHeld:
    """Authorities met or spoke; `level` such as "high-level", `topics` in the source's words.

    Talks about an agreement say so in `about=("agreement:...",)`. Source: PLOVER CONSULT.
    """

    parties: tuple[Authority, ...] = ()
    level: str | None = None
    topics: tuple[str, ...] = ()
    detail: str = ""
    about: tuple[str, ...] = ()


@event("agreement.commitment_made")
class CommitmentMade:
    """An authority promised something. Only the promise is a deed; its fulfilment is another event."""

    commitment: Commitment | None = None
    by: Authority | None = None
    to: Authority | None = None
    what: str = ""
    detail: str = ""
    about: tuple[str, ...] = ()


@event("agreement.commitment_fulfilled")
class CommitmentFulfilled:
    """A commitment was kept."""

    commitment: Commitment
    by: Authority | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("agreement.commitment_broken")
class CommitmentBroken:
    """A commitment was broken."""

    commitment: Commitment
    by: Authority | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("agreement.statement_made")
class StatementMade:
    """Somebody said something; `stance` in one word ("welcomed", "rejected"). Source: PLOVER.

    `quantity` is the figure they gave, in its own unit.

    >>> from timeline.values.quantity import exactly
    >>> print(StatementMade(by="iraq-gov", quantity=exactly(66, unit="nationalities")).quantity)
    66 nationalities
    """

    by: Authority | None = None
    stance: str | None = None
    quantity: Quantity | None = None
    detail: str = ""
    about: tuple[str, ...] = ()


@event("agreement.threat_assessed")
class ThreatAssessed:
    """Somebody assessed a threat: the assessment happened, the feared event did not. Source: STIX."""

    by: Authority | None = None
    detail: str = ""
    about: tuple[str, ...] = ()
