"""Slugs, immutable mappings, and what a field may hold."""

import pickle
from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any, Literal

import numpy as np
import pytest

from timeline.errors import InvalidEvent
from timeline.events.facility import ControlChanged
from timeline.events.fields import People, cleaner, markers, plain
from timeline.events.naming import tags_of
from timeline.values.containers import FrozenMapping
from timeline.values.entities import NOBODY, EntryId, Facility, Slug, check_asked, slug
from timeline.values.quantity import Quantity, exactly
from timeline.values.when import When


@pytest.mark.parametrize("word", ["al-hol-camp", "a", "مخيم-الهول", "18", "a_b.c/d", "Île"])
def test_one_word_is_a_slug(word):
    """Any printable word of any script can be a handle."""
    assert slug(word, "facility") == word


@pytest.mark.parametrize(
    "word", ["", " ", "al hol", "a\tb", "a\u00a0b", "a:b", "a;b", "a\n", "a\u200f", "\ud800", "\x00", None, 5, b"a"]
)
def test_what_is_no_word_is_refused(word):
    """Spaces, separators, invisible marks and other types are refused, naming the field."""
    with pytest.raises(InvalidEvent, match=r"(?s)^facility is .*: expected a slug.*names={'en'"):
        slug(word, "facility")


class Camp(str, Enum):  # noqa: UP042 -- as many still write it
    AL_HOL = "al-hol-camp"


@pytest.mark.parametrize("hint", [Facility, Annotated[str, Slug("checkpoint")], str, str | int, Literal["al-hol-camp"]])
@pytest.mark.parametrize("value", [Camp.AL_HOL, np.str_("al-hol-camp")])
def test_text_of_any_kind_is_kept_as_plain_text(hint, value):
    """A member of an enumeration, and what came out of an array, are the text they say."""
    kept = cleaner(hint)(value, "field")
    assert (type(kept), kept) == (str, "al-hol-camp")


def test_a_slug_of_any_kind_is_one_tag():
    """An entry is found by what a member of an enumeration says, and not by its letters."""
    assert tags_of(ControlChanged(facility=Camp.AL_HOL, authority="sdf")) == ("facility:al-hol-camp", "authority:sdf")


@pytest.mark.parametrize("value", [["a", "b"], {"a": 1}, np.array(["a", "b"])])
def test_several_places_where_one_is_meant_are_refused(value):
    """A name that cannot be looked up is not a slug either."""
    with pytest.raises(InvalidEvent, match="expected a slug"):
        cleaner(Facility)(value, "facility")


def test_a_tag_is_the_kind_and_the_slug():
    """Tags are what the log is searched by."""
    assert Slug("facility").tag("al-hol-camp") == "facility:al-hol-camp"


def test_nobody_is_one_value_that_prints_its_name():
    """NOBODY is known; it is neither None nor text, and pickling keeps its identity."""
    assert NOBODY is not None
    assert str(NOBODY) == repr(NOBODY) == "NOBODY"
    assert pickle.loads(pickle.dumps(NOBODY)) is NOBODY


def test_a_frozen_mapping_reads_like_a_mapping():
    """It has keys in the order given, a length, and equality with any mapping."""
    names = FrozenMapping({"en": "al-Hol", "ar": "الهول"})
    assert isinstance(names, Mapping)
    assert list(names) == ["en", "ar"]
    assert (len(names), names["ar"], names.get("fr")) == (2, "الهول", None)
    assert names == {"ar": "الهول", "en": "al-Hol"}
    assert repr(names) == "{'en': 'al-Hol', 'ar': 'الهول'}"
    assert len(FrozenMapping()) == 0


def test_a_frozen_mapping_hashes_by_content():
    """Order does not matter, so equal mappings hash alike."""
    assert hash(FrozenMapping({"a": 1, "b": 2})) == hash(FrozenMapping({"b": 2, "a": 1}))


def test_a_frozen_mapping_does_not_change():
    """There is no way to assign, and changing the dict it came from changes nothing."""
    given = {"a": 1}
    kept = FrozenMapping(given)
    given["a"] = 2
    assert kept["a"] == 1
    with pytest.raises(TypeError):
        kept["a"] = 3


def test_a_frozen_mapping_survives_pickling():
    """It comes back equal."""
    assert pickle.loads(pickle.dumps(FrozenMapping({"a": 1}))) == {"a": 1}


class Colour(Enum):
    """A kind a user's event may use."""

    RED = 1


CLEAN = [
    (str, "نص", "نص"),
    (int, 5, 5),
    (float, 0.5, 0.5),
    (float, 1, 1.0),
    (float | str, 1, 1.0),
    (float | str, "one", "one"),
    (bool, True, True),
    (Any, object, object),
    (Colour, Colour.RED, Colour.RED),
    (When, "2026-01", When("2026-01")),
    (When | None, None, None),
    (Facility, "al-hol-camp", "al-hol-camp"),
    (Facility | None, None, None),
    (Quantity, exactly(5), exactly(5)),
    (People, exactly(5), exactly(5)),
    (People | None, None, None),
    (Literal["a", "b"], "b", "b"),
    (int, np.int64(5), 5),
    (int | str, 5, 5),
    (int | str | None, None, None),
    (Annotated[int, "positive"], 5, 5),
    (tuple[str, ...], ["a", "b"], ("a", "b")),
    (tuple[str, ...], {"a": 1}.keys(), ("a",)),
    (tuple[str, ...], np.array(["a", "b"]), ("a", "b")),
    (tuple[Facility, ...], (c for c in "ab"), ("a", "b")),
    (tuple[tuple[int, ...], ...], [[1], [2]], ((1,), (2,))),
    (Mapping[str, People], {"iraqi": exactly(5)}, {"iraqi": exactly(5)}),
    (dict[str, int], {"a": 1}, {"a": 1}),
]


@pytest.mark.parametrize(("hint", "value", "cleaned"), CLEAN)
def test_fitting_values_are_kept_and_frozen(hint, value, cleaned):
    """A value that fits is kept; lists become tuples, dicts become frozen mappings."""
    assert cleaner(hint)(value, "field") == cleaned


def test_mappings_come_back_frozen():
    """A dict given becomes a mapping that cannot change."""
    assert isinstance(cleaner(Mapping[str, str])({"en": "x"}, "names"), FrozenMapping)


MISFITS = [
    (str, 5, "X.f is 5: expected text"),
    (str, None, "X.f is None: expected text"),
    (int, "5", "X.f is '5': expected a whole number"),
    (int, True, "X.f is True: expected a whole number"),
    (float, "1.5", "X.f is '1.5': expected a number"),
    (float, True, "X.f is True: expected a number"),
    (float, 10**400, "expected a number below 1.8e308"),
    (bool, 1, "X.f is 1: expected True or False"),
    (Colour, 1, "X.f is 1: expected Colour"),
    (int | str, 1.5, "X.f is 1.5: expected a whole number or text"),
    (int | str, True, "X.f is True: expected a whole number or text"),
    (int | str | None, [], "X.f is []: expected a whole number or text"),
    (Facility, "al hol", "X.f is 'al hol': expected a slug"),
    (Facility | None, "", "X.f is '': expected a slug"),
    (Quantity, 150, "X.f is 150: expected a Quantity such as exactly(150)"),
    (People, 150, "X.f is 150: expected a Quantity such as exactly(150)"),
    (People, exactly(3, unit="families"), "expected a count of people; keep another unit in the text"),
    (Literal["a", "b"], "c", "X.f is 'c': expected one of a, b"),
    (Literal["a", "b"], ["a"], "X.f is ['a']: expected one of a, b"),
    (tuple[str, ...], "ab", "X.f is 'ab': expected a tuple or list"),
    (tuple[str, ...], b"ab", "expected a tuple or list"),
    (tuple[str, ...], {"a": 1}, "expected a tuple or list"),
    (tuple[str, ...], 5, "X.f is 5: expected a tuple or list"),
    (tuple[str, ...], ["a", 5], "X.f is 5: expected text"),
    (Mapping[str, str], [("en", "x")], "expected a mapping, such as {'en': 'al-Hol camp'}"),
    (Mapping[str, str], {5: "x"}, "X.f key is 5: expected text"),
    (Mapping[str, str], {"en": 5}, "X.f['en'] is 5: expected text"),
]


@pytest.mark.parametrize(("hint", "value", "message"), MISFITS)
def test_misfits_are_refused_with_the_field(hint, value, message):
    """The message names the field, what was found and what was expected."""
    with pytest.raises(InvalidEvent) as caught:
        cleaner(hint)(value, "X.f")
    assert message in str(caught.value)
    assert caught.value.value is not Ellipsis


def test_an_entry_stands_for_its_id():
    """In place of an entry id, anything with an `id` will do."""

    class Something:
        id = "e1"

    assert cleaner(EntryId)(Something(), "target") == "e1"
    assert cleaner(EntryId)("e1", "target") == "e1"
    with pytest.raises(InvalidEvent, match="target is 5"):
        cleaner(EntryId)(5, "target")


@pytest.mark.parametrize(
    ("hint", "kinds"),
    [
        (str, []),
        (Facility, ["facility"]),
        (Facility | None, ["facility"]),
        (tuple[Facility, ...], ["facility"]),
        (Mapping[Annotated[str, Slug("cohort")], People], ["cohort"]),
        (Annotated[str, "note", Slug("checkpoint")], ["checkpoint"]),
    ],
)
def test_markers_are_found_however_deep(hint, kinds):
    """Every entity named by a field becomes a tag."""
    assert [mark.kind for mark in markers(hint)] == kinds


@pytest.mark.parametrize(
    ("hint", "kinds"),
    [(str, (str,)), (Facility | None, (str,)), (People | None, (Quantity,)), (int | str | None, (int, str))],
)
def test_plain_types_are_without_marks(hint, kinds):
    """The hint allows these types, without None and annotations."""
    assert plain(hint) == kinds


@pytest.mark.parametrize(
    ("name", "hidden"), [("al-hol\u200f", "U+200F RIGHT-TO-LEFT MARK"), ("a\x00", "U+0000 CONTROL CHARACTER")]
)
def test_a_character_that_cannot_be_seen_is_named(name, hidden):
    """Nobody finds it otherwise."""
    with pytest.raises(InvalidEvent) as caught:
        check_asked(facility=name)
    assert f"facility is {name!r} (with {hidden}): expected a slug" in str(caught.value)
