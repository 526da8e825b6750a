"""Event classes that are completed when they are first used."""

import inspect
import pickle
import subprocess
import sys
import threading

import attrs
import pytest

from timeline.events import custody
from timeline.events.declare import event, registered_types, temporary_types

ESCAPED = pickle.dumps(custody.DetaineesEscaped(facility="al-shaddadi-prison"))


def in_a_fresh_process(code):
    """Run code in a new interpreter, and return what it prints."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()


def is_complete(cls):
    """Tell whether a class has its methods."""
    return inspect.isfunction(cls.__dict__.get("__init__"))


def test_an_import_completes_no_event_class_and_brings_no_library_of_dates():
    """Both take time, which a short command would spend for nothing."""
    code = """
import sys, timeline
from inspect import isfunction
from timeline.events.declare import registered_types
print(sum(isfunction(kind.cls.__dict__.get("__init__")) for kind in registered_types()))
print("pendulum" in sys.modules)
"""
    assert in_a_fresh_process(code) == ["0", "False"]


def test_no_annotation_of_the_vocabulary_is_a_text():
    """A text would be compiled at each import; so these modules do without `from __future__ import annotations`."""
    vocabulary = [kind.cls for kind in registered_types() if kind.cls.__module__.startswith("timeline.events.")]
    assert len(vocabulary) > 50
    assert not [(cls, hint) for cls in vocabulary for hint in cls.__annotations__.values() if isinstance(hint, str)]


def test_a_pickle_of_an_event_is_read_before_anything_used_its_class():
    """The value is whole: frozen, equal and hashable."""
    code = f"""
import pickle
escaped = pickle.loads({ESCAPED!r})
from timeline.events import custody
print(hash(escaped) == hash(custody.DetaineesEscaped(facility="al-shaddadi-prison")))
try: escaped.facility = "x"
except AttributeError: print("frozen")
"""
    assert in_a_fresh_process(code) == ["True", "frozen"]


@pytest.fixture
def declared():
    """Declare a class that nothing has used yet."""
    with temporary_types():

        @event("deferred.gate_opened")
        class GateOpened:
            gate: str
            hours: int = 0

        yield GateOpened


@pytest.mark.parametrize(
    ("use", "found"),
    [
        (lambda cls: cls("north").hours, 0),
        (lambda cls: [field.name for field in attrs.fields(cls)], ["gate", "hours", "detail", "about"]),
        (lambda cls: list(inspect.signature(cls).parameters), ["gate", "hours", "detail", "about"]),
        (attrs.has, True),
    ],
)
def test_each_first_use_completes_a_class(declared, use, found):
    """An instance, the fields and the signature need the methods that are not made yet."""
    assert not is_complete(declared)
    assert use(declared) == found
    assert is_complete(declared)


def test_a_class_made_from_an_unused_one_has_its_fields(declared):
    """The fields of the base are complete when those of the other are collected."""

    @event("deferred.gate_forced")
    class GateForced(declared):
        by: str = ""

    assert [field.name for field in attrs.fields(GateForced)] == ["gate", "hours", "by", "detail", "about"]
    assert GateForced(gate="north", by="x") != declared(gate="north")


def test_threads_that_use_a_class_first_all_get_whole_values(declared):
    """One of them completes it; the others wait."""
    start, made = threading.Barrier(8), []

    def make():
        start.wait()
        made.append(declared("north", hours=2))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert len(set(made)) == 1


def test_a_class_with_its_own_way_to_begin_is_complete_at_once():
    """It has no place for a method that is made later."""
    with temporary_types():

        @event("deferred.gate_closed")
        class GateClosed:
            gate: str = ""

            def __init__(self):
                self.__attrs_init__(gate="south")

    assert GateClosed().gate == "south"
