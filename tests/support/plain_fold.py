"""A fold as plain as the design: the number of people who escaped, with no index, and nothing shared with the library.

It reads days of January 2026, one kind of deed at one place, exact numbers, and every editorial entry but redactions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import attrs

from timeline import Entry, Modality, When
from timeline.events.editorial import (
    EventCorrected,
    EventCorroborated,
    EventDisputed,
    EventRetracted,
    EventsMerged,
)

Days = tuple[float, float]
"""The first and the last day of a time."""
_SAYING = (EventCorrected, EventDisputed, EventCorroborated)


@attrs.define(eq=False)
class Version:
    """A version of a deed; `dispute` is the id of the one that made it, None for the entry's own."""

    entry: Entry
    dispute: str | None
    number: int | None
    days: Days | None
    modality: Modality
    published: list[int]
    corrects: Version | None = None


def days_of(when: When | None) -> Days | None:
    """Return the days that a text names."""
    if when is None:
        return None
    ends = [int(text[-2:]) for text in when.text.split("/")]
    return (ends[0], ends[-1])


@attrs.define
class PlainFold:
    """The entries on a log, cut by two of the clocks."""

    entries: dict[str, Entry]
    reported: int | None

    @classmethod
    def of(cls, entries: Iterable[Entry], *, recorded: int | None, reported: int | None) -> PlainFold:
        by_then = (entry for entry in entries if recorded is None or entry.recorded_at.day <= recorded)
        return cls({entry.id: entry for entry in by_then}, reported)

    def escaped(self, occurred: int | None, policy: str) -> int:
        """Return how many had escaped by a day."""
        picked = ((versions, choose(versions, policy)) for versions in self.merged())
        counting = [(versions, one) for versions, one in picked if one.modality is Modality.ACTUAL]
        return sum(one.number or 0 for _, one in counting if occurred is None or self.done_by(one) <= occurred)

    # -- the cuts

    def published(self, entry: Entry) -> list[int]:
        """Return the days of the publications within the cut."""
        days = [int(days_of(report.published)[1]) for report in entry.reports if report.published is not None]  # type: ignore[index]
        return days if self.reported is None else [day for day in days if day <= self.reported]

    def within(self, entry: Entry) -> bool:
        """Tell whether an entry is within the reported cut."""
        if self.reported is None or self.published(entry):
            return True
        dated = any(report.published is not None for report in entry.reports)
        return not dated and isinstance(entry.event, (*_SAYING, EventRetracted, EventsMerged))

    def public(self, entry: Entry) -> bool:
        """Tell whether an act may speak for a target outside the cut."""
        return self.reported is None or bool(self.published(entry))

    def retracted(self) -> set[str]:
        """Return the targets of the retractions that stand, the last retraction first."""
        out: set[str] = set()
        for entry in reversed(self.entries.values()):
            if isinstance(entry.event, EventRetracted) and self.within(entry) and entry.id not in out:
                out.add(entry.event.target)
        return out

    # -- versions

    def line(self, id: str) -> Iterator[Entry]:
        """Yield an act, the act or entry that it names, and so on."""
        entry = self.entries[id]
        while isinstance(entry.event, _SAYING):
            yield entry
            entry = self.entries[entry.event.target]
        yield entry

    def dispute_of(self, id: str) -> str | None:
        """Return the dispute that an act is or corrects; None for what is about the entry itself."""
        return next((e.id for e in self.line(id) if not isinstance(e.event, EventCorrected | EventCorroborated)
                     and isinstance(e.event, EventDisputed)), None)  # fmt: skip

    def said(self, id: str) -> Version:
        """Return what an act or an entry says, without its reports."""
        *acts, first = self.line(id)
        found = Version(first, None, first.event.quantity.best, days_of(first.occurred), first.modality, [])
        for act in reversed(acts):
            found = self.after(found, act)
        return attrs.evolve(found, published=[], corrects=None)

    def after(self, target: Version, act: Entry) -> Version:
        """Return the version that a correction or a dispute makes of its target."""
        event: Any = act.event
        days = days_of(event.occurred) or target.days
        if isinstance(event, EventDisputed):
            only_when = event.rival is None and event.occurred is not None
            number = target.number if only_when else event.rival and event.rival.quantity.best
            return Version(act, act.id, number, days, target.modality, self.published(act))
        modality = event.modality or target.modality
        same = event.occurred is None and modality is target.modality
        told = self.published(act) if self.reported is None and act.reports else self.published(act) or target.published
        dispute = target.dispute
        return Version(act, dispute, event.replacement.quantity.best, days, modality, told, target if same else None)

    def cases(self) -> dict[str, list[Version]]:
        """Return the versions of each entry, its own first, once every act in force was applied."""
        out = self.retracted()
        cases: dict[str, list[Version]] = {}
        for entry in self.entries.values():
            if isinstance(entry.event, EventRetracted | EventsMerged) or not self.within(entry):
                continue
            *acts, first = self.line(entry.id)
            if out.isdisjoint(one.id for one in (*acts, first)):
                self.apply(cases.setdefault(first.id, []), entry)
        for versions in cases.values():
            self.follow(versions)
        return {id: versions for id, versions in cases.items() if versions}

    def apply(self, versions: list[Version], entry: Entry) -> None:
        """Apply an entry or an act to the versions of its case."""
        if not isinstance(entry.event, _SAYING):
            versions.insert(0, attrs.evolve(self.said(entry.id), published=self.published(entry)))
            return
        name = self.dispute_of(entry.event.target)
        target = next((version for version in versions if version.dispute == name), None)
        if target is None and not self.public(entry):
            return
        if isinstance(entry.event, EventCorroborated) and target is not None:
            target.published = [*target.published, *self.published(entry)]
        elif isinstance(entry.event, EventCorroborated):
            self.put(versions, attrs.evolve(self.said(entry.event.target), published=self.published(entry)))
        elif isinstance(entry.event, EventCorrected) and target is not None:
            versions[versions.index(target)] = self.after(target, entry)
        else:
            made = self.after(target or self.said(entry.event.target), entry)
            self.put(versions, made if target is not None else attrs.evolve(made, corrects=None))

    def put(self, versions: list[Version], version: Version) -> None:
        """Add a version, the entry's own first; a denial only of what is there."""
        if version.number is None:
            denied = self.dispute_of(self.entries[str(version.dispute)].event.target)
            if all(other.dispute != denied for other in versions):
                return
        versions.insert(0 if version.dispute is None else len(versions), version)

    def follow(self, versions: Sequence[Version]) -> None:
        """Let each rival follow its target in what it does not say itself."""
        for version in versions:
            if version.dispute is None:
                continue
            made = [e.event for e in self.line(version.entry.id)]
            made = made[: 1 + next(n for n, event in enumerate(made) if isinstance(event, EventDisputed))]
            named = self.dispute_of(made[-1].target)
            target = next((other for other in versions if other.dispute == named), None)
            if target is None:
                continue
            if all(event.occurred is None for event in made):
                version.days = target.days
            if all(getattr(event, "modality", None) is None for event in made):
                version.modality = target.modality
            if len(made) == 1 and made[0].rival is None and version.number is not None:
                version.number = target.number

    # -- merges, policies and bounds

    def merged(self) -> list[list[Version]]:
        """Return the versions of each deed; duplicates count once."""
        cases, kept = self.cases(), self.kept_for()
        groups: dict[str, list[str]] = {}
        for id in sorted(cases, key=lambda id: (id in kept, self.entries[id].position)):
            groups.setdefault(top(kept, id), []).append(id)
        return [self.together([cases[id] for id in group]) for group in groups.values()]

    def kept_for(self) -> dict[str, str]:
        """Return the entry with which each duplicate counts."""
        kept: dict[str, str] = {}
        out = self.retracted()
        for entry in self.entries.values():
            if isinstance(entry.event, EventsMerged) and self.within(entry) and entry.id not in out:
                for name in entry.event.duplicates:
                    above, below = top(kept, entry.event.kept), top(kept, name)
                    if above != below:
                        kept[below] = above
        return kept

    def together(self, group: list[list[Version]]) -> list[Version]:
        """Return the versions of several entries as those of one deed: of the first that happened."""
        own = [versions for versions in group if versions[0].dispute is None]
        happened = [versions for versions in own if versions[0].modality is Modality.ACTUAL]
        main = (happened or own or group)[0]
        told, found = [version for version in main[:1] if version.dispute is None], [*main]
        for versions in group:
            if versions is main:
                continue
            firsts = [version for version in versions if version.dispute is None]
            told += firsts
            for version in firsts:
                if version.modality is found[0].modality:
                    found[0].published = [*found[0].published, *version.published]
            found += [version for version in versions if version.dispute is not None]
        if len(group) > 1 and happened:
            self.date(found, [v.days for v in told if v.modality is Modality.ACTUAL and v.days is not None])
        return found

    def date(self, versions: Sequence[Version], times: Sequence[Days]) -> None:
        """Date the deed, and the rivals that follow it, by the days that all allow."""
        first, last = max((a for a, _ in times), default=1), min((b for _, b in times), default=0)
        if first <= last:
            for version in (versions[0], *filter(self.follows, versions)):
                version.days = (first, last)

    def follows(self, version: Version) -> bool:
        """Tell whether a version gives no date of its own, nor any rival that it disputes."""
        acts = [e.event for e in self.line(version.entry.id) if isinstance(e.event, EventCorrected | EventDisputed)]
        last = max((n for n, event in enumerate(acts) if isinstance(event, EventDisputed)), default=-1)
        return all(event.occurred is None for event in acts[: last + 1])

    def done_by(self, version: Version) -> float:
        """Return the day by which a deed was done: the last one that it can have been, clamped by its telling."""
        first, last = version.days or (-99.0, 99.0)
        told = self.told_by(version)
        return min(last, told) if told > first - 1 else last

    def told_by(self, version: Version) -> float:
        """Return the day of the first publication, else the noon at which the entry or the dispute was recorded."""
        by = self.entries[version.dispute] if version.dispute else [*self.line(version.entry.id)][-1]
        own = min(version.published, default=by.recorded_at.day - 0.5)
        return own if version.corrects is None else min(own, self.told_by(version.corrects))


def top(kept: dict[str, str], id: str) -> str:
    """Return the entry with which one counts in the end."""
    while id in kept:
        id = kept[id]
    return id


def choose(versions: Sequence[Version], policy: str) -> Version:
    """Return the version that a policy picks; a denial has no number."""
    numbered = [version for version in versions if version.number is not None]
    match policy:
        case "lowest":
            return min(numbered, key=lambda version: version.number or 0)
        case "highest":
            return max(numbered, key=lambda version: version.number or 0)
        case "latest":
            return max(versions, key=lambda version: (max(version.published, default=-1), version.entry.position))
    return versions[0]
