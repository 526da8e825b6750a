"""How values of the library show themselves in notebooks and terminals."""

from __future__ import annotations

from typing import Any

from timeline.extras import needs


class Shown:
    """A value that shows itself: in notebooks as HTML, in a terminal through `rich`.

    What it looks like is up to `timeline.display`, which is imported when something is shown and not before.
    """

    __slots__ = ()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from timeline.display.html import html
        from timeline.display.sheets import plain_text, sheet

        found = sheet(self)
        worded = type(self).__str__ is not object.__str__
        return {"text/html": html(found), "text/plain": str(self) if worded else plain_text(found)}

    def __rich__(self) -> Any:
        from timeline.display.sheets import sheet

        with needs("rich"):
            from timeline.display.terminal import rendered

        return rendered(sheet(self))
