"""Strategies for histories in which everything fits: each step is one that the library's own tables allow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any, cast

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from timeline.answers.situation import Situation
from timeline.entry import Draft
from timeline.events import agreement, border, custody
from timeline.events.custody import HeadcountReported
from timeline.events.facility import FacilityStatusChanged, Status
from timeline.projections.agreements import AGREEMENT, COMMITMENT
from timeline.projections.border import CROSSING
from timeline.projections.facilities import STATUS
from timeline.projections.lifecycle import Lifecycle
from timeline.projections.operations import OPERATION
from timeline.testing.strategies.chronicle import Chronicle
from timeline.testing.strategies.events import events
from timeline.testing.strategies.values import SLUGS, slugs
from timeline.values.quantity import exactly, unspecified
from timeline.values.report import Report

_PRISONS = SLUGS["facility"]
_OPERATION = SLUGS["operation"][0]
_LOSSES = (custody.DetaineesEscaped, custody.DetaineesReleased, custody.DetaineesDied)
_TOLD = tuple(
    (table, module, kind, slug)
    for table, module, kind in (
        (AGREEMENT, agreement, "agreement"),
        (COMMITMENT, agreement, "commitment"),
        (CROSSING, border, "crossing"),
        (OPERATION, custody, "operation"),
    )
    for slug in SLUGS.get(kind, _PRISONS)
)
"""Lifecycles whose verbs are events, and what they are the lives of."""


@st.composite
def coherent_histories(draw: DrawFn, *, max_size: int = 12) -> Chronicle:
    """Draw histories without a contradiction, reported in order: folding one gives no finding.

    A prison is counted before anybody leaves it, and never loses more than it holds; statuses change only
    as the tables of `Lifecycle` allow.

    >>> from hypothesis import find
    >>> find(coherent_histories(), lambda chronicle: len(chronicle) > 3).timeline().at().findings
    <Findings: none>
    """
    day = date(2026, 1, 1)
    chronicle = Chronicle([])
    line = chronicle.timeline()
    while len(chronicle) < max_size:
        more, event, days = draw(_next(line.at()))
        if len(chronicle) and not more:
            break
        draft = _told(event, day, len(chronicle))
        line.record_all([draft])
        chronicle = chronicle.then(draft)
        day += timedelta(days=days)
    return chronicle


@st.composite
def _next(draw: DrawFn, now: Situation) -> tuple[int, Any, int]:
    """Draw whether there is a next step, which one, and the days after it: all at once, to shrink away."""
    return draw(st.integers(0, 9)), draw(st.sampled_from(_STEPS))(draw, now), draw(st.integers(1, 5))


def _told(event: Any, day: date, number: int) -> Draft:
    """Publish a draft on the day itself."""
    return Draft(event, occurred=day, reports=[Report("Reuters", published=day)], id=f"e{number}")


def _status(draw: DrawFn, now: Situation) -> Any:
    prison = draw(slugs("facility"))
    known = now.facilities.get(prison)
    return FacilityStatusChanged(facility=prison, status=cast(Status, _verb(draw, STATUS, known)))


def _verb(draw: DrawFn, table: Lifecycle, known: Any) -> str:
    """Draw a step that the known status allows."""
    status = known.status if known else None
    return draw(st.sampled_from([verb for verb in table.moves if table.allows(status, verb)]))


def _life(draw: DrawFn, now: Situation) -> Any:
    """Draw a step of an agreement, a commitment, a crossing or an operation."""
    table, module, kind, slug = draw(st.sampled_from(_TOLD))
    lives: dict[str, Mapping[str, Any]] = {
        "agreement": now.agreements,
        "commitment": now.agreements.commitments,
        "crossing": now.border.crossings,
        "operation": now.custody.operations,
    }
    known = lives[kind].get(slug)
    verb = _verb(draw, table, known)
    if verb == "DetaineesTransferred":
        return _transfer(draw, now, operation=slug)
    event = draw(events(getattr(module, verb)))
    true = {"moved": known.moved if known else exactly(0), "total": None} if kind == "operation" else {}
    fields = {kind: slug, "about": (), "cohort": None, **true}
    return evolve(event, **{name: value for name, value in fields.items() if hasattr(event, name)})


def _loss(draw: DrawFn, now: Situation) -> Any:
    """Draw people leaving a prison that holds them."""
    prison, event = draw(slugs("facility")), draw(st.sampled_from(_LOSSES))
    return _leaving(draw, now, prison, partial(event, facility=prison))


def _move(draw: DrawFn, now: Situation) -> Any:
    """Draw a transfer outside any operation."""
    return _transfer(draw, now, operation=None)


def _transfer(draw: DrawFn, now: Situation, operation: str | None) -> Any:
    origin, destination, *_ = draw(st.permutations(_PRISONS))
    moved = partial(custody.DetaineesTransferred, origin=origin, destination=destination, operation=operation)
    return _leaving(draw, now, origin, moved)


def _leaving(draw: DrawFn, now: Situation, prison: str, event: Callable[..., Any]) -> Any:
    """Draw people leaving; where their number is not known, a count instead."""
    held = now.custody.held(facility=prison) if prison in now.custody else unspecified()
    if held.best is None:
        return HeadcountReported(facility=prison, quantity=exactly(held.low + draw(st.integers(0, 300))))
    return event(quantity=exactly(draw(st.integers(0, held.low))))


_STEPS: tuple[Callable[[DrawFn, Situation], Any], ...] = (_status, _life, _loss, _move)
