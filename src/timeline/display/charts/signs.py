"""The key of signs: what half a bar, a dashed outline or a hollow point means, in one legend."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import altair as alt

from timeline.display.charts.captions import caption_text
from timeline.display.colours import GREY
from timeline.display.words import Words

_BOX = "M-1.4,{0}L1.4,{0}L1.4,{1}L-1.4,{1}Z"
_DASHES = "".join(
    f"M{x},{y}h.5v.14h-.5Z" for y in (-0.7, 0.56) for x in (-1.4, -0.7, 0, 0.7)
) + "".join(f"M{x},{y}h.14v.4h-.14Z" for x in (-1.4, 1.26) for y in (-0.5, 0.1))  # fmt: skip
_RING = "M-1,0A1,1,0,1,1,1,0A1,1,0,1,1,-1,0ZM-.72,0A.72,.72,0,1,0,.72,0A.72,.72,0,1,0,-.72,0Z"
_PATHS = {
    "half": _BOX.format(0, 0.8),
    "gap": _DASHES,
    "over": _DASHES,
    "contested": _BOX.format(-0.3, 0.2),
    "band": _BOX.format(-0.7, 0.7),
    "about": "M-1.4,-.15h.7v.3h-.7ZM-.35,-.15h.7v.3h-.7ZM.7,-.15h.7v.3h-.7Z",
    "least": "M0,-1L1,.8L-1,.8Z",
    "rival": _RING,
    "talks": "M-.8,0A.8,.8,0,1,1,.8,0A.8,.8,0,1,1,-.8,0Z",
    "commitments": "M0,-1L.8,0L0,1L-.8,0Z",
    "statements": "M-.7,-.7h1.4v1.4h-1.4Z",
    "violations": "M-.25,-.8h.5v.55h.55v.5h-.55v.55h-.5v-.55h-.55v-.5h.55Z",
    "until": "M-.16,-1h.32v2h-.32Z",
}

SAID = {sign: _PATHS[sign] for sign in ("talks", "commitments", "statements", "violations")}
"""The signs of what was said of an agreement."""


def key(found: Iterable[str], words: Words, x: alt.X) -> list[Any]:
    """Return a layer that draws nothing but a legend of the signs that a chart shows; none where it shows none."""
    wanted = set(found)
    shown = [sign for sign in _PATHS if sign in wanted]
    said = [words(sign) if sign in SAID else caption_text(words, sign) for sign in shown]
    legend = alt.Legend(
        title=None, symbolFillColor=GREY, symbolStrokeWidth=0, symbolOpacity=1, symbolSize=90, columns=2
    )
    shape = alt.Shape("sign:N", scale=alt.Scale(domain=said, range=[_PATHS[sign] for sign in shown]), legend=legend)
    if not shown:
        return []
    rows = alt.InlineData(values=tuple({"sign": sign, "start": None} for sign in said))
    return [alt.Chart(rows).mark_point(opacity=0, filled=True, color=GREY).encode(x=x, shape=shape)]
