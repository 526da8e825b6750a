"""Wording of findings: places, numbers and sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from timeline.entry import describe
from timeline.events.declare import UnknownEvent
from timeline.events.naming import entities_of, type_name
from timeline.history.claims import Claim
from timeline.values.quantity import Quantity
from timeline.values.report import credited
from timeline.values.spoken import with_preposition

_FEW = 5
"""The most versions that a message names; the rest are counted."""


def where(event: Any) -> str:
    """Name the facilities of an event, else its entities of the kind named first; empty if there are none.

    >>> from timeline.events import custody
    >>> where(custody.DetaineesTransferred(origin="hasakah-prisons", destination="al-hol-camp", operation="move"))
    'hasakah-prisons, al-hol-camp'
    """
    if isinstance(event, UnknownEvent):
        return ", ".join(tag.partition(":")[2] for tag in event.tags[:1])
    found = [(mark.kind, slug) for _, mark, slug in entities_of(event)]
    kinds = [kind for kind, _ in found]
    wanted = "facility" if "facility" in kinds else next(iter(kinds), "")
    return ", ".join(dict.fromkeys(slug for kind, slug in found if kind == wanted))


def what(event: Any) -> str:
    """Describe the place of an event and what happened there, in words.

    >>> from timeline.events import custody
    >>> what(custody.DetaineesEscaped(facility="al-shaddadi-prison"))
    'al-shaddadi-prison: detainees escaped'
    """
    words = type_name(event).rpartition(".")[2].replace("_", " ")
    return ": ".join(filter(None, (where(event), words)))


def versions_in_words(claims: Sequence[Claim]) -> str:
    """Describe each claim with its sources: by its number if it has one, else by what differs from the first."""
    first, *others = claims
    told = [_version(first), *(_version(other, beside=first) for other in others[: _FEW - 1])]
    more = len(claims) - len(told)
    return "; ".join([*told, *([f"{more:,} more"] if more else [])])


def with_date(claim: Claim) -> str:
    """Describe when an event happened, according to a claim."""
    return with_preposition(claim.occurred)


def _version(claim: Claim, beside: Claim | None = None) -> str:
    if claim.event is None:
        return f"denied{credited(claim.reports)}"
    redated = beside is None or claim.occurred != beside.occurred
    said = " ".join(filter(None, (_said(claim, beside), with_date(claim) if redated else "")))
    return (said or "the same") + credited(claim.reports)


def _said(claim: Claim, beside: Claim | None) -> str:
    """Describe the number and the fields of a claim; beside another claim, only the fields that differ."""
    if beside is not None and type(claim.event) is not type(beside.event):
        return describe(claim.event)
    theirs = {} if beside is None else _fields(beside.event)
    fields = {name: value for name, value in _fields(claim.event).items() if value and value != theirs.get(name)}
    number = [] if claim.quantity is None else [str(claim.quantity)]
    detail = [] if number else [f"“{text}”" for text in (fields.pop("detail", ""),) if text]
    if beside is None:
        here = where(claim.event).split(", ")
        fields = {} if number else {name: value for name, value in fields.items() if value not in here}
    told = (f"{name}={_shown(value)}" for name, value in fields.items() if name not in ("detail", "about"))
    return " ".join([*number, *told, *detail])


def _fields(event: Any) -> dict[str, Any]:
    """Return the fields of an event that are not at their default, without numbers."""
    found = ((a, getattr(event, a.name)) for a in getattr(event, "__attrs_attrs__", ()))
    return {a.name: value for a, value in found if value != a.default and not isinstance(value, Quantity)}


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return ",".join(f"{key}:{one}" for key, one in value.items())
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
