"""Pictures that the code beside them makes, while the site is built.

The code of a page runs from top to bottom. Where a mark stands, what was made above it is shown:

    <!-- chart control: who held what, in words -->       an Altair chart
    <!-- terminal changes: ... -->                        a value, as a terminal shows it
    <!-- notebook situation: ... -->                      a value, as a notebook shows it
    <!-- page report.html: ... -->                        a file that was written, as a page within the page
    <!-- link report.html: ... -->                        such a file of any page, one click away

The words are for whoever cannot see the picture. Where the page is read as plain Markdown, a mark is invisible.
"""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Any

from rich.console import Console
from sphinx.application import Sphinx

FOLDER = "_pictures"
MARK = re.compile(r"^<!-- (chart|terminal|notebook|page) (\S+): ([^\n]+) -->$", re.MULTILINE)
_LINK = re.compile(r"^<!-- link (\S+): ([^\n]+) -->$", re.MULTILINE)
_STEP = re.compile(rf"^```python\n(?P<code>.*?)^```$|{MARK.pattern}", re.DOTALL | re.MULTILINE)
_FONT = re.compile(r"@font-face {.*?}\s*", re.DOTALL)


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("source-read", draw)
    return {"parallel_read_safe": True}


def draw(app: Sphinx, _page: str, source: list[str]) -> None:
    """Put every picture of a page, and every link to one, where its mark stands."""
    source[0] = _LINK.sub(lambda found: _raw(f'<p><a href="{FOLDER}/{found[1]}">{escape(found[2])}</a></p>'), source[0])
    if not MARK.search(source[0]):
        return
    folder = Path(app.outdir, FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    namespace: dict[str, Any] = {"__name__": "__main__"}

    def step(found: re.Match[str]) -> str:
        if (code := found["code"]) is not None:
            exec(code, namespace)  # noqa: S102  # nosec B102: our own pages
            return found[0]
        kind, name, words = found.groups()[1:]
        return _raw(_KINDS[kind](namespace.get(name, name), folder / name, words))

    with _somewhere_else():
        source[0] = _STEP.sub(step, source[0])


@contextlib.contextmanager
def _somewhere_else() -> Iterator[None]:
    """Run the block in a folder of its own, without output."""
    with tempfile.TemporaryDirectory() as made, contextlib.chdir(made), contextlib.redirect_stdout(io.StringIO()):
        yield


def _chart(chart: Any, path: Path, words: str) -> str:
    chart.save(path.with_suffix(".svg"))
    return _image(f"{path.stem}.svg", words, "chart")


def _terminal(value: Any, path: Path, words: str) -> str:
    console = Console(record=True, width=100, file=io.StringIO())
    console.print(value)
    picture = console.export_svg(title="", unique_id=path.stem)
    path.with_suffix(".svg").write_text(_FONT.sub("", picture), "utf-8")  # fonts would come from the network
    return _image(f"{path.stem}.svg", words, "terminal")


def _notebook(value: Any, _path: Path, words: str) -> str:
    html = value._repr_mimebundle_()["text/html"]
    return f'<section class="picture" aria-label="{escape(words)}">{html}</section>'


def _page(name: str, path: Path, words: str) -> str:
    shutil.copyfile(name, path)
    return (
        f'<iframe class="picture" src="{FOLDER}/{name}" title="{escape(words)}" loading="lazy"></iframe>'
        f'<p><a href="{FOLDER}/{name}">Open it as a page of its own</a></p>'
    )


_KINDS: dict[str, Callable[[Any, Path, str], str]] = {
    "chart": _chart, "terminal": _terminal, "notebook": _notebook, "page": _page,
}  # fmt: skip


def _image(name: str, words: str, kind: str) -> str:
    source = f"{FOLDER}/{name}"
    return f'<p><a href="{source}"><img class="picture {kind}" src="{source}" alt="{escape(words)}"></a></p>'


def _raw(html: str) -> str:
    return f"``````{{raw}} html\n{html}\n``````"
