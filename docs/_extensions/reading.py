"""The order in which pages are read, their language, and their diagrams."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

MERMAID = Path(__file__).parent.parent.parent / ".cache" / "mermaid" / "package" / "dist" / "mermaid.min.js"
"""What draws diagrams; `make docs` brings it where npm is there, and without it their text stands."""
_DIAGRAM = '<pre class="mermaid">'
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_LISTED = re.compile(r"^(?:[*-]|\d+\.) \[[^\]]+\]\(([^)#:]+)\.(?:md|ipynb)\)", re.MULTILINE)


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_directive("mermaid", Diagram)
    app.connect("source-read", put_in_order, priority=600)  # after links were put right
    app.connect("html-page-context", turn)
    if MERMAID.exists():
        app.connect("config-inited", lambda _app, config: config.html_static_path.append(str(MERMAID)))
        app.connect("html-page-context", draw)
    return {"parallel_read_safe": True}


def put_in_order(_app: Sphinx, page: str, source: list[str]) -> None:
    """Turn the lists of an index, with their order and headings, into the navigation."""
    if page.rpartition("/")[2] == "index":
        source[0] += "".join(_toctrees(source[0]))


def _toctrees(text: str) -> Iterator[str]:
    parts = ["", *_HEADING.split(text)]
    for caption, part in zip(parts[::2], parts[1::2], strict=True):
        if pages := _LISTED.findall(part):
            named = f":caption: {caption}\n" if caption else ""
            yield "\n\n```{toctree}\n:hidden:\n" + named + "\n" + "\n".join(pages) + "\n```\n"


def turn(_app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    """Arabic pages are set from right to left."""
    if page.startswith("ar/"):
        for part in ("body", "toc"):
            context[part] = f'<div lang="ar" dir="rtl">{context[part]}</div>'


def draw(app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    """Load the script for diagrams on pages that have diagrams."""
    if _DIAGRAM in context.get("body", ""):
        for script in (MERMAID.name, "diagrams.js"):
            app.add_js_file(script)


class Diagram(SphinxDirective):
    """A diagram in Mermaid, drawn by the reader's browser; where it is not drawn, its text stands."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Write the text of the diagram, marked for the script."""
        return [nodes.raw("", f"{_DIAGRAM}{escape(chr(10).join(self.content))}</pre>", format="html")]
