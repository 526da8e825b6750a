"""The part of the pytest plugin that needs the library: keeping the log of a failed test, and replaying it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from timeline import text
from timeline.errors import LogClosed, TimelineError
from timeline.testing.compare import differences
from timeline.testing.story import StoryFailed
from timeline.timeline import Timeline

Section = tuple[str, str]
"""A headed part of pytest's report of a test."""


def kept(item: pytest.Item, failure: pytest.ExceptionInfo[BaseException] | None) -> list[Section]:
    """Write the log of a failed test into pytest's cache, and say how to replay it."""
    told_already = failure is not None and isinstance(failure.value, StoryFailed)
    line = failure.value.line if failure and isinstance(failure.value, StoryFailed) else _fixture(item)
    cache: Any = getattr(item.config, "cache", None)  # there is none under -p no:cacheprovider
    if line is None or cache is None:
        return []
    try:
        entries = line.entries()
        path = Path(cache.mkdir("timeline")) / (re.sub(r"[^\w.-]+", "-", item.nodeid)[-150:] + ".jsonl")
        line.dump(path)
    except LogClosed:
        return []
    where = os.path.relpath(path, item.config.invocation_params.dir)
    told = [] if told_already else [text.entries(entries)]
    return [("timeline", "\n".join([*told, f"replay it entry by entry: pytest --timeline-replay {where}"]))]


def _fixture(item: pytest.Item) -> Timeline | None:
    """The timeline a test asked for, if anything was told to it."""
    line = getattr(item, "funcargs", {}).get("timeline")
    return line if isinstance(line, Timeline) else None


def replayed(path: str | os.PathLike[str]) -> Iterator[str]:
    """A kept log, entry by entry in the order of recording: who said so, and what it changed.

    Raises: pytest.UsageError for what is no kept log.
    """
    line = Timeline()
    try:
        line.restore(path)
    except (OSError, TimelineError) as error:
        raise pytest.UsageError(f"--timeline-replay: {error}") from error
    for step in line.replay(by="recorded"):
        yield f"{step.entry}  · recorded {step.entry.recorded_at.to_iso8601_string()}"
        yield from (f"    {report}" for report in step.entry.reports)
        yield from (f"  {change}" for change in differences(step.before, step.after) or ["no change"])
    yield f"\n{line.at()}"
