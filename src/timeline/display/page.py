"""A page to share: one file, which opens from disk and needs no network."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Collection, Iterator
from html import escape
from pathlib import Path
from typing import Any

import orjson

from timeline.answers.behind import busiest, readings
from timeline.answers.situation import Situation
from timeline.display.charts import agreements, border, control, people
from timeline.display.frames import frames, shared
from timeline.display.telling import Leaving, leaving
from timeline.display.web import static
from timeline.display.words import LANGUAGES, Names, Words
from timeline.exchange.sharing import Written
from timeline.extras import needs
from timeline.timeline import Timeline
from timeline.values.instants import FUTURE, PAST, instant
from timeline.values.visible import visible

with needs("notebook"):
    import vl_convert

_CALLED = (("en", "English"), ("ar", "العربية"))
_OPERATIONS = 3
"""How many operations, the most reported ones, have a chart of their own."""
_LANES = 60
"""The most lanes of a chart, those of the most reported things; its caption says how many there are."""


def write(
    path: str | os.PathLike[str],
    line: Timeline,
    *,
    title: str,
    language: str,
    names: Names | None,
    **options: Any,
) -> Written:
    """Write the page of what may leave of a timeline, within the cuts.

    Raises: MissingExtra, InvalidValue for a language, InvalidWhen.
    """
    Words(language)
    told = leaving(line, **options)
    log, named = told.entries(), told.names(names)
    data = {
        "frames": frames(told),
        **shared(log, named),
        "language": language,
        "languages": _CALLED,
        "titles": {code: visible(title) or Words(code)("timeline").capitalize() for code in LANGUAGES},
        "charts": {code: list(_charts(told, code, named)) for code in LANGUAGES},
    }
    parts = {
        "title": escape(data["titles"][language]),
        "style": static("replay.css"),
        "script": static("replay.js"),
        "data": orjson.dumps(data).decode().replace("<", "\\u003c"),
    }
    page = re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], static("page.html"))
    Path(path).write_text(page, encoding="utf-8")
    return told.exported.written(len(log))


def _charts(told: Leaving, language: str, names: Names) -> Iterator[tuple[str, str]]:
    """Yield each chart with its caption, as an image in one language."""
    asked = told.situation
    words = Words(language, names)
    look: dict[str, Any] = {"language": language, "names": names, "since": _since(asked)}
    held = [slug for slug, found in asked.facilities.items() if found.roles]
    if held:
        few, caption = _few(asked, "facilities", "facility", held)
        yield words("control_over_time") + caption, _image(control(told, facilities=few, **look))
    for slug in busiest(asked, "custody", "operation", asked.custody.operations)[:_OPERATIONS]:
        caption = f"{words('people_over_time')}: {words.name(slug)}"
        yield caption, _image(people(told, operation=slug, **{**look, "since": None}))
    if asked.agreements:
        few, caption = _few(asked, "agreements", "agreement", asked.agreements)
        yield words("agreements_over_time") + caption, _image(agreements(told, agreements=few, **look))
    if asked.border.crossings or asked.border.incidents:
        few, caption = _few(asked, "border", "crossing", asked.border.crossings)
        yield words("border_over_time") + caption, _image(border(told, crossings=few, **look))


def _few(asked: Situation, part: str, kind: str, found: Collection[str]) -> tuple[list[str], str]:
    """Return the most reported of some entities, and for the caption how many of how many they are."""
    few = busiest(asked, part, kind, found)[:_LANES]
    return few, f" ({len(few)} / {len(found):,})" if len(few) < len(found) else ""


def _since(asked: Situation) -> Any:
    """Return the date on which charts begin.

    They skip the first tenth of events, so that a lone early date does not stretch the axis.
    """
    ends = [reading.end for reading in readings(asked) if PAST < reading.end < FUTURE]
    return instant(ends[len(ends) // 10] - 1) if ends else None


def _image(chart: Any) -> str:
    spec = chart.to_dict(validate=False)  # it is ours, and to check it takes longer than to draw it
    drawn = vl_convert.vegalite_to_svg(spec)
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.encode()).decode()
