"""A replay to scrub in a notebook: the state of any moment, as made public by any other."""

from __future__ import annotations

from typing import Any

import orjson

from timeline.display.frames import frames, moment_label, published, shared
from timeline.display.web import static
from timeline.display.words import Names, Words, names_in
from timeline.extras import needs
from timeline.instants import instant
from timeline.timeline import Timeline

with needs("notebook"):
    import anywidget
    import traitlets


class Replay(anywidget.AnyWidget):
    """A timeline to step and scrub along the occurred clock, with the reported clock as a second slider.

    The browser holds the changes of the whole history, so that scrubbing asks nobody; only another
    moment of the reported clock does. What just changed is marked, and sources stand behind a click.
    It shows the timeline as it was when the widget was made.
    """

    _esm = static("replay.js")
    _css = static("replay.css")
    log = traitlets.Unicode().tag(sync=True)
    frames = traitlets.Unicode().tag(sync=True)
    reported = traitlets.Int(None, allow_none=True).tag(sync=True)

    def __init__(self, line: Timeline, *, language: str = "en", names: Names | None = None) -> None:
        Words(language)
        self._line = line
        entries, asked = line.entries(), line.at()
        log = {
            **shared(entries, names_in(asked, names)),
            "language": language,
            "published": [[end, moment_label(end, line.tz)] for end in published(entries, line.tz)],
        }
        super().__init__(log=orjson.dumps(log).decode(), frames=_told(line, None))

    @traitlets.observe("reported")
    def _asked(self, change: Any) -> None:
        self.frames = _told(self._line, change["new"])


def _told(line: Timeline, reported: int | None) -> str:
    """The frames of everything made public by a moment (exclusive); None is everything known."""
    asked = line.at() if reported is None else line.at(reported=instant(reported - 1))
    return orjson.dumps(frames(asked)).decode()
