"""Entities: their names in any language, and judgements of which names mean the same."""

from collections.abc import Mapping
from typing import Literal

from timeline.errors import InvalidEvent
from timeline.events.declare import event, is_person
from timeline.events.facility import FacilityRegistered
from timeline.values.containers import FrozenMapping
from timeline.values.entities import EntityTag

Judgement = Literal["same", "different", "unsure"]


@event("entity.registered")
class EntityRegistered:
    """An entity of any kind was given names. Without a date, it is known at every date.

    `entity` is a tag, such as `authority:sdf`. `names` maps BCP 47 language tags to human names; `aliases` are other
    spellings, in any language. Registering joins and renames nothing. Source: schema.org `name`, `alternateName`.

    Raises: InvalidEvent for what is not the tag of an entity, or names a person.

    >>> EntityRegistered(entity="authority:sdf", names={"en": "Syrian Democratic Forces"}, aliases=["QSD"]).aliases
    ('QSD',)
    """

    entity: EntityTag
    names: Mapping[str, str] = FrozenMapping()
    aliases: tuple[str, ...] = ()
    detail: str = ""
    about: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        _require_impersonal("EntityRegistered", self.entity)


@event("entity.judged")
class IdentityJudged:
    """Somebody judged whether two names mean one thing. The last judgement on a pair counts.

    `left` and `right` are tags of one kind. Names judged `same` are read as one. The name that is a `left` and
    never a `right` is canonical, else the first on the log. A judgement can be retracted or redacted, but not
    corrected, disputed or merged. Source: nomenklatura `Judgement` (positive, negative, unsure).

    Raises: InvalidEvent for tags of two kinds, for one tag twice, and for names that mean nobody.

    >>> IdentityJudged(left="facility:al-hol-camp", right="facility:al-hawl", judgement="same").right
    'facility:al-hawl'
    """

    left: EntityTag
    right: EntityTag
    judgement: Judgement
    detail: str = ""
    about: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        _require_impersonal("IdentityJudged", self.left)
        left, right = (tag.partition(":")[0] for tag in (self.left, self.right))
        if left != right:
            raise InvalidEvent(
                f"IdentityJudged: left is {self.left!r} and right is {self.right!r}: expected two tags of one kind. "
                "A facility is never an authority.",
                value=self.right,
            )
        if self.left == self.right:
            raise InvalidEvent(
                f"IdentityJudged: left and right are both {self.left!r}: expected two names. One name needs no "
                "judgement.",
                value=self.right,
            )


def _require_impersonal(event: str, tag: str) -> None:
    """Refuse the tag of a person: a register of people, leaked or subpoenaed, gets them killed."""
    kind = tag.partition(":")[0]
    if is_person(kind):
        raise InvalidEvent(
            f"{event}: {tag!r} names a person: expected a place, body or other thing that may be named in public. "
            "This library keeps aggregate counts only. Leave it out.",
            value=tag,
        )


REGISTRATIONS = (FacilityRegistered, EntityRegistered)
"""Events that say what something is called. Without a report, they need no evidence and no cut hides them."""


def registered_tag(event: FacilityRegistered | EntityRegistered) -> str:
    """Return the tag of the entity that a registration names.

    >>> registered_tag(FacilityRegistered(facility="al-hol-camp"))
    'facility:al-hol-camp'
    """
    return f"facility:{event.facility}" if isinstance(event, FacilityRegistered) else event.entity
