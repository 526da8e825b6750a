"""Entities: what everything is called, in every language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from timeline.displayable import Displayable
from timeline.events.entity import REGISTRATIONS
from timeline.events.facility import FacilityRegistered
from timeline.history.reading import Reading
from timeline.projections.building import changed
from timeline.projections.projection import Accessor, Path, Projection, Snapshot, field
from timeline.values.containers import FrozenMapping
from timeline.values.names import near

Key = tuple[str, str]


@attrs.frozen(slots=False)
class EntityState:
    """An entity as of some situation: its tag, its names by language, and other spellings."""

    tag: str
    names: FrozenMapping[str, str] = FrozenMapping()
    aliases: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The kind of the entity: `facility`, `authority`, `operation`, or one of your own."""
        return self.tag.partition(":")[0]

    @property
    def slug(self) -> str:
        """The slug of the entity, without its kind."""
        return self.tag.partition(":")[2]

    def name(self, language: str | None = None) -> str:
        """Return the name in a language; else the English one, any other, or the slug.

        >>> EntityState("authority:sdf", FrozenMapping({"ar": "قسد"})).name("en")
        'قسد'
        """
        found = self.names.get(language or "") or self.names.get("en")
        return found or next(iter(self.names.values()), self.slug)


def _keys(reading: Reading) -> Iterable[Key]:
    event = reading.event
    return (("entity", _tag(event)),) if isinstance(event, REGISTRATIONS) else ()


def _tag(event: Any) -> str:
    return f"facility:{event.facility}" if isinstance(event, FacilityRegistered) else event.entity


def _evolve(entity: EntityState | None, reading: Reading, key: Key) -> EntityState:
    entity, event = entity or EntityState(key[1]), reading.event
    aliases = tuple(dict.fromkeys((*entity.aliases, *event.aliases)))
    return changed(entity, names=entity.names | event.names, aliases=aliases)


class Entities(Displayable, Mapping[str, EntityState]):
    """Everything that was registered under a name, by tag."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def __getitem__(self, tag: str) -> EntityState:
        try:
            return self._snapshot["entity", tag]  # type: ignore[no-any-return]
        except KeyError:
            raise KeyError(f"no entity {tag!r} in this situation{near(tag, self)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(tag for kind, tag in self._snapshot if kind == "entity"))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, tag: object) -> bool:
        return ("entity", tag) in self._snapshot

    def names(self) -> Mapping[str, Mapping[str, str]]:
        """Return the names of every entity that has any, by tag and language."""
        return {tag: entity.names for tag, entity in self.items() if entity.names}

    def __repr__(self) -> str:
        return f"<Entities: {len(self):,}>"


def _flat(view: Entities) -> Iterator[tuple[Path, Any]]:
    """Yield names and aliases; those of facilities are among what facilities show."""
    for tag, entity in view.items():
        for name in ("names", "aliases"):
            if entity.kind != "facility" and getattr(entity, name):
                yield (tag, name), getattr(entity, name)


def _locate(view: Entities, path: Path) -> Accessor:
    tag, *rest = path
    (name,) = rest or ["names"]
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
