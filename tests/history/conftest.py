"""Fixtures for tests of history."""

from __future__ import annotations

import pytest

from support.history import Clock
from timeline import Timeline


@pytest.fixture
def clock() -> Clock:
    return Clock("2026-03-01")


@pytest.fixture
def line(clock: Clock) -> Timeline:
    return Timeline(clock=clock)
