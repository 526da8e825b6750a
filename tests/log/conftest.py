"""Fixtures for tests of logs."""

from __future__ import annotations

import secrets

import pytest


@pytest.fixture
def stream():
    """A name no other test takes."""
    return f"test-{secrets.token_hex(8)}"
