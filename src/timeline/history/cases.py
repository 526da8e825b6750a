"""Cases: the ordinary entries within the cuts, after the editorial entries have been applied.

`cases` is the first half of history. It cuts by the recorded and the reported clock, and finds the
editorial entries in force. Then it gathers every ordinary entry with its claims into one *case*.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any, NamedTuple

import attrs

from timeline.entry import Entry
from timeline.events.editorial import (
    EventCorrected,
    EventCorroborated,
    EventDisputed,
    EventsMerged,
    proposed,
)
from timeline.history.claims import Claim, Hides, Status
from timeline.history.cuts import Publication, Visible
from timeline.values.containers import NOTHING
from timeline.values.report import Modality, Report, completed
from timeline.values.when import in_common


@attrs.define(eq=False)
class Case:
    """One event: the entry that first recorded it, and the claims about it.

    The first claim stands. `merged` are the duplicates counted with it. `apart` holds the claims of merged
    entries whose times do not overlap, unless one of them is inexact.
    """

    entry: Entry
    claims: list[Claim] = attrs.field(factory=list)
    merged: list[Entry] = attrs.field(factory=list)
    apart: tuple[Claim, ...] = ()

    @property
    def disputed(self) -> bool:
        return len(self.claims) > 1


class Cases(NamedTuple):
    """Every case within the cuts, by the id that names it."""

    by_id: Mapping[str, Case]
    alias: Mapping[str, str]
    """For an editorial entry or a duplicate, the id of its case."""
    retracted: Container[str]
    """The ids of entries that were erased or retracted, by themselves or with an entry that they name."""
    left_out: tuple[Entry, ...]
    """Under a reported cut, the entries without a dated publication."""
    absent: Mapping[str, str]
    """For a part that has no case, the id of its whole."""
    skips: bool
    """True if a part names an entry that has no case."""

    def of(self, id: str) -> Case | None:
        """Return the case of an id."""
        return self.by_id.get(self.alias.get(id, id))


def cases(
    entries: Iterable[Entry], *, reported: Publication | None = None, hides: Hides | None = None, tz: tzinfo
) -> Cases:
    """Return the cases of some entries, as published up to and with a publication.

    What `hides` withholds leaves no trace on another case.
    """
    seen = Visible(entries, reported, tz)
    builder = Editing(seen)
    builder.apply_all(hides)
    alias = builder.merge()
    shown = {id: case for id, case in builder.cases.items() if case.claims}
    left_out = tuple(entry for entry in seen.undated if entry.id not in shown)
    absent = {e.id: e.part_of for e in seen.known.values() if e.part_of is not None and e.id not in shown}
    skips = any(skips_whole(case, shown, alias) for case in shown.values())
    return Cases(shown, alias, seen.out | seen.erased, left_out, absent or NOTHING, skips)


def skips_whole(case: Case, shown: Container[str], alias: Mapping[str, str]) -> bool:
    """Tell whether a case is part of an entry that has no case."""
    return any(alias.get(name, name) not in shown for name in linked(case, "part_of"))


def linked(case: Case, field: str) -> Iterator[str]:
    """Yield the ids that a case, or one of its duplicates, names in a field."""
    for entry in (case.entry, *case.merged):
        value = getattr(entry, field)
        yield from (value,) if isinstance(value, str) else value or ()


class Editing:
    """Apply the editorial entries in force to the cases, one after another."""

    def __init__(self, seen: Visible) -> None:
        self.seen = seen
        self.corrected: list[Claim] = []
        """The claims that a correction replaced."""
        self.absorbed: list[Claim] = []
        """The claims of duplicates that are counted with another case."""
        self.withheld: set[str] = set()
        """The cases that are withheld: they merge with no other."""
        self.merges: dict[str, str] = {}
        claiming = [e for e in seen.known.values() if isinstance(e.event, EventCorrected | EventDisputed)]
        self._targets = {entry.id: entry.event.target for entry in claiming}
        self._corrected = {e.id: e.event.target for e in claiming if isinstance(e.event, EventCorrected)}
        self._rivals: dict[str, int] = {}
        """By dispute: how many rivals stand before the one that it made."""
        self._unsettled: dict[str, Case] = {}
        """The cases in which a claim was corrected, or came, after a rival of it."""
        self._corroborating: dict[str, dict[int, list[Entry]]] = {}
        """By case and index of the claim: corroborations in force that have yet to be added to it."""
        self.cases = {
            entry.id: Case(entry, [_as_recorded(entry, seen.reports[entry.id])])
            for entry in seen.ordinary
            if entry.id not in seen.retracted
        }

    def apply_all(self, hides: Hides | None = None) -> None:
        """Apply the editorial entries in force, and remove what is withheld.

        A withheld correction applies, so that its case is withheld too.
        """
        for entry in self.seen.in_force:
            adds = isinstance(entry.event, EventCorroborated | EventsMerged)
            if hides is None or not (adds and hides(entry)):
                self.apply(entry)
        for id in tuple(self._corroborating):
            self._settle(self.cases[id])
        for case in self._unsettled.values():
            self._follow(case)
        if hides is not None:
            self._withhold(hides)

    def _withhold(self, hides: Hides) -> None:
        """Remove the rivals that are withheld, and all rivals of a case that is."""
        for id, case in self.cases.items():
            count = int(self._has_own(case))
            if hides(case.claims[0] if count else case.entry):
                self.withheld.add(id)
                del case.claims[count:]
            else:
                case.claims[count:] = [claim for claim in case.claims[count:] if not hides(claim)]

    def apply(self, entry: Entry) -> None:
        match entry.event:
            case EventCorrected():
                self._correct(entry)
            case EventDisputed():
                self._dispute(entry)
            case EventCorroborated():
                self._corroborate(entry)
            case EventsMerged(kept=kept, duplicates=duplicates):
                for name in duplicates:
                    top, under = self._top(kept), self._top(name)
                    if top != under:
                        self.merges[under] = top
            case _:
                pass

    def root(self, id: str) -> str:
        """Return the id of the ordinary entry that an editorial one is, in the end, about."""
        return _end(self._targets, id)

    def _top(self, id: str) -> str:
        return _end(self.merges, id)

    def _target(self, entry: Entry, target: str) -> tuple[Case, int] | None:
        """Return the case of a target, and the index of the claim it made (-1: outside the cut)."""
        root = self.root(target)
        case = self.cases.get(root)
        if case is None:
            if root in self.seen.retracted or not self.seen.public(entry):
                return None
            case = self.cases[root] = Case(self.seen.known[root])
        index = self._index(case, self.dispute_of(target))
        if index < 0 and not self.seen.public(entry):
            return None
        return case, index

    def _claim(self, case: Case, index: int, target: str) -> Claim:
        """Return the claim that a target made, with all that spoke for it so far."""
        self._settle(case)
        return case.claims[index] if index >= 0 else self._unseen(target)

    def dispute_of(self, id: str) -> str | None:
        """Return the dispute that a target is, or corrects; None if the target is about the entry itself."""
        first = _end(self._corrected, id)
        return first if isinstance(self.seen.known[first].event, EventDisputed) else None

    def _dispute_at(self, id: str) -> Entry | None:
        """Return the dispute that an entry is, or corrects; None for any other."""
        dispute = self.dispute_of(id)
        return None if dispute is None else self.seen.known[dispute]

    def _index(self, case: Case, dispute: str | None) -> int:
        """Return which claim of a case a dispute made, or, for None, the entry itself; -1 for none of them."""
        own = self._has_own(case)
        if dispute is None:
            return own - 1
        return own + self._rivals[dispute] if dispute in self._rivals else -1

    def _has_own(self, case: Case) -> bool:
        """Check if the first claim of a case is its own, and not that of a rival that stands in its place."""
        return bool(case.claims) and self.dispute_of(case.claims[0].entry.id) is None

    def _correct(self, entry: Entry) -> None:
        event: EventCorrected = entry.event
        found = self._target(entry, event.target)
        if found is None:
            return
        case, index = found
        old = self._claim(case, index, event.target)
        redated = event.occurred is not None or event.modality not in (None, old.modality)
        if index < 0 or case.disputed:
            self._unsettled[case.entry.id] = case
        new = Claim(
            entry,
            event.replacement,
            event.occurred if event.occurred is not None else old.occurred,
            event.modality or old.modality,
            self.seen.reports[entry.id] or old.reports,
            backing=old.backing.append(entry),
            dated_by=None if redated or index < 0 else old,
            made_by=self._dispute_at(event.target),
        )
        if index >= 0:
            self.corrected.append(old)
        self._put(case, index, new)

    def _dispute(self, entry: Entry) -> None:
        event: EventDisputed = entry.event
        found = self._target(entry, event.target)
        if found is None:
            return
        case, index = found
        old = self._claim(case, index, event.target)
        rival = event.rival if event.rival is not None or event.occurred is None else old.event
        if rival is None and index < 0:
            return
        claim = Claim(
            entry,
            rival,
            event.occurred if event.occurred is not None else old.occurred,
            old.modality,
            self.seen.reports[entry.id],
            denies=event.target if rival is None else None,
            made_by=entry,
            denied=_subject(old) if rival is None else None,
        )
        self._put(case, -1, claim)

    def _corroborate(self, entry: Entry) -> None:
        target = entry.event.target
        found = self._target(entry, target)
        if found is None:
            return
        case, index = found
        if index >= 0:
            self._corroborating.setdefault(case.entry.id, {}).setdefault(index, []).append(entry)
        elif self._may_stand(case, old := self._claim(case, index, target)):
            self._put(case, index, self._corroborated(old, [entry]))
            self._unsettled[case.entry.id] = case

    def _follow(self, case: Case) -> None:
        """Let each rival follow its target, as corrected, in what the rival does not say itself."""
        for index in range(int(self._has_own(case)), len(case.claims)):
            claim = case.claims[index]
            made, target = [], claim.entry.id
            while self.dispute_of(target) == self.dispute_of(claim.entry.id):
                made.append(self.seen.known[target].event)
                target = made[-1].target
            at = self._index(case, self.dispute_of(target))
            if at >= 0:
                followed = {name: getattr(case.claims[at], name) for name in _FOLLOWED - _own(claim, made)}
                case.claims[index] = attrs.evolve(claim, **followed)

    def _settle(self, case: Case) -> None:
        """Add the corroborations of the claims of a case, many at once, before anything else changes these."""
        for index, entries in self._corroborating.pop(case.entry.id, {}).items():
            case.claims[index] = self._corroborated(case.claims[index], entries)

    def _corroborated(self, claim: Claim, entries: Sequence[Entry]) -> Claim:
        """Return a claim with the reports of its corroborations."""
        reports = completed(claim.reports, (report for entry in entries for report in self.seen.reports[entry.id]))
        return attrs.evolve(claim, reports=reports, backing=claim.backing.extend(entries))

    def _may_stand(self, case: Case, claim: Claim) -> bool:
        """Tell whether a claim says something: a denial does so only of a claim that is within the cut."""
        return claim.denies is None or self._index(case, self.dispute_of(claim.denies)) >= 0

    def _put(self, case: Case, index: int, claim: Claim) -> None:
        """Put a claim in the place of one, or, at -1, among those of the case: its own first."""
        dispute = self.dispute_of(claim.entry.id)
        if index >= 0:
            case.claims[index] = claim
        elif dispute is None:
            case.claims.insert(0, claim)
        else:
            self._rivals[dispute] = len(case.claims) - self._has_own(case)
            case.claims.append(claim)

    def _unseen(self, target: str) -> Claim:
        """Return what a target outside the cut says, with none of its reports."""
        line = [self.seen.known[target]]
        while line[-1].id in self._targets:
            line.append(self.seen.known[line[-1].event.target])
        claim = _as_recorded(line.pop(), ())
        for entry in reversed(line):
            event, when = proposed(entry.event), entry.event.occurred
            said = event if event is not None or when is None else claim.event
            denies = entry.event.target if said is None else None
            denied = _subject(claim) if said is None else None
            date = claim.occurred if when is None else when
            made_by = self._dispute_at(entry.id)
            sense = getattr(entry.event, "modality", None) or claim.modality
            claim = Claim(entry, said, date, sense, (), denies=denies, made_by=made_by, denied=denied)
        return claim

    def taken_alone(self, entry: Entry) -> Claim:
        """Return the claim that an entry, a correction or a dispute makes, with its own reports only."""
        return attrs.evolve(self._unseen(entry.id), reports=self.seen.reports.get(entry.id, ()))

    def merge(self) -> dict[str, str]:
        """Let each group of duplicates count once; return the id of the case for every other id."""
        groups: dict[str, list[str]] = {}
        for name in sorted(self.merges, key=lambda id: self.seen.known[id].position):
            groups.setdefault(self._top(name), []).append(name)
        claiming = (e.id for e in self.seen.in_force if isinstance(e.event, EventCorrected | EventDisputed))
        alias = {id: self.root(id) for id in (*claiming, *self._rivals)}  # a rival may stand though it is not public
        for top, names in groups.items():
            group = [id for id in (top, *names) if id not in self.withheld]
            present = [id for id in group if id in self.cases and self.cases[id].claims]
            if not present:
                continue
            main = self._main(present)
            others = [self.cases.pop(name) for name in present if name != main]
            told = [case.claims[0] for case in (self.cases[main], *others) if self._has_own(case)]
            self._absorb(self.cases[main], others)
            self._date(self.cases[main], told)
            alias |= {id: main for id in group if id != main}
        for case in self.cases.values():
            case.claims[1:] = [attrs.evolve(claim, status=_status(claim)) for claim in case.claims[1:]]
        return {id: alias.get(to, to) for id, to in alias.items()}

    def _main(self, present: Sequence[str]) -> str:
        """Return the case that its duplicates count with: the first that happened, else the first that stands.

        The kept entry comes first. But a deed never disappears behind a plan or a fear.
        """
        standing = [id for id in present if self._has_own(self.cases[id])]
        happened = (id for id in standing if self.cases[id].claims[0].modality is Modality.ACTUAL)
        return next(happened, (standing or present)[0])

    def _date(self, case: Case, told: Sequence[Claim]) -> None:
        """Date a merged event by the time that all its dated claims have in common."""
        dated = [c for c in told if c.modality is Modality.ACTUAL and c.occurred is not None]
        times = [claim.occurred for claim in dated if claim.occurred is not None]
        if not times or told[0].modality is not Modality.ACTUAL:
            return
        when = in_common(times, self.seen.tz)
        if when is not None:
            case.claims[:] = [
                attrs.evolve(claim, occurred=when) if number == 0 or self._follows(claim.entry.id) else claim
                for number, claim in enumerate(case.claims)
            ]
        elif not any(time.approximate or time.uncertain for time in times):
            case.apart = tuple(dated)

    def _follows(self, id: str) -> bool:
        """Tell whether a rival gives no date of its own, so that the date of its target applies."""
        while isinstance(event := self.seen.known[id].event, EventCorrected | EventDisputed):
            if self.dispute_of(id) is None:
                return True
            if event.occurred is not None:
                return False
            id = event.target
        return True

    def _absorb(self, main: Case, others: Sequence[Case]) -> None:
        """Count duplicates once: their reports and rivals move to the case that is kept.

        The reports of a plan, a fear or a denial do not tell of a deed: they move only within one modality.
        """
        kept = main.claims[0]
        further: list[Report] = []
        backing, seen = kept.backing, {*kept.reports}
        for other in others:
            if self._has_own(other):
                first = other.claims.pop(0)
                self.absorbed.append(first)
                if first.modality is kept.modality:
                    further += [report for report in first.reports if report not in seen]
                    seen.update(first.reports)
                    backing = backing.extend((other.entry, *first.backing))
            main.claims.extend(other.claims)
            main.merged.extend((other.entry, *other.merged))
        main.claims[0] = attrs.evolve(kept, reports=completed(kept.reports, further), backing=backing)


_FOLLOWED = frozenset({"event", "occurred", "modality"})


def _own(claim: Claim, made: Sequence[Any]) -> set[str]:
    """Return what a rival says itself; `made` are its corrections, the last first, and its dispute."""
    own = {name for event in made for name in ("occurred", "modality") if getattr(event, name, None) is not None}
    only_dated = claim.event is not None and not any(proposed(event) is not None for event in made)
    return own if only_dated else own | {"event"}


def _subject(claim: Claim) -> Any:
    """Return the event that a claim is about: its own, or the one it denies."""
    return claim.denied if claim.event is None else claim.event


def _status(claim: Claim) -> Status:
    return "denial" if claim.event is None else "rival"


def _as_recorded(entry: Entry, reports: tuple[Report, ...]) -> Claim:
    return Claim(entry, entry.event, entry.occurred, entry.modality, reports)


def _end(onward: dict[str, str], id: str) -> str:
    """Follow a chain to its end, and shorten it for whoever follows it next."""
    passed = []
    while id in onward:
        passed.append(id)
        id = onward[id]
    onward.update(dict.fromkeys(passed, id))
    return id
