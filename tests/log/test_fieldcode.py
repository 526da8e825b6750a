"""Generated writers and readers: they say what the classes say, in canonical order, and read no less strictly."""

import copy
import enum
import json
import pickle
from collections.abc import Mapping
from contextlib import nullcontext

import attrs
import orjson
import pytest
from hypothesis import HealthCheck, given, settings

from timeline.errors import InvalidValue
from timeline.events.custody import DetaineesEscaped
from timeline.events.declare import UnknownEvent, event, registered_types, temporary_types
from timeline.events.naming import entities_of, tags_of
from timeline.log import codec
from timeline.log.eventdata import READERS, decode_event, encode_event, encode_report
from timeline.testing.strategies import HOSTILE, ORDINARY, events, reports
from timeline.values.entities import Facility
from timeline.values.quantity import Quantity, exactly
from timeline.values.report import Report
from timeline.values.when import When

VOCABULARY = [kind.cls for kind in registered_types() if kind.cls.__module__.startswith("timeline.events.")]
few = settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
MISFITS = (None, 7, "x y", [1], {"low": 1}, True, 1.5, {"a": "b"})


def constructed(cls, data):
    """Build an event by its constructor from stored data of plain types; None if it refuses them."""
    try:
        return cls(**data)
    except (InvalidValue, TypeError):
        return None


@pytest.mark.parametrize("values", [ORDINARY, HOSTILE], ids=["ordinary", "hostile"])
@pytest.mark.parametrize("cls", VOCABULARY, ids=lambda cls: cls.__name__)
def test_an_event_comes_back_as_its_constructor_makes_it(cls, values):
    """Equal, of the same class, with the same attributes; the bytes are canonical and leave defaults out."""

    @few
    @given(events(cls, values=values))
    def holds(drawn):
        stored = encode_event(drawn)
        written = codec.canonical(stored)
        assert codec.canonical(json.loads(written)) == written
        assert list(stored["data"]) == sorted(stored["data"])
        defaults = {field.name: field.default for field in attrs.fields(cls)}
        assert all(name not in stored["data"] for name, default in defaults.items() if getattr(drawn, name) == default)
        read = decode_event(orjson.loads(written))
        assert type(read) is cls
        assert (read, vars(read), hash(read)) == (drawn, vars(drawn), hash(drawn))
        with pytest.raises(AttributeError):
            read.detail = "changed"
        marks = dict.fromkeys([*(mark.tag(slug) for _, mark, slug in entities_of(read)), *read.about])
        assert tags_of(read) == tuple(marks)

    holds()


@pytest.mark.parametrize("cls", VOCABULARY, ids=lambda cls: cls.__name__)
def test_data_that_the_constructor_refuses_is_not_read(cls):
    """A value of any wrong kind in any plain field, and a field that is missing."""

    @few
    @given(events(cls))
    def holds(drawn):
        stored = orjson.loads(codec.canonical(encode_event(drawn)))
        plain = [field.name for field in attrs.fields(cls) if field.type in (str, Facility, Facility | None)]
        for name in plain:
            for misfit in MISFITS:
                data = {**stored["data"], name: misfit}
                read = decode_event({**stored, "data": data})
                given_ = {field: getattr(drawn, field) for field in data} | {name: misfit}
                expected = constructed(cls, given_)
                assert read == expected if expected is not None else isinstance(read, UnknownEvent)
        for name in [field.name for field in attrs.fields(cls) if field.default is attrs.NOTHING]:
            data = {field: value for field, value in stored["data"].items() if field != name}
            assert f"the field '{name}' is missing" in decode_event({**stored, "data": data}).reason

    holds()


@few
@given(reports())
def test_a_report_comes_back_as_its_constructor_makes_it(report):
    """The same holds for reports, and for fields that are not known."""
    written = codec.canonical(encode_report(report))
    assert codec.canonical(json.loads(written)) == written
    read = READERS[Report](orjson.loads(written))
    assert (read, type(read), hash(read)) == (report, Report, hash(report))
    assert pickle.loads(pickle.dumps(read)) == copy.copy(read) == report
    with pytest.raises(AttributeError):
        read.source = "changed"
    beyond = {**orjson.loads(written), "weight": 0.25}
    for made in (READERS[Report](beyond), pickle.loads(pickle.dumps(READERS[Report](beyond)))):
        assert codec.canonical(encode_report(made)) == codec.canonical(beyond)


class Mood(enum.Enum):
    CALM = "calm"
    TENSE = "tense"


@attrs.frozen
class Gate:
    name: str
    width: Quantity | None = None
    seen: tuple[When, ...] = ()


@pytest.fixture(autouse=True)
def own_types():
    """Forget the types that a test declares."""
    with temporary_types():
        yield


def test_fields_of_any_shape_come_back():
    """Enumerations, mappings of numbers, classes made with attrs, one of several types, defaults that are made."""

    @event("fieldcode.everything")
    class Everything:
        mood: Mood
        counts: Mapping[Facility, Quantity]
        gate: Gate | None = None
        gates: tuple[Gate, ...] = ()
        size: int | str = 0
        moods: tuple[Mood, ...] = (Mood.CALM,)
        names: Mapping[str, str] = attrs.field(factory=dict)

    full = Everything(
        mood=Mood.TENSE, counts={"b": exactly(2), "a": exactly(1, text="one")}, size="wide", moods=[Mood.TENSE],
        gate=Gate("north", exactly(3), (When("2026"),)), gates=[Gate("south")], names={"\ufb33": "x", "😀": "y"},
    )  # fmt: skip
    for made in (full, Everything(mood=Mood.CALM, counts={})):
        stored = encode_event(made)
        assert decode_event(orjson.loads(codec.canonical(stored))) == made
        assert orjson.dumps(stored) == codec.canonical(stored)


def test_a_class_with_a_constructor_of_its_own_is_called():
    """Reading an event runs its constructor, which may do more than check fields."""

    @event("fieldcode.counted")
    class Counted:
        number: int

        def __init__(self, number):
            self.__attrs_init__(number=number * 2 if number < 10 else number)

    read = decode_event({"type": "fieldcode.counted", "version": 1, "data": {"number": 4, "more": 1}})
    assert (read.number, codec.canonical(encode_event(read)["data"])) == (8, b'{"more":1,"number":8}')


@pytest.mark.parametrize("misfit", [True, 1.0])
def test_what_only_equals_a_remembered_number_is_read_as_by_itself(misfit):
    """Python's True and 1.0 equal 1: a reader that remembers 1 must treat them as its first value."""
    stored = encode_event(DetaineesEscaped(facility="al-hol-camp", quantity=Quantity(1, 1, 1)))
    assert decode_event(stored).quantity.low == 1
    for name in ("low", "best", "high"):
        data = {**stored["data"], "quantity": {"low": 1, "best": 1, "high": 1, name: misfit}}
        assert isinstance(decode_event({**stored, "data": data}), UnknownEvent)
    assert READERS[Report]({"source": "wire", "credibility": 1}).credibility == 1
    with pytest.raises(InvalidValue) if misfit is True else nullcontext():
        assert READERS[Report]({"source": "wire", "credibility": misfit}).credibility is misfit


@pytest.mark.parametrize("data", [[], "", None])
def test_data_that_are_not_a_mapping_are_kept_unread(data):
    """An empty list has no fields, and still is not the data of an event whose fields all have defaults."""
    assert isinstance(decode_event({"type": "custody.detainees_escaped", "version": 1, "data": data}), UnknownEvent)
