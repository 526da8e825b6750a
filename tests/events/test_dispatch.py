"""Dispatch of events by their class: a user's class may bear any name, and a derived one counts as its base."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline import Timeline
from timeline.errors import InvalidEvent
from timeline.events import declare as eventtype
from timeline.events.declare import EventType, event, registered_types
from timeline.events.editorial import EDITORIAL
from timeline.events.naming import type_name
from timeline.exchange.texts import named
from timeline.testing.strategies import events

OURS = [kind for kind in registered_types() if kind.cls.__module__.startswith("timeline.events.")]
TOLD = [kind for kind in OURS if kind.cls not in EDITORIAL]


def twin(kind: EventType) -> type:
    """Make a user's class of the same name, with the same fields."""
    fields = attrs.fields(kind.cls)
    body: dict[str, Any] = {field.name: field.default for field in fields if field.default is not attrs.NOTHING}
    body |= {"__annotations__": {field.name: field.type for field in fields}, "__module__": __name__}
    return event(f"newsroom.twin.{kind.name}")(type(kind.cls.__name__, (), body))


def bare(kind: EventType) -> type:
    """Make a user's class of the same name, with none of its fields."""
    body = {"__annotations__": {"remark": str}, "__module__": __name__, "remark": "seen"}
    return event(f"newsroom.bare.{kind.name}")(type(kind.cls.__name__, (), body))


def derived(kind: EventType) -> type:
    """Make a user's class of another name, derived from ours."""
    body = {"__annotations__": {"remark": str}, "__module__": __name__, "remark": ""}
    return event(f"newsroom.derived.{kind.name}")(type(f"Our{kind.cls.__name__}", (kind.cls,), body))


TWINS, BARE, DERIVED = ({kind.name: make(kind) for kind in OURS} for make in (twin, bare, derived))
ADDED = {name: kind for name, kind in eventtype._BY_NAME.items() if name.startswith("newsroom.")}
for name in ADDED:
    del eventtype._BY_NAME[name]  # they are known in this file alone


@pytest.fixture(autouse=True)
def declared(monkeypatch):
    """The classes of users, beside the library's."""
    for name, kind in ADDED.items():
        monkeypatch.setitem(eventtype._BY_NAME, name, kind)


def told(*happened: Any) -> Timeline:
    """Make a timeline of some events, one a day."""
    line = Timeline(clock=lambda: datetime(2026, 3, 1, tzinfo=timezone.utc))
    for day, one in enumerate(happened, 1):
        line.record(one, occurred=f"2026-01-{day:02}")
    return line


def said(line: Timeline) -> Any:
    """Return the values of all projections, and every finding but those that only compare entries."""
    asked = line.at()
    findings = [(f.kind, f.path) for f in asked.findings if f.kind != "possible_duplicate"]
    return {change.path: change.after for change in line.diff("2025-12-31", "2026-02-28")}, findings


def taken(source: Any, cls: type) -> Any:
    """Return the same event as another class."""
    names = {field.name for field in attrs.fields(cls)}
    return cls(**{f.name: getattr(source, f.name) for f in attrs.fields(type(source)) if f.name in names})


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.name)
def test_a_users_class_of_our_name_is_not_ours(kind):
    """It changes nothing the library shows, and no question raises."""
    line = told(BARE[kind.name]())
    assert said(line) == ({}, [])
    assert str(line.at())


@given(st.lists(events(*(kind.cls for kind in TOLD)), min_size=1, max_size=8))
def test_whatever_bears_our_names_changes_nothing(happened):
    """Twins of any events, with all their fields, beside those events: the same is said as without them."""
    twins = [taken(one, TWINS[type_name(one)]) for one in happened]
    assert said(told(*happened, *twins)) == said(told(*happened))


@given(st.lists(events(*(kind.cls for kind in TOLD)), min_size=1, max_size=8))
def test_what_derives_from_ours_is_ours(happened):
    """Derived classes say the same as the classes they are made from, findings included."""
    line, other = told(*happened), told(*(taken(one, DERIVED[type_name(one)]) for one in happened))
    kinds = [[f.kind for f in asked.findings if f.kind != "possible_duplicate"] for asked in (line.at(), other.at())]
    assert kinds[0] == kinds[1]
    assert list(map(str, paths(line))) == list(map(str, paths(other)))


def paths(line: Timeline) -> list[Any]:
    """Return the values that are not lists of events, by path."""
    changes = line.diff("2025-12-31", "2026-02-28")
    lists = ("talks", "commitments", "statements", "violations", "assessments", "promises", "measures", "incidents")
    return [(change.path, change.after) for change in changes if change.path[-1] not in lists]


def test_a_name_that_two_classes_bear_is_asked_for_by_its_stored_name():
    """Neither is picked for the other; its module, or its stored name, distinguishes it."""
    with pytest.raises(
        InvalidEvent, match=r"'PartyJoined' is the name of several kinds of event: write agreement\.party_joined"
    ):
        named("PartyJoined")
    assert named("agreement.PartyJoined").name == named("agreement.party_joined").name == "agreement.party_joined"
    with pytest.raises(InvalidEvent, match="is not a kind of event"):
        named("elsewhere.PartyJoined")
