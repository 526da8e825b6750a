"""A replay to scrub in a notebook: the state of any moment, as made public by any other."""

from __future__ import annotations

from typing import Any

import orjson

from timeline.display.frames import frames, moment_label, publication_ends, shared
from timeline.display.telling import leaving
from timeline.display.web import static
from timeline.display.words import Names, Words
from timeline.extras import needs
from timeline.timeline import Timeline
from timeline.values.instants import instant

with needs("notebook"):
    import anywidget
    import traitlets


class Replay(anywidget.AnyWidget):
    """A timeline to step and scrub along the occurred clock, with the reported clock as a second slider.

    The browser holds the changes of the whole history, so that scrubbing asks nobody; only another
    moment of the reported clock does. What just changed is marked, and sources stand behind a click.
    It shows the timeline as it was when the widget was made, and of it what may leave.
    """

    _esm = static("replay.js")
    _css = static("replay.css")
    log = traitlets.Unicode().tag(sync=True)
    frames = traitlets.Unicode().tag(sync=True)
    reported = traitlets.Int(None, allow_none=True).tag(sync=True)

    def __init__(self, line: Timeline, *, language: str = "en", names: Names | None = None, **options: Any) -> None:
        Words(language)
        self._line = line
        self._options = options
        told = leaving(line, **options)
        entries = told.entries()
        log = {
            **shared(entries, told.names(names)),
            "language": language,
            "published": [[end, moment_label(end, line.tz)] for end in publication_ends(entries, line.tz)],
        }
        super().__init__(log=orjson.dumps(log).decode(), frames=orjson.dumps(frames(told)).decode())

    @traitlets.observe("reported")
    def _asked(self, change: Any) -> None:
        """Tell the frames of everything made public by a moment (exclusive); None is everything known."""
        end = {} if change["new"] is None else {"reported": instant(change["new"] - 1)}
        self.frames = orjson.dumps(frames(leaving(self._line, **{**self._options, **end}))).decode()
