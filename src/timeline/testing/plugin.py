"""The part of the pytest plugin that needs the library: keeping the log of a failed test, and replaying it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from timeline.answers import text
from timeline.errors import LogClosed, TimelineError
from timeline.testing.approval import writing
from timeline.testing.compare import differences
from timeline.testing.story import StoryFailed
from timeline.timeline import Timeline

Section = tuple[str, str]
"""A headed part of pytest's report of a test."""


def kept(item: pytest.Item, failure: pytest.ExceptionInfo[BaseException] | None) -> list[Section]:
    """Write the log of a failed test into pytest's cache, and say how to replay it."""
    story = failure.value if failure is not None and isinstance(failure.value, StoryFailed) else None
    line = story.line if story else getattr(item, "funcargs", {}).get("timeline")
    cache: Any = getattr(item.config, "cache", None)  # there is none under -p no:cacheprovider
    if cache is None or not isinstance(line, Timeline):
        return []
    try:
        entries = line.entries()
        if not entries:
            return []
        path = Path(cache.mkdir("timeline")) / (re.sub(r"[^\w.-]+", "-", item.nodeid)[-150:] + ".jsonl")
        line.dump(path)
    except LogClosed:
        return []
    where = os.path.relpath(path, item.config.invocation_params.dir)
    told = [] if story else [text.entries_with_reports(entries)]
    return [("timeline", "\n".join([*told, f"replay it entry by entry: pytest --timeline-replay {where}"]))]


@contextmanager
def approving(session: pytest.Session) -> Iterator[None]:
    """Write the answers that tests approve within, and report where.

    Raises: pytest.UsageError where several processes would write.
    """
    if getattr(session.config.option, "numprocesses", None) or hasattr(session.config, "workerinput"):
        raise pytest.UsageError("--timeline-approve writes into the tests: expected one process. Leave out -n.")
    with writing() as written:
        yield
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    for path, count in sorted(written.counts().items()):
        reporter.write_line(f"approved: {os.path.relpath(path, session.config.invocation_params.dir)} ({count})")


def replayed(path: str | os.PathLike[str]) -> Iterator[str]:
    """Replay a kept log by order of recording: each entry with its reports and its changes.

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
