"""Fixtures for tests of projections."""

from datetime import datetime, timezone

import pytest

from timeline import Timeline


@pytest.fixture
def line():
    """An empty timeline that takes everything in on 1 March 2026."""
    return Timeline(clock=lambda: datetime(2026, 3, 1, tzinfo=timezone.utc))
