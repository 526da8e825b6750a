"""Dates, languages and addresses as FollowTheMoney takes them."""

from __future__ import annotations

import re
from datetime import date, datetime

from timeline.values.instants import FIRST, LAST, microseconds, stamp
from timeline.values.when import When

_PREFIX = re.compile(r"\d{4}(?:-(?:0\d|1[012])(?:-\d\d)?)?", re.ASCII)  # a month above 12 is a season
_BEYOND = re.compile(r"(-XX)*[~?%]*$")
"""The signs of a date beyond its digits; an unknown day is a month."""
_WEB = re.compile(r"https?://[^\s/.]+\.\S+")
_LANGUAGES = {
    "ar": "ara", "de": "deu", "en": "eng", "es": "spa", "fa": "fas", "fr": "fra", "he": "heb", "hy": "hye", "it": "ita",
    "nl": "nld", "pt": "por", "ru": "rus", "sv": "swe", "tr": "tur", "uk": "ukr", "zh": "zho",
}  # fmt: skip
"""Languages of sources in this field, by their two letters (ISO 639-1) and by their three (ISO 639-3)."""


def prefix_dates(when: When) -> tuple[dict[str, str], bool]:
    """Return the dates of an interval in FollowTheMoney, and whether they say all that the time says.

    A date there is the beginning of an ISO 8601 text, as long as it is known. An open end has no date. An instant is
    in UTC, and at most as far as the calendar goes.

    >>> prefix_dates(When("2026-01"))
    ({'date': '2026-01'}, True)
    >>> prefix_dates(When("2026-01-20/2026-01-25~"))
    ({'startDate': '2026-01-20', 'endDate': '2026-01-25'}, False)
    """
    ends = when.text.split("/")
    dates = [_prefix(end) for end in ends]
    if len(ends) == 1 and dates[0]:
        return {"date": dates[0]}, _is_exact(ends[0])
    if len(ends) == 1 and isinstance(when.earliest, datetime) and when.earliest == when.latest:
        return {"date": _bound(when.earliest)}, FIRST <= microseconds(when.earliest) <= LAST
    bounds = [dates[0] or _bound(when.earliest), dates[-1] or _bound(when.latest)]
    found = {name: text for name, text in zip(("startDate", "endDate"), bounds, strict=True) if text}
    return found, len(ends) == 2 and all(map(_is_exact, ends))


def language(tag: str | None) -> str | None:
    """Return the three letters of a language; None if it is not one of those listed here.

    >>> language("ar-SY"), language(None)
    ('ara', None)
    """
    return _LANGUAGES.get((tag or "").partition("-")[0].lower())


def is_web_address(url: str) -> bool:
    """Tell whether a text is an address of the web."""
    return _WEB.fullmatch(url) is not None


def _prefix(text: str) -> str:
    """Return the digits of a date without its qualifiers; blank for any other text."""
    found = _BEYOND.sub("", text)
    return found if _PREFIX.fullmatch(found) else ""


def _is_exact(text: str) -> bool:
    return _PREFIX.fullmatch(text) is not None or "T" in text


def _bound(bound: date | None) -> str:
    if bound is None:
        return ""
    if isinstance(bound, datetime):
        return stamp(microseconds(bound))[:19]
    return bound.isoformat()[:10]
