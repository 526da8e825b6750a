"""A value under other claims: under each policy, and with each rival picked alone.

For a claim c, v(c) is the value where c is picked for its case. For all other cases the policy picks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from attrs import frozen

from timeline.answers.tabular import Kind, Tabular
from timeline.answers.text import short
from timeline.entry import Entry
from timeline.errors import InvalidValue
from timeline.events.declare import akin
from timeline.history.cases import Case
from timeline.history.claims import Claim
from timeline.history.evidence import is_admitted
from timeline.history.policies import POLICIES, Accept, Choose, Pick
from timeline.projections.projection import Path
from timeline.values.counting import how_many
from timeline.values.quantity import Quantity, exactly
from timeline.values.report import credited

Ask = Callable[[Choose], Any]
"""Gives the value of a path under a policy."""


class Rival(NamedTuple):
    """A claim that would change a value, and what the value would be."""

    value: Any
    claim: Claim

    def __str__(self) -> str:
        return f"{short(self.value)}{credited(self.claim.reports)} [#{self.claim.entry.position}]"


class Rivals(Tabular, tuple[Rival, ...]):
    """The rivals that would change a value; falsy where there are none."""

    __slots__ = ()
    columns: ClassVar[Mapping[str, Kind]] = {
        "value": "value",
        "status": "text",
        "entry": "entry",
        "said": "event",
        "first_published": "when",
        "sources": "texts",
    }

    def rows(self) -> Iterator[Mapping[str, Any]]:
        """Yield a row for each rival."""
        for value, claim in self:
            yield {
                "value": value,
                "status": claim.status,
                "entry": claim.entry,
                "said": claim.denied if claim.event is None else claim.event,
                "first_published": claim.first_published,
                "sources": tuple(dict.fromkeys(report.source for report in claim.reports)),
            }

    def __str__(self) -> str:
        return "\n".join(map(str, self)) or "not disputed"

    def __repr__(self) -> str:
        return f"<Rivals: {'; '.join(map(str, self)) or 'none'}>"


class Versions(Tabular, dict[str, Any]):
    """The value of a path under each policy, by name."""

    columns: ClassVar[Mapping[str, Kind]] = {"policy": "text", "value": "value"}

    def rows(self) -> Iterator[Mapping[str, Any]]:
        """Yield a row for each policy."""
        return ({"policy": name, "value": value} for name, value in self.items())

    def __str__(self) -> str:
        return "\n".join(f"{name}  {short(value)}" for name, value in self.items())

    def __repr__(self) -> str:
        return f"<Versions: {', '.join(f'{name} {short(value)}' for name, value in self.items())}>"


@frozen(repr=False)
class Spread(Tabular):
    """The spread of a number: over its present version, and one for each rival of its type."""

    path: Path
    value: Any
    """The present number."""
    rivals: Rivals
    """The rivals with other numbers: who says which."""
    entries: tuple[Entry, ...]
    """The entries from which the present number follows."""
    columns: ClassVar[Mapping[str, Kind]] = Rivals.columns

    @property
    def versions(self) -> int:
        """The number of different numbers."""
        return len({*self._numbers})

    @property
    def lowest(self) -> int | None:
        """The lowest best estimate; None if no version has one."""
        return min(self._bests, default=None)

    @property
    def highest(self) -> int | None:
        """The highest best estimate; None if no version has one."""
        return max(self._bests, default=None)

    @property
    def low(self) -> int | None:
        """The lowest bound; None without any version."""
        return min((number.low for number in self._numbers), default=None)

    @property
    def high(self) -> int | None:
        """The highest bound; None if a version is open above, or there is none."""
        highs = [number.high for number in self._numbers]
        return None if None in highs else max((high for high in highs if high is not None), default=None)

    @property
    def _numbers(self) -> list[Quantity]:
        return [n for n in map(quantity_in, (self.value, *(rival.value for rival in self.rivals))) if n is not None]

    @property
    def _bests(self) -> list[int]:
        return [number.best for number in self._numbers if number.best is not None]

    def rows(self) -> Iterator[Mapping[str, Any]]:
        """Yield a row for the present number, by each entry that brought it, and one for each rival."""
        for entry in self.entries:
            yield {
                "value": self.value,
                "status": "present",
                "entry": entry,
                "said": entry.event,
                "first_published": entry.first_published,
                "sources": tuple(dict.fromkeys(report.source for report in entry.reports)),
            }
        yield from self.rivals.rows()

    def __str__(self) -> str:
        return "\n".join([self._summary, f"{short(self.value)} now", *map(str, self.rivals)])

    def __repr__(self) -> str:
        return f"<Spread: {self._summary}>"

    @property
    def _summary(self) -> str:
        best = "no best" if self.lowest is None else f"best {self.lowest:,} to {self.highest:,}"
        low = "?" if self.low is None else f"{self.low:,}"
        high = "any number" if self.high is None else f"{self.high:,}"
        return f"{' · '.join(self.path)}: {best}, from {low} to {high}, {how_many(self.versions, 'version')}"


def require_number(path: Path, value: Any) -> None:
    """Check that the value of a path is a number, or says nothing.

    Raises: InvalidValue.
    """
    if value is not None and quantity_in(value) is None:
        raise InvalidValue(
            f"{' · '.join(path)} is {short(value)}: expected the path of a number. Ask disputed(...) instead.",
            value=value,
        )


def quantity_in(value: Any) -> Quantity | None:
    """Return a value as a quantity, if it is one or a whole number that is not negative; None if it says nothing."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return exactly(value)
    return value if isinstance(value, Quantity) else None


def rivals(cases: Iterable[Case], ask: Ask, present: Any, choose: Choose, accept: Accept | None) -> Rivals:
    """Return the accepted claims of disputed cases whose v(c) is not the present value."""
    found = ((ask(Pick(claim.entry.id, choose)), claim) for case in cases for claim in accepted(case, accept))
    return Rivals(Rival(value, claim) for value, claim in found if value != present)


def accepted(case: Case, accept: Accept | None) -> Sequence[Claim]:
    """Return the claims of a case, if it is disputed, for which there is evidence enough."""
    if not case.disputed:
        return ()
    return [c for c in case.claims if is_admitted(c, accept, None)]


def versions(ask: Ask) -> Versions:
    """Return the value under each named policy."""
    return Versions({name: ask(choose) for name, choose in POLICIES.items()})


def spread(path: Path, present: Any, found: Rivals, cases: Iterable[Case], entries: tuple[Entry, ...]) -> Spread:
    """Return how far the numbers of a path lie apart, denials and claims of another type left aside.

    Raises: InvalidValue for a path that has no number.
    """
    first = {claim.entry.id: case.claims[0].event for case in cases for claim in case.claims}
    alike = [r for r in found if r.claim.event is not None and akin(r.claim.event, first[r.claim.entry.id])]
    for value in (present, *(rival.value for rival in alike)):
        require_number(path, value)
    return Spread(path, present, Rivals(alike), entries)
