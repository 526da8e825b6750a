"""Programs and packages that only some tests need: skipped where they are missing, with how to get them; in CI they fail."""

from __future__ import annotations

import importlib
import os
import shutil
from pathlib import Path
from types import ModuleType
from typing import NoReturn

import pytest


def needs(*programs: str | Path, bring: str) -> None:
    """Skip a test whose programs are not there, saying what brings them; in CI it fails instead."""
    missing = [str(program) for program in programs if shutil.which(program) is None and not Path(program).exists()]
    if missing:
        _leave(f"{', '.join(missing)} not found: {bring}")


def package(name: str) -> ModuleType:
    """Import a package that only tests beside a server or a browser need."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        _leave(f"{error.name} is not installed: pip install --editable '.[dev]'")


def pseudo_terminal() -> tuple[int, int]:
    """Return both ends of a pseudo-terminal; skip the test if the system has none."""
    try:
        return os.openpty()
    except OSError as error:
        _leave(f"no pseudo-terminal: {error}. Bring them with mount -t devpts devpts /dev/pts")


def _leave(why: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)
