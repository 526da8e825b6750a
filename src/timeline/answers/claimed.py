"""Every version of what happened, and the status of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar

from timeline.answers.tabular import Kind, Tabular
from timeline.events.declare import Redacted, events_within, registered
from timeline.events.naming import tag_list, tags_of, type_name, type_names
from timeline.history.claims import Claim
from timeline.history.versions import all_versions
from timeline.index.asof import AsOf
from timeline.index.views import ViewCache
from timeline.values.names import unknown

COUNTING = ("standing", "rival", "denial")
"""The statuses of the versions that count: those of claims."""


class Claims(Tabular, tuple[Claim, ...]):
    """Versions of what happened, those of one event together, each with its status."""

    __slots__ = ()
    columns: ClassVar[Mapping[str, Kind]] = {
        "entry": "entry",
        "status": "text",
        "type": "text",
        "occurred": "when",
        "modality": "text",
        "quantity": "quantity",
        "said": "event",
        "detail": "text",
        "first_published": "when",
        "sources": "texts",
    }

    def rows(self) -> Iterator[Mapping[str, Any]]:
        """Yield a row for each version; `said` of a denial is what it denies."""
        for claim in self:
            said: Any = claim.denied if claim.event is None else claim.event
            yield {
                "entry": claim.entry,
                "status": claim.status,
                "type": type_name(said),
                "occurred": claim.occurred,
                "modality": claim.modality.value,
                "quantity": claim.quantity,
                "said": said,
                "detail": said.detail or None,
                "first_published": claim.first_published,
                "sources": tuple(dict.fromkeys(report.source for report in claim.reports)),
            }

    def __str__(self) -> str:
        return "\n".join(f"{claim.status}: {claim}" for claim in self) or "no claims"

    def __repr__(self) -> str:
        counted = ", ".join(f"{count:,} {status}" for status, count in Counter(c.status for c in self).items())
        return f"<Claims: {counted or 'none'}>"


def told(views: ViewCache, as_of: AsOf, tags: Iterable[str] | None, types: Iterable[Any] | None) -> Claims:
    """Return every version within the cuts, also those that were corrected, merged or retracted.

    `tags` must all be those of its own event, which must be of one of `types`; a denial counts as what it denies.

    Raises: InvalidValue, InvalidEvent, UnknownName.
    """
    wanted, names = set(tag_list(tags) or ()), type_names(types)
    with views.lock:
        _require(views, wanted, names or ())
        same = views.view(as_of).identity.tag
        entries = views.complete.source.get(range(1, as_of.upto + 1))
    found = all_versions(entries, reported=as_of.reported, hides=as_of.hides, tz=views.tz)
    wanted = set(map(same, wanted))
    return Claims(claim for claim in found if _matches(claim, wanted, names, same))


def _require(views: ViewCache, tags: Iterable[str], types: Iterable[str]) -> None:
    """Check that the log has each tag, and each type that nobody declared."""
    for tag in sorted(tags):
        views.names.require_tag(tag)
    undeclared = [name for name in types if name != Redacted.type and registered(name) is None]
    known = _types_on_log(views) if undeclared else set()
    for name in undeclared:
        if name not in known:
            raise unknown(f"no entry on the log is of the type {name!r}", "type", name, known)


def _types_on_log(views: ViewCache) -> set[str]:
    """Return the stored names of all events on the log, also of those within other events."""
    everything = views.everything
    entries = everything.source.get(range(1, everything.count + 1))
    return {type_name(event) for entry in entries for event in events_within(entry.event)}


def _matches(claim: Claim, tags: set[str], types: tuple[str, ...] | None, same: Callable[[str], str]) -> bool:
    said = claim.denied if claim.event is None else claim.event
    return (types is None or type_name(said) in types) and tags <= set(map(same, tags_of(said)))
