"""The words people read: English ones made from the vocabulary itself, Arabic ones from a list."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache

import orjson

from timeline.answers import behind
from timeline.answers.situation import Situation
from timeline.answers.text import last_moment
from timeline.display.language.amounts import amount
from timeline.display.language.dates import beginning, is_exact, since, spoken
from timeline.display.language.forms import feminine, is_feminine, is_unit, of_party, several, with_unit
from timeline.display.language.phrases import Dater, phrase, phrases
from timeline.display.web import static
from timeline.errors import InvalidValue
from timeline.values.entities import ACCOUNTS, AT_LARGE, DEAD, ELSEWHERE, IN_TRANSIT, RELEASED
from timeline.values.instants import FUTURE, PAST
from timeline.values.names import by_slug, name_of
from timeline.values.quantity import PEOPLE, Quantity
from timeline.values.visible import visible
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
        return name_of(slug, self._names, self.spoken)

    def label(self, key: str) -> str:
        """Return what stands before a value: the name of an entity, such as a cohort, or a word."""
        return self.name(key) if key in self._names else self(key)

    def term(self, text: str) -> str:
        """Return the name of an entity, the word of the vocabulary, or else the text.

        >>> Words("en", {"sdf": {"en": "SDF"}}).term("sdf"), Words("en").term("in_force")
        ('SDF', 'in force')
        """
        return self(text) if text not in self._names and text in arabic() else self.name(text)

    def amount(self, quantity: Quantity, *, genitive: bool = False) -> str:
        """Write a quantity in words, as `about 150 people`; with `genitive`, as behind an Arabic noun."""
        return amount(quantity, self.spoken, genitive=genitive)

    def signs(self, quantity: Quantity) -> str:
        """Write a quantity by signs, as tables have it, with its unit in words; people need none.

        >>> Words("en").signs(Quantity(0, 350, None, unit="km-of-wall"))
        '≈350 km of wall'
        """
        if quantity.unit == PEOPLE:
            return str(quantity)
        unit = self.name(quantity.unit) if quantity.unit in self._names else several(quantity.unit, self.spoken)
        return f"{Quantity(quantity.low, quantity.best, quantity.high)} {unit}"

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
    found = by_slug({**registered, **more})
    slugs = [(_slug(name), _slug(asked.entities.canonical(name))) for name in more]
    return {**found, **{first: found[slug] for slug, first in slugs if (first, first) not in slugs}}


def _slug(name: str) -> str:
    return name.partition(":")[2] or name


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
