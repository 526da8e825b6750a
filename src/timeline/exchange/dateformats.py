"""Formats of dates, in the directives of `strptime`: what each matches, and what it must not leave open."""

from __future__ import annotations

import re
from typing import Final

from attrs import frozen

from timeline.errors import InvalidValue

_SHORT: Final = frozenset("mdHIMS")
"""Directives that are numbers of one digit or two."""
_WORD = r"[^\W\d_]+\.?"
_PATTERNS: Final = {
    "Y": r"\d{4}",
    "f": r"\d{1,6}",
    "B": rf"{_WORD}(?:\s+{_WORD})?",
    "A": _WORD,
    "p": r"[ap]\.?m\.?|ص|م",
    "z": r"Z|[+-]\d\d(?::?\d\d)?",
}
_SAME: Final = {"b": "B", "h": "B", "a": "A"}
_REFUSED: Final = {
    "y": "a year of two digits leaves the century open, so write it in full",
    "Z": "names of zones mean several offsets: write the name as it stands, and give tz=",
    "c": "its order depends on the program's locale",
    "x": "its order depends on the program's locale",
    "X": "its order depends on the program's locale",
}
_NEEDS: Final = (
    ("d", "m"), ("clock", "d"), ("I", "p"), ("p", "I"), ("clock", "M"), ("M", "clock"), ("S", "M"), ("f", "S"),
    ("A", "d"), ("z", "M"),
)  # fmt: skip
"""What stands in a format only beside something else."""


@frozen
class DateFormat:
    """One way to write a time: its text, what it matches, and its parts by directive."""

    text: str
    pattern: re.Pattern[str]
    parts: frozenset[str]

    @classmethod
    def of(cls, text: str) -> DateFormat:
        pieces = re.findall(r"%.|\s+|[^%\s]+|%", text) if isinstance(text, str) else []
        parts = [_SAME.get(piece[1:], piece[1:]) for piece in pieces if piece[0] == "%" and piece != "%%"]
        fault = _fault(parts)
        if fault or not parts:
            raise InvalidValue(f"{text!r} {fault or 'is not a format: expected one such as %d/%m/%Y'}.", value=text)
        numeric = [piece[0] == "%" and piece[1:] in {"Y", *_SHORT} for piece in pieces]
        beside = [any(numeric[max(at - 1, 0) : at] + numeric[at + 1 : at + 2]) for at in range(len(pieces))]
        pattern = "".join(map(_pattern, pieces, beside))
        return cls(text, re.compile(pattern, re.IGNORECASE), frozenset(parts))


def _fault(parts: list[str]) -> str:
    """Say what is wrong with the directives of a format; blank for nothing."""
    for part in parts:
        if part in _REFUSED:
            return f"has %{part}: {_REFUSED[part]}"
        if part not in _PATTERNS and part not in _SHORT:
            known = ", ".join(f"%{name}" for name in (*_PATTERNS, *sorted(_SHORT)))
            return f"has %{part}, which is not read: expected {known}"
    names = ["m" if part == "B" else part for part in parts]
    twice = next((part for part in names if names.count(part) > 1), None)
    if twice:
        return f"has %{twice} twice"
    if "Y" not in names:
        return "has no year: expected %Y"
    if {"H", "I"} <= set(names):
        return "has two hours: expected %H, or %I and %p"
    has = {*names, *(("clock",) if {"H", "I"} & {*names} else ())}
    missing = next(((part, other) for part, other in _NEEDS if part in has and other not in has), None)
    return "has {} without {}".format(*map(_directive, missing)) if missing else ""


def _directive(part: str) -> str:
    return "an hour" if part == "clock" else f"%{part}"


def _pattern(piece: str, beside: bool) -> str:  # noqa: FBT001
    """Return the regular expression of a piece of a format; adjacent numbers need all their digits."""
    if piece.isspace():
        return r"\s+"
    if piece[0] != "%" or piece == "%%":
        return re.escape(piece[-1] if piece == "%%" else piece)
    name = _SAME.get(piece[1:], piece[1:])
    if name in _SHORT:
        return rf"(?P<{name}>\d{{{2 if beside else 1},2}})"
    return f"(?P<{name}>{_PATTERNS[name]})"
