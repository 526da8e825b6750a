"""The kit for tests as its users get it: the built wheel, in a fresh environment, with the extra alone."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
THEIR_TESTS = '''
"""What a user of the library might write on the first day."""

from hypothesis import given, settings

from timeline import MemoryLog, SqliteLog
from timeline.projections.border import BORDER
from timeline.events.facility import FacilityStatusChanged
from timeline.testing import given as story
from timeline.testing import on, the
from timeline.testing.logs import DurableLogContract, LogContract
from timeline.testing.projections import ProjectionContract
from timeline.testing.strategies import messy_histories


class TestMemory(LogContract):
    examples = 5

    @staticmethod
    def open(place, **options):
        return MemoryLog(**options)


class TestFile(DurableLogContract):
    open = SqliteLog
    examples = 2


class TestBorder(ProjectionContract):
    projection = BORDER
    examples = 3


def test_a_story():
    closed = on("2026-03-05").told(FacilityStatusChanged(facility="al-hol-camp", status="closed"))
    story(closed).then(the("facilities", "al-hol-camp", "status").is_("closed"))


@settings(max_examples=5, deadline=None)
@given(messy_histories())
def test_a_history_can_be_told(told):
    assert told.timeline().at() == told.timeline().at()
'''
CHOSEN = (
    "tells_what_a_list or is_whole_or_not or it_is_kept_when or processes_that_import or Border or history or story"
)


def run(*command, cwd):
    """Run to a good end, in an environment that knows nothing of this one."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST", "COV"))}
    done = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_kit_works_from_the_wheel(tmp_path):
    """Contracts and strategies run in a project that has installed the extra and nothing else."""
    pip = ("-m", "pip", "--quiet", "--disable-pip-version-check", "--retries", "10")
    python = str(tmp_path / "venv" / "bin" / "python")
    run(sys.executable, *pip, "wheel", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT), cwd=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    run(sys.executable, "-m", "venv", str(tmp_path / "venv"), cwd=tmp_path)
    run(python, *pip, "install", f"{wheel}[testing]", cwd=tmp_path)
    project = tmp_path / "project"
    project.mkdir()
    (project / "test_first_day.py").write_text(THEIR_TESTS, encoding="utf-8")
    said = run(python, "-m", "pytest", "-q", "-k", CHOSEN, cwd=project)
    assert " passed" in said
    assert "skipped" not in said
