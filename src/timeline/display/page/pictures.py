"""The charts of a page for readers without JavaScript, each as an image in one language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from timeline.answers.behind import busiest, readings
from timeline.answers.situation import Situation
from timeline.display.charts import agreements, border, control, people
from timeline.display.charts.captions import caption_text
from timeline.display.colours import Colours
from timeline.display.maps import draw
from timeline.display.telling import Leaving
from timeline.display.words import Names, Words
from timeline.extras import needs
from timeline.values.instants import FUTURE, PAST, instant

with needs("notebook"):
    import vl_convert

_OPERATIONS = 3
"""The number of operations, the most reported ones, that have a chart of their own."""
_WRITTEN = (("'", "’"), ('"', "'"), ("%", "%25"), ("#", "%23"), ("\n", "%0A"), ("&", "&amp;"))
_UNSEEN = re.compile(
    r"""\s(?:aria-[a-z]+|role|class|pointer-events)="[^"]*"|\sopacity="1"|\sstroke-width="1"(?=[ />])"""
    r"""|</?a(?: [^>]*)?>"""
)
_EMPTY = re.compile(r"""<path(?: d="(?:|M0,0h0v0h0Z)"| display="none")+ */>|<g></g>""")
_LONG_NUMBER = re.compile(r"(\d\.\d{2})\d+")


def pictures(told: Leaving, language: str, names: Names, colours: Colours | None = None) -> Iterator[tuple[str, str]]:
    """Yield each chart with its caption, as an image in one language."""
    asked = told.situation
    words = Words(language, names)
    look: dict[str, Any] = {"language": language, "names": names, "since": _since(asked)}
    if any(facility.coordinates for facility in asked.facilities.values()):
        yield caption_text(words, "map"), _address(draw(told, language=language, names=names, colours=colours).svg)
    if any(found.roles for found in asked.facilities.values()):
        yield _captioned(words, "control_over_time"), _image(control(told, colours=colours, **look))
    for slug in busiest(asked, "custody", "operation", asked.custody.operations)[:_OPERATIONS]:
        caption = f"{_captioned(words, 'people_over_time')}: {words.name(slug)}"
        yield caption, _image(people(told, operation=slug, **{**look, "since": None}))
    if asked.agreements:
        yield _captioned(words, "agreements_over_time"), _image(agreements(told, **look))
    if asked.border.crossings or asked.border.incidents:
        yield _captioned(words, "border_over_time"), _image(border(told, **look))


def _captioned(words: Words, key: str) -> str:
    """Return the words of a caption, with a capital."""
    found = words(key)
    return found[:1].upper() + found[1:]


def _since(asked: Situation) -> Any:
    """Return the date on which charts begin.

    They skip the first tenth of events, so that a lone early date does not stretch the axis.
    """
    ends = [reading.end for reading in readings(asked) if PAST < reading.end < FUTURE]
    return instant(ends[len(ends) // 10] - 1) if ends else None


def _image(chart: Any) -> str:
    """Draw a chart as the address of an image, written as an attribute: SVG, which is shorter than base64."""
    spec = chart.to_dict(validate=False)  # it is ours, and to check it takes longer than to draw it
    drawn = _UNSEEN.sub("", vl_convert.vegalite_to_svg(spec))  # nobody points at the inside of an image
    return _address(_EMPTY.sub("", drawn))


def _address(svg: str) -> str:
    drawn = _LONG_NUMBER.sub(r"\1", svg)
    for sign, code in _WRITTEN:
        drawn = drawn.replace(sign, code)
    return f"data:image/svg+xml;charset=utf-8,{drawn}"
