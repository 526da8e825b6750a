"""The words people read: English ones made from the vocabulary itself, Arabic ones from a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from functools import cache

import orjson

from timeline.answers import behind
from timeline.answers.situation import Situation
from timeline.answers.text import last_moment
from timeline.display.language.amounts import amount
from timeline.display.language.dates import beginning, is_exact, since, spoken
from timeline.display.language.forms import feminine, is_feminine, is_unit, of_party, with_unit
from timeline.display.language.phrases import Dater, phrase, phrases
from timeline.display.web import static
from timeline.errors import InvalidValue
from timeline.values.entities import ACCOUNTS, AT_LARGE, DEAD, ELSEWHERE, IN_TRANSIT, RELEASED
from timeline.values.instants import FUTURE, PAST
from timeline.values.quantity import Quantity
from timeline.values.visible import all_writable, visible
from timeline.values.when import When

LANGUAGES = ("en", "ar")
Names = Mapping[str, Mapping[str, str]]
"""Human names of entities: slug → language → name."""


@cache
def arabic() -> Mapping[str, str]:
    """Return the Arabic word for each word of the vocabulary, and of the page."""
    found: Mapping[str, str] = orjson.loads(static("ar.json"))
    return found


class Words:
    """Words and names in one language, which is `spoken`. An entity without a name keeps its slug.

    Raises: InvalidValue for a language there are no words in.

    >>> Words("en")("in_force"), Words("ar")("in_force")
    ('in force', 'سارٍ')
    """

    def __init__(self, language: str = "en", names: Names | None = None) -> None:
        if language not in LANGUAGES:
            raise InvalidValue(f"language is {language!r}: expected 'en' or 'ar'.", value=language)
        self.spoken = language
        self._names = names or {}

    def __call__(self, key: str, of: str = "") -> str:
        """Return a word; in Arabic, in the gender of the noun that it stands with (`of`).

        >>> Words("ar")("signed"), Words("ar")("signed", of="operation")
        ('مُوقَّع', 'مُوقَّعة')
        """
        english = visible(key.replace("_", " "))
        if self.spoken != "ar":
            return english
        agreeing = of_party(key) if of == "party" else None
        return agreeing or (is_feminine(of) and feminine(key)) or arabic().get(key, english)

    def name(self, slug: str) -> str:
        """Return the name of an entity, by slug or tag; in another language where this one has none, else its slug.

        >>> Words("en", {"sdf": {"en": "SDF"}}).name("authority:sdf")
        'SDF'
        """
        named = self._names.get(slug) or self._names.get(slug.partition(":")[2]) or {}
        return visible(named.get(self.spoken) or named.get("en") or next(iter(named.values()), slug))

    def amount(self, quantity: Quantity) -> str:
        """Write a quantity in words, as `about 150 people`."""
        return amount(quantity, self.spoken)

    def count(self, number: int, unit: str) -> str:
        """Write a number of things, as `3 days`."""
        return with_unit(number, unit, self.spoken)

    def when(self, when: When) -> str:
        """Write a time in words, as `about 20 January 2026`."""
        return spoken(when, self.spoken)

    def date(self, when: When) -> str:
        """Write a time for a table: an exact day or instant in digits, all else in words.

        >>> Words("en").date(When("2026-01-21")), Words("en").date(When("../2021"))
        ('2026-01-21', 'by 2021')
        """
        return when.text if is_exact(when) else self.when(when)

    def beginning(self, when: When) -> str:
        """Write a beginning for a table: an open start lies at its end or before.

        >>> Words("en").beginning(When("../2021"))
        '2021 or before'
        """
        return self.date(when) if is_exact(when) else beginning(when, self.spoken)

    def since(self, when: When) -> str:
        """Write a beginning in words, as `since 2021 or before`."""
        return since(when, self.spoken)

    def quote(self, text: str) -> str:
        """Quote the words of a source."""
        return f"«{visible(text)}»" if self.spoken == "ar" else f"“{visible(text)}”"

    def source(self, text: str) -> str:
        """Name a source, as it calls itself."""
        return visible(text)


def account_names() -> Names:
    """Return the names of the ledger's accounts for people who are in no facility, as faces for readers show them.

    >>> account_names()["at-large"]["en"]
    'At large'
    """
    keys = {slug: slug for slug in (ELSEWHERE, IN_TRANSIT, AT_LARGE, DEAD)} | {RELEASED: "released_account"}
    return {slug: {code: phrases()[code][key] for code in LANGUAGES} for slug, key in keys.items()}


def names_in(asked: Situation, more: Names | None = None, hidden: Collection[str] = ()) -> Names:
    """Return the names that entities of every kind were registered with, and those given beside, by slug.

    The registered names of hidden slugs are left out. A name that two entities of one kind share is followed by the
    slug in brackets.

    Raises: InvalidValue.
    """
    more = names_given(more)
    registered = {tag: names for tag, names in asked.entities.names().items() if tag.partition(":")[2] not in hidden}
    return by_slug({**registered, **more})


def names_given(more: Names | None) -> Names:
    """Return the names given beside those registered.

    Raises: InvalidValue.
    """
    if more is None:
        return {}
    if not isinstance(more, Mapping) or not all(isinstance(name, Mapping) for name in more.values()):
        raise InvalidValue(
            f"names is {more!r}: expected names by language, such as {{'sdf': {{'en': 'SDF'}}}}.", value=more
        )
    return more


def by_slug(named: Names) -> Names:
    """Return names by slug, of those by tag, in which no text can harm a display and no two of a kind are the same.

    >>> by_slug({"authority:sdf": {"en": "SDF"}})
    {'sdf': {'en': 'SDF'}}
    """
    kinds = {slug: kind for kind, _, slug in (tag.partition(":") for tag in named) if slug}
    names = {tag.partition(":")[2] or tag: all_writable(dict(found)) for tag, found in named.items()}
    return told_apart(names, kinds)


def told_apart(names: Names, kinds: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Follow each name that two entities of one kind share by the slug in brackets.

    `kinds` has the kind of each; those without one are of one kind.

    >>> told_apart({"a": {"en": "Jail"}, "b": {"en": "Jail"}, "c": {"en": "Camp"}}, {})
    {'a': {'en': 'Jail (a)'}, 'b': {'en': 'Jail (b)'}, 'c': {'en': 'Camp'}}
    """
    uses = Counter((kinds.get(key), text) for key, found in names.items() for text in set(found.values()))

    def apart(key: str, text: str) -> str:
        return f"{text} ({key})" if uses[kinds.get(key), text] > 1 else text

    return {key: {code: apart(key, text) for code, text in found.items()} for key, found in names.items()}


def moment_in_words(asked: Situation, words: Dater, clock: str = "occurred") -> str:
    """Say up to when a clock of a situation counts; *any time* if it is free."""
    end = getattr(asked.clocks, clock)
    if end is None or end >= FUTURE:
        return phrase("any_time", words.spoken)
    return words.when(When(last_moment(end, asked.tz))) if end > PAST else words("no_date")


def require_named(asked: Situation, more: Names) -> None:
    """Check that the log names each entity for which a name is given. A unit may have a name as well.

    Raises: UnknownName, which tells what is near.
    """
    for slug in more:
        if slug not in (*ACCOUNTS, IN_TRANSIT) and not is_unit(slug):
            behind.require_name(asked, slug)
