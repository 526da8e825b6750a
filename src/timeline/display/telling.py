"""The shown part of a situation: all of it for its owner, what may leave for others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Unpack

import attrs

from timeline.answers.behind import situation_given, slugs_in_order
from timeline.answers.records import Record
from timeline.answers.situation import Situation
from timeline.display.colours import Colours, checked, colours_of
from timeline.display.words import Names, names_in, require_named
from timeline.entry import Entry
from timeline.events.entity import REGISTRATIONS
from timeline.events.naming import entities_of
from timeline.exchange.given import options_given
from timeline.exchange.sharing import Export, Options, export
from timeline.history.claims import Claim
from timeline.history.finding import Finding
from timeline.history.finding_kinds import KINDS
from timeline.history.reading import Reading
from timeline.timeline import Timeline
from timeline.values.quantity import Quantity


class Telling:
    """All of a situation, for charts and rows of one's own."""

    def __init__(self, situation: Situation) -> None:
        self.situation = situation

    def quantity(self, quantity: Quantity) -> Quantity:
        """Give a number as it is shown."""
        return quantity

    def event(self, event: Any) -> Any:
        """Give an event as it is shown."""
        return event

    def record(self, record: Record) -> Record:
        """Give a record of a user's own projection as it is shown."""
        return record

    def claims(self, reading: Reading) -> Sequence[Claim]:
        """Give the rival versions of a reading that are shown."""
        return reading.case.claims

    def message(self, finding: Finding, entries: Iterable[int]) -> str | None:  # noqa: ARG002  # others ask for them
        """Give the words of a finding on entries, by position; None where it is not shown."""
        return finding.message

    def hidden(self) -> Collection[str]:
        """Give the slugs of entities of which only what others say is shown, not their registration."""
        return ()

    def names(self, more: Names | None) -> Names:
        """Give the names of entities that are shown, with those given beside.

        Raises: InvalidValue; UnknownName for a name of an entity that no entry on the log names.
        """
        named = names_in(self.situation, more, self.hidden())
        require_named(self.situation, more or {})
        return named

    def colours(self, given: Colours | None = None) -> Colours:
        """Give the colour of each authority: the given one, else by the order of first naming on the log.

        The order is that of the whole log, so that an authority keeps its colour within any cuts.

        Raises: InvalidValue.
        """
        chosen, first = checked(given), self.situation.entities.canonical
        named = {first(f"authority:{slug}").partition(":")[2]: colour for slug, colour in chosen.items()}
        return colours_of(self.authorities(), {**named, **chosen})

    def authorities(self) -> Iterable[str]:
        """Give the authorities that are shown, in the order of first naming on the log."""
        return slugs_in_order(self.situation, "authority")


def telling(of: Timeline | Situation | Telling) -> Telling:
    """Give what is shown of a situation, or of everything a timeline knows.

    Raises: InvalidValue.
    """
    if isinstance(of, Telling):
        return of
    return Telling(situation_given(of.at() if isinstance(of, Timeline) else of))


class Leaving(Telling):
    """The part of a timeline that may leave: nothing marked, and small numbers as a range."""

    def __init__(self, exported: Export) -> None:
        super().__init__(exported.situation)
        self.exported = exported
        shown = set(filter(None, map(_registered, exported.readings)))
        registered = set(filter(None, map(_registered, exported.situation.readings)))
        self._hidden = registered - shown
        self._listed = {entry.position: entry for entry in exported.listed()}

    def quantity(self, quantity: Quantity) -> Quantity:
        return self.exported.quantity(quantity)

    def event(self, event: Any) -> Any:
        return self.exported.event(event)

    def record(self, record: Record) -> Record:
        values = {name: self.exported.value(value) for name, value in record.values.items()}
        return attrs.evolve(record, values=values)

    def claims(self, reading: Reading) -> Sequence[Claim]:
        return [claim for claim in reading.case.claims if self.exported.may_leave(claim)]

    def message(self, finding: Finding, entries: Iterable[int]) -> str | None:
        told = all(map(self.exported.may_leave, finding.claims))
        if not told or not all(position in self._listed and self._open(position) for position in entries):
            return None
        return _meaning(finding) if self.exported.suppresses else finding.message

    def hidden(self) -> Collection[str]:
        return self._hidden

    def authorities(self) -> Iterable[str]:
        """Give the authorities that entries which may leave name. What is withheld takes no slot."""
        named = (tag.partition(":") for entry in self.entries() for tag in entry.tags)
        return dict.fromkeys(slug for kind, _, slug in named if kind == "authority")

    def entries(self) -> list[Entry]:
        """Give every entry on the log that may leave."""
        return list(self._listed.values())

    def _open(self, position: int) -> bool:
        """Say if every version of what an entry speaks to may leave, so that no finding rests on another."""
        return all(map(self.exported.may_leave, self.situation.claims(self._listed[position])))


def leaving(line: Timeline, **options: Unpack[Options]) -> Leaving:
    """Return what may leave of a timeline at any moment of the occurred clock, within the other cuts.

    Raises: InvalidValue, InvalidWhen.
    """
    options_given(options, [name for name in Options.__annotations__ if name not in ("occurred", "certainty")])
    return Leaving(export(line, **options))


def _meaning(finding: Finding) -> str:
    """Return the words of a kind of finding, which name no number."""
    return KINDS[finding.kind].meaning if finding.kind in KINDS else ""


def _registered(reading: Reading) -> str | None:
    """Return the slug of the entity that a reading registers; None if it registers none."""
    if not isinstance(reading.event, REGISTRATIONS):
        return None
    _, mark, name = entities_of(reading.event)[0]
    return mark.tag(name).partition(":")[2]
