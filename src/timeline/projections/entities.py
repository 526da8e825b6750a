"""Entities: what everything is called, in every language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from timeline.displayable import ProjectionView
from timeline.entry import Entry
from timeline.errors import NotInSituation
from timeline.events.entity import REGISTRATIONS, IdentityJudged, registered_tag
from timeline.history.reading import Reading
from timeline.projections.building import Mention, changed
from timeline.projections.projection import Accessor, Path, Projection, Snapshot, field
from timeline.values.containers import FrozenMapping, PersistentList
from timeline.values.discovery import pretty_fields
from timeline.values.names import is_blank, near, not_blank

Key = tuple[str, str]


@attrs.frozen(slots=False)
class EntityState:
    """An entity as of some situation: its tag, its names by language, and other spellings.

    `same` are the other tags that mean the same, and `judged` the judgements on any of them, each with its entry.
    `registered` is false for what was only judged.
    """

    _repr_pretty_ = pretty_fields

    tag: str
    names: FrozenMapping[str, str] = FrozenMapping()
    aliases: tuple[str, ...] = ()
    registered: bool = False
    same: tuple[str, ...] = ()
    judged: tuple[Mention, ...] = ()

    @property
    def kind(self) -> str:
        """The kind of the entity: `facility`, `authority`, `operation`, or one of your own."""
        return self.tag.partition(":")[0]

    @property
    def slug(self) -> str:
        """The slug of the entity, without its kind."""
        return self.tag.partition(":")[2]

    @property
    def judged_by(self) -> tuple[str, ...]:
        """Those who judged any of its names, each once: the sources of the judgements, and who recorded them."""
        return tuple(dict.fromkeys(name for mention in self.judged for name in judges(mention.entry)))

    def name(self, language: str | None = None) -> str:
        """Return the name in a language; else the English one, any other, or the slug.

        >>> EntityState("authority:sdf", FrozenMapping({"ar": "قسد"})).name("en")
        'قسد'
        """
        found = (self.names.get(language) if language else None) or self.names.get("en")
        return found or next(iter(self.names.values()), self.slug)


def judges(entry: Entry) -> tuple[str, ...]:
    """Return who speaks for a judgement: its sources, then its recorder."""
    return (*(report.source for report in entry.reports), *((entry.recorder,) if entry.recorder is not None else ()))


def _keys(reading: Reading) -> Iterable[Key]:
    event = reading.event
    if isinstance(event, IdentityJudged):
        return ("judged", event.left), ("judged", event.right)
    return (("entity", registered_tag(event)),) if isinstance(event, REGISTRATIONS) else ()


def _evolve(before: Any, reading: Reading, key: Key) -> EntityState | PersistentList[Mention]:
    event = reading.event
    if isinstance(event, IdentityJudged):
        judged: PersistentList[Mention] = before or PersistentList()
        return judged.append(Mention.of(reading))
    entity: EntityState = before or EntityState(key[1])
    aliases = tuple(dict.fromkeys((*entity.aliases, *(alias for alias in event.aliases if not is_blank(alias)))))
    return changed(entity, names=entity.names | not_blank(event.names), aliases=aliases, registered=True)


class Entities(ProjectionView, Mapping[str, EntityState]):
    """Everything that was registered or judged, by tag; any of the names that mean the same finds it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def __getitem__(self, tag: str) -> EntityState:
        if tag not in self:
            raise NotInSituation(f"no entity {tag!r} in this situation{near(tag, self)}")
        names = self._snapshot.identity.same(tag)
        known: EntityState = self._snapshot.get(("entity", names[0])) or EntityState(names[0])
        judged = {m.entry.position: m for name in names for m in self._snapshot.get(("judged", name), ())}
        return changed(known, same=names[1:], judged=tuple(judged[position] for position in sorted(judged)))

    def _ipython_key_completions_(self) -> list[str]:
        return list(self)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({self._snapshot.identity.tag(tag) for _, tag in self._snapshot}))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, tag: object) -> bool:
        names = self._snapshot.identity.same(tag) if isinstance(tag, str) else ()
        return any((kind, name) in self._snapshot for name in names for kind in ("entity", "judged"))

    def registered(self) -> list[str]:
        """Return the tags of what was registered, and not only judged, in order."""
        return sorted(tag for kind, tag in self._snapshot if kind == "entity")

    def canonical(self, tag: str) -> str:
        """Return the canonical name of a tag, or of a slug that one kind of entity has."""
        return str(self._snapshot.identity.anyhow(tag))

    def names(self) -> Mapping[str, Mapping[str, str]]:
        """Return the names of every entity that has any, by tag and language."""
        return {tag: entity.names for tag, entity in self.items() if entity.names}


def _flat(view: Entities) -> Iterator[tuple[Path, Any]]:
    """Yield names and aliases; those of facilities are among what facilities show."""
    for tag in view.registered():
        entity = view[tag]
        for name in ("names", "aliases"):
            if entity.kind != "facility" and getattr(entity, name):
                yield (tag, name), getattr(entity, name)


def _locate(view: Entities, path: Path) -> Accessor:
    tag, *rest = path
    (name,) = rest or ["names"]
    if name not in ("names", "aliases", "registered"):
        raise ValueError(path)
    tag = view.canonical(tag)
    kind, _, slug = tag.partition(":")
    return Accessor(("entity", tag), field(name, EntityState), named={kind: slug})


def _subject(reading: Reading, key: Key) -> Path:
    return (key[1], "names")


ENTITIES = Projection(
    name="entities",
    keys=_keys,
    evolve=_evolve,
    view=Entities,
    flat=_flat,
    locate=_locate,
    subject=_subject,
    states=(EntityState,),
    by_key=True,
)
