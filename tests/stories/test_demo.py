"""The tour of the chronicle, run as a reader would run it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def tour(*arguments: str) -> str:
    run = subprocess.run(
        [sys.executable, "-m", "examples.northeast_syria.demo", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return run.stdout


@pytest.fixture(scope="module")
def told() -> str:
    return tour()


@pytest.mark.parametrize(
    "line",
    [
        "Loaded 306 rows, 165 sources, 417 entries into northeast-syria.db.",
        "Al-Aqtan prison  SDF, by 19 Jan  Damascus, from 23 Jan  Damascus, from 23 Jan",
        "Al-Hol camp  SDF, by 18 Dec 2025  Damascus, from 21 Jan  Damascus, from 21 Jan",
        "planned  -  ≤7,000  ≤7,000",
        "moved, batches reported one by one  -  ≥150  ≥1,150",
        "moved, running total somebody gave  -  -  5,704",
        "remaining, planned less batches  -  ≤6,850  ≤5,850",
        "truce of 20 January  -  in force  in force, overdue",
        "21 Jan  Damascus, by 21 Jan  ≈1,500  ≥100  ≈1,500  7",
        "23 Jan  SDF, by 19 Jan  ≈1,500  ≥100  ≈1,500  7",
        "5,704 is said by",
        "5,703 is said instead by",
    ],
)
def test_it_tells(told, line):
    """The tour tells who held what, how many, what was agreed, and how answers change as reports come in."""
    assert line in [re.sub(r" {2,}", "  ", said.strip()) for said in told.splitlines()]


def test_it_fits_a_terminal(told):
    """No line is wider than 110 columns, and the whole is a few pages at most."""
    lines = told.splitlines()
    assert max(map(len, lines)) <= 110
    assert len(lines) < 100


def test_it_keeps_the_file_it_is_given(tmp_path):
    """A second run over the same file finds everything there and says the same."""
    path = str(tmp_path / "kept.db")
    assert tour(path) == tour(path)
    assert Path(path).exists()
