"""One value in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from timeline.answers.records import fields_of
from timeline.answers.text import short
from timeline.display.language.phrases import Speaker, phrase, phrases, spoken_value
from timeline.events.facility import Role
from timeline.projections.building import Mention
from timeline.projections.projection import Path
from timeline.values.containers import PersistentList
from timeline.values.entities import NOBODY
from timeline.values.quantity import Quantity
from timeline.values.when import When

Values = Mapping[Path, Any]
Group = tuple[str, str]
"""A section, and the entity that its sentences are about."""
_ROLES = get_args(Role)
_NOT_SAID = ("kind", "names", "aliases", "place", "coordinates", "members", "contested", "scope")
"""Attributes that describe an entity, and say nothing of its state."""
_LISTS = ("talks", "statements", "assessments", "promises", "measures", "incidents")
"""Lists of events that stand by themselves: each event has a sentence."""


def group_of(path: Path) -> Group | None:
    """Return the section and the entity of a path; None for lists of events.

    >>> group_of(("custody", "al-hol-camp", "held")), group_of(("custody", "operations", "transfer", "moved"))
    (('places', 'al-hol-camp'), ('operations', 'transfer'))
    """
    match path:
        case ("facilities", slug, _) | ("facilities", slug, "since" | "claimants", _):
            return "places", slug
        case ("custody", "operations", slug, _):
            return "operations", slug
        case ("custody", "counted", slug, *_):
            return "authorities", slug
        case ("custody", slug, *_) | ("border", "crossings", slug, _):
            return "places", slug
        case ("agreements", "commitments", slug, _):
            return "commitments", slug
        case ("agreements", slug, _):
            return "agreements", slug
        case ("border", "monitored", slug, _):
            return "border", slug
        case ("agreements" | "border" | "entities", *_):
            return None
        case (name, *rest):
            return name, rest[0] if rest else ""
    return None


def sentence_of(path: Path) -> Path | None:
    """Return the path whose sentence says a value: its own, that of a holder, or none.

    >>> sentence_of(("facilities", "al-hol-camp", "since", "control"))
    ('facilities', 'al-hol-camp', 'control')
    """
    match path:
        case ("facilities", slug, "since", role):
            return "facilities", slug, role
        case ("facilities", _, name) if name in _NOT_SAID:
            return None
        case ("agreements", _, "kind" | "scope"):
            return None
        case ("agreements" | "border", name) if name in _LISTS:
            return None
        case ("border", "crossings" | "monitored", slug, "since"):
            return "border", path[1], slug, "status" if path[1] == "crossings" else "by"
    return path


def statement(path: Path, values: Values, words: Speaker, *, noun: str = "", when: str | None = None) -> str | None:
    """Say the value of a path, without the name of its entity; None where it says nothing.

    `noun` is the kind of the entity: Arabic adjectives agree with it. `when` is the date of the count or the change.
    """
    if path not in values:
        return None
    value = values[path]
    match path:
        case ("facilities", slug, role) if role in _ROLES:
            return _holder(role, value, values.get(("facilities", slug, "since", role)), words)
        case ("facilities", _, "claimants", _):
            return phrase("claimants", words.spoken, claimants=_names(value, words))
        case ("facilities", _, "status") | ("custody", "operations", _, "status"):
            return _state(words("other_status" if value == "other" else value, of=noun), words, when)
        case ("custody", "counted", _, *cohort):
            return _people("counted_of", value, cohort, words, when)
        case ("custody", _, "held" | "counted" as what, *cohort):
            return _people(what, value, cohort, words, when)
        case ("agreements", *_):
            return _agreement(path, value, words, noun, when)
        case ("border", *_):
            return _border(path, values, words)
    if path[-1] in phrases()[words.spoken]:
        return phrase(path[-1], words.spoken, value=value_in_words(value, words)) if value is not None else None
    return _own(path, value, words)


def _state(said: str, words: Speaker, when: str | None) -> str:
    return phrase("is", words.spoken, value=said, when=when)


def _people(what: str, value: Any, cohort: list[str], words: Speaker, when: str | None) -> str:
    named = words.name(cohort[0]) if cohort else None
    return phrase(what, words.spoken, value=words.amount(value), cohort=named, when=when)


def _holder(role: str, holder: Any, since: When | None, words: Speaker) -> str:
    begun = words.since(since) if since else None
    if holder is NOBODY:
        return phrase(f"nobody.{role}", words.spoken, since=begun)
    if holder is None:
        return phrase(f"not_known.{role}", words.spoken, since=begun)
    return phrase(f"held_by.{role}", words.spoken, holder=words.name(holder), since=begun)


def _agreement(path: Path, value: Any, words: Speaker, noun: str, when: str | None) -> str | None:
    match path:
        case (_, "commitments", _, "status"):
            return _state(words(value, of="commitment"), words, when)
        case (_, _, "status" | "ending"):
            return _state(words(value, of=noun or "agreement"), words, when)
        case (_, _, "parties"):
            stages = (f"{words.name(party)} ({words(stage, of='party')})" for party, stage in value.items())
            return phrase("parties", words.spoken, value=_joined(stages, words))
        case (_, _, "superseded_by"):
            return phrase("superseded_by", words.spoken, value=words.name(value))
        case (_, _, "overdue"):
            return phrase("overdue", words.spoken)
        case (_, _, "talks" | "commitments" | "statements" | "violations" as name):
            return phrase(name, words.spoken, value=f"{len(value):,}")
    return phrase(path[-1], words.spoken, value=value_in_words(value, words))


def _border(path: Path, values: Values, words: Speaker) -> str | None:
    value, begun = values[path], values.get((*path[:-1], "since"))
    since = words.since(begun) if isinstance(begun, When) else None
    match path:
        case (_, "crossings", _, "status"):
            return phrase("crossing_status", words.spoken, value=words(value, of="crossing"), since=since)
        case (_, "crossings", _, "closures"):
            return phrase("closures", words.spoken, value=_names(value, words, unnamed="without_name"))
        case (_, _, _, "by"):
            return phrase("watched_by", words.spoken, value=_names(value, words), since=since)
        case (_, _, _, "measures"):
            return phrase("watched_under", words.spoken, value=_names(value, words, unnamed="without_name"))
    return None


def _own(path: Path, value: Any, words: Speaker) -> str | None:
    """Say a value of a user's own projection: each field of it with its name."""
    fields = fields_of(value)
    if fields:
        told = {name: value_in_words(held, words) for name, held in fields.items()}
        said = (phrase("field", words.spoken, name=words(name), value=text) for name, text in told.items() if text)
        return _joined(said, words) or None
    text = value_in_words(value, words)
    if not text:
        return None
    return phrase("field", words.spoken, name=words(" ".join(path[2:])), value=text) if path[2:] else text


def value_in_words(value: Any, words: Speaker) -> str | None:
    """Say any value of a projection."""
    if isinstance(value, Mention):
        when = words.when(value.occurred) if value.occurred else phrase("undated", words.spoken)
        return phrase("dated", words.spoken, when=when, what=words.event(value.event))
    if isinstance(value, PersistentList | list | frozenset):
        return _joined((value_in_words(one, words) or "" for one in value), words) or None
    if value is NOBODY:
        return words("nobody")
    if isinstance(value, str):
        return words.name(value)
    if isinstance(value, Quantity | When | tuple | Mapping):
        return spoken_value(value, None, words)
    return None if value is None else words.quote(short(value)) if fields_of(value) else words.name(short(value))


def _names(slugs: Any, words: Speaker, unnamed: str = "unnamed") -> str:
    return _joined((words.name(slug) if slug else phrase(unnamed, words.spoken) for slug in slugs), words)


def _joined(texts: Any, words: Speaker) -> str:
    return ("، " if words.spoken == "ar" else ", ").join(filter(None, texts))
