"""Make pages of Sphinx usable with a screen reader and with a keyboard."""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

_SIGNATURE = re.compile(r'<dt class="sig .*?</dt>', re.DOTALL)
_LISTED = {"<dl>": '<span class="parameters">', "</dl>": "</span>", "<dd>": "<span>", "</dd>": "</span>"}
"""Each parameter has a line of its own; as a list of definitions it would lack what is defined."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_js_file("accessible.js", loading_method="defer")
    app.connect("html-page-context", mend, priority=900)  # after the theme
    return {"parallel_read_safe": True}


def mend(_app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    """Give headings their level, and make signatures text."""
    tree = context.get("furo_navigation_tree", "")
    context["furo_navigation_tree"] = tree.replace('role="heading"', 'role="heading" aria-level="2"')
    context["body"] = _SIGNATURE.sub(_as_text, context.get("body", ""))


def _as_text(signature: re.Match[str]) -> str:
    return re.sub("|".join(_LISTED), lambda tag: _LISTED[tag[0]], signature[0])
