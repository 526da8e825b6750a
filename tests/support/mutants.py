"""Are the tests any good? Changes the code in many small ways, and counts which of the changes they notice.

    python tests/support/mutants.py [how many, by default 250]

The sample is always the same for the same code. What is changed, and which tests are to notice, is said
in `pyproject.toml`; mutmut does the work, in the directory `mutants/`. A test that runs out of time has not
failed: the change is tried again with ten times the time, and counted apart if that does not do either.
"""

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[2]
FAILED = {1, 3}
"""What mutmut keeps of a change that a test noticed: a test failed, or pytest itself did."""
PASSED = {0, 5, 33}
"""What it keeps of the others: the tests passed, or none came by the change."""
RUN = (
    "from mutmut.configuration import config; from mutmut.__main__ import cli; config().timeout_multiplier *= {}; cli()"
)


def mutmut(*arguments: str, patience: int = 1) -> None:
    """Run mutmut, show its output, and multiply the time that it gives to tests by `patience`."""
    environment = {**os.environ, "HYPOTHESIS_PROFILE": "mutants"}
    command = [sys.executable, "-c", RUN.format(patience), *arguments]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, text=True)


def outcomes() -> dict[str, int | None]:
    """Return every change by name, and how the tests ended; None: not tried yet."""
    kept = (json.loads(path.read_text("utf-8")) for path in sorted((ROOT / "mutants").rglob("*.meta")))
    return {name: outcome for file in kept for name, outcome in file["exit_code_by_key"].items()}


def is_open(outcome: int | None) -> bool:
    """Check if the tests neither failed nor passed: mostly, they ran out of time."""
    return outcome not in FAILED | PASSED


def summary(ends: Iterable[int | None]) -> str:
    """Count the changes that a test noticed, and those whose tests did not end."""
    counts = Counter("open" if is_open(end) else end in FAILED for end in ends)
    number = counts.total()
    told = f"{counts[True]} of {number} changes were noticed: {counts[True] / number:.1%}"
    return f"{told}; the tests of {counts['open']} more did not end" if counts["open"] else told


def main(number: int = 250) -> None:
    """Try a sample, and show what was not noticed."""
    mutmut(
        "run", "timeline.projections.border.x__locate__mutmut_1"
    )  # makes all, and learns which tests come by which code
    sample = random.Random(number).sample(sorted(outcomes()), number)
    mutmut("run", "--max-children", "2", *sample)
    tried = outcomes()
    if late := [name for name in sample if is_open(tried[name])]:
        mutmut("run", "--max-children", "2", *late, patience=10)
        tried = outcomes()
    for name in sorted(name for name in sample if tried[name] not in FAILED):
        mutmut("show", name)
    print(summary(tried[name] for name in sample))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
