"""The inner side of a situation, for the faces: readings, values by path, findings, and how a value came about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from typing import Any

import attrs

from timeline.answers import course
from timeline.answers.moments import within
from timeline.answers.situation import Situation
from timeline.answers.spans import Spanning
from timeline.entry import Entry
from timeline.errors import InvalidValue
from timeline.history.cases import Case
from timeline.history.claims import Hides
from timeline.history.contradictions import DatedFinding
from timeline.history.finding import Findings
from timeline.history.reading import Reading
from timeline.index.asof import public
from timeline.index.bearing import bearing_on
from timeline.index.unread import count_unread
from timeline.index.unregistered import is_named
from timeline.index.view import EVERYTHING, EntrySource
from timeline.projections import BUILT_IN
from timeline.projections.projection import Path, Projection

_BUILT_IN = {projection.name for projection in BUILT_IN}


def situation_given(value: Any) -> Situation:
    """Return the value if it is a situation.

    Raises: InvalidValue.
    """
    if not isinstance(value, Situation):
        raise InvalidValue(f"{value!r} is not a situation: expected line.at(...), or a timeline.", value=value)
    return value


def readings(asked: Situation) -> list[Reading]:
    """Return every reading within the cuts, whenever it happened, in fold order."""
    with asked._views.lock:
        return asked._seen.readings()


def moved(asked: Situation, moment: int) -> Situation:
    """Return the situation within the same cuts at another moment of the occurred clock (exclusive)."""
    return attrs.evolve(asked, clocks=attrs.evolve(asked.clocks, occurred=moment), until=None)


def without(asked: Situation, hides: Hides) -> Situation:
    """Return the situation within the same cuts as if the log did not hold what is withheld."""
    return attrs.evolve(asked, as_of=asked._as_of._replace(hides=hides))


def steps(asked: Situation, path: Path) -> list[tuple[Reading, Any]]:
    """Return each reading that touched the entity of a path, with the value after it.

    Raises: KeyError for a path that names no value.
    """
    with asked._views.lock, course.resolving(path):
        folded, found = asked._located(path)
        return list(course.value_steps(folded, found, asked._by))


def last_step(asked: Situation, path: Path) -> tuple[Reading, Any] | None:
    """Return the last of the steps of a path; None if there is none.

    Raises: KeyError for a path that names no value.
    """
    with asked._views.lock, course.resolving(path):
        folded, found = asked._located(path)
        return course.last_value_step(folded, found, asked._by)


def may_change(asked: Situation, path: Path) -> Collection[int] | None:
    """Return the positions of the entries that may change the value of a path; None if any entry may."""
    return asked._bearing(path)


def explaining(asked: Situation, path: Path, entries: Iterable[Entry]) -> set[str]:
    """Return the ids of those of some entries, and of those they name, that `why` names. It looks back no further.

    Raises: KeyError for a path that names no value.
    """
    there, reading = set[str](), None
    with asked._views.lock, course.resolving(path):
        ids = _that_may_count(asked, [id for entry in entries for id in (entry.id, *entry.references)])
        folded, found = asked._located(path)
        for reading in course.reasons(folded, found, asked._by, path[1:]) if ids else ():
            there.update(entry.id for entry in course.entries_behind(reading) if entry.id in ids)
            if len(there) == len(ids):
                return there
    return there if reading is not None or not ids else {entry.id for entry in asked.why(*path) if entry.id in ids}


def _that_may_count(asked: Situation, ids: Sequence[str]) -> set[str]:
    """Return those of some ids that a value may follow from: of what is read, or of editorial entries by then."""
    view, complete = asked._seen, asked._views.complete
    found = set[str]()
    for id, position in complete.source.find(ids).items():
        case = view.case(id)
        if public(complete, asked._as_of, position) if case is None else view.reads(case.entry.position):
            found.add(id)
    return found


def busiest(asked: Situation, part: str, kind: str, among: Iterable[str]) -> list[str]:
    """Sort entities of one kind by the number of readings that touched them, the most first."""
    with asked._views.lock:
        folded = asked._seen.folded(part)
        often = {slug: folded.touches((kind, slug), asked._by) for slug in among}
    return sorted(often, key=lambda slug: -often[slug])


def touches(asked: Situation, part: str) -> list[tuple[Any, Reading, Any]]:
    """Return every key of a projection, with each reading that touched it and the value after.

    Raises: ProjectionFailed.
    """
    with asked._views.lock:
        folded = asked._seen.folded(part)
        keys = list(folded.keys_by(EVERYTHING))
        return [(key, reading, value) for key in keys for reading, value in folded.steps(key, EVERYTHING)]


def projection_names(asked: Situation) -> Collection[str]:
    """Return the names of the projections, the library's own first."""
    return asked._views.projections.keys()


def values_by_path(asked: Situation) -> Mapping[Path, Any]:
    """Return every value by path."""
    return asked._flat


def findings_and_plans(asked: Situation) -> tuple[Counter[Hashable], ...]:
    """Return the findings, plans and possibilities, which two equal situations share as well; in no order."""
    return asked._beside


def values_of(asked: Situation, part: str) -> Iterable[tuple[Path, Any]]:
    """Return the values of one projection by path; of one that raises, what it raised."""
    return asked._flat_of(part)


def tracks(asked: Situation, part: str, wanted: Callable[[Any], bool]) -> dict[Any, list[tuple[Reading, Any]]]:
    """Return each wanted key of a projection that was touched by then, with each reading and the value after it."""
    with asked._views.lock:
        folded = asked._seen.folded(part)
        return {key: list(folded.steps(key, asked._by)) for key in folded.keys_by(asked._by) if wanted(key)}


def cases_of(asked: Situation, ids: Iterable[str]) -> list[Case | None]:
    """Return the case that each id speaks to; None where it is outside the cuts, or out."""
    with asked._views.lock:
        return [asked._seen.case(id) for id in ids]


def entries_of(asked: Situation, ids: Sequence[str]) -> list[Entry]:
    """Return the entries of some ids, in order of position."""
    with asked._views.lock:
        found = source(asked)
        return list(found.get(sorted(found.find(ids).values())))


def horizon(asked: Situation) -> int:
    """Return the moment against which deadlines count: the one asked about, else how far the log tells by then."""
    return asked._horizon


def dated_findings(asked: Situation) -> list[DatedFinding]:
    """Return each finding, whenever it shows, with the point from which it does."""
    with asked._views.lock:
        return asked._seen.findings()


def few_findings(asked: Situation) -> Findings:
    """Return the findings of a situation, with their entries only while each of them is shown."""
    return asked._few


def own_projections(asked: Situation) -> list[Projection]:
    """Return the projections that are not the library's."""
    return [one for name, one in asked._views.projections.items() if name not in _BUILT_IN]


def unread_counts(asked: Situation) -> Counter[str]:
    """Count the entries of a situation that this program cannot read, by type."""
    with asked._views.lock:
        return count_unread(asked._seen, asked._by)


def slugs_in_order(asked: Situation, kind: str) -> list[str]:
    """Return the slugs of one kind that the log names, in the order of first naming, whatever the cuts."""
    with asked._views.lock:
        named = [tag.partition(":") for tag in asked._views.everything.names]
    return [slug for found, _, slug in named if found == kind]


def upto(asked: Situation) -> int:
    """Return how many entries had been recorded, within the cuts of a situation."""
    return asked._as_of.upto


def source(asked: Situation) -> EntrySource:
    """Return where the entries of a situation are looked up."""
    return asked._views.complete.source


def tags(asked: Situation) -> tuple[str, ...]:
    """Return the tag of every entity that an entry on the log names, in the order of first naming."""
    return tuple(filter(is_named, asked._views.names.tags()))


def spellings(asked: Situation) -> Mapping[str, list[str]]:
    """Return the spellings of every canonical name on the log: its slug, its names and its other spellings."""
    known = asked.entities
    found: dict[str, list[str]] = {}
    for tag in map(asked._identity.tag, tags(asked)):
        if tag not in found:
            registered = known.get(tag)
            names = () if registered is None else (*registered.names.values(), *registered.aliases)
            found[tag] = [tag.partition(":")[2], *names]
    return found


def canonical_path(asked: Situation, path: Path) -> Path:
    """Return a path with canonical names, as far as it names entities."""
    return asked._canonical(path)


def rest(asked: Situation, path: Path) -> Any:
    """Return what a view answers at a path where nothing is there."""
    return asked._rest(path)


def spanning(asked: Situation, known: Spanning | None) -> Spanning:
    """Return the spans of all paths, with the cuts of a situation but for the reported one; those known if they are."""
    views = asked._views
    with views.lock:
        if known is not None and is_spanned(asked, known):
            return known
        return Spanning(views.complete, asked._as_of, views.names)


def same_names(asked: Situation, tag: str) -> tuple[str, ...]:
    """Return every name that is judged the same as a tag, the canonical one first."""
    return asked._identity.same(tag)


def require_name(asked: Situation, name: str) -> None:
    """Check that an entry on the log names an entity, given by its slug or its tag.

    Raises: UnknownName.
    """
    asked._views.names.require_any(name)


def is_spanned(asked: Situation, known: Spanning | None, path: Path | None = None) -> bool:
    """Tell whether the spans known are those of a situation, and cover a path, or (None) all."""
    with asked._views.lock:
        return known is not None and known.covers(path) and known.is_of(asked._views.complete, asked._as_of)


def spanning_of(asked: Situation, path: Path) -> Spanning | None:
    """Return the spans of one path, made of the entries that bear on it alone; None if any entry may."""
    views = asked._views
    with views.lock:
        try:
            folded, found = asked._located(path)
        except (KeyError, ValueError, AttributeError):  # the caller refuses the path, or asks cut by cut
            return None
        positions = bearing_on(views.complete, folded.projection, found, asked._as_of.choose)
        return None if positions is None else Spanning(views.complete, asked._as_of, views.names, (path, positions))


def publication_moments(asked: Situation) -> list[int]:
    """Return each moment by which something more had been published, of what was recorded within the cuts."""
    with asked._views.lock:
        return within(asked._views.complete.publishing.moments(asked._as_of.upto))


def recording_moments(asked: Situation) -> list[int]:
    """Return each moment by which something more had been recorded, within the cuts."""
    with asked._views.lock:
        recorded = asked._views.complete.recorded
        return within(moment + 1 for moment in set(recorded[1 : asked._as_of.upto + 1]))


def published_at(asked: Situation, moment: int) -> list[Entry]:
    """Return the entries with a report published just by a moment, of those recorded within the cuts."""
    with asked._views.lock:
        complete = asked._views.complete
        positions = sorted(p for p in complete.publishing.at(moment) if p <= asked._as_of.upto)
        return complete.source.get(positions)
