"""The events that sources report about exchanges of prisoners."""

from typing import Annotated

from timeline import Authority, Quantity, Slug, event

Deal = Annotated[str, Slug("deal")]


@event("tracker.exchange_proposed", says="{by} proposed the exchange {deal}")
class ExchangeProposed:
    """Somebody offered an exchange."""

    deal: Deal
    by: Authority | None = None


@event("tracker.exchange_agreed", says="{parties} agreed to exchange {quantity} in {deal}")
class ExchangeAgreed:
    """The parties agreed: how many each side's prisoners are in all."""

    deal: Deal
    parties: tuple[Authority, ...] = ()
    quantity: Quantity | None = None


@event("tracker.list_handed_over", says="{by} handed over a list of {quantity} in {deal}")
class ListHandedOver:
    """A party gave a list: its length, and no name on it."""

    deal: Deal
    by: Authority
    quantity: Quantity | None = None


@event("tracker.prisoners_released", says="{by} released {quantity} in {deal}")
class PrisonersReleased:
    """A party let people go, at once or in one of several batches."""

    deal: Deal
    by: Authority
    quantity: Quantity | None = None


@event("tracker.exchange_postponed", says="the exchange {deal} was postponed")
class ExchangePostponed:
    """An agreed exchange did not take place on its day."""

    deal: Deal


@event("tracker.exchange_collapsed", says="the exchange {deal} collapsed")
class ExchangeCollapsed:
    """The parties gave an exchange up."""

    deal: Deal
