"""Plans, and what became of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Literal

import attrs

from timeline.answers.tabular import Kind, Tabular
from timeline.entry import Entry, describe
from timeline.history.cases import linked
from timeline.history.history import History
from timeline.history.reading import Point

Outcome = Literal["open", "overdue", "fulfilled"]


@attrs.frozen(slots=False, eq=False, kw_only=True)
class Plan(Entry):
    """The entry of a plan, as read, with what became of it by the moment asked about.

    `occurred` is the time foreseen. A plan is overdue if that time has passed and nothing fulfils it.
    """

    fulfilled: bool = False
    fulfilled_by: tuple[Entry, ...] = ()
    """The entries that fulfil it, by then."""
    overdue: bool = False

    @property
    def outcome(self) -> Outcome:
        """Its outcome, in a word."""
        return "fulfilled" if self.fulfilled else "overdue" if self.overdue else "open"


def plan_of(entry: Entry, **outcome: Any) -> Plan:
    """Return an entry as a plan, with what became of it."""
    return Plan(**{str(field.alias): getattr(entry, field.name) for field in attrs.fields(Entry)}, **outcome)


def fulfilling(histories: Iterable[History], by: Point) -> Mapping[str, list[Entry]]:
    """Return the entries that fulfil each plan by a point of fold order, by the id of its case."""
    found: dict[str, list[Entry]] = defaultdict(list)
    for history in histories:
        for reading in history.readings:
            if reading.point <= by:
                for plan in filter(None, map(history.cases.of, linked(reading.case, "fulfils"))):
                    found[plan.entry.id].append(reading.entry)
    return found


class Plans(Tabular, tuple[Plan, ...]):  # noqa: SLOT001  # a tuple has no room for more
    """The plans in force: announced by then, and not fulfilled; `all` has those that were fulfilled too."""

    columns: ClassVar[Mapping[str, Kind]] = {
        "entry": "entry", "foreseen": "when", "plan": "event", "outcome": "text", "fulfilled_by": "texts",
    }  # fmt: skip

    @classmethod
    def of(cls, announced: tuple[Plan, ...]) -> Plans:
        """Return the plans in force, of all that were announced."""
        found = cls(plan for plan in announced if not plan.fulfilled)
        found._announced = announced
        return found

    _announced: tuple[Plan, ...] = ()

    @property
    def all(self) -> Plans:
        """Every plan announced by then, in force or fulfilled."""
        return Plans(self._announced)

    @property
    def overdue(self) -> Plans:
        """The plans in force whose time has passed."""
        return Plans(plan for plan in self if plan.overdue)

    def rows(self) -> Iterator[Mapping[str, Any]]:
        """Yield a row for each plan; `fulfilled_by` are ids."""
        for plan in self:
            yield {
                "entry": plan,
                "foreseen": plan.occurred,
                "plan": plan.event,
                "outcome": plan.outcome,
                "fulfilled_by": tuple(entry.id for entry in plan.fulfilled_by),
            }

    def __str__(self) -> str:
        lines = (f"{plan.occurred or 'undated'} {describe(plan.event)}: {plan.outcome}" for plan in self)
        return "\n".join(lines) or "no plans"

    def __repr__(self) -> str:
        return f"<Plans: {', '.join(f'#{plan.position} {plan.outcome}' for plan in self) or 'none'}>"
