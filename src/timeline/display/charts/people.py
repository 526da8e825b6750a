"""Numbers of people over time: held, moved, or planned to be moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from timeline.answers.behind import steps
from timeline.answers.situation import Situation
from timeline.display.charts.bands import band, bands, latest_points, point
from timeline.display.charts.base import (
    Extent,
    Record,
    Shift,
    extent,
    finish,
    nothing,
    painted,
    provenance,
    shifts,
    sources,
    stretches,
)  # fmt: skip
from timeline.display.charts.captions import below, caption_text, meant, passage, require_look
from timeline.display.sentences import PlainSentences
from timeline.display.telling import Telling, telling
from timeline.display.words import Names, Words
from timeline.errors import InvalidValue
from timeline.events.custody import (
    HeadcountReported,
    TransferCompleted,
    TransferPlanned,
    TransferPlanRevised,
    TransferProgressReported,
)
from timeline.history.claims import Claim
from timeline.history.reading import Reading
from timeline.projections.custody import HEADINGS
from timeline.projections.projection import Path
from timeline.timeline import Timeline
from timeline.values.containers import as_tuple
from timeline.values.instants import PAST
from timeline.values.quantity import PEOPLE, Quantity
from timeline.values.when import WhenLike

_PLACE = ("held", *HEADINGS)
_OPERATION = ("planned", "moved", "claimed")
_STATED: dict[str, tuple[type, ...]] = {
    "held": (HeadcountReported,),
    "planned": (TransferPlanned, TransferPlanRevised),
    "claimed": (TransferProgressReported, TransferCompleted),
}


def people(
    of: Timeline | Situation | Telling,
    *,
    facility: str | None = None,
    operation: str | None = None,
    what: str | Iterable[str] | None = None,
    since: WhenLike | None = None,
    language: str = "en",
    names: Names | None = None,
    title: str | None = None,
    width: int = 680,
    height: int = 260,
) -> Any:
    """Draw the people of one facility or one operation over time: bounds as a band, each report as a point.

    For a facility, `what` is one or more of held (the default), received, sent, escaped, recaptured, released,
    repatriated, died. For an operation, it is one or more of planned, moved, claimed (by default all). A hollow point
    is a rival version. A headcount, a plan or a claim stands at its own number. A batch or an escape stands at the sum
    after it. Of more than 500 points the latest are drawn. `since`, `language`, `names` and `title` are those of
    `control`.

    Raises: MissingExtra; InvalidValue unless exactly one of `facility` and `operation` is given, or for other words;
    UnknownName.
    """
    subject, root, wanted = _wanted(facility, operation, what)
    require_look(title, width=width, height=height)
    shown = telling(of)
    asked, words = shown.situation, Words(language, shown.names(names))
    (subject,) = meant(asked, "operation" if facility is None else "facility", subject)
    found = {name: shifts(asked, (*root, name)) for name in wanted}
    told_by = {name: steps(asked, (*root, name)) for name in wanted}
    plain = f"{words.name(subject)}: {words('people')}"
    drawn = extent((reading for reached in told_by.values() for reading, _ in reached), asked, since)
    if drawn is None:
        return nothing(words, title=title or plain, width=width)
    whole = asked.custody.operations.get(str(operation))
    cohort = whole.cohort if whole else None
    points = [record for name in wanted for record in _points(name, told_by[name], shown, words, cohort)]
    records = _bands(found, drawn, shown, words)
    if not records and not points:
        return nothing(words, title=title or plain, width=width, lacks="no_number_is_known")
    few, many = latest_points(points)
    told = below((reading.entry for reached in told_by.values() for reading, _ in reached), asked, words)
    chart = bands(
        records, few, drawn=drawn, asked=asked, words=words, below=told,
        paint=painted({words(name): name for name in wanted}), size=(width, height),
    )  # fmt: skip
    note = caption_text(words, "latest", count=len(few), all=many) if len(few) < many else ""
    counted = f"{words.name(subject)}: {_summary(found, shown, words)}" if any(found.values()) else plain
    return finish(chart, words, title=title or counted, note=note, width=width, height=height)


def _summary(found: Mapping[str, Sequence[Shift]], shown: Telling, words: Words) -> str:
    """Write the last number of each series; of a series alone, the first one too."""
    said = PlainSentences(words).quantity
    numbers = {
        words(name): [said(shown.quantity(t.value)) for t in changes if isinstance(t.value, Quantity) and t.value.known]
        for name, changes in found.items()
    }
    known = {name: values for name, values in numbers.items() if values}
    if len(numbers) == 1:
        return "".join(
            f"{name} {passage(words, dict.fromkeys((values[0], values[-1])))}" for name, values in known.items()
        ) or words("people")
    comma = "، " if words.spoken == "ar" else ", "
    return comma.join(f"{name} {values[-1]}" for name, values in known.items()) or words("people")


def _bands(found: Mapping[str, Sequence[Shift]], drawn: Extent, shown: Telling, words: Words) -> list[Record]:
    return [
        band(words(name), stretch, shown.quantity(stretch.turn.value)) | provenance(stretch.turn.reading, words)
        for name, changes in found.items()
        for stretch in stretches(changes, drawn)
        if isinstance(stretch.turn.value, Quantity) and stretch.turn.value.known
    ]


def _wanted(
    facility: str | None, operation: str | None, what: str | Iterable[str] | None
) -> tuple[str, Path, tuple[str, ...]]:
    """Return the entity that is drawn, the path of its numbers, and which of them are drawn.

    Raises: InvalidValue.
    """
    if (facility is None) == (operation is None):
        raise InvalidValue("people() takes one of facility= and operation=: expected, say, facility='al-hol-camp'.")
    subject, root, allowed, default = (
        (facility, ("custody", facility), _PLACE, _PLACE[:1])
        if facility is not None
        else (str(operation), ("custody", "operations", str(operation)), _OPERATION, _OPERATION)
    )
    wanted = default if what is None else as_tuple(what)
    if not wanted or not set(wanted) <= set(allowed):
        raise InvalidValue(f"what is {what!r}: expected one or more of {', '.join(allowed)}.", value=what)
    return subject, root, wanted


def _points(
    name: str, reached: list[tuple[Reading, Any]], shown: Telling, words: Words, cohort: str | None
) -> Iterator[Record]:
    before: Any = None
    for reading, value in reached:
        if _states(name, reading, cohort):
            for claim in shown.claims(reading):
                yield from _claimed(words(name), claim, reading, shown, words)
        elif name not in _STATED and value != before and isinstance(value, Quantity):
            start = reading.start if reading.start > PAST else reading.end
            yield point(words(name), start, reading.end, shown.quantity(value), rival=False) | provenance(
                reading, words
            )
        before = value


def _states(name: str, reading: Reading, cohort: str | None) -> bool:
    """Tell whether a report states the total outright."""
    stated = isinstance(reading.event, _STATED.get(name, ()))
    return stated and reading.event.cohort in (None, cohort) and not reading.is_share


def _claimed(series: str, claim: Claim, reading: Reading, shown: Telling, words: Words) -> Iterator[Record]:
    quantity = claim.quantity or getattr(claim.event, "moved", None) or getattr(claim.event, "total", None)
    if isinstance(quantity, Quantity) and quantity.unit == PEOPLE:
        rival = claim is not reading.claim
        start, end = (
            (reading.start, reading.end)
            if not rival or claim.occurred is None
            else claim.occurred.span(shown.situation.tz)
        )
        start = start if start > PAST else end
        record = point(series, start, end, shown.quantity(quantity), rival=rival)
        yield record | {"occurred": str(claim.occurred or words("undated")), **sources(claim.entry)}
