"""The entries of a page with their reports, each written once, and the versions of what is disputed or corrected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from timeline.answers import behind
from timeline.answers.lasting import Lasting, Lastings
from timeline.display.page.numbering import Numbering, span_of
from timeline.display.page.values import PageValues
from timeline.display.sentences import Sentences
from timeline.display.telling import Leaving
from timeline.display.web import is_web
from timeline.entry import Entry
from timeline.events.declare import is_event
from timeline.events.editorial import EDITORIAL, targets
from timeline.events.naming import type_name
from timeline.history.claims import Claim, quantity_field
from timeline.index.complete import NEVER
from timeline.values.instants import FUTURE, PAST
from timeline.values.report import Modality, Report
from timeline.values.visible import visible

Json = dict[str, Any]
_FLOWS = frozenset({"custody.detainees_transferred", "custody.detainees_repatriated"})


class Reported:
    """The reports of a timeline, as JSON.

    An entry: `n` position, `id`, `type`, `o` when it occurred, `end` its place in fold order, `pub` its first
    publication, `mod` a modality that is not actual, `says` a sentence in each language, `tags`, `reports` by number,
    `of` the positions of entries it is about, `q` its number of people, `flow` from where to where.

    A claim: `by` the position of the entry that makes it, `o`, `says` (null: a denial), `q`, `by_whom` the authority
    it gives control to, `stands`, `reports` by number, `r` the stretches of the reported clock in which it is made.
    """

    def __init__(self, told: Leaving, entries: Sequence[Entry], languages: Sequence[Sentences]) -> None:
        self._told, self._entries, self._languages = told, entries, languages
        self._tz = told.situation.tz
        self._reports = Numbering()
        self._json = PageValues(told, self._tz)
        self._positions = {entry.id: entry.position for entry in entries}
        self._ends = {reading.case.entry.position: reading.end for reading in told.exported.readings}

    @property
    def reports(self) -> list[Json]:
        """Every report, in the order of their numbers."""
        return self._reports.found

    def entries(self) -> list[Json]:
        """Return every entry."""
        return [self._entry(entry) for entry in self._entries]

    def _entry(self, entry: Entry) -> Json:
        event = entry.event
        end = self._ends.get(entry.position, PAST)
        published = [r.published.span(self._tz).end for r in entry.reports if r.published is not None]
        return _without_none(
            n=entry.position,
            id=entry.id,
            type=type_name(event),
            o=span_of(entry.occurred, self._tz),
            end=end if PAST < end < FUTURE else None,
            pub=min((found for found in published if found < FUTURE), default=None),
            mod=None if entry.modality is Modality.ACTUAL else entry.modality.value,
            says=[sentences.of(event) for sentences in self._languages],
            tags=[tag for tag in entry.tags if not tag.startswith(("entry:", "cohort:"))],
            reports=[self.report(report) for report in entry.reports] or None,
            of=[self._positions[id] for id in _named(entry) if id in self._positions] or None,
            q=self._number(event),
            flow=_flow(event),
        )

    def _number(self, event: Any) -> Any:
        name = quantity_field(event) if is_event(event) else None
        found = getattr(event, name, None) if name else None
        return None if found is None else self._json.number(found)

    def report(self, report: Report) -> int:
        """Return the number of a report: `s` source, `p` when, `u` address, `q` quote, `a` cited source, `c` rating."""
        return self._reports.value(
            _without_none(
                s=visible(report.source),
                p=span_of(report.published, self._tz),
                u=report.url if is_web(report.url) else None,
                q=visible(report.quote) if report.quote else None,
                l=report.language,
                a=visible(report.attributed_to) if report.attributed_to else None,
                c=f"{report.reliability or ''}{report.credibility or ''}" or None,
            )
        )

    def claims(self, found: Lastings) -> Mapping[str, list[Json]]:
        """Return the versions of each entry that has several, or another one than was recorded, by its position."""
        by_case: dict[int, list[Lasting]] = defaultdict(list)
        cut = self._told.situation.clocks.reported
        cases = self._cases({lasting.what.entry.id for lasting in found})
        for lasting in found:
            if lasting.what.entry.id in cases and (cut is None or lasting.published <= cut):
                by_case[cases[lasting.what.entry.id]].append(lasting)
        plain = {entry.position: entry for entry in self._entries}
        told = {
            n: self._versions(all) for n, all in by_case.items() if any(_differs(plain[n], one.what) for one in all)
        }
        return {str(position): versions for position, versions in sorted(told.items()) if versions}

    def _versions(self, found: Iterable[Lasting]) -> list[Json]:
        versions: dict[Any, Json] = {}
        for published, until, claim in found:
            if self._told.exported.may_leave(claim):
                self._add(versions, claim, published, until)
        return list(versions.values())

    def _cases(self, ids: set[str]) -> Mapping[str, int]:
        """Return the position of the case that each entry speaks to; of one that is out by now, the entry it names."""
        entries, ordered = {entry.id: entry for entry in self._entries}, sorted(ids)
        found = {}
        for id, case in zip(ordered, behind.cases_of(self._told.situation, ordered), strict=True):
            entry = entries.get(id) if case is None else case.entry
            while entry is not None and isinstance(entry.event, EDITORIAL):
                entry = entries.get(targets(entry.event)[0])
            if entry is not None and entry.id in entries:
                found[id] = entry.position
        return found

    def _add(self, versions: dict[Any, Json], claim: Claim, published: int, until: int) -> None:
        event = claim.event if claim.event is None else self._told.event(claim.event)
        key = (claim.entry.id, event, claim.occurred, claim.modality, claim.standing)
        version = versions.setdefault(
            key,
            _without_none(
                by=claim.entry.position,
                o=span_of(claim.occurred, self._tz),
                mod=None if claim.modality is Modality.ACTUAL else claim.modality.value,
                q=self._number(event),
                by_whom=_holder(event),
                stands=1 if claim.standing else None,
            )
            | {"says": event and [s.of(event) for s in self._languages], "reports": [], "r": []},
        )
        for report in self._told.exported.reports(claim):
            number = self.report(report)
            if number not in version["reports"]:
                version["reports"].append(number)
        begins, ends = stretch(published, until)
        if version["r"] and version["r"][-1][1] == begins is not None:
            version["r"][-1][1] = ends
        else:
            version["r"].append([begins, ends])


def stretch(published: int, until: int) -> tuple[int | None, int | None]:
    """Return a stretch of the reported clock as JSON: null is open, -1 is the clock left free.

    >>> stretch(PAST, 1_000_000), stretch(1_000_000, NEVER), stretch(NEVER, NEVER + 1)
    ((None, 1000000), (1000000, -1), (-1, None))
    """
    begins, ends = (None if m <= PAST or m > NEVER else m if m < FUTURE else -1 for m in (published, until))
    return begins, ends


def _differs(entry: Entry, claim: Claim) -> bool:
    """Tell whether a claim says anything else than its entry, as it was recorded."""
    return claim.entry.id != entry.id or claim.event != entry.event or claim.occurred != entry.occurred


def _without_none(**fields: Any) -> Json:
    return {name: value for name, value in fields.items() if value is not None}


def _named(entry: Entry) -> Iterable[str]:
    """Return the ids of the entries that an entry speaks about or builds on."""
    about = targets(entry.event) if isinstance(entry.event, EDITORIAL) else ()
    return dict.fromkeys(filter(None, (*about, entry.part_of, entry.fulfils)))


def _holder(event: Any) -> str | None:
    """Return who holds a place, as an event has it."""
    if getattr(event, "manner", None) == "vacated":
        return "NOBODY"
    found = getattr(event, "authority", None)
    return found if isinstance(found, str) else None


def _flow(event: Any) -> list[str | None] | None:
    """Return from where to where an event moves people, if it says both."""
    if not is_event(event) or type_name(event) not in _FLOWS:
        return None
    ends = [getattr(event, name, None) for name in ("origin", "destination")]
    return ends if all(ends) and ends[0] != ends[1] else None
