"""The page of a timeline in a notebook: both clocks, without a kernel; and pictures where no widget can run."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from timeline.display.colours import Colours
from timeline.display.page.still import Still
from timeline.display.page.writing import page_text
from timeline.display.telling import leaving
from timeline.display.web import Html, static, tag
from timeline.display.words import Names, Words
from timeline.extras import needs
from timeline.timeline import Timeline

with needs("notebook"):
    import anywidget
    import traitlets


_HIDDEN = ':root:has(iframe[data-timeline="MARK"]) .timeline-sheet[data-timeline="MARK"] { display: none; }'
"""The rule by which the state hides where the widget runs. The mark is that of one page."""


class Replay(anywidget.AnyWidget):
    """The page of a timeline, in a frame: any point of both clocks, the claims, the entries with their sources.

    The browser holds all of it, so that no kernel is asked. It shows the timeline as it was when the widget was made,
    and of it what may leave. A saved or exported notebook without widgets shows the latest state and the charts.
    """

    _esm = static("widget.js")
    _css = static("widget.css")
    page = traitlets.Unicode().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    mark = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        line: Timeline,
        *,
        language: str = "en",
        names: Names | None = None,
        colours: Colours | None = None,
        **options: Any,
    ) -> None:
        Words(language)
        told = leaving(line, **options)
        title = Words(language)("timeline").capitalize()
        text = page_text(told, line, title="", language=language, names=names, colours=colours)
        mark = sha256(text.encode()).hexdigest()[:12]
        super().__init__(page=text, title=title, mark=mark)
        still = Still(told, told.names(names), title=title, language=language, colours=colours).html()
        style = Html(f"<style>{static('sheet.css')}{_HIDDEN.replace('MARK', mark)}</style>")
        direction = "rtl" if language == "ar" else "ltr"
        told_in = {"lang": language, "dir": direction, "data-timeline": mark}
        self._still = str(tag("div", style, still, cls="timeline-sheet", **told_in))
        self._plain = f"{title}: {Words(language).count(len(told.entries()), 'entries')}"

    def _ipython_display_(self) -> None:
        """Show the widget, and the latest state and the charts, which hide where the widget runs.

        An exported notebook prefers the widget to other formats of the same output, also without the network that
        the widget then needs. So the state is an output of its own.
        """
        from IPython.display import display

        found = super()._repr_mimebundle_()
        bundle = found[0] if isinstance(found, tuple) else found or {}
        display({**bundle, "text/plain": self._plain}, raw=True)  # type: ignore[no-untyped-call]
        display({"text/html": self._still, "text/plain": ""}, raw=True)  # type: ignore[no-untyped-call]

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """Show the widget; where none can run, the latest state and the charts."""
        found = super()._repr_mimebundle_(**options)
        beside = {"text/html": self._still, "text/plain": self._plain}
        if isinstance(found, tuple):
            return {**found[0], **beside}, *found[1:]
        return {**(found or {}), **beside}
