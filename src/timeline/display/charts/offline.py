"""Charts that need no network: what is shown or saved brings along the code that draws it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert

from timeline.log.replacing import require_no_log

_MARK = re.compile(r'<(path|text|line)((?: [\w:-]+="[^"]*")*? aria-label="([^"]*)" role="graphics-symbol"[^>]*)/>')


class _Offline:
    """The parts of an Altair chart that would otherwise ask the network for their code."""

    def save(self: Any, fp: Any, format: Any = None, **options: Any) -> None:
        """Save as Altair does; a page of HTML holds the code that draws it, unless `inline=False`.

        Raises: CannotOpen where a log is.
        """
        if isinstance(fp, str | os.PathLike):
            require_no_log(Path(fp))
        inline = {"inline": True} if format == "html" or str(fp).lower().endswith((".html", ".htm")) else {}
        super().save(fp, format, **{**inline, **options})  # type: ignore[misc]

    def to_html(self: Any, *given: Any, **options: Any) -> str:
        """Make a page as Altair does, which holds the code that draws it, unless `inline=False`."""
        page: str = super().to_html(*given, **{"inline": True, **options})  # type: ignore[misc]
        return page

    def _repr_mimebundle_(self: Any, *given: Any, **options: Any) -> Any:
        """Show a picture; what another renderer makes where one is enabled."""
        if alt.renderers.active != "default":
            return super()._repr_mimebundle_(*given, **options)  # type: ignore[misc]
        return {"image/svg+xml": picture(self), "text/plain": repr(self)}


class Layers(_Offline, alt.LayerChart):  # type: ignore[misc]
    """Layers that are shown without network."""


class Columns(_Offline, alt.VConcatChart):  # type: ignore[misc]
    """Charts below one another that are shown without network."""


class Single(_Offline, alt.Chart):  # type: ignore[misc]
    """A chart that is shown without network."""


def offline(chart: Any) -> Any:
    """Return a chart as one that needs no network."""
    kinds = {alt.LayerChart: Layers, alt.VConcatChart: Columns, alt.Chart: Single}
    if type(chart) in kinds:
        object.__setattr__(chart, "__class__", kinds[type(chart)])  # Altair takes an assignment for a part of the chart
    return chart


def picture(chart: Any) -> str:
    """Draw a chart as SVG for a page: each mark says on pointing what it shows, and leads to its source."""
    spec = chart.to_dict(validate=False)  # it is ours, and to check it takes longer than to draw it
    svg = _MARK.sub(r"<\1\2><title>\3</title></\1>", vl_convert.vegalite_to_svg(spec))
    return svg.replace(
        "<svg ", '<svg style="max-width:100%;height:auto" ', 1
    )  # a narrow notebook cuts off what is wide
