"""Strategies for events of any type, the library's and yours: read off the annotations of their fields."""

from __future__ import annotations

import types
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from timeline.errors import InvalidValue
from timeline.events.declare import event_type, registered_types
from timeline.events.editorial import EDITORIAL
from timeline.events.entity import IdentityJudged
from timeline.events.fields import Unit
from timeline.testing.code import print_as_code
from timeline.testing.strategies.values import FEW, PAIRS, TAGS, Values
from timeline.values.entities import Slug, Tagged
from timeline.values.place import PRECISIONS, Place
from timeline.values.quantity import Quantity
from timeline.values.when import When


def events(*types: type, values: Values = FEW, **fixed: Any) -> SearchStrategy[Any]:
    """Draw events of some types; of every type declared so far, if none is named.

    Editorial events and judgements are drawn only by name.

    `fixed` fields take a value, or are drawn from a strategy. Optional fields shrink away.

    Raises: InvalidEvent for a class that is no event.

    >>> from hypothesis import find
    >>> from timeline.events import custody
    >>> event = find(events(custody.DetaineesEscaped, cohort="iraqi"), lambda event: event.quantity.low > 100)
    >>> print(event.quantity, event.cohort, event.facility)
    101 iraqi None
    """
    for cls in types:
        event_type(cls)
    if types:
        return st.one_of([_of_type(cls, values, fixed) for cls in types])
    return _any(values, fixed)


def _any(values: Values, fixed: Mapping[str, Any]) -> SearchStrategy[Any]:
    """Draw events of any type, settled at the first draw, under a short name in the output of tests."""
    drawn = st.deferred(lambda: st.one_of([_of_type(cls, values, fixed) for cls in ordinary_types()]))

    @st.composite
    def any_event(draw: DrawFn) -> Any:
        return draw(drawn)

    return any_event()


def ordinary_types() -> tuple[type, ...]:
    """Return every event type declared so far that says what happened: no editorial one, and no judgement."""
    return tuple(kind.cls for kind in registered_types() if kind.cls not in (*EDITORIAL, IdentityJudged))


def _of_type(cls: type, values: Values, fixed: Mapping[str, Any]) -> SearchStrategy[Any]:
    if not fixed:
        return _any_of_type(cls, values)
    names = {field.name for field in attrs.fields(cls)}
    return _build(cls, values, {name: value for name, value in fixed.items() if name in names})


@cache
def _any_of_type(cls: type, values: Values) -> SearchStrategy[Any]:
    return _build(cls, values, {})


def _build(cls: type, values: Values, fixed: Mapping[str, Any]) -> SearchStrategy[Any]:
    print_as_code(cls)
    needed: dict[str, SearchStrategy[Any]] = {}
    optional: dict[str, SearchStrategy[Any]] = {}
    for name, value in fixed.items():
        needed[name] = value if isinstance(value, SearchStrategy) else st.just(value)
    for field in attrs.fields(cls):
        if field.name not in fixed:
            kind = needed if field.default is attrs.NOTHING else optional
            kind[field.name] = _about() if field.name == "about" else _of_hint(field.type, values)
    fields = st.fixed_dictionaries(needed, optional=optional)
    if values.filled:
        fields = st.one_of(fields, st.fixed_dictionaries({**needed, **optional}))
    if cls is IdentityJudged and fixed.keys().isdisjoint(("left", "right")):
        pairs = st.sampled_from(PAIRS).map(lambda pair: {"left": pair[0], "right": pair[1]})
        fields = st.builds(lambda chosen, pair: {**chosen, **pair}, fields, pairs)
    return fields.map(lambda chosen: _made(cls, chosen)).filter(lambda event: event is not None)


def _made(cls: type, chosen: Mapping[str, Any]) -> Any:
    """Build the event, or None where its own rules refuse the values drawn."""
    try:
        return cls(**chosen)
    except InvalidValue:
        return None


def _about() -> SearchStrategy[tuple[str, ...]]:
    return _tuples(st.sampled_from(TAGS))


def _tuples(items: SearchStrategy[Any]) -> SearchStrategy[tuple[Any, ...]]:
    return st.lists(items, max_size=2, unique=True).map(tuple)


def _of_hint(hint: Any, values: Values) -> SearchStrategy[Any]:
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _marked(args, values)
    if origin in (Union, types.UnionType):
        kinds = sorted(args, key=lambda kind: kind is not type(None))
        return st.one_of([_of_hint(kind, values) for kind in kinds])
    if origin is Literal:
        return st.sampled_from(args)
    if origin is tuple:
        return _tuples(_of_hint(args[0], values))
    if origin is frozenset:
        return st.frozensets(_of_hint(args[0], values), max_size=2)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        keys, items = (_of_hint(arg, values) for arg in args)
        return st.dictionaries(keys, items, max_size=2)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(list(hint))
    return _plain(hint, values)


def _marked(args: tuple[Any, ...], values: Values) -> SearchStrategy[Any]:
    for mark in args[1:]:
        if isinstance(mark, Tagged):
            return st.sampled_from(TAGS)
        if isinstance(mark, Slug):
            return values.slugs(mark.kind)
        if isinstance(mark, Unit):
            return values.quantities(mark.name)
    return _of_hint(args[0], values)


def _places() -> SearchStrategy[Place]:
    degrees = st.integers(-720, 720).map(lambda eighths: eighths / 8)
    return st.builds(Place, degrees, degrees, precision=st.sampled_from(PRECISIONS))


def _plain(hint: Any, values: Values) -> SearchStrategy[Any]:
    known: dict[Any, SearchStrategy[Any]] = {
        type(None): st.none(),
        str: values.texts,
        int: values.integers,
        float: values.integers.map(lambda eighths: eighths / 8),
        bool: st.booleans(),
        When: values.whens,
        Quantity: st.one_of([values.quantities(unit) for unit in values.units]),
        Place: _places(),
        Any: st.deferred(lambda: events(values=values)),
    }
    return known[hint] if hint in known else st.from_type(hint)
