r"""Texts of sources, made safe to render: a character that steers a reader's program becomes a visible mark.

Control characters move a terminal's cursor, break an XML file or end a program that draws. Line separators and
marks of direction change all the text that follows. Half of a surrogate pair cannot be written at all.
"""

from __future__ import annotations

import re
from typing import Any

MARK = "\ufffd"
"""The replacement character."""
_UNXML = r"\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff"
_UNFIT = f"[{_UNXML}]"
_STEERING = rf"[{_UNXML}\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
"""Arabic text needs other marks of direction (U+200E, U+200F, U+061C), and those stay."""


def visible(text: str) -> str:
    r"""Replace each character that steers a program by a visible mark; line feeds and tabs stay.

    >>> visible("red" + chr(27) + "[31m")
    'red\ufffd[31m'
    """
    return text if text.isprintable() else re.sub(_STEERING, MARK, text)


def writable(text: str) -> str:
    r"""Replace each character that XML, HTML or UTF-8 cannot hold; marks of direction stay.

    >>> writable("a" + chr(0) + chr(0x202B))
    'a\ufffd\u202b'
    """
    return text if text.isprintable() else re.sub(_UNFIT, MARK, text)


def all_writable(value: Any) -> Any:
    """Make each text `writable` in a value of dicts, lists and texts."""
    if isinstance(value, str):
        return writable(value)
    if isinstance(value, dict):
        return {writable(key): all_writable(inner) for key, inner in value.items()}
    return [all_writable(inner) for inner in value] if isinstance(value, list | tuple) else value
