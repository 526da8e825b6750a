"""The peer doing the work of our four projections: the final state and its findings, as mutable dictionaries.

It keeps no reasons, no other dates, no corrections and no keyframes. So it answers one date only, by a replay.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from eventsourcing.domain import Aggregate, event

_NAMED = ("agreement", "authority", "by", "crossing", "destination", "facility", "operation", "origin")


def _sum() -> list[int]:
    """Return a sum of quantities: low, best, high, and how many lacked a best or a high."""
    return [0, 0, 0, 0, 0]


def _add(total: list[int], quantity: dict[str, Any]) -> None:
    low, best, high = quantity["low"], quantity["best"], quantity["high"]
    for n, number in enumerate((low, best or 0, high or 0, best is None, high is None)):
        total[n] += number


class Stock:
    """The people at a facility: the last count, and the flows since."""

    def __init__(self) -> None:
        self.counted: dict[str, Any] | None = None
        self.came, self.went = _sum(), _sum()
        self.flows: dict[tuple[str, str | None], list[int]] = defaultdict(_sum)
        self.unaccounted = 0
        self.holder: str | None = None
        self.held_by: set[str | None] = set()

    def lowest(self) -> int | None:
        if self.counted is None or self.went[4]:
            return None
        return int(self.counted["low"] + self.came[0] - self.went[2])

    def highest(self) -> int | None:
        if self.counted is None or self.counted["high"] is None or self.came[4]:
            return None
        return int(self.counted["high"] + self.came[2] - self.went[0])


class Everything(Aggregate):
    """One stream of events, folded into facilities, custody, agreements, the border, and findings."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        self.count = 0
        self.stocks: dict[str, Stock] = defaultdict(Stock)
        self.operations: dict[str, dict[str, Any]] = defaultdict(lambda: {"batches": 0, "sum": _sum()})
        self.holders: dict[str, tuple[str | None, str]] = {}
        self.crossings: dict[str, tuple[str, str]] = {}
        self.violations: dict[str, list[tuple[str, str | None, int]]] = defaultdict(list)
        self.alike: dict[tuple[str, ...], list[tuple[date, date, int]]] = defaultdict(list)
        self.findings: list[tuple[str, str, int]] = []

    class Told(Aggregate.Event):
        what: dict[str, Any]

    @event(Told)
    def told(self, what: dict[str, Any]) -> None:
        self.count += 1
        kind, data, when = what["event"]["type"], what["event"]["data"], what["occurred"]
        self.compare(kind, data, when, what["reports"][0]["published"])
        if kind == "custody.detainees_transferred":
            self.move(data["origin"], data["destination"], data["quantity"], "sent", "received")
            operation = self.operations[data["operation"]]
            operation["batches"] += 1
            _add(operation["sum"], data["quantity"])
        elif kind == "custody.headcount_reported":
            self.headcount(data["facility"], data["quantity"])
        elif kind == "custody.detainees_escaped":
            self.move(data["facility"], "at-large", data["quantity"], "escaped", None)
        elif kind == "facility.control_changed":
            self.control(data["facility"], data["authority"], when)
        elif kind == "agreement.agreement_violated":
            self.violations[data["agreement"]].append((when, data.get("by"), self.count))
        elif kind.startswith("border.crossing"):
            self.turn(data["crossing"], "open" if kind.endswith("opened") else "closed", when)

    def compare(self, kind: str, data: dict[str, Any], when: str, published: str) -> None:
        """Find what was published too early, or may be counted twice."""
        start = date.fromisoformat(when)
        end = start + timedelta(days=1)
        if start >= date.fromisoformat(published) + timedelta(days=1):
            self.findings.append(("published_before_occurred", kind, self.count))
        seen = self.alike[kind, *(f"{name}={data[name]}" for name in _NAMED if name in data)]
        if any(begun < end and start < ended for begun, ended, _ in seen):
            self.findings.append(("possible_duplicate", kind, self.count))
        seen.append((start, end, self.count))

    def move(self, origin: str, target: str, quantity: dict[str, Any], out: str, into: str | None) -> None:
        """Post a flow to two stocks."""
        stock = self.stocks[origin]
        before = stock.highest()
        _add(stock.went, quantity)
        _add(stock.flows[out, stock.holder], quantity)
        after = stock.highest()
        if after is not None and after < 0 and not (before is not None and before < 0):
            self.findings.append(("negative_balance", f"{origin}: {after} would be left", self.count))
        reached = self.stocks[target]
        _add(reached.came, quantity)
        if into is not None:
            _add(reached.flows[into, reached.holder], quantity)

    def headcount(self, facility: str, quantity: dict[str, Any]) -> None:
        """Replace the balance of a stock by a count."""
        stock = self.stocks[facility]
        low, high = stock.lowest(), stock.highest()
        below = low is not None and quantity["high"] is not None and low > quantity["high"]
        if below or (high is not None and high < quantity["low"]):
            message = f"{facility}: {quantity['low']} were counted where {low} to {high} were computed"
            self.findings.append(("drift", message, self.count))
        if stock.counted is not None:
            stock.unaccounted += quantity["low"] - (low or 0)
        stock.counted, stock.came, stock.went = quantity, _sum(), _sum()

    def control(self, facility: str, authority: str, when: str) -> None:
        """Pass a facility to another authority."""
        held = self.holders.get(facility)
        if held is None or held[0] != authority:
            self.holders[facility] = (authority, when)
        stock = self.stocks[facility]
        stock.held_by.update((stock.holder, authority))
        stock.holder = authority

    def turn(self, crossing: str, status: str, when: str) -> None:
        """Open or close a crossing."""
        before = self.crossings.get(crossing)
        if before is not None and before[0] == status:
            message = f"{crossing}: {status} at {when} while {status}"
            self.findings.append(("illegal_transition", message, self.count))
        self.crossings[crossing] = (status, when)
