"""Delays: the time from each event to its first publication."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import Any, ClassVar, Literal, NamedTuple

from attrs import frozen

from timeline.answers.durations import Duration, duration_between
from timeline.answers.situation import Situation
from timeline.answers.tabular import Kind, Tabular
from timeline.entry import Entry
from timeline.errors import InvalidValue
from timeline.history.claims import Claim
from timeline.history.reading import Reading
from timeline.values.counting import how_many
from timeline.values.instants import FUTURE, Span
from timeline.values.report import Report


class Delay(NamedTuple):
    """The time from one event to its first publication, and its publisher."""

    entry: Entry
    source: str
    delay: Duration

    def __str__(self) -> str:
        return f"{self.delay}  {self.entry} ({self.source})"


class DelayGroup(NamedTuple):
    """The delays of one source or type: how many, and the shortest and the longest that they can have been."""

    name: str
    number: int
    delay: Duration


class Groups(Tabular, tuple[DelayGroup, ...]):
    """Delays by source or by type, the most frequent first."""

    __slots__ = ()
    columns: ClassVar[Mapping[str, Kind]] = {
        "name": "text", "number": "number", "lowest": "duration", "highest": "duration",
    }  # fmt: skip

    def rows(self) -> Iterator[Mapping[str, Any]]:
        """Yield a row for each group."""
        return ({"name": name, "number": number, **delay._asdict()} for name, number, delay in self)

    def __str__(self) -> str:
        return "\n".join(f"{number:,} × {name}: {delay}" for name, number, delay in self) or "no delays"


@frozen(repr=False)
class Delays(Tabular):
    """The delay of each thing that happened, and the number of those for which there is none."""

    each: tuple[Delay, ...]
    undated: int
    """The number of things for which nobody says when they happened."""
    unpublished: int
    """The number of things of which no publication bears a date."""
    early: int
    """The number of things published before they can have happened."""
    columns: ClassVar[Mapping[str, Kind]] = {
        "entry": "entry", "type": "text", "source": "text", "lowest": "duration", "highest": "duration",
    }  # fmt: skip

    def rows(self) -> Iterator[Mapping[str, Any]]:
        """Yield a row for each delay."""
        for entry, source, delay in self.each:
            yield {"entry": entry, "type": entry.type, "source": source, **delay._asdict()}

    def __iter__(self) -> Iterator[Delay]:
        return iter(self.each)

    def __len__(self) -> int:
        return len(self.each)

    def by(self, what: Literal["source", "type"]) -> Groups:
        """Return the delays by source, or by type of event.

        Raises: InvalidValue for another word.
        """
        if what not in ("source", "type"):
            raise InvalidValue(f"delays are grouped by {what!r}: expected 'source' or 'type'.", value=what)
        groups: dict[str, list[Duration]] = defaultdict(list)
        for entry, source, delay in self.each:
            groups[source if what == "source" else entry.type].append(delay)
        found = (DelayGroup(name, len(delays), _range(delays)) for name, delays in groups.items())
        return Groups(sorted(found, key=lambda group: (-group.number, group.name)))

    def __str__(self) -> str:
        return "\n".join([self._summary, *map(str, self.each)])

    def __repr__(self) -> str:
        return f"<Delays: {self._summary}>"

    @property
    def _summary(self) -> str:
        spread = how_many(len(self), "delay") + (f", {_range([d.delay for d in self.each])}" if self.each else "")
        return f"{spread}; {self.undated:,} undated, {self.unpublished:,} unpublished, {self.early:,} published before"


def _range(delays: list[Duration]) -> Duration:
    highs = [delay.highest for delay in delays]
    known = [high for high in highs if high is not None]
    return Duration(min(delay.lowest for delay in delays), max(known) if len(known) == len(highs) else None)


def delays(asked: Situation) -> Delays:
    """Return the delay of each ACTUAL case of a situation: its first publication minus when it occurred."""
    each, undated, unpublished, early = [], 0, 0, 0
    for reading in asked.actual:
        first = _first(reading, asked.tz)
        if reading.occurred is None:
            undated += 1
        elif first is None:
            unpublished += 1
        else:
            happened, published = reading.occurred.span(asked.tz), _span(first, asked.tz)
            if published.end <= happened.start:
                early += 1
            else:
                each.append(Delay(reading.entry, first.source, duration_between(happened, published)))
    return Delays(tuple(each), undated, unpublished, early)


def _first(reading: Reading, tz: tzinfo) -> Report | None:
    """Return the report that was published first, of the claim or of what it corrects without another date."""
    claims = _corrected(reading.claim)
    reports = (report for claim in claims for report in claim.reports)
    dated = [r for r in reports if r.published is not None and r.published.span(tz).end < FUTURE]
    return min(dated, key=lambda report: _span(report, tz).end, default=None)


def _corrected(claim: Claim | None) -> Iterator[Claim]:
    """Yield a claim, and the claims that it corrects without another date."""
    while claim is not None:
        yield claim
        claim = claim.dated_by


def _span(report: Report, tz: tzinfo) -> Span:
    assert report.published is not None, "only dated reports get this far"
    return report.published.span(tz)
