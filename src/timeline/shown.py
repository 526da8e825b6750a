"""How values of the library show themselves in notebooks and terminals."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import Any, Literal

from timeline.extras import needs


class Shown:
    """A value that shows itself: in notebooks as HTML, in a terminal through `rich`.

    What it looks like is up to `timeline.display`, which is imported when something is shown and not before.
    """

    __slots__ = ()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:  # noqa: ARG002
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


class Presented(Shown):
    """A timeline, which can be put before others as well: as a page, as a replay, as data frames."""

    __slots__ = ()

    def to_html(
        self: Any,
        path: str | PathLike[str],
        *,
        title: str = "",
        language: Literal["en", "ar"] = "en",
        names: Mapping[str, Mapping[str, str]] | None = None,
        **options: Any,
    ) -> Any:
        """Write one page to share: charts, any moment by a slider, every entry with its sources, findings.

        It needs no network, opens from disk, and switches between English and Arabic, beginning with
        `language`. `names` adds to the names of facilities: `{"sdf": {"en": "SDF", "ar": "قسد"}}`. `options` are
        those of every export, `recorded`, `reported`, `accept`, `policy`, `allow` and `suppress_below`: what is
        marked stays. The answer says how many entries it holds, and what was left out.

        Raises: MissingExtra without the extra `notebook`, InvalidValue for a language, InvalidWhen.
        """
        from timeline.display import page

        return page.write(path, self, title=title, language=language, names=names, **options)

    def widget(
        self: Any,
        *,
        language: Literal["en", "ar"] = "en",
        names: Mapping[str, Mapping[str, str]] | None = None,
        **options: Any,
    ) -> Any:
        """Make a replay for notebooks: step or scrub along the occurred clock, and along the reported one.

        `options` are those of `to_html`.

        Raises: MissingExtra without the extra `notebook`, InvalidValue for a language, InvalidWhen.
        """
        from timeline.display.widget import Replay

        return Replay(self, language=language, names=names, **options)

    def to_arrow(self: Any, table: Any = "entries", **options: Any) -> Any:
        """A `pyarrow.Table` of entries, postings, stocks, flows, control or agreements, within the cuts of `at`.

        `options` are those of every export: the cuts, `allow` and `suppress_below`.

        Raises: MissingExtra without the extra `frames`, InvalidValue for another table, InvalidWhen.

        >>> from timeline import Timeline
        >>> Timeline.demo().to_arrow("control").num_rows > 0
        True
        """
        from timeline.exchange import frames

        return frames.to_arrow(self, table, **options)

    def to_polars(self: Any, table: Any = "entries", **options: Any) -> Any:
        """What `to_arrow` gives, as a `polars.DataFrame`.

        Raises: MissingExtra, InvalidValue, InvalidWhen.
        """
        from timeline.exchange import frames

        return frames.to_polars(self, table, **options)

    def to_pandas(self: Any, table: Any = "entries", **options: Any) -> Any:
        """What `to_arrow` gives, as a `pandas.DataFrame`.

        Raises: MissingExtra, InvalidValue, InvalidWhen.
        """
        from timeline.exchange import frames

        return frames.to_pandas(self, table, **options)
