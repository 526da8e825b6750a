"""The page as a file: data, words, style and script in one."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from typing import Any

import orjson

from timeline.display.colours import GREY, Colours
from timeline.display.page.data import page_data
from timeline.display.page.still import Still
from timeline.display.page.wording import page_units, page_words
from timeline.display.telling import Leaving, leaving
from timeline.display.web import static
from timeline.display.words import LANGUAGES, Names, Words, account_names
from timeline.errors import InvalidValue
from timeline.exchange.sharing import Written
from timeline.log.replacing import replacing
from timeline.timeline import Timeline
from timeline.values.visible import visible

_CALLED = {"en": "English", "ar": "العربية"}


def write(
    path: str | os.PathLike[str],
    line: Timeline,
    *,
    title: str,
    language: str,
    names: Names | None,
    colours: Colours | None = None,
    **options: Any,
) -> Written:
    """Write the page of what may leave of a timeline, within the cuts.

    Raises: MissingExtra, InvalidValue for a path, a title, a language or a colour, InvalidWhen.
    """
    told = leaving(line, **options)
    text = page_text(told, line, title=title, language=language, names=names, colours=colours)
    with replacing(path) as draft:
        draft.write_text(text, encoding="utf-8")
    return told.exported.written(len(told.entries()))


def page_text(
    told: Leaving, line: Timeline, *, title: str, language: str, names: Names | None, colours: Colours | None
) -> str:
    """Return the page as text.

    Raises: MissingExtra, InvalidValue for a language or a colour, UnknownName.
    """
    Words(language)
    if not isinstance(title, str):
        raise InvalidValue(f"title is {title!r}: expected text.", value=title)
    named = {**account_names(), **told.names(names)}
    titles = {code: visible(title) or Words(code)("timeline").capitalize() for code in LANGUAGES}
    palette = told.colours(colours)
    data = {
        **page_data(told, named, line.seal()),
        "language": language,
        "languages": list(_CALLED.items()),
        "titles": titles,
        "words": page_words(),
        "units": page_units(),
    }
    parts = {
        "language": language,
        "direction": "rtl" if language == "ar" else "ltr",
        "title": escape(titles[language]),
        "style": static("page/page.css") + static("page/map.css") + _colours(data["bodies"], palette),
        "script": script(),
        "still": str(Still(told, named, title=titles[language], language=language, colours=colours).html()),
        "data": orjson.dumps(data).decode().replace("<", "\\u003c"),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], static("page/page.html"))


def script() -> str:
    """Return the script of the page: its files, in the order of their numbers."""
    folder = files("timeline.display").joinpath("static", "page")
    names = sorted(found.name for found in folder.iterdir() if found.name.endswith(".js"))
    return "\n".join(static(f"page/{name}") for name in names)


def _colours(bodies: list[str], palette: Mapping[str, str]) -> str:
    """Return a rule of style for each authority, named by its number among the bodies of the page."""
    return "".join(f".b{n} {{ --c: {palette.get(slug, GREY)}; }}\n" for n, slug in enumerate(bodies))
