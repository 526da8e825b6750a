"""Naming entities: slugs, and the tags by which the log is searched.

A field declared as `Facility` (or `Annotated[str, Slug("checkpoint")]` for a kind of your own) holds
a slug, and every entry with that event carries the tag `facility:al-hol-camp`. Human names live in
`names: {language: text}`; a slug is only a stable handle.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any, Final, Literal

from attrs import frozen

from timeline.errors import InvalidEvent


@frozen
class Slug:
    """Marks a field as naming an entity of this kind, so that it becomes a tag.

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


class _Nobody(Enum):
    NOBODY = "nobody"

    def __repr__(self) -> str:
        return "NOBODY"

    __str__ = __repr__


NOBODY: Final = _Nobody.NOBODY
"""Nobody holds it, which is known; None, by contrast, is not known."""

Holder = str | Literal[_Nobody.NOBODY] | None
"""Who holds a facility: an authority's slug, `NOBODY`, or None (not known)."""


def slug(value: Any, what: str) -> str:
    """The value, if it can serve as a slug.

    Raises: InvalidEvent, with the field's name.

    >>> slug("al-hol-camp", "facility")
    'al-hol-camp'
    """
    if not isinstance(value, str) or not value or any(c.isspace() or c in ":;" or not c.isprintable() for c in value):
        raise InvalidEvent(
            f"{what} is {value!r}: expected a slug, one word without spaces, colons or semicolons such as "
            "'al-hol-camp'. Put human names in names={'en': ...}.",
            value=value,
        )
    return value
