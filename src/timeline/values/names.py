"""Known names: those of the entities that some entry on the log names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from timeline.errors import UnknownName
from timeline.values.entities import ACCOUNTS, IN_TRANSIT, NOBODY
from timeline.values.visible import all_writable, visible

EntityNames = Mapping[str, Mapping[str, str]]
"""The names of entities: tag → language → name."""
_ACCOUNTS = ACCOUNTS | {IN_TRANSIT}
"""The accounts of the ledger, which no entry need name."""


def near(name: Any, known: Iterable[Any]) -> str:
    """Tell what is near a name, and how many there are, to go on in a sentence.

    >>> near("al-hool", ["al-hol", "rabia"])
    ', which knows 2; near it: al-hol'
    """
    from difflib import get_close_matches

    names = sorted(map(str, known))
    found = get_close_matches(str(name), names, n=3, cutoff=0.5) or names[:3]
    return f", which knows {len(names)}" + (f"; near it: {', '.join(found)}" if found else "")


class Names:
    """The tags of the entries on the log. A question about any other name is refused, not answered.

    `tags` returns the tags of the present moment.
    """

    def __init__(self, tags: Callable[[], Collection[str]]) -> None:
        self._tags = tags

    def __reduce__(self) -> tuple[Any, ...]:
        return _fixed, (frozenset(self._tags()),)

    def tags(self) -> Collection[str]:
        """Return the tags of the entries on the log, in the order of first naming."""
        return self._tags()

    def require(self, **named: Any) -> None:
        """Check that the log names each entity, given by kind: a slug, or None for anything.

        Raises: UnknownName.
        """
        for kind, slug in named.items():
            if slug is not None and slug is not NOBODY and (kind != "facility" or slug not in _ACCOUNTS):
                self._require(kind, slug)

    def require_any(self, name: str) -> None:
        """Check that the log names an entity, given by its tag or by its slug, of any kind.

        Raises: UnknownName.
        """
        tags = self._tags()
        slugs = {tag.partition(":")[2] for tag in tags}
        if name not in tags and name not in slugs:
            raise unknown(f"no entry on the log names {name!r}", "entity", name, slugs)

    def require_tag(self, tag: str) -> None:
        """Check that some entry on the log has a tag. The tag of another entry, and of an account, may be any.

        Raises: UnknownName.
        """
        kind, _, slug = tag.partition(":")
        if kind == "entry" or (kind == "facility" and slug in _ACCOUNTS):
            return
        tags = self._tags()
        if tag not in tags:
            raise unknown(f"no entry on the log has the tag {tag!r}", "tag", tag, tags)

    def _require(self, kind: str, slug: str) -> None:
        slug = str.__str__(slug)  # also for a member of an enumeration
        tags = self._tags()
        if f"{kind}:{slug}" not in tags:
            prefix = f"{kind}:"
            others = (tag.removeprefix(prefix) for tag in tags if tag.startswith(prefix))
            raise unknown(f"no entry on the log names the {kind} {slug!r}", kind, slug, others)


def by_slug(named: EntityNames) -> EntityNames:
    """Return names by slug, of those by tag, in which no text can harm a display and no two of a kind are the same.

    >>> by_slug({"authority:sdf": {"en": "SDF"}})
    {'sdf': {'en': 'SDF'}}
    """
    kinds = {slug: kind for kind, _, slug in (tag.partition(":") for tag in named) if slug}
    names = {tag.partition(":")[2] or tag: all_writable(dict(found)) for tag, found in named.items()}
    return told_apart(names, kinds)


def told_apart(names: EntityNames, kinds: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Follow each name that two entities of one kind share by the slug in brackets.

    `kinds` has the kind of each; those without one are of one kind.

    >>> told_apart({"a": {"en": "Jail"}, "b": {"en": "Jail"}, "c": {"en": "Camp"}}, {})
    {'a': {'en': 'Jail (a)'}, 'b': {'en': 'Jail (b)'}, 'c': {'en': 'Camp'}}
    """
    uses = Counter((kinds.get(key), text) for key, found in names.items() for text in set(found.values()))

    def apart(key: str, text: str) -> str:
        return f"{text} ({key})" if uses[kinds.get(key), text] > 1 else text

    return {key: {code: apart(key, text) for code, text in found.items()} for key, found in names.items()}


def name_of(slug: str, names: EntityNames, language: str = "en") -> str:
    """Return the name of an entity, given by slug or tag, among names by slug.

    Without a name in the language, return one in another language; without any, the slug.

    >>> name_of("authority:sdf", {"sdf": {"en": "SDF"}}, "ar"), name_of("un", {})
    ('SDF', 'un')
    """
    named = not_blank(names.get(slug) or names.get(slug.partition(":")[2]) or {})
    return visible(named.get(language) or named.get("en") or next(iter(named.values()), slug))


def not_blank(names: Mapping[str, str]) -> Mapping[str, str]:
    """Return names by language without those that show nothing, such as the empty cells of a table.

    >>> not_blank({"en": "SDF", "ar": " ", "ku": chr(0x200F)})
    {'en': 'SDF'}
    """
    return {language: name for language, name in names.items() if not is_blank(name)}


def is_blank(text: str) -> bool:
    """Tell whether a text shows nothing: no character of it can be seen."""
    return not any(character.isprintable() and not character.isspace() for character in text)


def with_names(text: str, slugs: Iterable[str], name: Callable[[str], str]) -> str:
    """Put the name of each entity in place of its slug in a text.

    >>> with_names("al-hol-camp: al-hol is not meant", ("al-hol-camp", "al-hol"), str.upper)
    'AL-HOL-CAMP: AL-HOL is not meant'
    """
    found = "|".join(re.escape(slug) for slug in sorted(slugs, key=len, reverse=True))
    return re.sub(rf"(?<![\w-])(?:{found})(?![\w-])", lambda match: name(match[0]), text) if found else text


def _fixed(tags: frozenset[str]) -> Names:
    """Restore pickled names."""
    return Names(lambda: tags)


def unknown(found: str, kind: str, name: Any, known: Iterable[Any]) -> UnknownName:
    """Make the error for a name that nothing on the log has."""
    message = f"{found}: expected a name of the log{near(name, known)}. Check the spelling."
    return UnknownName(message, kind=kind, name=name)


def unknown_entry(id: str) -> UnknownName:
    """Make the error for an id that no entry on the log has.

    >>> print(unknown_entry("e7"))
    There is no entry 'e7' on the log: expected the id of an entry there. Check the spelling.
    """
    message = f"There is no entry {id!r} on the log: expected the id of an entry there. Check the spelling."
    return UnknownName(message, kind="entry", name=id)
