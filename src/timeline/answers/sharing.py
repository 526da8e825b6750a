"""The rules of export: markings on entries, and numbers of people that are too small to publish.

An entry is *marked* by a tag in `about`. The tag is a level of TLP 2.0 (`tlp:red`, `tlp:amber+strict`, `tlp:amber`,
`tlp:green`), or a word of your own (`marking:embargoed`, `marking:sensitive`). `tlp:clear` may go anywhere.

Source: Traffic Light Protocol 2.0 (FIRST).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import attrs

from timeline.errors import InvalidValue
from timeline.events.declare import Redacted, UnknownEvent, is_event
from timeline.events.naming import tags_of
from timeline.history.claims import Claim
from timeline.projections.building import Mention
from timeline.values.containers import FrozenMapping, as_tuple
from timeline.values.entities import NOBODY
from timeline.values.place import Place, Precision
from timeline.values.quantity import PEOPLE, Quantity, exactly
from timeline.values.when import When

_OPEN = "tlp:clear"
_TLP = re.compile(r"tlp(?:[\W_]+(.*)|)")
"""A level of TLP, or none where nothing follows."""
_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\xad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_FIRST = "tTmM"
"""The first letters of markings; a tag that begins with another letter is none, and is passed over fast."""


def marks(claim: Claim) -> frozenset[str]:
    """Return the markings on a claim, on what it denies, on its entry, and on all entries that back it."""
    said = (claim.event, claim.denied, *(entry.event for entry in (claim.entry, *claim.backed_by)))
    events = {id(event): event for event in said if event is not None}
    return markings(tag for event in events.values() for tag in tags_of(event))


def markings(tags: Iterable[str]) -> frozenset[str]:
    """Return the markings among some tags, each spelled in one way.

    A slip of the keyboard unmarks nothing: capitals, blanks, invisible characters and other forms of a letter make
    no difference, nor another sign than the colon after `tlp`.

    >>> sorted(markings(["facility:al-hol-camp", "TLP:AMBER", " tlp-red"]))
    ['tlp:amber', 'tlp:red']
    """
    return frozenset(found for tag in tags if (found := _marking(tag)) is not None)


def suppressed(quantity: Quantity, below: int) -> Quantity:
    """Return a number of people without its values from 1 up to `below`; zero stays zero.

    >>> from timeline.values.quantity import about, exactly
    >>> print(suppressed(exactly(3), 5), suppressed(about(3), 5), suppressed(exactly(12), 5))
    1–4 ? 12
    """
    if quantity.unit != PEOPLE:
        return quantity
    low, best, high = (n is not None and 0 < n < below for n in (quantity.low, quantity.best, quantity.high))
    if not (low or best or high):
        return quantity
    return Quantity(1 if low else quantity.low, None if best else quantity.best, below - 1 if high else quantity.high)


def allowed_markings(names: Iterable[str]) -> frozenset[str]:
    """Return the markings that may leave: those named, and `tlp:clear`.

    Raises: InvalidValue.
    """
    given = () if names is None else as_tuple(names)
    found = {_marking(name) if isinstance(name, str) else None for name in given}
    if None in found:
        raise InvalidValue(
            f"allow is {names!r}: expected markings, such as ['tlp:green', 'marking:embargoed'].", value=names
        )
    return frozenset(filter(None, found)) | {_OPEN}


def _marking(tag: str) -> str | None:
    """Return the marking that a tag is, in the one spelling that is compared; None for any other tag."""
    first = tag[:1]
    return None if first.isascii() and first.isalnum() and first not in _FIRST else _spelled(tag)


@lru_cache(maxsize=1 << 12)
def _spelled(tag: str) -> str | None:
    seen = _INVISIBLE.sub("", unicodedata.normalize("NFKC", tag)).strip().lower()
    level = _TLP.fullmatch(seen)
    found = f"tlp:{level[1] or ''}" if level else seen if seen.startswith("marking:") else None
    return found and "".join(found.split())


def suppressed_event(event: Any, below: int) -> Any:
    """Return an event as it may leave: small numbers become a range, and the words that tell them go."""
    if isinstance(event, UnknownEvent | Redacted):
        return event
    changes = {a.name: _suppressed(getattr(event, a.name), below) for a in event.__attrs_attrs__}
    changes = {name: value for name, value in changes.items() if value != getattr(event, name)}
    return attrs.evolve(event, **changes, detail="") if changes else event


def suppressed_value(value: Any, below: int) -> Any:
    """Return a value of a user's own projection without small numbers; None where it may hold one out of sight.

    Whole numbers are taken for numbers of people. The words of a text are not searched.
    """
    match value:
        case None | bool() | str() | When():
            return value
        case int():
            return suppressed(exactly(value), below) if 0 < value < below else value
        case Quantity():
            return suppressed(value, below)
        case Mention():
            return attrs.evolve(value, event=suppressed_event(value.event, below))
        case Mapping():
            return {key: suppressed_value(inner, below) for key, inner in value.items()}
        case Sequence() | frozenset():
            return tuple(suppressed_value(inner, below) for inner in value)
    return NOBODY if value is NOBODY else None


def coarsened_event(event: Any, precision: Precision) -> Any:
    """Return an event without the places that are known less precisely than asked, also in an event within it."""
    if isinstance(event, UnknownEvent | Redacted):
        return event
    values = {a.name: getattr(event, a.name) for a in event.__attrs_attrs__}
    nested = {name: coarsened_event(value, precision) for name, value in values.items() if is_event(value)}
    changes = {name: value for name, value in nested.items() if value is not values[name]}
    changes |= {n: None for n, value in values.items() if isinstance(value, Place) and not value.is_within(precision)}
    return attrs.evolve(event, **changes) if changes else event


def coarsened_value(value: Any, precision: Precision) -> Any:
    """Return a value of a projection without the places that are known less precisely than asked.

    >>> coarsened_value({"a": Place(36, 41, precision="district"), "b": 3}, "town")
    {'a': None, 'b': 3}
    """
    match value:
        case Place():
            return value if value.is_within(precision) else None
        case Mention():
            return attrs.evolve(value, event=coarsened_event(value.event, precision))
        case Mapping():
            return {key: coarsened_value(inner, precision) for key, inner in value.items()}
        case str() | bytes():
            return value
        case Sequence() | frozenset():
            return tuple(coarsened_value(inner, precision) for inner in value)
    return coarsened_event(value, precision) if is_event(value) else value


def _suppressed(value: Any, below: int) -> Any:
    """Return a value of a field as it may leave."""
    if isinstance(value, Quantity):
        return suppressed(value, below)
    if isinstance(value, Mapping):
        return FrozenMapping({key: _suppressed(inner, below) for key, inner in value.items()})
    return suppressed_event(value, below) if is_event(value) else value
