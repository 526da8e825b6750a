"""The demo and its page, made once for all tests of displays."""

from __future__ import annotations

from pathlib import Path

import pytest

from timeline import Timeline


@pytest.fixture(scope="session")
def demo() -> Timeline:
    """The demo; no test changes it."""
    return Timeline.demo()


@pytest.fixture(scope="session")
def report(demo: Timeline, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the demo, as a file."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    demo.to_html(path, title="North-east Syria")
    return path
