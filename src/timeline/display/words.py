"""The words people read: English ones made from the vocabulary itself, Arabic ones from a list."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import orjson

from timeline.answers.situation import Situation
from timeline.display.web import static
from timeline.errors import InvalidValue
from timeline.values.visible import all_writable, visible

LANGUAGES = ("en", "ar")
Names = Mapping[str, Mapping[str, str]]
"""Human names of entities: slug → language → name."""


@cache
def arabic() -> Mapping[str, str]:
    """Return the Arabic word for each word of the vocabulary, and of the page."""
    found: Mapping[str, str] = orjson.loads(static("ar.json"))
    return found


class Words:
    """Words and names in one language; without a language, names stay slugs.

    Raises: InvalidValue for a language there are no words in.

    >>> Words("en")("in_force"), Words("ar")("in_force")
    ('in force', 'نافذ')
    """

    def __init__(self, language: str | None = None, names: Names | None = None) -> None:
        if language not in (None, *LANGUAGES):
            raise InvalidValue(f"language is {language!r}: expected 'en', 'ar' or None.", value=language)
        self.language = language
        self._names = names or {}

    def __call__(self, key: str) -> str:
        english = visible(key.replace("_", " "))
        return arabic().get(key, english) if self.language == "ar" else english

    def name(self, slug: str) -> str:
        """Return the name of an entity; its slug where it has none."""
        named = self._names.get(slug, {}) if self.language else {}
        return visible(named.get(self.language or "") or named.get("en") or slug)


def names_in(asked: Situation, more: Names | None = None) -> Names:
    """Return the names that entities of every kind were registered with, and those given beside, by slug.

    Raises: InvalidValue.
    """
    more = {} if more is None else more
    if not isinstance(more, Mapping) or not all(isinstance(name, Mapping) for name in more.values()):
        raise InvalidValue(
            f"names is {more!r}: expected names by language, such as {{'sdf': {{'en': 'SDF'}}}}.", value=more
        )
    named = {tag.partition(":")[2]: found for tag, found in asked.entities.names().items()}
    return {slug: all_writable(dict(found)) for slug, found in {**named, **more}.items()}
