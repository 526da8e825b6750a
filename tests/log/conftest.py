"""Fixtures for tests of logs."""

from __future__ import annotations

import secrets
import stat

import pytest


@pytest.fixture
def stream():
    """A name no other test takes."""
    return f"test-{secrets.token_hex(8)}"


@pytest.fixture
def modes():
    """Changes permissions, and changes them back."""
    changed = []

    def change(path, mode):
        changed.append((path, stat.S_IMODE(path.stat().st_mode)))
        path.chmod(mode)

    yield change
    for path, mode in reversed(changed):
        path.chmod(mode)
