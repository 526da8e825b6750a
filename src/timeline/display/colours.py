"""Colours: one for each authority, on every face, and one for each status and outcome by its meaning.

`Telling.colours` gives the colours of a timeline's authorities, to charts, page and widget alike. Every colour has a
contrast of at least 3:1 on white and on dark, so that a chart fits both pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from timeline.errors import InvalidValue

Colours = Mapping[str, str]
"""The colours of authorities: slug → `#rrggbb`."""
PALETTE = (
    "#c77700", "#2f7bc8", "#17925f", "#b8589c", "#c9553b", "#6c8299", "#85851f", "#8467cf",
    "#965800", "#2769ac", "#10764c", "#9c4984", "#ac4731", "#57697c", "#6a6a17", "#7057b1",
    "#ca813a", "#6a93d0", "#57a079", "#c27bab", "#d07a6d", "#8393a6", "#959558", "#9985d5",
)  # fmt: skip
"""The slots of authorities: eight hues, then a darker and a paler shade of each; from the 25th on, slots repeat.

Colour-blind people can distinguish the first four. Bars and keys bear names beside colours.
"""
GREY = "#767676"
"""The colour of labels, and of what has no colour of its own."""
_GREEN, _BLUE, _TEAL, _AMBER, _ORANGE, _RED, _VIOLET, _SLATE = (
    "#17925f", "#2f7bc8", "#1d8f9c", "#a87b00", "#cf6a1c", "#d1483c", "#8467cf", "#7d838c",
)  # fmt: skip
MEANINGS: Colours = {
    **dict.fromkeys(("in_force", "open", "operational", "fulfilled", "completed", "released", "joined"), _GREEN),
    **dict.fromkeys(("signed", "underway", "made", "foiled", "held", "moved", "ratified", "known_by"), _BLUE),
    **dict.fromkeys(("provisional", "evacuating", "recaptured", "received"), _TEAL),
    **dict.fromkeys(("proposed", "planned", "attempted", "restricted"), _AMBER),
    **dict.fromkeys(("suspended", "damaged", "sent"), _ORANGE),
    **dict.fromkeys(("closed", "besieged", "succeeded", "broken", "escaped", "overdue", "contested"), _RED),
    **dict.fromkeys(("claimed", "repatriated", "report"), _VIOLET),
    **dict.fromkeys(("declared", "evacuated", "died"), _SLATE),
    **dict.fromkeys(("ended", "cancelled", "withdrawn", "unknown", "other"), GREY),
}
"""The colours of statuses, outcomes and kinds of numbers, by their words in the vocabulary.

Green works or holds, blue is under way, amber is intended, orange is interrupted, red is shut or broken, grey is over.
"""
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_PAPER = 226
"""The grey that a pale colour is mixed with; half-transparent marks on a transparent image come out wrong as PNG."""


def colours_of(authorities: Iterable[str], given: Colours | None = None) -> dict[str, str]:
    """Return the colour of each authority, those in `given` first, the others by their order.

    An authority whose slot has the colour given to another gets that one's slot in exchange.

    Raises: InvalidValue for a colour that is not written `#rrggbb`.

    >>> colours_of(["sdf", "iraq-gov"], {"iraq-gov": "#0072b2"})
    {'sdf': '#c77700', 'iraq-gov': '#0072b2'}
    """
    given = checked(given)
    slots = {slug: PALETTE[n % len(PALETTE)] for n, slug in enumerate(authorities)}
    found = {**slots, **given}
    for slug, colour in given.items():
        for other in slots.keys() - given.keys():
            if slots[other] == colour and slug in slots:
                found[other] = slots[slug]
    return found


def checked(given: Colours | None) -> Colours:
    """Return given colours, in small letters.

    Raises: InvalidValue for a colour that is not written `#rrggbb`.
    """
    if given is None:
        return {}
    if not isinstance(given, Mapping) or not all(isinstance(c, str) and _HEX.fullmatch(c) for c in given.values()):
        raise InvalidValue(
            f"colours is {given!r}: expected colours by authority, such as {{'sdf': '#c77700'}}.", value=given
        )
    return {slug: colour.lower() for slug, colour in given.items()}


def tint(colour: str, share: float) -> str:
    """Mix a paler, opaque colour, in which the given one has a share. Every program paints it alike.

    >>> tint("#0072b2", 0.5)
    '#71aaca'
    """
    parts = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return "#" + "".join(f"{round(part * share + _PAPER * (1 - share)):02x}" for part in parts)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21.

    Source: the contrast ratio of WCAG 2.2.

    >>> round(contrast("#000000", "#ffffff"), 1)
    21.0
    """
    darker, lighter = sorted(map(_luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def ink_on(colour: str) -> str:
    """Return the colour in which text is legible on a colour: black or white.

    >>> ink_on("#2f7bc8"), ink_on("#f0e442")
    ('#000000', '#000000')
    """
    return max("#000000", "#ffffff", key=lambda ink: contrast(ink, colour))


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[n : n + 2], 16) / 255) for n in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
