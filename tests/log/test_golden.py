"""The stored bytes of every event, pinned: a log written today must read the same in ten years."""

import hashlib
import json
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import attrs
import pytest

from timeline.entry import Draft
from timeline.events import custody
from timeline.events.declare import registered, registered_types
from timeline.log import codec
from timeline.values.entities import Slug, Tagged
from timeline.values.place import Place
from timeline.values.quantity import Quantity, between
from timeline.values.report import Modality, Report
from timeline.values.when import When

GOLDEN = Path(__file__).parents[1] / "golden" / "events.jsonl"
OURS = ("facility.", "custody.", "agreement.", "border.", "editorial.", "entity.")
EARLIER = (GOLDEN.parent / "earlier.jsonl").read_bytes().splitlines()
"""Fullest events as they were pinned before optional fields were added to them."""
LINES = {json.loads(line)["event"]["type"]: line for line in GOLDEN.read_bytes().splitlines()}
TYPES = [kind for kind in registered_types() if kind.name.startswith(OURS)]


def fullest(name: str, hint: Any) -> Any:
    """Make a value for a field that is not its default, the same each time."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        slug = next((mark for mark in hint.__metadata__ if isinstance(mark, Slug)), None)
        if isinstance(slug, Tagged):
            return f"authority:{name}"
        return f"{slug.kind}-{name.replace('_', '-')}" if slug else fullest(name, args[0])
    if origin is Literal:
        return args[-1]
    if origin is tuple:
        return (fullest(name, args[0]), fullest(name + "_2", args[0]))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {fullest(key, args[0]): fullest(key, args[1]) for key in ("ar", "en")}
    if args:
        return fullest(name, args[0])
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint.DENIED
    return {
        str: f"{name}: \u200fمخيم الهول 😀",
        When: When("2026-01-21~/2026-02"),
        Quantity: between(120, 1500, 200, text="بين 120 و1,500"),
        Place: Place(36.39042, -41.5, precision="district"),
        Any: custody.DetaineesEscaped(facility="al-shaddadi-prison", quantity=between(120, 200)),
    }[hint]


def fullest_draft(cls: type) -> Draft:
    """Make a draft in which everything is given, the same each time."""
    hints = get_type_hints(cls, include_extras=True)
    given = {field.name: fullest(field.name, hints[field.name]) for field in attrs.fields(cls)}
    if cls is custody.HeadcountReported:
        given["authority"] = None
    report = Report(
        "سانا", published="2026-01-21T09:00+03:00", url="https://example.org/a?b=c", language="ar", quote="نقل",
        attributed_to="an official", reliability="B", credibility=2,
    )  # fmt: skip
    return Draft(
        cls(**given), occurred="2026-01-21?", reports=[report, Report("Reuters")], modality=Modality.PLANNED,
        after=["a", "b"], part_of="c", fulfils="d",
    )  # fmt: skip


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
def test_every_event_is_stored_as_it_was_once(kind):
    """The canonical bytes of an event with every field given are those pinned."""
    assert kind.name in LINES, f"{kind.name} has no line in {GOLDEN.name}: pin its stored form before it is released"
    assert codec.encode(fullest_draft(kind.cls)) == LINES[kind.name]


@pytest.mark.parametrize("name", LINES)
def test_every_pinned_line_is_read(name):
    """An event stored once reads as the event of today, with nothing lost."""
    draft = codec.draft_of(LINES[name])
    assert draft == fullest_draft(registered(name).cls)


@pytest.mark.parametrize("line", EARLIER, ids=lambda line: json.loads(line)["event"]["type"])
def test_an_added_field_changes_no_stored_bytes(line):
    """An event written before there was the field is read without it, and written back byte for byte."""
    draft = codec.draft_of(line)
    assert codec.encode(draft) == line
    assert codec.derived_id(draft) == hashlib.sha256(line).hexdigest()[:24]


def test_nothing_pinned_is_forgotten():
    """Each line belongs to an event that exists, and lines are in order."""
    assert list(LINES) == sorted(LINES) == [kind.name for kind in TYPES]
