"""Editorial entries: corrections of a timeline that erase nothing.

An editorial entry takes effect only within a cut that contains it, so every past state of knowledge stays
reachable. Only a redaction erases, at every cut. `Timeline.correct`, `dispute`, `corroborate`,
`retract`, `merge` and `redact` write these entries.
"""

from collections.abc import Callable
from typing import Any

from timeline.errors import InvalidEvent
from timeline.events.declare import UnknownEvent, event, is_event
from timeline.events.entity import IdentityJudged
from timeline.values.containers import Memo
from timeline.values.entities import EntryId
from timeline.values.report import Modality
from timeline.values.when import When


@event("editorial.corrected")
class EventCorrected:
    """The target reads as `replacement` from now on; None for a date or modality keeps the target's.

    Raises: InvalidEvent when the replacement is not an event, or is itself editorial.
    """

    target: EntryId
    replacement: Any
    occurred: When | None = None
    modality: Modality | None = None
    reason: str = ""
    detail: str = ""
    about: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        _ordinary("replacement", self.replacement)


@event("editorial.retracted")
class EventRetracted:
    """The target is out; retracting an editorial entry undoes it."""

    target: EntryId
    reason: str = ""
    detail: str = ""
    about: tuple[str, ...] = ()


@event("editorial.disputed")
class EventDisputed:
    """Somebody says otherwise: another event, another date, or a bare denial (neither).

    The target stands, and is disputed.
    """

    target: EntryId
    rival: Any = None
    occurred: When | None = None
    reason: str = ""
    detail: str = ""
    about: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.rival is not None:
            _ordinary("rival", self.rival)


@event("editorial.corroborated")
class EventCorroborated:
    """Further reports say the same: they are added to the target's."""

    target: EntryId
    reason: str = ""
    detail: str = ""
    about: tuple[str, ...] = ()


@event("editorial.merged")
class EventsMerged:
    """Several entries report one event, which counts once, as `kept`.

    If `kept` is a plan or a fear and a duplicate happened, the duplicate counts.

    Raises: InvalidEvent when there are no duplicates, or `kept` is one of them.
    """

    kept: EntryId
    duplicates: tuple[EntryId, ...]
    reason: str = ""
    detail: str = ""
    about: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        if not self.duplicates or self.kept in self.duplicates:
            raise InvalidEvent(
                f"EventsMerged: kept is {self.kept!r} and duplicates are {self.duplicates!r}: expected one or more "
                "duplicates, all of them other entries than the kept one."
            )


@event("editorial.redacted")
class EventRedacted:
    """The content of the target was erased from the store, at every cut; its position and id remain.

    A redaction cannot be undone. It stays on the log as the reason for the gap.
    """

    target: EntryId
    reason: str = ""
    detail: str = ""
    about: tuple[str, ...] = ()


_TARGETED = (EventCorrected, EventRetracted, EventDisputed, EventCorroborated, EventRedacted)
EDITORIAL = (*_TARGETED, EventsMerged)


def targets(event: object) -> tuple[str, ...]:
    """Return the ids that an editorial event names; none for any other event.

    >>> targets(EventsMerged(kept="a", duplicates=("b",)))
    ('a', 'b')
    """
    find = _FINDERS[type(event)]
    return () if find is None else find(event)


def _finder(cls: type) -> Callable[[Any], tuple[str, ...]] | None:
    """Return the function that gives the ids which an event of a class names; None where it names none."""
    if issubclass(cls, EventsMerged):
        return lambda event: (event.kept, *event.duplicates)
    if issubclass(cls, UnknownEvent):
        return _targets_unread
    return (lambda event: (str(event.target),)) if issubclass(cls, _TARGETED) else None


_FINDERS = Memo(_finder)


def _targets_unread(event: UnknownEvent) -> tuple[str, ...]:
    """Return the ids that an unreadable editorial event names, so that a redaction of them can erase it too."""
    if not event.type.startswith("editorial."):
        return ()
    several = event.data.get("duplicates")
    named = [event.data.get("target"), event.data.get("kept"), *(several if isinstance(several, list) else ())]
    return tuple(name for name in named if isinstance(name, str))


def proposed(event: object) -> Any:
    """Return the event that an editorial one proposes: a replacement, a rival, or None."""
    if isinstance(event, EventCorrected):
        return event.replacement
    return event.rival if isinstance(event, EventDisputed) else None


def _ordinary(field: str, value: object) -> None:
    if not is_event(value) or isinstance(value, (*EDITORIAL, IdentityJudged)):
        raise InvalidEvent(
            f"{field} is {value!r}: expected an event of the field, such as custody.DetaineesEscaped(...). "
            "To undo an editorial entry or a judgement, retract it."
        )
