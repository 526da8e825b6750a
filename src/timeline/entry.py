"""Entries: events on the log, with their times, sources and references; and drafts of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from attrs import evolve, field, fields, frozen

from timeline.displayable import Displayable
from timeline.errors import InvalidDraft, InvalidEvent
from timeline.events.declare import is_event
from timeline.events.editorial import proposed, targets
from timeline.events.naming import tags_of, type_name
from timeline.values.containers import NOTHING, as_tuple
from timeline.values.entities import slug
from timeline.values.instants import instant
from timeline.values.names import EntityNames
from timeline.values.report import Modality, Report, first_publication
from timeline.values.visible import visible
from timeline.values.when import When, when_or_none

if TYPE_CHECKING:  # takes a tenth of a second to import
    import pendulum


class Identified(Protocol):
    """An entry, or a draft with an id."""

    @property
    def id(self) -> str | None: ...


Ref = Identified | str
"""A reference to an entry: the entry, a draft of it that has an id, or the id."""


def _event(value: Any) -> Any:
    if not is_event(value):
        raise InvalidDraft(
            f"{value!r} is not an event: expected an instance such as custody.DetaineesTransferred(...), or of a "
            "class declared with @event('dotted.name').",
            value=value,
        )
    return value


def _reports(value: Any) -> tuple[Report, ...]:
    given = (value,) if isinstance(value, Report) else value
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise InvalidDraft(f"reports is {value!r}: expected a list such as [Report('Reuters')].", value=value)
    reports = tuple(given)
    for report in reports:
        if not isinstance(report, Report):
            raise InvalidDraft(f"reports holds {report!r}: expected Report('Reuters', ...).", value=report)
    return reports


def modality_given(value: Any) -> Modality:
    """Return the value if it is a modality.

    Raises: InvalidDraft.
    """
    if not isinstance(value, Modality):
        raise InvalidDraft(
            f"modality is {value!r}: expected Modality.ACTUAL, PLANNED, HYPOTHETICAL or DENIED.", value=value
        )
    return value


def entry_id(value: Any) -> str:
    """Return the id of an entry, or of a draft that has one; return an id unchanged.

    Raises: InvalidDraft for any other value.

    >>> entry_id("e1")
    'e1'
    """
    name = value if isinstance(value, str) else getattr(value, "id", None)
    try:
        return slug(name, "id")
    except InvalidEvent as error:
        raise InvalidDraft(
            f"{value!r} does not name an entry: expected an Entry, or its id: one word of at most 200 characters, "
            "without spaces, colons or semicolons, by which tags and lists are taken apart.",
            value=value,
        ) from error


def recorder_given(value: Any) -> str | None:
    """Return the slug of who records; None stays None.

    Raises: InvalidDraft for any other value.

    >>> recorder_given("desk-3")
    'desk-3'
    """
    try:
        return None if value is None else slug(value, "recorder")
    except InvalidEvent as error:
        raise InvalidDraft(
            f"recorder is {value!r}: expected a slug of who or what records, such as 'desk-3' or 'csv-import'.",
            value=value,
        ) from error


def _reference(value: Any) -> str | None:
    return None if value is None else entry_id(value)


def entry_ids(value: Any) -> tuple[str, ...]:
    """Return the ids of entries; a single entry or id makes a tuple of one.

    Raises: InvalidDraft for a value that does not name an entry.

    >>> entry_ids("e1"), entry_ids(["e1", "e2"])
    (('e1',), ('e1', 'e2'))
    """
    return tuple(map(entry_id, as_tuple(value)))


@frozen(slots=False)
class Draft:
    """An entry before it is recorded. The log adds position, digest and `recorded_at`.

    `occurred` None: the source gives no time. `after`, `part_of` and `fulfils` name other entries,
    which may be earlier drafts of the same batch that have an `id`. Without an `id` the log makes one.
    `recorder` says who records it, such as a desk or a program; it is sealed, but does not make two drafts differ.
    `unknown` holds stored fields that this program does not know; they are written back unchanged.

    Raises: InvalidDraft, InvalidWhen.

    >>> from timeline.events import custody
    >>> Draft(custody.DetaineesEscaped(facility="al-shaddadi-prison"), occurred="2026-01-19").occurred
    When('2026-01-19')
    """

    event: Any = field(converter=_event)
    occurred: When | None = field(default=None, converter=when_or_none, kw_only=True)
    reports: tuple[Report, ...] = field(default=(), converter=_reports, kw_only=True)
    modality: Modality = field(default=Modality.ACTUAL, converter=modality_given, kw_only=True)
    after: tuple[str, ...] = field(default=(), converter=entry_ids, kw_only=True)
    part_of: str | None = field(default=None, converter=_reference, kw_only=True)
    fulfils: str | None = field(default=None, converter=_reference, kw_only=True)
    recorder: str | None = field(default=None, converter=recorder_given, kw_only=True)
    id: str | None = field(default=None, converter=_reference, kw_only=True)
    unknown: Mapping[str, Any] = field(default=NOTHING, kw_only=True, repr=False, hash=False)

    @property
    def references(self) -> tuple[str, ...]:
        """Every id this draft names."""
        return _references_of(self)

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags by which the log finds it: entities, `about`, the entries it names, and the recorder."""
        references = self.references
        if not references and self.recorder is None:
            return tags_of(self.event)
        inner = proposed(self.event)
        named = (f"entry:{name}" for name in references)
        by = () if self.recorder is None else (f"recorder:{self.recorder}",)
        proposal = tags_of(inner) if inner is not None else ()
        return tuple(dict.fromkeys((*tags_of(self.event), *named, *proposal, *by)))

    @property
    def content(self) -> Draft:
        """The draft without what does not make two drafts differ: its recorder, and the copies of its reports."""
        if self.recorder is None and not any(report.has_copy for report in self.reports):
            return self
        return evolve(self, recorder=None, reports=[report.without_copy() for report in self.reports])


def _references_of(told: Draft | Entry) -> tuple[str, ...]:
    if not told.after and told.part_of is None and told.fulfils is None:
        return targets(told.event)
    single = (told.part_of, told.fulfils)
    return (*targets(told.event), *told.after, *(name for name in single if name is not None))


class _WeaklyReferenced(Displayable):
    """The base of a class with slots: it has the one that is not for a field of the class."""

    __slots__ = ("__weakref__",)


@frozen(eq=False)
class Entry(_WeaklyReferenced):
    """An event on the log. Two entries are equal when position, id and digest are.

    `recorded_at` is the instant at which it was recorded, `recorded_micros` the same in whole microseconds
    since 1970 UTC. `salt`, `leaf` and `digest` make the log tamper-evident. `unknown` holds stored fields
    that this program does not know. `recorder` None: nobody said who recorded it.
    """

    position: int
    id: str
    event: Any
    occurred: When | None
    reports: tuple[Report, ...]
    recorded_micros: int
    modality: Modality
    after: tuple[str, ...]
    part_of: str | None
    fulfils: str | None
    tags: tuple[str, ...]
    salt: bytes = field(repr=False)
    leaf: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    unknown: Mapping[str, Any] = field(default=NOTHING, repr=False)
    recorder: str | None = None
    _called: Callable[[], EntityNames] = field(default=dict, repr=False)

    @property
    def recorded_at(self) -> pendulum.DateTime:
        """The instant at which it was recorded, in UTC."""
        return instant(self.recorded_micros)

    @property
    def first_published(self) -> When | None:
        """The date of its earliest publication; None if no report bears a date."""
        return first_publication(self.reports)

    @property
    def type(self) -> str:
        """The stored name of its event."""
        return type_name(self.event)

    @property
    def references(self) -> tuple[str, ...]:
        """Every id this entry names."""
        return _references_of(self)

    def entity_names(self) -> EntityNames:
        """Return what people now call the entities on its log, by tag and language; empty for a pickled copy."""
        return self._called()

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the entry without its way to the log."""
        return Entry, tuple(getattr(self, part.name) for part in fields(Entry) if part.name != "_called")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Entry):
            return NotImplemented
        return (self.position, self.id, self.digest) == (other.position, other.id, other.digest)

    def __hash__(self) -> int:
        return hash((self.position, self.digest))

    def __str__(self) -> str:
        when = f"{self.occurred}" if self.occurred else "undated"
        sense = sense_of(self.modality)
        by = f" [recorded by {visible(self.recorder)}]" if self.recorder else ""
        return f"#{self.position} {when} {describe(self.event)}{sense}{self._links}{words_of(self.event)}{by}"

    @property
    def _links(self) -> str:
        """The entries that it refers to, in words."""
        named = (("after", self.after), ("part of", (self.part_of,)), ("fulfils", (self.fulfils,)))
        told = [f"{how} {', '.join(ids)}" for how, found in named if (ids := [id for id in found if id is not None])]
        return f" ({'; '.join(told)})" if told else ""


def known_by(entries: Iterable[Entry], called: Callable[[], EntityNames]) -> tuple[Entry, ...]:
    """Let entries know the names on their log, so that each shows them wherever it stands alone."""
    found = tuple(entries)
    for entry in found:
        object.__setattr__(entry, "_called", called)  # the entry says the same as before
    return found


def sense_of(modality: Modality) -> str:
    """Write the modality of what did not happen, to be put behind it; empty for what did.

    >>> sense_of(Modality.DENIED), sense_of(Modality.ACTUAL)
    (' (denied)', '')
    """
    return "" if modality is Modality.ACTUAL else f" ({modality.value})"


def words_of(event: Any) -> str:
    """Quote the source's own words of an event, to be put behind it; empty where there are none.

    >>> from timeline.events import agreement
    >>> words_of(agreement.StatementMade(detail="a temporary step"))
    ' “a temporary step”'
    """
    detail = getattr(event, "detail", "")
    return visible(f" “{detail}”") if detail else ""


def describe(event: Any) -> str:
    """Describe an event in one line: its name, and the fields that are not at their default.

    >>> from timeline.events import border
    >>> describe(border.CrossingOpened(crossing="al-qaim-bukamal-crossing"))
    'CrossingOpened crossing=al-qaim-bukamal-crossing'
    """
    if not hasattr(event, "__attrs_attrs__") or "__event_type__" not in type(event).__dict__:
        return visible(f"{type_name(event)} (unknown)" if is_event(event) else str(event))
    said = (
        (a.name, getattr(event, a.name))
        for a in event.__attrs_attrs__
        if a.name not in ("detail", "about") and getattr(event, a.name) != a.default
    )
    return visible(f"{type(event).__name__} {' '.join(f'{name}={_plain(value)}' for name, value in said)}".rstrip())


def _plain(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return describe(value) if is_event(value) else str(value)
