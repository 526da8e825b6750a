"""The values at any paths over time, those of users' own projections too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from timeline.answers.situation import Situation
from timeline.display import rows
from timeline.display.cells import cell_text
from timeline.display.charts.bands import band, bands
from timeline.display.charts.base import (
    Extent,
    Shift,
    Stretch,
    extent,
    finish,
    nothing,
    painted,
    provenance,
    shifts,
    stretches,
)  # fmt: skip
from timeline.display.charts.captions import below, place_of, require_look
from timeline.display.charts.lanes import ROW, bar, lanes
from timeline.display.colours import Colours
from timeline.display.telling import Telling, telling
from timeline.display.words import Names, Words
from timeline.errors import InvalidValue
from timeline.projections.projection import Path
from timeline.timeline import Timeline
from timeline.values.quantity import Quantity, exactly
from timeline.values.when import WhenLike


def values(
    of: Timeline | Situation | Telling,
    *paths: Sequence[str],
    since: WhenLike | None = None,
    language: str = "en",
    names: Names | None = None,
    colours: Colours | None = None,
    title: str | None = None,
    width: int = 680,
    height: int = 260,
) -> Any:
    """Draw the values at some paths over time: numbers as bands on one axis, all others as lanes.

    Paths are those of `Situation.why`, also of your own projections: `values(line, ("deals", "red-bridge", "status"))`.
    `since`, `language`, `names`, `colours` and `title` are those of `control`.

    Raises: MissingExtra; InvalidValue without a path, or for numbers beside words; KeyError for a path that names no
    value; UnknownName.
    """
    require_look(title, width=width, height=height)
    wanted = _wanted(paths)
    shown = telling(of)
    asked, words = shown.situation, Words(language, shown.names(names))
    found = {path: shifts(asked, path) for path in wanted}
    title = title or _title([place_of(path, asked, words) for path in wanted])
    drawn = extent((turn.reading for changes in found.values() for turn in changes), asked, since)
    if drawn is None:
        return nothing(words, title=title, width=width)
    held = [(path, stretch) for path, changes in found.items() for stretch in stretches(changes, drawn)]
    known = [(path, stretch) for path, stretch in held if stretch.turn.value is not None]
    numeric = {_number(stretch.turn.value) is not None for _, stretch in known}
    if len(numeric) > 1:
        raise InvalidValue("values() has paths of numbers and of words: expected one kind. Draw two charts.")
    told = below((turn.reading.entry for changes in found.values() for turn in changes), asked, words)
    if True in numeric:
        numbers = [(path, stretch) for path, stretch in known if _is_known(stretch.turn.value)]
        if not numbers:
            return nothing(words, title=title, width=width, lacks="no_number_is_known")
        chart = _bands(numbers, drawn=drawn, shown=shown, words=words, told=told, size=(width, height))
        return finish(chart, words, title=title, width=width, height=height)
    chart = _lanes(
        known, drawn=drawn, shown=shown, words=words, told=told, width=width, colours=shown.colours(colours)
    )  # fmt: skip
    return finish(chart, words, title=title, width=width, height=ROW * max(len(wanted), 1))


def _title(labels: Sequence[str]) -> str:
    """Write the labels of some paths; of many the first ones."""
    return ", ".join(labels[:3]) + (f" +{len(labels) - 3}" if len(labels) > 3 else "")


def _wanted(paths: Sequence[Any]) -> list[Path]:
    """Return the paths as tuples.

    Raises: InvalidValue.
    """
    if not paths or not all(map(_is_path, paths)):
        raise InvalidValue(
            f"the paths are {paths!r}: expected one or more such as ('facilities', 'al-hol-camp', 'control').",
            value=paths,
        )
    return [tuple(path) for path in paths]


def _is_path(path: Any) -> bool:
    return isinstance(path, list | tuple) and bool(path) and all(isinstance(step, str) for step in path)


def _number(value: Any) -> Quantity | None:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return exactly(value)
    return value if isinstance(value, Quantity) else None


def _is_known(value: Any) -> bool:
    number = _number(value)
    return number is not None and number.known


def _bands(
    known: Sequence[tuple[Path, Stretch]],
    *,
    drawn: Extent,
    shown: Telling,
    words: Words,
    told: str,
    size: tuple[int, int],
) -> Any:
    numbers = ((path, stretch, _number(stretch.turn.value)) for path, stretch in known)
    records = [
        band(place_of(path, shown.situation, words), stretch, shown.quantity(number))
        | provenance(stretch.turn.reading, words)
        for path, stretch, number in numbers
        if number is not None
    ]
    paint = painted({record["series"]: record["series"] for record in records})
    return bands(records, [], drawn=drawn, asked=shown.situation, words=words, paint=paint, size=size, below=told)


def _lanes(
    known: Sequence[tuple[Path, Stretch]],
    *,
    drawn: Extent,
    shown: Telling,
    words: Words,
    told: str,
    width: int,
    colours: Colours,
) -> Any:
    said = [(path, stretch, _worded(stretch.turn, words)) for path, stretch in known]
    records = [bar(place_of(path, shown.situation, words), value, stretch, words) for path, stretch, value in said]
    values = {value: str(rows.value(stretch.turn.value)) for _, stretch, value in sorted(said, key=lambda one: one[2])}
    return lanes(
        records, drawn=drawn, asked=shown.situation, words=words, paint=painted(values, colours), width=width,
        order=[*dict.fromkeys(record["lane"] for record in records)], legend=words("value"), below=told,
    )  # fmt: skip


def _worded(turn: Shift, words: Words) -> str:
    cell = rows.value(turn.value)
    return words(words.name(cell)) if isinstance(cell, str) else cell_text(cell)
