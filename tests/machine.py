"""What tests need of the machine that PyPI does not bring: told where it is missing, and never missed in CI."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest


def needs(*programs: str | Path, bring: str) -> None:
    """Skip a test whose programs are not there, saying what brings them; in CI it fails instead."""
    missing = [str(program) for program in programs if shutil.which(program) is None and not Path(program).exists()]
    if missing:
        _leave(f"{', '.join(missing)} not found: {bring}")


def pseudo_terminal() -> tuple[int, int]:
    """Both ends of one; where the system has none, the same."""
    try:
        return os.openpty()
    except OSError as error:
        _leave(f"no pseudo-terminal: {error}. Bring them with mount -t devpts devpts /dev/pts")


def _leave(why: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)
