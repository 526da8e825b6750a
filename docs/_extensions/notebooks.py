"""The notebooks of the examples, run while the site is built and shown with what they gave."""

from __future__ import annotations

import logging
import re
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from sphinx.application import Sphinx

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
FOLDER = "examples"
_LINK = re.compile(r"\]\(\.\./examples/(\w+\.ipynb)\)")
_QUIET = ["--log-level=ERROR"]
_STILL = "import altair; altair.renderers.enable('svg')"  # charts as pictures, which need no script
_WIDGET = "application/vnd.jupyter.widget-view+json"
_REPLAY = (
    "<p><em>Here a notebook shows the replay, to scrub along both clocks. "
    "The <a href='../gallery.html#a-page-to-share'>page to share</a> holds the same, and works without Python.</em></p>"
)


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("builder-inited", run)
    app.connect("source-read", lead_to_them)
    return {"parallel_read_safe": True}


def lead_to_them(_app: Sphinx, _page: str, source: list[str]) -> None:
    """Make links to notebooks in the repository point to the executed ones."""
    source[0] = _LINK.sub(rf"]({FOLDER}/\1)", source[0])


def run(app: Sphinx) -> None:
    """Run each, without its outputs being kept in the repository."""
    logging.getLogger("traitlets").setLevel(logging.WARNING)
    folder = Path(app.srcdir, FOLDER)
    folder.mkdir(exist_ok=True)
    for path in sorted(EXAMPLES.glob("*.ipynb")):
        nbformat.write(_run(path), folder / path.name)


def _run(path: Path) -> NotebookNode:
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(_STILL))
    with tempfile.TemporaryDirectory() as made:
        NotebookClient(notebook, timeout=300, extra_arguments=_QUIET, resources={"metadata": {"path": made}}).execute()
    del notebook.cells[0]
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if _WIDGET in output.get("data", {}):
                output.data = NotebookNode({"text/html": _REPLAY})
    return notebook
