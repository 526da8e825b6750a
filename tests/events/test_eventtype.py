"""Declaring events: what a declaration gives, and what it refuses."""

import pickle
import re
from collections.abc import Mapping
from typing import Annotated, Any

import attrs
import pytest

from timeline.errors import InvalidEvent, InvalidWhen
from timeline.events.declare import (
    PERSONAL,
    UnknownEvent,
    event,
    event_type,
    is_event,
    registered,
    registered_types,
    temporary_types,
)
from timeline.events.naming import tags_of, type_name
from timeline.values.entities import Authority, Facility, Slug
from timeline.values.quantity import Quantity, exactly
from timeline.values.when import When


@event("declared.checkpoint_attacked", version=3, upcast={1: dict, 2: dict})
class CheckpointAttacked:
    """A user's own event."""

    checkpoint: Annotated[str, Slug("checkpoint")]
    by: Authority | None = None
    near: tuple[Facility, ...] = ()
    wounded: Quantity | None = None
    since: When | None = None
    names: Mapping[str, str] = attrs.field(factory=dict)


@event("declared.nothing_said")
class NothingSaid:
    """An event without a field of its own."""


def test_a_declaration_is_registered_under_its_stored_name():
    """The register knows name, version, class, upcasters, and which field says how many."""
    kind = registered("declared.checkpoint_attacked")
    assert (kind.name, kind.version, kind.cls, sorted(kind.upcasters), kind.quantity) == (
        "declared.checkpoint_attacked", 3, CheckpointAttacked, [1, 2], "wounded",
    )  # fmt: skip
    assert kind in registered_types()
    assert registered("declared.unheard_of") is None


def test_the_register_is_in_order_of_names():
    """So that what is generated from it is the same each time."""
    names = [kind.name for kind in registered_types()]
    assert names == sorted(names)


def test_the_type_of_an_event_or_its_class_is_found():
    """Both an instance and the class lead to the declaration."""
    assert event_type(CheckpointAttacked) is event_type(CheckpointAttacked(checkpoint="c7"))
    assert type_name(CheckpointAttacked(checkpoint="c7")) == "declared.checkpoint_attacked"
    assert event_type(NothingSaid).quantity is None


@pytest.mark.parametrize("value", [5, "text", None, object, str])
def test_what_is_no_event_has_no_type(value):
    """The message says how one is declared."""
    assert not is_event(value)
    with pytest.raises(InvalidEvent, match=r"is not an event.*@event\('dotted.name'\)"):
        event_type(value)


def test_detail_and_about_are_added():
    """Every event takes them, declared or not."""
    made = NothingSaid(detail="as told", about=["operation:x"])
    assert (made.detail, made.about) == ("as told", ("operation:x",))
    assert repr(CheckpointAttacked(checkpoint="c7")).endswith("detail='', about=())")


def test_only_the_first_field_is_positional():
    """One obvious argument may stand alone; everything else is named."""
    assert CheckpointAttacked("c7").checkpoint == "c7"
    with pytest.raises(TypeError):
        CheckpointAttacked("c7", "someone")


def test_events_are_frozen_hashable_values():
    """Equal by content, usable as keys, unchangeable, and without room for other attributes."""
    a = CheckpointAttacked("c7", near=["a", "b"], wounded=exactly(2), names={"en": "C7"})
    b = CheckpointAttacked("c7", near=("a", "b"), wounded=exactly(2), names={"en": "C7"})
    assert a == b
    assert len({a, b}) == 1
    with pytest.raises(AttributeError):
        a.by = "someone"
    with pytest.raises((AttributeError, TypeError)):
        a.other = 1


def test_events_survive_pickling():
    """They come back equal, as the same class."""
    made = CheckpointAttacked("c7", near=["a"], since="2026-01~", names={"ar": "حاجز"})
    again = pickle.loads(pickle.dumps(made))
    assert again == made
    assert type(again) is CheckpointAttacked


def test_values_are_checked_against_annotations():
    """A wrong value is refused with the class and the field; times are read."""
    with pytest.raises(InvalidEvent, match=r"CheckpointAttacked\.wounded is 2: expected a Quantity"):
        CheckpointAttacked("c7", wounded=2)
    with pytest.raises(InvalidEvent, match=r"CheckpointAttacked\.by is 'a b': expected a slug"):
        CheckpointAttacked("c7", by="a b")
    with pytest.raises(InvalidWhen):
        CheckpointAttacked("c7", since="now")
    with pytest.raises(InvalidEvent, match=r"CheckpointAttacked\.detail is 5: expected text"):
        CheckpointAttacked("c7", detail=5)


def test_entities_become_tags():
    """In order of the fields, then what it is about, each once."""
    made = CheckpointAttacked("c7", by="sdf", near=["a", "b"], about=("authority:sdf", "operation:x"))
    assert tags_of(made) == ("checkpoint:c7", "authority:sdf", "facility:a", "facility:b", "operation:x")
    assert tags_of(NothingSaid()) == ()


@pytest.mark.parametrize("name", ["", "plain", "a.", ".a", "a..b", "a.b c", "a.1b", "a-b.c", None, 5])
def test_stored_names_are_words_joined_by_dots(name):
    """Anything else is refused with an example."""
    with pytest.raises(InvalidEvent, match="expected words joined by dots"):
        event(name)


def test_a_taken_name_is_refused():
    """Two classes cannot be stored under one name."""
    with pytest.raises(InvalidEvent, match=r"'declared.nothing_said' is taken by .*NothingSaid\. Choose another"):

        @event("declared.nothing_said")
        class SomethingElse:
            pass

    assert registered("declared.nothing_said").cls is NothingSaid


def test_declaring_the_same_class_again_replaces_it():
    """Reloading a module, or running a notebook's cell again, makes no conflict."""

    def declare(version):
        @event("declared.again", version=version, upcast={1: dict})
        class Again:
            field: str = ""

        return Again

    first, second = declare(1), declare(2)
    assert registered("declared.again").cls is second
    assert registered("declared.again").version == 2
    assert first is not second


@pytest.mark.parametrize(
    ("version", "upcast", "missing"),
    [(2, None, r"\[1\]"), (3, {1: dict}, r"\[2\]"), (4, {2: dict}, r"\[1, 3\]"), (0, None, "any"), (-1, None, "any")],
)
def test_every_earlier_version_needs_an_upcaster(version, upcast, missing):
    """Stored events must stay readable."""
    with pytest.raises(InvalidEvent, match=f"has no upcaster from {missing}"):
        event("declared.upgraded", version=version, upcast=upcast)


@pytest.mark.parametrize("field", sorted(PERSONAL))
def test_fields_that_identify_a_detainee_are_refused(field):
    """Aggregate counts only, and the message says why."""
    with pytest.raises(InvalidEvent, match=f"has the field '{field}', which would identify a detainee.*gets people"):
        event("declared.personal")(type("Personal", (), {"__annotations__": {field: str}}))
    assert registered("declared.personal") is None


def test_an_unknown_annotation_is_refused():
    """A type that is not imported is named."""

    class Mistyped:
        where: "Nowhere"  # noqa: F821

    with pytest.raises(InvalidEvent, match="Mistyped: the annotation 'Nowhere' cannot be resolved"):
        event("declared.mistyped")(Mistyped)


def test_annotations_are_resolved_where_the_class_stands():
    """Names local to a function are found, also when written as text."""
    Local = Annotated[str, Slug("local")]  # noqa: N806

    @event("declared.local")
    class Localised:
        place: "Local"

    assert tags_of(Localised(place="x")) == ("local:x",)


def test_an_unknown_event_keeps_what_was_stored():
    """It is an event, has its stored name and tags, and never changes."""
    unknown = UnknownEvent("newsroom.unheard_of", 2, {"a": [1]}, ("facility:x",))
    assert is_event(unknown)
    assert type_name(unknown) == "newsroom.unheard_of"
    assert tags_of(unknown) == ("facility:x",)
    assert unknown.detail == ""
    assert unknown == UnknownEvent("newsroom.unheard_of", 2, {"a": [1]}, ("facility:x",))
    assert hash(unknown) == hash(UnknownEvent("newsroom.unheard_of", 2, {}, ("facility:x",)))
    assert pickle.loads(pickle.dumps(unknown)) == unknown


def test_any_holds_anything():
    """A field of type Any is not checked."""

    @event("declared.anything")
    class Anything:
        value: Any = None

    assert Anything(value=NothingSaid()).value == NothingSaid()


@pytest.mark.parametrize(
    "field",
    [
        "FullName", "fullname", "prisoner_name", "passport_no", "victimName", "victim_name_2", "names_of_children",
        "mother_name", "father_names", "ids_of_detainees", "detainee_aliases", "wives_names", "suspect_photo", "الكنية",
    ],
)  # fmt: skip
def test_no_spelling_of_a_personal_field_is_accepted(field):
    """A field that identifies a detainee is refused in any spelling."""
    with pytest.raises(InvalidEvent, match="aggregate counts only"):
        event("testing.spelled")(type("Spelled", (), {"__annotations__": {field: str}}))


def test_fields_of_places_and_incidents_are_accepted():
    """Places have names and aliases, incidents have numbers, and counts are of persons."""
    fields = (
        "names",
        "aliases",
        "alias",
        "case_number",
        "children",
        "detainees",
        "parent_facility",
        "photo",
        "victims",
    )
    event("testing.of_places")(type("OfPlaces", (), {"__annotations__": dict.fromkeys(fields, str)}))
    assert registered("testing.of_places") is not None


@pytest.mark.parametrize("hint", [list[str], list, set[str], dict])
def test_fields_that_could_change_are_refused(hint):
    """An event is immutable to the bottom."""
    with pytest.raises(InvalidEvent, match="can change"):
        event("testing.changing")(type("Changing", (), {"__annotations__": {"a": hint}}))


@pytest.mark.parametrize(("field", "hint"), [("about", str), ("detail", int)])
def test_detail_and_about_are_what_they_are_everywhere(field, hint):
    """Declared otherwise, the tags would be nonsense."""
    with pytest.raises(InvalidEvent, match=f"{field} is annotated"):
        event("testing.odd")(type("Odd", (), {"__annotations__": {field: hint}}))


class TestSentences:
    """The sentence in which faces show an event is checked when the event is declared."""

    @pytest.mark.parametrize(
        ("says", "fault"),
        [
            ("{gate} was opened", "says names 'gate': expected fields of GateOpened: facility, detail, about"),
            ("{} was opened", "says names ''"),
            ("{facility", "expected a sentence with fields in braces"),
            (5, "expected a sentence with fields in braces"),
        ],
    )
    def test_a_sentence_names_fields_of_the_event(self, says, fault):
        """Anything else is refused, and the event is not declared."""
        with temporary_types(), pytest.raises(InvalidEvent, match=re.escape(fault)):

            @event("newsroom.gate_opened", says=says)
            class GateOpened:
                facility: Facility
