"""The kit for tests as its users get it: the built wheel, in a fresh environment, with the extra alone."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

pytestmark = pytest.mark.beside
ROOT = Path(__file__).parents[2]
THEIR_TESTS = '''
"""What a user of the library might write on the first day."""

from hypothesis import given, settings

from timeline import Facility, MemoryLog, Projection, SqliteLog, event
from timeline.events.facility import FacilityStatusChanged
from timeline.testing import given as story
from timeline.testing import on, the
from timeline.testing.logs import DurableLogContract, LogContract
from timeline.testing.projections import ProjectionContract
from timeline.testing.strategies import events, messy_histories

CLOSED = FacilityStatusChanged(facility="al-hol-camp", status="closed")


@event("first_day.siren_heard")
class SirenHeard:
    facility: Facility


SIRENS = Projection(
    name="sirens",
    keys=lambda reading: [reading.event.facility] if isinstance(reading.event, SirenHeard) else [],
    evolve=lambda heard, reading, key: (heard or 0) + 1,
)


class TestMemory(LogContract):
    @staticmethod
    def open(place, **options):
        return MemoryLog(**options)


class TestFile(DurableLogContract):
    open = SqliteLog


class TestSirens(ProjectionContract):
    projection = SIRENS
    events = events(SirenHeard)


def test_a_story():
    closed = on("2026-03-05").told(CLOSED)
    story(closed).then(the("facilities", "al-hol-camp", "status").is_("closed"))


@settings(max_examples=5, deadline=None)
@given(messy_histories())
def test_a_history_can_be_told(told):
    assert told.timeline().at() == told.timeline().at()


def test_the_fixtures(timeline, frozen_clock):
    frozen_clock.set("2026-03-05")
    timeline.record(CLOSED, occurred="2026-03-04")
    assert timeline.now().facilities["al-hol-camp"].status == "closed"
'''
CHOSEN = (
    "TestMemory::test_whatever_is_done_it_tells_what_a_list_would_tell",
    "TestFile::test_what_was_appended_is_seen_at_once_elsewhere",
    "TestSirens",
    "test_a_story",
    "test_a_history_can_be_told",
    "test_the_fixtures",
)
THEIR_ERRORS = """
from hypothesis import Phase, given, settings

from test_first_day import CLOSED, SIRENS, SirenHeard
from timeline import MemoryLog
from timeline.testing import given as story
from timeline.testing import on, the
from timeline.testing.logs import LogContract
from timeline.testing.projections import ProjectionContract
from timeline.testing.strategies import events, messy_histories

heard = []


class Forgetful(MemoryLog):
    def insert(self, rows):
        super().insert(rows[:1])


class TestForgetful(LogContract):
    @staticmethod
    def open(place, **options):
        return Forgetful(**options)


class TestListening(ProjectionContract):
    projection = type(SIRENS)(
        name="sirens", keys=SIRENS.keys, evolve=lambda before, reading, key: heard.append(key) or len(heard)
    )
    events = events(SirenHeard)


def test_a_story():
    closed = on("2026-03-05").told(CLOSED, by="AFP")
    story(closed).then(the("facilities", "al-hol-camp", "status").is_("operational"))


@settings(database=None, derandomize=False, max_examples=1000, phases=[Phase.generate, Phase.shrink])
@given(messy_histories(of=events(SirenHeard)))
def test_a_history(told):
    assert "disputed" not in {finding.kind for finding in told.timeline().at().findings}


def test_the_fixtures(timeline):
    timeline.record(CLOSED, occurred="2026-03-04")
    assert timeline.at("2026-03-03") == timeline.at("2026-03-04")
"""
WRONG = (
    "TestForgetful::test_a_batch_is_sent_again_when_its_answer_was_lost",
    "TestListening::test_the_same_entries_give_the_same_values",
    "test_a_story",
    "test_a_history",
    "test_the_fixtures",
)
SAID = """\
FAILED test_errors.py::TestForgetful::test_a_batch_is_sent_again_when_its_answer_was_lost
FAILED test_errors.py::TestListening::test_the_same_entries_give_the_same_values
✗ facilities · al-hol-camp · status is operational
expected  operational
found     closed
told=Chronicle([
Draft(SirenHeard(facility='al-hol-camp'), id='e0'),
Draft(editorial.EventDisputed(target='e0'), id='e1'),
facilities · al-hol-camp · status: – → closed
"""


def run(*command, cwd, ends=0):
    """Run to its end, in an environment that knows nothing of this one."""
    strange = (
        "PYTHON",
        "PYTEST",
        "COV",
        "CI",
        "BUILD_NUMBER",
    )  # pytest and Hypothesis say, and try, less or more by them
    clean = {name: value for name, value in os.environ.items() if not name.startswith(strange)}
    done = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == ends, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """An empty project, and the interpreter of an environment with the wheel and the extra."""
    place = tmp_path_factory.mktemp("wheel")
    pip = ("-m", "pip", "--quiet", "--disable-pip-version-check", "--retries", "10")
    python = str(place / "venv" / "bin" / "python")
    run(sys.executable, *pip, "wheel", "--no-deps", "--wheel-dir", str(place), str(ROOT), cwd=place)
    (wheel,) = place.glob("*.whl")
    run(sys.executable, "-m", "venv", str(place / "venv"), cwd=place)
    run(python, *pip, "install", f"{wheel}[testing]", cwd=place)
    (place / "project").mkdir()
    (place / "project" / "test_first_day.py").write_text(THEIR_TESTS, encoding="utf-8")
    (place / "project" / "test_errors.py").write_text(THEIR_ERRORS, encoding="utf-8")
    return partial(run, python, "-m", "pytest", "-q", cwd=place / "project")


def test_the_kit_works_from_the_wheel(project):
    """Stories, strategies, both contracts and the plugin, where the extra is installed and nothing else."""
    said = project(*(f"test_first_day.py::{test}" for test in CHOSEN))
    assert " passed" in said
    assert "skipped" not in said


def test_errors_are_told_so_that_one_can_read_them(project):
    """Each part of the kit, given something wrong, fails and says what."""
    said = project(*(f"test_errors.py::{test}" for test in WRONG), ends=1)
    lines = {line.removeprefix("E").strip() for line in said.splitlines()}
    assert set(SAID.splitlines()) <= lines, said
