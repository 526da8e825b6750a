"""What tests need of the machine that PyPI does not bring: told where it is missing, and never missed in CI."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest


def needs(*programs: str | Path, bring: str) -> None:
    """Skip a test whose programs are not there, saying what brings them; in CI it fails instead."""
    missing = [str(program) for program in programs if shutil.which(program) is None and not Path(program).exists()]
    if missing:
        leave = pytest.fail if os.environ.get("CI") else pytest.skip
        leave(f"{', '.join(missing)} not found: {bring}")
