"""The differences between two situations, quantities or whens, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import singledispatch
from typing import Any

from timeline.answers import behind
from timeline.answers.situation import Situation
from timeline.entry import describe
from timeline.values.quantity import Quantity
from timeline.values.when import When

_BESIDE = ("finding", "plan", "possible")


def differences(before: Situation, after: Situation) -> list[str]:
    """Return every value, finding, plan and possibility that differs; empty when the situations are equal.

    >>> from timeline import Timeline
    >>> differences(Timeline().at(), Timeline().at())
    []
    """
    return [*map(str, before.diff(after)), *_beside(before, after)]


def _beside(before: Situation, after: Situation) -> Iterator[str]:
    for name, old, new in zip(
        _BESIDE, behind.findings_and_plans(before), behind.findings_and_plans(after), strict=True
    ):
        yield from (f"− {name}: {_plain(item, before)}" for item in (old - new).elements())
        yield from (f"+ {name}: {_plain(item, after)}" for item in (new - old).elements())


def beside_lines(asked: Situation) -> list[str]:
    """Return the findings, plans and possibilities of a situation, one on a line."""
    both = zip(_BESIDE, behind.findings_and_plans(asked), strict=True)
    return [f"{name}: {_plain(item, asked)}" for name, found in both for item in found.elements()]


def _plain(item: Any, of: Situation) -> str:
    if not isinstance(item, tuple):
        return str(next(finding for finding in of.findings if finding == item))
    event, occurred, _ = item
    return f"{occurred or 'undated'} {describe(event)}"


def explain_unequal(left: Any, right: Any) -> list[str] | None:
    r"""Explain why `left == right` does not hold, for two situations, quantities or whens; None for others.

    >>> from timeline import about, exactly
    >>> print(*explain_unequal(about(150), exactly(150)), sep="\n")
    ≈150 == 150
    low: 0 != 150
    high: None != 150
    """
    return None if type(left) is not type(right) else _explain(left, right)


@singledispatch
def _explain(left: Any, right: Any) -> list[str] | None:
    return None


@_explain.register
def _(left: Situation, right: Situation) -> list[str]:
    return [f"{left!r} == {right!r}", "from left to right:", *differences(left, right)]


@_explain.register
def _(left: Quantity, right: Quantity) -> list[str]:
    return [f"{left} == {right}", *_fields(left, right, ("low", "best", "high", "unit", "text"))]


@_explain.register
def _(left: When, right: When) -> list[str]:
    names = ("earliest", "latest", "approximate", "uncertain")
    return [f"{left} == {right}", *(_fields(left, right, names) or ["the same bounds, written in other words"])]


def _fields(left: Any, right: Any, names: Iterable[str]) -> list[str]:
    sides = ((name, getattr(left, name), getattr(right, name)) for name in names)
    return [f"{name}: {_short(mine)} != {_short(its)}" for name, mine, its in sides if mine != its]


def _short(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else repr(value)
