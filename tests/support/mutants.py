"""Are the tests any good? Changes the code in many small ways, and counts which of the changes they notice.

    python tests/support/mutants.py [how many, by default 250]

The sample is always the same for the same code. What is changed, and which tests are to notice, is said
in `pyproject.toml`; mutmut does the work, in the directory `mutants/`.
"""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MUTMUT = str(Path(sys.executable).with_name("mutmut"))
UNNOTICED = {0, 33}
"""What mutmut keeps of a change: the tests passed, or none came by it."""


def mutmut(*arguments):
    """Run it, with what it says shown."""
    environment = {**os.environ, "HYPOTHESIS_PROFILE": "mutants"}
    return subprocess.run([MUTMUT, *arguments], cwd=ROOT, env=environment, check=True, text=True)


def outcomes():
    """Return every change by name, and how the tests ended; None: not tried yet."""
    kept = (json.loads(path.read_text("utf-8")) for path in sorted((ROOT / "mutants").rglob("*.meta")))
    return {name: outcome for file in kept for name, outcome in file["exit_code_by_key"].items()}


def main(number=250):
    """Try a sample, and show what was not noticed."""
    mutmut(
        "run", "timeline.projections.border.x__locate__mutmut_1"
    )  # makes all, and learns which tests come by which code
    sample = random.Random(number).sample(sorted(outcomes()), number)
    mutmut("run", "--max-children", "2", *sample)
    unnoticed = sorted(name for name in sample if outcomes()[name] in UNNOTICED)
    for name in unnoticed:
        mutmut("show", name)
    print(f"{number - len(unnoticed)} of {number} changes were noticed: {1 - len(unnoticed) / number:.1%}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
