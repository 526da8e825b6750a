"""Names of entities: slugs, and the tags by which the log is searched.

A field declared as `Facility` (or `Annotated[str, Slug("checkpoint")]` for a kind of your own) holds
a slug. Every entry with that event carries a tag such as `facility:al-hol-camp`. Human names live in
`names: {language: text}`; a slug is only a stable handle.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any, Final, Literal
from unicodedata import name

from attrs import frozen

from timeline.errors import InvalidEvent
from timeline.values.discovery import documented


@frozen
class Slug:
    """A mark on a field that names an entity of this kind: its value becomes a tag.

    >>> Slug("facility").tag("al-hol-camp")
    'facility:al-hol-camp'
    """

    kind: str

    def tag(self, slug: str) -> str:
        return f"{self.kind}:{slug}"


Facility = Annotated[str, Slug("facility")]
"""A prison, camp, crossing or base: any place that can be held."""
Authority = Annotated[str, Slug("authority")]
"""A state, force or organisation: whoever holds, agrees, moves or counts."""
Operation = Annotated[str, Slug("operation")]
"""A transfer of people in batches under one plan."""
Agreement = Annotated[str, Slug("agreement")]
"""An accord, truce or declared cooperation."""
Commitment = Annotated[str, Slug("commitment")]
"""Something an authority promised."""
Cohort = Annotated[str, Slug("cohort")]
"""A category of people counted together, such as a nationality. Never a person."""
Sector = Annotated[str, Slug("sector")]
"""A stretch of border."""
EntryId = Annotated[str, Slug("entry")]
"""The id of another entry; an `Entry` may be given."""


@frozen
class Tagged(Slug):
    """A mark on a field that names an entity of any kind by its whole tag.

    >>> Tagged("entity").tag("authority:sdf")
    'authority:sdf'
    """

    def tag(self, slug: str) -> str:
        return slug


EntityTag = Annotated[str, Tagged("entity")]
"""The tag of an entity of any kind, such as `authority:sdf`."""


for _alias, _help in (
    (Facility, "The slug of a place that can be held: a prison, camp, crossing or base, such as 'al-hol-camp'."),
    (Authority, "The slug of a state, force or organisation, such as 'sdf'."),
    (Operation, "The slug of a transfer of people in batches under one plan."),
    (Agreement, "The slug of an accord, truce or declared cooperation."),
    (Commitment, "The slug of something an authority promised."),
    (Cohort, "The slug of a category of people counted together, such as 'iraqi'. Never a person."),
    (Sector, "The slug of a stretch of border."),
    (EntryId, "The id of another entry; an `Entry` may be given."),
):
    documented(_alias, f"{_help} As a field of an event, it becomes a tag.")


class _Nobody(Enum):
    NOBODY = "nobody"

    def __repr__(self) -> str:
        return "NOBODY"

    __str__ = __repr__


NOBODY: Final = _Nobody.NOBODY
"""It is known that nobody holds the facility. None means that the holder is not known."""

Holder = str | Literal[_Nobody.NOBODY] | None
"""The holder of a facility: an authority's slug, `NOBODY`, or None (not known)."""


_LONGEST = 200
"""The longest slug, in characters."""

IN_TRANSIT = "in-transit"
"""The reserved place of people who have left and not arrived, for a source that reports the two separately."""
ELSEWHERE = "elsewhere"
AT_LARGE = "at-large"
DEAD = "dead"
RELEASED = "released"
OPENING = "opening"
UNACCOUNTED = "unaccounted"
ACCOUNTS = frozenset({ELSEWHERE, AT_LARGE, DEAD, RELEASED, OPENING, UNACCOUNTED})
"""The accounts of the custody ledger for people who are in no facility. No event can name them."""


_SEPARATORS = frozenset(" :;")
"""The characters that separate words, tags and lists; other white space is not printable."""
_MOST = 1 << 16
_KNOWN: dict[str, str] = {}
"""A cache of valid slugs, with at most `_MOST` of them. Equal slugs share one text in memory."""


def place(value: Any, what: str) -> str:
    """Return the value if it can serve as the slug of a facility.

    Raises: InvalidEvent for a value that is not a slug, or that names an account of the custody ledger.

    >>> place("in-transit", "destination")
    'in-transit'
    """
    if isinstance(value, str) and value in ACCOUNTS:
        raise InvalidEvent(
            f"{what} is {value!r}, a name reserved for people who are in no facility: expected the slug of a facility. "
            "Leave the field out if the source names none; record an escape, a death or a release as such an event.",
            value=value,
            path=what,
        )
    return slug(value, what)


def slug(value: Any, what: str) -> str:
    """Return the value if it can serve as a slug.

    Raises: InvalidEvent, with the field's name.

    >>> slug("al-hol-camp", "facility")
    'al-hol-camp'
    """
    known = _KNOWN.get(value) if type(value) is str else None
    if known is not None:
        return known
    if isinstance(value, str) and len(value) > _LONGEST:
        raise InvalidEvent(
            f"{what} has {len(value):,} characters: expected a slug of at most {_LONGEST}. Put longer text in detail.",
            path=what,
        )
    if not isinstance(value, str) or not value or not value.isprintable() or not _SEPARATORS.isdisjoint(value):
        raise InvalidEvent(
            f"{what} is {value!r}{_hidden(value)}: expected a slug, one word without spaces, colons or semicolons such "
            "as 'al-hol-camp'. Put human names in names={'en': ...}.",
            value=value,
            path=what,
        )
    if len(_KNOWN) >= _MOST:
        _KNOWN.clear()
    text = str.__str__(value)  # also for a member of an enumeration, or an element of an array
    return _KNOWN.setdefault(text, text)


def entity_tag(value: Any, what: str) -> str:
    """Return the value if it can serve as the tag of an entity: a kind and a slug, joined by a colon.

    Raises: InvalidEvent for a value that is not such a tag, or that names nobody, or another entry.

    >>> entity_tag("authority:sdf", "entity")
    'authority:sdf'
    """
    kind, _, name = value.partition(":") if isinstance(value, str) else ("", "", "")
    if not kind or not kind.isidentifier() or not name:
        raise InvalidEvent(
            f"{what} is {value!r}: expected a kind and a slug, joined by a colon, such as 'authority:sdf'.",
            value=value,
            path=what,
        )
    if name in _NOBODY_THERE.get(kind, ()) or kind == "entry":
        raise InvalidEvent(
            f"{what} is {value!r}, which names no entity: expected the tag of one, such as 'authority:sdf'. Accounts "
            "of the ledger, nobody, and entries cannot be registered or judged.",
            value=value,
            path=what,
        )
    return f"{kind}:{slug(name, what)}"


_NOBODY_THERE = {"facility": ACCOUNTS | {IN_TRANSIT}, "authority": frozenset({"NOBODY", "nobody"})}
"""By kind: the names that mean nobody, or nowhere."""


def _hidden(value: Any) -> str:
    """Name the first invisible character of a text; return an empty text if there is none."""
    hidden = (c for c in (value if isinstance(value, str) else "") if not c.isprintable())
    return next((f" (with U+{ord(c):04X} {name(c, 'CONTROL CHARACTER')})" for c in hidden), "")


def check_asked(**names: Any) -> None:
    """Check the names in a question: each is a slug, None for anything, or (for an authority) `NOBODY`.

    Raises: InvalidEvent, with the name of the argument.

    >>> check_asked(facility="al-hol-camp", authority=NOBODY, cohort=None)
    """
    for what, asked in names.items():
        if asked is not None and not (asked is NOBODY and what == "authority"):
            slug(asked, what)
