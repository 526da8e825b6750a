"""Matching: pairs of names that may mean the same, by their spelling in any script.

Names are brought to one script, without articles, accents and vowels that languages write differently. What is left is
compared by `rapidfuzz`. A match is a suggestion: nothing is joined without a judgement.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any, ClassVar, NamedTuple
from unicodedata import combining, normalize

from timeline.answers.tabular import Kind, Tabular
from timeline.displayable import KnowsNames
from timeline.errors import InvalidValue
from timeline.extras import needs
from timeline.values.names import EntityNames, by_slug, name_of
from timeline.values.visible import visible


class Suggestion(NamedTuple):
    """Two tags of one kind that may mean the same; `score` is from 0 to 1, for equal spellings."""

    left: str
    right: str
    score: float

    def __str__(self) -> str:
        return f"{self.score:.2f}  {self.left}  {self.right}"


class Suggestions(KnowsNames, Tabular, tuple[Suggestion, ...]):  # noqa: SLOT001  # it remembers what people call entities
    """Pairs of names that may mean the same, the best first. They print with what people call the entities."""

    columns: ClassVar[Mapping[str, Kind]] = {"left": "text", "right": "text", "score": "text"}

    def rows(self) -> Iterator[Mapping[str, Any]]:
        """Yield a row for each pair."""
        return ({"left": left, "right": right, "score": f"{score:.2f}"} for left, right, score in self)

    def __str__(self) -> str:
        called = self.entity_names()
        named = {tag: _named(tag, called) for pair in self for tag in (pair.left, pair.right)}
        lines = (f"{pair.score:.2f}  {named[pair.left]}  {named[pair.right]}" for pair in self)
        return "\n".join(lines) or "nothing to suggest"

    def __repr__(self) -> str:
        return f"<Suggestions: {len(self):,}>"


def _named(tag: str, called: EntityNames) -> str:
    """Return a tag with the name of its entity in brackets, if it has one."""
    name = name_of(tag, by_slug({tag: called.get(tag, {})}))
    return visible(tag if name in {tag, tag.partition(":")[2]} else f"{tag} ({name})")


class Spelling(NamedTuple):
    """A name as it is compared: the sorted words in Latin letters, their consonants, and what sets names apart."""

    words: str
    consonants: str
    kinds: frozenset[str]
    numbers: tuple[str, ...]


_ARABIC = dict(
    zip(
        "ابتثجحخدذرزسشصضطظعغفقكلمنهويةىءأإآؤئپچڤگ",
        ("a", "b", "t", "th", "j", "h", "kh", "d", "dh", "r", "z", "s", "sh", "s", "d", "t", "z", "a", "gh", "f", "q",
         "k", "l", "m", "n", "h", "w", "y", "a", "a", "", "a", "i", "a", "w", "y", "p", "ch", "v", "g"),
        strict=True,
    )
)  # fmt: skip
_KINDS = {
    "سجن": "prison", "مخيم": "camp", "معبر": "crossing", "قاعدة": "base", "مدينة": "city", "سجون": "prison",
    "prisons": "prison", "prison": "prison", "camp": "camp", "crossing": "crossing", "base": "base", "city": "city",
    "garrison": "base",
}  # fmt: skip
"""Words for kinds of places: two names with different ones never mean the same."""
_ARTICLES = frozenset({"al", "el", "ad", "as", "ash", "at", "an", "ar", "az", "the", "of", "and", "in"})
_SOUNDS = (("kh", "x"), ("gh", "g"), ("sh", "c"), ("ch", "c"), ("th", "t"), ("dh", "d"), ("ck", "k"), ("q", "k"),
           ("ph", "f"), ("v", "w"), ("tz", "z"))  # fmt: skip


def spelling(name: str) -> Spelling:
    """Return a name as it is compared.

    >>> spelling("مخيم الهول").consonants == spelling("al-Hawl camp").consonants
    True
    """
    kinds, words = set(), []
    for word in re.findall(r"[^\W\d_]+", normalize("NFC", name).lower()):
        bare = word.removeprefix("ال") if len(word) > 4 else word
        kind = _KINDS.get(bare, _KINDS.get(word))
        if kind is not None:
            kinds.add(kind)
            continue
        latin = "".join(_ARABIC.get(letter, letter) for letter in bare)
        plain = "".join(c for c in normalize("NFKD", latin) if not combining(c) and c.isalpha())
        if plain and plain not in _ARTICLES:
            words.append(plain)
    words.sort()
    numbers = tuple(re.findall(r"\d+", name))
    return Spelling(" ".join(words), " ".join(map(_consonants, words)), frozenset(kinds), numbers)


def _consonants(word: str) -> str:
    """Return the sounds of a word that every spelling of it has."""
    for letters, sound in _SOUNDS:
        word = word.replace(letters, sound)
    word = re.sub(r"(?<=.)(h|ah|eh)$", "", word)
    return re.sub(r"(.)\1+", r"\1", word[:1].translate(_VOWELS) + re.sub(r"[aeiouwy']", "", word[1:]))


_VOWELS = str.maketrans("eiouwy", "aaaaaa")


def suggestions(
    named: Mapping[str, Iterable[str]],
    judged: Iterable[frozenset[str]],
    least: float,
    called: Callable[[], EntityNames] = dict,
) -> Suggestions:
    """Return the pairs of names of one kind whose spellings are alike, without those judged.

    `named` gives the spellings of each tag, in the order of the log.

    Raises: MissingExtra without the extra `matching`, InvalidValue for a least score that is not a share.
    """
    if isinstance(least, bool) or not isinstance(least, int | float) or not 0 <= least <= 1:
        raise InvalidValue(f"least is {least!r}: expected a number from 0 to 1, such as 0.8.", value=least)
    with needs("matching"):
        from rapidfuzz.fuzz import ratio
    spelled = {tag: list(dict.fromkeys(map(spelling, names))) for tag, names in named.items()}
    kinds = {tag: {kind for one in several for kind in one.kinds} for tag, several in spelled.items()}
    known, found = set(judged), []
    for left, right in combinations(spelled, 2):
        apart = bool(kinds[left] and kinds[right]) and kinds[left].isdisjoint(kinds[right])
        if not apart and left.partition(":")[0] == right.partition(":")[0] and frozenset((left, right)) not in known:
            score = max(_score(a, b, ratio) for a in spelled[left] for b in spelled[right])
            if score >= least:
                found.append(Suggestion(left, right, round(score, 2)))
    return Suggestions(sorted(found, key=lambda one: -one.score)).knowing(called)


def _score(one: Spelling, other: Spelling, ratio: Any) -> float:
    """Compare two spellings: by their consonants first, and by their letters."""
    if one.numbers != other.numbers or not one.words or not other.words:
        return 0.0
    if one.words == other.words:
        return 1.0
    consonants, words = ratio(one.consonants, other.consonants), ratio(one.words, other.words)
    return float(0.65 * consonants + 0.35 * words) / 100
