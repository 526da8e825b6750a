"""Markup that is safe by construction, addresses that are safe to follow, and files for browsers."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from timeline.values.visible import writable


class Html(str):
    """Markup made by `tag`, which alone is never escaped again."""

    __slots__ = ()


def tag(name: str, *children: Any, **attributes: str | None) -> Html:
    """Make an element. Children and attributes that are not `Html` are escaped; attributes that are None are left out.

    >>> tag("a", "1 < 2", cls="x", title=None)
    '<a class="x">1 &lt; 2</a>'
    """
    told = {"class" if key == "cls" else key: text for key, text in attributes.items() if text is not None}
    inner = "".join(f' {key}="{escape(writable(str(text)))}"' for key, text in told.items())
    return Html(f"<{name}{inner}>{joined(children)}</{name}>")


def joined(children: Iterable[Any], between: str = "") -> Html:
    """Put children side by side, and escape those that are not `Html`."""
    return Html(between.join(child if isinstance(child, Html) else escape(writable(str(child))) for child in children))


def static(name: str) -> str:
    """Read a file that the library ships for browsers."""
    return files("timeline.display").joinpath("static", name).read_text("utf-8")


def is_web(url: str | None) -> bool:
    """Tell whether an address is http or https, as a browser would read it.

    >>> is_web("https://example.org/"), is_web("javascript:alert(1)")
    (True, False)
    """
    if url is None or not url.isprintable() or url != url.strip():
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
