"""The part of the plugin that pytest loads when it starts. `timeline.testing.plugin` is imported when a test needs it.

This module stands outside the package on purpose. To import any module of a package imports the package,
and a test run should not wait for a library that it does not use.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from timeline import Timeline
    from timeline.testing import FrozenClock


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--timeline-replay` and `--timeline-approve`."""
    parser.getgroup("timeline").addoption(
        "--timeline-approve",
        action="store_true",
        help="write the answers as they are now into the tests, and beside stored histories",
    )
    parser.getgroup("timeline").addoption(
        "--timeline-replay",
        metavar="FILE",
        help="run no tests: replay a log kept by a failed one, or by Timeline.dump, entry by entry",
    )


def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Replay a kept log instead of running tests."""
    file = config.getoption("timeline_replay")
    if file is None:
        return None
    from timeline.testing import plugin

    for line in plugin.replayed(file):
        sys.stdout.write(f"{line}\n")
    return 0


@pytest.fixture
def frozen_clock() -> FrozenClock:
    """A clock that stands still until the test sets it."""
    from timeline.testing import FrozenClock

    return FrozenClock()


@pytest.fixture
def timeline_options() -> dict[str, Any]:
    """The keywords of `timeline`: override it with `projections`, `tz` or `strict` of your own."""
    return {}


@pytest.fixture
def timeline(frozen_clock: FrozenClock, timeline_options: dict[str, Any]) -> Timeline:
    """An empty timeline in memory, on the frozen clock. Its log is kept when the test fails."""
    from timeline import Timeline

    return Timeline(**{"clock": frozen_clock, **timeline_options})


@pytest.hookimpl(hookwrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, Any, None]:
    """Write the answers that tests approve, with `--timeline-approve`, once all have run."""
    if not session.config.getoption("timeline_approve"):
        yield
        return
    from timeline.testing import plugin

    with plugin.approving(session):
        yield


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Show how two situations, quantities or whens differ."""
    if op != "==" or "timeline.timeline" not in sys.modules:
        return None
    from timeline.testing.compare import explain_unequal

    return explain_unequal(left, right)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Generator[None, Any, None]:
    """Keep the log of a failed story, or of a failed test with a `timeline`, to be replayed."""
    outcome = yield
    report = outcome.get_result()
    if report.when == "call" and report.failed and "timeline.timeline" in sys.modules:
        from timeline.testing import plugin

        report.sections += plugin.kept(item, call.excinfo)
