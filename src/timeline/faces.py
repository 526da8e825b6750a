"""The faces of the library, and the only file that knows both them and the values they show.

Each face is imported when it is used, since most need an extra.
"""

from __future__ import annotations

from os import PathLike
from typing import Any, Literal

from timeline.displayable import hand_in
from timeline.extras import needs


class _Faces:
    def mime_bundle(self, value: Any) -> dict[str, str]:
        from timeline.display.html import html
        from timeline.display.sheets import sheet

        words: Any = type(value).__str__
        plain = self.plain(value) if words is object.__str__ else str(value)
        return {"text/html": html(sheet(value)), "text/plain": plain}

    def plain(self, value: Any) -> str:
        from timeline.display.sheets import plain_text, sheet

        return plain_text(sheet(value))

    def narrative(self, situation: Any, **options: Any) -> str:
        from timeline.display.narrative.markdown import narrative

        return narrative(situation, **options)

    def renderable(self, value: Any) -> Any:
        from timeline.display.sheets import sheet

        with needs("rich"):
            from timeline.display.terminal import rendered

        return rendered(sheet(value))

    def page(self, line: Any, path: str | PathLike[str], **options: Any) -> Any:
        from timeline.display import page

        return page.write(path, line, **options)

    def widget(self, line: Any, **options: Any) -> Any:
        from timeline.display.widget import Replay

        return Replay(line, **options)

    def frame(self, library: Literal["arrow", "polars", "pandas"], line: Any, table: Any, **options: Any) -> Any:
        from timeline.exchange import frames

        to = {"arrow": frames.to_arrow, "polars": frames.to_polars, "pandas": frames.to_pandas}
        return to[library](line, table, **options)

    def tabulate(self, library: Literal["arrow", "polars", "pandas"], answers: Any) -> Any:
        from timeline.exchange import tables

        to = {"arrow": tables.answers_to_arrow, "polars": tables.answers_to_polars, "pandas": tables.answers_to_pandas}
        return to[library](answers)


hand_in(_Faces())
