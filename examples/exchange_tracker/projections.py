"""The state of each deal, the people each party released, and the lengths of their lists."""

from collections.abc import Callable, Iterable
from typing import Any

from attrs import evolve, frozen

from examples.exchange_tracker import events
from timeline import Finding, Lifecycle, Projection, Quantity, Reading, When, unspecified

EXCHANGE = Lifecycle(
    "exchange",
    {
        "ExchangeProposed": {None: "proposed", "collapsed": "proposed"},
        "ExchangeAgreed": {None: "agreed", "proposed": "agreed", "postponed": "agreed"},
        "ListHandedOver": {None: None, "proposed": "proposed", "agreed": "agreed", "postponed": "postponed"},
        "PrisonersReleased": {None: "under way", "agreed": "under way", "under way": "under way"},
        "ExchangePostponed": {None: "postponed", "agreed": "postponed", "under way": "postponed"},
        "ExchangeCollapsed": {
            None: "collapsed",
            "proposed": "collapsed",
            "agreed": "collapsed",
            "postponed": "collapsed",
        },
    },
)


@frozen
class State:
    """The state of a deal: its status and since when, its parties, and the number of people."""

    status: str | None = None
    since: When | None = None
    parties: tuple[str, ...] = ()
    promised: Quantity | None = None


def _deal(reading: Reading) -> list[str]:
    return [reading.event.deal] if type(reading.event).__module__ == events.__name__ else []


def _stand(before: State | None, reading: Reading, key: str) -> State:
    state, event = before or State(), reading.event
    status = EXCHANGE.after(state.status, type(event).__name__)
    if status != state.status:
        state = evolve(state, status=status, since=reading.occurred)
    if isinstance(event, events.ExchangeAgreed):
        state = evolve(state, parties=event.parties or state.parties, promised=event.quantity or state.promised)
    return state


def _steps(before: State | None, reading: Reading, after: State, key: str) -> Iterable[Finding]:
    verb = type(reading.event).__name__
    return EXCHANGE.finding(before.status if before else None, verb, ("deals", key, "status"), reading)


def _by(kind: Any) -> Callable[[Reading], list[str]]:
    return lambda reading: [f"{reading.event.deal} {reading.event.by}"] if isinstance(reading.event, kind) else []


def _sum(total: Quantity | None, reading: Reading, key: str) -> Quantity:
    number: Quantity = reading.event.quantity or unspecified()
    return number if total is None else total + number


deals = Projection(name="deals", keys=_deal, evolve=_stand, check=_steps, states=(State,))
releases = Projection(name="releases", keys=_by(events.PrisonersReleased), evolve=_sum)
lists = Projection(name="lists", keys=_by(events.ListHandedOver), evolve=_sum)
PROJECTIONS = (deals, releases, lists)
