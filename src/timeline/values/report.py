"""Attribution and modality: the sources of an entry, when they published it, and in what sense."""

from __future__ import annotations

import re
from bisect import insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from functools import cache
from heapq import merge
from typing import Any, Literal, get_args

from attrs import evolve, field, frozen

from timeline.errors import InvalidReport
from timeline.values.containers import NOTHING
from timeline.values.visible import visible
from timeline.values.when import When, when_or_none


class Modality(Enum):
    """The sense in which an entry is meant. Only ACTUAL changes state.

    Source: PLOVER's and TimeML's event modality.
    """

    ACTUAL = "actual"
    """The source says that it happened. Announcing, promising and stating are deeds, and ACTUAL."""
    PLANNED = "planned"
    """It was foreseen, ordered or intended."""
    HYPOTHETICAL = "hypothetical"
    """It was feared, or thought possible."""
    DENIED = "denied"
    """Somebody denied it, and it is not otherwise on the log."""

    @classmethod
    @cache
    def stored(cls, value: str) -> Modality:
        """Return the modality stored as a word. One that this program does not know is kept, and changes no state.

        >>> Modality.stored("planned"), Modality.stored("rumoured").value
        (Modality.PLANNED, 'rumoured')
        """
        if value in cls._value2member_map_:
            return cls(value)
        unknown = object.__new__(cls)
        unknown._name_, unknown._value_ = value.upper(), value
        return unknown

    @property
    def known(self) -> bool:
        """True if this program knows the modality."""
        return self in type(self)._member_map_.values()

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return Modality.stored, (self.value,)

    def __repr__(self) -> str:
        return f"Modality.{self.name}"


Reliability = Literal["A", "B", "C", "D", "E", "F"]
"""How far the source can be relied on. F: cannot be judged (which is not the worst)."""
Credibility = Literal[1, 2, 3, 4, 5, 6]
"""How far the information can be believed. 6: cannot be judged (which is not the worst)."""


def _source(instance: Any, attribute: Any, value: Any) -> None:
    if not isinstance(value, str) or not value.strip():
        raise InvalidReport(
            f"source is {value!r}: expected who published it, such as 'Reuters'. An unnamed source has a "
            "name too: 'unnamed US official'.",
            value=value,
        )


def text_or_none(instance: Any, attribute: Any, value: Any) -> None:
    """Check that the value of a field is a text or None.

    Raises: InvalidReport.
    """
    if value is not None and not isinstance(value, str):
        raise InvalidReport(f"{attribute.name} is {value!r}: expected text or None.", value=value)


def _on_scale(scale: Any, example: str) -> Callable[[Any, Any, Any], None]:
    allowed = get_args(scale)

    def check(instance: Any, attribute: Any, value: Any) -> None:
        if value is not None and (isinstance(value, bool) or value not in allowed):
            raise InvalidReport(
                f"{attribute.name} is {value!r}: expected one of {', '.join(map(str, allowed))} "
                f"on the Admiralty scale, or None where nobody judged it. Write {attribute.name}={example}.",
                value=value,
            )

    return check


_SHA256 = re.compile("[0-9A-Fa-f]{64}")


def _fingerprint(value: Any) -> Any:
    if value is None:
        return None
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        raise InvalidReport(
            f"sha256 is {value!r}: expected 64 hexadecimal digits, as sha256sum prints them, or None.", value=value
        )
    return value.lower()


class _WithUnknown:
    """The base of a class with slots: it has those that are not for fields of the class."""

    __slots__ = ("__unknown__", "__weakref__")

    def __attrs_post_init__(self) -> None:
        """Fill the slot: to look into an empty one takes as long as to write half a report."""
        object.__setattr__(self, "__unknown__", NOTHING)

    def __setstate__(self, state: tuple[None, dict[str, Any]]) -> None:
        """Restore what was pickled: the values of all slots."""
        for name, value in state[1].items():
            object.__setattr__(self, name, value)


@frozen(getstate_setstate=False)
class Report(_WithUnknown):
    """One publication of what an entry says.

    `published` None means the publication bears no date. `attributed_to` is whom the source itself
    quotes, `quote` its own short wording, `language` a BCP 47 tag. An entry carries any number of
    reports, and the event still counts once.

    Three fields describe a copy of the publication: `retrieved` is when it was taken, `archived` its URL or its
    path in a folder of evidence, `sha256` its fingerprint in hexadecimal digits. None: no copy, or not known.

    Raises: InvalidReport, or InvalidWhen for `published` and `retrieved`.
    Source: the Admiralty code (NATO AJP-2.1): reliability of the source A–F, credibility of the
    information 1–6, two scales; F and 6 mean *cannot be judged*.

    >>> Report("Reuters", published="2026-01-21", credibility=3).published
    When('2026-01-21')
    """

    source: str = field(validator=_source)
    published: When | None = field(default=None, converter=when_or_none, kw_only=True)
    url: str | None = field(default=None, validator=text_or_none, kw_only=True)
    language: str | None = field(default=None, validator=text_or_none, kw_only=True)
    quote: str | None = field(default=None, validator=text_or_none, kw_only=True)
    attributed_to: str | None = field(default=None, validator=text_or_none, kw_only=True)
    reliability: Reliability | None = field(default=None, validator=_on_scale(Reliability, "'B'"), kw_only=True)
    credibility: Credibility | None = field(default=None, validator=_on_scale(Credibility, "2"), kw_only=True)
    retrieved: When | None = field(default=None, converter=when_or_none, kw_only=True)
    archived: str | None = field(default=None, validator=text_or_none, kw_only=True)
    sha256: str | None = field(default=None, converter=_fingerprint, kw_only=True)

    @property
    def has_copy(self) -> bool:
        """True if the report says anything about a copy."""
        return self.archived is not None or self.sha256 is not None or self.retrieved is not None

    def without_copy(self) -> Report:
        """Return the report, saying nothing about a copy."""
        return evolve(self, retrieved=None, archived=None, sha256=None) if self.has_copy else self

    def __str__(self) -> str:
        rating = f"{self.reliability or ''}{self.credibility or ''}"
        parts = [
            self.attributed_to and f"citing {self.attributed_to}",
            self.published and str(self.published),
            rating and f"rated {rating}",
            self.quote and f"“{self.quote}”",
            self.url,
            self.archived and f"copy at {self.archived}",
        ]
        return visible(", ".join([self.source, *(part for part in parts if part)]))


def completed(reports: Sequence[Report], further: Iterable[Report]) -> tuple[Report, ...]:
    """Add further reports to those of a claim; a report that differs only by its copy completes the one there.

    Two different copies of one publication stay two reports.

    >>> [told] = completed([Report("Reuters")], [Report("Reuters", archived="reuters.html")])
    >>> told.archived
    'reuters.html'
    """
    further = list(further)
    if not any(report.has_copy for report in further):
        return (*reports, *further)
    found = _Copied()
    for report in reports:
        found.append(report)
    for report in further:
        same = found.of_one_copy(report) if report.has_copy else ()
        place = next((place for place in same if found.reports[place] != report), None)
        if place is None:
            found.append(report)
        else:
            found.complete(place, report)
    return tuple(found.reports)


class _Copied:
    """Reports in order, in which those of one copy are found without a search through all."""

    def __init__(self) -> None:
        self.reports: list[Report] = []
        self._places: dict[Report, dict[str | None, list[int]]] = {}
        """The places of the reports of one publication, by the name of their copy."""

    def append(self, report: Report) -> None:
        """Add a report at the end."""
        self._filed(report).append(len(self.reports))
        self.reports.append(report)

    def of_one_copy(self, report: Report) -> Iterator[int]:
        """Give the places of the reports that say nothing else of the copy of a report, in order."""
        named = self._places.get(report.without_copy(), {})
        alike = named.values() if report.archived is None else (named.get(report.archived, ()), named.get(None, ()))
        return (place for place in merge(*alike) if with_copy(self.reports[place], report) is not None)

    def complete(self, place: int, report: Report) -> None:
        """Add what a report says of its copy to the report at a place."""
        before = self.reports[place]
        after = self.reports[place] = with_copy(before, report) or report
        if after.archived != before.archived:
            self._filed(before).remove(place)
            insort(self._filed(after), place)

    def _filed(self, report: Report) -> list[int]:
        return self._places.setdefault(report.without_copy(), {}).setdefault(report.archived, [])


_COPY = ("retrieved", "archived", "sha256")


def with_copy(there: Report, further: Report) -> Report | None:
    """Return a report with what another one of the same publication says of its copy.

    None: the two are not of one publication, or say different things of the copy.

    >>> with_copy(Report("Reuters", archived="a.html"), Report("Reuters", archived="b.html")) is None
    True
    """
    if there.source != further.source or there.url != further.url:
        return None
    copy = {name: (getattr(there, name), getattr(further, name)) for name in _COPY}
    agree = all(one is None or other is None or one == other for one, other in copy.values())
    if not agree or there.without_copy() != further.without_copy():
        return None
    return evolve(there, **{name: one or other for name, (one, other) in copy.items()})


def first_publication(reports: Iterable[Report]) -> When | None:
    """Return the earliest date of publication; None if no report bears one that has an end.

    Dates are compared as days in UTC.

    >>> first_publication([Report("AFP", published="2026-01-22"), Report("Reuters", published="2026-01-21")])
    When('2026-01-21')
    """
    dates = [report.published for report in reports if report.published is not None and report.published.latest]
    return min(dates, key=lambda date: date.span().end, default=None)


_FEW = 3
"""The most sources that a message names; the rest are counted."""


def credited(reports: Iterable[Report]) -> str:
    """Name the sources, to append to a statement; return an empty text where there are none.

    >>> credited([Report("wire", attributed_to="army"), Report("Reuters")])
    ' (wire citing army, Reuters)'
    """
    names = list(dict.fromkeys(_credit(report) for report in reports))
    more = [f"{len(names) - _FEW} more"] if len(names) > _FEW else []
    return f" ({', '.join([*names[:_FEW], *more])})" if names else ""


def _credit(report: Report) -> str:
    cited = report.attributed_to if report.attributed_to != report.source else None
    return f"{report.source} citing {cited}" if cited else report.source
