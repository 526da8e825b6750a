"""One row for each kind of thing that is shown."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Literal, get_args, get_origin

from timeline.answers.durations import Duration
from timeline.answers.records import Record, fields_of
from timeline.answers.results import Change
from timeline.answers.tabular import Kind
from timeline.answers.text import short
from timeline.display.cells import Cell, Flag, Labelled, Name, Naming, Phrase, SheetRow, Since, Term, Word, is_empty
from timeline.entry import Entry
from timeline.events.declare import EventType, Redacted, UnknownEvent, event_type, is_event, sentence
from timeline.events.naming import type_name
from timeline.history.claims import Claim
from timeline.history.finding import Finding, Group
from timeline.projections.agreements import AgreementState
from timeline.projections.border import Crossing, Watch
from timeline.projections.building import Mention
from timeline.projections.custody import HEADINGS, Custody, flows_of
from timeline.projections.entities import EntityState
from timeline.projections.facilities import FacilityState, Hold
from timeline.projections.operations import OperationState
from timeline.projections.projection import Path
from timeline.values.containers import PersistentList
from timeline.values.entities import NOBODY, Slug
from timeline.values.quantity import Quantity
from timeline.values.report import Modality, Report
from timeline.values.when import When

UNDATED = Word("undated")
NOT_KNOWN = "?"


def facility(found: FacilityState) -> SheetRow:
    """Make the row of a facility: who controls it since when, who else has a role there, and its state."""
    hold = found.roles.get("control")
    others = tuple(Labelled(Word(role), _holder(its)) for role, its in found.roles.items() if role != "control")
    cells = {
        "facility": Name(found.slug),
        "kind": found.kind and Word(found.kind),
        "control": _holder(hold) if hold else NOT_KNOWN,
        "since": begun(hold.since if hold else None),
        "roles": others,
        "status": found.status and Word(found.status, of=found.kind or "place"),
        "capacity": found.capacity,
    }
    paths = [("facilities", found.slug, name) for name in (*found.roles, "status", "capacity")]
    return SheetRow(found.slug, cells, tuple(paths))


def begun(since: When | None) -> Cell:
    """Show a beginning; blank where none is known."""
    return None if since is None else Since(since)


def _holder(hold: Hold) -> Cell:
    if hold.holder is NOBODY:
        holder: Cell = Flag("nobody")
    else:
        holder = NOT_KNOWN if hold.holder is None else Name(hold.holder)
    if hold.claimants is None:
        return holder
    return (holder, Flag("contested"), *map(Name, hold.claimants))


def custody_place(view: Custody, slug: str) -> SheetRow | None:
    """Make the row of a place: how many it holds, and who came and went. None where neither is known."""
    found = view[slug]
    held = view.held(facility=slug)
    flows = {name: flows_of(name, None)(found) for name in HEADINGS}
    told = {name: count for name, count in flows.items() if count and (count.low, count.best, count.high) != (0, 0, 0)}
    if not (told or held.known or found.claims):
        return None
    cells = {
        "place": Name(slug),
        "held": held,
        "counted": _counted(found.claims),
        **{name: told.get(name) for name in HEADINGS},
    }
    return SheetRow(slug, cells, tuple(("custody", slug, name) for name in ("held", "counted", *told)))


def authority(view: Custody, slug: str) -> SheetRow:
    """Make the row of an authority: the headcount that was given for it, beside the computed one."""
    claims = view.claims(slug)
    cells = {"place": Name(slug), "held": view.held(authority=slug), "counted": _counted(claims)}
    paths = (("custody", "counted", slug, *filter(None, (cohort,))) for cohort in claims)
    return SheetRow(f"authority:{slug}", cells, tuple(paths))


def _counted(claims: Mapping[str | None, Quantity]) -> Cell:
    """Return the headcount of all, or, where nobody gave one, those of the cohorts."""
    if None in claims or not claims:
        return claims.get(None)
    each = ((Phrase(", "), count, Name(cohort)) for cohort, count in claims.items() if cohort)
    return tuple(part for one in each for part in one)[1:]


def operation(found: OperationState) -> SheetRow:
    """Make the row of an operation: what was planned, moved and claimed."""
    names = ("planned", "moved", "claimed", "remaining")
    status = found.status and Word(found.status, of="operation")
    cells = {"operation": Name(found.slug), "status": status}
    cells |= {name: getattr(found, name) for name in names}
    return SheetRow(
        found.slug, cells, tuple(("custody", "operations", found.slug, name) for name in ("status", *names))
    )


_LISTS = ("talks", "commitments", "statements", "violations")


def agreement(found: AgreementState) -> SheetRow:
    """Make the row of an agreement: its status, its parties, its end, and what was said about it."""
    status = found.status and Word(found.status, of="agreement")
    overdue = Flag("overdue") if found.overdue else None
    parties = tuple(Labelled(Word(stage, of="party"), Name(party)) for party, stage in found.parties.items())
    mentions = {name: getattr(found, name) for name in _LISTS}
    cells = {
        "agreement": Name(found.slug),
        "status": (Word(found.ending, of="agreement") if found.ending else status, overdue),
        "parties": parties,
        "until": found.until,
        **{name: len(said) or None for name, said in mentions.items()},
    }
    told = (name for name, said in mentions.items() if said)
    return SheetRow(found.slug, cells, tuple(("agreements", found.slug, name) for name in ("status", "until", *told)))


def crossing(found: Crossing) -> SheetRow:
    """Make the row of a crossing: open or closed, and since when."""
    cells = {
        "crossing": Name(found.slug),
        "status": Word(found.status, of="crossing") if found.status else NOT_KNOWN,
        "since": begun(found.since),
        "closures": _named(found.closures),
    }
    paths = [
        ("border", "crossings", found.slug, name)
        for name in ("status", *(("closures",) if any(found.closures) else ()))
    ]
    return SheetRow(found.slug, cells, tuple(paths))


def watch(found: Watch) -> SheetRow:
    """Make the row of a watched sector: by whom, and since when."""
    by = tuple(NOT_KNOWN if name is None else Name(name) for name in found.by)
    cells = {
        "sector": Name(found.sector),
        "watched_by": by,
        "since": begun(found.since),
        "measures": _named(found.measures),
    }
    names = ("by", "measures") if any(found.measures) else ("by",)
    return SheetRow(found.sector, cells, tuple(("border", "monitored", found.sector, name) for name in names))


def _named(measures: tuple[str | None, ...]) -> Cell:
    """Show measures that stand side by side; blank where none of them has a name."""
    return tuple(Labelled(Word("measure"), measure or NOT_KNOWN) for measure in measures) if any(measures) else None


def entity(found: EntityState) -> SheetRow:
    """Make the row of an entity: what it is called, what means the same, and who judged so."""
    cells = {
        "entity": Name(found.tag),
        "kind": Word(found.kind),
        "aliases": _listed(found.aliases),
        "same_as": _listed(found.same),
        "judged": _listed([_judged(mention) for mention in found.judged]),
        "judged_by": _listed(found.judged_by),
        "registered": Word("yes" if found.registered else "no"),
    }
    entries = tuple(mention.entry for mention in found.judged)
    under = "judged" if entries else "entity"
    return SheetRow(found.tag, cells, (("entities", found.tag, "names"),), entries=entries, sources_under=under)


def _judged(found: Mention) -> Cell:
    """Show a judgement, and the two names that it is about."""
    judged = found.event
    return (Word(judged.judgement), Name(judged.left), Name(judged.right))


def _listed(found: Sequence[Cell]) -> Cell:
    """Show several cells, with commas between them."""
    return tuple(cell for one in found for cell in (Phrase(", "), one))[1:]


def mention(found: Mention) -> SheetRow:
    """Make the row of something that happened, with its entry behind it."""
    cells = {"occurred": found.occurred or UNDATED, "what": event_cells(found.event)}
    entry = found.entry
    return SheetRow(entry.id, cells, entries=(entry,), sources_under="what")


def entry(found: Entry) -> SheetRow:
    """Make the row of an entry, with its reports behind it."""
    modality = None if found.modality is Modality.ACTUAL else Flag(found.modality.value)
    names = (("after", found.after), ("part_of", (found.part_of,)), ("fulfils", (found.fulfils,)))
    links = [
        Labelled(Word(how), ", ".join(ids)) for how, ids in ((how, [*filter(None, to)]) for how, to in names) if ids
    ]
    by = [Labelled(Word("recorder"), found.recorder)] if found.recorder else []
    cells = {
        "position": f"#{found.position}",
        "occurred": found.occurred or UNDATED,
        "what": (modality, *event_cells(found.event), *links, *by),
    }
    return SheetRow(found.id, cells, reports=found.reports, sources_under="what")


def claim(found: Claim) -> SheetRow:
    """Make the row of one version of what happened, and who says so."""
    told = (Flag("denied"), *event_cells(found.denied)) if found.event is None else event_cells(found.event)
    cells = {"position": f"#{found.entry.position}", "occurred": found.occurred or UNDATED, "what": told}
    return SheetRow(found.entry.id, cells, reports=found.reports, sources_under="what")


def finding(found: Finding) -> SheetRow:
    """Make the row of a finding: its kind, its message, its path, and the entries involved."""
    message = Naming(found.message, found.slugs)
    cells = {"kind": Flag(found.kind), "finding": message, "where": path_cell(found.path)}
    return SheetRow(found.kind, cells, entries=found.entries, sources_under="finding")


def group(found: Group) -> SheetRow:
    """Make a row of the number of findings of a kind about an entity."""
    several = (f"{found.others:,}", Word("others"))
    more: tuple[Cell, ...] = several if found.others > 1 else (Word("one_other"),) if found.others else ()
    about = (Name(found.subject), *((Phrase(", "), *more) if more else ())) if found.subject else more
    return SheetRow(str(found), {"findings": found.number, "kind": Flag(found.kind), "about": about})


def change(found: Change) -> SheetRow:
    """Make the row of a change at a path; of lists and of your own classes, show only what changed."""
    before, after = found.before, found.after
    if isinstance(before if before is not None else after, PersistentList):
        old, new = tuple(before or ()), tuple(after or ())
        before = tuple(item for item in old if item not in new)
        after = tuple(item for item in new if item not in old)
    elif fields := {**fields_of(before), **fields_of(after)}:
        changed = [name for name in fields if fields_of(before).get(name) != fields_of(after).get(name)]
        before, after = ({name: fields_of(one).get(name) for name in changed} for one in (before, after))
    cells = {"where": path_cell(found.path), "before": term(before), "after": term(after)}
    return SheetRow(" ".join(found.path), cells)


def path_cell(path: Path) -> Cell:
    """Show a path with the words and names of its steps."""
    return tuple(cell for step in path for cell in (Phrase(" · "), Term(step)))[1:]


def answer(found: Mapping[str, Any], columns: Mapping[str, Kind], number: int) -> SheetRow:
    """Make a row of an answer that is a table."""
    cells = {name: _answered(found[name], kind) for name, kind in columns.items()}
    return SheetRow(str(number), cells | ({"since": begun(found["since"])} if "since" in columns else {}))


def _answered(found: Any, kind: Kind) -> Cell:
    if found is None:
        return None
    if kind == "duration":
        return str(Duration(found, found))
    if kind == "moment":
        return found.isoformat(" ", "minutes").removesuffix(" 00:00+00:00")
    if kind == "event":
        return event_cells(found)
    if kind == "entry":
        return f"#{found.position}"
    if kind == "texts":
        return ", ".join(found)
    if kind == "flag":
        return Word("yes") if found else None
    return term(found) if kind == "value" else value(found)


def value(found: Any) -> Cell:
    """Turn any value of a projection into a cell."""
    if found is None or isinstance(found, When | Quantity | str):
        return found
    if isinstance(found, Mention):
        return (found.occurred or UNDATED, *event_cells(found.event))
    if isinstance(found, Mapping) or fields_of(found):
        fields = ((str(key), value(inner)) for key, inner in (fields_of(found) or found).items())
        return tuple(Labelled(Word(key), inner) for key, inner in fields if not is_empty(inner))
    if isinstance(found, Sequence | frozenset):
        return tuple(map(value, found))
    if isinstance(found, int) and not isinstance(found, bool):
        return found
    return Flag("nobody") if found is NOBODY else short(found)


def term(found: Any) -> Cell:
    """Turn the value of a projection into a cell that has the names of entities, and the words of the vocabulary."""
    return _terms(value(found))


def _terms(cell: Cell) -> Cell:
    if isinstance(cell, Labelled):
        return Labelled(cell.label, _terms(cell.value))
    if isinstance(cell, tuple):
        return tuple(map(_terms, cell))
    return Term(cell) if type(cell) is str else cell


def record(found: Record, part: str) -> SheetRow:
    """Make the row of a record of a user's own projection."""
    cells = {"name": Name(found.name), **{name: value(held) for name, held in found.values.items()}}
    return SheetRow(found.name, cells, tuple((part, *path) for path in found.paths.values()))


def event_cells(event: Any) -> tuple[Cell, ...]:
    """Put an event into cells: its name, and each field that is not at its default.

    >>> from timeline.display.cells import cell_text
    >>> from timeline.events import border
    >>> cell_text(event_cells(border.CrossingOpened(crossing="al-qaim-bukamal-crossing")))
    'crossing opened crossing al-qaim-bukamal-crossing'
    """
    if isinstance(event, Redacted):
        return (Flag("redacted"),)
    if isinstance(event, UnknownEvent):
        return (Word(type_name(event).rpartition(".")[2]), Flag("unknown_type"))
    kind = event_type(event)
    return _sentence(event, kind) if kind.says else (kind_cell(event), *_fields(event))


def kind_cell(event: Any) -> Cell:
    """Name the kind of an event in a word."""
    return Word(_snake(type(event).__name__)) if "__event_type__" in type(event).__dict__ else event_cells(event)[0]


def _sentence(event: Any, kind: EventType) -> tuple[Cell, ...]:
    """Put the sentence of an event into cells, then the fields it does not name."""
    kinds, named = field_kinds(type(event)), set[str]()  # type: ignore[arg-type]  # a class is hashable
    cells: list[Cell] = []
    for words, name in sentence(kind):
        cells.append(Phrase(words))
        if name is not None:
            named.add(name)
            found = getattr(event, name)
            cells.append(NOT_KNOWN if is_empty(found) else _field(found, kinds.get(name)))
    more = _fields(event, named)
    return (*(cell for cell in cells if not is_empty(cell)), *(cell for field in more for cell in (Phrase(" "), field)))


def _fields(event: Any, named: Collection[str] = ()) -> Iterator[Cell]:
    kinds = field_kinds(type(event))  # type: ignore[arg-type]  # a class is hashable
    for attribute in type(event).__attrs_attrs__:
        found = getattr(event, attribute.name)
        if found != attribute.default and attribute.name not in named:
            yield Labelled(Word(attribute.name), _field(found, kinds.get(attribute.name)))


def _field(found: Any, kind: type | None) -> Cell:
    if is_event(found):
        return event_cells(found)
    if isinstance(found, tuple):
        cells = tuple(_field(item, kind) for item in found)
        return _listed(cells) if kind is Name else cells
    if isinstance(found, Mapping):
        return tuple(Labelled(Word(str(key)), value(item)) for key, item in found.items())
    return kind(found) if kind is not None and isinstance(found, str) else value(found)


@cache
def field_kinds(cls: Any) -> dict[str, type]:
    """Return which fields of an event name entities, and which hold words of the vocabulary."""
    found = {attribute.name: set(_flattened(attribute.type)) for attribute in cls.__attrs_attrs__}
    return {"about": Name} | {name: kind for name, kinds in found.items() for kind in (Name, Word) if kind in kinds}


def _flattened(hint: Any) -> Iterator[type]:
    if get_origin(hint) is Literal:
        yield Word
    elif any(isinstance(extra, Slug) for extra in getattr(hint, "__metadata__", ())):
        yield Name
    else:
        for argument in get_args(hint):
            yield from _flattened(argument)


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def report(found: Report) -> SheetRow:
    """Make the row of a report: who said so, when, citing whom, and in what words."""
    cells = {
        "source": found,
        "published": found.published,
        "attributed_to": found.attributed_to,
        "quote": found.quote,
        "rating": f"{found.reliability or ''}{found.credibility or ''}",
        "archived": found.archived,
    }
    return SheetRow(found.source, cells)
